//! The transaction that a session is in: blocks (BEGIN … COMMIT), their modes, and how they end.
//!
//! Until it writes, a transaction is this node's own affair: at READ COMMITTED each statement reads the newest state,
//! above that all read one snapshot, pinned by the first of them. Its first write takes the cluster's one writer slot
//! ([`super::slot`]). An error in a block leaves it failed until the client ends it, or goes back to a savepoint; what was
//! done since the last one, and if there is none all that the transaction held, is given back at once.

use std::sync::Arc;

use tokio::time::Instant;

use crate::catalog::Catalog;
use crate::sql::{ConstraintModes, Isolation, Statement, TransactionModes, TransactionStatement};
use crate::types::{PgError, Severity, SqlState};

use super::backend::{Backend, Held, Pinned};
use super::client::{Client, Failure, Reply, TransactionStatus};
use super::portal::{Portal, State};
use super::{Session, interruptible};

/// What a transaction, block or not, has come to.
pub(super) struct Transaction<B: Backend> {
    /// `now()`, once somebody has asked.
    pub begun: Option<i64>,
    /// When its first message came.
    pub started: Option<Instant>,
    /// It has looked at the database: most of its modes can't change any more.
    pub queried: bool,
    /// The snapshot that all its statements see, until it writes.
    pub pinned: Option<B::Pinned>,
    /// The writer slot, since its first write.
    pub held: Option<B::Held>,
    /// The schema, once it has changed it itself.
    pub catalog: Option<Arc<Catalog>>,
    /// What SET CONSTRAINTS has said.
    pub constraints: ConstraintModes,
    pub savepoints: Vec<Savepoint>,
    /// What a block that was chained to another began with: no SET of its own, so that its failure undoes none of it.
    chained: Option<TransactionModes>,
}

pub(super) struct Savepoint {
    name: String,
    catalog: Option<Arc<Catalog>>,
    constraints: ConstraintModes,
    /// The session's last portal then.
    portals: u64,
    /// How many advisory locks the transaction had.
    locks: usize,
}

impl<B: Backend> Default for Transaction<B> {
    fn default() -> Transaction<B> {
        Transaction {
            begun: None,
            started: None,
            queried: false,
            pinned: None,
            held: None,
            catalog: None,
            constraints: ConstraintModes::default(),
            savepoints: Vec::new(),
            chained: None,
        }
    }
}

impl<B: Backend> Session<B> {
    /// Whether BEGIN was said, and nothing has ended it yet.
    pub(super) fn in_block(&self) -> bool {
        self.status != TransactionStatus::Idle
    }

    /// In a failed block nothing but its end is taken. `exit`: the statement is one.
    pub(super) fn check_failed(&self, exit: bool) -> Result<(), PgError> {
        if self.status != TransactionStatus::Failed || exit {
            return Ok(());
        }
        Err(PgError::new(
            SqlState::IN_FAILED_SQL_TRANSACTION,
            "current transaction is aborted, commands ignored until end of transaction block",
        ))
    }

    /// A statement of a block is about to be bound: from now on it sees what its transaction sees.
    pub(super) async fn look(&mut self, statement: &Statement) -> Result<(), PgError> {
        if !statement.is_query() {
            return Ok(());
        }
        if self.in_block() {
            self.pin().await?;
        }
        self.transaction.queried = true;
        Ok(())
    }

    /// Takes the transaction's snapshot, if it is to have one and has none yet.
    pub(super) async fn pin(&mut self) -> Result<(), PgError> {
        let has_one = self.transaction.pinned.is_some() || self.transaction.held.is_some();
        if has_one || !self.settings.obeyed().isolation.is_pinned() {
            return Ok(());
        }
        self.barrier().await?;
        let backend = self.backend.clone();
        let pinned = interruptible(&self.batch.cancel, self.deadline(), backend.pin(&self.database)).await??;
        self.transaction.pinned = Some(pinned);
        Ok(())
    }

    /// Snapshot and slot serve one statement at a time: portals take what is left of their rows before the next.
    pub(super) async fn settle_portals(&mut self) -> Result<(), PgError> {
        let (mut room, deadline) = (self.settling_room(), self.deadline());
        for portal in self.portals.values_mut() {
            if let State::Reading(reading) = &mut portal.state {
                reading.settle(&mut room, &self.batch.cancel, deadline).await?;
            }
        }
        Ok(())
    }

    /// What the rows of portals may still take in memory, in bytes.
    pub(super) fn settling_room(&self) -> usize {
        let kept = self.portals.values().map(Portal::kept_bytes).sum();
        MAX_SETTLED_BYTES.saturating_sub(kept)
    }

    /// BEGIN, COMMIT and their kin; gives the command tag.
    pub(super) async fn transaction_statement<C: Client>(
        &mut self,
        statement: &TransactionStatement,
        client: &mut C,
    ) -> Result<String, Failure> {
        let tag = match statement {
            TransactionStatement::Begin { start, modes } => {
                self.begin(modes, client).await?;
                if *start { "START TRANSACTION" } else { "BEGIN" }
            }
            TransactionStatement::Commit { chain } => self.end(true, *chain, client).await?,
            TransactionStatement::Rollback { chain } => self.end(false, *chain, client).await?,
            TransactionStatement::Savepoint(name) => {
                self.savepoint(name)?;
                "SAVEPOINT"
            }
            TransactionStatement::Release(name) => {
                self.release(name)?;
                "RELEASE"
            }
            TransactionStatement::RollbackTo(name) => {
                self.rollback_to(name).await?;
                "ROLLBACK"
            }
        };
        Ok(tag.to_owned())
    }

    async fn begin<C: Client>(&mut self, modes: &TransactionModes, client: &mut C) -> Result<(), Failure> {
        if self.in_block() {
            let message = "there is already a transaction in progress";
            self.warn(SqlState::ACTIVE_SQL_TRANSACTION, message, client)?;
        } else {
            // The block has them in it.
            self.run_waiting_held(client).await?;
        }
        self.status = TransactionStatus::Block;
        Ok(self.set_modes(modes, "", true)?)
    }

    /// COMMIT or ROLLBACK; gives the command tag.
    async fn end<C: Client>(&mut self, commit: bool, chain: bool, client: &mut C) -> Result<&'static str, Failure> {
        let command = if commit { "COMMIT" } else { "ROLLBACK" };
        if !self.in_block() {
            if chain {
                return Err(only_in_blocks(&format!("{command} AND CHAIN")).into());
            }
            match commit {
                true => self.commit_here(client).await?,
                false => self.rollback_here(client).await?,
            }
            self.warn(SqlState::NO_ACTIVE_SQL_TRANSACTION, "there is no transaction in progress", client)?;
            return Ok(command);
        }
        // What a block that failed has set is undone already, back to its last savepoint.
        let undone = self.status == TransactionStatus::Failed && self.transaction.savepoints.is_empty();
        let modes = self.transaction.chained.filter(|_| undone).unwrap_or_else(|| self.modes());
        let commit = commit && self.status == TransactionStatus::Block;
        // Over in any case: should the commit fail, nothing is left to be rolled back.
        self.status = TransactionStatus::Idle;
        match commit {
            true => {
                self.keep_cursors().await?;
                self.commit_slot().await?;
                self.cursors_outlive();
                self.settings.commit();
            }
            false => {
                self.end_portals();
                self.settings.rollback();
            }
        }
        self.forget_transaction();
        if chain {
            self.status = TransactionStatus::Block;
            self.set_modes(&modes, "", true)?;
            self.transaction.chained = Some(modes);
        }
        Ok(if commit { "COMMIT" } else { "ROLLBACK" })
    }

    /// The running message goes on, and with it what cancels it.
    pub(super) fn forget_transaction(&mut self) {
        let cancel = self.batch.cancel.clone();
        self.forget_batch();
        self.batch.cancel = cancel;
    }

    /// An error in a block: it stays, but nothing is done in it any more.
    pub(super) fn fail_block(&mut self) {
        self.status = TransactionStatus::Failed;
        let since = match self.transaction.savepoints.len().checked_sub(1) {
            Some(last) => self.undo_to(last),
            None => {
                self.settings.rollback();
                self.transaction.pinned = None;
                self.transaction.held = None;
                self.transaction.catalog = None;
                self.transaction.constraints = ConstraintModes::default();
                self.release_since(0);
                0
            }
        };
        // Their names stay until the block ends.
        let portals = self.portals.values_mut().filter(|portal| portal.number > since && !portal.facts.outlives);
        portals.for_each(|portal| portal.state = State::Done);
    }

    /// Undoes all since the savepoint that has so many before it; gives the last portal made before.
    fn undo_to(&mut self, below: usize) -> u64 {
        self.settings.rollback_to(below);
        if let Some(held) = &mut self.transaction.held {
            held.rollback_to(below);
        }
        self.transaction.savepoints.truncate(below + 1);
        let Some(savepoint) = self.transaction.savepoints.last() else { return 0 };
        self.transaction.catalog = savepoint.catalog.clone();
        self.transaction.constraints = savepoint.constraints.clone();
        let (portals, locks) = (savepoint.portals, savepoint.locks);
        self.release_since(locks);
        portals
    }

    pub(super) fn savepoint(&mut self, name: &str) -> Result<(), PgError> {
        if !self.in_block() {
            return Err(only_in_blocks("SAVEPOINT"));
        }
        self.settings.savepoint();
        if let Some(held) = &mut self.transaction.held {
            held.savepoint();
        }
        let catalog = self.transaction.catalog.clone();
        self.transaction.savepoints.push(Savepoint {
            name: name.to_owned(),
            catalog,
            constraints: self.transaction.constraints.clone(),
            portals: self.portals_made,
            locks: self.locks.of_transaction(),
        });
        Ok(())
    }

    pub(super) fn release(&mut self, name: &str) -> Result<(), PgError> {
        if !self.in_block() {
            return Err(only_in_blocks("RELEASE SAVEPOINT"));
        }
        let left = self.find_savepoint(name)?;
        self.transaction.savepoints.truncate(left);
        self.settings.release(left);
        if let Some(held) = &mut self.transaction.held {
            held.release(left);
        }
        Ok(())
    }

    pub(super) async fn rollback_to(&mut self, name: &str) -> Result<(), PgError> {
        if !self.in_block() {
            return Err(only_in_blocks("ROLLBACK TO SAVEPOINT"));
        }
        let below = self.find_savepoint(name)?;
        let made = self.transaction.savepoints.get(below).map_or(0, |savepoint| savepoint.portals);
        self.portals.retain(|_, portal| portal.number <= made || portal.facts.outlives);
        // Portals from before go on; what they read is not to be changed under them.
        self.settle_portals().await?;
        self.undo_to(below);
        self.status = TransactionStatus::Block;
        Ok(())
    }

    /// How many savepoints there are before the last one of this name.
    fn find_savepoint(&self, name: &str) -> Result<usize, PgError> {
        self.transaction.savepoints.iter().rposition(|savepoint| savepoint.name == name).ok_or_else(|| {
            let message = format!("savepoint \"{name}\" does not exist");
            PgError::new(SqlState::INVALID_SAVEPOINT_SPECIFICATION, message)
        })
    }

    /// What a chained transaction takes over.
    fn modes(&self) -> TransactionModes {
        let obeyed = self.settings.obeyed();
        TransactionModes {
            isolation: Some(obeyed.isolation),
            read_only: Some(obeyed.read_only),
            deferrable: Some(self.settings.get("transaction_deferrable") == Some("on")),
        }
    }

    /// Sets the modes of this transaction, or with `default_` before their names of those to come.
    pub(super) fn set_modes(&mut self, modes: &TransactionModes, prefix: &str, local: bool) -> Result<(), PgError> {
        let on = |on| if on { "on" } else { "off" };
        for (name, value) in [
            ("transaction_isolation", modes.isolation.map(Isolation::as_str)),
            ("transaction_read_only", modes.read_only.map(on)),
            ("transaction_deferrable", modes.deferrable.map(on)),
        ] {
            if let Some(value) = value {
                let name = format!("{prefix}{name}");
                self.check_mode(&name, Some(value))?;
                self.settings.set(&name, Some(value), local)?;
            }
        }
        Ok(())
    }

    /// What may not change in the middle of a transaction, by any spelling of SET.
    pub(super) fn check_mode(&self, name: &str, value: Option<&str>) -> Result<(), PgError> {
        let refuse = |message: &str| Err(PgError::new(SqlState::ACTIVE_SQL_TRANSACTION, message));
        let is = |other: &str| name.eq_ignore_ascii_case(other);
        let (queried, nested) = (self.transaction.queried, !self.transaction.savepoints.is_empty());
        if is("transaction_isolation") && (value.is_none() || value != self.settings.get(name)) {
            if queried {
                return refuse("SET TRANSACTION ISOLATION LEVEL must be called before any query");
            }
            if nested {
                return refuse("SET TRANSACTION ISOLATION LEVEL must not be called in a subtransaction");
            }
        }
        let on = self.settings.obeyed().read_only;
        if is("transaction_read_only") && on && value.and_then(super::settings::boolean) != Some(true) {
            if nested {
                return refuse("cannot set transaction read-write mode inside a read-only transaction");
            }
            if queried {
                return refuse("transaction read-write mode must be set before any query");
            }
        }
        if is("transaction_deferrable") {
            if nested {
                return refuse("SET TRANSACTION [NOT] DEFERRABLE cannot be called within a subtransaction");
            }
            if queried {
                return refuse("SET TRANSACTION [NOT] DEFERRABLE must be called before any query");
            }
        }
        Ok(())
    }

    /// COMMIT in the middle of an implicit transaction ends it, and another begins.
    async fn commit_here<C: Client>(&mut self, client: &mut C) -> Result<(), Failure> {
        let cancel = self.batch.cancel.clone();
        self.commit(client).await?;
        self.batch.cancel = cancel;
        Ok(())
    }

    async fn rollback_here<C: Client>(&mut self, client: &mut C) -> Result<(), Failure> {
        let rollback = PgError::new(SqlState::NO_ACTIVE_SQL_TRANSACTION, "ROLLBACK");
        self.run_for_results(rollback, client).await?;
        self.settings.rollback();
        self.forget_transaction();
        Ok(())
    }

    pub(super) fn warn<C: Client>(&mut self, code: SqlState, message: &str, client: &mut C) -> Result<(), PgError> {
        let warning = PgError { severity: Severity::Warning, ..PgError::new(code, message) };
        self.say(client, Reply::Notice(warning))
    }

    /// The schema as this transaction sees it, if that is not the newest.
    pub(super) fn own_catalog(&self) -> Option<Arc<Catalog>> {
        let pinned = || self.transaction.pinned.as_ref().map(|pinned| pinned.catalog().clone());
        self.transaction.catalog.clone().or_else(pinned)
    }
}

/// Rows of suspended portals that may wait in memory because something else has to run.
pub(super) const MAX_SETTLED_BYTES: usize = 64 << 20;

pub(super) fn only_in_blocks(command: &str) -> PgError {
    PgError::new(SqlState::NO_ACTIVE_SQL_TRANSACTION, format!("{command} can only be used in transaction blocks"))
}
