//! CREATE, ALTER and DROP EXTENSION.

use sqlparser::ast::Ident;
use sqlparser::tokenizer::Token;

use super::Ddl;
use crate::sql::text::At;
use crate::sql::utility::Words;
use crate::types::{PgError, SqlState};

#[derive(Debug)]
pub enum ExtensionStatement {
    Create {
        if_not_exists: bool,
        name: Ident,
        schema: Option<Ident>,
        version: Option<String>,
        /// Where an option stands that was given before.
        again: Option<At>,
    },
    /// UPDATE, to a version if one is given.
    Update {
        name: Ident,
        version: Option<String>,
        again: Option<At>,
    },
    SetSchema {
        name: Ident,
        schema: Ident,
    },
    /// ADD or DROP of a member.
    Member {
        name: Ident,
    },
    Drop {
        if_exists: bool,
        names: Vec<Ident>,
        cascade: bool,
    },
}

/// Reads on behind CREATE EXTENSION.
pub fn create(words: &mut Words<'_>) -> Result<Ddl, PgError> {
    let if_not_exists = words.if_not_exists();
    let name = words.ident()?;
    words.accept("with");
    let (mut schema, mut version, mut cascade, mut again) = (None, None, false, None);
    while words.peek().is_some() {
        let at = words.at();
        let given = if words.accept("schema") {
            schema.replace(words.ident()?).is_some()
        } else if words.accept("version") {
            version.replace(version_name(words)?).is_some()
        } else if words.accept("cascade") {
            std::mem::replace(&mut cascade, true)
        } else if words.accept("from") {
            version_name(words)?;
            let message = "CREATE EXTENSION ... FROM is no longer supported";
            return Err(words.marked(at, PgError::new(SqlState::FEATURE_NOT_SUPPORTED, message)));
        } else {
            return Err(words.error());
        };
        if given {
            again.get_or_insert(at);
        }
    }
    Ok(Ddl::Extension(ExtensionStatement::Create { if_not_exists, name, schema, version, again }))
}

/// A word or a string.
fn version_name(words: &mut Words<'_>) -> Result<String, PgError> {
    match words.peek().map(|token| &token.token) {
        Some(Token::Word(_)) => words.name(),
        _ => words.string(),
    }
}

/// Reads on behind ALTER EXTENSION.
pub fn alter(words: &mut Words<'_>) -> Result<Ddl, PgError> {
    let name = words.ident()?;
    let statement = if words.accept("update") {
        let (mut version, mut again) = (None, None);
        while words.peek().is_some() {
            let at = words.at();
            words.expect("to")?;
            if version.replace(version_name(words)?).is_some() {
                again.get_or_insert(at);
            }
        }
        ExtensionStatement::Update { name, version, again }
    } else if words.accept_all(&["set", "schema"]) {
        ExtensionStatement::SetSchema { name, schema: words.ident()? }
    } else if words.accept("add") || words.accept("drop") {
        words.rest()?;
        ExtensionStatement::Member { name }
    } else {
        return Err(words.error());
    };
    words.finish()?;
    Ok(Ddl::Extension(statement))
}

/// Reads on behind DROP EXTENSION.
pub fn drop(words: &mut Words<'_>) -> Result<Ddl, PgError> {
    let if_exists = words.if_exists();
    let mut names = vec![words.ident()?];
    while words.accept_token(&Token::Comma) {
        names.push(words.ident()?);
    }
    let cascade = words.cascade();
    words.finish()?;
    Ok(Ddl::Extension(ExtensionStatement::Drop { if_exists, names, cascade }))
}
