//! Sub-queries in expressions, IN and comparisons of rows (`transformSubLink` and kin).

use sqlparser::ast::{self, BinaryOperator};

use super::Binder;
use super::expr::{connect, operator_name, split_comparison};
use super::function::of_catalog;
use super::operator::{find_binary, without_key};
use super::query::{bare, expr_at};
use super::row::as_row;
use crate::sql::bound::{Aggregate, Expr, ExprKind, Form, From, Output, Query, Select};
use crate::sql::casts::Context;
use crate::sql::emission::Emission;
use crate::sql::operators::comparison_key;
use crate::sql::text::At;
use crate::types::{PgError, SqlState, Type, Value};

/// A row, for what is behind one: its parentheses are not counted.
const NO_ROW: ast::Expr = ast::Expr::Tuple(Vec::new());

/// What is written beside a sub-query and is put into one of our making.
fn around(operand: Expr) -> Expr {
    if operand.ty == Type::UNKNOWN || operand.ty.is_row() {
        return operand;
    }
    let (ty, typmod, domain, at) = (operand.ty, operand.typmod, operand.domain, operand.at);
    Expr { typmod, domain, ..Expr::call(Emission::Around, vec![operand], ty) }.at(at)
}

impl Binder<'_> {
    pub fn exists(&mut self, subquery: &ast::Query, negated: bool) -> Result<Expr, PgError> {
        let query = self.query(subquery)?;
        let parenthesis = self.subquery_at(subquery);
        let exists = Expr::new(ExprKind::Exists(Box::new(query)), Type::BOOL).at(self.tokens_away(parenthesis, -1));
        if !negated {
            return Ok(exists);
        }
        Ok(Expr::new(ExprKind::Not(Box::new(exists)), Type::BOOL).at(self.tokens_away(parenthesis, -2)))
    }

    pub fn scalar_subquery(&mut self, subquery: &ast::Query) -> Result<Expr, PgError> {
        let query = self.query(subquery)?;
        let [output] = &query.outputs[..] else {
            let message = "subquery must return only one column";
            return Err(self.error(self.subquery_at(subquery), SqlState::SYNTAX_ERROR, message));
        };
        let (ty, typmod, domain) = (output.ty, output.typmod, output.domain);
        let expr = Expr { typmod, domain, ..Expr::new(ExprKind::Scalar(Box::new(query)), ty) };
        Ok(expr.at(self.subquery_at(subquery)))
    }

    pub fn in_list(&mut self, operand: &ast::Expr, list: &[ast::Expr], negated: bool) -> Result<Expr, PgError> {
        if let Some(row) = as_row(operand) {
            let mut terms = Vec::with_capacity(list.len());
            for item in list {
                terms.push(match as_row(item) {
                    Some(other) => self.row_comparison(&BinaryOperator::Eq, row, other)?,
                    None => {
                        let (row, item) = (self.row_constructor(row)?, self.expr(item)?);
                        let (start, word) = (row.at, if negated { "not" } else { "in" });
                        self.binary("=", row, item, |binder| binder.word_behind(&NO_ROW, start, word))?
                    }
                });
            }
            let any = connect(false, terms);
            return Ok(if negated { Expr::new(ExprKind::Not(Box::new(any)), Type::BOOL) } else { any });
        }
        if list.is_empty() {
            // IN () is no syntax, but an empty ARRAY gets here.
            return Ok(Expr::constant(Value::Bool(negated), Type::BOOL));
        }
        let syntax = operand;
        let mut operand = self.expr(operand)?;
        let at = operand.at;
        let place = |binder: &Self| binder.word_behind(syntax, at, if negated { "not" } else { "in" });
        let items: Vec<Expr> = list.iter().map(|item| self.expr(item)).collect::<Result<_, _>>()?;
        // An operand without type takes that of the list.
        if operand.ty == Type::UNKNOWN {
            let types: Vec<(Type, At)> = items.iter().map(|item| (item.ty, item.at)).collect();
            let ty = self.common_type(&types, "IN")?;
            operand = self.coerce_to_common(operand, ty, "IN")?;
        }
        let mut pairs = Vec::with_capacity(items.len());
        for mut item in items {
            // A row's literal takes the type of the list.
            if item.ty == Type::UNKNOWN && operand.ty.relation().is_some() {
                item = self.coerce_to_common(item, operand.ty, "IN")?;
            }
            let operand = self.copy(&operand)?;
            let equal = self.binary("=", operand, item, place)?;
            pairs.push(equal);
        }
        let uniform = !operand.ty.is_row()
            && pairs.iter().all(|pair| match &pair.kind {
                ExprKind::Call(call) => call.args.first() == Some(&operand),
                _ => false,
            });
        if uniform {
            let list = pairs.into_iter().map(|pair| split_comparison(pair).map(|(_, item)| item));
            let list = list.collect::<Result<_, _>>()?;
            return Ok(Expr::new(ExprKind::InList { operand: Box::new(operand), list, negated }, Type::BOOL).at(at));
        }
        if operand.is_volatile() {
            return Err(self.unsupported(at, "IN of a volatile value among values of other types"));
        }
        let any = connect(false, pairs);
        Ok(if negated { Expr::new(ExprKind::Not(Box::new(any)), Type::BOOL).at(at) } else { any.at(at) })
    }

    pub fn in_subquery(
        &mut self,
        operand: &ast::Expr,
        subquery: &ast::Query,
        negated: bool,
        place: impl Fn(&Self, At) -> At,
    ) -> Result<Expr, PgError> {
        let operands = match as_row(operand) {
            Some(row) => self.row_items(row)?,
            None => vec![self.expr(operand)?],
        };
        let at = match as_row(operand) {
            Some(row) => self.row_start(row, &operands),
            None => operands.first().map_or(At::NOWHERE, |operand| operand.at),
        };
        let query = self.query(subquery)?;
        if query.outputs.len() != operands.len() {
            let message = match query.outputs.len() > operands.len() {
                true => "subquery has too many columns",
                false => "subquery has too few columns",
            };
            return Err(self.error(place(self, at), SqlState::SYNTAX_ERROR, message));
        }
        let keyed = |(operand, output): (&Expr, &Output)| {
            let stand_in = if operand.ty == Type::UNKNOWN { output.ty } else { operand.ty };
            comparison_key(stand_in, output.ty).or(comparison_key(output.ty, stand_in)).is_some()
        };
        let rows = operands.iter().any(|operand| operand.ty.is_row());
        if rows || operands.iter().zip(&query.outputs).any(keyed) {
            if as_row(operand).is_none() {
                let any = self.compare_rows(operand, &BinaryOperator::Eq, subquery, false)?;
                return Ok(if negated { Expr::new(ExprKind::Not(Box::new(any)), Type::BOOL).at(at) } else { any });
            }
            let what = match rows {
                true => "a row of rows in a sub-query",
                false => "a row with an interval, or dates and times of several types, in a sub-query",
            };
            return Err(self.unsupported(at, what));
        }
        self.in_bound_query(operands, query, negated, place)
    }

    fn in_bound_query(
        &mut self,
        operands: Vec<Expr>,
        mut query: Query,
        negated: bool,
        place: impl Fn(&Self, At) -> At,
    ) -> Result<Expr, PgError> {
        let at = operands.first().map_or(At::NOWHERE, |operand| operand.at);
        let mut converted = Vec::with_capacity(operands.len());
        let mut types = Vec::with_capacity(operands.len());
        for (operand, output) in operands.into_iter().zip(&query.outputs) {
            // The comparison is resolved on a stand-in for the query's column, of its type.
            let stand_in = Expr::null(output.ty);
            let equal = self.binary("=", operand, stand_in, |binder| place(binder, at))?;
            let (left, right) = split_comparison(equal)?;
            types.push(Form::plain(right.ty));
            converted.push(left);
        }
        self.convert_outputs(&mut query, &types, Context::Implicit, "IN")?;
        let kind = ExprKind::InQuery { operands: converted, query: Box::new(query), negated };
        Ok(Expr::new(kind, Type::BOOL).at(at))
    }

    /// `x op ANY (…)`, `x op ALL (…)`: IN and NOT IN where that is what they mean.
    pub fn any_or_all(
        &mut self,
        left: &ast::Expr,
        op: &BinaryOperator,
        right: &ast::Expr,
        all: bool,
    ) -> Result<Expr, PgError> {
        let right = bare(right);
        if let ast::Expr::Array(array) = right
            && !array.elem.is_empty()
            && !array.elem.iter().any(|elem| matches!(elem, ast::Expr::Array(_) | ast::Expr::Nested(_)))
        {
            self.refuse_bare(array)?;
            return self.compare_each(left, op, &array.elem, all);
        }
        let ast::Expr::Subquery(query) = right else {
            return self.any_of_array(left, op, right, all);
        };
        let place = |binder: &Self, at: At| binder.operator_behind(left, at, op);
        match (op, all) {
            (BinaryOperator::Eq, false) => self.in_subquery(left, query, false, place),
            (BinaryOperator::NotEq, true) => self.in_subquery(left, query, true, place),
            _ => self.compare_rows(left, op, query, all),
        }
    }

    /// `x op ANY (an array)`: as of a sub-query that yields the array's elements.
    fn any_of_array(
        &mut self,
        left: &ast::Expr,
        op: &BinaryOperator,
        right: &ast::Expr,
        all: bool,
    ) -> Result<Expr, PgError> {
        let operand = self.expr(left)?;
        let array = self.expr(right)?;
        let at = operand.at;
        let array = match array.ty {
            Type::UNKNOWN => {
                // What the operator takes beside the operand.
                let name = operator_name(op).unwrap_or_default();
                let of = match find_binary(&name, operand.ty, Type::UNKNOWN) {
                    Ok(operator) if !operator.is_polymorphic() && operator.right != Type::ANYENUM => operator.right,
                    _ => operand.ty,
                };
                let wanted = of.array().ok_or_else(|| self.unsupported(at, format!("an array of {of}")))?;
                let at = array.at;
                let array = self.coerce(array, wanted, Context::Implicit)?;
                array.ok_or_else(|| self.unsupported(at, "ANY of this value"))?
            }
            _ => array,
        };
        let Some(element) = super::array::element(array.ty) else {
            let message = "op ANY/ALL (array) requires array on right side";
            return Err(self.error(self.operator_behind(left, at, op), SqlState::WRONG_OBJECT_TYPE, message));
        };
        let mut array = array;
        self.call_within(&mut array);
        let query = self.elements(array, element);
        match (op, all) {
            (BinaryOperator::Eq, false) | (BinaryOperator::NotEq, true)
                if !element.is_row()
                    && comparison_key(element, operand.ty).is_none()
                    && comparison_key(operand.ty, element).is_none() =>
            {
                let place = |binder: &Self, at: At| binder.operator_behind(left, at, op);
                self.in_bound_query(vec![operand], query, all, place)
            }
            _ => {
                let place = |binder: &Self| binder.operator_behind(left, at, op);
                let refusal = (SqlState::WRONG_OBJECT_TYPE, "op ANY/ALL (array) requires operator to yield boolean");
                self.compare_bound((operand, op), query, all, (place, |_| refusal))
            }
        }
    }

    /// `x op ANY (ARRAY[a, b])`: one comparison each.
    fn compare_each(
        &mut self,
        left: &ast::Expr,
        op: &BinaryOperator,
        items: &[ast::Expr],
        all: bool,
    ) -> Result<Expr, PgError> {
        let syntax = left;
        let left = self.expr(left)?;
        let at = left.at;
        let name = operator_name(op).ok_or_else(|| self.unsupported(at, "this operator"))?;
        let items: Vec<Expr> = items.iter().map(|item| self.expr(item)).collect::<Result<_, _>>()?;
        // An array is of one type, whatever it is compared with.
        let (items, ..) = self.unify(items, "ARRAY")?;
        let mut terms = Vec::with_capacity(items.len());
        for item in items {
            let left = self.copy(&left)?;
            let term = self.binary(&name, left, item, |binder| binder.operator_behind(syntax, at, op))?;
            if term.ty != Type::BOOL {
                let message = "op ANY/ALL (array) requires operator to yield boolean";
                return Err(self.error(self.operator_behind(syntax, at, op), SqlState::WRONG_OBJECT_TYPE, message));
            }
            terms.push(term);
        }
        let uniform = !left.ty.is_row()
            && terms.iter().all(|term| match &term.kind {
                ExprKind::Call(call) => call.args.first() == Some(&left),
                _ => false,
            });
        if uniform
            && !terms.is_empty()
            && matches!((op, all), (BinaryOperator::Eq, false) | (BinaryOperator::NotEq, true))
        {
            let list = terms.into_iter().map(|term| split_comparison(term).map(|(_, item)| item));
            let list = list.collect::<Result<_, _>>()?;
            let kind = ExprKind::InList { operand: Box::new(left), list, negated: all };
            return Ok(Expr::new(kind, Type::BOOL).at(at));
        }
        if left.is_volatile() {
            return Err(self.unsupported(at, "a volatile value beside ANY or ALL of an array"));
        }
        match terms.len() {
            0 => Ok(Expr::constant(Value::Bool(all), Type::BOOL)),
            1 => Ok(terms.remove(0)),
            _ => Ok(connect(all, terms)),
        }
    }

    /// `x op ANY (SELECT …)`: true if a comparison is, else NULL if one is NULL, else false; ALL the other way round.
    /// Written as one aggregate over the comparisons.
    fn compare_rows(
        &mut self,
        left: &ast::Expr,
        op: &BinaryOperator,
        query: &ast::Query,
        all: bool,
    ) -> Result<Expr, PgError> {
        let syntax = left;
        let is_row = as_row(left).is_some();
        let left = self.expr(left)?;
        let at = left.at;
        if left.any(&|expr| matches!(expr.kind, ExprKind::Window(_))) {
            return Err(self.unsupported(at, "a window function compared with ANY or ALL of a sub-query"));
        }
        let place = |binder: &Self| binder.operator_behind(syntax, at, op);
        let query = self.query(query)?;
        if is_row {
            return Err(self.unsupported(at, "a row beside ANY or ALL of a sub-query, but for equality"));
        }
        if query.outputs.len() != 1 {
            return Err(self.error(place(self), SqlState::SYNTAX_ERROR, "subquery has too many columns"));
        }
        let refusal = |ty: Type| {
            (SqlState::DATATYPE_MISMATCH, format!("row comparison operator must yield type boolean, not type {ty}"))
        };
        self.compare_bound((left, op), query, all, (place, refusal))
    }

    /// `refusal`: what is said of an operator that yields another type than boolean.
    fn compare_bound<M: Into<String>>(
        &mut self,
        (mut left, op): (Expr, &BinaryOperator),
        mut query: Query,
        all: bool,
        (place, refusal): (impl Fn(&Self) -> At, impl Fn(Type) -> (SqlState, M)),
    ) -> Result<Expr, PgError> {
        let at = left.at;
        // It is going to stand inside of the sub-query.
        self.call_within(&mut left);
        let name = operator_name(op).ok_or_else(|| self.unsupported(at, "this operator"))?;
        let stand_in = Expr::null(query.outputs[0].ty);
        let compared = self.binary(&name, left, stand_in, &place)?;
        if compared.ty != Type::BOOL {
            let (code, message) = refusal(compared.ty);
            return Err(self.error(place(self), code, message));
        }
        let ExprKind::Call(call) = compared.kind else { return Err(self.unsupported(at, "this operator")) };
        let emission = call.emission;
        let Ok([left, right]) = <[Expr; 2]>::try_from(call.args) else {
            return Err(self.unsupported(at, "this operator"));
        };
        self.convert_outputs(&mut query, &[Form::plain(right.ty)], Context::Implicit, "ANY")?;
        let relation = self.query_relation(&query);
        self.relations[relation].depth += 1;
        let column = Expr::new(ExprKind::Column { relation, column: 0 }, right.ty);
        // As the stand-in is compared, by its key perhaps.
        let column = match right.kind {
            ExprKind::Call(ref call) if !std::ptr::eq(without_key(&right), &right) => {
                Expr::call(call.emission, vec![column], right.ty)
            }
            _ => column,
        };
        let comparison = Expr::call(emission, vec![around(left), column], Type::BOOL);
        let aggregate = |function: &'static str, args: Vec<Expr>, ty: Type| {
            let emission = if args.is_empty() { Emission::Text("count(*)") } else { Emission::Builtin(function) };
            let aggregate = Aggregate { emission, args, distinct: false, order_by: Vec::new(), filter: None };
            Expr::new(ExprKind::Aggregate(Box::new(aggregate)), ty)
        };
        let decisive = aggregate(if all { "min" } else { "max" }, vec![self.copy(&comparison)?], Type::BOOL);
        let decided =
            Expr::new(ExprKind::IsBool { operand: Box::new(decisive), value: !all, negated: false }, Type::BOOL);
        let known = aggregate("count", vec![comparison], Type::INT8);
        let some_unknown =
            Expr::call(Emission::Infix(">"), vec![aggregate("count", Vec::new(), Type::INT8), known], Type::BOOL);
        let constant = |value: bool| Expr::constant(Value::Bool(value), Type::BOOL);
        let kind = ExprKind::Case {
            operand: None,
            whens: vec![(decided, constant(!all)), (some_unknown, Expr::null(Type::BOOL))],
            otherwise: Some(Box::new(constant(all))),
        };
        let select = Select {
            targets: vec![Expr::new(kind, Type::BOOL)],
            from: Some(From::Query { relation, query: Box::new(query) }),
            grouped: true,
            ..Select::default()
        };
        let outputs = vec![Output::new(&name, Type::BOOL)];
        let query = Query::of_select(select, outputs);
        Ok(Expr::new(ExprKind::Scalar(Box::new(query)), Type::BOOL).at(at))
    }

    /// `(a, b) op (c, d)` (`make_row_comparison_op`).
    pub fn row_comparison(
        &mut self,
        op: &BinaryOperator,
        left: &[ast::Expr],
        right: &[ast::Expr],
    ) -> Result<Expr, PgError> {
        if *op == BinaryOperator::Overlaps {
            return self.overlaps(left, right);
        }
        let (lefts, rights) = (self.row_items(left)?, self.row_items(right)?);
        let place = |binder: &Self, start: At| binder.operator_behind(&NO_ROW, start, op);
        let start = self.row_start(left, &lefts);
        if lefts.len() != rights.len() {
            let message = "unequal number of entries in row expressions";
            return Err(self.error(place(self, start), SqlState::SYNTAX_ERROR, message));
        }
        if lefts.is_empty() {
            let message = "cannot compare rows of zero length";
            return Err(self.error(place(self, start), SqlState::FEATURE_NOT_SUPPORTED, message));
        }
        self.compare_values(op, lefts, rights)
    }

    /// `(a, b) op (SELECT c, d)`: NULL of no row, and of several 21000.
    pub fn row_and_query(
        &mut self,
        op: &BinaryOperator,
        left: &[ast::Expr],
        subquery: &ast::Query,
    ) -> Result<Expr, PgError> {
        let mut operands = self.row_items(left)?;
        let at = self.row_start(left, &operands);
        let query = self.query(subquery)?;
        operands.iter_mut().for_each(|operand| self.call_within(operand));
        if query.outputs.len() != operands.len() {
            let message = match query.outputs.len() > operands.len() {
                true => "subquery has too many columns",
                false => "subquery has too few columns",
            };
            let place = self.operator_behind(&NO_ROW, at, op);
            return Err(self.error(place, SqlState::SYNTAX_ERROR, message));
        }
        // Inside the sub-query that is emitted, SQLite would take them for its own.
        let other_rows = |expr: &Expr| matches!(expr.kind, ExprKind::Window(_));
        if operands.iter().any(|operand| operand.any(&other_rows)) {
            return Err(self.unsupported(at, "a window function in a row beside a sub-query"));
        }
        let relation = self.query_relation(&query);
        self.relations[relation].depth += 1;
        let column = |(index, output): (usize, &Output)| Expr {
            typmod: output.typmod,
            domain: output.domain,
            ..Expr::new(ExprKind::Column { relation, column: index }, output.ty)
        };
        let columns = query.outputs.iter().enumerate().map(column).collect();
        let operands = operands.into_iter().map(around).collect();
        let comparison = self.compare_values(op, operands, columns)?;
        let select = Select {
            targets: vec![comparison],
            from: Some(From::Query { relation, query: Box::new(query) }),
            ..Select::default()
        };
        let output = Output::new("?column?", Type::BOOL);
        let query = Query::of_select(select, vec![output]);
        Ok(Expr::new(ExprKind::Scalar(Box::new(query)), Type::BOOL).at(at))
    }

    /// `(a, b) IS DISTINCT FROM (c, d)` (`make_row_distinct_op`).
    pub fn rows_are_distinct(
        &mut self,
        left: &[ast::Expr],
        right: &[ast::Expr],
        negated: bool,
        place: impl Fn(&Self, At) -> At,
    ) -> Result<Expr, PgError> {
        let (lefts, rights) = (self.row_items(left)?, self.row_items(right)?);
        let at = self.row_start(left, &lefts);
        if lefts.len() != rights.len() {
            let message = "unequal number of entries in row expressions";
            let place = self.word_behind(&NO_ROW, at, "is");
            return Err(self.error(place, SqlState::SYNTAX_ERROR, message));
        }
        let mut terms = Vec::with_capacity(lefts.len());
        for (left, right) in lefts.into_iter().zip(rights) {
            terms.push(self.are_distinct(left, right, negated, &place)?);
        }
        Ok(match terms.len() {
            0 => Expr::constant(Value::Bool(negated), Type::BOOL),
            _ => connect(negated, terms),
        })
    }

    /// Values compared as rows are, as many on one side as on the other.
    fn compare_values(&mut self, op: &BinaryOperator, left: Vec<Expr>, right: Vec<Expr>) -> Result<Expr, PgError> {
        match op {
            BinaryOperator::Eq => self.row_equality(left, right),
            BinaryOperator::NotEq => {
                let equal = self.row_equality(left, right)?;
                Ok(Expr::new(ExprKind::Not(Box::new(equal)), Type::BOOL))
            }
            BinaryOperator::Lt => self.row_order("<", "<", left, right),
            BinaryOperator::LtEq => self.row_order("<", "<=", left, right),
            BinaryOperator::Gt => self.row_order(">", ">", left, right),
            BinaryOperator::GtEq => self.row_order(">", ">=", left, right),
            // One of the pairs has no such operator, or else nobody knows what it would mean.
            _ => {
                let name = operator_name(op).unwrap_or_default();
                for (left, right) in left.into_iter().zip(right) {
                    let at = self.operator_after(&left, &name);
                    self.binary(&name, left, right, |_| at)?;
                }
                Err(PgError::unsupported("this operator between rows"))
            }
        }
    }

    /// The first such operator behind a value.
    fn operator_after(&self, value: &Expr, name: &str) -> At {
        let mut behind = self.tokens().iter().skip_while(|token| At::from(token.span).cmp(value.at).is_lt());
        behind.find(|token| token.token.to_string() == name).map_or(At::NOWHERE, |token| token.span.into())
    }

    /// `(start, end) OVERLAPS (start, end)`: a function's call.
    fn overlaps(&mut self, left: &[ast::Expr], right: &[ast::Expr]) -> Result<Expr, PgError> {
        let at = left.first().map_or(At::NOWHERE, expr_at);
        for (side, row) in [("left", left), ("right", right)] {
            if row.len() != 2 {
                let message = format!("wrong number of parameters on {side} side of OVERLAPS expression");
                let at = self.tokens_away(row.first().map_or(At::NOWHERE, expr_at), -1);
                return Err(self.error(at, SqlState::SYNTAX_ERROR, message));
            }
        }
        let args = left.iter().chain(right).map(|arg| self.expr(arg)).collect::<Result<Vec<_>, _>>()?;
        let place = args.get(2).map_or(At::NOWHERE, |arg| self.word_before("overlaps", arg.at));
        Ok(self.call("overlaps", args, place).map_err(of_catalog)?.at(at))
    }

    fn row_equality(&mut self, left: Vec<Expr>, right: Vec<Expr>) -> Result<Expr, PgError> {
        let mut terms = Vec::with_capacity(left.len());
        for (left, right) in left.into_iter().zip(right) {
            let at = left.at;
            terms.push(self.binary("=", left, right, |_| at)?);
        }
        Ok(if terms.len() == 1 { terms.remove(0) } else { connect(true, terms) })
    }

    /// `a < c OR (a = c AND (b < d OR …))`: by the first columns that differ.
    fn row_order(&mut self, strict: &str, last: &str, left: Vec<Expr>, right: Vec<Expr>) -> Result<Expr, PgError> {
        // Emitted, each column stands two levels below the one before.
        self.nesting = self.nesting.max(2 * left.len());
        self.deeper(2 * left.len(), |_| Ok(()))?;
        let mut pairs: Vec<(Expr, Expr)> = left.into_iter().zip(right).collect();
        let Some((left, right)) = pairs.pop() else { return Ok(Expr::null(Type::BOOL)) };
        let at = left.at;
        let mut order = self.binary(last, left, right, |_| at)?;
        while let Some((left, right)) = pairs.pop() {
            let at = left.at;
            let mut holds = Vec::new();
            let [left, right] = [left, right].map(|value| match value.is_volatile() {
                true => {
                    let (hold, held) = self.hold(value);
                    holds.push((hold, Expr::null(Type::BOOL)));
                    held
                }
                false => value,
            });
            let copies = (self.copy(&left)?, self.copy(&right)?);
            let before = self.binary(strict, copies.0, copies.1, |_| at)?;
            let equal = self.binary("=", left, right, |_| at)?;
            order = connect(false, vec![before, connect(true, vec![equal, order])]);
            if !holds.is_empty() {
                let kind = ExprKind::Case { operand: None, whens: holds, otherwise: Some(Box::new(order)) };
                order = Expr::new(kind, Type::BOOL);
            }
        }
        Ok(order)
    }
}
