//! CREATE, ALTER and DROP TYPE.

use sqlparser::ast::{DataType, Ident, ObjectName};
use sqlparser::tokenizer::Token;

use super::Ddl;
use crate::sql::text::At;
use crate::sql::utility::Words;
use crate::types::PgError;

#[derive(Debug)]
pub enum TypeStatement {
    CreateEnum { name: ObjectName, labels: Vec<String> },
    CreateComposite { name: ObjectName, attributes: Vec<AttributeDefinition> },
    Attributes { name: ObjectName, actions: Vec<AttributeAction> },
    AddValue { name: ObjectName, if_not_exists: bool, label: String, place: Option<Place> },
    RenameValue { name: ObjectName, from: String, to: String },
    Rename { name: ObjectName, to: Ident },
    SetSchema { name: ObjectName, schema: Ident },
    Owner { name: ObjectName, role: Ident },
    Drop { if_exists: bool, names: Vec<ObjectName>, cascade: bool },
}

/// An attribute of a composite type.
#[derive(Debug)]
pub struct AttributeDefinition {
    pub name: Ident,
    pub data_type: DataType,
    /// Where the type stands.
    pub at: At,
    pub collation: Option<ObjectName>,
}

#[derive(Debug)]
pub enum AttributeAction {
    Add(AttributeDefinition),
    Drop {
        if_exists: bool,
        name: Ident,
    },
    /// Another type.
    Alter(AttributeDefinition),
    Rename {
        from: Ident,
        to: Ident,
    },
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
        if words.accept("as") && words.accept_token(&Token::LParen) {
            return composite(words, name);
        }
        return Err(PgError::unsupported("CREATE TYPE of anything but an enum or a composite type"));
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

fn composite(words: &mut Words<'_>, name: ObjectName) -> Result<Ddl, PgError> {
    let mut attributes = Vec::new();
    if !words.accept_token(&Token::RParen) {
        loop {
            attributes.push(attribute(words)?);
            if !words.accept_token(&Token::Comma) {
                break;
            }
        }
        words.expect_token(&Token::RParen)?;
    }
    words.finish()?;
    Ok(Ddl::Type(TypeStatement::CreateComposite { name, attributes }))
}

fn attribute(words: &mut Words<'_>) -> Result<AttributeDefinition, PgError> {
    let name = words.ident()?;
    typed_attribute(words, name)
}

fn typed_attribute(words: &mut Words<'_>, name: Ident) -> Result<AttributeDefinition, PgError> {
    let at = words.at();
    let data_type = words.parse(|parser| parser.parse_data_type())?;
    let collation = if words.accept("collate") { Some(words.object_name()?) } else { None };
    Ok(AttributeDefinition { name, data_type, at, collation })
}

/// `ADD ATTRIBUTE …, DROP ATTRIBUTE …`.
fn actions(words: &mut Words<'_>) -> Result<Vec<AttributeAction>, PgError> {
    let mut actions = Vec::new();
    loop {
        actions.push(if words.accept_all(&["add", "attribute"]) {
            AttributeAction::Add(attribute(words)?)
        } else if words.accept_all(&["drop", "attribute"]) {
            let if_exists = words.accept_all(&["if", "exists"]);
            AttributeAction::Drop { if_exists, name: words.ident()? }
        } else {
            words.expect("alter")?;
            words.expect("attribute")?;
            let name = words.ident()?;
            words.accept_all(&["set", "data"]);
            words.expect("type")?;
            AttributeAction::Alter(typed_attribute(words, name)?)
        });
        // Nothing that is changed here is in use, so that nothing goes with it.
        let _ = words.accept("cascade") || words.accept("restrict");
        if !words.accept_token(&Token::Comma) {
            return Ok(actions);
        }
    }
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
    } else if words.accept_all(&["rename", "attribute"]) {
        let from = words.ident()?;
        words.expect("to")?;
        let to = words.ident()?;
        let _ = words.accept("cascade") || words.accept("restrict");
        TypeStatement::Attributes { name, actions: vec![AttributeAction::Rename { from, to }] }
    } else if ["add", "drop", "alter"].iter().any(|word| words.is_next(&[word, "attribute"])) {
        TypeStatement::Attributes { name, actions: actions(words)? }
    } else if words.accept_all(&["rename", "to"]) {
        TypeStatement::Rename { name, to: words.ident()? }
    } else if words.accept_all(&["set", "schema"]) {
        TypeStatement::SetSchema { name, schema: words.ident()? }
    } else if words.accept_all(&["owner", "to"]) {
        TypeStatement::Owner { name, role: words.ident()? }
    } else {
        return Err(PgError::unsupported("ALTER TYPE of anything but an enum or a composite type"));
    };
    words.finish()?;
    Ok(Ddl::Type(statement))
}

/// Reads on behind DROP TYPE.
pub fn drop(words: &mut Words<'_>) -> Result<Ddl, PgError> {
    let (if_exists, names, cascade) = words.dropped()?;
    Ok(Ddl::Type(TypeStatement::Drop { if_exists, names, cascade }))
}
