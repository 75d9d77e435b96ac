//! Expressions (`parse_expr.c`).

use sqlparser::ast::{self, BinaryOperator, UnaryOperator};
use sqlparser::tokenizer::Token;

use super::Binder;
use super::collation::typcollation;
use super::literal::number;
use super::names::Qualified;
use super::places::is_word;
use super::query::bare;
use super::row::as_row;
use super::scope::Clause;
use crate::catalog::system;
use crate::sql::bound::{Expr, ExprKind, Form};
use crate::sql::dialect::SYMMETRIC;
use crate::sql::emission::Emission;
use crate::sql::text::At;
use crate::sql::tokens;
use crate::types::{PgError, SqlState, Type, Value, bits};

impl Binder<'_> {
    pub fn expr(&mut self, expr: &ast::Expr) -> Result<Expr, PgError> {
        self.deeper(1, |binder| binder.expr_here(expr))
    }

    fn expr_here(&mut self, expr: &ast::Expr) -> Result<Expr, PgError> {
        match expr {
            ast::Expr::Identifier(ident) => match self.keyword_value(ident)? {
                Some(value) => Ok(value),
                None => self.column(ident),
            },
            ast::Expr::CompoundIdentifier(idents) => self.qualified_column(idents),
            ast::Expr::Value(value) => self.value(value),
            ast::Expr::Nested(inner) => self.expr(inner),
            ast::Expr::BinaryOp { .. } => self.operator_chain(expr),
            ast::Expr::UnaryOp { op, expr } => self.unary(op, expr),
            ast::Expr::IsNull(operand) => self.is_null(operand, false),
            ast::Expr::IsNotNull(operand) => self.is_null(operand, true),
            ast::Expr::IsTrue(operand) => self.is_bool(operand, true, false, "IS TRUE"),
            ast::Expr::IsNotTrue(operand) => self.is_bool(operand, true, true, "IS NOT TRUE"),
            ast::Expr::IsFalse(operand) => self.is_bool(operand, false, false, "IS FALSE"),
            ast::Expr::IsNotFalse(operand) => self.is_bool(operand, false, true, "IS NOT FALSE"),
            ast::Expr::IsUnknown(operand) => self.is_unknown(operand, false),
            ast::Expr::IsNotUnknown(operand) => self.is_unknown(operand, true),
            ast::Expr::IsDistinctFrom(left, right) => self.is_distinct(left, right, false),
            ast::Expr::IsNotDistinctFrom(left, right) => self.is_distinct(left, right, true),
            ast::Expr::Between { expr, negated, low, high } => self.between(expr, *negated, low, high),
            ast::Expr::Like { negated, any: true, expr, pattern, escape_char: None } => {
                self.any_or_all(expr, &like_operator(if *negated { "!~~" } else { "~~" }), pattern, false)
            }
            ast::Expr::ILike { negated, any: true, expr, pattern, escape_char: None } => {
                self.any_or_all(expr, &like_operator(if *negated { "!~~*" } else { "~~*" }), pattern, false)
            }
            ast::Expr::Like { negated, any: false, expr, pattern, escape_char } => {
                self.like(if *negated { "!~~" } else { "~~" }, expr, pattern, escape_char.as_deref())
            }
            ast::Expr::ILike { negated, any: false, expr, pattern, escape_char } => {
                self.like(if *negated { "!~~*" } else { "~~*" }, expr, pattern, escape_char.as_deref())
            }
            ast::Expr::SimilarTo { negated, expr, pattern, escape_char } => {
                self.similar_to(*negated, expr, pattern, escape_char.as_deref())
            }
            ast::Expr::InList { expr, list, negated } => self.in_list(expr, list, *negated),
            ast::Expr::InSubquery { expr, subquery, negated } => {
                let word = if *negated { "not" } else { "in" };
                self.in_subquery(expr, subquery, *negated, |binder, at| binder.word_behind(expr, at, word))
            }
            ast::Expr::AnyOp { left, compare_op, right, is_some: _ } => self.any_or_all(left, compare_op, right, false),
            ast::Expr::AllOp { left, compare_op, right } => self.any_or_all(left, compare_op, right, true),
            ast::Expr::Exists { subquery, negated } => self.exists(subquery, *negated),
            ast::Expr::Subquery(query) => self.scalar_subquery(query),
            ast::Expr::Cast { kind, expr, data_type, format: None } => self.cast_expr(kind, expr, data_type),
            ast::Expr::TypedString(typed) => self.typed_string(typed),
            ast::Expr::Case { case_token, operand, conditions, else_result, .. } => {
                let case = self.case(operand.as_deref(), conditions, else_result.as_deref())?;
                Ok(case.at(case_token.0.span.into()))
            }
            ast::Expr::Function(function) => self.function(function),
            ast::Expr::QualifiedWildcard(name, _) => {
                let name = self.qualified(name)?;
                match self.whole_row(name.schema.as_deref(), &name.name, name.at)? {
                    Some(row) => Ok(row),
                    None => Err(self.missing_from(&name.name, name.at)),
                }
            }
            ast::Expr::Collate { expr, collation } => self.collate(expr, collation),
            _ => self.special_syntax(expr),
        }
    }

    fn value(&mut self, value: &ast::ValueWithSpan) -> Result<Expr, PgError> {
        let at = At::from(value.span);
        let literal = |text: &str| Ok(Expr::new(ExprKind::Literal(text.to_owned()), Type::UNKNOWN).at(at));
        match &value.value {
            ast::Value::Number(text, false) => match number(text, false) {
                Ok(number) => Ok(number.at(at)),
                Err(error) => Err(at.mark(error, self.text)),
            },
            ast::Value::SingleQuotedString(text) | ast::Value::EscapedStringLiteral(text) => {
                if text.contains('\0') {
                    let message = "invalid byte sequence for encoding \"UTF8\": 0x00";
                    return Err(self.error(at, SqlState::CHARACTER_NOT_IN_REPERTOIRE, message));
                }
                literal(text)
            }
            ast::Value::DollarQuotedString(text) => literal(&text.value),
            ast::Value::Boolean(value) => Ok(Expr::constant(Value::Bool(*value), Type::BOOL).at(at)),
            ast::Value::Null => Ok(Expr::null(Type::UNKNOWN).at(at)),
            ast::Value::Placeholder(name) => self.parameter(name, at),
            ast::Value::HexStringLiteral(digits) => self.bit_string(bits::hexadecimal(digits), at),
            ast::Value::SingleQuotedByteStringLiteral(digits) => self.bit_string(bits::binary(digits), at),
            ast::Value::NationalStringLiteral(text) => {
                let form = Form { ty: Type::BPCHAR, typmod: -1, domain: 0 };
                self.cast_to(literal(text)?, form, |_| at)
            }
            _ => Err(self.syntax_error(at, &tokens::at(self.text, at))),
        }
    }

    /// `B'…'` and `X'…'`.
    fn bit_string(&self, bits: Result<String, PgError>, at: At) -> Result<Expr, PgError> {
        match bits {
            Ok(bits) => Ok(Expr::constant(Value::Bits(bits), Type::BIT).at(at)),
            Err(error) => Err(at.mark(error, self.text)),
        }
    }

    fn parameter(&mut self, name: &str, at: At) -> Result<Expr, PgError> {
        let Some(number) = name.strip_prefix('$') else { return Err(self.syntax_error(at, name)) };
        let number = match number.parse::<usize>() {
            Ok(number) if (1..=super::MAX_PARAMS).contains(&number) => number,
            _ => return Err(self.error(at, SqlState::UNDEFINED_PARAMETER, format!("there is no parameter {name}"))),
        };
        if matches!(self.clause(), Clause::Default | Clause::Check | Clause::Generated) {
            return Err(self.error(at, SqlState::UNDEFINED_PARAMETER, format!("there is no parameter {name}")));
        }
        if self.params.len() < number {
            self.params.resize(number, Type::UNKNOWN);
        }
        let value = Expr::new(ExprKind::Param(number), self.params[number - 1]).at(at);
        match self.param_domains.get(number - 1) {
            Some(domain) if *domain != 0 => self.of_domain(value, *domain),
            _ => Ok(value),
        }
    }

    /// A chain of binary operators: bound from its left end, for it is as deep as it is long.
    fn operator_chain(&mut self, expr: &ast::Expr) -> Result<Expr, PgError> {
        let mut chain = Vec::new();
        let mut first = expr;
        while let ast::Expr::BinaryOp { left, op, right } = first {
            chain.push((op, &**left, &**right));
            first = left;
        }
        chain.reverse();
        // Only these nest in the emitted statement as they do here.
        let deep = chain.iter().filter(|(op, ..)| !matches!(op, BinaryOperator::And | BinaryOperator::Or)).count();
        self.deeper(deep, |binder| {
            let mut steps = chain.into_iter().peekable();
            let mut bound = if let Some(left) = as_row(first)
                && let Some((op, right)) = steps.peek().and_then(|(op, _, right)| Some((*op, as_row(right)?)))
            {
                steps.next();
                binder.row_comparison(op, left, right)?
            } else if let Some(left) = as_row(first)
                && let Some((op, query)) = steps.peek().and_then(|(op, _, right)| Some((*op, sub_query(right)?)))
            {
                steps.next();
                binder.row_and_query(op, left, query)?
            } else {
                binder.expr(first)?
            };
            while let Some((op, left, right)) = steps.next() {
                let junction = match op {
                    BinaryOperator::And => Some("AND"),
                    BinaryOperator::Or => Some("OR"),
                    _ => None,
                };
                if let Some(junction) = junction {
                    // a AND b AND c is one list: flat here, balanced in SQLite.
                    let mut terms = vec![binder.boolean(bound, junction)?];
                    let term = binder.expr(right)?;
                    terms.push(binder.boolean(term, junction)?);
                    while let Some((next, _, right)) = steps.next_if(|(next, ..)| *next == op) {
                        let _ = next;
                        let term = binder.expr(right)?;
                        terms.push(binder.boolean(term, junction)?);
                    }
                    bound = connect(junction == "AND", terms);
                    continue;
                }
                let right_bound = binder.expr(right)?;
                let name = operator_name(op).ok_or_else(|| binder.unsupported(bound.at, "this operator"))?;
                bound = binder.binary(&name, bound, right_bound, |binder| binder.operator_at(left, &name))?;
            }
            Ok(bound)
        })
    }

    /// Where the operator stands that follows `left`. Asked only on the way to an error.
    fn operator_at(&self, left: &ast::Expr, name: &str) -> At {
        use sqlparser::ast::Spanned;
        let end = match left {
            // The right operand of the link before; a span of the whole chain would recurse.
            ast::Expr::BinaryOp { right, .. } => right.span().end,
            left => left.span().end,
        };
        let spelling = |token: &Token| match (name, token) {
            ("<>", Token::Neq) => true,
            (name, token) => token.to_string() == name,
        };
        let tokens = self.tokens();
        let next = tokens.iter().position(|token| token.span.start >= end && spelling(&token.token));
        let Some(next) = next else { return At::NOWHERE };
        // `OPERATOR(schema.name)` stands where its word does.
        let spelled = |before: usize| {
            let (word, open) = (next.checked_sub(before + 1)?, next.checked_sub(before)?);
            let is_spelled = is_word(&tokens[word].token, "operator") && tokens[open].token == Token::LParen;
            is_spelled.then_some(word)
        };
        let place = spelled(1).or_else(|| spelled(3)).unwrap_or(next);
        tokens[place].span.into()
    }

    fn unary(&mut self, op: &UnaryOperator, operand: &ast::Expr) -> Result<Expr, PgError> {
        let name = match op {
            UnaryOperator::Not => {
                let bound = self.expr(operand)?;
                let at = self.before(operand, bound.at, 1);
                let operand = self.boolean(bound, "NOT")?;
                return Ok(Expr::new(ExprKind::Not(Box::new(operand)), Type::BOOL).at(at));
            }
            UnaryOperator::Minus => {
                if let Some((text, negative, at, before)) = signed_number(operand) {
                    return Ok(number(text, !negative)?.at(self.tokens_away(at, -before - 1).or(at)));
                }
                "-"
            }
            UnaryOperator::Plus => "+",
            UnaryOperator::BitwiseNot => "~",
            UnaryOperator::PGAbs => "@",
            UnaryOperator::PGSquareRoot => "|/",
            UnaryOperator::PGCubeRoot => "||/",
            _ => return Err(PgError::unsupported("this prefix operator")),
        };
        let bound = self.expr(operand)?;
        let at = self.before(operand, bound.at, 1).or(bound.at);
        Ok(self.prefix(name, bound, at)?.at(at))
    }

    fn is_null(&mut self, operand: &ast::Expr, negated: bool) -> Result<Expr, PgError> {
        let null = |operand: Expr| {
            let at = operand.at;
            Expr::new(ExprKind::IsNull { operand: Box::new(operand), negated }, Type::BOOL).at(at)
        };
        if let Some(row) = as_row(operand) {
            // A row is NULL if all its values are, and NOT NULL if none is. A row among them is not looked into.
            let terms: Vec<Expr> = self.row_items(row)?.into_iter().map(null).collect();
            return Ok(match terms.is_empty() {
                true => Expr::constant(Value::Bool(true), Type::BOOL),
                false => connect(true, terms),
            });
        }
        let operand = self.expr(operand)?;
        if operand.ty.is_row() {
            return Ok(self.row_is_null(operand, negated));
        }
        let at = operand.at;
        Ok(Expr::new(ExprKind::IsNull { operand: Box::new(operand), negated }, Type::BOOL).at(at))
    }

    fn is_bool(&mut self, operand: &ast::Expr, value: bool, negated: bool, clause: &str) -> Result<Expr, PgError> {
        let operand = self.expr(operand)?;
        let at = operand.at;
        let operand = Box::new(self.boolean(operand, clause)?);
        Ok(Expr::new(ExprKind::IsBool { operand, value, negated }, Type::BOOL).at(at))
    }

    fn is_unknown(&mut self, operand: &ast::Expr, negated: bool) -> Result<Expr, PgError> {
        let operand = self.expr(operand)?;
        let at = operand.at;
        let clause = if negated { "IS NOT UNKNOWN" } else { "IS UNKNOWN" };
        let operand = Box::new(self.boolean(operand, clause)?);
        Ok(Expr::new(ExprKind::IsNull { operand, negated }, Type::BOOL).at(at))
    }

    fn is_distinct(&mut self, left: &ast::Expr, right: &ast::Expr, negated: bool) -> Result<Expr, PgError> {
        if let (Some(one), Some(other)) = (as_row(left), as_row(right)) {
            return self.rows_are_distinct(one, other, negated, |binder, at| binder.word_behind(left, at, "is"));
        }
        let (left_bound, right_bound) = (self.expr(left)?, self.expr(right)?);
        self.are_distinct(left_bound, right_bound, negated, |binder, at| binder.word_behind(left, at, "is"))
    }

    pub fn are_distinct(
        &mut self,
        left: Expr,
        right: Expr,
        negated: bool,
        place: impl Fn(&Self, At) -> At,
    ) -> Result<Expr, PgError> {
        let at = left.at;
        // Beside NULL it is a question of what is there, not of fields.
        if let (ExprKind::Null, other) | (other, ExprKind::Null) = (&left.kind, &right.kind)
            && (left.ty.is_row() || right.ty.is_row())
        {
            let operand = if *other == left.kind { left } else { right };
            let kind = ExprKind::IsNull { operand: Box::new(operand), negated: !negated };
            return Ok(Expr::new(kind, Type::BOOL).at(at));
        }
        let equal = self.binary("=", left, right, |binder| place(binder, at))?;
        let (left, right) = split_comparison(equal)?;
        if left.ty.is_row() {
            let distinct = Expr::call(Emission::Own("pg_record_distinct"), vec![left, right], Type::BOOL).at(at);
            return Ok(if negated {
                Expr::new(ExprKind::Not(Box::new(distinct)), Type::BOOL).at(at)
            } else {
                distinct
            });
        }
        let kind = ExprKind::Distinct { left: Box::new(left), right: Box::new(right), negated };
        Ok(Expr::new(kind, Type::BOOL).at(at))
    }

    fn between(
        &mut self,
        operand: &ast::Expr,
        negated: bool,
        low: &ast::Expr,
        high: &ast::Expr,
    ) -> Result<Expr, PgError> {
        if let (Some(row), Some(from), Some(to)) = (as_row(operand), as_row(low), as_row(high)) {
            let (low, high) = match negated {
                false => (BinaryOperator::GtEq, BinaryOperator::LtEq),
                true => (BinaryOperator::Lt, BinaryOperator::Gt),
            };
            let terms = vec![self.row_comparison(&low, row, from)?, self.row_comparison(&high, row, to)?];
            return Ok(connect(!negated, terms));
        }
        let syntax = operand;
        let operand = self.expr(operand)?;
        if let ast::Expr::Prefixed { prefix, value: low } = low
            && prefix.value == SYMMETRIC
        {
            // Either way round.
            let copy = self.copy(&operand)?;
            let ends = [(&**low, high), (high, &**low)];
            let [one, other] = ends.map(|(low, high)| (self.expr(low), self.expr(high)));
            let one = self.bound_between(syntax, copy, negated, one.0?, one.1?)?;
            let other = self.bound_between(syntax, operand, negated, other.0?, other.1?)?;
            return Ok(connect(negated, vec![one, other]));
        }
        let (low, high) = (self.expr(low)?, self.expr(high)?);
        self.bound_between(syntax, operand, negated, low, high)
    }

    fn bound_between(
        &mut self,
        syntax: &ast::Expr,
        operand: Expr,
        negated: bool,
        low: Expr,
        high: Expr,
    ) -> Result<Expr, PgError> {
        let at = operand.at;
        let place = |binder: &Self| binder.word_behind(syntax, at, if negated { "not" } else { "between" });
        let (from, to) = if negated { ("<", ">") } else { (">=", "<=") };
        let copy = self.copy(&operand)?;
        let first = self.binary(from, copy, low, place)?;
        // A parameter that the first comparison has settled is of that type in the second, too.
        let operand = match operand.kind {
            ExprKind::Param(number) => Expr { ty: self.params[number - 1], ..operand },
            _ => operand,
        };
        let second = self.binary(to, operand, high, place)?;
        Ok(connect(!negated, vec![first, second]).at(at))
    }

    fn like(
        &mut self,
        name: &str,
        operand: &ast::Expr,
        pattern: &ast::Expr,
        escape: Option<&ast::Expr>,
    ) -> Result<Expr, PgError> {
        if let Some((array, all)) = quantified(pattern) {
            return match escape {
                None => self.any_or_all(operand, &like_operator(name), array, all),
                Some(escape) => Err(self.escape_of_many(escape)),
            };
        }
        if let (Some(row), Some(other)) = (as_row(operand), as_row(pattern)) {
            // Field by field, none of which has such an operator as makes rows comparable.
            let (ones, others) = (self.row_items(row)?, self.row_items(other)?);
            let start = self.row_start(row, &ones);
            for (one, other) in ones.into_iter().zip(others) {
                self.binary(name, one, other, |binder| binder.word_behind(operand, start, "like"))?;
            }
            return Err(self.unsupported(At::NOWHERE, "LIKE between rows"));
        }
        let operand_bound = self.expr(operand)?;
        let mut pattern = self.expr(pattern)?;
        if let Some(escape) = escape {
            let escape = self.expr(escape)?;
            let at = pattern.at;
            let mut text = |expr: Expr| -> Result<Expr, PgError> {
                let (from, at) = (expr.ty, expr.at);
                self.coerce(expr, Type::TEXT, crate::sql::casts::Context::Implicit)?.ok_or_else(|| {
                    let message = format!("function pg_catalog.like_escape(text, {from}) does not exist");
                    self.error(at, SqlState::UNDEFINED_FUNCTION, message)
                })
            };
            let args = vec![text(pattern)?, text(escape)?];
            pattern = Expr::call(Emission::Own("pg_like_escape"), args, Type::TEXT).at(at);
        }
        let start = operand_bound.at;
        let at = |binder: &Self| {
            let keyword = if name.ends_with('*') { "ilike" } else { "like" };
            let keyword = if name.starts_with('!') { "not" } else { keyword };
            binder.word_behind(operand, start, keyword)
        };
        self.binary(name, operand_bound, pattern, at)
    }

    /// `ARRAY[…]::int[]`: its elements are cast, each by itself.
    fn cast_array(
        &mut self,
        kind: &ast::CastKind,
        array: &ast::Array,
        data_type: &ast::DataType,
    ) -> Result<Expr, PgError> {
        let form = self.form(data_type, At::NOWHERE)?;
        let bound = self.array_constructor(array, form.ty.element().map(|_| (form.ty, form.typmod)))?;
        let start = bound.at;
        let cast = self.cast_to(bound, form, |_| start)?;
        let begins = match kind {
            ast::CastKind::DoubleColon => start,
            _ => self.tokens_away(start, -2),
        };
        Ok(cast.at(begins))
    }

    /// SQL's own patterns are regular expressions in disguise.
    fn similar_to(
        &mut self,
        negated: bool,
        operand: &ast::Expr,
        pattern: &ast::Expr,
        escape: Option<&ast::Expr>,
    ) -> Result<Expr, PgError> {
        let operand_bound = self.expr(operand)?;
        let start = operand_bound.at;
        let mut args = vec![self.expr(pattern)?];
        if let Some(escape) = escape {
            args.push(self.expr(escape)?);
        }
        let at = self.word_behind(operand, start, if negated { "not" } else { "similar" });
        let pattern = self.call("similar_to_escape", args, at)?;
        self.binary(if negated { "!~" } else { "~" }, operand_bound, pattern, |_| at)
    }

    fn cast_expr(
        &mut self,
        kind: &ast::CastKind,
        expr: &ast::Expr,
        data_type: &ast::DataType,
    ) -> Result<Expr, PgError> {
        if !matches!(kind, ast::CastKind::Cast | ast::CastKind::DoubleColon) {
            return Err(self.syntax_error(At::NOWHERE, "TRY_CAST"));
        }
        if let ast::Expr::Array(array) = bare(expr) {
            return self.cast_array(kind, array, data_type);
        }
        // Casts of casts are as deep as they are many.
        let bound = self.expr(expr)?;
        let start = bound.at;
        // CAST begins an expression, `::` ends one.
        let begins = match kind {
            ast::CastKind::DoubleColon => start,
            _ => self.before(expr, start, 2),
        };
        let form = self.form(data_type, At::NOWHERE).map_err(|error| {
            let (_, of_type) = self.cast_places(kind, expr, start);
            of_type.mark(error, self.text)
        })?;
        let cast = self.cast_to(bound, form, |binder| binder.cast_places(kind, expr, start).0)?;
        Ok(cast.at(begins))
    }

    fn typed_string(&mut self, typed: &ast::TypedString) -> Result<Expr, PgError> {
        if typed.uses_odbc_syntax {
            return Err(self.syntax_error(typed.value.span.into(), "{"));
        }
        let value = self.value(&typed.value)?;
        let at = value.at;
        if !matches!(value.kind, ExprKind::Literal(_)) {
            return Err(self.syntax_error(at, &tokens::at(self.text, at)));
        }
        let named = match &typed.data_type {
            ast::DataType::Custom(name, _) => name.0.first().and_then(ast::ObjectNamePart::as_ident),
            _ => None,
        };
        let form = self.form(&typed.data_type, named.map_or(self.tokens_away(at, -1), |name| name.span.into()))?;
        // `char 'xyz'` is as long as it is written, not char(1).
        let any_length = matches!(
            typed.data_type,
            ast::DataType::Char(None) | ast::DataType::Character(None) | ast::DataType::Bit(None)
        );
        let form = if any_length { Form { typmod: -1, ..form } } else { form };
        self.cast_to(value, form, |_| at)
    }

    fn collate(&mut self, expr: &ast::Expr, collation: &ast::ObjectName) -> Result<Expr, PgError> {
        let bound = self.expr(expr)?;
        let bound = self.text_if_unknown(bound)?;
        let at = bound.at;
        let name = self.qualified(collation)?;
        let place = self.tokens_away(name.at, -1);
        let named = self.named_collation(collation, Form { ty: bound.ty, typmod: -1, domain: bound.domain }, place)?;
        let oid = system::collation_named(&named).unwrap_or(0);
        self.collates = true;
        let (ty, typmod, domain) = (bound.ty, bound.typmod, bound.domain);
        Ok(Expr { typmod, domain, ..Expr::call(Emission::Collated(oid, place), vec![bound], ty) }.at(at))
    }

    /// The name of a collation that is given to what is of a type. Errors: 42804 for a type that has none; those of
    /// [`Binder::known_collation`].
    pub fn named_collation(&self, collation: &ast::ObjectName, form: Form, at: At) -> Result<String, PgError> {
        let name = self.qualified(collation)?;
        if typcollation(form.ty) == 0 {
            let message = format!("collations are not supported by type {}", form.named_type());
            return Err(self.error(at, SqlState::DATATYPE_MISMATCH, message));
        }
        self.known_collation(&name, at)?;
        Ok(name.name)
    }

    /// Errors: 42704 for a collation that PostgreSQL has not either, 0A000 for one of the others.
    pub fn known_collation(&self, name: &Qualified, at: At) -> Result<(), PgError> {
        let elsewhere = name.schema.as_deref().filter(|schema| *schema != "pg_catalog");
        if let Some(schema) = elsewhere
            && !self.schema_is_there(self.meant(schema))
        {
            let message = format!("schema \"{schema}\" does not exist");
            return Err(self.error(at, SqlState::INVALID_SCHEMA_NAME, message));
        }
        let called = name.name.as_str();
        if elsewhere.is_none() && ["C", "POSIX", "default", "ucs_basic"].contains(&called) {
            return Ok(());
        }
        // Of the operating system, and of ICU.
        if elsewhere.is_none() && (called == "C.utf8" || called == "unicode" || called.ends_with("-x-icu")) {
            return Err(self.unsupported(at, format!("collation \"{called}\"")));
        }
        let message = format!("collation \"{}\" for encoding \"UTF8\" does not exist", name.display());
        Err(self.error(at, SqlState::UNDEFINED_OBJECT, message))
    }
}

/// A sub-query, in parentheses or not.
fn sub_query(expr: &ast::Expr) -> Option<&ast::Query> {
    let mut inner = expr;
    while let ast::Expr::Nested(nested) = inner {
        inner = nested;
    }
    match inner {
        ast::Expr::Subquery(query) => Some(query),
        _ => None,
    }
}

/// A number literal in any parentheses and under any minus signs: its digits, and whether it is negative.
/// And its place, and how many parentheses and signs come before it.
fn signed_number(mut expr: &ast::Expr) -> Option<(&str, bool, At, isize)> {
    let (mut negative, mut before) = (false, 0);
    loop {
        match expr {
            ast::Expr::Nested(inner) => {
                expr = inner;
                before += 1;
            }
            ast::Expr::UnaryOp { op: UnaryOperator::Minus, expr: inner } => {
                negative = !negative;
                expr = inner;
                before += 1;
            }
            ast::Expr::Value(ast::ValueWithSpan { value: ast::Value::Number(text, false), span }) => {
                return Some((text, negative, (*span).into(), before));
            }
            _ => return None,
        }
    }
}

/// Terms joined by AND or OR; those that are such a list themselves are taken into it.
pub fn connect(and: bool, terms: Vec<Expr>) -> Expr {
    let at = terms.first().map_or(At::NOWHERE, |term| term.at);
    let kind = if and { ExprKind::And(terms) } else { ExprKind::Or(terms) };
    Expr::new(kind, Type::BOOL).at(at)
}

/// The operands of a comparison, converted as the operator takes them.
pub fn split_comparison(comparison: Expr) -> Result<(Expr, Expr), PgError> {
    if let ExprKind::Call(call) = comparison.kind
        && let Ok([left, right]) = <[Expr; 2]>::try_from(call.args)
    {
        return Ok((left, right));
    }
    Err(PgError::new(SqlState::INTERNAL_ERROR, "a comparison without two operands"))
}

/// An operator's name as PostgreSQL's catalog has it; `None` for those that are none there.
pub fn operator_name(op: &BinaryOperator) -> Option<String> {
    let name = match op {
        BinaryOperator::NotEq => "<>",
        BinaryOperator::PGCustomBinaryOperator(parts) => return parts.last().cloned(),
        BinaryOperator::Custom(name) => return Some(name.clone()),
        BinaryOperator::Plus => "+",
        BinaryOperator::Minus => "-",
        BinaryOperator::Multiply => "*",
        BinaryOperator::Divide => "/",
        BinaryOperator::Modulo => "%",
        BinaryOperator::StringConcat => "||",
        BinaryOperator::Gt => ">",
        BinaryOperator::Lt => "<",
        BinaryOperator::GtEq => ">=",
        BinaryOperator::LtEq => "<=",
        BinaryOperator::Eq => "=",
        BinaryOperator::BitwiseOr => "|",
        BinaryOperator::BitwiseAnd => "&",
        BinaryOperator::PGBitwiseXor => "#",
        BinaryOperator::PGBitwiseShiftLeft => "<<",
        BinaryOperator::PGBitwiseShiftRight => ">>",
        BinaryOperator::PGExp => "^",
        BinaryOperator::PGRegexMatch => "~",
        BinaryOperator::PGRegexIMatch => "~*",
        BinaryOperator::PGRegexNotMatch => "!~",
        BinaryOperator::PGRegexNotIMatch => "!~*",
        BinaryOperator::PGLikeMatch => "~~",
        BinaryOperator::PGILikeMatch => "~~*",
        BinaryOperator::PGNotLikeMatch => "!~~",
        BinaryOperator::PGNotILikeMatch => "!~~*",
        BinaryOperator::PGStartsWith => "^@",
        BinaryOperator::Arrow => "->",
        BinaryOperator::LongArrow => "->>",
        BinaryOperator::HashArrow => "#>",
        BinaryOperator::HashLongArrow => "#>>",
        BinaryOperator::AtAt => "@@",
        BinaryOperator::AtArrow => "@>",
        BinaryOperator::ArrowAt => "<@",
        BinaryOperator::PGOverlap => "&&",
        BinaryOperator::Question => "?",
        BinaryOperator::QuestionPipe => "?|",
        BinaryOperator::QuestionAnd => "?&",
        BinaryOperator::HashMinus => "#-",
        BinaryOperator::AtQuestion => "@?",
        BinaryOperator::Spaceship => "<=>",
        _ => return None,
    };
    Some(name.to_owned())
}

/// `ALL (…)` or `SOME (…)` behind LIKE, which sqlparser takes for a function: the array, and whether it is ALL.
fn quantified(pattern: &ast::Expr) -> Option<(&ast::Expr, bool)> {
    let ast::Expr::Function(function) = pattern else { return None };
    let [ast::ObjectNamePart::Identifier(ident)] = &function.name.0[..] else { return None };
    let all = ident.value.eq_ignore_ascii_case("all");
    if ident.quote_style.is_some() || !(all || ident.value.eq_ignore_ascii_case("some")) {
        return None;
    }
    let ast::FunctionArguments::List(list) = &function.args else { return None };
    match &list.args[..] {
        [ast::FunctionArg::Unnamed(ast::FunctionArgExpr::Expr(array))] => Some((array, all)),
        _ => None,
    }
}

fn like_operator(name: &str) -> BinaryOperator {
    match name {
        "~~" => BinaryOperator::PGLikeMatch,
        "~~*" => BinaryOperator::PGILikeMatch,
        "!~~" => BinaryOperator::PGNotLikeMatch,
        _ => BinaryOperator::PGNotILikeMatch,
    }
}
