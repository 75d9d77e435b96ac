//! Aggregates over pairs of floats (Y, X): covariance, correlation and regression, by Youngs and Cramer as PostgreSQL
//! computes them (`float8_regr_accum`).

use super::aggregates::Accumulator;
use super::{Call, Out};
use crate::types::PgError;
use crate::types::arithmetic::overflow;

pub(super) const CORR: u8 = 0;
pub(super) const COVAR_POP: u8 = 1;
pub(super) const COVAR_SAMP: u8 = 2;
pub(super) const REGR_AVGX: u8 = 3;
pub(super) const REGR_AVGY: u8 = 4;
pub(super) const REGR_INTERCEPT: u8 = 5;
pub(super) const REGR_R2: u8 = 6;
pub(super) const REGR_SLOPE: u8 = 7;
pub(super) const REGR_SXX: u8 = 8;
pub(super) const REGR_SXY: u8 = 9;
pub(super) const REGR_SYY: u8 = 10;
pub(super) const REGR_COUNT: u8 = 11;

/// Which of them.
#[derive(Clone, Default)]
pub(super) struct Regression<const WHAT: u8> {
    count: f64,
    sum_x: f64,
    sum_y: f64,
    xx: f64,
    yy: f64,
    xy: f64,
}

impl<const WHAT: u8> Accumulator for Regression<WHAT> {
    fn add(&mut self, call: &Call) -> Result<(), PgError> {
        let (y, x, before) = (call.float(0)?, call.float(1)?, self.clone());
        self.count += 1.0;
        if WHAT == REGR_COUNT {
            // PostgreSQL adds nothing up for it, so nothing can be too great.
            return Ok(());
        }
        self.sum_x += x;
        self.sum_y += y;
        if before.count == 0.0 {
            if !x.is_finite() {
                (self.xx, self.xy) = (f64::NAN, f64::NAN);
            }
            if !y.is_finite() {
                (self.yy, self.xy) = (f64::NAN, f64::NAN);
            }
            return Ok(());
        }
        let (dx, dy) = (x * self.count - self.sum_x, y * self.count - self.sum_y);
        let scale = 1.0 / (self.count * before.count);
        self.xx += dx * dx * scale;
        self.yy += dy * dy * scale;
        self.xy += dx * dy * scale;
        let (too_great_x, too_great_y) =
            (self.sum_x.is_infinite() || self.xx.is_infinite(), self.sum_y.is_infinite() || self.yy.is_infinite());
        // What PostgreSQL asks is whether they are infinite: NaN is not.
        let (plain_x, plain_y) =
            (!before.sum_x.is_infinite() && !x.is_infinite(), !before.sum_y.is_infinite() && !y.is_infinite());
        if (too_great_x && plain_x) || (too_great_y && plain_y) || (self.xy.is_infinite() && plain_x && plain_y) {
            return Err(overflow());
        }
        for sum in [&mut self.xx, &mut self.yy, &mut self.xy] {
            if sum.is_infinite() {
                *sum = f64::NAN;
            }
        }
        Ok(())
    }

    fn of_nothing() -> Out {
        if WHAT == REGR_COUNT { Out::Int(0) } else { Out::Null }
    }

    fn finish(self) -> Result<Out, PgError> {
        let Regression { count, sum_x, sum_y, xx, yy, xy } = self;
        if WHAT == REGR_COUNT {
            return Ok(Out::Int(count as i64));
        }
        let too_few = count < if WHAT == COVAR_SAMP { 2.0 } else { 1.0 };
        let vertical = xx == 0.0 && matches!(WHAT, CORR | REGR_R2 | REGR_SLOPE | REGR_INTERCEPT);
        if too_few || vertical || (WHAT == CORR && yy == 0.0) {
            return Ok(Out::Null);
        }
        Ok(Out::Float(match WHAT {
            CORR => xy / (xx * yy).sqrt(),
            COVAR_POP => xy / count,
            COVAR_SAMP => xy / (count - 1.0),
            REGR_AVGX => sum_x / count,
            REGR_AVGY => sum_y / count,
            REGR_INTERCEPT => (sum_y - sum_x * xy / xx) / count,
            REGR_R2 if yy == 0.0 => 1.0,
            REGR_R2 => (xy * xy) / (xx * yy),
            REGR_SLOPE => xy / xx,
            REGR_SXX => xx,
            REGR_SXY => xy,
            _ => yy,
        }))
    }
}
