//! `U&'…'` and `U&"…"` with their UESCAPE: strings and names with Unicode escapes (`str_udeescape`).
//!
//! sqlparser reads the strings with a backslash alone, so its own reading is off, and they come as a word, an operator and a
//! string or name.

use sqlparser::tokenizer::{Span, Token, TokenWithSpan};

use super::amend::is;
use super::text::{At, slice};
use crate::types::unicode::{NoPair, Surrogates};
use crate::types::{PgError, SqlState};

/// What PostgreSQL counts as white space between tokens.
const SPACES: [char; 6] = [' ', '\n', '\r', '\t', '\u{b}', '\u{c}'];

/// Makes single tokens of them.
/// Errors: 42601 for what no escape is, or no code point, or half of a surrogate pair.
pub fn join(tokens: Vec<TokenWithSpan>, text: &str) -> Result<Vec<TokenWithSpan>, PgError> {
    if !tokens.windows(3).any(begins) {
        return Ok(tokens);
    }
    let mut out = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        if !tokens[at..].get(..3).is_some_and(begins) {
            out.push(token.clone());
            at += 1;
            continue;
        }
        let quoted = &tokens[at + 2];
        let (escape, length) = escape_character(&tokens[at + 3..], text)?;
        let end = tokens[at + 2 + length].span.end;
        let unescaped = |written: &str| unescaped(written, escape, At::from(token.span), text);
        let joined = match &quoted.token {
            Token::Word(word) => {
                let mut word = word.clone();
                word.value = unescaped(&word.value)?;
                Token::Word(word)
            }
            Token::SingleQuotedString(written) => Token::SingleQuotedString(unescaped(written)?),
            other => other.clone(),
        };
        out.push(TokenWithSpan { token: joined, span: Span::new(token.span.start, end) });
        at += 3 + length;
    }
    Ok(out)
}

/// Whether three tokens are `U`, `&` and something in quotes, with no space between them.
pub fn begins(three: &[TokenWithSpan]) -> bool {
    let [u, and, quoted] = three else { return false };
    let is_quoted = match &quoted.token {
        Token::SingleQuotedString(_) => true,
        Token::Word(word) => word.quote_style == Some('"'),
        _ => false,
    };
    is_quoted
        && is(u, "u")
        && and.token == Token::Ampersand
        && u.span.end == and.span.start
        && and.span.end == quoted.span.start
}

/// The escape character that is asked for, and how many tokens that takes.
fn escape_character(tokens: &[TokenWithSpan], text: &str) -> Result<(char, usize), PgError> {
    let [uescape, rest @ ..] = tokens else { return Ok(('\\', 0)) };
    if !is(uescape, "uescape") {
        return Ok(('\\', 0));
    }
    let error = |message: &str| match rest.first() {
        Some(token) => {
            let message = format!("{message} at or near \"{}\"", slice(text, token.span));
            At::from(token.span).mark(PgError::new(SqlState::SYNTAX_ERROR, message), text)
        }
        None => {
            let message = format!("{message} at end of input");
            PgError::new(SqlState::SYNTAX_ERROR, message).position(text.chars().count() as u32 + 1)
        }
    };
    let written = match rest.first().map(|token| &token.token) {
        Some(Token::SingleQuotedString(written) | Token::EscapedStringLiteral(written)) => written,
        Some(Token::DollarQuotedString(written)) => &written.value,
        _ => return Err(error("UESCAPE must be followed by a simple string literal")),
    };
    let mut chars = written.chars();
    match (chars.next(), chars.next()) {
        // One byte long.
        (Some(c), None)
            if c.is_ascii() && !(c.is_ascii_hexdigit() || ['+', '\'', '"'].contains(&c) || SPACES.contains(&c)) =>
        {
            Ok((c, 2))
        }
        _ => Err(error("invalid Unicode escape character")),
    }
}

fn unescaped(written: &str, escape: char, begins: At, text: &str) -> Result<String, PgError> {
    let chars: Vec<char> = written.chars().collect();
    let error = |index: usize, message: &str| {
        let error = begins.mark(PgError::new(SqlState::SYNTAX_ERROR, message), text);
        // Behind U, & and the quote.
        PgError { position: error.position.map(|begins| begins + 3 + index as u32), ..error }
    };
    let half = |index| move |NoPair| error(index, "invalid Unicode surrogate pair");
    let mut out = String::with_capacity(written.len());
    let mut surrogates = Surrogates::default();
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        if c != escape || chars.get(at + 1) == Some(&escape) {
            surrogates.end().map_err(half(at))?;
            out.push(c);
            at += if c == escape { 2 } else { 1 };
            continue;
        }
        let (skipped, digits) = if chars.get(at + 1) == Some(&'+') { (2, 6) } else { (1, 4) };
        let code = chars
            .get(at + skipped..at + skipped + digits)
            .and_then(|digits| digits.iter().try_fold(0u32, |code, digit| Some(code << 4 | digit.to_digit(16)?)));
        let Some(code) = code else {
            let hint = "Unicode escapes must be \\XXXX or \\+XXXXXX.";
            return Err(error(at, "invalid Unicode escape").hint(hint));
        };
        if code == 0 || code > 0x0010_ffff {
            return Err(error(at, "invalid Unicode escape value"));
        }
        out.extend(surrogates.push(code).map_err(half(at))?);
        at += skipped + digits;
    }
    surrogates.end().map_err(half(at))?;
    Ok(out)
}
