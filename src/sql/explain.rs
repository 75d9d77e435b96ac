//! EXPLAIN: its words and options, and a plan of SQLite's in PostgreSQL's shape.
//!
//! SQLite tells its plan as a tree of remarks (`EXPLAIN QUERY PLAN`): what is scanned or searched, in the order of the loops,
//! and what is sorted. [`render`] makes nodes of them that are called as PostgreSQL calls the like. There are no costs, as
//! SQLite tells none.

mod format;
mod tree;

use sqlparser::tokenizer::{Span, Token, TokenWithSpan};

use super::amend;
use super::cursor;
use super::parse::{self, Kind, Statement};
use super::prepare;
use super::text::{At, slice};
use super::utility::Words;
use crate::types::{PgError, SqlState};

pub use tree::{Ran, Remark, render};

/// EXPLAIN as written.
#[derive(Debug)]
pub struct ExplainStatement {
    pub options: Vec<ExplainOption>,
    pub statement: Statement,
}

#[derive(Debug)]
pub struct ExplainOption {
    pub name: String,
    pub value: Option<String>,
    pub at: At,
}

/// What the options mean together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExplainOptions {
    /// The statement is run.
    pub analyze: bool,
    pub timing: bool,
    pub summary: bool,
    pub format: Format,
}

/// How the plan is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    #[default]
    Text,
    Json,
    Yaml,
    /// Of type text: there is no type xml.
    Xml,
}

/// Reads what follows the word EXPLAIN.
pub(super) fn explain(words: &mut Words<'_>) -> Result<Kind, PgError> {
    let mut options = Vec::new();
    let plain = |name: &str, at| ExplainOption { name: name.to_owned(), value: None, at };
    if !begins_query(words) && words.accept_token(&Token::LParen) {
        loop {
            options.push(option(words)?);
            if words.accept_token(&Token::RParen) {
                break;
            }
            words.expect_token(&Token::Comma)?;
        }
    } else {
        let at = words.at();
        if words.accept("analyze") || words.accept("analyse") {
            options.push(plain("analyze", at));
        }
        let at = words.at();
        if words.accept("verbose") {
            options.push(plain("verbose", at));
        }
    }
    if words.peek_is("execute") {
        // Wrong options are told of when it runs.
        let format = self::options(&options, words.text).map(|options| options.format).unwrap_or_default();
        return prepare::explain_execute(words, format);
    }
    let statement = match () {
        () if words.accept("declare") => match cursor::declare(words)? {
            Kind::Declare(declare) => declare.statement,
            _ => return Err(words.error()),
        },
        () if words.peek_is("create") && self::options(&options, words.text)?.analyze => {
            return Ok(Kind::Unsupported("EXPLAIN ANALYZE of CREATE TABLE AS".to_owned()));
        }
        () if words.peek_is("create") => match filling_query(words)? {
            Some(statement) => statement,
            None => return Ok(Kind::Unsupported("EXPLAIN of CREATE TABLE AS EXECUTE".to_owned())),
        },
        () => words.statement(Statement::is_data)?,
    };
    Ok(Kind::Explain(Box::new(ExplainStatement { options, statement })))
}

/// The query of CREATE TABLE AS or CREATE MATERIALIZED VIEW; `None` if it is an EXECUTE.
fn filling_query(words: &mut Words<'_>) -> Result<Option<Statement>, PgError> {
    let is = |token: &TokenWithSpan| amend::is(token, "table") || amend::is(token, "materialized");
    if !words.ahead().iter().skip(1).take(3).any(is) {
        words.next += 1;
        return Err(words.error());
    }
    let Some(place) = words.ahead().iter().position(|token| amend::is(token, "as")) else {
        words.next = words.tokens.len();
        return Err(words.error());
    };
    let (text, ahead) = (words.text, words.ahead());
    let before = slice(text, Span::new(ahead[0].span.start, ahead[place].span.end));
    // What is wrong with it has no place in the whole text that is known here.
    let nowhere = |error: PgError| PgError { position: None, ..error };
    parse::parse(&format!("{before} SELECT 1")).map_err(nowhere)?;
    words.tokens = &words.tokens[..words.tokens.len() - amend::data_clause(words.tokens)];
    words.next += place + 1;
    if words.peek_is("execute") {
        words.next = words.tokens.len();
        return Ok(None);
    }
    words.statement(Statement::is_select).map(Some)
}

/// Whether the parenthesis is the statement's own: `EXPLAIN (SELECT …)`.
fn begins_query(words: &Words<'_>) -> bool {
    let is = |token: &TokenWithSpan| {
        token.token == Token::LParen || ["select", "with", "values", "table"].iter().any(|word| amend::is(token, word))
    };
    matches!(words.ahead(), [open, next, ..] if open.token == Token::LParen && is(next))
}

fn option(words: &mut Words<'_>) -> Result<ExplainOption, PgError> {
    let at = words.at();
    let name = match words.name()? {
        name if name == "analyse" => "analyze".to_owned(),
        name => name,
    };
    let ends = matches!(words.peek().map(|token| &token.token), Some(Token::Comma | Token::RParen));
    let value = if ends { None } else { Some(words.setting_value()?) };
    Ok(ExplainOption { name, value, at })
}

/// The options' meaning, checked in PostgreSQL's order (`ExplainQuery`).
pub(super) fn options(given: &[ExplainOption], text: &str) -> Result<ExplainOptions, PgError> {
    let mut options = ExplainOptions::default();
    let (mut timing, mut summary, mut wal) = (None, None, false);
    for option in given {
        match option.name.as_str() {
            "analyze" => options.analyze = boolean(option)?,
            // Nothing to tell: there are no costs, no buffers, no settings that a plan depends on, and no lists of columns.
            "verbose" | "costs" | "buffers" | "settings" => {
                boolean(option)?;
            }
            "wal" => wal = boolean(option)?,
            "timing" => timing = Some(boolean(option)?),
            "summary" => summary = Some(boolean(option)?),
            "format" => options.format = format_of(option, text)?,
            name => {
                let message = format!("unrecognized EXPLAIN option \"{name}\"");
                return Err(option.at.mark(PgError::new(SqlState::SYNTAX_ERROR, message), text));
            }
        }
    }
    for (asked, name) in [(wal, "WAL"), (timing == Some(true), "TIMING")] {
        if asked && !options.analyze {
            let message = format!("EXPLAIN option {name} requires ANALYZE");
            return Err(PgError::new(SqlState::INVALID_PARAMETER_VALUE, message));
        }
    }
    options.timing = timing.unwrap_or(options.analyze);
    options.summary = summary.unwrap_or(options.analyze);
    Ok(options)
}

/// As `defGetBoolean` reads it.
fn boolean(option: &ExplainOption) -> Result<bool, PgError> {
    match option.value.as_deref().map(str::to_ascii_lowercase).as_deref() {
        None | Some("true" | "on" | "1") => Ok(true),
        Some("false" | "off" | "0") => Ok(false),
        Some(_) => {
            let message = format!("{} requires a Boolean value", option.name);
            Err(PgError::new(SqlState::SYNTAX_ERROR, message))
        }
    }
}

fn format_of(option: &ExplainOption, text: &str) -> Result<Format, PgError> {
    let Some(value) = &option.value else {
        return Err(PgError::new(SqlState::SYNTAX_ERROR, "format requires a parameter"));
    };
    match value.as_str() {
        "text" => Ok(Format::Text),
        "json" => Ok(Format::Json),
        "yaml" => Ok(Format::Yaml),
        "xml" => Ok(Format::Xml),
        value => {
            let message = format!("unrecognized value for EXPLAIN option \"format\": \"{value}\"");
            Err(option.at.mark(PgError::new(SqlState::INVALID_PARAMETER_VALUE, message), text))
        }
    }
}
