//! Who is connected, and how to stop what they run.
//!
//! CancelRequest comes over a connection of its own and names a session by process id and secret:
//! [`Sessions`] is where it finds the running statement's [`Cancel`]. It is this node's list; a cancel
//! key is only good at the node that gave it, as in PostgreSQL. `pg_cancel_backend` and `pg_terminate_backend` come from any node
//! ([`Residents`]).

use std::collections::HashMap;
use std::net::SocketAddr;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::catalog::system::activity::{Activity, AdvisoryLock, Slot, State};
use crate::cluster::Residents;
use crate::storage::{Cancel, CancelReason, Cancelled};
use crate::types::{PgError, timestamp};

/// How much of a query text is shown in [`Activity`], as PostgreSQL's `track_activity_query_size`.
const QUERY_SHOWN: usize = 1024;

/// All sessions of this node.
pub struct Sessions {
    /// Process ids to give.
    ids: Range<i32>,
    by_pid: Mutex<HashMap<i32, Arc<Control>>>,
}

/// What can be seen and done to a session from outside.
pub struct Control {
    pub pid: i32,
    secret: Vec<u8>,
    /// Set while a message is handled: a cancel that meets an idle session does nothing.
    running: Mutex<Option<Cancel>>,
    /// The session is to end.
    terminate: Cancel,
    activity: Mutex<Activity>,
}

/// A session's place in [`Sessions`], given up when dropped.
pub struct Registration {
    sessions: Arc<Sessions>,
    pub control: Arc<Control>,
}

impl Drop for Registration {
    fn drop(&mut self) {
        lock(&self.sessions.by_pid).remove(&self.control.pid);
    }
}

impl Sessions {
    /// `ids`: the process ids to give.
    pub fn new(ids: Range<i32>) -> Arc<Sessions> {
        Arc::new(Sessions { ids, by_pid: Mutex::default() })
    }

    /// Enters a session under a new process id; `None` when there are `max` already.
    pub fn register(self: &Arc<Self>, secret: Vec<u8>, mut activity: Activity, max: usize) -> Option<Registration> {
        let mut by_pid = lock(&self.by_pid);
        if by_pid.len() >= max.min(self.ids.len()) {
            return None;
        }
        let pid = loop {
            let pid = rand::random_range(self.ids.clone());
            if !by_pid.contains_key(&pid) {
                break pid;
            }
        };
        activity.pid = pid;
        let (running, terminate) = (Mutex::new(None), Cancel::new());
        let control = Arc::new(Control { pid, secret, running, terminate, activity: Mutex::new(activity) });
        by_pid.insert(pid, control.clone());
        Some(Registration { sessions: self.clone(), control })
    }

    /// CancelRequest. Whether it hit is not told to the client: it may be guessing.
    pub fn cancel(&self, pid: i32, secret: &[u8]) -> bool {
        let control = lock(&self.by_pid).get(&pid).cloned();
        match control {
            Some(control) if same(&control.secret, secret) => control.cancel(CancelReason::UserRequest),
            _ => false,
        }
    }

    pub fn len(&self) -> usize {
        lock(&self.by_pid).len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Residents for Sessions {
    fn signal(&self, session: i32, reason: CancelReason) -> bool {
        let control = lock(&self.by_pid).get(&session).cloned();
        let Some(control) = control else { return false };
        match reason {
            CancelReason::UserRequest => drop(control.cancel(reason)),
            _ => control.terminate(reason),
        }
        true
    }

    fn activity(&self) -> Vec<Activity> {
        let mut all: Vec<_> = lock(&self.by_pid).values().map(|control| lock(&control.activity).clone()).collect();
        all.sort_by_key(|activity| activity.pid);
        all
    }
}

impl Control {
    /// Ends the session as soon as what it runs can be stopped.
    pub fn terminate(&self, reason: CancelReason) {
        self.terminate.cancel(reason);
        self.cancel(reason);
    }

    /// Resolves when the session is to end.
    pub fn terminated(&self) -> Cancelled {
        self.terminate.cancelled()
    }

    /// The last that the client hears, if the session is to end.
    pub fn last_word(&self) -> Option<PgError> {
        self.terminate.error()
    }

    /// Stops the running statement; `false` if there is none.
    pub fn cancel(&self, reason: CancelReason) -> bool {
        match &*lock(&self.running) {
            Some(cancel) => {
                cancel.cancel(reason);
                true
            }
            None => false,
        }
    }

    /// A message is being handled, and `cancel` stops it.
    pub(super) fn begin(&self, cancel: &Cancel) {
        *lock(&self.running) = Some(cancel.clone());
        let mut activity = lock(&self.activity);
        // In the middle of a pipeline it has been since the message before.
        if activity.state == State::Active {
            return;
        }
        let now = timestamp::now();
        activity.transaction_start.get_or_insert(now);
        activity.state = State::Active;
        activity.state_change = now;
    }

    /// The message has been handled, and the pipeline goes on: for others the session is as active as before, with neither the
    /// writer slot nor advisory locks.
    pub(super) fn pause(&self) {
        *lock(&self.running) = None;
        let mut activity = lock(&self.activity);
        activity.slot = Slot::None;
        activity.locks.clear();
    }

    pub(super) fn query(&self, text: &str) {
        let mut activity = lock(&self.activity);
        activity.query.clear();
        activity.query.push_str(&text[..text.floor_char_boundary(QUERY_SHOWN)]);
        activity.query_start = timestamp::now();
    }

    pub(super) fn application_name(&self, name: &str) {
        lock(&self.activity).application_name = name.to_owned();
    }

    /// The message has been handled; where that leaves the session.
    pub(super) fn end(&self, state: State, slot: Slot, locks: Vec<AdvisoryLock>) {
        *lock(&self.running) = None;
        let mut activity = lock(&self.activity);
        if state == State::Idle {
            activity.transaction_start = None;
        }
        activity.state = state;
        activity.state_change = timestamp::now();
        activity.slot = slot;
        activity.locks = locks;
    }

    /// The session's transaction waits for the writer slot until what is returned is dropped.
    pub(super) fn waits_for_slot(&self) -> impl Drop + '_ {
        struct Waiting<'c>(&'c Control);
        impl Drop for Waiting<'_> {
            fn drop(&mut self) {
                lock(&self.0.activity).slot = Slot::None;
            }
        }
        lock(&self.activity).slot = Slot::Waits(timestamp::now());
        Waiting(self)
    }

    pub(super) fn holds_slot(&self) {
        lock(&self.activity).slot = Slot::Holds;
    }
}

/// Of a session that begins.
pub fn new_activity(user: &str, database: &str, client: Option<SocketAddr>) -> Activity {
    let now = timestamp::now();
    Activity {
        pid: 0,
        user: user.to_owned(),
        database: database.to_owned(),
        application_name: String::new(),
        client,
        connected: now,
        state: State::Idle,
        state_change: now,
        transaction_start: None,
        query: String::new(),
        query_start: 0,
        slot: Slot::None,
        locks: Vec::new(),
    }
}

/// Compares in constant time: the time of a wrong guess must not tell how much of it was right.
fn same(secret: &[u8], guess: &[u8]) -> bool {
    secret.len() == guess.len() && secret.iter().zip(guess).fold(0, |sum, (a, b)| sum | (a ^ b)) == 0
}

/// No one panics with a lock held in a way that leaves it half-changed.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn activity() -> Activity {
        new_activity("u", "d", None)
    }

    #[test]
    fn only_the_right_key_cancels_and_only_while_something_runs() {
        let sessions = Sessions::new(1..1000);
        let registration = sessions.register(vec![1, 2, 3, 4], activity(), 1).unwrap();
        assert!(sessions.register(vec![], activity(), 1).is_none(), "there are enough");
        let pid = registration.control.pid;
        assert!(!sessions.cancel(pid, &[1, 2, 3, 4]), "idle");
        let cancel = Cancel::new();
        registration.control.begin(&cancel);
        assert!(!sessions.cancel(pid, &[1, 2, 3, 5]));
        assert!(!sessions.cancel(pid, &[1, 2, 3]));
        assert!(!sessions.cancel(pid.wrapping_add(1), &[1, 2, 3, 4]));
        assert_eq!(cancel.reason(), None);
        assert!(sessions.cancel(pid, &[1, 2, 3, 4]));
        assert_eq!(cancel.reason(), Some(CancelReason::UserRequest));
        drop(registration);
        assert!(sessions.is_empty());
    }
}
