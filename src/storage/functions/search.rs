//! What SEARCH and CYCLE keep of rows: bytes that sort as the rows do, and say themselves where they end.
//!
//! Of each value a 1 and its form, or a 2 for NULL, which sorts last. Numbers are big-endian with their sign turned round,
//! texts end in a zero byte, which none of them has.

use rusqlite::types::ValueRef;

use super::arrays::oid_type;
use super::{Call, Out, Scalar, unexpected};
use crate::types::sort_key::{float, integer, text};
use crate::types::{PgError, SqlState, Type};

pub(super) const FUNCTIONS: &[(&str, Scalar)] = &[
    ("pg_search_key", key),
    ("pg_search_append", |call| {
        let path = [call.bytes(0)?, call.bytes(1)?].concat();
        if path.len() > super::text::MAX_BYTES { Err(super::text::too_long()) } else { Ok(Out::Bytes(path)) }
    }),
    ("pg_search_breadth", breadth),
    ("pg_search_met", |call| met(call).map(Out::from)),
];

const THERE: u8 = 1;
const NULL: u8 = 2;

/// (value, its type, …) → the row's bytes.
fn key(call: &Call) -> Result<Out, PgError> {
    let mut key = Vec::new();
    for index in (0..call.len()).step_by(2) {
        if call.is_null(index) {
            key.push(NULL);
            continue;
        }
        key.push(THERE);
        match oid_type(call, index + 1)? {
            Type::BOOL | Type::INT2 | Type::INT4 | Type::INT8 | Type::OID => key.extend(integer(call.int(index)?)),
            Type::FLOAT4 | Type::FLOAT8 => key.extend(float(call.float(index)?)),
            Type::NUMERIC => text(call.numeric(index)?.key().trim_end_matches(' '), &mut key),
            Type::BPCHAR => text(call.text(index)?.trim_end_matches(' '), &mut key),
            Type::INTERVAL => {
                let span = call.interval(index)?.span();
                key.extend(((span as u128) ^ (1 << 127)).to_be_bytes());
            }
            _ => match call.raw(index) {
                ValueRef::Text(_) => text(call.text(index)?, &mut key),
                other => return Err(unexpected("text", other)),
            },
        }
    }
    Ok(Out::Bytes(key))
}

/// (the row before, or NULL, a row's bytes) → the row's, behind how many came before it.
fn breadth(call: &Call) -> Result<Out, PgError> {
    let depth = match call.is_null(0) {
        true => 0,
        false => {
            let before = call.bytes(0)?.get(1..9).and_then(|bytes| bytes.try_into().ok()).ok_or_else(torn)?;
            ((u64::from_be_bytes(before) ^ (1 << 63)) as i64).saturating_add(1)
        }
    };
    Ok(Out::Bytes([&[THERE], &integer(depth)[..], call.bytes(1)?].concat()))
}

/// (rows' bytes, a row's bytes, its values' types …): whether it is one of them.
fn met(call: &Call) -> Result<bool, PgError> {
    let (mut path, row) = (call.bytes(0)?, call.bytes(1)?);
    let types = (2..call.len()).map(|index| oid_type(call, index)).collect::<Result<Vec<_>, _>>()?;
    while !path.is_empty() {
        let mut length = 0;
        for ty in &types {
            length += value_length(path.get(length..).ok_or_else(torn)?, *ty)?;
        }
        let (first, rest) = path.split_at_checked(length).filter(|_| length > 0).ok_or_else(torn)?;
        if first == row {
            return Ok(true);
        }
        path = rest;
    }
    Ok(false)
}

fn value_length(bytes: &[u8], ty: Type) -> Result<usize, PgError> {
    match (bytes.first(), ty) {
        (Some(&NULL), _) => Ok(1),
        (Some(&THERE), Type::BOOL | Type::INT2 | Type::INT4 | Type::INT8 | Type::OID | Type::FLOAT4 | Type::FLOAT8) => {
            Ok(9)
        }
        (Some(&THERE), Type::INTERVAL) => Ok(17),
        (Some(&THERE), _) => bytes.iter().position(|byte| *byte == 0).map(|end| end + 1).ok_or_else(torn),
        _ => Err(torn()),
    }
}

fn torn() -> PgError {
    PgError::new(SqlState::INTERNAL_ERROR, "rows of a search that are not what they should be")
}
