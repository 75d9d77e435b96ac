//! A bound statement on its way: where a portal's rows come from, and how far it has got.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::catalog::system::own::Cursor;
use crate::sql::{Positions, SessionCall};
use crate::storage::{Cancel, Ended};
use crate::types::{PgError, Row, SqlState, Value};

use super::backend::Rows;
use super::client::Shape;
use super::statement::Prepared;
use super::transaction::MAX_SETTLED_BYTES;
use super::{Deadline, interruptible};

/// What Bind or DECLARE makes and Execute or FETCH runs. Ends with its transaction, unless it is held.
pub(super) struct Portal<R> {
    pub prepared: Arc<Prepared>,
    pub params: Vec<Value>,
    /// `None`: it returns no rows.
    pub shape: Option<Shape>,
    /// Counts the portals of a session: ROLLBACK TO takes those made since the savepoint.
    pub number: u64,
    pub state: State<R>,
    pub facts: Facts,
}

/// What is known of a portal as a cursor.
pub(super) struct Facts {
    /// What the client sent.
    pub text: Arc<str>,
    /// Microseconds since 2000-01-01 UTC.
    pub made_at: i64,
    /// It goes backward.
    pub scrolls: bool,
    /// WITH HOLD.
    pub holds: bool,
    pub binary: bool,
    /// Its transaction has been committed, and left it all its rows.
    pub outlives: bool,
    /// Which rows of tables it is on; DECLARE knows.
    pub positions: Option<Positions>,
    /// Nobody else has changed what it reads before the transaction that made it may write.
    pub settled: bool,
    /// Tables in which a row may have got a number that another had when it was opened.
    pub renumbered: Vec<u32>,
    /// That may be so of any.
    pub rebuilt: bool,
}

impl<R> Portal<R> {
    /// As pg_cursors has it.
    pub fn shown(&self, name: &str) -> Cursor {
        Cursor {
            name: name.to_owned(),
            statement: self.facts.text.clone(),
            is_holdable: self.facts.holds,
            is_binary: self.facts.binary,
            is_scrollable: self.facts.scrolls,
            created_at: self.facts.made_at,
        }
    }

    /// How much of its rows it has in memory, so that the database need not be asked for them, in bytes.
    pub fn kept_bytes(&self) -> usize {
        match &self.state {
            State::Reading(reading) => reading.settled + reading.history.as_ref().map_or(0, |history| history.size),
            _ => 0,
        }
    }
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
    /// What it can go back to; `None`: it only goes forward.
    pub history: Option<History>,
    /// How many numbers of tables' rows follow each row's columns, and those of the row that it is on.
    pub numbers: usize,
    pub current: Vec<Value>,
    /// The row that it is on, from 1; 0 before the first, and one more than there are beyond the last.
    position: u64,
    /// How many rows have been taken out of those received.
    taken: u64,
    /// What was received because somebody else had to run, in bytes.
    settled: usize,
}

/// Rows that a cursor has been on: the last ones, as many as there is room for.
pub(super) struct History {
    rows: VecDeque<Row>,
    size: usize,
    /// In bytes.
    pub room: usize,
}

impl Default for History {
    fn default() -> History {
        History { rows: VecDeque::new(), size: 0, room: MAX_SETTLED_BYTES }
    }
}

impl History {
    fn push(&mut self, row: Row) {
        self.size += size_of_row(&row);
        self.rows.push_back(row);
        while self.size > self.room
            && let Some(oldest) = self.rows.pop_front()
        {
            self.size -= size_of_row(&oldest);
        }
    }

    /// The row of this number, of which so many have been.
    fn get(&self, number: u64, taken: u64) -> Result<Row, PgError> {
        let back = usize::try_from(taken.saturating_sub(number)).unwrap_or(usize::MAX);
        let place = self.rows.len().checked_sub(back).and_then(|end| end.checked_sub(1));
        place.and_then(|place| self.rows.get(place)).cloned().ok_or_else(gone_too_far)
    }
}

fn size_of_row(row: &Row) -> usize {
    row.iter().map(Value::size).sum::<usize>() + std::mem::size_of::<Row>()
}

impl<R> Reading<R> {
    /// `shared`: whoever gives the rows has others to serve.
    pub fn new(rows: Option<R>, waiting: Vec<Row>, shared: bool, calls: Vec<SessionCall>) -> Reading<R> {
        Reading {
            rows,
            waiting: waiting.into_iter(),
            failed: None,
            shared,
            ended: None,
            calls,
            history: None,
            numbers: 0,
            current: Vec::new(),
            position: 0,
            taken: 0,
            settled: 0,
        }
    }

    /// Rows that are there already.
    pub fn of_rows(rows: std::vec::IntoIter<Row>, tag: String) -> Reading<R> {
        let ended = Some(Ended { tag, ..Ended::default() });
        Reading { waiting: rows, ended, ..Reading::new(None, Vec::new(), false, Vec::new()) }
    }

    /// The next row, of those that are there.
    pub fn take_next(&mut self) -> Result<Option<Row>, PgError> {
        if self.position < self.taken {
            self.position += 1;
            let history = self.history.as_ref().ok_or_else(gone_too_far)?;
            let row = history.get(self.position, self.taken)?;
            return Ok(Some(self.be_on(row)));
        }
        let Some(row) = self.waiting.next() else { return Ok(None) };
        self.taken += 1;
        self.position = self.taken;
        if let Some(history) = &mut self.history {
            history.push(row.clone());
        }
        Ok(Some(self.be_on(row)))
    }

    fn be_on(&mut self, mut row: Row) -> Row {
        self.current = row.split_off(row.len().saturating_sub(self.numbers));
        row
    }

    /// The row before; `None` at the beginning.
    pub fn previous_row(&mut self) -> Result<Option<Row>, PgError> {
        self.position = self.position.saturating_sub(1);
        if self.position == 0 {
            return Ok(None);
        }
        let history = self.history.as_ref().ok_or_else(gone_too_far)?;
        let row = history.get(self.position, self.taken)?;
        Ok(Some(self.be_on(row)))
    }

    /// Nothing is left: it is beyond the last row.
    pub fn pass_end(&mut self) {
        self.position = self.taken + 1;
        self.settled = 0;
    }

    pub fn is_at_end(&self) -> bool {
        self.position > self.taken
    }

    pub fn is_on_row(&self) -> bool {
        self.position > 0 && !self.is_at_end()
    }

    /// How many rows it has passed, that which it is on among them.
    pub fn place(&self) -> u64 {
        self.position.min(self.taken)
    }

    /// Goes to before the first row.
    pub fn rewind(&mut self, scrolls: bool) -> Result<(), PgError> {
        if self.position > 0 && !scrolls {
            return Err(forward_only());
        }
        self.position = 0;
        Ok(())
    }

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
        self.settle_all(room, cancel, deadline).await
    }

    /// Takes all that is left. `room`: bytes that it may take.
    pub async fn settle_all(
        &mut self,
        room: &mut usize,
        cancel: &Cancel,
        deadline: Option<Deadline>,
    ) -> Result<(), PgError> {
        let Some(rows) = &mut self.rows else { return Ok(()) };
        let mut waiting: Vec<Row> = std::mem::take(&mut self.waiting).collect();
        loop {
            match interruptible(cancel, deadline, rows.next()).await? {
                Some(Ok(more)) => {
                    let size: usize = more.iter().flatten().map(Value::size).sum();
                    *room = room.checked_sub(size).ok_or_else(too_much_to_settle)?;
                    self.settled += size;
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

fn gone_too_far() -> PgError {
    PgError::new(SqlState::PROGRAM_LIMIT_EXCEEDED, "too many rows for a cursor to go back over")
        .detail(format!("The cursors of a session keep {} MB of rows.", MAX_SETTLED_BYTES >> 20))
}

pub(super) fn forward_only() -> PgError {
    PgError::new(SqlState::OBJECT_NOT_IN_PREREQUISITE_STATE, "cursor can only scan forward")
        .hint("Declare it with SCROLL option to enable backward scan.")
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
