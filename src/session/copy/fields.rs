//! A line cut into fields (`CopyReadAttributesText`, `CopyReadAttributesCSV`).

use crate::types::{PgError, SqlState};

use super::lines::Quoting;

/// The fields of a line: bytes, or NULL.
pub type Fields = Vec<Option<Vec<u8>>>;

/// Backslashes are undone, except in what says NULL. The second result: whether bytes may have come of them that are no
/// text.
pub fn text(line: &[u8], delimiter: u8, null: &[u8]) -> (Fields, bool) {
    let mut fields = Vec::new();
    let (mut at, mut start, mut raw) = (0, 0, false);
    let mut field = Vec::new();
    loop {
        let byte = line.get(at).copied();
        at += 1;
        match byte {
            None => {}
            Some(byte) if byte == delimiter => {}
            Some(b'\\') => {
                raw |= unescape(line, &mut at, &mut field);
                continue;
            }
            Some(byte) => {
                field.push(byte);
                continue;
            }
        }
        let end = (at - 1).min(line.len());
        let field = std::mem::take(&mut field);
        fields.push(if &line[start..end] == null { None } else { Some(field) });
        start = at;
        if byte.is_none() {
            return (fields, raw);
        }
    }
}

/// What follows a backslash. Says whether the byte was written as a number beyond ASCII, or is NUL.
fn unescape(line: &[u8], at: &mut usize, field: &mut Vec<u8>) -> bool {
    let Some(&byte) = line.get(*at) else { return false };
    *at += 1;
    let digits = |at: &mut usize, first: u32, radix: u32, most: usize| {
        let mut value = first;
        for _ in 0..most {
            let Some(digit) = line.get(*at).and_then(|byte| char::from(*byte).to_digit(radix)) else { break };
            value = value * radix + digit;
            *at += 1;
        }
        value as u8
    };
    let number = match byte {
        b'0'..=b'7' => digits(at, u32::from(byte - b'0'), 8, 2),
        b'x' if line.get(*at).is_some_and(u8::is_ascii_hexdigit) => digits(at, 0, 16, 2),
        other => {
            field.push(match other {
                b'b' => 8,
                b'f' => 12,
                b'n' => b'\n',
                b'r' => b'\r',
                b't' => b'\t',
                b'v' => 11,
                other => other,
            });
            return false;
        }
    };
    field.push(number);
    number == 0 || !number.is_ascii()
}

/// Quotes are undone; only unquoted fields are NULL.
pub fn csv(line: &[u8], delimiter: u8, null: &[u8], quoting: Quoting) -> Result<Fields, PgError> {
    let Quoting { quote, escape } = quoting;
    let mut fields = Vec::new();
    let mut at = 0;
    loop {
        let (start, mut field, mut quoted) = (at, Vec::new(), false);
        let end = loop {
            match line.get(at) {
                None => break at,
                Some(byte) if *byte == delimiter => break at,
                Some(byte) if *byte == quote => {
                    quoted = true;
                    at += 1;
                    in_quotes(line, &mut at, &mut field, quote, escape)?;
                }
                Some(byte) => {
                    field.push(*byte);
                    at += 1;
                }
            }
        };
        let is_null = !quoted && &line[start..end] == null;
        fields.push(if is_null { None } else { Some(field) });
        if at >= line.len() {
            return Ok(fields);
        }
        at += 1;
    }
}

/// Up to and including the closing quote.
fn in_quotes(line: &[u8], at: &mut usize, field: &mut Vec<u8>, quote: u8, escape: u8) -> Result<(), PgError> {
    loop {
        let Some(&byte) = line.get(*at) else {
            return Err(PgError::new(SqlState::BAD_COPY_FILE_FORMAT, "unterminated CSV quoted field"));
        };
        *at += 1;
        if byte == escape
            && let Some(&next) = line.get(*at)
            && (next == escape || next == quote)
        {
            field.push(next);
            *at += 1;
            continue;
        }
        if byte == quote {
            return Ok(());
        }
        field.push(byte);
    }
}
