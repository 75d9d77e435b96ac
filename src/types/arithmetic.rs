//! Arithmetic with PostgreSQL's semantics: SQLite turns an integer overflow into a float and a division by zero
//! into NULL, PostgreSQL refuses both.

use super::{PgError, SqlState};

pub fn division_by_zero() -> PgError {
    PgError::new(SqlState::DIVISION_BY_ZERO, "division by zero")
}

/// An integer type's arithmetic.
pub trait Integer: Copy {
    /// As in `… out of range`.
    const NAME: &'static str;

    fn add(self, other: Self) -> Result<Self, PgError>;
    fn sub(self, other: Self) -> Result<Self, PgError>;
    fn mul(self, other: Self) -> Result<Self, PgError>;
    /// Truncates towards zero.
    fn div(self, other: Self) -> Result<Self, PgError>;
    /// Has the sign of `self`.
    fn modulo(self, other: Self) -> Result<Self, PgError>;
    fn neg(self) -> Result<Self, PgError>;
    fn abs(self) -> Result<Self, PgError>;

    fn out_of_range() -> PgError {
        PgError::new(SqlState::NUMERIC_VALUE_OUT_OF_RANGE, format!("{} out of range", Self::NAME))
    }
}

macro_rules! integer {
    ($($int:ident $name:literal)*) => {$(
        impl Integer for $int {
            const NAME: &'static str = $name;

            fn add(self, other: Self) -> Result<Self, PgError> {
                self.checked_add(other).ok_or_else(Self::out_of_range)
            }

            fn sub(self, other: Self) -> Result<Self, PgError> {
                self.checked_sub(other).ok_or_else(Self::out_of_range)
            }

            fn mul(self, other: Self) -> Result<Self, PgError> {
                self.checked_mul(other).ok_or_else(Self::out_of_range)
            }

            fn div(self, other: Self) -> Result<Self, PgError> {
                if other == 0 {
                    return Err(division_by_zero());
                }
                self.checked_div(other).ok_or_else(Self::out_of_range)
            }

            fn modulo(self, other: Self) -> Result<Self, PgError> {
                if other == 0 {
                    return Err(division_by_zero());
                }
                // The least integer modulo −1 is 0, though the division overflows.
                Ok(self.wrapping_rem(other))
            }

            fn neg(self) -> Result<Self, PgError> {
                self.checked_neg().ok_or_else(Self::out_of_range)
            }

            fn abs(self) -> Result<Self, PgError> {
                self.checked_abs().ok_or_else(Self::out_of_range)
            }
        }
    )*};
}

integer! {
    i16 "smallint"
    i32 "integer"
    i64 "bigint"
}

pub fn overflow() -> PgError {
    PgError::new(SqlState::NUMERIC_VALUE_OUT_OF_RANGE, "value out of range: overflow")
}

pub fn underflow() -> PgError {
    PgError::new(SqlState::NUMERIC_VALUE_OUT_OF_RANGE, "value out of range: underflow")
}

/// A float type's arithmetic: infinity out of finite operands, and zero out of others, are errors.
pub trait Float: Copy {
    fn add(self, other: Self) -> Result<Self, PgError>;
    fn sub(self, other: Self) -> Result<Self, PgError>;
    fn mul(self, other: Self) -> Result<Self, PgError>;
    fn div(self, other: Self) -> Result<Self, PgError>;
    /// PostgreSQL's order: NaN equals itself and is greater than everything else.
    fn compare(self, other: Self) -> std::cmp::Ordering;
}

macro_rules! float {
    ($($float:ty)*) => {$(
        impl Float for $float {
            fn add(self, other: Self) -> Result<Self, PgError> {
                let sum = self + other;
                if sum.is_infinite() && !self.is_infinite() && !other.is_infinite() { Err(overflow()) } else { Ok(sum) }
            }

            fn sub(self, other: Self) -> Result<Self, PgError> {
                self.add(-other)
            }

            fn mul(self, other: Self) -> Result<Self, PgError> {
                let product = self * other;
                if product.is_infinite() && !self.is_infinite() && !other.is_infinite() {
                    return Err(overflow());
                }
                if product == 0.0 && self != 0.0 && other != 0.0 { Err(underflow()) } else { Ok(product) }
            }

            fn div(self, other: Self) -> Result<Self, PgError> {
                if other == 0.0 && !self.is_nan() {
                    return Err(division_by_zero());
                }
                let quotient = self / other;
                if quotient.is_infinite() && !self.is_infinite() {
                    return Err(overflow());
                }
                if quotient == 0.0 && self != 0.0 && !other.is_infinite() { Err(underflow()) } else { Ok(quotient) }
            }

            fn compare(self, other: Self) -> std::cmp::Ordering {
                self.partial_cmp(&other).unwrap_or_else(|| self.is_nan().cmp(&other.is_nan()))
            }
        }
    )*};
}

float!(f32 f64);
