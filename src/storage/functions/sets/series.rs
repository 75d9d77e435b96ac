//! `generate_series()`.

use std::cmp::Ordering;

use super::{Rows, Set};
use crate::storage::functions::{Call, Out};
use crate::types::{Numeric, PgError, SqlState};

pub(super) const FUNCTIONS: &[(&str, Set)] = &[
    ("pg_generate_series_int4", |call| integers(call, i32::MIN.into(), i32::MAX.into())),
    ("pg_generate_series_int8", |call| integers(call, i64::MIN, i64::MAX)),
    ("pg_generate_series_numeric", numerics),
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
