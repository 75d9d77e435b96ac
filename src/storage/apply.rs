//! Applies effects to a file: the follower's half of [`super::capture`].
//!
//! The connection has triggers and foreign keys off: what they did on the leader is among the effects.
//! Every record must change exactly one row. Where it doesn't, this replica is not what the
//! leader was, and says so rather than guess.

use std::collections::HashMap;
use std::ops::BitOrAssign;

use rusqlite::types::ValueRef;
use rusqlite::{CachedStatement, Connection, ErrorCode};

use super::StorageError;
use super::codec::Malformed;
use super::effects::{Effect, Effects, Key};
use super::layout::{Layout, RowKey, quoted};
use super::schema::{CATALOG, SEQUENCES};

/// What kinds of content were changed: caches to renew.
#[derive(Clone, Copy, Default, Debug, PartialEq, Eq)]
pub(super) struct Touched {
    pub schema: bool,
    pub catalog: bool,
    pub sequences: bool,
}

impl BitOrAssign for Touched {
    fn bitor_assign(&mut self, other: Touched) {
        self.schema |= other.schema;
        self.catalog |= other.catalog;
        self.sequences |= other.sequences;
    }
}

#[derive(Debug)]
pub(super) enum ApplyError {
    Diverged(String),
    Sqlite(rusqlite::Error),
    /// The effects could not be read.
    Io(std::io::Error),
}

impl ApplyError {
    pub fn into_storage(self, file: &str) -> StorageError {
        match self {
            ApplyError::Diverged(why) => StorageError::Diverged(format!("{file}: {why}")),
            ApplyError::Sqlite(error) => StorageError::sqlite(format!("applying to {file}"), error),
            ApplyError::Io(source) => StorageError::Io { context: format!("applying to {file}"), source },
        }
    }
}

/// Table layouts, kept from one batch to the next.
#[derive(Default)]
pub(super) struct Layouts(HashMap<String, Layout>);

impl Layouts {
    pub fn clear(&mut self) {
        self.0.clear();
    }

    fn get(&mut self, connection: &Connection, table: &str) -> Result<Layout, ApplyError> {
        if let Some(layout) = self.0.get(table) {
            return Ok(layout.clone());
        }
        let layout = match Layout::load(connection, table).map_err(ApplyError::Sqlite)? {
            Some(Ok(layout)) => layout,
            Some(Err(why)) => return Err(ApplyError::Diverged(why)),
            None => return Err(ApplyError::Diverged(format!("table \"{table}\" is missing"))),
        };
        self.0.insert(table.to_owned(), layout.clone());
        Ok(layout)
    }
}

/// Applies a stream of records, which comes in chunks that may end anywhere, in the connection's running SQLite
/// transaction. In memory is a chunk, and the record that it breaks off in.
pub(super) fn apply<C: AsRef<[u8]>>(
    connection: &Connection,
    layouts: &mut Layouts,
    tables: &[String],
    chunks: impl Iterator<Item = Result<C, ApplyError>>,
) -> Result<Touched, ApplyError> {
    let mut applier = Applier {
        connection,
        layouts,
        tables,
        known: vec![None; tables.len()],
        statements: HashMap::new(),
        key: Vec::new(),
        touched: Touched::default(),
    };
    let mut broken_off = Vec::new();
    for chunk in chunks {
        let chunk = chunk?;
        if broken_off.is_empty() {
            let rest = applier.whole_records(chunk.as_ref())?;
            broken_off.extend_from_slice(rest);
        } else {
            broken_off.extend_from_slice(chunk.as_ref());
            let rest = applier.whole_records(&broken_off)?.len();
            broken_off.drain(..broken_off.len() - rest);
        }
    }
    match broken_off.is_empty() {
        true => Ok(applier.touched),
        false => Err(bad_effects(Malformed::Truncated)),
    }
}

fn bad_effects(malformed: Malformed) -> ApplyError {
    ApplyError::Diverged(format!("bad effects: {malformed}"))
}

struct Applier<'c> {
    connection: &'c Connection,
    layouts: &'c mut Layouts,
    tables: &'c [String],
    /// Layouts of this batch's tables by number.
    known: Vec<Option<Layout>>,
    /// By kind, table and columns: a batch mostly repeats itself.
    statements: HashMap<Vec<usize>, CachedStatement<'c>>,
    /// Kept to save an allocation for each record.
    key: Vec<usize>,
    touched: Touched,
}

const INSERT: usize = 0;
const UPDATE: usize = 1;
const MOVE: usize = 2;
const DELETE: usize = 3;

impl Applier<'_> {
    /// Applies the records that are whole; gives what is left.
    fn whole_records<'e>(&mut self, bytes: &'e [u8]) -> Result<&'e [u8], ApplyError> {
        let mut effects = Effects::new(bytes, self.tables.len());
        loop {
            let rest = effects.rest();
            match effects.next() {
                None => return Ok(rest),
                Some(Ok(effect)) => self.apply(&effect)?,
                Some(Err(Malformed::Truncated)) => return Ok(rest),
                Some(Err(malformed)) => return Err(bad_effects(malformed)),
            }
        }
    }

    fn apply(&mut self, effect: &Effect<'_>) -> Result<(), ApplyError> {
        match effect {
            Effect::Schema(text) => self.schema(text),
            Effect::Truncate { table } => self.truncate(*table),
            Effect::Insert { table, rowid, row } => self.insert(*table, *rowid, row),
            Effect::Update { table, key, new_rowid, columns } => self.update(*table, key, *new_rowid, columns),
            Effect::Delete { table, key } => self.delete(*table, key),
        }
    }

    fn schema(&mut self, text: &str) -> Result<(), ApplyError> {
        // A prepared statement would keep a table from being dropped only while it runs; but the
        // layouts it was made from may be gone.
        self.statements.clear();
        self.known.fill(None);
        self.layouts.clear();
        self.touched.schema = true;
        self.connection.execute_batch(text).map_err(|error| classify(error, || format!("running {text:?}")))
    }

    fn truncate(&mut self, table: usize) -> Result<(), ApplyError> {
        self.layout(table)?;
        let sql = format!("DELETE FROM {}", quoted(&self.tables[table]));
        self.connection.execute_batch(&sql).map_err(|error| classify(error, || sql.clone()))
    }

    fn insert(&mut self, table: usize, rowid: Option<i64>, row: &[ValueRef<'_>]) -> Result<(), ApplyError> {
        let layout = self.layout(table)?;
        if row.len() != layout.columns.len() || rowid.is_some() != matches!(layout.key, RowKey::Rowid(_)) {
            return Err(self.other_shape(table));
        }
        self.run(INSERT, table, &[], rowid.map(ValueRef::Integer).into_iter().chain(row.iter().copied()))
    }

    fn update(
        &mut self,
        table: usize,
        key: &Key<'_>,
        new_rowid: Option<i64>,
        columns: &[(usize, ValueRef<'_>)],
    ) -> Result<(), ApplyError> {
        let layout = self.layout(table)?;
        let known = columns.iter().all(|(column, _)| *column < layout.columns.len());
        if !known || !fits(key, layout) || (columns.is_empty() && new_rowid.is_none()) {
            return Err(self.other_shape(table));
        }
        let kind = if new_rowid.is_some() { MOVE } else { UPDATE };
        let numbers: Vec<usize> = columns.iter().map(|(column, _)| *column).collect();
        let values = columns.iter().map(|(_, value)| *value);
        self.run(kind, table, &numbers, values.chain(new_rowid.map(ValueRef::Integer)).chain(key_values(key)))
    }

    fn delete(&mut self, table: usize, key: &Key<'_>) -> Result<(), ApplyError> {
        if !fits(key, self.layout(table)?) {
            return Err(self.other_shape(table));
        }
        self.run(DELETE, table, &[], key_values(key).into_iter())
    }

    fn other_shape(&self, table: usize) -> ApplyError {
        ApplyError::Diverged(format!("table \"{}\" has other columns than the leader's", self.tables[table]))
    }

    fn layout(&mut self, table: usize) -> Result<&Layout, ApplyError> {
        if self.known[table].is_none() {
            let name = &self.tables[table];
            self.touched.catalog |= name == CATALOG;
            self.touched.sequences |= name == SEQUENCES;
            self.known[table] = Some(self.layouts.get(self.connection, name)?);
        }
        Ok(self.known[table].as_ref().expect("just put there"))
    }

    /// Runs one record's statement, which must change one row.
    fn run<'v>(
        &mut self,
        kind: usize,
        table: usize,
        columns: &[usize],
        values: impl Iterator<Item = ValueRef<'v>>,
    ) -> Result<(), ApplyError> {
        self.key.clear();
        self.key.extend([kind, table]);
        self.key.extend(columns);
        if !self.statements.contains_key(&self.key) {
            let layout = self.known[table].as_ref().expect("looked up by every caller");
            let sql = sql(kind, &self.tables[table], layout, columns);
            let statement = self.connection.prepare_cached(&sql).map_err(|error| classify(error, || sql.clone()))?;
            self.statements.insert(self.key.clone(), statement);
        }
        let statement = self.statements.get_mut(&self.key).expect("just put there");
        let context = || format!("a change of table \"{}\"", self.tables[table]);
        for (place, value) in values.enumerate() {
            statement
                .raw_bind_parameter(place + 1, rusqlite::types::ToSqlOutput::Borrowed(value))
                .map_err(|error| classify(error, context))?;
        }
        match statement.raw_execute() {
            Ok(1) => Ok(()),
            Ok(changed) => Err(ApplyError::Diverged(format!("{} met {changed} rows instead of one", context()))),
            Err(error) => Err(classify(error, context)),
        }
    }
}

fn fits(key: &Key<'_>, layout: &Layout) -> bool {
    match (key, &layout.key) {
        (Key::Rowid(_), RowKey::Rowid(_)) => true,
        (Key::Columns(values), RowKey::Columns(_)) => values.len() == layout.key_len(),
        _ => false,
    }
}

fn key_values<'v>(key: &Key<'v>) -> Vec<ValueRef<'v>> {
    match key {
        Key::Rowid(rowid) => vec![ValueRef::Integer(*rowid)],
        Key::Columns(values) => values.clone(),
    }
}

fn sql(kind: usize, table: &str, layout: &Layout, columns: &[usize]) -> String {
    let table = quoted(table);
    match kind {
        INSERT => {
            let rowid = match &layout.key {
                RowKey::Rowid(alias) => Some(quoted(alias)),
                RowKey::Columns(_) => None,
            };
            let names: Vec<String> = rowid.into_iter().chain(layout.columns.iter().map(|name| quoted(name))).collect();
            let places: Vec<String> = (1..=names.len()).map(|place| format!("?{place}")).collect();
            format!("INSERT INTO {table} ({}) VALUES ({})", names.join(", "), places.join(", "))
        }
        DELETE => format!("DELETE FROM {table} WHERE {}", condition(layout, 1)),
        _ => {
            let mut set: Vec<String> = Vec::with_capacity(columns.len() + 1);
            for column in columns {
                set.push(format!("{} = ?{}", quoted(&layout.columns[*column]), set.len() + 1));
            }
            if let (MOVE, RowKey::Rowid(alias)) = (kind, &layout.key) {
                set.push(format!("{} = ?{}", quoted(alias), set.len() + 1));
            }
            format!("UPDATE {table} SET {} WHERE {}", set.join(", "), condition(layout, set.len() + 1))
        }
    }
}

/// The row's key, with parameters from `?first` on.
fn condition(layout: &Layout, first: usize) -> String {
    match &layout.key {
        RowKey::Rowid(alias) => format!("{} = ?{first}", quoted(alias)),
        RowKey::Columns(columns) => {
            let terms = columns.iter().enumerate();
            let terms =
                terms.map(|(place, column)| format!("{} = ?{}", quoted(&layout.columns[*column]), first + place));
            terms.collect::<Vec<_>>().join(" AND ")
        }
    }
}

/// An error that every replica would have met is one that the leader had not met: so this replica differs.
fn classify(error: rusqlite::Error, context: impl Fn() -> String) -> ApplyError {
    match error.sqlite_error_code() {
        Some(
            ErrorCode::ConstraintViolation | ErrorCode::Unknown | ErrorCode::TypeMismatch | ErrorCode::SchemaChanged,
        )
        | None => ApplyError::Diverged(format!("{}: {error}", context())),
        Some(_) => ApplyError::Sqlite(error),
    }
}
