//! PREPARE and EXECUTE from their tokens, and statements within statements.

use std::sync::Arc;

use sqlparser::ast::{DataType, Expr};
use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::{Location, Span, Token, TokenWithSpan};

use super::amend::data_clause;
use super::explain::Format;
use super::parse::{self, Kind, Statement, keyword};
use super::text::{At, Cursor, slice};
use super::tokens::syntax_error;
use super::utility::Words;
use crate::types::{PgError, SqlState};

/// PREPARE as written.
#[derive(Debug)]
pub struct PrepareStatement {
    pub name: String,
    pub types: Vec<(DataType, At)>,
    pub statement: Statement,
}

/// EXECUTE as written.
#[derive(Debug)]
pub struct ExecuteStatement {
    pub name: String,
    pub arguments: Vec<Expr>,
    /// What is written around it, if it does not stand alone.
    pub around: Option<Around>,
}

/// `CREATE TABLE … AS EXECUTE …`, `EXPLAIN EXECUTE …`.
#[derive(Debug)]
pub struct Around {
    /// Up to EXECUTE.
    before: String,
    /// `WITH NO DATA`, or nothing.
    after: String,
    /// EXPLAIN's format; `None`: makes a table of the rows.
    pub explains: Option<Format>,
}

impl Around {
    /// The statement that has what was prepared in EXECUTE's place.
    fn statement(&self, prepared: &str) -> String {
        format!("{} {prepared}\n{}", self.before, self.after)
    }
}

/// Reads what follows the word PREPARE.
pub(super) fn prepare(words: &mut Words<'_>) -> Result<Kind, PgError> {
    let name = words.name()?;
    let mut types = Vec::new();
    if words.accept_token(&Token::LParen) {
        loop {
            let at = words.at();
            types.push((words.parse(|parser| parser.parse_data_type())?, at));
            if words.accept_token(&Token::RParen) {
                break;
            }
            words.expect_token(&Token::Comma)?;
        }
    }
    words.expect("as")?;
    let statement = words.statement(Statement::is_preparable)?;
    Ok(Kind::Prepare(Box::new(PrepareStatement { name, types, statement })))
}

/// Reads what follows the word EXECUTE.
pub(super) fn execute(words: &mut Words<'_>) -> Result<Kind, PgError> {
    let name = words.name()?;
    let arguments = arguments(words)?;
    Ok(Kind::Execute(Arc::new(ExecuteStatement { name, arguments, around: None })))
}

/// Reads CREATE TABLE AS EXECUTE; `None` if it is none.
pub(super) fn table_as_execute(text: &str, tokens: &[TokenWithSpan]) -> Result<Option<Kind>, PgError> {
    let is = |token: &TokenWithSpan, expected| keyword(token) == Some(expected);
    let makes_table = tokens.iter().take(3).any(|token| is(token, Keyword::TABLE));
    if !tokens.first().is_some_and(|token| is(token, Keyword::CREATE)) || !makes_table {
        return Ok(None);
    }
    let Some(place) = tokens.iter().position(|token| is(token, Keyword::AS)) else { return Ok(None) };
    let Some(at) = tokens.get(place + 1).filter(|token| is(token, Keyword::EXECUTE)) else { return Ok(None) };
    let length = tokens.len() - data_clause(tokens);
    let mut words = Words { text, tokens: &tokens[..length], next: place + 2 };
    let name = words.name()?;
    let arguments = arguments(&mut words)?;
    words.finish()?;
    let after = tokens[length..].iter().map(|token| token.token.to_string()).collect::<Vec<_>>().join(" ");
    let around = Around { before: up_to(text, at), after, explains: None };
    // What is around it is to be said now, not when it is executed.
    parse::parse(&around.statement("SELECT 1"))?;
    Ok(Some(Kind::Execute(Arc::new(ExecuteStatement { name, arguments, around: Some(around) }))))
}

/// Reads what follows EXPLAIN and its options, which is EXECUTE.
pub(super) fn explain_execute(words: &mut Words<'_>, format: Format) -> Result<Kind, PgError> {
    let Some(at) = words.peek().cloned() else { return Err(words.error()) };
    words.expect("execute")?;
    let name = words.name()?;
    let arguments = arguments(words)?;
    let around = Around { before: up_to(words.text, &at), after: String::new(), explains: Some(format) };
    Ok(Kind::Execute(Arc::new(ExecuteStatement { name, arguments, around: Some(around) })))
}

pub(super) fn up_to(text: &str, token: &TokenWithSpan) -> String {
    slice(text, Span { start: Location { line: 1, column: 1 }, end: token.span.start }).to_owned()
}

/// The text of the statement that EXECUTE in CREATE TABLE AS or EXPLAIN comes to; `None` for one that stands alone. Errors: 42809
/// if a table is to be made of what is no query.
pub fn executed_within(execute: &Statement, prepared: &Statement) -> Result<Option<String>, PgError> {
    let Kind::Execute(execute) = &*execute.kind else { return Ok(None) };
    match &execute.around {
        Some(Around { explains: None, .. }) if !prepared.is_select() => {
            Err(PgError::new(SqlState::WRONG_OBJECT_TYPE, "prepared statement is not a SELECT"))
        }
        Some(around) => Ok(Some(around.statement(&prepared.text))),
        None => Ok(None),
    }
}

fn arguments(words: &mut Words<'_>) -> Result<Vec<Expr>, PgError> {
    let mut arguments = Vec::new();
    if words.accept_token(&Token::LParen) {
        loop {
            arguments.push(words.parse(|parser| parser.parse_expr())?);
            if words.accept_token(&Token::RParen) {
                break;
            }
            words.expect_token(&Token::Comma)?;
        }
    }
    Ok(arguments)
}

impl Words<'_> {
    /// The statement that all that is left is; its offset counts from this one's text. 42601 at its beginning unless
    /// `fits`.
    pub(super) fn statement(&mut self, fits: impl Fn(&Statement) -> bool) -> Result<Statement, PgError> {
        let Some(first) = self.peek() else { return Err(self.error()) };
        // Others would be none that fits, and may go on like this for longer than a stack is deep.
        const DATA: &[&str] = &["select", "values", "table", "with", "insert", "update", "delete", "merge"];
        if matches!(first.token, Token::Word(_)) && !DATA.iter().any(|word| self.peek_is(word)) {
            return Err(self.error());
        }
        let (text, first) = (self.text, first.clone());
        let mut cursor = Cursor::new(text);
        cursor.advance(first.span.start);
        let offset = cursor.chars;
        let moved = |error: PgError| PgError { position: error.position.map(|position| position + offset), ..error };
        let rest = self.rest()?;
        let statement = parse::parse(&rest).map_err(moved)?.into_iter().next();
        match statement {
            Some(statement) if fits(&statement) => Ok(Statement { offset, ..statement }),
            _ => Err(syntax_error(text, Some(&first))),
        }
    }
}
