//! `information_schema`: the standard's words for tables, columns and constraints.

use super::attributes::{default_expression, for_column};
use super::definitions::nulls_not_distinct;
use super::types::{column_collation, type_name, type_schema};
use super::views::{is_changeable, is_insertable};
use super::{Relation, Rows, Seen, builtin, constraint_definition, format_type, relations, text};
use crate::catalog::{Action, Column, Constraint, ConstraintKind, Object, Table, View};
use crate::types::timestamp::interval;
use crate::types::{Type, Value};

const CHECK_OPTION: &str = "check_option=";

const OWNER_NAME: &str = "postgres";

fn yes_or_no(yes: bool) -> Value {
    text(if yes { "YES" } else { "NO" })
}

fn number(number: i32) -> Value {
    Value::Int4(number)
}

fn there() -> impl Iterator<Item = &'static Relation> {
    relations().iter().filter(|relation| relation.is_there())
}

pub fn schemata(seen: &Seen, rows: &mut Rows) {
    for (name, _, made) in seen.namespaces() {
        let owner = if name == "public" && !made { "pg_database_owner" } else { OWNER_NAME };
        rows.push([("catalog_name", text(seen.database)), ("schema_name", text(name)), ("schema_owner", text(owner))]);
    }
}

pub fn tables(seen: &Seen, rows: &mut Rows) {
    let mut push = |schema: &str, name: &str, view: bool, insertable: bool| {
        let kind = match view {
            _ if seen.catalog.is_temporary(schema) => "LOCAL TEMPORARY",
            true => "VIEW",
            false => "BASE TABLE",
        };
        rows.push([
            ("table_catalog", text(seen.database)),
            ("table_schema", text(schema)),
            ("table_name", text(name)),
            ("table_type", text(kind)),
            ("is_insertable_into", yes_or_no(insertable)),
            ("is_typed", text("NO")),
        ]);
    };
    there().for_each(|relation| push(relation.schema, relation.name, relation.kind == b'v', relation.kind != b'v'));
    own_tables(seen).for_each(|table| push(&table.schema, &table.name, false, true));
    own_views(seen)
        .for_each(|view| push(&view.schema, &view.name, true, is_insertable(super::views::updatable(seen, view.oid))));
}

/// Those that users have made, without what is another session's own.
fn own_tables<'a>(seen: &Seen<'a>) -> impl Iterator<Item = &'a Table> {
    seen.catalog.base_tables().filter(|table| !seen.is_others(&table.schema))
}

fn own_views<'a>(seen: &Seen<'a>) -> impl Iterator<Item = &'a View> {
    seen.catalog.objects().filter_map(|object| match object {
        Object::View(view) if !seen.is_others(&view.schema) => Some(view),
        _ => None,
    })
}

pub fn views(seen: &Seen, rows: &mut Rows) {
    let builtin = there().filter(|relation| relation.kind == b'v').map(|view| (view.schema, view.name));
    let definition = |view: &View| super::views::definition(seen, view, false).map_or(Value::Null, Value::Text);
    let own = own_views(seen).map(|view| (view.schema.as_str(), view.name.as_str(), definition(view), Some(view)));
    for (schema, name, definition, own) in builtin.map(|(schema, name)| (schema, name, Value::Null, None)).chain(own) {
        let events = own.map_or(0, |view| super::views::updatable(seen, view.oid));
        // PostgreSQL looks for the word as it was written.
        let check = match own.and_then(|view| view.options.iter().find_map(|option| option.strip_prefix(CHECK_OPTION)))
        {
            Some("cascaded") => "CASCADED",
            Some("local") => "LOCAL",
            _ => "NONE",
        };
        rows.push([
            ("table_catalog", text(seen.database)),
            ("table_schema", text(schema)),
            ("table_name", text(name)),
            ("view_definition", definition),
            ("check_option", text(check)),
            ("is_updatable", yes_or_no(is_changeable(events))),
            ("is_insertable_into", yes_or_no(is_insertable(events))),
            ("is_trigger_updatable", text("NO")),
            ("is_trigger_deletable", text("NO")),
            ("is_trigger_insertable_into", text("NO")),
        ]);
    }
}

pub fn columns(seen: &Seen, rows: &mut Rows) {
    for relation in there() {
        for (column, number) in relation.columns.iter().zip(1..) {
            let shape = Shape {
                name: column.name,
                ty: column.ty,
                typmod: column.typmod,
                domain: 0,
                not_null: column.not_null,
                collation: None,
            };
            push_column(seen, rows, (relation.schema, relation.name, relation.kind == b'r'), number, &shape, None);
        }
    }
    for view in own_views(seen) {
        let writable = seen.language.writable_columns(seen, view).unwrap_or_default();
        for (column, number) in view.columns.iter().zip(1..) {
            let shape = Shape {
                name: &column.name,
                ty: column.ty,
                typmod: column.typmod,
                domain: column.domain,
                not_null: false,
                collation: column.collation.as_deref(),
            };
            let writable = usize::try_from(number - 1).ok().and_then(|index| writable.get(index)) == Some(&true);
            push_column(seen, rows, (&view.schema, &view.name, writable), number, &shape, None);
            if let Some(default) = &column.default {
                rows.set("column_default", text(shown_default(seen, None, (column.ty, column.typmod), default)));
            }
        }
    }
    for table in own_tables(seen) {
        for column in &table.columns {
            let Column { name, ty, typmod, domain, not_null, collation, .. } = column;
            let (ty, typmod, domain, not_null) = (*ty, *typmod, *domain, *not_null);
            let shape = Shape { name, ty, typmod, domain, not_null, collation: collation.as_deref() };
            let of = (table.schema.as_str(), table.name.as_str(), true);
            push_column(seen, rows, of, i32::from(column.attnum), &shape, Some((table, column)));
        }
    }
}

/// A type in the standard's words, which knows none of users'.
pub fn data_type(ty: Type) -> String {
    match ty {
        _ if ty.is_array() => "ARRAY".to_owned(),
        _ if ty.is_enum() => "USER-DEFINED".to_owned(),
        _ => format_type(ty.0, None),
    }
}

struct Shape<'a> {
    name: &'a str,
    ty: Type,
    typmod: i32,
    domain: u32,
    not_null: bool,
    /// As [`Column::collation`].
    collation: Option<&'a str>,
}

fn shown_default(seen: &Seen, table: Option<&Table>, (ty, typmod): (Type, i32), expression: &str) -> String {
    seen.language.shown(seen, table, &for_column(ty, typmod, expression), false)
}

fn push_column(
    seen: &Seen,
    rows: &mut Rows,
    (schema, table, updatable): (&str, &str, bool),
    ordinal: i32,
    shape: &Shape,
    own: Option<(&Table, &Column)>,
) {
    let Shape { name, ty, typmod, domain, not_null, collation } = *shape;
    let collation = column_collation(seen.catalog, (ty, domain), collation);
    let collation = Some(collation).filter(|oid| !matches!(oid, 0 | 100));
    let collation = collation.and_then(|oid| builtin::name_in("pg_collation", oid));
    let of_type = if domain % 2 == 1 { Type(domain) } else { ty };
    let domain = seen.catalog.domain(domain);
    let default = own.and_then(|(table, column)| {
        let expression = default_expression(seen, column)?;
        Some(shown_default(seen, Some(table), (ty, typmod), &expression))
    });
    let generated = own.and_then(|(table, column)| {
        let expression = &column.generated.as_ref()?.expression;
        Some(shown_default(seen, Some(table), (ty, typmod), expression))
    });
    let own_domain = domain.is_some_and(|domain| domain.parent != 0);
    // The standard's words are of the type that the domain's definition names.
    let lengths = if own_domain { Lengths::default() } else { lengths(ty, typmod) };
    let not_null = not_null || domain.is_some_and(|domain| domain.not_null);
    let udt = domain.filter(|domain| domain.parent != 0).map_or(of_type, |domain| Type(domain.parent));
    let shown = |value: Option<&str>| value.map_or(Value::Null, text);
    let identity = own.and_then(|(_, column)| column.identity.as_ref());
    let sequence = identity.and_then(|identity| match seen.catalog.get(identity.sequence_oid) {
        Some(Object::Sequence(sequence)) => Some(sequence),
        _ => None,
    });
    let of_sequence = |value: fn(&crate::catalog::Sequence) -> i64| {
        sequence.map_or(Value::Null, |sequence| text(value(sequence).to_string()))
    };
    rows.push([
        ("table_catalog", text(seen.database)),
        ("table_schema", text(schema)),
        ("table_name", text(table)),
        ("column_name", text(name)),
        ("ordinal_position", number(ordinal)),
        ("column_default", default.map_or(Value::Null, Value::Text)),
        ("is_nullable", yes_or_no(!not_null)),
        ("data_type", if own_domain { text("USER-DEFINED") } else { text(data_type(ty)) }),
        ("character_maximum_length", lengths.characters.map_or(Value::Null, number)),
        ("character_octet_length", lengths.octets.map_or(Value::Null, number)),
        ("numeric_precision", lengths.precision.map_or(Value::Null, number)),
        ("numeric_precision_radix", lengths.radix.map_or(Value::Null, number)),
        ("numeric_scale", lengths.scale.map_or(Value::Null, number)),
        ("datetime_precision", lengths.datetime.map_or(Value::Null, number)),
        ("interval_type", lengths.interval.map_or(Value::Null, Value::Text)),
        ("collation_catalog", shown(collation.as_ref().map(|_| seen.database))),
        ("collation_schema", shown(collation.as_ref().map(|_| "pg_catalog"))),
        ("collation_name", shown(collation.as_deref())),
        ("udt_catalog", text(seen.database)),
        ("domain_catalog", shown(domain.map(|_| seen.database))),
        ("domain_schema", shown(domain.map(|domain| domain.schema.as_str()))),
        ("domain_name", shown(domain.map(|domain| domain.name.as_str()))),
        ("udt_schema", text(type_schema(seen.catalog, udt))),
        ("udt_name", text(type_name(seen.catalog, udt))),
        ("dtd_identifier", text(ordinal.to_string())),
        ("is_self_referencing", text("NO")),
        ("is_identity", yes_or_no(identity.is_some())),
        ("identity_generation", shown(identity.map(|identity| if identity.always { "ALWAYS" } else { "BY DEFAULT" }))),
        ("identity_start", of_sequence(|sequence| sequence.start)),
        ("identity_increment", of_sequence(|sequence| sequence.increment)),
        ("identity_maximum", of_sequence(|sequence| sequence.max)),
        ("identity_minimum", of_sequence(|sequence| sequence.min)),
        ("identity_cycle", yes_or_no(sequence.is_some_and(|sequence| sequence.cycle))),
        ("is_generated", text(if generated.is_some() { "ALWAYS" } else { "NEVER" })),
        ("generation_expression", generated.map_or(Value::Null, Value::Text)),
        ("is_updatable", yes_or_no(updatable)),
    ]);
}

/// Which generated columns are made of which others.
pub fn column_column_usage(seen: &Seen, rows: &mut Rows) {
    for table in own_tables(seen) {
        for (_, column, generated) in table.generated() {
            for base in generated.columns.iter().filter_map(|attnum| table.attribute(*attnum)) {
                rows.push([
                    ("table_catalog", text(seen.database)),
                    ("table_schema", text(&table.schema)),
                    ("table_name", text(&table.name)),
                    ("column_name", text(&base.name)),
                    ("dependent_column", text(&column.name)),
                ]);
            }
        }
    }
}

#[derive(Default)]
pub struct Lengths {
    pub characters: Option<i32>,
    pub octets: Option<i32>,
    pub precision: Option<i32>,
    pub radix: Option<i32>,
    pub scale: Option<i32>,
    pub datetime: Option<i32>,
    pub interval: Option<String>,
}

/// `_pg_char_max_length` and its kin.
pub fn lengths(ty: Type, typmod: i32) -> Lengths {
    let nothing = Lengths::default();
    let integer = |bits| Lengths { precision: Some(bits), radix: Some(2), scale: Some(0), ..Lengths::default() };
    let float = |bits| Lengths { precision: Some(bits), radix: Some(2), ..Lengths::default() };
    let known = (typmod >= 0).then_some(typmod);
    match ty {
        Type::TEXT => Lengths { octets: Some(1 << 30), ..nothing },
        Type::BIT | Type::VARBIT => Lengths { characters: (typmod >= 0).then_some(typmod), ..Lengths::default() },
        Type::VARCHAR | Type::BPCHAR => Lengths {
            characters: known.map(|typmod| typmod - 4),
            octets: Some(known.map_or(1 << 30, |typmod| (typmod - 4).saturating_mul(4))),
            ..nothing
        },
        Type::INT2 => integer(16),
        Type::INT4 => integer(32),
        Type::INT8 => integer(64),
        Type::FLOAT4 => float(24),
        Type::FLOAT8 => float(53),
        Type::NUMERIC => Lengths {
            precision: known.map(|typmod| ((typmod - 4) >> 16) & 0xffff),
            radix: Some(10),
            scale: known.map(|typmod| (typmod - 4) & 0x7ff),
            ..nothing
        },
        Type::DATE => Lengths { datetime: Some(0), ..nothing },
        Type::TIME | Type::TIMETZ | Type::TIMESTAMP | Type::TIMESTAMPTZ => {
            Lengths { datetime: Some(known.unwrap_or(6)), ..nothing }
        }
        Type::INTERVAL => {
            let precision =
                known.map(|typmod| typmod & 0xffff).filter(|precision| *precision != interval::FULL_PRECISION);
            let fields = known.map(|typmod| interval::typmod_name(typmod | interval::FULL_PRECISION));
            let fields = fields.filter(|fields| !fields.is_empty()).map(|fields| fields.trim().to_ascii_uppercase());
            Lengths { datetime: Some(precision.unwrap_or(6)), interval: fields, ..nothing }
        }
        _ => nothing,
    }
}

fn kind(constraint: &Constraint) -> &'static str {
    match constraint.kind {
        ConstraintKind::PrimaryKey => "PRIMARY KEY",
        ConstraintKind::Unique => "UNIQUE",
        ConstraintKind::Check(_) => "CHECK",
        ConstraintKind::ForeignKey(_) => "FOREIGN KEY",
    }
}

/// NOT NULL has no constraint of its own in PostgreSQL 15, but the standard wants one.
fn not_null_name(seen: &Seen, schema: &str, table: u32, attnum: i16) -> String {
    format!("{}_{table}_{attnum}_not_null", seen.namespace(schema).unwrap_or(0))
}

/// Of each column that is NOT NULL: its table's schema, name and OID, its number and name.
fn not_nulls<'a>(seen: &Seen<'a>) -> Vec<(&'a str, &'a str, u32, i16, &'a str)> {
    let mut all = Vec::new();
    for relation in there().filter(|relation| relation.kind == b'r') {
        for (column, number) in relation.columns.iter().zip(1..).filter(|(column, _)| column.not_null) {
            all.push((relation.schema, relation.name, relation.oid, number, column.name));
        }
    }
    for table in seen.catalog.base_tables() {
        for column in table.columns.iter().filter(|column| column.not_null) {
            all.push((table.schema.as_str(), table.name.as_str(), table.oid, column.attnum, column.name.as_str()));
        }
    }
    all
}

pub fn table_constraints(seen: &Seen, rows: &mut Rows) {
    let mut push = |schema: &str, name: &str, table: &str, kind: &str, constraint: Option<&Constraint>| {
        let is = |what: fn(&Constraint) -> bool| yes_or_no(constraint.is_some_and(what));
        let distinct = constraint.filter(|constraint| constraint.kind == ConstraintKind::Unique);
        rows.push([
            ("constraint_catalog", text(seen.database)),
            ("constraint_schema", text(schema)),
            ("constraint_name", text(name)),
            ("table_catalog", text(seen.database)),
            ("table_schema", text(schema)),
            ("table_name", text(table)),
            ("constraint_type", text(kind)),
            ("is_deferrable", is(Constraint::is_deferrable)),
            ("initially_deferred", is(Constraint::is_initially_deferred)),
            ("enforced", text("YES")),
            ("nulls_distinct", distinct.map_or(Value::Null, |key| yes_or_no(!nulls_not_distinct(seen, key)))),
        ]);
    };
    for table in own_tables(seen) {
        for constraint in &table.constraints {
            push(&table.schema, &constraint.name, &table.name, kind(constraint), Some(constraint));
        }
    }
    for (schema, table, oid, number, _) in not_nulls(seen).into_iter().filter(|(schema, ..)| !seen.is_others(schema)) {
        push(schema, &not_null_name(seen, schema, oid, number), table, "CHECK", None);
    }
}

pub fn check_constraints(seen: &Seen, rows: &mut Rows) {
    let mut push = |schema: &str, name: &str, clause: String| {
        rows.push([
            ("constraint_catalog", text(seen.database)),
            ("constraint_schema", text(schema)),
            ("constraint_name", text(name)),
            ("check_clause", text(clause)),
        ]);
    };
    for table in seen.catalog.base_tables() {
        for (constraint, _) in table.checks() {
            let definition = constraint_definition(seen, constraint.oid, false).unwrap_or_default();
            push(&table.schema, &constraint.name, definition.trim_start_matches("CHECK ").to_owned());
        }
    }
    for domain in seen.catalog.domains() {
        for check in &domain.constraints {
            let definition = constraint_definition(seen, check.oid, false).unwrap_or_default();
            push(&domain.schema, &check.name, definition.trim_start_matches("CHECK ").to_owned());
        }
    }
    for (schema, _, oid, number, column) in not_nulls(seen) {
        push(schema, &not_null_name(seen, schema, oid, number), format!("{column} IS NOT NULL"));
    }
}

pub fn key_column_usage(seen: &Seen, rows: &mut Rows) {
    for table in own_tables(seen) {
        for constraint in table.constraints.iter().filter(|constraint| constraint.check().is_none()) {
            for (index, attnum) in constraint.columns.iter().enumerate() {
                let Some(column) = table.attribute(*attnum) else { continue };
                let in_key = constraint.foreign_key().and_then(|key| {
                    let wanted = key.columns.get(index)?;
                    let (_, unique) = unique_constraint(seen, key.table_oid, constraint.index_oid)?;
                    unique.columns.iter().position(|attnum| attnum == wanted)
                });
                rows.push([
                    ("constraint_catalog", text(seen.database)),
                    ("constraint_schema", text(&table.schema)),
                    ("constraint_name", text(&constraint.name)),
                    ("table_catalog", text(seen.database)),
                    ("table_schema", text(&table.schema)),
                    ("table_name", text(&table.name)),
                    ("column_name", text(&column.name)),
                    ("ordinal_position", number(index as i32 + 1)),
                    (
                        "position_in_unique_constraint",
                        in_key.map_or(Value::Null, |position| number(position as i32 + 1)),
                    ),
                ]);
            }
        }
    }
}

/// The key that a foreign key references.
fn unique_constraint<'a>(seen: &Seen<'a>, table: u32, index: u32) -> Option<(&'a Table, &'a Constraint)> {
    let Some(Object::Table(table)) = seen.catalog.get(table) else { return None };
    let key = table.constraints.iter().find(|constraint| constraint.is_key() && constraint.index_oid == index)?;
    Some((table, key))
}

pub fn constraint_column_usage(seen: &Seen, rows: &mut Rows) {
    for table in own_tables(seen) {
        for constraint in &table.constraints {
            let (of, columns) = match constraint.foreign_key() {
                None => (table, &constraint.columns),
                Some(key) => match seen.catalog.get(key.table_oid) {
                    Some(Object::Table(referenced)) => (referenced, &key.columns),
                    _ => continue,
                },
            };
            for column in columns.iter().filter_map(|attnum| of.attribute(*attnum)) {
                rows.push([
                    ("table_catalog", text(seen.database)),
                    ("table_schema", text(&of.schema)),
                    ("table_name", text(&of.name)),
                    ("column_name", text(&column.name)),
                    ("constraint_catalog", text(seen.database)),
                    ("constraint_schema", text(&table.schema)),
                    ("constraint_name", text(&constraint.name)),
                ]);
            }
        }
    }
}

pub fn constraint_table_usage(seen: &Seen, rows: &mut Rows) {
    for table in own_tables(seen) {
        for constraint in table.constraints.iter().filter(|constraint| constraint.check().is_none()) {
            let of = match constraint.foreign_key().map(|key| seen.catalog.get(key.table_oid)) {
                Some(Some(Object::Table(referenced))) => referenced,
                Some(_) => continue,
                None => table,
            };
            rows.push([
                ("table_catalog", text(seen.database)),
                ("table_schema", text(&of.schema)),
                ("table_name", text(&of.name)),
                ("constraint_catalog", text(seen.database)),
                ("constraint_schema", text(&table.schema)),
                ("constraint_name", text(&constraint.name)),
            ]);
        }
    }
}

fn rule(action: Action) -> &'static str {
    match action {
        Action::NoAction => "NO ACTION",
        Action::Restrict => "RESTRICT",
        Action::Cascade => "CASCADE",
        Action::SetNull => "SET NULL",
        Action::SetDefault => "SET DEFAULT",
    }
}

pub fn referential_constraints(seen: &Seen, rows: &mut Rows) {
    for table in own_tables(seen) {
        for (constraint, key) in table.foreign_keys() {
            let unique = unique_constraint(seen, key.table_oid, constraint.index_oid);
            let of_unique = |value: &str| unique.map_or(Value::Null, |_| text(value));
            rows.push([
                ("constraint_catalog", text(seen.database)),
                ("constraint_schema", text(&table.schema)),
                ("constraint_name", text(&constraint.name)),
                ("unique_constraint_catalog", of_unique(seen.database)),
                ("unique_constraint_schema", unique.map_or(Value::Null, |(table, _)| text(&table.schema))),
                ("unique_constraint_name", unique.map_or(Value::Null, |(_, key)| text(&key.name))),
                ("match_option", text(if key.full { "FULL" } else { "NONE" })),
                ("update_rule", text(rule(key.on_update))),
                ("delete_rule", text(rule(key.on_delete))),
            ]);
        }
    }
}

/// Those that no identity column has made for itself.
pub fn sequences(seen: &Seen, rows: &mut Rows) {
    for object in seen.catalog.objects() {
        let Object::Sequence(sequence) = object else { continue };
        let of_identity = sequence.owned_by.is_some_and(|(table, attnum)| match seen.catalog.get(table) {
            Some(Object::Table(table)) => table.attribute(attnum).is_some_and(|column| column.identity.is_some()),
            _ => false,
        });
        if of_identity || seen.is_others(&sequence.schema) {
            continue;
        }
        rows.push([
            ("sequence_catalog", text(seen.database)),
            ("sequence_schema", text(&sequence.schema)),
            ("sequence_name", text(&sequence.name)),
            ("data_type", text(format_type(sequence.ty.0, None))),
            ("numeric_precision", lengths(sequence.ty, -1).precision.map_or(Value::Null, number)),
            ("numeric_precision_radix", number(2)),
            ("numeric_scale", number(0)),
            ("start_value", text(sequence.start.to_string())),
            ("minimum_value", text(sequence.min.to_string())),
            ("maximum_value", text(sequence.max.to_string())),
            ("increment", text(sequence.increment.to_string())),
            ("cycle_option", yes_or_no(sequence.cycle)),
        ]);
    }
}

pub fn catalog_name(seen: &Seen, rows: &mut Rows) {
    rows.push([("catalog_name", text(seen.database))]);
}
