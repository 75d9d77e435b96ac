//! Whether this node still leads, asked of a majority.
//!
//! Raft elects nobody without a majority that has adopted the new term, and a node adopts a term by saving it
//! ([`LogStore::save_vote`](super::log_store)) before it says so. So if nodes that make a majority together with
//! the leader have, at some moment after a read began, no later term in their logs, then no later leader
//! had been elected when the read began, and all that had been acknowledged by then this leader has committed: its
//! commit index is the read's index (Ongaro, "Consensus: bridging theory and practice", section 6.4).
//!
//! openraft's own way sends heartbeats through both nodes' consensus loops and waits behind their log; asking for
//! nothing but the term takes a quarter of the time. No clock matters here; nodes that confirm give the leader their word
//! besides, with which it needs to ask nobody for a while: the [`lease`](super::lease).
//!
//! The commit index is not openraft's, which only its loop could tell, but the largest of which anything has come
//! ([`Applier::commit`](super::state_machine::Applier::commit)): an entry is acknowledged by this node, when it has applied
//! it, or by another that this one has told of the commit.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;

use super::execute::within;
use super::lease::Moment;
use super::messages::{Answer, Request};
use super::node::Inner;
use crate::storage::Sabotage;

/// How long those who were asked first may take before all others are asked too.
const SLOW: Duration = Duration::from_millis(5);

impl Inner {
    /// As the leader: the index of reads that began before this was called. `helper`: a node and the term it had
    /// promised after they began.
    pub(crate) async fn leader_read_index(
        &self,
        helper: Option<(u64, u64)>,
        patience: Duration,
    ) -> Result<u64, String> {
        let term = self.leadership.executing().ok_or("this node does not lead")?;
        let index = self.applier.commit();
        within(patience, self.confirm(term, helper, patience)).await.ok_or("no majority answers in time")??;
        Ok(index)
    }

    /// As the leader: the index of reads that begin now, if nobody needs to be asked. Renews the lease in good time.
    pub(crate) fn leased_read_index(&self) -> Option<u64> {
        let term = self.leadership.executing()?;
        let index = self.applier.commit();
        let membership = self.membership();
        let until = self.lease.until(term, self.id, membership.membership().get_joint_config())?;
        // Only now: whatever this thread has waited for since it took the index, nobody else led yet at this moment.
        let now = Moment::of_lease();
        let ended = now >= until || self.promised.term() > term;
        if ended && !Sabotage::KeepLease.is_on() {
            return None;
        }
        if until.since(now) < self.config.timing.read_lease / 2 {
            self.reads.refresh();
        }
        Some(index)
    }

    /// A majority has not heard of a later term than this node's own.
    async fn confirm(&self, term: u64, helper: Option<(u64, u64)>, patience: Duration) -> Result<(), String> {
        let overtaken = || format!("another node may lead by now, in a later term than {term}");
        let mut confirmed = BTreeSet::from([self.id]);
        if self.promised.term() > term {
            return Err(overtaken());
        }
        if let Some((node, promised)) = helper
            && promised <= term
        {
            confirmed.insert(node);
        }
        let membership = self.membership();
        let configs = membership.membership().get_joint_config();
        // Each configuration of a membership that is changing must agree.
        let enough = |confirmed: &BTreeSet<u64>| {
            configs.iter().all(|voters| voters.intersection(confirmed).count() * 2 > voters.len())
        };
        if enough(&confirmed) {
            return Ok(());
        }
        // Who answered last is asked first: of three nodes one other is enough. All are asked once one of them is slow.
        let mut others: Vec<u64> =
            membership.membership().voter_ids().filter(|voter| !confirmed.contains(voter)).collect();
        let quick = self.confirmer.load(Ordering::Relaxed);
        others.sort_by_key(|voter| *voter == quick);
        let leases = self.config.leases_reads && self.lease.is_wanted(term);
        let ask = |voter| {
            let asked = Moment::of_lease();
            let request = Request::Confirm { term, leases };
            async move { (voter, asked, self.peers.ask(voter, &request, patience).await) }
        };
        let mut asked = FuturesUnordered::new();
        let mut hoped = confirmed.clone();
        let mut later = false;
        loop {
            while !enough(&hoped)
                && let Some(voter) = others.pop()
            {
                hoped.insert(voter);
                asked.push(ask(voter));
            }
            let (voter, at, answer) = tokio::select! {
                answered = asked.next() => match answered {
                    Some(answered) => answered,
                    None => break,
                },
                () = tokio::time::sleep(SLOW), if !others.is_empty() => {
                    asked.extend(others.drain(..).map(ask));
                    continue;
                }
            };
            match answer {
                Ok(answer @ (Answer::Confirmed(true) | Answer::Leased)) => {
                    confirmed.insert(voter);
                    if leases && answer == Answer::Leased {
                        self.lease.keep(term, voter, at, self.config.timing.read_lease);
                    }
                    self.confirmer.store(voter, Ordering::Relaxed);
                    if enough(&confirmed) {
                        return Ok(());
                    }
                }
                Ok(Answer::Confirmed(false)) => later = true,
                Ok(other) => tracing::warn!(voter, ?other, "the answer cannot be understood"),
                Err(error) => tracing::debug!(voter, %error, "no confirmation"),
            }
            if !confirmed.contains(&voter) {
                hoped.remove(&voter);
            }
        }
        Err(if later { overtaken() } else { "no majority answers".to_owned() })
    }
}
