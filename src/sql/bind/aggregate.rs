//! Aggregate calls (`parse_agg.c`).

use super::Binder;
use super::function::{Arguments, find, result_type};
use super::scope::Clause;
use crate::sql::bound::{Aggregate, Expr, ExprKind, Sort, SortKey};
use crate::sql::emission::Emission;
use crate::sql::text::At;
use crate::types::{PgError, SqlState, Type};

pub type AggregateParts = (Vec<Expr>, Vec<Sort>, Option<Expr>);

impl Binder<'_> {
    pub fn aggregate(&mut self, name: &str, arguments: &Arguments, at: At) -> Result<Expr, PgError> {
        let clause = self.clause();
        if clause == Clause::Filter {
            let message = "aggregate functions are not allowed in FILTER";
            return Err(self.error(at, SqlState::GROUPING_ERROR, message));
        }
        if self.scopes.last().is_some_and(|scope| scope.in_aggregate) {
            let message = "aggregate function calls cannot be nested";
            return Err(self.error(at, SqlState::GROUPING_ERROR, message));
        }
        if !clause.allows_aggregates() {
            let message = format!("aggregate functions are not allowed in {}", clause.name());
            return Err(self.error(at, SqlState::GROUPING_ERROR, message));
        }
        self.set_in_aggregate(true);
        let bound = self.aggregate_parts(arguments);
        self.set_in_aggregate(false);
        let (args, sorts, filter) = bound?;
        if args.is_empty() && !arguments.star {
            let message = format!("{name}(*) must be used to call a parameterless aggregate function");
            let parameterless = crate::sql::functions::named(name).any(|function| function.args.is_empty());
            if parameterless {
                return Err(self.error(at, SqlState::WRONG_OBJECT_TYPE, message));
            }
        }
        let types: Vec<Type> = args.iter().map(|arg| arg.ty).collect();
        let function = match find(name, &types) {
            Ok(function) => function,
            Err(choice) => return Err(self.no_function(name, choice, &types, at)),
        };
        if let Emission::Missing(what) = function.emission {
            return Err(self.unsupported(at, what));
        }
        let args = self.arguments_for(function, args)?;
        let result = result_type(function, &args);
        if arguments.distinct && args.len() > 1 {
            return Err(self.unsupported(at, format!("DISTINCT in an aggregate of {} arguments", args.len())));
        }
        if arguments.distinct && !sorts.is_empty() {
            return Err(self.unsupported(at, "DISTINCT and ORDER BY in one aggregate"));
        }
        self.refuse_outer_aggregate(args.iter().chain(&filter), at)?;
        if let Some(scope) = self.scopes.last_mut() {
            scope.has_aggregates = true;
        }
        let aggregate =
            Aggregate { emission: function.emission, args, distinct: arguments.distinct, order_by: sorts, filter };
        Ok(Expr::new(ExprKind::Aggregate(Box::new(aggregate)), result).at(at))
    }

    fn set_in_aggregate(&mut self, inside: bool) {
        if let Some(scope) = self.scopes.last_mut() {
            scope.in_aggregate = inside;
        }
    }

    /// Its arguments, ORDER BY and FILTER, bound.
    pub fn aggregate_parts(&mut self, arguments: &Arguments) -> Result<AggregateParts, PgError> {
        let args = arguments.exprs.iter().map(|arg| self.expr(arg)).collect::<Result<Vec<_>, _>>()?;
        let mut sorts = Vec::new();
        for item in arguments.order_by {
            let expr = self.expr(&item.expr)?;
            let expr = self.text_if_unknown(expr)?;
            sorts.push(self.sort(SortKey::Expr(expr), item)?);
        }
        let filter = match arguments.filter {
            None => None,
            Some(filter) => Some(self.in_clause(Clause::Filter, |binder| {
                let filter = binder.expr(filter)?;
                binder.boolean(filter, "FILTER")
            })?),
        };
        Ok((args, sorts, filter))
    }

    /// An aggregate over an outer query's columns alone belongs to that query.
    fn refuse_outer_aggregate<'e>(&self, exprs: impl Iterator<Item = &'e Expr>, at: At) -> Result<(), PgError> {
        let depth = self.scopes.len();
        let (mut own, mut outer) = (false, false);
        for expr in exprs {
            expr.any(&|expr| match expr.kind {
                ExprKind::Column { relation, .. } => self.relations[relation].depth >= depth,
                _ => false,
            })
            .then(|| own = true);
            expr.any(&|expr| match expr.kind {
                ExprKind::Column { relation, .. } => self.relations[relation].depth < depth,
                _ => false,
            })
            .then(|| outer = true);
        }
        if outer && !own {
            return Err(self.unsupported(at, "an aggregate of an outer query's columns"));
        }
        Ok(())
    }
}
