//! Starts the two servers of a comparison, each on a free port in a directory of its own.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::client::Client;
use crate::support::cluster::TestCluster;
use crate::support::free_port;
use crate::support::process::Process;

const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Engine {
    Postgres,
    Quorlite,
}

impl Engine {
    pub fn name(self) -> &'static str {
        match self {
            Engine::Postgres => "postgres",
            Engine::Quorlite => "quorlite",
        }
    }
}

/// A running server, ended when dropped.
pub struct Server {
    pub engine: Engine,
    pub port: u16,
    running: Running,
}

enum Running {
    Postgres(Postgres),
    Quorlite { cluster: Box<TestCluster>, node: usize },
}

struct Postgres {
    child: Child,
    /// The end of what it printed, shown when it fails.
    output: Arc<Mutex<String>>,
    _directory: TempDir,
}

impl Server {
    /// PostgreSQL 15, or `None` where it isn't installed. CI has it: missing there is a failure.
    pub fn postgres() -> Option<Server> {
        let Some(bin) = postgres_bin() else {
            assert!(std::env::var_os("CI").is_none(), "PostgreSQL 15 is not installed: apt-get install postgresql-15");
            eprintln!("PostgreSQL 15 is not installed: nothing to compare with");
            return None;
        };
        let directory = TempDir::new().expect("a temporary directory");
        let data = directory.path().join("data");
        // PostgreSQL refuses to run as root.
        let user = if is_root() { Some(account("postgres")) } else { None };
        if let Some((uid, gid)) = user {
            std::os::unix::fs::chown(directory.path(), Some(uid), Some(gid)).expect("chown");
        }
        let command = |program: &str| {
            let mut command = Command::new(bin.join(program));
            command.current_dir(directory.path()).env_remove("PGDATA").env("TZ", "UTC").env("LC_ALL", "C");
            if let Some((uid, gid)) = user {
                command.uid(uid).gid(gid);
            }
            command
        };
        let mut initdb = command("initdb");
        initdb.args(["--locale=C", "--encoding=UTF8", "--username=postgres", "--auth=trust", "--no-sync", "-D"]);
        let made = initdb.arg(&data).output().expect("initdb runs");
        assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));

        let port = free_port();
        let mut postgres = command("postgres");
        postgres.arg("-D").arg(&data);
        // What is vacuumed meanwhile changes the order in which dependent objects are found, and told.
        let quiet = "autovacuum=off";
        for setting in ["listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off", "timezone=UTC", quiet] {
            postgres.args(["-c", setting]);
        }
        postgres.args(["-p", &port.to_string()]);
        let mut child =
            postgres.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
        let output = Arc::new(Mutex::new(String::new()));
        collect(child.stdout.take().expect("piped"), Arc::clone(&output));
        collect(child.stderr.take().expect("piped"), Arc::clone(&output));
        let running = Running::Postgres(Postgres { child, output, _directory: directory });
        let mut server = Server { engine: Engine::Postgres, port, running };
        server.wait_until_it_answers();
        Some(server)
    }

    /// A cluster of one node, with the binary of this build.
    pub fn quorlite() -> Server {
        Server::of(TestCluster::start(1, &[]), 0)
    }

    /// A node of three that doesn't lead: no client can tell.
    pub fn quorlite_follower() -> Server {
        let cluster = TestCluster::start(3, &[]);
        let follower = cluster.follower();
        Server::of(cluster, follower)
    }

    fn of(cluster: TestCluster, node: usize) -> Server {
        let port = cluster.nodes[node].sql_port;
        let running = Running::Quorlite { cluster: Box::new(cluster), node };
        let mut server = Server { engine: Engine::Quorlite, port, running };
        server.wait_until_it_answers();
        server
    }

    /// After everything: the nodes' files are equal.
    pub fn assert_equal(&self) {
        if let Running::Quorlite { cluster, .. } = &self.running {
            cluster.assert_equal();
        }
    }

    fn wait_until_it_answers(&mut self) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let error = match Client::connect(self.port).and_then(|mut client| client.simple("SELECT 1")) {
                Ok(_) => return,
                Err(error) => error,
            };
            self.assert_running();
            assert!(Instant::now() < deadline, "{}: {error}\n{}", self.engine.name(), self.output());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    pub fn connect(&self) -> Client {
        Client::connect(self.port)
            .unwrap_or_else(|error| panic!("connect to {}: {error}\n{}", self.engine.name(), self.output()))
    }

    /// Panics when the process has ended.
    pub fn assert_running(&mut self) {
        let ended = match &mut self.running {
            Running::Postgres(postgres) => postgres.child.try_wait().expect("our child"),
            Running::Quorlite { cluster, node } => cluster.nodes[*node].running().ended(),
        };
        if let Some(status) = ended {
            panic!("{} ended: {status}\n{}", self.engine.name(), self.output());
        }
    }

    pub fn output(&self) -> String {
        match &self.running {
            Running::Postgres(postgres) => postgres.output.lock().expect("not poisoned").clone(),
            Running::Quorlite { cluster, node } => {
                cluster.nodes[*node].process.as_ref().map(Process::stderr).unwrap_or_default()
            }
        }
    }

    /// Resident memory, in bytes.
    pub fn resident(&self) -> u64 {
        self.memory("VmRSS:")
    }

    /// The most that was ever resident, in bytes.
    pub fn peak(&self) -> u64 {
        self.memory("VmHWM:")
    }

    fn memory(&self, what: &str) -> u64 {
        let pid = match &self.running {
            Running::Postgres(postgres) => postgres.child.id(),
            Running::Quorlite { cluster, node } => cluster.nodes[*node].process.as_ref().expect("it runs").id(),
        };
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("procfs");
        let line = status.lines().find(|line| line.starts_with(what)).expect(what);
        let kilobytes = line.split_whitespace().nth(1).and_then(|number| number.parse::<u64>().ok());
        kilobytes.expect("a number") * 1024
    }
}

impl Drop for Postgres {
    /// Its children and shared memory outlive a postmaster that was killed: SIGINT is its fast shutdown.
    fn drop(&mut self) {
        let _ = Command::new("kill").args(["-INT", &self.child.id().to_string()]).status();
        let deadline = Instant::now() + Duration::from_secs(10);
        while Instant::now() < deadline {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Keeps the last of what the server prints, and its pipe from filling up.
fn collect(from: impl Read + Send + 'static, into: Arc<Mutex<String>>) {
    const KEPT: usize = 64 * 1024;
    std::thread::spawn(move || {
        for line in BufReader::new(from).split(b'\n').map_while(Result::ok) {
            let mut kept = into.lock().expect("not poisoned");
            kept.push_str(&String::from_utf8_lossy(&line));
            kept.push('\n');
            if kept.len() > KEPT {
                let mut cut = kept.len() - KEPT / 2;
                while !kept.is_char_boundary(cut) {
                    cut += 1;
                }
                kept.drain(..cut);
            }
        }
    });
}

/// Where PostgreSQL 15's programs are: `POSTGRES_BIN`, or where Debian puts them.
pub fn postgres_bin() -> Option<PathBuf> {
    let candidates = [std::env::var_os("POSTGRES_BIN").map(PathBuf::from), Some("/usr/lib/postgresql/15/bin".into())];
    candidates.into_iter().flatten().find(|directory: &PathBuf| directory.join("postgres").exists())
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    Path::new("/proc/self").metadata().is_ok_and(|metadata| metadata.uid() == 0)
}

fn account(name: &str) -> (u32, u32) {
    let accounts = std::fs::read_to_string("/etc/passwd").expect("/etc/passwd");
    let line = accounts.lines().find(|line| line.split(':').next() == Some(name));
    let mut fields = line.unwrap_or_else(|| panic!("no account {name}")).split(':').skip(2);
    let mut number = || fields.next().and_then(|field| field.parse().ok()).expect("a number");
    (number(), number())
}
