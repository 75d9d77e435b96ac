//! Frames: pieces of messages, tagged with the request they belong to.
//!
//! ```text
//! length u32 │ id u64 │ kind u8 │ piece of the message
//!            └ counted in the length; kind's top bit: more pieces follow
//! ```
//!
//! A message is cut into pieces so that a large one neither needs a buffer of its size at the
//! sender's socket nor holds up the others of its connection.

use std::collections::HashMap;
use std::io;

use bytes::{Buf, BufMut, Bytes, BytesMut};
use futures_util::{SinkExt, StreamExt};
use tokio::io::{ReadHalf, WriteHalf};
use tokio_util::codec::{FramedRead, FramedWrite, LengthDelimitedCodec};

use super::BoxLink;

/// The largest piece of a message that is sent, and accepted.
pub(crate) const PIECE: usize = 256 << 10;

const HEADER: usize = 9;
const MORE: u8 = 0x80;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    Request = 1,
    Response = 2,
    /// Asks that a request be given up; one byte says why.
    Cancel = 3,
    /// "Are you there?", answered by a pong.
    Ping = 4,
    Pong = 5,
    /// Something ahead of the answer.
    Interim = 6,
    /// Something that belongs to a request under way.
    Further = 7,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Frame {
    /// The request's number on its connection.
    pub id: u64,
    pub kind: Kind,
    pub more: bool,
    pub piece: Bytes,
}

/// Cuts a message into frames; at least one.
pub(crate) fn cut(id: u64, kind: Kind, mut message: Bytes) -> impl Iterator<Item = Frame> {
    let mut done = false;
    std::iter::from_fn(move || {
        if done {
            return None;
        }
        let piece = message.split_to(message.len().min(PIECE));
        done = message.is_empty();
        Some(Frame { id, kind, more: !done, piece })
    })
}

fn codec() -> LengthDelimitedCodec {
    LengthDelimitedCodec::builder().length_field_length(4).max_frame_length(HEADER + PIECE).new_codec()
}

fn malformed(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.to_owned())
}

pub(crate) struct FrameReader(FramedRead<ReadHalf<BoxLink>, LengthDelimitedCodec>);

pub(crate) struct FrameWriter(FramedWrite<WriteHalf<BoxLink>, LengthDelimitedCodec>);

/// After the handshake, which leaves nothing of the stream in a buffer.
pub(crate) fn split(link: BoxLink) -> (FrameReader, FrameWriter) {
    let (read, write) = tokio::io::split(link);
    (FrameReader(FramedRead::new(read, codec())), FrameWriter(FramedWrite::new(write, codec())))
}

impl FrameReader {
    /// The next frame; `None` when the other side has closed. May be dropped and called again.
    pub(crate) async fn next(&mut self) -> io::Result<Option<Frame>> {
        let Some(bytes) = self.0.next().await else { return Ok(None) };
        let mut bytes = bytes?;
        if bytes.len() < HEADER {
            return Err(malformed("a frame without its header"));
        }
        let id = bytes.get_u64();
        let tag = bytes.get_u8();
        let kind = match tag & !MORE {
            1 => Kind::Request,
            2 => Kind::Response,
            3 => Kind::Cancel,
            4 => Kind::Ping,
            5 => Kind::Pong,
            6 => Kind::Interim,
            7 => Kind::Further,
            _ => return Err(malformed("a frame of an unknown kind")),
        };
        Ok(Some(Frame { id, kind, more: tag & MORE != 0, piece: bytes.freeze() }))
    }
}

impl FrameWriter {
    /// Puts a frame into the buffer, writing it out when there is enough.
    pub(crate) async fn feed(&mut self, frame: Frame) -> io::Result<()> {
        let mut bytes = BytesMut::with_capacity(HEADER + frame.piece.len());
        bytes.put_u64(frame.id);
        bytes.put_u8(frame.kind as u8 | if frame.more { MORE } else { 0 });
        bytes.put_slice(&frame.piece);
        self.0.feed(bytes.freeze()).await
    }

    pub(crate) async fn flush(&mut self) -> io::Result<()> {
        SinkExt::<Bytes>::flush(&mut self.0).await
    }

    /// A whole message, written out.
    pub(crate) async fn send(&mut self, id: u64, kind: Kind, message: Bytes) -> io::Result<()> {
        for frame in cut(id, kind, message) {
            self.feed(frame).await?;
        }
        self.flush().await
    }
}

/// Puts the pieces of messages together, several at once, within limits.
pub(crate) struct Assembler {
    parts: HashMap<u64, BytesMut>,
    held: usize,
    limit: usize,
}

/// Messages that may be in pieces at once on one connection.
const PARTS: usize = 1024;

impl Assembler {
    /// `limit`: bytes of all unfinished messages together, and so of one message.
    pub(crate) fn new(limit: usize) -> Assembler {
        Assembler { parts: HashMap::new(), held: 0, limit }
    }

    /// Takes a piece; gives the message when it was the last.
    pub(crate) fn add(&mut self, frame: Frame) -> io::Result<Option<Bytes>> {
        if !frame.more && !self.parts.contains_key(&frame.id) {
            return Ok(Some(frame.piece));
        }
        self.held += frame.piece.len();
        if self.held > self.limit {
            return Err(malformed("a message larger than allowed"));
        }
        if self.parts.len() >= PARTS && !self.parts.contains_key(&frame.id) {
            return Err(malformed("too many messages at once"));
        }
        let part = self.parts.entry(frame.id).or_default();
        part.extend_from_slice(&frame.piece);
        if frame.more {
            return Ok(None);
        }
        let message = self.parts.remove(&frame.id).unwrap_or_default();
        self.held -= message.len();
        Ok(Some(message.freeze()))
    }

    /// Drops what has come of a message.
    pub(crate) fn forget(&mut self, id: u64) {
        if let Some(part) = self.parts.remove(&id) {
            self.held -= part.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_survive_being_cut_and_mixed() {
        let large = Bytes::from(vec![7; 3 * PIECE + 5]);
        let small = Bytes::from_static(b"small");
        let mut assembler = Assembler::new(4 * PIECE);
        let mut got = Vec::new();
        let mut frames: Vec<Frame> = cut(1, Kind::Request, large.clone()).collect();
        assert_eq!(frames.len(), 4);
        frames.insert(2, cut(2, Kind::Request, small.clone()).next().unwrap());
        frames.extend(cut(3, Kind::Request, Bytes::new()));
        for frame in frames {
            let id = frame.id;
            got.extend(assembler.add(frame).unwrap().map(|message| (id, message)));
        }
        assert_eq!(got, [(2, small), (1, large), (3, Bytes::new())]);
        assert_eq!(assembler.held, 0);
    }

    #[test]
    fn unfinished_messages_are_bounded() {
        let mut assembler = Assembler::new(2 * PIECE);
        let piece = |id| Frame { id, kind: Kind::Request, more: true, piece: Bytes::from(vec![0; PIECE]) };
        assembler.add(piece(1)).unwrap();
        assembler.add(piece(2)).unwrap();
        assert!(assembler.add(piece(3)).is_err());

        let mut assembler = Assembler::new(2 * PIECE);
        let empty = |id| Frame { id, kind: Kind::Request, more: true, piece: Bytes::new() };
        let accepted = (0..100_000).take_while(|id| assembler.add(empty(*id)).is_ok()).count();
        assert_eq!(accepted, PARTS);
    }

    #[tokio::test]
    async fn wrong_frames_are_errors() {
        use tokio::io::AsyncWriteExt;
        for bytes in [
            &b"\xff\xff\xff\xff"[..],                // too large
            b"\x00\x00\x00\x01\x00",                 // no header
            b"\x00\x00\x00\x09\0\0\0\0\0\0\0\0\x08", // unknown kind
            b"\x00\x00\x00\x20\0\0\0\0",             // cut off
        ] {
            let (mut theirs, ours) = tokio::io::duplex(1024);
            theirs.write_all(bytes).await.unwrap();
            drop(theirs);
            let (mut reader, _writer) = split(Box::new(ours));
            assert!(reader.next().await.is_err(), "{bytes:?}");
        }
    }
}
