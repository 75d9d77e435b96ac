//! WHERE CURRENT OF: which rows of tables a cursor is on, and the row that an UPDATE or DELETE means by it
//! (`execCurrentOf`, `search_plan_tree`).
//!
//! SQLite tells a row by its number. So the query of a cursor yields, behind its columns, the numbers of the rows that each of its
//! rows is made of, and the session has them at hand when the cursor is named.

use sqlparser::ast;

use super::Binder;
use super::modify::rowid_name;
use super::names::fold;
use super::through::tables_in;
use crate::catalog::{Object, Table};
use crate::sql::bound::{
    Assignment, Body, Expr, ExprKind, From, Output, Part, Query, RelationColumn, RelationId, Select, SortKey, Source,
    Then,
};
use crate::sql::plan::Positions;
use crate::types::Type;

impl Binder<'_> {
    /// Adds to a cursor's query the numbers of the rows that it is on.
    pub fn add_positions(&mut self, tree: &ast::Query, query: &mut Query) -> Positions {
        let mut positions = Positions { locks: self.lock.is_some(), ..Positions::default() };
        let Body::Select(select) = &query.body else { return positions };
        let found = match self.lock {
            Some(_) => self.locked_relations(tree, select, &mut positions.hidden),
            None => self.scanned_relation(query, select, &mut positions.hidden),
        };
        for (relation, oid, rowid) in found {
            positions.tables.push(oid);
            let columns = &mut self.relations[relation].columns;
            columns.push(RelationColumn {
                name: String::new(),
                stored_name: rowid.to_owned(),
                ty: Type::INT8,
                typmod: -1,
                domain: 0,
                not_null: false,
                origin: None,
                collation: 0,
            });
            let number = Expr::new(ExprKind::Column { relation, column: columns.len() - 1 }, Type::INT8);
            if let Body::Select(select) = &mut query.body {
                select.targets.push(number);
            }
            let name = String::new();
            query.outputs.push(Output { name, ty: Type::INT8, typmod: -1, domain: 0, origin: None, collation: 0 });
        }
        positions
    }

    /// The tables in FROM whose rows are locked.
    fn locked_relations(
        &self,
        tree: &ast::Query,
        select: &Select,
        hidden: &mut Vec<u32>,
    ) -> Vec<(RelationId, u32, &'static str)> {
        let all = tree.locks.iter().any(|lock| lock.of.is_none());
        let of = |name: &str| {
            let named = tree.locks.iter().filter_map(|lock| lock.of.as_ref()?.0.last()?.as_ident().map(fold));
            all || named.into_iter().any(|of| of == name)
        };
        let mut found = Vec::new();
        let mut left: Vec<&From> = select.from.iter().collect();
        while let Some(from) = left.pop() {
            match from {
                From::Join { left: first, right, .. } => left.extend([&**right, &**first]),
                From::Relation(relation) if of(&self.relations[*relation].name) => {
                    found.extend(self.with_number(*relation, hidden));
                }
                From::Query { relation, .. } if of(&self.relations[*relation].name) => {
                    tables_in(from, &self.relations, hidden);
                }
                _ => {}
            }
        }
        found
    }

    /// The one table that a query only scans, so that its rows are that table's. PostgreSQL asks this of the plan that it
    /// has made.
    fn scanned_relation(
        &self,
        query: &Query,
        select: &Select,
        hidden: &mut Vec<u32>,
    ) -> Vec<(RelationId, u32, &'static str)> {
        let joins = |expr: &Expr| matches!(expr.kind, ExprKind::InQuery { negated: false, .. } | ExprKind::Exists(_));
        let terms = match select.filter.as_ref().map(|filter| (&filter.kind, filter)) {
            Some((ExprKind::And(terms), _)) => terms.iter().collect(),
            Some((_, filter)) => vec![filter],
            None => Vec::new(),
        };
        let is_joined = terms.into_iter().any(|term| match &term.kind {
            ExprKind::Not(operand) => matches!(operand.kind, ExprKind::Exists(_)),
            _ => joins(term),
        });
        if select.distinct || select.grouped || select.split || select.windowed || is_joined {
            return Vec::new();
        }
        match &select.from {
            Some(From::Relation(relation)) if self.comes_sorted(query, select, *relation) => {
                self.with_number(*relation, hidden).into_iter().collect()
            }
            Some(from @ From::Query { .. }) => {
                tables_in(from, &self.relations, hidden);
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    /// Whether an index yields the rows in the order that is asked for.
    fn comes_sorted(&self, query: &Query, select: &Select, relation: RelationId) -> bool {
        let Some(first) = query.order_by.first() else { return true };
        let column = |key: &SortKey| {
            let expr = match key {
                SortKey::Output(index) => select.targets.get(*index)?,
                SortKey::Expr(expr) => expr,
            };
            match expr.kind {
                ExprKind::Column { relation: of, column } if of == relation => {
                    self.relations[relation].columns[column].origin.map(|(_, attnum)| attnum)
                }
                _ => None,
            }
        };
        let Some(sorted) = query.order_by.iter().map(|sort| column(&sort.key)).collect::<Option<Vec<i16>>>() else {
            return false;
        };
        let one_way = query.order_by.iter().all(|sort| sort.descending == first.descending);
        let plain = query.order_by.iter().all(|sort| sort.nulls_first == sort.descending);
        one_way
            && plain
            && self.catalog.indexes_of(self.table_oid(relation)).any(|index| {
                let leads = index.columns.iter().map(|column| column.attnum).collect::<Vec<_>>();
                index.is_plain() && leads.starts_with(&sorted)
            })
    }

    fn with_number(&self, relation: RelationId, hidden: &mut Vec<u32>) -> Option<(RelationId, u32, &'static str)> {
        let Source::Table { oid, .. } = self.relations[relation].source else { return None };
        let Some(Object::Table(table)) = self.catalog.get(oid) else { return None };
        match rowid_name(table) {
            Some(rowid) => Some((relation, oid, rowid)),
            None => {
                hidden.push(oid);
                None
            }
        }
    }

    /// The tables in which a part of a statement may give a row a number that another had before.
    pub fn renumbers(&self, part: &Part) -> Vec<u32> {
        let oid = self.table_oid(part.target());
        let Some(Object::Table(table)) = self.catalog.get(oid) else { return Vec::new() };
        let moves = |assignments: &[Assignment]| {
            let columns = assignments.iter().flat_map(|assignment| &assignment.columns);
            columns
                .into_iter()
                .any(|index| table.columns.get(*index).is_some_and(|column| is_number(table, column.attnum)))
        };
        let (own, deletes) = match part {
            Part::Insert(_) => (true, false),
            Part::Update(update) => (moves(&update.assignments), false),
            Part::Delete(_) => (false, true),
            Part::Merge(merge) => {
                let renumbers = merge.whens.iter().any(|when| match &when.then {
                    Then::Insert { .. } => true,
                    Then::Update(assignments) => moves(assignments),
                    Then::Nothing | Then::Delete => false,
                });
                (renumbers, true)
            }
        };
        let mut all: Vec<u32> = if own { vec![oid] } else { Vec::new() };
        let by_keys = self.reached(oid, deletes).into_iter().chain(self.reached(oid, false));
        all.extend(by_keys.filter(|(_, deletes)| !deletes).map(|(oid, _)| oid).filter(|oid| {
            let child = self.catalog.get(*oid);
            matches!(child, Some(Object::Table(child)) if child.foreign_keys().any(|(constraint, _)| {
                constraint.columns.iter().any(|attnum| is_number(child, *attnum))
            }))
        }));
        all
    }
}

fn is_number(table: &Table, attnum: i16) -> bool {
    table.rowid_column == Some(attnum)
}
