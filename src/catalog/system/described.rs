//! `pg_describe_object`: what messages call an object (`getObjectDescription`).

use super::names::{function_signature, shown_relation};
use super::{Seen, attributes, builtin, format_type, role_name};
use crate::catalog::Object;
use crate::types::identifier::quote_ident;
use crate::types::{PgError, SqlState, Type};

/// An object by its catalog, its OID and the number of a column, or 0; `None` where there is none. Errors: XX000 for what is
/// no catalog, 0A000 for one whose objects are not told of.
pub fn described(seen: &Seen, class: u32, object: u32, column: i32) -> Result<Option<String>, PgError> {
    if class == 0 {
        return Ok(None);
    }
    let catalog = super::relations().iter().find(|relation| relation.oid == class && relation.kind == b'r');
    let Some(catalog) = catalog else {
        let message = format!("unrecognized object class: {class}");
        return Err(PgError::new(SqlState::INTERNAL_ERROR, message));
    };
    Ok(match catalog.name {
        "pg_class" => of_relation(seen, object, column),
        "pg_proc" => function_signature(seen, object).map(|signature| format!("function {signature}")),
        "pg_type" => {
            let there = seen.type_is_visible(Type(object)).is_some();
            there.then(|| format!("type {}", seen.with_type_names(&format_type(object, None))))
        }
        "pg_namespace" => {
            let named = seen.namespaces().into_iter().find(|(_, oid, _)| *oid == object);
            named.map(|(name, ..)| format!("schema {name}"))
        }
        "pg_extension" => match seen.catalog.get(object) {
            Some(Object::Extension(extension)) => Some(format!("extension {}", extension.name)),
            _ => builtin::name_in("pg_extension", object).map(|name| format!("extension {name}")),
        },
        "pg_constraint" => of_constraint(seen, object),
        "pg_trigger" => super::triggers::described(seen, object),
        "pg_authid" => role_name(seen, object).map(|name| format!("role {name}")),
        "pg_database" => {
            let database = seen.databases.iter().find(|database| database.oid == object);
            database.map(|database| format!("database {}", database.name))
        }
        "pg_language" => builtin::name_in("pg_language", object).map(|name| format!("language {name}")),
        "pg_tablespace" => builtin::name_in("pg_tablespace", object).map(|name| format!("tablespace {name}")),
        "pg_am" => builtin::name_in("pg_am", object).map(|name| format!("access method {name}")),
        "pg_collation" => {
            builtin::name_in("pg_collation", object).map(|name| format!("collation {}", quote_ident(&name)))
        }
        "pg_rewrite" => {
            let views = seen.catalog.objects().filter_map(|of| of.query());
            let view = views.into_iter().find(|view| super::dependencies::rule_oid(view) == object);
            view.and_then(|view| of_relation(seen, view.oid, 0)).map(|view| format!("rule _RETURN on {view}"))
        }
        "pg_attrdef" => default_of(seen, object),
        name => return Err(PgError::unsupported(format!("pg_describe_object() of what is in {name}"))),
    })
}

fn of_relation(seen: &Seen, oid: u32, column: i32) -> Option<String> {
    let name = shown_relation(seen, oid)?;
    let kind = match seen.catalog.get(oid) {
        Some(Object::Composite(_)) => "composite type",
        Some(object) => object.kind(),
        None => match super::relations().iter().find(|relation| relation.oid == oid)?.kind {
            b'v' => "view",
            _ => "table",
        },
    };
    if column == 0 {
        return Some(format!("{kind} {name}"));
    }
    let columns = attributes::columns_of(seen, oid)?;
    let (_, of) = columns.into_iter().find(|(number, _)| i32::from(*number) == column)?;
    Some(format!("column {of} of {kind} {name}"))
}

fn of_constraint(seen: &Seen, oid: u32) -> Option<String> {
    let mut domains = seen.catalog.domains().flat_map(|domain| &domain.constraints);
    if let Some(check) = domains.find(|check| check.oid == oid) {
        return Some(format!("constraint {}", check.name));
    }
    for table in seen.catalog.tables() {
        if let Some(constraint) = table.constraints.iter().find(|constraint| constraint.oid == oid) {
            let table = of_relation(seen, table.oid, 0)?;
            return Some(format!("constraint {} on {table}", constraint.name));
        }
    }
    None
}

fn default_of(seen: &Seen, oid: u32) -> Option<String> {
    for table in seen.catalog.tables() {
        let is_it = |attnum: &i16| attributes::default_oid(table.oid, *attnum) == oid;
        if let Some(attnum) = table.columns.iter().map(|column| column.attnum).find(is_it) {
            return of_relation(seen, table.oid, attnum.into()).map(|column| format!("default value for {column}"));
        }
    }
    None
}
