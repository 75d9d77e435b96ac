//! Raft: this node's place in the cluster.
//!
//! [`Node`] is the async face of everything below: sessions read and write through it, on whichever
//! node they are. It wraps openraft (this module is its only door), the transport between peers,
//! forwarding to the leader, the read index, membership and the transfer of snapshots.

pub mod admin;
mod attendance;
mod confirm;
mod databases;
mod execute;
mod fate;
mod format;
mod forming;
mod held;
mod holding;
mod lane;
mod leadership;
mod lease;
mod locks;
mod log_store;
mod members;
mod messages;
mod network;
mod node;
mod peers;
mod read_index;
mod rows;
mod sabotage;
mod service;
mod signals;
mod snapshot;
mod state_machine;
mod temporary;
#[cfg(test)]
mod tests;
mod transport;
mod types;

use std::net::SocketAddr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use held::{Held, Hold};
pub use locks::{LockKey, Mode};
pub use node::{Node, Residents};
pub use rows::RowStream;
pub(crate) use rows::lost;

/// How fresh a read must be (`quorlite.read_consistency`).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum ReadConsistency {
    /// Sees everything acknowledged before it began, anywhere.
    #[default]
    Linearizable,
    /// Sees this session's own writes.
    Session,
    /// This node's state as it is.
    Stale,
}

#[derive(Clone, Debug)]
pub struct Config {
    pub cluster_listen: SocketAddr,
    /// `host:port` under which peers reach this node's cluster port.
    pub advertise: String,
    /// `host:port` of this node's PostgreSQL and HTTP ports, shown by `status`.
    pub sql_address: String,
    pub http_address: String,
    /// Cluster addresses to join, empty for none.
    pub join: Vec<String>,
    /// Nodes to wait for before the cluster is formed by themselves; 0: not asked for.
    pub bootstrap_expect: u32,
    pub timing: Timing,
    /// Whether this node as the leader answers reads from a lease.
    pub leases_reads: bool,
    /// Log entries kept behind a checkpoint, and between two checkpoints.
    pub log_keep: u64,
    pub checkpoint_every: u64,
    /// Bytes of the log kept at most, however few entries that is.
    pub log_keep_bytes: u64,
}

#[derive(Clone, Debug)]
pub struct Timing {
    pub heartbeat: Duration,
    pub election_min: Duration,
    pub election_max: Duration,
    /// How long a statement waits for a leader, an index or a proposal's fate.
    pub patience: Duration,
    /// How long a node's sessions may keep their advisory locks without word from a leader and a majority.
    pub lock_lease: Duration,
    /// How long a node that has confirmed a leader elects no other: shorter than it would wait for the leader anyway.
    pub read_lease: Duration,
}

impl Default for Timing {
    fn default() -> Timing {
        Timing {
            heartbeat: Duration::from_millis(100),
            // A leader that falls silent is replaced after `election_max` and something between the two: one second,
            // which is ten heartbeats, and rarely a busy machine's doing. With pre-vote that would cost nothing more
            // than a vote, unless a majority thought so at once.
            election_min: Duration::from_millis(300),
            election_max: Duration::from_millis(600),
            patience: Duration::from_secs(10),
            lock_lease: Duration::from_secs(4),
            read_lease: Duration::from_millis(300),
        }
    }
}

/// Why a node could not start; each message says what to do.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct StartError(pub String);

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Role {
    Leader,
    Follower,
    Candidate,
    Learner,
    /// Does not answer.
    Unreachable,
}

/// One line of `quorlite status`.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct NodeStatus {
    pub id: u64,
    /// Cluster address.
    pub address: String,
    pub sql_address: String,
    pub http_address: String,
    pub role: Role,
    pub term: u64,
    pub last_log_index: u64,
    pub applied_index: u64,
    /// Entries behind the leader's last log index; `None` if not known.
    pub lag: Option<u64>,
    pub version: String,
}

/// What `/metrics`, `/healthz` and `/readyz` read of this node, without waiting.
#[derive(Clone, Debug, Default)]
pub struct Gauges {
    pub node_id: u64,
    pub term: u64,
    pub leader_id: Option<u64>,
    pub is_leader: bool,
    pub is_voter: bool,
    pub last_log_index: u64,
    pub committed_index: u64,
    pub applied_index: u64,
    pub snapshot_index: u64,
    pub purged_index: u64,
    /// Milliseconds since a quorum acknowledged this leader; `None` if not leading.
    pub millis_since_quorum_ack: Option<u64>,
    /// Entries appended to the own log, and fsyncs it took.
    pub log_appends: u64,
    pub log_syncs: u64,
    pub proposals: u64,
    pub forwarded: u64,
    pub read_index_rounds: u64,
    pub snapshots_sent: u64,
    /// Attempts that came to nothing: the other node was not there, or went.
    pub snapshots_failed: u64,
    pub snapshots_installed: u64,
    /// Set when this node has stopped applying (divergence, disk): it serves nothing.
    pub fatal: Option<String>,
}
