//! Runs client transactions on the leader's execute connection, one savepoint each.
//!
//! Nothing here commits: the writer decides when the batch they belong to is proposed, committed or rolled back.

mod ahead;
mod foreign_keys;
pub(super) mod held;
mod set_columns;
mod steps;
mod unique_keys;
mod violation;

use std::cell::RefCell;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use rusqlite::{Connection, config::DbConfig};

use super::apply::{self, ApplyError, Layouts, Touched};
use super::capture::{Capture, Gate, Mark, Records, Trouble};
use super::database::Shared;
use super::errors::client_error;
use super::ffi::{Observed, deferred_foreign_keys};
use super::file::{self, Role, prepare};
use super::functions::{self, FunctionState};
use super::layout::quoted;
use super::limits::{Guard, Stopper};
use super::pieces;
use super::schema::store_catalog;
use super::sequences::Sequences;
use super::stored;
use super::{Call, StatementResult, Transaction};
use crate::catalog::{Catalog, Change, Object};
use crate::sql::{
    self, Action, Plan, PlanCache, Query, Requirement, Schema, SchemaStep, SessionContext, Write, changed_shape,
    same_shape,
};
use crate::types::{PgError, Row, SqlState, Value};

/// Rows that one transaction may return: they wait in memory for its commit.
const MAX_RESULT_BYTES: usize = 64 << 20;

/// Plans kept for statements that come without one, from other nodes.
const PLANS: usize = 1024;

const SAVEPOINT: &str = "SAVEPOINT quorlite_transaction";
const RELEASE: &str = "RELEASE quorlite_transaction";
const ROLLBACK_TO: &str = "ROLLBACK TO quorlite_transaction";

/// The connection on which the leader executes, and the state of its open SQLite transaction.
pub(super) struct Executor {
    connection: Observed<Capture>,
    guard: Guard,
    stopper: Stopper,
    functions: FunctionState,
    sequences: Sequences,
    /// As of the open transaction, schema changes included.
    catalog: Arc<Catalog>,
    /// As of its beginning.
    committed: Arc<Catalog>,
    /// Whether the connection may have triggers that set columns: see [`set_columns`].
    sets_columns: bool,
    /// Plans bound against committed catalogs.
    plans: PlanCache,
    /// Where the records of the newest batch begin.
    batch_start: Mark,
    /// Of the running client transaction.
    result_bytes: usize,
    /// Something in the open SQLite transaction has changed the file's schema, if only for a while.
    schema_changed: bool,
    /// The running client transaction has changed the file's schema.
    schema_touched: bool,
    /// The capture must learn the tables anew.
    schema_forgotten: bool,
    /// Of tables whose effects were brought back.
    layouts: RefCell<Layouts>,
}

/// A client transaction that has run and is not rolled back.
pub(super) struct Done {
    pub results: Vec<StatementResult>,
    /// Where they are among those of the batch.
    pub effects: Records,
}

/// One that failed and left nothing behind.
pub(super) struct Failure {
    pub results: Vec<StatementResult>,
    pub error: PgError,
    /// SQLite has rolled back everything, the transactions before this one too: see [`Executor::rebuild`].
    pub all_lost: bool,
}

impl Executor {
    pub fn open(shared: &Shared, max_bytes: u64) -> rusqlite::Result<Executor> {
        let catalog = shared.catalog();
        let mut connection = file::connect(&shared.path, Role::Execute)?;
        file::count_wal(&mut connection, shared.wal_pages.clone())?;
        let mut connection = Observed::new(connection, Capture::new(max_bytes, &shared.data.join(pieces::DIRECTORY)));
        let guard = Guard::install(&mut connection)?;
        let hopeless = connection.observer().hopeless();
        let stopper = Stopper::install_with(&mut connection, shared.mailbox.urgent.clone(), hopeless)?;
        let sequences = Sequences::new(catalog.clone());
        let functions = FunctionState::new(Some(Box::new(sequences.clone())));
        functions.set_registry(shared.registry.clone());
        functions.set_stopper(stopper.clone());
        functions.set_catalog(&connection, catalog.clone());
        functions::register(&connection, &functions)?;
        guard.internal(|| {
            connection.observer().learn(&connection).map(drop)?;
            sequences.load(&connection)
        })?;
        Ok(Executor {
            connection,
            guard,
            stopper,
            functions,
            sequences,
            committed: catalog.clone(),
            sets_columns: false,
            catalog,
            plans: PlanCache::new(PLANS),
            batch_start: Mark::START,
            result_bytes: 0,
            schema_changed: false,
            schema_touched: false,
            schema_forgotten: false,
            layouts: RefCell::default(),
        })
    }

    pub fn catalog(&self) -> &Arc<Catalog> {
        &self.catalog
    }

    /// Whether what is open holds nothing but rows.
    pub fn is_brief(&self) -> bool {
        !self.schema_changed
    }

    /// The connection, for the writer's own statements: run those in [`Executor::internal`].
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    pub fn internal<T>(&self, run: impl FnOnce(&Connection) -> T) -> T {
        self.guard.internal(|| run(&self.connection))
    }

    /// An SQLite transaction has begun, on a state with this catalog.
    pub fn begun(&mut self, catalog: Arc<Catalog>) -> rusqlite::Result<()> {
        self.connection.observer().clear();
        self.batch_start = Mark::START;
        self.schema_changed = false;
        self.committed = catalog.clone();
        if !Arc::ptr_eq(&self.catalog, &catalog) {
            self.set_catalog(catalog);
            self.schema_forgotten = true;
        }
        if std::mem::take(&mut self.schema_forgotten) {
            self.learn()?;
        }
        Ok(())
    }

    /// The file's schema may have changed elsewhere, or a change of it was undone.
    pub fn forget_schema(&mut self) {
        self.schema_forgotten = true;
        self.layouts.borrow_mut().clear();
    }

    /// Bytes of effects of the newest batch.
    pub fn effect_bytes(&self) -> u64 {
        self.bytes_since(self.batch_start)
    }

    pub fn bytes_since(&self, mark: Mark) -> u64 {
        self.connection.observer().len().saturating_sub(mark.place())
    }

    pub fn mark(&self) -> Mark {
        self.connection.observer().mark()
    }

    /// What is not in the file any more is not to be replicated either.
    pub fn forget_since(&self, mark: Mark) {
        self.connection.observer().rewind(mark);
    }

    /// Some of the effects, which are few.
    pub fn effects(&self, records: Records) -> io::Result<Vec<u8>> {
        self.connection.observer().read(records)
    }

    /// The tables that effects refer to.
    pub fn table_names(&self) -> Vec<String> {
        self.connection.observer().names()
    }

    fn set_catalog(&mut self, catalog: Arc<Catalog>) {
        self.sequences.set_catalog(catalog.clone());
        self.functions.set_catalog(&self.connection, catalog.clone());
        self.catalog = catalog;
    }

    fn learn(&self) -> rusqlite::Result<Vec<String>> {
        self.layouts.borrow_mut().clear();
        self.internal(|connection| self.connection.observer().learn(connection))
    }

    fn run_internal(&self, sql: &str) -> rusqlite::Result<()> {
        self.internal(|connection| connection.prepare_cached(sql)?.execute([]).map(drop))
    }

    /// Runs one client transaction in the open SQLite transaction.
    pub fn run(&mut self, transaction: &Transaction) -> Result<Done, Box<Failure>> {
        let before = self.catalog.clone();
        let mut results = Vec::new();
        if let Err(error) = self.run_internal(SAVEPOINT) {
            let error = client_error(&error, &self.catalog, 0);
            return Err(Box::new(Failure { results, error, all_lost: self.connection.is_autocommit() }));
        }
        let mark = self.connection.observer().begin();
        self.result_bytes = 0;
        self.schema_touched = false;
        self.functions.set_context(transaction.context.clone());
        self.functions.set_session(transaction.sequences.clone());
        self.sequences.begin();
        self.stopper.set(Some(&transaction.cancel));
        self.connection.observer().set_gate(Gate::Rows);
        let outcome = self.calls(transaction, &mut results).and_then(|()| self.finish(transaction, mark));
        self.connection.observer().set_gate(Gate::Off);
        self.stopper.set(None);
        let outcome = outcome.and_then(|()| self.run_internal(RELEASE).map_err(|error| self.error(&error, 0)));
        match outcome {
            Ok(()) => Ok(Done { results, effects: self.connection.observer().since(mark) }),
            Err(error) => Err(Box::new(Failure { results, error, all_lost: !self.undo(mark, before) })),
        }
    }

    fn calls(&mut self, transaction: &Transaction, results: &mut Vec<StatementResult>) -> Result<(), PgError> {
        for call in &transaction.calls {
            results.push(self.call(call, &transaction.context)?);
        }
        Ok(())
    }

    /// Everything that can still fail a transaction whose statements have succeeded.
    fn finish(&mut self, transaction: &Transaction, mark: Mark) -> Result<(), PgError> {
        if let Some(error) = transaction.abort_with.clone().or_else(|| transaction.cancel.error()) {
            return Err(error);
        }
        self.finish_work(mark, &transaction.context)?;
        self.on_commit(&transaction.context)
    }

    /// As [`Executor::finish`], of a transaction that began at the mark.
    fn finish_work(&mut self, mark: Mark, context: &SessionContext) -> Result<(), PgError> {
        self.internal(|connection| self.sequences.store(connection)).map_err(|error| self.error(&error, 0))?;
        if self.connection.observer().has_virtual_tables() {
            // FTS5 writes its buffers at a savepoint, not before.
            self.run_internal("SAVEPOINT quorlite_flush").map_err(|error| self.error(&error, 0))?;
            self.run_internal("RELEASE quorlite_flush").map_err(|error| self.error(&error, 0))?;
            self.settle()?;
        }
        // A deferred violation would pass RELEASE, and fail the COMMIT of everybody's batch.
        if deferred_foreign_keys(&self.connection) {
            return Err(self.deferred_violation(mark, context));
        }
        self.counted_keys_hold(mark, context, |_| true)?;
        self.all_keys_are_unique(mark, context)?;
        self.check_trouble()
    }

    /// ON COMMIT. It is part of the transaction, so that its effects are on all nodes what they are here; and comes after all
    /// that may be said against the rows, which are none afterwards.
    fn on_commit(&mut self, context: &SessionContext) -> Result<(), PgError> {
        match sql::at_commit(&self.catalog, context)? {
            Some(schema) => self.schema(&schema, &[], context).map(drop),
            None => Ok(()),
        }
    }

    /// Rolls one transaction back; `false` if SQLite had rolled back more than that.
    fn undo(&mut self, mark: Mark, before: Arc<Catalog>) -> bool {
        let undone = !self.connection.is_autocommit()
            && self.run_internal(ROLLBACK_TO).and_then(|()| self.run_internal(RELEASE)).is_ok();
        self.connection.observer().rewind(mark);
        self.set_catalog(before);
        if self.schema_touched {
            // What can't be learned now is found missing by the next change, which then fails.
            return undone && self.learn().is_ok();
        }
        undone
    }

    /// SQLite has rolled back the whole batch (it does when a write is interrupted or the disk is full): brings
    /// the work of the batch's earlier transactions back, from their effects. Call after BEGIN.
    pub fn rebuild(&mut self) -> Result<(), ApplyError> {
        self.bring_back(self.connection.observer().since(self.batch_start))?;
        self.learn().map(drop).map_err(ApplyError::Sqlite)
    }

    /// Does again, in another SQLite transaction, what whole transactions have done.
    pub fn bring_back(&self, records: Records) -> Result<(), ApplyError> {
        // Whole transactions are applied, so no foreign key is violated where they act again.
        self.with_rows_alone(|| self.apply_recorded(records).map(drop))
    }

    /// Runs it without foreign keys and triggers. To switch them has SQLite prepare all statements anew, so it is not done where
    /// none of the recorded tables has any.
    fn with_rows_alone<T>(&self, run: impl FnOnce() -> Result<T, ApplyError>) -> Result<T, ApplyError> {
        let known = !self.schema_changed && !self.schema_forgotten;
        if known && !self.connection.observer().sets_off_others() {
            return run();
        }
        self.acting(false)?;
        let ran = run();
        self.acting(true).and(ran)
    }

    fn apply_recorded(&self, records: Records) -> Result<Touched, ApplyError> {
        // There may be changes of the schema among them.
        self.set_no_columns().map_err(ApplyError::Sqlite)?;
        let chunks = self.connection.observer().chunks(records);
        let chunks = chunks.map(|chunk| chunk.map_err(ApplyError::Io));
        let tables = self.table_names();
        self.internal(|connection| apply::apply(connection, &mut self.layouts.borrow_mut(), &tables, chunks))
    }

    /// Turns triggers and foreign keys on or off; inside a transaction too, unlike PRAGMA.
    fn acting(&self, on: bool) -> Result<(), ApplyError> {
        for config in [DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY, DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER] {
            self.connection.set_db_config(config, on).map_err(ApplyError::Sqlite)?;
        }
        Ok(())
    }

    fn call(&mut self, call: &Call, context: &SessionContext) -> Result<StatementResult, PgError> {
        let plan = self.plan(call, context)?;
        match &plan.action {
            Action::Read(query) => self.read(&plan, query, &call.params),
            Action::Write(write) => {
                self.sequences.begin_statement();
                let start = self.connection.observer().mark();
                let result =
                    self.minding_keys(write, context, |executor| executor.run_write(call, &plan, write, context))?;
                self.immediate_keys_hold(start, context, false)?;
                self.immediate_keys_are_unique(start, context)?;
                Ok(result)
            }
            Action::Schema(schema) => self.schema(schema, &call.params, context),
            Action::Transaction(_)
            | Action::Session(_)
            | Action::Copy(_)
            | Action::Prepare(_)
            | Action::Execute { .. }
            | Action::Lock(_)
            | Action::Constraints(_)
            | Action::Declare(_)
            | Action::Explain(_)
            | Action::Fetch(_)
            | Action::Inline(_)
            | Action::Database(_) => {
                // Sessions run these themselves; one here has come from a peer of another mind.
                Err(PgError::new(SqlState::INTERNAL_ERROR, "a session's own statement was sent to the writer"))
            }
        }
    }

    /// Runs it, in one SQLite statement or several.
    fn run_write(
        &mut self,
        call: &Call,
        plan: &Plan,
        write: &Write,
        context: &SessionContext,
    ) -> Result<StatementResult, PgError> {
        if !call.rows.is_empty() {
            let tag = format!("INSERT 0 {}", self.write_rows(call, plan, write, context)?);
            return Ok(StatementResult { tag, columns: None, rows: Vec::new(), notices: Vec::new() });
        }
        if !write.steps.is_empty() {
            let columns = plan.columns.as_deref().unwrap_or_default();
            let (changes, rows) = self.steps(&call.params, columns, write, context)?;
            let tag = write.command.tag(changes, rows.len() as u64);
            return Ok(StatementResult { tag, columns: plan.columns.clone(), rows, notices: Vec::new() });
        }
        let written = self.write(plan, write, &call.params);
        written.map_err(|error| self.violation(error, call, plan, write, context))
    }

    /// The statement's plan at the catalog of this very moment.
    fn plan(&self, call: &Call, context: &SessionContext) -> Result<Arc<Plan>, PgError> {
        call.check_version(self.catalog.version)?;
        if let Some(plan) = &call.plan
            && plan.catalog_version == self.catalog.version
        {
            return Ok(plan.clone());
        }
        let bound = catch_unwind(AssertUnwindSafe(|| {
            if Arc::ptr_eq(&self.catalog, &self.committed) {
                self.plans.bind(&call.statement, &self.catalog, context, &call.declared)
            } else {
                // A catalog that may yet be rolled back, and its version given to another.
                sql::bind(&call.statement, &self.catalog, context, &call.declared).map(Arc::new)
            }
        }));
        match bound {
            Ok(Ok(plan)) if call.columns.is_some() && !same_shape(call.columns.as_deref(), plan.columns.as_deref()) => {
                Err(changed_shape())
            }
            Ok(plan) => plan,
            // One statement's fault must not take the writer of all down.
            Err(_) => Err(PgError::new(SqlState::INTERNAL_ERROR, "binding the statement panicked")),
        }
    }

    fn read(&mut self, plan: &Plan, query: &Query, params: &[Value]) -> Result<StatementResult, PgError> {
        let rows = self.rows(&query.sql, plan, params, 0)?;
        Ok(StatementResult {
            tag: format!("SELECT {}", rows.len()),
            columns: plan.columns.clone(),
            rows,
            notices: Vec::new(),
        })
    }

    fn write(&mut self, plan: &Plan, write: &Write, params: &[Value]) -> Result<StatementResult, PgError> {
        let start = self.connection.observer().mark();
        let rows = self.rows(&write.sql, plan, params, write.table_oid)?;
        let changes = self.connection.changes();
        self.settle()?;
        if !write.verify.is_empty() {
            self.verify(&write.verify, start)?;
        }
        let tag = write.command.tag(changes, rows.len() as u64);
        let rows = if plan.columns.is_some() { rows } else { Vec::new() };
        Ok(StatementResult { tag, columns: plan.columns.clone(), rows, notices: Vec::new() })
    }

    /// Runs a statement for each row of parameters; gives the count of rows that it has written.
    fn write_rows(
        &mut self,
        call: &Call,
        plan: &Plan,
        write: &Write,
        context: &SessionContext,
    ) -> Result<u64, PgError> {
        let mut changes = 0;
        let mut number = 0;
        let mut written = self.write_each(write, &call.rows, &mut number, &mut changes);
        if written.is_ok() {
            written = self.settle();
        }
        written.map_err(|error| {
            let params = call.rows.get(number).cloned().unwrap_or_default();
            let failed = Call { params, rows: Vec::new(), ..call.clone() };
            let error = self.violation(error, &failed, plan, write, context);
            error.position(u32::try_from(number + 1).unwrap_or(u32::MAX))
        })?;
        Ok(changes)
    }

    fn write_each(&self, write: &Write, rows: &[Row], number: &mut usize, changes: &mut u64) -> Result<(), PgError> {
        let sqlite = |error: rusqlite::Error| self.error(&error, write.table_oid);
        let mut statement = prepare(&self.connection, &write.sql).map_err(sqlite)?;
        for row in rows {
            let start = self.connection.observer().mark();
            let ran = stored::bind(&mut statement, row).and_then(|()| statement.raw_execute());
            *changes += ran.map_err(sqlite)? as u64;
            if !write.verify.is_empty() {
                self.verify(&write.verify, start)?;
            }
            *number += 1;
        }
        Ok(())
    }

    /// Runs a statement to its end.
    fn rows(&mut self, sql: &str, plan: &Plan, params: &[Value], table_oid: u32) -> Result<Vec<Row>, PgError> {
        let mut result_bytes = self.result_bytes;
        let mut run = || -> Result<Vec<Row>, RunError> {
            let mut statement = prepare(&self.connection, sql)?;
            stored::bind(&mut statement, params)?;
            let columns = plan.columns.as_deref().unwrap_or_default();
            let mut rows = statement.raw_query();
            let mut collected = Vec::new();
            while let Some(row) = rows.next()? {
                let row = stored::row(row, columns).map_err(RunError::Pg)?;
                result_bytes += row.iter().map(Value::size).sum::<usize>();
                if result_bytes > MAX_RESULT_BYTES {
                    return Err(RunError::Pg(too_many_rows()));
                }
                collected.push(row);
            }
            Ok(collected)
        };
        match run() {
            Ok(rows) => {
                self.result_bytes = result_bytes;
                Ok(rows)
            }
            Err(RunError::Sqlite(error)) => Err(self.error(&error, table_oid)),
            Err(RunError::Pg(error)) => Err(error),
        }
    }

    /// A statement is done: has everything it did been seen?
    fn settle(&self) -> Result<(), PgError> {
        self.internal(|connection| self.connection.observer().read_blob_writes(connection))
            .map_err(|error| self.error(&error, 0))?;
        self.check_trouble()
    }

    fn check_trouble(&self) -> Result<(), PgError> {
        self.connection.observer().trouble().map_or(Ok(()), |trouble| Err(trouble_error(trouble)))
    }

    /// `params`: of the query of CREATE TABLE AS.
    fn schema(
        &mut self,
        schema: &Schema,
        params: &[Value],
        context: &SessionContext,
    ) -> Result<StatementResult, PgError> {
        self.set_no_columns().map_err(|error| self.error(&error, 0))?;
        let version = self.catalog.version + 1;
        let mut changes = Vec::new();
        let mut filled = 0;
        for step in &schema.steps {
            match step {
                SchemaStep::Sqlite(text) => {
                    self.ddl(text).map_err(|error| self.index_violation(error, text, schema, context))?;
                }
                SchemaStep::Truncate(table) => self.truncate(table)?,
                SchemaStep::TruncateReferenced(table) => self.truncate_referenced(table)?,
                SchemaStep::Empty(table) => self.empty(table)?,
                SchemaStep::Redefine { table, sql } => self.redefine(table, sql)?,
                SchemaStep::Own(text) => self.own_ddl(text)?,
                SchemaStep::Fill { table_oid, sql } => filled += self.fill(*table_oid, sql, params)?,
                SchemaStep::Write(write) => filled += self.write_within(write, params, context)?,
                SchemaStep::Require(requirement) => self.require(requirement, context)?,
                SchemaStep::Catalog(change) => changes.push(change.clone()),
                SchemaStep::Settle => self.change_catalog(version, std::mem::take(&mut changes))?,
            }
        }
        self.change_catalog(version, changes)?;
        self.check_trouble()?;
        Ok(StatementResult {
            // CREATE TABLE AS tells of its rows.
            tag: if schema.tag == "SELECT" { format!("SELECT {filled}") } else { schema.tag.to_owned() },
            columns: None,
            rows: Vec::new(),
            notices: schema.notices.clone(),
        })
    }

    /// One statement makes one version, in however many steps.
    fn change_catalog(&mut self, version: u64, changes: Vec<Change>) -> Result<(), PgError> {
        if changes.is_empty() {
            return Ok(());
        }
        let mut catalog = self.catalog.with(&changes);
        catalog.version = version;
        let catalog = Arc::new(catalog);
        let stored = self.internal(|connection| {
            store_catalog(connection, &catalog, &changes)?;
            self.sequences.change(connection, &self.catalog, &changes)
        });
        stored.map_err(|error| self.error(&error, 0))?;
        self.set_catalog(catalog);
        Ok(())
    }

    fn ddl(&mut self, text: &str) -> Result<(), PgError> {
        (self.schema_touched, self.schema_changed) = (true, true);
        self.layouts.borrow_mut().clear();
        self.as_text(|connection| connection.execute_batch(text))?;
        self.connection.observer().schema(text);
        let new = self.learn().map_err(|error| self.error(&error, 0))?;
        for table in new {
            self.must_be_empty(&table)?;
        }
        match self.connection.observer().unusable() {
            Some(why) => Err(PgError::new(SqlState::FEATURE_NOT_SUPPORTED, why)),
            None => Ok(()),
        }
    }

    /// CREATE TABLE AS fills its table without telling the hook, and its text may say something else on
    /// another node.
    fn must_be_empty(&self, table: &str) -> Result<(), PgError> {
        // Of a virtual table's making, or ANALYZE's.
        let ordinary = "type = 'table' AND schema = 'main' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";
        let sql = format!(
            "SELECT EXISTS (SELECT 1 FROM {}) AND EXISTS (SELECT 1 FROM pragma_table_list(?1) WHERE {ordinary})",
            quoted(table)
        );
        let filled = self.internal(|connection| connection.query_row(&sql, [table], |row| row.get::<_, bool>(0)));
        match filled.map_err(|error| self.error(&error, 0))? {
            false => Ok(()),
            true => Err(PgError::new(SqlState::INTERNAL_ERROR, "a schema change has filled a table unseen")),
        }
    }

    fn truncate(&mut self, table: &str) -> Result<(), PgError> {
        self.as_text(|connection| connection.execute_batch(&format!("DELETE FROM {}", quoted(table))))?;
        self.connection.observer().truncate(table);
        Ok(())
    }

    fn empty(&mut self, table: &str) -> Result<(), PgError> {
        let sql = format!("SELECT EXISTS (SELECT 1 FROM {})", quoted(table));
        let filled = self.internal(|connection| connection.query_row(&sql, [], |row| row.get::<_, bool>(0)));
        match filled.map_err(|error| self.error(&error, 0))? {
            true => self.truncate_referenced(table),
            false => Ok(()),
        }
    }

    /// Without foreign keys acting: the rows that they would look for go too.
    fn truncate_referenced(&mut self, table: &str) -> Result<(), PgError> {
        self.without_acting(|executor| executor.truncate(table))
    }

    fn without_acting<T>(&mut self, run: impl FnOnce(&mut Executor) -> Result<T, PgError>) -> Result<T, PgError> {
        let trouble = |_| PgError::new(SqlState::INTERNAL_ERROR, "foreign keys could not be switched off");
        self.acting(false).map_err(trouble)?;
        let ran = run(self);
        self.acting(true).map_err(trouble)?;
        ran
    }

    fn own_ddl(&mut self, text: &str) -> Result<(), PgError> {
        let guard = self.guard.clone();
        self.without_acting(|executor| guard.internal(|| executor.ddl(text)))
    }

    /// Writes rows as part of a schema change; they are captured as any rows are.
    /// Returns the number of rows.
    fn fill(&mut self, table_oid: u32, sql: &str, params: &[Value]) -> Result<u64, PgError> {
        self.sequences.begin_statement();
        let guard = self.guard.clone();
        self.without_acting(|executor| {
            let filled = guard.internal(|| {
                let mut statement = prepare(&executor.connection, sql)?;
                stored::bind(&mut statement, params)?;
                statement.raw_execute()
            });
            let rows = filled.map_err(|error| executor.fill_error(&error, table_oid))?;
            executor.settle()?;
            Ok(rows as u64)
        })
    }

    /// A write that is part of a schema change, with all that is looked at behind one that stands alone.
    fn write_within(&mut self, write: &Write, params: &[Value], context: &SessionContext) -> Result<u64, PgError> {
        self.sequences.begin_statement();
        let start = self.connection.observer().mark();
        let written = self.minding_keys(write, context, |executor| executor.steps(params, &[], write, context))?;
        self.immediate_keys_hold(start, context, false)?;
        self.immediate_keys_are_unique(start, context)?;
        Ok(written.0)
    }

    fn fill_error(&self, error: &rusqlite::Error, table_oid: u32) -> PgError {
        let plain = self.error(error, table_oid);
        let Some(Object::Table(table)) = self.catalog.get(table_oid) else { return plain };
        if plain.code != SqlState::NOT_NULL_VIOLATION {
            return plain;
        }
        let said = error.to_string();
        let column = table.columns.iter().find(|column| said.ends_with(&format!(".{}", column.stored_name)));
        column.map_or(plain, |column| sql::contains_nulls(table, column))
    }

    fn require(&mut self, requirement: &Requirement, context: &SessionContext) -> Result<(), PgError> {
        let zone = violation::zone(context);
        let found = (|| {
            let mut statement = prepare(&self.connection, &requirement.sql)?;
            let mut rows = statement.raw_query();
            let Some(row) = rows.next()? else { return Ok(None) };
            let mut error = requirement.error.clone();
            if let Some((table, columns, text)) = &requirement.shown {
                let values =
                    (0..columns.len()).map(|column| row.get_ref(column)).collect::<rusqlite::Result<Vec<_>>>()?;
                let key = match error.code {
                    SqlState::UNIQUE_VIOLATION => violation::index_key(table, columns, &values, &zone),
                    _ => violation::shown_key(table, columns, &values, &zone),
                };
                error.detail = Some(format!("{key} {text}"));
            }
            Ok(Some(error))
        })();
        match found {
            Ok(None) => Ok(()),
            Ok(Some(error)) => Err(error),
            Err(error) => Err(self.error(&error, 0)),
        }
    }

    /// Replaces a table's definition in the file, without touching its rows.
    fn redefine(&mut self, table: &str, sql: &str) -> Result<(), PgError> {
        (self.schema_touched, self.schema_changed) = (true, true);
        self.layouts.borrow_mut().clear();
        let text = redefinition(table, sql);
        self.as_text(|connection| {
            self.guard.internal(|| {
                let redefined = connection.execute_batch(&text);
                if redefined.is_err() {
                    let _ = connection.execute_batch("PRAGMA writable_schema = RESET");
                }
                redefined
            })
        })?;
        self.connection.observer().schema(&text);
        self.learn().map(drop).map_err(|error| self.error(&error, 0))
    }

    /// Runs what is replicated as text.
    fn as_text(&self, run: impl FnOnce(&Connection) -> rusqlite::Result<()>) -> Result<(), PgError> {
        self.connection.observer().set_gate(Gate::Text);
        let ran = run(&self.connection);
        self.connection.observer().set_gate(Gate::Rows);
        ran.map_err(|error| self.error(&error, 0))?;
        self.check_trouble()
    }

    /// What the client hears; the likeliest cause first.
    fn error(&self, error: &rusqlite::Error, table_oid: u32) -> PgError {
        if error.sqlite_error_code() == Some(rusqlite::ErrorCode::OperationInterrupted)
            && let Some(cancelled) =
                self.stopper.error().or_else(|| self.connection.observer().trouble().map(trouble_error))
        {
            return cancelled;
        }
        self.functions.take_error().unwrap_or_else(|| client_error(error, &self.catalog, table_oid))
    }
}

/// SQLite can't drop a constraint but by editing its schema's text, which it documents as safe where the rows' format
/// stays the same. The view, made and dropped, lets every connection, and a rollback, know that the schema has changed.
pub(super) fn redefinition(table: &str, sql: &str) -> String {
    let literal = |text: &str| format!("'{}'", text.replace('\'', "''"));
    format!(
        "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = {} WHERE type = 'table' AND name = {}; \
         PRAGMA writable_schema = RESET; CREATE VIEW _quorlite_redefined AS SELECT 1; DROP VIEW _quorlite_redefined",
        literal(sql),
        literal(table)
    )
}

/// Why a statement's run ended.
pub(super) enum RunError {
    Sqlite(rusqlite::Error),
    Pg(PgError),
}

impl From<rusqlite::Error> for RunError {
    fn from(error: rusqlite::Error) -> RunError {
        RunError::Sqlite(error)
    }
}

fn too_many_rows() -> PgError {
    PgError::new(SqlState::PROGRAM_LIMIT_EXCEEDED, "a transaction that writes may not return more than 64 MB of rows")
        .hint("Read the rows in a transaction of their own, which streams them.")
}

fn trouble_error(trouble: Trouble) -> PgError {
    match trouble {
        Trouble::Missed(what) => PgError::new(
            SqlState::INTERNAL_ERROR,
            format!("the changes of this transaction could not be recorded: {what}"),
        ),
        Trouble::Actions => PgError::unsupported("a schema change that deletes or updates rows of other tables"),
        Trouble::TooLarge(limit) => {
            PgError::new(SqlState::PROGRAM_LIMIT_EXCEEDED, "the transaction changes too much data")
                .detail(format!(
                    "The changes of one transaction may take {} as they are replicated.",
                    shown_size(limit)
                ))
                .hint("Split it into several transactions, or start the nodes with a larger --max-transaction-size.")
        }
        Trouble::Disk(why) => {
            PgError::new(SqlState::IO_ERROR, format!("the changes of this transaction could not be kept: {why}"))
        }
    }
}

fn shown_size(bytes: u64) -> String {
    match bytes {
        0 => "nothing".to_owned(),
        _ if bytes.is_multiple_of(1 << 20) => format!("{} MB", bytes >> 20),
        _ if bytes.is_multiple_of(1 << 10) => format!("{} kB", bytes >> 10),
        _ => format!("{bytes} bytes"),
    }
}
