//! EXPLAIN: SQLite's plan of a statement, and with ANALYZE what running it took.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::sql::{self, Action, Explain, Plan, Ran, Remark};
use crate::storage::ReadError;
use crate::types::{PgError, SqlState, Type, Value};

use super::backend::{Backend, Pinned, Rows};
use super::client::{Client, Failure};
use super::portal::Buffered;
use super::read::{MAX_STALE, Opening};
use super::{Session, interruptible};

/// Remarks of a plan; a statement of so many parts is nothing that anybody reads the plan of.
const MAX_STEPS: usize = 10_000;

impl<B: Backend> Session<B> {
    /// The rows that EXPLAIN answers.
    pub(super) async fn explain<C: Client>(
        &mut self,
        opening: Opening<'_>,
        explain: &Explain,
        client: &mut C,
    ) -> Result<Buffered, Failure> {
        self.run_waiting_held(client).await?;
        if self.transaction.catalog.is_some() {
            return Err(PgError::unsupported("EXPLAIN after a schema change in the same transaction").into());
        }
        let begun = Instant::now();
        let steps = self.steps(&opening, explain).await?;
        let planning = begun.elapsed();
        let ran = if explain.options.analyze { Some(self.analyze(&opening, explain, client).await?) } else { None };
        let target = explain.target.as_ref().map(|(command, table)| (*command, table.as_deref()));
        let rows = sql::render(target, &steps, explain.options, planning, ran);
        let rows: Vec<_> = rows.into_iter().map(|text| vec![Value::Text(text)]).collect();
        Ok(Buffered { rows: rows.into_iter(), tag: "EXPLAIN".to_owned() })
    }

    /// Asks a reader of this node, which has the same schema as whoever would run the statement.
    async fn steps(&mut self, opening: &Opening<'_>, explain: &Explain) -> Result<Vec<Remark>, PgError> {
        self.settle_portals().await?;
        let mut plan = Arc::new(explain.steps.clone());
        for _ in 0..MAX_STALE {
            if self.transaction.pinned.is_none() {
                self.barrier().await?;
            }
            if plan.catalog_version != self.catalog()?.version {
                let again = self.bind_statement(opening.statement, opening.declared).await?;
                let Action::Explain(explain) = &again.action else { break };
                plan = Arc::new(explain.steps.clone());
            }
            match self.read_steps(plan.clone(), opening.params).await {
                Err(ReadError::StalePlan) => {}
                Err(ReadError::Pg(error)) => return Err(error),
                Ok(steps) => return Ok(steps),
            }
        }
        Err(PgError::new(SqlState::SERIALIZATION_FAILURE, "the schema changes too fast to read"))
    }

    async fn read_steps(&mut self, plan: Arc<Plan>, params: &[Value]) -> Result<Vec<Remark>, ReadError> {
        let (context, cancel) = (self.context(), self.batch.cancel.clone());
        let mut rows = match &self.transaction.pinned {
            Some(pinned) => pinned.read(plan, params.to_vec(), context, cancel),
            None => self.backend.read(&self.database, plan, params.to_vec(), context, cancel).map_err(ReadError::Pg)?,
        };
        let mut steps = Vec::new();
        while let Some(more) =
            interruptible(&self.batch.cancel, self.deadline(), rows.next()).await.map_err(ReadError::Pg)?
        {
            for row in more? {
                let [Value::Int8(id), Value::Int8(parent), _, Value::Text(detail)] = &row[..] else { continue };
                steps.push(Remark { id: *id, parent: *parent, detail: detail.clone() });
            }
            if steps.len() > MAX_STEPS {
                let error = PgError::new(SqlState::PROGRAM_LIMIT_EXCEEDED, "the plan has too many parts to be shown");
                return Err(ReadError::Pg(error));
            }
        }
        Ok(steps)
    }

    /// Runs the statement for what it takes; its rows go nowhere.
    async fn analyze<C: Client>(
        &mut self,
        opening: &Opening<'_>,
        explain: &Explain,
        client: &mut C,
    ) -> Result<Ran, Failure> {
        let inner = Arc::new(Self::inner_statement(opening.statement, &explain.text, explain.offset).await?);
        let types: &[Type] = &opening.plan.params;
        let plan = self.bind_statement(&inner, types).await?;
        let begun = Instant::now();
        let run = Opening { statement: &inner, declared: types, plan, params: opening.params, of_form: false };
        let mut reading = match &run.plan.action {
            Action::Write(_) => {
                self.check_writable(&run.plan)?;
                self.open_held(run).await?.1
            }
            _ => {
                self.check_open_reads()?;
                self.open(run).await?.1
            }
        };
        let (mut rows, mut first) = (0, None);
        while self.next_row(&mut reading, client).await?.is_some() {
            first.get_or_insert_with(|| begun.elapsed());
            rows += 1;
        }
        self.say_notices(&mut reading, client)?;
        let last: Duration = begun.elapsed();
        Ok(Ran { rows, first: first.unwrap_or(last), last })
    }
}
