//! Functions that look at the session: its time, its names and settings, its sequences.

use std::net::SocketAddr;
use std::sync::LazyLock;

use super::super::sequences::SequenceValues;
use rusqlite::types::ValueRef;

use super::{Call, Out, Scalar, stored};
use crate::sql::session_call::Arguments;
use crate::types::network::Network;
use crate::types::timestamp;
use crate::types::{PgError, SqlState};

#[rustfmt::skip]
pub(super) const FUNCTIONS: &[(&str, Scalar)] = &[
    ("pg_now", |call| Ok(stored::timestamptz(call.context().transaction_timestamp).into())),
    ("pg_statement_timestamp", |call| Ok(stored::timestamptz(call.context().statement_timestamp).into())),
    ("pg_clock_timestamp", |_| Ok(stored::timestamptz(timestamp::now()).into())),
    ("pg_gen_random_uuid", |_| Ok(stored::uuid(random_uuid().as_bytes()).into())),
    ("pg_version", version),
    ("pg_current_database", |call| Ok(call.context().database.as_str().into())),
    ("pg_current_user", |call| Ok(call.context().user.as_str().into())),
    ("pg_session_user", |call| Ok(call.context().user.as_str().into())),
    ("pg_current_setting", current_setting),
    ("pg_server_port", |call| {
        let context = call.context();
        let port = context.settings.get("port").and_then(|port| port.parse::<i64>().ok());
        Ok(port.map_or(Out::Null, Out::from))
    }),
    ("pg_started", |_| Ok(stored::timestamptz(started()).into())),
    ("pg_backend_pid", |call| Ok(call.context().pid.into())),
    ("pg_session_arguments", session_arguments),
    ("pg_session_arguments_of_nulls", session_arguments),
    ("pg_nextval", nextval),
    ("pg_currval", currval),
    ("pg_lastval", lastval),
    ("pg_setval", setval),
    ("pg_transaction_id", transaction_id),
    ("pg_transaction_id_if_assigned", |call| {
        // Whoever has sequences is the writer, and writes.
        let writes = call.state.lock().sequences.is_some();
        if writes { transaction_id(call) } else { Ok(Out::Null) }
    }),
    ("pg_client_addr", |call| {
        Ok(client(call).map_or(Out::Null, |client| Network::host(client.ip()).to_string().into()))
    }),
    ("pg_client_port", |call| Ok(client(call).map_or(Out::Null, |client| i64::from(client.port()).into()))),
    ("pg_sequence_last", |call| sequence_state(call, |(last, _)| last.into())),
    ("pg_sequence_is_called", |call| sequence_state(call, |(_, is_called)| is_called.into())),
];

/// When this node's process was started, which is when it was first asked, as it is when its storage is opened.
pub fn started() -> i64 {
    static STARTED: LazyLock<i64> = LazyLock::new(timestamp::now);
    *STARTED
}

/// Version 4.
pub(super) fn random_uuid() -> uuid::Uuid {
    uuid::Builder::from_random_bytes(rand::random()).into_uuid()
}

/// PostgreSQL's version first: clients take it apart.
fn version(call: &Call) -> Result<Out, PgError> {
    let context = call.context();
    let postgresql = context.settings.get("server_version").unwrap_or("15");
    let number = postgresql.split(' ').next().unwrap_or("15");
    let (quorlite, machine, system) = (env!("CARGO_PKG_VERSION"), std::env::consts::ARCH, std::env::consts::OS);
    let bits = usize::BITS;
    Ok(format!("PostgreSQL {number} (Quorlite {quorlite}) on {machine}-{system}, compiled by rustc, {bits}-bit").into())
}

/// (name [, missing ok]).
fn current_setting(call: &Call) -> Result<Out, PgError> {
    let name = call.text(0)?;
    match call.context().settings.get(&name.to_ascii_lowercase()) {
        Some(value) => Ok(value.into()),
        None if call.len() > 1 && call.bool(1)? => Ok(Out::Null),
        None => {
            let message = format!("unrecognized configuration parameter \"{name}\"");
            Err(PgError::new(SqlState::UNDEFINED_OBJECT, message))
        }
    }
}

/// Texts and integers, as the session reads them.
fn session_arguments(call: &Call) -> Result<Out, PgError> {
    let argument = |index| match call.raw(index) {
        ValueRef::Null => Ok(None),
        ValueRef::Integer(int) => Ok(Some(int.to_string())),
        ValueRef::Real(real) => Ok(Some(real.to_string())),
        _ => call.text(index).map(|text| Some(text.to_owned())),
    };
    let arguments: Vec<Option<String>> = (0..call.len()).map(argument).collect::<Result<_, PgError>>()?;
    Ok(Arguments::write(&arguments).into())
}

/// The sequences of a database, as its writer keeps them.
pub trait SequenceSource: Send {
    /// `nextval`: a value of its own for ever. Errors: 42P01, 42809, 2200H.
    fn next(&self, oid: u32) -> Result<i64, PgError>;
    /// An id for a transaction, greater than all before.
    fn next_transaction_id(&self) -> i64;
    /// `setval`. Errors: as [`SequenceSource::next`], and 22003.
    fn set(&self, oid: u32, value: i64, is_called: bool) -> Result<(), PgError>;
    /// Its last value, and whether that was handed out; `None` if there is no such sequence.
    fn state(&self, oid: u32) -> Option<(i64, bool)>;
    /// The sequence's name. Errors: 42P01, 42809.
    fn name(&self, oid: u32) -> Result<String, PgError>;
}

/// Runs something on the connection's sequences and what they have given the calling session.
fn with_sequences<T>(
    call: &Call,
    run: impl FnOnce(&dyn SequenceSource, &mut SequenceValues) -> Result<T, PgError>,
) -> Result<T, PgError> {
    let state = &mut *call.state.lock();
    let Some(sequences) = &state.sequences else {
        return Err(PgError::new(SqlState::INTERNAL_ERROR, "a sequence function was sent to a reader"));
    };
    state.session.with(|values| run(sequences.as_ref(), values))
}

fn oid(call: &Call) -> Result<u32, PgError> {
    let oid = call.int(0)?;
    u32::try_from(oid).map_err(|_| PgError::new(SqlState::NUMERIC_VALUE_OUT_OF_RANGE, "OID out of range"))
}

/// As [`oid`]. Errors: 0A000 for a temporary sequence of another session.
fn own_oid(call: &Call) -> Result<u32, PgError> {
    let oid = oid(call)?;
    let state = call.state.lock();
    let others = state.catalog.temporary_sessions().next().is_some()
        && state.catalog.get(oid).is_some_and(|sequence| {
            let own = state.catalog.temporary_schema(state.context.session).map(|schema| schema.name.as_str());
            state.catalog.is_temporary(sequence.schema()) && own != Some(sequence.schema())
        });
    match others {
        true => {
            let message = "cannot access temporary tables of other sessions";
            Err(PgError::new(SqlState::FEATURE_NOT_SUPPORTED, message))
        }
        false => Ok(oid),
    }
}

fn nextval(call: &Call) -> Result<Out, PgError> {
    let (oid, replaying) = (own_oid(call)?, call.is_replaying());
    with_sequences(call, |sequences, session| {
        let value = sequences.next(oid)?;
        if replaying {
            return Ok(value.into());
        }
        session.values.insert(oid, value);
        session.last = Some(oid);
        Ok(value.into())
    })
}

/// Of the running transaction, which the first call gives one.
fn transaction_id(call: &Call) -> Result<Out, PgError> {
    let began = call.context().transaction_timestamp;
    with_sequences(call, |sequences, session| {
        if let Some(id) = session.transaction_id(began) {
            return Ok(id.into());
        }
        let id = sequences.next_transaction_id();
        session.set_transaction_id(began, id);
        Ok(id.into())
    })
}

/// Where the session's client is.
fn client(call: &Call) -> Option<SocketAddr> {
    let context = call.context();
    let own = context.sessions.as_deref()?.iter().find(|session| session.pid == context.pid);
    own.and_then(|session| session.client)
}

/// (sequence, what the file has): readers know no more than that.
fn sequence_state(call: &Call, of: impl Fn((i64, bool)) -> Out) -> Result<Out, PgError> {
    let oid = oid(call)?;
    let state = call.state.lock().sequences.as_ref().and_then(|sequences| sequences.state(oid));
    Ok(state.map_or(Out::Argument(1), of))
}

fn currval(call: &Call) -> Result<Out, PgError> {
    let oid = oid(call)?;
    with_sequences(call, |sequences, session| {
        // Dropped since, perhaps.
        let name = sequences.name(oid)?;
        match session.values.get(&oid) {
            Some(value) => Ok((*value).into()),
            None => Err(PgError::new(
                SqlState::OBJECT_NOT_IN_PREREQUISITE_STATE,
                format!("currval of sequence \"{name}\" is not yet defined in this session"),
            )),
        }
    })
}

fn lastval(call: &Call) -> Result<Out, PgError> {
    with_sequences(call, |sequences, session| {
        let last = session.last.filter(|oid| sequences.name(*oid).is_ok());
        match last.and_then(|oid| session.values.get(&oid)) {
            Some(value) => Ok((*value).into()),
            None => Err(PgError::new(
                SqlState::OBJECT_NOT_IN_PREREQUISITE_STATE,
                "lastval is not yet defined in this session",
            )),
        }
    })
}

/// (sequence, value [, is called]).
fn setval(call: &Call) -> Result<Out, PgError> {
    let (oid, value) = (own_oid(call)?, call.int(1)?);
    let is_called = if call.len() > 2 { call.bool(2)? } else { true };
    with_sequences(call, |sequences, session| {
        sequences.set(oid, value, is_called)?;
        if is_called {
            session.values.insert(oid, value);
        }
        Ok(value.into())
    })
}
