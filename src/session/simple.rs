//! The simple protocol: a query string, all of whose statements are one transaction.

use std::sync::Arc;

use crate::sql::{Action, Form, Formed, InlineCode, Plan, ResultColumn, Statement, changed_shape};
use crate::types::{PgError, SqlState, Type, Value, text};

use super::backend::Backend;
use super::batch::{CallResult, Later, Shown};
use super::client::{Client, Failure, Reply, Shape};
use super::cursor::Declaration;
use super::local::no_such_statement;
use super::portal::Limit;
use super::read::Opening;
use super::statement::columns_of;
use super::transaction::only_in_blocks;
use super::{Session, at, bind};

/// A statement's place in its string.
#[derive(Clone, Copy)]
pub(super) struct Place {
    /// It is one of several.
    pub block: bool,
    pub last: bool,
}

/// A statement whose form is known.
struct Known {
    form: Arc<Form>,
    plan: Arc<Plan>,
    params: Vec<Value>,
}

/// Whether it is [`changed_shape`].
fn asks_for_another_reading(error: &PgError) -> bool {
    error.code == SqlState::FEATURE_NOT_SUPPORTED && error.routine == changed_shape().routine
}

/// Whether a literal of the type may be another value than a parameter of the same text: objects and labels are looked up when it is
/// bound, and an interval's fields depend on its column.
fn reads_literals_otherwise(ty: &Type) -> bool {
    let ty = ty.element().unwrap_or(*ty);
    ty.is_users() || ty.is_name_of_object() || ty == Type::INTERVAL
}

impl<B: Backend> Session<B> {
    /// Runs a query string. A syntax error anywhere in it, and nothing runs.
    pub(super) async fn query<C: Client>(&mut self, text: &str, client: &mut C) -> Result<(), Failure> {
        self.control.query(text);
        self.text = text.into();
        self.put_statement(String::new(), None)?;
        self.portals.remove("");
        if let Some(known) = self.known_form(text).await {
            match self.run_known(&known, client).await {
                // The schema has changed since, or is another where it runs: it is read as it is written.
                Err(Failure::Error(error)) if error.position.is_some() || asks_for_another_reading(&error) => {
                    if !self.in_block() {
                        self.abandon();
                        self.begin_message();
                    }
                }
                ended => return ended,
            }
        }
        let statements = bind::parse(text).await?;
        if statements.is_empty() {
            self.say(client, Reply::EmptyQuery)?;
        }
        self.say_parsed(&statements, client)?;
        let count = statements.len();
        for (index, statement) in statements.into_iter().enumerate() {
            let place = Place { block: count > 1, last: index + 1 == count };
            match statement.inline_code() {
                Some(code) => self.run_inline(&statement, code, place, client).await?,
                None => self.run_statement(Arc::new(statement), place, client).await?,
            }
        }
        self.commit(client).await
    }

    async fn run_inline<C: Client>(
        &mut self,
        statement: &Statement,
        code: &InlineCode,
        place: Place,
        client: &mut C,
    ) -> Result<(), Failure> {
        self.start_timeout();
        self.check_failed(false)?;
        self.inline_code(statement, code, client).await?;
        if place.last {
            // What it has written is not told before that is certain.
            self.commit(client).await?;
        }
        Ok(self.say(client, Reply::CommandComplete("DO".to_owned()))?)
    }

    /// What is known of statements of the same form, where nothing about this one needs more.
    async fn known_form(&mut self, text: &str) -> Option<Known> {
        if self.batch.is_waiting() || self.check_failed(false).is_err() {
            return None;
        }
        let Formed { form, values } = bind::guarded(|| Ok(self.plans.form(text))).ok()??;
        self.look(&form.statement).await.ok()?;
        // What is wrong with it is told of its own text.
        let plan = self.bind_now(&form.statement, &form.declared).await.ok()?;
        if !Form::is_worth(&plan) || plan.values.iter().any(reads_literals_otherwise) {
            form.give_up();
            return None;
        }
        let now = self.context().transaction_timestamp;
        let zone = &self.settings.obeyed().zone;
        let params = plan.values.iter().zip(&values).map(|(ty, value)| text::input(*ty, value, zone, now));
        let params = params.collect::<Result<_, _>>().ok()?;
        Some(Known { form, plan, params })
    }

    async fn run_known<C: Client>(&mut self, known: &Known, client: &mut C) -> Result<(), Failure> {
        let Known { form, plan, params } = known;
        // The values are of these types, whatever the statement may come to mean.
        let opening =
            Opening { statement: &form.statement, declared: &plan.params, plan: plan.clone(), params, of_form: true };
        self.run_plan(opening, None, Place { block: false, last: true }, client).await?;
        self.commit(client).await
    }

    pub(super) async fn run_statement<C: Client>(
        &mut self,
        statement: Arc<Statement>,
        place: Place,
        client: &mut C,
    ) -> Result<(), Failure> {
        // An earlier statement of the string may have set it.
        self.start_timeout();
        self.check_failed(statement.is_exit())?;
        statement.without_parameters().map_err(|error| at(error, &statement))?;
        self.look(&statement).await?;
        let plan = match self.bind_statement(&statement, &[]).await {
            Ok(plan) => plan,
            // Perhaps it needs what an earlier statement of the string makes: the writer binds it after that.
            Err(_) if self.batch.schema_changes => return Ok(self.defer_described(statement)?),
            // Which it says before it looks for the tables.
            Err(_) if statement.locks_tables() && !place.block && !self.in_block() => {
                return Err(only_in_blocks("LOCK TABLE").into());
            }
            Err(error) => return Err(error.into()),
        };
        if let Action::Execute { name, .. } = &plan.action {
            let (prepared, params) = self.executed(&statement, name, client).await?;
            let Some(statement) = &prepared.statement else { return Err(no_such_statement(name).into()) };
            self.look(statement).await?;
            let Some(plan) = self.current_plan(&prepared).await? else { return Ok(()) };
            prepared.runs();
            let opening = Opening { statement, declared: &prepared.params, plan, params: &params, of_form: false };
            return self.run_plan(opening, prepared.columns.clone(), place, client).await;
        }
        let columns = self.columns_of(&plan);
        let opening = Opening { statement: &statement, declared: &[], plan, params: &[], of_form: false };
        self.run_plan(opening, columns, place, client).await
    }

    /// Runs a statement that has been bound. `columns`: what its client has been told of it, or would be.
    async fn run_plan<C: Client>(
        &mut self,
        opening: Opening<'_>,
        columns: Option<Arc<[ResultColumn]>>,
        place: Place,
        client: &mut C,
    ) -> Result<(), Failure> {
        let (block, statement, plan) = (place.block, opening.statement, opening.plan.clone());
        if !plan.session_calls().is_empty() || plan.asks_the_session() {
            // They can't be called before what comes before them.
            self.run_waiting_held(client).await?;
        }
        match &plan.action {
            _ if self.discards_nothing(&plan) => {
                Ok(self.say(client, Reply::CommandComplete("DISCARD TEMP".to_owned()))?)
            }
            Action::Read(_) if !self.batch.is_waiting() => {
                if block {
                    self.pin().await?;
                }
                self.read_described(opening, client).await
            }
            Action::Write(_) | Action::Schema(_) if self.is_interactive(&plan) => {
                self.write_described(opening, client).await
            }
            Action::Read(_) | Action::Write(_) | Action::Schema(_) => Ok(self.defer_opening(opening, columns)?),
            Action::Prepare(prepare) => {
                self.prepare_statement(statement, prepare, self.text.clone()).await?;
                Ok(self.say(client, Reply::CommandComplete("PREPARE".to_owned()))?)
            }
            Action::Lock(lock) => {
                let tag = self.lock_table(*lock, block, client).await?;
                Ok(self.say(client, Reply::CommandComplete(tag.to_owned()))?)
            }
            Action::Database(statement) => {
                let tag = self.database_statement(statement, block, client).await?;
                Ok(self.say(client, Reply::CommandComplete(tag.to_owned()))?)
            }
            Action::Constraints(set) => {
                let tag = self.set_constraints(opening, set, block, client).await?;
                Ok(self.say(client, Reply::CommandComplete(tag.to_owned()))?)
            }
            Action::Declare(declare) => {
                let text = self.text.clone();
                let declaration = Declaration { statement, declare, types: &[], params: Vec::new(), text, block };
                let tag = self.declare(declaration, client).await?;
                Ok(self.say(client, Reply::CommandComplete(tag.to_owned()))?)
            }
            Action::Explain(explain) => {
                let mut buffered = self.explain(opening, explain, client).await?;
                if place.last {
                    // What it has written is not told before that is certain.
                    self.commit(client).await?;
                }
                let shape = Shape::text(columns.unwrap_or_else(|| Arc::new([])));
                self.say(client, Reply::RowDescription(shape.clone()))?;
                Ok(self.say_buffered(&mut buffered, &shape, Limit::NONE, client)?)
            }
            Action::Fetch(fetch) => self.fetch_described(fetch, client).await,
            Action::Execute { name, .. } => Err(no_such_statement(name).into()),
            Action::Inline(_) => Err(PgError::unsupported("DO in this place").into()),
            Action::Transaction(transaction) => {
                let tag = self.transaction_statement(transaction, client).await?;
                Ok(self.say(client, Reply::CommandComplete(tag))?)
            }
            Action::Copy(copy) => {
                let tag = self.copy(statement, copy, client).await?;
                if place.last {
                    // Its end is not told before the transaction's is certain.
                    self.commit(client).await?;
                }
                Ok(self.say(client, Reply::CommandComplete(tag))?)
            }
            Action::Session(local) => {
                let mut buffered = self.session_statement(local, block, client).await?;
                match columns {
                    None => self.say(client, Reply::CommandComplete(buffered.tag))?,
                    Some(columns) => {
                        let shape = Shape::text(columns);
                        self.say(client, Reply::RowDescription(shape.clone()))?;
                        self.say_buffered(&mut buffered, &shape, Limit::NONE, client)?;
                    }
                }
                Ok(())
            }
        }
    }

    /// The statement waits for those before it, which it may need to be bound.
    fn defer_described(&mut self, statement: Arc<Statement>) -> Result<(), PgError> {
        let call = self.defer(statement, &[], Vec::new(), None, None, None)?;
        self.batch.after(Later::Result(CallResult { call, shown: Shown::Described, limit: Limit::NONE }))
    }

    fn defer_opening(&mut self, opening: Opening<'_>, columns: Option<Arc<[ResultColumn]>>) -> Result<(), PgError> {
        let Opening { statement, declared, plan, params, of_form } = opening;
        let only_at = of_form.then_some(plan.catalog_version);
        // What a client was told of a statement that it prepared must stay true.
        let columns = if declared.is_empty() { None } else { columns };
        let call = self.defer(statement.clone(), declared, params.to_vec(), Some(plan), columns, only_at)?;
        self.batch.after(Later::Result(CallResult { call, shown: Shown::Described, limit: Limit::NONE }))
    }

    async fn read_described<C: Client>(&mut self, opening: Opening<'_>, client: &mut C) -> Result<(), Failure> {
        let statement = opening.statement;
        let (plan, mut reading) = self.open(opening).await?;
        let shape = Shape::text(columns_of(&plan).unwrap_or_else(|| Arc::new([])));
        client.reply(&Reply::RowDescription(shape.clone()));
        let (_, sent) = self.stream(&mut reading, statement, &shape, Limit::NONE, client).await?;
        client.reply(&Reply::CommandComplete(reading.tag(sent)));
        Ok(())
    }

    /// A write in the slot: runs now, and its rows stream like those of a read.
    async fn write_described<C: Client>(&mut self, opening: Opening<'_>, client: &mut C) -> Result<(), Failure> {
        let statement = opening.statement;
        self.check_writable(&opening.plan)?;
        let (plan, mut reading) = self.open_held(opening).await?;
        self.say_notices(&mut reading, client)?;
        let sent = match columns_of(&plan) {
            Some(columns) => {
                let shape = Shape::text(columns);
                client.reply(&Reply::RowDescription(shape.clone()));
                self.stream(&mut reading, statement, &shape, Limit::NONE, client).await?.1
            }
            None => 0,
        };
        client.reply(&Reply::CommandComplete(reading.final_tag(sent)));
        Ok(())
    }
}
