//! Work ahead of a batch that has not had its fate.
//!
//! While a batch is replicated, clients that want the slot are served in the same SQLite transaction, behind a savepoint.
//! When the batch is applied, SQLite has to commit it without them: they are rolled back to that savepoint, and brought
//! back from their records, the slot's with its savepoints, in the next SQLite transaction. What is complete is
//! proposed at once; a client in the slot notices nothing.
//!
//! That is early lock release (DeWitt et al., *Implementation Techniques for Main Memory Database Systems*, 1984): what
//! goes ahead has read what is not committed yet. It is proposed after it, on the data version which that makes, so it can't
//! be committed without it; and when the batch before is void, so is all that went ahead of it.
//!
//! The fate waits for nobody. What would make it wait, or make bringing back dear, waits itself ([`Writer::stall`]): changes
//! of the schema, many records, many rows, a COMMIT that has to look through the file. A statement that runs when the fate comes makes way, and is run again.

use std::time::{Duration, Instant};

use super::super::capture::Mark;
use super::super::execute::Executor;
use super::super::slot::Order;
use super::super::{Outcome, StorageError};
use super::{BATCH_TRANSACTIONS, OpenBatch, Side, Writer};

/// Bytes of records that go ahead at most, the statement aside that exceeds them.
const AHEAD_BYTES: u64 = 64 << 10;
/// How long another process may keep a thread that is not the writer's from going on with what is ahead: by far less than followers
/// wait for a word of their leader.
const LENT_PATIENCE: Duration = Duration::from_millis(100);

impl Writer {
    /// Whether anything may be executed before this batch has its fate.
    pub(super) fn may_go_ahead(&self, proposed: &OpenBatch) -> bool {
        let Some(executor) = &self.executor else { return false };
        let ahead = self.open.as_ref().map_or(0, |batch| executor.bytes_since(batch.start));
        let transactions = self.open.as_ref().map_or(0, |batch| batch.executed.len());
        proposed.pieces.all == 0
            && ahead <= AHEAD_BYTES
            && transactions < BATCH_TRANSACTIONS
            && self.leader.is_some()
            // They wait for a moment at which nothing is open.
            && self.deferred.is_empty()
            && executor.may_go_ahead()
    }

    /// This can't be done now; it is the next again when what is proposed has its fate.
    pub(super) fn stall(&mut self, order: Order) {
        self.shared.mailbox.order_again(order);
        self.stalled = true;
    }

    /// Gives the place where the records of what goes ahead begin.
    pub(super) fn begin_ahead(&mut self) -> Result<Mark, StorageError> {
        let begun = self.executor.as_mut().map_or(Ok(Mark::START), Executor::begin_ahead);
        begun.map_err(|error| self.io("executing", error))
    }

    /// Gives up what is not proposed.
    pub(super) fn drop_open(&mut self, outcome: &Outcome) {
        let Some(batch) = self.take_open() else { return };
        let aside = self.executor.as_ref().is_some_and(|executor| self.proposed.is_some() && executor.set_aside());
        if aside && let Some(executor) = &self.executor {
            executor.forget_since(batch.start);
        } else {
            self.roll_back();
        }
        batch.answer(|_| outcome.clone());
    }

    /// Undoes what goes ahead, for a while. `false`: what it was ahead of is undone with it.
    pub(super) fn set_aside(&mut self) -> bool {
        let Some(executor) = &self.executor else { return false };
        if self.open.is_none() {
            return !executor.connection().is_autocommit();
        }
        if let Some(slot) = &mut self.slot {
            slot.work.is_undone();
        }
        executor.set_aside()
    }

    /// Gives the open transaction up: what is in it is brought back from its records.
    pub(super) fn abandon(&mut self) {
        if let Some(slot) = &mut self.slot {
            slot.work.is_undone();
        }
        self.roll_back();
    }

    /// What was proposed is committed: goes on with what went ahead.
    pub(super) fn go_on(&mut self) {
        self.stalled = false;
        if self.slot.is_none() && self.open.as_ref().is_none_or(|batch| batch.executed.is_empty()) {
            self.open = None;
            return;
        }
        match self.bring_back() {
            Ok(()) => {}
            Err(error @ StorageError::Diverged(_)) => self.fail(&error),
            Err(error) => {
                tracing::warn!(file = self.shared.file, %error, "what went ahead could not be brought back");
                // Nothing of this was proposed: they may try again. What has just been proposed waits for its fate.
                self.drop_open(&Outcome::NotLeader);
                self.abandon();
            }
        }
    }

    fn bring_back(&mut self) -> Result<(), StorageError> {
        // Whose it is has waited long enough to wait for another process, too; but whose thread this is may be all the cluster's.
        let patience = std::mem::take(&mut self.lent).then_some(LENT_PATIENCE);
        self.begin_within(Side::Execute, patience)?;
        let base_version = self.shared.meta().data_version;
        let (Some(batch), Some(executor)) = (&mut self.open, &mut self.executor) else { return Ok(()) };
        batch.base_version = base_version;
        // Time for others to join it begins now.
        batch.started = Instant::now();
        let broken = |error: super::super::apply::ApplyError| error.into_storage(&self.shared.file);
        executor.begin_again(batch.start).map_err(broken)?;
        if !batch.executed.is_empty() {
            executor.bring_back(batch.records()).map_err(broken)?;
            let leader = batch.leader.clone();
            // Without a client that still thinks others may join it, before it is proposed.
            let Some(start) = self.slot.as_ref().map(|slot| slot.work.start()) else { return Ok(()) };
            self.propose();
            if self.proposed.is_some() {
                let executor = self.executor.as_mut();
                let begun = executor.map_or(Ok(()), |executor| executor.begin_ahead_from(start));
                begun.map_err(|error| self.io("executing", error))?;
                self.open = Some(self.new_batch(leader, start));
            }
        }
        if let (Some(slot), Some(executor)) = (&self.slot, &mut self.executor) {
            executor.bring_back_held(&slot.work).map_err(|error| error.into_storage(&self.shared.file))?;
        }
        Ok(())
    }
}
