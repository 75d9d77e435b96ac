//! [`RaftLog`] as openraft wants a log: see its `docs/protocol/io_ordering.md` for what it relies on.
//!
//! Votes, truncations and purges are on disk when they return. An append is readable when it
//! returns, and reports by callback when it is on disk. All of them pass through one queue and so have one order.

use std::fmt::Debug;
use std::io;
use std::ops::{Bound, Range, RangeBounds};
use std::sync::Arc;
use std::time::Duration;

use openraft::storage::{IOFlushed, LogState, RaftLogReader, RaftLogStorage};
use tokio::sync::oneshot;

use super::format::{self, Ballot, Position};
use super::lease::Promised;
use super::types::{LogId, RaftEntry, Types, Vote, log_id, term_of};
use crate::storage::{LogDone, LogPosition, LogRecord, LogSlot, RaftLog};

/// What one request to a peer, or one step of applying, takes from the log at most.
const READ_BYTES: usize = 4 << 20;

#[derive(Clone)]
pub(crate) struct LogStore(Arc<RaftLog>, Arc<Promised>);

impl LogStore {
    /// Of the node `own`; `lease`: of leaders' reads.
    pub(crate) fn new(log: Arc<RaftLog>, own: u64, lease: Duration) -> LogStore {
        // What cannot be read stops the start a little later.
        let ballot = stored_vote(&log).ok().flatten();
        LogStore(log, Arc::new(Promised::new(ballot, own, lease)))
    }

    /// The term that this log's node has adopted, and what it has promised.
    pub(crate) fn promised(&self) -> Arc<Promised> {
        self.1.clone()
    }

    async fn read(&self, range: Range<u64>, max_bytes: usize) -> io::Result<Vec<RaftEntry>> {
        let records = match self.0.read_cached(range.clone(), max_bytes) {
            Some(records) => records,
            None => {
                let log = self.0.clone();
                tokio::task::spawn_blocking(move || log.read(range, max_bytes)).await.map_err(io::Error::other)??
            }
        };
        records.iter().map(|record| format::from_record(record).map_err(io::Error::other)).collect()
    }
}

/// Runs an operation of the log and waits until it is on disk.
pub(crate) async fn durable(start: impl FnOnce(LogDone) -> io::Result<()>) -> io::Result<()> {
    let (sender, receiver) = oneshot::channel();
    start(Box::new(move |result| {
        let _ = sender.send(result);
    }))?;
    receiver.await.map_err(|_| io::Error::other("the log is closed"))?
}

fn stored_vote(log: &RaftLog) -> io::Result<Option<Ballot>> {
    let Some(bytes) = log.slot(LogSlot::Vote) else { return Ok(None) };
    let ballot = format::decode_slot(&bytes).map_err(|error| io::Error::other(format!("the stored vote {error}")))?;
    Ok(Some(ballot))
}

fn bounds(range: &impl RangeBounds<u64>) -> Range<u64> {
    let start = match range.start_bound() {
        Bound::Included(start) => *start,
        Bound::Excluded(start) => start.saturating_add(1),
        Bound::Unbounded => 0,
    };
    let end = match range.end_bound() {
        Bound::Included(end) => end.saturating_add(1),
        Bound::Excluded(end) => *end,
        Bound::Unbounded => u64::MAX,
    };
    start..end
}

impl RaftLogReader<Types> for LogStore {
    async fn try_get_log_entries<RB: RangeBounds<u64> + Clone + Debug + Send>(
        &mut self,
        range: RB,
    ) -> Result<Vec<RaftEntry>, io::Error> {
        self.read(bounds(&range), usize::MAX).await
    }

    /// Bounds what one request to a peer carries.
    async fn limited_get_log_entries(&mut self, start: u64, end: u64) -> Result<Vec<RaftEntry>, io::Error> {
        self.read(start..end, READ_BYTES).await
    }

    /// Entries to be applied: read piece by piece, since a node that comes back may have gigabytes of them before it.
    async fn entries_stream<RB>(
        &mut self,
        range: RB,
    ) -> impl futures_util::Stream<Item = Result<RaftEntry, io::Error>> + Send
    where
        RB: RangeBounds<u64> + Clone + Debug + Send,
    {
        use futures_util::{StreamExt, TryStreamExt, stream};
        let store = self.clone();
        let pieces = stream::try_unfold(bounds(&range), move |rest| {
            let store = store.clone();
            async move {
                if rest.is_empty() {
                    return Ok(None);
                }
                let entries = store.read(rest.clone(), READ_BYTES).await?;
                let Some(last) = entries.last() else { return Ok(None) };
                let next = last.log_id.index() + 1;
                Ok::<_, io::Error>(Some((stream::iter(entries).map(Ok), next..rest.end)))
            }
        });
        Box::pin(pieces.try_flatten())
    }

    async fn read_vote(&mut self) -> Result<Option<Vote>, io::Error> {
        Ok(stored_vote(&self.0)?.map(Into::into))
    }
}

impl RaftLogStorage<Types> for LogStore {
    type LogReader = LogStore;

    async fn get_log_state(&mut self) -> Result<LogState<Types>, io::Error> {
        let (purged, last) = self.0.ends();
        let id = |position: LogPosition| log_id(position.term, position.index);
        Ok(LogState { last_purged_log_id: purged.map(id), last_log_id: last.map(id) })
    }

    async fn get_log_reader(&mut self) -> LogStore {
        self.clone()
    }

    async fn save_vote(&mut self, vote: &Vote) -> Result<(), io::Error> {
        let ballot = Ballot::from(vote);
        // Before anybody can count on it: see `confirm`.
        self.1.raise(ballot.term).await;
        self.1.voted(&ballot);
        let value = format::encode_slot(&ballot);
        durable(|done| {
            self.0.put(vec![(LogSlot::Vote, Some(value))], done);
            Ok(())
        })
        .await?;
        self.1.adopted(ballot.term);
        Ok(())
    }

    /// Written along with the next append: what is lost of it in a crash is learnt again from the leader.
    async fn save_committed(&mut self, committed: Option<LogId>) -> Result<(), io::Error> {
        if let Some(committed) = committed {
            self.0.put_lazily(LogSlot::Committed, format::encode_slot(&Position::from(&committed)));
        }
        Ok(())
    }

    async fn read_committed(&mut self) -> Result<Option<LogId>, io::Error> {
        let Some(bytes) = self.0.slot(LogSlot::Committed) else { return Ok(None) };
        let position: Position = format::decode_slot(&bytes)
            .map_err(|error| io::Error::other(format!("the stored commit index {error}")))?;
        Ok(Some(position.into()))
    }

    async fn append<I>(&mut self, entries: I, callback: IOFlushed<Types>) -> Result<(), io::Error>
    where
        I: IntoIterator<Item = RaftEntry> + Send,
        I::IntoIter: Send,
    {
        let records: Vec<LogRecord> = entries.into_iter().map(|entry| format::to_record(&entry)).collect();
        let done: LogDone = Box::new(move |result| callback.io_completed(result));
        if self.1.follows() {
            return self.0.append_here(records, done);
        }
        // A leader sends its entries on first, for that takes longer: all that is about to run here runs before.
        if self.0.append_soon(records, done)? {
            let log = self.0.clone();
            tokio::spawn(async move {
                tokio::task::yield_now().await;
                log.begin_to_write();
            });
        }
        Ok(())
    }

    async fn truncate_after(&mut self, last_log_id: Option<LogId>) -> Result<(), io::Error> {
        durable(|done| self.0.truncate_after(last_log_id.map(|id| id.index()), done)).await
    }

    async fn purge(&mut self, upto: LogId) -> Result<(), io::Error> {
        let upto = LogPosition { term: term_of(&upto), index: upto.index() };
        durable(|done| {
            self.0.purge(upto, done);
            Ok(())
        })
        .await
    }
}

#[cfg(test)]
mod tests;
