//! `information_schema` of domains.

use super::attributes::{default_text, for_column};
use super::information::{Lengths, data_type, lengths};
use super::types::{collation_of, type_name, type_schema};
use super::{Rows, Seen, format_type, text};
use crate::catalog::{ColumnDefault, Domain, Object};
use crate::types::{Type, Value};

/// What a domain's definition names.
fn base(domain: &Domain) -> Type {
    if domain.parent == 0 { domain.ty } else { Type(domain.parent) }
}

/// As the view writes it, which knows no arrays as such.
fn base_name(ty: Type) -> String {
    match ty.element() {
        Some(element) if !element.is_users() => format_type(ty.0, None),
        Some(_) => "USER-DEFINED".to_owned(),
        None => data_type(ty),
    }
}

fn default(seen: &Seen, domain: &Domain) -> Option<String> {
    let default = domain.default.as_ref()?;
    let text = default_text(seen, default)?;
    let text = match default {
        ColumnDefault::Expression(_) => for_column(domain.ty, domain.typmod, &text),
        ColumnDefault::NextValue(_) => text,
    };
    Some(seen.language.shown(seen, None, &text, false))
}

pub fn domains(seen: &Seen, rows: &mut Rows) {
    for domain in seen.catalog.domains() {
        let (base, of_domain) = (base(domain), domain.parent != 0);
        let lengths = if of_domain { Lengths::default() } else { lengths(domain.ty, domain.typmod) };
        let number = |number: Option<i32>| number.map_or(Value::Null, Value::Int4);
        let collation = match collation_of(domain) {
            950 => Some("C"),
            951 => Some("POSIX"),
            _ => None,
        };
        let shown = |value: Option<&str>| value.map_or(Value::Null, text);
        rows.push([
            ("domain_catalog", text(seen.database)),
            ("domain_schema", text(&domain.schema)),
            ("domain_name", text(&domain.name)),
            ("data_type", text(if of_domain { "USER-DEFINED".to_owned() } else { base_name(domain.ty) })),
            ("character_maximum_length", number(lengths.characters)),
            ("character_octet_length", number(lengths.octets)),
            ("collation_catalog", shown(collation.map(|_| seen.database))),
            ("collation_schema", shown(collation.map(|_| "pg_catalog"))),
            ("collation_name", shown(collation)),
            ("numeric_precision", number(lengths.precision)),
            ("numeric_precision_radix", number(lengths.radix)),
            ("numeric_scale", number(lengths.scale)),
            ("datetime_precision", number(lengths.datetime)),
            ("interval_type", lengths.interval.map_or(Value::Null, Value::Text)),
            ("domain_default", default(seen, domain).map_or(Value::Null, Value::Text)),
            ("udt_catalog", text(seen.database)),
            ("udt_schema", text(type_schema(seen.catalog, base))),
            ("udt_name", text(type_name(seen.catalog, base))),
            ("dtd_identifier", text("1")),
        ]);
    }
}

pub fn domain_constraints(seen: &Seen, rows: &mut Rows) {
    for domain in seen.catalog.domains() {
        for constraint in &domain.constraints {
            rows.push([
                ("constraint_catalog", text(seen.database)),
                ("constraint_schema", text(&domain.schema)),
                ("constraint_name", text(&constraint.name)),
                ("domain_catalog", text(seen.database)),
                ("domain_schema", text(&domain.schema)),
                ("domain_name", text(&domain.name)),
                ("is_deferrable", text("NO")),
                ("initially_deferred", text("NO")),
            ]);
        }
    }
}

pub fn domain_udt_usage(seen: &Seen, rows: &mut Rows) {
    for domain in seen.catalog.domains() {
        let base = base(domain);
        rows.push([
            ("udt_catalog", text(seen.database)),
            ("udt_schema", text(type_schema(seen.catalog, base))),
            ("udt_name", text(type_name(seen.catalog, base))),
            ("domain_catalog", text(seen.database)),
            ("domain_schema", text(&domain.schema)),
            ("domain_name", text(&domain.name)),
        ]);
    }
}

/// Of tables and views that users have made: PostgreSQL's own have no columns of domains here.
pub fn column_domain_usage(seen: &Seen, rows: &mut Rows) {
    for object in seen.catalog.objects() {
        let columns: Vec<(u32, &str)> = match object {
            Object::Table(table) => table.columns.iter().map(|column| (column.domain, column.name.as_str())).collect(),
            Object::View(view) => view.columns.iter().map(|column| (column.domain, column.name.as_str())).collect(),
            _ => continue,
        };
        for (domain, name) in columns {
            let Some(domain) = seen.catalog.domain(domain) else { continue };
            rows.push([
                ("domain_catalog", text(seen.database)),
                ("domain_schema", text(&domain.schema)),
                ("domain_name", text(&domain.name)),
                ("table_catalog", text(seen.database)),
                ("table_schema", text(object.schema())),
                ("table_name", text(object.name())),
                ("column_name", text(name)),
            ]);
        }
    }
}
