//! Advisory locks, one table for the whole cluster.
//!
//! The table ([`table`]) is the leader's, in memory: a lock costs one round between nodes and nothing on disk. What
//! sessions hold is known to their own node too ([`Desk`]), and that is what survives a change of leaders. Each node keeps
//! one stream of words open to the leader ([`service`]): it begins with all that the node's sessions hold, and every wish,
//! release and grant after it comes in order. Should the stream break, or another lead, a new one begins the same way.
//!
//! **No two sessions ever hold what excludes each other:**
//!
//! - A leader tells of a grant only after a majority has confirmed that no later leader had been elected when it decided
//!   (as for reads, see [`confirm`](super::confirm)).
//! - A new leader grants nothing before every member has begun its stream, or can hold nothing any more.
//! - A node may hold locks for [`Timing::lock_lease`](super::Timing::lock_lease) from the moment it *asked* a leader whom a
//!   majority then confirmed; it asks anew four times as often. A leader waits a quarter longer, from the moment
//!   it heard of the node or took over, before it gives away what a silent node had. So a node without a majority
//!   loses its locks before anybody else can get them: the sessions that hold one are ended (57P01), which is how
//!   their clients hear of it. Clocks need not agree, only run at the same speed within that quarter.
//!
//! A holder on a living node notices nothing of a change of leaders; those who wait go on waiting, though perhaps in another
//! order. What a dead node's sessions held is free after five seconds at most, or as soon as it has started again.
//!
//! Who waits for a lock while it holds the writer slot may be waited for by one who wants the slot: the table knows both
//! queues, and answers 40P01 to whoever closes a circle.

mod service;
mod table;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::time::{Instant, timeout};

pub(crate) use service::{Counter, Desktop, HeldSlot, expire};
pub(crate) use table::{Fate, Holding, SessionId, Wish};
pub use table::{LockKey, Mode};

use super::execute::no_leader;
use super::messages::{self, Answer, Request};
use super::node::Inner;
use super::transport::channel::Call as PendingCall;
use crate::storage::CancelReason;
use crate::types::{PgError, SqlState};

/// A node's stream to the leader begins.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(crate) struct LocksForm {
    /// It counts only with the leader of this term.
    pub term: u64,
    pub holdings: Vec<Holding>,
}

/// What a node says on its stream.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(crate) enum Word {
    Wish(Wish),
    /// The wish of this number is no more.
    Withdraw(u64),
    Release(u64, Holding),
    Renew(u64),
}

/// What the leader says.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(crate) enum Reply {
    /// The stream has begun; these are lost to others.
    Opened(Vec<Holding>),
    Fate(u64, Fate),
    Released(u64),
    Renewed(u64),
}

/// What this node knows of its sessions' locks.
#[derive(Default)]
pub(crate) struct Desk {
    state: Mutex<State>,
    /// The stream is to begin anew.
    reopen: Notify,
}

#[derive(Default)]
struct State {
    held: HashMap<SessionId, HashSet<(LockKey, Mode)>>,
    /// Sessions whose locks are lost: nothing is done for them any more.
    lost: HashSet<SessionId>,
    /// Not decided yet; those that nobody waits for any more have no sender.
    wishes: HashMap<u64, (Wish, Option<oneshot::Sender<Fate>>)>,
    releases: HashMap<u64, oneshot::Sender<()>>,
    /// Of earlier streams: done when the next has begun.
    carried: Vec<oneshot::Sender<()>>,
    words: Option<mpsc::UnboundedSender<Word>>,
    /// Until when what is held is held.
    lease: Option<Instant>,
    /// Since when there is no stream that has begun.
    apart: Option<Instant>,
    last: u64,
}

impl State {
    fn number(&mut self) -> u64 {
        self.last += 1;
        self.last
    }

    fn say(&self, word: Word) {
        if let Some(words) = &self.words {
            let _ = words.send(word);
        }
    }

    fn leased(&self) -> bool {
        self.lease.is_some_and(|until| Instant::now() < until)
    }

    fn release(&mut self, holding: Holding) -> oneshot::Receiver<()> {
        let (sender, done) = oneshot::channel();
        if self.words.is_some() {
            let number = self.number();
            self.releases.insert(number, sender);
            self.say(Word::Release(number, holding));
        } else {
            self.carried.push(sender);
        }
        done
    }

    /// All that sessions hold is lost; gives them.
    fn lose(&mut self) -> Vec<SessionId> {
        let sessions: Vec<SessionId> = self.held.drain().map(|(session, _)| session).collect();
        self.lost.extend(&sessions);
        sessions
    }

    fn decided(&mut self, number: u64, fate: Fate) {
        let Some((wish, waiting)) = self.wishes.remove(&number) else { return };
        let granted = fate == Fate::Granted;
        let lock = (wish.key.clone(), wish.mode);
        if granted && waiting.is_some() {
            self.held.entry(wish.session).or_default().insert(lock.clone());
        }
        let heard = waiting.is_some_and(|waiting| waiting.send(fate).is_ok());
        if !granted || heard {
            return;
        }
        // Nobody wants it any more, unless the session has asked again.
        let again = self.wishes.values().any(|(other, waiting)| {
            waiting.is_some() && (other.session, &other.key, other.mode) == (wish.session, &wish.key, wish.mode)
        });
        if let Some(held) = self.held.get_mut(&wish.session) {
            held.remove(&lock);
        }
        if !again {
            drop(self.release(Holding { session: wish.session, key: wish.key, mode: wish.mode }));
        }
    }
}

impl Desk {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Withdraws a wish that nobody waits for any more.
struct Waiting<'d> {
    desk: &'d Desk,
    number: u64,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let mut state = self.desk.lock();
        if let Some((_, waiting)) = state.wishes.get_mut(&self.number) {
            *waiting = None;
            state.say(Word::Withdraw(self.number));
        }
    }
}

impl Inner {
    /// Waits until the session has the lock, or with `tries` hears whether it can. Dropping the future withdraws the wish.
    /// Errors: 40P01, 57P03.
    pub(crate) async fn lock(
        &self,
        session: SessionId,
        key: LockKey,
        mode: Mode,
        tries: bool,
    ) -> Result<bool, PgError> {
        let (sender, mut fate) = oneshot::channel();
        let number = {
            let mut state = self.desk.lock();
            if state.lost.contains(&session) {
                return Err(lost());
            }
            let number = state.number();
            let wish = Wish { number, session, key, mode, tries };
            state.wishes.insert(number, (wish.clone(), Some(sender)));
            state.say(Word::Wish(wish));
            number
        };
        let waiting = Waiting { desk: &self.desk, number };
        let patience = self.config.timing.patience;
        let fate = loop {
            match timeout(Duration::from_millis(500), &mut fate).await {
                Ok(fate) => break fate.map_err(|_| lost())?,
                Err(_) => {
                    let apart = self.desk.lock().apart;
                    if let Some(stopped) = self.stopped() {
                        return Err(stopped);
                    }
                    if apart.is_some_and(|since| since.elapsed() > patience) {
                        return Err(no_leader());
                    }
                }
            }
        };
        drop(waiting);
        match fate {
            Fate::Granted => Ok(true),
            Fate::Denied => Ok(false),
            Fate::Deadlock(circle) => Err(deadlock(&circle)),
        }
    }

    /// The session gives the lock back. Resolves when others can have it.
    pub(crate) fn unlock(
        &self,
        session: SessionId,
        key: LockKey,
        mode: Mode,
    ) -> impl Future<Output = ()> + Send + use<> {
        let mut state = self.desk.lock();
        let lock = (key, mode);
        let held = state.held.get_mut(&session).is_some_and(|held| held.remove(&lock));
        let done = held.then(|| state.release(Holding { session, key: lock.0, mode }));
        let patience = self.config.timing.patience;
        async move {
            if let Some(done) = done {
                let _ = timeout(patience, done).await;
            }
        }
    }

    /// The session has ended.
    pub(crate) fn unlock_session(&self, session: SessionId) {
        let mut state = self.desk.lock();
        state.lost.remove(&session);
        for (key, mode) in state.held.remove(&session).unwrap_or_default() {
            drop(state.release(Holding { session, key, mode }));
        }
    }

    /// Whether the session still holds what it was granted.
    pub(crate) fn keeps_locks(&self, session: SessionId) -> bool {
        let state = self.desk.lock();
        !state.lost.contains(&session) && (state.leased() || !state.held.contains_key(&session))
    }

    /// Ends sessions whose locks others may get now.
    fn lose_locks(&self, sessions: &[SessionId]) {
        for session in sessions {
            tracing::warn!(pid = session, "a session has lost its advisory locks: no leader was heard of in time");
            self.residents(|residents| residents.signal(*session, CancelReason::LocksLost));
        }
    }
}

/// Keeps the desk's stream to whoever leads, for as long as the node lives.
pub(crate) async fn attend(inner: Arc<Inner>) {
    inner.desk.lock().apart = Some(Instant::now());
    loop {
        if let Some(leader) = inner.leader()
            && let Some(term) = inner.leader_term(leader)
        {
            let why = stream(&inner, leader, term).await;
            tracing::debug!(leader, term, why, "the stream of advisory locks has ended");
            let mut state = inner.desk.lock();
            state.words = None;
            state.apart.get_or_insert_with(Instant::now);
            let releases: Vec<_> = state.releases.drain().map(|(_, sender)| sender).collect();
            state.carried.extend(releases);
        }
        let mut metrics = inner.raft.server_metrics();
        let _ = timeout(Duration::from_millis(50), openraft::async_runtime::WatchReceiver::changed(&mut metrics)).await;
    }
}

/// Ends sessions in time when the node's lease is over.
pub(crate) async fn watch_lease(inner: Arc<Inner>) {
    let mut tick = tokio::time::interval(inner.config.timing.lock_lease / 40);
    loop {
        tick.tick().await;
        let sessions = {
            let mut state = inner.desk.lock();
            if state.held.is_empty() || state.leased() {
                continue;
            }
            state.lose()
        };
        inner.lose_locks(&sessions);
        // The leader hears by a new stream what is not held any more.
        inner.desk.reopen.notify_one();
    }
}

/// A stream's other end.
enum Link {
    Here { words: mpsc::UnboundedSender<Word>, replies: mpsc::UnboundedReceiver<Reply> },
    There(Box<PendingCall>),
}

impl Link {
    async fn send(&self, word: Word) -> bool {
        match self {
            Link::Here { words, .. } => words.send(word).is_ok(),
            Link::There(call) => call.send(messages::encode(&word)).await,
        }
    }

    async fn next(&mut self) -> Option<Reply> {
        match self {
            Link::Here { replies, .. } => replies.recv().await,
            Link::There(call) => match call.next_interim().await.as_deref().map(messages::decode::<Answer>) {
                Some(Ok(Answer::Lock(reply))) => Some(reply),
                _ => None,
            },
        }
    }
}

/// One stream, from its beginning to its end; gives why it has ended.
async fn stream(inner: &Arc<Inner>, leader: u64, term: u64) -> &'static str {
    let lease = inner.config.timing.lock_lease;
    // Before what is held is looked at: a connection may take its time.
    let channel = match leader == inner.id {
        true => None,
        false => match timeout(Duration::from_secs(2), inner.peers.peer(leader).forward()).await {
            Ok(Ok(channel)) => Some(channel),
            _ => return "the leader cannot be reached",
        },
    };
    let asked = Instant::now();
    let (form, mut queue) = {
        let mut state = inner.desk.lock();
        if !state.leased() && !state.held.is_empty() {
            return "what was held is lost";
        }
        let (words, queue) = mpsc::unbounded_channel();
        let holdings = state.held.iter().flat_map(|(session, locks)| {
            locks.iter().map(|(key, mode)| Holding { session: *session, key: key.clone(), mode: *mode })
        });
        let form = LocksForm { term, holdings: holdings.collect() };
        state.wishes.retain(|_, (_, waiting)| waiting.is_some());
        let mut wishes: Vec<_> = state.wishes.values().map(|(wish, _)| wish.clone()).collect();
        wishes.sort_by_key(|wish| wish.number);
        wishes.into_iter().for_each(|wish| drop(words.send(Word::Wish(wish))));
        state.words = Some(words);
        (form, queue)
    };
    let mut link = match channel {
        None => {
            let (words, theirs) = mpsc::unbounded_channel();
            let (sender, replies) = mpsc::unbounded_channel();
            let leader = inner.clone();
            tokio::spawn(async move { leader.keep_desk(leader.id, form, Desktop::Here(theirs), sender).await });
            Link::Here { words, replies }
        }
        Some(channel) => {
            let request = messages::encode(&Request::Locks(Box::new(form)));
            match channel.begin(request).await {
                Ok(call) => Link::There(Box::new(call)),
                Err(_) => return "the leader cannot be reached",
            }
        }
    };
    let mut renewals: HashMap<u64, Instant> = HashMap::new();
    let mut renew = tokio::time::interval(lease / 4);
    loop {
        tokio::select! {
            reply = link.next() => {
                let Some(reply) = reply else { return "the leader has ended it" };
                match reply {
                    Reply::Renewed(number) => {
                        if let Some(asked) = renewals.remove(&number) {
                            extend(&mut inner.desk.lock(), asked + lease);
                        }
                    }
                    reply => {
                        if let Some(why) = inner.heard_of_locks(reply, asked + lease) {
                            return why;
                        }
                    }
                }
            }
            word = queue.recv() => match word {
                Some(word) => {
                    if !link.send(word).await {
                        return "the connection is lost";
                    }
                }
                None => return "another stream has begun",
            },
            _ = renew.tick() => {
                let number = inner.desk.lock().number();
                renewals.retain(|_, asked| asked.elapsed() < lease);
                renewals.insert(number, Instant::now());
                if !link.send(Word::Renew(number)).await {
                    return "the connection is lost";
                }
            }
            () = inner.desk.reopen.notified() => return "it begins anew",
            () = inner.ceases_to_lead_in(leader, term) => return "another leads",
        }
    }
}

fn extend(state: &mut State, until: Instant) {
    state.lease = Some(state.lease.map_or(until, |lease| lease.max(until)));
}

impl Inner {
    /// Gives why the stream must end, if it must. `lease`: until when what was held at its beginning is, once it has begun.
    fn heard_of_locks(&self, reply: Reply, lease: Instant) -> Option<&'static str> {
        let mut state = self.desk.lock();
        match reply {
            Reply::Opened(lost) => {
                extend(&mut state, lease);
                state.apart = None;
                for sender in state.carried.drain(..) {
                    let _ = sender.send(());
                }
                let sessions: HashSet<SessionId> = lost.iter().map(|holding| holding.session).collect();
                for session in &sessions {
                    for (key, mode) in state.held.remove(session).unwrap_or_default() {
                        drop(state.release(Holding { session: *session, key, mode }));
                    }
                }
                state.lost.extend(&sessions);
                drop(state);
                self.lose_locks(&sessions.into_iter().collect::<Vec<_>>());
            }
            // The next stream asks for it again.
            Reply::Fate(_, Fate::Granted) if !state.leased() => return Some("a grant came without a lease"),
            Reply::Fate(number, fate) => state.decided(number, fate),
            Reply::Released(number) => {
                if let Some(sender) = state.releases.remove(&number) {
                    let _ = sender.send(());
                }
            }
            Reply::Renewed(_) => {}
        }
        None
    }
}

fn lost() -> PgError {
    PgError::fatal(SqlState::ADMIN_SHUTDOWN, "terminating connection because its advisory locks were lost")
}

/// 40P01, with the circle as PostgreSQL tells it.
pub(crate) fn deadlock(circle: &[table::Blocked]) -> PgError {
    let lines = circle.iter().map(|blocked| {
        let (who, by) = (blocked.session, blocked.by);
        match &blocked.wants {
            Some((key, mode)) => {
                let (high, low) = (key.key.cast_unsigned() >> 32, key.key.cast_unsigned() & 0xffff_ffff);
                let kind = if key.pair { 2 } else { 1 };
                let (mode, database) = (mode.name(), &key.database);
                let lock = format!("advisory lock [{database},{high},{low},{kind}]");
                format!("Process {who} waits for {mode} on {lock}; blocked by process {by}.")
            }
            None => format!("Process {who} waits for the writer slot; blocked by process {by}."),
        }
    });
    let detail = lines.collect::<Vec<_>>().join("\n");
    PgError::new(SqlState::DEADLOCK_DETECTED, "deadlock detected").detail(detail)
}
