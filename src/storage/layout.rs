//! How the rows of a table are named and what they hold: what capture and apply must agree on.
//!
//! Both sides read it from the file's own schema, so it is never sent.

use rusqlite::{Connection, OptionalExtension};

/// The names SQLite gives the rowid, unless columns take them.
const ALIASES: [&str; 3] = ["rowid", "_rowid_", "oid"];

#[derive(Clone, PartialEq, Debug)]
pub(super) struct Layout {
    pub key: RowKey,
    /// The stored columns (generated ones left out), in table order.
    pub columns: Vec<String>,
    /// Their places among all columns of the table.
    pub places: Vec<usize>,
}

#[derive(Clone, PartialEq, Debug)]
pub(super) enum RowKey {
    /// By rowid, under this name.
    Rowid(String),
    /// WITHOUT ROWID: the primary key, as numbers into [`Layout::columns`].
    Columns(Vec<usize>),
}

struct Column {
    name: String,
    declared: String,
    /// From 1, or 0 if it is not in the primary key.
    key: i64,
    generated: bool,
}

impl Layout {
    /// `Ok(None)`: no such table. `Ok(Some(Err(why)))`: a table whose rows can't be named.
    pub fn load(connection: &Connection, table: &str) -> rusqlite::Result<Option<Result<Layout, String>>> {
        let without_rowid: Option<bool> = connection
            .prepare_cached("SELECT wr FROM pragma_table_list(?1) WHERE schema = 'main' AND type <> 'view'")?
            .query_row([table], |row| row.get(0))
            .optional()?;
        let Some(without_rowid) = without_rowid else { return Ok(None) };
        let mut statement =
            connection.prepare_cached("SELECT name, type, pk, hidden FROM pragma_table_xinfo(?1) ORDER BY cid")?;
        let columns = statement.query_map([table], |row| {
            Ok(Column {
                name: row.get(0)?,
                declared: row.get(1)?,
                key: row.get(2)?,
                generated: row.get::<_, i64>(3)? >= 2,
            })
        })?;
        let columns: Vec<Column> = columns.collect::<rusqlite::Result<_>>()?;
        let key = if without_rowid {
            RowKey::Columns(Layout::primary_key(&columns))
        } else {
            match Layout::rowid_name(connection, table, &columns)? {
                Some(name) => RowKey::Rowid(name),
                None => {
                    return Ok(Some(Err(format!(
                        "table \"{table}\" has columns named rowid, _rowid_ and oid, so its rows can't be replicated"
                    ))));
                }
            }
        };
        let stored = columns.iter().enumerate().filter(|(_, column)| !column.generated);
        let (places, columns) = stored.map(|(place, column)| (place, column.name.clone())).unzip();
        Ok(Some(Ok(Layout { key, columns, places })))
    }

    fn primary_key(columns: &[Column]) -> Vec<usize> {
        let stored = columns.iter().filter(|column| !column.generated).enumerate();
        let mut key: Vec<(i64, usize)> =
            stored.filter(|(_, column)| column.key > 0).map(|(place, column)| (column.key, place)).collect();
        key.sort_unstable();
        key.into_iter().map(|(_, place)| place).collect()
    }

    fn rowid_name(connection: &Connection, table: &str, columns: &[Column]) -> rusqlite::Result<Option<String>> {
        let taken = |alias: &str| columns.iter().any(|column| column.name.eq_ignore_ascii_case(alias));
        if let Some(alias) = ALIASES.into_iter().find(|alias| !taken(alias)) {
            return Ok(Some(alias.to_owned()));
        }
        // All three are columns; then only an INTEGER PRIMARY KEY still names the rowid. One that is not the
        // rowid (declared DESC) has an index of its own.
        let indexed: bool = connection
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM pragma_index_list(?1) WHERE origin = 'pk')")?
            .query_row([table], |row| row.get(0))?;
        let mut key = columns.iter().filter(|column| column.key > 0);
        match (key.next(), key.next()) {
            (Some(column), None) if !indexed && column.declared.eq_ignore_ascii_case("INTEGER") => {
                Ok(Some(column.name.clone()))
            }
            _ => Ok(None),
        }
    }

    /// The number of key values of a row, 1 for a rowid.
    pub fn key_len(&self) -> usize {
        match &self.key {
            RowKey::Rowid(_) => 1,
            RowKey::Columns(columns) => columns.len(),
        }
    }
}

/// A name as an SQL identifier.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(ddl: &str) -> Result<Layout, String> {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch(ddl).unwrap();
        Layout::load(&connection, "t").unwrap().expect("a table")
    }

    #[test]
    fn rows_are_named_by_a_free_alias() {
        let name = |ddl| match layout(ddl).unwrap().key {
            RowKey::Rowid(name) => name,
            RowKey::Columns(_) => panic!("WITHOUT ROWID"),
        };
        assert_eq!(name("CREATE TABLE t (a, b)"), "rowid");
        assert_eq!(name("CREATE TABLE t (ROWID, b)"), "_rowid_");
        assert_eq!(name("CREATE TABLE t (rowid, _Rowid_ INTEGER PRIMARY KEY)"), "oid");
        assert_eq!(name("CREATE TABLE t (rowid, _rowid_, oid, id INTEGER PRIMARY KEY)"), "id");
        assert_eq!(name("CREATE TABLE t (rowid, _rowid_, oid INTEGER PRIMARY KEY)"), "oid");
    }

    #[test]
    fn a_table_without_a_free_alias_is_refused() {
        for ddl in [
            "CREATE TABLE t (rowid, _rowid_, oid)",
            "CREATE TABLE t (rowid, _rowid_, oid, id INTEGER PRIMARY KEY DESC)",
            "CREATE TABLE t (rowid, _rowid_, oid, id INT PRIMARY KEY)",
        ] {
            assert!(layout(ddl).unwrap_err().contains("can't be replicated"), "{ddl}");
        }
    }

    #[test]
    fn keys_and_generated_columns() {
        let layout =
            layout("CREATE TABLE t (a, g AS (a || 'x'), b, s AS (b + 1) STORED, c, PRIMARY KEY (c, a)) WITHOUT ROWID")
                .unwrap();
        assert_eq!(layout.columns, ["a", "b", "c"]);
        assert_eq!(layout.places, [0, 2, 4]);
        assert_eq!(layout.key, RowKey::Columns(vec![2, 0]));
    }
}
