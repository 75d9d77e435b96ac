//! Arrays: constructors (`transformArrayExpr`), subscripts and slices, sub-queries as arrays, and arrays as sets of
//! their elements.

use sqlparser::ast;

use super::Binder;
use super::coerce::can_coerce;
use super::common_type::common_domain;
use super::domain::{array_of_domain, domain_of_elements};
use super::names::fold;
use super::polymorphic::type_argument;
use crate::sql::amend::is_every_field;
use crate::sql::bound::{Aggregate, Expr, ExprKind, From, Output, Query, Relation, RelationColumn, Select, Source};
use crate::sql::casts::Context;
use crate::sql::emission::Emission;
use crate::sql::text::At;
use crate::types::array::{Array, MAX_DIMENSIONS, too_many_dimensions};
use crate::types::{PgError, SqlState, Type, Value};

/// Arguments that one call of a function of ours gets at most: SQLite bounds them.
const MAX_ARGUMENTS: usize = 500;

/// (elements …, their type) → an array of them; (arrays …, their elements' type) → one of these.
pub const BUILD: &str = "pg_array_build";
pub const NEST: &str = "pg_array_nest";

/// What an array, or a vector of the catalogs, is made of.
pub fn element(ty: Type) -> Option<Type> {
    ty.element().or(ty.vector_of())
}

/// The bounds of one subscript.
enum Subscript {
    Index(Expr),
    /// From and to; `None`: as far as the array goes.
    Slice(Option<Expr>, Option<Expr>),
}

impl Binder<'_> {
    /// `ARRAY[…]`. `target`: the array type that it is cast to with its typmod, which its elements then become.
    pub fn array_constructor(&mut self, array: &ast::Array, target: Option<(Type, i32)>) -> Result<Expr, PgError> {
        self.refuse_bare(array)?;
        self.array(array, target)
    }

    /// Without the word ARRAY, brackets stand within others only.
    pub fn refuse_bare(&mut self, array: &ast::Array) -> Result<(), PgError> {
        if array.named {
            return Ok(());
        }
        let at = match array.elem.first() {
            Some(elem) => {
                let start = self.expr(elem)?.at;
                self.before(elem, start, 1)
            }
            None => At::NOWHERE,
        };
        Err(self.syntax_error(at, "["))
    }

    fn array(&mut self, array: &ast::Array, target: Option<(Type, i32)>) -> Result<Expr, PgError> {
        let mut nested = false;
        let mut items = Vec::with_capacity(array.elem.len());
        for elem in &array.elem {
            let mut inner = elem;
            while let ast::Expr::Nested(within) = inner {
                inner = within;
            }
            let item = match inner {
                ast::Expr::Array(inner) => self.deeper(1, |binder| binder.array(inner, target))?,
                _ => self.expr(elem)?,
            };
            nested |= item.ty.is_array();
            items.push(item);
        }
        let at = match array.elem.first().zip(items.first()) {
            Some((elem, item)) => self.before(elem, item.at, if array.named { 2 } else { 1 }),
            None => self.word("array"),
        };
        let mut domain = 0;
        let (items, array_type) = match target.and_then(|(target, typmod)| Some((target, target.element()?, typmod))) {
            Some((target, of, typmod)) => {
                let of = if nested { target } else { of };
                // Other types have theirs when the array is done.
                let typmod = if of == Type::BIT { typmod } else { -1 };
                let cast = |item: Expr, binder: &mut Self| {
                    let place = item.at;
                    binder.cast(item, of, typmod, |_| place)
                };
                (items.into_iter().map(|item| cast(item, self)).collect::<Result<Vec<_>, _>>()?, target)
            }
            None if items.is_empty() => {
                let message = "cannot determine type of empty array";
                let hint = "Explicitly cast to the desired type, for example ARRAY[]::integer[].";
                return Err(self.error(at, SqlState::INDETERMINATE_DATATYPE, message).hint(hint));
            }
            None => {
                domain = common_domain(items.iter().map(|item| (item.ty, item.domain)));
                if domain != 0 && nested && domain_of_elements(domain) == 0 {
                    return Err(self.unsupported(at, "an array of the values of a domain over arrays"));
                }
                let (items, ty, _) = self.unify(items, "ARRAY")?;
                // Arrays in an array are its rows.
                let array_type = if ty.is_array() { ty } else { self.array_of(ty, at)? };
                (items, array_type)
            }
        };
        let element = array_type.element().unwrap_or(Type::TEXT);
        if !nested && let Some(values) = constants(&items) {
            let array = Array::list(element, values);
            return Ok(Expr::constant(Value::Array(Box::new(array)), array_type).at(at));
        }
        let function = if nested { NEST } else { BUILD };
        let array = in_pieces(function, items, array_type, element).at(at);
        Ok(self.marked(array, array_of_domain(domain)))
    }

    /// `ARRAY(SELECT …)`.
    pub fn array_subquery(&mut self, subquery: &ast::Query, at: At) -> Result<Expr, PgError> {
        let query = self.query(subquery)?;
        let [output] = &query.outputs[..] else {
            let message = "subquery must return only one column";
            return Err(self.error(at, SqlState::SYNTAX_ERROR, message));
        };
        let (of, domain) = (output.ty, output.domain);
        if domain != 0 && of.is_array() && domain_of_elements(domain) == 0 {
            return Err(self.unsupported(at, "an array of the values of a domain over arrays"));
        }
        let (function, array, element) = match of.element() {
            Some(element) => ("pg_array_of_packed_arrays", of, element),
            None => ("pg_array_of_packed", self.array_of(of, at)?, of),
        };
        let relation = self.query_relation(&query);
        self.relations[relation].depth += 1;
        let column = Expr::new(ExprKind::Column { relation, column: 0 }, of);
        let aggregate = Aggregate {
            emission: Emission::Own("pg_pack_rows"),
            args: vec![column],
            distinct: false,
            order_by: Vec::new(),
            filter: None,
        };
        let packed = Expr::new(ExprKind::Aggregate(Box::new(aggregate)), Type::BYTEA);
        let values = Expr::call(Emission::Own(function), vec![packed, type_argument(element)], array);
        let empty = Expr::constant(Value::Text("{}".to_owned()), Type::TEXT);
        let select = Select {
            targets: vec![Expr::call(Emission::Builtin("coalesce"), vec![values, empty], array)],
            from: Some(From::Query { relation, query: Box::new(query) }),
            grouped: true,
            ..Select::default()
        };
        let query = of_select(select, array);
        let array = Expr::new(ExprKind::Scalar(Box::new(query)), array).at(at);
        Ok(self.marked(array, array_of_domain(domain)))
    }

    /// A query that yields an array's elements; of no array NULL, of which nothing is known.
    pub fn elements(&mut self, array: Expr, element: Type) -> Query {
        self.elements_of(array, element, "pg_elements")
    }

    /// The same of a function that makes rows of an array.
    pub fn elements_of(&mut self, array: Expr, element: Type, module: &'static str) -> Query {
        let column = RelationColumn {
            name: "unnest".to_owned(),
            stored_name: "c1".to_owned(),
            ty: element,
            typmod: -1,
            domain: 0,
            not_null: false,
            origin: None,
            collation: 0,
        };
        let relation = Relation {
            name: String::new(),
            source: Source::Function,
            columns: vec![column],
            depth: self.query_depth() + 1,
            nullable: false,
            keys: Vec::new(),
        };
        let id = self.relations.len();
        self.relations.push(relation);
        let args = vec![array, type_argument(element)];
        let select = Select {
            targets: vec![Expr::new(ExprKind::Column { relation: id, column: 0 }, element)],
            from: Some(From::Function { relation: id, module, args }),
            ..Select::default()
        };
        of_select(select, element)
    }

    /// `a[i]`, `a[i:j]`, `(row).field`; `table.column[i]`, whose dots belong to the name.
    pub fn subscripted(&mut self, root: &ast::Expr, chain: &[ast::AccessExpr]) -> Result<Expr, PgError> {
        if let Some(ast::AccessExpr::Dot(ast::Expr::Identifier(last))) = chain.last()
            && is_every_field(last)
        {
            let message = "row expansion via \"*\" is not supported here";
            return Err(self.error(last.span.into(), SqlState::FEATURE_NOT_SUPPORTED, message));
        }
        let mut rest = chain;
        let mut value = match (root, chain) {
            (ast::Expr::Identifier(first), [ast::AccessExpr::Dot(_), ..]) => {
                let mut idents = vec![first.clone()];
                while let [ast::AccessExpr::Dot(ast::Expr::Identifier(ident)), after @ ..] = rest {
                    idents.push(ident.clone());
                    rest = after;
                }
                self.qualified_column(&idents)?
            }
            // Of what FROM names there are system columns, too.
            (ast::Expr::Nested(inner), [ast::AccessExpr::Dot(ast::Expr::Identifier(field)), after @ ..])
                if let ast::Expr::Identifier(name) = &**inner
                    && self.find_column(&fold(name), name.span.into())?.is_none()
                    && self
                        .find_item(None, &fold(name))
                        .is_some_and(|item| !self.is_of_function(item) || item.columns.len() > 1) =>
            {
                rest = after;
                let column = self.qualified_column(&[name.clone(), field.clone()]);
                column.map_err(|error| PgError { hint: None, ..error })?
            }
            (ast::Expr::Function(_), [ast::AccessExpr::Dot(_), ..]) => {
                return Err(PgError::unsupported("a field of a value"));
            }
            _ => self.expr(root)?,
        };
        let mut levels = 0;
        while let [first, after @ ..] = rest {
            match first {
                ast::AccessExpr::Dot(ast::Expr::Identifier(field)) => {
                    value = self.field(value, field)?;
                    rest = after;
                    levels += 1;
                }
                ast::AccessExpr::Dot(_) => return Err(self.unsupported(value.at, "this field of a value")),
                ast::AccessExpr::Subscript(_) => {
                    let subscript = |access: &'_ ast::AccessExpr| match access {
                        ast::AccessExpr::Subscript(subscript) => Some(subscript.clone()),
                        ast::AccessExpr::Dot(_) => None,
                    };
                    let subscripts: Vec<ast::Subscript> = rest.iter().map_while(subscript).collect();
                    rest = &rest[subscripts.len()..];
                    value = self.subscript(value, &subscripts.iter().collect::<Vec<_>>())?;
                    levels += 1;
                }
            }
            self.deeper(levels, |_| Ok(()))?;
        }
        Ok(value)
    }

    pub fn subscript(&mut self, array: Expr, subscripts: &[&ast::Subscript]) -> Result<Expr, PgError> {
        let at = array.at;
        if array.ty == Type::NAME
            && let [ast::Subscript::Index { index }] = subscripts
        {
            let index = self.expr(index)?;
            let index = self.coerce(index, Type::INT4, Context::Assignment)?.unwrap_or(Expr::null(Type::INT4));
            return Ok(Expr::call(Emission::Own("pg_name_element"), vec![array, index], Type::CHAR).at(at));
        }
        if array.ty == Type::JSONB {
            let mut args = vec![array];
            args.extend(self.jsonb_subscripts(subscripts)?);
            return Ok(Expr::call(Emission::Own("pg_jsonb_get"), args, Type::JSONB).at(at));
        }
        let Some(of) = element(array.ty) else {
            let message = format!("cannot subscript type {} because it does not support subscripting", array.ty);
            return Err(self.error(at, SqlState::DATATYPE_MISMATCH, message));
        };
        let subscripts = self.array_subscripts(subscripts)?;
        let slice = subscripts.iter().any(|subscript| matches!(subscript, Subscript::Slice(..)));
        let result = if slice { self.array_of(of, at)? } else { of };
        let domain = match domain_of_elements(array.domain) {
            domain if !slice => domain,
            domain => array_of_domain(domain),
        };
        let mut args = vec![array];
        args.extend(bounds(subscripts, slice));
        args.push(type_argument(of));
        let function = if slice { "pg_array_slice" } else { "pg_array_get" };
        Ok(self.marked(Expr::call(Emission::Own(function), args, result).at(at), domain))
    }

    /// Keys and indexes, as texts and integers (`jsonb_subscript_transform`).
    fn jsonb_subscripts(&mut self, subscripts: &[&ast::Subscript]) -> Result<Vec<Expr>, PgError> {
        let mut bound = Vec::with_capacity(subscripts.len());
        for subscript in subscripts {
            let ast::Subscript::Index { index } = subscript else {
                return Err(PgError::new(SqlState::DATATYPE_MISMATCH, "jsonb subscript does not support slices"));
            };
            let index = self.expr(index)?;
            let (ty, at) = (index.ty, index.at);
            let wanted = match ty {
                Type::UNKNOWN => Type::TEXT,
                ty if can_coerce(ty, Type::INT4, Context::Implicit) => Type::INT4,
                _ => Type::TEXT,
            };
            let subscript = self.coerce(index, wanted, Context::Implicit)?.ok_or_else(|| {
                let hint = "jsonb subscript must be coercible to either integer or text.";
                let message = format!("subscript type {ty} is not supported");
                self.error(at, SqlState::DATATYPE_MISMATCH, message).hint(hint)
            })?;
            bound.push(subscript);
        }
        Ok(bound)
    }

    fn array_subscripts(&mut self, subscripts: &[&ast::Subscript]) -> Result<Vec<Subscript>, PgError> {
        if subscripts.len() > MAX_DIMENSIONS {
            return Err(too_many_dimensions(subscripts.len()));
        }
        let mut bound = Vec::with_capacity(subscripts.len());
        for subscript in subscripts {
            bound.push(match subscript {
                ast::Subscript::Index { index } => Subscript::Index(self.array_bound(index)?),
                ast::Subscript::Slice { lower_bound, upper_bound, stride: None } => {
                    let lower = lower_bound.as_ref().map(|bound| self.array_bound(bound)).transpose()?;
                    let upper = upper_bound.as_ref().map(|bound| self.array_bound(bound)).transpose()?;
                    Subscript::Slice(lower, upper)
                }
                ast::Subscript::Slice { .. } => return Err(self.syntax_error(At::NOWHERE, ":")),
            });
        }
        Ok(bound)
    }

    fn array_bound(&mut self, bound: &ast::Expr) -> Result<Expr, PgError> {
        let bound = self.expr(bound)?;
        let place = bound.at;
        self.coerce(bound, Type::INT4, Context::Assignment)?
            .ok_or_else(|| self.error(place, SqlState::DATATYPE_MISMATCH, "array subscript must have type integer"))
    }

    /// The array (or jsonb) `array` with a value in place of what its subscripts name.
    pub fn array_assignment(
        &mut self,
        array: Expr,
        subscripts: &[&ast::Subscript],
        value: impl FnOnce(&mut Self, Type) -> Result<Expr, PgError>,
    ) -> Result<Expr, PgError> {
        let (at, ty) = (array.at, array.ty);
        if ty == Type::JSONB {
            let subscripts = self.jsonb_subscripts(subscripts)?;
            let mut args = vec![array, value(self, ty)?];
            args.extend(subscripts);
            return Ok(Expr::call(Emission::Own("pg_jsonb_assign"), args, ty).at(at));
        }
        let Some(of) = ty.element() else {
            let message = format!("cannot subscript type {ty} because it does not support subscripting");
            return Err(self.error(at, SqlState::DATATYPE_MISMATCH, message));
        };
        let subscripts = self.array_subscripts(subscripts)?;
        let slice = subscripts.iter().any(|subscript| matches!(subscript, Subscript::Slice(..)));
        let value = value(self, if slice { ty } else { of })?;
        let mut args = vec![array, value];
        args.extend(bounds(subscripts, slice));
        args.push(type_argument(of));
        let function = if slice { "pg_array_set_slice" } else { "pg_array_set" };
        Ok(Expr::call(Emission::Own(function), args, ty).at(at))
    }
}

/// Subscripts as arguments: one each, or if any is a slice two, with an empty text for what is left out.
fn bounds(subscripts: Vec<Subscript>, slice: bool) -> Vec<Expr> {
    let open = || Expr::constant(Value::Text(String::new()), Type::TEXT);
    let pair = |subscript| match subscript {
        Subscript::Index(index) if !slice => vec![index],
        // Beside a slice, a number alone is where it ends.
        Subscript::Index(index) => vec![Expr::constant(Value::Int4(1), Type::INT4), index],
        Subscript::Slice(lower, upper) => vec![lower.unwrap_or_else(open), upper.unwrap_or_else(open)],
    };
    subscripts.into_iter().flat_map(pair).collect()
}

/// The values of constants, if all are.
fn constants(items: &[Expr]) -> Option<Vec<Value>> {
    let value = |item: &Expr| match &item.kind {
        ExprKind::Null => Some(Value::Null),
        ExprKind::Constant(value) => Some(value.clone()),
        _ => None,
    };
    items.iter().map(value).collect()
}

/// A call of any number of arguments, and the type of array elements behind them: in several calls, whose arrays are
/// put behind each other, where they are too many for one.
pub fn in_pieces(function: &'static str, mut items: Vec<Expr>, array: Type, element: Type) -> Expr {
    let call = |function, mut args: Vec<Expr>| {
        args.push(type_argument(element));
        Expr::call(Emission::Own(function), args, array)
    };
    if items.len() <= MAX_ARGUMENTS {
        return call(function, items);
    }
    let size = items.len().div_ceil(MAX_ARGUMENTS).max(MAX_ARGUMENTS);
    let mut pieces = Vec::new();
    while !items.is_empty() {
        let rest = items.split_off(size.min(items.len()));
        pieces.push(in_pieces(function, std::mem::replace(&mut items, rest), array, element));
    }
    call("pg_array_chain", pieces)
}

fn of_select(select: Select, ty: Type) -> Query {
    Query::of_select(select, vec![Output::new("array", ty)])
}
