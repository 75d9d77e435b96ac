//! Text input and output of values: PostgreSQL's `typinput` and `typoutput` functions.

use super::{PgError, Type, Value};

/// Text → value, as `typinput` does with `typmod` −1. Errors: 22P02, 22003, 22007, 22008 in PostgreSQL's words.
pub fn input(_ty: Type, _text: &str) -> Result<Value, PgError> {
    todo!()
}

/// Value → text, as `typoutput` does (`extra_float_digits` = 1, `bytea_output` = hex, `DateStyle` = ISO).
/// Not for NULL. `zone` is the session's TimeZone for timestamptz.
pub fn output(_value: &Value, _ty: Type, _zone: &super::timestamp::Zone, _out: &mut String) {
    todo!()
}
