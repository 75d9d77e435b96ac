//! Execution behind a batch that is in the open SQLite transaction, too, and is proposed.

use super::super::Call;
use super::super::apply::ApplyError;
use super::super::capture::Mark;
use super::Executor;
use crate::sql::{Action, SessionContext};

const SAVEPOINT: &str = "SAVEPOINT quorlite_ahead";
const RELEASE: &str = "RELEASE quorlite_ahead";
const ROLLBACK_TO: &str = "ROLLBACK TO quorlite_ahead";

impl Executor {
    /// Whether something may be executed on the state that the transactions in the open SQLite transaction have made.
    pub fn may_go_ahead(&self) -> bool {
        !self.connection.is_autocommit()
            && !self.schema_changed
            // They may write late, what is nobody's then.
            && !self.connection.observer().has_virtual_tables()
            && self.connection.observer().is_small()
    }

    /// Whether the statement changes the schema.
    pub fn changes_schema(&self, call: &Call, context: &SessionContext) -> bool {
        self.plan(call, context).is_ok_and(|plan| matches!(plan.action, Action::Schema(_)))
    }

    /// What comes now is not of the batch that the open transaction holds.
    pub fn begin_ahead(&mut self) -> rusqlite::Result<Mark> {
        let start = self.connection.observer().start_behind();
        self.begin_ahead_from(start)?;
        Ok(start)
    }

    /// As [`Executor::begin_ahead`], where the records are there already.
    pub fn begin_ahead_from(&mut self, start: Mark) -> rusqlite::Result<()> {
        self.batch_start = start;
        self.run_internal(SAVEPOINT)
    }

    /// Undoes what was done since [`Executor::begin_ahead`]; its records stay. `false`: it can't, all is undone or will
    /// have to be.
    pub fn set_aside(&self) -> bool {
        !self.connection.is_autocommit()
            && self.run_internal(ROLLBACK_TO).and_then(|()| self.run_internal(RELEASE)).is_ok()
    }

    /// Another SQLite transaction has begun, in which what was set aside comes back. Its records begin here.
    pub fn begin_again(&mut self, start: Mark) -> Result<(), ApplyError> {
        self.batch_start = start;
        self.schema_changed = false;
        self.connection.observer().forget_before(start);
        if std::mem::take(&mut self.schema_forgotten) {
            self.learn().map_err(ApplyError::Sqlite)?;
        }
        Ok(())
    }
}
