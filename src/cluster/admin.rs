//! What operators' commands ask of a cluster, through the cluster port of any of its nodes.
//!
//! A command is not a member: it connects, asks, and goes. The node asked passes it on to the
//! leader where only the leader can answer.

use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::Instant;

use super::leadership::{WriteError, write};
use super::messages::{Answer, CheckForm, Request};
use super::node::Inner;
use super::peers::{self, Speaker};
use super::transport::check_address;
use super::{NodeStatus, Role};
use crate::storage::{Digest, Entry};

/// How long each member may take to answer `status`.
const STATUS: Duration = Duration::from_millis(1500);

/// How long digests may take, and how long a node that doesn't answer is tried.
const DIGESTS: Duration = Duration::from_secs(300);
const SILENT: Duration = Duration::from_secs(10);

/// How long a command waits for an answer; longer than anything above.
const PATIENCE: Duration = Duration::from_secs(330);

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
pub async fn status(address: &str) -> Result<Vec<NodeStatus>, AdminError> {
    match ask(address, Request::ClusterStatus).await? {
        Answer::ClusterStatus(nodes) => Ok(nodes),
        other => Err(unanswered(address, other)),
    }
}

/// Takes a node out of the cluster and returns when the others have agreed. Refuses what would leave less than a
/// majority of nodes that answer, unless forced.
pub async fn remove_node(address: &str, id: u64, force: bool) -> Result<(), AdminError> {
    match ask(address, Request::RemoveNode { node: id, force }).await? {
        Answer::Done(_) => Ok(()),
        other => Err(unanswered(address, other)),
    }
}

/// Hands leadership to `id`, or to the node that is furthest; returns the new leader's id.
pub async fn transfer_leader(address: &str, id: Option<u64>) -> Result<u64, AdminError> {
    match ask(address, Request::TransferLeader { to: id }).await? {
        Answer::NewLeader(leader) => Ok(leader),
        other => Err(unanswered(address, other)),
    }
}

/// Has every node digest its files at one index.
pub async fn check(address: &str) -> Result<Check, AdminError> {
    match ask(address, Request::Check).await? {
        Answer::Checked(CheckForm { index, nodes }) => {
            let nodes = nodes.into_iter().map(|(id, address, digest)| NodeDigest { id, address, digest }).collect();
            Ok(Check { index, nodes })
        }
        other => Err(unanswered(address, other)),
    }
}

async fn ask(address: &str, request: Request) -> Result<Answer, AdminError> {
    check_address(address).map_err(AdminError)?;
    let speaker = Speaker { nonce: rand::random(), is: None, advertise: None };
    let channel = speaker.visit(address).await.map_err(|error| {
        let hint = if error.is_final() { "" } else { ": is a node running there? Give another one with --connect" };
        AdminError(format!("{error}{hint}"))
    })?;
    peers::call(&channel, &request, PATIENCE).await.map_err(|error| AdminError(format!("{address}: {error}")))
}

fn unanswered(address: &str, answer: Answer) -> AdminError {
    AdminError(match answer {
        Answer::Refused(why) => why,
        Answer::Busy(why) => format!("not now: {why}. Try again"),
        Answer::NotLeader(_) => {
            "the cluster has no leader: less than a majority of its nodes can reach each other. Start the missing nodes"
                .to_owned()
        }
        other => format!("{address} answers something else ({other:?}): does it run the same version of quorlite?"),
    })
}

/// Asks all members for their line; in id order.
pub(super) async fn gather_status(inner: &Inner) -> Vec<NodeStatus> {
    let membership = inner.membership();
    let lines = membership.nodes().map(|(id, member)| async move {
        if *id == inner.id {
            return inner.own_status();
        }
        match inner.peers.ask(*id, &Request::OwnStatus, STATUS).await {
            Ok(Answer::OwnStatus(status)) => *status,
            _ => NodeStatus {
                id: *id,
                address: member.address.clone(),
                sql_address: member.sql_address.clone(),
                http_address: member.http_address.clone(),
                role: Role::Unreachable,
                term: 0,
                last_log_index: 0,
                applied_index: 0,
                lag: None,
                version: String::new(),
            },
        }
    });
    let mut nodes = join_all(lines).await;
    nodes.sort_by_key(|node| node.id);
    // Two nodes may believe to lead for a moment: the later term is right.
    let leader = nodes.iter().filter(|node| node.role == Role::Leader).max_by_key(|node| node.term);
    if let Some(last) = leader.map(|leader| leader.last_log_index) {
        for node in nodes.iter_mut().filter(|node| node.role != Role::Unreachable) {
            node.lag = Some(last.saturating_sub(node.applied_index));
        }
    }
    nodes
}

/// The leader's part of `check`: one entry, then everybody's digest at it.
pub(super) async fn check_all(inner: &Inner) -> Answer {
    let id: u64 = rand::random();
    let bytes = Entry::Digest { id }.encode().into();
    let index = match tokio::time::timeout(inner.config.timing.patience, write(&inner.raft, bytes, None)).await {
        Ok(Ok((index, _))) => index,
        Ok(Err(WriteError::NotLeader)) => return inner.not_leader(),
        Ok(Err(error)) => return Answer::Busy(error.to_string()),
        Err(_) => return Answer::Busy("no majority agrees in time".to_owned()),
    };
    let membership = inner.membership();
    let digests = membership.nodes().map(|(node, member)| async move {
        (*node, member.address.clone(), collect_digest(inner, *node, id, index).await)
    });
    Answer::Checked(CheckForm { index, nodes: join_all(digests).await })
}

async fn collect_digest(inner: &Inner, node: u64, id: u64, index: u64) -> Result<Digest, String> {
    let deadline = Instant::now() + DIGESTS;
    let mut heard = Instant::now();
    loop {
        let answer = if node == inner.id {
            Ok(Answer::Digest(inner.digest(id, index)))
        } else {
            inner.peers.ask(node, &Request::Digest { id, index }, STATUS).await
        };
        match answer {
            Ok(Answer::Digest(Some(digest))) => return digest,
            Ok(Answer::Digest(None)) => heard = Instant::now(),
            Ok(other) => return Err(format!("answers something else: {other:?}")),
            Err(error) if heard.elapsed() > SILENT => return Err(error.to_string()),
            Err(_) => {}
        }
        if Instant::now() > deadline {
            return Err("not done in time".to_owned());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

impl Inner {
    /// The digest of an entry: `None` while it is being computed, or has not come here yet.
    pub(super) fn digest(&self, id: u64, index: u64) -> Option<Result<Digest, String>> {
        if self.applier.applied_index() < index {
            return None;
        }
        self.storage.digest(id)
    }
}
