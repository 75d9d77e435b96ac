//! The slot for a transaction of another node's client: the leader's end of [`super::held`].

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};

use super::execute::{call_of, failed};
use super::held::Hold;
use super::messages::{self, Answer, Further, HoldForm};
use super::node::Inner;
use super::transport::server::{Interim, reason};
use crate::storage::{
    CallSink, Cancel, Ended, Held, NotHeld, Outcome, Reply, Running, SequenceValues, SessionSequences, TransactionId,
};
use crate::types::{PgError, Row};

impl Inner {
    /// Holds the slot for the other node until it commits, loses it, or stops asking.
    pub(crate) async fn hold_forwarded(
        self: &Arc<Inner>,
        form: HoldForm,
        cancel: Cancel,
        mut interim: Interim,
    ) -> Answer {
        let sequences = SessionSequences::new(form.sequences);
        let hold = Hold {
            sequences: sequences.clone(),
            version: form.version,
            savepoints: usize::try_from(form.savepoints).unwrap_or(usize::MAX),
            nowait: form.nowait,
            cancel: cancel.clone(),
            session: form.session,
        };
        let term = (form.term, TransactionId(form.id));
        let held = tokio::select! {
            held = self.hold_here(&form.database, hold, Some(term)) => held,
            _ = cancel.cancelled() => Err(NotHeld::NotLeader),
        };
        let (held, _slot) = match held {
            Ok(held) => held,
            Err(NotHeld::NotLeader) => return Answer::NotLeader(None),
            Err(NotHeld::Failed(error)) => return Answer::Outcome(Box::new(failed(error)), None),
        };
        interim.send(messages::encode(&Answer::Held(held.index()))).await;
        let (sender, mut told) = mpsc::unbounded_channel();
        let mut holding = Holding { held: Some(held), sequences, given: None, current: None, sender };
        loop {
            tokio::select! {
                biased;
                Some(word) = told.recv() => match holding.word(word) {
                    Some(answer) => interim.send(messages::encode(&answer)).await,
                    // The slot is lost, and everything with it.
                    None => return Answer::NotLeader(None),
                },
                further = interim.further() => {
                    let Some(further) = further else { return Answer::NotLeader(None) };
                    let further = match messages::decode::<Further>(&further) {
                        Ok(further) => further,
                        Err(why) => return Answer::Refused(why),
                    };
                    if further == Further::Commit {
                        return holding.commit().await;
                    }
                    holding.further(further);
                }
                _ = cancel.cancelled() => return Answer::NotLeader(None),
            }
        }
    }
}

struct Holding {
    held: Option<Held>,
    sequences: SessionSequences,
    /// What the other node knows that sequences have given.
    given: Option<SequenceValues>,
    current: Option<(u64, Running, Cancel)>,
    sender: mpsc::UnboundedSender<Word>,
}

/// What the writer says of a statement.
enum Word {
    Rows(u64, Vec<Row>),
    Ended(u64, Result<Ended, PgError>),
    Lost(u64),
}

impl Holding {
    /// What the other node is told; `None`: that the slot is lost.
    fn word(&mut self, word: Word) -> Option<Answer> {
        match word {
            Word::Rows(number, rows) => Some(Answer::Rows(number, rows)),
            Word::Ended(number, result) => {
                let now = self.sequences.get();
                let news = (self.given.as_ref() != Some(&now)).then(|| now.clone());
                self.given = Some(now);
                Some(Answer::Ended(number, result, news))
            }
            Word::Lost(number) => {
                tracing::debug!(number, "a forwarded transaction has lost the slot");
                None
            }
        }
    }

    fn further(&mut self, further: Further) {
        let Some(held) = &mut self.held else { return };
        match further {
            Further::Call(number, context, form) => {
                // The one before has ended: whoever asked has read it to its end, or closed it.
                self.current = None;
                let sink = Box::new(Sink { number, sender: self.sender.clone(), finished: false });
                match call_of(*form) {
                    Ok(call) => {
                        let cancel = Cancel::new();
                        let running = held.call(call, Arc::new(*context), cancel.clone(), sink);
                        self.current = Some((number, running, cancel));
                    }
                    Err(error) => {
                        // It would have failed the transaction.
                        self.held = None;
                        sink.finish(Err(error));
                    }
                }
            }
            Further::Cancel(number, code) => {
                if let Some((current, _, cancel)) = &self.current
                    && *current == number
                {
                    cancel.cancel(reason(&[code]));
                }
            }
            Further::More(number) => {
                if let Some((current, running, _)) = &self.current
                    && *current == number
                {
                    running.more();
                }
            }
            Further::Close(number) => drop(self.current.take_if(|(current, ..)| *current == number)),
            Further::Savepoint => held.savepoint(),
            Further::Release(left) => held.release(usize::try_from(left).unwrap_or(usize::MAX)),
            Further::RollbackTo(below) => held.rollback_to(usize::try_from(below).unwrap_or(usize::MAX)),
            Further::Commit => {}
        }
    }

    async fn commit(self) -> Answer {
        drop(self.current);
        let Some(held) = self.held else { return Answer::NotLeader(None) };
        let (sender, outcome) = oneshot::channel();
        held.commit(Reply::new(move |outcome| {
            let _ = sender.send(outcome);
        }));
        Answer::Outcome(Box::new(outcome.await.unwrap_or(Outcome::Unknown)), None)
    }
}

struct Sink {
    number: u64,
    sender: mpsc::UnboundedSender<Word>,
    finished: bool,
}

impl CallSink for Sink {
    fn rows(&mut self, rows: Vec<Row>) {
        let _ = self.sender.send(Word::Rows(self.number, rows));
    }

    fn finish(mut self: Box<Self>, result: Result<Ended, PgError>) {
        self.finished = true;
        let _ = self.sender.send(Word::Ended(self.number, result));
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        if !self.finished {
            let _ = self.sender.send(Word::Lost(self.number));
        }
    }
}
