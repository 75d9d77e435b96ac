//! Whose an aggregate is: that of the innermost query of which its arguments, ORDER BY or FILTER name a column
//! (`check_agg_arguments`).
//!
//! That may be an outer query, whose groups it is then computed of, and in the sub-query it is no more than a column.
//! SQLite takes such calls in few places. So the outer query becomes two: one that groups and aggregates, and a SELECT around
//! it that shows what comes of that.
//!
//! ```text
//! SELECT (SELECT max(o.x) FROM i) FROM o GROUP BY g
//! SELECT (SELECT q.c1 FROM i) FROM (SELECT max(x) AS c1, g AS c2 FROM o GROUP BY g) AS q
//! ```

use super::Binder;
use super::collation::Derived;
use super::from::query_columns;
use super::grouping_sets::GROUPING;
use crate::sql::bound::{
    Body, Expr, ExprKind, From, Output, Query, Relation, RelationColumn, RelationId, Select, Source,
};
use crate::sql::text::At;
use crate::types::{PgError, SqlState};

/// The aggregates of a query that its sub-queries call.
pub struct CalledWithin {
    /// The query's groups, with a column for each of the aggregates.
    relation: RelationId,
    values: Vec<Expr>,
}

/// What messages call what is computed of groups.
pub const AGGREGATE: &str = "aggregate functions";
pub const GROUPING_OPERATION: &str = "grouping operations";

/// The innermost query of which columns are named in expressions, and of which aggregates are called; a query goes by
/// the number of scopes that end with its own.
#[derive(Default)]
struct Innermost {
    column: Option<(usize, At)>,
    aggregate: Option<(usize, At)>,
}

impl Innermost {
    fn note(place: &mut Option<(usize, At)>, query: usize, at: At) {
        if place.is_none_or(|(known, _)| known < query) {
            *place = Some((query, at));
        }
    }
}

impl Binder<'_> {
    /// Whose an aggregate of these arguments is, ORDER BY and FILTER among them. `direct`: those before WITHIN GROUP.
    /// Errors: 42803 where it may not stand.
    pub fn aggregating_query<'e>(
        &self,
        args: impl Iterator<Item = &'e Expr>,
        direct: &[Expr],
        what: &str,
        at: At,
    ) -> Result<usize, PgError> {
        let mut innermost = Innermost::default();
        args.for_each(|arg| self.find_innermost(arg, (0, arg.at), &mut innermost));
        let named = [innermost.column, innermost.aggregate].into_iter().flatten().map(|(query, _)| query);
        let query = named.max().unwrap_or(self.scopes.len());
        let refused = |at: At, message: String| Err(self.error(at, SqlState::GROUPING_ERROR, message));
        let nested = "aggregate function calls cannot be nested";
        if let Some((_, at)) = innermost.aggregate.filter(|(of, _)| *of == query) {
            return refused(at, nested.to_owned());
        }
        let mut innermost = Innermost::default();
        direct.iter().for_each(|arg| self.find_innermost(arg, (0, arg.at), &mut innermost));
        if let Some((_, at)) = innermost.column.filter(|(of, _)| *of > query) {
            let message = "outer-level aggregate cannot contain a lower-level variable in its direct arguments";
            return refused(at, message.to_owned());
        }
        if let Some((_, at)) = innermost.aggregate.filter(|(of, _)| *of >= query) {
            return refused(at, nested.to_owned());
        }
        match query.checked_sub(1).and_then(|index| self.scopes.get(index)) {
            Some(scope) if !scope.clause.allows_aggregates() => {
                refused(at, format!("{what} are not allowed in {}", scope.clause.name()))
            }
            _ => Ok(query),
        }
    }

    /// Columns and aggregates of sub-queries within are theirs. `around`: where what it is part of begins, for it may be of
    /// our making.
    fn find_innermost(&self, expr: &Expr, (queries, around): (usize, At), found: &mut Innermost) {
        let at = expr.at.or(around);
        match &expr.kind {
            ExprKind::Column { relation, .. } => {
                // Those of a table whose own expressions are bound are of no query.
                let depth = self.relations[*relation].depth.max(1);
                if depth > self.scopes.len() {
                    return;
                }
                match self.is_called_within(*relation) {
                    true => Innermost::note(&mut found.aggregate, depth, at),
                    false => Innermost::note(&mut found.column, depth, at),
                }
            }
            kind => {
                if is_aggregate(kind) && queries == 0 {
                    Innermost::note(&mut found.aggregate, self.scopes.len(), at);
                }
                expr.for_each_child_within(queries, &mut |child, queries| {
                    self.find_innermost(child, (queries, at), found);
                });
            }
        }
    }

    /// An aggregate, in the place where it is called.
    pub fn as_called(&mut self, aggregate: Expr, query: usize) -> Expr {
        if let Some(scope) = query.checked_sub(1).and_then(|index| self.scopes.get_mut(index)) {
            scope.has_aggregates = true;
        }
        if query == self.scopes.len() { aggregate } else { self.called_within(aggregate, query) }
    }

    /// What the groups of a query are known by, where they come out of a sub-query.
    fn groups_of(&mut self, query: usize) -> Option<&mut CalledWithin> {
        let scope = query.checked_sub(1).and_then(|index| self.scopes.get_mut(index))?;
        let relation = self.relations.len();
        if scope.called_within.is_none() {
            self.relations.push(Relation {
                name: String::new(),
                source: Source::Query,
                columns: Vec::new(),
                depth: query,
                nullable: false,
                keys: Vec::new(),
            });
        }
        Some(scope.called_within.get_or_insert_with(|| CalledWithin { relation, values: Vec::new() }))
    }

    /// A column of a query's groups that is an aggregate's value.
    fn called_within(&mut self, aggregate: Expr, query: usize) -> Expr {
        let Some(called) = self.groups_of(query) else { return aggregate };
        let relation = called.relation;
        let again = !aggregate.is_volatile();
        let column = called.values.iter().position(|value| again && *value == aggregate).unwrap_or_else(|| {
            called.values.push(aggregate.clone());
            called.values.len() - 1
        });
        if column == self.relations[relation].columns.len() {
            let collation = self.collation_of(&aggregate).map_or(0, Derived::oid);
            let columns = &mut self.relations[relation].columns;
            columns.push(RelationColumn {
                name: String::new(),
                stored_name: format!("c{}", column + 1),
                ty: aggregate.ty,
                typmod: aggregate.typmod,
                domain: aggregate.domain,
                not_null: false,
                origin: None,
                collation,
            });
        }
        column_of(relation, column, &aggregate)
    }

    /// The aggregates of the innermost query that its sub-queries call.
    pub fn take_called(&mut self) -> Vec<Expr> {
        let called = self.scopes.last_mut().and_then(|scope| scope.called_within.as_mut());
        called.map_or(Vec::new(), |called| std::mem::take(&mut called.values))
    }

    /// Whether a relation is the groups of a query that is being bound.
    pub fn is_called_within(&self, relation: RelationId) -> bool {
        let called = self.scopes.iter().filter_map(|scope| scope.called_within.as_ref());
        called.into_iter().any(|called| called.relation == relation)
    }

    /// Where the first aggregate of the innermost query stands in an expression.
    pub fn first_aggregate(&self, expr: &Expr) -> Option<At> {
        self.first_aggregate_in(expr, 0)
    }

    fn first_aggregate_in(&self, expr: &Expr, queries: usize) -> Option<At> {
        match &expr.kind {
            ExprKind::Column { relation, .. } => {
                let own = self.scopes.last().and_then(|scope| scope.called_within.as_ref());
                own.is_some_and(|own| own.relation == *relation).then_some(expr.at)
            }
            kind if is_aggregate(kind) && queries == 0 => Some(expr.at),
            _ => {
                let mut found = None;
                expr.for_each_child_within(queries, &mut |child, queries| {
                    found = found.take().or_else(|| self.first_aggregate_in(child, queries));
                });
                found
            }
        }
    }

    /// Puts the aggregates of an expression into the query's groups: where it is going to stand in a sub-query.
    pub fn call_within(&mut self, expr: &mut Expr) {
        match &mut expr.kind {
            ExprKind::Aggregate(_) => *expr = self.called_within(expr.clone(), self.scopes.len()),
            _ => expr.for_each_child_within_mut(0, &mut |child, queries| {
                if queries == 0 {
                    self.call_within(child);
                }
            }),
        }
    }

    /// A grouped query as one to select from: its sub-queries call aggregates, or its groups must be there before they are
    /// sorted. `shown` is what the SELECT around it shows.
    pub fn aggregate_below<'e>(
        &mut self,
        select: Select,
        called: Vec<Expr>,
        shown: impl Iterator<Item = &'e mut Expr>,
    ) -> Option<From> {
        let relation = self.groups_of(self.scopes.len())?.relation;
        let own = select.from.as_ref().map_or(Vec::new(), From::relations);
        let mut below = Below { relation, own, group_by: &select.group_by, level: Level::Groups, targets: called };
        shown.for_each(|expr| below.take(expr, 0));
        let targets = below.targets;
        Some(self.below(relation, Select { targets, ..select }))
    }

    /// A query as one to select from, whose windows and groups are there before sets multiply its rows. `shown` is what the
    /// SELECT around it shows.
    pub fn compute_below<'e>(&mut self, select: Select, shown: impl Iterator<Item = &'e mut Expr>) -> From {
        let relation = self.query_relation(&Query::plain(Body::Values(Vec::new()), Vec::new()));
        let own = select.from.as_ref().map_or(Vec::new(), From::relations);
        let mut below = Below { relation, own, group_by: &select.group_by, level: Level::Windows, targets: Vec::new() };
        shown.for_each(|expr| below.take(expr, 0));
        let targets = below.targets;
        self.below(relation, Select { targets, ..select })
    }

    /// A query's rows as some to select from, where volatile keys that they are grouped by are there: SQLite would compute
    /// those once more for whoever names them.
    pub fn keys_below<'e>(
        &mut self,
        (from, filter): (Option<From>, Option<Expr>),
        group_by: &mut [Expr],
        shown: impl Iterator<Item = &'e mut Expr>,
    ) -> From {
        let relation = self.query_relation(&Query::plain(Body::Values(Vec::new()), Vec::new()));
        let own = from.as_ref().map_or(Vec::new(), From::relations);
        let keys = group_by.to_vec();
        let mut below = Below { relation, own, group_by: &keys, level: Level::Rows, targets: Vec::new() };
        shown.for_each(|expr| below.take(expr, 0));
        group_by.iter_mut().for_each(|expr| below.take(expr, 0));
        let targets = below.targets;
        self.below(relation, Select { targets, from, filter, ..Select::default() })
    }

    fn below(&mut self, relation: RelationId, select: Select) -> From {
        let output = |target: &Expr| {
            let Expr { ty, typmod, domain, .. } = *target;
            let collation = self.collation_of(target).map_or(0, Derived::oid);
            Output { name: String::new(), ty, typmod, domain, origin: None, collation }
        };
        let outputs = select.targets.iter().map(output).collect();
        let query = Query::of_select(select, outputs);
        self.relations[relation].columns = query_columns(&query);
        From::Query { relation, query: Box::new(query) }
    }
}

/// What there is below: rows, their groups with aggregates, or what windows have found out, too.
#[derive(PartialEq, Eq)]
enum Level {
    Rows,
    Groups,
    Windows,
}

/// The query below, in the making.
struct Below<'g> {
    relation: RelationId,
    /// What it selects from.
    own: Vec<RelationId>,
    group_by: &'g [Expr],
    level: Level,
    targets: Vec<Expr>,
}

impl Below<'_> {
    /// Makes columns of what an expression has of this query: what that is grouped by, columns that depend on it,
    /// and what it has computed at its level.
    fn take(&mut self, expr: &mut Expr, queries: usize) {
        let is_taken = match &expr.kind {
            _ if self.group_by.contains(expr) => true,
            ExprKind::Column { relation, .. } => self.own.contains(relation),
            ExprKind::Aggregate(_) => queries == 0 && self.level != Level::Rows,
            ExprKind::Window(_) => queries == 0 && self.level == Level::Windows,
            _ => false,
        };
        if is_taken {
            let again = !expr.is_volatile() || self.group_by.contains(expr);
            let known = self.targets.iter().position(|target| again && target == expr);
            let column = known.unwrap_or_else(|| {
                self.targets.push(expr.clone());
                self.targets.len() - 1
            });
            *expr = column_of(self.relation, column, expr);
            return;
        }
        expr.for_each_child_within_mut(queries, &mut |child, queries| self.take(child, queries));
    }
}

fn column_of(relation: RelationId, column: usize, of: &Expr) -> Expr {
    let column = Expr::new(ExprKind::Column { relation, column }, of.ty);
    Expr { typmod: of.typmod, domain: of.domain, ..column.at(of.at) }
}

fn is_aggregate(kind: &ExprKind) -> bool {
    matches!(kind, ExprKind::Aggregate(_)) || matches!(kind, ExprKind::Call(call) if call.emission == GROUPING)
}
