//! DO: anonymous blocks in PL/pgSQL, as far as they are lists of statements.
//!
//! Migrations wrap a statement in one to bear that it has been run before: `EXCEPTION WHEN duplicate_object THEN NULL`, or
//! `IF NOT EXISTS (SELECT …) THEN … END IF`. So there are statements of SQL, PERFORM, EXECUTE, IF, RAISE, NULL, RETURN and blocks
//! within blocks, each with its handlers. There are no variables, and so neither loops nor INTO: what needs them is refused,
//! and nothing of its block runs.
//!
//! [`compile`] reads a block, and every statement in it, before anything is run. The session then runs its steps one by
//! one, as if the client had sent them in a transaction block, with a savepoint around each block that has handlers.

mod conditions;
mod parse;
mod raise;
mod scanner;

pub use conditions::named as condition_named;
pub use parse::compile;
pub use raise::formatted;
pub use scanner::with_caught;

use super::parse::{Kind, Statement};
use super::tokens::syntax_error;
use super::utility::Words;
use crate::types::{PgError, SqlState};

/// DO as written.
#[derive(Clone, Debug, PartialEq)]
pub struct InlineCode {
    pub body: String,
    /// Characters before the body in the statement's text, if each of its characters is one there.
    pub offset: Option<u32>,
    pub language: Option<String>,
}

/// A block, or the steps of a branch: what a handler catches of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Block {
    pub steps: Vec<Step>,
    pub handlers: Vec<Handler>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Handler {
    pub conditions: Vec<Condition>,
    pub steps: Vec<Step>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    Others,
    /// One of these, or, if it ends with three zeros, one of its class.
    State(SqlState),
}

/// What a statement of PL/pgSQL asks for, and the line of the body that it begins in.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    pub line: u64,
    pub kind: StepKind,
}

#[derive(Clone, Debug, PartialEq)]
pub enum StepKind {
    Null,
    Return,
    Sql(String),
    /// The query, which begins with SELECT.
    Perform(String),
    /// The expression of a text to be run.
    Execute(String),
    If {
        branches: Vec<(String, Vec<Step>)>,
        otherwise: Vec<Step>,
    },
    Block(Block),
    Raise(Raise),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Raise {
    pub level: Level,
    pub what: Raised,
    /// What USING says: expressions.
    pub options: Vec<(RaiseOption, String)>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Raised {
    /// What the handler has caught.
    Again,
    /// A format with its arguments, expressions.
    Message(String, Vec<String>),
    /// A condition as it was named, and its state.
    Condition(String, SqlState),
    /// All is in the options.
    Nothing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    Debug,
    Log,
    Info,
    Notice,
    Warning,
    Exception,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RaiseOption {
    Message,
    Detail,
    Hint,
    ErrCode,
    Column,
    Constraint,
    DataType,
    Table,
    Schema,
}

impl RaiseOption {
    const ALL: [(&str, RaiseOption); 9] = [
        ("MESSAGE", RaiseOption::Message),
        ("DETAIL", RaiseOption::Detail),
        ("HINT", RaiseOption::Hint),
        ("ERRCODE", RaiseOption::ErrCode),
        ("COLUMN", RaiseOption::Column),
        ("CONSTRAINT", RaiseOption::Constraint),
        ("DATATYPE", RaiseOption::DataType),
        ("TABLE", RaiseOption::Table),
        ("SCHEMA", RaiseOption::Schema),
    ];

    pub fn name(self) -> &'static str {
        RaiseOption::ALL.iter().find(|(_, option)| *option == self).map_or("", |(name, _)| name)
    }
}

impl StepKind {
    /// As the context of errors names it (`plpgsql_stmt_typename`).
    pub fn name(&self) -> &'static str {
        match self {
            StepKind::Null => "NULL",
            StepKind::Return => "RETURN",
            StepKind::Sql(_) => "SQL statement",
            StepKind::Perform(_) => "PERFORM",
            StepKind::Execute(_) => "EXECUTE",
            StepKind::If { .. } => "IF",
            StepKind::Block(_) => "statement block",
            StepKind::Raise(_) => "RAISE",
        }
    }
}

impl Condition {
    /// Whether a handler of it catches the error (`exception_matches_conditions`).
    pub fn catches(&self, error: SqlState) -> bool {
        match self {
            Condition::Others => !matches!(error, SqlState::QUERY_CANCELED | SqlState::ASSERT_FAILURE),
            Condition::State(state) => {
                let class = state.as_str().strip_suffix("000");
                *state == error || class.is_some_and(|class| error.as_str().starts_with(class))
            }
        }
    }
}

/// Reads what follows the word DO. What the code says is looked at when it is run.
pub(super) fn read(words: &mut Words<'_>) -> Result<Kind, PgError> {
    let (mut code, mut language) = (None, None);
    while let Some(token) = words.peek().cloned() {
        let at = words.at();
        let again = if words.accept("language") {
            language.replace(words.setting_value()?).is_some()
        } else {
            code.replace((words.string()?, token)).is_some()
        };
        if again {
            let error = PgError::new(SqlState::SYNTAX_ERROR, "conflicting or redundant options");
            return Err(words.marked(at, error));
        }
    }
    if code.is_none() && language.is_none() {
        return Err(syntax_error(words.text, None));
    }
    let Some((body, token)) = code else {
        return Err(PgError::new(SqlState::SYNTAX_ERROR, "no inline code specified"));
    };
    let offset = scanner::offset_of(words.text, &token, &body);
    Ok(Kind::Inline(InlineCode { body, offset, language }))
}

/// How a statement may be used within a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    Runs,
    /// It ends or begins transactions.
    Ends,
    Copies,
    /// It would need to know the text around it, or another block.
    Unknown(&'static str),
}

impl Statement {
    /// The code of a DO.
    pub fn inline_code(&self) -> Option<&InlineCode> {
        match &*self.kind {
            Kind::Inline(code) => Some(code),
            _ => None,
        }
    }

    pub fn use_in_block(&self) -> Use {
        match &*self.kind {
            Kind::Transaction(_) => Use::Ends,
            Kind::Copy(_) => Use::Copies,
            Kind::Prepare(_) => Use::Unknown("PREPARE"),
            Kind::Execute(_) => Use::Unknown("EXECUTE of a prepared statement"),
            Kind::Declare(_) => Use::Unknown("DECLARE"),
            Kind::Fetch(_) => Use::Unknown("FETCH"),
            Kind::Inline(_) => Use::Unknown("DO"),
            Kind::Sql { .. }
            | Kind::Ddl(_)
            | Kind::Session(_)
            | Kind::Constraints(_)
            | Kind::Explain(_)
            | Kind::Unsupported(_) => Use::Runs,
        }
    }

    /// Whether it is a query, of which PERFORM would discard what it yields.
    pub fn could_be_performed(&self) -> bool {
        self.is_select()
    }
}
