//! Bytes that compare as values do: what a key is made of where stored forms can't be compared as they are.
//!
//! | value | bytes |
//! |---|---|
//! | integers, dates, timestamps | big-endian, with the sign turned round |
//! | floats | their bits, turned round so that they sort; −0 is 0, NaN comes last |
//! | numeric | its stored form ([`key`](super::numeric::key)) without the zeros it shows, and a zero byte |
//! | text | itself, and a zero byte, which no text has; of char(n) without the blanks at its end |
//! | bytea | itself, each zero byte followed by 255, and two zero bytes |
//! | interval | its length, as an integer of 16 bytes |
//! | addresses | 0, or 1 of IPv6; its network; how many bits that has; itself |
//! | enums | the label's `enumsortorder`, as a float |
//! | arrays | each element, behind 1, or 2 for NULL; 0; how many dimensions, their lengths, their lower bounds |
//! | rows | each field as an element, and 0 |
//! | jsonb | 0 for `[]`, 1 and a scalar, 2 and an array or object: see [`compare::jsonb`](super::compare::jsonb) |
//!
//! Each says itself where it ends, so that of two different ones none begins as the other. They are in the databases' files:
//! the forms can't be changed.

use std::net::IpAddr;

use super::array::Array;
use super::json::{self, Json};
use super::network::Network;
use super::record::Record;
use super::{Numeric, PgError, Type, Value};

/// A label's `enumsortorder`.
pub type LabelOrder<'l> = &'l dyn Fn(Type, &str) -> Option<f32>;

const THERE: u8 = 1;
const NULL: u8 = 2;
const END: u8 = 0;

/// The key of a value of this type, which is not NULL. Errors: 0A000 for what does not compare.
pub fn sort_key(ty: Type, value: &Value, order: LabelOrder) -> Result<Vec<u8>, PgError> {
    let mut key = Vec::new();
    write(ty, value, order, &mut key)?;
    Ok(key)
}

fn write(ty: Type, value: &Value, order: LabelOrder, key: &mut Vec<u8>) -> Result<(), PgError> {
    let incomparable = || PgError::unsupported(format!("a key of values of type {ty}"));
    match value {
        Value::Bool(value) => key.push(u8::from(*value)),
        Value::Int2(value) => key.extend(integer((*value).into())),
        Value::Int4(value) => key.extend(integer((*value).into())),
        Value::Int8(value) | Value::Timestamptz(value) | Value::Timestamp(value) | Value::Time(value) => {
            key.extend(integer(*value));
        }
        Value::Oid(value) => key.extend(integer((*value).into())),
        Value::Date(value) => key.extend(integer((*value).into())),
        Value::Float4(value) => key.extend(float((*value).into())),
        Value::Float8(value) => key.extend(float(*value)),
        Value::Numeric(numeric) => number(numeric, key),
        Value::Text(label) if ty.is_enum() => {
            key.extend(float(order(ty, label).ok_or_else(incomparable)?.into()));
        }
        Value::Text(value) if ty == Type::BPCHAR => text(value.trim_end_matches(' '), key),
        Value::Text(value) if ty != Type::JSON => text(value, key),
        Value::Bits(bits) => text(bits, key),
        Value::Bytea(bytes) => escaped(bytes, key),
        Value::Timetz(time) => {
            key.extend(integer(time.in_greenwich()));
            // Of equal times the western zones come last.
            key.extend(integer(-i64::from(time.offset)));
        }
        Value::Interval(interval) => key.extend(((interval.span() as u128) ^ (1 << 127)).to_be_bytes()),
        Value::Uuid(uuid) => key.extend(uuid),
        Value::Char(byte) => key.push(*byte),
        Value::Inet(network) | Value::Cidr(network) => address(*network, key),
        Value::Macaddr(address) => key.extend(address.0),
        Value::Macaddr8(address) => key.extend(address.0),
        Value::Jsonb(value) if ty == Type::JSONB => jsonb(&json::parse(value)?, key),
        Value::Array(array) => elements(array, order, key)?,
        Value::Record(record) => fields(record, order, key)?,
        _ => return Err(incomparable()),
    }
    Ok(())
}

/// Of two networks that have their common bits in common, the one with fewer bits has zeros where the other has more.
fn address(network: Network, key: &mut Vec<u8>) {
    key.push(u8::from(!network.is_v4()));
    octets(network.network(), key);
    key.push(network.bits);
    octets(network, key);
}

fn octets(network: Network, key: &mut Vec<u8>) {
    match network.address {
        IpAddr::V4(address) => key.extend(address.octets()),
        IpAddr::V6(address) => key.extend(address.octets()),
    }
}

fn item(ty: Type, value: &Value, order: LabelOrder, key: &mut Vec<u8>) -> Result<(), PgError> {
    match value {
        Value::Null => key.push(NULL),
        value => {
            key.push(THERE);
            write(ty, value, order, key)?;
        }
    }
    Ok(())
}

fn elements(array: &Array, order: LabelOrder, key: &mut Vec<u8>) -> Result<(), PgError> {
    array.elements.iter().try_for_each(|element| item(array.element, element, order, key))?;
    key.push(END);
    key.push(array.dims.len() as u8);
    array.dims.iter().for_each(|dim| key.extend(integer(dim.len.into())));
    array.dims.iter().for_each(|dim| key.extend(integer(dim.lower.into())));
    Ok(())
}

fn fields(record: &Record, order: LabelOrder, key: &mut Vec<u8>) -> Result<(), PgError> {
    let fields = record.shape.fields.iter().zip(&record.values);
    fields.into_iter().try_for_each(|(field, value)| item(field.ty, value, order, key))?;
    key.push(END);
    Ok(())
}

fn jsonb(value: &Json, key: &mut Vec<u8>) {
    key.push(match value {
        Json::Array(items) if items.is_empty() => 0,
        Json::Array(_) | Json::Object(_) => 2,
        _ => 1,
    });
    inner(value, key);
}

/// By type, then of arrays and objects by how many there are in them.
fn inner(value: &Json, key: &mut Vec<u8>) {
    match value {
        Json::Null => key.push(0),
        Json::String(value) => {
            key.push(1);
            text(value, key);
        }
        Json::Number(value) => {
            key.push(2);
            match Numeric::input(value) {
                Ok(numeric) => number(&numeric, key),
                Err(_) => text(value, key),
            }
        }
        Json::Bool(value) => key.extend([3, u8::from(*value)]),
        Json::Array(items) => {
            key.push(4);
            key.extend((items.len() as u64).to_be_bytes());
            items.iter().for_each(|item| inner(item, key));
        }
        Json::Object(members) => {
            key.push(5);
            key.extend((members.len() as u64).to_be_bytes());
            for (name, value) in members {
                text(name, key);
                inner(value, key);
            }
        }
    }
}

fn number(numeric: &Numeric, key: &mut Vec<u8>) {
    text(numeric.key().trim_end_matches(' '), key);
}

pub fn integer(int: i64) -> [u8; 8] {
    ((int as u64) ^ (1 << 63)).to_be_bytes()
}

/// −0 is 0, and NaN greater than everything.
pub fn float(float: f64) -> [u8; 8] {
    let bits = if float == 0.0 {
        0
    } else if float.is_nan() {
        f64::NAN.to_bits() & !(1 << 63)
    } else {
        float.to_bits()
    };
    (if bits >> 63 == 1 { !bits } else { bits | 1 << 63 }).to_be_bytes()
}

pub fn text(text: &str, key: &mut Vec<u8>) {
    key.extend(text.as_bytes());
    key.push(0);
}

fn escaped(bytes: &[u8], key: &mut Vec<u8>) {
    for byte in bytes {
        key.push(*byte);
        if *byte == 0 {
            key.push(255);
        }
    }
    key.extend([0, 0]);
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering;

    use proptest::prelude::*;

    use super::*;
    use crate::types::array::{Dimension, Items};
    use crate::types::compare;
    use crate::types::timestamp::{Interval, TimeTz, Zone};

    fn key(ty: Type, value: &Value) -> Vec<u8> {
        let order = |_: Type, label: &str| ["low", "high"].iter().position(|other| *other == label).map(|at| at as f32);
        sort_key(ty, value, &order).unwrap()
    }

    fn keys_compare(ty: Type, a: &Value, b: &Value) -> Ordering {
        key(ty, a).cmp(&key(ty, b))
    }

    #[test]
    fn numbers_sort_by_their_bytes() {
        let floats = [f64::NEG_INFINITY, -1.5, -f64::MIN_POSITIVE, 0.0, 1e-300, 2.0, f64::INFINITY, f64::NAN];
        assert!(floats.map(float).is_sorted());
        assert_eq!(float(-0.0), float(0.0));
        assert!([i64::MIN, -1, 0, 1, i64::MAX].map(integer).is_sorted());
    }

    #[test]
    fn labels_sort_as_their_enum_has_them() {
        let mood = Type(16_386);
        let label = |label: &str| Value::Text(label.to_owned());
        assert_eq!(keys_compare(mood, &label("low"), &label("high")), Ordering::Less);
        assert!(sort_key(mood, &label("none"), &|_, _| None).is_err());
    }

    #[test]
    fn what_does_not_compare_has_no_key() {
        assert!(sort_key(Type::JSON, &Value::Text("1".to_owned()), &|_, _| None).is_err());
    }

    fn json() -> impl Strategy<Value = String> + Clone {
        let leaf = prop_oneof![
            Just("null".to_owned()),
            any::<bool>().prop_map(|value| value.to_string()),
            "-?[1-9][0-9]{0,3}(\\.[0-9]{1,3})?",
            "\"[a-c]{0,3}\"",
        ];
        leaf.prop_recursive(3, 20, 3, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..3).prop_map(|items| format!("[{}]", items.join(", "))),
                prop::collection::vec(("[a-c]{0,2}", inner), 0..3).prop_map(|members| {
                    let members: Vec<String> =
                        members.into_iter().map(|(name, value)| format!("\"{name}\": {value}")).collect();
                    format!("{{{}}}", members.join(", "))
                }),
            ]
        })
        .prop_map(|text| json::normalize(&text).unwrap())
        .boxed()
    }

    /// Two values of one type, often close to each other.
    fn pair() -> impl Strategy<Value = (Type, Value, Value)> {
        fn two<T: std::fmt::Debug>(
            ty: Type,
            strategy: impl Strategy<Value = T> + Clone,
            value: impl Fn(T) -> Value + Clone + 'static,
        ) -> impl Strategy<Value = (Type, Value, Value)> {
            (strategy.clone(), strategy).prop_map(move |(a, b)| (ty, value(a), value(b)))
        }
        prop_oneof![
            two(Type::INT4, -3i32..3, Value::Int4),
            two(Type::INT8, any::<i64>(), Value::Int8),
            two(Type::FLOAT8, any::<f64>(), Value::Float8),
            two(Type::FLOAT4, any::<f32>(), Value::Float4),
            two(Type::NUMERIC, "-?[0-9]{1,12}(\\.[0-9]{1,4})?", |text| {
                Value::Numeric(Box::new(Numeric::input(&text).unwrap()))
            }),
            two(Type::TEXT, "[ab\u{1}é]{0,3}", Value::Text),
            two(Type::BPCHAR, "[ab ]{0,3}", Value::Text),
            two(Type::BYTEA, prop::collection::vec(0u8..3, 0..4), Value::Bytea),
            two(Type::JSONB, json(), Value::Jsonb),
            two(Type::INTERVAL, (-2i32..3, -40i32..40, any::<i32>()), |(months, days, micros)| {
                Value::Interval(Interval::new(months, days, micros.into()))
            }),
            two(Type::TIMETZ, (0i64..5_000_000, -2i32..2), |(micros, offset)| {
                Value::Timetz(TimeTz { micros, offset })
            }),
            two(Type::UUID, any::<[u8; 16]>(), Value::Uuid),
            two(Type::BOOL, any::<bool>(), Value::Bool),
            two(Type::INET, "((0|128|192)\\.(0|1)\\.0\\.[01]|::[0-3]|1::|[89]::1)(/[0-9])?", |text| {
                Value::Inet(Network::input(&text, Type::INET).unwrap())
            }),
        ]
    }

    fn array(ty: Type, elements: Vec<Value>, lower: i32, nested: bool) -> Value {
        let Items { mut dims, items } = Items::list(elements);
        dims.iter_mut().for_each(|dim| dim.lower = lower);
        if nested && !dims.is_empty() {
            dims.insert(0, Dimension { len: 1, lower: 1 });
        }
        Value::Array(Box::new(Array { element: ty, dims, elements: items }))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]

        #[test]
        fn keys_compare_as_values_do((ty, a, b) in pair()) {
            prop_assert_eq!(keys_compare(ty, &a, &b), compare::values(ty, &a, &b));
        }

        #[test]
        fn so_do_those_of_arrays(
            (ty, a, b) in pair(),
            picks in (prop::collection::vec(0u8..3, 0..4), prop::collection::vec(0u8..3, 0..4)),
            lowers in (0i32..2, 0i32..2),
            nested in (any::<bool>(), any::<bool>()),
        ) {
            let pick = |picks: Vec<u8>| -> Vec<Value> {
                picks.into_iter().map(|pick| [a.clone(), b.clone(), Value::Null][usize::from(pick)].clone()).collect()
            };
            let one = array(ty, pick(picks.0), lowers.0, nested.0);
            let other = array(ty, pick(picks.1), lowers.1, nested.1);
            let of = ty.array().unwrap();
            prop_assert_eq!(keys_compare(of, &one, &other), compare::values(of, &one, &other), "{:?} {:?}", one, other);
        }
    }

    /// They are in files: an index made by one release must serve the next.
    #[test]
    fn keys_stay_as_they_are() {
        let hex = |ty: Type, text: &str| {
            let value = crate::types::text::input(ty, text, &Zone::utc(), 0).unwrap();
            key(ty, &value).iter().map(|byte| format!("{byte:02x}")).collect::<String>()
        };
        assert_eq!(
            hex(Type::INT4.array().unwrap(), "{7,NULL}"),
            "018000000000000007020001800000000000000280000000\
            00000001"
                .replace(' ', "")
        );
        assert_eq!(hex(Type::TEXT.array().unwrap(), "{}"), "0000");
        assert_eq!(hex(Type::JSONB, "{\"a\": 1.50}"), "02050000000000000001610002413120312e3500");
        assert_eq!(hex(Type::JSONB, "[]"), "00040000000000000000");
        assert_eq!(hex(Type::INTERVAL, "1 second"), "800000000000000000000000000f4240");
        assert_eq!(hex(Type::BYTEA, "\\x0001"), "00ff010000");
        assert_eq!(hex(Type::DATE, "2000-01-02"), "8000000000000001");
    }
}
