//! DISTINCT ON and FETCH FIRST … WITH TIES: which rows of a sorted query come first.
//!
//! SQLite has neither, but windows that number and rank rows. The query becomes a sub-query that yields its sort keys
//! too, so that nothing is evaluated twice; SELECTs around it number its rows, and choose:
//!
//! ```text
//! SELECT c1 FROM (SELECT c1, c2, row_number() OVER (PARTITION BY c2 ORDER BY c2, …) AS c3 FROM (query)) WHERE c3 = 1 …
//! ```

use sqlparser::ast;

use super::Binder;
use super::query::{Tail, expr_at};
use super::select::Target;
use crate::sql::bound::{
    Aggregate, Body, Expr, ExprKind, From, Output, Query, RelationId, Select, Sort, SortKey, Window,
};
use crate::sql::emission::Emission;
use crate::types::{PgError, SqlState, Type, Value};

impl Binder<'_> {
    /// The expressions of DISTINCT ON, and what the rows are sorted by: ORDER BY, which must begin with them, and those it
    /// leaves out (`transformDistinctOnClause`).
    pub fn distinct_on(
        &mut self,
        targets: &mut [Target],
        exprs: &[ast::Expr],
        order_by: &[Sort],
    ) -> Result<(Vec<Expr>, Vec<Sort>), PgError> {
        if exprs.is_empty() {
            return Err(self.syntax_error_behind(self.tokens_away(self.word("distinct"), 2)));
        }
        let mut keys = Vec::with_capacity(exprs.len());
        for expr in exprs {
            keys.push(match self.named_target(targets, expr, "DISTINCT ON")? {
                Some(index) => {
                    self.settle_target(&mut targets[index])?;
                    targets[index].expr.clone().at(expr_at(expr))
                }
                None => {
                    let expr = self.expr(expr)?;
                    self.text_if_unknown(expr)?
                }
            });
        }
        keys.iter().try_for_each(|key| self.check_told_apart(key.ty, key.at))?;
        let sorted = |sort: &Sort| match &sort.key {
            SortKey::Output(index) => targets[*index].expr.clone(),
            SortKey::Expr(expr) => expr.clone(),
        };
        let sorted: Vec<Expr> = order_by.iter().map(sorted).collect();
        let mismatch = |key: &Expr| {
            let message = "SELECT DISTINCT ON expressions must match initial ORDER BY expressions";
            self.error(key.at, SqlState::INVALID_COLUMN_REFERENCE, message)
        };
        let mut skipped = false;
        for sort in &sorted {
            match keys.iter().find(|key| *key == sort) {
                Some(key) if skipped => return Err(mismatch(key)),
                Some(_) => {}
                None => skipped = true,
            }
        }
        let mut sorts = order_by.to_vec();
        for key in &keys {
            if !sorted.contains(key) {
                if skipped {
                    return Err(mismatch(key));
                }
                sorts.push(Sort { key: SortKey::Expr(key.clone()), descending: false, nulls_first: false });
            }
        }
        Ok((keys, sorts))
    }

    /// The first row of each set of rows that agree in `keys`.
    pub fn first_of_each(&mut self, query: Query, keys: &[Expr], sorts: Vec<Sort>, visible: usize) -> Query {
        let (limit, offset, outputs) = (query.limit.clone(), query.offset.clone(), query.outputs.clone());
        let mut inner = Query { limit: None, offset: None, order_by: Vec::new(), ..query };
        let keys: Vec<usize> = keys.iter().map(|key| column_of(&mut inner, key)).collect();
        let sorts = columns_of(&mut inner, sorts);
        let numbered = |columns: &[Expr]| {
            let partition_by = keys.iter().map(|key| columns[*key].clone()).collect();
            vec![rank("row_number", partition_by, over(columns, &sorts))]
        };
        let (from, columns) = self.numbered(inner, numbered);
        let number = columns.last().cloned().unwrap_or_else(|| Expr::null(Type::INT8));
        let first = infix("=", number, int8(1));
        let order_by = over(&columns, &sorts);
        let targets = columns.into_iter().take(visible).collect();
        let select = Select { targets, from: Some(from), filter: Some(first), ..Select::default() };
        Query { with: Vec::new(), body: Body::Select(Box::new(select)), order_by, limit, offset, outputs }
    }

    /// A query's rows as far as LIMIT goes, and those that its last row ties with. SQLite knows no columns of outer queries
    /// in LIMIT and OFFSET, and so rows are numbered where such are.
    pub fn with_ties(&mut self, query: Query, tail: Tail) -> Result<Query, PgError> {
        let outer = query.limit.iter().chain(&query.offset).any(|count| self.is_of_outer_query(count));
        let limit = match query.limit.clone() {
            // NULL is no limit.
            None if outer => Expr::null(Type::INT8),
            Some(limit) if outer || tail.ties => limit,
            _ => return Ok(query),
        };
        if limit.is_volatile() || query.offset.as_ref().is_some_and(Expr::is_volatile) {
            return Err(self.unsupported(limit.at, "a volatile number of rows WITH TIES"));
        }
        let visible = query.outputs.len();
        let outputs = query.outputs.clone();
        let offset = query.offset.clone();
        let mut inner = Query { limit: None, offset: None, ..query };
        let sorts = std::mem::take(&mut inner.order_by);
        let sorts = columns_of(&mut inner, sorts);
        let ranked = |columns: &[Expr]| {
            let order_by = || over(columns, &sorts);
            vec![rank("row_number", Vec::new(), order_by()), rank("rank", Vec::new(), order_by())]
        };
        let (from, columns) = self.numbered(inner, ranked);
        let [.., number, rank] = &columns[..] else { return Err(PgError::unsupported("WITH TIES")) };
        let rank = if tail.ties { rank } else { number };
        let call = |name, expr| Expr::call(Emission::Own(name), vec![expr], Type::INT8);
        // NULL is no limit, and -1 here.
        let limit = call("pg_limit", limit);
        let offset = offset.map(|offset| call("pg_offset", offset));
        let last = match &offset {
            Some(offset) => infix("+", offset.clone(), limit.clone()),
            None => limit.clone(),
        };
        let some = infix("<>", limit.clone(), int8(0));
        let within = Expr::new(ExprKind::And(vec![some, infix("<=", rank.clone(), last)]), Type::BOOL);
        let mut filter = Expr::new(ExprKind::Or(vec![infix("=", limit, int8(-1)), within]), Type::BOOL);
        if let Some(offset) = offset {
            let behind = infix(">", number.clone(), offset);
            filter = Expr::new(ExprKind::And(vec![behind, filter]), Type::BOOL);
        }
        let key = SortKey::Expr(number.clone());
        let order_by = vec![Sort { key, descending: false, nulls_first: false }];
        let targets = columns.into_iter().take(visible).collect();
        let select = Select { targets, from: Some(from), filter: Some(filter), ..Select::default() };
        let body = Body::Select(Box::new(select));
        Ok(Query { with: Vec::new(), body, order_by, limit: None, offset: None, outputs })
    }

    /// Whether an expression of the query names a column of one around it.
    fn is_of_outer_query(&self, expr: &Expr) -> bool {
        let depth = self.query_depth();
        expr.any(
            &|expr| matches!(expr.kind, ExprKind::Column { relation, .. } if self.relations[relation].depth < depth),
        )
    }

    /// `(SELECT columns, numbers FROM (query))`, and its columns.
    fn numbered(&mut self, query: Query, numbers: impl FnOnce(&[Expr]) -> Vec<Expr>) -> (From, Vec<Expr>) {
        let mut outputs = query.outputs.clone();
        let relation = self.query_relation(&query);
        let columns = self.columns_of(relation);
        let numbers = numbers(&columns);
        outputs.extend(numbers.iter().map(|number| Output::new("", number.ty)));
        let targets = columns.into_iter().chain(numbers).collect();
        let from = Some(From::Query { relation, query: Box::new(query) });
        let select = Select { targets, from, windowed: true, ..Select::default() };
        let body = Body::Select(Box::new(select));
        let numbered = Query::plain(body, outputs);
        let relation = self.query_relation(&numbered);
        (From::Query { relation, query: Box::new(numbered) }, self.columns_of(relation))
    }

    fn columns_of(&self, relation: RelationId) -> Vec<Expr> {
        let columns = self.relations[relation].columns.iter().enumerate();
        let column = |(index, column): (usize, &crate::sql::bound::RelationColumn)| Expr {
            typmod: column.typmod,
            domain: column.domain,
            ..Expr::new(ExprKind::Column { relation, column: index }, column.ty)
        };
        columns.map(column).collect()
    }
}

/// The number of the output that yields an expression: one more if none does.
fn column_of(query: &mut Query, expr: &Expr) -> usize {
    let Body::Select(select) = &mut query.body else { return 0 };
    match select.targets.iter().position(|target| target == expr) {
        Some(index) => index,
        None => {
            select.targets.push(expr.clone());
            query.outputs.push(Output {
                name: String::new(),
                ty: expr.ty,
                typmod: expr.typmod,
                domain: expr.domain,
                origin: None,
                collation: 0,
            });
            select.targets.len() - 1
        }
    }
}

/// The same order by output columns alone.
fn columns_of(query: &mut Query, sorts: Vec<Sort>) -> Vec<(usize, Sort)> {
    let column = |sort: Sort| match &sort.key {
        SortKey::Output(index) => (*index, sort),
        SortKey::Expr(expr) => (column_of(query, &expr.clone()), sort),
    };
    sorts.into_iter().map(column).collect()
}

fn over(columns: &[Expr], sorts: &[(usize, Sort)]) -> Vec<Sort> {
    let sort = |(index, sort): &(usize, Sort)| Sort { key: SortKey::Expr(columns[*index].clone()), ..sort.clone() };
    sorts.iter().map(sort).collect()
}

fn rank(name: &'static str, partition_by: Vec<Expr>, order_by: Vec<Sort>) -> Expr {
    let function = Aggregate {
        emission: Emission::Builtin(name),
        args: Vec::new(),
        distinct: false,
        order_by: Vec::new(),
        filter: None,
    };
    Expr::new(ExprKind::Window(Box::new(Window { function, partition_by, order_by, frame: None })), Type::INT8)
}

fn infix(operator: &'static str, left: Expr, right: Expr) -> Expr {
    let ty = if operator == "+" { Type::INT8 } else { Type::BOOL };
    Expr::call(Emission::Infix(operator), vec![left, right], ty)
}

fn int8(value: i64) -> Expr {
    Expr::constant(Value::Int8(value), Type::INT8)
}
