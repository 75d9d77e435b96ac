//! The columns that a table has in the file for its keys ([`KeyColumn`]): what stands in them, and how queries find it.
//!
//! They are written as generated columns are. Where a statement compares or sorts by what one of them is a key of, the
//! emitter writes the key in its place, and SQLite finds the index of it.

use super::Binder;
use super::ddl::visible;
use super::from::table_relation;
use super::scope::{Clause, Visible};
use crate::catalog::{Column, KeyColumn, Table};
use crate::sql::bound::{Expr, ExprKind, KeyOf, Relation, RelationColumn, RelationKey, Relations};
use crate::sql::emission::{Emission, INTERVAL_KEY, key_function};
use crate::types::{PgError, Type, Value};

impl Binder<'_> {
    /// A key's value over a row, and the relations with those it has brought in.
    pub fn key_value(
        &self,
        table: &Table,
        key: &KeyColumn,
        text: &str,
        columns: Vec<Visible>,
        relations: Relations,
    ) -> Result<(Expr, Relations), PgError> {
        let (value, relations) = self.keyed_value(table, text, columns.clone(), relations)?;
        let value = key_form(value);
        let Some(condition) = &key.condition else { return Ok((value, relations)) };
        let (fulfilled, relations) = self.key_condition(table, condition, columns, relations)?;
        let ty = value.ty;
        let kind = ExprKind::Case { operand: None, whens: vec![(fulfilled, value)], otherwise: None };
        Ok((Expr::new(kind, ty), relations))
    }

    fn keyed_value(
        &self,
        table: &Table,
        text: &str,
        columns: Vec<Visible>,
        relations: Relations,
    ) -> Result<(Expr, Relations), PgError> {
        let finish = |binder: &mut Binder, value: Expr| binder.text_if_unknown(value);
        self.over_row(text, table, columns, relations, Clause::IndexExpression, finish)
    }

    fn key_condition(
        &self,
        table: &Table,
        text: &str,
        columns: Vec<Visible>,
        relations: Relations,
    ) -> Result<(Expr, Relations), PgError> {
        let finish = |binder: &mut Binder, value: Expr| binder.boolean(value, "WHERE");
        self.over_row(text, table, columns, relations, Clause::IndexPredicate, finish)
    }

    /// Has what a statement reads of a relation looked up by the table's keys.
    pub fn look_up_keys(&self, table: &Table, relation: &mut Relation) {
        for (key, of_relation) in table.keys.iter().zip(&mut relation.keys) {
            // What can't be bound any more, or is a query, is computed for each row.
            of_relation.of = self.key_of(table, key).ok().flatten();
        }
    }

    fn key_of(&self, table: &Table, key: &KeyColumn) -> Result<Option<KeyOf>, PgError> {
        if let Some(place) = table.position(key.attnum) {
            return Ok(Some(KeyOf { value: visible(table).swap_remove(place).expr, condition: None }));
        }
        let Some(text) = &key.expression else { return Ok(None) };
        let (value, relations) = self.keyed_value(table, text, visible(table), vec![table_relation(table, 0)])?;
        let (condition, relations) = match &key.condition {
            None => (None, relations),
            Some(text) => {
                let (condition, relations) = self.key_condition(table, text, visible(table), relations)?;
                (Some(condition), relations)
            }
        };
        // A constant is found anywhere, and must not be taken for a column.
        let is_of_row = value.any(&|expr| matches!(expr.kind, ExprKind::Column { .. }));
        Ok((relations.len() == 1 && is_of_row).then_some(KeyOf { value, condition }))
    }

    /// The UPDATE that computes some keys of a table's rows.
    pub fn filling_keys(&self, table: &Table, keys: &[&str]) -> Result<Option<String>, PgError> {
        let mut alone = table.with_keys();
        let due = |column: &Column| column.is_key() && keys.contains(&column.stored_name.as_str());
        alone.columns.iter_mut().filter(|column| !due(column)).for_each(|column| column.generated = None);
        self.generating(&alone, None)
    }
}

/// A value as what is equal if it is, and sorts as it does, by SQLite itself.
pub fn key_form(value: Expr) -> Expr {
    let ty = value.ty;
    match key_function(ty) {
        None => value,
        Some(INTERVAL_KEY) => Expr::call(Emission::Own(INTERVAL_KEY), vec![value], Type::TEXT),
        Some(function) => {
            let of = Expr::constant(Value::Oid(ty.0), Type::OID);
            Expr::call(Emission::Own(function), vec![value, of], Type::BYTEA)
        }
    }
}

/// A key as a column of its table's relation.
pub fn relation_key(key: &KeyColumn) -> RelationKey {
    let column = RelationColumn {
        name: String::new(),
        stored_name: key.stored_name.clone(),
        ty: key.ty,
        typmod: -1,
        domain: 0,
        not_null: false,
        origin: None,
        collation: 0,
    };
    RelationKey { column, of: None }
}
