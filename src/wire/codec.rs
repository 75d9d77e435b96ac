//! The bytes of one value on the wire, in PostgreSQL's text (0) and binary (1) formats.
//!
//! Bytes come from anybody: whatever they are, [`decode`] answers a value or one of PostgreSQL's errors.
//! [`encode`] writes straight into the message, without a string for each value.

use std::net::IpAddr;

use bytes::{BufMut, BytesMut};

use super::message::utf8;
use crate::types::array::{self, Array, Dimension};
use crate::types::network::{MacAddr, MacAddr8, Network};
use crate::types::record::{self, Field, Record, Shape};
use crate::types::timestamp::{self, Interval, TimeTz, Zone, date, time};
use crate::types::{PgError, SqlState, Type, Value, bits, numeric, text};

pub(super) const TEXT: i16 = 0;
pub(super) const BINARY: i16 = 1;
/// The first byte of jsonb's binary form, and of jsonpath's.
const JSONB_VERSION: u8 = 1;

/// Appends a value's bytes, without their length. NULL has none. Errors: 22023 for an unknown format code, 42883 for a
/// value that has no binary form.
pub(super) fn encode(value: &Value, format: i16, zone: &Zone, out: &mut BytesMut) -> Result<(), PgError> {
    match format {
        TEXT => text::output(value, zone, out),
        BINARY if is_textual(value) => {
            let message = "no binary output function available for type aclitem";
            return Err(PgError::new(SqlState::UNDEFINED_FUNCTION, message));
        }
        BINARY => encode_binary(value, out),
        code => return Err(unknown_format(code)),
    }
    Ok(())
}

/// Whether the value has a form as text only.
fn is_textual(value: &Value) -> bool {
    matches!(value, Value::Array(array) if array.element == Type::ACLITEM && !array.elements.is_empty())
}

fn encode_binary(value: &Value, out: &mut BytesMut) {
    match value {
        Value::Null => {}
        Value::Bool(bool) => out.put_u8(u8::from(*bool)),
        Value::Int2(int) => out.put_i16(*int),
        Value::Int4(int) => out.put_i32(*int),
        Value::Int8(int) => out.put_i64(*int),
        Value::Float4(float) => out.put_f32(*float),
        Value::Float8(float) => out.put_f64(*float),
        Value::Numeric(value) => numeric::send(value, |word| out.put_u16(word)),
        Value::Text(text) => out.put_slice(text.as_bytes()),
        Value::Bytea(bytes) => out.put_slice(bytes),
        Value::Bits(text) => {
            // Fewer than an i32 counts: a value is no longer than a message.
            out.put_i32(text.len() as i32);
            out.extend(bits::bytes(text));
        }
        Value::Timestamptz(micros) | Value::Timestamp(micros) | Value::Time(micros) => out.put_i64(*micros),
        Value::Date(days) => out.put_i32(*days),
        Value::Timetz(time) => {
            out.put_i64(time.micros);
            // Counted westwards.
            out.put_i32(-time.offset);
        }
        Value::Interval(interval) => {
            out.put_i64(interval.micros);
            out.put_i32(interval.days);
            out.put_i32(interval.months);
        }
        Value::Uuid(uuid) => out.put_slice(uuid),
        Value::Oid(oid) => out.put_u32(*oid),
        Value::Char(byte) => out.put_u8(*byte),
        Value::Jsonb(text) => {
            out.put_u8(JSONB_VERSION);
            out.put_slice(text.as_bytes());
        }
        Value::Array(array) | Value::Vector(array) => encode_array(array, out),
        Value::Named { oid, .. } => out.put_u32(*oid),
        Value::Inet(network) => encode_network(*network, false, out),
        Value::Cidr(network) => encode_network(*network, true, out),
        Value::Macaddr(address) => out.put_slice(&address.0),
        Value::Macaddr8(address) => out.put_slice(&address.0),
        Value::Record(record) => encode_record(record, out),
    }
}

/// `record_send`.
fn encode_record(record: &Record, out: &mut BytesMut) {
    // Fewer than an i32 counts: a row is made of arguments of one call, or of a type's columns.
    out.put_i32(record.values.len() as i32);
    for (field, value) in record.shape.fields.iter().zip(&record.values) {
        out.put_u32(field.named_type().0);
        encode_item(value, out);
    }
}

/// A value behind its length; −1 is NULL.
fn encode_item(value: &Value, out: &mut BytesMut) {
    if value.is_null() {
        out.put_i32(-1);
        return;
    }
    let length_at = out.len();
    out.put_i32(0);
    encode_binary(value, out);
    // Longer a row can't be either, which is checked where it is put together.
    let length = i32::try_from(out.len() - length_at - 4).unwrap_or(i32::MAX);
    out[length_at..length_at + 4].copy_from_slice(&length.to_be_bytes());
}

/// `inet_send`: family, bits of the network, whether it is a cidr, and the address with its length.
fn encode_network(network: Network, is_cidr: bool, out: &mut BytesMut) {
    let head = |family, length| [family, network.bits, u8::from(is_cidr), length];
    match network.address {
        IpAddr::V4(address) => {
            out.put_slice(&head(INET_V4, 4));
            out.put_slice(&address.octets());
        }
        IpAddr::V6(address) => {
            out.put_slice(&head(INET_V6, 16));
            out.put_slice(&address.octets());
        }
    }
}

/// `PGSQL_AF_INET` and its kin.
const INET_V4: u8 = 2;
const INET_V6: u8 = 3;

/// `network_recv`. Whether it says to be a cidr is not looked at.
fn decode_network(ty: Type, rest: &mut &[u8]) -> Result<Network, PgError> {
    let invalid = |message: String| PgError::new(SqlState::INVALID_BINARY_REPRESENTATION, message);
    let family = byte(rest)?;
    if !matches!(family, INET_V4 | INET_V6) {
        return Err(invalid(format!("invalid address family in external \"{ty}\" value")));
    }
    let most = if family == INET_V4 { 32 } else { 128 };
    let bits = byte(rest)?;
    if bits > most {
        return Err(invalid(format!("invalid bits in external \"{ty}\" value")));
    }
    byte(rest)?;
    if byte(rest)? != most / 8 {
        return Err(invalid(format!("invalid length in external \"{ty}\" value")));
    }
    let address = match family {
        INET_V4 => IpAddr::from(take::<4>(rest)?),
        _ => IpAddr::from(take::<16>(rest)?),
    };
    let network = Network { address, bits };
    if ty == Type::CIDR && !network.is_network() {
        return Err(
            invalid("invalid external \"cidr\" value".to_owned()).detail("Value has bits set to right of mask.")
        );
    }
    Ok(network)
}

/// `array_send`.
fn encode_array(array: &Array, out: &mut BytesMut) {
    // At most six dimensions, and no more items than an i32 counts.
    out.put_i32(array.dims.len() as i32);
    out.put_i32(i32::from(array.elements.iter().any(Value::is_null)));
    out.put_u32(array.element.0);
    for dim in &array.dims {
        out.put_i32(dim.len);
        out.put_i32(dim.lower);
    }
    array.elements.iter().for_each(|element| encode_item(element, out));
}

/// Bind's parameter `number` (from 1) of type `ty`; `zone` is the session's.
pub(super) fn decode(ty: Type, format: i16, bytes: &[u8], number: usize, zone: &Zone) -> Result<Value, PgError> {
    match format {
        TEXT => text::input(ty, valid_text(bytes)?, zone, timestamp::now()),
        BINARY => decode_binary(ty, bytes, number),
        code => Err(unknown_format(code)),
    }
}

/// The same of a type that clients know as another: an array of a domain's values, which say to be the domain's.
pub(super) fn decode_named(
    (ty, named): (Type, Type),
    format: i16,
    bytes: &[u8],
    number: usize,
    zone: &Zone,
) -> Result<Value, PgError> {
    let (Some(element), true) = (ty.element(), format == BINARY && ty != named) else {
        return decode(ty, format, bytes, number, zone);
    };
    let mut bytes = bytes.to_vec();
    match bytes.get_mut(8..12) {
        // Domains' array types are numbered behind them.
        Some(of) if *of == (named.0 - 1).to_be_bytes() => of.copy_from_slice(&element.0.to_be_bytes()),
        Some(of) => of.fill(0),
        None => {}
    }
    decode(ty, format, &bytes, number, zone)
}

fn unknown_format(code: i16) -> PgError {
    PgError::new(SqlState::INVALID_PARAMETER_VALUE, format!("unsupported format code: {code}"))
}

fn decode_binary(ty: Type, bytes: &[u8], number: usize) -> Result<Value, PgError> {
    let mut rest = bytes;
    let rest = &mut rest;
    let value = match ty {
        Type::BOOL => Value::Bool(byte(rest)? != 0),
        Type::CHAR => Value::Char(byte(rest)?),
        Type::INT2 => Value::Int2(i16::from_be_bytes(take(rest)?)),
        Type::INT4 => Value::Int4(i32::from_be_bytes(take(rest)?)),
        Type::INT8 => Value::Int8(i64::from_be_bytes(take(rest)?)),
        Type::INT2VECTOR | Type::OIDVECTOR => {
            let element = ty.vector_of().unwrap_or(Type::OID);
            Value::Vector(Box::new(Array::vector(element, decode_array(element, rest, number)?.elements)))
        }
        _ if ty.is_name_of_object() => Value::Oid(u32::from_be_bytes(take(rest)?)),
        Type::OID | Type::XID => Value::Oid(u32::from_be_bytes(take(rest)?)),
        Type::FLOAT4 => Value::Float4(f32::from_be_bytes(take(rest)?)),
        Type::FLOAT8 => Value::Float8(f64::from_be_bytes(take(rest)?)),
        Type::NUMERIC => Value::Numeric(Box::new(numeric::recv(|| Ok(u16::from_be_bytes(take(rest)?)))?)),
        Type::UUID => Value::Uuid(take(rest)?),
        Type::INET => Value::Inet(decode_network(ty, rest)?),
        Type::CIDR => Value::Cidr(decode_network(ty, rest)?),
        Type::BIT | Type::VARBIT => Value::Bits(decode_bits(rest)?),
        Type::MACADDR => Value::Macaddr(MacAddr(take(rest)?)),
        Type::MACADDR8 if rest.len() == 6 => Value::Macaddr8(MacAddr(take(rest)?).into()),
        Type::MACADDR8 => Value::Macaddr8(MacAddr8(take(rest)?)),
        Type::TIMESTAMPTZ => Value::Timestamptz(timestamp(i64::from_be_bytes(take(rest)?))?),
        Type::TIMESTAMP => Value::Timestamp(timestamp(i64::from_be_bytes(take(rest)?))?),
        Type::DATE => Value::Date(date(i32::from_be_bytes(take(rest)?))?),
        Type::TIME => Value::Time(time(i64::from_be_bytes(take(rest)?))?),
        Type::TIMETZ => {
            let micros = time(i64::from_be_bytes(take(rest)?))?;
            Value::Timetz(TimeTz { micros, offset: zone_offset(i32::from_be_bytes(take(rest)?))? })
        }
        Type::INTERVAL => {
            let micros = i64::from_be_bytes(take(rest)?);
            let (days, months) = (i32::from_be_bytes(take(rest)?), i32::from_be_bytes(take(rest)?));
            Value::Interval(Interval { months, days, micros })
        }
        Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::UNKNOWN => Value::Text(all_text(rest)?),
        _ if ty.is_enum() => Value::Text(all_text(rest)?),
        Type::RECORD => return Err(record::no_input()),
        _ if ty.relation().is_some() => Value::Record(Box::new(decode_record(ty, rest, number)?)),
        Type::JSON => text::input(ty, &all_text(rest)?, &Zone::utc(), 0)?,
        Type::JSONB => match byte(rest)? {
            JSONB_VERSION => text::input(ty, &all_text(rest)?, &Zone::utc(), 0)?,
            version => {
                let message = format!("unsupported jsonb version number {version}");
                return Err(PgError::new(SqlState::INTERNAL_ERROR, message));
            }
        },
        Type::JSONPATH => match byte(rest)? {
            JSONB_VERSION => text::input(ty, &all_text(rest)?, &Zone::utc(), 0)?,
            version => {
                let message = format!("unsupported jsonpath version number: {version}");
                return Err(PgError::new(SqlState::INTERNAL_ERROR, message));
            }
        },
        Type::NAME => Value::Text(name(all_text(rest)?)?),
        Type::PG_LSN => Value::Text(text::lsn_text(u64::from_be_bytes(take(rest)?))),
        Type::BYTEA => Value::Bytea(std::mem::take(rest).to_vec()),
        Type::VOID => Value::Text(String::new()),
        _ => match ty.element() {
            Some(element) => Value::Array(Box::new(decode_array(element, rest, number)?)),
            None => return Err(PgError::unsupported(format_args!("type {ty}"))),
        },
    };
    if !rest.is_empty() {
        return Err(PgError::new(
            SqlState::INVALID_BINARY_REPRESENTATION,
            format!("incorrect binary data format in bind parameter {number}"),
        ));
    }
    Ok(value)
}

/// `bit_recv`, `varbit_recv`: how many bits, and bytes that begin with them.
fn decode_bits(rest: &mut &[u8]) -> Result<String, PgError> {
    let length = i32::from_be_bytes(take(rest)?);
    let length = usize::try_from(length)
        .map_err(|_| PgError::new(SqlState::INVALID_BINARY_REPRESENTATION, "invalid length in external bit string"))?;
    let Some((bytes, after)) = rest.split_at_checked(length.div_ceil(8)) else {
        return Err(PgError::new(SqlState::PROTOCOL_VIOLATION, "insufficient data left in message"));
    };
    *rest = after;
    Ok(bits::of_bytes(bytes, length))
}

/// `record_recv`, but for what only the catalog knows: whether the fields are the type's.
fn decode_record(ty: Type, rest: &mut &[u8], number: usize) -> Result<Record, PgError> {
    let mut int = || Ok::<_, PgError>(i32::from_be_bytes(take(rest)?));
    let count = usize::try_from(int()?).unwrap_or(usize::MAX);
    let mut record = Record { shape: Shape { ty, fields: Vec::new() }, values: Vec::new() };
    if count > record::MAX_FIELDS {
        return Err(record::wrong_number(count));
    }
    for _ in 0..count {
        let field = Type(u32::from_be_bytes(take(rest)?));
        // Rows of a row are of another type, so they end; here they would not.
        if field.is_row() || field.is_array_of_rows() {
            return Err(PgError::unsupported("a row within a row as a binary parameter"));
        }
        let length = i32::from_be_bytes(take(rest)?);
        let value = match usize::try_from(length) {
            _ if length == -1 => Value::Null,
            Ok(length) if let Some((bytes, after)) = rest.split_at_checked(length) => {
                *rest = after;
                decode_binary(field, bytes, number)?
            }
            _ => {
                let message = "insufficient data left in message";
                return Err(PgError::new(SqlState::INVALID_BINARY_REPRESENTATION, message));
            }
        };
        let name = format!("f{}", record.values.len() + 1);
        record.shape.fields.push(Field { name, ty: field, typmod: -1, domain: 0 });
        record.values.push(value);
    }
    Ok(record)
}

/// `array_recv`.
fn decode_array(wanted: Type, rest: &mut &[u8], number: usize) -> Result<Array, PgError> {
    let invalid = |message: String| PgError::new(SqlState::INVALID_BINARY_REPRESENTATION, message);
    let mut int = || Ok::<_, PgError>(i32::from_be_bytes(take(rest)?));
    let ndim = int()?;
    let count = usize::try_from(ndim).map_err(|_| invalid(format!("invalid number of dimensions: {ndim}")))?;
    if count > array::MAX_DIMENSIONS {
        return Err(array::too_many_dimensions(count));
    }
    if !matches!(int()?, 0 | 1) {
        return Err(invalid("invalid array flags".into()));
    }
    if int()? as u32 != wanted.0 {
        return Err(PgError::new(SqlState::DATATYPE_MISMATCH, "wrong element type"));
    }
    let mut dims = Vec::with_capacity(count);
    for _ in 0..count {
        dims.push(Dimension { len: int()?, lower: int()? });
    }
    let items = array::check_bounds(&dims)?;
    if items == 0 {
        return Ok(Array { element: wanted, dims: Vec::new(), elements: Vec::new() });
    }
    // Each takes four bytes at least: what was announced is not believed.
    let mut elements = Vec::with_capacity(items.min(rest.len() / 4));
    for index in 0..items {
        let length = i32::from_be_bytes(take(rest)?);
        if length == -1 {
            elements.push(Value::Null);
            continue;
        }
        let bytes = usize::try_from(length).ok().and_then(|length| rest.split_at_checked(length));
        let Some((bytes, after)) = bytes else { return Err(invalid("insufficient data left in message".into())) };
        let element = decode_binary(wanted, bytes, number).map_err(|error| match error.message.as_str() {
            message if message.starts_with("incorrect binary data format in bind parameter") => {
                invalid(format!("improper binary format in array element {}", index + 1))
            }
            _ => error,
        })?;
        elements.push(element);
        *rest = after;
    }
    Ok(Array { element: wanted, dims, elements })
}

fn take<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], PgError> {
    let (bytes, after) = rest
        .split_first_chunk()
        .ok_or_else(|| PgError::new(SqlState::PROTOCOL_VIOLATION, "insufficient data left in message"))?;
    *rest = after;
    Ok(*bytes)
}

fn byte(rest: &mut &[u8]) -> Result<u8, PgError> {
    let no_data = |_| PgError::new(SqlState::PROTOCOL_VIOLATION, "no data left in message");
    take::<1>(rest).map_err(no_data).map(|[byte]| byte)
}

fn all_text(rest: &mut &[u8]) -> Result<String, PgError> {
    valid_text(std::mem::take(rest)).map(str::to_owned)
}

/// UTF-8 without NUL; the error is about what comes first.
fn valid_text(bytes: &[u8]) -> Result<&str, PgError> {
    match std::str::from_utf8(bytes) {
        Ok(text) => text::without_nul(text),
        Err(error) => {
            valid_text(&bytes[..error.valid_up_to()])?;
            utf8(bytes)
        }
    }
}

/// Too long a name is cut in text, refused in binary.
fn name(text: String) -> Result<String, PgError> {
    if text.len() > text::truncate_name(&text).len() {
        return Err(PgError::new(SqlState::NAME_TOO_LONG, "identifier too long")
            .detail("Identifier must be less than 64 characters."));
    }
    Ok(text)
}

fn timestamp(micros: i64) -> Result<i64, PgError> {
    if !timestamp::is_valid(micros) {
        return Err(PgError::new(SqlState::DATETIME_FIELD_OVERFLOW, "timestamp out of range"));
    }
    Ok(micros)
}

fn date(days: i32) -> Result<i32, PgError> {
    if date::is_valid(days) { Ok(days) } else { Err(date::out_of_range()) }
}

fn time(micros: i64) -> Result<i64, PgError> {
    if (0..=time::END).contains(&micros) { Ok(micros) } else { Err(time::out_of_range()) }
}

/// Seconds west of Greenwich → east of it.
fn zone_offset(west: i32) -> Result<i32, PgError> {
    if !(-time::MAX_OFFSET..=time::MAX_OFFSET).contains(&west) {
        let message = "time zone displacement out of range";
        return Err(PgError::new(SqlState::INVALID_TIME_ZONE_DISPLACEMENT_VALUE, message));
    }
    Ok(-west)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bytes_of(hex: &str) -> Vec<u8> {
        let digit = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
        (0..hex.len()).step_by(2).map(digit).collect()
    }

    /// Each line of the file is PostgreSQL 15's answer to `SELECT $1`: the parameter's type, format code and bytes,
    /// then `ok` and the result in binary, or an SQLSTATE and message.
    #[test]
    fn takes_and_sends_bytes_as_postgresql() {
        let mut wrong = Vec::new();
        for line in include_str!("codec.golden.tsv").lines() {
            let [ty, format, bytes, expected] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line:?}") };
            let ty = Type::all().iter().find(|info| info.name == ty).unwrap().ty;
            let answer = match decode(ty, format.parse().unwrap(), &bytes_of(bytes), 1, &Zone::utc()) {
                Ok(value) => {
                    let mut out = BytesMut::new();
                    encode(&value, BINARY, &Zone::utc(), &mut out).unwrap();
                    let hex: String = out.iter().map(|byte| format!("{byte:02x}")).collect();
                    format!("ok {hex}")
                }
                Err(error) => {
                    let detail = error.detail.map_or_else(String::new, |detail| format!(" DETAIL {detail}"));
                    format!("{} {}{detail}", error.code.as_str(), error.message)
                }
            };
            if answer != expected {
                wrong.push(format!("{line}\n    got {answer}"));
            }
        }
        assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(500))]

        #[test]
        fn any_bytes_are_a_value_or_an_error(
            bytes in prop_oneof![
                prop::collection::vec(any::<u8>(), 0..40),
                "[-+:./, 0-9a-zT]{0,40}".prop_map(String::into_bytes),
                "\\PC{0,20}".prop_map(String::into_bytes),
            ],
            format in -1i16..3,
        ) {
            let zone = Zone::resolve("America/New_York").unwrap();
            // Of the catalogs' types some are read by the catalog only.
            for info in Type::all().iter().filter(|info| !info.ty.is_of_catalogs()) {
                let Ok(value) = decode(info.ty, format, &bytes, 1, &zone) else { continue };
                // What was taken can be sent, and taken again.
                for format in [TEXT, BINARY] {
                    let mut out = BytesMut::new();
                    encode(&value, format, &zone, &mut out).unwrap();
                    let again = decode(info.ty, format, &out, 1, &zone);
                    let same = match (&again, &value) {
                        (Ok(Value::Float4(a)), Value::Float4(b)) => a == b || a.is_nan() && b.is_nan(),
                        (Ok(Value::Float8(a)), Value::Float8(b)) => a == b || a.is_nan() && b.is_nan(),
                        (Ok(again), value) => again == value,
                        (Err(_), _) => false,
                    };
                    prop_assert!(same, "{value:?} came back as {again:?}");
                }
            }
        }
    }
}
