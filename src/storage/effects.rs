//! What a transaction did to a file, as bytes: one record a changed row, in the order of the changes.
//!
//! Statements are not replicated, their effects are: a follower must not need `random()` to answer
//! as the leader's did. [`super::capture`] writes records, [`super::apply`] reads them back.
//!
//! Rows are named by rowid, or by primary key in a WITHOUT ROWID table. Tables are named by their place in
//! the batch's list of names ([`FileBatch::tables`](super::FileBatch)). Integers are varints
//! (signed ones zigzag), so an inserted row costs about ten bytes more than its values:
//!
//! ```text
//! 1 schema      len, text
//! 2 truncate    table
//! 3 insert      table, rowid, n, value × n        values: the row's stored columns
//! 4 insert      table, n, value × n               WITHOUT ROWID
//! 5 update      table, rowid, n, (column, value) × n
//! 6 update      table, rowid, new rowid, n, (column, value) × n
//! 7 update      table, k, value × k, n, (column, value) × n      WITHOUT ROWID: k key values
//! 8 delete      table, rowid
//! 9 delete      table, k, value × k               WITHOUT ROWID
//!
//! value: 0 NULL | 1 integer, signed | 2 float, 8 bytes little-endian | 4+2·len text, bytes | 5+2·len blob, bytes
//! ```
//!
//! Columns are counted without generated ones, from 0.

use rusqlite::types::ValueRef;

use super::codec::{Cursor, Malformed, put_bytes, put_signed, put_varint};

const SCHEMA: u8 = 1;
const TRUNCATE: u8 = 2;
const INSERT: u8 = 3;
const INSERT_KEYED: u8 = 4;
const UPDATE: u8 = 5;
const UPDATE_MOVED: u8 = 6;
const UPDATE_KEYED: u8 = 7;
const DELETE: u8 = 8;
const DELETE_KEYED: u8 = 9;

/// One change, as read back from the bytes.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect<'a> {
    /// SQLite DDL text.
    Schema(&'a str),
    /// All rows of the table deleted.
    Truncate {
        table: usize,
    },
    /// `rowid` is `None` in a WITHOUT ROWID table.
    Insert {
        table: usize,
        rowid: Option<i64>,
        row: Vec<ValueRef<'a>>,
    },
    Update {
        table: usize,
        key: Key<'a>,
        new_rowid: Option<i64>,
        columns: Vec<(usize, ValueRef<'a>)>,
    },
    Delete {
        table: usize,
        key: Key<'a>,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub enum Key<'a> {
    Rowid(i64),
    /// The primary key's columns, in the key's order.
    Columns(Vec<ValueRef<'a>>),
}

/// Reads records until the bytes end.
pub(super) struct Effects<'a> {
    cursor: Cursor<'a>,
    tables: usize,
}

impl<'a> Effects<'a> {
    /// `tables`: how many names the batch has.
    pub fn new(bytes: &'a [u8], tables: usize) -> Effects<'a> {
        Effects { cursor: Cursor::new(bytes), tables }
    }

    /// What has not been read.
    pub fn rest(&self) -> &'a [u8] {
        self.cursor.rest()
    }

    /// Whether all records are well-formed.
    pub fn check(bytes: &[u8], tables: usize) -> Result<(), Malformed> {
        Effects::new(bytes, tables).try_for_each(|effect| effect.map(drop))
    }

    fn read(&mut self) -> Result<Effect<'a>, Malformed> {
        let kind = self.cursor.byte()?;
        if kind == SCHEMA {
            return Ok(Effect::Schema(self.cursor.str()?));
        }
        let table = usize::try_from(self.cursor.varint()?).map_err(|_| Malformed::Range("table"))?;
        if table >= self.tables {
            return Err(Malformed::Range("table"));
        }
        match kind {
            TRUNCATE => Ok(Effect::Truncate { table }),
            INSERT => Ok(Effect::Insert { table, rowid: Some(self.cursor.signed()?), row: self.values()? }),
            INSERT_KEYED => Ok(Effect::Insert { table, rowid: None, row: self.values()? }),
            UPDATE => {
                let key = Key::Rowid(self.cursor.signed()?);
                Ok(Effect::Update { table, key, new_rowid: None, columns: self.columns()? })
            }
            UPDATE_MOVED => {
                let key = Key::Rowid(self.cursor.signed()?);
                let new_rowid = Some(self.cursor.signed()?);
                Ok(Effect::Update { table, key, new_rowid, columns: self.columns()? })
            }
            UPDATE_KEYED => {
                let key = Key::Columns(self.values()?);
                Ok(Effect::Update { table, key, new_rowid: None, columns: self.columns()? })
            }
            DELETE => Ok(Effect::Delete { table, key: Key::Rowid(self.cursor.signed()?) }),
            DELETE_KEYED => Ok(Effect::Delete { table, key: Key::Columns(self.values()?) }),
            _ => Err(Malformed::Unknown("effect")),
        }
    }

    fn values(&mut self) -> Result<Vec<ValueRef<'a>>, Malformed> {
        let count = self.column_count()?;
        let mut values = Vec::with_capacity(count);
        for _ in 0..count {
            values.push(self.value()?);
        }
        Ok(values)
    }

    fn columns(&mut self) -> Result<Vec<(usize, ValueRef<'a>)>, Malformed> {
        let count = self.column_count()?;
        let mut columns = Vec::with_capacity(count);
        for _ in 0..count {
            let column = usize::try_from(self.cursor.varint()?).map_err(|_| Malformed::Range("column"))?;
            columns.push((column, self.value()?));
        }
        Ok(columns)
    }

    /// SQLite allows 32767 columns; so what a record makes us allocate stays below a megabyte.
    fn column_count(&mut self) -> Result<usize, Malformed> {
        let count = self.cursor.count()?;
        if count > 32767 { Err(Malformed::Range("number of columns")) } else { Ok(count) }
    }

    fn value(&mut self) -> Result<ValueRef<'a>, Malformed> {
        match self.cursor.varint()? {
            0 => Ok(ValueRef::Null),
            1 => Ok(ValueRef::Integer(self.cursor.signed()?)),
            2 => Ok(ValueRef::Real(f64::from_le_bytes(self.cursor.array()?))),
            3 => Err(Malformed::Unknown("value")),
            header => {
                let len = usize::try_from((header - 4) / 2).map_err(|_| Malformed::Truncated)?;
                let bytes = self.cursor.take(len)?;
                Ok(if header & 1 == 0 { ValueRef::Text(bytes) } else { ValueRef::Blob(bytes) })
            }
        }
    }
}

impl<'a> Iterator for Effects<'a> {
    type Item = Result<Effect<'a>, Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.cursor.is_empty() {
            return None;
        }
        let effect = self.read();
        if effect.is_err() {
            // What follows damage has no meaning.
            self.cursor = Cursor::new(&[]);
        }
        Some(effect)
    }
}

/// Appends one value.
pub(super) fn put_value(out: &mut Vec<u8>, value: ValueRef<'_>) {
    match value {
        ValueRef::Null => out.push(0),
        ValueRef::Integer(integer) => {
            out.push(1);
            put_signed(out, integer);
        }
        ValueRef::Real(real) => {
            out.push(2);
            out.extend_from_slice(&real.to_le_bytes());
        }
        ValueRef::Text(bytes) => {
            put_varint(out, 4 + 2 * bytes.len() as u64);
            out.extend_from_slice(bytes);
        }
        ValueRef::Blob(bytes) => {
            put_varint(out, 5 + 2 * bytes.len() as u64);
            out.extend_from_slice(bytes);
        }
    }
}

pub(super) fn put_schema(out: &mut Vec<u8>, text: &str) {
    out.push(SCHEMA);
    put_bytes(out, text.as_bytes());
}

pub(super) fn put_truncate(out: &mut Vec<u8>, table: usize) {
    out.push(TRUNCATE);
    put_varint(out, table as u64);
}

/// Begins an insert; the caller appends a count and the row's values.
pub(super) fn put_insert(out: &mut Vec<u8>, table: usize, rowid: Option<i64>) {
    out.push(if rowid.is_some() { INSERT } else { INSERT_KEYED });
    put_varint(out, table as u64);
    if let Some(rowid) = rowid {
        put_signed(out, rowid);
    }
}

/// Begins an update of a row of a rowid table; the caller appends a count, and columns with values.
pub(super) fn put_update(out: &mut Vec<u8>, table: usize, rowid: i64, new_rowid: i64) {
    let moved = rowid != new_rowid;
    out.push(if moved { UPDATE_MOVED } else { UPDATE });
    put_varint(out, table as u64);
    put_signed(out, rowid);
    if moved {
        put_signed(out, new_rowid);
    }
}

/// Begins an update in a WITHOUT ROWID table; the caller appends a count with the key's values, then as above.
pub(super) fn put_update_keyed(out: &mut Vec<u8>, table: usize) {
    out.push(UPDATE_KEYED);
    put_varint(out, table as u64);
}

pub(super) fn put_delete(out: &mut Vec<u8>, table: usize, rowid: i64) {
    out.push(DELETE);
    put_varint(out, table as u64);
    put_signed(out, rowid);
}

/// Begins a delete in a WITHOUT ROWID table; the caller appends a count with the key's values.
pub(super) fn put_delete_keyed(out: &mut Vec<u8>, table: usize) {
    out.push(DELETE_KEYED);
    put_varint(out, table as u64);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_come_back() {
        let mut out = Vec::new();
        put_schema(&mut out, "CREATE TABLE t (a)");
        put_insert(&mut out, 0, Some(-5));
        put_varint(&mut out, 5);
        let values = [
            ValueRef::Null,
            ValueRef::Integer(i64::MIN),
            ValueRef::Real(-0.0),
            ValueRef::Text(b"bad \xff utf-8"),
            ValueRef::Blob(b""),
        ];
        values.iter().for_each(|value| put_value(&mut out, *value));
        put_update(&mut out, 1, 7, 8);
        put_varint(&mut out, 1);
        put_varint(&mut out, 3);
        put_value(&mut out, ValueRef::Text(b"x"));
        put_delete(&mut out, 1, 300);
        put_truncate(&mut out, 0);

        let effects: Vec<_> = Effects::new(&out, 2).collect::<Result<_, _>>().unwrap();
        assert_eq!(
            effects,
            [
                Effect::Schema("CREATE TABLE t (a)"),
                Effect::Insert { table: 0, rowid: Some(-5), row: values.to_vec() },
                Effect::Update {
                    table: 1,
                    key: Key::Rowid(7),
                    new_rowid: Some(8),
                    columns: vec![(3, ValueRef::Text(b"x"))]
                },
                Effect::Delete { table: 1, key: Key::Rowid(300) },
                Effect::Truncate { table: 0 },
            ]
        );
        assert_eq!(Effects::check(&out, 1), Err(Malformed::Range("table")));
        for cut in 1..out.len() {
            // Either a record ends exactly there, or it is found out; never a panic.
            let _ = Effects::check(&out[..cut], 2);
        }
    }
}
