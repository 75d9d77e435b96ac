//! One client's transaction over many statements, in the open SQLite transaction that it has for itself.

use std::sync::Arc;

use super::super::capture::{Mark, Records};
use super::super::ffi::deferred_foreign_keys;
use super::super::slot::{CallOrder, Ended};
use super::super::{SessionSequences, stored};
use super::{ApplyError, Executor, Gate, RELEASE, ROLLBACK_TO, RunError, SAVEPOINT, prepare};
use crate::catalog::Catalog;
use crate::sql::{self, Action, Plan, SessionContext, Write};
use crate::types::{PgError, Row, SqlState, Value};

/// Rows given out at a time, in bytes.
const CHUNK_BYTES: usize = 32 << 10;

/// What the transaction has come to, beyond what the connection knows.
pub(in crate::storage) struct Held {
    savepoints: Vec<Savepoint>,
    /// Its catalog has changed, perhaps only for a while.
    schema_touched: bool,
    /// Of its last statement.
    context: Option<Arc<SessionContext>>,
    /// Where its records begin.
    start: Mark,
    /// After its last statement there were violations that must be gone by the commit.
    deferred: bool,
    /// It was made again from its effects: what SQLite counted of deferred violations is lost.
    rebuilt: bool,
}

struct Savepoint {
    mark: Mark,
    catalog: Arc<Catalog>,
}

impl Held {
    pub fn has_savepoints(&self) -> bool {
        !self.savepoints.is_empty()
    }

    pub fn savepoints(&self) -> usize {
        self.savepoints.len()
    }

    pub fn start(&self) -> Mark {
        self.start
    }

    /// Whether its end has to look through the file for violations.
    pub fn is_rebuilt(&self) -> bool {
        self.rebuilt
    }

    /// The transaction is about to be made again from its effects.
    pub fn is_undone(&mut self) {
        self.rebuilt |= self.deferred;
    }
}

/// Takes rows as they come.
pub(in crate::storage) trait Flow {
    fn rows(&mut self, rows: Vec<Row>) -> Demand;
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::storage) enum Demand {
    More,
    /// No more rows are wanted; a write goes on without giving them.
    Enough,
    /// The statement has to make way: the slot is lost.
    Abort,
}

/// Why a statement did not end well.
pub(in crate::storage) enum Broken {
    Failed(PgError),
    /// See [`Demand::Abort`].
    Aborted,
}

impl From<PgError> for Broken {
    fn from(error: PgError) -> Broken {
        Broken::Failed(error)
    }
}

impl Executor {
    /// Begins the transaction in which `savepoints` have been made already.
    pub fn hold(&mut self, sequences: &SessionSequences, savepoints: usize) -> rusqlite::Result<Held> {
        self.functions.set_session(sequences.clone());
        self.sequences.begin();
        self.run_internal(SAVEPOINT)?;
        let mut held = Held {
            savepoints: Vec::new(),
            schema_touched: false,
            context: None,
            start: self.connection.observer().begin(),
            deferred: false,
            rebuilt: false,
        };
        (0..savepoints).try_for_each(|_| self.savepoint(&mut held))?;
        Ok(held)
    }

    pub fn savepoint(&mut self, held: &mut Held) -> rusqlite::Result<()> {
        self.run_internal(&format!("SAVEPOINT {}", name(held.savepoints.len())))?;
        held.savepoints.push(Savepoint { mark: self.connection.observer().mark(), catalog: self.catalog.clone() });
        Ok(())
    }

    pub fn release(&mut self, held: &mut Held, left: usize) -> rusqlite::Result<()> {
        if left < held.savepoints.len() {
            self.run_internal(&format!("RELEASE {}", name(left)))?;
            held.savepoints.truncate(left);
        }
        Ok(())
    }

    /// Goes back to a savepoint, which stays. When SQLite has rolled back more than that, call [`Executor::remake`].
    pub fn rollback_to(&mut self, held: &mut Held, below: usize) -> rusqlite::Result<()> {
        held.savepoints.truncate(below + 1);
        let Some(savepoint) = held.savepoints.last() else { return Ok(()) };
        self.run_internal(&format!("ROLLBACK TO {}", name(below)))?;
        self.connection.observer().rewind(savepoint.mark);
        self.set_catalog(savepoint.catalog.clone());
        held.deferred = deferred_foreign_keys(&self.connection);
        if held.schema_touched {
            self.learn()?;
        }
        Ok(())
    }

    /// Undoes all of it, and nothing else.
    pub fn undo_held(&mut self, held: &Held) {
        // Where SQLite has undone it already, and more, there is no such savepoint.
        let _ = self.run_internal(ROLLBACK_TO).and_then(|()| self.run_internal(RELEASE));
        self.connection.observer().rewind(held.start);
    }

    /// SQLite has rolled back the whole transaction: what came after its last savepoint is gone for good.
    pub fn forget_undone(&mut self, held: &mut Held) {
        let Some(last) = held.savepoints.last() else { return };
        self.connection.observer().rewind(last.mark);
        self.set_catalog(last.catalog.clone());
        // What there was of violations at the savepoint is not known any more.
        held.rebuilt = true;
    }

    /// Makes the transaction again from its effects. Call after BEGIN.
    pub fn remake(&mut self, held: &mut Held) -> Result<(), ApplyError> {
        self.bring_back_held(held)?;
        self.learn().map(drop).map_err(ApplyError::Sqlite)
    }

    /// Makes the transaction again from its effects, where the schema is what it was.
    pub fn bring_back_held(&self, held: &Held) -> Result<(), ApplyError> {
        self.with_rows_alone(|| {
            let mut from = held.start;
            self.run_internal(SAVEPOINT).map_err(ApplyError::Sqlite)?;
            for (number, savepoint) in held.savepoints.iter().enumerate() {
                let effects = self.connection.observer().between(from, savepoint.mark);
                from = savepoint.mark;
                self.apply_recorded(effects)?;
                self.run_internal(&format!("SAVEPOINT {}", name(number))).map_err(ApplyError::Sqlite)?;
            }
            self.apply_recorded(self.connection.observer().since(from)).map(drop)
        })
    }

    /// Runs one statement; its rows go into the flow.
    pub fn statement(&mut self, held: &mut Held, order: &CallOrder, flow: &mut dyn Flow) -> Result<Ended, Broken> {
        held.context = Some(order.context.clone());
        self.result_bytes = 0;
        self.schema_touched = false;
        self.functions.set_context(order.context.clone());
        self.stopper.set(Some(&order.cancel));
        self.connection.observer().set_gate(Gate::Rows);
        let start = self.connection.observer().mark();
        let mut ended = match order.cancel.error() {
            Some(error) => Err(error.into()),
            None => self.run_statement(order, flow),
        };
        let sets = order.call.statement.sets_constraints();
        // Keys that held before a statement that has written nothing hold behind it.
        if ended.is_ok() && (sets || self.mark().place() != start.place()) {
            // What a statement has let pass that came before SET CONSTRAINTS is any row's fault.
            let start = if sets { held.start } else { start };
            let hold = self.immediate_keys_hold(start, &order.context, held.rebuilt);
            let hold = hold.and_then(|()| self.immediate_keys_are_unique(start, &order.context));
            ended = hold.map_err(Broken::from).and(ended);
        }
        self.connection.observer().set_gate(Gate::Off);
        self.stopper.set(None);
        held.schema_touched |= self.schema_touched;
        if ended.is_ok() {
            held.deferred = deferred_foreign_keys(&self.connection);
        }
        match ended {
            Err(Broken::Failed(_)) if self.stopper.is_urgent() => Err(Broken::Aborted),
            ended => ended,
        }
    }

    fn run_statement(&mut self, order: &CallOrder, flow: &mut dyn Flow) -> Result<Ended, Broken> {
        let call = &order.call;
        let plan = self.plan(call, &order.context)?;
        match &plan.action {
            Action::Read(query) => {
                let count = self.stream(&query.sql, &plan, &call.params, 0, flow)?;
                Ok(Ended { tag: format!("SELECT {count}"), ..Ended::default() })
            }
            Action::Write(write) => {
                self.sequences.begin_statement();
                let context = &order.context;
                self.minding_keys(write, context, |executor| executor.run_write_held(order, &plan, write, flow))
            }
            Action::Schema(schema) => {
                let result = self.schema(schema, &call.params, &order.context)?;
                Ok(Ended { tag: result.tag, notices: result.notices, changes: schema.changes() })
            }
            // That is in the context; what must hold now is looked at as after any statement.
            Action::Constraints(_) => Ok(Ended { tag: "SET CONSTRAINTS".to_owned(), ..Ended::default() }),
            Action::Transaction(_)
            | Action::Session(_)
            | Action::Copy(_)
            | Action::Prepare(_)
            | Action::Execute { .. }
            | Action::Lock(_)
            | Action::Declare(_)
            | Action::Explain(_)
            | Action::Fetch(_)
            | Action::Inline(_)
            | Action::Database(_) => {
                let message = "a session's own statement was sent to the writer";
                Err(PgError::new(SqlState::INTERNAL_ERROR, message).into())
            }
        }
    }

    /// Runs it, in one SQLite statement or several.
    fn run_write_held(
        &mut self,
        order: &CallOrder,
        plan: &Plan,
        write: &Write,
        flow: &mut dyn Flow,
    ) -> Result<Ended, Broken> {
        let (call, context) = (&order.call, &order.context);
        if !call.rows.is_empty() {
            let changes = self.write_rows(call, plan, write, context)?;
            return Ok(Ended { tag: format!("INSERT 0 {changes}"), ..Ended::default() });
        }
        if !write.steps.is_empty() {
            let columns = plan.columns.as_deref().unwrap_or_default();
            let (changes, rows) = self.steps(&call.params, columns, write, context)?;
            let tag = write.command.tag(changes, rows.len() as u64);
            give(rows, flow)?;
            return Ok(Ended { tag, ..Ended::default() });
        }
        match self.write_held(plan, write, &call.params, flow) {
            Err(Broken::Failed(error)) => Err(self.violation(error, call, plan, write, context).into()),
            written => written,
        }
    }

    fn write_held(
        &mut self,
        plan: &Plan,
        write: &Write,
        params: &[Value],
        flow: &mut dyn Flow,
    ) -> Result<Ended, Broken> {
        let start = self.connection.observer().mark();
        let count = self.stream(&write.sql, plan, params, write.table_oid, flow)?;
        let changes = self.connection.changes();
        self.settle()?;
        self.verify(&write.verify, start)?;
        Ok(Ended { tag: write.command.tag(changes, count), ..Ended::default() })
    }

    /// Runs a statement to its end, or a read until nobody wants more; gives the count of its rows.
    fn stream(
        &self,
        sql: &str,
        plan: &Plan,
        params: &[Value],
        table_oid: u32,
        flow: &mut dyn Flow,
    ) -> Result<u64, Broken> {
        let columns = plan.stored_columns();
        let columns = columns.as_ref();
        let (mut chunk, mut count) = (Chunk::default(), 0);
        let mut wanted = plan.columns.is_some();
        let mut run = || -> Result<Demand, RunError> {
            let mut statement = prepare(&self.connection, sql)?;
            stored::bind(&mut statement, params)?;
            let mut rows = statement.raw_query();
            while let Some(row) = rows.next()? {
                count += 1;
                if !wanted {
                    continue;
                }
                let row = stored::row(row, columns).map_err(RunError::Pg)?;
                match chunk.add(row, flow) {
                    Demand::More => {}
                    // A write has to be run to its end: constraints are checked there.
                    Demand::Enough if plan.writes() => wanted = false,
                    other => return Ok(other),
                }
            }
            Ok(Demand::More)
        };
        let ran = run();
        // Before an error too, as readers do.
        chunk.end(flow)?;
        match ran {
            Ok(Demand::Abort) => Err(Broken::Aborted),
            // Nobody wanted more because of a cancel.
            Ok(Demand::Enough) => self.stopper.error().map_or(Ok(count), |error| Err(error.into())),
            Ok(Demand::More) => Ok(count),
            Err(RunError::Sqlite(error)) => Err(self.error(&error, table_oid).into()),
            Err(RunError::Pg(error)) => Err(error.into()),
        }
    }

    fn finish_statements(&mut self, held: &Held, context: &SessionContext) -> Result<(), PgError> {
        self.finish_work(held.start, context)?;
        if held.rebuilt {
            self.keys_hold_at_commit(held.start, context)?;
        }
        self.on_commit(context)
    }

    /// Whether it is committed without a look through the file or a table to be emptied.
    pub fn ends_briefly(&self, held: &Held) -> bool {
        let empties = |context: &Arc<SessionContext>| !matches!(sql::at_commit(&self.catalog, context), Ok(None));
        !held.rebuilt && !held.context.as_ref().is_some_and(empties)
    }

    /// The transaction is to be committed: gives its effects.
    pub fn finish_held(&mut self, held: &mut Held) -> Result<Records, PgError> {
        // SQLite looks up after so many steps of a statement in all its runs, so in a short one too now and then.
        let stopper = self.stopper.clone();
        stopper.finishing(|| self.finish_now(held))
    }

    fn finish_now(&mut self, held: &mut Held) -> Result<Records, PgError> {
        self.release(held, 0).map_err(|error| self.error(&error, 0))?;
        // What is stored of sequences is an effect like any other.
        self.connection.observer().set_gate(Gate::Rows);
        // One without statements has nothing to finish.
        let finished = match held.context.clone() {
            Some(context) => self.finish_statements(held, &context),
            None => Ok(()),
        };
        self.connection.observer().set_gate(Gate::Off);
        finished?;
        self.run_internal(RELEASE).map_err(|error| self.error(&error, 0))?;
        Ok(self.connection.observer().since(held.start))
    }
}

/// Rows of a statement that is over.
fn give(rows: Vec<Row>, flow: &mut dyn Flow) -> Result<(), Broken> {
    let mut chunk = Chunk::default();
    for row in rows {
        match chunk.add(row, flow) {
            Demand::More => {}
            Demand::Enough => return Ok(()),
            Demand::Abort => return Err(Broken::Aborted),
        }
    }
    chunk.end(flow)
}

/// Rows that are given out together.
#[derive(Default)]
struct Chunk {
    rows: Vec<Row>,
    bytes: usize,
}

impl Chunk {
    fn add(&mut self, row: Row, flow: &mut dyn Flow) -> Demand {
        self.bytes += row.iter().map(Value::size).sum::<usize>();
        self.rows.push(row);
        if self.bytes < CHUNK_BYTES {
            return Demand::More;
        }
        self.bytes = 0;
        flow.rows(std::mem::take(&mut self.rows))
    }

    fn end(self, flow: &mut dyn Flow) -> Result<(), Broken> {
        match self.rows.is_empty() || flow.rows(self.rows) != Demand::Abort {
            true => Ok(()),
            false => Err(Broken::Aborted),
        }
    }
}

/// Names of users' savepoints may repeat; these tell them by their place.
fn name(place: usize) -> String {
    format!("quorlite_{place}")
}
