//! `pg_description` and `pg_shdescription`: what PostgreSQL says of its own objects, and what COMMENT ON says.
//!
//! A comment on a user's object is part of the object. One on an object that the catalog does not have, such as a type of
//! PostgreSQL's own, is a [`Comment`](crate::catalog::Comment), which hides PostgreSQL's.

use super::{DATABASE, Rows, Seen, builtin, oid, relation, text};
use crate::catalog::{Catalog, Object, Table};
use crate::types::{Type, Value};

/// `pg_class.oid` of the catalogs that things with comments are in.
pub const PG_CLASS: u32 = 1259;
pub const PG_TYPE: u32 = 1247;
pub const PG_CONSTRAINT: u32 = 2606;
pub const PG_NAMESPACE: u32 = 2615;
pub const PG_DATABASE: u32 = 1262;
pub const PG_EXTENSION: u32 = 3079;
const PG_AUTHID: u32 = 1260;
const PG_TABLESPACE: u32 = 1213;

/// One description.
struct Description<'c> {
    class: u32,
    object: u32,
    column: i32,
    text: &'c str,
}

/// Whether all databases share what a catalog has.
fn is_shared(class: u32) -> bool {
    matches!(class, PG_DATABASE | PG_AUTHID | PG_TABLESPACE)
}

/// `obj_description`, `col_description`, or, with `shared`, `shobj_description`. Without a catalog: of any object of this
/// OID.
pub fn description(seen: &Seen, catalog: Option<&str>, object: u32, column: i32, shared: bool) -> Option<String> {
    let Some(catalog) = catalog else {
        let classes = [PG_CLASS, PG_TYPE, PG_CONSTRAINT, PG_NAMESPACE, PG_EXTENSION]
            .into_iter()
            .chain(builtin::described_in(object));
        return classes.into_iter().find_map(|class| of_object(seen.catalog, class, object, column));
    };
    let class = relation("pg_catalog", catalog)?.oid;
    if is_shared(class) != shared {
        return None;
    }
    match class {
        // In its own catalog a database goes by the OID of the first; of others only PostgreSQL's own description is known.
        PG_DATABASE if object == seen.own_database() && object != DATABASE => {
            seen.catalog.comment_on(class, DATABASE, column)?.text.clone()
        }
        PG_DATABASE if object != seen.own_database() => builtin::description(class, object, column),
        _ => of_object(seen.catalog, class, object, column),
    }
}

fn of_object(catalog: &Catalog, class: u32, object: u32, column: i32) -> Option<String> {
    if let Some(comment) = catalog.comment_on(class, object, column) {
        return comment.text.clone();
    }
    let own = match (class, catalog.get(Type(object).relation().unwrap_or(object))) {
        (PG_CONSTRAINT, _) => {
            let mut of_domains = catalog.domains().flat_map(|domain| &domain.constraints);
            if let Some(check) = of_domains.find(|check| check.oid == object && column == 0) {
                return check.comment.clone();
            }
            let mut constraints = catalog.tables().flat_map(|table| &table.constraints);
            constraints.find(|constraint| constraint.oid == object && column == 0)?.comment.clone()
        }
        (_, Some(found)) => {
            let mut all = Vec::new();
            of_user(found, &mut all);
            let this = |of: &&Description| (of.class, of.object, of.column) == (class, object, column);
            return all.iter().find(this).map(|of| of.text.to_owned());
        }
        (_, None) => None,
    };
    own.or_else(|| builtin::description(class, object, column))
}

/// All that is said of a user's object and its parts.
fn of_user<'c>(object: &'c Object, all: &mut Vec<Description<'c>>) {
    let (class, comment) = match object {
        Object::Table(table) => {
            of_table(table, all);
            (PG_CLASS, &table.comment)
        }
        Object::View(view) => {
            for (column, number) in view.columns.iter().zip(1..) {
                push(all, PG_CLASS, view.oid, number, column.comment.as_deref());
            }
            (PG_CLASS, &view.comment)
        }
        Object::Index(index) => (PG_CLASS, &index.comment),
        Object::Sequence(sequence) => (PG_CLASS, &sequence.comment),
        Object::Enum(of) => (PG_TYPE, &of.comment),
        Object::Domain(domain) => {
            for check in &domain.constraints {
                push(all, PG_CONSTRAINT, check.oid, 0, check.comment.as_deref());
            }
            (PG_TYPE, &domain.comment)
        }
        Object::Composite(of) => {
            return push(all, PG_TYPE, Type::of_relation(of.oid).0, 0, of.comment.as_deref());
        }
        Object::Schema(schema) => (PG_NAMESPACE, &schema.comment),
        Object::Extension(extension) => (PG_EXTENSION, &extension.comment),
        Object::Comment(comment) => {
            return push(all, comment.class, comment.object, comment.column, comment.text.as_deref());
        }
    };
    push(all, class, object.oid(), 0, comment.as_deref());
}

fn of_table<'c>(table: &'c Table, all: &mut Vec<Description<'c>>) {
    for column in &table.columns {
        push(all, PG_CLASS, table.oid, column.attnum.into(), column.comment.as_deref());
    }
    for constraint in &table.constraints {
        push(all, PG_CONSTRAINT, constraint.oid, 0, constraint.comment.as_deref());
    }
}

fn push<'c>(all: &mut Vec<Description<'c>>, class: u32, object: u32, column: i32, text: Option<&'c str>) {
    all.extend(text.map(|text| Description { class, object, column, text }));
}

/// What users have said, of things that all databases share or of others.
fn written(catalog: &Catalog, shared: bool) -> Vec<Description<'_>> {
    let mut all = Vec::new();
    catalog.objects().for_each(|object| of_user(object, &mut all));
    all.retain(|of| is_shared(of.class) == shared);
    all
}

/// Whether a description of PostgreSQL's own still stands.
fn stands(catalog: &Catalog, class: u32, object: u32, column: i32) -> bool {
    catalog.comment_on(class, object, column).is_none()
        // A `public` that a user has made, or dropped.
        && (class != PG_NAMESPACE || catalog.get(object).is_none())
}

pub fn descriptions(seen: &Seen, rows: &mut Rows) {
    rows.rows = builtin::descriptions(rows.relation, seen.language);
    rows.rows.retain(|row| match row[..] {
        [Value::Oid(object), Value::Oid(class), Value::Int4(column), _] => stands(seen.catalog, class, object, column),
        _ => true,
    });
    for of in written(seen.catalog, false) {
        rows.push([
            ("objoid", oid(of.object)),
            ("classoid", oid(of.class)),
            ("objsubid", Value::Int4(of.column)),
            ("description", text(of.text)),
        ]);
    }
}

pub fn shared_descriptions(seen: &Seen, rows: &mut Rows) {
    rows.rows = builtin::shared_descriptions(rows.relation);
    rows.rows.retain(|row| match row[..] {
        [Value::Oid(DATABASE), Value::Oid(PG_DATABASE), _] if seen.own_database() != DATABASE => true,
        [Value::Oid(object), Value::Oid(class), _] => stands(seen.catalog, class, object, 0),
        _ => true,
    });
    for of in written(seen.catalog, true) {
        let object = if of.class == PG_DATABASE { seen.own_database() } else { of.object };
        rows.push([("objoid", oid(object)), ("classoid", oid(of.class)), ("description", text(of.text))]);
    }
}
