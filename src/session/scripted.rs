//! A [`Backend`] that does what a test tells it: no files, no quorum, and every moment can be held.

use std::collections::VecDeque;
use std::future::Future;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::sync::Semaphore;

use crate::catalog::system::activity::Activity;
use crate::catalog::{Catalog, Change, Column, DatabaseInfo, Object, RoleSettings, SessionKey, Table};
use crate::cluster::{Hold, LockKey, Mode, ReadConsistency};
use crate::sql::{Action, Command, Plan, SessionContext};
use crate::storage::{
    Call, Cancel, CancelReason, DatabaseChange, DatabaseOutcome, Ended, Outcome, ReadError, StatementResult,
    Transaction,
};
use crate::types::{PgError, Row, SqlState, Type, Value};

use super::backend::{Backend, Held, Pinned, Rows};

/// What a read gives.
#[derive(Clone)]
pub enum Script {
    /// Rows of these values in this many batches of 100; values of the columns' types are made up.
    Batches(usize),
    /// Rows for ever.
    Endless,
    /// Nothing until it is cancelled.
    Hang,
    Fails(PgError),
    /// The plan is found stale, then another script's turn comes.
    Stale,
}

pub struct Scripted {
    catalog: Mutex<Arc<Catalog>>,
    /// The catalog that this node gets to know at the next barrier.
    pub unseen: Mutex<Option<Arc<Catalog>>>,
    /// Scripts of the reads to come; afterwards each read gives one row.
    pub reads: Arc<Mutex<VecDeque<Script>>>,
    /// Outcomes of the transactions to come; afterwards each succeeds.
    pub outcomes: Arc<Mutex<VecDeque<Outcome>>>,
    /// What was asked of the slot.
    pub slot: Arc<Mutex<Vec<String>>>,
    /// A transaction takes a permit; without one it waits, or hears of its cancel.
    pub writer: Semaphore,
    /// What was executed: the calls' texts, and whether it was to be rolled back.
    pub executed: Mutex<Vec<(Vec<String>, bool)>>,
    pub barriers: AtomicUsize,
    pub pins: AtomicUsize,
    /// Batches produced by all reads, reads that are still held, and why a transaction was cancelled.
    pub batches: Arc<AtomicUsize>,
    pub open_reads: Arc<AtomicUsize>,
    pub cancelled: Mutex<Vec<CancelReason>>,
    /// Advisory locks: by process id.
    pub locks: Mutex<Vec<(i32, LockKey, Mode)>>,
    pub lost_locks: Mutex<Vec<i32>>,
    pub signals: Mutex<Vec<(i32, CancelReason)>>,
    /// Sessions that may have temporary objects, and those of them that have ended.
    pub keeping: AtomicUsize,
    pub ended: AtomicUsize,
}

impl Scripted {
    /// A database `postgres` with a table `t (a int4, b text)`.
    pub fn new() -> Arc<Scripted> {
        let catalog = Catalog::empty().with(&[Change::put(Object::Table(table(16384, "t")))]);
        Arc::new(Scripted {
            catalog: Mutex::new(Arc::new(catalog)),
            unseen: Mutex::default(),
            reads: Arc::default(),
            outcomes: Arc::default(),
            slot: Arc::default(),
            writer: Semaphore::new(Semaphore::MAX_PERMITS),
            executed: Mutex::default(),
            barriers: AtomicUsize::new(0),
            pins: AtomicUsize::new(0),
            batches: Arc::default(),
            open_reads: Arc::default(),
            cancelled: Mutex::default(),
            locks: Mutex::default(),
            lost_locks: Mutex::default(),
            signals: Mutex::default(),
            keeping: AtomicUsize::new(0),
            ended: AtomicUsize::new(0),
        })
    }

    pub fn script(&self, script: Script) {
        self.reads.lock().unwrap().push_back(script);
    }

    /// Another node has made this change.
    pub fn change_elsewhere(&self, changes: &[Change]) {
        let next = self.catalog.lock().unwrap().with(changes);
        *self.unseen.lock().unwrap() = Some(Arc::new(next));
    }

    /// This node knows of it at once.
    pub fn change(&self, changes: &[Change]) {
        let mut catalog = self.catalog.lock().unwrap();
        *catalog = Arc::new(catalog.with(changes));
    }

    fn reading(&self) -> Reading {
        Reading { scripts: self.reads.clone(), batches: self.batches.clone(), open: self.open_reads.clone() }
    }

    /// No writes until permits are given.
    pub fn hold_writer(&self) {
        self.writer.forget_permits(usize::MAX);
    }
}

/// A table `name (a int4, b text)`.
pub fn table(oid: u32, name: &str) -> Table {
    let column = |attnum, name: &str, ty| Column {
        attnum,
        name: name.into(),
        stored_name: name.into(),
        ty,
        typmod: -1,
        not_null: false,
        default: None,
        identity: None,
        generated: None,
        comment: None,
        domain: 0,
        storage: crate::catalog::ColumnStorage::default(),
        collation: None,
    };
    Table::plain(oid, "public", name, vec![column(1, "a", Type::INT4), column(2, "b", Type::TEXT)])
}

fn row_of(plan: &Plan) -> Row {
    let value = |ty| match ty {
        Type::INT4 => Value::Int4(7),
        Type::INT8 => Value::Int8(8),
        Type::BOOL => Value::Bool(true),
        _ => Value::Text("x".repeat(50)),
    };
    plan.columns.iter().flatten().map(|column| value(column.ty)).collect()
}

impl Backend for Scripted {
    type Rows = ScriptedRows;
    type Pinned = ScriptedPin;
    type Held = ScriptedHeld;

    fn catalog(&self, database: &str) -> Option<Arc<Catalog>> {
        (database == "postgres").then(|| self.catalog.lock().unwrap().clone())
    }

    async fn read_barrier(&self, _consistency: ReadConsistency, _session_index: u64) -> Result<(), PgError> {
        self.barriers.fetch_add(1, Ordering::SeqCst);
        if let Some(catalog) = self.unseen.lock().unwrap().take() {
            *self.catalog.lock().unwrap() = catalog;
        }
        Ok(())
    }

    fn read(
        &self,
        _database: &str,
        plan: Arc<Plan>,
        _params: Vec<Value>,
        _context: Arc<SessionContext>,
        cancel: Cancel,
    ) -> Result<ScriptedRows, PgError> {
        Ok(self.reading().read(&plan, cancel))
    }

    async fn pin(&self, _database: &str) -> Result<ScriptedPin, PgError> {
        self.pins.fetch_add(1, Ordering::SeqCst);
        Ok(ScriptedPin { catalog: self.catalog.lock().unwrap().clone(), reading: self.reading() })
    }

    async fn hold(&self, _database: &str, hold: Hold) -> Result<ScriptedHeld, PgError> {
        let wish = format!("hold {:?} {}", hold.version, hold.savepoints);
        self.slot.lock().unwrap().push(wish);
        self.writer.acquire().await.unwrap().forget();
        Ok(ScriptedHeld {
            reading: self.reading(),
            log: self.slot.clone(),
            outcomes: self.outcomes.clone(),
            done: false,
        })
    }

    fn process_ids(&self) -> std::ops::Range<i32> {
        1..i32::MAX
    }

    async fn lock(&self, session: i32, key: LockKey, mode: Mode, tries: bool) -> Result<bool, PgError> {
        let lock = |held: &mut Vec<(i32, LockKey, Mode)>| {
            let exclusive = |other: Mode| mode == Mode::Exclusive || other == Mode::Exclusive;
            let taken = held.iter().any(|(other, k, m)| *other != session && *k == key && exclusive(*m));
            if !taken {
                held.push((session, key.clone(), mode));
            }
            !taken
        };
        loop {
            if lock(&mut self.locks.lock().unwrap()) {
                return Ok(true);
            }
            if tries {
                return Ok(false);
            }
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    }

    fn unlock(&self, session: i32, key: LockKey, mode: Mode) -> impl Future<Output = ()> + Send + use<> {
        self.locks.lock().unwrap().retain(|held| *held != (session, key.clone(), mode));
        async {}
    }

    fn unlock_session(&self, session: i32) {
        self.locks.lock().unwrap().retain(|(holder, ..)| *holder != session);
    }

    fn keeps_locks(&self, session: i32) -> bool {
        !self.lost_locks.lock().unwrap().contains(&session)
    }

    async fn activity(&self) -> (Vec<Activity>, Vec<u64>) {
        Default::default()
    }

    fn new_session(&self) -> SessionKey {
        SessionKey::default()
    }

    fn keep_temporary(&self, _session: SessionKey) {
        self.keeping.fetch_add(1, Ordering::SeqCst);
    }

    fn end_temporary(&self, _session: SessionKey) {
        self.ended.fetch_add(1, Ordering::SeqCst);
    }

    fn databases(&self) -> Vec<DatabaseInfo> {
        Vec::new()
    }

    fn settings(&self) -> Arc<[RoleSettings]> {
        Arc::default()
    }

    async fn change_database(&self, _change: DatabaseChange) -> Result<DatabaseOutcome, PgError> {
        Ok(DatabaseOutcome::Done)
    }

    async fn signal(&self, session: i32, reason: CancelReason) -> Result<bool, PgError> {
        self.signals.lock().unwrap().push((session, reason));
        Ok(session == 1)
    }

    fn execute(&self, _database: &str, transaction: Transaction) -> impl Future<Output = Outcome> + Send {
        let texts = transaction.calls.iter().map(|call| call.statement.text.clone()).collect();
        self.executed.lock().unwrap().push((texts, transaction.abort_with.is_some()));
        async move {
            tokio::select! {
                permit = self.writer.acquire() => permit.unwrap().forget(),
                reason = transaction.cancel.cancelled() => {
                    self.cancelled.lock().unwrap().push(reason);
                    return Outcome::Failed { results: vec![], error: transaction.cancel.error().unwrap() };
                }
            }
            if let Some(outcome) = self.outcomes.lock().unwrap().pop_front() {
                return outcome;
            }
            let results = transaction.calls.iter().map(|call| result(call.plan.as_deref())).collect();
            match transaction.abort_with {
                Some(error) => Outcome::Failed { results, error },
                None => Outcome::Committed { index: 1, results },
            }
        }
    }
}

/// What reads need of the backend.
struct Reading {
    scripts: Arc<Mutex<VecDeque<Script>>>,
    batches: Arc<AtomicUsize>,
    open: Arc<AtomicUsize>,
}

impl Reading {
    fn read(&self, plan: &Plan, cancel: Cancel) -> ScriptedRows {
        self.open.fetch_add(1, Ordering::SeqCst);
        let script = self.scripts.lock().unwrap().pop_front();
        let first = script.is_none();
        ScriptedRows {
            script: script.unwrap_or(Script::Batches(0)),
            first,
            row: row_of(plan),
            cancel,
            batches: self.batches.clone(),
            open: self.open.clone(),
            ended: None,
        }
    }
}

/// The slot: keeps a log, and statements follow the scripts like reads.
pub struct ScriptedHeld {
    reading: Reading,
    log: Arc<Mutex<Vec<String>>>,
    outcomes: Arc<Mutex<VecDeque<Outcome>>>,
    done: bool,
}

impl ScriptedHeld {
    fn log(&self, what: String) {
        self.log.lock().unwrap().push(what);
    }
}

impl Drop for ScriptedHeld {
    fn drop(&mut self) {
        if !self.done {
            self.log("dropped".to_owned());
        }
    }
}

impl Held for ScriptedHeld {
    type Rows = ScriptedRows;

    fn call(&mut self, call: Call, _context: Arc<SessionContext>, cancel: Cancel) -> ScriptedRows {
        self.log(call.statement.text.clone());
        let plan = call.plan.unwrap();
        let mut rows = self.reading.read(&plan, cancel);
        rows.first &= plan.columns.is_some();
        let changes = match &plan.action {
            Action::Schema(schema) => schema.changes(),
            _ => Vec::new(),
        };
        rows.ended = Some(Ended { tag: result(Some(&plan)).tag, notices: Vec::new(), changes });
        rows
    }

    fn savepoint(&mut self) {
        self.log("savepoint".to_owned());
    }

    fn release(&mut self, left: usize) {
        self.log(format!("release {left}"));
    }

    fn rollback_to(&mut self, below: usize) {
        self.log(format!("rollback to {below}"));
    }

    async fn commit(mut self) -> Outcome {
        self.done = true;
        self.log("commit".to_owned());
        let scripted = self.outcomes.lock().unwrap().pop_front();
        scripted.unwrap_or(Outcome::Committed { index: 1, results: Vec::new() })
    }
}

/// A snapshot: its reads follow the scripts too.
pub struct ScriptedPin {
    catalog: Arc<Catalog>,
    reading: Reading,
}

impl Pinned for ScriptedPin {
    type Rows = ScriptedRows;

    fn catalog(&self) -> &Arc<Catalog> {
        &self.catalog
    }

    fn version(&self) -> u64 {
        5
    }

    fn read(
        &self,
        plan: Arc<Plan>,
        _params: Vec<Value>,
        _context: Arc<SessionContext>,
        cancel: Cancel,
    ) -> ScriptedRows {
        self.reading.read(&plan, cancel)
    }
}

/// What a call comes to when nothing is scripted: one row affected.
pub fn result(plan: Option<&Plan>) -> StatementResult {
    let tag = match plan.map(|plan| &plan.action) {
        Some(Action::Write(write)) => match write.command {
            Command::Insert => "INSERT 0 1",
            Command::Update => "UPDATE 1",
            Command::Delete => "DELETE 1",
            Command::Merge => "MERGE 1",
            Command::Select | Command::Lock(_) => "SELECT 1",
        },
        Some(Action::Schema(schema)) => schema.tag,
        _ => "SELECT 1",
    };
    let columns = plan.and_then(|plan| plan.columns.clone());
    let rows = plan.filter(|plan| plan.columns.is_some()).map(row_of).into_iter().collect();
    StatementResult { tag: tag.to_owned(), columns, rows, notices: Vec::new() }
}

/// An error for scripts.
pub fn division_by_zero() -> PgError {
    PgError::new(SqlState::DIVISION_BY_ZERO, "division by zero")
}

pub struct ScriptedRows {
    script: Script,
    /// One more row is due.
    first: bool,
    row: Row,
    cancel: Cancel,
    batches: Arc<AtomicUsize>,
    open: Arc<AtomicUsize>,
    /// Of a statement in the slot.
    ended: Option<Ended>,
}

impl Drop for ScriptedRows {
    fn drop(&mut self) {
        self.open.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Rows for ScriptedRows {
    async fn next(&mut self) -> Option<Result<Vec<Row>, ReadError>> {
        if let Some(error) = self.cancel.error() {
            return Some(Err(ReadError::Pg(error)));
        }
        if std::mem::take(&mut self.first) {
            return Some(Ok(vec![self.row.clone()]));
        }
        match &mut self.script {
            Script::Batches(0) => return None,
            Script::Batches(left) => *left -= 1,
            Script::Endless => tokio::task::yield_now().await,
            Script::Hang => std::future::pending().await,
            Script::Fails(error) => return Some(Err(ReadError::Pg(error.clone()))),
            Script::Stale => return Some(Err(ReadError::StalePlan)),
        }
        self.batches.fetch_add(1, Ordering::SeqCst);
        Some(Ok(vec![self.row.clone(); 100]))
    }

    fn ended(&mut self) -> Option<Ended> {
        self.ended.take()
    }
}
