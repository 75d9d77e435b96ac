//! `ON CONFLICT (…) WHERE …`, of which sqlparser reads names of columns alone.
//!
//! What is more than that stands as one word in the tree, which nobody else can write, and whose place in the text is that of
//! the whole target: there it is read once more when it is bound.

use sqlparser::ast::Ident;
use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::{Span, Token, TokenWithSpan, Word};

use super::amend::is;
use super::text::slice;
use super::tokens::{syntax_error, tokenize};
use crate::types::PgError;

const TARGET: &str = "\u{fdd2}target";

/// What names the unique index that is meant.
#[derive(Debug, Default)]
pub struct Target {
    pub elements: Vec<Element>,
    pub predicate: Option<Span>,
}

#[derive(Debug)]
pub struct Element {
    /// A column's name, or an expression.
    pub expression: Span,
    pub collation: Option<Ident>,
    pub operator_class: Option<Ident>,
}

/// Puts the word in the place of targets that are not names of columns.
pub fn take(tokens: &mut Vec<TokenWithSpan>) {
    let mut from = 0;
    while let Some(open) = tokens.get(from..).and_then(next_target).map(|found| from + found + 2) {
        from = open + 1;
        let Some(close) = closing(tokens, open) else { return };
        let end = match tokens.get(close + 1) {
            Some(token) if is(token, "where") => action(tokens, close + 2),
            _ => Some(close + 1),
        };
        let Some(end) = end.filter(|end| close > open + 1 && *end > close) else { continue };
        let plain = tokens[open + 1..close].iter().enumerate().all(|(place, token)| match token.token {
            Token::Word(_) => place % 2 == 0,
            Token::Comma => place % 2 == 1,
            _ => false,
        });
        if plain && end == close + 1 {
            continue;
        }
        let span = Span { start: tokens[open].span.start, end: tokens[end - 1].span.end };
        let word = Word { value: TARGET.to_owned(), quote_style: Some('"'), keyword: Keyword::NoKeyword };
        tokens.splice(open + 1..close, [TokenWithSpan { token: Token::Word(word), span }]);
        tokens.drain(open + 3..open + 3 + (end - close - 1));
    }
}

fn next_target(tokens: &[TokenWithSpan]) -> Option<usize> {
    tokens
        .windows(3)
        .position(|three| is(&three[0], "on") && is(&three[1], "conflict") && three[2].token == Token::LParen)
}

fn closing(tokens: &[TokenWithSpan], open: usize) -> Option<usize> {
    let mut depth = 0usize;
    tokens.iter().enumerate().skip(open).find_map(|(place, token)| {
        match token.token {
            Token::LParen => depth += 1,
            Token::RParen => depth = depth.saturating_sub(1),
            _ => {}
        }
        (depth == 0).then_some(place)
    })
}

/// Where the target's condition ends: at DO.
fn action(tokens: &[TokenWithSpan], from: usize) -> Option<usize> {
    let mut depth = 0usize;
    tokens.iter().enumerate().skip(from).find_map(|(place, token)| {
        match token.token {
            Token::LParen => depth += 1,
            Token::RParen => depth = depth.checked_sub(1)?,
            _ => {}
        }
        (depth == 0 && is(token, "do")).then_some(place)
    })
}

/// Where the target stands that is more than names of columns.
pub fn target_at(idents: &[Ident]) -> Option<Span> {
    match idents {
        [only] if only.value == TARGET => Some(only.span),
        _ => None,
    }
}

/// Reads the target that stands there.
pub fn read(text: &str, span: Span) -> Result<Target, PgError> {
    let inner = slice(text, span);
    let moved = |error: PgError| {
        let before = super::text::At::from(span).position(text).map_or(0, |place| place - 1);
        PgError { position: error.position.map(|place| place + before), ..error }
    };
    let all = tokenize(inner).map_err(moved)?;
    let all: Vec<TokenWithSpan> = all
        .into_iter()
        .filter(|token| !matches!(token.token, Token::Whitespace(_)))
        .map(|token| TokenWithSpan { span: placed(token.span, span), ..token })
        .collect();
    let Some(close) = closing(&all, 0) else { return Err(syntax_error(text, all.last())) };
    let mut target = Target::default();
    let mut depth = 0usize;
    let mut first = 1;
    for place in 1..=close {
        match all[place].token {
            Token::LParen => depth += 1,
            Token::RParen if place < close => depth -= 1,
            _ => {}
        }
        if place == close || (depth == 0 && all[place].token == Token::Comma) {
            target.elements.push(element(text, &all[first..place], &all[place])?);
            first = place + 1;
        }
    }
    if let (Some(first), Some(last)) = (all.get(close + 2), all.last()) {
        target.predicate = Some(Span { start: first.span.start, end: last.span.end });
    }
    Ok(target)
}

/// The same place in the whole text.
fn placed(inner: Span, outer: Span) -> Span {
    let moved = |location: sqlparser::tokenizer::Location| {
        let column = if location.line == 1 { location.column + outer.start.column - 1 } else { location.column };
        sqlparser::tokenizer::Location { line: location.line + outer.start.line - 1, column }
    };
    Span { start: moved(inner.start), end: moved(inner.end) }
}

/// `expression [COLLATE collation] [operator class]`.
fn element(text: &str, tokens: &[TokenWithSpan], next: &TokenWithSpan) -> Result<Element, PgError> {
    let error = |token: Option<&TokenWithSpan>| Err(syntax_error(text, Some(token.unwrap_or(next))));
    let Some(first) = tokens.first() else { return error(None) };
    let length = match (&first.token, tokens.get(1).map(|token| &token.token)) {
        (Token::LParen, _) => closing(tokens, 0).map_or(tokens.len(), |close| close + 1),
        (Token::Word(_), Some(Token::LParen)) => closing(tokens, 1).map_or(tokens.len(), |close| close + 1),
        (Token::Word(_), _) => 1,
        _ => return error(Some(first)),
    };
    let (expression, mut rest) = tokens.split_at(length);
    let end = expression.last().map_or(first.span.end, |token| token.span.end);
    let mut name = |after: usize| -> Option<Ident> {
        let Token::Word(word) = &rest.get(after)?.token else { return None };
        let ident = word.to_ident(rest[after].span);
        rest = &rest[after + 1..];
        Some(ident)
    };
    let collation = if rest_begins(tokens, length, "collate") { name(1) } else { None };
    let operator_class = name(0);
    match rest.first() {
        None => Ok(Element { expression: Span { start: first.span.start, end }, collation, operator_class }),
        other => error(other),
    }
}

fn rest_begins(tokens: &[TokenWithSpan], at: usize, word: &str) -> bool {
    tokens.get(at).is_some_and(|token| is(token, word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(text: &str) -> Option<(String, Vec<String>, Option<String>)> {
        let mut tokens: Vec<TokenWithSpan> = tokenize(text).unwrap();
        tokens.retain(|token| !matches!(token.token, Token::Whitespace(_)));
        take(&mut tokens);
        let ident = tokens.iter().find_map(|token| match &token.token {
            Token::Word(word) if word.value == TARGET => Some(word.to_ident(token.span)),
            _ => None,
        })?;
        let target = read(text, target_at(&[ident]).unwrap()).unwrap();
        let left: Vec<String> = tokens.iter().map(|token| token.token.to_string()).collect();
        let shown = |element: &Element| slice(text, element.expression).to_owned();
        let predicate = target.predicate.map(|span| slice(text, span).to_owned());
        Some((left.join(" "), target.elements.iter().map(shown).collect(), predicate))
    }

    #[test]
    fn targets_are_found_where_they_stand() {
        assert_eq!(taken("INSERT INTO t VALUES (1) ON CONFLICT (a, b) DO NOTHING"), None);
        let found = taken(
            "INSERT INTO t VALUES (1)\n ON CONFLICT (lower(a), (b + 1) int4_ops, c)\n  WHERE (c > 1) AND d DO NOTHING",
        );
        let (left, elements, predicate) = found.unwrap();
        assert_eq!(left, format!("INSERT INTO t VALUES ( 1 ) ON CONFLICT ( \"{TARGET}\" ) DO NOTHING"));
        assert_eq!(elements, ["lower(a)", "(b + 1)", "c"]);
        assert_eq!(predicate.as_deref(), Some("(c > 1) AND d"));
        let (_, elements, predicate) =
            taken("INSERT INTO t VALUES (1) ON CONFLICT (a COLLATE \"C\") DO NOTHING").unwrap();
        assert_eq!((elements, predicate), (vec!["a".to_owned()], None));
    }

    #[test]
    fn what_is_no_target_is_a_syntax_error() {
        for inner in ["a b c", "a +", ", a", "lower(a) + 1"] {
            let text = format!("INSERT INTO t VALUES (1) ON CONFLICT ({inner}) DO NOTHING");
            let start = text.find("(").unwrap();
            let open = text[start + 1..].find('(').unwrap() + start + 2;
            let end = text.find(" DO").unwrap() + 1;
            let location = |column: usize| sqlparser::tokenizer::Location { line: 1, column: column as u64 };
            assert!(read(&text, Span { start: location(open), end: location(end) }).is_err(), "{inner}");
        }
    }
}
