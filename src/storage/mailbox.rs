//! What waits for a file's writer: client transactions, and everything that goes before them.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::sql::milliseconds;
use crate::types::{PgError, SqlState};

use super::databases::Row;
use super::entry::PiecesOf;
use super::slot::{Granted, Hold, NotHeld, Order};
use super::writer::Writer;
use super::{Cancel, FileBatch, LogId, Outcome, Propose, Reply, StorageError, Transaction, TransactionId};

/// A client transaction with the one who waits for it.
pub(super) struct Execution {
    pub transaction: Transaction,
    /// When it came.
    pub since: Instant,
    pub reply: Reply,
}

/// Whoever waits its turn, first come, first served.
pub(super) enum Client {
    /// All of a transaction at once.
    Execution(Box<Execution>),
    /// One that wants the writer for itself.
    Hold(Box<Hold>, Granted),
}

impl Client {
    fn cancel(&self) -> &Cancel {
        match self {
            Client::Execution(execution) => &execution.transaction.cancel,
            Client::Hold(hold, _) => &hold.cancel,
        }
    }

    pub fn not_leader(self) {
        match self {
            Client::Execution(execution) => execution.reply.send(Outcome::NotLeader),
            Client::Hold(_, granted) => granted(Err(NotHeld::NotLeader)),
        }
    }

    pub fn fail(self, error: PgError) {
        match self {
            Client::Execution(execution) => execution.reply.send(Outcome::Failed { results: Vec::new(), error }),
            Client::Hold(_, granted) => granted(Err(NotHeld::Failed(error))),
        }
    }

    /// Why it waits no longer: its client has cancelled, or will not wait so long for its turn.
    pub fn gives_up(&self) -> Option<PgError> {
        let cancelled = self.cancel().error();
        cancelled.or_else(|| match self {
            Client::Execution(execution) => {
                let patience = milliseconds(execution.transaction.context.settings.get("lock_timeout")?)?;
                (execution.since.elapsed() >= patience)
                    .then(|| PgError::new(SqlState::LOCK_NOT_AVAILABLE, "canceling statement due to lock timeout"))
            }
            // Its session looks at the clock.
            Client::Hold(..) => None,
        })
    }
}

/// Where the result of a [`Control`] goes.
pub(super) type Done<T> = SyncSender<Result<T, StorageError>>;

/// What is called with the result, on the writer's thread; or dropped, when the writer has stopped.
pub(super) type Then<T> = Box<dyn FnOnce(Result<T, StorageError>) + Send>;

#[derive(Clone)]
pub(super) struct Leader {
    pub node: u64,
    pub term: u64,
    pub incarnation: u64,
    pub proposer: Arc<dyn Propose>,
}

/// A batch's name: whose it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct BatchId {
    pub node: u64,
    pub incarnation: u64,
    pub number: u64,
}

/// A committed batch, as far as one file is concerned.
pub(super) struct Apply {
    pub log_id: LogId,
    pub batch: BatchId,
    /// The name of what has come ahead of it.
    pub pieces_of: PiecesOf,
    pub content: Arc<FileBatch>,
    /// Decided by [`super::Storage::apply`], for all files alike.
    pub accepted: bool,
    /// It names several files: the decision is kept.
    pub several: bool,
    pub then: Then<()>,
}

/// Orders to a writer. They come before client transactions, in their own order.
pub(super) enum Control {
    Lead(Leader),
    Follow,
    /// An entry of this term was applied that says: nothing older comes any more.
    Opened(u64),
    Apply(Box<Apply>),
    /// A piece of this batch has been applied, and so is in the log of a majority.
    Piece {
        batch: BatchId,
        place: u64,
    },
    Admit {
        log_id: LogId,
        key: [u8; 16],
        done: Done<u64>,
    },
    /// The list of databases changes.
    List {
        log_id: LogId,
        row: Row,
        done: Done<()>,
    },
    /// Answer: what was ordered before has been done.
    Answer {
        done: Done<()>,
    },
    /// The database has been dropped.
    End {
        done: Done<()>,
    },
    Refused(u64),
    Lost(u64),
    /// Make the state durable, with at least this applied id.
    Checkpoint {
        applied: LogId,
        done: Done<()>,
    },
    /// The background has copied most of the WAL; copy the rest so that it starts anew.
    FinishCheckpoint,
    Install {
        from: PathBuf,
        done: Done<()>,
    },
}

impl Control {
    /// Whether it does nothing to the holder of the slot: it can wait, or comes too late to matter.
    pub fn is_harmless(&self) -> bool {
        matches!(
            self,
            Control::Checkpoint { .. } | Control::FinishCheckpoint | Control::Piece { .. } | Control::Answer { .. }
        )
    }
}

#[derive(Default)]
pub(super) struct Mailbox {
    waiting: Mutex<Waiting>,
    arrived: Condvar,
    /// Something has come that takes the slot from its holder: a statement of the holder's must not keep it waiting.
    pub urgent: Arc<AtomicBool>,
}

#[derive(Default)]
pub(super) struct Waiting {
    /// Whether client transactions are let in.
    leading: bool,
    closed: bool,
    controls: VecDeque<Control>,
    clients: VecDeque<Client>,
    /// Who holds the slot, and what it asks for.
    holder: Option<TransactionId>,
    orders: VecDeque<Order>,
    desk: Desk,
}

/// Where the writer is while nothing but its holder's orders can concern it.
#[derive(Default)]
enum Desk {
    /// With its thread.
    #[default]
    Empty,
    /// Its thread waits; whoever has a brief order may have it done at once.
    Free(Box<Writer>),
    /// With a holder's thread.
    Taken,
    /// It panicked there.
    Lost,
}

/// What the writer does next.
pub(super) enum Next {
    Control(Control),
    Client(Client),
    Order(Order),
    /// Nothing has come that may be done now.
    Nothing,
    /// Something was done elsewhere meanwhile.
    Again,
    Close,
}

/// What may be next, besides controls.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Want {
    Nothing,
    /// A client of any kind.
    Client,
    /// One that brings all of its transaction.
    Execution,
    /// One that wants the slot, and need not know the fate of the batch in flight.
    Ahead,
    /// Of the slot's holder.
    Order,
}

impl Mailbox {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Queues a client, or answers it at once where it can't be served.
    pub fn queue(&self, client: Client) {
        let mut waiting = self.lock();
        let taken =
            || waiting.holder.is_some() || waiting.clients.iter().any(|client| matches!(client, Client::Hold(..)));
        if matches!(&client, Client::Hold(hold, _) if hold.nowait) && taken() {
            drop(waiting);
            let message = "could not obtain the lock: another transaction holds the writer slot";
            return client.fail(PgError::new(SqlState::LOCK_NOT_AVAILABLE, message));
        }
        if waiting.leading && !waiting.closed {
            waiting.clients.push_back(client);
            // While somebody holds the slot the writer has no use for others.
            let held = waiting.holder.is_some();
            drop(waiting);
            if !held {
                self.arrived.notify_one();
            }
        } else {
            drop(waiting);
            client.not_leader();
        }
    }

    /// From the slot's holder; from anybody else it is lost.
    pub fn order(&self, holder: TransactionId, order: Order) {
        let mut waiting = self.lock();
        if waiting.holder == Some(holder) {
            waiting.orders.push_back(order);
            drop(waiting);
            self.arrived.notify_one();
        } else {
            drop(waiting);
            order.lost();
        }
    }

    /// Says who holds the slot from now on; what the one before has asked for is lost.
    pub fn hold(&self, holder: Option<TransactionId>) {
        let mut waiting = self.lock();
        waiting.holder = holder;
        self.urgent.store(false, Ordering::Relaxed);
        let lost = std::mem::take(&mut waiting.orders);
        drop(waiting);
        lost.into_iter().for_each(Order::lost);
    }

    /// An order that comes too early for its taker: it is the next again.
    pub fn order_again(&self, order: Order) {
        self.lock().orders.push_front(order);
    }

    /// A control that is the next again.
    pub fn control_again(&self, control: Control) {
        self.lock().controls.push_front(control);
    }

    /// `false`: the writer is gone.
    pub fn control(&self, control: Control) -> bool {
        let mut waiting = self.lock();
        if waiting.closed {
            return false;
        }
        match &control {
            Control::Lead(_) => waiting.leading = true,
            Control::Follow => waiting.leading = false,
            _ => {}
        }
        let refused = if waiting.leading { VecDeque::new() } else { std::mem::take(&mut waiting.clients) };
        let harmless = control.is_harmless();
        if waiting.holder.is_some() && !harmless {
            self.urgent.store(true, Ordering::Relaxed);
        }
        waiting.controls.push_back(control);
        drop(waiting);
        self.arrived.notify_one();
        refused.into_iter().for_each(Client::not_leader);
        true
    }

    /// Nothing is let in any more; what waits is answered.
    pub fn close(&self) {
        let mut waiting = self.lock();
        waiting.closed = true;
        waiting.leading = false;
        let refused = std::mem::take(&mut waiting.clients);
        let lost = std::mem::take(&mut waiting.orders);
        waiting.holder = None;
        // Dropping a control tells the one who waits for it that the writer is gone.
        let dropped = std::mem::take(&mut waiting.controls);
        drop(waiting);
        self.arrived.notify_one();
        drop(dropped);
        refused.into_iter().for_each(Client::not_leader);
        lost.into_iter().for_each(Order::lost);
    }

    /// The next thing to do. Waits for at most `patience`.
    pub fn next(&self, want: Want, patience: Option<Duration>) -> Next {
        let mut waiting = self.lock();
        loop {
            if let Some(next) = self.before_all(&mut waiting).or_else(|| waiting.take(want)) {
                return next;
            }
            waiting = match patience {
                Some(Duration::ZERO) => return Next::Nothing,
                Some(patience) => {
                    let (waiting, timeout) =
                        self.arrived.wait_timeout(waiting, patience).unwrap_or_else(PoisonError::into_inner);
                    if timeout.timed_out() && waiting.controls.is_empty() && !waiting.closed {
                        return Next::Nothing;
                    }
                    waiting
                }
                None => self.arrived.wait(waiting).unwrap_or_else(PoisonError::into_inner),
            };
        }
    }

    /// As [`Mailbox::next`] for [`Want::Order`], but the holder's own thread may do its orders meanwhile
    /// ([`Mailbox::do_at_once`]): to wake this one, and be woken by it, takes longer than a brief statement.
    /// `None`: the writer panicked there.
    pub fn lend(&self, writer: Box<Writer>, patience: Duration) -> Option<(Box<Writer>, Next)> {
        let mut waiting = self.lock();
        if let Some(next) = self.next_of_slot(&mut waiting, &writer) {
            return Some((writer, next));
        }
        waiting.desk = Desk::Free(writer);
        let mut until = Instant::now() + patience;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            waiting = self.arrived.wait_timeout(waiting, left).unwrap_or_else(PoisonError::into_inner).0;
            match std::mem::take(&mut waiting.desk) {
                Desk::Free(writer) => {
                    let next = self.next_of_slot(&mut waiting, &writer);
                    let next = next.or_else(|| (Instant::now() >= until).then_some(Next::Nothing));
                    match next {
                        Some(next) => return Some((writer, next)),
                        None => waiting.desk = Desk::Free(writer),
                    }
                }
                Desk::Taken => {
                    waiting.desk = Desk::Taken;
                    // It comes back, with a notice where there is anything to do.
                    until = Instant::now() + patience;
                }
                Desk::Empty | Desk::Lost => return None,
            }
        }
    }

    /// What goes before anything that is wanted.
    fn before_all(&self, waiting: &mut Waiting) -> Option<Next> {
        if waiting.closed {
            return Some(Next::Close);
        }
        let control = waiting.controls.pop_front()?;
        if waiting.controls.is_empty() {
            self.urgent.store(false, Ordering::Relaxed);
        }
        Some(Next::Control(control))
    }

    fn next_of_slot(&self, waiting: &mut Waiting, writer: &Writer) -> Option<Next> {
        if let Some(next) = self.before_all(waiting) {
            return Some(next);
        }
        // What was done elsewhere may have ended the slot, or come so far that it has to wait.
        if !writer.waits_for_orders() {
            return Some(Next::Again);
        }
        waiting.take(Want::Order)
    }

    /// Does a brief order of the slot's holder here and now if the writer is free, else queues it.
    pub fn do_at_once(&self, holder: TransactionId, order: Order) {
        let mut waiting = self.lock();
        let idle = waiting.holder == Some(holder) && waiting.controls.is_empty() && waiting.orders.is_empty();
        let writer = match std::mem::take(&mut waiting.desk) {
            Desk::Free(writer) if idle && writer.may_be_lent() => writer,
            desk => {
                waiting.desk = desk;
                drop(waiting);
                return self.order(holder, order);
            }
        };
        waiting.desk = Desk::Taken;
        drop(waiting);
        let mut borrowed = Borrowed { mailbox: self, writer: Some(writer) };
        if let Some(writer) = &mut borrowed.writer {
            writer.order(order);
        }
    }

    /// Takes out the waiting clients that wait no longer, and why.
    pub fn take_hopeless(&self) -> Vec<(Client, PgError)> {
        let mut waiting = self.lock();
        if waiting.clients.iter().all(|client| client.gives_up().is_none()) {
            return Vec::new();
        }
        let mut hopeless = Vec::new();
        for client in std::mem::take(&mut waiting.clients) {
            match client.gives_up() {
                Some(error) => hopeless.push((client, error)),
                None => waiting.clients.push_back(client),
            }
        }
        hopeless
    }
}

/// The writer in a holder's hands.
struct Borrowed<'m> {
    mailbox: &'m Mailbox,
    writer: Option<Box<Writer>>,
}

impl Drop for Borrowed<'_> {
    fn drop(&mut self) {
        let Some(writer) = self.writer.take() else { return };
        let mut waiting = self.mailbox.lock();
        // What it was at in a panic is not to be gone on with.
        let (desk, lost) = match std::thread::panicking() {
            false => (Desk::Free(writer), None),
            true => (Desk::Lost, Some(writer)),
        };
        let waits_on = match &desk {
            Desk::Free(writer) => {
                let quiet = waiting.controls.is_empty() && waiting.orders.is_empty() && !waiting.closed;
                quiet && writer.waits_for_orders()
            }
            _ => false,
        };
        waiting.desk = desk;
        drop(waiting);
        drop(lost);
        if !waits_on {
            self.mailbox.arrived.notify_one();
        }
    }
}

impl Waiting {
    fn take(&mut self, want: Want) -> Option<Next> {
        match want {
            Want::Nothing => None,
            Want::Client => self.clients.pop_front().map(Next::Client),
            // Nobody overtakes the one who waits for the slot.
            Want::Execution if matches!(self.clients.front(), Some(Client::Execution(_))) => {
                self.clients.pop_front().map(Next::Client)
            }
            // A snapshot is not the newest any more when the fate is good; until then nobody knows.
            Want::Ahead if matches!(self.clients.front(), Some(Client::Hold(hold, _)) if hold.version.is_none()) => {
                self.clients.pop_front().map(Next::Client)
            }
            Want::Ahead => None,
            Want::Execution => None,
            Want::Order => self.orders.pop_front().map(Next::Order),
        }
    }
}
