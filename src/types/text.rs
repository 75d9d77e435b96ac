//! Text input and output of values: PostgreSQL's `typinput` and `typoutput` functions.

use std::borrow::Cow;
use std::fmt;

use super::array::Array;
use super::network::{MacAddr, MacAddr8, Network};
use super::timestamp::{self, ByteaOutput, Zone};
use super::{Numeric, PgError, SqlState, Type, Value, bits, float, json, jsonpath, record};

/// Text → value, as `typinput` does with `typmod` −1. Errors: 22P02, 22003, 22007, 22008 in PostgreSQL's words.
///
/// Dates and times depend on the session: on its TimeZone and styles, and (for words as `now` and `today`) on its
/// transaction's timestamp. A caller that keeps the result must not for those types ([`is_immutable`]).
pub fn input(ty: Type, text: &str, zone: &Zone, now: i64) -> Result<Value, PgError> {
    let value = match ty {
        Type::BOOL => Value::Bool(input_bool(text)?),
        Type::INT2 => Value::Int2(input_integer(text, ty, i16::MIN.into(), i16::MAX.into())? as i16),
        Type::INT4 => Value::Int4(input_integer(text, ty, i32::MIN.into(), i32::MAX.into())? as i32),
        Type::INT8 => Value::Int8(input_integer(text, ty, i64::MIN, i64::MAX)?),
        Type::OID => Value::Oid(input_oid(text)?),
        Type::FLOAT4 => Value::Float4(float::input4(text)?),
        Type::FLOAT8 => Value::Float8(float::input8(text)?),
        Type::NUMERIC => Value::Numeric(Box::new(Numeric::input(text)?)),
        Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::UNKNOWN => Value::Text(without_nul(text)?.to_owned()),
        Type::NAME => Value::Text(truncate_name(without_nul(text)?).to_owned()),
        Type::CHAR => Value::Char(char_input(text.as_bytes())),
        Type::BYTEA => Value::Bytea(input_bytea(text)?),
        Type::UUID => Value::Uuid(input_uuid(text)?),
        Type::TIMESTAMPTZ => Value::Timestamptz(timestamp::input(text, zone, now)?),
        Type::TIMESTAMP => Value::Timestamp(timestamp::input_timestamp(text, zone, now)?),
        Type::DATE => Value::Date(timestamp::input_date(text, zone, now)?),
        Type::TIME => Value::Time(timestamp::input_time(text, zone, now)?),
        Type::TIMETZ => Value::Timetz(timestamp::input_timetz(text, zone, now)?),
        Type::INTERVAL => Value::Interval(timestamp::input_interval(text, zone.styles.interval, -1)?),
        Type::VOID => Value::Text(String::new()),
        Type::JSON => {
            json::check(without_nul(text)?)?;
            Value::Text(text.to_owned())
        }
        Type::JSONB => Value::Jsonb(json::normalize(text)?),
        Type::JSONPATH => Value::Jsonb(jsonpath::normalize(without_nul(text)?)?),
        Type::XID => Value::Oid(input_xid(text)),
        Type::INT2VECTOR | Type::OIDVECTOR => vector_input(ty, text, zone, now)?,
        Type::INET => Value::Inet(Network::input(text, ty)?),
        Type::CIDR => Value::Cidr(Network::input(text, ty)?),
        Type::BIT | Type::VARBIT => Value::Bits(bits::input(text)?),
        Type::MACADDR => Value::Macaddr(MacAddr::input(text)?),
        Type::MACADDR8 => Value::Macaddr8(MacAddr8::input(text)?),
        Type::PG_NODE_TREE | Type::ACLITEM => Value::Text(without_nul(text)?.to_owned()),
        Type::PG_LSN => Value::Text(lsn_text(lsn_input(text)?)),
        _ if ty.is_name_of_object() => name_or_oid(text)?,
        Type::RECORD => return Err(record::no_input()),
        // What its fields are, the catalog knows.
        _ if ty.relation().is_some() => Value::Text(without_nul(text)?.to_owned()),
        // Whether it is one of the enum's labels, its catalog knows.
        _ if ty.is_enum() => Value::Text(without_nul(text)?.to_owned()),
        _ => match ty.element() {
            Some(element) => Value::Array(Box::new(Array::input(element, text, zone, now)?)),
            None => return Err(PgError::unsupported(format_args!("type {ty}"))),
        },
    };
    Ok(value)
}

/// The OID of an object as `regclass` and its kin read it, or its name, which needs a catalog to become one.
/// A place in PostgreSQL's write-ahead log: two numbers of up to 32 bits, in hexadecimal (`pg_lsn_in_internal`).
/// Errors: 22P02.
pub fn lsn_input(text: &str) -> Result<u64, PgError> {
    let half = |text: &str| {
        let digits = (1..=8).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        u32::from_str_radix(text, 16).ok().filter(|_| digits)
    };
    let parsed = text.split_once('/').and_then(|(high, low)| Some((half(high)?, half(low)?)));
    let (high, low) = parsed.ok_or_else(|| {
        let message = format!("invalid input syntax for type pg_lsn: \"{text}\"");
        PgError::new(SqlState::INVALID_TEXT_REPRESENTATION, message)
    })?;
    Ok(u64::from(high) << 32 | u64::from(low))
}

/// As `pg_lsn_out` shows it.
pub fn lsn_text(lsn: u64) -> String {
    format!("{:X}/{:X}", lsn >> 32, lsn & 0xffff_ffff)
}

fn name_or_oid(text: &str) -> Result<Value, PgError> {
    match text {
        "-" => Ok(Value::Oid(0)),
        _ if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) => Ok(Value::Oid(input_oid(text)?)),
        _ => Ok(Value::Text(without_nul(text)?.to_owned())),
    }
}

/// `int2vectorin`, `oidvectorin`: numbers with spaces between.
fn vector_input(ty: Type, text: &str, zone: &Zone, now: i64) -> Result<Value, PgError> {
    let element = ty.vector_of().unwrap_or(Type::OID);
    let items = text.split_ascii_whitespace().map(|item| input(element, item, zone, now));
    Ok(Value::Vector(Box::new(Array::vector(element, items.collect::<Result<_, _>>()?))))
}

/// The first byte, or the one that a backslash and three octal digits name (`charin`).
fn char_input(text: &[u8]) -> u8 {
    match text {
        [b'\\', digits @ ..] if digits.len() == 3 && digits.iter().all(|digit| (b'0'..=b'7').contains(digit)) => {
            digits.iter().fold(0, |byte: u8, digit| (byte << 3) | (digit - b'0'))
        }
        _ => text.first().copied().unwrap_or(0),
    }
}

/// Whether [`input`] answers the same in every session.
pub fn is_immutable(ty: Type) -> bool {
    let ty = ty.element().unwrap_or(ty);
    !ty.is_row()
        && !matches!(ty, Type::TIMESTAMPTZ | Type::TIMESTAMP | Type::DATE | Type::TIME | Type::TIMETZ | Type::INTERVAL)
}

/// Value → text, as `typoutput` does. NULL has no text: writes nothing. `zone` is the session's TimeZone, with its styles.
pub fn output(value: &Value, zone: &Zone, out: &mut impl fmt::Write) {
    // Only the writer itself could fail, and a String or a buffer doesn't.
    let _ = write_value(value, zone, out);
}

fn write_value(value: &Value, zone: &Zone, out: &mut impl fmt::Write) -> fmt::Result {
    match value {
        Value::Null => Ok(()),
        Value::Bool(bool) => out.write_str(if *bool { "t" } else { "f" }),
        Value::Int2(int) => write_integer(i64::from(*int), out),
        Value::Int4(int) => write_integer(i64::from(*int), out),
        Value::Int8(int) => write_integer(*int, out),
        Value::Oid(oid) => write_integer(i64::from(*oid), out),
        Value::Float4(float) => match zone.styles.fewer_digits {
            None => float::output4(*float, out),
            Some(fewer) => float::output_rounded(f64::from(*float), float::DIGITS4, fewer, out),
        },
        Value::Float8(float) => match zone.styles.fewer_digits {
            None => float::output8(*float, out),
            Some(fewer) => float::output_rounded(*float, float::DIGITS8, fewer, out),
        },
        Value::Numeric(numeric) => write!(out, "{numeric}"),
        Value::Text(text) | Value::Jsonb(text) | Value::Bits(text) => out.write_str(text),
        Value::Array(array) => array.output(zone, out),
        Value::Record(record) => record.output(zone, out),
        Value::Named { name, .. } => out.write_str(name),
        Value::Inet(network) => write!(out, "{network}"),
        Value::Cidr(network) => out.write_str(&network.with_width()),
        Value::Macaddr(address) => write!(out, "{address}"),
        Value::Macaddr8(address) => write!(out, "{address}"),
        Value::Vector(vector) => {
            for (index, item) in vector.elements.iter().enumerate() {
                if index > 0 {
                    out.write_char(' ')?;
                }
                write_value(item, zone, out)?;
            }
            Ok(())
        }
        Value::Bytea(bytes) => match zone.styles.bytea {
            ByteaOutput::Hex => write_bytea(bytes, out),
            ByteaOutput::Escape => write_escaped(bytes, out),
        },
        Value::Timestamptz(timestamp) => timestamp::output(*timestamp, zone, out),
        Value::Timestamp(timestamp) => timestamp::output_timestamp(*timestamp, zone.styles, out),
        Value::Date(date) => timestamp::output_date(*date, zone.styles, out),
        Value::Time(time) => timestamp::output_time(*time, out),
        Value::Timetz(time) => timestamp::output_timetz(*time, out),
        Value::Interval(interval) => timestamp::output_interval(*interval, zone.styles.interval, out),
        Value::Uuid(bytes) => write_uuid(bytes, out),
        Value::Char(0) => Ok(()),
        Value::Char(byte) if byte.is_ascii() => out.write_char(char::from(*byte)),
        // No character by itself in UTF-8: as later PostgreSQLs print it.
        Value::Char(byte) => write!(out, "\\{byte:03o}"),
    }
}

fn is_space(byte: &u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | 0x0b | 0x0c | b'\r')
}

fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_ascii() && is_space(&(c as u8)))
}

fn invalid(ty: Type, text: &str) -> PgError {
    PgError::new(SqlState::INVALID_TEXT_REPRESENTATION, format!("invalid input syntax for type {ty}: \"{text}\""))
}

/// Text with a NUL in it can't be sent to a client, nor read by many tools: PostgreSQL refuses it, so do we.
pub fn without_nul(text: &str) -> Result<&str, PgError> {
    if text.as_bytes().contains(&0) {
        let message = "invalid byte sequence for encoding \"UTF8\": 0x00";
        return Err(PgError::new(SqlState::CHARACTER_NOT_IN_REPERTOIRE, message));
    }
    Ok(text)
}

/// `boolin`: any unique beginning of true, false, yes, no, on, off, 1, 0.
fn input_bool(text: &str) -> Result<bool, PgError> {
    let word = trim(text).to_ascii_lowercase();
    let begins = |full: &str, at_least: usize| word.len() >= at_least && full.starts_with(&word);
    if begins("true", 1) || begins("yes", 1) || word == "on" || word == "1" {
        Ok(true)
    } else if begins("false", 1) || begins("no", 1) || begins("off", 2) || word == "0" {
        Ok(false)
    } else {
        Err(invalid(Type::BOOL, text))
    }
}

/// `int2in`, `int4in`, `int8in`.
fn input_integer(text: &str, ty: Type, min: i64, max: i64) -> Result<i64, PgError> {
    let out_of_range = || {
        PgError::new(SqlState::NUMERIC_VALUE_OUT_OF_RANGE, format!("value \"{text}\" is out of range for type {ty}"))
    };
    let bytes = text.as_bytes();
    let start = bytes.iter().take_while(|byte| is_space(byte)).count();
    let (negative, start) = match bytes.get(start) {
        Some(b'-') => (true, start + 1),
        Some(b'+') => (false, start + 1),
        _ => (false, start),
    };
    let digits = bytes[start..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    if digits == 0 {
        return Err(invalid(ty, text));
    }
    // Counted downwards, for there is one more below zero.
    let mut value: i64 = 0;
    for byte in &bytes[start..start + digits] {
        let digit = i64::from(byte - b'0');
        value = value.checked_mul(10).and_then(|value| value.checked_sub(digit)).ok_or_else(out_of_range)?;
        if value < min {
            return Err(out_of_range());
        }
    }
    if !bytes[start + digits..].iter().all(is_space) {
        return Err(invalid(ty, text));
    }
    let value = if negative { Some(value) } else { value.checked_neg() };
    value.filter(|value| *value <= max).ok_or_else(out_of_range)
}

/// `oidin`, which takes negative numbers too, as C's `strtoul` does.
fn input_oid(text: &str) -> Result<u32, PgError> {
    let trimmed = text.trim_start_matches(|c: char| c.is_ascii() && is_space(&(c as u8)));
    let unsigned = trimmed.strip_prefix(['+', '-']).unwrap_or(trimmed);
    let (digits, rest) = unsigned.split_at(unsigned.bytes().take_while(u8::is_ascii_digit).count());
    let out_of_range = || {
        let message = format!("value \"{text}\" is out of range for type oid");
        PgError::new(SqlState::NUMERIC_VALUE_OUT_OF_RANGE, message)
    };
    if digits.is_empty() {
        return Err(invalid(Type::OID, text));
    }
    let value = digits.parse::<u64>().map_err(|_| out_of_range())?;
    if !rest.bytes().all(|byte| is_space(&byte)) {
        return Err(invalid(Type::OID, text));
    }
    let value = if trimmed.starts_with('-') { value.wrapping_neg() } else { value };
    // 32 bits, or 32 bits with a sign.
    match (u32::try_from(value), i32::try_from(value as i64)) {
        (Ok(oid), _) => Ok(oid),
        (_, Ok(negative)) => Ok(negative as u32),
        _ => Err(out_of_range()),
    }
}

/// `xidin` of PostgreSQL 15: as much of it as C's `strtoul` takes for a number, in base 8 or 16 too; of nothing it is 0.
fn input_xid(text: &str) -> u32 {
    let text = text.trim_start_matches(|c: char| c.is_ascii() && is_space(&(c as u8)));
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let hexadecimal = unsigned.strip_prefix("0x").or(unsigned.strip_prefix("0X"));
    let (digits, base) = match hexadecimal.filter(|rest| rest.starts_with(|c: char| c.is_ascii_hexdigit())) {
        Some(rest) => (rest, 16),
        None if unsigned.starts_with('0') => (unsigned, 8),
        None => (unsigned, 10),
    };
    let digits = digits.chars().map_while(|c| c.to_digit(base));
    let value = digits.fold(0u64, |value, digit| value.saturating_mul(base.into()).saturating_add(digit.into()));
    // What is too great is the greatest, whatever its sign.
    let value = if text.starts_with('-') && value != u64::MAX { value.wrapping_neg() } else { value };
    value as u32
}

/// A name has 63 bytes at most; what is longer is cut, between characters.
pub fn truncate_name(text: &str) -> &str {
    &text[..text.floor_char_boundary(63)]
}

/// `byteain`: `\x` and hex digits, or the older format with backslashes.
fn input_bytea(text: &str) -> Result<Vec<u8>, PgError> {
    if let Some(hex) = text.strip_prefix("\\x") {
        return input_hex(hex);
    }
    let bytes = text.as_bytes();
    let mut value = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] != b'\\' {
            value.push(bytes[at]);
            at += 1;
            continue;
        }
        match bytes[at + 1..] {
            [b'\\', ..] => {
                value.push(b'\\');
                at += 2;
            }
            [a @ b'0'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7', ..] => {
                value.push((a - b'0') << 6 | (b - b'0') << 3 | (c - b'0'));
                at += 4;
            }
            _ => {
                let message = "invalid input syntax for type bytea";
                return Err(PgError::new(SqlState::INVALID_TEXT_REPRESENTATION, message));
            }
        }
    }
    Ok(value)
}

fn input_hex(hex: &str) -> Result<Vec<u8>, PgError> {
    let invalid = |message: String| PgError::new(SqlState::INVALID_PARAMETER_VALUE, message);
    let digit = |c: char| match c.to_digit(16) {
        Some(digit) => Ok(digit as u8),
        None => Err(invalid(format!("invalid hexadecimal digit: \"{c}\""))),
    };
    let mut value = Vec::with_capacity(hex.len() / 2);
    let mut characters = hex.chars();
    while let Some(c) = characters.next() {
        // Space may stand between bytes, not within.
        if matches!(c, ' ' | '\n' | '\t' | '\r') {
            continue;
        }
        let high = digit(c)?;
        let Some(c) = characters.next() else {
            return Err(invalid("invalid hexadecimal data: odd number of digits".into()));
        };
        value.push(high << 4 | digit(c)?);
    }
    Ok(value)
}

/// `uuid_in`: 32 hex digits, a hyphen allowed after each group of four, perhaps in braces.
fn input_uuid(text: &str) -> Result<[u8; 16], PgError> {
    parse_uuid(text).ok_or_else(|| invalid(Type::UUID, text))
}

fn parse_uuid(text: &str) -> Option<[u8; 16]> {
    let braced = text.strip_prefix('{');
    let mut rest = braced.unwrap_or(text).as_bytes();
    let mut uuid = [0; 16];
    for (at, byte) in uuid.iter_mut().enumerate() {
        let [high, low, after @ ..] = rest else { return None };
        let digit = |byte: u8| char::from(byte).to_digit(16);
        *byte = (digit(*high)? << 4 | digit(*low)?) as u8;
        rest = match after {
            [b'-', after @ ..] if at % 2 == 1 && at < 15 => after,
            _ => after,
        };
    }
    let end: &[u8] = if braced.is_some() { b"}" } else { b"" };
    (rest == end).then_some(uuid)
}

/// Coerces to varchar(n), as `varchar(text, typmod, explicit)`: what is too long is cut if the cast is explicit,
/// and else refused unless only spaces would go. `typmod` is n + 4, or −1 for any length.
pub fn varchar(text: &str, typmod: i32, explicit: bool) -> Result<&str, PgError> {
    if typmod < 4 {
        return Ok(text);
    }
    let max = (typmod - 4) as usize;
    // No more characters than bytes.
    if text.len() <= max {
        return Ok(text);
    }
    let Some((cut, _)) = text.char_indices().nth(max) else { return Ok(text) };
    if !explicit && !text[cut..].bytes().all(|byte| byte == b' ') {
        let message = format!("value too long for type character varying({max})");
        return Err(PgError::new(SqlState::STRING_DATA_RIGHT_TRUNCATION, message));
    }
    Ok(&text[..cut])
}

/// Coerces to char(n), as `bpchar(text, typmod, explicit)`: as [`varchar`], and what is too short gets blanks.
pub fn bpchar(text: &str, typmod: i32, explicit: bool) -> Result<Cow<'_, str>, PgError> {
    if typmod < 4 {
        return Ok(Cow::Borrowed(text));
    }
    let max = (typmod - 4) as usize;
    let length = text.chars().count();
    if length < max {
        let mut padded = String::with_capacity(text.len() + max - length);
        padded.push_str(text);
        padded.extend(std::iter::repeat_n(' ', max - length));
        return Ok(Cow::Owned(padded));
    }
    let Some((cut, _)) = text.char_indices().nth(max) else { return Ok(Cow::Borrowed(text)) };
    if !explicit && !text[cut..].bytes().all(|byte| byte == b' ') {
        let message = format!("value too long for type character({max})");
        return Err(PgError::new(SqlState::STRING_DATA_RIGHT_TRUNCATION, message));
    }
    Ok(Cow::Borrowed(&text[..cut]))
}

/// An integer in decimal: `write!` would go through a formatter, and results are full of integers.
fn write_integer(value: i64, out: &mut impl fmt::Write) -> fmt::Result {
    let mut buffer = [0; 20];
    let mut at = buffer.len();
    let mut rest = value.unsigned_abs();
    loop {
        at -= 1;
        buffer[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if value < 0 {
        at -= 1;
        buffer[at] = b'-';
    }
    out.write_str(std::str::from_utf8(&buffer[at..]).unwrap_or_default())
}

const HEX: &[u8; 16] = b"0123456789abcdef";

fn write_bytea(bytes: &[u8], out: &mut impl fmt::Write) -> fmt::Result {
    out.write_str("\\x")?;
    let mut buffer = [0; 128];
    for chunk in bytes.chunks(buffer.len() / 2) {
        for (at, byte) in chunk.iter().enumerate() {
            buffer[2 * at] = HEX[usize::from(byte >> 4)];
            buffer[2 * at + 1] = HEX[usize::from(byte & 15)];
        }
        out.write_str(std::str::from_utf8(&buffer[..2 * chunk.len()]).unwrap_or_default())?;
    }
    Ok(())
}

/// Printable ASCII as it is but for the backslash, which is doubled; other bytes in three octal digits.
fn write_escaped(bytes: &[u8], out: &mut impl fmt::Write) -> fmt::Result {
    bytes.iter().try_for_each(|byte| match byte {
        b'\\' => out.write_str("\\\\"),
        b' '..=b'~' => out.write_char(char::from(*byte)),
        _ => write!(out, "\\{byte:03o}"),
    })
}

/// Lower case, hyphens after the groups of 8, 4, 4, 4 digits.
pub fn write_uuid(uuid: &[u8; 16], out: &mut impl fmt::Write) -> fmt::Result {
    let mut buffer = [b'-'; 36];
    let mut at = 0;
    for (index, byte) in uuid.iter().enumerate() {
        if matches!(index, 4 | 6 | 8 | 10) {
            at += 1;
        }
        buffer[at] = HEX[usize::from(byte >> 4)];
        buffer[at + 1] = HEX[usize::from(byte & 15)];
        at += 2;
    }
    out.write_str(std::str::from_utf8(&buffer).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::timestamp::interval;

    fn unescape(text: &str) -> String {
        let mut out = String::new();
        let mut characters = text.chars();
        while let Some(c) = characters.next() {
            match (c, if c == '\\' { characters.next() } else { None }) {
                (_, Some('n')) => out.push('\n'),
                (_, Some('t')) => out.push('\t'),
                (_, Some('v')) => out.push('\x0b'),
                (_, Some(c)) => out.push(c),
                (c, None) => out.push(c),
            }
        }
        out
    }

    /// `varchar(3)` as (varchar, 7).
    fn parse_type(name: &str) -> (Type, i32) {
        let (name, modifier) = match name.strip_suffix(')').and_then(|name| name.split_once('(')) {
            Some((name, modifier)) => (name, modifier.parse::<i32>().ok()),
            None => (name, None),
        };
        if let Some(fields) = name.strip_prefix("interval") {
            let precision = modifier.unwrap_or(interval::FULL_PRECISION);
            let ranges = (0..1 << 13).chain([interval::FULL_RANGE]).map(|range| range << 16 | interval::FULL_PRECISION);
            let typmod = ranges
                .into_iter()
                .find(|typmod| interval::typmod_name(*typmod) == fields && (*typmod >> 16 != 0 || fields.is_empty()));
            let whole = fields.is_empty() && modifier.is_none();
            let range = if fields.is_empty() { interval::FULL_RANGE } else { typmod.unwrap() >> 16 };
            return (Type::INTERVAL, if whole { -1 } else { range << 16 | precision });
        }
        let ty = Type::all().iter().find(|info| info.name == name).unwrap().ty;
        let length = if ty == Type::VARCHAR { 4 } else { 0 };
        (ty, modifier.map_or(-1, |modifier| modifier + length))
    }

    fn read(ty: &str, zone: &Zone, text: &str) -> Result<String, PgError> {
        let (ty, typmod) = parse_type(ty);
        let mut value = match ty {
            Type::INTERVAL => Value::Interval(timestamp::input_interval(text, zone.styles.interval, typmod)?),
            _ => input(ty, text, zone, timestamp::now())?,
        };
        match &mut value {
            Value::Text(text) => *text = varchar(text, typmod, true)?.to_owned(),
            Value::Timestamp(micros) | Value::Timestamptz(micros) | Value::Time(micros) if typmod >= 0 => {
                *micros = timestamp::round(*micros, i64::from(typmod));
            }
            Value::Timetz(time) if typmod >= 0 => time.micros = timestamp::round(time.micros, i64::from(typmod)),
            _ => {}
        }
        let mut out = String::new();
        output(&value, zone, &mut out);
        Ok(out)
    }

    /// `Europe/Berlin;'SQL, DMY';postgres`: a zone, or one with its styles.
    fn zone_of(settings: &str) -> Zone {
        let mut parts = settings.split(';');
        let mut zone = Zone::resolve(parts.next().unwrap()).unwrap();
        let date_style = match parts.next().unwrap_or_default().trim_matches('\'') {
            "German" => "German, DMY",
            style => style,
        };
        zone.styles = timestamp::Styles::of_settings(date_style, parts.next().unwrap_or_default());
        zone
    }

    /// Each line of the file is PostgreSQL 15's answer: type, TimeZone, text, `ok` and the
    /// value's output, or an SQLSTATE and message.
    #[test]
    fn reads_and_prints_as_postgresql() {
        let mut wrong = Vec::new();
        for line in include_str!("input.golden.tsv").lines() {
            let [ty, zone, text, code, expected] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line}") };
            let zone = zone_of(zone);
            let answer = match read(ty, &zone, &unescape(text)) {
                Ok(text) => ("ok".to_owned(), text),
                Err(error) => {
                    let hint = error.hint.map_or_else(String::new, |hint| format!(" HINT {hint}"));
                    (error.code.as_str().to_owned(), error.message + &hint)
                }
            };
            if answer != (code.to_owned(), unescape(expected)) {
                wrong.push(format!("{line}\n    got {answer:?}"));
            }
        }
        assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
    }
}
