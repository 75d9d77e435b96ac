//! INSERT, UPDATE and DELETE of views, made such of the table behind them (`rewriteTargetView`).
//!
//! As in PostgreSQL, a statement is bound first as if the view were a table of these columns. Then it goes down, view by
//! view, until it has come to a table: what a view's columns are takes their place, the view's condition is added to an
//! UPDATE's and DELETE's own, an INSERT gets the defaults that the view has of its own, and what WITH CHECK OPTION asks of
//! the rows is remembered. What is emitted knows nothing of views.

use super::check::is_query;
use super::conflict::no_such_key;
use super::from::table_relation;
use super::insert::not_null;
use super::target::refuse_twice;
use super::view_target::{Verb, below};
use super::{Binder, MAX_DEPTH};
use crate::catalog::{Catalog, Object, Table, View};
use crate::sql::bound::{
    Assignment, Body, Conflict, Delete, Expr, ExprKind, From, Query, Relation, RelationId, Select, Source, Update,
};
use crate::sql::emit::Emitter;
use crate::sql::plan::Verify;
use crate::sql::room::with_room;
use crate::sql::tokens::too_complex;
use crate::types::{PgError, SqlState, Type};

/// What an INSERT is going to write, before defaults are added.
#[derive(Clone)]
pub enum Proposed {
    /// Rows of VALUES; `None` is DEFAULT.
    Rows(Vec<Vec<Option<Expr>>>),
    /// A query, and what further columns get.
    Query { query: Box<Query>, more: Vec<(usize, Expr)> },
}

/// An INSERT on its way down.
pub struct Inserted {
    pub target: RelationId,
    /// Those that the rows have, in order; a query's further ones apart.
    pub columns: Vec<usize>,
    pub proposed: Proposed,
    pub conflict: Option<Conflict>,
    /// The proposed row in ON CONFLICT DO UPDATE.
    pub excluded: Option<RelationId>,
    pub returning: Vec<Expr>,
}

/// Where a statement is on its way down.
struct Way<'a> {
    view: &'a View,
    query: Query,
    /// What WITH CHECK OPTION asks, of views passed: those further down first.
    checks: Vec<(String, Expr)>,
    cascaded: bool,
}

/// One view, taken apart.
struct Level<'a> {
    /// What is below it, in the shape of a table.
    table: Table,
    relation: RelationId,
    /// What its columns are there.
    columns: Vec<Expr>,
    filter: Option<Expr>,
    next: Option<(&'a View, Query)>,
}

impl<'a> Binder<'a> {
    /// Takes an UPDATE to the table behind a view, if it is of one; gives that table.
    pub fn update_through(&mut self, table: Table, update: &mut Update) -> Result<Table, PgError> {
        let Some(way) = self.way(&table)? else { return Ok(table) };
        with_room(self.nesting, || self.take_update(way, update))
    }

    fn take_update(&mut self, mut way: Way<'a>, update: &mut Update) -> Result<Table, PgError> {
        loop {
            let columns = assigned(&update.assignments);
            let mut level = self.level(&mut way, Verb::Update, update.target, &columns)?;
            let target = std::mem::replace(&mut update.target, level.relation);
            self.pass_assignments(&mut update.assignments, &level, target)?;
            let expressions = update.filter.iter_mut().chain(&mut update.returning);
            for expr in expressions {
                self.substitute(expr, target, &level.columns)?;
            }
            if let Some(from) = &mut update.from {
                self.substitute_in_from(from, target, &level.columns)?;
            }
            update.filter = both(level.filter.take(), update.filter.take());
            self.note_returning(&update.returning, update.target);
            if !self.descend(&mut way, &mut level)? {
                self.land_assignments(&level.table, &mut update.assignments)?;
                self.check_rows(way, &level.table, update.target, &update.assignments)?;
                return Ok(level.table);
            }
        }
    }

    /// The same of a DELETE.
    pub fn delete_through(&mut self, table: Table, delete: &mut Delete) -> Result<Table, PgError> {
        let Some(way) = self.way(&table)? else { return Ok(table) };
        with_room(self.nesting, || self.take_delete(way, delete))
    }

    fn take_delete(&mut self, mut way: Way<'a>, delete: &mut Delete) -> Result<Table, PgError> {
        loop {
            let mut level = self.level(&mut way, Verb::Delete, delete.target, &[])?;
            let target = std::mem::replace(&mut delete.target, level.relation);
            let expressions = delete.filter.iter_mut().chain(&mut delete.returning);
            for expr in expressions {
                self.substitute(expr, target, &level.columns)?;
            }
            if let Some(using) = &mut delete.using {
                self.substitute_in_from(&mut using.from, target, &level.columns)?;
            }
            delete.filter = both(level.filter.take(), delete.filter.take());
            self.note_returning(&delete.returning, delete.target);
            if !self.descend(&mut way, &mut level)? {
                return Ok(level.table);
            }
        }
    }

    /// The same of an INSERT.
    pub fn insert_through(&mut self, table: Table, insert: &mut Inserted) -> Result<Table, PgError> {
        let Some(way) = self.way(&table)? else { return Ok(table) };
        with_room(self.nesting, || self.take_insert(way, table, insert))
    }

    fn take_insert(&mut self, mut way: Way<'a>, mut table: Table, insert: &mut Inserted) -> Result<Table, PgError> {
        loop {
            self.add_view_defaults(&table, insert)?;
            let mut columns = insert.columns.clone();
            if let Proposed::Query { more, .. } = &insert.proposed {
                columns.extend(more.iter().map(|(column, _)| *column));
            }
            if let Some(Conflict { update: Some((assignments, _)), .. }) = &insert.conflict {
                columns.extend(assigned(assignments));
            }
            let mut level = self.level(&mut way, Verb::Insert, insert.target, &columns)?;
            let target = std::mem::replace(&mut insert.target, level.relation);
            place_all(&mut insert.columns, &level)?;
            let mut written = insert.columns.clone();
            if let Proposed::Query { more, .. } = &mut insert.proposed {
                for (column, _) in more.iter_mut() {
                    *column = level.place(*column)?;
                    written.push(*column);
                }
            }
            refuse_repeated(&level.table, &written)?;
            if let Some(conflict) = &mut insert.conflict {
                insert.excluded = self.pass_conflict(conflict, insert.excluded, &level, target)?;
            }
            for expr in &mut insert.returning {
                self.substitute(expr, target, &level.columns)?;
            }
            self.note_returning(&insert.returning, insert.target);
            if self.descend(&mut way, &mut level)? {
                table = level.table;
                continue;
            }
            let mut assignments = Vec::new();
            if let Some(Conflict { columns, arbiter, update }) = &mut insert.conflict {
                if !columns.is_empty() {
                    *arbiter = Some(Box::new(self.arbiter_over(&level.table, insert.target, columns)?));
                }
                if let Some((update, _)) = update {
                    self.land_assignments(&level.table, update)?;
                    assignments.clone_from(update);
                }
            }
            self.check_rows(way, &level.table, insert.target, &assignments)?;
            return Ok(level.table);
        }
    }

    /// The beginning of the way, if what is written to is a view.
    fn way(&mut self, table: &Table) -> Result<Option<Way<'a>>, PgError> {
        let catalog: &'a Catalog = self.catalog;
        let Some(Object::View(view)) = catalog.get(table.oid) else { return Ok(None) };
        let query = self.view_query(view)?;
        Ok(Some(Way { view, query, checks: Vec::new(), cascaded: false }))
    }

    /// Takes a view apart through which these columns are written. `target`: the relation that it is in the statement.
    fn level(
        &mut self,
        way: &mut Way<'a>,
        verb: Verb,
        target: RelationId,
        columns: &[usize],
    ) -> Result<Level<'a>, PgError> {
        let view = way.view;
        self.refuse_not_updatable(view, &way.query, verb)?;
        self.refuse_not_column(view, &way.query, verb, columns)?;
        let relation = below(&way.query).map(|below| below.relation).unwrap_or_default();
        let table = match self.relations[relation].source {
            Source::Table { oid, .. } => match self.catalog.get(oid) {
                Some(Object::Table(table)) => table.clone(),
                _ => return Err(PgError::unsupported("changing PostgreSQL's own tables through a view")),
            },
            _ => match self.view_below(view) {
                Some(below) => super::view_target::in_shape(below),
                None => return Err(PgError::new(SqlState::INTERNAL_ERROR, "a view of nothing")),
            },
        };
        // It is the statement's target from here on, with all its columns.
        let mut shape = table_relation(&table, self.query_depth());
        self.look_up_keys(&table, &mut shape);
        let (name, depth) = (self.relations[target].name.clone(), self.relations[target].depth);
        self.relations[relation] = Relation { name, depth, ..shape };
        let whole = std::mem::replace(&mut way.query, Query::plain(Body::Values(Vec::new()), Vec::new()));
        let Body::Select(select) = whole.body else {
            return Err(PgError::new(SqlState::INTERNAL_ERROR, "a view that is no SELECT"));
        };
        let Select { mut targets, from, filter, .. } = *select;
        targets.truncate(view.columns.len());
        let next = match from {
            Some(From::Query { query, .. }) => self.view_below(view).map(|below| (below, *query)),
            _ => None,
        };
        if verb != Verb::Delete {
            self.note_check_option(way, target, &targets, filter.as_ref())?;
        }
        let filter = filter.filter(|_| verb != Verb::Insert);
        Ok(Level { table, relation, columns: targets, filter, next })
    }

    /// Goes on to the view below, if it is one.
    fn descend(&mut self, way: &mut Way<'a>, level: &mut Level<'a>) -> Result<bool, PgError> {
        let Some((view, query)) = level.next.take() else {
            self.writes_in(&level.table.schema);
            return Ok(false);
        };
        (way.view, way.query) = (view, query);
        Ok(true)
    }

    /// Remembers what WITH CHECK OPTION of the view asks, and takes what has been remembered a level down.
    fn note_check_option(
        &mut self,
        way: &mut Way<'a>,
        target: RelationId,
        columns: &[Expr],
        filter: Option<&Expr>,
    ) -> Result<(), PgError> {
        for (_, check) in &mut way.checks {
            self.substitute(check, target, columns)?;
        }
        let option = way.view.check_option();
        way.cascaded |= option == Some("cascaded");
        if let Some(filter) = filter.filter(|_| way.cascaded || option.is_some()) {
            let filter = self.copy(filter)?;
            way.checks.insert(0, (way.view.name.clone(), filter));
        }
        Ok(())
    }

    /// Puts what a view's columns are in the place of these columns.
    fn substitute(&mut self, expr: &mut Expr, of: RelationId, columns: &[Expr]) -> Result<(), PgError> {
        let mut copied = 0;
        replace(expr, of, columns, &mut copied);
        self.copied(copied)?;
        // What is put in may have been as deep by itself as is allowed.
        if self.nesting > MAX_DEPTH && depth(expr) > MAX_DEPTH { Err(too_complex()) } else { Ok(()) }
    }

    fn substitute_in_from(&mut self, from: &mut From, of: RelationId, columns: &[Expr]) -> Result<(), PgError> {
        let mut copied = 0;
        let mut deepest = 0;
        let deep = self.nesting > MAX_DEPTH;
        from.for_each_expr_mut(&mut |expr| {
            replace(expr, of, columns, &mut copied);
            deepest = deepest.max(if deep { depth(expr) } else { 0 });
        });
        self.copied(copied)?;
        if deepest > MAX_DEPTH { Err(too_complex()) } else { Ok(()) }
    }

    fn copied(&mut self, parts: usize) -> Result<(), PgError> {
        self.copies = self.copies.saturating_add(parts);
        if self.copies > super::MAX_COPIES { Err(too_complex()) } else { Ok(()) }
    }

    fn pass_assignments(
        &mut self,
        assignments: &mut [Assignment],
        level: &Level<'_>,
        target: RelationId,
    ) -> Result<(), PgError> {
        for assignment in assignments.iter_mut() {
            place_all(&mut assignment.columns, level)?;
            self.substitute(&mut assignment.value, target, &level.columns)?;
        }
        refuse_repeated(&level.table, &assigned(assignments))
    }

    /// ON CONFLICT a level down; gives the proposed row there.
    fn pass_conflict(
        &mut self,
        conflict: &mut Conflict,
        excluded: Option<RelationId>,
        level: &Level<'_>,
        target: RelationId,
    ) -> Result<Option<RelationId>, PgError> {
        for column in &mut conflict.columns {
            *column = level.place(*column).map_err(|_| no_such_key())?;
        }
        let Some((assignments, filter)) = &mut conflict.update else { return Ok(None) };
        let proposed = Relation {
            name: "excluded".to_owned(),
            source: Source::Excluded,
            ..table_relation(&level.table, self.query_depth())
        };
        self.relations.push(proposed);
        let proposed = self.relations.len() - 1;
        if let Some(excluded) = excluded {
            let over_proposed = |expr: &Expr| {
                let mut expr = expr.clone();
                move_to(&mut expr, level.relation, proposed);
                expr
            };
            let columns: Vec<Expr> = level.columns.iter().map(over_proposed).collect();
            for expr in assignments.iter_mut().map(|assignment| &mut assignment.value).chain(filter.iter_mut()) {
                self.substitute(expr, excluded, &columns)?;
            }
        }
        self.pass_assignments(assignments, level, target)?;
        if let Some(filter) = filter {
            self.substitute(filter, target, &level.columns)?;
        }
        Ok(Some(proposed))
    }

    /// The defaults that a view has of its own, or that its columns' domains have.
    fn add_view_defaults(&mut self, table: &Table, insert: &mut Inserted) -> Result<(), PgError> {
        let own = |column: &&crate::catalog::Column| {
            let of_domain = self.catalog.domain(column.domain).is_some_and(|domain| domain.default.is_some());
            column.default.is_some() || of_domain
        };
        let with_default: Vec<bool> = table.columns.iter().map(|column| own(&column)).collect();
        let named = |index: &usize| !insert.columns.contains(index);
        let missing: Vec<usize> = (0..table.columns.len()).filter(|index| with_default[*index]).filter(named).collect();
        match &mut insert.proposed {
            Proposed::Rows(rows) => {
                for row in rows {
                    for (value, index) in row.iter_mut().zip(&insert.columns) {
                        if value.is_none() && with_default[*index] {
                            *value = Some(self.default_or_null(table, &table.columns[*index])?);
                        }
                    }
                    for index in &missing {
                        row.push(Some(self.default_or_null(table, &table.columns[*index])?));
                    }
                }
                insert.columns.extend(missing);
            }
            Proposed::Query { more, .. } => {
                let missing: Vec<usize> =
                    missing.into_iter().filter(|index| !more.iter().any(|(other, _)| other == index)).collect();
                for index in missing {
                    more.push((index, self.default_or_null(table, &table.columns[index])?));
                }
            }
        }
        Ok(())
    }

    /// Assignments that have come to their table must be such as it takes. (A view's column has no identity, so DEFAULT
    /// has become NULL there.)
    fn land_assignments(&mut self, table: &Table, assignments: &mut [Assignment]) -> Result<(), PgError> {
        for assignment in assignments {
            for index in &assignment.columns {
                let column = &table.columns[*index];
                self.refuse_always(column, false)?;
                if table.rowid_column != Some(column.attnum) {
                    continue;
                }
                if assignment.columns.len() > 1 {
                    return Err(PgError::unsupported("assigning a sub-query's row to an integer primary key"));
                }
                let value = std::mem::replace(&mut assignment.value, Expr::null(Type::UNKNOWN));
                assignment.value = not_null(table, column, value);
            }
        }
        Ok(())
    }

    /// RETURNING may have got a sub-query.
    fn note_returning(&mut self, returning: &[Expr], target: RelationId) {
        self.stepwise |= self.returns_more(returning, target);
    }

    /// SQLite's RETURNING knows the target's columns, and no other's; its sub-queries see what has been written.
    pub fn returns_more(&self, returning: &[Expr], target: RelationId) -> bool {
        returning.iter().any(|expr| {
            expr.any(&is_query)
                || expr.any(&|expr| matches!(expr.kind, ExprKind::Column { relation, .. } if relation != target))
        })
    }

    /// What WITH CHECK OPTION asks of the rows is looked at when they are written: keys and CHECKs come before it, and a row
    /// that ON CONFLICT does not write need not fulfil it.
    fn check_rows(
        &mut self,
        way: Way<'a>,
        table: &Table,
        target: RelationId,
        changed: &[Assignment],
    ) -> Result<(), PgError> {
        if way.checks.is_empty() {
            return Ok(());
        }
        let changed = assigned(changed);
        self.refuse_acting_on_itself(table, &changed)?;
        for (view, condition) in way.checks {
            let mut read = Vec::new();
            tables_read(&condition, &self.relations, &mut read);
            let rowid = super::modify::rowid_name(table).ok_or_else(super::modify::no_rowid)?;
            let mut emitter = Emitter::new(&self.relations);
            emitter.fails(target, rowid, &condition)?;
            let check = Some(emitter.finish());
            let verify = Verify { table_oid: table.oid, generate: None, check, view: Some(view) };
            self.check_options.push(CheckOption { verify, target, read });
        }
        Ok(())
    }

    /// Rows that a foreign key's action changes are none that the view is asked about.
    fn refuse_acting_on_itself(&self, table: &Table, changed: &[usize]) -> Result<(), PgError> {
        let is_changed = |attnum: &i16| table.position(*attnum).is_some_and(|index| changed.contains(&index));
        let acts = self.catalog.foreign_keys_to(table.oid).iter().any(|(_, _, key)| key.columns.iter().any(is_changed));
        if acts && self.reached(table.oid, false).contains(&(table.oid, false)) {
            let what = "WITH CHECK OPTION of a table whose rows the statement changes by way of foreign keys, too";
            return Err(PgError::unsupported(what));
        }
        Ok(())
    }

    /// The looks at rows that WITH CHECK OPTION takes when all of a statement is done. `targets`: what its parts change.
    pub fn take_check_options(&mut self, targets: &[RelationId]) -> Result<Vec<Verify>, PgError> {
        let options = std::mem::take(&mut self.check_options);
        for CheckOption { verify, target, read } in &options {
            let others = targets.iter().filter(|other| *other != target).map(|other| self.table_oid(*other));
            let changed: Vec<u32> = others
                .flat_map(|oid| {
                    let reached = self.reached(oid, true).into_iter().chain(self.reached(oid, false));
                    reached.map(|(oid, _)| oid).chain([oid]).collect::<Vec<_>>()
                })
                .collect();
            if changed.contains(&verify.table_oid) {
                let what = "WITH CHECK OPTION of a table that another part of the statement changes";
                return Err(PgError::unsupported(what));
            }
            let own = self.reached(verify.table_oid, false).into_iter().map(|(oid, _)| oid);
            let mut changed = changed.into_iter().chain(own).chain([verify.table_oid]);
            if changed.any(|oid| read.contains(&oid)) {
                let what = "WITH CHECK OPTION whose sub-query reads what the statement changes";
                return Err(PgError::unsupported(what));
            }
        }
        Ok(options.into_iter().map(|option| option.verify).collect())
    }
}

/// A look at the rows written through a view.
pub struct CheckOption {
    verify: Verify,
    target: RelationId,
    /// The tables that its sub-queries read.
    read: Vec<u32>,
}

impl Level<'_> {
    /// Where a column of the view is below; those that are written have been looked at.
    fn place(&self, column: usize) -> Result<usize, PgError> {
        match self.columns.get(column).map(|expr| &expr.kind) {
            Some(ExprKind::Column { relation, column }) if *relation == self.relation => Ok(*column),
            _ => Err(PgError::new(SqlState::INTERNAL_ERROR, "a view's column is none of its table's")),
        }
    }
}

fn place_all(columns: &mut [usize], level: &Level<'_>) -> Result<(), PgError> {
    for column in columns {
        *column = level.place(*column)?;
    }
    Ok(())
}

fn assigned(assignments: &[Assignment]) -> Vec<usize> {
    assignments.iter().flat_map(|assignment| assignment.columns.iter().copied()).collect()
}

/// Two columns of a view may be the same one below.
fn refuse_repeated(table: &Table, columns: &[usize]) -> Result<(), PgError> {
    for (place, column) in columns.iter().enumerate() {
        refuse_twice(table, &columns[..place], *column)?;
    }
    Ok(())
}

/// The view's condition comes first: what else is asked may not stand the rows that it excludes.
fn both(view: Option<Expr>, own: Option<Expr>) -> Option<Expr> {
    let terms = |expr: Expr| match expr.kind {
        ExprKind::And(terms) => terms,
        _ => vec![expr],
    };
    match (view, own) {
        (Some(view), Some(own)) => {
            let terms: Vec<Expr> = terms(view).into_iter().chain(terms(own)).collect();
            Some(Expr::new(ExprKind::And(terms), Type::BOOL))
        }
        (view, own) => view.or(own),
    }
}

fn replace(expr: &mut Expr, of: RelationId, columns: &[Expr], copied: &mut usize) {
    match expr.kind {
        ExprKind::Column { relation, column } if relation == of => {
            if let Some(by) = columns.get(column) {
                *copied = copied.saturating_add(by.size());
                // Past the bound, nothing more is written down.
                if *copied <= super::MAX_COPIES {
                    *expr = Expr { at: expr.at, ..by.clone() };
                }
            }
        }
        _ => expr.for_each_child_mut(&mut |child| replace(child, of, columns, copied)),
    }
}

/// How deep an expression nests.
fn depth(expr: &Expr) -> usize {
    let mut deepest = 0;
    expr.for_each_child(&mut |child| deepest = deepest.max(depth(child)));
    deepest + 1
}

/// The same columns of another relation.
fn move_to(expr: &mut Expr, from: RelationId, to: RelationId) {
    match &mut expr.kind {
        ExprKind::Column { relation, .. } if *relation == from => *relation = to,
        _ => expr.for_each_child_mut(&mut |child| move_to(child, from, to)),
    }
}

/// The tables that an expression's sub-queries read.
fn tables_read(expr: &Expr, relations: &[Relation], read: &mut Vec<u32>) {
    let query = match &expr.kind {
        ExprKind::Exists(query) | ExprKind::Scalar(query) | ExprKind::InQuery { query, .. } => Some(query),
        _ => None,
    };
    if let Some(query) = query {
        tables_of(query, relations, read);
    }
    expr.for_each_child(&mut |child| tables_read(child, relations, read));
}

fn tables_of(query: &Query, relations: &[Relation], read: &mut Vec<u32>) {
    query.with.iter().for_each(|with| tables_of(&with.query, relations, read));
    match &query.body {
        Body::Select(select) => select.from.iter().for_each(|from| tables_in(from, relations, read)),
        Body::Values(_) => {}
        Body::SetOperation { left, right, .. } => {
            tables_of(left, relations, read);
            tables_of(right, relations, read);
        }
    }
    query.for_each_expr(&mut |expr| tables_read(expr, relations, read));
}

pub fn tables_in(from: &From, relations: &[Relation], read: &mut Vec<u32>) {
    match from {
        From::Relation(relation) => {
            if let Source::Table { oid, .. } = relations[*relation].source {
                read.push(oid);
            }
        }
        From::Query { query, .. } => tables_of(query, relations, read),
        From::Function { .. } => {}
        From::Join { left, right, .. } => {
            tables_in(left, relations, read);
            tables_in(right, relations, read);
        }
    }
}
