//! Query text → tokens, statement by statement, with what must be known before a parser recurses.
//!
//! sqlparser builds trees as deep as a chain of operators is long, and a deep enough tree overflows the stack when
//! it is dropped. So the depth that tokens can lead to is bounded here ([`nesting`]), and the parser's own
//! recursion by its limit.

use std::ops::Range;

use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::{Location, Span, Token, TokenWithSpan, Tokenizer, TokenizerError, Word};

use super::amend::amend;
use super::dialect::Postgres;
use super::grammar::{self, Known};
use super::operator_tokens::join_operators;
use super::strings;
use super::text::{At, Cursor, slice};
use crate::types::{PgError, SqlState};

/// Bytes of query text that are looked at all: tokens take a hundred times the memory.
const MAX_TEXT: usize = 64 << 20;
/// Tokens of one query string, estimated before they are made.
const MAX_TOKENS: usize = 4_000_000;
/// Characters of a text that cannot be read which a message repeats.
const MAX_SHOWN: usize = 10_000;
/// How deep a tree tokens may lead to, counting operators in a row and open parentheses.
const MAX_CHAIN: usize = 8_000;

pub fn too_complex() -> PgError {
    PgError::new(SqlState::STATEMENT_TOO_COMPLEX, "statement is too complex: its expressions nest too deeply")
}

/// One statement's tokens and where its text stands in the query string.
pub struct Piece {
    /// In characters.
    pub offset: u32,
    pub text: String,
    pub tokens: Vec<TokenWithSpan>,
    /// How deep its tree can be.
    pub nesting: usize,
    /// It's SQL to its end.
    pub whole: bool,
}

/// Splits a query string at its semicolons, if PostgreSQL's grammar takes it. Places in the tokens are those in the piece's own
/// text.
pub fn split(text: &str) -> Result<Vec<Piece>, PgError> {
    bounded(text)?;
    let (mut all, error) = tokenize_as_far(text);
    join_operators(&mut all, text);
    let known = grammar::check(&all, error.is_some(), text)?;
    match error {
        Some(error) => Err(error),
        None => pieces(text, all, |statement| known.get(statement) == Some(&Known::Whole)),
    }
}

/// Splits text that need not be a statement's.
pub fn split_expression(text: &str) -> Result<Vec<Piece>, PgError> {
    bounded(text)?;
    pieces(text, tokenize(text)?, |_| false)
}

fn bounded(text: &str) -> Result<(), PgError> {
    if text.len() > MAX_TEXT || estimate(text) > MAX_TOKENS {
        let message = "query string is too long";
        return Err(PgError::new(SqlState::PROGRAM_LIMIT_EXCEEDED, message));
    }
    Ok(())
}

/// The statements of a text. `whole`: whether that of a number, empty ones counted too, is SQL to its end.
fn pieces(text: &str, mut all: Vec<TokenWithSpan>, whole: impl Fn(usize) -> bool) -> Result<Vec<Piece>, PgError> {
    let statements = statements(&all);
    let alone = statements.len() == 1;
    let mut cursor = Cursor::new(text);
    let mut pieces = Vec::new();
    for (number, range) in statements {
        let (first, last) = (all[range.start].span.start, all[range.end - 1].span.end);
        cursor.advance(first);
        let (start, offset) = (cursor.bytes, cursor.chars);
        cursor.advance(last);
        let own = &text[start..cursor.bytes];
        // Before anything is made of them: they may be many.
        let nesting = nesting(&all[range.clone()]);
        if nesting > MAX_CHAIN {
            return Err(too_complex());
        }
        // Places count from the statement's own start: a forwarded statement gives the same ones.
        let tokens = match start {
            0 if alone => {
                all.truncate(range.end);
                std::mem::take(&mut all)
            }
            0 => all[range].to_vec(),
            _ => tokenize(own)?,
        };
        let whole = whole(number);
        let tokens = amend(tokens, own).map_err(|error| {
            let error = if whole { beyond_us(error) } else { error };
            PgError { position: error.position.map(|position| position + offset), ..error }
        })?;
        pieces.push(Piece { offset, text: own.to_owned(), tokens, nesting, whole });
    }
    Ok(pieces)
}

/// Where each statement's tokens are, without the space around them, and which one it is, empty ones counted too.
fn statements(tokens: &[TokenWithSpan]) -> Vec<(usize, Range<usize>)> {
    let is_space = |token: &TokenWithSpan| matches!(token.token, Token::Whitespace(_));
    let mut found = Vec::new();
    let mut begin = 0;
    for (number, statement) in tokens.split(|token| token.token == Token::SemiColon).enumerate() {
        if let Some(first) = statement.iter().position(|token| !is_space(token)) {
            let last = statement.iter().rposition(|token| !is_space(token)).unwrap_or(first);
            found.push((number, begin + first..begin + last + 1));
        }
        begin += statement.len() + 1;
    }
    found
}

/// About as many tokens as the text has: cheap, and too high only for odd quoting.
fn estimate(text: &str) -> usize {
    let mut count = 0;
    let mut quote = None;
    let mut in_word = false;
    for byte in text.bytes() {
        match (quote, byte) {
            (Some(open), byte) if byte == open => quote = None,
            (Some(_), _) => {}
            (None, b'\'' | b'"') => {
                quote = Some(byte);
                count += 1;
                in_word = false;
            }
            (None, byte) => {
                let word = byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80;
                count += usize::from(!word || !in_word);
                in_word = word;
            }
        }
    }
    count
}

pub fn tokenize(text: &str) -> Result<Vec<TokenWithSpan>, PgError> {
    match tokenize_as_far(text) {
        (tokens, None) => Ok(tokens),
        (_, Some(error)) => Err(error),
    }
}

/// The tokens up to what can't be read, and what is wrong with that.
fn tokenize_as_far(text: &str) -> (Vec<TokenWithSpan>, Option<PgError>) {
    let mut tokens: Vec<TokenWithSpan> = Vec::new();
    let mut cursor = Cursor::new(text);
    loop {
        let (first, begins) = (tokens.len(), cursor.location());
        let read = Tokenizer::new(&Postgres::new(), &text[cursor.bytes..]).tokenize_with_location_into_buf(&mut tokens);
        if begins != Location::new(1, 1) {
            tokens[first..].iter_mut().for_each(|token| token.span = behind(begins, token.span));
        }
        let Err(error) = read else { return (tokens, None) };
        // It says where it gave up; PostgreSQL, where the token begins that has no end.
        let begins = tokens.last().map_or(Location::new(1, 1), |last| last.span.end);
        cursor.advance(begins);
        match strings::read(&text[cursor.bytes..]) {
            Some(Ok((value, length))) => {
                cursor.skip(length);
                let span = Span::new(begins, cursor.location());
                tokens.push(TokenWithSpan { token: Token::EscapedStringLiteral(value), span });
            }
            Some(Err(error)) => {
                let position = error.position.map(|position| position + cursor.chars);
                return (tokens, Some(PgError { position, ..error }));
            }
            // Some operators begin as others do that sqlparser looks for: `@-5`.
            None if let length @ 1.. = operator_length(&text[cursor.bytes..]) => {
                let operator = text[cursor.bytes..][..length].to_owned();
                cursor.skip(length);
                let span = Span::new(begins, cursor.location());
                tokens.push(TokenWithSpan { token: Token::CustomBinaryOperator(operator), span });
            }
            None => return (tokens, Some(unreadable(&error, text, begins))),
        }
    }
}

/// How long the operator is that a text begins with: up to a comment.
fn operator_length(text: &str) -> usize {
    let run = text.bytes().take_while(|byte| b"+-*/<>=~!@#%^&|`?".contains(byte)).count();
    let comment = ["--", "/*"].iter().filter_map(|begin| text[..run].find(begin)).min();
    comment.unwrap_or(run)
}

/// A place in the rest of a text, in the text.
fn behind(begins: Location, span: Span) -> Span {
    let moved = |place: Location| Location {
        line: place.line + begins.line - 1,
        column: if place.line == 1 { place.column + begins.column - 1 } else { place.column },
    };
    Span::new(moved(span.start), moved(span.end))
}

fn unreadable(error: &TokenizerError, text: &str, begins: Location) -> PgError {
    let at = At::from(begins);
    let mut cursor = Cursor::new(text);
    cursor.advance(begins);
    let rest: String = text[cursor.bytes..].chars().take(MAX_SHOWN).collect();
    let kind = match error.message.as_str() {
        message if message.contains("Unterminated dollar-quoted") => "unterminated dollar-quoted string",
        message if message.contains("Unterminated") && message.contains("string") => "unterminated quoted string",
        message if message.contains("multi-line comment") => "unterminated /* comment",
        message if message.contains("Expected close delimiter") => "unterminated quoted identifier",
        _ => "syntax error",
    };
    let near = if rest.is_empty() { "at end of input".to_owned() } else { format!("at or near \"{rest}\"") };
    at.mark(PgError::new(SqlState::SYNTAX_ERROR, format!("{kind} {near}")), text)
}

/// The depth of the tree that tokens can lead to, at most.
fn nesting(tokens: &[TokenWithSpan]) -> usize {
    let mut most = 0;
    // Operators seen so far in the expression at each level of parentheses, and their sum.
    let mut levels = vec![0usize];
    let mut total = 0usize;
    for token in tokens {
        match &token.token {
            Token::LParen | Token::LBracket => {
                levels.push(1);
                total += 1;
            }
            Token::RParen | Token::RBracket if levels.len() > 1 => {
                total -= levels.pop().unwrap_or(0);
                // f(x)(y), a[1][1]: a closed bracket can be one link of a chain.
                if let Some(level) = levels.last_mut() {
                    *level += 1;
                    total += 1;
                }
            }
            // The next in a list begins anew, but within the same parentheses.
            Token::Comma => {
                let parenthesis = usize::from(levels.len() > 1);
                if let Some(level) = levels.last_mut() {
                    total = total - *level + parenthesis;
                    *level = parenthesis;
                }
            }
            Token::Word(word) if !links(word) => {}
            Token::Whitespace(_) | Token::Number(..) | Token::SingleQuotedString(_) | Token::Placeholder(_) => {}
            token => {
                // The signs at the end of an operator are operators themselves.
                let links = if let Token::CustomBinaryOperator(operator) = token { operator.len() } else { 1 };
                if let Some(level) = levels.last_mut() {
                    *level += links;
                    total += links;
                }
            }
        }
        most = most.max(total);
    }
    most
}

/// Words that put one more node on top of the expression or query before them.
fn links(word: &Word) -> bool {
    // No keyword to the tokenizer, but it becomes IS NULL.
    let is_null = word.quote_style.is_none() && word.value.eq_ignore_ascii_case("isnull");
    is_null
        || matches!(
            word.keyword,
            Keyword::AND
                | Keyword::OR
                | Keyword::NOT
                | Keyword::IS
                | Keyword::IN
                | Keyword::LIKE
                | Keyword::ILIKE
                | Keyword::SIMILAR
                | Keyword::BETWEEN
                | Keyword::NOTNULL
                | Keyword::COLLATE
                | Keyword::AT
                | Keyword::CASE
                | Keyword::UNION
                | Keyword::INTERSECT
                | Keyword::EXCEPT
                | Keyword::OVERLAPS
                | Keyword::OPERATOR
        )
}

/// 42601 at a token, or at the end of the text.
pub fn syntax_error(text: &str, token: Option<&TokenWithSpan>) -> PgError {
    let end = text.chars().count() as u32 + 1;
    match token {
        Some(token) if token.token != Token::EOF && token.span.start.line > 0 => {
            let message = format!("syntax error at or near \"{}\"", slice(text, token.span));
            At::from(token.span).mark(PgError::new(SqlState::SYNTAX_ERROR, message), text)
        }
        _ => PgError::new(SqlState::SYNTAX_ERROR, "syntax error at end of input").position(end),
    }
}

/// What PostgreSQL's grammar takes is no syntax error, but something that we don't read.
pub fn beyond_us(error: PgError) -> PgError {
    let is_of_grammar =
        |place: &str| place == "at end of input" || place.starts_with("at or near \"") && place.ends_with('"');
    match error.message.strip_prefix("syntax error ") {
        Some(place) if error.code == SqlState::SYNTAX_ERROR && is_of_grammar(place) => {
            let message = format!("syntax {place} is not supported");
            PgError { code: SqlState::FEATURE_NOT_SUPPORTED, message, ..error }
        }
        _ => error,
    }
}

/// The first parameter in a text, and where it stands.
pub fn first_parameter(text: &str) -> Option<(String, At)> {
    let tokens = tokenize(text).ok()?;
    let token = tokens.iter().find(|token| matches!(token.token, Token::Placeholder(_)))?;
    Some((slice(text, token.span).to_owned(), token.span.into()))
}

/// The text of the token at a place, for a message.
pub fn at(text: &str, at: At) -> String {
    let token = tokenize(text).ok().into_iter().flatten().find(|token| at.is(token.span.start));
    token.map_or_else(String::new, |token| slice(text, token.span).to_owned())
}
