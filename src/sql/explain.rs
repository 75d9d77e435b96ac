//! EXPLAIN: its words and options, and a plan of SQLite's in PostgreSQL's shape.
//!
//! SQLite tells its plan as a tree of remarks (`EXPLAIN QUERY PLAN`): what is scanned or searched, in the order of the loops,
//! and what is sorted. [`render`] makes nodes of them that are called as PostgreSQL calls the like. There are no costs, as
//! SQLite tells none.

mod format;
mod tree;

use sqlparser::tokenizer::{Token, TokenWithSpan};

use super::amend;
use super::parse::{Kind, Statement};
use super::text::At;
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
    let title = [("declare", "EXPLAIN of DECLARE"), ("execute", "EXPLAIN of EXECUTE"), ("create", "EXPLAIN of CREATE")];
    if let Some((_, title)) = title.iter().find(|(word, _)| words.peek_is(word)) {
        return Ok(Kind::Unsupported((*title).to_owned()));
    }
    let statement = words.statement(Statement::is_data)?;
    Ok(Kind::Explain(Box::new(ExplainStatement { options, statement })))
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
