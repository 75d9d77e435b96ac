//! Schema changes, on a leader and on a follower: after each, the files are equal, whole, and for any SQLite to read.

use std::process::Command as Process;

use super::*;
use crate::sql::{bind, parse};

/// The statements of some files of tests/slt.
fn statements(files: &[&str]) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/slt");
    let mut all = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(root.join(file)).unwrap();
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            if line.starts_with("statement ") || line.starts_with("query ") {
                let sql: Vec<&str> = lines.by_ref().take_while(|line| !line.is_empty() && *line != "----").collect();
                all.push(sql.join("\n"));
            }
        }
    }
    all
}

/// Runs it on the leader, if it binds, and gives its entry.
fn run(leader: &mut Rig, text: &str) -> Option<Entry> {
    let statement = parse(text).ok()?.into_iter().next()?;
    let plan = bind(&statement, &leader.database().catalog(), &context(), &[]).ok()?;
    if !plan.writes() {
        return None;
    }
    let call = Call {
        statement: Arc::new(statement),
        declared: Vec::new(),
        params: Vec::new(),
        rows: Vec::new(),
        plan: Some(Arc::new(plan)),
        columns: None,
        only_at: None,
        taken_as_brief: None,
    };
    leader.run(vec![call]).1
}

#[test]
fn followers_take_every_schema_change() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (mut leader, mut follower) = (Rig::open(one.path()), Rig::open(two.path()));
    leader.lead();
    follower.term += 1;
    follower.apply(&Entry::Open { node: leader.node, incarnation: INCARNATION }).unwrap();
    let mut changes = 0;
    for text in statements(&["alter_table.slt", "alter_constraints.slt", "sequences.slt", "indexes.slt"]) {
        let Some(entry) = run(&mut leader, &text) else { continue };
        changes += 1;
        follower.apply(&entry).unwrap_or_else(|error| panic!("{error:?}: {text}"));
        assert_same(&leader.dump(), &follower.dump(), &text);
        let whole: String =
            leader.outside().query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap_or_default();
        assert_eq!(whole, "ok", "{text}");
        if text.contains("ALTER") || text.contains("INDEX") {
            read_by_stock_sqlite(&two.path().join("databases/postgres.sqlite"), &text);
        }
    }
    assert!(changes > 150, "{changes} changes");
}

/// The machine's own `sqlite3`, which knows none of our functions, reads every table.
fn read_by_stock_sqlite(path: &Path, context: &str) {
    let connection = Connection::open_with_flags(path, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let mut names = connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").unwrap();
    let names = names.query_map([], |row| row.get::<_, String>(0)).unwrap();
    let reads: String =
        names.map(|name| format!("SELECT count(*) FROM \"{}\";", name.unwrap().replace('"', "\"\""))).collect();
    let output = Process::new("sqlite3").arg("-readonly").arg(path).arg(&reads).output().expect("sqlite3");
    assert!(output.status.success(), "{context}: {}", String::from_utf8_lossy(&output.stderr));
}
