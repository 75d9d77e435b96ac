//! Asks PostgreSQL 15 and Quorlite what PostgreSQL's own regression scripts ask: src/test/regress/sql of its sources, which
//! the tools step of .ci/run fetches.
//!
//! How many statements of each script are answered alike is listed in compat/oracle/regress.txt. Notices, and errors' words,
//! are compat/oracle's subject: here only SQLSTATEs count, of errors.

#[allow(dead_code)]
#[path = "oracle/answer.rs"]
mod answer;
mod compat;
#[path = "regress/list.rs"]
mod list;
#[path = "regress/player.rs"]
mod player;
#[path = "regress/psql.rs"]
mod psql;
#[allow(dead_code)]
#[path = "oracle/question.rs"]
mod question;
mod support;
#[path = "regress/verdict.rs"]
mod verdict;

use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Instant;

use compat::servers::Server;
use list::Counts;
use player::{Asked, Player, Taken};
use verdict::{Losses, Verdict};

/// What every script finds in its database.
const SETUP: &str = "test_setup";

/// The database that test_setup fills, and that each script gets a copy of, under the name that pg_regress gives it.
const TEMPLATE: &str = "regress_setup";
const DATABASE: &str = "regression";

#[test]
fn scripts_are_answered_as_listed() {
    let Some(postgres) = Server::postgres() else { return };
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/postgresql/regress");
    assert!(
        directory.join("sql").is_dir(),
        "{} isn't there: .ci/run, step \"tools\", fetches PostgreSQL's sources (apt-get source postgresql-15)",
        directory.display()
    );
    let mut quorlite = Server::quorlite();
    let wanted = std::env::var("REGRESS").ok();
    let scripts = scripts(wanted.as_deref());
    let mut found = Vec::new();
    let mut failures = Vec::new();
    // PostgreSQL goes ahead, as its answers decide what psql does.
    let (sender, receiver) = mpsc::sync_channel(4);
    std::thread::scope(|scope| {
        let (postgres, directory) = (&postgres, &directory);
        let theirs = scripts.clone();
        scope.spawn(move || {
            for script in theirs {
                let text = String::from_utf8_lossy(&std::fs::read(&script).expect("readable")).into_owned();
                let database = database(postgres, &script);
                if sender.send(Player::new(postgres.port, database, directory.clone()).perform(&text)).is_err() {
                    // Ours has failed: the test is over.
                    return;
                }
            }
        });
        let mut of_setup = Losses::default();
        for script in &scripts {
            let taken: Vec<Taken> = receiver.recv().expect("PostgreSQL was asked");
            let begin = Instant::now();
            let database = database(&quorlite, script);
            let player = Player::new(quorlite.port, database, directory.clone());
            let mut run = Run { script: name(script), verbose: wanted.is_some(), failures: &mut failures };
            let mut losses = of_setup.clone();
            let counts = run.replay(player, &taken, &mut losses);
            quorlite.assert_running();
            println!("{counts}  {:6.1} s", begin.elapsed().as_secs_f64());
            if run.script == SETUP {
                of_setup = losses.next_script();
            }
            found.push(counts);
        }
    });
    let panics: Vec<String> =
        quorlite.output().lines().filter(|line| line.contains("panicked at")).map(str::to_owned).collect();
    println!("{}", Counts::total(&found));
    assert!(failures.is_empty(), "connections broke:\n{}", failures.join("\n"));
    assert!(panics.is_empty(), "quorlite panicked:\n{}", panics.join("\n"));
    list::judge(&found, wanted.is_none());
}

/// test_setup, and then all scripts or those of a list with commas.
fn scripts(wanted: Option<&str>) -> Vec<PathBuf> {
    let mut scripts = compat::all_scripts("target/postgresql/regress/sql", "sql");
    scripts.retain(|path| name(path) == SETUP || compat::is_wanted(path, wanted));
    scripts.sort_by_key(|path| name(path) != SETUP);
    scripts
}

fn name(script: &Path) -> String {
    script.file_stem().expect("a file").to_string_lossy().into_owned()
}

/// Makes the database that a script runs in.
fn database(server: &Server, script: &Path) -> &'static str {
    let mut client = server.connect();
    let mut make = |sql: &str| {
        // The session before may still be ending.
        support::wait_until(sql, || client.simple(sql).map_err(|error| format!("{}: {error}", server.engine.name())));
    };
    if name(script) == SETUP {
        make(&format!("CREATE DATABASE {TEMPLATE} TEMPLATE template0"));
        return TEMPLATE;
    }
    make(&format!("DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)"));
    make(&format!("CREATE DATABASE {DATABASE} TEMPLATE {TEMPLATE}"));
    DATABASE
}

/// A script on Quorlite, beside what PostgreSQL was asked and answered.
struct Run<'a> {
    script: String,
    /// Shows what differs.
    verbose: bool,
    failures: &'a mut Vec<String>,
}

impl Run<'_> {
    fn replay(&mut self, mut player: Player, taken: &[Taken], losses: &mut Losses) -> Counts {
        let mut counts = Counts { script: self.script.clone(), ..Counts::default() };
        for Taken { step, data, asked } in taken {
            let ours = player.play(step, data);
            let (Some(theirs), Some(ours)) = (asked, ours) else { continue };
            if verdict::varies(&theirs.sql).is_some() {
                continue;
            }
            let verdict = losses.judge(theirs, &ours);
            verdict::count(verdict, &mut counts);
            self.look(verdict, theirs, &ours);
        }
        counts
    }

    fn look(&mut self, verdict: Verdict, theirs: &Asked, ours: &Asked) {
        if verdict == Verdict::Equal {
            return;
        }
        // A time-out of the client's is a hang, which is no more than a difference.
        let broke = |asked: &Asked| {
            let ends =
                ["the connection broke: UnexpectedEof", "the connection broke: Connection", "no connection: 08006"];
            asked.answer.iter().any(|line| ends.iter().any(|end| line.starts_with(end)))
        };
        if broke(ours) && !broke(theirs) {
            self.failures.push(format!("{}: {}", self.script, ours.sql));
        }
        if self.verbose {
            println!("=== {} {verdict:?}: {}", self.script, ours.sql);
            theirs.answer.iter().take(40).for_each(|line| println!("- {line}"));
            ours.answer.iter().take(40).for_each(|line| println!("+ {line}"));
        }
    }
}
