//! The slot's side of the writer: a client's transaction, statement by statement.

use std::collections::VecDeque;
use std::time::Instant;

use super::super::execute::held::{self, Broken, Demand, Flow};
use super::super::mailbox::{Control, Mailbox, Next};
use super::super::slot::{CallOrder, CallSink, Granted, Held, Hold, NotHeld, Order, WINDOW};
use super::super::{Cancel, Ended, Outcome, Reply, StorageError, TransactionId};
use super::{Executed, SWEEP, Side, Writer};
use crate::sql::Action;
use crate::types::{PgError, Row, SqlState};

/// The transaction of the slot's holder.
pub(super) struct Slot {
    id: TransactionId,
    pub(super) work: held::Held,
}

impl Writer {
    pub(super) fn hold(&mut self, hold: Hold, granted: Granted) {
        if let Some(error) = hold.cancel.error() {
            return granted(Err(NotHeld::Failed(error)));
        }
        if hold.version.is_some_and(|version| version != self.shared.meta().data_version) {
            let message = "could not serialize access due to concurrent update";
            return granted(Err(NotHeld::Failed(PgError::new(SqlState::SERIALIZATION_FAILURE, message))));
        }
        if let Err(error) = self.open_batch() {
            if let StorageError::Io { .. } | StorageError::Unusable(_) = &error
                && self.executor.is_some()
            {
                return granted(Err(NotHeld::Failed(PgError::new(SqlState::IO_ERROR, error.to_string()))));
            }
            self.fail(&error);
            return granted(Err(NotHeld::NotLeader));
        }
        match self.executor.as_mut().map(|executor| executor.hold(&hold.sequences, hold.savepoints)) {
            Some(Ok(work)) => {
                self.slot = Some(Box::new(Slot { id: hold.id, work }));
                self.shared.mailbox.hold(Some(hold.id));
                granted(Ok(Held::new(self.shared.clone(), hold.id)));
            }
            Some(Err(error)) => {
                self.drop_open(&Outcome::NotLeader);
                let error = self.io("executing", error).to_string();
                granted(Err(NotHeld::Failed(PgError::new(SqlState::IO_ERROR, error))));
            }
            None => granted(Err(NotHeld::NotLeader)),
        }
    }

    /// Does what the holder asks for.
    pub(in super::super) fn order(&mut self, order: Order) {
        // A busy holder must not keep those who wait from giving up.
        if self.swept.elapsed() >= SWEEP {
            self.sweep();
        }
        let (Some(slot), Some(executor)) = (&mut self.slot, &mut self.executor) else { return order.lost() };
        let done = match order {
            Order::Call(call) => return self.call(call),
            // Of a call that has ended.
            Order::More(_) | Order::Close(_) => return,
            Order::Savepoint => executor.savepoint(&mut slot.work),
            Order::Release(left) => executor.release(&mut slot.work, left),
            Order::RollbackTo(below) => executor.rollback_to(&mut slot.work, below),
            Order::Commit(reply) => return self.commit_held(reply),
            Order::Rollback => return self.end_slot(),
        };
        if let Err(error) = done {
            // The holder hears at its next statement that the slot is lost.
            tracing::warn!(file = self.shared.file, %error, "a transaction's savepoints failed");
            self.end_slot();
        }
    }

    /// The holder's transaction is undone.
    pub(super) fn end_slot(&mut self) {
        let Some(slot) = self.slot.take() else { return };
        self.shared.mailbox.hold(None);
        let shared = self.open.as_ref().is_some_and(|batch| !batch.executed.is_empty());
        match &mut self.executor {
            // Should SQLite have undone more than that, it is brought back with the fate of the batch before.
            Some(executor) if shared => executor.undo_held(&slot.work),
            _ => self.drop_open(&Outcome::NotLeader),
        }
    }

    fn call(&mut self, order: Box<CallOrder>) {
        if self.proposed.is_some() {
            return self.call_ahead(order);
        }
        let (Some(slot), Some(executor)) = (&mut self.slot, &mut self.executor) else { return };
        let mut order = order;
        let number = order.number;
        let sink = std::mem::replace(&mut order.sink, Box::new(Nowhere));
        let mailbox = &self.shared.mailbox;
        let mut stream = Stream {
            mailbox,
            deferred: &mut self.deferred,
            cancel: order.cancel.clone(),
            number,
            window: WINDOW,
            sink,
        };
        let ended = executor.statement(&mut slot.work, &order, &mut stream);
        let sink = stream.sink;
        match ended {
            Ok(ended) => sink.finish(Ok(ended)),
            Err(Broken::Aborted) => {
                drop(sink);
                self.end_slot();
            }
            Err(Broken::Failed(error)) => {
                self.call_failed(&order);
                sink.finish(Err(error));
            }
        }
    }

    /// As [`Writer::call`], while a batch waits for its fate, which must not wait for this.
    fn call_ahead(&mut self, mut order: Box<CallOrder>) {
        let (Some(slot), Some(executor)) = (&mut self.slot, &mut self.executor) else { return };
        if executor.changes_schema(&order.call, &order.context) {
            return self.stall(Order::Call(order));
        }
        let mark = executor.mark();
        let mut gathered = Gathered::default();
        match executor.statement(&mut slot.work, &order, &mut gathered) {
            Ok(ended) => {
                gathered.rows.into_iter().for_each(|rows| order.sink.rows(rows));
                order.sink.finish(Ok(ended));
            }
            Err(Broken::Aborted) => {
                // It is run again when what it makes way for is done.
                executor.forget_since(mark);
                self.abandon();
                self.stall(Order::Call(order));
            }
            Err(Broken::Failed(error)) => {
                gathered.rows.into_iter().for_each(|rows| order.sink.rows(rows));
                self.call_failed(&order);
                order.sink.finish(Err(error));
            }
        }
    }

    /// What the statement did is undone at once: back to the last savepoint, or altogether. A read has done nothing, and may be
    /// a cursor's, whose error is told when its row is fetched; otherwise its session goes back.
    fn call_failed(&mut self, order: &CallOrder) {
        let (Some(slot), Some(executor)) = (&mut self.slot, &mut self.executor) else { return };
        let reads = order.call.plan.as_ref().is_some_and(|plan| matches!(plan.action, Action::Read(_)));
        if reads && !executor.connection().is_autocommit() {
            return;
        }
        if !slot.work.has_savepoints() {
            return self.end_slot();
        }
        let last = slot.work.savepoints() - 1;
        let undone = !executor.connection().is_autocommit() && executor.rollback_to(&mut slot.work, last).is_ok();
        if undone {
            return;
        }
        executor.forget_undone(&mut slot.work);
        // Ahead of a batch, it is made again when that has its fate.
        if self.proposed.is_some() {
            self.abandon();
        } else if let Err(error) = self.remake() {
            tracing::warn!(file = self.shared.file, %error, "a transaction could not be made again");
            match error {
                StorageError::Diverged(_) => self.fail(&error),
                _ => self.end_slot(),
            }
        }
    }

    /// SQLite has rolled back the holder's whole transaction: makes it again, up to its last savepoint.
    fn remake(&mut self) -> Result<(), StorageError> {
        self.roll_back();
        self.begin(Side::Execute)?;
        let (Some(slot), Some(executor)) = (&mut self.slot, &mut self.executor) else { return Ok(()) };
        executor.remake(&mut slot.work).map_err(|error| error.into_storage(&self.shared.file))
    }

    /// The holder's transaction becomes the first of a batch.
    fn commit_held(&mut self, reply: Reply) {
        let (Some(slot), Some(executor)) = (&mut self.slot, &mut self.executor) else { return };
        if self.proposed.is_some() && slot.work.is_rebuilt() {
            return self.stall(Order::Commit(reply));
        }
        match executor.finish_held(&mut slot.work) {
            Ok(effects) => {
                let id = slot.id;
                self.slot = None;
                self.shared.mailbox.hold(None);
                if let Some(batch) = &mut self.open {
                    batch.executed.push(Executed { id, reply, results: Vec::new(), effects });
                    // Time for others to join it begins now.
                    batch.started = Instant::now();
                }
            }
            Err(error) => {
                self.end_slot();
                reply.send(Outcome::Failed { results: Vec::new(), error });
            }
        }
    }
}

/// A call's rows, all of them: few.
#[derive(Default)]
struct Gathered {
    rows: Vec<Vec<Row>>,
}

impl Flow for Gathered {
    fn rows(&mut self, rows: Vec<Row>) -> Demand {
        // No more than the holder may be given unasked.
        if self.rows.len() == WINDOW {
            return Demand::Abort;
        }
        self.rows.push(rows);
        Demand::More
    }
}

/// A call's rows on their way to the holder, who takes them at its own pace.
struct Stream<'w> {
    mailbox: &'w Mailbox,
    deferred: &'w mut VecDeque<Control>,
    cancel: Cancel,
    number: u64,
    /// Batches that may be given before more are asked for.
    window: usize,
    sink: Box<dyn CallSink>,
}

impl Flow for Stream<'_> {
    fn rows(&mut self, rows: Vec<Row>) -> Demand {
        self.sink.rows(rows);
        self.window -= 1;
        while self.window == 0 {
            match self.mailbox.next_order(SWEEP) {
                Next::Order(Order::More(number)) if number == self.number => self.window += 1,
                Next::Order(Order::More(_)) => {}
                Next::Order(Order::Close(number)) if number != self.number => {}
                Next::Order(Order::Close(_)) => return Demand::Enough,
                Next::Order(order) => {
                    self.mailbox.order_again(order);
                    return Demand::Enough;
                }
                // They wait for the end of the transaction, in any case.
                Next::Control(control) if control.is_harmless() => self.deferred.push_back(control),
                Next::Control(control) => {
                    self.mailbox.control_again(control);
                    return Demand::Abort;
                }
                Next::Close => return Demand::Abort,
                Next::Client(client) => client.not_leader(),
                Next::Nothing | Next::Deferred => {}
            }
            if self.cancel.reason().is_some() {
                return Demand::Enough;
            }
        }
        Demand::More
    }
}

/// Takes the place of a sink that is in use.
struct Nowhere;

impl CallSink for Nowhere {
    fn rows(&mut self, _: Vec<Row>) {}

    fn finish(self: Box<Self>, _: Result<Ended, PgError>) {}
}
