//! Making an expression another type (`parse_coerce.c`).

use super::Binder;
use super::domain::domain_of_elements;
use super::polymorphic::type_argument;
use crate::sql::bound::{Expr, ExprKind, Form};
use crate::sql::casts::{self, Context, Path};
use crate::sql::emission::Emission;
use crate::sql::text::At;
use crate::sql::type_names::{ANY, ANYNONARRAY};
use crate::types::{Numeric, PgError, SqlState, Type, Value};

/// Whether a value of type `from` may stand where `to` is wanted.
pub fn can_coerce(from: Type, to: Type, context: Context) -> bool {
    from == to
        || from == Type::UNKNOWN
        || to == ANY
        || to == ANYNONARRAY
        || (to == Type::ANYENUM && from.is_enum())
        // Whether they agree with each other is `polymorphic::resolve`'s to tell.
        || super::polymorphic::is_polymorphic(to)
        || casts::find(from, to, context).is_some()
}

impl Binder<'_> {
    /// Converts an expression to a type that [`can_coerce`] allows; `None` if it doesn't.
    pub fn coerce(&mut self, expr: Expr, to: Type, context: Context) -> Result<Option<Expr>, PgError> {
        if expr.ty == to || to == ANY || to == ANYNONARRAY || (to == Type::ANYENUM && expr.ty.is_enum()) {
            return Ok(Some(expr));
        }
        if to == Type::ANYENUM {
            return Ok(None);
        }
        // Any row will do, and it stays what it is.
        if to == Type::RECORD && expr.ty.is_row() {
            return Ok(Some(expr));
        }
        if expr.ty == Type::UNKNOWN {
            return self.settle(expr, to).map(Some);
        }
        let at = expr.at;
        if expr.ty == Type::RECORD && to.relation().is_some() {
            return self.row_of_type(expr, to, context);
        }
        let Some(path) = casts::find(expr.ty, to, context) else { return Ok(None) };
        let path = self.path_as_set(path, expr.ty, to);
        if let ExprKind::Constant(value) = &expr.kind
            && let Some(value) = widened(value, to)
        {
            return Ok(Some(Expr::constant(value, to).at(at)));
        }
        self.mutable |= casts::is_stable(expr.ty, to);
        let apply = |emission: Emission, expr: Expr, ty: Type| match emission {
            Emission::Missing(what) => Err(self.unsupported(at, what)),
            _ => Ok(Expr::call(emission, vec![expr], ty).at(at)),
        };
        let expr = match path {
            Path::Direct(emission) => apply(emission, expr, to)?,
            Path::Label(output) => {
                let label = if output == Emission::Same { expr } else { apply(output, expr, Type::TEXT)? };
                let of = Expr::constant(Value::Oid(to.0), Type::OID);
                Expr::call(Emission::Own(casts::ENUM_INPUT), vec![of, label], to).at(at)
            }
            Path::Row(output) => {
                let text = if output == Emission::Same { expr } else { apply(output, expr, Type::TEXT)? };
                self.row_input(casts::ROW_INPUT, text, to, to).at(at)
            }
            Path::Io(output, input) => {
                let text = if output == Emission::Same { expr } else { apply(output, expr, Type::TEXT)? };
                apply(input, text, to)?
            }
            Path::Elements(from, of) => {
                let args = vec![expr, type_argument(from), type_argument(of)];
                Expr::call(Emission::Own(casts::ARRAY_CAST), args, to).at(at)
            }
            Path::ArrayOut(of) => Expr::call(Emission::Own(casts::ARRAY_OUT), vec![expr, type_argument(of)], to).at(at),
            Path::ThroughText(from, of) => {
                let text = Expr::call(Emission::Own(casts::ARRAY_OUT), vec![expr, type_argument(from)], Type::TEXT);
                Expr::call(Emission::Own(casts::ARRAY_IN), vec![text, type_argument(of)], to).at(at)
            }
            Path::ArrayIn(of) if of.is_enum() => {
                let labels = Expr::call(Emission::Own(casts::ARRAY_IN), vec![expr, type_argument(of)], to);
                Expr::call(Emission::Own(casts::ENUM_ARRAY_INPUT), vec![type_argument(of), labels], to).at(at)
            }
            Path::ArrayIn(of) if of.relation().is_some() => self.row_input(casts::ROW_ARRAY_INPUT, expr, of, to).at(at),
            Path::ArrayIn(of) => Expr::call(Emission::Own(casts::ARRAY_IN), vec![expr, type_argument(of)], to).at(at),
        };
        Ok(Some(expr))
    }

    /// Whether floats and bytea are to be shown as the session has set it. What is stored of expressions shows them as by default.
    pub fn shows_otherwise(&self) -> bool {
        self.context.settings.shows_otherwise() && !self.stored && !self.is_new
    }

    /// An output function as the session has set it.
    pub fn as_set(&self, output: Emission) -> Emission {
        if self.shows_otherwise() { casts::as_set(output) } else { output }
    }

    /// A cast's path where the session shows values otherwise than by default.
    fn path_as_set(&self, path: Path, from: Type, to: Type) -> Path {
        if !self.shows_otherwise() {
            return path;
        }
        let element = from.element().filter(|element| casts::depends_on_settings(*element));
        match (path, element) {
            (Path::Io(output, input), _) => Path::Io(casts::as_set(output), input),
            (Path::Label(output), _) => Path::Label(casts::as_set(output)),
            (Path::Row(output), _) => Path::Row(casts::as_set(output)),
            (Path::Elements(from, of), Some(_)) if casts::is_string(of) => Path::ThroughText(from, of),
            (Path::Direct(Emission::Same), Some(element)) if casts::is_string(to) => Path::ArrayOut(element),
            (path, _) => path,
        }
    }

    /// As [`Binder::coerce`], with the type's typmod.
    pub fn coerce_to(
        &mut self,
        expr: Expr,
        (to, typmod): (Type, i32),
        context: Context,
    ) -> Result<Option<Expr>, PgError> {
        // An interval's fields say what a number without a unit means.
        if let (ExprKind::Literal(text), Type::INTERVAL, 0..) = (&expr.kind, to, typmod) {
            let mut literal = self.time_literal(text, to, typmod, expr.at)?;
            literal.typmod = typmod;
            return Ok(Some(literal));
        }
        // So many bits an integer becomes.
        if let (Type::INT4 | Type::INT8, Type::BIT, Context::Explicit, 1..) = (expr.ty, to, context, typmod) {
            let (width, at) = (if expr.ty == Type::INT4 { 32 } else { 64 }, expr.at);
            let int = |value: i32| Expr::constant(Value::Int4(value), Type::INT4);
            let bits = Expr::call(Emission::Own("pg_int_bit"), vec![expr, int(width), int(typmod)], to);
            return Ok(Some(Expr { typmod, ..bits.at(at) }));
        }
        if let (Some(Type::INT4 | Type::INT8), Some(Type::BIT)) = (expr.ty.element(), to.element()) {
            return Err(self.unsupported(expr.at, format!("a cast from {} to {to}", expr.ty)));
        }
        match self.coerce(expr, to, context)? {
            Some(expr) => self.apply_typmod(expr, typmod, context).map(Some),
            None => Ok(None),
        }
    }

    /// As [`Binder::coerce_to`], for what may be of a domain: a value is held against its constraints.
    pub fn coerce_to_form(&mut self, expr: Expr, form: Form, context: Context) -> Result<Option<Expr>, PgError> {
        if form.domain != 0 && expr.domain == form.domain {
            return Ok(Some(expr));
        }
        self.note_parameter(&expr, form.domain);
        // The literal of an array is read as of the domain's values, each of which must be of the length.
        let read = matches!(expr.kind, ExprKind::Literal(_)) && domain_of_elements(form.domain) != 0;
        let coerced = match read {
            true => {
                let expr = self.coerce(expr, form.ty, context)?;
                expr.map(|expr| self.apply_typmod(expr, form.typmod, Context::Assignment)).transpose()?
            }
            false => self.coerce_to(expr, (form.ty, form.typmod), context)?,
        };
        let Some(expr) = coerced else { return Ok(None) };
        if form.domain != 0 {
            return self.of_domain(expr, form.domain).map(Some);
        }
        if expr.domain == 0 {
            return Ok(Some(expr));
        }
        // The same value, but no longer the domain's.
        let (ty, typmod, at) = (expr.ty, expr.typmod, expr.at);
        Ok(Some(Expr { typmod, ..Expr::call(Emission::Same, vec![expr], ty).at(at) }))
    }

    /// Gives an expression of unknown type the type it is needed as.
    fn settle(&mut self, expr: Expr, to: Type) -> Result<Expr, PgError> {
        match expr.kind {
            ExprKind::Null if to.relation().is_none() => Ok(Expr { ty: to, ..expr }),
            ExprKind::Literal(ref text) if to.relation().is_some() || is_array_of_typed_rows(to) => {
                self.row_literal(text, to, expr.at)
            }
            ExprKind::Literal(ref text) => self.literal(text, to, expr.at),
            ExprKind::Null => {
                let typmod = self.row_typmod(to);
                Ok(Expr { ty: to, typmod, ..expr })
            }
            ExprKind::Param(number) => {
                let known = &mut self.params[number - 1];
                if *known == Type::UNKNOWN {
                    *known = to;
                } else if *known != to {
                    let detail = format!("{known} versus {to}");
                    let message = format!("inconsistent types deduced for parameter ${number}");
                    return Err(self.error(expr.at, SqlState::AMBIGUOUS_PARAMETER, message).detail(detail));
                }
                if to.info().is_none() {
                    return Err(self.unsupported(expr.at, "a parameter of this type"));
                }
                Ok(Expr { ty: to, ..expr })
            }
            // Anything else of unknown type would be a mistake of ours: it is text in its stored form.
            _ => Ok(Expr { ty: to, ..expr }),
        }
    }

    /// Applies the length of `varchar(n)` and `char(n)` and the precision of `timestamptz(p)`.
    pub fn apply_typmod(&self, expr: Expr, typmod: i32, context: Context) -> Result<Expr, PgError> {
        if expr.typmod == typmod || expr.ty.is_row() {
            return Ok(expr);
        }
        if typmod < 0 {
            // The same value, but no longer of the length its column declares.
            let (ty, at) = (expr.ty, expr.at);
            return Ok(Expr::call(Emission::Same, vec![expr], ty).at(at));
        }
        let (ty, at) = (expr.ty, expr.at);
        let int = |value: i32| Expr::constant(Value::Int4(value), Type::INT4);
        let mut expr = match ty {
            _ if matches!(expr.kind, ExprKind::Null) => expr,
            Type::VARCHAR if matches!(expr.kind, ExprKind::Constant(Value::Text(_))) => {
                let ExprKind::Constant(Value::Text(text)) = &expr.kind else { return Ok(expr) };
                // PostgreSQL's planner computes constants, too; its error has no position then.
                let text = crate::types::text::varchar(text, typmod, context == Context::Explicit)?;
                Expr::constant(Value::Text(text.to_owned()), ty)
            }
            _ if let ExprKind::Constant(Value::Numeric(numeric)) = &expr.kind
                && let Ok(numeric) = numeric.clone().apply_typmod(typmod) =>
            {
                Expr::constant(Value::Numeric(Box::new(numeric)), ty)
            }
            Type::BPCHAR
                if let ExprKind::Constant(Value::Text(text)) = &expr.kind
                    && let Ok(text) = crate::types::text::bpchar(text, typmod, context == Context::Explicit) =>
            {
                Expr::constant(Value::Text(text.into_owned()), ty)
            }
            Type::VARCHAR | Type::BPCHAR => {
                let explicit = int(i32::from(context == Context::Explicit));
                let length = if ty == Type::VARCHAR { casts::VARCHAR_LENGTH } else { casts::CHAR_LENGTH };
                Expr::call(Emission::Own(length), vec![expr, int(typmod), explicit], ty)
            }
            Type::BIT | Type::VARBIT => {
                let explicit = int(i32::from(context == Context::Explicit));
                let length = if ty == Type::BIT { "pg_bit" } else { "pg_varbit" };
                Expr::call(Emission::Own(length), vec![expr, int(typmod), explicit], ty)
            }
            _ if let Some(element) = ty.element() => {
                let element = Expr::constant(Value::Oid(element.0), Type::OID);
                let explicit = int(i32::from(context == Context::Explicit));
                Expr::call(Emission::Own(casts::ARRAY_TYPMOD), vec![expr, element, int(typmod), explicit], ty)
            }
            _ => match casts::scale(ty) {
                Some(scale) => Expr::call(Emission::Own(scale), vec![expr, int(typmod)], ty),
                None => expr,
            },
        };
        expr.typmod = typmod;
        Ok(expr.at(at))
    }

    /// `CAST(expr AS to)`. `at` is the place of the cast itself.
    pub fn cast(&mut self, expr: Expr, to: Type, typmod: i32, at: impl FnOnce(&Self) -> At) -> Result<Expr, PgError> {
        self.cast_to(expr, Form { ty: to, typmod, domain: 0 }, at)
    }

    /// As [`Binder::cast`], to what may be a domain.
    pub fn cast_to(&mut self, expr: Expr, form: Form, at: impl FnOnce(&Self) -> At) -> Result<Expr, PgError> {
        let from = expr.named_type();
        let start = expr.at;
        let cast = match self.coerce_to_form(expr, form, Context::Explicit) {
            Err(error) if error.code == SqlState::CANNOT_COERCE && error.position.is_none() => {
                return Err(at(self).or(start).mark(error, self.text));
            }
            cast => cast?,
        };
        match cast {
            Some(cast) => Ok(cast.at(start)),
            None => {
                let message = format!("cannot cast type {from} to {}", form.named_type());
                Err(self.error(at(self).or(start), SqlState::CANNOT_COERCE, message))
            }
        }
    }

    /// Wants a boolean (`coerce_to_boolean`). `clause` is what the message calls it.
    pub fn boolean(&mut self, expr: Expr, clause: &str) -> Result<Expr, PgError> {
        let (from, at) = (expr.ty, expr.at);
        self.coerce(expr, Type::BOOL, Context::Assignment)?.ok_or_else(|| {
            let message = format!("argument of {clause} must be type boolean, not type {from}");
            self.error(at, SqlState::DATATYPE_MISMATCH, message)
        })
    }

    /// An output column whose type nothing settled is text.
    pub fn text_if_unknown(&mut self, expr: Expr) -> Result<Expr, PgError> {
        if expr.ty == Type::UNKNOWN { self.settle(expr, Type::TEXT) } else { Ok(expr) }
    }
}

fn is_array_of_typed_rows(ty: Type) -> bool {
    ty.element().is_some_and(|element| element.relation().is_some())
}

/// A constant of another type, where that raises no error.
fn widened(value: &Value, to: Type) -> Option<Value> {
    if let Value::Numeric(numeric) = value {
        return match to {
            Type::FLOAT8 => numeric.to_float8().ok().map(Value::Float8),
            Type::FLOAT4 => numeric.to_float4().ok().map(Value::Float4),
            Type::INT2 => numeric.to_integer().ok().map(Value::Int2),
            Type::INT4 => numeric.to_integer().ok().map(Value::Int4),
            Type::INT8 => numeric.to_integer().ok().map(Value::Int8),
            _ => None,
        };
    }
    let integer = match value {
        Value::Int2(value) => i64::from(*value),
        Value::Int4(value) => i64::from(*value),
        Value::Int8(value) => *value,
        _ => return None,
    };
    match to {
        Type::INT2 => i16::try_from(integer).ok().map(Value::Int2),
        Type::INT4 => i32::try_from(integer).ok().map(Value::Int4),
        Type::INT8 => Some(Value::Int8(integer)),
        Type::OID => u32::try_from(integer).ok().map(Value::Oid),
        ty if ty.is_name_of_object() => u32::try_from(integer).ok().map(Value::Oid),
        Type::FLOAT8 => Some(Value::Float8(integer as f64)),
        Type::NUMERIC => Some(Value::Numeric(Box::new(Numeric::from(integer)))),
        _ => None,
    }
}
