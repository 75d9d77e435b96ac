//! The order of values that are not compared as they are stored: elements of arrays, and what stands in a jsonb.

use std::cmp::Ordering;

use super::array::Array;
use super::json::{self, Json};
use super::{Numeric, Type, Value};

/// How two values of type `ty` sort; equal is what `=` says. NULLs come last and are equal, as elements of arrays are
/// compared.
pub fn values(ty: Type, a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::Null, Value::Null) => Ordering::Equal,
        (Value::Null, _) => Ordering::Greater,
        (_, Value::Null) => Ordering::Less,
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (Value::Int2(a), Value::Int2(b)) => a.cmp(b),
        (Value::Int4(a), Value::Int4(b)) => a.cmp(b),
        (Value::Int8(a), Value::Int8(b)) => a.cmp(b),
        (Value::Float4(a), Value::Float4(b)) => floats((*a).into(), (*b).into()),
        (Value::Float8(a), Value::Float8(b)) => floats(*a, *b),
        (Value::Numeric(a), Value::Numeric(b)) => a.compare(b),
        // Blanks at the end of char(n) don't count.
        (Value::Text(a), Value::Text(b)) if ty == Type::BPCHAR => a.trim_end_matches(' ').cmp(b.trim_end_matches(' ')),
        (Value::Text(a), Value::Text(b)) | (Value::Bits(a), Value::Bits(b)) => a.cmp(b),
        (Value::Bytea(a), Value::Bytea(b)) => a.cmp(b),
        (Value::Timestamptz(a), Value::Timestamptz(b)) | (Value::Timestamp(a), Value::Timestamp(b)) => a.cmp(b),
        (Value::Date(a), Value::Date(b)) => a.cmp(b),
        (Value::Time(a), Value::Time(b)) => a.cmp(b),
        (Value::Timetz(a), Value::Timetz(b)) => a.compare(*b),
        (Value::Interval(a), Value::Interval(b)) => a.compare(*b),
        (Value::Uuid(a), Value::Uuid(b)) => a.cmp(b),
        (Value::Oid(a), Value::Oid(b)) => a.cmp(b),
        (Value::Char(a), Value::Char(b)) => a.cmp(b),
        (Value::Jsonb(a), Value::Jsonb(b)) => jsonb_texts(a, b),
        (Value::Inet(a) | Value::Cidr(a), Value::Inet(b) | Value::Cidr(b)) => a.compare(*b),
        (Value::Macaddr(a), Value::Macaddr(b)) => a.cmp(b),
        (Value::Macaddr8(a), Value::Macaddr8(b)) => a.cmp(b),
        (Value::Array(a), Value::Array(b)) => arrays(a, b),
        // Two values of one type are of one kind.
        _ => Ordering::Equal,
    }
}

fn floats(a: f64, b: f64) -> Ordering {
    // NaN is equal to itself and greater than anything else.
    a.partial_cmp(&b).unwrap_or_else(|| a.is_nan().cmp(&b.is_nan()))
}

/// `btarraycmp`: by elements, then by how many there are, then by their arrangement.
pub fn arrays(a: &Array, b: &Array) -> Ordering {
    let pairs = a.elements.iter().zip(&b.elements);
    pairs
        .map(|(left, right)| values(a.element, left, right))
        .find(|order| order.is_ne())
        .unwrap_or_else(|| a.elements.len().cmp(&b.elements.len()))
        .then_with(|| a.dims.len().cmp(&b.dims.len()))
        .then_with(|| a.dims.iter().map(|dim| dim.len).cmp(b.dims.iter().map(|dim| dim.len)))
        .then_with(|| a.dims.iter().map(|dim| dim.lower).cmp(b.dims.iter().map(|dim| dim.lower)))
}

/// Of jsonb values in their normal form. What is none (and so damage) sorts as text.
pub fn jsonb_texts(a: &str, b: &str) -> Ordering {
    if a == b {
        return Ordering::Equal;
    }
    match (json::parse(a), json::parse(b)) {
        (Ok(left), Ok(right)) => jsonb(&left, &right),
        _ => a.cmp(b),
    }
}

/// `compareJsonbContainers`.
pub fn jsonb(a: &Json, b: &Json) -> Ordering {
    match (a, b) {
        // Outermost, a scalar is an array of one element to PostgreSQL, and so sorts after an empty array.
        (Json::Array(items), other) if !is_container(other) => {
            if items.is_empty() {
                Ordering::Less
            } else {
                Ordering::Greater
            }
        }
        (other, Json::Array(items)) if !is_container(other) => {
            if items.is_empty() {
                Ordering::Greater
            } else {
                Ordering::Less
            }
        }
        _ => inner(a, b),
    }
}

fn is_container(json: &Json) -> bool {
    matches!(json, Json::Array(_) | Json::Object(_))
}

fn inner(a: &Json, b: &Json) -> Ordering {
    match (a, b) {
        (Json::Null, Json::Null) => Ordering::Equal,
        (Json::String(a), Json::String(b)) => a.cmp(b),
        (Json::Number(a), Json::Number(b)) => numbers(a, b),
        (Json::Bool(a), Json::Bool(b)) => a.cmp(b),
        (Json::Array(a), Json::Array(b)) => {
            let pairs = a.iter().zip(b).map(|(a, b)| inner(a, b));
            a.len().cmp(&b.len()).then_with(|| first_difference(pairs))
        }
        (Json::Object(a), Json::Object(b)) => {
            let pairs = a.iter().zip(b).map(|((key_a, a), (key_b, b))| key_a.cmp(key_b).then_with(|| inner(a, b)));
            a.len().cmp(&b.len()).then_with(|| first_difference(pairs))
        }
        _ => rank(a).cmp(&rank(b)),
    }
}

fn first_difference(mut orders: impl Iterator<Item = Ordering>) -> Ordering {
    orders.find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}

fn numbers(a: &str, b: &str) -> Ordering {
    match (Numeric::input(a), Numeric::input(b)) {
        (Ok(left), Ok(right)) => left.compare(&right),
        _ => a.cmp(b),
    }
}

/// By type (`enum jbvType`).
fn rank(json: &Json) -> u8 {
    match json {
        Json::Null => 0,
        Json::String(_) => 1,
        Json::Number(_) => 2,
        Json::Bool(_) => 3,
        Json::Array(_) => 4,
        Json::Object(_) => 5,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// In PostgreSQL's own order (`SELECT … ORDER BY j`).
    #[test]
    fn jsonb_sorts_as_in_postgresql() {
        let sorted = [
            "[]",
            "null",
            "\"\"",
            "\"a\"",
            "\"b\"",
            "-1",
            "1.0",
            "2",
            "10",
            "false",
            "true",
            "[null]",
            "[1]",
            "[\"a\", 1]",
            "[1, 2]",
            "[[], 2]",
            "{}",
            "{\"a\": 1}",
            "{\"aa\": 0}",
            "{\"b\": 0}",
            "{\"a\": 1, \"b\": 2}",
        ];
        for (i, a) in sorted.iter().enumerate() {
            for (j, b) in sorted.iter().enumerate() {
                assert_eq!(jsonb_texts(a, b), i.cmp(&j), "{a} {b}");
            }
        }
        assert_eq!(jsonb_texts("1.0", "1.00"), Ordering::Equal);
    }
}
