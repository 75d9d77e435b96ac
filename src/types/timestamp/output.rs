//! `date_out`, `time_out`, `timetz_out`, `timestamp_out` and `timestamptz_out`, in all of DateStyle's styles.

use std::fmt::{self, Write};

use super::style::{DateOrder, DateStyle, Styles};
use super::time::{self, TimeTz};
use super::{Civil, INFINITY, NEG_INFINITY, Zone, date};

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

/// `date_out` (`EncodeDateOnly`).
pub fn output_date(day: i32, styles: Styles, out: &mut impl Write) -> fmt::Result {
    match day {
        date::INFINITY => return out.write_str("infinity"),
        date::NEG_INFINITY => return out.write_str("-infinity"),
        _ => {}
    }
    let (year, month, day) = date::parts(day);
    let (year, bc) = of_era(year);
    match (styles.date, styles.order) {
        (DateStyle::Iso, _) => write!(out, "{year:04}-{month:02}-{day:02}"),
        (DateStyle::Sql, DateOrder::Dmy) => write!(out, "{day:02}/{month:02}/{year:04}"),
        (DateStyle::Sql, _) => write!(out, "{month:02}/{day:02}/{year:04}"),
        (DateStyle::German, _) => write!(out, "{day:02}.{month:02}.{year:04}"),
        (DateStyle::Postgres, DateOrder::Dmy) => write!(out, "{day:02}-{month:02}-{year:04}"),
        (DateStyle::Postgres, _) => write!(out, "{month:02}-{day:02}-{year:04}"),
    }?;
    if bc { out.write_str(" BC") } else { Ok(()) }
}

/// Year 0 is 1 BC.
fn of_era(year: i32) -> (i32, bool) {
    if year <= 0 { (1 - year, true) } else { (year, false) }
}

/// `time_out`.
pub fn output_time(time: i64, out: &mut impl Write) -> fmt::Result {
    let (hour, minute, second, micros) = time::parts(time);
    write!(out, "{hour:02}:{minute:02}:{second:02}")?;
    fraction(micros as u32, out)
}

fn fraction(micros: u32, out: &mut impl Write) -> fmt::Result {
    if micros == 0 {
        return Ok(());
    }
    let digits = format!("{micros:06}");
    write!(out, ".{}", digits.trim_end_matches('0'))
}

/// `timetz_out`.
pub fn output_timetz(time: TimeTz, out: &mut impl Write) -> fmt::Result {
    output_time(time.micros, out)?;
    output_offset(time.offset, out)
}

/// `EncodeTimezone`: `+02`, `-03:30`, `+00:53:28`.
pub fn output_offset(offset: i32, out: &mut impl Write) -> fmt::Result {
    let seconds = offset.unsigned_abs();
    write!(out, "{}{:02}", if offset < 0 { '-' } else { '+' }, seconds / 3600)?;
    if !seconds.is_multiple_of(3600) {
        write!(out, ":{:02}", seconds / 60 % 60)?;
    }
    if !seconds.is_multiple_of(60) {
        write!(out, ":{:02}", seconds % 60)?;
    }
    Ok(())
}

/// `timestamp_out`.
pub fn output_timestamp(timestamp: i64, styles: Styles, out: &mut impl Write) -> fmt::Result {
    encode(timestamp, None, styles, out)
}

/// `timestamptz_out`, in `zone`.
pub fn output(timestamp: i64, zone: &Zone, out: &mut impl Write) -> fmt::Result {
    let local = zone.to_local(timestamp);
    encode(local, Some((timestamp, zone)), zone.styles, out)
}

/// `EncodeDateTime` of a local time; with a zone, the instant that it stands for.
fn encode(local: i64, instant: Option<(i64, &Zone)>, styles: Styles, out: &mut impl Write) -> fmt::Result {
    match local {
        INFINITY => return out.write_str("infinity"),
        NEG_INFINITY => return out.write_str("-infinity"),
        _ => {}
    }
    let civil = Civil::from_micros(local);
    let (year, bc) = of_era(civil.year);
    let day_first = styles.order == DateOrder::Dmy;
    if styles.date == DateStyle::Iso {
        civil.write(year, out)?;
        if let Some((timestamp, zone)) = instant {
            output_offset(zone.offset_at(timestamp), out)?;
        }
        return if bc { out.write_str(" BC") } else { Ok(()) };
    }
    let Civil { month, day, hour, minute, second, micros, .. } = civil;
    match styles.date {
        DateStyle::German => write!(out, "{day:02}.{month:02}.{year:04} ")?,
        DateStyle::Sql if day_first => write!(out, "{day:02}/{month:02}/{year:04} ")?,
        DateStyle::Sql => write!(out, "{month:02}/{day:02}/{year:04} ")?,
        _ => {
            // 2000-01-01 was a Saturday.
            let week_day = (local.div_euclid(super::MICROS_A_DAY) + 6).rem_euclid(7);
            let (week_day, month) = (DAYS[week_day as usize], MONTHS[usize::from(month.clamp(1, 12)) - 1]);
            match day_first {
                true => write!(out, "{week_day} {day:02} {month} ")?,
                false => write!(out, "{week_day} {month} {day:02} ")?,
            }
        }
    }
    write!(out, "{hour:02}:{minute:02}:{second:02}")?;
    fraction(micros, out)?;
    if styles.date == DateStyle::Postgres {
        write!(out, " {year:04}")?;
    }
    if let Some((timestamp, zone)) = instant {
        write!(out, " {}", zone.abbreviation_at(timestamp))?;
    }
    if bc { out.write_str(" BC") } else { Ok(()) }
}
