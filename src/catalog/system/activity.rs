//! What sessions do: `pg_stat_activity`, and who holds or awaits what (`pg_locks`).
//!
//! Of the sessions of all nodes: who reads it has asked the others first.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

use super::shared::{role_oid, user_oid};
use super::{Rows, Seen, oid, text};
use crate::types::Value;
use crate::types::network::Network;

/// One session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Activity {
    pub pid: i32,
    pub user: String,
    pub database: String,
    pub application_name: String,
    pub client: Option<SocketAddr>,
    /// Microseconds since 2000-01-01 UTC, as all times here.
    pub connected: i64,
    pub state: State,
    pub state_change: i64,
    /// When its transaction began, if it is in one.
    pub transaction_start: Option<i64>,
    /// The last query's text, cut.
    pub query: String,
    /// 0 before the first.
    pub query_start: i64,
    pub slot: Slot,
    pub locks: Vec<AdvisoryLock>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum State {
    Active,
    Idle,
    IdleInTransaction,
    IdleInFailedTransaction,
}

/// What a session's transaction has to do with the writer slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Slot {
    None,
    /// Since then.
    Waits(i64),
    Holds,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdvisoryLock {
    /// Of two keys of 32 bits.
    pub pair: bool,
    pub key: i64,
    pub exclusive: bool,
}

impl State {
    fn name(self) -> &'static str {
        match self {
            State::Active => "active",
            State::Idle => "idle",
            State::IdleInTransaction => "idle in transaction",
            State::IdleInFailedTransaction => "idle in transaction (aborted)",
        }
    }
}

pub(super) fn activity(seen: &Seen, rows: &mut Rows) {
    for session in seen.sessions {
        let time = |time: i64| Value::Timestamptz(time);
        let (kind, event) = match (session.slot, session.state) {
            (Slot::Waits(_), _) => (text("Lock"), text("transactionid")),
            (_, State::Active) => (Value::Null, Value::Null),
            _ => (text("Client"), text("ClientRead")),
        };
        rows.push([
            ("datid", oid(seen.database_oid(&session.database))),
            ("datname", text(&session.database)),
            ("pid", Value::Int4(session.pid)),
            ("usesysid", oid(role_oid(seen, &session.user).unwrap_or_else(|| user_oid(&session.user)))),
            ("usename", text(&session.user)),
            ("application_name", text(&session.application_name)),
            ("client_addr", session.client.map_or(Value::Null, |client| Value::Inet(Network::host(client.ip())))),
            ("client_port", session.client.map_or(Value::Int4(-1), |client| Value::Int4(client.port().into()))),
            ("backend_start", time(session.connected)),
            ("xact_start", session.transaction_start.map_or(Value::Null, time)),
            ("query_start", if session.query_start == 0 { Value::Null } else { time(session.query_start) }),
            ("state_change", time(session.state_change)),
            ("wait_event_type", kind),
            ("wait_event", event),
            ("state", text(session.state.name())),
            ("query", text(&session.query)),
            ("backend_type", text("client backend")),
        ]);
    }
}

/// `pg_stat_ssl`: nothing is encrypted yet.
pub(super) fn encrypted(seen: &Seen, rows: &mut Rows) {
    for session in seen.sessions {
        rows.push([("pid", Value::Int4(session.pid)), ("ssl", Value::Bool(false))]);
    }
}

/// `pg_stat_gssapi`.
pub(super) fn authenticated(seen: &Seen, rows: &mut Rows) {
    for session in seen.sessions {
        rows.push([
            ("pid", Value::Int4(session.pid)),
            ("gss_authenticated", Value::Bool(false)),
            ("encrypted", Value::Bool(false)),
        ]);
    }
}

/// Advisory locks, and the writer slot as what it stands in for: a lock on the writing transaction, which others wait for.
pub(super) fn locks(seen: &Seen, rows: &mut Rows) {
    for session in seen.sessions {
        let since = match session.slot {
            Slot::Waits(since) => Value::Timestamptz(since),
            _ => Value::Null,
        };
        if session.slot != Slot::None {
            let holds = session.slot == Slot::Holds;
            rows.push([
                ("locktype", text("transactionid")),
                ("pid", Value::Int4(session.pid)),
                ("mode", text(if holds { "ExclusiveLock" } else { "ShareLock" })),
                ("granted", Value::Bool(holds)),
                ("fastpath", Value::Bool(false)),
                ("waitstart", since),
            ]);
        }
        for lock in &session.locks {
            // Two keys stand as they are, one as its two halves.
            let (high, low) = ((lock.key >> 32) as u32, lock.key as u32);
            rows.push([
                ("locktype", text("advisory")),
                ("database", oid(seen.database_oid(&session.database))),
                ("classid", oid(high)),
                ("objid", oid(low)),
                ("objsubid", Value::Int2(if lock.pair { 2 } else { 1 })),
                ("pid", Value::Int4(session.pid)),
                ("mode", text(if lock.exclusive { "ExclusiveLock" } else { "ShareLock" })),
                ("granted", Value::Bool(true)),
                ("fastpath", Value::Bool(false)),
            ]);
        }
    }
}

/// `pg_blocking_pids`: who has what a session waits for, which is the writer slot.
pub fn blocking(seen: &Seen, pid: i32) -> Vec<i32> {
    let Some(waiting) = seen.sessions.iter().find(|session| session.pid == pid) else { return Vec::new() };
    if !matches!(waiting.slot, Slot::Waits(_)) {
        return Vec::new();
    }
    let holds = |session: &&Activity| session.slot == Slot::Holds && session.database == waiting.database;
    seen.sessions.iter().filter(holds).map(|session| session.pid).collect()
}

/// Counters of `pg_stat_database` that are whole numbers, and those that are times.
const COUNTED: &[&str] = &[
    "xact_commit",
    "xact_rollback",
    "blks_read",
    "blks_hit",
    "tup_returned",
    "tup_fetched",
    "tup_inserted",
    "tup_updated",
    "tup_deleted",
    "conflicts",
    "temp_files",
    "temp_bytes",
    "deadlocks",
    "sessions",
    "sessions_abandoned",
    "sessions_fatal",
    "sessions_killed",
];
const TIMES: &[&str] = &["blk_read_time", "blk_write_time", "session_time", "active_time", "idle_in_transaction_time"];

/// `pg_stat_database`: how many sessions each database has; nothing else is counted. The first row is of what all share.
pub(super) fn databases(seen: &Seen, rows: &mut Rows) {
    let all = seen.databases.iter().map(|database| (database.oid, Some(database.name.as_str())));
    for (number, name) in std::iter::once((0, None)).chain(all) {
        let of = |session: &&Activity| name.is_some_and(|name| session.database == name);
        let backends = seen.sessions.iter().filter(of).count();
        rows.push([
            ("datid", oid(number)),
            ("datname", name.map_or(Value::Null, text)),
            ("numbackends", Value::Int4(i32::try_from(backends).unwrap_or(i32::MAX))),
        ]);
        rows.zero(COUNTED);
        TIMES.iter().for_each(|column| rows.set(column, Value::Float8(0.0)));
    }
}
