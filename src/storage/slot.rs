//! The writer slot: a transaction that a client thinks about between its statements.
//!
//! There is one slot, the writer's: whoever asks ([`Hold`]) waits its turn among the other transactions. [`Held`] is the
//! turn; the writer serves nobody else until it is committed, rolled back or dropped. What is asked through it goes
//! to the writer's thread as [`Order`]s, one after another. A slot that was lost (another leader's entry came in, or
//! this node does not lead any more) drops what is asked of it: sinks are dropped without [`CallSink::finish`].

use std::sync::Arc;

use super::database::Shared;
use super::{Call, Cancel, Outcome, Reply, SessionSequences, TransactionId};
use crate::catalog::Change;
use crate::sql::SessionContext;
use crate::types::{PgError, Row};

/// A wish for the slot.
pub struct Hold {
    /// The transaction's, by which its fate can be followed.
    pub id: TransactionId,
    /// The session's.
    pub sequences: SessionSequences,
    /// The version of the snapshot that the transaction has read: it may write on no other.
    pub version: Option<u64>,
    /// Savepoints that it has made already.
    pub savepoints: usize,
    /// Fails where another transaction holds the slot, or waits for it.
    pub nowait: bool,
    /// Of the wait.
    pub cancel: Cancel,
}

/// Why there is no turn.
#[derive(Clone, Debug, PartialEq)]
pub enum NotHeld {
    /// This node does not lead.
    NotLeader,
    Failed(PgError),
}

pub(super) type Granted = Box<dyn FnOnce(Result<Held, NotHeld>) + Send>;

/// How a statement has ended.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Ended {
    /// e.g. `INSERT 0 1`.
    pub tag: String,
    pub notices: Vec<PgError>,
    /// What it did to the schema, which only its own transaction sees until the commit.
    pub changes: Vec<Change>,
}

/// Where a statement's rows go. Called on the writer's thread: must not block.
pub trait CallSink: Send {
    fn rows(&mut self, rows: Vec<Row>);
    /// Called once, last, unless the slot was lost.
    fn finish(self: Box<Self>, result: Result<Ended, PgError>);
}

/// Batches of rows that the writer gives before it is asked for more.
pub const WINDOW: usize = 4;

/// What a holder asks of the writer.
pub(super) enum Order {
    Call(Box<CallOrder>),
    /// Another batch of the call's rows has been taken.
    More(u64),
    /// No more of its rows are wanted.
    Close(u64),
    Savepoint,
    /// Forgets all savepoints but the first so many.
    Release(usize),
    /// Goes back to the savepoint that has so many before it.
    RollbackTo(usize),
    Commit(Reply),
    Rollback,
}

pub(super) struct CallOrder {
    pub number: u64,
    pub call: Call,
    pub context: Arc<SessionContext>,
    pub cancel: Cancel,
    pub sink: Box<dyn CallSink>,
}

impl Order {
    /// Nobody will do it: it has certainly had no effect.
    pub fn lost(self) {
        if let Order::Commit(reply) = self {
            reply.send(Outcome::NotLeader);
        }
    }
}

/// The slot, until it is dropped. A transaction whose statement fails and that has no savepoint has lost it.
pub struct Held {
    shared: Arc<Shared>,
    id: TransactionId,
    calls: u64,
}

impl Held {
    pub(super) fn new(shared: Arc<Shared>, id: TransactionId) -> Held {
        Held { shared, id, calls: 0 }
    }

    fn order(&self, order: Order) {
        self.shared.mailbox.order_at_once(self.id, order);
    }

    /// Up to where the log has been applied: the state that the transaction works on.
    pub fn index(&self) -> u64 {
        self.shared.applied().map_or(0, |applied| applied.index)
    }

    /// Starts a statement; gives its number. The one before must have ended, or ends here.
    pub fn call(
        &mut self,
        call: Call,
        context: Arc<SessionContext>,
        cancel: Cancel,
        sink: Box<dyn CallSink>,
    ) -> Running {
        self.calls += 1;
        let number = self.calls;
        let brief = call.brief_at().is_some();
        let order = Order::Call(Box::new(CallOrder { number, call, context, cancel, sink }));
        match brief {
            true => self.order(order),
            false => self.shared.mailbox.order(self.id, order),
        }
        Running { shared: self.shared.clone(), id: self.id, number, brief }
    }

    pub fn savepoint(&self) {
        self.order(Order::Savepoint);
    }

    pub fn release(&self, left: usize) {
        self.order(Order::Release(left));
    }

    pub fn rollback_to(&self, below: usize) {
        self.order(Order::RollbackTo(below));
    }

    /// Proposes what the transaction has done. Savepoints are no matter any more.
    pub fn commit(self, reply: Reply) {
        self.order(Order::Commit(reply));
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        // After a commit it is not the holder's order any more, and forgotten.
        self.order(Order::Rollback);
    }
}

/// A statement under way. Dropping it ends it.
pub struct Running {
    shared: Arc<Shared>,
    id: TransactionId,
    number: u64,
    /// It has a row at most, and waits for nobody to take it.
    brief: bool,
}

impl Running {
    /// A batch of rows has been taken.
    pub fn more(&self) {
        self.shared.mailbox.order(self.id, Order::More(self.number));
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if !self.brief {
            self.shared.mailbox.order(self.id, Order::Close(self.number));
        }
    }
}
