//! From "elected" to "executes", and what the writers propose in between.
//!
//! That openraft calls this node the leader is a hint. The node executes only after an opening entry of its
//! own term has been *applied*: then everything earlier terms committed is in the files. Each
//! proposal names its term (`with_leader`), which openraft checks when it appends, and whether a batch counts is decided at
//! apply, by the state machine. So the watcher here may be late or wrong about leadership and only costs time.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use openraft::ServerState;
use openraft::async_runtime::WatchReceiver;
use openraft::errors::{ClientWriteError, RaftError};
use openraft::impls::ProgressResponder;
use openraft::raft::ClientWriteResult;
use tokio::runtime::Handle;
use tokio::sync::{mpsc, watch};

use super::fate::{Fates, Proposal};
use super::types::{Command, Raft, Types};
use crate::storage::{Applied, Entry, Propose, Storage};

/// The largest entry: it must fit into a message to a peer with room to spare.
const ENTRY: usize = 512 << 20;

/// Between two attempts to open a term.
const REOPEN: Duration = Duration::from_millis(50);

/// Writes an entry, as the leader of `term` or not at all.
pub(crate) async fn write(raft: &Raft, bytes: Bytes, term: Option<u64>) -> Result<(u64, Applied), WriteError> {
    let (responder, done) = ProgressResponder::complete_only();
    let mut request = raft.write(Command(bytes)).responder(responder);
    if let Some(term) = term {
        request = request.with_leader(term);
    }
    request.await.map_err(|fatal| WriteError::Unknown(fatal.to_string()))?;
    let done: Result<ClientWriteResult<Types>, _> = done.await;
    match done {
        Ok(Ok(response)) => Ok((response.log_id.index(), response.data)),
        Ok(Err(ClientWriteError::ForwardToLeader(_))) => Err(WriteError::NotLeader),
        Ok(Err(error)) => Err(WriteError::Unknown(error.to_string())),
        Err(_) => Err(WriteError::Unknown("Raft has stopped".to_owned())),
    }
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum WriteError {
    /// Not appended.
    #[error("this node does not lead")]
    NotLeader,
    #[error("{0}")]
    Unknown(String),
}

impl From<RaftError<Types, ClientWriteError<Types>>> for WriteError {
    fn from(error: RaftError<Types, ClientWriteError<Types>>) -> WriteError {
        match error {
            RaftError::APIError(ClientWriteError::ForwardToLeader(_)) => WriteError::NotLeader,
            other => WriteError::Unknown(other.to_string()),
        }
    }
}

/// Takes finished batches from the writer threads.
struct Proposer {
    queue: mpsc::UnboundedSender<(Proposal, Bytes)>,
    storage: Arc<Storage>,
}

impl Propose for Proposer {
    fn propose(&self, file: &str, number: u64, entry: Entry) {
        let (term, place) = match &entry {
            Entry::Batch(batch) => (batch.term, None),
            Entry::Piece(piece) => (piece.of.term, Some(piece.place)),
            Entry::Open { .. } | Entry::AdmitNode { .. } | Entry::Digest { .. } | Entry::Database(_) => {
                tracing::error!(file, number, "storage proposed what is no batch");
                return self.storage.refused(file, number);
            }
        };
        let proposal = Proposal { term, file: file.to_owned(), number, place };
        let bytes = entry.encode();
        if bytes.len() > ENTRY {
            tracing::error!(file, number, bytes = bytes.len(), "a batch is too large to be replicated");
            return self.storage.refused(file, number);
        }
        if let Err(unsent) = self.queue.send((proposal, bytes.into())) {
            let (proposal, _) = unsent.0;
            self.storage.refused(&proposal.file, proposal.number);
        }
    }
}

/// This node as a leader, perhaps.
pub(crate) struct Leadership {
    /// The term in which this node executes. Held for reading while a transaction is handed to
    /// storage, so that "executed in this term or not at all" can be promised.
    executing: RwLock<Option<u64>>,
    changed: watch::Sender<Option<u64>>,
    proposals: AtomicU64,
}

impl Leadership {
    /// Watches from now on, until Raft stops, which runs on that lane.
    pub(crate) fn start(
        raft: Raft,
        storage: Arc<Storage>,
        fates: Arc<Fates>,
        node: u64,
        patience: Duration,
        lane: &Handle,
    ) -> Arc<Leadership> {
        let (queue, batches) = mpsc::unbounded_channel();
        let leadership = Arc::new(Leadership {
            executing: RwLock::new(None),
            changed: watch::Sender::new(None),
            proposals: AtomicU64::new(0),
        });
        let proposing = Proposing { raft: raft.clone(), storage: storage.clone(), fates, patience };
        lane.spawn(propose(proposing, leadership.clone(), batches));
        let proposer = Arc::new(Proposer { queue, storage: storage.clone() });
        let watcher =
            Watcher { raft, storage, proposer, node, incarnation: rand::random(), leadership: leadership.clone() };
        tokio::spawn(watcher.run());
        leadership
    }

    /// Changes when this node begins or ceases to execute; the term.
    pub(crate) fn watch(&self) -> watch::Receiver<Option<u64>> {
        self.changed.subscribe()
    }

    pub(crate) fn executing(&self) -> Option<u64> {
        *self.changed.borrow()
    }

    pub(crate) fn proposals(&self) -> u64 {
        self.proposals.load(Ordering::Relaxed)
    }

    /// Runs the action if this node executes (in `term`, if given), and not between two terms. It must not block.
    pub(crate) fn while_executing(&self, term: Option<u64>, action: impl FnOnce()) -> bool {
        let executing = self.executing.read().unwrap_or_else(PoisonError::into_inner);
        let fits = executing.is_some() && (term.is_none() || term == *executing);
        if fits {
            action();
        }
        fits
    }

    fn set(&self, term: Option<u64>, change: impl FnOnce()) {
        let mut executing = self.executing.write().unwrap_or_else(PoisonError::into_inner);
        change();
        *executing = term;
        drop(executing);
        self.changed.send_replace(term);
    }
}

struct Watcher {
    raft: Raft,
    storage: Arc<Storage>,
    proposer: Arc<Proposer>,
    node: u64,
    /// Tells this process' batches from those before a restart.
    incarnation: u64,
    leadership: Arc<Leadership>,
}

impl Watcher {
    async fn run(self) {
        let mut metrics = self.raft.server_metrics();
        let mut opening: Option<(u64, BoxFuture<'_, ()>)> = None;
        loop {
            let elected = {
                let metrics = metrics.borrow_watched();
                let own = metrics.vote.committed && metrics.vote.leader_id.voted_for == self.node;
                (metrics.state == ServerState::Leader && own).then_some(metrics.vote.leader_id.term)
            };
            let executing = self.leadership.executing();
            if executing.is_some() && executing != elected {
                tracing::info!(term = executing, "this node does not lead any more");
                self.leadership.set(None, || self.storage.follow());
            }
            if opening.as_ref().map(|(term, _)| *term) != elected {
                opening = match elected {
                    Some(term) if executing != elected => Some((term, Box::pin(self.open(term)))),
                    _ => None,
                };
            }
            let opened = async {
                match &mut opening {
                    Some((_, opening)) => opening.await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                changed = metrics.changed() => {
                    if changed.is_err() {
                        return self.leadership.set(None, || self.storage.follow());
                    }
                }
                () = opened => opening = None,
            }
        }
    }

    /// Opens the term: from the moment that entry is applied, this node executes.
    async fn open(&self, term: u64) {
        let entry = Entry::Open { node: self.node, incarnation: self.incarnation };
        let bytes = Bytes::from(entry.encode());
        loop {
            match write(&self.raft, bytes.clone(), Some(term)).await {
                Ok((index, _)) => {
                    tracing::info!(term, index, "this node leads");
                    self.leadership.set(Some(term), || {
                        self.storage.lead(self.node, term, self.incarnation, self.proposer.clone());
                    });
                    return;
                }
                Err(error) => {
                    tracing::debug!(term, %error, "the term is not open yet");
                    tokio::time::sleep(REOPEN).await;
                }
            }
        }
    }
}

struct Proposing {
    raft: Raft,
    storage: Arc<Storage>,
    fates: Arc<Fates>,
    patience: Duration,
}

/// Hands batches to Raft, in order, and storage what becomes of those that are not simply applied.
async fn propose(
    proposing: Proposing,
    leadership: Arc<Leadership>,
    mut batches: mpsc::UnboundedReceiver<(Proposal, Bytes)>,
) {
    let proposing = Arc::new(proposing);
    while let Some((proposal, bytes)) = batches.recv().await {
        leadership.proposals.fetch_add(1, Ordering::Relaxed);
        proposing.fates.proposed(proposal.clone());
        let (responder, done) = ProgressResponder::complete_only();
        let request = proposing.raft.write(Command(bytes)).with_leader(proposal.term).responder(responder);
        if let Err(fatal) = request.await {
            tracing::warn!(%fatal, "a batch could not be proposed");
            if proposing.fates.answered(&proposal) {
                proposing.storage.lost(&proposal.file, proposal.number);
            }
            continue;
        }
        tokio::spawn(proposing.clone().attend(proposal, done));
    }
}

impl Proposing {
    async fn attend(
        self: Arc<Proposing>,
        proposal: Proposal,
        done: impl Future<Output = Result<ClientWriteResult<Types>, impl Send>> + Send,
    ) {
        let deadline = tokio::time::Instant::now() + self.patience;
        let mut done = std::pin::pin!(done);
        let result = tokio::time::timeout_at(deadline, &mut done).await;
        match result {
            Ok(Ok(Ok(_))) => {
                self.fates.answered(&proposal);
                return;
            }
            Ok(Ok(Err(ClientWriteError::ForwardToLeader(_)))) => {
                if self.fates.answered(&proposal) {
                    self.storage.refused(&proposal.file, proposal.number);
                }
                return;
            }
            // Cut off the log: that decides nothing. The next term's first entry will, or the deadline.
            Ok(Ok(Err(ref error))) => {
                tracing::debug!(?proposal, %error, "a batch is no longer in this node's log");
                tokio::time::sleep_until(deadline).await;
            }
            Ok(Err(_)) => {}
            Err(_) => {}
        }
        if self.fates.answered(&proposal) {
            tracing::warn!(?proposal, "the fate of a batch is not known in time");
            self.storage.lost(&proposal.file, proposal.number);
        }
        // Raft may still answer; it complains if nobody listens.
        if result.is_err() {
            let _ = done.await;
        }
    }
}
