//! Rows as values: making them, taking fields out, and comparing (`rowtypes.c`).

use std::cmp::Ordering;

use rusqlite::types::Value as Owned;

use super::arrays::oid_type;
use super::{Call, FunctionState, Out, Scalar};
use crate::sql::rows::{Reader, with_typmod};
use crate::storage::rows;
use crate::types::array::{self, Array};
use crate::types::record::{Record, Shape, raw_values};
use crate::types::{PgError, SqlState, Type, Value, compare, text};

pub(super) const FUNCTIONS: &[(&str, Scalar)] = &[
    ("pg_row_build", |call| build(call, 1)),
    ("pg_whole_row", |call| if call.is_null(1) { Ok(Out::Null) } else { build(call, 2) }),
    (
        "pg_row_of_set",
        |call| if (1..call.len()).all(|index| call.is_null(index)) { Ok(Out::Null) } else { build(call, 1) },
    ),
    ("pg_record_field", field),
    ("pg_row_is_null", |call| Ok((call.is_null(0) || nulls(call)?.into_iter().all(|null| null)).into())),
    ("pg_row_is_not_null", |call| Ok((!call.is_null(0) && !nulls(call)?.into_iter().any(|null| null)).into())),
    ("pg_record_out", output),
    ("pg_row_in", |call| {
        with_reader(call, |reader, ty| Out::stored(&Value::Record(Box::new(read(reader, ty, call.text(1)?)?))))
    }),
    ("pg_row_array_in", |call| {
        with_reader(call, |reader, ty| {
            let items = array::parse(call.text(1)?)?.map(|item| match item {
                None => Ok(Value::Null),
                Some(item) => read(reader, ty, &item).map(|record| Value::Record(Box::new(record))),
            })?;
            Out::stored(&Value::Array(Box::new(Array { element: ty, dims: items.dims, elements: items.items })))
        })
    }),
    ("pg_record_eq", |call| equal(call).map(Out::from)),
    ("pg_record_ne", |call| equal(call).map(|equal| (!equal).into())),
    ("pg_record_distinct", distinct),
    ("pg_record_lt", |call| order(call).map(|order| order.is_lt().into())),
    ("pg_record_le", |call| order(call).map(|order| order.is_le().into())),
    ("pg_record_gt", |call| order(call).map(|order| order.is_gt().into())),
    ("pg_record_ge", |call| order(call).map(|order| order.is_ge().into())),
    ("pg_record_greatest", |call| extreme(call, Ordering::Greater)),
    ("pg_record_least", |call| extreme(call, Ordering::Less)),
];

/// (the row's shape …, values from this argument on) → the row.
fn build(call: &Call, from: usize) -> Result<Out, PgError> {
    let mut out = call.text(0)?.to_owned();
    (from..call.len()).try_for_each(|index| rows::write(call.raw(index), &mut out))?;
    Ok(out.into())
}

/// (row, place from 0, type) → the field there, which is of that type.
fn field(call: &Call) -> Result<Out, PgError> {
    let place = usize::try_from(call.int(1)?).map_err(|_| rows::torn())?;
    let (field, value) = rows::field(call.text(0)?, place)?;
    if field.ty != oid_type(call, 2)? {
        let message = format!("a field of type {} where another belongs", field.ty);
        return Err(PgError::new(SqlState::INTERNAL_ERROR, message));
    }
    match value {
        // In rows OIDs have the names that they are shown by.
        Owned::Text(shown) if field.ty.is_name_of_object() => {
            let oid = shown.split(' ').next().and_then(|oid| oid.parse::<i64>().ok());
            oid.map(Out::Int).ok_or_else(rows::torn)
        }
        Owned::Text(_) if field.ty.element().is_some_and(Type::is_name_of_object) => {
            Err(PgError::unsupported("a field of a row that is an array of this type"))
        }
        value => Out::from_ref((&value).into()),
    }
}

/// Runs something that reads values of the row type that the first argument is the OID of.
pub(super) fn with_reader(
    call: &Call,
    run: impl FnOnce(&Reader, Type) -> Result<Out, PgError>,
) -> Result<Out, PgError> {
    let (ty, zone, now) = (oid_type(call, 0)?, call.zone(), call.context().transaction_timestamp);
    let read = call.state.with_seen(|seen| run(&Reader { catalog: seen.catalog, zone: &zone, now }, ty));
    named(call.state, read)
}

/// A row from its literal, or from what a client has sent in binary.
fn read(reader: &Reader, ty: Type, text: &str) -> Result<Record, PgError> {
    if !text.starts_with(|c: char| c.is_ascii_digit()) {
        return reader.row(ty, text);
    }
    let (sent, shape) = (rows::decode(text)?, reader.shape(ty)?);
    let mismatch = |message: String| Err(PgError::new(SqlState::DATATYPE_MISMATCH, message));
    if sent.values.len() != shape.fields.len() {
        return mismatch(format!("wrong number of columns: {}, expected {}", sent.values.len(), shape.fields.len()));
    }
    let mut values = Vec::with_capacity(sent.values.len());
    for (number, ((of, field), value)) in sent.shape.fields.iter().zip(&shape.fields).zip(sent.values).enumerate() {
        if field.domain != 0 || field.ty.is_enum() {
            return Err(PgError::unsupported("a row with a value of a user's type as a binary parameter"));
        }
        if of.ty != field.ty {
            let (of, wanted) = (of.ty, field.ty);
            return mismatch(format!(
                "binary data has type {} ({of}) instead of expected {} ({wanted}) in record column {}",
                of.0,
                wanted.0,
                number + 1
            ));
        }
        values.push(with_typmod(value, field)?);
    }
    Ok(Record { shape, values })
}

/// Of each field whether it is NULL.
fn nulls(call: &Call) -> Result<Vec<bool>, PgError> {
    let rest = Shape::skip(call.text(0)?).ok_or_else(rows::torn)?;
    raw_values(rest).map(|raw| raw.map(|raw| raw.is_none()).ok_or_else(rows::torn)).collect()
}

/// The row's text in this session.
fn output(call: &Call) -> Result<Out, PgError> {
    let mut out = String::new();
    text::output(&Value::Record(Box::new(record(call, 0)?)), &call.zone(), &mut out);
    Ok(out.into())
}

pub(super) fn record(call: &Call, index: usize) -> Result<Record, PgError> {
    rows::decode(call.text(index)?)
}

fn equal(call: &Call) -> Result<bool, PgError> {
    named(call.state, equal_rows(call.state, &record(call, 0)?, &record(call, 1)?))
}

fn order(call: &Call) -> Result<Ordering, PgError> {
    named(call.state, compare_rows(call.state, &record(call, 0)?, &record(call, 1)?))
}

fn distinct(call: &Call) -> Result<Out, PgError> {
    match (call.is_null(0), call.is_null(1)) {
        (false, false) => equal(call).map(|equal| (!equal).into()),
        (one, other) => Ok((one != other).into()),
    }
}

/// NULLs don't count, and of equal rows the first is taken.
fn extreme(call: &Call, wanted: Ordering) -> Result<Out, PgError> {
    let mut best: Option<(usize, Record)> = None;
    for index in (0..call.len()).filter(|index| !call.is_null(*index)) {
        let row = record(call, index)?;
        let better = match &best {
            None => true,
            Some((_, best)) => named(call.state, compare_rows(call.state, best, &row))?.reverse() == wanted,
        };
        if better {
            best = Some((index, row));
        }
    }
    Ok(best.map_or(Out::Null, |(index, _)| Out::Argument(index)))
}

/// The names of users' types in an error.
fn named<T>(state: &FunctionState, result: Result<T, PgError>) -> Result<T, PgError> {
    result.map_err(|error| {
        let message = state.with_seen(|seen| seen.with_type_names(&error.message));
        PgError { message, ..error }
    })
}

/// The order of two rows as they are in flight, for their collation. What can't be compared (which binding has refused) sorts as
/// text.
pub(super) fn collate(state: &FunctionState, a: &str, b: &str) -> Ordering {
    if a == b {
        return Ordering::Equal;
    }
    match (rows::decode(a), rows::decode(b)) {
        (Ok(left), Ok(right)) => compare_rows(state, &left, &right).unwrap_or_else(|_| a.cmp(b)),
        _ => a.cmp(b),
    }
}

/// `record_eq`.
fn equal_rows(state: &FunctionState, a: &Record, b: &Record) -> Result<bool, PgError> {
    for (index, left, right) in pairs(a, b) {
        let ty = same_type(a, b, index)?;
        equality(ty)?;
        let equal = match (left, right) {
            (Value::Null, Value::Null) => true,
            (Value::Null, _) | (_, Value::Null) => false,
            (Value::Record(left), Value::Record(right)) => equal_rows(state, left, right)?,
            _ => compare_values(state, ty, left, right)?.is_eq(),
        };
        if !equal {
            return Ok(false);
        }
    }
    same_length(a, b).map(|()| true)
}

/// `record_cmp`.
fn compare_rows(state: &FunctionState, a: &Record, b: &Record) -> Result<Ordering, PgError> {
    for (index, left, right) in pairs(a, b) {
        let ty = same_type(a, b, index)?;
        ordering(ty)?;
        let order = compare_values(state, ty, left, right)?;
        if order.is_ne() {
            return Ok(order);
        }
    }
    same_length(a, b).map(|()| Ordering::Equal)
}

fn pairs<'r>(a: &'r Record, b: &'r Record) -> impl Iterator<Item = (usize, &'r Value, &'r Value)> {
    a.values.iter().zip(&b.values).enumerate().map(|(index, (a, b))| (index, a, b))
}

/// What both rows' fields at a place are.
fn same_type(a: &Record, b: &Record, index: usize) -> Result<Type, PgError> {
    let (left, right) = (&a.shape.fields[index], &b.shape.fields[index]);
    if left.named_type() == right.named_type() {
        return Ok(left.ty);
    }
    let (left, right) = (left.named_type(), right.named_type());
    let message = format!("cannot compare dissimilar column types {left} and {right} at record column {}", index + 1);
    Err(PgError::new(SqlState::DATATYPE_MISMATCH, message))
}

fn same_length(a: &Record, b: &Record) -> Result<(), PgError> {
    if a.values.len() == b.values.len() {
        return Ok(());
    }
    let message = "cannot compare record types with different numbers of columns";
    Err(PgError::new(SqlState::DATATYPE_MISMATCH, message))
}

fn equality(ty: Type) -> Result<(), PgError> {
    match ty {
        Type::JSON | Type::UNKNOWN | Type::PG_NODE_TREE => {
            let message = format!("could not identify an equality operator for type {ty}");
            Err(PgError::new(SqlState::UNDEFINED_FUNCTION, message))
        }
        _ => Ok(()),
    }
}

fn ordering(ty: Type) -> Result<(), PgError> {
    match ty {
        Type::JSON | Type::UNKNOWN | Type::PG_NODE_TREE | Type::XID | Type::ACLITEM => {
            let message = format!("could not identify a comparison function for type {ty}");
            Err(PgError::new(SqlState::UNDEFINED_FUNCTION, message))
        }
        _ => Ok(()),
    }
}

/// NULLs are equal and come last.
fn compare_values(state: &FunctionState, ty: Type, a: &Value, b: &Value) -> Result<Ordering, PgError> {
    Ok(match (a, b) {
        (Value::Null, Value::Null) => Ordering::Equal,
        (Value::Null, _) => Ordering::Greater,
        (_, Value::Null) => Ordering::Less,
        (Value::Record(a), Value::Record(b)) => compare_rows(state, a, b)?,
        (Value::Array(_), Value::Array(_)) if !ty.is_comparable() => {
            return Err(PgError::unsupported(format!("comparing rows that have a value of type {ty}")));
        }
        (Value::Array(a), Value::Array(b)) | (Value::Vector(a), Value::Vector(b)) => compare::arrays(a, b),
        (Value::Named { oid: a, .. } | Value::Oid(a), Value::Named { oid: b, .. } | Value::Oid(b)) => a.cmp(b),
        (Value::Text(a), Value::Text(b)) if ty.is_enum() => super::enums::compare(state, ty, a, b),
        (a, b) => compare::values(ty, a, b),
    })
}
