//! The writer slot, wherever the leader is.
//!
//! A transaction that its client thinks about holds the slot on the leader. Here [`Held`] hides where that is: on this
//! node's writer, or on another's, to which one request is open from the first word to the commit
//! ([`super::holding`] is its other end). Should the request or its node end, so does the transaction.
//!
//! What was not committed when its leader went is lost for certain (40001). A commit under way is followed in
//! the log, like that of any transaction (see [`super::fate`]).

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout};

use super::execute::{PAUSE_FIRST, PAUSE_MOST, call_form, no_leader};
use super::fate::{Fate, Followed};
use super::locks::HeldSlot;
use super::messages::{self, Answer, CallForm, Further, HoldForm, Request};
use super::node::Inner;
use super::rows::{Giver, HeldSink, RowStream};
use super::transport::channel::Call as PendingCall;
use super::transport::server::reason_code;
use crate::sql::SessionContext;
use crate::storage::{self, Call, CallSink, Cancel, NotHeld, Outcome, Reply, SessionSequences, TransactionId};
use crate::types::PgError;

/// A transaction's wish for the slot.
#[derive(Clone)]
pub struct Hold {
    /// The session's.
    pub sequences: SessionSequences,
    /// The version of the snapshot that it has read: it may write on no other.
    pub version: Option<u64>,
    /// Savepoints that it has made already.
    pub savepoints: usize,
    /// Fails where another transaction holds the slot, or waits for it.
    pub nowait: bool,
    /// Of the wait.
    pub cancel: Cancel,
    /// Whose transaction it is.
    pub session: i32,
}

/// The slot, until it is dropped.
pub struct Held {
    inner: Arc<Inner>,
    at: At,
}

enum At {
    Here(storage::Held, HeldSlot),
    There { orders: mpsc::UnboundedSender<ToLeader>, calls: u64 },
}

/// What the session asks of the one who talks to the leader.
enum ToLeader {
    Call { number: u64, context: Arc<SessionContext>, form: Box<CallForm>, cancel: Cancel, sink: HeldSink },
    Say(Further),
    Commit(oneshot::Sender<Outcome>),
}

impl Inner {
    pub(crate) async fn hold(self: Arc<Inner>, database: &str, hold: Hold) -> Result<Held, PgError> {
        let mut deadline = Instant::now() + self.config.timing.patience;
        let mut pause = PAUSE_FIRST;
        loop {
            if let Some(error) = hold.cancel.error().or_else(|| self.stopped()) {
                return Err(error);
            }
            let asked = Instant::now();
            let held = match self.leader() {
                Some(leader) if leader == self.id => {
                    let held = self.hold_here(database, hold.clone(), None).await;
                    held.map(|(held, slot)| At::Here(held, slot))
                }
                Some(leader) => self.clone().hold_there(leader, database, &hold).await,
                None => Err(NotHeld::NotLeader),
            };
            match held {
                Ok(at) => return Ok(Held { inner: self, at }),
                Err(NotHeld::Failed(error)) => return Err(error),
                Err(NotHeld::NotLeader) => {}
            }
            // A wait in the queue of a leader that then went is no part of the search for the next.
            if asked.elapsed() > self.config.timing.patience / 2 {
                deadline = Instant::now() + self.config.timing.patience;
            }
            if Instant::now() + pause > deadline {
                return Err(no_leader());
            }
            self.await_change(pause, &hold.cancel).await;
            pause = (pause * 2).min(PAUSE_MOST);
        }
    }

    /// On this node's writer, if it executes (in `term`, if given).
    pub(crate) async fn hold_here(
        self: &Arc<Inner>,
        database: &str,
        hold: Hold,
        term: Option<(u64, TransactionId)>,
    ) -> Result<(storage::Held, HeldSlot), NotHeld> {
        let Some(database) = self.storage.database(database) else { return Err(NotHeld::NotLeader) };
        let Hold { sequences, version, savepoints, nowait, cancel, session } = hold;
        let queued = self.queue_for_slot(session).map_err(NotHeld::Failed)?;
        let id = term.map_or_else(|| TransactionId(rand::random()), |(_, id)| id);
        let hold = storage::Hold { id, sequences, version, savepoints, nowait, cancel };
        let (sender, granted) = oneshot::channel();
        let ask = || {
            database.hold(hold, move |result| {
                // Whoever has stopped waiting gives it back by this.
                let _ = sender.send(result);
            });
        };
        if !self.leadership.while_executing(term.map(|(term, _)| term), ask) {
            return Err(NotHeld::NotLeader);
        }
        let held = granted.await.unwrap_or(Err(NotHeld::NotLeader))?;
        Ok((held, queued.granted()))
    }

    async fn hold_there(self: Arc<Inner>, leader: u64, database: &str, hold: &Hold) -> Result<At, NotHeld> {
        let Some(term) = self.leader_term(leader) else { return Err(NotHeld::NotLeader) };
        let id = TransactionId(rand::random());
        let form = HoldForm {
            id: id.0,
            database: database.to_owned(),
            term,
            sequences: hold.sequences.get(),
            version: hold.version,
            savepoints: hold.savepoints as u64,
            nowait: hold.nowait,
            session: hold.session,
        };
        let peer = self.peers.peer(leader);
        let Ok(Ok(channel)) = timeout(self.config.timing.patience, peer.forward()).await else {
            return Err(NotHeld::NotLeader);
        };
        self.count_forwarded();
        let followed = self.applier.fates().follow(id, term);
        let request = messages::encode(&Request::Hold(Box::new(form)));
        let mut call = channel.begin(request).await.map_err(|_| NotHeld::NotLeader)?;
        let first = tokio::select! {
            biased;
            first = call.next_interim() => first,
            _ = followed.passed_by() => None,
        };
        let index = match first.as_deref().map(messages::decode::<Answer>) {
            Some(Ok(Answer::Held(index))) => index,
            Some(other) => {
                tracing::warn!(?other, "the leader's answer cannot be understood");
                return Err(NotHeld::NotLeader);
            }
            // Nothing came ahead of the answer: it says why.
            None => return Err(refusal(&mut call, self.config.timing.patience).await),
        };
        // The schema that statements are bound against here is then the one there: nobody else changes it.
        if !self.wait_applied(index, self.config.timing.patience).await {
            tracing::warn!(index, "this node is behind what its client wants to write on");
        }
        let (orders, queue) = mpsc::unbounded_channel();
        let talk =
            Talk { inner: self, call, followed, sequences: hold.sequences.clone(), current: None, committing: None };
        tokio::spawn(talk.run(queue));
        Ok(At::There { orders, calls: 0 })
    }
}

/// Why there is no slot.
async fn refusal(call: &mut PendingCall, patience: Duration) -> NotHeld {
    match timeout(patience, call.wait()).await {
        Ok(Ok(answer)) => match messages::decode::<Answer>(&answer) {
            Ok(Answer::Outcome(outcome, _)) => match *outcome {
                Outcome::Failed { error, .. } => NotHeld::Failed(error),
                _ => NotHeld::NotLeader,
            },
            _ => NotHeld::NotLeader,
        },
        _ => NotHeld::NotLeader,
    }
}

impl Held {
    /// Starts a statement. The one before must have been read to its end, or dropped.
    pub fn call(&mut self, call: Call, context: Arc<SessionContext>, cancel: Cancel) -> RowStream {
        match &mut self.at {
            At::Here(held, _) => RowStream::held(|sink| Giver::Here(held.call(call, context, cancel, Box::new(sink)))),
            At::There { orders, calls } => {
                *calls += 1;
                let (number, form) = (*calls, Box::new(call_form(&call)));
                RowStream::held(|sink| {
                    let _ = orders.send(ToLeader::Call { number, context, form, cancel, sink });
                    Giver::There(There { number, orders: orders.clone() })
                })
            }
        }
    }

    pub fn savepoint(&mut self) {
        match &self.at {
            At::Here(held, _) => held.savepoint(),
            At::There { orders, .. } => drop(orders.send(ToLeader::Say(Further::Savepoint))),
        }
    }

    /// Forgets all savepoints but the first so many.
    pub fn release(&mut self, left: usize) {
        match &self.at {
            At::Here(held, _) => held.release(left),
            At::There { orders, .. } => drop(orders.send(ToLeader::Say(Further::Release(left as u64)))),
        }
    }

    /// Goes back to the savepoint that has so many before it.
    pub fn rollback_to(&mut self, below: usize) {
        match &self.at {
            At::Here(held, _) => held.rollback_to(below),
            At::There { orders, .. } => drop(orders.send(ToLeader::Say(Further::RollbackTo(below as u64)))),
        }
    }

    /// Commits what was done, and follows it to its end. After `Committed` this node has applied the index.
    pub async fn commit(self) -> Outcome {
        let (sender, outcome) = oneshot::channel();
        match self.at {
            At::Here(held, _slot) => {
                held.commit(Reply::new(move |outcome| {
                    let _ = sender.send(outcome);
                }));
                // A writer that stops without an answer has stopped with the node.
                outcome.await.unwrap_or(Outcome::Unknown)
            }
            At::There { orders, .. } => {
                let _ = orders.send(ToLeader::Commit(sender));
                // The talk has ended before it took the order: nothing was proposed.
                let outcome = outcome.await.unwrap_or(Outcome::NotLeader);
                if let Outcome::Committed { index, .. } = outcome
                    && !self.inner.wait_applied(index, self.inner.config.timing.patience).await
                {
                    tracing::warn!(index, "this node is behind what its client has committed");
                }
                outcome
            }
        }
    }
}

/// A statement of the slot that another node runs.
pub(crate) struct There {
    number: u64,
    orders: mpsc::UnboundedSender<ToLeader>,
}

impl There {
    pub(crate) fn more(&self) {
        let _ = self.orders.send(ToLeader::Say(Further::More(self.number)));
    }
}

impl Drop for There {
    fn drop(&mut self) {
        let _ = self.orders.send(ToLeader::Say(Further::Close(self.number)));
    }
}

/// One transaction's conversation with the leader.
struct Talk {
    inner: Arc<Inner>,
    call: PendingCall,
    followed: Followed,
    sequences: SessionSequences,
    current: Option<Current>,
    committing: Option<oneshot::Sender<Outcome>>,
}

/// The statement that runs.
struct Current {
    number: u64,
    sink: HeldSink,
    cancel: Cancel,
    /// The leader has been told of the cancel.
    cancelled: bool,
}

impl Talk {
    /// Until the commit's outcome is known, the slot is lost, or the session gives it up. Dropping the request then tells
    /// the leader, and dropping the sink the session.
    async fn run(mut self, mut orders: mpsc::UnboundedReceiver<ToLeader>) {
        loop {
            let cancel = match &self.current {
                Some(current) if !current.cancelled => Some(current.cancel.clone()),
                _ => None,
            };
            let cancelled = async {
                match cancel {
                    Some(cancel) => cancel.cancelled().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                biased;
                interim = self.call.next_interim() => match interim {
                    Some(interim) => self.heard(&interim),
                    None => return self.answered().await,
                },
                order = orders.recv() => match order {
                    Some(order) => {
                        if !self.order(order).await {
                            return self.answered().await;
                        }
                    }
                    None if self.committing.is_none() => return,
                    // Streams may outlive the commit; it is followed all the same.
                    None => return self.answered().await,
                },
                _ = cancelled => self.tell_cancel().await,
                // The log has gone past it: that leader is history, whether it still answers or not.
                fate = self.followed.passed_by() => return self.decided(fate),
            }
        }
    }

    /// Tells the leader of a cancel that it has not heard of.
    async fn tell_cancel(&mut self) {
        let Some(current) = self.current.as_mut().filter(|current| !current.cancelled) else { return };
        let Some(reason) = current.cancel.reason() else { return };
        current.cancelled = true;
        let cancel = Further::Cancel(current.number, reason_code(reason));
        self.call.send(messages::encode(&cancel)).await;
    }

    /// `false`: the connection is lost.
    async fn order(&mut self, order: ToLeader) -> bool {
        // The session may have given the statement up already, and what it says next must not come first: the leader's
        // writer hears of a statement that is closed only when it has its next row.
        self.tell_cancel().await;
        let further = match order {
            ToLeader::Call { number, context, form, cancel, sink } => {
                self.current = Some(Current { number, sink, cancel, cancelled: false });
                Further::Call(number, Box::new((*context).clone()), form)
            }
            ToLeader::Say(further) => further,
            ToLeader::Commit(sender) => {
                self.committing = Some(sender);
                Further::Commit
            }
        };
        self.call.send(messages::encode(&further)).await
    }

    fn heard(&mut self, interim: &[u8]) {
        match messages::decode::<Answer>(interim) {
            Ok(Answer::Rows(number, rows)) => {
                if let Some(current) = self.current.as_mut().filter(|current| current.number == number) {
                    current.sink.rows(rows);
                }
            }
            Ok(Answer::Ended(number, result, sequences)) => {
                if let Some(values) = sequences {
                    self.sequences.set(values);
                }
                if let Some(current) = self.current.take_if(|current| current.number == number) {
                    Box::new(current.sink).finish(result);
                }
            }
            other => tracing::warn!(?other, "the leader's word cannot be understood"),
        }
    }

    /// The request has ended, with an answer or without. Only a commit needs one.
    async fn answered(mut self) {
        let Some(committing) = self.committing.take() else { return };
        let patience = self.inner.config.timing.patience;
        let answer = tokio::select! {
            biased;
            answer = self.call.wait() => answer,
            fate = self.followed.passed_by() => {
                let _ = committing.send(outcome_of(fate));
                return;
            }
        };
        let outcome = match answer.as_deref().map(messages::decode::<Answer>) {
            Ok(Ok(Answer::Outcome(outcome, _))) if *outcome != Outcome::Unknown => *outcome,
            Ok(Ok(Answer::NotLeader(_) | Answer::Busy(_))) => Outcome::NotLeader,
            // The leader doesn't know, or is gone: the log may still tell.
            _ => outcome_of(self.followed.fate(patience).await),
        };
        let _ = committing.send(outcome);
    }

    fn decided(self, fate: Fate) {
        if let Some(committing) = self.committing {
            let _ = committing.send(outcome_of(fate));
        }
    }
}

fn outcome_of(fate: Fate) -> Outcome {
    match fate {
        Fate::Applied(index) => Outcome::Committed { index, results: Vec::new() },
        Fate::Dropped => Outcome::NotLeader,
        Fate::Unknown => Outcome::Unknown,
    }
}
