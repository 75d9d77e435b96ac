//! Runs tests/protocol/*.trace (see the README there): what goes over the wire, message by message, against
//! PostgreSQL 15, which must agree, and against a real Quorlite process. Below them: what takes more than a script.

#[path = "protocol/abuse.rs"]
mod abuse;
#[path = "protocol/cancel.rs"]
mod cancel;
mod compat;
#[path = "protocol/script.rs"]
mod script;
#[path = "protocol/streaming.rs"]
mod streaming;
mod support;

use std::path::{Path, PathBuf};
use std::time::Duration;

use compat::client::{Client, PROTOCOL_3_0, startup};
use compat::servers::{Engine, Server};
use script::{Case, Command, Printer, Step};

#[test]
fn postgres_agrees() {
    let Some(server) = Server::postgres() else { return };
    let record = std::env::var_os("TRACE_RECORD").is_some();
    run_all(&server, record);
}

#[test]
fn quorlite() {
    run_all(&Server::quorlite(), false);
}

#[test]
fn quorlite_follower() {
    let server = Server::quorlite_follower();
    run_all(&server, false);
    server.assert_equal();
}

fn run_all(server: &Server, record: bool) {
    let mut failures = Vec::new();
    let mut count = 0;
    for file in files() {
        if server.engine == Engine::Postgres {
            server.connect().simple("DROP SCHEMA public CASCADE; CREATE SCHEMA public").expect("reset");
        }
        let text = std::fs::read_to_string(&file).expect("readable");
        let (head, cases) = script::parse(&text);
        let mut printer = Printer::default();
        let mut written = head.lines.clone();
        for step in &head.steps {
            elsewhere(server, step);
        }
        for case in &cases {
            if case.only.is_none_or(|engine| engine == server.engine) {
                count += 1;
                let mut run = Run { server, printer: &mut printer, case, client: open(server, case), log: vec![] };
                if record && !case.differs() {
                    written.extend(run.record());
                    continue;
                }
                if let Err(error) = run.verify() {
                    let name = file.file_name().expect("a file").to_string_lossy();
                    failures.push(format!("{name}: {}\n{}{error}\n", case.title, run.log.join("\n")));
                }
            }
            written.extend(case.lines.iter().cloned());
        }
        if record {
            std::fs::write(&file, written.join("\n") + "\n").expect("written");
        }
    }
    println!("{}: {count} cases, {} failed", server.engine.name(), failures.len());
    let known = match server.engine {
        Engine::Postgres => Vec::new(),
        _ => differences(),
    };
    let (expected, failures): (Vec<_>, Vec<_>) =
        failures.into_iter().partition(|failure| known.iter().any(|case| is_of(failure, case)));
    assert!(failures.is_empty(), "{}:\n\n{}", server.engine.name(), failures.join("\n"));
    let mended: Vec<_> = known.iter().filter(|case| !expected.iter().any(|failure| is_of(failure, case))).collect();
    assert!(
        mended.is_empty() || std::env::var_os("TRACE").is_some(),
        "these answer as PostgreSQL now, take them out of differences.tsv: {mended:?}"
    );
}

/// Whether a failure is that of `FILE: TITLE`.
fn is_of(failure: &str, case: &str) -> bool {
    failure.lines().next() == Some(case)
}

/// The cases that we are known to answer otherwise (tests/protocol/differences.tsv): `FILE: TITLE`, and what it is.
/// What is listed must fail, so that the list can only be true.
fn differences() -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/protocol/differences.tsv");
    let text = std::fs::read_to_string(path).expect("the list of differences");
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split_once('\t').map(|(case, _)| case.to_owned())).collect()
}

fn files() -> Vec<PathBuf> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/protocol");
    let wanted = std::env::var("TRACE").ok();
    let mut files: Vec<PathBuf> = std::fs::read_dir(directory)
        .expect("tests/protocol")
        .map(|entry| entry.expect("readable").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "trace"))
        .filter(|path| {
            let name = path.file_stem().expect("a file").to_string_lossy();
            wanted.as_ref().is_none_or(|wanted| wanted.split(',').any(|wanted| wanted == name))
        })
        .collect();
    files.sort();
    assert!(!files.is_empty(), "no files");
    files
}

fn open(server: &Server, case: &Case) -> Client {
    let mut client = Client::open(server.port).expect("connects");
    if !case.raw {
        client.send(&startup(PROTOCOL_3_0, &[("user", "postgres"), ("database", "postgres")])).expect("sent");
        client.until_ready().unwrap_or_else(|error| panic!("{}: {error}\n{}", case.title, server.output()));
    }
    client
}

fn elsewhere(server: &Server, step: &Step) {
    if let Step::Elsewhere(sql) = step {
        server.connect().simple(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
    }
}

/// One case on one server.
struct Run<'a> {
    server: &'a Server,
    printer: &'a mut Printer,
    case: &'a Case,
    client: Client,
    /// What went well so far, for the report.
    log: Vec<String>,
}

impl Run<'_> {
    /// Sends and compares; on the first difference shows what came instead.
    fn verify(&mut self) -> Result<(), String> {
        self.client.set_timeout(Duration::from_secs(10)).expect("set");
        for step in &self.case.steps {
            match step {
                Step::Elsewhere(_) => elsewhere(self.server, step),
                Step::Send(commands) => {
                    self.log.push(commands.iter().map(|command| format!("  > {}\n", command.name)).collect());
                    self.send(commands);
                }
                Step::Expect(lines) => {
                    let engine = self.server.engine;
                    let wanted = lines.iter().filter(|line| line.0.is_none_or(|only| only == engine));
                    let wanted = sorted(wanted.map(|line| line.1.clone()).collect());
                    let mut actual = Vec::new();
                    for line in &wanted {
                        match self.next(line.starts_with("Byte ")) {
                            Some(line) => actual.push(line),
                            None => break,
                        }
                    }
                    let actual = sorted(actual);
                    if actual != wanted {
                        return Err(self.difference(&wanted, actual));
                    }
                }
            }
        }
        Ok(())
    }

    fn send(&mut self, commands: &[Command]) {
        let bytes: Vec<u8> = commands.iter().flat_map(|command| command.bytes.clone()).collect();
        // The server may have hung up: what it said before is what counts.
        let _ = self.client.send(&bytes);
    }

    /// The next message as a line; `None` after the read timeout.
    fn next(&mut self, byte: bool) -> Option<String> {
        use std::io::ErrorKind;
        let read = match byte {
            true => self.client.read_byte().map(|byte| format!("Byte {}", byte as char)),
            false => self.client.read().map(|message| self.printer.show(&message)),
        };
        match read {
            Ok(line) => Some(line),
            Err(error) => match error.kind() {
                ErrorKind::WouldBlock | ErrorKind::TimedOut => None,
                ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset | ErrorKind::BrokenPipe => Some("EOF".into()),
                _ => Some(format!("broken: {error}")),
            },
        }
    }

    fn difference(&mut self, wanted: &[String], mut actual: Vec<String>) -> String {
        self.client.set_timeout(Duration::from_millis(200)).expect("set");
        while let Some(line) = self.next(false) {
            let end = line == "EOF" || line.starts_with("broken");
            actual.push(line);
            if end || actual.len() > wanted.len() + 50 {
                break;
            }
        }
        let mut text = String::new();
        for index in 0..wanted.len().max(actual.len()) {
            match (wanted.get(index), actual.get(index)) {
                (Some(wanted), Some(actual)) if wanted == actual => text += &format!("    {wanted}\n"),
                (wanted, actual) => {
                    text += &wanted.map(|line| format!("  - {line}\n")).unwrap_or_default();
                    text += &actual.map(|line| format!("  + {line}\n")).unwrap_or_default();
                }
            }
        }
        text
    }

    /// Sends, and returns the case's lines with what the server answered in place of the expectations.
    fn record(&mut self) -> Vec<String> {
        let mut written = Vec::new();
        let steps = self.case.steps.iter().filter(|step| !matches!(step, Step::Expect(_)));
        let mut lines = self.case.lines.iter().filter(|line| !line.starts_with("< ")).peekable();
        for step in steps {
            let mark = if matches!(step, Step::Elsewhere(_)) { "! " } else { "> " };
            while let Some(line) = lines.next_if(|line| !line.starts_with(mark)) {
                written.push(line.clone());
            }
            match step {
                Step::Elsewhere(_) => {
                    written.extend(lines.next().cloned());
                    elsewhere(self.server, step);
                }
                Step::Send(commands) => {
                    written.extend((0..commands.len()).filter_map(|_| lines.next().cloned()));
                    self.send(commands);
                    let answers = self.answers(commands);
                    written.extend(sorted(answers).into_iter().map(|line| format!("< {line}")));
                }
                Step::Expect(_) => unreachable!("filtered out"),
            }
        }
        written.extend(lines.cloned());
        written
    }

    /// Everything up to the last ReadyForQuery that is due, or to silence where none is.
    fn answers(&mut self, commands: &[Command]) -> Vec<String> {
        let due = commands.iter().filter(|command| ["Query", "Sync", "Startup"].contains(&command.name.as_str()));
        let due = due.count();
        let byte = commands.iter().any(|command| command.name.ends_with("Request"));
        let quiet = if due > 0 { Duration::from_secs(3) } else { Duration::from_millis(300) };
        self.client.set_timeout(quiet).expect("set");
        let mut lines = Vec::new();
        let mut seen = 0;
        while let Some(line) = self.next(byte && lines.is_empty()) {
            seen += usize::from(line.starts_with("ReadyForQuery"));
            let end = line == "EOF" || line.starts_with("broken");
            lines.push(line);
            if end || (due > 0 && seen >= due) || (byte && due == 0) {
                break;
            }
        }
        lines
    }
}

/// ParameterStatus messages come in no particular order.
fn sorted(mut lines: Vec<String>) -> Vec<String> {
    lines.chunk_by_mut(|a, b| a.starts_with("ParameterStatus") && b.starts_with("ParameterStatus")).for_each(|lines| {
        lines.sort_unstable();
    });
    lines
}
