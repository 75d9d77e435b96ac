//! What CREATE INDEX says of its access method: USING, operator classes, collations and WITH.

use sqlparser::ast::{self, BinaryOperator, Expr, Ident, IndexType, ObjectName};

use super::alter_table::placeless;
use super::index::no_operator_class;
use super::storage::{Of, set_options};
use crate::catalog::{Index, Method, Table, system};
use crate::sql::bind::Binder;
use crate::sql::bind::names::{Qualified, fold};
use crate::sql::bound::Form;
use crate::sql::text::At;
use crate::sql::view::RelationOption;
use crate::types::{PgError, SqlState, Type};

/// Columns that an index can have (`INDEX_MAX_KEYS`).
const MAX_COLUMNS: usize = 32;

impl Binder<'_> {
    /// The access method of an index, if it can do what is asked of it (`DefineIndex`).
    pub fn index_method(&self, create: &ast::CreateIndex) -> Result<Method, PgError> {
        if create.columns.len() + create.include.len() > MAX_COLUMNS {
            let message = format!("cannot use more than {MAX_COLUMNS} columns in an index");
            return Err(PgError::new(SqlState::TOO_MANY_COLUMNS, message));
        }
        let name = match &create.using {
            None | Some(IndexType::BTree) => "btree".to_owned(),
            Some(IndexType::Hash) => "hash".to_owned(),
            Some(IndexType::GIN) => "gin".to_owned(),
            Some(IndexType::GiST) => "gist".to_owned(),
            Some(IndexType::SPGiST) => "spgist".to_owned(),
            Some(IndexType::BRIN) => "brin".to_owned(),
            Some(IndexType::Bloom) => "bloom".to_owned(),
            Some(IndexType::Custom(name)) => fold(name),
        };
        let method = Method::named(&name).ok_or_else(|| {
            PgError::new(SqlState::UNDEFINED_OBJECT, format!("access method \"{name}\" does not exist"))
        })?;
        let cannot = |what: &str| {
            let message = format!("access method \"{name}\" does not support {what}");
            Err(PgError::new(SqlState::FEATURE_NOT_SUPPORTED, message))
        };
        if create.unique && !method.is_ordered() {
            return cannot("unique indexes");
        }
        if !create.include.is_empty() && !method.includes_columns() {
            return cannot("included columns");
        }
        if create.columns.len() > 1 && !method.takes_several_columns() {
            return cannot("multicolumn indexes");
        }
        Ok(method)
    }

    /// 0A000 for an order where the method has none.
    pub fn refuse_order(&self, method: Method, options: &ast::OrderByOptions) -> Result<(), PgError> {
        let what = match (&options.sort, options.nulls_first) {
            (Some(_), _) => "ASC/DESC",
            (None, Some(_)) => "NULLS FIRST/LAST",
            (None, None) => return Ok(()),
        };
        if method.is_ordered() {
            return Ok(());
        }
        let message = format!("access method \"{}\" does not support {what} options", method.name());
        Err(PgError::new(SqlState::FEATURE_NOT_SUPPORTED, message))
    }

    /// The operator class for values of a type, by its name where it is not the default (`ResolveOpClass`).
    pub fn index_class(&self, method: Method, ty: Type, given: Option<&Qualified>) -> Result<Option<String>, PgError> {
        let default = system::default_operator_class(method.oid(), ty);
        let Some(name) = given else {
            return default.map(|_| None).ok_or_else(|| no_operator_class(ty, method));
        };
        let class = system::operator_class_named(method.oid(), &name.name)
            .filter(|_| name.schema.as_ref().is_none_or(|schema| schema == "pg_catalog"));
        let Some(class) = class else {
            let (name, method) = (name.display(), method.name());
            let message = format!("operator class \"{name}\" does not exist for access method \"{method}\"");
            return Err(PgError::new(SqlState::UNDEFINED_OBJECT, message));
        };
        if !class.accepts(ty) {
            let message = format!("operator class \"{}\" does not accept data type {ty}", name.display());
            return Err(PgError::new(SqlState::DATATYPE_MISMATCH, message));
        }
        Ok(default.is_none_or(|default| default.oid != class.oid).then(|| class.name.to_owned()))
    }

    /// What an index is of must fit it still, where a column has another type: its operator classes, and itself.
    pub fn check_index(&self, table: &Table, index: &Index) -> Result<(), PgError> {
        if let Some(predicate) = &index.predicate {
            self.row_expression(predicate, table).map_err(placeless)?;
        }
        for column in &index.columns {
            let ty = match (&column.expression, table.attribute(column.attnum)) {
                (Some(text), _) => self.row_expression(text, table).map_err(placeless)?.ty,
                (None, Some(attribute)) => attribute.ty,
                (None, None) => continue,
            };
            let named = column.operator_class.as_ref();
            let named = named.map(|name| Qualified { schema: None, name: name.clone(), at: At::NOWHERE });
            self.index_class(index.method, ty, named.as_ref())?;
        }
        Ok(())
    }

    /// A column's collation, if it is to be told.
    pub fn index_collation(&self, collation: Option<&ObjectName>, ty: Type) -> Result<Option<String>, PgError> {
        let Some(collation) = collation else { return Ok(None) };
        self.named_collation(collation, Form::plain(ty), At::NOWHERE).map(Some)
    }

    /// `WITH (fillfactor = 70)`, as `pg_class` has it.
    pub fn index_parameters(&self, method: Method, with: &[Expr]) -> Result<Vec<String>, PgError> {
        let option = |given: &Expr| {
            let (name, value) = named_value(given)?;
            Some(RelationOption { namespace: None, name: fold(name), value: Some(value) })
        };
        let options: Option<Vec<RelationOption>> = with.iter().map(option).collect();
        let options = options.ok_or_else(|| PgError::unsupported("this storage parameter of an index"))?;
        set_options(Of::Index(method), Vec::new(), &options)
    }
}

/// `name = value`, or a name that is true.
fn named_value(expr: &Expr) -> Option<(&Ident, String)> {
    match expr {
        Expr::Identifier(name) => Some((name, "true".to_owned())),
        Expr::BinaryOp { left, op: BinaryOperator::Eq, right } => {
            let Expr::Identifier(name) = &**left else { return None };
            let value = match &**right {
                Expr::Identifier(word) => fold(word),
                Expr::Value(value) => match &value.value {
                    ast::Value::Number(number, _) => number.clone(),
                    ast::Value::SingleQuotedString(text) => text.clone(),
                    ast::Value::Boolean(value) => value.to_string(),
                    _ => return None,
                },
                _ => return None,
            };
            Some((name, value))
        }
        _ => None,
    }
}
