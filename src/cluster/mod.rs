//! Raft: this node's place in the cluster.
//!
//! [`Node`] is the async face of everything below: sessions read and write through it, on whichever
//! node they are. It wraps openraft (this module is its only door), the transport between peers,
//! forwarding to the leader, the read index, membership and the transfer of snapshots.

pub mod admin;
mod format;
mod log_store;
mod state_machine;
mod types;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::sql::{Plan, SessionContext};
use crate::storage::{Cancel, DataDir, Database, Outcome, ReadError, Storage, Transaction};
use crate::types::{PgError, Row, Value};

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
    /// Log entries kept behind a checkpoint, and between two checkpoints.
    pub log_keep: u64,
    pub checkpoint_every: u64,
}

#[derive(Clone, Debug)]
pub struct Timing {
    pub heartbeat: Duration,
    pub election_min: Duration,
    pub election_max: Duration,
    /// How long a statement waits for a leader, an index or a proposal's fate.
    pub patience: Duration,
}

impl Default for Timing {
    fn default() -> Timing {
        Timing {
            heartbeat: Duration::from_millis(100),
            election_min: Duration::from_millis(500),
            election_max: Duration::from_millis(1000),
            patience: Duration::from_secs(10),
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
#[derive(Clone, Debug, Serialize, Deserialize)]
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
    pub snapshots_installed: u64,
    /// Set when this node has stopped applying (divergence, disk): it serves nothing.
    pub fatal: Option<String>,
}

/// Rows of a running read. Dropping it ends the read.
pub struct RowStream {
    _private: (),
}

impl RowStream {
    /// The next rows; `None` at the end.
    pub async fn next(&mut self) -> Option<Result<Vec<Row>, ReadError>> {
        todo!()
    }
}

/// This node.
pub struct Node {
    _private: (),
}

impl Node {
    /// Opens the log, starts Raft and the cluster listener; first forms or joins a cluster if this data directory has
    /// none yet (waiting, visibly, as long as joining can still succeed). `data` is the directory that `storage`
    /// was opened in. `listener` is bound to
    /// [`Config::cluster_listen`]: ports are bound before files are touched.
    pub async fn start(
        _config: Config,
        _data: Arc<DataDir>,
        _storage: Arc<Storage>,
        _listener: tokio::net::TcpListener,
    ) -> Result<Arc<Node>, StartError> {
        todo!()
    }

    pub fn id(&self) -> u64 {
        todo!()
    }

    pub fn cluster_id(&self) -> String {
        todo!()
    }

    pub fn database(&self, _name: &str) -> Option<Arc<Database>> {
        todo!()
    }

    /// Returns when this node's file may be read at `consistency`. `session_index` is the Raft index of the session's
    /// last own write, 0 for none. Errors: 57P03 when no quorum answers in time.
    pub async fn read_barrier(&self, _consistency: ReadConsistency, _session_index: u64) -> Result<(), PgError> {
        todo!()
    }

    /// Starts a read on this node's own file (after [`Node::read_barrier`]). At most `buffer` batches of rows wait
    /// for the client.
    pub fn read(
        &self,
        _database: &Database,
        _plan: Arc<Plan>,
        _params: Vec<Value>,
        _context: Arc<SessionContext>,
        _cancel: Cancel,
    ) -> RowStream {
        todo!()
    }

    /// Executes a transaction on the leader, here or forwarded, and waits for its end. Retries by itself what was
    /// certainly not applied, for [`Timing::patience`].
    /// The outcome is `Committed`, `Failed` (also with 57P03: no leader in time, nothing
    /// changed) or `Unknown`. After `Committed` this node has applied the index.
    pub async fn execute(&self, _database: &str, _transaction: Transaction) -> Outcome {
        todo!()
    }

    pub fn gauges(&self) -> Gauges {
        todo!()
    }

    /// Asks every member.
    pub async fn status(&self) -> Vec<NodeStatus> {
        todo!()
    }

    /// Ready to serve: knows a leader, is a voter, has applied up to the leader's commit as last heard.
    pub fn ready(&self) -> Result<(), String> {
        todo!()
    }

    /// Hands leadership over if this node leads (bounded), then stops Raft and the listener.
    pub async fn shutdown(&self) {
        todo!()
    }

    /// Resolves when the node can't go on (divergence, disk): the message to log before exit.
    pub async fn failed(&self) -> String {
        todo!()
    }
}
