//! MERGE (`transformMergeStmt`).
//!
//! The source is joined to the target, and each row found says which of the WHEN clauses is for it: these rows are kept. Then
//! each clause's rows are made of them, and written: see [`steps`](crate::sql::steps).

use sqlparser::ast::{
    self, MergeAction, MergeClauseKind, MergeInsertKind, MergeUpdateKind, TableFactor, TableWithJoins,
};

use super::Binder;
use super::from::{Entry, table_relation};
use super::names::fold;
use super::query::expr_at;
use super::scope::{Clause, Item, Scope};
use super::target::{Target, columns_of};
use crate::catalog::{Object, Table};
use crate::sql::bound::{Body, Expr, Merge, MergeWhen, RelationId, Then};
use crate::sql::text::At;
use crate::sql::tokens;
use crate::types::{PgError, SqlState};

impl Binder<'_> {
    pub fn merge(&mut self, merge: &ast::Merge, with: Option<&ast::With>) -> Result<Merge, PgError> {
        self.refuse_foreign_merge(merge)?;
        // Its writes are of rows found before, so CHECKs are looked at afterwards.
        self.stepwise = true;
        self.scoped(Scope::new(Clause::From), |binder| {
            let with = with.map_or(Ok(Vec::new()), |with| binder.with(with))?;
            refuse_unreachable(&merge.clauses)?;
            let (table, target) = binder.merge_target(&merge.table)?;
            let source = TableWithJoins { relation: merge.source.clone(), joins: Vec::new() };
            let Entry { from, items } = binder.table_with_joins(&source)?;
            let own = binder.item(target, Some(table.schema.clone()));
            refuse_same_name(&own, &items)?;
            let both = binder.merge_items(vec![own], items.clone())?;
            binder.see(both.clone());
            let on = binder.in_clause(Clause::JoinOn, |binder| {
                let on = binder.expr(&merge.on)?;
                binder.boolean(on, "JOIN/ON")
            })?;
            let mut whens = Vec::with_capacity(merge.clauses.len());
            for clause in &merge.clauses {
                let matched = clause.clause_kind == MergeClauseKind::Matched;
                binder.see(if matched { both.clone() } else { items.clone() });
                whens.push(binder.merge_when(clause, matched, &table, target)?);
            }
            binder.verify |= !table.checks().is_empty() || table.full_keys().next().is_some();
            Ok(Merge { with, target, source: from, on, whens })
        })
    }

    fn see(&mut self, items: Vec<Item>) {
        if let Some(scope) = self.scopes.last_mut() {
            scope.items = items;
        }
    }

    fn refuse_foreign_merge(&self, merge: &ast::Merge) -> Result<(), PgError> {
        let at = At::from(merge.merge_token.0.span);
        if !merge.into {
            return Err(self.syntax_error_behind(at));
        }
        if merge.output.is_some() {
            return Err(self.syntax_error(At::NOWHERE, "RETURNING"));
        }
        if merge.clauses.is_empty() {
            return Err(tokens::syntax_error(self.text, None));
        }
        for clause in &merge.clauses {
            if !matches!(clause.clause_kind, MergeClauseKind::Matched | MergeClauseKind::NotMatched) {
                return Err(self.syntax_error(At::NOWHERE, "BY"));
            }
            match &clause.action {
                MergeAction::Insert(insert) if insert.insert_predicate.is_some() => {
                    return Err(self.syntax_error(At::NOWHERE, "WHERE"));
                }
                MergeAction::Update(update)
                    if update.update_predicate.is_some() || update.delete_predicate.is_some() =>
                {
                    return Err(self.syntax_error(At::NOWHERE, "WHERE"));
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn merge_target(&mut self, factor: &TableFactor) -> Result<(Table, RelationId), PgError> {
        let TableFactor::Table { name, alias, args: None, with_ordinality: false, sample: None, .. } = factor else {
            return Err(PgError::unsupported("this target"));
        };
        let name = self.qualified(name)?;
        if let Some(object) = self.find_relation(&name).filter(|object: &&Object| object.query().is_some()) {
            let message = format!("cannot execute MERGE on relation \"{}\"", object.name());
            let error = PgError::new(SqlState::FEATURE_NOT_SUPPORTED, message);
            return Err(error.detail(format!("This operation is not supported for {}s.", object.kind())));
        }
        let table = self.find_table(&name)?.clone();
        self.writes_in(&table.schema);
        let mut relation = table_relation(&table, self.query_depth());
        self.look_up_keys(&table, &mut relation);
        if let Some(alias) = alias {
            if let Some(column) = alias.columns.first() {
                return Err(self.syntax_error(self.tokens_away(column.name.span.into(), -1), "("));
            }
            relation.name = fold(&alias.name);
        }
        self.relations.push(relation);
        Ok((table, self.relations.len() - 1))
    }

    fn merge_when(
        &mut self,
        clause: &ast::MergeClause,
        matched: bool,
        table: &Table,
        target: RelationId,
    ) -> Result<MergeWhen, PgError> {
        let condition = match &clause.predicate {
            None => None,
            Some(condition) => Some(self.in_clause(Clause::MergeWhen, |binder| {
                let condition = binder.expr(condition)?;
                binder.boolean(condition, "WHEN")
            })?),
        };
        let then = match &clause.action {
            MergeAction::DoNothing { .. } => Then::Nothing,
            MergeAction::Delete { .. } => Then::Delete,
            MergeAction::Update(update) => {
                let MergeUpdateKind::Set(assignments) = &update.kind else {
                    return Err(self.syntax_error(At::NOWHERE, "*"));
                };
                let mut assignments =
                    self.in_clause(Clause::Set, |binder| binder.assignments(table, target, assignments))?;
                self.generate_assignments(&table.with_keys(), target, &mut assignments)?;
                Then::Update(assignments)
            }
            MergeAction::Insert(insert) => {
                self.in_clause(Clause::Values, |binder| binder.merge_insert(insert, table))?
            }
        };
        Ok(MergeWhen { matched, condition, then })
    }

    fn merge_insert(&mut self, insert: &ast::MergeInsertExpr, table: &Table) -> Result<Then, PgError> {
        let MergeInsertKind::Values(values) = &insert.kind else {
            return Err(self.syntax_error(insert.kind_token.0.span.into(), "*"));
        };
        if let Some(second) = values.rows.get(1).and_then(|row| row.content.first()) {
            return Err(self.syntax_error(self.tokens_away(expr_at(second), -2), ","));
        }
        for value in values.rows.iter().flat_map(|row| &row.content) {
            if self.every_field(value)?.is_some() {
                return Err(self.unsupported(expr_at(value), "* in what MERGE inserts"));
            }
        }
        let explicit = !insert.columns.is_empty();
        let mut named = match explicit {
            true => self.named_columns(table, &insert.columns)?,
            false => (0..table.columns.len()).map(Target::unnamed).collect(),
        };
        let rows = self.insert_rows(table, &mut named, explicit, values)?;
        let table = &table.with_keys();
        let (mut columns, query) = self.values_source(table, columns_of(&named), rows)?;
        if columns.is_empty() {
            columns.push(0);
        }
        let mut values: Vec<Expr> = match query.body {
            Body::Values(rows) => rows.into_iter().next().unwrap_or_default(),
            _ => Vec::new(),
        };
        self.generated_values(table, &columns, &mut values)?;
        Ok(Then::Insert { columns, values })
    }
}

/// 42601 for what stands behind a clause that is for all rows of its kind.
fn refuse_unreachable(clauses: &[ast::MergeClause]) -> Result<(), PgError> {
    for kind in [MergeClauseKind::Matched, MergeClauseKind::NotMatched] {
        let mut same = clauses.iter().filter(|clause| clause.clause_kind == kind);
        if same.any(|clause| clause.predicate.is_none()) && same.next().is_some() {
            let message = "unreachable WHEN clause specified after unconditional WHEN clause";
            return Err(PgError::new(SqlState::SYNTAX_ERROR, message));
        }
    }
    Ok(())
}

fn refuse_same_name(target: &Item, source: &[Item]) -> Result<(), PgError> {
    let [only] = source else { return Ok(()) };
    if only.name != target.name {
        return Ok(());
    }
    let name = target.name.as_deref().unwrap_or_default();
    Err(PgError::new(SqlState::DUPLICATE_ALIAS, format!("name \"{name}\" specified more than once"))
        .detail("The name is used both as MERGE target table and data source."))
}
