//! `pg_catalog` and `information_schema`: PostgreSQL's own relations, as rows made from the [`Catalog`].
//!
//! Which relations there are, with their columns and OIDs, is PostgreSQL 15's own list (`relations.tsv`, written by
//! it). What a fresh PostgreSQL has in them (types, functions, operators …) is too (`data`), as far as Quorlite
//! knows the things; the rest is made of the user's objects, one file a family. Rows are pure functions of what is
//! [`Seen`]: `storage` serves them to SQLite as virtual tables.
//!
//! A relation that nobody makes rows of is one that Quorlite does not have ([`Relation::is_there`]): reading it is
//! 0A000, where an empty answer would be wrong.

pub mod acl;
pub mod activity;
mod attributes;
mod builtin;
mod classes;
mod constraints;
mod definitions;
mod dependencies;
mod described;
mod descriptions;
mod domains;
mod extensions;
mod index_properties;
mod information;
mod names;
mod namespaces;
mod operator_classes;
pub mod own;
mod privileges;
mod routines;
mod settings;
mod shared;
mod statistics;
mod triggers;
mod types;
mod usage;
mod views;
mod zones;

use std::collections::HashMap;
use std::sync::LazyLock;

use super::{Catalog, DatabaseInfo, Domain, RoleSettings, SessionKey, Table, View};
use crate::types::array::Array;
use crate::types::{PgError, Type, Value};

pub use attributes::{catalog_collation, columns_of, for_column, is_plain};
pub use builtin::{
    collation as collation_named, name_in as builtin_name, named as builtin_oid, namespace as namespace_oid,
    operator_routines, routines, type_facts,
};
pub use classes::{BETWEEN_EXPRESSIONS, IndexPart};
pub use definitions::{constraint_definition, format_type, index_columns, index_definition, pseudo_type_named};
pub use described::described;
pub use descriptions::{PG_NAMESPACE, description};
pub use extensions::{available_rows as available_extensions, is_available as is_extension_available};
pub use index_properties::{column_has as index_column_has, index_has, method_has};
pub use names::{
    Visibility, current_schemas, find_named, find_relation_named, function_arguments, function_default,
    function_definition, function_identity_arguments, function_is_visible, function_result, has_operator, object_name,
    relation_exists, relation_name, shown_relation, written_relation,
};
pub use operator_classes::{default_operator_class, operator_class_named};
pub use settings::has_postgresql_setting;
pub use shared::{is_role, login_oid, role_name, role_oid};
pub use triggers::trigger_definition;
pub use types::{collation_of, shown_user_type};
pub use views::{column_updatable, updatable as relation_updatable, view_definition};

/// `pg_namespace.oid` of the schemas that there are.
pub const PG_CATALOG: u32 = 11;
pub const PUBLIC: u32 = 2200;
/// `pg_authid.oid` of the bootstrap superuser, who owns everything.
pub const OWNER: u32 = 10;
/// `pg_database.oid` of `postgres`.
pub const DATABASE: u32 = 5;

/// One of PostgreSQL's own relations.
#[derive(Debug)]
pub struct Relation {
    pub schema: &'static str,
    pub name: &'static str,
    pub oid: u32,
    /// `r` or `v`.
    pub kind: u8,
    pub columns: Vec<Column>,
    /// Its name in emitted statements.
    pub stored_name: String,
    producer: Option<Producer>,
}

#[derive(Debug)]
pub struct Column {
    pub name: &'static str,
    pub ty: Type,
    pub typmod: i32,
    pub not_null: bool,
}

impl Relation {
    /// Whether it can be read.
    pub fn is_there(&self) -> bool {
        self.producer.is_some()
    }

    /// Whether its rows are the same for ever.
    pub fn is_constant(&self) -> bool {
        matches!(self.producer, Some(Producer::Builtin(_)))
    }

    /// Whether only the session itself knows its rows.
    pub fn is_own(&self) -> bool {
        matches!(self.name, "pg_prepared_statements" | "pg_cursors")
    }

    /// Whether it shows what all sessions do.
    pub fn is_of_sessions(&self) -> bool {
        matches!(self.name, "pg_stat_activity" | "pg_locks" | "pg_stat_database" | "pg_stat_ssl" | "pg_stat_gssapi")
    }

    /// Whether other sessions may see other rows.
    pub fn is_of_session(&self) -> bool {
        matches!(self.producer, Some(Producer::Session(_)))
    }

    /// Its rows; none of one that is not there.
    pub fn rows(&'static self, seen: &Seen) -> Vec<Vec<Value>> {
        let mut rows = Rows { relation: self, rows: Vec::new() };
        match self.producer {
            Some(Producer::Builtin(make)) => rows.rows = make(self, seen.language),
            Some(Producer::Made(make) | Producer::Session(make)) => make(seen, &mut rows),
            Some(Producer::Empty) | None => {}
        }
        rows.rows
    }
}

/// How rows come about.
#[derive(Clone, Copy, Debug)]
enum Producer {
    /// As a fresh PostgreSQL has them.
    Builtin(fn(&'static Relation, &dyn Language) -> Vec<Vec<Value>>),
    /// Of the catalog's objects.
    Made(fn(&Seen, &mut Rows)),
    /// Of what the session is, too.
    Session(fn(&Seen, &mut Rows)),
    /// Of things that Quorlite has none of.
    Empty,
}

/// What the layer above knows of PostgreSQL's language.
pub trait Language: Sync {
    fn knows_function(&self, name: &str, args: &[Type]) -> bool;
    fn knows_operator(&self, name: &str, left: Option<Type>, right: Type) -> bool;
    fn knows_cast(&self, from: Type, to: Type) -> bool;
    /// A type by its name in SQL. Errors: 42704, 42601.
    fn type_named(&self, seen: &Seen, text: &str) -> Result<Type, PgError>;
    /// What stands for a function's argument that is left out, as it is written.
    fn parameter_default(&self, function: &str, place: usize) -> Option<&'static str>;
    /// A stored expression as PostgreSQL prints it, over a table's columns if there is one (`pg_get_expr`).
    fn shown(&self, seen: &Seen, table: Option<&Table>, expression: &str, pretty: bool) -> String;
    /// A domain's CHECK as PostgreSQL prints it.
    fn shown_domain_check(&self, seen: &Seen, domain: &Domain, expression: &str, pretty: bool) -> String;
    /// A view's query as PostgreSQL prints it; `None` where that is not known.
    fn shown_view(&self, seen: &Seen, view: &View, pretty: bool) -> Option<String>;
    /// Which of a view's columns can be written through it; `None` if nothing can.
    fn writable_columns(&self, seen: &Seen, view: &View) -> Option<Vec<bool>>;
    /// A stored expression's type, and what an index column of it is called.
    fn described(&self, seen: &Seen, table: &Table, expression: &str) -> IndexPart;
}

/// What rows are made of.
#[derive(Clone, Copy)]
pub struct Seen<'a> {
    pub catalog: &'a Catalog,
    pub language: &'a dyn Language,
    pub database: &'a str,
    /// All that there are.
    pub databases: &'a [DatabaseInfo],
    /// What sessions begin with.
    pub settings: &'a [RoleSettings],
    pub user: &'a str,
    /// As the session has it; `"$user"` is the user's own schema.
    pub search_path: &'a [String],
    /// Whose temporary objects are seen.
    pub session: SessionKey,
    /// What all sessions do, if the statement asks for it.
    pub sessions: &'a [activity::Activity],
    /// What the session has of its own, if the statement asks for it.
    pub own: Option<&'a own::Own>,
    /// A setting's current value, as SHOW prints it.
    pub setting: &'a (dyn Fn(&str) -> Option<&'a str> + Sync),
}

impl Seen<'_> {
    /// `pg_database.oid` of the database of this name; 0 if there is none.
    pub fn database_oid(&self, name: &str) -> u32 {
        self.databases.iter().find(|database| database.name == name).map_or(0, |database| database.oid)
    }

    /// Of the one that it is seen in. In its catalog it goes by the OID of the first ([`DATABASE`]).
    fn own_database(&self) -> u32 {
        match self.database_oid(self.database) {
            0 => DATABASE,
            oid => oid,
        }
    }
}

/// Rows in the making.
struct Rows {
    relation: &'static Relation,
    rows: Vec<Vec<Value>>,
}

impl Rows {
    /// Adds a row of these columns. The others are NULL, or where they can't be, zero, false or empty.
    fn push<const N: usize>(&mut self, fields: [(&str, Value); N]) {
        let mut row: Vec<Value> = self.relation.columns.iter().map(Column::nothing).collect();
        for (name, value) in fields {
            let position = self.relation.columns.iter().position(|column| column.name == name);
            debug_assert!(position.is_some(), "{} has no column {name}", self.relation.name);
            if let Some(position) = position {
                row[position] = value;
            }
        }
        self.rows.push(row);
    }

    /// Makes these columns of the last row zero.
    fn zero(&mut self, columns: &[&str]) {
        columns.iter().for_each(|column| self.set(column, Value::Int8(0)));
    }

    /// Gives a column of the last row another value.
    fn set(&mut self, column: &str, value: Value) {
        let position = self.relation.columns.iter().position(|other| other.name == column);
        if let (Some(position), Some(row)) = (position, self.rows.last_mut()) {
            row[position] = value;
        }
    }
}

impl Column {
    fn nothing(&self) -> Value {
        if !self.not_null {
            return Value::Null;
        }
        match self.ty {
            Type::BOOL => Value::Bool(false),
            Type::INT2 => Value::Int2(0),
            Type::INT4 => Value::Int4(0),
            Type::INT8 => Value::Int8(0),
            Type::FLOAT4 => Value::Float4(0.0),
            Type::CHAR => Value::Char(0),
            Type::OID | Type::XID => Value::Oid(0),
            ty if ty.is_name_of_object() => Value::Oid(0),
            _ => Value::Text(String::new()),
        }
    }
}

/// Begins the names by which emitted statements know these relations: as no table's name does.
pub const PREFIX: &str = "_quorlite_system_";

static RELATIONS: LazyLock<Vec<Relation>> = LazyLock::new(|| {
    let types: HashMap<&str, Type> = Type::all().iter().map(|info| (info.name, info.ty)).collect();
    let relation = |line: &'static str| {
        let mut fields = line.split('\t');
        let mut next = || fields.next().unwrap_or_default();
        let (schema, name, oid, kind, columns) = (next(), next(), next(), next(), next());
        let columns: Option<Vec<Column>> = columns.split(' ').map(|text| column(text, &types)).collect();
        Some(Relation {
            schema,
            name,
            oid: oid.parse().ok()?,
            kind: *kind.as_bytes().first()?,
            columns: columns?,
            stored_name: format!("{PREFIX}{}{name}", if schema == "pg_catalog" { "" } else { "information_" }),
            producer: producer(schema, name),
        })
    };
    include_str!("relations.tsv").lines().filter_map(relation).collect()
});

/// `name:type(typmod)!`, the last for NOT NULL.
fn column(text: &'static str, types: &HashMap<&str, Type>) -> Option<Column> {
    let (text, not_null) = text.strip_suffix('!').map_or((text, false), |text| (text, true));
    let (name, ty) = text.split_once(':')?;
    let (ty, typmod) = match ty.strip_suffix(')').and_then(|ty| ty.split_once('(')) {
        Some((ty, typmod)) => (ty, typmod.parse().ok()?),
        None => (ty, -1),
    };
    Some(Column { name, ty: *types.get(ty)?, typmod, not_null })
}

static BY_NAME: LazyLock<HashMap<(&str, &str), &'static Relation>> =
    LazyLock::new(|| RELATIONS.iter().map(|relation| ((relation.schema, relation.name), relation)).collect());

/// All of PostgreSQL's own relations.
pub fn relations() -> &'static [Relation] {
    &RELATIONS
}

/// The relation of this name, there or not.
pub fn relation(schema: &str, name: &str) -> Option<&'static Relation> {
    BY_NAME.get(&(schema, name)).copied()
}

/// Whether the OID is that of one of PostgreSQL's own tables.
pub fn is_table(oid: u32) -> bool {
    oid < super::FIRST_USER_OID && relation_by_oid(oid).is_some_and(|relation| relation.kind == b'r')
}

/// Whether a relation is PostgreSQL's own.
pub fn is_system_relation(oid: u32) -> bool {
    relation_by_oid(oid).is_some()
}

fn relation_by_oid(oid: u32) -> Option<&'static Relation> {
    RELATIONS.iter().find(|relation| relation.oid == oid)
}

fn producer(schema: &str, name: &str) -> Option<Producer> {
    use Producer::{Builtin, Empty, Made, Session};
    if schema == "information_schema" {
        return Some(match name {
            "schemata" => Made(information::schemata),
            "tables" => Made(information::tables),
            "views" => Made(information::views),
            "column_column_usage" => Made(information::column_column_usage),
            "columns" => Made(information::columns),
            "table_constraints" => Made(information::table_constraints),
            "check_constraints" => Made(information::check_constraints),
            "key_column_usage" => Made(information::key_column_usage),
            "constraint_column_usage" => Made(information::constraint_column_usage),
            "constraint_table_usage" => Made(information::constraint_table_usage),
            "referential_constraints" => Made(information::referential_constraints),
            "sequences" => Made(information::sequences),
            "domains" => Made(domains::domains),
            "domain_constraints" => Made(domains::domain_constraints),
            "domain_udt_usage" => Made(domains::domain_udt_usage),
            "column_domain_usage" => Made(domains::column_domain_usage),
            "table_privileges" => Made(privileges::table_privileges),
            "role_table_grants" => Made(privileges::table_privileges),
            "column_privileges" | "role_column_grants" => Made(usage::column_privileges),
            "routine_privileges" | "role_routine_grants" => Made(usage::routine_privileges),
            "udt_privileges" | "role_udt_grants" => Made(usage::udt_privileges),
            "usage_privileges" | "role_usage_grants" => Made(usage::usage_privileges),
            "enabled_roles" => Session(usage::enabled_roles),
            "applicable_roles" => Session(usage::applicable_roles),
            "collations" => Made(usage::collations),
            "collation_character_set_applicability" => Made(usage::collation_character_sets),
            "character_sets" => Made(usage::character_sets),
            "view_table_usage" => Made(usage::view_table_usage),
            "view_column_usage" => Made(usage::view_column_usage),
            "column_udt_usage" => Made(usage::column_udt_usage),
            "user_defined_types" => Made(usage::user_defined_types),
            "attributes" => Made(usage::attributes),
            "parameters" => Made(usage::parameters),
            "sql_features" => Builtin(builtin::all::<builtin::Features>),
            "sql_implementation_info" => Builtin(builtin::all::<builtin::ImplementationInfo>),
            "sql_parts" => Builtin(builtin::all::<builtin::Parts>),
            "sql_sizing" => Builtin(builtin::all::<builtin::Sizing>),
            "routines" => Made(routines::routines),
            "information_schema_catalog_name" => Made(information::catalog_name),
            "triggers"
            | "triggered_update_columns"
            | "administrable_role_authorizations"
            | "check_constraint_routine_usage"
            | "column_options"
            | "foreign_data_wrapper_options"
            | "foreign_server_options"
            | "foreign_table_options"
            | "routine_column_usage"
            | "routine_routine_usage"
            | "routine_sequence_usage"
            | "routine_table_usage"
            | "user_mapping_options"
            | "_pg_foreign_data_wrappers"
            | "_pg_foreign_servers"
            | "_pg_foreign_table_columns"
            | "_pg_foreign_tables"
            | "_pg_user_mappings"
            | "transforms"
            | "foreign_tables"
            | "foreign_servers"
            | "foreign_data_wrappers"
            | "user_mappings" => Empty,
            _ => return None,
        });
    }
    Some(match name {
        "pg_am" => Builtin(builtin::all::<builtin::Am>),
        "pg_language" => Builtin(builtin::all::<builtin::Languages>),
        "pg_extension" => Made(extensions::extensions),
        "pg_collation" => Builtin(builtin::all::<builtin::Collations>),
        "pg_namespace" => Made(namespaces::namespaces),
        "pg_init_privs" => Made(namespaces::initial_privileges),
        "pg_tablespace" => Builtin(builtin::all::<builtin::Tablespaces>),
        "pg_auth_members" => Builtin(builtin::all::<builtin::Members>),
        "pg_description" => Made(descriptions::descriptions),
        "pg_shdescription" => Made(descriptions::shared_descriptions),
        "pg_type" => Made(types::types),
        "pg_enum" => Made(types::labels),
        "pg_proc" => Made(routines::functions),
        "pg_operator" => Builtin(builtin::operators),
        "pg_cast" => Builtin(builtin::casts),
        "pg_opclass" => Builtin(builtin::operator_classes),
        "pg_opfamily" => Builtin(builtin::operator_families),
        "pg_amop" => Builtin(builtin::family_operators),
        "pg_amproc" => Builtin(builtin::family_functions),
        "pg_aggregate" => Builtin(builtin::aggregates),
        "pg_class" => Made(classes::classes),
        "pg_index" => Made(classes::indexes),
        "pg_sequence" => Made(classes::sequences),
        "pg_attribute" => Made(attributes::attributes),
        "pg_attrdef" => Made(attributes::defaults),
        "pg_constraint" => Made(constraints::constraints),
        "pg_depend" => Made(dependencies::dependencies),
        "pg_rewrite" => Made(dependencies::rules),
        "pg_authid" => Session(shared::authid),
        "pg_roles" => Session(shared::roles),
        "pg_shadow" => Session(shared::shadow),
        "pg_user" => Session(shared::users),
        "pg_group" => Session(shared::groups),
        "pg_database" => Session(shared::databases),
        "pg_db_role_setting" => Session(shared::settings),
        "pg_settings" => Session(settings::settings),
        "pg_stat_activity" => Session(activity::activity),
        "pg_locks" => Session(activity::locks),
        "pg_prepared_statements" => Session(own::prepared_statements),
        "pg_cursors" => Session(own::cursors),
        "pg_trigger" => Made(triggers::triggers),
        "pg_sequences" => Made(views::sequences),
        "pg_stat_all_tables" => Made(statistics::all_tables),
        "pg_stat_sys_tables" => Made(statistics::system_tables),
        "pg_stat_user_tables" => Made(statistics::user_tables),
        "pg_stat_all_indexes" | "pg_stat_user_indexes" => Made(statistics::user_indexes),
        "pg_stat_xact_all_tables" => Made(statistics::all_tables_now),
        "pg_stat_xact_sys_tables" => Made(statistics::system_tables_now),
        "pg_stat_xact_user_tables" => Made(statistics::user_tables_now),
        "pg_statio_all_tables" => Made(statistics::all_tables_read),
        "pg_statio_sys_tables" => Made(statistics::system_tables_read),
        "pg_statio_user_tables" => Made(statistics::user_tables_read),
        "pg_statio_all_indexes" | "pg_statio_user_indexes" => Made(statistics::user_indexes_read),
        "pg_statio_all_sequences" | "pg_statio_user_sequences" => Made(statistics::sequences_read),
        "pg_stat_database" => Session(activity::databases),
        "pg_stat_database_conflicts" => Session(statistics::conflicts),
        "pg_stat_bgwriter" => Made(statistics::background_writer),
        "pg_stat_archiver" => Made(statistics::archiver),
        "pg_stat_ssl" => Session(activity::encrypted),
        "pg_stat_gssapi" => Session(activity::authenticated),
        "pg_timezone_names" => Session(zones::names),
        "pg_timezone_abbrevs" => Session(zones::abbreviations),
        "pg_available_extensions" => Made(extensions::available),
        "pg_available_extension_versions" => Made(extensions::versions),
        "pg_tables" => Made(views::tables),
        "pg_indexes" => Made(views::indexes),
        "pg_views" => Made(views::views),
        "pg_matviews" => Made(views::materialized_views),
        "pg_range"
        | "pg_parameter_acl"
        | "pg_inherits"
        | "pg_partitioned_table"
        | "pg_rules"
        | "pg_policy"
        | "pg_policies"
        | "pg_publication"
        | "pg_publication_namespace"
        | "pg_publication_rel"
        | "pg_publication_tables"
        | "pg_statistic_ext"
        | "pg_subscription"
        | "pg_subscription_rel"
        | "pg_conversion"
        | "pg_ts_config"
        | "pg_ts_config_map"
        | "pg_ts_dict"
        | "pg_ts_parser"
        | "pg_ts_template"
        | "pg_event_trigger"
        | "pg_foreign_table"
        | "pg_foreign_server"
        | "pg_foreign_data_wrapper"
        | "pg_user_mapping"
        | "pg_user_mappings"
        | "pg_transform"
        | "pg_default_acl"
        | "pg_seclabel"
        | "pg_seclabels"
        | "pg_shseclabel"
        | "pg_shdepend"
        | "pg_largeobject"
        | "pg_largeobject_metadata"
        | "pg_prepared_xacts"
        | "pg_replication_origin"
        | "pg_replication_origin_status"
        | "pg_replication_slots"
        | "pg_stat_progress_analyze"
        | "pg_stat_progress_basebackup"
        | "pg_stat_progress_cluster"
        | "pg_stat_progress_copy"
        | "pg_stat_progress_create_index"
        | "pg_stat_progress_vacuum"
        | "pg_stat_replication"
        | "pg_stat_replication_slots"
        | "pg_stat_subscription"
        | "pg_stat_subscription_stats"
        | "pg_stat_sys_indexes"
        | "pg_stat_user_functions"
        | "pg_stat_wal_receiver"
        | "pg_stat_xact_user_functions"
        | "pg_statio_sys_indexes"
        | "pg_statio_sys_sequences"
        | "pg_stats"
        | "pg_stats_ext"
        | "pg_stats_ext_exprs" => Empty,
        _ => return None,
    })
}

fn text(text: impl Into<String>) -> Value {
    Value::Text(text.into())
}

fn oid(oid: u32) -> Value {
    Value::Oid(oid)
}

fn char(byte: u8) -> Value {
    Value::Char(byte)
}

fn vector(element: Type, items: Vec<Value>) -> Value {
    Value::Vector(Box::new(Array::vector(element, items)))
}

fn list(element: Type, items: Vec<Value>) -> Value {
    Value::Array(Box::new(Array::list(element, items)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relations_are_as_postgresql_lists_them() {
        let class = relation("pg_catalog", "pg_class").unwrap();
        assert_eq!((class.oid, class.kind, class.columns.len()), (1259, b'r', 33));
        assert!(RELATIONS.len() >= 190, "{}", RELATIONS.len());
    }
}
