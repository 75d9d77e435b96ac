//! `pg_class`, and what is behind its indexes and sequences.

use super::builtin::{self, HEAP};
use super::operator_classes::class_of;
use super::privileges::of_relation;
use super::types::column_collation;
use super::{OWNER, Rows, Seen, char, list, oid, relations, text, vector};
use crate::catalog::{ConstraintKind, FIRST_USER_OID, Index, IndexColumn, Object, ReplicaIdentity, Table};
use crate::types::{Type, Value};

/// `relpersistence`.
const PERMANENT: u8 = b'p';
const UNLOGGED: u8 = b'u';
const TEMPORARY: u8 = b't';

/// What differs between kinds of relations.
struct Class<'a> {
    oid: u32,
    name: &'a str,
    namespace: u32,
    kind: u8,
    access_method: u32,
    columns: i16,
    checks: i16,
    has_index: bool,
    has_triggers: bool,
    replica_identity: u8,
    options: &'a [String],
    persistence: u8,
    populated: bool,
}

pub fn classes(seen: &Seen, rows: &mut Rows) {
    for relation in relations().iter().filter(|relation| relation.is_there()) {
        push(
            rows,
            Class {
                oid: relation.oid,
                name: relation.name,
                namespace: seen.namespace(relation.schema).unwrap_or(0),
                kind: relation.kind,
                access_method: if relation.kind == b'r' { HEAP } else { 0 },
                columns: relation.columns.len() as i16,
                checks: 0,
                has_index: false,
                has_triggers: false,
                replica_identity: b'n',
                options: &[],
                persistence: PERMANENT,
                populated: true,
            },
        );
        if let Some(items) = of_relation(relation) {
            rows.set("relacl", list(Type::ACLITEM, items.iter().copied().map(text).collect()));
        }
    }
    for object in seen.catalog.objects() {
        let plain = Class {
            oid: object.oid(),
            name: object.name(),
            namespace: seen.namespace(object.schema()).unwrap_or(0),
            kind: b'r',
            access_method: 0,
            columns: 0,
            checks: 0,
            has_index: false,
            has_triggers: false,
            replica_identity: b'n',
            options: &[],
            persistence: PERMANENT,
            populated: true,
        };
        let class = match object {
            Object::Table(table) => Class {
                kind: if table.materialized.is_some() { b'm' } else { b'r' },
                populated: table.materialized.as_ref().is_none_or(|materialized| materialized.populated),
                options: table.materialized.as_ref().map_or(&table.options, |materialized| &materialized.view.options),
                access_method: HEAP,
                columns: table.last_attnum(),
                checks: table.checks().len() as i16,
                has_index: seen.catalog.indexes_of(table.oid).next().is_some(),
                has_triggers: has_triggers(seen, table),
                replica_identity: match table.replica_identity {
                    ReplicaIdentity::Default => b'd',
                    ReplicaIdentity::Nothing => b'n',
                    ReplicaIdentity::Full => b'f',
                    ReplicaIdentity::Index(_) => b'i',
                },
                persistence: persistence(table.unlogged),
                ..plain
            },
            Object::Index(index) => Class {
                kind: b'i',
                access_method: index.method.oid(),
                options: &index.options,
                columns: (index.columns.len() + index.include.len()) as i16,
                persistence: persistence(is_unlogged(seen, index.table_oid)),
                ..plain
            },
            Object::Sequence(sequence) => {
                let unlogged = sequence.owned_by.is_some_and(|(table, _)| is_unlogged(seen, table));
                Class { kind: b'S', columns: 3, persistence: persistence(unlogged), ..plain }
            }
            Object::View(view) => {
                Class { kind: b'v', columns: view.columns.len() as i16, options: &view.options, ..plain }
            }
            Object::Composite(of) => Class { kind: b'c', columns: of.attributes.len() as i16, ..plain },
            Object::Enum(_) | Object::Domain(_) | Object::Schema(_) | Object::Comment(_) | Object::Extension(_) => {
                continue;
            }
        };
        let temporary = seen.catalog.is_temporary(object.schema());
        push(rows, if temporary { Class { persistence: TEMPORARY, ..class } } else { class });
    }
}

fn persistence(unlogged: bool) -> u8 {
    if unlogged { UNLOGGED } else { PERMANENT }
}

/// Indexes, and the sequences of columns, are as their table is.
fn is_unlogged(seen: &Seen, table: u32) -> bool {
    matches!(seen.catalog.get(table), Some(Object::Table(table)) if table.unlogged)
}

/// PostgreSQL's foreign keys are triggers on both sides, and so is what looks after a deferrable key.
fn has_triggers(seen: &Seen, table: &Table) -> bool {
    table.deferrable_keys().next().is_some()
        || table.foreign_keys().next().is_some()
        || !seen.catalog.foreign_keys_to(table.oid).is_empty()
}

fn push(rows: &mut Rows, class: Class) {
    // Views have no file, nor rows of their own.
    let stored = !matches!(class.kind, b'v' | b'c');
    let has_row_type = matches!(class.kind, b'r' | b'm' | b'v' | b'c') && class.oid >= FIRST_USER_OID;
    let options: Vec<Value> = class.options.iter().map(text).collect();
    rows.push([
        ("oid", oid(class.oid)),
        ("relname", text(class.name)),
        ("relnamespace", oid(class.namespace)),
        ("reltype", oid(if has_row_type { Type::of_relation(class.oid).0 } else { 0 })),
        ("relowner", oid(OWNER)),
        ("relam", oid(class.access_method)),
        ("relfilenode", oid(if stored { class.oid } else { 0 })),
        ("reltuples", Value::Float4(if matches!(class.kind, b'r' | b'm') { -1.0 } else { 0.0 })),
        ("relhasindex", Value::Bool(class.has_index)),
        ("relpersistence", char(class.persistence)),
        ("relkind", char(class.kind)),
        ("relnatts", Value::Int2(class.columns)),
        ("relchecks", Value::Int2(class.checks)),
        // A view is a rule.
        ("relhasrules", Value::Bool(matches!(class.kind, b'v' | b'm'))),
        ("relhastriggers", Value::Bool(class.has_triggers)),
        ("relispopulated", Value::Bool(class.populated)),
        ("relreplident", char(class.replica_identity)),
        ("reloptions", if options.is_empty() { Value::Null } else { list(Type::TEXT, options) }),
    ]);
}

/// The table of an index, and whether it is its primary key.
pub fn owner_of<'a>(seen: &Seen<'a>, index: &Index) -> Option<(&'a Table, bool)> {
    let Some(Object::Table(table)) = seen.catalog.get(index.table_oid) else { return None };
    let primary = table
        .constraints
        .iter()
        .any(|constraint| constraint.kind == ConstraintKind::PrimaryKey && constraint.index_oid == index.oid);
    Some((table, primary))
}

/// The constraint that an index belongs to.
pub fn constraint_of<'a>(table: &'a Table, index: &Index) -> Option<&'a crate::catalog::Constraint> {
    table.constraints.iter().find(|constraint| constraint.is_key() && constraint.index_oid == index.oid)
}

/// The type of an index column.
pub fn index_part(seen: &Seen, table: &Table, column: &IndexColumn) -> IndexPart {
    if let Some(expression) = &column.expression {
        return seen.language.described(seen, table, expression);
    }
    match table.attribute(column.attnum) {
        Some(column) => IndexPart {
            ty: column.ty,
            typmod: column.typmod,
            name: column.name.clone(),
            collation: column_collation(seen.catalog, (column.ty, column.domain), column.collation.as_deref()),
        },
        None => IndexPart { ty: Type::UNKNOWN, typmod: -1, name: String::new(), collation: 0 },
    }
}

/// What an index is of.
pub struct IndexPart {
    pub ty: Type,
    pub typmod: i32,
    pub name: String,
    /// `pg_collation.oid`, or 0.
    pub collation: u32,
}

/// Stands between the expressions of `indexprs`, in which nobody has written it.
pub const BETWEEN_EXPRESSIONS: char = '\u{fdd3}';

pub fn indexes(seen: &Seen, rows: &mut Rows) {
    for object in seen.catalog.objects() {
        let Object::Index(index) = object else { continue };
        let Some((table, primary)) = owner_of(seen, index) else { continue };
        let key = index.columns.iter().map(|column| column.attnum);
        let key = key.chain(index.include.iter().copied()).map(Value::Int2).collect();
        let parts: Vec<IndexPart> = index.columns.iter().map(|column| index_part(seen, table, column)).collect();
        let types: Vec<Type> = parts.iter().map(|part| part.ty).collect();
        let collations = index.columns.iter().zip(&parts).map(|(column, part)| {
            let named = column.collation.as_deref().and_then(builtin::collation);
            oid(named.unwrap_or(part.collation))
        });
        let collations = collations.collect();
        let classes = index.columns.iter().zip(&types);
        let classes = classes.map(|(column, ty)| oid(class_of(index, column, *ty).map_or(0, |class| class.oid)));
        let options = index.columns.iter().map(|column| Value::Int2(option_bits(column)));
        let expressions: Vec<&str> = index.columns.iter().filter_map(|column| column.expression.as_deref()).collect();
        rows.push([
            ("indexrelid", oid(index.oid)),
            ("indrelid", oid(index.table_oid)),
            ("indnatts", Value::Int2((index.columns.len() + index.include.len()) as i16)),
            ("indnkeyatts", Value::Int2(index.columns.len() as i16)),
            ("indisunique", Value::Bool(index.unique)),
            ("indnullsnotdistinct", Value::Bool(index.nulls_not_distinct)),
            ("indisprimary", Value::Bool(primary)),
            ("indimmediate", Value::Bool(!index.deferrable)),
            ("indisclustered", Value::Bool(index.clustered)),
            ("indisreplident", Value::Bool(table.replica_identity == ReplicaIdentity::Index(index.oid))),
            ("indisvalid", Value::Bool(true)),
            ("indisready", Value::Bool(true)),
            ("indislive", Value::Bool(true)),
            ("indkey", vector(Type::INT2, key)),
            ("indcollation", vector(Type::OID, collations)),
            ("indclass", vector(Type::OID, classes.collect())),
            ("indoption", vector(Type::INT2, options.collect())),
            (
                "indexprs",
                if expressions.is_empty() {
                    Value::Null
                } else {
                    text(expressions.join(&BETWEEN_EXPRESSIONS.to_string()))
                },
            ),
            ("indpred", index.predicate.as_ref().map_or(Value::Null, text)),
        ]);
    }
}

/// Bit 0: descending; bit 1: NULLs first.
fn option_bits(column: &IndexColumn) -> i16 {
    let nulls_first = column.nulls_first.unwrap_or(column.descending);
    i16::from(column.descending) | i16::from(nulls_first) << 1
}

pub fn sequences(seen: &Seen, rows: &mut Rows) {
    for object in seen.catalog.objects() {
        let Object::Sequence(sequence) = object else { continue };
        rows.push([
            ("seqrelid", oid(sequence.oid)),
            ("seqtypid", oid(sequence.ty.0)),
            ("seqstart", Value::Int8(sequence.start)),
            ("seqincrement", Value::Int8(sequence.increment)),
            ("seqmax", Value::Int8(sequence.max)),
            ("seqmin", Value::Int8(sequence.min)),
            ("seqcache", Value::Int8(sequence.cache)),
            ("seqcycle", Value::Bool(sequence.cycle)),
        ]);
    }
}
