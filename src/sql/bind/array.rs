//! Arrays, as far as the catalogs need them: `ARRAY(SELECT …)`, elements by number, and arrays as sets of elements.

use sqlparser::ast;

use super::Binder;
use crate::sql::bound::{
    Aggregate, Body, Expr, ExprKind, From, Output, Query, Relation, RelationColumn, Select, Source,
};
use crate::sql::casts::Context;
use crate::sql::emission::Emission;
use crate::sql::text::At;
use crate::types::{PgError, SqlState, Type, Value};

/// What an array, or a vector of the catalogs, is made of.
pub fn element(ty: Type) -> Option<Type> {
    ty.element().or(ty.vector_of())
}

impl Binder<'_> {
    /// `ARRAY(SELECT …)`.
    pub fn array_subquery(&mut self, subquery: &ast::Query, at: At) -> Result<Expr, PgError> {
        let query = self.query(subquery)?;
        let [output] = &query.outputs[..] else {
            let message = "subquery must return only one column";
            return Err(self.error(self.subquery_at(subquery), SqlState::SYNTAX_ERROR, message));
        };
        let element = output.ty;
        let Some(array) = element.array() else {
            let message = format!("could not find array type for data type {element}");
            return Err(self.error(at, SqlState::UNDEFINED_OBJECT, message));
        };
        let relation = self.query_relation(&query);
        self.relations[relation].depth += 1;
        let column = Expr::new(ExprKind::Column { relation, column: 0 }, element);
        let args = vec![column, Expr::constant(Value::Oid(element.0), Type::OID)];
        let aggregate = Aggregate {
            emission: Emission::Own("pg_array_of"),
            args,
            distinct: false,
            order_by: Vec::new(),
            filter: None,
        };
        let aggregate = Expr::new(ExprKind::Aggregate(Box::new(aggregate)), array);
        let empty = Expr::constant(Value::Text("{}".to_owned()), Type::TEXT);
        let select = Select {
            targets: vec![Expr::call(Emission::Builtin("coalesce"), vec![aggregate, empty], array)],
            from: Some(From::Query { relation, query: Box::new(query) }),
            grouped: true,
            ..Select::default()
        };
        let query = of_select(select, array);
        Ok(Expr::new(ExprKind::Scalar(Box::new(query)), array).at(at))
    }

    /// A query that yields an array's elements.
    pub fn elements(&mut self, array: Expr, element: Type) -> Query {
        let column = RelationColumn {
            name: "unnest".to_owned(),
            stored_name: "c1".to_owned(),
            ty: element,
            typmod: -1,
            not_null: false,
            origin: None,
        };
        let relation = Relation {
            name: String::new(),
            source: Source::Function,
            columns: vec![column],
            depth: self.query_depth() + 1,
            nullable: false,
        };
        let id = self.relations.len();
        self.relations.push(relation);
        let of = Expr::constant(Value::Oid(element.0), Type::OID);
        let select = Select {
            targets: vec![Expr::new(ExprKind::Column { relation: id, column: 0 }, element)],
            from: Some(From::Function { relation: id, module: "pg_unnest", args: vec![array, of] }),
            ..Select::default()
        };
        of_select(select, element)
    }

    /// `a[i]`.
    pub fn subscript(&mut self, root: &ast::Expr, index: &ast::Expr) -> Result<Expr, PgError> {
        let array = self.expr(root)?;
        let at = array.at;
        if array.ty == Type::NAME {
            let index = self.expr(index)?;
            let index = self.coerce(index, Type::INT4, Context::Assignment)?.unwrap_or(Expr::null(Type::INT4));
            return Ok(Expr::call(Emission::Own("pg_name_element"), vec![array, index], Type::CHAR).at(at));
        }
        let Some(element) = element(array.ty) else {
            let message = format!("cannot subscript type {} because it does not support subscripting", array.ty);
            return Err(self.error(at, SqlState::DATATYPE_MISMATCH, message));
        };
        let index = self.expr(index)?;
        let from = index.ty;
        let place = index.at;
        let index = self.coerce(index, Type::INT4, Context::Assignment)?.ok_or_else(|| {
            let message = format!("array subscript must have type integer, not {from}");
            self.error(place, SqlState::DATATYPE_MISMATCH, message)
        })?;
        let of = Expr::constant(Value::Oid(element.0), Type::OID);
        Ok(Expr::call(Emission::Own("pg_array_element"), vec![array, index, of], element).at(at))
    }
}

fn of_select(select: Select, ty: Type) -> Query {
    Query {
        with: Vec::new(),
        body: Body::Select(Box::new(select)),
        order_by: Vec::new(),
        limit: None,
        offset: None,
        outputs: vec![Output { name: "array".to_owned(), ty, typmod: -1, origin: None }],
    }
}
