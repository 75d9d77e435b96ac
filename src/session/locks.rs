//! Advisory locks that a session has: how often, and until when.
//!
//! The cluster knows of each lock that the session has it ([`crate::cluster`]). That it may have it several times over, for
//! itself and for its transaction, is the session's own business, and so is PostgreSQL's rule that pg_advisory_unlock()
//! gives back only what is the session's.

use std::collections::HashMap;
use std::sync::Arc;

use crate::catalog::system::activity::AdvisoryLock;
use crate::cluster::{LockKey, Mode};
use crate::types::{PgError, SqlState};

use super::Session;
use super::backend::Backend;

/// Locks that one session may have. As in PostgreSQL they are kept in memory, there by all sessions together.
const MAX_LOCKS: usize = 10_000;

pub(super) type Lock = (LockKey, Mode);

#[derive(Default)]
pub(super) struct Locks {
    /// Of the session, and how often.
    session: HashMap<Lock, u64>,
    /// Of the transaction, in the order in which they were taken.
    transaction: Vec<Lock>,
}

impl Locks {
    pub fn has(&self, lock: &Lock) -> bool {
        self.session.contains_key(lock) || self.transaction.contains(lock)
    }

    pub fn add(&mut self, lock: Lock, transaction: bool) {
        if !transaction {
            *self.session.entry(lock).or_default() += 1;
        } else if !self.transaction.contains(&lock) {
            self.transaction.push(lock);
        }
    }

    /// As `pg_locks` shows them.
    pub fn shown(&self) -> Vec<AdvisoryLock> {
        if self.is_empty() {
            return Vec::new();
        }
        let mut all: Vec<&Lock> = self.session.keys().chain(&self.transaction).collect();
        all.sort();
        all.dedup();
        let lock =
            |(key, mode): &Lock| AdvisoryLock { pair: key.pair, key: key.key, exclusive: *mode == Mode::Exclusive };
        all.into_iter().map(lock).collect()
    }

    pub fn check_room(&self) -> Result<(), PgError> {
        if self.session.len() + self.transaction.len() < MAX_LOCKS {
            return Ok(());
        }
        Err(PgError::new(SqlState::OUT_OF_MEMORY, "out of shared memory")
            .detail(format!("A session can have {MAX_LOCKS} advisory locks at most.")))
    }

    /// Takes one of the session's away. `None`: it has none; else whether that was its last.
    fn remove(&mut self, lock: &Lock) -> Option<bool> {
        let count = self.session.get_mut(lock)?;
        *count -= 1;
        if *count == 0 {
            self.session.remove(lock);
        }
        Some(!self.has(lock))
    }

    /// Takes all of the session's away; gives those that it has no longer.
    fn remove_all(&mut self) -> Vec<Lock> {
        let mut locks: Vec<Lock> = self.session.drain().map(|(lock, _)| lock).collect();
        locks.retain(|lock| !self.has(lock));
        locks
    }

    /// How many are the transaction's.
    pub fn of_transaction(&self) -> usize {
        self.transaction.len()
    }

    /// Leaves the transaction its first so many; gives those that the session has no longer.
    fn truncate(&mut self, left: usize) -> Vec<Lock> {
        let mut locks = self.transaction.split_off(left.min(self.transaction.len()));
        locks.retain(|lock| !self.has(lock));
        locks
    }

    pub fn is_empty(&self) -> bool {
        self.session.is_empty() && self.transaction.is_empty()
    }
}

/// Gives everything back when the session ends.
pub(super) struct UnlocksAtEnd<B: Backend> {
    pub backend: Arc<B>,
    pub session: i32,
}

impl<B: Backend> Drop for UnlocksAtEnd<B> {
    fn drop(&mut self) {
        self.backend.unlock_session(self.session);
    }
}

impl<B: Backend> Session<B> {
    /// A session whose locks others may have by now does nothing more.
    pub(super) fn check_locks(&self) -> Result<(), PgError> {
        if self.locks.is_empty() || self.backend.keeps_locks(self.control.pid) {
            return Ok(());
        }
        let message = "terminating connection because its advisory locks were lost";
        Err(PgError::fatal(SqlState::ADMIN_SHUTDOWN, message))
    }

    /// Waits until what was given back can be had by others.
    pub(super) async fn released(&mut self) {
        for released in std::mem::take(&mut self.releasing) {
            released.await;
        }
    }

    fn give_back(&mut self, locks: Vec<Lock>) {
        for (key, mode) in locks {
            self.releasing.push(Box::pin(self.backend.unlock(self.control.pid, key, mode)));
        }
    }

    /// The transaction is over, or goes back to where it had so many locks.
    pub(super) fn release_since(&mut self, left: usize) {
        let locks = self.locks.truncate(left);
        self.give_back(locks);
    }

    /// `false`: the session does not have it.
    pub(super) fn unlock(&mut self, lock: Lock) -> bool {
        match self.locks.remove(&lock) {
            None => return false,
            Some(true) => self.give_back(vec![lock]),
            Some(false) => {}
        }
        true
    }

    pub(super) fn unlock_all(&mut self) {
        let locks = self.locks.remove_all();
        self.give_back(locks);
    }
}
