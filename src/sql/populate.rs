//! Rows from json: `json_populate_record` and its kin (`populate_composite` and what it calls, in `jsonfuncs.c`).

use super::rows::Reader;
use crate::types::array::{Array, Dimension, MAX_DIMENSIONS, too_many_dimensions};
use crate::types::json::{self, Outline};
use crate::types::record::{Field, Record, Shape, too_deep};
use crate::types::{PgError, SqlState, Type, Value};

/// Rows within rows that are made.
const MAX_DEPTH: usize = 16;

fn invalid_parameter(message: impl Into<String>) -> PgError {
    PgError::new(SqlState::INVALID_PARAMETER_VALUE, message)
}

fn invalid_text(message: &str) -> PgError {
    PgError::new(SqlState::INVALID_TEXT_REPRESENTATION, message)
}

impl Reader<'_> {
    /// A row of what a json object has; what it lacks is as in `base`, or NULL.
    pub fn populate(&self, shape: Shape, base: Option<Record>, text: &str) -> Result<Record, PgError> {
        self.populate_at(shape, base, text, 0)
    }

    fn populate_at(&self, shape: Shape, base: Option<Record>, text: &str, depth: usize) -> Result<Record, PgError> {
        if depth > MAX_DEPTH {
            return Err(too_deep());
        }
        let pairs = match json::outline(text)? {
            Outline::Object(pairs) => pairs,
            Outline::Array(_) => return Err(invalid_parameter("cannot call populate_composite on an array")),
            _ => return Err(invalid_parameter("cannot call populate_composite on a scalar")),
        };
        let mut values = match base {
            Some(base) => base.values,
            None => vec![Value::Null; shape.fields.len()],
        };
        for (field, value) in shape.fields.iter().zip(&mut values) {
            // Of equal keys the last.
            let found = pairs.iter().rev().find(|(key, _)| *key == field.name);
            if field.domain != 0 {
                return Err(PgError::unsupported("a value of a domain in a row made of json"));
            }
            if let Some((_, text)) = found {
                *value = self.json_value(field, text, depth)?;
            }
        }
        Ok(Record { shape, values })
    }

    fn json_value(&self, field: &Field, text: &str, depth: usize) -> Result<Value, PgError> {
        let outline = json::outline(text)?;
        if matches!(outline, Outline::Null) {
            return Ok(Value::Null);
        }
        // A string is a literal, whatever of.
        let is_string = matches!(outline, Outline::String(_));
        if let (Some(element), false) = (field.ty.element(), is_string) {
            let Outline::Array(items) = outline else { return Err(no_array(field, &[])) };
            let element = Field { ty: element, ..field.clone() };
            return self.json_array(field, &element, &items, depth);
        }
        if field.ty.relation().is_some() && !is_string {
            let row = self.populate_at(self.shape(field.ty)?, None, text, depth + 1)?;
            return Ok(Value::Record(Box::new(row)));
        }
        match outline {
            Outline::String(string) if !matches!(field.ty, Type::JSON | Type::JSONB) => self.field(field, &string),
            _ => self.field(field, text.trim()),
        }
    }

    fn json_array(&self, field: &Field, element: &Field, items: &[&str], depth: usize) -> Result<Value, PgError> {
        // As deep as the first elements are arrays.
        let mut dims = Vec::new();
        let mut first = items.to_vec();
        loop {
            let lower = 1;
            dims.push(Dimension { len: i32::try_from(first.len()).unwrap_or(i32::MAX), lower });
            if dims.len() > MAX_DIMENSIONS {
                return Err(too_many_dimensions(dims.len()));
            }
            first = match first.first().map(|item| json::outline(item)).transpose()? {
                Some(Outline::Array(inner)) => inner,
                _ => break,
            };
        }
        let mut array = Elements { of: self, field, element, depth, path: Vec::new(), found: Vec::new() };
        array.level(items, &dims)?;
        let elements = array.found;
        if elements.is_empty() {
            dims.clear();
        }
        Ok(Value::Array(Box::new(Array { element: element.ty, dims, elements })))
    }
}

/// The elements of a json array that becomes an array of a field, level by level.
struct Elements<'p, 'b> {
    of: &'p Reader<'b>,
    field: &'p Field,
    element: &'p Field,
    depth: usize,
    /// Where it is.
    path: Vec<usize>,
    found: Vec<Value>,
}

impl Elements<'_, '_> {
    fn level(&mut self, items: &[&str], dims: &[Dimension]) -> Result<(), PgError> {
        let [dim, inner @ ..] = dims else { return Ok(()) };
        if usize::try_from(dim.len) != Ok(items.len()) {
            let detail = "Multidimensional arrays must have sub-arrays with matching dimensions.";
            return Err(invalid_text("malformed JSON array").detail(detail));
        }
        for (index, item) in items.iter().enumerate() {
            if inner.is_empty() {
                self.found.push(self.of.json_value(self.element, item, self.depth)?);
                continue;
            }
            self.path.push(index);
            let Outline::Array(items) = json::outline(item)? else { return Err(no_array(self.field, &self.path)) };
            self.level(&items, inner)?;
            self.path.pop();
        }
        Ok(())
    }
}

fn no_array(field: &Field, path: &[usize]) -> PgError {
    let place: String = path.iter().map(|index| format!("[{index}]")).collect();
    let hint = match path.is_empty() {
        true => format!("See the value of key \"{}\".", field.name),
        false => format!("See the array element {place} of key \"{}\".", field.name),
    };
    invalid_text("expected JSON array").hint(hint)
}
