//! `pg_stat_all_tables` and its kin. SQLite counts none of what they tell, so they are what they are on a PostgreSQL that
//! has just been started: all that there is, and nothing that has happened to it yet.

use super::classes::owner_of;
use super::{Rows, Seen, oid, relations, text};
use crate::catalog::Object;
use crate::types::Value;

/// Counters that are never NULL.
const OF_TABLES: &[&str] = &[
    "seq_scan",
    "seq_tup_read",
    "n_tup_ins",
    "n_tup_upd",
    "n_tup_del",
    "n_tup_hot_upd",
    "n_live_tup",
    "n_dead_tup",
    "n_mod_since_analyze",
    "n_ins_since_vacuum",
    "vacuum_count",
    "autovacuum_count",
    "analyze_count",
    "autoanalyze_count",
];

pub fn all_tables(seen: &Seen, rows: &mut Rows) {
    system_tables(seen, rows);
    user_tables(seen, rows);
}

/// PostgreSQL's own indexes are not listed here, so none is counted.
pub fn system_tables(_: &Seen, rows: &mut Rows) {
    for relation in relations().iter().filter(|relation| relation.is_there() && relation.kind == b'r') {
        table(rows, relation.oid, (relation.schema, relation.name), false);
    }
}

pub fn user_tables(seen: &Seen, rows: &mut Rows) {
    for of in seen.catalog.tables() {
        table(rows, of.oid, (&of.schema, &of.name), seen.catalog.indexes_of(of.oid).next().is_some());
    }
}

fn table(rows: &mut Rows, number: u32, (schema, name): (&str, &str), has_index: bool) {
    let of_indexes = || if has_index { Value::Int8(0) } else { Value::Null };
    rows.push([
        ("relid", oid(number)),
        ("schemaname", text(schema)),
        ("relname", text(name)),
        ("idx_scan", of_indexes()),
        ("idx_tup_fetch", of_indexes()),
    ]);
    rows.zero(OF_TABLES);
}

pub fn user_indexes(seen: &Seen, rows: &mut Rows) {
    for object in seen.catalog.objects() {
        let Object::Index(index) = object else { continue };
        let Some((of, _)) = owner_of(seen, index) else { continue };
        rows.push([
            ("relid", oid(of.oid)),
            ("indexrelid", oid(index.oid)),
            ("schemaname", text(&of.schema)),
            ("relname", text(&of.name)),
            ("indexrelname", text(&index.name)),
        ]);
        rows.zero(&["idx_scan", "idx_tup_read", "idx_tup_fetch"]);
    }
}
