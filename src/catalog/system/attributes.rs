//! `pg_attribute` and `pg_attrdef`.

use super::builtin::{self, type_facts};
use super::classes::{IndexPart, index_part, owner_of};
use super::operator_classes::class_of;
use super::{Relation, Rows, Seen, char, list, oid, relations, text};
use crate::catalog::{Column, ColumnDefault, ColumnStorage, Index, Method, Object, Table};
use crate::types::identifier::qualified;
use crate::types::{Type, Value};

struct Attribute<'a> {
    relation: u32,
    name: &'a str,
    number: i16,
    ty: Type,
    typmod: i32,
    /// Or 0.
    domain: u32,
    not_null: bool,
    has_default: bool,
    identity: u8,
    generated: u8,
    /// A view's: how many dimensions an array's were given it doesn't know.
    selected: bool,
    /// `None`: the type's own.
    collation: Option<u32>,
    storage: Option<&'a ColumnStorage>,
}

/// `pg_collation.oid` of "C".
const C_COLLATION: u32 = 950;

/// `attcollation` of a column of one of PostgreSQL's own relations.
pub fn catalog_collation(relation: &Relation, ty: Type) -> u32 {
    match type_facts(ty).collation {
        0 => 0,
        _ if relation.kind == b'r' => C_COLLATION,
        own => own,
    }
}

pub fn attributes(seen: &Seen, rows: &mut Rows) {
    for relation in relations().iter().filter(|relation| relation.is_there()) {
        for (column, number) in relation.columns.iter().zip(1..) {
            let (name, ty, typmod) = (column.name, column.ty, column.typmod);
            let plain = attribute(relation.oid, name, number, ty, typmod);
            // The catalogs' own texts are in the collation "C", whatever the database's is.
            let collation = Some(catalog_collation(relation, ty));
            push(rows, Attribute { not_null: column.not_null, collation, ..plain });
        }
    }
    for object in seen.catalog.objects() {
        match object {
            Object::Table(table) => table_attributes(seen, table, rows),
            Object::Index(index) => index_attributes(seen, index, rows),
            Object::Sequence(sequence) => {
                let columns = [("last_value", Type::INT8), ("log_cnt", Type::INT8), ("is_called", Type::BOOL)];
                for ((name, ty), number) in columns.into_iter().zip(1..) {
                    push(rows, Attribute { not_null: true, ..attribute(sequence.oid, name, number, ty, -1) });
                }
            }
            Object::Enum(_) | Object::Domain(_) | Object::Schema(_) | Object::Comment(_) | Object::Extension(_) => {}
            Object::Composite(of) => {
                for column in &of.attributes {
                    let plain = attribute(of.oid, &column.name, column.attnum, column.ty, column.typmod);
                    let collation = own_collation(seen, (column.ty, 0), column.collation.as_ref());
                    push(rows, Attribute { collation, ..plain });
                }
            }
            Object::View(view) => {
                for (column, number) in view.columns.iter().zip(1..) {
                    let plain = attribute(view.oid, &column.name, number, column.ty, column.typmod);
                    let collation = own_collation(seen, (column.ty, column.domain), column.collation.as_ref());
                    let (has_default, domain) = (column.default.is_some(), column.domain);
                    push(rows, Attribute { has_default, domain, collation, selected: true, ..plain });
                }
            }
        }
    }
}

/// The numbers and names of a relation's columns; `None` of what has none.
pub fn columns_of<'s>(seen: &Seen<'s>, relation: u32) -> Option<Vec<(i16, &'s str)>> {
    if let Some(system) = relations().iter().find(|other| other.is_there() && other.oid == relation) {
        return Some((1..).zip(system.columns.iter().map(|column| column.name)).collect());
    }
    match seen.catalog.get(relation)? {
        Object::Table(table) => {
            Some(table.columns.iter().map(|column| (column.attnum, column.name.as_str())).collect())
        }
        Object::Composite(of) => {
            Some(of.attributes.iter().map(|column| (column.attnum, column.name.as_str())).collect())
        }
        Object::View(view) => Some((1..).zip(view.columns.iter().map(|column| column.name.as_str())).collect()),
        _ => None,
    }
}

fn attribute(relation: u32, name: &str, number: i16, ty: Type, typmod: i32) -> Attribute<'_> {
    Attribute {
        relation,
        name,
        number,
        ty,
        typmod,
        domain: 0,
        not_null: false,
        has_default: false,
        identity: 0,
        generated: 0,
        selected: false,
        collation: None,
        storage: None,
    }
}

fn own_collation(seen: &Seen, of: (Type, u32), named: Option<&String>) -> Option<u32> {
    Some(super::types::column_collation(seen.catalog, of, named.map(String::as_str)))
}

fn table_attributes(seen: &Seen, table: &Table, rows: &mut Rows) {
    let mut next = 1;
    for column in &table.columns {
        while next < column.attnum {
            dropped(table, next, rows);
            next += 1;
        }
        next += 1;
        let identity = match &column.identity {
            None => 0,
            Some(identity) if identity.always => b'a',
            Some(_) => b'd',
        };
        let plain = attribute(table.oid, &column.name, column.attnum, column.ty, column.typmod);
        let generated = if column.generated.is_some() { b's' } else { 0 };
        let has_default = column.default.is_some() || column.generated.is_some();
        let (not_null, domain) = (column.not_null, column.domain);
        let collation = own_collation(seen, (column.ty, domain), column.collation.as_ref());
        push(
            rows,
            Attribute {
                not_null,
                domain,
                has_default,
                identity,
                generated,
                collation,
                storage: Some(&column.storage),
                ..plain
            },
        );
    }
    (next..=table.dropped).for_each(|number| dropped(table, number, rows));
}

/// What PostgreSQL shows of a column that was dropped.
fn dropped(table: &Table, number: i16, rows: &mut Rows) {
    rows.push([
        ("attrelid", oid(table.oid)),
        ("attname", text(format!("........pg.dropped.{number}........"))),
        ("attlen", Value::Int2(-1)),
        ("attnum", Value::Int2(number)),
        ("attcacheoff", Value::Int4(-1)),
        ("atttypmod", Value::Int4(-1)),
        ("attalign", char(b'i')),
        ("attstorage", char(b'p')),
        ("attisdropped", Value::Bool(true)),
        ("attislocal", Value::Bool(true)),
    ]);
}

/// What an index takes over of a column's storage.
fn as_kept(of: &ColumnStorage) -> ColumnStorage {
    ColumnStorage { storage: of.storage, compression: of.compression, ..ColumnStorage::default() }
}

fn index_attributes(seen: &Seen, index: &Index, rows: &mut Rows) {
    let Some((table, _)) = owner_of(seen, index) else { return };
    let mut names: Vec<String> = Vec::new();
    let keys = index.columns.iter().map(|column| {
        let IndexPart { ty, typmod, name, collation } = index_part(seen, table, column);
        // As the table's column keeps its values, if it is one.
        let kept = table.attribute(column.attnum).filter(|_| column.expression.is_none());
        let kept = kept.map(|column| as_kept(&column.storage));
        let collation = column.collation.as_deref().and_then(builtin::collation).unwrap_or(collation);
        if index.method == Method::Hash {
            return ((Type::INT4, -1, name), None, collation);
        }
        match class_of(index, column, ty).and_then(|class| class.key) {
            None => ((ty, typmod, name), kept, collation),
            Some(key) if key.info().is_none() => ((ty.element().unwrap_or(ty), -1, name), None, collation),
            Some(key) => ((key, -1, name), None, collation),
        }
    });
    let included = index.include.iter().filter_map(|attnum| table.attribute(*attnum));
    let included =
        included.map(|column| ((column.ty, column.typmod, column.name.clone()), Some(as_kept(&column.storage)), 0));
    for (((ty, typmod, name), kept, collation), number) in keys.chain(included).zip(1..) {
        // The same name twice gets a number.
        let free = (0..).map(|n| if n == 0 { name.clone() } else { format!("{name}{n}") });
        let name = free.into_iter().find(|name| !names.contains(name)).unwrap_or_default();
        let plain = attribute(index.oid, &name, number, ty, typmod);
        push(rows, Attribute { storage: kept.as_ref(), collation: Some(collation), ..plain });
        names.push(name);
    }
}

fn push(rows: &mut Rows, attribute: Attribute) {
    let facts = type_facts(attribute.ty);
    let kept = attribute.storage;
    let letter = |of: Option<char>| of.and_then(|letter| u8::try_from(letter).ok());
    let storage = letter(kept.and_then(|kept| kept.storage));
    let compression = letter(kept.and_then(|kept| kept.compression));
    let options: Vec<Value> = kept.map_or(&[][..], |kept| &kept.options).iter().map(text).collect();
    // An array of a domain's values is an array.
    let of_domain = attribute.domain != 0 && attribute.domain.is_multiple_of(2);
    rows.push([
        ("attrelid", oid(attribute.relation)),
        ("attname", text(attribute.name)),
        ("atttypid", oid(if attribute.domain == 0 { attribute.ty.0 } else { attribute.domain })),
        ("attstattarget", Value::Int4(kept.and_then(|kept| kept.statistics).map_or(-1, i32::from))),
        ("attlen", Value::Int2(facts.len)),
        ("attnum", Value::Int2(attribute.number)),
        ("attndims", Value::Int4(i32::from(attribute.ty.is_array() && !of_domain && !attribute.selected))),
        ("attcacheoff", Value::Int4(-1)),
        ("atttypmod", Value::Int4(if attribute.domain == 0 { attribute.typmod } else { -1 })),
        ("attbyval", Value::Bool(facts.by_value)),
        ("attalign", char(facts.align)),
        ("attstorage", char(storage.unwrap_or(facts.storage))),
        ("attcompression", char(compression.unwrap_or(0))),
        ("attnotnull", Value::Bool(attribute.not_null)),
        ("atthasdef", Value::Bool(attribute.has_default)),
        ("attidentity", char(attribute.identity)),
        ("attgenerated", char(attribute.generated)),
        ("attislocal", Value::Bool(true)),
        ("attcollation", oid(attribute.collation.unwrap_or(facts.collation))),
        ("attoptions", if options.is_empty() { Value::Null } else { list(Type::TEXT, options) }),
    ]);
}

pub fn defaults(seen: &Seen, rows: &mut Rows) {
    let mut push = |relation: u32, number: i16, (ty, typmod): (Type, i32), expression: &str| {
        rows.push([
            ("oid", oid(default_oid(relation, number))),
            ("adrelid", oid(relation)),
            ("adnum", Value::Int2(number)),
            ("adbin", text(for_column(ty, typmod, expression))),
        ]);
    };
    for table in seen.catalog.tables() {
        for column in &table.columns {
            let generated = column.generated.as_ref().map(|generated| generated.expression.clone());
            let Some(expression) = generated.or_else(|| default_expression(seen, column)) else { continue };
            push(table.oid, column.attnum, (column.ty, column.typmod), &expression);
        }
    }
    for object in seen.catalog.objects() {
        let Object::View(view) = object else { continue };
        for (column, number) in view.columns.iter().zip(1..) {
            let Some(expression) = &column.default else { continue };
            push(view.oid, number, (column.ty, column.typmod), expression);
        }
    }
}

/// A column's default or generation expression with the type and length that it becomes, for it to be shown.
pub fn for_column(ty: Type, typmod: i32, expression: &str) -> String {
    format!("{{{} {typmod}}} {expression}", ty.0)
}

/// `pg_attrdef.oid`. A default is no object of its own here, so its OID is made of the column's, above all that are given
/// out.
pub fn default_oid(table: u32, attnum: i16) -> u32 {
    // 1600 columns at most.
    0x8000_0000 | (table.wrapping_mul(2048).wrapping_add(attnum.unsigned_abs().into()) & 0x7fff_ffff)
}

/// A column's DEFAULT as text that binds by itself.
pub fn default_expression(seen: &Seen, column: &Column) -> Option<String> {
    default_text(seen, column.default.as_ref()?)
}

/// A DEFAULT as text that binds by itself.
pub fn default_text(seen: &Seen, default: &ColumnDefault) -> Option<String> {
    match default {
        ColumnDefault::Expression(text) => Some(text.clone()),
        ColumnDefault::NextValue(sequence) => {
            let sequence = seen.catalog.get(*sequence)?;
            let name = qualified(sequence.schema(), sequence.name()).replace('\'', "''");
            Some(format!("nextval('{name}'::regclass)"))
        }
    }
}

/// Whether values of a type are never kept elsewhere than in their row, nor compressed.
pub fn is_plain(ty: Type) -> bool {
    type_facts(ty).storage == b'p'
}
