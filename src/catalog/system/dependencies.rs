//! `pg_depend`: who goes with whom. What expressions mention besides columns is not told: functions and types of users.

use super::attributes::default_oid;
use super::classes::constraint_of;
use super::{Rows, Seen, char, extensions, oid, text, triggers};
use crate::catalog::{ColumnDefault, Domain, Index, Object, Table, View};
use crate::types::{Type, Value};

/// `pg_class.oid` of `pg_class`, `pg_constraint`, `pg_attrdef` and `pg_rewrite`.
const PG_CLASS: u32 = 1259;
const PG_TYPE: u32 = 1247;
const PG_CONSTRAINT: u32 = 2606;
const PG_ATTRDEF: u32 = 2604;
const PG_REWRITE: u32 = 2618;
const PG_TRIGGER: u32 = 2620;
const PG_NAMESPACE: u32 = 2615;

/// A class, an object, and a column or 0.
type Thing = (u32, u32, i16);

pub fn dependencies(seen: &Seen, rows: &mut Rows) {
    for trigger in triggers::all(seen) {
        push(rows, (PG_TRIGGER, trigger.oid, 0), (PG_CONSTRAINT, trigger.constraint.oid, 0), b'i');
    }
    for object in seen.catalog.objects() {
        of_schema(seen, object, rows);
        if object.has_row_type() {
            of_row_type(object, rows);
        }
        match object {
            Object::Table(table) => {
                of_table(table, rows);
                object.query().into_iter().for_each(|view| of_view(view, rows));
            }
            Object::Index(index) => of_index(seen, index, rows),
            Object::Sequence(sequence) => {
                let Some((table, attnum)) = sequence.owned_by else { continue };
                let identity = match seen.catalog.get(table) {
                    Some(Object::Table(table)) => {
                        table.attribute(attnum).is_some_and(|column| column.identity.is_some())
                    }
                    _ => false,
                };
                let kind = if identity { b'i' } else { b'a' };
                push(rows, (PG_CLASS, sequence.oid, 0), (PG_CLASS, table, attnum), kind);
            }
            Object::View(view) => {
                of_view(view, rows);
                for (column, number) in view.columns.iter().zip(1..) {
                    of_type((view.oid, number), column.ty, column.domain, rows);
                    if column.default.is_some() {
                        let default = (PG_ATTRDEF, default_oid(view.oid, number), 0);
                        push(rows, default, (PG_CLASS, view.oid, number), b'a');
                    }
                }
            }
            Object::Domain(domain) => of_domain(domain, rows),
            Object::Extension(extension) => extensions::dependencies(seen, extension, rows),
            Object::Composite(of) => {
                for column in &of.attributes {
                    of_type((of.oid, column.attnum), column.ty, 0, rows);
                }
            }
            Object::Enum(of) => push(rows, (PG_TYPE, of.oid + 1, 0), (PG_TYPE, of.oid, 0), b'i'),
            Object::Schema(_) | Object::Comment(_) => {}
        }
    }
}

/// What is in a schema goes with it; what belongs to something else that is, with that.
fn of_schema(seen: &Seen, object: &Object, rows: &mut Rows) {
    let this = match object {
        Object::Table(_) | Object::View(_) | Object::Sequence(_) => (PG_CLASS, object.oid(), 0),
        Object::Enum(_) | Object::Domain(_) => (PG_TYPE, object.oid(), 0),
        Object::Composite(of) => (PG_TYPE, Type::of_relation(of.oid).0, 0),
        Object::Index(_) | Object::Schema(_) | Object::Comment(_) | Object::Extension(_) => return,
    };
    if let Some(schema) = seen.namespace(object.schema()) {
        push(rows, this, (PG_NAMESPACE, schema, 0), b'n');
    }
}

/// A relation's row type goes with the relation, but a composite type's relation with the type.
fn of_row_type(object: &Object, rows: &mut Rows) {
    let ty = Type::of_relation(object.oid());
    let (relation, row) = ((PG_CLASS, object.oid(), 0), (PG_TYPE, ty.0, 0));
    match object {
        Object::Composite(_) => push(rows, relation, row, b'i'),
        _ => push(rows, row, relation, b'i'),
    }
    if let Some(array) = ty.array() {
        push(rows, (PG_TYPE, array.0, 0), row, b'i');
    }
}

/// A column needs the type that a user has made.
fn of_type((relation, attnum): (u32, i16), ty: Type, domain: u32, rows: &mut Rows) {
    let ty = if domain == 0 { ty.0 } else { domain };
    if Type(ty).is_users() {
        push(rows, (PG_CLASS, relation, attnum), (PG_TYPE, ty, 0), b'n');
    }
}

fn of_domain(domain: &Domain, rows: &mut Rows) {
    let this = (PG_TYPE, domain.oid, 0);
    push(rows, (PG_TYPE, domain.oid + 1, 0), this, b'i');
    if domain.parent != 0 {
        push(rows, this, (PG_TYPE, domain.parent, 0), b'n');
    } else if domain.ty.is_users() {
        push(rows, this, (PG_TYPE, domain.ty.0, 0), b'n');
    }
    if let Some(ColumnDefault::NextValue(sequence)) = &domain.default {
        push(rows, this, (PG_CLASS, *sequence, 0), b'n');
    }
    for constraint in &domain.constraints {
        push(rows, (PG_CONSTRAINT, constraint.oid, 0), this, b'a');
    }
}

fn of_table(table: &Table, rows: &mut Rows) {
    for column in &table.columns {
        of_type((table.oid, column.attnum), column.ty, column.domain, rows);
        let default = (PG_ATTRDEF, default_oid(table.oid, column.attnum), 0);
        if let Some(generated) = &column.generated {
            push(rows, default, (PG_CLASS, table.oid, column.attnum), b'i');
            generated.columns.iter().for_each(|base| push(rows, default, (PG_CLASS, table.oid, *base), b'n'));
        }
        match &column.default {
            None => continue,
            Some(ColumnDefault::NextValue(sequence)) => push(rows, default, (PG_CLASS, *sequence, 0), b'n'),
            Some(ColumnDefault::Expression(_)) => {}
        }
        push(rows, default, (PG_CLASS, table.oid, column.attnum), b'a');
    }
    for constraint in &table.constraints {
        let this = (PG_CONSTRAINT, constraint.oid, 0);
        for attnum in &constraint.columns {
            push(rows, this, (PG_CLASS, table.oid, *attnum), b'a');
            if constraint.check().is_some() {
                push(rows, this, (PG_CLASS, table.oid, *attnum), b'n');
            }
        }
        if constraint.columns.is_empty() {
            push(rows, this, (PG_CLASS, table.oid, 0), b'a');
        }
        if let Some(key) = constraint.foreign_key() {
            for attnum in &key.columns {
                push(rows, this, (PG_CLASS, key.table_oid, *attnum), b'n');
            }
            if constraint.index_oid != 0 {
                push(rows, this, (PG_CLASS, constraint.index_oid, 0), b'n');
            }
        }
    }
}

/// A view depends on what it selects from by its rule.
fn of_view(view: &View, rows: &mut Rows) {
    let rule = (PG_REWRITE, rule_oid(view), 0);
    push(rows, rule, (PG_CLASS, view.oid, 0), b'i');
    push(rows, rule, (PG_CLASS, view.oid, 0), b'n');
    let columns_of = |oid: u32| view.uses.iter().filter(move |(other, _)| *other == oid);
    for (relation, _) in &view.sees {
        match columns_of(*relation).next() {
            None => push(rows, rule, (PG_CLASS, *relation, 0), b'n'),
            Some(_) => {
                columns_of(*relation).for_each(|(_, attnum)| push(rows, rule, (PG_CLASS, *relation, *attnum), b'n'));
            }
        }
    }
}

/// No object has an OID in this half.
pub fn rule_oid(view: &View) -> u32 {
    view.oid | 0x8000_0000
}

/// The rule that a view is to PostgreSQL.
pub fn rules(seen: &Seen, rows: &mut Rows) {
    for object in seen.catalog.objects() {
        let Some(view) = object.query() else { continue };
        rows.push([
            ("oid", oid(rule_oid(view))),
            ("rulename", text("_RETURN")),
            ("ev_class", oid(view.oid)),
            ("ev_type", char(b'1')),
            ("ev_enabled", char(b'O')),
            ("is_instead", Value::Bool(true)),
            ("ev_qual", text("<>")),
        ]);
    }
}

fn of_index(seen: &Seen, index: &Index, rows: &mut Rows) {
    let Some(Object::Table(table)) = seen.catalog.get(index.table_oid) else { return };
    let this = (PG_CLASS, index.oid, 0);
    if let Some(constraint) = constraint_of(table, index) {
        return push(rows, this, (PG_CONSTRAINT, constraint.oid, 0), b'i');
    }
    let mut columns: Vec<i16> = index.columns.iter().map(|column| column.attnum).collect();
    columns.extend(index.include.iter().chain(&index.mentioned));
    columns.retain(|attnum| *attnum != 0);
    columns.sort_unstable();
    columns.dedup();
    if index.columns.iter().all(|column| column.attnum == 0) {
        push(rows, this, (PG_CLASS, table.oid, 0), b'a');
    }
    for attnum in columns {
        push(rows, this, (PG_CLASS, table.oid, attnum), b'a');
    }
}

fn push(rows: &mut Rows, (class, object, column): Thing, (of_class, of_object, of_column): Thing, kind: u8) {
    rows.push([
        ("classid", oid(class)),
        ("objid", oid(object)),
        ("objsubid", Value::Int4(column.into())),
        ("refclassid", oid(of_class)),
        ("refobjid", oid(of_object)),
        ("refobjsubid", Value::Int4(of_column.into())),
        ("deptype", char(kind)),
    ]);
}
