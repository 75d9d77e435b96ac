//! A decimal's digits: where they begin, rounding, and the base 10000 in which PostgreSQL counts weights.

use std::cmp::Ordering;

use num_bigint::{BigInt, BigUint, Sign};

use super::{Decimal, Numeric};

/// 10ⁿ.
pub fn power_of_ten(n: i64) -> BigInt {
    let n = u32::try_from(n.max(0)).unwrap_or(u32::MAX);
    match 10u64.checked_pow(n) {
        Some(power) => power.into(),
        None => BigUint::from(10u32).pow(n).into(),
    }
}

/// `a` / `b`, rounded half away from zero.
pub fn divide_rounded(a: &BigInt, b: &BigInt) -> BigInt {
    let quotient = a / b;
    let rest = a - &quotient * b;
    if rest.magnitude() * 2u32 < *b.magnitude() {
        return quotient;
    }
    if (a.sign() == Sign::Minus) == (b.sign() == Sign::Minus) { quotient + 1 } else { quotient - 1 }
}

/// How many decimal digits a number has; zero has one.
fn length(magnitude: &BigUint) -> i64 {
    match u64::try_from(magnitude) {
        Ok(small) => small.checked_ilog10().map_or(1, |log| i64::from(log) + 1),
        // The logarithm is right but for one, which the comparison tells.
        Err(_) => {
            let guess = ((magnitude.bits() - 1) as f64 * std::f64::consts::LOG10_2) as i64;
            let at_least = *magnitude >= *power_of_ten(guess + 1).magnitude();
            if at_least { guess + 2 } else { guess + 1 }
        }
    }
}

impl Decimal {
    /// The digits as they would be with another scale; digits are lost if that is less.
    pub fn scaled(&self, scale: i64) -> BigInt {
        match scale - self.scale {
            0 => self.digits.clone(),
            more @ 1.. => &self.digits * power_of_ten(more),
            fewer => &self.digits / power_of_ten(-fewer),
        }
    }

    /// The place of the first digit: 0 for the ones, −1 for the first behind the point; 0 for zero.
    pub fn leading(&self) -> i64 {
        if self.is_zero() { 0 } else { length(self.digits.magnitude()) - 1 - self.scale }
    }

    /// To `scale` digits behind the point (before it if negative), half away from zero (`round_var`).
    pub fn round(&self, scale: i64) -> Decimal {
        if scale >= self.scale {
            return Decimal::new(self.scaled(scale), scale);
        }
        if self.leading() < -scale - 1 {
            return Decimal::new(BigInt::ZERO, scale.max(0));
        }
        let digits = divide_rounded(&self.digits, &power_of_ten(self.scale - scale));
        Decimal::new(digits, scale).whole()
    }

    /// As [`round`](Decimal::round), towards zero (`trunc_var`).
    pub fn truncate(&self, scale: i64) -> Decimal {
        if scale < self.scale && self.leading() < -scale {
            return Decimal::new(BigInt::ZERO, scale.max(0));
        }
        Decimal::new(self.scaled(scale), scale).whole()
    }

    /// With a scale of 0 where it was negative.
    fn whole(self) -> Decimal {
        if self.scale >= 0 {
            return self;
        }
        Decimal::new(self.digits * power_of_ten(-self.scale), 0)
    }

    /// The least scale that shows all digits (`min_scale`).
    pub fn min_scale(&self) -> i64 {
        if self.is_zero() {
            return 0;
        }
        let (mut digits, mut scale) = (self.digits.clone(), self.scale);
        // Eight at a time, then one by one.
        for step in [8i64, 1] {
            let power = power_of_ten(step);
            while scale >= step && (&digits % &power).sign() == Sign::NoSign {
                digits /= &power;
                scale -= step;
            }
        }
        scale
    }

    pub fn is_integral(&self) -> bool {
        self.scale == 0 || self.min_scale() == 0
    }

    /// The place of the first digit of base 10000, and that digit; zeros for zero.
    pub fn weight(&self) -> (i64, u32) {
        if self.is_zero() {
            return (0, 0);
        }
        let leading = self.leading();
        let weight = leading.div_euclid(4);
        (weight, self.first_digits(leading - 4 * weight + 1) as u32)
    }

    /// The first `count` digits as a number, with zeros behind the last. At most 18.
    pub fn first_digits(&self, count: i64) -> u64 {
        let places = length(self.digits.magnitude()) - count;
        let magnitude = self.digits.magnitude();
        let first = match places {
            0.. => magnitude / power_of_ten(places).magnitude(),
            _ => magnitude * power_of_ten(-places).magnitude(),
        };
        u64::try_from(first).unwrap_or(u64::MAX)
    }

    /// How many digits of base 10000 there are without the zeros at either end.
    pub fn groups(&self) -> i64 {
        if self.is_zero() {
            return 0;
        }
        let (weight, _) = self.weight();
        let whole = Decimal::new(self.digits.clone(), 0);
        let mut text = whole.digits.magnitude().to_string();
        let trailing = text.len() - text.trim_end_matches('0').len();
        text.truncate(text.len() - trailing);
        let last = (trailing as i64 - self.scale).div_euclid(4);
        weight - last + 1
    }

    /// As a double, without an error where it is too great or too small.
    pub fn to_double(&self) -> f64 {
        // Rust reads decimals of any length, correctly rounded.
        self.to_string().parse().unwrap_or(f64::NAN)
    }
}

/// A sum of many values: their scales are brought together once in a while, not at each addition.
#[derive(Clone, Debug, Default)]
pub struct Accumulator {
    sum: Decimal,
    small: i128,
    /// The greatest of all values, and how many have it.
    scale: i64,
    widest: u64,
    count: u64,
    infinities: (bool, bool),
    nan: bool,
}

impl Accumulator {
    pub fn add(&mut self, value: &Numeric) {
        self.count += 1;
        match value {
            Numeric::NaN => self.nan = true,
            Numeric::Infinity => self.infinities.0 = true,
            Numeric::NegativeInfinity => self.infinities.1 = true,
            Numeric::Finite(decimal) => {
                let same = decimal.scale == self.scale;
                match decimal.scale.cmp(&self.scale) {
                    Ordering::Greater => self.widest = 1,
                    Ordering::Equal => self.widest += 1,
                    Ordering::Less => {}
                }
                match i64::try_from(&decimal.digits) {
                    Ok(small) if same => match self.small.checked_add(small.into()) {
                        Some(sum) => self.small = sum,
                        None => self.add_large(decimal),
                    },
                    _ => self.add_large(decimal),
                }
            }
        }
    }

    /// Takes a value away that has been added; whether that can be done: not if the sum would have fewer digits behind its
    /// point, or were infinite no more.
    pub fn remove(&mut self, value: &Numeric) -> bool {
        let Numeric::Finite(decimal) = value else { return false };
        let same = decimal.scale == self.scale;
        if same {
            if self.widest <= 1 {
                return false;
            }
            self.widest -= 1;
        }
        let small = i64::try_from(&decimal.digits).ok().filter(|_| same);
        match small.and_then(|small| self.small.checked_sub(small.into())) {
            Some(sum) => self.small = sum,
            None => {
                self.settle();
                self.sum = self.sum.minus(decimal);
            }
        }
        self.count -= 1;
        true
    }

    fn add_large(&mut self, decimal: &Decimal) {
        self.settle();
        self.sum = self.sum.plus(decimal);
        self.scale = self.scale.max(decimal.scale);
    }

    fn settle(&mut self) {
        let small = Decimal::new(std::mem::take(&mut self.small).into(), self.scale);
        self.sum = self.sum.plus(&small);
    }

    pub fn count(&self) -> u64 {
        self.count
    }

    /// The sum; `None` of no values.
    pub fn sum(mut self) -> Option<Result<Numeric, super::PgError>> {
        if self.count == 0 {
            return None;
        }
        Some(match self.infinities {
            _ if self.nan => Ok(Numeric::NaN),
            (true, true) => Ok(Numeric::NaN),
            (true, false) => Ok(Numeric::Infinity),
            (false, true) => Ok(Numeric::NegativeInfinity),
            (false, false) => {
                self.settle();
                Numeric::finite(self.sum)
            }
        })
    }

    /// The average; `None` of no values.
    pub fn average(self) -> Option<Result<Numeric, super::PgError>> {
        let count = self.count as i64;
        self.sum().map(|sum| sum?.divide(&Numeric::from(count)))
    }
}
