//! Functions that the session itself performs, once for each row: advisory locks, and signals to other sessions.
//!
//! They wait, or reach other nodes, which no function of the database file's connection may. So a plan's SQLite statement
//! yields the arguments (as text, see [`arguments`]) and the session calls, row by row, what [`SessionCall`] says. That
//! is what PostgreSQL does with a function of the SELECT list too: it is called when its row is about to be sent. Anywhere
//! else in a statement they are 0A000.

use super::ResultColumn;
use crate::types::{Type, Value};

/// A function of the SELECT list that the session performs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SessionCall {
    /// The result's column, from 0.
    pub column: usize,
    pub function: SessionFunction,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SessionFunction {
    Lock {
        shared: bool,
        /// Held until the transaction ends, not the session.
        transaction: bool,
        /// Says whether it could be had at once.
        tries: bool,
    },
    Unlock {
        shared: bool,
    },
    UnlockAll,
    CancelBackend,
    TerminateBackend,
}

impl SessionFunction {
    pub const fn lock(shared: bool, transaction: bool, tries: bool) -> SessionFunction {
        SessionFunction::Lock { shared, transaction, tries }
    }
}

/// The arguments as the statement yields them; `None` of NULL among them. Nobody but the emitter writes them.
pub fn arguments(value: &Value) -> Option<Vec<i64>> {
    let Value::Text(text) = value else { return None };
    text.split(',').filter(|part| !part.is_empty()).map(|part| part.parse().ok()).collect()
}

/// The columns that the SQLite statement yields in place of the result's.
pub fn stored_columns(columns: &[ResultColumn], calls: &[SessionCall]) -> Vec<ResultColumn> {
    let mut columns = columns.to_vec();
    for call in calls {
        if let Some(column) = columns.get_mut(call.column) {
            column.ty = Type::TEXT;
        }
    }
    columns
}
