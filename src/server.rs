//! The composition root: opens the files, wires the layers, shuts them down.
//!
//! The order is the point of it. Ports are bound before the data directory is touched, so a used
//! port changes nothing on disk; the HTTP port answers from then on; PostgreSQL clients are let in
//! only when there is a node to serve them. Going down, clients are told first, while the node can
//! still follow their last writes to the end; then leadership is handed over; the files come last.

mod greeting;

use std::io::IsTerminal;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpSocket;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tracing::{error, info, warn};
use tracing_subscriber::EnvFilter;

use crate::cluster::{self, Node, Timing};
use crate::ops::{self, Ops, Phase};
use crate::session;
use crate::storage::{self, DataDir, Storage};
use crate::wire;

/// What `quorlite start` was asked for, checked.
#[derive(Clone, Debug)]
pub struct Config {
    pub data: PathBuf,
    /// Where PostgreSQL clients, peers and HTTP requests come in.
    pub listen: SocketAddr,
    pub cluster_listen: SocketAddr,
    pub http_listen: SocketAddr,
    /// `host:port` under which others reach the cluster, PostgreSQL and HTTP ports.
    pub advertise: String,
    pub sql_address: String,
    pub http_address: String,
    pub join: Vec<String>,
    /// 0: not asked for.
    pub bootstrap_expect: u32,
    pub max_connections: usize,
    pub patience_with_holders: session::Patience,
    /// In bytes.
    pub max_transaction_size: u64,
    pub max_readers: usize,
    pub patience: Duration,
    pub checkpoint_every: u64,
    /// Whether this node as the leader answers reads without asking others each time.
    pub leases_reads: bool,
    pub log_keep: u64,
    /// In bytes.
    pub log_keep_size: u64,
    pub log: String,
    /// What sessions begin with.
    pub defaults: Arc<session::settings::Defaults>,
}

/// How long clients may take to finish, and the node to hand over, when the process is asked to stop.
const FAREWELL: Duration = Duration::from_secs(5);
const HAND_OVER: Duration = Duration::from_secs(10);

/// How long a node that can't go on waits for its tasks to end. None of them answers anybody any more.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// Runs a node until it is asked to stop or can't go on. The error is one line for the operator.
pub fn run(config: Config) -> Result<(), String> {
    start_logging(&config.log)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| format!("the async runtime cannot start: {error}"))?;
    let result = runtime.block_on(live(config));
    // Whatever still runs belongs to nobody any more; the files are closed or their logs replay. After a failure it is
    // waited for, though, so that the reason is the last that is said.
    match &result {
        Ok(()) => runtime.shutdown_background(),
        Err(_) => runtime.shutdown_timeout(LAST_WORDS),
    }
    result
}

fn start_logging(filter: &str) -> Result<(), String> {
    // openraft tells every step of an election, and every try to reach a node that is away; the cluster tells what matters.
    let filter = EnvFilter::try_new(format!("openraft=error,{filter}"))
        .map_err(|error| format!("--log {filter:?} is no log filter: {error}"))?;
    // Colours for people only: logs are searched and shipped.
    let colours = std::io::stderr().is_terminal();
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(colours).init();
    Ok(())
}

async fn live(mut config: Config) -> Result<(), String> {
    let mut signals = Signals::new()?;
    let doors = Doors::bind(&config)?;
    let data = Arc::new(DataDir::open(&config.data).map_err(|error| error.to_string())?);
    let counters = Arc::new(wire::Counters::default());
    let ops = Ops::new(config.data.clone(), counters.clone());
    let http = doors.http.listen(128).map_err(|error| used("--http-listen", config.http_listen, &error))?;
    config.http_listen = http.local_addr().map_err(|error| error.to_string())?;
    tokio::spawn(ops::serve(http, ops.clone()));

    // Joining may wait for a long time; a signal must not.
    let started = tokio::select! {
        started = start(&config, data.clone(), doors.cluster) => started?,
        name = signals.next() => {
            info!(signal = name, "stopped before this node was a member of a cluster");
            return Ok(());
        }
    };
    let (node, storage) = started;
    let sql = doors.sql.listen(1024).map_err(|error| used("--listen", config.listen, &error))?;
    config.listen = sql.local_addr().map_err(|error| error.to_string())?;
    let limits = wire::Limits {
        max_connections: config.max_connections,
        patience: config.patience_with_holders,
        defaults: config.defaults.clone(),
        ..wire::Limits::default()
    };
    let server = wire::Server::start(sql, node.clone(), limits, counters);
    node.house(server.sessions());
    ops.set_phase(Phase::Running(node.clone()));
    greeting::print(&config, data.path(), &node);

    let result = tokio::select! {
        name = signals.next() => {
            info!(signal = name, "stopping; a second signal quits at once");
            Ok(())
        }
        reason = node.failed() => {
            error!(%reason, "this node cannot go on");
            Err(format!("this node has stopped: {reason}"))
        }
    };
    ops.set_phase(Phase::Stopping(node.clone()));
    if result.is_ok() {
        tokio::select! {
            () = stop(&server, &node, storage) => info!("stopped"),
            name = signals.next() => return Err(format!("quit at the second signal ({name})")),
        }
    }
    drop(data);
    result
}

/// Opens the files and takes this node's place in its cluster.
async fn start(
    config: &Config,
    data: Arc<DataDir>,
    cluster_port: TcpSocket,
) -> Result<(Arc<Node>, Arc<Storage>), String> {
    let listener = cluster_port.listen(128).map_err(|error| used("--cluster-listen", config.cluster_listen, &error))?;
    let path = data.path().to_owned();
    let options = storage::Options {
        max_readers: config.max_readers,
        max_transaction_bytes: config.max_transaction_size,
        ..storage::Options::of(&data.identity())
    };
    let storage = tokio::task::spawn_blocking(move || Storage::open(&path, options))
        .await
        .map_err(|error| format!("opening the database files failed: {error}"))?
        .map_err(|error| error.to_string())?;
    let node = Node::start(cluster_config(config), data, storage.clone(), listener)
        .await
        .map_err(|error| error.to_string())?;
    Ok((node, storage))
}

fn cluster_config(config: &Config) -> cluster::Config {
    cluster::Config {
        cluster_listen: config.cluster_listen,
        advertise: config.advertise.clone(),
        sql_address: config.sql_address.clone(),
        http_address: config.http_address.clone(),
        join: config.join.clone(),
        bootstrap_expect: config.bootstrap_expect,
        timing: Timing { patience: config.patience, ..Timing::default() },
        log_keep: config.log_keep,
        log_keep_bytes: config.log_keep_size,
        checkpoint_every: config.checkpoint_every,
        leases_reads: config.leases_reads,
    }
}

/// Each step is bounded: a stuck one must not keep the process, whose log replays anyway.
async fn stop(server: &wire::Server, node: &Node, storage: Arc<Storage>) {
    if tokio::time::timeout(FAREWELL, server.shutdown()).await.is_err() {
        warn!("some connections did not end in time");
    }
    if tokio::time::timeout(HAND_OVER, node.shutdown()).await.is_err() {
        warn!("leadership was not handed over in time");
    }
    if tokio::task::spawn_blocking(move || storage.close()).await.is_err() {
        warn!("the database files were not closed in order; their log replays at the next start");
    }
}

/// The three ports, bound but not yet listening: nobody is let in before there is somebody to answer.
struct Doors {
    sql: TcpSocket,
    cluster: TcpSocket,
    http: TcpSocket,
}

impl Doors {
    fn bind(config: &Config) -> Result<Doors, String> {
        Ok(Doors {
            sql: bind("--listen", config.listen)?,
            cluster: bind("--cluster-listen", config.cluster_listen)?,
            http: bind("--http-listen", config.http_listen)?,
        })
    }
}

fn bind(flag: &str, address: SocketAddr) -> Result<TcpSocket, String> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() };
    let bound = socket.and_then(|socket| {
        // A restart must not wait for the last process' connections to time out.
        socket.set_reuseaddr(true)?;
        // Inherited by what is accepted: a client or peer that vanished without a word is found out.
        socket.set_keepalive(true)?;
        socket.bind(address)?;
        Ok(socket)
    });
    bound.map_err(|error| used(flag, address, &error))
}

fn used(flag: &str, address: SocketAddr, error: &std::io::Error) -> String {
    let advice = match error.kind() {
        std::io::ErrorKind::AddrInUse => "another process listens there: stop it, or choose another port with",
        std::io::ErrorKind::PermissionDenied => "this user may not: choose a port above 1023 with",
        std::io::ErrorKind::AddrNotAvailable => "this machine does not have that address: choose another with",
        _ => "choose another address with",
    };
    format!("cannot listen on {address} ({error}): {advice} {flag}")
}

/// As Linux and macOS number it.
const SIGXFSZ: i32 = 25;

/// SIGTERM and SIGINT: both mean a graceful stop.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn new() -> Result<Signals, String> {
        let install = |kind| signal(kind).map_err(|error| format!("signals cannot be received: {error}"));
        // Not to end the process: a write beyond the limit on a file's size then fails as one on a full disk does.
        drop(install(SignalKind::from_raw(SIGXFSZ))?);
        Ok(Signals { terminate: install(SignalKind::terminate())?, interrupt: install(SignalKind::interrupt())? })
    }

    async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
        }
    }
}
