//! WITH RECURSIVE (`parse_cte.c`).
//!
//! PostgreSQL runs the recursive term on all rows of the round before, SQLite on one row after the other, first come first
//! served. That is the same, in the same order, as long as what the term makes of a row does not depend on the others:
//! what looks at all of them at once (aggregates, DISTINCT, windows, sub-queries over the recursion) is refused.

use std::collections::{BTreeSet, HashMap};

use sqlparser::ast::{self, SetExpr, SetOperator};
use sqlparser::tokenizer::Token;

use super::Binder;
use super::names::fold;
use super::query::{Tail, is_volatile, set_expr_at, with_columns};
use super::scope::{Clause, NamedQuery, Scope};
use crate::catalog::system::builtin_name;
use crate::sql::bound::{Body, From, JoinKind, Query, Source, With};
use crate::sql::emission::{collation, equal_by_bytes};
use crate::sql::text::At;
use crate::types::{PgError, SqlState, Type, numeric};

/// A WITH RECURSIVE query that refers to itself, while it is bound.
pub struct Recursion {
    name: String,
    /// The term being bound is the recursive one.
    recursive: bool,
    /// Where it refers to itself.
    references: usize,
}

impl Binder<'_> {
    /// In which order the queries of a WITH are bound: behind those that they name (`TopologicalSort`).
    pub fn with_order(&self, with: &ast::With) -> Result<Vec<usize>, PgError> {
        let ctes = &with.cte_tables;
        if !with.recursive {
            return Ok((0..ctes.len()).collect());
        }
        let names: HashMap<String, usize> =
            ctes.iter().enumerate().map(|(index, cte)| (fold(&cte.alias.name), index)).collect();
        let mut needed: Vec<BTreeSet<usize>> = Vec::with_capacity(ctes.len());
        for (index, cte) in ctes.iter().enumerate() {
            let named = self.words_within(cte).filter_map(|word| names.get(&word).copied());
            needed.push(named.filter(|other| *other != index).collect());
        }
        let mut left: BTreeSet<usize> = (0..ctes.len()).collect();
        let mut order = Vec::with_capacity(ctes.len());
        while let Some(first) = left.first() {
            let Some(next) = left.iter().copied().find(|index| needed[*index].is_disjoint(&left)) else {
                let at = At::from(ctes[*first].alias.name.span);
                let message = "mutual recursion between WITH items is not implemented";
                return Err(self.error(at, SqlState::FEATURE_NOT_SUPPORTED, message));
            };
            left.remove(&next);
            order.push(next);
        }
        // Data changes happen in the order in which they are written.
        if !order.is_sorted() && ctes.iter().any(|cte| super::steps::modification(&cte.query.body).is_some()) {
            let message = "a WITH query that refers to one behind it, beside one that changes data";
            return Err(PgError::unsupported(message));
        }
        Ok(order)
    }

    /// A WITH RECURSIVE query that names itself; `None` if it does not.
    pub fn recursive(&mut self, cte: &ast::Cte) -> Result<Option<With>, PgError> {
        let name = fold(&cte.alias.name);
        let at = At::from(cte.alias.name.span);
        if !self.is_named_within(&name, cte) {
            return Ok(None);
        }
        let SetExpr::SetOperation { op: SetOperator::Union, set_quantifier, left, right } = &*cte.query.body else {
            let message = format!(
                "recursive query \"{name}\" does not have the form non-recursive-term UNION [ALL] recursive-term"
            );
            return Err(self.error(at, SqlState::INVALID_RECURSION, message));
        };
        self.refuse_tail(&cte.query)?;
        let withs = match &cte.query.with {
            None => Vec::new(),
            Some(_) => return Err(self.unsupported(at, "WITH inside a recursive query")),
        };
        let clause = self.clause();
        let query = self.scoped(Scope::new(clause), |binder| {
            binder.start_recursion(&name);
            let mut start = binder.deeper(1, |binder| binder.body(left, Tail::NONE))?;
            binder.settle_outputs(&mut start)?;
            if cte.alias.columns.len() > start.outputs.len() {
                let message = format!(
                    "WITH query \"{name}\" has {} columns available but {} columns specified",
                    start.outputs.len(),
                    cte.alias.columns.len()
                );
                return Err(binder.error(at, SqlState::INVALID_COLUMN_REFERENCE, message));
            }
            let columns = with_columns(cte, &start);
            let stored_name = binder.new_with_name();
            if let Some(scope) = binder.scopes.last_mut() {
                scope.withs.push(NamedQuery {
                    name: name.clone(),
                    stored_name: stored_name.clone(),
                    columns,
                    returns: true,
                    added: 0,
                    arms: 0,
                });
            }
            binder.start_recursive_term();
            let step = binder.deeper(1, |binder| binder.body(right, Tail::NONE))?;
            binder.check_recursive_term(&step, &stored_name, at)?;
            let places: Vec<At> = match &start.body {
                Body::Select(select) => select.targets.iter().map(|target| target.at).collect(),
                _ => Vec::new(),
            };
            let before = start.outputs.clone();
            let query = binder.combine(&SetOperator::Union, set_quantifier, start, step, set_expr_at(right))?;
            for (index, (before, after)) in before.iter().zip(&query.outputs).enumerate() {
                if (before.ty, before.typmod, before.domain) != (after.ty, after.typmod, after.domain) {
                    let shown = |output: &crate::sql::bound::Output| match binder.catalog.domain(output.domain) {
                        Some(domain) => domain.named().to_string(),
                        None => binder.shown_type(output.ty, output.typmod),
                    };
                    let message = format!(
                        "recursive query \"{name}\" column {} has type {} in non-recursive term but type {} overall",
                        index + 1,
                        shown(before),
                        shown(after),
                    );
                    let place = places.get(index).copied().unwrap_or(At::NOWHERE);
                    let error = binder.error(place, SqlState::DATATYPE_MISMATCH, message);
                    return Err(error.hint("Cast the output of the non-recursive term to the correct type."));
                }
                if before.collation != after.collation {
                    let shown = |oid| builtin_name("pg_collation", oid).unwrap_or_else(|| "(null)".to_owned());
                    let message = format!(
                        "recursive query \"{name}\" column {} has collation \"{}\" in non-recursive term but collation \"{}\" overall",
                        index + 1,
                        shown(before.collation),
                        shown(after.collation),
                    );
                    let place = places.get(index).copied().unwrap_or(At::NOWHERE);
                    let error = binder.error(place, SqlState::COLLATION_MISMATCH, message);
                    return Err(error.hint("Use the COLLATE clause to set the collation of the non-recursive term."));
                }
            }
            let mut query = query;
            let width = query.outputs.len();
            if let Some(clauses) = binder.search_cycle(cte) {
                binder.add_search_cycle(&mut query, &clauses, cte, &stored_name)?;
            }
            if let Body::SetOperation { all: false, .. } = &query.body
                && let Some(output) = query.outputs.iter().find(|output| collation(output.ty).is_some() && !equal_by_bytes(output.ty))
            {
                return Err(binder.unsupported(at, format!("UNION of type {} in a recursive query", output.ty)));
            }
            let added = query.outputs.len() - width;
            Ok((query, stored_name, added))
        });
        let (query, stored_name, added) = query?;
        let columns = with_columns(cte, &query);
        let materialized = is_volatile(&query).then_some(true);
        if let Some(scope) = self.scopes.last_mut() {
            let arms = self.arms.saturating_sub(1);
            scope.withs.push(NamedQuery {
                name,
                stored_name: stored_name.clone(),
                columns,
                returns: true,
                added,
                arms,
            });
        }
        let query = Query { with: withs, ..query };
        Ok(Some(With { name: stored_name, query, materialized }))
    }

    /// Whether a name stands anywhere in a WITH query.
    pub fn is_named_within(&self, name: &str, cte: &ast::Cte) -> bool {
        self.words_within(cte).any(|word| word == name)
    }

    /// The words of a WITH query, as names.
    fn words_within(&self, cte: &ast::Cte) -> impl Iterator<Item = String> + '_ {
        let (start, end) = (cte.alias.name.span.end, cte.closing_paren_token.0.span.start);
        let from = self.tokens().partition_point(|token| token.span.start < start);
        let within = self.tokens()[from..].iter().take_while(move |token| token.span.start < end);
        within.filter_map(|token| match &token.token {
            Token::Word(word) if word.quote_style.is_some() => Some(word.value.clone()),
            Token::Word(word) => Some(word.value.to_ascii_lowercase()),
            _ => None,
        })
    }

    fn refuse_tail(&self, query: &ast::Query) -> Result<(), PgError> {
        let what = if query.order_by.is_some() {
            "ORDER BY"
        } else if query.limit_clause.is_some() || query.fetch.is_some() {
            match &query.limit_clause {
                Some(ast::LimitClause::LimitOffset { limit: None, .. }) => "OFFSET",
                _ => "LIMIT",
            }
        } else if !query.locks.is_empty() {
            "FOR UPDATE/SHARE"
        } else {
            return Ok(());
        };
        let at = match &query.order_by {
            Some(ast::OrderBy { kind: ast::OrderByKind::Expressions(items), .. }) => {
                items.first().map_or(At::NOWHERE, |item| super::query::expr_at(&item.expr))
            }
            _ => match &query.limit_clause {
                Some(ast::LimitClause::LimitOffset { limit: Some(limit), .. }) => super::query::expr_at(limit),
                _ => At::NOWHERE,
            },
        };
        let message = format!("{what} in a recursive query is not implemented");
        Err(self.error(at, SqlState::FEATURE_NOT_SUPPORTED, message))
    }

    fn start_recursion(&mut self, name: &str) {
        if let Some(scope) = self.scopes.last_mut() {
            scope.recursions.push(Recursion { name: name.to_owned(), recursive: false, references: 0 });
        }
    }

    fn start_recursive_term(&mut self) {
        if let Some(recursion) = self.scopes.last_mut().and_then(|scope| scope.recursions.last_mut()) {
            recursion.recursive = true;
        }
    }

    /// A WITH query of that name is selected from: it may be the one that is being bound. Asked for every name of a table.
    pub fn refer_to_recursion(&mut self, name: &str, at: At) -> Result<(), PgError> {
        let depth = self.scopes.len();
        let found = self.scopes.iter().enumerate().rev().find_map(|(level, scope)| {
            if scope.recursions.iter().any(|recursion| recursion.name == name) {
                return Some(level);
            }
            // A query of the same name in between is another one.
            scope.withs.iter().any(|with| with.name == name).then_some(usize::MAX)
        });
        let Some(level) = found.filter(|level| *level != usize::MAX) else { return Ok(()) };
        // The term's own SELECT is one scope further in.
        let in_subquery = depth > level + 2;
        let in_from = self.scopes[level + 1..depth.saturating_sub(1)].iter().all(|scope| scope.clause == Clause::From);
        let error = |what: &str| {
            let message = format!("recursive reference to query \"{name}\" must not appear {what}");
            Err(self.error(at, SqlState::INVALID_RECURSION, message))
        };
        let recursion = self.scopes[level].recursions.iter().find(|recursion| recursion.name == name);
        let (recursive, references) =
            recursion.map_or((false, 0), |recursion| (recursion.recursive, recursion.references));
        if !recursive {
            return error("within its non-recursive term");
        }
        if in_subquery && !in_from {
            return error("within a subquery");
        }
        if references > 0 {
            return error("more than once");
        }
        if in_subquery {
            return Err(self.unsupported(at, "a recursive reference in a sub-query of FROM"));
        }
        if let Some(recursion) = self.scopes[level].recursions.iter_mut().find(|recursion| recursion.name == name) {
            recursion.references += 1;
        }
        Ok(())
    }

    /// What may stand in a recursive term, for SQLite to find the same.
    fn check_recursive_term(&self, step: &Query, stored_name: &str, at: At) -> Result<(), PgError> {
        let refers = self.scopes.last().and_then(|scope| scope.recursions.last()).is_some_and(|it| it.references > 0);
        if !refers {
            return Ok(());
        }
        let select = match &step.body {
            Body::Select(select) if step.with.is_empty() => select,
            _ => return Err(self.unsupported(at, "a recursive term that is no plain SELECT")),
        };
        let sorted = !step.order_by.is_empty() || step.limit.is_some() || step.offset.is_some();
        if select.grouped && select.group_by.is_empty() {
            let aggregate = select.targets.iter().find_map(first_aggregate);
            let message = "aggregate functions are not allowed in a recursive query's recursive term";
            return Err(self.error(aggregate.unwrap_or(at), SqlState::INVALID_RECURSION, message));
        }
        if select.grouped || select.distinct || select.windowed || sorted {
            let what = "GROUP BY, DISTINCT, a window, ORDER BY or LIMIT in a recursive term";
            return Err(self.unsupported(at, what));
        }
        match select.from.as_ref().and_then(|from| self.place_of(from, stored_name, false)) {
            Some(true) => {
                let message = "recursive reference to query must not appear within an outer join";
                Err(self.error(at, SqlState::INVALID_RECURSION, message))
            }
            Some(false) => Ok(()),
            None => Err(self.unsupported(at, "this recursive term")),
        }
    }

    /// Whether the recursion stands on the outer side of an outer join; `None` if it is not there.
    fn place_of(&self, from: &From, stored_name: &str, outer: bool) -> Option<bool> {
        match from {
            From::Relation(relation) => match &self.relations[*relation].source {
                Source::With { stored_name: name } => (name == stored_name).then_some(outer),
                _ => None,
            },
            From::Query { .. } | From::Function { .. } => None,
            From::Join { kind, left, right, .. } => {
                let left_outer = outer || matches!(kind, JoinKind::Right | JoinKind::Full);
                let right_outer = outer || matches!(kind, JoinKind::Left | JoinKind::Full);
                self.place_of(left, stored_name, left_outer).or_else(|| self.place_of(right, stored_name, right_outer))
            }
        }
    }

    fn shown_type(&self, ty: Type, typmod: i32) -> String {
        match typmod {
            5.. if matches!(ty, Type::VARCHAR | Type::BPCHAR) => format!("{ty}({})", typmod - 4),
            5.. if ty == Type::NUMERIC => match numeric::describe(typmod) {
                Some((precision, scale)) => format!("{ty}({precision},{scale})"),
                None => ty.to_string(),
            },
            _ => ty.to_string(),
        }
    }
}

fn first_aggregate(expr: &crate::sql::bound::Expr) -> Option<At> {
    if let crate::sql::bound::ExprKind::Aggregate(_) = expr.kind {
        return Some(expr.at);
    }
    let mut found = None;
    expr.for_each_child(&mut |child| found = found.take().or_else(|| first_aggregate(child)));
    found
}
