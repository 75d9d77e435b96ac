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

fn context(pid: i32, zone: &str) -> Arc<SessionContext> {
    let settings = [("timezone", zone), ("server_version", "15.18 (Quorlite)")];
    Arc::new(SessionContext {
        user: "ada".into(),
        database: "postgres".into(),
        search_path: vec!["public".into()],
        pid,
        // 2024-07-05 12:00:00.5 UTC
        transaction_timestamp: 773_496_000_500_000,
        statement_timestamp: 773_496_001_000_000,
        settings: Arc::new(settings.into_iter().collect()),
        ..SessionContext::default()
    })
}

#[test]
fn a_session_s_functions_know_it() {
    let (connection, state) = connection();
    let ask = |call: &str| answer_as_postgresql(&connection, &state, call).1;
    state.set_context(context(7, "America/New_York"));
    assert_eq!(ask("pg_now()"), "2024-07-05 12:00:00.5+00");
    assert_eq!(ask("pg_statement_timestamp()"), "2024-07-05 12:00:01+00");
    assert_eq!(ask("pg_timestamptz_out(pg_now())"), "2024-07-05 08:00:00.5-04");
    assert_eq!(ask("pg_timestamptz_in('2024-01-05 10:00')"), "2024-01-05 15:00:00+00");
    assert_eq!(ask("pg_timestamptz_in('today')"), "2024-07-05 04:00:00+00");
    assert_eq!(ask("pg_timestamptz_in('now')"), "2024-07-05 12:00:00.5+00");
    assert_eq!(
        ask("pg_timestamptz_scale(pg_timestamptz_in('2024-01-05 10:00:00.125-05'), 2)"),
        "2024-01-05 15:00:00.13+00"
    );
    assert_eq!(
        ask("pg_timestamptz_scale(pg_timestamptz_in('1990-01-05 10:00:00.125-05'), 2)"),
        "1990-01-05 15:00:00.12+00"
    );
    assert_eq!(ask("pg_current_setting('TimeZone')"), "America/New_York");
    assert_eq!(ask("pg_current_setting('no.such', 1)"), "NULL");
    assert_eq!(ask("pg_current_setting('no.such')"), "unrecognized configuration parameter \"no.such\"");
    assert!(ask("pg_version()").starts_with("PostgreSQL 15.18 (Quorlite "));
    assert_eq!(
        ask("pg_current_user() || pg_session_user() || pg_current_database() || pg_backend_pid()"),
        "adaadapostgres7"
    );
    assert_eq!(ask("pg_nextval(1)"), "a sequence function was sent to a reader");
    state.set_context(context(7, "Europe/Berlin"));
    assert_eq!(ask("pg_timestamptz_out(pg_now())"), "2024-07-05 14:00:00.5+02");
}

#[test]
fn an_error_is_told_whole_and_once() {
    let (connection, state) = connection();
    let fail = || connection.query_row("SELECT pg_not_null(NULL, 'public', 't', 'c')", [], |_| Ok(()));
    assert!(fail().is_err());
    let error = state.take_error().unwrap();
    assert_eq!(error.message, "null value in column \"c\" of relation \"t\" violates not-null constraint");
    assert_eq!(
        (error.schema.as_deref(), error.table.as_deref(), error.column.as_deref()),
        (Some("public"), Some("t"), Some("c"))
    );
    assert_eq!(state.take_error(), None);
    // Nobody took it: the next statement must not be blamed.
    assert!(fail().is_err());
    state.set_context(context(1, "UTC"));
    assert_eq!(state.take_error(), None);
}

#[test]
fn aggregates_answer_as_postgresql() {
    let (connection, state) = connection();
    connection
        .execute_batch(
            "CREATE TABLE t (k INTEGER, f double precision, s text, sep text);
             INSERT INTO t VALUES (1, 1.5, 'a', ','), (2, 'NaN', 'b', NULL), (3, NULL, NULL, ';'), (4, 2.5, 'c', '-');",
        )
        .unwrap();
    let ask = |call: &str| answer_as_postgresql(&connection, &state, call).1;
    assert_eq!(ask("pg_sum_float8(f) FROM t"), "NaN");
    assert_eq!(ask("pg_sum_float8(f) FROM t WHERE k <> 2"), "4");
    assert_eq!(ask("pg_avg_float8(f) FROM t WHERE k <> 2"), "2");
    assert_eq!(ask("pg_avg_float8(f) FROM t WHERE k = 3"), "NULL");
    assert_eq!(ask("pg_sum_float8(x) FROM (SELECT 1e308 AS x UNION ALL SELECT 1e308)"), "value out of range: overflow");
    assert_eq!(ask("pg_sum_float4(x) FROM (SELECT 16777216.0 AS x UNION ALL SELECT 1.0)"), "16777216");
    assert_eq!(ask("pg_string_agg(s, sep) FROM (SELECT * FROM t ORDER BY k)"), "ab-c");
    assert_eq!(ask("pg_string_agg(s, ',') FROM t WHERE 0"), "NULL");
    assert_eq!(ask("pg_single(s) FROM t WHERE k = 1"), "a");
    assert_eq!(ask("pg_single(s) FROM t WHERE k = 3"), "NULL");
    assert_eq!(ask("pg_single(s) FROM t WHERE k > 4"), "NULL");
    assert_eq!(
        ask("pg_single(s) FROM t WHERE k > 2"),
        "more than one row returned by a subquery used as an expression"
    );
}

/// One sequence, of OID 1.
struct Counter(std::sync::atomic::AtomicI64);

impl SequenceSource for Counter {
    fn next_transaction_id(&self) -> i64 {
        self.0.fetch_add(1, std::sync::atomic::Ordering::SeqCst) + 1
    }

    fn next(&self, oid: u32) -> Result<i64, PgError> {
        self.name(oid)?;
        Ok(self.0.fetch_add(1, std::sync::atomic::Ordering::SeqCst) + 1)
    }

    fn set(&self, oid: u32, value: i64, is_called: bool) -> Result<(), PgError> {
        self.name(oid)?;
        self.0.store(value - i64::from(!is_called), std::sync::atomic::Ordering::SeqCst);
        Ok(())
    }

    fn state(&self, oid: u32) -> Option<(i64, bool)> {
        let last = self.0.load(std::sync::atomic::Ordering::SeqCst);
        (oid == 1).then_some((last.max(1), last > 0))
    }

    fn name(&self, oid: u32) -> Result<String, PgError> {
        if oid == 1 { Ok("s".to_owned()) } else { Err(PgError::new(SqlState::UNDEFINED_TABLE, "no such sequence")) }
    }
}

#[test]
fn sequences_remember_by_session() {
    let connection = Connection::open_in_memory().unwrap();
    let state = FunctionState::new(Some(Box::new(Counter(0.into()))));
    register(&connection, &state).unwrap();
    let sessions = [SessionSequences::default(), SessionSequences::default()];
    let ask = |session: usize, call: &str| {
        state.set_session(sessions[session - 1].clone());
        answer_as_postgresql(&connection, &state, call).1
    };
    assert_eq!(ask(1, "pg_currval(1)"), "currval of sequence \"s\" is not yet defined in this session");
    assert_eq!(ask(1, "pg_lastval()"), "lastval is not yet defined in this session");
    assert_eq!(ask(1, "pg_nextval(1)"), "1");
    assert_eq!(ask(2, "pg_nextval(1)"), "2");
    assert_eq!(ask(1, "pg_currval(1) || pg_lastval()"), "11");
    assert_eq!(ask(2, "pg_setval(1, 10, 0)"), "10");
    assert_eq!(ask(2, "pg_currval(1)"), "2");
    assert_eq!(ask(1, "pg_nextval(1)"), "10");
    assert_eq!(ask(1, "pg_setval(1, 20)"), "20");
    assert_eq!(ask(1, "pg_currval(1)"), "20");
    assert_eq!(ask(1, "pg_nextval(9)"), "no such sequence");
    assert_eq!(ask(2, "pg_currval(1)"), "2");
    // Another writer, told what the first one gave.
    let state = FunctionState::new(Some(Box::new(Counter(20.into()))));
    let connection = Connection::open_in_memory().unwrap();
    register(&connection, &state).unwrap();
    state.set_session(SessionSequences::new(sessions[0].get()));
    assert_eq!(answer_as_postgresql(&connection, &state, "pg_currval(1) = pg_lastval()").1, "1");
}

/// SQLite calls a function of constants once, but not before it is reached: neither does PostgreSQL, but for
/// conditions that need no row.
#[test]
fn an_error_is_met_only_where_it_is_evaluated() {
    let (connection, state) = connection();
    let ask = |sql: &str| answer_as_postgresql(&connection, &state, sql).1;
    assert_eq!(ask("CASE WHEN x > 5 THEN pg_int4div(1, 0) ELSE x END FROM (SELECT 1 AS x)"), "1");
    assert_eq!(ask("coalesce(x, pg_int4div(1, 0)) FROM (SELECT 1 AS x)"), "1");
    assert_eq!(ask("count(*) FROM (SELECT 1 AS x) WHERE x > 5 AND pg_int4div(1, 0) = 1"), "division by zero");
}

proptest::proptest! {
    /// LIKE as its definition has it, which would take exponential time.
    #[test]
    fn like_matches_as_defined(text in "[ab%_\\\\ä]{0,7}", pattern in "[ab%_\\\\ä]{0,7}") {
        fn matches(text: &[char], pattern: &[char]) -> Option<bool> {
            match (text, pattern) {
                (_, []) => Some(text.is_empty()),
                (_, ['%', rest @ ..]) => {
                    // The pattern's end is not looked at once the text is at its own.
                    let mut ends = (0..=text.len()).map(|at| matches(&text[at..], rest));
                    ends.try_fold(false, |any, matched| Some(any | matched?))
                }
                ([], _) => Some(false),
                (_, ['\\']) => None,
                ([c, text @ ..], ['\\', literal, rest @ ..]) => if c == literal { matches(text, rest) } else { Some(false) },
                ([_, text @ ..], ['_', rest @ ..]) => matches(text, rest),
                ([c, text @ ..], [literal, rest @ ..]) => if c == literal { matches(text, rest) } else { Some(false) },
            }
        }
        let characters = |text: &str| text.chars().collect::<Vec<_>>();
        // Where a lone backslash ends the pattern it depends on the way taken whether it is met.
        if let Some(expected) = matches(&characters(&text), &characters(&pattern)) {
            proptest::prop_assert_eq!(like::like(text.as_bytes(), pattern.as_bytes(), true).ok(), Some(expected));
        }
    }
}

/// bcrypt of this cost takes days, and a path as long as its document is.
#[test]
fn a_function_that_takes_long_can_be_stopped() {
    use crate::storage::cancel::{Cancel, CancelReason};
    let (mut connection, state) = connection();
    let stopper = Stopper::install(&mut connection).unwrap();
    state.set_stopper(stopper.clone());
    let cancel = Cancel::new();
    stopper.set(Some(&cancel));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::sleep(std::time::Duration::from_millis(50));
            cancel.cancel(CancelReason::UserRequest);
        });
        let call = "SELECT pg_crypt('pw', '$2a$31$RQiOJ.3ELirrXwxIZY8q0O')";
        let stopped = connection.query_row(call, [], |row| row.get::<_, String>(0));
        assert_eq!(stopped.unwrap_err().sqlite_error_code(), Some(rusqlite::ErrorCode::OperationInterrupted));
    });
    assert!(state.take_error().is_none(), "whoever has stopped it tells why");
    let numbers = vec!["1"; 20_000].join(",");
    let long = format!("SELECT pg_jsonb_path_exists('[{numbers}]', '$[*] ? (@ < 0)')");
    let stopped = connection.query_row(&long, [], |row| row.get::<_, bool>(0));
    assert_eq!(stopped.unwrap_err().sqlite_error_code(), Some(rusqlite::ErrorCode::OperationInterrupted));
    stopper.set(None);
    assert_eq!(connection.query_row(&long, [], |row| row.get::<_, bool>(0)), Ok(false));
    assert_eq!(connection.query_row("SELECT 1", [], |row| row.get::<_, i64>(0)), Ok(1));
}
