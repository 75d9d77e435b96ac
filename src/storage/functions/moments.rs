//! Computing with dates and times: operators, and the functions of the manual's section 9.9.

use super::times::{day, time_of_day, timestamp, timestamptz};
use super::{Call, Out, Scalar};
use crate::types::timestamp::arithmetic::{add, add_in, add_to_time, age, bin, date_at, difference};
use crate::types::timestamp::unit::{self, Part};
use crate::types::timestamp::{
    self as times, Interval, MICROS, MICROS_A_DAY, TimeTz, UNIX_TO_2000, Zone, date, interval, time,
};
use crate::types::{Numeric, PgError, SqlState};

#[rustfmt::skip]
pub(super) const FUNCTIONS: &[(&str, Scalar)] = &[
    ("pg_date_pli", |call| date::add_days(call.date(0)?, call.int(1)?).map(day)),
    ("pg_integer_pl_date", |call| date::add_days(call.date(1)?, call.int(0)?).map(day)),
    ("pg_date_mii", |call| date::add_days(call.date(0)?, -call.int(1)?).map(day)),
    ("pg_date_mi", |call| Ok(date::difference(call.date(0)?, call.date(1)?)?.into())),
    ("pg_date_pl_interval", |call| add(date::to_timestamp(call.date(0)?)?, call.interval(1)?).map(timestamp)),
    ("pg_interval_pl_date", |call| add(date::to_timestamp(call.date(1)?)?, call.interval(0)?).map(timestamp)),
    ("pg_date_mi_interval", |call| {
        add(date::to_timestamp(call.date(0)?)?, call.interval(1)?.negate()?).map(timestamp)
    }),
    ("pg_datetime_pl", |call| date_and_time(call.date(0)?, call.time(1)?)),
    ("pg_timedate_pl", |call| date_and_time(call.date(1)?, call.time(0)?)),
    ("pg_datetimetz_pl", |call| date_at(call.date(0)?, call.timetz(1)?).map(timestamptz)),
    ("pg_timetzdate_pl", |call| date_at(call.date(1)?, call.timetz(0)?).map(timestamptz)),
    ("pg_interval_pl", |call| Ok(call.interval(0)?.plus(call.interval(1)?)?.into())),
    ("pg_interval_mi", |call| Ok(call.interval(0)?.minus(call.interval(1)?)?.into())),
    ("pg_interval_um", |call| Ok(call.interval(0)?.negate()?.into())),
    ("pg_interval_mul", |call| Ok(call.interval(0)?.times(call.float(1)?)?.into())),
    ("pg_mul_d_interval", |call| Ok(call.interval(1)?.times(call.float(0)?)?.into())),
    ("pg_interval_div", |call| Ok(call.interval(0)?.over(call.float(1)?)?.into())),
    ("pg_time_pl_interval", |call| Ok(time_of_day(add_to_time(call.time(0)?, call.interval(1)?.micros)))),
    ("pg_interval_pl_time", |call| Ok(time_of_day(add_to_time(call.time(1)?, call.interval(0)?.micros)))),
    ("pg_time_mi_interval", |call| {
        let micros = (call.interval(1)?.micros % MICROS_A_DAY).wrapping_neg();
        Ok(time_of_day(add_to_time(call.time(0)?, micros)))
    }),
    ("pg_time_mi_time", |call| Ok(Interval::new(0, 0, call.time(0)? - call.time(1)?).into())),
    ("pg_timetz_pl_interval", |call| Ok(move_timetz(call.timetz(0)?, call.interval(1)?.micros))),
    ("pg_interval_pl_timetz", |call| Ok(move_timetz(call.timetz(1)?, call.interval(0)?.micros))),
    ("pg_timetz_mi_interval", |call| Ok(move_timetz(call.timetz(0)?, -(call.interval(1)?.micros % MICROS_A_DAY)))),
    ("pg_timestamp_pl_interval", |call| add(call.timestamp(0)?, call.interval(1)?).map(timestamp)),
    ("pg_interval_pl_timestamp", |call| add(call.timestamp(1)?, call.interval(0)?).map(timestamp)),
    ("pg_timestamp_mi_interval", |call| add(call.timestamp(0)?, call.interval(1)?.negate()?).map(timestamp)),
    ("pg_timestamptz_pl_interval", |call| {
        add_in(call.timestamptz(0)?, call.interval(1)?, &call.zone()).map(timestamptz)
    }),
    ("pg_interval_pl_timestamptz", |call| {
        add_in(call.timestamptz(1)?, call.interval(0)?, &call.zone()).map(timestamptz)
    }),
    ("pg_timestamptz_mi_interval", |call| {
        add_in(call.timestamptz(0)?, call.interval(1)?.negate()?, &call.zone()).map(timestamptz)
    }),
    ("pg_timestamp_mi", |call| Ok(difference(call.timestamp(0)?, call.timestamp(1)?)?.into())),
    ("pg_timestamptz_mi", |call| Ok(difference(call.timestamptz(0)?, call.timestamptz(1)?)?.into())),
    ("pg_timeofday", |call| Ok(time_of_day_text(&call.zone()).into())),
    ("pg_date_part_timestamptz", |call| {
        part(unit::part_of_timestamp(call.text(0)?, call.timestamptz(1)?, Some(&call.zone())))
    }),
    ("pg_date_part_timestamp", |call| part(unit::part_of_timestamp(call.text(0)?, call.timestamp(1)?, None))),
    ("pg_date_part_date", |call| {
        part(unit::part_of_timestamp(call.text(0)?, date::to_timestamp(call.date(1)?)?, None))
    }),
    ("pg_date_part_time", |call| part(unit::part_of_time(call.text(0)?, call.time(1)?))),
    ("pg_date_part_timetz", |call| part(unit::part_of_timetz(call.text(0)?, call.timetz(1)?))),
    ("pg_date_part_interval", |call| part(unit::part_of_interval(call.text(0)?, call.interval(1)?))),
    ("pg_extract_timestamptz", |call| {
        extract(unit::part_of_timestamp(call.text(0)?, call.timestamptz(1)?, Some(&call.zone())))
    }),
    ("pg_extract_timestamp", |call| extract(unit::part_of_timestamp(call.text(0)?, call.timestamp(1)?, None))),
    ("pg_extract_date", |call| extract(unit::part_of_date(call.text(0)?, call.date(1)?))),
    ("pg_extract_time", |call| extract(unit::part_of_time(call.text(0)?, call.time(1)?))),
    ("pg_extract_timetz", |call| extract(unit::part_of_timetz(call.text(0)?, call.timetz(1)?))),
    ("pg_extract_interval", |call| extract(unit::part_of_interval(call.text(0)?, call.interval(1)?))),
    ("pg_date_trunc_timestamptz", |call| {
        let zone = if call.len() > 2 { Zone::by_any_name(call.text(2)?)? } else { call.zone() };
        unit::truncate_timestamptz(call.text(0)?, call.timestamptz(1)?, &zone).map(timestamptz)
    }),
    ("pg_date_trunc_timestamp", |call| unit::truncate_timestamp(call.text(0)?, call.timestamp(1)?).map(timestamp)),
    ("pg_date_trunc_interval", |call| Ok(unit::truncate_interval(call.text(0)?, call.interval(1)?)?.into())),
    ("pg_date_bin_timestamp", |call| bin(call.interval(0)?, call.timestamp(1)?, call.timestamp(2)?).map(timestamp)),
    ("pg_date_bin_timestamptz", |call| {
        bin(call.interval(0)?, call.timestamptz(1)?, call.timestamptz(2)?).map(timestamptz)
    }),
    ("pg_age_timestamp", |call| {
        let (a, b) = if call.len() > 1 { (call.timestamp(0)?, call.timestamp(1)?) } else { (today(call), call.timestamp(0)?) };
        Ok(age(a, b)?.into())
    }),
    ("pg_age_timestamptz", |call| {
        let zone = call.zone();
        let first = zone.to_local(call.timestamptz(0)?);
        let (a, b) = if call.len() > 1 { (first, zone.to_local(call.timestamptz(1)?)) } else { (today(call), first) };
        Ok(age(a, b)?.into())
    }),
    ("pg_justify_hours", |call| Ok(call.interval(0)?.justify_hours()?.into())),
    ("pg_justify_days", |call| Ok(call.interval(0)?.justify_days()?.into())),
    ("pg_justify_interval", |call| Ok(call.interval(0)?.justify()?.into())),
    ("pg_isfinite", |call| Ok((!matches!(call.text(0)?, "infinity" | "-infinity")).into())),
    ("pg_make_date", make_date),
    ("pg_make_time", |call| make_time(call, 0).map(time_of_day)),
    ("pg_make_timestamp", |call| make_timestamp(call).map(timestamp)),
    ("pg_make_timestamptz", |call| {
        let zone = if call.len() > 6 { Zone::by_offset_or_name(call.text(6)?)? } else { call.zone() };
        times::checked(zone.to_instant(make_timestamp(call)?)).map(timestamptz)
    }),
    ("pg_make_interval", make_interval),
    ("pg_timezone_timestamptz", |call| {
        // What has no place on the clock has it in no zone, not even in one that nobody knows.
        let instant = call.timestamptz(1)?;
        let local = |zone: Zone| times::checked(Some(zone.to_local(instant)));
        if times::is_finite(instant) { local(Zone::by_any_name(call.text(0)?)?) } else { Ok(instant) }.map(timestamp)
    }),
    ("pg_timezone_timestamp", |call| {
        let local = call.timestamp(1)?;
        let instant = |zone: Zone| times::checked(zone.to_instant(local));
        if times::is_finite(local) { instant(Zone::by_any_name(call.text(0)?)?) } else { Ok(local) }.map(timestamptz)
    }),
    ("pg_timezone_timetz", |call| {
        let offset = Zone::by_any_name(call.text(0)?)?.offset_at(call.context().transaction_timestamp);
        Ok(call.timetz(1)?.at_offset(offset).into())
    }),
    ("pg_izone_timestamptz", |call| {
        let instant = call.timestamptz(1)?;
        if !times::is_finite(instant) {
            return Ok(timestamp(instant));
        }
        moved(instant, i64::from(offset_of(call.interval(0)?)?)).map(timestamp)
    }),
    ("pg_izone_timestamp", |call| {
        let local = call.timestamp(1)?;
        if !times::is_finite(local) {
            return Ok(timestamptz(local));
        }
        moved(local, -i64::from(offset_of(call.interval(0)?)?)).map(timestamptz)
    }),
    ("pg_izone_timetz", |call| {
        let offset = offset_of(call.interval(0)?)?;
        // PostgreSQL makes a value here that it could not read.
        if offset.abs() > time::MAX_OFFSET {
            return Err(PgError::unsupported("a time zone that far from Greenwich"));
        }
        Ok(call.timetz(1)?.at_offset(offset).into())
    }),
    ("pg_to_timestamp_float8", |call| from_epoch(call.float(0)?).map(timestamptz)),
];

fn date_and_time(day: i32, time: i64) -> Result<Out, PgError> {
    let midnight = date::to_timestamp(day)?;
    if !times::is_finite(midnight) {
        return Ok(timestamp(midnight));
    }
    times::checked(midnight.checked_add(time)).map(timestamp)
}

fn move_timetz(time: TimeTz, micros: i64) -> Out {
    TimeTz { micros: add_to_time(time.micros, micros), ..time }.into()
}

fn part(part: Result<Part, PgError>) -> Result<Out, PgError> {
    Ok(part?.to_float().map_or(Out::Null, Out::Float))
}

fn extract(part: Result<Part, PgError>) -> Result<Out, PgError> {
    part?.to_text().map_or(Ok(Out::Null), |text| Numeric::input(&text).map(Out::from))
}

/// Midnight of the transaction's day.
fn today(call: &Call) -> i64 {
    call.zone().to_local(call.context().transaction_timestamp).div_euclid(MICROS_A_DAY) * MICROS_A_DAY
}

/// An interval as an offset from Greenwich.
fn offset_of(interval: Interval) -> Result<i32, PgError> {
    if interval.months != 0 || interval.days != 0 {
        let mut text = String::new();
        // A String takes everything.
        let _ = times::output_interval(interval, times::IntervalStyle::Postgres, &mut text);
        let message = format!("interval time zone \"{text}\" must not include months or days");
        return Err(PgError::new(SqlState::INVALID_PARAMETER_VALUE, message));
    }
    i32::try_from(interval.micros / MICROS).map_err(|_| interval::out_of_range())
}

fn moved(timestamp: i64, seconds: i64) -> Result<i64, PgError> {
    if !times::is_finite(timestamp) {
        return Ok(timestamp);
    }
    times::checked(seconds.checked_mul(MICROS).and_then(|micros| timestamp.checked_add(micros)))
}

/// `Thu Jan 02 10:20:30.123456 2003 CET`.
fn time_of_day_text(zone: &Zone) -> String {
    let now = times::now();
    let mut text = String::new();
    let local = zone.to_local(now);
    let styles = times::Styles { date: times::DateStyle::Postgres, ..times::Styles::default() };
    // A String takes everything.
    let _ = times::output_timestamp(local / MICROS * MICROS, styles, &mut text);
    let (date_time, year) = text.rsplit_once(' ').unwrap_or((&text, ""));
    format!("{date_time}.{:06} {year} {}", local.rem_euclid(MICROS), zone.abbreviation_at(now))
}

fn make_date(call: &Call) -> Result<Out, PgError> {
    date_of(call.int4(0)?, call.int4(1)?, call.int4(2)?).map(day)
}

/// A negative year is BC.
fn date_of(year: i32, month: i32, day_of_month: i32) -> Result<i32, PgError> {
    let error = || {
        let message = format!("date field value out of range: {year}-{month:02}-{day_of_month:02}");
        PgError::new(SqlState::DATETIME_FIELD_OVERFLOW, message)
    };
    let counted = match year {
        0 => return Err(error()),
        ..0 => year.checked_add(1).ok_or_else(error)?,
        _ => year,
    };
    let civil = |month: u8, day: u8| times::Civil { year: counted, month, day, ..times::Civil::default() };
    let valid = u8::try_from(month)
        .ok()
        .zip(u8::try_from(day_of_month).ok())
        .filter(|(month, day)| civil(*month, *day).is_valid());
    let (month_number, day_number) = valid.ok_or_else(error)?;
    date::of_parts(counted, month_number, day_number).ok_or_else(|| {
        let message = format!("date out of range: {year}-{month:02}-{day_of_month:02}");
        PgError::new(SqlState::DATETIME_FIELD_OVERFLOW, message)
    })
}

/// Hour, minute and seconds from the argument `at` on.
fn make_time(call: &Call, at: usize) -> Result<i64, PgError> {
    let (hour, minute, seconds) = (call.int4(at)?, call.int4(at + 1)?, call.float(at + 2)?);
    let error = || {
        let message = format!("time field value out of range: {hour}:{minute:02}:{}", two_digits(seconds));
        PgError::new(SqlState::DATETIME_FIELD_OVERFLOW, message)
    };
    if !(0..=24).contains(&hour) || !(0..60).contains(&minute) || !(0.0..=60.0).contains(&seconds) {
        return Err(error());
    }
    let micros = (seconds * 1e6).round_ties_even() as i64;
    let time = (i64::from(hour) * 60 + i64::from(minute)) * 60 * MICROS + micros;
    if time > time::END { Err(error()) } else { Ok(time) }
}

/// As C's `%02g`.
fn two_digits(seconds: f64) -> String {
    let text = seconds.to_string();
    if text.len() < 2 { format!("0{text}") } else { text }
}

fn make_timestamp(call: &Call) -> Result<i64, PgError> {
    let day = date_of(call.int4(0)?, call.int4(1)?, call.int4(2)?)?;
    let time = make_time(call, 3)?;
    times::checked(i64::from(day).checked_mul(MICROS_A_DAY).and_then(|midnight| midnight.checked_add(time)))
}

/// Years, months, weeks, days, hours, minutes, seconds: as many as there are.
fn make_interval(call: &Call) -> Result<Out, PgError> {
    let int = |at: usize| if call.len() > at { call.int4(at).map(i64::from) } else { Ok(0) };
    let seconds = if call.len() > 6 { call.float(6)? } else { 0.0 };
    let narrow = |value: i64| i32::try_from(value).map_err(|_| interval::out_of_range());
    if !seconds.is_finite() {
        return Err(interval::out_of_range());
    }
    let months = narrow(int(0)? * 12 + int(1)?)?;
    let days = narrow(int(2)? * 7 + int(3)?)?;
    let fraction = (seconds * 1e6).round_ties_even();
    if !(-9e18..9e18).contains(&fraction) {
        return Err(interval::out_of_range());
    }
    let whole = (int(4)? * 60 + int(5)?).checked_mul(60 * MICROS);
    let micros = whole.and_then(|whole| whole.checked_add(fraction as i64)).ok_or_else(interval::out_of_range)?;
    Ok(Interval::new(months, days, micros).into())
}

/// `float8_timestamptz`.
fn from_epoch(seconds: f64) -> Result<i64, PgError> {
    let error =
        || PgError::new(SqlState::DATETIME_FIELD_OVERFLOW, format!("timestamp out of range: \"{}\"", general(seconds)));
    if seconds.is_nan() {
        return Err(PgError::new(SqlState::DATETIME_FIELD_OVERFLOW, "timestamp cannot be NaN"));
    }
    if seconds.is_infinite() {
        return Ok(if seconds > 0.0 { times::INFINITY } else { times::NEG_INFINITY });
    }
    if !(-210_866_803_200.0..9_224_318_016_000.0).contains(&seconds) {
        return Err(error());
    }
    let micros = ((seconds - UNIX_TO_2000 as f64) * 1e6).round_ties_even() as i64;
    times::checked(Some(micros))
}

/// As C's `%g`.
fn general(value: f64) -> String {
    let text = format!("{value:.5e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let mantissa = mantissa.trim_end_matches('0').trim_end_matches('.');
    let exponent: i32 = exponent.parse().unwrap_or(0);
    format!("{mantissa}e{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.abs())
}
