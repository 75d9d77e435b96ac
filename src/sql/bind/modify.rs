//! UPDATE and DELETE (`transformUpdateStmt`, `transformDeleteStmt`).

use sqlparser::ast::{self, AssignmentTarget, FromTable, TableFactor, TableWithJoins, UpdateTableFromKind};

use super::Binder;
use super::coerce::can_coerce;
use super::from::{Entry, table_relation};
use super::insert::{output_for, target_at};
use super::names::fold;
use super::query::expr_at;
use super::scope::{Clause, Scope};
use super::target::{SetList, Target, column_now, columns_of, nothing};
use crate::catalog::Table;
use crate::sql::bound::{
    Assignment, Body, Current, Delete, Expr, ExprKind, Form, From, JoinKind, Output, Query, Relation, RelationId,
    Source, Update, Using,
};
use crate::sql::casts::Context;
use crate::sql::emit::leftmost_is_values;
use crate::sql::text::At;
use crate::types::{PgError, SqlState, Type, Value};

/// Those that every table has.
pub const SYSTEM_COLUMNS: &[&str] = &["ctid", "xmin", "cmin", "xmax", "cmax", "tableoid"];

impl<'a> Binder<'a> {
    pub fn update(
        &mut self,
        update: &ast::Update,
        with: Option<&ast::With>,
    ) -> Result<(Update, Option<Vec<Output>>), PgError> {
        let at = At::from(update.update_token.0.span);
        if update.or.is_some() {
            return Err(self.syntax_error_behind(at));
        }
        if !update.order_by.is_empty() {
            return Err(self.syntax_error(At::NOWHERE, "ORDER"));
        }
        if update.limit.is_some() {
            return Err(self.syntax_error(At::NOWHERE, "LIMIT"));
        }
        if update.output.is_some() {
            return Err(self.syntax_error(At::NOWHERE, "OUTPUT"));
        }
        self.scoped(Scope::new(Clause::From), |binder| {
            let with = with.map_or(Ok(Vec::new()), |with| binder.with(with))?;
            let (table, target) = binder.modified_table(&update.table)?;
            let from = match &update.from {
                None => None,
                Some(UpdateTableFromKind::AfterSet(list)) => binder.range_table(list)?,
                Some(UpdateTableFromKind::BeforeSet(_)) => return Err(binder.syntax_error(At::NOWHERE, "FROM")),
            };
            let from = binder.open_scope(&table, target, from)?;
            let filter = binder.where_clause(update.selection.as_ref())?;
            let (returning, outputs) = binder.returning(&table, target, true, update.returning.as_deref())?;
            let assignments =
                binder.in_clause(Clause::Set, |binder| binder.assignments(&table, target, &update.assignments))?;
            let mut update = Update { with, target, assignments, from, current: None, filter, returning };
            binder.refuse_current_of(&table)?;
            let table = binder.update_through(table, &mut update)?;
            update.current = binder.current(&table)?;
            // SQLite would compute them for each row when it is its turn, and see the rows that have had theirs.
            binder.stepwise |= binder.reads_what_it_changes(update.target, &update.assignments);
            binder.stepwise |= binder.acts_on_itself(&table, Some(&update.assignments));
            let (target, assignments) = (update.target, &mut update.assignments);
            binder.generate_assignments(&table.with_keys(), target, assignments)?;
            binder.verify |= binder.checked_assignments(&table, target, assignments)?;
            Ok((update, outputs))
        })
    }

    pub fn delete(
        &mut self,
        delete: &ast::Delete,
        with: Option<&ast::With>,
    ) -> Result<(Delete, Option<Vec<Output>>), PgError> {
        let at = At::from(delete.delete_token.0.span);
        if !delete.order_by.is_empty() {
            return Err(self.syntax_error(At::NOWHERE, "ORDER"));
        }
        if delete.limit.is_some() {
            return Err(self.syntax_error(At::NOWHERE, "LIMIT"));
        }
        let list = match &delete.from {
            FromTable::WithFromKeyword(list) if delete.tables.is_empty() && delete.output.is_none() => list,
            _ => return Err(self.syntax_error_behind(at)),
        };
        let [table] = &list[..] else { return Err(self.syntax_error(at, ",")) };
        self.scoped(Scope::new(Clause::From), |binder| {
            let with = with.map_or(Ok(Vec::new()), |with| binder.with(with))?;
            let (table, target) = binder.modified_table(table)?;
            let using = match &delete.using {
                None => None,
                Some(list) => binder.range_table(list)?,
            };
            let using = binder.open_scope(&table, target, using)?;
            let filter = binder.where_clause(delete.selection.as_ref())?;
            let (returning, outputs) = binder.returning(&table, target, true, delete.returning.as_deref())?;
            let using = using.map(|from| Using { from, rowid: "rowid" });
            let mut delete = Delete { with, target, using, current: None, filter, returning };
            binder.refuse_current_of(&table)?;
            let table = binder.delete_through(table, &mut delete)?;
            binder.stepwise |= binder.acts_on_itself(&table, None);
            if let Some(using) = &mut delete.using {
                using.rowid = rowid_name(&table).ok_or_else(no_rowid)?;
            }
            delete.current = binder.current(&table)?;
            Ok((delete, outputs))
        })
    }

    fn refuse_current_of(&self, table: &Table) -> Result<(), PgError> {
        match self.current_of {
            Some(_) if self.is_view(table) => {
                let message = "WHERE CURRENT OF on a view is not implemented";
                Err(PgError::new(SqlState::FEATURE_NOT_SUPPORTED, message))
            }
            _ => Ok(()),
        }
    }

    /// WHERE CURRENT OF: all parameters are known by now.
    fn current(&self, table: &Table) -> Result<Option<Current>, PgError> {
        if self.current_of.is_none() {
            return Ok(None);
        }
        let rowid = rowid_name(table).ok_or_else(no_rowid)?;
        Ok(Some(Current { rowid, place: self.params.len() + 1 }))
    }

    /// Whether a value to be assigned is that of a sub-query over the very table which is another one for each row.
    pub fn reads_what_it_changes(&self, target: RelationId, assignments: &[Assignment]) -> bool {
        let (oid, depth) = (self.table_oid(target), self.relations[target].depth);
        let reads = |(relation, of): (usize, &Relation)| {
            relation != target && matches!(of.source, Source::Table { oid: other, .. } if other == oid)
        };
        let outer = |expr: &Expr| matches!(expr.kind, ExprKind::Column { relation, .. } if self.relations[relation].depth <= depth);
        let correlated = |expr: &Expr| match &expr.kind {
            ExprKind::Scalar(query) | ExprKind::Exists(query) | ExprKind::InQuery { query, .. } => {
                let mut found = false;
                query.for_each_expr(&mut |expr| found = found || expr.any(&outer));
                found
            }
            _ => false,
        };
        self.relations.iter().enumerate().any(reads)
            && assignments.iter().any(|assignment| assignment.value.any(&correlated))
    }

    /// Whether actions of foreign keys come back to the table: PostgreSQL's come when the statement has found all its rows,
    /// SQLite's between one row and the next. Without assignments rows are deleted.
    fn acts_on_itself(&self, table: &Table, assignments: Option<&[Assignment]>) -> bool {
        let acts = match assignments {
            None => true,
            Some(assignments) => {
                let assigned = assignments.iter().flat_map(|assignment| &assignment.columns);
                let assigned: Vec<i16> =
                    assigned.filter_map(|index| table.columns.get(*index)).map(|column| column.attnum).collect();
                let keys = self.catalog.foreign_keys_to(table.oid);
                keys.iter().any(|(.., key)| key.columns.iter().any(|attnum| assigned.contains(attnum)))
            }
        };
        acts && self.reached(table.oid, assignments.is_none()).iter().any(|(reached, _)| *reached == table.oid)
    }

    /// The table that UPDATE or DELETE names.
    fn modified_table(&mut self, table: &TableWithJoins) -> Result<(Table, RelationId), PgError> {
        let TableFactor::Table { name, alias, args: None, with_ordinality: false, sample: None, .. } = &table.relation
        else {
            return Err(PgError::unsupported("this target"));
        };
        let name = self.qualified(name)?;
        if let Some(join) = table.joins.first() {
            let _ = join;
            return Err(self.syntax_error(name.at, "JOIN"));
        }
        let found = self.written_table(&name)?;
        self.writes_in(&found.schema);
        let mut relation = table_relation(&found, self.query_depth());
        self.look_up_keys(&found, &mut relation);
        if let Some(alias) = alias {
            if !alias.columns.is_empty() || alias.name.quote_style == Some('\'') {
                return Err(self.syntax_error(alias.name.span.into(), &alias.name.value));
            }
            relation.name = fold(&alias.name);
        }
        self.relations.push(relation);
        Ok((found, self.relations.len() - 1))
    }

    /// Makes the target and FROM visible in the innermost scope.
    fn open_scope(
        &mut self,
        table: &Table,
        target: RelationId,
        entry: Option<Entry>,
    ) -> Result<Option<crate::sql::bound::From>, PgError> {
        let (from, items) = entry.map_or((None, Vec::new()), |entry| (Some(entry.from), entry.items));
        let own = self.item(target, Some(table.schema.clone()));
        let items = self.merge_items(vec![own], items)?;
        if let Some(scope) = self.scopes.last_mut() {
            scope.items = items;
        }
        Ok(from)
    }

    fn where_clause(&mut self, filter: Option<&ast::Expr>) -> Result<Option<Expr>, PgError> {
        let Some(filter) = filter else { return Ok(None) };
        let filter = self.in_clause(Clause::Where, |binder| {
            let filter = binder.expr(filter)?;
            binder.boolean(filter, "WHERE")
        })?;
        Ok(Some(filter))
    }

    /// SET.
    pub fn assignments(
        &mut self,
        table: &Table,
        target: RelationId,
        assignments: &[ast::Assignment],
    ) -> Result<Vec<Assignment>, PgError> {
        let mut set = SetList::default();
        for assignment in assignments {
            match &assignment.target {
                AssignmentTarget::ColumnName(name) => {
                    let column = self.assigned(table, name)?;
                    self.set_target(table, target, &column, &assignment.value, &mut set)?;
                }
                AssignmentTarget::Tuple(names) => {
                    let columns = names.iter().map(|name| self.assigned(table, name)).collect::<Result<Vec<_>, _>>()?;
                    self.row_assignment(table, target, &columns, &assignment.value, &mut set)?;
                }
            }
        }
        self.finish_set(table, set)
    }

    fn assigned(&self, table: &Table, name: &ast::ObjectName) -> Result<Target, PgError> {
        if let [ast::ObjectNamePart::Identifier(only)] = &name.0[..]
            && let name = fold(only)
            && SYSTEM_COLUMNS.contains(&name.as_str())
            && table.column(&name).is_none()
        {
            let message = format!("cannot assign to system column \"{name}\"");
            return Err(self.error(only.span.into(), SqlState::FEATURE_NOT_SUPPORTED, message));
        }
        self.written_to(table, name)
    }

    /// `(a, b) = (1, 2)` and `(a, b) = (SELECT …)`.
    fn row_assignment(
        &mut self,
        table: &Table,
        relation: RelationId,
        targets: &[Target],
        value: &ast::Expr,
        set: &mut SetList,
    ) -> Result<(), PgError> {
        match value {
            ast::Expr::Tuple(values) => {
                for value in values {
                    if self.every_field(value)?.is_some() {
                        return Err(self.unsupported(expr_at(value), "* in the row that several columns are set to"));
                    }
                }
                if values.len() != targets.len() {
                    let first = values.first().map_or(At::NOWHERE, expr_at);
                    return Err(self.error(self.tokens_away(first, -1), SqlState::SYNTAX_ERROR, MISMATCH));
                }
                let mut pairs = targets.iter().zip(values);
                pairs.try_for_each(|(target, value)| self.set_target(table, relation, target, value, set))
            }
            ast::Expr::Subquery(query) => self.query_assignment(table, relation, targets, query, set),
            value => {
                let message = "source for a multiple-column UPDATE item must be a sub-SELECT or ROW() expression";
                Err(self.error(expr_at(value), SqlState::FEATURE_NOT_SUPPORTED, message))
            }
        }
    }

    fn query_assignment(
        &mut self,
        table: &Table,
        relation: RelationId,
        targets: &[Target],
        query: &ast::Query,
        set: &mut SetList,
    ) -> Result<(), PgError> {
        let at = self.subquery_at(query);
        let mut query = self.query(query)?;
        if query.outputs.len() != targets.len() {
            return Err(self.error(at, SqlState::SYNTAX_ERROR, MISMATCH));
        }
        for target in targets {
            self.refuse_always(&table.columns[target.column], false)?;
        }
        let mut forms = Vec::with_capacity(targets.len());
        let mut apart = false;
        for (place, target) in targets.iter().enumerate() {
            let output = &query.outputs[place];
            let column = &table.columns[target.column];
            let mut form = self.form_of_target(table, target).unwrap_or(Form::plain(output.ty));
            if target.is_part() || !can_coerce(output.ty, form.ty, Context::Assignment) {
                let at = if leftmost_is_values(&query) { At::NOWHERE } else { target_at(&query, place) };
                let stand_in = Expr { domain: output.domain, ..Expr::null(output.ty) }.at(at);
                self.assign_target(table, target, nothing, stand_in)?;
            }
            let mut domains = self.catalog.domain_and_parents(form.domain);
            let strict =
                output.domain != form.domain && domains.any(|domain| domain.not_null || !domain.constraints.is_empty());
            if strict {
                form.domain = 0;
            }
            apart |= strict || target.is_part() || table.rowid_column == Some(column.attnum);
            forms.push(form);
        }
        self.convert_outputs(&mut query, &forms, Context::Assignment, "UPDATE")?;
        let mut columns = columns_of(targets);
        if apart {
            query = self.row_apart(query, table, relation, targets, set)?;
        } else {
            columns = targets.iter().map(|target| target.column).collect();
        }
        let ty = query.outputs.first().map_or(Type::UNKNOWN, |output| output.ty);
        let assignment = Assignment { columns, value: Expr::new(ExprKind::Scalar(Box::new(query)), ty) };
        match apart {
            true => set.put_row(assignment),
            false => set.put(table, assignment)?,
        }
        Ok(())
    }
}

const MISMATCH: &str = "number of columns does not match number of values";

pub fn no_rowid() -> PgError {
    PgError::unsupported("a table whose columns take all of SQLite's names for its row number")
}

/// A name under which SQLite knows a table's rowid: one that no column has.
pub fn rowid_name(table: &Table) -> Option<&'static str> {
    let taken = |name: &str| table.columns.iter().any(|column| column.stored_name.eq_ignore_ascii_case(name));
    ["rowid", "_rowid_", "oid"].into_iter().find(|name| !taken(name))
}

impl Binder<'_> {
    /// A sub-query's row, made the columns': outside of it, for no row is a row of NULLs, of which a column's parts become
    /// NULL and no more, and which a domain or a key may not like.
    fn row_apart(
        &mut self,
        query: Query,
        table: &Table,
        target_relation: RelationId,
        targets: &[Target],
        set: &mut SetList,
    ) -> Result<Query, PgError> {
        let one = self.relations.len();
        self.relations.push(Relation {
            name: String::new(),
            source: Source::Function,
            columns: Vec::new(),
            depth: self.query_depth() + 1,
            nullable: false,
            keys: Vec::new(),
        });
        let (mut around, values) = self.around(query, false);
        for value in &values {
            if let ExprKind::Column { relation, .. } = value.kind {
                self.relations[relation].nullable = true;
            }
        }
        let columns = columns_of(targets);
        let mut row: Vec<Option<Expr>> = vec![None; columns.len()];
        for (target, value) in targets.iter().zip(values) {
            let column = &table.columns[target.column];
            let Some(place) = columns.iter().position(|column| *column == target.column) else { continue };
            if !target.is_part() {
                set.see(table, target.column)?;
                row[place] = Some(self.assign(table, column, value)?);
                continue;
            }
            let before = match row[place].take() {
                Some(before) => before,
                None => {
                    let before = set.take_part(table, target.column)?;
                    before.unwrap_or_else(|| column_now(target_relation, target, column))
                }
            };
            row[place] = Some(self.assign_target(table, target, |_| before, value)?);
        }
        let mut values = Vec::with_capacity(columns.len());
        for (value, index) in row.into_iter().zip(&columns) {
            let value = value.unwrap_or_else(|| Expr::null(Type::UNKNOWN));
            let parts = targets.iter().any(|target| target.column == *index && target.is_part());
            values.push(if parts { self.whole_of_parts(&table.columns[*index], value)? } else { value });
        }
        around.outputs = columns.iter().map(|index| output_for(&table.columns[*index])).collect();
        if let Body::Select(select) = &mut around.body {
            select.targets = values;
            let always = Expr::constant(Value::Bool(true), Type::BOOL);
            let left = From::Function { relation: one, module: "pg_row", args: vec![always.clone()] };
            select.from = select.from.take().map(|right| From::Join {
                kind: JoinKind::Left,
                left: Box::new(left),
                right: Box::new(right),
                on: Some(always),
            });
        }
        Ok(around)
    }
}
