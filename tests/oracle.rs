//! Asks PostgreSQL 15 and Quorlite the same, and compares all that a client can see: compat/oracle (see the README
//! there).
//!
//! Nothing is written down but the questions: PostgreSQL answers beside us. What differs is listed in
//! `compat/oracle/differences.txt`, and compat/COMPATIBILITY.md is made of that list.

#[path = "oracle/answer.rs"]
mod answer;
mod compat;
#[allow(dead_code)]
#[path = "regress/list.rs"]
mod list;
#[path = "oracle/mutants.rs"]
mod mutants;
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
use mutants::{Corpus, Reader, Report};
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

/// How many mutants of each statement are asked about.
const ROUNDS: std::ops::Range<u64> = 0..3;

/// What PostgreSQL's grammar takes we take or refuse by name, and what it doesn't is no SQL to us either: of mutants of the
/// scripts' statements. `MUTANTS=3..50` asks about others.
#[test]
fn both_agree_on_what_is_sql() {
    let Some(postgres) = Server::postgres() else { return };
    let mut quorlite = Server::quorlite();
    let scripts: Vec<Script> = scripts().iter().map(|path| Script::read(path)).collect();
    let statements: Vec<&str> =
        scripts.iter().flat_map(|script| &script.questions).map(|question| question.sql.as_str()).collect();
    // Of the same name there may be several: the first stays, on both.
    for server in [&postgres, &quorlite] {
        let mut client = server.connect();
        let kinds = ["CREATE TABLE ", "CREATE TYPE ", "CREATE DOMAIN ", "CREATE VIEW "];
        for statement in statements.iter().filter(|sql| kinds.iter().any(|kind| sql.starts_with(kind))) {
            let _ = client.simple(statement);
        }
    }
    let corpus = Corpus::new(statements.into_iter());
    let rounds = std::env::var("MUTANTS").map_or(ROUNDS, |range| {
        let (from, to) = range.split_once("..").expect("FROM..TO");
        from.parse().expect("a number")..to.parse().expect("a number")
    });
    let (mut theirs, mut ours) = (Reader::new(&postgres), Reader::new(&quorlite));
    let mut report = Report::default();
    for round in rounds {
        println!("round {round}");
        let mutants: Vec<String> = corpus.round(round).collect();
        for texts in mutants.chunks(100) {
            let (theirs, ours) = std::thread::scope(|scope| {
                let theirs = scope.spawn(|| theirs.ask(texts));
                let ours = ours.ask(texts);
                (theirs.join().expect("asked"), ours)
            });
            for ((text, theirs), ours) in texts.iter().zip(&theirs).zip(&ours) {
                report.take(text, theirs, ours);
            }
            quorlite.assert_running();
        }
    }
    println!("{report}");
    assert!(report.is_clean(), "PostgreSQL's grammar is another:\n{report}");
}
