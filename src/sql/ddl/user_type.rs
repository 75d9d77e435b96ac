//! CREATE, ALTER and DROP TYPE.

use sqlparser::ast::{Ident, ObjectName};
use sqlparser::tokenizer::Token;

use super::Ddl;
use crate::sql::utility::Words;
use crate::types::PgError;

#[derive(Debug)]
pub enum TypeStatement {
    CreateEnum { name: ObjectName, labels: Vec<String> },
    AddValue { name: ObjectName, if_not_exists: bool, label: String, place: Option<Place> },
    RenameValue { name: ObjectName, from: String, to: String },
    Rename { name: ObjectName, to: Ident },
    SetSchema { name: ObjectName, schema: Ident },
    Owner { name: ObjectName, role: Ident },
    Drop { if_exists: bool, names: Vec<ObjectName>, cascade: bool },
}

/// Where a new label goes: just before or after another.
#[derive(Debug)]
pub struct Place {
    pub before: bool,
    pub neighbour: String,
}

/// Reads on behind CREATE TYPE.
pub fn create(words: &mut Words<'_>) -> Result<Ddl, PgError> {
    let name = words.object_name()?;
    if !words.accept_all(&["as", "enum"]) {
        return Err(PgError::unsupported("CREATE TYPE of anything but an enum"));
    }
    words.expect_token(&Token::LParen)?;
    let mut labels = Vec::new();
    if !words.accept_token(&Token::RParen) {
        loop {
            labels.push(words.string()?);
            if !words.accept_token(&Token::Comma) {
                break;
            }
        }
        words.expect_token(&Token::RParen)?;
    }
    words.finish()?;
    Ok(Ddl::Type(TypeStatement::CreateEnum { name, labels }))
}

/// Reads on behind ALTER TYPE.
pub fn alter(words: &mut Words<'_>) -> Result<Ddl, PgError> {
    let name = words.object_name()?;
    let statement = if words.accept_all(&["add", "value"]) {
        let if_not_exists = words.if_not_exists();
        let label = words.string()?;
        let before = words.accept("before");
        let place = match before || words.accept("after") {
            true => Some(Place { before, neighbour: words.string()? }),
            false => None,
        };
        TypeStatement::AddValue { name, if_not_exists, label, place }
    } else if words.accept_all(&["rename", "value"]) {
        let from = words.string()?;
        words.expect("to")?;
        TypeStatement::RenameValue { name, from, to: words.string()? }
    } else if words.accept_all(&["rename", "to"]) {
        TypeStatement::Rename { name, to: words.ident()? }
    } else if words.accept_all(&["set", "schema"]) {
        TypeStatement::SetSchema { name, schema: words.ident()? }
    } else if words.accept_all(&["owner", "to"]) {
        TypeStatement::Owner { name, role: words.ident()? }
    } else {
        return Err(PgError::unsupported("ALTER TYPE of anything but an enum"));
    };
    words.finish()?;
    Ok(Ddl::Type(statement))
}

/// Reads on behind DROP TYPE.
pub fn drop(words: &mut Words<'_>) -> Result<Ddl, PgError> {
    let (if_exists, names, cascade) = words.dropped()?;
    Ok(Ddl::Type(TypeStatement::Drop { if_exists, names, cascade }))
}
