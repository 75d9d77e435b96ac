//! `numeric`: exact decimals of any length, with PostgreSQL's rules for how many digits a result shows.
//!
//! A finite value is an integer and a scale: how many of its digits stand behind the point. The scale is part of the
//! value (1.0 and 1.00 print otherwise) but not of its order: they are equal. PostgreSQL computes in base 10000, and
//! where a result is not exact chooses its scale by the weights of its operands' digits in that base
//! (`select_div_scale` and its kin in `numeric.c`); the same formulas stand here over the decimal digits.
//!
//! [`key`] is the form that sorts as text, for the database file.

mod arithmetic;
mod bytes;
mod cast;
mod digits;
mod functions;
mod input;
pub mod key;
mod logarithm;
mod power;
mod statistics;
mod typmod;

use std::cmp::Ordering;
use std::fmt;

use num_bigint::{BigInt, Sign};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use bytes::{recv, send};
pub use cast::{from_float4, from_float8};
pub use digits::Accumulator;
pub use functions::width_bucket;
pub use statistics::Moments;
pub use typmod::{MAX_PRECISION, MAX_SCALE, describe, typmod};

use super::{PgError, SqlState};

/// Digits behind the point that a value can have (`NUMERIC_DSCALE_MAX`).
const MAX_DISPLAY_SCALE: i64 = 16383;
/// Digits before the point that a value can have: `NUMERIC_WEIGHT_MAX` digits of base 10000, and one.
const MAX_WHOLE_DIGITS: i64 = 131_072;
/// A result that is not exact has at least so many significant digits (`NUMERIC_MIN_SIG_DIGITS`).
const MIN_SIGNIFICANT_DIGITS: i64 = 16;
/// A result that is not exact has no more digits behind the point (`NUMERIC_MAX_DISPLAY_SCALE`).
const MAX_RESULT_SCALE: i64 = 1000;

/// A numeric. `PartialEq` tells 1.0 and 1.00 apart; [`Numeric::compare`] does not.
#[derive(Clone, Debug, PartialEq)]
pub enum Numeric {
    NegativeInfinity,
    Finite(Decimal),
    Infinity,
    NaN,
}

/// `digits` · 10^−`scale`; `scale` is from 0 to [`MAX_DISPLAY_SCALE`].
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Decimal {
    digits: BigInt,
    scale: i64,
}

fn overflow() -> PgError {
    PgError::new(SqlState::NUMERIC_VALUE_OUT_OF_RANGE, "value overflows numeric format")
}

impl Numeric {
    pub fn zero() -> Numeric {
        Numeric::from(0)
    }

    /// An integer of 10^−`scale`ths: 22003 if numeric can't hold it.
    fn finite(decimal: Decimal) -> Result<Numeric, PgError> {
        if decimal.scale > MAX_DISPLAY_SCALE || decimal.leading() >= MAX_WHOLE_DIGITS {
            return Err(overflow());
        }
        Ok(Numeric::Finite(decimal))
    }

    /// Numerically: NaN is equal to itself and greater than all others.
    pub fn compare(&self, other: &Numeric) -> Ordering {
        let class = |value: &Numeric| match value {
            Numeric::NegativeInfinity => 0,
            Numeric::Finite(_) => 1,
            Numeric::Infinity => 2,
            Numeric::NaN => 3,
        };
        match (self, other) {
            (Numeric::Finite(a), Numeric::Finite(b)) => a.compare(b),
            (a, b) => class(a).cmp(&class(b)),
        }
    }

    pub fn is_nan(&self) -> bool {
        matches!(self, Numeric::NaN)
    }

    pub fn is_finite(&self) -> bool {
        matches!(self, Numeric::Finite(_))
    }

    /// −1, 0 or 1; NaN has none.
    fn signum(&self) -> i32 {
        match self {
            Numeric::NegativeInfinity => -1,
            Numeric::Finite(decimal) => decimal.signum(),
            Numeric::Infinity => 1,
            Numeric::NaN => 0,
        }
    }

    /// Memory beyond the value itself, roughly.
    pub fn size(&self) -> usize {
        match self {
            Numeric::Finite(decimal) => decimal.digits.bits() as usize / 8,
            _ => 0,
        }
    }
}

impl Decimal {
    fn new(digits: BigInt, scale: i64) -> Decimal {
        Decimal { digits, scale }
    }

    fn signum(&self) -> i32 {
        match self.digits.sign() {
            Sign::Minus => -1,
            Sign::NoSign => 0,
            Sign::Plus => 1,
        }
    }

    fn is_zero(&self) -> bool {
        self.digits.sign() == Sign::NoSign
    }

    fn compare(&self, other: &Decimal) -> Ordering {
        if self.scale == other.scale {
            return self.digits.cmp(&other.digits);
        }
        match self.signum().cmp(&other.signum()) {
            Ordering::Equal => {}
            different => return different,
        }
        let scale = self.scale.max(other.scale);
        self.scaled(scale).cmp(&other.scaled(scale))
    }
}

impl From<i64> for Numeric {
    fn from(int: i64) -> Numeric {
        Numeric::Finite(Decimal::new(int.into(), 0))
    }
}

impl fmt::Display for Numeric {
    /// `numeric_out`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Numeric::NegativeInfinity => f.write_str("-Infinity"),
            Numeric::Infinity => f.write_str("Infinity"),
            Numeric::NaN => f.write_str("NaN"),
            Numeric::Finite(decimal) => decimal.fmt(f),
        }
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.digits.magnitude().to_string();
        let scale = self.scale as usize;
        if self.signum() < 0 {
            f.write_str("-")?;
        }
        if scale == 0 {
            return f.write_str(&digits);
        }
        if digits.len() <= scale {
            return write!(f, "0.{digits:0>scale$}");
        }
        let (whole, fraction) = digits.split_at(digits.len() - scale);
        write!(f, "{whole}.{fraction}")
    }
}

impl Serialize for Numeric {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Numeric {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Numeric, D::Error> {
        let text = String::deserialize(deserializer)?;
        Numeric::input(&text).map_err(|error| serde::de::Error::custom(error.message))
    }
}

#[cfg(test)]
mod tests;
