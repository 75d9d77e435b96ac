//! LOCK TABLE from its tokens.

use sqlparser::ast::ObjectName;
use sqlparser::tokenizer::Token;

use super::Ddl;
use crate::sql::utility::Words;
use crate::types::PgError;

/// LOCK TABLE as written.
#[derive(Debug)]
pub struct LockTable {
    pub names: Vec<ObjectName>,
    pub mode: LockMode,
    pub nowait: bool,
}

/// Weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LockMode {
    AccessShare,
    RowShare,
    RowExclusive,
    ShareUpdateExclusive,
    Share,
    ShareRowExclusive,
    Exclusive,
    AccessExclusive,
}

/// Longer ones before those that they begin with.
const MODES: &[(&[&str], LockMode)] = &[
    (&["access", "share"], LockMode::AccessShare),
    (&["access", "exclusive"], LockMode::AccessExclusive),
    (&["row", "share"], LockMode::RowShare),
    (&["row", "exclusive"], LockMode::RowExclusive),
    (&["share", "update", "exclusive"], LockMode::ShareUpdateExclusive),
    (&["share", "row", "exclusive"], LockMode::ShareRowExclusive),
    (&["share"], LockMode::Share),
    (&["exclusive"], LockMode::Exclusive),
];

/// Reads what follows the word LOCK.
pub fn read(words: &mut Words<'_>) -> Result<Ddl, PgError> {
    words.accept("table");
    let mut names = Vec::new();
    loop {
        let only = words.accept("only");
        let parentheses = only && words.accept_token(&Token::LParen);
        names.push(words.object_name()?);
        if parentheses {
            words.expect_token(&Token::RParen)?;
        } else if !only {
            words.accept_token(&Token::Mul);
        }
        if !words.accept_token(&Token::Comma) {
            break;
        }
    }
    let mut mode = LockMode::AccessExclusive;
    if words.accept("in") {
        let found = MODES.iter().find(|(spelling, _)| words.accept_all(spelling)).map(|(_, mode)| *mode);
        mode = found.ok_or_else(|| words.error())?;
        words.expect("mode")?;
    }
    let nowait = words.accept("nowait");
    words.finish()?;
    Ok(Ddl::Lock(LockTable { names, mode, nowait }))
}
