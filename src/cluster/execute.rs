//! A client's transaction, wherever the leader is.
//!
//! It runs on the leader: here, or sent there as statement texts, which parse to the same again.
//! What was certainly not applied is tried again, under a new id, until patience ends. What may have
//! been applied is never sent twice: if the connection dies the log tells (see [`super::fate`]),
//! and if that too comes too late the outcome is unknown.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{oneshot, watch};
use tokio::time::{Instant, timeout};

use super::fate::{Fate, Followed};
use super::messages::{self, Answer, CallForm, ExecuteForm, Request};
use super::node::Inner;
use super::transport::channel::Call as PendingCall;
use super::transport::server::{Interim, reason_code};
use crate::sql;
use crate::storage::{
    Call, Cancel, Outcome, Reply, Sabotage, SequenceValues, SessionSequences, StatementResult, Transaction,
    TransactionId,
};
use crate::types::{PgError, SqlState};

/// Between two attempts, at first and at most.
pub(crate) const PAUSE_FIRST: Duration = Duration::from_millis(5);
pub(crate) const PAUSE_MOST: Duration = Duration::from_millis(200);

/// What [`Sabotage::Resend`] takes for lost after so long.
const SOON: Duration = Duration::from_millis(200);

/// Bytes of an answer that the log keeps with its transaction: all that don't return many rows.
const KEPT_BYTES: usize = 1 << 10;

/// How many times the usual patience one entry may take to be applied.
const LARGE: u32 = 30;

pub(crate) fn failed(error: PgError) -> Outcome {
    Outcome::Failed { results: Vec::new(), error }
}

pub(crate) fn no_leader() -> PgError {
    PgError::new(SqlState::CANNOT_CONNECT_NOW, "the cluster has no leader")
        .detail("A majority of the nodes must be reachable to write, and to read what is current.")
        .hint("Try again; `quorlite status` shows which nodes answer.")
}

impl Inner {
    pub(crate) async fn execute(self: &Arc<Inner>, database: &str, mut transaction: Transaction) -> Outcome {
        let deadline = Instant::now() + self.config.timing.patience;
        let mut pause = PAUSE_FIRST;
        loop {
            if let Some(error) = transaction.cancel.error().or_else(|| self.stopped()) {
                return failed(error);
            }
            let outcome = match self.leader() {
                Some(leader) if leader == self.id => self.execute_here(database, transaction.clone(), None, None).await,
                Some(leader) => self.execute_there(leader, database, &transaction).await,
                None => Outcome::NotLeader,
            };
            match outcome {
                Outcome::NotLeader | Outcome::Superseded => {}
                other => return other,
            }
            if Instant::now() + pause > deadline {
                return failed(no_leader());
            }
            self.await_change(pause, &transaction.cancel).await;
            pause = (pause * 2).min(PAUSE_MOST);
            transaction.id = TransactionId(rand::random());
        }
    }

    /// A moment, or until there is reason to try again.
    pub(crate) async fn await_change(&self, pause: Duration, cancel: &Cancel) {
        let mut executing = self.leadership.watch();
        executing.mark_unchanged();
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = executing.changed() => {}
            _ = cancel.cancelled() => {}
        }
    }

    /// On this node's writer, if it executes (in `term`, if given).
    async fn execute_here(
        self: &Arc<Inner>,
        database: &str,
        transaction: Transaction,
        term: Option<u64>,
        executed: Option<Hook>,
    ) -> Outcome {
        let Some(database) = self.storage.database(database) else {
            let message = format!("database \"{database}\" does not exist");
            return failed(PgError::fatal(SqlState::INVALID_CATALOG_NAME, message));
        };
        if Sabotage::AcknowledgeEarly.is_on() {
            return self.execute_early(database, transaction, term).await;
        }
        let _queued = match self.queue_behind_slot(transaction.context.pid) {
            Ok(queued) => queued,
            Err(error) => return failed(error),
        };
        let (sender, outcome) = oneshot::channel();
        let mut reply = Reply::new(move |outcome| {
            let _ = sender.send(outcome);
        });
        if let Some(executed) = executed {
            reply = reply.when_executed(executed);
        }
        if !self.leadership.while_executing(term, || database.execute(transaction, reply)) {
            return Outcome::NotLeader;
        }
        // A writer that stops without an answer has stopped with the node.
        outcome.await.unwrap_or(Outcome::Unknown)
    }

    async fn execute_there(&self, leader: u64, database: &str, transaction: &Transaction) -> Outcome {
        let Some(term) = self.leader_term(leader) else { return Outcome::NotLeader };
        let form = to_form(database, transaction, term);
        let peer = self.peers.peer(leader);
        let channel = match timeout(self.config.timing.patience, peer.forward()).await {
            Ok(Ok(channel)) => channel,
            Ok(Err(error)) => {
                tracing::debug!(%error, "the leader cannot be reached");
                return Outcome::NotLeader;
            }
            Err(_) => return Outcome::NotLeader,
        };
        self.count_forwarded();
        let followed = self.applier.fates().follow(transaction.id, term);
        let message = messages::encode(&Request::Execute(Box::new(form)));
        let mut call = match channel.begin(message).await {
            Ok(call) => Forwarded { call, sequences: &transaction.sequences },
            Err(_) => return Outcome::NotLeader,
        };
        let answer = tokio::select! {
            biased;
            answer = call.call.wait() => answer,
            reason = transaction.cancel.cancelled() => {
                call.call.cancel(reason_code(reason)).await;
                call.call.wait().await
            }
            // The log has gone past it: that leader is history, whether it still answers or not.
            () = tokio::time::sleep(SOON), if Sabotage::Resend.is_on() => return Outcome::NotLeader,
            fate = followed.passed_by(), if !Sabotage::Resend.is_on() => return outcome_of(fate, &followed, &mut call),
        };
        let outcome = match answer.as_deref().map(messages::decode::<Answer>) {
            // The leader has given up waiting, perhaps because it stops; the log may still tell.
            Ok(Ok(Answer::Outcome(outcome, _))) if *outcome == Outcome::Unknown => {
                let fate = followed.fate(self.config.timing.patience).await;
                return outcome_of(fate, &followed, &mut call);
            }
            Ok(Ok(Answer::Outcome(outcome, given))) => {
                call.given(given);
                *outcome
            }
            Ok(Ok(Answer::Committed(index))) => call.committed(index, None),
            Ok(Ok(Answer::Busy(_) | Answer::NotLeader(_))) => Outcome::NotLeader,
            Ok(Ok(Answer::Refused(why))) => failed(PgError::new(SqlState::INTERNAL_ERROR, why)),
            Ok(other) => {
                tracing::warn!(?other, "the leader's answer cannot be understood");
                Outcome::Unknown
            }
            Err(_) if Sabotage::Resend.is_on() => Outcome::NotLeader,
            Err(_) => {
                let fate = followed.fate(self.config.timing.patience).await;
                return outcome_of(fate, &followed, &mut call);
            }
        };
        // Here everything is read from this node's own file.
        if let Outcome::Committed { index, .. } = outcome
            && !self.wait_applied(index, self.config.timing.patience).await
        {
            tracing::warn!(index, "this node is behind what its client has committed");
        }
        outcome
    }

    /// A transaction that another node has forwarded.
    pub(crate) async fn execute_forwarded(
        self: &Arc<Inner>,
        form: ExecuteForm,
        cancel: Cancel,
        interim: Interim,
    ) -> Answer {
        let (database, term) = (form.database.clone(), form.term);
        let transaction = match from_form(form, cancel) {
            Ok(transaction) => transaction,
            Err(error) => return Answer::Outcome(Box::new(failed(error)), None),
        };
        let (sequences, before) = (transaction.sequences.clone(), transaction.sequences.get());
        let given = move || Some(sequences.get()).filter(|after| *after != before);
        let (sender, executed) = oneshot::channel();
        let of_hook = given.clone();
        let hook = move |results: &[StatementResult]| {
            let answer = messages::encode(&Answer::Executed(results.to_vec(), of_hook()));
            let kept = if answer.len() <= KEPT_BYTES { answer.to_vec() } else { Vec::new() };
            let _ = sender.send(answer);
            kept
        };
        let mut outcome = std::pin::pin!(self.execute_here(&database, transaction, Some(term), Some(Box::new(hook))));
        let answer = tokio::select! {
            biased;
            outcome = &mut outcome => return Answer::Outcome(Box::new(outcome), given()),
            Ok(answer) = executed => answer,
        };
        // The other node keeps it while the batch is replicated, and needs only a number after it.
        interim.send(answer).await;
        match outcome.await {
            Outcome::Committed { index, .. } => Answer::Committed(index),
            other => Answer::Outcome(Box::new(other), given()),
        }
    }

    /// Waits until the index is applied here; see [`reached`].
    pub(crate) async fn wait_applied(&self, index: u64, patience: Duration) -> bool {
        let begun = Instant::now();
        // What fails there fails this node, and is told by it.
        let _ = timeout(patience, self.applier.want(index)).await;
        let left = patience.saturating_sub(begun.elapsed());
        reached(self.applier.applied(), || self.applier.is_applying(), index, left).await
    }
}

/// Waits until the index is applied. Patience is with a node that falls behind; a large transaction, which keeps it
/// busy for as long as that without a step forward, gets more.
async fn reached(
    mut applied: watch::Receiver<u64>,
    is_applying: impl Fn() -> bool,
    index: u64,
    patience: Duration,
) -> bool {
    for _ in 0..LARGE {
        let (before, busy) = (*applied.borrow(), is_applying());
        if let Ok(reached) = timeout(patience, applied.wait_for(|applied| *applied >= index)).await {
            return reached.is_ok();
        }
        if !busy || *applied.borrow() != before {
            return false;
        }
    }
    false
}

/// Called with a transaction's results when it is proposed.
type Hook = Box<dyn FnOnce(&[StatementResult]) -> Vec<u8> + Send>;

/// A transaction under way at the leader.
struct Forwarded<'t> {
    call: PendingCall,
    /// Of the session here.
    sequences: &'t SessionSequences,
}

impl Forwarded<'_> {
    fn given(&self, values: Option<SequenceValues>) {
        if let Some(values) = values {
            self.sequences.set(values);
        }
    }

    /// The log has the transaction. Its results were sent ahead, or the log has them as well, or else they are lost with the leader.
    fn committed(&mut self, index: u64, logged: Option<Vec<u8>>) -> Outcome {
        let sent = self.call.interim();
        match sent.as_deref().or(logged.as_deref()).map(messages::decode::<Answer>) {
            Some(Ok(Answer::Executed(results, given))) => {
                self.given(given);
                Outcome::Committed { index, results }
            }
            _ => Outcome::Unknown,
        }
    }
}

/// What the log says of a transaction whose leader doesn't.
fn outcome_of(fate: Fate, followed: &Followed, call: &mut Forwarded<'_>) -> Outcome {
    tracing::debug!(?fate, "the leader of a forwarded transaction is gone");
    match fate {
        Fate::Dropped => Outcome::NotLeader,
        Fate::Applied(index) => call.committed(index, followed.answer()),
        Fate::Unknown => Outcome::Unknown,
    }
}

/// A statement for another node, which parses its text to the same again.
pub(crate) fn call_form(call: &Call) -> CallForm {
    CallForm {
        text: call.statement.text.clone(),
        offset: call.statement.offset,
        declared: call.declared.clone(),
        params: call.params.clone(),
        rows: call.rows.clone(),
        columns: call.columns.clone(),
        of_cursor: call.statement.of_cursor,
        only_at: call.only_at,
        brief: call.brief_at(),
    }
}

/// Errors are the client's: here the statement parses as it did there, unless the versions differ.
pub(crate) fn call_of(form: CallForm) -> Result<Call, PgError> {
    let mut statements = sql::parse(&form.text)?;
    let (Some(mut statement), true) = (statements.pop(), statements.is_empty()) else {
        return Err(PgError::new(SqlState::INTERNAL_ERROR, "a forwarded statement is not exactly one"));
    };
    (statement.offset, statement.of_cursor) = (form.offset, form.of_cursor);
    let CallForm { declared, params, rows, columns, only_at, brief, .. } = form;
    let statement = Arc::new(statement);
    Ok(Call { statement, declared, params, rows, plan: None, columns, only_at, taken_as_brief: brief })
}

fn to_form(database: &str, transaction: &Transaction, term: u64) -> ExecuteForm {
    ExecuteForm {
        id: transaction.id.0,
        database: database.to_owned(),
        term,
        context: (*transaction.context).clone(),
        sequences: transaction.sequences.get(),
        calls: transaction.calls.iter().map(call_form).collect(),
        abort_with: transaction.abort_with.clone(),
    }
}

fn from_form(form: ExecuteForm, cancel: Cancel) -> Result<Transaction, PgError> {
    Ok(Transaction {
        id: TransactionId(form.id),
        context: Arc::new(form.context),
        sequences: SessionSequences::new(form.sequences),
        calls: form.calls.into_iter().map(call_of).collect::<Result<_, _>>()?,
        abort_with: form.abort_with,
        cancel,
    })
}

/// Runs the future unless the patience ends first.
pub(crate) async fn within<T>(patience: Duration, future: impl Future<Output = T>) -> Option<T> {
    timeout(patience, future).await.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_large_entry_is_waited_for_longer_than_a_node_that_falls_behind() {
        // What is applied when, in milliseconds.
        let wait = async |is_applying: bool, steps: &[u64]| {
            let applied = watch::Sender::new(1);
            let receiver = applied.subscribe();
            let start = Instant::now();
            let advancing = async {
                for (number, milliseconds) in steps.iter().enumerate() {
                    tokio::time::sleep_until(start + Duration::from_millis(*milliseconds)).await;
                    applied.send_replace(number as u64 + 2);
                }
                std::future::pending::<()>().await;
            };
            tokio::select! {
                found = reached(receiver, || is_applying, 3, Duration::from_millis(400)) => found,
                () = advancing => false,
            }
        };
        assert!(wait(false, &[10, 20]).await);
        assert!(!wait(false, &[4000, 4000]).await, "nothing comes");
        assert!(wait(true, &[1500, 1500]).await, "one entry takes long");
        assert!(!wait(true, &[100, 4000]).await, "behind, one entry after the other");
    }
}
