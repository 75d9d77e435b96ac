//! Cuts the byte stream into messages.
//!
//! pgwire's decoders read beyond a message's end and trust its lengths, so each message is cut out exactly
//! first. Memory grows with the bytes that have arrived, never with the length that a client claims, and
//! a limit is checked before a body is waited for.

use std::io;
use std::sync::Arc;

use bytes::{Buf, Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt};

use super::counters::Counters;

/// What a message may be long at most before login, and those that carry no data after it (PostgreSQL's
/// `MAX_STARTUP_PACKET_LENGTH` and `PQ_SMALL_MESSAGE_LIMIT`).
pub(super) const SMALL_MESSAGE: usize = 10_000;

/// Read at a time; also what an idle connection keeps.
const CHUNK: usize = 8 * 1024;

/// A buffer that grew beyond this is given back when it is empty.
const KEPT: usize = 64 * 1024;

/// One message: its type and body.
#[derive(Debug, PartialEq)]
pub(super) struct Frame {
    pub tag: u8,
    pub body: Bytes,
}

/// Why the stream can't be cut any further. There is no way back into step: the connection ends.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum FrameError {
    UnknownType(u8),
    /// Shorter than its own length field, or longer than the limit.
    Length {
        claimed: i64,
        limit: usize,
    },
}

/// Bytes received and not yet understood.
pub(super) struct Input<R> {
    reader: R,
    buffer: BytesMut,
    ended: bool,
    counters: Arc<Counters>,
}

impl<R: AsyncRead + Unpin> Input<R> {
    pub fn new(reader: R, counters: Arc<Counters>) -> Input<R> {
        Input { reader, buffer: BytesMut::new(), ended: false, counters }
    }

    /// Receives more; `false` at the end of the stream. May be dropped and called again.
    pub async fn fill(&mut self) -> io::Result<bool> {
        if self.ended {
            return Ok(false);
        }
        self.buffer.reserve(CHUNK);
        let read = self.reader.read_buf(&mut self.buffer).await?;
        Counters::add(&self.counters.bytes_received, read);
        self.ended = read == 0;
        Ok(read > 0)
    }

    /// Bytes that wait.
    pub fn waiting(&self) -> usize {
        self.buffer.len()
    }

    /// The next packet of the startup phase, without its length field: these have no type byte.
    pub fn startup_packet(&mut self) -> Result<Option<Bytes>, FrameError> {
        let Some(length) = self.length_at(0) else { return Ok(None) };
        // A code follows at least.
        let length = checked(length, 8, SMALL_MESSAGE)?;
        Ok(self.cut(length, 4))
    }

    /// The next message; `limit` is for those that carry data.
    pub fn message(&mut self, limit: usize) -> Result<Option<Frame>, FrameError> {
        let Some(&tag) = self.buffer.first() else { return Ok(None) };
        let limit = match tag {
            b'Q' | b'P' | b'B' | b'F' | b'd' => limit,
            b'C' | b'D' | b'E' | b'H' | b'S' | b'X' | b'c' | b'f' => SMALL_MESSAGE,
            _ => return Err(FrameError::UnknownType(tag)),
        };
        let Some(length) = self.length_at(1) else { return Ok(None) };
        let length = checked(length, 4, limit)?;
        Ok(self.cut(length + 1, 5).map(|body| Frame { tag, body }))
    }

    fn length_at(&self, offset: usize) -> Option<i64> {
        let bytes = self.buffer.get(offset..offset + 4)?;
        Some(i64::from(i32::from_be_bytes(bytes.try_into().ok()?)))
    }

    /// Takes `length` bytes if they are there, and drops the first `head` of them.
    fn cut(&mut self, length: usize, head: usize) -> Option<Bytes> {
        if self.buffer.len() < length {
            return None;
        }
        let mut body = self.buffer.split_to(length).freeze();
        body.advance(head);
        if self.buffer.is_empty() && length > KEPT {
            self.buffer = BytesMut::new();
        }
        Some(body)
    }
}

fn checked(claimed: i64, least: usize, limit: usize) -> Result<usize, FrameError> {
    match usize::try_from(claimed) {
        Ok(length) if length >= least && length <= limit => Ok(length),
        _ => Err(FrameError::Length { claimed, limit }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn input(bytes: &[u8]) -> Input<&[u8]> {
        let mut input = Input::new(bytes, Arc::default());
        while input.fill().await.unwrap() {}
        input
    }

    #[tokio::test]
    async fn cuts_messages_exactly() {
        let mut input = input(b"Q\0\0\0\x06a\0S\0\0\0\x04Q\0\0\0\x09se").await;
        let frame = input.message(100).unwrap().unwrap();
        assert_eq!((frame.tag, &frame.body[..]), (b'Q', &b"a\0"[..]));
        let frame = input.message(100).unwrap().unwrap();
        assert_eq!((frame.tag, &frame.body[..]), (b'S', &b""[..]));
        assert_eq!(input.message(100).unwrap(), None, "cut off");
        assert_eq!(input.waiting(), 7);
    }

    #[tokio::test]
    async fn refuses_a_length_before_waiting_for_the_body() {
        let too_long = input(b"Q\x7f\xff\xff\xff").await.message(1000);
        assert_eq!(too_long, Err(FrameError::Length { claimed: i64::from(i32::MAX), limit: 1000 }));
        let negative = input(b"S\xff\xff\xff\xff").await.message(1000);
        assert_eq!(negative, Err(FrameError::Length { claimed: -1, limit: SMALL_MESSAGE }));
        assert!(input(b"S\0\0\0\x03").await.message(1000).is_err(), "shorter than itself");
        assert_eq!(input(b"?").await.message(1000), Err(FrameError::UnknownType(b'?')));
        assert!(input(b"\0\0\0\x07abc").await.startup_packet().is_err());
        assert!(input(b"\0\0\x28\0").await.startup_packet().is_err(), "10 kB at most before login");
    }

    #[tokio::test]
    async fn claims_of_a_length_take_no_memory() {
        let input = input(b"Q\x3f\xff\xff\xff").await;
        assert!(input.buffer.capacity() <= 2 * CHUNK);
    }
}
