//! Functions over arrays, which are stored as PostgreSQL's literals.
//!
//! Those of any type get, as their last argument, the type that the array is of.

use std::cmp::Ordering;

use rusqlite::types::{Value as Owned, ValueRef};

use super::sets::packed;
use super::{Arguments, Call, Out, Scalar, scalar};
use crate::sql::{ENUM_INPUT, ElementCast, element_cast};
use crate::storage::{rows, stored};
use crate::types::array::{self, Array, Bounds, Dimension, Items, Literal};
use crate::types::{PgError, SqlState, Type, Value, compare, identifier, text};

#[rustfmt::skip]
pub(super) const FUNCTIONS: &[(&str, Scalar)] = &[
    ("pg_array_build", build),
    ("pg_array_nest", |call| out(Array::nest(of(call)?, arrays(call, 0..call.len() - 1)?)?)),
    ("pg_array_chain", chain),
    ("pg_array_of_packed", of_packed),
    ("pg_array_of_packed_arrays", of_packed_arrays),
    ("pg_array_get", get),
    ("pg_array_slice", |call| out(given(call, 0)?.slice(&bounds(call, 1)?))),
    ("pg_array_set", set),
    ("pg_array_set_slice", set_slice),
    ("pg_array_cast", cast),
    ("pg_array_out", output),
    ("pg_array_in", input),
    ("pg_vector_array", |call| Ok(literal(call.text(0)?)?.to_text().into())),
    ("pg_array_cat", concatenate),
    ("pg_array_append", |call| out(array(call, 0)?.append(value(call, 1)?)?)),
    ("pg_array_prepend", |call| out(array(call, 1)?.prepend(value(call, 0)?)?)),
    ("pg_array_contains", |call| Ok(given(call, 0)?.contains(&given(call, 1)?).into())),
    ("pg_array_contained", |call| Ok(given(call, 1)?.contains(&given(call, 0)?).into())),
    ("pg_array_overlap", |call| Ok(given(call, 0)?.overlaps(&given(call, 1)?).into())),
    ("pg_array_dims", dims),
    ("pg_array_ndims", |call| Ok(match literal(call.text(0)?)?.dims.len() as i64 { 0 => Out::Null, dims => dims.into() })),
    ("pg_array_upper", |call| bound(call, |dimension| dimension.upper())),
    ("pg_array_lower", |call| bound(call, |dimension| dimension.lower)),
    ("pg_array_length", |call| bound(call, |dimension| dimension.len)),
    ("pg_cardinality", |call| Ok((literal(call.text(0)?)?.items.len() as i64).into())),
    ("pg_array_fill", fill),
    ("pg_array_position", position),
    ("pg_array_positions", positions),
    ("pg_array_remove", |call| of_array(call, |call, array| array.without(&value(call, 1)?))),
    ("pg_array_replace", |call| of_array(call, |call, array| Ok(array.replace(&value(call, 1)?, &value(call, 2)?)))),
    ("pg_array_greatest", |call| extreme(call, Ordering::Greater)),
    ("pg_array_least", |call| extreme(call, Ordering::Less)),
    ("pg_width_bucket_array", width_bucket),
    ("pg_parse_ident", |call| {
        let strict = call.len() < 2 || call.bool(1)?;
        let parts = identifier::parts(call.text(0)?, strict)?;
        Ok(written(&parts.into_iter().map(Some).collect::<Vec<_>>()).into())
    }),
    ("pg_trim_array", |call| of_array(call, |call, array| array.trimmed(call.int4(1)?))),
    ("pg_array_to_string", to_string),
    ("pg_string_to_array", string_to_array),
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
    let value = rows::element(ty, item)?;
    Out::stored(&value)
}

/// Texts as an array of one dimension.
pub(super) fn written(items: &[Option<String>]) -> String {
    let values = items.iter().map(|item| item.clone().map_or(Value::Null, Value::Text));
    Array::list(Type::TEXT, values.collect()).normal_text()
}

pub(super) fn oid_type(call: &Call, index: usize) -> Result<Type, PgError> {
    let oid = u32::try_from(call.int(index)?);
    oid.map(Type).map_err(|_| PgError::new(SqlState::INTERNAL_ERROR, "a type's OID out of range"))
}

/// What the array is of: the last argument.
fn of(call: &Call) -> Result<Type, PgError> {
    oid_type(call, call.len().saturating_sub(1))
}

/// An argument that is an array.
fn given(call: &Call, index: usize) -> Result<Array, PgError> {
    read(call.text(index)?, of(call)?)
}

/// An array's stored text.
pub(super) fn read(text: &str, element: Type) -> Result<Array, PgError> {
    let literal = literal(text)?;
    let value = |item: Option<String>| item.map_or(Ok(Value::Null), |item| rows::element(element, &item));
    let elements = literal.items.into_iter().map(value).collect::<Result<_, _>>()?;
    Ok(Array { element, dims: literal.dims, elements })
}

/// As [`given`], and NULL is an empty one.
fn array(call: &Call, index: usize) -> Result<Array, PgError> {
    if call.is_null(index) { Ok(Array::empty(of(call)?)) } else { given(call, index) }
}

fn arrays(call: &Call, indexes: std::ops::Range<usize>) -> Result<Vec<Option<Array>>, PgError> {
    indexes.map(|index| if call.is_null(index) { Ok(None) } else { given(call, index).map(Some) }).collect()
}

/// An argument that is an element.
fn value(call: &Call, index: usize) -> Result<Value, PgError> {
    from_stored(call.raw(index), of(call)?)
}

fn from_stored(raw: ValueRef<'_>, ty: Type) -> Result<Value, PgError> {
    match raw {
        ValueRef::Null => Ok(Value::Null),
        raw => stored::from_sqlite(raw, ty),
    }
}

/// `width_bucket_array`: how many of the thresholds are not greater.
fn width_bucket(call: &Call) -> Result<Out, PgError> {
    let ty = of(call)?;
    if ty.is_enum() || !ty.is_comparable() {
        return Err(PgError::unsupported(format!("width_bucket of type {ty}")));
    }
    let thresholds = given(call, 1)?;
    if thresholds.dims.len() > 1 {
        return Err(PgError::new(SqlState::ARRAY_SUBSCRIPT_ERROR, "thresholds must be one-dimensional array"));
    }
    if thresholds.elements.contains(&Value::Null) {
        let message = "thresholds array must not contain NULLs";
        return Err(PgError::new(SqlState::NULL_VALUE_NOT_ALLOWED, message));
    }
    let operand = value(call, 0)?;
    let bucket = thresholds.elements.partition_point(|threshold| compare::values(ty, &operand, threshold).is_ge());
    Ok(Out::Int(i64::try_from(bucket).unwrap_or(i64::MAX)))
}

fn out(array: Array) -> Result<Out, PgError> {
    Ok(array.normal_text().into())
}

/// A function of an array that is NULL of none.
fn of_array(call: &Call, change: impl FnOnce(&Call, Array) -> Result<Array, PgError>) -> Result<Out, PgError> {
    if call.is_null(0) {
        return Ok(Out::Null);
    }
    out(change(call, given(call, 0)?)?)
}

/// (arrays …, type): NULLs don't count, and of equal ones the first is taken.
fn extreme(call: &Call, wanted: Ordering) -> Result<Out, PgError> {
    let element = of(call)?;
    let mut best: Option<usize> = None;
    for index in (0..call.len() - 1).filter(|index| !call.is_null(*index)) {
        let better = match best {
            None => true,
            Some(best) => compare(element, call.text(index)?, call.text(best)?) == wanted,
        };
        if better {
            best = Some(index);
        }
    }
    Ok(best.map_or(Out::Null, Out::Argument))
}

/// (values …, their type).
fn build(call: &Call) -> Result<Out, PgError> {
    let values = (0..call.len() - 1).map(|index| value(call, index)).collect::<Result<_, _>>()?;
    out(Array::list(of(call)?, values))
}

/// (arrays …, type): one behind the other, as parts of one constructor.
fn chain(call: &Call) -> Result<Out, PgError> {
    let mut all = Array::empty(of(call)?);
    for part in arrays(call, 0..call.len() - 1)?.into_iter().flatten() {
        all = all.concatenate(part)?;
    }
    out(all)
}

/// (packed rows of one value, its type).
fn of_packed(call: &Call) -> Result<Out, PgError> {
    let ty = of(call)?;
    let mut values = Vec::new();
    for row in packed::values(call.bytes(0)?) {
        let [value] = &row?[..] else { return Err(packed::torn()) };
        values.push(from_stored(value.into(), ty)?);
    }
    out(Array::list(ty, values))
}

/// (packed rows of one array, its elements' type).
fn of_packed_arrays(call: &Call) -> Result<Out, PgError> {
    let ty = of(call)?;
    let mut rows = Vec::new();
    for row in packed::values(call.bytes(0)?) {
        rows.push(match &row?[..] {
            [Owned::Null] => None,
            [Owned::Text(text)] => Some(read(text, ty)?),
            _ => return Err(packed::torn()),
        });
    }
    out(Array::gather(ty, rows)?)
}

/// (array, subscripts …, type).
fn get(call: &Call) -> Result<Out, PgError> {
    let array = literal(call.text(0)?)?;
    let subscripts = (1..call.len() - 1).map(|index| call.int4(index)).collect::<Result<Vec<_>, _>>()?;
    // The one element alone need be read.
    let places = Array {
        element: Type::INT4,
        elements: (0..).take(array.items.len()).map(Value::Int4).collect(),
        dims: array.dims,
    };
    let Some(Value::Int4(place)) = places.element_at(&subscripts) else { return Ok(Out::Null) };
    let item = usize::try_from(*place).ok().and_then(|place| array.items.get(place));
    stored_element(of(call)?, item.and_then(Option::as_deref))
}

/// Lower and upper bounds from this argument on; an empty text leaves one open.
fn bounds(call: &Call, from: usize) -> Result<Vec<Bounds>, PgError> {
    let bound = |index: usize| match call.raw(index) {
        ValueRef::Text(_) => Ok(None),
        _ => call.int4(index).map(Some),
    };
    (from..call.len() - 1).step_by(2).map(|index| Ok((bound(index)?, bound(index + 1)?))).collect()
}

fn refuse_null_subscripts(call: &Call) -> Result<(), PgError> {
    match (2..call.len() - 1).any(|index| call.is_null(index)) {
        true => {
            let message = "array subscript in assignment must not be null";
            Err(PgError::new(SqlState::NULL_VALUE_NOT_ALLOWED, message))
        }
        false => Ok(()),
    }
}

/// (array, element, subscripts …, type).
fn set(call: &Call) -> Result<Out, PgError> {
    refuse_null_subscripts(call)?;
    let subscripts = (2..call.len() - 1).map(|index| call.int4(index)).collect::<Result<Vec<_>, _>>()?;
    out(array(call, 0)?.with_element(&subscripts, value(call, 1)?)?)
}

/// (array, array, bounds …, type). No source leaves the array as it is.
fn set_slice(call: &Call) -> Result<Out, PgError> {
    refuse_null_subscripts(call)?;
    if call.is_null(1) {
        // Of no array it makes an empty one.
        return if call.is_null(0) { out(array(call, 0)?) } else { Ok(Out::Argument(0)) };
    }
    out(array(call, 0)?.with_slice(&bounds(call, 2)?, &given(call, 1)?)?)
}

/// (array, type of its elements, type they become).
fn cast(call: &Call) -> Result<Out, PgError> {
    let (from, to) = (oid_type(call, 1)?, oid_type(call, 2)?);
    let array = read(call.text(0)?, from)?;
    let unknown = || PgError::new(SqlState::INTERNAL_ERROR, format!("no cast from {from} to {to}"));
    let steps = element_cast(from, to).ok_or_else(unknown)?;
    let mut elements = Vec::with_capacity(array.elements.len());
    for element in &array.elements {
        let mut stored = Out::stored(element)?;
        for step in &steps {
            stored = stepped(call, *step, stored)?;
        }
        elements.push(from_stored((&stored.into_owned()).into(), to)?);
    }
    out(Array { element: to, dims: array.dims, elements })
}

fn stepped(call: &Call, step: ElementCast, value: Out) -> Result<Out, PgError> {
    Ok(match (step, value) {
        (_, Out::Null) => Out::Null,
        (ElementCast::Real, Out::Int(int)) => Out::Float(int as f64),
        (ElementCast::Text, Out::Int(int)) => Out::Text(int.to_string()),
        (ElementCast::Trim, Out::Text(text)) => Out::Text(text.trim_end_matches(' ').to_owned()),
        (ElementCast::Function(name), value) => called(call, name, &[value.into_owned()])?,
        (ElementCast::Label(ty), value) => {
            called(call, ENUM_INPUT, &[Owned::Integer(ty.0.into()), value.into_owned()])?
        }
        (_, value) => value,
    })
}

/// One function within another.
fn called(call: &Call, name: &'static str, arguments: &[Owned]) -> Result<Out, PgError> {
    let function = scalar(name).ok_or_else(|| PgError::new(SqlState::INTERNAL_ERROR, name))?;
    let inner = Call { arguments: Arguments::Kept(arguments), state: call.state };
    match function(&inner)? {
        Out::Argument(index) => Out::from_ref(inner.raw(index)),
        other => Ok(other),
    }
}

/// (array, type): its text in this session.
fn output(call: &Call) -> Result<Out, PgError> {
    let mut text = String::new();
    // A String takes everything.
    let _ = given(call, 0)?.output(&call.zone(), &mut text);
    Ok(text.into())
}

/// (text, type) → array.
fn input(call: &Call) -> Result<Out, PgError> {
    let now = call.context().transaction_timestamp;
    out(Array::input(of(call)?, call.text(0)?, &call.zone(), now)?)
}

fn concatenate(call: &Call) -> Result<Out, PgError> {
    match (call.is_null(0), call.is_null(1)) {
        (true, true) => Ok(Out::Null),
        (false, true) => Ok(Out::Argument(0)),
        (true, false) => Ok(Out::Argument(1)),
        (false, false) => out(given(call, 0)?.concatenate(given(call, 1)?)?),
    }
}

fn dims(call: &Call) -> Result<Out, PgError> {
    let dims = literal(call.text(0)?)?.dims;
    if dims.is_empty() {
        return Ok(Out::Null);
    }
    Ok(dims.iter().map(|dim| format!("[{}:{}]", dim.lower, dim.upper())).collect::<String>().into())
}

fn bound(call: &Call, of: fn(Dimension) -> i32) -> Result<Out, PgError> {
    let array = literal(call.text(0)?)?;
    let number = usize::try_from(call.int(1)? - 1).ok();
    Ok(number.and_then(|number| array.dims.get(number)).map_or(Out::Null, |dimension| of(*dimension).into()))
}

/// (value, lengths [, lower bounds], type).
fn fill(call: &Call) -> Result<Out, PgError> {
    let ints = |index: usize| {
        if call.is_null(index) { Ok(None) } else { read(call.text(index)?, Type::INT4).map(Some) }
    };
    let lens = ints(1)?;
    let lowers = if call.len() > 3 { Some(ints(2)?) } else { None };
    if let Some(None) = lowers {
        // PostgreSQL says the same of both.
        return out(Array::fill(of(call)?, Value::Null, None, None)?);
    }
    out(Array::fill(of(call)?, value(call, 0)?, lens.as_ref(), lowers.flatten().as_ref())?)
}

/// (array, element [, from], type) → the subscript of the first that is equal.
fn position(call: &Call) -> Result<Out, PgError> {
    let from = if call.len() > 3 { Some(2) } else { None };
    if call.is_null(0) {
        return Ok(Out::Null);
    }
    let (array, wanted) = (given(call, 0)?, value(call, 1)?);
    if array.elements.is_empty() {
        return Ok(Out::Null);
    }
    if from.is_some_and(|from| call.is_null(from)) {
        return Err(PgError::new(SqlState::NULL_VALUE_NOT_ALLOWED, "initial position must not be null"));
    }
    let from = from.map(|from| call.int4(from)).transpose()?;
    let mut found = array.positions(&wanted, from)?;
    Ok(found.next().map_or(Out::Null, Out::from))
}

fn positions(call: &Call) -> Result<Out, PgError> {
    if call.is_null(0) {
        return Ok(Out::Null);
    }
    let (array, wanted) = (given(call, 0)?, value(call, 1)?);
    let found = array.positions(&wanted, None)?.map(Value::Int4).collect();
    out(Array::list(Type::INT4, found))
}

/// (array, separator [, what NULLs are shown as], type).
fn to_string(call: &Call) -> Result<Out, PgError> {
    if call.is_null(0) || call.is_null(1) {
        return Ok(Out::Null);
    }
    let null = if call.len() > 3 && !call.is_null(2) { Some(call.text(2)?) } else { None };
    let (separator, zone) = (call.text(1)?, call.zone());
    let mut joined = String::new();
    let mut begun = false;
    for element in &given(call, 0)?.elements {
        if element.is_null() && null.is_none() {
            continue;
        }
        if begun {
            joined.push_str(separator);
        }
        begun = true;
        match element {
            Value::Null => joined.push_str(null.unwrap_or_default()),
            element => text::output(element, &zone, &mut joined),
        }
    }
    Ok(joined.into())
}

/// (text, separator [, what is NULL]). No separator: each character by itself; an empty one: the whole text.
fn string_to_array(call: &Call) -> Result<Out, PgError> {
    if call.is_null(0) {
        return Ok(Out::Null);
    }
    let text = call.text(0)?;
    let null = if call.len() > 2 && !call.is_null(2) { Some(call.text(2)?) } else { None };
    let parts: Vec<String> = match call.raw(1) {
        _ if text.is_empty() => Vec::new(),
        ValueRef::Null => text.chars().map(String::from).collect(),
        _ => match call.text(1)? {
            "" => vec![text.to_owned()],
            separator => text.split(separator).map(str::to_owned).collect(),
        },
    };
    let items: Vec<Option<String>> =
        parts.into_iter().map(|part| if null == Some(part.as_str()) { None } else { Some(part) }).collect();
    Ok(written(&items).into())
}

/// The order of two arrays as they are stored, for their collation. What is none (and so damage) sorts as text.
pub(super) fn compare(element: Type, a: &str, b: &str) -> Ordering {
    if a == b {
        return Ordering::Equal;
    }
    match (read(a, element), read(b, element)) {
        (Ok(left), Ok(right)) => crate::types::compare::arrays(&left, &right),
        _ => a.cmp(b),
    }
}
