//! COMMENT ON from its tokens.

use sqlparser::ast::{DataType, Ident, ObjectName};

use super::Ddl;
use crate::sql::text::At;
use crate::sql::utility::Words;
use crate::types::PgError;

/// COMMENT ON as written.
#[derive(Debug)]
pub struct CommentOn {
    pub about: About,
    /// `None` is NULL.
    pub text: Option<String>,
}

#[derive(Debug)]
pub enum About {
    /// A `table`, `index`, `sequence`, `view` …
    Relation {
        kind: &'static str,
        name: ObjectName,
    },
    /// The last part is the column's name.
    Column(ObjectName),
    Constraint {
        name: Ident,
        table: ObjectName,
    },
    /// A `domain` or type.
    Type {
        of: DataType,
        at: At,
        domain: bool,
    },
    DomainConstraint {
        name: Ident,
        of: DataType,
        at: At,
    },
    Schema(Ident),
    Database(Ident),
    /// Something that has a name and is in no schema.
    Named {
        kind: &'static str,
        name: Ident,
    },
    /// A `policy`, `rule` or `trigger` of a table.
    OfTable {
        kind: &'static str,
        name: Ident,
        table: ObjectName,
    },
    LargeObject(String),
    Statistics(ObjectName),
    Unsupported(&'static str),
}

/// Kinds of relations, longer ones before those that they begin with.
const RELATIONS: &[(&[&str], &str)] = &[
    (&["table"], "table"),
    (&["index"], "index"),
    (&["sequence"], "sequence"),
    (&["view"], "view"),
    (&["materialized", "view"], "materialized view"),
    (&["foreign", "table"], "foreign table"),
];

/// As PostgreSQL's messages call them.
const NAMED: &[(&[&str], &str)] = &[
    (&["role"], "role"),
    (&["tablespace"], "tablespace"),
    (&["extension"], "extension"),
    (&["language"], "language"),
    (&["procedural", "language"], "language"),
    (&["access", "method"], "access method"),
    (&["event", "trigger"], "event trigger"),
    (&["foreign", "data", "wrapper"], "foreign-data wrapper"),
    (&["publication"], "publication"),
    (&["subscription"], "subscription"),
    (&["server"], "server"),
];

const OF_TABLES: &[(&[&str], &str)] = &[(&["policy"], "policy"), (&["rule"], "rule"), (&["trigger"], "trigger")];

/// What there is but can't be told of.
const UNSUPPORTED: &[(&[&str], &str)] = &[
    (&["function"], "COMMENT ON FUNCTION"),
    (&["procedure"], "COMMENT ON PROCEDURE"),
    (&["routine"], "COMMENT ON ROUTINE"),
    (&["aggregate"], "COMMENT ON AGGREGATE"),
    (&["operator"], "COMMENT ON OPERATOR"),
    (&["cast"], "COMMENT ON CAST"),
    (&["collation"], "COMMENT ON COLLATION"),
    (&["conversion"], "COMMENT ON CONVERSION"),
    (&["text", "search"], "COMMENT ON TEXT SEARCH"),
    (&["transform"], "COMMENT ON TRANSFORM"),
];

/// Reads what follows the word COMMENT.
pub fn read(words: &mut Words<'_>) -> Result<Ddl, PgError> {
    words.expect("on")?;
    let about = about(words)?;
    if matches!(about, About::Unsupported(_)) {
        return Ok(Ddl::Comment(CommentOn { about, text: None }));
    }
    words.expect("is")?;
    let text = if words.accept("null") { None } else { Some(words.string()?) };
    words.finish()?;
    // An empty one is none.
    Ok(Ddl::Comment(CommentOn { about, text: text.filter(|text| !text.is_empty()) }))
}

fn one_of(words: &mut Words<'_>, of: &[(&[&str], &'static str)]) -> Option<&'static str> {
    of.iter().find(|(spelling, _)| words.accept_all(spelling)).map(|(_, kind)| *kind)
}

fn about(words: &mut Words<'_>) -> Result<About, PgError> {
    if let Some(kind) = one_of(words, RELATIONS) {
        return Ok(About::Relation { kind, name: words.object_name()? });
    }
    if let Some(kind) = one_of(words, NAMED) {
        return Ok(About::Named { kind, name: words.ident()? });
    }
    if let Some(kind) = one_of(words, OF_TABLES) {
        let name = words.ident()?;
        words.expect("on")?;
        return Ok(About::OfTable { kind, name, table: words.object_name()? });
    }
    if let Some(title) = one_of(words, UNSUPPORTED) {
        return Ok(About::Unsupported(title));
    }
    if words.accept("column") {
        return Ok(About::Column(words.object_name()?));
    }
    if words.accept("constraint") {
        let name = words.ident()?;
        words.expect("on")?;
        if words.accept("domain") {
            let at = words.at();
            return Ok(About::DomainConstraint { name, of: words.parse(|parser| parser.parse_data_type())?, at });
        }
        return Ok(About::Constraint { name, table: words.object_name()? });
    }
    let domain = words.accept("domain");
    if domain || words.accept("type") {
        return typed(words, domain);
    }
    if words.accept("schema") {
        return Ok(About::Schema(words.ident()?));
    }
    if words.accept("database") {
        return Ok(About::Database(words.ident()?));
    }
    if words.accept("statistics") {
        return Ok(About::Statistics(words.object_name()?));
    }
    if words.accept_all(&["large", "object"]) {
        return Ok(About::LargeObject(words.setting_value()?));
    }
    Err(words.error())
}

fn typed(words: &mut Words<'_>, domain: bool) -> Result<About, PgError> {
    let at = words.at();
    Ok(About::Type { of: words.parse(|parser| parser.parse_data_type())?, at, domain })
}
