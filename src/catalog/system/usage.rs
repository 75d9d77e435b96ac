//! `information_schema`: what may be used by whom, what uses what, and what functions and row types are made of.
//!
//! Whoever connects is a superuser, so all roles are enabled, and the `role_…_grants` have what the others have.

use super::acl::{Item, PUBLIC_ROLE, default_items};
use super::builtin::{self, Collations, File, number, text_at, type_facts};
use super::information::{data_type, lengths};
use super::privileges::of_relation;
use super::shared::{members, role_name};
use super::types::{type_name, type_schema};
use super::{OWNER, Relation, Rows, Seen, format_type, pseudo_type_named, relation, relations, routines, text};
use crate::catalog::Object;
use crate::types::{Type, Value};

fn yes_or_no(yes: bool) -> Value {
    text(if yes { "YES" } else { "NO" })
}

fn shown_role(seen: &Seen, role: u32) -> String {
    match role {
        PUBLIC_ROLE => "PUBLIC".to_owned(),
        role => role_name(seen, role).unwrap_or_default(),
    }
}

/// Grantor, grantee, privilege, and whether it may be granted on, of each that a list of ACL items gives.
fn grants<'s>(seen: &Seen, items: impl IntoIterator<Item = &'s str>) -> Vec<(String, String, &'static str, bool)> {
    let mut all = Vec::new();
    for item in items.into_iter().filter_map(|item| Item::parse(seen, item).ok()) {
        let (grantor, grantee) = (shown_role(seen, item.grantor), shown_role(seen, item.grantee));
        let owns = item.grantee == OWNER;
        all.extend(
            item.privileges().map(|(name, grantable)| (grantor.clone(), grantee.clone(), name, grantable || owns)),
        );
    }
    all
}

fn default_grants(seen: &Seen, kind: &str) -> Vec<(String, String, &'static str, bool)> {
    let items = default_items(seen, kind, OWNER).unwrap_or_default();
    grants(seen, items.iter().map(String::as_str))
}

pub fn enabled_roles(seen: &Seen, rows: &mut Rows) {
    let Some(roles) = relation("pg_catalog", "pg_authid") else { return };
    for row in roles.rows(seen) {
        rows.push([("role_name", text(text_at(roles, &row, "rolname")))]);
    }
}

/// Whoever owns the database is a member of `pg_database_owner`, too.
pub fn applicable_roles(seen: &Seen, rows: &mut Rows) {
    let owner = super::role_oid(seen, "pg_database_owner").map(|role| (role, OWNER));
    for (role, member) in members().iter().copied().chain(owner) {
        rows.push([
            ("grantee", text(shown_role(seen, member))),
            ("role_name", text(shown_role(seen, role))),
            ("is_grantable", text("NO")),
        ]);
    }
}

/// Tables and views: schema, name, columns and ACL items.
fn each_table(seen: &Seen, mut run: impl FnMut(&str, &str, &[&str], &[&str])) {
    let defaults = default_items(seen, "r", OWNER).unwrap_or_default();
    let defaults: Vec<&str> = defaults.iter().map(String::as_str).collect();
    for relation in relations().iter().filter(|relation| relation.is_there()) {
        let columns: Vec<&str> = relation.columns.iter().map(|column| column.name).collect();
        run(relation.schema, relation.name, &columns, of_relation(relation).unwrap_or(&defaults));
    }
    for object in seen.catalog.objects() {
        let columns: Vec<&str> = match object {
            Object::Table(table) if table.materialized.is_none() => {
                table.columns.iter().map(|column| column.name.as_str()).collect()
            }
            Object::View(view) => view.columns.iter().map(|column| column.name.as_str()).collect(),
            _ => continue,
        };
        run(object.schema(), object.name(), &columns, &defaults);
    }
}

pub fn column_privileges(seen: &Seen, rows: &mut Rows) {
    each_table(seen, |schema, name, columns, items| {
        for (grantor, grantee, privilege, grantable) in grants(seen, items.iter().copied()) {
            if !matches!(privilege, "INSERT" | "SELECT" | "UPDATE" | "REFERENCES") {
                continue;
            }
            for column in columns {
                rows.push([
                    ("grantor", text(&grantor)),
                    ("grantee", text(&grantee)),
                    ("table_catalog", text(seen.database)),
                    ("table_schema", text(schema)),
                    ("table_name", text(name)),
                    ("column_name", text(*column)),
                    ("privilege_type", text(privilege)),
                    ("is_grantable", yes_or_no(grantable)),
                ]);
            }
        }
    });
}

pub fn routine_privileges(seen: &Seen, rows: &mut Rows) {
    let Some(of) = relation("pg_catalog", "pg_proc") else { return };
    let defaults = default_items(seen, "f", OWNER).unwrap_or_default();
    for row in of.rows(seen) {
        let own = match builtin::at(of, &row, "proacl") {
            Value::Array(items) => Some(items.elements.iter().filter_map(|item| match item {
                Value::Text(item) => Some(item.as_str()),
                _ => None,
            })),
            _ => None,
        };
        let grants = match own {
            Some(items) => grants(seen, items),
            None => grants(seen, defaults.iter().map(String::as_str)),
        };
        let (schema, name) = (schema_of(seen, of, &row), text_at(of, &row, "proname"));
        for (grantor, grantee, privilege, grantable) in grants {
            rows.push([
                ("grantor", text(grantor)),
                ("grantee", text(grantee)),
                ("specific_catalog", text(seen.database)),
                ("specific_schema", text(&schema)),
                ("specific_name", text(format!("{name}_{}", number(&row[0])))),
                ("routine_catalog", text(seen.database)),
                ("routine_schema", text(&schema)),
                ("routine_name", text(name)),
                ("privilege_type", text(privilege)),
                ("is_grantable", yes_or_no(grantable)),
            ]);
        }
    }
}

/// The schema of a function.
fn schema_of(seen: &Seen, of: &Relation, row: &[Value]) -> String {
    let namespace = number(builtin::at(of, row, "pronamespace"));
    let found = seen.namespaces().into_iter().find(|(_, oid, _)| *oid == namespace);
    found.map_or_else(|| "pg_catalog".to_owned(), |(name, ..)| name.to_owned())
}

/// Of composite types.
pub fn udt_privileges(seen: &Seen, rows: &mut Rows) {
    let grants = default_grants(seen, "T");
    for object in seen.catalog.objects().filter(|object| object.has_row_type()) {
        for (grantor, grantee, _, grantable) in &grants {
            rows.push([
                ("grantor", text(grantor)),
                ("grantee", text(grantee)),
                ("udt_catalog", text(seen.database)),
                ("udt_schema", text(object.schema())),
                ("udt_name", text(object.name())),
                ("privilege_type", text("TYPE USAGE")),
                ("is_grantable", yes_or_no(*grantable)),
            ]);
        }
    }
    // PostgreSQL's own relations have row types there, which have no rows in our pg_type.
}

pub fn usage_privileges(seen: &Seen, rows: &mut Rows) {
    let mut push = |grants: &[(String, String, &str, bool)], schema: &str, name: &str, kind: &str| {
        for (grantor, grantee, privilege, grantable) in
            grants.iter().filter(|(_, _, privilege, _)| *privilege == "USAGE")
        {
            rows.push([
                ("grantor", text(grantor)),
                ("grantee", text(grantee)),
                ("object_catalog", text(seen.database)),
                ("object_schema", text(schema)),
                ("object_name", text(name)),
                ("object_type", text(kind)),
                ("privilege_type", text(*privilege)),
                ("is_grantable", yes_or_no(*grantable)),
            ]);
        }
    };
    let everybody = [(shown_role(seen, OWNER), "PUBLIC".to_owned(), "USAGE", false)];
    for name in collation_names() {
        push(&everybody, "pg_catalog", name, "COLLATION");
    }
    // Of sequences that nothing was granted on PostgreSQL shows what tables have, and so no USAGE.
    let of_types = default_grants(seen, "T");
    for object in seen.catalog.objects().filter(|object| matches!(object, Object::Domain(_))) {
        push(&of_types, object.schema(), object.name(), "DOMAIN");
    }
}

fn collation_names() -> impl Iterator<Item = &'static str> {
    Collations::ROWS.lines().filter_map(|line| line.split('\t').nth(1))
}

pub fn collations(seen: &Seen, rows: &mut Rows) {
    for name in collation_names() {
        rows.push([
            ("collation_catalog", text(seen.database)),
            ("collation_schema", text("pg_catalog")),
            ("collation_name", text(name)),
            ("pad_attribute", text("NO PAD")),
        ]);
    }
}

pub fn collation_character_sets(seen: &Seen, rows: &mut Rows) {
    for name in collation_names() {
        rows.push([
            ("collation_catalog", text(seen.database)),
            ("collation_schema", text("pg_catalog")),
            ("collation_name", text(name)),
            ("character_set_name", text("UTF8")),
        ]);
    }
}

pub fn character_sets(seen: &Seen, rows: &mut Rows) {
    rows.push([
        ("character_set_name", text("UTF8")),
        ("character_repertoire", text("UCS")),
        ("form_of_use", text("UTF8")),
        ("default_collate_catalog", text(seen.database)),
        ("default_collate_schema", text("pg_catalog")),
        ("default_collate_name", text("C")),
    ]);
}

/// The tables and views that each view uses, and their columns.
fn view_usage(seen: &Seen, mut run: impl FnMut(&Object, &Object, &[i16])) {
    for object in seen.catalog.objects() {
        let Object::View(view) = object else { continue };
        let mut used: Vec<u32> = view.sees.iter().map(|(oid, _)| *oid).collect();
        used.sort_unstable();
        used.dedup();
        for oid in used {
            let Some(of) = seen.catalog.get(oid) else { continue };
            let counts = match of {
                Object::Table(table) => table.materialized.is_none(),
                of => matches!(of, Object::View(_)),
            };
            if counts {
                let columns: Vec<i16> = view.uses.iter().filter(|(other, _)| *other == oid).map(|(_, n)| *n).collect();
                run(object, of, &columns);
            }
        }
    }
}

pub fn view_table_usage(seen: &Seen, rows: &mut Rows) {
    view_usage(seen, |view, of, _| {
        rows.push([
            ("view_catalog", text(seen.database)),
            ("view_schema", text(view.schema())),
            ("view_name", text(view.name())),
            ("table_catalog", text(seen.database)),
            ("table_schema", text(of.schema())),
            ("table_name", text(of.name())),
        ]);
    });
}

pub fn view_column_usage(seen: &Seen, rows: &mut Rows) {
    view_usage(seen, |view, of, columns| {
        let mut columns = columns.to_vec();
        columns.sort_unstable();
        columns.dedup();
        for number in columns {
            let name = match of {
                Object::Table(table) => table.attribute(number).map(|column| column.name.as_str()),
                Object::View(of) => usize::try_from(number - 1)
                    .ok()
                    .and_then(|at| of.columns.get(at))
                    .map(|column| column.name.as_str()),
                _ => None,
            };
            let Some(name) = name else { continue };
            rows.push([
                ("view_catalog", text(seen.database)),
                ("view_schema", text(view.schema())),
                ("view_name", text(view.name())),
                ("table_catalog", text(seen.database)),
                ("table_schema", text(of.schema())),
                ("table_name", text(of.name())),
                ("column_name", text(name)),
            ]);
        }
    });
}

/// A column's place, its name, its type, the length of that, and its domain or 0.
type Part<'a> = (i16, &'a str, Type, i32, u32);

fn parts(object: &Object) -> Vec<Part<'_>> {
    match object {
        Object::Table(table) => table
            .columns
            .iter()
            .map(|column| (column.attnum, column.name.as_str(), column.ty, column.typmod, column.domain))
            .collect(),
        Object::View(view) => (1..)
            .zip(&view.columns)
            .map(|(number, column)| (number, column.name.as_str(), column.ty, column.typmod, column.domain))
            .collect(),
        Object::Composite(of) => of
            .attributes
            .iter()
            .map(|attribute| (attribute.attnum, attribute.name.as_str(), attribute.ty, attribute.typmod, 0))
            .collect(),
        _ => Vec::new(),
    }
}

fn is_table_or_view(object: &Object) -> bool {
    match object {
        Object::Table(table) => table.materialized.is_none(),
        object => matches!(object, Object::View(_)),
    }
}

/// What a column is of: of a domain what that is over.
fn udt(seen: &Seen, ty: Type, domain: u32) -> Type {
    match seen.catalog.domain(domain) {
        Some(domain) if domain.parent != 0 => Type(domain.parent),
        // An array of a domain's values.
        None if domain != 0 => Type(domain),
        _ => ty,
    }
}

pub fn column_udt_usage(seen: &Seen, rows: &mut Rows) {
    let mut push = |ty: Type, schema: &str, table: &str, column: &str| {
        rows.push([
            ("udt_catalog", text(seen.database)),
            ("udt_schema", text(type_schema(seen.catalog, ty))),
            ("udt_name", text(type_name(seen.catalog, ty))),
            ("table_catalog", text(seen.database)),
            ("table_schema", text(schema)),
            ("table_name", text(table)),
            ("column_name", text(column)),
        ]);
    };
    for relation in relations().iter().filter(|relation| relation.is_there()) {
        relation.columns.iter().for_each(|column| push(column.ty, relation.schema, relation.name, column.name));
    }
    for object in seen.catalog.objects().filter(|object| is_table_or_view(object)) {
        for (_, name, ty, _, domain) in parts(object) {
            push(udt(seen, ty, domain), object.schema(), object.name(), name);
        }
    }
}

pub fn user_defined_types(seen: &Seen, rows: &mut Rows) {
    for object in seen.catalog.objects().filter(|object| matches!(object, Object::Composite(_))) {
        rows.push([
            ("user_defined_type_catalog", text(seen.database)),
            ("user_defined_type_schema", text(object.schema())),
            ("user_defined_type_name", text(object.name())),
            ("user_defined_type_category", text("STRUCTURED")),
            ("is_instantiable", text("YES")),
        ]);
    }
}

/// As the views write a type.
fn written(ty: Type) -> String {
    match ty {
        _ if ty.is_array() => "ARRAY".to_owned(),
        _ if ty.is_users() => "USER-DEFINED".to_owned(),
        _ => data_type(ty),
    }
}

pub fn attributes(seen: &Seen, rows: &mut Rows) {
    let shown = |number: Option<i32>| number.map_or(Value::Null, Value::Int4);
    for object in seen.catalog.objects().filter(|object| matches!(object, Object::Composite(_))) {
        for (number, name, ty, typmod, _) in parts(object) {
            let lengths = lengths(ty, typmod);
            let c_collation = type_facts(ty).collation == 950;
            let collation = |value: &str| if c_collation { text(value) } else { Value::Null };
            rows.push([
                ("udt_catalog", text(seen.database)),
                ("udt_schema", text(object.schema())),
                ("udt_name", text(object.name())),
                ("attribute_name", text(name)),
                ("ordinal_position", Value::Int4(number.into())),
                ("is_nullable", text("YES")),
                ("data_type", text(written(ty))),
                ("character_maximum_length", shown(lengths.characters)),
                ("character_octet_length", shown(lengths.octets)),
                ("collation_catalog", collation(seen.database)),
                ("collation_schema", collation("pg_catalog")),
                ("collation_name", collation("C")),
                ("numeric_precision", shown(lengths.precision)),
                ("numeric_precision_radix", shown(lengths.radix)),
                ("numeric_scale", shown(lengths.scale)),
                ("datetime_precision", shown(lengths.datetime)),
                ("interval_type", lengths.interval.map_or(Value::Null, Value::Text)),
                ("attribute_udt_catalog", text(seen.database)),
                ("attribute_udt_schema", text(type_schema(seen.catalog, ty))),
                ("attribute_udt_name", text(type_name(seen.catalog, ty))),
                ("dtd_identifier", text(number.to_string())),
                ("is_derived_reference_attribute", text("NO")),
            ]);
        }
    }
}

/// A function's arguments: place, mode, name and type.
fn arguments(of: &Relation, row: &[Value]) -> Vec<(usize, u8, String, Type)> {
    let items = |column: &str| match builtin::at(of, row, column) {
        Value::Array(items) | Value::Vector(items) => items.elements.clone(),
        _ => Vec::new(),
    };
    let all = items("proallargtypes");
    let types = if all.is_empty() { items("proargtypes") } else { all };
    let (modes, names) = (items("proargmodes"), items("proargnames"));
    let argument = |(at, ty): (usize, &Value)| {
        let mode = match modes.get(at) {
            Some(Value::Char(mode)) => *mode,
            _ => b'i',
        };
        let name = match names.get(at) {
            Some(Value::Text(name)) => name.clone(),
            _ => String::new(),
        };
        (at + 1, mode, name, Type(number(ty)))
    };
    types.iter().enumerate().map(argument).collect()
}

/// Whether `pg_type` has it.
fn is_listed(ty: Type) -> bool {
    ty.is_users() || ty.info().is_some() || pseudo_type_named(&format_type(ty.0, None)) == Some(ty)
}

pub fn parameters(seen: &Seen, rows: &mut Rows) {
    let Some(of) = relation("pg_catalog", "pg_proc") else { return };
    for row in routines::all(seen, of) {
        let (schema, name) = (schema_of(seen, of, &row), text_at(of, &row, "proname"));
        for (place, mode, argument, ty) in arguments(of, &row).into_iter().filter(|(.., ty)| is_listed(*ty)) {
            let default = seen.language.parameter_default(name, place - 1);
            rows.push([
                ("specific_catalog", text(seen.database)),
                ("specific_schema", text(&schema)),
                ("specific_name", text(format!("{name}_{}", number(&row[0])))),
                ("ordinal_position", Value::Int4(i32::try_from(place).unwrap_or(i32::MAX))),
                (
                    "parameter_mode",
                    text(match mode {
                        b'o' | b't' => "OUT",
                        b'b' => "INOUT",
                        _ => "IN",
                    }),
                ),
                ("is_result", text("NO")),
                ("as_locator", text("NO")),
                ("parameter_name", if argument.is_empty() { Value::Null } else { text(argument) }),
                ("data_type", text(shown_type(ty))),
                ("udt_catalog", text(seen.database)),
                ("udt_schema", text(type_schema(seen.catalog, ty))),
                ("udt_name", text(listed_name(seen, ty))),
                ("dtd_identifier", text(place.to_string())),
                ("parameter_default", default.map_or(Value::Null, text)),
            ]);
        }
    }
}

/// As [`written`], pseudo-types too.
fn shown_type(ty: Type) -> String {
    if ty.info().is_some() && ty != Type::ANYARRAY { written(ty) } else { format_type(ty.0, None) }
}

/// `pg_type.typname`, of pseudo-types too.
fn listed_name(seen: &Seen, ty: Type) -> String {
    if ty.info().is_some() {
        return type_name(seen.catalog, ty);
    }
    format_type(ty.0, None).trim_matches('"').to_owned()
}
