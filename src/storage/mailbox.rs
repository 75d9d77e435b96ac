//! What waits for a file's writer: client transactions, and everything that goes before them.
//!
//! To wake the writer's thread, and to be woken by it, may take longer than what it is to do. So while it waits the writer lies on
//! a desk, and may be borrowed for what is brief. Turns stay turns: who finds anybody waiting queues behind.

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

/// How soon the writer's thread looks again at a writer that somebody has borrowed.
const LOOK: Duration = Duration::from_millis(100);

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
pub(super) struct Committed {
    pub log_id: LogId,
    pub batch: BatchId,
    /// The name of what has come ahead of it.
    pub pieces_of: PiecesOf,
    pub content: Arc<FileBatch>,
    /// Decided by [`super::Storage`], for all files alike.
    pub accepted: bool,
    /// It names several files: the decision is kept.
    pub several: bool,
}

/// Committed batches of one file, in the log's order, that may become true together.
pub(super) struct Apply {
    pub batches: Vec<Committed>,
    pub then: Then<()>,
}

impl Apply {
    fn is_brief(&self) -> bool {
        self.batches.iter().all(|batch| batch.content.is_brief())
    }
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

/// Where the writer is while it waits.
#[derive(Default)]
enum Desk {
    /// With its thread.
    #[default]
    Empty,
    /// Its thread waits; whoever comes with something brief may have it done at once.
    Free(Box<Writer>),
    /// With the thread of one who has.
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
    /// Something that had to wait until nothing is open.
    Deferred,
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
            // Whoever is first to wait is looked after from now on, whatever the writer waits for.
            let wake = waiting.clients.len() == 1 || waiting.is_awaited();
            drop(waiting);
            if wake {
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

    /// The next thing that the running statement of the slot's holder has to know of. Waits for at most `patience`.
    pub fn next_order(&self, patience: Duration) -> Next {
        let mut waiting = self.lock();
        loop {
            if let Some(next) = self.before_all(&mut waiting).or_else(|| waiting.take(Want::Order)) {
                return next;
            }
            let (again, timeout) = self.arrived.wait_timeout(waiting, patience).unwrap_or_else(PoisonError::into_inner);
            waiting = again;
            if timeout.timed_out() && waiting.controls.is_empty() && !waiting.closed {
                return Next::Nothing;
            }
        }
    }

    /// The next thing to do. While the writer waits for it, others may do brief things with it on their own threads: to wake
    /// this one, and be woken by it, takes longer. `None`: it panicked there.
    pub fn next(&self, mut writer: Box<Writer>) -> Option<(Box<Writer>, Next)> {
        let mut waiting = self.lock();
        let begun = Instant::now();
        loop {
            let patience = match self.next_of(&mut waiting, &writer) {
                Ok(next) => return Some((writer, next)),
                Err(patience) => patience,
            };
            let mut left = patience.saturating_sub(begun.elapsed());
            if left.is_zero() {
                return Some((writer, Next::Nothing));
            }
            waiting.desk = Desk::Free(writer);
            writer = loop {
                waiting = self.arrived.wait_timeout(waiting, left).unwrap_or_else(PoisonError::into_inner).0;
                match std::mem::take(&mut waiting.desk) {
                    Desk::Free(writer) => break writer,
                    // It comes back, with a notice where there is anything to do; and perhaps waits for something else then.
                    Desk::Taken => {
                        waiting.desk = Desk::Taken;
                        left = left.min(LOOK);
                    }
                    Desk::Empty | Desk::Lost => return None,
                }
            };
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

    /// What the writer does now; an error says for how long it may wait for something to do.
    fn next_of(&self, waiting: &mut Waiting, writer: &Writer) -> Result<Next, Duration> {
        if let Some(next) = self.before_all(waiting) {
            return Ok(next);
        }
        match writer.wants() {
            _ if writer.has_deferred() => Ok(Next::Deferred),
            None => Ok(Next::Nothing),
            Some((want, patience)) => waiting.take(want).ok_or(patience),
        }
    }

    /// Takes the writer from the desk if it waits there, nothing comes first, and this fits.
    fn borrow(
        &self,
        mut waiting: MutexGuard<'_, Waiting>,
        fits: impl FnOnce(&Waiting, &Writer) -> bool,
    ) -> Option<Borrowed<'_>> {
        let quiet = waiting.controls.is_empty() && !waiting.closed;
        match std::mem::take(&mut waiting.desk) {
            Desk::Free(writer) if quiet && fits(&waiting, &writer) => {
                waiting.desk = Desk::Taken;
                Some(Borrowed { mailbox: self, writer: Some(writer) })
            }
            desk => {
                waiting.desk = desk;
                None
            }
        }
    }

    /// Does a brief order of the slot's holder here and now if the writer waits for it, else queues it.
    pub fn order_at_once(&self, holder: TransactionId, order: Order) {
        let fits = |waiting: &Waiting, writer: &Writer| {
            waiting.holder == Some(holder) && waiting.orders.is_empty() && writer.may_be_lent(&order)
        };
        match self.borrow(self.lock(), fits) {
            Some(mut borrowed) => borrowed.lend(|writer| writer.order(order)),
            None => self.order(holder, order),
        }
    }

    /// Serves a client that brings something brief here and now if the writer waits for one, else queues it.
    pub fn client_at_once(&self, client: Client) {
        let fits = |waiting: &Waiting, writer: &Writer| {
            let wanted = writer.wants().is_some_and(|(want, _)| client.is_wanted(want));
            let first = waiting.clients.is_empty() && !writer.has_deferred();
            waiting.leading && first && wanted && client.is_brief(writer.catalog_version())
        };
        if let Some(mut borrowed) = self.borrow(self.lock(), fits)
            && borrowed.begins()
        {
            return borrowed.lend(|writer| writer.client(client));
        }
        self.queue(client);
    }

    /// Applies small batches here and now if the writer waits, else queues it. `false`: the writer is gone.
    pub fn apply_at_once(&self, apply: Box<Apply>) -> bool {
        let brief = apply.is_brief();
        let mut left = Some(apply);
        if let Some(mut borrowed) = self.borrow(self.lock(), |_, writer| brief && writer.has_little_open()) {
            borrowed.lend(|writer| left = left.take().and_then(|apply| writer.apply_at_once(apply)));
        }
        left.is_none_or(|apply| self.control(Control::Apply(apply)))
    }

    /// A client that is the next again.
    pub fn client_again(&self, client: Client) {
        let mut waiting = self.lock();
        if waiting.leading && !waiting.closed {
            return waiting.clients.push_front(client);
        }
        drop(waiting);
        client.not_leader();
    }

    /// For who has borrowed the writer: the next client, if it is wanted and wants nothing but the slot.
    pub fn next_brief(&self, want: Want) -> Brief {
        let mut waiting = self.lock();
        let first = waiting.controls.is_empty() && !waiting.closed;
        match waiting.clients.front() {
            _ if first && !waiting.has(want) => Brief::Nothing,
            Some(Client::Hold(..)) if first && want != Want::Order => {
                waiting.clients.pop_front().map_or(Brief::Nothing, Brief::Client)
            }
            _ => Brief::Others,
        }
    }

    /// Whether the writer may be borrowed.
    #[cfg(test)]
    pub fn has_idle_writer(&self) -> bool {
        matches!(self.lock().desk, Desk::Free(_))
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

/// See [`Mailbox::next_brief`].
pub(super) enum Brief {
    Client(Client),
    /// What waits is for the writer's thread.
    Others,
    Nothing,
}

/// The writer in another thread's hands.
struct Borrowed<'m> {
    mailbox: &'m Mailbox,
    writer: Option<Box<Writer>>,
}

impl Borrowed<'_> {
    /// Opens a batch, unless another process has locked the file: to wait for it is the writer's thread's.
    fn begins(&mut self) -> bool {
        self.writer.as_mut().is_some_and(|writer| writer.begins_at_once())
    }

    /// Does it, and what follows from it at once.
    fn lend(&mut self, errand: impl FnOnce(&mut Writer)) {
        if let Some(writer) = &mut self.writer {
            errand(writer);
            writer.follow_up();
        }
    }
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
        waiting.desk = desk;
        let awaited = waiting.is_awaited();
        drop(waiting);
        drop(lost);
        if awaited {
            self.mailbox.arrived.notify_one();
        }
    }
}

impl Client {
    fn is_wanted(&self, want: Want) -> bool {
        match (want, self) {
            (Want::Client, _) => true,
            // Nobody overtakes the one who waits for the slot.
            (Want::Execution, Client::Execution(_)) => true,
            // A snapshot is not the newest any more when the fate is good; until then nobody knows.
            (Want::Ahead, Client::Hold(hold, _)) => hold.version.is_none(),
            (Want::Execution | Want::Ahead | Want::Order | Want::Nothing, _) => false,
        }
    }

    fn is_brief(&self, catalog: u64) -> bool {
        match self {
            Client::Execution(execution) => execution.transaction.is_brief(catalog),
            Client::Hold(..) => true,
        }
    }
}

impl Waiting {
    fn has(&self, want: Want) -> bool {
        match want {
            Want::Order => !self.orders.is_empty(),
            want => self.clients.front().is_some_and(|client| client.is_wanted(want)),
        }
    }

    fn take(&mut self, want: Want) -> Option<Next> {
        match want {
            _ if !self.has(want) => None,
            Want::Order => self.orders.pop_front().map(Next::Order),
            _ => self.clients.pop_front().map(Next::Client),
        }
    }

    /// Whether the writer's thread has anything to do, which waits.
    fn is_awaited(&self) -> bool {
        match &self.desk {
            Desk::Free(writer) => {
                let wanted = writer.wants().is_none_or(|(want, patience)| patience.is_zero() || self.has(want));
                wanted || writer.has_deferred() || !self.controls.is_empty() || self.closed
            }
            Desk::Lost => true,
            // It looks for itself, or is told when it is given back.
            Desk::Empty | Desk::Taken => false,
        }
    }
}
