//! What is done with whole arrays: put together, compared as sets, searched, changed (`arrayfuncs.c`, `array_userfuncs.c`).

use std::cmp::Ordering;

use super::{Array, Dimension, MAX_DIMENSIONS, check_bounds, too_many_dimensions};
use crate::types::{PgError, SqlState, Type, Value, compare};

impl Array {
    pub fn empty(element: Type) -> Array {
        Array { element, dims: Vec::new(), elements: Vec::new() }
    }

    /// `array_cat`. Errors: 2202E where their dimensions don't fit.
    pub fn concatenate(self, other: Array) -> Result<Array, PgError> {
        if other.dims.is_empty() {
            return Ok(self);
        }
        if self.dims.is_empty() {
            return Ok(other);
        }
        let refused = |detail: String| {
            let message = "cannot concatenate incompatible arrays";
            Err(PgError::new(SqlState::ARRAY_SUBSCRIPT_ERROR, message).detail(detail))
        };
        let (left, right) = (self.dims.len(), other.dims.len());
        let differing =
            |kind: &str| format!("Arrays with differing {kind}dimensions are not compatible for concatenation.");
        let mut dims = match left.cmp(&right) {
            Ordering::Equal if self.dims[1..] != other.dims[1..] => return refused(differing("element ")),
            Ordering::Equal => self.dims.clone(),
            Ordering::Greater if left == right + 1 => {
                if self.dims[1..] != other.dims[..] {
                    return refused(differing(""));
                }
                self.dims.clone()
            }
            Ordering::Less if right == left + 1 => {
                if other.dims[1..] != self.dims[..] {
                    return refused(differing(""));
                }
                other.dims.clone()
            }
            _ => {
                let detail = format!("Arrays of {left} and {right} dimensions are not compatible for concatenation.");
                return refused(detail);
            }
        };
        // One of fewer dimensions is one more row of the other.
        let more = if left == right { other.dims[0].len } else { 1 };
        dims[0].len = dims[0].len.saturating_add(more);
        check_bounds(&dims)?;
        let element = self.element;
        let elements = self.elements.into_iter().chain(other.elements).collect();
        Ok(Array { element, dims, elements })
    }

    fn one_dimension(&self) -> Result<Dimension, PgError> {
        match self.dims[..] {
            [] => Ok(Dimension { len: 0, lower: 1 }),
            [dim] => Ok(dim),
            _ => {
                let message = "argument must be empty or one-dimensional array";
                Err(PgError::new(SqlState::DATA_EXCEPTION, message))
            }
        }
    }

    pub fn append(mut self, value: Value) -> Result<Array, PgError> {
        let mut dim = self.one_dimension()?;
        let out_of_range = || PgError::new(SqlState::NUMERIC_VALUE_OUT_OF_RANGE, "integer out of range");
        dim.upper().checked_add(1).ok_or_else(out_of_range)?;
        dim.len += 1;
        check_bounds(&[dim])?;
        self.elements.push(value);
        Ok(Array { dims: vec![dim], ..self })
    }

    pub fn prepend(mut self, value: Value) -> Result<Array, PgError> {
        let mut dim = self.one_dimension()?;
        if !self.dims.is_empty() && dim.lower == i32::MIN {
            return Err(PgError::new(SqlState::NUMERIC_VALUE_OUT_OF_RANGE, "integer out of range"));
        }
        dim.len += 1;
        check_bounds(&[dim])?;
        self.elements.insert(0, value);
        Ok(Array { dims: vec![dim], ..self })
    }

    fn equal(&self, a: &Value, b: &Value) -> bool {
        compare::values(self.element, a, b).is_eq()
    }

    /// Whether every element of `other` is in this one, whatever their dimensions; NULL is in none.
    pub fn contains(&self, other: &Array) -> bool {
        other.elements.iter().all(|wanted| self.has(wanted))
    }

    pub fn overlaps(&self, other: &Array) -> bool {
        other.elements.iter().any(|wanted| self.has(wanted))
    }

    fn has(&self, wanted: &Value) -> bool {
        !wanted.is_null() && self.elements.iter().any(|element| self.equal(element, wanted))
    }

    /// The subscripts of elements that are equal to a value, NULLs to NULL, from a subscript on.
    pub fn positions<'a>(
        &'a self,
        wanted: &'a Value,
        from: Option<i32>,
    ) -> Result<impl Iterator<Item = i32> + 'a, PgError> {
        if self.dims.len() > 1 {
            return Err(PgError::new(
                SqlState::FEATURE_NOT_SUPPORTED,
                "searching for elements in multidimensional arrays is not supported",
            ));
        }
        let lower = self.dims.first().map_or(1, |dim| dim.lower);
        let numbered = (i64::from(lower)..).zip(&self.elements);
        let from = i64::from(from.unwrap_or(i32::MIN));
        Ok(numbered
            .filter(move |(at, element)| *at >= from && self.equal(element, wanted))
            .filter_map(|(at, _)| i32::try_from(at).ok()))
    }

    /// Without the elements that are equal to a value.
    pub fn without(mut self, unwanted: &Value) -> Result<Array, PgError> {
        if self.dims.len() > 1 {
            let message = "removing elements from multidimensional arrays is not supported";
            return Err(PgError::new(SqlState::FEATURE_NOT_SUPPORTED, message));
        }
        let elements = std::mem::take(&mut self.elements);
        let kept: Vec<Value> = elements.into_iter().filter(|element| !self.equal(element, unwanted)).collect();
        let Some(dim) = self.dims.first().filter(|_| !kept.is_empty()) else { return Ok(Array::empty(self.element)) };
        let dims = vec![Dimension { len: i32::try_from(kept.len()).unwrap_or(i32::MAX), lower: dim.lower }];
        Ok(Array { element: self.element, dims, elements: kept })
    }

    pub fn replace(mut self, from: &Value, to: &Value) -> Array {
        for index in 0..self.elements.len() {
            if self.equal(&self.elements[index], from) {
                self.elements[index] = to.clone();
            }
        }
        self
    }

    /// Without so many elements at the end of the first dimension.
    pub fn trimmed(&self, count: i32) -> Result<Array, PgError> {
        let len = self.dims.first().map_or(0, |dim| dim.len);
        if !(0..=len).contains(&count) {
            let message = format!("number of elements to trim must be between 0 and {len}");
            return Err(PgError::new(SqlState::ARRAY_SUBSCRIPT_ERROR, message));
        }
        match self.dims.first() {
            // From 1, as slices are.
            Some(dim) => Ok(self.slice(&[(None, Some(dim.upper().saturating_sub(count)))])),
            None => Ok(self.clone()),
        }
    }

    /// `ARRAY[a, b]` of arrays: they are its rows. Errors: 2202E where they are not alike.
    pub fn nest(element: Type, rows: Vec<Option<Array>>) -> Result<Array, PgError> {
        let refused = || {
            let message = "multidimensional arrays must have array expressions with matching dimensions";
            PgError::new(SqlState::ARRAY_SUBSCRIPT_ERROR, message)
        };
        let count = i32::try_from(rows.len()).unwrap_or(i32::MAX);
        let rows: Vec<Array> = rows.into_iter().flatten().filter(|row| !row.dims.is_empty()).collect();
        let Some(inner) = rows.first().map(|row| row.dims.clone()) else { return Ok(Array::empty(element)) };
        if rows.len() as i64 != i64::from(count) || rows.iter().any(|row| row.dims != inner) {
            return Err(refused());
        }
        let dims: Vec<Dimension> = std::iter::once(Dimension { len: count, lower: 1 }).chain(inner).collect();
        if dims.len() > MAX_DIMENSIONS {
            return Err(too_many_dimensions(dims.len()));
        }
        check_bounds(&dims)?;
        Ok(Array { element, dims, elements: rows.into_iter().flat_map(|row| row.elements).collect() })
    }

    /// `array_agg` of arrays, which must be alike and not empty.
    pub fn gather(element: Type, rows: Vec<Option<Array>>) -> Result<Array, PgError> {
        let mut first: Option<&Vec<Dimension>> = None;
        for row in &rows {
            let Some(row) = row else {
                let message = "cannot accumulate null arrays";
                return Err(PgError::new(SqlState::NULL_VALUE_NOT_ALLOWED, message));
            };
            if row.dims.is_empty() {
                return Err(PgError::new(SqlState::ARRAY_SUBSCRIPT_ERROR, "cannot accumulate empty arrays"));
            }
            if *first.get_or_insert(&row.dims) != &row.dims {
                let message = "cannot accumulate arrays of different dimensionality";
                return Err(PgError::new(SqlState::ARRAY_SUBSCRIPT_ERROR, message));
            }
        }
        Array::nest(element, rows)
    }

    /// `array_fill`. `None` stands for a NULL array.
    pub fn fill(element: Type, value: Value, lens: Option<&Array>, lowers: Option<&Array>) -> Result<Array, PgError> {
        let null = || {
            let message = "dimension array or low bound array cannot be null";
            PgError::new(SqlState::NULL_VALUE_NOT_ALLOWED, message)
        };
        let of_ints = |array: &Array| -> Result<Vec<i32>, PgError> {
            if array.dims.len() > 1 {
                let message = "wrong number of array subscripts";
                let detail = "Dimension array must be one dimensional.";
                return Err(PgError::new(SqlState::ARRAY_SUBSCRIPT_ERROR, message).detail(detail));
            }
            let int = |value: &Value| match value {
                Value::Int4(int) => Ok(*int),
                _ => Err(PgError::new(SqlState::NULL_VALUE_NOT_ALLOWED, "dimension values cannot be null")),
            };
            array.elements.iter().map(int).collect()
        };
        let lens = of_ints(lens.ok_or_else(null)?)?;
        if lens.len() > MAX_DIMENSIONS {
            return Err(too_many_dimensions(lens.len()));
        }
        let lowers = match lowers {
            None => vec![1; lens.len()],
            Some(lowers) => of_ints(lowers)?,
        };
        if lowers.len() != lens.len() {
            let message = "wrong number of array subscripts";
            let detail = "Low bound array has different size than dimensions array.";
            return Err(PgError::new(SqlState::ARRAY_SUBSCRIPT_ERROR, message).detail(detail));
        }
        let dims: Vec<Dimension> = lens.iter().zip(lowers).map(|(len, lower)| Dimension { len: *len, lower }).collect();
        let count = check_bounds(&dims)?;
        if count == 0 {
            return Ok(Array::empty(element));
        }
        refuse_too_large(count, value.size())?;
        Ok(Array { element, dims, elements: vec![value; count] })
    }
}

/// Bytes that an array takes in memory which a few words have made: not all that PostgreSQL's gigabyte holds.
const MAX_MADE: usize = 256 << 20;

/// 0A000 for an array that is made of little and would take too much.
pub(super) fn refuse_too_large(count: usize, size: usize) -> Result<(), PgError> {
    if count.saturating_mul(size) > MAX_MADE { Err(PgError::unsupported("an array of this size")) } else { Ok(()) }
}
