//! The bytes of a segment, one of the files that the Raft log consists of. Numbers are big-endian.
//!
//! ```text
//! segment  header frame* zeros
//! header   "QLRL" format:4 uid:16 number:8 salt:16 previous:8 crc:4      previous: bytes used of the segment before it
//! frame    "QLRF" length:4 body:4 crc:4 record* zeros                   what one write put there, and one sync kept
//! record   1 crc:4 index:8 term:8 length:4 data                         an entry
//!          2 index:8                                                    the entries from there on are void
//!          3 index:8 term:8                                             those up to it are not needed any more
//!          4 slot:1 length:4 value                                      a slot's value
//!          5 slot:1                                                     … which it has no more
//! ```
//!
//! Frames begin at multiples of eight bytes. `body` is the CRC-32 of what follows a frame's header, and `crc` that of the
//! header; the segment's salt and the frame's place in it go into that, too, so that
//! nothing else looks like a frame: not what was written over, and not what a client has stored.

use std::ops::Range;

use super::{LogPosition, LogRecord, LogSlot};

const SEGMENT: [u8; 4] = *b"QLRL";
const FRAME: [u8; 4] = *b"QLRF";

/// The layout above.
pub(super) const FORMAT: u32 = 2;

pub(super) const HEADER_BYTES: usize = 64;
const FRAME_HEADER_BYTES: usize = 16;
const ENTRY_HEADER_BYTES: usize = 25;
const ALIGNED: usize = 8;

const ENTRY: u8 = 1;
const TRUNCATE: u8 = 2;
const PURGE: u8 = 3;
const PUT: u8 = 4;
const CLEAR: u8 = 5;

/// What a segment says of itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Header {
    /// The node's.
    pub uid: [u8; 16],
    /// Consecutive, from 1.
    pub number: u64,
    /// Random.
    pub salt: [u8; 16],
    /// How many bytes of the segment before it are used.
    pub previous: u64,
}

/// Why a segment is not read.
#[derive(PartialEq, Eq, Debug)]
pub(super) enum Unread {
    Foreign,
    Version(u32),
    Damaged,
}

impl Header {
    pub(super) fn encode(&self) -> [u8; HEADER_BYTES] {
        let mut bytes = Vec::with_capacity(HEADER_BYTES);
        bytes.extend(SEGMENT);
        bytes.extend(FORMAT.to_be_bytes());
        bytes.extend(self.uid);
        bytes.extend(self.number.to_be_bytes());
        bytes.extend(self.salt);
        bytes.extend(self.previous.to_be_bytes());
        bytes.extend(crc32fast::hash(&bytes).to_be_bytes());
        let mut header = [0; HEADER_BYTES];
        header[..bytes.len()].copy_from_slice(&bytes);
        header
    }

    pub(super) fn decode(bytes: &[u8]) -> Result<Header, Unread> {
        let mut rest = Rest(bytes);
        if rest.array() != Some(SEGMENT) {
            return Err(Unread::Foreign);
        }
        let format = rest.u32().ok_or(Unread::Damaged)?;
        if format != FORMAT {
            return Err(Unread::Version(format));
        }
        let fields = |rest: &mut Rest| {
            Some(Header { uid: rest.array()?, number: rest.u64()?, salt: rest.array()?, previous: rest.u64()? })
        };
        let header = fields(&mut rest).ok_or(Unread::Damaged)?;
        let covered = bytes.len() - rest.0.len();
        if bytes.len() < HEADER_BYTES || rest.u32() != Some(crc32fast::hash(&bytes[..covered])) {
            return Err(Unread::Damaged);
        }
        Ok(header)
    }
}

/// A frame that is being put together.
pub(super) struct FrameBuffer(Vec<u8>);

impl FrameBuffer {
    pub(super) fn new() -> FrameBuffer {
        FrameBuffer(vec![0; FRAME_HEADER_BYTES])
    }

    /// Gives how far into the frame the entry begins.
    pub(super) fn entry(&mut self, record: &LogRecord) -> Result<usize, String> {
        let length = u32::try_from(record.data.len()).map_err(|_| format!("entry {} is too large", record.index))?;
        let at = self.0.len();
        self.0.push(ENTRY);
        self.0.extend(entry_crc(record.index, record.term, &record.data).to_be_bytes());
        self.0.extend(record.index.to_be_bytes());
        self.0.extend(record.term.to_be_bytes());
        self.0.extend(length.to_be_bytes());
        self.0.extend_from_slice(&record.data);
        Ok(at)
    }

    pub(super) fn truncate(&mut self, from: u64) {
        self.0.push(TRUNCATE);
        self.0.extend(from.to_be_bytes());
    }

    pub(super) fn purge(&mut self, upto: LogPosition) {
        self.0.push(PURGE);
        self.0.extend(upto.index.to_be_bytes());
        self.0.extend(upto.term.to_be_bytes());
    }

    pub(super) fn slot(&mut self, slot: LogSlot, value: Option<&[u8]>) -> Result<(), String> {
        self.0.extend([if value.is_some() { PUT } else { CLEAR }, slot.code()]);
        if let Some(value) = value {
            let length = u32::try_from(value.len()).map_err(|_| format!("the slot {slot:?} is too large"))?;
            self.0.extend(length.to_be_bytes());
            self.0.extend_from_slice(value);
        }
        Ok(())
    }

    /// Its bytes, for that place in the segment with the salt.
    pub(super) fn seal(mut self, salt: &[u8; 16], at: u64) -> Result<Vec<u8>, String> {
        self.0.resize(self.0.len().next_multiple_of(ALIGNED), 0);
        let length = u32::try_from(self.0.len()).map_err(|_| "too much is written at once".to_owned())?;
        self.0[..4].copy_from_slice(&FRAME);
        self.0[4..8].copy_from_slice(&length.to_be_bytes());
        let body = crc32fast::hash(&self.0[FRAME_HEADER_BYTES..]);
        self.0[8..12].copy_from_slice(&body.to_be_bytes());
        let crc = frame_crc(salt, at, &self.0);
        self.0[12..16].copy_from_slice(&crc.to_be_bytes());
        Ok(self.0)
    }
}

/// A record as it lies in a segment.
#[derive(PartialEq, Eq, Debug)]
pub(super) enum Record<'a> {
    /// `at`: where its record begins, within the segment.
    Entry {
        index: u64,
        at: u64,
    },
    Truncate {
        from: u64,
    },
    Purge(LogPosition),
    Slot(LogSlot, Option<&'a [u8]>),
}

/// A whole frame within a segment's bytes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Frame(Range<usize>);

impl Frame {
    /// The frame that begins at that place, if it is whole.
    pub(super) fn at(segment: &[u8], salt: &[u8; 16], at: usize) -> Option<Frame> {
        let mut rest = Rest(segment.get(at..)?);
        if rest.array() != Some(FRAME) {
            return None;
        }
        let (length, body, crc) = (rest.u32()? as usize, rest.u32()?, rest.u32()?);
        if frame_crc(salt, at as u64, &segment[at..]) != crc {
            return None;
        }
        let bytes = segment.get(at..at.checked_add(length)?)?;
        let whole = length.is_multiple_of(ALIGNED) && crc32fast::hash(bytes.get(FRAME_HEADER_BYTES..)?) == body;
        whole.then_some(Frame(at..at + length))
    }

    /// Whether any frame begins there or later.
    pub(super) fn is_any_from(segment: &[u8], salt: &[u8; 16], at: usize) -> bool {
        let places = (at.next_multiple_of(ALIGNED)..segment.len()).step_by(ALIGNED);
        places.into_iter().any(|place| Frame::at(segment, salt, place).is_some())
    }

    pub(super) fn place(&self) -> Range<usize> {
        self.0.clone()
    }

    /// `None`: it is not one of ours, though its checksum is right.
    pub(super) fn records<'a>(&self, segment: &'a [u8]) -> Option<Vec<Record<'a>>> {
        let frame = &segment[self.0.clone()];
        let mut rest = Rest(&frame[FRAME_HEADER_BYTES..]);
        let mut records = Vec::new();
        while let Some([kind]) = rest.array() {
            let at = (self.0.end - rest.0.len() - 1) as u64;
            records.push(match kind {
                ENTRY => {
                    let (_crc, index, _term) = (rest.u32()?, rest.u64()?, rest.u64()?);
                    let length = rest.u32()?;
                    rest.take(length as usize)?;
                    Record::Entry { index, at }
                }
                TRUNCATE => Record::Truncate { from: rest.u64()? },
                PURGE => Record::Purge(LogPosition { index: rest.u64()?, term: rest.u64()? }),
                PUT | CLEAR => {
                    let [code] = rest.array()?;
                    let slot = LogSlot::ALL.into_iter().find(|slot| slot.code() == code)?;
                    let value = if kind == PUT {
                        let length = rest.u32()?;
                        Some(rest.take(length as usize)?)
                    } else {
                        None
                    };
                    Record::Slot(slot, value)
                }
                // Padding.
                0 => {
                    let padding = rest.0.len() < ALIGNED && rest.0.iter().all(|byte| *byte == 0);
                    return padding.then_some(records);
                }
                _ => return None,
            });
        }
        Some(records)
    }
}

/// The entry whose record begins at that place; `read` gives so many bytes from there.
pub(super) fn read_entry(
    at: u64,
    read: impl Fn(u64, usize) -> std::io::Result<Vec<u8>>,
) -> std::io::Result<Option<LogRecord>> {
    let header = read(at, ENTRY_HEADER_BYTES)?;
    let fields = || {
        let mut rest = Rest(&header);
        let [kind] = rest.array()?;
        let (crc, index, term, length) = (rest.u32()?, rest.u64()?, rest.u64()?, rest.u32()?);
        (kind == ENTRY).then_some((crc, index, term, length as usize))
    };
    let Some((crc, index, term, length)) = fields() else { return Ok(None) };
    let data = read(at + ENTRY_HEADER_BYTES as u64, length)?;
    let sound = entry_crc(index, term, &data) == crc;
    Ok(sound.then(|| LogRecord { index, term, data: data.into() }))
}

/// Of the header of a frame that is at least as long.
fn frame_crc(salt: &[u8; 16], at: u64, frame: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(salt);
    hasher.update(&at.to_be_bytes());
    hasher.update(&frame[4..12]);
    hasher.finalize()
}

fn entry_crc(index: u64, term: u64, data: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&index.to_be_bytes());
    hasher.update(&term.to_be_bytes());
    hasher.update(data);
    hasher.finalize()
}

/// What is still to be read.
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_be_bytes)
    }

    fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_be_bytes)
    }
}
