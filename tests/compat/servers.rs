//! Starts the two servers of a comparison, each on a free port in a directory of its own.

use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::client::Client;

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
        for setting in ["listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off", "timezone=UTC"] {
            postgres.args(["-c", setting]);
        }
        postgres.args(["-p", &port.to_string()]);
        Some(Server::start(Engine::Postgres, postgres, port, directory))
    }

    /// A cluster of one node, with the binary of this build.
    pub fn quorlite() -> Server {
        let directory = TempDir::new().expect("a temporary directory");
        let port = free_port();
        let mut quorlite = Command::new(env!("CARGO_BIN_EXE_quorlite"));
        quorlite.arg("start").arg("--data").arg(directory.path().join("node"));
        quorlite.args(["--listen", &format!("127.0.0.1:{port}")]);
        quorlite.args(["--cluster-listen", &format!("127.0.0.1:{}", free_port())]);
        quorlite.args(["--http-listen", &format!("127.0.0.1:{}", free_port())]);
        Server::start(Engine::Quorlite, quorlite, port, directory)
    }

    fn start(engine: Engine, mut command: Command, port: u16, directory: TempDir) -> Server {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}", engine.name()));
        let output = Arc::new(Mutex::new(String::new()));
        collect(child.stdout.take().expect("piped"), Arc::clone(&output));
        collect(child.stderr.take().expect("piped"), Arc::clone(&output));
        let mut server = Server { engine, port, child, output, _directory: directory };
        server.wait_until_it_answers();
        server
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
        if let Some(status) = self.child.try_wait().expect("our child") {
            panic!("{} ended: {status}\n{}", self.engine.name(), self.output());
        }
    }

    pub fn output(&self) -> String {
        self.output.lock().expect("not poisoned").clone()
    }

    /// Resident memory, in bytes.
    pub fn resident(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("procfs");
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("VmRSS");
        let kilobytes = line.split_whitespace().nth(1).and_then(|number| number.parse::<u64>().ok());
        kilobytes.expect("a number") * 1024
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // PostgreSQL's children and shared memory outlive a postmaster that was killed: SIGINT is its fast shutdown.
        if self.engine == Engine::Postgres {
            let _ = Command::new("kill").args(["-INT", &self.child.id().to_string()]).status();
            let deadline = Instant::now() + Duration::from_secs(10);
            while Instant::now() < deadline {
                if !matches!(self.child.try_wait(), Ok(None)) {
                    return;
                }
                std::thread::sleep(Duration::from_millis(20));
            }
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
fn postgres_bin() -> Option<PathBuf> {
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

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port").port()
}
