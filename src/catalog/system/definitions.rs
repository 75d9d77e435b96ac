//! Definitions as PostgreSQL prints them (`ruleutils.c`, `format_type.c`).

use super::classes::{index_part, owner_of};
use super::names::written_relation;
use super::{Seen, builtin};
use crate::catalog::{Constraint, ConstraintKind, ForeignKey, Index, Object, Table};
use crate::types::identifier::{qualified, quote_ident};
use crate::types::timestamp::interval;
use crate::types::{Type, TypeInfo};

/// A type as SQL writes it (a user's as a mark, see [`Seen::with_type_names`]); `typmod` `None` is one that is not known.
pub fn format_type(oid: u32, typmod: Option<i32>) -> String {
    if oid == 0 {
        return "-".to_owned();
    }
    let ty = Type(oid);
    if ty.is_users() {
        return ty.to_string();
    }
    if let Some(element) = ty.element() {
        return format!("{}[]", format_type(element.0, typmod));
    }
    // Without a length it is not what CHARACTER means, char(1).
    if ty == Type::BIT && typmod == Some(-1) {
        return "\"bit\"".to_owned();
    }
    if ty == Type::BPCHAR && typmod == Some(-1) {
        return "bpchar".to_owned();
    }
    let typmod = typmod.filter(|typmod| *typmod >= 0);
    match (ty, typmod) {
        (Type::BPCHAR, Some(typmod)) => format!("character({})", typmod - 4),
        (Type::BIT, Some(typmod)) => format!("bit({typmod})"),
        (Type::VARBIT, Some(typmod)) => format!("bit varying({typmod})"),
        (Type::VARCHAR, Some(typmod)) => format!("character varying({})", typmod - 4),
        (Type::NUMERIC, Some(typmod)) => {
            let modifier = typmod - 4;
            // The scale has eleven bits, one of them its sign.
            let scale = ((modifier & 0x7ff) ^ 1024) - 1024;
            format!("numeric({},{scale})", (modifier >> 16) & 0xffff)
        }
        (Type::TIMESTAMP, Some(typmod)) => format!("timestamp({typmod}) without time zone"),
        (Type::TIMESTAMPTZ, Some(typmod)) => format!("timestamp({typmod}) with time zone"),
        (Type::TIME, Some(typmod)) => format!("time({typmod}) without time zone"),
        (Type::TIMETZ, Some(typmod)) => format!("time({typmod}) with time zone"),
        (Type::INTERVAL, Some(typmod)) => format!("interval{}", interval::typmod_name(typmod)),
        _ => match ty.info() {
            Some(info) => named(info),
            None => pseudo_type(oid).unwrap_or("???").to_owned(),
        },
    }
}

fn named(info: &TypeInfo) -> String {
    info.sql_name.to_owned()
}

/// Types that only signatures have.
const PSEUDO_TYPES: &[(u32, &str)] = &[
    (2249, "record"),
    (2275, "cstring"),
    (2276, "\"any\""),
    (2279, "trigger"),
    (2280, "language_handler"),
    (2281, "internal"),
    (2283, "anyelement"),
    (2776, "anynonarray"),
    (3500, "anyenum"),
    (5077, "anycompatible"),
    (5078, "anycompatiblearray"),
    (5079, "anycompatiblenonarray"),
];

fn pseudo_type(oid: u32) -> Option<&'static str> {
    PSEUDO_TYPES.iter().find(|(other, _)| *other == oid).map(|(_, name)| *name)
}

/// The type of that name which only signatures have.
pub fn pseudo_type_named(name: &str) -> Option<Type> {
    let name = name.trim().strip_prefix("pg_catalog.").unwrap_or(name.trim());
    PSEUDO_TYPES.iter().find(|(_, other)| *other == name).map(|(oid, _)| Type(*oid))
}

/// `pg_get_constraintdef`.
pub fn constraint_definition(seen: &Seen, oid: u32, pretty: bool) -> Option<String> {
    for domain in seen.catalog.domains() {
        let Some(check) = domain.constraints.iter().find(|check| check.oid == oid) else { continue };
        let shown = seen.language.shown_domain_check(seen, domain, &check.expression, pretty);
        return Some(format!("CHECK ({shown}){}", if check.not_valid { " NOT VALID" } else { "" }));
    }
    let (table, constraint) = seen.catalog.tables().find_map(|table| {
        let constraint = table.constraints.iter().find(|constraint| constraint.oid == oid)?;
        Some((table, constraint))
    })?;
    let mut text = match &constraint.kind {
        ConstraintKind::PrimaryKey => {
            format!("PRIMARY KEY ({}){}", columns(table, &constraint.columns), include(seen, constraint))
        }
        ConstraintKind::Unique => {
            let nulls = if nulls_not_distinct(seen, constraint) { "NULLS NOT DISTINCT " } else { "" };
            format!("UNIQUE {nulls}({}){}", columns(table, &constraint.columns), include(seen, constraint))
        }
        ConstraintKind::Check(check) => {
            format!("CHECK ({})", seen.language.shown(seen, Some(table), &check.expression, pretty))
        }
        ConstraintKind::ForeignKey(key) => foreign_key(seen, table, constraint, key),
    };
    if constraint.is_deferrable() {
        text.push_str(" DEFERRABLE");
    }
    if constraint.is_initially_deferred() {
        text.push_str(" INITIALLY DEFERRED");
    }
    if constraint.not_valid {
        text.push_str(" NOT VALID");
    }
    Some(text)
}

fn columns(table: &Table, attnums: &[i16]) -> String {
    let names = attnums.iter().filter_map(|attnum| table.attribute(*attnum)).map(|column| quote_ident(&column.name));
    names.collect::<Vec<_>>().join(", ")
}

/// Whether NULLs are alike to the constraint.
pub fn nulls_not_distinct(seen: &Seen, constraint: &Constraint) -> bool {
    matches!(seen.catalog.get(constraint.index_oid), Some(Object::Index(index)) if index.nulls_not_distinct)
}

/// INCLUDE of the constraint's index.
fn include(seen: &Seen, constraint: &Constraint) -> String {
    let Some(Object::Index(index)) = seen.catalog.get(constraint.index_oid) else { return String::new() };
    match seen.catalog.get(index.table_oid) {
        Some(Object::Table(table)) if !index.include.is_empty() => {
            format!(" INCLUDE ({})", columns(table, &index.include))
        }
        _ => String::new(),
    }
}

fn foreign_key(seen: &Seen, table: &Table, constraint: &Constraint, key: &ForeignKey) -> String {
    let Some(Object::Table(referenced)) = seen.catalog.get(key.table_oid) else { return String::new() };
    let mut text = format!(
        "FOREIGN KEY ({}) REFERENCES {}({})",
        columns(table, &constraint.columns),
        written_relation(seen, key.table_oid).unwrap_or_default(),
        columns(referenced, &key.columns)
    );
    if key.full {
        text.push_str(" MATCH FULL");
    }
    for (clause, action) in [(" ON UPDATE ", key.on_update), (" ON DELETE ", key.on_delete)] {
        let Some(action) = action.clause() else { continue };
        text.push_str(clause);
        text.push_str(action);
    }
    if !key.set_columns.is_empty() {
        text.push_str(&format!(" ({})", columns(table, &key.set_columns)));
    }
    text
}

/// The definitions of an index's columns, as errors about keys tell them.
pub fn index_columns(seen: &Seen, index: &Index) -> Vec<String> {
    let Some((table, _)) = owner_of(seen, index) else { return Vec::new() };
    index.columns.iter().map(|column| key_column(seen, table, column, true)).collect()
}

/// `pg_get_indexdef`; `column` from 1 for that one's definition alone.
pub fn index_definition(seen: &Seen, oid: u32, column: i32, pretty: bool) -> Option<String> {
    let Some(Object::Index(index)) = seen.catalog.get(oid) else { return None };
    let (table, _) = owner_of(seen, index)?;
    if column > 0 {
        let position = usize::try_from(column - 1).ok()?;
        if let Some(key) = index.columns.get(position) {
            return Some(key_column(seen, table, key, pretty));
        }
        let attnum = index.include.get(position - index.columns.len())?;
        return Some(columns(table, &[*attnum]));
    }
    let keys: Vec<String> = index.columns.iter().map(|key| ordered_column(seen, table, key, pretty)).collect();
    // The pretty form names the table as it must be, the other in full.
    let name = match pretty {
        true => written_relation(seen, table.oid).unwrap_or_default(),
        false => qualified(seen.written(&table.schema), &table.name),
    };
    let unique = if index.unique { "UNIQUE " } else { "" };
    let (method, index_name) = (index.method.name(), quote_ident(&index.name));
    let mut text = format!("CREATE {unique}INDEX {index_name} ON {name} USING {method} ({})", keys.join(", "));
    if !index.include.is_empty() {
        text.push_str(&format!(" INCLUDE ({})", columns(table, &index.include)));
    }
    if index.nulls_not_distinct {
        text.push_str(" NULLS NOT DISTINCT");
    }
    if !index.options.is_empty() {
        let option = |option: &String| {
            let (name, value) = option.split_once('=').unwrap_or((option, ""));
            let value = match quote_ident(value) == value {
                true => value.to_owned(),
                false => format!("'{}'", value.replace('\'', "''")),
            };
            format!("{}={value}", quote_ident(name))
        };
        let options: Vec<String> = index.options.iter().map(option).collect();
        text.push_str(&format!(" WITH ({})", options.join(", ")));
    }
    if let Some(predicate) = &index.predicate {
        text.push_str(" WHERE ");
        text.push_str(&seen.language.shown(seen, Some(table), predicate, pretty));
    }
    Some(text)
}

fn key_column(seen: &Seen, table: &Table, key: &crate::catalog::IndexColumn, pretty: bool) -> String {
    match &key.expression {
        None => columns(table, &[key.attnum]),
        Some(expression) => {
            let text = seen.language.shown(seen, Some(table), expression, pretty);
            // Only a call can do without parentheses.
            if is_call(&text) { text } else { format!("({text})") }
        }
    }
}

/// `name(…)` to its end.
fn is_call(text: &str) -> bool {
    let Some(open) = text.find('(') else { return false };
    if open == 0 || !text[..open].bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
        return false;
    }
    let mut depth = 0;
    let mut quoted = None;
    for (at, c) in text.char_indices().skip_while(|(at, _)| *at < open) {
        match (quoted, c) {
            (Some(quote), c) if c == quote => quoted = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quoted = Some(c),
            (None, '(') => depth += 1,
            (None, ')') => {
                depth -= 1;
                if depth == 0 {
                    return at + 1 == text.len();
                }
            }
            _ => {}
        }
    }
    false
}

fn ordered_column(seen: &Seen, table: &Table, key: &crate::catalog::IndexColumn, pretty: bool) -> String {
    let mut text = key_column(seen, table, key, pretty);
    let own = || index_part(seen, table, key).collation;
    if let Some(collation) = &key.collation
        && builtin::collation(collation) != Some(own())
    {
        text.push_str(" COLLATE ");
        text.push_str(&quote_ident(collation));
    }
    if let Some(class) = &key.operator_class {
        text.push(' ');
        text.push_str(class);
    }
    if key.descending {
        text.push_str(" DESC");
    }
    match (key.descending, key.nulls_first) {
        (false, Some(true)) => text.push_str(" NULLS FIRST"),
        (true, Some(false)) => text.push_str(" NULLS LAST"),
        _ => {}
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_written_as_postgresql_writes_them() {
        for (oid, typmod, expected) in [
            (23, None, "integer"),
            (1043, Some(84), "character varying(80)"),
            (1043, Some(-1), "character varying"),
            (1009, None, "text[]"),
            (1114, Some(3), "timestamp(3) without time zone"),
            (1700, Some(655_366), "numeric(10,2)"),
            (18, None, "\"char\""),
            (0, None, "-"),
            (9_999, None, "???"),
        ] {
            assert_eq!(format_type(oid, typmod), expected);
        }
    }

    #[test]
    fn calls_are_told_from_other_expressions() {
        assert!(is_call("lower(note)"));
        assert!(is_call("lower((a)::text)"));
        assert!(!is_call("lower(a) || lower(b)"));
        assert!(!is_call("(a)"));
    }
}
