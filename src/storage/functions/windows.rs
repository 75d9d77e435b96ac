//! What PostgreSQL says of a window's odd arguments, before SQLite sees them.

use super::{Call, Out, Scalar};
use crate::types::{PgError, SqlState};

#[rustfmt::skip]
pub(super) const FUNCTIONS: &[(&str, Scalar)] = &[
    ("pg_frame_offset", frame_offset),
    ("pg_ntile_buckets", |call| {
        positive(call, SqlState::INVALID_ARGUMENT_FOR_NTILE_FUNCTION, "argument of ntile must be greater than zero")
    }),
    ("pg_nth_value_row", |call| {
        let message = "argument of nth_value must be greater than zero";
        positive(call, SqlState::INVALID_ARGUMENT_FOR_NTH_VALUE_FUNCTION, message)
    }),
];

/// (offset, its side).
fn frame_offset(call: &Call) -> Result<Out, PgError> {
    let side = call.text(1)?;
    if call.is_null(0) {
        let message = format!("frame {side} offset must not be null");
        return Err(PgError::new(SqlState::NULL_VALUE_NOT_ALLOWED, message));
    }
    let offset = call.int(0)?;
    if offset >= 0 {
        return Ok(offset.into());
    }
    let message = format!("frame {side} offset must not be negative");
    Err(PgError::new(SqlState::INVALID_PRECEDING_OR_FOLLOWING_SIZE, message))
}

/// The argument; 1 for NULL, whose row has no value anyway.
fn positive(call: &Call, code: SqlState, message: &str) -> Result<Out, PgError> {
    if call.is_null(0) {
        return Ok(Out::Int(1));
    }
    match call.int(0)? {
        number @ 1.. => Ok(number.into()),
        _ => Err(PgError::new(code, message)),
    }
}
