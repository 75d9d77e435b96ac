//! INSERT (`transformInsertStmt`).

use sqlparser::ast::{self, OnInsert, SetExpr, Spanned, TableObject};

use super::Binder;
use super::coerce::can_coerce;
use super::collation::typcollation;
use super::from::table_relation;
use super::names::fold;
use super::query::{expr_at, is_default};
use super::scope::{Clause, Scope, Sets};
use super::target::{Target, columns_of, nothing};
use super::through::{Inserted, Proposed};
use crate::catalog::{Column, ColumnDefault, Table};
use crate::sql::amend::Overriding;
use crate::sql::bound::{
    Body, Conflict, Expr, ExprKind, Form, From, Insert, Output, Query, RelationId, Select, Source, WITH_PREFIX, With,
};
use crate::sql::casts::Context;
use crate::sql::emission::Emission;
use crate::sql::room::with_room;
use crate::sql::text::At;
use crate::types::{PgError, SqlState, Type, Value};

impl Binder<'_> {
    pub fn insert(
        &mut self,
        insert: &ast::Insert,
        with: Option<&ast::With>,
    ) -> Result<(Insert, Option<Vec<Output>>), PgError> {
        self.refuse_foreign_insert(insert)?;
        self.scoped(Scope::new(Clause::Values), |binder| {
            let with = with.map_or(Ok(Vec::new()), |with| binder.with(with))?;
            let (table, target) = binder.insert_target(insert)?;
            let named = binder.insert_columns(&table, insert)?;
            let (columns, proposed) = binder.proposed(&table, insert, named)?;
            let (conflict, excluded) = match &insert.on {
                None => (None, None),
                Some(OnInsert::OnConflict(conflict)) => {
                    let (conflict, excluded) = binder.on_conflict(&table, target, conflict)?;
                    (Some(conflict), excluded)
                }
                Some(_) => return Err(binder.syntax_error(At::NOWHERE, "ON")),
            };
            let (returning, outputs) = binder.returning(&table, target, false, insert.returning.as_deref())?;
            let mut inserted = Inserted { target, columns, proposed, conflict, excluded, returning };
            let table = binder.insert_through(table, &mut inserted)?.with_keys();
            let Inserted { target, columns, proposed, mut conflict, returning, .. } = inserted;
            let (mut columns, source) = match proposed {
                Proposed::Rows(rows) => binder.values_source(&table, columns, rows)?,
                Proposed::Query { query, more } => binder.query_source(&table, columns, *query, more)?,
            };
            if columns.is_empty() {
                columns.push(0);
            }
            if let Some(Conflict { update: Some((assignments, _)), .. }) = &mut conflict {
                binder.generate_assignments(&table, target, assignments)?;
                binder.verify |= binder.checked_assignments(&table, target, assignments)?;
            }
            let single = matches!(&source.body, Body::Values(rows) if rows.len() == 1);
            if let Some(Conflict { update: Some((assignments, _)), .. }) = &conflict {
                if !single && binder.reads_what_it_changes(target, assignments) {
                    let what = "ON CONFLICT DO UPDATE of several rows with a sub-query that reads the table for each";
                    return Err(PgError::unsupported(what));
                }
                if !binder.check_options.is_empty() {
                    // A row that it leaves as it is would not be looked at.
                    return Err(PgError::unsupported("ON CONFLICT DO UPDATE of a view WITH CHECK OPTION"));
                }
            }
            let source = binder.generated_source(&table, source, &columns)?;
            let source = binder.checked_source(&table, source, &columns)?;
            if let Some(conflict) = &conflict {
                binder.refuse_deferrable_arbiter(&table, conflict)?;
            }
            let source = match &conflict {
                Some(Conflict { arbiter: Some(arbiter), update: Some(_), .. }) if !single => {
                    binder.refuse_second_time(&table, source, &columns, arbiter)
                }
                _ => source,
            };
            Ok((Insert { with, target, columns, source, conflict, returning }, outputs))
        })
    }

    fn refuse_foreign_insert(&self, insert: &ast::Insert) -> Result<(), PgError> {
        let foreign = insert.or.is_some()
            || insert.ignore
            || insert.overwrite
            || !insert.into
            || !insert.assignments.is_empty()
            || insert.partitioned.is_some()
            || !insert.after_columns.is_empty()
            || insert.has_table_keyword
            || insert.output.is_some()
            || insert.replace_into
            || insert.priority.is_some()
            || insert.insert_alias.is_some()
            || insert.settings.is_some()
            || insert.format_clause.is_some()
            || insert.multi_table_insert_type.is_some();
        if foreign { Err(self.syntax_error_behind(insert.insert_token.0.span.into())) } else { Ok(()) }
    }

    fn insert_target(&mut self, insert: &ast::Insert) -> Result<(Table, RelationId), PgError> {
        let TableObject::TableName(name) = &insert.table else {
            return Err(PgError::unsupported("INSERT into what is no table"));
        };
        let name = self.qualified(name)?;
        let table = self.written_table(&name)?;
        self.writes_in(&table.schema);
        let mut relation = table_relation(&table, self.query_depth());
        self.look_up_keys(&table, &mut relation);
        if let Some(alias) = &insert.table_alias {
            if !alias.explicit {
                return Err(self.syntax_error(alias.alias.span.into(), &alias.alias.value));
            }
            relation.name = fold(&alias.alias);
        }
        self.relations.push(relation);
        Ok((table, self.relations.len() - 1))
    }

    /// The column list; `None` without one.
    fn insert_columns(&self, table: &Table, insert: &ast::Insert) -> Result<Option<Vec<Target>>, PgError> {
        if insert.columns.is_empty() {
            return Ok(None);
        }
        self.named_columns(table, &insert.columns).map(Some)
    }

    /// Errors: 42701 for a column that is named again, unless each time a part of it is.
    pub fn named_columns(&self, table: &Table, names: &[ast::ObjectName]) -> Result<Vec<Target>, PgError> {
        let mut targets: Vec<Target> = Vec::with_capacity(names.len());
        for name in names {
            let target = self.written_to(table, name)?;
            let again = |other: &Target| other.column == target.column && !(other.is_part() && target.is_part());
            if targets.iter().any(again) {
                let message = format!("column \"{}\" specified more than once", table.columns[target.column].name);
                return Err(self.error(target.at, SqlState::DUPLICATE_COLUMN, message));
            }
            targets.push(target);
        }
        Ok(targets)
    }

    /// A column to be written, by its index.
    pub fn target_column(&self, table: &Table, name: &str, at: At) -> Result<usize, PgError> {
        table.columns.iter().position(|column| column.name == name).ok_or_else(|| {
            let message = format!("column \"{name}\" of relation \"{}\" does not exist", table.name);
            self.error(at, SqlState::UNDEFINED_COLUMN, message)
        })
    }

    /// The columns that are named, and what they are to get.
    fn proposed(
        &mut self,
        table: &Table,
        insert: &ast::Insert,
        named: Option<Vec<Target>>,
    ) -> Result<(Vec<usize>, Proposed), PgError> {
        let all = || (0..table.columns.len()).map(Target::unnamed).collect::<Vec<_>>();
        match insert.source.as_deref() {
            None => {
                if named.is_some() {
                    return Err(self.syntax_error(At::NOWHERE, "DEFAULT"));
                }
                Ok((Vec::new(), Proposed::Rows(vec![Vec::new()])))
            }
            Some(query) => {
                let explicit = named.is_some();
                let mut columns = named.unwrap_or_else(all);
                let bare = query.with.is_none()
                    && query.order_by.is_none()
                    && query.limit_clause.is_none()
                    && query.fetch.is_none()
                    && query.locks.is_empty();
                match &*query.body {
                    SetExpr::Values(values) if bare => {
                        let clause = if values.rows.len() == 1 { Clause::OnlyRow } else { Clause::Values };
                        let rows =
                            self.in_clause(clause, |binder| binder.insert_rows(table, &mut columns, explicit, values))?;
                        let columns = columns_of(&columns);
                        let proposed = match self.take_sets() {
                            sets if sets.is_empty() => Proposed::Rows(rows),
                            sets => self.rows_of_sets(table, &columns, rows, sets)?,
                        };
                        Ok((columns, proposed))
                    }
                    _ => self.proposed_query(table, columns, explicit, query),
                }
            }
        }
    }

    /// A row of VALUES as often as its sets yield another.
    fn rows_of_sets(
        &mut self,
        table: &Table,
        columns: &[usize],
        rows: Vec<Vec<Option<Expr>>>,
        sets: Sets,
    ) -> Result<Proposed, PgError> {
        let at = sets.first().map_or(At::NOWHERE, |(_, at)| *at);
        let targets: Option<Vec<Expr>> = rows.into_iter().flatten().collect();
        let targets = targets.ok_or_else(|| self.unsupported(at, "a set-returning function beside DEFAULT"))?;
        let from = self.with_sets(None, None, sets, false)?;
        let query = Query::of_select(Select { targets, from, ..Select::default() }, outputs_for(table, columns));
        Ok(Proposed::Query { query: Box::new(query), more: Vec::new() })
    }

    /// Rows of VALUES, a value for each of the columns that are named, of their types, with DEFAULT left open. Cuts `targets`
    /// to the rows' length.
    pub fn insert_rows(
        &mut self,
        table: &Table,
        targets: &mut Vec<Target>,
        explicit: bool,
        values: &ast::Values,
    ) -> Result<Vec<Vec<Option<Expr>>>, PgError> {
        let width = values.rows.first().map_or(0, |row| row.content.len());
        let mut rows = Vec::with_capacity(values.rows.len());
        for row in &values.rows {
            if row.content.len() != width {
                let at = row.content.first().map_or(At::NOWHERE, expr_at);
                return Err(self.error(at, SqlState::SYNTAX_ERROR, "VALUES lists must all be the same length"));
            }
            if let Some(extra) = row.content.get(targets.len()) {
                let message = "INSERT has more expressions than target columns";
                return Err(self.error(expr_at(extra), SqlState::SYNTAX_ERROR, message));
            }
            if explicit && let Some(target) = targets.get(row.content.len()) {
                let message = "INSERT has more target columns than expressions";
                return Err(self.error(target.at, SqlState::SYNTAX_ERROR, message));
            }
            rows.push(self.insert_row(table, &targets[..width], &row.content)?);
        }
        targets.truncate(width);
        Ok(rows)
    }

    fn insert_row(
        &mut self,
        table: &Table,
        targets: &[Target],
        values: &[ast::Expr],
    ) -> Result<Vec<Option<Expr>>, PgError> {
        let mut bound = Vec::with_capacity(targets.len());
        for (value, target) in values.iter().zip(targets) {
            bound.push(match is_default(value) {
                true => {
                    self.refuse_default_of_part(target)?;
                    None
                }
                false => Some(self.expr(value)?),
            });
        }
        self.inserted_columns(table, targets, bound)
    }

    /// What each of the columns gets that targets are of.
    fn inserted_columns(
        &mut self,
        table: &Table,
        targets: &[Target],
        values: Vec<Option<Expr>>,
    ) -> Result<Vec<Option<Expr>>, PgError> {
        if !targets.iter().any(Target::is_part) {
            let assign = |(value, target): (Option<Expr>, &Target)| {
                value.map(|value| self.assign(table, &table.columns[target.column], value)).transpose()
            };
            return values.into_iter().zip(targets).map(assign).collect();
        }
        let columns = columns_of(targets);
        let mut row: Vec<Option<Expr>> = vec![None; columns.len()];
        for (value, target) in values.into_iter().zip(targets) {
            let (Some(value), Some(place)) = (value, columns.iter().position(|column| *column == target.column)) else {
                continue;
            };
            let before = row[place].take();
            let value = self.assign_target(table, target, |column| before.unwrap_or_else(|| nothing(column)), value)?;
            row[place] = Some(value);
        }
        for target in targets.iter().filter(|target| target.is_part()) {
            let Some(place) = columns.iter().position(|column| *column == target.column) else { continue };
            let column = &table.columns[target.column];
            if let Some(value) = row[place].take_if(|value| value.domain != column.domain) {
                row[place] = Some(self.whole_of_parts(column, value)?);
            }
        }
        Ok(row)
    }

    /// `GENERATED ALWAYS` columns take only DEFAULT.
    pub fn refuse_always(&self, column: &Column, inserting: bool) -> Result<(), PgError> {
        let always = column.identity.as_ref().is_some_and(|identity| identity.always);
        let overridden = inserting && self.overriding == Some(Overriding::System);
        if column.generated.is_none() && (!always || overridden) {
            return Ok(());
        }
        let name = &column.name;
        let message = match inserting {
            true => format!("cannot insert a non-DEFAULT value into column \"{name}\""),
            false => format!("column \"{name}\" can only be updated to DEFAULT"),
        };
        let error = PgError::new(SqlState::GENERATED_ALWAYS, message);
        if column.generated.is_some() {
            return Err(error.detail(format!("Column \"{name}\" is a generated column.")));
        }
        let error = error.detail(format!("Column \"{name}\" is an identity column defined as GENERATED ALWAYS."));
        Err(if inserting { error.hint("Use OVERRIDING SYSTEM VALUE to override.") } else { error })
    }

    /// Fills defaults in, those of columns not named too, and makes the rows a query.
    pub fn values_source(
        &mut self,
        table: &Table,
        mut written: Vec<usize>,
        proposed: Vec<Vec<Option<Expr>>>,
    ) -> Result<(Vec<usize>, Query), PgError> {
        let mut rows = Vec::with_capacity(proposed.len());
        for proposed in proposed {
            let mut row = Vec::with_capacity(proposed.len());
            for (value, index) in proposed.into_iter().zip(&written) {
                row.push(self.value_or_default(table, &table.columns[*index], value)?);
            }
            rows.push(row);
        }
        for index in self.columns_with_defaults(table, &written) {
            for row in &mut rows {
                row.push(self.default_or_null(table, &table.columns[index])?);
            }
            written.push(index);
        }
        if written.is_empty() {
            rows.iter_mut().for_each(|row| row.push(Expr::null(Type::UNKNOWN)));
        }
        let mut query = Query::plain(Body::Values(rows), Vec::new());
        query.outputs = outputs_for(table, &written);
        Ok((written, query))
    }

    fn value_or_default(&mut self, table: &Table, column: &Column, value: Option<Expr>) -> Result<Expr, PgError> {
        let discarded = column.identity.is_some() && self.overriding == Some(Overriding::User);
        let Some(value) = value.filter(|_| !discarded) else { return self.default_or_null(table, column) };
        self.refuse_always(column, true)?;
        Ok(if table.rowid_column == Some(column.attnum) { not_null(table, column, value) } else { value })
    }

    /// Columns that are not named, and are not simply NULL then.
    fn columns_with_defaults(&self, table: &Table, named: &[usize]) -> Vec<usize> {
        let wanted = |index: &usize| {
            let column = &table.columns[*index];
            !named.contains(index)
                && (column.default.is_some()
                    || column.identity.is_some()
                    || column.generated.is_some()
                    || column.domain != 0
                    || table.rowid_column == Some(column.attnum))
        };
        (0..table.columns.len()).filter(wanted).collect()
    }

    fn proposed_query(
        &mut self,
        table: &Table,
        mut targets: Vec<Target>,
        explicit: bool,
        query: &ast::Query,
    ) -> Result<(Vec<usize>, Proposed), PgError> {
        let mut query = self.open_query(query)?;
        let width = query.outputs.len();
        if width > targets.len() {
            let at = target_at(&query, targets.len());
            let message = "INSERT has more expressions than target columns";
            return Err(self.error(at, SqlState::SYNTAX_ERROR, message));
        }
        if explicit && let Some(target) = targets.get(width) {
            let message = "INSERT has more target columns than expressions";
            return Err(self.error(target.at, SqlState::SYNTAX_ERROR, message));
        }
        targets.truncate(width);
        let mut types = Vec::with_capacity(width);
        for (position, target) in targets.iter().enumerate() {
            let output = &query.outputs[position];
            let column = &table.columns[target.column];
            let form = match target.is_part() {
                true => {
                    let stand_in = Expr { domain: output.domain, ..Expr::null(output.ty) };
                    self.assign_target(table, target, nothing, stand_in)?;
                    self.form_of_target(table, target).unwrap_or(Form::plain(output.ty))
                }
                false => Form::of_column(column),
            };
            if !can_coerce(output.ty, form.ty, Context::Assignment) {
                return Err(self.not_assignable(column, output.named_type(), target_at(&query, position)));
            }
            types.push(form);
        }
        self.convert_outputs(&mut query, &types, Context::Assignment, "INSERT")?;
        let columns = columns_of(&targets);
        if targets.iter().any(Target::is_part) {
            let (around, values) = self.around(query, false);
            let values = self.inserted_columns(table, &targets, values.into_iter().map(Some).collect())?;
            query = around;
            query.outputs = outputs_for(table, &columns);
            if let Body::Select(select) = &mut query.body {
                select.targets = values.into_iter().flatten().collect();
            }
        }
        Ok((columns, Proposed::Query { query: Box::new(query), more: Vec::new() }))
    }

    /// A query's rows with `more` columns, and the defaults of those not named.
    fn query_source(
        &mut self,
        table: &Table,
        mut written: Vec<usize>,
        query: Query,
        more: Vec<(usize, Expr)>,
    ) -> Result<(Vec<usize>, Query), PgError> {
        for index in written.iter().chain(more.iter().map(|(index, _)| index)) {
            let column = &table.columns[*index];
            if column.identity.is_some() && self.overriding == Some(Overriding::User) {
                return Err(self.unsupported(At::NOWHERE, "OVERRIDING USER VALUE with a query"));
            }
            self.refuse_always(column, true)?;
        }
        let named: Vec<usize> = written.iter().copied().chain(more.iter().map(|(index, _)| *index)).collect();
        let defaults = self.columns_with_defaults(table, &named);
        let rowid = written.iter().position(|index| table.rowid_column == Some(table.columns[*index].attnum));
        if defaults.is_empty() && more.is_empty() && rowid.is_none() {
            return Ok((written, query));
        }
        let (mut query, mut targets) = self.around(query, false);
        if let Some(position) = rowid
            && let Some(target) = targets.get_mut(position)
        {
            let value = std::mem::replace(target, Expr::null(Type::UNKNOWN));
            *target = not_null(table, &table.columns[written[position]], value);
        }
        for (index, value) in more {
            targets.push(self.value_or_default(table, &table.columns[index], Some(value))?);
            written.push(index);
        }
        for index in defaults {
            targets.push(self.default_or_null(table, &table.columns[index])?);
            written.push(index);
        }
        if let Body::Select(select) = &mut query.body {
            select.targets = targets;
        }
        query.outputs = outputs_for(table, &written);
        Ok((written, query))
    }

    /// A SELECT around a query, without targets yet, and the query's columns. A sorted query stays `apart`, so that
    /// sequences are drawn from in its order.
    pub fn around(&mut self, query: Query, apart: bool) -> (Query, Vec<Expr>) {
        let sorted = apart || !query.order_by.is_empty();
        let relation = self.query_relation(&query);
        let column = |(index, output): (usize, &Output)| {
            let mut expr = Expr::new(ExprKind::Column { relation, column: index }, output.ty);
            (expr.typmod, expr.domain) = (output.typmod, output.domain);
            expr
        };
        let targets = query.outputs.iter().enumerate().map(column).collect();
        let (with, from) = if sorted {
            self.withs += 1;
            let stored_name = format!("{WITH_PREFIX}{}", self.withs);
            self.relations[relation].source = Source::With { stored_name: stored_name.clone() };
            for (index, column) in self.relations[relation].columns.iter_mut().enumerate() {
                column.stored_name = format!("c{}", index + 1);
            }
            let with = With { name: stored_name, query, materialized: Some(true) };
            (vec![with], From::Relation(relation))
        } else {
            (Vec::new(), From::Query { relation, query: Box::new(query) })
        };
        let select = Select { from: Some(from), ..Select::default() };
        (Query { with, ..Query::of_select(select, Vec::new()) }, targets)
    }

    /// A value made fit for a column (`transformAssignedExpr`).
    pub fn assign(&mut self, table: &Table, column: &Column, value: Expr) -> Result<Expr, PgError> {
        let (from, at) = (value.named_type(), value.at);
        let value = self.coerce_to_form(value, Form::of_column(column), Context::Assignment)?;
        let value = value.ok_or_else(|| self.not_assignable(column, from, at))?;
        Ok(match table.rowid_column == Some(column.attnum) {
            true => not_null(table, column, value),
            false => value,
        })
    }

    fn not_assignable(&self, column: &Column, from: Type, at: At) -> PgError {
        let ty = Form::of_column(column).named_type();
        let message = format!("column \"{}\" is of type {ty} but expression is of type {from}", column.name);
        let hint = "You will need to rewrite or cast the expression.";
        self.error(at, SqlState::DATATYPE_MISMATCH, message).hint(hint)
    }

    /// A column's default, fit for it, or NULL: so too where a generated column's value will be.
    pub fn default_or_null(&mut self, table: &Table, column: &Column) -> Result<Expr, PgError> {
        if column.generated.is_some() {
            return Ok(Expr { typmod: column.typmod, ..Expr::null(column.ty) });
        }
        let of_domain = self.catalog.domain(column.domain).and_then(|domain| domain.default.as_ref());
        let default = column.default.as_ref().or(of_domain);
        let sequence = match (&column.identity, default) {
            (Some(identity), _) => Some(identity.sequence_oid),
            (None, Some(ColumnDefault::NextValue(oid))) => Some(*oid),
            _ => None,
        };
        if let Some(oid) = sequence {
            self.writes = true;
            self.writes_sequence(Some(oid));
            let oid = Expr::constant(Value::Oid(oid), Type::OID);
            let mut next = Expr::call(Emission::Own("pg_nextval"), vec![oid], Type::INT8);
            if let ExprKind::Call(call) = &mut next.kind {
                call.volatile = true;
            }
            let next = self.coerce_to_form(next, Form::of_column(column), Context::Assignment)?;
            return next.ok_or_else(|| self.not_assignable(column, Type::INT8, At::NOWHERE));
        }
        let Some(ColumnDefault::Expression(text)) = default else {
            return self.assign(table, column, Expr::null(Type::UNKNOWN));
        };
        let value = self.stored_expression(text, column)?;
        Ok(match table.rowid_column == Some(column.attnum) {
            true => not_null(table, column, value),
            false => value,
        })
    }

    /// Binds a DEFAULT's text.
    pub fn stored_expression(&mut self, text: &str, column: &Column) -> Result<Expr, PgError> {
        let (tree, nesting) = crate::sql::parse::parse_expression(text)?;
        let mut binder = self.detached(text);
        // Looking at all elements of an array takes relations of the statement's.
        binder.relations = std::mem::take(&mut self.relations);
        self.nesting = self.nesting.max(nesting);
        let bound = with_room(nesting, || {
            binder.scoped(Scope::new(Clause::Default), |binder| {
                let value = binder.expr(&tree)?;
                if value.any(&|expr| {
                    matches!(expr.kind, ExprKind::Scalar(_) | ExprKind::Exists(_) | ExprKind::InQuery { .. })
                }) {
                    let message = "cannot use subquery in DEFAULT expression";
                    return Err(PgError::new(SqlState::FEATURE_NOT_SUPPORTED, message));
                }
                let value = binder.default_of(column, value)?;
                Ok((value, binder.writes, binder.writes_permanent))
            })
        });
        self.relations = binder.relations;
        let (value, writes, permanent) = bound?;
        self.writes |= writes;
        self.writes_permanent |= permanent;
        Ok(value)
    }

    /// RETURNING: sees the target's columns, and those of what it is `joined` with.
    pub fn returning(
        &mut self,
        table: &Table,
        target: RelationId,
        joined: bool,
        returning: Option<&[ast::SelectItem]>,
    ) -> Result<(Vec<Expr>, Option<Vec<Output>>), PgError> {
        let Some(items) = returning else { return Ok((Vec::new(), None)) };
        let mut scope = Scope::new(Clause::Returning);
        scope.items = match self.scopes.last() {
            Some(outer) if joined => outer.items.clone(),
            _ => {
                // An alias hides the schema with the name.
                let named = table.name == self.relations[target].name;
                vec![self.item(target, named.then(|| table.schema.clone()))]
            }
        };
        let mut targets =
            self.in_clause(Clause::Returning, |binder| binder.scoped(scope, |binder| binder.targets(items)))?;
        if targets.is_empty() {
            let at = items.first().map_or(At::NOWHERE, |item| item.span().into());
            return Err(self.error(at, SqlState::SYNTAX_ERROR, "RETURNING must have at least one column"));
        }
        for target in &mut targets {
            let expr = std::mem::replace(&mut target.expr, Expr::null(Type::UNKNOWN));
            target.expr = self.text_if_unknown(expr)?;
        }
        let outputs = targets.iter().map(|target| self.output(target)).collect();
        let exprs: Vec<Expr> = targets.into_iter().map(|target| target.expr).collect();
        self.stepwise |= self.returns_more(&exprs, target);
        Ok((exprs, Some(outputs)))
    }
}

/// Columns as a query's outputs.
fn outputs_for(table: &Table, columns: &[usize]) -> Vec<Output> {
    columns.iter().map(|index| output_for(&table.columns[*index])).collect()
}

pub fn output_for(column: &Column) -> Output {
    let (ty, typmod, domain) = (column.ty, column.typmod, column.domain);
    Output { name: column.name.clone(), ty, typmod, domain, origin: None, collation: typcollation(ty) }
}

/// Where a query's output column stands in the text.
pub fn target_at(query: &Query, index: usize) -> At {
    match &query.body {
        Body::Select(select) => select.targets.get(index).map_or(At::NOWHERE, |target| target.at),
        Body::SetOperation { left, .. } => target_at(left, index),
        Body::Values(rows) => rows.first().and_then(|row| row.get(index)).map_or(At::NOWHERE, |value| value.at),
    }
}

/// SQLite fills NULL in the column that is its rowid: PostgreSQL refuses it.
pub fn not_null(table: &Table, column: &Column, value: Expr) -> Expr {
    let mut inner = &value;
    while let ExprKind::Call(call) = &inner.kind
        && call.emission.is_same()
        && let [only] = &call.args[..]
    {
        inner = only;
    }
    let never_null = match &inner.kind {
        ExprKind::Constant(_) => true,
        ExprKind::Call(call) => {
            call.emission == Emission::Own("pg_nextval") || call.emission == Emission::Own("pg_not_null")
        }
        _ => false,
    };
    if never_null {
        return value;
    }
    let (ty, at) = (value.ty, value.at);
    let name = |text: &str| Expr::constant(Value::Text(text.to_owned()), Type::TEXT);
    let args = vec![value, name(&table.schema), name(&table.name), name(&column.name)];
    Expr::call(Emission::Own("pg_not_null"), args, ty).at(at)
}
