//! CREATE, ALTER and DROP DATABASE: for the session to run, which asks the cluster what databases there are.

use crate::sql::bind::Binder;
use crate::sql::bind::names::fold;
use crate::sql::ddl::DatabaseDdl;
use crate::sql::plan::{Action, DatabaseStatement, Plan};
use crate::types::PgError;

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
        };
        self.plan(None, Action::Database(statement))
    }
}
