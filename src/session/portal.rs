//! A bound statement on its way: where a portal's rows come from, and how far it has got.

use std::sync::Arc;

use crate::types::{Row, Value};

use super::client::Shape;
use super::statement::Prepared;

/// What Bind makes and Execute runs. Ends with its transaction.
pub(super) struct Portal<R> {
    pub prepared: Arc<Prepared>,
    pub params: Vec<Value>,
    /// `None`: it returns no rows.
    pub shape: Option<Shape>,
    pub state: State<R>,
}

pub(super) enum State<R> {
    Ready,
    /// A read, perhaps suspended.
    Reading(Reading<R>),
    /// Rows that are there already (SHOW, RETURNING), perhaps suspended.
    Buffered(Buffered),
    /// A call of the batch that has not run yet, by its number.
    Deferred(usize),
    /// Statements without rows run once.
    Done,
}

/// A read in the middle.
pub(super) struct Reading<R> {
    /// `None` at the end.
    pub rows: Option<R>,
    /// Received and not yet sent.
    pub waiting: std::vec::IntoIter<Row>,
}

/// A finished result whose rows are still being fetched.
#[derive(Default)]
pub(super) struct Buffered {
    pub rows: std::vec::IntoIter<Row>,
    /// The command tag for all rows at once.
    pub tag: String,
}

/// How many rows one Execute may send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Limit(pub Option<u64>);

impl Limit {
    pub const NONE: Limit = Limit(None);

    /// Execute's field: anything but a positive number is no limit.
    pub fn of(max_rows: i32) -> Limit {
        Limit(u64::try_from(max_rows).ok().filter(|rows| *rows > 0))
    }

    pub fn reached(self, sent: u64) -> bool {
        self.0.is_some_and(|limit| sent >= limit)
    }
}

/// The tag with its count replaced: each Execute of a portal counts the rows that it sent itself.
pub(super) fn counted(tag: &str, sent: u64) -> String {
    match tag.rsplit_once(' ') {
        Some((command, count)) if count.bytes().all(|b| b.is_ascii_digit()) => format!("{command} {sent}"),
        _ => tag.to_owned(),
    }
}
