//! Volatile functions in the SELECT list of a query that sorts or skips rows: when they are called.
//!
//! PostgreSQL sorts first, and then computes what is volatile and no sort key (`make_sort_input_target`), row by row as
//! LIMIT asks for them; rows that OFFSET skips are computed, too. SQLite computes all before it sorts, and nothing of what
//! it skips. So the query becomes a sub-query that yields what the volatile expressions are made of, and what SELECTs
//! around it compute and skip. SQLite leaves a sub-query with an OFFSET as it is, and reads it row by row:
//!
//! ```text
//! SELECT nextval('s'), c1 FROM (SELECT x AS c1 FROM t ORDER BY x LIMIT -1 OFFSET 0) LIMIT …
//! ```

use super::Binder;
use super::from::query_columns;
use super::query::Tail;
use crate::sql::bound::{Body, Expr, ExprKind, From, Output, Query, RelationId, Select, SortKey};
use crate::types::{PgError, Type, Value};

/// What is computed when the rows are sorted.
pub struct Postponed {
    /// The sub-query's rows, as `targets` name them.
    relation: RelationId,
    /// The SELECT list.
    targets: Vec<Expr>,
    outputs: Vec<Output>,
    /// Whether there is more in the list than the sub-query's columns.
    computes: bool,
    limit: Option<Expr>,
    offset: Option<Expr>,
}

impl Binder<'_> {
    /// Takes out of a SELECT what is to be computed behind it; `keys` are the expressions of its DISTINCT ON.
    /// Errors: 0A000 beside WITH TIES, which looks at one row more than it shows.
    pub fn postpone(&mut self, query: &mut Query, keys: &[Expr], tail: Tail) -> Result<Option<Postponed>, PgError> {
        let Body::Select(select) = &query.body else { return Ok(None) };
        let shown = query.outputs.len();
        let is_key = |(index, target): (usize, &Expr)| {
            let sorts = query.order_by.iter().any(|sort| match &sort.key {
                SortKey::Output(output) => *output == index || select.targets[*output] == *target,
                SortKey::Expr(expr) => expr == target,
            });
            sorts || keys.contains(target) || select.group_by.contains(target)
        };
        // PostgreSQL does not look into sub-queries there: what they draw is drawn before the sort.
        let volatile = |target: &Expr| match query.order_by.is_empty() {
            true => target.is_volatile(),
            false => is_volatile_itself(target),
        };
        let targets = select.targets.iter().take(shown).enumerate();
        let due: Vec<usize> = targets.filter(|target| volatile(target.1) && !is_key(*target)).map(|(i, _)| i).collect();
        // The same call as a sort key, written again, is that key.
        let again = |(index, target): (usize, &Expr)| target.is_volatile() && select.targets[..index].contains(target);
        let twice = select.targets.iter().take(shown).enumerate().any(|target| again(target) && is_key(target));
        if due.is_empty() && !twice {
            return Ok(None);
        }
        let skips = query.offset.is_some() && keys.is_empty();
        if select.distinct || query.order_by.is_empty() && !skips {
            return Ok(None);
        }
        if let Some(first) = due.first().filter(|_| tail.ties) {
            return Err(self.unsupported(select.targets[*first].at, "a volatile function beside WITH TIES"));
        }
        let relation = self.query_relation(&Query::plain(Body::Values(Vec::new()), Vec::new()));
        let (limit, offset) = (query.limit.take(), query.offset.take());
        // Without a sort, rows are only skipped: all is computed where it was.
        let computes = !query.order_by.is_empty();
        let outputs = std::mem::take(&mut query.outputs);
        let Body::Select(select) = &mut query.body else { return Ok(None) };
        let given = std::mem::take(&mut select.targets);
        let mut below = Below { relation, depth: self.query_depth(), group_by: &select.group_by, targets: Vec::new() };
        let mut places = Vec::with_capacity(given.len());
        let mut targets = Vec::with_capacity(shown);
        for (index, mut target) in given.into_iter().enumerate() {
            if computes && due.contains(&index) {
                places.push(0);
                self.take_below(&mut target, &mut below, 0);
                targets.push(target);
            } else {
                let place = below.place(&target, !due.contains(&index));
                places.push(place);
                if index < shown {
                    targets.push(below.column(place, &target));
                }
            }
        }
        let columns = below.targets;
        query.outputs = columns.iter().map(output).collect();
        for sort in &mut query.order_by {
            if let SortKey::Output(place) = &mut sort.key {
                *place = places[*place];
            }
        }
        if let Body::Select(select) = &mut query.body {
            select.targets = columns;
        }
        Ok(Some(Postponed { relation, targets, outputs, computes, limit, offset }))
    }

    /// What an expression is made of, in the sub-query: columns, aggregates and windows of this query, and what it is grouped
    /// by.
    fn take_below(&self, expr: &mut Expr, below: &mut Below, queries: usize) {
        let own = match &expr.kind {
            _ if below.group_by.contains(expr) => true,
            ExprKind::Column { relation, .. } => self.relations[*relation].depth == below.depth,
            ExprKind::Aggregate(_) | ExprKind::Window(_) => queries == 0,
            _ => false,
        };
        if own {
            let place = below.place(expr, true);
            *expr = below.column(place, expr);
            return;
        }
        expr.for_each_child_within_mut(queries, &mut |child, queries| self.take_below(child, below, queries));
    }

    /// The SELECTs around a query from which something has been taken.
    pub fn compute_behind(&mut self, mut query: Query, postponed: Postponed) -> Query {
        let Postponed { relation, targets, outputs, computes, limit, offset } = postponed;
        self.relations[relation].columns = query_columns(&query);
        set_apart(&mut query);
        let select =
            Select { targets, from: Some(From::Query { relation, query: Box::new(query) }), ..Select::default() };
        let mut computed = Query::of_select(select, outputs);
        if offset.is_none() || !computes {
            return Query { limit, offset, ..computed };
        }
        set_apart(&mut computed);
        let outputs = computed.outputs.clone();
        let relation = self.query_relation(&computed);
        let column = |(column, output): (usize, &Output)| Expr {
            typmod: output.typmod,
            domain: output.domain,
            ..Expr::new(ExprKind::Column { relation, column }, output.ty)
        };
        let targets = outputs.iter().enumerate().map(column).collect();
        let from = Some(From::Query { relation, query: Box::new(computed) });
        let skipping = Query::of_select(Select { targets, from, ..Select::default() }, outputs);
        Query { limit, offset, ..skipping }
    }
}

/// The columns of a sub-query in the making.
struct Below<'g> {
    relation: RelationId,
    /// That of the query's relations.
    depth: usize,
    group_by: &'g [Expr],
    targets: Vec<Expr>,
}

impl Below<'_> {
    /// The number of the column that yields an expression: one that does already, if that is the same.
    fn place(&mut self, expr: &Expr, again: bool) -> usize {
        self.targets.iter().position(|target| target == expr).filter(|_| again).unwrap_or_else(|| {
            self.targets.push(expr.clone());
            self.targets.len() - 1
        })
    }

    fn column(&self, column: usize, of: &Expr) -> Expr {
        let column = Expr::new(ExprKind::Column { relation: self.relation, column }, of.ty);
        Expr { typmod: of.typmod, domain: of.domain, ..column.at(of.at) }
    }
}

/// Whether something is volatile outside of sub-queries.
fn is_volatile_itself(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Scalar(_) | ExprKind::Exists(_) => false,
        ExprKind::InQuery { operands, .. } => operands.iter().any(is_volatile_itself),
        ExprKind::Call(call) if call.volatile => true,
        _ => {
            let mut found = false;
            expr.for_each_child(&mut |child| found = found || is_volatile_itself(child));
            found
        }
    }
}

fn output(expr: &Expr) -> Output {
    Output { name: String::new(), ty: expr.ty, typmod: expr.typmod, domain: expr.domain, origin: None, collation: 0 }
}

fn set_apart(query: &mut Query) {
    if query.offset.is_none() {
        query.offset = Some(Expr::constant(Value::Int8(0), Type::INT8));
    }
}
