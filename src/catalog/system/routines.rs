//! `pg_proc`, and `information_schema.routines`, which has the same in the standard's words.

use super::builtin::{self, number, text_at};
use super::types::{type_name, type_schema};
use super::{Relation, Rows, Seen, extensions, format_type, relation, text};
use crate::types::{Type, Value};

/// `pg_proc`: PostgreSQL's own functions, and those of extensions.
pub fn functions(seen: &Seen, rows: &mut Rows) {
    rows.rows = all(seen, rows.relation);
}

pub fn all(seen: &Seen, of: &'static Relation) -> Vec<Vec<Value>> {
    let mut rows = builtin::functions(of, seen.language).to_vec();
    rows.extend(extensions::functions(seen, of));
    rows
}

pub fn routines(seen: &Seen, rows: &mut Rows) {
    let Some(of) = relation("pg_catalog", "pg_proc") else { return };
    let is = |row: &[Value], column: &str| builtin::at(of, row, column) == &Value::Bool(true);
    let namespaces = seen.namespaces();
    for row in all(seen, of) {
        let namespace = number(builtin::at(of, &row, "pronamespace"));
        let schema = namespaces.iter().find(|(_, oid, _)| *oid == namespace).map_or("pg_catalog", |(name, ..)| name);
        let kind = match builtin::at(of, &row, "prokind") {
            Value::Char(kind) => *kind,
            _ => b'f',
        };
        let is_immutable = builtin::at(of, &row, "provolatile") == &Value::Char(b'i');
        let result = Type(number(builtin::at(of, &row, "prorettype")));
        let (name, source) = (text_at(of, &row, "proname"), text_at(of, &row, "prosrc"));
        let language = language(number(builtin::at(of, &row, "prolang")));
        rows.push([
            ("specific_catalog", text(seen.database)),
            ("specific_schema", text(schema)),
            ("specific_name", text(format!("{name}_{}", number(&row[0])))),
            ("routine_catalog", text(seen.database)),
            ("routine_schema", text(schema)),
            ("routine_name", text(name)),
            ("routine_type", if kind == b'f' { text("FUNCTION") } else { Value::Null }),
            ("data_type", text(if result.is_array() { "ARRAY".to_owned() } else { format_type(result.0, None) })),
            ("type_udt_catalog", text(seen.database)),
            ("type_udt_schema", text(type_schema(seen.catalog, result))),
            ("type_udt_name", text(type_name(seen.catalog, result))),
            ("dtd_identifier", text("0")),
            ("routine_body", text(if language == "SQL" { "SQL" } else { "EXTERNAL" })),
            ("routine_definition", text(source)),
            ("external_name", if language == "C" { text(source) } else { Value::Null }),
            ("external_language", text(language)),
            ("parameter_style", text("GENERAL")),
            ("is_deterministic", yes_or_no(is_immutable)),
            ("sql_data_access", text("MODIFIES")),
            ("is_null_call", yes_or_no(is(&row, "proisstrict"))),
            ("schema_level_routine", yes_or_no(true)),
            ("max_dynamic_result_sets", Value::Int4(0)),
            ("security_type", text(if is(&row, "prosecdef") { "DEFINER" } else { "INVOKER" })),
            ("as_locator", yes_or_no(false)),
            ("is_udt_dependent", yes_or_no(false)),
        ]);
    }
}

fn yes_or_no(yes: bool) -> Value {
    text(if yes { "YES" } else { "NO" })
}

/// `pg_language.lanname`, in capitals.
fn language(oid: u32) -> &'static str {
    match oid {
        13 => "C",
        14 => "SQL",
        _ => "INTERNAL",
    }
}
