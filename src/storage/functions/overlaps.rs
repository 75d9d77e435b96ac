//! OVERLAPS, of two spans of time that are given by their ends, or by an end and a length (section 9.9).

use super::times::{time_of_day, timestamp, timestamptz};
use super::{Call, Out, Scalar};
use crate::types::PgError;
use crate::types::timestamp::arithmetic;

#[rustfmt::skip]
pub(super) const FUNCTIONS: &[(&str, Scalar)] = &[
    ("pg_overlaps", |call| overlaps(call, [given, given])),
    ("pg_overlaps_timestamptz_ii", |call| overlaps(call, [instant_behind, instant_behind])),
    ("pg_overlaps_timestamptz_ti", |call| overlaps(call, [given, instant_behind])),
    ("pg_overlaps_timestamptz_it", |call| overlaps(call, [instant_behind, given])),
    ("pg_overlaps_timestamp_ii", |call| overlaps(call, [local_behind, local_behind])),
    ("pg_overlaps_timestamp_ti", |call| overlaps(call, [given, local_behind])),
    ("pg_overlaps_timestamp_it", |call| overlaps(call, [local_behind, given])),
    ("pg_overlaps_time_ii", |call| overlaps(call, [clock_behind, clock_behind])),
    ("pg_overlaps_time_ti", |call| overlaps(call, [given, clock_behind])),
    ("pg_overlaps_time_it", |call| overlaps(call, [clock_behind, given])),
];

/// The other end of the span that begins at an argument, in its stored form, which sorts as time does; `None` is NULL.
type End = fn(&Call, usize) -> Result<Option<String>, PgError>;

fn given(call: &Call, start: usize) -> Result<Option<String>, PgError> {
    if call.is_null(start + 1) { Ok(None) } else { call.text(start + 1).map(|text| Some(text.to_owned())) }
}

fn behind(call: &Call, start: usize, end: impl FnOnce() -> Result<Out, PgError>) -> Result<Option<String>, PgError> {
    if call.is_null(start) || call.is_null(start + 1) {
        return Ok(None);
    }
    match end()? {
        Out::Text(text) => Ok(Some(text)),
        _ => Ok(None),
    }
}

fn instant_behind(call: &Call, start: usize) -> Result<Option<String>, PgError> {
    behind(call, start, || {
        arithmetic::add_in(call.timestamptz(start)?, call.interval(start + 1)?, &call.zone()).map(timestamptz)
    })
}

fn local_behind(call: &Call, start: usize) -> Result<Option<String>, PgError> {
    behind(call, start, || arithmetic::add(call.timestamp(start)?, call.interval(start + 1)?).map(timestamp))
}

fn clock_behind(call: &Call, start: usize) -> Result<Option<String>, PgError> {
    behind(call, start, || {
        Ok(time_of_day(arithmetic::add_to_time(call.time(start)?, call.interval(start + 1)?.micros)))
    })
}

/// A span from its earlier end; where one end is NULL the other one is the start.
fn span(call: &Call, place: usize, end: End) -> Result<Option<(String, Option<String>)>, PgError> {
    let start = if call.is_null(place) { None } else { Some(call.text(place)?.to_owned()) };
    Ok(match (start, end(call, place)?) {
        (None, None) => None,
        (Some(one), None) | (None, Some(one)) => Some((one, None)),
        (Some(start), Some(end)) if start > end => Some((end, Some(start))),
        (Some(start), end) => Some((start, end)),
    })
}

/// `overlaps_timestamp`: NULL where it depends on an end that is NULL.
fn overlaps(call: &Call, ends: [End; 2]) -> Result<Out, PgError> {
    let (Some(one), Some(other)) = (span(call, 0, ends[0])?, span(call, 2, ends[1])?) else { return Ok(Out::Null) };
    let (earlier, later) = if one.0 <= other.0 { (one, other) } else { (other, one) };
    if earlier.0 == later.0 {
        return Ok(if earlier.1.is_some() && later.1.is_some() { true.into() } else { Out::Null });
    }
    Ok(match (earlier.1, later.1) {
        (None, _) => Out::Null,
        (Some(end), _) if later.0 < end => true.into(),
        (Some(_), None) => Out::Null,
        (Some(_), Some(_)) => false.into(),
    })
}
