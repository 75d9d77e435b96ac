//! Statements that need no database: SET, SHOW, DISCARD, COMMIT and their kin.

use crate::sql::{SessionStatement, TransactionStatement};
use crate::types::{PgError, Row, SqlState, Value};

use super::backend::Backend;
use super::batch::Later;
use super::client::{Client, Failure, Reply, Shape, TransactionStatus};
use super::portal::{Buffered, Limit};
use super::{Session, Settings};

impl<B: Backend> Session<B> {
    /// Runs it. The rows are SHOW's. `block`: a transaction block, or a string of several statements.
    pub(super) fn session_statement<C: Client>(
        &mut self,
        statement: &SessionStatement,
        block: bool,
        client: &mut C,
    ) -> Result<Buffered, PgError> {
        let mut rows = Vec::new();
        let tag = match statement {
            SessionStatement::Set { name, value, local } => {
                if *local && !block {
                    self.warn("SET LOCAL can only be used in transaction blocks", client)?;
                }
                self.settings.set(name, value.as_deref(), *local)?;
                "SET"
            }
            SessionStatement::Reset(Some(name)) => {
                self.settings.set(name, None, false)?;
                "RESET"
            }
            SessionStatement::Reset(None) => {
                self.settings.reset_all();
                "RESET"
            }
            SessionStatement::Show(Some(name)) => {
                rows.push(vec![Value::Text(self.settings.show(name)?.1)]);
                "SHOW"
            }
            SessionStatement::Show(None) => {
                rows = show_all(&self.settings);
                "SHOW"
            }
            SessionStatement::Deallocate(Some(name)) => {
                if !self.statements.contains_key(name) {
                    return Err(no_such_statement(name));
                }
                self.put_statement(name.clone(), None)?;
                "DEALLOCATE"
            }
            SessionStatement::Deallocate(None) => {
                self.deallocate_all()?;
                "DEALLOCATE ALL"
            }
            SessionStatement::Discard(what) => return self.discard(what, block),
        };
        Ok(Buffered { rows: rows.into_iter(), tag: tag.to_owned() })
    }

    fn discard(&mut self, what: &str, block: bool) -> Result<Buffered, PgError> {
        let what = what.to_ascii_uppercase();
        let tag = format!("DISCARD {what}");
        if what == "ALL" {
            if block || self.batch.is_waiting() {
                let message = "DISCARD ALL cannot run inside a transaction block";
                return Err(PgError::new(SqlState::ACTIVE_SQL_TRANSACTION, message));
            }
            self.settings.reset_all();
            self.deallocate_all()?;
            self.portals.clear();
        }
        // Plans, sequences' cached values and temporary tables: sessions have none of them.
        Ok(Buffered { rows: Vec::new().into_iter(), tag })
    }

    fn deallocate_all(&mut self) -> Result<(), PgError> {
        let names: Vec<_> = self.statements.keys().cloned().collect();
        names.into_iter().try_for_each(|name| self.put_statement(name, None))
    }

    /// Says as much of a finished result as one Execute may have; what is left stays in it.
    pub(super) fn say_buffered<C: Client>(
        &mut self,
        buffered: &mut Buffered,
        shape: &Shape,
        limit: Limit,
        client: &mut C,
    ) -> Result<(), PgError> {
        let mut rows: Vec<Row> = Vec::new();
        let end = loop {
            if limit.reached(rows.len() as u64) {
                break Reply::PortalSuspended;
            }
            match buffered.rows.next() {
                Some(row) => rows.push(row),
                None => break Reply::CommandComplete(buffered.tag.clone()),
            }
        };
        if self.batch.is_waiting() {
            return self.batch.after(Later::Rows { rows, shape: shape.clone(), end });
        }
        let zone = self.settings.obeyed().zone.clone();
        for row in rows {
            client.row(&row, shape, &zone)?;
        }
        client.reply(&end);
        Ok(())
    }

    /// BEGIN and its kin: blocks are not there yet, so there is never one to end.
    pub(super) async fn transaction_statement<C: Client>(
        &mut self,
        statement: &TransactionStatement,
        client: &mut C,
    ) -> Result<String, Failure> {
        let tag = match statement {
            TransactionStatement::Begin => {
                return Err(PgError::new(
                    SqlState::FEATURE_NOT_SUPPORTED,
                    "transaction blocks (BEGIN … COMMIT) are not supported yet",
                )
                .hint("Send the statements in one query string: they are one transaction.")
                .into());
            }
            TransactionStatement::Savepoint(_) => return Err(only_in_blocks("SAVEPOINT").into()),
            TransactionStatement::Release(_) => return Err(only_in_blocks("RELEASE SAVEPOINT").into()),
            TransactionStatement::RollbackTo(_) => return Err(only_in_blocks("ROLLBACK TO SAVEPOINT").into()),
            TransactionStatement::Commit => {
                self.commit_here(client).await?;
                "COMMIT"
            }
            TransactionStatement::Rollback => {
                self.rollback_here(client).await?;
                "ROLLBACK"
            }
        };
        let warning = PgError::new(SqlState::NO_ACTIVE_SQL_TRANSACTION, "there is no transaction in progress");
        self.say(client, Reply::Notice(PgError { severity: crate::types::Severity::Warning, ..warning }))?;
        self.status = TransactionStatus::Idle;
        Ok(tag.to_owned())
    }

    /// COMMIT in the middle of an implicit transaction ends it, and another begins.
    async fn commit_here<C: Client>(&mut self, client: &mut C) -> Result<(), Failure> {
        let cancel = self.batch.cancel.clone();
        self.commit(client).await?;
        // The message goes on, and with it what cancels it.
        self.batch.cancel = cancel;
        Ok(())
    }

    async fn rollback_here<C: Client>(&mut self, client: &mut C) -> Result<(), Failure> {
        let cancel = self.batch.cancel.clone();
        let rollback = PgError::new(SqlState::NO_ACTIVE_SQL_TRANSACTION, "ROLLBACK");
        self.run_for_results(rollback, client).await?;
        self.settings.rollback();
        self.forget_batch();
        self.batch.cancel = cancel;
        Ok(())
    }

    fn warn<C: Client>(&mut self, message: &str, client: &mut C) -> Result<(), PgError> {
        let warning = PgError::new(SqlState::NO_ACTIVE_SQL_TRANSACTION, message);
        self.say(client, Reply::Notice(PgError { severity: crate::types::Severity::Warning, ..warning }))
    }
}

fn show_all(settings: &Settings) -> Vec<Row> {
    let text = |text: &str| Value::Text(text.to_owned());
    settings.show_all().map(|(name, value, about)| vec![text(name), text(value), text(about)]).collect()
}

fn only_in_blocks(command: &str) -> PgError {
    PgError::new(SqlState::NO_ACTIVE_SQL_TRANSACTION, format!("{command} can only be used in transaction blocks"))
}

pub(super) fn no_such_statement(name: &str) -> PgError {
    let message = match name {
        "" => "unnamed prepared statement does not exist".to_owned(),
        name => format!("prepared statement \"{name}\" does not exist"),
    };
    PgError::new(SqlState::INVALID_SQL_STATEMENT_NAME, message)
}
