//! What a client is told when a statement fails.

use serde::{Deserialize, Serialize};

use super::SqlState;

/// How bad it is (PostgreSQL manual, 55.8: Error and Notice Message Fields).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Severity {
    Error,
    /// The session ends.
    Fatal,
    Warning,
    Notice,
    Info,
    Log,
    Debug,
}

impl Severity {
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Error => "ERROR",
            Severity::Fatal => "FATAL",
            Severity::Warning => "WARNING",
            Severity::Notice => "NOTICE",
            Severity::Info => "INFO",
            Severity::Log => "LOG",
            Severity::Debug => "DEBUG",
        }
    }
}

/// An ErrorResponse or NoticeResponse as data: the fields of the PostgreSQL manual's section 55.8.
///
/// Serialisable because a follower's client must hear the leader's words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PgError {
    pub severity: Severity,
    pub code: SqlState,
    pub message: String,
    pub detail: Option<String>,
    pub hint: Option<String>,
    /// In characters from 1, into the query text.
    pub position: Option<u32>,
    /// What was being done, e.g. `COPY t, line 3`.
    pub context: Option<Box<str>>,
    pub schema: Option<String>,
    pub table: Option<String>,
    pub column: Option<String>,
    pub data_type: Option<String>,
    pub constraint: Option<String>,
    /// The function of PostgreSQL's source that says this, where drivers decide by its name.
    pub routine: Option<String>,
}

impl PgError {
    pub fn new(code: SqlState, message: impl Into<String>) -> PgError {
        PgError {
            severity: Severity::Error,
            code,
            message: message.into(),
            detail: None,
            hint: None,
            position: None,
            context: None,
            schema: None,
            table: None,
            column: None,
            data_type: None,
            constraint: None,
            routine: None,
        }
    }

    /// A FATAL error: the session ends after it.
    pub fn fatal(code: SqlState, message: impl Into<String>) -> PgError {
        PgError { severity: Severity::Fatal, ..PgError::new(code, message) }
    }

    /// 0A000: something PostgreSQL can do and Quorlite can't (yet). `what` names it.
    pub fn unsupported(what: impl std::fmt::Display) -> PgError {
        PgError::new(SqlState::FEATURE_NOT_SUPPORTED, format!("{what} is not supported yet"))
    }

    pub fn detail(mut self, detail: impl Into<String>) -> PgError {
        self.detail = Some(detail.into());
        self
    }

    pub fn hint(mut self, hint: impl Into<String>) -> PgError {
        self.hint = Some(hint.into());
        self
    }

    /// `position` counts characters from 1.
    pub fn position(mut self, position: u32) -> PgError {
        self.position = Some(position);
        self
    }

    /// What it happened in: a line below those that tell more already.
    pub fn context(mut self, context: impl Into<String>) -> PgError {
        let context = context.into();
        self.context = Some(match self.context {
            Some(within) => format!("{within}\n{context}").into(),
            None => context.into(),
        });
        self
    }

    pub fn table(mut self, schema: impl Into<String>, table: impl Into<String>) -> PgError {
        self.schema = Some(schema.into());
        self.table = Some(table.into());
        self
    }

    pub fn data_type(mut self, schema: impl Into<String>, data_type: impl Into<String>) -> PgError {
        self.schema = Some(schema.into());
        self.data_type = Some(data_type.into());
        self
    }

    pub fn column(mut self, column: impl Into<String>) -> PgError {
        self.column = Some(column.into());
        self
    }

    pub fn constraint(mut self, constraint: impl Into<String>) -> PgError {
        self.constraint = Some(constraint.into());
        self
    }
}

impl std::fmt::Display for PgError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {} ({})", self.severity.as_str(), self.message, self.code.as_str())
    }
}

impl std::error::Error for PgError {}

impl From<Box<PgError>> for PgError {
    fn from(error: Box<PgError>) -> PgError {
        *error
    }
}
