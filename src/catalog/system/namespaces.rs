//! `pg_namespace`: PostgreSQL's own schemas, and users'.

use super::builtin::{self, Namespaces};
use super::{OWNER, PG_CATALOG, PUBLIC, Rows, Seen, char, oid, relation, text};
use crate::catalog::{self, PG_TEMP};
use crate::types::Value;

impl<'a> Seen<'a> {
    /// The schema of the session's temporary objects.
    pub fn temporary(&self) -> Option<&'a str> {
        self.catalog.temporary_schema(self.session).map(|schema| schema.name.as_str())
    }

    /// The schemas that names are looked up in; `pg_catalog` apart.
    pub fn schemas(&self) -> impl Iterator<Item = &'a str> + Clone + use<'a> {
        catalog::path(self.search_path, self.user, self.temporary())
    }

    /// The schema that a session means by a name.
    pub fn meant<'s>(&self, schema: &'s str) -> &'s str
    where
        'a: 's,
    {
        if schema == PG_TEMP { self.temporary().unwrap_or(schema) } else { schema }
    }

    /// A schema's name in definitions (`get_namespace_name_or_temp`).
    pub fn written<'s>(&self, schema: &'s str) -> &'s str {
        if self.temporary() == Some(schema) { PG_TEMP } else { schema }
    }

    /// Whether a schema is of another session's temporary objects.
    pub fn is_others(&self, schema: &str) -> bool {
        self.catalog.is_temporary(schema) && self.temporary() != Some(schema)
    }

    /// `pg_namespace.oid` of a schema by name; `None` of one that is not there.
    pub fn namespace(&self, schema: &str) -> Option<u32> {
        match schema {
            "public" => self.catalog.schema_oid(schema),
            _ => self.catalog.schema_oid(schema).or_else(|| builtin::namespace(schema)),
        }
    }

    /// All schemas with their OIDs, and whether a user has made them.
    pub fn namespaces(&self) -> Vec<(&'a str, u32, bool)> {
        let own: Vec<_> = self.catalog.schemas().collect();
        let there = |name: &str| !own.iter().any(|schema| schema.name == name);
        let builtin = builtin::namespaces().filter(|(name, _)| there(name)).map(|(name, oid)| (name, oid, false));
        let made = own.iter().filter(|schema| !schema.dropped);
        builtin.chain(made.map(|schema| (schema.name.as_str(), schema.oid, true))).collect()
    }
}

pub fn namespaces(seen: &Seen, rows: &mut Rows) {
    let own: Vec<u32> = seen.catalog.schemas().map(|schema| schema.oid).collect();
    rows.rows = builtin::all::<Namespaces>(rows.relation, seen.language);
    rows.rows.retain(|row| !matches!(row.first(), Some(Value::Oid(oid)) if own.contains(oid)));
    for schema in seen.catalog.schemas().filter(|schema| !schema.dropped) {
        rows.push([("oid", oid(schema.oid)), ("nspname", text(&schema.name)), ("nspowner", oid(OWNER))]);
    }
}

/// `pg_init_privs`: what the schemas, relations and functions that everybody has came with, which is nothing for a dump to
/// grant.
pub fn initial_privileges(seen: &Seen, rows: &mut Rows) {
    for (catalog, namespace, privileges) in [
        ("pg_namespace", "oid", "nspacl"),
        ("pg_class", "relnamespace", "relacl"),
        ("pg_proc", "pronamespace", "proacl"),
    ] {
        let Some(of) = relation("pg_catalog", catalog) else { continue };
        for row in of.rows(seen) {
            let initial = matches!(builtin::at(of, &row, namespace), Value::Oid(PG_CATALOG | PUBLIC));
            let privileges = builtin::at(of, &row, privileges);
            if initial && *privileges != Value::Null {
                rows.push([
                    ("objoid", row[0].clone()),
                    ("classoid", oid(of.oid)),
                    ("privtype", char(b'i')),
                    ("initprivs", privileges.clone()),
                ]);
            }
        }
    }
}
