//! Set-returning functions: tables with arguments, whose rows are made one by one as the statement reads them.
//!
//! `sql::functions::sets` lists them, the tables here implement them, one line a function, and a test
//! holds the two together. A function gets its arguments as any function does ([`Call`]), and returns an iterator
//! over rows of stored forms; it must not compute more than the next row at a time, for nobody stops it in between.

mod acl;
mod arrays;
mod catalog;
mod extensions;
mod json;
mod jsonpath;
mod keywords;
pub(super) mod packed;
mod parts;
mod series;
mod texts;

use std::sync::Arc;

use rusqlite::types::Value as Owned;
use rusqlite::{Connection, Result};

use super::{Arguments, Call, FunctionState, Out, missing};
use crate::sql::{SqliteSet, TABLE_ARGS, sqlite_sets};
use crate::storage::ffi::virtual_table::{self, VirtualTable};
use crate::types::PgError;

/// A set, row by row: one [`Out`] for each column, without the ordinal number.
pub(super) type Rows = Box<dyn Iterator<Item = std::result::Result<Vec<Out>, PgError>> + Send>;

/// One function: called once for each set of arguments.
pub(super) type Set = fn(&Call<'_, '_>) -> std::result::Result<Rows, PgError>;

const TABLES: [&[(&str, Set)]; 13] = [
    acl::FUNCTIONS,
    catalog::FUNCTIONS,
    keywords::FUNCTIONS,
    series::FUNCTIONS,
    arrays::FUNCTIONS,
    extensions::FUNCTIONS,
    json::FUNCTIONS,
    jsonpath::FUNCTIONS,
    packed::FUNCTIONS,
    parts::FUNCTIONS,
    super::populate::SETS,
    texts::FUNCTIONS,
    FUNCTIONS,
];

const FUNCTIONS: &[(&str, Set)] = &[("pg_row", row)];

/// Registers every function of [`sqlite_sets`] on the connection.
pub(super) fn register(connection: &Connection, state: &FunctionState) -> Result<()> {
    for set in sqlite_sets() {
        let implementation = TABLES.into_iter().flatten().find(|(name, _)| *name == set.name);
        let (_, rows) = implementation.ok_or_else(|| missing(set.name))?;
        let table = SetTable { set, rows: *rows, state: state.clone() };
        virtual_table::register(connection, set.name, Arc::new(table))?;
    }
    Ok(())
}

struct SetTable {
    set: SqliteSet,
    rows: Set,
    state: FunctionState,
}

impl VirtualTable for SetTable {
    fn columns(&self) -> Vec<String> {
        let columns = (1..=self.set.columns).map(|number| format!("c{number}"));
        columns.chain(["ordinality".to_owned()]).collect()
    }

    fn arguments(&self) -> usize {
        self.set.args.min(TABLE_ARGS)
    }

    fn rows(&self, mut arguments: Vec<Owned>) -> Result<virtual_table::Rows> {
        if arguments.len() == TABLE_ARGS {
            let rest = packed::row_of(arguments.pop().as_ref()).map_err(|error| self.state.fail(error))?;
            arguments.extend(rest);
        }
        if self.set.strict && arguments.contains(&Owned::Null) {
            return Ok(Box::new(std::iter::empty()));
        }
        let call = Call { arguments: Arguments::Kept(&arguments), state: &self.state };
        let rows = (self.rows)(&call).map_err(|error| self.state.fail(error))?;
        let state = self.state.clone();
        let columns = self.set.columns;
        let numbered = (1..).zip(rows).map(move |(number, row)| {
            let row = row.map_err(|error| state.fail(error))?;
            let mut row: Vec<Owned> = row.into_iter().map(Out::into_owned).collect();
            // A row may have fewer values than there are columns at most.
            row.resize(columns, Owned::Null);
            row.push(Owned::Integer(number));
            Ok(row)
        });
        Ok(Box::new(numbered))
    }
}

/// The arguments as one row.
fn row(call: &Call<'_, '_>) -> std::result::Result<Rows, PgError> {
    let row = (0..call.len()).map(|index| Out::from_ref(call.raw(index))).collect::<std::result::Result<_, _>>()?;
    Ok(Box::new(std::iter::once(Ok(row))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_implementation_is_read_by_something() {
        for (name, _) in TABLES.into_iter().flatten() {
            assert!(sqlite_sets().any(|set| set.name == *name), "{name}");
        }
    }

    #[test]
    fn an_endless_set_is_read_as_far_as_wanted_and_can_be_stopped() {
        let mut connection = Connection::open_in_memory().unwrap();
        register(&connection, &FunctionState::new(None)).unwrap();
        let endless = "pg_generate_series_int8(1, 1000000000000)";
        let third: i64 =
            connection.query_row(&format!("SELECT c1 FROM {endless} LIMIT 1 OFFSET 2"), [], |row| row.get(0)).unwrap();
        assert_eq!(third, 3);
        connection.progress_handler(1000, Some(|| true)).unwrap();
        let stopped = connection.query_row(&format!("SELECT count(*) FROM {endless}"), [], |row| row.get::<_, i64>(0));
        assert_eq!(stopped.unwrap_err().sqlite_error_code(), Some(rusqlite::ErrorCode::OperationInterrupted));
    }
}
