//! Texts as sets of their parts.

use super::{Rows, Set};
use crate::storage::functions::patterns::{characters, groups};
use crate::storage::functions::{Call, Out};
use crate::types::PgError;
use crate::types::regexp::{Options, Search, matches_of, split};

pub(super) const FUNCTIONS: &[(&str, Set)] = &[
    ("pg_string_to_table", string_to_table),
    ("pg_regexp_matches", regexp_matches),
    ("pg_regexp_split_to_table", regexp_split_to_table),
];

/// (text, separator, what is NULL): without a separator a row for each character, with an empty one the text.
fn string_to_table(call: &Call<'_, '_>) -> Result<Rows, PgError> {
    if call.is_null(0) || call.text(0)?.is_empty() {
        return Ok(Box::new(std::iter::empty()));
    }
    let text = call.text(0)?;
    let parts: Vec<String> = match call.is_null(1) {
        true => text.chars().map(String::from).collect(),
        false if call.text(1)?.is_empty() => vec![text.to_owned()],
        false => text.split(call.text(1)?).map(str::to_owned).collect(),
    };
    let null = if call.len() > 2 && !call.is_null(2) { Some(call.text(2)?.to_owned()) } else { None };
    let row = move |part: String| Ok(vec![if Some(&part) == null.as_ref() { Out::Null } else { Out::Text(part) }]);
    Ok(Box::new(parts.into_iter().map(row)))
}

/// (text, pattern, letters): the first match, or all.
fn regexp_matches(call: &Call<'_, '_>) -> Result<Rows, PgError> {
    let options = Options::parse(if call.len() > 2 { call.text(2)? } else { "" })?;
    let whole = characters(call.text(0)?);
    let search = Search::new(call.text(1)?, &options)?;
    let most = if options.global { usize::MAX } else { 1 };
    let found = matches_of(&search, &whole, 0).take(most).collect::<Result<Vec<_>, _>>()?;
    Ok(Box::new(found.into_iter().map(move |found| Ok(vec![groups(&found, &whole)]))))
}

/// (text, pattern, letters).
fn regexp_split_to_table(call: &Call<'_, '_>) -> Result<Rows, PgError> {
    let letters = if call.len() > 2 { call.text(2)? } else { "" };
    let options = Options::without_global(letters, "regexp_split_to_table()")?;
    let pieces = split(&Search::new(call.text(1)?, &options)?, &characters(call.text(0)?))?;
    Ok(Box::new(pieces.into_iter().map(|piece| Ok(vec![Out::Text(piece)]))))
}
