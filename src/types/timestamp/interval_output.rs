//! `interval_out` in the four styles of IntervalStyle.

use std::fmt::{self, Write};

use super::MICROS;
use super::interval::Interval;
use super::style::IntervalStyle;

/// An interval taken apart; all of one time have its sign.
struct Parts {
    years: i32,
    months: i32,
    days: i32,
    hours: i64,
    minutes: i64,
    seconds: i64,
    micros: i64,
}

pub fn output(interval: Interval, style: IntervalStyle, out: &mut impl Write) -> fmt::Result {
    let micros = interval.micros;
    let parts = Parts {
        years: interval.months / 12,
        months: interval.months % 12,
        days: interval.days,
        hours: micros / (3600 * MICROS),
        minutes: micros / (60 * MICROS) % 60,
        seconds: micros / MICROS % 60,
        micros: micros % MICROS,
    };
    match style {
        IntervalStyle::Postgres => postgres(&parts, out),
        IntervalStyle::PostgresVerbose => verbose(&parts, out),
        IntervalStyle::SqlStandard => sql_standard(&parts, out),
        IntervalStyle::Iso8601 => iso_8601(&parts, out),
    }
}

/// `s[.ffffff]` without the sign, the seconds in at least `width` digits.
fn seconds(parts: &Parts, width: usize, out: &mut impl Write) -> fmt::Result {
    write!(out, "{:0width$}", parts.seconds.abs())?;
    if parts.micros == 0 {
        return Ok(());
    }
    let digits = format!("{:06}", parts.micros.abs());
    write!(out, ".{}", digits.trim_end_matches('0'))
}

/// `1 year 2 mons -3 days +04:05:06.7`.
fn postgres(parts: &Parts, out: &mut impl Write) -> fmt::Result {
    let (mut first, mut before_is_negative) = (true, false);
    for (value, unit) in [(parts.years, "year"), (parts.months, "mon"), (parts.days, "day")] {
        if value == 0 {
            continue;
        }
        let space = if first { "" } else { " " };
        let plus = if before_is_negative && value > 0 { "+" } else { "" };
        write!(out, "{space}{plus}{value} {unit}{}", if value == 1 { "" } else { "s" })?;
        before_is_negative = value < 0;
        first = false;
    }
    let zero = parts.hours == 0 && parts.minutes == 0 && parts.seconds == 0 && parts.micros == 0;
    if !first && zero {
        return Ok(());
    }
    let negative = parts.hours < 0 || parts.minutes < 0 || parts.seconds < 0 || parts.micros < 0;
    let sign = if negative {
        "-"
    } else if before_is_negative {
        "+"
    } else {
        ""
    };
    let space = if first { "" } else { " " };
    write!(out, "{space}{sign}{:02}:{:02}:", parts.hours.abs(), parts.minutes.abs())?;
    seconds(parts, 2, out)
}

/// `@ 1 year 2 mons -3 days 4 hours ago`.
fn verbose(parts: &Parts, out: &mut impl Write) -> fmt::Result {
    out.write_char('@')?;
    let (mut zero, mut before) = (true, false);
    let all = [
        (i64::from(parts.years), "year"),
        (i64::from(parts.months), "mon"),
        (i64::from(parts.days), "day"),
        (parts.hours, "hour"),
        (parts.minutes, "min"),
    ];
    for (value, unit) in all.into_iter().filter(|(value, _)| *value != 0) {
        // The first part's sign goes to the end.
        if zero {
            before = value < 0;
        }
        let value = if zero {
            value.abs()
        } else if before {
            -value
        } else {
            value
        };
        write!(out, " {value} {unit}{}", if value == 1 { "" } else { "s" })?;
        zero = false;
    }
    if parts.seconds != 0 || parts.micros != 0 {
        let negative = parts.seconds < 0 || parts.micros < 0;
        out.write_char(' ')?;
        if negative {
            if zero {
                before = true;
            } else if !before {
                out.write_char('-')?;
            }
        } else if before {
            out.write_char('-')?;
        }
        seconds(parts, 1, out)?;
        write!(out, " sec{}", if parts.seconds.abs() != 1 || parts.micros != 0 { "s" } else { "" })?;
        zero = false;
    }
    if zero {
        out.write_str(" 0")?;
    }
    if before { out.write_str(" ago") } else { Ok(()) }
}

/// `+1-2 -3 +4:05:06`, or without signs where one says it all.
fn sql_standard(parts: &Parts, out: &mut impl Write) -> fmt::Result {
    let all = [
        i64::from(parts.years),
        i64::from(parts.months),
        i64::from(parts.days),
        parts.hours,
        parts.minutes,
        parts.seconds,
        parts.micros,
    ];
    let has_negative = all.iter().any(|part| *part < 0);
    let has_positive = all.iter().any(|part| *part > 0);
    let has_year_month = parts.years != 0 || parts.months != 0;
    let has_day_time = all[2..].iter().any(|part| *part != 0);
    if !has_negative && !has_positive {
        return out.write_char('0');
    }
    let standard = !(has_negative && has_positive || has_year_month && has_day_time);
    if standard {
        if has_negative {
            out.write_char('-')?;
        }
        if has_year_month {
            return write!(out, "{}-{}", parts.years.abs(), parts.months.abs());
        }
        if parts.days != 0 {
            write!(out, "{} ", i64::from(parts.days).abs())?;
        }
        write!(out, "{}:{:02}:", parts.hours.abs(), parts.minutes.abs())?;
        return seconds(parts, 2, out);
    }
    let sign = |negative: bool| if negative { '-' } else { '+' };
    let of_time = all[3..].iter().any(|part| *part < 0);
    write!(
        out,
        "{}{}-{} {}{} {}{}:{:02}:",
        sign(parts.years < 0 || parts.months < 0),
        parts.years.abs(),
        parts.months.abs(),
        sign(parts.days < 0),
        i64::from(parts.days).abs(),
        sign(of_time),
        parts.hours.abs(),
        parts.minutes.abs()
    )?;
    seconds(parts, 2, out)
}

/// `P1Y2M-3DT4H5M6.7S`.
fn iso_8601(parts: &Parts, out: &mut impl Write) -> fmt::Result {
    let is_time = parts.hours != 0 || parts.minutes != 0 || parts.seconds != 0 || parts.micros != 0;
    if parts.years == 0 && parts.months == 0 && parts.days == 0 && !is_time {
        return out.write_str("PT0S");
    }
    out.write_char('P')?;
    for (value, unit) in [(parts.years, 'Y'), (parts.months, 'M'), (parts.days, 'D')] {
        if value != 0 {
            write!(out, "{value}{unit}")?;
        }
    }
    if !is_time {
        return Ok(());
    }
    out.write_char('T')?;
    for (value, unit) in [(parts.hours, 'H'), (parts.minutes, 'M')] {
        if value != 0 {
            write!(out, "{value}{unit}")?;
        }
    }
    if parts.seconds != 0 || parts.micros != 0 {
        if parts.seconds < 0 || parts.micros < 0 {
            out.write_char('-')?;
        }
        seconds(parts, 1, out)?;
        out.write_char('S')?;
    }
    Ok(())
}
