//! Storage without Raft: each test plays consensus itself.
//!
//! A [`Rig`] is one node's storage with an outbox of proposals. What a test commits goes through an entry's bytes,
//! as in the log. Plans are built by hand, so that nothing above storage takes part.

mod ahead;
mod basics;
mod capture;
mod crash;
mod databases;
mod files;
mod fuzz;
mod lent;
mod pieces;
mod reading;
mod schema_changes;
mod slot;
mod statements;
mod together;
mod writer;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rusqlite::Connection;

use super::*;
use crate::catalog::{Catalog, Change, SessionKey};
use crate::sql::{Action, Command, Plan, Query, ResultColumn, Schema, SchemaStep, SessionContext, Statement, Write};
use crate::types::{PgError, Row, Type, Value};

/// Longer than anything takes.
const PATIENCE: Duration = Duration::from_secs(30);

/// One node.
pub(super) struct Rig {
    pub storage: Arc<Storage>,
    pub node: u64,
    pub term: u64,
    pub index: u64,
    /// The database that its clients are in.
    pub name: String,
    outbox: Receiver<(String, u64, Entry)>,
    proposer: Arc<Outbox>,
}

struct Outbox(Mutex<Sender<(String, u64, Entry)>>);

impl Propose for Outbox {
    fn propose(&self, file: &str, number: u64, entry: Entry) {
        let _ = self.0.lock().unwrap().send((file.to_owned(), number, entry));
    }
}

/// Which batch of this process it is.
const INCARNATION: u64 = 99;

impl Rig {
    pub fn open(data: &Path) -> Rig {
        Rig::open_with(data, Options::default())
    }

    pub fn open_with(data: &Path, options: Options) -> Rig {
        let storage = Storage::open(data, options).unwrap();
        let (sender, outbox) = channel();
        let index = storage.applied().map_or(0, |applied| applied.index);
        let proposer = Arc::new(Outbox(Mutex::new(sender)));
        Rig { storage, node: 1, term: 1, index, name: "postgres".to_owned(), outbox, proposer }
    }

    /// Becomes the leader of the next term.
    pub fn lead(&mut self) {
        self.term += 1;
        self.apply(&Entry::Open { node: self.node, incarnation: INCARNATION }).unwrap();
        self.storage.lead(self.node, self.term, INCARNATION, self.proposer.clone());
    }

    pub fn database(&self) -> Arc<Database> {
        self.storage.database(&self.name).unwrap()
    }

    /// The next entry of the log.
    pub fn apply(&mut self, entry: &Entry) -> Result<Applied, StorageError> {
        self.index += 1;
        let log_id = LogId { term: self.term, node: self.node, index: self.index };
        let entry = Entry::decode(&entry.encode()).unwrap();
        match &entry {
            // It must not matter by which way.
            Entry::Batch(batch) if batch.files.len() == 1 && self.index.is_multiple_of(2) => {
                let (sender, applied) = channel();
                let then = move |result: Result<Vec<_>, _>| drop(sender.send(result.map(|mut all| all.remove(0))));
                self.storage.apply_then(&[(log_id, batch)], then);
                let stopped = |_| Err(self.storage.failure().expect("a reason"));
                applied.recv_timeout(PATIENCE).unwrap_or_else(stopped)
            }
            entry => self.storage.apply(log_id, entry),
        }
    }

    pub fn submit(&self, statements: Vec<Call>) -> Receiver<Outcome> {
        self.submit_with(statements, Cancel::new(), None)
    }

    pub fn submit_with(&self, mut calls: Vec<Call>, cancel: Cancel, abort_with: Option<PgError>) -> Receiver<Outcome> {
        let mut version = self.database().catalog().version;
        for call in &mut calls {
            let Some(plan) = &mut call.plan else { continue };
            let plan = Arc::make_mut(plan);
            plan.catalog_version = version;
            if let Action::Schema(schema) = &plan.action {
                version += u64::from(schema.steps.iter().any(|step| matches!(step, SchemaStep::Catalog(_))));
            }
        }
        let (sender, receiver) = channel();
        let sequences = SessionSequences::default();
        let transaction =
            Transaction { id: TransactionId(random()), context: context(), sequences, calls, abort_with, cancel };
        self.database().execute(transaction, Reply::new(move |outcome| sender.send(outcome).unwrap()));
        receiver
    }

    /// The next proposal.
    pub fn proposal(&self) -> (u64, Entry) {
        let (file, number, entry) = self.outbox.recv_timeout(PATIENCE).expect("a proposal");
        assert_eq!(file, self.database().shared.file);
        (number, entry)
    }

    pub fn no_proposal(&self) {
        assert!(self.outbox.recv_timeout(Duration::from_millis(50)).is_err(), "a proposal");
    }

    /// Executes and commits, as a cluster of one would; the entry too, if there was one.
    pub fn run(&mut self, calls: Vec<Call>) -> (Outcome, Option<Entry>) {
        let (outcome, mut entries) = self.run_all(calls);
        assert!(entries.len() <= 1, "in pieces");
        (outcome, entries.pop())
    }

    /// … and its pieces.
    pub fn run_all(&mut self, calls: Vec<Call>) -> (Outcome, Vec<Entry>) {
        let mut entries = Vec::new();
        let outcome = self.submit(calls);
        loop {
            match outcome.recv_timeout(Duration::from_millis(1)) {
                Ok(outcome) => return (outcome, entries),
                Err(RecvTimeoutError::Disconnected) => panic!("no answer"),
                Err(RecvTimeoutError::Timeout) => {}
            }
            if let Ok((_, _, entry)) = self.outbox.try_recv() {
                self.apply(&entry).unwrap();
                entries.push(entry);
                if matches!(entries.last(), Some(Entry::Batch(_))) {
                    return (outcome.recv_timeout(PATIENCE).expect("an answer"), entries);
                }
            }
        }
    }

    /// … and it must succeed.
    pub fn must(&mut self, calls: Vec<Call>) -> Vec<StatementResult> {
        match self.run_all(calls).0 {
            Outcome::Committed { results, .. } => results,
            other => panic!("{other:?}"),
        }
    }

    pub fn must_fail(&mut self, calls: Vec<Call>) -> PgError {
        match self.run(calls).0 {
            Outcome::Failed { error, .. } => error,
            other => panic!("{other:?}"),
        }
    }

    /// A read through the reader pool.
    pub fn read(&self, sql: &str, columns: &[Type]) -> Result<Vec<Row>, ReadError> {
        let plan =
            Plan { catalog_version: self.database().catalog().version, ..(*query(sql, columns).plan.unwrap()).clone() };
        let (sender, receiver) = channel();
        self.database().read(Read {
            plan: Arc::new(plan),
            params: Vec::new(),
            context: context(),
            cancel: Cancel::new(),
            sink: Box::new(Collect { rows: Vec::new(), sender }),
        });
        receiver.recv_timeout(PATIENCE).expect("the read's end")
    }

    /// A connection as another process would have.
    pub fn outside(&self) -> Connection {
        let path = self.database().shared.path.clone();
        Connection::open_with_flags(path, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap()
    }

    pub fn dump(&self) -> Dump {
        dump(&self.outside())
    }
}

pub(super) struct Collect {
    pub rows: Vec<Row>,
    pub sender: Sender<Result<Vec<Row>, ReadError>>,
}

impl RowSink for Collect {
    fn rows(&mut self, rows: Vec<Row>) -> bool {
        self.rows.extend(rows);
        true
    }

    fn finish(self: Box<Self>, result: Result<(), ReadError>) {
        let Collect { rows, sender } = *self;
        let _ = sender.send(result.map(|()| rows));
    }
}

fn random() -> [u8; 16] {
    rand::random()
}

pub(super) fn context() -> Arc<SessionContext> {
    Arc::new(SessionContext {
        user: "postgres".to_owned(),
        database: "postgres".to_owned(),
        search_path: vec!["public".to_owned()],
        pid: 1,
        session: SessionKey { node: 1, run: 1, number: 1 },
        ..SessionContext::default()
    })
}

fn call(action: Action, columns: Option<&[Type]>, params: Vec<Value>) -> Call {
    let column =
        |ty: &Type| ResultColumn { name: "c".to_owned(), ty: *ty, elements: 0, typmod: -1, table_oid: 0, attnum: 0 };
    let plan = Plan {
        catalog_version: 0,
        params: Vec::new(),
        values: Vec::new(),
        columns: columns.map(|columns| columns.iter().map(column).collect()),
        action,
        of_sessions: false,
        positions: None,
    };
    // Never bound: the plan is always current.
    let statement: Statement = crate::sql::parse("SELECT 1").expect("it parses").remove(0);
    Call {
        statement: Arc::new(statement),
        declared: Vec::new(),
        params,
        rows: Vec::new(),
        plan: Some(Arc::new(plan)),
        columns: None,
        only_at: None,
        taken_as_brief: None,
    }
}

/// A statement as clients send it, bound where it runs.
pub(super) fn sql(text: &str) -> Call {
    let statement = Arc::new(crate::sql::parse(text).expect("it parses").remove(0));
    let (declared, params, rows) = (Vec::new(), Vec::new(), Vec::new());
    Call { statement, declared, params, rows, plan: None, columns: None, only_at: None, taken_as_brief: None }
}

pub(super) fn query(sql: &str, columns: &[Type]) -> Call {
    call(
        Action::Read(Query {
            sql: sql.to_owned(),
            brief: false,
            calls: Vec::new(),
            of_session: false,
            goes_backward: false,
        }),
        Some(columns),
        Vec::new(),
    )
}

pub(super) fn write(sql: &str) -> Call {
    write_with(sql, Vec::new())
}

pub(super) fn write_with(sql: &str, params: Vec<Value>) -> Call {
    let word = sql.split_whitespace().next().unwrap_or_default().to_ascii_uppercase();
    let command = match word.as_str() {
        "UPDATE" => Command::Update,
        "DELETE" => Command::Delete,
        "SELECT" => Command::Select,
        _ => Command::Insert,
    };
    call(
        Action::Write(Write {
            // It must not matter: both occur.
            brief: sql.len().is_multiple_of(2),
            sql: sql.to_owned(),
            command,
            table_oid: 0,
            verify: Vec::new(),
            steps: Vec::new(),
            temporary: false,
            current_of: None,
            renumbers: Vec::new(),
        }),
        None,
        params,
    )
}

pub(super) fn returning(sql: &str, columns: &[Type]) -> Call {
    let mut call = write(sql);
    let plan = Arc::make_mut(call.plan.as_mut().unwrap());
    let column =
        |ty: &Type| ResultColumn { name: "c".to_owned(), ty: *ty, elements: 0, typmod: -1, table_oid: 0, attnum: 0 };
    plan.columns = Some(columns.iter().map(column).collect());
    if let Action::Write(write) = &mut plan.action {
        write.brief = false;
    }
    call
}

pub(super) fn schema(steps: Vec<SchemaStep>) -> Call {
    call(Action::Schema(Schema { steps, tag: "DDL", command: Some("DDL"), notices: Vec::new() }), None, Vec::new())
}

pub(super) fn ddl(text: &str) -> Call {
    schema(vec![SchemaStep::Sqlite(text.to_owned())])
}

/// A schema with every row of every table, as text; rowids are part of the rows.
pub(super) type Dump = BTreeMap<String, Vec<String>>;

/// Written apart from `digest`, so that one checks the other.
pub(super) fn dump(connection: &Connection) -> Dump {
    let texts = |sql: &str| -> Vec<String> {
        let mut statement = connection.prepare(sql).unwrap();
        let columns = statement.column_count();
        let mut rows = statement.query([]).unwrap();
        let mut texts = Vec::new();
        while let Some(row) = rows.next().unwrap() {
            let values: Vec<String> =
                (0..columns).map(|column| format!("{:?}", row.get_ref(column).unwrap())).collect();
            texts.push(values.join(" "));
        }
        texts
    };
    let mut dump = Dump::new();
    dump.insert("(schema)".to_owned(), texts("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY 1, 2, 3"));
    let mut names = connection
        .prepare("SELECT name, wr FROM pragma_table_list WHERE type IN ('table', 'shadow') AND schema = 'main'")
        .unwrap();
    let names = names.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, bool>(1)?))).unwrap();
    for (name, without_rowid) in names.map(Result::unwrap) {
        // What ANALYZE writes for the planner has no order of its own (stat1) and random samples (stat4).
        if name.starts_with("sqlite_stat")
            || ["sqlite_schema", "_quorlite_meta", "_quorlite_decisions"].contains(&name.as_str())
        {
            continue;
        }
        let rowid = if without_rowid { "0" } else { "rowid" };
        let table = name.replace('"', "\"\"");
        dump.insert(name, texts(&format!("SELECT {rowid} AS r, * FROM \"{table}\" ORDER BY 1, 2")));
    }
    dump
}

/// Says what differs, not all there is.
pub(super) fn assert_same(left: &Dump, right: &Dump, context: &str) {
    let tables: std::collections::BTreeSet<&String> = left.keys().chain(right.keys()).collect();
    for table in tables {
        let none = Vec::new();
        let (a, b) = (left.get(table).unwrap_or(&none), right.get(table).unwrap_or(&none));
        let only = |a: &[String], b: &[String]| a.iter().filter(|row| !b.contains(row)).cloned().collect::<Vec<_>>();
        assert!(a == b, "{context}: table {table}:\n  {:?}\n  {:?}", only(a, b), only(b, a));
    }
}
