//! What a client's statement may do on a connection, and for how long.
//!
//! Statements come from `sql::bind`, which emits nothing dangerous. [`Guard`] is the second line: SQLite asks it
//! about every object a statement names. [`Stopper`] is how a running statement hears of a cancel.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};

use super::Cancel;
use super::schema::is_internal;
use crate::catalog::system;
use crate::sql::WITH_PREFIX;
use crate::types::PgError;

/// Pragmas that virtual tables ask on their own behalf. With a value they would set something.
const ASKING: &[&str] = &["data_version", "page_count", "page_size"];
/// Pragmas whose value is the name of what is asked for.
const ASKING_BY_NAME: &[&str] = &[
    "foreign_key_list",
    "index_info",
    "index_list",
    "index_xinfo",
    "quick_check",
    "table_info",
    "table_list",
    "table_xinfo",
];

/// Between two looks at the cancel flag, in SQLite's instructions: not measurable.
const PROGRESS_OPS: i32 = 1000;

/// Denies clients' statements ATTACH, PRAGMA, extensions and the internal tables.
///
/// SQLite asks when it prepares a statement, and again when it has to prepare it anew, which may be at any
/// step: so our own statements run in [`Guard::internal`] from beginning to end.
#[derive(Clone)]
pub(super) struct Guard {
    internal: Arc<AtomicBool>,
}

impl Guard {
    pub fn install(connection: &mut Connection) -> rusqlite::Result<Guard> {
        let internal = Arc::new(AtomicBool::new(false));
        let seen = internal.clone();
        connection.authorizer(Some(move |context: AuthContext<'_>| {
            if seen.load(Ordering::Relaxed) || allowed(&context) { Authorization::Allow } else { Authorization::Deny }
        }))?;
        Ok(Guard { internal })
    }

    /// Runs something of our own, which may do anything.
    pub fn internal<T>(&self, run: impl FnOnce() -> T) -> T {
        let before = self.internal.swap(true, Ordering::Relaxed);
        let result = run();
        self.internal.store(before, Ordering::Relaxed);
        result
    }
}

fn allowed(context: &AuthContext<'_>) -> bool {
    match context.action {
        AuthAction::Attach { .. } | AuthAction::Detach { .. } | AuthAction::Unknown { .. } => false,
        AuthAction::Pragma { pragma_name, pragma_value } => {
            let named = |list: &[&str]| list.iter().any(|name| pragma_name.eq_ignore_ascii_case(name));
            named(ASKING_BY_NAME) || (pragma_value.is_none() && named(ASKING))
        }
        AuthAction::Transaction { .. } | AuthAction::Savepoint { .. } => false,
        AuthAction::Function { function_name } => !function_name.eq_ignore_ascii_case("load_extension"),
        AuthAction::Read { table_name, .. } => !is_hidden(table_name),
        AuthAction::Insert { table_name }
        | AuthAction::Delete { table_name }
        | AuthAction::Update { table_name, .. }
        | AuthAction::DropTable { table_name }
        | AuthAction::CreateTable { table_name }
        | AuthAction::CreateIndex { table_name, .. }
        | AuthAction::CreateTrigger { table_name, .. }
        | AuthAction::DropIndex { table_name, .. }
        | AuthAction::AlterTable { table_name, .. } => !is_internal(table_name),
        _ => true,
    }
}

/// The catalog, PostgreSQL's own relations and the sequences may be read: pg_catalog and `SELECT last_value FROM s` are made of them. What WITH
/// names is no table, though SQLite asks about it by name where none of its columns is read.
fn is_hidden(table: &str) -> bool {
    use super::schema::{CATALOG, SEQUENCES};
    is_internal(table)
        && !table.starts_with(WITH_PREFIX)
        && !table.starts_with(system::PREFIX)
        && ![CATALOG, SEQUENCES].iter().any(|open| table.eq_ignore_ascii_case(open))
}

/// Stops a connection's running statement when its [`Cancel`] says so.
#[derive(Clone, Default)]
pub(super) struct Stopper {
    current: Arc<Mutex<Option<Cancel>>>,
    /// Stops whatever runs, whoever's it is, unless it is deaf to that.
    urgent: Arc<AtomicBool>,
    deaf: Arc<AtomicBool>,
    /// Stops whatever is not over by the first look.
    brief: Arc<AtomicBool>,
    /// Stops what can't succeed any more.
    hopeless: Arc<AtomicBool>,
}

impl Stopper {
    pub fn install(connection: &mut Connection) -> rusqlite::Result<Stopper> {
        Stopper::install_with(connection, Arc::default(), Arc::default())
    }

    pub fn install_with(
        connection: &mut Connection,
        urgent: Arc<AtomicBool>,
        hopeless: Arc<AtomicBool>,
    ) -> rusqlite::Result<Stopper> {
        let stopper = Stopper { urgent, hopeless, ..Stopper::default() };
        let seen = stopper.clone();
        connection.progress_handler(PROGRESS_OPS, Some(move || seen.is_set()))?;
        Ok(stopper)
    }

    /// Whether something waits that must not.
    pub fn is_urgent(&self) -> bool {
        self.urgent.load(Ordering::Relaxed)
    }

    /// Whether what runs is to stop.
    pub fn is_set(&self) -> bool {
        let flags = [&self.brief, &self.hopeless];
        let urgent = self.is_urgent() && !self.deaf.load(Ordering::Relaxed);
        if urgent || flags.iter().any(|flag| flag.load(Ordering::Relaxed)) {
            return true;
        }
        let current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        current.as_ref().is_some_and(|cancel| cancel.reason().is_some())
    }

    /// Whether what runs from now on has the instructions between two looks, and no more.
    pub fn allow_a_moment_only(&self, brief: bool) {
        self.brief.store(brief, Ordering::Relaxed);
    }

    /// What is not stopped for what waits: it is short, and can't be done again.
    pub fn finishing<T>(&self, work: impl FnOnce() -> T) -> T {
        self.deaf.store(true, Ordering::Relaxed);
        let done = work();
        self.deaf.store(false, Ordering::Relaxed);
        done
    }

    /// What must come to its end, whatever becomes of the statement around it.
    pub fn unstopped<T>(&self, work: impl FnOnce() -> T) -> T {
        let lock = || self.current.lock().unwrap_or_else(PoisonError::into_inner);
        let brief = self.brief.swap(false, Ordering::Relaxed);
        let current = lock().take();
        let done = work();
        *lock() = current;
        self.brief.store(brief, Ordering::Relaxed);
        done
    }

    pub fn set(&self, cancel: Option<&Cancel>) {
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = cancel.cloned();
    }

    /// What the client hears if it was cancelled.
    pub fn error(&self) -> Option<PgError> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner).as_ref().and_then(Cancel::error)
    }
}
