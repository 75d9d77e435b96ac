//! What becomes of a batch, in every order in which consensus can decide it.

use super::*;

fn ready(dir: &Path) -> Rig {
    let mut rig = Rig::open(dir);
    rig.lead();
    rig.must(vec![ddl("CREATE TABLE t (a INTEGER PRIMARY KEY, b)")]);
    rig
}

fn rows(rig: &Rig) -> Vec<String> {
    rig.dump()["t"].clone()
}

fn outcome(waiting: &Receiver<Outcome>) -> Outcome {
    waiting.recv_timeout(PATIENCE).expect("an answer")
}

fn unanswered(waiting: &Receiver<Outcome>) {
    assert!(waiting.recv_timeout(Duration::from_millis(50)).is_err(), "answered");
}

#[test]
fn a_refused_batch_leaves_nothing_and_may_be_retried_elsewhere() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = ready(dir.path());
    let waiting = rig.submit(vec![write("INSERT INTO t VALUES (1, 'x')")]);
    let (number, _) = rig.proposal();
    rig.storage.refused("databases/postgres", number + 1);
    unanswered(&waiting);
    rig.storage.refused("databases/postgres", number);
    assert_eq!(outcome(&waiting), Outcome::NotLeader);
    rig.must(vec![write("INSERT INTO t VALUES (1, 'y')")]);
    assert_eq!(rows(&rig), ["Integer(1) Integer(1) Text([121])"]);
}

#[test]
fn a_lost_batch_that_is_committed_after_all_is_applied() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = ready(dir.path());
    let first = rig.submit(vec![write("INSERT INTO t VALUES (1, 'x')")]);
    let (number, lost) = rig.proposal();
    rig.storage.lost("databases/postgres", number);
    assert_eq!(outcome(&first), Outcome::Unknown);
    // The next batch is executed on the same state, in which the first has not happened.
    let second = rig.submit(vec![write("INSERT INTO t VALUES (1, 'y')")]);
    let (_, entry) = rig.proposal();
    assert_eq!(rig.apply(&lost).unwrap(), Applied::Accepted);
    // From now on the second is certainly dead, wherever its entry is: its base version has passed.
    assert_eq!(outcome(&second), Outcome::Superseded);
    assert_eq!(rig.apply(&entry).unwrap(), Applied::Superseded);
    assert_eq!(rows(&rig), ["Integer(1) Integer(1) Text([120])"]);
    rig.must(vec![write("INSERT INTO t VALUES (2, 'z')")]);
    assert_eq!(rows(&rig).len(), 2);
}

#[test]
fn of_two_batches_on_one_base_only_the_first_counts() {
    let dir = tempfile::tempdir().unwrap();
    let (mut rig, mut follower) = (ready(&dir.path().join("1")), Rig::open(&dir.path().join("2")));
    follower.term = rig.term;
    follower.must_apply_ddl();
    let first = rig.submit(vec![write("INSERT INTO t VALUES (1, 'x')")]);
    let (number, lost) = rig.proposal();
    rig.storage.lost("databases/postgres", number);
    let second = rig.submit(vec![write("INSERT INTO t VALUES (1, 'y')")]);
    let (_, entry) = rig.proposal();
    assert_eq!(outcome(&first), Outcome::Unknown);
    // The log has them the other way round: proposal k refused or delayed while k + 1 was accepted.
    for node in [&mut rig, &mut follower] {
        assert_eq!(node.apply(&entry).unwrap(), Applied::Accepted);
        assert_eq!(node.apply(&lost).unwrap(), Applied::Superseded);
    }
    assert!(matches!(outcome(&second), Outcome::Committed { .. }));
    assert_eq!(rig.dump(), follower.dump());
}

impl Rig {
    /// What `ready` has done, as an entry.
    pub(super) fn must_apply_ddl(&mut self) {
        let mut effects = Vec::new();
        crate::storage::effects::put_schema(&mut effects, "CREATE TABLE t (a INTEGER PRIMARY KEY, b)");
        let transactions = vec![TransactionEffects { id: TransactionId([0; 16]), effects, answer: Vec::new() }];
        let file = "databases/postgres".to_owned();
        let content = FileBatch { file, base_version: 0, pieces: 0, tables: Vec::new(), transactions };
        let batch = Batch { term: self.term, node: 1, incarnation: 1, number: 1, files: vec![content] };
        assert_eq!(self.apply(&Entry::Batch(batch)).unwrap(), Applied::Accepted);
    }
}

#[test]
fn an_entry_of_another_term_than_its_log_id_is_void() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = ready(dir.path());
    let waiting = rig.submit(vec![write("INSERT INTO t VALUES (1, 'x')")]);
    let (_, entry) = rig.proposal();
    rig.term += 1;
    assert_eq!(rig.apply(&entry).unwrap(), Applied::Superseded);
    assert_eq!(outcome(&waiting), Outcome::Superseded);
    assert!(rows(&rig).is_empty());
}

#[test]
fn a_later_term_ends_what_is_pending() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = ready(dir.path());
    let waiting = rig.submit(vec![write("INSERT INTO t VALUES (1, 'x')")]);
    rig.proposal();
    let queued = rig.submit(vec![write("INSERT INTO t VALUES (2, 'x')")]);
    rig.storage.follow();
    assert_eq!(outcome(&queued), Outcome::NotLeader);
    unanswered(&waiting);
    rig.term += 1;
    rig.apply(&Entry::Open { node: 2, incarnation: 5 }).unwrap();
    assert_eq!(outcome(&waiting), Outcome::NotLeader);
    assert_eq!(outcome(&rig.submit(vec![write("INSERT INTO t VALUES (3, 'x')")])), Outcome::NotLeader);
    rig.lead();
    rig.must(vec![write("INSERT INTO t VALUES (4, 'x')")]);
    assert_eq!(rows(&rig), ["Integer(4) Integer(4) Text([120])"]);
}

#[test]
fn a_batch_pending_at_a_change_of_leader_may_still_be_committed() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = ready(dir.path());
    let waiting = rig.submit(vec![write("INSERT INTO t VALUES (1, 'x')")]);
    let (_, entry) = rig.proposal();
    rig.storage.follow();
    assert_eq!(rig.apply(&entry).unwrap(), Applied::Accepted);
    assert!(matches!(outcome(&waiting), Outcome::Committed { .. }));
    assert_eq!(rows(&rig).len(), 1);
}

#[test]
fn another_nodes_entry_takes_the_place_of_a_pending_batch() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = ready(dir.path());
    let waiting = rig.submit(vec![write("INSERT INTO t VALUES (1, 'x')")]);
    let (_, Entry::Batch(mut batch)) = rig.proposal() else { panic!() };
    // The same effects by another node: not this node's own batch, whatever its number.
    batch.node = 2;
    assert_eq!(rig.apply(&Entry::Batch(batch)).unwrap(), Applied::Accepted);
    assert_eq!(outcome(&waiting), Outcome::Superseded);
    assert_eq!(rows(&rig).len(), 1);
}

#[test]
fn the_leader_can_take_the_followers_path() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = Rig::open_with(dir.path(), Options { apply_own_effects: true, ..Options::default() });
    rig.lead();
    rig.must(vec![ddl("CREATE TABLE t (a INTEGER PRIMARY KEY, b)")]);
    for value in 0..5 {
        let results = rig.must(vec![write(&format!("INSERT INTO t VALUES ({value}, random())"))]);
        assert_eq!(results[0].tag, "INSERT 0 1");
    }
    assert_eq!(rows(&rig).len(), 5);
}

#[test]
fn batches_form_while_one_is_in_flight() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = ready(dir.path());
    let first = rig.submit(vec![write("INSERT INTO t VALUES (1, 'x')")]);
    let (_, entry) = rig.proposal();
    let others: Vec<_> =
        (2..20).map(|value| rig.submit(vec![write(&format!("INSERT INTO t VALUES ({value}, 'x')"))])).collect();
    let failing = rig.submit(vec![write("INSERT INTO t VALUES (50, 'x')"), write("INSERT INTO t VALUES (1, 'x')")]);
    let nothing = rig.submit(vec![query("SELECT count(*) FROM t", &[Type::INT8])]);
    rig.no_proposal();
    rig.apply(&entry).unwrap();
    assert!(matches!(outcome(&first), Outcome::Committed { .. }));
    let (_, entry) = rig.proposal();
    let Entry::Batch(batch) = &entry else { panic!() };
    assert_eq!(batch.files[0].transactions.len(), 19, "all at once, the failed one left out");
    // The failing one has nothing to wait for.
    assert!(matches!(outcome(&failing), Outcome::Failed { results, .. } if results.len() == 1));
    rig.apply(&entry).unwrap();
    for other in others {
        assert!(matches!(outcome(&other), Outcome::Committed { .. }));
    }
    let Outcome::Committed { results, .. } = outcome(&nothing) else { panic!() };
    assert_eq!(results[0].rows, [[Value::Int8(19)]], "sees those before it, and waits for their fate");
    assert_eq!(rows(&rig).len(), 19);
}

#[test]
fn a_restart_replays_exactly_what_is_missing() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = ready(dir.path());
    let mut entries = Vec::new();
    for value in 0..3 {
        let (_, entry) = rig.run(vec![write(&format!("INSERT INTO t VALUES ({value}, 'x')"))]);
        entries.push((rig.index, entry.unwrap()));
    }
    let (before, term, index) = (rig.dump(), rig.term, rig.index);
    drop(rig);
    let mut rig = Rig::open(dir.path());
    assert_eq!(rig.storage.applied().map(|applied| applied.index), None, "system.sqlite has never been written");
    rig.term = term;
    for (at, entry) in entries {
        rig.index = at - 1;
        assert_eq!(rig.apply(&entry).unwrap(), Applied::Nothing);
    }
    assert_eq!(rig.dump(), before);
    rig.storage.checkpoint(LogId { term, node: 1, index }).unwrap();
    drop(rig);
    let rig = Rig::open(dir.path());
    assert_eq!(rig.storage.applied(), Some(LogId { term, node: 1, index }));
}

#[test]
fn a_waiting_transaction_can_be_cancelled_while_another_is_in_flight() {
    let dir = tempfile::tempdir().unwrap();
    let rig = ready(dir.path());
    let _first = rig.submit(vec![write("INSERT INTO t VALUES (1, 'x')")]);
    rig.proposal();
    let cancel = Cancel::new();
    let second = rig.submit_with(vec![write("INSERT INTO t VALUES (2, 'x')")], cancel.clone(), None);
    unanswered(&second);
    cancel.cancel(CancelReason::UserRequest);
    let Outcome::Failed { error, .. } = outcome(&second) else { panic!() };
    assert_eq!(error.code.as_str(), "57014");
}

#[test]
fn a_transaction_run_for_its_results_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let rig = ready(dir.path());
    let calls = vec![returning("INSERT INTO t VALUES (1, 'x') RETURNING a", &[Type::INT4])];
    let syntax = PgError::new(crate::types::SqlState::SYNTAX_ERROR, "later");
    let answer = outcome(&rig.submit_with(calls, Cancel::new(), Some(syntax.clone())));
    let Outcome::Failed { results, error } = answer else { panic!() };
    assert_eq!((results[0].rows.clone(), error), (vec![vec![Value::Int4(1)]], syntax));
    rig.no_proposal();
    assert!(rows(&rig).is_empty());
}

/// Interrupting a write makes SQLite roll back the whole batch, other clients' work too.
#[test]
fn an_interrupted_write_takes_nobody_else_with_it() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = ready(dir.path());
    let blocker = rig.submit(vec![write("INSERT INTO t VALUES (1, 'x')")]);
    let (_, entry) = rig.proposal();
    let before = rig.submit(vec![
        write("INSERT INTO t VALUES (2, random())"),
        ddl("CREATE TABLE u (a)"),
        write("INSERT INTO u VALUES (random())"),
    ]);
    let cancel = Cancel::new();
    let endless = "INSERT INTO t SELECT value + 100, 'x' FROM (WITH RECURSIVE c (value) AS \
                   (SELECT 1 UNION ALL SELECT value + 1 FROM c) SELECT value FROM c)";
    let interrupted = rig.submit_with(vec![write("DELETE FROM t"), write(endless)], cancel.clone(), None);
    let after = rig.submit(vec![returning("INSERT INTO u SELECT b FROM t WHERE a = 2 RETURNING a", &[Type::INT8])]);
    rig.apply(&entry).unwrap();
    assert!(matches!(outcome(&blocker), Outcome::Committed { .. }));
    std::thread::sleep(Duration::from_millis(100));
    cancel.cancel(CancelReason::StatementTimeout);
    let Outcome::Failed { error, results } = outcome(&interrupted) else { panic!() };
    assert_eq!(error.message, "canceling statement due to statement timeout");
    assert_eq!(results.len(), 1);
    // `after` may have come into the same batch or the next.
    let (_, entry) = rig.proposal();
    rig.apply(&entry).unwrap();
    assert!(matches!(outcome(&before), Outcome::Committed { .. }));
    let after = match after.recv_timeout(Duration::from_millis(100)) {
        Ok(after) => after,
        Err(_) => {
            let (_, entry) = rig.proposal();
            rig.apply(&entry).unwrap();
            outcome(&after)
        }
    };
    let Outcome::Committed { results, .. } = after else { panic!("{after:?}") };
    let dump = rig.dump();
    assert_eq!((dump["t"].len(), dump["u"].len()), (2, 2));
    assert_eq!(results[0].rows.len(), 1, "the random value of the rebuilt batch is the one first drawn");
    // And it is what a follower gets.
    assert!(dump["t"][1].contains(dump["u"][1].split(' ').nth(1).unwrap()));
}

#[test]
fn raise_rollback_in_a_trigger_takes_nobody_else_with_it() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = ready(dir.path());
    rig.must(vec![ddl(
        "CREATE TRIGGER g BEFORE INSERT ON t WHEN new.b = 'bad' BEGIN SELECT RAISE(ROLLBACK, 'no'); END",
    )]);
    let blocker = rig.submit(vec![write("INSERT INTO t VALUES (1, 'x')")]);
    let (_, entry) = rig.proposal();
    let good = rig.submit(vec![write("INSERT INTO t VALUES (2, 'x')")]);
    let bad = rig.submit(vec![write("INSERT INTO t VALUES (3, 'bad')")]);
    rig.apply(&entry).unwrap();
    assert!(matches!(outcome(&bad), Outcome::Failed { .. }));
    let (_, entry) = rig.proposal();
    rig.apply(&entry).unwrap();
    assert!(matches!(outcome(&blocker), Outcome::Committed { .. }));
    assert!(matches!(outcome(&good), Outcome::Committed { .. }));
    assert_eq!(rows(&rig).len(), 2);
}

#[test]
fn a_conflict_resolved_by_rollback_takes_nobody_else_with_it() {
    let dir = tempfile::tempdir().unwrap();
    let (mut rig, mut follower) = (ready(&dir.path().join("1")), Rig::open(&dir.path().join("2")));
    follower.term = rig.term;
    follower.must_apply_ddl();
    let blocker = rig.submit(vec![write("INSERT INTO t VALUES (1, 'x')")]);
    let (_, first) = rig.proposal();
    let good = rig.submit(vec![write("INSERT INTO t VALUES (2, random())")]);
    let bad =
        rig.submit(vec![write("INSERT INTO t VALUES (3, 'x')"), write("INSERT OR ROLLBACK INTO t VALUES (2, 'x')")]);
    let after = rig.submit(vec![write("INSERT INTO t VALUES (4, 'x')")]);
    rig.apply(&first).unwrap();
    let Outcome::Failed { error, .. } = outcome(&bad) else { panic!() };
    assert_eq!(error.code.as_str(), "23505");
    let mut entries = vec![first];
    let mut waiting = vec![blocker, good, after];
    while let Some(next) = waiting.pop() {
        while let Ok((_, _, entry)) = rig.outbox.try_recv() {
            rig.apply(&entry).unwrap();
            entries.push(entry);
        }
        match next.recv_timeout(Duration::from_millis(5)) {
            Ok(answer) => assert!(matches!(answer, Outcome::Committed { .. }), "{answer:?}"),
            Err(_) => waiting.push(next),
        }
    }
    assert_eq!(rows(&rig).len(), 3);
    for entry in entries {
        assert_eq!(follower.apply(&entry).unwrap(), Applied::Accepted);
    }
    assert_same(&rig.dump(), &follower.dump(), "after the rollback");
}

/// A deferred violation passes RELEASE and would fail the COMMIT, after consensus.
#[test]
fn a_deferred_violation_fails_its_own_transaction() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = ready(dir.path());
    rig.must(vec![ddl("CREATE TABLE c (a INTEGER PRIMARY KEY, p REFERENCES t (a) DEFERRABLE INITIALLY DEFERRED)")]);
    let error = rig.must_fail(vec![write("INSERT INTO c VALUES (1, 7)")]);
    assert_eq!(error.code.as_str(), "23503");
    rig.must(vec![write("INSERT INTO c VALUES (1, 7)"), write("INSERT INTO t VALUES (7, 'x')")]);
    let error = rig.must_fail(vec![write("DELETE FROM t WHERE a = 7")]);
    assert_eq!(error.code.as_str(), "23503");
    assert_eq!(rig.dump()["c"].len(), 1);
}

/// Changes that the capture did not understand must not be half-replicated.
#[test]
fn a_change_of_an_unknown_table_fails_its_transaction_only() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = ready(dir.path());
    let blocker = rig.submit(vec![write("INSERT INTO t VALUES (1, 'x')")]);
    let (_, entry) = rig.proposal();
    // A table made behind the capture's back, as no plan would.
    let bad = rig.submit(vec![write("CREATE TABLE hidden (a)"), write("INSERT INTO hidden VALUES (1)")]);
    let good = rig.submit(vec![write("INSERT INTO t VALUES (2, 'x')")]);
    rig.apply(&entry).unwrap();
    let Outcome::Failed { error, .. } = outcome(&bad) else { panic!() };
    assert_eq!(error.code.as_str(), "XX000");
    assert!(error.message.contains("unknown table \"hidden\""), "{error}");
    let (_, entry) = rig.proposal();
    rig.apply(&entry).unwrap();
    assert!(matches!(outcome(&blocker), Outcome::Committed { .. }));
    assert!(matches!(outcome(&good), Outcome::Committed { .. }));
    assert!(!rig.dump().contains_key("hidden"));
}

#[test]
fn a_rolled_back_schema_change_leaves_no_trace() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = ready(dir.path());
    let table = |name: &str| {
        Change::put(crate::catalog::Object::Table(crate::catalog::Table::plain(16400, "public", name, Vec::new())))
    };
    let create = || schema(vec![SchemaStep::Sqlite("CREATE TABLE u (a)".to_owned()), SchemaStep::Catalog(table("u"))]);
    let before = (rig.dump(), rig.database().catalog());
    rig.must_fail(vec![create(), write("INSERT INTO u VALUES (1)"), write("INSERT INTO nowhere VALUES (1)")]);
    assert_eq!((rig.dump(), rig.database().catalog()), before);
    // The capture has forgotten the first `u` too: another one, with another shape.
    let waiting = rig.submit(vec![ddl("CREATE TABLE u (a, b, c)"), write("INSERT INTO u VALUES (1, 2, 3)")]);
    let (number, _) = rig.proposal();
    rig.storage.refused("databases/postgres", number);
    assert_eq!(outcome(&waiting), Outcome::NotLeader);
    rig.must(vec![create(), write("INSERT INTO u VALUES (1)")]);
    assert_eq!(rig.dump()["u"], ["Integer(1) Integer(1)"]);
    let catalog = rig.database().catalog();
    assert_eq!((catalog.version, catalog.next_oid), (1, 16401));
    assert!(catalog.table("public", "u").is_some());
    assert_eq!(rig.outside().query_row("SELECT count(*) FROM _quorlite_catalog", [], |row| row.get(0)), Ok(2));
}

#[test]
fn another_process_writing_to_the_file_stops_the_node() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = ready(dir.path());
    rig.must(vec![write("INSERT INTO t VALUES (1, 'x')")]);
    let (sender, heard) = channel();
    let listener: FailureListener = Arc::new(move |error| sender.send(error.to_string()).unwrap());
    rig.storage.on_failure(&listener);
    let outside = Connection::open(dir.path().join("databases/postgres.sqlite")).unwrap();
    outside.execute_batch("INSERT INTO t VALUES (2, 'foreign')").unwrap();
    drop(outside);
    let waiting = rig.submit(vec![write("INSERT INTO t VALUES (3, 'x')")]);
    assert_eq!(outcome(&waiting), Outcome::NotLeader);
    let failure = rig.storage.failure().unwrap().to_string();
    assert!(failure.contains("another process has written to the file"), "{failure}");
    assert_eq!(heard.try_recv().as_ref(), Ok(&failure), "told before the client was");
    // Who listens only now hears the same.
    rig.storage.on_failure(&listener);
    assert_eq!(heard.try_recv().as_ref(), Ok(&failure));
    assert!(heard.try_recv().is_err(), "once");
    let entry = Entry::Batch(Batch {
        term: rig.term,
        node: 2,
        incarnation: 1,
        number: 1,
        files: vec![FileBatch {
            pieces: 0,
            file: "databases/postgres".to_owned(),
            base_version: 2,
            tables: Vec::new(),
            transactions: Vec::new(),
        }],
    });
    assert!(matches!(rig.apply(&entry), Err(StorageError::Diverged(_))));
    // The foreign row looks like any other: only what was written down keeps the next start from serving it.
    drop(rig);
    let refused = |expected: &str| {
        let Err(error) = Storage::open(dir.path(), Options::default()) else { panic!("opened") };
        assert!(error.to_string().contains(expected), "{error}");
    };
    refused("another process has written to the file");
    refused("start it anew with --join");
    std::fs::remove_file(dir.path().join("diverged")).unwrap();
    assert_eq!(Rig::open(dir.path()).dump()["t"].len(), 2);
}

/// Nobody writes through the node, so nothing but a look at the file can tell.
#[test]
fn another_process_writing_to_the_file_stops_an_idle_node() {
    let dir = tempfile::tempdir().unwrap();
    let mut leader = ready(&dir.path().join("1"));
    leader.must(vec![write("INSERT INTO t VALUES (1, 'x')")]);
    let mut follower = Rig::open(&dir.path().join("2"));
    follower.term = leader.term;
    follower.must_apply_ddl();
    for (rig, name) in [(leader, "1"), (follower, "2")] {
        let (sender, heard) = channel();
        rig.storage.on_failure(&(Arc::new(move |error| sender.send(error).unwrap()) as FailureListener));
        assert!(heard.recv_timeout(Duration::from_millis(1200)).is_err(), "alone");
        let outside = Connection::open(dir.path().join(name).join("databases/postgres.sqlite")).unwrap();
        outside.execute_batch("INSERT INTO t VALUES (7, 'foreign')").unwrap();
        assert!(matches!(heard.recv_timeout(PATIENCE), Ok(StorageError::Diverged(_))));
    }
}

/// Whoever reads, and even copies the log into the file, is let be. One who empties the log as well can't be told from one
/// who has written.
#[test]
fn of_what_other_processes_do_only_that_which_may_be_a_write_stops_the_node() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = ready(dir.path());
    let outside = |sql: &str| {
        let other = Connection::open(dir.path().join("databases/postgres.sqlite")).unwrap();
        other.query_row(sql, [], |_| Ok(())).unwrap();
    };
    let harmless = ["SELECT count(*) FROM t", "PRAGMA wal_checkpoint(PASSIVE)", "PRAGMA wal_checkpoint(FULL)"];
    for (value, sql) in harmless.into_iter().chain(["PRAGMA wal_checkpoint(RESTART)"]).enumerate() {
        outside(sql);
        rig.must(vec![write(&format!("INSERT INTO t VALUES ({value}, 'x')"))]);
        outside(sql);
        // The other write connection, too.
        rig.lead();
    }
    assert_eq!(rows(&rig).len(), 4);
    outside("PRAGMA wal_checkpoint(TRUNCATE)");
    let waiting = rig.submit(vec![write("INSERT INTO t VALUES (9, 'x')")]);
    assert_eq!(outcome(&waiting), Outcome::NotLeader);
    let failure = rig.storage.failure().unwrap().to_string();
    assert!(failure.contains("or checkpointed it"), "{failure}");
}

/// The bookkeeping of both write connections, however they take turns, is not another process.
#[test]
fn own_writes_of_either_kind_and_checkpoints_are_not_another_process() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = ready(dir.path());
    for value in 0..6 {
        let waiting = rig.submit(vec![write(&format!("INSERT INTO t VALUES ({value}, 'x')"))]);
        let (number, entry) = rig.proposal();
        if value % 2 == 0 {
            rig.storage.lost("databases/postgres", number);
            assert_eq!(outcome(&waiting), Outcome::Unknown);
        }
        assert_eq!(rig.apply(&entry).unwrap(), Applied::Accepted);
        rig.storage.checkpoint(LogId { term: rig.term, node: 1, index: rig.index }).unwrap();
        if value == 3 {
            rig.lead();
        }
    }
    assert!(rig.storage.failure().is_none());
    assert_eq!(rows(&rig).len(), 6);
}

#[test]
fn a_replica_that_differs_stops() {
    let dir = tempfile::tempdir().unwrap();
    let cases = [
        (write("UPDATE t SET b = 'y' WHERE a = 1"), "met 0 rows instead of one"),
        (write("DELETE FROM t WHERE a = 1"), "met 0 rows instead of one"),
        (write("INSERT INTO t VALUES (2, 'z')"), "UNIQUE constraint failed"),
        (ddl("CREATE TABLE u (a)"), "table u already exists"),
        (ddl("DROP TABLE v"), "no such table: v"),
    ];
    for (number, (call, expected)) in cases.into_iter().enumerate() {
        let dir = dir.path().join(number.to_string());
        let (mut leader, mut follower) = (ready(&dir.join("1")), Rig::open(&dir.join("2")));
        follower.term = leader.term;
        follower.must_apply_ddl();
        leader.must(vec![write("INSERT INTO t VALUES (1, 'x')"), ddl("CREATE TABLE v (a)")]);
        // The follower has got something else.
        let mut other = Rig::open(&dir.join("3"));
        other.term = leader.term - 1;
        other.lead();
        other.must(vec![ddl("CREATE TABLE t (a INTEGER PRIMARY KEY, b)")]);
        let (_, entry) = other.run(vec![write("INSERT INTO t VALUES (2, 'x')"), ddl("CREATE TABLE u (a)")]);
        follower.apply(&entry.unwrap()).unwrap();
        let (_, entry) = leader.run(vec![call]);
        let before = follower.dump();
        let error = follower.apply(&entry.unwrap()).unwrap_err();
        assert!(matches!(&error, StorageError::Diverged(why) if why.contains(expected)), "{error}");
        assert_eq!(follower.dump(), before, "nothing of the entry is left");
        assert!(follower.storage.failure().is_some());
        assert!(follower.apply(&Entry::AdmitNode { key: [1; 16] }).is_ok(), "the other file goes on");
    }
}

#[test]
fn nodes_get_one_id_each() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = ready(dir.path());
    let mut admit = |key: u8| rig.apply(&Entry::AdmitNode { key: [key; 16] }).unwrap();
    assert_eq!((admit(1), admit(2), admit(1)), (Applied::Node(1), Applied::Node(2), Applied::Node(1)));
    drop(rig);
    let mut rig = Rig::open(dir.path());
    assert_eq!(rig.apply(&Entry::AdmitNode { key: [3; 16] }).unwrap(), Applied::Node(3));
}

/// Entries that name several files are for later; but replay must be exact from the first release on.
#[test]
fn an_entry_for_two_files_counts_in_both_or_in_none() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = Rig::open(dir.path());
    let content = |file: &str, base_version, table: &str| {
        let mut effects = Vec::new();
        crate::storage::effects::put_schema(&mut effects, &format!("CREATE TABLE {table} (a)"));
        let transactions = vec![TransactionEffects { id: TransactionId([0; 16]), effects, answer: Vec::new() }];
        FileBatch { file: file.to_owned(), base_version, pieces: 0, tables: Vec::new(), transactions }
    };
    let entry = |term, number, files| Entry::Batch(Batch { term, node: 1, incarnation: 1, number, files });
    let both = entry(1, 1, vec![content("databases/postgres", 0, "t"), content("system", 0, "t")]);
    let stale = entry(1, 2, vec![content("databases/postgres", 1, "u"), content("system", 0, "u")]);
    assert_eq!(rig.apply(&both).unwrap(), Applied::Accepted);
    assert_eq!(rig.apply(&stale).unwrap(), Applied::Superseded);
    assert!(!rig.dump().contains_key("u"));
    drop(rig);

    // A crash between the two files' commits: one has it, and has gone on; the other has to agree.
    let dir = tempfile::tempdir().unwrap();
    let mut rig = Rig::open(dir.path());
    rig.apply(&both).unwrap();
    rig.apply(&entry(1, 3, vec![content("databases/postgres", 1, "v")])).unwrap();
    drop(rig);
    let empty = tempfile::tempdir().unwrap();
    drop(Rig::open(empty.path()));
    std::fs::copy(empty.path().join("system.sqlite"), dir.path().join("system.sqlite")).unwrap();
    let mut rig = Rig::open(dir.path());
    rig.index = 0;
    assert_eq!(rig.apply(&both).unwrap(), Applied::Accepted);
    let system = Connection::open(dir.path().join("system.sqlite")).unwrap();
    assert_eq!(system.query_row("SELECT count(*) FROM t", [], |row| row.get(0)), Ok(0));
    assert_eq!(rig.apply(&entry(1, 3, vec![content("databases/postgres", 1, "v")])).unwrap(), Applied::Nothing);
}
