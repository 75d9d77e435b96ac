//! Functions whose results are exact (section 9.3).

use std::cmp::Ordering;

use num_bigint::{BigInt, Sign};

use super::arithmetic::division_scale;
use super::digits::power_of_ten;
use super::{Decimal, Numeric, PgError, SqlState, overflow};

/// round() and trunc() go no further behind the point than numeric has digits there (`NUMERIC_DSCALE_MAX`) …
const LAST_DIGIT: i64 = 0x3fff;
/// … and before it to where no digit can be.
const BEFORE_ALL_DIGITS: i64 = -0x8000 * 4 - 1;

impl Numeric {
    fn map(&self, change: impl FnOnce(&Decimal) -> Decimal) -> Numeric {
        match self {
            Numeric::Finite(decimal) => Numeric::Finite(change(decimal)),
            special => special.clone(),
        }
    }

    pub fn abs(&self) -> Numeric {
        if self.signum() < 0 { self.negate() } else { self.clone() }
    }

    /// −1, 0 or 1 as numeric; NaN of NaN.
    pub fn sign(&self) -> Numeric {
        if self.is_nan() { Numeric::NaN } else { Numeric::from(i64::from(self.signum())) }
    }

    /// Half away from zero, to a place before the point if `scale` is negative.
    pub fn round(&self, scale: i32) -> Result<Numeric, PgError> {
        self.rounded(|decimal| decimal.round(i64::from(scale).clamp(BEFORE_ALL_DIGITS, LAST_DIGIT)))
    }

    pub fn truncate(&self, scale: i32) -> Result<Numeric, PgError> {
        self.rounded(|decimal| decimal.truncate(i64::from(scale).clamp(BEFORE_ALL_DIGITS, LAST_DIGIT)))
    }

    fn rounded(&self, change: impl FnOnce(&Decimal) -> Decimal) -> Result<Numeric, PgError> {
        match self.map(change) {
            Numeric::Finite(decimal) => Numeric::finite(decimal),
            special => Ok(special),
        }
    }

    pub fn ceil(&self) -> Result<Numeric, PgError> {
        self.rounded(|decimal| decimal.towards(Sign::Plus))
    }

    pub fn floor(&self) -> Result<Numeric, PgError> {
        self.rounded(|decimal| decimal.towards(Sign::Minus))
    }

    /// `scale()`; `None` of what is not finite.
    pub fn scale(&self) -> Option<i64> {
        match self {
            Numeric::Finite(decimal) => Some(decimal.scale),
            _ => None,
        }
    }

    /// The least scale that shows all digits; `None` of what is not finite.
    pub fn min_scale(&self) -> Option<i64> {
        match self {
            Numeric::Finite(decimal) => Some(decimal.min_scale()),
            _ => None,
        }
    }

    /// As `1.25e3`, to so many digits behind the point, which may make ten of the first; as it prints if it is not finite.
    pub fn scientific(&self, digits: usize) -> String {
        let Numeric::Finite(decimal) = self else { return self.to_string() };
        let exponent = decimal.leading();
        let mantissa = Decimal::new(decimal.digits.clone(), decimal.scale + exponent).round(digits as i64);
        format!("{mantissa}e{exponent}")
    }

    pub fn trim_scale(&self) -> Numeric {
        self.map(|decimal| decimal.truncate(decimal.min_scale()))
    }

    pub fn gcd(&self, other: &Numeric) -> Numeric {
        let (Numeric::Finite(a), Numeric::Finite(b)) = (self, other) else { return Numeric::NaN };
        let scale = a.scale.max(b.scale);
        Numeric::Finite(Decimal::new(gcd(a.scaled(scale), b.scaled(scale)), scale))
    }

    pub fn lcm(&self, other: &Numeric) -> Result<Numeric, PgError> {
        let (Numeric::Finite(a), Numeric::Finite(b)) = (self, other) else { return Ok(Numeric::NaN) };
        let scale = a.scale.max(b.scale);
        let (a, b) = (a.scaled(scale), b.scaled(scale));
        if a.sign() == Sign::NoSign || b.sign() == Sign::NoSign {
            return Numeric::finite(Decimal::new(BigInt::ZERO, scale));
        }
        let product = &a / gcd(a.clone(), b.clone()) * b;
        Numeric::finite(Decimal::new(BigInt::from(product.magnitude().clone()), scale))
    }

    pub fn factorial(of: i64) -> Result<Numeric, PgError> {
        if of < 0 {
            let message = "factorial of a negative number is undefined";
            return Err(PgError::new(SqlState::NUMERIC_VALUE_OUT_OF_RANGE, message));
        }
        // More has more digits than numeric can hold.
        if of > 32177 {
            return Err(overflow());
        }
        let product = (2..=of).fold(BigInt::from(1), |product, factor| product * factor);
        Numeric::finite(Decimal::new(product, 0))
    }
}

fn gcd(mut a: BigInt, mut b: BigInt) -> BigInt {
    while b.sign() != Sign::NoSign {
        (a, b) = (b.clone(), a % b);
    }
    a.magnitude().clone().into()
}

impl Decimal {
    /// The next integer in this direction.
    fn towards(&self, direction: Sign) -> Decimal {
        let truncated = self.truncate(0);
        let exact = (&self.digits % power_of_ten(self.scale)).sign() == Sign::NoSign;
        if exact || self.digits.sign() != direction {
            return truncated;
        }
        let step = if direction == Sign::Plus { 1 } else { -1 };
        Decimal::new(truncated.digits + step, 0)
    }
}

/// In which of `count` equal parts between two bounds a value is: 0 below the first, `count` + 1 from the second on.
pub fn width_bucket(operand: &Numeric, low: &Numeric, high: &Numeric, count: i32) -> Result<i32, PgError> {
    let invalid = |message| PgError::new(SqlState::INVALID_ARGUMENT_FOR_WIDTH_BUCKET_FUNCTION, message);
    if count <= 0 {
        return Err(invalid("count must be greater than zero"));
    }
    if operand.is_nan() || low.is_nan() || high.is_nan() {
        return Err(invalid("operand, lower bound, and upper bound cannot be NaN"));
    }
    let (Numeric::Finite(low_bound), Numeric::Finite(high_bound)) = (low, high) else {
        return Err(invalid("lower and upper bounds must be finite"));
    };
    let beyond = || {
        count.checked_add(1).ok_or_else(|| PgError::new(SqlState::NUMERIC_VALUE_OUT_OF_RANGE, "integer out of range"))
    };
    let upwards = match low.compare(high) {
        Ordering::Equal => return Err(invalid("lower bound cannot equal upper bound")),
        order => order == Ordering::Less,
    };
    let below = if upwards { Ordering::Less } else { Ordering::Greater };
    if operand.compare(low) == below {
        return Ok(0);
    }
    if operand.compare(high) != below {
        return beyond();
    }
    // Between two finite bounds.
    let Numeric::Finite(operand) = operand else { return beyond() };
    let (part, width) = match upwards {
        true => (operand.minus(low_bound), high_bound.minus(low_bound)),
        false => (low_bound.minus(operand), low_bound.minus(high_bound)),
    };
    let part = part.times(&Decimal::new(count.into(), 0));
    let bucket = part.over(&width, division_scale(&part, &width)).truncate(0);
    Ok(i32::try_from(&bucket.digits).unwrap_or(i32::MAX).min(count - 1).saturating_add(1))
}
