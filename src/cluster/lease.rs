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
//! Only a leader whose term is on the node's disk is promised anything. So promises are kept over a restart by waiting for as
//! long after it. They are ended at once by a leader that has openraft transfer its leadership, which has given its lease up before.
//! While a later term waits for the end of a promise, it is not given again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rustix::time::{ClockId, clock_gettime};
use tokio::sync::Notify;

use super::format::Ballot;
use crate::storage::Sabotage;

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

    /// As leaders measure their leases.
    pub(crate) fn of_lease() -> Moment {
        if Sabotage::LeaseByTimeOfDay.is_on() {
            let time = SystemTime::now().duration_since(UNIX_EPOCH);
            return Moment(time.unwrap_or_default());
        }
        Moment::now()
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
    given: Mutex<Given>,
    released: Notify,
    lease: Duration,
    own: u64,
    /// The last vote was for another node: this one does not lead.
    follows: AtomicBool,
}

#[derive(Debug, Default)]
struct Given {
    word: Option<Word>,
    /// The term of the vote that is on disk: only its leader is given a word, which a restart then knows of.
    adopted: u64,
    /// A later term waits for the end of the word, which is not given again.
    raising: bool,
}

/// No term later than this is adopted before `until`.
#[derive(Clone, Copy, Debug)]
struct Word {
    term: u64,
    until: Moment,
}

/// What a leader hears of its term.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Confirmation {
    /// There is a later one.
    Overtaken,
    /// There was none at this moment.
    Now,
    /// Nor will there be as far as this node is concerned, for a lease.
    Leased,
}

impl Promised {
    /// `ballot`: the vote in the log, as the node `own` starts. It may have given its word to that leader just before it
    /// stopped, unless that was itself; what earlier leaders had was over before it saved this vote.
    pub(crate) fn new(ballot: Option<Ballot>, own: u64, lease: Duration) -> Promised {
        let follows = AtomicBool::new(ballot.as_ref().is_some_and(|ballot| ballot.node != own));
        let given = ballot.as_ref().filter(|ballot| !(ballot.committed && ballot.node == own));
        let word = given.map(|ballot| Word { term: ballot.term, until: Moment::now().after(lease) });
        let term = ballot.map_or(0, |ballot| ballot.term);
        let given = Given { word, adopted: term, raising: false };
        Promised { term: AtomicU64::new(term), given: Mutex::new(given), released: Notify::new(), lease, own, follows }
    }

    /// This vote is saved.
    pub(crate) fn voted(&self, ballot: &Ballot) {
        self.follows.store(ballot.node != self.own, Ordering::Relaxed);
    }

    /// Whether this node certainly does not lead.
    pub(crate) fn follows(&self) -> bool {
        self.follows.load(Ordering::Relaxed)
    }

    fn given(&self) -> MutexGuard<'_, Given> {
        self.given.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn term(&self) -> u64 {
        self.term.load(Ordering::SeqCst)
    }

    /// Whether this node has adopted no later term than the leader's. One that `leases` has its word that it will not yet,
    /// if it can give it.
    pub(crate) fn confirm(&self, term: u64, leases: bool) -> Confirmation {
        let mut given = self.given();
        if self.term() > term {
            return Confirmation::Overtaken;
        }
        if !leases || given.adopted != term || given.raising {
            return Confirmation::Now;
        }
        // What an earlier leader had was over before this term was adopted.
        given.word = Some(Word { term, until: Moment::now().after(self.lease) });
        Confirmation::Leased
    }

    /// Adopts the term as soon as no leader of an earlier one has the word that it will not.
    pub(crate) async fn raise(&self, term: u64) {
        loop {
            let mut released = std::pin::pin!(self.released.notified());
            released.as_mut().enable();
            let wait = {
                let mut given = self.given();
                let now = Moment::now();
                match given.word {
                    Some(word) if word.term < term && now < word.until => {
                        given.raising = true;
                        word.until.since(now)
                    }
                    _ => {
                        given.raising = false;
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

    /// The vote for this term is on disk.
    pub(crate) fn adopted(&self, term: u64) {
        let mut given = self.given();
        given.adopted = given.adopted.max(term);
    }

    /// The leader of that term hands over: it does not count on anything any more.
    pub(crate) fn release(&self, term: u64) {
        let mut given = self.given();
        given.word = given.word.filter(|word| word.term > term);
        drop(given);
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

    /// As when a vote is saved.
    fn adopts(promised: &Promised, term: u64) -> bool {
        let raised = raised(promised, term);
        if raised {
            promised.adopted(term);
        }
        raised
    }

    #[tokio::test]
    async fn a_term_is_never_taken_back_and_no_later_one_adopted_while_a_leader_has_the_word() {
        use Confirmation::{Leased, Now, Overtaken};
        let promised = Promised::new(None, 1, LEASE);
        assert!(adopts(&promised, 3) && adopts(&promised, 2));
        assert_eq!(promised.term(), 3);
        assert_eq!(promised.confirm(2, true), Overtaken);
        assert_eq!(promised.confirm(3, false), Now);
        assert_eq!(promised.confirm(5, true), Now, "of a term that this node has not adopted");
        assert!(raised(&promised, 5));
        assert_eq!(promised.confirm(5, true), Now, "not on disk yet");
        promised.adopted(5);
        assert_eq!(promised.confirm(5, true), Leased);
        assert!(adopts(&promised, 5) && !raised(&promised, 6));
        assert_eq!(promised.term(), 5);
        assert_eq!(promised.confirm(5, true), Now, "a later term waits already");
        promised.release(4);
        assert!(!raised(&promised, 6), "another leader's");
        let waits = promised.raise(6);
        tokio::join!(waits, async { promised.release(5) });
        assert_eq!((promised.term(), promised.confirm(5, true)), (6, Overtaken));
        promised.adopted(6);
        assert_eq!(promised.confirm(6, true), Leased);
        promised.release(5);
        assert!(!raised(&promised, 7), "a late word of an earlier leader");
    }

    #[tokio::test]
    async fn the_word_is_over_after_its_time_and_is_not_given_again_meanwhile() {
        let promised = Promised::new(None, 1, Duration::from_millis(20));
        assert!(adopts(&promised, 1));
        assert_eq!(promised.confirm(1, true), Confirmation::Leased);
        let given = Moment::now();
        let asks = async {
            for _ in 0..1000 {
                promised.confirm(1, true);
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        tokio::select! {
            () = promised.raise(2) => {}
            () = asks => panic!("asking again keeps the later term waiting"),
        }
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
