//! hashtext() and its kin.

use super::integers::signed_char;
use super::{Call, Out, Scalar};
use crate::types::hash;
use crate::types::{PgError, SqlState};

pub(super) const FUNCTIONS: &[(&str, Scalar)] = &[
    ("pg_hashtext", |call| Ok(half(text(call, 0)?))),
    ("pg_hashtextextended", |call| Ok(whole(text(call, seed(call)?)?))),
    ("pg_hashbpchar", |call| Ok(half(bpchar(call, 0)?))),
    ("pg_hashbpcharextended", |call| Ok(whole(bpchar(call, seed(call)?)?))),
    ("pg_hashchar", |call| Ok(half(char(call, 0)?))),
    ("pg_hashcharextended", |call| Ok(whole(char(call, seed(call)?)?))),
    ("pg_hashint4", |call| Ok(half(hash::uint32(call.int(0)? as u32, 0)))),
    ("pg_hashint4extended", |call| Ok(whole(hash::uint32(call.int(0)? as u32, seed(call)?)))),
    ("pg_hashint8", |call| Ok(half(hash::int8(call.int(0)?, 0)))),
    ("pg_hashint8extended", |call| Ok(whole(hash::int8(call.int(0)?, seed(call)?)))),
    ("pg_hashfloat8", |call| Ok(half(hash::float8(call.float(0)?, 0)))),
    ("pg_hashfloat8extended", |call| Ok(whole(hash::float8(call.float(0)?, seed(call)?)))),
    ("pg_uuid_hash", |call| Ok(half(uuid(call, 0)?))),
    ("pg_uuid_hash_extended", |call| Ok(whole(uuid(call, seed(call)?)?))),
];

fn seed(call: &Call) -> Result<u64, PgError> {
    Ok(call.int(1)? as u64)
}

fn half(hash: u64) -> Out {
    (hash as i32).into()
}

fn whole(hash: u64) -> Out {
    (hash as i64).into()
}

fn text(call: &Call, seed: u64) -> Result<u64, PgError> {
    Ok(hash::bytes(call.text(0)?.as_bytes(), seed))
}

fn bpchar(call: &Call, seed: u64) -> Result<u64, PgError> {
    Ok(hash::bytes(call.text(0)?.trim_end_matches(' ').as_bytes(), seed))
}

fn char(call: &Call, seed: u64) -> Result<u64, PgError> {
    Ok(hash::uint32(i32::from(signed_char(call, 0)?) as u32, seed))
}

fn uuid(call: &Call, seed: u64) -> Result<u64, PgError> {
    let digits = call.text(0)?.replace('-', "");
    let number = u128::from_str_radix(&digits, 16)
        .map_err(|_| PgError::new(SqlState::DATA_CORRUPTED, "the database file holds a UUID that is none"))?;
    Ok(hash::bytes(&number.to_be_bytes(), seed))
}
