//! Rows of known types from their texts: what a relation's rows are made of, and `record_in`.

use super::bind::invalid_label;
use crate::catalog::{Catalog, Object, system};
use crate::types::array::{self, Array};
use crate::types::record::{self, Field, Record, Shape, too_deep};
use crate::types::timestamp::Zone;
use crate::types::{PgError, SqlState, Type, Value, cast, text};

/// Rows within rows that are read.
const MAX_DEPTH: usize = 16;

/// What texts are read by: the types that there are, and the session's settings for dates and times.
pub struct Reader<'r> {
    pub catalog: &'r Catalog,
    pub zone: &'r Zone,
    /// The transaction's time.
    pub now: i64,
}

/// What the rows of a row type are made of; `None`: there is no such type.
pub fn shape(catalog: &Catalog, ty: Type) -> Option<Shape> {
    let field = |name: &str, ty: Type, typmod: i32, domain: u32| Field { name: name.to_owned(), ty, typmod, domain };
    let oid = ty.relation()?;
    let fields = match catalog.get(oid) {
        Some(Object::Table(table)) => {
            let columns = table.columns.iter();
            columns.map(|column| field(&column.name, column.ty, column.typmod, column.domain)).collect()
        }
        Some(Object::View(view)) => {
            let columns = view.columns.iter();
            columns.map(|column| field(&column.name, column.ty, column.typmod, column.domain)).collect()
        }
        Some(Object::Composite(of)) => {
            let attributes = of.attributes.iter();
            attributes.map(|attribute| field(&attribute.name, attribute.ty, attribute.typmod, 0)).collect()
        }
        Some(_) => return None,
        None => {
            let relation = system::relations().iter().find(|relation| relation.oid == oid)?;
            relation.columns.iter().map(|column| field(column.name, column.ty, column.typmod, 0)).collect()
        }
    };
    Some(Shape { ty, fields })
}

impl Reader<'_> {
    /// A row's literal (`record_in`). Errors: 22P02, and those of the fields' types.
    pub fn row(&self, ty: Type, literal: &str) -> Result<Record, PgError> {
        self.row_at(ty, literal, 0)
    }

    fn row_at(&self, ty: Type, literal: &str, depth: usize) -> Result<Record, PgError> {
        if depth > MAX_DEPTH {
            return Err(too_deep());
        }
        let shape = self.shape(ty)?;
        let items = record::parse(literal, shape.fields.len())?;
        let value = |(field, item): (&Field, Option<String>)| match item {
            None if field.domain != 0 => Err(of_domain()),
            None => Ok(Value::Null),
            Some(item) => self.field_at(field, &item, depth),
        };
        let values = shape.fields.iter().zip(items).map(value).collect::<Result<_, _>>()?;
        Ok(Record { shape, values })
    }

    pub fn shape(&self, ty: Type) -> Result<Shape, PgError> {
        shape(self.catalog, ty).ok_or_else(|| {
            let message = format!("type with OID {} does not exist", ty.0);
            PgError::new(SqlState::UNDEFINED_OBJECT, message)
        })
    }

    /// A field's value from its text, as its type's input function reads it.
    pub fn field(&self, field: &Field, item: &str) -> Result<Value, PgError> {
        self.field_at(field, item, 0)
    }

    fn field_at(&self, field: &Field, item: &str, depth: usize) -> Result<Value, PgError> {
        if field.domain != 0 {
            return Err(of_domain());
        }
        if let Some(element) = field.ty.element().filter(|element| element.is_row() || element.is_enum()) {
            return self.array(element, item, depth);
        }
        let value = self.scalar(field.ty, item, depth)?;
        with_typmod(value, field)
    }

    fn scalar(&self, ty: Type, item: &str, depth: usize) -> Result<Value, PgError> {
        if ty.relation().is_some() {
            return self.row_at(ty, item, depth + 1).map(|record| Value::Record(Box::new(record)));
        }
        if ty.is_name_of_object() || ty.element().is_some_and(Type::is_name_of_object) {
            return Err(PgError::unsupported(format!("a value of type {ty} in a row's literal")));
        }
        let value = text::input(ty, item, self.zone, self.now)?;
        match self.catalog.enum_of(ty) {
            Some(of) if of.position(item).is_none() => Err(invalid_label(of, item)),
            None if ty.is_enum() => Err(PgError::unsupported("a value of a type that is no more")),
            _ => Ok(value),
        }
    }

    /// An array of rows or labels.
    pub fn array(&self, element: Type, literal: &str, depth: usize) -> Result<Value, PgError> {
        let items = array::parse(literal)?.map(|item| match item {
            None => Ok(Value::Null),
            Some(item) => self.scalar(element, &item, depth),
        })?;
        Ok(Value::Array(Box::new(Array { element, dims: items.dims, elements: items.items })))
    }
}

/// A value cut and rounded as its column asks for.
pub fn with_typmod(value: Value, field: &Field) -> Result<Value, PgError> {
    if field.typmod < 0 || field.ty.is_row() {
        return Ok(value);
    }
    match (value, field.ty.element()) {
        (Value::Array(mut array), Some(element)) => {
            for value in &mut array.elements {
                *value = cast::with_typmod(std::mem::replace(value, Value::Null), element, field.typmod, false)?;
            }
            Ok(Value::Array(array))
        }
        (value, _) => cast::with_typmod(value, field.ty, field.typmod, false),
    }
}

fn of_domain() -> PgError {
    PgError::unsupported("a value of a domain in a row's literal")
}
