//! Writes of a block: one by one, in the cluster's writer slot.
//!
//! The first write takes the slot, on the leader. From then on all statements of the transaction run there, reads too,
//! and see what it has done. What they give streams back, whichever node leads; the slot is given back by the commit, by
//! an error outside all savepoints, and by dropping it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::cluster::{self, Hold};
use crate::sql::{Action, Command, Lock, Plan, ResultColumn, SetConstraints, Statement, TableLock, Write};
use crate::storage::{Call, Ended, Outcome, StatementResult};
use crate::types::{PgError, Row, SqlState, Type, Value};

use super::backend::{Backend, Held, Pinned, Rows};
use super::client::{Client, Failure, Reply};
use super::portal::Reading;
use super::read::Opening;
use super::transaction::only_in_blocks;
use super::write::{Ran, too_many_rows};
use super::{Session, at, followed, interruptible};

/// Catalogs that are not committed have versions of their own, lest a plan made with one pass for a plan of the
/// committed catalog that gets the same number.
static UNCOMMITTED: AtomicU64 = AtomicU64::new(1 << 63);

fn is_nowait(plan: &Plan) -> bool {
    matches!(&plan.action, Action::Write(Write { command: Command::Lock(Lock { nowait: true, .. }), .. }))
}

/// Rows that a statement may return whose answer has to wait.
const MAX_RESULT_BYTES: usize = 64 << 20;

impl<B: Backend> Session<B> {
    /// Whether a write runs by itself in the slot, rather than with others when the transaction is complete. One that
    /// must not wait has to know now whether it would, and one that reads what sessions do has to have asked them.
    pub(super) fn is_interactive(&self, plan: &Plan) -> bool {
        ((is_nowait(plan) || plan.of_sessions) && !self.batch.is_waiting())
            || self.in_block()
            // Each statement that waits has the same context.
            || !self.transaction.constraints.is_default()
            || self.transaction.pinned.is_some()
            || self.transaction.held.is_some()
    }

    async fn take_slot(&mut self, nowait: bool) -> Result<(), PgError> {
        if self.transaction.held.is_some() {
            return Ok(());
        }
        let hold = Hold {
            sequences: self.sequences.clone(),
            version: self.transaction.pinned.as_ref().map(|pinned| pinned.version()),
            savepoints: self.transaction.savepoints.len(),
            nowait,
            cancel: self.batch.cancel.clone(),
            session: self.control.pid,
        };
        let control = self.control.clone();
        let waiting = control.waits_for_slot();
        let backend = self.backend.clone();
        let held = backend.hold(&self.database, hold);
        let held = interruptible(&self.batch.cancel, self.deadline(), held);
        let patience = self.settings.obeyed().lock_timeout.or(self.patience.slot).unwrap_or(Duration::MAX);
        let held = tokio::time::timeout(patience, held)
            .await
            .map_err(|_| PgError::new(SqlState::LOCK_NOT_AVAILABLE, "canceling statement due to lock timeout"))?;
        self.transaction.held = Some(held??);
        drop(waiting);
        control.holds_slot();
        // The slot works on that very state, or there would be none.
        self.transaction.pinned = None;
        Ok(())
    }

    /// LOCK TABLE. `block`: in a string of several statements.
    pub(super) async fn lock_table<C: Client>(
        &mut self,
        lock: TableLock,
        block: bool,
        client: &mut C,
    ) -> Result<&'static str, Failure> {
        if !block && !self.in_block() {
            return Err(only_in_blocks("LOCK TABLE").into());
        }
        if lock.slot {
            self.run_waiting_held(client).await?;
            self.settle_portals().await?;
            self.take_slot(lock.nowait).await?;
        }
        Ok("LOCK TABLE")
    }

    /// SET CONSTRAINTS. `block`: in a string of several statements.
    pub(super) async fn set_constraints<C: Client>(
        &mut self,
        opening: Opening<'_>,
        set: &SetConstraints,
        block: bool,
        client: &mut C,
    ) -> Result<&'static str, Failure> {
        if !block && !self.in_block() {
            self.outside_blocks("SET CONSTRAINTS", client)?;
        }
        self.run_waiting_held(client).await?;
        let (catalog, context) = (self.catalog()?, self.context());
        self.transaction.constraints.set(set, &catalog, &context)?;
        // What is to hold from now on is looked at where the transaction's work is, if it has done any.
        if !set.deferred && self.transaction.held.is_some() {
            self.settle_portals().await?;
            let (statement, plan) = (opening.statement.clone(), Some(opening.plan));
            let (declared, params, rows) = (Vec::new(), Vec::new(), Vec::new());
            self.run_held(Call {
                statement,
                declared,
                params,
                rows,
                plan,
                columns: None,
                only_at: None,
                taken_as_brief: None,
            })
            .await?;
        }
        Ok("SET CONSTRAINTS")
    }

    /// Starts a statement in the slot, with a plan of the schema as it is there; gives that plan too. One without rows
    /// has ended then.
    pub(super) async fn open_held(&mut self, mut open: Opening<'_>) -> Result<(Arc<Plan>, Reading<B::Rows>), PgError> {
        self.settle_portals().await?;
        self.take_slot(is_nowait(&open.plan)).await?;
        if open.plan.catalog_version != self.catalog()?.version {
            open.check_form()?;
            open.plan = self.bind_statement(open.statement, open.declared).await?;
        }
        let mut params = open.params.to_vec();
        params.extend(self.current_row(&open.plan)?);
        let call = Call {
            statement: open.statement.clone(),
            declared: open.declared.to_vec(),
            params,
            rows: Vec::new(),
            plan: Some(open.plan.clone()),
            columns: open.plan.columns.as_deref().map(Arc::<[ResultColumn]>::from),
            only_at: None,
            taken_as_brief: None,
        };
        let mut reading = self.start(call).await?;
        reading.calls = open.plan.session_calls().to_vec();
        reading.numbers = open.plan.positions.as_ref().map_or(0, |positions| positions.tables.len());
        Ok((open.plan, reading))
    }

    /// Begins to write rows, each with the INSERT. What is given ends when they are written; an error's position counts
    /// the rows from 1.
    pub(super) async fn write_rows(
        &mut self,
        insert: &Arc<Statement>,
        declared: &[Type],
        rows: Vec<Row>,
    ) -> Result<B::Rows, PgError> {
        self.settle_portals().await?;
        self.take_slot(false).await?;
        let unplaced = |error| PgError { position: None, ..error };
        let plan = self.bind_statement(insert, declared).await.map_err(unplaced)?;
        let (statement, declared) = (insert.clone(), declared.to_vec());
        self.renumber(&plan);
        let call = Call {
            statement,
            declared,
            params: Vec::new(),
            rows,
            plan: Some(plan),
            columns: None,
            only_at: None,
            taken_as_brief: None,
        };
        let (context, cancel) = (self.context(), self.batch.cancel.clone());
        let Some(held) = &mut self.transaction.held else { return Err(cluster::lost()) };
        Ok(held.call(call, context, cancel))
    }

    async fn start(&mut self, call: Call) -> Result<Reading<B::Rows>, PgError> {
        let context = match call.plan.clone() {
            Some(plan) => self.context_for(&plan).await?,
            None => self.context(),
        };
        let cancel = self.batch.cancel.clone();
        self.temporary.before(call.plan.as_deref());
        if let Some(plan) = &call.plan {
            self.renumber(plan);
        }
        let statement = call.statement.clone();
        let Some(held) = &mut self.transaction.held else { return Err(cluster::lost()) };
        let mut rows = held.call(call, context, cancel);
        let first = interruptible(&self.batch.cancel, self.deadline(), rows.next()).await?;
        match first {
            Some(Ok(first)) => Ok(Reading::new(Some(rows), first, true, Vec::new())),
            Some(Err(error)) => Err(at(error.into(), &statement)),
            None => {
                let ended = rows.ended();
                if let Some(ended) = &ended {
                    self.see_schema(ended)?;
                }
                let mut reading = Reading::new(None, Vec::new(), true, Vec::new());
                reading.ended = ended;
                Ok(reading)
            }
        }
    }

    /// What a statement did to the schema is seen by those after it.
    fn see_schema(&mut self, ended: &Ended) -> Result<(), PgError> {
        if !ended.changes.is_empty() {
            let mut catalog = self.catalog()?.with(&ended.changes);
            catalog.version = UNCOMMITTED.fetch_add(1, Ordering::Relaxed);
            self.transaction.catalog = Some(Arc::new(catalog));
        }
        Ok(())
    }

    /// Says what the statement has to say besides its rows.
    pub(super) fn say_notices<C: Client>(
        &mut self,
        reading: &mut Reading<B::Rows>,
        client: &mut C,
    ) -> Result<(), PgError> {
        let notices = reading.ended.as_mut().map(|ended| std::mem::take(&mut ended.notices)).unwrap_or_default();
        notices.into_iter().try_for_each(|notice| self.say(client, Reply::Notice(notice)))
    }

    /// The implicit transaction becomes a block: what waits for its end runs now, in the slot.
    pub(super) async fn run_waiting_held<C: Client>(&mut self, client: &mut C) -> Result<(), Failure> {
        if !self.batch.is_waiting() {
            return Ok(());
        }
        let statements = self.waiting_statements();
        if let Some(context) = self.batch.calls_context.take() {
            self.batch.context = Some(context);
        }
        let calls = std::mem::take(&mut self.batch.calls);
        self.batch.schema_changes = false;
        let mut ran = Ran { results: Vec::new(), error: None };
        for call in calls {
            match self.run_held(call).await {
                Ok(result) => ran.results.push(result),
                Err(error) => {
                    ran.error = Some(error);
                    break;
                }
            }
        }
        self.answer(ran, statements, client).await
    }

    /// Runs a statement in the slot to its end.
    async fn run_held(&mut self, call: Call) -> Result<StatementResult, PgError> {
        self.take_slot(false).await?;
        // The columns are told when it has run: of the plan there, which is the plan here.
        let mut call = call;
        let catalog = self.catalog()?;
        call.check_version(catalog.version)?;
        // The slot's own changes of the schema have other numbers on another node.
        call.only_at = None;
        if call.plan.as_ref().is_none_or(|plan| plan.catalog_version != catalog.version) {
            let (statement, declared) = (call.statement.clone(), call.declared.clone());
            call.plan = Some(self.bind_statement(&statement, &declared).await?);
        }
        let columns = call.plan.as_ref().and_then(|plan| plan.columns.clone());
        let mut reading = self.start(call).await?;
        let mut rows: Vec<Row> = reading.waiting.collect();
        let mut size: usize = rows.iter().flatten().map(Value::size).sum();
        while let Some(stream) = &mut reading.rows {
            match interruptible(&self.batch.cancel, self.deadline(), stream.next()).await? {
                Some(more) => {
                    let more = more?;
                    size += more.iter().flatten().map(Value::size).sum::<usize>();
                    if size > MAX_RESULT_BYTES {
                        return Err(too_many_rows());
                    }
                    rows.extend(more);
                }
                None => {
                    reading.ended = stream.ended();
                    reading.rows = None;
                }
            }
        }
        let ended = reading.ended.unwrap_or_default();
        let rows = if columns.is_some() { rows } else { Vec::new() };
        Ok(StatementResult { tag: ended.tag, columns, rows, notices: ended.notices })
    }

    /// Commits what was done in the slot, if anything was.
    pub(super) async fn commit_slot(&mut self) -> Result<(), PgError> {
        let Some(held) = self.transaction.held.take() else { return Ok(()) };
        let outcome = followed(&self.batch.cancel, self.deadline(), held.commit()).await;
        match outcome {
            // What was done is lost with its leader; the node can't do it again by itself.
            Outcome::NotLeader => Err(cluster::lost()),
            other => self.committed(other).map(drop),
        }
    }
}
