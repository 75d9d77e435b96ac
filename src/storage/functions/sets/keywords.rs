//! PostgreSQL's words (`pg_get_keywords`): what it says of them, whatever is understood here.

use super::{Rows, Set};
use crate::storage::functions::{Call, Out};
use crate::types::PgError;

pub(super) const FUNCTIONS: &[(&str, Set)] = &[("pg_get_keywords", keywords)];

/// A word, its category's letter and whether it may stand as a column's name without AS, on each line.
const WORDS: &str = include_str!("keywords.tsv");

fn keywords(_: &Call<'_, '_>) -> Result<Rows, PgError> {
    Ok(Box::new(WORDS.lines().filter_map(word).map(Ok)))
}

fn word(line: &str) -> Option<Vec<Out>> {
    let mut fields = line.split('\t');
    let (word, category, bare) = (fields.next()?, fields.next()?, fields.next()? == "t");
    let category_text = match category {
        "C" => "unreserved (cannot be function or type name)",
        "R" => "reserved",
        "T" => "reserved (can be function or type name)",
        _ => "unreserved",
    };
    let bare_text = if bare { "can be bare label" } else { "requires AS" };
    Some(vec![word.into(), category.into(), bare.into(), category_text.into(), bare_text.into()])
}
