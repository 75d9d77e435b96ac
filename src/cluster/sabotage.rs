//! [`Sabotage`] that takes more than a line where it is done.

use std::sync::Arc;

use tokio::sync::mpsc;

use super::node::Inner;
#[cfg(doc)]
use crate::storage::Sabotage;
use crate::storage::{Database, Outcome, Reply, StatementResult, Transaction};

impl Inner {
    /// [`Sabotage::AcknowledgeEarly`].
    pub(super) async fn execute_early(
        &self,
        database: Arc<Database>,
        transaction: Transaction,
        term: Option<u64>,
    ) -> Outcome {
        let (sender, mut outcome) = mpsc::unbounded_channel();
        let early = sender.clone();
        let executed = move |results: &[StatementResult]| {
            let _ = early.send(Outcome::Committed { index: 0, results: results.to_vec() });
            Vec::new()
        };
        let reply = Reply::new(move |outcome| {
            let _ = sender.send(outcome);
        });
        let reply = reply.when_executed(executed);
        if !self.leadership.while_executing(term, || database.execute(transaction, reply)) {
            return Outcome::NotLeader;
        }
        outcome.recv().await.unwrap_or(Outcome::Unknown)
    }
}
