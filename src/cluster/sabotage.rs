//! What may be broken on purpose, so that tests can show that their checks would see it.
//!
//! Only debug builds can be broken: they read `QUORLITE_SABOTAGE`, a release build never looks.

use std::sync::Arc;

use tokio::sync::mpsc;

use super::node::Inner;
use crate::storage::{Database, Outcome, Reply, StatementResult, Transaction};

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Sabotage {
    #[default]
    Nothing,
    /// Success is answered when a transaction is proposed, before a majority has it.
    AcknowledgeEarly,
    /// A transaction whose leader does not answer is sent again, whatever became of it.
    Resend,
    /// A leader takes no notice of the advisory locks that nodes' sessions hold when it takes over.
    ForgetHoldings,
    /// A leader's lease of reads never ends.
    KeepLease,
}

impl Sabotage {
    pub(crate) fn of_environment() -> Sabotage {
        if !cfg!(debug_assertions) {
            return Sabotage::Nothing;
        }
        let sabotage = match std::env::var("QUORLITE_SABOTAGE").as_deref() {
            Ok("acknowledge-early") => Sabotage::AcknowledgeEarly,
            Ok("resend") => Sabotage::Resend,
            Ok("forget-holdings") => Sabotage::ForgetHoldings,
            Ok("keep-lease") => Sabotage::KeepLease,
            _ => return Sabotage::Nothing,
        };
        tracing::warn!(?sabotage, "this node breaks its promises on purpose");
        sabotage
    }
}

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
