//! What is in json values, as rows.

use super::{Rows, Set};
use crate::storage::functions::json::{invalid_parameter, jsonb, raw, unquoted};
use crate::storage::functions::{Call, Out};
use crate::types::PgError;
use crate::types::json::{self, Json, Outline};

pub(super) const FUNCTIONS: &[(&str, Set)] = &[
    ("pg_json_each", |call| json_each(call, raw)),
    ("pg_json_each_text", |call| json_each(call, unquoted)),
    ("pg_jsonb_each", |call| jsonb_each(call, "jsonb_each", whole)),
    ("pg_jsonb_each_text", |call| jsonb_each(call, "jsonb_each_text", as_text)),
    ("pg_json_array_elements", |call| json_elements(call, "json_array_elements", raw)),
    ("pg_json_array_elements_text", |call| json_elements(call, "json_array_elements_text", unquoted)),
    ("pg_jsonb_array_elements", |call| jsonb_elements(call, whole)),
    ("pg_jsonb_array_elements_text", |call| jsonb_elements(call, as_text)),
    ("pg_json_object_keys", json_keys),
    ("pg_jsonb_object_keys", jsonb_keys),
];

fn whole(json: Json) -> Out {
    json.to_string().into()
}

fn as_text(json: Json) -> Out {
    json.into_text().map_or(Out::Null, Out::from)
}

type Shown = fn(&str) -> Result<Out, PgError>;

fn json_each(call: &Call<'_, '_>, shown: Shown) -> Result<Rows, PgError> {
    match json::outline(call.text(0)?)? {
        Outline::Object(pairs) => {
            let row = |(key, value): (String, &str)| Ok(vec![Out::Text(key), shown(value)?]);
            let rows: Vec<Result<Vec<Out>, PgError>> = pairs.into_iter().map(row).collect();
            Ok(Box::new(rows.into_iter()))
        }
        Outline::Array(_) => Err(invalid_parameter("cannot deconstruct an array as an object")),
        _ => Err(invalid_parameter("cannot deconstruct a scalar")),
    }
}

fn jsonb_each(call: &Call<'_, '_>, name: &str, shown: fn(Json) -> Out) -> Result<Rows, PgError> {
    match jsonb(call, 0)? {
        Json::Object(pairs) => {
            Ok(Box::new(pairs.into_iter().map(move |(key, value)| Ok(vec![Out::Text(key), shown(value)]))))
        }
        _ => Err(invalid_parameter(format!("cannot call {name} on a non-object"))),
    }
}

fn json_elements(call: &Call<'_, '_>, name: &str, shown: Shown) -> Result<Rows, PgError> {
    match json::outline(call.text(0)?)? {
        Outline::Array(items) => {
            let rows: Vec<Result<Vec<Out>, PgError>> = items.into_iter().map(|item| Ok(vec![shown(item)?])).collect();
            Ok(Box::new(rows.into_iter()))
        }
        Outline::Object(_) => Err(invalid_parameter(format!("cannot call {name} on a non-array"))),
        _ => Err(invalid_parameter(format!("cannot call {name} on a scalar"))),
    }
}

fn jsonb_elements(call: &Call<'_, '_>, shown: fn(Json) -> Out) -> Result<Rows, PgError> {
    match jsonb(call, 0)? {
        Json::Array(items) => Ok(Box::new(items.into_iter().map(move |item| Ok(vec![shown(item)])))),
        Json::Object(_) => Err(invalid_parameter("cannot extract elements from an object")),
        _ => Err(invalid_parameter("cannot extract elements from a scalar")),
    }
}

fn json_keys(call: &Call<'_, '_>) -> Result<Rows, PgError> {
    match json::outline(call.text(0)?)? {
        Outline::Object(pairs) => {
            let keys: Vec<String> = pairs.into_iter().map(|(key, _)| key).collect();
            Ok(Box::new(keys.into_iter().map(|key| Ok(vec![Out::Text(key)]))))
        }
        Outline::Array(_) => Err(invalid_parameter("cannot call json_object_keys on an array")),
        _ => Err(invalid_parameter("cannot call json_object_keys on a scalar")),
    }
}

fn jsonb_keys(call: &Call<'_, '_>) -> Result<Rows, PgError> {
    match jsonb(call, 0)? {
        Json::Object(pairs) => Ok(Box::new(pairs.into_iter().map(|(key, _)| Ok(vec![Out::Text(key)])))),
        Json::Array(_) => Err(invalid_parameter("cannot call jsonb_object_keys on an array")),
        _ => Err(invalid_parameter("cannot call jsonb_object_keys on a scalar")),
    }
}
