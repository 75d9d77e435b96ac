//! Privileges as sets (`acl.c`).

use super::{Rows, Set};
use crate::catalog::system::acl::Item;
use crate::storage::functions::arrays::literal;
use crate::storage::functions::{Call, Out};
use crate::types::PgError;

pub(super) const FUNCTIONS: &[(&str, Set)] = &[("pg_aclexplode", explode)];

/// (aclitem[]) → grantor, grantee, privilege_type, is_grantable.
fn explode(call: &Call<'_, '_>) -> Result<Rows, PgError> {
    let items = literal(call.text(0)?)?.items;
    let rows = call.state.with_seen(|seen| -> Result<Vec<_>, PgError> {
        let mut rows: Vec<Vec<Out>> = Vec::new();
        for item in items.iter().flatten() {
            let item = Item::parse(seen, item)?;
            let (grantor, grantee) = (i64::from(item.grantor), i64::from(item.grantee));
            let row =
                |(name, grantable): (&str, bool)| vec![grantor.into(), grantee.into(), name.into(), grantable.into()];
            rows.extend(item.privileges().map(row));
        }
        Ok(rows)
    })?;
    Ok(Box::new(rows.into_iter().map(Ok)))
}
