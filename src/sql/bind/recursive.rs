//! WITH RECURSIVE (`parse_cte.c`).
//!
//! PostgreSQL runs the recursive term on all rows of the round before, SQLite on one row after the other, first come first
//! served. That is the same, in the same order, as long as what the term makes of a row does not depend on the others.
//! What may look at all of them at once is run as PostgreSQL does: see [`rounds`](super::rounds).

use std::collections::{BTreeSet, HashMap};

use sqlparser::ast::{self, SetExpr};
use sqlparser::tokenizer::Token;

use super::Binder;
use super::names::fold;
use super::query::{Tail, is_volatile, set_expr_at, with_columns};
use super::scope::{Clause, NamedQuery, Scope};
use crate::catalog::system::builtin_name;
use crate::sql::amend::is;
use crate::sql::bound::{Body, Expr, ExprKind, From, JoinKind, Query, RelationId, SetOperator, Sort, Source, With};
use crate::sql::emission::{collation, equal_by_bytes};
use crate::sql::text::At;
use crate::types::{PgError, SqlState, Type, numeric};

/// A WITH RECURSIVE query that refers to itself, while it is bound.
pub struct Recursion {
    name: String,
    bound: Term,
    /// Where it has referred to itself.
    reference: Option<At>,
}

/// What of a recursive query is being bound.
#[derive(Clone, Copy, PartialEq)]
enum Term {
    /// Its own WITH.
    With,
    Start,
    Step,
}

/// A recursive reference in a bound query.
pub struct Reference {
    /// What PostgreSQL doesn't want it within.
    within: Option<&'static str>,
    /// An aggregate of the very query that selects from it.
    aggregate: Option<At>,
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
            let named = self.tables_within(cte).into_iter().filter_map(|word| names.get(&word).copied());
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
        Ok(order)
    }

    /// A WITH RECURSIVE query that names itself; `None` if it does not.
    pub fn recursive(&mut self, cte: &ast::Cte) -> Result<Option<With>, PgError> {
        let name = fold(&cte.alias.name);
        let at = At::from(cte.alias.name.span);
        if !self.is_named_within(&name, cte) {
            return Ok(None);
        }
        let SetExpr::SetOperation { op: ast::SetOperator::Union, set_quantifier, left, right } = &*cte.query.body
        else {
            let message = format!(
                "recursive query \"{name}\" does not have the form non-recursive-term UNION [ALL] recursive-term"
            );
            return Err(self.error(at, SqlState::INVALID_RECURSION, message));
        };
        self.refuse_tail(&cte.query)?;
        let query = self.scoped(Scope::new(Clause::From), |binder| {
            binder.start_recursion(&name);
            let withs = cte.query.with.as_ref().map_or(Ok(Vec::new()), |with| binder.with(with))?;
            binder.start_term(Term::Start);
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
            binder.start_term(Term::Step);
            let step = binder.deeper(1, |binder| binder.body(right, Tail::NONE))?;
            binder.check_recursive_term(&name, &step, &stored_name)?;
            let places: Vec<At> = match &start.body {
                Body::Select(select) => select.targets.iter().map(|target| target.at).collect(),
                _ => Vec::new(),
            };
            let before = start.outputs.clone();
            let query = binder.combine(&ast::SetOperator::Union, set_quantifier, start, step, set_expr_at(right))?;
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
            let searched = binder.search_cycle(cte);
            if let Some(clauses) = &searched {
                binder.add_search_cycle(&mut query, clauses, cte, &stored_name)?;
            }
            let added = query.outputs.len() - width;
            if !binder.goes_row_by_row(&query, &stored_name) {
                if searched.is_some() {
                    return Err(binder.unsupported(at, "SEARCH or CYCLE beside such a recursive term"));
                }
                query = binder.by_rounds(query, &stored_name, at)?;
            }
            query.with.splice(0..0, withs);
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
        Ok(Some(With { name: stored_name, query, materialized }))
    }

    /// Whether a WITH query selects from something of a name.
    pub fn is_named_within(&self, name: &str, cte: &ast::Cte) -> bool {
        self.tables_within(cte).iter().any(|word| word == name)
    }

    /// What a WITH query selects from, by name, as its tokens tell.
    fn tables_within(&self, cte: &ast::Cte) -> Vec<String> {
        const BEFORE: [&str; 4] = ["from", "join", "using", "table"];
        const QUERIES: [&str; 3] = ["select", "delete", "update"];
        const ENDS: [&str; 13] = [
            "where",
            "group",
            "having",
            "window",
            "order",
            "limit",
            "offset",
            "fetch",
            "for",
            "union",
            "intersect",
            "except",
            "returning",
        ];
        let (start, end) = (cte.alias.name.span.end, cte.closing_paren_token.0.span.start);
        let from = self.tokens().partition_point(|token| token.span.start < start);
        let within = self.tokens()[from..].iter().take_while(|token| token.span.start < end);
        let mut names = Vec::new();
        // Of each open parenthesis: whether a list of tables is in it, and whether a query is.
        let mut lists = vec![(false, false)];
        let mut expected = false;
        let mut before = None;
        for token in within {
            let is_one_of = |words: &[&str]| words.iter().any(|word| is(token, word));
            let follows = |word: &str| before.is_some_and(|before| is(before, word));
            let in_query = lists.last().is_some_and(|(_, query)| *query);
            match &token.token {
                // USING (column, …).
                Token::LParen => {
                    expected &= !follows("using");
                    lists.push((expected, false));
                }
                Token::RParen => {
                    lists.pop();
                    expected = false;
                }
                Token::Comma => expected = lists.last().is_some_and(|(list, _)| *list),
                // `extract(x FROM y)`, `x IS DISTINCT FROM y`.
                Token::Word(_) if is(token, "from") && (!in_query || follows("distinct")) => expected = false,
                Token::Word(_) if is_one_of(&BEFORE) => {
                    expected = true;
                    if let Some((list, _)) = lists.last_mut() {
                        *list = true;
                    }
                }
                Token::Word(_) if is_one_of(&QUERIES) => {
                    expected = false;
                    if let Some(last) = lists.last_mut() {
                        *last = (false, true);
                    }
                }
                Token::Word(_) if is_one_of(&["only", "lateral"]) => {}
                Token::Word(_) if is_one_of(&ENDS) => {
                    expected = false;
                    if let Some((list, _)) = lists.last_mut() {
                        *list = false;
                    }
                }
                Token::Word(word) => {
                    if expected && word.quote_style.is_some() {
                        names.push(word.value.clone());
                    } else if expected {
                        names.push(word.value.to_ascii_lowercase());
                    }
                    expected = false;
                }
                _ => expected = false,
            }
            before = Some(token);
        }
        names
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
            scope.recursions.push(Recursion { name: name.to_owned(), bound: Term::With, reference: None });
        }
    }

    fn start_term(&mut self, term: Term) {
        if let Some(recursion) = self.scopes.last_mut().and_then(|scope| scope.recursions.last_mut()) {
            recursion.bound = term;
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
        let in_from = self.scopes[level + 1..depth.saturating_sub(1)].iter().all(|scope| scope.clause.is_from());
        let error = |what: &str| {
            let message = format!("recursive reference to query \"{name}\" must not appear {what}");
            Err(self.error(at, SqlState::INVALID_RECURSION, message))
        };
        let recursion = self.scopes[level].recursions.iter().find(|recursion| recursion.name == name);
        match recursion.map(|recursion| (recursion.bound, recursion.reference)) {
            Some((Term::Start, _)) => error("within its non-recursive term"),
            Some((Term::With, _)) => error("within a subquery"),
            Some((Term::Step, _)) if !in_from => error("within a subquery"),
            Some((Term::Step, Some(_))) => error("more than once"),
            _ => {
                let mut recursions = self.scopes[level].recursions.iter_mut();
                if let Some(recursion) = recursions.find(|recursion| recursion.name == name) {
                    recursion.reference = Some(at);
                }
                Ok(())
            }
        }
    }

    /// What may stand in a recursive term (`checkWellFormedRecursion`).
    fn check_recursive_term(&self, name: &str, step: &Query, stored_name: &str) -> Result<(), PgError> {
        let recursion = self.scopes.last().and_then(|scope| scope.recursions.last());
        let Some(at) = recursion.and_then(|recursion| recursion.reference) else { return Ok(()) };
        let Some(Reference { within, aggregate }) = self.reference_in(step, stored_name, None) else {
            return Err(self.unsupported(at, "a recursive reference in this place"));
        };
        if let Some(what) = within {
            let message = format!("recursive reference to query \"{name}\" must not appear within {what}");
            return Err(self.error(at, SqlState::INVALID_RECURSION, message));
        }
        if let Some(at) = aggregate {
            let message = "aggregate functions are not allowed in a recursive query's recursive term";
            return Err(self.error(at, SqlState::INVALID_RECURSION, message));
        }
        Ok(())
    }

    /// Whether SQLite's way of running a recursive query is PostgreSQL's: its term is a plain SELECT from what has been found
    /// so far.
    fn goes_row_by_row(&self, query: &Query, stored_name: &str) -> bool {
        let Body::SetOperation { all, right: step, .. } = &query.body else { return true };
        if self.reference_in(step, stored_name, None).is_none() {
            return true;
        }
        let Body::Select(select) = &step.body else { return false };
        let around =
            !step.with.is_empty() || !step.order_by.is_empty() || step.limit.is_some() || step.offset.is_some();
        let looks_around = around || select.grouped || select.distinct || select.windowed;
        let looks_otherwise = |ty| collation(ty).is_some() && !equal_by_bytes(ty);
        let told_apart = !all && query.outputs.iter().any(|output| looks_otherwise(output.ty));
        !looks_around && !told_apart && select.from.as_ref().is_some_and(|from| self.is_joined(from, stored_name))
    }

    /// Whether it is the recursion itself that stands in a join.
    fn is_joined(&self, from: &From, stored_name: &str) -> bool {
        match from {
            From::Relation(relation) => self.is_recursion(*relation, stored_name),
            From::Query { .. } | From::Function { .. } => false,
            From::Join { left, right, .. } => self.is_joined(left, stored_name) || self.is_joined(right, stored_name),
        }
    }

    pub fn is_recursion(&self, relation: RelationId, stored_name: &str) -> bool {
        matches!(&self.relations[relation].source, Source::With { stored_name: name } if name == stored_name)
    }

    /// The reference to the recursion in a query. `within`: what that stands in.
    fn reference_in(&self, query: &Query, stored_name: &str, within: Option<&'static str>) -> Option<Reference> {
        if let Some(found) = query.with.iter().find_map(|with| self.reference_in(&with.query, stored_name, within)) {
            return Some(found);
        }
        match &query.body {
            Body::Select(select) => {
                let mut found = self.reference_in_from(select.from.as_ref()?, stored_name, within)?;
                if select.from.as_ref().is_some_and(|from| self.is_joined(from, stored_name)) {
                    let sorts = query.order_by.iter().filter_map(Sort::expr);
                    let exprs = select.targets.iter().chain(&select.having).chain(sorts);
                    found.aggregate = exprs.into_iter().find_map(first_aggregate);
                }
                Some(found)
            }
            Body::Values(_) => None,
            Body::SetOperation { operator, all, left, right } => {
                let (first, second) = match operator {
                    SetOperator::Union => (None, None),
                    SetOperator::Intersect => (all.then_some("INTERSECT"), all.then_some("INTERSECT")),
                    SetOperator::Except => (all.then_some("EXCEPT"), Some("EXCEPT")),
                };
                let left = self.reference_in(left, stored_name, within.or(first));
                left.or_else(|| self.reference_in(right, stored_name, within.or(second)))
            }
        }
    }

    fn reference_in_from(&self, from: &From, stored_name: &str, within: Option<&'static str>) -> Option<Reference> {
        match from {
            From::Relation(relation) => {
                self.is_recursion(*relation, stored_name).then_some(Reference { within, aggregate: None })
            }
            From::Query { query, .. } => self.reference_in(query, stored_name, within),
            // A LATERAL sub-query.
            From::Function { args, .. } => args.iter().find_map(|arg| match &arg.kind {
                ExprKind::Scalar(query) => self.reference_in(query, stored_name, within),
                _ => None,
            }),
            From::Join { kind, left, right, .. } => {
                let outer = |is: bool| within.or(is.then_some("an outer join"));
                let first = outer(matches!(kind, JoinKind::Right | JoinKind::Full));
                let second = outer(matches!(kind, JoinKind::Left | JoinKind::Full));
                let left = self.reference_in_from(left, stored_name, first);
                left.or_else(|| self.reference_in_from(right, stored_name, second))
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

/// Where an aggregate stands that somebody has written, those of sub-queries aside.
fn first_aggregate(expr: &Expr) -> Option<At> {
    if let ExprKind::Aggregate(_) = expr.kind
        && expr.at.is_known()
    {
        return Some(expr.at);
    }
    let mut found = None;
    expr.for_each_child_within(0, &mut |child, queries| {
        if queries == 0 {
            found = found.take().or_else(|| first_aggregate(child));
        }
    });
    found
}
