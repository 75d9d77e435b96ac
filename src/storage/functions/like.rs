//! LIKE and ILIKE. SQLite's own folds case and has no default escape character.

use super::{Call, Out, Scalar};
use crate::types::{PgError, SqlState};

pub(super) const FUNCTIONS: &[(&str, Scalar)] = &[
    ("pg_textlike", |call| text(call, false, true)),
    ("pg_textnlike", |call| text(call, false, false)),
    ("pg_texticlike", |call| text(call, true, true)),
    ("pg_texticnlike", |call| text(call, true, false)),
    ("pg_bytealike", |call| Ok(like(call.bytes(0)?, call.bytes(1)?, false)?.into())),
    ("pg_byteanlike", |call| Ok((!like(call.bytes(0)?, call.bytes(1)?, false)?).into())),
    ("pg_like_escape", |call| Ok(like_escape(call.text(0)?, call.text(1)?)?.into())),
];

fn text(call: &Call, fold: bool, wanted: bool) -> Result<Out, PgError> {
    let (text, pattern) = (call.text(0)?, call.text(1)?);
    let matched = if fold {
        like(text.to_ascii_lowercase().as_bytes(), pattern.to_ascii_lowercase().as_bytes(), true)?
    } else {
        like(text.as_bytes(), pattern.as_bytes(), true)?
    };
    Ok((matched == wanted).into())
}

/// `%` is any bytes, `_` one character (one byte unless `characters`), a backslash takes away the meaning of
/// what follows.
///
/// Only the last `%` is ever gone back to: whatever an earlier one could take, the last can, too. So this
/// takes no more than the product of the lengths.
pub(super) fn like(text: &[u8], pattern: &[u8], characters: bool) -> Result<bool, PgError> {
    let (mut at, mut next) = (0, 0);
    // Where the last % was, and the text it has taken so far.
    let mut last_percent: Option<(usize, usize)> = None;
    loop {
        let matched = match pattern.get(next) {
            Some(b'%') => {
                next += 1;
                match &pattern[next..] {
                    [] => return Ok(true),
                    [b'\\'] if at < text.len() => return Err(ends_with_escape()),
                    _ => {}
                }
                last_percent = Some((next, at));
                continue;
            }
            Some(b'_') if at < text.len() => {
                at += if characters { character_length(text[at]) } else { 1 };
                next += 1;
                true
            }
            Some(b'\\') if at < text.len() => {
                let Some(literal) = pattern.get(next + 1) else { return Err(ends_with_escape()) };
                let equal = text[at] == *literal;
                at += 1;
                next += 2;
                equal
            }
            Some(byte) if at < text.len() => {
                let equal = text[at] == *byte;
                at += 1;
                next += 1;
                equal
            }
            // The text is at its end, and more is asked for: nor can % taking more help.
            Some(_) => return Ok(false),
            None => at >= text.len(),
        };
        if matched {
            if next == pattern.len() && at >= text.len() {
                return Ok(true);
            }
            continue;
        }
        let Some((after, taken)) = last_percent else { return Ok(false) };
        if taken >= text.len() {
            return Ok(false);
        }
        let taken = taken + if characters { character_length(text[taken]) } else { 1 };
        last_percent = Some((after, taken));
        (at, next) = (taken, after);
    }
}

fn character_length(first: u8) -> usize {
    match first {
        0xc0..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0.. => 4,
        _ => 1,
    }
}

fn ends_with_escape() -> PgError {
    PgError::new(SqlState::INVALID_ESCAPE_SEQUENCE, "LIKE pattern must not end with escape character")
}

/// A pattern whose escape character is another (or none) as one with the backslash.
fn like_escape(pattern: &str, escape: &str) -> Result<String, PgError> {
    let mut characters = escape.chars();
    let escape = characters.next();
    if characters.next().is_some() {
        return Err(PgError::new(SqlState::INVALID_ESCAPE_SEQUENCE, "invalid escape string")
            .hint("Escape string must be empty or one character."));
    }
    if escape == Some('\\') {
        return Ok(pattern.to_owned());
    }
    let mut out = String::with_capacity(pattern.len() + 8);
    let mut after_escape = false;
    for c in pattern.chars() {
        if Some(c) == escape && !after_escape {
            out.push('\\');
            after_escape = true;
            continue;
        }
        if c == '\\' && !after_escape {
            out.push('\\');
        }
        out.push(c);
        after_escape = false;
    }
    Ok(out)
}
