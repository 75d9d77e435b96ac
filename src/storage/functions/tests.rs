//! The functions as statements call them.

use super::*;
use crate::types::{Type, timestamp};

fn connection() -> (Connection, FunctionState) {
    let connection = Connection::open_in_memory().unwrap();
    let state = FunctionState::new(None);
    register(&connection, &state).unwrap();
    (connection, state)
}

/// `SELECT sql`: its one value as SQLite's `quote()` would show it, or SQLSTATE and message.
fn answer(connection: &Connection, state: &FunctionState, sql: &str) -> String {
    let result = connection.query_row(&format!("SELECT {sql}"), [], |row| {
        Ok(match row.get_ref(0)? {
            ValueRef::Null => "NULL".to_owned(),
            ValueRef::Integer(int) => int.to_string(),
            ValueRef::Real(float) => format!("{float:?}"),
            ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
            ValueRef::Blob(blob) => format!("{blob:02x?}"),
        })
    });
    match (result, state.take_error()) {
        (Ok(value), None) => value,
        (Err(_), Some(error)) => format!("{}: {}", error.code.as_str(), error.message),
        (result, error) => panic!("{sql}: {result:?}, {error:?}"),
    }
}

#[test]
fn every_function_that_the_emitter_calls_is_registered() {
    let (connection, _) = connection();
    let registered: Vec<(String, i32)> = connection
        .prepare("SELECT name, narg FROM pragma_function_list")
        .unwrap()
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    for function in sqlite_functions() {
        assert!(registered.contains(&(function.name.to_owned(), function.args)), "{function:?}");
    }
}

#[test]
fn every_implementation_is_called_by_something() {
    for (name, _) in TABLES.into_iter().flatten() {
        assert!(sqlite_functions().any(|function| function.name == *name), "{name}");
    }
}
