//! Variance and standard deviation (`numeric_stddev_internal`).

use super::arithmetic::division_scale;
use super::{Decimal, Numeric, PgError};

/// What is kept of the values: their number, sum, and sum of squares.
#[derive(Clone, Debug, Default)]
pub struct Moments {
    count: u64,
    sum: Decimal,
    squares: Decimal,
    special: bool,
}

impl Moments {
    pub fn add(&mut self, value: &Numeric) {
        self.count += 1;
        match value {
            Numeric::Finite(decimal) => {
                self.sum = self.sum.plus(decimal);
                self.squares = self.squares.plus(&decimal.times(decimal));
            }
            _ => self.special = true,
        }
    }

    /// The variance of a sample or of a whole population; `None` of too few values.
    pub fn variance(&self, sample: bool) -> Option<Result<Numeric, PgError>> {
        self.scaled(sample).map(|result| match result {
            Ok((variance, _)) => Numeric::finite(variance),
            Err(special) => Ok(special),
        })
    }

    pub fn deviation(&self, sample: bool) -> Option<Result<Numeric, PgError>> {
        self.scaled(sample).map(|result| match result {
            Ok((variance, Some(scale))) => Numeric::finite(variance.sqrt(scale)),
            Ok((variance, None)) => Numeric::finite(variance),
            Err(special) => Ok(special),
        })
    }

    /// The variance and its scale; without one it is zero.
    fn scaled(&self, sample: bool) -> Option<Result<(Decimal, Option<i64>), Numeric>> {
        if self.count == 0 || (sample && self.count == 1) {
            return None;
        }
        if self.special {
            return Some(Err(Numeric::NaN));
        }
        let integer = |int: u64| Decimal::new(int.into(), 0);
        let count = integer(self.count);
        let spread = count.times(&self.squares).minus(&self.sum.times(&self.sum));
        if spread.signum() <= 0 {
            return Some(Ok((Decimal::default(), None)));
        }
        let divisor = count.times(&integer(if sample { self.count - 1 } else { self.count }));
        let scale = division_scale(&spread, &divisor);
        Some(Ok((spread.over(&divisor, scale), Some(scale))))
    }
}
