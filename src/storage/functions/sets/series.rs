//! `generate_series()`.

use std::cmp::Ordering;

use super::{Rows, Set};
use crate::storage::functions::times::{timestamp, timestamptz};
use crate::storage::functions::{Call, Out};
use crate::types::timestamp::{Interval, arithmetic};
use crate::types::{Numeric, PgError, SqlState};

pub(super) const FUNCTIONS: &[(&str, Set)] = &[
    ("pg_generate_series_int4", |call| integers(call, i32::MIN.into(), i32::MAX.into())),
    ("pg_generate_series_int8", |call| integers(call, i64::MIN, i64::MAX)),
    ("pg_generate_series_numeric", numerics),
    ("pg_generate_series_timestamp", |call| {
        let (start, stop) = (call.timestamp(0)?, call.timestamp(1)?);
        times(start, stop, call.interval(2)?, arithmetic::add, timestamp)
    }),
    ("pg_generate_series_timestamptz", |call| {
        let (start, stop, zone) = (call.timestamptz(0)?, call.timestamptz(1)?, call.zone());
        times(start, stop, call.interval(2)?, move |at, step| arithmetic::add_in(at, step, &zone), timestamptz)
    }),
];

/// From the first argument to the second by the third; ends where the type does.
fn integers(call: &Call<'_, '_>, min: i64, max: i64) -> Result<Rows, PgError> {
    let (start, stop) = (call.int(0)?, call.int(1)?);
    let step = if call.len() > 2 { call.int(2)? } else { 1 };
    if step == 0 {
        return Err(PgError::new(SqlState::INVALID_PARAMETER_VALUE, "step size cannot equal zero"));
    }
    let next = move |current: &i64| current.checked_add(step).filter(|next| (min..=max).contains(next));
    let within = move |current: &i64| if step > 0 { *current <= stop } else { *current >= stop };
    let series = std::iter::successors(Some(start), next).take_while(within);
    Ok(Box::new(series.map(|int| Ok(vec![Out::Int(int)]))))
}

/// As [`integers`]; its ends and step are finite.
fn numerics(call: &Call<'_, '_>) -> Result<Rows, PgError> {
    let finite = |index: usize, what: &str| {
        let value = call.numeric(index)?;
        if value.is_finite() {
            return Ok(value);
        }
        let shown = if value.is_nan() { "NaN" } else { "infinity" };
        Err(PgError::new(SqlState::INVALID_PARAMETER_VALUE, format!("{what} cannot be {shown}")))
    };
    let (start, stop) = (finite(0, "start value")?, finite(1, "stop value")?);
    let step = if call.len() > 2 { finite(2, "step size")? } else { Numeric::from(1) };
    let downwards = match step.compare(&Numeric::zero()) {
        Ordering::Equal => {
            return Err(PgError::new(SqlState::INVALID_PARAMETER_VALUE, "step size cannot equal zero"));
        }
        order => order == Ordering::Less,
    };
    let within = move |current: &Numeric| {
        let order = current.compare(&stop);
        if downwards { order.is_ge() } else { order.is_le() }
    };
    let mut next = Some(Ok(start));
    let series = std::iter::from_fn(move || {
        let current = match next.take()? {
            Ok(current) if within(&current) => current,
            Ok(_) => return None,
            Err(error) => return Some(Err(error)),
        };
        next = Some(current.add(&step));
        Some(Ok(vec![Out::from(current)]))
    });
    Ok(Box::new(series))
}

/// From one time to another by an interval, which months and days in it make longer or shorter.
fn times(
    start: i64,
    stop: i64,
    step: Interval,
    add: impl Fn(i64, Interval) -> Result<i64, PgError> + Send + 'static,
    out: fn(i64) -> Out,
) -> Result<Rows, PgError> {
    let order = step.compare(Interval::new(0, 0, 0));
    if order.is_eq() {
        return Err(PgError::new(SqlState::INVALID_PARAMETER_VALUE, "step size cannot equal zero"));
    }
    let mut next = Some(Ok(start));
    let series = std::iter::from_fn(move || {
        let current = match next.take()? {
            Ok(current) if order.is_gt() && current <= stop || order.is_lt() && current >= stop => current,
            Ok(_) => return None,
            Err(error) => return Some(Err(error)),
        };
        next = Some(add(current, step));
        Some(Ok(vec![out(current)]))
    });
    Ok(Box::new(series))
}
