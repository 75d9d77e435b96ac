//! Window functions, and aggregates over windows (`transformWindowFuncCall` and `transformWindowDefinitions`).
//!
//! SQLite's windows are PostgreSQL's, but for what happens to odd arguments: those are looked at by functions of
//! ours before SQLite's own see them.

use sqlparser::ast::{self, NamedWindowExpr, WindowFrameBound, WindowFrameUnits, WindowSpec, WindowType};

use super::Binder;
use super::aggregate::{PACK, of_packed, unpacked};
use super::function::{Arguments, find};
use super::names::fold;
use super::resolve::Choice;
use super::scope::Clause;
use crate::sql::bound::{Aggregate, Bound, Expr, ExprKind, Frame, Sort, SortKey, Window};
use crate::sql::casts::Context;
use crate::sql::emission::Emission;
use crate::sql::functions::Function;
use crate::sql::text::At;
use crate::sql::type_names::ANY;
use crate::types::{PgError, SqlState, Type, Value};

/// Rows that a window function looks at.
#[derive(Clone, Default)]
pub struct Definition {
    partition_by: Vec<Expr>,
    order_by: Vec<Sort>,
    frame: Option<Frame>,
    /// What a frame's bounds must be told of when rows are there: an offset that may be none.
    guards: Vec<Expr>,
}

/// Of the WINDOW clause.
#[derive(Clone)]
pub struct NamedDefinition {
    name: String,
    definition: Definition,
}

impl Binder<'_> {
    /// The WINDOW clause.
    pub fn named_windows(&mut self, windows: &[ast::NamedWindowDefinition]) -> Result<(), PgError> {
        for ast::NamedWindowDefinition(ident, expr) in windows {
            let (name, at) = (fold(ident), At::from(ident.span));
            if self.find_window(&name).is_some() {
                let message = format!("window \"{name}\" is already defined");
                return Err(self.error(self.tokens_away(at, 2), SqlState::WINDOWING_ERROR, message));
            }
            let definition = match expr {
                NamedWindowExpr::NamedWindow(_) => return Err(self.syntax_error_behind(self.tokens_away(at, 1))),
                NamedWindowExpr::WindowSpec(spec) => self.window_definition(spec, self.tokens_away(at, 2))?,
            };
            if let Some(scope) = self.scopes.last_mut() {
                scope.windows.push(NamedDefinition { name, definition });
            }
        }
        Ok(())
    }

    fn find_window(&self, name: &str) -> Option<&Definition> {
        let windows = self.scopes.last().into_iter().flat_map(|scope| &scope.windows);
        windows.into_iter().find(|window| window.name == name).map(|window| &window.definition)
    }

    /// What stands in a window's parentheses, which open at `open`.
    fn window_definition(&mut self, spec: &WindowSpec, open: At) -> Result<Definition, PgError> {
        let mut definition = match &spec.window_name {
            None => Definition::default(),
            Some(ident) => {
                let name = fold(ident);
                let named = self.window_named(&name, ident.span.into())?;
                let refused =
                    |what: &str| self.error(open, SqlState::WINDOWING_ERROR, format!("cannot {what} \"{name}\""));
                if !spec.partition_by.is_empty() {
                    return Err(refused("override PARTITION BY clause of window"));
                }
                if !spec.order_by.is_empty() && !named.order_by.is_empty() {
                    return Err(refused("override ORDER BY clause of window"));
                }
                if named.frame.is_some() {
                    let message = format!("cannot copy window \"{name}\" because it has a frame clause");
                    let error = self.error(open, SqlState::WINDOWING_ERROR, message);
                    let bare = spec.order_by.is_empty() && spec.window_frame.is_none();
                    return Err(if bare { error.hint("Omit the parentheses in this OVER clause.") } else { error });
                }
                named
            }
        };
        self.in_clause(Clause::Window, |binder| {
            for expr in &spec.partition_by {
                let expr = binder.expr(expr)?;
                definition.partition_by.push(binder.text_if_unknown(expr)?);
            }
            for item in &spec.order_by {
                let expr = binder.expr(&item.expr)?;
                let expr = binder.text_if_unknown(expr)?;
                definition.order_by.push(binder.sort(SortKey::Expr(expr), item)?);
            }
            Ok(())
        })?;
        if let Some(frame) = &spec.window_frame {
            self.frame(frame, &mut definition, open)?;
        }
        Ok(definition)
    }

    fn window_named(&mut self, name: &str, at: At) -> Result<Definition, PgError> {
        let Some(named) = self.find_window(name).cloned() else {
            let message = format!("window \"{name}\" does not exist");
            return Err(self.error(at, SqlState::UNDEFINED_OBJECT, message));
        };
        let sorts = named.order_by.iter().filter_map(|sort| match &sort.key {
            SortKey::Expr(expr) => Some(expr.size()),
            SortKey::Output(_) => None,
        });
        self.copies += named.partition_by.iter().map(Expr::size).chain(sorts).sum::<usize>();
        if self.copies > super::MAX_COPIES { Err(crate::sql::tokens::too_complex()) } else { Ok(named) }
    }

    fn frame(&mut self, frame: &ast::WindowFrame, definition: &mut Definition, open: At) -> Result<(), PgError> {
        let units = match frame.units {
            WindowFrameUnits::Rows => "ROWS",
            WindowFrameUnits::Range => "RANGE",
            WindowFrameUnits::Groups => "GROUPS",
        };
        let units_at = self.window_word(units, open);
        let between = frame.end_bound.is_some();
        let start_at = self.tokens_away(units_at, if between { 2 } else { 1 });
        let refused = |at: At, message: &str| Err(self.error(at, SqlState::WINDOWING_ERROR, message));
        let end_at = || self.tokens_away(self.window_word("and", units_at), 1);
        let current = WindowFrameBound::CurrentRow;
        let end = frame.end_bound.as_ref().unwrap_or(&current);
        match (&frame.start_bound, end) {
            (WindowFrameBound::Following(None), _) => {
                return refused(start_at, "frame start cannot be UNBOUNDED FOLLOWING");
            }
            (_, WindowFrameBound::Preceding(None)) => {
                return refused(end_at(), "frame end cannot be UNBOUNDED PRECEDING");
            }
            (WindowFrameBound::CurrentRow, WindowFrameBound::Preceding(_)) => {
                return refused(end_at(), "frame starting from current row cannot have preceding rows");
            }
            (WindowFrameBound::Following(_), WindowFrameBound::CurrentRow) if !between => {
                return refused(start_at, "frame starting from following row cannot end with current row");
            }
            (WindowFrameBound::Following(_), WindowFrameBound::Preceding(_) | WindowFrameBound::CurrentRow) => {
                return refused(end_at(), "frame starting from following row cannot have preceding rows");
            }
            _ => {}
        }
        if units == "GROUPS" && definition.order_by.is_empty() {
            return refused(open, "GROUPS mode requires an ORDER BY clause");
        }
        let start = self.frame_bound(&frame.start_bound, units, "starting", definition, open)?;
        let end = self.frame_bound(end, units, "ending", definition, open)?;
        let exclude = self.exclusion(open);
        definition.frame = Some(Frame { units, start, end, exclude });
        Ok(())
    }

    fn frame_bound(
        &mut self,
        bound: &WindowFrameBound,
        units: &'static str,
        side: &str,
        definition: &mut Definition,
        open: At,
    ) -> Result<Bound, PgError> {
        Ok(match bound {
            WindowFrameBound::CurrentRow => Bound::CurrentRow,
            WindowFrameBound::Preceding(None) => Bound::UnboundedPreceding,
            WindowFrameBound::Following(None) => Bound::UnboundedFollowing,
            WindowFrameBound::Preceding(Some(offset)) => {
                Bound::Preceding(self.frame_offset(offset, units, side, definition, open)?)
            }
            WindowFrameBound::Following(Some(offset)) => {
                Bound::Following(self.frame_offset(offset, units, side, definition, open)?)
            }
        })
    }

    /// A bound's distance. SQLite takes constants and parameters that are not negative.
    fn frame_offset(
        &mut self,
        offset: &ast::Expr,
        units: &str,
        side: &str,
        definition: &mut Definition,
        open: At,
    ) -> Result<Expr, PgError> {
        let range = units == "RANGE";
        let wanted = match &definition.order_by[..] {
            _ if !range => Type::INT8,
            [Sort { key: SortKey::Expr(key), .. }] => match key.ty {
                Type::INT2 | Type::INT4 | Type::INT8 => key.ty,
                ty => {
                    let message =
                        format!("RANGE with offset PRECEDING/FOLLOWING is not supported for column type {ty}");
                    return Err(self.error(key.at, SqlState::FEATURE_NOT_SUPPORTED, message));
                }
            },
            _ => {
                let message = "RANGE with offset PRECEDING/FOLLOWING requires exactly one ORDER BY column";
                return Err(self.error(open, SqlState::WINDOWING_ERROR, message));
            }
        };
        // sqlparser takes a bare string for an interval.
        let offset = match offset {
            ast::Expr::Interval(interval) if self.is_bare_string(&interval.value) => &interval.value,
            offset => offset,
        };
        let bound = self.in_clause(Clause::Frame, |binder| binder.expr(offset))?;
        let (at, from) = (bound.at, bound.ty);
        if let Some(column) = first_column(&bound) {
            let message = format!("argument of {units} must not contain variables");
            return Err(self.error(column, SqlState::INVALID_COLUMN_REFERENCE, message));
        }
        let integer = matches!(from, Type::INT2 | Type::INT4 | Type::INT8);
        let bound = match range && integer {
            true => bound,
            false => self.coerce(bound, wanted, Context::Assignment)?.ok_or_else(|| {
                let message = format!("argument of {units} must be type {wanted}, not type {from}");
                self.error(at, SqlState::DATATYPE_MISMATCH, message)
            })?,
        };
        let plain = plain(&bound);
        match plain.kind {
            ExprKind::Constant(Value::Int2(0..) | Value::Int4(0..) | Value::Int8(0..)) => return Ok(plain.clone()),
            ExprKind::Constant(_) | ExprKind::Param(_) | ExprKind::Null => {}
            _ => return Err(self.unsupported(at, "a window frame's offset that is an expression")),
        }
        let plain = plain.clone();
        let text = |text: &str| Expr::constant(Value::Text(text.to_owned()), Type::TEXT);
        let kind = text(if range { "RANGE" } else { side });
        let checked = Expr::call(Emission::Own("pg_frame_offset"), vec![plain.clone(), kind, text(side)], Type::INT8);
        definition.guards.push(checked);
        let zero = Expr::constant(Value::Int8(0), Type::INT8);
        let valid = Expr::call(Emission::Infix(">="), vec![plain.clone(), zero.clone()], Type::BOOL);
        let kind = ExprKind::Case { operand: None, whens: vec![(valid, plain)], otherwise: Some(Box::new(zero)) };
        Ok(Expr::new(kind, Type::INT8).at(at))
    }

    /// `name(…) OVER …`.
    pub fn window_function(
        &mut self,
        name: &str,
        arguments: &Arguments,
        over: &WindowType,
        at: At,
    ) -> Result<Expr, PgError> {
        let sets = self.sets();
        let (args, sorts, filter) = self.aggregate_parts(name, arguments)?;
        let types: Vec<Type> = args.iter().map(|arg| arg.ty).collect();
        let function = match find(name, &types) {
            Ok(function) if !arguments.star || function.args.is_empty() => function,
            Ok(_) => return Err(self.no_function(name, Choice::None, &[], at)),
            Err(choice) => return Err(self.no_function(name, choice, &types, at)),
        };
        self.refuse_in_window(function, arguments, &args, at)?;
        if let Some(set_at) = self.set_since(sets) {
            let message = "window function calls cannot contain set-returning function calls";
            let hint = "You might be able to move the set-returning function into a LATERAL FROM item.";
            return Err(self.error(set_at, SqlState::FEATURE_NOT_SUPPORTED, message).hint(hint));
        }
        if !sorts.is_empty() {
            let message = "aggregate ORDER BY is not implemented for window functions";
            return Err(self.error(at, SqlState::FEATURE_NOT_SUPPORTED, message));
        }
        self.refuse_window_here(at)?;
        if let Emission::Missing(what) = function.emission {
            return Err(self.unsupported(at, what));
        }
        let (args, result) = match function.window {
            true => self.polymorphic_arguments(function, args, at)?,
            false => self.arguments_for(function, args, at)?,
        };
        let (args, packed) = unpacked(function, args);
        let emission = if packed.is_some() { PACK } else { function.emission };
        let definition = match over {
            WindowType::NamedWindow(ident) => self.window_named(&fold(ident), ident.span.into())?,
            WindowType::WindowSpec(spec) => self.window_definition(spec, self.over_parenthesis(at))?,
        };
        if let Some(scope) = self.scopes.last_mut() {
            scope.has_windows = true;
        }
        let Definition { partition_by, order_by, frame, guards } = definition;
        let function = Aggregate { emission, args, distinct: false, order_by: Vec::new(), filter };
        let window = Window { function, partition_by, order_by, frame };
        let value = of_packed(packed, self.odd_arguments(name, window, result, at)?);
        Ok(guarded(guards, value).at(at))
    }

    fn refuse_in_window(
        &self,
        function: &Function,
        arguments: &Arguments,
        args: &[Expr],
        at: At,
    ) -> Result<(), PgError> {
        let name = function.name;
        let refused = |code, message: String| Err(self.error(at, code, message));
        if !function.window && !function.aggregate {
            let message = format!("OVER specified, but {name} is not a window function nor an aggregate function");
            return refused(SqlState::WRONG_OBJECT_TYPE, message);
        }
        if arguments.distinct {
            let message = "DISTINCT is not implemented for window functions".to_owned();
            return refused(SqlState::FEATURE_NOT_SUPPORTED, message);
        }
        if function.aggregate && args.is_empty() && !arguments.star {
            let message = format!("{name}(*) must be used to call a parameterless aggregate function");
            return refused(SqlState::WRONG_OBJECT_TYPE, message);
        }
        if function.window && arguments.filter.is_some() {
            let message = "FILTER is not implemented for non-aggregate window functions".to_owned();
            return refused(SqlState::FEATURE_NOT_SUPPORTED, message);
        }
        match args.iter().find_map(first_window) {
            Some(inner) => Err(self.error(inner, SqlState::WINDOWING_ERROR, "window function calls cannot be nested")),
            None => Ok(()),
        }
    }

    fn refuse_window_here(&self, at: At) -> Result<(), PgError> {
        let clause = self.clause();
        if !matches!(clause, Clause::Select | Clause::OrderBy | Clause::DistinctOn) {
            let message = format!("window functions are not allowed in {}", clause.name());
            return Err(self.error(at, SqlState::WINDOWING_ERROR, message));
        }
        if self.scopes.last().is_none_or(|scope| scope.in_aggregate) {
            let message = "aggregate function calls cannot contain window function calls";
            return Err(self.error(at, SqlState::GROUPING_ERROR, message));
        }
        Ok(())
    }

    /// Arguments of a window function, and its result's type where that is one of theirs.
    fn polymorphic_arguments(
        &mut self,
        function: &Function,
        args: Vec<Expr>,
        at: At,
    ) -> Result<(Vec<Expr>, Type), PgError> {
        let types: Vec<Type> = args.iter().map(|arg| arg.ty).collect();
        let (mut args, _) = self.arguments_for(function, args, at)?;
        if function.result != ANY {
            return Ok((args, function.result));
        }
        if let [value, _, default] = &mut args[..] {
            let pair = [(value.ty, At::NOWHERE), (default.ty, At::NOWHERE)];
            let common = self.common_type(&pair, function.name);
            let ty = common.map_err(|_| self.no_function(function.name, Choice::None, &types, at))?;
            for arg in [value, default] {
                let taken = std::mem::replace(arg, Expr::null(ty));
                *arg = self.coerce_to_common(taken, ty, function.name)?;
            }
            return Ok((args, ty));
        }
        match args.first().map(|arg| arg.ty) {
            Some(ty) if ty != Type::UNKNOWN => Ok((args, ty)),
            _ => {
                let message = "could not determine polymorphic type because input has type unknown";
                Err(PgError::new(SqlState::DATATYPE_MISMATCH, message))
            }
        }
    }

    /// The value of a window, where an argument may be NULL or out of range.
    fn odd_arguments(&mut self, name: &str, mut window: Window, ty: Type, at: At) -> Result<Expr, PgError> {
        let finish = |window: Window| Expr::new(ExprKind::Window(Box::new(window)), ty).at(at);
        let place = match name {
            "ntile" => 0,
            "nth_value" | "lag" | "lead" => 1,
            _ => return Ok(finish(window)),
        };
        let Some(number) = window.function.args.get(place).cloned() else { return Ok(finish(window)) };
        if number.is_volatile() {
            return Err(self.unsupported(number.at, format!("a volatile argument of {name}")));
        }
        let is_null = Expr::new(ExprKind::IsNull { operand: Box::new(number.clone()), negated: false }, Type::BOOL);
        let mut whens = vec![(is_null, Expr::null(ty))];
        if matches!(name, "lag" | "lead") {
            // A negative distance goes the other way.
            let other_way = Emission::Builtin(if name == "lag" { "lead" } else { "lag" });
            if let ExprKind::Constant(Value::Int4(distance)) = plain(&number).kind {
                if distance < 0 {
                    window.function.emission = other_way;
                    window.function.args[1] = Expr::constant(Value::Int8(-i64::from(distance)), Type::INT8);
                }
                return Ok(finish(window));
            }
            let zero = Expr::constant(Value::Int4(0), Type::INT4);
            let negative = Expr::call(Emission::Infix("<"), vec![number.clone(), zero], Type::BOOL);
            let mut other = window.clone();
            other.function.emission = other_way;
            other.function.args[1] = Expr::call(Emission::Prefix("-"), vec![number], Type::INT4);
            whens.push((negative, finish(other)));
        } else {
            if name == "ntile" && first_column(&number).is_some() {
                return Err(self.unsupported(number.at, "ntile of a number that depends on the row"));
            }
            let check = if name == "ntile" { "pg_ntile_buckets" } else { "pg_nth_value_row" };
            window.function.args[place] = Expr::call(Emission::Own(check), vec![number], Type::INT4);
        }
        let kind = ExprKind::Case { operand: None, whens, otherwise: Some(Box::new(finish(window))) };
        Ok(Expr::new(kind, ty))
    }
}

/// A window's value, once its frame's offsets have been looked at.
fn guarded(guards: Vec<Expr>, value: Expr) -> Expr {
    if guards.is_empty() {
        return value;
    }
    let ty = value.ty;
    let when = |guard| {
        let kind = ExprKind::IsNull { operand: Box::new(guard), negated: false };
        (Expr::new(kind, Type::BOOL), Expr::null(ty))
    };
    let whens = guards.into_iter().map(when).collect();
    Expr::new(ExprKind::Case { operand: None, whens, otherwise: Some(Box::new(value)) }, ty)
}

/// An expression without casts that change nothing.
fn plain(expr: &Expr) -> &Expr {
    match &expr.kind {
        ExprKind::Call(call) if call.emission == Emission::Same && call.args.len() == 1 => plain(&call.args[0]),
        _ => expr,
    }
}

fn first_column(expr: &Expr) -> Option<At> {
    first(expr, &|expr| matches!(expr.kind, ExprKind::Column { .. }))
}

/// Where the first window function stands, those of sub-queries aside.
pub fn first_window(expr: &Expr) -> Option<At> {
    first(expr, &|expr| matches!(expr.kind, ExprKind::Window(_)))
}

fn first(expr: &Expr, is: &dyn Fn(&Expr) -> bool) -> Option<At> {
    if is(expr) {
        return Some(expr.at);
    }
    if let ExprKind::Scalar(_) | ExprKind::Exists(_) = expr.kind {
        return None;
    }
    let mut found = None;
    expr.for_each_child(&mut |child| found = found.take().or_else(|| first(child, is)));
    found
}
