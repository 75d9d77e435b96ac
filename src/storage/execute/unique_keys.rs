//! DEFERRABLE UNIQUE constraints and primary keys: rows that have the same key are looked for at the end of statements and
//! transactions.
//!
//! To SQLite their indexes are like any other, on followers too, where a statement's effects come row by row. PostgreSQL
//! notes each row that has met another with its key, and looks at it again when the constraint must hold
//! (`unique_key_recheck`); here the rows are those that the records tell of, so what a savepoint has taken back is forgotten.
//! Where the records can't tell, the whole tables are gone through.

use std::collections::HashMap;

use rusqlite::types::{Value as Stored, ValueRef};
use rusqlite::{OptionalExtension, Statement};

use super::Executor;
use super::violation::{already_exists, index_key, zone};
use crate::catalog::{Constraint, Object, Table};
use crate::sql::{self, SessionContext};
use crate::storage::capture::{KeysWritten, Mark};
use crate::storage::layout::quoted;
use crate::types::PgError;

/// A violation's place among those of the same statement: by row, the primary key first, then as they were made.
type Order = (u64, bool, u32);

impl Executor {
    /// A statement is done whose rows begin at the mark, or SET CONSTRAINTS: the keys that are not deferred must be unique.
    pub(super) fn immediate_keys_are_unique(&self, start: Mark, context: &SessionContext) -> Result<(), PgError> {
        self.keys_are_unique(start, context, |key| !context.constraints.defers(key))
    }

    /// A transaction is to be committed: nothing is deferred any more, whatever its last statement was told of that, which may
    /// be undone.
    pub(super) fn all_keys_are_unique(&self, start: Mark, context: &SessionContext) -> Result<(), PgError> {
        self.keys_are_unique(start, context, |_| true)
    }

    fn keys_are_unique(
        &self,
        start: Mark,
        context: &SessionContext,
        meant: impl Fn(&Constraint) -> bool,
    ) -> Result<(), PgError> {
        let mut found: Vec<(Order, PgError)> = Vec::new();
        for table in self.catalog.tables_with_deferrable_keys() {
            for key in table.deferrable_keys().filter(|key| meant(key)) {
                let repeated = self.internal(|_| self.repeated_key(table, key, start, context));
                found.extend(repeated.map_err(|error| self.error(&error, table.oid))?);
            }
        }
        found.into_iter().min_by_key(|(order, _)| *order).map_or(Ok(()), |(_, error)| Err(error))
    }

    /// The error of the first row written since the mark that has another's key.
    fn repeated_key(
        &self,
        table: &Table,
        key: &Constraint,
        start: Mark,
        context: &SessionContext,
    ) -> rusqlite::Result<Option<(Order, PgError)>> {
        let columns: Vec<usize> = key.columns.iter().filter_map(|attnum| table.position(*attnum)).collect();
        let shown: Vec<&str> = columns.iter().map(|column| table.columns[*column].stored_name.as_str()).collect();
        let names: Vec<&str> = key.columns.iter().filter_map(|attnum| sql::compared_name(table, *attnum)).collect();
        // Records that can't be read tell nothing.
        let written = self.connection.observer().keys_written_since(start, &table.stored_name, &names);
        let nulls_not_distinct =
            matches!(self.catalog.get(key.index_oid), Some(Object::Index(index)) if index.nulls_not_distinct);
        let found = match (written.unwrap_or(KeysWritten::Unknown), sql::rowid_name(table)) {
            (KeysWritten::Rows(rows), _) if rows.is_empty() => None,
            (KeysWritten::Rows(rows), Some(rowid)) => {
                let sql = same_key(table, (&names, &shown), rowid, nulls_not_distinct);
                first_repeated(&mut *self.connection.prepare_cached(&sql)?, &rows, columns.len())?
            }
            _ => {
                let sql = sql::duplicates(table, &key.columns, nulls_not_distinct);
                let mut statement = self.connection.prepare(&sql)?;
                let values = statement.query_row([], |row| values(row, 0, columns.len())).optional()?;
                values.map(|values| (u64::MAX, values))
            }
        };
        Ok(found.map(|(place, values)| {
            let values: Vec<ValueRef<'_>> = values.iter().map(ValueRef::from).collect();
            let shown = index_key(table, &columns, &values, &zone(context));
            let primary = table.primary_key().is_some_and(|primary| primary.oid == key.oid);
            ((place, !primary, key.oid), already_exists(table, &key.name, &shown))
        }))
    }
}

/// The query of the other rows that have a row's key: their numbers, and the key as it is shown. `names`: of the columns in
/// the file that compare, and of those that are shown.
fn same_key(table: &Table, names: (&[&str], &[&str]), rowid: &str, nulls_not_distinct: bool) -> String {
    let equals = if nulls_not_distinct { "IS" } else { "=" };
    let (compared, shown) = names;
    let list: Vec<String> = shown.iter().map(|name| format!("own.{}", quoted(name))).collect();
    let term = |name: String| format!("other.{name} {equals} own.{name}");
    let terms: Vec<String> = compared.iter().map(|name| term(quoted(name))).collect();
    let stored = quoted(&table.stored_name);
    format!(
        "SELECT other.{rowid}, {} FROM {stored} AS own CROSS JOIN {stored} AS other \
         WHERE own.{rowid} = ?1 AND {} AND other.{rowid} <> own.{rowid}",
        list.join(", "),
        terms.join(" AND ")
    )
}

/// The first row that was written when another had its key already, and still has: its place among the rows, and the key.
fn first_repeated(
    statement: &mut Statement<'_>,
    written: &[(u64, i64)],
    width: usize,
) -> rusqlite::Result<Option<(u64, Vec<Stored>)>> {
    let mut last: Option<HashMap<i64, u64>> = None;
    for (place, rowid) in written {
        let mut rows = statement.query([rowid])?;
        while let Some(row) = rows.next()? {
            // By rowid, where it was written last.
            let last = last.get_or_insert_with(|| written.iter().map(|(place, rowid)| (*rowid, *place)).collect());
            let is_earlier = |other: i64| last.get(&other).is_none_or(|other| other < place);
            if last.get(rowid) == Some(place) && is_earlier(row.get(0)?) {
                return Ok(Some((*place, values(row, 1, width)?)));
            }
        }
    }
    Ok(None)
}

fn values(row: &rusqlite::Row<'_>, first: usize, width: usize) -> rusqlite::Result<Vec<Stored>> {
    (first..first + width).map(|column| row.get(column)).collect()
}
