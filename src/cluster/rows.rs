//! A running read's rows, from the reader's thread to the session.

use tokio::sync::mpsc;

use crate::storage::{ReadError, RowSink};
use crate::types::Row;

/// Batches of rows that wait for the client; then the reader does.
const WAITING: usize = 4;

type Rows = Result<Vec<Row>, ReadError>;

/// Rows of a running read. Dropping it ends the read.
pub struct RowStream {
    rows: mpsc::Receiver<Rows>,
}

impl RowStream {
    /// The stream, and the sink that fills it.
    pub(crate) fn new() -> (RowStream, Box<dyn RowSink>) {
        let (sender, rows) = mpsc::channel(WAITING);
        (RowStream { rows }, Box::new(Sink(sender)))
    }

    /// The next rows; `None` at the end.
    pub async fn next(&mut self) -> Option<Result<Vec<Row>, ReadError>> {
        self.rows.recv().await
    }
}

struct Sink(mpsc::Sender<Rows>);

impl RowSink for Sink {
    fn rows(&mut self, rows: Vec<Row>) -> bool {
        self.0.blocking_send(Ok(rows)).is_ok()
    }

    fn finish(self: Box<Self>, result: Result<(), ReadError>) {
        if let Err(error) = result {
            let _ = self.0.blocking_send(Err(error));
        }
    }
}
