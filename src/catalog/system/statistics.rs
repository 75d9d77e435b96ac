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

/// The same of the transaction alone.
const NOW: &[&str] = &["seq_scan", "seq_tup_read", "n_tup_ins", "n_tup_upd", "n_tup_del", "n_tup_hot_upd"];

/// Counters of a relation: those that are never NULL, and those of its indexes, which are without one.
type Counters = (&'static [&'static str], &'static [&'static str]);

const EVER: Counters = (OF_TABLES, &["idx_scan", "idx_tup_fetch"]);
const IN_TRANSACTION: Counters = (NOW, &["idx_scan", "idx_tup_fetch"]);
const BLOCKS: Counters = (&["heap_blks_read", "heap_blks_hit"], &["idx_blks_read", "idx_blks_hit"]);

pub fn all_tables(seen: &Seen, rows: &mut Rows) {
    system_tables(seen, rows);
    user_tables(seen, rows);
}

pub fn system_tables(_: &Seen, rows: &mut Rows) {
    of_system(rows, EVER);
}

pub fn user_tables(seen: &Seen, rows: &mut Rows) {
    of_users(seen, rows, EVER);
}

pub fn all_tables_now(seen: &Seen, rows: &mut Rows) {
    system_tables_now(seen, rows);
    user_tables_now(seen, rows);
}

pub fn system_tables_now(_: &Seen, rows: &mut Rows) {
    of_system(rows, IN_TRANSACTION);
}

pub fn user_tables_now(seen: &Seen, rows: &mut Rows) {
    of_users(seen, rows, IN_TRANSACTION);
}

pub fn all_tables_read(seen: &Seen, rows: &mut Rows) {
    system_tables_read(seen, rows);
    user_tables_read(seen, rows);
}

pub fn system_tables_read(_: &Seen, rows: &mut Rows) {
    of_system(rows, BLOCKS);
}

pub fn user_tables_read(seen: &Seen, rows: &mut Rows) {
    of_users(seen, rows, BLOCKS);
}

/// PostgreSQL's own indexes are not listed here, so none is counted.
fn of_system(rows: &mut Rows, counters: Counters) {
    for relation in relations().iter().filter(|relation| relation.is_there() && relation.kind == b'r') {
        table(rows, relation.oid, (relation.schema, relation.name), false, counters);
    }
}

fn of_users(seen: &Seen, rows: &mut Rows, counters: Counters) {
    for of in seen.catalog.tables() {
        let has_index = seen.catalog.indexes_of(of.oid).next().is_some();
        table(rows, of.oid, (&of.schema, &of.name), has_index, counters);
    }
}

fn table(rows: &mut Rows, number: u32, (schema, name): (&str, &str), has_index: bool, (own, of_indexes): Counters) {
    rows.push([("relid", oid(number)), ("schemaname", text(schema)), ("relname", text(name))]);
    rows.zero(own);
    if has_index {
        rows.zero(of_indexes);
    }
}

pub fn sequences_read(seen: &Seen, rows: &mut Rows) {
    for object in seen.catalog.objects() {
        let Object::Sequence(sequence) = object else { continue };
        rows.push([
            ("relid", oid(sequence.oid)),
            ("schemaname", text(&sequence.schema)),
            ("relname", text(&sequence.name)),
        ]);
        rows.zero(&["blks_read", "blks_hit"]);
    }
}

pub fn user_indexes(seen: &Seen, rows: &mut Rows) {
    of_user_indexes(seen, rows, &["idx_scan", "idx_tup_read", "idx_tup_fetch"]);
}

pub fn user_indexes_read(seen: &Seen, rows: &mut Rows) {
    of_user_indexes(seen, rows, &["idx_blks_read", "idx_blks_hit"]);
}

fn of_user_indexes(seen: &Seen, rows: &mut Rows, counters: &[&str]) {
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
        rows.zero(counters);
    }
}

/// `pg_stat_bgwriter`: there is no such process.
pub fn background_writer(_: &Seen, rows: &mut Rows) {
    rows.push([("checkpoint_write_time", Value::Float8(0.0)), ("checkpoint_sync_time", Value::Float8(0.0))]);
    rows.zero(&[
        "checkpoints_timed",
        "checkpoints_req",
        "buffers_checkpoint",
        "buffers_clean",
        "maxwritten_clean",
        "buffers_backend",
        "buffers_backend_fsync",
        "buffers_alloc",
    ]);
}

/// `pg_stat_archiver`: nothing is archived.
pub fn archiver(_: &Seen, rows: &mut Rows) {
    rows.push([("archived_count", Value::Int8(0)), ("failed_count", Value::Int8(0))]);
}

/// `pg_stat_database_conflicts`: there is no recovery that queries could stand in the way of.
pub fn conflicts(seen: &Seen, rows: &mut Rows) {
    for database in seen.databases {
        rows.push([("datid", oid(database.oid)), ("datname", text(&database.name))]);
        rows.zero(&["confl_tablespace", "confl_lock", "confl_snapshot", "confl_bufferpin", "confl_deadlock"]);
    }
}
