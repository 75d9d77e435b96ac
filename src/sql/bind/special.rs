//! Calls with a syntax of their own: CASE, COALESCE, SUBSTRING … FROM, CURRENT_TIMESTAMP and the like.

use sqlparser::ast::{self, CeilFloorKind, Ident, TrimWhereField};

use super::Binder;
use super::common_type::{common_domain, common_typmod};
use super::domain::{array_of_domain, domain_of_elements};
use super::expr::split_comparison;
use super::function::{Arguments, of_catalog};
use super::names::fold;
use super::operator::without_key;
use super::query::expr_at;
use super::type_name::interval_typmod_named;
use crate::sql::bound::{Expr, ExprKind};
use crate::sql::casts::Context;
use crate::sql::emission::Emission;
use crate::sql::text::At;
use crate::sql::tokens;
use crate::types::{PgError, SqlState, Type, Value};

/// Functions of the current time that take a precision in parentheses.
const NOW: [&str; 4] = ["current_timestamp", "current_time", "localtime", "localtimestamp"];

impl Binder<'_> {
    /// Reserved words that are values without parentheses.
    pub fn keyword_value(&mut self, ident: &Ident) -> Result<Option<Expr>, PgError> {
        if ident.quote_style.is_some() {
            return Ok(None);
        }
        let name = ident.value.to_ascii_lowercase();
        let reserved = matches!(
            name.as_str(),
            "current_role"
                | "current_user"
                | "session_user"
                | "user"
                | "current_catalog"
                | "current_schema"
                | "current_timestamp"
                | "current_date"
                | "current_time"
                | "localtime"
                | "localtimestamp"
        );
        if !reserved {
            if name == "default" {
                let message = "DEFAULT is not allowed in this context";
                return Err(self.error(ident.span.into(), SqlState::SYNTAX_ERROR, message));
            }
            return Ok(None);
        }
        self.parameterless(&name, ident.span.into()).map(Some)
    }

    /// SQL's functions without parentheses.
    pub fn parameterless(&mut self, name: &str, at: At) -> Result<Expr, PgError> {
        let function = match name {
            "current_timestamp" => "now",
            "current_role" | "user" | "current_user" => "current_user",
            "session_user" => "session_user",
            "current_catalog" => "current_database",
            "current_schema" => "current_schema",
            "current_date" | "current_time" | "localtime" | "localtimestamp" => return self.now_as(name, -1, at),
            _ => return Err(self.syntax_error(at, name)),
        };
        self.call(function, Vec::new(), at)
    }

    /// The transaction's time as one of SQL's functions gives it.
    fn now_as(&mut self, name: &str, precision: i32, at: At) -> Result<Expr, PgError> {
        let ty = match name {
            "current_date" => Type::DATE,
            "current_time" => Type::TIMETZ,
            "localtime" => Type::TIME,
            "localtimestamp" => Type::TIMESTAMP,
            _ => Type::TIMESTAMPTZ,
        };
        let now = self.call("now", Vec::new(), at)?;
        if ty == Type::TIMESTAMPTZ {
            return self.apply_typmod(now, precision, Context::Explicit);
        }
        Ok(self.cast(now, ty, precision, |_| at)?.at(at))
    }

    /// What looks like a function but is part of the grammar. `None`: it is a function.
    pub fn keyword_function(&mut self, name: &str, arguments: &Arguments, at: At) -> Result<Option<Expr>, PgError> {
        if name == "normalize"
            && let [_, form] = &arguments.exprs[..]
            && let ast::Expr::Value(form) = &**form
            && let ast::Value::SingleQuotedString(text) = &form.value
        {
            return Err(self.syntax_error(form.span.into(), &format!("'{text}'")));
        }
        if name == "normalize"
            && let [text, form] = &arguments.exprs[..]
            && let ast::Expr::Identifier(form) = &**form
            && form.quote_style.is_none()
        {
            if !["nfc", "nfd", "nfkc", "nfkd"].contains(&fold(form).as_str()) {
                return Err(self.syntax_error(form.span.into(), &form.value));
            }
            let text = self.expr(text)?;
            let form = Expr::constant(Value::Text(fold(form)), Type::TEXT);
            return self.call("normalize", vec![text, form], at).map(Some);
        }
        if !matches!(name, "coalesce" | "greatest" | "least" | "nullif" | "position") && !NOW.contains(&name) {
            return Ok(None);
        }
        if arguments.star || arguments.distinct || arguments.filter.is_some() || !arguments.order_by.is_empty() {
            return Err(self.syntax_error(at, name));
        }
        if NOW.contains(&name) {
            let [precision] = &arguments.exprs[..] else { return Err(self.syntax_error(at, name)) };
            let ast::Expr::Value(value) = &**precision else { return Err(self.syntax_error(at, name)) };
            let ast::Value::Number(precision, false) = &value.value else { return Err(self.syntax_error(at, name)) };
            let precision = precision.parse::<i32>().unwrap_or(6).min(6);
            return self.now_as(name, precision, at).map(Some);
        }
        if name == "position" {
            return Ok(None);
        }
        if arguments.exprs.is_empty() {
            return Err(self.syntax_error(self.closing(at), ")"));
        }
        let sets = self.sets();
        let args = arguments.exprs.iter().map(|arg| self.expr(arg)).collect::<Result<Vec<_>, _>>()?;
        if name == "coalesce" {
            self.refuse_sets_since(sets, "COALESCE")?;
        }
        let mut call = match name {
            "coalesce" => {
                let domain = domain_of(&args);
                let (mut args, ty, typmod) = self.unify(args, "COALESCE")?;
                let first_decides = matches!(args[0].kind, ExprKind::Constant(_));
                if first_decides {
                    let first = args.remove(0).at(at);
                    return Ok(Some(first.decided(args)));
                }
                let mut call = match args.len() {
                    1 => Expr::call(Emission::Same, args, ty),
                    _ => Expr::call(Emission::Builtin("coalesce"), args, ty),
                };
                (call.typmod, call.domain) = (typmod, domain);
                call
            }
            "greatest" | "least" => {
                let construct = name.to_ascii_uppercase();
                let domain = domain_of(&args);
                let (mut args, ty, typmod) = self.unify(args, &construct)?;
                let element = ty.element();
                let of = element.unwrap_or(ty);
                if matches!(of, Type::JSON | Type::JSONPATH) {
                    let message = format!("could not identify a comparison function for type {ty}");
                    return Err(PgError::new(SqlState::UNDEFINED_FUNCTION, message));
                }
                if of.is_enum() || of == Type::JSONB || ty.is_array_of_rows() {
                    return Err(self.unsupported(at, format!("{construct} of values of type {ty}")));
                }
                if let Some(element) = element {
                    args.push(Expr::constant(Value::Oid(element.0), Type::OID));
                }
                let own = match (name, ty) {
                    ("greatest", ty) if ty.is_row() => "pg_record_greatest",
                    (_, ty) if ty.is_row() => "pg_record_least",
                    ("greatest", _) if element.is_some() => "pg_array_greatest",
                    (_, _) if element.is_some() => "pg_array_least",
                    ("greatest", Type::INTERVAL) => "pg_interval_greatest",
                    ("greatest", Type::INET | Type::CIDR) => "pg_inet_greatest",
                    (_, Type::INET | Type::CIDR) => "pg_inet_least",
                    ("greatest", Type::CHAR) => "pg_char_greatest",
                    (_, Type::CHAR) => "pg_char_least",
                    ("greatest", Type::NUMERIC | Type::BPCHAR) => "pg_rtrim_greatest",
                    ("greatest", _) => "pg_greatest",
                    (_, Type::INTERVAL) => "pg_interval_least",
                    (_, Type::NUMERIC | Type::BPCHAR) => "pg_rtrim_least",
                    _ => "pg_least",
                };
                let mut call = Expr::call(Emission::Own(own), args, ty);
                (call.typmod, call.domain) = (typmod, domain);
                call
            }
            _ => {
                let Ok([left, right]) = <[Expr; 2]>::try_from(args) else {
                    return Err(self.syntax_error(self.closing(at), ")"));
                };
                let equal = self.binary("=", left, right, |_| at)?;
                let (left, right) = split_comparison(equal)?;
                if left.ty.is_row() {
                    return self.null_if_equal(of_own_type(left), right, at).map(Some);
                }
                if !std::ptr::eq(without_key(&left), &left) {
                    return self.null_if_equal(left, right, at).map(Some);
                }
                let (ty, typmod, domain) = (left.ty, left.typmod, array_of_domain(domain_of_elements(left.domain)));
                let mut call = Expr::call(Emission::Builtin("nullif"), vec![left, right], ty);
                (call.typmod, call.domain) = (typmod, domain);
                call
            }
        };
        call.at = at;
        Ok(Some(call))
    }

    /// NULLIF where the left operand is not compared as it is.
    fn null_if_equal(&mut self, left: Expr, right: Expr, at: At) -> Result<Expr, PgError> {
        if left.is_volatile() {
            return Err(self.unsupported(at, "NULLIF of a volatile value of this type"));
        }
        let value = self.copy(without_key(&left))?;
        let (ty, typmod) = (value.ty, value.typmod);
        let emission = if ty.is_row() { Emission::Own("pg_record_eq") } else { Emission::Infix("=") };
        let equal = Expr::call(emission, vec![left, right], Type::BOOL);
        let kind =
            ExprKind::Case { operand: None, whens: vec![(equal, Expr::null(ty))], otherwise: Some(Box::new(value)) };
        Ok(Expr { typmod, ..Expr::new(kind, ty) }.at(at))
    }

    pub fn case(
        &mut self,
        operand: Option<&ast::Expr>,
        conditions: &[ast::CaseWhen],
        else_result: Option<&ast::Expr>,
    ) -> Result<Expr, PgError> {
        let sets = self.sets();
        let operand = match operand {
            None => None,
            Some(operand) => {
                let operand = self.expr(operand)?;
                Some(self.text_if_unknown(operand)?)
            }
        };
        let mut tests = Vec::with_capacity(conditions.len());
        let mut results = Vec::with_capacity(conditions.len() + 1);
        for when in conditions {
            let condition = self.expr(&when.condition)?;
            tests.push(match &operand {
                None => self.boolean(condition, "CASE/WHEN")?,
                Some(operand) => {
                    let at = condition.at;
                    let operand = self.copy(operand)?;
                    self.binary("=", operand, condition, |binder| binder.before(&when.condition, at, 1))?
                }
            });
            results.push(self.expr(&when.result)?);
        }
        let otherwise = else_result.map(|result| self.expr(result)).transpose()?;
        let otherwise = otherwise.unwrap_or_else(|| Expr::null(Type::UNKNOWN));
        self.refuse_sets_since(sets, "CASE")?;
        // PostgreSQL looks at ELSE first.
        results.insert(0, otherwise);
        let types: Vec<(Type, At)> = results.iter().map(|result| (result.ty, result.at)).collect();
        let domain = domain_of(&results);
        let ty = self.common_type(&types, "CASE")?;
        let mut unified = Vec::with_capacity(results.len());
        for result in results {
            let part = if unified.is_empty() { "CASE/ELSE" } else { "CASE/WHEN" };
            let result = self.coerce_to_common_array(result, ty, domain, part)?;
            unified.push(self.coerce_to_common(result, ty, part)?);
        }
        let mut results = unified;
        let typmod = common_typmod(results.iter().map(|result| result.typmod));
        let otherwise = results.remove(0);
        let (operand, tests) = self.simple_case(operand, tests)?;
        if operand.is_none()
            && let Some(Expr { kind: ExprKind::Constant(Value::Bool(true)), .. }) = tests.first()
        {
            // As PostgreSQL's planner simplifies it: the result is described as the chosen expression is.
            let chosen = Expr { domain, ..results.remove(0) };
            return Ok(chosen.decided(tests.into_iter().chain(results).chain([otherwise])));
        }
        let kind = ExprKind::Case {
            operand: operand.map(Box::new),
            whens: tests.into_iter().zip(results).collect(),
            otherwise: Some(Box::new(otherwise)),
        };
        let mut case = Expr::new(kind, ty);
        (case.typmod, case.domain) = (typmod, domain);
        Ok(case)
    }

    /// `CASE x WHEN y`: as it is where x is compared unconverted, else as one comparison each.
    fn simple_case(&self, operand: Option<Expr>, tests: Vec<Expr>) -> Result<(Option<Expr>, Vec<Expr>), PgError> {
        let Some(operand) = operand else { return Ok((None, tests)) };
        let as_is = !operand.ty.is_row()
            && tests.iter().all(|test| match &test.kind {
                ExprKind::Call(call) => call.args.first() == Some(&operand),
                _ => false,
            });
        if as_is {
            let values = tests.into_iter().map(|test| split_comparison(test).map(|(_, value)| value));
            return Ok((Some(operand), values.collect::<Result<_, _>>()?));
        }
        if operand.is_volatile() {
            return Err(self.unsupported(operand.at, "CASE of a volatile value among values of other types"));
        }
        Ok((None, tests))
    }

    /// The rest of SQL's own syntax.
    pub fn special_syntax(&mut self, expr: &ast::Expr) -> Result<Expr, PgError> {
        match expr {
            ast::Expr::Ceil { expr, field } => self.rounding("ceil", expr, field),
            ast::Expr::Floor { expr, field } => self.rounding("floor", expr, field),
            ast::Expr::Position { expr, r#in } => {
                let (part, whole) = (self.expr(expr)?, self.expr(r#in)?);
                let at = self.before(expr, part.at, 2);
                self.call("position", vec![whole, part], at)
            }
            ast::Expr::Substring { expr, substring_from, substring_for, shorthand, .. } => {
                let mut args = vec![self.expr(expr)?];
                match (substring_from, substring_for) {
                    (Some(from), length) => {
                        args.push(self.expr(from)?);
                        if let Some(length) = length {
                            args.push(self.expr(length)?);
                        }
                    }
                    (None, Some(length)) => {
                        args.push(super::literal::number("1", false)?);
                        args.push(self.expr(length)?);
                    }
                    (None, None) => {}
                }
                let at = self.before(expr, args[0].at, 2);
                self.call(if *shorthand { "substr" } else { "substring" }, args, at)
            }
            ast::Expr::Trim { trim_where, trim_what, expr, trim_characters } => {
                let name = match trim_where {
                    Some(TrimWhereField::Leading) => "ltrim",
                    Some(TrimWhereField::Trailing) => "rtrim",
                    Some(TrimWhereField::Both) | None => "btrim",
                };
                let mut args = vec![self.expr(expr)?];
                if let Some(what) = trim_what {
                    args.push(self.expr(what)?);
                }
                for what in trim_characters.iter().flatten() {
                    args.push(self.expr(what)?);
                }
                // Between the name and the first argument may stand what is trimmed.
                let at = self.word_before("trim", args[0].at);
                self.call(name, args, at)
            }
            ast::Expr::Overlay { expr, overlay_what, overlay_from, overlay_for } => {
                let mut args = vec![self.expr(expr)?, self.expr(overlay_what)?, self.expr(overlay_from)?];
                if let Some(length) = overlay_for {
                    args.push(self.expr(length)?);
                }
                let at = self.before(expr, args[0].at, 2);
                self.call("overlay", args, at)
            }
            ast::Expr::Extract { field, syntax: ast::ExtractSyntax::From, expr } => {
                let source = self.expr(expr)?;
                let at = self.word_before("extract", source.at);
                let field = match field {
                    ast::DateTimeField::Custom(ident) => fold(ident),
                    field => field.to_string().to_lowercase(),
                };
                let field = Expr::new(ExprKind::Literal(field), Type::UNKNOWN);
                self.call_in(Some("pg_catalog"), "extract", vec![field, source], at)
            }
            ast::Expr::Extract { expr, .. } => Err(self.syntax_error(expr_at(expr), ",")),
            ast::Expr::AtTimeZone { timestamp, time_zone } => {
                let time = self.expr(timestamp)?;
                let zone = self.expr(time_zone)?;
                let at = self.word_behind(timestamp, time.at, "at");
                let start = time.at;
                Ok(self.call_in(Some("pg_catalog"), "timezone", vec![zone, time], at)?.at(start))
            }
            ast::Expr::Interval(interval) => self.interval(interval),
            ast::Expr::Array(array) => self.array_constructor(array, None),
            ast::Expr::Tuple(items) => self.row_constructor(items),
            ast::Expr::CompoundFieldAccess { root, access_chain } => self.subscripted(root, access_chain),
            ast::Expr::JsonAccess { .. } => Err(PgError::unsupported("a subscript or field of a value")),
            ast::Expr::IsNormalized { expr, form, negated } => {
                let operand = self.expr(expr)?;
                let at = operand.at;
                let args = match form {
                    None => vec![operand],
                    Some(form) => {
                        vec![operand, Expr::constant(Value::Text(form.to_string().to_ascii_lowercase()), Type::TEXT)]
                    }
                };
                let place = self.word_behind(expr, at, "is");
                let is = self.call("is_normalized", args, place).map_err(of_catalog)?.at(at);
                Ok(if *negated { Expr::new(ExprKind::Not(Box::new(is)), Type::BOOL).at(at) } else { is })
            }
            // They stand within each other, and in nothing else.
            ast::Expr::GroupingSets(_) => {
                let at = self.word("sets");
                Err(self.syntax_error(at, &crate::sql::tokens::at(self.text, at)))
            }
            ast::Expr::IsJson { .. } => Err(PgError::unsupported("IS JSON")),
            ast::Expr::Prefixed { prefix, value } if !prefix.value.starts_with(char::is_alphabetic) => {
                let at = At::from(prefix.span);
                let operand = self.expr(value)?;
                Ok(self.prefix(&prefix.value, operand, at)?.at(at))
            }
            ast::Expr::Prefixed { prefix, .. } => {
                let near = &prefix.value;
                Err(self.syntax_error(prefix.span.into(), near))
            }
            // PostgreSQL's grammar has no ESCAPE behind ANY (…).
            ast::Expr::Like { escape_char: Some(escape), .. } | ast::Expr::ILike { escape_char: Some(escape), .. } => {
                Err(self.escape_of_many(escape))
            }
            _ => Err(PgError::unsupported("this kind of expression")),
        }
    }

    /// `LIKE ANY (…) ESCAPE`, or with ALL.
    pub fn escape_of_many(&mut self, escape: &ast::Expr) -> PgError {
        let at = self.tokens_away(expr_at(escape), -1);
        let near = tokens::at(self.text, at);
        match near.eq_ignore_ascii_case("escape") {
            true => self.syntax_error(at, &near),
            false => self.syntax_error(At::NOWHERE, "ESCAPE"),
        }
    }

    /// `INTERVAL '1' DAY`.
    fn interval(&mut self, interval: &ast::Interval) -> Result<Expr, PgError> {
        let value = self.expr(&interval.value)?;
        let at = value.at;
        if !matches!(value.kind, ExprKind::Literal(_)) {
            return Err(self.syntax_error(at, &tokens::at(self.text, at)));
        }
        if tokens::at(self.text, self.tokens_away(at, -1)) == ")" {
            // sqlparser drops the precision of INTERVAL(1) '…'.
            let precision = tokens::at(self.text, self.tokens_away(at, -2)).parse().ok().filter(|digits| *digits <= 6);
            let typmod = precision.and_then(|precision| interval_typmod_named(None, Some(precision)));
            return match (typmod, &interval.leading_field) {
                (Some(typmod), None) => self.cast(value, Type::INTERVAL, typmod, |_| at),
                _ => Err(self.unsupported(at, "such a precision before an interval's literal")),
            };
        }
        let (precision, fields) = match (&interval.leading_field, &interval.last_field) {
            (None, None) => (None, None),
            (Some(only), None) => (interval.leading_precision, Some(format!("{only}"))),
            (Some(first), Some(last)) if interval.leading_precision.is_none() => {
                (interval.fractional_seconds_precision, Some(format!("{first} TO {last}")))
            }
            _ => return Err(self.syntax_error(at, "TO")),
        };
        let Some(typmod) = interval_typmod_named(fields.as_deref(), precision) else {
            return Err(self.syntax_error(at, fields.as_deref().unwrap_or_default()));
        };
        self.cast(value, Type::INTERVAL, typmod, |_| at)
    }

    fn rounding(&mut self, name: &str, expr: &ast::Expr, field: &CeilFloorKind) -> Result<Expr, PgError> {
        match field {
            CeilFloorKind::DateTimeField(ast::DateTimeField::NoDateTime) => {
                let arg = self.expr(expr)?;
                let at = self.before(expr, arg.at, 2);
                self.call(name, vec![arg], at)
            }
            _ => Err(self.syntax_error(At::NOWHERE, "TO")),
        }
    }
}

/// The domain that all are of.
fn domain_of(exprs: &[Expr]) -> u32 {
    common_domain(exprs.iter().map(|expr| (expr.ty, expr.domain)))
}

/// A row of a known type before it was made any row.
fn of_own_type(row: Expr) -> Expr {
    match row.kind {
        ExprKind::Call(call) if call.emission == Emission::Same && call.args.len() == 1 && call.args[0].ty.is_row() => {
            call.args.into_iter().next().unwrap_or(Expr::null(row.ty))
        }
        kind => Expr { kind, ..row },
    }
}
