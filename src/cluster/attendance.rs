//! What a running node keeps doing: knows where the others are, sees to its own place, notices its end.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use openraft::async_runtime::WatchReceiver;
use openraft::errors::Fatal;
use tokio::task::AbortHandle;
use uuid::Uuid;

use super::locks;
use super::messages::{Answer, Request};
use super::node::Inner;
use super::peers;
use super::temporary;
use super::transport::handshake::ConnectError;

/// Between two looks at things nobody tells.
const LOOK: Duration = Duration::from_millis(500);

const REPORT: Duration = Duration::from_secs(5);

const PATIENCE: Duration = Duration::from_secs(8);

pub(crate) fn start(inner: &Arc<Inner>) -> Vec<AbortHandle> {
    vec![
        tokio::spawn(watch_raft(inner.clone())).abort_handle(),
        tokio::spawn(keep_place(inner.clone())).abort_handle(),
        tokio::spawn(notice_removal(inner.clone())).abort_handle(),
        tokio::spawn(question_join(inner.clone())).abort_handle(),
        tokio::spawn(bound_log(inner.clone())).abort_handle(),
        tokio::spawn(locks::attend(inner.clone())).abort_handle(),
        tokio::spawn(locks::watch_lease(inner.clone())).abort_handle(),
        tokio::spawn(locks::expire(inner.clone())).abort_handle(),
        tokio::spawn(temporary::sweep(inner.clone())).abort_handle(),
    ]
}

/// Between two looks at what Raft tells of itself.
const BREATH: Duration = Duration::from_millis(20);

/// Addresses from the membership; Raft's own end; what earlier leaders left half done.
async fn watch_raft(inner: Arc<Inner>) {
    let mut metrics = inner.raft.metrics();
    let mut known = None;
    loop {
        let (membership, running) = {
            let metrics = metrics.borrow_watched();
            (metrics.membership_config.clone(), metrics.running_state.clone())
        };
        match running {
            Err(Fatal::Stopped) | Ok(()) => {}
            // The applier knows better, if it was the cause.
            Err(fatal) => inner.applier.fail(format!("Raft has stopped: {fatal}")),
        }
        if known != *membership.log_id() {
            known = *membership.log_id();
            for (id, member) in membership.nodes().filter(|(id, _)| **id != inner.id) {
                inner.peers.set_address(*id, &member.address);
            }
        }
        inner.finish_joint_membership().await;
        if metrics.changed().await.is_err() {
            if !inner.stopping.load(Ordering::Relaxed) {
                inner.applier.fail("Raft has stopped".to_owned());
            }
            return;
        }
        // They change with every entry, and nothing of this is that urgent.
        tokio::time::sleep(BREATH).await;
    }
}

/// openraft counts entries; but one of a large transaction may be a megabyte. Beyond a quarter of what may be kept a
/// checkpoint is made, and what is older than the rest is purged behind it.
async fn bound_log(inner: Arc<Inner>) {
    let keep = inner.config.log_keep_bytes.max(1 << 20);
    let mut checkpointed = 0;
    // Up to which index how many bytes had been appended.
    let mut marks: VecDeque<(u64, u64)> = VecDeque::new();
    loop {
        tokio::time::sleep(LOOK).await;
        let bytes = inner.log.bytes();
        if marks.back().map_or(0, |(_, mark)| *mark) + keep / 16 <= bytes {
            marks.push_back((inner.applier.applied_index(), bytes));
        }
        if checkpointed + keep / 4 <= bytes {
            checkpointed = bytes;
            if inner.raft.trigger().snapshot().await.is_err() {
                return;
            }
        }
        let saved = inner.raft.metrics().borrow_watched().snapshot.as_ref().map_or(0, |id| id.index());
        let mut purge = None;
        while let Some((index, _)) = marks.pop_front_if(|(index, mark)| *mark + keep <= bytes && *index <= saved) {
            purge = Some(index);
        }
        if let Some(index) = purge
            && inner.raft.trigger().purge_log(index).await.is_err()
        {
            return;
        }
    }
}

/// Until this node is a voter under its present addresses: asks for it.
async fn keep_place(inner: Arc<Inner>) {
    let member = inner.own_member();
    let fresh = inner.log.ends().1.is_none();
    let mut said = None::<Instant>;
    loop {
        let settled = {
            let membership = inner.membership();
            let voter = membership.voter_ids().any(|voter| voter == inner.id);
            voter && membership.get_node(&inner.id) == Some(&member)
        };
        if settled {
            return;
        }
        // The founder enters by founding.
        let founding = inner.id == 1 && inner.membership().log_id().is_none();
        if !founding {
            match enter(&inner, fresh).await {
                Ok(()) => {}
                Err(Problem::Final(why)) => return inner.applier.fail(why),
                Err(Problem::Later(why)) => {
                    if said.is_none_or(|at| at.elapsed() >= REPORT) {
                        said = Some(Instant::now());
                        tracing::info!("waiting for this node's place in the cluster: {why}");
                    }
                }
            }
        }
        tokio::time::sleep(LOOK).await;
    }
}

enum Problem {
    Final(String),
    Later(String),
}

/// Asks the leader, or whoever may know it.
async fn enter(inner: &Inner, fresh: bool) -> Result<(), Problem> {
    let member = inner.own_member();
    let request = Request::Enter { node: inner.id, member: (&member).into(), fresh };
    let answer = match inner.leader() {
        Some(leader) if leader == inner.id => Ok(inner.enter(inner.id, member, fresh).await),
        // Perhaps only as it was remembered from before a restart.
        Some(leader) => match inner.peers.ask(leader, &request, PATIENCE).await {
            Ok(answer) => Ok(answer),
            Err(_) => ask_anybody(inner, &request).await,
        },
        None => ask_anybody(inner, &request).await,
    };
    match answer {
        Ok(Answer::Entered { .. }) => Ok(()),
        Ok(Answer::Refused(why)) => Err(Problem::Final(why)),
        Ok(Answer::Busy(why)) => Err(Problem::Later(why)),
        Ok(Answer::NotLeader(_)) => Err(Problem::Later("there is no leader".to_owned())),
        Ok(other) => Err(Problem::Later(format!("an answer that cannot be understood: {other:?}"))),
        Err(why) => Err(Problem::Later(why)),
    }
}

/// Any address that was given, or that the membership has; they pass it on. All of them are greeted first: so nodes
/// that have moved all at once learn where the others are now.
async fn ask_anybody(inner: &Inner, request: &Request) -> Result<Answer, String> {
    let membership = inner.membership();
    let members = membership.nodes().filter(|(id, _)| **id != inner.id).map(|(_, member)| member.address.clone());
    let addresses: Vec<String> = inner.config.join.iter().cloned().chain(members).collect();
    let greeted = join_all(addresses.iter().map(|address| inner.peers.speaker().visit(address))).await;
    let mut problem = "no other node is known: give one with --join".to_owned();
    let mut channels = Vec::new();
    for (address, channel) in addresses.iter().zip(greeted) {
        match channel {
            Ok(channel) => {
                if let Some(other) = channel.peer()
                    && other.cluster == *inner.cluster.as_bytes()
                {
                    inner.peers.heard_of(other.node, address);
                    channels.push((address, channel));
                }
            }
            Err(error) => problem = error.to_string(),
        }
    }
    for (address, channel) in channels {
        match peers::call(&channel, request, PATIENCE).await {
            Ok(Answer::NotLeader(_)) => problem = format!("{address} knows no leader"),
            Ok(answer) => return Ok(answer),
            Err(error) => problem = format!("{address}: {error}"),
        }
    }
    Err(problem)
}

/// A member needs no `--join`, and one that leads to its own cluster is harmless. To another cluster it is a mistake
/// (the wrong data directory, as a rule) that would show in nothing else.
async fn question_join(inner: Arc<Inner>) {
    let inner = &inner;
    let visits = inner.config.join.iter().map(|address| async move {
        let theirs = match inner.peers.speaker().visit(address).await {
            Ok(channel) => channel.peer()?.cluster,
            Err(ConnectError::OtherCluster { theirs, .. }) => return Some((address, theirs)),
            Err(_) => return None,
        };
        let theirs = Uuid::from_bytes(theirs);
        (theirs != inner.cluster).then(|| (address, theirs.to_string()))
    });
    if let Some((address, theirs)) = join_all(visits).await.into_iter().flatten().next() {
        inner.applier.fail(format!(
            "this data directory is node {} of cluster {}, but --join {address} leads to another cluster ({theirs}): \
             leave --join out, or give another directory with --data",
            inner.id, inner.cluster
        ));
    }
}

/// A node that was taken out while it was away hears of no leader: it asks those it knows.
async fn notice_removal(inner: Arc<Inner>) {
    let patience = inner.config.timing.election_max * 2;
    loop {
        tokio::time::sleep(LOOK).await;
        if inner.without_leader() < patience {
            continue;
        }
        let membership = inner.membership();
        let Some(as_of) = membership.log_id().as_ref().map(|id| id.index()) else { continue };
        if membership.get_node(&inner.id).is_none() {
            continue;
        }
        for (id, _) in membership.nodes().filter(|(id, _)| **id != inner.id) {
            let answer = inner.peers.ask(*id, &Request::IsMember { node: inner.id }, Duration::from_secs(2)).await;
            if let Ok(Answer::IsMember(answer)) = answer
                && !answer.member
                && answer.as_of.is_some_and(|newer| newer.index > as_of)
            {
                return inner.applier.fail(removed(inner.id));
            }
        }
    }
}

pub(crate) fn removed(node: u64) -> String {
    format!(
        "node {node} was taken out of the cluster. To bring this machine back, move its data directory away and join \
         again with an empty one"
    )
}
