//! One database file: made, checked and opened.
//!
//! Every connection is opened here, with the settings that the promises of [`super`] rest on. The
//! file is never touched by plain file I/O while SQLite has it open in this process: closing any descriptor of it
//! would drop SQLite's POSIX locks.

use std::ops::{Deref, DerefMut};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{CachedStatement, Connection, FileControl, OpenFlags, OptionalExtension, Statement};

use super::schema::{self, APPLICATION_ID, CREATE, CREATE_SYSTEM, FORMAT_VERSION};
use super::{Options, StorageError};

/// Equal on every node, or a copy of one node's file could not replace another's page by page.
const PAGE_SIZE: i64 = 4096;

/// Files up to this size are checked in full at open, larger ones in their outer parts.
const CHECK_IN_FULL: u64 = 64 << 20;

/// How long an external process may hold the write lock before it is an error.
pub(super) const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// Statements that a connection keeps, and how long each may be.
const STATEMENT_CACHE: usize = 512;
const KEPT_STATEMENT: usize = 16 * 1024;

/// What a connection is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Role {
    /// Runs client transactions: foreign keys and triggers act.
    Execute,
    /// Applies effects: they don't, their work is among the effects.
    Apply,
    /// Moves the WAL's content into the file.
    Checkpoint,
    /// Can't write.
    Read,
}

/// Opens a connection to an existing file.
pub(super) fn connect(path: &Path, role: Role) -> rusqlite::Result<Connection> {
    let access = match role {
        Role::Read => OpenFlags::SQLITE_OPEN_READ_ONLY,
        _ => OpenFlags::SQLITE_OPEN_READ_WRITE,
    };
    // One thread at a time uses a connection, so SQLite's own mutexes are not needed.
    let connection = Connection::open_with_flags(path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(STATEMENT_CACHE);
    let acts = role == Role::Execute;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY, acts)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, acts)?;
    // A misspelt column is an error, not a string.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    if role == Role::Read {
        connection.pragma_update(None, "query_only", true)?;
        // There are many, and what they miss the system's cache has.
        connection.pragma_update(None, "cache_size", -1_024)?;
    } else {
        // The Raft log carries the fsync; NORMAL is consistent after any crash and may lose a tail that the log replays.
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        connection.pragma_update(None, "wal_autocheckpoint", 0)?;
        connection.pragma_update(None, "journal_size_limit", 64 << 20)?;
        connection.pragma_update(None, "cache_size", -65_536)?;
        // Other users of the machine can then read the file also while no server runs.
        let mut persist = 1;
        connection.file_control(Some(c"main"), FileControl::PersistWal(&mut persist))?;
    }
    Ok(connection)
}

/// A client's statement, made ready to run.
pub(super) enum Prepared<'c> {
    Kept(CachedStatement<'c>),
    Once(Statement<'c>),
}

/// Prepares a statement, or takes it from those kept. One so long is kept by nobody: it is likely to come but once (bulk
/// loads), and every connection that has run it would hold its text and what SQLite has made of it.
pub(super) fn prepare<'c>(connection: &'c Connection, sql: &str) -> rusqlite::Result<Prepared<'c>> {
    if sql.len() > KEPT_STATEMENT {
        connection.prepare(sql).map(Prepared::Once)
    } else {
        connection.prepare_cached(sql).map(Prepared::Kept)
    }
}

impl<'c> Deref for Prepared<'c> {
    type Target = Statement<'c>;

    fn deref(&self) -> &Statement<'c> {
        match self {
            Prepared::Kept(statement) => statement,
            Prepared::Once(statement) => statement,
        }
    }
}

impl<'c> DerefMut for Prepared<'c> {
    fn deref_mut(&mut self) -> &mut Statement<'c> {
        match self {
            Prepared::Kept(statement) => statement,
            Prepared::Once(statement) => statement,
        }
    }
}

/// Keeps `pages` at the number of pages in the write-ahead log. (After `connect`, whose wal_autocheckpoint
/// would take the hook's place.)
pub(super) fn count_wal(connection: &mut Connection, pages: Arc<AtomicU64>) -> rusqlite::Result<()> {
    connection.wal_hook(Some(move |_: &mut rusqlite::hooks::Wal, count| {
        pages.store(u64::try_from(count).unwrap_or(0), Ordering::Relaxed);
        Ok(())
    }))
}

/// Opens the file, made first if it may be, and checks that it is sound and ours.
pub(super) fn open_or_create(path: &Path, system: bool, options: &Options) -> Result<(), StorageError> {
    let io = |context: String| move |source| StorageError::Io { context, source };
    match std::fs::metadata(path) {
        Ok(metadata) => {
            check(path, metadata.len(), "wal")?;
            check_owner(path, &options.uid)?;
            if system {
                let grown = connect(path, Role::Apply).and_then(|file| schema::make_lists(&file));
                grown.map_err(|error| StorageError::sqlite(format!("writing to {}", path.display()), error))?;
            }
            return Ok(());
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(io(format!("looking for {}", path.display()))(error)),
    }
    if !options.may_create {
        // An empty one in its place would be taken for what this node has told the others that it has.
        return Err(StorageError::Unusable(format!(
            "{} is missing, but this node has had data. Nothing was changed. If the file was moved, put it back, with \
             its -wal file if there was one. Otherwise {REJOIN}.",
            path.display()
        )));
    }
    put_in_place(path, |new| {
        create(new, system, &options.uid)
            .map_err(|error| StorageError::sqlite(format!("making {}", path.display()), error))
    })
}

/// What the names of files end with that [`put_in_place`] has not finished.
pub(super) const HALF_MADE: [&str; 3] = ["new", "new-wal", "new-shm"];

/// Has a file made under another name and then renames it: a crash leaves no half-made file behind.
pub(super) fn put_in_place(
    path: &Path,
    make: impl FnOnce(&Path) -> Result<(), StorageError>,
) -> Result<(), StorageError> {
    let io = |context: String| move |source| StorageError::Io { context, source };
    let new = path.with_extension("sqlite.new");
    for leftover in HALF_MADE.map(|half| new.with_extension(half)) {
        match std::fs::remove_file(&leftover) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(io(format!("removing {}", leftover.display()))(error));
            }
            _ => {}
        }
    }
    make(&new)?;
    std::fs::rename(&new, path).map_err(io(format!("renaming {}", new.display())))?;
    sync_directory(path.parent().unwrap_or(Path::new("."))).map_err(io(format!("syncing {}", path.display())))?;
    Ok(())
}

pub(super) fn create(path: &Path, system: bool, uid: &[u8; 16]) -> rusqlite::Result<()> {
    let connection = Connection::open(path)?;
    connection.pragma_update(None, "page_size", PAGE_SIZE)?;
    connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.execute_batch(&format!("BEGIN; {CREATE} COMMIT;"))?;
    if system {
        connection.execute_batch(CREATE_SYSTEM)?;
        schema::make_lists(&connection)?;
    }
    schema::set_owner(&connection, uid)?;
    connection.close().map_err(|(_, error)| error)
}

/// Makes renames and new files in a directory durable.
pub(super) fn sync_directory(directory: &Path) -> std::io::Result<()> {
    std::fs::File::open(directory)?.sync_all()
}

/// What brings back a node whose files are lost.
pub(super) const REJOIN: &str = "if other nodes of the cluster are healthy: move this node's data directory away, remove \
                                 the node with `quorlite remove-node`, and start it anew with --join; it gets a copy \
                                 from them; else restore a backup of the whole data directory";

/// Another node's file has other content, or would have some day.
fn check_owner(path: &Path, uid: &[u8; 16]) -> Result<(), StorageError> {
    let owner = connect(path, Role::Checkpoint).and_then(|connection| schema::owner(&connection));
    match owner {
        Ok(owner) if owner == uid => Ok(()),
        Ok(_) => Err(StorageError::Unusable(format!(
            "{} belongs to another node than this directory's node.json. Nothing was changed. Put this node's own file \
             back. If it is lost, {REJOIN}.",
            path.display()
        ))),
        Err(error) => Err(StorageError::sqlite(format!("opening {}", path.display()), error)),
    }
}

/// Refuses a copy that can't replace a file.
pub(super) fn check_copy(path: &Path) -> Result<(), StorageError> {
    let metadata = std::fs::metadata(path);
    let metadata =
        metadata.map_err(|source| StorageError::Io { context: format!("looking for {}", path.display()), source })?;
    check(path, metadata.len(), "delete")
}

/// Refuses what is damaged, not ours or of another version.
fn check(path: &Path, size: u64, expected_journal: &str) -> Result<(), StorageError> {
    let shown = path.display();
    let damaged = |what: String| {
        StorageError::Unusable(format!("{shown} is damaged ({what}). Nothing was changed. To go on, {REJOIN}."))
    };
    let sqlite = |error: rusqlite::Error| match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::NotADatabase | rusqlite::ErrorCode::DatabaseCorrupt) => damaged(error.to_string()),
        _ => StorageError::sqlite(format!("opening {shown}"), error),
    };
    let connection = connect(path, Role::Checkpoint).map_err(sqlite)?;
    let application_id: i32 = connection.query_row("PRAGMA application_id", [], |row| row.get(0)).map_err(sqlite)?;
    if size == 0 {
        return Err(damaged("it is empty".to_owned()));
    }
    if application_id != APPLICATION_ID {
        return Err(StorageError::Unusable(format!(
            "{shown} is a SQLite database, but not one of Quorlite's. Nothing was changed. Start with another --data, \
             or move that file away."
        )));
    }
    check_version(&connection, path).map_err(sqlite)??;
    let pages: i64 = connection.query_row("PRAGMA page_count", [], |row| row.get(0)).map_err(sqlite)?;
    let page_size: i64 = connection.query_row("PRAGMA page_size", [], |row| row.get(0)).map_err(sqlite)?;
    if page_size != PAGE_SIZE {
        return Err(damaged(format!("its page size is {page_size} instead of {PAGE_SIZE}")));
    }
    let journal: String = connection.query_row("PRAGMA journal_mode", [], |row| row.get(0)).map_err(sqlite)?;
    if journal != expected_journal {
        return Err(damaged(format!("its journal mode is {journal} instead of {expected_journal}")));
    }
    let whole = pages.cast_unsigned() * PAGE_SIZE.cast_unsigned() <= CHECK_IN_FULL;
    let parts: &[&str] = if whole {
        &["PRAGMA quick_check(1)"]
    } else {
        &["PRAGMA quick_check(_quorlite_meta)", "PRAGMA quick_check(_quorlite_catalog)"]
    };
    for part in parts {
        let found: String = connection.query_row(part, [], |row| row.get(0)).map_err(sqlite)?;
        if found != "ok" {
            return Err(damaged(found));
        }
    }
    Ok(())
}

fn check_version(connection: &Connection, path: &Path) -> rusqlite::Result<Result<(), StorageError>> {
    let exists: bool = connection.query_row(
        "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = '_quorlite_meta')",
        [],
        |row| row.get(0),
    )?;
    let version: Option<i64> = match exists {
        true => connection
            .query_row("SELECT format_version FROM _quorlite_meta WHERE id = 1", [], |row| row.get(0))
            .optional()?,
        false => None,
    };
    Ok(match version {
        Some(FORMAT_VERSION) => Ok(()),
        Some(other) => Err(StorageError::Unusable(format!(
            "{} has format {other}; this release of Quorlite reads format {FORMAT_VERSION}. Nothing was changed. Start \
             it with the release that wrote it.",
            path.display()
        ))),
        None => Err(StorageError::Unusable(format!(
            "{} is damaged (its table _quorlite_meta is missing or empty). Nothing was changed. Restore this node from \
             another node or from a backup.",
            path.display()
        ))),
    })
}
