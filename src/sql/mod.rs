//! From PostgreSQL text to a [`Plan`] whose SQLite SQL and result shape are settled.
//!
//! Pure passes, no I/O: [`parse`] (text → [`Statement`]), [`bind`] (names resolved against the
//! catalog, every expression given a PostgreSQL type) and, within bind, emit (bound tree →
//! SQLite SQL). A [`Plan`] answers Describe without running anything.
//!
//! This module is the only door to sqlparser, and never prints with its `Display`.

mod casts;
mod emission;
mod functions;
mod operators;
mod plan;
mod type_names;

pub use emission::{SqliteFunction, sqlite_functions};
pub use plan::{
    Action, Command, Plan, Query, ResultColumn, Schema, SchemaStep, SessionContext, SessionStatement,
    TransactionStatement, Write, changed_shape, same_shape,
};

use crate::catalog::Catalog;
use crate::types::{PgError, Type};

/// One parsed statement; cheap to clone behind an `Arc`.
#[derive(Clone, Debug)]
pub struct Statement {
    /// This statement's own text, without the terminating semicolon: parses alone to the same
    /// statement, which is how it is forwarded to another node.
    pub text: String,
    /// Characters before `text` in the client's query string: added to error positions.
    pub offset: u32,
    // sqlparser's tree follows here, private to `sql`.
}

/// Splits and parses a query string. Empty text gives no statements.
/// Errors: 42601 with a position, 54001 past the limits on tokens and depth.
pub fn parse(_text: &str) -> Result<Vec<Statement>, PgError> {
    todo!()
}

/// Binds one statement. `declared` are the parameter types that the client gave in Parse
/// ([`Type`]`(0)` or missing: to be inferred).
pub fn bind(
    _statement: &Statement,
    _catalog: &Catalog,
    _context: &SessionContext,
    _declared: &[Type],
) -> Result<Plan, PgError> {
    todo!()
}
