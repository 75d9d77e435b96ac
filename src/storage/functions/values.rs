//! What is no function in PostgreSQL but needs one here: checks, and comparisons of several values.

use std::cmp::Ordering;
use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::types::ValueRef;

use super::super::stored::compare_chars;
use super::sets::packed::pack_row;
use super::{Call, Out, Scalar, network, stored, unexpected};
use crate::types::{PgError, SqlState, Type, Value, cast};

pub(super) const FUNCTIONS: &[(&str, Scalar)] = &[
    ("pg_not_null", not_null),
    ("pg_limit", |call| limit(call, -1, SqlState::INVALID_ROW_COUNT_IN_LIMIT, "LIMIT must not be negative")),
    ("pg_offset", |call| limit(call, 0, SqlState::INVALID_ROW_COUNT_IN_OFFSET, "OFFSET must not be negative")),
    ("pg_conflict_key", conflict_key),
    ("pg_collation_for", |_| Ok(Out::Argument(1))),
    ("pg_not_collatable", |call| {
        let message = format!("collations are not supported by type {}", call.text(1)?);
        Err(PgError::new(SqlState::DATATYPE_MISMATCH, message))
    }),
    ("pg_no_collation", |call| {
        let message = format!("could not determine which collation to use for {}", call.text(0)?);
        let hint = "Use the COLLATE clause to set the collation explicitly.";
        Err(PgError::new(SqlState::INDETERMINATE_COLLATION, message).hint(hint))
    }),
    ("pg_check_failed", check_failed),
    ("pg_domain_failed", domain_failed),
    ("pg_hold", |call| {
        let held = Out::from_ref(call.raw(1))?;
        call.state.lock().held.insert(call.int(0)?, held);
        Ok(0.into())
    }),
    ("pg_held", |call| Ok(call.state.lock().held.get(&call.int(0)?).cloned().unwrap_or(Out::Null))),
    ("pg_array_typmod", array_typmod),
    ("pg_pack_row", pack_row),
    ("pg_greatest", |call| extreme(call, Ordering::Greater)),
    ("pg_least", |call| extreme(call, Ordering::Less)),
    ("pg_inet_greatest", |call| extreme_by(call, Ordering::Greater, |a, b| by_text(a, b, network::compare))),
    ("pg_inet_least", |call| extreme_by(call, Ordering::Less, |a, b| by_text(a, b, network::compare))),
    ("pg_char_greatest", |call| extreme_by(call, Ordering::Greater, |a, b| by_text(a, b, compare_chars))),
    ("pg_char_least", |call| extreme_by(call, Ordering::Less, |a, b| by_text(a, b, compare_chars))),
];

/// (value, schema, table, column) → value.
fn not_null(call: &Call) -> Result<Out, PgError> {
    if !call.is_null(0) || call.is_replaying() {
        return Ok(Out::Argument(0));
    }
    let (schema, table, column) = (call.text(1)?, call.text(2)?, call.text(3)?);
    let message = format!("null value in column \"{column}\" of relation \"{table}\" violates not-null constraint");
    Err(PgError::new(SqlState::NOT_NULL_VIOLATION, message).table(schema, table).column(column))
}

/// (value, schema, table, constraint): a row fails a CHECK.
fn check_failed(call: &Call) -> Result<Out, PgError> {
    if call.is_replaying() {
        return Ok(Out::Argument(0));
    }
    let (schema, table, constraint) = (call.text(1)?, call.text(2)?, call.text(3)?);
    let message = format!("new row for relation \"{table}\" violates check constraint \"{constraint}\"");
    Err(PgError::new(SqlState::CHECK_VIOLATION, message).table(schema, table).constraint(constraint))
}

/// (value, domain, constraint): a value that would be the domain's breaks the constraint, or is NULL if none is named.
fn domain_failed(call: &Call) -> Result<Out, PgError> {
    if call.is_replaying() {
        return Ok(Out::Argument(0));
    }
    let (oid, constraint) = (u32::try_from(call.int(1)?).unwrap_or(0), call.text(2)?);
    call.state.with_seen(|seen| {
        let name = seen.with_type_names(&Type(oid).to_string());
        let error = match constraint.is_empty() {
            true => {
                let message = format!("domain {name} does not allow null values");
                PgError::new(SqlState::NOT_NULL_VIOLATION, message)
            }
            false => {
                let message = format!("value for domain {name} violates check constraint \"{constraint}\"");
                PgError::new(SqlState::CHECK_VIOLATION, message).constraint(constraint)
            }
        };
        Err(match seen.catalog.domain(oid) {
            Some(domain) => error.data_type(&domain.schema, &domain.name),
            None => error,
        })
    })
}

/// (a constant, value, key, more of the key …) → value. A key met before in the same statement is refused: ON CONFLICT
/// DO UPDATE would change a row it has just written. The keys seen hang on the constant, as SQLite keeps what is
/// computed from constants: until the statement ends.
fn conflict_key(call: &Call) -> Result<Out, PgError> {
    if call.is_replaying() || (2..call.len()).any(|index| call.is_null(index)) {
        // NULLs conflict with nothing.
        return Ok(Out::Argument(1));
    }
    let seen: Arc<Mutex<HashSet<Vec<u8>>>> = call.kept(0, |_| Ok(Mutex::default()))?;
    let mut key = Vec::new();
    for index in 2..call.len() {
        let (tag, bytes): (u8, &[u8]) = match call.raw(index) {
            ValueRef::Null => (0, &[]),
            ValueRef::Integer(int) => (1, &int.to_le_bytes()),
            // 0.0 and -0.0 are one key.
            ValueRef::Real(real) => (2, &(real + 0.0).to_bits().to_le_bytes()),
            ValueRef::Text(text) => (3, text),
            ValueRef::Blob(blob) => (4, blob),
        };
        key.push(tag);
        key.extend((bytes.len() as u64).to_le_bytes());
        key.extend(bytes);
    }
    if seen.lock().unwrap_or_else(PoisonError::into_inner).insert(key) {
        return Ok(Out::Argument(1));
    }
    let message = "ON CONFLICT DO UPDATE command cannot affect row a second time";
    let hint = "Ensure that no rows proposed for insertion within the same command have duplicate constrained values.";
    Err(PgError::new(SqlState::CARDINALITY_VIOLATION, message).hint(hint))
}

/// (array, element type, typmod, is explicit) → array.
fn array_typmod(call: &Call) -> Result<Out, PgError> {
    let element = Type(call.int(1)? as u32);
    let array = element.array().map(|ty| stored::from_sqlite(call.raw(0), ty)).transpose()?;
    let Some(Value::Array(mut array)) = array else { return Err(unexpected("an array", call.raw(0))) };
    let (typmod, explicit) = (call.int4(2)?, call.bool(3)?);
    for value in &mut array.elements {
        *value = cast::with_typmod(std::mem::replace(value, Value::Null), element, typmod, explicit)?;
    }
    Ok(array.normal_text().into())
}

fn limit(call: &Call, of_null: i64, code: SqlState, message: &str) -> Result<Out, PgError> {
    if call.is_null(0) {
        return Ok(of_null.into());
    }
    let count = call.int(0)?;
    if count < 0 { Err(PgError::new(code, message)) } else { Ok(count.into()) }
}

fn extreme(call: &Call, wanted: Ordering) -> Result<Out, PgError> {
    extreme_by(call, wanted, compare)
}

/// GREATEST and LEAST: NULLs don't count.
pub(super) fn extreme_by(
    call: &Call,
    wanted: Ordering,
    compare: fn(ValueRef<'_>, ValueRef<'_>) -> Ordering,
) -> Result<Out, PgError> {
    let mut best: Option<usize> = None;
    for index in (0..call.len()).filter(|index| !call.is_null(*index)) {
        if best.is_none_or(|best| compare(call.raw(index), call.raw(best)) == wanted) {
            best = Some(index);
        }
    }
    Ok(best.map_or(Out::Null, Out::Argument))
}

/// Stored texts, as a collation of ours compares them.
fn by_text(a: ValueRef<'_>, b: ValueRef<'_>, collation: fn(&str, &str) -> Ordering) -> Ordering {
    match (a.as_str(), b.as_str()) {
        (Ok(a), Ok(b)) => collation(a, b),
        _ => compare(a, b),
    }
}

/// Zeros are equal, whatever their sign. (A NaN is stored as text.)
fn floats(a: f64, b: f64) -> Ordering {
    a.partial_cmp(&b).unwrap_or(Ordering::Equal)
}

/// As SQLite compares stored forms: numbers, then text, then blobs.
pub(super) fn compare(a: ValueRef<'_>, b: ValueRef<'_>) -> Ordering {
    let class = |value: &ValueRef<'_>| match value {
        ValueRef::Null => 0,
        ValueRef::Integer(_) | ValueRef::Real(_) => 1,
        ValueRef::Text(_) => 2,
        ValueRef::Blob(_) => 3,
    };
    match (a, b) {
        (ValueRef::Integer(a), ValueRef::Integer(b)) => a.cmp(&b),
        (ValueRef::Real(a), ValueRef::Real(b)) => floats(a, b),
        (ValueRef::Integer(a), ValueRef::Real(b)) => floats(a as f64, b),
        (ValueRef::Real(a), ValueRef::Integer(b)) => floats(a, b as f64),
        (ValueRef::Text(a), ValueRef::Text(b)) | (ValueRef::Blob(a), ValueRef::Blob(b)) => a.cmp(b),
        (a, b) => class(&a).cmp(&class(&b)),
    }
}
