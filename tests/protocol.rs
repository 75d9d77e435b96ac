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

use std::time::Duration;

use compat::client::{Client, PROTOCOL_3_0, startup};
use compat::differences::{self, Difference};
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
    let files = compat::scripts("tests/protocol", "trace", "TRACE");
    let mut failures = Vec::new();
    let mut count = 0;
    for file in &files {
        if server.engine == Engine::Postgres {
            server.connect().simple("DROP SCHEMA public CASCADE; CREATE SCHEMA public").expect("reset");
        }
        let text = std::fs::read_to_string(file).expect("readable");
        let (head, cases) = script::parse(&text);
        let mut printer = Printer::default();
        let mut written = head.lines.clone();
        for step in &head.steps {
            elsewhere(server, step);
        }
        for case in &cases {
            if case.only.is_none_or(|engine| engine == server.engine) {
                count += 1;
                let mut run = Run { server, printer: &mut printer, case, client: open(server, case) };
                if record && !case.differs() {
                    written.extend(run.record());
                    continue;
                }
                if let Some(difference) = run.verify() {
                    failures.push(Difference::new(file, &case.title, &difference));
                }
            }
            written.extend(case.lines.iter().cloned());
        }
        if record {
            std::fs::write(file, written.join("\n") + "\n").expect("written");
        }
    }
    println!("{}: {count} cases, {} differ", server.engine.name(), failures.len());
    match server.engine {
        Engine::Postgres => {
            let show = |failure: &Difference| format!("{}\n{}\n", failure.place, failure.answer);
            let failures: Vec<String> = failures.iter().map(show).collect();
            assert!(failures.is_empty(), "PostgreSQL:\n\n{}", failures.join("\n"));
        }
        Engine::Quorlite => differences::judge("tests/protocol", &files, failures),
    }
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
}

impl Run<'_> {
    /// Sends and compares; what differed.
    fn verify(&mut self) -> Option<String> {
        self.client.set_timeout(Duration::from_secs(10)).expect("set");
        let mut differences = String::new();
        for step in &self.case.steps {
            match step {
                Step::Elsewhere(_) => elsewhere(self.server, step),
                Step::Send(commands) => self.send(commands),
                Step::Expect(lines) => {
                    let engine = self.server.engine;
                    let wanted = lines.iter().filter(|line| line.0.is_none_or(|only| only == engine));
                    let wanted = sorted(wanted.map(|line| line.1.clone()).collect());
                    let mut actual = Vec::new();
                    // Fewer lines may come than are wanted, but not fewer cycles.
                    let mut cycles = wanted.iter().filter(|line| is_ready(line)).count();
                    let ends_ready = wanted.last().is_some_and(|line| is_ready(line));
                    for line in &wanted {
                        let Some(line) = self.next(line.starts_with("Byte ")) else { break };
                        cycles -= usize::from(cycles > 0 && is_ready(&line));
                        actual.push(line);
                        if ends_ready && cycles == 0 {
                            break;
                        }
                    }
                    let mut actual = sorted(actual);
                    if actual != wanted {
                        self.drain(&mut actual, wanted.len() + 50);
                        differences += &script::difference(&wanted, &actual);
                        if actual.last().is_some_and(|line| is_end(line)) {
                            break;
                        }
                    }
                }
            }
        }
        (!differences.is_empty()).then_some(differences)
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

    /// Reads what is left to read, so that the next step's answers are its own.
    fn drain(&mut self, lines: &mut Vec<String>, most: usize) {
        self.client.set_timeout(Duration::from_millis(500)).expect("set");
        while lines.len() < most && !lines.last().is_some_and(|line| is_end(line)) {
            let Some(line) = self.next(false) else { break };
            lines.push(line);
        }
        self.client.set_timeout(Duration::from_secs(10)).expect("set");
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
            let end = is_end(&line);
            lines.push(line);
            if end || (due > 0 && seen >= due) || (byte && due == 0) {
                break;
            }
        }
        lines
    }
}

fn is_ready(line: &str) -> bool {
    line.starts_with("ReadyForQuery")
}

/// Whether nothing can follow.
fn is_end(line: &str) -> bool {
    line == "EOF" || line.starts_with("broken")
}

/// ParameterStatus messages come in no particular order.
fn sorted(mut lines: Vec<String>) -> Vec<String> {
    lines.chunk_by_mut(|a, b| a.starts_with("ParameterStatus") && b.starts_with("ParameterStatus")).for_each(|lines| {
        lines.sort_unstable();
    });
    lines
}
