//! Takes an application's migrations up and down on PostgreSQL 15 and on a real Quorlite process, and compares what the
//! application sees after each of them: compat/migrations has the projects, one of Django and one of Alembic.

mod compat;
mod support;

use std::path::PathBuf;
use std::process::Command;

use compat::servers::Server;

#[test]
fn djangos_go_up_and_down_as_on_postgresql() {
    compare("django");
}

#[test]
fn alembics_go_up_and_down_as_on_postgresql() {
    compare("alembic");
}

fn compare(project: &str) {
    let Some(python) = python() else { return };
    let Some(postgres) = Server::postgres() else { return };
    let quorlite = Server::quorlite();
    let (expected, seen) = std::thread::scope(|scope| {
        let expected = scope.spawn(|| run(&python, project, &postgres));
        let seen = run(&python, project, &quorlite);
        (expected.join().expect("it runs"), seen)
    });
    assert!(expected.len() > 55, "{project}: only {} steps", expected.len());
    for (expected, seen) in expected.iter().zip(&seen) {
        assert!(expected == seen, "{project}:\n{}", difference(expected, seen));
    }
    assert_eq!(expected.len(), seen.len(), "{project}: steps");
    quorlite.assert_equal();
}

/// What the project's run.py prints, step by step; each begins with its title.
fn run(python: &PathBuf, project: &str, server: &Server) -> Vec<String> {
    let output = Command::new(python)
        .arg(directory().join(project).join("run.py"))
        .env_clear()
        .env("PGHOST", "127.0.0.1")
        .env("PGPORT", server.port.to_string())
        .env("PGUSER", "postgres")
        .env("PGDATABASE", "postgres")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        // Sets of names are printed.
        .env("PYTHONHASHSEED", "0")
        .env("PYTHONUTF8", "1")
        .output()
        .expect("python runs");
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    let last = printed.lines().rfind(|line| line.starts_with("=== ")).unwrap_or("the beginning");
    let why = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{project} on {}, after {last}: {why}", server.engine.name());
    printed.split("\n=== ").map(str::to_owned).collect()
}

fn difference(expected: &str, seen: &str) -> String {
    let title = expected.lines().next().unwrap_or_default();
    let diff: Vec<String> = expected
        .lines()
        .zip(seen.lines())
        .filter(|(expected, seen)| expected != seen)
        .take(20)
        .map(|(expected, seen)| format!("- {expected}\n+ {seen}"))
        .collect();
    format!("=== {title}\n{}", diff.join("\n"))
}

fn directory() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/compat/migrations"))
}

/// Where `.ci/run` installs what the projects need.
fn python() -> Option<PathBuf> {
    let python = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/target/tools/bin/python"));
    let imports = Command::new(&python).args(["-c", "import alembic, django, psycopg"]).output();
    if imports.is_ok_and(|output| output.status.success()) {
        return Some(python);
    }
    assert!(std::env::var_os("CI").is_none(), "Django and Alembic are missing: .ci/run installs them");
    let install = "python3 -m venv target/tools && target/tools/bin/pip install -r compat/migrations/requirements.txt";
    eprintln!("SKIPPED: no Django and Alembic; {install}");
    None
}
