//! GRANT of privileges on objects. (GRANT of a role to another is none of ours.)

use sqlparser::ast::{Ident, ObjectName};
use sqlparser::tokenizer::Token;

use super::Ddl;
use crate::sql::utility::Words;
use crate::types::PgError;

#[derive(Debug)]
pub struct Grant {
    /// In lower case; `all` is all of them.
    pub privileges: Vec<String>,
    pub on: Granted,
    /// PUBLIC is `None`.
    pub to: Vec<Option<Ident>>,
}

/// What privileges are granted on.
#[derive(Debug)]
pub enum Granted {
    /// Or views and sequences.
    Tables(Vec<ObjectName>),
    Sequences(Vec<ObjectName>),
    Schemas(Vec<Ident>),
    Databases(Vec<Ident>),
    /// ALL TABLES or SEQUENCES IN SCHEMA.
    AllIn(Vec<Ident>),
}

const OF_TABLES: [&str; 8] = ["all", "select", "insert", "update", "delete", "truncate", "references", "trigger"];
const OF_SEQUENCES: [&str; 4] = ["all", "usage", "select", "update"];
const OF_SCHEMAS: [&str; 3] = ["all", "create", "usage"];
const OF_DATABASES: [&str; 5] = ["all", "create", "connect", "temporary", "temp"];

/// Reads on behind GRANT; `None` for a kind that is not told of here.
pub fn read(words: &mut Words<'_>) -> Result<Option<Ddl>, PgError> {
    let mut privileges = Vec::new();
    loop {
        let Some(privilege) = words.word() else { return Ok(None) };
        if privilege == "all" {
            words.accept("privileges");
        }
        privileges.push(privilege);
        if !words.accept_token(&Token::Comma) {
            break;
        }
    }
    if !words.accept("on") {
        return Ok(None);
    }
    let (on, known) = match () {
        () if words.accept_all(&["all", "tables", "in", "schema"]) => (Granted::AllIn(idents(words)?), &OF_TABLES[..]),
        () if words.accept_all(&["all", "sequences", "in", "schema"]) => {
            (Granted::AllIn(idents(words)?), &OF_SEQUENCES[..])
        }
        () if words.accept("schema") => (Granted::Schemas(idents(words)?), &OF_SCHEMAS[..]),
        () if words.accept("database") => (Granted::Databases(idents(words)?), &OF_DATABASES[..]),
        () if words.accept("sequence") => (Granted::Sequences(names(words)?), &OF_SEQUENCES[..]),
        () => {
            let table = words.accept("table");
            let names = names(words)?;
            // Another kind of object stands here.
            if !table && !words.peek_is("to") {
                return Ok(None);
            }
            (Granted::Tables(names), &OF_TABLES[..])
        }
    };
    if privileges.iter().any(|privilege| !known.contains(&privilege.as_str())) {
        return Ok(None);
    }
    words.expect("to")?;
    let mut to = Vec::new();
    loop {
        words.accept("group");
        to.push(if words.accept("public") { None } else { Some(words.ident()?) });
        if !words.accept_token(&Token::Comma) {
            break;
        }
    }
    // Whoever owns an object may grant what is on it.
    words.accept_all(&["with", "grant", "option"]);
    words.finish()?;
    Ok(Some(Ddl::Grant(Grant { privileges, on, to })))
}

fn idents(words: &mut Words<'_>) -> Result<Vec<Ident>, PgError> {
    let mut idents = vec![words.ident()?];
    while words.accept_token(&Token::Comma) {
        idents.push(words.ident()?);
    }
    Ok(idents)
}

fn names(words: &mut Words<'_>) -> Result<Vec<ObjectName>, PgError> {
    let mut names = vec![words.object_name()?];
    while words.accept_token(&Token::Comma) {
        names.push(words.object_name()?);
    }
    Ok(names)
}
