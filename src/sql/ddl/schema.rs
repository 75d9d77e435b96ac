//! CREATE, ALTER and DROP SCHEMA.

use sqlparser::ast::Ident;
use sqlparser::tokenizer::Token;

use super::Ddl;
use crate::sql::utility::Words;
use crate::types::PgError;

#[derive(Debug)]
pub enum SchemaStatement {
    /// Without a name it is called as its owner is.
    Create {
        if_not_exists: bool,
        name: Option<Ident>,
        owner: Option<Ident>,
    },
    Rename {
        name: Ident,
        to: Ident,
    },
    Owner {
        name: Ident,
        role: Ident,
    },
    Drop {
        if_exists: bool,
        names: Vec<Ident>,
        cascade: bool,
    },
}

/// Reads on behind CREATE SCHEMA.
pub fn create(words: &mut Words<'_>) -> Result<Ddl, PgError> {
    let if_not_exists = words.if_not_exists();
    let name = if words.peek_is("authorization") { None } else { Some(words.ident()?) };
    let owner = if words.accept("authorization") { Some(words.ident()?) } else { None };
    if name.is_none() && owner.is_none() {
        return Err(words.error());
    }
    if words.peek_is("create") || words.peek_is("grant") {
        return Err(PgError::unsupported("CREATE SCHEMA with what is to be made in it"));
    }
    words.finish()?;
    Ok(Ddl::Schema(SchemaStatement::Create { if_not_exists, name, owner }))
}

/// Reads on behind ALTER SCHEMA.
pub fn alter(words: &mut Words<'_>) -> Result<Ddl, PgError> {
    let name = words.ident()?;
    let statement = if words.accept_all(&["rename", "to"]) {
        SchemaStatement::Rename { name, to: words.ident()? }
    } else if words.accept_all(&["owner", "to"]) {
        SchemaStatement::Owner { name, role: words.ident()? }
    } else {
        return Err(words.error());
    };
    words.finish()?;
    Ok(Ddl::Schema(statement))
}

/// Reads on behind DROP SCHEMA.
pub fn drop(words: &mut Words<'_>) -> Result<Ddl, PgError> {
    let if_exists = words.if_exists();
    let mut names = vec![words.ident()?];
    while words.accept_token(&Token::Comma) {
        names.push(words.ident()?);
    }
    let cascade = words.cascade();
    words.finish()?;
    Ok(Ddl::Schema(SchemaStatement::Drop { if_exists, names, cascade }))
}
