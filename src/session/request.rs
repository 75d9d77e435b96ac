//! What a client asks of its session, once it is no longer bytes.

use crate::types::timestamp::Zone;
use crate::types::{PgError, Type, Value};

use super::client::Formats;

/// One message of the client.
pub enum Request {
    Query(String),
    Parse {
        name: String,
        text: String,
        declared: Vec<Type>,
    },
    Bind(Bind),
    Describe(Target),
    Execute {
        portal: String,
        /// As sent: not positive is no limit.
        max_rows: i32,
    },
    Close(Target),
    Flush,
    Sync,
    /// The message makes no sense, but its frame does.
    Malformed {
        error: PgError,
        kind: Kind,
    },
}

/// What kind of message a malformed one was: decides what an error in it skips.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Extended,
    Sync,
    /// Query, or FunctionCall: a cycle of its own.
    Query,
}

/// What Describe and Close name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    Statement(String),
    Portal(String),
}

/// Gives the parameters' values, when their types are known, and what clients call them.
pub type Decode = Box<dyn FnOnce((&[Type], &[Type]), &Zone) -> Result<Vec<Value>, PgError> + Send>;

pub struct Bind {
    pub portal: String,
    pub statement: String,
    /// How many format codes came for the parameters, and how many parameters.
    pub parameter_formats: usize,
    pub parameters: usize,
    pub decode: Decode,
    /// Of the result.
    pub formats: Formats,
}

impl Request {
    /// An error in it skips everything up to Sync; otherwise ReadyForQuery follows at once.
    pub(super) fn is_extended(&self) -> bool {
        !matches!(self, Request::Query(_) | Request::Sync | Request::Malformed { kind: Kind::Sync | Kind::Query, .. })
    }

    pub(super) fn ends_skipping(&self) -> bool {
        matches!(self, Request::Sync | Request::Malformed { kind: Kind::Sync, .. })
    }
}
