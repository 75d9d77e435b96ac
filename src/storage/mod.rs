//! SQLite: the files of one node, the one writer of each, its readers, and the Raft log's bytes.
//!
//! Plain functions and threads, no async. [`Storage`] holds every file of the node
//! (`databases/*.sqlite` and `system.sqlite`), [`Database`] one of them. One writer thread per file ([`writer`])
//! owns its only read-write connections: it executes client transactions on the leader ([`execute`]),
//! captures their row effects ([`capture`]), hands them out as an [`Entry`] to be replicated, and commits (or
//! applies, [`apply`]) them when consensus has decided. Nothing here knows Raft beyond [`LogId`].
//!
//! This module is the only door to rusqlite.

mod apply;
mod background;
mod cancel;
mod capture;
mod codec;
mod data_dir;
mod database;
mod databases;
mod digest;
mod divergence;
mod effects;
mod entry;
mod errors;
mod execute;
mod ffi;
mod file;
mod functions;
mod layout;
mod limits;
mod mailbox;
mod pieces;
mod pinned;
mod raft_log;
mod read;
mod readers;
mod rows;
mod sabotage;
mod schema;
mod sequences;
mod settings;
mod slot;
mod snapshot;
mod spool;
mod stored;
mod system;
mod transaction;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

pub use cancel::{Cancel, CancelReason, Cancelled};
pub use data_dir::{DataDir, Identity};
pub use database::Database;
pub use entry::{
    Applied, Batch, DatabaseChange, DatabaseOutcome, Entry, FileBatch, LogId, Piece, PiecesOf, TransactionEffects,
    TransactionId,
};
pub use pinned::Pinned;
pub use raft_log::{LogDone, LogPosition, LogRecord, LogSlot, RaftLog};
pub use read::{Read, ReadError, RowSink};
pub(crate) use sabotage::Sabotage;
pub use sequences::{SequenceValues, SessionSequences};
pub use slot::{CallSink, Ended, Held, Hold, NotHeld, Running, WINDOW};
pub use transaction::{Call, Outcome, Reply, StatementResult, Transaction};

use background::Background;
use database::Shared;
use databases::{Files, Registry};
use digest::Digests;
use mailbox::{Apply, BatchId, Committed, Control, Leader};

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
    /// Another process has locked the file at this moment.
    #[error("{} is locked by another process", .0.display())]
    Locked(PathBuf),
}

/// Hears at once, on the failing thread, that this node must stop, and why. Must not block.
pub type FailureListener = Arc<dyn Fn(StorageError) + Send + Sync>;

#[derive(Clone, Debug)]
pub struct Options {
    /// The node that the files belong to, [`Identity::uid`]: another node's are refused.
    pub uid: [u8; 16],
    /// Files that are missing are made: the node has never had any.
    pub may_create: bool,
    /// Readers of one database at most; further reads queue.
    pub max_readers: usize,
    /// Test mode: the leader rolls its own batch back and applies its effects, as followers do.
    pub apply_own_effects: bool,
    /// Bytes of effects that one transaction may have.
    pub max_transaction_bytes: u64,
    /// Bytes of effects in one entry of the log; a batch that has more is split.
    pub piece_bytes: u64,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            uid: [0; 16],
            may_create: true,
            max_readers: 64,
            apply_own_effects: false,
            max_transaction_bytes: 256 << 20,
            piece_bytes: 1 << 20,
        }
    }
}

impl Options {
    /// For the files of a data directory. Before it is a member of a cluster, a node has nothing to lose.
    pub fn of(identity: &Identity) -> Options {
        Options { uid: *identity.uid.as_bytes(), may_create: identity.member.is_none(), ..Options::default() }
    }
}

/// What the writer calls with a finished batch. Must not block; called on the writer thread.
pub trait Propose: Send + Sync + 'static {
    /// `entry` is an [`Entry::Batch`], or an [`Entry::Piece`] of one that is yet to come. Exactly one of these answers
    /// follows, for (`file`, `number`): [`Storage::apply`] of that entry, [`Storage::refused`] or [`Storage::lost`].
    fn propose(&self, file: &str, number: u64, entry: Entry);
}

/// What `check` compares: for each (file, table), a digest of schema and rows, rowids included.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Digest {
    /// The index of the [`Entry::Digest`] that the digest was taken at.
    pub index: u64,
    /// (file, table, rows, digest in hex), sorted; the schema itself is a line named `(schema)`.
    pub tables: Vec<(String, String, u64, String)>,
}

/// The file of what databases share.
const SYSTEM: &str = "system";

/// All database files of one node.
pub struct Storage {
    data: PathBuf,
    options: Options,
    files: RwLock<Files>,
    registry: Arc<Registry>,
    /// The newest entry given to [`Storage::apply`]: files that it did not concern don't show it.
    seen: Arc<Mutex<Option<LogId>>>,
    digests: Digests,
    background: Background,
    /// Held by a checkpoint and by an export: copies of the files must not say that they are past pieces that came
    /// after the copies of those were taken.
    saving: Mutex<()>,
    /// Held while databases come or go, and by an export.
    changing: Mutex<()>,
}

impl Storage {
    /// Opens or creates the files below `data` (`system.sqlite`, and the databases that it lists). The caller holds the
    /// data directory's lock. Finishes an interrupted [`Storage::install`].
    /// Checks each file quickly for damage, version and owner. Files that were found to have diverged stay closed.
    pub fn open(data: &Path, options: Options) -> Result<Arc<Storage>, StorageError> {
        functions::started();
        divergence::refuse(data)?;
        let directory = data.join("databases");
        std::fs::create_dir_all(&directory)
            .map_err(|source| StorageError::Io { context: format!("making {}", directory.display()), source })?;
        let path = data.join(format!("{SYSTEM}.sqlite"));
        file::open_or_create(&path, true, &options)?;
        let registry = Arc::new(Registry::of(data));
        let system = Database::open(data, SYSTEM.to_owned(), path, &options, registry.clone())?;
        let background = Background::start(system.shared.clone())
            .map_err(|source| StorageError::Io { context: "starting a thread".to_owned(), source })?;
        let storage = Storage {
            data: data.to_owned(),
            options,
            files: RwLock::new(Files::new(system)),
            registry,
            seen: Arc::default(),
            digests: Digests::default(),
            background,
            saving: Mutex::default(),
            changing: Mutex::default(),
        };
        storage.open_databases()?;
        if let Some(from) = snapshot::unfinished_install(data)? {
            tracing::warn!(from = %from.display(), "finishing the installation of a snapshot");
            storage.install(&from)?;
        }
        Ok(Arc::new(storage))
    }

    /// The log id up to which every file has every entry that names it: of this process' [`Storage::apply`], or after
    /// a start the lowest of the files' own. Replay from just after it; a file skips what it already has.
    pub fn applied(&self) -> Option<LogId> {
        let lowest = self.files().all().map(|database| database.shared.applied()).min_by_key(index_of).flatten();
        let seen = *self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        std::cmp::max_by_key(lowest, seen, index_of)
    }

    /// Why this node must stop, if it must: a writer met what it can't go on with.
    pub fn failure(&self) -> Option<StorageError> {
        self.files().all().find_map(|database| database.shared.failure())
    }

    /// Tells the listener of a [`Storage::failure`], also of one that has been. There is one listener at a time.
    pub fn on_failure(&self, listener: &FailureListener) {
        self.files_mut().listen(listener);
    }

    /// This node leads `term` and its opening entry has been applied: writers execute from now on.
    /// `incarnation` tells this process' batches from those before a restart.
    pub fn lead(&self, node: u64, term: u64, incarnation: u64, proposer: Arc<dyn Propose>) {
        self.files_mut().lead(Some(Leader { node, term, incarnation, proposer }));
    }

    /// This node does not lead: queued transactions get [`Outcome::NotLeader`]. A batch already proposed stays
    /// pending until its fate is known.
    pub fn follow(&self) {
        self.files_mut().lead(None);
    }

    /// Applies one committed entry to the files it names; blocks. Entries come in log order. A file that already
    /// has it (its own applied id is not lower) skips it. Clients of an own batch are answered here.
    pub fn apply(&self, log_id: LogId, entry: &Entry) -> Result<Applied, StorageError> {
        let applied = match entry {
            Entry::Open { .. } => {
                for database in self.all() {
                    database.shared.mailbox.control(Control::Opened(log_id.term));
                    discard(&database.shared, log_id.term)?;
                }
                Applied::Nothing
            }
            Entry::Batch(batch) => self.apply_batch(log_id, batch)?,
            Entry::Piece(piece) => self.apply_piece(log_id, piece)?,
            Entry::AdmitNode { key } => {
                let key = *key;
                Applied::Node(order(&*self.system()?, |done| Control::Admit { log_id, key, done })?)
            }
            Entry::Digest { id } => {
                let files: Vec<Arc<Shared>> = self.files().all().map(|database| database.shared.clone()).collect();
                self.digests.start(*id, log_id.index, &files)?;
                Applied::Nothing
            }
            Entry::Database(change) => self.apply_database(log_id, change)?,
        };
        see(&self.seen, log_id);
        Ok(applied)
    }

    /// Keeps it until its batch comes, if that can come.
    fn apply_piece(&self, log_id: LogId, piece: &Piece) -> Result<Applied, StorageError> {
        let Some(database) = self.files().get(&piece.file).cloned() else { return Ok(Applied::Superseded) };
        let shared = &database.shared;
        if piece.of.term != log_id.term || piece.of.base_version != shared.meta().data_version {
            return Ok(Applied::Superseded);
        }
        shared.pieces.add(piece).map_err(|error| pieces_error(shared, error))?;
        let PiecesOf { node, incarnation, number, .. } = piece.of;
        shared.mailbox.control(Control::Piece { batch: BatchId { node, incarnation, number }, place: piece.place });
        Ok(Applied::Accepted)
    }

    /// As [`Storage::apply`], for batches of one and the same file, in the log's order, and without waiting: they become true
    /// together, in one SQLite transaction. `then` is called here if there is little or nothing to do, else on the file's writer,
    /// and dropped when the writer has stopped.
    pub fn apply_then(
        &self,
        batches: &[(LogId, &Batch)],
        then: impl FnOnce(Result<Vec<Applied>, StorageError>) + Send + 'static,
    ) {
        let file = batches.first().and_then(|(_, batch)| batch.files.first()).map(|content| &content.file);
        let of_it = |(_, batch): &(LogId, &Batch)| matches!(&batch.files[..], [content] if Some(&content.file) == file);
        let (Some(file), Some(&(last, _)), true) = (file, batches.last(), batches.iter().all(of_it)) else {
            let several = "batches of several files are applied by waiting for each".to_owned();
            return then(Err(StorageError::Unusable(several)));
        };
        let Some(database) = self.files().get(file).cloned() else {
            see(&self.seen, last);
            return then(Ok(vec![Applied::Superseded; batches.len()]));
        };
        let shared = database.shared.clone();
        let meta = shared.meta();
        let mut version = meta.data_version;
        let (mut todo, mut all) = (Vec::new(), Vec::new());
        for &(log_id, batch) in batches {
            if meta.applied.is_some_and(|applied| applied.index >= log_id.index) {
                all.push(Applied::Nothing);
                continue;
            }
            let content = &batch.files[0];
            let accepted = batch.term == log_id.term && content.base_version == version;
            version += u64::from(accepted);
            all.push(applied(accepted));
            todo.push(committed(log_id, batch, content, accepted));
        }
        if todo.is_empty() {
            see(&self.seen, last);
            return then(Ok(all));
        }
        let seen = self.seen.clone();
        let counts = all.contains(&Applied::Accepted);
        let then = Box::new(move |result: Result<(), StorageError>| {
            let discarded = result.and_then(|()| if counts { discard(&shared, last.term) } else { Ok(()) });
            if discarded.is_ok() {
                see(&seen, last);
            }
            then(discarded.map(|()| all));
        });
        database.shared.mailbox.apply_at_once(Box::new(Apply { batches: todo, then }));
    }

    /// Whether a batch counts, and for which files that is still to be done.
    fn judge<'a>(&self, log_id: LogId, batch: &'a Batch) -> Result<Judged<'a>, StorageError> {
        let mut todo = Vec::new();
        // As a file that already has the entry has decided, or as the files' data versions say.
        let (mut decided, mut fits) = (None, batch.term == log_id.term);
        for content in &batch.files {
            let Some(database) = self.files().get(&content.file).cloned() else {
                fits = false;
                continue;
            };
            let meta = database.shared.meta();
            if meta.applied.is_some_and(|applied| applied.index >= log_id.index) {
                decided = Some(was_accepted(&database.shared, log_id.index)?);
            } else {
                fits &= content.base_version == meta.data_version;
                todo.push((database, content));
            }
        }
        let accepted = decided.unwrap_or(fits);
        Ok(match (todo.is_empty(), decided) {
            (false, _) => Judged::Todo(Verdict { accepted, todo }),
            (true, Some(_)) => Judged::Done(Applied::Nothing),
            (true, None) => Judged::Done(Applied::Superseded),
        })
    }

    fn apply_batch(&self, log_id: LogId, batch: &Batch) -> Result<Applied, StorageError> {
        let verdict = match self.judge(log_id, batch)? {
            Judged::Todo(verdict) => verdict,
            Judged::Done(applied) => return Ok(applied),
        };
        for (database, content) in &verdict.todo {
            order(database, |done| {
                let then = Box::new(move |result| {
                    let _ = done.send(result);
                });
                let batches = vec![committed(log_id, batch, content, verdict.accepted)];
                Control::Apply(Box::new(Apply { batches, then }))
            })?;
            if verdict.accepted {
                discard(&database.shared, log_id.term)?;
            }
        }
        Ok(applied(verdict.accepted))
    }

    /// The proposal was certainly not appended to any log: its clients get [`Outcome::NotLeader`].
    pub fn refused(&self, file: &str, number: u64) {
        if let Some(database) = self.files().get(file) {
            database.shared.mailbox.control(Control::Refused(number));
        }
    }

    /// The proposal's fate can't be known now: rolls back, frees the writer; clients get
    /// [`Outcome::Unknown`]. Should the entry be committed later, its effects are applied.
    pub fn lost(&self, file: &str, number: u64) {
        if let Some(database) = self.files().get(file) {
            database.shared.mailbox.control(Control::Lost(number));
        }
    }

    /// Makes the state up to `applied` (which has been applied) durable, and has every file say so. After it the
    /// Raft log may be purged up to `applied`. Blocks until no batch is in flight, so not to be called by the
    /// thread that applies.
    pub fn checkpoint(&self, applied: LogId) -> Result<(), StorageError> {
        let _saving = self.saving.lock().unwrap_or_else(PoisonError::into_inner);
        let files = self.all();
        for database in &files {
            let shared = &database.shared;
            shared.pieces.sync().map_err(|error| pieces_error(shared, error))?;
        }
        for database in &files {
            match order(database, |done| Control::Checkpoint { applied, done }) {
                // It has been dropped meanwhile.
                Err(_) if self.files().get(&database.shared.file).is_none() => {}
                result => result?,
            }
        }
        Ok(())
    }

    /// Copies every file into the directory `to` (created), consistent and synced, while the writer goes on. Each
    /// copy holds at least everything up to the returned log id ([`Storage::applied`] before the first copy), and says so.
    pub fn export(&self, to: &Path) -> Result<Option<LogId>, StorageError> {
        let io = |source| StorageError::Io { context: format!("making {}", to.display()), source };
        let _changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let _saving = self.saving.lock().unwrap_or_else(PoisonError::into_inner);
        let applied = self.applied();
        let files = self.all();
        std::fs::create_dir_all(to.join("databases")).map_err(io)?;
        for Database { shared, .. } in files.iter().map(|database| &**database) {
            shared.pieces.export(to, &shared.file).map_err(|error| pieces_error(shared, error))?;
        }
        for Database { shared, .. } in files.iter().map(|database| &**database) {
            snapshot::copy(&shared.path, &to.join(format!("{}.sqlite", shared.file)), applied)?;
        }
        file::sync_directory(&to.join("databases")).and_then(|()| file::sync_directory(to)).map_err(io)?;
        Ok(applied)
    }

    /// Replaces every file's content by the copies in `from` (made by [`Storage::export`]), makes those that are not
    /// there, and removes those of databases that the copies don't have: pending work is rolled
    /// back (own proposals in flight: [`Outcome::Unknown`]), open readers keep their snapshot, external
    /// readers see the new content. If the process dies half-way, the next open finishes it: `from` must stay until this
    /// has returned. Blocks.
    pub fn install(&self, from: &Path) -> Result<(), StorageError> {
        let _changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let copies = self.make_room(from)?;
        for (database, copy) in copies {
            order(&database, |done| Control::Install { from: copy, done })?;
            let shared = &database.shared;
            let version = shared.meta().data_version;
            shared.pieces.install(from, &shared.file, version).map_err(|error| pieces_error(shared, error))?;
        }
        self.make_clean()?;
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = None;
        snapshot::end_install(&self.data)
    }

    /// The digest requested by [`Entry::Digest`] of this id: computed in the background
    /// from a snapshot pinned when the entry was applied. `None` while it is being computed;
    /// an error if it is not known here.
    pub fn digest(&self, id: u64) -> Option<Result<Digest, String>> {
        self.digests.get(id)
    }

    /// Stops all threads after rolling back what is pending, checkpoints, closes the files. Idempotent.
    pub fn close(&self) {
        self.background.close();
        for database in self.all() {
            database.close();
        }
    }
}

impl Drop for Storage {
    fn drop(&mut self) {
        self.close();
    }
}

/// What becomes of a batch.
enum Judged<'a> {
    Todo(Verdict<'a>),
    /// No file is changed by it.
    Done(Applied),
}

/// Whether it counts, and for which files that is still to be done.
struct Verdict<'a> {
    accepted: bool,
    todo: Vec<(Arc<Database>, &'a FileBatch)>,
}

fn committed(log_id: LogId, batch: &Batch, content: &FileBatch, accepted: bool) -> Committed {
    Committed {
        log_id,
        batch: BatchId { node: batch.node, incarnation: batch.incarnation, number: batch.number },
        pieces_of: batch.pieces_of(content),
        content: Arc::new(content.clone()),
        accepted,
        several: batch.files.len() > 1,
    }
}

fn see(seen: &Mutex<Option<LogId>>, log_id: LogId) {
    *seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(log_id);
}

fn applied(accepted: bool) -> Applied {
    if accepted { Applied::Accepted } else { Applied::Superseded }
}

/// Pieces that no batch will name after an entry of this term.
fn discard(shared: &Shared, term: u64) -> Result<(), StorageError> {
    shared.pieces.discard(term, shared.meta().data_version).map_err(|error| pieces_error(shared, error))
}

fn pieces_error(shared: &Shared, source: std::io::Error) -> StorageError {
    StorageError::Io { context: format!("keeping a part of a large transaction for {}", shared.path.display()), source }
}

fn index_of(log_id: &Option<LogId>) -> Option<u64> {
    log_id.map(|log_id| log_id.index)
}

/// Has a writer do something, and waits for it.
fn order<T>(database: &Database, control: impl FnOnce(mailbox::Done<T>) -> Control) -> Result<T, StorageError> {
    let (done, result) = sync_channel(1);
    let stopped = || {
        let failure = database.shared.failure();
        failure.unwrap_or_else(|| StorageError::Unusable(format!("{} is closed", database.shared.path.display())))
    };
    if !database.shared.mailbox.control(control(done)) {
        return Err(stopped());
    }
    result.recv().map_err(|_| stopped())?
}

/// What a file that already has an entry knows of it.
fn was_accepted(shared: &Shared, index: u64) -> Result<bool, StorageError> {
    let connection = file::connect(&shared.path, file::Role::Read);
    let accepted = connection.and_then(|connection| schema::was_accepted(&connection, index));
    accepted.map_err(|error| StorageError::sqlite(format!("reading {}", shared.path.display()), error))
}

#[cfg(test)]
mod tests;
