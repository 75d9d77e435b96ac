//! A node's data directory: whose it is, and that only one process uses it.
//!
//! `node.json` is written before anything else, so a directory with files but without it is not ours, and nothing in
//! it is touched. It is replaced as a whole (temporary file, rename, sync), never edited.

use std::fs::{DirBuilder, File, TryLockError};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::StorageError;

/// The layout of the data directory that this version reads and writes.
const FORMAT: u32 = 1;

const NODE_FILE: &str = "node.json";
const LOCK_FILE: &str = "lock";

/// Who this node is; see [`DataDir::identity`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Identity {
    /// Random, made with the directory: joining is asked for under this name until there is a node id.
    pub uid: Uuid,
    /// The cluster and this node's id in it, once it has formed or joined one.
    pub member: Option<(Uuid, u64)>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct NodeFile {
    format: u32,
    node_uid: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cluster_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    node_id: Option<u64>,
}

/// An open, locked data directory. The lock is held until it is dropped (or the process dies).
#[derive(Debug)]
pub struct DataDir {
    path: PathBuf,
    identity: Mutex<Identity>,
    _lock: File,
}

impl DataDir {
    /// Opens the directory, or makes it a new node's if it does not exist or is empty. Every error says what to do;
    /// nothing is overwritten.
    pub fn open(path: &Path) -> Result<DataDir, StorageError> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(path)
            .map_err(|error| io(format!("cannot make the data directory {}", path.display()), error))?;
        let path = &path.canonicalize().map_err(|error| io(format!("cannot open {}", path.display()), error))?;
        let node_file = path.join(NODE_FILE);
        if !exists(&node_file)? {
            refuse_foreign_files(path)?;
        }
        let lock = lock(path)?;
        // Looked at again under the lock: another process may have just made it.
        let identity = if exists(&node_file)? {
            read_identity(&node_file)?
        } else {
            let identity = Identity { uid: Uuid::from_bytes(rand::random()), member: None };
            write_identity(path, &identity)?;
            identity
        };
        Ok(DataDir { path: path.to_owned(), identity: Mutex::new(identity), _lock: lock })
    }

    /// Absolute.
    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn identity(&self) -> Identity {
        *self.identity.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Records, once, which cluster this node belongs to and as whom. Durable on return.
    pub fn set_member(&self, cluster: Uuid, node: u64) -> Result<(), StorageError> {
        let mut identity = self.identity.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        match identity.member {
            Some(member) if member == (cluster, node) => return Ok(()),
            Some((cluster, node)) => {
                return Err(StorageError::Unusable(format!(
                    "{} belongs to node {node} of cluster {cluster} and cannot become another",
                    self.path.display()
                )));
            }
            None => {}
        }
        let next = Identity { member: Some((cluster, node)), ..*identity };
        write_identity(&self.path, &next)?;
        *identity = next;
        Ok(())
    }
}

fn io(context: String, source: std::io::Error) -> StorageError {
    StorageError::Io { context, source }
}

fn exists(path: &Path) -> Result<bool, StorageError> {
    path.try_exists().map_err(|error| io(format!("cannot look at {}", path.display()), error))
}

/// A directory without `node.json` may hold nothing but what a file system or a previous,
/// early ended start leaves there.
fn refuse_foreign_files(path: &Path) -> Result<(), StorageError> {
    let list = |error| io(format!("cannot list {}", path.display()), error);
    for entry in std::fs::read_dir(path).map_err(list)? {
        let name = entry.map_err(list)?.file_name();
        let harmless = name.to_str().is_some_and(|name| {
            name == LOCK_FILE || name == "lost+found" || name.starts_with(&format!("{NODE_FILE}.tmp"))
        });
        if !harmless {
            return Err(StorageError::Unusable(format!(
                "{} is not a Quorlite data directory: it has no {NODE_FILE}, but contains {}. \
                 Give an empty or new directory with --data, or put {NODE_FILE} back if it was lost",
                path.display(),
                name.display()
            )));
        }
    }
    Ok(())
}

fn lock(path: &Path) -> Result<File, StorageError> {
    let file = path.join(LOCK_FILE);
    let mut lock = File::options()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .open(&file)
        .map_err(|error| io(format!("cannot open {}", file.display()), error))?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut holder = String::new();
            let _ = (&lock).take(32).read_to_string(&mut holder);
            return Err(StorageError::Unusable(format!(
                "{} is in use by another running node (process {}). Stop that one, or give this one its own directory \
                 with --data",
                path.display(),
                holder.trim()
            )));
        }
        Err(TryLockError::Error(error)) => return Err(io(format!("cannot lock {}", file.display()), error)),
    }
    // For people: who holds it.
    lock.set_len(0)
        .and_then(|()| lock.rewind())
        .and_then(|()| writeln!(lock, "{}", std::process::id()))
        .map_err(|error| io(format!("cannot write {}", file.display()), error))?;
    Ok(lock)
}

fn read_identity(file: &Path) -> Result<Identity, StorageError> {
    let mut bytes = Vec::new();
    File::open(file)
        .and_then(|opened| opened.take(1 << 20).read_to_end(&mut bytes))
        .map_err(|error| io(format!("cannot read {}", file.display()), error))?;
    let damaged = |why: String| {
        StorageError::Unusable(format!(
            "{} is damaged ({why}). Put it back from a copy; or, if other nodes of the cluster live, move this data \
             directory away, take this node out with `quorlite remove-node`, and join again with an empty directory",
            file.display()
        ))
    };
    // The format is looked at alone first: a later version's other fields are not ours to judge.
    #[derive(Deserialize)]
    struct Format {
        format: u32,
    }
    let Format { format } = serde_json::from_slice(&bytes).map_err(|error| damaged(error.to_string()))?;
    if format != FORMAT {
        return Err(StorageError::Unusable(format!(
            "{} has format {format}, this version of quorlite reads format {FORMAT}. \
             Start the version that wrote it, or give another directory with --data",
            file.display()
        )));
    }
    let node: NodeFile = serde_json::from_slice(&bytes).map_err(|error| damaged(error.to_string()))?;
    let uuid = |text: &str| Uuid::parse_str(text).map_err(|error| damaged(format!("{text}: {error}")));
    let member = match (&node.cluster_id, node.node_id) {
        (Some(cluster), Some(id)) if id > 0 => Some((uuid(cluster)?, id)),
        (None, None) => None,
        _ => return Err(damaged("cluster_id and node_id do not go together".to_owned())),
    };
    Ok(Identity { uid: uuid(&node.node_uid)?, member })
}

/// Temporary file, sync, rename, sync of the directory: a crash leaves the old file or the new.
fn write_identity(path: &Path, identity: &Identity) -> Result<(), StorageError> {
    let node = NodeFile {
        format: FORMAT,
        node_uid: identity.uid.to_string(),
        cluster_id: identity.member.map(|(cluster, _)| cluster.to_string()),
        node_id: identity.member.map(|(_, node)| node),
    };
    let mut bytes = serde_json::to_vec_pretty(&node).expect("plain data serialises");
    bytes.push(b'\n');
    let temporary = path.join(format!("{NODE_FILE}.tmp"));
    let write = || -> std::io::Result<()> {
        let mut file = File::create(&temporary)?;
        file.write_all(&bytes)?;
        file.sync_all()?;
        std::fs::rename(&temporary, path.join(NODE_FILE))?;
        File::open(path)?.sync_all()
    };
    write().map_err(|error| io(format!("cannot write {}", path.join(NODE_FILE).display()), error))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(result: Result<DataDir, StorageError>) -> String {
        result.expect_err("must be refused").to_string()
    }

    #[test]
    fn remembers_who_it_is() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("new");
        let cluster = Uuid::from_bytes([7; 16]);
        let uid = {
            let data = DataDir::open(&path).unwrap();
            assert_eq!(data.identity().member, None);
            data.set_member(cluster, 3).unwrap();
            data.set_member(cluster, 3).unwrap();
            assert!(data.set_member(cluster, 4).is_err());
            data.identity().uid
        };
        let data = DataDir::open(&path).unwrap();
        assert_eq!(data.identity(), Identity { uid, member: Some((cluster, 3)) });
    }

    #[test]
    fn is_used_once_at_a_time() {
        let dir = tempfile::tempdir().unwrap();
        let first = DataDir::open(dir.path()).unwrap();
        let message = message(DataDir::open(dir.path()));
        assert!(
            message.contains(&format!("in use by another running node (process {})", std::process::id())),
            "{message}"
        );
        drop(first);
        DataDir::open(dir.path()).unwrap();
    }

    #[test]
    fn leaves_foreign_directories_alone() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("thesis.txt"), "years of work").unwrap();
        assert!(message(DataDir::open(dir.path())).contains("contains thesis.txt"));
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1, "not even a lock file");
    }

    #[test]
    fn refuses_damage_and_other_versions() {
        let dir = tempfile::tempdir().unwrap();
        let uid = "00000000-0000-0000-0000-000000000001";
        for (content, expected) in [
            (String::new(), "is damaged"),
            ("{\"format\": 1, \"node_uid\": \"".to_owned(), "is damaged"),
            (format!("{{\"format\": 2, \"node_uid\": \"{uid}\", \"more\": 1}}"), "has format 2"),
            (format!("{{\"format\": 1, \"node_uid\": \"{uid}\", \"node_id\": 3}}"), "do not go together"),
            (format!("{{\"format\": 1, \"node_uid\": \"{uid}\", \"extra\": 3}}"), "is damaged"),
        ] {
            std::fs::write(dir.path().join(NODE_FILE), &content).unwrap();
            let message = message(DataDir::open(dir.path()));
            assert!(message.contains(expected), "{message}");
            assert_eq!(std::fs::read_to_string(dir.path().join(NODE_FILE)).unwrap(), content, "not overwritten");
        }
    }
}
