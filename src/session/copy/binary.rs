//! The binary format: `PGCOPY`, then tuples of counted fields.

use crate::types::{PgError, SqlState};

pub const SIGNATURE: &[u8; 11] = b"PGCOPY\n\xff\r\n\0";

/// A tuple may be this long.
const MAX_TUPLE: usize = 256 << 20;
/// Read bytes are given back when this many have gathered.
const KEPT: usize = 64 << 10;

/// Flags that a reader must know.
const CRITICAL: u32 = 0xffff_0000;
const OIDS: u32 = 1 << 16;

#[derive(Default)]
pub struct Tuples {
    buffer: Vec<u8>,
    at: usize,
    headed: bool,
    ended: bool,
    /// The trailer was read.
    finished: bool,
    /// Of the tuple read last, from 1.
    pub number: u64,
    /// The field in which an error was met.
    pub column: Option<usize>,
}

/// Where a field lies in the buffer; `None` is NULL.
pub type Field = Option<std::ops::Range<usize>>;

fn bad(message: impl Into<String>) -> PgError {
    PgError::new(SqlState::BAD_COPY_FILE_FORMAT, message)
}

impl Tuples {
    pub fn push(&mut self, data: &[u8]) {
        if self.at >= KEPT {
            self.buffer.drain(..self.at);
            self.at = 0;
        }
        self.buffer.extend_from_slice(data);
    }

    pub fn end(&mut self) {
        self.ended = true;
    }

    pub fn bytes(&self, field: std::ops::Range<usize>) -> &[u8] {
        &self.buffer[field]
    }

    fn integer<const N: usize>(&self, at: usize) -> Option<[u8; N]> {
        self.buffer.get(at..at + N)?.try_into().ok()
    }

    /// The fields of the next tuple; `None` if it has not come yet, or there is none.
    pub fn next(&mut self, columns: usize) -> Result<Option<Vec<Field>>, PgError> {
        if !self.headed && !self.header()? {
            return Ok(None);
        }
        if self.finished {
            return match self.at < self.buffer.len() {
                true => Err(bad("received copy data after EOF marker")),
                false => Ok(None),
            };
        }
        if self.buffer.len() - self.at > MAX_TUPLE + KEPT {
            return Err(PgError::new(SqlState::PROGRAM_LIMIT_EXCEEDED, "a tuple of COPY data is too long"));
        }
        let Some(count) = self.integer(self.at).map(i16::from_be_bytes) else {
            self.number += u64::from(self.ended && !self.finished);
            self.finished |= self.ended;
            return Ok(None);
        };
        if count == -1 {
            self.number += 1;
            self.at += 2;
            self.finished = true;
            return self.next(columns);
        }
        if usize::try_from(count) != Ok(columns) {
            self.number += 1;
            return Err(bad(format!("row field count is {count}, expected {columns}")));
        }
        self.fields(columns)
    }

    fn fields(&mut self, columns: usize) -> Result<Option<Vec<Field>>, PgError> {
        let mut at = self.at + 2;
        let mut fields = Vec::with_capacity(columns);
        for column in 0..columns {
            let Some(length) = self.integer(at).map(i32::from_be_bytes) else { return self.incomplete(column) };
            at += 4;
            match usize::try_from(length) {
                Err(_) if length == -1 => fields.push(None),
                Err(_) => {
                    self.number += 1;
                    self.column = Some(column);
                    return Err(bad("invalid field size"));
                }
                Ok(length) if length <= self.buffer.len() - at => {
                    fields.push(Some(at..at + length));
                    at += length;
                }
                Ok(_) => return self.incomplete(column),
            }
        }
        self.number += 1;
        self.at = at;
        Ok(Some(fields))
    }

    fn incomplete(&mut self, column: usize) -> Result<Option<Vec<Field>>, PgError> {
        if !self.ended {
            return Ok(None);
        }
        self.number += 1;
        self.column = Some(column);
        Err(bad("unexpected EOF in COPY data"))
    }

    /// `false`: it has not come yet.
    fn header(&mut self) -> Result<bool, PgError> {
        let have = self.buffer.len().min(SIGNATURE.len());
        if self.buffer[..have] != SIGNATURE[..have] || (self.ended && have < SIGNATURE.len()) {
            return Err(bad("COPY file signature not recognized"));
        }
        let missing = |what: &str| match self.ended {
            true => Err(bad(format!("invalid COPY file header (missing {what})"))),
            false => Ok(false),
        };
        let Some(flags) = self.integer(11).map(u32::from_be_bytes) else { return missing("flags") };
        if flags & OIDS != 0 {
            return Err(bad("invalid COPY file header (WITH OIDS)"));
        }
        if flags & CRITICAL != 0 {
            return Err(bad("unrecognized critical flags in COPY file header"));
        }
        let Some(extension) = self.integer(15).map(i32::from_be_bytes) else { return missing("length") };
        let Ok(extension) = usize::try_from(extension) else {
            return Err(bad("invalid COPY file header (missing length)"));
        };
        if extension > KEPT {
            return Err(PgError::unsupported("a COPY file header with so long an extension"));
        }
        if self.buffer.len() < 19 + extension {
            return match self.ended {
                true => Err(bad("invalid COPY file header (wrong length)")),
                false => Ok(false),
            };
        }
        self.at = 19 + extension;
        self.headed = true;
        Ok(true)
    }
}
