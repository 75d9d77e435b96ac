//! Functions over arrays, which are stored as PostgreSQL's literals.

use rusqlite::types::ValueRef;

use super::aggregates::Accumulator;
use super::{Call, Out, Scalar};
use crate::storage::stored;
use crate::types::array::{self, Array, Dimension, Items, Literal};
use crate::types::timestamp::Zone;
use crate::types::{PgError, SqlState, Type, Value, text};

#[rustfmt::skip]
pub(super) const FUNCTIONS: &[(&str, Scalar)] = &[
    ("pg_array_to_string", to_string),
    ("pg_array_position", position),
    ("pg_array_upper", |call| bound(call, |dimension| dimension.upper())),
    ("pg_array_lower", |call| bound(call, |dimension| dimension.lower)),
    ("pg_array_length", |call| bound(call, |dimension| dimension.len)),
    ("pg_cardinality", |call| Ok(literal(call.text(0)?)?.items.len().try_into().map_or(Out::Null, Out::Int))),
    ("pg_array_cat", concatenate),
    ("pg_array_element", element),
    ("pg_vector_array", |call| Ok(written(&literal(call.text(0)?)?.items).into())),
];

/// An array, or a vector of the catalogs, as its elements' texts.
pub(super) fn literal(text: &str) -> Result<Literal, PgError> {
    if text.starts_with(['{', '[']) {
        return array::parse(text);
    }
    let items: Vec<Option<String>> = text.split_ascii_whitespace().map(|item| Some(item.to_owned())).collect();
    let len = i32::try_from(items.len()).unwrap_or(i32::MAX);
    Ok(Items { dims: vec![Dimension { len, lower: 0 }], items })
}

/// The stored form of an element's text.
pub(super) fn stored_element(ty: Type, item: Option<&str>) -> Result<Out, PgError> {
    let Some(item) = item else { return Ok(Out::Null) };
    let value = text::input(ty, item, &Zone::utc(), 0)?;
    Out::stored(&value)
}

/// Texts as an array of one dimension.
pub(super) fn written(items: &[Option<String>]) -> String {
    let values = items.iter().map(|item| item.clone().map_or(Value::Null, Value::Text));
    Array::list(Type::TEXT, values.collect()).normal_text()
}

/// (array, separator [, what NULLs are shown as]).
fn to_string(call: &Call) -> Result<Out, PgError> {
    if call.is_null(0) || call.is_null(1) {
        return Ok(Out::Null);
    }
    let null = if call.len() > 2 && !call.is_null(2) { Some(call.text(2)?) } else { None };
    let items = literal(call.text(0)?)?.items;
    let shown: Vec<&str> = items.iter().filter_map(|item| item.as_deref().or(null)).collect();
    Ok(shown.join(call.text(1)?).into())
}

/// (array, an element's text) → the subscript of the first that is equal.
fn position(call: &Call) -> Result<Out, PgError> {
    if call.is_null(0) {
        return Ok(Out::Null);
    }
    let array = literal(call.text(0)?)?;
    if array.dims.len() > 1 {
        return Err(PgError::unsupported("searching for elements in multidimensional arrays"));
    }
    let lower = array.dims.first().map_or(1, |dimension| dimension.lower);
    let wanted = if call.is_null(1) { None } else { Some(call.text(1)?) };
    let at = array.items.iter().position(|item| item.as_deref() == wanted);
    Ok(at.and_then(|at| i32::try_from(at).ok()).map_or(Out::Null, |at| Out::from(lower.saturating_add(at))))
}

fn bound(call: &Call, of: fn(Dimension) -> i32) -> Result<Out, PgError> {
    let array = literal(call.text(0)?)?;
    let number = usize::try_from(call.int(1)? - 1).ok();
    Ok(number.and_then(|number| array.dims.get(number)).map_or(Out::Null, |dimension| of(*dimension).into()))
}

fn concatenate(call: &Call) -> Result<Out, PgError> {
    let (left, right) = (literal(call.text(0)?)?, literal(call.text(1)?)?);
    if right.items.is_empty() {
        return Ok(Out::Argument(0));
    }
    if left.items.is_empty() {
        return Ok(Out::Argument(1));
    }
    if left.dims.len() != 1 || right.dims.len() != 1 {
        return Err(PgError::unsupported("concatenating arrays of several dimensions"));
    }
    let lower = left.dims.first().map_or(1, |dimension| dimension.lower);
    if lower != 1 {
        return Err(PgError::unsupported("concatenating arrays that do not begin at 1"));
    }
    let items: Vec<Option<String>> = left.items.into_iter().chain(right.items).collect();
    Ok(written(&items).into())
}

/// (array, subscript, its elements' type).
fn element(call: &Call) -> Result<Out, PgError> {
    let array = literal(call.text(0)?)?;
    let [dimension] = array.dims[..] else { return Ok(Out::Null) };
    let at = call.int(1)?.checked_sub(dimension.lower.into()).and_then(|at| usize::try_from(at).ok());
    let Some(item) = at.and_then(|at| array.items.get(at)) else { return Ok(Out::Null) };
    stored_element(oid_type(call, 2)?, item.as_deref())
}

pub(super) fn oid_type(call: &Call, index: usize) -> Result<Type, PgError> {
    let oid = u32::try_from(call.int(index)?);
    oid.map(Type).map_err(|_| PgError::new(SqlState::INTERNAL_ERROR, "a type's OID out of range"))
}

/// `ARRAY(SELECT …)`: all rows' values, NULLs too.
#[derive(Clone, Default)]
pub(super) struct ArrayOf {
    element: Option<Type>,
    values: Vec<Value>,
}

impl Accumulator for ArrayOf {
    fn add(&mut self, call: &Call) -> Result<(), PgError> {
        let ty = oid_type(call, 1)?;
        self.element = Some(ty);
        let value = match call.raw(0) {
            ValueRef::Null => Value::Null,
            stored => stored::from_sqlite(stored, ty)?,
        };
        self.values.push(value);
        Ok(())
    }

    fn finish(self) -> Result<Out, PgError> {
        Ok(Array::list(self.element.unwrap_or(Type::TEXT), self.values).normal_text().into())
    }
}
