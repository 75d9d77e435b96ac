//! UPDATE and DELETE (`transformUpdateStmt`, `transformDeleteStmt`).

use sqlparser::ast::{self, AssignmentTarget, FromTable, TableFactor, TableWithJoins, UpdateTableFromKind};

use super::Binder;
use super::coerce::can_coerce;
use super::from::{Entry, table_relation};
use super::insert::output_for;
use super::names::fold;
use super::query::{expr_at, is_default};
use super::scope::{Clause, Scope};
use crate::catalog::{Column, Table};
use crate::sql::bound::{
    Assignment, Body, Current, Delete, Expr, ExprKind, Form, From, JoinKind, Output, Query, Relation, RelationId,
    Source, Update, Using,
};
use crate::sql::casts::Context;
use crate::sql::text::At;
use crate::types::{PgError, SqlState, Type, Value};

/// Those that every table has.
const SYSTEM_COLUMNS: &[&str] = &["ctid", "xmin", "cmin", "xmax", "cmax", "tableoid"];

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
            let (target, assignments) = (update.target, &mut update.assignments);
            binder.generate_assignments(&table, target, assignments)?;
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
        let mut bound: Vec<Assignment> = Vec::with_capacity(assignments.len());
        let mut seen: Vec<usize> = Vec::new();
        let mut parts = Parts::default();
        for assignment in assignments {
            let new = match &assignment.target {
                AssignmentTarget::ColumnName(name)
                    if let Some((index, at, field)) = self.assigned_field(table, name) =>
                {
                    let before = parts.before(&mut bound, index);
                    let new = self.field_assignment(table, target, (index, at, field), before, &assignment.value)?;
                    parts.assigned(table, &mut seen, index)?;
                    bound.push(new);
                    continue;
                }
                AssignmentTarget::ColumnName(name) => {
                    let index = self.assigned_column(table, name)?;
                    if let Some(part) = self.assigned_part(name) {
                        let before = parts.before(&mut bound, index);
                        let new = self.part_assignment(table, target, index, before, part, &assignment.value)?;
                        parts.assigned(table, &mut seen, index)?;
                        bound.push(new);
                        continue;
                    }
                    vec![self.assignment(table, index, &assignment.value)?]
                }
                AssignmentTarget::Tuple(names) => {
                    let indexes =
                        names.iter().map(|name| self.assigned_column(table, name)).collect::<Result<Vec<_>, _>>()?;
                    self.row_assignment(table, indexes, &assignment.value)?
                }
            };
            for column in new.iter().flat_map(|assignment| &assignment.columns) {
                refuse_twice(table, &seen, *column)?;
                seen.push(*column);
            }
            bound.extend(new);
        }
        Ok(bound)
    }

    fn assigned_column(&self, table: &Table, name: &ast::ObjectName) -> Result<usize, PgError> {
        let name = self.qualified(name)?;
        match name.schema {
            None if SYSTEM_COLUMNS.contains(&name.name.as_str()) && table.column(&name.name).is_none() => {
                let message = format!("cannot assign to system column \"{}\"", name.name);
                Err(self.error(name.at, SqlState::FEATURE_NOT_SUPPORTED, message))
            }
            None => self.target_column(table, &name.name, name.at),
            Some(first) => {
                let message = format!("column \"{first}\" of relation \"{}\" does not exist", table.name);
                let error = self.error(name.at, SqlState::UNDEFINED_COLUMN, message);
                Err(error)
            }
        }
    }

    /// The column and the field of `column.field` in SET.
    fn assigned_field<'n>(&self, table: &Table, name: &'n ast::ObjectName) -> Option<(usize, At, &'n ast::Ident)> {
        let [ast::ObjectNamePart::Identifier(column), ast::ObjectNamePart::Identifier(field)] = &name.0[..] else {
            return None;
        };
        let (name, at) = (fold(column), At::from(column.span));
        table.columns.iter().position(|other| other.name == name).map(|index| (index, at, field))
    }

    /// `column.field = value`: of the column as it is, or as an assignment before this one has made it.
    fn field_assignment(
        &mut self,
        table: &Table,
        target: RelationId,
        (index, at, field): (usize, At, &ast::Ident),
        before: Option<Assignment>,
        value: &ast::Expr,
    ) -> Result<Assignment, PgError> {
        let column = &table.columns[index];
        let name = fold(field);
        if column.domain != 0 || !column.ty.is_row() {
            let ty = Form::of_column(column).named_type();
            let message = format!(
                "cannot assign to field \"{name}\" of column \"{}\" because its type {ty} is not a composite type",
                column.name
            );
            return Err(self.error(at, SqlState::DATATYPE_MISMATCH, message));
        }
        if is_default(value) {
            return Err(self.error(at, SqlState::FEATURE_NOT_SUPPORTED, "cannot set a subfield to DEFAULT"));
        }
        self.refuse_always(column, false)?;
        let whole = match before {
            Some(before) => before.value,
            None => Expr::new(ExprKind::Column { relation: target, column: index }, column.ty),
        };
        let value = self.expr(value)?;
        let from = value.ty;
        let (ty, of_column) = (column.ty, column.name.clone());
        let changed = self.with_field(whole, &name, |binder, field| {
            let form = Form { ty: field.ty, typmod: if field.ty.is_row() { -1 } else { field.typmod }, domain: 0 };
            binder.coerce_to_form(value, form, Context::Assignment)?.ok_or_else(|| {
                let wanted = form.named_type();
                let message =
                    format!("subfield \"{}\" is of type {wanted} but expression is of type {from}", field.name);
                let hint = "You will need to rewrite or cast the expression.";
                binder.error(at, SqlState::DATATYPE_MISMATCH, message).hint(hint)
            })
        })?;
        let value = changed.ok_or_else(|| {
            let message = format!(
                "cannot assign to field \"{name}\" of column \"{of_column}\" because there is no such column in data \
                 type {ty}"
            );
            self.error(at, SqlState::UNDEFINED_COLUMN, message)
        })?;
        Ok(Assignment { columns: vec![index], value })
    }

    /// The subscripts behind a column's name in SET.
    fn assigned_part(&self, name: &ast::ObjectName) -> Option<&'a [ast::Subscript]> {
        let [ast::ObjectNamePart::Identifier(ident)] = &name.0[..] else { return None };
        let part = self.assigned_parts.iter().find(|part| part.column == ident.span.start);
        part.map(|part| &part.subscripts[..])
    }

    /// `column[…] = value`: of the column as it is, or as an assignment before this one has made it.
    fn part_assignment(
        &mut self,
        table: &Table,
        target: RelationId,
        index: usize,
        before: Option<Assignment>,
        part: &[ast::Subscript],
        value: &ast::Expr,
    ) -> Result<Assignment, PgError> {
        let column = &table.columns[index];
        if is_default(value) {
            return Err(PgError::new(SqlState::FEATURE_NOT_SUPPORTED, "cannot set an array element to DEFAULT"));
        }
        self.refuse_always(column, false)?;
        let whole = match before {
            Some(before) => before.value,
            None => {
                let mut whole = Expr::new(ExprKind::Column { relation: target, column: index }, column.ty);
                (whole.typmod, whole.domain) = (column.typmod, column.domain);
                whole
            }
        };
        let subscripts: Vec<&ast::Subscript> = part.iter().collect();
        let changed = self.array_assignment(whole, &subscripts, |binder, wanted| {
            let value = binder.expr(value)?;
            let (from, at) = (value.ty, value.at);
            let value = binder.coerce(value, wanted, Context::Assignment)?.ok_or_else(|| {
                let name = &column.name;
                let message = format!(
                    "subscripted assignment to \"{name}\" requires type {wanted} but expression is of type {from}"
                );
                let hint = "You will need to rewrite or cast the expression.";
                binder.error(at, SqlState::DATATYPE_MISMATCH, message).hint(hint)
            })?;
            let typmod = if column.ty == crate::types::Type::JSONB { -1 } else { column.typmod };
            binder.apply_typmod(value, typmod, Context::Assignment)
        })?;
        let changed = if column.domain == 0 { changed } else { self.of_domain(changed, column.domain)? };
        Ok(Assignment { columns: vec![index], value: changed })
    }

    fn assignment(&mut self, table: &Table, index: usize, value: &ast::Expr) -> Result<Assignment, PgError> {
        let column = &table.columns[index];
        let value = if is_default(value) {
            self.default_or_null(table, column)?
        } else {
            let value = self.expr(value)?;
            let value = self.assign(table, column, value)?;
            self.refuse_always(column, false)?;
            value
        };
        Ok(Assignment { columns: vec![index], value })
    }

    /// `(a, b) = (1, 2)` and `(a, b) = (SELECT …)`.
    fn row_assignment(
        &mut self,
        table: &Table,
        indexes: Vec<usize>,
        value: &ast::Expr,
    ) -> Result<Vec<Assignment>, PgError> {
        let source = "source for a multiple-column UPDATE item must be a sub-SELECT or ROW() expression";
        let mismatch = "number of columns does not match number of values";
        match value {
            ast::Expr::Tuple(values) => {
                if values.len() != indexes.len() {
                    let first = values.first().map_or(At::NOWHERE, expr_at);
                    return Err(self.error(self.tokens_away(first, -1), SqlState::SYNTAX_ERROR, mismatch));
                }
                let pairs = indexes.into_iter().zip(values);
                pairs.map(|(index, value)| self.assignment(table, index, value)).collect()
            }
            ast::Expr::Subquery(query) => {
                let at = self.subquery_at(query);
                let mut query = self.open_query(query)?;
                if query.outputs.len() != indexes.len() {
                    return Err(self.error(at, SqlState::SYNTAX_ERROR, mismatch));
                }
                let mut types = Vec::with_capacity(indexes.len());
                let mut of_domains = false;
                for index in &indexes {
                    self.refuse_always(&table.columns[*index], false)?;
                }
                for (index, output) in indexes.iter().zip(&query.outputs) {
                    let column = &table.columns[*index];
                    if table.rowid_column == Some(column.attnum) {
                        return Err(PgError::unsupported("assigning a sub-query's row to an integer primary key"));
                    }
                    if !can_coerce(output.ty, column.ty, Context::Assignment) {
                        let stand_in = Expr { domain: output.domain, ..Expr::null(output.ty) };
                        self.assign(table, column, stand_in)?;
                    }
                    let mut form = Form::of_column(column);
                    let mut domains = self.catalog.domain_and_parents(column.domain);
                    if output.domain != column.domain
                        && domains.any(|domain| domain.not_null || !domain.constraints.is_empty())
                    {
                        form.domain = 0;
                        of_domains = true;
                    }
                    types.push(form);
                }
                self.convert_outputs(&mut query, &types, Context::Assignment, "UPDATE")?;
                if of_domains {
                    let columns: Vec<&Column> = indexes.iter().map(|index| &table.columns[*index]).collect();
                    query = self.row_of_domains(query, &columns)?;
                }
                let ty = types.first().map_or(Type::UNKNOWN, |form| form.ty);
                let value = Expr::new(ExprKind::Scalar(Box::new(query)), ty);
                Ok(vec![Assignment { columns: indexes, value }])
            }
            value => Err(self.error(expr_at(value), SqlState::FEATURE_NOT_SUPPORTED, source)),
        }
    }
}

/// The columns of which parts have been assigned, elements or fields: several of a column make one assignment.
#[derive(Default)]
struct Parts(Vec<usize>);

impl Parts {
    /// Takes out what is assigned to parts of the column so far.
    fn before(&self, bound: &mut Vec<Assignment>, index: usize) -> Option<Assignment> {
        let before = bound.iter().position(|assignment| assignment.columns == [index])?;
        self.0.contains(&index).then(|| bound.remove(before))
    }

    /// Errors: 42601 where the whole column has been assigned.
    fn assigned(&mut self, table: &Table, seen: &mut Vec<usize>, index: usize) -> Result<(), PgError> {
        if !self.0.contains(&index) {
            refuse_twice(table, seen, index)?;
            seen.push(index);
            self.0.push(index);
        }
        Ok(())
    }
}

pub fn refuse_twice(table: &Table, seen: &[usize], column: usize) -> Result<(), PgError> {
    if !seen.contains(&column) {
        return Ok(());
    }
    let name = &table.columns[column].name;
    let message = format!("multiple assignments to same column \"{name}\"");
    Err(PgError::new(SqlState::SYNTAX_ERROR, message))
}

pub fn no_rowid() -> PgError {
    PgError::unsupported("a table whose columns take all of SQLite's names for its row number")
}

/// A name under which SQLite knows a table's rowid: one that no column has.
pub fn rowid_name(table: &Table) -> Option<&'static str> {
    let taken = |name: &str| table.columns.iter().any(|column| column.stored_name.eq_ignore_ascii_case(name));
    ["rowid", "_rowid_", "oid"].into_iter().find(|name| !taken(name))
}

impl Binder<'_> {
    /// A sub-query's row, made one of the columns' domains: outside of it, for no row is a row of NULLs, which a domain may
    /// not like.
    fn row_of_domains(&mut self, query: Query, columns: &[&Column]) -> Result<Query, PgError> {
        let one = self.relations.len();
        self.relations.push(Relation {
            name: String::new(),
            source: Source::Function,
            columns: Vec::new(),
            depth: self.query_depth() + 1,
            nullable: false,
        });
        let (mut around, targets) = self.around(query, false);
        for target in &targets {
            if let ExprKind::Column { relation, .. } = target.kind {
                self.relations[relation].nullable = true;
            }
        }
        let mut values = Vec::with_capacity(targets.len());
        for (target, column) in targets.into_iter().zip(columns) {
            let of_domain = column.domain != 0 && target.domain != column.domain;
            values.push(if of_domain { self.of_domain(target, column.domain)? } else { target });
        }
        around.outputs = columns.iter().map(|column| output_for(column)).collect();
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
