//! pg_dump 15 against a real Quorlite process: what it writes goes into PostgreSQL, is dumped there, and goes back into
//! Quorlite, and all three dumps are the same (tests/dump/schema.sql is what is dumped).

mod compat;
mod support;

use std::path::PathBuf;
use std::process::{Command, Output};

use compat::servers::{Server, postgres_bin};

/// One of PostgreSQL's programs, for a server's database.
fn program(name: &str, server: &Server, arguments: &[&str]) -> Output {
    let directory = postgres_bin().expect("PostgreSQL is installed: its server runs");
    let mut command = Command::new(directory.join(name));
    command.args(["-h", "127.0.0.1", "-p", &server.port.to_string(), "-U", "postgres", "-d", "postgres"]);
    command.args(arguments).env("PGCONNECT_TIMEOUT", "10").env("PGTZ", "UTC").env_remove("PGOPTIONS");
    command.output().expect("it runs")
}

/// A dump, without what names the server that was dumped.
fn dump(server: &Server, arguments: &[&str]) -> String {
    let output = program("pg_dump", server, arguments);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{} {arguments:?}: {errors}", server.engine.name());
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let own = ["-- Dumped from database version", "\\restrict ", "\\unrestrict "];
    text.lines().filter(|line| !own.iter().any(|own| line.starts_with(own))).collect::<Vec<_>>().join("\n")
}

/// Runs a script: any error ends it.
fn load(server: &Server, script: &str, name: &str) {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let file: PathBuf = directory.path().join(name);
    std::fs::write(&file, script).expect("writable");
    let file = file.to_string_lossy();
    let output = program("psql", server, &["-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", &file]);
    assert!(output.status.success(), "{}: {}", server.engine.name(), String::from_utf8_lossy(&output.stderr));
}

/// The first line in which two dumps differ, with what stands around it.
fn assert_same(one: &str, other: &str, what: &str) {
    let (one, other): (Vec<&str>, Vec<&str>) = (one.lines().collect(), other.lines().collect());
    let differs = (0..one.len().max(other.len())).find(|line| one.get(*line) != other.get(*line));
    if let Some(line) = differs {
        let around = |lines: &[&str]| {
            let (from, to) = (line.saturating_sub(8).min(lines.len()), (line + 8).min(lines.len()));
            lines[from..to].join("\n")
        };
        panic!("{what}, line {}:\n--- one\n{}\n--- the other\n{}", line + 1, around(&one), around(&other));
    }
}

const SCHEMA: &str = include_str!("dump/schema.sql");

#[test]
fn goes_to_postgresql_and_back() {
    let Some(postgres) = Server::postgres() else { return };
    let quorlite = Server::quorlite();
    load(&quorlite, SCHEMA, "schema.sql");
    let first = dump(&quorlite, &[]);
    for object in [
        "CREATE VIEW",
        "CREATE UNIQUE INDEX",
        "ADD GENERATED",
        "COPY ",
        "setval",
        "FOREIGN KEY",
        ") STORED",
        "REFRESH MAT",
    ] {
        assert!(first.contains(object), "nothing is dumped of {object}:\n{first}");
    }
    load(&postgres, &first, "quorlite.sql");
    let second = dump(&postgres, &[]);
    assert_same(&first, &second, "Quorlite's dump, and PostgreSQL's of what that made");

    let again = Server::quorlite();
    load(&again, &second, "postgresql.sql");
    assert_same(&second, &dump(&again, &[]), "PostgreSQL's dump, and Quorlite's of what that made");
    again.assert_equal();

    // INSERTs are read by cursors, which are not there yet.
    for arguments in [&["--schema-only"][..], &["--data-only"], &["--clean", "--if-exists"], &["--table=aa_last"]] {
        assert_same(&dump(&postgres, arguments), &dump(&again, arguments), &format!("{arguments:?}"));
    }
}

/// PostgreSQL given the same statements has the same dump.
#[test]
fn is_what_postgresql_dumps() {
    let Some(postgres) = Server::postgres() else { return };
    let quorlite = Server::quorlite();
    for server in [&postgres, &quorlite] {
        load(server, SCHEMA, "schema.sql");
    }
    assert_same(&dump(&postgres, &[]), &dump(&quorlite, &[]), "PostgreSQL's and Quorlite's");
}
