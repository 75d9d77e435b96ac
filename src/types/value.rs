//! One datum.

use serde::{Deserialize, Serialize};

use super::array::Array;
use super::network::{MacAddr, MacAddr8, Network};
use super::numeric::Numeric;
use super::record::Record;
use super::timestamp::{Interval, TimeTz, sortable};

/// A datum in memory. Which [`Type`](super::Type) it has is known from where it stands (a column,
/// a parameter); the variant is that type's one representation:
/// text, varchar, char(n), name and unknown share `Text`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Value {
    Null,
    Bool(bool),
    Int2(i16),
    Int4(i32),
    Int8(i64),
    Float4(f32),
    Float8(f64),
    Numeric(Box<Numeric>),
    Text(String),
    Bytea(Vec<u8>),
    /// Microseconds since 2000-01-01 00:00:00 UTC, as on the wire;
    /// `i64::MAX` is `infinity`, `i64::MIN` is `-infinity`.
    Timestamptz(i64),
    /// Days since 2000-01-01, as on the wire; `i32::MAX` is `infinity`, `i32::MIN` is `-infinity`.
    Date(i32),
    /// Microseconds since midnight.
    Time(i64),
    Timetz(TimeTz),
    /// As `Timestamptz`, of no zone.
    Timestamp(i64),
    Interval(Interval),
    Uuid([u8; 16]),
    Oid(u32),
    /// The internal one-byte type `"char"`.
    Char(u8),
    Array(Box<Array>),
    /// Text in jsonb's normal form, or in jsonpath's: what stands behind a version in binary. json itself is `Text`.
    Jsonb(String),
    /// `regclass` and its kin: an OID, and the name that it is written as.
    Named {
        oid: u32,
        name: String,
    },
    Inet(Network),
    /// `int2vector` and `oidvector`: a list of integers from 0.
    Vector(Box<Array>),
    Record(Box<Record>),
    Cidr(Network),
    Macaddr(MacAddr),
    Macaddr8(MacAddr8),
    /// The zeros and ones of `bit` and `bit varying`.
    Bits(String),
}

/// One row of a result: a value for each result column.
pub type Row = Vec<Value>;

impl Value {
    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }

    /// The stored form of a date or time.
    pub fn sortable(&self) -> Option<String> {
        let mut out = String::with_capacity(29);
        match self {
            Value::Timestamptz(timestamp) => sortable::write_timestamptz(*timestamp, &mut out),
            Value::Timestamp(timestamp) => sortable::write_timestamp(*timestamp, &mut out),
            Value::Date(date) => sortable::write_date(*date, &mut out),
            Value::Time(time) => sortable::write_time(*time, &mut out),
            Value::Timetz(time) => sortable::write_timetz(*time, &mut out),
            Value::Interval(interval) => sortable::write_interval(*interval, &mut out),
            _ => return None,
        }
        Some(out)
    }

    /// Bytes this value holds in memory, roughly: for limits on buffered rows.
    pub fn size(&self) -> usize {
        std::mem::size_of::<Value>()
            + match self {
                Value::Text(text) | Value::Jsonb(text) | Value::Bits(text) => text.len(),
                Value::Bytea(bytes) => bytes.len(),
                Value::Numeric(numeric) => std::mem::size_of::<Numeric>() + numeric.size(),
                Value::Array(array) | Value::Vector(array) => array.elements.iter().map(Value::size).sum(),
                Value::Named { name, .. } => name.len(),
                Value::Record(record) => record.size(),
                _ => 0,
            }
    }
}
