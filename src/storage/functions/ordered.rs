//! Ordered-set aggregates, of the values packed in their order.

use rusqlite::types::{Value as Owned, ValueRef};

use super::sets::packed;
use super::{Call, Out, Scalar, arrays, frames};
use crate::storage::stored;
use crate::types::array::Array;
use crate::types::{PgError, SqlState, Type, Value};

pub(super) const FUNCTIONS: &[(&str, Scalar)] = &[
    ("pg_percentile_cont", |call| one(call, Type::FLOAT8, continuous)),
    ("pg_percentile_interval", |call| one(call, Type::INTERVAL, continuous)),
    ("pg_percentile_disc", first_not_before),
    ("pg_percentiles_cont", |call| several(call, continuous)),
    ("pg_percentiles_disc", |call| several(call, discrete)),
    ("pg_mode", mode),
    ("pg_distinct_rows", distinct_rows),
];

/// (packed rows, their values' types …): of rows that are equal and stand together the first.
fn distinct_rows(call: &Call) -> Result<Out, PgError> {
    let types = (1..call.len()).map(|index| arrays::oid_type(call, index)).collect::<Result<Vec<_>, _>>()?;
    let (mut kept, mut last): (Vec<u8>, Option<Vec<Owned>>) = (Vec::new(), None);
    for row in packed::values(call.bytes(0)?) {
        let row = row?;
        let is_same = |last: &Vec<Owned>| -> Result<bool, PgError> {
            for (ty, (left, right)) in types.iter().zip(last.iter().zip(&row)) {
                if !frames::are_equal(left, right, *ty)? {
                    return Ok(false);
                }
            }
            Ok(true)
        };
        if !last.as_ref().map_or(Ok(false), is_same)? {
            packed::pack_values(row.iter().map(ValueRef::from), &mut kept);
            last = Some(row);
        }
    }
    Ok(Out::Bytes(kept))
}

/// What stands at a fraction of the way through values of a type, of which there is one at least.
type Percentile = fn(&[Owned], f64, Type) -> Result<Value, PgError>;

/// The fraction that is asked for.
fn fraction(call: &Call) -> Result<Option<f64>, PgError> {
    if call.is_null(1) {
        return Ok(None);
    }
    in_range(call.float(1)?).map(Some)
}

fn in_range(fraction: f64) -> Result<f64, PgError> {
    if (0.0..=1.0).contains(&fraction) {
        return Ok(fraction);
    }
    let message = format!("percentile value {fraction} is not between 0 and 1");
    Err(PgError::new(SqlState::NUMERIC_VALUE_OUT_OF_RANGE, message))
}

/// The first values of the rows packed in the first argument, which is NULL where there are none.
fn values(call: &Call) -> Result<Vec<Owned>, PgError> {
    if call.is_null(0) {
        return Ok(Vec::new());
    }
    let first = |row: Result<Vec<Owned>, PgError>| row?.into_iter().next().ok_or_else(packed::torn);
    packed::values(call.bytes(0)?).map(first).collect()
}

/// (packed values, fraction).
fn one(call: &Call, ty: Type, percentile: Percentile) -> Result<Out, PgError> {
    let Some(fraction) = fraction(call)? else { return Ok(Out::Null) };
    match &values(call)?[..] {
        [] => Ok(Out::Null),
        values => Out::stored(&percentile(values, fraction, ty)?),
    }
}

/// (packed values, array of fractions, the values' type): an array of the fractions' shape. As in PostgreSQL, no fraction is
/// looked at where there are no values.
fn several(call: &Call, percentile: Percentile) -> Result<Out, PgError> {
    let values = values(call)?;
    if values.is_empty() || call.is_null(1) {
        return Ok(Out::Null);
    }
    let ty = arrays::oid_type(call, 2)?;
    let fractions = arrays::read(call.text(1)?, Type::FLOAT8)?;
    let checked = |fraction: &Value| match fraction {
        Value::Float8(fraction) => in_range(*fraction).map(Some),
        _ => Ok(None),
    };
    let wanted = fractions.elements.iter().map(checked).collect::<Result<Vec<_>, _>>()?;
    let at = |fraction: Option<f64>| fraction.map_or(Ok(Value::Null), |fraction| percentile(&values, fraction, ty));
    let elements = wanted.into_iter().map(at).collect::<Result<_, _>>()?;
    Ok(Array { element: ty, dims: fractions.dims, elements }.normal_text().into())
}

/// Between the two nearest, of floats or intervals.
fn continuous(values: &[Owned], fraction: f64, ty: Type) -> Result<Value, PgError> {
    let place = fraction * values.len().saturating_sub(1) as f64;
    let value = |place: f64| {
        let value = values.get(place as usize).ok_or_else(packed::torn)?;
        stored::from_sqlite(value.into(), ty)
    };
    let (low, high) = (value(place.floor())?, value(place.ceil())?);
    let part = place - place.floor();
    if part == 0.0 {
        return Ok(low);
    }
    match (low, high) {
        (Value::Float8(low), Value::Float8(high)) => Ok(Value::Float8(low + part * (high - low))),
        (Value::Interval(low), Value::Interval(high)) => Ok(Value::Interval(high.minus(low)?.times(part)?.plus(low)?)),
        _ => Err(packed::torn()),
    }
}

/// The first that is not before the fraction.
fn discrete(values: &[Owned], fraction: f64, ty: Type) -> Result<Value, PgError> {
    let value = values.get(discrete_place(values, fraction)).ok_or_else(packed::torn)?;
    stored::from_sqlite(value.into(), ty)
}

fn discrete_place(values: &[Owned], fraction: f64) -> usize {
    ((fraction * values.len() as f64).ceil() as usize).saturating_sub(1)
}

/// (packed values, fraction): as [`discrete`], of values of any type as they are stored.
fn first_not_before(call: &Call) -> Result<Out, PgError> {
    let Some(fraction) = fraction(call)? else { return Ok(Out::Null) };
    let values = values(call)?;
    let value = values.get(discrete_place(&values, fraction));
    value.map_or(Ok(Out::Null), |value| Out::from_ref(value.into()))
}

/// (packed values, each with what is the same of equal ones): the first of the most frequent.
fn mode(call: &Call) -> Result<Out, PgError> {
    if call.is_null(0) {
        return Ok(Out::Null);
    }
    let (mut best, mut most) = (Owned::Null, 0);
    let (mut key, mut first, mut times) = (Owned::Null, Owned::Null, 0);
    for row in packed::values(call.bytes(0)?) {
        let [value, of]: [Owned; 2] = row?.try_into().map_err(|_| packed::torn())?;
        if of != key {
            (key, first, times) = (of, value, 0);
        }
        times += 1;
        if times > most {
            (best, most) = (first.clone(), times);
        }
    }
    Out::from_ref((&best).into())
}
