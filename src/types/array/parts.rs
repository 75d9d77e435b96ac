//! Parts of arrays: elements and slices, read (`array_get_element`, `array_get_slice`) and replaced (`array_set_element`,
//! `array_set_slice`).

use super::operations::refuse_too_large;
use super::{Array, Dimension, MAX_DIMENSIONS, check_bounds};
use crate::types::{PgError, SqlState, Value};

/// Where a slice begins and ends in one dimension; `None`: where the array does.
pub type Bounds = (Option<i32>, Option<i32>);

fn subscript_error(message: &str) -> PgError {
    PgError::new(SqlState::ARRAY_SUBSCRIPT_ERROR, message)
}

impl Array {
    /// The element at these subscripts; `None` if there is none.
    pub fn element_at(&self, subscripts: &[i32]) -> Option<&Value> {
        if subscripts.len() != self.dims.len() || subscripts.is_empty() {
            return None;
        }
        self.offset(subscripts).and_then(|offset| self.elements.get(offset))
    }

    fn offset(&self, subscripts: &[i32]) -> Option<usize> {
        let mut offset = 0usize;
        for (dim, subscript) in self.dims.iter().zip(subscripts) {
            let at = subscript.checked_sub(dim.lower).filter(|at| (0..dim.len).contains(at))?;
            offset = offset * usize::try_from(dim.len).ok()? + usize::try_from(at).ok()?;
        }
        Some(offset)
    }

    /// What lies within bounds, from 1 in every dimension. Dimensions without bounds are taken whole.
    pub fn slice(&self, bounds: &[Bounds]) -> Array {
        let empty = Array { element: self.element, dims: Vec::new(), elements: Vec::new() };
        if self.dims.is_empty() || bounds.len() > self.dims.len() {
            return empty;
        }
        let mut ranges = Vec::with_capacity(self.dims.len());
        for (index, dim) in self.dims.iter().enumerate() {
            let (lower, upper) = bounds.get(index).copied().unwrap_or((None, None));
            let lower = lower.unwrap_or(dim.lower).max(dim.lower);
            let upper = upper.unwrap_or(dim.upper()).min(dim.upper());
            if lower > upper {
                return empty;
            }
            ranges.push((lower, upper));
        }
        let dims = ranges.iter().map(|(lower, upper)| Dimension { len: upper - lower + 1, lower: 1 }).collect();
        let elements = each_subscript(&ranges).filter_map(|at| self.element_at(&at).cloned()).collect();
        Array { element: self.element, dims, elements }
    }

    /// The array with another element at these subscripts; one dimension grows as it needs, with NULLs in between.
    /// Errors: 2202E.
    pub fn with_element(mut self, subscripts: &[i32], value: Value) -> Result<Array, PgError> {
        if self.dims.is_empty() {
            let dims: Vec<Dimension> = subscripts.iter().map(|lower| Dimension { len: 1, lower: *lower }).collect();
            check_bounds(&dims)?;
            return Ok(Array { element: self.element, dims, elements: vec![value] });
        }
        if self.dims.len() != subscripts.len() {
            return Err(subscript_error("wrong number of array subscripts"));
        }
        if let ([dim], [at]) = (&mut self.dims[..], subscripts) {
            let before = grow(dim, *at, *at)?;
            self.elements.splice(0..0, std::iter::repeat_n(Value::Null, before));
            self.elements.resize(usize::try_from(self.dims[0].len).unwrap_or(0), Value::Null);
        }
        match self.offset(subscripts).and_then(|offset| self.elements.get_mut(offset)) {
            Some(element) => *element = value,
            None => return Err(subscript_error("array subscript out of range")),
        }
        Ok(self)
    }

    /// The array with other elements within bounds: as many of the source's as there is room for.
    pub fn with_slice(mut self, bounds: &[Bounds], source: &Array) -> Result<Array, PgError> {
        if self.dims.is_empty() {
            return new_slice(self, bounds, source);
        }
        if bounds.len() > self.dims.len() || bounds.len() > MAX_DIMENSIONS {
            return Err(subscript_error("wrong number of array subscripts"));
        }
        let single = self.dims.len() == 1;
        let mut ranges = Vec::with_capacity(self.dims.len());
        for (index, dim) in self.dims.iter().enumerate() {
            let (lower, upper) = bounds.get(index).copied().unwrap_or((None, None));
            let (lower, upper) = (lower.unwrap_or(dim.lower), upper.unwrap_or(dim.upper()));
            if lower > upper && (single || index < bounds.len()) {
                return Err(subscript_error("upper bound cannot be less than lower bound"));
            }
            if !single && (lower < dim.lower || upper > dim.upper()) {
                return Err(subscript_error("array subscript out of range"));
            }
            ranges.push((lower, upper));
        }
        let wanted: i64 = ranges.iter().map(|(lower, upper)| i64::from(*upper) - i64::from(*lower) + 1).product();
        if wanted > i64::try_from(source.elements.len()).unwrap_or(i64::MAX) {
            return Err(subscript_error("source array too small"));
        }
        if let ([dim], [(lower, upper)]) = (&mut self.dims[..], &ranges[..]) {
            let before = grow(dim, *lower, *upper)?;
            self.elements.splice(0..0, std::iter::repeat_n(Value::Null, before));
            self.elements.resize(usize::try_from(self.dims[0].len).unwrap_or(0), Value::Null);
        }
        for (at, value) in each_subscript(&ranges).zip(&source.elements) {
            if let Some(offset) = self.offset(&at) {
                self.elements[offset] = value.clone();
            }
        }
        Ok(self)
    }
}

/// A slice of an empty array, which becomes the array.
fn new_slice(empty: Array, bounds: &[Bounds], source: &Array) -> Result<Array, PgError> {
    let mut dims = Vec::with_capacity(bounds.len());
    for (lower, upper) in bounds {
        let (Some(lower), Some(upper)) = (lower, upper) else {
            let detail = "When assigning to a slice of an empty array value, slice boundaries must be fully specified.";
            return Err(subscript_error("array slice subscript must provide both boundaries").detail(detail));
        };
        let len = upper.checked_sub(*lower).and_then(|len| len.checked_add(1));
        match len {
            Some(len @ 0..) => dims.push(Dimension { len, lower: *lower }),
            _ => return Err(subscript_error("upper bound cannot be less than lower bound")),
        }
    }
    let wanted = check_bounds(&dims)?;
    if source.elements.len() < wanted {
        return Err(subscript_error("source array too small"));
    }
    Ok(Array { element: empty.element, dims, elements: source.elements[..wanted].to_vec() })
}

/// Makes room in a dimension, and tells how many elements come before those there were.
fn grow(dim: &mut Dimension, lower: i32, upper: i32) -> Result<usize, PgError> {
    let new_lower = dim.lower.min(lower);
    let new_upper = i64::from(dim.upper().max(upper));
    let before = i64::from(dim.lower) - i64::from(new_lower);
    let len = new_upper - i64::from(new_lower) + 1;
    *dim = Dimension { len: i32::try_from(len).unwrap_or(i32::MAX), lower: new_lower };
    let count = check_bounds(&[*dim])?;
    refuse_too_large(count, std::mem::size_of::<Value>())?;
    Ok(usize::try_from(before).unwrap_or(0))
}

/// All subscripts within ranges, the last counting fastest.
fn each_subscript(ranges: &[(i32, i32)]) -> impl Iterator<Item = Vec<i32>> {
    let ranges = ranges.to_vec();
    let mut next: Option<Vec<i32>> = Some(ranges.iter().map(|(lower, _)| *lower).collect());
    std::iter::from_fn(move || {
        let current = next.take()?;
        let mut following = current.clone();
        for (at, (lower, upper)) in following.iter_mut().zip(&ranges).rev() {
            if *at < *upper {
                *at += 1;
                next = Some(following);
                break;
            }
            *at = *lower;
        }
        Some(current)
    })
}
