//! The command line as typed: names, defaults and help, nothing decided.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use super::address::Address;
use super::size::Size;

/// PostgreSQL clients' SQL, plain SQLite files, kept equal by Raft.
#[derive(Debug, Parser)]
#[command(name = "quorlite", version, propagate_version = true)]
#[command(arg_required_else_help = true, subcommand_required = true)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run a node: the first one, one that joins, or one that starts again. One command serves all three
    Start(Box<Start>),
    /// Show every node: address, role, term, applied index, lag
    Status(Admin),
    /// Take a node out of the cluster for good (its id is never given again)
    RemoveNode(RemoveNode),
    /// Hand leadership to a node, or to the one that is furthest
    TransferLeader(TransferLeader),
    /// Compare the content of all nodes at one applied index
    Check(Admin),
    /// Exit with 0 if the node on this machine is ready, for health checks
    Ready(Ready),
}

#[derive(Debug, Args)]
#[command(next_line_help = true)]
pub struct Start {
    /// File of flags by their names, and of defaults for the settings of sessions, in TOML; what is typed, and what variables
    /// say, counts before it
    #[arg(long, env = "QUORLITE_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// Directory of this node's files; made if it is missing
    #[arg(long, env = "QUORLITE_DATA", value_name = "DIR", default_value = "./quorlite-data")]
    pub data: PathBuf,

    /// Where PostgreSQL clients connect
    #[arg(long, env = "QUORLITE_LISTEN", value_name = "ADDR", default_value = "127.0.0.1:5432")]
    pub listen: Address,

    /// Where the other nodes connect
    #[arg(long, env = "QUORLITE_CLUSTER_LISTEN", value_name = "ADDR", default_value = "127.0.0.1:7432")]
    pub cluster_listen: Address,

    /// Address under which the other nodes reach this one [default: --cluster-listen]
    #[arg(long, env = "QUORLITE_ADVERTISE", value_name = "ADDR")]
    pub advertise: Option<Address>,

    /// Where /healthz, /readyz and /metrics are served
    #[arg(long, env = "QUORLITE_HTTP_LISTEN", value_name = "ADDR", default_value = "127.0.0.1:8432")]
    pub http_listen: Address,

    /// Cluster addresses of nodes to join; not needed, and harmless, once this node is a member
    #[arg(long, env = "QUORLITE_JOIN", value_name = "ADDR[,ADDR…]", value_delimiter = ',')]
    pub join: Vec<Address>,

    /// Form a new cluster by themselves once this many nodes have found each other through --join
    #[arg(long, env = "QUORLITE_BOOTSTRAP_EXPECT", value_name = "N")]
    pub bootstrap_expect: Option<u32>,

    /// Allow listening beyond loopback, although nothing asks for a password yet
    #[arg(long, env = "QUORLITE_INSECURE", num_args = 0..=1, default_missing_value = "true", default_value = "false")]
    #[arg(require_equals = true, hide_default_value = true, value_name = "BOOL", hide_possible_values = true)]
    #[arg(value_parser = clap::builder::BoolishValueParser::new())]
    pub insecure: bool,

    /// PostgreSQL connections at most; one more is told 53300
    #[arg(long, env = "QUORLITE_MAX_CONNECTIONS", value_name = "N", default_value = "100")]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub max_connections: u32,

    /// How long a transaction may hold the writer slot in silence, where its session sets no
    /// idle_in_transaction_session_timeout; 0 is for ever
    #[arg(long, env = "QUORLITE_SLOT_IDLE_TIMEOUT", value_name = "SECONDS", default_value = "60")]
    pub slot_idle_timeout: u32,

    /// How long a transaction may wait for the writer slot, where its session sets no lock_timeout; 0 is for ever
    #[arg(long, env = "QUORLITE_SLOT_WAIT_TIMEOUT", value_name = "SECONDS", default_value = "120")]
    pub slot_wait_timeout: u32,

    /// Changes of one transaction at most, as they are replicated; one with more fails (54000). Every node should have the
    /// same
    #[arg(long, env = "QUORLITE_MAX_TRANSACTION_SIZE", value_name = "SIZE", default_value = "256MB")]
    pub max_transaction_size: Size,

    /// Reads that run at the same time in one database; further ones queue
    #[arg(long, env = "QUORLITE_MAX_READERS", value_name = "N", default_value = "64")]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub max_readers: u32,

    /// Longest wait, in seconds, of a statement for a leader, a read index or a majority
    #[arg(long, env = "QUORLITE_PATIENCE", value_name = "SECONDS", default_value = "10")]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=3_600))]
    pub patience: u32,

    /// Log entries between two checkpoints
    #[arg(long, env = "QUORLITE_CHECKPOINT_EVERY", value_name = "N", default_value = "10000")]
    #[arg(value_parser = clap::value_parser!(u64).range(1..))]
    pub checkpoint_every: u64,

    /// As the leader, ask another node before every round of reads instead of relying on clocks for 0.3 s: for virtual
    /// machines that are paused or moved while they run, whose clocks may stand still meanwhile
    #[arg(long, env = "QUORLITE_NO_READ_LEASE", num_args = 0..=1, default_missing_value = "true")]
    #[arg(default_value = "false", require_equals = true, hide_default_value = true, value_name = "BOOL")]
    #[arg(hide_possible_values = true, value_parser = clap::builder::BoolishValueParser::new())]
    pub no_read_lease: bool,

    /// Log entries kept behind a checkpoint, for nodes that were away; others come back by snapshot
    #[arg(long, env = "QUORLITE_LOG_KEEP", value_name = "N", default_value = "10000")]
    pub log_keep: u64,

    /// The log's size at most: where entries are large, fewer are kept
    #[arg(long, env = "QUORLITE_LOG_KEEP_SIZE", value_name = "SIZE", default_value = "1GB")]
    pub log_keep_size: Size,

    /// Log filter, e.g. `info`, `debug` or `info,quorlite::wire=trace`
    #[arg(long, env = "QUORLITE_LOG", value_name = "FILTER", default_value = "info")]
    pub log: String,
}

#[derive(Debug, Args)]
pub struct Admin {
    /// Cluster address of any node
    #[arg(long, env = "QUORLITE_CONNECT", value_name = "ADDR", default_value = "127.0.0.1:7432")]
    pub connect: Address,
}

#[derive(Debug, Args)]
pub struct RemoveNode {
    /// The node's id, as `quorlite status` shows it
    pub id: u64,
    /// Even if less than a majority of the nodes that are left answers
    #[arg(long, env = "QUORLITE_FORCE")]
    pub force: bool,
    #[command(flatten)]
    pub admin: Admin,
}

#[derive(Debug, Args)]
pub struct TransferLeader {
    /// The node's id, as `quorlite status` shows it
    pub id: Option<u64>,
    #[command(flatten)]
    pub admin: Admin,
}

#[derive(Debug, Args)]
pub struct Ready {
    /// HTTP address of the node
    #[arg(long, env = "QUORLITE_HTTP_CONNECT", value_name = "ADDR", default_value = "127.0.0.1:8432")]
    pub http_connect: Address,
}
