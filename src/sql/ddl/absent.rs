//! DROP of what there is none of: functions, triggers, rules and policies.
//!
//! Migrations and `pg_dump --clean` drop with IF EXISTS what may not be there, and are told so.

use sqlparser::ast::{DataType, Ident, ObjectName};
use sqlparser::tokenizer::Token;

use super::Ddl;
use crate::sql::text::At;
use crate::sql::utility::Words;
use crate::types::PgError;

#[derive(Debug)]
pub struct DropAbsent {
    pub if_exists: bool,
    pub what: Absent,
}

#[derive(Debug)]
pub enum Absent {
    /// Of a kind (`function`, `procedure`, `routine` or `aggregate`): each with its arguments, if they are given.
    Routines { kind: &'static str, all: Vec<(ObjectName, Option<Vec<Argument>>)> },
    /// Of a kind (`trigger`, `rule` or `policy`) that belongs to a table.
    OnTable { kind: &'static str, name: Ident, table: ObjectName },
}

#[derive(Debug)]
pub struct Argument {
    pub data_type: DataType,
    pub at: At,
    /// As messages show it that don't look it up.
    pub shown: String,
}

/// Types that PostgreSQL's grammar names, and shows with their schema.
const OF_GRAMMAR: &[&str] = &[
    "int",
    "integer",
    "smallint",
    "bigint",
    "real",
    "float",
    "double",
    "decimal",
    "dec",
    "numeric",
    "boolean",
    "bit",
    "character",
    "char",
    "varchar",
    "nchar",
    "national",
    "timestamp",
    "time",
    "interval",
];

/// Reads on behind DROP; `None` is something else.
pub fn drop(words: &mut Words<'_>) -> Result<Option<Ddl>, PgError> {
    for kind in ["function", "procedure", "routine", "aggregate"] {
        if words.accept(kind) {
            return routines(words, kind).map(Some);
        }
    }
    for kind in ["trigger", "rule", "policy"] {
        if words.accept(kind) {
            let if_exists = words.if_exists();
            let name = words.ident()?;
            words.expect("on")?;
            let table = words.object_name()?;
            words.cascade();
            words.finish()?;
            let what = Absent::OnTable { kind, name, table };
            return Ok(Some(Ddl::DropAbsent(DropAbsent { if_exists, what })));
        }
    }
    Ok(None)
}

fn routines(words: &mut Words<'_>, kind: &'static str) -> Result<Ddl, PgError> {
    let if_exists = words.if_exists();
    let mut all = Vec::new();
    loop {
        let name = words.object_name()?;
        let arguments = if words.accept_token(&Token::LParen) { Some(arguments(words)?) } else { None };
        all.push((name, arguments));
        if !words.accept_token(&Token::Comma) {
            break;
        }
    }
    words.cascade();
    words.finish()?;
    Ok(Ddl::DropAbsent(DropAbsent { if_exists, what: Absent::Routines { kind, all } }))
}

fn arguments(words: &mut Words<'_>) -> Result<Vec<Argument>, PgError> {
    let mut found = Vec::new();
    if words.accept_token(&Token::RParen) {
        return Ok(found);
    }
    if words.accept_token(&Token::Mul) {
        words.expect_token(&Token::RParen)?;
        return Ok(found);
    }
    loop {
        let out = words.accept("out");
        let _ = out || words.accept("in") || words.accept("inout") || words.accept("variadic");
        let argument = argument(words)?;
        if !out {
            found.push(argument);
        }
        if words.accept_token(&Token::RParen) {
            return Ok(found);
        }
        words.expect_token(&Token::Comma)?;
    }
}

/// A type, with or without a name before it.
fn argument(words: &mut Words<'_>) -> Result<Argument, PgError> {
    let start = words.next;
    for named in [false, true] {
        words.next = start;
        if named {
            words.ident()?;
        }
        let (first, at) = (words.next, words.at());
        let Ok(data_type) = words.parse(|parser| parser.parse_data_type()) else { continue };
        if matches!(words.peek().map(|token| &token.token), Some(Token::Comma | Token::RParen)) {
            let shown = shown(words, first);
            return Ok(Argument { data_type, at, shown });
        }
    }
    words.next = start;
    Err(words.error())
}

/// As `TypeNameToString` has it, for a type whose tokens begin here and have been read.
fn shown(words: &Words<'_>, first: usize) -> String {
    let tokens = &words.tokens[first..words.next];
    let dimensions = tokens.iter().filter(|token| token.token == Token::LBracket).count();
    let mut text = String::new();
    for token in tokens {
        match &token.token {
            Token::Word(word) if word.quote_style.is_some() => text.push_str(&word.value),
            Token::Word(word) => text.push_str(&word.value.to_lowercase()),
            Token::Period => text.push('.'),
            _ => break,
        }
        if OF_GRAMMAR.contains(&text.as_str()) {
            // The binder knows its name.
            text.clear();
            break;
        }
    }
    text + &"[]".repeat(dimensions)
}
