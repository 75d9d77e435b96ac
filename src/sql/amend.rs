//! PostgreSQL's lexical rules and small constructs that sqlparser lacks, applied to a statement's tokens.

use sqlparser::ast::Ident;
use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::{Token, TokenWithSpan, Whitespace, Word};

use super::text::{At, slice};
use super::tokens::syntax_error;
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
    let mut brackets = 0usize;
    let mut rest = tokens.into_iter().peekable();
    while let Some(mut token) = rest.next() {
        if let Some(junk) = junk(&token, rest.peek(), text) {
            return Err(At::from(token.span).mark(PgError::new(SqlState::SYNTAX_ERROR, junk), text));
        }
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
            Token::LBracket => brackets += 1,
            Token::RBracket => brackets = brackets.saturating_sub(1),
            // Slices have colons, and nothing else.
            Token::Colon if brackets == 0 => return Err(syntax_error(text, Some(&token))),
            Token::LBrace | Token::RBrace => return Err(syntax_error(text, Some(&token))),
            Token::CustomBinaryOperator(operator) if signs_to_split(operator) > 0 => {
                split_signs(&token, &mut out);
                newline = false;
                continue;
            }
            Token::DoubleEq => token.token = Token::CustomBinaryOperator("==".to_owned()),
            // There is no inheritance.
            _ if is(&token, "only") && out.last().is_some_and(takes_only) => continue,
            // Nothing else happens meanwhile.
            _ if is(&token, "concurrently") && drops_index(&out) => continue,
            _ if is(&token, "from") && after_trim(&out) => continue,
            _ if is(&token, "table") && begins_query(&out) => {
                for (value, keyword) in [("SELECT", Some(Keyword::SELECT)), ("*", None), ("FROM", Some(Keyword::FROM))]
                {
                    let token_of = |keyword| Token::Word(Word { value: value.to_owned(), quote_style: None, keyword });
                    out.push(TokenWithSpan { token: keyword.map_or(Token::Mul, token_of), span: token.span });
                }
                continue;
            }
            _ if is(&token, "preceding") || is(&token, "following") => embrace_offset(&mut out),
            // There is one lock, on everything, which is never weaker.
            _ if is(&token, "update") && end_with(&out, &["for", "no", "key"]) => out.truncate(out.len() - 2),
            _ if is(&token, "share") && end_with(&out, &["for", "key"]) => out.truncate(out.len() - 1),
            _ if is(&token, "asymmetric") && out.last().is_some_and(|last| is(last, "between")) => continue,
            _ => {}
        }
        newline = false;
        out.push(token);
    }
    sort_identity_options(&mut out);
    Ok(fill_empty_lists(out))
}

/// How many signs at an operator's end are operators of their own: all, unless it has a character that SQL's standard
/// operators don't have.
fn signs_to_split(operator: &str) -> usize {
    if operator.contains(['~', '!', '@', '#', '%', '^', '&', '|', '`', '?']) {
        return 0;
    }
    let rest = operator.trim_end_matches(['+', '-']);
    operator.len() - rest.len().max(1)
}

fn split_signs(token: &TokenWithSpan, out: &mut Vec<TokenWithSpan>) {
    let Token::CustomBinaryOperator(operator) = &token.token else { return };
    let (first, signs) = operator.split_at(operator.len() - signs_to_split(operator));
    let first = match first {
        "+" => Token::Plus,
        "-" => Token::Minus,
        "*" => Token::Mul,
        "/" => Token::Div,
        "<" => Token::Lt,
        ">" => Token::Gt,
        "=" => Token::Eq,
        "<=" => Token::LtEq,
        ">=" => Token::GtEq,
        "<>" => Token::Neq,
        other => Token::CustomBinaryOperator(other.to_owned()),
    };
    out.push(TokenWithSpan { token: first, span: token.span });
    for sign in signs.chars() {
        let token_of = if sign == '+' { Token::Plus } else { Token::Minus };
        out.push(TokenWithSpan { token: token_of, span: token.span });
    }
}

/// Puts a frame's offset that begins with a string and goes on (`'1 day'::interval PRECEDING`) in parentheses: sqlparser
/// takes the string alone for the offset.
fn embrace_offset(out: &mut Vec<TokenWithSpan>) {
    let opens =
        |token: &TokenWithSpan| ["between", "and", "range", "rows", "groups"].iter().any(|word| is(token, word));
    let Some(begin) = out.iter().rposition(opens).map(|at| at + 1) else { return };
    let [first, _, .., last] = &out[begin..] else { return };
    if !matches!(first.token, Token::SingleQuotedString(_)) {
        return;
    }
    let (open, close) = (first.span, last.span);
    out.push(TokenWithSpan { token: Token::RParen, span: close });
    out.insert(begin, TokenWithSpan { token: Token::LParen, span: open });
}

/// A number or parameter must end before letters begin.
fn junk(token: &TokenWithSpan, next: Option<&TokenWithSpan>, text: &str) -> Option<String> {
    match &token.token {
        Token::Number(..) => match next {
            Some(TokenWithSpan { token: Token::Word(word), span }) if word.quote_style.is_none() => {
                let near = format!("{}{}", slice(text, token.span), slice(text, *span));
                Some(format!("trailing junk after numeric literal at or near \"{near}\""))
            }
            _ => None,
        },
        Token::Placeholder(name) if name.starts_with('$') => {
            let number = &name[1..];
            let junk = number.starts_with(|c: char| c.is_ascii_digit()) && !number.bytes().all(|b| b.is_ascii_digit());
            junk.then(|| format!("trailing junk after parameter at or near \"{name}\""))
        }
        _ => None,
    }
}

/// Words that `ONLY table` may follow.
fn takes_only(token: &TokenWithSpan) -> bool {
    ["from", "join", "update", "truncate", "table"].iter().any(|word| is(token, word))
}

fn drops_index(out: &[TokenWithSpan]) -> bool {
    matches!(out, [drop, index] if is(drop, "drop") && is(index, "index"))
}

/// `trim(FROM x)`, `trim(BOTH FROM x)`: the FROM says nothing.
fn after_trim(out: &[TokenWithSpan]) -> bool {
    let side = |token: &TokenWithSpan| ["both", "leading", "trailing"].iter().any(|word| is(token, word));
    let out = match out {
        [before @ .., last] if side(last) => before,
        out => out,
    };
    matches!(out, [.., trim, open] if is(trim, "trim") && open.token == Token::LParen)
}

/// Whether `TABLE t` in this place is a query.
fn begins_query(out: &[TokenWithSpan]) -> bool {
    match out {
        [] => true,
        [.., last] if last.token == Token::LParen => true,
        [.., last] if ["union", "intersect", "except", "all"].iter().any(|word| is(last, word)) => true,
        [first, _, .., last] if is(first, "insert") && !is(last, "into") => {
            matches!(last.token, Token::Word(_) | Token::RParen)
        }
        _ => false,
    }
}

/// A name that nobody can write: it stands where a SELECT has no list.
pub fn is_empty_list(ident: &Ident) -> bool {
    ident.quote_style.is_some() && ident.value.is_empty()
}

/// `SELECT` and `SELECT WHERE …` have no columns, which sqlparser takes only before FROM.
fn fill_empty_lists(tokens: Vec<TokenWithSpan>) -> Vec<TokenWithSpan> {
    const FOLLOW: &[&str] = &[
        "where",
        "group",
        "having",
        "window",
        "union",
        "intersect",
        "except",
        "order",
        "limit",
        "offset",
        "fetch",
        "for",
    ];
    let mut out: Vec<TokenWithSpan> = Vec::with_capacity(tokens.len());
    let mut rest = tokens.into_iter().peekable();
    while let Some(token) = rest.next() {
        let empty = is(&token, "select")
            && !out.last().is_some_and(|last| last.token == Token::Period || is(last, "as"))
            && match rest.peek() {
                None => true,
                Some(next) => next.token == Token::RParen || FOLLOW.iter().any(|word| is(next, word)),
            };
        let span = token.span;
        out.push(token);
        if empty {
            let word = Word { value: String::new(), quote_style: Some('"'), keyword: Keyword::NoKeyword };
            out.push(TokenWithSpan { token: Token::Word(word), span });
        }
    }
    out
}

fn is(token: &TokenWithSpan, expected: &str) -> bool {
    matches!(&token.token, Token::Word(word) if word.quote_style.is_none() && word.value.eq_ignore_ascii_case(expected))
}

fn end_with(tokens: &[TokenWithSpan], words: &[&str]) -> bool {
    let Some(start) = tokens.len().checked_sub(words.len()) else { return false };
    tokens[start..].iter().zip(words).all(|(token, word)| is(token, word))
}

/// After AS or a period, any keyword is a name.
fn names_follow(token: &TokenWithSpan) -> bool {
    token.token == Token::Period || is(token, "as")
}

/// Takes EXCLUDE out of window frames; the binder looks for it where a frame is.
pub fn take_exclusions(tokens: &mut Vec<TokenWithSpan>) {
    let mut from = 0;
    while let Some(found) = tokens[from..].iter().position(|token| is(token, "exclude")) {
        let at = from + found;
        from = at + 1;
        let frame = at > 0 && ["row", "preceding", "following"].iter().any(|word| is(&tokens[at - 1], word));
        let words = tokens[from..].iter().take_while(|token| token.token != Token::RParen);
        let len = match words.collect::<Vec<_>>()[..] {
            [a, b] if is(a, "current") && is(b, "row") || is(a, "no") && is(b, "others") => 3,
            [a] if is(a, "group") || is(a, "ties") => 2,
            _ => 0,
        };
        if frame && len > 0 && from + len - 1 < tokens.len() {
            tokens.drain(at..at + len);
            from = at;
        }
    }
}

/// The list of bare names between the table and AS in CREATE TABLE AS: where it stands, with its parentheses.
pub fn columns_before_as(tokens: &[TokenWithSpan]) -> Option<std::ops::Range<usize>> {
    let table = tokens.iter().take(5).position(|token| is(token, "table"))?;
    let open = tokens.iter().position(|token| token.token == Token::LParen).filter(|open| *open <= table + 7)?;
    let len = tokens[open..].iter().position(|token| token.token == Token::RParen)?;
    let bare = tokens[open + 1..open + len].iter().enumerate().all(|(index, token)| match index % 2 {
        0 => matches!(token.token, Token::Word(_)),
        _ => token.token == Token::Comma,
    });
    let end = open + len + 1;
    let as_follows = tokens.get(end).is_some_and(|token| is(token, "as"));
    (is(tokens.first()?, "create") && bare && len % 2 == 0 && as_follows).then_some(open..end)
}

/// Takes the columns' names, and `WITH DATA` or `WITH NO DATA`, out of CREATE TABLE AS; the binder looks for them.
pub fn take_table_as(tokens: &mut Vec<TokenWithSpan>) {
    if !tokens.first().is_some_and(|token| is(token, "create")) {
        return;
    }
    if let Some(list) = columns_before_as(tokens) {
        tokens.drain(list);
    }
    let len = match &tokens[..] {
        [.., with, no, data] if is(with, "with") && is(no, "no") && is(data, "data") => 3,
        [.., with, data] if is(with, "with") && is(data, "data") => 2,
        _ => return,
    };
    tokens.truncate(tokens.len() - len);
}

/// `substring(text SIMILAR pattern ESCAPE escape)` is another spelling of `substring(text FROM pattern FOR escape)`.
pub fn respell_similar_substring(tokens: &mut [TokenWithSpan]) {
    for start in 0..tokens.len().saturating_sub(1) {
        if !is(&tokens[start], "substring") || tokens[start + 1].token != Token::LParen {
            continue;
        }
        let (mut depth, mut similar) = (0, false);
        for at in start + 1..tokens.len() {
            let to_follows = tokens.get(at + 1).is_some_and(|next| is(next, "to"));
            let keyword = match &tokens[at].token {
                Token::LParen => {
                    depth += 1;
                    continue;
                }
                Token::RParen => {
                    depth -= 1;
                    if depth == 0 { break } else { continue }
                }
                _ if depth == 1 && !similar && is(&tokens[at], "similar") && !to_follows => Keyword::FROM,
                _ if depth == 1 && similar && is(&tokens[at], "escape") => Keyword::FOR,
                _ => continue,
            };
            similar = true;
            let value = if keyword == Keyword::FROM { "FROM" } else { "FOR" };
            tokens[at].token = Token::Word(Word { value: value.to_owned(), quote_style: None, keyword });
        }
    }
}

/// `FETCH FIRST (expression) ROWS ONLY` is `LIMIT (expression)`: sqlparser takes no more than a number there.
pub fn limit_for_fetch(tokens: &mut Vec<TokenWithSpan>) -> Result<(), PgError> {
    let mut from = 0;
    while let Some(found) = tokens[from..].windows(3).position(|three| {
        is(&three[0], "fetch") && (is(&three[1], "first") || is(&three[1], "next")) && three[2].token == Token::LParen
    }) {
        let (fetch, open) = (from + found, from + found + 2);
        from = open;
        let mut depth = 0;
        let close = tokens[open..].iter().position(|token| {
            match token.token {
                Token::LParen => depth += 1,
                Token::RParen => depth -= 1,
                _ => {}
            }
            depth == 0
        });
        let Some(close) = close.map(|close| open + close) else { return Ok(()) };
        match &tokens[close + 1..] {
            [row, only, ..] if (is(row, "row") || is(row, "rows")) && is(only, "only") => {
                tokens.drain(close + 1..close + 3);
                let word = Word { value: "LIMIT".to_owned(), quote_style: None, keyword: Keyword::LIMIT };
                tokens[fetch].token = Token::Word(word);
                tokens.remove(fetch + 1);
            }
            [row, with, ties, ..] if (is(row, "row") || is(row, "rows")) && is(with, "with") && is(ties, "ties") => {
                return Err(PgError::unsupported("WITH TIES behind an expression"));
            }
            _ => {}
        }
    }
    Ok(())
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

/// Takes the subscripts of assigned columns (`SET a[1] = 2`) out of a statement, each with the column's name before it.
pub fn take_subscripts(tokens: &mut Vec<TokenWithSpan>) -> Vec<Vec<TokenWithSpan>> {
    let mut taken = Vec::new();
    if !tokens.first().is_some_and(|token| ["update", "insert", "with"].iter().any(|word| is(token, word))) {
        return taken;
    }
    // How deep in parentheses this place and the SET clause around it are.
    let (mut depth, mut clause): (usize, Option<usize>) = (0, None);
    let mut at = 0;
    while at < tokens.len() {
        match &tokens[at].token {
            Token::LParen | Token::LBracket => depth += 1,
            Token::RParen | Token::RBracket => {
                depth = depth.saturating_sub(1);
                clause = clause.filter(|set| *set <= depth);
            }
            Token::Comma if clause == Some(depth) => taken.extend(take_subscript(tokens, at + 1)),
            _ if is(&tokens[at], "set")
                && matches!(tokens.get(at + 2), Some(TokenWithSpan { token, .. })
                if matches!(token, Token::LBracket | Token::Eq)) =>
            {
                clause = Some(depth);
                taken.extend(take_subscript(tokens, at + 1));
            }
            _ if clause == Some(depth) && ["from", "where", "returning"].iter().any(|word| is(&tokens[at], word)) => {
                clause = None;
            }
            _ => {}
        }
        at += 1;
    }
    taken
}

/// `name[…][…] =` from here on.
fn take_subscript(tokens: &mut Vec<TokenWithSpan>, name: usize) -> Option<Vec<TokenWithSpan>> {
    let (Token::Word(_), Token::LBracket) = (&tokens.get(name)?.token, &tokens.get(name + 1)?.token) else {
        return None;
    };
    let mut depth = 0usize;
    let len = tokens[name + 1..].iter().position(|token| {
        match token.token {
            Token::LBracket => depth += 1,
            Token::RBracket => depth = depth.saturating_sub(1),
            Token::Eq => return depth == 0,
            _ => {}
        }
        false
    })?;
    let mut taken = vec![tokens[name].clone()];
    taken.extend(tokens.drain(name + 1..name + 1 + len));
    Some(taken)
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
