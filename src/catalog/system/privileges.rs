//! `information_schema.table_privileges` and its kin: nobody can say otherwise yet, so each relation has what PostgreSQL
//! gives it when it is made.

use super::acl::{Item, PUBLIC_ROLE, default_items};
use super::shared::role_name;
use super::{OWNER, Relation, Rows, Seen, relations, text};
use crate::catalog::Object;

/// PostgreSQL's own relations that nothing was granted on.
const UNGRANTED: &[&str] = &[
    "_pg_foreign_data_wrappers",
    "_pg_foreign_servers",
    "_pg_foreign_table_columns",
    "_pg_foreign_tables",
    "_pg_user_mappings",
    "sql_parts",
    "transforms",
];

/// Those that not everybody may read.
const PRIVATE: &[&str] = &[
    "pg_authid",
    "pg_config",
    "pg_file_settings",
    "pg_hba_file_rules",
    "pg_ident_file_mappings",
    "pg_largeobject",
    "pg_replication_origin_status",
    "pg_shadow",
    "pg_statistic",
    "pg_statistic_ext_data",
    "pg_subscription",
    "pg_user_mapping",
];

/// `pg_class.relacl` of one of PostgreSQL's own relations; `None`: NULL.
pub fn of_relation(relation: &Relation) -> Option<&'static [&'static str]> {
    Some(match relation.name {
        name if UNGRANTED.contains(&name) => return None,
        name if PRIVATE.contains(&name) => &["postgres=arwdDxt/postgres"],
        "pg_backend_memory_contexts" | "pg_shmem_allocations" => {
            &["postgres=arwdDxt/postgres", "pg_read_all_stats=r/postgres"]
        }
        "pg_settings" => &["postgres=arwdDxt/postgres", "=rw/postgres"],
        _ => &["postgres=arwdDxt/postgres", "=r/postgres"],
    })
}

/// `role_table_grants` has the same: all roles that grant anything are enabled.
pub fn table_privileges(seen: &Seen, rows: &mut Rows) {
    let defaults = default_items(seen, "r", OWNER).unwrap_or_default();
    let defaults: Vec<&str> = defaults.iter().map(String::as_str).collect();
    let builtin = relations().iter().filter(|relation| relation.is_there());
    let builtin =
        builtin.map(|relation| ((relation.schema, relation.name), of_relation(relation).unwrap_or(&defaults)));
    let own = seen.catalog.objects().filter(|object| match object {
        Object::Table(table) => table.materialized.is_none(),
        object => matches!(object, Object::View(_)),
    });
    for (of, items) in builtin.chain(own.map(|object| ((object.schema(), object.name()), &defaults[..]))) {
        for item in items.iter().filter_map(|item| Item::parse(seen, item).ok()) {
            push(seen, rows, of, &item);
        }
    }
}

fn push(seen: &Seen, rows: &mut Rows, (schema, name): (&str, &str), item: &Item) {
    let yes_or_no = |yes: bool| text(if yes { "YES" } else { "NO" });
    let role = |oid: u32| match oid {
        PUBLIC_ROLE => "PUBLIC".to_owned(),
        oid => role_name(seen, oid).unwrap_or_default(),
    };
    for (privilege, grantable) in item.privileges() {
        rows.push([
            ("grantor", text(role(item.grantor))),
            ("grantee", text(role(item.grantee))),
            ("table_catalog", text(seen.database)),
            ("table_schema", text(schema)),
            ("table_name", text(name)),
            ("privilege_type", text(privilege)),
            ("is_grantable", yes_or_no(grantable || item.grantee == OWNER)),
            ("with_hierarchy", yes_or_no(privilege == "SELECT")),
        ]);
    }
}
