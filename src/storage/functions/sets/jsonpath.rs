//! What a path finds in a jsonb value, as rows.

use super::{Rows, Set};
use crate::storage::functions::jsonpath::with_path;
use crate::storage::functions::{Call, Out};
use crate::types::PgError;

pub(super) const FUNCTIONS: &[(&str, Set)] =
    &[("pg_jsonb_path_query", |call| query(call, false)), ("pg_jsonb_path_query_tz", |call| query(call, true))];

/// As PostgreSQL does it, all is found before the first row is shown: an error comes instead of them.
fn query(call: &Call<'_, '_>, zoned: bool) -> Result<Rows, PgError> {
    let found = with_path(call, zoned, |path, json, with| path.query(json, with))?;
    Ok(Box::new(found.into_iter().map(|item| Ok(vec![Out::Text(item)]))))
}
