//! `FOR UPDATE OF a, b`, of which sqlparser reads one name: it becomes `FOR UPDATE OF a FOR UPDATE OF b`, which means the same.
//! And `FOR UPDATE LIMIT 1`, of which it reads `LIMIT 1 FOR UPDATE`.

use sqlparser::tokenizer::{Token, TokenWithSpan};

use super::amend::is;

pub fn repeat_locks(tokens: &mut Vec<TokenWithSpan>) {
    if !tokens.windows(3).any(locks) {
        return;
    }
    let mut all = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while let Some(found) = tokens[at..].windows(3).position(locks) {
        let names = at + found + 3;
        let head = names - 3..names;
        all.extend_from_slice(&tokens[at..names]);
        let mut ends = vec![name_end(tokens, names)];
        while let Some(end) = ends.last().copied()
            && tokens.get(end).is_some_and(|token| token.token == Token::Comma)
        {
            ends.push(name_end(tokens, end + 1));
        }
        let end = ends.last().map_or(names, |end| (*end).min(tokens.len()));
        let suffix = match &tokens[end..] {
            [nowait, ..] if is(nowait, "nowait") => 1,
            [skip, locked, ..] if is(skip, "skip") && is(locked, "locked") => 2,
            _ => 0,
        };
        let mut begin = names;
        for (number, name_end) in ends.into_iter().enumerate() {
            if number > 0 {
                all.extend_from_slice(&tokens[head.clone()]);
            }
            all.extend_from_slice(&tokens[begin.min(end)..name_end.min(end)]);
            all.extend_from_slice(&tokens[end..end + suffix]);
            begin = name_end + 1;
        }
        at = end + suffix;
    }
    all.extend_from_slice(&tokens[at..]);
    *tokens = all;
}

/// Puts locking clauses behind LIMIT, OFFSET and FETCH.
pub fn locks_last(tokens: &mut Vec<TokenWithSpan>) {
    if !(0..tokens.len()).any(|at| lock_end(tokens, at).is_some()) {
        return;
    }
    let mut all = Vec::with_capacity(tokens.len());
    // Of each open parenthesis, what comes at its end.
    let mut waiting: Vec<Vec<TokenWithSpan>> = vec![Vec::new()];
    let mut at = 0;
    while at < tokens.len() {
        let mut end = at;
        while let Some(next) = lock_end(tokens, end) {
            end = next;
        }
        let limits =
            tokens.get(end).is_some_and(|token| ["limit", "offset", "fetch"].iter().any(|word| is(token, word)));
        match waiting.last_mut() {
            Some(late) if end > at && limits => late.extend_from_slice(&tokens[at..end]),
            _ => all.extend_from_slice(&tokens[at..end]),
        }
        at = end;
        let Some(token) = tokens.get(at) else { break };
        match token.token {
            Token::LParen => waiting.push(Vec::new()),
            // One that closes nothing is told of by the parser.
            Token::RParen => all.extend(waiting.pop().unwrap_or_default()),
            _ => {}
        }
        all.push(token.clone());
        at += 1;
    }
    while let Some(late) = waiting.pop() {
        all.extend(late);
    }
    *tokens = all;
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
