//! GRANT of what the grantee has already: who owns all objects, and everybody by PostgreSQL's defaults. Anything else would be
//! a privilege that nobody keeps, and is refused.

use super::Steps;
use crate::catalog::Object;
use crate::sql::bind::Binder;
use crate::sql::bind::names::fold;
use crate::sql::ddl::{Grant, Granted};
use crate::sql::plan::Schema;
use crate::types::{PgError, SqlState};

impl Binder<'_> {
    pub fn grant(&self, grant: &Grant) -> Result<Schema, PgError> {
        match &grant.on {
            Granted::Tables(names) | Granted::Sequences(names) => {
                for name in names {
                    let name = self.qualified(name)?;
                    let system = self.find_system(&name).is_some_and(|relation| relation.is_there());
                    match self.find_relation(&name) {
                        Some(Object::Index(index)) => {
                            let message = format!("\"{}\" is an index", index.name);
                            return Err(PgError::new(SqlState::WRONG_OBJECT_TYPE, message));
                        }
                        Some(Object::Sequence(_)) => {}
                        Some(other) if matches!(grant.on, Granted::Sequences(_)) => {
                            let message = format!("\"{}\" is not a sequence", other.name());
                            return Err(PgError::new(SqlState::WRONG_OBJECT_TYPE, message));
                        }
                        Some(_) => {}
                        None if system => {}
                        None if name
                            .schema
                            .as_ref()
                            .is_some_and(|schema| !self.schema_is_there(self.meant(schema))) =>
                        {
                            return Err(super::schema::no_schema(name.schema.as_deref().unwrap_or_default()));
                        }
                        None => return Err(PgError { position: None, ..self.no_relation(&name) }),
                    }
                }
            }
            Granted::Schemas(names) | Granted::AllIn(names) => {
                names.iter().try_for_each(|name| self.refuse_unknown_schema(self.meant(&fold(name))))?;
            }
            Granted::Databases(names) => {
                // Which others there are is not known here.
                if let Some(other) = names.iter().map(fold).find(|name| *name != self.context.database) {
                    return Err(PgError::unsupported(format!("GRANT on another database ({other})")));
                }
            }
        }
        for role in &grant.to {
            match role {
                Some(role) => self.refuse_unknown_role(role)?,
                None if everybody_has(grant) => {}
                None => {
                    let hint = "Whoever connects may do everything yet: no privilege has to be granted.";
                    return Err(PgError::unsupported("GRANT to PUBLIC").hint(hint));
                }
            }
        }
        Ok(Steps::new().finish("GRANT"))
    }
}

/// As PostgreSQL's databases and schemas come: to connect and to make temporary tables, and to use `public`.
fn everybody_has(grant: &Grant) -> bool {
    let among = |known: &[&str]| grant.privileges.iter().all(|privilege| known.contains(&privilege.as_str()));
    match &grant.on {
        Granted::Databases(_) => among(&["connect", "temporary", "temp"]),
        Granted::Schemas(names) => names.iter().all(|name| fold(name) == "public") && among(&["usage"]),
        Granted::Tables(_) | Granted::Sequences(_) | Granted::AllIn(_) => false,
    }
}
