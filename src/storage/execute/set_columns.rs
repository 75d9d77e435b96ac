//! ON DELETE SET NULL and SET DEFAULT of some of a foreign key's columns, an action that SQLite does not have.
//!
//! In the file's schema such a key says NO ACTION, which SQLite looks at when a statement is done; before that, a trigger of
//! the executing connection's own has set the columns of the rows that reference what is deleted. Its work is recorded as
//! all that happens to rows. Temporary triggers are not in the file: no other reader meets them, and there is none
//! to keep when a table is made anew. They come and go with the transaction in which they are made or dropped, and so are looked
//! for before each write. Before each change of the schema they go: SQLite looks through all triggers when it renames
//! a table or drops a column, of whatever table, and gives up where one names what is no more.

use std::collections::BTreeSet;

use rusqlite::Connection;

use super::Executor;
use crate::catalog::{Action, Catalog, Constraint, ForeignKey, Object, Table};
use crate::storage::layout::quoted;
use crate::types::PgError;

/// A trigger's name begins with this, and then says all that the trigger does.
const PREFIX: &str = "quorlite: ";

impl Executor {
    /// Sees to it that the triggers are those of the catalog's keys.
    pub(super) fn set_columns_on_delete(&mut self) -> Result<(), PgError> {
        let wanted = self.catalog.setting_keys().next().is_some();
        if !wanted && !self.sets_columns {
            return Ok(());
        }
        self.internal(|connection| adjust(connection, &self.catalog)).map_err(|error| self.error(&error, 0))?;
        // For good: triggers that are dropped come back where that is rolled back.
        self.sets_columns = true;
        Ok(())
    }

    /// Drops them, before the schema changes.
    pub(super) fn set_no_columns(&self) -> rusqlite::Result<()> {
        match self.sets_columns {
            true => self.internal(|connection| drop_triggers(connection, there(connection)?)),
            false => Ok(()),
        }
    }
}

/// The triggers that there are, by name.
fn there(connection: &Connection) -> rusqlite::Result<BTreeSet<String>> {
    let mut listed = connection.prepare_cached("SELECT name FROM temp.sqlite_schema WHERE type = 'trigger'")?;
    let names = listed.query_map([], |row| row.get::<_, String>(0))?;
    let mut there: BTreeSet<String> = names.collect::<rusqlite::Result<_>>()?;
    there.retain(|name| name.starts_with(PREFIX));
    Ok(there)
}

fn drop_triggers(connection: &Connection, names: BTreeSet<String>) -> rusqlite::Result<()> {
    names.iter().try_for_each(|name| connection.execute_batch(&format!("DROP TRIGGER temp.{}", quoted(name))))
}

fn adjust(connection: &Connection, catalog: &Catalog) -> rusqlite::Result<()> {
    let mut there = there(connection)?;
    let mut missing = Vec::new();
    for (child, constraint, key) in catalog.setting_keys() {
        let parent = match catalog.get(key.table_oid) {
            Some(Object::Table(parent)) => parent,
            _ => continue,
        };
        let what = action(connection, parent, child, constraint, key)?;
        let name = format!("{PREFIX}{} {what}", constraint.oid);
        if !there.remove(&name) {
            missing.push(format!("CREATE TEMP TRIGGER {} {what}", quoted(&name)));
        }
    }
    drop_triggers(connection, there)?;
    missing.iter().try_for_each(|sql| connection.execute_batch(sql))
}

/// What stands behind the name of the trigger.
fn action(
    connection: &Connection,
    parent: &Table,
    child: &Table,
    constraint: &Constraint,
    key: &ForeignKey,
) -> rusqlite::Result<String> {
    let name = |table: &Table, attnum: i16| {
        table.attribute(attnum).map_or(String::new(), |column| quoted(&column.stored_name))
    };
    let mut set = Vec::new();
    for attnum in &key.set_columns {
        let value = match (key.on_delete, child.attribute(*attnum)) {
            (Action::SetDefault, Some(column)) => default(connection, child, &column.stored_name)?,
            _ => "NULL".to_owned(),
        };
        set.push(format!("{} = {value}", name(child, *attnum)));
    }
    let pairs = constraint.columns.iter().zip(&key.columns);
    let terms = pairs.map(|(own, other)| format!("{} = OLD.{}", name(child, *own), name(parent, *other)));
    Ok(format!(
        "AFTER DELETE ON main.{} BEGIN UPDATE {} SET {} WHERE {}; END",
        quoted(&parent.stored_name),
        quoted(&child.stored_name),
        set.join(", "),
        terms.collect::<Vec<_>>().join(" AND ")
    ))
}

/// A column's default as the file's schema has it, which knows those that a foreign key sets.
fn default(connection: &Connection, table: &Table, column: &str) -> rusqlite::Result<String> {
    let mut found =
        connection.prepare_cached("SELECT dflt_value FROM pragma_table_info(?1, 'main') WHERE name = ?2")?;
    let text: Option<String> = found.query_row([&table.stored_name, column], |row| row.get(0))?;
    Ok(text.map_or_else(|| "NULL".to_owned(), |text| format!("({text})")))
}
