//! Asks PostgreSQL 15 and Quorlite the same, and compares all that a client can see: compat/oracle (see the README
//! there).
//!
//! Nothing is written down but the questions: PostgreSQL answers beside us. What differs is listed in
//! `compat/oracle/differences.txt`, and compat/COMPATIBILITY.md is made of that list.

#[path = "oracle/answer.rs"]
mod answer;
mod compat;
#[path = "oracle/page.rs"]
mod page;
#[path = "oracle/question.rs"]
mod question;
#[path = "oracle/run.rs"]
mod run;
mod support;

use std::path::PathBuf;

use compat::differences;
use compat::servers::Server;
use question::Script;

const DIRECTORY: &str = "compat/oracle";

#[test]
fn both_answer_the_same() {
    let Some(postgres) = Server::postgres() else { return };
    let mut quorlite = Server::quorlite();
    let scripts = scripts();
    let mut areas = Vec::new();
    let mut found = Vec::new();
    for path in &scripts {
        let script = Script::read(path);
        let area = run::script(&script, &postgres, &quorlite);
        quorlite.assert_running();
        println!("{area}");
        found.extend(area.differences.iter().cloned());
        areas.push(area);
    }
    println!("{}", run::total(&areas));
    differences::judge(DIRECTORY, &scripts, found);
    // The page is about all areas.
    if std::env::var_os("ORACLE").is_none() {
        page::hold(&areas);
    }
}

/// All scripts and the records of tests/slt, or those that `ORACLE` names (`ORACLE=numbers,views`).
fn scripts() -> Vec<PathBuf> {
    let wanted = std::env::var("ORACLE").ok();
    let mut scripts = compat::all_scripts(DIRECTORY, "sql");
    scripts.extend(compat::all_scripts("tests/slt", "slt"));
    scripts.retain(|path| compat::is_wanted(path, wanted.as_deref()));
    scripts
}

/// Prints every difference of scripts that are not ours: `ORACLE_SCRATCH=/tmp/a.sql,/tmp/b.sql cargo test --test oracle
/// scratch -- --nocapture`.
#[test]
fn scratch() {
    let Ok(paths) = std::env::var("ORACLE_SCRATCH") else { return };
    let Some(postgres) = Server::postgres() else { return };
    let mut quorlite = Server::quorlite();
    for path in paths.split(',').map(PathBuf::from) {
        let area = run::script(&Script::read(&path), &postgres, &quorlite);
        for difference in &area.differences {
            println!("=== {}\n{}\n", difference.place, difference.answer);
        }
        println!("{area}");
        quorlite.assert_running();
    }
}
