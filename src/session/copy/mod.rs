//! COPY: the client's data into a table, and a query's rows to the client.
//!
//! Rows from the client are written in the leader's writer slot, a chunk at a time, while the next chunk is being read: no
//! more than that, so memory is bounded by two chunks and by what the connection reads ahead, and a client that is
//! faster than the disk waits. The slot is taken with the first chunk, not when COPY begins: a client that thinks before
//! it sends keeps nobody waiting. An error ends the transaction, as any statement's does; what the client still sends of its
//! data is then ignored by the connection.

mod binary;
mod fields;
mod lines;
mod output;
mod rows;

use std::sync::Arc;

use bytes::BytesMut;

use crate::sql::{self, Action, Copy, CopyFormat, CopyFrom, CopyTo, Plan, Statement};
use crate::storage::ReadError;
use crate::types::{PgError, Row, SqlState, Type};

use super::backend::{Backend, Rows as _};
use super::client::{Client, CopyMessage, Failure, Reply};
use super::read::Opening;
use super::statement::columns_of;
use super::{Session, at, interruptible};

use output::Printer;
use rows::{Chunk, Rows};

impl<B: Backend> Session<B> {
    /// Runs a COPY to its end; gives the command tag.
    pub(super) async fn copy<C: Client>(
        &mut self,
        statement: &Statement,
        copy: &Copy,
        client: &mut C,
    ) -> Result<String, Failure> {
        if matches!(copy, Copy::From(from) if !from.temporary) && self.settings.obeyed().read_only {
            let message = "cannot execute COPY FROM in a read-only transaction";
            return Err(PgError::new(SqlState::READ_ONLY_SQL_TRANSACTION, message).into());
        }
        // What waits for the end of the transaction comes before this.
        self.run_waiting_held(client).await?;
        let count = match copy {
            Copy::From(from) => self.copy_from(from, client).await?,
            Copy::To(to) => self.copy_to(statement, to, client).await?,
        };
        Ok(format!("COPY {count}"))
    }

    async fn copy_from<C: Client>(&mut self, copy: &CopyFrom, client: &mut C) -> Result<u64, Failure> {
        let insert = Arc::new(one_statement(&copy.insert)?);
        let declared: Vec<Type> = copy.columns.iter().map(|column| column.ty).collect();
        // Whatever is wrong with it is said before the client sends anything.
        self.bind_statement(&insert, &declared).await.map_err(|error| PgError { position: None, ..error })?;
        client.reply(&Reply::CopyIn { binary: copy.format == CopyFormat::Binary, columns: copy.columns.len() });
        client.flush().await?;
        let now = self.context().transaction_timestamp;
        let mut rows = Rows::new(copy, self.settings.obeyed().zone.clone(), now);
        let mut chunk = Chunk::default();
        let mut count = 0;
        let mut writing: Option<Writing<B::Rows>> = None;
        let (mut more, mut stopped) = (true, None);
        while more {
            for message in self.copy_messages(client, &mut writing, &mut count).await? {
                match message {
                    CopyMessage::Data(data) => rows.push(&data),
                    CopyMessage::Done => {
                        rows.end();
                        more = false;
                    }
                    other => stopped = Some(other),
                }
            }
            loop {
                let read = rows.read::<C>(&mut chunk);
                if chunk.is_full() || (!more && !chunk.is_empty()) || (read.is_err() && copy.checked) {
                    count += self.written(writing.take()).await?;
                    writing = self.copy_chunk(&insert, &declared, copy, &mut chunk).await?;
                }
                if read.is_err() || stopped.is_some() {
                    // What is wrong with an earlier row comes first.
                    count += self.written(writing.take()).await?;
                }
                if !read? {
                    break;
                }
            }
            if let Some(message) = stopped {
                return Err(refused(message, &rows, client));
            }
        }
        count += self.written(writing.take()).await?;
        let last = self.copy_chunk(&insert, &declared, copy, &mut chunk).await?;
        count += self.written(last).await?;
        Ok(count)
    }

    /// What the client has sent since. What fails meanwhile is an error at once.
    async fn copy_messages<C: Client>(
        &mut self,
        client: &mut C,
        writing: &mut Option<Writing<B::Rows>>,
        count: &mut u64,
    ) -> Result<Vec<CopyMessage>, PgError> {
        let silent = self.transaction.held.as_ref().and(self.patience.silent_holder);
        let next = interruptible(&self.batch.cancel, self.deadline(), client.copied());
        let next = async {
            match silent {
                None => next.await,
                Some(patience) => tokio::time::timeout(patience, next).await.unwrap_or_else(|_| {
                    let code = SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT;
                    Err(PgError::fatal(code, "terminating connection due to idle-in-transaction timeout"))
                }),
            }
        };
        // What has been asked for once must be awaited: it would be lost.
        let mut next = std::pin::pin!(next);
        loop {
            let Some(under_way) = writing else { return next.await };
            tokio::select! {
                messages = &mut next => return messages,
                end = under_way.rows.next() => {
                    if let Some(writing) = writing.take() {
                        *count += writing.ended(end)?;
                    }
                }
            }
        }
    }

    /// Begins to write the chunk, and empties it.
    async fn copy_chunk(
        &mut self,
        insert: &Arc<Statement>,
        declared: &[Type],
        copy: &CopyFrom,
        chunk: &mut Chunk,
    ) -> Result<Option<Writing<B::Rows>>, PgError> {
        if chunk.is_empty() {
            return Ok(None);
        }
        let mut chunk = std::mem::take(chunk);
        let rows = self.write_rows(insert, declared, chunk.take_rows()).await;
        let rows = rows.map_err(|error| chunk.locate(error, &copy.table))?;
        Ok(Some(Writing { rows, chunk, insert: insert.clone(), table: copy.table.clone() }))
    }

    /// Waits for a chunk's end; gives the count of its rows.
    async fn written(&mut self, writing: Option<Writing<B::Rows>>) -> Result<u64, PgError> {
        let Some(mut writing) = writing else { return Ok(0) };
        let end = interruptible(&self.batch.cancel, self.deadline(), writing.rows.next()).await?;
        writing.ended(end)
    }

    async fn copy_to<C: Client>(
        &mut self,
        statement: &Statement,
        copy: &CopyTo,
        client: &mut C,
    ) -> Result<u64, Failure> {
        let mut query = one_statement(&copy.query).map_err(|error| moved(error, statement, copy))?;
        query.offset = statement.offset + copy.offset.unwrap_or(0);
        let query = Arc::new(query);
        let plan = self.bind_statement(&query, &[]).await.map_err(|error| unplaced(error, copy))?;
        let columns = copied_columns(&plan)?;
        let mut printer = Printer::new(copy, &columns, self.settings.obeyed().zone.clone())?;
        self.check_writable(&plan)?;
        client.reply(&Reply::CopyOut { binary: copy.format == CopyFormat::Binary, columns: columns.len() });
        let mut line = BytesMut::new();
        if printer.header(&columns, &mut line) {
            client.copy_data(&line);
            line.clear();
        }
        let opening = Opening { statement: &query, declared: &[], plan: plan.clone(), params: &[], of_form: false };
        let (plan, mut reading) = match plan.action {
            Action::Write(_) => self.open_held(opening).await?,
            _ => self.open(opening).await?,
        };
        if columns_of(&plan).is_none_or(|now| now.len() != columns.len()) {
            return Err(sql::changed_shape().into());
        }
        let mut count = 0;
        loop {
            for mut row in reading.waiting.by_ref() {
                self.perform(&mut row, &reading.calls, client).await?;
                printer.row::<C>(&row, &mut line)?;
                client.copy_data(&line);
                line.clear();
                count += 1;
            }
            client.drain().await?;
            let Some(rows) = &mut reading.rows else { break };
            match interruptible(&self.batch.cancel, self.deadline(), rows.next()).await? {
                Some(Ok(more)) => reading.waiting = more.into_iter(),
                Some(Err(error)) => return Err(at(error.into(), &query).into()),
                None => {
                    let _ = rows.ended();
                    reading.rows = None;
                }
            }
        }
        if printer.trailer(&mut line) {
            client.copy_data(&line);
        }
        client.reply(&Reply::CopyDone);
        Ok(count)
    }
}

/// A chunk that is being written.
struct Writing<R> {
    rows: R,
    /// Where its rows stood.
    chunk: Chunk,
    insert: Arc<Statement>,
    table: String,
}

impl<R: super::backend::Rows> Writing<R> {
    fn ended(mut self, end: Option<Result<Vec<Row>, ReadError>>) -> Result<u64, PgError> {
        if let Some(Err(error)) = end {
            return Err(self.chunk.locate(at(error.into(), &self.insert), &self.table));
        }
        let tag = self.rows.ended().map_or_else(String::new, |ended| ended.tag);
        Ok(tag.rsplit(' ').next().and_then(|count| count.parse().ok()).unwrap_or(0))
    }
}

/// Statements that binding has made, or that stood in parentheses.
fn one_statement(text: &str) -> Result<Statement, PgError> {
    let mut statements = sql::parse(text)?;
    match (statements.pop(), statements.is_empty()) {
        (Some(statement), true) if statement.is_data() => Ok(statement),
        _ => Err(PgError::unsupported("COPY of what is no query")),
    }
}

/// A position in the query is one in COPY's text.
fn moved(mut error: PgError, statement: &Statement, copy: &CopyTo) -> PgError {
    let before = copy.offset.map(|offset| offset.saturating_add(statement.offset));
    error.position = error.position.zip(before).map(|(position, before)| position.saturating_add(before));
    error
}

fn unplaced(error: PgError, copy: &CopyTo) -> PgError {
    if copy.offset.is_some() { error } else { PgError { position: None, ..error } }
}

fn copied_columns(plan: &Plan) -> Result<Arc<[crate::sql::ResultColumn]>, PgError> {
    let unsupported = |message| PgError::new(SqlState::FEATURE_NOT_SUPPORTED, message);
    match &plan.action {
        Action::Read(_) | Action::Write(_) => {
            columns_of(plan).ok_or_else(|| unsupported("COPY query must have a RETURNING clause"))
        }
        _ => Err(PgError::unsupported("COPY of what is no query")),
    }
}

/// What ends a COPY before its data does.
fn refused<C: Client>(message: CopyMessage, rows: &Rows<'_>, client: &mut C) -> Failure {
    let error = match message {
        CopyMessage::Fail(why) => PgError::new(SqlState::QUERY_CANCELED, format!("COPY from stdin failed: {why}")),
        CopyMessage::Unexpected(tag) => {
            let message = format!("unexpected message type 0x{tag:02X} during COPY from stdin");
            let error = PgError::new(SqlState::PROTOCOL_VIOLATION, message).context(rows.line_context());
            client.reply(&Reply::Error(error));
            let message = "terminating connection because protocol synchronization was lost";
            return PgError::fatal(SqlState::PROTOCOL_VIOLATION, message).into();
        }
        CopyMessage::Broken(error) => return error.into(),
        CopyMessage::Data(_) | CopyMessage::Done | CopyMessage::Gone => {
            let message = "unexpected EOF on client connection with an open transaction";
            return PgError::fatal(SqlState::CONNECTION_FAILURE, message).into();
        }
    };
    error.context(rows.line_context()).into()
}
