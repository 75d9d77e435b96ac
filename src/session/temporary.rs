//! What a session has to do with its temporary objects: it says that it may have some, drops them when asked to, and leaves
//! the rest to its node.

use std::sync::Arc;

use crate::catalog::SessionKey;
use crate::cluster::ReadConsistency;
use crate::sql::{Action, Plan, SessionContext};
use crate::storage::{Call, Transaction, TransactionId};
use crate::types::PgError;

use super::backend::Backend;
use super::{Session, bind, followed};

/// Whether the session may have temporary objects. Its node hears when it has ended.
pub(super) struct Temporary<B: Backend> {
    backend: Arc<B>,
    pub session: SessionKey,
    kept: bool,
}

impl<B: Backend> Temporary<B> {
    pub fn new(backend: Arc<B>) -> Temporary<B> {
        let session = backend.new_session();
        Temporary { backend, session, kept: false }
    }

    /// A call is about to be sent. What can't be bound here may be anything.
    pub fn before(&mut self, plan: Option<&Plan>) {
        let harmless = plan.is_some_and(|plan| !matches!(plan.action, Action::Schema(_)));
        if !self.kept && !harmless {
            self.backend.keep_temporary(self.session);
            self.kept = true;
        }
    }
}

impl<B: Backend> Drop for Temporary<B> {
    fn drop(&mut self) {
        if self.kept {
            self.backend.end_temporary(self.session);
        }
    }
}

impl<B: Backend> Session<B> {
    /// Whether a plan is DISCARD TEMP of a session that has nothing to discard.
    pub(super) fn discards_nothing(&self, plan: &Plan) -> bool {
        !self.temporary.kept
            && !self.batch.is_waiting()
            && matches!(&plan.action, Action::Schema(schema) if schema.tag == "DISCARD TEMP")
    }

    /// DISCARD ALL drops them too, in a transaction of its own.
    pub(super) async fn discard_temporary(&mut self) -> Result<(), PgError> {
        if !self.temporary.kept {
            return Ok(());
        }
        self.backend.read_barrier(ReadConsistency::Session, self.last_write).await?;
        let session = self.temporary.session;
        let catalog = self.catalog()?;
        let Some(schema) = catalog.temporary_schema(session) else { return Ok(()) };
        if catalog.relations_in(&schema.name).next().is_none() {
            return Ok(());
        }
        let context: Arc<SessionContext> = self.context();
        let calls = bind::parse("DISCARD TEMP").await?.into_iter().map(Call::plain);
        let transaction = Transaction {
            id: TransactionId(rand::random()),
            context,
            sequences: self.sequences.clone(),
            calls: calls.collect(),
            abort_with: None,
            cancel: self.batch.cancel.clone(),
        };
        let work = self.backend.execute(&self.database, transaction);
        let outcome = followed(&self.batch.cancel, self.deadline(), work).await;
        self.committed(outcome).map(drop)
    }
}
