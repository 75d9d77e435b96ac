//! PostgreSQL's lexical rules and small constructs that sqlparser lacks, applied to a statement's tokens.

use std::ops::Range;

use sqlparser::ast::{Expr, Ident};
use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::{Span, Token, TokenWithSpan, Whitespace, Word};

use super::compression;
use super::nulls_distinct;
use super::operator_tokens::{has_tree, is_operator, join_operators, signs_to_split, split_signs};
use super::set_columns;
use super::strings;
use super::text::{At, slice};
use super::tokens::syntax_error;
use super::unicode;
use crate::types::{PgError, SqlState};

/// `OVERRIDING … VALUE` of an INSERT.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Overriding {
    System,
    User,
}

/// Drops white space and comments; strings on successive lines become one; ISNULL becomes IS NULL.
pub fn amend(mut tokens: Vec<TokenWithSpan>, text: &str) -> Result<Vec<TokenWithSpan>, PgError> {
    join_operators(&mut tokens, text);
    let mut out: Vec<TokenWithSpan> = Vec::with_capacity(tokens.len());
    let mut newline = false;
    let mut brackets = 0usize;
    // What may come next of a query `TABLE t`.
    let mut table: Option<TableQuery> = None;
    let mut rest = tokens.into_iter().peekable();
    while let Some(mut token) = rest.next() {
        if let Some(junk) = junk(&token, rest.peek(), text) {
            return Err(At::from(token.span).mark(PgError::new(SqlState::SYNTAX_ERROR, junk), text));
        }
        table = match table {
            Some(_) if matches!(token.token, Token::Whitespace(_)) => table,
            Some(query) => query.next(&token).ok_or_else(|| syntax_error(text, Some(&token)))?,
            None => None,
        };
        if ends_with_star(&out) && goes_on(&token) {
            embrace_row(&mut out);
        }
        match &token.token {
            Token::Whitespace(space) => {
                newline |= matches!(space, Whitespace::Newline | Whitespace::SingleLineComment { .. });
                // Optimizer hints and the like: comments say nothing to PostgreSQL.
                continue;
            }
            Token::SingleQuotedString(more) if newline => match out.last_mut().map(|last| &mut last.token) {
                Some(
                    Token::SingleQuotedString(string)
                    | Token::HexStringLiteral(string)
                    | Token::SingleQuotedByteStringLiteral(string),
                ) => {
                    string.push_str(more);
                    continue;
                }
                // It has escapes on each line.
                Some(Token::EscapedStringLiteral(string)) => {
                    if let Some(read) = strings::read(&format!("E{}", slice(text, token.span))) {
                        string.push_str(&read?.0);
                        continue;
                    }
                }
                _ => {}
            },
            _ if is(&token, "isnull") && out.last().is_some_and(|last| !names_follow(last)) => {
                for (value, keyword) in [("IS", Keyword::IS), ("NULL", Keyword::NULL)] {
                    let word = Word { value: value.to_owned(), quote_style: None, keyword };
                    out.push(TokenWithSpan { token: Token::Word(word), span: token.span });
                }
                continue;
            }
            Token::LParen if end_with(&out, &["collation", "for"]) => {
                out.pop();
                if let Some(last) = out.last_mut() {
                    let name = "pg_collation_for".to_owned();
                    let word = Word { value: name, quote_style: Some(SPELT), keyword: Keyword::NoKeyword };
                    last.token = Token::Word(word);
                }
            }
            // `SET NULL (a)`, which sqlparser knows without columns: the binder finds them in the text.
            Token::LParen if set_columns::follow(&out) => {
                set_columns::skip(&mut rest, text)?;
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
            // It names arguments, and is no operator.
            Token::Assignment => token.token = Token::RArrow,
            other if is_operator(other) && !has_tree(other) => {
                token.token = Token::CustomBinaryOperator(other.to_string());
            }
            Token::Mul if table == Some(TableQuery::Star) => continue,
            // `(row).*`, which sqlparser takes for a mistake.
            Token::Mul if is_of_value(&out) => {
                let word = Word { value: EVERY_FIELD.to_owned(), quote_style: Some('"'), keyword: Keyword::NoKeyword };
                token.token = Token::Word(word);
            }
            // There is no inheritance.
            _ if is(&token, "only") && (out.last().is_some_and(takes_only) || end_with(&out, TABLE_IF_EXISTS)) => {
                continue;
            }
            // Nothing else happens meanwhile.
            _ if is(&token, "concurrently") && drops_index(&out) => continue,
            _ if is(&token, "from") && after_trim(&out) => continue,
            _ if is(&token, "table") && begins_query(&out) => {
                let word = |value: &str, keyword| {
                    let word = Word { value: value.to_owned(), quote_style: None, keyword };
                    TokenWithSpan { token: Token::Word(word), span: token.span }
                };
                // Nobody has written the star: it has no place.
                let star = TokenWithSpan { token: Token::Mul, span: Span::empty() };
                out.extend([word("SELECT", Keyword::SELECT), star, word("FROM", Keyword::FROM)]);
                table = Some(TableQuery::Table { only: false });
                continue;
            }
            _ if is(&token, "preceding") || is(&token, "following") => embrace_offset(&mut out),
            // There is one lock, on everything, which is never weaker.
            _ if is(&token, "update") && end_with(&out, &["for", "no", "key"]) => out.truncate(out.len() - 2),
            _ if is(&token, "share") && end_with(&out, &["for", "key"]) => out.truncate(out.len() - 1),
            // ALL is what GROUP BY does anyway, and DISTINCT becomes the first of its items.
            _ if is(&token, "all") && end_with(&out, &["group", "by"]) => continue,
            _ if is(&token, "distinct") && end_with(&out, &["group", "by"]) => {
                let value = DISTINCT_GROUPS.to_owned();
                let word = Word { value, quote_style: Some('"'), keyword: Keyword::NoKeyword };
                out.push(TokenWithSpan { token: Token::Word(word), span: token.span });
                token.token = Token::Comma;
            }
            _ if is(&token, "asymmetric") && out.last().is_some_and(|last| is(last, "between")) => continue,
            _ => {}
        }
        newline = false;
        out.push(token);
    }
    let mut out = unicode::join(out, text)?;
    sort_identity_options(&mut out);
    respell_nchar(&mut out);
    compression::respell(&mut out);
    nulls_distinct::respell(&mut out);
    Ok(fill_empty_lists(out))
}

/// NCHAR is CHAR, where it is a type and not a name.
fn respell_nchar(tokens: &mut [TokenWithSpan]) {
    for at in 0..tokens.len() {
        let goes_on = |next: &TokenWithSpan| next.token == Token::LParen || is(next, "varying");
        let is_type =
            || at > 0 && tokens[at - 1].token == Token::DoubleColon || tokens.get(at + 1).is_some_and(goes_on);
        if is(&tokens[at], "nchar") && is_type() {
            let word = Word { value: "char".to_owned(), quote_style: None, keyword: Keyword::CHAR };
            tokens[at].token = Token::Word(word);
        }
    }
}

fn ends_with_star(out: &[TokenWithSpan]) -> bool {
    matches!(out, [.., dot, star] if dot.token == Token::Period && star.token == Token::Mul)
}

/// Whether an expression goes on with it.
fn goes_on(token: &TokenWithSpan) -> bool {
    match &token.token {
        Token::DoubleColon | Token::Eq | Token::Neq | Token::Lt | Token::LtEq | Token::Gt | Token::GtEq => true,
        _ => ["is", "isnull", "notnull", "in", "not", "between"].iter().any(|word| is(token, word)),
    }
}

/// Puts `t.*` in parentheses: sqlparser takes it for a list of columns, behind which nothing may follow.
fn embrace_row(out: &mut Vec<TokenWithSpan>) {
    let [rest @ .., _, star] = &out[..] else { return };
    let end = star.span;
    let mut first = rest.len();
    while first > 0 && matches!(rest[first - 1].token, Token::Word(_)) {
        first -= 1;
        match first.checked_sub(1).map(|dot| &rest[dot].token) {
            Some(Token::Period) => first -= 1,
            _ => break,
        }
    }
    let Some(start) = rest.get(first).map(|name| name.span) else { return };
    out.push(TokenWithSpan { token: Token::RParen, span: end });
    out.insert(first, TokenWithSpan { token: Token::LParen, span: start });
}

/// The name that says that GROUP BY is DISTINCT: nobody else can write it.
const DISTINCT_GROUPS: &str = "\u{fdd2}distinct";

/// What a GROUP BY is of, and whether it is DISTINCT.
pub fn grouped_by(items: &[Expr]) -> (bool, &[Expr]) {
    match items {
        [Expr::Identifier(first), rest @ ..] if first.value == DISTINCT_GROUPS => (true, rest),
        items => (false, items),
    }
}

/// The name that stands for all fields of a row: nobody else can write it.
const EVERY_FIELD: &str = "\u{fdd2}*";

/// Whether a field's name stands for all fields: `(row).*`.
pub fn is_every_field(name: &Ident) -> bool {
    name.value == EVERY_FIELD
}

/// Whether the tokens end with a value in parentheses or brackets, names of fields, and a dot.
fn is_of_value(out: &[TokenWithSpan]) -> bool {
    let mut rest = out;
    while let [before @ .., last] = rest {
        if last.token != Token::Period {
            return false;
        }
        match before {
            [.., before] if matches!(before.token, Token::RParen | Token::RBracket) => return true,
            [before @ .., name] if matches!(name.token, Token::Word(_)) => rest = before,
            _ => return false,
        }
    }
    false
}

/// `COMMENT 'text'`, by which a column's definition may carry along what sqlparser has no tree for: PostgreSQL has no such clause.
pub fn comment(text: String) -> [Token; 2] {
    let word = Word { value: "COMMENT".to_owned(), quote_style: None, keyword: Keyword::COMMENT };
    [Token::Word(word), Token::SingleQuotedString(text)]
}

/// Puts a frame's offset that begins with a string and goes on (`'1 day'::interval PRECEDING`) in parentheses: sqlparser
/// takes the string alone for the offset.
fn embrace_offset(out: &mut Vec<TokenWithSpan>) {
    // What ends another offset bounds the look back, so that many offsets take no longer than their tokens.
    const BOUNDS: &[&str] = &["between", "and", "range", "rows", "groups", "preceding", "following"];
    let bounds = |token: &TokenWithSpan| BOUNDS.iter().any(|word| is(token, word));
    let Some(bound) = out.iter().rposition(bounds) else { return };
    if ["preceding", "following"].iter().any(|word| is(&out[bound], word)) {
        return;
    }
    let begin = bound + 1;
    let [first, _, .., last] = &out[begin..] else { return };
    if !matches!(first.token, Token::SingleQuotedString(_)) {
        return;
    }
    let (open, close) = (first.span, last.span);
    out.push(TokenWithSpan { token: Token::RParen, span: close });
    out.insert(begin, TokenWithSpan { token: Token::LParen, span: open });
}

/// What is wrong with a token by itself: a number or parameter must end before letters begin, and a name is not empty.
pub fn junk(token: &TokenWithSpan, next: Option<&TokenWithSpan>, text: &str) -> Option<String> {
    match &token.token {
        Token::Number(..) => match next {
            Some(TokenWithSpan { token: Token::Word(word), span }) if word.quote_style.is_none() => {
                let near = format!("{}{}", slice(text, token.span), slice(text, *span));
                Some(format!("trailing junk after numeric literal at or near \"{near}\""))
            }
            _ => None,
        },
        // PostgreSQL 15 knows no 0x1F, which is no X'1F' either.
        Token::HexStringLiteral(_) if slice(text, token.span).starts_with('0') => {
            let word = match next {
                Some(TokenWithSpan { token: Token::Word(word), span }) if word.quote_style.is_none() => {
                    slice(text, *span)
                }
                _ => "",
            };
            let near = format!("{}{word}", slice(text, token.span));
            Some(format!("trailing junk after numeric literal at or near \"{near}\""))
        }
        Token::Word(word) if word.quote_style.is_some() && word.value.is_empty() => {
            Some("zero-length delimited identifier at or near \"\"\"\"".to_owned())
        }
        Token::Placeholder(name) if name.starts_with('$') => {
            let number = &name[1..];
            let junk = number.starts_with(|c: char| c.is_ascii_digit()) && !number.bytes().all(|b| b.is_ascii_digit());
            junk.then(|| format!("trailing junk after parameter at or near \"{name}\""))
        }
        _ => None,
    }
}

const TABLE_IF_EXISTS: &[&str] = &["alter", "table", "if", "exists"];

/// Words that `ONLY table` may follow.
fn takes_only(token: &TokenWithSpan) -> bool {
    ["from", "join", "update", "truncate", "table", "into", "using"].iter().any(|word| is(token, word))
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
        [first, .., last] if is(first, "create") && is(last, "as") => !out.iter().any(|token| is(token, "select")),
        [first, .., last] if is(first, "with") && last.token == Token::RParen => true,
        [.., last] if ["union", "intersect", "except", "all"].iter().any(|word| is(last, word)) => true,
        [first, _, .., last] if is(first, "insert") && !is(last, "into") => {
            matches!(last.token, Token::Word(_) | Token::RParen)
        }
        _ => false,
    }
}

/// What has been read of `TABLE [ONLY] t [*]`, which takes no alias.
#[derive(Clone, Copy, PartialEq)]
enum TableQuery {
    Table { only: bool },
    Name { only: bool },
    Star,
}

impl TableQuery {
    /// With one more token; nothing is left to look at when the query goes on behind its table. `None` is a syntax error.
    fn next(self, token: &TokenWithSpan) -> Option<Option<TableQuery>> {
        const FOLLOW: &[&str] =
            &["order", "limit", "offset", "fetch", "for", "union", "intersect", "except", "on", "returning", "with"];
        match (self, &token.token) {
            (TableQuery::Table { .. }, Token::Word(_)) if is(token, "only") => {
                Some(Some(TableQuery::Table { only: true }))
            }
            (TableQuery::Table { only }, Token::Word(_)) => Some(Some(TableQuery::Name { only })),
            (TableQuery::Name { only }, Token::Period) => Some(Some(TableQuery::Table { only })),
            (TableQuery::Name { only: false }, Token::Mul) => Some(Some(TableQuery::Star)),
            (TableQuery::Table { .. }, _) => None,
            (_, Token::RParen | Token::SemiColon) => Some(None),
            _ => FOLLOW.iter().any(|word| is(token, word)).then_some(None),
        }
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
            && !out
                .last()
                .is_some_and(|last| last.token == Token::Period || is(last, "as") && !begins_definition(&out))
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

/// Whether an AS at the end is that of CREATE … AS, behind which a query stands.
fn begins_definition(tokens: &[TokenWithSpan]) -> bool {
    let queries = ["select", "values", "with"];
    tokens.first().is_some_and(|first| is(first, "create"))
        && !tokens.iter().any(|token| queries.iter().any(|word| is(token, word)))
}

pub fn is(token: &TokenWithSpan, expected: &str) -> bool {
    matches!(&token.token, Token::Word(word) if word.quote_style.is_none() && word.value.eq_ignore_ascii_case(expected))
}

pub fn end_with(tokens: &[TokenWithSpan], words: &[&str]) -> bool {
    let Some(start) = tokens.len().checked_sub(words.len()) else { return false };
    tokens[start..].iter().zip(words).all(|(token, word)| is(token, word))
}

/// After AS or a period, any keyword is a name.
fn names_follow(token: &TokenWithSpan) -> bool {
    token.token == Token::Period || is(token, "as")
}

/// Removes ranges, which are in order and apart, in one pass.
pub fn remove(tokens: &mut Vec<TokenWithSpan>, ranges: &[Range<usize>]) {
    let mut ranges = ranges.iter().peekable();
    let mut at = 0;
    tokens.retain(|_| {
        ranges.next_if(|range| range.end <= at);
        let keep = ranges.peek().is_none_or(|range| !range.contains(&at));
        at += 1;
        keep
    });
}

/// Takes EXCLUDE out of window frames; the binder looks for it where a frame is.
pub fn take_exclusions(tokens: &mut Vec<TokenWithSpan>) {
    let mut exclusions = Vec::new();
    for (at, pair) in tokens.windows(2).enumerate() {
        let frame = ["row", "preceding", "following"].iter().any(|word| is(&pair[0], word));
        if !frame || !is(&pair[1], "exclude") {
            continue;
        }
        let (from, behind) = (at + 1, &tokens[at + 2..]);
        let (end, len) = match behind {
            [a, b, end, ..] if is(a, "current") && is(b, "row") || is(a, "no") && is(b, "others") => (end, 3),
            [a, end, ..] if is(a, "group") || is(a, "ties") => (end, 2),
            _ => continue,
        };
        if end.token == Token::RParen {
            exclusions.push(from..from + len);
        }
    }
    remove(tokens, &exclusions);
}

/// Takes SEARCH and CYCLE out; the binder looks for them behind WITH queries.
pub fn take_search_cycle(tokens: &mut Vec<TokenWithSpan>) {
    let mut clauses = Vec::new();
    for at in 1..tokens.len() {
        let begins = is(&tokens[at], "search") || is(&tokens[at], "cycle");
        if begins && tokens[at - 1].token == Token::RParen {
            let length = super::bind::search_cycle_length(&tokens[at..]);
            if length > 0 {
                clauses.push(at..at + length);
            }
        }
    }
    remove(tokens, &clauses);
}

/// Gives VALUES, and a query that begins with parentheses, behind ANY, SOME or ALL parentheses of its own, which sqlparser
/// wants.
pub fn embrace_values(tokens: &mut Vec<TokenWithSpan>) {
    let is_quantifier = |token: &TokenWithSpan| ["any", "some", "all"].iter().any(|word| is(token, word));
    let begins = |at: usize, tokens: &[TokenWithSpan]| {
        at > 0
            && tokens[at].token == Token::LParen
            && is_quantifier(&tokens[at - 1])
            && tokens.get(at + 1).is_some_and(|next| is(next, "values") || begins_with_query(&tokens[at + 1..]))
    };
    if !(0..tokens.len()).any(|at| begins(at, tokens)) {
        return;
    }
    let mut out = Vec::with_capacity(tokens.len() + 8);
    let mut open = Vec::new();
    for at in 0..tokens.len() {
        let token = tokens[at].clone();
        match token.token {
            Token::LParen => {
                let embraced = begins(at, tokens);
                open.push(embraced);
                if embraced {
                    out.push(token.clone());
                }
            }
            Token::RParen if open.pop() == Some(true) => out.push(token.clone()),
            _ => {}
        }
        out.push(token);
    }
    *tokens = out;
}

/// Whether tokens begin with a query in parentheses that goes on behind them.
fn begins_with_query(tokens: &[TokenWithSpan]) -> bool {
    let first = tokens.iter().find(|token| token.token != Token::LParen);
    if tokens[0].token != Token::LParen || !first.is_some_and(|first| is(first, "select") || is(first, "values")) {
        return false;
    }
    let mut depth = 0usize;
    let close = tokens.iter().position(|token| {
        match token.token {
            Token::LParen => depth += 1,
            Token::RParen => depth -= 1,
            _ => {}
        }
        depth == 0
    });
    let next = close.and_then(|close| tokens.get(close + 1));
    let words = ["union", "intersect", "except", "order", "limit", "offset", "fetch"];
    next.is_some_and(|next| words.iter().any(|word| is(next, word)))
}

/// The list of bare names between the table and AS in CREATE TABLE AS: where it stands, with its parentheses.
pub fn columns_before_as(tokens: &[TokenWithSpan]) -> Option<Range<usize>> {
    let table = tokens.iter().take(5).position(|token| is(token, "table"))?;
    let open = tokens
        .iter()
        .position(|token| token.token == Token::LParen)
        .filter(|open| (table..=table + 7).contains(open))?;
    if tokens[table..open].iter().any(|token| is(token, "as")) {
        return None;
    }
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
    let kinds = tokens.iter().skip(1).take(4);
    if kinds.into_iter().any(|token| is(token, "table") || is(token, "materialized")) {
        tokens.truncate(tokens.len() - data_clause(tokens));
    }
}

/// How many tokens `WITH DATA` or `WITH NO DATA` at the end are.
pub fn data_clause(tokens: &[TokenWithSpan]) -> usize {
    match tokens {
        [.., with, no, data] if is(with, "with") && is(no, "no") && is(data, "data") => 3,
        [.., with, data] if is(with, "with") && is(data, "data") => 2,
        _ => 0,
    }
}

/// `substring(text SIMILAR pattern ESCAPE escape)` is another spelling of `substring(text FROM pattern FOR escape)`.
pub fn respell_similar_substring(tokens: &mut [TokenWithSpan]) {
    // Open parentheses: whether they are substring's, and have SIMILAR.
    let mut open: Vec<(bool, bool)> = Vec::new();
    for at in 0..tokens.len() {
        match tokens[at].token {
            Token::LParen => {
                open.push((at > 0 && is(&tokens[at - 1], "substring"), false));
                continue;
            }
            Token::RParen => {
                open.pop();
                continue;
            }
            _ => {}
        }
        let Some((true, similar)) = open.last_mut() else { continue };
        let to_follows = tokens.get(at + 1).is_some_and(|next| is(next, "to"));
        let (value, keyword) = match &tokens[at] {
            token if !*similar && is(token, "similar") && !to_follows => ("FROM", Keyword::FROM),
            token if *similar && is(token, "escape") => ("FOR", Keyword::FOR),
            _ => continue,
        };
        *similar = true;
        tokens[at].token = Token::Word(Word { value: value.to_owned(), quote_style: None, keyword });
    }
}

/// How a function's name is quoted that stands for a spelling of SQL's own (`COLLATION FOR (x)`): nobody can write that.
const SPELT: char = '`';

/// Whether it is such a name.
pub fn is_spelt(name: &Ident) -> bool {
    name.quote_style == Some(SPELT)
}

/// The name of a function that nobody can call: its argument stands for all that VARIADIC means.
const VARIADIC: &str = "\u{fdd2}variadic";

/// Whether a function's name says that its argument is an array of arguments.
pub fn is_variadic(name: &Ident) -> bool {
    name.value == VARIADIC
}

/// `f(a, VARIADIC b)` becomes a call within the call: sqlparser knows no such argument.
pub fn embrace_variadic(tokens: &mut Vec<TokenWithSpan>) {
    if !tokens.iter().any(|token| is(token, "variadic")) {
        return;
    }
    let mut out: Vec<TokenWithSpan> = Vec::with_capacity(tokens.len() + 8);
    // Open parentheses: whether an argument behind VARIADIC is open in them.
    let mut open: Vec<bool> = Vec::new();
    for token in std::mem::take(tokens) {
        let begins = is(&token, "variadic")
            && matches!(out.last(), Some(last) if matches!(last.token, Token::LParen | Token::Comma))
            && open.last() == Some(&false);
        let span = token.span;
        if begins {
            let word = Word { value: VARIADIC.to_owned(), quote_style: Some('"'), keyword: Keyword::NoKeyword };
            out.push(TokenWithSpan { token: Token::Word(word), span });
            out.push(TokenWithSpan { token: Token::LParen, span });
            open.pop();
            open.push(true);
            continue;
        }
        let ends = token.token == Token::RParen || is(&token, "order") || token.token == Token::Comma;
        if ends && open.last() == Some(&true) {
            out.push(TokenWithSpan { token: Token::RParen, span });
            open.pop();
            open.push(false);
        }
        match token.token {
            Token::LParen | Token::LBracket => open.push(false),
            Token::RParen | Token::RBracket => {
                open.pop();
            }
            _ => {}
        }
        out.push(token);
    }
    *tokens = out;
}

/// 42601 for `GENERATED BY DEFAULT AS (…)`.
pub fn refuse_generated_by_default(tokens: &[TokenWithSpan], text: &str) -> Result<(), PgError> {
    let found = tokens.windows(5).find(|five| {
        let words = ["generated", "by", "default", "as"];
        words.iter().zip(*five).all(|(word, token)| is(token, word)) && five[4].token == Token::LParen
    });
    let Some(five) = found else { return Ok(()) };
    let message = "for a generated column, GENERATED ALWAYS must be specified";
    Err(At::from(five[1].span).mark(PgError::new(SqlState::SYNTAX_ERROR, message), text))
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

/// `INSERT DEFAULT VALUES` of a MERGE gives its first column its default, as it does the others.
pub fn respell_default_values(tokens: &mut Vec<TokenWithSpan>) {
    if !tokens.first().is_some_and(|token| is(token, "merge") || is(token, "with")) {
        return;
    }
    let mut out: Vec<TokenWithSpan> = Vec::with_capacity(tokens.len());
    let mut rest = std::mem::take(tokens).into_iter().peekable();
    while let Some(token) = rest.next() {
        let found = is(&token, "default")
            && out.last().is_some_and(|last| is(last, "insert"))
            && rest.peek().is_some_and(|next| is(next, "values"));
        if !found {
            out.push(token);
            continue;
        }
        out.extend(rest.next());
        let span = token.span;
        let around = [Token::LParen, token.token, Token::RParen];
        out.extend(around.map(|token| TokenWithSpan { token, span }));
    }
    *tokens = out;
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
