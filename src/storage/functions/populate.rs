//! Rows from json, one or many.

use super::arrays::oid_type;
use super::json::invalid_parameter;
use super::records::record;
use super::sets::{Rows, Set};
use super::{Call, FunctionState, Out, Scalar};
use crate::sql::rows::Reader;
use crate::storage::rows;
use crate::types::json::{self, Outline};
use crate::types::record::{Record, Shape};
use crate::types::timestamp::Zone;
use crate::types::{PgError, Type, Value};

pub(super) const FUNCTIONS: &[(&str, Scalar)] = &[("pg_json_populate_record", populate_record)];

pub(super) const SETS: &[(&str, Set)] = &[
    ("pg_json_populate_recordset", |call| populate_set(call, "json_populate_recordset")),
    ("pg_jsonb_populate_recordset", |call| populate_set(call, "jsonb_populate_recordset")),
    ("pg_json_records", records),
];

/// What makes rows of json objects: outlives the call.
struct Maker {
    state: FunctionState,
    zone: Zone,
    now: i64,
    shape: Shape,
    base: Option<Record>,
}

impl Maker {
    fn of_type(call: &Call, ty: Type, base: Option<Record>) -> Result<Maker, PgError> {
        let (zone, now) = (call.zone(), call.context().transaction_timestamp);
        let shape = call.state.with_seen(|seen| Reader { catalog: seen.catalog, zone: &zone, now }.shape(ty))?;
        Ok(Maker { state: call.state.clone(), zone, now, shape, base })
    }

    fn row(&self, text: &str) -> Result<Out, PgError> {
        let row = self.state.with_seen(|seen| {
            let reader = Reader { catalog: seen.catalog, zone: &self.zone, now: self.now };
            let row = reader.populate(self.shape.clone(), self.base.clone(), text);
            row.map_err(|error| PgError { message: seen.with_type_names(&error.message), ..error })
        })?;
        Out::stored(&Value::Record(Box::new(row)))
    }

    /// The rows of an array's objects.
    fn rows(self, text: &str, function: &str) -> Result<Rows, PgError> {
        let jsonb = function.starts_with("jsonb");
        let items = match json::outline(text)? {
            Outline::Array(items) => items,
            _ if jsonb => return Err(invalid_parameter(format!("cannot call {function} on a non-array"))),
            Outline::Object(_) => return Err(invalid_parameter(format!("cannot call {function} on an object"))),
            _ => return Err(invalid_parameter(format!("cannot call {function} on a scalar"))),
        };
        let items: Vec<String> = items.into_iter().map(str::to_owned).collect();
        let refused = format!("argument of {function} must be an array of objects");
        Ok(Box::new(items.into_iter().map(move |item| match item.trim_start().starts_with('{') {
            true => Ok(vec![self.row(&item)?]),
            false => Err(invalid_parameter(refused.as_str())),
        })))
    }
}

fn base(call: &Call) -> Result<Option<Record>, PgError> {
    if call.is_null(0) { Ok(None) } else { record(call, 0).map(Some) }
}

/// (row or NULL, json, type).
fn populate_record(call: &Call) -> Result<Out, PgError> {
    if call.is_null(1) {
        return Ok(Out::Argument(0));
    }
    Maker::of_type(call, oid_type(call, 2)?, base(call)?)?.row(call.text(1)?)
}

/// (row or NULL, json, type).
fn populate_set(call: &Call<'_, '_>, function: &str) -> Result<Rows, PgError> {
    if call.is_null(1) {
        return Ok(Box::new(std::iter::empty()));
    }
    Maker::of_type(call, oid_type(call, 2)?, base(call)?)?.rows(call.text(1)?, function)
}

/// (the function's name, json, shape, the typmods of its fields).
fn records(call: &Call<'_, '_>) -> Result<Rows, PgError> {
    let (function, (mut shape, _)) = (call.text(0)?, Shape::read(call.text(2)?).ok_or_else(rows::torn)?);
    for (field, typmod) in shape.fields.iter_mut().zip(call.text(3)?.split(',')) {
        field.typmod = typmod.parse().map_err(|_| rows::torn())?;
    }
    let (zone, now) = (call.zone(), call.context().transaction_timestamp);
    let maker = Maker { state: call.state.clone(), zone, now, shape, base: None };
    match (call.is_null(1), function.ends_with("set")) {
        (true, true) => Ok(Box::new(std::iter::empty())),
        (true, false) => {
            let row = maker.row("{}");
            Ok(Box::new(std::iter::once(row.map(|row| vec![row]))))
        }
        (false, true) => maker.rows(call.text(1)?, function),
        (false, false) => {
            let row = maker.row(call.text(1)?)?;
            Ok(Box::new(std::iter::once(Ok(vec![row]))))
        }
    }
}
