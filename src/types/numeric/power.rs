//! Powers and square roots.

use std::cmp::Ordering;

use num_bigint::{BigInt, Sign};

use super::digits::power_of_ten;
use super::{
    Decimal, MAX_RESULT_SCALE, MAX_WHOLE_DIGITS, MIN_SIGNIFICANT_DIGITS, Numeric, PgError, SqlState, overflow,
};
use crate::types::arithmetic::division_by_zero;

fn invalid(message: &str) -> PgError {
    PgError::new(SqlState::INVALID_ARGUMENT_FOR_POWER_FUNCTION, message)
}

impl Numeric {
    pub fn sqrt(&self) -> Result<Numeric, PgError> {
        let negative = || invalid("cannot take square root of a negative number");
        let decimal = match self {
            Numeric::Finite(decimal) => decimal,
            Numeric::NegativeInfinity => return Err(negative()),
            special => return Ok(special.clone()),
        };
        if decimal.signum() < 0 {
            return Err(negative());
        }
        // In the middle of a digit of base 10000 if there are so many.
        let weight = (decimal.weight().0 + 1) * 4 / 2 - 1;
        let scale = (MIN_SIGNIFICANT_DIGITS - weight).max(decimal.scale).clamp(0, MAX_RESULT_SCALE);
        Numeric::finite(decimal.sqrt(scale))
    }

    pub fn power(&self, exponent: &Numeric) -> Result<Numeric, PgError> {
        let (Numeric::Finite(base), Numeric::Finite(power)) = (self, exponent) else {
            return self.power_special(exponent);
        };
        refuse(base.signum(), power.signum(), power.is_integral())?;
        if power.is_integral()
            && let Ok(power) = i32::try_from(&power.truncate(0).digits)
        {
            let scale = MIN_SIGNIFICANT_DIGITS.max(base.scale).min(MAX_RESULT_SCALE);
            return Numeric::finite(base.power_of_integer(power, scale)?);
        }
        if base.is_zero() {
            return Ok(Numeric::Finite(Decimal::new(BigInt::ZERO, MIN_SIGNIFICANT_DIGITS)));
        }
        let result = base.absolute().power_of_decimal(power)?;
        let odd = power.truncate(0).digits.bit(0);
        let result = Numeric::finite(result)?;
        Ok(if base.signum() < 0 && odd { result.negate() } else { result })
    }

    /// As POSIX has it for floats.
    fn power_special(&self, exponent: &Numeric) -> Result<Numeric, PgError> {
        let one = || Numeric::from(1);
        let is = |value: &Numeric, int: i64| value.is_finite() && value.compare(&Numeric::from(int)).is_eq();
        if self.is_nan() {
            return Ok(if is(exponent, 0) { one() } else { Numeric::NaN });
        }
        if exponent.is_nan() {
            return Ok(if is(self, 1) { one() } else { Numeric::NaN });
        }
        let (base_sign, sign) = (self.signum(), exponent.signum());
        let (integral, odd) = match exponent {
            Numeric::Finite(decimal) => (decimal.is_integral(), decimal.truncate(0).digits.bit(0)),
            _ => (true, false),
        };
        refuse(base_sign, sign, integral)?;
        if is(self, 1) || sign == 0 {
            return Ok(one());
        }
        if base_sign == 0 && sign > 0 {
            return Ok(Numeric::zero());
        }
        if !exponent.is_finite() {
            if is(self, -1) {
                return Ok(one());
            }
            let beyond_one = self.abs().compare(&one()) == Ordering::Greater;
            return Ok(if beyond_one == (sign > 0) { Numeric::Infinity } else { Numeric::zero() });
        }
        Ok(match (base_sign, sign) {
            (_, -1) => Numeric::zero(),
            (-1, _) if odd => Numeric::NegativeInfinity,
            _ => Numeric::Infinity,
        })
    }
}

fn refuse(base: i32, exponent: i32, integral: bool) -> Result<(), PgError> {
    if base == 0 && exponent < 0 {
        return Err(invalid("zero raised to a negative power is undefined"));
    }
    if base < 0 && !integral {
        return Err(invalid("a negative number raised to a non-integer power yields a complex result"));
    }
    Ok(())
}

impl Decimal {
    fn absolute(&self) -> Decimal {
        Decimal::new(self.digits.magnitude().clone().into(), self.scale)
    }

    /// The root of a number that is not negative.
    pub fn sqrt(&self, scale: i64) -> Decimal {
        // One digit more, which rounds.
        let root = self.scaled(2 * (scale + 1)).sqrt();
        Decimal::new(root, scale + 1).round(scale)
    }

    /// `power_var_int`.
    fn power_of_integer(&self, exponent: i32, scale: i64) -> Result<Decimal, PgError> {
        let one = || Decimal::new(1.into(), 0);
        match exponent {
            0 => return Ok(Decimal::new(power_of_ten(scale), scale)),
            1 => return Ok(self.round(scale)),
            -1 if self.is_zero() => return Err(division_by_zero()),
            -1 => return Ok(one().over(self, scale)),
            2 => return Ok(self.times(self).round(scale)),
            _ => {}
        }
        let zero = || Ok(Decimal::new(BigInt::ZERO, scale));
        if self.is_zero() {
            return if exponent < 0 { Err(division_by_zero()) } else { zero() };
        }
        let first = self.first_digits(17) as f64;
        let log = f64::from(exponent) * (first.log10() + (self.leading() - 16) as f64);
        if log > 3.0 * 32767.0 * 4.0 {
            return Err(overflow());
        }
        if log + 1.0 < -(scale as f64) || log + 1.0 < -(MAX_RESULT_SCALE as f64) {
            return zero();
        }
        let digits = (1 + scale + log as i64).max(1) + f64::from(exponent).abs().ln() as i64 + 20;
        let mut product = Floating::from(self, digits);
        let mut result: Option<Floating> = None;
        let mut bits = exponent.unsigned_abs();
        loop {
            if bits & 1 == 1 {
                result = Some(result.map_or_else(|| product.clone(), |result| result.times(&product, digits)));
            }
            bits >>= 1;
            if bits == 0 {
                break;
            }
            product = product.times(&product, digits);
            if product.exponent.abs() > 4 * MAX_WHOLE_DIGITS {
                break;
            }
        }
        let result = match result {
            Some(result) if bits == 0 => result,
            // Out of range in one direction or the other.
            _ => return if (product.exponent > 0) == (exponent > 0) { Err(overflow()) } else { zero() },
        };
        if exponent > 0 {
            return result.into_decimal(scale);
        }
        match result.exponent {
            0.. => Ok(one().over(&Decimal::new(result.digits * power_of_ten(result.exponent), 0), scale)),
            below => Ok(one().over(&Decimal::new(result.digits, -below), scale)),
        }
    }

    /// A positive number to a power that is no integer, or too great a one (`power_var`).
    fn power_of_decimal(&self, exponent: &Decimal) -> Result<Decimal, PgError> {
        let ln_weight = self.ln_weight();
        let rough = (8 - ln_weight).max(0);
        let about = self.ln(rough).times(exponent).round(rough).to_double();
        if about.abs() > 2000.0 * 3.01 {
            if about > 0.0 {
                return Err(overflow());
            }
            return Ok(Decimal::new(BigInt::ZERO, MAX_RESULT_SCALE));
        }
        let weight = (about * std::f64::consts::LOG10_E) as i64;
        let scale = (MIN_SIGNIFICANT_DIGITS - weight).max(self.scale).max(exponent.scale).clamp(0, MAX_RESULT_SCALE);
        let precise = (scale + weight).max(0) - ln_weight + exponent.leading().max(0) + 30;
        self.ln(precise.max(0)).times(exponent).exp(scale)
    }
}

/// `digits` · 10^`exponent`, of about so many digits as are needed.
#[derive(Clone)]
struct Floating {
    digits: BigInt,
    exponent: i64,
}

impl Floating {
    fn from(decimal: &Decimal, digits: i64) -> Floating {
        Floating { digits: decimal.digits.clone(), exponent: -decimal.scale }.cut(digits)
    }

    fn times(&self, other: &Floating, digits: i64) -> Floating {
        Floating { digits: &self.digits * &other.digits, exponent: self.exponent + other.exponent }.cut(digits)
    }

    fn cut(self, digits: i64) -> Floating {
        let surplus = Decimal::new(self.digits.clone(), 0).leading() + 1 - digits;
        if surplus <= 0 || self.digits.sign() == Sign::NoSign {
            return self;
        }
        let digits = super::digits::divide_rounded(&self.digits, &power_of_ten(surplus));
        Floating { digits, exponent: self.exponent + surplus }
    }

    fn into_decimal(self, scale: i64) -> Result<Decimal, PgError> {
        let leading = Decimal::new(self.digits.clone(), 0).leading() + self.exponent;
        if leading >= MAX_WHOLE_DIGITS {
            return Err(overflow());
        }
        Ok(match self.exponent {
            0.. => Decimal::new(self.digits * power_of_ten(self.exponent + scale), scale),
            below => Decimal::new(self.digits, -below).round(scale),
        })
    }
}
