//! What consensus has decided: batches become true, or void.

use std::borrow::Cow;
use std::sync::Arc;

use super::super::apply::{self, ApplyError, Touched};
use super::super::databases::Row;
use super::super::mailbox::{Apply, Committed};
use super::super::pieces;
use super::super::schema::{self, Meta, load_catalog};
use super::super::{LogId, Outcome, Sabotage, StorageError};
use super::{Side, Writer};
use crate::catalog::Catalog;

impl Writer {
    /// In one SQLite transaction, where none of them is this writer's own.
    pub(super) fn apply(&mut self, apply: &Apply) -> Result<(), StorageError> {
        if apply.batches.iter().any(|batch| self.is_own(batch)) {
            // None of them may be given back when others have become true.
            self.lent &= apply.batches.len() == 1;
            return apply.batches.iter().try_for_each(|batch| self.apply_one(batch));
        }
        let accepted: Vec<&Committed> = apply.batches.iter().filter(|batch| batch.accepted).collect();
        if accepted.is_empty() {
            return Ok(());
        }
        self.drop_all(&Outcome::Superseded);
        self.apply_effects(&accepted)
    }

    fn is_own(&self, batch: &Committed) -> bool {
        self.proposed.as_ref().is_some_and(|proposed| proposed.id() == batch.batch)
    }

    fn apply_one(&mut self, batch: &Committed) -> Result<(), StorageError> {
        match (batch.accepted, self.is_own(batch)) {
            (true, true) if !self.options.apply_own_effects && self.set_aside() => self.commit_own(batch),
            (true, true) => self.apply_own_effects(batch),
            (true, false) => {
                self.drop_all(&Outcome::Superseded);
                self.apply_effects(&[batch])
            }
            (false, true) => {
                self.drop_all(&Outcome::Superseded);
                Ok(())
            }
            (false, false) => Ok(()),
        }
    }

    /// What the file says after so many further batches, the last of which is this entry's.
    fn next_meta(&self, batches: u64, log_id: LogId, catalog_version: u64) -> Meta {
        Meta { data_version: self.shared.meta().data_version + batches, applied: Some(log_id), catalog_version }
    }

    /// What is proposed has become true.
    fn commit_own(&mut self, committed: &Committed) -> Result<(), StorageError> {
        let (Some(executor), Some(batch)) = (&self.executor, self.proposed.take()) else { return Ok(()) };
        let catalog = executor.catalog().clone();
        let meta = self.next_meta(1, committed.log_id, catalog.version);
        let index = committed.log_id.index;
        let committed_as = |results| Outcome::Committed { index, results };
        // A majority has it, and who reads here waits until this index is applied (`Node::read_barrier`), who writes for this
        // writer. What binds a statement does not wait: a changed catalog must be there first.
        let waiting = if Arc::ptr_eq(&catalog, &self.shared.catalog()) {
            batch.answer(committed_as);
            None
        } else {
            Some(batch)
        };
        if let Err(error) = self.commit(Side::Execute, meta, catalog, &[committed]) {
            // The others have it: this node's clients can't be told that it failed.
            self.roll_back();
            waiting.into_iter().for_each(|batch| batch.answer(|_| Outcome::Unknown));
            return Err(error);
        }
        waiting.into_iter().for_each(|batch| batch.answer(committed_as));
        if self.executor.as_ref().is_some_and(|executor| !executor.is_brief()) {
            self.layouts.clear();
        }
        self.go_on();
        Ok(())
    }

    /// As [`Writer::commit_own`] by way of the followers, where the open transaction can't be committed.
    fn apply_own_effects(&mut self, committed: &Committed) -> Result<(), StorageError> {
        // Its clients hear now what became of it.
        self.lent = false;
        let batch = self.proposed.take();
        self.abandon();
        let applied = self.apply_effects(&[committed]);
        if let Some(batch) = batch {
            let index = committed.log_id.index;
            batch.answer(|results| match &applied {
                Ok(()) => Outcome::Committed { index, results },
                Err(_) => Outcome::Unknown,
            });
        }
        applied.map(|()| self.go_on())
    }

    /// The path of followers, and of everything that is not the open transaction, which has been rolled back.
    fn apply_effects(&mut self, batches: &[&Committed]) -> Result<(), StorageError> {
        let applied = self.run_effects(batches);
        if applied.is_err() {
            self.roll_back();
        }
        applied
    }

    fn run_effects(&mut self, batches: &[&Committed]) -> Result<(), StorageError> {
        let Some(last) = batches.last() else { return Ok(()) };
        self.begin(Side::Apply)?;
        let mut touched = Touched::default();
        for batch in batches {
            touched |= self.effects_of(batch)?;
        }
        if (touched.schema || touched.catalog)
            && let Some(executor) = &mut self.executor
        {
            executor.forget_schema();
        }
        let catalog = if touched.catalog { Arc::new(self.stored_catalog()?) } else { self.shared.catalog() };
        let meta = self.next_meta(batches.len() as u64, last.log_id, catalog.version);
        self.commit(Side::Apply, meta, catalog, batches)
    }

    /// Writes what a batch has changed, in the running SQLite transaction.
    fn effects_of(&mut self, batch: &Committed) -> Result<Touched, StorageError> {
        let content = &batch.content;
        let ahead = match content.pieces {
            0 => None,
            count => {
                let ahead = self.shared.pieces.read(&batch.pieces_of, count);
                Some(ahead.ok_or_else(|| {
                    StorageError::Diverged(format!(
                        "{}: the pieces of a large transaction, which the log says have come, are not in {}",
                        self.shared.file,
                        pieces::DIRECTORY
                    ))
                })?)
            }
        };
        let ahead = ahead.into_iter().flat_map(|mut reading| {
            let piece = move || reading.piece().map_err(ApplyError::Io).transpose();
            std::iter::from_fn(piece).map(|piece| piece.map(|piece| Cow::Owned(piece.effects)))
        });
        let own = content.transactions.iter().map(|transaction| Ok(Cow::Borrowed(transaction.effects.as_slice())));
        apply::apply(&self.apply, &mut self.layouts, &content.tables, ahead.chain(own))
            .map_err(|error| error.into_storage(&self.shared.file))
    }

    pub(super) fn stored_catalog(&self) -> Result<Catalog, StorageError> {
        let loaded = load_catalog(&self.apply).map_err(|error| self.io("reading the catalog of", error))?;
        loaded.map_err(|why| StorageError::Diverged(format!("{}: {why}", self.shared.file)))
    }

    /// Commits the open transaction with its bookkeeping, and shows the new state to readers.
    fn commit(
        &self,
        side: Side,
        meta: Meta,
        catalog: Arc<Catalog>,
        batches: &[&Committed],
    ) -> Result<(), StorageError> {
        let mut several = batches.iter().filter(|batch| batch.several).map(|batch| batch.log_id.index);
        self.shared.publish(meta, catalog, || {
            self.with(side, |connection| {
                meta.store(connection)?;
                several.try_for_each(|index| schema::store_accepted(connection, index))?;
                connection.prepare_cached("COMMIT")?.execute([]).map(drop)
            })
            .or_else(|error| {
                if !Sabotage::OverlookFullDisk.is_on() {
                    return Err(self.io("committing to", error));
                }
                let _ = self.with(side, |connection| connection.execute_batch("ROLLBACK"));
                Ok(())
            })
        })
    }

    pub(super) fn admit(&mut self, log_id: LogId, key: &[u8; 16]) -> Result<u64, StorageError> {
        let known = schema::known_node(&self.apply, key).map_err(|error| self.io("reading", error))?;
        if let Some(id) = known {
            return Ok(id);
        }
        self.drop_all(&Outcome::Superseded);
        self.begin(Side::Apply)?;
        let id = schema::admit_node(&self.apply, key).map_err(|error| self.io("writing to", error))?;
        self.commit_of_entry(log_id)?;
        Ok(id)
    }

    /// Ends the transaction of an entry that is no batch; the catalog stays as it is.
    fn commit_of_entry(&self, log_id: LogId) -> Result<(), StorageError> {
        let catalog = self.shared.catalog();
        let meta = self.next_meta(1, log_id, catalog.version);
        self.shared.publish(meta, catalog, || {
            let stored = meta.store(&self.apply).and_then(|()| self.apply.execute_batch("COMMIT"));
            stored.map_err(|error| self.io("committing to", error))
        })
    }

    pub(super) fn list(&mut self, log_id: LogId, row: &Row) -> Result<(), StorageError> {
        self.drop_all(&Outcome::Superseded);
        let synchronous = |writer: &Writer, value| {
            let set = writer.apply.pragma_update(None, "synchronous", value);
            set.map_err(|error| writer.io("syncing", error))
        };
        if row.is_synced() {
            synchronous(self, "FULL")?;
        }
        self.begin(Side::Apply)?;
        row.store(&self.apply).map_err(|error| self.io("writing to", error))?;
        self.commit_of_entry(log_id)?;
        synchronous(self, "NORMAL")
    }
}
