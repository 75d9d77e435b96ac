//! Runs a script's steps in a session, as psql would.

use std::path::PathBuf;

use crate::answer::{Answer, Session, Way};
use crate::psql::{self, Piece, Reader, Step, Then, Variables};
use crate::question::Question;

/// Where psql is told that the scripts' data, and what they write, is: nowhere. Data is sent by COPY FROM STDIN instead.
const NOWHERE: &str = "/regress";

/// How long one statement may take, in milliseconds. What takes longer is cancelled by its server.
const STATEMENT_TIMEOUT: &str = "20000";

/// One server's side of a script.
pub struct Player {
    port: u16,
    database: String,
    user: String,
    session: Session,
    variables: Variables,
    /// Where data/*.data are.
    directory: PathBuf,
}

/// What was asked at a step, and answered.
pub struct Asked {
    pub sql: String,
    /// How many of its variables have no value.
    pub unknown: usize,
    /// `\gset`: its rows become variables.
    pub remembers: bool,
    pub answer: Answer,
}

/// A step of a script that PostgreSQL was taken through, with the data that followed it.
pub struct Taken {
    pub step: Step,
    pub data: String,
    pub asked: Option<Asked>,
}

impl Player {
    pub fn new(port: u16, database: &str, directory: PathBuf) -> Player {
        let names = [("abs_srcdir", NOWHERE), ("abs_builddir", NOWHERE), ("libdir", NOWHERE), ("dlsuffix", ".so")];
        let variables = names.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let (database, user) = (database.to_owned(), "postgres".to_owned());
        let session = session(port, &database, &user);
        Player { port, database, user, session, variables: Variables::from(variables), directory }
    }

    /// Takes the server through a script; its answers decide where psql's `\if` goes, and what is COPY's data.
    pub fn perform(&mut self, script: &str) -> Vec<Taken> {
        let mut reader = Reader::new(script);
        let mut branches = Branches::default();
        let mut taken = Vec::new();
        while let Some(step) = reader.next() {
            if branches.take(&step, &self.variables) || !branches.active() {
                continue;
            }
            if step == Step::Quit {
                break;
            }
            let (data, end) = if may_copy(&step) { reader.data() } else { (String::new(), 0) };
            let asked = self.play(&step, &data);
            if may_copy(&step) && self.session.took_data() {
                reader.skip_to(end);
            }
            taken.push(Taken { step, data, asked });
        }
        taken
    }

    /// One step; `None` where it asks nothing.
    pub fn play(&mut self, step: &Step, data: &str) -> Option<Asked> {
        match step {
            Step::Set(name, value) => {
                let value = psql::fill(value, &self.variables).0;
                self.variables.insert(name.clone(), value);
            }
            Step::Unset(name) => _ = self.variables.remove(name),
            Step::Connect(words) => self.connect(words),
            Step::Statement(pieces, then) => {
                let (sql, unknown) = psql::fill(pieces, &self.variables);
                let mut answer = self.ask(&sql, data);
                match then {
                    Then::Show => {}
                    Then::Gset(prefix) => self.remember(prefix, &answer),
                    Then::Gexec => {
                        let cells: Vec<String> = rows(&answer).flatten().flatten().collect();
                        for sql in cells {
                            answer.extend(self.ask(&sql, ""));
                        }
                    }
                }
                return Some(Asked { sql, unknown, remembers: matches!(then, Then::Gset(_)), answer });
            }
            Step::If(_) | Step::Elif(_) | Step::Else | Step::Endif | Step::Quit => {}
        }
        None
    }

    fn ask(&mut self, sql: &str, data: &str) -> Answer {
        let mut question = Question { sql: sql.to_owned(), data: data.to_owned(), ..Question::default() };
        // COPY … FROM a file of the scripts.
        if let Some((before, rest)) = sql.split_once(&format!("'{NOWHERE}/data/"))
            && let Some((name, after)) = rest.split_once('\'')
        {
            question.sql = format!("{before}STDIN{after}");
            let bytes = std::fs::read(self.directory.join("data").join(name)).unwrap_or_default();
            question.data = String::from_utf8_lossy(&bytes).into_owned();
        }
        self.session.ask(&question, Way::Simple)
    }

    /// `\connect`: a new session; the variables stay.
    fn connect(&mut self, words: &[Vec<Piece>]) {
        let mut words = words.iter().map(|word| psql::fill(word, &self.variables).0);
        let names = [&mut self.database, &mut self.user];
        for (name, word) in names.into_iter().zip(&mut words).filter(|(_, word)| word != "-") {
            *name = word;
        }
        self.session = session(self.port, &self.database, &self.user);
    }

    /// `\gset`: wants one row.
    fn remember(&mut self, prefix: &str, answer: &Answer) {
        let names: Vec<&str> = answer.iter().filter_map(|line| Some(column(line)?.0)).collect();
        let mut rows = rows(answer);
        let (Some(row), None) = (rows.next(), rows.next()) else { return };
        for (name, value) in names.into_iter().zip(row) {
            match value {
                Some(value) => self.variables.insert(format!("{prefix}{name}"), value),
                None => self.variables.remove(&format!("{prefix}{name}")),
            };
        }
    }
}

fn session(port: u16, database: &str, user: &str) -> Session {
    // As pg_regress sets them; what differs from time to time aside.
    let parameters = [
        ("user", user),
        ("database", database),
        ("application_name", "pg_regress"),
        ("TimeZone", "PST8PDT"),
        ("DateStyle", "Postgres, MDY"),
        ("IntervalStyle", "postgres_verbose"),
        ("statement_timeout", STATEMENT_TIMEOUT),
    ];
    Session::with(port, parameters.map(|(name, value)| (name, value.to_owned())).to_vec())
}

fn may_copy(step: &Step) -> bool {
    let Step::Statement(pieces, _) = step else { return false };
    let text = |piece: &Piece| matches!(piece, Piece::Text(text) if text.to_lowercase().contains("stdin"));
    pieces.iter().any(text)
}

/// Name and type of a column that an answer's line tells; see `answer::column`.
pub fn column(line: &str) -> Option<(&str, &str)> {
    let line = line.strip_prefix("column: ")?;
    let line = line.rsplit_once(" of column ").map_or(line, |(line, _)| line);
    let line = line.rsplit_once(" typmod ").map_or(line, |(line, _)| line);
    match line.strip_suffix(" (a user's type)") {
        Some(name) => Some((name, "(a user's type)")),
        None => line.rsplit_once(' '),
    }
}

/// The values of the rows of an answer.
fn rows(answer: &Answer) -> impl Iterator<Item = Vec<Option<String>>> {
    let value = |cell: &str| (cell != "NULL").then(|| cell.replace("\\n", "\n").replace("\\\\", "\\"));
    let row = move |line: &String| Some(line.strip_prefix("row: ")?.split(" | ").map(value).collect());
    answer.iter().filter_map(row)
}

/// The `\if`s that are open.
#[derive(Default)]
struct Branches {
    open: Vec<Branch>,
}

struct Branch {
    active: bool,
    /// One branch was active already.
    done: bool,
}

impl Branches {
    fn active(&self) -> bool {
        self.open.iter().all(|branch| branch.active)
    }

    /// Whether the step is one of `\if`, `\elif`, `\else` and `\endif`.
    fn take(&mut self, step: &Step, variables: &Variables) -> bool {
        let holds = |value: &[Piece]| {
            let value = psql::fill(value, variables).0.to_lowercase();
            !value.is_empty()
                && (["true", "yes"].iter().any(|word| word.starts_with(&value)) || value == "on" || value == "1")
        };
        match (step, self.open.last_mut()) {
            (Step::If(value), _) => {
                let active = holds(value);
                self.open.push(Branch { active, done: active });
            }
            (Step::Elif(value), Some(branch)) => {
                branch.active = !branch.done && holds(value);
                branch.done |= branch.active;
            }
            (Step::Else, Some(branch)) => {
                branch.active = !branch.done;
                branch.done = true;
            }
            (Step::Endif, Some(_)) => _ = self.open.pop(),
            (Step::Elif(_) | Step::Else | Step::Endif, None) => {}
            _ => return false,
        }
        true
    }
}

#[test]
fn takes_the_branch_that_holds() {
    let steps =
        Reader::new("\\if :{?x} \\\\ SELECT 1; \\elif on \\\\ SELECT 2; \\else \\\\ SELECT 3; \\endif \\\\ SELECT 4;");
    let mut branches = Branches::default();
    let variables = Variables::new();
    let mut asked = Vec::new();
    for step in steps {
        if !branches.take(&step, &variables) && branches.active() {
            asked.push(step);
        }
    }
    let select = |number| Step::Statement(vec![Piece::Text(format!("SELECT {number}"))], Then::Show);
    assert_eq!(asked, [select(2), select(4)]);
}

#[test]
fn reads_columns() {
    assert_eq!(column("column: a b numeric typmod 5 of column 1"), Some(("a b", "numeric")));
    assert_eq!(column("column: x (a user's type) of column 2"), Some(("x", "(a user's type)")));
    assert_eq!(column("row: column: x int4"), None);
}
