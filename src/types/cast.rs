//! Casts between numbers, as PostgreSQL's cast functions do them.
//!
//! Casts from and to text go through [`super::text::input`] and [`super::text::output`].

use super::arithmetic::{Integer, overflow, underflow};
use super::{PgError, SqlState, Type, Value, bits, text, timestamp};

/// Narrows an integer: 22003 `… out of range`.
pub fn integer<T: Integer + TryFrom<i64>>(value: i64) -> Result<T, PgError> {
    T::try_from(value).map_err(|_| T::out_of_range())
}

/// Rounds a float to an integer, halves to the even neighbour.
pub fn round<T: Integer + TryFrom<i64>>(value: f64) -> Result<T, PgError> {
    let rounded = value.round_ties_even();
    // 2⁶³ is no i64, −2⁶³ is; NaN fails both.
    if !(-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&rounded) {
        return Err(T::out_of_range());
    }
    integer(rounded as i64)
}

/// float8 → float4.
pub fn float4(value: f64) -> Result<f32, PgError> {
    let narrow = value as f32;
    if narrow.is_infinite() && !value.is_infinite() {
        return Err(overflow());
    }
    if narrow == 0.0 && value != 0.0 { Err(underflow()) } else { Ok(narrow) }
}

/// bigint → oid.
pub fn oid(value: i64) -> Result<u32, PgError> {
    u32::try_from(value).map_err(|_| PgError::new(SqlState::NUMERIC_VALUE_OUT_OF_RANGE, "OID out of range"))
}

/// A number (or bool) as another number type; `None` where PostgreSQL has no such cast.
pub fn number(value: &Value, to: Type) -> Option<Result<Value, PgError>> {
    let result = match (value, to) {
        (Value::Null, _) => Ok(Value::Null),
        (Value::Bool(bool), Type::INT4) => Ok(Value::Int4(i32::from(*bool))),
        (Value::Int4(int), Type::BOOL) => Ok(Value::Bool(*int != 0)),
        // The same bits: PostgreSQL doesn't check these.
        (Value::Int2(int), Type::OID) => Ok(Value::Oid(i32::from(*int) as u32)),
        (Value::Int4(int), Type::OID) => Ok(Value::Oid(*int as u32)),
        (Value::Int2(int), _) => return from_integer(i64::from(*int), to),
        (Value::Int4(int), _) => return from_integer(i64::from(*int), to),
        (Value::Int8(int), _) => return from_integer(*int, to),
        (Value::Float4(float), Type::FLOAT4) => Ok(Value::Float4(*float)),
        (Value::Float4(float), _) => return from_float(f64::from(*float), to),
        (Value::Float8(float), _) => return from_float(*float, to),
        (Value::Oid(oid), Type::OID) => Ok(Value::Oid(*oid)),
        (Value::Oid(oid), Type::INT8) => Ok(Value::Int8(i64::from(*oid))),
        (Value::Oid(oid), Type::INT4) => Ok(Value::Int4(*oid as i32)),
        _ => return None,
    };
    Some(result)
}

/// A value made fit for the typmod of its type: lengths and precisions. `explicit`: by a cast, which cuts what an
/// assignment refuses (22001).
pub fn with_typmod(value: Value, ty: Type, typmod: i32, explicit: bool) -> Result<Value, PgError> {
    let precision = i64::from(typmod);
    Ok(match value {
        _ if typmod < 0 => value,
        Value::Text(text) if ty == Type::VARCHAR => Value::Text(text::varchar(&text, typmod, explicit)?.to_owned()),
        Value::Text(text) if ty == Type::BPCHAR => Value::Text(text::bpchar(&text, typmod, explicit)?.into_owned()),
        Value::Bits(text) if ty == Type::BIT => Value::Bits(bits::fixed(&text, typmod as usize, explicit)?),
        Value::Bits(text) => Value::Bits(bits::varying(&text, typmod as usize, explicit)?.to_owned()),
        Value::Numeric(numeric) => Value::Numeric(Box::new(numeric.apply_typmod(typmod)?)),
        Value::Timestamptz(micros) => Value::Timestamptz(timestamp::round(micros, precision)),
        Value::Timestamp(micros) => Value::Timestamp(timestamp::round(micros, precision)),
        Value::Time(micros) => Value::Time(timestamp::time::round(micros, precision)),
        Value::Timetz(time) => {
            Value::Timetz(timestamp::TimeTz { micros: timestamp::time::round(time.micros, precision), ..time })
        }
        Value::Interval(interval) => Value::Interval(interval.with_typmod(typmod)),
        other => other,
    })
}

fn from_integer(value: i64, to: Type) -> Option<Result<Value, PgError>> {
    Some(match to {
        Type::INT2 => integer(value).map(Value::Int2),
        Type::INT4 => integer(value).map(Value::Int4),
        Type::INT8 => Ok(Value::Int8(value)),
        Type::FLOAT4 => Ok(Value::Float4(value as f32)),
        Type::FLOAT8 => Ok(Value::Float8(value as f64)),
        Type::OID => oid(value).map(Value::Oid),
        _ => return None,
    })
}

fn from_float(value: f64, to: Type) -> Option<Result<Value, PgError>> {
    Some(match to {
        Type::INT2 => round(value).map(Value::Int2),
        Type::INT4 => round(value).map(Value::Int4),
        Type::INT8 => round(value).map(Value::Int8),
        Type::FLOAT4 => float4(value).map(Value::Float4),
        Type::FLOAT8 => Ok(Value::Float8(value)),
        _ => return None,
    })
}
