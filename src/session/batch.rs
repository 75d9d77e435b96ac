//! The implicit transaction: what a query string, or a pipeline up to Sync, does as one.
//!
//! Reads run at once and stream. A write waits until its transaction is complete, because a transaction
//! goes to the leader in one piece; so must every answer that comes after it, and every read, which has to
//! see it. [`Batch`] keeps the calls and the answers in their order until Sync (or Flush, or the end of the
//! string) has them run, and can take back what was prepared after the call that then failed.

use std::sync::Arc;

use crate::sql::SessionContext;
use crate::storage::{Call, Cancel};
use crate::types::{PgError, Row, SqlState};

use super::client::{Reply, Shape};
use super::portal::Limit;
use super::statement::Prepared;

/// What a pipeline may keep waiting, in bytes: it is held in memory.
const MAX_WAITING: usize = 256 << 20;

/// Everything since the last Sync, or in this query string.
#[derive(Default)]
pub(super) struct Batch {
    pub cancel: Cancel,
    /// Fixed by the first statement: `now()` is one for all.
    pub context: Option<Arc<SessionContext>>,
    /// The context that the calls run in.
    pub calls_context: Option<Arc<SessionContext>>,
    pub calls: Vec<Call>,
    /// What is to be said once the calls have run, in order.
    pub later: Vec<Later>,
    /// How the last statement ended, which ran in the slot. Nobody is told before the transaction's end is certain, unless
    /// more is to come in it: many a client takes CommandComplete for the end.
    pub unconfirmed: Option<String>,
    /// A call changes the schema: what follows can't be bound here.
    pub schema_changes: bool,
    /// Flush had writes run and committed: no further ones can be in the same transaction.
    pub committed: bool,
    size: usize,
}

/// One thing to be done after the calls have run.
pub(super) enum Later {
    Say(Reply),
    Result(CallResult),
    /// Rows of a statement that needs no database, and how it ended.
    Rows {
        rows: Vec<Row>,
        shape: Shape,
        end: Reply,
    },
    /// Should an earlier call fail, the name is bound to this again: its client never heard of the change.
    Restore(String, Option<Arc<Prepared>>),
}

/// Rows and tag of a call, or a part of its rows.
pub(super) struct CallResult {
    pub call: usize,
    pub shown: Shown,
    pub limit: Limit,
}

/// How a call's rows are announced.
pub(super) enum Shown {
    /// Simple protocol: RowDescription of what came back.
    Described,
    /// Extended protocol: Describe has told, or nobody asked.
    As(Option<Shape>),
}

impl Batch {
    /// Calls wait: whatever is to be said has to wait as well.
    pub fn is_waiting(&self) -> bool {
        !self.calls.is_empty()
    }

    /// Adds a call and gives its number.
    pub fn defer(&mut self, call: Call) -> Result<usize, PgError> {
        if self.committed {
            return Err(PgError::unsupported(
                "a write after Flush, in a pipeline whose earlier writes Flush has committed,",
            )
            .hint("Send Sync before it."));
        }
        self.size += 256 + call.params.iter().map(|value| value.size()).sum::<usize>();
        if self.size > MAX_WAITING {
            return Err(PgError::new(SqlState::PROGRAM_LIMIT_EXCEEDED, "pipeline of writes is too long")
                .detail(format!("At most {} MB can wait for Sync.", MAX_WAITING >> 20))
                .hint("Send Sync more often."));
        }
        self.calls.push(call);
        Ok(self.calls.len() - 1)
    }

    pub fn after(&mut self, later: Later) -> Result<(), PgError> {
        self.size += 128;
        if self.size > MAX_WAITING {
            return Err(
                PgError::new(SqlState::PROGRAM_LIMIT_EXCEEDED, "pipeline is too long").hint("Send Sync more often.")
            );
        }
        self.later.push(later);
        Ok(())
    }
}
