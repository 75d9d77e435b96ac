//! The one stored form of each type, both ways: what a value is in the SQLite file.
//!
//! SQLite compares, sorts and indexes stored forms by itself, so they are chosen for that: equal values have
//! equal forms (but for zeros, which SQLite compares equal), and forms sort as PostgreSQL sorts the values.
//!
//! | type | stored as |
//! |---|---|
//! | bool | INTEGER 0, 1 |
//! | int2, int4, int8, oid | INTEGER |
//! | float8 | REAL; NaN as the TEXT `NaN`, since SQLite makes it NULL: text sorts after numbers, as NaN does |
//! | float4 | as float8, widened exactly: `0.1::float4` is 0.10000000149011612 and not equal to `0.1::float8`, as in PostgreSQL |
//! | numeric | TEXT that sorts as numbers do by SQLite's collation RTRIM, see [`key`](crate::types::numeric::key) |
//! | text, varchar, name | TEXT, UTF-8 without NUL |
//! | char(n) | TEXT, with its blanks at the end; compares by SQLite's collation RTRIM, which does not look at them |
//! | "char" | TEXT, as it prints; sorts by a collation of ours |
//! | bytea | BLOB |
//! | uuid | TEXT, lower case with hyphens |
//! | inet, cidr | TEXT as an inet prints, of one host without `/32`; sorts by a collation of ours |
//! | bit, bit varying | TEXT, zeros and ones |
//! | macaddr, macaddr8 | TEXT, lower case with colons |
//! | date, time, timetz, timestamp, timestamptz | TEXT that sorts as time does, see [`sortable`] |
//! | interval | TEXT as it prints: does not sort, and so compares by `pg_interval_key` |
//! | json | TEXT as given |
//! | jsonb | TEXT in PostgreSQL's normal form; compares by a collation of ours |
//! | jsonpath | TEXT in PostgreSQL's normal form |
//! | enums | TEXT, the label; sorts by a collation that knows the catalog's order |
//! | regclass and its kin, xid | INTEGER; never in tables |
//! | int2vector, oidvector | TEXT as it prints; never in tables |
//! | arrays | TEXT: PostgreSQL's literal, times in UTC, no −0; compares by a collation of ours |
//! | rows | TEXT that says what it is made of, see [`record`](crate::types::record); compares by a collation of ours |
//!
//! SQLite stores a whole REAL as an integer where that is shorter and so forgets the sign of −0.0: it
//! comes back as 0.

use std::cmp::Ordering;

use rusqlite::types::{ToSqlOutput, Value as Owned, ValueRef};
use rusqlite::{Row as SqliteRow, Statement};

use super::rows;
use crate::sql::ResultColumn;
use crate::types::array::{self, Array};
use crate::types::network::Network;
use crate::types::timestamp::{self, sortable};
use crate::types::{Numeric, PgError, Row, SqlState, Type, Value, bits, text};

/// Binds a statement's parameters `?1` … as far as it has them.
pub fn bind(statement: &mut Statement<'_>, params: &[Value]) -> rusqlite::Result<()> {
    let used = statement.parameter_count();
    for (index, value) in params.iter().enumerate().take(used) {
        let stored = to_sqlite(value).map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
        statement.raw_bind_parameter(index + 1, stored)?;
    }
    Ok(())
}

/// A result row as values of the result's columns.
pub fn row(row: &SqliteRow<'_>, columns: &[ResultColumn]) -> Result<Row, PgError> {
    let value = |(index, column): (usize, &ResultColumn)| match row.get_ref(index) {
        Ok(stored) => from_sqlite(stored, column.ty).map(|value| match value {
            // As clients are told.
            Value::Array(mut array) if column.elements != 0 => {
                array.element = Type(column.elements);
                Value::Array(array)
            }
            value => value,
        }),
        Err(error) => Err(PgError::new(SqlState::INTERNAL_ERROR, error.to_string())),
    };
    columns.iter().enumerate().map(value).collect()
}

/// A value's stored form. Errors: text with a NUL in it (22021).
pub fn to_sqlite(value: &Value) -> Result<ToSqlOutput<'_>, PgError> {
    Ok(match value {
        Value::Null => ToSqlOutput::Borrowed(ValueRef::Null),
        Value::Bool(bool) => integer(i64::from(*bool)),
        Value::Int2(int) => integer(i64::from(*int)),
        Value::Int4(int) => integer(i64::from(*int)),
        Value::Int8(int) => integer(*int),
        Value::Oid(oid) => integer(i64::from(*oid)),
        Value::Char(_) => ToSqlOutput::Owned(Owned::Text(printed(value))),
        Value::Float4(float) => real(f64::from(*float)),
        Value::Float8(float) => real(*float),
        Value::Numeric(numeric) => ToSqlOutput::Owned(Owned::Text(numeric.key())),
        Value::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text::without_nul(text)?.as_bytes())),
        Value::Bits(bits) => ToSqlOutput::Borrowed(ValueRef::Text(bits.as_bytes())),
        Value::Bytea(bytes) => ToSqlOutput::Borrowed(ValueRef::Blob(bytes)),
        Value::Timestamptz(timestamp) => ToSqlOutput::Owned(Owned::Text(timestamptz(*timestamp))),
        Value::Date(_) | Value::Time(_) | Value::Timetz(_) | Value::Timestamp(_) | Value::Interval(_) => {
            ToSqlOutput::Owned(Owned::Text(value.sortable().unwrap_or_default()))
        }
        Value::Uuid(uuid) => ToSqlOutput::Owned(Owned::Text(self::uuid(uuid))),
        Value::Jsonb(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
        // An OID: see `named`.
        Value::Named { oid, .. } => integer(i64::from(*oid)),
        Value::Vector(_) | Value::Macaddr(_) | Value::Macaddr8(_) => ToSqlOutput::Owned(Owned::Text(printed(value))),
        Value::Inet(network) | Value::Cidr(network) => ToSqlOutput::Owned(Owned::Text(network.to_string())),
        Value::Array(array) => {
            let text = array.normal_text();
            text::without_nul(&text)?;
            ToSqlOutput::Owned(Owned::Text(text))
        }
        Value::Record(record) => {
            let text = record.text();
            text::without_nul(&text)?;
            ToSqlOutput::Owned(Owned::Text(text))
        }
    })
}

fn printed(value: &Value) -> String {
    let mut out = String::new();
    text::output(value, &timestamp::Zone::utc(), &mut out);
    out
}

fn integer(int: i64) -> ToSqlOutput<'static> {
    ToSqlOutput::Borrowed(ValueRef::Integer(int))
}

fn real(float: f64) -> ToSqlOutput<'static> {
    ToSqlOutput::Borrowed(if float.is_nan() { NAN } else { ValueRef::Real(float) })
}

/// What NaN is stored as.
pub const NAN: ValueRef<'static> = ValueRef::Text(b"NaN");

/// The stored form of a uuid.
pub fn uuid(uuid: &[u8; 16]) -> String {
    let mut out = String::with_capacity(36);
    // A String takes everything.
    let _ = text::write_uuid(uuid, &mut out);
    out
}

/// The stored form of a timestamptz.
pub fn timestamptz(timestamp: i64) -> String {
    written(timestamp, sortable::write_timestamptz)
}

/// What one of [`sortable`]'s functions writes.
pub fn written<T>(value: T, write: impl FnOnce(T, &mut String)) -> String {
    let mut out = String::with_capacity(29);
    write(value, &mut out);
    out
}

/// The value of a stored form. Errors: XX001, for nothing but damage or another program's writing puts other
/// things into the file.
pub fn from_sqlite(stored: ValueRef<'_>, ty: Type) -> Result<Value, PgError> {
    let value = match (ty, stored) {
        (_, ValueRef::Null) => Some(Value::Null),
        (Type::BOOL, ValueRef::Integer(int @ (0 | 1))) => Some(Value::Bool(int == 1)),
        (Type::INT2, ValueRef::Integer(int)) => i16::try_from(int).ok().map(Value::Int2),
        (Type::INT4, ValueRef::Integer(int)) => i32::try_from(int).ok().map(Value::Int4),
        (Type::INT8, ValueRef::Integer(int)) => Some(Value::Int8(int)),
        (Type::OID | Type::XID, ValueRef::Integer(int)) => u32::try_from(int).ok().map(Value::Oid),
        (ty, ValueRef::Integer(int)) if ty.is_name_of_object() => u32::try_from(int).ok().map(Value::Oid),
        (ty, ValueRef::Text(bytes)) if ty.is_name_of_object() => parse_named(bytes),
        (Type::INT2VECTOR | Type::OIDVECTOR, ValueRef::Text(bytes)) => {
            let text = std::str::from_utf8(bytes).ok();
            text.and_then(|text| text::input(ty, text, &timestamp::Zone::utc(), 0).ok())
        }
        (Type::INET | Type::CIDR, ValueRef::Text(bytes)) => {
            let text = std::str::from_utf8(bytes).ok();
            // Other spellings would be equal values with unequal forms.
            let network = text.and_then(|text| Network::input(text, ty).ok().filter(|read| read.to_string() == text));
            network.map(if ty == Type::CIDR { Value::Cidr } else { Value::Inet })
        }
        (Type::BIT | Type::VARBIT, ValueRef::Text(bytes)) => {
            std::str::from_utf8(bytes).ok().and_then(|text| bits::binary(text).ok()).map(Value::Bits)
        }
        (Type::MACADDR | Type::MACADDR8, ValueRef::Text(bytes)) => {
            let text = std::str::from_utf8(bytes).ok();
            let read = text.and_then(|text| text::input(ty, text, &timestamp::Zone::utc(), 0).ok());
            read.filter(|read| printed(read).as_bytes() == bytes)
        }
        (Type::CHAR, ValueRef::Text(bytes)) => parse_char(bytes).map(Value::Char),
        (Type::FLOAT8, stored) => float(stored).map(Value::Float8),
        (Type::NUMERIC, ValueRef::Text(key)) => Numeric::parse_key(key).map(Box::new).map(Value::Numeric),
        // Where an expression has more digits than a float4 it was meant to be rounded.
        (Type::FLOAT4, stored) => float(stored).map(|float| Value::Float4(float as f32)),
        (
            Type::TEXT
            | Type::VARCHAR
            | Type::BPCHAR
            | Type::NAME
            | Type::UNKNOWN
            | Type::PG_NODE_TREE
            | Type::ACLITEM
            | Type::PG_LSN,
            ValueRef::Text(bytes),
        ) => std::str::from_utf8(bytes).ok().map(|text| Value::Text(text.to_owned())),
        (Type::BYTEA, ValueRef::Blob(bytes)) => Some(Value::Bytea(bytes.to_vec())),
        (Type::UUID, ValueRef::Text(bytes)) => parse_uuid(bytes).map(Value::Uuid),
        (Type::TIMESTAMPTZ, ValueRef::Text(bytes)) => sortable::parse_timestamptz(bytes).map(Value::Timestamptz),
        (Type::TIMESTAMP, ValueRef::Text(bytes)) => sortable::parse_timestamp(bytes).map(Value::Timestamp),
        (Type::DATE, ValueRef::Text(bytes)) => sortable::parse_date(bytes).map(Value::Date),
        (Type::TIME, ValueRef::Text(bytes)) => sortable::parse_time(bytes).map(Value::Time),
        (Type::TIMETZ, ValueRef::Text(bytes)) => sortable::parse_timetz(bytes).map(Value::Timetz),
        (Type::INTERVAL, ValueRef::Text(bytes)) => sortable::parse_interval(bytes).map(Value::Interval),
        (Type::VOID, _) => Some(Value::Text(String::new())),
        (Type::JSON, ValueRef::Text(bytes)) => std::str::from_utf8(bytes).ok().map(|text| Value::Text(text.to_owned())),
        (Type::JSONB | Type::JSONPATH, ValueRef::Text(bytes)) => {
            std::str::from_utf8(bytes).ok().map(|text| Value::Jsonb(text.to_owned()))
        }
        (ty, ValueRef::Text(bytes)) if ty.is_enum() => {
            std::str::from_utf8(bytes).ok().map(|text| Value::Text(text.to_owned()))
        }
        (ty, ValueRef::Text(bytes)) if ty.is_row() => {
            let text = std::str::from_utf8(bytes).map_err(|_| corrupt(ty, stored))?;
            return rows::decode(text).map(|record| Value::Record(Box::new(record)));
        }
        (ty, ValueRef::Text(bytes)) => parse_array(ty, bytes).map(|array| Value::Array(Box::new(array))),
        _ => None,
    };
    value.ok_or_else(|| corrupt(ty, stored))
}

/// A float from its stored form, also where SQLite has made an integer of a whole one.
pub fn float(stored: ValueRef<'_>) -> Option<f64> {
    match stored {
        ValueRef::Real(float) => Some(float),
        ValueRef::Integer(int) => Some(int as f64),
        NAN => Some(f64::NAN),
        _ => None,
    }
}

fn corrupt(ty: Type, stored: ValueRef<'_>) -> PgError {
    let shown = match stored {
        ValueRef::Null => "NULL".to_owned(),
        ValueRef::Integer(int) => int.to_string(),
        ValueRef::Real(float) => float.to_string(),
        ValueRef::Text(bytes) => format!("{:?}", String::from_utf8_lossy(&bytes[..bytes.len().min(40)])),
        ValueRef::Blob(bytes) => format!("a blob of {} bytes", bytes.len()),
    };
    PgError::new(
        SqlState::DATA_CORRUPTED,
        format!("the database file holds {shown} where a value of type {ty} belongs"),
    )
    .hint("Only Quorlite may write to its files.")
}

/// An OID with the name that it is shown by, as a statement's outermost columns have it: sorts as the OID does.
pub fn named(oid: u32, name: &str) -> String {
    format!("{oid:010} {name}")
}

fn parse_named(bytes: &[u8]) -> Option<Value> {
    let (oid, name) = std::str::from_utf8(bytes).ok()?.split_once(' ')?;
    Some(Value::Named { oid: oid.parse().ok()?, name: name.to_owned() })
}

fn parse_array(ty: Type, bytes: &[u8]) -> Option<Array> {
    let text = std::str::from_utf8(bytes).ok()?;
    let element = ty.element()?;
    if element.is_name_of_object() {
        return parse_named_array(element, text);
    }
    if element.is_row() {
        let rows =
            array::parse(text).ok()?.map(|item| item.map_or(Ok(Value::Null), |item| rows::element(element, &item)));
        return rows.ok().map(|rows| Array { element, dims: rows.dims, elements: rows.items });
    }
    Array::input(element, text, &timestamp::Zone::utc(), 0).ok()
}

/// Of OIDs, or as a statement's outermost columns have them.
fn parse_named_array(element: Type, text: &str) -> Option<Array> {
    let mut array = Array::input(Type::TEXT, text, &timestamp::Zone::utc(), 0).ok()?;
    array.element = element;
    for item in &mut array.elements {
        if let Value::Text(text) = item {
            *item = match text.parse() {
                Ok(oid) => Value::Oid(oid),
                Err(_) => parse_named(text.as_bytes())?,
            };
        }
    }
    Some(array)
}

/// The collation `pg_char`.
pub(super) fn compare_chars(one: &str, other: &str) -> Ordering {
    match (parse_char(one.as_bytes()), parse_char(other.as_bytes())) {
        (Some(one), Some(other)) => one.cmp(&other),
        _ => one.cmp(other),
    }
}

fn parse_char(bytes: &[u8]) -> Option<u8> {
    match bytes {
        [] => Some(0),
        [byte] if byte.is_ascii() => Some(*byte),
        [b'\\', a @ b'2'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7'] => {
            Some((a - b'0') << 6 | (b - b'0') << 3 | (c - b'0'))
        }
        _ => None,
    }
}

/// Exactly what [`uuid()`] writes: other spellings would be equal values with unequal forms.
fn parse_uuid(bytes: &[u8]) -> Option<[u8; 16]> {
    if bytes.len() != 36 {
        return None;
    }
    let mut uuid = [0; 16];
    let mut at = 0;
    for (index, byte) in uuid.iter_mut().enumerate() {
        if matches!(index, 4 | 6 | 8 | 10) {
            if bytes[at] != b'-' {
                return None;
            }
            at += 1;
        }
        *byte = nibble(bytes[at])? << 4 | nibble(bytes[at + 1])?;
        at += 2;
    }
    Some(uuid)
}

fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rusqlite::Connection;

    use super::*;
    use crate::types::array::Items;
    use crate::types::network::{MacAddr, MacAddr8};

    fn micros() -> impl Strategy<Value = i64> {
        prop_oneof![
            timestamp::MIN..timestamp::END,
            // Close together, and around the year 1, 10000 and 100000.
            (
                0i64..3_000_000,
                prop::sample::select(vec![
                    0,
                    -63_082_281_600_000_000,
                    252_455_616_000_000_000,
                    3_092_600_160_000_000_000
                ])
            )
                .prop_map(|(offset, base)| base - 1_500_000 + offset),
            prop::sample::select(vec![
                timestamp::INFINITY,
                timestamp::NEG_INFINITY,
                timestamp::MIN,
                timestamp::END - 1
            ]),
        ]
    }

    fn timetz() -> impl Strategy<Value = timestamp::TimeTz> {
        let most = timestamp::time::MAX_OFFSET;
        (0..=timestamp::time::END, -most..=most).prop_map(|(micros, offset)| timestamp::TimeTz { micros, offset })
    }

    proptest! {
        #[test]
        fn forms_sort_as_the_values_do(
            dates in (timestamp::date::MIN..timestamp::date::END, timestamp::date::MIN..timestamp::date::END),
            times in (timetz(), timetz()),
        ) {
            let form = |value: Value| value.sortable().unwrap();
            prop_assert_eq!(form(Value::Date(dates.0)).cmp(&form(Value::Date(dates.1))), dates.0.cmp(&dates.1));
            prop_assert_eq!(form(Value::Timetz(times.0)).cmp(&form(Value::Timetz(times.1))), times.0.compare(times.1));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn timestamps_come_back_and_sort_as_time(a in micros(), b in micros()) {
            let (stored_a, stored_b) = (timestamptz(a), timestamptz(b));
            prop_assert_eq!(sortable::parse_timestamptz(stored_a.as_bytes()), Some(a), "{}", stored_a);
            prop_assert_eq!(stored_a.cmp(&stored_b), a.cmp(&b), "{} {}", stored_a, stored_b);
        }

        #[test]
        fn a_timestamp_has_one_form(text in "(-y)?Y?[0-9]{4,6}-[01][0-9]-[0-3][0-9] [0-2][0-9]:[0-6][0-9]:[0-6][0-9](\\.[0-9]{0,7})?\\+00( \\([0-9]{1,4} BC\\))?") {
            if let Some(timestamp) = sortable::parse_timestamptz(text.as_bytes()) {
                prop_assert_eq!(timestamptz(timestamp), text);
            }
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..50)) {
            for info in Type::all() {
                for stored in [ValueRef::Text(&bytes), ValueRef::Blob(&bytes)] {
                    let _ = from_sqlite(stored, info.ty);
                }
            }
        }
    }

    fn value() -> impl Strategy<Value = (Type, Value)> {
        prop_oneof![
            any::<bool>().prop_map(|value| (Type::BOOL, Value::Bool(value))),
            any::<i16>().prop_map(|value| (Type::INT2, Value::Int2(value))),
            any::<i32>().prop_map(|value| (Type::INT4, Value::Int4(value))),
            any::<i64>().prop_map(|value| (Type::INT8, Value::Int8(value))),
            any::<u32>().prop_map(|value| (Type::OID, Value::Oid(value))),
            any::<u8>().prop_map(|value| (Type::CHAR, Value::Char(value))),
            any::<f32>().prop_map(|value| (Type::FLOAT4, Value::Float4(value))),
            any::<f64>().prop_map(|value| (Type::FLOAT8, Value::Float8(value))),
            (-100i32..100).prop_map(|value| (Type::FLOAT8, Value::Float8(value.into()))),
            "[^\0]*".prop_map(|value| (Type::TEXT, Value::Text(value))),
            "-?[0-9]{1,30}(\\.[0-9]{1,9})?"
                .prop_map(|value| (Type::NUMERIC, Value::Numeric(Box::new(Numeric::input(&value).unwrap())))),
            any::<Vec<u8>>().prop_map(|value| (Type::BYTEA, Value::Bytea(value))),
            any::<[u8; 16]>().prop_map(|value| (Type::UUID, Value::Uuid(value))),
            (any::<std::net::Ipv4Addr>(), 0..=32u8)
                .prop_map(|(address, bits)| (Type::INET, Value::Inet(Network { address: address.into(), bits }))),
            (any::<std::net::Ipv6Addr>(), 0..=128u8)
                .prop_map(|(address, bits)| Network { address: address.into(), bits }.network())
                .prop_map(|network| (Type::CIDR, Value::Cidr(network))),
            any::<[u8; 6]>().prop_map(|value| (Type::MACADDR, Value::Macaddr(MacAddr(value)))),
            "[01]{0,20}".prop_map(|value| (Type::VARBIT, Value::Bits(value))),
            any::<[u8; 8]>().prop_map(|value| (Type::MACADDR8, Value::Macaddr8(MacAddr8(value)))),
            micros().prop_map(|value| (Type::TIMESTAMPTZ, Value::Timestamptz(value))),
            "-?[1-9][0-9]{0,30}(\\.[0-9]{1,9})?".prop_map(|value| (Type::JSON, Value::Text(value))),
            "-?[1-9][0-9]{0,30}(\\.[0-9]{1,9})?".prop_map(|value| (Type::JSONB, Value::Jsonb(value))),
            any::<Vec<i32>>().prop_map(|items| array(Type::INT4, items.into_iter().map(Value::Int4).collect())),
            prop::collection::vec("[^\0]*", 0..5)
                .prop_map(|items| array(Type::TEXT, items.into_iter().map(Value::Text).collect())),
            prop::collection::vec(micros(), 0..5)
                .prop_map(|items| array(Type::TIMESTAMPTZ, items.into_iter().map(Value::Timestamptz).collect())),
            micros().prop_map(|value| (Type::TIMESTAMP, Value::Timestamp(value))),
            (timestamp::date::MIN..timestamp::date::END).prop_map(|value| (Type::DATE, Value::Date(value))),
            (0..=timestamp::time::END).prop_map(|value| (Type::TIME, Value::Time(value))),
            timetz().prop_map(|value| (Type::TIMETZ, Value::Timetz(value))),
            any::<(i32, i32, i64)>().prop_map(|(months, days, micros)| {
                (Type::INTERVAL, Value::Interval(timestamp::Interval::new(months, days, micros)))
            }),
        ]
    }

    fn array(element: Type, items: Vec<Value>) -> (Type, Value) {
        let items = Items::list(items);
        let array = Array { element, dims: items.dims, elements: items.items };
        (element.array().unwrap(), Value::Array(Box::new(array)))
    }

    /// Through a column declared as the emitter declares it, for SQLite converts by the declared type.
    #[test]
    fn values_come_back_from_a_table() {
        let connection = Connection::open_in_memory().unwrap();
        for info in Type::all().iter().filter(|info| info.ty != Type::VOID) {
            let create = format!("CREATE TABLE \"{}\" (v {})", info.name, info.sql_name.replace('"', ""));
            let create = create.replace("(v json)", "(v json text)").replace("(v jsonb)", "(v jsonb text)");
            let create = create.replace("(v bit)", "(v bit text)").replace("(v bit varying)", "(v bit varying text)");
            connection.execute_batch(&create).unwrap();
        }
        proptest!(ProptestConfig::with_cases(1000), |((ty, value) in value())| {
            let name = ty.name();
            connection.execute_batch(&format!("DELETE FROM \"{name}\"")).unwrap();
            let mut insert = connection.prepare_cached(&format!("INSERT INTO \"{name}\" VALUES (?1)")).unwrap();
            bind(&mut insert, std::slice::from_ref(&value)).unwrap();
            insert.raw_execute().unwrap();
            let mut select = connection.prepare_cached(&format!("SELECT v FROM \"{name}\" WHERE v = ?1")).unwrap();
            bind(&mut select, std::slice::from_ref(&value)).unwrap();
            let mut rows = select.raw_query();
            let row = rows.next().unwrap().expect("equal to itself");
            let back = from_sqlite(row.get_ref(0).unwrap(), ty).unwrap();
            let same = match (&back, &value) {
                (Value::Float4(a), Value::Float4(b)) => a == b || a.is_nan() && b.is_nan(),
                (Value::Float8(a), Value::Float8(b)) => a == b || a.is_nan() && b.is_nan(),
                (a, b) => a == b,
            };
            prop_assert!(same, "{value:?} came back as {back:?}");
        });
    }

    #[test]
    fn ordinary_times_look_ordinary() {
        let stored = |text: &str| {
            let zone = timestamp::Zone::utc();
            timestamptz(timestamp::input(text, &zone, 0).unwrap())
        };
        assert_eq!(stored("2024-01-01 00:00:00.5"), "2024-01-01 00:00:00.5+00");
        assert_eq!(stored("0044-03-15 12:00 BC"), "-y9956-03-15 12:00:00+00 (44 BC)");
        assert_eq!(stored("12345-06-07"), "Y012345-06-07 00:00:00+00");
        assert_eq!(stored("infinity"), "infinity");
    }

    #[test]
    fn floats_sort_as_in_postgresql() {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch("CREATE TABLE t (v double precision)").unwrap();
        for float in [f64::NAN, 1.5, f64::INFINITY, -0.0, f64::NEG_INFINITY, 1e300] {
            connection.execute("INSERT INTO t VALUES (?1)", [to_sqlite(&Value::Float8(float)).unwrap()]).unwrap();
        }
        let mut statement = connection.prepare("SELECT v FROM t ORDER BY v").unwrap();
        let sorted: Vec<f64> = statement
            .query_map([], |row| Ok(float(row.get_ref(0)?).unwrap()))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        assert_eq!(format!("{sorted:?}"), "[-inf, 0.0, 1.5, 1e300, inf, NaN]");
    }

    #[test]
    fn what_is_not_ours_is_damage() {
        let refused = [
            (Type::BOOL, ValueRef::Integer(2)),
            (Type::INT2, ValueRef::Integer(32768)),
            (Type::INT4, ValueRef::Text(b"1")),
            (Type::TEXT, ValueRef::Text(b"\xff")),
            (Type::TEXT, ValueRef::Integer(7)),
            (Type::FLOAT8, ValueRef::Text(b"nan")),
            (Type::UUID, ValueRef::Text(b"A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11")),
            (Type::TIMESTAMPTZ, ValueRef::Text(b"2024-01-01")),
            (Type::TIMESTAMPTZ, ValueRef::Text(b"2024-02-30 00:00:00+00")),
            (Type::TIMESTAMPTZ, ValueRef::Text(b"2024-01-01 00:00:00.50+00")),
        ];
        for (ty, stored) in refused {
            assert_eq!(from_sqlite(stored, ty).unwrap_err().code, SqlState::DATA_CORRUPTED, "{ty} {stored:?}");
        }
    }
}
