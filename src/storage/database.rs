//! One database: what its writer, its readers and the rest of the node share.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock};
use std::thread::JoinHandle;
use std::time::Instant;

use super::databases::Registry;
use super::divergence;
use super::execute::Executor;
use super::file::{self, Role};
use super::mailbox::{Client, Execution, Mailbox};
use super::pieces::Pieces;
use super::readers::Readers;
use super::schema::{Meta, load_catalog};
use super::writer::Writer;
use super::{
    Cancel, FailureListener, Held, Hold, LogId, NotHeld, Options, Pinned, Read, ReadError, Reply, StorageError,
    Transaction,
};
use crate::catalog::Catalog;
use crate::sql::{Plan, SessionContext};
use crate::types::{PgError, Row, Value};

/// A write-ahead log that is worth starting anew, in bytes.
const LONG_WAL: u64 = 8 << 20;

/// What a database's threads share.
pub(super) struct Shared {
    /// As entries name it: `databases/NAME` or `system`.
    pub file: String,
    pub path: PathBuf,
    /// The node's data directory.
    pub data: PathBuf,
    pub mailbox: Mailbox,
    /// What has come ahead of a large batch.
    pub pieces: Pieces,
    /// As committed.
    meta: Mutex<Meta>,
    catalog: RwLock<Arc<Catalog>>,
    /// Pages in the write-ahead log, as of the last commit.
    pub wal_pages: Arc<AtomicU64>,
    /// Counts changes of the file when they begin and when they have ended, before anybody is told of them: while it is odd, some readers may
    /// have seen the new state.
    pub changes: AtomicU64,
    /// Has idle readers let go of their snapshots, which keep the write-ahead log from starting anew.
    pub let_go: OnceLock<Box<dyn Fn() + Send + Sync>>,
    failures: Mutex<Failures>,
    /// The databases that there are.
    pub registry: Arc<Registry>,
}

#[derive(Default)]
struct Failures {
    first: Option<Failure>,
    /// Who hears of it.
    listener: Option<FailureListener>,
}

/// Why the writer has stopped.
struct Failure {
    diverged: bool,
    message: String,
}

impl Shared {
    pub fn meta(&self) -> Meta {
        *self.meta.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn catalog(&self) -> Arc<Catalog> {
        self.catalog.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn applied(&self) -> Option<LogId> {
        self.meta().applied
    }

    /// Commits, and makes the new state known. A changed catalog is hidden until both are done: who finds its plan
    /// stale in a snapshot of the new state will wait for the new catalog, not bind with the old one again.
    pub fn publish(
        &self,
        meta: Meta,
        catalog: Arc<Catalog>,
        commit: impl FnOnce() -> Result<(), StorageError>,
    ) -> Result<(), StorageError> {
        if self.wal_bytes() > LONG_WAL {
            // The commit starts it anew where it may.
            self.let_go_of_snapshots();
        }
        self.changing(|| self.commit(catalog, commit))?;
        *self.meta.lock().unwrap_or_else(PoisonError::into_inner) = meta;
        Ok(())
    }

    /// Around all that changes what readers find in the file.
    pub fn changing<T>(&self, change: impl FnOnce() -> T) -> T {
        self.changes.fetch_add(1, Ordering::SeqCst);
        let changed = change();
        self.changes.fetch_add(1, Ordering::SeqCst);
        changed
    }

    fn commit(
        &self,
        catalog: Arc<Catalog>,
        commit: impl FnOnce() -> Result<(), StorageError>,
    ) -> Result<(), StorageError> {
        if Arc::ptr_eq(&self.catalog(), &catalog) {
            return commit();
        }
        let mut current = self.catalog.write().unwrap_or_else(PoisonError::into_inner);
        commit()?;
        *current = catalog;
        Ok(())
    }

    /// Before a checkpoint, and before a commit that may start the write-ahead log anew.
    pub fn let_go_of_snapshots(&self) {
        if let Some(let_go) = self.let_go.get() {
            let_go();
        }
    }

    /// The write-ahead log's size in use.
    pub fn wal_bytes(&self) -> u64 {
        self.wal_pages.load(Ordering::Relaxed) * 4096
    }

    /// The first failure stays.
    pub fn fail(&self, error: &StorageError) {
        let mut failures = self.failures();
        if failures.first.is_some() {
            return;
        }
        tracing::error!(file = self.file, %error, "the writer stops");
        failures.first = Some(match error {
            StorageError::Diverged(message) => Failure { diverged: true, message: message.clone() },
            other => Failure { diverged: false, message: other.to_string() },
        });
        if let StorageError::Diverged(reason) = error {
            divergence::record(&self.data, reason);
        }
        let listener = failures.listener.clone();
        drop(failures);
        if let (Some(listener), Some(failure)) = (listener, self.failure()) {
            listener(failure);
        }
    }

    /// Why the writer does nothing any more.
    pub fn failure(&self) -> Option<StorageError> {
        self.failures().first.as_ref().map(|failure| match failure.diverged {
            true => StorageError::Diverged(failure.message.clone()),
            false => StorageError::Unusable(failure.message.clone()),
        })
    }

    pub fn on_failure(&self, listener: FailureListener) {
        self.failures().listener = Some(listener.clone());
        // It may have come before anybody listened.
        if let Some(failure) = self.failure() {
            listener(failure);
        }
    }

    fn failures(&self) -> MutexGuard<'_, Failures> {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One database: its file, writer and readers.
pub struct Database {
    pub(super) shared: Arc<Shared>,
    readers: Readers,
    writer: Mutex<Option<JoinHandle<()>>>,
}

impl Database {
    /// Opens a file that exists and was found sound, and starts its writer.
    pub(super) fn open(
        data: &Path,
        file: String,
        path: PathBuf,
        options: &Options,
        registry: Arc<Registry>,
    ) -> Result<Arc<Database>, StorageError> {
        let failed = |error| StorageError::sqlite(format!("opening {}", path.display()), error);
        let connection = file::connect(&path, Role::Checkpoint).map_err(failed)?;
        let meta = Meta::load(&connection).map_err(failed)?;
        let catalog = load_catalog(&connection).map_err(failed)?.map_err(|why| {
            StorageError::Unusable(format!("{}: {why}; restore this node from another", path.display()))
        })?;
        drop(connection);
        let pieces = Pieces::open(data, &file, meta.data_version).map_err(|source| StorageError::Io {
            context: format!("opening what waits for {}", path.display()),
            source,
        })?;
        let shared = Arc::new(Shared {
            pieces,
            file,
            path: path.clone(),
            data: data.to_owned(),
            mailbox: Mailbox::default(),
            meta: Mutex::new(meta),
            catalog: RwLock::new(Arc::new(catalog)),
            wal_pages: Arc::default(),
            changes: AtomicU64::new(0),
            let_go: OnceLock::new(),
            failures: Mutex::default(),
            registry,
        });
        // Found out now rather than when this node becomes the leader: tables that can't be replicated, functions.
        drop(Executor::open(&shared, options.max_transaction_bytes).map_err(failed)?);
        let writer = Writer::open(shared.clone(), options.clone()).map_err(failed)?;
        let thread = std::thread::Builder::new()
            .name(format!("writer {}", shared.file))
            .spawn({
                let shared = shared.clone();
                move || run(&shared, writer)
            })
            .map_err(|source| StorageError::Io { context: "starting a writer".to_owned(), source })?;
        let readers = Readers::new(shared.clone(), options.max_readers);
        Ok(Arc::new(Database { shared, readers, writer: Mutex::new(Some(thread)) }))
    }

    /// The catalog as of the newest committed state.
    pub fn catalog(&self) -> Arc<Catalog> {
        self.shared.catalog()
    }

    /// Queues a read for the reader pool. Rows go to the read's sink, from a reader thread.
    pub fn read(&self, read: Read) {
        self.readers.read(read);
    }

    /// Runs a read whose plan is brief on this thread, and gives all its rows and how it ended. `None`: it has to be
    /// [queued](Database::read) after all.
    pub fn read_briefly(
        &self,
        plan: &Plan,
        params: &[Value],
        context: &Arc<SessionContext>,
        cancel: &Cancel,
    ) -> Option<(Vec<Row>, Result<(), ReadError>)> {
        self.readers.read_briefly(plan, params, context, cancel)
    }

    /// Pins the newest state; `done` is called on another thread.
    pub fn pin(&self, done: impl FnOnce(Result<Pinned, PgError>) + Send + 'static) {
        Pinned::pin(self.shared.clone(), done);
    }

    /// Has the writer execute a transaction, here and now if it is brief and nobody is before it; `reply` is called once.
    /// When this node does not lead, at once with [`Outcome::NotLeader`](super::Outcome::NotLeader).
    pub fn execute(&self, transaction: Transaction, reply: Reply) {
        self.shared.mailbox.client_at_once(Client::Execution(Box::new(Execution {
            transaction,
            since: Instant::now(),
            reply,
        })));
    }

    /// Waits for the writer slot; `granted` is called once, and must not block. When this node does
    /// not lead, at once with [`NotHeld::NotLeader`].
    pub fn hold(&self, hold: Hold, granted: impl FnOnce(Result<Held, NotHeld>) + Send + 'static) {
        self.shared.mailbox.client_at_once(Client::Hold(Box::new(hold), Box::new(granted)));
    }

    /// Bytes of the write-ahead log in use. Large for long: a reader, perhaps of another process,
    /// keeps an old snapshot.
    pub fn wal_bytes(&self) -> u64 {
        self.shared.wal_bytes()
    }

    /// Stops the threads.
    pub(super) fn close(&self) {
        self.shared.mailbox.close();
        let thread = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        // The last reference may be dropped by an answer that the writer itself gives: it ends by itself.
        let thread = thread.filter(|thread| thread.thread().id() != std::thread::current().id());
        if let Some(thread) = thread
            && thread.join().is_err()
        {
            tracing::error!(file = self.shared.file, "the writer had panicked");
        }
        self.readers.close();
    }
}

/// The writer's thread. What a panic has left half done is not to be gone on with, and nobody is to wait for it.
fn run(shared: &Shared, writer: Writer) {
    if catch_unwind(AssertUnwindSafe(|| writer.run())).is_err() {
        shared.fail(&StorageError::Unusable("a statement panicked in the writer".to_owned()));
        shared.mailbox.close();
    }
}
