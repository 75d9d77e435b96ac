//! Functions and operators that follow a path through a jsonb value.

use super::json::jsonb;
use super::{Call, Out, Scalar};
use crate::types::PgError;
use crate::types::json::Json;
use crate::types::jsonpath::{Jsonpath, With, normalize};

#[rustfmt::skip]
pub(super) const FUNCTIONS: &[(&str, Scalar)] = &[
    ("pg_jsonpath_in", |call| Ok(normalize(call.text(0)?)?.into())),
    ("pg_jsonb_path_exists", |call| with_path(call, false, |path, json, with| Ok(truth(path.exists(json, with)?)))),
    ("pg_jsonb_path_exists_tz", |call| with_path(call, true, |path, json, with| Ok(truth(path.exists(json, with)?)))),
    ("pg_jsonb_path_exists_opr", |call| as_operator(call, |path, json, with| Ok(truth(path.exists(json, with)?)))),
    ("pg_jsonb_path_match", |call| with_path(call, false, |path, json, with| Ok(truth(path.matches(json, with)?)))),
    ("pg_jsonb_path_match_tz", |call| with_path(call, true, |path, json, with| Ok(truth(path.matches(json, with)?)))),
    ("pg_jsonb_path_match_opr", |call| as_operator(call, |path, json, with| Ok(truth(path.matches(json, with)?)))),
    ("pg_jsonb_path_query_array", |call| with_path(call, false, |path, json, with| Ok(path.query_array(json, with)?.into()))),
    ("pg_jsonb_path_query_array_tz", |call| with_path(call, true, |path, json, with| Ok(path.query_array(json, with)?.into()))),
    ("pg_jsonb_path_query_first", |call| with_path(call, false, |path, json, with| Ok(first(path.query_first(json, with)?)))),
    ("pg_jsonb_path_query_first_tz", |call| with_path(call, true, |path, json, with| Ok(first(path.query_first(json, with)?)))),
];

fn truth(truth: Option<bool>) -> Out {
    truth.map_or(Out::Null, Out::from)
}

fn first(item: Option<String>) -> Out {
    item.map_or(Out::Null, Out::from)
}

/// (document, path [, values of variables [, silent]]); `zoned`: in the session's time zone.
pub(super) fn with_path<T>(
    call: &Call,
    zoned: bool,
    run: impl FnOnce(&Jsonpath, &Json, &With) -> Result<T, PgError>,
) -> Result<T, PgError> {
    let path = call.kept(1, |_| Jsonpath::input(call.text(1)?))?;
    let json = jsonb(call, 0)?;
    let vars = if call.len() > 2 { jsonb(call, 2)? } else { Json::Object(Vec::new()) };
    let silent = call.len() > 3 && call.bool(3)?;
    let zone = if zoned { Some((call.zone(), call.context().transaction_timestamp)) } else { None };
    let zone = zone.as_ref().map(|(zone, now)| (zone, *now));
    let state = call.state.clone();
    run(&path, &json, &With { vars: Some(&vars), silent, zone, look_up: &|| state.look_up() })
}

/// (document, path): without variables, and errors are not told.
fn as_operator(call: &Call, run: impl FnOnce(&Jsonpath, &Json, &With) -> Result<Out, PgError>) -> Result<Out, PgError> {
    let path = call.kept(1, |_| Jsonpath::input(call.text(1)?))?;
    let state = call.state.clone();
    run(&path, &jsonb(call, 0)?, &With { vars: None, silent: true, zone: None, look_up: &|| state.look_up() })
}
