//! The one writer of a database file.
//!
//! A thread that owns the file's only read-write connections and does everything that changes it, one thing after the
//! other: it executes client transactions while this node leads, commits or rolls them back when consensus
//! has decided, applies other nodes' effects, and installs snapshots.
//!
//! ```text
//!            a transaction arrives            nothing more waits, or the batch is full
//!   Idle ──────────────────────▶ Executing ──────────────────────────▶ Proposed
//!    ▲ │      BEGIN IMMEDIATE     ▲  a savepoint each                   │
//!    │ │ a client wants the slot  │                                     │
//!    │ └───────────────▶ Held ────┘ its COMMIT                          │
//!    │                     │ its ROLLBACK, error or end                 │
//!    └─────────────────────┴────────────────────────────────────────────┘
//!      applied (COMMIT) · refused · lost · another entry came in first (ROLLBACK)
//! ```
//!
//! A batch that is too large for one entry is proposed in pieces ([`super::entry`]), a few at a time; the batch itself
//! follows when they are applied, and has its fate like any other. Until then nothing has been proposed that counts.
//!
//! Batches form by themselves: what arrives while one is in flight becomes the next. A client that thinks between its
//! statements has the writer for itself meanwhile ([`super::slot`]): it waits its turn like the others, takes it when
//! the batch before has its fate, and is the first of the next batch when it commits. So nobody's thinking is ever
//! part of a Raft round, and no batch is executed on a state that may yet be thought about.
//!
//! **What a client is told of a batch that is rolled back.** Its entry counts only on the data version it was executed
//! on, and data versions only grow. So once anything else was accepted into the file, the batch is certainly
//! dead ([`Outcome::Superseded`]), wherever its entry may be; likewise once a later term has opened
//! ([`Outcome::NotLeader`]), for Raft's log never goes back in terms. [`Outcome::Unknown`] remains for proposals
//! given up for lost.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use rusqlite::wal::CheckpointMode;

use super::apply::{self, ApplyError, Layouts};
use super::capture::Records;
use super::database::Shared;
use super::entry::{Piece, PiecesOf};
use super::execute::Executor;
use super::execute::held::{self, Broken, Demand, Flow};
use super::file::{self, Role};
use super::mailbox::{Apply, BatchId, Client, Control, Execution, Leader, Mailbox, Next, Want};
use super::schema::{self, Meta, load_catalog};
use super::slot::{CallOrder, CallSink, Granted, Held, Hold, NotHeld, Order, WINDOW};
use super::{Batch, Entry, FileBatch, LogId, Options, Outcome, Reply, StatementResult, StorageError};
use super::{Cancel, TransactionEffects, TransactionId};
use crate::catalog::Catalog;
use crate::types::{PgError, Row, SqlState};

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

/// The WAL's size above which the background asks for what [`Writer::finish_checkpoint`] does, and
/// the one above which readers are waited for.
pub(super) const WAL_BOUND: u64 = 32 << 20;
const WAL_HARD_BOUND: u64 = 4 * WAL_BOUND;
/// How long a commit may wait for readers, to keep the WAL from growing without end.
const RESTART_PATIENCE: Duration = Duration::from_millis(50);

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
    base_version: u64,
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

    fn id(&self) -> BatchId {
        BatchId { node: self.leader.node, incarnation: self.leader.incarnation, number: self.number }
    }

    fn answer(self, outcome: impl Fn(Vec<StatementResult>) -> Outcome) {
        for executed in self.executed {
            executed.reply.send(outcome(executed.results));
        }
    }
}

/// The transaction of the slot's holder.
struct Slot {
    id: TransactionId,
    /// Empty so far.
    batch: OpenBatch,
    work: held::Held,
}

enum State {
    Idle,
    /// Serves one client, until it ends its transaction.
    Held(Box<Slot>),
    /// More transactions may join.
    Executing(OpenBatch),
    /// Waits for its fate.
    Proposed(OpenBatch),
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
    state: State,
    /// Orders that must wait until no batch is open.
    deferred: VecDeque<Control>,
    next_number: u64,
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
            state: State::Idle,
            deferred: VecDeque::new(),
            next_number: 1,
            swept: Instant::now(),
        })
    }

    /// The thread's loop, until the mailbox is closed.
    pub fn run(mut self) {
        loop {
            let next = match &self.state {
                State::Idle => match self.deferred.pop_front() {
                    Some(control) => Next::Control(control),
                    None if self.leader.is_some() => self.shared.mailbox.next(Want::Client, Some(WATCH)),
                    None => self.shared.mailbox.next(Want::Nothing, Some(WATCH)),
                },
                State::Held(_) => self.shared.mailbox.next(Want::Order, Some(SWEEP)),
                State::Executing(batch) if self.is_full(batch) => Next::Nothing,
                State::Executing(_) => self.shared.mailbox.next(Want::Execution, Some(Duration::ZERO)),
                State::Proposed(_) => self.shared.mailbox.next(Want::Nothing, Some(SWEEP)),
            };
            match next {
                Next::Control(control) => self.control(control),
                Next::Client(Client::Execution(execution)) => self.execute(*execution),
                Next::Client(Client::Hold(hold, granted)) => self.hold(*hold, granted),
                Next::Order(order) => self.order(order),
                Next::Nothing => match self.state {
                    State::Executing(_) => self.propose(),
                    State::Proposed(_) | State::Held(_) => self.sweep(),
                    State::Idle => self.watch(),
                },
                Next::Close => break,
            }
        }
        self.close();
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
                let unproposed = match &self.state {
                    State::Executing(_) | State::Held(_) => true,
                    State::Proposed(batch) => batch.is_incomplete(),
                    State::Idle => false,
                };
                if unproposed {
                    self.drop_batch(|_| Outcome::NotLeader);
                }
            }
            Control::Opened(term) => self.opened(term),
            Control::Apply(apply) => {
                let result = self.apply(&apply);
                if let Err(error) = &result {
                    self.fail(error);
                }
                (apply.then)(result);
            }
            Control::Piece { batch, place } => self.piece_applied(batch, place),
            Control::Admit { log_id, key, done } => {
                let result = self.admit(log_id, &key);
                self.report(done, result);
            }
            Control::Refused(number) => self.give_up(number, &Outcome::NotLeader),
            Control::Lost(number) => self.give_up(number, &Outcome::Unknown),
            Control::Install { from, done } => {
                let result = self.install(&from);
                self.report(done, result);
            }
            // Asked for again and again while a large transaction is under way.
            Control::FinishCheckpoint if self.deferred.iter().any(|one| matches!(one, Control::FinishCheckpoint)) => {}
            Control::Checkpoint { .. } | Control::FinishCheckpoint if !matches!(self.state, State::Idle) => {
                self.deferred.push_back(control);
            }
            Control::Checkpoint { applied, done } => {
                let result = self.checkpoint(applied);
                self.report(done, result);
            }
            Control::FinishCheckpoint => self.finish_checkpoint(),
        }
    }

    /// An error here means that this node can't go on with the file.
    fn report<T>(&mut self, done: super::mailbox::Done<T>, result: Result<T, StorageError>) {
        if let Err(error) = &result {
            self.fail(error);
        }
        // Nobody waits any more when the storage is being closed.
        let _ = done.send(result);
    }

    /// Stops serving: what waits is answered, what is proposed is left to the others.
    fn fail(&mut self, error: &StorageError) {
        self.shared.fail(error);
        self.drop_batch(|_| Outcome::Unknown);
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
        self.drop_batch(|_| Outcome::NotLeader);
        self.activate(Side::Apply)?;
        let executor = Executor::open(&self.shared, self.options.max_transaction_bytes);
        self.executor = Some(executor.map_err(|error| self.io("opening", error))?);
        Ok(())
    }

    /// A later term has begun: no batch of an earlier one will ever be committed.
    fn opened(&mut self, term: u64) {
        let batch = match &self.state {
            State::Executing(batch) | State::Proposed(batch) => Some(batch),
            State::Held(slot) => Some(&slot.batch),
            State::Idle => None,
        };
        if batch.is_some_and(|batch| batch.leader.term < term) {
            self.drop_batch(|_| Outcome::NotLeader);
        }
    }

    fn execute(&mut self, execution: Execution) {
        let Execution { transaction, reply, since: _ } = execution;
        if let Some(error) = transaction.cancel.error() {
            return reply.send(Outcome::Failed { results: Vec::new(), error });
        }
        if matches!(self.state, State::Idle)
            && let Err(error) = self.open_batch()
        {
            if let StorageError::Io { .. } | StorageError::Unusable(_) = &error
                && self.executor.is_some()
            {
                let error = PgError::new(SqlState::IO_ERROR, error.to_string());
                return reply.send(Outcome::Failed { results: Vec::new(), error });
            }
            // Known before the answer: who hears it may ask why at once.
            self.fail(&error);
            return reply.send(Outcome::NotLeader);
        }
        let Some(executor) = &mut self.executor else { return reply.send(Outcome::NotLeader) };
        match executor.run(&transaction) {
            Ok(done) => {
                if let State::Executing(batch) = &mut self.state {
                    batch.executed.push(Executed {
                        id: transaction.id,
                        reply,
                        results: done.results,
                        effects: done.effects,
                    });
                }
            }
            Err(failure) => {
                if failure.all_lost {
                    self.rebuild();
                }
                reply.send(Outcome::Failed { results: failure.results, error: failure.error });
            }
        }
    }

    fn open_batch(&mut self) -> Result<(), StorageError> {
        let Some(leader) = self.leader.clone() else { return Err(StorageError::Unusable("no leader".to_owned())) };
        self.begin(Side::Execute)?;
        let catalog = self.shared.catalog();
        let begun = self.executor.as_mut().map_or(Ok(()), |executor| executor.begun(catalog));
        if let Err(error) = begun {
            self.roll_back();
            return Err(self.io("executing", error));
        }
        let number = self.next_number;
        self.next_number += 1;
        let base_version = self.shared.meta().data_version;
        self.state = State::Executing(OpenBatch {
            leader,
            number,
            base_version,
            started: Instant::now(),
            executed: Vec::new(),
            pieces: Pieces::default(),
        });
        Ok(())
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
                self.drop_batch(|_| Outcome::Superseded);
            }
        }
    }

    /// Whether the execute connection has no transaction open.
    fn executor_is_outside(&self) -> bool {
        self.executor.as_ref().is_none_or(|executor| executor.connection().is_autocommit())
    }

    /// Hands the batch out; what is too much for one entry goes ahead in pieces.
    fn propose(&mut self) {
        let State::Executing(mut batch) = std::mem::replace(&mut self.state, State::Idle) else { return };
        if batch.executed.is_empty() {
            return self.roll_back();
        }
        let bytes = self.executor.as_ref().map_or(0, Executor::effect_bytes);
        if bytes > 2 * self.options.piece_bytes {
            batch.pieces.all = bytes / self.options.piece_bytes;
        }
        self.state = State::Proposed(batch);
        self.send();
    }

    /// Sends as many pieces as may be under way, or the batch itself when they are all there.
    fn send(&mut self) {
        while let State::Proposed(batch) = &self.state
            && batch.pieces.sent < batch.pieces.all
            && batch.pieces.sent < batch.pieces.applied + PIECES_UNDER_WAY
        {
            let start = batch.pieces.sent * self.options.piece_bytes;
            match self.effects(start..start + self.options.piece_bytes) {
                Ok(effects) => self.send_piece(effects),
                Err(error) => return self.unreadable(&error),
            }
        }
        if matches!(&self.state, State::Proposed(batch) if !batch.is_incomplete())
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
        self.drop_batch(|results| Outcome::Failed { results, error: error.clone() });
    }

    fn send_piece(&mut self, effects: Vec<u8>) {
        let State::Proposed(batch) = &mut self.state else { return };
        let BatchId { node, incarnation, number } = batch.id();
        let (term, base_version) = (batch.leader.term, batch.base_version);
        let of = PiecesOf { term, node, incarnation, number, base_version };
        let piece = Piece { of, file: self.shared.file.clone(), place: batch.pieces.sent, effects };
        batch.pieces.sent += 1;
        let proposer = batch.leader.proposer.clone();
        proposer.propose(&self.shared.file, number, Entry::Piece(piece));
    }

    fn piece_applied(&mut self, id: BatchId, place: u64) {
        let State::Proposed(batch) = &mut self.state else { return };
        if batch.id() == id && batch.pieces.applied == place {
            batch.pieces.applied += 1;
            self.send();
        }
    }

    fn send_batch(&mut self) -> std::io::Result<()> {
        let State::Proposed(batch) = &self.state else { return Ok(()) };
        // What went ahead is not said again.
        let ahead = batch.pieces.all * self.options.piece_bytes;
        let mut transactions = Vec::with_capacity(batch.executed.len());
        for executed in &batch.executed {
            let effects = self.effects(executed.effects.start.max(ahead)..executed.effects.end)?;
            transactions.push(TransactionEffects { id: executed.id, effects });
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
        let State::Proposed(batch) = &mut self.state else { return Ok(()) };
        for executed in &mut batch.executed {
            executed.reply.executed(&executed.results);
        }
        let (proposer, number) = (batch.leader.proposer.clone(), batch.number);
        proposer.propose(&self.shared.file, number, entry);
        Ok(())
    }

    fn give_up(&mut self, number: u64, outcome: &Outcome) {
        let State::Proposed(batch) = &self.state else { return };
        if batch.number == number {
            let outcome = if batch.is_incomplete() { Outcome::NotLeader } else { outcome.clone() };
            self.drop_batch(|_| outcome.clone());
        }
    }

    /// Rolls the open batch back, if there is one, and answers its clients.
    fn drop_batch(&mut self, outcome: impl Fn(Vec<StatementResult>) -> Outcome) {
        if let Some(batch) = self.take_batch() {
            batch.answer(outcome);
        }
    }

    fn take_batch(&mut self) -> Option<OpenBatch> {
        let batch = match std::mem::replace(&mut self.state, State::Idle) {
            State::Idle => return None,
            State::Executing(batch) | State::Proposed(batch) => batch,
            State::Held(slot) => {
                self.shared.mailbox.hold(None);
                slot.batch
            }
        };
        self.roll_back();
        Some(batch)
    }

    /// Answers waiting clients that wait no longer.
    fn sweep(&mut self) {
        self.swept = Instant::now();
        for (client, error) in self.shared.mailbox.take_hopeless() {
            client.fail(error);
        }
    }

    // --- the slot ----------------------------------------------------------------------------

    fn hold(&mut self, hold: Hold, granted: Granted) {
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
        let State::Executing(batch) = std::mem::replace(&mut self.state, State::Idle) else { return };
        let work = self.executor.as_mut().map(|executor| executor.hold(&hold.sequences, hold.savepoints));
        match work {
            Some(Ok(work)) => {
                self.state = State::Held(Box::new(Slot { id: hold.id, batch, work }));
                self.shared.mailbox.hold(Some(hold.id));
                granted(Ok(Held::new(self.shared.clone(), hold.id)));
            }
            Some(Err(error)) => {
                self.roll_back();
                let error = self.io("executing", error).to_string();
                granted(Err(NotHeld::Failed(PgError::new(SqlState::IO_ERROR, error))));
            }
            None => granted(Err(NotHeld::NotLeader)),
        }
    }

    /// Does what the holder asks for.
    fn order(&mut self, order: Order) {
        // A busy holder must not keep those who wait from giving up.
        if self.swept.elapsed() >= SWEEP {
            self.sweep();
        }
        let (State::Held(slot), Some(executor)) = (&mut self.state, &mut self.executor) else { return order.lost() };
        let done = match order {
            Order::Call(call) => return self.call(*call),
            // Of a call that has ended.
            Order::More(_) | Order::Close(_) => return,
            Order::Savepoint => executor.savepoint(&mut slot.work),
            Order::Release(left) => executor.release(&mut slot.work, left),
            Order::RollbackTo(below) => executor.rollback_to(&mut slot.work, below),
            Order::Commit(reply) => return self.commit_held(reply),
            Order::Rollback => return self.drop_batch(|_| Outcome::NotLeader),
        };
        if let Err(error) = done {
            // The holder hears at its next statement that the slot is lost.
            tracing::warn!(file = self.shared.file, %error, "a transaction's savepoints failed");
            self.drop_batch(|_| Outcome::NotLeader);
        }
    }

    fn call(&mut self, order: CallOrder) {
        let (State::Held(slot), Some(executor)) = (&mut self.state, &mut self.executor) else { return };
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
                self.drop_batch(|_| Outcome::NotLeader);
            }
            Err(Broken::Failed(error)) => {
                self.call_failed();
                sink.finish(Err(error));
            }
        }
    }

    /// What the statement did is undone at once: back to the last savepoint, or altogether.
    fn call_failed(&mut self) {
        let (State::Held(slot), Some(executor)) = (&mut self.state, &mut self.executor) else { return };
        if !slot.work.has_savepoints() {
            return self.drop_batch(|_| Outcome::NotLeader);
        }
        let last = slot.work.savepoints() - 1;
        let undone = !executor.connection().is_autocommit() && executor.rollback_to(&mut slot.work, last).is_ok();
        if !undone && let Err(error) = self.remake() {
            tracing::warn!(file = self.shared.file, %error, "a transaction could not be made again");
            match error {
                StorageError::Diverged(_) => self.fail(&error),
                _ => self.drop_batch(|_| Outcome::NotLeader),
            }
        }
    }

    /// SQLite has rolled back the holder's whole transaction: makes it again, up to its last savepoint.
    fn remake(&mut self) -> Result<(), StorageError> {
        self.roll_back();
        self.begin(Side::Execute)?;
        let (State::Held(slot), Some(executor)) = (&mut self.state, &mut self.executor) else { return Ok(()) };
        executor.remake(&mut slot.work).map_err(|error| error.into_storage(&self.shared.file))
    }

    /// The holder's transaction becomes the first of a batch.
    fn commit_held(&mut self, reply: Reply) {
        let (State::Held(slot), Some(executor)) = (&mut self.state, &mut self.executor) else { return };
        match executor.finish_held(&mut slot.work) {
            Ok(effects) => {
                let State::Held(slot) = std::mem::replace(&mut self.state, State::Idle) else { return };
                self.shared.mailbox.hold(None);
                let executed = vec![Executed { id: slot.id, reply, results: Vec::new(), effects }];
                // Time for others to join it begins now.
                self.state = State::Executing(OpenBatch { started: Instant::now(), executed, ..slot.batch });
            }
            Err(error) => {
                self.drop_batch(|_| Outcome::NotLeader);
                reply.send(Outcome::Failed { results: Vec::new(), error });
            }
        }
    }

    // --- applying ----------------------------------------------------------------------------

    fn apply(&mut self, apply: &Apply) -> Result<(), StorageError> {
        let own = matches!(&self.state, State::Proposed(batch) if batch.id() == apply.batch);
        if !apply.accepted {
            if own {
                self.drop_batch(|_| Outcome::Superseded);
            }
            return Ok(());
        }
        if own && !self.options.apply_own_effects { self.commit_own(apply) } else { self.apply_effects(apply, own) }
    }

    fn next_meta(&self, log_id: LogId, catalog_version: u64) -> Meta {
        Meta { data_version: self.shared.meta().data_version + 1, applied: Some(log_id), catalog_version }
    }

    /// The open batch has become true.
    fn commit_own(&mut self, apply: &Apply) -> Result<(), StorageError> {
        let (Some(executor), State::Proposed(batch)) =
            (&self.executor, std::mem::replace(&mut self.state, State::Idle))
        else {
            return Ok(());
        };
        let catalog = executor.catalog().clone();
        let meta = self.next_meta(apply.log_id, catalog.version);
        if let Err(error) = self.commit(Side::Execute, meta, catalog, apply) {
            // The others have it: this node's clients can't be told that it failed.
            self.roll_back();
            batch.answer(|_| Outcome::Unknown);
            return Err(error);
        }
        let index = apply.log_id.index;
        batch.answer(|results| Outcome::Committed { index, results });
        Ok(())
    }

    /// The path of followers, and of everything that is not the open batch.
    fn apply_effects(&mut self, apply: &Apply, own: bool) -> Result<(), StorageError> {
        let dropped = self.take_batch();
        let applied = self.run_effects(apply);
        if applied.is_err() {
            self.roll_back();
        }
        if let Some(batch) = dropped {
            let index = apply.log_id.index;
            batch.answer(|results| match &applied {
                Ok(()) if own => Outcome::Committed { index, results },
                Err(_) if own => Outcome::Unknown,
                _ => Outcome::Superseded,
            });
        }
        applied
    }

    fn run_effects(&mut self, apply: &Apply) -> Result<(), StorageError> {
        self.begin(Side::Apply)?;
        let content = &apply.content;
        let ahead = match content.pieces {
            0 => None,
            count => {
                let ahead = self.shared.pieces.read(&apply.pieces_of, count);
                Some(ahead.ok_or_else(|| {
                    StorageError::Diverged(format!(
                        "{}: the pieces of a large transaction, which the log says have come, are not in {}",
                        self.shared.file,
                        super::pieces::DIRECTORY
                    ))
                })?)
            }
        };
        let ahead = ahead.into_iter().flat_map(|mut reading| {
            let piece = move || reading.piece().map_err(ApplyError::Io).transpose();
            std::iter::from_fn(piece).map(|piece| piece.map(|piece| Cow::Owned(piece.effects)))
        });
        let own = content.transactions.iter().map(|transaction| Ok(Cow::Borrowed(transaction.effects.as_slice())));
        let touched = apply::apply(&self.apply, &mut self.layouts, &content.tables, ahead.chain(own))
            .map_err(|error| error.into_storage(&self.shared.file))?;
        if (touched.schema || touched.catalog)
            && let Some(executor) = &mut self.executor
        {
            executor.forget_schema();
        }
        let catalog = if touched.catalog { Arc::new(self.stored_catalog()?) } else { self.shared.catalog() };
        let meta = self.next_meta(apply.log_id, catalog.version);
        self.commit(Side::Apply, meta, catalog, apply)
    }

    fn stored_catalog(&self) -> Result<Catalog, StorageError> {
        let loaded = load_catalog(&self.apply).map_err(|error| self.io("reading the catalog of", error))?;
        loaded.map_err(|why| StorageError::Diverged(format!("{}: {why}", self.shared.file)))
    }

    /// Commits the open transaction with its bookkeeping, and shows the new state to readers.
    fn commit(&self, side: Side, meta: Meta, catalog: Arc<Catalog>, apply: &Apply) -> Result<(), StorageError> {
        let several = apply.several.then_some(apply.log_id.index);
        self.shared.publish(meta, catalog, || {
            self.with(side, |connection| {
                meta.store(connection)?;
                several.map_or(Ok(()), |index| schema::store_accepted(connection, index))?;
                connection.prepare_cached("COMMIT")?.execute([]).map(drop)
            })
            .map_err(|error| self.io("committing to", error))
        })
    }

    fn admit(&mut self, log_id: LogId, key: &[u8; 16]) -> Result<u64, StorageError> {
        let known = schema::known_node(&self.apply, key).map_err(|error| self.io("reading", error))?;
        if let Some(id) = known {
            return Ok(id);
        }
        self.drop_batch(|_| Outcome::Superseded);
        self.begin(Side::Apply)?;
        let id = schema::admit_node(&self.apply, key).map_err(|error| self.io("writing to", error))?;
        let catalog = self.shared.catalog();
        let meta = self.next_meta(log_id, catalog.version);
        self.shared.publish(meta, catalog, || {
            let stored = meta.store(&self.apply).and_then(|()| self.apply.execute_batch("COMMIT"));
            stored.map_err(|error| self.io("committing to", error))
        })?;
        Ok(id)
    }

    // --- the file ----------------------------------------------------------------------------

    /// Runs on one of the two connections, as the writer itself.
    fn with<T>(&self, side: Side, run: impl FnOnce(&Connection) -> T) -> T {
        match (side, &self.executor) {
            (Side::Execute, Some(executor)) => executor.internal(run),
            _ => run(&self.apply),
        }
    }

    /// BEGIN, and a look whether anybody else has written since our last transaction. Once the write lock is held nobody
    /// can, so the chain from one side's version to the other's has no gap.
    fn begin(&mut self, side: Side) -> Result<(), StorageError> {
        let begun = self.with(side, |connection| connection.prepare_cached("BEGIN IMMEDIATE")?.execute([]));
        begun.map_err(|error| self.io("writing to", error))?;
        if let Err(error) = self.check_alone() {
            let _ = self.with(side, |connection| connection.execute_batch("ROLLBACK"));
            return Err(error);
        }
        if side != self.side {
            self.version = self.with(side, data_version).map_err(|error| self.io("reading", error))?;
            self.side = side;
        }
        Ok(())
    }

    /// Whether all that was written since our last transaction was ours.
    fn check_alone(&self) -> Result<(), StorageError> {
        let seen = self.with(self.side, data_version).map_err(|error| self.io("reading", error))?;
        if seen == self.version {
            return Ok(());
        }
        Err(StorageError::Diverged(format!(
            "{}: another process has written to the file, or checkpointed it; other processes may only read it",
            self.shared.path.display()
        )))
    }

    /// A node that is only read would show what another process has written.
    fn watch(&mut self) {
        if let Err(error @ StorageError::Diverged(_)) = self.check_alone() {
            self.fail(&error);
        }
    }

    /// Makes the other connection the one whose version is watched.
    fn activate(&mut self, side: Side) -> Result<(), StorageError> {
        if side != self.side {
            self.begin(side)?;
            self.roll_back();
        }
        Ok(())
    }

    /// Ends whatever transaction is open, without effect.
    fn roll_back(&mut self) {
        if let Some(executor) = &mut self.executor {
            if !executor.connection().is_autocommit() {
                let _ = executor.internal(|connection| connection.execute_batch("ROLLBACK"));
            }
            executor.forget_schema();
        }
        if !self.apply.is_autocommit() {
            let _ = self.apply.execute_batch("ROLLBACK");
        }
        self.layouts.clear();
    }

    /// Makes everything up to `applied` durable. A COMMIT with `synchronous=FULL` syncs the whole WAL, so this does not
    /// depend on a checkpoint that readers may hold up.
    fn checkpoint(&mut self, applied: LogId) -> Result<(), StorageError> {
        let side = self.side;
        self.with(side, |connection| connection.pragma_update(None, "synchronous", "FULL"))
            .map_err(|error| self.io("syncing", error))?;
        self.begin(side)?;
        let mut meta = self.shared.meta();
        if meta.applied.is_none_or(|known| known.index < applied.index) {
            meta.applied = Some(applied);
        }
        self.shared.publish(meta, self.shared.catalog(), || {
            self.with(side, |connection| {
                meta.store(connection)?;
                schema::count_checkpoint(connection)?;
                schema::forget_decisions(connection, applied.index)?;
                connection.execute_batch("COMMIT")?;
                connection.pragma_update(None, "synchronous", "NORMAL")
            })
            .map_err(|error| self.io("syncing", error))
        })
    }

    /// Copies what the background has not yet copied from the WAL, at a moment when nobody writes: then
    /// the next transaction starts the WAL anew, unless a reader still needs it.
    fn finish_checkpoint(&mut self) {
        let hard = self.shared.wal_bytes() > WAL_HARD_BOUND;
        let copied = self.with(self.side, |connection| {
            if hard {
                connection.busy_timeout(RESTART_PATIENCE)?;
            }
            // On the watched connection: what it does to the WAL doesn't look like another process' doing.
            let mode = if hard { CheckpointMode::RESTART } else { CheckpointMode::PASSIVE };
            let copied = connection.wal_checkpoint_v2(Some(c"main"), mode);
            connection.busy_timeout(file::BUSY_TIMEOUT)?;
            copied
        });
        if let Err(error) = copied
            && error.sqlite_error_code() != Some(rusqlite::ErrorCode::DatabaseBusy)
        {
            tracing::warn!(file = self.shared.file, %error, "the write-ahead log could not be copied");
        }
    }

    fn install(&mut self, from: &std::path::Path) -> Result<(), StorageError> {
        self.leader = None;
        match &self.state {
            State::Proposed(batch) if !batch.is_incomplete() => self.drop_batch(|_| Outcome::Unknown),
            _ => self.drop_batch(|_| Outcome::NotLeader),
        }
        self.activate(Side::Apply)?;
        self.executor = None;
        self.layouts.clear();
        // No statement may hold the old content.
        self.apply.flush_prepared_statement_cache();
        super::snapshot::replace(&mut self.apply, from).map_err(|error| self.io("replacing", error))?;
        self.version = data_version(&self.apply).map_err(|error| self.io("reading", error))?;
        let meta = Meta::load(&self.apply).map_err(|error| self.io("reading", error))?;
        let catalog = Arc::new(self.stored_catalog()?);
        self.shared.publish(meta, catalog, || Ok(()))
    }

    fn io(&self, doing: &str, error: rusqlite::Error) -> StorageError {
        StorageError::sqlite(format!("{doing} {}", self.shared.path.display()), error)
    }

    fn close(mut self) {
        match &self.state {
            State::Proposed(batch) if !batch.is_incomplete() => self.drop_batch(|_| Outcome::Unknown),
            _ => self.drop_batch(|_| Outcome::NotLeader),
        }
        self.executor = None;
        if let Err(error) = self.apply.wal_checkpoint_v2(Some(c"main"), CheckpointMode::TRUNCATE) {
            tracing::debug!(file = self.shared.file, %error, "the write-ahead log was left as it is");
        }
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
            match self.mailbox.next(Want::Order, Some(SWEEP)) {
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
                Next::Nothing => {}
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

    fn finish(self: Box<Self>, _: Result<super::Ended, PgError>) {}
}

fn data_version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.prepare_cached("PRAGMA data_version")?.query_row([], |row| row.get(0))
}
