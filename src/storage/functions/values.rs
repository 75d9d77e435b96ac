//! What is no function in PostgreSQL but needs one here: checks, and comparisons of several values.

use std::cmp::Ordering;

use rusqlite::types::ValueRef;

use super::{Call, Out, Scalar};
use crate::types::{PgError, SqlState};

pub(super) const FUNCTIONS: &[(&str, Scalar)] = &[
    ("pg_not_null", not_null),
    ("pg_limit", |call| limit(call, -1, SqlState::INVALID_ROW_COUNT_IN_LIMIT, "LIMIT must not be negative")),
    ("pg_offset", |call| limit(call, 0, SqlState::INVALID_ROW_COUNT_IN_OFFSET, "OFFSET must not be negative")),
    ("pg_greatest", |call| extreme(call, Ordering::Greater)),
    ("pg_least", |call| extreme(call, Ordering::Less)),
];

/// (value, schema, table, column) → value.
fn not_null(call: &Call) -> Result<Out, PgError> {
    if !call.is_null(0) {
        return Ok(Out::Argument(0));
    }
    let (schema, table, column) = (call.text(1)?, call.text(2)?, call.text(3)?);
    let message = format!("null value in column \"{column}\" of relation \"{table}\" violates not-null constraint");
    Err(PgError::new(SqlState::NOT_NULL_VIOLATION, message).table(schema, table).column(column))
}

fn limit(call: &Call, of_null: i64, code: SqlState, message: &str) -> Result<Out, PgError> {
    if call.is_null(0) {
        return Ok(of_null.into());
    }
    let count = call.int(0)?;
    if count < 0 { Err(PgError::new(code, message)) } else { Ok(count.into()) }
}

/// GREATEST and LEAST: NULLs don't count.
fn extreme(call: &Call, wanted: Ordering) -> Result<Out, PgError> {
    let mut best: Option<usize> = None;
    for index in (0..call.len()).filter(|index| !call.is_null(*index)) {
        if best.is_none_or(|best| compare(call.raw(index), call.raw(best)) == wanted) {
            best = Some(index);
        }
    }
    Ok(best.map_or(Out::Null, Out::Argument))
}

/// As SQLite compares stored forms: numbers, then text, then blobs.
fn compare(a: ValueRef<'_>, b: ValueRef<'_>) -> Ordering {
    let class = |value: &ValueRef<'_>| match value {
        ValueRef::Null => 0,
        ValueRef::Integer(_) | ValueRef::Real(_) => 1,
        ValueRef::Text(_) => 2,
        ValueRef::Blob(_) => 3,
    };
    match (a, b) {
        (ValueRef::Integer(a), ValueRef::Integer(b)) => a.cmp(&b),
        (ValueRef::Real(a), ValueRef::Real(b)) => a.total_cmp(&b),
        (ValueRef::Integer(a), ValueRef::Real(b)) => (a as f64).total_cmp(&b),
        (ValueRef::Real(a), ValueRef::Integer(b)) => a.total_cmp(&(b as f64)),
        (ValueRef::Text(a), ValueRef::Text(b)) | (ValueRef::Blob(a), ValueRef::Blob(b)) => a.cmp(b),
        (a, b) => class(&a).cmp(&class(&b)),
    }
}
