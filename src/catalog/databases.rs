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

/// The options that ALTER DATABASE names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OptionsChange {
    pub allow_connections: Option<bool>,
    pub is_template: Option<bool>,
    /// `Some(None)`: no limit any more.
    pub connection_limit: Option<Option<u32>>,
}

impl OptionsChange {
    pub fn apply(self, to: DatabaseOptions) -> DatabaseOptions {
        DatabaseOptions {
            allow_connections: self.allow_connections.unwrap_or(to.allow_connections),
            is_template: self.is_template.unwrap_or(to.is_template),
            connection_limit: self.connection_limit.unwrap_or(to.connection_limit),
        }
    }
}
