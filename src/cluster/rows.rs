//! A running read's rows, from the reader's thread to the session.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::mpsc::{self, error::TrySendError};

use crate::sql::{Plan, SessionContext};
use crate::storage::{Cancel, Pinned, Read, ReadError, RowSink};
use crate::types::{PgError, Row, SqlState, Value};

/// Batches of rows that wait for the client; then the reader does.
const WAITING: usize = 4;

type Rows = Result<Vec<Row>, ReadError>;

/// Rows of a running read. Dropping it ends the read.
pub struct RowStream {
    rows: mpsc::Receiver<Rows>,
    /// Set when the reader has come to the end, be it an error: a reader that vanished before must not
    /// pass for one that found no more rows.
    finished: Arc<AtomicBool>,
}

impl RowStream {
    /// The stream, and the sink that fills it.
    pub(crate) fn new() -> (RowStream, Box<dyn RowSink>) {
        let (sender, rows) = mpsc::channel(WAITING);
        let finished = Arc::new(AtomicBool::new(false));
        (RowStream { rows, finished: finished.clone() }, Box::new(Sink { sender, finished }))
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
        match self.rows.recv().await {
            None if !self.finished.swap(true, Ordering::AcqRel) => Some(Err(ReadError::Pg(PgError::new(
                SqlState::INTERNAL_ERROR,
                "the reader of this statement has stopped before its end",
            )))),
            rows => rows,
        }
    }
}

struct Sink {
    sender: mpsc::Sender<Rows>,
    finished: Arc<AtomicBool>,
}

impl RowSink for Sink {
    fn rows(&mut self, rows: Vec<Row>) -> bool {
        self.sender.blocking_send(Ok(rows)).is_ok()
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
