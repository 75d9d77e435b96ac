//! A bound statement on its way: where a portal's rows come from, and how far it has got.

use std::sync::Arc;

use crate::sql::SessionCall;
use crate::storage::{Cancel, Ended};
use crate::types::{PgError, Row, SqlState, Value};

use super::backend::Rows;
use super::client::Shape;
use super::statement::Prepared;
use super::{Deadline, interruptible};

/// What Bind makes and Execute runs. Ends with its transaction.
pub(super) struct Portal<R> {
    pub prepared: Arc<Prepared>,
    pub params: Vec<Value>,
    /// `None`: it returns no rows.
    pub shape: Option<Shape>,
    /// Counts the portals of a session: ROLLBACK TO takes those made since the savepoint.
    pub number: u64,
    pub state: State<R>,
}

pub(super) enum State<R> {
    Ready,
    /// A read, perhaps suspended.
    Reading(Box<Reading<R>>),
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
    /// It ends with this error, after those rows.
    pub failed: Option<Box<PgError>>,
    /// Whoever gives the rows has others to serve, one after the other.
    pub shared: bool,
    /// How it ended, if it ran in the slot.
    pub ended: Option<Ended>,
    /// What the session does with each row.
    pub calls: Vec<SessionCall>,
}

impl<R> Reading<R> {
    /// The command tag of a statement whose rows have all been given at once.
    pub fn final_tag(&self, sent: u64) -> String {
        self.ended.as_ref().map_or_else(|| format!("SELECT {sent}"), |ended| ended.tag.clone())
    }

    /// The command tag of a statement that has given so many rows last.
    pub fn tag(&self, sent: u64) -> String {
        self.ended.as_ref().map_or_else(|| format!("SELECT {sent}"), |ended| counted(&ended.tag, sent))
    }
}

impl<R: Rows> Reading<R> {
    /// Takes all that is left, if somebody else waits for whoever gives it. `room`: bytes that it may take.
    pub async fn settle(
        &mut self,
        room: &mut usize,
        cancel: &Cancel,
        deadline: Option<Deadline>,
    ) -> Result<(), PgError> {
        if !self.shared {
            return Ok(());
        }
        let Some(rows) = &mut self.rows else { return Ok(()) };
        let mut waiting: Vec<Row> = std::mem::take(&mut self.waiting).collect();
        loop {
            match interruptible(cancel, deadline, rows.next()).await? {
                Some(Ok(more)) => {
                    let size: usize = more.iter().flatten().map(Value::size).sum();
                    *room = room.checked_sub(size).ok_or_else(too_much_to_settle)?;
                    waiting.extend(more);
                }
                Some(Err(error)) => {
                    self.failed = Some(Box::new(error.into()));
                    break;
                }
                None => {
                    self.ended = rows.ended();
                    break;
                }
            }
        }
        self.rows = None;
        self.waiting = waiting.into_iter();
        Ok(())
    }
}

fn too_much_to_settle() -> PgError {
    PgError::new(SqlState::PROGRAM_LIMIT_EXCEEDED, "too many rows of suspended portals would have to wait in memory")
        .hint("Fetch a portal's rows to the end, or close it, before the next statement.")
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
