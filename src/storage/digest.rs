//! A file's content as a few lines that can be compared between nodes.
//!
//! Every row counts with its rowid, and the schema with its text; what is each node's own
//! ([`schema::is_local`]) does not. Taken from a snapshot pinned when the [`Entry::Digest`](super::Entry) was
//! applied, so that all nodes speak of the same state, in the background.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;

use super::codec::{put_bytes, put_varint};
use super::database::Shared;
use super::effects::put_value;
use super::file::{self, Role};
use super::layout::{Layout, RowKey, quoted};
use super::schema;
use super::{Digest, StorageError};

/// Results kept for those who ask.
const KEPT: usize = 16;

/// (table, rows, digest in hex)
type Lines = Vec<(String, u64, String)>;

/// The digests asked for, by id, the oldest first; `None` while one is being computed.
#[derive(Clone, Default)]
pub(super) struct Digests(Arc<Mutex<VecDeque<(u64, Known)>>>);

type Known = Option<Result<Digest, String>>;

impl Digests {
    pub fn get(&self, id: u64) -> Known {
        let digests = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = digests.iter().find(|(known, _)| *known == id).map(|(_, digest)| digest.clone());
        known.unwrap_or_else(|| Some(Err(format!("this node has no digest {id}"))))
    }

    /// Pins the files' present state and digests it in a thread of its own.
    pub fn start(&self, id: u64, index: u64, files: &[Arc<Shared>]) -> Result<(), StorageError> {
        let mut pinned = Vec::new();
        for shared in files {
            let connection = pin(shared)
                .map_err(|error| StorageError::sqlite(format!("reading {}", shared.path.display()), error))?;
            pinned.push((shared.file.clone(), connection));
        }
        self.put(id, None);
        let digests = self.clone();
        let work = move || digests.put(id, Some(all(&pinned, index)));
        if let Err(error) = std::thread::Builder::new().name("digest".to_owned()).spawn(work) {
            self.put(id, Some(Err(format!("could not start a thread: {error}"))));
        }
        Ok(())
    }

    fn put(&self, id: u64, result: Known) {
        let mut digests = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match digests.iter_mut().find(|(known, _)| *known == id) {
            Some((_, digest)) => *digest = result,
            None => digests.push_back((id, result)),
        }
        while digests.len() > KEPT {
            digests.pop_front();
        }
    }
}

/// A connection whose snapshot is the newest committed state.
fn pin(shared: &Shared) -> rusqlite::Result<Connection> {
    let connection = file::connect(&shared.path, Role::Read)?;
    connection.execute_batch("BEGIN")?;
    // BEGIN alone takes no snapshot, the first read does.
    schema::Meta::load(&connection)?;
    Ok(connection)
}

fn all(pinned: &[(String, Connection)], index: u64) -> Result<Digest, String> {
    let mut tables = Vec::new();
    for (file, connection) in pinned {
        let lines = lines(connection).map_err(|error| format!("{file}: {error}"))?;
        tables.extend(lines.into_iter().map(|(table, rows, digest)| (file.clone(), table, rows, digest)));
    }
    tables.sort();
    Ok(Digest { index, tables })
}

/// A line for the schema and one for each table.
pub(super) fn lines(connection: &Connection) -> rusqlite::Result<Lines> {
    let mut lines = vec![schema_line(connection)?];
    let mut statement = connection.prepare(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage <> 0 AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
    )?;
    let names: Vec<String> = statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    for name in names.into_iter().filter(|name| !schema::is_local(name)) {
        lines.push(table_line(connection, name)?);
    }
    Ok(lines)
}

fn schema_line(connection: &Connection) -> rusqlite::Result<(String, u64, String)> {
    let mut statement =
        connection.prepare("SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_schema ORDER BY 1, 2, 3, 4")?;
    let mut rows = statement.query([])?;
    let (mut hash, mut count, mut bytes) = (Hash::new(), 0, Vec::new());
    while let Some(row) = rows.next()? {
        bytes.clear();
        for column in 0..4 {
            put_bytes(&mut bytes, row.get_ref(column)?.as_bytes().unwrap_or_default());
        }
        hash.add(&bytes);
        count += 1;
    }
    Ok(("(schema)".to_owned(), count, hash.hex()))
}

fn table_line(connection: &Connection, name: String) -> rusqlite::Result<(String, u64, String)> {
    let (mut hash, mut count, mut bytes) = (Hash::new(), 0, Vec::new());
    if let Some(Ok(layout)) = Layout::load(connection, &name)? {
        let mut columns: Vec<String> = layout.columns.iter().map(|column| quoted(column)).collect();
        let order: Vec<String> = match &layout.key {
            RowKey::Rowid(alias) => {
                columns.insert(0, quoted(alias));
                vec![quoted(alias)]
            }
            RowKey::Columns(key) => key.iter().map(|column| columns[*column].clone()).collect(),
        };
        let (list, order) = (columns.join(", "), order.join(", "));
        let sql = format!("SELECT {list} FROM {} ORDER BY {order}", quoted(&name));
        let mut statement = connection.prepare(&sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            bytes.clear();
            put_varint(&mut bytes, columns.len() as u64);
            for column in 0..columns.len() {
                put_value(&mut bytes, row.get_ref(column)?);
            }
            hash.add(&bytes);
            count += 1;
        }
    }
    Ok((name, count, hash.hex()))
}

/// FNV-1a of 128 bits: the same in every release, and collisions by accident are out of question.
struct Hash(u128);

impl Hash {
    fn new() -> Hash {
        Hash(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d)
    }

    fn add(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u128::from(*byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b);
        }
    }

    fn hex(&self) -> String {
        format!("{:032x}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ids are random: they don't tell which is the oldest.
    #[test]
    fn the_newest_digests_are_kept() {
        let digests = Digests::default();
        for id in (0..100).rev() {
            digests.put(id, None);
            digests.put(id, Some(Ok(Digest { index: id, tables: Vec::new() })));
            assert!(matches!(digests.get(id), Some(Ok(digest)) if digest.index == id));
        }
        assert!(matches!(digests.get(15), Some(Ok(_))));
        assert!(matches!(digests.get(16), Some(Err(_))));
    }

    #[test]
    fn the_hash_is_the_published_one() {
        let mut hash = Hash::new();
        hash.add(b"foobar");
        assert_eq!(hash.hex(), "343e1662793c64bf6f0d3597ba446f18");
    }
}
