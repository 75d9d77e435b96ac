//! Asks PostgreSQL 15 what the golden scripts of src/sql/testscripts ask our parser and binder: it must describe the
//! same parameters and columns, and refuse the same things with the same SQLSTATE, message, position, detail and hint.
//!
//! Nothing is run but schema statements, and what our binder refuses although PostgreSQL describes it: some errors of
//! constants are PostgreSQL's planner's. Refusing with 0A000 what PostgreSQL can do is allowed, for it says so. Where
//! we answer otherwise knowingly, the script has the tag `[differs]` and a comment that says why; it must be true.
//!
//! `GOLDENS=select,casts cargo test --test goldens` looks at these alone.

mod compat;
mod support;

use std::collections::HashMap;
use std::error::Error;
use std::path::{Path, PathBuf};

use compat::client::{self, Client, Field};
use compat::servers::Server;

#[test]
fn postgres_agrees() {
    let Some(server) = Server::postgres() else { return };
    let mut wrong = Vec::new();
    for file in files() {
        server.connect().simple("DROP SCHEMA public CASCADE; CREATE SCHEMA public").expect("reset");
        let golden = std::fs::read_to_string(&file).expect("readable");
        let mut client = server.connect();
        client.simple("SET statement_timeout = '5s'").expect("set");
        let mut postgres = Postgres { client, declared: vec![], types: HashMap::new(), tables: HashMap::new() };
        let asked = goldenscript::generate(&mut postgres, &golden).expect("a golden script");
        let (ours, theirs) = (blocks(&golden), blocks(&asked));
        assert_eq!(ours.len(), theirs.len(), "{}", file.display());
        for (ours, theirs) in ours.iter().zip(&theirs) {
            let agrees = agree(&ours.answer, &theirs.answer);
            if agrees == ours.differs {
                let name = file.file_name().expect("a name").to_string_lossy();
                let why = if agrees { "PostgreSQL agrees: take [differs] out" } else { "PostgreSQL differs" };
                wrong.push(format!(
                    "{name}: {why}\n{}\n  ours\n    {}\n  PostgreSQL\n    {}\n",
                    ours.commands,
                    comparable(&ours.answer).join("\n    "),
                    theirs.answer.join("\n    ")
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{} differ:\n\n{}", wrong.len(), wrong.join("\n"));
}

fn files() -> Vec<PathBuf> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/sql/testscripts");
    let wanted = std::env::var("GOLDENS").ok();
    let entries = std::fs::read_dir(directory).expect("the scripts");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("readable").path()).collect();
    files.retain(|path| {
        let name = path.file_name().expect("a name").to_string_lossy();
        wanted.as_ref().is_none_or(|wanted| wanted.split(',').any(|wanted| wanted == name))
    });
    files.sort();
    assert!(!files.is_empty(), "no scripts");
    files
}

/// Commands up to `---`, and the answer up to an empty line.
struct Block {
    commands: String,
    differs: bool,
    answer: Vec<String>,
}

fn blocks(script: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut commands = Vec::new();
    let mut lines = script.lines();
    while let Some(line) = lines.next() {
        if line != "---" {
            commands.extend((!line.is_empty() && !line.starts_with('#')).then_some(line));
            continue;
        }
        let answer = lines.by_ref().take_while(|line| !line.is_empty()).map(str::to_owned).collect();
        let differs = commands.iter().any(|command| command.starts_with("[differs"));
        blocks.push(Block { commands: std::mem::take(&mut commands).join("\n"), differs, answer });
    }
    blocks
}

/// The lines of our answer that PostgreSQL can say something to.
fn comparable(answer: &[String]) -> Vec<String> {
    let labels = ["params", "columns", "error", "detail", "hint", "  notice"];
    answer.iter().filter(|line| labels.iter().any(|label| line.starts_with(label))).cloned().collect()
}

/// `PostgreSQL`'s answer may go on with what running the statement says.
fn agree(ours: &[String], theirs: &[String]) -> bool {
    let (described, run) = match theirs.iter().position(|line| line == RUN) {
        Some(run) => (&theirs[..run], &theirs[run + 1..]),
        None => (theirs, &theirs[..0]),
    };
    let ours = comparable(ours);
    let refuses = |answer: &[String]| answer.iter().any(|line| line.starts_with("error"));
    if ours.iter().any(|line| line.starts_with("error   0A000") && line.ends_with(" is not supported yet")) {
        return true;
    }
    // An answer of nothing is written so.
    let described = if described == ["ok"] { &[] } else { described };
    if refuses(&ours) && !refuses(described) { ours == run } else { ours == described }
}

const RUN: &str = "(run)";

struct Postgres {
    client: Client,
    declared: Vec<u32>,
    types: HashMap<u32, String>,
    tables: HashMap<u32, String>,
}

impl goldenscript::Runner for Postgres {
    type Command = goldenscript::Command;

    fn run(
        &mut self,
        command: &goldenscript::Command,
        context: &goldenscript::Context,
    ) -> Result<String, Box<dyn Error>> {
        let mut args = command.consume_args();
        let (text, parse_only) = match command.name.as_str() {
            "declare" => {
                self.declared = std::iter::from_fn(|| args.next_pos()).map(|name| self.type_oid(name)).collect();
                return Ok(String::new());
            }
            name @ ("parse" | "bind") => (args.next_pos().ok_or("no text")?, name == "parse"),
            text => (text, context.tags.contains("parse")),
        };
        let lines = if parse_only { self.parse(text) } else { self.describe(text) };
        Ok(if context.tags.contains("quiet") { String::new() } else { lines.join("\n") })
    }
}

impl Postgres {
    /// The error that PostgreSQL's grammar has for a query string, if any. In a transaction that has failed it parses,
    /// and refuses to go on.
    fn parse(&mut self, text: &str) -> Vec<String> {
        let _ = self.client.simple("ROLLBACK");
        let _ = self.client.simple("BEGIN; SELECT 1 / 0");
        self.client.send(&client::query(text)).expect("sent");
        let answer = self.answer();
        let _ = self.client.simple("ROLLBACK");
        match answer.error {
            Some((code, lines)) if code == "42601" => lines,
            _ => Vec::new(),
        }
    }

    fn describe(&mut self, text: &str) -> Vec<String> {
        let first = text.split_whitespace().next().unwrap_or_default().to_ascii_uppercase();
        if ["CREATE", "DROP", "TRUNCATE"].contains(&first.as_str()) {
            self.client.send(&client::query(text)).expect("sent");
            let answer = self.answer();
            return answer.error.map_or(answer.notices, |(_, lines)| lines);
        }
        let mut bytes = client::parse("", text, &self.declared);
        bytes.extend(client::describe(b'S', ""));
        bytes.extend(client::sync());
        self.client.send(&bytes).expect("sent");
        let answer = self.answer();
        if let Some((_, lines)) = answer.error {
            return lines;
        }
        let mut lines = Vec::new();
        if !answer.params.is_empty() {
            let numbered = answer.params.iter().enumerate();
            let params: Vec<String> =
                numbered.map(|(index, oid)| format!("${} {}", index + 1, self.type_name(*oid))).collect();
            lines.push(format!("params  {}", params.join(", ")));
        }
        if let Some(fields) = &answer.fields {
            let columns: Vec<String> = fields.iter().map(|field| self.column(field)).collect();
            lines.push(format!("columns {}", columns.join(", ")).trim_end().to_owned());
        }
        lines.push(RUN.to_owned());
        lines.extend(self.run(text, answer.params.len()));
        lines
    }

    /// What is said of the statement when it runs, with NULL for each parameter.
    fn run(&mut self, text: &str, params: usize) -> Vec<String> {
        self.client.simple("BEGIN").expect("begun");
        let mut bytes = client::parse("", text, &self.declared);
        bytes.extend(client::bind("", "", &[], &vec![None; params], &[]));
        bytes.extend(client::execute("", 1));
        bytes.extend(client::sync());
        self.client.send(&bytes).expect("sent");
        let answer = self.answer();
        self.client.simple("ROLLBACK").expect("rolled back");
        answer.error.map_or(Vec::new(), |(_, lines)| lines)
    }

    /// Reads to ReadyForQuery.
    fn answer(&mut self) -> Answer {
        let mut answer = Answer::default();
        loop {
            let message = self.client.read().expect("PostgreSQL answers");
            match message.tag {
                b'Z' => return answer,
                b't' => {
                    let mut body = client::Body(&message.body);
                    let count = body.i16();
                    answer.params = (0..count).map(|_| body.u32()).collect();
                }
                b'T' => answer.fields = Some(client::row_description(&message.body)),
                b'E' if answer.error.is_none() => answer.error = Some(error(&message.body)),
                b'N' => {
                    let fields: HashMap<char, String> = client::error_fields(&message.body).into_iter().collect();
                    answer.notices.push(format!("  notice {} {}", fields[&'C'], fields[&'M']));
                }
                _ => {}
            }
        }
    }

    fn column(&mut self, field: &Field) -> String {
        let mut text = format!("{} {}", field.name, self.type_name(field.type_oid));
        if field.typmod >= 0 {
            text += &format!("({})", field.typmod);
        }
        if field.table > 0 {
            let client = &mut self.client;
            let name = self
                .tables
                .entry(field.table)
                .or_insert_with(|| one(client, &format!("SELECT relname FROM pg_class WHERE oid = {}", field.table)));
            text += &format!(" = {name}.{}", field.attnum);
        }
        text
    }

    fn type_name(&mut self, oid: u32) -> String {
        let client = &mut self.client;
        let ask = || one(client, &format!("SELECT typname FROM pg_type WHERE oid = {oid}"));
        self.types.entry(oid).or_insert_with(ask).clone()
    }

    fn type_oid(&mut self, name: &str) -> u32 {
        match name {
            // What a client declares that leaves the type open.
            "unknown" => 0,
            name => one(&mut self.client, &format!("SELECT '{name}'::regtype::oid")).parse().expect("an OID"),
        }
    }
}

#[derive(Default)]
struct Answer {
    params: Vec<u32>,
    fields: Option<Vec<Field>>,
    notices: Vec<String>,
    /// SQLSTATE, and the lines that show it.
    error: Option<(String, Vec<String>)>,
}

fn error(body: &[u8]) -> (String, Vec<String>) {
    let fields: HashMap<char, String> = client::error_fields(body).into_iter().collect();
    let position = fields.get(&'P').map_or(String::new(), |position| format!(" at {position}"));
    let mut lines = vec![format!("error   {}{position} {}", fields[&'C'], fields[&'M'])];
    for (label, key) in [("detail", 'D'), ("hint", 'H')] {
        // A detail's further lines have no label in the script.
        let first = fields.get(&key).and_then(|text| text.lines().next());
        lines.extend(first.map(|text| format!("{label:<7} {text}")));
    }
    (fields[&'C'].clone(), lines)
}

/// The only value of a query.
fn one(client: &mut Client, sql: &str) -> String {
    let outcome = client.simple(sql).expect("PostgreSQL answers");
    let value = outcome.rows.first().and_then(|row| row[0].clone()).unwrap_or_else(|| panic!("no row: {sql}"));
    String::from_utf8(value).expect("UTF-8")
}
