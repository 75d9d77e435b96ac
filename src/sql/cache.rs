//! Plans kept for statements that come again.
//!
//! A plan depends on the statement's text, the catalog, the declared parameter types and what names are looked up
//! by; on nothing else of the session.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::forms::{Formed, Forms};
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
}

/// Two generations: what is asked for again moves to the young one; when that is full, the old one goes.
#[derive(Default)]
struct Generations {
    young: HashMap<Key, Arc<Plan>>,
    old: HashMap<Key, Arc<Plan>>,
}

/// Plans by statement text; shared between threads, bounded.
pub struct PlanCache {
    generations: Mutex<Generations>,
    /// Plans in one generation at most.
    capacity: usize,
    forms: Forms,
}

/// Longer texts are likely to come but once (bulk inserts), and would fill the cache.
const MAX_TEXT: usize = 16 * 1024;

impl PlanCache {
    pub fn new(capacity: usize) -> PlanCache {
        PlanCache { generations: Mutex::default(), capacity: capacity.div_ceil(2).max(1), forms: Forms::default() }
    }

    /// The statement as one with parameters in place of its literals, where it has some that values can stand for.
    pub fn form(&self, text: &str) -> Option<Formed> {
        self.forms.form(text)
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
        };
        if let Some(plan) = self.find(&key) {
            return Ok(plan);
        }
        let plan = Arc::new(bind(statement, catalog, context, declared)?);
        // Schema plans carry the OIDs they will give out: used once, and then another version.
        if !matches!(plan.action, super::Action::Schema(_)) {
            self.keep(key, Arc::clone(&plan));
        }
        Ok(plan)
    }

    fn find(&self, key: &Key) -> Option<Arc<Plan>> {
        let mut generations = self.generations.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(plan) = generations.young.get(key) {
            return Some(Arc::clone(plan));
        }
        let (key, plan) = generations.old.remove_entry(key)?;
        let found = Arc::clone(&plan);
        self.insert(&mut generations, key, plan);
        Some(found)
    }

    fn keep(&self, key: Key, plan: Arc<Plan>) {
        let mut generations = self.generations.lock().unwrap_or_else(PoisonError::into_inner);
        self.insert(&mut generations, key, plan);
    }

    fn insert(&self, generations: &mut Generations, key: Key, plan: Arc<Plan>) {
        if generations.young.len() >= self.capacity {
            generations.old = std::mem::take(&mut generations.young);
        }
        generations.young.insert(key, plan);
    }
}
