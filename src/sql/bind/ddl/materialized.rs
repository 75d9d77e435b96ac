//! Materialized views: tables whose rows are what a query has yielded, when they were made or last refreshed.

use sqlparser::ast;

use super::Steps;
use super::alter_table::{placeless, quoted};
use super::naming::Naming;
use super::storage::{Of, set_options};
use super::table::{Constraints, refuse_reserved};
use crate::catalog::{Catalog, Index, Materialized, Object, Table};
use crate::sql::bind::Binder;
use crate::sql::bind::names::{Persistence, fold};
use crate::sql::bind::steps::modifies;
use crate::sql::bound::Query;
use crate::sql::ddl::{AlterAction, Refresh};
use crate::sql::emission::NO_COLUMNS;
use crate::sql::plan::{Schema, SchemaStep};
use crate::sql::text::At;
use crate::types::{PgError, SqlState};

const CREATE: &str = "CREATE MATERIALIZED VIEW";
/// With the number of rows behind it.
const FILLED: &str = "SELECT";

impl<'a> Binder<'a> {
    pub fn create_materialized_view(&mut self, create: &ast::CreateView) -> Result<Schema, PgError> {
        let clauses = self.view_clauses;
        let options = set_options(Of::Table, Vec::new(), clauses.map_or(&[][..], |clauses| &clauses.options))?;
        let name = self.qualified_new(&create.name)?;
        let schema = self.relation_schema(&name, Persistence::Permanent, At::NOWHERE).map_err(placeless)?;
        if self.catalog.is_temporary(&schema) {
            let message = "cannot create temporary table within security-restricted operation";
            return Err(PgError::new(SqlState::INSUFFICIENT_PRIVILEGE, message));
        }
        refuse_reserved(&name.name)?;
        self.refuse_view_parameters()?;
        if modifies(&create.query) {
            let message = "materialized views must not use data-modifying statements in WITH";
            return Err(PgError::new(SqlState::FEATURE_NOT_SUPPORTED, message));
        }
        let bound = self.query(&create.query)?;
        let temporary = |oid: u32| self.catalog.get(oid).is_some_and(|of| self.catalog.is_temporary(of.schema()));
        if self.names_temporary || self.noted.iter().any(|(_, oid, _)| temporary(*oid)) {
            let message = "materialized views must not use temporary tables or views";
            return Err(PgError::new(SqlState::FEATURE_NOT_SUPPORTED, message));
        }
        let mut steps = Steps::new();
        if self.is_there(&schema, &name.name, create.if_not_exists, &mut steps)? {
            return Ok(steps.finish(CREATE));
        }
        self.refuse_row_type(&schema, &name.name)?;
        let names: Vec<String> = create.columns.iter().map(|column| fold(&column.name)).collect();
        let definitions = self.columns_as(&bound, &names)?;
        let columns = self.view_columns(&bound, &create.columns)?;
        let populated = !self.is_without_data();
        let catalog = self.catalog;
        let mut naming = Naming::new(catalog, &schema);
        naming.take(&name.name);
        let view = self.view_of(&bound, (catalog.next_oid, schema.clone(), name.name.clone()), columns, options)?;
        let materialized = Some(Box::new(Materialized { view, populated }));
        let asked = Constraints { materialized, ..Constraints::default() };
        let table = self.table_steps(&mut steps, &mut naming, &schema, &name.name, definitions, asked)?;
        if !populated {
            return Ok(steps.finish(CREATE));
        }
        steps.settle();
        self.fill_with(&table, &bound, &mut steps)?;
        Ok(steps.finish(FILLED))
    }

    /// The rows that a query yields become the table's.
    pub fn fill_with(&self, table: &Table, query: &Query, steps: &mut Steps) -> Result<(), PgError> {
        let select = self.emit(|emitter| emitter.query(query, false))?;
        steps.fill(table, filling_insert(table) + &select);
        self.fill_keys(table, |_| true, steps)
    }

    /// REFRESH: unique indexes are made anew behind the rows, so that it is they that find duplicates, as in PostgreSQL.
    /// Nobody waits for it in either of its forms, but for other writers; so CONCURRENTLY is a matter of its conditions.
    pub fn refresh(&mut self, refresh: &Refresh) -> Result<Schema, PgError> {
        let catalog: &'a Catalog = self.catalog;
        let (table, materialized) = self.refreshed(refresh, catalog)?;
        if refresh.concurrently {
            self.refuse_concurrently(refresh, table, materialized)?;
        }
        let mut steps = Steps::new();
        let unique: Vec<&Index> = catalog.indexes_of(table.oid).filter(|index| index.unique).collect();
        for index in &unique {
            steps.drop_index_in_file(index);
        }
        steps.steps.push(SchemaStep::Truncate(table.stored_name.clone()));
        if !refresh.without_data {
            let query = self.view_query(&materialized.view)?;
            self.fill_with(table, &query, &mut steps)?;
        }
        if refresh.concurrently {
            require_distinct(table, &mut steps);
        }
        for index in unique {
            self.create_index_in_file(table, index, &mut steps)?;
            steps.put(Object::Index(index.clone()));
        }
        if materialized.populated == refresh.without_data {
            let mut table = table.clone();
            let now = Materialized { populated: !refresh.without_data, ..Materialized::clone(materialized) };
            table.materialized = Some(Box::new(now));
            steps.put(Object::Table(table));
        }
        Ok(steps.finish("REFRESH MATERIALIZED VIEW"))
    }

    fn refreshed(&self, refresh: &Refresh, catalog: &'a Catalog) -> Result<(&'a Table, &'a Materialized), PgError> {
        let name = self.qualified(&refresh.name)?;
        if let Some(system) = self.find_system(&name).filter(|system| system.is_there()) {
            let message = format!("\"{}\" is not a materialized view", system.name);
            return Err(PgError::new(SqlState::FEATURE_NOT_SUPPORTED, message));
        }
        let Some(object) = self.find_relation(&name) else {
            return Err(PgError { position: None, ..self.no_relation(&name) });
        };
        let wrong = |code, what: &str| Err(PgError::new(code, format!("\"{}\" is not a {what}", name.name)));
        match catalog.get(object.oid()) {
            Some(Object::Table(table)) => match &table.materialized {
                Some(materialized) => Ok((table, materialized)),
                None => wrong(SqlState::FEATURE_NOT_SUPPORTED, "materialized view"),
            },
            _ => wrong(SqlState::WRONG_OBJECT_TYPE, "table or materialized view"),
        }
    }

    fn refuse_concurrently(
        &self,
        refresh: &Refresh,
        table: &Table,
        materialized: &Materialized,
    ) -> Result<(), PgError> {
        if !materialized.populated {
            let message = "CONCURRENTLY cannot be used when the materialized view is not populated";
            return Err(PgError::new(SqlState::FEATURE_NOT_SUPPORTED, message));
        }
        if refresh.without_data {
            let message = "CONCURRENTLY and WITH NO DATA options cannot be used together";
            return Err(PgError::new(SqlState::SYNTAX_ERROR, message));
        }
        if !self.catalog.indexes_of(table.oid).any(|index| index.unique && index.is_plain()) {
            let name = crate::types::identifier::qualified(&table.schema, &table.name);
            let message = format!("cannot refresh materialized view \"{name}\" concurrently");
            let hint = "Create a unique index with no WHERE clause on one or more columns of the materialized view.";
            return Err(PgError::new(SqlState::OBJECT_NOT_IN_PREREQUISITE_STATE, message).hint(hint));
        }
        Ok(())
    }

    /// ALTER of a materialized view: what can't be done to it.
    pub fn mind_materialized(&self, table: &Table, action: &AlterAction) -> Result<(), PgError> {
        match action {
            AlterAction::RenameColumn { .. }
            | AlterAction::RenameTo(_)
            | AlterAction::SetSchema(_)
            | AlterAction::Owner(_)
            | AlterAction::Storage
            | AlterAction::ClusterOn(_)
            | AlterAction::ReplicaIdentity(_)
            | AlterAction::ColumnStorage { .. }
            | AlterAction::Options { .. }
            | AlterAction::Unsupported(_)
            | AlterAction::RenameConstraint { .. } => Ok(()),
            action => self.refuse_action(&Object::Table(table.clone()), action),
        }
    }
}

/// 21000 for two rows that are the same and have no NULLs: a REFRESH CONCURRENTLY could not tell them apart.
fn require_distinct(table: &Table, steps: &mut Steps) {
    let columns: Vec<String> = table.columns.iter().map(|column| quoted(&column.stored_name)).collect();
    if columns.is_empty() {
        return;
    }
    let known: Vec<String> = columns.iter().map(|column| format!("{column} IS NOT NULL")).collect();
    let sql = format!(
        "SELECT 1 FROM {} WHERE {} GROUP BY {} HAVING count(*) > 1 LIMIT 1",
        quoted(&table.stored_name),
        known.join(" AND "),
        columns.join(", ")
    );
    let message =
        format!("new data for materialized view \"{}\" contains duplicate rows without any null columns", table.name);
    steps.require(sql, PgError::new(SqlState::CARDINALITY_VIOLATION, message));
}

/// 42809: nobody but REFRESH writes the rows of a materialized view.
pub fn refuse_change(table: &Table) -> Result<(), PgError> {
    match table.materialized {
        Some(_) => {
            let message = format!("cannot change materialized view \"{}\"", table.name);
            Err(PgError::new(SqlState::WRONG_OBJECT_TYPE, message))
        }
        None => Ok(()),
    }
}

/// An INSERT into all columns of a table, but for what it inserts.
pub fn filling_insert(table: &Table) -> String {
    let mut columns: Vec<String> = table.columns.iter().map(|column| quoted(&column.stored_name)).collect();
    if columns.is_empty() {
        columns.push(quoted(NO_COLUMNS));
    }
    format!("INSERT INTO {} ({}) ", quoted(&table.stored_name), columns.join(", "))
}
