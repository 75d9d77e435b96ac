//! Whole nodes in one process, over real TCP, each with its own directory.

mod faults;
mod forming;
mod holding;
mod members;
#[path = "../../tests/support/port.rs"]
mod port;
mod reading;
mod snapshots;
mod writing;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tokio::net::TcpListener;

use super::*;
use crate::catalog::SessionKey;
use crate::sql::{self, SessionContext};
use crate::storage::{Call, Cancel, DataDir, Options, Outcome, SessionSequences, Storage, Transaction, TransactionId};

/// A node's place on this machine: directory and port stay when it stops.
struct Site {
    path: PathBuf,
    address: SocketAddr,
    join: Vec<String>,
    expect: u32,
    log_keep: u64,
    checkpoint_every: u64,
    log_keep_bytes: u64,
    patience: Duration,
    leases_reads: bool,
}

/// A running node.
struct Running {
    node: Arc<Node>,
    storage: Arc<Storage>,
    address: String,
}

/// A few sites in one temporary directory.
struct Yard {
    dir: TempDir,
    sites: usize,
}

impl Yard {
    fn new() -> Yard {
        log();
        Yard { dir: tempfile::tempdir().unwrap(), sites: 0 }
    }

    fn site(&mut self) -> Site {
        self.sites += 1;
        Site {
            path: self.dir.path().join(format!("node.{}", self.sites)),
            address: free_address(),
            join: Vec::new(),
            expect: 0,
            log_keep: 1000,
            checkpoint_every: 5000,
            log_keep_bytes: 1 << 30,
            patience: Duration::from_secs(10),
            leases_reads: true,
        }
    }
}

fn free_address() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], port::free_port()))
}

impl Site {
    fn joining(mut self, other: &Site) -> Site {
        self.join.push(other.address.to_string());
        self
    }

    fn config(&self) -> Config {
        Config {
            cluster_listen: self.address,
            advertise: self.address.to_string(),
            sql_address: "127.0.0.1:5".to_owned(),
            http_address: "127.0.0.1:8".to_owned(),
            join: self.join.clone(),
            bootstrap_expect: self.expect,
            leases_reads: self.leases_reads,
            timing: Timing { patience: self.patience, ..Timing::default() },
            log_keep: self.log_keep,
            checkpoint_every: self.checkpoint_every,
            log_keep_bytes: self.log_keep_bytes,
        }
    }

    async fn try_start(&self) -> Result<Running, String> {
        // A task of the node that was here in this very process may linger, and with it a connection or the directory.
        let deadline = Instant::now() + Duration::from_secs(5);
        let lingers = async || {
            tokio::time::sleep(Duration::from_millis(50)).await;
            Instant::now() < deadline
        };
        let listener = loop {
            match TcpListener::bind(self.address).await {
                Ok(listener) => break listener,
                Err(error) if !lingers().await => return Err(error.to_string()),
                Err(_) => {}
            }
        };
        let data = loop {
            match DataDir::open(&self.path).map_err(|error| error.to_string()) {
                Ok(data) => break Arc::new(data),
                Err(error) if !error.contains("in use") || !lingers().await => return Err(error),
                Err(_) => {}
            }
        };
        let options = Options::of(&data.identity());
        let storage = Storage::open(data.path(), options).map_err(|error| error.to_string())?;
        match Node::start(self.config(), data, storage.clone(), listener).await {
            Ok(node) => Ok(Running { node, storage, address: self.address.to_string() }),
            Err(error) => {
                storage.close();
                Err(error.to_string())
            }
        }
    }

    async fn start(&self) -> Running {
        self.try_start().await.unwrap()
    }
}

impl Running {
    /// As SIGTERM.
    async fn stop(self) {
        self.node.shutdown().await;
        self.storage.close();
    }

    /// As near to SIGKILL as one process allows: no word to the others.
    async fn kill(self) {
        self.node.kill().await;
        self.storage.close();
    }

    async fn execute(&self, text: &str) -> Outcome {
        self.node.execute("postgres", transaction(text)).await
    }

    async fn commit(&self, text: &str) -> u64 {
        match self.execute(text).await {
            Outcome::Committed { index, .. } => index,
            other => panic!("{text}: {other:?}"),
        }
    }

    async fn read_barrier(&self, consistency: ReadConsistency) -> Result<(), String> {
        self.node.read_barrier(consistency, 0).await.map_err(|error| error.to_string())
    }

    fn leads(&self) -> bool {
        self.node.gauges().is_leader
    }
}

fn transaction(text: &str) -> Transaction {
    let context = SessionContext {
        user: "postgres".to_owned(),
        database: "postgres".to_owned(),
        search_path: vec!["public".to_owned()],
        pid: 1,
        session: SessionKey { node: 1, run: 1, number: 1 },
        ..SessionContext::default()
    };
    Transaction {
        id: TransactionId(rand::random()),
        context: Arc::new(context),
        sequences: SessionSequences::default(),
        calls: sql::parse(text).unwrap().into_iter().map(Call::plain).collect(),
        abort_with: None,
        cancel: Cancel::new(),
    }
}

/// `QUORLITE_TEST_LOG=debug cargo test … -- --nocapture` shows what the nodes say.
fn log() {
    if let Ok(filter) = std::env::var("QUORLITE_TEST_LOG") {
        let _ = tracing_subscriber::fmt().with_env_filter(filter).with_test_writer().try_init();
    }
}

/// Waits until the condition holds.
async fn until(what: &str, mut condition: impl FnMut() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < Duration::from_secs(30), "{what} does not happen");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Three nodes, with a table to write to.
async fn three() -> (Yard, Vec<Site>, Vec<Running>) {
    three_with(|_| ()).await
}

async fn three_with(change: impl Fn(&mut Site)) -> (Yard, Vec<Site>, Vec<Running>) {
    let mut yard = Yard::new();
    let mut sites = vec![yard.site()];
    for _ in 0..2 {
        let site = yard.site().joining(&sites[0]);
        sites.push(site);
    }
    sites.iter_mut().for_each(change);
    let mut nodes = Vec::new();
    for site in &sites {
        nodes.push(site.start().await);
    }
    nodes[0].commit("CREATE TABLE t (a text PRIMARY KEY)").await;
    (yard, sites, nodes)
}

fn insert(value: impl std::fmt::Display) -> String {
    format!("INSERT INTO t VALUES ('{value}')")
}

/// All nodes have the same; gives the rows of the table.
async fn rows(any: &Running) -> u64 {
    let check = admin::check(&any.address).await.unwrap();
    let mut digests = check
        .nodes
        .iter()
        .map(|node| (node.id, node.digest.as_ref().unwrap_or_else(|why| panic!("node {}: {why}", node.id))));
    let (_, first) = digests.next().unwrap();
    for (id, digest) in digests {
        assert_eq!(digest.tables, first.tables, "node {id} differs");
    }
    first.tables.iter().find(|(_, table, ..)| table == "t").map_or(0, |(_, _, rows, _)| *rows)
}
