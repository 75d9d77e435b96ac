//! What ALTER ROLE … SET and ALTER DATABASE … SET keep for sessions to come, and what those begin with.

use super::{Settings, check, definition, may_change, over};
use crate::catalog::system;
use crate::catalog::{RoleSettings, SessionsOf};
use crate::types::{PgError, Severity, SqlState};

impl Settings {
    /// The name in its own spelling, and a notice of what is not there yet. Errors: as SET's, and 25001.
    pub fn check_kept(&self, name: &str, value: &str) -> Result<(String, Option<PgError>), PgError> {
        let kept = kept_name(name)?;
        if matches!(kept.as_str(), "role" | "session_authorization") {
            let known = value == "none" || system::is_role(value) || self.is_own_role(&kept, value);
            if !known {
                let missing = PgError::new(SqlState::UNDEFINED_OBJECT, format!("role \"{value}\" does not exist"));
                return Ok((kept, Some(PgError { severity: Severity::Notice, ..missing })));
            }
            if self.is_own_role(&kept, value) {
                return Ok((kept, None));
            }
        }
        let (key, value) = check(name, &over(&self.current, name, value)?)?;
        let mode = match key.as_str() {
            "transaction_isolation" => "ISOLATION LEVEL",
            "transaction_deferrable" => "[NOT] DEFERRABLE",
            _ => return Ok((kept, None)),
        };
        if self.current.get(&key) == Some(&value) {
            return Ok((kept, None));
        }
        let message = format!("SET TRANSACTION {mode} must be called before any query");
        Err(PgError::new(SqlState::ACTIVE_SQL_TRANSACTION, message))
    }

    /// Begins with what is kept for a session of the role in the database, in PostgreSQL's order of precedence. Gives
    /// the errors of what can't be: the client is warned of it.
    pub fn start_kept(&mut self, kept: &[RoleSettings], of: SessionsOf) -> Vec<PgError> {
        let values = kept.iter().filter(|one| one.of == of).flat_map(|one| &one.values);
        values.filter_map(|(name, value)| self.start(name, value).err()).collect()
    }
}

/// A name as it is kept. Errors: 42704, 42602, 55P02.
pub fn kept_name(name: &str) -> Result<String, PgError> {
    may_change(name)?;
    Ok(definition(name).map_or_else(|| name.to_lowercase(), |setting| setting.name.to_owned()))
}
