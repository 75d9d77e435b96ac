//! DO: the steps of a block, one by one, in the transaction that there is.
//!
//! They run as a client's statements do in a transaction block, and a savepoint is around each block that has handlers. What
//! they say besides notices goes to nobody ([`Quiet`]).

use std::pin::Pin;
use std::sync::Arc;

use bytes::BytesMut;

use crate::sql::{
    self, Block, BlockStep as Step, InlineCode, Level, Raise, RaiseOption, Raised, Statement, StepKind, Use,
    with_caught,
};
use crate::types::timestamp::Zone;
use crate::types::{PgError, Severity, SqlState, Type, Value, text};

use super::backend::Backend;
use super::client::{Client, Closed, CopyMessage, Failure, Reply, Shape, TransactionStatus};
use super::simple::Place;
use super::{Session, at, bind};

/// The savepoint of a block that has handlers: nobody else can write its name.
const SAVEPOINT: &str = "\u{fdd2}block";

/// What comes after a step.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Flow {
    Next,
    /// RETURN.
    Ends,
}

type Running<'s> = Pin<Box<dyn Future<Output = Result<Flow, Failure>> + Send + 's>>;

impl<B: Backend> Session<B> {
    /// Runs a DO. Nothing runs if something in it can't be read.
    pub(super) async fn inline_code<C: Client>(
        &mut self,
        statement: &Statement,
        code: &InlineCode,
        client: &mut C,
    ) -> Result<(), Failure> {
        let block = bind::guarded(|| sql::compile(code)).map_err(|error| at(error, statement))?;
        self.run_waiting_held(client).await?;
        let alone = !self.in_block();
        self.status = TransactionStatus::Block;
        let ran = self.run_block(&block, None, client).await;
        if alone {
            self.status = TransactionStatus::Idle;
        }
        ran.map(drop)
    }

    /// `caught`: what the handler has caught that the block is in.
    fn run_block<'s, C: Client>(
        &'s mut self,
        block: &'s Block,
        caught: Option<&'s PgError>,
        client: &'s mut C,
    ) -> Running<'s> {
        Box::pin(async move {
            if block.handlers.is_empty() {
                return self.run_steps(&block.steps, caught, client).await;
            }
            self.savepoint(SAVEPOINT)?;
            let error = match self.run_steps(&block.steps, caught, client).await {
                Ok(flow) => {
                    self.release(SAVEPOINT)?;
                    return Ok(flow);
                }
                Err(Failure::Error(error)) if error.severity != Severity::Fatal => error,
                Err(failure) => return Err(failure),
            };
            self.fail_block();
            self.rollback_to(SAVEPOINT).await?;
            self.release(SAVEPOINT)?;
            let catches = |handler: &&sql::Handler| handler.conditions.iter().any(|other| other.catches(error.code));
            match block.handlers.iter().find(catches) {
                Some(handler) => self.run_steps(&handler.steps, Some(&error), client).await,
                None => Err(error.into()),
            }
        })
    }

    fn run_steps<'s, C: Client>(
        &'s mut self,
        steps: &'s [Step],
        caught: Option<&'s PgError>,
        client: &'s mut C,
    ) -> Running<'s> {
        Box::pin(async move {
            for step in steps {
                if self.run_step(step, caught, client).await? == Flow::Ends {
                    return Ok(Flow::Ends);
                }
            }
            Ok(Flow::Next)
        })
    }

    async fn run_step<C: Client>(
        &mut self,
        step: &Step,
        caught: Option<&PgError>,
        client: &mut C,
    ) -> Result<Flow, Failure> {
        match &step.kind {
            StepKind::Null => {}
            StepKind::Return => return Ok(Flow::Ends),
            StepKind::Sql(text) => self.run_sql(text, step, client).await?,
            StepKind::Perform(text) => {
                self.run_quietly(text, step, client).await?;
            }
            StepKind::Execute(expression) => {
                let text = self.text_of(expression, step, caught, client).await?;
                let Some(text) = text else {
                    let message = "query string argument of EXECUTE is null";
                    return Err(inside(PgError::new(SqlState::NULL_VALUE_NOT_ALLOWED, message), step).into());
                };
                self.run_quietly(&text, step, client).await?;
            }
            StepKind::If { branches, otherwise } => {
                for (condition, steps) in branches {
                    if self.is_true(condition, step, caught, client).await? {
                        return self.run_steps(steps, caught, client).await;
                    }
                }
                return self.run_steps(otherwise, caught, client).await;
            }
            StepKind::Block(block) => return self.run_block(block, caught, client).await,
            StepKind::Raise(raise) => self.raise(raise, step, caught, client).await?,
        }
        Ok(Flow::Next)
    }

    /// A statement by itself, whose rows would have nowhere to go.
    async fn run_sql<C: Client>(&mut self, text: &str, step: &Step, client: &mut C) -> Result<(), Failure> {
        let Quieted { quiet, is_query } = self.run_quietly(text, step, client).await?;
        if quiet.shape.is_none() {
            return Ok(());
        }
        let error = PgError::new(SqlState::SYNTAX_ERROR, "query has no destination for result data");
        let hint = "If you want to discard the results of a SELECT, use PERFORM instead.";
        let error = if is_query { error.hint(hint) } else { error };
        Err(inside(error, step).into())
    }

    /// Runs the statements of a text.
    async fn run_quietly<C: Client>(&mut self, text: &str, step: &Step, client: &mut C) -> Result<Quieted, Failure> {
        let mut quiet = Quiet::default();
        let mut is_query = false;
        let statements = bind::parse(text).await.map_err(|error| within(error, "statement", text, step))?;
        for statement in statements {
            refuse_use(&statement, step)?;
            is_query = statement.could_be_performed();
            quiet.notices.extend(statement.notices.iter().cloned());
            let ran = self.run_statement(Arc::new(statement), PLACE, &mut quiet).await;
            for notice in std::mem::take(&mut quiet.notices) {
                self.say(client, Reply::Notice(within(notice, "statement", text, step)))?;
            }
            ran.map_err(|failure| failed(failure, "statement", text, step))?;
        }
        Ok(Quieted { quiet, is_query })
    }

    /// An expression's value and the type that it is of.
    async fn value_of<C: Client>(
        &mut self,
        expression: &str,
        step: &Step,
        caught: Option<&PgError>,
        client: &mut C,
    ) -> Result<(Value, Type), Failure> {
        let select = format!("SELECT {}", with_caught(expression, caught));
        let mut quiet = Quiet::default();
        let mut statements =
            bind::parse(&select).await.map_err(|error| within(error, "expression", expression, step))?;
        let (Some(statement), true) = (statements.pop(), statements.is_empty()) else {
            return Err(inside(PgError::unsupported("this expression in DO"), step).into());
        };
        let ran = self.run_statement(Arc::new(statement), PLACE, &mut quiet).await;
        for notice in quiet.notices {
            self.say(client, Reply::Notice(within(notice, "expression", expression, step)))?;
        }
        ran.map_err(|failure| failed(failure, "expression", expression, step))?;
        let columns = quiet.shape.map(|shape| shape.columns);
        let types: Vec<Type> = columns.iter().flat_map(|columns| columns.iter()).map(|column| column.ty).collect();
        let wrong = match (&types[..], quiet.rows) {
            ([ty], 0 | 1) => {
                let value = quiet.first.and_then(|mut row| row.pop()).unwrap_or(Value::Null);
                return Ok((value, *ty));
            }
            ([_], _) => PgError::new(SqlState::CARDINALITY_VIOLATION, "query returned more than one row"),
            (types, _) => {
                let columns = if types.len() == 1 { "column" } else { "columns" };
                PgError::new(SqlState::SYNTAX_ERROR, format!("query returned {} {columns}", types.len()))
            }
        };
        Err(inside(wrong.context(format!("query: {expression}")), step).into())
    }

    async fn text_of<C: Client>(
        &mut self,
        expression: &str,
        step: &Step,
        caught: Option<&PgError>,
        client: &mut C,
    ) -> Result<Option<String>, Failure> {
        let (value, _) = self.value_of(expression, step, caught, client).await?;
        if value == Value::Null {
            return Ok(None);
        }
        let mut out = String::new();
        text::output(&value, &self.settings.obeyed().zone, &mut out);
        Ok(Some(out))
    }

    async fn is_true<C: Client>(
        &mut self,
        condition: &str,
        step: &Step,
        caught: Option<&PgError>,
        client: &mut C,
    ) -> Result<bool, Failure> {
        match self.value_of(condition, step, caught, client).await? {
            (Value::Null, _) => Ok(false),
            (Value::Bool(is_true), _) => Ok(is_true),
            (Value::Int4(number), _) => Ok(number != 0),
            (Value::Text(text), Type::TEXT | Type::UNKNOWN) => {
                let zone = &self.settings.obeyed().zone;
                let read = text::input(Type::BOOL, &text, zone, 0);
                let unplaced = |error| inside(PgError { position: None, ..error }, step);
                Ok(read.map_err(unplaced)? == Value::Bool(true))
            }
            (_, ty) => Err(inside(PgError::unsupported(format!("a condition of type {ty} in DO")), step).into()),
        }
    }

    /// RAISE (`exec_stmt_raise`).
    async fn raise<C: Client>(
        &mut self,
        raise: &Raise,
        step: &Step,
        caught: Option<&PgError>,
        client: &mut C,
    ) -> Result<(), Failure> {
        let (mut message, mut code) = (None, None);
        match &raise.what {
            Raised::Again => {
                let nothing = "RAISE without parameters cannot be used outside an exception handler";
                let state = SqlState::STACKED_DIAGNOSTICS_ACCESSED_WITHOUT_ACTIVE_HANDLER;
                let nothing = || inside(PgError::new(state, nothing), step);
                return Err(caught.cloned().unwrap_or_else(nothing).into());
            }
            Raised::Message(format, arguments) => {
                let mut texts = Vec::with_capacity(arguments.len());
                for argument in arguments {
                    let text = self.text_of(argument, step, caught, client).await?;
                    texts.push(text.unwrap_or_else(|| "<NULL>".to_owned()));
                }
                message = Some(sql::formatted(format, &texts));
            }
            Raised::Condition(_, state) => code = Some(*state),
            Raised::Nothing => {}
        }
        let mut error = PgError::new(SqlState::SUCCESSFUL_COMPLETION, String::new());
        let mut set: Vec<RaiseOption> = Vec::new();
        for (option, expression) in &raise.options {
            let text = self.text_of(expression, step, caught, client).await?;
            let Some(text) = text else {
                let message = "RAISE statement option cannot be null";
                return Err(inside(PgError::new(SqlState::NULL_VALUE_NOT_ALLOWED, message), step).into());
            };
            let twice = match option {
                RaiseOption::Message => message.is_some(),
                RaiseOption::ErrCode => code.is_some(),
                option => set.contains(option),
            };
            if twice {
                let message = format!("RAISE option already specified: {}", option.name());
                return Err(inside(PgError::new(SqlState::SYNTAX_ERROR, message), step).into());
            }
            set.push(*option);
            match option {
                RaiseOption::Message => message = Some(text),
                RaiseOption::ErrCode => code = Some(state_of(&text).map_err(|error| inside(error, step))?),
                RaiseOption::Detail => error.detail = Some(text),
                RaiseOption::Hint => error.hint = Some(text),
                RaiseOption::Column => error.column = Some(text),
                RaiseOption::Constraint => error.constraint = Some(text),
                RaiseOption::DataType => error.data_type = Some(text),
                RaiseOption::Table => error.table = Some(text),
                RaiseOption::Schema => error.schema = Some(text),
            }
        }
        let (severity, default) = match raise.level {
            Level::Debug => (Severity::Debug, SqlState::SUCCESSFUL_COMPLETION),
            Level::Log => (Severity::Log, SqlState::SUCCESSFUL_COMPLETION),
            Level::Info => (Severity::Info, SqlState::SUCCESSFUL_COMPLETION),
            Level::Notice => (Severity::Notice, SqlState::SUCCESSFUL_COMPLETION),
            Level::Warning => (Severity::Warning, SqlState::WARNING),
            Level::Exception => (Severity::Error, SqlState::RAISE_EXCEPTION),
        };
        let named = match &raise.what {
            Raised::Condition(name, _) => Some(name.clone()),
            _ => None,
        };
        let code = code.unwrap_or(default);
        let message = message.or(named).unwrap_or_else(|| code.as_str().to_owned());
        let error = inside(PgError { severity, code, message, ..error }, step);
        match severity {
            Severity::Error => Err(error.into()),
            _ => Ok(self.say(client, Reply::Notice(error))?),
        }
    }
}

/// One of several, none of which is the last: their transaction goes on.
const PLACE: Place = Place { block: true, last: false };

/// ERRCODE, by its code or name.
fn state_of(text: &str) -> Result<SqlState, PgError> {
    let named = || sql::condition_named(text).first().copied();
    SqlState::of(text)
        .or_else(named)
        .ok_or_else(|| PgError::new(SqlState::UNDEFINED_OBJECT, format!("unrecognized exception condition \"{text}\"")))
}

/// 0A000 for what is not run in a block.
fn refuse_use(statement: &Statement, step: &Step) -> Result<(), PgError> {
    let message = match (statement.use_in_block(), &step.kind) {
        (Use::Runs, _) => return Ok(()),
        (Use::Unknown(what), _) => return Err(inside(PgError::unsupported(format!("{what} in DO")), step)),
        (Use::Copies, _) => "cannot COPY to/from client in PL/pgSQL",
        (Use::Ends, StepKind::Execute(_)) => "EXECUTE of transaction commands is not implemented",
        (Use::Ends, _) => "unsupported transaction command in PL/pgSQL",
    };
    Err(inside(PgError::new(SqlState::FEATURE_NOT_SUPPORTED, message), step))
}

/// An error of a step.
fn inside(error: PgError, step: &Step) -> PgError {
    let what = step.kind.name();
    error.context(format!("PL/pgSQL function inline_code_block line {} at {what}", step.line))
}

/// An error of a statement or expression of a step. Its place would be one in that, which PostgreSQL tells apart.
fn within(error: PgError, what: &str, text: &str, step: &Step) -> PgError {
    let error = match error.position {
        Some(_) => PgError { position: None, ..error },
        None => error.context(format!("SQL {what} \"{text}\"")),
    };
    inside(error, step)
}

fn failed(failure: Failure, what: &str, text: &str, step: &Step) -> Failure {
    let Failure::Error(mut error) = failure else { return failure };
    if let Some(command) = error.message.strip_suffix(" cannot run inside a transaction block") {
        error.message = format!("{command} cannot be executed from a function");
    }
    Failure::Error(within(error, what, text, step))
}

/// How statements have been run.
struct Quieted {
    quiet: Quiet,
    /// Of the last of them.
    is_query: bool,
}

/// Hears what statements of a block have to say.
#[derive(Default)]
struct Quiet {
    notices: Vec<PgError>,
    /// Of the last rows.
    shape: Option<Shape>,
    first: Option<Vec<Value>>,
    rows: u64,
}

impl Client for Quiet {
    fn reply(&mut self, reply: &Reply) {
        match reply {
            Reply::Notice(notice) => self.notices.push(notice.clone()),
            Reply::RowDescription(shape) => (self.shape, self.first, self.rows) = (Some(shape.clone()), None, 0),
            _ => {}
        }
    }

    fn row(&mut self, row: &[Value], _: &Shape, _: &Zone) -> Result<(), PgError> {
        self.first.get_or_insert_with(|| row.to_vec());
        self.rows += 1;
        Ok(())
    }

    fn copy_data(&mut self, _: &[u8]) {}

    async fn copied(&mut self) -> Vec<CopyMessage> {
        vec![CopyMessage::Gone]
    }

    fn binary_value(_: Type, _: &[u8], _: &Zone) -> Result<Value, PgError> {
        Err(PgError::unsupported("COPY in DO"))
    }

    fn binary_bytes(_: &Value, _: &Zone, _: &mut BytesMut) -> Result<(), PgError> {
        Err(PgError::unsupported("COPY in DO"))
    }

    async fn drain(&mut self) -> Result<(), Closed> {
        Ok(())
    }

    async fn flush(&mut self) -> Result<(), Closed> {
        Ok(())
    }
}
