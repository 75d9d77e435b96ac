//! Extensions as sets: `pg_available_extensions`, `pg_available_extension_versions`, `pg_extension_update_paths`.

use super::{Rows, Set};
use crate::catalog::system;
use crate::storage::functions::{Call, Out};
use crate::types::{PgError, SqlState};

pub(super) const FUNCTIONS: &[(&str, Set)] = &[
    ("pg_available_extensions", |_| available(false)),
    ("pg_available_extension_versions", |_| available(true)),
    ("pg_extension_update_paths", update_paths),
];

fn available(versions: bool) -> Result<Rows, PgError> {
    let rows = system::available_extensions(versions).into_iter();
    Ok(Box::new(rows.map(|row| row.iter().map(Out::stored).collect())))
}

/// (extension) → none: there is one version of each.
fn update_paths(call: &Call<'_, '_>) -> Result<Rows, PgError> {
    let name = call.text(0)?;
    match system::is_extension_available(name) {
        true => Ok(Box::new(std::iter::empty())),
        false => {
            let message = format!("extension \"{name}\" is not available");
            Err(PgError::new(SqlState::FEATURE_NOT_SUPPORTED, message))
        }
    }
}
