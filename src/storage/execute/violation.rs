//! Which row broke which constraint: what PostgreSQL's errors say and SQLite's don't.
//!
//! SQLite names the key or the column, without the values, and of several broken constraints another one than
//! PostgreSQL would. So when a write has failed (and only then), its rows are asked for once more, as a
//! query ([`sql::proposal()`]), and written one by one within a savepoint, until one fails: that row is looked at as
//! PostgreSQL looks at it, NOT NULL first, then the keys in the order in which they were made.
//! Everything is undone afterwards. Where this comes to nothing (too many rows, or they don't fail now: a
//! value was random) the error stays as it was, without DETAIL.

use std::panic::{AssertUnwindSafe, catch_unwind};

use rusqlite::types::{Value as Stored, ValueRef};
use rusqlite::{Connection, Statement, params_from_iter};

use super::{Executor, prepare};
use crate::catalog::{Catalog, Change, Column, Constraint, Index, IndexColumn, Object, Table, system};
use crate::sql::{
    self, Plan, Proposal, ProposedCheck, ProposedConflict, Schema, SchemaStep, SessionContext, Verify, Write,
};
use crate::storage::capture::{Gate, Mark, value_size};
use crate::storage::functions::FunctionState;
use crate::storage::layout::quoted;
use crate::storage::{Call, stored};
use crate::types::identifier::quote_ident;
use crate::types::timestamp::Zone;
use crate::types::{PgError, SqlState, Type, Value, text};

const SAVEPOINT: &str = "SAVEPOINT quorlite_violation";
const ROLLBACK_TO: &str = "ROLLBACK TO quorlite_violation";
const RELEASE: &str = "RELEASE quorlite_violation";
pub(super) const DEFER: &str = "PRAGMA defer_foreign_keys = ON";
/// Beware: SQLite forgets with it what violations it has counted, of keys that are deferred anyway, too. Going back to a savepoint
/// brings the count back.
const DEFER_NOT: &str = "PRAGMA defer_foreign_keys = OFF";
const COUNTED: &str = "SAVEPOINT quorlite_counted";
const COUNT_AGAIN: &str = "ROLLBACK TO quorlite_counted";
const RELEASE_COUNTED: &str = "RELEASE quorlite_counted";

/// Rows of a failed statement are looked at as long as they fit here.
const MAX_BYTES: usize = 16 << 20;

/// How often rows are gone through for generated columns that depend on each other by foreign keys.
const MAX_ROUNDS: usize = 100;

/// A value in DETAIL is cut to this many bytes.
const MAX_SHOWN: usize = 64;

/// The proposed rows.
#[derive(Default)]
struct Rows {
    rows: Vec<Vec<Stored>>,
    bytes: usize,
}

impl Executor {
    /// The error of a failed write with all that PostgreSQL says of it.
    pub(super) fn violation(
        &mut self,
        error: PgError,
        call: &Call,
        plan: &Plan,
        write: &Write,
        context: &SessionContext,
    ) -> PgError {
        self.looked_into(error, write.table_oid, |executor, by_foreign_key| match by_foreign_key {
            true => executor.broken_foreign_key(call, plan, write, context),
            false => executor.look_again(call, plan, write, context),
        })
    }

    /// An error with what `look` finds of its cause, which may run the statement again, and whatever else it wants: all
    /// that is undone. It is told whether it is about a foreign key.
    pub(super) fn looked_into(
        &mut self,
        error: PgError,
        table_oid: u32,
        look: impl FnOnce(&mut Executor, bool) -> rusqlite::Result<Option<PgError>>,
    ) -> PgError {
        let by_foreign_key = error.code == SqlState::FOREIGN_KEY_VIOLATION;
        let known = by_foreign_key
            || matches!(
                error.code,
                SqlState::UNIQUE_VIOLATION | SqlState::NOT_NULL_VIOLATION | SqlState::CHECK_VIOLATION
            );
        // A row that was found after its statement has been looked at already; and a value that breaks a domain's is
        // met before its row.
        if !known
            || error.detail.is_some()
            || error.data_type.is_some()
            || self.connection.is_autocommit()
            || self.run_internal(SAVEPOINT).is_err()
        {
            return error;
        }
        self.connection.observer().set_gate(if by_foreign_key { Gate::Watch } else { Gate::Off });
        self.functions.set_replaying(true);
        let values = self.sequences.rewind();
        let drawn = self.functions.random().get();
        // Keys are looked at when all is written, as PostgreSQL does; and one row may need a later one.
        let deferred = by_foreign_key || self.has_foreign_keys(table_oid);
        if deferred {
            let _ = self.run_internal(DEFER);
        }
        let found = look(self, by_foreign_key);
        self.sequences.restore(values);
        self.functions.random().set(drawn);
        self.functions.set_replaying(false);
        // What the look itself met is nobody's.
        self.functions.take_error();
        self.connection.observer().take_watched();
        self.connection.observer().set_gate(Gate::Rows);
        if deferred {
            let _ = self.run_internal(DEFER_NOT);
        }
        // If it can't be undone, everything is lost, which the caller finds out.
        let _ = self.run_internal(ROLLBACK_TO).and_then(|()| self.run_internal(RELEASE));
        match found {
            Ok(found) => found.unwrap_or(error),
            Err(failed) => {
                tracing::debug!(%error, %failed, "a violated constraint could not be looked at");
                error
            }
        }
    }

    /// No more keys are deferred than say so themselves. What SQLite has counted of those stays.
    pub(super) fn defer_no_more(&self) -> rusqlite::Result<()> {
        self.run_internal(COUNTED)?;
        self.run_internal(DEFER_NOT)?;
        self.run_internal(COUNT_AGAIN)?;
        self.run_internal(RELEASE_COUNTED)
    }

    fn has_foreign_keys(&self, table_oid: u32) -> bool {
        let own = match self.catalog.get(table_oid) {
            Some(Object::Table(table)) => table.foreign_keys().next().is_some(),
            _ => false,
        };
        own || !self.catalog.foreign_keys_to(table_oid).is_empty()
    }

    /// Rows that a statement has changed by way of foreign keys' actions, or in a way that could not be looked at
    /// before: their generated columns are computed, and they must fulfil the CHECK constraints of their tables.
    pub(super) fn verify(&self, all: &[Verify], start: Mark) -> Result<(), PgError> {
        self.generate(all, start)?;
        for Verify { table_oid, check, view, .. } in all {
            let (Some(Object::Table(table)), Some(sql)) = (self.catalog.get(*table_oid), check) else { continue };
            for rowid in self.written_since(table, start)? {
                let failed = self
                    .connection
                    .prepare_cached(sql)
                    .and_then(|mut statement| statement.query_row([rowid], |row| row.get::<_, bool>(0)));
                if failed.map_err(|error| self.error(&error, *table_oid))? {
                    let error = match view {
                        Some(view) => {
                            let look = self.look(table, &[], &self.functions.context());
                            look.row(rowid).map(|row| look.not_in_view(&row.unwrap_or_default(), view))
                        }
                        None => self.failed_row(table, rowid),
                    };
                    return Err(error.unwrap_or_else(|error| self.error(&error, *table_oid)));
                }
            }
        }
        Ok(())
    }

    fn written_since(&self, table: &Table, start: Mark) -> Result<Vec<i64>, PgError> {
        let written = self.connection.observer().written_since(start, &table.stored_name);
        written.map_err(|error| PgError::new(SqlState::IO_ERROR, error.to_string()))
    }

    /// A key that is generated may have actions of its own, so it is gone through the rows until none changes any more.
    fn generate(&self, all: &[Verify], start: Mark) -> Result<(), PgError> {
        for _ in 0..MAX_ROUNDS {
            let mut changed = 0;
            for Verify { table_oid, generate, .. } in all {
                let (Some(Object::Table(table)), Some(sql)) = (self.catalog.get(*table_oid), generate) else {
                    continue;
                };
                for rowid in self.written_since(table, start)? {
                    let ran = prepare(&self.connection, sql).and_then(|mut statement| {
                        statement.raw_bind_parameter(1, rowid)?;
                        statement.raw_execute()
                    });
                    changed += ran.map_err(|error| self.error(&error, *table_oid))?;
                }
            }
            if changed == 0 {
                return Ok(());
            }
            self.settle()?;
        }
        Err(PgError::unsupported("generated columns that foreign keys make each other change without end"))
    }

    /// The error of a row that is in its table and fails a CHECK.
    fn failed_row(&self, table: &Table, rowid: i64) -> rusqlite::Result<PgError> {
        let unknown = PgError::new(SqlState::CHECK_VIOLATION, "a row violates a check constraint")
            .table(table.schema.clone(), table.name.clone());
        let context = self.functions.context();
        let checks = caught(|| sql::table_checks(table, &self.catalog, &context));
        let Some(checks) = checks else { return Ok(unknown) };
        let look = self.look(table, &checks, &context);
        let Some(row) = look.row(rowid)? else { return Ok(unknown) };
        if let Some(error) = look.row_error(&row)? {
            return Ok(error);
        }
        // Keys are looked at after all that is of the row by itself.
        Ok(table
            .full_keys()
            .find(|key| mixes_nulls(table, key, &row))
            .map_or(unknown, |key| sql::mixed_nulls(table, key)))
    }

    /// The error of a CREATE UNIQUE INDEX with the key that is there twice.
    pub(super) fn index_violation(
        &self,
        error: PgError,
        text: &str,
        schema: &Schema,
        context: &SessionContext,
    ) -> PgError {
        let is_made = |index: &Index| {
            let mut names = index.stored_name.iter().cloned().chain(index.nulls_name());
            index.unique && names.any(|name| text.starts_with(&format!("CREATE UNIQUE INDEX {} ", quoted(&name))))
        };
        let made = schema.steps.iter().find_map(|step| match step {
            SchemaStep::Catalog(Change::Put(object)) => match &**object {
                Object::Index(index) if is_made(index) => Some(index),
                _ => None,
            },
            _ => None,
        });
        match made.and_then(|index| Some((index, self.catalog.get(index.table_oid)?))) {
            Some((index, Object::Table(table))) if error.code == SqlState::UNIQUE_VIOLATION => {
                duplicated(&self.look(table, &[], context), index, text)
            }
            _ => error,
        }
    }

    fn look_again(
        &self,
        call: &Call,
        plan: &Plan,
        write: &Write,
        context: &SessionContext,
    ) -> rusqlite::Result<Option<PgError>> {
        let proposal = caught(|| sql::proposal(&call.statement, &self.catalog, context, &plan.params));
        let Some(Some(proposal)) = proposal else { return Ok(None) };
        let read = |statement: &mut Statement<'_>| stored::bind(statement, &call.params);
        self.look_at_rows(&proposal, read, (&call.params, &write.verify), context)
    }

    /// Writes proposed rows one by one, until one fails, or what a view asks of it. `bind`: gives the query of them its
    /// parameters.
    pub(super) fn look_at_rows(
        &self,
        proposal: &Proposal,
        bind: impl FnOnce(&mut Statement<'_>) -> rusqlite::Result<()>,
        (params, asked): (&[Value], &[Verify]),
        context: &SessionContext,
    ) -> rusqlite::Result<Option<PgError>> {
        let Some(Object::Table(table)) = self.catalog.get(proposal.table_oid) else { return Ok(None) };
        let Some(rows) = self.proposed_rows(&proposal.rows, bind)? else { return Ok(None) };
        let look = Look { asked, ..self.look(table, &proposal.checks, context) };
        for mut row in rows.rows {
            let failed = match (proposal.updates, &proposal.conflict) {
                (true, _) => match row.remove(0) {
                    Stored::Integer(rowid) => look.update(rowid, &row)?,
                    _ => None,
                },
                (false, None) => look.insert(&look.whole(proposal, &row), false)?,
                (false, Some(conflict)) => self.insert_or_update(&look, proposal, conflict, &row, params)?,
            };
            if failed.is_some() {
                return Ok(failed);
            }
        }
        Ok(None)
    }

    /// A table's CHECK constraints, over a row.
    pub(super) fn proposed_checks(&self, table_oid: u32, context: &SessionContext) -> Vec<ProposedCheck> {
        let Some(Object::Table(table)) = self.catalog.get(table_oid) else { return Vec::new() };
        caught(|| sql::table_checks(table, &self.catalog, context)).unwrap_or_default()
    }

    fn look<'l>(&'l self, table: &Table, checks: &'l [ProposedCheck], context: &SessionContext) -> Look<'l> {
        let (connection, functions, table) = (&self.connection, &self.functions, table.with_keys());
        Look { connection, functions, catalog: &self.catalog, table, checks, asked: &[], zone: zone(context) }
    }

    /// What the query yields until it ends or fails; `None` if that is too much.
    fn proposed_rows(
        &self,
        sql: &str,
        bind: impl FnOnce(&mut Statement<'_>) -> rusqlite::Result<()>,
    ) -> rusqlite::Result<Option<Rows>> {
        let mut statement = self.connection.prepare_cached(sql)?;
        bind(&mut statement)?;
        let columns = statement.column_count();
        let mut proposed = Rows::default();
        let mut rows = statement.raw_query();
        while let Ok(Some(row)) = rows.next() {
            let row: Vec<Stored> = (0..columns).map(|column| row.get(column)).collect::<rusqlite::Result<_>>()?;
            proposed.bytes += row.iter().map(value_size).sum::<usize>();
            if proposed.bytes > MAX_BYTES {
                return Ok(None);
            }
            proposed.rows.push(row);
        }
        Ok(Some(proposed))
    }

    fn insert_or_update(
        &self,
        look: &Look<'_>,
        proposal: &Proposal,
        conflict: &ProposedConflict,
        row: &[Stored],
        params: &[Value],
    ) -> rusqlite::Result<Option<PgError>> {
        let whole = look.whole(proposal, row);
        if let Some(error) = look.row_error(&whole)? {
            return Ok(Some(error));
        }
        let arbiter = match self.catalog.get(conflict.index) {
            Some(Object::Index(index)) => Some(index),
            _ => None,
        };
        let in_the_way = match arbiter {
            None => None,
            Some(index) => look.in_the_way(index, &whole, None)?,
        };
        let (Some(rowid), Some(update)) = (in_the_way, &conflict.update) else {
            return match in_the_way {
                Some(_) => Ok(None),
                None => look.insert(&whole, arbiter.is_none()),
            };
        };
        let mut statement = self.connection.prepare_cached(update)?;
        stored::bind(&mut statement, params)?;
        let proposed = std::iter::once(Stored::Integer(rowid)).chain(row.iter().cloned());
        for (place, value) in (params.len() + 1..).zip(proposed) {
            // Of the proposed values, it takes those it names.
            if place <= statement.parameter_count() {
                statement.raw_bind_parameter(place, value)?;
            }
        }
        let mut rows = statement.raw_query();
        let Some(found) = rows.next()? else { return Ok(None) };
        let updated: Vec<Stored> =
            (0..look.table.columns.len()).map(|column| found.get(column)).collect::<rusqlite::Result<_>>()?;
        drop(rows);
        look.update(rowid, &updated)
    }
}

/// A table, and rows to be written to it.
struct Look<'l> {
    connection: &'l Connection,
    functions: &'l FunctionState,
    catalog: &'l Catalog,
    /// With its keys as columns behind its own.
    table: Table,
    checks: &'l [ProposedCheck],
    /// What views ask of rows that are written.
    asked: &'l [Verify],
    zone: Zone,
}

impl Look<'_> {
    /// An INSERT's row with all of the table's columns.
    fn whole(&self, proposal: &Proposal, row: &[Stored]) -> Vec<Stored> {
        let mut whole = vec![Stored::Null; self.table.columns.len()];
        for (index, value) in proposal.columns.iter().zip(row) {
            if let Some(place) = whole.get_mut(*index) {
                *place = value.clone();
            }
        }
        whole
    }

    /// Inserts a row, unless `on_conflict` another has a key of its; the error if that fails.
    fn insert(&self, row: &[Stored], on_conflict: bool) -> rusqlite::Result<Option<PgError>> {
        if let Some(error) = self.row_error(row)? {
            return Ok(Some(error));
        }
        let places: Vec<String> = (1..=row.len()).map(|place| format!("?{place}")).collect();
        let sql = format!(
            "INSERT INTO {} ({}) VALUES ({}){}",
            quoted(&self.table.stored_name),
            self.names(0..row.len()).join(", "),
            places.join(", "),
            if on_conflict { " ON CONFLICT DO NOTHING" } else { "" }
        );
        self.write(&sql, row, None)
    }

    /// Puts a row in the place of another; the error if that fails.
    fn update(&self, rowid: i64, row: &[Stored]) -> rusqlite::Result<Option<PgError>> {
        if let Some(error) = self.row_error(row)? {
            return Ok(Some(error));
        }
        let Some(alias) = sql::rowid_name(&self.table) else { return Ok(None) };
        let set: Vec<String> = self
            .names(0..row.len())
            .into_iter()
            .enumerate()
            .map(|(index, name)| format!("{name} = ?{}", index + 1))
            .collect();
        let place = row.len() + 1;
        let sql = format!("UPDATE {} SET {} WHERE {alias} = ?{place}", quoted(&self.table.stored_name), set.join(", "));
        self.write(&sql, row, Some(rowid))
    }

    fn write(&self, sql: &str, row: &[Stored], rowid: Option<i64>) -> rusqlite::Result<Option<PgError>> {
        let values = row.iter().cloned().chain(rowid.map(Stored::Integer));
        match self.connection.prepare_cached(sql)?.execute(params_from_iter(values)) {
            Ok(0) => Ok(None),
            Ok(_) => self.asked_of(row, rowid),
            Err(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::ConstraintViolation) => {
                self.duplicate(row, rowid)
            }
            Err(error) => Err(error),
        }
    }

    /// The error of a row just written that a view would not show. `rowid`: where it was before.
    fn asked_of(&self, row: &[Stored], rowid: Option<i64>) -> rusqlite::Result<Option<PgError>> {
        let own =
            self.table.rowid_column.and_then(|attnum| self.table.position(attnum)).and_then(|place| row.get(place));
        let rowid = match (own, rowid) {
            (Some(Stored::Integer(rowid)), _) => *rowid,
            (_, Some(rowid)) => rowid,
            _ => self.connection.last_insert_rowid(),
        };
        for Verify { table_oid, check, view, .. } in self.asked {
            let (Some(check), Some(view)) = (check, view) else { continue };
            if *table_oid == self.table.oid
                && self.connection.prepare_cached(check)?.query_row([rowid], |found| found.get(0))?
            {
                return Ok(Some(self.not_in_view(row, view)));
            }
        }
        Ok(None)
    }

    /// The error of a row that was written through a view and would not be seen in it (`ExecWithCheckOptions`).
    fn not_in_view(&self, row: &[Stored], view: &str) -> PgError {
        let message = format!("new row violates check option for view \"{view}\"");
        let error = PgError::new(SqlState::WITH_CHECK_OPTION_VIOLATION, message);
        error.detail(format!("Failing row contains ({}).", self.shown_row(row)))
    }

    fn names(&self, columns: impl Iterator<Item = usize>) -> Vec<String> {
        columns.filter_map(|index| self.table.columns.get(index)).map(|column| quoted(&column.stored_name)).collect()
    }

    /// What is wrong with a row by itself.
    fn row_error(&self, row: &[Stored]) -> rusqlite::Result<Option<PgError>> {
        let (schema, table) = (&self.table.schema, &self.table.name);
        let missing = |(column, value): &(&Column, &Stored)| column.not_null && **value == Stored::Null;
        let error = if let Some((Column { name, .. }, _)) = self.table.columns.iter().zip(row).find(missing) {
            let message =
                format!("null value in column \"{name}\" of relation \"{table}\" violates not-null constraint");
            PgError::new(SqlState::NOT_NULL_VIOLATION, message).table(schema, table).column(name)
        } else if let Some(name) = self.failed_check(row)? {
            let message = format!("new row for relation \"{table}\" violates check constraint \"{name}\"");
            PgError::new(SqlState::CHECK_VIOLATION, message).table(schema, table).constraint(name)
        } else {
            return Ok(None);
        };
        Ok(Some(error.detail(format!("Failing row contains ({}).", self.shown_row(row)))))
    }

    /// The row as it is in the table.
    fn row(&self, rowid: i64) -> rusqlite::Result<Option<Vec<Stored>>> {
        let Some(alias) = sql::rowid_name(&self.table) else { return Ok(None) };
        let width = self.table.columns.len();
        let names = self.names(0..width).join(", ");
        let sql = format!("SELECT {names} FROM {} WHERE {alias} = ?1", quoted(&self.table.stored_name));
        let read = |row: &rusqlite::Row<'_>| (0..width).map(|column| row.get(column)).collect();
        self.connection.prepare_cached(&sql)?.query_row([rowid], read).map(Some)
    }

    /// The first CHECK constraint that a row fails.
    fn failed_check(&self, row: &[Stored]) -> rusqlite::Result<Option<&str>> {
        for check in self.checks {
            let mut statement = self.connection.prepare_cached(&check.sql)?;
            for (place, value) in (1..=statement.parameter_count()).zip(row) {
                statement.raw_bind_parameter(place, value)?;
            }
            let mut rows = statement.raw_query();
            if let Some(found) = rows.next()?
                && found.get(0)?
            {
                return Ok(Some(&check.constraint));
            }
        }
        Ok(None)
    }

    /// The first key, of those made first, that another row has already.
    fn duplicate(&self, row: &[Stored], rowid: Option<i64>) -> rusqlite::Result<Option<PgError>> {
        for index in self.catalog.indexes_of(self.table.oid).filter(|index| index.is_immediate()) {
            if self.in_the_way(index, row, rowid)?.is_some() {
                return Ok(Some(already_exists(&self.table, &index.name, &self.shown_index_key(index, row)?)));
            }
        }
        Ok(None)
    }

    /// The rowid of a row, other than `besides`, that has the same key in a unique index.
    fn in_the_way(&self, index: &Index, row: &[Stored], besides: Option<i64>) -> rusqlite::Result<Option<i64>> {
        let Some(alias) = sql::rowid_name(&self.table) else { return Ok(None) };
        let Some(parts) = self.compared_parts(index) else { return Ok(None) };
        let equals = if index.nulls_not_distinct { "IS" } else { "=" };
        let mut terms: Vec<String> =
            parts.iter().zip(1..).map(|(sql, place)| format!("{sql} {equals} ?{place}")).collect();
        if index.predicate.is_some() {
            match predicate(self.connection, index)? {
                Some(predicate) if self.fulfils(row, &predicate)? => terms.push(format!("({predicate})")),
                _ => return Ok(None),
            }
        }
        let values = self.computed(&parts, row)?;
        let sql = format!(
            "SELECT {alias} FROM {} WHERE {} AND {alias} IS NOT ?{} LIMIT 1",
            quoted(&self.table.stored_name),
            terms.join(" AND "),
            values.len() + 1
        );
        let besides = besides.map_or(Stored::Null, Stored::Integer);
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut rows = statement.query(params_from_iter(values.iter().chain([&besides])))?;
        rows.next()?.map(|found| found.get(0)).transpose()
    }

    /// What an index compares, as SQLite expressions over the table's columns.
    fn compared_parts(&self, index: &Index) -> Option<Vec<String>> {
        let whole = self.index_parts(index)?;
        let compared = |(column, (sql, _)): (&IndexColumn, (String, Type))| match &column.key {
            Some(key) => quoted(key),
            None => sql,
        };
        Some(index.columns.iter().zip(whole).map(compared).collect())
    }

    /// `Key (a)=(1)`, of a row.
    fn shown_index_key(&self, index: &Index, row: &[Stored]) -> rusqlite::Result<String> {
        let Some(parts) = self.index_parts(index) else { return Ok(String::new()) };
        let list: Vec<String> = parts.iter().map(|(sql, _)| sql.clone()).collect();
        let values = self.computed(&list, row)?;
        Ok(self.shown_parts(index, &parts, &values))
    }

    /// An index's columns as SQLite expressions over the table's, and their types.
    fn index_parts(&self, index: &Index) -> Option<Vec<(String, Type)>> {
        let context = self.functions.context();
        caught(|| sql::index_key(&self.table, index, self.catalog, &context))
    }

    /// The values of expressions over a row.
    fn computed(&self, expressions: &[String], row: &[Stored]) -> rusqlite::Result<Vec<Stored>> {
        let named: Vec<String> =
            self.names(0..row.len()).iter().zip(1..).map(|(name, place)| format!("?{place} AS {name}")).collect();
        let sql = format!("SELECT {} FROM (SELECT {})", expressions.join(", "), named.join(", "));
        self.connection
            .prepare_cached(&sql)?
            .query_row(params_from_iter(row), |row| (0..expressions.len()).map(|part| row.get(part)).collect())
    }

    /// `Key (lower(a))=(x)`.
    fn shown_parts(&self, index: &Index, parts: &[(String, Type)], values: &[Stored]) -> String {
        let names = self.functions.with_seen(|seen| system::index_columns(seen, index));
        let value = |((_, ty), value): (&(String, Type), &Stored)| shown(*ty, ValueRef::from(value), &self.zone);
        let values: Vec<String> = parts.iter().zip(values).map(value).collect();
        format!("Key ({})=({})", names.join(", "), values.join(", "))
    }

    /// Whether a row that is to be written is one that a partial index is of.
    fn fulfils(&self, row: &[Stored], predicate: &str) -> rusqlite::Result<bool> {
        let values: Vec<String> =
            self.names(0..row.len()).iter().zip(1..).map(|(name, place)| format!("?{place} AS {name}")).collect();
        let sql = format!("SELECT ({predicate}) IS 1 FROM (SELECT {})", values.join(", "));
        self.connection.prepare_cached(&sql)?.query_row(params_from_iter(row), |found| found.get(0))
    }

    /// A row's values, each cut to a length (`ExecBuildSlotValueDescription`).
    fn shown_row(&self, row: &[Stored]) -> String {
        let shown = |(column, value): (&Column, &Stored)| {
            let whole = shown(column.ty, ValueRef::from(value), &self.zone);
            if whole.len() <= MAX_SHOWN {
                return whole;
            }
            let end = (0..=MAX_SHOWN).rev().find(|end| whole.is_char_boundary(*end)).unwrap_or(0);
            format!("{}...", &whole[..end])
        };
        let own = self.table.columns.iter().zip(row).filter(|(column, _)| !column.is_key());
        own.map(shown).collect::<Vec<_>>().join(", ")
    }
}

/// What binding yields, if it does: a fault in it costs a DETAIL and not the writer.
fn caught<T>(bind: impl FnOnce() -> Result<T, PgError>) -> Option<T> {
    catch_unwind(AssertUnwindSafe(bind)).ok()?.ok()
}

/// Whether a row has NULLs in some of a constraint's columns, and not in others.
pub(super) fn mixes_nulls(table: &Table, constraint: &Constraint, row: &[Stored]) -> bool {
    let value = |attnum: &i16| table.position(*attnum).and_then(|index| row.get(index));
    let nulls =
        constraint.columns.iter().filter(|attnum| value(attnum).is_none_or(|value| *value == Stored::Null)).count();
    nulls > 0 && nulls < constraint.columns.len()
}

/// The session's time zone and styles, in which DETAIL shows values.
pub(super) fn zone(context: &SessionContext) -> Zone {
    Zone::of_settings(|name| context.settings.get(name))
}

/// The condition of a partial index as the file has it.
fn predicate(connection: &Connection, index: &Index) -> rusqlite::Result<Option<String>> {
    let Some(name) = &index.stored_name else { return Ok(None) };
    let mut statement =
        connection.prepare_cached("SELECT sql FROM sqlite_schema WHERE type = 'index' AND name = ?1")?;
    let sql: String = statement.query_row([name], |row| row.get(0))?;
    Ok(predicate_in(&sql).map(str::to_owned))
}

/// What stands behind WHERE of an index's definition in the file, whose columns are all quoted names.
fn predicate_in(sql: &str) -> Option<&str> {
    let mut quoted = false;
    let behind = sql.bytes().enumerate().find(|(at, byte)| {
        quoted ^= *byte == b'"';
        !quoted && sql.as_bytes()[*at..].starts_with(b") WHERE ")
    });
    behind.map(|(at, _)| &sql[at + ") WHERE ".len()..])
}

/// `Key (a, "B")=(1, x)`, of an index's definition.
pub(super) fn index_key(table: &Table, columns: &[usize], values: &[ValueRef<'_>], zone: &Zone) -> String {
    let names: Vec<String> = columns.iter().map(|column| quote_ident(&table.columns[*column].name)).collect();
    let key = shown_key(table, columns, values, zone);
    let (_, values) = key.split_once(")=(").unwrap_or_default();
    format!("Key ({})=({values}", names.join(", "))
}

/// `Key (a, B)=(1, x)`, as foreign keys tell it.
pub(super) fn shown_key(table: &Table, columns: &[usize], values: &[ValueRef<'_>], zone: &Zone) -> String {
    let names: Vec<&str> = columns.iter().map(|column| table.columns[*column].name.as_str()).collect();
    let values: Vec<String> =
        columns.iter().zip(values).map(|(column, value)| shown(table.columns[*column].ty, *value, zone)).collect();
    format!("Key ({})=({})", names.join(", "), values.join(", "))
}

/// A stored value as PostgreSQL prints it.
fn shown(ty: Type, value: ValueRef<'_>, zone: &Zone) -> String {
    let mut out = String::new();
    match stored::from_sqlite(value, ty) {
        Ok(Value::Null) => out.push_str("null"),
        Ok(value) => text::output(&value, zone, &mut out),
        Err(_) => out.push('?'),
    }
    out
}

/// The error of a key that another row has already; `key`: as [`index_key`] tells it.
pub(super) fn already_exists(table: &Table, index: &str, key: &str) -> PgError {
    PgError::new(SqlState::UNIQUE_VIOLATION, format!("duplicate key value violates unique constraint \"{index}\""))
        .table(table.schema.clone(), table.name.clone())
        .constraint(index)
        .detail(format!("{key} already exists."))
}

/// The error of CREATE UNIQUE INDEX, with a key that is there twice.
fn duplicated(look: &Look<'_>, index: &Index, made_by: &str) -> PgError {
    let table = &look.table;
    let message = format!("could not create unique index \"{}\"", index.name);
    let error = PgError::new(SqlState::UNIQUE_VIOLATION, message)
        .table(table.schema.clone(), table.name.clone())
        .constraint(index.name.clone());
    let (Some(parts), Some(compared)) = (look.index_parts(index), look.compared_parts(index)) else { return error };
    let of_nulls = index.nulls_name().is_some_and(|name| made_by.contains(&format!(" {} ON ", quoted(&name))));
    let mut conditions: Vec<String> = compared.iter().map(|sql| format!("{sql} IS NOT NULL")).collect();
    if of_nulls {
        conditions.clear();
    }
    conditions.extend(predicate_in(made_by).map(|predicate| format!("({predicate})")));
    let shown: Vec<&str> = parts.iter().map(|(sql, _)| sql.as_str()).collect();
    let sql = format!(
        "SELECT {} FROM {} WHERE {} GROUP BY {} HAVING count(*) > 1 ORDER BY {} NULLS LAST LIMIT 1",
        shown.join(", "),
        quoted(&table.stored_name),
        conditions.join(" AND "),
        compared.join(", "),
        compared.join(" NULLS LAST, "),
    );
    let key = look.connection.prepare(&sql).and_then(|mut statement| {
        statement
            .query_row([], |row| (0..parts.len()).map(|part| row.get(part)).collect::<rusqlite::Result<Vec<Stored>>>())
    });
    match key {
        Ok(key) => error.detail(format!("{} is duplicated.", look.shown_parts(index, &parts, &key))),
        Err(_) => error,
    }
}
