//! `pg_prepared_statements` and `pg_cursors`: what a session has of its own.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Rows, Seen, list, text};
use crate::types::{Type, Value};

/// What one session has prepared and opened.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Own {
    pub prepared: Vec<PreparedStatement>,
    pub cursors: Vec<Cursor>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PreparedStatement {
    pub name: String,
    /// The text that the client sent.
    pub statement: Arc<str>,
    /// Microseconds since 2000-01-01 UTC.
    pub prepared_at: i64,
    pub parameters: Vec<Type>,
    /// By PREPARE, not by Parse.
    pub from_sql: bool,
    pub runs: u64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cursor {
    pub name: String,
    pub statement: Arc<str>,
    pub is_holdable: bool,
    pub is_binary: bool,
    pub is_scrollable: bool,
    pub created_at: i64,
}

pub(super) fn prepared_statements(seen: &Seen, rows: &mut Rows) {
    for prepared in seen.own.map_or(&[][..], |own| &own.prepared) {
        let types = prepared.parameters.iter().map(|ty| Value::Oid(ty.0)).collect();
        let runs = i64::try_from(prepared.runs).unwrap_or(i64::MAX);
        rows.push([
            ("name", text(&prepared.name)),
            ("statement", text(&*prepared.statement)),
            ("prepare_time", Value::Timestamptz(prepared.prepared_at)),
            ("parameter_types", list(Type::REGTYPE, types)),
            ("from_sql", Value::Bool(prepared.from_sql)),
            // A plan is never made for certain values.
            ("generic_plans", Value::Int8(runs)),
            ("custom_plans", Value::Int8(0)),
        ]);
    }
}

pub(super) fn cursors(seen: &Seen, rows: &mut Rows) {
    for cursor in seen.own.map_or(&[][..], |own| &own.cursors) {
        rows.push([
            ("name", text(&cursor.name)),
            ("statement", text(&*cursor.statement)),
            ("is_holdable", Value::Bool(cursor.is_holdable)),
            ("is_binary", Value::Bool(cursor.is_binary)),
            ("is_scrollable", Value::Bool(cursor.is_scrollable)),
            ("creation_time", Value::Timestamptz(cursor.created_at)),
        ]);
    }
}
