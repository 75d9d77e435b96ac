//! Aggregate calls (`parse_agg.c`).

use sqlparser::ast;

use super::Binder;
use super::function::{Arguments, find};
use super::outer_aggregate::AGGREGATE;
use super::scope::Clause;
use crate::catalog::{Index, Object};
use crate::sql::bound::{Aggregate, Expr, ExprKind, Form, Sort, SortKey};
use crate::sql::emission::Emission;
use crate::sql::functions::Function;
use crate::sql::text::At;
use crate::types::{PgError, SqlState, Type, Value};

/// What packs the rows of an aggregate that is a function of them all.
pub const PACK: Emission = Emission::Own("pg_pack_rows");

/// What makes an aggregate's value of its packed rows: the function, and the types of what is in them.
pub type OfPacked = Option<(&'static str, Vec<Expr>)>;

/// The arguments that a packing aggregate packs, apart from their types.
pub fn unpacked(function: &Function, mut args: Vec<Expr>) -> (Vec<Expr>, OfPacked) {
    let Emission::Packed(name) = function.emission else { return (args, None) };
    if !function.typed {
        let types = args.split_off(args.len() - 1);
        return (args, Some((name, types)));
    }
    let (mut values, mut types) = (Vec::new(), Vec::new());
    for (index, arg) in args.into_iter().enumerate() {
        if index.is_multiple_of(2) { values.push(arg) } else { types.push(arg) }
    }
    (values, Some((name, types)))
}

/// An aggregate's value, of what [`unpacked`] has told.
pub fn of_packed(packed: OfPacked, mut aggregate: Expr) -> Expr {
    let Some((name, types)) = packed else { return aggregate };
    let (ty, at) = (aggregate.ty, aggregate.at);
    aggregate.ty = Type::BYTEA;
    let args = std::iter::once(aggregate).chain(types).collect();
    Expr::call(Emission::Own(name), args, ty).at(at)
}

/// A sort by an argument as it is written: by what it has become.
fn as_converted(mut sort: Sort, written: &[Expr], args: &[Expr]) -> Sort {
    if let Some(key) = sort.expr()
        && let Some(place) = written.iter().position(|arg| arg.kind == key.kind)
        && let Some(arg) = args.get(place)
    {
        sort.key = SortKey::Expr(arg.clone().at(key.at));
    }
    sort
}

pub type AggregateParts = (Vec<Expr>, Vec<Sort>, Option<Expr>);

/// All expressions of an aggregate's call.
pub fn parts_of<'e>(args: &'e [Expr], sorts: &'e [Sort], filter: &'e Option<Expr>) -> impl Iterator<Item = &'e Expr> {
    args.iter().chain(sorts.iter().filter_map(Sort::expr)).chain(filter)
}

impl Binder<'_> {
    pub fn aggregate(&mut self, name: &str, arguments: &Arguments, at: At) -> Result<Expr, PgError> {
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
        // ORDER BY of DISTINCT values names them as they are written.
        let written: Vec<Expr> = if arguments.distinct { args.clone() } else { Vec::new() };
        let (args, Form { ty: result, domain, .. }) = self.arguments_for(function, args, at)?;
        let (args, packed) = unpacked(function, args);
        if arguments.distinct {
            args.iter().try_for_each(|arg| self.check_told_apart(arg.ty, arg.at))?;
        }
        let query = self.aggregating_query(parts_of(&args, &sorts, &filter), &[], AGGREGATE, at)?;
        let sorts = match arguments.distinct {
            true => sorts.into_iter().map(|sort| as_converted(sort, &written, &args)).collect(),
            false => sorts,
        };
        if arguments.distinct && args.len() > 1 {
            let (emission, ty) = (function.emission, result);
            let rows = self.distinct_rows(args, sorts, filter, (emission, packed, ty), at)?;
            let rows = self.marked(rows, domain);
            return Ok(self.as_called(rows, query));
        }
        let sorts = if arguments.distinct { self.sorted_by_argument(&args, sorts, packed.is_some())? } else { sorts };
        let emission = if packed.is_some() { PACK } else { function.emission };
        let (emission, args) = match arguments.distinct {
            true => (emission, args),
            false => self.last_of_equals(emission, args),
        };
        let aggregate = Aggregate { emission, args, distinct: arguments.distinct, order_by: sorts, filter };
        let aggregate = Expr::new(ExprKind::Aggregate(Box::new(aggregate)), result).at(at);
        let aggregate = self.marked(of_packed(packed, aggregate), domain);
        Ok(self.as_called(aggregate, query))
    }

    /// An aggregate of DISTINCT rows of several arguments: of all rows packed, sorted by all arguments, without those
    /// that are equal to the one before.
    fn distinct_rows(
        &mut self,
        args: Vec<Expr>,
        mut sorts: Vec<Sort>,
        filter: Option<Expr>,
        (emission, packed, result): (Emission, OfPacked, Type),
        at: At,
    ) -> Result<Expr, PgError> {
        for arg in &args {
            if !arg.ty.is_comparable() || arg.ty.is_row() {
                if arg.ty.is_users() || arg.ty.is_row() {
                    return Err(self.unsupported(arg.at, "DISTINCT of values of such a type"));
                }
                let message = format!("could not identify an equality operator for type {}", arg.ty);
                return Err(self.error(arg.at, SqlState::UNDEFINED_FUNCTION, message));
            }
        }
        for key in sorts.iter().filter_map(Sort::expr) {
            if !args.iter().any(|arg| arg.kind == key.kind) {
                let message = "in an aggregate with DISTINCT, ORDER BY expressions must appear in argument list";
                return Err(self.error(key.at, SqlState::INVALID_COLUMN_REFERENCE, message));
            }
        }
        for arg in &args {
            if !sorts.iter().filter_map(Sort::expr).any(|key| key.kind == arg.kind) {
                let key = SortKey::Expr(self.copy(arg)?);
                sorts.push(Sort { key, descending: false, nulls_first: false });
            }
        }
        let types: Vec<Expr> = args.iter().map(|arg| super::polymorphic::type_argument(arg.ty)).collect();
        let rows = Aggregate { emission: PACK, args, distinct: false, order_by: sorts, filter };
        let rows = Expr::new(ExprKind::Aggregate(Box::new(rows)), Type::BYTEA);
        let args = std::iter::once(rows).chain(types).collect();
        let rows = Expr::call(Emission::Own("pg_distinct_rows"), args, Type::BYTEA);
        match (packed, emission) {
            (Some(packed), _) => {
                let packing = Expr { ty: result, ..rows };
                Ok(of_packed(Some(packed), packing).at(at))
            }
            (None, Emission::Own(name)) => {
                let name = Expr::constant(Value::Text(name.to_owned()), Type::TEXT);
                Ok(Expr::call(Emission::Own("pg_aggregate_rows"), vec![name, rows], result).at(at))
            }
            _ => Err(self.unsupported(at, "DISTINCT in this aggregate of several arguments")),
        }
    }

    /// min() and max() of types whose equal values look otherwise: PostgreSQL keeps the last of them, SQLite the first. Where
    /// an index yields it at once, in both, it is whatever stands there.
    pub fn last_of_equals(&self, emission: Emission, mut args: Vec<Expr>) -> (Emission, Vec<Expr>) {
        let name = match emission {
            Emission::Builtin("min") => "pg_frame_min",
            Emission::Builtin("max") => "pg_frame_max",
            _ => return (emission, args),
        };
        match &args[..] {
            // Of char(n) PostgreSQL keeps the first, too.
            [arg] if arg.ty.has_equals(arg.typmod) && arg.ty != Type::BPCHAR && !self.keeps_none(arg) => {
                args.push(super::polymorphic::type_argument(arg.ty));
                (Emission::Own(name), args)
            }
            _ => (emission, args),
        }
    }

    /// Whether it is a table's column, perhaps by way of sub-queries and views, that is in an index (which PostgreSQL reads, too, where it can) or
    /// whose type has no such values there: SQLite keeps no -0 in a file.
    fn keeps_none(&self, expr: &Expr) -> bool {
        let ExprKind::Column { relation, column } = expr.kind else { return false };
        let origin = self.relations[relation].column(column).and_then(|column| column.origin);
        let origin = origin.map(|column| self.behind_views(column));
        let Some((oid, attnum)) = origin.filter(|(oid, _)| matches!(self.catalog.get(*oid), Some(Object::Table(_))))
        else {
            return false;
        };
        let has_it = |index: &Index| index.columns.iter().any(|key| key.attnum == attnum);
        matches!(expr.ty, Type::FLOAT4 | Type::FLOAT8) || self.catalog.indexes_of(oid).any(has_it)
    }

    /// ORDER BY of an aggregate of DISTINCT values: of nothing but them. Without one it shows, where all are kept,
    /// that PostgreSQL sorts them.
    fn sorted_by_argument(&self, args: &[Expr], sorts: Vec<Sort>, kept: bool) -> Result<Vec<Sort>, PgError> {
        let [arg] = args else { return Ok(sorts) };
        for sort in &sorts {
            if let SortKey::Expr(key) = &sort.key
                && key.kind != arg.kind
            {
                let message = "in an aggregate with DISTINCT, ORDER BY expressions must appear in argument list";
                return Err(self.error(key.at, SqlState::INVALID_COLUMN_REFERENCE, message));
            }
        }
        let mut sorts: Vec<Sort> = sorts.into_iter().take(1).collect();
        if sorts.is_empty() && kept {
            sorts.push(Sort { key: SortKey::Expr(arg.clone()), descending: false, nulls_first: false });
        }
        // Of equal values the first is kept, but where SQLite sorts by nothing else.
        if !sorts.is_empty() && arg.ty.has_equals(arg.typmod) {
            let nothing = SortKey::Expr(Expr::constant(Value::Int4(1), Type::INT4));
            sorts.push(Sort { key: nothing, descending: false, nulls_first: false });
        }
        Ok(sorts)
    }

    pub fn set_in_aggregate(&mut self, inside: bool) {
        if let Some(scope) = self.scopes.last_mut() {
            scope.in_aggregate = inside;
        }
    }

    /// Its arguments, ORDER BY and FILTER, bound.
    pub fn aggregate_parts(&mut self, arguments: &Arguments) -> Result<AggregateParts, PgError> {
        let args = arguments.exprs.iter().map(|arg| self.expr(arg)).collect::<Result<Vec<_>, _>>()?;
        let (sorts, filter) = self.ordered_parts(arguments, arguments.order_by)?;
        Ok((args, sorts, filter))
    }

    /// What is within ORDER BY, of the arguments or WITHIN GROUP, and FILTER.
    pub fn ordered_parts(
        &mut self,
        arguments: &Arguments,
        items: &[ast::OrderByExpr],
    ) -> Result<(Vec<Sort>, Option<Expr>), PgError> {
        let mut sorts = Vec::with_capacity(items.len());
        for item in items {
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
        Ok((sorts, filter))
    }
}
