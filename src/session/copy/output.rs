//! Rows as the client wants them (`CopyOneRowTo`).

use bytes::{BufMut, BytesMut};

use crate::sql::{CopyFormat, CopyTo, ForceQuote, Header, ResultColumn};
use crate::types::timestamp::Zone;
use crate::types::{PgError, SqlState, Value, text};

use super::super::client::Client;
use super::binary::SIGNATURE;

/// Writes what one CopyData message holds: a line, or a tuple.
pub struct Printer<'c> {
    copy: &'c CopyTo,
    /// CSV: by column, whether its values are quoted in any case.
    forced: Vec<bool>,
    zone: Zone,
    /// Of the value being printed.
    value: BytesMut,
    /// The binary header goes with the first tuple, or the trailer.
    headed: bool,
}

impl<'c> Printer<'c> {
    pub fn new(copy: &'c CopyTo, columns: &[ResultColumn], zone: Zone) -> Result<Printer<'c>, PgError> {
        let forced = match &copy.force_quote {
            ForceQuote::Nothing => vec![false; columns.len()],
            ForceQuote::All => vec![true; columns.len()],
            ForceQuote::Columns(names) => {
                if let Some(unknown) = names.iter().find(|name| !columns.iter().any(|column| column.name == **name)) {
                    let message = format!("column \"{unknown}\" does not exist");
                    return Err(PgError::new(SqlState::UNDEFINED_COLUMN, message));
                }
                columns.iter().map(|column| names.contains(&column.name)).collect()
            }
        };
        Ok(Printer { copy, forced, zone, value: BytesMut::new(), headed: false })
    }

    /// `false`: there is no header to be sent.
    pub fn header(&self, columns: &[ResultColumn], out: &mut BytesMut) -> bool {
        if self.copy.header == Header::No {
            return false;
        }
        for (index, column) in columns.iter().enumerate() {
            let name = column.name.as_bytes();
            self.field(index, name, false, columns.len() == 1, out);
        }
        out.put_u8(b'\n');
        true
    }

    pub fn row<C: Client>(&mut self, row: &[Value], out: &mut BytesMut) -> Result<(), PgError> {
        if self.copy.format == CopyFormat::Binary {
            return self.tuple::<C>(row, out);
        }
        for (index, value) in row.iter().enumerate() {
            if value.is_null() {
                self.separate(index, out);
                out.extend_from_slice(self.null().as_bytes());
                continue;
            }
            self.value.clear();
            text::output(value, &self.zone, &mut self.value);
            let forced = self.forced.get(index).copied().unwrap_or_default();
            self.field(index, &self.value, forced, row.len() == 1, out);
        }
        out.put_u8(b'\n');
        Ok(())
    }

    fn tuple<C: Client>(&mut self, row: &[Value], out: &mut BytesMut) -> Result<(), PgError> {
        self.binary_header(out);
        out.put_i16(row.len() as i16);
        for value in row {
            if value.is_null() {
                out.put_i32(-1);
                continue;
            }
            let start = out.len();
            out.put_i32(0);
            C::binary_bytes(value, &self.zone, out)?;
            let length = i32::try_from(out.len() - start - 4).map_err(|_| too_long())?;
            out[start..start + 4].copy_from_slice(&length.to_be_bytes());
        }
        Ok(())
    }

    fn binary_header(&mut self, out: &mut BytesMut) {
        if !std::mem::replace(&mut self.headed, true) {
            out.extend_from_slice(SIGNATURE);
            out.put_u32(0);
            out.put_u32(0);
        }
    }

    /// `false`: there is no trailer to be sent.
    pub fn trailer(&mut self, out: &mut BytesMut) -> bool {
        if self.copy.format != CopyFormat::Binary {
            return false;
        }
        self.binary_header(out);
        out.put_i16(-1);
        true
    }

    fn null(&self) -> &str {
        match &self.copy.format {
            CopyFormat::Text { null, .. } | CopyFormat::Csv { null, .. } => null,
            CopyFormat::Binary => "",
        }
    }

    fn separate(&self, index: usize, out: &mut BytesMut) {
        if let (1.., CopyFormat::Text { delimiter, .. } | CopyFormat::Csv { delimiter, .. }) =
            (index, &self.copy.format)
        {
            out.put_u8(*delimiter);
        }
    }

    fn field(&self, index: usize, value: &[u8], forced: bool, alone: bool, out: &mut BytesMut) {
        self.separate(index, out);
        match &self.copy.format {
            CopyFormat::Text { delimiter, .. } => escaped(value, *delimiter, out),
            CopyFormat::Csv { delimiter, null, quote, escape } => {
                let special = |byte: &u8| matches!(byte, b'\n' | b'\r') || byte == delimiter || byte == quote;
                let quoted =
                    forced || value == null.as_bytes() || (alone && value == b"\\.") || value.iter().any(special);
                if !quoted {
                    return out.extend_from_slice(value);
                }
                out.put_u8(*quote);
                for byte in value {
                    if byte == quote || byte == escape {
                        out.put_u8(*escape);
                    }
                    out.put_u8(*byte);
                }
                out.put_u8(*quote);
            }
            CopyFormat::Binary => {}
        }
    }
}

/// `CopyAttributeOutText`.
fn escaped(value: &[u8], delimiter: u8, out: &mut BytesMut) {
    for byte in value {
        let letter = match byte {
            8 => b'b',
            12 => b'f',
            b'\n' => b'n',
            b'\r' => b'r',
            b'\t' => b't',
            11 => b'v',
            b'\\' => b'\\',
            byte if *byte == delimiter => delimiter,
            byte => {
                out.put_u8(*byte);
                continue;
            }
        };
        out.put_u8(b'\\');
        out.put_u8(letter);
    }
}

fn too_long() -> PgError {
    PgError::new(SqlState::PROGRAM_LIMIT_EXCEEDED, "a value is longer than a message can be")
}
