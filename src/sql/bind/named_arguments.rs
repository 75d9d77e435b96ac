//! Arguments by name: `f(a, c => 1)` (`MatchNamedCall` of `namespace.c`).

use std::sync::LazyLock;

use sqlparser::ast::{self, FunctionArg, FunctionArgExpr, FunctionArgOperator};

use super::Binder;
use super::names::fold;
use super::resolve::Choice;
use crate::sql::functions::{Absent, parameters};
use crate::sql::text::At;
use crate::types::{PgError, SqlState};

/// One argument as it is written, and which of the parameters it is.
pub struct Given<'a> {
    pub name: Option<&'a ast::Ident>,
    pub place: usize,
    pub value: &'a ast::Expr,
}

/// Whether an argument is given by its name.
pub fn is_named(arg: &FunctionArg) -> bool {
    !matches!(arg, FunctionArg::Unnamed(_)) || assigned(arg).is_some()
}

/// `name := value`, which sqlparser takes for an operator.
fn assigned(arg: &FunctionArg) -> Option<(&ast::Ident, &ast::Expr)> {
    let FunctionArg::Unnamed(FunctionArgExpr::Expr(ast::Expr::BinaryOp { left, op, right })) = arg else { return None };
    match &**left {
        ast::Expr::Identifier(name) if *op == ast::BinaryOperator::Assignment => Some((name, right)),
        _ => None,
    }
}

/// An argument's name, if it has one, and its value; `None` of what is no such argument.
fn parts(arg: &FunctionArg) -> Option<(Option<&ast::Ident>, &ast::Expr)> {
    if let Some((name, value)) = assigned(arg) {
        return Some((Some(name), value));
    }
    let (name, value, operator) = match arg {
        FunctionArg::Unnamed(value) => (None, value, None),
        FunctionArg::Named { name, arg, operator }
        | FunctionArg::ExprNamed { name: ast::Expr::Identifier(name), arg, operator } => {
            (Some(name), arg, Some(operator))
        }
        FunctionArg::ExprNamed { .. } => return None,
    };
    let FunctionArgExpr::Expr(value) = value else { return None };
    let is_arrow = matches!(operator, None | Some(FunctionArgOperator::RightArrow | FunctionArgOperator::Assignment));
    is_arrow.then_some((name, value))
}

/// The arguments of a call, each with its place; `None` if the function has no such parameters.
pub fn given<'a>(function: &str, args: &'a [FunctionArg]) -> Option<Vec<Given<'a>>> {
    let parameters = parameters(function)?;
    let mut all: Vec<Given> = Vec::with_capacity(args.len());
    for (index, arg) in args.iter().enumerate() {
        let (name, value) = parts(arg)?;
        let place = match name {
            None => index,
            Some(name) => parameters.names.iter().position(|other| *other == fold(name))?,
        };
        if all.iter().any(|other| other.place == place) {
            return None;
        }
        all.push(Given { name, place, value });
    }
    let last = all.iter().map(|arg| arg.place).max()?;
    let may_be_absent = |place: usize| parameters.absent(place).is_some();
    // Those behind the last one are another line of the tables.
    let complete = (0..=last).all(|place| may_be_absent(place) || all.iter().any(|arg| arg.place == place));
    complete.then_some(all)
}

fn absent(value: Absent) -> &'static ast::Expr {
    fn literal(value: ast::Value) -> ast::Expr {
        ast::Expr::Value(value.with_empty_span())
    }
    static EMPTY_OBJECT: LazyLock<ast::Expr> =
        LazyLock::new(|| literal(ast::Value::SingleQuotedString("{}".to_owned())));
    static FALSE: LazyLock<ast::Expr> = LazyLock::new(|| literal(ast::Value::Boolean(false)));
    static TRUE: LazyLock<ast::Expr> = LazyLock::new(|| literal(ast::Value::Boolean(true)));
    static USE_JSON_NULL: LazyLock<ast::Expr> =
        LazyLock::new(|| literal(ast::Value::SingleQuotedString("use_json_null".to_owned())));
    static ZERO: LazyLock<ast::Expr> = LazyLock::new(|| literal(ast::Value::Number("0".to_owned(), false)));
    static ZERO_SECONDS: LazyLock<ast::Expr> = LazyLock::new(|| literal(ast::Value::Number("0.0".to_owned(), false)));
    match value {
        Absent::EmptyObject => &EMPTY_OBJECT,
        Absent::False => &FALSE,
        Absent::True => &TRUE,
        Absent::UseJsonNull => &USE_JSON_NULL,
        Absent::Zero => &ZERO,
        Absent::ZeroSeconds => &ZERO_SECONDS,
    }
}

impl Binder<'_> {
    /// The arguments in the order of the parameters, with values for those left out between. Errors: 42601 for an order
    /// that no call has, 42883 where no function is called so.
    pub fn in_order<'a>(
        &mut self,
        function: &str,
        args: &'a [FunctionArg],
        at: At,
    ) -> Result<Vec<&'a ast::Expr>, PgError> {
        self.check_order(args, at)?;
        let Some(given) = given(function, args) else { return Err(self.no_such_named(function, args, at)) };
        let last = given.iter().map(|arg| arg.place).max().unwrap_or_default();
        let mut ordered = Vec::with_capacity(last + 1);
        for place in 0..=last {
            let value = given.iter().find(|arg| arg.place == place).map(|arg| arg.value);
            let otherwise = || parameters(function).and_then(|parameters| parameters.absent(place)).map(absent);
            ordered.extend(value.or_else(otherwise));
        }
        Ok(ordered)
    }

    fn check_order(&mut self, args: &[FunctionArg], at: At) -> Result<(), PgError> {
        let mut names: Vec<String> = Vec::new();
        for arg in args {
            match parts(arg) {
                None => return Err(self.unsupported(at, "an argument of this kind")),
                Some((None, value)) if !names.is_empty() => {
                    let at = self.expr(value)?.at;
                    let message = "positional argument cannot follow named argument";
                    return Err(self.error(at, SqlState::SYNTAX_ERROR, message));
                }
                Some((None, _)) => {}
                Some((Some(ident), _)) => {
                    let name = fold(ident);
                    if names.contains(&name) {
                        let message = format!("argument name \"{name}\" used more than once");
                        return Err(self.error(ident.span.into(), SqlState::SYNTAX_ERROR, message));
                    }
                    names.push(name);
                }
            }
        }
        Ok(())
    }

    fn no_such_named(&mut self, function: &str, args: &[FunctionArg], at: At) -> PgError {
        let mut shown = Vec::with_capacity(args.len());
        for (name, value) in args.iter().filter_map(parts) {
            let ty = match self.expr(value) {
                Ok(value) => value.named_type(),
                Err(error) => return error,
            };
            shown.push(match name {
                Some(name) => format!("{} => {ty}", fold(name)),
                None => ty.to_string(),
            });
        }
        self.no_function_like(function, Choice::None, &shown.join(", "), at)
    }
}
