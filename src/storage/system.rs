//! PostgreSQL's own relations as tables that statements can join: `catalog::system` makes their rows, SQLite reads them.
//!
//! Rows are made when a statement first reads the relation, from the catalog of the state that it sees, and kept for as
//! long as they stay true: those of a fresh PostgreSQL for ever, those of the catalog's objects until it changes, those of
//! the session for one statement.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use rusqlite::Connection;
use rusqlite::types::{ToSqlOutput, Value as Owned, ValueRef};

use super::ffi::lookup_table::{self, Lookup, LookupTable};
use super::functions::FunctionState;
use super::stored;
use crate::catalog::system::{Relation, Seen, relations};
use crate::types::{PgError, SqlState};

/// Makes every relation that there is known to the connection's statements.
pub(super) fn register(connection: &Connection, state: &FunctionState) -> rusqlite::Result<()> {
    for relation in relations().iter().filter(|relation| relation.is_there()) {
        let table = SystemTable { relation, state: state.clone() };
        lookup_table::register(connection, &relation.stored_name, Arc::new(table))?;
    }
    Ok(())
}

struct SystemTable {
    relation: &'static Relation,
    state: FunctionState,
}

impl LookupTable for SystemTable {
    fn columns(&self) -> Vec<String> {
        self.relation.columns.iter().map(|column| column.name.to_owned()).collect()
    }

    fn content(&self) -> rusqlite::Result<Arc<dyn Lookup>> {
        let content = self.state.content(self.relation).map_err(|error| self.state.fail(error))?;
        Ok(content)
    }
}

/// The contents of relations, by OID.
#[derive(Default)]
pub(super) struct Contents {
    of_catalog: HashMap<u32, Arc<Content>>,
    of_session: HashMap<u32, Arc<Content>>,
}

/// Of a fresh PostgreSQL; the same on every connection.
static CONSTANT: LazyLock<Mutex<HashMap<u32, Arc<Content>>>> = LazyLock::new(Mutex::default);

impl Contents {
    pub fn get(&self, relation: &Relation) -> Option<Arc<Content>> {
        if relation.is_constant() {
            return CONSTANT.lock().unwrap_or_else(PoisonError::into_inner).get(&relation.oid).cloned();
        }
        let known = if relation.is_of_session() { &self.of_session } else { &self.of_catalog };
        known.get(&relation.oid).cloned()
    }

    pub fn put(&mut self, relation: &Relation, content: Arc<Content>) {
        if relation.is_constant() {
            CONSTANT.lock().unwrap_or_else(PoisonError::into_inner).insert(relation.oid, content);
            return;
        }
        let known = if relation.is_of_session() { &mut self.of_session } else { &mut self.of_catalog };
        known.insert(relation.oid, content);
    }

    pub fn forget_session(&mut self) {
        self.of_session.clear();
    }

    pub fn forget_all(&mut self) {
        self.of_session.clear();
        self.of_catalog.clear();
    }
}

/// A relation's rows in their stored forms.
pub(super) struct Content {
    rows: Vec<Vec<Owned>>,
    /// For each column that was asked for: rows by value.
    found: Mutex<HashMap<usize, ByValue>>,
}

/// Positions of rows by a column's value.
type ByValue = HashMap<Key, Arc<Vec<u32>>>;

/// A value to look for.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Key {
    Int(i64),
    Text(Vec<u8>),
    /// Anything else: compared one by one.
    Other,
}

fn key(value: ValueRef<'_>) -> Option<Key> {
    match value {
        // Equal to nothing.
        ValueRef::Null => None,
        ValueRef::Integer(int) => Some(Key::Int(int)),
        ValueRef::Text(bytes) => Some(Key::Text(bytes.to_vec())),
        ValueRef::Real(_) | ValueRef::Blob(_) => Some(Key::Other),
    }
}

impl Content {
    pub fn of(relation: &'static Relation, seen: &Seen) -> Result<Content, PgError> {
        let mut rows = Vec::new();
        for row in relation.rows(seen) {
            let stored: Result<Vec<Owned>, PgError> =
                row.iter().map(|value| stored::to_sqlite(value).and_then(owned)).collect();
            rows.push(stored?);
        }
        Ok(Content { rows, found: Mutex::default() })
    }
}

fn owned(value: ToSqlOutput<'_>) -> Result<Owned, PgError> {
    match value {
        ToSqlOutput::Owned(value) => Ok(value),
        ToSqlOutput::Borrowed(value) => Owned::try_from(value)
            .map_err(|error| PgError::new(SqlState::INTERNAL_ERROR, format!("a catalog relation's value: {error}"))),
        _ => Err(PgError::new(SqlState::INTERNAL_ERROR, "a catalog relation's value of no stored form")),
    }
}

impl Lookup for Content {
    fn rows(&self) -> &[Vec<Owned>] {
        &self.rows
    }

    fn find(&self, column: usize, value: ValueRef<'_>) -> Arc<Vec<u32>> {
        let Some(wanted) = key(value) else { return Arc::default() };
        let all = || Arc::new((0..self.rows.len()).map(|row| row as u32).collect::<Vec<_>>());
        if wanted == Key::Other {
            return all();
        }
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        let by_value = found.entry(column).or_insert_with(|| {
            let mut by_value: HashMap<Key, Vec<u32>> = HashMap::new();
            for (number, row) in self.rows.iter().enumerate() {
                if let Some(key) = row.get(column).and_then(|value| key(ValueRef::from(value))) {
                    by_value.entry(key).or_default().push(number as u32);
                }
            }
            by_value.into_iter().map(|(key, rows)| (key, Arc::new(rows))).collect()
        });
        by_value.get(&wanted).cloned().unwrap_or_default()
    }
}
