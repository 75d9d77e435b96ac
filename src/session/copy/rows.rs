//! The client's data as rows of values, and where each stood.

use std::fmt::Write;

use crate::sql::{CopyColumn, CopyFormat, CopyFrom, Header};
use crate::types::timestamp::{self, Zone};
use crate::types::{PgError, Row, SqlState, Type, Value, cast, text};

use super::super::client::Client;
use super::binary::Tuples;
use super::fields::{self, Fields};
use super::lines::{Lines, Quoting};

/// Rows that are written at a time: their size, and how many.
const CHUNK_BYTES: usize = 256 << 10;
const CHUNK_ROWS: usize = 5000;
/// Of a line that CONTEXT repeats, in bytes (`MAX_COPY_DATA_DISPLAY`).
const MAX_SHOWN: usize = 100;

/// Rows that have been read and not yet written.
#[derive(Default)]
pub struct Chunk {
    rows: Vec<Row>,
    bytes: usize,
    /// Of each row: its number, and what CONTEXT shows of it.
    places: Vec<(u64, String)>,
}

impl Chunk {
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub fn is_full(&self) -> bool {
        self.bytes >= CHUNK_BYTES || self.rows.len() >= CHUNK_ROWS
    }

    pub fn take_rows(&mut self) -> Vec<Row> {
        std::mem::take(&mut self.rows)
    }

    fn add(&mut self, row: Row, number: u64, shown: String) {
        self.bytes += row.iter().map(Value::size).sum::<usize>() + shown.len();
        self.rows.push(row);
        self.places.push((number, shown));
    }

    /// The writer's error, with the place of the row it is about.
    pub fn locate(&self, error: PgError, table: &str) -> PgError {
        let row = error.position.and_then(|position| (position as usize).checked_sub(1));
        let Some((number, shown)) = row.and_then(|row| self.places.get(row)) else { return error };
        let error = PgError { position: None, ..error };
        match error.code {
            // Looked at when all rows are there.
            SqlState::FOREIGN_KEY_VIOLATION => error,
            // PostgreSQL writes several rows at a time, and has forgotten the line.
            SqlState::UNIQUE_VIOLATION => error.context(format!("COPY {table}, line {number}")),
            _ if shown.is_empty() => error.context(format!("COPY {table}, line {number}")),
            _ => error.context(format!("COPY {table}, line {number}: {shown}")),
        }
    }
}

enum Source {
    Lines(Lines),
    Tuples(Tuples),
}

pub struct Rows<'c> {
    copy: &'c CopyFrom,
    source: Source,
    zone: Zone,
    now: i64,
    header: Header,
}

impl<'c> Rows<'c> {
    pub fn new(copy: &'c CopyFrom, zone: Zone, now: i64) -> Rows<'c> {
        let source = match copy.format {
            CopyFormat::Text { .. } => Source::Lines(Lines::new(None)),
            CopyFormat::Csv { quote, escape, .. } => Source::Lines(Lines::new(Some(Quoting { quote, escape }))),
            CopyFormat::Binary => Source::Tuples(Tuples::default()),
        };
        Rows { copy, source, zone, now, header: copy.header }
    }

    pub fn push(&mut self, data: &[u8]) {
        match &mut self.source {
            Source::Lines(lines) => lines.push(data),
            Source::Tuples(tuples) => tuples.push(data),
        }
    }

    pub fn end(&mut self) {
        match &mut self.source {
            Source::Lines(lines) => lines.end(),
            Source::Tuples(tuples) => tuples.end(),
        }
    }

    /// CONTEXT of what happens between two lines.
    pub fn line_context(&self) -> String {
        let number = match &self.source {
            Source::Lines(lines) => lines.number + 1,
            Source::Tuples(tuples) => tuples.number + 1,
        };
        format!("COPY {}, line {number}", self.copy.table)
    }

    /// Reads rows until the chunk is full; `false`: there is no whole row left.
    pub fn read<C: Client>(&mut self, chunk: &mut Chunk) -> Result<bool, PgError> {
        while !chunk.is_full() {
            let read = match &mut self.source {
                Source::Lines(lines) => {
                    let reader = LineReader { copy: self.copy, zone: &self.zone, now: self.now };
                    reader.read(lines, &mut self.header, chunk)
                }
                Source::Tuples(tuples) => read_tuple::<C>(self.copy, tuples, &self.zone, chunk),
            }?;
            if !read {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

struct LineReader<'r> {
    copy: &'r CopyFrom,
    zone: &'r Zone,
    now: i64,
}

impl LineReader<'_> {
    fn context(&self, number: u64) -> String {
        format!("COPY {}, line {number}", self.copy.table)
    }

    /// Reads a line; `false`: there is none.
    fn read(&self, lines: &mut Lines, header: &mut Header, chunk: &mut Chunk) -> Result<bool, PgError> {
        let line = match lines.next() {
            Ok(Some(line)) => line.to_vec(),
            Ok(None) => return Ok(false),
            Err(error) => return Err(error.context(self.context(lines.number))),
        };
        let number = lines.number;
        let located = |error: PgError| match error.context {
            Some(_) => error,
            None => error.context(format!("{}: {}", self.context(number), shown(&line))),
        };
        let line_text = text_of(&line).map_err(|error| error.context(self.context(number)))?;
        let fields = self.fields(line_text.as_bytes()).map_err(located)?;
        match std::mem::take(header) {
            Header::No => {}
            Header::Yes => return Ok(true),
            Header::Match => return self.check_header(&fields).map(|()| true).map_err(located),
        }
        let row = self.row(fields, number).map_err(located)?;
        // A line is told only of errors that a row has by itself.
        chunk.add(row, number, if self.copy.checked { shown(&line) } else { String::new() });
        Ok(true)
    }

    fn fields(&self, line: &[u8]) -> Result<Fields, PgError> {
        if line.is_empty() && self.copy.columns.is_empty() {
            return Ok(Fields::new());
        }
        match &self.copy.format {
            CopyFormat::Csv { delimiter, null, quote, escape } => {
                let quoting = Quoting { quote: *quote, escape: *escape };
                fields::csv(line, *delimiter, null.as_bytes(), quoting)
            }
            CopyFormat::Text { delimiter, null } => {
                let (fields, raw) = fields::text(line, *delimiter, null.as_bytes());
                if raw {
                    fields.iter().flatten().try_for_each(|field| text_of(field).map(drop))?;
                }
                Ok(fields)
            }
            CopyFormat::Binary => Ok(Vec::new()),
        }
    }

    fn check_header(&self, fields: &Fields) -> Result<(), PgError> {
        let bad = |message: String| Err(PgError::new(SqlState::BAD_COPY_FILE_FORMAT, message));
        let (count, expected) = (fields.len(), self.copy.columns.len());
        if count != expected {
            return bad(format!("wrong number of fields in header line: field count is {count}, expected {expected}"));
        }
        for (index, (field, column)) in fields.iter().zip(&self.copy.columns).enumerate() {
            let (place, expected) = (index + 1, &column.name);
            match field {
                Some(field) if field == expected.as_bytes() => {}
                Some(field) => {
                    let got = String::from_utf8_lossy(field);
                    return bad(format!(
                        "column name mismatch in header line field {place}: got \"{got}\", expected \"{expected}\""
                    ));
                }
                None => {
                    let null = match &self.copy.format {
                        CopyFormat::Text { null, .. } | CopyFormat::Csv { null, .. } => null.as_str(),
                        CopyFormat::Binary => "",
                    };
                    return bad(format!(
                        "column name mismatch in header line field {place}: got null value (\"{null}\"), \
                         expected \"{expected}\""
                    ));
                }
            }
        }
        Ok(())
    }

    fn row(&self, fields: Fields, number: u64) -> Result<Row, PgError> {
        let columns = &self.copy.columns;
        if fields.len() > columns.len() {
            return Err(PgError::new(SqlState::BAD_COPY_FILE_FORMAT, "extra data after last expected column"));
        }
        let mut row = Vec::with_capacity(columns.len());
        let mut fields = fields.into_iter();
        for column in columns {
            let Some(field) = fields.next() else {
                let message = format!("missing data for column \"{}\"", column.name);
                return Err(PgError::new(SqlState::BAD_COPY_FILE_FORMAT, message));
            };
            row.push(self.value(column, self.forced(column, field), number)?);
        }
        Ok(row)
    }

    /// FORCE_NOT_NULL and FORCE_NULL.
    fn forced(&self, column: &CopyColumn, field: Option<Vec<u8>>) -> Option<Vec<u8>> {
        let CopyFormat::Csv { null, .. } = &self.copy.format else { return field };
        match field {
            None if column.force_not_null => Some(null.as_bytes().to_vec()),
            Some(field) if column.force_null && field == null.as_bytes() => None,
            field => field,
        }
    }

    fn value(&self, column: &CopyColumn, field: Option<Vec<u8>>, number: u64) -> Result<Value, PgError> {
        let Some(field) = field else { return Ok(Value::Null) };
        // All of the line is text, and delimiters are ASCII; numbers were looked at.
        let field = String::from_utf8_lossy(&field);
        input(column, &field, self.zone, self.now).map_err(|error| {
            let context = self.context(number);
            error.context(format!("{context}, column {}: {}", column.name, shown(field.as_bytes())))
        })
    }
}

fn input(column: &CopyColumn, field: &str, zone: &Zone, now: i64) -> Result<Value, PgError> {
    match column.ty {
        // What the writer would refuse as well, but without knowing the column.
        Type::VARCHAR => {
            let field = text::without_nul(field)?;
            Ok(Value::Text(text::varchar(field, column.typmod, false)?.to_owned()))
        }
        Type::BPCHAR => {
            let field = text::without_nul(field)?;
            Ok(Value::Text(text::bpchar(field, column.typmod, false)?.into_owned()))
        }
        Type::NUMERIC | Type::BIT | Type::VARBIT => {
            cast::with_typmod(text::input(column.ty, field, zone, now)?, column.ty, column.typmod, false)
        }
        Type::INTERVAL if column.typmod >= 0 => {
            timestamp::input_interval(field, zone.styles.interval, column.typmod).map(Value::Interval)
        }
        ty => text::input(ty, field, zone, now),
    }
}

fn read_tuple<C: Client>(
    copy: &CopyFrom,
    tuples: &mut Tuples,
    zone: &Zone,
    chunk: &mut Chunk,
) -> Result<bool, PgError> {
    let next = tuples.next(copy.columns.len());
    let number = tuples.number;
    let context = format!("COPY {}, line {number}", copy.table);
    let fields = match next {
        Ok(Some(fields)) => fields,
        Ok(None) => return Ok(false),
        // The file's header is no line.
        Err(error) if number == 0 => return Err(error),
        Err(error) => {
            let column = tuples.column.and_then(|column| copy.columns.get(column));
            return Err(error.context(match column {
                Some(column) => format!("{context}, column {}", column.name),
                None => context,
            }));
        }
    };
    let mut row = Vec::with_capacity(fields.len());
    for (field, column) in fields.into_iter().zip(&copy.columns) {
        row.push(match field {
            None => Value::Null,
            Some(field) => C::binary_value(column.ty, tuples.bytes(field), zone)
                .map_err(|error| error.context(format!("{context}, column {}", column.name)))?,
        });
    }
    chunk.add(row, number, String::new());
    Ok(true)
}

/// Text in the one encoding there is, without NUL. Errors: 22021.
fn text_of(bytes: &[u8]) -> Result<&str, PgError> {
    let invalid = |shown: String| {
        let message = format!("invalid byte sequence for encoding \"UTF8\": {shown}");
        PgError::new(SqlState::CHARACTER_NOT_IN_REPERTOIRE, message)
    };
    let nul = memchr(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) if nul.is_none() => Ok(text),
        Err(error) if nul.is_none_or(|nul| error.valid_up_to() < nul) => {
            let rest = &bytes[error.valid_up_to()..];
            let length = match rest.first() {
                Some(0xc0..=0xdf) => 2,
                Some(0xe0..=0xef) => 3,
                Some(0xf0..=0xf7) => 4,
                _ => 1,
            };
            let shown: Vec<_> = rest.iter().take(length).map(|byte| format!("0x{byte:02x}")).collect();
            Err(invalid(shown.join(" ")))
        }
        _ => Err(invalid("0x00".to_owned())),
    }
}

fn memchr(bytes: &[u8]) -> Option<usize> {
    bytes.iter().position(|byte| *byte == 0)
}

/// A line or field in quotes, not too much of it (`limit_printout_length`).
fn shown(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let mut out = String::with_capacity(bytes.len().min(MAX_SHOWN) + 5);
    // A String takes everything.
    let _ = match text.len() <= MAX_SHOWN {
        true => write!(out, "\"{text}\""),
        false => {
            let end = (0..=MAX_SHOWN).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
            write!(out, "\"{}...\"", &text[..end])
        }
    };
    out
}
