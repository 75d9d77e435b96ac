//! What the session says, as bytes on the socket.
//!
//! Bytes gather until Sync, Flush or 32 kB: one write where PostgreSQL's libpq makes one, and a bound on what a
//! slow client costs.

use bytes::{Buf, BufMut, BytesMut};
use pgwire::messages::Message;
use pgwire::messages::copy::{CopyDone, CopyInResponse, CopyOutResponse};
use pgwire::messages::data::{FieldDescription, NoData, ParameterDescription, RowDescription};
use pgwire::messages::extendedquery::{BindComplete, CloseComplete, ParseComplete, PortalSuspended};
use pgwire::messages::response::{
    self, CommandComplete, EmptyQueryResponse, ErrorResponse, NoticeResponse, ReadyForQuery,
};
use pgwire::messages::startup::ParameterStatus;
use std::sync::Arc;

use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::sync::{mpsc, oneshot};

use crate::session::{Client, Closed, CopyMessage, Reply, Shape, TransactionStatus};
use crate::types::timestamp::Zone;
use crate::types::{PgError, SqlState, Type, Value};

use super::counters::Counters;
use super::{codec, value};

/// Sent as soon as this much waits.
const FULL: usize = 32 * 1024;

/// The sending half of a connection.
pub(super) struct Output<W> {
    writer: W,
    buffer: BytesMut,
    /// Rows in the buffer.
    rows: usize,
    counters: Arc<Counters>,
    /// Asks the connection for what the client sends in the middle of a statement.
    wants: mpsc::UnboundedSender<Want>,
}

/// Somebody who waits for COPY's data.
pub(super) type Want = oneshot::Sender<Vec<CopyMessage>>;

impl<W: AsyncWrite + Unpin + Send> Output<W> {
    /// The output, and the wants of whoever speaks to the client through it.
    pub fn new(writer: W, counters: Arc<Counters>) -> (Output<W>, mpsc::UnboundedReceiver<Want>) {
        let (wants, wanted) = mpsc::unbounded_channel();
        (Output { writer, buffer: BytesMut::new(), rows: 0, counters, wants }, wanted)
    }

    /// Appends a message of pgwire's.
    pub fn message<M: Message>(&mut self, message: &M) {
        let start = self.buffer.len();
        if let Err(error) = message.encode(&mut self.buffer) {
            // Longer than any message may be: nothing of it goes out, or the client would lose its step.
            self.buffer.truncate(start);
            tracing::error!(%error, "message not sent");
        }
    }

    /// Appends bytes that are no message (the answer to SSLRequest).
    pub fn raw(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    pub async fn send(&mut self) -> Result<(), Closed> {
        Counters::add(&self.counters.bytes_sent, self.buffer.len());
        Counters::add(&self.counters.rows_sent, std::mem::take(&mut self.rows));
        while self.buffer.has_remaining() {
            // Not `write_buf`, which would have the kernel gather one buffer.
            match self.writer.write(&self.buffer).await {
                Ok(0) | Err(_) => return Err(Closed),
                Ok(written) => self.buffer.advance(written),
            }
        }
        if self.buffer.capacity() > 4 * FULL {
            self.buffer = BytesMut::new();
        } else {
            self.buffer.clear();
        }
        self.writer.flush().await.map_err(|_| Closed)
    }

    /// Says goodbye on the transport.
    pub async fn shut_down(&mut self) {
        let _ = self.writer.shutdown().await;
    }
}

impl<W: AsyncWrite + Unpin + Send> Client for Output<W> {
    fn reply(&mut self, reply: &Reply) {
        match reply {
            Reply::ParseComplete => self.message(&ParseComplete::new()),
            Reply::BindComplete => self.message(&BindComplete::new()),
            Reply::CloseComplete => self.message(&CloseComplete::new()),
            Reply::NoData => self.message(&NoData::new()),
            Reply::EmptyQuery => self.message(&EmptyQueryResponse::new()),
            Reply::PortalSuspended => self.message(&PortalSuspended::new()),
            Reply::ParameterDescription(types) => {
                self.message(&ParameterDescription::new(types.iter().map(|ty| ty.0).collect()));
            }
            Reply::RowDescription(shape) => self.message(&row_description(shape)),
            Reply::CommandComplete(tag) => {
                Counters::add(&self.counters.statements, 1);
                self.message(&CommandComplete::new(tag.clone()));
            }
            Reply::CopyIn { binary, columns } => {
                let (format, count, formats) = copy_formats(*binary, *columns);
                self.message(&CopyInResponse::new(format, count, formats));
            }
            Reply::CopyOut { binary, columns } => {
                let (format, count, formats) = copy_formats(*binary, *columns);
                self.message(&CopyOutResponse::new(format, count, formats));
            }
            Reply::CopyDone => self.message(&CopyDone::new()),
            Reply::Notice(notice) => self.message(&NoticeResponse::new(fields(notice))),
            Reply::Error(error) => {
                Counters::add(&self.counters.errors, 1);
                self.message(&ErrorResponse::new(fields(error)));
            }
            Reply::ParameterStatus { name, value } => {
                self.message(&ParameterStatus::new((*name).to_owned(), value.clone()));
            }
            Reply::Ready(status) => self.message(&ReadyForQuery::new(match status {
                TransactionStatus::Idle => response::TransactionStatus::Idle,
                TransactionStatus::Block => response::TransactionStatus::Transaction,
                TransactionStatus::Failed => response::TransactionStatus::Error,
            })),
        }
    }

    fn row(&mut self, row: &[Value], shape: &Shape, zone: &Zone) -> Result<(), PgError> {
        self.rows += 1;
        value::data_row(row, shape, zone, &mut self.buffer)
    }

    fn copy_data(&mut self, data: &[u8]) {
        self.rows += 1;
        self.buffer.put_u8(b'd');
        // A row is no longer than a message can be.
        self.buffer.put_i32(i32::try_from(data.len() + 4).unwrap_or(i32::MAX));
        self.buffer.extend_from_slice(data);
    }

    async fn copied(&mut self) -> Vec<CopyMessage> {
        let (want, given) = oneshot::channel();
        if self.wants.send(want).is_err() {
            return vec![CopyMessage::Gone];
        }
        given.await.unwrap_or_else(|_| vec![CopyMessage::Gone])
    }

    fn binary_value(ty: Type, bytes: &[u8], zone: &Zone) -> Result<Value, PgError> {
        codec::decode(ty, codec::BINARY, bytes, 0, zone).map_err(|error| match error.code {
            SqlState::INVALID_BINARY_REPRESENTATION if error.message.contains(" in bind parameter ") => {
                PgError { message: "incorrect binary data format".to_owned(), ..error }
            }
            _ => error,
        })
    }

    fn binary_bytes(value: &Value, zone: &Zone, out: &mut BytesMut) -> Result<(), PgError> {
        codec::encode(value, codec::BINARY, zone, out)
    }

    async fn drain(&mut self) -> Result<(), Closed> {
        if self.buffer.len() < FULL { Ok(()) } else { self.send().await }
    }

    async fn flush(&mut self) -> Result<(), Closed> {
        self.send().await
    }
}

/// All columns in one format.
fn copy_formats(binary: bool, columns: usize) -> (i8, i16, Vec<i16>) {
    let count = i16::try_from(columns).unwrap_or(i16::MAX);
    (i8::from(binary), count, vec![i16::from(binary); columns])
}

fn row_description(shape: &Shape) -> RowDescription {
    let field = |(index, column): (usize, &crate::sql::ResultColumn)| {
        FieldDescription::new(
            column.name.replace('\0', ""),
            // An OID's upper half is negative here; the bytes are the same.
            column.table_oid as i32,
            column.attnum,
            column.named_type().0,
            column.ty.len(),
            column.typmod,
            shape.formats.of(index),
        )
    };
    RowDescription::new(shape.columns.iter().enumerate().map(field).collect())
}

/// The fields of an ErrorResponse or NoticeResponse, in PostgreSQL's order.
pub(super) fn fields(error: &PgError) -> Vec<(u8, String)> {
    let severity = error.severity.as_str();
    let mut fields = vec![
        (b'S', severity.to_owned()),
        (b'V', severity.to_owned()),
        (b'C', error.code.as_str().to_owned()),
        (b'M', error.message.clone()),
    ];
    let position = error.position.map(|position| position.to_string());
    let context = error.context.as_deref().map(str::to_owned);
    let optional = [
        (b'D', &error.detail),
        (b'H', &error.hint),
        (b'P', &position),
        (b'W', &context),
        (b's', &error.schema),
        (b't', &error.table),
        (b'c', &error.column),
        (b'd', &error.data_type),
        (b'n', &error.constraint),
        (b'R', &error.routine),
    ];
    fields.extend(optional.into_iter().filter_map(|(code, value)| Some((code, value.clone()?))));
    for (_, value) in &mut fields {
        // A zero byte would end the field early.
        if value.contains('\0') {
            *value = value.replace('\0', "");
        }
    }
    fields
}
