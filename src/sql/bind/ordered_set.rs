//! Ordered-set aggregates: percentiles and mode() of sorted values, and the place that a row would have among them (section
//! 9.21, tables 9.61 and 9.62).
//!
//! Percentiles and mode() are functions of all values, packed in their order. The rank of a row that isn't there is a
//! count of the rows that sort before it.

use sqlparser::ast;

use super::aggregate::{PACK, parts_of};
use super::conflict::unique_form;
use super::function::Arguments;
use super::outer_aggregate::AGGREGATE;
use super::resolve::Choice;
use super::{Binder, MAX_COPIES};
use crate::sql::bound::{Aggregate, Expr, ExprKind, Sort, SortKey};
use crate::sql::casts::Context;
use crate::sql::emission::Emission;
use crate::sql::text::At;
use crate::sql::tokens::too_complex;
use crate::types::{PgError, SqlState, Type, Value};

const OF_VALUES: [&str; 3] = ["percentile_cont", "percentile_disc", "mode"];
const HYPOTHETICAL: [&str; 4] = ["rank", "dense_rank", "percent_rank", "cume_dist"];

/// Whether a function has no meaning without WITHIN GROUP.
pub fn is_ordered_set(name: &str) -> bool {
    OF_VALUES.contains(&name)
}

impl Binder<'_> {
    /// `name(arguments) WITHIN GROUP (ORDER BY items) FILTER (…)`.
    pub fn within_group(
        &mut self,
        name: &str,
        arguments: &Arguments,
        items: &[ast::OrderByExpr],
        at: At,
    ) -> Result<Expr, PgError> {
        if arguments.distinct {
            let message = "cannot use DISTINCT with WITHIN GROUP";
            return Err(self.error(self.word("within"), SqlState::SYNTAX_ERROR, message));
        }
        let direct = arguments.exprs.iter().map(|arg| self.expr(arg)).collect::<Result<Vec<_>, _>>()?;
        self.set_in_aggregate(true);
        let parts = self.ordered_parts(arguments, items);
        self.set_in_aggregate(false);
        let (sorts, filter) = parts?;
        let query = self.aggregating_query(parts_of(&[], &sorts, &filter), &direct, AGGREGATE, at)?;
        // It would be computed once to be sorted by, and once more to be shown.
        if sorts.iter().filter_map(sorted).any(Expr::is_volatile) {
            return Err(self.unsupported(at, format!("{name}() within a group that is sorted by a volatile value")));
        }
        let value = self.of_sorted(name, direct, sorts, filter, at)?;
        Ok(self.as_called(value, query))
    }

    fn of_sorted(
        &mut self,
        name: &str,
        direct: Vec<Expr>,
        sorts: Vec<Sort>,
        filter: Option<Expr>,
        at: At,
    ) -> Result<Expr, PgError> {
        let types: Vec<Type> = direct.iter().chain(sorts.iter().filter_map(sorted)).map(|arg| arg.ty).collect();
        match (name, &direct[..], &sorts[..]) {
            ("mode", [], [sort]) => self.mode(sort.clone(), filter, at),
            ("percentile_disc" | "percentile_cont", [_], [sort]) => {
                let direct = direct.into_iter().next().unwrap_or_else(|| Expr::null(Type::FLOAT8));
                let error = self.no_function(name, Choice::None, &types, at);
                self.percentile(name, direct, sort.clone(), filter, at)?.ok_or(error)
            }
            (name, ..) if HYPOTHETICAL.contains(&name) => {
                if direct.len() != sorts.len() {
                    let hint = format!(
                        "To use the hypothetical-set aggregate {name}, the number of hypothetical direct arguments \
                         (here {}) must match the number of ordering columns (here {}).",
                        direct.len(),
                        sorts.len()
                    );
                    return Err(self.no_function(name, Choice::None, &types, at).hint(hint));
                }
                self.hypothetical(name, direct, sorts, filter, at)
            }
            _ => Err(self.no_function(name, Choice::None, &types, at)),
        }
    }

    fn mode(&mut self, sort: Sort, filter: Option<Expr>, at: At) -> Result<Expr, PgError> {
        let Some(value) = sorted(&sort).cloned() else { return Err(self.unsupported(at, "mode()")) };
        let key = match value.ty {
            Type::INTERVAL => Expr::call(Emission::Own("pg_interval_key"), vec![value.clone()], Type::INT8),
            ty if ty == Type::JSONB || ty.is_array() => {
                return Err(self.unsupported(at, format!("mode() of type {ty}")));
            }
            _ => unique_form(value.clone()),
        };
        let ty = value.ty;
        let packed = packed(vec![value, key], sort, filter);
        Ok(Expr::call(Emission::Own("pg_mode"), vec![packed], ty).at(at))
    }

    /// `None`: there is none of such a type.
    fn percentile(
        &mut self,
        name: &str,
        fraction: Expr,
        mut sort: Sort,
        filter: Option<Expr>,
        at: At,
    ) -> Result<Option<Expr>, PgError> {
        let several = fraction.ty.is_array();
        let wanted = if several { Type::FLOAT8.array().unwrap_or(Type::FLOAT8) } else { Type::FLOAT8 };
        let Some(fraction) = self.coerce(fraction, wanted, Context::Implicit)? else { return Ok(None) };
        let Some(mut value) = sorted(&sort).cloned() else { return Ok(None) };
        let continuous = name == "percentile_cont";
        if continuous && value.ty != Type::INTERVAL {
            let Some(float) = self.coerce(value, Type::FLOAT8, Context::Implicit)? else { return Ok(None) };
            value = float;
        }
        let of = value.ty;
        sort.key = SortKey::Expr(value.clone());
        let mut args = vec![packed(vec![value], sort, filter), fraction];
        let (function, ty) = match (continuous, several) {
            (_, true) => {
                let Some(all) = of.array().filter(|_| !of.is_enum()) else {
                    return Err(self.unsupported(at, format!("{name} of several fractions of type {of}")));
                };
                args.push(Expr::constant(Value::Oid(of.0), Type::OID));
                (if continuous { "pg_percentiles_cont" } else { "pg_percentiles_disc" }, all)
            }
            (true, false) if of == Type::INTERVAL => ("pg_percentile_interval", of),
            (true, false) => ("pg_percentile_cont", of),
            (false, false) => ("pg_percentile_disc", of),
        };
        Ok(Some(Expr::call(Emission::Own(function), args, ty).at(at)))
    }

    fn hypothetical(
        &mut self,
        name: &str,
        direct: Vec<Expr>,
        sorts: Vec<Sort>,
        filter: Option<Expr>,
        at: At,
    ) -> Result<Expr, PgError> {
        if direct.iter().any(|arg| arg.any(&|arg| matches!(arg.kind, ExprKind::Column { .. }))) {
            return Err(self.unsupported(at, format!("{name} WITHIN GROUP of a column's value")));
        }
        if direct.iter().any(Expr::is_volatile) {
            return Err(self.unsupported(at, format!("{name} WITHIN GROUP of a volatile value")));
        }
        let several = sorts.len() > 1;
        let mut before = constant(false);
        let mut equal = constant(true);
        let mut first = None;
        for (arg, sort) in direct.into_iter().zip(sorts).rev() {
            let Some(key) = sorted(&sort).cloned() else { continue };
            let (less, same) = self.compared_to(key.clone(), arg, &sort)?;
            before = either(less, both(same.clone(), before));
            equal = both(same, equal);
            first = Some(key);
        }
        let count =
            |condition: Option<Expr>| count(Emission::Text("count(*)"), Vec::new(), false, with(&filter, condition));
        let int = |value| Expr::constant(Value::Int8(value), Type::INT8);
        let plus = |left, right| Expr::call(Emission::Infix("+"), vec![left, right], Type::INT8);
        let ratio = |part, whole: Expr| {
            let real = Expr::call(Emission::Cast("REAL"), vec![part], Type::FLOAT8);
            Expr::call(Emission::Infix("/"), vec![real, whole], Type::FLOAT8)
        };
        let value = match (name, first) {
            ("rank", _) => plus(count(Some(before)), int(1)),
            ("cume_dist", _) => {
                let upto = count(Some(either(before, equal)));
                ratio(plus(upto, int(1)), plus(count(None), int(1)))
            }
            ("percent_rank", _) => {
                let whole = Expr::call(Emission::Builtin("max"), vec![count(None), int(1)], Type::INT8);
                ratio(count(Some(before)), whole)
            }
            ("dense_rank", Some(key)) if !several && key.ty != Type::INTERVAL && key.ty.is_comparable() => {
                // NULL is a value too.
                let null = Expr::new(ExprKind::IsNull { operand: Box::new(key.clone()), negated: false }, Type::BOOL);
                let nulls = count(Some(both(null, before.clone())));
                let one = Expr::call(Emission::Builtin("min"), vec![nulls, int(1)], Type::INT8);
                let values = self::count(Emission::Builtin("count"), vec![key], true, with(&filter, Some(before)));
                plus(plus(values, one), int(1))
            }
            _ => return Err(self.unsupported(at, format!("{name} WITHIN GROUP of several or such values"))),
        };
        Ok(value.at(at))
    }

    /// Whether a row's key sorts before another value, and whether they are peers.
    fn compared_to(&mut self, key: Expr, value: Expr, sort: &Sort) -> Result<(Expr, Expr), PgError> {
        let at = value.at;
        self.copies += 6 * key.size();
        if self.copies > MAX_COPIES {
            return Err(too_complex());
        }
        let is_null =
            |expr: &Expr, negated| Expr::new(ExprKind::IsNull { operand: Box::new(expr.clone()), negated }, Type::BOOL);
        let value = match value.ty {
            Type::UNKNOWN => self.coerce(value, key.ty, Context::Implicit)?.unwrap_or_else(|| Expr::null(key.ty)),
            _ => value,
        };
        let null_first = match sort.nulls_first {
            true => both(is_null(&key, false), is_null(&value, true)),
            false => both(is_null(&key, true), is_null(&value, false)),
        };
        let nulls = both(is_null(&key, false), is_null(&value, false));
        let operator = if sort.descending { ">" } else { "<" };
        let less = self.binary(operator, key.clone(), value.clone(), |_| at)?;
        let same = self.binary("=", key.clone(), value.clone(), |_| at)?;
        let there = both(is_null(&key, true), is_null(&value, true));
        Ok((either(null_first, both(there.clone(), less)), either(nulls, both(there, same))))
    }
}

fn sorted(sort: &Sort) -> Option<&Expr> {
    match &sort.key {
        SortKey::Expr(expr) => Some(expr),
        SortKey::Output(_) => None,
    }
}

/// All rows' values in their order; NULLs don't count.
fn packed(args: Vec<Expr>, sort: Sort, filter: Option<Expr>) -> Expr {
    let there = args
        .first()
        .map(|value| Expr::new(ExprKind::IsNull { operand: Box::new(value.clone()), negated: true }, Type::BOOL));
    let filter = with(&filter, there);
    let aggregate = Aggregate { emission: PACK, args, distinct: false, order_by: vec![sort], filter };
    Expr::new(ExprKind::Aggregate(Box::new(aggregate)), Type::BYTEA)
}

fn count(emission: Emission, args: Vec<Expr>, distinct: bool, filter: Option<Expr>) -> Expr {
    let aggregate = Aggregate { emission, args, distinct, order_by: Vec::new(), filter };
    Expr::new(ExprKind::Aggregate(Box::new(aggregate)), Type::INT8)
}

fn with(filter: &Option<Expr>, condition: Option<Expr>) -> Option<Expr> {
    match (filter.clone(), condition) {
        (Some(filter), Some(condition)) => Some(both(filter, condition)),
        (filter, condition) => filter.or(condition),
    }
}

fn constant(value: bool) -> Expr {
    Expr::constant(Value::Bool(value), Type::BOOL)
}

fn both(left: Expr, right: Expr) -> Expr {
    Expr::new(ExprKind::And(vec![left, right]), Type::BOOL)
}

fn either(left: Expr, right: Expr) -> Expr {
    Expr::new(ExprKind::Or(vec![left, right]), Type::BOOL)
}
