//! Ordered-set aggregates, of the values packed in their order.

use rusqlite::types::Value as Owned;

use super::sets::packed;
use super::{Call, Out, Scalar};
use crate::storage::stored;
use crate::types::{PgError, SqlState};

pub(super) const FUNCTIONS: &[(&str, Scalar)] =
    &[("pg_percentile_cont", continuous), ("pg_percentile_disc", discrete), ("pg_mode", mode)];

/// The fraction that is asked for.
fn fraction(call: &Call) -> Result<Option<f64>, PgError> {
    if call.is_null(1) {
        return Ok(None);
    }
    let fraction = call.float(1)?;
    if (0.0..=1.0).contains(&fraction) {
        return Ok(Some(fraction));
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

/// (packed floats, fraction): between the two nearest.
fn continuous(call: &Call) -> Result<Out, PgError> {
    let Some(fraction) = fraction(call)? else { return Ok(Out::Null) };
    let values = values(call)?;
    let Some(last) = values.len().checked_sub(1) else { return Ok(Out::Null) };
    let place = fraction * last as f64;
    let value = |place: f64| {
        let value = values.get(place as usize).and_then(|value| stored::float(value.into()));
        value.ok_or_else(packed::torn)
    };
    let (low, high) = (value(place.floor())?, value(place.ceil())?);
    if place.floor() == place.ceil() {
        return Ok(low.into());
    }
    Ok((low + (place - place.floor()) * (high - low)).into())
}

/// (packed values, fraction): the first that is not before it.
fn discrete(call: &Call) -> Result<Out, PgError> {
    let Some(fraction) = fraction(call)? else { return Ok(Out::Null) };
    let values = values(call)?;
    let place = (fraction * values.len() as f64).ceil() as usize;
    values.get(place.saturating_sub(1)).map_or(Ok(Out::Null), |value| Out::from_ref(value.into()))
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
