//! Enums: their labels, and the collations by which these sort. What labels there are the catalog says, as the running
//! statement sees it.

use std::cmp::Ordering;
use std::sync::Arc;

use rusqlite::Connection;

use super::{Call, FunctionState, Out, Scalar};
use crate::catalog::{Catalog, Enum};
use crate::sql::{enum_collation, invalid_label};
use crate::types::array::Array;
use crate::types::timestamp::Zone;
use crate::types::{PgError, SqlState, Type, Value};

pub(super) const FUNCTIONS: &[(&str, Scalar)] = &[
    ("pg_enum_in", |call| {
        with_enum(call, |of| check(of, call.text(1)?))?;
        Ok(Out::Argument(1))
    }),
    ("pg_enum_array_in", |call| {
        with_enum(call, |of| {
            let array = Array::input(of.ty(), call.text(1)?, &Zone::utc(), 0)?;
            array.elements.iter().try_for_each(|label| match label {
                Value::Text(label) => check(of, label),
                _ => Ok(()),
            })
        })?;
        Ok(Out::Argument(1))
    }),
    ("pg_enum_range", |call| {
        with_enum(call, |of| {
            let end = |index: usize| -> Result<Option<usize>, PgError> {
                if call.is_null(index) { Ok(None) } else { Ok(of.position(call.text(index)?)) }
            };
            let first = end(1)?.unwrap_or(0);
            let last = end(2)?.map_or(of.labels.len(), |last| last + 1);
            let labels = of.labels.get(first..last).unwrap_or_default();
            let labels = labels.iter().map(|label| Value::Text(label.label.clone())).collect();
            Out::stored(&Value::Array(Box::new(Array::list(of.ty(), labels))))
        })
    }),
];

/// Runs something over the enum that the first argument is the OID of.
fn with_enum<T>(call: &Call, run: impl FnOnce(&Enum) -> Result<T, PgError>) -> Result<T, PgError> {
    let oid = u32::try_from(call.int(0)?).unwrap_or(0);
    call.state.with_seen(|seen| match seen.catalog.enum_of(Type(oid)) {
        Some(of) => run(of).map_err(|error| PgError { message: seen.with_type_names(&error.message), ..error }),
        None => Err(PgError::new(SqlState::UNDEFINED_OBJECT, format!("type with OID {oid} does not exist"))),
    })
}

/// Where a label of an enum comes among the others.
pub(super) fn place(call: &Call, ty: Type, label: &str) -> Result<Value, PgError> {
    let place = call.state.with_seen(|seen| seen.catalog.enum_of(ty)?.position(label));
    let place = place.and_then(|place| i64::try_from(place).ok());
    place.map(Value::Int8).ok_or_else(|| PgError::new(SqlState::INTERNAL_ERROR, "a label that its enum has not"))
}

fn check(of: &Enum, label: &str) -> Result<(), PgError> {
    if of.position(label).is_some() { Ok(()) } else { Err(invalid_label(of, label)) }
}

/// Registers the collations of the catalog's enums, as far as the connection has none yet. Where that fails, statements
/// that need one do.
pub fn register_collations(connection: &Connection, state: &FunctionState, catalog: &Catalog) {
    for of in catalog.enums() {
        if state.lock().collations.contains(&of.oid) {
            continue;
        }
        let (seen, ty) = (state.clone(), of.ty());
        let collation = move |one: &str, other: &str| compare(&seen, ty, one, other);
        if connection.create_collation(enum_collation(ty).as_str(), collation).is_ok() {
            state.lock().collations.insert(of.oid);
        }
    }
}

/// Labels by the order of the catalog that the statement sees; what is none of them comes last.
pub(super) fn compare(state: &FunctionState, ty: Type, one: &str, other: &str) -> Ordering {
    let catalog: Arc<Catalog> = state.lock().catalog.clone();
    let place = |label: &str| catalog.enum_of(ty).and_then(|of| of.position(label)).unwrap_or(usize::MAX);
    place(one).cmp(&place(other)).then_with(|| one.cmp(other))
}
