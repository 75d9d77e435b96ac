//! Unicode escapes (`unistr()` in `varlena.c`).

use super::{PgError, SqlState};

/// What a text with escapes (`\XXXX`, `\+XXXXXX`, `\uXXXX`, `\UXXXXXXXX`) means.
pub fn unistr(text: &str) -> Result<String, PgError> {
    let mut out = String::with_capacity(text.len());
    // The first half of a pair of surrogates.
    let mut first: Option<u32> = None;
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if c != '\\' || rest.starts_with("\\\\") {
            if first.is_some() {
                return Err(invalid_pair());
            }
            out.push(c);
            rest = &rest[if c == '\\' { 2 } else { c.len_utf8() }..];
            continue;
        }
        let (code, length) = escape(&rest[1..]).ok_or_else(invalid_escape)?;
        rest = &rest[1 + length..];
        let code = match (first.take(), code) {
            (None, 0xd800..=0xdbff) => {
                first = Some(code);
                continue;
            }
            (Some(high), 0xdc00..=0xdfff) => 0x10000 + ((high - 0xd800) << 10) + (code - 0xdc00),
            (Some(_), _) | (None, 0xdc00..=0xdfff) => return Err(invalid_pair()),
            (None, code) => code,
        };
        out.push(char::from_u32(code).filter(|c| *c != '\0').ok_or_else(|| invalid_code(code))?);
    }
    if first.is_some() { Err(invalid_pair()) } else { Ok(out) }
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

fn invalid_pair() -> PgError {
    PgError::new(SqlState::SYNTAX_ERROR, "invalid Unicode surrogate pair")
}

fn invalid_code(code: u32) -> PgError {
    PgError::new(SqlState::INVALID_PARAMETER_VALUE, format!("invalid Unicode code point: {code:04X}"))
}
