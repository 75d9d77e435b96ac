//! Temporary objects: those of a schema of their session's own, `pg_temp_N`.
//!
//! A temporary table is a table like any other, replicated and all; what is temporary is its schema. That belongs to one
//! session of one run of one node ([`SessionKey`]), is made with the session's first temporary object, in the same
//! transaction, and is dropped with all that is in it when the session has ended (by its node, see `cluster`). N is the
//! least that no schema has. Where it is chosen, on the leader, nobody else changes the catalog, so no two sessions have the
//! same; and as names are looked up by whose the schema is, never by N, a session can't meet what another of the same N
//! has left behind.

use super::{Catalog, Object, Schema, SessionKey};

/// What a session calls its own schema of temporary objects.
pub const PG_TEMP: &str = "pg_temp";

impl Catalog {
    /// The schema of a session's temporary objects, if it has one yet.
    pub fn temporary_schema(&self, session: SessionKey) -> Option<&Schema> {
        match self.get(*self.temporary.get(&session)?)? {
            Object::Schema(schema) => Some(schema),
            _ => None,
        }
    }

    /// The sessions that have, or had, temporary objects here.
    pub fn temporary_sessions(&self) -> impl Iterator<Item = SessionKey> {
        self.temporary.keys().copied()
    }

    /// Whether a schema is of some session's temporary objects.
    pub fn is_temporary(&self, schema: &str) -> bool {
        // Most catalogs have none.
        !self.temporary.is_empty()
            && self.temporary.values().any(|oid| self.get(*oid).is_some_and(|of| of.name() == schema))
    }

    /// A schema for the temporary objects of a session that has none.
    pub fn new_temporary_schema(&self, session: SessionKey) -> Schema {
        let taken = |number: &u64| self.has_schema(&format!("{PG_TEMP}_{number}"));
        let number = (1..).find(|number| !taken(number)).unwrap_or_default();
        let name = format!("{PG_TEMP}_{number}");
        Schema { oid: self.next_oid, name, dropped: false, comment: None, session: Some(session) }
    }
}

/// The schemas that a search path means, in the order in which relations and types are looked for there: `"$user"` is the
/// user's own schema, and `pg_temp` the session's, which comes first where the path doesn't say where it comes.
pub fn path<'a>(
    search_path: &'a [String],
    user: &'a str,
    temporary: Option<&'a str>,
) -> impl Iterator<Item = &'a str> + Clone {
    let implicit = temporary.filter(|own| !search_path.iter().any(|schema| schema == PG_TEMP || schema == own));
    let listed = search_path.iter().filter_map(move |schema| match schema.as_str() {
        "$user" => Some(user),
        PG_TEMP => temporary,
        schema => Some(schema),
    });
    implicit.into_iter().chain(listed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Change;

    #[test]
    fn a_session_has_the_schema_that_is_its_own() {
        let session = |number| SessionKey { node: 1, run: 7, number };
        let mut catalog = Catalog::empty();
        for number in [1, 2, 3] {
            let schema = catalog.new_temporary_schema(session(number));
            assert_eq!(schema.name, format!("pg_temp_{number}"));
            catalog = catalog.with(&[Change::put(Object::Schema(schema))]);
        }
        let second = catalog.temporary_schema(session(2)).unwrap().oid;
        catalog = catalog.with(&[Change::Drop(second)]);
        assert!(catalog.temporary_schema(session(2)).is_none() && !catalog.is_temporary("pg_temp_2"));
        assert_eq!(catalog.new_temporary_schema(session(4)).name, "pg_temp_2");
        assert_eq!(catalog.temporary_sessions().collect::<Vec<_>>(), [session(1), session(3)]);
    }

    #[test]
    fn temporary_objects_are_found_first_or_where_the_path_says() {
        let path = |schemas: &[&str], temporary| {
            let schemas: Vec<String> = schemas.iter().map(|schema| (*schema).to_owned()).collect();
            path(&schemas, "me", temporary).map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(path(&["$user", "public"], None), ["me", "public"]);
        assert_eq!(path(&["$user", "public"], Some("pg_temp_1")), ["pg_temp_1", "me", "public"]);
        assert_eq!(path(&["public", "pg_temp"], Some("pg_temp_1")), ["public", "pg_temp_1"]);
        assert_eq!(path(&["public", "pg_temp"], None), ["public"]);
    }
}
