//! The bytes of one value on the wire, in PostgreSQL's text (0) and binary (1) formats.
//!
//! Bytes come from anybody: whatever they are, [`decode`] answers a value or one of PostgreSQL's errors.
//! [`encode`] writes straight into the message, without a string for each value.

use bytes::{BufMut, BytesMut};

use super::message::utf8;
use crate::types::timestamp::{self, Zone};
use crate::types::{PgError, SqlState, Type, Value, text};

const TEXT: i16 = 0;
const BINARY: i16 = 1;

/// Appends a value's bytes, without their length. NULL has none. Errors: 22023 for an unknown format code.
pub(super) fn encode(value: &Value, format: i16, zone: &Zone, out: &mut BytesMut) -> Result<(), PgError> {
    match format {
        TEXT => text::output(value, zone, out),
        BINARY => encode_binary(value, out),
        code => return Err(unknown_format(code)),
    }
    Ok(())
}

fn encode_binary(value: &Value, out: &mut BytesMut) {
    match value {
        Value::Null => {}
        Value::Bool(bool) => out.put_u8(u8::from(*bool)),
        Value::Int2(int) => out.put_i16(*int),
        Value::Int4(int) => out.put_i32(*int),
        Value::Int8(int) => out.put_i64(*int),
        Value::Float4(float) => out.put_f32(*float),
        Value::Float8(float) => out.put_f64(*float),
        Value::Text(text) => out.put_slice(text.as_bytes()),
        Value::Bytea(bytes) => out.put_slice(bytes),
        Value::Timestamptz(micros) => out.put_i64(*micros),
        Value::Uuid(uuid) => out.put_slice(uuid),
        Value::Oid(oid) => out.put_u32(*oid),
        Value::Char(byte) => out.put_u8(*byte),
    }
}

/// Bind's parameter `number` (from 1) of type `ty`; `zone` is the session's.
pub(super) fn decode(ty: Type, format: i16, bytes: &[u8], number: usize, zone: &Zone) -> Result<Value, PgError> {
    match format {
        TEXT => text::input(ty, text::without_nul(utf8(bytes)?)?, zone, timestamp::now()),
        BINARY => decode_binary(ty, bytes, number),
        code => Err(unknown_format(code)),
    }
}

fn unknown_format(code: i16) -> PgError {
    PgError::new(SqlState::INVALID_PARAMETER_VALUE, format!("unsupported format code: {code}"))
}

fn decode_binary(ty: Type, bytes: &[u8], number: usize) -> Result<Value, PgError> {
    let mut rest = bytes;
    let rest = &mut rest;
    let value = match ty {
        Type::BOOL => Value::Bool(byte(rest)? != 0),
        Type::CHAR => Value::Char(byte(rest)?),
        Type::INT2 => Value::Int2(i16::from_be_bytes(take(rest)?)),
        Type::INT4 => Value::Int4(i32::from_be_bytes(take(rest)?)),
        Type::INT8 => Value::Int8(i64::from_be_bytes(take(rest)?)),
        Type::OID => Value::Oid(u32::from_be_bytes(take(rest)?)),
        Type::FLOAT4 => Value::Float4(f32::from_be_bytes(take(rest)?)),
        Type::FLOAT8 => Value::Float8(f64::from_be_bytes(take(rest)?)),
        Type::UUID => Value::Uuid(take(rest)?),
        Type::TIMESTAMPTZ => Value::Timestamptz(timestamp(i64::from_be_bytes(take(rest)?))?),
        Type::TEXT | Type::VARCHAR | Type::UNKNOWN => Value::Text(all_text(rest)?),
        Type::NAME => Value::Text(name(all_text(rest)?)?),
        Type::BYTEA => Value::Bytea(std::mem::take(rest).to_vec()),
        Type::VOID => Value::Text(String::new()),
        _ => return Err(PgError::unsupported(format_args!("type {ty}"))),
    };
    if !rest.is_empty() {
        return Err(PgError::new(
            SqlState::INVALID_BINARY_REPRESENTATION,
            format!("incorrect binary data format in bind parameter {number}"),
        ));
    }
    Ok(value)
}

fn take<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], PgError> {
    let (bytes, after) = rest
        .split_first_chunk()
        .ok_or_else(|| PgError::new(SqlState::PROTOCOL_VIOLATION, "insufficient data left in message"))?;
    *rest = after;
    Ok(*bytes)
}

fn byte(rest: &mut &[u8]) -> Result<u8, PgError> {
    let no_data = |_| PgError::new(SqlState::PROTOCOL_VIOLATION, "no data left in message");
    take::<1>(rest).map_err(no_data).map(|[byte]| byte)
}

fn all_text(rest: &mut &[u8]) -> Result<String, PgError> {
    Ok(text::without_nul(utf8(std::mem::take(rest))?)?.to_owned())
}

/// Too long a name is cut in text, refused in binary.
fn name(text: String) -> Result<String, PgError> {
    if text.len() > text::truncate_name(&text).len() {
        return Err(PgError::new(SqlState::NAME_TOO_LONG, "identifier too long")
            .detail("Identifier must be less than 64 characters."));
    }
    Ok(text)
}

fn timestamp(micros: i64) -> Result<i64, PgError> {
    if !timestamp::is_valid(micros) {
        return Err(PgError::new(SqlState::DATETIME_FIELD_OVERFLOW, "timestamp out of range"));
    }
    Ok(micros)
}
