//! The leader's end of the nodes' streams.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::Instant;

use super::table::{SessionId, Table, Told};
use super::{LocksForm, Reply, Word, deadlock};
use crate::cluster::messages::{self, Answer};
use crate::cluster::node::Inner;
use crate::cluster::transport::server::Interim;
use crate::storage::{Cancel, Sabotage};
use crate::types::PgError;

/// Between two attempts to have a majority confirm what was decided.
const AGAIN: Duration = Duration::from_millis(50);

/// The table of the term in which this node executes, and the streams of the nodes.
#[derive(Default)]
pub(crate) struct Counter(Mutex<Option<Opened>>);

struct Opened {
    term: u64,
    table: Table,
    streams: HashMap<u64, mpsc::UnboundedSender<Reply>>,
    last_stream: u64,
}

/// What is to be told, and to whom.
type News = Vec<(mpsc::UnboundedSender<Reply>, Told)>;

/// Where a node's words come from.
pub(crate) enum Desktop {
    Here(mpsc::UnboundedReceiver<Word>),
    There(Interim),
}

impl Desktop {
    async fn next(&mut self) -> Option<Word> {
        match self {
            Desktop::Here(words) => words.recv().await,
            Desktop::There(interim) => messages::decode(&interim.further().await?).ok(),
        }
    }
}

impl Counter {
    /// Runs something on the table of this term, and gives what is to be told.
    fn with<T>(&self, term: u64, run: impl FnOnce(&mut Opened, &mut Vec<Told>) -> T) -> Option<(T, News)> {
        let mut opened = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let opened = opened.as_mut().filter(|opened| opened.term == term)?;
        let mut told = Vec::new();
        let result = run(opened, &mut told);
        // For the streams of this moment: what is decided for one does not count on the next.
        let news = told.into_iter().filter_map(|told| Some((opened.streams.get(&told.node)?.clone(), told)));
        Some((result, news.collect()))
    }

    fn open(&self, term: u64, table: impl FnOnce() -> Table) {
        let mut opened = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if opened.as_ref().is_none_or(|opened| opened.term < term) {
            *opened = Some(Opened { term, table: table(), streams: HashMap::new(), last_stream: 0 });
        }
    }
}

impl Inner {
    /// What a node may keep to itself, as the leader counts it.
    fn lock_term(&self) -> Duration {
        self.config.timing.lock_lease * 5 / 4
    }

    /// A node's stream, from another node.
    pub(crate) async fn keep_desk_of(
        self: &Arc<Inner>,
        node: u64,
        form: LocksForm,
        cancel: Cancel,
        interim: Interim,
    ) -> Answer {
        let (sender, mut replies) = mpsc::unbounded_channel();
        let outgoing = interim.outgoing();
        let serve = self.keep_desk(node, form, Desktop::There(interim), sender);
        let tell = async {
            while let Some(reply) = replies.recv().await {
                outgoing.send(messages::encode(&Answer::Lock(reply))).await;
            }
        };
        tokio::select! {
            () = serve => {}
            () = tell => {}
            _ = cancel.cancelled() => {}
        }
        Answer::NotLeader(None)
    }

    /// Serves a node's stream to its end.
    pub(crate) async fn keep_desk(
        self: &Arc<Inner>,
        node: u64,
        form: LocksForm,
        mut desk: Desktop,
        replies: mpsc::UnboundedSender<Reply>,
    ) {
        let term = form.term;
        let mut executing = self.leadership.watch();
        if *executing.borrow_and_update() != Some(term) {
            return;
        }
        let now = std::time::Instant::now();
        let members = self.membership();
        self.counter.open(term, || Table::new(members.nodes().map(|(id, _)| *id), now + self.lock_term()));
        let holdings = if Sabotage::ForgetHoldings.is_on() { Vec::new() } else { form.holdings };
        let registered = self.counter.with(term, |opened, told| {
            opened.last_stream += 1;
            let stream = opened.last_stream;
            let lost = opened.table.register(node, stream, holdings, now + self.lock_term(), told);
            opened.streams.insert(node, replies.clone());
            (stream, lost)
        });
        let Some(((stream, lost), told)) = registered else { return };
        let _ended = Ended { inner: self.clone(), term, node, stream };
        self.tell(term, told);
        let opened = replies.clone();
        self.confirmed(term, move || drop(opened.send(Reply::Opened(lost))));
        loop {
            let word = tokio::select! {
                word = desk.next() => word,
                // Whoever leads next has a table of his own.
                _ = executing.changed() => None,
                () = replies.closed() => None,
            };
            let Some(word) = word else { break };
            if !self.heard(term, node, stream, word, &replies) {
                break;
            }
        }
    }

    /// `false`: the stream does not count any more.
    fn heard(
        self: &Arc<Inner>,
        term: u64,
        node: u64,
        stream: u64,
        word: Word,
        replies: &mpsc::UnboundedSender<Reply>,
    ) -> bool {
        let now = std::time::Instant::now();
        let done = self.counter.with(term, |opened, told| {
            let table = &mut opened.table;
            if !table.is_current(node, stream) {
                return false;
            }
            match word {
                Word::Wish(wish) => table.wish(node, wish, told),
                Word::Withdraw(number) => table.withdraw(node, number, told),
                Word::Release(number, holding) => {
                    table.release(holding.session, &holding.key, holding.mode, told);
                    let _ = replies.send(Reply::Released(number));
                }
                Word::Renew(number) => {
                    let (inner, replies) = (self.clone(), replies.clone());
                    self.confirmed(term, move || {
                        let expires = now + inner.lock_term();
                        inner.counter.with(term, |opened, _| {
                            if opened.table.is_current(node, stream) {
                                opened.table.renew(node, expires);
                                let _ = replies.send(Reply::Renewed(number));
                            }
                        });
                    });
                }
            }
            true
        });
        let Some((current, told)) = done else { return false };
        self.tell(term, told);
        current
    }

    /// Tells nodes what became of their wishes, once it is certain that this was for this leader to decide.
    fn tell(self: &Arc<Inner>, term: u64, news: News) {
        if news.is_empty() {
            return;
        }
        self.confirmed(term, move || {
            for (stream, Told { number, fate, .. }) in news {
                let _ = stream.send(Reply::Fate(number, fate));
            }
        });
    }

    /// Does it when a majority has confirmed that this node leads in the term, from now on; or never.
    fn confirmed(self: &Arc<Inner>, term: u64, action: impl FnOnce() + Send + 'static) {
        let inner = self.clone();
        tokio::spawn(async move {
            let patience = inner.config.timing.election_max * 2;
            while inner.leadership.executing() == Some(term) {
                // It confirms the term in which this node executes, which only grows: that was this one all the time.
                let round = inner.leader_read_index(None, patience).await;
                if round.is_ok() && inner.leadership.executing() == Some(term) {
                    return action();
                }
                tokio::time::sleep(AGAIN).await;
            }
        });
    }

    /// A session of any node wants the writer slot of this one. Errors: 40P01.
    pub(crate) fn queue_for_slot(self: &Arc<Inner>, session: SessionId) -> Result<QueuedForSlot, PgError> {
        let queued = QueuedForSlot { inner: self.clone(), session };
        match self.slot(|table| table.wait_for_slot(session)).flatten() {
            Some(circle) => Err(deadlock(&circle)),
            None => Ok(queued),
        }
    }

    /// As [`Inner::queue_for_slot`], if another transaction is in it.
    pub(crate) fn queue_behind_slot(self: &Arc<Inner>, session: SessionId) -> Result<Option<QueuedForSlot>, PgError> {
        match self.slot(|table| table.slot_is_held()) {
            Some(true) => self.queue_for_slot(session).map(Some),
            _ => Ok(None),
        }
    }

    fn slot<T>(&self, run: impl FnOnce(&mut Table) -> T) -> Option<T> {
        let mut opened = self.counter.0.lock().unwrap_or_else(PoisonError::into_inner);
        opened.as_mut().map(|opened| run(&mut opened.table))
    }
}

/// A node's stream, until it is dropped.
struct Ended {
    inner: Arc<Inner>,
    term: u64,
    node: u64,
    stream: u64,
}

impl Drop for Ended {
    fn drop(&mut self) {
        let (node, stream) = (self.node, self.stream);
        let ended = self.inner.counter.with(self.term, |opened, told| {
            if opened.table.is_current(node, stream) {
                opened.streams.remove(&node);
                opened.table.disconnect(node, told);
            }
        });
        if let Some(((), told)) = ended {
            self.inner.tell(self.term, told);
        }
    }
}

/// A session's place in the queue for the slot.
pub(crate) struct QueuedForSlot {
    inner: Arc<Inner>,
    session: SessionId,
}

impl QueuedForSlot {
    /// It has come.
    pub(crate) fn granted(self) -> HeldSlot {
        self.inner.slot(|table| table.hold_slot(self.session));
        HeldSlot { inner: self.inner.clone(), session: self.session }
    }
}

impl Drop for QueuedForSlot {
    fn drop(&mut self) {
        self.inner.slot(|table| table.leave_slot_queue(self.session));
    }
}

/// A session in the slot.
pub(crate) struct HeldSlot {
    inner: Arc<Inner>,
    session: SessionId,
}

impl Drop for HeldSlot {
    fn drop(&mut self) {
        self.inner.slot(|table| table.leave_slot(self.session));
    }
}

/// Lets what silent nodes held go when their time is over.
pub(crate) async fn expire(inner: Arc<Inner>) {
    let mut tick = tokio::time::interval(inner.config.timing.lock_lease / 20);
    loop {
        tick.tick().await;
        let Some(term) = inner.leadership.executing() else { continue };
        let expired = inner.counter.with(term, |opened, told| opened.table.expire(Instant::now().into_std(), told));
        if let Some(((), told)) = expired {
            inner.tell(term, told);
        }
    }
}
