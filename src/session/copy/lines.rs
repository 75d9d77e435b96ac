//! The client's text cut into lines (`CopyReadLineText`).
//!
//! Data comes in pieces that know nothing of lines. The first end of a line decides how lines end, and the others must do
//! likewise; a backslash takes what follows it (in CSV, quotes do).

use crate::types::{PgError, SqlState};

/// A line may be this long.
const MAX_LINE: usize = 256 << 20;

/// Read bytes are given back when this many have gathered.
const KEPT: usize = 64 << 10;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Ending {
    Unknown,
    Newline,
    Return,
    ReturnNewline,
}

/// CSV's quote and escape, for lines end within no quotes.
#[derive(Clone, Copy, Debug)]
pub struct Quoting {
    pub quote: u8,
    pub escape: u8,
}

pub struct Lines {
    csv: Option<Quoting>,
    buffer: Vec<u8>,
    /// Where the next line begins, and how far it has been looked at.
    start: usize,
    scanned: usize,
    in_quote: bool,
    escaped: bool,
    ending: Ending,
    /// Nothing more will come.
    ended: bool,
    /// The end-of-data mark was read: what follows is ignored.
    marked: bool,
    /// Of the line read last, from 1.
    pub number: u64,
}

impl Lines {
    pub fn new(csv: Option<Quoting>) -> Lines {
        Lines {
            csv,
            buffer: Vec::new(),
            start: 0,
            scanned: 0,
            in_quote: false,
            escaped: false,
            ending: Ending::Unknown,
            ended: false,
            marked: false,
            number: 0,
        }
    }

    pub fn push(&mut self, data: &[u8]) {
        if !self.marked {
            if self.start >= KEPT {
                self.buffer.drain(..self.start);
                self.scanned -= self.start;
                self.start = 0;
            }
            self.buffer.extend_from_slice(data);
        }
    }

    pub fn end(&mut self) {
        self.ended = true;
    }

    /// The next line without its end; `None` if it has not come yet, or there is none.
    pub fn next(&mut self) -> Result<Option<&[u8]>, PgError> {
        if self.marked || (self.start == self.buffer.len() && self.scanned == self.start) {
            return Ok(None);
        }
        if self.scanned == self.start && !self.in_quote {
            self.number += 1;
        }
        while self.scanned < self.buffer.len() {
            let Some(step) = self.step()? else { return Ok(None) };
            match step {
                Step::On(bytes) => self.scanned += bytes,
                Step::Line { ending } => {
                    let line = self.start..self.scanned;
                    self.scanned += ending;
                    self.start = self.scanned;
                    return Ok(Some(&self.buffer[line]));
                }
                Step::Mark => {
                    self.marked = true;
                    let line = self.start..self.scanned;
                    return Ok((!line.is_empty()).then(|| &self.buffer[line]));
                }
            }
        }
        if self.scanned - self.start > MAX_LINE {
            return Err(PgError::new(SqlState::PROGRAM_LIMIT_EXCEEDED, "a line of COPY data is too long"));
        }
        if !self.ended || self.start == self.scanned {
            return Ok(None);
        }
        let line = self.start..self.scanned;
        self.start = self.scanned;
        self.in_quote = false;
        Ok(Some(&self.buffer[line]))
    }

    /// Looks at the next byte; `None` if it means nothing without the one after it.
    fn step(&mut self) -> Result<Option<Step>, PgError> {
        let byte = self.buffer[self.scanned];
        let next = self.buffer.get(self.scanned + 1).copied();
        let awaited = next.is_none() && !self.ended;
        if awaited && (byte == b'\r' || byte == b'\\') {
            return Ok(None);
        }
        if let Some(Quoting { quote, escape }) = self.csv {
            let own_escape = escape != quote;
            if self.in_quote && own_escape && byte == escape {
                self.escaped = !self.escaped;
            }
            if byte == quote && !self.escaped {
                self.in_quote = !self.in_quote;
            }
            if !own_escape || byte != escape {
                self.escaped = false;
            }
            let counted = if self.ending == Ending::Newline { b'\n' } else { b'\r' };
            if self.in_quote {
                self.number += u64::from(byte == counted);
                return Ok(Some(Step::On(1)));
            }
        }
        match byte {
            b'\r' => self.carriage_return(next).map(Some),
            b'\n' => match self.ending {
                Ending::Return | Ending::ReturnNewline => Err(self.literal("newline", "\\n")),
                Ending::Unknown | Ending::Newline => {
                    self.ending = Ending::Newline;
                    Ok(Some(Step::Line { ending: 1 }))
                }
            },
            b'\\' if self.csv.is_none() || self.scanned == self.start => self.backslash(next),
            _ => Ok(Some(Step::On(1))),
        }
    }

    fn carriage_return(&mut self, next: Option<u8>) -> Result<Step, PgError> {
        match (self.ending, next) {
            (Ending::Unknown | Ending::ReturnNewline, Some(b'\n')) => {
                self.ending = Ending::ReturnNewline;
                Ok(Step::Line { ending: 2 })
            }
            (Ending::Unknown | Ending::Return, _) => {
                self.ending = Ending::Return;
                Ok(Step::Line { ending: 1 })
            }
            (Ending::Newline | Ending::ReturnNewline, _) => Err(self.literal("carriage return", "\\r")),
        }
    }

    /// `\.` ends the data; any other backslash takes the next byte.
    fn backslash(&mut self, next: Option<u8>) -> Result<Option<Step>, PgError> {
        if next != Some(b'.') {
            // CSV knows no backslash.
            let bytes = if self.csv.is_none() && next.is_some() { 2 } else { 1 };
            return Ok(Some(Step::On(bytes)));
        }
        let after = |place: usize| self.buffer.get(self.scanned + place).copied();
        let (third, fourth) = (after(2), after(3));
        if !self.ended && (third.is_none() || (third == Some(b'\r') && fourth.is_none())) {
            return Ok(None);
        }
        let bad = |message: &str| Err(PgError::new(SqlState::BAD_COPY_FILE_FORMAT, message));
        let matches = match (self.ending, third) {
            (_, None) => true,
            (Ending::ReturnNewline, Some(b'\r')) => fourth == Some(b'\n'),
            (Ending::ReturnNewline, Some(b'\n')) => false,
            (Ending::Newline, Some(b'\n')) | (Ending::Return, Some(b'\r')) => true,
            (Ending::Unknown, Some(b'\r' | b'\n')) => true,
            (_, Some(b'\r' | b'\n')) => false,
            // In CSV it is data.
            (_, Some(_)) if self.csv.is_some() => return Ok(Some(Step::On(1))),
            (_, Some(_)) => return bad("end-of-copy marker corrupt"),
        };
        if matches { Ok(Some(Step::Mark)) } else { bad("end-of-copy marker does not match previous newline style") }
    }

    fn literal(&self, what: &str, escape: &str) -> PgError {
        let error = |message: String| PgError::new(SqlState::BAD_COPY_FILE_FORMAT, message);
        match self.csv {
            None => {
                error(format!("literal {what} found in data")).hint(format!("Use \"{escape}\" to represent {what}."))
            }
            Some(_) => error(format!("unquoted {what} found in data"))
                .hint(format!("Use quoted CSV field to represent {what}.")),
        }
    }
}

enum Step {
    On(usize),
    Line { ending: usize },
    Mark,
}
