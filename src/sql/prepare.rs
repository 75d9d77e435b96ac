//! PREPARE and EXECUTE from their tokens, and statements within statements.

use std::sync::Arc;

use sqlparser::ast::{DataType, Expr};
use sqlparser::tokenizer::Token;

use super::parse::{self, Kind, Statement};
use super::text::{At, Cursor};
use super::tokens::syntax_error;
use super::utility::Words;
use crate::types::PgError;

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
    Ok(Kind::Execute(Arc::new(ExecuteStatement { name, arguments })))
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
