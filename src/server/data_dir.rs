//! The data directory: made, recognised, and held by one process at a time.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

/// What a directory may hold before it has its `node.json`: the traces of a first start that was cut short, and what
/// a file system puts into the root of a volume.
const OURS: [&str; 7] = ["databases", "snapshots", "system.sqlite", "raft.sqlite", "node.json", "lock", "lost+found"];

/// A data directory in use by this process; released when dropped, or when the process ends.
pub struct DataDir {
    /// Absolute, for people to copy.
    pub path: PathBuf,
    _lock: File,
}

impl DataDir {
    /// Makes the directory if it is missing and takes its lock. Changes nothing in a directory that is not Quorlite's.
    pub fn open(path: &Path) -> Result<DataDir, String> {
        let shown = path.display();
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(path)
            .map_err(|error| format!("data directory {shown} cannot be made: {error}; choose another with --data"))?;
        refuse_foreign(path)?;
        let unusable = |error: std::io::Error| {
            format!(
                "data directory {shown} cannot be used: {error}; make it writable for this user, or choose another with --data"
            )
        };
        let mut lock = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path.join("lock"))
            .map_err(unusable)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                let _ = lock.read_to_string(&mut holder);
                let holder = holder.trim();
                return Err(format!(
                    "data directory {shown} is in use by another quorlite (process {holder}): stop it, or give this \
                     node its own directory with --data"
                ));
            }
            Err(TryLockError::Error(error)) => return Err(unusable(error)),
        }
        lock.set_len(0)
            .and_then(|()| lock.seek(SeekFrom::Start(0)))
            .and_then(|_| writeln!(lock, "{}", std::process::id()))
            .map_err(unusable)?;
        let path = path.canonicalize().map_err(unusable)?;
        Ok(DataDir { path, _lock: lock })
    }
}

/// A directory with other things in it, such as a home directory given by mistake, is left alone.
fn refuse_foreign(path: &Path) -> Result<(), String> {
    if path.join("node.json").exists() {
        return Ok(());
    }
    let shown = path.display();
    let entries = fs::read_dir(path).map_err(|error| format!("data directory {shown} cannot be read: {error}"))?;
    for entry in entries {
        let name = entry.map_err(|error| format!("data directory {shown} cannot be read: {error}"))?.file_name();
        let name = name.to_string_lossy();
        // With SQLite's -wal and -shm, and whatever is written beside node.json before it is renamed.
        if !OURS.iter().any(|ours| name.starts_with(ours)) {
            return Err(format!(
                "{shown} holds {name:?} and no node.json, so it is not a Quorlite data directory: give an empty or \
                 new directory with --data"
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_is_held_once() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("node.1");
        let held = DataDir::open(&path).unwrap();
        let message = DataDir::open(&path).err().unwrap();
        assert!(message.contains(&format!("process {}", std::process::id())), "{message}");
        drop(held);
        DataDir::open(&path).unwrap();
    }

    #[test]
    fn a_foreign_directory_is_left_alone() {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join("letter.txt"), "dear").unwrap();
        let message = DataDir::open(home.path()).err().unwrap();
        assert!(message.contains("letter.txt"), "{message}");
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1);
    }

    #[test]
    fn an_interrupted_first_start_is_resumed() {
        let data = tempfile::tempdir().unwrap();
        fs::create_dir(data.path().join("databases")).unwrap();
        fs::write(data.path().join("system.sqlite-wal"), "").unwrap();
        DataDir::open(data.path()).unwrap();
    }
}
