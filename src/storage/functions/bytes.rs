//! Functions over bytea, and the encodings of binary data as text.

use std::fmt::Write;

use md5::{Digest, Md5};
use sha2::{Sha224, Sha256, Sha384, Sha512};

use super::text::negative_length;
use super::{Call, Out, Scalar};
use crate::types::timestamp::{self, Zone};
use crate::types::{PgError, SqlState, Type, Value, text};

#[rustfmt::skip]
pub(super) const FUNCTIONS: &[(&str, Scalar)] = &[
    ("pg_bit_length", bit_length),
    ("pg_byteacat", |call| Ok([call.bytes(0)?, call.bytes(1)?].concat().into())),
    ("pg_bytea_substr", |call| Ok(substring(call.bytes(0)?, call.int4(1)?, Some(call.int4(2)?))?.into())),
    ("pg_bytea_substr_no_len", |call| Ok(substring(call.bytes(0)?, call.int4(1)?, None)?.into())),
    ("pg_byteaoverlay_no_len", |call| overlay(call, call.bytes(1)?.len() as i64)),
    ("pg_byteaoverlay", |call| overlay(call, call.int(3)?)),
    ("pg_byteatrim", |call| trim(call, true, true)),
    ("pg_bytealtrim", |call| trim(call, true, false)),
    ("pg_byteartrim", |call| trim(call, false, true)),
    ("pg_md5_text", |call| Ok(md5(call.text(0)?.as_bytes()).into())),
    ("pg_md5_bytea", |call| Ok(md5(call.bytes(0)?).into())),
    ("pg_sha224", |call| Ok(Sha224::digest(call.bytes(0)?).to_vec().into())),
    ("pg_sha256", |call| Ok(Sha256::digest(call.bytes(0)?).to_vec().into())),
    ("pg_sha384", |call| Ok(Sha384::digest(call.bytes(0)?).to_vec().into())),
    ("pg_sha512", |call| Ok(Sha512::digest(call.bytes(0)?).to_vec().into())),
    ("pg_get_byte", |call| Ok(Out::Int(call.bytes(0)?[index(call, 1)?].into()))),
    ("pg_set_byte", |call| {
        let (mut bytes, at) = (call.bytes(0)?.to_vec(), index(call, 1)?);
        bytes[at] = call.int4(2)? as u8;
        Ok(bytes.into())
    }),
    ("pg_get_bit", |call| {
        let (byte, bit) = bit(call)?;
        Ok(Out::Int((call.bytes(0)?[byte] >> bit & 1).into()))
    }),
    ("pg_set_bit", set_bit),
    ("pg_bit_count", |call| Ok(Out::Int(call.bytes(0)?.iter().map(|byte| i64::from(byte.count_ones())).sum()))),
    ("pg_binary_encode", |call| Ok(encode(call.bytes(0)?, call.text(1)?)?.into())),
    ("pg_binary_decode", |call| Ok(decode(call.text(0)?, call.text(1)?)?.into())),
];

fn bit_length(call: &Call) -> Result<Out, PgError> {
    use rusqlite::types::ValueRef;
    let bytes = match call.raw(0) {
        ValueRef::Blob(bytes) | ValueRef::Text(bytes) => bytes.len(),
        other => return Err(super::unexpected("text or bytea", other)),
    };
    Ok((bytes as i64 * 8).into())
}

fn substring(bytes: &[u8], start: i32, length: Option<i32>) -> Result<Vec<u8>, PgError> {
    let size = bytes.len() as i64;
    let end = match length {
        None => size,
        Some(length) if length < 0 => return Err(negative_length()),
        Some(length) => (i64::from(start) - 1 + i64::from(length)).clamp(0, size),
    };
    let from = (i64::from(start) - 1).clamp(0, end);
    Ok(bytes[from as usize..end as usize].to_vec())
}

/// `bytea_overlay`: other bytes from a place on, in place of so many.
fn overlay(call: &Call, length: i64) -> Result<Out, PgError> {
    let (bytes, with, start) = (call.bytes(0)?, call.bytes(1)?, call.int(2)?);
    if start <= 0 {
        return Err(negative_length());
    }
    let before = substring(bytes, 1, i32::try_from(start - 1).ok())?;
    let after = match i32::try_from(start + length) {
        Ok(rest) => substring(bytes, rest, None)?,
        Err(_) => return Err(PgError::new(SqlState::NUMERIC_VALUE_OUT_OF_RANGE, "integer out of range")),
    };
    Ok([&before, with, &after].concat().into())
}

fn trim(call: &Call, in_front: bool, behind: bool) -> Result<Out, PgError> {
    let (mut bytes, set) = (call.bytes(0)?, call.bytes(1)?);
    while let [first, rest @ ..] = bytes
        && in_front
        && set.contains(first)
    {
        bytes = rest;
    }
    while let [rest @ .., last] = bytes
        && behind
        && set.contains(last)
    {
        bytes = rest;
    }
    Ok(bytes.to_vec().into())
}

/// An index from 0 that must be one of the first argument's bytes.
fn index(call: &Call, argument: usize) -> Result<usize, PgError> {
    let (index, length) = (call.int(argument)?, call.bytes(0)?.len());
    usize::try_from(index).ok().filter(|index| *index < length).ok_or_else(|| out_of_valid_range(index, length as i64))
}

fn out_of_valid_range(index: i64, length: i64) -> PgError {
    let message = format!("index {index} out of valid range, 0..{}", length - 1);
    PgError::new(SqlState::ARRAY_SUBSCRIPT_ERROR, message)
}

/// The byte and the place within it of the bit that the second argument names.
fn bit(call: &Call) -> Result<(usize, u32), PgError> {
    let (bit, bits) = (call.int(1)?, call.bytes(0)?.len() as i64 * 8);
    if !(0..bits).contains(&bit) {
        return Err(out_of_valid_range(bit, bits));
    }
    Ok(((bit / 8) as usize, (bit % 8) as u32))
}

fn set_bit(call: &Call) -> Result<Out, PgError> {
    let (byte, bit) = bit(call)?;
    let (mut bytes, value) = (call.bytes(0)?.to_vec(), call.int4(2)?);
    match value {
        0 => bytes[byte] &= !(1 << bit),
        1 => bytes[byte] |= 1 << bit,
        _ => return Err(PgError::new(SqlState::INVALID_PARAMETER_VALUE, "new bit must be 0 or 1")),
    }
    Ok(bytes.into())
}

fn md5(bytes: &[u8]) -> String {
    hex(&Md5::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        // A String takes everything.
        let _ = write!(out, "{byte:02x}");
    }
    out
}

fn unknown_encoding(name: &str) -> PgError {
    PgError::new(SqlState::INVALID_PARAMETER_VALUE, format!("unrecognized encoding: \"{name}\""))
}

fn encode(bytes: &[u8], encoding: &str) -> Result<String, PgError> {
    match encoding.to_ascii_lowercase().as_str() {
        "hex" => Ok(hex(bytes)),
        "base64" => Ok(encode_base64(bytes)),
        "escape" => Ok(encode_escape(bytes)),
        _ => Err(unknown_encoding(encoding)),
    }
}

fn decode(text: &str, encoding: &str) -> Result<Vec<u8>, PgError> {
    match encoding.to_ascii_lowercase().as_str() {
        "hex" => input(&format!("\\x{text}")),
        "base64" => decode_base64(text),
        // A bytea in hex begins with \x, which the escape format doesn't know.
        "escape" if text.starts_with("\\x") => {
            Err(PgError::new(SqlState::INVALID_TEXT_REPRESENTATION, "invalid input syntax for type bytea"))
        }
        "escape" => input(text),
        _ => Err(unknown_encoding(encoding)),
    }
}

fn input(text: &str) -> Result<Vec<u8>, PgError> {
    match text::input(Type::BYTEA, text, &Zone::utc(), timestamp::now())? {
        Value::Bytea(bytes) => Ok(bytes),
        _ => Err(PgError::new(SqlState::INTERNAL_ERROR, "bytea input gave another type")),
    }
}

/// Bytes that are no ASCII, and NUL, as three octal digits.
fn encode_escape(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for byte in bytes {
        match byte {
            0 | 0x80.. => {
                let _ = write!(out, "\\{byte:03o}");
            }
            b'\\' => out.push_str("\\\\"),
            _ => out.push(char::from(*byte)),
        }
    }
    out
}

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// With a line break after each 76 characters, as MIME has it.
pub(super) fn encode_base64(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() * 4 / 3 + bytes.len() / 57 + 4);
    for (index, chunk) in bytes.chunks(3).enumerate() {
        let group = [chunk[0], *chunk.get(1).unwrap_or(&0), *chunk.get(2).unwrap_or(&0)];
        let bits = u32::from_be_bytes([0, group[0], group[1], group[2]]);
        for place in 0..4 {
            let digit = BASE64[(bits >> (18 - 6 * place) & 63) as usize];
            out.push(if place > chunk.len() { '=' } else { char::from(digit) });
        }
        if index % 19 == 18 {
            out.push('\n');
        }
    }
    out
}

pub(super) fn decode_base64(text: &str) -> Result<Vec<u8>, PgError> {
    let invalid = |message: String| PgError::new(SqlState::INVALID_PARAMETER_VALUE, message);
    let mut out = Vec::with_capacity(text.len() * 3 / 4);
    let (mut bits, mut digits) = (0u32, 0);
    // Bytes in a group of four digits: fewer once there was padding.
    let mut bytes = 3;
    for c in text.chars().filter(|c| !matches!(c, ' ' | '\t' | '\n' | '\r')) {
        let digit = if c == '=' {
            if bytes == 3 {
                if !matches!(digits, 2 | 3) {
                    return Err(invalid("unexpected \"=\" while decoding base64 sequence".into()));
                }
                bytes = digits - 1;
            }
            0
        } else {
            match BASE64.iter().position(|digit| char::from(*digit) == c) {
                Some(digit) => digit as u32,
                None => return Err(invalid(format!("invalid symbol \"{c}\" found while decoding base64 sequence"))),
            }
        };
        bits = bits << 6 | digit;
        digits += 1;
        if digits == 4 {
            let [_, group @ ..] = bits.to_be_bytes();
            out.extend_from_slice(&group[..bytes]);
            (bits, digits) = (0, 0);
        }
    }
    if digits != 0 {
        return Err(invalid("invalid base64 end sequence".into())
            .hint("Input data is missing padding, is truncated, or is otherwise corrupted."));
    }
    Ok(out)
}
