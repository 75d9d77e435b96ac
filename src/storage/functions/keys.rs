//! What stands in the columns that a table has in the file for its keys: see [`KeyColumn`](crate::catalog::KeyColumn).

use super::arrays::oid_type;
use super::{Call, Out, Scalar};
use crate::storage::stored;
use crate::types::sort_key::sort_key;
use crate::types::{PgError, Type};

pub(super) const FUNCTIONS: &[(&str, Scalar)] = &[("pg_sort_key", key)];

/// (value, its type) → bytes that compare as it does.
fn key(call: &Call) -> Result<Out, PgError> {
    let ty = oid_type(call, 1)?;
    let value = stored::from_sqlite(call.raw(0), ty)?;
    let order = |ty: Type, label: &str| {
        call.state.with_seen(|seen| {
            let of = seen.catalog.enum_of(ty)?;
            of.labels.iter().find(|other| other.label == label).map(|label| label.order)
        })
    };
    let key = sort_key(ty, &value, &order);
    key.map(Out::Bytes).map_err(|error| PgError {
        message: call.state.with_seen(|seen| seen.with_type_names(&error.message)),
        ..error
    })
}
