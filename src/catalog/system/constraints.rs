//! `pg_constraint`.

use super::{Rows, Seen, char, list, oid, text};
use crate::catalog::{Action, ConstraintKind, Table};
use crate::types::{Type, Value};

pub fn constraints(seen: &Seen, rows: &mut Rows) {
    for table in seen.catalog.tables() {
        for constraint in &table.constraints {
            push(seen, table, constraint, rows);
        }
    }
    for domain in seen.catalog.domains() {
        for constraint in &domain.constraints {
            rows.push([
                ("oid", oid(constraint.oid)),
                ("conname", text(&constraint.name)),
                ("connamespace", oid(seen.namespace(&domain.schema).unwrap_or(0))),
                ("contype", char(b'c')),
                ("convalidated", Value::Bool(!constraint.not_valid)),
                ("contypid", oid(domain.oid)),
                ("confupdtype", char(b' ')),
                ("confdeltype", char(b' ')),
                ("confmatchtype", char(b' ')),
                ("conislocal", Value::Bool(true)),
                ("conbin", text(&constraint.expression)),
            ]);
        }
    }
}

fn push(seen: &Seen, table: &Table, constraint: &crate::catalog::Constraint, rows: &mut Rows) {
    let numbers = |columns: &[i16]| list(Type::INT2, columns.iter().copied().map(Value::Int2).collect());
    let kind = match &constraint.kind {
        ConstraintKind::PrimaryKey => b'p',
        ConstraintKind::Unique => b'u',
        ConstraintKind::Check(_) => b'c',
        ConstraintKind::ForeignKey(_) => b'f',
    };
    let key = constraint.foreign_key();
    let action = |action: Option<Action>| char(action.map_or(b' ', action_letter));
    let set_columns = key.map(|key| &key.set_columns).filter(|columns| !columns.is_empty());
    rows.push([
        ("oid", oid(constraint.oid)),
        ("conname", text(&constraint.name)),
        ("connamespace", oid(seen.namespace(&table.schema).unwrap_or(0))),
        ("contype", char(kind)),
        ("condeferrable", Value::Bool(constraint.is_deferrable())),
        ("condeferred", Value::Bool(constraint.is_initially_deferred())),
        ("convalidated", Value::Bool(!constraint.not_valid)),
        ("conrelid", oid(table.oid)),
        ("conindid", oid(constraint.index_oid)),
        ("confrelid", oid(key.map_or(0, |key| key.table_oid))),
        ("confupdtype", action(key.map(|key| key.on_update))),
        ("confdeltype", action(key.map(|key| key.on_delete))),
        ("confmatchtype", char(key.map_or(b' ', |key| if key.full { b'f' } else { b's' }))),
        ("conislocal", Value::Bool(true)),
        ("connoinherit", Value::Bool(kind != b'c')),
        ("conkey", if constraint.columns.is_empty() { Value::Null } else { numbers(&constraint.columns) }),
        ("confkey", key.map_or(Value::Null, |key| numbers(&key.columns))),
        ("confdelsetcols", set_columns.map_or(Value::Null, |columns| numbers(columns))),
        ("conbin", constraint.check().map_or(Value::Null, |check| text(&check.expression))),
    ]);
}

fn action_letter(action: Action) -> u8 {
    match action {
        Action::NoAction => b'a',
        Action::Restrict => b'r',
        Action::Cascade => b'c',
        Action::SetNull => b'n',
        Action::SetDefault => b'd',
    }
}
