//! COPY: the client's data into a table, and a query's rows to the client.
//!
//! Rows from the client are written in the leader's writer slot, a chunk at a time: while one is written nothing more is
//! taken from the socket, so memory is bounded by the chunk and by what the connection reads ahead, and a client that is
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
use crate::types::{PgError, SqlState, Type};

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
        if matches!(copy, Copy::From(_)) && self.settings.obeyed().read_only {
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
        let (mut more, mut stopped) = (true, None);
        while more {
            for message in self.copy_messages(client).await? {
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
                    count += self.copy_chunk(&insert, &declared, copy, &mut chunk).await?;
                }
                if !read? {
                    break;
                }
            }
            if let Some(message) = stopped {
                return Err(refused(message, &rows, client));
            }
        }
        count += self.copy_chunk(&insert, &declared, copy, &mut chunk).await?;
        Ok(count)
    }

    /// What the client has sent since.
    async fn copy_messages<C: Client>(&mut self, client: &mut C) -> Result<Vec<CopyMessage>, PgError> {
        let silent = self.transaction.held.as_ref().and(self.patience.silent_holder);
        let next = interruptible(&self.batch.cancel, self.deadline(), client.copied());
        match silent {
            None => next.await,
            Some(patience) => tokio::time::timeout(patience, next).await.unwrap_or_else(|_| {
                let code = SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT;
                Err(PgError::fatal(code, "terminating connection due to idle-in-transaction timeout"))
            }),
        }
    }

    /// Writes the chunk, and empties it.
    async fn copy_chunk(
        &mut self,
        insert: &Arc<Statement>,
        declared: &[Type],
        copy: &CopyFrom,
        chunk: &mut Chunk,
    ) -> Result<u64, PgError> {
        if chunk.is_empty() {
            return Ok(0);
        }
        let written = self.write_rows(insert, declared, chunk.take_rows()).await;
        let written = written.map_err(|error| chunk.locate(error, &copy.table));
        chunk.clear();
        written
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
        let opening = Opening { statement: &query, declared: &[], plan: plan.clone(), params: &[] };
        let (plan, mut reading) = match plan.action {
            Action::Write(_) => self.open_held(opening).await?,
            _ => self.open(opening).await?,
        };
        if columns_of(&plan).is_none_or(|now| now.len() != columns.len()) {
            return Err(sql::changed_shape().into());
        }
        let mut count = 0;
        loop {
            for row in reading.waiting.by_ref() {
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
