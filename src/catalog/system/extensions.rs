//! What CREATE EXTENSION could make: nothing but what is there already.

use super::{Rows, Seen, builtin, relation, text};
use crate::types::Value;

/// The names and versions of those that there are, and what is said of them.
fn installed() -> Vec<(Value, Value, Value)> {
    let lines = <builtin::Extensions as builtin::File>::ROWS.lines();
    let extension = |line: &str| {
        let fields: Vec<&str> = line.split('\t').collect();
        let (number, name, version) = (fields.first()?, fields.get(1)?, fields.get(5)?);
        let class = relation("pg_catalog", "pg_extension")?.oid;
        let comment = builtin::description(class, number.parse().ok()?, 0).map_or(Value::Null, Value::Text);
        Some((text(*name), text(*version), comment))
    };
    lines.filter_map(extension).collect()
}

pub fn available(_: &Seen, rows: &mut Rows) {
    for (name, version, comment) in installed() {
        rows.push([
            ("name", name),
            ("default_version", version.clone()),
            ("installed_version", version),
            ("comment", comment),
        ]);
    }
}

pub fn versions(_: &Seen, rows: &mut Rows) {
    for (name, version, comment) in installed() {
        rows.push([
            ("name", name),
            ("version", version),
            ("installed", Value::Bool(true)),
            ("superuser", Value::Bool(true)),
            ("trusted", Value::Bool(true)),
            ("relocatable", Value::Bool(false)),
            ("schema", text("pg_catalog")),
            ("comment", comment),
        ]);
    }
}
