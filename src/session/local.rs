//! Statements that need no database: SET, SHOW, DISCARD and their kin.

use crate::sql::{SessionStatement, SetTo};
use crate::types::{PgError, Row, SqlState, Value};

use super::backend::Backend;
use super::batch::Later;
use super::client::{Client, Reply, Shape};
use super::portal::{Buffered, Limit};
use super::{Session, Settings};

impl<B: Backend> Session<B> {
    /// Runs it. The rows are SHOW's. `block`: a transaction block, or a string of several statements.
    pub(super) async fn session_statement<C: Client>(
        &mut self,
        statement: &SessionStatement,
        block: bool,
        client: &mut C,
    ) -> Result<Buffered, PgError> {
        let block = block || self.in_block();
        let mut rows = Vec::new();
        let tag = match statement {
            SessionStatement::Set { name, to, local } => {
                if *local && !block {
                    self.outside_blocks("SET LOCAL", client)?;
                }
                let value = match to {
                    SetTo::Value(value) => Some(value.clone()),
                    SetTo::Default => None,
                    SetTo::Current => Some(self.settings.show(name)?.1),
                };
                self.check_mode(name, value.as_deref())?;
                self.settings.set(name, value.as_deref(), *local)?;
                "SET"
            }
            SessionStatement::SetModes { modes, session: true } => {
                self.set_modes(modes, "default_", false)?;
                "SET"
            }
            SessionStatement::SetModes { modes, session: false } => {
                if !block {
                    self.outside_blocks("SET TRANSACTION", client)?;
                }
                self.set_modes(modes, "", true)?;
                "SET"
            }
            SessionStatement::Reset(Some(name)) => {
                self.check_mode(name, None)?;
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
            SessionStatement::Close(name) => self.close_cursor(name.as_deref())?,
            SessionStatement::Nothing { outside: Some(what), .. } if block || self.batch.is_waiting() => {
                let message = format!("{what} cannot run inside a transaction block");
                return Err(PgError::new(SqlState::ACTIVE_SQL_TRANSACTION, message));
            }
            SessionStatement::Nothing { tag, .. } => tag,
            SessionStatement::Discard(what) => return self.discard(what, block).await,
        };
        Ok(Buffered { rows: rows.into_iter(), tag: tag.to_owned() })
    }

    pub(super) fn outside_blocks<C: Client>(&mut self, command: &str, client: &mut C) -> Result<(), PgError> {
        let message = format!("{command} can only be used in transaction blocks");
        self.warn(SqlState::NO_ACTIVE_SQL_TRANSACTION, &message, client)
    }

    async fn discard(&mut self, what: &str, block: bool) -> Result<Buffered, PgError> {
        let what = what.to_ascii_uppercase();
        let tag = format!("DISCARD {what}");
        if what == "ALL" {
            if block || self.batch.is_waiting() {
                let message = "DISCARD ALL cannot run inside a transaction block";
                return Err(PgError::new(SqlState::ACTIVE_SQL_TRANSACTION, message));
            }
            self.settings.reset_all();
            self.deallocate_all()?;
            self.unlock_all();
            self.portals.clear();
            self.discard_temporary().await?;
        }
        if what == "ALL" || what == "SEQUENCES" {
            // What is still to be run would draw once more behind it.
            if self.transaction.held.is_some() || self.batch.is_waiting() {
                return Err(PgError::unsupported("DISCARD SEQUENCES in a transaction that writes"));
            }
            self.sequences.discard();
        }
        // Plans: sessions have none that could be discarded.
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
}

fn show_all(settings: &Settings) -> Vec<Row> {
    let text = |text: &str| Value::Text(text.to_owned());
    settings.show_all().map(|(name, value, about)| vec![text(name), text(value), text(about)]).collect()
}

pub(super) fn no_such_statement(name: &str) -> PgError {
    let message = match name {
        "" => "unnamed prepared statement does not exist".to_owned(),
        name => format!("prepared statement \"{name}\" does not exist"),
    };
    PgError::new(SqlState::INVALID_SQL_STATEMENT_NAME, message)
}
