//! Whether this node still leads, asked of a majority.
//!
//! Raft elects nobody without a majority that has adopted the new term, and a node adopts a term by saving it
//! ([`LogStore::save_vote`](super::log_store)) before it says so. So if nodes that make a majority together with
//! the leader have, at some moment after a read began, no later term in their logs, then no later leader
//! had been elected when the read began, and all that had been acknowledged by then this leader has committed: its
//! commit index is the read's index (Ongaro, "Consensus: bridging theory and practice", section 6.4).
//!
//! openraft's own way sends heartbeats through both nodes' consensus loops and waits behind their log; asking for
//! nothing but the term takes a quarter of the time. No clock matters here: this is no lease.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use openraft::raft::ReadPolicy;

use super::execute::within;
use super::messages::{Answer, Request};
use super::node::Inner;

/// How long those who were asked first may take before all others are asked too.
const SLOW: Duration = Duration::from_millis(5);

/// The latest term that this node has adopted, or is about to: raised before the vote is saved, and so before anybody
/// can count on it.
#[derive(Debug)]
pub(crate) struct Promised(AtomicU64);

impl Promised {
    /// `term`: of the vote in the log.
    pub(crate) fn new(term: u64) -> Promised {
        Promised(AtomicU64::new(term))
    }

    pub(crate) fn raise(&self, term: u64) {
        self.0.fetch_max(term, Ordering::SeqCst);
    }

    pub(crate) fn term(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }
}

impl Inner {
    /// As the leader: the index of reads that began before this was called. `helper`: a node and the term it had
    /// promised after they began.
    pub(crate) async fn leader_read_index(
        &self,
        helper: Option<(u64, u64)>,
        patience: Duration,
    ) -> Result<u64, String> {
        let term = self.leadership.executing().ok_or("this node does not lead")?;
        let index = async {
            let policy = ReadPolicy::LeaseRead;
            let linearizer = match self.raft.get_read_linearizer(policy).await {
                Ok(linearizer) => linearizer,
                // The commit index is all that is wanted of it, but it insists on having heard of a majority lately.
                Err(_) => {
                    let round = self.raft.get_read_linearizer(ReadPolicy::ReadIndex).await;
                    round.map_err(|error| error.to_string())?
                }
            };
            Ok::<u64, String>(linearizer.read_log_id().index())
        };
        let both = async { tokio::join!(index, self.confirm(term, helper, patience)) };
        let (index, confirmed) = within(patience, both).await.ok_or("no majority answers in time")?;
        confirmed?;
        index
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
        let ask = |voter| async move { (voter, self.peers.ask(voter, &Request::Confirm { term }, patience).await) };
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
            let (voter, answer) = tokio::select! {
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
                Ok(Answer::Confirmed(true)) => {
                    confirmed.insert(voter);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_promise_is_never_taken_back() {
        let promised = Promised::new(3);
        promised.raise(2);
        assert_eq!(promised.term(), 3);
        promised.raise(7);
        assert_eq!(promised.term(), 7);
    }
}
