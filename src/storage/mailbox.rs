//! What waits for a file's writer: client transactions, and everything that goes before them.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::{FileBatch, LogId, Outcome, Propose, Reply, StorageError, Transaction};

/// A client transaction with the one who waits for it.
pub(super) struct Execution {
    pub transaction: Transaction,
    pub reply: Reply,
}

/// Where the result of a [`Control`] goes.
pub(super) type Done<T> = SyncSender<Result<T, StorageError>>;

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
    pub content: Arc<FileBatch>,
    /// Decided by [`super::Storage::apply`], for all files alike.
    pub accepted: bool,
    /// It names several files: the decision is kept.
    pub several: bool,
    pub done: Done<()>,
}

/// Orders to a writer. They come before client transactions, in their own order.
pub(super) enum Control {
    Lead(Leader),
    Follow,
    /// An entry of this term was applied that says: nothing older comes any more.
    Opened(u64),
    Apply(Box<Apply>),
    Admit {
        log_id: LogId,
        key: [u8; 16],
        done: Done<u64>,
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

#[derive(Default)]
pub(super) struct Mailbox {
    waiting: Mutex<Waiting>,
    arrived: Condvar,
}

#[derive(Default)]
pub(super) struct Waiting {
    /// Whether client transactions are let in.
    leading: bool,
    closed: bool,
    controls: VecDeque<Control>,
    executions: VecDeque<Execution>,
}

/// What the writer does next.
pub(super) enum Next {
    Control(Control),
    Execute(Box<Execution>),
    /// Nothing has come that may be done now.
    Nothing,
    Close,
}

impl Mailbox {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Queues a transaction, or answers it at once where it can't run.
    pub fn execute(&self, execution: Execution) {
        let mut waiting = self.lock();
        if waiting.leading && !waiting.closed {
            waiting.executions.push_back(execution);
            drop(waiting);
            self.arrived.notify_one();
        } else {
            drop(waiting);
            execution.reply.send(Outcome::NotLeader);
        }
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
        let refused = if waiting.leading { VecDeque::new() } else { std::mem::take(&mut waiting.executions) };
        waiting.controls.push_back(control);
        drop(waiting);
        self.arrived.notify_one();
        for execution in refused {
            execution.reply.send(Outcome::NotLeader);
        }
        true
    }

    /// Nothing is let in any more; what waits is answered.
    pub fn close(&self) {
        let mut waiting = self.lock();
        waiting.closed = true;
        waiting.leading = false;
        let refused = std::mem::take(&mut waiting.executions);
        // Dropping a control tells the one who waits for it that the writer is gone.
        let dropped = std::mem::take(&mut waiting.controls);
        drop(waiting);
        self.arrived.notify_one();
        drop(dropped);
        for execution in refused {
            execution.reply.send(Outcome::NotLeader);
        }
    }

    /// The next thing to do. `executions`: whether a client transaction may be it. Waits for at most `patience`.
    pub fn next(&self, executions: bool, patience: Option<Duration>) -> Next {
        let mut waiting = self.lock();
        loop {
            if waiting.closed {
                return Next::Close;
            }
            if let Some(control) = waiting.controls.pop_front() {
                return Next::Control(control);
            }
            if executions && let Some(execution) = waiting.executions.pop_front() {
                return Next::Execute(Box::new(execution));
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

    /// Takes out the waiting transactions that were cancelled.
    pub fn take_cancelled(&self) -> Vec<Execution> {
        let mut waiting = self.lock();
        if waiting.executions.iter().all(|execution| execution.transaction.cancel.reason().is_none()) {
            return Vec::new();
        }
        let all = std::mem::take(&mut waiting.executions);
        let (cancelled, kept): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|execution| execution.transaction.cancel.reason().is_some());
        waiting.executions = kept.into();
        cancelled
    }
}
