//! CREATE and DROP EXTENSION.

use sqlparser::ast::Ident;
use sqlparser::tokenizer::Token;

use super::Ddl;
use crate::sql::utility::Words;
use crate::types::PgError;

#[derive(Debug)]
pub enum ExtensionStatement {
    Create { if_not_exists: bool, name: Ident },
    Drop { if_exists: bool, names: Vec<Ident> },
}

/// Reads on behind CREATE EXTENSION.
pub fn create(words: &mut Words<'_>) -> Result<Ddl, PgError> {
    let if_not_exists = words.if_not_exists();
    let name = words.ident()?;
    words.accept("with");
    loop {
        if words.accept("schema") {
            words.ident()?;
        } else if words.accept("version") {
            words.setting_value()?;
        } else if !words.accept("cascade") {
            break;
        }
    }
    words.finish()?;
    Ok(Ddl::Extension(ExtensionStatement::Create { if_not_exists, name }))
}

/// Reads on behind DROP EXTENSION.
pub fn drop(words: &mut Words<'_>) -> Result<Ddl, PgError> {
    let if_exists = words.if_exists();
    let mut names = vec![words.ident()?];
    while words.accept_token(&Token::Comma) {
        names.push(words.ident()?);
    }
    words.cascade();
    words.finish()?;
    Ok(Ddl::Extension(ExtensionStatement::Drop { if_exists, names }))
}
