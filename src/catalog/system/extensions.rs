//! Extensions: those that there are (`pg_extension`), what is of them (`pg_proc`, `pg_depend`), and those that could be
//! made (`pg_available_extensions`).

use std::collections::HashMap;
use std::sync::LazyLock;

use super::builtin::{self, number};
use super::descriptions::{PG_EXTENSION, PG_NAMESPACE};
use super::{OWNER, Relation, Rows, Seen, char, oid, relation, text};
use crate::catalog::extensions::{self, Available};
use crate::catalog::{Extension, is_system_schema};
use crate::types::{Type, Value};

/// `pg_class.oid` of `pg_proc`.
pub const PG_PROC: u32 = 1255;

/// `pg_extension`.
pub fn extensions(seen: &Seen, rows: &mut Rows) {
    rows.rows = builtin::all::<builtin::Extensions>(rows.relation, seen.language);
    for extension in seen.catalog.extensions() {
        rows.push([
            ("oid", oid(extension.oid)),
            ("extname", text(&extension.name)),
            ("extowner", oid(OWNER)),
            ("extnamespace", oid(seen.namespace(&extension.schema).unwrap_or(0))),
            ("extrelocatable", Value::Bool(true)),
            ("extversion", text(&extension.version)),
        ]);
    }
}

/// The rows that `pg_proc` has of the extensions' functions.
pub fn functions(seen: &Seen, of: &'static Relation) -> Vec<Vec<Value>> {
    let schema = of.columns.iter().position(|column| column.name == "pronamespace").unwrap_or(0);
    let mut rows = Vec::new();
    for extension in seen.catalog.extensions() {
        let namespace = seen.namespace(&extension.schema).unwrap_or(0);
        for mut row in listed(extension, of) {
            row[0] = oid(extension.oid + number(&row[0]));
            row[schema] = oid(namespace);
            rows.push(row);
        }
    }
    rows
}

/// As PostgreSQL lists them, numbered from 1.
fn listed(extension: &Extension, of: &'static Relation) -> Vec<Vec<Value>> {
    static ROWS: LazyLock<HashMap<&'static str, Vec<Vec<Value>>>> = LazyLock::new(|| {
        let Some(of) = relation("pg_catalog", "pg_proc") else { return HashMap::new() };
        let rows = |available: &'static Available| builtin::rows_of(of, available.rows);
        extensions::available().iter().map(|available| (available.name, rows(available))).collect()
    });
    debug_assert_eq!(of.oid, PG_PROC);
    ROWS.get(extension.name.as_str()).cloned().unwrap_or_default()
}

/// A function of an extension's: where it is, what it is called and what it takes.
pub struct Routine<'a> {
    pub oid: u32,
    pub schema: &'a str,
    pub name: &'static str,
    pub args: &'static [Type],
}

/// All of them, in OID order.
pub fn routines<'a>(seen: &Seen<'a>) -> impl Iterator<Item = Routine<'a>> + use<'a> {
    let of = |extension: &'a Extension| {
        let routine = |(oid, function): (u32, &'static extensions::Signature)| Routine {
            oid,
            schema: &extension.schema,
            name: function.name,
            args: &function.args,
        };
        extension.functions().map(routine)
    };
    seen.catalog.extensions().flat_map(of)
}

/// `pg_depend`: what is of an extension, and what both are in.
pub fn dependencies(seen: &Seen, extension: &Extension, rows: &mut Rows) {
    // What is pinned nobody depends on.
    let namespace = seen.namespace(&extension.schema).filter(|_| !is_system_schema(&extension.schema));
    let mut depends = |class: u32, object: u32, of_class: u32, of_object: u32, kind: u8| {
        rows.push([
            ("classid", oid(class)),
            ("objid", oid(object)),
            ("refclassid", oid(of_class)),
            ("refobjid", oid(of_object)),
            ("deptype", char(kind)),
        ]);
    };
    if let Some(namespace) = namespace {
        depends(PG_EXTENSION, extension.oid, PG_NAMESPACE, namespace, b'n');
    }
    for (function, _) in extension.functions() {
        if let Some(namespace) = namespace {
            depends(PG_PROC, function, PG_NAMESPACE, namespace, b'n');
        }
        depends(PG_PROC, function, PG_EXTENSION, extension.oid, b'e');
    }
}

/// One that there is or could be.
struct Known {
    name: Value,
    version: Value,
    comment: Value,
    installed: bool,
    relocatable: bool,
    schema: Value,
}

/// plpgsql, which every database has from the start, and those to be had.
fn known(seen: Option<&Seen>) -> Vec<Known> {
    let lines = <builtin::Extensions as builtin::File>::ROWS.lines();
    let own = |line: &str| {
        let fields: Vec<&str> = line.split('\t').collect();
        let (number, name, version) = (fields.first()?, fields.get(1)?, fields.get(5)?);
        let comment = builtin::description(PG_EXTENSION, number.parse().ok()?, 0).map_or(Value::Null, Value::Text);
        let (name, version, schema) = (text(*name), text(*version), text("pg_catalog"));
        Some(Known { name, version, comment, installed: true, relocatable: false, schema })
    };
    let available = extensions::available().iter().map(|available| Known {
        name: text(available.name),
        version: text(available.version),
        comment: text(available.comment),
        installed: seen.is_some_and(|seen| seen.catalog.extension(available.name).is_some()),
        relocatable: true,
        schema: Value::Null,
    });
    lines.filter_map(own).chain(available).collect()
}

/// `pg_available_extensions`.
pub fn available(seen: &Seen, rows: &mut Rows) {
    for of in known(Some(seen)) {
        let installed = if of.installed { of.version.clone() } else { Value::Null };
        rows.push([
            ("name", of.name),
            ("default_version", of.version),
            ("installed_version", installed),
            ("comment", of.comment),
        ]);
    }
}

/// `pg_available_extension_versions`.
pub fn versions(seen: &Seen, rows: &mut Rows) {
    for of in known(Some(seen)) {
        rows.push([
            ("name", of.name),
            ("version", of.version),
            ("installed", Value::Bool(of.installed)),
            ("superuser", Value::Bool(true)),
            ("trusted", Value::Bool(true)),
            ("relocatable", Value::Bool(of.relocatable)),
            ("schema", of.schema),
            ("comment", of.comment),
        ]);
    }
}

/// The rows of the functions `pg_available_extensions`, and with `versions` `pg_available_extension_versions`.
pub fn available_rows(versions: bool) -> Vec<Vec<Value>> {
    let row = |of: Known| match versions {
        false => vec![of.name, of.version, of.comment],
        true => {
            let (yes, requires) = (Value::Bool(true), Value::Null);
            let relocatable = Value::Bool(of.relocatable);
            vec![of.name, of.version, yes.clone(), yes, relocatable, of.schema, requires, of.comment]
        }
    };
    known(None).into_iter().map(row).collect()
}

/// Whether there could be an extension of this name.
pub fn is_available(name: &str) -> bool {
    known(None).iter().any(|of| of.name == text(name))
}
