//! Rows as values, and what stands in arrays, from their texts: see [`record`].

use rusqlite::types::{Value as Owned, ValueRef};

use super::stored;
use crate::types::record::{self, Field, MAX_DEPTH, Record, Shape, too_deep};
use crate::types::timestamp::Zone;
use crate::types::{PgError, SqlState, Type, Value, array, text};

/// What is no row's text where one belongs.
pub fn torn() -> PgError {
    PgError::new(SqlState::DATA_CORRUPTED, "a row that is not what it should be")
}

/// The row of a text in flight. Errors: 54001 for rows within rows without end.
pub fn decode(text: &str) -> Result<Record, PgError> {
    decode_at(text, 0)
}

fn decode_at(text: &str, depth: usize) -> Result<Record, PgError> {
    if depth > MAX_DEPTH {
        return Err(too_deep());
    }
    let (shape, rest) = Shape::read(text).ok_or_else(torn)?;
    let mut values = Vec::with_capacity(shape.fields.len());
    for raw in record::raw_values(rest) {
        let field = shape.fields.get(values.len()).ok_or_else(torn)?;
        values.push(match raw.ok_or_else(torn)? {
            None => Value::Null,
            Some(raw) => value(field.ty, raw, depth)?,
        });
    }
    if values.len() != shape.fields.len() {
        return Err(torn());
    }
    Ok(Record { shape, values })
}

fn value(ty: Type, raw: &str, depth: usize) -> Result<Value, PgError> {
    if ty.is_row() {
        return decode_at(raw, depth + 1).map(|record| Value::Record(Box::new(record)));
    }
    if let Some(element) = ty.element().filter(|element| element.is_row()) {
        let rows = array::parse(raw)?.map(|item| match item {
            None => Ok(Value::Null),
            Some(raw) => value(element, &raw, depth + 1),
        })?;
        let array = array::Array { element, dims: rows.dims, elements: rows.items };
        return Ok(Value::Array(Box::new(array)));
    }
    stored::from_sqlite((&stored_form(ty, raw)?).into(), ty)
}

/// A field's text as SQLite has it.
pub fn stored_form(ty: Type, raw: &str) -> Result<Owned, PgError> {
    Ok(match ty {
        Type::BOOL | Type::INT2 | Type::INT4 | Type::INT8 | Type::OID | Type::XID => {
            Owned::Integer(raw.parse().map_err(|_| torn())?)
        }
        // As it is shown, or not.
        ty if ty.is_name_of_object() => match raw.parse() {
            Ok(oid) => Owned::Integer(oid),
            Err(_) => Owned::Text(raw.to_owned()),
        },
        Type::FLOAT4 | Type::FLOAT8 if raw == "NaN" => Owned::Text(raw.to_owned()),
        Type::FLOAT4 | Type::FLOAT8 => Owned::Real(raw.parse().map_err(|_| torn())?),
        Type::BYTEA => {
            let byte = |at: usize| raw.get(at..at + 2).and_then(|hex| u8::from_str_radix(hex, 16).ok());
            let bytes: Option<Vec<u8>> = (0..raw.len()).step_by(2).map(byte).collect();
            Owned::Blob(bytes.ok_or_else(torn)?)
        }
        _ => Owned::Text(raw.to_owned()),
    })
}

/// Adds what SQLite has of a field's value to a row's text.
pub fn write(value: ValueRef<'_>, out: &mut String) -> Result<(), PgError> {
    let owned;
    let raw = match value {
        ValueRef::Null => None,
        ValueRef::Integer(int) => {
            owned = int.to_string();
            Some(owned.as_str())
        }
        ValueRef::Real(float) => {
            owned = format!("{float:?}");
            Some(owned.as_str())
        }
        ValueRef::Text(bytes) => Some(std::str::from_utf8(bytes).map_err(|_| torn())?),
        ValueRef::Blob(bytes) => {
            owned = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            Some(owned.as_str())
        }
    };
    record::write_raw(raw, out);
    Ok(())
}

/// One field of a row, and its value as SQLite has it.
pub fn field(text: &str, place: usize) -> Result<(Field, Owned), PgError> {
    let (shape, rest) = Shape::read(text).ok_or_else(torn)?;
    let field = shape.fields.into_iter().nth(place).ok_or_else(torn)?;
    let value = match record::raw_values(rest).nth(place).flatten().ok_or_else(torn)? {
        None => Owned::Null,
        Some(raw) => stored_form(field.ty, raw)?,
    };
    Ok((field, value))
}

/// The value of an array's element, of which the array has the text.
pub fn element(ty: Type, text: &str) -> Result<Value, PgError> {
    match ty.is_row() {
        true => decode(text).map(|record| Value::Record(Box::new(record))),
        false => text::input(ty, text, &Zone::utc(), 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(name: &str, ty: Type) -> Field {
        Field { name: name.to_owned(), ty, typmod: -1, domain: 0 }
    }

    #[test]
    fn rows_come_back() {
        let inner = Record {
            shape: Shape { ty: Type::RECORD, fields: vec![field("f1", Type::BYTEA), field("f2", Type::FLOAT8)] },
            values: vec![Value::Bytea(vec![0, 255]), Value::Float8(f64::NEG_INFINITY)],
        };
        let rows = array::Array::list(Type::RECORD, vec![Value::Null, Value::Record(Box::new(inner.clone()))]);
        let values = [
            (Type::BOOL, Value::Bool(true)),
            (Type::INT8, Value::Int8(-5)),
            (Type::FLOAT4, Value::Float4(0.1)),
            (Type::NUMERIC, text::input(Type::NUMERIC, "1.50", &Zone::utc(), 0).unwrap()),
            (Type::TEXT, Value::Text("a,~\"é".to_owned())),
            (Type::DATE, Value::Date(17)),
            (Type::TIMESTAMPTZ, Value::Timestamptz(-1)),
            (Type::REGCLASS, Value::Named { oid: 1259, name: "pg_class".to_owned() }),
            (Type::UUID, Value::Uuid([7; 16])),
            (Type::UNKNOWN, Value::Null),
            (Type::RECORD, Value::Record(Box::new(inner))),
            (Type::RECORD.array().unwrap(), Value::Array(Box::new(rows))),
        ];
        let fields = values.iter().enumerate().map(|(index, (ty, _))| field(&format!("f{index}"), *ty)).collect();
        let record = Record {
            shape: Shape { ty: Type::of_relation(16_400), fields },
            values: values.into_iter().map(|(_, value)| value).collect(),
        };
        assert_eq!(decode(&record.text()), Ok(record));
    }

    #[test]
    fn rows_without_end_are_refused() {
        let mut text = "2249()".to_owned();
        for _ in 0..5000 {
            text = format!("2249(2249:1:r){}:{text}", text.len());
        }
        assert_eq!(decode(&text).unwrap_err().code, SqlState::STATEMENT_TOO_COMPLEX);
        assert_eq!(decode("2249(23:1:a)2:1x").unwrap_err().code, SqlState::DATA_CORRUPTED);
    }
}
