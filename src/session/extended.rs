//! The extended protocol: Parse, Bind, Describe, Execute, Close, one method each.

use std::sync::Arc;

use crate::sql::{Action, Plan, Statement, changed_shape, same_shape};
use crate::types::{PgError, SqlState, Type, timestamp};

use super::backend::Backend;
use super::batch::{CallResult, Later, Shown};
use super::client::{Client, Failure, Reply, Shape};
use super::cursor::{Declaration, fetch_of};
use super::local::no_such_statement;
use super::portal::{Buffered, Facts, Limit, Portal, State};
use super::read::{Opening, Progress};
use super::request::{Bind, Target};
use super::statement::{Planned, Prepared, Source};
use super::transaction::only_in_blocks;
use super::{Session, bind};

impl<B: Backend> Session<B> {
    pub(super) async fn parse<C: Client>(
        &mut self,
        name: String,
        text: &str,
        declared: &[Type],
        client: &mut C,
    ) -> Result<(), Failure> {
        self.control.query(text);
        if name.is_empty() {
            self.put_statement(String::new(), None)?;
        } else if self.statements.contains_key(&name) {
            let message = format!("prepared statement \"{name}\" already exists");
            return Err(PgError::new(SqlState::DUPLICATE_PREPARED_STATEMENT, message).into());
        }
        let source = Source { text: text.into(), at: timestamp::now(), from_sql: false };
        let prepared = match self.only_statement(text, client).await? {
            None => Prepared::empty(source),
            Some(statement) => {
                self.check_failed(statement.is_exit())?;
                self.look(&statement).await?;
                self.prepare(statement, declared, source).await?
            }
        };
        self.put_statement(name, Some(Arc::new(prepared)))?;
        Ok(self.say(client, Reply::ParseComplete)?)
    }

    /// Parses a text that may have one statement.
    async fn only_statement<C: Client>(
        &mut self,
        text: &str,
        client: &mut C,
    ) -> Result<Option<Arc<Statement>>, Failure> {
        if let Some(statement) = self.plans.parsed(text) {
            return Ok(Some(statement));
        }
        let mut statements = bind::parse(text).await?;
        self.say_parsed(&statements, client)?;
        let Some(statement) = statements.pop().map(Arc::new) else { return Ok(None) };
        if !statements.is_empty() {
            let message = "cannot insert multiple commands into a prepared statement";
            return Err(PgError::new(SqlState::SYNTAX_ERROR, message).into());
        }
        self.plans.keep_parsed(text, &statement);
        Ok(Some(statement))
    }

    pub(super) async fn prepare(
        &mut self,
        statement: Arc<Statement>,
        declared: &[Type],
        source: Source,
    ) -> Result<Prepared, PgError> {
        match self.bind_statement(&statement, declared).await {
            Ok(plan) => {
                let columns = self.columns_of(&plan);
                Ok(Prepared::new(statement, self.planned(plan), columns, source))
            }
            Err(error) if self.batch.schema_changes => {
                Err(PgError::unsupported("a statement that may need a schema change made earlier in the same pipeline")
                    .detail(error.message)
                    .hint("Send Sync after the schema change."))
            }
            Err(_) if statement.locks_tables() && !self.in_block() => Err(only_in_blocks("LOCK TABLE")),
            Err(error) => Err(error),
        }
    }

    /// Binds the name to a statement, or to none; undone if a write that waits should fail.
    pub(super) fn put_statement(&mut self, name: String, prepared: Option<Arc<Prepared>>) -> Result<(), PgError> {
        let old = match prepared {
            Some(prepared) => self.statements.insert(name.clone(), prepared),
            None => match self.statements.remove(&name) {
                Some(old) => Some(old),
                None => return Ok(()),
            },
        };
        if self.batch.is_waiting() {
            self.batch.after(Later::Restore(name, old))?;
        }
        Ok(())
    }

    pub(super) fn statement(&self, name: &str) -> Result<Arc<Prepared>, PgError> {
        self.statements.get(name).cloned().ok_or_else(|| no_such_statement(name))
    }

    pub(super) async fn bind<C: Client>(&mut self, bind: Bind, client: &mut C) -> Result<(), Failure> {
        let prepared = self.statement(&bind.statement)?;
        let (formats, given, wanted) = (bind.parameter_formats, bind.parameters, prepared.params.len());
        let violation = |message| PgError::new(SqlState::PROTOCOL_VIOLATION, message);
        if formats > 1 && formats != given {
            let message = format!("bind message has {formats} parameter formats but {given} parameters");
            return Err(violation(message).into());
        }
        if given != wanted {
            let message = format!(
                "bind message supplies {given} parameters, but prepared statement \"{}\" requires {wanted}",
                bind.statement
            );
            return Err(violation(message).into());
        }
        self.check_failed(prepared.is_exit())?;
        if !bind.portal.is_empty() && self.portals.contains_key(&bind.portal) {
            let message = format!("cursor \"{}\" already exists", bind.portal);
            return Err(PgError::new(SqlState::DUPLICATE_CURSOR, message).into());
        }
        let params = (bind.decode)((&prepared.values, &prepared.params), &self.settings.obeyed().zone)?;
        self.current_plan(&prepared).await?;
        let shape = prepared.columns.clone().map(|columns| Shape { columns, formats: bind.formats });
        if let Some(Shape { columns, formats }) = &shape {
            let (given, wanted) = (formats.0.len(), columns.len());
            if given > 1 && given != wanted {
                let message = format!("bind message has {given} result formats but query has {wanted} columns");
                return Err(violation(message).into());
            }
        }
        self.portals_made += 1;
        let facts = Facts {
            text: prepared.text(),
            made_at: self.context().statement_timestamp,
            scrolls: false,
            holds: false,
            binary: false,
            outlives: false,
            positions: None,
            settled: false,
            renumbered: Vec::new(),
            rebuilt: false,
        };
        let portal = Portal { prepared, params, shape, number: self.portals_made, state: State::Ready, facts };
        self.portals.insert(bind.portal, portal);
        Ok(self.say(client, Reply::BindComplete)?)
    }

    fn planned(&self, plan: Arc<Plan>) -> Planned {
        let obeyed = self.settings.obeyed();
        let search_path = obeyed.search_path.clone();
        Planned { plan, search_path, shows_otherwise: obeyed.zone.styles.shows_otherwise() }
    }

    /// The statement's plan at the catalog's version as this node has it. `None` for the empty statement.
    pub(super) async fn current_plan(&mut self, prepared: &Prepared) -> Result<Option<Arc<Plan>>, PgError> {
        let (Some(statement), Some(planned)) = (&prepared.statement, prepared.planned()) else { return Ok(None) };
        self.look(statement).await?;
        if matches!(planned.plan.action, Action::Fetch(_)) {
            return Ok(Some(planned.plan));
        }
        let obeyed = self.settings.obeyed();
        let as_then = planned.search_path == obeyed.search_path
            && planned.shows_otherwise == obeyed.zone.styles.shows_otherwise();
        if as_then && planned.plan.catalog_version == self.catalog()?.version {
            return Ok(Some(planned.plan));
        }
        let plan = self.bind_statement(statement, &prepared.params).await?;
        prepared.replan(self.planned(plan.clone()), self.columns_of(&plan).as_deref())?;
        Ok(Some(plan))
    }

    pub(super) async fn describe_statement<C: Client>(&mut self, name: &str, client: &mut C) -> Result<(), Failure> {
        let prepared = self.statement(name)?;
        if prepared.columns.is_some() {
            self.check_failed(false)?;
        }
        self.say(client, Reply::ParameterDescription(prepared.params.clone()))?;
        self.current_plan(&prepared).await?;
        Ok(self.say(client, row_description(prepared.columns.clone().map(Shape::text)))?)
    }

    pub(super) fn describe_portal<C: Client>(&mut self, name: &str, client: &mut C) -> Result<(), Failure> {
        let portal = self.portals.get(name).ok_or_else(|| no_such_portal(name))?;
        if portal.shape.is_some() {
            self.check_failed(false)?;
        }
        let reply = row_description(portal.shape.clone());
        Ok(self.say(client, reply)?)
    }

    pub(super) fn close<C: Client>(&mut self, target: Target, client: &mut C) -> Result<(), Failure> {
        match target {
            Target::Statement(name) => self.put_statement(name, None)?,
            Target::Portal(name) => {
                self.portals.remove(&name);
            }
        }
        Ok(self.say(client, Reply::CloseComplete)?)
    }

    pub(super) async fn execute<C: Client>(
        &mut self,
        name: String,
        max_rows: i32,
        client: &mut C,
    ) -> Result<(), Failure> {
        let exit = self.portals.get(&name).ok_or_else(|| no_such_portal(&name))?.prepared.is_exit();
        self.check_failed(exit)?;
        let Some(mut portal) = self.portals.remove(&name) else { return Err(no_such_portal(&name).into()) };
        self.executing = Some(portal.shown(&name));
        let result = self.run_portal(&name, &mut portal, Limit::of(max_rows), client).await;
        self.executing = None;
        self.portals.insert(name, portal);
        if !self.batch.is_waiting() {
            self.deadline = None;
        }
        result
    }

    async fn run_portal<C: Client>(
        &mut self,
        name: &str,
        portal: &mut Portal<B::Rows>,
        limit: Limit,
        client: &mut C,
    ) -> Result<(), Failure> {
        let Some(statement) = portal.prepared.statement.clone() else {
            return Ok(self.say(client, Reply::EmptyQuery)?);
        };
        if matches!(portal.state, State::Ready)
            && let Some(fetch) = fetch_of(&portal.prepared)
        {
            self.fetch_in_portal(&fetch, portal, limit, client).await?;
            if matches!(portal.state, State::Done) {
                return Ok(());
            }
        }
        if matches!(portal.state, State::Ready) {
            self.start_portal(&statement, portal, client).await?;
        }
        // EXECUTE has put another in its place.
        let statement = portal.prepared.statement.clone().unwrap_or(statement);
        let Some(shape) = portal.shape.clone() else {
            return self.run_once(name, portal, client);
        };
        match &mut portal.state {
            State::Deferred(call) => {
                let part = CallResult { call: *call, shown: Shown::As(Some(shape)), limit };
                Ok(self.batch.after(Later::Result(part))?)
            }
            State::Reading(_) if self.batch.is_waiting() => {
                Err(PgError::unsupported("fetching from a portal after a write in the same pipeline").into())
            }
            State::Reading(reading) => {
                let (progress, sent) = self.stream(reading, &statement, &shape, limit, client).await?;
                client.reply(&match progress {
                    Progress::Suspended => Reply::PortalSuspended,
                    Progress::Ended => Reply::CommandComplete(reading.tag(sent)),
                });
                Ok(())
            }
            State::Buffered(buffered) if self.batch.is_waiting() => {
                Ok(self.say_buffered(buffered, &shape, limit, client)?)
            }
            State::Buffered(buffered) => self.send_buffered(buffered, &shape, limit, client).await.map(|_| ()),
            State::Ready | State::Done => Err(cannot_be_run(name).into()),
        }
    }

    /// A portal without rows: says how it ended, once.
    fn run_once<C: Client>(&mut self, name: &str, portal: &mut Portal<B::Rows>, client: &mut C) -> Result<(), Failure> {
        match std::mem::replace(&mut portal.state, State::Done) {
            State::Deferred(call) => {
                let part = CallResult { call, shown: Shown::As(None), limit: Limit::NONE };
                Ok(self.batch.after(Later::Result(part))?)
            }
            State::Buffered(buffered) if self.transaction.held.is_some() && !self.in_block() => {
                self.batch.unconfirmed = Some(buffered.tag);
                Ok(())
            }
            State::Buffered(buffered) => Ok(self.say(client, Reply::CommandComplete(buffered.tag))?),
            State::Ready | State::Reading(_) | State::Done => Err(cannot_be_run(name).into()),
        }
    }

    pub(super) fn open_reads(&self) -> usize {
        let is_open = |portal: &&Portal<B::Rows>| matches!(&portal.state, State::Reading(read) if read.rows.is_some());
        self.portals.values().filter(is_open).count()
    }

    pub(super) fn check_open_reads(&self) -> Result<(), PgError> {
        if self.open_reads() < MAX_OPEN_READS {
            return Ok(());
        }
        Err(PgError::new(SqlState::PROGRAM_LIMIT_EXCEEDED, "too many suspended portals")
            .detail(format!("One session can have {MAX_OPEN_READS} reads open at a time."))
            .hint("Fetch their rows to the end, or close some."))
    }

    /// Opens the read, defers the write, or runs what needs no database.
    pub(super) async fn start_portal<C: Client>(
        &mut self,
        statement: &Arc<Statement>,
        portal: &mut Portal<B::Rows>,
        client: &mut C,
    ) -> Result<(), Failure> {
        if let Some(shape) = &portal.shape {
            shape.formats.check()?;
        }
        let prepared = portal.prepared.clone();
        let Some(plan) = self.current_plan(&prepared).await? else { return Ok(()) };
        if let Action::Execute { name, .. } = &plan.action {
            let (executed, params) = self.executed(statement, name, client).await?;
            if !same_shape(executed.columns.as_deref(), prepared.columns.as_deref()) {
                return Err(changed_shape().into());
            }
            let Some(inner) = executed.statement.clone() else { return Err(no_such_statement(name).into()) };
            (portal.prepared, portal.params) = (executed, params);
            return Box::pin(self.start_portal(&inner, portal, client)).await;
        }
        prepared.runs();
        if !plan.session_calls().is_empty() || plan.asks_the_session() {
            // They can't be called before what comes before them.
            self.run_waiting_held(client).await?;
        }
        portal.state = match &plan.action {
            _ if self.discards_nothing(&plan) => {
                State::Buffered(Buffered { tag: "DISCARD TEMP".to_owned(), ..Default::default() })
            }
            Action::Read(_) if !self.batch.is_waiting() => {
                self.check_open_reads()?;
                self.pin().await?;
                let version = plan.catalog_version;
                let opening =
                    Opening { statement, declared: &prepared.params, plan, params: &portal.params, of_form: false };
                let (plan, reading) = self.open(opening).await?;
                if plan.catalog_version != version {
                    prepared.replan(self.planned(plan.clone()), self.columns_of(&plan).as_deref())?;
                }
                State::Reading(Box::new(reading))
            }
            Action::Write(_) | Action::Schema(_) if self.is_interactive(&plan) => {
                self.check_writable(&plan)?;
                let opening =
                    Opening { statement, declared: &prepared.params, plan, params: &portal.params, of_form: false };
                let (plan, mut reading) = self.open_held(opening).await?;
                self.say_notices(&mut reading, client)?;
                match plan.columns {
                    Some(_) => State::Reading(Box::new(reading)),
                    None => State::Buffered(Buffered { tag: reading.final_tag(0), ..Default::default() }),
                }
            }
            Action::Read(_) | Action::Write(_) | Action::Schema(_) => {
                let params = portal.params.clone();
                let columns = prepared.columns.clone();
                State::Deferred(self.defer(statement.clone(), &prepared.params, params, Some(plan), columns, None)?)
            }
            Action::Copy(copy) => {
                let tag = self.copy(statement, copy, client).await?;
                State::Buffered(Buffered { tag, ..Default::default() })
            }
            Action::Prepare(prepare) => {
                self.prepare_statement(statement, prepare, prepared.text()).await?;
                State::Buffered(Buffered { tag: "PREPARE".to_owned(), ..Default::default() })
            }
            Action::Lock(lock) => {
                let tag = self.lock_table(*lock, false, client).await?.to_owned();
                State::Buffered(Buffered { tag, ..Default::default() })
            }
            Action::Constraints(set) => {
                let opening = Opening { statement, declared: &[], plan: plan.clone(), params: &[], of_form: false };
                let tag = self.set_constraints(opening, set, false, client).await?.to_owned();
                State::Buffered(Buffered { tag, ..Default::default() })
            }
            Action::Database(change) => {
                let tag = self.database_statement(change, false, client).await?.to_owned();
                State::Buffered(Buffered { tag, ..Default::default() })
            }
            Action::Declare(declare) => {
                let (types, params, text) = (&*prepared.params, portal.params.clone(), prepared.text());
                let declaration = Declaration { statement, declare, types, params, text, block: false };
                let tag = self.declare(declaration, client).await?.to_owned();
                State::Buffered(Buffered { tag, ..Default::default() })
            }
            Action::Explain(explain) => {
                let (params, plan) = (portal.params.clone(), plan.clone());
                let opening = Opening { statement, declared: &prepared.params, plan, params: &params, of_form: false };
                State::Buffered(self.explain(opening, explain, client).await?)
            }
            Action::Fetch(fetch) => return Err(cannot_be_run(&fetch.name).into()),
            Action::Execute { name, .. } => return Err(no_such_statement(name).into()),
            Action::Inline(code) => {
                self.inline_code(statement, code, client).await?;
                State::Buffered(Buffered { tag: "DO".to_owned(), ..Default::default() })
            }
            Action::Session(local) => State::Buffered(self.session_statement(local, false, client).await?),
            Action::Transaction(transaction) => {
                let tag = self.transaction_statement(transaction, client).await?;
                State::Buffered(Buffered { tag, ..Default::default() })
            }
        };
        Ok(())
    }
}

/// Reads that portals of one session may hold open. Each has a reader connection, which others wait for.
pub(super) const MAX_OPEN_READS: usize = 8;

fn row_description(shape: Option<Shape>) -> Reply {
    shape.map_or(Reply::NoData, Reply::RowDescription)
}

/// PostgreSQL's own types that aren't there yet are told apart from OIDs that nobody ever gave out.
fn no_such_portal(name: &str) -> PgError {
    PgError::new(SqlState::INVALID_CURSOR_NAME, format!("portal \"{name}\" does not exist"))
}

fn cannot_be_run(name: &str) -> PgError {
    PgError::new(SqlState::OBJECT_NOT_IN_PREREQUISITE_STATE, format!("portal \"{name}\" cannot be run"))
}
