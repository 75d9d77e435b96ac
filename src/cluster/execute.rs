//! A client's transaction, wherever the leader is.
//!
//! It runs on the leader: here, or sent there as statement texts, which parse to the same again.
//! What was certainly not applied is tried again, under a new id, until patience ends. What may have
//! been applied is never sent twice: if the connection dies the log tells (see [`super::fate`]),
//! and if that too comes too late the outcome is unknown.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::{Instant, timeout};

use super::fate::Fate;
use super::messages::{self, Answer, CallForm, ExecuteForm, Request};
use super::node::Inner;
use super::transport::channel::CallError;
use super::transport::server::reason_code;
use crate::sql;
use crate::storage::{Call, Cancel, Outcome, Transaction, TransactionId};
use crate::types::{PgError, SqlState};

/// Between two attempts, at first and at most.
const PAUSE_FIRST: Duration = Duration::from_millis(5);
const PAUSE_MOST: Duration = Duration::from_millis(200);

pub(crate) fn failed(error: PgError) -> Outcome {
    Outcome::Failed { results: Vec::new(), error }
}

pub(crate) fn no_leader() -> PgError {
    PgError::new(SqlState::CANNOT_CONNECT_NOW, "the cluster has no leader")
        .detail("A majority of the nodes must be reachable to write, and to read what is current.")
        .hint("Try again; `quorlite status` shows which nodes answer.")
}

impl Inner {
    pub(crate) async fn execute(&self, database: &str, mut transaction: Transaction) -> Outcome {
        let deadline = Instant::now() + self.config.timing.patience;
        let mut pause = PAUSE_FIRST;
        loop {
            if let Some(error) = transaction.cancel.error() {
                return failed(error);
            }
            let outcome = match self.leader() {
                Some(leader) if leader == self.id => self.execute_here(database, transaction.clone(), None).await,
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
    async fn await_change(&self, pause: Duration, cancel: &Cancel) {
        let mut executing = self.leadership.watch();
        executing.mark_unchanged();
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = executing.changed() => {}
            _ = cancel.cancelled() => {}
        }
    }

    /// On this node's writer, if it executes (in `term`, if given).
    async fn execute_here(&self, database: &str, transaction: Transaction, term: Option<u64>) -> Outcome {
        let Some(database) = self.storage.database(database) else {
            let message = format!("database \"{database}\" does not exist");
            return failed(PgError::fatal(SqlState::INVALID_CATALOG_NAME, message));
        };
        let (sender, outcome) = oneshot::channel();
        let reply = Box::new(move |outcome| {
            let _ = sender.send(outcome);
        });
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
        let answer = match channel.begin(message).await {
            Ok(mut call) => tokio::select! {
                answer = call.wait() => answer,
                reason = transaction.cancel.cancelled() => {
                    call.cancel(reason_code(reason)).await;
                    call.wait().await
                }
            },
            Err(error) => Err(error),
        };
        let outcome = match answer {
            Ok(answer) => match messages::decode::<Answer>(&answer) {
                Ok(Answer::Outcome(outcome)) => *outcome,
                Ok(Answer::Busy(_) | Answer::NotLeader(_)) => Outcome::NotLeader,
                Ok(Answer::Refused(why)) => failed(PgError::new(SqlState::INTERNAL_ERROR, why)),
                other => {
                    tracing::warn!(?other, "the leader's answer cannot be understood");
                    Outcome::Unknown
                }
            },
            Err(CallError::NotSent(_)) => return Outcome::NotLeader,
            Err(CallError::Lost) => match followed.fate(self.config.timing.patience).await {
                Fate::Dropped => return Outcome::NotLeader,
                // Applied, but what it returned is lost with the leader.
                Fate::Applied(_) | Fate::Unknown => return Outcome::Unknown,
            },
        };
        if let Outcome::Committed { index, .. } = outcome
            && !self.wait_applied(index, self.config.timing.patience).await
        {
            tracing::warn!(index, "this node is behind what its client has committed");
        }
        outcome
    }

    /// A transaction that another node has forwarded.
    pub(crate) async fn execute_forwarded(&self, form: ExecuteForm, cancel: Cancel) -> Answer {
        let database = form.database.clone();
        let term = form.term;
        match from_form(form, cancel) {
            Ok(transaction) => Answer::Outcome(Box::new(self.execute_here(&database, transaction, Some(term)).await)),
            Err(error) => Answer::Outcome(Box::new(failed(error))),
        }
    }

    /// Waits until the index is applied here.
    pub(crate) async fn wait_applied(&self, index: u64, patience: Duration) -> bool {
        let mut applied = self.applier.applied();
        let reached = applied.wait_for(|applied| *applied >= index);
        matches!(timeout(patience, reached).await, Ok(Ok(_)))
    }
}

fn to_form(database: &str, transaction: &Transaction, term: u64) -> ExecuteForm {
    let call = |call: &Call| CallForm {
        text: call.statement.text.clone(),
        offset: call.statement.offset,
        declared: call.declared.clone(),
        params: call.params.clone(),
        columns: call.columns.clone(),
    };
    ExecuteForm {
        id: transaction.id.0,
        database: database.to_owned(),
        term,
        context: (*transaction.context).clone(),
        calls: transaction.calls.iter().map(call).collect(),
        abort_with: transaction.abort_with.clone(),
    }
}

/// Errors are the client's: here the statement parses as it did there, unless the versions differ.
fn from_form(form: ExecuteForm, cancel: Cancel) -> Result<Transaction, PgError> {
    let calls = form.calls.into_iter().map(|call| {
        let mut statements = sql::parse(&call.text)?;
        let (Some(mut statement), true) = (statements.pop(), statements.is_empty()) else {
            return Err(PgError::new(SqlState::INTERNAL_ERROR, "a forwarded statement is not exactly one"));
        };
        statement.offset = call.offset;
        let (statement, columns) = (Arc::new(statement), call.columns);
        Ok(Call { statement, declared: call.declared, params: call.params, plan: None, columns })
    });
    Ok(Transaction {
        id: TransactionId(form.id),
        context: Arc::new(form.context),
        calls: calls.collect::<Result<_, _>>()?,
        abort_with: form.abort_with,
        cancel,
    })
}

/// Runs the future unless the patience ends first.
pub(crate) async fn within<T>(patience: Duration, future: impl Future<Output = T>) -> Option<T> {
    timeout(patience, future).await.ok()
}
