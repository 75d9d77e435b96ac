//! Arrays as sets of their elements or subscripts.

use super::{Rows, Set};
use crate::storage::functions::arrays::{literal, oid_type, stored_element};
use crate::storage::functions::{Call, Out};
use crate::types::{PgError, Type};

pub(super) const FUNCTIONS: &[(&str, Set)] = &[
    ("pg_unnest", unnest),
    ("pg_elements", elements),
    ("pg_unnest_all", unnest_all),
    ("pg_expandarray", expanded),
    ("pg_generate_subscripts", subscripts),
    ("pg_options_to_table", options),
    // A relation by itself: nothing is partitioned.
    ("pg_partition_ancestors", |_| Ok(Box::new(std::iter::empty()))),
];

/// (array, its elements' type).
fn unnest(call: &Call<'_, '_>) -> Result<Rows, PgError> {
    let ty = oid_type(call, 1)?;
    let items = literal(call.text(0)?)?.items;
    Ok(Box::new(items.into_iter().map(move |item| Ok(vec![stored_element(ty, item.as_deref())?]))))
}

/// As [`unnest`], and what is compared with the elements of NULL is compared with NULL.
fn elements(call: &Call<'_, '_>) -> Result<Rows, PgError> {
    match call.is_null(0) {
        true => Ok(Box::new(std::iter::once(Ok(vec![Out::Null])))),
        false => unnest(call),
    }
}

/// (array, its elements' type, another array …): a shorter one goes on with NULLs.
fn unnest_all(call: &Call<'_, '_>) -> Result<Rows, PgError> {
    let mut all = Vec::new();
    for index in (0..call.len()).step_by(2) {
        let items = if call.is_null(index) { Vec::new() } else { literal(call.text(index)?)?.items };
        all.push((oid_type(call, index + 1)?, items));
    }
    let longest = all.iter().map(|(_, items)| items.len()).max().unwrap_or(0);
    let row = move |number: usize| {
        let of = |(ty, items): &(Type, Vec<Option<String>>)| {
            stored_element(*ty, items.get(number).and_then(Option::as_deref))
        };
        all.iter().map(of).collect()
    };
    Ok(Box::new((0..longest).map(row)))
}

/// (array of `name=value`).
fn options(call: &Call<'_, '_>) -> Result<Rows, PgError> {
    let items = literal(call.text(0)?)?.items;
    Ok(Box::new(items.into_iter().flatten().map(|item| {
        let (name, value) = item.split_once('=').map_or((item.as_str(), None), |(name, value)| (name, Some(value)));
        Ok(vec![name.into(), value.map_or(Out::Null, Out::from)])
    })))
}

/// (array of int2) → its elements, each with its number from 1.
fn expanded(call: &Call<'_, '_>) -> Result<Rows, PgError> {
    let items = literal(call.text(0)?)?.items;
    let row = |(number, item): (i32, Option<String>)| {
        Ok(vec![stored_element(Type::INT2, item.as_deref())?, Out::from(number)])
    };
    Ok(Box::new((1..).zip(items).map(row)))
}

/// (array, dimension [, whether from the last]), and the elements' type.
fn subscripts(call: &Call<'_, '_>) -> Result<Rows, PgError> {
    let array = literal(call.text(0)?)?;
    let number = usize::try_from(call.int(1)? - 1).ok();
    let range = match number.and_then(|number| array.dims.get(number)) {
        Some(dimension) => dimension.lower..=dimension.upper(),
        #[allow(clippy::reversed_empty_ranges)] // Empty is what is meant.
        None => 1..=0,
    };
    let row = |subscript: i32| Ok(vec![Out::from(subscript)]);
    match call.len() > 3 && call.bool(2)? {
        true => Ok(Box::new(range.rev().map(row))),
        false => Ok(Box::new(range.map(row))),
    }
}
