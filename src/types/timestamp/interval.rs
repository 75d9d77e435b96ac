//! The type interval: months, days and microseconds, kept apart because a month and a day have no fixed length.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use super::{MICROS, MICROS_A_DAY};
use crate::types::{PgError, SqlState};

/// As on the wire. Equality of the struct is that of what prints; [`Interval::compare`] is PostgreSQL's, where a
/// month is 30 days and a day 24 hours.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Interval {
    pub months: i32,
    pub days: i32,
    pub micros: i64,
}

pub fn out_of_range() -> PgError {
    PgError::new(SqlState::DATETIME_FIELD_OVERFLOW, "interval out of range")
}

const DAYS_A_MONTH: i32 = 30;

impl Interval {
    pub fn new(months: i32, days: i32, micros: i64) -> Interval {
        Interval { months, days, micros }
    }

    /// Its length in microseconds (`interval_cmp_value`).
    pub fn span(self) -> i128 {
        let days = i128::from(self.months) * i128::from(DAYS_A_MONTH) + i128::from(self.days);
        days * i128::from(MICROS_A_DAY) + i128::from(self.micros)
    }

    pub fn compare(self, other: Interval) -> Ordering {
        self.span().cmp(&other.span())
    }

    pub fn negate(self) -> Result<Interval, PgError> {
        let negated =
            || Some(Interval::new(self.months.checked_neg()?, self.days.checked_neg()?, self.micros.checked_neg()?));
        negated().ok_or_else(out_of_range)
    }

    pub fn plus(self, other: Interval) -> Result<Interval, PgError> {
        let sum = || {
            Some(Interval::new(
                self.months.checked_add(other.months)?,
                self.days.checked_add(other.days)?,
                self.micros.checked_add(other.micros)?,
            ))
        };
        sum().ok_or_else(out_of_range)
    }

    pub fn minus(self, other: Interval) -> Result<Interval, PgError> {
        let difference = || {
            Some(Interval::new(
                self.months.checked_sub(other.months)?,
                self.days.checked_sub(other.days)?,
                self.micros.checked_sub(other.micros)?,
            ))
        };
        difference().ok_or_else(out_of_range)
    }

    /// `interval_mul`: what is left of a month becomes days, what is left of a day time.
    pub fn times(self, factor: f64) -> Result<Interval, PgError> {
        self.scaled(|value| value * factor)
    }

    /// `interval_div`.
    pub fn over(self, divisor: f64) -> Result<Interval, PgError> {
        if divisor == 0.0 {
            return Err(crate::types::arithmetic::division_by_zero());
        }
        self.scaled(|value| value / divisor)
    }

    fn scaled(self, scale: impl Fn(f64) -> f64) -> Result<Interval, PgError> {
        let whole = |value: f64| -> Result<i32, PgError> {
            let fits = !value.is_nan() && value >= f64::from(i32::MIN) && value <= f64::from(i32::MAX);
            if fits { Ok(value as i32) } else { Err(out_of_range()) }
        };
        let (months, days) = (f64::from(self.months), f64::from(self.days));
        let result_months = whole(scale(months))?;
        let mut result_days = whole(scale(days))?;
        let month_remainder_days = timestamp_round((scale(months) - f64::from(result_months)) * 30.0);
        let day_remainder = scale(days) - f64::from(result_days) + month_remainder_days - month_remainder_days.trunc();
        let mut seconds_remainder = timestamp_round(day_remainder * 86_400.0);
        // Rounding may have made a whole day of it.
        if seconds_remainder.abs() >= 86_400.0 {
            result_days = result_days.checked_add((seconds_remainder / 86_400.0) as i32).ok_or_else(out_of_range)?;
            seconds_remainder -= f64::from((seconds_remainder / 86_400.0) as i32) * 86_400.0;
        }
        result_days = result_days.checked_add(month_remainder_days as i32).ok_or_else(out_of_range)?;
        let micros = (scale(self.micros as f64) + seconds_remainder * 1e6).round_ties_even();
        if micros.is_nan() || !(-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&micros) {
            return Err(out_of_range());
        }
        Ok(Interval::new(result_months, result_days, micros as i64))
    }

    /// `justify_hours`: 24 hours become a day.
    pub fn justify_hours(self) -> Result<Interval, PgError> {
        let whole_days = self.micros / MICROS_A_DAY;
        let mut micros = self.micros % MICROS_A_DAY;
        let mut days =
            i32::try_from(whole_days).ok().and_then(|days| self.days.checked_add(days)).ok_or_else(out_of_range)?;
        if days > 0 && micros < 0 {
            (days, micros) = (days - 1, micros + MICROS_A_DAY);
        } else if days < 0 && micros > 0 {
            (days, micros) = (days + 1, micros - MICROS_A_DAY);
        }
        Ok(Interval::new(self.months, days, micros))
    }

    /// `justify_days`: 30 days become a month.
    pub fn justify_days(self) -> Result<Interval, PgError> {
        let mut months = self.months.checked_add(self.days / DAYS_A_MONTH).ok_or_else(out_of_range)?;
        let mut days = self.days % DAYS_A_MONTH;
        if months > 0 && days < 0 {
            (months, days) = (months - 1, days + DAYS_A_MONTH);
        } else if months < 0 && days > 0 {
            (months, days) = (months + 1, days - DAYS_A_MONTH);
        }
        Ok(Interval::new(months, days, self.micros))
    }

    /// `justify_interval`: both, and all parts of one sign.
    pub fn justify(self) -> Result<Interval, PgError> {
        let (mut months, mut days, mut micros) = (self.months, self.days, self.micros);
        // Days first where they and the time have one sign: fewer overflows.
        if (days > 0 && micros > 0) || (days < 0 && micros < 0) {
            months = months.checked_add(days / DAYS_A_MONTH).ok_or_else(out_of_range)?;
            days %= DAYS_A_MONTH;
        }
        let whole_days = i32::try_from(micros / MICROS_A_DAY).map_err(|_| out_of_range())?;
        micros %= MICROS_A_DAY;
        days = days.checked_add(whole_days).ok_or_else(out_of_range)?;
        months = months.checked_add(days / DAYS_A_MONTH).ok_or_else(out_of_range)?;
        days %= DAYS_A_MONTH;
        if months > 0 && (days < 0 || (days == 0 && micros < 0)) {
            (months, days) = (months - 1, days + DAYS_A_MONTH);
        } else if months < 0 && (days > 0 || (days == 0 && micros > 0)) {
            (months, days) = (months + 1, days - DAYS_A_MONTH);
        }
        if days > 0 && micros < 0 {
            (days, micros) = (days - 1, micros + MICROS_A_DAY);
        } else if days < 0 && micros > 0 {
            (days, micros) = (days + 1, micros - MICROS_A_DAY);
        }
        Ok(Interval::new(months, days, micros))
    }

    /// `AdjustIntervalForTypmod`: cuts what its fields don't have (`INTERVAL DAY TO HOUR`) and rounds to the precision.
    pub fn with_typmod(self, typmod: i32) -> Interval {
        if typmod < 0 {
            return self;
        }
        let hour = MICROS * 3600;
        let down = |unit: i64| self.micros / unit * unit;
        let (range, precision) = (typmod >> 16, typmod & 0xffff);
        let mut interval = match range {
            YEAR => Interval::new(self.months / 12 * 12, 0, 0),
            MONTH | YEAR_TO_MONTH => Interval::new(self.months, 0, 0),
            DAY => Interval { micros: 0, ..self },
            HOUR | DAY_TO_HOUR => Interval { micros: down(hour), ..self },
            MINUTE | HOUR_TO_MINUTE | DAY_TO_MINUTE => Interval { micros: down(hour / 60), ..self },
            _ => self,
        };
        if precision < 6 {
            interval.micros = super::round(interval.micros, i64::from(precision));
        }
        interval
    }
}

/// `TSROUND`.
fn timestamp_round(seconds: f64) -> f64 {
    (seconds * 1e6).round_ties_even() / 1e6
}

// An interval's typmod is its range of fields in the upper half and the precision in the lower.
pub const FULL_RANGE: i32 = 0x7fff;
pub const FULL_PRECISION: i32 = 0xffff;
pub const YEAR: i32 = 1 << 2;
pub const MONTH: i32 = 1 << 1;
pub const DAY: i32 = 1 << 3;
pub const HOUR: i32 = 1 << 10;
pub const MINUTE: i32 = 1 << 11;
pub const SECOND: i32 = 1 << 12;
pub const YEAR_TO_MONTH: i32 = YEAR | MONTH;
pub const DAY_TO_HOUR: i32 = DAY | HOUR;
pub const DAY_TO_MINUTE: i32 = DAY | HOUR | MINUTE;
pub const DAY_TO_SECOND: i32 = DAY | HOUR | MINUTE | SECOND;
pub const HOUR_TO_MINUTE: i32 = HOUR | MINUTE;
pub const HOUR_TO_SECOND: i32 = HOUR | MINUTE | SECOND;
pub const MINUTE_TO_SECOND: i32 = MINUTE | SECOND;

/// What `format_type` puts behind `interval`.
pub fn typmod_name(typmod: i32) -> String {
    if typmod < 0 {
        return String::new();
    }
    let fields = match typmod >> 16 {
        YEAR => " year",
        MONTH => " month",
        DAY => " day",
        HOUR => " hour",
        MINUTE => " minute",
        SECOND => " second",
        YEAR_TO_MONTH => " year to month",
        DAY_TO_HOUR => " day to hour",
        DAY_TO_MINUTE => " day to minute",
        DAY_TO_SECOND => " day to second",
        HOUR_TO_MINUTE => " hour to minute",
        HOUR_TO_SECOND => " hour to second",
        MINUTE_TO_SECOND => " minute to second",
        _ => "",
    };
    match typmod & 0xffff {
        FULL_PRECISION => fields.to_owned(),
        precision => format!("{fields}({precision})"),
    }
}
