//! `+ - * / %`, and where they lead with infinities and NaN.

use super::digits::{divide_rounded, power_of_ten};
use super::{Decimal, MAX_DISPLAY_SCALE, MAX_RESULT_SCALE, MIN_SIGNIFICANT_DIGITS, Numeric, PgError};
use crate::types::arithmetic::division_by_zero;

use Numeric::{Finite, Infinity, NaN, NegativeInfinity};

/// An infinity of this sign; NaN for none.
fn infinity(sign: i32) -> Numeric {
    match sign {
        1 => Infinity,
        -1 => NegativeInfinity,
        _ => NaN,
    }
}

impl Numeric {
    pub fn add(&self, other: &Numeric) -> Result<Numeric, PgError> {
        match (self, other) {
            (Finite(a), Finite(b)) => Numeric::finite(a.plus(b)),
            (NaN, _) | (_, NaN) | (Infinity, NegativeInfinity) | (NegativeInfinity, Infinity) => Ok(NaN),
            (Finite(_), infinite) | (infinite, _) => Ok(infinite.clone()),
        }
    }

    pub fn subtract(&self, other: &Numeric) -> Result<Numeric, PgError> {
        self.add(&other.negate())
    }

    pub fn negate(&self) -> Numeric {
        match self {
            Finite(decimal) => Finite(Decimal::new(-&decimal.digits, decimal.scale)),
            NaN => NaN,
            infinite => infinity(-infinite.signum()),
        }
    }

    pub fn multiply(&self, other: &Numeric) -> Result<Numeric, PgError> {
        match (self, other) {
            (Finite(a), Finite(b)) => {
                let product = a.times(b);
                Numeric::finite(if product.scale > MAX_DISPLAY_SCALE {
                    product.round(MAX_DISPLAY_SCALE)
                } else {
                    product
                })
            }
            (NaN, _) | (_, NaN) => Ok(NaN),
            (a, b) => Ok(infinity(a.signum() * b.signum())),
        }
    }

    pub fn divide(&self, other: &Numeric) -> Result<Numeric, PgError> {
        match self.divide_special(other)? {
            Ok((a, b)) => Numeric::finite(a.over(b, division_scale(a, b))),
            Err(special) => Ok(special),
        }
    }

    /// `div`: without a fraction.
    pub fn divide_whole(&self, other: &Numeric) -> Result<Numeric, PgError> {
        match self.divide_special(other)? {
            Ok((a, b)) => Numeric::finite(a.over_truncated(b)),
            Err(special) => Ok(special),
        }
    }

    /// The operands if both are finite, else the quotient.
    fn divide_special<'a>(
        &'a self,
        other: &'a Numeric,
    ) -> Result<Result<(&'a Decimal, &'a Decimal), Numeric>, PgError> {
        Ok(match (self, other) {
            (NaN, _) | (_, NaN) => Err(NaN),
            (_, Finite(b)) if b.is_zero() => return Err(division_by_zero()),
            (Finite(a), Finite(b)) => Ok((a, b)),
            (Finite(_), _) => Err(Numeric::zero()),
            (a, Finite(b)) => Err(infinity(a.signum() * b.signum())),
            _ => Err(NaN),
        })
    }

    /// `%`: has the sign of `self`.
    pub fn modulo(&self, other: &Numeric) -> Result<Numeric, PgError> {
        match (self, other) {
            (NaN, _) | (_, NaN) => Ok(NaN),
            (_, Finite(b)) if b.is_zero() => Err(division_by_zero()),
            (Finite(a), Finite(b)) => {
                let scale = a.scale.max(b.scale);
                Numeric::finite(Decimal::new(a.scaled(scale) % b.scaled(scale), scale))
            }
            (Finite(_), _) => Ok(self.clone()),
            _ => Ok(NaN),
        }
    }
}

impl Decimal {
    pub fn plus(&self, other: &Decimal) -> Decimal {
        if self.scale == other.scale {
            return Decimal::new(&self.digits + &other.digits, self.scale);
        }
        let scale = self.scale.max(other.scale);
        Decimal::new(self.scaled(scale) + other.scaled(scale), scale)
    }

    pub fn minus(&self, other: &Decimal) -> Decimal {
        let scale = self.scale.max(other.scale);
        Decimal::new(self.scaled(scale) - other.scaled(scale), scale)
    }

    pub fn times(&self, other: &Decimal) -> Decimal {
        Decimal::new(&self.digits * &other.digits, self.scale + other.scale)
    }

    /// The quotient, rounded to `scale` digits.
    pub fn over(&self, other: &Decimal, scale: i64) -> Decimal {
        let shift = scale + other.scale - self.scale;
        let (mut a, mut b) = (self.digits.clone(), other.digits.clone());
        if shift >= 0 {
            a *= power_of_ten(shift);
        } else {
            b *= power_of_ten(-shift);
        }
        Decimal::new(divide_rounded(&a, &b), scale)
    }

    pub fn over_truncated(&self, other: &Decimal) -> Decimal {
        let scale = self.scale.max(other.scale);
        Decimal::new(self.scaled(scale) / other.scaled(scale), 0)
    }
}

/// Digits behind the point of a quotient (`select_div_scale`): 16 that mean something, and no fewer than the operands
/// have.
pub fn division_scale(a: &Decimal, b: &Decimal) -> i64 {
    let ((weight_a, first_a), (weight_b, first_b)) = (a.weight(), b.weight());
    let weight = weight_a - weight_b - i64::from(first_a <= first_b);
    let scale = MIN_SIGNIFICANT_DIGITS - weight * 4;
    scale.max(a.scale).max(b.scale).clamp(0, MAX_RESULT_SCALE)
}
