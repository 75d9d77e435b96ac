//! Reads: opened after the barrier, streamed to the client as fast as it takes them.

use std::sync::Arc;

use crate::sql::{Plan, Statement, changed_shape};
use crate::storage::ReadError;
use crate::types::{PgError, SqlState, Type, Value};

use super::backend::{Backend, Pinned, Rows};
use super::client::{Client, Failure, Shape};
use super::portal::{Limit, Reading};
use super::{Session, at, interruptible};

/// How often a read may find the schema changed before its first row.
pub(super) const MAX_STALE: usize = 10;

/// A read to be opened.
pub(super) struct Opening<'a> {
    pub statement: &'a Arc<Statement>,
    pub declared: &'a [Type],
    pub plan: Arc<Plan>,
    pub params: &'a [Value],
    /// The values are what the client has written only while the plan is the catalog's: they were read by its types.
    pub of_form: bool,
}

impl Opening<'_> {
    /// 0A000 where it can't be bound anew.
    pub(super) fn check_form(&self) -> Result<(), PgError> {
        if self.of_form { Err(changed_shape()) } else { Ok(()) }
    }
}

/// Whether a portal has more to give.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Progress {
    Ended,
    Suspended,
}

impl<B: Backend> Session<B> {
    /// Waits for the barrier, then starts the read with a plan of the catalog as it is by then; gives that plan too.
    pub(super) async fn open(&mut self, mut read: Opening<'_>) -> Result<(Arc<Plan>, Reading<B::Rows>), PgError> {
        if self.transaction.held.is_some() {
            return self.open_held(read).await;
        }
        if self.transaction.pinned.is_some() {
            self.settle_portals().await?;
        } else {
            // Before the catalog is looked at: whoever has seen a new table has also seen what came before it.
            self.barrier().await?;
        }
        for _ in 0..MAX_STALE {
            let catalog = self.catalog()?;
            if read.plan.catalog_version != catalog.version {
                read.check_form()?;
                read.plan = self.bind_statement(read.statement, read.declared).await?;
            }
            let context = self.context_for(&read.plan).await?;
            let params = read.params.to_vec();
            let cancel = self.batch.cancel.clone();
            let shared = self.transaction.pinned.is_some();
            let mut rows = match &self.transaction.pinned {
                Some(pinned) => pinned.read(read.plan.clone(), params, context, cancel),
                None => self.backend.read(&self.database, read.plan.clone(), params, context, cancel)?,
            };
            match interruptible(&self.batch.cancel, self.deadline(), rows.next()).await? {
                Some(Err(ReadError::StalePlan)) => continue,
                Some(Err(ReadError::Pg(error))) => return Err(at(error, read.statement)),
                first => {
                    let calls = read.plan.session_calls().to_vec();
                    let (rows, waiting) = match first {
                        Some(Ok(first)) => (Some(rows), first),
                        _ => (None, Vec::new()),
                    };
                    let numbers = read.plan.positions.as_ref().map_or(0, |positions| positions.tables.len());
                    let mut reading = Reading::new(rows, waiting, shared, calls);
                    reading.numbers = numbers;
                    return Ok((read.plan, reading));
                }
            }
        }
        Err(PgError::new(SqlState::SERIALIZATION_FAILURE, "the schema changes too fast to read")
            .hint("Try again when no schema change is running."))
    }

    /// Sends rows until there are no more, or the limit is reached.
    pub(super) async fn stream<C: Client>(
        &mut self,
        reading: &mut Reading<B::Rows>,
        statement: &Statement,
        shape: &Shape,
        limit: Limit,
        client: &mut C,
    ) -> Result<(Progress, u64), Failure> {
        let mut zone = self.settings.obeyed().zone.clone();
        let mut sent = 0;
        loop {
            while !limit.reached(sent) {
                let Some(mut row) = reading.take_next()? else { break };
                if !reading.calls.is_empty() {
                    self.perform(&mut row, &reading.calls, client).await?;
                    // It may just have been set.
                    zone = self.settings.obeyed().zone.clone();
                }
                client.row(&row, shape, &zone)?;
                sent += 1;
            }
            client.drain().await?;
            if limit.reached(sent) {
                return Ok((Progress::Suspended, sent));
            }
            if let Some(error) = reading.failed.take() {
                return Err(at(*error, statement).into());
            }
            let Some(rows) = &mut reading.rows else {
                reading.pass_end();
                return Ok((Progress::Ended, sent));
            };
            match interruptible(&self.batch.cancel, self.deadline(), rows.next()).await? {
                Some(Ok(more)) => reading.waiting = more.into_iter(),
                Some(Err(error)) => return Err(at(error.into(), statement).into()),
                None => {
                    reading.ended = rows.ended();
                    reading.rows = None;
                }
            }
        }
    }
}
