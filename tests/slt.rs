//! Runs tests/slt/*.slt (see the README there) against PostgreSQL 15, which must agree with every
//! expectation, and against a real Quorlite process, which must answer the same.
//!
//! Each file runs three times: through the simple protocol, through the extended protocol in text,
//! and through tokio-postgres, which asks for everything in binary.

mod compat;
#[path = "slt/engines.rs"]
mod engines;
#[path = "slt/record.rs"]
mod record;
mod support;

use std::path::{Path, PathBuf};

use compat::differences::{self, Difference};
use compat::servers::{Engine, Server};
use engines::{PgType, Protocol, Session};
use sqllogictest::{Record, Runner, TestErrorKind};

#[test]
fn postgres_agrees() {
    let Some(server) = Server::postgres() else { return };
    if std::env::var_os("SLT_RECORD").is_some() {
        files().iter().for_each(|file| record::rewrite(file, &server));
    }
    run_all(&server, Protocol::Simple);
    run_all(&server, Protocol::Extended);
    run_all(&server, Protocol::Driver);
}

#[test]
fn simple() {
    run_all(&Server::quorlite(), Protocol::Simple);
}

/// Through a node that forwards what it can't do itself, and afterwards all nodes are equal.
#[test]
fn extended() {
    let server = Server::quorlite_follower();
    run_all(&server, Protocol::Extended);
    server.assert_equal();
}

#[test]
fn driver() {
    run_all(&Server::quorlite(), Protocol::Driver);
}

/// Runs every file to its end, then reports all that differed.
fn run_all(server: &Server, protocol: Protocol) {
    let files = files();
    let mut failures = Vec::new();
    let mut count = 0;
    for file in &files {
        if server.engine == Engine::Postgres {
            reset(server);
        }
        count += run_file(file, server, protocol, &mut failures);
    }
    let engine = server.engine.name();
    println!("{engine}, {protocol:?}: {count} records, {} differ", failures.len());
    match server.engine {
        Engine::Postgres => {
            let failures: Vec<_> = failures.into_iter().map(|failure| failure.report).collect();
            assert!(failures.is_empty(), "{engine}, {protocol:?}:\n\n{}", failures.join("\n"));
        }
        Engine::Quorlite => {
            differences::judge("tests/slt", &files, failures.into_iter().map(|failure| failure.difference).collect());
        }
    }
}

struct Failure {
    /// As sqllogictest words it, with the line.
    report: String,
    difference: Difference,
}

fn run_file(file: &Path, server: &Server, protocol: Protocol, failures: &mut Vec<Failure>) -> usize {
    let mut runner = Runner::new(|| {
        let session = Session::open(server.engine, server.port, protocol);
        async { session }
    });
    runner.add_label(protocol.label());
    runner.with_validator(engines::same_rows);
    runner.with_column_validator(engines::same_types);
    let records = sqllogictest::parse_file::<PgType>(file).unwrap_or_else(|error| panic!("{error}"));
    let mut count = 0;
    for record in records {
        let sql = match &record {
            Record::Halt { .. } => break,
            Record::Statement { sql, .. } | Record::Query { sql, .. } => {
                count += 1;
                sql.clone()
            }
            _ => String::new(),
        };
        if let Err(error) = runner.run(record) {
            let difference = Difference::new(file, &sql, &answer(&error.kind()));
            failures.push(Failure { report: error.display(false).to_string(), difference });
        }
    }
    runner.shutdown();
    count
}

/// What came in place of what a record expects.
fn answer(error: &TestErrorKind) -> String {
    match error {
        TestErrorKind::Ok { .. } => "no error".to_owned(),
        TestErrorKind::Fail { err, .. } | TestErrorKind::ErrorMismatch { err, .. } => err.to_string(),
        TestErrorKind::QueryResultMismatch { actual, .. } if actual.is_empty() => "no rows".to_owned(),
        TestErrorKind::QueryResultMismatch { actual, .. } => actual.clone(),
        TestErrorKind::QueryResultColumnsMismatch { actual, .. } => format!("columns {actual}"),
        TestErrorKind::StatementResultMismatch { actual, .. } => actual.clone(),
        other => other.to_string(),
    }
}

/// PostgreSQL serves several runs: each file finds it empty.
fn reset(server: &Server) {
    server.connect().simple("DROP SCHEMA public CASCADE; CREATE SCHEMA public").expect("reset");
}

/// All files, or those that `SLT` names (`SLT=insert,update cargo test --test slt`).
fn files() -> Vec<PathBuf> {
    compat::scripts("tests/slt", "slt", "SLT")
}
