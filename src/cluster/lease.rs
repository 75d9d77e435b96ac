//! A leader's lease: for how long it knows that it leads without asking.
//!
//! A node that confirms a leader's term ([`confirm`](super::confirm)) promises with it to adopt no later term for
//! [`Timing::read_lease`](super::Timing::read_lease), by its own clock, from then on: [`Promised::raise`], which every
//! vote passes on its way to the disk, waits for so long. As long as such nodes make a majority together with the leader,
//! no majority can have adopted a later term, and all that has been acknowledged anywhere this leader has
//! committed (Ongaro, "Consensus: bridging theory and practice", section 6.4.1). The leader counts from before it asked,
//! and a tenth less.
//!
//! What it relies on: that over a third of a second no node's clock runs by a tenth slower or faster than
//! another's. The clock counts the time in which a machine sleeps and is not set when the time of day is; a process that
//! is stopped and goes on does no harm, because the clock is read after the index. A virtual machine that is paused, or moved to another host,
//! may have a clock that stood still meanwhile: `--no-read-lease` is for those.
//!
//! Promises are kept over a restart by waiting for as long after it, and ended at once by a leader that hands over, which has
//! given its lease up before.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};
use tokio::sync::Notify;

use super::format::Ballot;

/// By a clock that goes on while the machine sleeps, which [`std::time::Instant`]'s does not everywhere.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Moment(Duration);

impl Moment {
    const NEVER: Moment = Moment(Duration::MAX);

    pub(crate) fn now() -> Moment {
        #[cfg(target_os = "linux")]
        const CLOCK: ClockId = ClockId::Boottime;
        #[cfg(not(target_os = "linux"))]
        const CLOCK: ClockId = ClockId::Monotonic;
        let now = clock_gettime(CLOCK);
        Moment(Duration::new(now.tv_sec.unsigned_abs(), u32::try_from(now.tv_nsec).unwrap_or_default()))
    }

    fn after(self, duration: Duration) -> Moment {
        Moment(self.0.saturating_add(duration))
    }

    pub(crate) fn since(self, earlier: Moment) -> Duration {
        self.0.saturating_sub(earlier.0)
    }
}

/// The latest term that this node has adopted or is about to, raised before the vote is saved and so before anybody
/// can count on it; and whom it has promised to adopt none.
#[derive(Debug)]
pub(crate) struct Promised {
    term: AtomicU64,
    word: Mutex<Option<Word>>,
    released: Notify,
    lease: Duration,
}

/// No term later than this is adopted before `until`.
#[derive(Clone, Copy, Debug)]
struct Word {
    term: u64,
    until: Moment,
}

impl Promised {
    /// `ballot`: the vote in the log, as the node `own` starts. It may have given its word just before it stopped, unless
    /// it was the leader itself: only to leaders of that term or earlier ones, whose time it had waited for.
    pub(crate) fn new(ballot: Option<Ballot>, own: u64, lease: Duration) -> Promised {
        let given = ballot.as_ref().filter(|ballot| !(ballot.committed && ballot.node == own));
        let word = given.map(|ballot| Word { term: ballot.term, until: Moment::now().after(lease) });
        let term = AtomicU64::new(ballot.map_or(0, |ballot| ballot.term));
        Promised { term, word: Mutex::new(word), released: Notify::new(), lease }
    }

    fn word(&self) -> MutexGuard<'_, Option<Word>> {
        self.word.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn term(&self) -> u64 {
        self.term.load(Ordering::SeqCst)
    }

    /// Whether this node has adopted no later term than the leader's, and, if that `leases`, its word that it will not yet.
    pub(crate) fn confirm(&self, term: u64, leases: bool) -> bool {
        let mut word = self.word();
        if self.term() > term {
            return false;
        }
        if leases {
            let now = Moment::now();
            // One that still binds, to an earlier leader, goes on to.
            let term = word.filter(|given| now < given.until).map_or(term, |given| given.term.min(term));
            *word = Some(Word { term, until: now.after(self.lease) });
        }
        true
    }

    /// Adopts the term as soon as nobody has the word that it will not.
    pub(crate) async fn raise(&self, term: u64) {
        loop {
            let mut released = std::pin::pin!(self.released.notified());
            released.as_mut().enable();
            let wait = {
                let mut word = self.word();
                let now = Moment::now();
                match *word {
                    Some(given) if given.term < term && now < given.until => given.until.since(now),
                    given => {
                        // One that is over binds nobody; one for this term or a later one still does.
                        *word = given.filter(|given| given.term >= term);
                        self.term.fetch_max(term, Ordering::SeqCst);
                        return;
                    }
                }
            };
            tracing::debug!(term, ?wait, "a leader of an earlier term has this node's word");
            tokio::select! {
                () = released => {}
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    /// The leader of that term hands over: it does not count on anything any more.
    pub(crate) fn release(&self, term: u64) {
        let mut word = self.word();
        *word = word.filter(|given| given.term > term);
        drop(word);
        self.released.notify_waiters();
    }
}

/// Whose word a leader has, and until when.
#[derive(Debug, Default)]
pub(crate) struct Lease(Mutex<Words>);

#[derive(Debug, Default)]
struct Words {
    term: u64,
    /// Nothing is counted on any more in this term.
    given_up: bool,
    until: BTreeMap<u64, Moment>,
}

impl Lease {
    fn words(&self, term: u64) -> MutexGuard<'_, Words> {
        let mut words = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if words.term < term {
            *words = Words { term, ..Words::default() };
        }
        words
    }

    /// Whether the leader of this term still wants nodes' words.
    pub(crate) fn is_wanted(&self, term: u64) -> bool {
        !self.words(term).given_up
    }

    /// The node has given its word to the leader of this term, which had asked for it at that moment, for `lease`.
    pub(crate) fn keep(&self, term: u64, node: u64, asked: Moment, lease: Duration) {
        let mut words = self.words(term);
        if words.term == term && !words.given_up {
            let until = asked.after(lease - lease / 10);
            let kept = words.until.entry(node).or_insert(until);
            *kept = until.max(*kept);
        }
    }

    /// For good, in this term.
    pub(crate) fn give_up(&self, term: u64) {
        let mut words = self.words(term);
        words.given_up |= words.term == term;
        words.until.clear();
    }

    /// Until when nodes that make a majority with `own` of each of the configurations keep their word to the leader of the term.
    pub(crate) fn until(&self, term: u64, own: u64, configs: &[BTreeSet<u64>]) -> Option<Moment> {
        let words = self.words(term);
        if words.term != term || words.given_up {
            return None;
        }
        let of = |voters: &BTreeSet<u64>| {
            let mut until: Vec<Moment> = voters
                .iter()
                .filter_map(|voter| if *voter == own { Some(Moment::NEVER) } else { words.until.get(voter).copied() })
                .collect();
            until.sort_unstable_by(|one, other| other.cmp(one));
            until.get(voters.len() / 2).copied()
        };
        configs.iter().map(of).min().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEASE: Duration = Duration::from_secs(3600);

    fn raised(promised: &Promised, term: u64) -> bool {
        use futures_util::FutureExt;
        promised.raise(term).now_or_never().is_some()
    }

    fn voted(node: u64, committed: bool) -> Option<Ballot> {
        Some(Ballot { term: 3, node, committed })
    }

    #[tokio::test]
    async fn a_term_is_never_taken_back_and_no_later_one_adopted_while_a_leader_has_the_word() {
        let promised = Promised::new(None, 1, LEASE);
        assert!(raised(&promised, 3) && raised(&promised, 2));
        assert_eq!(promised.term(), 3);
        assert!(!promised.confirm(2, true), "no word to a leader of the past");
        assert!(promised.confirm(3, false) && raised(&promised, 4), "confirmed without a lease");
        assert!(promised.confirm(5, true), "of a term that this node has not heard of");
        assert!(raised(&promised, 5) && !raised(&promised, 6));
        assert_eq!(promised.term(), 5);
        promised.release(4);
        assert!(!raised(&promised, 6), "another leader's");
        let waits = promised.raise(6);
        tokio::join!(waits, async { promised.release(5) });
        assert_eq!(promised.term(), 6);
        assert!(!promised.confirm(5, true));
    }

    #[tokio::test]
    async fn the_word_is_over_after_its_time() {
        let promised = Promised::new(None, 1, Duration::from_millis(20));
        assert!(promised.confirm(1, true));
        let given = Moment::now();
        promised.raise(2).await;
        assert!(Moment::now().since(given) >= Duration::from_millis(19));
    }

    #[tokio::test]
    async fn a_node_that_starts_again_keeps_the_word_it_may_have_given() {
        assert!(!raised(&Promised::new(voted(2, true), 1, LEASE), 4));
        assert!(!raised(&Promised::new(voted(1, false), 1, LEASE), 4));
        assert!(raised(&Promised::new(voted(2, true), 1, LEASE), 3));
        assert!(raised(&Promised::new(voted(1, true), 1, LEASE), 4), "it has led that term");
        assert!(raised(&Promised::new(None, 1, LEASE), 4), "it has never been one of a cluster");
    }

    #[test]
    fn a_lease_holds_for_as_long_as_a_majority_of_every_configuration() {
        let lease = Lease::default();
        let (one, two) = (BTreeSet::from([1]), BTreeSet::from([1, 2, 3]));
        let joint = [two.clone(), BTreeSet::from([3, 4, 5])];
        let now = Moment::now();
        let until = |after: u64| Some(now.after(Duration::from_secs(after)));
        let word = |node, after: u64| lease.keep(7, node, now, Duration::from_secs(after * 10) / 9);
        let of =
            |configs: &[BTreeSet<u64>]| lease.until(7, 1, configs).map(|at| Moment(at.0 + Duration::from_millis(1)));
        let is = |at: Option<Moment>, after| {
            at.zip(until(after)).is_some_and(|(at, until)| at.since(until) <= Duration::from_millis(1) && at >= until)
        };
        assert_eq!(lease.until(7, 1, &[one]), Some(Moment::NEVER), "alone");
        assert_eq!(of(std::slice::from_ref(&two)), None);
        word(2, 90);
        assert!(is(of(std::slice::from_ref(&two)), 90));
        word(3, 180);
        assert!(is(of(std::slice::from_ref(&two)), 180), "the leader and the other one");
        assert_eq!(of(&joint), None);
        word(4, 27);
        assert!(is(of(&joint), 27));
        word(4, 9);
        assert!(is(of(&joint), 27), "an answer that came late takes nothing back");
        assert_eq!(lease.until(6, 1, std::slice::from_ref(&two)), None, "a term that is over");
        lease.give_up(7);
        word(2, 90);
        assert_eq!(of(std::slice::from_ref(&two)), None);
        assert!(!lease.is_wanted(7) && lease.is_wanted(8));
        assert_eq!(lease.until(8, 1, &[two]), None);
    }
}
