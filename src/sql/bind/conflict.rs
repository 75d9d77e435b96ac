//! ON CONFLICT (`transformOnConflictClause`, `infer_arbiter_indexes`).

use sqlparser::ast::{self, ConflictTarget, OnConflictAction};

use super::Binder;
use super::from::table_relation;
use super::insert::index_of;
use super::names::fold;
use super::scope::{Clause, Scope};
use crate::catalog::{Index, Table};
use crate::sql::bound::{Assignment, Conflict, Expr, Relation, RelationId, Source};
use crate::sql::text::At;
use crate::types::{PgError, SqlState};

impl Binder<'_> {
    /// ON CONFLICT, and the relation that `excluded` is.
    pub fn on_conflict(
        &mut self,
        table: &Table,
        target: RelationId,
        conflict: &ast::OnConflict,
    ) -> Result<(Conflict, Option<RelationId>), PgError> {
        let columns = match &conflict.conflict_target {
            None => Vec::new(),
            Some(ConflictTarget::Columns(idents)) => {
                let mut columns = Vec::with_capacity(idents.len());
                for ident in idents {
                    let (name, at) = (fold(ident), At::from(ident.span));
                    let index = table.columns.iter().position(|column| column.name == name).ok_or_else(|| {
                        // PostgreSQL points at the parenthesis.
                        let first = idents.first().map_or(at, |ident| ident.span.into());
                        let at = self.tokens_away(first, -1);
                        self.error(at, SqlState::UNDEFINED_COLUMN, format!("column \"{name}\" does not exist"))
                    })?;
                    if !columns.contains(&index) {
                        columns.push(index);
                    }
                }
                // A view has no keys; those of the table behind it are looked at there.
                if !self.is_view(table) && !self.is_unique(table, &columns) {
                    let message = "there is no unique or exclusion constraint matching the ON CONFLICT specification";
                    return Err(PgError::new(SqlState::INVALID_COLUMN_REFERENCE, message));
                }
                columns
            }
            Some(ConflictTarget::OnConstraint(name)) => {
                let name = self.qualified(name)?;
                let constraint =
                    table.constraints.iter().find(|constraint| constraint.name == name.name && constraint.is_key());
                let Some(constraint) = constraint else {
                    let message = format!("constraint \"{}\" for table \"{}\" does not exist", name.name, table.name);
                    return Err(PgError::new(SqlState::UNDEFINED_OBJECT, message));
                };
                constraint.columns.iter().filter_map(|attnum| index_of(table, *attnum)).collect()
            }
        };
        let (update, excluded) = match &conflict.action {
            OnConflictAction::DoNothing => (None, None),
            OnConflictAction::DoUpdate(update) => {
                if columns.is_empty() {
                    let message = "ON CONFLICT DO UPDATE requires inference specification or constraint name";
                    let at = self.tokens_away(self.word("conflict"), -1);
                    let error = self.error(at, SqlState::SYNTAX_ERROR, message);
                    return Err(error.hint("For example, ON CONFLICT (column_name)."));
                }
                let (assignments, filter, excluded) = self.conflict_update(table, target, update)?;
                (Some((assignments, filter)), Some(excluded))
            }
        };
        Ok((Conflict { columns, update }, excluded))
    }

    fn conflict_update(
        &mut self,
        table: &Table,
        target: RelationId,
        update: &ast::DoUpdate,
    ) -> Result<(Vec<Assignment>, Option<Expr>, RelationId), PgError> {
        let mut scope = Scope::new(Clause::Set);
        let excluded = Relation {
            name: "excluded".to_owned(),
            source: Source::Excluded,
            ..table_relation(table, self.query_depth())
        };
        self.relations.push(excluded);
        let excluded = self.relations.len() - 1;
        scope.items =
            self.merge_items(vec![self.item(target, Some(table.schema.clone()))], vec![self.item(excluded, None)])?;
        self.scoped(scope, |binder| {
            let assignments = binder.assignments(table, target, &update.assignments)?;
            let filter = match &update.selection {
                None => None,
                Some(filter) => Some(binder.in_clause(Clause::Where, |binder| {
                    let filter = binder.expr(filter)?;
                    binder.boolean(filter, "WHERE")
                })?),
            };
            Ok((assignments, filter, excluded))
        })
    }

    /// Whether a unique index covers exactly these columns.
    pub fn is_unique(&self, table: &Table, columns: &[usize]) -> bool {
        self.unique_over(table, columns).next().is_some()
    }

    fn unique_over<'b>(&'b self, table: &'b Table, columns: &[usize]) -> impl Iterator<Item = &'b Index> {
        let mut wanted: Vec<i16> = columns.iter().map(|index| table.columns[*index].attnum).collect();
        wanted.sort_unstable();
        self.catalog.indexes_of(table.oid).filter(move |index| {
            let mut attnums: Vec<i16> = index.columns.iter().map(|column| column.attnum).collect();
            attnums.sort_unstable();
            index.unique && index.is_plain() && attnums == wanted
        })
    }

    /// Whether a row is in the way can't be told of a key that is looked at later. `columns`: of the arbiter, or none.
    /// PostgreSQL says so of the first row that it would write.
    pub fn refuse_deferrable_arbiter(&self, table: &Table, columns: &[usize]) -> Result<(), PgError> {
        let deferrable = match columns {
            [] => self.catalog.indexes_of(table.oid).find(|index| index.deferrable),
            columns => self.unique_over(table, columns).find(|index| index.deferrable),
        };
        let Some(index) = deferrable else { return Ok(()) };
        let message = "ON CONFLICT does not support deferrable unique constraints/exclusion constraints as arbiters";
        Err(PgError::new(SqlState::OBJECT_NOT_IN_PREREQUISITE_STATE, message)
            .table(table.schema.clone(), table.name.clone())
            .constraint(index.name.clone()))
    }
}
