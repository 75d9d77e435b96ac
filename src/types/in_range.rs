//! RANGE frames: whether a value lies within an offset of another (PostgreSQL's `in_range` functions, support function 3
//! of its B-tree operator families).

use std::cmp::Ordering;

use super::compare;
use super::timestamp::time::TimeTz;
use super::timestamp::{Interval, Zone, arithmetic, date};
use super::{Numeric, PgError, SqlState, Type, Value};

/// What a window's frame asks of each row: `value <= base ± offset` or `value >= base ± offset`.
#[derive(Clone, Copy, Debug)]
pub struct Within {
    /// Takes the offset from the base, instead of adding it.
    pub subtract: bool,
    /// `<=` instead of `>=`.
    pub less: bool,
}

/// The types that an offset can have where values of `ty` are sorted by; none: PostgreSQL has no such frames.
pub fn offset_types(ty: Type) -> &'static [Type] {
    match ty {
        Type::INT2 | Type::INT4 => &[Type::INT8, Type::INT4, Type::INT2],
        Type::INT8 => &[Type::INT8],
        Type::FLOAT4 | Type::FLOAT8 => &[Type::FLOAT8],
        Type::NUMERIC => &[Type::NUMERIC],
        Type::DATE | Type::TIME | Type::TIMETZ | Type::TIMESTAMP | Type::TIMESTAMPTZ | Type::INTERVAL => {
            &[Type::INTERVAL]
        }
        _ => &[],
    }
}

impl Within {
    /// 22013 for an offset below zero; and what the sum of base and offset meets. Neither value is NULL.
    pub fn test(self, value: &Value, base: &Value, offset: &Value, zone: &Zone) -> Result<bool, PgError> {
        match (value, base, offset) {
            (Value::Float4(value), Value::Float4(base), Value::Float8(offset)) => {
                self.floats(f64::from(*value), f64::from(*base), *offset)
            }
            (Value::Float8(value), Value::Float8(base), Value::Float8(offset)) => self.floats(*value, *base, *offset),
            (Value::Numeric(value), Value::Numeric(base), Value::Numeric(offset)) => self.numerics(value, base, offset),
            (Value::Timestamp(value), Value::Timestamp(base), Value::Interval(offset)) => {
                self.timestamps(*value, *base, *offset)
            }
            (Value::Timestamptz(value), Value::Timestamptz(base), Value::Interval(offset)) => {
                let sum = arithmetic::add_in(*base, self.signed(*offset)?, zone)?;
                Ok(self.holds(value.cmp(&sum)))
            }
            (Value::Date(value), Value::Date(base), Value::Interval(offset)) => {
                self.timestamps(date::to_timestamp(*value)?, date::to_timestamp(*base)?, *offset)
            }
            (Value::Interval(value), Value::Interval(base), Value::Interval(offset)) => {
                not_negative(*offset)?;
                let sum = if self.subtract { base.minus(*offset)? } else { base.plus(*offset)? };
                Ok(self.holds(value.compare(sum)))
            }
            (Value::Time(value), Value::Time(base), Value::Interval(offset)) => {
                Ok(self.holds(value.cmp(&self.clock(*base, *offset)?)))
            }
            (Value::Timetz(value), Value::Timetz(base), Value::Interval(offset)) => {
                let sum = TimeTz { micros: self.clock(base.micros, *offset)?, offset: base.offset };
                Ok(self.holds(value.compare(sum)))
            }
            _ => match (integer(value), integer(base), integer(offset)) {
                (Some(value), Some(base), Some(offset)) => {
                    if offset < 0 {
                        return Err(invalid());
                    }
                    let sum = i128::from(base) + if self.subtract { -i128::from(offset) } else { offset.into() };
                    Ok(self.holds(i128::from(value).cmp(&sum)))
                }
                _ => Err(PgError::new(SqlState::INTERNAL_ERROR, "a frame over values of no such type")),
            },
        }
    }

    fn holds(self, order: Ordering) -> bool {
        if self.less { order.is_le() } else { order.is_ge() }
    }

    /// `in_range_float8_float8`.
    fn floats(self, value: f64, base: f64, offset: f64) -> Result<bool, PgError> {
        if offset.is_nan() || offset < 0.0 {
            return Err(invalid());
        }
        if let Some(known) = self.not_numbers(value.is_nan(), base.is_nan()) {
            return Ok(known);
        }
        // What is infinitely far before or behind everything: all values are.
        if offset.is_infinite() && base.is_infinite() && (base > 0.0) == self.subtract {
            return Ok(true);
        }
        let sum = if self.subtract { base - offset } else { base + offset };
        let (value, sum) = (Value::Float8(value), Value::Float8(sum));
        Ok(self.holds(compare::values(Type::FLOAT8, &value, &sum)))
    }

    /// NaN comes behind every number.
    fn not_numbers(self, value: bool, base: bool) -> Option<bool> {
        match (value, base) {
            (true, true) => Some(true),
            (true, false) => Some(!self.less),
            (false, true) => Some(self.less),
            (false, false) => None,
        }
    }

    /// `in_range_numeric_numeric`.
    fn numerics(self, value: &Numeric, base: &Numeric, offset: &Numeric) -> Result<bool, PgError> {
        let zero = Numeric::zero();
        if offset.is_nan() || offset.compare(&zero).is_lt() {
            return Err(invalid());
        }
        if let Some(known) = self.not_numbers(value.is_nan(), base.is_nan()) {
            return Ok(known);
        }
        if !offset.is_finite() && !base.is_finite() && base.compare(&zero).is_gt() == self.subtract {
            return Ok(true);
        }
        let sum = if self.subtract { base.subtract(offset)? } else { base.add(offset)? };
        Ok(self.holds(value.compare(&sum)))
    }

    fn timestamps(self, value: i64, base: i64, offset: Interval) -> Result<bool, PgError> {
        let sum = arithmetic::add(base, self.signed(offset)?)?;
        Ok(self.holds(value.cmp(&sum)))
    }

    fn signed(self, offset: Interval) -> Result<Interval, PgError> {
        not_negative(offset)?;
        if self.subtract { offset.negate() } else { Ok(offset) }
    }

    /// Of an offset the time alone counts, and no day ends.
    fn clock(self, base: i64, offset: Interval) -> Result<i64, PgError> {
        match offset.micros {
            ..0 => Err(invalid()),
            micros if self.subtract => Ok(base.saturating_sub(micros)),
            micros => Ok(base.saturating_add(micros)),
        }
    }
}

fn not_negative(offset: Interval) -> Result<(), PgError> {
    if offset.span() < 0 { Err(invalid()) } else { Ok(()) }
}

fn integer(value: &Value) -> Option<i64> {
    match value {
        Value::Int2(value) => Some((*value).into()),
        Value::Int4(value) => Some((*value).into()),
        Value::Int8(value) => Some(*value),
        _ => None,
    }
}

fn invalid() -> PgError {
    PgError::new(
        SqlState::INVALID_PRECEDING_OR_FOLLOWING_SIZE,
        "invalid preceding or following size in window function",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT_LEAST: Within = Within { subtract: true, less: false };
    const AT_MOST: Within = Within { subtract: false, less: true };

    fn float(within: Within, value: f64, base: f64, offset: f64) -> bool {
        let [value, base, offset] = [value, base, offset].map(Value::Float8);
        within.test(&value, &base, &offset, &Zone::utc()).unwrap()
    }

    /// As PostgreSQL's window.sql has it.
    #[test]
    fn infinities_and_nan_are_within_what_postgresql_says() {
        let infinity = f64::INFINITY;
        assert!(float(AT_LEAST, 1.0, infinity, infinity));
        assert!(float(AT_MOST, 1.0, -infinity, infinity));
        assert!(!float(AT_LEAST, 1.0, infinity, 5.0));
        assert!(float(AT_LEAST, f64::NAN, 1.0, 5.0));
        assert!(!float(AT_MOST, f64::NAN, 1.0, infinity));
        assert!(float(AT_MOST, f64::NAN, f64::NAN, 1.0));
        assert!(float(AT_LEAST, -infinity, 1.0, infinity));
    }

    #[test]
    fn sums_do_not_overflow() {
        let test = |value, base, offset| {
            AT_MOST.test(&Value::Int8(value), &Value::Int8(base), &Value::Int8(offset), &Zone::utc()).unwrap()
        };
        assert!(test(i64::MAX, i64::MAX, i64::MAX));
        let negative = AT_MOST.test(&Value::Int4(1), &Value::Int4(1), &Value::Int2(-1), &Zone::utc());
        assert_eq!(negative.unwrap_err().code, SqlState::INVALID_PRECEDING_OR_FOLLOWING_SIZE);
    }
}
