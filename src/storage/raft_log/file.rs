//! `raft.sqlite` itself: its tables, and what is checked when it is opened.
//!
//! ```text
//! entries  idx INTEGER PRIMARY KEY, term INTEGER, data BLOB, crc INTEGER   crc32(idx ‖ term ‖ data), big-endian
//! slots    name TEXT PRIMARY KEY, value BLOB, crc INTEGER                 crc32(name ‖ value)
//! ```
//!
//! Entries run from just after the slot `purged` (term ‖ index) to the end of the log without a hole.

use std::ops::Range;
use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use rusqlite::{Connection, OpenFlags, OptionalExtension, TransactionBehavior, params};

use super::{CACHE_BYTES, CACHE_RECORDS, LogPosition, LogRecord, LogSlot, StorageError};

const FILE: &str = "raft.sqlite";

/// "QLRL": tells `file` and us that this is a Raft log.
const APPLICATION_ID: i32 = 0x514c_524c;

/// The layout above.
const FORMAT: i32 = 1;

const PURGED: &str = "purged";
const NODE: &str = "node";

const SCHEMA: &str = "
    CREATE TABLE entries(idx INTEGER PRIMARY KEY, term INTEGER NOT NULL, data BLOB NOT NULL, crc INTEGER NOT NULL);
    CREATE TABLE slots(name TEXT PRIMARY KEY, value BLOB NOT NULL, crc INTEGER NOT NULL) WITHOUT ROWID;
";

/// The writing connection.
pub(super) struct LogFile {
    connection: Connection,
}

/// A reading connection, for entries that are no longer in memory.
pub(super) struct LogReader {
    connection: Connection,
}

pub(super) struct OpenedLog {
    pub file: LogFile,
    pub reader: LogReader,
    pub purged: Option<LogPosition>,
    pub last: Option<LogPosition>,
    /// The newest entries, as many as are worth keeping in memory.
    pub tail: Vec<LogRecord>,
    pub slots: [Option<Bytes>; LogSlot::ALL.len()],
}

impl LogFile {
    pub(super) fn open(data: &Path, uid: [u8; 16], may_create: bool) -> Result<OpenedLog, StorageError> {
        let path = data.join(FILE);
        let exists = path
            .try_exists()
            .map_err(|source| StorageError::Io { context: format!("cannot look at {}", path.display()), source })?;
        if !exists && !may_create {
            return Err(refused(&path, "it is missing, and with it this node's vote and log"));
        }
        let opened = if exists { Self::open_existing(&path, uid) } else { Self::create(&path, uid) };
        opened.map_err(|problem| match problem {
            Problem::Sqlite(error) => refused(&path, &error.to_string()),
            Problem::Refused(why) => refused(&path, &why),
            Problem::Version(found) => StorageError::Unusable(format!(
                "{} has format {found}, this version of quorlite reads format {FORMAT}: start the version that wrote it",
                path.display()
            )),
        })
    }

    fn create(path: &Path, uid: [u8; 16]) -> Result<OpenedLog, Problem> {
        let mut connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        let transaction = connection.transaction()?;
        transaction.execute_batch(SCHEMA)?;
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", FORMAT)?;
        put_slot(&transaction, NODE, &uid)?;
        transaction.commit()?;
        // The directory entry, too: a vote must not vanish with the file that holds it.
        if let Some(parent) = path.parent() {
            let synced = std::fs::File::open(parent).and_then(|directory| directory.sync_all());
            synced.map_err(|error| Problem::Refused(format!("its directory cannot be synced: {error}")))?;
        }
        drop(connection);
        Self::open_existing(path, uid)
    }

    fn open_existing(path: &Path, uid: [u8; 16]) -> Result<OpenedLog, Problem> {
        let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        let id: i32 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
        let format: i32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
        if id != APPLICATION_ID {
            return Err(Problem::Refused("it is not a Quorlite Raft log".to_owned()));
        }
        if format != FORMAT {
            return Err(Problem::Version(format));
        }
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "fullfsync", true)?;
        // Bounds the file's growth after a burst; a checkpoint writes the pages back every 8 MB or so.
        connection.pragma_update(None, "wal_autocheckpoint", 2000)?;
        connection.pragma_update(None, "journal_size_limit", 64 << 20)?;
        match get_slot(&connection, NODE)? {
            Some(owner) if *owner == uid => {}
            _ => return Err(Problem::Refused("it belongs to another node than this directory's node.json".to_owned())),
        }
        let purged = match get_slot(&connection, PURGED)? {
            None => None,
            Some(value) => Some(decode_position(&value)?),
        };
        let mut slots = [const { None }; LogSlot::ALL.len()];
        for slot in LogSlot::ALL {
            slots[slot as usize] = get_slot(&connection, slot.name())?;
        }
        let (last, tail) = check_entries(&connection, purged)?;
        let reader = connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let file = LogFile { connection };
        Ok(OpenedLog { file, reader: LogReader { connection: reader }, purged, last: last.or(purged), tail, slots })
    }

    pub(super) fn begin(&mut self) -> Result<LogTransaction<'_>, String> {
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(|error| error.to_string())?;
        Ok(LogTransaction { transaction })
    }
}

/// What makes a file unusable.
enum Problem {
    Sqlite(rusqlite::Error),
    Refused(String),
    Version(i32),
}

impl From<rusqlite::Error> for Problem {
    fn from(error: rusqlite::Error) -> Problem {
        Problem::Sqlite(error)
    }
}

fn refused(path: &Path, why: &str) -> StorageError {
    StorageError::Unusable(format!(
        "{} cannot be used: {why}. Nothing was changed. If other nodes of the cluster live: take this one out with \
         `quorlite remove-node`, move its data directory away, and join again with an empty one. If this was the \
         only node: restore a backup of the whole data directory",
        path.display()
    ))
}

fn connect(path: &Path, flags: OpenFlags) -> Result<Connection, rusqlite::Error> {
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    // Our own reader and writer meet only for moments; nobody else should be here at all.
    connection.busy_timeout(Duration::from_secs(10))?;
    connection.set_prepared_statement_cache_capacity(16);
    Ok(connection)
}

fn entry_crc(index: u64, term: u64, data: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&index.to_be_bytes());
    hasher.update(&term.to_be_bytes());
    hasher.update(data);
    hasher.finalize()
}

fn slot_crc(name: &str, value: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(name.as_bytes());
    hasher.update(value);
    hasher.finalize()
}

fn get_slot(connection: &Connection, name: &str) -> Result<Option<Bytes>, Problem> {
    let row: Option<(Vec<u8>, u32)> = connection
        .query_row("SELECT value, crc FROM slots WHERE name = ?1", [name], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((value, crc)) = row else { return Ok(None) };
    if slot_crc(name, &value) != crc {
        return Err(Problem::Refused(format!("its slot {name} is damaged (wrong checksum)")));
    }
    Ok(Some(Bytes::from(value)))
}

fn put_slot(connection: &Connection, name: &str, value: &[u8]) -> Result<(), rusqlite::Error> {
    connection
        .prepare_cached("INSERT OR REPLACE INTO slots(name, value, crc) VALUES (?1, ?2, ?3)")?
        .execute(params![name, value, slot_crc(name, value)])?;
    Ok(())
}

fn encode_position(position: LogPosition) -> [u8; 16] {
    (u128::from(position.term) << 64 | u128::from(position.index)).to_be_bytes()
}

fn decode_position(bytes: &[u8]) -> Result<LogPosition, Problem> {
    let bytes: [u8; 16] =
        bytes.try_into().map_err(|_| Problem::Refused("its slot purged has the wrong length".to_owned()))?;
    let both = u128::from_be_bytes(bytes);
    Ok(LogPosition { term: (both >> 64) as u64, index: both as u64 })
}

/// Reads every entry: each must follow the one before it and have the right checksum.
fn check_entries(
    connection: &Connection,
    purged: Option<LogPosition>,
) -> Result<(Option<LogPosition>, Vec<LogRecord>), Problem> {
    let mut statement = connection.prepare("SELECT idx, term, data, crc FROM entries ORDER BY idx")?;
    let mut rows = statement.query([])?;
    let mut last = None;
    let mut tail: std::collections::VecDeque<LogRecord> = std::collections::VecDeque::new();
    let mut tail_bytes = 0;
    let mut expected = purged.map_or(0, |purged| purged.index + 1);
    while let Some(row) = rows.next()? {
        let record = read_row(row)?.map_err(Problem::Refused)?;
        if record.index != expected {
            return Err(Problem::Refused(format!("entry {expected} is missing (the next is {})", record.index)));
        }
        expected = record.index + 1;
        last = Some(record.position());
        tail_bytes += record.data.len();
        tail.push_back(record);
        while tail.len() > 1 && (tail_bytes > CACHE_BYTES || tail.len() > CACHE_RECORDS) {
            tail_bytes -= tail.pop_front().map_or(0, |oldest| oldest.data.len());
        }
    }
    Ok((last, tail.into()))
}

/// The inner result is the checksum's.
fn read_row(row: &rusqlite::Row<'_>) -> Result<Result<LogRecord, String>, rusqlite::Error> {
    let index: i64 = row.get(0)?;
    let term: i64 = row.get(1)?;
    let data: Vec<u8> = row.get(2)?;
    let crc: i64 = row.get(3)?;
    let (index, term) = (index as u64, term as u64);
    if i64::from(entry_crc(index, term, &data)) != crc {
        return Ok(Err(format!("entry {index} is damaged (wrong checksum)")));
    }
    Ok(Ok(LogRecord { index, term, data: Bytes::from(data) }))
}

impl LogReader {
    /// Entries of the range in order, at least one if there is any, then as many as `max_bytes` allows.
    pub(super) fn read(&self, range: Range<u64>, max_bytes: usize) -> std::io::Result<Vec<LogRecord>> {
        let read = || -> Result<Result<Vec<LogRecord>, String>, rusqlite::Error> {
            let mut statement = self
                .connection
                .prepare_cached("SELECT idx, term, data, crc FROM entries WHERE idx >= ?1 AND idx < ?2 ORDER BY idx")?;
            let mut rows = statement.query(params![range.start as i64, range.end as i64])?;
            let mut records: Vec<LogRecord> = Vec::new();
            let mut used = 0;
            while let Some(row) = rows.next()? {
                let record = match read_row(row)? {
                    Ok(record) => record,
                    Err(damage) => return Ok(Err(damage)),
                };
                used += record.data.len();
                records.push(record);
                if used >= max_bytes {
                    break;
                }
            }
            Ok(Ok(records))
        };
        match read() {
            Ok(Ok(records)) => Ok(records),
            Ok(Err(damage)) => Err(std::io::Error::other(format!("raft.sqlite: {damage}"))),
            Err(error) => Err(std::io::Error::other(format!("cannot read raft.sqlite: {error}"))),
        }
    }
}

pub(super) struct LogTransaction<'a> {
    transaction: rusqlite::Transaction<'a>,
}

impl LogTransaction<'_> {
    pub(super) fn append(&mut self, records: &[LogRecord]) -> Result<(), String> {
        self.run(|transaction| {
            let mut insert =
                transaction.prepare_cached("INSERT INTO entries(idx, term, data, crc) VALUES (?1, ?2, ?3, ?4)")?;
            for record in records {
                let crc = entry_crc(record.index, record.term, &record.data);
                insert.execute(params![record.index as i64, record.term as i64, &record.data[..], crc])?;
            }
            Ok(())
        })
    }

    pub(super) fn truncate_after(&mut self, after: Option<u64>) -> Result<(), String> {
        self.run(|transaction| {
            let after = after.map_or(-1, |index| index as i64);
            transaction.prepare_cached("DELETE FROM entries WHERE idx > ?1")?.execute([after])?;
            Ok(())
        })
    }

    pub(super) fn purge(&mut self, upto: LogPosition) -> Result<(), String> {
        self.run(|transaction| {
            transaction.prepare_cached("DELETE FROM entries WHERE idx <= ?1")?.execute([upto.index as i64])?;
            put_slot(transaction, PURGED, &encode_position(upto))
        })
    }

    pub(super) fn put(&mut self, slot: LogSlot, value: Option<&[u8]>) -> Result<(), String> {
        self.run(|transaction| match value {
            Some(value) => put_slot(transaction, slot.name(), value),
            None => {
                transaction.prepare_cached("DELETE FROM slots WHERE name = ?1")?.execute([slot.name()])?;
                Ok(())
            }
        })
    }

    pub(super) fn commit(self) -> Result<(), String> {
        self.transaction.commit().map_err(|error| format!("raft.sqlite cannot be written: {error}"))
    }

    fn run(
        &mut self,
        action: impl FnOnce(&rusqlite::Transaction<'_>) -> Result<(), rusqlite::Error>,
    ) -> Result<(), String> {
        action(&self.transaction).map_err(|error| format!("raft.sqlite cannot be written: {error}"))
    }
}
