//! Which foreign key was violated, and by which row: SQLite says only that one was.
//!
//! The failed statement is run once more, with all foreign keys deferred and every changed row watched; then the
//! keys that touch these rows are looked at one by one, in the order of PostgreSQL's triggers: of each row first those
//! that reference it, then its own. A deferred key that fails a COMMIT is looked for among
//! the transaction's rows, and then in the whole tables.
//!
//! Of a deferrable key SQLite never says that it is violated before the COMMIT: it counts ([`ForeignKey::is_counted`]).
//! A key that is NOT VALID may be violated by rows from before it was made. SQLite has not counted these, but counts each that goes
//! away, so that its count says too little, of all keys alike: while there is such a key, what every statement changes is watched
//! and looked at.
//!
//! Where the count isn't zero after a statement, or after SET CONSTRAINTS … IMMEDIATE, those keys that must hold at
//! that point ([`ConstraintModes`]) are looked for in the same way.

use rusqlite::config::DbConfig;
use rusqlite::types::{Value as Stored, ValueRef};
use rusqlite::{Connection, OptionalExtension, params_from_iter};

use super::Executor;
use super::violation::{mixes_nulls, shown_key, zone};
use crate::catalog::{Action, Catalog, Column, Constraint, ForeignKey, Object, Table, Triggers};
use crate::sql::{self, ConstraintModes, Plan, SessionContext, Write};
use crate::storage::Call;
use crate::storage::capture::{Mark, Watched};
use crate::storage::errors::foreign_key_violation;
use crate::storage::ffi::deferred_foreign_keys;
use crate::storage::layout::quoted;
use crate::types::timestamp::Zone;
use crate::types::{PgError, SqlState};

impl Executor {
    /// Runs the statement again and finds what it violates. Foreign keys are deferred, the gate is set to watch.
    pub(super) fn broken_foreign_key(
        &mut self,
        call: &Call,
        plan: &Plan,
        write: &Write,
        context: &SessionContext,
    ) -> rusqlite::Result<Option<PgError>> {
        if self.rows(&write.sql, plan, &call.params, write.table_oid).is_err() {
            return Ok(None);
        }
        self.broken_by_watched(context)
    }

    /// The first key that the watched changes have broken.
    pub(super) fn broken_by_watched(&self, context: &SessionContext) -> rusqlite::Result<Option<PgError>> {
        let changed = self.connection.observer().take_watched();
        let keys = self.keys(context);
        for change in &changed {
            if let Some(error) = keys.broken_by(change)? {
                return Ok(Some(error));
            }
        }
        Ok(None)
    }

    /// Whether there are keys that may be broken until the commit.
    pub(super) fn has_deferred_keys(&self, context: &SessionContext) -> bool {
        let mut keys = self.catalog.tables().flat_map(|table| table.foreign_keys());
        keys.any(|(constraint, _)| context.constraints.defers(constraint))
    }

    /// The error of a transaction whose deferred foreign keys don't hold.
    pub(super) fn deferred_violation(&self, start: Mark, context: &SessionContext) -> PgError {
        match self.broken_since(start, context, |_| true) {
            Ok(found) => found.unwrap_or_else(foreign_key_violation),
            Err(failed) => {
                tracing::debug!(%failed, "a violated foreign key could not be looked for");
                foreign_key_violation()
            }
        }
    }

    /// A transaction that was made again is to be committed: SQLite does not know what of it violates.
    pub(super) fn keys_hold_at_commit(&self, start: Mark, context: &SessionContext) -> Result<(), PgError> {
        let violated = self.internal(|connection| connection.prepare("PRAGMA foreign_key_check")?.exists([]));
        if !violated.map_err(|error| self.error(&error, 0))? {
            return Ok(());
        }
        let mut keys = self.catalog.tables().flat_map(|table| table.foreign_keys().map(move |key| (table, key)));
        let old = keys.any(|(table, (constraint, key))| may_be_old(&self.catalog, table, constraint, key));
        match self.broken_since(start, context, |_| true) {
            Ok(None) if old => Ok(()),
            _ => Err(self.deferred_violation(start, context)),
        }
    }

    /// A statement is done whose rows begin at the mark: keys that SQLite lets pass and the transaction does not must hold.
    /// `lost`: SQLite has forgotten what there was of violations.
    pub(super) fn immediate_keys_hold(&self, start: Mark, context: &SessionContext, lost: bool) -> Result<(), PgError> {
        let immediate = |constraint: &Constraint| !context.constraints.defers(constraint);
        if !lost && !deferred_foreign_keys(&self.connection) {
            return self.counted_keys_hold(start, context, immediate);
        }
        let found = self.broken_since(start, context, immediate).map_err(|error| self.error(&error, 0))?;
        found.map_or(Ok(()), Err)
    }

    /// SQLite counts no violation; but where it has counted that an old one is gone, which it had not counted, there may be one: these
    /// keys must hold.
    pub(super) fn counted_keys_hold(
        &self,
        start: Mark,
        context: &SessionContext,
        meant: impl Fn(&Constraint) -> bool,
    ) -> Result<(), PgError> {
        if !self.catalog.unproven_keys().any(ForeignKey::is_counted) {
            return Ok(());
        }
        let found = self.broken_since(start, context, meant);
        found.map_err(|error| self.error(&error, 0))?.map_or(Ok(()), Err)
    }

    /// Runs a write as foreign keys demand that SQLite does not know well: whose triggers are disabled, or that are NOT VALID.
    pub(super) fn minding_keys<T, E: From<PgError>>(
        &mut self,
        write: &Write,
        context: &SessionContext,
        run: impl FnOnce(&mut Executor) -> Result<T, E>,
    ) -> Result<T, E> {
        if self.catalog.unproven_keys().next().is_none() {
            return self.minding_triggers(write, run);
        }
        self.connection.observer().take_watched();
        self.connection.observer().set_watching(true);
        let done = self.minding_triggers(write, run);
        self.connection.observer().set_watching(false);
        let all = self.connection.observer().watched_all();
        let done = done?;
        let broken = match all {
            true => self.internal(|_| self.broken_by_watched(context)),
            false => self.internal(|_| self.keys(context).broken_anywhere()),
        };
        broken.map_err(|error| self.error(&error, 0))?.map_or(Ok(done), |error| Err(error.into()))
    }

    /// Runs a write, with the actions that SQLite does not have, and without regard to foreign keys where the triggers of its table
    /// are disabled.
    fn minding_triggers<T, E: From<PgError>>(
        &mut self,
        write: &Write,
        run: impl FnOnce(&mut Executor) -> Result<T, E>,
    ) -> Result<T, E> {
        self.set_columns_on_delete()?;
        if !self.catalog.has_disabled_triggers() {
            return run(self);
        }
        let mut tables = write.steps.iter().map(|step| step.table_oid).chain([write.table_oid]);
        let off = self.catalog.is_without_triggers(write.table_oid);
        if !off && let Some(child) = tables.clone().find_map(|oid| self.catalog.acted_on_without_triggers(oid)) {
            let message =
                format!("an action of a foreign key on table \"{}\", whose triggers are disabled", child.name);
            return Err(PgError::unsupported(message).into());
        }
        if !write.steps.is_empty() && tables.any(|oid| self.catalog.is_without_triggers(oid)) {
            let message = "a statement of several parts on a table whose triggers are disabled";
            return Err(PgError::unsupported(message).into());
        }
        if !off {
            return run(self);
        }
        if self.catalog.setting_keys().any(|(.., key)| key.table_oid == write.table_oid) {
            let message = "a write to a table whose triggers are disabled and to which a foreign key with ON DELETE SET of some columns refers";
            return Err(PgError::unsupported(message).into());
        }
        self.minding_foreign_keys(false)?;
        let done = run(self);
        self.minding_foreign_keys(true).map_err(E::from).and(done)
    }

    /// Inside a transaction too, unlike PRAGMA.
    fn minding_foreign_keys(&self, on: bool) -> Result<(), PgError> {
        let set = self.connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY, on);
        set.map(drop).map_err(|error| self.error(&error, 0))
    }

    fn broken_since(
        &self,
        start: Mark,
        context: &SessionContext,
        meant: impl Fn(&Constraint) -> bool,
    ) -> rusqlite::Result<Option<PgError>> {
        // What can't be read again is not looked at: then the whole tables are.
        let written = |table: &str| self.connection.observer().written_since(start, table).unwrap_or_default();
        self.internal(|_| self.keys(context).broken_at_end(written, meant))
    }

    fn keys<'k>(&'k self, context: &'k SessionContext) -> Keys<'k> {
        let modes = &context.constraints;
        Keys { connection: &self.connection, catalog: &self.catalog, modes, zone: zone(context) }
    }
}

/// Looks foreign keys up in the file as it is.
struct Keys<'k> {
    connection: &'k Connection,
    catalog: &'k Catalog,
    modes: &'k ConstraintModes,
    zone: Zone,
}

impl Keys<'_> {
    /// The first key that must hold at the statement's end and that this change has broken.
    fn broken_by(&self, change: &Watched) -> rusqlite::Result<Option<PgError>> {
        let table = self.catalog.table_stored_as(&change.table);
        let Some(table) = table.filter(|table| table.triggers != Triggers::Off) else { return Ok(None) };
        if let Some(old) = &change.old {
            for (child, constraint, key) in self.catalog.foreign_keys_to(table.oid) {
                let action = if change.new.is_some() { key.on_update } else { key.on_delete };
                // SET DEFAULT may leave a row as it was; PostgreSQL then looks as NO ACTION does (`RI_FKey_setdefault_del`).
                let immediate = matches!(action, Action::Restrict | Action::SetDefault)
                    || (action == Action::NoAction && !self.modes.defers(constraint));
                let values = pick(table, &key.columns, old);
                let kept = change.new.as_ref().is_some_and(|new| pick(table, &key.columns, new) == values);
                // What is deferred could not be told from what was there before.
                let minded = immediate || (action == Action::NoAction && constraint.not_valid);
                if minded && !kept && self.is_missed(table, child, constraint, key, &values)? {
                    return Ok(Some(match immediate {
                        true => self.still_referenced(table, child, constraint, key, &values),
                        false => old_or_new(child, constraint),
                    }));
                }
            }
        }
        let Some(new) = &change.new else { return Ok(None) };
        let minded = |constraint: &Constraint| constraint.not_valid || !self.modes.defers(constraint);
        let mut own: Vec<_> = table.foreign_keys().filter(|(constraint, _)| minded(constraint)).collect();
        own.sort_by_key(|(constraint, _)| constraint.oid);
        for (constraint, key) in own {
            if table.full_keys().any(|full| full.oid == constraint.oid) && mixes_nulls(table, constraint, new) {
                return Ok(Some(sql::mixed_nulls(table, constraint)));
            }
            let values = pick(table, &constraint.columns, new);
            let kept = change.old.as_ref().is_some_and(|old| pick(table, &constraint.columns, old) == values);
            if !kept && self.is_dangling(table, constraint, key, change.new_rowid, &values)? {
                return Ok(Some(match self.modes.defers(constraint) {
                    true => old_or_new(table, constraint),
                    false => self.not_present(table, constraint, key, &values),
                }));
            }
        }
        Ok(None)
    }

    /// The first of these keys, and of those that SQLite counts, that is broken: by one of the rows written, or by any. Those that
    /// are NOT VALID are looked at with each statement ([`Executor::minding_keys`]).
    fn broken_at_end(
        &self,
        written: impl Fn(&str) -> Vec<i64>,
        meant: impl Fn(&Constraint) -> bool,
    ) -> rusqlite::Result<Option<PgError>> {
        let mut deferred: Vec<(&Table, &Constraint, &ForeignKey)> = self
            .catalog
            .tables()
            .flat_map(|table| table.foreign_keys().map(move |(constraint, key)| (table, constraint, key)))
            .filter(|(table, constraint, key)| {
                key.is_counted() && table.triggers != Triggers::Off && !constraint.not_valid && meant(constraint)
            })
            .collect();
        deferred.sort_by_key(|(table, constraint, _)| (table.oid, constraint.oid));
        for (table, constraint, key) in &deferred {
            let Some(alias) = sql::rowid_name(table) else { continue };
            let names = names(table, &constraint.columns).join(", ");
            let sql = format!("SELECT {names} FROM {} WHERE {alias} = ?1", quoted(&table.stored_name));
            for rowid in written(&table.stored_name) {
                let mut statement = self.connection.prepare_cached(&sql)?;
                let values = statement.query_row([rowid], |row| read(row, constraint.columns.len())).optional()?;
                if let Some(values) = values
                    && self.is_dangling(table, constraint, key, rowid, &values)?
                {
                    return Ok(Some(self.not_present(table, constraint, key, &values)));
                }
            }
        }
        for (child, constraint, key) in deferred {
            if let Some(error) = self.broken_in(child, constraint, key)? {
                return Ok(Some(error));
            }
        }
        Ok(None)
    }

    /// The first key of all that some row violates. Whether that is an old one of a key that is NOT VALID nobody knows.
    fn broken_anywhere(&self) -> rusqlite::Result<Option<PgError>> {
        for table in self.catalog.tables().filter(|table| table.triggers != Triggers::Off) {
            for (constraint, key) in table.foreign_keys().filter(|(constraint, _)| !self.modes.defers(constraint)) {
                let Some(error) = self.broken_in(table, constraint, key)? else { continue };
                return Ok(Some(match constraint.not_valid {
                    true => {
                        let (name, table) = (&constraint.name, &table.name);
                        let what =
                            format!("so many changes while rows of \"{table}\" violate the foreign key \"{name}\"");
                        PgError::unsupported(what).hint(mend(name, table))
                    }
                    false => error,
                }));
            }
        }
        Ok(None)
    }

    /// The error of some row of the child that violates the key.
    fn broken_in(&self, child: &Table, constraint: &Constraint, key: &ForeignKey) -> rusqlite::Result<Option<PgError>> {
        let Some(parent) = self.parent(child, key) else { return Ok(None) };
        let (own, others) = (names(child, &constraint.columns), compared(parent, &key.columns));
        let terms: Vec<String> =
            others.iter().zip(&own).map(|(other, own)| format!("parent.{other} = child.{own}")).collect();
        let not_null: Vec<String> = own.iter().map(|name| format!("child.{name} IS NOT NULL")).collect();
        let list: Vec<String> = own.iter().map(|name| format!("child.{name}")).collect();
        let sql = format!(
            "SELECT {} FROM {} AS child WHERE {} AND NOT EXISTS (SELECT 1 FROM {} AS parent WHERE {}) LIMIT 1",
            list.join(", "),
            quoted(&child.stored_name),
            not_null.join(" AND "),
            quoted(&parent.stored_name),
            terms.join(" AND ")
        );
        let found = self.connection.prepare(&sql)?.query_row([], |row| read(row, own.len())).optional()?;
        Ok(found.map(|values| match may_be_old(self.catalog, child, constraint, key) {
            true => old_or_new(child, constraint),
            false => self.still_referenced(parent, child, constraint, key, &values),
        }))
    }

    fn parent<'t>(&'t self, child: &'t Table, key: &ForeignKey) -> Option<&'t Table> {
        match self.catalog.get(key.table_oid) {
            Some(Object::Table(parent)) => Some(parent),
            _ if key.table_oid == child.oid => Some(child),
            _ => None,
        }
    }

    /// Whether the key's values are gone from the parent while children have them.
    fn is_missed(
        &self,
        parent: &Table,
        child: &Table,
        constraint: &Constraint,
        key: &ForeignKey,
        values: &[Stored],
    ) -> rusqlite::Result<bool> {
        Ok(!values.contains(&Stored::Null)
            && !self.exists(parent, &key.columns, values, None)?
            && self.exists(child, &constraint.columns, values, None)?)
    }

    /// Whether a row, if it is still so, references nothing.
    fn is_dangling(
        &self,
        table: &Table,
        constraint: &Constraint,
        key: &ForeignKey,
        rowid: i64,
        values: &[Stored],
    ) -> rusqlite::Result<bool> {
        let Some(parent) = self.parent(table, key) else { return Ok(false) };
        Ok(!values.contains(&Stored::Null)
            && self.exists(table, &constraint.columns, values, Some(rowid))?
            && !self.exists(parent, &key.columns, values, None)?)
    }

    fn exists(&self, table: &Table, columns: &[i16], values: &[Stored], rowid: Option<i64>) -> rusqlite::Result<bool> {
        let mut terms: Vec<String> = compared(table, columns)
            .into_iter()
            .enumerate()
            .map(|(place, name)| format!("{name} = ?{}", place + 1))
            .collect();
        if let (Some(_), Some(alias)) = (rowid, sql::rowid_name(table)) {
            terms.push(format!("{alias} = ?{}", terms.len() + 1));
        }
        let sql = format!("SELECT EXISTS (SELECT 1 FROM {} WHERE {})", quoted(&table.stored_name), terms.join(" AND "));
        let rowid = rowid.map(Stored::Integer);
        let values = values.iter().chain(&rowid);
        self.connection.prepare_cached(&sql)?.query_row(params_from_iter(values), |row| row.get(0))
    }

    /// A row of `table` references nothing.
    fn not_present(&self, table: &Table, constraint: &Constraint, key: &ForeignKey, values: &[Stored]) -> PgError {
        let (name, parent) = (&table.name, self.parent(table, key).map_or("", |parent| parent.name.as_str()));
        let message =
            format!("insert or update on table \"{name}\" violates foreign key constraint \"{}\"", constraint.name);
        let key = self.shown(table, &constraint.columns, values);
        violation(message, table, constraint).detail(format!("{key} is not present in table \"{parent}\"."))
    }

    /// Rows of `child` reference what is no more.
    fn still_referenced(
        &self,
        parent: &Table,
        child: &Table,
        constraint: &Constraint,
        key: &ForeignKey,
        values: &[Stored],
    ) -> PgError {
        let (name, child_name) = (&parent.name, &child.name);
        let message = format!(
            "update or delete on table \"{name}\" violates foreign key constraint \"{}\" on table \"{child_name}\"",
            constraint.name
        );
        let key = self.shown(parent, &key.columns, values);
        violation(message, child, constraint).detail(format!("{key} is still referenced from table \"{child_name}\"."))
    }

    fn shown(&self, table: &Table, columns: &[i16], values: &[Stored]) -> String {
        let columns: Vec<usize> = columns.iter().filter_map(|attnum| table.position(*attnum)).collect();
        let values: Vec<ValueRef<'_>> = values.iter().map(ValueRef::from).collect();
        shown_key(table, &columns, &values, &self.zone)
    }
}

/// Whether rows may violate the key already: from before it was made, if it is NOT VALID, or from when triggers were
/// disabled.
fn may_be_old(catalog: &Catalog, child: &Table, constraint: &Constraint, key: &ForeignKey) -> bool {
    let parent = match catalog.get(key.table_oid) {
        Some(Object::Table(parent)) => parent,
        _ => child,
    };
    constraint.not_valid || [child, parent].iter().any(|table| table.triggers != Triggers::On)
}

/// A row violates a deferrable key and may have done so before ([`may_be_old`]), or do so since its parent was deleted just
/// now.
fn old_or_new(table: &Table, constraint: &Constraint) -> PgError {
    let (name, table) = (&constraint.name, &table.name);
    let why = if constraint.not_valid { "is NOT VALID" } else { "may be violated, as triggers were disabled" };
    PgError::unsupported(format!("deferring while the deferrable constraint \"{name}\" of \"{table}\" {why}"))
        .hint(mend(name, table))
}

fn mend(constraint: &str, table: &str) -> String {
    format!("Mend the rows that violate it, then ALTER TABLE {table} VALIDATE CONSTRAINT {constraint}.")
}

fn violation(message: String, table: &Table, constraint: &Constraint) -> PgError {
    PgError::new(SqlState::FOREIGN_KEY_VIOLATION, message)
        .table(table.schema.clone(), table.name.clone())
        .constraint(constraint.name.clone())
}

/// Some columns of a whole row as the file has it.
fn pick(table: &Table, columns: &[i16], row: &[Stored]) -> Vec<Stored> {
    let places = table.places_in_file();
    let place = |attnum: i16| {
        let own = table.position(attnum)?;
        places.iter().position(|place| *place == own)
    };
    let value = |attnum: &i16| place(*attnum).and_then(|place| row.get(place)).cloned();
    columns.iter().map(|attnum| value(attnum).unwrap_or(Stored::Null)).collect()
}

fn names(table: &Table, columns: &[i16]) -> Vec<String> {
    columns.iter().filter_map(|attnum| table.attribute(*attnum)).map(|column| quoted(&column.stored_name)).collect()
}

/// As operands of a comparison, by which equal values are equal.
fn compared(table: &Table, columns: &[i16]) -> Vec<String> {
    let columns = columns.iter().filter_map(|attnum| table.attribute(*attnum));
    let operand = |column: &Column| match sql::collation(column.ty).filter(|_| !sql::has_one_form(column.ty)) {
        Some(collation) => format!("{} COLLATE {collation}", quoted(&column.stored_name)),
        None => quoted(&column.stored_name),
    };
    columns.map(operand).collect()
}

fn read(row: &rusqlite::Row<'_>, columns: usize) -> rusqlite::Result<Vec<Stored>> {
    (0..columns).map(|column| row.get(column)).collect()
}
