//! What operators' commands ask of a cluster, through the cluster port of any of its nodes.
//!
//! A command is not a member: it connects, asks, and goes. The node asked passes it on to the
//! leader where only the leader can answer.

use super::NodeStatus;
use crate::storage::Digest;

/// Why a command failed; each message says what to do.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct AdminError(pub String);

/// What `check` found, node by node.
#[derive(Clone, Debug)]
pub struct Check {
    /// The index at which every node took its digest.
    pub index: u64,
    pub nodes: Vec<NodeDigest>,
}

#[derive(Clone, Debug)]
pub struct NodeDigest {
    pub id: u64,
    /// Cluster address.
    pub address: String,
    /// The error: unreachable, or not done in time.
    pub digest: Result<Digest, String>,
}

/// Every node, in id order.
pub async fn status(_address: &str) -> Result<Vec<NodeStatus>, AdminError> {
    todo!()
}

/// Takes a node out of the cluster and returns when the others have agreed.
pub async fn remove_node(_address: &str, _id: u64) -> Result<(), AdminError> {
    todo!()
}

/// Hands leadership to `id`, or to the node that is furthest; returns the new leader's id.
pub async fn transfer_leader(_address: &str, _id: Option<u64>) -> Result<u64, AdminError> {
    todo!()
}

/// Has every node digest its files at one index.
pub async fn check(_address: &str) -> Result<Check, AdminError> {
    todo!()
}
