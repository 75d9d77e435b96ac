//! A running read's rows, from the reader's thread to the session.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::mpsc::{self, error::TrySendError};

use super::held::There;
use crate::sql::{Plan, SessionContext};
use crate::storage::{CallSink, Cancel, Ended, Pinned, Read, ReadError, RowSink, Running, WINDOW};
use crate::types::{PgError, Row, SqlState, Value};

/// Batches of rows that wait for the client; then the reader does.
const WAITING: usize = 4;

/// What comes of a statement, piece by piece.
#[derive(Debug)]
pub(crate) enum Piece {
    Rows(Vec<Row>),
    /// The last one, of a statement in the slot.
    Ended(Ended),
}

type Sent = Result<Piece, ReadError>;

/// Rows of a running statement. Dropping it ends it.
pub struct RowStream {
    pieces: mpsc::Receiver<Sent>,
    /// Set when the reader has come to the end, be it an error: a reader that vanished before must not
    /// pass for one that found no more rows.
    finished: Arc<AtomicBool>,
    /// Who gives the rows, where they have to be asked for.
    giver: Option<Giver>,
    ended: Option<Ended>,
}

/// A statement in the writer slot.
pub(crate) enum Giver {
    /// On this node's writer.
    Here(Running),
    There(There),
}

impl RowStream {
    /// The stream, and the sink that fills it.
    pub(crate) fn new() -> (RowStream, Box<dyn RowSink>) {
        let (sender, pieces) = mpsc::channel(WAITING);
        let finished = Arc::new(AtomicBool::new(false));
        let stream = RowStream { pieces, finished: finished.clone(), giver: None, ended: None };
        (stream, Box::new(Sink { sender, finished }))
    }

    /// Rows of a statement in the slot, which is given at most [`WINDOW`] batches ahead of what has been taken.
    pub(crate) fn held(start: impl FnOnce(HeldSink) -> Giver) -> RowStream {
        // One more for the end.
        let (sender, pieces) = mpsc::channel(WINDOW + 1);
        let finished = Arc::new(AtomicBool::new(false));
        let giver = Some(start(HeldSink { sender, finished: finished.clone() }));
        RowStream { pieces, finished, giver, ended: None }
    }

    /// Rows of a read that is over.
    pub(crate) fn of_brief(rows: Vec<Row>, result: Result<(), ReadError>) -> RowStream {
        let (sender, pieces) = mpsc::channel(2);
        if !rows.is_empty() {
            let _ = sender.try_send(Ok(Piece::Rows(rows)));
        }
        if let Err(error) = result {
            let _ = sender.try_send(Err(error));
        }
        RowStream { pieces, finished: Arc::new(AtomicBool::new(true)), giver: None, ended: None }
    }

    /// Rows of a read on a pinned snapshot.
    pub fn of_pinned(
        pinned: &Pinned,
        plan: Arc<Plan>,
        params: Vec<Value>,
        context: Arc<SessionContext>,
        cancel: Cancel,
    ) -> RowStream {
        let (stream, sink) = RowStream::new();
        pinned.read(Read { plan, params, context, cancel, sink });
        stream
    }

    /// The next rows; `None` at the end.
    pub async fn next(&mut self) -> Option<Result<Vec<Row>, ReadError>> {
        match self.pieces.recv().await {
            Some(Ok(Piece::Rows(rows))) => {
                match &self.giver {
                    Some(Giver::Here(running)) => running.more(),
                    Some(Giver::There(there)) => there.more(),
                    None => {}
                }
                Some(Ok(rows))
            }
            Some(Ok(Piece::Ended(ended))) => {
                self.ended = Some(ended);
                None
            }
            Some(Err(error)) => Some(Err(error)),
            None if self.finished.swap(true, Ordering::AcqRel) => None,
            None if self.giver.is_some() => Some(Err(ReadError::Pg(lost()))),
            None => Some(Err(ReadError::Pg(PgError::new(
                SqlState::INTERNAL_ERROR,
                "the reader of this statement has stopped before its end",
            )))),
        }
    }

    /// How a statement in the slot has ended, after its last row.
    pub fn ended(&mut self) -> Option<Ended> {
        self.ended.take()
    }
}

/// 40001: the slot is gone, and with it what the transaction has done.
pub(crate) fn lost() -> PgError {
    PgError::new(SqlState::SERIALIZATION_FAILURE, "could not serialize access due to a change of leader")
        .detail("The transaction has not been applied.")
        .hint("Retry the transaction.")
}

/// Takes what comes of a statement in the slot. Never full: its giver keeps to the window.
pub(crate) struct HeldSink {
    sender: mpsc::Sender<Sent>,
    finished: Arc<AtomicBool>,
}

impl CallSink for HeldSink {
    fn rows(&mut self, rows: Vec<Row>) {
        let _ = self.sender.try_send(Ok(Piece::Rows(rows)));
    }

    fn finish(self: Box<Self>, result: Result<Ended, PgError>) {
        let _ = self.sender.try_send(result.map(Piece::Ended).map_err(ReadError::Pg));
        self.finished.store(true, Ordering::Release);
    }
}

struct Sink {
    sender: mpsc::Sender<Sent>,
    finished: Arc<AtomicBool>,
}

impl RowSink for Sink {
    fn rows(&mut self, rows: Vec<Row>) -> bool {
        self.sender.blocking_send(Ok(Piece::Rows(rows))).is_ok()
    }

    fn finish(self: Box<Self>, result: Result<(), ReadError>) {
        // A read that is refused at once is finished on the caller's thread, which must not block.
        if let Err(error) = result
            && let Err(TrySendError::Full(error)) = self.sender.try_send(Err(error))
        {
            let _ = self.sender.blocking_send(error);
        }
        self.finished.store(true, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_reader_that_vanishes_is_no_end_of_rows() {
        let (mut stream, mut sink) = RowStream::new();
        std::thread::spawn(move || sink.rows(vec![vec![Value::Int4(1)]])).join().unwrap();
        assert!(matches!(stream.next().await, Some(Ok(rows)) if rows.len() == 1));
        assert!(matches!(stream.next().await, Some(Err(ReadError::Pg(_)))));
        assert!(stream.next().await.is_none());

        let (mut stream, sink) = RowStream::new();
        std::thread::spawn(move || sink.finish(Ok(()))).join().unwrap();
        assert!(stream.next().await.is_none());
    }
}
