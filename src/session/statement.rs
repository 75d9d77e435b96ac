//! A statement that Parse has prepared.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::catalog::system::own::PreparedStatement;
use crate::sql::{Action, Plan, ResultColumn, SessionStatement, Statement, changed_shape, same_shape};
use crate::types::{PgError, Type};

use super::settings;

/// A prepared statement. Portals share it.
pub(super) struct Prepared {
    /// `None`: the empty query string.
    pub statement: Option<Arc<Statement>>,
    /// Settled by Parse, whatever later versions of the catalog would infer.
    pub params: Arc<[Type]>,
    /// What the parameters' values are of: see [`Plan::values`].
    pub values: Arc<[Type]>,
    /// What Describe has told or would tell; settled by Parse as well.
    pub columns: Option<Arc<[ResultColumn]>>,
    planned: Mutex<Option<Planned>>,
    source: Source,
    runs: AtomicU64,
}

/// Where a prepared statement comes from.
#[derive(Clone)]
pub(super) struct Source {
    /// What the client sent.
    pub text: Arc<str>,
    /// Microseconds since 2000-01-01 UTC.
    pub at: i64,
    /// PREPARE, not Parse.
    pub from_sql: bool,
}

/// A plan, and what of the session it depends on: the `search_path` its names were looked up in, and whether floats and
/// bytea are shown otherwise than by default.
#[derive(Clone)]
pub(super) struct Planned {
    pub plan: Arc<Plan>,
    pub search_path: Arc<[String]>,
    pub shows_otherwise: bool,
}

impl Prepared {
    pub fn new(
        statement: Arc<Statement>,
        planned: Planned,
        columns: Option<Arc<[ResultColumn]>>,
        source: Source,
    ) -> Prepared {
        Prepared {
            statement: Some(statement),
            params: planned.plan.params.clone().into(),
            values: planned.plan.values.clone().into(),
            columns,
            planned: Mutex::new(Some(planned)),
            source,
            runs: AtomicU64::new(0),
        }
    }

    pub fn empty(source: Source) -> Prepared {
        let (planned, runs) = (Mutex::new(None), AtomicU64::new(0));
        let (params, values): (Arc<[Type]>, Arc<[Type]>) = (Arc::new([]), Arc::new([]));
        Prepared { statement: None, params, values, columns: None, planned, source, runs }
    }

    /// What the client sent.
    pub fn text(&self) -> Arc<str> {
        self.source.text.clone()
    }

    /// It is run once more.
    pub fn runs(&self) {
        self.runs.fetch_add(1, Ordering::Relaxed);
    }

    /// As pg_prepared_statements has it.
    pub fn shown(&self, name: &str) -> PreparedStatement {
        PreparedStatement {
            name: name.to_owned(),
            statement: self.source.text.clone(),
            prepared_at: self.source.at,
            parameters: self.params.to_vec(),
            from_sql: self.source.from_sql,
            runs: self.runs.load(Ordering::Relaxed),
        }
    }

    /// Whether it is taken in a failed transaction block.
    pub fn is_exit(&self) -> bool {
        self.statement.as_ref().is_some_and(|statement| statement.is_exit())
    }

    /// The newest plan it was run with.
    pub fn planned(&self) -> Option<Planned> {
        self.planned.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes the plan of another catalog version, if clients that know the old one can't tell.
    pub fn replan(&self, planned: Planned, columns: Option<&[ResultColumn]>) -> Result<(), PgError> {
        let same = same_shape(columns, self.columns.as_deref());
        if !same || planned.plan.params[..] != self.params[..] || planned.plan.values[..] != self.values[..] {
            return Err(changed_shape());
        }
        *self.planned.lock().unwrap_or_else(PoisonError::into_inner) = Some(planned);
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
    ResultColumn { name: name.to_owned(), ty: Type::TEXT, elements: 0, typmod: -1, table_oid: 0, attnum: 0 }
}
