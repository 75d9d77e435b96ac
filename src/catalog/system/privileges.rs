//! `information_schema.table_privileges` and its kin: nobody can say otherwise yet, so each relation has what PostgreSQL
//! gives it when it is made.

use super::{Rows, Seen, relations, text};
use crate::catalog::Object;

const OWNER_NAME: &str = "postgres";

/// In the order of an ACL's letters.
const ALL: &[&str] = &["INSERT", "SELECT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"];

/// PostgreSQL's own relations that not everybody may read.
const PRIVATE: &[&str] = &[
    "_pg_foreign_data_wrappers",
    "_pg_foreign_servers",
    "_pg_foreign_table_columns",
    "_pg_foreign_tables",
    "_pg_user_mappings",
    "pg_authid",
    "pg_backend_memory_contexts",
    "pg_config",
    "pg_file_settings",
    "pg_hba_file_rules",
    "pg_ident_file_mappings",
    "pg_largeobject",
    "pg_replication_origin_status",
    "pg_shadow",
    "pg_shmem_allocations",
    "pg_statistic",
    "pg_statistic_ext_data",
    "pg_subscription",
    "pg_user_mapping",
    "sql_parts",
    "transforms",
];

pub fn table_privileges(seen: &Seen, rows: &mut Rows) {
    role_table_grants(seen, rows);
    for relation in relations().iter().filter(|relation| relation.is_there() && !PRIVATE.contains(&relation.name)) {
        push(seen, rows, (relation.schema, relation.name), "PUBLIC", "SELECT");
    }
}

/// Those of roles: not PUBLIC's.
pub fn role_table_grants(seen: &Seen, rows: &mut Rows) {
    let builtin = relations().iter().filter(|relation| relation.is_there());
    let builtin = builtin.map(|relation| (relation.schema, relation.name));
    let own = seen.catalog.objects().filter(|object| match object {
        Object::Table(table) => table.materialized.is_none(),
        object => matches!(object, Object::View(_)),
    });
    for of in builtin.chain(own.map(|object| (object.schema(), object.name()))) {
        ALL.iter().for_each(|privilege| push(seen, rows, of, OWNER_NAME, privilege));
    }
}

fn push(seen: &Seen, rows: &mut Rows, (schema, name): (&str, &str), grantee: &str, privilege: &str) {
    let yes_or_no = |yes: bool| text(if yes { "YES" } else { "NO" });
    rows.push([
        ("grantor", text(OWNER_NAME)),
        ("grantee", text(grantee)),
        ("table_catalog", text(seen.database)),
        ("table_schema", text(schema)),
        ("table_name", text(name)),
        ("privilege_type", text(privilege)),
        ("is_grantable", yes_or_no(grantee == OWNER_NAME)),
        ("with_hierarchy", yes_or_no(privilege == "SELECT")),
    ]);
}
