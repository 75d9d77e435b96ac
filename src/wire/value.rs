//! Values in messages: Bind's parameters in, DataRow's columns out.

use bytes::{BufMut, Bytes, BytesMut};

use crate::session::{Formats, Shape};
use crate::types::timestamp::Zone;
use crate::types::{PgError, SqlState, Type, Value};

use super::codec;

/// Bind's parameters as values of the statement's parameter types, which clients know as `named`. `portal`: what they are
/// for.
pub(super) fn parameters(
    portal: &str,
    (types, named): (&[Type], &[Type]),
    formats: &Formats,
    given: &[Option<Bytes>],
    zone: &Zone,
) -> Result<Vec<Value>, PgError> {
    let decode = |(index, ((ty, named), bytes)): (usize, ((&Type, &Type), &Option<Bytes>))| match bytes {
        None => Ok(Value::Null),
        Some(bytes) => codec::decode_named((*ty, *named), formats.of(index), bytes, index + 1, zone)
            .map_err(|error| error.context(of_parameter(portal, index + 1, formats.of(index), bytes))),
    };
    types.iter().zip(named).zip(given).enumerate().map(decode).collect()
}

/// What PostgreSQL says of a parameter that is wrong; what it is stays out of logs (`log_parameter_max_length_on_error`).
fn of_parameter(portal: &str, number: usize, format: i16, bytes: &[u8]) -> String {
    let portal = if portal.is_empty() { "unnamed portal".to_owned() } else { format!("portal \"{portal}\"") };
    let value = match std::str::from_utf8(bytes) {
        Ok(text) if format == codec::TEXT && !text.contains('\0') => {
            if text.is_empty() {
                " = ''"
            } else {
                " = '...'"
            }
        }
        _ => "",
    };
    format!("{portal} parameter ${number}{value}")
}

/// Appends one DataRow. On an error nothing is appended.
pub(super) fn data_row(row: &[Value], shape: &Shape, zone: &Zone, out: &mut BytesMut) -> Result<(), PgError> {
    let start = out.len();
    let result = try_data_row(row, shape, zone, out);
    if result.is_err() {
        out.truncate(start);
    }
    result
}

fn try_data_row(row: &[Value], shape: &Shape, zone: &Zone, out: &mut BytesMut) -> Result<(), PgError> {
    if row.len() != shape.columns.len() {
        return Err(PgError::new(SqlState::INTERNAL_ERROR, "a row has another number of columns than its result"));
    }
    out.put_u8(b'D');
    let start = out.len();
    out.put_i32(0);
    let columns = i16::try_from(row.len());
    out.put_i16(columns.map_err(|_| PgError::new(SqlState::TOO_MANY_COLUMNS, "too many columns in a row"))?);
    for (index, value) in row.iter().enumerate() {
        if value.is_null() {
            out.put_i32(-1);
            continue;
        }
        let length_at = out.len();
        out.put_i32(0);
        codec::encode(value, shape.formats.of(index), zone, out)?;
        set_length(out, length_at, 4)?;
    }
    set_length(out, start, 0)
}

/// Writes how many bytes follow the length field at `at`, of which `own` are the field's and don't count.
fn set_length(out: &mut BytesMut, at: usize, own: usize) -> Result<(), PgError> {
    let too_long = || PgError::new(SqlState::PROGRAM_LIMIT_EXCEEDED, "a row is longer than a message can be");
    let length = i32::try_from(out.len() - at - own).map_err(|_| too_long())?;
    out[at..at + 4].copy_from_slice(&length.to_be_bytes());
    Ok(())
}
