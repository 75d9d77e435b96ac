//! Whole rows as arguments of functions that make json of them. There are no rows as values elsewhere.

use sqlparser::ast;

use super::Binder;
use super::names::fold;
use super::polymorphic::type_argument;
use super::scope::Item;
use crate::sql::bound::{Expr, ExprKind};
use crate::sql::emission::Emission;
use crate::sql::text::At;
use crate::sql::type_names::RECORD;
use crate::types::{PgError, Type, Value};

/// Functions that take rows.
const TAKES_ROWS: &[&str] = &[
    "to_json",
    "to_jsonb",
    "row_to_json",
    "json_agg",
    "jsonb_agg",
    "json_build_array",
    "json_build_object",
    "jsonb_build_array",
    "jsonb_build_object",
    "json_object_agg",
    "jsonb_object_agg",
];

/// Columns of a row: SQLite bounds a call's arguments.
const MAX_COLUMNS: usize = 300;

impl Binder<'_> {
    /// An argument of a function.
    pub fn argument(&mut self, function: &str, arg: &ast::Expr) -> Result<Expr, PgError> {
        if !TAKES_ROWS.contains(&function) {
            return self.expr(arg);
        }
        match arg {
            ast::Expr::Identifier(ident) => {
                let (name, at) = (fold(ident), At::from(ident.span));
                let item = match self.find_column(&name, at)? {
                    None => self.find_item(None, &name).cloned(),
                    Some(_) => None,
                };
                match item {
                    Some(item) if !self.is_of_function(&item) || item.columns.len() > 1 => self.row_of(&item, at),
                    _ => self.expr(arg),
                }
            }
            ast::Expr::Tuple(values) => {
                let mut columns = Vec::with_capacity(values.len());
                for (index, value) in values.iter().enumerate() {
                    let value = self.expr(value)?;
                    columns.push((format!("f{}", index + 1), self.text_if_unknown(value)?));
                }
                let at = columns.first().map_or(At::NOWHERE, |(_, value)| value.at);
                self.row(columns, at)
            }
            arg => self.expr(arg),
        }
    }

    /// The row of a FROM entry; NULL where an outer join has made it up.
    fn row_of(&self, item: &Item, at: At) -> Result<Expr, PgError> {
        let columns = item.columns.iter().map(|visible| (visible.name.clone(), visible.expr.clone())).collect();
        let row = self.row(columns, at)?;
        let relation_column = |expr: &Expr| match expr.kind {
            ExprKind::Column { relation, column } => Some((relation, column)),
            _ => None,
        };
        let relations = item.columns.iter().map(|visible| relation_column(&visible.expr));
        if relations.clone().all(|found| found.is_some_and(|(relation, _)| !self.relations[relation].nullable)) {
            return Ok(row);
        }
        let sure = item.columns.iter().find(|visible| {
            relation_column(&visible.expr)
                .is_some_and(|(relation, column)| self.relations[relation].columns[column].not_null)
        });
        let Some(sure) = sure else {
            return Err(self.unsupported(at, "a whole row that an outer join may lack, without a NOT NULL column"));
        };
        let missing = ExprKind::IsNull { operand: Box::new(sure.expr.clone()), negated: false };
        let whens = vec![(Expr::new(missing, Type::BOOL), Expr::null(RECORD))];
        let kind = ExprKind::Case { operand: None, whens, otherwise: Some(Box::new(row)) };
        Ok(Expr::new(kind, RECORD).at(at))
    }

    fn row(&self, columns: Vec<(String, Expr)>, at: At) -> Result<Expr, PgError> {
        if columns.len() > MAX_COLUMNS {
            return Err(self.unsupported(at, format!("a row of more than {MAX_COLUMNS} columns as a value")));
        }
        let column = |(name, value): (String, Expr)| {
            let ty = type_argument(value.ty);
            [Expr::constant(Value::Text(name), Type::TEXT), value, ty]
        };
        let args = columns.into_iter().flat_map(column).collect();
        Ok(Expr::call(Emission::Own("pg_json_row"), args, RECORD).at(at))
    }
}
