//! Privileges as sets (`acl.c`).

use super::{Rows, Set};
use crate::catalog::system::{Seen, role_oid};
use crate::storage::functions::arrays::literal;
use crate::storage::functions::{Call, Out};
use crate::types::{PgError, SqlState};

pub(super) const FUNCTIONS: &[(&str, Set)] = &[("pg_aclexplode", explode)];

/// In the order of their bits.
const PRIVILEGES: &[(char, &str)] = &[
    ('a', "INSERT"),
    ('r', "SELECT"),
    ('w', "UPDATE"),
    ('d', "DELETE"),
    ('D', "TRUNCATE"),
    ('x', "REFERENCES"),
    ('t', "TRIGGER"),
    ('X', "EXECUTE"),
    ('U', "USAGE"),
    ('C', "CREATE"),
    ('T', "TEMPORARY"),
    ('c', "CONNECT"),
    ('s', "SET"),
    ('A', "ALTER SYSTEM"),
];

/// (aclitem[]) → grantor, grantee, privilege_type, is_grantable.
fn explode(call: &Call<'_, '_>) -> Result<Rows, PgError> {
    let items = literal(call.text(0)?)?.items;
    let rows = call.state.with_seen(|seen| -> Result<Vec<_>, PgError> {
        let mut rows = Vec::new();
        for item in items.iter().flatten() {
            of_item(seen, item, &mut rows)?;
        }
        Ok(rows)
    })?;
    Ok(Box::new(rows.into_iter().map(Ok)))
}

/// `grantee=privileges/grantor`; PUBLIC is no name.
fn of_item(seen: &Seen, item: &str, rows: &mut Vec<Vec<Out>>) -> Result<(), PgError> {
    let wrong = || PgError::new(SqlState::INVALID_TEXT_REPRESENTATION, format!("invalid aclitem: \"{item}\""));
    let (grantee, rest) = item.rsplit_once('=').ok_or_else(wrong)?;
    let (granted, grantor) = rest.split_once('/').ok_or_else(wrong)?;
    let grantor = role(seen, grantor)?;
    let grantee = if grantee.is_empty() { 0 } else { role(seen, grantee)? };
    for (letter, name) in PRIVILEGES {
        let Some(at) = granted.find(*letter) else { continue };
        let grantable = granted[at + 1..].starts_with('*');
        rows.push(vec![i64::from(grantor).into(), i64::from(grantee).into(), (*name).into(), grantable.into()]);
    }
    Ok(())
}

fn role(seen: &Seen, name: &str) -> Result<u32, PgError> {
    let name = name.strip_prefix('"').and_then(|name| name.strip_suffix('"')).unwrap_or(name).replace("\"\"", "\"");
    role_oid(seen, &name)
        .ok_or_else(|| PgError::new(SqlState::UNDEFINED_OBJECT, format!("role \"{name}\" does not exist")))
}
