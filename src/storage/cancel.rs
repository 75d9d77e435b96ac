//! Asking a running statement to stop.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use crate::types::{PgError, SqlState};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CancelReason {
    /// CancelRequest or `pg_cancel_backend`.
    UserRequest,
    StatementTimeout,
    /// The client is gone: nobody will hear the answer.
    Disconnect,
    /// The server shuts down.
    Shutdown,
}

/// A flag that the statement's progress handler looks at; shared by clones. The first reason given stays.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<AtomicU8>);

impl Cancel {
    pub fn new() -> Cancel {
        Cancel::default()
    }

    pub fn cancel(&self, reason: CancelReason) {
        let code = match reason {
            CancelReason::UserRequest => 1,
            CancelReason::StatementTimeout => 2,
            CancelReason::Disconnect => 3,
            CancelReason::Shutdown => 4,
        };
        let _ = self.0.compare_exchange(0, code, Ordering::SeqCst, Ordering::SeqCst);
    }

    pub fn reason(&self) -> Option<CancelReason> {
        match self.0.load(Ordering::SeqCst) {
            0 => None,
            1 => Some(CancelReason::UserRequest),
            2 => Some(CancelReason::StatementTimeout),
            3 => Some(CancelReason::Disconnect),
            _ => Some(CancelReason::Shutdown),
        }
    }

    /// What the client hears, if it was cancelled.
    pub fn error(&self) -> Option<PgError> {
        let error = match self.reason()? {
            CancelReason::UserRequest => {
                PgError::new(SqlState::QUERY_CANCELED, "canceling statement due to user request")
            }
            CancelReason::StatementTimeout => {
                PgError::new(SqlState::QUERY_CANCELED, "canceling statement due to statement timeout")
            }
            CancelReason::Disconnect => PgError::fatal(SqlState::CONNECTION_FAILURE, "connection to client lost"),
            CancelReason::Shutdown => {
                PgError::fatal(SqlState::ADMIN_SHUTDOWN, "terminating connection due to administrator command")
            }
        };
        Some(error)
    }
}
