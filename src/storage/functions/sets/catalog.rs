//! What the catalogs tell as sets.

use super::{Rows, Set};
use crate::catalog::Object;
use crate::catalog::system;
use crate::storage::functions::catalog::oid;
use crate::storage::functions::{Call, Out};
use crate::types::{PgError, SqlState};

pub(super) const FUNCTIONS: &[(&str, Set)] = &[
    // Tables have no partitions, and nobody listens to anything.
    ("pg_partition_tree", |_| Ok(Box::new(std::iter::empty()))),
    ("pg_listening_channels", |_| Ok(Box::new(std::iter::empty()))),
    ("pg_sequence_parameters", sequence_parameters),
    ("pg_timezone_names", |call| rows_of(call, "pg_timezone_names")),
    ("pg_timezone_abbrevs", |call| rows_of(call, "pg_timezone_abbrevs")),
];

/// All that one of PostgreSQL's views has.
fn rows_of(call: &Call<'_, '_>, view: &str) -> Result<Rows, PgError> {
    let rows = call.state.with_seen(|seen| system::relation("pg_catalog", view).map(|of| of.rows(seen)));
    let rows = rows.unwrap_or_default().into_iter();
    Ok(Box::new(rows.map(|row| row.iter().map(Out::stored).collect())))
}

/// (sequence) → one row.
fn sequence_parameters(call: &Call<'_, '_>) -> Result<Rows, PgError> {
    let oid = oid(call, 0)?;
    let row = call.state.with_seen(|seen| match seen.catalog.get(oid) {
        Some(Object::Sequence(of)) => Ok(vec![
            of.start.into(),
            of.min.into(),
            of.max.into(),
            of.increment.into(),
            of.cycle.into(),
            of.cache.into(),
            of.ty.0.into(),
        ]),
        Some(_) | None => {
            let message = format!("cache lookup failed for sequence {oid}");
            Err(PgError::new(SqlState::INTERNAL_ERROR, message))
        }
    })?;
    Ok(Box::new(std::iter::once(Ok(row))))
}
