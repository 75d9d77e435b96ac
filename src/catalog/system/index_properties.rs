//! What index access methods, indexes and their columns can do, as PostgreSQL's would (`amutils.c`).

use super::Seen;
use super::classes::owner_of;
use crate::catalog::{Index, Method, Object};

/// `pg_indexam_has_property`: of an access method, by its OID.
pub fn method_has(method: u32, property: &str) -> Option<bool> {
    let method = Method::of_oid(method)?;
    let one_of = |methods: &[Method]| Some(methods.contains(&method));
    match &*property.to_ascii_lowercase() {
        "can_order" | "can_unique" => one_of(&[Method::Btree]),
        "can_multi_col" => one_of(&[Method::Btree, Method::Gist, Method::Gin, Method::Brin]),
        "can_exclude" => one_of(&[Method::Btree, Method::Hash, Method::Gist, Method::Spgist]),
        "can_include" => one_of(&[Method::Btree, Method::Gist, Method::Spgist]),
        _ => None,
    }
}

fn index<'s>(seen: &'s Seen, oid: u32) -> Option<&'s Index> {
    match seen.catalog.get(oid)? {
        Object::Index(index) => owner_of(seen, index).is_some().then_some(index),
        _ => None,
    }
}

/// `pg_index_has_property`.
pub fn index_has(seen: &Seen, oid: u32, property: &str) -> Option<bool> {
    let method = index(seen, oid)?.method;
    let one_of = |methods: &[Method]| Some(methods.contains(&method));
    match &*property.to_ascii_lowercase() {
        "clusterable" => one_of(&[Method::Btree, Method::Gist]),
        "index_scan" => one_of(&[Method::Btree, Method::Hash, Method::Gist, Method::Spgist]),
        "bitmap_scan" => Some(true),
        "backward_scan" => one_of(&[Method::Btree, Method::Hash]),
        _ => None,
    }
}

/// `pg_index_column_has_property`: of the column at a place from 1.
pub fn column_has(seen: &Seen, oid: u32, place: i32, property: &str) -> Option<bool> {
    let index = index(seen, oid)?;
    let place = usize::try_from(place).ok()?.checked_sub(1)?;
    if place >= index.columns.len() + index.include.len() {
        return None;
    }
    let key = index.columns.get(place);
    let ordered = index.method == Method::Btree;
    let nulls_first = |key: &crate::catalog::IndexColumn| key.nulls_first.unwrap_or(key.descending);
    let one_of = |methods: &[Method]| Some(key.is_some() && methods.contains(&index.method));
    match &*property.to_ascii_lowercase() {
        "asc" => Some(ordered && !key?.descending),
        "desc" => Some(ordered && key?.descending),
        "nulls_first" => Some(ordered && nulls_first(key?)),
        "nulls_last" => Some(ordered && !nulls_first(key?)),
        "orderable" => Some(key.is_some() && ordered),
        "distance_orderable" => Some(false),
        // What INCLUDE adds is there to be returned.
        "returnable" if key.is_none() => Some(true),
        "returnable" => one_of(&[Method::Btree, Method::Gist, Method::Spgist]),
        "search_array" => key.and(one_of(&[Method::Btree])),
        "search_nulls" => key.and(one_of(&[Method::Btree, Method::Gist, Method::Spgist, Method::Brin])),
        _ => None,
    }
}
