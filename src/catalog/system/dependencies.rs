//! `pg_depend`, as far as tools ask it: who goes with whom.

use super::attributes::default_oid;
use super::classes::constraint_of;
use super::{Rows, Seen, char, extensions, oid, text};
use crate::catalog::{ColumnDefault, Domain, Index, Object, Table, View};
use crate::types::{Type, Value};

/// `pg_class.oid` of `pg_class`, `pg_constraint`, `pg_attrdef` and `pg_rewrite`.
const PG_CLASS: u32 = 1259;
const PG_TYPE: u32 = 1247;
const PG_CONSTRAINT: u32 = 2606;
const PG_ATTRDEF: u32 = 2604;
const PG_REWRITE: u32 = 2618;

/// A class, an object, and a column or 0.
type Thing = (u32, u32, i16);

pub fn dependencies(seen: &Seen, rows: &mut Rows) {
    for object in seen.catalog.objects() {
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
                    if column.domain != 0 {
                        push(rows, (PG_CLASS, view.oid, number), (PG_TYPE, column.domain, 0), b'n');
                    }
                    if column.default.is_some() {
                        let default = (PG_ATTRDEF, default_oid(view.oid, number), 0);
                        push(rows, default, (PG_CLASS, view.oid, number), b'a');
                    }
                }
            }
            Object::Domain(domain) => of_domain(domain, rows),
            Object::Extension(extension) => extensions::dependencies(seen, extension, rows),
            Object::Composite(of) => {
                let ty = Type::of_relation(of.oid).0;
                push(rows, (PG_CLASS, of.oid, 0), (PG_TYPE, ty, 0), b'i');
                for column in &of.attributes {
                    let of_users = column.ty.element().unwrap_or(column.ty);
                    if of_users.is_users() {
                        push(rows, (PG_CLASS, of.oid, column.attnum), (PG_TYPE, of_users.0, 0), b'n');
                    }
                }
            }
            Object::Enum(_) | Object::Schema(_) | Object::Comment(_) => {}
        }
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
        if column.domain != 0 {
            push(rows, (PG_CLASS, table.oid, column.attnum), (PG_TYPE, column.domain, 0), b'n');
        }
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
    if columns.is_empty() {
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
