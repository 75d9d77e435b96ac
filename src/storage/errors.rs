//! SQLite's errors in PostgreSQL's words.

use rusqlite::{Error, ErrorCode, ffi};

use super::StorageError;
use crate::catalog::{Catalog, Table};
use crate::types::{PgError, SqlState};

impl StorageError {
    /// This node's SQLite failed.
    pub(super) fn sqlite(context: impl Into<String>, error: Error) -> StorageError {
        let context = context.into();
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => StorageError::Unusable(format!(
                "{context}: the file is damaged ({error}); restore this node from another"
            )),
            _ => StorageError::Io { context, source: std::io::Error::other(error) },
        }
    }
}

/// What the client hears of an error that SQLite met in its statement. `table_oid` is the table written, 0 if unknown.
pub(super) fn client_error(error: &Error, catalog: &Catalog, table_oid: u32) -> PgError {
    let (extended, message) = match error {
        Error::SqliteFailure(failure, message) => (failure.extended_code, message.as_deref().unwrap_or_default()),
        Error::SqlInputError { error, msg, .. } => (error.extended_code, msg.as_str()),
        Error::ToSqlConversionFailure(cause) => {
            let known = cause.downcast_ref::<PgError>().cloned();
            return known.unwrap_or_else(|| PgError::new(SqlState::INTERNAL_ERROR, cause.to_string()));
        }
        _ => return PgError::new(SqlState::INTERNAL_ERROR, error.to_string()),
    };
    let hint = |table: &&Table| table.oid == table_oid;
    match extended {
        ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY | ffi::SQLITE_CONSTRAINT_ROWID => {
            unique_violation(message, catalog, hint)
        }
        ffi::SQLITE_CONSTRAINT_NOTNULL => not_null_violation(message, catalog, hint),
        ffi::SQLITE_CONSTRAINT_FOREIGNKEY => foreign_key_violation(),
        // RESTRICT is a trigger to SQLite.
        ffi::SQLITE_CONSTRAINT_TRIGGER if message == "FOREIGN KEY constraint failed" => foreign_key_violation(),
        ffi::SQLITE_CONSTRAINT_CHECK => {
            PgError::new(SqlState::CHECK_VIOLATION, format!("new row violates a check constraint: {message}"))
        }
        ffi::SQLITE_CONSTRAINT_DATATYPE | ffi::SQLITE_MISMATCH => {
            PgError::new(SqlState::DATATYPE_MISMATCH, message.to_owned())
        }
        _ => by_code(extended & 0xff, message),
    }
}

fn by_code(code: i32, message: &str) -> PgError {
    match code {
        ffi::SQLITE_CONSTRAINT => PgError::new(SqlState::INTEGRITY_CONSTRAINT_VIOLATION, message.to_owned()),
        ffi::SQLITE_FULL => PgError::new(SqlState::DISK_FULL, "could not extend the database file: no space left")
            .hint("Check free disk space."),
        ffi::SQLITE_NOMEM => PgError::new(SqlState::OUT_OF_MEMORY, "out of memory"),
        ffi::SQLITE_TOOBIG => PgError::new(SqlState::PROGRAM_LIMIT_EXCEEDED, message.to_owned()),
        ffi::SQLITE_BUSY | ffi::SQLITE_LOCKED => {
            PgError::new(SqlState::LOCK_NOT_AVAILABLE, "the database file is locked by another process")
                .hint("Other processes may only read Quorlite's files.")
        }
        ffi::SQLITE_IOERR | ffi::SQLITE_CANTOPEN | ffi::SQLITE_READONLY => {
            PgError::new(SqlState::IO_ERROR, format!("database file: {message}"))
        }
        ffi::SQLITE_CORRUPT | ffi::SQLITE_NOTADB => {
            PgError::new(SqlState::DATA_CORRUPTED, format!("database file: {message}"))
        }
        ffi::SQLITE_AUTH => PgError::new(SqlState::INSUFFICIENT_PRIVILEGE, message.to_owned()),
        ffi::SQLITE_INTERRUPT => PgError::new(SqlState::QUERY_CANCELED, "canceling statement due to user request"),
        ffi::SQLITE_ERROR if message == "integer overflow" => {
            PgError::new(SqlState::NUMERIC_VALUE_OUT_OF_RANGE, "bigint out of range")
        }
        ffi::SQLITE_ERROR
            if message.contains("too complex") || message.contains("too large") || message.contains("too many") =>
        {
            PgError::new(SqlState::STATEMENT_TOO_COMPLEX, message.to_owned())
        }
        _ => PgError::new(SqlState::INTERNAL_ERROR, message.to_owned()),
    }
}

/// SQLite names the columns, `UNIQUE constraint failed: t.a, t.b`; PostgreSQL names the constraint. Names may hold any
/// character, so the message is not taken apart but compared with what each key's message would be.
fn unique_violation(message: &str, catalog: &Catalog, hint: impl Fn(&&Table) -> bool) -> PgError {
    let found = tables(catalog, hint).find_map(|table| {
        let name = unique_key(message, catalog, table)?;
        Some((table, name))
    });
    let Some((table, name)) = found else {
        return PgError::new(
            SqlState::UNIQUE_VIOLATION,
            format!("duplicate key value violates a unique constraint ({message})"),
        );
    };
    PgError::new(SqlState::UNIQUE_VIOLATION, format!("duplicate key value violates unique constraint \"{name}\""))
        .table(table.schema.clone(), table.name.clone())
        .constraint(name)
}

/// The name of the table's constraint or unique index that SQLite's message speaks of.
fn unique_key(message: &str, catalog: &Catalog, table: &Table) -> Option<String> {
    let spoken_of = |attnums: &mut dyn Iterator<Item = i16>| {
        let columns: Option<Vec<String>> = attnums
            .map(|attnum| Some(format!("{}.{}", table.stored_name, table.attribute(attnum)?.stored_name)))
            .collect();
        columns.is_some_and(|columns| message.strip_prefix("UNIQUE constraint failed: ") == Some(&columns.join(", ")))
    };
    let constraint = table
        .constraints
        .iter()
        .filter(|constraint| constraint.is_key() && !constraint.is_deferrable())
        .find(|constraint| spoken_of(&mut constraint.columns.iter().copied()));
    if let Some(constraint) = constraint {
        return Some(constraint.name.clone());
    }
    let mut indexes = catalog.indexes_of(table.oid).filter(|index| index.is_immediate());
    let index = indexes.find(|index| {
        let mut names = index.stored_name.iter().cloned().chain(index.nulls_name());
        let by_name = names.any(|name| message == format!("UNIQUE constraint failed: index '{name}'"));
        by_name || spoken_of(&mut index.columns.iter().map(|column| column.attnum))
    });
    index.map(|index| index.name.clone())
}

fn not_null_violation(message: &str, catalog: &Catalog, hint: impl Fn(&&Table) -> bool) -> PgError {
    let spoken_of = message.strip_prefix("NOT NULL constraint failed: ").unwrap_or(message);
    let found = tables(catalog, hint).find_map(|table| {
        let named = |stored: &str| spoken_of == format!("{}.{stored}", table.stored_name);
        let column = table.columns.iter().find(|column| named(&column.stored_name))?;
        Some((table, column))
    });
    match found {
        Some((table, column)) => PgError::new(
            SqlState::NOT_NULL_VIOLATION,
            format!(
                "null value in column \"{}\" of relation \"{}\" violates not-null constraint",
                column.name, table.name
            ),
        )
        .table(table.schema.clone(), table.name.clone())
        .column(column.name.clone()),
        None => PgError::new(
            SqlState::NOT_NULL_VIOLATION,
            format!("null value in column \"{spoken_of}\" violates not-null constraint"),
        ),
    }
}

/// SQLite doesn't say which key it was.
pub(super) fn foreign_key_violation() -> PgError {
    PgError::new(SqlState::FOREIGN_KEY_VIOLATION, "insert, update or delete violates a foreign key constraint")
}

/// All tables, the likely one first.
fn tables<'c>(catalog: &'c Catalog, likely: impl Fn(&&'c Table) -> bool) -> impl Iterator<Item = &'c Table> {
    let first = catalog.tables().find(|table| likely(table));
    first.into_iter().chain(catalog.tables())
}
