//! Recursive queries whose term looks at all rows of a round: at their groups, at which of them come first, through a WITH query
//! of its own.
//!
//! The rows of a round become one value, which the next round's term, as a scalar sub-query, takes apart. UNION drops what an
//! earlier round has found, and so those rows are handed on as well:
//!
//! ```text
//! WITH w(c1, c2) AS (
//!     SELECT (SELECT pg_pack_rows(…) FROM (start)), NULL
//!     UNION ALL
//!     SELECT (SELECT pg_pack_rows(…) FROM (term, where pg_rows(w.c1) is the recursion)), …
//!     FROM w WHERE EXISTS (SELECT … FROM pg_rows(w.c1)))
//! SELECT … FROM w JOIN pg_rows(w.c1)
//! ```

use super::Binder;
use super::collation::typcollation;
use crate::sql::bound::{
    Body, Expr, ExprKind, From, JoinKind, Output, Query, Relation, RelationColumn, RelationId, Select, SetOperator,
    Source, With,
};
use crate::sql::emission::MAX_PACKED;
use crate::sql::text::At;
use crate::types::{PgError, Type};

impl Binder<'_> {
    /// A recursive query run round by round.
    pub fn by_rounds(&mut self, query: Query, stored_name: &str, at: At) -> Result<Query, PgError> {
        let Query { body, outputs, .. } = query;
        let Body::SetOperation { all, left, right, .. } = body else {
            return Err(self.unsupported(at, "this recursive query"));
        };
        if outputs.is_empty() || outputs.len() > MAX_PACKED {
            let what = format!("such a recursive query with more than {MAX_PACKED} columns, or none");
            return Err(self.unsupported(at, what));
        }
        let (start, mut step) = (*left, *right);
        let name = self.new_with_name();
        let before = self.rounds(&name);
        let found = |column| Expr::new(ExprKind::Column { relation: before, column }, Type::BYTEA);
        self.take_apart(&mut step, stored_name, &found(0));
        let rows = self.packed_query(found(0), &outputs);
        let (start, step, seen) = match all {
            true => (start, step, None),
            false => {
                let (one, other) = (self.packed_query(found(0), &outputs), self.packed_query(found(1), &outputs));
                let seen = set_operation(SetOperator::Union, true, other, one, &outputs);
                let new = self.distinct(step);
                let step = set_operation(SetOperator::Except, false, new, seen.clone(), &outputs);
                (self.distinct(start), step, Some(seen))
            }
        };
        let nothing = Expr::null(Type::BYTEA);
        let seen = seen.map_or(nothing.clone(), |seen| self.packed(seen));
        let columns = vec![output(Type::BYTEA), output(Type::BYTEA)];
        let first = Select { targets: vec![self.packed(start), nothing], ..Select::default() };
        let next = Select {
            targets: vec![self.packed(step), seen],
            from: Some(From::Relation(before)),
            filter: Some(Expr::new(ExprKind::Exists(Box::new(rows)), Type::BOOL)),
            ..Select::default()
        };
        let (first, next) = (Query::of_select(first, columns.clone()), Query::of_select(next, columns.clone()));
        let rounds = set_operation(SetOperator::Union, true, first, next, &columns);
        let all_rounds = self.rounds(&name);
        let packed = Expr::new(ExprKind::Column { relation: all_rounds, column: 0 }, Type::BYTEA);
        let mut query = self.packed_query(packed, &outputs);
        if let Body::Select(select) = &mut query.body {
            select.from = select.from.take().map(|rows| From::Join {
                kind: JoinKind::Inner,
                left: Box::new(From::Relation(all_rounds)),
                right: Box::new(rows),
                on: None,
            });
        }
        query.with = vec![With { name, query: rounds, materialized: None }];
        Ok(query)
    }

    /// The rounds as something to select from: the rows that were found in each, and before it.
    fn rounds(&mut self, name: &str) -> RelationId {
        let column = |number: usize| RelationColumn {
            name: String::new(),
            stored_name: format!("c{number}"),
            ty: Type::BYTEA,
            typmod: -1,
            domain: 0,
            not_null: false,
            origin: None,
            collation: 0,
        };
        self.relations.push(Relation {
            name: String::new(),
            source: Source::With { stored_name: name.to_owned() },
            columns: (1..=2).map(column).collect(),
            // No query within is of its level.
            depth: 0,
            nullable: false,
            keys: Vec::new(),
        });
        self.relations.len() - 1
    }

    /// Makes the recursion, wherever a query selects from it, the rows that are one value.
    fn take_apart(&mut self, query: &mut Query, stored_name: &str, rows: &Expr) {
        query.with.iter_mut().for_each(|with| self.take_apart(&mut with.query, stored_name, rows));
        match &mut query.body {
            Body::Select(select) => {
                if let Some(from) = &mut select.from {
                    self.take_apart_from(from, stored_name, rows);
                }
            }
            Body::Values(_) => {}
            Body::SetOperation { left, right, .. } => {
                self.take_apart(left, stored_name, rows);
                self.take_apart(right, stored_name, rows);
            }
        }
    }

    fn take_apart_from(&mut self, from: &mut From, stored_name: &str, rows: &Expr) {
        match from {
            From::Relation(relation) if self.is_recursion(*relation, stored_name) => {
                let relation = *relation;
                self.relations[relation].source = Source::Lateral;
                *from = From::Function { relation, module: "pg_rows", args: vec![rows.clone()] };
            }
            From::Relation(_) => {}
            From::Query { query, .. } => self.take_apart(query, stored_name, rows),
            From::Function { args, .. } => {
                for arg in args {
                    if let ExprKind::Scalar(query) = &mut arg.kind {
                        self.take_apart(query, stored_name, rows);
                    }
                }
            }
            From::Join { left, right, .. } => {
                self.take_apart_from(left, stored_name, rows);
                self.take_apart_from(right, stored_name, rows);
            }
        }
    }

    /// `SELECT DISTINCT * FROM (query)`.
    fn distinct(&mut self, query: Query) -> Query {
        let outputs = query.outputs.clone();
        let relation = self.query_relation(&query);
        self.relations[relation].depth += 1;
        let column = |(column, output): (usize, &Output)| Expr {
            typmod: output.typmod,
            domain: output.domain,
            ..Expr::new(ExprKind::Column { relation, column }, output.ty)
        };
        let targets = outputs.iter().enumerate().map(column).collect();
        let from = Some(From::Query { relation, query: Box::new(query) });
        Query::of_select(Select { distinct: true, targets, from, ..Select::default() }, outputs)
    }
}

fn output(ty: Type) -> Output {
    Output { name: String::new(), ty, typmod: -1, domain: 0, origin: None, collation: typcollation(ty) }
}

fn set_operation(operator: SetOperator, all: bool, left: Query, right: Query, outputs: &[Output]) -> Query {
    let body = Body::SetOperation { operator, all, left: Box::new(left), right: Box::new(right) };
    Query::plain(body, outputs.to_vec())
}
