//! Queries around their SELECTs: WITH, set operations, VALUES, ORDER BY, LIMIT (`analyze.c`).

use std::collections::HashSet;

use sqlparser::ast::{self, LimitClause, SetExpr};

use super::common_type::common_domain;
use super::names::fold;
use super::scope::{Clause, Item, NamedQuery, Scope, Visible};
use super::steps::modification;
use super::{Binder, MAX_DEPTH};
use crate::sql::bound::{Body, Expr, ExprKind, Form, From, Output, Query, Select, Sort, SortKey, WITH_PREFIX, With};
use crate::sql::casts::Context;
use crate::sql::emission::Emission;
use crate::sql::fetch_first::limit_has_number;
use crate::sql::text::At;
use crate::types::{PgError, SqlState, Type, Value};

/// What stands around a query's body.
#[derive(Clone, Copy)]
pub struct Tail<'t> {
    pub order_by: Option<&'t ast::OrderBy>,
    pub limit: Option<&'t ast::Expr>,
    pub offset: Option<&'t ast::Expr>,
    /// FETCH FIRST ROW ONLY.
    one_row: bool,
    /// FETCH FIRST … WITH TIES.
    pub ties: bool,
}

impl Tail<'_> {
    /// Nothing stands there.
    pub const NONE: Tail<'static> = Tail { order_by: None, limit: None, offset: None, one_row: false, ties: false };
}

impl Binder<'_> {
    /// A query whose literals of unknown type become text.
    pub fn query(&mut self, query: &ast::Query) -> Result<Query, PgError> {
        let mut bound = self.open_query(query)?;
        self.settle_outputs(&mut bound)?;
        Ok(bound)
    }

    /// A query whose outputs may still be of unknown type: what receives them will say.
    pub fn open_query(&mut self, query: &ast::Query) -> Result<Query, PgError> {
        let tail = self.tail(query)?;
        let bound =
            self.with_around(query.with.as_ref(), |binder| binder.deeper(1, |binder| binder.body(&query.body, tail)))?;
        self.lock(query, &bound)?;
        Ok(bound)
    }

    pub fn tail<'t>(&self, query: &'t ast::Query) -> Result<Tail<'t>, PgError> {
        if query.for_clause.is_some() || query.settings.is_some() || query.format_clause.is_some() {
            return Err(self.syntax_error(At::NOWHERE, "FOR"));
        }
        if !query.pipe_operators.is_empty() {
            return Err(self.syntax_error(At::NOWHERE, "|>"));
        }
        let (mut limit, mut offset, mut one_row) = (None, None, false);
        match &query.limit_clause {
            None => {}
            Some(LimitClause::LimitOffset { limit: count, offset: skip, limit_by }) if limit_by.is_empty() => {
                limit = count.as_ref();
                offset = skip.as_ref().map(|skip| &skip.value);
            }
            Some(_) => {
                let error = self.error(At::NOWHERE, SqlState::SYNTAX_ERROR, "LIMIT #,# syntax is not supported");
                return Err(error.hint("Use separate LIMIT and OFFSET clauses."));
            }
        }
        if let Some(fetch) = &query.fetch {
            if fetch.percent {
                return Err(self.syntax_error(At::NOWHERE, "percent"));
            }
            let in_limit = limit_has_number(fetch);
            if limit.is_some() && !in_limit {
                return Err(PgError::new(SqlState::SYNTAX_ERROR, "multiple LIMIT clauses not allowed"));
            }
            match &fetch.quantity {
                Some(_) if in_limit => {}
                Some(quantity) => limit = Some(quantity),
                None => one_row = true,
            }
        }
        let ties = query.fetch.as_ref().is_some_and(|fetch| fetch.with_ties);
        if ties && query.order_by.is_none() {
            let message = "WITH TIES cannot be specified without ORDER BY clause";
            return Err(PgError::new(SqlState::SYNTAX_ERROR, message));
        }
        if ties && query.locks.iter().any(|lock| lock.nonblock == Some(ast::NonBlock::SkipLocked)) {
            let message = "SKIP LOCKED and WITH TIES options cannot be used together";
            return Err(PgError::new(SqlState::SYNTAX_ERROR, message));
        }
        Ok(Tail { order_by: query.order_by.as_ref(), limit, offset, one_row, ties })
    }

    pub fn body(&mut self, body: &SetExpr, tail: Tail) -> Result<Query, PgError> {
        match body {
            SetExpr::Select(select) => self.select(select, tail),
            SetExpr::Query(inner) => self.parenthesised(inner, tail),
            SetExpr::Values(values) => self.values(values, tail),
            SetExpr::SetOperation { .. } => self.set_operation(body, tail),
            SetExpr::Table(_) => Err(PgError::unsupported("TABLE")),
            SetExpr::Insert(_) | SetExpr::Update(_) | SetExpr::Delete(_) | SetExpr::Merge(_) => {
                Err(PgError::unsupported("a data-modifying statement as a sub-query"))
            }
        }
    }

    /// `(SELECT …) ORDER BY …`: what follows belongs to the query in parentheses, if it has none of its own.
    fn parenthesised(&mut self, inner: &ast::Query, tail: Tail) -> Result<Query, PgError> {
        if tail.order_by.is_none() && tail.limit.is_none() && tail.offset.is_none() && !tail.one_row {
            return self.open_query(inner);
        }
        let own = self.tail(inner)?;
        let first = |order_by: &ast::OrderBy| match &order_by.kind {
            ast::OrderByKind::Expressions(items) => items.first().map_or(At::NOWHERE, |item| expr_at(&item.expr)),
            ast::OrderByKind::All(_) => At::NOWHERE,
        };
        let place = |expr: Option<&ast::Expr>| expr.map_or(At::NOWHERE, expr_at);
        for (both, clause, at) in [
            (own.order_by.is_some() && tail.order_by.is_some(), "ORDER BY", tail.order_by.map_or(At::NOWHERE, first)),
            (own.offset.is_some() && tail.offset.is_some(), "OFFSET", place(tail.offset)),
            (
                (own.limit.is_some() || own.one_row) && (tail.limit.is_some() || tail.one_row),
                "LIMIT",
                place(tail.limit),
            ),
        ] {
            if both {
                let message = format!("multiple {clause} clauses not allowed");
                return Err(self.error(at, SqlState::SYNTAX_ERROR, message));
            }
        }
        let tail = Tail {
            order_by: own.order_by.or(tail.order_by),
            limit: own.limit.or(tail.limit),
            offset: own.offset.or(tail.offset),
            one_row: own.one_row || tail.one_row,
            ties: own.ties || tail.ties,
        };
        self.with_around(inner.with.as_ref(), |binder| binder.deeper(1, |binder| binder.body(&inner.body, tail)))
    }

    /// A query with its WITH.
    fn with_around(
        &mut self,
        with: Option<&ast::With>,
        bind: impl FnOnce(&mut Self) -> Result<Query, PgError>,
    ) -> Result<Query, PgError> {
        let Some(with) = with else { return bind(self) };
        let clause = self.clause();
        self.scoped(Scope::new(clause), |binder| {
            let with = binder.with(with)?;
            let mut bound = bind(binder)?;
            bound.with = with;
            Ok(bound)
        })
    }

    /// WITH queries: each sees those before it.
    pub fn with(&mut self, with: &ast::With) -> Result<Vec<With>, PgError> {
        let mut bound = Vec::new();
        let mut names = HashSet::new();
        for cte in &with.cte_tables {
            let name = fold(&cte.alias.name);
            let at = At::from(cte.alias.name.span);
            if matches!(&*cte.query.body, SetExpr::Merge(_)) {
                return Err(self.error(at, SqlState::FEATURE_NOT_SUPPORTED, "MERGE not supported in WITH query"));
            }
            if names.contains(&name) {
                let message = format!("WITH query name \"{name}\" specified more than once");
                return Err(self.error(at, SqlState::DUPLICATE_ALIAS, message));
            }
            names.insert(name);
        }
        let order = self.with_order(with)?;
        if let Some(scope) = self.scopes.last_mut() {
            // The next one is the last.
            scope.future = order.iter().rev().map(|index| fold(&with.cte_tables[*index].alias.name)).collect();
        }
        for index in order {
            let cte = &with.cte_tables[index];
            let (name, at) = (fold(&cte.alias.name), At::from(cte.alias.name.span));
            let first = self.relations.len();
            self.arms += 1;
            let query = self.with_query(with, index, bound.len(), (name, at));
            self.arms -= 1;
            bound.push(query?);
            self.scopes.last_mut().and_then(|scope| scope.future.pop());
            self.hide_relations(first);
        }
        Ok(bound)
    }

    /// No place behind them can name the relations from that one on.
    pub fn hide_relations(&mut self, first: usize) {
        let hidden = self.relations[first..].iter_mut();
        hidden.for_each(|relation| relation.depth = relation.depth.saturating_add(MAX_DEPTH));
    }

    /// The query of that index. `before`: how many have been bound.
    fn with_query(
        &mut self,
        with: &ast::With,
        index: usize,
        before: usize,
        (name, at): (String, At),
    ) -> Result<With, PgError> {
        let cte = &with.cte_tables[index];
        if modification(&cte.query.body).is_some() {
            return self.modifying(with, cte, (&name, at), before);
        }
        if with.recursive
            && let Some(recursive) = self.recursive(cte)?
        {
            return Ok(recursive);
        }
        self.refuse_search_cycle(cte)?;
        let query = self.query(&cte.query)?;
        self.check_with_columns(cte, &name, at, &query)?;
        let columns = with_columns(cte, &query);
        let stored_name = self.new_with_name();
        let materialized = match &cte.materialized {
            Some(ast::CteAsMaterialized::Materialized) => Some(true),
            // Evaluated once, as PostgreSQL does, where it would show, whatever it is told.
            _ if is_volatile(&query) => Some(true),
            Some(ast::CteAsMaterialized::NotMaterialized) => Some(false),
            None => None,
        };
        if let Some(scope) = self.scopes.last_mut() {
            scope.withs.push(NamedQuery {
                name,
                stored_name: stored_name.clone(),
                columns,
                returns: true,
                added: 0,
                arms: 0,
            });
        }
        Ok(With { name: stored_name, query, materialized })
    }

    /// 42P10 for more columns named than there are.
    pub fn check_with_columns(&self, cte: &ast::Cte, name: &str, at: At, query: &Query) -> Result<(), PgError> {
        if cte.alias.columns.len() <= query.outputs.len() {
            return Ok(());
        }
        let message = format!(
            "WITH query \"{name}\" has {} columns available but {} columns specified",
            query.outputs.len(),
            cte.alias.columns.len()
        );
        Err(self.error(at, SqlState::INVALID_COLUMN_REFERENCE, message))
    }

    pub fn new_with_name(&mut self) -> String {
        self.withs += 1;
        format!("{WITH_PREFIX}{}", self.withs)
    }

    fn values(&mut self, values: &ast::Values, tail: Tail) -> Result<Query, PgError> {
        if values.explicit_row || values.value_keyword {
            return Err(self.syntax_error(At::NOWHERE, "VALUES"));
        }
        let rows = self.scoped(Scope::new(Clause::Values), |binder| binder.value_rows(values))?;
        let width = rows.first().map_or(0, Vec::len);
        let mut columns: Vec<Vec<Expr>> = (0..width).map(|_| Vec::with_capacity(rows.len())).collect();
        for row in rows {
            for (column, expr) in columns.iter_mut().zip(row) {
                column.push(expr);
            }
        }
        let mut outputs = Vec::with_capacity(width);
        let mut unified = Vec::with_capacity(width);
        for (index, column) in columns.into_iter().enumerate() {
            let domain = common_domain(column.iter().map(|expr| (expr.ty, expr.domain)));
            let (column, ty, typmod) = self.unify(column, "VALUES")?;
            let (name, collation) = (format!("column{}", index + 1), self.common_collation(&column)?);
            outputs.push(Output { name, ty, typmod, domain, origin: None, collation });
            unified.push(column.into_iter());
        }
        let height = unified.first().map_or(0, |column| column.len());
        let rows = (0..height).map(|_| unified.iter_mut().filter_map(Iterator::next).collect()).collect();
        self.finish(Body::Values(rows), outputs, tail, "VALUES")
    }

    /// Rows of VALUES, all equally long.
    pub fn value_rows(&mut self, values: &ast::Values) -> Result<Vec<Vec<Expr>>, PgError> {
        let width = values.rows.first().map_or(0, |row| row.content.len());
        let mut rows = Vec::with_capacity(values.rows.len());
        for row in &values.rows {
            if row.content.len() != width {
                let at = row.content.first().map_or(At::NOWHERE, expr_at);
                return Err(self.error(at, SqlState::SYNTAX_ERROR, "VALUES lists must all be the same length"));
            }
            let row = row.content.iter().map(|expr| {
                if is_default(expr) {
                    return Err(self.error(
                        expr_at(expr),
                        SqlState::SYNTAX_ERROR,
                        "DEFAULT is not allowed in this context",
                    ));
                }
                self.expr(expr)
            });
            rows.push(row.collect::<Result<_, _>>()?);
        }
        Ok(rows)
    }

    /// Converts a query's outputs to other types: in its own SELECT list if that changes nothing else, or
    /// by a SELECT around it.
    pub fn convert_outputs(
        &mut self,
        query: &mut Query,
        types: &[Form],
        context: Context,
        construct: &str,
    ) -> Result<(), PgError> {
        let same = |(output, form): (&Output, &Form)| {
            output.ty == form.ty
                && (form.typmod < 0 || output.typmod == form.typmod)
                && (form.domain == 0 || output.domain == form.domain)
        };
        if query.outputs.iter().zip(types).all(same) {
            return Ok(());
        }
        let limited = query.limit.is_some() || query.offset.is_some();
        let sorted = !query.order_by.is_empty();
        match &mut query.body {
            Body::Select(select) if !(select.distinct || limited && sorted) => {
                let targets = std::mem::take(&mut select.targets);
                let converted = self.convert_row(targets, types, context, construct)?;
                if let Body::Select(select) = &mut query.body {
                    select.targets = converted;
                }
            }
            Body::Values(rows) if !(limited && sorted) => {
                let rows = std::mem::take(rows);
                let converted = rows
                    .into_iter()
                    .map(|row| self.convert_row(row, types, context, construct))
                    .collect::<Result<_, _>>()?;
                query.body = Body::Values(converted);
            }
            _ => {
                // Literals of unknown type take their type where they stand.
                self.settle_in_place(query, types)?;
                self.wrap(query, types, context, construct)?;
            }
        }
        for (output, form) in query.outputs.iter_mut().zip(types) {
            if !same((output, form)) {
                output.origin = None;
            }
            output.become_of(form.ty);
            (output.typmod, output.domain) = (form.typmod, form.domain);
        }
        Ok(())
    }

    fn convert_row(
        &mut self,
        row: Vec<Expr>,
        types: &[Form],
        context: Context,
        construct: &str,
    ) -> Result<Vec<Expr>, PgError> {
        row.into_iter()
            .zip(types)
            .map(|(expr, form)| {
                let (from, at) = (expr.ty, expr.at);
                if form.domain != 0 && expr.domain == form.domain {
                    return Ok(expr);
                }
                self.note_parameter(&expr, form.domain);
                let expr = self.coerce(expr, form.ty, context)?.ok_or_else(|| {
                    let message = format!("{construct} could not convert type {from} to {}", form.ty);
                    self.error(at, SqlState::CANNOT_COERCE, message)
                })?;
                let expr = self.apply_typmod(expr, form.typmod, context)?;
                if form.domain == 0 { Ok(expr) } else { self.of_domain(expr, form.domain) }
            })
            .collect()
    }

    fn settle_in_place(&mut self, query: &mut Query, types: &[Form]) -> Result<(), PgError> {
        if let Body::Select(select) = &mut query.body {
            for (index, target) in select.targets.iter_mut().enumerate() {
                if target.ty == Type::UNKNOWN {
                    let expr = std::mem::replace(target, Expr::null(Type::UNKNOWN));
                    let ty = types[index].ty;
                    self.note_parameter(&expr, types[index].domain);
                    *target = self.coerce(expr, ty, Context::Implicit)?.unwrap_or_else(|| Expr::null(ty));
                    query.outputs[index].become_of(ty);
                }
            }
        }
        Ok(())
    }

    /// `SELECT conversions FROM (query)`.
    fn wrap(&mut self, query: &mut Query, types: &[Form], context: Context, construct: &str) -> Result<(), PgError> {
        let relation = self.query_relation(query);
        // It is of the query's own level.
        self.relations[relation].depth += 1;
        let column = |(index, output): (usize, &Output)| {
            let mut expr = Expr::new(ExprKind::Column { relation, column: index }, output.ty);
            (expr.typmod, expr.domain) = (output.typmod, output.domain);
            expr
        };
        let targets: Vec<Expr> = query.outputs.iter().enumerate().map(column).collect();
        let targets = self.convert_row(targets, types, context, construct)?;
        let outputs = query.outputs.clone();
        let empty = Query::plain(Body::Values(Vec::new()), Vec::new());
        let inner = std::mem::replace(query, empty);
        let select =
            Select { targets, from: Some(From::Query { relation, query: Box::new(inner) }), ..Select::default() };
        query.body = Body::Select(Box::new(select));
        query.outputs = outputs;
        Ok(())
    }

    /// Outputs of unknown type become text.
    pub fn settle_outputs(&mut self, query: &mut Query) -> Result<(), PgError> {
        if query.outputs.iter().all(|output| output.ty != Type::UNKNOWN) {
            return Ok(());
        }
        if let Body::Select(select) = &mut query.body {
            for (target, output) in select.targets.iter_mut().zip(&mut query.outputs) {
                let expr = std::mem::replace(target, Expr::null(Type::UNKNOWN));
                *target = self.text_if_unknown(expr)?;
                output.become_of(target.ty);
            }
        }
        Ok(())
    }

    /// Adds ORDER BY and LIMIT to a body whose sort keys can only be output columns.
    pub fn finish(&mut self, body: Body, outputs: Vec<Output>, tail: Tail, construct: &str) -> Result<Query, PgError> {
        self.scoped(Scope::new(Clause::OrderBy), |binder| binder.finish_in_scope(body, outputs, tail, construct))
    }

    fn finish_in_scope(
        &mut self,
        body: Body,
        outputs: Vec<Output>,
        tail: Tail,
        construct: &str,
    ) -> Result<Query, PgError> {
        // VALUES may be sorted by expressions, as the rows of a sub-query.
        let of_values = construct == "VALUES" && tail.order_by.is_some();
        let relation = of_values.then(|| self.query_relation(&Query::plain(Body::Values(Vec::new()), outputs.clone())));
        let column = |(column, output): (usize, &Output)| {
            let kind = relation.map_or(ExprKind::Null, |relation| ExprKind::Column { relation, column });
            let expr = Expr { typmod: output.typmod, domain: output.domain, ..Expr::new(kind, output.ty) };
            Visible { name: output.name.clone(), expr }
        };
        let columns: Vec<Visible> = outputs.iter().enumerate().map(column).collect();
        let targets: Vec<Expr> = columns.iter().map(|column| column.expr.clone()).collect();
        if let Some(scope) = self.scopes.last_mut() {
            scope.items = vec![Item { name: None, schema: None, columns, unqualified: true }];
        }
        let mut order_by = Vec::new();
        for item in order_items(self, tail.order_by)? {
            let at = expr_at(&item.expr);
            let named = match bare(&item.expr) {
                ast::Expr::Identifier(ident) => outputs.iter().position(|output| output.name == fold(ident)),
                expr => self.ordinal(expr, outputs.len(), "ORDER BY")?,
            };
            let key = match named {
                Some(index) => {
                    self.check_ordered(outputs[index].ty, at)?;
                    SortKey::Output(index)
                }
                None => {
                    let expr = self.expr(&item.expr)?;
                    if relation.is_none() {
                        let message = "invalid UNION/INTERSECT/EXCEPT ORDER BY clause";
                        let detail = "Only result column names can be used, not expressions or functions.";
                        let hint = "Add the expression/function to every SELECT, or move the UNION into a FROM clause.";
                        let error = self.error(expr.at, SqlState::FEATURE_NOT_SUPPORTED, message);
                        return Err(error.detail(detail).hint(hint));
                    }
                    SortKey::Expr(self.text_if_unknown(expr)?)
                }
            };
            order_by.push(self.sort(key, item)?);
        }
        if let Some(scope) = self.scopes.last_mut() {
            scope.items.clear();
        }
        let by_expressions = order_by.iter().any(|sort: &Sort| sort.expr().is_some());
        let body = match relation.filter(|_| by_expressions) {
            Some(relation) => {
                let query = Box::new(Query::plain(body, outputs.clone()));
                let from = Some(From::Query { relation, query });
                Body::Select(Box::new(Select { targets, from, ..Select::default() }))
            }
            None => body,
        };
        let (limit, offset) = self.limit(tail)?;
        self.with_ties(Query { with: Vec::new(), body, order_by, limit, offset, outputs }, tail)
    }

    /// An ORDER BY or GROUP BY item that is an output column's number, from 0.
    pub fn ordinal(&self, expr: &ast::Expr, columns: usize, clause: &str) -> Result<Option<usize>, PgError> {
        let (value, negative) = match bare(expr) {
            ast::Expr::Value(value) => (value, None),
            ast::Expr::UnaryOp { op: ast::UnaryOperator::Minus, expr } => match bare(expr) {
                ast::Expr::Value(value @ ast::ValueWithSpan { value: ast::Value::Number(..), .. }) => {
                    (value, Some(expr))
                }
                _ => return Ok(None),
            },
            _ => return Ok(None),
        };
        let at = At::from(value.span);
        let number = match &value.value {
            ast::Value::Number(number, _) => number.parse::<usize>().ok(),
            ast::Value::Placeholder(_) => return Ok(None),
            _ => None,
        };
        if let (Some(operand), Some(number)) = (negative, number) {
            let message = format!("{clause} position -{number} is not in select list");
            return Err(self.error(self.before(operand, at, 1), SqlState::INVALID_COLUMN_REFERENCE, message));
        }
        let Some(number) = number else {
            let message = format!("non-integer constant in {clause}");
            return Err(self.error(at, SqlState::SYNTAX_ERROR, message));
        };
        if number == 0 || number > columns {
            let message = format!("{clause} position {number} is not in select list");
            return Err(self.error(at, SqlState::INVALID_COLUMN_REFERENCE, message));
        }
        Ok(Some(number - 1))
    }

    /// 42883 for what has no equality; `at`: where it is to be told apart.
    pub fn check_told_apart(&self, ty: Type, at: At) -> Result<(), PgError> {
        if !is_json(ty) {
            return Ok(());
        }
        let message = format!("could not identify an equality operator for type {ty}");
        Err(self.error(at, SqlState::UNDEFINED_FUNCTION, message))
    }

    /// 42883 for what has no order.
    pub fn check_ordered(&self, ty: Type, at: At) -> Result<(), PgError> {
        if !is_json(ty) {
            return Ok(());
        }
        let message = format!("could not identify an ordering operator for type {ty}");
        let error = self.error(at, SqlState::UNDEFINED_FUNCTION, message);
        Err(error.hint("Use an explicit ordering operator or modify the query."))
    }

    pub fn sort(&self, key: SortKey, item: &ast::OrderByExpr) -> Result<Sort, PgError> {
        if let SortKey::Expr(expr) = &key {
            self.check_ordered(expr.ty, expr.at)?;
        }
        let is_text =
            matches!(&key, SortKey::Expr(expr) if matches!(expr.ty, Type::TEXT | Type::VARCHAR | Type::BPCHAR));
        let descending = match &item.options.sort {
            None | Some(ast::OrderBySort::Asc) => false,
            Some(ast::OrderBySort::Desc) => true,
            Some(ast::OrderBySort::Using(operator)) => match operator.0.last().map(ToString::to_string).as_deref() {
                Some("<") => false,
                Some(">") => true,
                // Text compares by its bytes anyway.
                Some("~<~") if is_text => false,
                Some("~>~") if is_text => true,
                Some(name @ ("=" | "<=" | ">=" | "<>")) => {
                    let message = format!("operator {name} is not a valid ordering operator");
                    let hint = "Ordering operators must be \"<\" or \">\" members of btree operator families.";
                    let at = self.word_behind(&item.expr, expr_at(&item.expr), "using");
                    let at = self.tokens_away(at, 1);
                    return Err(self.error(at, SqlState::WRONG_OBJECT_TYPE, message).hint(hint));
                }
                _ => return Err(self.unsupported(expr_at(&item.expr), "ORDER BY … USING")),
            },
        };
        if item.with_fill.is_some() {
            return Err(self.syntax_error(At::NOWHERE, "FILL"));
        }
        Ok(Sort { key, descending, nulls_first: item.options.nulls_first.unwrap_or(descending) })
    }

    pub fn limit(&mut self, tail: Tail) -> Result<(Option<Expr>, Option<Expr>), PgError> {
        let mut limit = tail.limit.map(|limit| self.row_count(limit, Clause::Limit, tail.ties)).transpose()?.flatten();
        if tail.one_row {
            limit = Some(Expr::constant(Value::Int8(1), Type::INT8));
        }
        let offset = tail.offset.map(|offset| self.row_count(offset, Clause::Offset, false)).transpose()?.flatten();
        Ok((limit, offset))
    }

    fn row_count(&mut self, expr: &ast::Expr, clause: Clause, ties: bool) -> Result<Option<Expr>, PgError> {
        let bound = self.in_clause(clause, |binder| binder.expr(expr))?;
        let (from, at) = (bound.ty, bound.at);
        let name = clause.name();
        let variable = std::cell::Cell::new(None);
        let depth = self.scopes.len();
        bound.any(&|expr| {
            let is = matches!(expr.kind, ExprKind::Column { relation, .. } if self.relations[relation].depth == depth);
            variable.set(variable.get().or(is.then_some(expr.at)));
            is
        });
        if let Some(at) = variable.get() {
            let message = format!("argument of {name} must not contain variables");
            return Err(self.error(at, SqlState::INVALID_COLUMN_REFERENCE, message));
        }
        let bound = self.coerce(bound, Type::INT8, Context::Assignment)?.ok_or_else(|| {
            let message = format!("argument of {name} must be type bigint, not type {from}");
            self.error(at, SqlState::DATATYPE_MISMATCH, message)
        })?;
        match bound.kind {
            ExprKind::Null if ties => {
                let message = "row count cannot be null in FETCH FIRST ... WITH TIES clause";
                Err(PgError::new(SqlState::INVALID_ROW_COUNT_IN_LIMIT, message))
            }
            ExprKind::Null => Ok(None),
            ExprKind::Constant(Value::Int8(count)) if count < 0 => {
                let check = if clause == Clause::Limit { "pg_limit" } else { "pg_offset" };
                Ok(Some(Expr::call(Emission::Own(check), vec![bound], Type::INT8)))
            }
            _ => Ok(Some(bound)),
        }
    }
}

/// Whether values of a type are neither equal nor sorted.
fn is_json(ty: Type) -> bool {
    matches!(ty.element().unwrap_or(ty), Type::JSON | Type::JSONPATH)
}

/// The columns of a WITH query as names see them.
pub fn with_columns(cte: &ast::Cte, query: &Query) -> Vec<crate::sql::bound::RelationColumn> {
    let mut columns = super::from::query_columns(query);
    for (index, column) in columns.iter_mut().enumerate() {
        column.stored_name = format!("c{}", index + 1);
        if let Some(renamed) = cte.alias.columns.get(index) {
            column.name = fold(&renamed.name);
        }
    }
    columns
}

/// The items of an ORDER BY.
pub fn order_items<'o>(binder: &Binder, order_by: Option<&'o ast::OrderBy>) -> Result<&'o [ast::OrderByExpr], PgError> {
    match order_by {
        None => Ok(&[]),
        Some(ast::OrderBy { kind: ast::OrderByKind::Expressions(items), interpolate: None }) => Ok(items),
        Some(_) => Err(binder.syntax_error(At::NOWHERE, "ALL")),
    }
}

pub fn is_volatile(query: &Query) -> bool {
    let mut volatile = false;
    query.for_each_expr(&mut |expr| volatile = volatile || expr.is_volatile());
    volatile
}

/// An expression without parentheses around it, which PostgreSQL's grammar keeps nothing of.
pub fn bare(mut expr: &ast::Expr) -> &ast::Expr {
    while let ast::Expr::Nested(inner) = expr {
        expr = inner;
    }
    expr
}

/// The keyword DEFAULT in the place of a value.
pub fn is_default(expr: &ast::Expr) -> bool {
    matches!(expr, ast::Expr::Identifier(ident)
        if ident.quote_style.is_none() && ident.value.eq_ignore_ascii_case("default"))
}

/// Where an expression of a few simple kinds begins; for errors found before it is bound.
pub fn expr_at(expr: &ast::Expr) -> At {
    match expr {
        ast::Expr::Identifier(ident) => ident.span.into(),
        ast::Expr::CompoundIdentifier(idents) => idents.first().map_or(At::NOWHERE, |ident| ident.span.into()),
        ast::Expr::Value(value) => value.span.into(),
        ast::Expr::Function(ast::Function { name, .. }) | ast::Expr::QualifiedWildcard(name, _) => {
            match name.0.first() {
                Some(ast::ObjectNamePart::Identifier(ident)) => ident.span.into(),
                _ => At::NOWHERE,
            }
        }
        ast::Expr::BinaryOp { left, .. } | ast::Expr::Nested(left) | ast::Expr::Cast { expr: left, .. } => {
            // Chains are long but not endless: the first few links are enough to tell.
            let mut first = left;
            for _ in 0..64 {
                match &**first {
                    ast::Expr::BinaryOp { left, .. } | ast::Expr::Nested(left) => first = left,
                    _ => break,
                }
            }
            match &**first {
                ast::Expr::BinaryOp { .. } | ast::Expr::Nested(_) | ast::Expr::Cast { .. } => At::NOWHERE,
                expr => expr_at(expr),
            }
        }
        _ => At::NOWHERE,
    }
}

pub fn set_expr_at(body: &SetExpr) -> At {
    match body {
        SetExpr::Select(select) => match select.projection.first() {
            Some(ast::SelectItem::UnnamedExpr(expr) | ast::SelectItem::ExprWithAlias { expr, .. }) => expr_at(expr),
            _ => select.select_token.0.span.into(),
        },
        _ => At::NOWHERE,
    }
}
