//! Logarithms and exp(): computed to more digits than shown, and then rounded.
//!
//! In fixed point: an integer of 10^−`digits`ths.

use num_bigint::{BigInt, Sign};

use super::digits::{divide_rounded, power_of_ten};
use super::{Decimal, MAX_RESULT_SCALE, MIN_SIGNIFICANT_DIGITS, Numeric, PgError, SqlState, overflow};
use crate::types::arithmetic::division_by_zero;

/// Digits computed and not shown.
const GUARD: i64 = 25;
/// Beyond this exp() has too many digits before the point, or none behind it.
const MAX_EXPONENT: f64 = 6000.0;

fn negative() -> PgError {
    let message = "cannot take logarithm of a negative number";
    PgError::new(SqlState::INVALID_ARGUMENT_FOR_LOGARITHM, message)
}

fn of_zero() -> PgError {
    PgError::new(SqlState::INVALID_ARGUMENT_FOR_LOGARITHM, "cannot take logarithm of zero")
}

impl Numeric {
    pub fn exp(&self) -> Result<Numeric, PgError> {
        let decimal = match self {
            Numeric::Finite(decimal) => decimal,
            Numeric::NegativeInfinity => return Ok(Numeric::zero()),
            special => return Ok(special.clone()),
        };
        let weight = (decimal.to_double() * std::f64::consts::LOG10_E).clamp(-2000.0, 2000.0) as i64;
        let scale = (MIN_SIGNIFICANT_DIGITS - weight).max(decimal.scale).clamp(0, MAX_RESULT_SCALE);
        Numeric::finite(decimal.exp(scale)?)
    }

    pub fn ln(&self) -> Result<Numeric, PgError> {
        let decimal = match self {
            Numeric::Finite(decimal) => decimal,
            Numeric::NegativeInfinity => return Err(negative()),
            special => return Ok(special.clone()),
        };
        refuse(decimal.signum())?;
        let scale = (MIN_SIGNIFICANT_DIGITS - decimal.ln_weight()).max(decimal.scale).clamp(0, MAX_RESULT_SCALE);
        Numeric::finite(decimal.ln(scale))
    }

    /// The logarithm of `self` to a base (`log(base, self)`).
    pub fn log(&self, base: &Numeric) -> Result<Numeric, PgError> {
        let (Numeric::Finite(num), Numeric::Finite(base)) = (self, base) else { return self.log_special(base) };
        refuse(base.signum().min(num.signum()))?;
        let (num_weight, base_weight) = (num.ln_weight(), base.ln_weight());
        let weight = num_weight - base_weight;
        let scale = (MIN_SIGNIFICANT_DIGITS - weight).max(base.scale).max(num.scale).clamp(0, MAX_RESULT_SCALE);
        let base_ln = base.ln((scale + weight - base_weight + GUARD).max(0));
        let num_ln = num.ln((scale + weight - num_weight + GUARD).max(0));
        if base_ln.is_zero() {
            return Err(division_by_zero());
        }
        Numeric::finite(num_ln.over(&base_ln, scale))
    }

    fn log_special(&self, base: &Numeric) -> Result<Numeric, PgError> {
        if self.is_nan() || base.is_nan() {
            return Ok(Numeric::NaN);
        }
        refuse(base.signum().min(self.signum()))?;
        Ok(match (base, self) {
            (Numeric::Infinity, Numeric::Infinity) => Numeric::NaN,
            (Numeric::Infinity, _) => Numeric::zero(),
            _ => Numeric::Infinity,
        })
    }
}

/// By the least sign of the arguments.
fn refuse(sign: i32) -> Result<(), PgError> {
    match sign {
        1 => Ok(()),
        0 => Err(of_zero()),
        _ => Err(negative()),
    }
}

impl Decimal {
    /// About the place of the first digit of the logarithm (`estimate_ln_dweight`).
    pub fn ln_weight(&self) -> i64 {
        if self.signum() <= 0 {
            return 0;
        }
        let tenths = |n: i64| Decimal::new(n.into(), 1);
        if self.compare(&tenths(9)).is_ge() && self.compare(&tenths(11)).is_le() {
            // ln(1 + x) is about x.
            let x = self.minus(&Decimal::new(1.into(), 0));
            if x.is_zero() {
                return 0;
            }
            let (weight, first) = x.weight();
            return weight * 4 + i64::from(first.ilog10());
        }
        let (weight, first) = self.weight();
        let (first, exponent) = match self.groups() {
            1 => (u64::from(first), weight * 4),
            _ => (self.first_digits(self.leading() - 4 * weight + 5), weight * 4 - 4),
        };
        let ln = (first as f64).ln() + exponent as f64 * std::f64::consts::LN_10;
        ln.abs().log10() as i64
    }

    /// The natural logarithm of a positive number, to `scale` digits.
    pub fn ln(&self, scale: i64) -> Decimal {
        let digits = scale + GUARD;
        let exponent = self.leading();
        // Between 1 and 10.
        let mantissa = Decimal::new(self.digits.clone(), self.scale + exponent).scaled(digits);
        let mut ln = ln_fixed(mantissa, digits);
        if exponent != 0 {
            ln += ln_fixed(power_of_ten(digits + 1), digits) * exponent;
        }
        Decimal::new(ln, digits).round(scale)
    }

    /// e to this power, to `scale` digits: 22003 if it is too great.
    pub fn exp(&self, scale: i64) -> Result<Decimal, PgError> {
        let about = self.to_double();
        if about.abs() >= MAX_EXPONENT {
            if about > 0.0 {
                return Err(overflow());
            }
            return Ok(Decimal::new(BigInt::ZERO, scale));
        }
        let whole = (about * std::f64::consts::LOG10_E).max(0.0) as i64;
        let digits = scale + whole + GUARD;
        let one = power_of_ten(digits);
        // Halved until the series is short, and then squared as often.
        let halvings = (about.abs().log2().max(0.0) as u32 + 8).min(64);
        let x = self.scaled(digits) / (BigInt::from(1) << halvings);
        let (mut sum, mut term) = (one.clone(), one.clone());
        for n in 1u32.. {
            term = term * &x / &one / n;
            if term.sign() == Sign::NoSign {
                break;
            }
            sum += &term;
        }
        for _ in 0..halvings {
            sum = &sum * &sum / &one;
        }
        Ok(Decimal::new(sum, digits).round(scale))
    }
}

/// The logarithm of a fixed-point number from 1 to 10.
fn ln_fixed(mut x: BigInt, digits: i64) -> BigInt {
    let one = power_of_ten(digits);
    let near: BigInt = &one / 10;
    let mut doublings = 1;
    // Roots until it is near 1, and the logarithm doubled as often.
    while (&x - &one).magnitude() > near.magnitude() {
        x = (x * &one).sqrt();
        doublings += 1;
    }
    // ln x = 2 artanh((x − 1) / (x + 1))
    let y = (&x - &one) * &one / (&x + &one);
    let square = &y * &y / &one;
    let (mut sum, mut power) = (y.clone(), y);
    for n in (3u32..).step_by(2) {
        power = power * &square / &one;
        let term = divide_rounded(&power, &BigInt::from(n));
        if term.sign() == Sign::NoSign {
            break;
        }
        sum += term;
    }
    sum << doublings
}
