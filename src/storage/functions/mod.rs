//! Functions that PostgreSQL has and SQLite lacks, or has otherwise: registered on each connection for the emitted
//! statements.
//!
//! [`sqlite_functions`] lists what the emitter can call; the tables in the modules here implement it, one line a
//! function, and a test holds the two together. Arguments and results are stored forms (see
//! [`super::stored`]): a timestamptz is its UTC text, NaN the text `NaN`.
//!
//! The database's collation is "C" and its encoding UTF8, as after `initdb --locale=C --encoding=UTF8`: text sorts by
//! bytes, which is how SQLite's own comparisons and indexes sort it, and upper(), lower() and ILIKE fold ASCII letters
//! only. Characters are counted, not bytes.
//!
//! SQLite knows errors by a text alone. A function's [`PgError`] is kept in the connection's [`FunctionState`];
//! whoever ran the statement takes it from there ([`FunctionState::take_error`]).

mod aggregates;
mod arrays;
mod bits;
mod bytes;
mod catalog;
mod encodings;
mod enums;
mod format;
mod frames;
mod hashing;
mod integers;
mod json;
mod jsonpath;
mod keys;
mod like;
mod math;
mod moments;
mod network;
mod numeric;
mod ordered;
mod overlaps;
mod patterns;
mod pgcrypto;
mod populate;
mod privileges;
mod records;
mod regression;
mod search;
mod session;
mod sets;
mod text;
mod times;
mod uuid_ossp;
mod values;
mod variadic;
mod windows;

pub(super) use sets::packed::pack_values;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::{ToSql, ToSqlOutput, Value as Owned, ValueRef};
use rusqlite::{Connection, Error};

use super::databases::Registry;
use super::limits::Stopper;
use super::sequences::SessionSequences;
use super::stored;
use super::system::{self, Content, Contents};
use crate::catalog::Catalog;
use crate::catalog::system::{Relation, Seen};
use crate::sql::{
    CHAR_COLLATION, INET_COLLATION, INTERVAL_COLLATION, JSONB_COLLATION, RECORD_COLLATION, SessionContext,
    array_collations, language, sqlite_functions,
};
use crate::types::random::SessionRandom;
use crate::types::timestamp::Zone;
use crate::types::{PgError, SqlState, compare};

pub use session::{SequenceSource, started};

/// What a connection's functions know beyond their arguments, and the error that one of them met. Clones share it.
#[derive(Clone)]
pub struct FunctionState(Arc<Mutex<State>>);

struct State {
    error: Option<PgError>,
    context: Arc<SessionContext>,
    /// The settings for dates and times, resolved when a statement first needs it.
    zone: Option<Zone>,
    sequences: Option<Box<dyn SequenceSource>>,
    /// What `sequences` has given the session whose statement runs.
    session: SessionSequences,
    /// See [`FunctionState::set_replaying`].
    replaying: bool,
    /// As of the state that the running statement sees.
    catalog: Arc<Catalog>,
    /// The enums whose collations the connection has.
    collations: HashSet<u32>,
    /// What the running statement's expressions hold, by number: see `pg_hold`.
    held: HashMap<i64, Out>,
    /// What PostgreSQL's own relations have, as far as the statement has read them.
    contents: Contents,
    /// The databases that there are.
    registry: Arc<Registry>,
    /// What stops the connection's statements, and whether a function has stopped for it.
    stopper: Option<Stopper>,
    stopped: bool,
}

impl FunctionState {
    /// An error where the statement is to stop, as SQLite's own would be.
    fn look_up(&self) -> Result<(), PgError> {
        let state = &mut *self.lock();
        state.stopped = state.stopper.as_ref().is_some_and(Stopper::is_set);
        match state.stopped {
            true => Err(PgError::new(SqlState::QUERY_CANCELED, "canceling statement")),
            false => Ok(()),
        }
    }

    /// `sequences`: the writer's; a reader has none, for nextval() writes.
    pub fn new(sequences: Option<Box<dyn SequenceSource>>) -> FunctionState {
        FunctionState(Arc::new(Mutex::new(State {
            error: None,
            context: Arc::default(),
            zone: None,
            sequences,
            session: SessionSequences::default(),
            replaying: false,
            catalog: Arc::new(Catalog::empty()),
            collations: HashSet::new(),
            held: HashMap::new(),
            contents: Contents::default(),
            registry: Arc::default(),
            stopper: None,
            stopped: false,
        })))
    }

    /// Where to look databases up.
    pub fn set_registry(&self, registry: Arc<Registry>) {
        self.lock().registry = registry;
    }

    /// What functions that take long look at.
    pub fn set_stopper(&self, stopper: Stopper) {
        self.lock().stopper = Some(stopper);
    }

    /// For whom the next statement runs. Forgets an error that nobody took.
    pub fn set_context(&self, context: Arc<SessionContext>) {
        let state = &mut *self.lock();
        state.error = None;
        state.stopped = false;
        if state.context.settings != context.settings {
            state.zone = None;
        }
        state.held.clear();
        let other = state.context.session != context.session;
        match other && state.catalog.temporary_sessions().next().is_some() {
            // One session's temporary objects are hidden from another.
            true => state.contents.forget_all(),
            false => state.contents.forget_session(),
        }
        state.context = context;
    }

    /// What the catalog relations and functions of the state's connection answer of.
    pub fn set_catalog(&self, connection: &Connection, catalog: Arc<Catalog>) {
        {
            let state = &mut *self.lock();
            if Arc::ptr_eq(&state.catalog, &catalog) {
                return;
            }
            state.contents.forget_all();
            state.catalog = catalog.clone();
        }
        enums::register_collations(connection, self, &catalog);
    }

    /// The version of the catalog that was set last.
    pub fn catalog_version(&self) -> u64 {
        self.lock().catalog.version
    }

    /// Runs something over what the statement sees of the catalog.
    pub fn with_seen<T>(&self, run: impl FnOnce(&Seen) -> T) -> T {
        let (catalog, context, databases) = {
            let state = self.lock();
            (state.catalog.clone(), state.context.clone(), state.registry.get())
        };
        let setting = |name: &str| context.settings.get(name);
        run(&Seen {
            catalog: &catalog,
            language: language(),
            database: &context.database,
            databases: &databases.databases,
            settings: &databases.settings,
            user: &context.user,
            search_path: &context.search_path,
            session: context.session,
            sessions: context.sessions.as_deref().map_or(&[], Vec::as_slice),
            own: context.own.as_deref(),
            setting: &setting,
        })
    }

    /// The size of a database's file; `None`: there is no such database.
    pub fn database_bytes(&self, oid: u32) -> Option<u64> {
        let registry = self.lock().registry.clone();
        registry.bytes(oid)
    }

    /// The size of the file of what databases share.
    pub fn shared_bytes(&self) -> u64 {
        let registry = self.lock().registry.clone();
        registry.shared_bytes()
    }

    /// The contents of one of PostgreSQL's own relations, made when the statement first reads it.
    pub fn content(&self, relation: &'static Relation) -> Result<Arc<Content>, PgError> {
        if let Some(content) = self.lock().contents.get(relation) {
            return Ok(content);
        }
        let content = Arc::new(self.with_seen(|seen| Content::of(relation, seen))?);
        self.lock().contents.put(relation, content.clone());
        Ok(content)
    }

    /// What currval() and lastval() answer from now on, and nextval() changes.
    pub fn set_session(&self, session: SessionSequences) {
        self.lock().session = session;
    }

    /// What random() draws from: the session's, as its transaction brought it, or as it is on its own node.
    pub fn random(&self) -> SessionRandom {
        let state = self.lock();
        if state.sequences.is_some() { state.session.random.clone() } else { state.context.random.clone() }
    }

    /// A failed statement's rows are being looked at: what refuses a value lets it pass, and sessions don't see
    /// what is drawn from sequences.
    pub fn set_replaying(&self, replaying: bool) {
        self.lock().replaying = replaying;
    }

    /// For whom the running statement runs.
    pub fn context(&self) -> Arc<SessionContext> {
        self.lock().context.clone()
    }

    /// The error that made a function, and with it the statement, fail. SQLite's own error then says no more.
    pub fn take_error(&self) -> Option<PgError> {
        self.lock().error.take()
    }

    pub(super) fn fail(&self, error: PgError) -> Error {
        if std::mem::take(&mut self.lock().stopped) {
            // As when SQLite has been interrupted itself.
            return Error::SqliteFailure(rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_INTERRUPT), None);
        }
        let text = error.message.clone();
        self.lock().error = Some(error);
        Error::UserFunctionError(text.into())
    }

    /// Held for the length of one function at most: the connection runs one at a time.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Registers every function of [`sqlite_functions`] on the connection, every set-returning one, and the collations of
/// intervals, arrays and jsonb.
pub fn register(connection: &Connection, state: &FunctionState) -> rusqlite::Result<()> {
    connection.create_collation(INTERVAL_COLLATION, times::compare_intervals)?;
    connection.create_collation(JSONB_COLLATION, compare::jsonb_texts)?;
    connection.create_collation(INET_COLLATION, network::compare)?;
    connection.create_collation(CHAR_COLLATION, stored::compare_chars)?;
    let seen = state.clone();
    connection.create_collation(RECORD_COLLATION, move |a, b| records::collate(&seen, a, b))?;
    for (name, element) in array_collations() {
        connection.create_collation(name, move |a, b| arrays::compare(element, a, b))?;
    }
    for function in sqlite_functions() {
        // No function of ours changes the database behind SQLite's back, so it may stand anywhere.
        let mut flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_INNOCUOUS;
        if function.deterministic {
            flags |= FunctionFlags::SQLITE_DETERMINISTIC;
        }
        if function.aggregate {
            aggregates::register(connection, state, &function, flags)?;
            continue;
        }
        let scalar = scalar(function.name).ok_or_else(|| missing(function.name))?;
        let (state, strict) = (state.clone(), function.strict);
        connection.create_scalar_function(function.name, function.args, flags, move |context| {
            if strict && (0..context.len()).any(|index| context.get_raw(index) == ValueRef::Null) {
                return Ok(Out::Null);
            }
            scalar(&Call::new(context, &state)).map_err(|error| state.fail(error))
        })?;
    }
    sets::register(connection, state)?;
    system::register(connection, state)
}

/// A test sees to it that nobody meets this.
fn missing(name: &str) -> Error {
    Error::UserFunctionError(format!("function {name} has no implementation").into())
}

/// One function over scalar arguments.
type Scalar = fn(&Call<'_, '_>) -> Result<Out, PgError>;

const TABLES: [&[(&str, Scalar)]; 32] = [
    search::FUNCTIONS,
    encodings::FUNCTIONS,
    overlaps::FUNCTIONS,
    aggregates::FUNCTIONS,
    integers::FUNCTIONS,
    math::FUNCTIONS,
    numeric::FUNCTIONS,
    text::FUNCTIONS,
    like::FUNCTIONS,
    bytes::FUNCTIONS,
    values::FUNCTIONS,
    times::FUNCTIONS,
    moments::FUNCTIONS,
    ordered::FUNCTIONS,
    session::FUNCTIONS,
    windows::FUNCTIONS,
    catalog::FUNCTIONS,
    enums::FUNCTIONS,
    arrays::FUNCTIONS,
    json::FUNCTIONS,
    jsonpath::FUNCTIONS,
    keys::FUNCTIONS,
    patterns::FUNCTIONS,
    pgcrypto::FUNCTIONS,
    privileges::FUNCTIONS,
    uuid_ossp::FUNCTIONS,
    populate::FUNCTIONS,
    records::FUNCTIONS,
    hashing::FUNCTIONS,
    variadic::FUNCTIONS,
    bits::FUNCTIONS,
    network::FUNCTIONS,
];

/// The implementation of a name, for whatever number of arguments.
fn scalar(name: &str) -> Option<Scalar> {
    TABLES.into_iter().flatten().find(|(other, _)| *other == name).map(|(_, scalar)| *scalar)
}

/// A function's call: its arguments.
struct Call<'a, 'c> {
    arguments: Arguments<'a, 'c>,
    state: &'a FunctionState,
}

enum Arguments<'a, 'c> {
    Sqlite(&'a Context<'c>),
    /// A set-returning function's, which SQLite does not keep while its rows are read.
    Kept(&'a [Owned]),
}

impl<'a, 'c> Call<'a, 'c> {
    fn new(context: &'a Context<'c>, state: &'a FunctionState) -> Call<'a, 'c> {
        Call { arguments: Arguments::Sqlite(context), state }
    }

    fn len(&self) -> usize {
        match self.arguments {
            Arguments::Sqlite(context) => context.len(),
            Arguments::Kept(values) => values.len(),
        }
    }

    fn raw(&self, index: usize) -> ValueRef<'_> {
        match self.arguments {
            Arguments::Sqlite(context) => context.get_raw(index),
            Arguments::Kept(values) => values.get(index).map_or(ValueRef::Null, ValueRef::from),
        }
    }

    /// What is made of an argument, kept for as long as the argument stays the same constant of the statement.
    fn kept<T: Send + Sync + 'static>(
        &self,
        index: usize,
        make: impl FnOnce(ValueRef<'_>) -> Result<T, PgError>,
    ) -> Result<Arc<T>, PgError> {
        let Arguments::Sqlite(context) = self.arguments else { return make(self.raw(index)).map(Arc::new) };
        let failed = |error: Error| PgError::new(SqlState::INTERNAL_ERROR, error.to_string());
        let argument = i32::try_from(index).unwrap_or(i32::MAX);
        match context.get_aux(argument).map_err(failed)? {
            Some(kept) => Ok(kept),
            None => context.set_aux(argument, make(self.raw(index))?).map_err(failed),
        }
    }

    fn is_null(&self, index: usize) -> bool {
        self.raw(index) == ValueRef::Null
    }

    fn int(&self, index: usize) -> Result<i64, PgError> {
        match self.raw(index) {
            ValueRef::Integer(int) => Ok(int),
            other => Err(unexpected("an integer", other)),
        }
    }

    fn int4(&self, index: usize) -> Result<i32, PgError> {
        let int = self.int(index)?;
        i32::try_from(int).map_err(|_| PgError::new(SqlState::NUMERIC_VALUE_OUT_OF_RANGE, "integer out of range"))
    }

    fn bool(&self, index: usize) -> Result<bool, PgError> {
        Ok(self.int(index)? != 0)
    }

    fn float(&self, index: usize) -> Result<f64, PgError> {
        stored::float(self.raw(index)).ok_or_else(|| unexpected("a float", self.raw(index)))
    }

    fn text(&self, index: usize) -> Result<&str, PgError> {
        match self.raw(index) {
            ValueRef::Text(bytes) => valid_text(bytes),
            other => Err(unexpected("text", other)),
        }
    }

    fn bytes(&self, index: usize) -> Result<&[u8], PgError> {
        match self.raw(index) {
            ValueRef::Blob(bytes) => Ok(bytes),
            other => Err(unexpected("bytea", other)),
        }
    }

    /// For a function that takes long: an error where the statement is to stop.
    fn look_up(&self) -> Result<(), PgError> {
        self.state.look_up()
    }

    fn is_replaying(&self) -> bool {
        self.state.lock().replaying
    }

    fn context(&self) -> Arc<SessionContext> {
        self.state.lock().context.clone()
    }

    fn zone(&self) -> Zone {
        let state = &mut *self.state.lock();
        let settings = &state.context.settings;
        state.zone.get_or_insert_with(|| Zone::of_settings(|name| settings.get(name))).clone()
    }
}

fn valid_text(bytes: &[u8]) -> Result<&str, PgError> {
    std::str::from_utf8(bytes)
        .map_err(|_| PgError::new(SqlState::DATA_CORRUPTED, "the database file holds text that is not UTF-8"))
}

/// The emitter took one type for another.
fn unexpected(wanted: &str, found: ValueRef<'_>) -> PgError {
    let found = found.data_type();
    PgError::new(SqlState::INTERNAL_ERROR, format!("a function got {found} where it expected {wanted}"))
}

/// A function's result.
#[derive(Clone)]
enum Out {
    Null,
    Int(i64),
    Float(f64),
    Text(String),
    Bytes(Vec<u8>),
    /// The argument of this index as it is.
    Argument(usize),
}

impl Out {
    /// A value in its stored form.
    fn stored(value: &crate::types::Value) -> Result<Out, PgError> {
        match stored::to_sqlite(value)? {
            ToSqlOutput::Borrowed(value) => Out::from_ref(value),
            ToSqlOutput::Owned(value) => Out::from_ref(ValueRef::from(&value)),
            _ => Err(PgError::new(SqlState::INTERNAL_ERROR, "a value of no stored form")),
        }
    }

    fn from_ref(value: ValueRef<'_>) -> Result<Out, PgError> {
        Ok(match value {
            ValueRef::Null => Out::Null,
            ValueRef::Integer(int) => Out::Int(int),
            ValueRef::Real(float) => Out::Float(float),
            ValueRef::Text(bytes) => Out::Text(valid_text(bytes)?.to_owned()),
            ValueRef::Blob(bytes) => Out::Bytes(bytes.to_vec()),
        })
    }

    /// For a row that outlives its call; `Argument` is NULL there.
    fn into_owned(self) -> Owned {
        match self {
            Out::Null | Out::Argument(_) => Owned::Null,
            Out::Int(int) => Owned::Integer(int),
            Out::Float(float) if float.is_nan() => Owned::Text("NaN".to_owned()),
            Out::Float(float) => Owned::Real(float),
            Out::Text(text) => Owned::Text(text),
            Out::Bytes(bytes) => Owned::Blob(bytes),
        }
    }
}

impl ToSql for Out {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Out::Null => ToSqlOutput::Borrowed(ValueRef::Null),
            Out::Int(int) => ToSqlOutput::Borrowed(ValueRef::Integer(*int)),
            Out::Float(float) if float.is_nan() => ToSqlOutput::Borrowed(stored::NAN),
            Out::Float(float) => ToSqlOutput::Borrowed(ValueRef::Real(*float)),
            Out::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Out::Bytes(bytes) => ToSqlOutput::Borrowed(ValueRef::Blob(bytes)),
            Out::Argument(index) => ToSqlOutput::Arg(*index),
        })
    }
}

impl From<bool> for Out {
    fn from(bool: bool) -> Out {
        Out::Int(i64::from(bool))
    }
}

impl From<i16> for Out {
    fn from(int: i16) -> Out {
        Out::Int(i64::from(int))
    }
}

impl From<i32> for Out {
    fn from(int: i32) -> Out {
        Out::Int(i64::from(int))
    }
}

impl From<i64> for Out {
    fn from(int: i64) -> Out {
        Out::Int(int)
    }
}

impl From<u32> for Out {
    fn from(oid: u32) -> Out {
        Out::Int(i64::from(oid))
    }
}

impl From<f32> for Out {
    fn from(float: f32) -> Out {
        Out::Float(f64::from(float))
    }
}

impl From<f64> for Out {
    fn from(float: f64) -> Out {
        Out::Float(float)
    }
}

impl From<String> for Out {
    fn from(text: String) -> Out {
        Out::Text(text)
    }
}

impl From<&str> for Out {
    fn from(text: &str) -> Out {
        Out::Text(text.to_owned())
    }
}

impl From<Vec<u8>> for Out {
    fn from(bytes: Vec<u8>) -> Out {
        Out::Bytes(bytes)
    }
}

#[cfg(test)]
mod tests;
