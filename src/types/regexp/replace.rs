//! What functions do with the matches of a regular expression (`regexp.c`, `replace_text_regexp` of `varlena.c`).

use super::{Found, Search};
use crate::types::{PgError, SqlState};

/// Bytes of what is made of a text: SQLite's own limit on a value, a little below PostgreSQL's.
const MAX_BYTES: usize = 1_000_000_000;

fn string(characters: &[char]) -> String {
    characters.iter().collect()
}

/// Where to go on after a match: an empty one must not be found again.
fn after(found: &Found) -> usize {
    let (start, end) = found.whole;
    if start == end { end + 1 } else { end }
}

/// All matches from a character on; an error is the last of them.
pub fn matches_of<'t>(
    search: &'t Search,
    text: &'t [char],
    from: usize,
) -> impl Iterator<Item = Result<Found, PgError>> + 't {
    let matches = search.within(text);
    let mut at = Some(from);
    std::iter::from_fn(move || {
        let found = matches.find(at.take().filter(|at| *at <= text.len())?).transpose()?;
        at = found.as_ref().ok().map(after);
        Some(found)
    })
}

/// Replaces the `nth` match (from 1) from a character on, or all of them for 0.
pub fn replace(search: &Search, text: &[char], replacement: &str, from: usize, nth: usize) -> Result<String, PgError> {
    let mut out = String::new();
    let mut copied = 0;
    for (number, found) in (1..).zip(matches_of(search, text, from)) {
        let found = found?;
        if nth != 0 && number != nth {
            continue;
        }
        out.extend(&text[copied..found.whole.0]);
        substitute(replacement, text, &found, &mut out);
        if out.len() > MAX_BYTES {
            return Err(PgError::new(SqlState::PROGRAM_LIMIT_EXCEEDED, "requested length too large"));
        }
        copied = found.whole.1;
        if nth != 0 {
            break;
        }
    }
    out.extend(&text[copied..]);
    Ok(out)
}

/// `\1` to `\9` are groups, `\&` the match, `\\` a backslash.
fn substitute(replacement: &str, text: &[char], found: &Found, out: &mut String) {
    let mut characters = replacement.chars().peekable();
    while let Some(c) = characters.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        let span = match characters.peek() {
            Some('&') => Some(found.whole),
            Some(digit @ '1'..='9') => {
                let number = *digit as usize - '0' as usize;
                Some(found.groups.get(number - 1).copied().flatten().unwrap_or((0, 0)))
            }
            Some('\\') => {
                characters.next();
                out.push('\\');
                continue;
            }
            _ => None,
        };
        match span {
            Some((start, end)) => {
                characters.next();
                out.extend(&text[start..end]);
            }
            None => out.push('\\'),
        }
    }
}

/// The pieces between matches. Empty matches at either end, or right behind another match, don't count.
pub fn split(search: &Search, text: &[char]) -> Result<Vec<String>, PgError> {
    let mut pieces = Vec::new();
    let mut start = 0;
    for found in matches_of(search, text, 0) {
        let (from, to) = found?.whole;
        if to > 0 && from < text.len() && to > start {
            pieces.push(string(&text[start..from]));
            start = to;
        }
    }
    pieces.push(string(&text[start..]));
    Ok(pieces)
}
