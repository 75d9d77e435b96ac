//! Unicode escapes (`unistr()` in `varlena.c`).

use super::{PgError, SqlState};

/// Escapes one after the other: halves of surrogate pairs become whole characters.
#[derive(Default)]
pub struct Surrogates {
    /// The first half of a pair.
    first: Option<u32>,
}

/// Half of a surrogate pair stands alone.
pub struct NoPair;

impl Surrogates {
    /// The character that a code makes: `None` of the first half of a pair, and of what is no code point.
    pub fn push(&mut self, code: u32) -> Result<Option<char>, NoPair> {
        match (self.first.take(), code) {
            (None, 0xd800..=0xdbff) => {
                self.first = Some(code);
                Ok(None)
            }
            (Some(high), 0xdc00..=0xdfff) => Ok(char::from_u32(0x10000 + ((high - 0xd800) << 10) + (code - 0xdc00))),
            (Some(_), _) | (None, 0xdc00..=0xdfff) => Err(NoPair),
            (None, code) => Ok(char::from_u32(code)),
        }
    }

    /// Something else follows, or nothing.
    pub fn end(&self) -> Result<(), NoPair> {
        if self.first.is_some() { Err(NoPair) } else { Ok(()) }
    }
}

/// What a text with escapes (`\XXXX`, `\+XXXXXX`, `\uXXXX`, `\UXXXXXXXX`) means.
pub fn unistr(text: &str) -> Result<String, PgError> {
    let mut out = String::with_capacity(text.len());
    let mut surrogates = Surrogates::default();
    let no_pair = |NoPair| PgError::new(SqlState::SYNTAX_ERROR, "invalid Unicode surrogate pair");
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if c != '\\' || rest.starts_with("\\\\") {
            surrogates.end().map_err(no_pair)?;
            out.push(c);
            rest = &rest[if c == '\\' { 2 } else { c.len_utf8() }..];
            continue;
        }
        let (code, length) = escape(&rest[1..]).ok_or_else(invalid_escape)?;
        rest = &rest[1 + length..];
        if code == 0 || code > u32::from(char::MAX) {
            return Err(invalid_code(code));
        }
        out.extend(surrogates.push(code).map_err(no_pair)?);
    }
    surrogates.end().map_err(no_pair)?;
    Ok(out)
}

/// The code behind a backslash, and how long it is.
fn escape(text: &str) -> Option<(u32, usize)> {
    let (skipped, digits) = match text.chars().next()? {
        '+' => (1, 6),
        'u' => (1, 4),
        'U' => (1, 8),
        _ => (0, 4),
    };
    let hex = text.get(skipped..skipped + digits).filter(|hex| hex.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
    Some((u32::from_str_radix(hex, 16).ok()?, skipped + digits))
}

fn invalid_escape() -> PgError {
    PgError::new(SqlState::SYNTAX_ERROR, "invalid Unicode escape")
        .hint("Unicode escapes must be \\XXXX, \\+XXXXXX, \\uXXXX, or \\UXXXXXXXX.")
}

fn invalid_code(code: u32) -> PgError {
    PgError::new(SqlState::INVALID_PARAMETER_VALUE, format!("invalid Unicode code point: {code:04X}"))
}
