//! Casts to and from integers and floats.

use super::{Numeric, PgError, SqlState};
use crate::types::arithmetic::Integer;
use crate::types::float;

impl Numeric {
    /// To an integer type, halves away from zero. Errors: 22003, and 0A000 for what is no number.
    pub fn to_integer<T: Integer + TryFrom<i64>>(&self) -> Result<T, PgError> {
        let decimal = match self {
            Numeric::Finite(decimal) => decimal,
            special => {
                let what = if special.is_nan() { "NaN" } else { "infinity" };
                let message = format!("cannot convert {what} to {}", T::NAME);
                return Err(PgError::new(SqlState::FEATURE_NOT_SUPPORTED, message));
            }
        };
        if decimal.leading() > 20 {
            return Err(T::out_of_range());
        }
        let rounded = decimal.round(0);
        let int = i64::try_from(&rounded.digits).map_err(|_| T::out_of_range())?;
        T::try_from(int).map_err(|_| T::out_of_range())
    }

    /// 22003 if it is out of range.
    pub fn to_float8(&self) -> Result<f64, PgError> {
        float::input8(&self.to_string())
    }

    pub fn to_float4(&self) -> Result<f32, PgError> {
        float::input4(&self.to_string())
    }
}

/// To 15 significant digits.
pub fn from_float8(value: f64) -> Result<Numeric, PgError> {
    from_float(value, 14)
}

/// To 6 significant digits.
pub fn from_float4(value: f32) -> Result<Numeric, PgError> {
    from_float(f64::from(value), 5)
}

/// As C's `%.*g` prints it: the zeros at the end of the fraction go.
fn from_float(value: f64, fraction: usize) -> Result<Numeric, PgError> {
    if !value.is_finite() {
        return Ok(match value {
            _ if value.is_nan() => Numeric::NaN,
            _ if value > 0.0 => Numeric::Infinity,
            _ => Numeric::NegativeInfinity,
        });
    }
    let text = format!("{value:.fraction$e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let mantissa = mantissa.trim_end_matches('0').trim_end_matches('.');
    Numeric::input(&format!("{mantissa}e{exponent}"))
}
