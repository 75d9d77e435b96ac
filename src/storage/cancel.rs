//! Asking a running statement to stop.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

use crate::types::{PgError, SqlState};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CancelReason {
    /// CancelRequest or `pg_cancel_backend`.
    UserRequest,
    StatementTimeout,
    TransactionTimeout,
    /// The client is gone: nobody will hear the answer.
    Disconnect,
    /// The server shuts down, or `pg_terminate_backend`.
    Shutdown,
    /// The session's advisory locks could not be kept.
    LocksLost,
}

/// A flag that the statement's progress handler looks at; shared by clones. The first reason given stays.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<Flag>);

#[derive(Debug, Default)]
struct Flag {
    code: AtomicU8,
    /// Tasks that wait in [`Cancel::cancelled`].
    wakers: Mutex<Vec<Waker>>,
}

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
            CancelReason::TransactionTimeout => 5,
            CancelReason::LocksLost => 6,
        };
        let _ = self.0.code.compare_exchange(0, code, Ordering::SeqCst, Ordering::SeqCst);
        let wakers = std::mem::take(&mut *self.0.wakers.lock().unwrap_or_else(PoisonError::into_inner));
        wakers.into_iter().for_each(Waker::wake);
    }

    /// Resolves when it is cancelled: for those who wait for something other than a progress handler.
    pub fn cancelled(&self) -> Cancelled {
        Cancelled(self.clone())
    }

    pub fn reason(&self) -> Option<CancelReason> {
        match self.0.code.load(Ordering::SeqCst) {
            0 => None,
            1 => Some(CancelReason::UserRequest),
            2 => Some(CancelReason::StatementTimeout),
            3 => Some(CancelReason::Disconnect),
            5 => Some(CancelReason::TransactionTimeout),
            6 => Some(CancelReason::LocksLost),
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
            CancelReason::TransactionTimeout => {
                PgError::fatal(SqlState::TRANSACTION_TIMEOUT, "terminating connection due to transaction timeout")
            }
            CancelReason::LocksLost => {
                let message = "terminating connection because its advisory locks were lost";
                PgError::fatal(SqlState::ADMIN_SHUTDOWN, message)
            }
            CancelReason::Disconnect => PgError::fatal(SqlState::CONNECTION_FAILURE, "connection to client lost"),
            CancelReason::Shutdown => {
                PgError::fatal(SqlState::ADMIN_SHUTDOWN, "terminating connection due to administrator command")
            }
        };
        Some(error)
    }
}

/// See [`Cancel::cancelled`].
#[derive(Debug)]
pub struct Cancelled(Cancel);

impl Future for Cancelled {
    type Output = CancelReason;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<CancelReason> {
        let cancel = &self.0;
        if let Some(reason) = cancel.reason() {
            return Poll::Ready(reason);
        }
        let mut wakers = cancel.0.wakers.lock().unwrap_or_else(PoisonError::into_inner);
        if !wakers.iter().any(|waker| waker.will_wake(context.waker())) {
            wakers.push(context.waker().clone());
        }
        drop(wakers);
        // Looked at again: a cancel between the first look and the push has not seen this waker.
        match cancel.reason() {
            Some(reason) => Poll::Ready(reason),
            None => Poll::Pending,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_waiting_task_hears_of_the_cancel() {
        let cancel = Cancel::new();
        let waiting = tokio::spawn(cancel.cancelled());
        tokio::task::yield_now().await;
        cancel.cancel(CancelReason::UserRequest);
        cancel.cancel(CancelReason::Shutdown);
        assert_eq!(waiting.await.unwrap(), CancelReason::UserRequest, "the first reason stays");
    }
}
