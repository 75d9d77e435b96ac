//! Window functions, and aggregates over windows (`transformWindowFuncCall` and `transformWindowDefinitions`).
//!
//! SQLite's windows are PostgreSQL's, but for what happens to odd arguments: those are looked at by functions of
//! ours before SQLite's own see them.

use std::cell::Cell;

use sqlparser::ast::{self, NamedWindowExpr, WindowFrameBound, WindowFrameUnits, WindowSpec, WindowType};

use super::Binder;
use super::aggregate::{PACK, of_packed, unpacked};
use super::common_type::common_domain;
use super::function::{Arguments, find};
use super::names::fold;
use super::resolve::Choice;
use super::scope::Clause;
use crate::sql::bound::{Aggregate, Bound, Expr, ExprKind, Form, Frame, Sort, SortKey, Window};
use crate::sql::casts::{self, Context};
use crate::sql::emission::Emission;
use crate::sql::functions::Function;
use crate::sql::text::At;
use crate::sql::type_names::ANY;
use crate::types::in_range::offset_types;
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
                binder.check_told_apart(expr.ty, expr.at)?;
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
        let start = self.frame_bound(&frame.start_bound, units, definition, open)?;
        let end = self.frame_bound(end, units, definition, open)?;
        let exclude = self.exclusion(open);
        self.finish_frame(Frame { units, start, end, exclude, found: false }, definition)
    }

    fn frame_bound(
        &mut self,
        bound: &WindowFrameBound,
        units: &'static str,
        definition: &Definition,
        open: At,
    ) -> Result<Bound, PgError> {
        Ok(match bound {
            WindowFrameBound::CurrentRow => Bound::CurrentRow,
            WindowFrameBound::Preceding(None) => Bound::UnboundedPreceding,
            WindowFrameBound::Following(None) => Bound::UnboundedFollowing,
            WindowFrameBound::Preceding(Some(offset)) => {
                Bound::Preceding(self.frame_offset(offset, units, definition, open)?)
            }
            WindowFrameBound::Following(Some(offset)) => {
                Bound::Following(self.frame_offset(offset, units, definition, open)?)
            }
        })
    }

    /// A bound's distance (`transformFrameOffset`).
    fn frame_offset(
        &mut self,
        offset: &ast::Expr,
        units: &'static str,
        definition: &Definition,
        open: At,
    ) -> Result<Expr, PgError> {
        // sqlparser takes a bare string for an interval.
        let offset = match offset {
            ast::Expr::Interval(interval) if self.is_bare_string(&interval.value) => &interval.value,
            offset => offset,
        };
        if units == "RANGE" && definition.order_by.len() != 1 {
            let message = "RANGE with offset PRECEDING/FOLLOWING requires exactly one ORDER BY column";
            return Err(self.error(open, SqlState::WINDOWING_ERROR, message));
        }
        let bound = self.in_clause(Clause::Frame(units), |binder| binder.expr(offset))?;
        let (at, from) = (bound.at, bound.ty);
        let wanted = match definition.order_by.first().and_then(Sort::expr) {
            Some(key) if units == "RANGE" => self.range_offset(key.ty, from, at)?,
            _ => Type::INT8,
        };
        let bound = self.coerce(bound, wanted, Context::Assignment)?.ok_or_else(|| {
            let message = format!("argument of {units} must be type {wanted}, not type {from}");
            self.error(at, SqlState::DATATYPE_MISMATCH, message)
        })?;
        let (depth, variable) = (self.scopes.len(), Cell::new(None));
        bound.any(&|expr| {
            let is = matches!(expr.kind, ExprKind::Column { relation, .. } if self.relations[relation].depth == depth);
            variable.set(variable.get().or(is.then_some(expr.at)));
            is
        });
        match variable.get() {
            Some(column) => {
                let message = format!("argument of {units} must not contain variables");
                Err(self.error(column, SqlState::INVALID_COLUMN_REFERENCE, message))
            }
            None => Ok(bound),
        }
    }

    /// The type of RANGE's offset: what an `in_range` function of the key's type takes.
    pub fn range_offset(&self, key: Type, offset: Type, at: At) -> Result<Type, PgError> {
        let refused = |what: String, hint: Option<&str>| {
            let message = format!("RANGE with offset PRECEDING/FOLLOWING {what}");
            let error = self.error(at, SqlState::FEATURE_NOT_SUPPORTED, message);
            Err(match hint {
                Some(hint) => error.hint(hint),
                None => error,
            })
        };
        // As operator classes call what they take.
        let named = match key {
            Type::VARCHAR => Type::TEXT.to_string(),
            ty if ty.is_enum() => "anyenum".to_owned(),
            ty if ty.is_array() => "anyarray".to_owned(),
            ty => ty.to_string(),
        };
        let types = offset_types(key);
        if types.is_empty() {
            return refused(format!("is not supported for column type {named}"), None);
        }
        let preferred = if offset == Type::UNKNOWN { key } else { offset };
        let fits = |ty: &&Type| {
            offset == Type::UNKNOWN || offset == **ty || casts::find(offset, **ty, Context::Implicit).is_some()
        };
        let fitting: Vec<Type> = types.iter().filter(fits).copied().collect();
        match &fitting[..] {
            [] => refused(
                format!("is not supported for column type {named} and offset type {offset}"),
                Some("Cast the offset value to an appropriate type."),
            ),
            [only] => Ok(*only),
            several if several.contains(&preferred) => Ok(preferred),
            _ => refused(
                format!("has multiple interpretations for column type {named} and offset type {offset}"),
                Some("Cast the offset value to the exact intended type."),
            ),
        }
    }

    /// SQLite takes offsets that are constants or parameters, and not negative. Others, and RANGE's of what it doesn't
    /// count, are for a function of ours.
    fn finish_frame(&mut self, mut frame: Frame, definition: &mut Definition) -> Result<(), PgError> {
        let range = frame.units == "RANGE";
        // SQLite adds to an int8 what may be too much for one.
        let small = definition.order_by.first().and_then(Sort::expr).is_some_and(|key| key.ty != Type::INT8);
        let simple = |offset: &Expr| match &plain(offset).kind {
            kind if is_distance(kind) => !range || small,
            ExprKind::Constant(Value::Int2(_) | Value::Int4(_) | Value::Int8(_))
            | ExprKind::Param(_)
            | ExprKind::Null => !range,
            _ => false,
        };
        frame.found = ![&frame.start, &frame.end].into_iter().filter_map(|bound| bound.offset()).all(simple);
        if frame.found {
            let keys = definition.order_by.iter().filter_map(Sort::expr);
            let offsets = [&frame.start, &frame.end].into_iter().filter_map(|bound| bound.offset());
            if let Some(volatile) = keys.chain(offsets).find(|expr| expr.is_volatile()) {
                return Err(self.unsupported(volatile.at, "a volatile expression in such a window frame"));
            }
            self.copies += definition.order_by.iter().filter_map(Sort::expr).map(Expr::size).sum::<usize>();
            if self.copies > super::MAX_COPIES {
                return Err(crate::sql::tokens::too_complex());
            }
        }
        for (side, bound) in [("starting", &mut frame.start), ("ending", &mut frame.end)] {
            let (Bound::Preceding(offset) | Bound::Following(offset)) = bound else { continue };
            if frame.found {
                break;
            }
            let (plain, at) = (plain(offset).clone(), offset.at);
            if is_distance(&plain.kind) {
                *offset = plain;
                continue;
            }
            let side = Expr::constant(Value::Text(side.to_owned()), Type::TEXT);
            let args = vec![offset.clone(), side];
            definition.guards.push(Expr::call(Emission::Own("pg_frame_offset"), args, Type::INT8));
            let zero = Expr::constant(Value::Int8(0), Type::INT8);
            let valid = Expr::call(Emission::Infix(">="), vec![plain.clone(), zero.clone()], Type::BOOL);
            let (whens, otherwise) = (vec![(valid, plain)], Some(Box::new(zero)));
            *offset = Expr::new(ExprKind::Case { operand: None, whens, otherwise }, Type::INT8).at(at);
        }
        definition.frame = Some(frame);
        Ok(())
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
        let (args, sorts, filter) = self.aggregate_parts(arguments)?;
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
        let Form { ty: result, domain, .. } = result;
        let (args, packed) = unpacked(function, args);
        let emission = if packed.is_some() { PACK } else { function.emission };
        let definition = match over {
            WindowType::NamedWindow(ident) => self.window_named(&fold(ident), ident.span.into())?,
            WindowType::WindowSpec(spec) => self.window_definition(spec, self.over_parenthesis(at))?,
        };
        if let Some(scope) = self.scopes.last_mut() {
            scope.has_windows = true;
        }
        let Definition { partition_by, order_by, mut frame, mut guards } = definition;
        // Other window functions are SQLite's own, whatever the frame; but it is looked for, and what is wrong with it told.
        let found = frame.take_if(|frame| frame.found && function.window && !OF_FRAMES.contains(&name));
        if let Some(found) = found {
            let copied = partition_by.iter().chain(order_by.iter().filter_map(Sort::expr));
            self.copies += copied.map(Expr::size).sum::<usize>();
            let (emission, filter) = (Emission::Text("count(*)"), None);
            let count = Aggregate { emission, args: Vec::new(), distinct: false, order_by: Vec::new(), filter };
            let (partition_by, order_by) = (partition_by.clone(), order_by.clone());
            let count = Window { function: count, partition_by, order_by, frame: Some(found) };
            guards.push(Expr::new(ExprKind::Window(Box::new(count)), Type::INT8));
        }
        let (emission, args) = match frame.as_ref().is_some_and(|frame| frame.found) {
            true => (emission, args),
            false => self.last_of_equals(emission, args),
        };
        let function = Aggregate { emission, args, distinct: false, order_by: Vec::new(), filter };
        let window = Window { function, partition_by, order_by, frame };
        let value = of_packed(packed, self.odd_arguments(name, window, result, at)?);
        let value = self.marked(value, domain);
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
            let name = if let Clause::Frame(_) = clause { Clause::Window.name() } else { clause.name() };
            let message = format!("window functions are not allowed in {name}");
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
    ) -> Result<(Vec<Expr>, Form), PgError> {
        let types: Vec<Type> = args.iter().map(|arg| arg.ty).collect();
        let (mut args, _) = self.arguments_for(function, args, at)?;
        if function.result != ANY {
            return Ok((args, Form::plain(function.result)));
        }
        if let [value, _, default] = &mut args[..] {
            let pair = [(value.ty, At::NOWHERE), (default.ty, At::NOWHERE)];
            let common = self.common_type(&pair, function.name);
            let ty = common.map_err(|_| self.no_function(function.name, Choice::None, &types, at))?;
            let domain = common_domain([(value.ty, value.domain), (default.ty, default.domain)].into_iter());
            for arg in [value, default] {
                let taken = std::mem::replace(arg, Expr::null(ty));
                let taken = self.coerce_to_common_array(taken, ty, domain, function.name)?;
                *arg = self.coerce_to_common(taken, ty, function.name)?;
            }
            return Ok((args, Form { domain, ..Form::plain(ty) }));
        }
        match args.first() {
            Some(arg) if arg.ty != Type::UNKNOWN => {
                let form = Form { domain: arg.domain, ..Form::plain(arg.ty) };
                Ok((args, form))
            }
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

/// Whether SQLite takes it for an offset.
fn is_distance(kind: &ExprKind) -> bool {
    matches!(kind, ExprKind::Constant(Value::Int2(0..) | Value::Int4(0..) | Value::Int8(0..)))
}

/// Window functions of the frame, not of the partition.
const OF_FRAMES: [&str; 3] = ["first_value", "last_value", "nth_value"];

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
        ExprKind::Call(call) if call.emission.is_same() && call.args.len() == 1 => plain(&call.args[0]),
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
