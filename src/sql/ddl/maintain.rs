//! VACUUM, ANALYZE, REINDEX, CLUSTER and CHECKPOINT: read, so that what PostgreSQL refuses is refused.

use sqlparser::ast::{Ident, ObjectName};
use sqlparser::tokenizer::Token;

use super::{Ddl, alter_table::parenthesized};
use crate::sql::utility::Words;
use crate::types::PgError;

/// A statement that has nothing to do here: SQLite's file is kept in order by other means.
#[derive(Debug)]
pub struct Maintain {
    pub tag: &'static str,
    /// Why it is refused in a transaction block: the name it goes by.
    pub outside: Option<&'static str>,
    /// Relations that must be there, and what kind they are.
    pub names: Vec<ObjectName>,
    pub index: bool,
    /// CLUSTER … USING.
    pub using: Option<Ident>,
}

/// Reads on behind the first word, which has been read.
pub fn read(first: &str, words: &mut Words<'_>) -> Result<Option<Ddl>, PgError> {
    let mut maintain = Maintain { tag: "VACUUM", outside: None, names: Vec::new(), index: false, using: None };
    match first {
        "vacuum" => {
            maintain.outside = Some("VACUUM");
            if !options(words)? {
                for word in ["full", "freeze", "verbose"] {
                    words.accept(word);
                }
                let _ = words.accept("analyze") || words.accept("analyse");
            }
            tables(words, &mut maintain)?;
        }
        "analyze" | "analyse" => {
            maintain.tag = "ANALYZE";
            if !options(words)? {
                words.accept("verbose");
            }
            tables(words, &mut maintain)?;
        }
        "reindex" => reindex(words, &mut maintain)?,
        "cluster" => {
            maintain.tag = "CLUSTER";
            options(words)?;
            words.accept("verbose");
            if words.peek().is_some() {
                maintain.names.push(words.object_name()?);
                if words.accept("using") {
                    maintain.using = Some(words.ident()?);
                }
            } else {
                maintain.outside = Some("CLUSTER");
            }
        }
        "checkpoint" => maintain.tag = "CHECKPOINT",
        _ => return Ok(None),
    }
    words.finish()?;
    Ok(Some(Ddl::Maintain(maintain)))
}

fn reindex(words: &mut Words<'_>, maintain: &mut Maintain) -> Result<(), PgError> {
    maintain.tag = "REINDEX";
    options(words)?;
    let kind = words.word();
    let concurrently = words.accept("concurrently");
    if concurrently {
        maintain.outside = Some("REINDEX CONCURRENTLY");
    }
    match kind.as_deref() {
        Some("index") => maintain.index = true,
        Some("table") => {}
        Some("schema" | "database" | "system") => {
            maintain.outside = Some("REINDEX DATABASE");
            words.ident()?;
            return Ok(());
        }
        _ => return Err(words.error()),
    }
    maintain.names.push(words.object_name()?);
    Ok(())
}

/// `(OPTION, …)`: whether there were any.
fn options(words: &mut Words<'_>) -> Result<bool, PgError> {
    let any = words.peek().is_some_and(|token| token.token == Token::LParen);
    if any {
        parenthesized(words)?;
    }
    Ok(any)
}

fn tables(words: &mut Words<'_>, maintain: &mut Maintain) -> Result<(), PgError> {
    if words.peek().is_none() {
        return Ok(());
    }
    loop {
        maintain.names.push(words.object_name()?);
        options(words)?;
        if !words.accept_token(&Token::Comma) {
            return Ok(());
        }
    }
}
