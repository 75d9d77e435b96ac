//! PostgreSQL's lexical rules and small constructs that sqlparser lacks, applied to a statement's tokens.

use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::{Token, TokenWithSpan, Whitespace, Word};

use super::text::At;
use crate::types::{PgError, SqlState};

/// `OVERRIDING … VALUE` of an INSERT.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Overriding {
    System,
    User,
}

/// Drops white space and comments; strings on successive lines become one; ISNULL becomes IS NULL.
pub fn amend(tokens: Vec<TokenWithSpan>, text: &str) -> Result<Vec<TokenWithSpan>, PgError> {
    let mut out: Vec<TokenWithSpan> = Vec::with_capacity(tokens.len());
    let mut newline = false;
    for token in tokens {
        match &token.token {
            Token::Whitespace(space) => {
                newline |= matches!(space, Whitespace::Newline | Whitespace::SingleLineComment { .. });
                // Optimizer hints and the like: comments say nothing to PostgreSQL.
                continue;
            }
            Token::SingleQuotedString(more) if newline => {
                if let Some(TokenWithSpan { token: Token::SingleQuotedString(text), .. }) = out.last_mut() {
                    text.push_str(more);
                    continue;
                }
            }
            Token::Word(word) if word.quote_style.is_some() && word.value.is_empty() => {
                let message = "zero-length delimited identifier at or near \"\"\"\"";
                return Err(At::from(token.span).mark(PgError::new(SqlState::SYNTAX_ERROR, message), text));
            }
            _ if is(&token, "isnull") && out.last().is_some_and(|last| !names_follow(last)) => {
                for (value, keyword) in [("IS", Keyword::IS), ("NULL", Keyword::NULL)] {
                    let word = Word { value: value.to_owned(), quote_style: None, keyword };
                    out.push(TokenWithSpan { token: Token::Word(word), span: token.span });
                }
                continue;
            }
            _ if is(&token, "symmetric") && out.last().is_some_and(|last| is(last, "between")) => {
                return Err(At::from(token.span).mark(PgError::unsupported("BETWEEN SYMMETRIC"), text));
            }
            _ if is(&token, "asymmetric") && out.last().is_some_and(|last| is(last, "between")) => continue,
            _ => {}
        }
        newline = false;
        out.push(token);
    }
    sort_identity_options(&mut out);
    Ok(out)
}

fn is(token: &TokenWithSpan, expected: &str) -> bool {
    matches!(&token.token, Token::Word(word) if word.quote_style.is_none() && word.value.eq_ignore_ascii_case(expected))
}

/// After AS or a period, any keyword is a name.
fn names_follow(token: &TokenWithSpan) -> bool {
    token.token == Token::Period || is(token, "as")
}

/// Takes `OVERRIDING SYSTEM VALUE` or `OVERRIDING USER VALUE` out of an INSERT.
pub fn take_overriding(tokens: &mut Vec<TokenWithSpan>) -> Option<Overriding> {
    if !tokens.iter().any(|token| is(token, "insert")) {
        return None;
    }
    let found = tokens.windows(3).position(|three| {
        is(&three[0], "overriding") && (is(&three[1], "system") || is(&three[1], "user")) && is(&three[2], "value")
    })?;
    let overriding = if is(&tokens[found + 1], "system") { Overriding::System } else { Overriding::User };
    tokens.drain(found..found + 3);
    Some(overriding)
}

/// The order in which sqlparser reads the options of an identity column's sequence.
const OPTION_ORDER: &[&str] = &["increment", "minvalue", "maxvalue", "start", "cache", "cycle"];

/// PostgreSQL takes sequence options in any order.
fn sort_identity_options(tokens: &mut [TokenWithSpan]) {
    let mut from = 0;
    while let Some(found) =
        tokens[from..].windows(2).position(|two| is(&two[0], "identity") && two[1].token == Token::LParen)
    {
        let start = from + found + 2;
        let Some(len) = tokens[start..].iter().position(|token| token.token == Token::RParen) else { return };
        sort_options(&mut tokens[start..start + len]);
        from = start + len;
    }
}

fn sort_options(tokens: &mut [TokenWithSpan]) {
    let mut groups: Vec<(usize, Vec<TokenWithSpan>)> = Vec::new();
    for token in tokens.iter() {
        let no = is(token, "no");
        let rank = OPTION_ORDER.iter().position(|option| is(token, option));
        // NO MINVALUE: the group has begun with NO.
        let open = groups.last().is_some_and(|(_, group)| group.len() == 1 && is(&group[0], "no"));
        match (rank, groups.last_mut()) {
            (Some(rank), Some((of, group))) if open => {
                *of = rank;
                group.push(token.clone());
            }
            (Some(rank), _) => groups.push((rank, vec![token.clone()])),
            (None, _) if no => groups.push((OPTION_ORDER.len(), vec![token.clone()])),
            (None, Some((_, group))) => group.push(token.clone()),
            (None, None) => groups.push((0, vec![token.clone()])),
        }
    }
    groups.sort_by_key(|(rank, _)| *rank);
    for (slot, token) in tokens.iter_mut().zip(groups.into_iter().flat_map(|(_, group)| group)) {
        *slot = token;
    }
}
