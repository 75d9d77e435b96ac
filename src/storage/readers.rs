//! The reader pool of one database: threads with a read-only connection each.
//!
//! A read has a thread for as long as it runs, also while its client is slow: its snapshot lives on the
//! connection. The thread that became idle last is woken first: its caches are the warmest.
//!
//! A read that is known to be brief runs where it is asked for, on a connection kept for that: waking a thread and being
//! woken by it takes several times as long as a row by its key. Should it not be over in a moment after all, it begins
//! anew on a thread.

use std::cell::Cell;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::Connection;

use super::Cancel;
use super::database::Shared;
use super::errors::client_error;
use super::execute::RunError;
use super::file::{self, Role, prepare};
use super::functions::{self, FunctionState};
use super::limits::{Guard, Stopper};
use super::read::{Read, ReadError, RowSink};
use super::schema::load_catalog;
use super::stored;
use crate::sql::{Action, Plan, SessionContext};
use crate::types::{PgError, Row, SqlState, Value};

/// Rows handed to the sink at a time, in bytes.
const BATCH_BYTES: usize = 32 << 10;

/// A reader that has had nothing to do for so long ends.
const IDLE: Duration = Duration::from_secs(60);

pub(super) struct Readers {
    pool: Arc<Pool>,
}

struct Pool {
    shared: Arc<Shared>,
    max: usize,
    state: Mutex<State>,
    brief: Mutex<Brief>,
}

/// Connections for brief reads, one for each that may run at the same time.
struct Brief {
    idle: Vec<Reader>,
    /// How many may still be opened.
    room: usize,
}

#[derive(Default)]
struct State {
    /// Waiting readers, the last one to fall idle last. By number, because one may give up waiting.
    idle: Vec<(u64, Sender<Read>)>,
    queue: VecDeque<Read>,
    threads: usize,
    next_number: u64,
    closed: bool,
    handles: Vec<JoinHandle<()>>,
}

impl Readers {
    pub fn new(shared: Arc<Shared>, max: usize) -> Readers {
        // As many as there are threads that may ask.
        let room = std::thread::available_parallelism().map_or(1, usize::from).min(max);
        let brief = Mutex::new(Brief { idle: Vec::new(), room });
        let pool = Arc::new(Pool { shared, max: max.max(1), state: Mutex::default(), brief });
        let keeping = Arc::downgrade(&pool);
        let let_go = move || {
            if let Some(pool) = keeping.upgrade() {
                pool.brief().idle.iter().for_each(Reader::let_go);
            }
        };
        // There is one pool of a file.
        let _ = pool.shared.let_go.set(Box::new(let_go));
        Readers { pool }
    }

    /// Runs a brief read here and now, without ever waiting for anything but the disk. `None`: it is not for
    /// here, and nothing has come of it.
    pub fn read_briefly(
        &self,
        plan: &Plan,
        params: &[Value],
        context: &Arc<SessionContext>,
        cancel: &Cancel,
    ) -> Option<(Vec<Row>, Result<(), ReadError>)> {
        let reader = self.pool.brief_reader()?;
        let mut gathered = Gathered::default();
        let drawn = context.random.get();
        let result = reader.answer(plan, params, context.clone(), cancel, &mut gathered, &self.pool.shared);
        let gave_up = reader.gave_up.get();
        if gave_up && !reader.began.get() {
            self.pool.prepare_brief(reader);
        } else {
            self.pool.brief().idle.push(reader);
        }
        let begins_anew = gave_up && cancel.reason().is_none();
        if begins_anew {
            context.random.set(drawn);
        }
        (!begins_anew).then_some((gathered.0, result))
    }

    pub fn read(&self, read: Read) {
        let mut state = self.pool.lock();
        if state.closed {
            drop(state);
            return refuse(read);
        }
        let mut read = read;
        while let Some((_, reader)) = state.idle.pop() {
            match reader.send(read) {
                Ok(()) => return,
                Err(unsent) => read = unsent.0,
            }
        }
        if state.threads < self.pool.max {
            match self.pool.spawn(&mut state) {
                Ok(()) => {}
                Err(error) if state.threads == 0 => {
                    drop(state);
                    let error = PgError::new(SqlState::OUT_OF_MEMORY, format!("could not start a reader: {error}"));
                    return read.sink.finish(Err(ReadError::Pg(error)));
                }
                // Those that run will take it.
                Err(_) => {}
            }
        }
        state.queue.push_back(read);
    }

    /// Waits for running reads, which their clients must end or have cancelled.
    pub fn close(&self) {
        let mut state = self.pool.lock();
        state.closed = true;
        let mut brief = self.pool.brief();
        brief.room = 0;
        brief.idle.clear();
        drop(brief);
        // A reader whose sender is gone stops waiting.
        state.idle.clear();
        let queue = std::mem::take(&mut state.queue);
        let handles = std::mem::take(&mut state.handles);
        drop(state);
        queue.into_iter().for_each(refuse);
        for handle in handles {
            let _ = handle.join();
        }
    }
}

fn refuse(read: Read) {
    let error = PgError::fatal(SqlState::ADMIN_SHUTDOWN, "terminating connection due to administrator command");
    read.sink.finish(Err(ReadError::Pg(error)));
}

/// The rows of a brief read.
#[derive(Default)]
struct Gathered(Vec<Row>);

impl RowSink for Gathered {
    fn rows(&mut self, rows: Vec<Row>) -> bool {
        self.0.extend(rows);
        true
    }

    fn finish(self: Box<Self>, _result: Result<(), ReadError>) {}
}

impl Pool {
    fn brief(&self) -> MutexGuard<'_, Brief> {
        self.brief.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A connection for a brief read. Where there is none one is opened, for those that come later: that takes
    /// longer than a thread.
    fn brief_reader(self: &Arc<Pool>) -> Option<Reader> {
        let mut brief = self.brief();
        if let Some(reader) = brief.idle.pop() {
            return Some(reader);
        }
        brief.room = brief.room.checked_sub(1)?;
        drop(brief);
        self.make_brief(Reader::open_brief);
        None
    }

    /// Has a connection that gave up before its statement began read the schema, where it has the time. Of many tables that takes longer than a
    /// moment, after every change of the schema: without this no brief read would ever come to its end.
    fn prepare_brief(self: &Arc<Pool>, reader: Reader) {
        self.make_brief(move |_| reader.know_schema().map(|()| reader));
    }

    fn make_brief(self: &Arc<Pool>, make: impl FnOnce(&Shared) -> rusqlite::Result<Reader> + Send + 'static) {
        let pool = self.clone();
        let make = move || match make(&pool.shared) {
            Ok(reader) => pool.brief().idle.push(reader),
            Err(error) => {
                tracing::debug!(%error, "no connection for brief reads");
                pool.brief().room += 1;
            }
        };
        if std::thread::Builder::new().name("reader to be".to_owned()).spawn(make).is_err() {
            self.brief().room += 1;
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn spawn(self: &Arc<Pool>, state: &mut State) -> std::io::Result<()> {
        let number = state.next_number;
        let pool = self.clone();
        let handle = std::thread::Builder::new().name(format!("reader {number}")).spawn(move || pool.work(number))?;
        state.next_number += 1;
        state.threads += 1;
        state.handles.retain(|handle| !handle.is_finished());
        state.handles.push(handle);
        Ok(())
    }

    fn work(&self, number: u64) {
        let mut reader = None;
        while let Some(read) = self.next(number) {
            if reader.is_none() {
                reader = match Reader::open(&self.shared) {
                    Ok(reader) => Some(reader),
                    Err(error) => {
                        let error = PgError::new(SqlState::IO_ERROR, format!("opening the database file: {error}"));
                        read.sink.finish(Err(ReadError::Pg(error)));
                        continue;
                    }
                };
            }
            if let Some(reader) = &reader {
                reader.serve(read, &self.shared);
            }
        }
    }

    /// The next read for this thread; `None`: the thread ends.
    fn next(&self, number: u64) -> Option<Read> {
        let mut state = self.lock();
        if let Some(read) = state.queue.pop_front() {
            return Some(read);
        }
        if state.closed {
            state.threads -= 1;
            return None;
        }
        let (sender, receiver) = channel();
        state.idle.push((number, sender));
        drop(state);
        match receiver.recv_timeout(IDLE) {
            Ok(read) => return Some(read),
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {}
        }
        let mut state = self.lock();
        state.idle.retain(|(waiting, _)| *waiting != number);
        // One may have been sent just before the lock was taken.
        let late = receiver.try_recv().ok();
        if late.is_none() {
            state.threads -= 1;
        }
        late
    }
}

/// The version of the catalog that a statement sees.
const VERSION: &str = "SELECT catalog_version FROM _quorlite_meta WHERE id = 1";

/// One read-only connection.
pub(super) struct Reader {
    connection: Connection,
    guard: Guard,
    stopper: Stopper,
    functions: FunctionState,
    /// Whether the last statement was stopped, or found the file busy, before it was done.
    gave_up: Cell<bool>,
    /// Whether the last statement came so far that the connection knows the schema.
    began: Cell<bool>,
    /// It is for brief reads.
    is_brief: bool,
    /// The snapshot that it has, if it is.
    kept: Cell<Option<Kept>>,
}

/// A snapshot that stays from one brief read to the next while nothing has been committed: to take one, and to find out which catalog
/// it has, takes as long as to read a row.
#[derive(Clone, Copy)]
struct Kept {
    /// [`Shared::changes`] before it was taken.
    changes: u64,
    catalog_version: u64,
}

impl Reader {
    pub fn open(shared: &Shared) -> rusqlite::Result<Reader> {
        let mut connection = file::connect(&shared.path, Role::Read)?;
        let guard = Guard::install(&mut connection)?;
        let stopper = Stopper::install(&mut connection)?;
        let functions = FunctionState::new(None);
        functions.set_registry(shared.registry.clone());
        functions.set_stopper(stopper.clone());
        functions::register(&connection, &functions)?;
        Ok(Reader {
            connection,
            guard,
            stopper,
            functions,
            gave_up: Cell::new(false),
            began: Cell::new(false),
            is_brief: false,
            kept: Cell::new(None),
        })
    }

    fn open_brief(shared: &Shared) -> rusqlite::Result<Reader> {
        let mut reader = Reader::open(shared)?;
        reader.connection.busy_timeout(Duration::ZERO)?;
        // There are few of these, and they read a little of everything.
        reader.internal(|connection| connection.pragma_update(None, "cache_size", -16_384))?;
        reader.is_brief = true;
        reader.know_schema()?;
        Ok(reader)
    }

    /// Of a connection for brief reads.
    fn know_schema(&self) -> rusqlite::Result<()> {
        self.stopper.allow_a_moment_only(false);
        let known =
            self.internal(|connection| connection.prepare_cached(VERSION)?.query_row([], |row| row.get::<_, i64>(0)));
        self.stopper.allow_a_moment_only(true);
        known.map(drop)
    }

    /// Runs something of our own.
    pub fn internal<T>(&self, run: impl FnOnce(&Connection) -> T) -> T {
        self.guard.internal(|| run(&self.connection))
    }

    pub fn serve(&self, read: Read, shared: &Shared) {
        let Read { plan, params, context, cancel, mut sink } = read;
        let result = self.answer(&plan, &params, context, &cancel, sink.as_mut(), shared);
        sink.finish(result);
    }

    fn answer(
        &self,
        plan: &Plan,
        params: &[Value],
        context: Arc<SessionContext>,
        cancel: &Cancel,
        sink: &mut dyn RowSink,
        shared: &Shared,
    ) -> Result<(), ReadError> {
        let Action::Read(query) = &plan.action else {
            return Err(ReadError::Pg(PgError::new(SqlState::INTERNAL_ERROR, "only reads run on readers")));
        };
        self.gave_up.set(false);
        self.began.set(false);
        self.stopper.set(Some(cancel));
        self.functions.set_context(context);
        // A panic in a function or a sink must cost one statement, not a reader.
        let ran = catch_unwind(AssertUnwindSafe(|| {
            let columns = plan.stored_columns();
            self.run(shared, plan.catalog_version, &query.sql, params, &columns, sink)
        }));
        let result = match ran {
            Ok(Ok(())) => Ok(()),
            Ok(Err(Stop::Stale)) => Err(ReadError::StalePlan),
            Ok(Err(Stop::Run(RunError::Pg(error)))) => Err(ReadError::Pg(error)),
            Ok(Err(Stop::Run(RunError::Sqlite(error)))) => Err(ReadError::Pg(self.error(&error, shared))),
            Err(_) => Err(ReadError::Pg(PgError::new(SqlState::INTERNAL_ERROR, "the statement panicked"))),
        };
        self.stopper.set(None);
        result
    }

    fn run(
        &self,
        shared: &Shared,
        catalog_version: u64,
        sql: &str,
        params: &[Value],
        columns: &[crate::sql::ResultColumn],
        sink: &mut dyn RowSink,
    ) -> Result<(), Stop> {
        if self.is_brief {
            let version = self.keep_snapshot(shared)?;
            self.began.set(true);
            let result = match version == catalog_version {
                true => self.rows(shared, version, sql, params, columns, sink),
                false => Err(Stop::Stale),
            };
            // One of a moment in which the state was changing serves no other read.
            if self.kept.get().is_some_and(|kept| !kept.changes.is_multiple_of(2)) {
                self.let_go();
            }
            return result;
        }
        // While this statement has a row to give, its snapshot is the connection's, and so the next statement's: the
        // version read is the version of what is read after it. Cheaper than BEGIN and COMMIT.
        let mut version = self.guard.internal(|| self.connection.prepare_cached(VERSION))?;
        let mut version = version.raw_query();
        let row = self.guard.internal(|| version.next())?;
        self.began.set(true);
        let stored: i64 = row.map_or(Ok(0), |row| row.get(0))?;
        if stored.cast_unsigned() != catalog_version {
            return Err(Stop::Stale);
        }
        self.rows(shared, catalog_version, sql, params, columns, sink)
    }

    /// Sees to it that the snapshot is the newest; gives the version of its catalog.
    fn keep_snapshot(&self, shared: &Shared) -> rusqlite::Result<u64> {
        // What is committed after this may be in the snapshot or not; what was before, is.
        let changes = shared.changes.load(Ordering::SeqCst);
        if let Some(kept) = self.kept.get()
            && kept.changes == changes
            && changes.is_multiple_of(2)
            && !self.connection.is_autocommit()
        {
            return Ok(kept.catalog_version);
        }
        self.let_go();
        let begun = self.internal(|connection| {
            connection.prepare_cached("BEGIN")?.execute([])?;
            connection.prepare_cached(VERSION)?.query_row([], |row| row.get::<_, i64>(0))
        });
        let catalog_version = begun.inspect_err(|_| self.let_go())?.cast_unsigned();
        self.kept.set(Some(Kept { changes, catalog_version }));
        Ok(catalog_version)
    }

    /// Ends the snapshot, if it has one.
    fn let_go(&self) {
        self.kept.set(None);
        if self.connection.is_autocommit() {
            return;
        }
        let ended =
            self.stopper.unstopped(|| self.internal(|connection| connection.prepare_cached("COMMIT")?.execute([])));
        if let Err(error) = ended {
            tracing::warn!(%error, "a brief read's snapshot stays");
        }
    }

    fn rows(
        &self,
        shared: &Shared,
        catalog_version: u64,
        sql: &str,
        params: &[Value],
        columns: &[crate::sql::ResultColumn],
        sink: &mut dyn RowSink,
    ) -> Result<(), Stop> {
        self.see_catalog(shared, catalog_version)?;
        let mut statement = prepare(&self.connection, sql)?;
        stored::bind(&mut statement, params)?;
        let mut rows = statement.raw_query();
        let (mut batch, mut bytes) = (Vec::new(), 0);
        let result = loop {
            let row = match rows.next() {
                Ok(Some(row)) => stored::row(row, columns).map_err(|error| RunError::Pg(error).into()),
                Ok(None) => break Ok(()),
                Err(error) => Err(error.into()),
            };
            match row {
                Ok(row) => {
                    bytes += row.iter().map(Value::size).sum::<usize>();
                    batch.push(row);
                }
                Err(error) => break Err(error),
            }
            if bytes >= BATCH_BYTES {
                bytes = 0;
                if !sink.rows(std::mem::take(&mut batch)) {
                    return Ok(());
                }
            }
        };
        // Before an error too: a client that fetches a few rows at a time may never come to it.
        if !batch.is_empty() {
            sink.rows(batch);
        }
        result
    }

    /// The catalog of the version that the statement sees: the newest as a rule, else the snapshot's own.
    fn see_catalog(&self, shared: &Shared, version: u64) -> Result<(), Stop> {
        if self.functions.catalog_version() == version {
            return Ok(());
        }
        let newest = shared.catalog();
        if newest.version == version {
            self.functions.set_catalog(&self.connection, newest);
            return Ok(());
        }
        let own = self.guard.internal(|| load_catalog(&self.connection))?;
        let own = own.map_err(|why| RunError::Pg(PgError::new(SqlState::DATA_CORRUPTED, why)))?;
        self.functions.set_catalog(&self.connection, Arc::new(own));
        Ok(())
    }

    fn error(&self, error: &rusqlite::Error, shared: &Shared) -> PgError {
        use rusqlite::ErrorCode::{DatabaseBusy, OperationInterrupted};
        self.gave_up.set(matches!(error.sqlite_error_code(), Some(OperationInterrupted | DatabaseBusy)));
        if error.sqlite_error_code() == Some(rusqlite::ErrorCode::OperationInterrupted)
            && let Some(cancelled) = self.stopper.error()
        {
            return cancelled;
        }
        self.functions.take_error().unwrap_or_else(|| client_error(error, &shared.catalog(), 0))
    }
}

/// Why a read ended early.
enum Stop {
    Stale,
    Run(RunError),
}

impl From<RunError> for Stop {
    fn from(error: RunError) -> Stop {
        Stop::Run(error)
    }
}

impl From<rusqlite::Error> for Stop {
    fn from(error: rusqlite::Error) -> Stop {
        Stop::Run(RunError::Sqlite(error))
    }
}
