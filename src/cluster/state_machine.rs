//! [`Storage`] as openraft wants a state machine: committed entries in, in order.
//!
//! The data itself lies in the database files, which commit each entry with its log id. Beside
//! them the Raft log remembers what openraft must find again: the last membership applied, and
//! what the last checkpoint holds. A "snapshot" is no copy but that checkpoint: from then on the
//! files have everything up to its log id on disk, so the log before it may be purged. Files are copied
//! only when a peer needs them, by whoever sends them; see [`super::snapshot`].
//!
//! A batch that somebody at this node waits for is applied when it is committed. The others are gathered for some milliseconds
//! ([`gathered`]) and become true together, in one SQLite transaction: on a follower that nobody asks anything that is most of
//! what there is to do.
//!
//! An install goes through the slot `installing`: written before the files are replaced,
//! turned into the new snapshot after. At the next start the files' own log id says which side of it a crash was.

mod gathered;

use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::{FutureExt, Stream, StreamExt};
use openraft::storage::{ApplyResponder, EntryResponder, RaftSnapshotBuilder, RaftStateMachine, Snapshot};
use tokio::runtime::Handle;
use tokio::sync::watch;

use self::gathered::{Gathered, Small};
use super::fate::Fates;
use super::format::{self, SnapshotForm, StoredMembershipForm};
use super::snapshot::Scratch;
use super::types::{self, Command, LogId, Payload, RaftEntry, SnapshotMeta, StoredMembership, Types};
use crate::storage::{Applied, Entry, FailureListener, LogSlot, RaftLog, Storage};

/// Entries that one trip to the blocking thread takes at most, and bytes of them.
const APPLY_ENTRIES: usize = 64;
const APPLY_BYTES: usize = 4 << 20;

/// What a snapshot's data is to openraft.
#[derive(Debug)]
pub(crate) enum SnapshotData {
    /// This node's own files, as they are.
    Own,
    /// Files received from the leader, complete and verified. They belong to whoever installs them: the connection
    /// they came by may be long gone when that happens.
    Received(Scratch),
}

/// The one that openraft owns; the rest of the cluster looks at the [`Applier`] behind it.
pub(crate) struct StateMachine(Arc<Applier>);

/// Applies entries and knows how far it is.
pub(crate) struct Applier {
    storage: Arc<Storage>,
    log: Arc<RaftLog>,
    fates: Arc<Fates>,
    progress: Mutex<Progress>,
    /// The applied index, 0 for none: what reads wait for.
    applied: watch::Sender<u64>,
    /// Whoever holds it may apply something.
    gathered: Arc<tokio::sync::Mutex<Gathered>>,
    /// The last entry that was gathered.
    gathered_to: AtomicU64,
    /// Somebody waits, or has waited, until this index is applied.
    wanted: AtomicU64,
    /// Where what has gathered is applied in the end, if not by Raft, which has other things to do.
    aside: Handle,
    /// Why nothing is applied any more.
    fatal: watch::Sender<Option<String>>,
    installed: AtomicU64,
    /// Entries are being applied.
    applying: AtomicBool,
    commit: AtomicU64,
}

/// Read together by a checkpoint, so changed together.
struct Progress {
    applied: Option<LogId>,
    membership: StoredMembership,
}

impl Applier {
    /// Brings the files and what the log remembers of them together, finishing an interrupted install. Errors say what
    /// to do. Blocks. What takes time is later done in the runtime that this is called in.
    pub(crate) fn open(storage: Arc<Storage>, log: Arc<RaftLog>) -> Result<Arc<Applier>, String> {
        let applied = storage.applied().map(types::from_storage);
        let (mut snapshot, mut membership) = (read_snapshot(&log)?, read_membership(&log)?);
        if let Some(bytes) = log.slot(LogSlot::Installing) {
            let installing = decode_snapshot(&bytes)?;
            let happened = applied >= installing.last_log_id;
            tracing::info!(happened, meta = %installing, "found an interrupted snapshot install");
            if happened {
                membership = installing.last_membership.clone();
                put_now(&log, installed_slots(&installing))?;
                snapshot = Some(installing);
            } else {
                put_now(&log, vec![(LogSlot::Installing, None)])?;
            }
        }
        if let Some(snapshot) = &snapshot
            && applied < snapshot.last_log_id
        {
            return Err(format!(
                "the database files are older than the Raft log beside them (they are at {}, the log starts after {}): \
                 was only a part of this directory restored from a backup? Restore all of it, or none and join again \
                 with an empty directory",
                applied.map_or("the beginning".to_owned(), |id| id.index().to_string()),
                snapshot.last_log_id.map_or(0, |id| id.index()),
            ));
        }
        let fates = Fates::new(storage.clone(), applied.map_or(0, |id| types::term_of(&id)));
        let applier = Arc::new(Applier {
            storage,
            log,
            fates,
            progress: Mutex::new(Progress { applied, membership }),
            applied: watch::Sender::new(applied.map_or(0, |id| id.index())),
            gathered: Arc::default(),
            gathered_to: AtomicU64::new(0),
            wanted: AtomicU64::new(0),
            aside: Handle::current(),
            fatal: watch::Sender::new(None),
            installed: AtomicU64::new(0),
            applying: AtomicBool::new(false),
            commit: AtomicU64::new(applied.map_or(0, |id| id.index())),
        });
        // A writer that can't go on might be noticed by nobody until the next entry comes, and this node's reads be
        // answered from what is wrong.
        let listening = Arc::downgrade(&applier);
        let listener: FailureListener = Arc::new(move |error| {
            if let Some(applier) = listening.upgrade() {
                applier.fail(error.to_string());
            }
        });
        applier.storage.on_failure(&listener);
        // openraft closes a gap between log and state by purging the log up to the state: the state must be on disk.
        let last = applier.log.ends().1;
        if applied.is_some_and(|applied| last.is_none_or(|last| last.index < applied.index())) {
            applier.checkpoint_blocking().map_err(|error| error.to_string())?;
        }
        Ok(applier)
    }

    pub(crate) fn storage(&self) -> &Arc<Storage> {
        &self.storage
    }

    pub(crate) fn fates(&self) -> &Arc<Fates> {
        &self.fates
    }

    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The applied index, 0 for none.
    pub(crate) fn applied(&self) -> watch::Receiver<u64> {
        self.applied.subscribe()
    }

    /// Entries up to there are committed.
    pub(crate) fn learn_commit(&self, index: u64) {
        self.commit.fetch_max(index, Ordering::SeqCst);
    }

    /// The commit index, as far as anything has come of it: nothing beyond it is being applied here, or has been told to another node
    /// as committed by this one.
    pub(crate) fn commit(&self) -> u64 {
        self.commit.load(Ordering::SeqCst)
    }

    pub(crate) fn applied_index(&self) -> u64 {
        *self.applied.borrow()
    }

    /// Whether entries are being applied at this moment.
    pub(crate) fn is_applying(&self) -> bool {
        self.applying.load(Ordering::Relaxed)
    }

    pub(crate) fn snapshots_installed(&self) -> u64 {
        self.installed.load(Ordering::Relaxed)
    }

    /// Why this node has stopped; see [`Applier::fail`].
    pub(crate) fn fatal(&self) -> watch::Receiver<Option<String>> {
        self.fatal.subscribe()
    }

    /// This node can't go on. The first reason stays.
    pub(crate) fn fail(&self, reason: String) {
        self.fatal.send_if_modified(|fatal| {
            let first = fatal.is_none();
            if first {
                tracing::error!(%reason, "this node can't go on");
                *fatal = Some(reason);
            }
            first
        });
    }

    /// A membership as last applied here.
    pub(crate) fn membership(&self) -> StoredMembership {
        self.progress().membership.clone()
    }

    /// Puts everything applied so far on disk; what it returns holds at least that much. Blocks.
    pub(crate) fn checkpoint_blocking(&self) -> io::Result<SnapshotMeta> {
        let meta = {
            let progress = self.progress();
            SnapshotMeta { last_log_id: progress.applied, last_membership: progress.membership.clone() }
        };
        if let Some(applied) = &meta.last_log_id {
            self.storage.checkpoint(types::to_storage(applied)).map_err(|error| {
                self.fail(error.to_string());
                io::Error::other(error)
            })?;
            let value = format::encode_slot(&SnapshotForm::from(&meta));
            // A checkpoint that ran beside a later one must not set the clock back.
            let newer = read_snapshot(&self.log).map_err(io::Error::other)?;
            if newer.is_none_or(|newer| newer.last_log_id < meta.last_log_id) {
                put_now(&self.log, vec![(LogSlot::Snapshot, Some(value))]).map_err(io::Error::other)?;
            }
        }
        Ok(meta)
    }

    /// One piece of the log. Blocks.
    fn apply(&self, entries: Vec<(RaftEntry, Option<ApplyResponder<Types>>)>) -> io::Result<()> {
        for (entry, responder) in entries {
            let log_id = entry.log_id;
            let (applied, membership) = match entry.payload {
                Payload::Blank => (Applied::Nothing, None),
                Payload::Normal(Command(bytes)) => {
                    let entry = Entry::decode(&bytes).map_err(|error| {
                        io::Error::other(format!(
                            "entry {} cannot be understood ({error}): was it written by a newer version of quorlite?",
                            log_id.index()
                        ))
                    })?;
                    let applied = self.storage.apply(types::to_storage(&log_id), &entry).map_err(io::Error::other)?;
                    match &entry {
                        Entry::Batch(batch) => self.fates.applied_batch(log_id.index(), batch, &applied),
                        Entry::Piece(piece) => self.fates.applied_piece(piece),
                        Entry::Open { .. } | Entry::AdmitNode { .. } | Entry::Digest { .. } | Entry::Database(_) => {}
                    }
                    (applied, None)
                }
                Payload::Membership(membership) => {
                    let stored = StoredMembership::new(Some(log_id), membership);
                    // On disk before a later entry can be: a file that is past this entry implies it.
                    let value = format::encode_slot(&StoredMembershipForm::from(&stored));
                    put_now(&self.log, vec![(LogSlot::Membership, Some(value))]).map_err(io::Error::other)?;
                    (Applied::Nothing, Some(stored))
                }
            };
            self.tell(log_id, applied, membership, responder);
        }
        Ok(())
    }

    /// An entry has been applied.
    fn tell(
        &self,
        log_id: LogId,
        applied: Applied,
        membership: Option<StoredMembership>,
        responder: Option<ApplyResponder<Types>>,
    ) {
        let mut progress = self.progress();
        progress.applied = Some(log_id);
        if let Some(membership) = membership {
            progress.membership = membership;
        }
        drop(progress);
        self.fates.applied_term(types::term_of(&log_id));
        self.applied.send_replace(log_id.index());
        if let Some(responder) = responder {
            responder.send(applied);
        }
    }

    /// Replaces everything by received files. Blocks.
    fn install(&self, meta: &SnapshotMeta, from: Scratch) -> io::Result<()> {
        let value = format::encode_slot(&SnapshotForm::from(meta));
        put_now(&self.log, vec![(LogSlot::Installing, Some(value))]).map_err(io::Error::other)?;
        if let Err(error) = self.storage.install(from.path()) {
            from.keep();
            return Err(io::Error::other(error));
        }
        put_now(&self.log, installed_slots(meta)).map_err(io::Error::other)?;
        let mut progress = self.progress();
        progress.applied = meta.last_log_id;
        progress.membership = meta.last_membership.clone();
        drop(progress);
        self.fates.installed(meta.last_log_id.map_or(0, |id| types::term_of(&id)));
        self.learn_commit(meta.last_log_id.map_or(0, |id| id.index()));
        self.applied.send_replace(meta.last_log_id.map_or(0, |id| id.index()));
        self.installed.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    /// Runs on a thread that may block. Its failure is the node's.
    async fn blocking<T: Send + 'static>(
        self: &Arc<Applier>,
        action: impl FnOnce(&Applier) -> io::Result<T> + Send + 'static,
    ) -> io::Result<T> {
        let applier = self.clone();
        let result = tokio::task::spawn_blocking(move || action(&applier)).await.map_err(io::Error::other);
        result.flatten().inspect_err(|error| self.fail(error.to_string()))
    }
}

fn put_now(log: &RaftLog, slots: Vec<(LogSlot, Option<bytes::Bytes>)>) -> Result<(), String> {
    let (sender, receiver) = std::sync::mpsc::channel();
    let done = Box::new(move |result: io::Result<()>| {
        let _ = sender.send(result);
    });
    log.put(slots, done);
    receiver.recv().map_err(|_| "the log is closed".to_owned())?.map_err(|error| error.to_string())
}

fn installed_slots(meta: &SnapshotMeta) -> Vec<(LogSlot, Option<bytes::Bytes>)> {
    vec![
        (LogSlot::Snapshot, Some(format::encode_slot(&SnapshotForm::from(meta)))),
        (LogSlot::Membership, Some(format::encode_slot(&StoredMembershipForm::from(&meta.last_membership)))),
        (LogSlot::Installing, None),
    ]
}

fn decode_snapshot(bytes: &[u8]) -> Result<SnapshotMeta, String> {
    format::decode_slot::<SnapshotForm>(bytes)
        .and_then(SnapshotForm::into_meta)
        .map_err(|error| format!("the Raft log: what it says of the last snapshot {error}"))
}

fn read_snapshot(log: &RaftLog) -> Result<Option<SnapshotMeta>, String> {
    log.slot(LogSlot::Snapshot).map(|bytes| decode_snapshot(&bytes)).transpose()
}

fn read_membership(log: &RaftLog) -> Result<StoredMembership, String> {
    let Some(bytes) = log.slot(LogSlot::Membership) else { return Ok(StoredMembership::default()) };
    format::decode_slot::<StoredMembershipForm>(&bytes)
        .and_then(StoredMembershipForm::into_stored)
        .map_err(|error| format!("the Raft log: the stored membership {error}"))
}

fn size_of_entry(entry: &RaftEntry) -> usize {
    match &entry.payload {
        Payload::Normal(Command(bytes)) => bytes.len(),
        Payload::Blank | Payload::Membership(_) => 0,
    }
}

impl StateMachine {
    pub(crate) fn new(applier: Arc<Applier>) -> StateMachine {
        StateMachine(applier)
    }

    /// Applies what has gathered, in order, on a thread that may block.
    async fn apply_blocking(
        &self,
        entries: &mut Vec<(RaftEntry, Option<ApplyResponder<Types>>)>,
    ) -> Result<(), io::Error> {
        if entries.is_empty() {
            return Ok(());
        }
        self.0.apply_gathered().await?;
        let entries = std::mem::take(entries);
        self.0.blocking(move |applier| applier.apply(entries)).await
    }
}

/// Makes checkpoints.
pub(crate) struct Checkpointer(Arc<Applier>);

impl RaftSnapshotBuilder<Types> for Checkpointer {
    type SnapshotData = SnapshotData;

    async fn build_snapshot(&mut self) -> Result<types::Snapshot, io::Error> {
        self.0.apply_gathered().await?;
        let meta = self.0.blocking(Applier::checkpoint_blocking).await?;
        Ok(Snapshot { meta, snapshot: SnapshotData::Own })
    }
}

impl RaftStateMachine<Types> for StateMachine {
    type SnapshotData = SnapshotData;
    type SnapshotBuilder = Checkpointer;

    async fn applied_state(&mut self) -> Result<(Option<LogId>, StoredMembership), io::Error> {
        let progress = self.0.progress();
        Ok((progress.applied, progress.membership.clone()))
    }

    async fn apply<Entries>(&mut self, mut entries: Entries) -> Result<(), io::Error>
    where
        Entries: Stream<Item = Result<EntryResponder<Types>, io::Error>> + Unpin + Send,
    {
        while let Some(first) = entries.next().await {
            let first = first?;
            let mut bytes = size_of_entry(&first.0);
            let mut piece = vec![first];
            while piece.len() < APPLY_ENTRIES && bytes < APPLY_BYTES {
                let Some(Some(next)) = entries.next().now_or_never() else { break };
                let next = next?;
                bytes += size_of_entry(&next.0);
                piece.push(next);
            }
            self.0.applying.store(true, Ordering::Relaxed);
            let mut others = Vec::new();
            for (entry, responder) in piece {
                // Before anybody can be told what became of it.
                self.0.learn_commit(entry.log_id.index());
                let Some(small) = Small::of(&entry) else {
                    others.push((entry, responder));
                    continue;
                };
                self.apply_blocking(&mut others).await?;
                self.0.apply_small(small, responder).await?;
            }
            self.apply_blocking(&mut others).await?;
            self.0.applying.store(false, Ordering::Relaxed);
        }
        Ok(())
    }

    async fn get_snapshot_builder(&mut self) -> Checkpointer {
        Checkpointer(self.0.clone())
    }

    async fn install_snapshot(&mut self, meta: &SnapshotMeta, snapshot: SnapshotData) -> Result<(), io::Error> {
        let SnapshotData::Received(from) = snapshot else {
            // Only a start with files older than the checkpoint asks for this, and `Applier::open` refuses that.
            return Err(io::Error::other("there are no files to install"));
        };
        self.0.apply_gathered().await?;
        let meta = meta.clone();
        self.0.blocking(move |applier| applier.install(&meta, from)).await
    }

    async fn get_current_snapshot(&mut self) -> Result<Option<types::Snapshot>, io::Error> {
        let meta = read_snapshot(&self.0.log).map_err(io::Error::other)?;
        Ok(meta.map(|meta| Snapshot { meta, snapshot: SnapshotData::Own }))
    }
}
