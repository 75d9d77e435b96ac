//! SET CONSTRAINTS: when a transaction's deferrable constraints are to hold.
//!
//! The names are looked up when the statement runs, as PostgreSQL does, and what it has set is the transaction's:
//! [`ConstraintModes`] goes with each of its statements to where they are executed.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};
use sqlparser::ast::ObjectName;

use super::plan::SessionContext;
use super::utility::Words;
use crate::catalog::{Catalog, Constraint, PG_TEMP, is_system_schema};
use crate::types::{PgError, SqlState};

/// SET CONSTRAINTS as written.
#[derive(Debug)]
pub struct ConstraintsStatement {
    /// None: ALL.
    pub names: Vec<ObjectName>,
    pub deferred: bool,
}

/// SET CONSTRAINTS.
#[derive(Clone, Debug, PartialEq)]
pub struct SetConstraints {
    /// The parts of the names, up to three; no name: ALL.
    pub names: Vec<Vec<String>>,
    pub deferred: bool,
}

/// What a transaction has said of when constraints are checked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConstraintModes {
    /// ALL … DEFERRED, or IMMEDIATE.
    all: Option<bool>,
    /// By the constraint's OID; said after ALL was.
    each: BTreeMap<u32, bool>,
}

impl ConstraintModes {
    /// Whether the constraint need not hold before the transaction's end.
    pub fn defers(&self, constraint: &Constraint) -> bool {
        let said = self.each.get(&constraint.oid).copied().or(self.all);
        constraint.is_deferrable() && said.unwrap_or(constraint.is_initially_deferred())
    }

    pub fn is_default(&self) -> bool {
        *self == ConstraintModes::default()
    }

    /// Takes in what a statement says. Errors: 3F000, 42704, 42809, and 0A000 for a key that SQLite knows as an immediate one.
    pub fn set(&mut self, set: &SetConstraints, catalog: &Catalog, context: &SessionContext) -> Result<(), PgError> {
        if set.names.is_empty() {
            let all = catalog.tables().flat_map(|table| &table.constraints);
            refuse_uncounted(set.deferred, all)?;
            *self = ConstraintModes { all: Some(set.deferred), each: BTreeMap::new() };
            return Ok(());
        }
        let named = named(set, catalog, context)?;
        refuse_uncounted(set.deferred, named.iter().copied())?;
        self.each.extend(named.into_iter().map(|constraint| (constraint.oid, set.deferred)));
        Ok(())
    }
}

fn refuse_uncounted<'c>(deferred: bool, constraints: impl IntoIterator<Item = &'c Constraint>) -> Result<(), PgError> {
    let uncounted = |constraint: &&Constraint| constraint.is_deferrable() && !constraint.is_counted();
    match constraints.into_iter().find(uncounted) {
        Some(constraint) if deferred => {
            let what =
                format!("SET CONSTRAINTS … DEFERRED of \"{}\", which an older release has made,", constraint.name);
            Err(PgError::unsupported(what).hint("Drop the constraint and make it anew."))
        }
        _ => Ok(()),
    }
}

/// The deferrable constraints of these names; several may have the same one. Errors: 3F000, 42704, and 42809 for what is to
/// be deferred and can't.
fn named<'c>(
    set: &SetConstraints,
    catalog: &'c Catalog,
    context: &SessionContext,
) -> Result<Vec<&'c Constraint>, PgError> {
    let mut by_name: HashMap<(&str, &str), Vec<&Constraint>> = HashMap::new();
    for table in catalog.tables() {
        for constraint in &table.constraints {
            by_name.entry((&table.schema, &constraint.name)).or_default().push(constraint);
        }
    }
    let path: Vec<&str> = context.path(catalog).collect();
    let temporary = catalog.temporary_schema(context.session).map(|schema| &schema.name);
    let mut found = Vec::new();
    for parts in &set.names {
        let (schema, name) = match &parts[..] {
            [database, schema, name] if *database != context.database => {
                let message = format!("cross-database references are not implemented: \"{database}.{schema}.{name}\"");
                return Err(PgError::new(SqlState::FEATURE_NOT_SUPPORTED, message));
            }
            [.., schema, name] if schema == PG_TEMP => (Some(temporary.unwrap_or(schema)), name),
            [.., schema, name] => (Some(schema), name),
            [name] => (None, name),
            [] => continue,
        };
        let schemas = match schema {
            Some(schema) if !catalog.has_schema(schema) && !is_system_schema(schema) => {
                let message = format!("schema \"{schema}\" does not exist");
                return Err(PgError::new(SqlState::INVALID_SCHEMA_NAME, message));
            }
            Some(schema) => &[&**schema][..],
            None => &path,
        };
        let Some(same) = schemas.iter().find_map(|schema| by_name.get(&(*schema, &**name))) else {
            let message = format!("constraint \"{name}\" does not exist");
            return Err(PgError::new(SqlState::UNDEFINED_OBJECT, message));
        };
        if set.deferred && same.iter().any(|constraint| !constraint.is_deferrable()) {
            let message = format!("constraint \"{name}\" is not deferrable");
            return Err(PgError::new(SqlState::WRONG_OBJECT_TYPE, message));
        }
        found.extend(same.iter().filter(|constraint| constraint.is_deferrable()));
    }
    Ok(found)
}

/// Reads what follows SET CONSTRAINTS.
pub(super) fn read(words: &mut Words<'_>) -> Result<ConstraintsStatement, PgError> {
    let mut names = Vec::new();
    if !words.accept("all") {
        names.push(words.object_name()?);
        while words.accept_token(&sqlparser::tokenizer::Token::Comma) {
            names.push(words.object_name()?);
        }
    }
    let deferred = words.accept("deferred");
    if !deferred {
        words.expect("immediate")?;
    }
    Ok(ConstraintsStatement { names, deferred })
}
