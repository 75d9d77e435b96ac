//! The one writer of a database file.
//!
//! A thread that owns the file's only read-write connections and does everything that changes it, one thing after the
//! other: it executes client transactions while this node leads, commits or rolls them back when consensus
//! has decided, applies other nodes' effects, and installs snapshots. While it waits, whoever comes with something that is over in
//! microseconds does it with them at once, on its own thread ([`super::mailbox`]): a brief statement, a COMMIT, a small batch to be
//! applied, and what follows from it.
//!
//! ```text
//!            a transaction arrives            nothing more waits, or the batch is full
//!   idle ──────────────────────▶ open batch ─────────────────────────▶ proposed
//!    ▲ │      BEGIN IMMEDIATE     ▲  a savepoint each                   │
//!    │ │ a client wants the slot  │                                     │
//!    │ └───────────────▶ slot ────┘ its COMMIT                          │
//!    │                     │ its ROLLBACK, error or end                 │
//!    └─────────────────────┴────────────────────────────────────────────┘
//!      applied (COMMIT) · refused · lost · another entry came in first (ROLLBACK)
//! ```
//!
//! A batch that is too large for one entry is proposed in pieces ([`super::entry`]), a few at a time; the batch itself
//! follows when they are applied, and has its fate like any other. Until then nothing has been proposed that counts.
//!
//! Batches form by themselves: what arrives while one is in flight becomes the next. A client that thinks between its
//! statements has the writer for itself meanwhile ([`super::slot`]): it waits its turn like the others, and is part of the
//! next batch when it commits. It need not wait for the fate of the batch before ([`ahead`]). So nobody's thinking is ever
//! part of a Raft round, and no batch is executed on a state that may yet be thought about.
//!
//! **What a client is told of a batch that is rolled back.** Its entry counts only on the data version it was executed
//! on, and data versions only grow. So once anything else was accepted into the file, the batch is certainly
//! dead ([`Outcome::Superseded`]), wherever its entry may be; likewise once a later term has opened
//! ([`Outcome::NotLeader`]), for Raft's log never goes back in terms. [`Outcome::Unknown`] remains for proposals
//! given up for lost.

mod ahead;
mod fate;
mod holder;
mod keeping;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::apply::Layouts;
use super::capture::{Mark, Records};
use super::database::Shared;
use super::entry::{Piece, PiecesOf};
use super::execute::Executor;
use super::file::{self, Role};
use super::mailbox::{Apply, BatchId, Brief, Client, Control, Done, Execution, Leader, Next, Want};
use super::slot::Order;
use super::{Batch, Entry, FileBatch, Options, Outcome, Reply, StatementResult, StorageError};
use super::{TransactionEffects, TransactionId};
use crate::types::{PgError, SqlState};
use holder::Slot;
use keeping::data_version;

pub(super) use keeping::WAL_BOUND;

/// Transactions of a batch at most.
const BATCH_TRANSACTIONS: usize = 256;
/// A batch takes no further transaction beyond this many bytes of effects.
const BATCH_BYTES: u64 = 1 << 20;
/// … or when its first transaction has waited this long for the others.
const BATCH_TIME: Duration = Duration::from_millis(20);

/// While a batch is in flight, how often waiting transactions are looked at for cancels.
const SWEEP: Duration = Duration::from_millis(100);

/// While there is nothing to do, how often the file is looked at for what others have written.
const WATCH: Duration = Duration::from_secs(1);

/// Bytes of effects with which the writer may still be lent to others' threads.
const LENT_BYTES: u64 = 64 << 10;

/// Pieces of a large batch under way at a time: enough to keep the disks of the others busy, and so few that no entry
/// waits long behind them.
const PIECES_UNDER_WAY: u64 = 4;

/// A client transaction that waits for its batch.
struct Executed {
    id: TransactionId,
    reply: Reply,
    results: Vec<StatementResult>,
    /// All of a batch's follow one another.
    effects: Records,
}

/// Transactions executed in the open SQLite transaction.
struct OpenBatch {
    leader: Leader,
    number: u64,
    /// The data version that it is executed on. Of one that goes ahead of the batch before it: to be found out.
    base_version: u64,
    /// Where its records begin.
    start: Mark,
    started: Instant,
    executed: Vec<Executed>,
    /// What has to go ahead of it.
    pieces: Pieces,
}

/// The pieces of a batch, by number.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
struct Pieces {
    all: u64,
    sent: u64,
    applied: u64,
}

impl OpenBatch {
    /// Whether the batch itself has not been proposed, but only pieces of it, which mean nothing.
    fn is_incomplete(&self) -> bool {
        self.pieces.applied < self.pieces.all
    }

    /// Of its transactions.
    fn records(&self) -> Records {
        let start = self.start.place();
        start..self.executed.last().map_or(start, |executed| executed.effects.end)
    }

    fn id(&self) -> BatchId {
        BatchId { node: self.leader.node, incarnation: self.leader.incarnation, number: self.number }
    }

    fn answer(self, outcome: impl Fn(Vec<StatementResult>) -> Outcome) {
        for executed in self.executed {
            executed.reply.send(outcome(executed.results));
        }
    }
}

/// Which connection last wrote, or holds the open transaction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Side {
    Execute,
    Apply,
}

pub(super) struct Writer {
    shared: Arc<Shared>,
    options: Options,
    /// Only on a leader, and made anew for each term: caches in virtual tables don't see what was applied
    /// beside them.
    executor: Option<Executor>,
    apply: Connection,
    layouts: Layouts,
    side: Side,
    /// `PRAGMA data_version` of that connection: another process' commit changes it.
    version: i64,
    leader: Option<Leader>,
    /// Waits for its fate.
    proposed: Option<OpenBatch>,
    /// More transactions may join. Beside a proposed one it goes [`ahead`].
    open: Option<OpenBatch>,
    /// The client that has the writer for itself, until it ends its transaction, which then joins the open batch.
    slot: Option<Box<Slot>>,
    /// What comes next has to wait until what is proposed has its fate.
    stalled: bool,
    /// It is on a thread that must not wait for other processes.
    lent: bool,
    /// Orders that must wait until no batch is open.
    deferred: VecDeque<Control>,
    /// When those who wait were last looked at.
    swept: Instant,
}

impl Writer {
    pub fn open(shared: Arc<Shared>, options: Options) -> rusqlite::Result<Writer> {
        let mut apply = file::connect(&shared.path, Role::Apply)?;
        file::count_wal(&mut apply, shared.wal_pages.clone())?;
        let version = data_version(&apply)?;
        Ok(Writer {
            shared,
            options,
            executor: None,
            apply,
            layouts: Layouts::default(),
            side: Side::Apply,
            version,
            leader: None,
            proposed: None,
            open: None,
            slot: None,
            stalled: false,
            lent: false,
            deferred: VecDeque::new(),
            swept: Instant::now(),
        })
    }

    /// The thread's loop, until the mailbox is closed.
    pub fn run(self) {
        let shared = self.shared.clone();
        let mut this = Box::new(self);
        loop {
            let Some((writer, next)) = shared.mailbox.next(this) else {
                // Nobody knows what was half done.
                shared.fail(&StorageError::Unusable("a statement panicked in the writer".to_owned()));
                return shared.mailbox.close();
            };
            this = writer;
            match next {
                Next::Control(control) => this.control(control),
                Next::Client(client) => this.client(client),
                Next::Order(order) => this.order(order),
                Next::Deferred => {
                    if let Some(control) = this.deferred.pop_front() {
                        this.control(control);
                    }
                }
                Next::Nothing if this.proposed.is_some() || this.slot.is_some() => this.sweep(),
                Next::Nothing if this.open.is_some() => this.propose(),
                Next::Nothing => this.watch(),
                Next::Close => break,
            }
        }
        this.close();
    }

    /// Whether something that had to wait may be done now.
    pub(super) fn has_deferred(&self) -> bool {
        self.is_idle() && !self.deferred.is_empty()
    }

    /// Whether a holder's thread may do this order, which is brief by itself. Should it fail, what is to be undone is little.
    pub(super) fn may_be_lent(&self, order: &Order) -> bool {
        let (Some((Want::Order, _)), Some(executor)) = (self.wants(), &self.executor) else { return false };
        let brief = match order {
            Order::Call(call) => call.call.brief_at() == Some(executor.catalog().version),
            Order::Commit(_) => self.slot.as_ref().is_some_and(|slot| executor.ends_briefly(&slot.work)),
            _ => true,
        };
        brief && executor.is_brief() && self.has_little_open()
    }

    /// Whether what is open, and may have to be undone or done again, is little.
    pub(super) fn has_little_open(&self) -> bool {
        let open = self.executor.as_ref().zip(self.open.as_ref());
        open.is_none_or(|(executor, batch)| executor.bytes_since(batch.start) <= LENT_BYTES)
    }

    /// Of the catalog that statements are bound against now.
    pub(super) fn catalog_version(&self) -> u64 {
        self.executor.as_ref().map_or(0, |executor| executor.catalog().version)
    }

    /// On the thread of somebody else: what follows at once from what was done there, and is brief.
    pub(super) fn follow_up(&mut self) {
        while !self.has_deferred()
            && let Some((want, patience)) = self.wants()
        {
            match self.shared.mailbox.next_brief(want) {
                Brief::Client(client) if self.begins_at_once() => self.client(client),
                Brief::Client(client) => {
                    self.shared.mailbox.client_again(client);
                    break;
                }
                Brief::Nothing if patience.is_zero() => self.propose(),
                Brief::Nothing | Brief::Others => break,
            }
        }
        if self.swept.elapsed() >= SWEEP {
            self.sweep();
        }
    }

    /// What may be next, and how long that is waited for. `None`: the batch is full.
    pub(super) fn wants(&self) -> Option<(Want, Duration)> {
        Some(match (&self.proposed, &self.open) {
            (Some(proposed), _) if self.stalled || !self.may_go_ahead(proposed) => (Want::Nothing, SWEEP),
            _ if self.slot.is_some() => (Want::Order, SWEEP),
            (Some(_), _) => (Want::Ahead, SWEEP),
            (None, Some(batch)) if self.is_full(batch) => return None,
            (None, Some(_)) => (Want::Execution, Duration::ZERO),
            (None, None) if self.leader.is_some() => (Want::Client, WATCH),
            (None, None) => (Want::Nothing, WATCH),
        })
    }

    fn is_idle(&self) -> bool {
        self.proposed.is_none() && self.open.is_none() && self.slot.is_none()
    }

    fn is_full(&self, batch: &OpenBatch) -> bool {
        batch.executed.len() >= BATCH_TRANSACTIONS
            || self.executor.as_ref().is_some_and(|executor| executor.effect_bytes() >= BATCH_BYTES)
            || batch.started.elapsed() >= BATCH_TIME
    }

    fn control(&mut self, control: Control) {
        match control {
            Control::Lead(leader) => self.lead(leader),
            Control::Follow => {
                self.leader = None;
                if self.proposed.as_ref().is_none_or(OpenBatch::is_incomplete) {
                    self.drop_all(&Outcome::NotLeader);
                } else {
                    self.drop_open(&Outcome::NotLeader);
                }
            }
            Control::Opened(term) => self.opened(term),
            Control::Apply(apply) => {
                let result = self.apply(&apply);
                self.applied(*apply, result);
            }
            Control::Piece { batch, place } => self.piece_applied(batch, place),
            Control::Admit { log_id, key, done } => {
                let result = self.admit(log_id, &key);
                self.report(done, result);
            }
            Control::List { log_id, row, done } => {
                let result = self.list(log_id, &row);
                self.report(done, result);
            }
            Control::Answer { done } => self.report(done, Ok(())),
            Control::End { done } => {
                // Whatever is proposed comes after the entry that has dropped it.
                self.drop_all(&Outcome::Superseded);
                self.shared.mailbox.close();
                self.report(done, Ok(()));
            }
            Control::Refused(number) => self.give_up(number, &Outcome::NotLeader),
            Control::Lost(number) => self.give_up(number, &Outcome::Unknown),
            Control::Install { from, done } => {
                let result = self.install(&from);
                self.report(done, result);
            }
            // Asked for again and again while a large transaction is under way.
            Control::FinishCheckpoint if self.deferred.iter().any(|one| matches!(one, Control::FinishCheckpoint)) => {}
            Control::Checkpoint { .. } | Control::FinishCheckpoint if !self.is_idle() => {
                self.deferred.push_back(control);
            }
            Control::Checkpoint { applied, done } => {
                let result = self.checkpoint(applied);
                self.report(done, result);
            }
            Control::FinishCheckpoint => self.finish_checkpoint(),
        }
    }

    /// Applies it, or gives it back if another process has locked the file.
    pub(super) fn apply_at_once(&mut self, apply: Box<Apply>) -> Option<Box<Apply>> {
        self.lent = true;
        let result = self.apply(&apply);
        self.lent = false;
        match result {
            Err(StorageError::Locked(_)) => return Some(apply),
            result => self.applied(*apply, result),
        }
        None
    }

    fn applied(&mut self, apply: Apply, result: Result<(), StorageError>) {
        if let Err(error) = &result {
            self.fail(error);
        }
        (apply.then)(result);
    }

    /// An error here means that this node can't go on with the file.
    fn report<T>(&mut self, done: Done<T>, result: Result<T, StorageError>) {
        if let Err(error) = &result {
            self.fail(error);
        }
        // Nobody waits any more when the storage is being closed.
        let _ = done.send(result);
    }

    /// Stops serving: what waits is answered, what is proposed is left to the others.
    fn fail(&mut self, error: &StorageError) {
        self.shared.fail(error);
        self.drop_all(&Outcome::Unknown);
        self.shared.mailbox.close();
    }

    // --- leading -----------------------------------------------------------------------------

    fn lead(&mut self, leader: Leader) {
        self.opened(leader.term);
        if self.leader.as_ref().is_some_and(|known| known.term == leader.term) && self.executor.is_some() {
            return;
        }
        if let Err(error) = self.promote() {
            return self.fail(&error);
        }
        self.leader = Some(leader);
    }

    fn promote(&mut self) -> Result<(), StorageError> {
        // A batch of this very term can't be open: its executor would be.
        self.drop_all(&Outcome::NotLeader);
        self.activate(Side::Apply)?;
        let executor = Executor::open(&self.shared, self.options.max_transaction_bytes);
        self.executor = Some(executor.map_err(|error| self.io("opening", error))?);
        Ok(())
    }

    /// A later term has begun: no batch of an earlier one will ever be committed.
    fn opened(&mut self, term: u64) {
        if self.proposed.iter().chain(&self.open).any(|batch| batch.leader.term < term) {
            self.drop_all(&Outcome::NotLeader);
        }
    }

    pub(super) fn client(&mut self, client: Client) {
        match client {
            Client::Execution(execution) => self.execute(execution),
            Client::Hold(hold, granted) => self.hold(*hold, granted),
        }
    }

    /// Has a batch open. `false`: another process has locked the file, or what is wrong is better met by the writer's thread.
    pub(super) fn begins_at_once(&mut self) -> bool {
        self.lent = true;
        let begun = self.open_batch();
        self.lent = false;
        begun.is_ok()
    }

    fn execute(&mut self, execution: Box<Execution>) {
        if let Some(error) = execution.transaction.cancel.error() {
            return execution.reply.send(Outcome::Failed { results: Vec::new(), error });
        }
        if let Err(error) = self.open_batch() {
            if let StorageError::Io { .. } | StorageError::Unusable(_) = &error
                && self.executor.is_some()
            {
                let error = PgError::new(SqlState::IO_ERROR, error.to_string());
                return execution.reply.send(Outcome::Failed { results: Vec::new(), error });
            }
            // Known before the answer: who hears it may ask why at once.
            self.fail(&error);
            return execution.reply.send(Outcome::NotLeader);
        }
        let Some(executor) = &mut self.executor else { return execution.reply.send(Outcome::NotLeader) };
        match executor.run(&execution.transaction) {
            Ok(done) => {
                let Execution { transaction, reply, since: _ } = *execution;
                if let Some(batch) = &mut self.open {
                    let executed = Executed { id: transaction.id, reply, results: done.results, effects: done.effects };
                    batch.executed.push(executed);
                }
            }
            Err(failure) => {
                if failure.all_lost {
                    self.rebuild();
                }
                execution.reply.send(Outcome::Failed { results: failure.results, error: failure.error });
            }
        }
    }

    /// Begins a batch, unless one is open.
    fn open_batch(&mut self) -> Result<(), StorageError> {
        if self.open.is_some() {
            return Ok(());
        }
        let Some(leader) = self.leader.clone() else { return Err(StorageError::Unusable("no leader".to_owned())) };
        let start = match &self.proposed {
            Some(_) => self.begin_ahead()?,
            None => {
                self.begin(Side::Execute)?;
                let catalog = self.shared.catalog();
                let begun = self.executor.as_mut().map_or(Ok(()), |executor| executor.begun(catalog));
                if let Err(error) = begun {
                    self.roll_back();
                    return Err(self.io("executing", error));
                }
                Mark::START
            }
        };
        self.open = Some(self.new_batch(leader, start));
        Ok(())
    }

    fn new_batch(&mut self, leader: Leader, start: Mark) -> OpenBatch {
        OpenBatch {
            leader,
            number: self.shared.registry.number_batch(),
            base_version: self.shared.meta().data_version,
            start,
            started: Instant::now(),
            executed: Vec::new(),
            pieces: Pieces::default(),
        }
    }

    /// SQLite has rolled back the whole batch: brings its other transactions back.
    fn rebuild(&mut self) {
        self.roll_back();
        let rebuilt = self.begin(Side::Execute).and_then(|()| {
            let Some(executor) = &mut self.executor else { return Ok(()) };
            executor.rebuild().map_err(|error| error.into_storage(&self.shared.file))
        });
        match rebuilt {
            Ok(()) => {}
            Err(StorageError::Diverged(why)) if self.executor_is_outside() => self.fail(&StorageError::Diverged(why)),
            Err(error) => {
                // Nothing was proposed, so nothing has happened; they may try again.
                tracing::warn!(file = self.shared.file, %error, "a batch could not be rebuilt");
                self.drop_all(&Outcome::Superseded);
            }
        }
    }

    /// Whether the execute connection has no transaction open.
    fn executor_is_outside(&self) -> bool {
        self.executor.as_ref().is_none_or(|executor| executor.connection().is_autocommit())
    }

    /// Hands the batch out; what is too much for one entry goes ahead in pieces.
    fn propose(&mut self) {
        let Some(mut batch) = self.open.take() else { return };
        if batch.executed.is_empty() {
            return self.roll_back();
        }
        let bytes = batch.records().end - batch.records().start;
        if bytes > 2 * self.options.piece_bytes {
            batch.pieces.all = bytes / self.options.piece_bytes;
        }
        self.proposed = Some(batch);
        self.send();
    }

    /// Sends as many pieces as may be under way, or the batch itself when they are all there.
    fn send(&mut self) {
        while let Some(batch) = &self.proposed
            && batch.pieces.sent < batch.pieces.all
            && batch.pieces.sent < batch.pieces.applied + PIECES_UNDER_WAY
        {
            let start = batch.start.place() + batch.pieces.sent * self.options.piece_bytes;
            match self.effects(start..start + self.options.piece_bytes) {
                Ok(effects) => self.send_piece(effects),
                Err(error) => return self.unreadable(&error),
            }
        }
        if self.proposed.as_ref().is_some_and(|batch| !batch.is_incomplete())
            && let Err(error) = self.send_batch()
        {
            self.unreadable(&error);
        }
    }

    fn effects(&self, records: Records) -> std::io::Result<Vec<u8>> {
        self.executor.as_ref().map_or(Ok(Vec::new()), |executor| executor.effects(records))
    }

    /// Nothing that counts has been proposed.
    fn unreadable(&mut self, error: &std::io::Error) {
        let message = format!("the changes of a transaction could not be read again: {error}");
        tracing::error!(file = self.shared.file, message);
        let error = PgError::new(SqlState::IO_ERROR, message);
        if let Some(batch) = self.proposed.take() {
            batch.answer(|results| Outcome::Failed { results, error: error.clone() });
        }
        self.drop_all(&Outcome::NotLeader);
    }

    fn send_piece(&mut self, effects: Vec<u8>) {
        let Some(batch) = &mut self.proposed else { return };
        let BatchId { node, incarnation, number } = batch.id();
        let (term, base_version) = (batch.leader.term, batch.base_version);
        let of = PiecesOf { term, node, incarnation, number, base_version };
        let piece = Piece { of, file: self.shared.file.clone(), place: batch.pieces.sent, effects };
        batch.pieces.sent += 1;
        let proposer = batch.leader.proposer.clone();
        proposer.propose(&self.shared.file, number, Entry::Piece(piece));
    }

    fn piece_applied(&mut self, id: BatchId, place: u64) {
        let Some(batch) = &mut self.proposed else { return };
        if batch.id() == id && batch.pieces.applied == place {
            batch.pieces.applied += 1;
            self.send();
        }
    }

    fn send_batch(&mut self) -> std::io::Result<()> {
        let answers = match &mut self.proposed {
            Some(batch) => batch.executed.iter_mut().map(|one| one.reply.executed(&one.results)).collect::<Vec<_>>(),
            None => return Ok(()),
        };
        let Some(batch) = &self.proposed else { return Ok(()) };
        // What went ahead is not said again.
        let ahead = batch.start.place() + batch.pieces.all * self.options.piece_bytes;
        let mut transactions = Vec::with_capacity(batch.executed.len());
        for (executed, answer) in batch.executed.iter().zip(answers) {
            let effects = self.effects(executed.effects.start.max(ahead)..executed.effects.end)?;
            transactions.push(TransactionEffects { id: executed.id, effects, answer });
        }
        let content = FileBatch {
            file: self.shared.file.clone(),
            base_version: batch.base_version,
            pieces: batch.pieces.all,
            tables: self.executor.as_ref().map(Executor::table_names).unwrap_or_default(),
            transactions,
        };
        let entry = Entry::Batch(Batch {
            term: batch.leader.term,
            node: batch.leader.node,
            incarnation: batch.leader.incarnation,
            number: batch.number,
            files: vec![content],
        });
        let (proposer, number) = (batch.leader.proposer.clone(), batch.number);
        proposer.propose(&self.shared.file, number, entry);
        Ok(())
    }

    fn give_up(&mut self, number: u64, outcome: &Outcome) {
        let Some(batch) = self.proposed.as_ref().filter(|batch| batch.number == number) else { return };
        let outcome = if batch.is_incomplete() { &Outcome::NotLeader } else { outcome };
        self.drop_all(outcome);
    }

    /// Rolls back whatever is open at the end of this writer's work.
    fn lose_all(&mut self) {
        let proposed = self.proposed.as_ref().is_some_and(|batch| !batch.is_incomplete());
        self.drop_all(if proposed { &Outcome::Unknown } else { &Outcome::NotLeader });
    }

    /// Rolls back whatever is open, and answers its clients: with this outcome those whose batch is proposed.
    fn drop_all(&mut self, outcome: &Outcome) {
        let proposed = self.proposed.take();
        let unproposed = if *outcome == Outcome::Unknown && proposed.is_some() { &Outcome::NotLeader } else { outcome };
        let open = self.take_open();
        self.roll_back();
        self.stalled = false;
        if let Some(batch) = proposed {
            batch.answer(|_| outcome.clone());
        }
        if let Some(batch) = open {
            batch.answer(|_| unproposed.clone());
        }
    }

    /// The open batch, which is given up, and with it the slot.
    fn take_open(&mut self) -> Option<OpenBatch> {
        if self.slot.take().is_some() {
            self.shared.mailbox.hold(None);
        }
        self.open.take()
    }

    /// Answers waiting clients that wait no longer.
    fn sweep(&mut self) {
        self.swept = Instant::now();
        for (client, error) in self.shared.mailbox.take_hopeless() {
            client.fail(error);
        }
    }
}
