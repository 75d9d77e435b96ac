//! Whole files: copied out for another node, and replaced by such a copy.
//!
//! Out: `VACUUM INTO` on a connection of its own, which sees one snapshot while the writer goes on, and keeps
//! rowids. In: SQLite's backup, written through the writer's own connection as one transaction of the write-ahead log, so
//! that readers keep what they read, other processes see the change, and a crash leaves the old or the new.

use std::path::{Path, PathBuf};

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};

use super::file::{self, Role, sync_directory};
use super::schema::{self, Meta};
use super::{LogId, StorageError};

/// In the data directory while an install runs; holds the path of the copies.
const MARKER: &str = "install";

/// Copies the file at `path` to `to`, which must not exist, and syncs the copy. The copy is known to have everything up
/// to `applied`, and says so even if the file itself has not needed to.
pub(super) fn copy(path: &Path, to: &Path, applied: Option<LogId>) -> Result<(), StorageError> {
    let failed = |error| StorageError::sqlite(format!("copying {}", path.display()), error);
    let connection = file::connect(path, Role::Read).map_err(failed)?;
    let target = to.to_str().ok_or_else(|| StorageError::Io {
        context: format!("copying to {}", to.display()),
        source: std::io::Error::other("the path is not UTF-8"),
    })?;
    // It writes, but not to the database.
    connection.pragma_update(None, "query_only", false).map_err(failed)?;
    connection.execute("VACUUM INTO ?1", [target]).map_err(failed)?;
    drop(connection);
    raise(to, applied).map_err(failed)?;
    // The copy is no live database: nobody holds a lock on it that plain file I/O could lose.
    let synced = std::fs::File::open(to).and_then(|file| file.sync_all());
    synced.map_err(|source| StorageError::Io { context: format!("syncing {}", to.display()), source })
}

fn raise(copy: &Path, applied: Option<LogId>) -> rusqlite::Result<()> {
    let connection = Connection::open_with_flags(copy, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let mut meta = Meta::load(&connection)?;
    if meta.applied.map(|known| known.index) < applied.map(|applied| applied.index) {
        meta.applied = applied;
        meta.store(&connection)?;
    }
    Ok(())
}

/// Makes a copy of another node's file this node's, before it replaces one: there is no moment at which a file has the
/// copy's content and is not ours.
pub(super) fn adopt(copy: &Path, uid: &[u8; 16]) -> Result<(), StorageError> {
    let adopted = Connection::open_with_flags(copy, OpenFlags::SQLITE_OPEN_READ_WRITE)
        .and_then(|connection| schema::set_owner(&connection, uid));
    adopted.map_err(|error| StorageError::sqlite(format!("writing to {}", copy.display()), error))
}

/// Versions of a catalog that one entry can make at most, as a power of two: more than it has room for.
const CATALOG_VERSIONS: u32 = 24;

/// Makes a new file, perhaps a copy of another database's, this node's database as of an entry. Its catalog has versions
/// that none of an earlier database of its name had, whose plans may still be kept somewhere.
pub(super) fn begin_file(path: &Path, uid: &[u8; 16], log_id: LogId) -> rusqlite::Result<()> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    schema::set_owner(&connection, uid)?;
    let catalog_version = log_id.index << CATALOG_VERSIONS;
    schema::begin_catalog(&connection, catalog_version)?;
    Meta { data_version: log_id.index, applied: Some(log_id), catalog_version }.store(&connection)?;
    connection.close().map_err(|(_, error)| error)
}

/// Replaces the content of the connection's file by that of `from`, durably.
pub(super) fn replace(connection: &mut Connection, from: &Path) -> rusqlite::Result<()> {
    let source = Connection::open_with_flags(from, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    let copied = copy_pages(&source, connection);
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    copied
}

fn copy_pages(source: &Connection, connection: &mut Connection) -> rusqlite::Result<()> {
    let backup = Backup::new(source, connection)?;
    let mut waited = 0;
    loop {
        match backup.step(-1)? {
            StepResult::Done => return Ok(()),
            // Another process reads or writes in a way that stands in the way; that must end some time.
            _ if waited < 1000 => {
                waited += 1;
                std::thread::sleep(std::time::Duration::from_millis(10));
            }
            _ => {
                return Err(rusqlite::Error::SqliteFailure(
                    rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_BUSY),
                    Some("another process keeps the file locked".to_owned()),
                ));
            }
        }
    }
}

/// Notes that the files of `data` are being replaced by those in `from`.
pub(super) fn begin_install(data: &Path, from: &Path) -> Result<(), StorageError> {
    let from = std::path::absolute(from).map_err(|source| io(from, source))?;
    let text = from.to_str().ok_or_else(|| io(&from, std::io::Error::other("the path is not UTF-8")))?;
    let marker = data.join(MARKER);
    let written = || {
        let new = data.join("install.new");
        std::fs::write(&new, text)?;
        std::fs::File::open(&new)?.sync_all()?;
        std::fs::rename(&new, &marker)?;
        sync_directory(data)
    };
    written().map_err(|source| io(&marker, source))
}

/// The copies of an install that did not finish.
pub(super) fn unfinished_install(data: &Path) -> Result<Option<PathBuf>, StorageError> {
    let marker = data.join(MARKER);
    match std::fs::read_to_string(&marker) {
        Ok(text) => Ok(Some(PathBuf::from(text))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(io(&marker, source)),
    }
}

/// All files are replaced, durably.
pub(super) fn end_install(data: &Path) -> Result<(), StorageError> {
    let marker = data.join(MARKER);
    std::fs::remove_file(&marker).and_then(|()| sync_directory(data)).map_err(|source| io(&marker, source))
}

fn io(path: &Path, source: std::io::Error) -> StorageError {
    StorageError::Io { context: format!("installing a snapshot: {}", path.display()), source }
}
