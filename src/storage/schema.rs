//! The tables that Quorlite keeps in each database file beside the user's.
//!
//! | table | one row | replicated |
//! |---|---|---|
//! | `_quorlite_meta` | the file: format, node, data version, applied log id | no: each node writes its own |
//! | `_quorlite_decisions` | an entry that named several files and was accepted | no |
//! | `_quorlite_catalog` | an object of the PostgreSQL schema | as row effects |
//! | `_quorlite_sequences` | a sequence's value; under OID 0 the last transaction's id | as row effects |
//! | `_quorlite_nodes` (`system.sqlite` only) | a node ever admitted | by its entry |
//! | `_quorlite_databases` (`system.sqlite` only) | a database | by its entry |
//! | `_quorlite_settings` (`system.sqlite` only) | a setting that sessions begin with | by its entry |
//!
//! What is not replicated commits in the same SQLite transaction as the data it speaks of.

use rusqlite::{Connection, OptionalExtension, params};

use super::LogId;
use crate::catalog::{Catalog, Change, Object};

/// `PRAGMA application_id` of our files: "QLTE".
pub(super) const APPLICATION_ID: i32 = 0x514c_5445;
/// The format of the tables here and of stored values. A release reads the formats it knows.
pub(super) const FORMAT_VERSION: i64 = 2;

/// Prefix of the names of internal tables.
pub(super) const INTERNAL: &str = "_quorlite_";
const META: &str = "_quorlite_meta";
const DECISIONS: &str = "_quorlite_decisions";
pub(super) const CATALOG: &str = "_quorlite_catalog";
pub(super) const SEQUENCES: &str = "_quorlite_sequences";

pub(super) const CREATE: &str = "
    CREATE TABLE _quorlite_meta (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        format_version INTEGER NOT NULL,
        node_uid BLOB NOT NULL,
        data_version INTEGER NOT NULL,
        applied_term INTEGER NOT NULL,
        applied_node INTEGER NOT NULL,
        applied_index INTEGER NOT NULL,
        catalog_version INTEGER NOT NULL,
        checkpoints INTEGER NOT NULL
    );
    CREATE TABLE _quorlite_decisions (log_index INTEGER PRIMARY KEY);
    CREATE TABLE _quorlite_catalog (
        oid INTEGER PRIMARY KEY,
        kind TEXT NOT NULL,
        schema TEXT NOT NULL,
        name TEXT NOT NULL,
        definition TEXT NOT NULL
    );
    CREATE TABLE _quorlite_sequences (
        oid INTEGER PRIMARY KEY,
        last_value INTEGER NOT NULL,
        is_called INTEGER NOT NULL
    );
    INSERT INTO _quorlite_meta VALUES (1, 2, zeroblob(16), 0, 0, 0, 0, 0, 0);
    INSERT INTO _quorlite_catalog VALUES (0, 'catalog', '', '', '{\"version\":0,\"next_oid\":16384}');
";

pub(super) const CREATE_SYSTEM: &str =
    "CREATE TABLE _quorlite_nodes (id INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE);";

/// `file` is as entries name it; the key is that of the entry which made it.
const CREATE_DATABASES: &str = "
    BEGIN;
    CREATE TABLE _quorlite_databases (
        oid INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        file TEXT NOT NULL UNIQUE,
        key BLOB NOT NULL,
        allow_connections INTEGER NOT NULL,
        is_template INTEGER NOT NULL,
        connection_limit INTEGER
    );
    INSERT INTO _quorlite_databases VALUES (5, 'postgres', 'databases/postgres', zeroblob(16), 1, 0, NULL);
    COMMIT;
";

/// OIDs of a database and a role, 0 for all of them; ids are in the order in which names came.
const CREATE_SETTINGS: &str = "
    CREATE TABLE _quorlite_settings (
        id INTEGER PRIMARY KEY,
        database INTEGER NOT NULL,
        role INTEGER NOT NULL,
        name TEXT NOT NULL,
        value TEXT NOT NULL,
        UNIQUE (database, role, name)
    );
";

/// Makes the lists of databases and of settings, which the files of the first releases don't have.
pub(super) fn make_lists(connection: &Connection) -> rusqlite::Result<()> {
    for (table, create) in [("_quorlite_databases", CREATE_DATABASES), ("_quorlite_settings", CREATE_SETTINGS)] {
        let sql = "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = ?1)";
        let there: bool = connection.query_row(sql, [table], |row| row.get(0))?;
        if !there {
            connection.execute_batch(create)?;
        }
    }
    Ok(())
}

/// Tables whose content is each node's own: neither captured nor compared.
pub(super) fn is_local(table: &str) -> bool {
    table == META || table == DECISIONS
}

pub(super) fn is_internal(table: &str) -> bool {
    table.get(..INTERNAL.len()).is_some_and(|start| start.eq_ignore_ascii_case(INTERNAL))
}

/// Where a file stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Meta {
    /// Counts what was accepted into this file.
    pub data_version: u64,
    /// The newest entry this file is known to have; entries that did not concern it may not show.
    pub applied: Option<LogId>,
    /// The version of the catalog stored beside it, for readers to compare.
    pub catalog_version: u64,
}

impl Meta {
    pub fn load(connection: &Connection) -> rusqlite::Result<Meta> {
        let sql = "SELECT data_version, applied_term, applied_node, applied_index, catalog_version \
                   FROM _quorlite_meta WHERE id = 1";
        connection.prepare_cached(sql)?.query_row([], |row| {
            let number = |column| row.get::<_, i64>(column).map(i64::cast_unsigned);
            let applied = LogId { term: number(1)?, node: number(2)?, index: number(3)? };
            Ok(Meta {
                data_version: number(0)?,
                // Raft's first entry has index 0 but term 0 only before any election.
                applied: (applied.term > 0 || applied.index > 0).then_some(applied),
                catalog_version: number(4)?,
            })
        })
    }

    /// In the running transaction. Not captured.
    pub fn store(&self, connection: &Connection) -> rusqlite::Result<()> {
        let applied = self.applied.unwrap_or(LogId { term: 0, node: 0, index: 0 });
        let sql = "UPDATE _quorlite_meta SET data_version = ?1, applied_term = ?2, applied_node = ?3, \
                   applied_index = ?4, catalog_version = ?5 WHERE id = 1";
        let numbers = [self.data_version, applied.term, applied.node, applied.index, self.catalog_version];
        let changed = connection.prepare_cached(sql)?.execute(numbers.map(u64::cast_signed))?;
        if changed == 1 { Ok(()) } else { Err(rusqlite::Error::StatementChangedRows(changed)) }
    }
}

/// The node that the file belongs to.
pub(super) fn owner(connection: &Connection) -> rusqlite::Result<Vec<u8>> {
    connection.query_row("SELECT node_uid FROM _quorlite_meta WHERE id = 1", [], |row| row.get(0))
}

pub(super) fn set_owner(connection: &Connection, uid: &[u8; 16]) -> rusqlite::Result<()> {
    let changed = connection.execute("UPDATE _quorlite_meta SET node_uid = ?1 WHERE id = 1", [&uid[..]])?;
    if changed == 1 { Ok(()) } else { Err(rusqlite::Error::StatementChangedRows(changed)) }
}

/// Makes the running transaction one that writes: a COMMIT that has nothing to write would not sync.
pub(super) fn count_checkpoint(connection: &Connection) -> rusqlite::Result<()> {
    connection.prepare_cached("UPDATE _quorlite_meta SET checkpoints = checkpoints + 1")?.execute([])?;
    Ok(())
}

/// Whether an entry that named several files was accepted, as far as this file knows.
///
/// A file that already has the entry can't judge it again (its data version has moved on), but one that
/// has not must judge alike.
pub(super) fn was_accepted(connection: &Connection, index: u64) -> rusqlite::Result<bool> {
    connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM _quorlite_decisions WHERE log_index = ?1)")?
        .query_row([index.cast_signed()], |row| row.get(0))
}

pub(super) fn store_accepted(connection: &Connection, index: u64) -> rusqlite::Result<()> {
    connection.prepare_cached("INSERT INTO _quorlite_decisions VALUES (?1)")?.execute([index.cast_signed()])?;
    Ok(())
}

/// Decisions are needed only as long as their entries can be replayed.
pub(super) fn forget_decisions(connection: &Connection, up_to: u64) -> rusqlite::Result<()> {
    connection
        .prepare_cached("DELETE FROM _quorlite_decisions WHERE log_index <= ?1")?
        .execute([up_to.cast_signed()])?;
    Ok(())
}

/// The row with oid 0: what [`Catalog`] knows beside its objects.
#[derive(serde::Serialize, serde::Deserialize)]
struct CatalogRow {
    version: u64,
    next_oid: u32,
}

/// Reads the catalog as of the connection's state. The error names the row that can't be understood.
pub(super) fn load_catalog(connection: &Connection) -> rusqlite::Result<Result<Catalog, String>> {
    let mut statement = connection.prepare_cached("SELECT oid, definition FROM _quorlite_catalog ORDER BY oid")?;
    let mut rows = statement.query([])?;
    let mut head = CatalogRow { version: 0, next_oid: crate::catalog::FIRST_USER_OID };
    let mut objects: Vec<Object> = Vec::new();
    while let Some(row) = rows.next()? {
        let oid: i64 = row.get(0)?;
        let definition: String = row.get(1)?;
        let parsed = match oid {
            0 => serde_json::from_str(&definition).map(|row| head = row),
            _ => serde_json::from_str(&definition).map(|object| objects.push(object)),
        };
        if let Err(error) = parsed {
            return Ok(Err(format!("the catalog's object {oid} can't be read: {error}")));
        }
    }
    Ok(Ok(Catalog::from_objects(head.version, head.next_oid, objects)))
}

/// Stores `changes`, which led to `catalog`. Captured as row effects.
pub(super) fn store_catalog(connection: &Connection, catalog: &Catalog, changes: &[Change]) -> rusqlite::Result<()> {
    let put = "INSERT INTO _quorlite_catalog VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (oid) DO UPDATE \
               SET kind = excluded.kind, schema = excluded.schema, name = excluded.name, \
                   definition = excluded.definition";
    for change in changes {
        match change {
            Change::Put(object) => {
                let definition = json(object)?;
                connection.prepare_cached(put)?.execute(params![
                    object.oid(),
                    object.kind(),
                    object.schema(),
                    object.name(),
                    definition
                ])?;
            }
            Change::Drop(oid) => {
                connection.prepare_cached("DELETE FROM _quorlite_catalog WHERE oid = ?1")?.execute([oid])?;
            }
        }
    }
    let head = json(&CatalogRow { version: catalog.version, next_oid: catalog.next_oid })?;
    connection.prepare_cached(put)?.execute(params![0, "catalog", "", "", head])?;
    Ok(())
}

/// Has the catalog count its versions from this one on.
pub(super) fn begin_catalog(connection: &Connection, version: u64) -> rusqlite::Result<()> {
    let sql = "UPDATE _quorlite_catalog SET definition = json_set(definition, '$.version', ?1) WHERE oid = 0";
    let changed = connection.execute(sql, [version.cast_signed()])?;
    if changed == 1 { Ok(()) } else { Err(rusqlite::Error::StatementChangedRows(changed)) }
}

fn json<T: serde::Serialize>(value: &T) -> rusqlite::Result<String> {
    serde_json::to_string(value).map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
}

/// The id given to the node with this key, if one was.
pub(super) fn known_node(connection: &Connection, key: &[u8; 16]) -> rusqlite::Result<Option<u64>> {
    let id: Option<i64> = connection
        .prepare_cached("SELECT id FROM _quorlite_nodes WHERE key = ?1")?
        .query_row([&key[..]], |row| row.get(0))
        .optional()?;
    Ok(id.map(i64::cast_unsigned))
}

/// Gives the next id. Rows are never deleted, so the highest id was never given to another.
pub(super) fn admit_node(connection: &Connection, key: &[u8; 16]) -> rusqlite::Result<u64> {
    let sql = "INSERT INTO _quorlite_nodes SELECT coalesce(max(id), 0) + 1, ?1 FROM _quorlite_nodes RETURNING id";
    let id: i64 = connection.prepare_cached(sql)?.query_row([&key[..]], |row| row.get(0))?;
    Ok(id.cast_unsigned())
}
