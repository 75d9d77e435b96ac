//! Views that put the other relations in plainer words: `pg_tables` and its kin.

use super::classes::owner_of;
use super::{Rows, Seen, index_definition, relations, text};
use crate::catalog::{Object, View};
use crate::types::Value;

const OWNER_NAME: &str = "postgres";

pub fn tables(seen: &Seen, rows: &mut Rows) {
    for relation in relations().iter().filter(|relation| relation.is_there() && relation.kind == b'r') {
        table(rows, relation.schema, relation.name, false, false);
    }
    for of in seen.catalog.base_tables() {
        let has_indexes = seen.catalog.indexes_of(of.oid).next().is_some();
        let referenced = !seen.catalog.foreign_keys_to(of.oid).is_empty();
        table(rows, &of.schema, &of.name, has_indexes, of.foreign_keys().next().is_some() || referenced);
    }
}

fn table(rows: &mut Rows, schema: &str, name: &str, has_indexes: bool, has_triggers: bool) {
    rows.push([
        ("schemaname", text(schema)),
        ("tablename", text(name)),
        ("tableowner", text(OWNER_NAME)),
        ("hasindexes", Value::Bool(has_indexes)),
        ("hasrules", Value::Bool(false)),
        ("hastriggers", Value::Bool(has_triggers)),
        ("rowsecurity", Value::Bool(false)),
    ]);
}

pub fn indexes(seen: &Seen, rows: &mut Rows) {
    for object in seen.catalog.objects() {
        let Object::Index(index) = object else { continue };
        let Some((table, _)) = owner_of(seen, index) else { continue };
        rows.push([
            ("schemaname", text(&index.schema)),
            ("tablename", text(&table.name)),
            ("indexname", text(&index.name)),
            ("indexdef", index_definition(seen, index.oid, 0, false).map_or(Value::Null, Value::Text)),
        ]);
    }
}

/// The OID stands where the last value is to be, which is data: whoever reads the relation looks it up.
pub fn sequences(seen: &Seen, rows: &mut Rows) {
    for object in seen.catalog.objects() {
        let Object::Sequence(sequence) = object else { continue };
        if seen.is_others(&sequence.schema) {
            continue;
        }
        rows.push([
            ("schemaname", text(&sequence.schema)),
            ("sequencename", text(&sequence.name)),
            ("sequenceowner", text(OWNER_NAME)),
            ("data_type", Value::Oid(sequence.ty.0)),
            ("start_value", Value::Int8(sequence.start)),
            ("min_value", Value::Int8(sequence.min)),
            ("max_value", Value::Int8(sequence.max)),
            ("increment_by", Value::Int8(sequence.increment)),
            ("cycle", Value::Bool(sequence.cycle)),
            ("cache_size", Value::Int8(sequence.cache)),
            ("last_value", Value::Int8(sequence.oid.into())),
        ]);
    }
}

/// `pg_get_viewdef`.
pub fn view_definition(seen: &Seen, oid: u32, pretty: bool) -> Option<String> {
    definition(seen, seen.catalog.get(oid)?.query()?, pretty)
}

/// What is not known how to print is shown as it was written, where that means the same here.
pub fn definition(seen: &Seen, view: &View, pretty: bool) -> Option<String> {
    let shown = seen.language.shown_view(seen, view, pretty);
    let as_written = || {
        let path: Vec<&str> = seen.schemas().filter(|schema| seen.namespace(schema).is_some()).collect();
        let means_the_same =
            path.iter().zip(&view.search_path).all(|(one, other)| one == other) && view.search_path.len() <= path.len();
        means_the_same.then(|| format!(" {};", view.query.trim_end_matches(';')))
    };
    shown.or_else(as_written)
}

/// What `pg_relation_is_updatable` says of INSERT, UPDATE and DELETE.
const UPDATES: i32 = 1 << 2;
const INSERTS: i32 = 1 << 3;
const DELETES: i32 = 1 << 4;

/// Which of a relation's rows can be made and changed how (`relation_is_updatable`): bits of its own for each.
pub fn updatable(seen: &Seen, oid: u32) -> i32 {
    match seen.catalog.get(oid) {
        Some(Object::View(view)) => match seen.language.writable_columns(seen, view) {
            None => 0,
            Some(columns) if columns.contains(&true) => UPDATES | INSERTS | DELETES,
            Some(_) => DELETES,
        },
        Some(Object::Table(table)) if table.materialized.is_none() => UPDATES | INSERTS | DELETES,
        None if super::is_table(oid) => UPDATES | INSERTS | DELETES,
        _ => 0,
    }
}

pub fn is_insertable(events: i32) -> bool {
    events & INSERTS != 0
}

/// As `information_schema.views` means it.
pub fn is_changeable(events: i32) -> bool {
    events & (UPDATES | DELETES) == UPDATES | DELETES
}

/// `pg_column_is_updatable`.
pub fn column_updatable(seen: &Seen, oid: u32, attnum: i16) -> bool {
    let Ok(index @ 1..) = usize::try_from(attnum) else { return false };
    match seen.catalog.get(oid) {
        Some(Object::View(view)) => {
            let columns = seen.language.writable_columns(seen, view);
            columns.and_then(|columns| columns.get(index - 1).copied()).unwrap_or(false)
        }
        _ => is_changeable(updatable(seen, oid)),
    }
}

pub fn materialized_views(seen: &Seen, rows: &mut Rows) {
    for table in seen.catalog.tables() {
        let Some(materialized) = &table.materialized else { continue };
        rows.push([
            ("schemaname", text(&table.schema)),
            ("matviewname", text(&table.name)),
            ("matviewowner", text(OWNER_NAME)),
            ("hasindexes", Value::Bool(seen.catalog.indexes_of(table.oid).next().is_some())),
            ("ispopulated", Value::Bool(materialized.populated)),
            ("definition", definition(seen, &materialized.view, false).map_or(Value::Null, Value::Text)),
        ]);
    }
}

/// Users' views with their definitions; PostgreSQL's own without.
pub fn views(seen: &Seen, rows: &mut Rows) {
    for object in seen.catalog.objects() {
        let Object::View(view) = object else { continue };
        rows.push([
            ("schemaname", text(&view.schema)),
            ("viewname", text(&view.name)),
            ("viewowner", text(OWNER_NAME)),
            ("definition", definition(seen, view, false).map_or(Value::Null, Value::Text)),
        ]);
    }
    for relation in relations().iter().filter(|relation| relation.is_there() && relation.kind == b'v') {
        rows.push([
            ("schemaname", text(relation.schema)),
            ("viewname", text(relation.name)),
            ("viewowner", text(OWNER_NAME)),
        ]);
    }
}
