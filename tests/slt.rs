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

use compat::servers::{Engine, Server};
use engines::{PgType, Protocol, Session};
use sqllogictest::{Record, Runner};

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
    let mut failures = Vec::new();
    let mut count = 0;
    for file in files() {
        if server.engine == Engine::Postgres {
            reset(server);
        }
        count += run_file(&file, server, protocol, &mut failures);
    }
    let engine = server.engine.name();
    println!("{engine}, {protocol:?}: {count} records, {} failed", failures.len());
    let known = match server.engine {
        Engine::Postgres => Vec::new(),
        _ => differences(protocol),
    };
    let (expected, failures): (Vec<_>, Vec<_>) =
        failures.into_iter().partition(|failure| known.iter().any(|place| is_at(failure, place)));
    assert!(failures.is_empty(), "{engine}, {protocol:?}:\n\n{}", failures.join("\n"));
    let mended: Vec<_> = known.iter().filter(|place| !expected.iter().any(|failure| is_at(failure, place))).collect();
    assert!(
        mended.is_empty() || std::env::var_os("SLT").is_some(),
        "these answer as PostgreSQL now, take them out of differences.tsv: {mended:?}"
    );
}

/// Whether a failure, as sqllogictest words it, is that of the record at `FILE:LINE`.
fn is_at(failure: &str, place: &str) -> bool {
    failure.trim_end().ends_with(&format!("/{place}"))
}

/// Where we are known to answer otherwise (tests/slt/differences.tsv): `FILE:LINE`, the protocol or `all`, and what
/// it is. What is listed must fail, so that the list can only be true.
fn differences(protocol: Protocol) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/slt/differences.tsv");
    let text = std::fs::read_to_string(path).expect("the list of differences");
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| {
            let mut fields = line.split('\t');
            let (place, of) = (fields.next()?, fields.next()?);
            (of == "all" || of == protocol.label()).then(|| place.to_owned())
        })
        .collect()
}

fn run_file(file: &Path, server: &Server, protocol: Protocol, failures: &mut Vec<String>) -> usize {
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
        match &record {
            Record::Halt { .. } => break,
            Record::Statement { .. } | Record::Query { .. } => count += 1,
            _ => {}
        }
        if let Err(error) = runner.run(record) {
            failures.push(error.display(false).to_string());
        }
    }
    runner.shutdown();
    count
}

/// PostgreSQL serves several runs: each file finds it empty.
fn reset(server: &Server) {
    server.connect().simple("DROP SCHEMA public CASCADE; CREATE SCHEMA public").expect("reset");
}

/// All files, or those that `SLT` names (`SLT=insert,update cargo test --test slt`).
fn files() -> Vec<PathBuf> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/slt");
    let wanted = std::env::var("SLT").ok();
    let mut files: Vec<PathBuf> = std::fs::read_dir(directory)
        .expect("tests/slt")
        .map(|entry| entry.expect("readable").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "slt"))
        .filter(|path| {
            let name = path.file_stem().expect("a file").to_string_lossy();
            wanted.as_ref().is_none_or(|wanted| wanted.split(',').any(|wanted| wanted == name))
        })
        .collect();
    files.sort();
    assert!(!files.is_empty(), "no files");
    files
}
