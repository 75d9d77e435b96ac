//! What a write proposes, as queries: for finding out afterwards which of its rows broke which constraint.
//!
//! SQLite says which constraint failed but not with which values, and PostgreSQL's errors show them.
//! Nothing of this is made before a statement has failed.

use sqlparser::ast;

use super::Binder;
use super::modify::rowid_name;
use crate::catalog::{Catalog, Index, Table};
use crate::sql::emit::Emitter;
use crate::sql::parse::{Kind, Statement};
use crate::sql::plan::{Proposal, ProposedCheck, ProposedConflict, SessionContext};
use crate::sql::room::with_room;
use crate::types::{PgError, Type};

/// The rows that an INSERT or UPDATE proposes; `None` for other statements. `params` are its parameters' types.
pub fn proposal(
    statement: &Statement,
    catalog: &Catalog,
    context: &SessionContext,
    params: &[Type],
) -> Result<Option<Proposal>, PgError> {
    let Kind::Sql { tree, overriding, subscripts, current_of, .. } = &*statement.kind else { return Ok(None) };
    let mut binder = Binder::new(&statement.text, catalog, context, params)?;
    binder.overriding = *overriding;
    binder.assigned_parts = subscripts;
    binder.current_of = current_of.as_ref();
    with_room(statement.nesting, || binder.proposal(tree, None))
}

/// A table's CHECK constraints over the values of a row.
pub fn table_checks(table: &Table, catalog: &Catalog, context: &SessionContext) -> Result<Vec<ProposedCheck>, PgError> {
    Binder::new("", catalog, context, &[])?.proposed_checks(table)
}

/// An index's columns as SQLite expressions over those of its table, and their types.
pub fn index_key(
    table: &Table,
    index: &Index,
    catalog: &Catalog,
    context: &SessionContext,
) -> Result<Vec<(String, Type)>, PgError> {
    Binder::new("", catalog, context, &[])?.index_key(table, index)
}

impl Binder<'_> {
    fn proposal(mut self, tree: &ast::Statement, with: Option<&ast::With>) -> Result<Option<Proposal>, PgError> {
        match tree {
            ast::Statement::Insert(insert) => self.insert_proposal(insert, with).map(Some),
            ast::Statement::Update(update) => self.update_proposal(update, with),
            ast::Statement::Query(query) => match &*query.body {
                ast::SetExpr::Insert(tree) | ast::SetExpr::Update(tree) => self.proposal(tree, query.with.as_ref()),
                _ => Ok(None),
            },
            _ => Ok(None),
        }
    }

    fn target_table(&self, relation: usize) -> Option<&Table> {
        match self.catalog.get(self.table_oid(relation)) {
            Some(crate::catalog::Object::Table(table)) => Some(table),
            _ => None,
        }
    }

    fn insert_proposal(&mut self, insert: &ast::Insert, with: Option<&ast::With>) -> Result<Proposal, PgError> {
        let (bound, _) = self.insert(insert, with)?;
        let mut emitter = Emitter::new(&self.relations);
        emitter.proposed_insert(&bound)?;
        let rows = emitter.finish();
        let rowid = self.target_table(bound.target).and_then(rowid_name);
        let conflict = match &bound.conflict {
            None => None,
            Some(conflict) => {
                let update = match (&conflict.update, rowid) {
                    (Some((assignments, filter)), Some(rowid)) => {
                        let mut emitter = Emitter::new(&self.relations);
                        let first = self.params.len() + 1;
                        emitter.proposed_conflict(&bound, (assignments, filter.as_ref()), rowid, first)?;
                        Some(emitter.finish())
                    }
                    _ => None,
                };
                Some(ProposedConflict { index: conflict.index(), update })
            }
        };
        let table_oid = self.table_oid(bound.target);
        let checks = self.target_table(bound.target).map_or(Ok(Vec::new()), |table| self.proposed_checks(table))?;
        Ok(Proposal { table_oid, rows, columns: bound.columns, updates: false, conflict, checks })
    }

    fn update_proposal(&mut self, update: &ast::Update, with: Option<&ast::With>) -> Result<Option<Proposal>, PgError> {
        let (bound, _) = self.update(update, with)?;
        let Some(table) = self.target_table(bound.target) else { return Ok(None) };
        let Some(rowid) = rowid_name(table) else { return Ok(None) };
        let columns = (0..table.columns.len()).collect();
        let mut emitter = Emitter::new(&self.relations);
        emitter.proposed_update(&bound, rowid)?;
        let rows = emitter.finish();
        let checks = self.proposed_checks(table)?;
        let table_oid = table.oid;
        Ok(Some(Proposal { table_oid, rows, columns, updates: true, conflict: None, checks }))
    }
}
