//! Plans kept for statements that come again.
//!
//! A plan depends on the statement's text, the catalog, the declared parameter types, what names are looked up by, and
//! whether floats and bytea are shown as by default; on nothing else of the session.

use std::sync::Arc;

use super::forms::{Formed, Forms};
use super::generations::Generations;
use super::{Plan, SessionContext, Statement, bind};
use crate::catalog::Catalog;
use crate::types::{PgError, Type};

#[derive(PartialEq, Eq, Hash)]
struct Key {
    text: String,
    declared: Vec<Type>,
    database: String,
    user: String,
    search_path: Vec<String>,
    /// The schema of the session's temporary objects, if it has one: other sessions mean others by the same names.
    temporary: Option<u32>,
    catalog_version: u64,
    of_cursor: bool,
    shows_otherwise: bool,
}

/// Plans by statement text, and what was found of texts on the way there; shared between threads, bounded.
pub struct PlanCache {
    plans: Generations<Key, Arc<Plan>>,
    forms: Forms,
    /// By their texts.
    statements: Generations<String, Arc<Statement>>,
}

/// Longer texts are likely to come but once (bulk inserts), and would fill the cache.
const MAX_TEXT: usize = 16 * 1024;

impl PlanCache {
    pub fn new(capacity: usize) -> PlanCache {
        let capacity = capacity.div_ceil(2);
        PlanCache {
            plans: Generations::new(capacity),
            forms: Forms::new(capacity),
            statements: Generations::new(capacity),
        }
    }

    /// The statement as one with parameters in place of its literals, where it has some that values can stand for.
    pub fn form(&self, text: &str) -> Option<Formed> {
        self.forms.form(text)
    }

    /// The statement of a text that has been parsed before, and kept.
    pub fn parsed(&self, text: &str) -> Option<Arc<Statement>> {
        self.statements.find(text)
    }

    /// Keeps the only statement of a text.
    pub fn keep_parsed(&self, text: &str, statement: &Arc<Statement>) {
        if text.len() <= MAX_TEXT && statement.notices.is_empty() {
            self.statements.keep(text.to_owned(), statement.clone());
        }
    }

    /// The plan of a statement, bound now or earlier.
    pub fn bind(
        &self,
        statement: &Statement,
        catalog: &Catalog,
        context: &SessionContext,
        declared: &[Type],
    ) -> Result<Arc<Plan>, PgError> {
        if statement.text.len() > MAX_TEXT {
            return bind(statement, catalog, context, declared).map(Arc::new);
        }
        let key = Key {
            text: statement.text.clone(),
            declared: declared.to_vec(),
            database: context.database.clone(),
            user: context.user.clone(),
            search_path: context.search_path.clone(),
            temporary: catalog.temporary_schema(context.session).map(|schema| schema.oid),
            catalog_version: catalog.version,
            of_cursor: statement.of_cursor,
            shows_otherwise: context.settings.shows_otherwise(),
        };
        if let Some(plan) = self.plans.find(&key) {
            return Ok(plan);
        }
        let plan = Arc::new(bind(statement, catalog, context, declared)?);
        // Schema plans carry the OIDs they will give out: used once, and then another version.
        if !matches!(plan.action, super::Action::Schema(_)) {
            self.plans.keep(key, Arc::clone(&plan));
        }
        Ok(plan)
    }
}
