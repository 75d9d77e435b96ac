//! LATERAL sub-queries.
//!
//! SQLite's FROM has none, but functions whose arguments name what stands before them. So the sub-query becomes an
//! argument, a scalar sub-query that packs its rows into one value, and the function takes them out again:
//!
//! ```text
//! t JOIN pg_rows((SELECT pg_pack_rows(c1, c2) FROM (query)))
//! ```
//!
//! It is run once for each row it is joined to, in its own order, as PostgreSQL's nested loop does.

use sqlparser::ast::{self, TableAlias};

use super::Binder;
use super::from::{Entry, query_columns};
use super::scope::Clause;
use crate::sql::bound::{Aggregate, Expr, ExprKind, From, Output, Query, Relation, Select, Source};
use crate::sql::emission::{Emission, MAX_PACKED};
use crate::types::{PgError, Type};

impl Binder<'_> {
    pub fn lateral_query(&mut self, subquery: &ast::Query, alias: &TableAlias) -> Result<Entry, PgError> {
        let name = self.alias_name(alias)?;
        let query = self.lateral(|binder| {
            binder.in_clause(Clause::FromQuery, |binder| binder.deeper(2, |binder| binder.query(subquery)))
        })?;
        if query.outputs.len() > MAX_PACKED {
            let what = format!("a LATERAL sub-query with more than {MAX_PACKED} columns");
            return Err(self.unsupported(alias.name.span.into(), what));
        }
        let mut columns = query_columns(&query);
        for (index, column) in columns.iter_mut().enumerate() {
            column.stored_name = format!("c{}", index + 1);
        }
        let rows = self.packed(query);
        let mut relation = Relation {
            name,
            source: Source::Lateral,
            columns,
            depth: self.query_depth(),
            nullable: false,
            keys: Vec::new(),
        };
        self.rename(&mut relation, alias)?;
        let id = self.relations.len();
        self.relations.push(relation);
        let from = From::Function { relation: id, module: "pg_rows", args: vec![rows] };
        Ok(Entry { from, items: vec![self.item(id, None)] })
    }

    /// A query's rows as one value.
    pub fn packed(&mut self, query: Query) -> Expr {
        let relation = self.query_relation(&query);
        self.relations[relation].depth += 1;
        let column =
            |(index, output): (usize, &Output)| Expr::new(ExprKind::Column { relation, column: index }, output.ty);
        let args = query.outputs.iter().enumerate().map(column).collect();
        let function = Aggregate {
            emission: Emission::Own("pg_pack_rows"),
            args,
            distinct: false,
            order_by: Vec::new(),
            filter: None,
        };
        let packed = Expr::new(ExprKind::Aggregate(Box::new(function)), Type::BYTEA);
        let select = Select {
            targets: vec![packed],
            from: Some(From::Query { relation, query: Box::new(query) }),
            grouped: true,
            ..Select::default()
        };
        let packing = Query::of_select(select, vec![Output::new("", Type::BYTEA)]);
        Expr::new(ExprKind::Scalar(Box::new(packing)), Type::BYTEA)
    }
}
