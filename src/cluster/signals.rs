//! Process ids that no two nodes give, signals to the session that has one, and what all sessions do.
//!
//! A session's process id tells its node: clients cancel and terminate by it from any other. The upper bits are the
//! node's id, which is never given again; should there once have been more than [`NODES`], all nodes whose ids end the same are asked.

use std::time::Duration;

use futures_util::future::join_all;

use super::messages::{Answer, Request};
use super::node::Inner;
use super::transport::server::reason_code;
use crate::catalog::system::activity::Activity;
use crate::storage::CancelReason;
use crate::types::{PgError, SqlState};

/// Bits for the sessions of one node.
const SESSION_BITS: u32 = 20;

/// Nodes with process ids apart.
const NODES: u64 = 1 << (31 - SESSION_BITS);

/// How long another node may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Process ids of a node's sessions.
pub(crate) fn process_ids(node: u64) -> std::ops::Range<i32> {
    let first = i32::try_from((node % NODES) << SESSION_BITS).unwrap_or_default();
    first.max(1)..first.saturating_add(1 << SESSION_BITS)
}

impl Inner {
    /// See [`Node::signal`](super::Node::signal).
    pub(crate) async fn signal(&self, session: i32, reason: CancelReason) -> Result<bool, PgError> {
        let Ok(number) = u64::try_from(session) else { return Ok(false) };
        let membership = self.membership();
        let ends = number >> SESSION_BITS;
        let nodes: Vec<u64> = membership.nodes().map(|(id, _)| *id).filter(|id| id % NODES == ends).collect();
        for node in nodes {
            let there = match node == self.id {
                true => self.residents(|residents| residents.signal(session, reason)),
                false => {
                    let request = Request::Signal { session, reason: reason_code(reason) };
                    match self.peers.ask(node, &request, PATIENCE).await {
                        Ok(Answer::Signalled(there)) => there,
                        Ok(other) => return Err(unreachable(node, &format!("{other:?}"))),
                        Err(error) => return Err(unreachable(node, &error.to_string())),
                    }
                }
            };
            if there {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// How long another node may take to say what its sessions do.
const GLANCE: Duration = Duration::from_secs(1);

impl Inner {
    /// See [`Node::activity`](super::Node::activity).
    pub(crate) async fn activity(&self) -> (Vec<Activity>, Vec<u64>) {
        let membership = self.membership();
        let others = membership.nodes().map(|(id, _)| *id).filter(|id| *id != self.id);
        let answers = others.map(async |node| (node, self.peers.ask(node, &Request::Activity, GLANCE).await));
        let mut sessions = self.residents(|residents| residents.activity());
        let mut silent = Vec::new();
        for (node, answer) in join_all(answers).await {
            match answer {
                Ok(Answer::Activity(more)) => sessions.extend(more),
                _ => silent.push(node),
            }
        }
        sessions.sort_by_key(|session| session.pid);
        (sessions, silent)
    }
}

fn unreachable(node: u64, why: &str) -> PgError {
    PgError::new(SqlState::CONNECTION_FAILURE, format!("node {node}, which has the session, does not answer"))
        .detail(why.to_owned())
}
