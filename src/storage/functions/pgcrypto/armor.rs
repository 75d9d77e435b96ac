//! `armor` and `dearmor`: OpenPGP's ASCII armor (RFC 4880, section 6).

use super::super::arrays::literal;
use super::super::bytes::{decode_base64, encode_base64};
use super::failed;
use crate::types::{PgError, SqlState};

/// A checksum of 24 bits, and its polynomial.
const CRC_INITIAL: u32 = 0x00b7_04ce;
const CRC_POLYNOMIAL: u32 = 0x0186_4cfb;

fn crc24(bytes: &[u8]) -> [u8; 3] {
    let mut crc = CRC_INITIAL;
    for byte in bytes {
        crc ^= u32::from(*byte) << 16;
        for _ in 0..8 {
            crc <<= 1;
            if crc & 0x0100_0000 != 0 {
                crc ^= CRC_POLYNOMIAL;
            }
        }
    }
    let [_, crc @ ..] = crc.to_be_bytes();
    crc
}

pub fn write(data: &[u8], headers: &[(String, String)]) -> String {
    let mut out = String::from("-----BEGIN PGP MESSAGE-----\n");
    for (key, value) in headers {
        out.extend([key, ": ", value, "\n"]);
    }
    out.push('\n');
    out.push_str(&encode_base64(data));
    if !out.ends_with('\n') {
        out.push('\n');
    }
    out.push('=');
    out.push_str(&encode_base64(&crc24(data)));
    out.push_str("\n-----END PGP MESSAGE-----\n");
    out
}

/// Headers of two arrays.
pub fn headers(keys: &str, values: &str) -> Result<Vec<(String, String)>, PgError> {
    let list = |text: &str| {
        let array = literal(text)?;
        match array.dims.len() {
            0 | 1 => Ok(array.items),
            _ => Err(PgError::new(SqlState::ARRAY_SUBSCRIPT_ERROR, "wrong number of array subscripts")),
        }
    };
    let (keys, values) = (list(keys)?, list(values)?);
    if keys.len() != values.len() {
        return Err(PgError::new(SqlState::ARRAY_SUBSCRIPT_ERROR, "mismatched array dimensions"));
    }
    let checked = |part: Option<String>, what: &str| {
        let null = format!("null value not allowed for header {what}");
        let text = part.ok_or_else(|| PgError::new(SqlState::NULL_VALUE_NOT_ALLOWED, null))?;
        let contains = if !text.is_ascii() {
            "non-ASCII characters"
        } else if what == "key" && text.contains(": ") {
            "\": \""
        } else if text.contains('\n') {
            "newlines"
        } else {
            return Ok(text);
        };
        Err(PgError::new(SqlState::INVALID_PARAMETER_VALUE, format!("header {what} must not contain {contains}")))
    };
    let pair = |(key, value)| Ok((checked(key, "key")?, checked(value, "value")?));
    keys.into_iter().zip(values).map(pair).collect()
}

/// The data between a line that begins with `-----BEGIN` and one with `-----END`.
pub fn read(text: &str) -> Result<Vec<u8>, PgError> {
    dearmored(text).ok_or_else(|| failed("Corrupt ascii-armor"))
}

fn dearmored(text: &str) -> Option<Vec<u8>> {
    let (_, begin) = separator(text, "-----BEGIN")?;
    let rest = &text[begin..];
    let (end, _) = separator(rest, "-----END")?;
    let mut body = &rest[..end];
    // Headers, up to an empty line.
    while !body.is_empty() && !body.starts_with(['\n', '\r']) {
        body = body.split_once('\n')?.1;
    }
    let (data, crc) = body.rsplit_once('=')?;
    let crc = decode_base64(crc.get(..4)?).ok()?;
    let data = decode_base64(data).ok()?;
    (crc == crc24(&data)).then_some(data)
}

/// Where a line that begins so begins, and where it ends; it is of visible characters, up to another `-----`.
fn separator(text: &str, begin: &str) -> Option<(usize, usize)> {
    let at = |at: usize| at == 0 || text.as_bytes()[at - 1] == b'\n';
    let start = text.match_indices(begin).map(|(start, _)| start).find(|start| at(*start))?;
    let after = start + begin.len();
    let dashes = after + text[after..].find('-')?;
    if text[after..dashes].bytes().any(|byte| byte < b' ') {
        return None;
    }
    let end = dashes + "-----".len();
    let rest = text.get(end..)?;
    if !text[dashes..].starts_with("-----") {
        return None;
    }
    match rest.as_bytes() {
        [] => Some((start, end)),
        [b'\n', ..] => Some((start, end + 1)),
        [b'\r', b'\n', ..] => Some((start, end + 2)),
        [b'\r', ..] => Some((start, end + 1)),
        _ => None,
    }
}
