//! A statement that only reads, run on a reader connection.

use std::sync::Arc;

use super::Cancel;
use crate::sql::{Plan, SessionContext};
use crate::types::{PgError, Row, SqlState, Value};

/// A read to run: a plan whose action is [`Action::Read`](crate::sql::Action::Read).
pub struct Read {
    pub plan: Arc<Plan>,
    /// One for each of the plan's parameters, of the plan's types.
    pub params: Vec<Value>,
    pub context: Arc<SessionContext>,
    pub cancel: Cancel,
    pub sink: Box<dyn RowSink>,
}

/// Where a read's rows go. Called on a reader thread.
pub trait RowSink: Send {
    /// Takes some rows (about 32 kB); blocks while the client is slow. `false`: no more are wanted.
    fn rows(&mut self, rows: Vec<Row>) -> bool;
    /// Called once, last.
    fn finish(self: Box<Self>, result: Result<(), ReadError>);
}

#[derive(Debug)]
pub enum ReadError {
    /// The schema has changed since the plan was bound (nothing was sent): bind again.
    StalePlan,
    Pg(PgError),
}

/// For those who have had rows already, and can't bind again.
impl From<ReadError> for PgError {
    fn from(error: ReadError) -> PgError {
        match error {
            ReadError::Pg(error) => error,
            ReadError::StalePlan => PgError::new(SqlState::INTERNAL_ERROR, "plan found stale in the middle of a read"),
        }
    }
}
