//! The database files as a user's tools see them: through the machine's own `sqlite3` shell, read-only, while the
//! server runs.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// Runs a script of statements and dot-commands in the shell.
pub fn sqlite3(file: &Path, script: &str) -> Result<String, String> {
    let mut shell = Command::new("sqlite3")
        .args(["-batch", "-bail", "-readonly", "-cmd", ".timeout 10000"])
        .arg(file)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("the sqlite3 shell does not run: {error}"))?;
    // It reads all of a script before it writes much; a script is small.
    let mut input = shell.stdin.take().expect("a pipe");
    input.write_all(format!("{script};\n").as_bytes()).map_err(|error| error.to_string())?;
    drop(input);
    let output = shell.wait_with_output().map_err(|error| error.to_string())?;
    let complaint = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() || !complaint.is_empty() {
        return Err(complaint.into_owned());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Schema and all rows with their rowids, in one read transaction, but for the server's own tables.
///
/// Those hold the applied position, which says where a file is, not what is in it.
pub fn dump(file: &Path) -> Result<String, String> {
    let names = sqlite3(
        file,
        "SELECT name, (SELECT count(*) FROM pragma_table_list(s.name) WHERE wr) FROM sqlite_schema s \
         WHERE type = 'table' AND rootpage > 0 ORDER BY name",
    )?;
    let mut script =
        ".mode quote\nBEGIN;\nSELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name;\n".to_owned();
    for line in names.lines() {
        let Some((name, without_rowid)) = line.rsplit_once('|') else {
            return Err(format!("unexpected line {line:?}"));
        };
        if POSITION_TABLES.contains(&name) {
            continue;
        }
        let quoted = format!("\"{}\"", name.replace('"', "\"\""));
        script += &match without_rowid {
            "0" => format!(".print table {quoted}\nSELECT rowid, * FROM {quoted} ORDER BY rowid;\n"),
            _ => format!(".print table {quoted}\nSELECT * FROM {quoted} ORDER BY 1;\n"),
        };
    }
    sqlite3(file, &(script + "COMMIT"))
}

/// Where the server notes how far a file is.
const POSITION_TABLES: [&str; 2] = ["_quorlite_meta", "_quorlite_decisions"];

/// The first line in which two dumps differ, for people.
pub fn first_difference(left: &str, right: &str) -> Option<String> {
    let (mut lefts, mut rights) = (left.lines(), right.lines());
    let mut number = 1;
    loop {
        match (lefts.next(), rights.next()) {
            (None, None) => return None,
            (l, r) if l == r => number += 1,
            (l, r) => return Some(format!("line {number}: {l:?} and {r:?}")),
        }
    }
}
