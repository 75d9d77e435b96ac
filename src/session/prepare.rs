//! PREPARE and EXECUTE: statements prepared by other statements. They share their names with those of Parse.

use std::sync::Arc;

use crate::catalog::system::own::Own;
use crate::sql::{self, Executed, Fetch, GivenArguments, Plan, Prepare, ResultColumn, SessionContext, Statement};
use crate::types::{PgError, Severity, SqlState, Value, timestamp};

use super::backend::{Backend, Rows};
use super::client::{Client, Failure};
use super::read::Opening;
use super::statement::{self, Prepared, Source};
use super::{Session, at, bind, interruptible};
use crate::sql::Action;

impl<B: Backend> Session<B> {
    /// PREPARE.
    pub(super) async fn prepare_statement(
        &mut self,
        statement: &Arc<Statement>,
        prepare: &Prepare,
        text: Arc<str>,
    ) -> Result<(), Failure> {
        let inner = Self::inner_statement(statement, &prepare.text, prepare.offset).await?;
        let source = Source { text, at: timestamp::now(), from_sql: true };
        let prepared = self.prepare(Arc::new(inner), &prepare.declared, source).await?;
        if self.statements.contains_key(&prepare.name) {
            let message = format!("prepared statement \"{}\" already exists", prepare.name);
            return Err(PgError::new(SqlState::DUPLICATE_PREPARED_STATEMENT, message).into());
        }
        Ok(self.put_statement(prepare.name.clone(), Some(Arc::new(prepared)))?)
    }

    /// A statement that stands within another, `offset` characters from its beginning.
    pub(super) async fn inner_statement(outer: &Statement, text: &str, offset: u32) -> Result<Statement, PgError> {
        let mut inner = bind::parse(text).await?.into_iter();
        match (inner.next(), inner.next()) {
            (Some(mut inner), None) => {
                inner.offset = outer.offset + offset;
                Ok(inner)
            }
            _ => Err(PgError::new(SqlState::SYNTAX_ERROR, "not one statement")),
        }
    }

    /// What EXECUTE is to run, and with which parameters.
    pub(super) async fn executed<C: Client>(
        &mut self,
        statement: &Arc<Statement>,
        name: &str,
        client: &mut C,
    ) -> Result<(Arc<Prepared>, Vec<Value>), Failure> {
        statement.without_parameters().map_err(|error| at(error, statement))?;
        let prepared = self.statement(name)?;
        let prepared = self.within(statement, prepared).await?;
        let (catalog, context) = (self.catalog()?, self.context());
        let given = bind::guarded(|| sql::bind_arguments(statement, &catalog, &context, &prepared.params))
            .map_err(|error| at(error, statement))?;
        let plan = match given {
            GivenArguments::Constants(values) => return Ok((prepared, values)),
            GivenArguments::Row(plan) => Arc::new(*plan),
        };
        // It can't be read before what comes before it is done.
        self.run_waiting_held(client).await?;
        let (_, mut reading) =
            self.open(Opening { statement, declared: &[], plan, params: &[], of_form: false }).await?;
        let mut row = reading.waiting.next();
        while row.is_none()
            && let Some(rows) = &mut reading.rows
        {
            match interruptible(&self.batch.cancel, self.deadline(), rows.next()).await? {
                Some(more) => reading.waiting = more.map_err(|error| at(error.into(), statement))?.into_iter(),
                None => break,
            }
            row = reading.waiting.next();
        }
        match row {
            Some(row) => Ok((prepared, row)),
            None => Err(PgError::new(SqlState::INTERNAL_ERROR, "EXECUTE's parameters gave no row").into()),
        }
    }

    /// What EXECUTE is to run of what was prepared: this itself, or what explains it or makes a table of its rows.
    async fn within(&mut self, execute: &Arc<Statement>, prepared: Arc<Prepared>) -> Result<Arc<Prepared>, Failure> {
        let Some(query) = &prepared.statement else { return Ok(prepared) };
        let Some(text) = sql::executed_within(execute, query)? else { return Ok(prepared) };
        // Where the two stand in that text, no client knows.
        let nowhere = |error: PgError| PgError { position: None, ..error };
        let made = Self::inner_statement(execute, &text, 0).await.map_err(nowhere)?;
        let source = Source { text: text.into(), at: timestamp::now(), from_sql: true };
        let made = self.prepare(Arc::new(made), &prepared.params, source).await.map_err(nowhere)?;
        Ok(Arc::new(made))
    }

    /// A plan's result columns, of which the session knows those of EXECUTE and FETCH.
    pub(super) fn columns_of(&self, plan: &Plan) -> Option<Arc<[ResultColumn]>> {
        match &plan.action {
            Action::Execute { name, rows: Executed::Own } => self.statements.get(name)?.columns.clone(),
            Action::Execute { rows: Executed::Table, .. } => None,
            Action::Execute { rows: Executed::Explained(column), .. } => Some(Arc::new([column.clone()])),
            Action::Fetch(Fetch { name, moves: false, .. }) => {
                Some(self.portals.get(name)?.shape.as_ref()?.columns.clone())
            }
            _ => statement::columns_of(plan),
        }
    }

    /// What a statement may know of the session, with what only sessions know if it asks for that.
    pub(super) async fn context_for(&mut self, plan: &Plan) -> Result<Arc<SessionContext>, PgError> {
        let context = self.context();
        if !plan.asks_the_session() {
            return Ok(context);
        }
        let mut knowing = (*context).clone();
        if plan.is_of_session() {
            knowing.own = Some(Arc::new(self.own()));
        }
        if plan.of_sessions {
            let backend = self.backend.clone();
            let asked = interruptible(&self.batch.cancel, self.deadline(), backend.activity()).await?;
            let (sessions, silent) = asked;
            knowing.sessions = Some(Arc::new(sessions));
            self.unheard.extend(silent.into_iter().map(silent_node));
        }
        Ok(Arc::new(knowing))
    }

    fn own(&self) -> Own {
        let named = self.statements.iter().filter(|(name, _)| !name.is_empty());
        let prepared = named.map(|(name, prepared)| prepared.shown(name)).collect();
        let mut cursors: Vec<_> = self.portals.iter().map(|(name, portal)| portal.shown(name)).collect();
        cursors.extend(self.executing.clone());
        cursors.sort_by(|one, other| one.name.cmp(&other.name));
        Own { prepared, cursors }
    }
}

fn silent_node(node: u64) -> PgError {
    let message = format!("node {node} does not answer, so its sessions are not shown");
    PgError { severity: Severity::Warning, ..PgError::new(SqlState::CONNECTION_FAILURE, message) }
}
