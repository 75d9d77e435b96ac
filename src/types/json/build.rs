//! SQL values as json (`datum_to_json`).

use std::fmt::Write;

use super::write_string;
use crate::types::array::Array;
use crate::types::record::Record;
use crate::types::timestamp::Zone;
use crate::types::{PgError, SqlState, Type, Value, text};

/// Writes a value of type `ty` as json, without any space.
pub fn write_value(value: &Value, ty: Type, zone: &Zone, out: &mut String) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Value::Text(text) if ty == Type::JSON => out.push_str(text),
        Value::Jsonb(text) if ty != Type::JSONPATH => out.push_str(text),
        Value::Array(array) => write_array(array, zone, out),
        Value::Record(record) => write_record(record, ",", zone, out),
        value => {
            let text = scalar_text(value, zone);
            match is_number(ty) && is_finite(&text) {
                true => out.push_str(&text),
                false => quoted(&text, out),
            }
        }
    }
}

/// Writes a value as an object's key. Errors: 22023 of what is no scalar.
pub fn write_key(value: &Value, ty: Type, zone: &Zone, out: &mut String) -> Result<(), PgError> {
    quoted(&key_text(value, ty, zone)?, out);
    Ok(())
}

/// A value's text as an object's key.
pub fn key_text(value: &Value, ty: Type, zone: &Zone) -> Result<String, PgError> {
    if ty.is_array() || ty.is_row() || matches!(ty, Type::JSON | Type::JSONB) {
        let message = "key value must be scalar, not array, composite, or json";
        return Err(PgError::new(SqlState::INVALID_PARAMETER_VALUE, message));
    }
    Ok(match value {
        Value::Bool(value) => if *value { "true" } else { "false" }.to_owned(),
        value => scalar_text(value, zone),
    })
}

fn quoted(text: &str, out: &mut String) {
    // A String takes everything.
    let _ = write_string(text, out);
}

fn is_number(ty: Type) -> bool {
    matches!(ty, Type::INT2 | Type::INT4 | Type::INT8 | Type::FLOAT4 | Type::FLOAT8 | Type::NUMERIC)
}

/// JSON has no word for the others.
fn is_finite(number: &str) -> bool {
    !number.ends_with(|c: char| c.is_ascii_alphabetic())
}

/// A value's text, of dates and times as in ISO 8601 whatever the session's style.
fn scalar_text(value: &Value, zone: &Zone) -> String {
    let mut out = String::new();
    if !matches!(value, Value::Date(_) | Value::Timestamp(_) | Value::Timestamptz(_)) {
        text::output(value, zone, &mut out);
        return out;
    }
    let mut zone = zone.clone();
    zone.styles = Default::default();
    text::output(value, &zone, &mut out);
    let (time, era) = match out.strip_suffix(" BC") {
        Some(time) => (time, " BC"),
        None => (out.as_str(), ""),
    };
    let mut time = time.replacen(' ', "T", 1);
    // An offset has minutes.
    if let Some((_, clock)) = time.split_once('T')
        && let Some((_, offset)) = clock.split_once(['+', '-'])
        && offset.len() == 2
    {
        time.push_str(":00");
    }
    time + era
}

/// Writes a row as the object of its fields (`composite_to_json`). `separator` stands between them.
pub fn write_record(record: &Record, separator: &str, zone: &Zone, out: &mut String) {
    out.push('{');
    for (index, (field, value)) in record.shape.fields.iter().zip(&record.values).enumerate() {
        out.push_str(if index > 0 { separator } else { "" });
        quoted(&field.name, out);
        out.push(':');
        write_value(value, field.ty, zone, out);
    }
    out.push('}');
}

fn write_array(array: &Array, zone: &Zone, out: &mut String) {
    if array.dims.is_empty() {
        out.push_str("[]");
        return;
    }
    let lens: Vec<usize> = array.dims.iter().map(|dim| usize::try_from(dim.len).unwrap_or(0)).collect();
    write_rows(&lens, &array.elements, array.element, zone, out);
}

fn write_rows(lens: &[usize], elements: &[Value], ty: Type, zone: &Zone, out: &mut String) {
    let [len, inner @ ..] = lens else { return };
    out.push('[');
    let size = elements.len() / (*len).max(1);
    for (index, row) in elements.chunks(size.max(1)).enumerate() {
        out.push_str(if index > 0 { "," } else { "" });
        match (inner, row) {
            ([], [element]) => write_value(element, ty, zone, out),
            _ => write_rows(inner, row, ty, zone, out),
        }
    }
    out.push(']');
}

/// An array's outermost elements, each on a line of its own (`array_to_json(…, true)`).
pub fn write_array_lines(array: &Array, zone: &Zone, out: &mut String) {
    let Some(len) = array.dims.first().and_then(|dim| usize::try_from(dim.len).ok()) else {
        out.push_str("[]");
        return;
    };
    let lens: Vec<usize> = array.dims[1..].iter().map(|dim| usize::try_from(dim.len).unwrap_or(0)).collect();
    out.push('[');
    for (index, row) in array.elements.chunks((array.elements.len() / len.max(1)).max(1)).enumerate() {
        let _ = write!(out, "{}", if index > 0 { ",\n " } else { "" });
        match (&lens[..], row) {
            ([], [element]) => write_value(element, array.element, zone, out),
            _ => write_rows(&lens, row, array.element, zone, out),
        }
    }
    out.push(']');
}
