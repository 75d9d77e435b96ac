//! CREATE, ALTER and DROP DATABASE: for the session to run, which asks the cluster what databases there are.

use crate::sql::bind::Binder;
use crate::sql::bind::names::fold;
use crate::sql::ddl::{DatabaseDdl, RoleMeant};
use crate::sql::plan::{Action, DatabaseStatement, Plan};
use crate::types::{PgError, SqlState};

impl Binder<'_> {
    pub fn database_statement(self, statement: &DatabaseDdl) -> Result<Plan, PgError> {
        let statement = match statement {
            DatabaseDdl::Create { name, owner, template, options } => {
                if let Some(owner) = owner {
                    self.refuse_unknown_role(owner)?;
                }
                let (name, template) = (fold(name), template.clone());
                DatabaseStatement::Create { name, template, options: *options }
            }
            DatabaseDdl::Drop { name, if_exists, force } => {
                DatabaseStatement::Drop { name: fold(name), if_exists: *if_exists, force: *force }
            }
            DatabaseDdl::Rename { name, to } => DatabaseStatement::Rename { name: fold(name), to: fold(to) },
            DatabaseDdl::Owner { name, owner } => {
                self.refuse_unknown_role(owner)?;
                DatabaseStatement::Alter { name: fold(name), change: Default::default() }
            }
            DatabaseDdl::Alter { name, change } => DatabaseStatement::Alter { name: fold(name), change: *change },
            DatabaseDdl::Setting { role, database, change } => DatabaseStatement::Setting {
                of_roles: role.is_some(),
                role: match role {
                    Some(role) => self.role_meant(role)?,
                    None => None,
                },
                database: database.as_ref().map(fold),
                change: change.clone(),
            },
        };
        self.plan(None, Action::Database(statement))
    }

    /// `None`: all of them. Errors: 42704, 42939.
    fn role_meant(&self, role: &RoleMeant) -> Result<Option<String>, PgError> {
        Ok(match role {
            RoleMeant::All => None,
            RoleMeant::Own => Some(self.context.user.clone()),
            RoleMeant::Named(name) if fold(name).starts_with("pg_") => {
                let message = format!("role name \"{}\" is reserved", fold(name));
                return Err(PgError::new(SqlState::RESERVED_NAME, message).detail("Cannot alter reserved roles."));
            }
            RoleMeant::Named(name) => {
                self.refuse_unknown_role(name)?;
                Some(fold(name))
            }
        })
    }
}
