//! CREATE and DROP EXTENSION: there is plpgsql, which every database of PostgreSQL's has from the start, and no other to be
//! had.

use super::Steps;
use crate::catalog::system;
use crate::sql::bind::Binder;
use crate::sql::bind::names::fold;
use crate::sql::ddl::ExtensionStatement;
use crate::sql::plan::Schema;
use crate::types::{PgError, SqlState};

impl Binder<'_> {
    pub fn extension_statement(&self, statement: &ExtensionStatement) -> Result<Schema, PgError> {
        let mut steps = Steps::new();
        let is_there = |name: &str| system::builtin_oid("pg_extension", name).is_some();
        match statement {
            ExtensionStatement::Create { if_not_exists, name } => {
                let name = fold(name);
                if !is_there(&name) {
                    let message = format!("extension \"{name}\" is not available");
                    return Err(PgError::new(SqlState::FEATURE_NOT_SUPPORTED, message)
                        .hint("The extension must first be installed on the system where PostgreSQL is running."));
                }
                let message = format!("extension \"{name}\" already exists");
                if !if_not_exists {
                    return Err(PgError::new(SqlState::DUPLICATE_OBJECT, message));
                }
                steps.notice(SqlState::DUPLICATE_OBJECT, format!("{message}, skipping"));
                Ok(steps.finish("CREATE EXTENSION"))
            }
            ExtensionStatement::Drop { if_exists, names } => {
                for name in names.iter().map(fold) {
                    if is_there(&name) {
                        return Err(PgError::unsupported(format!("dropping the extension {name}")));
                    }
                    let message = format!("extension \"{name}\" does not exist");
                    if !if_exists {
                        return Err(PgError::new(SqlState::UNDEFINED_OBJECT, message));
                    }
                    steps.notice(SqlState::SUCCESSFUL_COMPLETION, format!("{message}, skipping"));
                }
                Ok(steps.finish("DROP EXTENSION"))
            }
        }
    }
}
