//! Functions that the session itself performs, once for each row: advisory locks, signals to other sessions,
//! pg_sleep(), and set_config().
//!
//! They wait, or reach other nodes, or change the session, which no function of the database file's connection may. So a plan's SQLite statement
//! yields the arguments (as text, see [`Arguments`]) and the session calls, row by row, what [`SessionCall`] says. That
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
    /// Seconds.
    Sleep,
    SetConfig,
    /// Beside set_config() alone.
    CurrentSetting,
}

impl SessionFunction {
    pub const fn lock(shared: bool, transaction: bool, tries: bool) -> SessionFunction {
        SessionFunction::Lock { shared, transaction, tries }
    }
}

/// The arguments as the statement yields them: a JSON array of texts. Nobody but the emitter's functions write them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Arguments(Vec<Option<String>>);

impl Arguments {
    /// As the statement yields them.
    pub fn write(arguments: &[Option<String>]) -> String {
        serde_json::json!(arguments).to_string()
    }

    /// `None` of NULL: the function is not called.
    pub fn read(value: &Value) -> Option<Arguments> {
        let Value::Text(text) = value else { return None };
        serde_json::from_str(text).ok().map(Arguments)
    }

    /// `None` of NULL, and where there is no such argument.
    pub fn text(&self, index: usize) -> Option<&str> {
        self.0.get(index)?.as_deref()
    }

    pub fn int(&self, index: usize) -> Option<i64> {
        self.text(index)?.parse().ok()
    }

    /// NULL is false.
    pub fn bool(&self, index: usize) -> bool {
        self.int(index) == Some(1)
    }
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
