//! Who is in the cluster: coming, moving, going. All of it is decided by the leader.
//!
//! A node comes in three steps, each harmless to repeat. *Admitted*: an entry gives its uid a node
//! id, the same however often it asks, and never given again. *Learner*: it gets the log, or a
//! snapshot, without a vote, until it is close behind. *Voter*.
//! Changes go one at a time; openraft refuses a second one before the first is committed.

use std::time::{Duration, Instant};

use openraft::ChangeMembers;
use openraft::Instant as _;
use openraft::async_runtime::WatchReceiver;
use tokio::time::timeout;

use super::leadership::{WriteError, write};
use super::messages::{Answer, MemberAnswer, Request};
use super::node::Inner;
use super::types::{Member, StoredMembership};
use crate::storage::{Applied, Entry};

/// A learner this close behind becomes a voter.
const CLOSE: u64 = 64;

/// How long one request waits for a learner; its node asks again.
const CATCH_UP: Duration = Duration::from_secs(4);

/// A node that has answered the leader within this time counts as alive.
const ALIVE: Duration = Duration::from_secs(3);

impl Inner {
    /// The newest membership this node knows, committed or not.
    pub(crate) fn membership(&self) -> std::sync::Arc<StoredMembership> {
        self.raft.metrics().borrow_watched().membership_config.clone()
    }

    /// Gives a node its id.
    pub(crate) async fn admit(&self, uid: [u8; 16]) -> Answer {
        // The founder has id 1 without having asked: its id is taken for the cluster's own name first.
        match self.admit_key(*self.cluster.as_bytes()).await {
            Ok(1) => {}
            Ok(other) => return Answer::Refused(format!("the first node id was {other}, not 1")),
            Err(answer) => return answer,
        }
        match self.admit_key(uid).await {
            Ok(node) => Answer::Admitted { cluster: *self.cluster.as_bytes(), node },
            Err(answer) => answer,
        }
    }

    async fn admit_key(&self, key: [u8; 16]) -> Result<u64, Answer> {
        let bytes = Entry::AdmitNode { key }.encode().into();
        match timeout(self.config.timing.patience, write(&self.raft, bytes, None)).await {
            Ok(Ok((_, Applied::Node(node)))) => Ok(node),
            Ok(Ok((_, other))) => Err(Answer::Refused(format!("no node id was given: {other:?}"))),
            Ok(Err(WriteError::NotLeader)) => Err(self.not_leader()),
            Ok(Err(error)) => Err(Answer::Busy(error.to_string())),
            Err(_) => Err(Answer::Busy("no majority agrees in time".to_owned())),
        }
    }

    /// Makes an admitted node a voter, or corrects its addresses.
    pub(crate) async fn enter(&self, node: u64, member: Member, fresh: bool) -> Answer {
        let Ok(_turn) = timeout(CATCH_UP, self.membership_turn.lock()).await else {
            return Answer::Busy("another membership change is under way".to_owned());
        };
        match self.try_enter(node, member, fresh).await {
            Ok(voter) => Answer::Entered { voter },
            Err(answer) => answer,
        }
    }

    async fn try_enter(&self, node: u64, member: Member, fresh: bool) -> Result<bool, Answer> {
        let membership = self.membership();
        match membership.get_node(&node) {
            None if fresh => {
                tracing::info!(node, address = member.address, "a node joins");
                self.change(ChangeMembers::AddNodes([(node, member)].into())).await?;
            }
            None => {
                return Err(Answer::Refused(format!(
                    "node {node} was taken out of the cluster. To bring this machine back, move its data directory \
                     away and join again with an empty one"
                )));
            }
            Some(known) if *known != member => {
                tracing::info!(node, address = member.address, "a node has new addresses");
                self.change(ChangeMembers::SetNodes([(node, member)].into())).await?;
            }
            Some(_) => {}
        }
        if membership.voter_ids().any(|voter| voter == node) {
            return Ok(true);
        }
        if !self.caught_up(node).await {
            return Ok(false);
        }
        self.change(ChangeMembers::AddVoterIds([node].into())).await?;
        tracing::info!(node, "the node is a voter now");
        Ok(true)
    }

    async fn change(&self, change: ChangeMembers<u64, Member>) -> Result<(), Answer> {
        let changed = self.raft.change_membership(change, false);
        match timeout(self.config.timing.patience, changed).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => match WriteError::from(error) {
                WriteError::NotLeader => Err(self.not_leader()),
                WriteError::Unknown(why) => Err(Answer::Busy(why)),
            },
            Err(_) => Err(Answer::Busy("no majority agrees in time".to_owned())),
        }
    }

    /// Waits a while until the learner is close behind.
    async fn caught_up(&self, node: u64) -> bool {
        let mut metrics = self.raft.metrics();
        let waiting = async {
            loop {
                let close = {
                    let metrics = metrics.borrow_watched();
                    let matched = metrics.replication.as_ref().and_then(|all| all.get(&node).copied().flatten());
                    let last = metrics.last_log_index.unwrap_or(0);
                    matched.is_some_and(|matched| matched.index() + CLOSE >= last)
                };
                if close {
                    return true;
                }
                if metrics.changed().await.is_err() {
                    return false;
                }
            }
        };
        timeout(CATCH_UP, waiting).await.unwrap_or(false)
    }

    /// Takes a node out.
    pub(crate) async fn remove(&self, node: u64, force: bool) -> Answer {
        if self.leadership.executing().is_none() {
            return self.not_leader();
        }
        let _turn = self.membership_turn.lock().await;
        let membership = self.membership();
        let Some(member) = membership.get_node(&node).cloned() else {
            let known: Vec<String> = membership.nodes().map(|(id, _)| id.to_string()).collect();
            return Answer::Refused(format!("there is no node {node}; the nodes are {}", known.join(", ")));
        };
        let voters: Vec<u64> = membership.voter_ids().collect();
        if voters == [node] {
            return Answer::Refused(format!("node {node} is the only voter: without it there is no cluster"));
        }
        if !force && let Some(objection) = self.would_lose_quorum(node, &voters) {
            return Answer::Refused(objection);
        }
        if node == self.id {
            // A leader that removes itself would leave the others to notice.
            return match self.hand_over(None).await {
                Ok(_) => self.not_leader(),
                Err(why) => Answer::Busy(why),
            };
        }
        let voter = voters.contains(&node);
        let change =
            if voter { ChangeMembers::RemoveVoters([node].into()) } else { ChangeMembers::RemoveNodes([node].into()) };
        if let Err(answer) = self.change(change).await {
            return answer;
        }
        let index = self.membership().log_id().map_or(0, |id| id.index());
        tracing::info!(node, index, "a node was taken out of the cluster");
        // So that it knows at once; if it is away it will ask.
        let peers = self.peers.clone();
        tokio::spawn(async move {
            let _ = peers.ask(node, &Request::Removed { index }, Duration::from_secs(2)).await;
        });
        Answer::Done(format!("node {node} ({}) was taken out of the cluster", member.address))
    }

    /// Why the nodes that would be left could not go on.
    fn would_lose_quorum(&self, node: u64, voters: &[u64]) -> Option<String> {
        let left: Vec<u64> = voters.iter().copied().filter(|voter| *voter != node).collect();
        let alive = left.iter().filter(|voter| **voter == self.id || self.is_alive(**voter)).count();
        let needed = left.len() / 2 + 1;
        (alive < needed).then(|| {
            format!(
                "without node {node} there would be {} voters, of which {alive} answer and {needed} are needed: the \
                 cluster could not go on. Start the others first, or insist with --force",
                left.len()
            )
        })
    }

    /// Has the node answered this leader just now?
    pub(crate) fn is_alive(&self, node: u64) -> bool {
        let metrics = self.raft.metrics();
        let metrics = metrics.borrow_watched();
        let acked = metrics.heartbeat.as_ref().and_then(|all| all.get(&node).copied().flatten());
        acked.is_some_and(|at| at.elapsed() < ALIVE)
    }

    pub(crate) fn is_member(&self, node: u64) -> MemberAnswer {
        let membership = self.applier.membership();
        MemberAnswer {
            member: membership.get_node(&node).is_some(),
            as_of: membership.log_id().as_ref().map(Into::into),
        }
    }

    /// Hands leadership to `to`, or to the voter that is furthest. Gives the new leader.
    pub(crate) async fn hand_over(&self, to: Option<u64>) -> Result<u64, String> {
        let target = {
            // A copy: `is_alive` borrows them once more, and waits for ever if the writer has come in between.
            let metrics = self.raft.metrics().borrow_watched().clone();
            let Some(replication) = &metrics.replication else {
                return Err("this node does not lead".to_owned());
            };
            let voters: Vec<u64> = metrics.membership_config.voter_ids().filter(|id| *id != self.id).collect();
            match to {
                Some(to) if to == self.id => return Ok(to),
                Some(to) if !voters.contains(&to) => {
                    return Err(format!("node {to} is no voter, so it cannot lead"));
                }
                Some(to) => to,
                None => voters
                    .into_iter()
                    .filter(|id| self.is_alive(*id))
                    .max_by_key(|id| replication.get(id).copied().flatten())
                    .ok_or("no other voter answers")?,
            }
        };
        tracing::info!(to = target, "handing leadership over");
        let deadline = Instant::now() + self.config.timing.election_max * 4;
        let mut metrics = self.raft.server_metrics();
        while Instant::now() < deadline {
            // Said once more if it was not heard, for until there is another leader this one refuses to write.
            self.raft.trigger().transfer_leader(target).await.map_err(|error| error.to_string())?;
            let taken_over = async {
                loop {
                    match metrics.borrow_watched().current_leader {
                        Some(leader) if leader != self.id => return Ok(leader),
                        _ => {}
                    }
                    metrics.changed().await.map_err(|_| "Raft has stopped".to_owned())?;
                }
            };
            if let Ok(leader) = timeout(self.config.timing.election_max, taken_over).await {
                return leader;
            }
        }
        Err(format!("node {target} did not take over in time"))
    }

    /// A change that a leader left half-way (two sets of voters) is brought to its end by the next one.
    pub(crate) async fn finish_joint_membership(&self) {
        let joint = self.membership().get_joint_config().len() > 1;
        if !joint || self.leadership.executing().is_none() {
            return;
        }
        let Ok(_turn) = self.membership_turn.try_lock() else { return };
        if self.change(ChangeMembers::AddVoterIds(Default::default())).await.is_ok() {
            tracing::info!("finished a membership change that an earlier leader had begun");
        }
    }
}
