//! SQLite: the files of one node, the one writer of each, its readers, and the Raft log's bytes.
//!
//! Plain functions and threads, no async. [`Storage`] holds every file of the node
//! (`databases/*.sqlite` and `system.sqlite`), [`Database`] one of them. One writer thread per file
//! owns its only read-write connection: it executes client transactions on the leader,
//! captures their row effects, hands them out as an [`Entry`] to be replicated, and commits (or applies) them
//! when consensus has decided. Nothing here knows Raft beyond [`LogId`].
//!
//! This module is the only door to rusqlite.

mod cancel;
mod data_dir;
mod entry;
mod functions;
mod raft_log;
mod read;
mod stored;
mod transaction;

use std::path::Path;
use std::sync::Arc;

pub use cancel::{Cancel, CancelReason, Cancelled};
pub use data_dir::{DataDir, Identity};
pub use entry::{Applied, Batch, Effect, Entry, FileBatch, LogId, TransactionEffects, TransactionId};
pub use raft_log::{LogDone, LogPosition, LogRecord, LogSlot, RaftLog};
pub use read::{Read, ReadError, RowSink};
pub use transaction::{Call, Outcome, Reply, StatementResult, Transaction};

use crate::catalog::Catalog;

/// Why a file can't be opened, or why this node must stop.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// This node alone failed (disk, memory, permission): it stops rather than answer.
    #[error("{context}: {source}")]
    Io { context: String, source: std::io::Error },
    /// The file is damaged, of another version, or not ours. The message says what to do.
    #[error("{0}")]
    Unusable(String),
    /// Apply found a row missing, one too many, or another schema: this replica differs from the log.
    #[error("this replica has diverged: {0}")]
    Diverged(String),
}

#[derive(Clone, Debug)]
pub struct Options {
    /// Readers of one database at most; further reads queue.
    pub max_readers: usize,
    /// Test mode: the leader rolls its own batch back and applies its effects, as followers do.
    pub apply_own_effects: bool,
}

impl Default for Options {
    fn default() -> Options {
        Options { max_readers: 64, apply_own_effects: false }
    }
}

/// What the writer calls with a finished batch. Must not block; called on the writer thread.
pub trait Propose: Send + Sync + 'static {
    /// `entry` is an [`Entry::Batch`]. Exactly one of these answers follows, for (`file`, `number`):
    /// [`Storage::apply`] of that entry, [`Storage::refused`] or [`Storage::lost`].
    fn propose(&self, file: &str, number: u64, entry: Entry);
}

/// All database files of one node.
pub struct Storage {
    _private: (),
}

/// What `check` compares: for each (file, table), a digest of schema and rows, rowids included.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Digest {
    /// The index of the [`Entry::Digest`] that the digest was taken at.
    pub index: u64,
    /// (file, table, rows, digest in hex), sorted; the schema itself is a line named `(schema)`.
    pub tables: Vec<(String, String, u64, String)>,
}

impl Storage {
    /// Opens or creates the files below `data` (`databases/postgres.sqlite`, `system.sqlite`). The caller holds the
    /// data directory's lock. Finishes an interrupted [`Storage::install`].
    /// Checks each file quickly for damage and version.
    pub fn open(_data: &Path, _options: Options) -> Result<Arc<Storage>, StorageError> {
        todo!()
    }

    /// The database of that name, if it exists (`postgres` always does).
    pub fn database(&self, _name: &str) -> Option<Arc<Database>> {
        todo!()
    }

    /// Names of all databases, sorted.
    pub fn databases(&self) -> Vec<String> {
        todo!()
    }

    /// The log id up to which every file has every entry that names it: the lowest of the files'
    /// own. Replay from just after it; a file skips what it already has.
    pub fn applied(&self) -> Option<LogId> {
        todo!()
    }

    /// This node leads `term` and its opening entry has been applied: writers execute from now on.
    /// `incarnation` tells this process' batches from those before a restart.
    pub fn lead(&self, _node: u64, _term: u64, _incarnation: u64, _proposer: Arc<dyn Propose>) {
        todo!()
    }

    /// This node does not lead: queued transactions get [`Outcome::NotLeader`]. A batch already proposed stays
    /// pending until its fate is known.
    pub fn follow(&self) {
        todo!()
    }

    /// Applies one committed entry to the files it names; blocks. Entries come in log order. A file that already
    /// has it (its own applied id is not lower) skips it. Clients of an own batch are answered here.
    pub fn apply(&self, _log_id: LogId, _entry: &Entry) -> Result<Applied, StorageError> {
        todo!()
    }

    /// The proposal was certainly not appended to any log: its clients get [`Outcome::NotLeader`].
    pub fn refused(&self, _file: &str, _number: u64) {
        todo!()
    }

    /// The proposal's fate can't be known now: rolls back, frees the writer; clients get
    /// [`Outcome::Unknown`]. Should the entry be committed later, its effects are applied.
    pub fn lost(&self, _file: &str, _number: u64) {
        todo!()
    }

    /// Makes the state up to `applied` durable: writes the applied id into every file, checkpoints the WAL and
    /// syncs. After it the Raft log may be purged up to `applied`. Blocks.
    pub fn checkpoint(&self, _applied: LogId) -> Result<(), StorageError> {
        todo!()
    }

    /// Copies every file into the directory `to` (created), consistent and synced, while the writer goes on. Each
    /// copy holds at least everything up to the returned log id ([`Storage::applied`] before the first copy).
    pub fn export(&self, _to: &Path) -> Result<Option<LogId>, StorageError> {
        todo!()
    }

    /// Replaces every file's content by the copies in `from` (made by [`Storage::export`]): pending work is rolled
    /// back (own proposals in flight: [`Outcome::Unknown`]), open readers keep their snapshot, external
    /// readers see the new content. If the process dies half-way, the next open finishes it. Blocks.
    pub fn install(&self, _from: &Path) -> Result<(), StorageError> {
        todo!()
    }

    /// The digest requested by [`Entry::Digest`] of this id: computed in the background
    /// from a snapshot pinned when the entry was applied. `None` while it is being computed;
    /// an error if it is not known here.
    pub fn digest(&self, _id: u64) -> Option<Result<Digest, String>> {
        todo!()
    }

    /// Stops all threads after rolling back what is pending, checkpoints, closes the files. Idempotent.
    pub fn close(&self) {
        todo!()
    }
}

/// One database: its file, writer and readers.
pub struct Database {
    _private: (),
}

impl Database {
    pub fn name(&self) -> &str {
        todo!()
    }

    /// The catalog as of the newest committed state.
    pub fn catalog(&self) -> Arc<Catalog> {
        todo!()
    }

    /// Queues a read for the reader pool. Rows go to the read's sink, from a reader thread.
    pub fn read(&self, _read: Read) {
        todo!()
    }

    /// Queues a transaction for the writer; `reply` is called once, on the writer thread.
    /// When this node does not lead, at once with [`Outcome::NotLeader`].
    pub fn execute(&self, _transaction: Transaction, _reply: Reply) {
        todo!()
    }
}
