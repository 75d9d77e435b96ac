//! LOCK TABLE.
//!
//! There is one lock, the writer slot: whoever holds it excludes all other writers, and readers see what was before.
//! So it serves for every mode that conflicts with another of its kind or weaker ones; what ACCESS SHARE keeps away
//! (dropping the table) a transaction's snapshot keeps away too.

use super::super::Binder;
use crate::catalog::Object;
use crate::sql::ddl::{LockMode, LockTable};
use crate::sql::plan::{Action, Plan, TableLock};
use crate::types::{PgError, SqlState};

impl Binder<'_> {
    pub fn lock_table(self, lock: &LockTable) -> Result<Plan, PgError> {
        for name in &lock.names {
            let name = self.qualified(name)?;
            if self.find_system(&name).is_some_and(|system| system.is_there()) {
                continue;
            }
            match self.find_relation(&name) {
                Some(Object::View(_)) => {}
                Some(Object::Table(table)) if table.materialized.is_none() => {}
                Some(object) => {
                    let kind = match object {
                        Object::Table(_) => "materialized views",
                        Object::Index(_) => "indexes",
                        _ => "sequences",
                    };
                    let message = format!("cannot lock relation \"{}\"", object.name());
                    return Err(PgError::new(SqlState::WRONG_OBJECT_TYPE, message)
                        .detail(format!("This operation is not supported for {kind}.")));
                }
                None => return Err(PgError { position: None, ..self.no_relation(&name) }),
            }
        }
        let slot = lock.mode > LockMode::AccessShare;
        self.plan(None, Action::Lock(TableLock { slot, nowait: lock.nowait }))
    }
}
