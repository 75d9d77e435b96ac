//! The databases of a cluster, as `pg_database` lists them.

use serde::{Deserialize, Serialize};

/// One database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatabaseInfo {
    pub oid: u32,
    pub name: String,
    pub options: DatabaseOptions,
}

/// What CREATE DATABASE and ALTER DATABASE say of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatabaseOptions {
    pub allow_connections: bool,
    pub is_template: bool,
    /// `None`: as many as there are. Superusers, which all roles are, may always connect.
    pub connection_limit: Option<u32>,
}

impl Default for DatabaseOptions {
    fn default() -> DatabaseOptions {
        DatabaseOptions { allow_connections: true, is_template: false, connection_limit: None }
    }
}
