//! The functions as statements call them.

use super::*;
use crate::types::Value;

fn connection() -> (Connection, FunctionState) {
    let connection = Connection::open_in_memory().unwrap();
    let state = FunctionState::new(None);
    register(&connection, &state).unwrap();
    (connection, state)
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

/// The result as PostgreSQL's output functions print it, or SQLSTATE and message.
fn answer_as_postgresql(connection: &Connection, state: &FunctionState, call: &str) -> (String, String) {
    let float4 = call.starts_with("pg_float4") && !call.starts_with("pg_float4_int");
    let float4 = float4 || ["pg_float8_float4", "pg_int8_float4", "pg_int4_float4"].iter().any(|f| call.starts_with(f));
    let result = connection.query_row(&format!("SELECT {call}"), [], |row| {
        let value = match row.get_ref(0)? {
            ValueRef::Null => return Ok("NULL".to_owned()),
            ValueRef::Integer(int) => Value::Int8(int),
            ValueRef::Real(float) if float4 => Value::Float4(float as f32),
            ValueRef::Real(float) => Value::Float8(float),
            ValueRef::Text(text) => Value::Text(String::from_utf8_lossy(text).into_owned()),
            ValueRef::Blob(blob) => Value::Bytea(blob.to_vec()),
        };
        let mut out = String::new();
        crate::types::text::output(&value, &Zone::utc(), &mut out);
        Ok(out)
    });
    match (result, state.take_error()) {
        (Ok(value), None) => ("ok".to_owned(), value),
        (Err(_), Some(error)) => (error.code.as_str().to_owned(), error.message),
        (result, error) => panic!("{call}: {result:?}, {error:?}"),
    }
}

/// Each line of the file is PostgreSQL 15's answer to the same call: the call in SQLite's language, `ok` and the
/// result, or an SQLSTATE and message.
#[test]
fn functions_answer_as_postgresql() {
    let (connection, state) = connection();
    // A backslash is doubled, a line break is \\n.
    let unescape = |text: &str| {
        let parts: Vec<String> = text.split("\\\\").map(|part| part.replace("\\n", "\n")).collect();
        parts.join("\\")
    };
    let mut wrong = Vec::new();
    for line in include_str!("functions.golden.tsv").lines() {
        let [call, code, expected] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let answer = answer_as_postgresql(&connection, &state, &unescape(call));
        if answer != (code.to_owned(), unescape(expected)) {
            wrong.push(format!("{line}\n    got {answer:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}
