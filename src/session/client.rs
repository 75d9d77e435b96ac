//! What a session says to its client, before it is bytes.
//!
//! Sessions know PostgreSQL's conversation, not its encoding: `wire` implements [`Client`] over a socket,
//! tests over a list.

use std::future::Future;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};

use crate::sql::ResultColumn;
use crate::types::timestamp::Zone;
use crate::types::{PgError, SqlState, Type, Value};

/// One message to the client.
#[derive(Clone, Debug, PartialEq)]
pub enum Reply {
    ParseComplete,
    BindComplete,
    CloseComplete,
    NoData,
    EmptyQuery,
    PortalSuspended,
    ParameterDescription(Arc<[Type]>),
    RowDescription(Shape),
    CommandComplete(String),
    /// The client is to send so many columns' data.
    CopyIn {
        binary: bool,
        columns: usize,
    },
    /// Data of so many columns follows, up to CopyDone.
    CopyOut {
        binary: bool,
        columns: usize,
    },
    CopyDone,
    Notice(PgError),
    Error(PgError),
    ParameterStatus {
        name: &'static str,
        value: String,
    },
    Ready(TransactionStatus),
}

/// The transaction state that ReadyForQuery tells.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum TransactionStatus {
    #[default]
    Idle,
    /// In a transaction block.
    Block,
    /// In a transaction block that failed: only ROLLBACK helps.
    Failed,
}

/// A result's columns and the formats they are wanted in.
#[derive(Clone, Debug, PartialEq)]
pub struct Shape {
    pub columns: Arc<[ResultColumn]>,
    pub formats: Formats,
}

impl Shape {
    /// All columns as text.
    pub fn text(columns: Arc<[ResultColumn]>) -> Shape {
        Shape { columns, formats: Formats::default() }
    }
}

/// Format codes as Bind and RowDescription give them: none (all text), one for all, or one each.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Formats(pub Arc<[i16]>);

impl From<Vec<i16>> for Formats {
    fn from(codes: Vec<i16>) -> Formats {
        match codes[..] {
            // Nearly always, and made of nothing.
            [] | [0] => Formats::default(),
            _ => Formats(codes.into()),
        }
    }
}

impl Formats {
    pub fn of(&self, index: usize) -> i16 {
        match *self.0 {
            [] => 0,
            [one] => one,
            ref each => each.get(index).copied().unwrap_or(0),
        }
    }

    /// Refuses codes other than text (0) and binary (1).
    pub fn check(&self) -> Result<(), PgError> {
        match self.0.iter().find(|code| !matches!(code, 0 | 1)) {
            None => Ok(()),
            Some(code) => {
                Err(PgError::new(SqlState::INVALID_PARAMETER_VALUE, format!("unsupported format code: {code}")))
            }
        }
    }
}

/// The conversation is over: the client is gone, or was told a FATAL error.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Closed;

/// What comes from the client while it copies.
#[derive(Clone, Debug, PartialEq)]
pub enum CopyMessage {
    Data(Bytes),
    Done,
    /// The client gives up, for this reason.
    Fail(String),
    /// A message that has no place there, by its type.
    Unexpected(u8),
    /// What comes makes no sense any more.
    Broken(PgError),
    /// The client has hung up.
    Gone,
}

/// Where a session's words go.
pub trait Client: Send {
    /// Appends to what is to be sent.
    fn reply(&mut self, reply: &Reply);

    /// Appends one row. Errors: a value that can't be shown in its format.
    fn row(&mut self, row: &[Value], shape: &Shape, zone: &Zone) -> Result<(), PgError>;

    /// Appends a piece of COPY's data.
    fn copy_data(&mut self, data: &[u8]);

    /// What the client has sent of COPY's data since it was last asked; waits for it.
    fn copied(&mut self) -> impl Future<Output = Vec<CopyMessage>> + Send;

    /// A value from its binary form.
    fn binary_value(ty: Type, bytes: &[u8], zone: &Zone) -> Result<Value, PgError>;

    /// Appends a value's binary form.
    fn binary_bytes(value: &Value, zone: &Zone, out: &mut BytesMut) -> Result<(), PgError>;

    /// Waits while too much is unsent: called between rows, this is the back-pressure on reads.
    fn drain(&mut self) -> impl Future<Output = Result<(), Closed>> + Send;

    /// Sends everything.
    fn flush(&mut self) -> impl Future<Output = Result<(), Closed>> + Send;
}

/// Why the handling of a message ended early.
#[derive(Debug)]
pub(super) enum Failure {
    Error(PgError),
    Closed,
}

impl From<PgError> for Failure {
    fn from(error: PgError) -> Failure {
        Failure::Error(error)
    }
}

impl From<Closed> for Failure {
    fn from(_: Closed) -> Failure {
        Failure::Closed
    }
}
