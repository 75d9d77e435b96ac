//! The reader pool of one database: threads with a read-only connection each.
//!
//! A read has a thread for as long as it runs, also while its client is slow: its snapshot lives on the
//! connection. The thread that became idle last is woken first: its caches are the warmest.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::Connection;

use super::database::Shared;
use super::errors::client_error;
use super::execute::RunError;
use super::file::{self, Role, prepare};
use super::functions::{self, FunctionState};
use super::limits::{Guard, Stopper};
use super::read::{Read, ReadError, RowSink};
use super::stored;
use crate::sql::Action;
use crate::types::{PgError, SqlState, Value};

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
        Readers { pool: Arc::new(Pool { shared, max: max.max(1), state: Mutex::default() }) }
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

impl Pool {
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

/// One read-only connection.
pub(super) struct Reader {
    connection: Connection,
    guard: Guard,
    stopper: Stopper,
    functions: FunctionState,
}

impl Reader {
    pub fn open(shared: &Shared) -> rusqlite::Result<Reader> {
        let mut connection = file::connect(&shared.path, Role::Read)?;
        let guard = Guard::install(&mut connection)?;
        let stopper = Stopper::install(&mut connection)?;
        let functions = FunctionState::new(None);
        functions::register(&connection, &functions)?;
        Ok(Reader { connection, guard, stopper, functions })
    }

    /// Runs something of our own.
    pub fn internal<T>(&self, run: impl FnOnce(&Connection) -> T) -> T {
        self.guard.internal(|| run(&self.connection))
    }

    pub fn serve(&self, read: Read, shared: &Shared) {
        let Read { plan, params, context, cancel, mut sink } = read;
        let Action::Read(query) = &plan.action else {
            let error = PgError::new(SqlState::INTERNAL_ERROR, "only reads run on readers");
            return sink.finish(Err(ReadError::Pg(error)));
        };
        self.stopper.set(Some(&cancel));
        self.functions.set_context(context);
        // A panic in a function or a sink must cost one statement, not a reader.
        let ran = catch_unwind(AssertUnwindSafe(|| {
            let columns = plan.stored_columns();
            self.run(plan.catalog_version, &query.sql, &params, &columns, sink.as_mut())
        }));
        let result = match ran {
            Ok(Ok(())) => Ok(()),
            Ok(Err(Stop::Stale)) => Err(ReadError::StalePlan),
            Ok(Err(Stop::Run(RunError::Pg(error)))) => Err(ReadError::Pg(error)),
            Ok(Err(Stop::Run(RunError::Sqlite(error)))) => Err(ReadError::Pg(self.error(&error, shared))),
            Err(_) => Err(ReadError::Pg(PgError::new(SqlState::INTERNAL_ERROR, "the statement panicked"))),
        };
        self.stopper.set(None);
        sink.finish(result);
    }

    fn run(
        &self,
        catalog_version: u64,
        sql: &str,
        params: &[Value],
        columns: &[crate::sql::ResultColumn],
        sink: &mut dyn RowSink,
    ) -> Result<(), Stop> {
        // While this statement has a row to give, its snapshot is the connection's, and so the next statement's: the
        // version read is the version of what is read after it. Cheaper than BEGIN and COMMIT.
        let mut version = self
            .guard
            .internal(|| self.connection.prepare_cached("SELECT catalog_version FROM _quorlite_meta WHERE id = 1"))?;
        let mut version = version.raw_query();
        let row = self.guard.internal(|| version.next())?;
        let stored: i64 = row.map_or(Ok(0), |row| row.get(0))?;
        if stored.cast_unsigned() != catalog_version {
            return Err(Stop::Stale);
        }
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

    fn error(&self, error: &rusqlite::Error, shared: &Shared) -> PgError {
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
