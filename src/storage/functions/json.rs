//! Functions over json, which is stored as it was given, and jsonb, which is stored in its normal form.

use rusqlite::types::{Value as Owned, ValueRef};

use super::arrays::{oid_type, read};
use super::sets::packed;
use super::{Call, Out, Scalar};
use crate::storage::stored;
use crate::types::json::{self, Change, Json, Outline};
use crate::types::{Numeric, PgError, SqlState, Type, Value};

#[rustfmt::skip]
pub(super) const FUNCTIONS: &[(&str, Scalar)] = &[
    ("pg_json_in", |call| { json::check(call.text(0)?)?; Ok(Out::Argument(0)) }),
    ("pg_jsonb_in", |call| Ok(json::normalize(call.text(0)?)?.into())),
    ("pg_jsonb_bool", |call| scalar_as(call, Type::BOOL)),
    ("pg_jsonb_numeric", |call| scalar_as(call, Type::NUMERIC)),
    ("pg_jsonb_int2", |call| scalar_as(call, Type::INT2)),
    ("pg_jsonb_int4", |call| scalar_as(call, Type::INT4)),
    ("pg_jsonb_int8", |call| scalar_as(call, Type::INT8)),
    ("pg_jsonb_float4", |call| scalar_as(call, Type::FLOAT4)),
    ("pg_jsonb_float8", |call| scalar_as(call, Type::FLOAT8)),
    ("pg_json_field", |call| json_field(call, raw)),
    ("pg_json_field_text", |call| json_field(call, unquoted)),
    ("pg_json_element", |call| json_element(call, raw)),
    ("pg_json_element_text", |call| json_element(call, unquoted)),
    ("pg_json_path", |call| json_path(call, &path(call, 1)?, raw)),
    ("pg_json_path_text", |call| json_path(call, &path(call, 1)?, unquoted)),
    ("pg_json_extract_path", |call| json_path(call, &steps(call, 1)?, raw)),
    ("pg_json_extract_path_text", |call| json_path(call, &steps(call, 1)?, unquoted)),
    ("pg_jsonb_field", |call| Ok(shown(jsonb(call, 0)?.field(call.text(1)?)))),
    ("pg_jsonb_field_text", |call| Ok(shown_text(jsonb(call, 0)?.field(call.text(1)?)))),
    ("pg_jsonb_element", |call| Ok(shown(jsonb(call, 0)?.subscripted(call.int(1)?)))),
    ("pg_jsonb_element_text", |call| Ok(shown_text(jsonb(call, 0)?.subscripted(call.int(1)?)))),
    ("pg_jsonb_path", |call| Ok(shown(jsonb(call, 0)?.at_path(&path(call, 1)?)))),
    ("pg_jsonb_path_text", |call| Ok(shown_text(jsonb(call, 0)?.at_path(&path(call, 1)?)))),
    ("pg_jsonb_extract_path", |call| Ok(shown(jsonb(call, 0)?.at_path(&steps(call, 1)?)))),
    ("pg_jsonb_extract_path_text", |call| Ok(shown_text(jsonb(call, 0)?.at_path(&steps(call, 1)?)))),
    ("pg_jsonb_contains", |call| Ok(jsonb(call, 0)?.contains(&jsonb(call, 1)?).into())),
    ("pg_jsonb_contained", |call| Ok(jsonb(call, 1)?.contains(&jsonb(call, 0)?).into())),
    ("pg_jsonb_exists", |call| Ok(jsonb(call, 0)?.has_key(call.text(1)?).into())),
    ("pg_jsonb_exists_any", |call| { let json = jsonb(call, 0)?; Ok(path(call, 1)?.iter().flatten().any(|key| json.has_key(key)).into()) }),
    ("pg_jsonb_exists_all", |call| { let json = jsonb(call, 0)?; Ok(path(call, 1)?.iter().flatten().all(|key| json.has_key(key)).into()) }),
    ("pg_jsonb_concat", |call| out(jsonb(call, 0)?.concatenate(jsonb(call, 1)?))),
    ("pg_jsonb_delete", |call| out(jsonb(call, 0)?.without_keys(&[call.text(1)?.to_owned()])?)),
    ("pg_jsonb_delete_keys", |call| out(jsonb(call, 0)?.without_keys(&path(call, 1)?.into_iter().flatten().collect::<Vec<_>>())?)),
    ("pg_jsonb_delete_index", |call| out(jsonb(call, 0)?.without_element(call.int(1)?)?)),
    ("pg_jsonb_delete_path", |call| out(jsonb(call, 0)?.without_path(&path(call, 1)?)?)),
    ("pg_jsonb_set", |call| change(call, |flag| Change::Replace { create: flag.unwrap_or(true) })),
    ("pg_jsonb_set_lax", set_lax),
    ("pg_jsonb_insert", |call| change(call, |flag| Change::Insert { after: flag.unwrap_or(false) })),
    ("pg_jsonb_assign", assign),
    ("pg_jsonb_get", |call| Ok(shown(jsonb(call, 0)?.at_path(&steps(call, 1)?)))),
    ("pg_jsonb_pretty", |call| Ok(jsonb(call, 0)?.pretty().into())),
    ("pg_json_typeof", json_typeof),
    ("pg_jsonb_typeof", |call| Ok(jsonb(call, 0)?.type_name().into())),
    ("pg_json_array_length", json_array_length),
    ("pg_jsonb_array_length", jsonb_array_length),
    ("pg_json_strip_nulls", |call| Ok(json::strip_nulls(call.text(0)?)?.into())),
    ("pg_jsonb_strip_nulls", |call| out(jsonb(call, 0)?.strip_nulls())),
    ("pg_to_json", |call| Ok(written(call, 0)?.into())),
    ("pg_to_jsonb", |call| Ok(json::normalize(&written(call, 0)?)?.into())),
    ("pg_array_to_json", array_to_json),
    ("pg_row_to_json", row_to_json),
    ("pg_json_build_array", |call| Ok(build_array(call, ", ")?.into())),
    ("pg_jsonb_build_array", |call| Ok(json::normalize(&build_array(call, ", ")?)?.into())),
    ("pg_json_build_object", |call| Ok(build_object(call, Of::Json)?.into())),
    ("pg_jsonb_build_object", |call| Ok(json::normalize(&build_object(call, Of::Jsonb)?)?.into())),
    ("pg_json_object", |call| Ok(object_of_texts(call)?.into())),
    ("pg_jsonb_object", |call| Ok(json::normalize(&object_of_texts(call)?)?.into())),
    ("pg_json_agg", |call| Ok(aggregate(call)?.into())),
    ("pg_jsonb_agg", |call| Ok(json::normalize(&aggregate(call)?)?.into())),
    ("pg_json_object_agg", |call| Ok(object_aggregate(call)?.into())),
    ("pg_jsonb_object_agg", |call| Ok(json::normalize(&object_aggregate(call)?)?.into())),
];

pub(super) fn invalid_parameter(message: impl Into<String>) -> PgError {
    PgError::new(SqlState::INVALID_PARAMETER_VALUE, message)
}

pub(super) fn jsonb(call: &Call, index: usize) -> Result<Json, PgError> {
    json::parse(call.text(index)?)
}

fn out(json: Json) -> Result<Out, PgError> {
    Ok(json.to_string().into())
}

fn shown(json: Option<&Json>) -> Out {
    json.map_or(Out::Null, |json| json.to_string().into())
}

fn shown_text(json: Option<&Json>) -> Out {
    json.cloned().and_then(Json::into_text).map_or(Out::Null, Out::from)
}

/// A part of a json text as it stands there.
pub(super) fn raw(text: &str) -> Result<Out, PgError> {
    Ok(text.into())
}

/// A part of a json text as text: a string without quotes, null as NULL.
pub(super) fn unquoted(text: &str) -> Result<Out, PgError> {
    Ok(match json::outline(text)? {
        Outline::String(text) => text.into(),
        Outline::Null => Out::Null,
        _ => text.into(),
    })
}

type Shown = fn(&str) -> Result<Out, PgError>;

fn json_field(call: &Call, shown: Shown) -> Result<Out, PgError> {
    let Outline::Object(pairs) = json::outline(call.text(0)?)? else { return Ok(Out::Null) };
    let key = call.text(1)?;
    // Of equal keys the last.
    pairs.into_iter().rev().find(|(other, _)| other == key).map_or(Ok(Out::Null), |(_, value)| shown(value))
}

fn json_element(call: &Call, shown: Shown) -> Result<Out, PgError> {
    let Outline::Array(items) = json::outline(call.text(0)?)? else { return Ok(Out::Null) };
    let found = json::from_end(call.int(1)?, items.len()).and_then(|at| items.get(at).copied());
    found.map_or(Ok(Out::Null), shown)
}

fn json_path(call: &Call, path: &[Option<String>], shown: Shown) -> Result<Out, PgError> {
    json::text_at_path(call.text(0)?.trim(), path)?.map_or(Ok(Out::Null), shown)
}

/// A text[] as a path.
fn path(call: &Call, index: usize) -> Result<Vec<Option<String>>, PgError> {
    Ok(super::arrays::literal(call.text(index)?)?.items)
}

/// The arguments from this one on as a path; numbers are as good as their texts.
fn steps(call: &Call, from: usize) -> Result<Vec<Option<String>>, PgError> {
    let step = |index: usize| match call.raw(index) {
        ValueRef::Null => Ok(None),
        ValueRef::Integer(int) => Ok(Some(int.to_string())),
        _ => call.text(index).map(|text| Some(text.to_owned())),
    };
    (from..call.len()).map(step).collect()
}

/// (jsonb, path, new value [, flag]).
fn change(call: &Call, of_flag: fn(Option<bool>) -> Change) -> Result<Out, PgError> {
    let flag = if call.len() > 3 { Some(call.bool(3)?) } else { None };
    out(jsonb(call, 0)?.with_path(&path(call, 1)?, jsonb(call, 2)?, of_flag(flag))?)
}

/// (jsonb, path, new value [, create [, what a NULL for the new value means]]).
fn set_lax(call: &Call) -> Result<Out, PgError> {
    if call.is_null(0) || call.is_null(1) || (call.len() > 3 && call.is_null(3)) {
        return Ok(Out::Null);
    }
    let treatment = match call.len() > 4 {
        false => "use_json_null",
        true if call.is_null(4) => return Err(unknown_treatment()),
        true => call.text(4)?,
    };
    let create = call.len() <= 3 || call.bool(3)?;
    let set = |new| out(jsonb(call, 0)?.with_path(&path(call, 1)?, new, Change::Replace { create })?);
    if !call.is_null(2) {
        return set(jsonb(call, 2)?);
    }
    match treatment {
        "use_json_null" => set(Json::Null),
        "delete_key" => out(jsonb(call, 0)?.without_path(&path(call, 1)?)?),
        "return_target" => Ok(Out::Argument(0)),
        "raise_exception" => {
            let detail = "Exception was raised because null_value_treatment is \"raise_exception\".";
            let hint =
                "To avoid, either change the null_value_treatment argument or ensure that an SQL NULL is not passed.";
            Err(PgError::new(SqlState::NULL_VALUE_NOT_ALLOWED, "JSON value must not be null").detail(detail).hint(hint))
        }
        _ => Err(unknown_treatment()),
    }
}

fn unknown_treatment() -> PgError {
    let message =
        "null_value_treatment must be \"delete_key\", \"return_target\", \"use_json_null\", or \"raise_exception\"";
    PgError::new(SqlState::INVALID_PARAMETER_VALUE, message)
}

/// (jsonb, new value, subscripts …): nothing is an object or array, as the first subscript wants.
fn assign(call: &Call) -> Result<Out, PgError> {
    let path = steps(call, 2)?;
    if path.iter().any(Option::is_none) {
        let message = "jsonb subscript in assignment must not be null";
        return Err(PgError::new(SqlState::NULL_VALUE_NOT_ALLOWED, message));
    }
    let new = if call.is_null(1) { Json::Null } else { jsonb(call, 1)? };
    let json = match (call.is_null(0), call.raw(2)) {
        (false, _) => jsonb(call, 0)?,
        (true, ValueRef::Integer(_)) => Json::Array(Vec::new()),
        (true, _) => Json::Object(Vec::new()),
    };
    out(json.with_path(&path, new, Change::Assign)?)
}

/// `jsonb::int` and its kin.
fn scalar_as(call: &Call, ty: Type) -> Result<Out, PgError> {
    let json = jsonb(call, 0)?;
    let number = match (&json, ty) {
        (Json::Bool(value), Type::BOOL) => return Ok((*value).into()),
        (Json::Number(number), _) if ty != Type::BOOL => Numeric::input(number)?,
        _ => {
            let found = if matches!(json, Json::Number(_)) { "numeric" } else { json.type_name() };
            return Err(invalid_parameter(format!("cannot cast jsonb {found} to type {ty}")));
        }
    };
    Ok(match ty {
        Type::NUMERIC => return Out::stored(&Value::Numeric(Box::new(number))),
        Type::INT2 => Out::from(number.to_integer::<i16>()?),
        Type::INT4 => Out::from(number.to_integer::<i32>()?),
        Type::INT8 => Out::from(number.to_integer::<i64>()?),
        Type::FLOAT4 => Out::from(number.to_float4()?),
        _ => Out::from(number.to_float8()?),
    })
}

fn json_typeof(call: &Call) -> Result<Out, PgError> {
    let text = call.text(0)?;
    Ok(match json::outline(text)? {
        Outline::String(_) => "string",
        Outline::Null => "null",
        Outline::Plain("true" | "false") => "boolean",
        Outline::Plain(_) => "number",
        Outline::Array(_) => "array",
        Outline::Object(_) => "object",
    }
    .into())
}

fn json_array_length(call: &Call) -> Result<Out, PgError> {
    match json::outline(call.text(0)?)? {
        Outline::Array(items) => Ok((items.len() as i64).into()),
        Outline::Object(_) => Err(invalid_parameter("cannot get array length of a non-array")),
        _ => Err(invalid_parameter("cannot get array length of a scalar")),
    }
}

fn jsonb_array_length(call: &Call) -> Result<Out, PgError> {
    match jsonb(call, 0)? {
        Json::Array(items) => Ok((items.len() as i64).into()),
        Json::Object(_) => Err(invalid_parameter("cannot get array length of a non-array")),
        _ => Err(invalid_parameter("cannot get array length of a scalar")),
    }
}

/// A stored value of type `ty`.
fn value_of(raw: ValueRef<'_>, ty: Type) -> Result<Value, PgError> {
    match (raw, ty) {
        (ValueRef::Null, _) => Ok(Value::Null),
        // What is of no type is text.
        (raw, Type::UNKNOWN) => stored::from_sqlite(raw, Type::TEXT),
        (raw, ty) => stored::from_sqlite(raw, ty),
    }
}

/// The argument of this index, followed by its type, as json.
fn written(call: &Call, index: usize) -> Result<String, PgError> {
    let mut text = String::new();
    write(call, index, &mut text)?;
    Ok(text)
}

fn write(call: &Call, index: usize, text: &mut String) -> Result<(), PgError> {
    let ty = oid_type(call, index + 1)?;
    json::write_value(&value_of(call.raw(index), ty)?, ty, &call.zone(), text);
    Ok(())
}

/// (array [, one element a line], type).
fn array_to_json(call: &Call) -> Result<Out, PgError> {
    let array = read(call.text(0)?, oid_type(call, call.len() - 1)?)?;
    let mut text = String::new();
    match call.len() > 2 && call.bool(1)? {
        true => json::write_array_lines(&array, &call.zone(), &mut text),
        false => json::write_value(&Value::Array(Box::new(array)), Type::TEXT, &call.zone(), &mut text),
    }
    Ok(text.into())
}

/// (row [, one field a line]).
fn row_to_json(call: &Call) -> Result<Out, PgError> {
    let separator = if call.len() > 1 && call.bool(1)? { ",\n " } else { "," };
    let mut text = String::new();
    json::write_record(&super::records::record(call, 0)?, separator, &call.zone(), &mut text);
    Ok(text.into())
}

fn build_array(call: &Call, separator: &str) -> Result<String, PgError> {
    let mut text = String::from("[");
    for index in (0..call.len()).step_by(2) {
        text.push_str(if index > 0 { separator } else { "" });
        write(call, index, &mut text)?;
    }
    text.push(']');
    Ok(text)
}

/// Which of two functions is meant: their errors differ.
#[derive(Clone, Copy, PartialEq)]
enum Of {
    Json,
    Jsonb,
}

fn build_object(call: &Call, of: Of) -> Result<String, PgError> {
    let pairs = call.len() / 2;
    if !pairs.is_multiple_of(2) {
        let name = if of == Of::Json { "json_build_object" } else { "jsonb_build_object" };
        let hint = format!("The arguments of {name}() must consist of alternating keys and values.");
        return Err(invalid_parameter("argument list must have even number of elements").hint(hint));
    }
    let mut text = String::from("{");
    for index in (0..call.len()).step_by(4) {
        text.push_str(if index > 0 { ", " } else { "" });
        if call.is_null(index) {
            let number = index / 2 + 1;
            return Err(match of {
                Of::Json => {
                    invalid_parameter(format!("argument {number} cannot be null")).hint("Object keys should be text.")
                }
                Of::Jsonb => invalid_parameter(format!("argument {number}: key must not be null")),
            });
        }
        let ty = oid_type(call, index + 1)?;
        json::write_key(&value_of(call.raw(index), ty)?, ty, &call.zone(), &mut text)?;
        text.push_str(" : ");
        write(call, index + 2, &mut text)?;
    }
    text.push('}');
    Ok(text)
}

/// (keys and values) or (keys, values): text arrays.
fn object_of_texts(call: &Call) -> Result<String, PgError> {
    let mismatch = |message: &str| Err(PgError::new(SqlState::ARRAY_SUBSCRIPT_ERROR, message));
    let first = super::arrays::literal(call.text(0)?)?;
    let (keys, values): (Vec<_>, Vec<_>) = if call.len() > 1 {
        let second = super::arrays::literal(call.text(1)?)?;
        if first.dims.len() > 1 || second.dims.len() > 1 || first.dims.len() != second.dims.len() {
            return mismatch("wrong number of array subscripts");
        }
        if first.items.len() != second.items.len() {
            return mismatch("mismatched array dimensions");
        }
        (first.items, second.items)
    } else {
        match &first.dims[..] {
            [] => {}
            [dim] if dim.len % 2 != 0 => return mismatch("array must have even number of elements"),
            [_] => {}
            [_, dim] if dim.len != 2 => return mismatch("array must have two columns"),
            [_, _] => {}
            _ => return mismatch("wrong number of array subscripts"),
        }
        let mut items = first.items.into_iter();
        std::iter::from_fn(|| Some((items.next()?, items.next()?))).unzip()
    };
    let mut text = String::from("{");
    for (index, (key, value)) in keys.iter().zip(&values).enumerate() {
        text.push_str(if index > 0 { ", " } else { "" });
        let Some(key) = key else {
            let message = "null value not allowed for object key";
            return Err(PgError::new(SqlState::NULL_VALUE_NOT_ALLOWED, message));
        };
        // A String takes everything.
        let _ = json::write_string(key, &mut text);
        text.push_str(" : ");
        match value {
            None => text.push_str("null"),
            Some(value) => drop(json::write_string(value, &mut text)),
        }
    }
    text.push('}');
    Ok(text)
}

/// (packed rows of one value, its type).
fn aggregate(call: &Call) -> Result<String, PgError> {
    let (ty, zone) = (oid_type(call, 1)?, call.zone());
    let mut text = String::from("[");
    for (index, row) in packed::values(call.bytes(0)?).enumerate() {
        let row = row?;
        let [value] = &row[..] else { return Err(packed::torn()) };
        if index > 0 {
            text.push_str(", ");
            // Rows and arrays begin a line.
            if *value != Owned::Null && (ty.is_row() || ty.is_array()) {
                text.push_str("\n ");
            }
        }
        json::write_value(&value_of(value.into(), ty)?, ty, &zone, &mut text);
    }
    text.push(']');
    Ok(text)
}

/// (packed rows of a key and a value, their types).
fn object_aggregate(call: &Call) -> Result<String, PgError> {
    let (key_type, ty, zone) = (oid_type(call, 1)?, oid_type(call, 2)?, call.zone());
    let mut text = String::from("{ ");
    for (index, row) in packed::values(call.bytes(0)?).enumerate() {
        let row = row?;
        let [key, value] = &row[..] else { return Err(packed::torn()) };
        if *key == Owned::Null {
            return Err(invalid_parameter("field name must not be null"));
        }
        text.push_str(if index > 0 { ", " } else { "" });
        json::write_key(&value_of(key.into(), key_type)?, key_type, &zone, &mut text)?;
        text.push_str(" : ");
        json::write_value(&value_of(value.into(), ty)?, ty, &zone, &mut text);
    }
    text.push_str(" }");
    Ok(text)
}
