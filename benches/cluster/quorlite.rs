//! A cluster of three processes on loopback.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const BINARY: &str = env!("CARGO_BIN_EXE_quorlite");

pub struct Node {
    pub port: u16,
    process: Child,
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a free port").port()
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
    let log = std::fs::File::create(directory.join(format!("node.{number}.log"))).expect("a log file");
    let mut command = Command::new(BINARY);
    command
        .arg("start")
        .arg("--data")
        .arg(directory.join(format!("node.{number}")))
        .args(["--listen", &format!("127.0.0.1:{port}")])
        .args(["--cluster-listen", &format!("127.0.0.1:{cluster_port}")])
        .args(["--http-listen", &format!("127.0.0.1:{http_port}")])
        .args(["--max-connections", "200"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log);
    if let Some(join) = join {
        command.args(["--join", &format!("127.0.0.1:{join}")]);
    }
    let node = Node { port, process: command.spawn().expect("the binary runs") };
    wait_until_ready(http_port);
    node
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
