//! What holds a relation in the database file: for its size.

use super::{Rows, Set};
use crate::catalog::system::{Seen, relation_exists};
use crate::catalog::{Index, Object};
use crate::storage::functions::{Call, Out};
use crate::types::PgError;

pub(super) const FUNCTIONS: &[(&str, Set)] = &[("pg_stored_parts", parts)];

/// (relation, `own`, `indexes` or `all`). A relation that nothing is stored for has one part without a name; one that
/// there is not has none.
fn parts(call: &Call<'_, '_>) -> Result<Rows, PgError> {
    let oid = u32::try_from(call.int(0)?).unwrap_or(0);
    let which = call.text(1)?.to_owned();
    let names = call.state.with_seen(|seen| {
        if !relation_exists(seen, oid) {
            return Vec::new();
        }
        let (own, indexes) = (matches!(&*which, "own" | "all"), matches!(&*which, "indexes" | "all"));
        let mut names = vec![String::new()];
        match seen.catalog.get(oid) {
            Some(Object::Table(table)) => {
                if own {
                    names.push(table.stored_name.clone());
                }
                if indexes {
                    names.extend(seen.catalog.indexes_of(oid).flat_map(|index| stored_indexes(seen, index)));
                }
            }
            Some(Object::Index(index)) if own => names.extend(stored_indexes(seen, index)),
            _ => {}
        }
        names
    });
    Ok(Box::new(names.into_iter().map(|name| Ok(vec![Out::Text(name)]))))
}

fn stored_indexes(seen: &Seen, index: &Index) -> impl Iterator<Item = String> {
    stored_index(seen, index).into_iter().chain(index.nulls_name())
}

/// A primary key is part of its table, by its rowid or an index that SQLite has made.
fn stored_index(seen: &Seen, index: &Index) -> Option<String> {
    if let Some(name) = &index.stored_name {
        return Some(name.clone());
    }
    match seen.catalog.get(index.table_oid) {
        Some(Object::Table(table)) if table.rowid_column.is_none() => {
            Some(format!("sqlite_autoindex_{}_1", table.stored_name))
        }
        _ => None,
    }
}
