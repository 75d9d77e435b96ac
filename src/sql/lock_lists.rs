//! `FOR UPDATE OF a, b`, of which sqlparser reads one name: it becomes `FOR UPDATE OF a FOR UPDATE OF b`, which means the same.
//! And `FOR UPDATE LIMIT 1`, of which it reads `LIMIT 1 FOR UPDATE`.

use sqlparser::tokenizer::{Token, TokenWithSpan};

use super::amend::is;

pub fn repeat_locks(tokens: &mut Vec<TokenWithSpan>) {
    let mut at = 0;
    while let Some(found) = tokens[at..].windows(3).position(locks) {
        let clause = at + found;
        let names = clause + 3;
        let mut ends = Vec::new();
        let mut end = name_end(tokens, names);
        while tokens.get(end).is_some_and(|token| token.token == Token::Comma) {
            ends.push(end);
            end = name_end(tokens, end + 1);
        }
        let suffix = match &tokens[end.min(tokens.len())..] {
            [nowait, ..] if is(nowait, "nowait") => 1,
            [skip, locked, ..] if is(skip, "skip") && is(locked, "locked") => 2,
            _ => 0,
        };
        let (head, tail) = (tokens[clause..names].to_vec(), tokens[end..end + suffix].to_vec());
        at = end;
        for comma in ends.into_iter().rev() {
            let between: Vec<_> = tail.iter().chain(&head).cloned().collect();
            at += between.len() - 1;
            tokens.splice(comma..=comma, between);
        }
    }
}

/// Puts locking clauses behind LIMIT, OFFSET and FETCH.
pub fn locks_last(tokens: &mut [TokenWithSpan]) {
    for at in 0..tokens.len() {
        let Some(mut end) = lock_end(tokens, at) else { continue };
        while let Some(next) = lock_end(tokens, end) {
            end = next;
        }
        let limits =
            tokens.get(end).is_some_and(|token| ["limit", "offset", "fetch"].iter().any(|word| is(token, word)));
        if !limits {
            continue;
        }
        let mut depth = 0;
        let closes = |token: &TokenWithSpan| {
            match token.token {
                Token::LParen => depth += 1,
                Token::RParen => depth -= 1,
                _ => {}
            }
            depth < 0
        };
        let close = tokens[end..].iter().position(closes).map_or(tokens.len(), |length| end + length);
        tokens[at..close].rotate_left(end - at);
    }
}

/// Where a locking clause ends that begins here.
fn lock_end(tokens: &[TokenWithSpan], at: usize) -> Option<usize> {
    let word = |at: usize, word: &str| tokens.get(at).is_some_and(|token| is(token, word));
    if !word(at, "for") || !(word(at + 1, "update") || word(at + 1, "share")) {
        return None;
    }
    let mut end = at + 2;
    if word(end, "of") {
        end = name_end(tokens, end + 1);
        while tokens.get(end).is_some_and(|token| token.token == Token::Comma) {
            end = name_end(tokens, end + 1);
        }
    }
    Some(match () {
        () if word(end, "nowait") => end + 1,
        () if word(end, "skip") && word(end + 1, "locked") => end + 2,
        () => end,
    })
}

fn locks(words: &[TokenWithSpan]) -> bool {
    is(&words[0], "for") && (is(&words[1], "update") || is(&words[1], "share")) && is(&words[2], "of")
}

/// Where a name ends, qualified or not, that begins here.
fn name_end(tokens: &[TokenWithSpan], mut at: usize) -> usize {
    let is = |at: usize, test: fn(&Token) -> bool| tokens.get(at).is_some_and(|token| test(&token.token));
    while is(at, |token| matches!(token, Token::Word(_))) {
        at += 1;
        if !is(at, |token| *token == Token::Period) {
            break;
        }
        at += 1;
    }
    at
}
