//! A table made anew, because its rows take another form.
//!
//! The new table is filled by an INSERT … SELECT that keeps the rowids, and whose rows are replicated as any are. Then it
//! takes the old one's place and name, so that other tables' foreign keys go on meaning it.

use super::Steps;
use super::alter_table::quoted;
use super::keys::retain_keys;
use super::naming::Naming;
use crate::catalog::{Index, Object, Table};
use crate::sql::bind::Binder;
use crate::sql::rowid_name;
use crate::types::PgError;

/// What the new table is called until it takes the old one's place.
const REBUILT: &str = "_quorlite_rebuilt";

impl Binder<'_> {
    /// `values`: what the new table's columns become, as SQLite expressions over the old one's. Indexes that `dropped`
    /// tells of are not made again.
    pub fn rebuild(
        &self,
        old: &Table,
        new: Table,
        values: &[String],
        dropped: impl Fn(&Index) -> bool,
        steps: &mut Steps,
    ) -> Result<(), PgError> {
        let mut new = new;
        let mut indexes: Vec<Index> =
            self.catalog.indexes_of(old.oid).filter(|index| !dropped(index)).cloned().collect();
        let kept = indexes.iter_mut().filter(|index| index.method.is_kept());
        kept.into_iter().try_for_each(|index| self.assign_keys(&mut new, index))?;
        self.assign_foreign_keys(&mut new)?;
        retain_keys(&mut new, indexes.iter());
        let last = new.last_attnum();
        new.keys.iter_mut().for_each(|key| key.behind = last);
        let no_rowid = || PgError::unsupported("a table whose columns take all of SQLite's names for its row number");
        let (from, to) = (rowid_name(old).ok_or_else(no_rowid)?, rowid_name(&new).ok_or_else(no_rowid)?);
        let shape = Table { stored_name: REBUILT.to_owned(), ..new.clone() };
        steps.own(self.definition_sql(&shape, false)?);
        let mut columns: Vec<String> = new.columns.iter().map(|column| quoted(&column.stored_name)).collect();
        let mut values = values.to_vec();
        if new.rowid_column.is_none() {
            columns.insert(0, to.to_owned());
            values.insert(0, from.to_owned());
        }
        let (table, stored) = (quoted(REBUILT), quoted(&old.stored_name));
        let (columns, values) = (columns.join(", "), values.join(", "));
        steps.fill(old, format!("INSERT INTO {table} ({columns}) SELECT {values} FROM {stored} ORDER BY {from}"));
        steps.own(format!("DROP TABLE {stored}"));
        steps.own(format!("ALTER TABLE {table} RENAME TO {stored}"));
        let mut naming = Naming::new(self.catalog, &new.schema);
        steps.put(Object::Table(new.clone()));
        steps.settle();
        self.fill_keys(&new, |_| true, steps)?;
        for mut index in indexes {
            if !index.method.is_kept() {
                continue;
            }
            let is_rowid = new.rowid_column.is_some_and(|attnum| {
                index.stored_name.is_none() && index.columns.iter().all(|column| column.attnum == attnum)
            });
            if is_rowid {
                continue;
            }
            if index.stored_name.is_none() {
                // The key was part of the table; now it is an index like any other.
                index.stored_name = Some(naming.stored_name(&index.name));
            }
            steps.put(Object::Index(index.clone()));
            self.create_index_steps(&new, &index, steps)?;
        }
        Ok(())
    }
}
