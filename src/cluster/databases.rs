//! Databases come and go by entries that the leader writes; any node may ask it to.

use std::time::Duration;

use tokio::time::{Instant, timeout};

use super::execute::{PAUSE_FIRST, PAUSE_MOST, no_leader};
use super::leadership::{WriteError, write};
use super::messages::{Answer, Request};
use super::node::Inner;
use crate::storage::{Applied, Cancel, DatabaseChange, DatabaseOutcome, Entry};
use crate::types::{PgError, SqlState};

/// How long a change may take to be applied: a copy of a large database takes its time, on every node.
const COPYING: Duration = Duration::from_secs(300);

impl Inner {
    /// See [`Node::change_database`](super::Node::change_database).
    pub(crate) async fn change_database(&self, change: DatabaseChange) -> Result<DatabaseOutcome, PgError> {
        let deadline = Instant::now() + self.config.timing.patience;
        let mut pause = PAUSE_FIRST;
        // Whether it may have been made already. Then it is harmless to ask again: CREATE has its key, the others an OID.
        let mut asked = false;
        loop {
            if let Some(error) = self.stopped() {
                return Err(error);
            }
            let answer = match self.leader() {
                Some(leader) if leader == self.id => self.lead_database(&change).await,
                Some(leader) => {
                    let request = Request::Database(change.clone());
                    match self.peers.ask(leader, &request, COPYING).await {
                        Ok(answer) => answer,
                        Err(error) => Answer::Busy(error.to_string()),
                    }
                }
                None => self.not_leader(),
            };
            match answer {
                Answer::Database(outcome, index) => {
                    if !self.wait_applied(index, COPYING).await {
                        tracing::warn!(index, "this node is behind what its client has committed");
                    }
                    let dropped = matches!(change, DatabaseChange::Drop { .. });
                    return Ok(match outcome {
                        DatabaseOutcome::Missing if asked && dropped => DatabaseOutcome::Done,
                        outcome => outcome,
                    });
                }
                Answer::NotLeader(_) => {}
                Answer::Busy(why) => {
                    tracing::debug!(%why, "the change of a database may have been made");
                    asked = true;
                }
                other => {
                    let message = format!("the leader's answer cannot be understood: {other:?}");
                    return Err(PgError::new(SqlState::INTERNAL_ERROR, message));
                }
            }
            if Instant::now() + pause > deadline {
                return Err(if asked { unknown() } else { no_leader() });
            }
            self.await_change(pause, &Cancel::new()).await;
            pause = (pause * 2).min(PAUSE_MOST);
        }
    }

    /// As the leader.
    pub(crate) async fn lead_database(&self, change: &DatabaseChange) -> Answer {
        if self.leadership.executing().is_none() {
            return self.not_leader();
        }
        let bytes = Entry::Database(change.clone()).encode().into();
        match timeout(COPYING, write(&self.raft, bytes, None)).await {
            Ok(Ok((index, Applied::Database(outcome)))) => Answer::Database(outcome, index),
            Ok(Ok((_, other))) => Answer::Refused(format!("{other:?}")),
            Ok(Err(WriteError::NotLeader)) => self.not_leader(),
            Ok(Err(error)) => Answer::Busy(error.to_string()),
            Err(_) => Answer::Busy("no majority agrees in time".to_owned()),
        }
    }
}

fn unknown() -> PgError {
    PgError::new(SqlState::TRANSACTION_RESOLUTION_UNKNOWN, "whether the change of the database was made is not known")
        .hint("Look at pg_database when the cluster has a leader again.")
}
