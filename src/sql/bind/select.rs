//! SELECT: its list, and the clauses that refer to it (`transformSelectStmt`).

use std::cell::Cell;

use sqlparser::ast::{self, Distinct, SelectItem, SelectItemQualifiedWildcardKind};

use super::Binder;
use super::grouping_sets::ShownParts;
use super::names::fold;
use super::query::{Tail, bare, expr_at, order_items};
use super::scope::{Clause, Scope};
use super::title::title;
use crate::sql::amend::is_empty_list;
use crate::sql::bound::{Aggregate, Body, Expr, ExprKind, From, Output, Query, Select, Sort, SortKey};
use crate::sql::emission::Emission;
use crate::sql::text::At;
use crate::types::{PgError, SqlState, Type, Value};

/// An entry of a SELECT list.
pub struct Target {
    pub expr: Expr,
    pub name: String,
}

impl Binder<'_> {
    pub fn select(&mut self, select: &ast::Select, tail: Tail) -> Result<Query, PgError> {
        self.refuse_foreign_clauses(select)?;
        self.scoped(Scope::new(Clause::From), |binder| binder.select_in_scope(select, tail))
    }

    fn refuse_foreign_clauses(&self, select: &ast::Select) -> Result<(), PgError> {
        let at = At::from(select.select_token.0.span);
        if select.into.is_some() {
            return Err(self.unsupported(at, "SELECT INTO"));
        }
        let foreign = select.top.is_some()
            || select.exclude.is_some()
            || !select.lateral_views.is_empty()
            || select.prewhere.is_some()
            || !select.connect_by.is_empty()
            || !select.cluster_by.is_empty()
            || !select.distribute_by.is_empty()
            || !select.sort_by.is_empty()
            || select.qualify.is_some()
            || select.value_table_mode.is_some()
            || select.select_modifiers.is_some()
            || !matches!(select.flavor, ast::SelectFlavor::Standard);
        if foreign { Err(self.syntax_error(at, "SELECT")) } else { Ok(()) }
    }

    fn select_in_scope(&mut self, select: &ast::Select, tail: Tail) -> Result<Query, PgError> {
        let entry = self.range_table(&select.from)?;
        let (from, items) = entry.map_or((None, Vec::new()), |entry| (Some(entry.from), entry.items));
        if let Some(scope) = self.scopes.last_mut() {
            scope.items = items;
        }
        self.named_windows(&select.named_window)?;
        let mut targets = self.in_clause(Clause::Select, |binder| binder.targets(&select.projection))?;
        let filter = match &select.selection {
            None => None,
            Some(filter) => Some(self.in_clause(Clause::Where, |binder| {
                let filter = binder.expr(filter)?;
                binder.boolean(filter, "WHERE")
            })?),
        };
        let mut having = match &select.having {
            None => None,
            Some(having) => Some(self.in_clause(Clause::Having, |binder| {
                let having = binder.expr(having)?;
                binder.boolean(having, "HAVING")
            })?),
        };
        let distinct = matches!(select.distinct, Some(Distinct::Distinct));
        let visible = targets.len();
        let mut order_by =
            self.in_clause(Clause::OrderBy, |binder| binder.select_order(&mut targets, tail.order_by, distinct))?;
        let groups = self.in_clause(Clause::GroupBy, |binder| binder.groups(&mut targets, &select.group_by))?;
        let mut distinct_on = match &select.distinct {
            Some(Distinct::On(keys)) => {
                Some(self.in_clause(Clause::DistinctOn, |binder| binder.distinct_on(&mut targets, keys, &order_by))?)
            }
            _ => None,
        };
        if distinct {
            targets.iter().try_for_each(|target| self.check_told_apart(target.expr.ty, target.expr.at))?;
        }
        let sorts = order_by.iter().map(|sort| match &sort.key {
            SortKey::Expr(expr) => expr,
            SortKey::Output(index) => &targets[*index].expr,
        });
        let told_apart = targets[..if distinct { visible } else { 0 }].iter().map(|target| &target.expr);
        self.check_sorted(told_apart.chain(sorts).chain(&groups.exprs))?;
        if let Some((keys, _)) = &distinct_on {
            self.check_sorted(keys)?;
        }
        let (limit, offset) = self.limit(tail)?;
        let has_aggregates = self.scopes.last().is_some_and(|scope| scope.has_aggregates);
        let grouped = has_aggregates || groups.there || having.is_some();
        let sorts_first = distinct_on.is_some() && !order_by.is_empty();
        let (sets, mut sets_above) = self.split_sets(&groups.exprs, grouped);
        if let Some((_, at)) = sets_above.first().filter(|_| sorts_first) {
            return Err(self.unsupported(*at, "a set-returning function beside DISTINCT ON and ORDER BY"));
        }
        let from = self.with_sets(from, filter.as_ref(), sets, sorts_first)?;
        let outputs: Vec<Output> = targets.iter().map(|target| self.output(target)).collect();
        let mut called = self.take_called();
        if grouped {
            let mut shown = ShownParts {
                targets: &mut targets,
                having: &mut having,
                order_by: &mut order_by,
                distinct_on: &mut distinct_on,
                sets: &mut sets_above,
            };
            self.settle_groupings(&groups, &mut shown, &mut called)?;
            let shown = shown.exprs().map(|expr| &*expr).chain(&called);
            self.check_grouping(&groups.exprs, &groups.common(), shown)?;
        }
        let mut shown = ShownParts {
            targets: &mut targets,
            having: &mut having,
            order_by: &mut order_by,
            distinct_on: &mut distinct_on,
            sets: &mut sets_above,
        };
        let (from, filter, mut group_by) = self.one_set(groups, (from, filter), &mut shown, &mut called)?;
        let (from, filter) = match group_by.iter().any(Expr::is_volatile) {
            true => {
                let shown = shown.exprs().chain(&mut called);
                (Some(self.keys_below((from, filter), &mut group_by, shown)), None)
            }
            false => (from, filter),
        };
        let split = !called.is_empty();
        let (from, filter, group_by, having, grouped) = match split {
            true => {
                let below = Select { from, filter, group_by, grouped, ..Select::default() };
                (self.aggregate_below(below, called, shown.exprs()), having, Vec::new(), None, false)
            }
            false => (from, filter, group_by, having, grouped),
        };
        let args = sets_above.iter().flat_map(|(set, _)| match set {
            From::Function { args, .. } => &args[..],
            From::Relation(_) | From::Query { .. } | From::Join { .. } => &[],
        });
        // One group and no aggregate in sight: its one row, in whatever order.
        let aggregates = targets.iter().map(|target| &target.expr).chain(args).any(has_aggregate);
        let one_group = grouped && group_by.is_empty() && !aggregates && sets_above.is_empty();
        let everything = || Expr::constant(Value::Bool(true), Type::BOOL);
        let (having, mut order_by) = match one_group {
            true => (Some(having.unwrap_or_else(everything)), Vec::new()),
            false => (having, order_by),
        };
        let (from, filter, having, grouped) = match having {
            Some(having) if group_by.is_empty() && !aggregates => {
                let (from, filter) = self.having_alone(from, filter, having);
                (Some(from), Some(filter), None, false)
            }
            having => (from, filter, having, grouped),
        };
        self.refuse_volatile_window_keys(&targets)?;
        let windowed = self.scopes.last().is_some_and(|scope| scope.has_windows);
        let computed = Select { from, filter, group_by, having, grouped, windowed, ..Select::default() };
        let shown = ShownParts {
            targets: &mut targets,
            having: &mut None,
            order_by: &mut order_by,
            distinct_on: &mut distinct_on,
            sets: &mut sets_above,
        };
        let computed = self.multiply(computed, shown)?;
        let targets = targets.into_iter().map(|target| target.expr).collect();
        let body = Select { distinct, targets, split, ..computed };
        let mut query =
            Query { with: Vec::new(), body: Body::Select(Box::new(body)), order_by, limit, offset, outputs };
        let keys = distinct_on.as_ref().map_or(&[][..], |(keys, _)| keys);
        let postponed = self.postpone(&mut query, keys, tail)?;
        let query = match distinct_on {
            Some((keys, sorts)) => {
                let visible = if postponed.is_some() { query.outputs.len() } else { visible };
                // ORDER BY, whose columns may have moved, and keys that it leaves out.
                let sorts = [&query.order_by, &sorts[query.order_by.len()..]].concat();
                self.first_of_each(query, &keys, sorts, visible)
            }
            None => query,
        };
        match postponed {
            Some(postponed) => {
                let query = self.compute_behind(query, postponed);
                self.with_ties(query, tail)
            }
            None => self.with_ties(query, tail),
        }
    }

    /// A volatile expression that a window sorts by and the SELECT list shows is one value to PostgreSQL, two to SQLite.
    fn refuse_volatile_window_keys(&self, targets: &[Target]) -> Result<(), PgError> {
        let at = Cell::new(None);
        for target in targets {
            target.expr.any(&|expr| {
                if let ExprKind::Window(window) = &expr.kind {
                    let sorts = window.order_by.iter().filter_map(|sort| match &sort.key {
                        SortKey::Expr(expr) => Some(expr),
                        SortKey::Output(_) => None,
                    });
                    let keys = window.partition_by.iter().chain(sorts).filter(|key| key.is_volatile());
                    keys.for_each(|key| at.set(Some(key.at)));
                }
                false
            });
        }
        match at.get() {
            Some(at) => Err(self.unsupported(at, "a window by a volatile expression")),
            None => Ok(()),
        }
    }

    /// A query whose groups and windows have been computed, times the sets of its SELECT list.
    fn multiply(&mut self, computed: Select, mut shown: ShownParts) -> Result<Select, PgError> {
        if shown.sets.is_empty() {
            return Ok(computed);
        }
        self.refuse_sets_in_windows(shown.exprs().map(|expr| &*expr))?;
        let below = self.compute_below(computed, shown.exprs());
        let from = self.with_sets(Some(below), None, shown.sets.to_vec(), false)?;
        Ok(Select { from, ..Select::default() })
    }

    /// What windows are computed of is there before the sets.
    fn refuse_sets_in_windows<'e>(&self, mut shown: impl Iterator<Item = &'e Expr>) -> Result<(), PgError> {
        let names_set =
            |expr: &Expr| matches!(expr.kind, ExprKind::Column { relation, .. } if self.is_set_above(relation));
        let window = |expr: &Expr| matches!(expr.kind, ExprKind::Window(_)) && expr.any(&names_set);
        match shown.find(|expr| expr.any(&window)) {
            Some(expr) => Err(self.unsupported(expr.at, "a window by a set-returning function")),
            None => Ok(()),
        }
    }

    /// A SELECT of constants with a HAVING: one row if the whole table, as one group, fulfils it. SQLite wants an
    /// aggregate in the SELECT list for that, so it gets a sub-query that has one, and filters by what that says.
    fn having_alone(&mut self, from: Option<From>, filter: Option<Expr>, having: Expr) -> (From, Expr) {
        let count = Aggregate {
            emission: Emission::Text("count(*)"),
            args: Vec::new(),
            distinct: false,
            order_by: Vec::new(),
            filter: None,
        };
        let count = Expr::new(ExprKind::Aggregate(Box::new(count)), Type::INT8);
        let select = Select { targets: vec![having, count], from, filter, grouped: true, ..Select::default() };
        let query = Query::of_select(select, vec![Output::new("having", Type::BOOL), Output::new("count", Type::INT8)]);
        let relation = self.query_relation(&query);
        let filter = Expr::new(ExprKind::Column { relation, column: 0 }, Type::BOOL);
        (From::Query { relation, query: Box::new(query) }, filter)
    }

    pub fn output(&self, target: &Target) -> Output {
        let origin = match target.expr.kind {
            ExprKind::Column { relation, column } => self.relations[relation].columns[column].origin,
            // A whole row is said to be column 0.
            _ => target.expr.ty.relation().filter(|_| self.whole_row_of(&target.expr).is_some()).map(|oid| (oid, 0)),
        };
        let Expr { ty, typmod, domain, .. } = target.expr;
        Output { name: target.name.clone(), ty, typmod, domain, origin, collation: self.output_collation(&target.expr) }
    }

    /// A SELECT or RETURNING list.
    pub fn targets(&mut self, items: &[SelectItem]) -> Result<Vec<Target>, PgError> {
        let mut targets = Vec::with_capacity(items.len());
        for item in items {
            match item {
                SelectItem::UnnamedExpr(ast::Expr::Identifier(ident)) if is_empty_list(ident) => {}
                // In parentheses, too, `t.*` is a list.
                SelectItem::UnnamedExpr(expr) if let Some(fields) = self.every_field(expr)? => targets.extend(fields),
                SelectItem::UnnamedExpr(expr) => {
                    let bound = self.target(expr)?;
                    let name = match &bound.kind {
                        // It is called as its one column is.
                        ExprKind::Scalar(query) if is_subquery(expr) => query.outputs[0].name.clone(),
                        _ => title(expr),
                    };
                    targets.push(Target { name, expr: bound });
                }
                SelectItem::ExprWithAlias { expr, alias } => {
                    if alias.quote_style == Some('\'') {
                        let at = At::from(alias.span).or(self.string(&alias.value));
                        return Err(self.syntax_error(at, &format!("'{}'", alias.value)));
                    }
                    targets.push(Target { name: fold(alias), expr: self.target(expr)? });
                }
                SelectItem::ExprWithAliases { aliases, .. } => {
                    let at = aliases.first().map_or(At::NOWHERE, |alias| alias.span.into());
                    return Err(self.syntax_error(at, "("));
                }
                SelectItem::Wildcard(options) => {
                    self.plain_wildcard(options)?;
                    self.star(&mut targets, options.wildcard_token.0.span.into())?;
                }
                SelectItem::QualifiedWildcard(SelectItemQualifiedWildcardKind::ObjectName(name), options) => {
                    self.plain_wildcard(options)?;
                    let name = self.qualified(name)?;
                    match self.find_item(name.schema.as_deref(), &name.name) {
                        Some(item) => {
                            let columns = item.columns.iter().filter(|column| self.is_expanded(&column.expr));
                            targets.extend(columns.map(|column| Target {
                                name: column.name.clone(),
                                expr: column.expr.clone().at(name.at),
                            }));
                        }
                        None => return Err(self.missing_from(&name.name, name.at)),
                    }
                }
                SelectItem::QualifiedWildcard(SelectItemQualifiedWildcardKind::Expr(_), _) => {
                    return Err(PgError::unsupported("the fields of a row value"));
                }
            }
        }
        if targets.len() > 1664 {
            let message = "target lists can have at most 1664 entries";
            return Err(PgError::new(SqlState::TOO_MANY_COLUMNS, message));
        }
        Ok(targets)
    }

    fn target(&mut self, expr: &ast::Expr) -> Result<Expr, PgError> {
        self.expr(expr)
    }

    fn plain_wildcard(&self, options: &ast::WildcardAdditionalOptions) -> Result<(), PgError> {
        let plain = options.opt_ilike.is_none()
            && options.opt_exclude.is_none()
            && options.opt_except.is_none()
            && options.opt_replace.is_none()
            && options.opt_rename.is_none()
            && options.opt_alias.is_none();
        if plain { Ok(()) } else { Err(self.syntax_error(options.wildcard_token.0.span.into(), "*")) }
    }

    /// Whether a star shows a column.
    fn is_expanded(&self, expr: &Expr) -> bool {
        match expr.kind {
            ExprKind::Column { relation, column } => self.unexpanded.get(&relation).is_none_or(|from| column < *from),
            _ => true,
        }
    }

    fn star(&self, targets: &mut Vec<Target>, at: At) -> Result<(), PgError> {
        let Some(scope) = self.scopes.last() else { return Ok(()) };
        if scope.items.is_empty() {
            let message = "SELECT * with no tables specified is not valid";
            return Err(self.error(at, SqlState::SYNTAX_ERROR, message));
        }
        let columns = scope.items.iter().filter(|item| item.unqualified).flat_map(|item| &item.columns);
        let columns = columns.filter(|column| self.is_expanded(&column.expr));
        targets.extend(columns.map(|column| Target { name: column.name.clone(), expr: column.expr.clone().at(at) }));
        Ok(())
    }

    fn select_order(
        &mut self,
        targets: &mut [Target],
        order_by: Option<&ast::OrderBy>,
        distinct: bool,
    ) -> Result<Vec<Sort>, PgError> {
        let mut sorts = Vec::new();
        for item in order_items(self, order_by)? {
            let key = match self.named_target(targets, &item.expr, "ORDER BY")? {
                Some(index) => {
                    self.settle_target(&mut targets[index])?;
                    self.check_ordered(targets[index].expr.ty, expr_at(&item.expr))?;
                    SortKey::Output(index)
                }
                None => {
                    let expr = self.expr(&item.expr)?;
                    self.check_ordered(expr.ty, expr.at)?;
                    match targets.iter().position(|target| target.expr == expr) {
                        Some(index) => SortKey::Output(index),
                        None if distinct => {
                            let message = "for SELECT DISTINCT, ORDER BY expressions must appear in select list";
                            return Err(self.error(expr.at, SqlState::INVALID_COLUMN_REFERENCE, message));
                        }
                        None => SortKey::Expr(self.text_if_unknown(expr)?),
                    }
                }
            };
            // A plain column sorts by its own name, so that an index can serve and NULLs are known about.
            let key = match key {
                SortKey::Output(index) if matches!(targets[index].expr.kind, ExprKind::Column { .. }) => {
                    SortKey::Expr(targets[index].expr.clone())
                }
                key => key,
            };
            let sort = self.sort(key, item)?;
            // To sort by it again would change nothing (`addTargetToSortList`).
            if !sorts.iter().any(|before: &Sort| before.key == sort.key) {
                sorts.push(sort);
            }
        }
        Ok(sorts)
    }

    pub fn settle_target(&mut self, target: &mut Target) -> Result<(), PgError> {
        if target.expr.ty == Type::UNKNOWN {
            let expr = std::mem::replace(&mut target.expr, Expr::null(Type::UNKNOWN));
            target.expr = self.text_if_unknown(expr)?;
        }
        Ok(())
    }

    /// An item that names an output column, by its name or number (SQL92's rule).
    pub fn named_target(&self, targets: &[Target], expr: &ast::Expr, clause: &str) -> Result<Option<usize>, PgError> {
        if let ast::Expr::Identifier(ident) = bare(expr) {
            let (name, at) = (fold(ident), At::from(ident.span));
            // GROUP BY prefers a column of the tables over an output of the same name.
            if clause == "GROUP BY" && self.own_column(&name) {
                return Ok(None);
            }
            let mut found: Option<usize> = None;
            for (index, target) in targets.iter().enumerate().filter(|(_, target)| target.name == name) {
                match found {
                    Some(other) if targets[other].expr != target.expr => {
                        let message = format!("{clause} \"{name}\" is ambiguous");
                        return Err(self.error(at, SqlState::AMBIGUOUS_COLUMN, message));
                    }
                    Some(_) => {}
                    None => found = Some(index),
                }
            }
            return Ok(found);
        }
        self.ordinal(expr, targets.len(), clause)
    }

    /// Whether the innermost query has a column of that name.
    fn own_column(&self, name: &str) -> bool {
        self.scopes.last().is_some_and(|scope| {
            let items = scope.items.iter().filter(|item| item.unqualified);
            items.flat_map(|item| &item.columns).any(|column| column.name == name)
        })
    }

    /// An expression of GROUP BY.
    pub fn group_expr(&mut self, targets: &mut [Target], item: &ast::Expr) -> Result<Expr, PgError> {
        let Some(index) = self.named_target(targets, item, "GROUP BY")? else {
            let expr = self.expr(item)?;
            self.check_told_apart(expr.ty, expr.at)?;
            return self.text_if_unknown(expr);
        };
        self.settle_target(&mut targets[index])?;
        let expr = targets[index].expr.clone();
        self.check_told_apart(expr.ty, expr_at(item))?;
        if let Some(at) = self.first_aggregate(&expr) {
            let message = "aggregate functions are not allowed in GROUP BY";
            return Err(self.error(at, SqlState::GROUPING_ERROR, message));
        }
        if let Some(at) = window_in(&expr) {
            let message = "window functions are not allowed in GROUP BY";
            return Err(self.error(at, SqlState::WINDOWING_ERROR, message));
        }
        Ok(expr)
    }
}

fn is_subquery(expr: &ast::Expr) -> bool {
    match expr {
        ast::Expr::Subquery(_) => true,
        ast::Expr::Nested(inner) => is_subquery(inner),
        _ => false,
    }
}

/// Whether there is an aggregate of the query's own: those of sub-queries are theirs.
fn has_aggregate(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Aggregate(_) => true,
        // What is not computed is not written.
        ExprKind::Call(call) if call.emission == Emission::Decided => call.args.first().is_some_and(has_aggregate),
        ExprKind::Scalar(_) | ExprKind::Exists(_) => false,
        ExprKind::InQuery { operands, .. } => operands.iter().any(has_aggregate),
        _ => {
            let mut found = false;
            expr.for_each_child(&mut |child| found = found || has_aggregate(child));
            found
        }
    }
}

/// Where the first window function of the query's own stands.
fn window_in(expr: &Expr) -> Option<At> {
    match &expr.kind {
        ExprKind::Window(_) => Some(expr.at),
        ExprKind::Scalar(_) | ExprKind::Exists(_) => None,
        ExprKind::InQuery { operands, .. } => operands.iter().find_map(window_in),
        _ => {
            let mut found = None;
            expr.for_each_child(&mut |child| found = found.or_else(|| window_in(child)));
            found
        }
    }
}
