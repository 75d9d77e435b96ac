//! The leader's table of advisory locks: who holds what, who waits, and who would wait for ever.
//!
//! Plain data: time comes in from outside, and what is to be told goes out as [`Told`]. A term begins with a table that knows
//! nothing. Until each node has said what its sessions hold, or can hold nothing any more, nobody is granted what
//! such a node might have; see [`super`].

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet, VecDeque};
use std::time::Instant;

use serde::{Deserialize, Serialize};

/// What is locked: PostgreSQL keeps keys of one bigint apart from those of two integers.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct LockKey {
    pub database: String,
    pub pair: bool,
    pub key: i64,
}

/// A session anywhere in the cluster: its process id, which no two nodes give.
pub(crate) type SessionId = i32;

/// As PostgreSQL calls them: `ShareLock` and `ExclusiveLock`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub enum Mode {
    Shared,
    Exclusive,
}

impl Mode {
    pub fn name(self) -> &'static str {
        match self {
            Mode::Shared => "ShareLock",
            Mode::Exclusive => "ExclusiveLock",
        }
    }

    fn conflicts(self, other: Mode) -> bool {
        self == Mode::Exclusive || other == Mode::Exclusive
    }
}

/// One lock as a node reports it.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub(crate) struct Holding {
    pub session: SessionId,
    pub key: LockKey,
    pub mode: Mode,
}

/// A session's request.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(crate) struct Wish {
    /// The node's number for it, by which it hears of it.
    pub number: u64,
    pub session: SessionId,
    pub key: LockKey,
    pub mode: Mode,
    /// Rather than wait, hears that it can't have it.
    pub tries: bool,
}

/// What becomes of a wish.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) enum Fate {
    Granted,
    /// Somebody has it.
    Denied,
    /// It would have waited for ever.
    Deadlock(Vec<Blocked>),
}

/// One link of a circle of sessions that wait for each other.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct Blocked {
    pub session: SessionId,
    /// `None`: it waits for the writer slot.
    pub wants: Option<(LockKey, Mode)>,
    pub by: SessionId,
}

/// Something that a node's stream is to be told.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Told {
    pub node: u64,
    pub number: u64,
    pub fate: Fate,
}

#[derive(Default)]
struct Lock {
    holders: HashMap<(SessionId, Mode), u64>,
    queue: VecDeque<Waiter>,
}

struct Waiter {
    node: u64,
    wish: Wish,
}

/// What is known of a node.
struct Known {
    /// Its present stream: what an earlier one still says does not count.
    stream: u64,
    /// What it holds is forgotten then.
    expires: Instant,
}

/// See the module's page.
pub(crate) struct Table {
    locks: HashMap<LockKey, Lock>,
    nodes: HashMap<u64, Known>,
    /// Nodes that may hold what nobody here knows of, and until when.
    unheard: HashSet<u64>,
    settles: Instant,
    /// Sessions in the queue for the writer slot, and in it.
    slot_waiters: HashSet<SessionId>,
    slot_holder: Option<SessionId>,
}

impl Table {
    /// A term begins; `nodes` are its members.
    pub(crate) fn new(nodes: impl IntoIterator<Item = u64>, settles: Instant) -> Table {
        Table {
            locks: HashMap::new(),
            nodes: HashMap::new(),
            unheard: nodes.into_iter().collect(),
            settles,
            slot_waiters: HashSet::new(),
            slot_holder: None,
        }
    }

    /// A node's stream begins, with what its sessions hold. Gives those that somebody else has been granted meanwhile: the
    /// node was away for too long.
    pub(crate) fn register(
        &mut self,
        node: u64,
        stream: u64,
        holdings: Vec<Holding>,
        expires: Instant,
        told: &mut Vec<Told>,
    ) -> Vec<Holding> {
        self.forget(node);
        let mut lost = Vec::new();
        for holding in holdings {
            let lock = self.locks.entry(holding.key.clone()).or_default();
            let taken = lock.blockers(holding.session, holding.mode).next().is_some();
            match taken {
                true => lost.push(holding),
                false => drop(lock.holders.insert((holding.session, holding.mode), node)),
            }
        }
        self.nodes.insert(node, Known { stream, expires });
        self.unheard.remove(&node);
        self.grant_all(told);
        lost
    }

    /// Whether this is the node's present stream.
    pub(crate) fn is_current(&self, node: u64, stream: u64) -> bool {
        self.nodes.get(&node).is_some_and(|known| known.stream == stream)
    }

    pub(crate) fn renew(&mut self, node: u64, expires: Instant) {
        if let Some(known) = self.nodes.get_mut(&node) {
            known.expires = expires;
        }
    }

    /// The node's stream has ended: it can't hear of grants, but what it has is its own until its time is over.
    pub(crate) fn disconnect(&mut self, node: u64, told: &mut Vec<Told>) {
        for lock in self.locks.values_mut() {
            lock.queue.retain(|waiter| waiter.node != node);
        }
        self.grant_all(told);
    }

    /// Time has passed: nodes that did not renew have nothing any more.
    pub(crate) fn expire(&mut self, now: Instant, told: &mut Vec<Told>) {
        if now >= self.settles {
            self.unheard.clear();
        }
        let over: Vec<u64> =
            self.nodes.iter().filter(|(_, known)| now >= known.expires).map(|(node, _)| *node).collect();
        for node in over {
            self.forget(node);
            self.nodes.remove(&node);
        }
        self.grant_all(told);
    }

    /// A wish is granted, denied or left waiting.
    pub(crate) fn wish(&mut self, node: u64, wish: Wish, told: &mut Vec<Told>) {
        let (number, session) = (wish.number, wish.session);
        let settled = self.unheard.is_empty();
        let lock = self.locks.entry(wish.key.clone()).or_default();
        let taken = lock.blockers(session, wish.mode).next().is_some();
        // Whoever holds the lock already need not queue behind others who wait for it.
        let holds = lock.holders.keys().any(|(holder, _)| *holder == session);
        let behind = !holds && lock.queue.iter().any(|other| other.wish.mode.conflicts(wish.mode) && !other.wish.tries);
        if wish.tries && (taken || (behind && settled)) {
            return told.push(Told { node, number, fate: Fate::Denied });
        }
        if settled && !taken && !behind {
            lock.holders.insert((session, wish.mode), node);
            return told.push(Told { node, number, fate: Fate::Granted });
        }
        let waiter = Waiter { node, wish };
        match holds {
            true => lock.queue.push_front(waiter),
            false => lock.queue.push_back(waiter),
        }
        self.break_circle(session, told);
    }

    /// The session gives a lock back.
    pub(crate) fn release(&mut self, session: SessionId, key: &LockKey, mode: Mode, told: &mut Vec<Told>) {
        if let Some(lock) = self.locks.get_mut(key) {
            lock.holders.remove(&(session, mode));
            self.grant_key(key, told);
        }
    }

    /// The node does not want it any more.
    pub(crate) fn withdraw(&mut self, node: u64, number: u64, told: &mut Vec<Told>) {
        let mut changed = Vec::new();
        for (key, lock) in &mut self.locks {
            let before = lock.queue.len();
            lock.queue.retain(|waiter| waiter.node != node || waiter.wish.number != number);
            if lock.queue.len() < before {
                told.push(Told { node, number, fate: Fate::Denied });
                changed.push(key.clone());
            }
        }
        changed.iter().for_each(|key| self.grant_key(key, told));
    }

    /// A session queues for the writer slot. Gives the circle, if that would be for ever.
    pub(crate) fn wait_for_slot(&mut self, session: SessionId) -> Option<Vec<Blocked>> {
        self.slot_waiters.insert(session);
        let circle = self.circle(session);
        if circle.is_some() {
            self.slot_waiters.remove(&session);
        }
        circle
    }

    /// Whether a transaction is in the slot, so that writes of others have to wait for it.
    pub(crate) fn slot_is_held(&self) -> bool {
        self.slot_holder.is_some()
    }

    pub(crate) fn leave_slot_queue(&mut self, session: SessionId) {
        self.slot_waiters.remove(&session);
    }

    pub(crate) fn hold_slot(&mut self, session: SessionId) {
        self.slot_holder = Some(session);
    }

    pub(crate) fn leave_slot(&mut self, session: SessionId) {
        if self.slot_holder == Some(session) {
            self.slot_holder = None;
        }
    }

    /// Every lock, and whether it is held or waited for.
    #[cfg(test)]
    pub(crate) fn list(&self) -> Vec<(Holding, bool)> {
        let mut list = Vec::new();
        for (key, lock) in &self.locks {
            let holding = |session, mode| Holding { session, key: key.clone(), mode };
            list.extend(lock.holders.keys().map(|(session, mode)| (holding(*session, *mode), true)));
            list.extend(lock.queue.iter().map(|w| (holding(w.wish.session, w.wish.mode), false)));
        }
        list
    }

    /// All that a node's sessions hold and want.
    fn forget(&mut self, node: u64) {
        for lock in self.locks.values_mut() {
            lock.holders.retain(|_, holder| *holder != node);
            lock.queue.retain(|waiter| waiter.node != node);
        }
    }

    fn grant_all(&mut self, told: &mut Vec<Told>) {
        let keys: Vec<LockKey> = self.locks.keys().cloned().collect();
        keys.iter().for_each(|key| self.grant_key(key, told));
    }

    /// First come, first served: who can't have the lock keeps those behind from what conflicts with his wish.
    fn grant_key(&mut self, key: &LockKey, told: &mut Vec<Told>) {
        let settled = self.unheard.is_empty();
        let Some(lock) = self.locks.get_mut(key) else { return };
        let mut index = 0;
        let mut ahead: Vec<Mode> = Vec::new();
        while let Some(waiter) = lock.queue.get(index) {
            let Wish { number, session, mode, tries, .. } = waiter.wish;
            let node = waiter.node;
            let taken = lock.blockers(session, mode).next().is_some();
            let behind = ahead.iter().any(|other| other.conflicts(mode));
            let fate = match () {
                () if tries && (taken || (behind && settled)) => Some(Fate::Denied),
                () if taken || behind || !settled => None,
                () => Some(Fate::Granted),
            };
            let Some(fate) = fate else {
                ahead.push(mode);
                index += 1;
                continue;
            };
            if fate == Fate::Granted {
                lock.holders.insert((session, mode), node);
            }
            lock.queue.remove(index);
            told.push(Told { node, number, fate });
        }
        if lock.holders.is_empty() && lock.queue.is_empty() {
            self.locks.remove(key);
        }
    }

    /// If the session would wait for itself in the end, its wish has failed.
    fn break_circle(&mut self, session: SessionId, told: &mut Vec<Told>) {
        let Some(circle) = self.circle(session) else { return };
        let mut changed = Vec::new();
        for (key, lock) in &mut self.locks {
            if let Some(index) = lock.queue.iter().position(|waiter| waiter.wish.session == session)
                && let Some(waiter) = lock.queue.remove(index)
            {
                let (node, number) = (waiter.node, waiter.wish.number);
                told.push(Told { node, number, fate: Fate::Deadlock(circle.clone()) });
                changed.push(key.clone());
            }
        }
        changed.iter().for_each(|key| self.grant_key(key, told));
    }

    /// The circle of waiting sessions that this one is in, if any. Each waits for one thing, perhaps of several sessions.
    fn circle(&self, start: SessionId) -> Option<Vec<Blocked>> {
        // As a rule whoever waits has nothing that others wait for.
        let holds = self.slot_holder == Some(start) || self.holds_any(start);
        if !holds {
            return None;
        }
        let waits: HashMap<SessionId, &LockKey> = (self.locks.iter())
            .flat_map(|(key, lock)| lock.queue.iter().map(move |waiter| (waiter.wish.session, key)))
            .collect();
        let mut reached: HashMap<SessionId, Blocked> = HashMap::new();
        let mut next = VecDeque::from([start]);
        while let Some(session) = next.pop_front() {
            for blocked in self.blocked_by(session, waits.get(&session).copied()) {
                let by = blocked.by;
                if by == start {
                    let mut path = vec![blocked];
                    let mut at = session;
                    while at != start
                        && let Some(before) = reached.get(&at)
                    {
                        path.push(before.clone());
                        at = before.session;
                    }
                    path.reverse();
                    return Some(path);
                }
                if let Entry::Vacant(vacant) = reached.entry(by) {
                    vacant.insert(blocked);
                    next.push_back(by);
                }
            }
        }
        None
    }

    fn blocked_by(&self, session: SessionId, waits_for: Option<&LockKey>) -> Vec<Blocked> {
        let mut blocked = Vec::new();
        if self.slot_waiters.contains(&session)
            && let Some(by) = self.slot_holder.filter(|holder| *holder != session)
        {
            blocked.push(Blocked { session, wants: None, by });
        }
        let Some((key, lock)) = waits_for.and_then(|key| self.locks.get_key_value(key)) else { return blocked };
        let Some(index) = lock.queue.iter().position(|waiter| waiter.wish.session == session) else { return blocked };
        let mode = lock.queue[index].wish.mode;
        let ahead = lock.queue.iter().take(index).filter(|other| other.wish.mode.conflicts(mode));
        let others = lock.blockers(session, mode).chain(ahead.map(|other| other.wish.session));
        blocked.extend(others.map(|by| Blocked { session, wants: Some((key.clone(), mode)), by }));
        blocked
    }

    pub(crate) fn holds_any(&self, session: SessionId) -> bool {
        self.locks.values().any(|lock| lock.holders.keys().any(|(holder, _)| *holder == session))
    }
}

impl Lock {
    /// Other sessions that hold it in a mode that conflicts.
    fn blockers(&self, session: SessionId, mode: Mode) -> impl Iterator<Item = SessionId> {
        let others = self.holders.keys().filter(move |(holder, held)| *holder != session && held.conflicts(mode));
        others.map(|(holder, _)| *holder)
    }
}
