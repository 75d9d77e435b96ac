//! LIKE in CREATE TABLE's list, which sqlparser knows in one form only: read from the tokens.

use std::ops::Range;

use sqlparser::ast::ObjectName;
use sqlparser::tokenizer::{Location, Token, TokenWithSpan};

use super::utility::Words;
use crate::types::PgError;

/// `LIKE source [INCLUDING …] [EXCLUDING …]`.
#[derive(Debug)]
pub struct LikeClause {
    /// Where the column stands that stands in for it.
    pub column: Location,
    pub source: ObjectName,
    pub including: Including,
}

/// What is taken over besides the columns.
#[derive(Clone, Copy, Debug, Default)]
pub struct Including {
    pub comments: bool,
    pub constraints: bool,
    pub defaults: bool,
    pub generated: bool,
    pub identity: bool,
    pub indexes: bool,
    pub storage: bool,
    pub compression: bool,
}

/// Takes the clauses out of a CREATE TABLE, and leaves a column in the place of each, for the binder to find.
pub(super) fn take_likes(text: &str, tokens: &mut Vec<TokenWithSpan>) -> Result<Vec<LikeClause>, PgError> {
    let ranges = elements(tokens);
    let mut likes = Vec::with_capacity(ranges.len());
    if ranges.is_empty() {
        return Ok(likes);
    }
    let mut rest = std::mem::take(tokens).into_iter();
    let mut done = 0;
    for range in ranges {
        tokens.extend(rest.by_ref().take(range.start - done));
        let mut clause: Vec<TokenWithSpan> = rest.by_ref().take(range.len()).collect();
        // With what stands behind it, where an error may be.
        clause.extend(rest.as_slice().first().cloned());
        done = range.end;
        likes.push(read(text, &clause)?);
        let span = clause[0].span;
        tokens.push(TokenWithSpan { token: Token::make_word("like", Some('"')), span });
        tokens.push(TokenWithSpan { token: Token::make_word("int4", None), span });
    }
    tokens.extend(rest);
    Ok(likes)
}

fn is(token: &TokenWithSpan, word: &str) -> bool {
    matches!(&token.token, Token::Word(found) if found.quote_style.is_none() && found.value.eq_ignore_ascii_case(word))
}

/// The elements of a new table's list that begin with LIKE.
fn elements(tokens: &[TokenWithSpan]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    if !tokens.first().is_some_and(|token| is(token, "create")) {
        return found;
    }
    let Some(open) = tokens.iter().position(|token| token.token == Token::LParen) else { return found };
    let before = &tokens[..open];
    if !before.iter().any(|token| is(token, "table")) || before.iter().any(|token| is(token, "as")) {
        return found;
    }
    let (mut depth, mut start) = (0usize, open + 1);
    for (index, token) in tokens.iter().enumerate().skip(open) {
        let ends = match token.token {
            Token::LParen | Token::LBracket => {
                depth += 1;
                false
            }
            Token::RParen | Token::RBracket => {
                depth = depth.saturating_sub(1);
                depth == 0
            }
            Token::Comma => depth == 1,
            _ => false,
        };
        if ends {
            if start < index && is(&tokens[start], "like") {
                found.push(start..index);
            }
            start = index + 1;
        }
        if ends && depth == 0 {
            break;
        }
    }
    found
}

fn read(text: &str, clause: &[TokenWithSpan]) -> Result<LikeClause, PgError> {
    let mut words = Words { text, tokens: clause, next: 1 };
    let source = words.object_name()?;
    let mut including = Including::default();
    while words.next + 1 < clause.len() {
        let include = words.accept("including");
        if !include {
            words.expect("excluding")?;
        }
        let what = words.word().ok_or_else(|| words.error())?;
        let all = what == "all";
        // There are no extended statistics.
        let known = what == "statistics";
        let options = [
            ("comments", &mut including.comments),
            ("constraints", &mut including.constraints),
            ("defaults", &mut including.defaults),
            ("generated", &mut including.generated),
            ("identity", &mut including.identity),
            ("indexes", &mut including.indexes),
            ("storage", &mut including.storage),
            ("compression", &mut including.compression),
        ];
        let mut found = all || known;
        for (name, option) in options {
            if all || name == what {
                *option = include;
                found = true;
            }
        }
        if !found {
            return Err(words.error_at(words.at_before()));
        }
    }
    Ok(LikeClause { column: clause[0].span.start, source, including })
}
