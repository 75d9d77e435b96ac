//! Runs psql's own commands (tests/psql/*.psql, see the README there) against PostgreSQL 15 and against a real Quorlite
//! process, and compares what psql prints byte by byte: its backslash commands ask the catalogs.

mod compat;
mod support;

use std::path::Path;
use std::process::Command;

use compat::differences::{self, Difference};
use compat::servers::Server;

/// A script: statements that make its schema, and commands.
struct Script {
    setup: String,
    commands: Vec<String>,
}

fn parse(text: &str) -> Script {
    let lines = text.lines().filter(|line| !line.starts_with("--"));
    let (commands, setup): (Vec<&str>, Vec<&str>) = lines.partition(|line| line.starts_with(['\\', '>']));
    // `> ` begins a statement whose result is compared, too.
    let commands = commands.into_iter().map(|line| line.trim_start_matches("> ").to_owned()).collect();
    Script { setup: setup.join("\n"), commands }
}

fn psql(server: &Server, command: &str) -> String {
    let output = Command::new("psql")
        .args(["-X", "-h", "127.0.0.1", "-p", &server.port.to_string(), "-U", "postgres", "-d", "postgres"])
        .args(["-v", "VERBOSITY=verbose"])
        // Of one session.
        .args(command.split(" && ").flat_map(|command| ["-c", command]))
        .env("PGTZ", "UTC")
        .env("PGCONNECT_TIMEOUT", "10")
        .env_remove("PGOPTIONS")
        .output()
        .expect("psql is installed");
    let printed = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    let printed = printed.replace(&server.port.to_string(), "PORT");
    // Which number a session's schema of temporary objects has is nobody's choice.
    let printed = (0..10).fold(printed, |text, digit| text.replace(&format!("pg_temp_{digit}"), "pg_temp_N"));
    // Where in its source PostgreSQL raised an error is not compared.
    printed.lines().filter(|line| !line.starts_with("LOCATION:")).collect::<Vec<_>>().join("\n")
}

#[test]
fn prints_what_postgresql_prints() {
    let Some(postgres) = Server::postgres() else { return };
    compare(&postgres, &Server::quorlite());
}

/// Of a node that does not lead.
#[test]
fn prints_it_on_a_follower() {
    let Some(postgres) = Server::postgres() else { return };
    compare(&postgres, &Server::quorlite_follower());
}

fn compare(postgres: &Server, quorlite: &Server) {
    let files = compat::scripts("tests/psql", "psql", "PSQL");
    let mut found = Vec::new();
    let mut count = 0;
    for file in &files {
        let script = parse(&std::fs::read_to_string(file).expect("readable"));
        for server in [postgres, quorlite] {
            if let Err(error) = server.connect().simple(&script.setup) {
                panic!("{}: {error}", server.engine.name());
            }
        }
        for command in &script.commands {
            count += 1;
            let (expected, answer) = (psql(postgres, command), psql(quorlite, command));
            if expected != answer {
                found.push(Difference::new(file, command, &diff(&expected, &answer)));
            }
        }
        drop_tables(postgres, file);
        drop_tables(quorlite, file);
    }
    println!("{count} commands, {} differ", found.len());
    differences::judge("tests/psql", &files, found);
}

/// The next file finds it empty.
fn drop_tables(server: &Server, file: &Path) {
    let mut client = server.connect();
    let names =
        "SELECT relname, relkind FROM pg_class WHERE relnamespace = 2200 AND relkind IN ('r', 'S') ORDER BY 2 DESC, 1";
    let rows = client.simple(names).expect("the catalog answers").rows;
    for row in rows {
        let text = |index: usize| String::from_utf8_lossy(row[index].as_deref().unwrap_or_default()).into_owned();
        let kind = if text(1) == "r" { "TABLE" } else { "SEQUENCE" };
        let drop = format!("DROP {kind} IF EXISTS \"{}\" CASCADE", text(0));
        client.simple(&drop).unwrap_or_else(|error| panic!("{}: {drop}: {error}", file.display()));
    }
}

/// The lines that differ: `-` PostgreSQL's, `+` Quorlite's.
fn diff(expected: &str, answer: &str) -> String {
    let (expected, answer): (Vec<&str>, Vec<&str>) = (expected.lines().collect(), answer.lines().collect());
    // By longest common subsequence; the texts are short.
    let mut lengths = vec![vec![0usize; answer.len() + 1]; expected.len() + 1];
    for (i, left) in expected.iter().enumerate().rev() {
        for (j, right) in answer.iter().enumerate().rev() {
            lengths[i][j] = match left == right {
                true => lengths[i + 1][j + 1] + 1,
                false => lengths[i + 1][j].max(lengths[i][j + 1]),
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut lines = Vec::new();
    while i < expected.len() || j < answer.len() {
        if i < expected.len() && j < answer.len() && expected[i] == answer[j] {
            (i, j) = (i + 1, j + 1);
        } else if j >= answer.len() || (i < expected.len() && lengths[i + 1][j] >= lengths[i][j + 1]) {
            lines.push(format!("- {}", expected[i]));
            i += 1;
        } else {
            lines.push(format!("+ {}", answer[j]));
            j += 1;
        }
    }
    lines.join("\n")
}
