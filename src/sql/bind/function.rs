//! Function calls (`parse_func.c`).

use std::borrow::Cow;

use sqlparser::ast::{
    self, DuplicateTreatment, FunctionArg, FunctionArgExpr, FunctionArgumentClause, FunctionArguments, ObjectNamePart,
};

use super::Binder;
use super::named_arguments::is_named;
use super::names::fold;
use super::ordered_set::is_ordered_set;
use super::polymorphic::{Agreeing, type_argument};
use super::query::expr_at;
use super::resolve::{Choice, choose};
use crate::sql::amend::is_variadic;
use crate::sql::bound::{Call, Expr, ExprKind, Form};
use crate::sql::casts::{self, Context};
use crate::sql::emission::Emission;
use crate::sql::functions::{self, Function, Volatility};
use crate::sql::text::At;
use crate::sql::type_names::{self, ANY, ANYNONARRAY, Named, REGCLASS, REGTYPE};
use crate::types::{PgError, SqlState, Type, Value};

/// What stands in and behind a call's parentheses.
pub struct Arguments<'a> {
    pub exprs: Vec<Cow<'a, ast::Expr>>,
    /// `count(*)`.
    pub star: bool,
    pub distinct: bool,
    /// The last argument is an array of arguments.
    pub variadic: bool,
    pub order_by: &'a [ast::OrderByExpr],
    pub filter: Option<&'a ast::Expr>,
}

impl Binder<'_> {
    pub fn function(&mut self, function: &ast::Function) -> Result<Expr, PgError> {
        let parts = self.parts(&function.name)?;
        let at = parts.first().map_or(At::NOWHERE, |part| part.span.into());
        let names: Vec<String> = parts.iter().map(|part| fold(part)).collect();
        let plain = matches!(&function.name.0[..], [ObjectNamePart::Identifier(ident)] if ident.quote_style.is_none());
        if function.uses_odbc_syntax
            || function.null_treatment.is_some()
            || !matches!(function.parameters, FunctionArguments::None)
        {
            return Err(self.syntax_error(at, &names.join(".")));
        }
        let (schema, name) = match &names[..] {
            [name] => (None, name),
            [schema, name] if schema == "pg_catalog" || is_of_information_schema(schema, name) => (Some(schema), name),
            [schema, name] if self.is_of_extension(schema, name) => (Some(schema), name),
            _ => {
                return Err(self.qualified_function(&names, &function.args, at));
            }
        };
        let plain = plain && schema.is_none_or(|schema| schema == "pg_catalog");
        let list = match &function.args {
            FunctionArguments::None => return self.parameterless(name, at),
            FunctionArguments::Subquery(query) if plain && name == "array" => return self.array_subquery(query, at),
            FunctionArguments::Subquery(_) => return Err(self.syntax_error(at, name)),
            FunctionArguments::List(list) => list,
        };
        let arguments = self.arguments(list, function.filter.as_deref(), name, at)?;
        if arguments.exprs.len() > MAX_ARGUMENTS && !(plain && MANY.contains(&name.as_str())) {
            let message = format!("cannot pass more than {MAX_ARGUMENTS} arguments to a function");
            return Err(self.error(at, SqlState::TOO_MANY_ARGUMENTS, message));
        }
        if !function.within_group.is_empty() {
            if function.over.is_some() {
                let message = format!("OVER is not supported for ordered-set aggregate {name}");
                return Err(self.error(at, SqlState::FEATURE_NOT_SUPPORTED, message));
            }
            return self.within_group(name, &arguments, &function.within_group, at);
        }
        if plain && name == "grouping" {
            return self.grouping(&arguments.exprs, at);
        }
        let shown = names.join(".");
        if let Some(over) = &function.over {
            if self.find_extension_function(schema.map(String::as_str), name, &arguments)? {
                let what = format!("OVER specified, but {shown} is not a window function nor an aggregate function");
                return Err(self.error(at, SqlState::WRONG_OBJECT_TYPE, what));
            }
            return self.window_function(name, &arguments, over, at);
        }
        if arguments.variadic {
            return self.variadic_call(schema.map(String::as_str), name, &arguments, at);
        }
        if plain && let Some(expr) = self.keyword_function(name, &arguments, at)? {
            return Ok(expr);
        }
        let elsewhere = schema.is_some_and(|schema| schema != "pg_catalog");
        if !elsewhere && functions::named(name).any(|function| function.aggregate) {
            return self.aggregate(name, &arguments, at);
        }
        if arguments.distinct || arguments.star || !arguments.order_by.is_empty() || arguments.filter.is_some() {
            let what = match () {
                () if arguments.star => return Err(self.no_function(&shown, Choice::None, &[], at)),
                () if arguments.distinct => {
                    format!("DISTINCT specified, but {shown} is not an aggregate function")
                }
                () if arguments.filter.is_some() => {
                    format!("FILTER specified, but {shown} is not an aggregate function")
                }
                () => format!("ORDER BY specified, but {shown} is not an aggregate function"),
            };
            return Err(self.error(at, SqlState::WRONG_OBJECT_TYPE, what));
        }
        let args = arguments.exprs.iter().map(|arg| self.expr(arg)).collect::<Result<Vec<_>, _>>()?;
        self.call_in(schema.map(String::as_str), name, args, at)
    }

    /// A call of a function that there is not, in a schema.
    fn qualified_function(&mut self, names: &[String], args: &FunctionArguments, at: At) -> PgError {
        let schema = match names {
            [schema, _] => schema,
            [database, schema, _] if *database == self.context.database => schema,
            _ => {
                let message = format!("cross-database references are not implemented: {}", names.join("."));
                return self.error(at, SqlState::FEATURE_NOT_SUPPORTED, message);
            }
        };
        if !matches!(schema.as_str(), "pg_catalog" | "information_schema")
            && !self.catalog.has_schema(self.meant(schema))
        {
            let message = format!("schema \"{schema}\" does not exist");
            return self.error(at, SqlState::INVALID_SCHEMA_NAME, message);
        }
        let mut types = Vec::new();
        if let FunctionArguments::List(list) = args {
            for arg in &list.args {
                if let FunctionArg::Unnamed(FunctionArgExpr::Expr(arg)) = arg {
                    match self.expr(arg) {
                        Ok(arg) => types.push(arg.ty),
                        Err(error) => return error,
                    }
                }
            }
        }
        self.no_function(&names.join("."), Choice::None, &types, at)
    }

    fn arguments<'a>(
        &mut self,
        list: &'a ast::FunctionArgumentList,
        filter: Option<&'a ast::Expr>,
        name: &str,
        at: At,
    ) -> Result<Arguments<'a>, PgError> {
        let mut arguments = Arguments {
            exprs: Vec::with_capacity(list.args.len()),
            star: false,
            distinct: list.duplicate_treatment == Some(DuplicateTreatment::Distinct),
            variadic: false,
            order_by: &[],
            filter,
        };
        let named = list.args.iter().any(is_named);
        if named {
            arguments.exprs = self.in_order(name, &list.args, at)?.into_iter().map(Cow::Borrowed).collect();
        }
        for arg in list.args.iter().filter(|_| !named) {
            match arg {
                FunctionArg::Unnamed(FunctionArgExpr::Wildcard) => arguments.star = true,
                FunctionArg::Unnamed(arg) => match argument(arg) {
                    Some(expr) if arguments.variadic => {
                        let comma = self.tokens_away(expr_at(&expr), -1);
                        return Err(self.syntax_error(comma, ","));
                    }
                    Some(Cow::Borrowed(ast::Expr::Function(call))) if let Some(array) = variadic_argument(call) => {
                        arguments.variadic = true;
                        arguments.exprs.push(Cow::Borrowed(array));
                    }
                    Some(expr) => arguments.exprs.push(expr),
                    None => return Err(self.syntax_error(at, name)),
                },
                FunctionArg::Named { .. } | FunctionArg::ExprNamed { .. } => {
                    return Err(self.unsupported(at, "a named argument"));
                }
            }
        }
        for clause in &list.clauses {
            match clause {
                FunctionArgumentClause::OrderBy(items) => arguments.order_by = items,
                _ => return Err(self.syntax_error(at, name)),
            }
        }
        if arguments.star && (!arguments.exprs.is_empty() || arguments.distinct || !arguments.order_by.is_empty()) {
            return Err(self.syntax_error(at, "*"));
        }
        Ok(arguments)
    }

    /// A plain function applied to bound arguments.
    pub fn call(&mut self, name: &str, args: Vec<Expr>, at: At) -> Result<Expr, PgError> {
        self.call_in(None, name, args, at)
    }

    /// The same of a function in a schema, or along the search path.
    pub fn call_in(&mut self, schema: Option<&str>, name: &str, args: Vec<Expr>, at: At) -> Result<Expr, PgError> {
        let types: Vec<Type> = args.iter().map(|arg| arg.ty).collect();
        let named: Vec<Type> = args.iter().map(Expr::named_type).collect();
        let function = match self.find_function(schema, name, &types) {
            Ok(function) => function,
            Err(choice) => {
                if let Some(column) = self.column_as_function(name, &args).filter(|_| schema.is_none()) {
                    return Ok(column.at(at));
                }
                let written = schema.map_or_else(|| name.to_owned(), |schema| format!("{schema}.{name}"));
                if schema.is_some_and(|schema| schema != "pg_catalog") {
                    return Err(self.no_function(&written, choice, &named, at));
                }
                if let Some(call) = self.stand_in(name, &args, at)? {
                    return Ok(call);
                }
                // A type's name as a function is a cast.
                if let [from] = types[..]
                    && let Named::Type(to) = type_names::lookup_internal(name)
                    && (from == Type::UNKNOWN || casts::find(from, to, Context::Explicit).is_some())
                    && let Some(arg) = args.into_iter().next()
                {
                    return Ok(self.cast(arg, to, -1, |_| at)?.at(at));
                }
                return Err(self.no_function(if schema.is_none() { name } else { &written }, choice, &named, at));
            }
        };
        if function.window {
            let message = format!("window function {name} requires an OVER clause");
            return Err(self.error(at, SqlState::WRONG_OBJECT_TYPE, message));
        }
        if let Emission::Missing(what) = function.emission {
            return Err(self.unsupported(at, what));
        }
        self.mutable |= function.volatility > Volatility::Immutable;
        self.of_sessions |= matches!(function.name, "pg_blocking_pids" | "inet_client_addr" | "inet_client_port");
        if function.set {
            return self.set_in_target(function, args, at);
        }
        if function.emission == Emission::Text("current_schema") {
            let schema = self.current_schema().map_or(ExprKind::Null, |name| ExprKind::Constant(Value::Text(name)));
            return Ok(Expr::new(schema, Type::NAME).at(at));
        }
        if function.args.first() == Some(&Type::ANYENUM) {
            let args = self.of_one_enum(args)?;
            return Ok(self.enum_function(function.name, args)?.at(at));
        }
        if let ("pg_collation_for", [of]) = (function.name, &args[..]) {
            return self.collation_for(of, at);
        }
        if function.name == "pg_typeof" {
            return Ok(type_of(args).at(at));
        }
        let (args, result) = self.arguments_for(function, args, at)?;
        self.refuse_populated(function, result.ty)?;
        if function.name == "pg_sequence_last_value" {
            let oid = args.into_iter().next().unwrap_or_else(|| Expr::null(Type::OID));
            return Ok(self.sequence_last_value(oid).at(at));
        }
        if COMPARE_ELEMENTS.contains(&function.name) && args.first().is_some_and(|array| array.ty.is_array_of_rows()) {
            return Err(self.unsupported(at, "comparing the rows of an array"));
        }
        if let Some(size) = self.size_function(name, &args) {
            return Ok(size.at(at));
        }
        let args = match function.args {
            [ty, ..] if *ty == REGCLASS && SEQUENCE.contains(&name) => self.sequence_arguments(args)?,
            _ => args,
        };
        if function.name == "current_setting" {
            self.reads_config = Some((self.reads_config.map_or(0, |(count, _)| count) + 1, at));
        }
        if let Emission::Session(session) = function.emission {
            self.sets_config |= session == crate::sql::SessionFunction::SetConfig;
            self.session_call = Some((self.session_call.map_or(0, |(count, _)| count) + 1, at));
        }
        self.writes |= function.volatility == Volatility::Writes;
        if matches!(function.name, "nextval" | "setval") {
            self.writes_sequence(args.first().and_then(|oid| match oid.kind {
                ExprKind::Constant(Value::Oid(oid)) => Some(oid),
                _ => None,
            }));
        }
        let volatile = function.volatility >= Volatility::Volatile;
        let call = Call { emission: function.emission, args, volatile };
        let typmod = if result.ty.relation().is_some() { self.row_typmod(result.ty) } else { -1 };
        let call = Expr { typmod, ..Expr::new(ExprKind::Call(Box::new(call)), result.ty) };
        Ok(self.marked(call.at(at), result.domain))
    }

    /// Arguments converted to the function's types, and its result's type. A polymorphic function is told in one more
    /// argument what its arguments are, or are arrays of; one of typed arguments, what each of them is.
    pub fn arguments_for(
        &mut self,
        function: &Function,
        args: Vec<Expr>,
        at: At,
    ) -> Result<(Vec<Expr>, Form), PgError> {
        let shows = function.name.contains("json") || function.name == "array_to_string";
        let args = match shows {
            true => args.into_iter().map(|arg| self.as_name(arg)).collect::<Result<_, _>>()?,
            false => args,
        };
        if function.is_polymorphic() {
            let named: Vec<Type> = args.iter().map(Expr::named_type).collect();
            let Some(Agreeing { mut args, element, domain }) = self.agreeing_arguments(args, function.args, at)? else {
                return Err(self.no_function(function.name, Choice::None, &named, at));
            };
            // SQLite's own functions know nothing of types.
            if !matches!(function.emission, Emission::Builtin(_)) {
                args.push(type_argument(element));
            }
            return Ok((args, self.polymorphic_result(function.result, element, domain, at)?));
        }
        if function.typed {
            let mut typed = Vec::with_capacity(2 * args.len());
            for arg in args {
                let arg = self.text_if_unknown(arg)?;
                let ty = type_argument(arg.ty);
                typed.extend([arg, ty]);
            }
            return Ok((typed, Form::plain(function.result)));
        }
        let mut converted = Vec::with_capacity(args.len());
        for (index, arg) in args.into_iter().enumerate() {
            let wanted = function.args.get(index).or(function.args.last()).copied().unwrap_or(ANY);
            let (from, at) = (arg.ty, arg.at);
            // A value of any type, taken as text.
            let (wanted, context) = match wanted {
                ANYNONARRAY => (Type::TEXT, Context::Explicit),
                wanted => (wanted, Context::Implicit),
            };
            let arg = self.coerce(arg, wanted, context)?.ok_or_else(|| {
                self.error(at, SqlState::CANNOT_COERCE, format!("cannot cast type {from} to {wanted}"))
            })?;
            converted.push(if function.variadic && wanted == ANY { self.as_text(arg)? } else { arg });
        }
        // Of an enum the function yields what it was given.
        let result = match converted.first() {
            Some(arg) if function.result == Type::ANYENUM => arg.ty,
            _ => function.result,
        };
        Ok((converted, Form::plain(result)))
    }

    /// The OID of an object by the object's name, for what makes texts of values.
    fn as_name(&mut self, arg: Expr) -> Result<Expr, PgError> {
        let at = arg.at;
        match arg.ty.element() {
            Some(element) if element.is_name_of_object() => {
                Err(self.unsupported(at, format!("an array of {element} as an argument here")))
            }
            None if arg.ty.is_name_of_object() => {
                let ty = arg.ty;
                let text = self.coerce(arg, Type::TEXT, Context::Explicit)?;
                text.ok_or_else(|| self.unsupported(at, format!("a value of type {ty} as an argument here")))
            }
            _ => Ok(arg),
        }
    }

    /// A value as the client would see it, as text: what concat() joins.
    fn as_text(&mut self, arg: Expr) -> Result<Expr, PgError> {
        let at = arg.at;
        if arg.ty == Type::UNKNOWN {
            return match arg.kind {
                ExprKind::Param(_) => Ok(arg),
                _ => self.text_if_unknown(arg),
            };
        }
        match casts::output(arg.ty).map(|output| self.as_set(output)) {
            Some(Emission::Same) => Ok(arg),
            Some(Emission::Missing(what)) => Err(self.unsupported(at, what)),
            Some(output) => Ok(Expr::call(output, vec![arg], Type::TEXT).at(at)),
            None => Err(self.unsupported(at, "an argument of this type")),
        }
    }

    /// The sequence functions' first argument: a sequence, by OID.
    /// A sequence is drawn from; which one may not be known.
    pub fn writes_sequence(&mut self, oid: Option<u32>) {
        let schema = oid.and_then(|oid| self.catalog.get(oid)).map(|of| of.schema().to_owned());
        self.writes_in(&schema.unwrap_or_default());
    }

    fn sequence_arguments(&mut self, mut args: Vec<Expr>) -> Result<Vec<Expr>, PgError> {
        if let Some(first) = args.first_mut()
            && matches!(first.kind, ExprKind::Constant(_))
        {
            let oid = self.constant_sequence(first)?;
            *first = Expr::constant(Value::Oid(oid), Type::OID).at(first.at);
        }
        Ok(args)
    }

    pub fn no_function(&self, name: &str, choice: Choice, types: &[Type], at: At) -> PgError {
        let args: Vec<String> = types.iter().map(Type::to_string).collect();
        self.no_function_like(name, choice, &args.join(", "), at)
    }

    /// `args`: as a signature has them.
    pub fn no_function_like(&self, name: &str, choice: Choice, args: &str, at: At) -> PgError {
        let signature = format!("{name}({args})");
        if matches!(choice, Choice::Ambiguous) {
            let message = format!("function {signature} is not unique");
            let hint = "Could not choose a best candidate function. You might need to add explicit type casts.";
            return self.error(at, SqlState::AMBIGUOUS_FUNCTION, message).hint(hint);
        }
        let bare = name.strip_prefix("pg_catalog.").unwrap_or(name);
        let known = functions::named(bare).next().is_some()
            || !functions::stand_ins(bare).is_empty()
            || is_ordered_set(bare)
            || self.knows_function(bare);
        if !known && functions::is_postgres_function(bare) {
            return self.unsupported(at, format!("function {bare}({args})"));
        }
        let message = format!("function {signature} does not exist");
        let hint = "No function matches the given name and argument types. You might need to add explicit type casts.";
        self.error(at, SqlState::UNDEFINED_FUNCTION, message).hint(hint)
    }
}

/// An error of a function that is not found, where PostgreSQL's grammar names it with its schema.
pub fn of_catalog(error: PgError) -> PgError {
    match error.message.strip_prefix("function ") {
        Some(rest) => PgError { message: format!("function pg_catalog.{rest}"), ..error },
        None => error,
    }
}

/// The array behind VARIADIC.
fn variadic_argument(call: &ast::Function) -> Option<&ast::Expr> {
    let [ObjectNamePart::Identifier(name)] = &call.name.0[..] else { return None };
    let FunctionArguments::List(list) = &call.args else { return None };
    match &list.args[..] {
        [FunctionArg::Unnamed(FunctionArgExpr::Expr(array))] if is_variadic(name) => Some(array),
        _ => None,
    }
}

/// An argument as an expression: `t.*` is the whole row.
pub fn argument(arg: &FunctionArgExpr) -> Option<Cow<'_, ast::Expr>> {
    match arg {
        FunctionArgExpr::Expr(expr) => Some(Cow::Borrowed(expr)),
        FunctionArgExpr::QualifiedWildcard(name) => {
            let star = ast::helpers::attached_token::AttachedToken::empty();
            Some(Cow::Owned(ast::Expr::QualifiedWildcard(name.clone(), star)))
        }
        _ => None,
    }
}

/// Arguments of a function at most, as in PostgreSQL.
const MAX_ARGUMENTS: usize = 100;

/// What is written as functions are, and is none.
const MANY: [&str; 4] = ["coalesce", "greatest", "least", "grouping"];

/// Functions that look for an array's elements.
const COMPARE_ELEMENTS: [&str; 4] = ["array_position", "array_positions", "array_remove", "array_replace"];

/// Functions whose first argument is a sequence.
const SEQUENCE: [&str; 3] = ["nextval", "currval", "setval"];

/// The overload of PostgreSQL's own that it would choose.
pub fn find(name: &str, types: &[Type]) -> Result<&'static Function, Choice> {
    find_among(functions::named(name).collect(), types)
}

/// The one of some functions of a name that PostgreSQL would choose.
pub fn find_among(mut candidates: Vec<&'static Function>, types: &[Type]) -> Result<&'static Function, Choice> {
    candidates.retain(|function| match function.variadic {
        true => types.len() >= function.args.len(),
        false => types.len() == function.args.len(),
    });
    let signature = |function: &&Function| -> Vec<Type> {
        let last = function.args.last().copied();
        (0..types.len()).filter_map(|index| function.args.get(index).copied().or(last)).collect()
    };
    let signatures: Vec<Vec<Type>> = candidates.iter().map(signature).collect();
    if let Some(index) = signatures.iter().position(|signature| signature == types) {
        return Ok(candidates[index]);
    }
    match choose(types, &signatures) {
        Choice::One(index) => Ok(candidates[index]),
        choice => Err(choice),
    }
}

/// `pg_typeof(x)`: known here and now.
fn type_of(args: Vec<Expr>) -> Expr {
    let ty = args.first().map_or(Type::UNKNOWN, Expr::named_type);
    Expr::constant(Value::Oid(ty.0), REGTYPE).decided(args)
}

/// Whether a function is the one of `information_schema` that there is.
pub fn is_of_information_schema(schema: &str, name: &str) -> bool {
    (schema, name) == ("information_schema", "_pg_expandarray")
}
