//! Statements in several steps: data-modifying queries in WITH, and RETURNING of more than the row written.
//!
//! Each part is bound as the statement that it is. What it comes to is told in [`steps`](crate::sql::steps): a query whose
//! rows say what will be written, one over those rows for RETURNING, and the write.

use std::cell::RefCell;
use std::cmp::Ordering;
use std::collections::HashSet;

use sqlparser::ast::{self, SetExpr};

use super::modify::{no_rowid, rowid_name};
use super::query::is_volatile;
use super::scope::NamedQuery;
use super::{Binder, result_columns, shown};
use crate::catalog::Object;
use crate::sql::bound::{
    Assignment, Conflict, Delete, Expr, ExprKind, From, Insert, Merge, Output, Part, Query, Relation, RelationColumn,
    RelationId, Select, Source, Then, Update, With,
};
use crate::sql::emission::MAX_PACKED;
use crate::sql::emit::{Emitter, Held};
use crate::sql::plan::{Action, Command, Plan, Verify, Write};
use crate::sql::room::with_room;
use crate::sql::steps::{Count, Once, Proposes, Step, Task};
use crate::sql::text::At;
use crate::sql::tokens::too_complex;
use crate::types::{PgError, SqlState, Type};

/// Data-modifying queries in one WITH.
const MAX_PARTS: usize = 100;

/// A data-modifying query in WITH.
pub struct Modifying {
    part: Part,
    /// How many WITH queries it sees.
    before: usize,
    /// The number of the rows it returns.
    returned: Option<usize>,
    /// Its rows must be looked at, for CHECK constraints.
    verify: bool,
}

/// What the WITH queries belong to.
pub enum Main {
    Query(Query),
    /// A query whose rows fill a new table.
    Fill {
        query: Query,
        table_oid: u32,
        /// The INSERT but for what it inserts.
        insert: String,
    },
    Part(Part),
}

/// The steps so far; those that write come last.
#[derive(Default)]
struct Steps {
    reading: Vec<Step>,
    /// Each with whether it is to come behind the others.
    writing: Vec<(bool, Step)>,
    verify: Vec<Verify>,
}

/// The statement of a WITH query that modifies data.
pub fn modification(body: &SetExpr) -> Option<&ast::Statement> {
    match body {
        SetExpr::Insert(tree) | SetExpr::Update(tree) | SetExpr::Delete(tree) | SetExpr::Merge(tree) => Some(tree),
        _ => None,
    }
}

/// Whether data-modifying queries are among those of a query's WITH.
pub fn modifies(query: &ast::Query) -> bool {
    top_with(query).is_some_and(|with| with.cte_tables.iter().any(|cte| modification(&cte.query.body).is_some()))
}

/// The WITH of a query, where it may stand in parentheses.
pub fn top_with(mut query: &ast::Query) -> Option<&ast::With> {
    loop {
        match (&query.with, &*query.body) {
            (None, SetExpr::Query(inner)) => query = inner,
            (with, _) => return with.as_ref(),
        }
    }
}

impl Binder<'_> {
    /// Data-modifying queries may stand in this WITH.
    pub fn allow_modifying(&mut self, with: Option<&ast::With>) {
        self.top_with = with.map_or(At::NOWHERE, |with| with.with_token.0.span.into());
    }

    /// A data-modifying query in WITH: its name stands for the rows it returns. `before`: how many WITH queries it sees.
    pub fn modifying(
        &mut self,
        with: &ast::With,
        cte: &ast::Cte,
        (name, at): (&str, At),
        before: usize,
    ) -> Result<With, PgError> {
        let top = At::from(with.with_token.0.span);
        if self.top_with.cmp(top) != Ordering::Equal || self.top_with.cmp(At::NOWHERE) == Ordering::Equal {
            let message = "WITH clause containing a data-modifying statement must be at the top level";
            return Err(self.error(at, SqlState::FEATURE_NOT_SUPPORTED, message));
        }
        if with.recursive && self.is_named_within(name, cte) {
            let message = format!("recursive query \"{name}\" must not contain data-modifying statements");
            return Err(self.error(at, SqlState::INVALID_RECURSION, message));
        }
        if self.modifying.len() >= MAX_PARTS {
            return Err(too_complex());
        }
        self.stepwise = true;
        self.verify = false;
        // The main statement's.
        let current_of = self.current_of.take();
        let inner = cte.query.with.as_ref();
        let (part, outputs) = match modification(&cte.query.body) {
            Some(ast::Statement::Insert(insert)) => {
                self.insert(insert, inner).map(|(bound, outputs)| (Part::Insert(bound), outputs))?
            }
            Some(ast::Statement::Update(update)) => {
                self.update(update, inner).map(|(bound, outputs)| (Part::Update(bound), outputs))?
            }
            Some(ast::Statement::Delete(delete)) => {
                self.delete(delete, inner).map(|(bound, outputs)| (Part::Delete(bound), outputs))?
            }
            _ => return Err(self.unsupported(at, "this statement in WITH")),
        };
        self.current_of = current_of;
        let verify = std::mem::take(&mut self.verify);
        let returned = outputs.is_some().then(|| self.new_kept());
        self.modifying.push(Modifying { part, before, returned, verify });
        let query = self.kept_query(returned.unwrap_or_default(), outputs.as_deref().unwrap_or_default());
        self.check_with_columns(cte, name, at, &query)?;
        let columns = super::query::with_columns(cte, &query);
        let stored_name = self.new_with_name();
        if let Some(scope) = self.scopes.last_mut() {
            let (name, stored_name) = (name.to_owned(), stored_name.clone());
            scope.withs.push(NamedQuery { name, stored_name, columns, returns: returned.is_some(), added: 0, arms: 0 });
        }
        Ok(With { name: stored_name, query, materialized: Some(true) })
    }

    fn new_kept(&mut self) -> usize {
        self.kept += 1;
        self.kept - 1
    }

    /// Kept rows as a query.
    fn kept_query(&mut self, number: usize, outputs: &[Output]) -> Query {
        self.packed_query(Expr::new(ExprKind::Kept(number), Type::BYTEA), outputs)
    }

    /// Rows that are one value, as a query.
    pub fn packed_query(&mut self, rows: Expr, outputs: &[Output]) -> Query {
        let column = |(index, output): (usize, &Output)| RelationColumn {
            name: output.name.clone(),
            stored_name: format!("c{}", index + 1),
            ty: output.ty,
            typmod: output.typmod,
            domain: output.domain,
            not_null: false,
            origin: None,
            collation: output.collation,
        };
        self.relations.push(Relation {
            name: String::new(),
            source: Source::Function,
            columns: outputs.iter().enumerate().map(column).collect(),
            depth: self.query_depth(),
            nullable: false,
            keys: Vec::new(),
        });
        let relation = self.relations.len() - 1;
        let target = |(index, output): (usize, &Output)| Expr {
            typmod: output.typmod,
            domain: output.domain,
            ..Expr::new(ExprKind::Column { relation, column: index }, output.ty)
        };
        let select = Select {
            targets: outputs.iter().enumerate().map(target).collect(),
            from: Some(From::Function { relation, module: "pg_rows", args: vec![rows] }),
            ..Select::default()
        };
        Query::of_select(select, outputs.to_vec())
    }

    /// The plan of a statement in steps.
    pub fn stepwise_plan(
        mut self,
        main: Main,
        outputs: Option<Vec<Output>>,
        command: Command,
    ) -> Result<Plan, PgError> {
        let write = self.stepwise(main, outputs.as_deref(), command)?;
        self.plan(outputs.as_deref().map(result_columns), Action::Write(write))
    }

    pub fn stepwise(&mut self, mut main: Main, outputs: Option<&[Output]>, command: Command) -> Result<Write, PgError> {
        self.check_parts(&main)?;
        let mut withs = std::mem::take(match &mut main {
            Main::Query(query) | Main::Fill { query, .. } => &mut query.with,
            Main::Part(part) => part.with(),
        });
        let verify = self.verify;
        let mut targets: Vec<RelationId> = self.modifying.iter().map(|modifying| modifying.part.target()).collect();
        if let Main::Part(part) = &main {
            targets.push(part.target());
        }
        let asked = self.take_check_options(&targets)?;
        let mut renumbers: Vec<u32> =
            self.modifying.iter().flat_map(|modifying| self.renumbers(&modifying.part)).collect();
        if let Main::Part(part) = &main {
            renumbers.extend(self.renumbers(part));
        }
        let mut steps = Steps::default();
        let mut modifying = std::mem::take(&mut self.modifying).into_iter().peekable();
        for index in 0..=withs.len() {
            while let Some(mut next) = modifying.next_if(|next| next.before == index) {
                let own = std::mem::take(next.part.with());
                let answer = next.returned.map(|number| Task::Keep { number, once: Once::Any });
                self.part(
                    next.part,
                    [&withs[..index], &own].concat(),
                    (index, answer, false, next.verify),
                    &mut steps,
                )?;
            }
            if index < withs.len() {
                self.settle_with(&mut withs, index, &mut steps)?;
            }
        }
        let table_oid = match main {
            Main::Query(mut query) => {
                shown::show_names(&mut query);
                query.with = withs;
                self.count_copies(&query.with)?;
                let step = self.step(Task::Answer, 0, |emitter| emitter.query(&query, false))?;
                steps.reading.push(step);
                0
            }
            Main::Fill { mut query, table_oid, insert } => {
                query.with = withs;
                self.fill_steps(&query, table_oid, &insert, &mut steps)?;
                table_oid
            }
            Main::Part(part) => {
                let table_oid = self.table_oid(part.target());
                let before = withs.len();
                self.part(part, withs, (before, outputs.map(|_| Task::Answer), true, verify), &mut steps)?;
                table_oid
            }
        };
        let Steps { mut reading, mut writing, mut verify } = steps;
        verify.extend(asked);
        writing.sort_by_key(|(last, _)| *last);
        reading.extend(writing.into_iter().map(|(_, step)| step));
        let (steps, temporary) = (reading, !self.writes_permanent);
        let (brief, sql, current_of) = (false, String::new(), self.current_of.map(|of| of.name.clone()));
        Ok(Write { brief, sql, command, table_oid, verify, steps, temporary, current_of, renumbers })
    }

    fn fill_steps(&mut self, query: &Query, table_oid: u32, insert: &str, steps: &mut Steps) -> Result<(), PgError> {
        let columns = query.outputs.len();
        if columns > MAX_PACKED {
            return Err(too_many_columns());
        }
        self.count_copies(&query.with)?;
        let number = self.new_kept();
        let task = Task::Keep { number, once: Once::Any };
        steps.reading.push(self.step(task, table_oid, |emitter| emitter.query(query, false))?);
        // A row without columns is one with a NULL.
        let mut step = self.kept_step(number, columns.max(1))?;
        step.sql.insert_str(0, insert);
        (step.task, step.table_oid) = (Task::Write(Count::Kept(number)), table_oid);
        steps.writing.push((false, step));
        Ok(())
    }

    /// A WITH query that may answer otherwise the next time is asked once.
    fn settle_with(&mut self, withs: &mut [With], index: usize, steps: &mut Steps) -> Result<(), PgError> {
        let name = &withs[index].name;
        let is_read =
            |relation: &Relation| matches!(&relation.source, Source::With { stored_name } if stored_name == name);
        if !is_volatile(&withs[index].query) || !self.relations.iter().any(is_read) {
            return Ok(());
        }
        if withs[index].query.outputs.len() > MAX_PACKED {
            return Err(too_many_columns());
        }
        let number = self.new_kept();
        let mut query = withs[index].query.clone();
        query.with.splice(0..0, withs[..index].iter().cloned());
        self.count_copies(&query.with)?;
        let task = Task::Keep { number, once: Once::Any };
        steps.reading.push(self.step(task, 0, |emitter| emitter.query(&query, false))?);
        let outputs = query.outputs;
        withs[index].query = self.kept_query(number, &outputs);
        Ok(())
    }

    /// The steps of one part, which sees the WITH queries given; those from the first number on are its own.
    fn part(
        &mut self,
        mut part: Part,
        mut withs: Vec<With>,
        (own, answer, main, verify): (usize, Option<Task>, bool, bool),
        steps: &mut Steps,
    ) -> Result<(), PgError> {
        for index in own..withs.len() {
            self.settle_with(&mut withs, index, steps)?;
        }
        self.count_copies(&withs)?;
        *part.with() = withs;
        let table_oid = self.table_oid(part.target());
        let acts = match &part {
            Part::Insert(insert) => insert.conflict.as_ref().is_some_and(|conflict| conflict.update.is_some()),
            Part::Update(_) | Part::Delete(_) | Part::Merge(_) => true,
        };
        let ways: &[bool] = match &part {
            Part::Merge(_) => &[false, true],
            Part::Delete(_) => &[true],
            Part::Insert(_) | Part::Update(_) => &[false],
        };
        for deletes in ways.iter().filter(|_| acts || verify) {
            let more = self.verifications(table_oid, *deletes, verify)?;
            let new = more.into_iter().filter(|verify| !steps.verify.contains(verify)).collect::<Vec<_>>();
            steps.verify.extend(new);
        }
        match part {
            Part::Insert(insert) => self.insert_steps(insert, answer, main, steps),
            Part::Update(update) => self.update_steps(update, answer, main, steps),
            Part::Delete(delete) => self.delete_steps(delete, answer, main, steps),
            Part::Merge(merge) => self.merge_steps(&merge, steps),
        }
    }

    fn insert_steps(
        &mut self,
        mut insert: Insert,
        answer: Option<Task>,
        main: bool,
        steps: &mut Steps,
    ) -> Result<(), PgError> {
        let (table_oid, target, number) = (self.table_oid(insert.target), insert.target, self.new_kept());
        if insert.columns.len() > MAX_PACKED {
            return Err(too_many_columns());
        }
        let conflict = insert.conflict.as_ref().map(Conflict::index);
        let proposes = |rows| Proposes { rows, columns: insert.columns.clone(), updates: false, conflict };
        let mut step =
            self.step(Task::Keep { number, once: Once::Any }, table_oid, |emitter| emitter.proposed_insert(&insert))?;
        step.proposes = Some(proposes(step.sql.clone()));
        steps.reading.push(step);
        let rows = self.kept_step(number, insert.columns.len())?;
        let proposes = Some(proposes(rows.sql));
        if let Some(answer) = answer {
            let mut columns: Vec<(RelationId, usize)> = insert.columns.iter().map(|column| (target, *column)).collect();
            let mut kept = number;
            if insert.conflict.is_some() {
                columns = returned_columns(&insert.returning, &[target]);
                kept = self.new_kept();
                let mut step = self
                    .step(Task::Try(kept), table_oid, |emitter| emitter.insert_kept(&insert, number, Some(&columns)))?;
                step.proposes = proposes.clone();
                steps.reading.push(step);
            }
            let returning = Returning { with: &insert.with, exprs: &mut insert.returning, kept, answer };
            steps.reading.push(self.returning_step(returning, Held::new(target, &columns, 1))?);
        }
        let count = match (main, &insert.conflict) {
            (false, _) => Count::Nothing,
            (true, None) => Count::Kept(number),
            (true, Some(_)) => Count::Changes,
        };
        let mut step =
            self.step(Task::Write(count), table_oid, |emitter| emitter.insert_kept(&insert, number, None))?;
        step.proposes = proposes;
        steps.writing.push((false, step));
        Ok(())
    }

    fn update_steps(
        &mut self,
        mut update: Update,
        answer: Option<Task>,
        main: bool,
        steps: &mut Steps,
    ) -> Result<(), PgError> {
        let (table_oid, target, number) = (self.table_oid(update.target), update.target, self.new_kept());
        let rowid = self.rowid_of(target)?;
        refuse_evaluating_twice(&update.assignments)?;
        let assigned: Vec<usize> =
            update.assignments.iter().flat_map(|assignment| assignment.columns.iter().copied()).collect();
        let mut columns: Vec<(RelationId, usize)> = assigned.iter().map(|column| (target, *column)).collect();
        let mut relations = update.from.as_ref().map_or(Vec::new(), From::relations);
        relations.push(target);
        add_columns(&mut columns, returned_columns(&update.returning, &relations))?;
        let task = Task::Keep { number, once: Once::First };
        steps.reading.push(self.step(task, table_oid, |emitter| emitter.changed_rows(&update, rowid, &columns))?);
        if let Some(answer) = answer {
            let returning = Returning { with: &update.with, exprs: &mut update.returning, kept: number, answer };
            steps.reading.push(self.returning_step(returning, Held::new(target, &columns, 2))?);
        }
        let count = if main { Count::Kept(number) } else { Count::Nothing };
        let step = self.update_step(target, rowid, &assigned, number, count)?;
        steps.writing.push((false, step));
        Ok(())
    }

    /// Writes kept values into columns of the rows that are named first in them.
    fn update_step(
        &self,
        target: RelationId,
        rowid: &str,
        columns: &[usize],
        number: usize,
        count: Count,
    ) -> Result<Step, PgError> {
        let table_oid = self.table_oid(target);
        let mut step =
            self.step(Task::Write(count), table_oid, |emitter| emitter.update_kept(target, rowid, columns, number))?;
        let rows = self.step(Task::Answer, table_oid, |emitter| {
            emitter.updated_kept(target, rowid, columns, number);
            Ok(())
        })?;
        let all = (0..self.relations[target].stored_columns().count()).collect();
        step.proposes = Some(Proposes { rows: rows.sql, columns: all, updates: true, conflict: None });
        Ok(step)
    }

    fn delete_steps(
        &mut self,
        mut delete: Delete,
        answer: Option<Task>,
        main: bool,
        steps: &mut Steps,
    ) -> Result<(), PgError> {
        let (table_oid, target, number) = (self.table_oid(delete.target), delete.target, self.new_kept());
        let rowid = self.rowid_of(target)?;
        let mut relations = delete.using.as_ref().map_or(Vec::new(), |using| using.from.relations());
        relations.push(target);
        let mut columns = Vec::new();
        add_columns(&mut columns, returned_columns(&delete.returning, &relations))?;
        let task = Task::Keep { number, once: Once::First };
        steps.reading.push(self.step(task, table_oid, |emitter| emitter.removed_rows(&delete, rowid, &columns))?);
        if let Some(answer) = answer {
            let returning = Returning { with: &delete.with, exprs: &mut delete.returning, kept: number, answer };
            steps.reading.push(self.returning_step(returning, Held::new(target, &columns, 2))?);
        }
        let count = if main { Count::Kept(number) } else { Count::Nothing };
        let step = self.delete_step(target, rowid, number, count)?;
        // What references its rows may go first, as all keys are looked at when everything is done.
        let referenced = self.catalog.foreign_keys_to(table_oid).iter().any(|(child, ..)| child.oid != table_oid);
        steps.writing.push((referenced, step));
        Ok(())
    }

    fn merge_steps(&mut self, merge: &Merge, steps: &mut Steps) -> Result<(), PgError> {
        let (table_oid, target, number) = (self.table_oid(merge.target), merge.target, self.new_kept());
        let rowid = self.rowid_of(target)?;
        let mut relations = merge.source.relations();
        relations.push(target);
        let exprs = merge.whens.iter().flat_map(|when| when.then.exprs());
        let mut columns = Vec::new();
        add_columns(&mut columns, returned_columns(exprs, &relations))?;
        let task = Task::Keep { number, once: Once::Only };
        steps.reading.push(self.step(task, table_oid, |emitter| emitter.merged_rows(merge, rowid, &columns))?);
        let mut writing = Vec::new();
        for (clause, when) in merge.whens.iter().enumerate() {
            if when.then == Then::Nothing {
                continue;
            }
            let kept = self.new_kept();
            let held = Held::new(target, &columns, 3);
            let task = Task::Keep { number: kept, once: Once::Any };
            let mut step = self.step(task, table_oid, |emitter| emitter.chosen_rows(merge, clause, number, held))?;
            let write = match &when.then {
                Then::Update(assignments) => {
                    refuse_evaluating_twice(assignments)?;
                    let assigned: Vec<usize> =
                        assignments.iter().flat_map(|assignment| assignment.columns.iter().copied()).collect();
                    (1, self.update_step(target, rowid, &assigned, kept, Count::Kept(kept))?)
                }
                Then::Insert { columns, .. } => {
                    if columns.len() > MAX_PACKED {
                        return Err(too_many_columns());
                    }
                    let proposes = |rows| Proposes { rows, columns: columns.clone(), updates: false, conflict: None };
                    step.proposes = Some(proposes(step.sql.clone()));
                    let rows = self.kept_step(kept, columns.len())?;
                    let task = Task::Write(Count::Kept(kept));
                    let mut write =
                        self.step(task, table_oid, |emitter| emitter.insert_values(target, columns, kept))?;
                    write.proposes = Some(proposes(rows.sql));
                    (2, write)
                }
                Then::Delete | Then::Nothing => (0, self.delete_step(target, rowid, kept, Count::Kept(kept))?),
            };
            steps.reading.push(step);
            writing.push(write);
        }
        // Keys that are given up come before those that are taken.
        writing.sort_by_key(|(order, _)| *order);
        steps.writing.extend(writing.into_iter().map(|(_, step)| (false, step)));
        Ok(())
    }

    /// Kept rows by themselves.
    fn kept_step(&self, number: usize, columns: usize) -> Result<Step, PgError> {
        self.step(Task::Answer, 0, |emitter| {
            emitter.kept_rows(number, columns);
            Ok(())
        })
    }

    fn delete_step(&self, target: RelationId, rowid: &str, number: usize, count: Count) -> Result<Step, PgError> {
        self.step(Task::Write(count), self.table_oid(target), |emitter| {
            emitter.delete_kept(target, rowid, number);
            Ok(())
        })
    }

    fn returning_step(&self, returning: Returning<'_>, held: Held) -> Result<Step, PgError> {
        let Returning { with, exprs, kept, answer } = returning;
        if exprs.len() > MAX_PACKED && answer != Task::Answer {
            return Err(too_many_columns());
        }
        if answer == Task::Answer {
            shown::show(exprs);
        }
        self.step(answer, 0, |emitter| emitter.over_kept(with, exprs, kept, held))
    }

    fn step(
        &self,
        task: Task,
        table_oid: u32,
        write: impl FnOnce(&mut Emitter) -> Result<(), Box<PgError>> + Send,
    ) -> Result<Step, PgError> {
        // A cursor's row is one parameter more.
        let params = self.params.len() + usize::from(self.current_of.is_some());
        let relations = &self.relations;
        with_room(self.nesting, || {
            let mut emitter = Emitter::new(relations).behind(params);
            write(&mut emitter).map_err(|error| *error)?;
            let reads = emitter.named();
            Ok(Step { sql: emitter.finish(), reads, task, table_oid, proposes: None })
        })
    }

    fn rowid_of(&self, target: RelationId) -> Result<&'static str, PgError> {
        match self.catalog.get(self.table_oid(target)) {
            Some(Object::Table(table)) => rowid_name(table).ok_or_else(no_rowid),
            _ => Err(PgError::unsupported("this target")),
        }
    }

    /// WITH queries are written into each step that may read them.
    fn count_copies(&mut self, withs: &[With]) -> Result<(), PgError> {
        for with in withs {
            self.copies += 1;
            with.query.for_each_expr(&mut |expr| self.copies += expr.size());
        }
        if self.copies > super::MAX_COPIES { Err(too_complex()) } else { Ok(()) }
    }

    /// 0A000 for parts that would get into each other's way.
    fn check_parts(&self, main: &Main) -> Result<(), PgError> {
        let mut parts: Vec<&Part> = self.modifying.iter().map(|modifying| &modifying.part).collect();
        if let Main::Part(part) = main {
            parts.push(part);
        }
        let inserts = parts.iter().filter(|part| matches!(part, Part::Insert(_))).count();
        if self.overriding.is_some() && inserts > 1 {
            return Err(PgError::unsupported("OVERRIDING in a statement of several INSERTs"));
        }
        for (index, part) in parts.iter().enumerate() {
            let Part::Insert(Insert { conflict: Some(conflict), returning, target, .. }) = part else { continue };
            let (update, filter) = match &conflict.update {
                None => (&[][..], None),
                Some((assignments, filter)) => (&assignments[..], filter.as_ref()),
            };
            let exprs = || update.iter().map(|assignment| &assignment.value).chain(filter);
            if !returning.is_empty() && exprs().any(Expr::is_volatile) {
                return Err(PgError::unsupported("a volatile function in ON CONFLICT of a statement in several steps"));
            }
            if parts.len() > 1 && exprs().any(|expr| expr.any(&super::check::is_query)) {
                return Err(PgError::unsupported("a sub-query in ON CONFLICT of a statement in several steps"));
            }
            let own = self.table_oid(*target);
            let reaches = |other: &&Part| {
                let oid = self.table_oid(other.target());
                oid == own
                    || self.reached(oid, true).iter().chain(&self.reached(oid, false)).any(|(oid, _)| *oid == own)
            };
            let others: Vec<&Part> =
                parts.iter().enumerate().filter(|(other, _)| *other != index).map(|(_, part)| *part).collect();
            if others.iter().any(reaches) {
                return Err(PgError::unsupported("ON CONFLICT on a table that the same statement changes elsewhere"));
            }
        }
        Ok(())
    }
}

/// RETURNING, over rows kept.
struct Returning<'r> {
    with: &'r [With],
    exprs: &'r mut [Expr],
    kept: usize,
    answer: Task,
}

/// The columns of some relations that expressions name, each once.
fn returned_columns<'e>(
    exprs: impl IntoIterator<Item = &'e Expr>,
    relations: &[RelationId],
) -> Vec<(RelationId, usize)> {
    let found = RefCell::new((Vec::new(), HashSet::new()));
    for expr in exprs {
        expr.any(&|expr| {
            if let ExprKind::Column { relation, column } = expr.kind
                && relations.contains(&relation)
            {
                let (columns, seen) = &mut *found.borrow_mut();
                if seen.insert((relation, column)) {
                    columns.push((relation, column));
                }
            }
            false
        });
    }
    found.into_inner().0
}

/// More columns to be kept behind the row's number.
fn add_columns(columns: &mut Vec<(RelationId, usize)>, more: Vec<(RelationId, usize)>) -> Result<(), PgError> {
    let known: HashSet<(RelationId, usize)> = columns.iter().copied().collect();
    columns.extend(more.into_iter().filter(|column| !known.contains(column)));
    if columns.len() < MAX_PACKED { Ok(()) } else { Err(too_many_columns()) }
}

fn too_many_columns() -> PgError {
    PgError::unsupported(format!("a statement in several steps that keeps more than {MAX_PACKED} columns"))
}

/// A sub-query assigned to several columns is written once for each.
fn refuse_evaluating_twice(assignments: &[Assignment]) -> Result<(), PgError> {
    let several = |assignment: &Assignment| assignment.columns.len() > 1 && assignment.value.is_volatile();
    match assignments.iter().any(several) {
        true => Err(PgError::unsupported("a volatile sub-query assigned to several columns")),
        false => Ok(()),
    }
}
