//! Rows packed into one value and taken out again: how a LATERAL sub-query reaches FROM.
//!
//! Each row is the number of its values (u16), then each value: a byte for its class, and what that class needs,
//! little-endian, texts and blobs behind their length (u32). It lives no longer than the statement.

use rusqlite::types::{Value as Owned, ValueRef};

use super::{Rows, Set};
use crate::storage::functions::{Call, Out, valid_text};
use crate::types::{PgError, SqlState};

pub(super) const FUNCTIONS: &[(&str, Set)] = &[("pg_rows", rows), ("pg_side_by_side", side_by_side)];

const NULL: u8 = 0;
const INTEGER: u8 = 1;
const REAL: u8 = 2;
const TEXT: u8 = 3;
const BLOB: u8 = 4;

/// Adds the arguments as one more row.
pub(in crate::storage::functions) fn pack(call: &Call, packed: &mut Vec<u8>) {
    pack_values((0..call.len()).map(|index| call.raw(index)), packed);
}

/// Adds one more row.
pub(in crate::storage) fn pack_values<'v>(values: impl ExactSizeIterator<Item = ValueRef<'v>>, packed: &mut Vec<u8>) {
    packed.extend((values.len() as u16).to_le_bytes());
    for value in values {
        match value {
            ValueRef::Null => packed.push(NULL),
            ValueRef::Integer(int) => {
                packed.push(INTEGER);
                packed.extend(int.to_le_bytes());
            }
            ValueRef::Real(real) => {
                packed.push(REAL);
                packed.extend(real.to_le_bytes());
            }
            ValueRef::Text(bytes) => sized(packed, TEXT, bytes),
            ValueRef::Blob(bytes) => sized(packed, BLOB, bytes),
        }
    }
}

/// The arguments of a virtual table that has more than SQLite can give it, as one value.
pub(in crate::storage::functions) fn pack_row(call: &Call) -> Result<Out, PgError> {
    let mut packed = Vec::new();
    pack(call, &mut packed);
    Ok(Out::Bytes(packed))
}

/// What [`pack_row`] has made one value of.
pub(super) fn row_of(packed: Option<&Owned>) -> Result<Vec<Owned>, PgError> {
    match packed {
        Some(Owned::Blob(packed)) => row(packed, &mut 0),
        _ => Err(torn()),
    }
}

/// SQLite's values are shorter than 2³¹ bytes.
fn sized(packed: &mut Vec<u8>, class: u8, bytes: &[u8]) {
    packed.push(class);
    packed.extend((bytes.len() as u32).to_le_bytes());
    packed.extend(bytes);
}

fn rows(call: &Call<'_, '_>) -> Result<Rows, PgError> {
    let packed = call.bytes(0)?.to_vec();
    let mut at = 0;
    let out = |value: Owned| Out::from_ref((&value).into());
    Ok(Box::new(std::iter::from_fn(move || {
        (at < packed.len()).then(|| row(&packed, &mut at)?.into_iter().map(out).collect())
    })))
}

/// (packed rows of one value, and again …): a set that ends before the others goes on with NULLs.
fn side_by_side(call: &Call<'_, '_>) -> Result<Rows, PgError> {
    let mut sets = Vec::new();
    for index in 0..call.len() {
        sets.push((if call.is_null(index) { Vec::new() } else { call.bytes(index)?.to_vec() }, 0));
    }
    let next = |(packed, at): &mut (Vec<u8>, usize)| match *at < packed.len() {
        true => row(packed, at)?.first().map_or(Ok(Out::Null), |value| Out::from_ref(value.into())),
        false => Ok(Out::Null),
    };
    Ok(Box::new(std::iter::from_fn(move || {
        let more = sets.iter().any(|(packed, at)| *at < packed.len());
        more.then(|| sets.iter_mut().map(next).collect())
    })))
}

/// The rows themselves.
pub(in crate::storage::functions) fn values(packed: &[u8]) -> impl Iterator<Item = Result<Vec<Owned>, PgError>> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        (at < packed.len()).then(|| {
            let row = row(packed, &mut at);
            if row.is_err() {
                at = packed.len();
            }
            row
        })
    })
}

pub(in crate::storage::functions) fn torn() -> PgError {
    PgError::new(SqlState::INTERNAL_ERROR, "packed rows that are not what they should be")
}

fn row(packed: &[u8], at: &mut usize) -> Result<Vec<Owned>, PgError> {
    let values = u16::from_le_bytes(take(packed, at)?);
    let mut row = Vec::with_capacity(values.into());
    for _ in 0..values {
        let [class] = take(packed, at)?;
        row.push(match class {
            NULL => Owned::Null,
            INTEGER => Owned::Integer(i64::from_le_bytes(take(packed, at)?)),
            REAL => Owned::Real(f64::from_le_bytes(take(packed, at)?)),
            TEXT | BLOB => {
                let len = u32::from_le_bytes(take(packed, at)?) as usize;
                let bytes = packed.get(*at..*at + len).ok_or_else(torn)?;
                *at += len;
                if class == BLOB { Owned::Blob(bytes.to_vec()) } else { Owned::Text(valid_text(bytes)?.to_owned()) }
            }
            _ => return Err(torn()),
        });
    }
    Ok(row)
}

fn take<const N: usize>(packed: &[u8], at: &mut usize) -> Result<[u8; N], PgError> {
    let bytes = packed.get(*at..*at + N).and_then(|bytes| bytes.try_into().ok()).ok_or_else(torn)?;
    *at += N;
    Ok(bytes)
}
