//! Databases come and go by entries that the leader writes; any node may ask it to.

use std::time::Duration;

use tokio::time::{Instant, timeout};

use super::execute::{PAUSE_FIRST, PAUSE_MOST, no_leader};
use super::leadership::{WriteError, write};
use super::messages::{Answer, Request};
use super::node::Inner;
use crate::storage::{Applied, Cancel, DatabaseChange, DatabaseOutcome, Entry};
use crate::types::{PgError, SqlState};

/// How long a copy of a large database may take, on every node.
const COPYING: Duration = Duration::from_secs(300);

impl Inner {
    /// See [`Node::change_database`](super::Node::change_database).
    pub(crate) async fn change_database(&self, change: DatabaseChange) -> Result<DatabaseOutcome, PgError> {
        let deadline = Instant::now() + self.config.timing.patience;
        let limit = self.patience_with(&change);
        let mut pause = PAUSE_FIRST;
        // Whether it may have been made already. Then it is asked for again: CREATE has its key and is made once, DROP finds nothing
        // any more. What the others set is set a second time, perhaps over what somebody else has set since then: as if they had
        // come in the other order, since this client has heard of nothing yet.
        let mut asked = false;
        loop {
            if let Some(error) = self.stopped() {
                return Err(error);
            }
            let answer = match self.leader() {
                Some(leader) if leader == self.id => self.lead_database(&change).await,
                Some(leader) => {
                    let request = Request::Database(change.clone());
                    tokio::select! {
                        biased;
                        answer = self.peers.ask(leader, &request, limit) => match answer {
                            Ok(answer) => answer,
                            Err(error) => Answer::Busy(error.to_string()),
                        },
                        // One that fell silent is not waited for once another can be asked.
                        () = self.ceases_to_lead(leader) => Answer::Busy(format!("node {leader} leads no more")),
                    }
                }
                None => self.not_leader(),
            };
            match answer {
                Answer::Database(outcome, index) => {
                    if !self.wait_applied(index, limit).await {
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
                return Err(if asked { unknown(&change) } else { no_leader() });
            }
            self.await_change(pause, &Cancel::new()).await;
            pause = (pause * 2).min(PAUSE_MOST);
        }
    }

    fn patience_with(&self, change: &DatabaseChange) -> Duration {
        match change {
            DatabaseChange::Create { template: Some(_), .. } => COPYING,
            _ => self.config.timing.patience,
        }
    }

    /// As the leader.
    pub(crate) async fn lead_database(&self, change: &DatabaseChange) -> Answer {
        if self.leadership.executing().is_none() {
            return self.not_leader();
        }
        let bytes = Entry::Database(change.clone()).encode().into();
        match timeout(self.patience_with(change), write(&self.raft, bytes, None)).await {
            Ok(Ok((index, Applied::Database(outcome)))) => Answer::Database(outcome, index),
            Ok(Ok((_, other))) => Answer::Refused(format!("{other:?}")),
            Ok(Err(WriteError::NotLeader)) => self.not_leader(),
            Ok(Err(error)) => Answer::Busy(error.to_string()),
            Err(_) => Answer::Busy("no majority agrees in time".to_owned()),
        }
    }
}

fn unknown(change: &DatabaseChange) -> PgError {
    let (what, catalog) = match change {
        DatabaseChange::Setting { .. } => ("settings", "pg_db_role_setting"),
        _ => ("the database", "pg_database"),
    };
    let message = format!("whether the change of {what} was made is not known");
    PgError::new(SqlState::TRANSACTION_RESOLUTION_UNKNOWN, message)
        .hint(format!("Look at {catalog} when the cluster has a leader again."))
}
