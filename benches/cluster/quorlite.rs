//! A cluster of three processes on loopback.

#[path = "../../tests/support/port.rs"]
mod port;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

pub use port::free_port;

const BINARY: &str = env!("CARGO_BIN_EXE_quorlite");

pub struct Node {
    pub port: u16,
    cluster_port: u16,
    http_port: u16,
    arguments: Vec<String>,
    log: PathBuf,
    process: Child,
}

impl Drop for Node {
    fn drop(&mut self) {
        self.kill();
    }
}

// The benches use different parts of this.
#[allow(dead_code)]
impl Node {
    /// SIGKILL.
    pub fn kill(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }

    /// SIGTERM, and the wait for the end.
    pub fn stop(&mut self) {
        let signalled = Command::new("kill").arg(self.process.id().to_string()).status();
        assert!(signalled.is_ok_and(|status| status.success()), "the node runs");
        let _ = self.process.wait();
    }

    /// `quorlite transfer-leader`: to whoever is furthest.
    pub fn transfer_leader(&self) {
        let address = format!("127.0.0.1:{}", self.cluster_port);
        let transferred = Command::new(BINARY).args(["transfer-leader", "--connect", &address]).output();
        let output = transferred.expect("the binary runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// The most memory that the process has had since [`Node::forget_peak`], in megabytes.
    pub fn peak(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap_or_default();
        let line = status.lines().find(|line| line.starts_with("VmHWM:"));
        let kilobytes = line.and_then(|line| line.split_whitespace().nth(1)).and_then(|word| word.parse::<u64>().ok());
        kilobytes.unwrap_or(0) >> 10
    }

    pub fn forget_peak(&self) {
        let _ = std::fs::write(format!("/proc/{}/clear_refs", self.process.id()), "5");
    }

    /// With the same command, until it is ready.
    pub fn start_again(&mut self) {
        self.process = spawn(&self.arguments, &self.log);
        wait_until_ready(self.http_port);
    }

    pub fn leads(&self) -> bool {
        let metrics = || -> std::io::Result<String> {
            let mut stream = TcpStream::connect(("127.0.0.1", self.http_port))?;
            stream.write_all(b"GET /metrics HTTP/1.0\r\n\r\n")?;
            let mut text = String::new();
            stream.read_to_string(&mut text)?;
            Ok(text)
        };
        metrics().is_ok_and(|text| text.lines().any(|line| line == "quorlite_raft_is_leader 1"))
    }
}

/// Starts three nodes below `directory`, the first of which leads.
pub fn start_cluster(directory: &Path) -> Vec<Node> {
    let first_cluster_port = free_port();
    let mut nodes = vec![start(directory, 1, first_cluster_port, None)];
    for number in 2..=3 {
        nodes.push(start(directory, number, free_port(), Some(first_cluster_port)));
    }
    nodes
}

fn start(directory: &Path, number: usize, cluster_port: u16, join: Option<u16>) -> Node {
    let port = free_port();
    let http_port = free_port();
    let log = directory.join(format!("node.{number}.log"));
    let data = directory.join(format!("node.{number}"));
    let mut arguments: Vec<String> = ["start", "--max-connections", "200", "--data"].map(str::to_owned).to_vec();
    arguments.push(data.to_string_lossy().into_owned());
    for (flag, port) in [("--listen", port), ("--cluster-listen", cluster_port), ("--http-listen", http_port)] {
        arguments.extend([flag.to_owned(), format!("127.0.0.1:{port}")]);
    }
    if let Some(join) = join {
        arguments.extend(["--join".to_owned(), format!("127.0.0.1:{join}")]);
    }
    let process = spawn(&arguments, &log);
    wait_until_ready(http_port);
    Node { port, cluster_port, http_port, arguments, log, process }
}

fn spawn(arguments: &[String], log: &Path) -> Child {
    let log = std::fs::File::options().create(true).append(true).open(log).expect("a log file");
    let mut command = Command::new(BINARY);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
    command.spawn().expect("the binary runs")
}

fn wait_until_ready(http_port: u16) {
    let deadline = Instant::now() + Duration::from_secs(30);
    let address = format!("127.0.0.1:{http_port}");
    while !Command::new(BINARY)
        .args(["ready", "--http-connect", &address])
        .output()
        .is_ok_and(|output| output.status.success())
    {
        assert!(Instant::now() < deadline, "the node at HTTP port {http_port} did not get ready");
        std::thread::sleep(Duration::from_millis(50));
    }
}
