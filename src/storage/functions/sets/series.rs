//! `generate_series()`.

use super::{Rows, Set};
use crate::storage::functions::{Call, Out};
use crate::types::{PgError, SqlState};

pub(super) const FUNCTIONS: &[(&str, Set)] = &[
    ("pg_generate_series_int4", |call| integers(call, i32::MIN.into(), i32::MAX.into())),
    ("pg_generate_series_int8", |call| integers(call, i64::MIN, i64::MAX)),
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
