//! `numeric(precision, scale)`.

use num_bigint::BigInt;

use super::digits::power_of_ten;
use super::{Numeric, PgError, SqlState};

pub const MAX_PRECISION: i64 = 1000;
pub const MAX_SCALE: i64 = 1000;

/// The typmod of a precision and a scale that are in range.
pub fn typmod(precision: i64, scale: i64) -> i32 {
    ((precision << 16) | (scale & 0x7ff)) as i32 + 4
}

/// Precision and scale of a typmod; `None` for −1.
pub fn describe(typmod: i32) -> Option<(i64, i64)> {
    let bits = i64::from(typmod) - 4;
    // The scale has eleven bits, with a sign.
    (bits >= 0).then(|| ((bits >> 16) & 0xffff, ((bits & 0x7ff) ^ 1024) - 1024))
}

impl Numeric {
    /// Rounded to what the typmod declares: 22003 if it is too great.
    pub fn apply_typmod(self, typmod: i32) -> Result<Numeric, PgError> {
        let Some((precision, scale)) = describe(typmod) else { return Ok(self) };
        let overflow = |detail: String| {
            PgError::new(SqlState::NUMERIC_VALUE_OUT_OF_RANGE, "numeric field overflow").detail(detail)
        };
        let decimal = match self {
            Numeric::NaN => return Ok(self),
            Numeric::Finite(decimal) => decimal,
            _ => {
                let field = format!("A field with precision {precision}, scale {scale}");
                return Err(overflow(format!("{field} cannot hold an infinite value.")));
            }
        };
        let rounded = decimal.round(scale);
        let whole = precision - scale;
        let limit: BigInt = power_of_ten(precision);
        let too_great = match scale >= 0 {
            true => rounded.digits.magnitude() >= limit.magnitude(),
            false => !rounded.is_zero() && rounded.leading() >= whole,
        };
        if too_great {
            let power = if whole == 0 { "1".to_owned() } else { format!("10^{whole}") };
            return Err(overflow(format!(
                "A field with precision {precision}, scale {scale} must round to an absolute value less than {power}."
            )));
        }
        Ok(Numeric::Finite(rounded))
    }
}
