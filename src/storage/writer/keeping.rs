//! The file itself: its two connections, what others may have done to it, checkpoints and snapshots.

use std::sync::Arc;
use std::time::Duration;

use rusqlite::Connection;
use rusqlite::wal::CheckpointMode;

use super::super::file;
use super::super::schema::{self, Meta};
use super::super::{LogId, StorageError, snapshot};
use super::{Side, Writer};

/// The WAL's size above which the background asks for what [`Writer::finish_checkpoint`] does, and
/// the one above which readers are waited for.
pub(in crate::storage) const WAL_BOUND: u64 = 32 << 20;
const WAL_HARD_BOUND: u64 = 4 * WAL_BOUND;
/// How long a commit may wait for readers, to keep the WAL from growing without end.
const RESTART_PATIENCE: Duration = Duration::from_millis(50);

impl Writer {
    /// Runs on one of the two connections, as the writer itself.
    pub(super) fn with<T>(&self, side: Side, run: impl FnOnce(&Connection) -> T) -> T {
        match (side, &self.executor) {
            (Side::Execute, Some(executor)) => executor.internal(run),
            _ => run(&self.apply),
        }
    }

    /// BEGIN, and a look whether anybody else has written since our last transaction. Once the write lock is held nobody
    /// can, so the chain from one side's version to the other's has no gap.
    pub(super) fn begin(&mut self, side: Side) -> Result<(), StorageError> {
        self.begin_within(side, self.lent.then_some(Duration::ZERO))
    }

    /// As [`Writer::begin`], which waits for another process as long as it must, or for so long.
    pub(super) fn begin_within(&mut self, side: Side, patience: Option<Duration>) -> Result<(), StorageError> {
        let begun = self.with(side, |connection| {
            let begin = || connection.prepare_cached("BEGIN IMMEDIATE")?.execute([]);
            let Some(patience) = patience else { return begin() };
            connection.busy_timeout(patience)?;
            let begun = begin();
            connection.busy_timeout(file::BUSY_TIMEOUT)?;
            begun
        });
        begun.map_err(|error| match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DatabaseBusy) if patience.is_some() => {
                StorageError::Locked(self.shared.path.clone())
            }
            _ => self.io("writing to", error),
        })?;
        if let Err(error) = self.check_alone() {
            let _ = self.with(side, |connection| connection.execute_batch("ROLLBACK"));
            return Err(error);
        }
        if side != self.side {
            self.version = self.with(side, data_version).map_err(|error| self.io("reading", error))?;
            self.side = side;
        }
        Ok(())
    }

    /// Whether all that was written since our last transaction was ours.
    fn check_alone(&self) -> Result<(), StorageError> {
        let seen = self.with(self.side, data_version).map_err(|error| self.io("reading", error))?;
        if seen == self.version {
            return Ok(());
        }
        Err(StorageError::Diverged(format!(
            "{}: another process has written to the file, or checkpointed it; other processes may only read it",
            self.shared.path.display()
        )))
    }

    /// A node that is only read would show what another process has written.
    pub(super) fn watch(&mut self) {
        if let Err(error @ StorageError::Diverged(_)) = self.check_alone() {
            self.fail(&error);
        }
    }

    /// Makes the other connection the one whose version is watched.
    pub(super) fn activate(&mut self, side: Side) -> Result<(), StorageError> {
        if side != self.side {
            self.begin(side)?;
            self.roll_back();
        }
        Ok(())
    }

    /// Ends whatever transaction is open, without effect.
    pub(super) fn roll_back(&mut self) {
        if let Some(executor) = &mut self.executor {
            if !executor.connection().is_autocommit() {
                let _ = executor.internal(|connection| connection.execute_batch("ROLLBACK"));
            }
            executor.forget_schema();
        }
        if !self.apply.is_autocommit() {
            let _ = self.apply.execute_batch("ROLLBACK");
            self.layouts.clear();
        }
    }

    /// Makes everything up to `applied` durable. A COMMIT with `synchronous=FULL` syncs the whole WAL, so this does not
    /// depend on a checkpoint that readers may hold up.
    pub(super) fn checkpoint(&mut self, applied: LogId) -> Result<(), StorageError> {
        let side = self.side;
        self.with(side, |connection| connection.pragma_update(None, "synchronous", "FULL"))
            .map_err(|error| self.io("syncing", error))?;
        self.begin(side)?;
        let mut meta = self.shared.meta();
        if meta.applied.is_none_or(|known| known.index < applied.index) {
            meta.applied = Some(applied);
        }
        self.shared.publish(meta, self.shared.catalog(), || {
            self.with(side, |connection| {
                meta.store(connection)?;
                schema::count_checkpoint(connection)?;
                schema::forget_decisions(connection, applied.index)?;
                connection.execute_batch("COMMIT")?;
                connection.pragma_update(None, "synchronous", "NORMAL")
            })
            .map_err(|error| self.io("syncing", error))
        })
    }

    /// Copies what the background has not yet copied from the WAL, at a moment when nobody writes: then
    /// the next transaction starts the WAL anew, unless a reader still needs it.
    pub(super) fn finish_checkpoint(&mut self) {
        let hard = self.shared.wal_bytes() > WAL_HARD_BOUND;
        let copied = self.with(self.side, |connection| {
            if hard {
                connection.busy_timeout(RESTART_PATIENCE)?;
            }
            // On the watched connection: what it does to the WAL doesn't look like another process' doing.
            let mode = if hard { CheckpointMode::RESTART } else { CheckpointMode::PASSIVE };
            let copied = connection.wal_checkpoint_v2(Some(c"main"), mode);
            connection.busy_timeout(file::BUSY_TIMEOUT)?;
            copied
        });
        if let Err(error) = copied
            && error.sqlite_error_code() != Some(rusqlite::ErrorCode::DatabaseBusy)
        {
            tracing::warn!(file = self.shared.file, %error, "the write-ahead log could not be copied");
        }
    }

    pub(super) fn install(&mut self, from: &std::path::Path) -> Result<(), StorageError> {
        self.leader = None;
        self.lose_all();
        self.activate(Side::Apply)?;
        self.executor = None;
        self.layouts.clear();
        // No statement may hold the old content.
        self.apply.flush_prepared_statement_cache();
        let replaced = self.shared.changing(|| snapshot::replace(&mut self.apply, from));
        replaced.map_err(|error| self.io("replacing", error))?;
        self.version = data_version(&self.apply).map_err(|error| self.io("reading", error))?;
        let meta = Meta::load(&self.apply).map_err(|error| self.io("reading", error))?;
        let catalog = Arc::new(self.stored_catalog()?);
        self.shared.publish(meta, catalog, || Ok(()))
    }

    pub(super) fn io(&self, doing: &str, error: rusqlite::Error) -> StorageError {
        StorageError::sqlite(format!("{doing} {}", self.shared.path.display()), error)
    }

    pub(super) fn close(mut self) {
        self.lose_all();
        self.executor = None;
        if let Err(error) = self.apply.wal_checkpoint_v2(Some(c"main"), CheckpointMode::TRUNCATE) {
            tracing::debug!(file = self.shared.file, %error, "the write-ahead log was left as it is");
        }
    }
}

pub(super) fn data_version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.prepare_cached("PRAGMA data_version")?.query_row([], |row| row.get(0))
}
