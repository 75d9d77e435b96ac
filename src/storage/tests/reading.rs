//! The reader pool.

use std::io::Read as _;

use super::*;
use crate::types::SqlState;

fn ready(dir: &Path, options: Options) -> Rig {
    let mut rig = Rig::open_with(dir, options);
    rig.lead();
    rig.must(vec![
        ddl("CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT)"),
        write(
            "WITH RECURSIVE c (v) AS (SELECT 1 UNION ALL SELECT v + 1 FROM c WHERE v < 20000) \
               INSERT INTO t SELECT v, 'row ' || v FROM c",
        ),
    ]);
    rig
}

const ENDLESS: &str = "WITH RECURSIVE c (v) AS (SELECT 1 UNION ALL SELECT v + 1 FROM c) SELECT count(*) FROM c";

fn start(rig: &Rig, sql: &str, cancel: &Cancel, sink: Box<dyn RowSink>) {
    let plan = Plan {
        catalog_version: rig.database().catalog().version,
        ..(*query(sql, &[Type::INT8]).plan.unwrap()).clone()
    };
    rig.database().read(Read {
        plan: Arc::new(plan),
        params: Vec::new(),
        context: context(),
        cancel: cancel.clone(),
        sink,
    });
}

/// Passes batches on as they come; ends when nobody wants them.
struct Batches(std::sync::mpsc::SyncSender<Result<Vec<Row>, Option<ReadError>>>);

impl RowSink for Batches {
    fn rows(&mut self, rows: Vec<Row>) -> bool {
        self.0.send(Ok(rows)).is_ok()
    }

    fn finish(self: Box<Self>, result: Result<(), ReadError>) {
        let _ = self.0.send(Err(result.err()));
    }
}

#[test]
fn rows_stream_in_batches_from_one_snapshot() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = ready(dir.path(), Options::default());
    let (sender, batches) = std::sync::mpsc::sync_channel(1);
    start(&rig, "SELECT a FROM t ORDER BY a", &Cancel::new(), Box::new(Batches(sender)));
    let first = batches.recv_timeout(PATIENCE).unwrap().unwrap();
    assert!(first.len() < 5000, "{}", first.len());
    // The reader waits for its client; the writer goes on.
    rig.must(vec![write("DELETE FROM t")]);
    let mut rows = first.len();
    while let Ok(batch) = batches.recv_timeout(PATIENCE).unwrap() {
        rows += batch.len();
    }
    assert_eq!(rows, 20000);
    assert_eq!(rig.read("SELECT count(*) FROM t", &[Type::INT8]).unwrap(), [[Value::Int8(0)]]);
}

#[test]
fn a_client_that_wants_no_more_ends_the_read() {
    let dir = tempfile::tempdir().unwrap();
    let rig = ready(dir.path(), Options { max_readers: 1, ..Options::default() });
    let (sender, batches) = std::sync::mpsc::sync_channel(1);
    start(&rig, "SELECT a FROM t", &Cancel::new(), Box::new(Batches(sender)));
    batches.recv_timeout(PATIENCE).unwrap().unwrap();
    drop(batches);
    assert_eq!(rig.read("SELECT 1", &[Type::INT4]).unwrap(), [[Value::Int4(1)]], "the only reader is free again");
}

#[test]
fn a_running_read_hears_of_its_cancel() {
    let dir = tempfile::tempdir().unwrap();
    let rig = ready(dir.path(), Options { max_readers: 1, ..Options::default() });
    let (cancel, (sender, receiver)) = (Cancel::new(), channel());
    start(&rig, ENDLESS, &cancel, Box::new(Collect { rows: Vec::new(), sender }));
    std::thread::sleep(Duration::from_millis(30));
    cancel.cancel(CancelReason::UserRequest);
    let Err(ReadError::Pg(error)) = receiver.recv_timeout(PATIENCE).unwrap() else { panic!() };
    assert_eq!(error.message, "canceling statement due to user request");
    // The next one on the same connection is not concerned.
    assert_eq!(rig.read("SELECT count(*) FROM t", &[Type::INT8]).unwrap(), [[Value::Int8(20000)]]);
}

#[test]
fn a_plan_of_another_catalog_is_stale() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = ready(dir.path(), Options::default());
    let sequence = crate::catalog::Sequence {
        oid: 20000,
        schema: "public".to_owned(),
        name: "s".to_owned(),
        ty: Type::INT8,
        start: 1,
        increment: 1,
        min: 1,
        max: 10,
        cycle: false,
        owned_by: None,
        restart: None,
        comment: None,
        cache: 1,
    };
    let before = rig.database().catalog().version;
    rig.must(vec![schema(vec![SchemaStep::Catalog(Change::put(crate::catalog::Object::Sequence(sequence)))])]);
    let plan = Plan { catalog_version: before, ..(*query("SELECT 1", &[Type::INT4]).plan.unwrap()).clone() };
    let (sender, receiver) = channel();
    let sink = Box::new(Collect { rows: Vec::new(), sender });
    let cancel = Cancel::new();
    rig.database().read(Read { plan: Arc::new(plan), params: Vec::new(), context: context(), cancel, sink });
    assert!(matches!(receiver.recv_timeout(PATIENCE).unwrap(), Err(ReadError::StalePlan)));
    assert_eq!(rig.database().catalog().version, before + 1);
    assert!(rig.read("SELECT 1", &[Type::INT4]).is_ok());
}

#[test]
fn more_reads_than_readers_wait_their_turn() {
    let dir = tempfile::tempdir().unwrap();
    let rig = ready(dir.path(), Options { max_readers: 2, ..Options::default() });
    let cancel = Cancel::new();
    let waiting: Vec<_> = (0..6)
        .map(|number| {
            let (sender, receiver) = channel();
            let sql = if number < 2 { ENDLESS.to_owned() } else { format!("SELECT {number}") };
            start(&rig, &sql, &cancel, Box::new(Collect { rows: Vec::new(), sender }));
            receiver
        })
        .collect();
    assert!(waiting[5].recv_timeout(Duration::from_millis(50)).is_err(), "both readers are busy");
    cancel.cancel(CancelReason::StatementTimeout);
    for waiting in &waiting {
        // The queued ones share the cancel, but were over before it mattered to them.
        let _ = waiting.recv_timeout(PATIENCE).unwrap();
    }
}

#[test]
fn a_panicking_client_costs_no_reader() {
    struct Panics(Sender<()>);
    impl RowSink for Panics {
        fn rows(&mut self, _: Vec<Row>) -> bool {
            panic!("a client's fault");
        }
        fn finish(self: Box<Self>, result: Result<(), ReadError>) {
            assert!(matches!(result, Err(ReadError::Pg(_))));
            let _ = self.0.send(());
        }
    }
    let dir = tempfile::tempdir().unwrap();
    let rig = ready(dir.path(), Options { max_readers: 1, ..Options::default() });
    let (sender, receiver) = channel();
    start(&rig, "SELECT a FROM t", &Cancel::new(), Box::new(Panics(sender)));
    receiver.recv_timeout(PATIENCE).unwrap();
    assert!(rig.read("SELECT 1", &[Type::INT4]).is_ok());
}

#[test]
fn clients_statements_may_not_do_everything() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = ready(dir.path(), Options::default());
    let reads = [
        "SELECT 1 FROM _quorlite_meta",
        "SELECT load_extension('x')",
        "SELECT * FROM pragma_journal_mode",
        "SELECT * FROM pragma_data_version('x')",
        "ATTACH ':memory:' AS x",
        "PRAGMA query_only = 0",
        "PRAGMA journal_mode = DELETE",
        "DELETE FROM t",
        "CREATE TEMP TABLE x (a)",
        "BEGIN",
        "VACUUM",
    ];
    for sql in reads {
        let result = rig.read(sql, &[Type::INT8]);
        assert!(matches!(&result, Err(ReadError::Pg(_))), "{sql}: {result:?}");
    }
    assert!(rig.read("SELECT count(*) FROM _quorlite_catalog", &[Type::INT8]).is_ok());
    let writes = [
        "INSERT INTO _quorlite_sequences VALUES (1, 1, 1)",
        "DELETE FROM _quorlite_catalog",
        "UPDATE _quorlite_meta SET data_version = 7",
        "ATTACH ':memory:' AS x",
        "PRAGMA foreign_keys = 0",
        "COMMIT",
        "SAVEPOINT x",
        "INSERT INTO t SELECT load_extension('x'), 1",
        "DETACH main",
        "VACUUM",
    ];
    for sql in writes {
        rig.must_fail(vec![write(sql)]);
    }
    for sql in [
        "CREATE INDEX i ON _quorlite_catalog (name)",
        "DROP TABLE _quorlite_meta",
        "CREATE TABLE _quorlite_x (a)",
        "CREATE TRIGGER g AFTER INSERT ON _quorlite_catalog BEGIN SELECT 1; END",
        "ALTER TABLE _quorlite_sequences ADD COLUMN x",
    ] {
        rig.must_fail(vec![ddl(sql)]);
    }
    let error = rig.must_fail(vec![
        ddl("CREATE TRIGGER g AFTER INSERT ON t BEGIN DELETE FROM _quorlite_sequences; END"),
        write("INSERT INTO t VALUES (-1, 'x')"),
    ]);
    assert_eq!(error.code.as_str(), "42501", "{error}");
    assert_eq!(rig.read("SELECT count(*) FROM t", &[Type::INT8]).unwrap(), [[Value::Int8(20000)]]);
}

#[test]
fn a_pinned_snapshot_stays_what_it_was_and_knows_its_version() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = Rig::open(dir.path());
    rig.lead();
    rig.must(vec![ddl("CREATE TABLE t (a INTEGER PRIMARY KEY)"), write("INSERT INTO t VALUES (1)")]);
    let pin = |rig: &Rig| {
        let (sender, pinned) = channel();
        rig.database().pin(move |result| sender.send(result).unwrap());
        pinned.recv_timeout(PATIENCE).unwrap().unwrap()
    };
    let count = |pinned: &Pinned| {
        let plan = query("SELECT count(*) FROM t", &[Type::INT8]).plan.unwrap();
        let plan = Plan { catalog_version: pinned.catalog().version, ..(*plan).clone() };
        let (sender, rows) = channel();
        let sink = Box::new(Collect { rows: Vec::new(), sender });
        pinned.read(Read { plan: Arc::new(plan), params: Vec::new(), context: context(), cancel: Cancel::new(), sink });
        rows.recv_timeout(PATIENCE).unwrap().unwrap()[0][0].clone()
    };
    let old = pin(&rig);
    assert_eq!(count(&old), Value::Int8(1));
    rig.must(vec![write("INSERT INTO t VALUES (2)")]);
    let new = pin(&rig);
    assert_eq!((count(&old), count(&new), count(&old)), (Value::Int8(1), Value::Int8(2), Value::Int8(1)));
    assert_eq!(new.version(), old.version() + 1);
}

/// Runs a read on this thread, once there is a connection for that.
fn briefly(rig: &Rig, sql: &str, cancel: &Cancel) -> Option<(Vec<Row>, Result<(), ReadError>)> {
    let plan = Plan {
        catalog_version: rig.database().catalog().version,
        ..(*query(sql, &[Type::INT8]).plan.unwrap()).clone()
    };
    rig.database().read_briefly(&plan, &[], &context(), cancel)
}

fn wait_for_a_connection(rig: &Rig) {
    let deadline = std::time::Instant::now() + PATIENCE;
    while briefly(rig, "SELECT 1", &Cancel::new()).is_none() {
        assert!(std::time::Instant::now() < deadline);
        std::thread::yield_now();
    }
}

#[test]
fn a_brief_read_runs_at_once_and_sees_the_newest_state() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = ready(dir.path(), Options::default());
    wait_for_a_connection(&rig);
    for a in 20001..20010 {
        rig.must(vec![write(&format!("INSERT INTO t VALUES ({a}, 'new')"))]);
        let (rows, result) = briefly(&rig, &format!("SELECT a FROM t WHERE a = {a}"), &Cancel::new()).unwrap();
        assert!(result.is_ok());
        assert_eq!(rows, [[Value::Int8(a)]]);
    }
    let stale = query("SELECT 1", &[Type::INT8]).plan.unwrap();
    let stale = Plan { catalog_version: 1000, ..(*stale).clone() };
    let (_, result) = rig.database().read_briefly(&stale, &[], &context(), &Cancel::new()).unwrap();
    assert!(matches!(result, Err(ReadError::StalePlan)));
}

#[test]
fn snapshots_that_brief_reads_keep_do_not_keep_the_write_ahead_log() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = ready(dir.path(), Options::default());
    wait_for_a_connection(&rig);
    let wal = dir.path().join("databases/postgres.sqlite-wal");
    let mut starts = 0;
    let mut salt = Vec::new();
    for a in 30001..30801 {
        rig.must(vec![write(&format!("INSERT INTO t VALUES ({a}, '{}')", "x".repeat(50_000)))]);
        let text = format!("SELECT a FROM t WHERE a = {a}");
        // Now and then it takes longer than a moment.
        let (rows, result) =
            std::iter::from_fn(|| Some(briefly(&rig, &text, &Cancel::new()))).flatten().next().unwrap();
        assert!(result.is_ok(), "{result:?}");
        assert_eq!(rows, [[Value::Int8(a)]]);
        // Of the log's header: another one when it starts anew.
        let mut now = [0; 24];
        std::fs::File::open(&wal).unwrap().read_exact(&mut now).unwrap();
        starts += usize::from(now[16..] != salt);
        salt = now[16..].to_vec();
    }
    assert!(starts > 1, "forty megabytes and one log");
}

/// Reading the schema of many tables takes longer than a brief read may.
#[test]
fn brief_reads_of_a_schema_of_many_tables_are_brief() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = Rig::open(dir.path());
    rig.lead();
    let columns: Vec<String> = (0..50).map(|column| format!("c{column} \"TEXT\"")).collect();
    let tables = (0..500).map(|number| format!("CREATE TABLE t{number} ({})", columns.join(", ")));
    rig.must(tables.map(SchemaStep::Sqlite).map(|step| schema(vec![step])).collect());
    wait_for_a_connection(&rig);
    let (rows, _) = briefly(&rig, "SELECT count(*) FROM t499", &Cancel::new()).unwrap();
    assert_eq!(rows, [[Value::Int8(0)]]);
    // After a change everybody has to read it anew.
    rig.must(vec![ddl("CREATE TABLE more (a)")]);
    wait_for_a_connection(&rig);
    briefly(&rig, "SELECT count(*) FROM more", &Cancel::new()).unwrap().1.unwrap();
}

#[test]
fn a_read_that_is_not_brief_after_all_gives_up_and_a_cancelled_one_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let rig = ready(dir.path(), Options::default());
    wait_for_a_connection(&rig);
    assert!(briefly(&rig, ENDLESS, &Cancel::new()).is_none());
    let cancel = Cancel::new();
    cancel.cancel(CancelReason::UserRequest);
    let (_, result) = briefly(&rig, ENDLESS, &cancel).unwrap();
    assert!(matches!(result, Err(ReadError::Pg(error)) if error.code == SqlState::QUERY_CANCELED));
    assert!(briefly(&rig, "SELECT 1", &Cancel::new()).is_some(), "the connection is as good as before");
}
