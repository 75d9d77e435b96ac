//! A statement that Parse has prepared.

use std::sync::{Arc, Mutex, PoisonError};

use crate::sql::{Action, Plan, ResultColumn, SessionStatement, Statement};
use crate::types::{PgError, SqlState, Type};

use super::settings;

/// A prepared statement. Portals share it.
pub(super) struct Prepared {
    /// `None`: the empty query string.
    pub statement: Option<Arc<Statement>>,
    /// Settled by Parse, whatever later versions of the catalog would infer.
    pub params: Arc<[Type]>,
    /// What Describe has told or would tell; settled by Parse as well.
    pub columns: Option<Arc<[ResultColumn]>>,
    /// The plan at the newest catalog version it was needed at.
    plan: Mutex<Option<Arc<Plan>>>,
}

impl Prepared {
    pub fn new(statement: Arc<Statement>, plan: Arc<Plan>) -> Prepared {
        Prepared {
            statement: Some(statement),
            params: plan.params.clone().into(),
            columns: columns_of(&plan),
            plan: Mutex::new(Some(plan)),
        }
    }

    pub fn empty() -> Prepared {
        Prepared { statement: None, params: Arc::new([]), columns: None, plan: Mutex::new(None) }
    }

    pub fn plan(&self) -> Option<Arc<Plan>> {
        self.plan.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes the plan of another catalog version, if clients that know the old one can't tell.
    pub fn replan(&self, plan: Arc<Plan>) -> Result<(), PgError> {
        if columns_of(&plan) != self.columns || plan.params[..] != self.params[..] {
            return Err(PgError::new(SqlState::FEATURE_NOT_SUPPORTED, "cached plan must not change result type"));
        }
        *self.plan.lock().unwrap_or_else(PoisonError::into_inner) = Some(plan);
        Ok(())
    }
}

/// A plan's result columns. SHOW's is titled by the settings' table, which `sql` does not know.
pub(super) fn columns_of(plan: &Plan) -> Option<Arc<[ResultColumn]>> {
    match &plan.action {
        Action::Session(SessionStatement::Show(Some(name))) => {
            Some(Arc::new([text_column(&settings::show_name(name))]))
        }
        Action::Session(SessionStatement::Show(None)) => {
            Some(["name", "setting", "description"].map(text_column).into_iter().collect())
        }
        _ => plan.columns.as_deref().map(Arc::from),
    }
}

fn text_column(name: &str) -> ResultColumn {
    ResultColumn { name: name.to_owned(), ty: Type::TEXT, typmod: -1, table_oid: 0, attnum: 0 }
}
