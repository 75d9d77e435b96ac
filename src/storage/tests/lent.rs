//! What is brief is done on the thread of who comes with it, if the writer waits; and by the writer's own thread otherwise.

use std::thread::{self, ThreadId};

use super::*;

/// A write that is taken to be over at once.
fn brief(sql: &str) -> Call {
    brief_or_not(sql, true)
}

fn brief_or_not(sql: &str, brief: bool) -> Call {
    let mut call = write(sql);
    if let Action::Write(write) = &mut Arc::make_mut(call.plan.as_mut().unwrap()).action {
        write.brief = brief;
    }
    call
}

/// A leader with a table.
fn leader(data: &Path) -> Rig {
    let mut rig = Rig::open(data);
    rig.lead();
    rig.must(vec![ddl("CREATE TABLE t (a INTEGER PRIMARY KEY)")]);
    rig
}

/// Waits until the writer does.
fn wait_for_writer(rig: &Rig) {
    while !rig.database().shared.mailbox.has_idle_writer() {
        thread::yield_now();
    }
}

/// Submits it; gives what becomes of it, and on which thread it was executed.
fn submit(rig: &Rig, mut call: Call) -> (Receiver<Outcome>, Receiver<ThreadId>) {
    Arc::make_mut(call.plan.as_mut().unwrap()).catalog_version = rig.database().catalog().version;
    let (sender, outcome) = channel();
    let (executed, thread) = channel();
    let reply = Reply::new(move |outcome| sender.send(outcome).unwrap()).when_executed(move |_| {
        let _ = executed.send(thread::current().id());
        Vec::new()
    });
    rig.database().execute(transaction(vec![call]), reply);
    (outcome, thread)
}

fn transaction(calls: Vec<Call>) -> Transaction {
    Transaction {
        id: TransactionId(random()),
        context: context(),
        sequences: SessionSequences::default(),
        calls,
        abort_with: None,
        cancel: Cancel::new(),
    }
}

/// Applies it without waiting; gives the thread on which it was, with what came of it.
fn apply_then(rig: &mut Rig, entry: &Entry) -> Receiver<(ThreadId, Result<Applied, StorageError>)> {
    rig.index += 1;
    let log_id = LogId { term: rig.term, node: rig.node, index: rig.index };
    let Entry::Batch(batch) = entry else { panic!("{entry:?}") };
    let (sender, applied) = channel();
    rig.storage.apply_then(&[(log_id, batch)], move |result| {
        sender.send((thread::current().id(), result.map(|mut all| all.remove(0)))).unwrap();
    });
    applied
}

fn committed(outcome: &Receiver<Outcome>) {
    let outcome = outcome.recv_timeout(PATIENCE).unwrap();
    assert!(matches!(outcome, Outcome::Committed { .. }), "{outcome:?}");
}

/// Another process that has locked the file.
fn lock(rig: &Rig) -> Connection {
    let other = Connection::open(rig.database().shared.path.clone()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    other
}

#[test]
fn who_brings_a_brief_transaction_executes_and_proposes_it() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = leader(dir.path());
    let here = thread::current().id();
    for (number, is_brief) in [true, false, true].into_iter().enumerate() {
        wait_for_writer(&rig);
        let (outcome, executed) = submit(&rig, brief_or_not(&format!("INSERT INTO t VALUES ({number})"), is_brief));
        if is_brief {
            assert_eq!(executed.try_recv(), Ok(here));
        } else {
            assert_ne!(executed.recv_timeout(PATIENCE).unwrap(), here);
        }
        let (_, entry) = rig.proposal();
        wait_for_writer(&rig);
        let applied = apply_then(&mut rig, &entry);
        let (thread, result) = applied.try_recv().expect("it is done already");
        assert_eq!((thread, result.unwrap()), (here, Applied::Accepted));
        committed(&outcome);
    }
    assert_eq!(rig.dump()["t"].len(), 3);
}

#[test]
fn a_panic_of_the_writers_thread_is_a_failure_and_keeps_nobody_waiting() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = leader(dir.path());
    let reply = Reply::new(|_| {}).when_executed(|_| panic!("as asked for by the test"));
    let calls = vec![brief_or_not("INSERT INTO t VALUES (1)", false)];
    rig.database().execute(transaction(calls), reply);
    let outcome = submit(&rig, brief_or_not("INSERT INTO t VALUES (2)", false)).0;
    assert!(matches!(outcome.recv_timeout(PATIENCE), Ok(Outcome::NotLeader) | Err(RecvTimeoutError::Disconnected)));
    let (sender, failed) = channel();
    rig.database().shared.on_failure(Arc::new(move |failure| drop(sender.send(failure.to_string()))));
    let failure = failed.recv_timeout(PATIENCE).unwrap();
    assert!(failure.contains("panicked"), "{failure:?}");
    let other = tempfile::tempdir().unwrap();
    let other = leader(other.path());
    let _other = submit(&other, brief("INSERT INTO t VALUES (3)"));
    let applied = apply_then(&mut rig, &other.proposal().1);
    assert!(!matches!(applied.recv_timeout(PATIENCE), Ok((_, Ok(_))) | Err(RecvTimeoutError::Timeout)));
}

#[test]
fn what_is_not_brief_is_applied_by_the_writers_thread() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = leader(dir.path());
    let outcome = rig.submit(vec![ddl("CREATE INDEX i ON t (a)")]);
    let (_, entry) = rig.proposal();
    let (thread, result) = apply_then(&mut rig, &entry).recv_timeout(PATIENCE).unwrap();
    assert_ne!(thread, thread::current().id());
    assert_eq!(result.unwrap(), Applied::Accepted);
    committed(&outcome);
}

#[test]
fn who_finds_others_before_it_waits_its_turn() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = leader(dir.path());
    wait_for_writer(&rig);
    let first = submit(&rig, brief("INSERT INTO t VALUES (1)")).0;
    let others: Vec<_> =
        (2..5).map(|number| submit(&rig, brief(&format!("INSERT INTO t VALUES ({number})"))).0).collect();
    let (_, entry) = rig.proposal();
    apply_then(&mut rig, &entry).recv_timeout(PATIENCE).unwrap().1.unwrap();
    committed(&first);
    let (_, entry) = rig.proposal();
    let Entry::Batch(batch) = &entry else { panic!("{entry:?}") };
    assert_eq!(batch.files[0].transactions.len(), 3, "what waited shares a batch");
    apply_then(&mut rig, &entry).recv_timeout(PATIENCE).unwrap().1.unwrap();
    others.iter().for_each(committed);
}

#[test]
fn nobody_but_the_writers_thread_waits_for_another_process() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = leader(dir.path());
    let other = lock(&rig);
    let (outcome, executed) = submit(&rig, brief("INSERT INTO t VALUES (1)"));
    rig.no_proposal();
    other.execute_batch("ROLLBACK").unwrap();
    assert_ne!(executed.recv_timeout(PATIENCE).unwrap(), thread::current().id());
    let (_, entry) = rig.proposal();
    rig.apply(&entry).unwrap();
    committed(&outcome);

    let dir = tempfile::tempdir().unwrap();
    let mut follower = Rig::open(dir.path());
    follower.node = 2;
    let Entry::Batch(mut batch) = entry else { panic!("{entry:?}") };
    follower.term = 2;
    follower.apply(&Entry::Open { node: 1, incarnation: INCARNATION }).unwrap();
    batch.files[0].base_version = follower.database().shared.meta().data_version;
    // There is no such table; but to begin is what may take long.
    batch.files[0].transactions.clear();
    let other = lock(&follower);
    let applied = apply_then(&mut follower, &Entry::Batch(batch));
    assert!(applied.recv_timeout(Duration::from_millis(50)).is_err());
    other.execute_batch("ROLLBACK").unwrap();
    let (thread, result) = applied.recv_timeout(PATIENCE).unwrap();
    assert_ne!(thread, thread::current().id());
    assert_eq!(result.unwrap(), Applied::Accepted);
}
