//! Timestamps and intervals together: sums, differences, ages, bins.

use super::calendar::{date_of, days_in_month, days_of};
use super::time::TimeTz;
use super::{Civil, Interval, MICROS_A_DAY, Zone, checked, date, interval, is_finite, out_of_range};
use crate::types::{PgError, SqlState};

/// `timestamp_pl_interval`: months first (ending at the month's last day if they must), then days, then time.
pub fn add(timestamp: i64, interval: Interval) -> Result<i64, PgError> {
    if !is_finite(timestamp) {
        return Ok(timestamp);
    }
    let mut local = timestamp;
    if interval.months != 0 {
        local = add_months(local, interval.months)?;
    }
    if interval.days != 0 {
        local = add_days(local, interval.days)?;
    }
    finite(local.checked_add(interval.micros))
}

/// So many days may have more microseconds than an i64 where the sum has not.
fn add_days(local: i64, days: i32) -> Result<i64, PgError> {
    let sum = i128::from(local) + i128::from(days) * i128::from(MICROS_A_DAY);
    finite(i64::try_from(sum).ok())
}

fn finite(timestamp: Option<i64>) -> Result<i64, PgError> {
    checked(timestamp.filter(|timestamp| is_finite(*timestamp)))
}

fn add_months(local: i64, months: i32) -> Result<i64, PgError> {
    let mut civil = Civil::from_micros(local);
    let month = i64::from(civil.year) * 12 + i64::from(civil.month) - 1 + i64::from(months);
    let year = i32::try_from(month.div_euclid(12)).ok();
    civil.year = year.filter(|year| (-5000..300_000).contains(year)).ok_or_else(out_of_range)?;
    civil.month = month.rem_euclid(12) as u8 + 1;
    civil.day = civil.day.min(days_in_month(civil.year, i32::from(civil.month)) as u8);
    finite(Some(civil.to_micros()))
}

/// `timestamptz_pl_interval`: months and days on the zone's clock, the time as it passes.
pub fn add_in(timestamp: i64, interval: Interval, zone: &Zone) -> Result<i64, PgError> {
    if !is_finite(timestamp) {
        return Ok(timestamp);
    }
    let mut instant = timestamp;
    if interval.months != 0 {
        instant = finite(zone.to_instant(add_months(zone.to_local(instant), interval.months)?))?;
    }
    if interval.days != 0 {
        instant = finite(zone.to_instant(add_days(zone.to_local(instant), interval.days)?))?;
    }
    finite(instant.checked_add(interval.micros))
}

/// `timestamp_mi`.
pub fn difference(a: i64, b: i64) -> Result<Interval, PgError> {
    if !is_finite(a) || !is_finite(b) {
        return Err(PgError::new(SqlState::DATETIME_FIELD_OVERFLOW, "cannot subtract infinite timestamps"));
    }
    Interval::new(0, 0, a.checked_sub(b).ok_or_else(interval::out_of_range)?).justify_hours()
}

/// `timestamp_age` of local times: years, months and days as people count them.
pub fn age(a: i64, b: i64) -> Result<Interval, PgError> {
    if !is_finite(a) || !is_finite(b) {
        // PostgreSQL 15 takes the infinities for the instants that they are stored as.
        return Err(PgError::unsupported("the age of an infinite time"));
    }
    let (negative, later, earlier) = if a < b { (true, b, a) } else { (false, a, b) };
    let (of_later, of_earlier) = (Civil::from_micros(later), Civil::from_micros(earlier));
    let mut micros = later.rem_euclid(MICROS_A_DAY) - earlier.rem_euclid(MICROS_A_DAY);
    let mut days = i32::from(of_later.day) - i32::from(of_earlier.day);
    let mut months = i32::from(of_later.month) - i32::from(of_earlier.month) + 12 * (of_later.year - of_earlier.year);
    if micros < 0 {
        micros += MICROS_A_DAY;
        days -= 1;
    }
    while days < 0 {
        days += days_in_month(of_earlier.year, i32::from(of_earlier.month));
        months -= 1;
    }
    let age = Interval::new(months, days, micros);
    if negative { age.negate() } else { Ok(age) }
}

/// `date_bin`.
pub fn bin(stride: Interval, timestamp: i64, origin: i64) -> Result<i64, PgError> {
    if !is_finite(timestamp) {
        return Ok(timestamp);
    }
    let overflow = |message: &str| PgError::new(SqlState::DATETIME_FIELD_OVERFLOW, message);
    if !is_finite(origin) {
        return Err(overflow("origin out of range"));
    }
    if stride.months != 0 {
        let message = "timestamps cannot be binned into intervals containing months or years";
        return Err(PgError::new(SqlState::FEATURE_NOT_SUPPORTED, message));
    }
    let stride = i64::from(stride.days).checked_mul(MICROS_A_DAY).and_then(|days| days.checked_add(stride.micros));
    let stride = stride.ok_or_else(interval::out_of_range)?;
    if stride <= 0 {
        return Err(overflow("stride must be greater than zero"));
    }
    let difference = timestamp.checked_sub(origin).ok_or_else(interval::out_of_range)?;
    finite((origin + difference - difference % stride).checked_sub(if difference % stride < 0 { stride } else { 0 }))
}

/// `time_pl_interval`: round the clock.
pub fn add_to_time(time: i64, micros: i64) -> i64 {
    (i128::from(time) + i128::from(micros)).rem_euclid(i128::from(MICROS_A_DAY)) as i64
}

/// `datetimetz_timestamptz`: date + timetz.
pub fn date_at(day: i32, time: TimeTz) -> Result<i64, PgError> {
    let midnight = date::to_timestamp(day)?;
    if !is_finite(midnight) {
        return Ok(midnight);
    }
    let too_late = || PgError::new(SqlState::DATETIME_FIELD_OVERFLOW, "date out of range for timestamp");
    finite(midnight.checked_add(time.in_greenwich())).map_err(|_| too_late())
}

/// Days from Monday of the week that ISO 8601 counts first in a year.
fn first_monday(year: i32) -> i64 {
    let fourth = days_of(year, 1, 4);
    fourth - week_day(fourth)
}

/// 0 is Monday: 2000-01-01 was a Saturday.
pub fn week_day(day: i64) -> i64 {
    (day + 5).rem_euclid(7)
}

/// Year and week by ISO 8601 of a day.
pub fn iso_week(day: i64) -> (i32, i64) {
    let (year, ..) = date_of(day);
    let of = if day >= first_monday(year + 1) {
        year + 1
    } else if day < first_monday(year) {
        year - 1
    } else {
        year
    };
    (of, (day - first_monday(of)) / 7 + 1)
}

/// The Monday of a week by ISO 8601.
pub fn of_iso_week(year: i32, week: i64) -> i64 {
    first_monday(year) + 7 * (week - 1)
}
