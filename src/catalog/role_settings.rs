//! What sessions begin with, as ALTER ROLE … SET and ALTER DATABASE … SET say (`pg_db_role_setting`).

use serde::{Deserialize, Serialize};

/// Whose sessions: those of a role (its OID in `pg_authid`) in a database; 0 is any.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionsOf {
    pub database: u32,
    pub role: u32,
}

/// What some sessions begin with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleSettings {
    pub of: SessionsOf,
    /// Names in their own spelling and values as they were written, in the order in which the names came.
    pub values: Vec<(String, String)>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SettingChange {
    Set { name: String, value: String },
    Reset { name: String },
    ResetAll,
}
