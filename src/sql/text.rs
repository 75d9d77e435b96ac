//! Places in statement text: sqlparser speaks of lines and columns, PostgreSQL's errors of characters.

use sqlparser::tokenizer::{Location, Span};

use crate::types::PgError;

/// Where something stands in its statement's text; zero if not known. Not part of what a bound
/// expression is: all places are equal.
#[derive(Clone, Copy, Default)]
pub struct At {
    line: u32,
    column: u32,
}

impl PartialEq for At {
    fn eq(&self, _: &At) -> bool {
        true
    }
}

impl std::fmt::Debug for At {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

impl From<Location> for At {
    fn from(location: Location) -> At {
        let clip = |n: u64| u32::try_from(n).unwrap_or(0);
        At { line: clip(location.line), column: clip(location.column) }
    }
}

impl From<Span> for At {
    fn from(span: Span) -> At {
        span.start.into()
    }
}

impl At {
    pub const NOWHERE: At = At { line: 0, column: 0 };

    /// This place, or `other` if this one is not known.
    pub fn or(self, other: At) -> At {
        if self.line == 0 { other } else { self }
    }

    pub fn is_known(self) -> bool {
        self.line > 0
    }

    pub fn is(self, location: Location) -> bool {
        let other = At::from(location);
        (self.line, self.column) == (other.line, other.column)
    }

    /// Which of two places in a text comes first.
    pub fn cmp(self, other: At) -> std::cmp::Ordering {
        (self.line, self.column).cmp(&(other.line, other.column))
    }

    /// In characters from 1.
    pub fn position(self, text: &str) -> Option<u32> {
        if self.line == 0 {
            return None;
        }
        let mut cursor = Cursor::new(text);
        cursor.advance_to(self.line, self.column);
        Some(cursor.chars + 1)
    }

    /// The error, with this place as its position.
    pub fn mark(self, error: PgError, text: &str) -> PgError {
        match self.position(text) {
            Some(position) if error.position.is_none() => error.position(position),
            _ => error,
        }
    }
}

/// Walks forward through text, counting as sqlparser's tokenizer does.
pub struct Cursor<'t> {
    text: &'t str,
    line: u32,
    column: u32,
    /// Characters passed.
    pub chars: u32,
    /// Bytes passed.
    pub bytes: usize,
}

impl<'t> Cursor<'t> {
    pub fn new(text: &'t str) -> Cursor<'t> {
        Cursor { text, line: 1, column: 1, chars: 0, bytes: 0 }
    }

    /// Goes on to that line and column, or to the end of the text.
    pub fn advance_to(&mut self, line: u32, column: u32) {
        for c in self.text[self.bytes..].chars() {
            if (self.line, self.column) >= (line, column) {
                break;
            }
            self.chars += 1;
            self.bytes += c.len_utf8();
            if c == '\n' {
                self.line += 1;
                self.column = 1;
            } else {
                self.column += 1;
            }
        }
    }

    pub fn advance(&mut self, location: Location) {
        let at = At::from(location);
        self.advance_to(at.line, at.column);
    }

    /// Goes on by so many bytes.
    pub fn skip(&mut self, bytes: usize) {
        let end = self.bytes + bytes;
        while self.bytes < end && self.bytes < self.text.len() {
            self.advance_to(self.line, self.column + 1);
        }
    }

    pub fn location(&self) -> Location {
        Location::new(self.line.into(), self.column.into())
    }
}

/// The text between two places.
pub fn slice(text: &str, span: Span) -> &str {
    let mut cursor = Cursor::new(text);
    cursor.advance(span.start);
    let start = cursor.bytes;
    cursor.advance(span.end);
    &text[start..cursor.bytes]
}
