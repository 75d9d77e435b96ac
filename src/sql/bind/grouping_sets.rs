//! GROUPING SETS, ROLLUP and CUBE, and GROUPING() (`parse_agg.c`).
//!
//! SQLite groups in one way. So each row is joined to every set of grouping expressions, as a row of what is in the set,
//! and grouped by the set's number and by those of the expressions that are in it:
//!
//! ```text
//! SELECT CASE WHEN s.column2 THEN a END, sum(b) FROM (VALUES (0, 1), (1, 0)) AS s JOIN t
//! GROUP BY s.column1, CASE WHEN s.column2 THEN a END
//! ```
//!
//! The empty set has its group even where there are no rows: then the join is an outer one, and a mark tells its row, which
//! no aggregate must see, from real ones.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::{BTreeSet, HashSet};

use sqlparser::ast::{self, FunctionArg, FunctionArgExpr, FunctionArguments, GroupByExpr};
use sqlparser::tokenizer::{Token, TokenWithSpan};

use super::outer_aggregate::GROUPING_OPERATION;
use super::query::expr_at;
use super::select::Target;
use super::{Binder, MAX_COPIES};
use crate::sql::amend::grouped_by;
use crate::sql::bound::{Body, Expr, ExprKind, From, JoinKind, Output, Query, RelationId, Select, Sort, SortKey};
use crate::sql::emission::Emission;
use crate::sql::text::At;
use crate::sql::tokens::too_complex;
use crate::types::{PgError, SqlState, Type, Value};

/// Grouping sets of one query, as in PostgreSQL.
const MAX_SETS: usize = 4096;
/// Elements of a CUBE, as in PostgreSQL.
const MAX_CUBE: usize = 12;
/// What all sets are made of.
const MAX_MEMBERS: usize = 100_000;

/// GROUPING(), until it is known what the query is grouped by.
pub const GROUPING: Emission = Emission::Missing("GROUPING in this place");

/// What a query is grouped by.
#[derive(Default)]
pub struct Groups {
    pub exprs: Vec<Expr>,
    /// `None`: all of them are one set.
    sets: Option<Sets>,
    /// There is a GROUP BY, perhaps of nothing.
    pub there: bool,
}

/// The expressions that sets are made of, each once.
#[derive(Default)]
struct Members {
    exprs: Vec<Expr>,
    /// As they were first written.
    written: Vec<ast::Expr>,
}

/// Several sets.
struct Sets {
    /// Which of the expressions are in each.
    sets: Vec<Vec<usize>>,
    /// The sets as rows: their number, and which expressions are in them.
    relation: RelationId,
    query: Query,
}

impl Groups {
    /// Those that are in all sets.
    pub fn common(&self) -> Vec<Expr> {
        let Some(sets) = &self.sets else { return self.exprs.clone() };
        let everywhere = |index: &usize| sets.sets.iter().all(|set| set.contains(index));
        (0..self.exprs.len()).filter(everywhere).map(|index| self.exprs[index].clone()).collect()
    }
}

/// What a grouped query reads, its WHERE, and what it is grouped by.
pub type Grouped = (Option<From>, Option<Expr>, Vec<Expr>);

/// What stands in the place of the grouping expressions.
struct Shown<'g> {
    exprs: &'g [Expr],
    shown: Vec<Expr>,
    /// Tells that a row is there at all.
    mark: Option<Expr>,
    copied: Cell<usize>,
}

impl Binder<'_> {
    pub fn groups(&mut self, targets: &mut [Target], group_by: &GroupByExpr) -> Result<Groups, PgError> {
        let (distinct, items) = match group_by {
            GroupByExpr::Expressions(items, modifiers) if modifiers.is_empty() => grouped_by(items),
            _ => return Err(PgError::unsupported("this form of GROUP BY")),
        };
        let is_expr = |item: &ast::Expr| {
            let is_set = matches!(item, ast::Expr::GroupingSets(_) | ast::Expr::Cube(_) | ast::Expr::Rollup(_));
            !is_set && !matches!(item, ast::Expr::Tuple(_))
        };
        let there = !items.is_empty();
        if items.iter().all(is_expr) {
            let exprs = items.iter().map(|item| self.group_expr(targets, item)).collect::<Result<_, _>>()?;
            return Ok(Groups { exprs, sets: None, there });
        }
        let mut exprs = Members::default();
        let mut sets: Vec<Vec<usize>> = vec![Vec::new()];
        for item in items {
            let own = self.sets_of(targets, item, &mut exprs)?;
            let count = sets.len() * own.len();
            self.check_sets(count)?;
            if count * exprs.exprs.len() > MAX_MEMBERS {
                return Err(too_complex());
            }
            sets = sets.iter().flat_map(|set| own.iter().map(move |more| [&set[..], &more[..]].concat())).collect();
        }
        let Members { exprs, .. } = exprs;
        if distinct {
            let mut seen = HashSet::new();
            sets.retain(|set| seen.insert(set.iter().copied().collect::<BTreeSet<_>>()));
        }
        let sets = match sets.len() {
            0 | 1 => None,
            _ => {
                let (relation, query) = self.relation_of_sets(&exprs, &sets);
                Some(Sets { sets, relation, query })
            }
        };
        Ok(Groups { exprs, sets, there })
    }

    /// The sets that an item of GROUP BY stands for.
    fn sets_of(
        &mut self,
        targets: &mut [Target],
        item: &ast::Expr,
        exprs: &mut Members,
    ) -> Result<Vec<Vec<usize>>, PgError> {
        match item {
            ast::Expr::Rollup(lists) => {
                self.refuse_empty(lists, "rollup")?;
                let parts = lists.iter().map(|list| self.members(targets, list, exprs)).collect::<Result<_, _>>()?;
                Ok(rollup(parts))
            }
            ast::Expr::Cube(lists) => {
                self.refuse_empty(lists, "cube")?;
                self.check_cube(lists.len())?;
                let parts = lists.iter().map(|list| self.members(targets, list, exprs)).collect::<Result<_, _>>()?;
                Ok(cube(parts))
            }
            ast::Expr::GroupingSets(lists) => {
                let mut sets = Vec::new();
                for list in lists {
                    match &list[..] {
                        [ast::Expr::Function(function)] if let Some((name, lists)) = nested(function) => {
                            let parts = lists
                                .iter()
                                .map(|list| self.members(targets, list, exprs))
                                .collect::<Result<Vec<_>, _>>()?;
                            if name == "cube" {
                                self.check_cube(parts.len())?;
                            }
                            sets.extend(if name == "cube" { cube(parts) } else { rollup(parts) });
                        }
                        [inner @ ast::Expr::GroupingSets(_)] => sets.extend(self.sets_of(targets, inner, exprs)?),
                        // More parentheses say no more.
                        [ast::Expr::Tuple(list)] => sets.push(self.members(targets, list, exprs)?),
                        list => sets.push(self.members(targets, list, exprs)?),
                    }
                    self.check_sets(sets.len())?;
                }
                Ok(sets)
            }
            ast::Expr::Tuple(list) => Ok(vec![self.members(targets, list, exprs)?]),
            item => Ok(vec![self.members(targets, std::slice::from_ref(item), exprs)?]),
        }
    }

    /// The empty set is one of GROUPING SETS, and nothing that ROLLUP or CUBE are made of.
    fn refuse_empty(&self, lists: &[Vec<ast::Expr>], word: &str) -> Result<(), PgError> {
        if lists.iter().all(|list| !list.is_empty()) {
            return Ok(());
        }
        let closed = |pair: &[TokenWithSpan]| pair[0].token == Token::LParen && pair[1].token == Token::RParen;
        let begins = self.word(word);
        let first = self.tokens().partition_point(|token| At::from(token.span).cmp(begins).is_lt());
        let pairs = self.tokens().get(first..).unwrap_or_default();
        let at = pairs.windows(2).find(|pair| closed(pair)).map_or(At::NOWHERE, |pair| pair[1].span.into());
        Err(self.syntax_error(at, ")"))
    }

    fn check_sets(&self, count: usize) -> Result<(), PgError> {
        if count <= MAX_SETS {
            return Ok(());
        }
        let message = format!("too many grouping sets present (maximum {MAX_SETS})");
        Err(PgError::new(SqlState::STATEMENT_TOO_COMPLEX, message))
    }

    fn check_cube(&self, elements: usize) -> Result<(), PgError> {
        if elements <= MAX_CUBE {
            return Ok(());
        }
        let message = format!("CUBE is limited to {MAX_CUBE} elements");
        Err(self.error(self.word("cube"), SqlState::TOO_MANY_COLUMNS, message))
    }

    /// Expressions as numbers of those that are grouped by.
    fn members(
        &mut self,
        targets: &mut [Target],
        list: &[ast::Expr],
        exprs: &mut Members,
    ) -> Result<Vec<usize>, PgError> {
        let mut members = Vec::with_capacity(list.len());
        for item in list {
            let expr = self.group_expr(targets, item)?;
            let known = exprs.exprs.iter().position(|known| *known == expr);
            members.push(known.unwrap_or(exprs.exprs.len()));
            match known {
                // To PostgreSQL they are two, of which a set may have one.
                Some(known) if exprs.written[known] != *item => {
                    return Err(self.unsupported(expr_at(item), "grouping sets of two names of one expression"));
                }
                Some(_) => {}
                None => {
                    exprs.exprs.push(expr);
                    exprs.written.push(item.clone());
                }
            }
            if exprs.exprs.len() > MAX_SETS {
                return Err(too_complex());
            }
        }
        Ok(members)
    }

    /// `GROUPING(…)`.
    pub fn grouping(&mut self, args: &[Cow<'_, ast::Expr>], at: At) -> Result<Expr, PgError> {
        if args.is_empty() {
            return Err(self.syntax_error(self.closing(at), ")"));
        }
        if args.len() > 31 {
            let message = "GROUPING must have fewer than 32 arguments";
            return Err(self.error(at, SqlState::TOO_MANY_ARGUMENTS, message));
        }
        let bound = args.iter().map(|arg| {
            let arg = self.expr(arg)?;
            self.text_if_unknown(arg)
        });
        let args = bound.collect::<Result<Vec<_>, _>>()?;
        let query = self.aggregating_query(args.iter(), &[], GROUPING_OPERATION, at)?;
        Ok(self.as_called(Expr::call(GROUPING, args, Type::INT4).at(at), query))
    }

    /// Says what GROUPING() is. `called`: the aggregates that sub-queries call.
    pub fn settle_groupings(
        &self,
        groups: &Groups,
        shown: &mut ShownParts,
        called: &mut [Expr],
    ) -> Result<(), PgError> {
        let relation = groups.sets.as_ref().map(|sets| sets.relation);
        let mut failed = None;
        for expr in shown.exprs().chain(called) {
            self.settle_grouping(expr, &groups.exprs, relation, &mut failed);
        }
        failed.map_or(Ok(()), Err)
    }

    /// Makes a query of several sets one of a single set. Gives what it is grouped by.
    pub fn one_set(
        &mut self,
        groups: Groups,
        source: (Option<From>, Option<Expr>),
        parts: &mut ShownParts,
        called: &mut [Expr],
    ) -> Result<Grouped, PgError> {
        let (mut from, mut filter) = source;
        let Some(Sets { sets, relation, query }) = groups.sets else { return Ok((from, filter, groups.exprs)) };
        let mut volatile = filter.iter().chain(&groups.exprs).any(Expr::is_volatile);
        from.iter().for_each(|from| from.for_each_expr(&mut |expr| volatile |= expr.is_volatile()));
        if volatile {
            return Err(PgError::unsupported("a volatile function in a query of several grouping sets"));
        }
        let mut joined = From::Query { relation, query: Box::new(query) };
        let mut mark = None;
        let empty = sets.iter().any(Vec::is_empty);
        if let Some(source) = from.take() {
            joined = match empty {
                false => join(JoinKind::Inner, joined, source, None),
                true => {
                    self.mark_nullable(&source);
                    let (marked, here) = self.mark();
                    mark = Some(here);
                    let source = join(JoinKind::Inner, marked, source, None);
                    let on = filter.take().unwrap_or_else(|| Expr::constant(Value::Bool(true), Type::BOOL));
                    let joined = join(JoinKind::Left, joined, source, Some(on));
                    filter = mark.clone().map(|mark| self.or_empty(mark, relation, &groups.exprs));
                    joined
                }
            };
        }
        let everywhere = |index: usize| sets.iter().all(|set| set.contains(&index));
        let shown: Vec<Expr> = groups
            .exprs
            .iter()
            .enumerate()
            .map(|(index, expr)| if everywhere(index) { expr.clone() } else { in_set(relation, index, expr.clone()) })
            .collect();
        let shown = Shown { exprs: &groups.exprs, shown, mark, copied: Cell::new(self.copies) };
        for expr in parts.exprs().chain(called) {
            shown.put(expr, 0);
        }
        self.copies = shown.copied.get();
        if self.copies > MAX_COPIES {
            return Err(too_complex());
        }
        let number = Expr::new(ExprKind::Column { relation, column: 0 }, Type::INT4);
        let group_by = std::iter::once(number).chain(shown.shown).collect();
        Ok((Some(joined), filter, group_by))
    }

    fn relation_of_sets(&mut self, exprs: &[Expr], sets: &[Vec<usize>]) -> (RelationId, Query) {
        let row = |(number, set): (i32, &Vec<usize>)| {
            let mut members = vec![false; exprs.len()];
            set.iter().for_each(|member| members[*member] = true);
            let members = members.into_iter().map(|is| Expr::constant(Value::Bool(is), Type::BOOL));
            std::iter::once(Expr::constant(Value::Int4(number), Type::INT4)).chain(members).collect()
        };
        let rows: Vec<Vec<Expr>> = (0..).zip(sets).map(row).collect();
        let output = |index: usize| Output {
            name: format!("column{}", index + 1),
            ty: if index == 0 { Type::INT4 } else { Type::BOOL },
            typmod: -1,
            domain: 0,
            origin: None,
            collation: 0,
        };
        let outputs = (0..=exprs.len()).map(output).collect();
        let query = Query::plain(Body::Values(rows), outputs);
        let relation = self.query_relation(&query);
        // Its columns are no ungrouped ones.
        self.relations[relation].depth = usize::MAX;
        (relation, query)
    }

    /// One row, and the expression that is not true where it has been joined to nothing.
    fn mark(&mut self) -> (From, Expr) {
        let outputs = vec![Output::new("here", Type::BOOL)];
        let one = Expr::constant(Value::Bool(true), Type::BOOL);
        let select = Select { targets: vec![one], ..Select::default() };
        let query = Query::of_select(select, outputs);
        let relation = self.query_relation(&query);
        self.relations[relation].nullable = true;
        let mark = Expr::new(ExprKind::Column { relation, column: 0 }, Type::BOOL);
        let operand = Box::new(mark);
        let here = Expr::new(ExprKind::IsNull { operand, negated: true }, Type::BOOL);
        (From::Query { relation, query: Box::new(query) }, here)
    }

    /// A row is there, or the set is the empty one.
    fn or_empty(&self, mark: Expr, relation: RelationId, exprs: &[Expr]) -> Expr {
        let outside = |index: usize| Expr::new(ExprKind::Not(Box::new(is_member(relation, index))), Type::BOOL);
        let empty = ExprKind::And((0..exprs.len()).map(outside).collect());
        match exprs.len() {
            0 => Expr::constant(Value::Bool(true), Type::BOOL),
            _ => Expr::new(ExprKind::Or(vec![mark, Expr::new(empty, Type::BOOL)]), Type::BOOL),
        }
    }

    /// GROUPING() becomes a sum of bits: one for each argument that is not in the row's set.
    fn settle_grouping(&self, expr: &mut Expr, exprs: &[Expr], set: Option<RelationId>, failed: &mut Option<PgError>) {
        let ExprKind::Call(call) = &expr.kind else {
            return expr.for_each_child_mut(&mut |child| self.settle_grouping(child, exprs, set, failed));
        };
        if call.emission != GROUPING {
            return expr.for_each_child_mut(&mut |child| self.settle_grouping(child, exprs, set, failed));
        }
        let int = |value| Expr::constant(Value::Int4(value), Type::INT4);
        let mut bits = int(0);
        for (place, arg) in call.args.iter().rev().enumerate() {
            let Some(index) = exprs.iter().position(|grouped| grouped == arg) else {
                let message = "arguments to GROUPING must be grouping expressions of the associated query level";
                failed.get_or_insert(self.error(arg.at, SqlState::GROUPING_ERROR, message));
                return;
            };
            let Some(relation) = set else { continue };
            let whens = vec![(is_member(relation, index), int(0))];
            let case = ExprKind::Case { operand: None, whens, otherwise: Some(Box::new(int(1 << place))) };
            bits = Expr::call(Emission::Infix("+"), vec![bits, Expr::new(case, Type::INT4)], Type::INT4);
        }
        *expr = bits.at(expr.at);
    }
}

impl Shown<'_> {
    /// Puts what is shown in the place of grouping expressions.
    fn put(&self, expr: &mut Expr, queries: usize) {
        if let Some(index) = self.exprs.iter().position(|grouped| grouped == expr) {
            let shown = &self.shown[index];
            self.copied.set(self.copied.get() + shown.size());
            *expr = shown.clone().at(expr.at);
            return;
        }
        match &mut expr.kind {
            ExprKind::Aggregate(aggregate) if queries == 0 => {
                let Some(mark) = &self.mark else { return };
                aggregate.filter = Some(match aggregate.filter.take() {
                    None => mark.clone(),
                    Some(filter) => Expr::new(ExprKind::And(vec![mark.clone(), filter]), Type::BOOL),
                });
            }
            _ => expr.for_each_child_within_mut(queries, &mut |child, queries| self.put(child, queries)),
        }
    }
}

/// Everything that a grouped query shows.
pub struct ShownParts<'p> {
    pub targets: &'p mut [Target],
    pub having: &'p mut Option<Expr>,
    pub order_by: &'p mut [Sort],
    /// Its DISTINCT ON, and what that sorts by.
    pub distinct_on: &'p mut Option<(Vec<Expr>, Vec<Sort>)>,
    /// Sets that are read when its groups are there.
    pub sets: &'p mut [(From, At)],
}

impl ShownParts<'_> {
    pub fn exprs(&mut self) -> impl Iterator<Item = &mut Expr> {
        let (keys, sorts) = match self.distinct_on {
            Some((keys, sorts)) => (&mut keys[..], &mut sorts[..]),
            None => Default::default(),
        };
        let sorts = self.order_by.iter_mut().chain(sorts).filter_map(|sort| match &mut sort.key {
            SortKey::Expr(expr) => Some(expr),
            SortKey::Output(_) => None,
        });
        let args = self.sets.iter_mut().flat_map(|(set, _)| match set {
            From::Function { args, .. } => &mut args[..],
            From::Relation(_) | From::Query { .. } | From::Join { .. } => &mut [],
        });
        let targets = self.targets.iter_mut().map(|target| &mut target.expr);
        targets.chain(self.having.iter_mut()).chain(sorts).chain(keys).chain(args)
    }
}

/// Whether an expression is in the row's set.
fn is_member(relation: RelationId, index: usize) -> Expr {
    Expr::new(ExprKind::Column { relation, column: index + 1 }, Type::BOOL)
}

/// An expression, NULL outside its sets.
fn in_set(relation: RelationId, index: usize, expr: Expr) -> Expr {
    let (ty, typmod, at) = (expr.ty, expr.typmod, expr.at);
    let whens = vec![(is_member(relation, index), expr)];
    Expr { typmod, ..Expr::new(ExprKind::Case { operand: None, whens, otherwise: None }, ty).at(at) }
}

fn join(kind: JoinKind, left: From, right: From, on: Option<Expr>) -> From {
    From::Join { kind, left: Box::new(left), right: Box::new(right), on }
}

/// All of them, and fewer and fewer from the end.
fn rollup(parts: Vec<Vec<usize>>) -> Vec<Vec<usize>> {
    (0..=parts.len()).rev().map(|length| parts[..length].concat()).collect()
}

/// Every choice of them.
fn cube(parts: Vec<Vec<usize>>) -> Vec<Vec<usize>> {
    let chosen = |choice: usize| {
        let taken = parts.iter().enumerate().filter(|(index, _)| choice >> index & 1 == 0);
        taken.flat_map(|(_, part)| part.iter().copied()).collect()
    };
    (0..1usize << parts.len()).map(chosen).collect()
}

/// ROLLUP or CUBE within GROUPING SETS, which sqlparser takes for a function.
fn nested(function: &ast::Function) -> Option<(&'static str, Vec<Vec<ast::Expr>>)> {
    let [ast::ObjectNamePart::Identifier(ident)] = &function.name.0[..] else { return None };
    let name = ["rollup", "cube"].into_iter().find(|name| ident.value.eq_ignore_ascii_case(name))?;
    let FunctionArguments::List(list) = &function.args else { return None };
    let list = list.args.iter().map(|arg| match arg {
        FunctionArg::Unnamed(FunctionArgExpr::Expr(ast::Expr::Tuple(list))) => Some(list.clone()),
        FunctionArg::Unnamed(FunctionArgExpr::Expr(ast::Expr::Nested(inner))) => Some(vec![(**inner).clone()]),
        FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => Some(vec![expr.clone()]),
        _ => None,
    });
    ident.quote_style.is_none().then_some(name).zip(list.collect::<Option<Vec<_>>>())
}
