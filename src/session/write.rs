//! Writes: the calls of a batch, run as one transaction on the leader.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::cluster;
use crate::sql::{Action, Command, Lock, Plan, ResultColumn, Statement};
use crate::storage::{Call, Outcome, StatementResult, Transaction, TransactionId};
use crate::types::{PgError, Severity, SqlState, Type, Value};

use super::backend::Backend;
use super::batch::{CallResult, Later, Shown};
use super::client::{Client, Failure, Reply, Shape};
use super::portal::{Buffered, Limit, State, counted};
use super::read::Progress;
use super::{Session, at, followed};

/// What became of the calls.
pub(super) struct Ran {
    /// Of each call before the first that failed.
    pub results: Vec<StatementResult>,
    pub error: Option<PgError>,
}

impl<B: Backend> Session<B> {
    /// Puts a statement into the batch's transaction; it runs at Sync. Gives the call's number.
    pub(super) fn defer(
        &mut self,
        statement: Arc<Statement>,
        declared: &[Type],
        params: Vec<Value>,
        plan: Option<Arc<Plan>>,
        columns: Option<Arc<[ResultColumn]>>,
        only_at: Option<u64>,
    ) -> Result<usize, PgError> {
        if let Some(plan) = &plan {
            self.check_writable(plan)?;
        }
        let mut params = params;
        if let Some(plan) = &plan {
            params.extend(self.current_row(plan)?);
            self.renumber(plan);
        }
        let context = self.context();
        let calls_context = self.batch.calls_context.get_or_insert_with(|| context.clone());
        if !Arc::ptr_eq(calls_context, &context) {
            return Err(PgError::unsupported("changing settings between the writes of one implicit transaction"));
        }
        self.batch.schema_changes |= plan.as_ref().is_some_and(|plan| matches!(plan.action, Action::Schema(_)));
        let (declared, rows) = (declared.to_vec(), Vec::new());
        self.batch.defer(Call { statement, declared, params, rows, plan, columns, only_at, taken_as_brief: None })
    }

    /// A read-only transaction takes no writes.
    pub(super) fn check_writable(&self, plan: &Plan) -> Result<(), PgError> {
        match writing_command(plan) {
            Some(command) if self.settings.obeyed().read_only => Err(PgError::new(
                SqlState::READ_ONLY_SQL_TRANSACTION,
                format!("cannot execute {command} in a read-only transaction"),
            )),
            _ => Ok(()),
        }
    }

    /// Runs what waits, commits it and says everything that had to wait.
    pub(super) async fn run_waiting<C: Client>(&mut self, client: &mut C) -> Result<(), Failure> {
        if !self.batch.is_waiting() {
            return Ok(());
        }
        let offsets = self.waiting_statements();
        let ran = self.run(None).await;
        self.batch.committed = true;
        self.answer(ran, offsets, client).await
    }

    /// Runs what waits for its results only: `error` has already decided that it won't commit. Gives the error that
    /// the client is to hear.
    pub(super) async fn run_for_results<C: Client>(
        &mut self,
        error: PgError,
        client: &mut C,
    ) -> Result<PgError, Failure> {
        if !self.batch.is_waiting() || error.severity == Severity::Fatal {
            return Ok(error);
        }
        let statements = self.waiting_statements();
        let calls = statements.len();
        let mut ran = self.run(Some(error.clone())).await;
        if ran.results.len() >= calls {
            ran.error = None;
        }
        self.answer(ran, statements, client).await?;
        Ok(error)
    }

    pub(super) fn waiting_statements(&self) -> Vec<Arc<Statement>> {
        self.batch.calls.iter().map(|call| call.statement.clone()).collect()
    }

    async fn run(&mut self, abort_with: Option<PgError>) -> Ran {
        let context = self.batch.calls_context.take().unwrap_or_else(|| self.context());
        let transaction = Transaction {
            id: TransactionId(rand::random()),
            context,
            sequences: self.sequences.clone(),
            calls: std::mem::take(&mut self.batch.calls),
            abort_with,
            cancel: self.batch.cancel.clone(),
        };
        self.batch.schema_changes = false;
        transaction.calls.iter().for_each(|call| self.temporary.before(call.plan.as_deref()));
        let work = self.backend.execute(&self.database, transaction);
        let outcome = followed(&self.batch.cancel, self.deadline(), work).await;
        if let Outcome::Failed { results, error } = outcome {
            return Ran { results, error: Some(error) };
        }
        match self.committed(outcome) {
            Ok(results) => Ran { results, error: None },
            Err(error) => Ran { results: Vec::new(), error: Some(error) },
        }
    }

    /// What a client hears of its transaction's outcome.
    pub(super) fn committed(&mut self, outcome: Outcome) -> Result<Vec<StatementResult>, PgError> {
        match outcome {
            Outcome::Committed { index, results } => {
                self.last_write = self.last_write.max(index);
                Ok(results)
            }
            Outcome::Failed { error, .. } => Err(error),
            Outcome::NotLeader => Err(PgError::new(SqlState::CANNOT_CONNECT_NOW, "no leader could be reached")
                .detail("The transaction has not been applied.")),
            Outcome::Superseded => Err(cluster::lost()),
            Outcome::Unknown => Err(PgError::new(
                SqlState::TRANSACTION_RESOLUTION_UNKNOWN,
                "the transaction was proposed, but its outcome is not known",
            )
            .detail("No quorum confirmed it in time: it may or may not be committed.")
            .hint("Look whether its effects are there before trying again.")),
        }
    }

    /// Says what had to wait, up to the call that failed.
    pub(super) async fn answer<C: Client>(
        &mut self,
        ran: Ran,
        statements: Vec<Arc<Statement>>,
        client: &mut C,
    ) -> Result<(), Failure> {
        let mut results: Vec<Option<Pending>> =
            ran.results.into_iter().map(|result| Some(Pending::new(result))).collect();
        let mut later: VecDeque<Later> = std::mem::take(&mut self.batch.later).into();
        // A query string's last statement is over when its transaction is: what failed is that.
        if ran.error.is_some()
            && results.len() == statements.len()
            && matches!(later.back(), Some(Later::Result(CallResult { shown: Shown::Described, .. })))
        {
            later.pop_back();
        }
        while let Some(next) = later.pop_front() {
            match next {
                Later::Say(reply) => client.reply(&reply),
                Later::Restore(..) => {}
                Later::Rows { rows, shape, end } => {
                    let zone = self.settings.obeyed().zone.clone();
                    for row in rows {
                        client.row(&row, &shape, &zone)?;
                    }
                    client.reply(&end);
                }
                Later::Result(part) => match results.get_mut(part.call).and_then(Option::as_mut) {
                    Some(result) => self.part(result, part, client).await?,
                    None => {
                        // The failing call. What follows was never said, so it never was.
                        self.batch.later = later.into();
                        let error = ran.error.unwrap_or_else(missing_result);
                        let statement = statements.get(part.call);
                        return Err(statement.map_or(error.clone(), |statement| at(error, statement)).into());
                    }
                },
            }
            client.drain().await?;
        }
        self.keep_portals(results);
        match ran.error {
            Some(error) => Err(error.into()),
            None => Ok(()),
        }
    }

    /// Says a call's result, or the part of it that one Execute asked for.
    async fn part<C: Client>(&mut self, result: &mut Pending, part: CallResult, client: &mut C) -> Result<(), Failure> {
        for notice in result.notices.drain(..) {
            if self.settings.obeyed().hears(notice.severity) {
                client.reply(&Reply::Notice(notice));
            }
        }
        let shape = match part.shown {
            Shown::As(shape) => shape,
            Shown::Described => {
                let shape = result.columns.take().map(|columns| Shape::text(columns.into()));
                if let Some(shape) = &shape {
                    client.reply(&Reply::RowDescription(shape.clone()));
                }
                shape
            }
        };
        match shape {
            Some(shape) => {
                self.send_buffered(&mut result.buffered, &shape, part.limit, client).await?;
            }
            None => client.reply(&Reply::CommandComplete(std::mem::take(&mut result.buffered.tag))),
        }
        Ok(())
    }

    /// Sends rows that are there already, and how it ended.
    pub(super) async fn send_buffered<C: Client>(
        &mut self,
        buffered: &mut Buffered,
        shape: &Shape,
        limit: Limit,
        client: &mut C,
    ) -> Result<Progress, Failure> {
        let zone = self.settings.obeyed().zone.clone();
        let mut sent = 0;
        while !limit.reached(sent) {
            let Some(row) = buffered.rows.next() else {
                client.reply(&Reply::CommandComplete(counted(&buffered.tag, sent)));
                return Ok(Progress::Ended);
            };
            client.row(&row, shape, &zone)?;
            sent += 1;
            client.drain().await?;
        }
        client.reply(&Reply::PortalSuspended);
        Ok(Progress::Suspended)
    }

    /// After Flush, portals whose calls have run can go on.
    fn keep_portals(&mut self, mut results: Vec<Option<Pending>>) {
        for portal in self.portals.values_mut() {
            if let State::Deferred(call) = portal.state {
                let result = results.get_mut(call).and_then(Option::take);
                portal.state = match result {
                    Some(result) if portal.shape.is_some() => State::Buffered(result.buffered),
                    _ => State::Done,
                };
            }
        }
    }
}

/// A call's result while its rows are being fetched.
struct Pending {
    columns: Option<Vec<ResultColumn>>,
    notices: Vec<PgError>,
    buffered: Buffered,
}

impl Pending {
    fn new(result: StatementResult) -> Pending {
        let buffered = Buffered { rows: result.rows.into_iter(), tag: result.tag };
        Pending { columns: result.columns, notices: result.notices, buffered }
    }
}

/// The command that a read-only transaction refuses.
fn writing_command(plan: &Plan) -> Option<&'static str> {
    match &plan.action {
        Action::Write(write) if write.temporary => None,
        Action::Write(write) => Some(match write.command {
            Command::Insert => "INSERT",
            Command::Update => "UPDATE",
            Command::Delete => "DELETE",
            Command::Merge => "MERGE",
            Command::Select => "SELECT",
            Command::Lock(Lock { share: false, .. }) => "SELECT FOR UPDATE",
            Command::Lock(Lock { share: true, .. }) => "SELECT FOR SHARE",
        }),
        Action::Schema(schema) => schema.command,
        _ => None,
    }
}

fn missing_result() -> PgError {
    PgError::new(SqlState::INTERNAL_ERROR, "a statement of the transaction has no result")
}

pub(super) fn too_many_rows() -> PgError {
    PgError::new(SqlState::PROGRAM_LIMIT_EXCEEDED, "too many rows would have to wait in memory for their turn")
        .hint("Read the rows in a query string of their own, which streams them.")
}
