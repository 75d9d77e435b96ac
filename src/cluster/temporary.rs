//! Drops the temporary objects of sessions that are no more.
//!
//! They lie in a schema of their session's own ([`Catalog::temporary_schema`]), which says whose it is: of which session, of
//! which run of which node. So it can be told of every such schema, by whoever has the file, whose task its end is, and no
//! list of what is still to be done has to survive anything. Each node looks through its catalogs when one of its
//! sessions has ended, and now and then besides, and drops the schemas
//!
//! - of its own sessions that have ended, or that it never gets to know of: a copied database has them;
//! - of its earlier runs, whose sessions ended with them: it was killed, or stopped;
//! - as the leader, of nodes that are no members any more, and never will be: their ids are not given again.
//!
//! Dropping is a transaction like any other, executed for a session without process id. What can't be done
//! now, for want of a quorum, is found again at the next look; nobody waits for it meanwhile, and nobody meets it, as a
//! session only knows the schema that is its own.
//!
//! **No living session loses its schema**: a session is entered here before the first statement is sent that may make one
//! ([`Node::keep_temporary`](super::Node::keep_temporary)), and numbers are not given twice in a run.
//!
//! [`Catalog::temporary_schema`]: crate::catalog::Catalog::temporary_schema

use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::future::join_all;
use tokio::sync::Notify;
use tokio::time::timeout;

use super::node::Inner;
use crate::catalog::SessionKey;
use crate::sql::{self, SessionContext};
use crate::storage::{Call, Cancel, Outcome, SessionSequences, Transaction, TransactionId};

/// Between two looks that nobody has asked for.
const LOOK: Duration = Duration::from_millis(500);

/// After something could not be dropped.
const PAUSE: Duration = Duration::from_secs(2);

/// Schemas that are dropped at a time, so that they share batches and yet leave others room.
const AT_ONCE: usize = 16;

/// This node's sessions, as far as they may have temporary objects.
pub(crate) struct Living {
    run: u64,
    last: AtomicU64,
    sessions: Mutex<HashSet<u64>>,
    /// One of them has ended.
    ended: Notify,
}

impl Default for Living {
    fn default() -> Living {
        Living { run: rand::random(), last: AtomicU64::new(0), sessions: Mutex::default(), ended: Notify::new() }
    }
}

impl Living {
    fn sessions(&self) -> MutexGuard<'_, HashSet<u64>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn has(&self, session: SessionKey) -> bool {
        session.run == self.run && self.sessions().contains(&session.number)
    }
}

impl Inner {
    /// See [`Node::new_session`](super::Node::new_session).
    pub(crate) fn new_session(&self) -> SessionKey {
        let number = self.living.last.fetch_add(1, Ordering::Relaxed) + 1;
        SessionKey { node: self.id, run: self.living.run, number }
    }

    /// See [`Node::keep_temporary`](super::Node::keep_temporary).
    pub(crate) fn keep_temporary(&self, session: SessionKey) {
        self.living.sessions().insert(session.number);
    }

    /// See [`Node::end_temporary`](super::Node::end_temporary).
    pub(crate) fn end_temporary(&self, session: SessionKey) {
        self.living.sessions().remove(&session.number);
        self.living.ended.notify_one();
    }

    /// Sessions whose schemas this node has to drop, each with its database.
    fn bereaved(&self) -> Vec<(String, SessionKey)> {
        let leads = self.leadership.executing().is_some();
        let membership = self.membership();
        let is_gone = |session: &SessionKey| match session.node == self.id {
            true => !self.living.has(*session),
            false => leads && membership.get_node(&session.node).is_none(),
        };
        let mut gone = Vec::new();
        for database in self.storage.list_databases() {
            let Some(open) = self.storage.database(&database.name) else { continue };
            let catalog = open.catalog();
            gone.extend(catalog.temporary_sessions().filter(is_gone).map(|session| (database.name.clone(), session)));
        }
        gone
    }

    /// Whether it is dropped, or the database with it.
    async fn drop_temporary(self: &Arc<Inner>, database: &str, session: SessionKey) -> bool {
        let Ok(statements) = sql::parse("DISCARD TEMP") else { return false };
        let calls = statements.into_iter().map(Call::plain);
        // Without a process id: the schema goes too.
        let context = SessionContext { database: database.to_owned(), session, ..SessionContext::default() };
        let transaction = Transaction {
            id: TransactionId(rand::random()),
            context: Arc::new(context),
            sequences: SessionSequences::default(),
            calls: calls.collect(),
            abort_with: None,
            cancel: Cancel::new(),
        };
        match self.execute(database, transaction).await {
            Outcome::Committed { .. } => true,
            outcome => {
                tracing::info!(database, ?session, ?outcome, "the temporary objects of a session are not dropped yet");
                self.storage.database(database).is_none()
            }
        }
    }
}

/// Looks for as long as the node lives.
pub(crate) async fn sweep(inner: Arc<Inner>) {
    loop {
        let _ = timeout(LOOK, inner.living.ended.notified()).await;
        let mut all = true;
        for some in inner.bereaved().chunks(AT_ONCE) {
            let dropped = some.iter().map(|(database, session)| inner.drop_temporary(database, *session));
            all &= !join_all(dropped).await.contains(&false);
        }
        if !all {
            tokio::time::sleep(PAUSE).await;
        }
    }
}
