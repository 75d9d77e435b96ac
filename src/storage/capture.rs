//! Captures what a transaction does to a file, row by row, as it happens.
//!
//! SQLite's preupdate hook tells of each row just before it changes; [`Capture`] writes a record for each
//! ([`super::effects`]), into a [`Spool`], so that a million of them don't fill the memory. A savepoint that is rolled back takes its records with it: take a [`Mark`] after
//! SAVEPOINT, and [`Capture::rewind`] to it after ROLLBACK TO.
//!
//! A change that was missed (a panic, a table nobody knows) must not be half-replicated: it is kept as
//! [`Trouble`], and the transaction it happened in is rolled back.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};
use std::io;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rusqlite::Connection;
use rusqlite::types::{Value, ValueRef};

use super::codec::put_varint;
use super::effects::{
    Effect, Effects, Key, put_delete, put_delete_keyed, put_insert, put_schema, put_truncate, put_update,
    put_update_keyed, put_value,
};
use super::ffi::{Change, Observer, Operation};
use super::layout::{Layout, RowKey, quoted};
use super::schema::is_local;
use super::spool::Spool;

/// Which changes are recorded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Gate {
    /// None: the writer's own bookkeeping, or effects being applied.
    Off,
    /// Every row.
    Rows,
    /// None of those replicated: all rows, before and after, are kept for [`Capture::take_watched`].
    Watch,
    /// None, because the statement's text is what is replicated; but a foreign-key action or trigger that changes
    /// rows is trouble: followers run the text with both switched off.
    Text,
}

/// A place in the records.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Mark(u64);

impl Mark {
    /// Before the first record.
    pub const START: Mark = Mark(0);

    /// Bytes of records before it.
    pub fn place(self) -> u64 {
        self.0
    }
}

/// What [`Capture::keys_written_since`] knows.
pub(super) enum KeysWritten {
    /// By number and rowid, in order; some of them may be gone.
    Rows(Vec<(u64, i64)>),
    /// They are too many, or the table was another.
    Unknown,
}

/// Rows that are better gone through with their whole table than one by one.
const MAX_KEYS: usize = 100_000;

/// Tables that the records of a [small](Capture::is_small) batch name at most: each entry says all of them again.
const FEW_TABLES: usize = 64;

/// The records between two places.
pub(super) type Records = Range<u64>;

/// Why the current transaction can't be replicated.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Trouble {
    /// Changes went unseen or make no sense.
    Missed(String),
    /// A schema change set off changes of rows.
    Actions,
    /// Its records exceed the limit, in bytes.
    TooLarge(u64),
    /// They could not be kept.
    Disk(String),
}

pub(super) struct Capture {
    state: RefCell<State>,
    trouble: RefCell<Option<Trouble>>,
    gate: Cell<Gate>,
    /// What [`Gate::Rows`] records is watched, too.
    watching: Cell<bool>,
    /// Bytes of one transaction's records at most, and where the running one's begin.
    limit: u64,
    start: Cell<Mark>,
    /// Whether there is trouble for which a statement that runs is better stopped.
    hopeless: Arc<AtomicBool>,
}

struct State {
    tables: HashMap<String, Table>,
    /// Whether there are virtual tables, which may write into their shadow tables late.
    has_virtual: bool,
    /// The tables that have foreign keys or triggers, or are referenced: in lower case.
    linked: HashSet<String>,
    /// Names of the tables in this batch.
    names: Vec<String>,
    records: Spool,
    /// Where the schema changes are among them.
    schema_changes: Vec<u64>,
    /// Rows written through a blob handle: to be read when the statement is done.
    unread: Vec<(String, i64)>,
    /// What [`Gate::Watch`] has seen, and how large it is.
    watched: Vec<Watched>,
    watched_bytes: usize,
    /// For an update's changed columns, kept to save allocations.
    changed: Vec<usize>,
}

/// A row changed while [`Gate::Watch`] was set: its columns before and after.
pub(super) struct Watched {
    pub table: String,
    pub old: Option<Vec<Value>>,
    pub new: Option<Vec<Value>>,
    pub new_rowid: i64,
}

/// Bytes of watched rows at most: the first ones are kept.
const MAX_WATCHED: usize = 16 << 20;

struct Table {
    /// As in sqlite_schema: tells whether the layout is still right.
    sql: String,
    layout: Result<Layout, String>,
    /// What its foreign keys reference.
    references: Vec<String>,
    /// Its number in this batch.
    number: Option<usize>,
}

fn references(connection: &Connection, table: &str) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare_cached("SELECT lower(\"table\") FROM pragma_foreign_key_list(?1)")?;
    statement.query_map([table], |row| row.get(0))?.collect()
}

impl Capture {
    /// `limit`: of one transaction's records, in bytes. `directory`: for what memory should not hold of them.
    pub fn new(limit: u64, directory: &Path) -> Capture {
        let state = State {
            tables: HashMap::new(),
            has_virtual: false,
            linked: HashSet::new(),
            names: Vec::new(),
            records: Spool::new(directory),
            schema_changes: Vec::new(),
            unread: Vec::new(),
            watched: Vec::new(),
            watched_bytes: 0,
            changed: Vec::new(),
        };
        Capture {
            state: RefCell::new(state),
            trouble: RefCell::new(None),
            gate: Cell::new(Gate::Off),
            watching: Cell::new(false),
            limit,
            start: Cell::new(Mark::START),
            hopeless: Arc::default(),
        }
    }

    /// Says when the statement that runs had better be stopped.
    pub fn hopeless(&self) -> Arc<AtomicBool> {
        self.hopeless.clone()
    }

    /// Learns the tables of the file: at open, and after every change of the schema, also one undone. Returns the names
    /// of new tables, unless others are gone, which may be the same ones renamed.
    pub fn learn(&self, connection: &Connection) -> rusqlite::Result<Vec<String>> {
        let mut statement =
            connection.prepare_cached("SELECT name, sql, rootpage = 0 FROM sqlite_schema WHERE type = 'table'")?;
        let listed = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        let listed: Vec<(String, String, bool)> = listed.collect::<rusqlite::Result<_>>()?;
        drop(statement);
        let mut state = self.state.borrow_mut();
        let mut known = std::mem::take(&mut state.tables);
        let mut new = Vec::new();
        state.has_virtual = listed.iter().any(|(_, _, is_virtual)| *is_virtual);
        for (name, sql, is_virtual) in listed {
            if is_virtual {
                continue;
            }
            let table = match known.remove(&name) {
                Some(table) if table.sql == sql => table,
                old => {
                    if old.is_none() {
                        new.push(name.clone());
                    }
                    let Some(layout) = Layout::load(connection, &name)? else { continue };
                    let references = references(connection, &name)?;
                    Table { sql, layout, references, number: old.and_then(|old| old.number) }
                }
            };
            state.tables.insert(name, table);
        }
        let mut triggers =
            connection.prepare_cached("SELECT lower(tbl_name) FROM sqlite_schema WHERE type = 'trigger'")?;
        let mut linked: HashSet<String> = triggers.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        for (name, table) in state.tables.iter().filter(|(_, table)| !table.references.is_empty()) {
            linked.insert(name.to_ascii_lowercase());
            linked.extend(table.references.iter().cloned());
        }
        state.linked = linked;
        Ok(if known.is_empty() { new } else { Vec::new() })
    }

    /// Whether changes of the recorded tables may change others, or be refused because of others.
    pub fn sets_off_others(&self) -> bool {
        let state = self.state.borrow();
        state.names.iter().any(|name| state.linked.contains(&name.to_ascii_lowercase()))
    }

    /// Tables whose rows can't be captured, with the reason.
    pub fn unusable(&self) -> Option<String> {
        self.state.borrow().tables.values().find_map(|table| table.layout.as_ref().err().cloned())
    }

    pub fn has_virtual_tables(&self) -> bool {
        self.state.borrow().has_virtual
    }

    /// Starts a batch: forgets all records.
    pub fn clear(&self) {
        let mut state = self.state.borrow_mut();
        state.names.clear();
        state.records.cut(0);
        state.schema_changes.clear();
        state.unread.clear();
        state.tables.values_mut().for_each(|table| table.number = None);
        self.start.set(Mark::START);
        self.forget_trouble();
    }

    /// Starts a batch behind another one, whose records stay.
    pub fn start_behind(&self) -> Mark {
        let mut state = self.state.borrow_mut();
        state.names.clear();
        state.tables.values_mut().for_each(|table| table.number = None);
        Mark(state.records.len())
    }

    /// Forgets the records of batches that are over.
    pub fn forget_before(&self, mark: Mark) {
        self.state.borrow_mut().records.forget_before(mark.0);
    }

    /// Whether all records are in memory and name few tables.
    pub fn is_small(&self) -> bool {
        let state = self.state.borrow();
        state.records.is_in_memory() && state.names.len() <= FEW_TABLES
    }

    /// A transaction begins, which has the limit for itself.
    pub fn begin(&self) -> Mark {
        let mark = self.mark();
        self.start.set(mark);
        mark
    }

    fn forget_trouble(&self) {
        *self.trouble.borrow_mut() = None;
        self.hopeless.store(false, Ordering::Relaxed);
    }

    pub fn set_gate(&self, gate: Gate) {
        self.gate.set(gate);
    }

    /// Records a schema change, in SQLite's words.
    pub fn schema(&self, text: &str) {
        let state = &mut *self.state.borrow_mut();
        state.schema_changes.push(state.records.len());
        put_schema(state.records.newest(), text);
    }

    /// Records that all rows of a table are deleted.
    pub fn truncate(&self, table: &str) {
        let state = &mut *self.state.borrow_mut();
        let number = match state.tables.get_mut(table) {
            Some(table_entry) => number_of(&mut state.names, table, &mut table_entry.number),
            None => return self.set_trouble(Trouble::Missed(format!("unknown table \"{table}\""))),
        };
        put_truncate(state.records.newest(), number);
    }

    pub fn mark(&self) -> Mark {
        Mark(self.state.borrow().records.len())
    }

    /// Forgets the records since `mark`, and the trouble there was.
    pub fn rewind(&self, mark: Mark) {
        let mut state = self.state.borrow_mut();
        state.records.cut(mark.0);
        state.schema_changes.retain(|place| *place < mark.0);
        state.unread.clear();
        self.forget_trouble();
    }

    /// The records since `mark`.
    pub fn since(&self, mark: Mark) -> Records {
        mark.0..self.state.borrow().records.len()
    }

    /// The records from one mark to another.
    pub fn between(&self, from: Mark, to: Mark) -> Records {
        from.0..to.0
    }

    /// The bytes of records, of which there are few.
    pub fn read(&self, records: Records) -> io::Result<Vec<u8>> {
        self.state.borrow().records.read(records)
    }

    /// The bytes of records, in chunks that end anywhere; while they are read nothing is recorded.
    pub fn chunks(&self, records: Records) -> impl Iterator<Item = io::Result<Vec<u8>>> + '_ {
        let mut next = records.start;
        std::iter::from_fn(move || {
            // Not borrowed between two steps: what is done with a chunk may look at the capture.
            let state = self.state.borrow();
            let chunk = state.records.chunks(next..records.end).next()?;
            next += chunk.as_ref().map_or(u64::MAX - next, |chunk| chunk.len() as u64);
            Some(chunk)
        })
    }

    /// Watches the rows that are recorded from now on, or no more.
    pub fn set_watching(&self, watching: bool) {
        self.watching.set(watching);
    }

    /// The rows watched since they were last taken, in order.
    pub fn take_watched(&self) -> Vec<Watched> {
        let state = &mut *self.state.borrow_mut();
        state.watched_bytes = 0;
        std::mem::take(&mut state.watched)
    }

    /// Whether [`Capture::take_watched`] will give all of them.
    pub fn watched_all(&self) -> bool {
        self.state.borrow().watched_bytes <= MAX_WATCHED
    }

    /// The rows of a table that have been inserted or changed since `mark`, by rowid.
    pub fn written_since(&self, mark: Mark, table: &str) -> io::Result<Vec<i64>> {
        let names = self.names();
        let mut rowids = Vec::new();
        self.each_since(mark, &mut |_, effect| {
            if let Some((number, rowid)) = written(effect)
                && names[number] == table
            {
                rowids.push(rowid);
            }
            true
        })?;
        Ok(rowids)
    }

    /// The rows of a table that since `mark` have come to their values in these columns, which are a key.
    pub fn keys_written_since(&self, mark: Mark, table: &str, key: &[&str]) -> io::Result<KeysWritten> {
        let names = self.names();
        // Then a table may have had another name.
        if self.state.borrow().schema_changes.last().is_some_and(|last| *last >= mark.0) {
            return Ok(KeysWritten::Unknown);
        }
        let Some(number) = names.iter().position(|name| name == table) else {
            return Ok(KeysWritten::Rows(Vec::new()));
        };
        let Some((columns, _)) = self.rowid_layout(table) else { return Ok(KeysWritten::Unknown) };
        let in_key = |column: usize| columns.get(column).is_some_and(|name| key.contains(&name.as_str()));
        let mut rows = Vec::new();
        let all = self.each_since(mark, &mut |place, effect| {
            let same = matches!(effect, Effect::Update { new_rowid: None, columns, .. }
                if !columns.iter().any(|(column, _)| in_key(*column)));
            if let Some((of, rowid)) = written(effect)
                && of == number
                && !same
            {
                rows.push((place, rowid));
            }
            rows.len() <= MAX_KEYS
        })?;
        Ok(if all { KeysWritten::Rows(rows) } else { KeysWritten::Unknown })
    }

    /// Shows the records since `mark`, each with its number, until one is enough; gives whether none was.
    fn each_since(&self, mark: Mark, see: &mut dyn FnMut(u64, &Effect<'_>) -> bool) -> io::Result<bool> {
        let tables = self.names().len();
        let mut broken_off = Vec::new();
        let mut place = 0;
        for chunk in self.chunks(self.since(mark)) {
            broken_off.extend_from_slice(&chunk?);
            let mut effects = Effects::new(&broken_off, tables);
            let rest = loop {
                let rest = effects.rest().len();
                // The end, or where the chunk breaks off.
                let Some(Ok(effect)) = effects.next() else { break rest };
                if !see(place, &effect) {
                    return Ok(false);
                }
                place += 1;
            };
            broken_off.drain(..broken_off.len() - rest);
        }
        Ok(true)
    }

    /// The names the records refer to.
    pub fn names(&self) -> Vec<String> {
        self.state.borrow().names.clone()
    }

    /// Bytes of records.
    pub fn len(&self) -> u64 {
        self.state.borrow().records.len()
    }

    pub fn trouble(&self) -> Option<Trouble> {
        self.trouble.borrow().clone()
    }

    /// Records the rows that were written through blob handles. Call when a statement is done.
    pub fn read_blob_writes(&self, connection: &Connection) -> rusqlite::Result<()> {
        let unread = std::mem::take(&mut self.state.borrow_mut().unread);
        for (name, rowid) in unread {
            let Some((columns, key)) = self.rowid_layout(&name) else { continue };
            let list: Vec<String> = columns.iter().map(|column| quoted(column)).collect();
            let sql = format!("SELECT {} FROM {} WHERE {} = ?1", list.join(", "), quoted(&name), quoted(&key));
            let mut statement = connection.prepare_cached(&sql)?;
            let mut rows = statement.query([rowid])?;
            // A row deleted since has its own record.
            let Some(row) = rows.next()? else { continue };
            let state = &mut *self.state.borrow_mut();
            let Some(table) = state.tables.get_mut(&name) else { continue };
            let number = number_of(&mut state.names, &name, &mut table.number);
            let records = state.records.newest();
            put_update(records, number, rowid, rowid);
            put_varint(records, columns.len() as u64);
            for column in 0..columns.len() {
                put_varint(records, column as u64);
                put_value(records, row.get_ref(column)?);
            }
        }
        Ok(())
    }

    fn rowid_layout(&self, name: &str) -> Option<(Vec<String>, String)> {
        let state = self.state.borrow();
        let layout = state.tables.get(name)?.layout.as_ref().ok()?;
        match &layout.key {
            RowKey::Rowid(key) => Some((layout.columns.clone(), key.clone())),
            RowKey::Columns(_) => None,
        }
    }

    fn set_trouble(&self, trouble: Trouble) {
        if matches!(trouble, Trouble::TooLarge(_) | Trouble::Disk(_)) {
            self.hopeless.store(true, Ordering::Relaxed);
        }
        // The first one is the cause.
        self.trouble.borrow_mut().get_or_insert(trouble);
    }

    fn watch(&self, change: &Change<'_>) {
        let Ok(mut state) = self.state.try_borrow_mut() else { return };
        let State { tables, watched, watched_bytes, .. } = &mut *state;
        let Some(Ok(layout)) = tables.get(change.table).map(|table| table.layout.as_ref()) else { return };
        if *watched_bytes > MAX_WATCHED {
            return;
        }
        let mut row = |get: &dyn Fn(usize) -> Option<Value>| -> Option<Vec<Value>> {
            let row: Vec<Value> = layout.places.iter().map(|place| get(*place)).collect::<Option<_>>()?;
            *watched_bytes += row.iter().map(value_size).sum::<usize>();
            Some(row)
        };
        let old = match change.operation {
            Operation::Insert => None,
            _ => row(&|place| change.old_value(place).and_then(|value| value.try_into().ok())),
        };
        let new = match change.operation {
            Operation::Delete => None,
            _ => row(&|place| change.new_value(place).and_then(|value| value.try_into().ok())),
        };
        watched.push(Watched { table: change.table.to_owned(), old, new, new_rowid: change.new_rowid });
    }

    fn record(&self, change: &Change<'_>) -> Result<(), Trouble> {
        let Ok(mut state) = self.state.try_borrow_mut() else {
            return Err(Trouble::Missed("a change in the middle of bookkeeping".to_owned()));
        };
        let State { tables, names, records, unread, changed, .. } = &mut *state;
        if records.len() - self.start.get().0.min(records.len()) > self.limit {
            return Err(Trouble::TooLarge(self.limit));
        }
        let Some(table) = tables.get_mut(change.table) else {
            return Err(Trouble::Missed(format!("unknown table \"{}\"", change.table)));
        };
        let layout = table.layout.as_ref().map_err(|why| Trouble::Missed(why.clone()))?;
        if change.is_blob_write() {
            unread.push((change.table.to_owned(), change.old_rowid));
            return Ok(());
        }
        let number = number_of(names, change.table, &mut table.number);
        let newest = records.newest();
        let start = newest.len();
        let written = match change.operation {
            Operation::Insert => record_insert(newest, number, layout, change),
            Operation::Update => record_update(newest, number, layout, change, changed),
            Operation::Delete => record_delete(newest, number, layout, change),
        };
        if written.is_none() {
            newest.truncate(start);
            return Err(Trouble::Missed(format!("a value of table \"{}\" could not be read", change.table)));
        }
        records.relieve().map_err(|error| Trouble::Disk(error.to_string()))
    }
}

impl Observer for Capture {
    fn change(&self, change: &Change<'_>) {
        match self.gate.get() {
            Gate::Off => {}
            Gate::Rows if is_local(change.table) => {}
            Gate::Rows => {
                if self.watching.get() {
                    self.watch(change);
                }
                if let Err(trouble) = self.record(change) {
                    self.set_trouble(trouble);
                }
            }
            Gate::Watch => self.watch(change),
            Gate::Text => {
                if change.depth() > 0 {
                    self.set_trouble(Trouble::Actions);
                }
            }
        }
    }

    fn missed(&self, why: &'static str) {
        if let Ok(mut trouble) = self.trouble.try_borrow_mut() {
            trouble.get_or_insert(Trouble::Missed(why.to_owned()));
        }
    }
}

/// About what a value takes in memory.
pub(super) fn value_size(value: &Value) -> usize {
    size_of::<Value>()
        + match value {
            Value::Text(text) => text.len(),
            Value::Blob(blob) => blob.len(),
            _ => 0,
        }
}

/// The row that a record puts into a table, by the table's number and its rowid.
fn written(effect: &Effect<'_>) -> Option<(usize, i64)> {
    match effect {
        Effect::Insert { table, rowid: Some(rowid), .. } => Some((*table, *rowid)),
        Effect::Update { table, key: Key::Rowid(rowid), new_rowid, .. } => Some((*table, new_rowid.unwrap_or(*rowid))),
        _ => None,
    }
}

fn number_of(names: &mut Vec<String>, name: &str, number: &mut Option<usize>) -> usize {
    *number.get_or_insert_with(|| match names.iter().position(|known| known == name) {
        Some(known) => known,
        None => {
            names.push(name.to_owned());
            names.len() - 1
        }
    })
}

/// `None`: a value could not be read.
fn record_insert(records: &mut Vec<u8>, number: usize, layout: &Layout, change: &Change<'_>) -> Option<()> {
    let rowid = matches!(layout.key, RowKey::Rowid(_)).then_some(change.new_rowid);
    put_insert(records, number, rowid);
    put_varint(records, layout.places.len() as u64);
    for place in &layout.places {
        put_value(records, change.new_value(*place)?);
    }
    Some(())
}

fn record_update(
    records: &mut Vec<u8>,
    number: usize,
    layout: &Layout,
    change: &Change<'_>,
    changed: &mut Vec<usize>,
) -> Option<()> {
    changed.clear();
    for (column, place) in layout.places.iter().enumerate() {
        if !identical(change.old_value(*place)?, change.new_value(*place)?) {
            changed.push(column);
        }
    }
    let moved = matches!(layout.key, RowKey::Rowid(_)) && change.old_rowid != change.new_rowid;
    if changed.is_empty() && !moved {
        return Some(());
    }
    match &layout.key {
        RowKey::Rowid(_) => put_update(records, number, change.old_rowid, change.new_rowid),
        RowKey::Columns(key) => {
            put_update_keyed(records, number);
            put_key(records, layout, key, change)?;
        }
    }
    put_varint(records, changed.len() as u64);
    for column in changed {
        put_varint(records, *column as u64);
        put_value(records, change.new_value(layout.places[*column])?);
    }
    Some(())
}

fn record_delete(records: &mut Vec<u8>, number: usize, layout: &Layout, change: &Change<'_>) -> Option<()> {
    match &layout.key {
        RowKey::Rowid(_) => put_delete(records, number, change.old_rowid),
        RowKey::Columns(key) => {
            put_delete_keyed(records, number);
            put_key(records, layout, key, change)?;
        }
    }
    Some(())
}

fn put_key(records: &mut Vec<u8>, layout: &Layout, key: &[usize], change: &Change<'_>) -> Option<()> {
    put_varint(records, key.len() as u64);
    for column in key {
        put_value(records, change.old_value(layout.places[*column])?);
    }
    Some(())
}

/// Not `==`: −0.0 and 0.0 are different content, NaN is the same as itself.
fn identical(old: ValueRef<'_>, new: ValueRef<'_>) -> bool {
    match (old, new) {
        (ValueRef::Real(old), ValueRef::Real(new)) => old.to_bits() == new.to_bits(),
        _ => old == new,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the hook tells of its own panic is trouble for the transaction it happened in, and for no other.
    #[test]
    fn a_missed_change_is_trouble_until_its_transaction_is_rolled_back() {
        let dir = tempfile::tempdir().unwrap();
        let capture = Capture::new(1 << 20, dir.path());
        capture.set_gate(Gate::Rows);
        let before = capture.mark();
        capture.schema("CREATE TABLE t (a)");
        capture.missed("a panic");
        capture.missed("its consequence");
        assert_eq!(capture.trouble(), Some(Trouble::Missed("a panic".to_owned())));
        capture.rewind(before);
        assert_eq!((capture.trouble(), capture.len()), (None, 0));
    }
}
