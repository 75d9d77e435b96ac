//! `f(a, VARIADIC array)`: an array's elements as a function's last arguments.

use super::Binder;
use super::function::Arguments;
use super::polymorphic::type_argument;
use super::resolve::Choice;
use crate::sql::bound::{Expr, ExprKind};
use crate::sql::casts::{self, Context};
use crate::sql::emission::Emission;
use crate::sql::functions::{self, Function, Volatility};
use crate::sql::text::At;
use crate::sql::type_names::ANY;
use crate::types::{PgError, SqlState, Type, Value};

impl Binder<'_> {
    pub fn variadic_call(
        &mut self,
        schema: Option<&str>,
        name: &str,
        arguments: &Arguments,
        at: At,
    ) -> Result<Expr, PgError> {
        if arguments.distinct || arguments.star || arguments.filter.is_some() || !arguments.order_by.is_empty() {
            return Err(self.unsupported(at, "VARIADIC arguments of an aggregate"));
        }
        let mut args = arguments.exprs.iter().map(|arg| self.expr(arg)).collect::<Result<Vec<_>, _>>()?;
        let Some(array) = args.pop() else { return Err(self.syntax_error(at, ")")) };
        let written = schema.map_or_else(|| name.to_owned(), |schema| format!("{schema}.{name}"));
        let elsewhere = schema.is_some_and(|schema| schema != "pg_catalog");
        let of = array.ty.element();
        let takes = |function: &&Function| function.variadic && function.args.len() == args.len() + 1;
        let found = functions::named(name).filter(|_| !elsewhere).find(takes);
        let Some(function) = found else {
            let types: Vec<Type> = args.iter().chain([&array]).map(Expr::named_type).collect();
            return Err(self.no_function(&written, Choice::None, &types, at));
        };
        let any = function.args.last() == Some(&ANY);
        if of.is_none() && any {
            let message = "VARIADIC argument must be an array";
            return Err(self.error(array.at, SqlState::DATATYPE_MISMATCH, message));
        }
        if of.is_none() && array.ty != Type::UNKNOWN {
            let types: Vec<Type> = args.iter().chain([&array]).map(Expr::named_type).collect();
            return Err(self.no_function(&written, Choice::None, &types, at));
        }
        self.spread(function, args, array, at)
    }

    /// The call, of what a function of ours makes the arguments.
    fn spread(&mut self, function: &'static Function, args: Vec<Expr>, array: Expr, at: At) -> Result<Expr, PgError> {
        let Emission::Own(own) = function.emission else {
            return Err(self.unsupported(at, format!("VARIADIC arguments of {}", function.name)));
        };
        let place = array.at;
        let any = function.args.last() == Some(&ANY);
        let array = match function.args.last() {
            Some(last) if !any => {
                let wanted = self.array_of(*last, at)?;
                let from = array.named_type();
                self.coerce(array, wanted, Context::Implicit)?.ok_or_else(|| {
                    self.error(place, SqlState::CANNOT_COERCE, format!("cannot cast type {from} to {wanted}"))
                })?
            }
            _ => array,
        };
        let of = array.ty.element().unwrap_or(Type::TEXT);
        self.mutable |= function.volatility > Volatility::Immutable;
        let fixed = args.len();
        // The arguments before it as any call of the function has them.
        let (mut converted, result) = match fixed {
            0 => (Vec::new(), function.result),
            _ => self.arguments_for(function, args, at).map(|(args, result)| (args, result.ty))?,
        };
        let shown = any && !function.typed;
        let as_set = self.shows_otherwise() && casts::depends_on_settings(of);
        let array = match shown && (as_set || !crate::types::text::is_immutable(of)) {
            // As the client would see them.
            true => Expr::call(Emission::Own(casts::ARRAY_OUT), vec![array, type_argument(of)], array_type(of)),
            false => array,
        };
        let text = |text: &str| Expr::constant(Value::Text(text.to_owned()), Type::TEXT);
        let mode = match (function.typed, function.strict) {
            (true, _) => "typed",
            (false, true) => "strict",
            (false, false) => "",
        };
        let mut all = vec![text(own), text(mode), array, type_argument(of)];
        all.append(&mut converted);
        let mut call = Expr::call(Emission::Own("pg_variadic"), all, result);
        if let ExprKind::Call(call) = &mut call.kind {
            call.volatile = function.volatility >= Volatility::Volatile;
        }
        Ok(call.at(at))
    }
}

fn array_type(of: Type) -> Type {
    of.array().unwrap_or(Type::ANYARRAY)
}
