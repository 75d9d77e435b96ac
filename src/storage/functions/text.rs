//! Functions over text: characters are counted, not bytes, and only ASCII letters have two cases (collation "C").

use super::{Call, Out, Scalar, format};
use crate::types::identifier::quote_ident;
use crate::types::timestamp::{self, Zone};
use crate::types::{PgError, SqlState, Type, Value, text, unicode};

#[rustfmt::skip]
pub(super) const FUNCTIONS: &[(&str, Scalar)] = &[
    ("pg_initcap", |call| Ok(initcap(call.text(0)?).into())),
    ("pg_text_substr", |call| Ok(substring(call.text(0)?, call.int4(1)?, Some(call.int4(2)?))?.into())),
    ("pg_text_substr_no_len", |call| Ok(substring(call.text(0)?, call.int4(1)?, None)?.into())),
    ("pg_text_left", |call| Ok(left(call.text(0)?, call.int4(1)?).into())),
    ("pg_text_right", |call| Ok(right(call.text(0)?, call.int4(1)?).into())),
    ("pg_repeat", repeat),
    ("pg_text_reverse", |call| Ok(call.text(0)?.chars().rev().collect::<String>().into())),
    ("pg_lpad", |call| pad(call, true)),
    ("pg_rpad", |call| pad(call, false)),
    ("pg_concat", |call| concat(call, 0, "")),
    ("pg_concat_ws", |call| if call.is_null(0) { Ok(Out::Null) } else { concat(call, 1, call.text(0)?) }),
    ("pg_format", |call| if call.is_null(0) { Ok(Out::Null) } else { Ok(format::format(call)?.into()) }),
    ("pg_num_nulls", |call| Ok(((0..call.len()).filter(|index| call.is_null(*index)).count() as i64).into())),
    ("pg_num_nonnulls", |call| Ok(((0..call.len()).filter(|index| !call.is_null(*index)).count() as i64).into())),
    ("pg_ascii", |call| Ok((call.text(0)?.chars().next().map_or(0, |c| c as i32)).into())),
    ("pg_chr", |call| Ok(chr(call.int4(0)?)?.to_string().into())),
    ("pg_text_starts_with", |call| Ok(call.text(0)?.starts_with(call.text(1)?).into())),
    ("pg_split_part", |call| Ok(split_part(call.text(0)?, call.text(1)?, call.int4(2)?)?.into())),
    // SQLite's own does not look at a NULL behind an empty pattern.
    ("pg_replace", |call| Ok(replace(call.text(0)?, call.text(1)?, call.text(2)?)?.into())),
    ("pg_translate", |call| Ok(translate(call.text(0)?, call.text(1)?, call.text(2)?).into())),
    ("pg_textoverlay", |call| overlay(call, call.int4(3)?)),
    ("pg_textoverlay_no_len", |call| overlay(call, call.text(1)?.chars().count() as i32)),
    ("pg_quote_ident", |call| Ok(quote_ident(call.text(0)?).into())),
    ("pg_quote_literal", |call| Ok(quote_literal(call.text(0)?).into())),
    ("pg_quote_nullable", |call| match call.is_null(0) {
        true => Ok("NULL".into()),
        false => Ok(quote_literal(call.text(0)?).into()),
    }),
    ("pg_unistr", |call| Ok(unicode::unistr(call.text(0)?)?.into())),
    ("pg_text_name", |call| Ok(text::truncate_name(call.text(0)?).into())),
    ("pg_bpchar", |call| Ok(text::bpchar(call.text(0)?, call.int4(1)?, call.bool(2)?)?.into_owned().into())),
    ("pg_bpcharlen", |call| Ok((call.text(0)?.trim_end_matches(' ').chars().count() as i64).into())),
    ("pg_bpchar_name", |call| Ok(text::truncate_name(call.text(0)?).trim_end_matches(' ').into())),
    ("pg_varchar", |call| Ok(text::varchar(call.text(0)?, call.int4(1)?, call.bool(2)?)?.into())),
    ("pg_booltext", |call| Ok((if call.bool(0)? { "true" } else { "false" }).into())),
    ("pg_boolout", |call| Ok((if call.bool(0)? { "t" } else { "f" }).into())),
    ("pg_float4out", |call| Ok(printed(&Value::Float4(call.float(0)? as f32)).into())),
    ("pg_float8out", |call| Ok(printed(&Value::Float8(call.float(0)?)).into())),
    ("pg_byteaout", |call| Ok(printed(&Value::Bytea(call.bytes(0)?.to_vec())).into())),
    ("pg_boolin", |call| input(call, Type::BOOL)),
    ("pg_int2in", |call| input(call, Type::INT2)),
    ("pg_int4in", |call| input(call, Type::INT4)),
    ("pg_int8in", |call| input(call, Type::INT8)),
    ("pg_oidin", |call| input(call, Type::OID)),
    ("pg_float4in", |call| input(call, Type::FLOAT4)),
    ("pg_float8in", |call| input(call, Type::FLOAT8)),
    ("pg_byteain", |call| input(call, Type::BYTEA)),
    ("pg_uuid_in", |call| input(call, Type::UUID)),
];

/// SQLite's own limit on a value's bytes, a little below PostgreSQL's.
pub(super) const MAX_BYTES: usize = 1_000_000_000;

pub(super) fn too_long() -> PgError {
    PgError::new(SqlState::PROGRAM_LIMIT_EXCEEDED, "requested length too large")
}

pub(super) fn negative_length() -> PgError {
    PgError::new(SqlState::SUBSTRING_ERROR, "negative substring length not allowed")
}

/// Value → text, for types that print the same in every session.
fn printed(value: &Value) -> String {
    let mut out = String::new();
    text::output(value, &Zone::utc(), &mut out);
    out
}

/// Text → value, for types that read the same in every session.
fn input(call: &Call, ty: Type) -> Result<Out, PgError> {
    Ok(match text::input(ty, call.text(0)?, &Zone::utc(), timestamp::now())? {
        Value::Bool(bool) => bool.into(),
        Value::Int2(int) => int.into(),
        Value::Int4(int) => int.into(),
        Value::Int8(int) => int.into(),
        Value::Oid(oid) => oid.into(),
        Value::Float4(float) => float.into(),
        Value::Float8(float) => float.into(),
        Value::Bytea(bytes) => bytes.into(),
        Value::Uuid(uuid) => super::stored::uuid(&uuid).into(),
        _ => return Err(PgError::new(SqlState::INTERNAL_ERROR, format!("type {ty} has no input here"))),
    })
}

/// Upper case after anything but an (ASCII) letter or digit.
fn initcap(text: &str) -> String {
    let mut within_word = false;
    let fold = |c: char| {
        let folded = if within_word { c.to_ascii_lowercase() } else { c.to_ascii_uppercase() };
        within_word = c.is_ascii_alphanumeric();
        folded
    };
    text.chars().map(fold).collect()
}

/// The byte at which character `count` begins, or the end.
fn at_character(text: &str, count: usize) -> usize {
    text.char_indices().nth(count).map_or(text.len(), |(at, _)| at)
}

/// Characters `start` (from 1, or from before the text) to `start + length`; without `length` to the end.
fn substring(text: &str, start: i32, length: Option<i32>) -> Result<&str, PgError> {
    let from = at_character(text, (i64::from(start) - 1).max(0) as usize);
    let rest = &text[from..];
    let Some(length) = length else { return Ok(rest) };
    if length < 0 {
        return Err(negative_length());
    }
    let count = i64::from(start) + i64::from(length) - i64::from(start.max(1));
    Ok(&rest[..at_character(rest, count.max(0) as usize)])
}

/// A negative count: all but so many at the other end.
fn left(text: &str, count: i32) -> &str {
    let count =
        if count < 0 { text.chars().count().saturating_sub(count.unsigned_abs() as usize) } else { count as usize };
    &text[..at_character(text, count)]
}

fn right(text: &str, count: i32) -> &str {
    let skipped = if count < 0 {
        // The least integer has no opposite: PostgreSQL then skips nothing.
        count.checked_neg().unwrap_or(0) as usize
    } else {
        text.chars().count().saturating_sub(count as usize)
    };
    &text[at_character(text, skipped)..]
}

fn repeat(call: &Call) -> Result<Out, PgError> {
    let (text, count) = (call.text(0)?, call.int4(1)?.max(0) as usize);
    if text.len().saturating_mul(count) > MAX_BYTES {
        return Err(too_long());
    }
    Ok(text.repeat(count).into())
}

fn replace(text: &str, from: &str, to: &str) -> Result<String, PgError> {
    if from.is_empty() {
        return Ok(text.to_owned());
    }
    let longer = to.len().saturating_sub(from.len());
    if longer > 0 && text.matches(from).count().saturating_mul(longer).saturating_add(text.len()) > MAX_BYTES {
        return Err(too_long());
    }
    Ok(text.replace(from, to))
}

/// Fills up to a length, or cuts down to it.
fn pad(call: &Call, in_front: bool) -> Result<Out, PgError> {
    let (text, length) = (call.text(0)?, call.int4(1)?.max(0) as usize);
    let fill = if call.len() > 2 { call.text(2)? } else { " " };
    let missing = length.saturating_sub(text.chars().count());
    if missing == 0 || fill.is_empty() {
        return Ok(text[..at_character(text, length)].into());
    }
    if missing.saturating_mul(4) > MAX_BYTES {
        return Err(too_long());
    }
    let padding: String = fill.chars().cycle().take(missing).collect();
    Ok(if in_front { padding + text } else { text.to_owned() + &padding }.into())
}

/// The arguments from `first` on, NULLs left out. The emitter has made texts of them.
fn concat(call: &Call, first: usize, separator: &str) -> Result<Out, PgError> {
    let mut out = String::new();
    let mut any = false;
    for index in (first..call.len()).filter(|index| !call.is_null(*index)) {
        if any {
            out.push_str(separator);
        }
        any = true;
        out.push_str(call.text(index)?);
        if out.len() > MAX_BYTES {
            return Err(too_long());
        }
    }
    Ok(out.into())
}

fn chr(code: i32) -> Result<char, PgError> {
    let invalid = |message: String| PgError::new(SqlState::PROGRAM_LIMIT_EXCEEDED, message);
    if code < 0 {
        return Err(PgError::new(SqlState::INVALID_PARAMETER_VALUE, "character number must be positive"));
    }
    if code == 0 {
        return Err(invalid("null character not permitted".into()));
    }
    if code > 0x10_ffff {
        return Err(invalid(format!("requested character too large for encoding: {code}")));
    }
    char::from_u32(code as u32).ok_or_else(|| invalid(format!("requested character not valid for encoding: {code}")))
}

/// Field `field` from 1, or from −1 backwards; of none, the empty text.
fn split_part<'a>(text: &'a str, separator: &str, field: i32) -> Result<&'a str, PgError> {
    if field == 0 {
        return Err(PgError::new(SqlState::INVALID_PARAMETER_VALUE, "field position must not be zero"));
    }
    if text.is_empty() {
        return Ok("");
    }
    if separator.is_empty() {
        return Ok(if field == 1 || field == -1 { text } else { "" });
    }
    let index = field.unsigned_abs() as usize - 1;
    let found = if field > 0 {
        text.split(separator).nth(index)
    } else {
        // Not rsplit: which separators there are is decided from the left.
        let fields: Vec<&str> = text.split(separator).collect();
        fields.len().checked_sub(index + 1).map(|index| fields[index])
    };
    Ok(found.unwrap_or_default())
}

/// Each character found in `from` becomes that in the same place of `to`, or none.
fn translate(text: &str, from: &str, to: &str) -> String {
    let replaced = |c: char| match from.chars().position(|other| other == c) {
        None => Some(c),
        Some(at) => to.chars().nth(at),
    };
    text.chars().filter_map(replaced).collect()
}

/// (text, replacement, start): the replacement takes the place of `length` characters.
fn overlay(call: &Call, length: i32) -> Result<Out, PgError> {
    let (text, replacement, start) = (call.text(0)?, call.text(1)?, call.int4(2)?);
    if start <= 0 {
        return Err(negative_length());
    }
    let end = start
        .checked_add(length)
        .ok_or_else(|| PgError::new(SqlState::NUMERIC_VALUE_OUT_OF_RANGE, "integer out of range"))?;
    let before = substring(text, 1, Some(start - 1))?;
    let after = substring(text, end, None)?;
    Ok(format!("{before}{replacement}{after}").into())
}

pub(super) fn quote_literal(text: &str) -> String {
    let escape = if text.contains('\\') { "E" } else { "" };
    format!("{escape}'{}'", text.replace('\'', "''").replace('\\', "\\\\"))
}
