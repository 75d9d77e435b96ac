//! Subscripts of columns that are written to (`SET a[1] = 2`, `INSERT INTO t (a[1])`), for which sqlparser has no tree:
//! they are taken out of a statement's tokens before it is parsed.

use std::collections::HashMap;
use std::ops::Range;

use sqlparser::tokenizer::{Token, TokenWithSpan};

use super::amend::{is, remove};

/// Takes out what stands behind the names of columns where there are subscripts (`[1].field`), each with the name before it.
pub fn take_assigned_parts(tokens: &mut Vec<TokenWithSpan>) -> Vec<Vec<TokenWithSpan>> {
    let first = |token| ["update", "insert", "with", "merge"].iter().any(|word| is(token, word));
    if !tokens.first().is_some_and(first) || !tokens.iter().any(|token| token.token == Token::LBracket) {
        return Vec::new();
    }
    let closing = closing(tokens);
    let mut found: Vec<Range<usize>> = Vec::new();
    // How deep this place and the SET clause around it are.
    let (mut depth, mut clause): (usize, Option<usize>) = (0, None);
    let mut at = 0;
    while at < tokens.len() {
        let mut assigned = false;
        match &tokens[at].token {
            Token::LParen if is_column_list(tokens, at) => {
                let end = closing.get(&at).copied().unwrap_or(at);
                found.extend(parts_in_list(tokens, at..end, &closing));
                at = end.max(at + 1);
                continue;
            }
            Token::LParen | Token::LBracket => depth += 1,
            Token::RParen | Token::RBracket => {
                depth = depth.saturating_sub(1);
                clause = clause.filter(|set| *set <= depth);
            }
            Token::Comma => assigned = clause == Some(depth),
            _ if is(&tokens[at], "set") && begins_set(tokens, at + 1, &closing) => {
                clause = Some(depth);
                assigned = true;
            }
            _ if clause == Some(depth) && ["from", "where", "returning"].iter().any(|word| is(&tokens[at], word)) => {
                clause = None;
            }
            _ => {}
        }
        at += 1;
        if !assigned {
            continue;
        }
        if let Some(end) = tuple(tokens, at, &closing) {
            found.extend(parts_in_list(tokens, at..end, &closing));
            at = end + 1;
        } else if let Some(end) = part_end(tokens, at, &closing) {
            found.push(at + 1..end);
            at = end;
        }
    }
    let taken = found.iter().map(|range| tokens[range.start - 1..range.end].to_vec()).collect();
    remove(tokens, &found);
    taken
}

/// Whether SET before it begins a clause of assignments.
fn begins_set(tokens: &[TokenWithSpan], at: usize, closing: &HashMap<usize, usize>) -> bool {
    let assigns = |token: &TokenWithSpan| matches!(token.token, Token::LBracket | Token::Period | Token::Eq);
    match tokens.get(at).map(|token| &token.token) {
        Some(Token::Word(_)) => tokens.get(at + 1).is_some_and(assigns),
        _ => tuple(tokens, at, closing).is_some(),
    }
}

/// The closing parenthesis of `(a, b) =`.
fn tuple(tokens: &[TokenWithSpan], at: usize, closing: &HashMap<usize, usize>) -> Option<usize> {
    let end = *closing.get(&at).filter(|_| tokens[at].token == Token::LParen)?;
    tokens.get(end + 1).is_some_and(|next| next.token == Token::Eq).then_some(end)
}

/// Words that may follow the table of an INSERT without columns.
const BEFORE_SOURCE: [&str; 6] = ["values", "select", "table", "with", "overriding", "default"];

/// Whether a parenthesis opens the columns of INSERT INTO: behind a table's name, and its alias, or INSERT in MERGE.
fn is_column_list(tokens: &[TokenWithSpan], open: usize) -> bool {
    let before = &tokens[..open];
    if before.last().is_some_and(|last| is(last, "insert")) {
        return true;
    }
    let is_name = |token: &TokenWithSpan| matches!(token.token, Token::Word(_) | Token::Period);
    let behind = before.iter().rev().take_while(|token| is_name(token) && !is(token, "into")).count();
    let Some(into) = open.checked_sub(behind + 1) else { return false };
    // What begins the source is no alias: `INSERT INTO t VALUES (ARRAY[1])`.
    let begins_source = |token| BEFORE_SOURCE.iter().any(|word| is(token, word));
    behind > 0
        && is(&tokens[into], "into")
        && into > 0
        && is(&tokens[into - 1], "insert")
        && !tokens[into + 1..open].iter().skip(1).any(begins_source)
}

/// The parts in a list in parentheses.
fn parts_in_list(tokens: &[TokenWithSpan], list: Range<usize>, closing: &HashMap<usize, usize>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = list.start + 1;
    while at < list.end {
        if let Some(end) = part_end(tokens, at, closing) {
            found.push(at + 1..end);
            at = end;
        }
        // To what stands behind the next comma.
        while at < list.end && tokens[at].token != Token::Comma {
            at = closing.get(&at).copied().unwrap_or(at) + 1;
        }
        at += 1;
    }
    found
}

/// Where each parenthesis and bracket is closed.
fn closing(tokens: &[TokenWithSpan]) -> HashMap<usize, usize> {
    let mut open = Vec::new();
    let mut closing = HashMap::new();
    for (at, token) in tokens.iter().enumerate() {
        match token.token {
            Token::LBracket | Token::LParen => open.push(at),
            Token::RBracket | Token::RParen => closing.extend(open.pop().map(|opening| (opening, at))),
            _ => {}
        }
    }
    closing
}

/// Where `name[…].field[…]` ends that something is assigned to.
fn part_end(tokens: &[TokenWithSpan], name: usize, closing: &HashMap<usize, usize>) -> Option<usize> {
    let Token::Word(_) = tokens.get(name)?.token else { return None };
    let mut at = name + 1;
    let mut subscripts = false;
    loop {
        match tokens.get(at)?.token {
            Token::LBracket => {
                subscripts = true;
                at = closing.get(&at)? + 1;
            }
            Token::Period => {
                let Token::Word(_) = tokens.get(at + 1)?.token else { return None };
                at += 2;
            }
            Token::Eq | Token::Comma | Token::RParen => return subscripts.then_some(at),
            _ => return None,
        }
    }
}
