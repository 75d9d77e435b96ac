//! A statement in several steps: see [`crate::sql::Step`].
//!
//! What steps keep is in memory, as the values that `pg_rows` reads, and bound to those that follow. The steps that write
//! run in a savepoint: if one fails, those before it can be run again, to find out which row was to blame.

use std::collections::HashMap;

use rusqlite::Statement;
use rusqlite::types::{ToSqlOutput, ValueRef};

use super::super::errors::foreign_key_violation;
use super::super::ffi::deferred_foreign_keys;
use super::super::functions::pack_values;
use super::violation::DEFER;
use super::{Executor, Gate, MAX_RESULT_BYTES, RunError, prepare, stored, too_many_rows};
use crate::sql::{Count, Once, Proposal, ProposedConflict, ResultColumn, SessionContext, Step, Task, Write};
use crate::types::{PgError, Row, SqlState, Value};

const TRY: &str = "SAVEPOINT quorlite_try";
const UNDO: &str = "ROLLBACK TO quorlite_try";
const RELEASE: &str = "RELEASE quorlite_try";

/// What the steps so far have come to.
struct Run<'r> {
    params: &'r [Value],
    context: &'r SessionContext,
    /// Packed rows by their numbers, and how many they are.
    kept: HashMap<usize, (Vec<u8>, u64)>,
    bytes: usize,
    /// The rows to be changed of each table, and the step that has found them.
    found: HashMap<u32, HashMap<i64, usize>>,
    rows: Vec<Row>,
    changes: u64,
}

impl Run<'_> {
    fn bind(&self, step: &Step, statement: &mut Statement<'_>) -> rusqlite::Result<()> {
        stored::bind(statement, self.params)?;
        for number in &step.reads {
            let packed: &[u8] = self.kept.get(number).map_or(&[], |(packed, _)| packed);
            let (place, value) = (self.params.len() + 1 + number, ToSqlOutput::Borrowed(ValueRef::Blob(packed)));
            if place <= statement.parameter_count() {
                statement.raw_bind_parameter(place, value)?;
            }
        }
        Ok(())
    }

    /// Whether a row to be changed is met for the first time. Where two parts of a statement would change it, PostgreSQL
    /// does one of the two.
    fn is_new(&mut self, table_oid: u32, rowid: i64, step: usize) -> Result<bool, PgError> {
        match self.found.entry(table_oid).or_default().insert(rowid, step) {
            None => Ok(true),
            Some(before) if before == step => Ok(false),
            Some(_) => Err(PgError::unsupported("changing a row in two parts of one statement")),
        }
    }

    /// Whether there is something to be done with a row of a MERGE.
    fn is_for_merge(&mut self, step: &Step, row: &rusqlite::Row<'_>, number: usize) -> Result<bool, RunError> {
        if row.get_ref(0)? == ValueRef::Null {
            return Ok(false);
        }
        match row.get::<_, Option<i64>>(1)? {
            Some(rowid) if !self.is_new(step.table_oid, rowid, number).map_err(RunError::Pg)? => {
                let message = "MERGE command cannot affect row a second time";
                let hint = "Ensure that not more than one source row matches any one target row.";
                Err(RunError::Pg(PgError::new(SqlState::CARDINALITY_VIOLATION, message).hint(hint)))
            }
            _ => Ok(true),
        }
    }
}

impl Executor {
    /// Runs the steps of a write; gives the count of rows that it has written and the rows, of these columns, that it returns.
    pub(super) fn steps(
        &mut self,
        params: &[Value],
        columns: &[ResultColumn],
        write: &Write,
        context: &SessionContext,
    ) -> Result<(u64, Vec<Row>), PgError> {
        let mut run = Run {
            params,
            context,
            kept: HashMap::new(),
            bytes: 0,
            found: HashMap::new(),
            rows: Vec::new(),
            changes: 0,
        };
        let first = write.steps.iter().position(|step| matches!(step.task, Task::Write(_)));
        let (reading, writing) = write.steps.split_at(first.unwrap_or(write.steps.len()));
        for (number, step) in reading.iter().enumerate() {
            let done = match step.task {
                Task::Try(_) => self.try_step(step, number, columns, &mut run),
                _ => self.read_step(step, number, columns, &mut run),
            };
            done.map_err(|error| self.step_violation(error, &[], step, &run))?;
        }
        self.run_writing(writing, write, &mut run)?;
        Ok((run.changes, run.rows))
    }

    /// Runs a step that keeps its rows, or yields the statement's.
    fn read_step(
        &mut self,
        step: &Step,
        number: usize,
        columns: &[ResultColumn],
        run: &mut Run<'_>,
    ) -> Result<(), PgError> {
        let mut packed = (Vec::new(), 0);
        let mut read = || -> Result<(), RunError> {
            let mut statement = prepare(&self.connection, &step.sql)?;
            run.bind(step, &mut statement)?;
            let width = statement.column_count();
            let mut rows = statement.raw_query();
            while let Some(row) = rows.next()? {
                match step.task {
                    Task::Answer => {
                        let row = stored::row(row, columns).map_err(RunError::Pg)?;
                        run.bytes += row.iter().map(Value::size).sum::<usize>();
                        run.rows.push(row);
                    }
                    Task::Keep { once, .. } => {
                        let new = match once {
                            Once::Any => true,
                            Once::First => run.is_new(step.table_oid, row.get(0)?, number).map_err(RunError::Pg)?,
                            Once::Only => run.is_for_merge(step, row, number)?,
                        };
                        if new {
                            let values = (0..width).map(|index| row.get_ref(index)).collect::<Result<Vec<_>, _>>()?;
                            let before = packed.0.len();
                            pack_values(values.into_iter(), &mut packed.0);
                            packed.1 += 1;
                            run.bytes += packed.0.len() - before;
                        }
                    }
                    Task::Try(_) => {
                        let values = (0..width).map(|index| row.get_ref(index)).collect::<Result<Vec<_>, _>>()?;
                        let before = packed.0.len();
                        pack_values(values.into_iter(), &mut packed.0);
                        run.bytes += packed.0.len() - before;
                    }
                    Task::Write(_) => {}
                }
                if run.bytes > MAX_RESULT_BYTES {
                    return Err(RunError::Pg(too_many_rows()));
                }
            }
            Ok(())
        };
        match read() {
            Ok(()) => {}
            Err(RunError::Sqlite(error)) => return Err(self.error(&error, step.table_oid)),
            Err(RunError::Pg(error)) => return Err(error),
        }
        if let Task::Keep { number, .. } | Task::Try(number) = step.task {
            run.kept.insert(number, packed);
        }
        Ok(())
    }

    /// Runs a write for what it returns, and undoes it.
    fn try_step(
        &mut self,
        step: &Step,
        number: usize,
        columns: &[ResultColumn],
        run: &mut Run<'_>,
    ) -> Result<(), PgError> {
        self.run_internal(TRY).map_err(|error| self.error(&error, 0))?;
        self.connection.observer().set_gate(Gate::Off);
        let tried = self.read_step(step, number, columns, run);
        self.connection.observer().set_gate(Gate::Rows);
        self.undo_try(tried)
    }

    /// Goes back to the savepoint. SQLite may have gone back further.
    fn undo_try(&self, outcome: Result<(), PgError>) -> Result<(), PgError> {
        let undone = match self.connection.is_autocommit() {
            true => Ok(()),
            false => self.run_internal(UNDO).and_then(|()| self.run_internal(RELEASE)),
        };
        outcome?;
        undone.map_err(|error| self.error(&error, 0))
    }

    fn run_writing(&mut self, steps: &[Step], write: &Write, run: &mut Run<'_>) -> Result<(), PgError> {
        let start = self.connection.observer().mark();
        self.run_internal(TRY).map_err(|error| self.error(&error, 0))?;
        let mut written = self.write_all(steps, run);
        if let Ok(true) = written {
            self.run_internal(UNDO).map_err(|error| self.error(&error, 0))?;
            self.connection.observer().rewind(start);
            written = match self.broken_key(steps, run) {
                Some(error) => Err(Box::new((error, steps.len()))),
                None => self.write_all(steps, run),
            };
        }
        match written {
            Ok(_) => {
                self.run_internal(RELEASE).map_err(|error| self.error(&error, 0))?;
                self.settle()?;
                self.verify(&write.verify, start)
            }
            Err(failure) => {
                let (error, failed) = *failure;
                let undone = self.undo_try(Err(error));
                if !self.connection.is_autocommit() {
                    self.connection.observer().rewind(start);
                }
                let Err(error) = undone else { return Ok(()) };
                match steps.get(failed) {
                    Some(step) => Err(self.step_violation(error, &steps[..failed], step, run)),
                    None => Err(error),
                }
            }
        }
    }

    /// After the writes keys are broken: the error, unless they are only such as may be until the commit.
    fn broken_key(&mut self, steps: &[Step], run: &Run<'_>) -> Option<PgError> {
        let mut only_deferred = false;
        let error = self.looked_into(foreign_key_violation(), 0, |executor, _| {
            executor.run_again(steps, run)?;
            let all = executor.connection.observer().watched_all();
            let found = executor.broken_by_watched(run.context)?;
            only_deferred = all && found.is_none() && executor.has_deferred_keys(run.context);
            Ok(found)
        });
        (!only_deferred).then_some(error)
    }

    /// Runs all writes, with foreign keys looked at when they are done, as PostgreSQL does; gives whether some are broken,
    /// or the number of the write that failed.
    fn write_all(&mut self, steps: &[Step], run: &mut Run<'_>) -> Result<bool, Box<(PgError, usize)>> {
        let defer = steps.len() > 1;
        let failed = |executor: &Executor, error| Box::new((executor.error(&error, 0), steps.len()));
        if defer {
            self.run_internal(DEFER).map_err(|error| failed(self, error))?;
        }
        run.changes = 0;
        let mut written = Ok(());
        for (number, step) in steps.iter().enumerate() {
            let ran = self.write_step(step, run);
            written = ran.map_err(|error| Box::new((self.error(&error, step.table_oid), number)));
            if written.is_err() {
                break;
            }
        }
        let broken = defer && written.is_ok() && deferred_foreign_keys(&self.connection);
        if defer && !self.connection.is_autocommit() {
            self.defer_no_more().map_err(|error| failed(self, error))?;
        }
        written.map(|()| broken)
    }

    fn write_step(&self, step: &Step, run: &mut Run<'_>) -> rusqlite::Result<()> {
        let mut statement = prepare(&self.connection, &step.sql)?;
        run.bind(step, &mut statement)?;
        let changes = statement.raw_execute()?;
        run.changes += match step.task {
            Task::Write(Count::Changes) => changes as u64,
            Task::Write(Count::Kept(number)) => run.kept.get(&number).map_or(0, |(_, rows)| *rows),
            _ => 0,
        };
        Ok(())
    }

    /// Runs writes once more, for what they show.
    fn run_again(&self, steps: &[Step], run: &Run<'_>) -> rusqlite::Result<()> {
        for step in steps {
            let mut statement = prepare(&self.connection, &step.sql)?;
            run.bind(step, &mut statement)?;
            statement.raw_execute()?;
        }
        Ok(())
    }

    /// The error of a failed step with what PostgreSQL says of it; `before`: the writes done before, which are undone.
    fn step_violation(&mut self, error: PgError, before: &[Step], step: &Step, run: &Run<'_>) -> PgError {
        self.looked_into(error, step.table_oid, |executor, by_foreign_key| {
            executor.run_again(before, run)?;
            if by_foreign_key {
                executor.run_again(std::slice::from_ref(step), run)?;
                return executor.broken_by_watched(run.context);
            }
            let Some(proposes) = &step.proposes else { return Ok(None) };
            let proposal = Proposal {
                table_oid: step.table_oid,
                rows: proposes.rows.clone(),
                columns: proposes.columns.clone(),
                updates: proposes.updates,
                conflict: proposes.conflict.map(|index| ProposedConflict { index, update: None }),
                checks: executor.proposed_checks(step.table_oid, run.context),
            };
            executor.look_at_rows(&proposal, |statement| run.bind(step, statement), (run.params, &[]), run.context)
        })
    }
}
