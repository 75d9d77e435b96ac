//! The type date: days since 2000-01-01.

use super::calendar::{date_of, days_of};
use super::{MICROS_A_DAY, Zone};
use crate::types::{PgError, SqlState};

pub const INFINITY: i32 = i32::MAX;
pub const NEG_INFINITY: i32 = i32::MIN;
/// 4714-11-24 BC, Julian day 0.
pub const MIN: i32 = -2_451_545;
/// Just past the last date, 5874897-12-31.
pub const END: i32 = 2_145_031_949;

pub fn is_finite(date: i32) -> bool {
    date != INFINITY && date != NEG_INFINITY
}

/// Whether a date can have this value.
pub fn is_valid(date: i32) -> bool {
    !is_finite(date) || (MIN..END).contains(&date)
}

pub fn out_of_range() -> PgError {
    PgError::new(SqlState::DATETIME_FIELD_OVERFLOW, "date out of range")
}

pub fn from_days(days: i64) -> Option<i32> {
    i32::try_from(days).ok().filter(|days| (MIN..END).contains(days))
}

/// Year (0 is 1 BC), month and day.
pub fn parts(date: i32) -> (i32, u8, u8) {
    date_of(i64::from(date))
}

pub fn of_parts(year: i32, month: u8, day: u8) -> Option<i32> {
    from_days(days_of(year, i32::from(month), i32::from(day)))
}

/// `date_pl`: the infinities stay what they are.
pub fn add_days(date: i32, days: i64) -> Result<i32, PgError> {
    if !is_finite(date) {
        return Ok(date);
    }
    from_days(i64::from(date) + days).ok_or_else(out_of_range)
}

/// `date_mi`.
pub fn difference(a: i32, b: i32) -> Result<i32, PgError> {
    if !is_finite(a) || !is_finite(b) {
        return Err(PgError::new(SqlState::DATETIME_FIELD_OVERFLOW, "cannot subtract infinite dates"));
    }
    Ok(a - b)
}

/// Midnight of the day, as a timestamp.
pub fn to_timestamp(date: i32) -> Result<i64, PgError> {
    match date {
        INFINITY => return Ok(super::INFINITY),
        NEG_INFINITY => return Ok(super::NEG_INFINITY),
        _ => {}
    }
    let timestamp = i64::from(date).checked_mul(MICROS_A_DAY).filter(|timestamp| *timestamp < super::END);
    timestamp.ok_or_else(|| PgError::new(SqlState::DATETIME_FIELD_OVERFLOW, "date out of range for timestamp"))
}

/// Midnight of the day in the zone.
pub fn to_timestamptz(date: i32, zone: &Zone) -> Result<i64, PgError> {
    let local = to_timestamp(date)?;
    if !is_finite(date) {
        return Ok(local);
    }
    let instant = zone.to_instant(local);
    instant.ok_or_else(|| PgError::new(SqlState::DATETIME_FIELD_OVERFLOW, "date out of range for timestamp"))
}

/// The day of a timestamp.
pub fn of_timestamp(timestamp: i64) -> i32 {
    match timestamp {
        super::INFINITY => INFINITY,
        super::NEG_INFINITY => NEG_INFINITY,
        _ => timestamp.div_euclid(MICROS_A_DAY) as i32,
    }
}
