//! pgbench of PostgreSQL 15 and its built-in scripts, unchanged.

use std::process::{Command, Output};
use std::time::Duration;

const PGBENCH: &str = "/usr/lib/postgresql/15/bin/pgbench";

/// How pgbench sends its statements (`--protocol`).
pub const MODES: [&str; 3] = ["simple", "extended", "prepared"];

#[derive(Clone, Copy)]
pub enum Script {
    TpcbLike,
    SimpleUpdate,
    SelectOnly,
}

impl Script {
    pub fn name(self) -> &'static str {
        match self {
            Script::TpcbLike => "tpcb-like",
            Script::SimpleUpdate => "simple-update",
            Script::SelectOnly => "select-only",
        }
    }
}

/// What pgbench said of one slice.
#[derive(Clone, Copy, Default)]
pub struct Said {
    pub per_second: f64,
    /// Mean, in milliseconds.
    pub latency: f64,
    pub failed: u64,
}

/// Makes and fills pgbench's tables, as `pgbench -i` does by itself.
pub fn initialize(port: u16, scale: u64) {
    let output = pgbench(port, &["-i", "-q", "-s", &scale.to_string()]);
    assert!(output.status.success(), "pgbench -i: {}", String::from_utf8_lossy(&output.stderr));
}

pub fn run(script: Script, mode: &str, port: u16, connections: usize, length: Duration) -> Said {
    let (connections, threads) = (connections.to_string(), connections.min(2).to_string());
    let seconds = length.as_secs().max(1).to_string();
    let arguments = ["-n", "-b", script.name(), "-M", mode, "-c", &connections, "-j", &threads, "-T", &seconds];
    let output = pgbench(port, &arguments);
    assert!(output.status.success(), "pgbench {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8_lossy(&output.stdout);
    Said {
        per_second: number_after(&text, "tps = "),
        latency: number_after(&text, "latency average = "),
        failed: number_after(&text, "number of failed transactions: ") as u64,
    }
}

fn pgbench(port: u16, arguments: &[&str]) -> Output {
    let mut command = Command::new(PGBENCH);
    command.args(["-h", "127.0.0.1", "-p", &port.to_string(), "-U", "postgres"]).args(arguments).arg("postgres");
    command.output().expect("pgbench of PostgreSQL 15 is installed")
}

fn number_after(text: &str, label: &str) -> f64 {
    let rest = text.split_once(label).unwrap_or_else(|| panic!("pgbench says {label:?}:\n{text}")).1;
    let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
    rest[..end].parse().unwrap_or_else(|_| panic!("a number after {label:?}:\n{text}"))
}
