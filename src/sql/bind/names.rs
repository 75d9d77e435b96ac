//! Identifiers as PostgreSQL folds them, and the names of relations.

use sqlparser::ast::{Ident, ObjectName, ObjectNamePart};

use super::Binder;
use crate::catalog::{self, Object, PG_TEMP, Table, system};
use crate::sql::constraints::{ConstraintsStatement, SetConstraints};
use crate::sql::text::At;
use crate::types::{PgError, SqlState};

/// Longest identifier, in bytes (`NAMEDATALEN` − 1).
pub const MAX_NAME: usize = 63;

/// The name an identifier means: lower case unless quoted, cut to 63 bytes.
pub fn fold(ident: &Ident) -> String {
    let mut name = match ident.quote_style {
        Some(_) => ident.value.clone(),
        None => ident.value.to_ascii_lowercase(),
    };
    if name.len() > MAX_NAME {
        let end = (0..=MAX_NAME).rev().find(|end| name.is_char_boundary(*end)).unwrap_or(0);
        name.truncate(end);
    }
    name
}

/// Keywords that can't name a column or table without quotes (`RESERVED_KEYWORD` and `TYPE_FUNC_NAME_KEYWORD` of
/// PostgreSQL's `kwlist.h`), sorted.
const RESERVED: &[&str] = &[
    "all",
    "analyse",
    "analyze",
    "and",
    "any",
    "array",
    "as",
    "asc",
    "asymmetric",
    "authorization",
    "binary",
    "both",
    "case",
    "cast",
    "check",
    "collate",
    "collation",
    "column",
    "concurrently",
    "constraint",
    "create",
    "cross",
    "current_catalog",
    "current_date",
    "current_role",
    "current_schema",
    "current_time",
    "current_timestamp",
    "current_user",
    "default",
    "deferrable",
    "desc",
    "distinct",
    "do",
    "else",
    "end",
    "except",
    "false",
    "fetch",
    "for",
    "foreign",
    "freeze",
    "from",
    "full",
    "grant",
    "group",
    "having",
    "ilike",
    "in",
    "initially",
    "inner",
    "intersect",
    "into",
    "is",
    "isnull",
    "join",
    "lateral",
    "leading",
    "left",
    "like",
    "limit",
    "localtime",
    "localtimestamp",
    "natural",
    "not",
    "notnull",
    "null",
    "offset",
    "on",
    "only",
    "or",
    "order",
    "outer",
    "overlaps",
    "placing",
    "primary",
    "references",
    "returning",
    "right",
    "select",
    "session_user",
    "similar",
    "some",
    "symmetric",
    "table",
    "tablesample",
    "then",
    "to",
    "trailing",
    "true",
    "union",
    "unique",
    "user",
    "using",
    "variadic",
    "verbose",
    "when",
    "where",
    "window",
    "with",
];

/// Whether a name, in lower case, must be quoted.
pub fn is_reserved(name: &str) -> bool {
    RESERVED.binary_search(&name).is_ok()
}

/// A possibly qualified name, folded.
#[derive(Clone)]
pub struct Qualified {
    pub schema: Option<String>,
    pub name: String,
    pub at: At,
}

impl Qualified {
    /// As PostgreSQL's messages print it.
    pub fn display(&self) -> String {
        match &self.schema {
            Some(schema) => format!("{schema}.{}", self.name),
            None => self.name.clone(),
        }
    }
}

impl Binder<'_> {
    /// The name for something new: reserved words must be quoted.
    pub fn new_name(&self, ident: &Ident) -> Result<String, PgError> {
        self.refuse_reserved(ident)?;
        Ok(fold(ident))
    }

    /// The parts of an object name.
    pub fn parts<'n>(&self, name: &'n ObjectName) -> Result<Vec<&'n Ident>, PgError> {
        let part = |part: &'n ObjectNamePart| match part {
            ObjectNamePart::Identifier(ident) if ident.quote_style == Some('\'') => {
                let at = At::from(ident.span).or(self.string(&ident.value));
                Err(self.syntax_error(at, &format!("'{}'", ident.value)))
            }
            ObjectNamePart::Identifier(ident) => Ok(ident),
            ObjectNamePart::Function(_) => Err(PgError::unsupported("a function as a name")),
        };
        name.0.iter().map(part).collect()
    }

    /// As [`Binder::qualified`], for something new.
    pub fn qualified_new(&self, name: &ObjectName) -> Result<Qualified, PgError> {
        if let Some(last) = self.parts(name)?.last() {
            self.new_name(last)?;
        }
        self.qualified(name)
    }

    /// 42601 for an unquoted reserved word as a name.
    pub fn refuse_reserved(&self, ident: &Ident) -> Result<(), PgError> {
        if ident.quote_style.is_none() && is_reserved(&ident.value.to_ascii_lowercase()) {
            return Err(self.syntax_error(ident.span.into(), &ident.value));
        }
        Ok(())
    }

    pub fn qualified(&self, name: &ObjectName) -> Result<Qualified, PgError> {
        let parts = self.parts(name)?;
        if let Some(first) = parts.first() {
            self.refuse_reserved(first)?;
        }
        let at = parts.first().map_or(At::NOWHERE, |part| part.span.into());
        match parts[..] {
            [name] => Ok(Qualified { schema: None, name: fold(name), at }),
            [schema, name] => Ok(Qualified { schema: Some(fold(schema)), name: fold(name), at }),
            [database, schema, name] => {
                let (database, schema, name) = (fold(database), fold(schema), fold(name));
                if database != self.context.database {
                    let message =
                        format!("cross-database references are not implemented: \"{database}.{schema}.{name}\"");
                    return Err(self.error(at, SqlState::FEATURE_NOT_SUPPORTED, message));
                }
                Ok(Qualified { schema: Some(schema), name, at })
            }
            _ => {
                let all: Vec<String> = parts.into_iter().map(fold).collect();
                let message = format!("improper qualified name (too many dotted names): {}", all.join("."));
                Err(self.error(at, SqlState::SYNTAX_ERROR, message))
            }
        }
    }

    /// The names stay names: they are looked up when the statement runs.
    pub fn set_constraints(&self, set: &ConstraintsStatement) -> Result<SetConstraints, PgError> {
        let name = |name: &ObjectName| match self.parts(name)?[..] {
            [database, schema, name] => Ok(vec![fold(database), fold(schema), fold(name)]),
            _ => self.qualified(name).map(|name| name.schema.into_iter().chain([name.name]).collect()),
        };
        let names = set.names.iter().map(name).collect::<Result<_, PgError>>()?;
        Ok(SetConstraints { names, deferred: set.deferred })
    }

    /// Looks a relation up along the search path.
    pub fn find_relation(&self, name: &Qualified) -> Option<&Object> {
        match &name.schema {
            Some(schema) => self.catalog.relation(self.meant(schema), &name.name),
            None => {
                let path = self.path().into_iter();
                let mut named = path.filter_map(|schema| self.catalog.relation(schema, &name.name));
                // What has come into an earlier schema since a view was made is not what it means.
                match self.reading {
                    Some(view) => named.find(|object| view.sees(object.oid()).is_some()),
                    None => named.next(),
                }
            }
        }
    }

    /// As [`Binder::find_relation`], for a name in a string, which a view does not note when it is made.
    pub fn find_in_string(&self, name: &Qualified) -> Option<&Object> {
        self.find_relation(name).or_else(|| match name.schema {
            Some(_) => None,
            None => self.path().into_iter().find_map(|schema| self.catalog.relation(schema, &name.name)),
        })
    }

    /// Looks a user's type up along the search path. Where a stored expression names the only one of that name there is,
    /// it means that, whatever the session's path.
    pub fn find_type(&self, name: &Qualified) -> Option<&Object> {
        let mut same = self.catalog.types().filter(|of| of.name() == name.name);
        match &name.schema {
            Some(schema) => self.catalog.type_named(self.meant(schema), &name.name),
            None if self.stored
                && let (Some(only), None) = (same.next(), same.next()) =>
            {
                Some(only)
            }
            None => self.path().into_iter().find_map(|schema| self.catalog.type_named(schema, &name.name)),
        }
    }

    /// The schema of the session's temporary objects.
    pub fn temporary(&self) -> Option<&str> {
        self.catalog.temporary_schema(self.context.session).map(|schema| schema.name.as_str())
    }

    /// The schema that a session means by a name.
    pub fn meant<'s>(&'s self, schema: &'s str) -> &'s str {
        if schema == PG_TEMP { self.temporary().unwrap_or(schema) } else { schema }
    }

    /// Where names are looked up, `pg_catalog` apart.
    fn path(&self) -> Vec<&str> {
        match self.reading {
            // It knows whose temporary objects it means.
            Some(view) => catalog::path(&view.search_path, &self.context.user, None).collect(),
            // What everybody sees means what everybody sees, whatever the session has of that name.
            None if self.stored => {
                let path = catalog::path(&self.context.search_path, &self.context.user, None);
                path.chain(self.temporary()).collect()
            }
            None => self.context.path(self.catalog).collect(),
        }
    }

    /// The search path's schemas that there are; without those of temporary objects, if what is to be looked up there is
    /// to be found by other sessions.
    pub fn schemas_in_path(&self, temporary: bool) -> Vec<String> {
        let path = self.context.path(self.catalog).filter(|schema| self.schema_is_there(schema));
        path.filter(|schema| temporary || !self.catalog.is_temporary(schema)).map(str::to_owned).collect()
    }

    /// The relation of PostgreSQL's own that a name means: `pg_catalog` is looked in first unless the search path says
    /// where.
    pub fn find_system(&self, name: &Qualified) -> Option<&'static system::Relation> {
        if let Some(schema) = &name.schema {
            return system::relation(schema, &name.name);
        }
        let own = self.temporary().filter(|own| self.path().first() == Some(own));
        if own.is_some_and(|own| self.catalog.relation(own, &name.name).is_some()) {
            return None;
        }
        let path = self.context.path(self.catalog);
        if !path.clone().any(|schema| schema == "pg_catalog")
            && let Some(relation) = system::relation("pg_catalog", &name.name)
        {
            return Some(relation);
        }
        for schema in path {
            if let Some(relation) = system::relation(schema, &name.name) {
                return Some(relation);
            }
            if self.catalog.relation(schema, &name.name).is_some() {
                return None;
            }
        }
        None
    }

    /// 42501 for a write to one of PostgreSQL's own relations.
    pub fn refuse_system(&self, name: &Qualified) -> Result<(), PgError> {
        match self.find_system(name) {
            Some(relation) if relation.is_there() => {
                let message = format!("permission denied: \"{}\" is a system catalog", relation.name);
                Err(PgError::new(SqlState::INSUFFICIENT_PRIVILEGE, message))
            }
            _ => Ok(()),
        }
    }

    /// The table of this name, for writing.
    pub fn find_table(&self, name: &Qualified) -> Result<&Table, PgError> {
        self.refuse_system(name)?;
        match self.find_relation(name) {
            Some(Object::Table(table)) => {
                self.refuse_others(&table.schema)?;
                Ok(table)
            }
            Some(Object::Sequence(_)) => Err(self.unsupported(name.at, "a sequence as a table")),
            Some(Object::View(_)) => Err(self.unsupported(name.at, "changing a table through a view")),
            Some(Object::Index(_)) => {
                let message = format!("\"{}\" is an index", name.name);
                Err(self.error(name.at, SqlState::WRONG_OBJECT_TYPE, message))
            }
            Some(
                Object::Enum(_)
                | Object::Domain(_)
                | Object::Composite(_)
                | Object::Schema(_)
                | Object::Comment(_)
                | Object::Extension(_),
            )
            | None => Err(self.no_relation(name)),
        }
    }

    pub fn no_relation(&self, name: &Qualified) -> PgError {
        if let Some(Object::Composite(_)) = self.find_type(name) {
            let message = format!("\"{}\" is a composite type", name.name);
            return self.error(name.at, SqlState::WRONG_OBJECT_TYPE, message);
        }
        // PostgreSQL has it, and Quorlite has not.
        if system::relation(name.schema.as_deref().unwrap_or("pg_catalog"), &name.name).is_some() {
            return self.unsupported(name.at, format!("relation \"{}\"", name.display()));
        }
        let message = format!("relation \"{}\" does not exist", name.display());
        let error = self.error(name.at, SqlState::UNDEFINED_TABLE, message);
        let future = || self.scopes.iter().any(|scope| scope.future.contains(&name.name));
        if name.schema.is_some() || !future() {
            return error;
        }
        let detail = "but it cannot be referenced from this part of the query.";
        error
            .detail(format!("There is a WITH item named \"{}\", {detail}", name.name))
            .hint("Use WITH RECURSIVE, or re-order the WITH items to remove forward references.")
    }

    /// Whether a schema is of another session's temporary objects.
    pub fn is_others(&self, schema: &str) -> bool {
        self.catalog.is_temporary(schema) && self.temporary() != Some(schema)
    }

    /// What is in this schema is written.
    pub fn writes_in(&mut self, schema: &str) {
        self.writes_permanent |= self.temporary() != Some(schema);
    }

    /// 0A000 for the rows of what is in another session's schema.
    pub fn refuse_others(&self, schema: &str) -> Result<(), PgError> {
        match self.is_others(schema) {
            true => Err(of_others("access temporary tables of other sessions")),
            false => Ok(()),
        }
    }

    /// The first schema of the search path that there is.
    pub fn current_schema(&self) -> Option<String> {
        let path = &self.context.search_path;
        let own = self.temporary().filter(|own| path.iter().any(|schema| schema == PG_TEMP || schema == own));
        let mut path = catalog::path(path, &self.context.user, own);
        path.find(|schema| self.catalog.has_schema(schema)).map(str::to_owned)
    }

    /// Where a new relation goes: its schema, which must exist, and must be of the kind that is asked for. `at`: where
    /// the name is said to be wrong.
    pub fn relation_schema(&self, name: &Qualified, asked: Persistence, at: At) -> Result<String, PgError> {
        let own = self.temporary();
        if let (Persistence::Temporary, None, Some(own)) = (asked, &name.schema, own) {
            return Ok(own.to_owned());
        }
        let refused = |message: &str| Err(self.error(at, SqlState::INVALID_TABLE_DEFINITION, message));
        const PERMANENT: &str = "cannot create temporary relation in non-temporary schema";
        if asked == Persistence::Temporary && name.schema.as_deref().is_some_and(catalog::is_system_schema) {
            return refused(PERMANENT);
        }
        let schema = self.creation_schema(name)?;
        match asked {
            Persistence::Unlogged if self.catalog.is_temporary(&schema) => {
                refused("only temporary relations may be created in temporary schemas")
            }
            _ if own == Some(&*schema) => Ok(schema),
            _ if self.catalog.is_temporary(&schema) => {
                refused("cannot create relations in temporary schemas of other sessions")
            }
            Persistence::Temporary => refused(PERMANENT),
            _ => Ok(schema),
        }
    }

    /// Where a new object goes: its schema, which must exist.
    pub fn creation_schema(&self, name: &Qualified) -> Result<String, PgError> {
        let schema = match &name.schema {
            Some(schema) => self.meant(schema).to_owned(),
            None => match self.current_schema() {
                Some(schema) => schema,
                None => {
                    let message = "no schema has been selected to create in";
                    return Err(self.error(name.at, SqlState::INVALID_SCHEMA_NAME, message));
                }
            },
        };
        if matches!(schema.as_str(), "pg_catalog" | "information_schema") {
            let message = format!("permission denied to create \"{schema}.{}\"", name.name);
            return Err(PgError::new(SqlState::INSUFFICIENT_PRIVILEGE, message)
                .detail("System catalog modifications are currently disallowed."));
        }
        if !self.catalog.has_schema(&schema) {
            let message = format!("schema \"{schema}\" does not exist");
            return Err(self.error(name.at, SqlState::INVALID_SCHEMA_NAME, message));
        }
        Ok(schema)
    }
}

/// What a new relation is to be.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Persistence {
    Permanent,
    Unlogged,
    Temporary,
}

/// 0A000 for what can't be done to another session's temporary objects.
pub fn of_others(what: &str) -> PgError {
    PgError::new(SqlState::FEATURE_NOT_SUPPORTED, format!("cannot {what}"))
}
