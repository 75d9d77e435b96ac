//! Small batches, which are applied together where nobody waits for them.
//!
//! To apply a batch of one row costs a follower a hundred microseconds, most of them for the SQLite transaction and the
//! threads that it goes through; ten of them together cost little more.

use std::io;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::time::Duration;

use openraft::storage::ApplyResponder;
use tokio::sync::{OwnedMutexGuard, oneshot};

use super::super::types::{self, Command, LogId, Payload, RaftEntry, Types};
use super::Applier;
use crate::storage::{Batch, Entry, StorageError};

/// Entries of at most so many bytes are decoded in no time, and applied without a trip to the blocking thread: two threads less
/// to wake.
const SMALL: usize = 64 << 10;

/// How long a batch is kept that nobody waits for. Whoever looks into the file itself sees it so much later.
const GATHER_TIME: Duration = Duration::from_millis(5);
/// Batches that are applied together at most, and bytes of theirs: who begins to wait for one of them has not long to wait.
const GATHER: usize = 64;
const GATHER_BYTES: usize = 16 << 10;

type Responder = Option<ApplyResponder<Types>>;

/// An entry that is a small batch of one file.
pub(super) struct Small {
    log_id: LogId,
    batch: Batch,
    bytes: usize,
}

impl Small {
    /// `None`: it is none. What can't be understood is found again, and told, by who applies that.
    pub fn of(entry: &RaftEntry) -> Option<Small> {
        let Payload::Normal(Command(bytes)) = &entry.payload else { return None };
        if bytes.len() > SMALL {
            return None;
        }
        match Entry::decode(bytes) {
            Ok(Entry::Batch(batch)) if batch.files.len() == 1 => {
                Some(Small { log_id: entry.log_id, batch, bytes: bytes.len() })
            }
            _ => None,
        }
    }

    fn file(&self) -> Option<&str> {
        self.batch.files.first().map(|content| content.file.as_str())
    }
}

/// Committed batches of one file that are not applied yet.
#[derive(Default)]
pub(super) struct Gathered {
    batches: Vec<Small>,
    responders: Vec<Responder>,
    bytes: usize,
    /// [`apply_later`] is about to come.
    expected: bool,
    /// Nothing is kept any more: there may be nobody to come for it.
    closed: bool,
    /// Some could not be applied; nor is anything after them.
    failed: bool,
}

impl Gathered {
    fn takes(&self, small: &Small) -> bool {
        self.batches.first().is_none_or(|first| first.file() == small.file())
    }

    fn push(&mut self, small: Small, responder: Responder) {
        self.bytes += small.bytes;
        self.batches.push(small);
        self.responders.push(responder);
    }

    fn is_full(&self) -> bool {
        self.batches.len() >= GATHER || self.bytes >= GATHER_BYTES
    }

    fn take(&mut self) -> (Vec<Small>, Vec<Responder>) {
        self.bytes = 0;
        (std::mem::take(&mut self.batches), std::mem::take(&mut self.responders))
    }
}

impl Applier {
    /// The next entry of the log: it is applied now if anybody waits for it, else soon.
    pub(super) async fn apply_small(self: &Arc<Applier>, small: Small, responder: Responder) -> io::Result<()> {
        let mut gathered = self.gathered.clone().lock_owned().await;
        if !gathered.takes(&small) {
            self.apply_all(gathered).await?;
            gathered = self.gathered.clone().lock_owned().await;
        }
        let wanted = self.wanted.load(Ordering::SeqCst) > self.applied_index();
        let now = wanted || gathered.closed || responder.is_some() || self.fates.are_awaited();
        self.gathered_to.store(small.log_id.index(), Ordering::SeqCst);
        gathered.push(small, responder);
        if now || gathered.is_full() {
            return self.apply_all(gathered).await;
        }
        if !gathered.expected {
            gathered.expected = true;
            self.aside.spawn(apply_later(Arc::downgrade(self)));
        }
        Ok(())
    }

    /// Somebody waits until this index is applied: what is there is applied now, and what comes as it comes.
    pub(crate) async fn want(self: &Arc<Applier>, index: u64) -> io::Result<()> {
        self.wanted.fetch_max(index, Ordering::SeqCst);
        if self.applied_index() >= index { Ok(()) } else { self.apply_gathered().await }
    }

    /// The last entry that is applied, or lies here to be applied in a moment.
    pub(crate) fn caught_up_to(&self) -> u64 {
        self.applied_index().max(self.gathered_to.load(Ordering::SeqCst))
    }

    /// Applies what has gathered, and from now on each entry as it comes.
    pub(crate) async fn stop_gathering(self: &Arc<Applier>) {
        let mut gathered = self.gathered.clone().lock_owned().await;
        gathered.closed = true;
        // Its failure is the node's, and told.
        let _ = self.apply_all(gathered).await;
    }

    /// Applies what has gathered. An error: nothing is applied any more.
    pub(crate) async fn apply_gathered(self: &Arc<Applier>) -> io::Result<()> {
        let gathered = self.gathered.clone().lock_owned().await;
        self.apply_all(gathered).await
    }

    /// Nothing else is applied before all of these are and it is known that they are, even if who waits here gives up.
    async fn apply_all(self: &Arc<Applier>, mut gathered: OwnedMutexGuard<Gathered>) -> io::Result<()> {
        if gathered.failed {
            return Err(io::Error::other("an entry before this one could not be applied"));
        }
        let (batches, responders) = gathered.take();
        if batches.is_empty() {
            return Ok(());
        }
        // Until it is known to be otherwise: a writer that has stopped says nothing.
        gathered.failed = true;
        let batches = Arc::new(batches);
        let (sender, receiver) = oneshot::channel();
        let (applier, told) = (self.clone(), batches.clone());
        let then = move |result: Result<Vec<_>, StorageError>| {
            gathered.failed = result.is_err();
            let done = result.map(|all| {
                for ((small, responder), applied) in told.iter().zip(responders).zip(all) {
                    applier.fates.applied_batch(small.log_id.index(), &small.batch, &applied);
                    applier.tell(small.log_id, applied, None, responder);
                }
            });
            if let Err(error) = &done {
                applier.fail(error.to_string());
            }
            drop(gathered);
            let _ = sender.send(done.map_err(io::Error::other));
        };
        let numbered: Vec<_> = batches.iter().map(|small| (types::to_storage(&small.log_id), &small.batch)).collect();
        self.storage.apply_then(&numbered, then);
        let stopped = |_| {
            let failure = self.storage.failure();
            Err(failure.map_or_else(|| io::Error::other("the database file is closed"), io::Error::other))
        };
        receiver.await.unwrap_or_else(stopped).inspect_err(|error| self.fail(error.to_string()))
    }
}

/// Comes for those that nobody has begun to wait for.
async fn apply_later(applier: Weak<Applier>) {
    tokio::time::sleep(GATHER_TIME).await;
    let Some(applier) = applier.upgrade() else { return };
    let mut gathered = applier.gathered.clone().lock_owned().await;
    gathered.expected = false;
    // Its failure is the node's, and told.
    let _ = applier.apply_all(gathered).await;
}
