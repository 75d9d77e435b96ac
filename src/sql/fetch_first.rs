//! `FETCH FIRST (expression) ROWS …` and `FETCH FIRST -1 ROWS …`, of which sqlparser takes no more than a number.

use sqlparser::ast::{Expr, Fetch, Value};
use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::{Token, TokenWithSpan, Word};

use super::amend::{is, remove};

/// The number that stands in FETCH where LIMIT has the expression: nobody can write it.
const IN_LIMIT: &str = "";

/// Makes `FETCH FIRST (expression) ROWS ONLY` a `LIMIT (expression)`, and of one `WITH TIES` that and a FETCH without a number
/// of its own ([`limit_has_number`]).
pub fn limit_for_fetch(tokens: &mut Vec<TokenWithSpan>) {
    // Open parentheses: where FETCH FIRST stands before them.
    let mut open: Vec<Option<usize>> = Vec::new();
    let (mut removed, mut ties) = (Vec::new(), Vec::new());
    for at in 0..tokens.len() {
        let follows_first = |at: usize| {
            at > 1 && (is(&tokens[at - 1], "first") || is(&tokens[at - 1], "next")) && is(&tokens[at - 2], "fetch")
        };
        let fetch = match tokens[at].token {
            Token::LParen => {
                open.push(follows_first(at).then(|| at - 2));
                continue;
            }
            Token::RParen => open.pop().flatten(),
            Token::Number(..) if at > 0 && matches!(tokens[at - 1].token, Token::Minus | Token::Plus) => {
                follows_first(at - 1).then(|| at - 3)
            }
            _ => continue,
        };
        let Some(fetch) = fetch else { continue };
        match &tokens[at + 1..] {
            [row, only, ..] if (is(row, "row") || is(row, "rows")) && is(only, "only") => {
                removed.extend([fetch + 1..fetch + 2, at + 1..at + 3]);
            }
            [row, with, last, ..] if (is(row, "row") || is(row, "rows")) && is(with, "with") && is(last, "ties") => {
                removed.push(fetch + 1..fetch + 2);
                ties.push((at + 1, tokens[fetch].span));
            }
            _ => continue,
        }
        let word = Word { value: "LIMIT".to_owned(), quote_style: None, keyword: Keyword::LIMIT };
        tokens[fetch].token = Token::Word(word);
    }
    // Those within others were found first.
    removed.sort_by_key(|range| range.start);
    ties.sort_by_key(|(at, _)| *at);
    let added = |at: usize| {
        let taken: usize = removed.iter().filter(|range| range.end <= at).map(|range| range.len()).sum();
        at - taken
    };
    let ties: Vec<_> = ties.into_iter().map(|(at, span)| (added(at), span)).collect();
    remove(tokens, &removed);
    for (at, span) in ties.into_iter().rev() {
        let word = Word { value: "FETCH".to_owned(), quote_style: None, keyword: Keyword::FETCH };
        let number = Token::Placeholder(IN_LIMIT.to_owned());
        let fetch = [Token::Word(word), number].map(|token| TokenWithSpan { token, span });
        tokens.splice(at..at, fetch);
    }
}

/// Whether LIMIT has the number of this FETCH's rows.
pub fn limit_has_number(fetch: &Fetch) -> bool {
    let is_it = |value: &Value| matches!(value, Value::Placeholder(name) if name == IN_LIMIT);
    matches!(&fetch.quantity, Some(Expr::Value(value)) if is_it(&value.value))
}
