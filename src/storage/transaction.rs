//! A client transaction to be executed on the leader's writer, and what came of it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Cancel, SessionSequences, TransactionId};
use crate::sql::{Action, Plan, ResultColumn, SessionContext, Statement, changed_shape};
use crate::types::{PgError, Row, Type, Value};

/// Statements that commit or fail as one. Reads among them see the writes before them.
#[derive(Clone)]
pub struct Transaction {
    pub id: TransactionId,
    pub context: Arc<SessionContext>,
    /// The session's, which hears by it what nextval() gives.
    pub sequences: SessionSequences,
    pub calls: Vec<Call>,
    /// The session already knows that this must not commit (a later statement of the same string or pipeline is
    /// wrong, or ROLLBACK): the calls run for their results, then everything is rolled back, and the outcome is
    /// [`Outcome::Failed`] with this error (unless a call fails first, with its own).
    pub abort_with: Option<PgError>,
    pub cancel: Cancel,
}

/// One statement with its parameters.
#[derive(Clone)]
pub struct Call {
    pub statement: Arc<Statement>,
    /// As given in Parse, for binding.
    pub declared: Vec<Type>,
    pub params: Vec<Value>,
    /// Where there are any, the statement (an INSERT without RETURNING) runs once for each of these instead of
    /// `params`, and the position of an error counts them, from 1.
    pub rows: Vec<Row>,
    /// A plan the session already has: used if its catalog version is the writer's at that point,
    /// otherwise the writer binds the statement anew.
    pub plan: Option<Arc<Plan>>,
    /// The columns that the client has been told of: a statement that turns out to have others fails.
    pub columns: Option<Arc<[ResultColumn]>>,
    /// The only version of the catalog at which it means what its client has written: at another it fails, as one whose columns have
    /// changed does, and is to be read again.
    pub only_at: Option<u64>,
    /// At which version of the catalog the node that sent it, which had a plan, takes it to be over in microseconds.
    pub taken_as_brief: Option<u64>,
}

impl Call {
    /// A statement without parameters, nothing of which is known yet.
    pub fn plain(statement: Statement) -> Call {
        Call {
            statement: Arc::new(statement),
            declared: Vec::new(),
            params: Vec::new(),
            rows: Vec::new(),
            plan: None,
            columns: None,
            only_at: None,
            taken_as_brief: None,
        }
    }

    /// 0A000 where it may mean something else by now.
    pub fn check_version(&self, catalog: u64) -> Result<(), PgError> {
        if self.only_at.is_none_or(|only| only == catalog) { Ok(()) } else { Err(changed_shape()) }
    }
}

/// The parameters of a brief statement at most.
const BRIEF_BYTES: usize = 16 << 10;

impl Call {
    /// The version of the catalog at which it is over in microseconds, and gives a row at most.
    pub fn brief_at(&self) -> Option<u64> {
        let brief = |plan: &Arc<Plan>| match &plan.action {
            Action::Read(query) => query.brief.then_some(plan.catalog_version),
            Action::Write(write) => write.brief.then_some(plan.catalog_version),
            _ => None,
        };
        let small = || self.params.iter().map(Value::size).sum::<usize>() <= BRIEF_BYTES;
        if !self.rows.is_empty() || !small() {
            return None;
        }
        self.plan.as_ref().map_or(self.taken_as_brief, brief)
    }
}

/// Statements of a transaction that is over in microseconds, at most.
const BRIEF_CALLS: usize = 4;

impl Transaction {
    /// Whether it is brief where the catalog has this version.
    pub(super) fn is_brief(&self, catalog: u64) -> bool {
        self.calls.len() <= BRIEF_CALLS && self.calls.iter().all(|call| call.brief_at() == Some(catalog))
    }
}

/// Who hears of a transaction, on whichever thread has the writer. Must not block.
pub struct Reply {
    answer: Box<dyn FnOnce(Outcome) + Send>,
    executed: Option<Executed>,
}

type Executed = Box<dyn FnOnce(&[StatementResult]) -> Vec<u8> + Send>;

impl Reply {
    /// `answer` is called once with the outcome.
    pub fn new(answer: impl FnOnce(Outcome) + Send + 'static) -> Reply {
        Reply { answer: Box::new(answer), executed: None }
    }

    /// `executed` is called before that, when the transaction has been executed and its batch is being proposed: if
    /// its entry is accepted, these are the results. What it returns goes along in the entry, for the node that asked, should
    /// this one die before it has told.
    pub fn when_executed(self, executed: impl FnOnce(&[StatementResult]) -> Vec<u8> + Send + 'static) -> Reply {
        Reply { executed: Some(Box::new(executed)), ..self }
    }

    pub(super) fn executed(&mut self, results: &[StatementResult]) -> Vec<u8> {
        self.executed.take().map_or(Vec::new(), |executed| executed(results))
    }

    pub(super) fn send(self, outcome: Outcome) {
        (self.answer)(outcome);
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Outcome {
    /// On disk on a majority, and here as soon as the index is applied.
    Committed {
        /// Raft index of its entry.
        index: u64,
        results: Vec<StatementResult>,
    },
    /// A statement failed; nothing has changed. `results` are those of the statements before it.
    Failed { results: Vec<StatementResult>, error: PgError },
    /// Certainly not applied, by this id, and never will be: this node does not lead. May be
    /// retried elsewhere.
    NotLeader,
    /// Applied as a no-op because the state had moved on (base version): nothing has changed.
    /// May be retried.
    Superseded,
    /// Proposed, and its fate is not known.
    Unknown,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StatementResult {
    /// e.g. `INSERT 0 1`.
    pub tag: String,
    /// As in [`Plan::columns`].
    pub columns: Option<Vec<ResultColumn>>,
    pub rows: Vec<Row>,
    pub notices: Vec<PgError>,
}
