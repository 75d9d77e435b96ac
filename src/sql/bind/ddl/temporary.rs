//! What temporary tables need beyond what other tables do: their schema, ON COMMIT, and their end.

use sqlparser::ast::{self, ObjectName};

use super::Steps;
use crate::catalog::{Catalog, Change, Object, OnCommit, PG_TEMP, Table};
use crate::sql::bind::Binder;
use crate::sql::bind::names::{Persistence, fold};
use crate::sql::ddl::{Ddl, TypeStatement};
use crate::sql::parse::{Kind, Statement};
use crate::sql::plan::{Action, Plan, Schema, SchemaStep, SessionContext};
use crate::types::{PgError, SqlState};

/// Whether the statement may make something in the session's temporary schema, which is to be there then.
pub fn may_be_temporary(statement: &Statement, context: &SessionContext) -> bool {
    let in_path = || context.search_path.iter().any(|schema| schema == PG_TEMP);
    let named = |name: &ObjectName| {
        name.0.len() > 1 && name.0.iter().any(|part| part.as_ident().is_some_and(|ident| fold(ident) == PG_TEMP))
    };
    let asked = |name: &ObjectName, temporary: bool| temporary || in_path() || named(name);
    match &*statement.kind {
        Kind::Sql { tree, temporary, .. } => match &**tree {
            ast::Statement::CreateTable(create) => asked(&create.name, temporary.temporary),
            ast::Statement::CreateView(create) => asked(&create.name, temporary.temporary),
            ast::Statement::Query(query) => match &*query.body {
                ast::SetExpr::Select(select) => select.into.as_ref().is_some_and(|into| {
                    let target = |target: &ast::Expr| match target {
                        ast::Expr::CompoundIdentifier(idents) => idents.iter().any(|ident| fold(ident) == PG_TEMP),
                        _ => false,
                    };
                    into.temporary || in_path() || into.targets.iter().any(target)
                }),
                _ => false,
            },
            _ => false,
        },
        Kind::Ddl(ddl) => match &**ddl {
            Ddl::CreateSequence(create) => asked(&create.name, create.temporary),
            Ddl::Type(TypeStatement::CreateEnum { name, .. }) => asked(name, false),
            _ => false,
        },
        _ => false,
    }
}

/// Binds a statement to a catalog in which the session has a temporary schema; where it is used, the plan makes it too.
pub fn with_temporary_schema(
    catalog: &Catalog,
    context: &SessionContext,
    bind: impl FnOnce(&Catalog) -> Result<Plan, PgError>,
) -> Result<Plan, PgError> {
    let schema = catalog.new_temporary_schema(context.session);
    let make = Change::put(Object::Schema(schema.clone()));
    let mut plan = bind(&catalog.with(std::slice::from_ref(&make)))?;
    plan.catalog_version = catalog.version;
    if let Action::Schema(made) = &mut plan.action {
        let used = |step: &SchemaStep| matches!(step, SchemaStep::Catalog(Change::Put(object)) if object.schema() == schema.name);
        if made.steps.iter().any(used) {
            made.steps.insert(0, SchemaStep::Catalog(make));
        }
    }
    Ok(plan)
}

/// What ON COMMIT has done at the end of a transaction of the session's, if anything
/// (`PreCommit_on_commit_actions`). Errors: 0A000 where foreign keys are in the way.
pub fn at_commit(catalog: &Catalog, context: &SessionContext) -> Result<Option<Schema>, PgError> {
    let Some(own) = catalog.temporary_schema(context.session) else { return Ok(None) };
    let (mut emptied, mut dropped): (Vec<&Table>, Vec<&Object>) = (Vec::new(), Vec::new());
    // Each of the session's writes asks: no more is looked at than what is its own.
    for object in catalog.relations_in(&own.name) {
        match object {
            Object::Table(table) if table.on_commit == Some(OnCommit::DeleteRows) => emptied.push(table),
            Object::Table(table) if table.on_commit == Some(OnCommit::Drop) => dropped.push(object),
            _ => {}
        }
    }
    if emptied.is_empty() && dropped.is_empty() {
        return Ok(None);
    }
    emptied.sort_by_key(|table| table.oid);
    dropped.sort_by_key(|object| object.oid());
    let mut steps = Steps::new();
    for table in &emptied {
        for (child, ..) in catalog.foreign_keys_to(table.oid) {
            if !emptied.iter().any(|other| other.oid == child.oid) {
                let message = "unsupported ON COMMIT and foreign key combination";
                let detail = format!(
                    "Table \"{}\" references \"{}\", but they do not have the same ON COMMIT setting.",
                    child.name, table.name
                );
                return Err(PgError::new(SqlState::FEATURE_NOT_SUPPORTED, message).detail(detail));
            }
        }
        steps.steps.push(SchemaStep::Empty(table.stored_name.clone()));
    }
    if !dropped.is_empty() {
        let binder = Binder::new("", catalog, context, &[])?;
        binder.drop_objects(dropped, true, &mut steps)?;
    }
    let mut schema = steps.finish("COMMIT");
    // Nobody has asked for it.
    schema.notices.clear();
    Ok(Some(schema))
}

impl Binder<'_> {
    /// DISCARD TEMP: the schema stays as long as its session is.
    pub fn discard_temporary(&mut self) -> Result<Schema, PgError> {
        let mut steps = Steps::new();
        if let Some(own) = self.catalog.temporary_schema(self.context.session) {
            let (own, gone) = (own.name.clone(), self.context.pid == 0);
            match gone {
                true => self.drop_whole_schemas(vec![own], true, &mut steps)?,
                false => self.drop_contents(std::slice::from_ref(&own), true, &mut steps)?,
            }
        }
        Ok(Schema { command: None, notices: Vec::new(), ..steps.finish("DISCARD TEMP") })
    }

    /// What a CREATE asks for.
    pub fn persistence(&self, unlogged: bool) -> Persistence {
        match (self.temporary_clauses.temporary, unlogged) {
            (true, _) => Persistence::Temporary,
            (false, true) => Persistence::Unlogged,
            (false, false) => Persistence::Permanent,
        }
    }

    /// ON COMMIT of a table that is to be in this schema.
    pub fn on_commit(&self, schema: &str) -> Result<Option<OnCommit>, PgError> {
        match self.temporary_clauses.on_commit {
            Some(_) if !self.catalog.is_temporary(schema) => {
                let message = "ON COMMIT can only be used on temporary tables";
                Err(PgError::new(SqlState::INVALID_TABLE_DEFINITION, message))
            }
            said => Ok(said.flatten()),
        }
    }

    /// Foreign keys between tables of which some are gone sooner than others (`ATAddForeignKeyConstraint`).
    pub fn refuse_mixed_persistence(&self, table: &Table, parent: &Table) -> Result<(), PgError> {
        let temporary = |table: &Table| self.catalog.is_temporary(&table.schema);
        let message = match (temporary(table), temporary(parent)) {
            (false, true) => "constraints on permanent tables may reference only permanent tables",
            (true, false) => "constraints on temporary tables may reference only temporary tables",
            (true, true) if table.schema != parent.schema => {
                "constraints on temporary tables must involve temporary tables of this session"
            }
            _ => return Ok(()),
        };
        Err(PgError::new(SqlState::INVALID_TABLE_DEFINITION, message))
    }

    /// 0A000 for what goes into or out of a session's schema of its own (`CheckSetNamespace`).
    pub fn refuse_moving(&self, from: &str, to: &str) -> Result<(), PgError> {
        if to == PG_TEMP || self.catalog.is_temporary(from) || self.catalog.is_temporary(to) {
            let message = "cannot move objects into or out of temporary schemas";
            return Err(PgError::new(SqlState::FEATURE_NOT_SUPPORTED, message));
        }
        Ok(())
    }
}
