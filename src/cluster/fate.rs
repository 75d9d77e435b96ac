//! What became of a transaction whose leader, or whose leadership, is gone.
//!
//! The log decides, and every node reads it. Entries of one term come before those of the next,
//! and a batch counts only in the term it was executed in: so once an entry of a later term has
//! been applied here and the batch was not among those before it, the batch will never be
//! applied anywhere. Then its clients need no error, the node executes them again.
//! That an entry was cut off the own log proves nothing: another node may still have it, and lead some day.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use crate::storage::{Applied, Batch, Piece, Storage, TransactionId};

pub(crate) struct Fates {
    storage: Arc<Storage>,
    seen: watch::Sender<Seen>,
    inner: Mutex<Inner>,
}

/// How far the log has been seen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Seen {
    /// The latest term of which an entry was applied.
    term: u64,
    /// Snapshots installed: each passes over entries unseen.
    jumps: u64,
}

#[derive(Default)]
struct Inner {
    /// Forwarded transactions somebody waits for, the index they were applied at, and the answer that came along.
    forwarded: HashMap<TransactionId, Option<(u64, Vec<u8>)>>,
    /// This node's own proposals under way.
    proposals: Vec<Proposal>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Proposal {
    pub term: u64,
    pub file: String,
    pub number: u64,
    /// Of a piece of the batch.
    pub place: Option<u64>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Fate {
    /// At this index.
    Applied(u64),
    /// Nowhere, and never.
    Dropped,
    /// Not to be known now.
    Unknown,
}

impl Fates {
    pub(crate) fn new(storage: Arc<Storage>, term: u64) -> Arc<Fates> {
        let seen = watch::Sender::new(Seen { term, jumps: 0 });
        Arc::new(Fates { storage, seen, inner: Mutex::default() })
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Follows a transaction that is about to be sent to the leader of `term`.
    pub(crate) fn follow(self: &Arc<Fates>, id: TransactionId, term: u64) -> Followed {
        self.inner().forwarded.insert(id, None);
        let jumps = self.seen.borrow().jumps;
        Followed { fates: self.clone(), id, term, jumps }
    }

    /// This node proposes a batch.
    pub(crate) fn proposed(&self, proposal: Proposal) {
        self.inner().proposals.push(proposal);
    }

    /// The proposal was answered otherwise. `false`: it had been answered already.
    pub(crate) fn answered(&self, proposal: &Proposal) -> bool {
        let mut inner = self.inner();
        let before = inner.proposals.len();
        inner.proposals.retain(|other| other != proposal);
        inner.proposals.len() < before
    }

    /// Whether anybody at this node waits to hear what becomes of a transaction.
    pub(crate) fn are_awaited(&self) -> bool {
        let inner = self.inner();
        !inner.forwarded.is_empty() || !inner.proposals.is_empty()
    }

    pub(crate) fn applied_batch(&self, index: u64, batch: &Batch, applied: &Applied) {
        let mut inner = self.inner();
        inner.proposals.retain(|proposal| {
            let same = proposal.number == batch.number && proposal.term == batch.term && proposal.place.is_none();
            !(same && batch.files.iter().any(|file| file.file == proposal.file))
        });
        if inner.forwarded.is_empty() || *applied != Applied::Accepted {
            return;
        }
        let mut found = false;
        for transaction in batch.files.iter().flat_map(|file| &file.transactions) {
            if let Some(at) = inner.forwarded.get_mut(&transaction.id) {
                *at = Some((index, transaction.answer.clone()));
                found = true;
            }
        }
        drop(inner);
        if found {
            self.seen.send_modify(|_| ());
        }
    }

    pub(crate) fn applied_piece(&self, piece: &Piece) {
        self.inner().proposals.retain(|proposal| {
            let same = proposal.number == piece.of.number && proposal.term == piece.of.term;
            !(same && proposal.place == Some(piece.place) && proposal.file == piece.file)
        });
    }

    /// An entry of this term has been applied: own proposals of earlier terms that were not are dead.
    pub(crate) fn applied_term(&self, term: u64) {
        if self.seen.borrow().term >= term {
            return;
        }
        let dead: Vec<Proposal> = {
            let mut inner = self.inner();
            let (dead, alive) = std::mem::take(&mut inner.proposals).into_iter().partition(|own| own.term < term);
            inner.proposals = alive;
            dead
        };
        for proposal in dead {
            tracing::info!(?proposal, term, "a batch of an earlier term was dropped; its clients try again");
            self.storage.refused(&proposal.file, proposal.number);
        }
        self.seen.send_modify(|seen| seen.term = term);
    }

    /// A snapshot was installed: nobody here saw what it passed over. Storage has told its own clients.
    pub(crate) fn installed(&self, term: u64) {
        self.inner().proposals.clear();
        self.seen.send_modify(|seen| {
            seen.term = seen.term.max(term);
            seen.jumps += 1;
        });
    }
}

/// A transaction on its way to the leader of a term.
pub(crate) struct Followed {
    fates: Arc<Fates>,
    id: TransactionId,
    term: u64,
    jumps: u64,
}

impl Followed {
    /// Resolves as soon as the log tells; perhaps never.
    pub(crate) async fn decided(&self) -> Fate {
        let mut seen = self.fates.seen.subscribe();
        loop {
            // Read before the transactions: what was applied by then is in there.
            let now = *seen.borrow_and_update();
            if let Some(Some((index, _))) = self.fates.inner().forwarded.get(&self.id) {
                return Fate::Applied(*index);
            }
            if now.jumps != self.jumps {
                return Fate::Unknown;
            }
            if now.term > self.term {
                return Fate::Dropped;
            }
            if seen.changed().await.is_err() {
                return Fate::Unknown;
            }
        }
    }

    /// What its leader had to say of it, if that is in the log, and applied.
    pub(crate) fn answer(&self) -> Option<Vec<u8>> {
        let inner = self.fates.inner();
        let (_, answer) = inner.forwarded.get(&self.id)?.as_ref()?;
        (!answer.is_empty()).then(|| answer.clone())
    }

    /// Resolves when a later term has begun without its being clear that the leader still knows better.
    pub(crate) async fn passed_by(&self) -> Fate {
        let mut seen = self.fates.seen.subscribe();
        let passed = seen.wait_for(|seen| seen.term > self.term || seen.jumps != self.jumps).await.is_ok();
        if passed { self.decided().await } else { std::future::pending().await }
    }

    /// Waits for that, but not forever.
    pub(crate) async fn fate(&self, patience: Duration) -> Fate {
        tokio::time::timeout(patience, self.decided()).await.unwrap_or(Fate::Unknown)
    }
}

impl Drop for Followed {
    fn drop(&mut self) {
        self.fates.inner().forwarded.remove(&self.id);
    }
}
