//! The writer slot: whose turn it is, what is undone, and what becomes of it when consensus goes on.

use super::*;

/// A client in the slot.
pub(super) struct Holder(pub(super) Held);

/// What a statement gave.
#[derive(Debug)]
pub(super) struct Given {
    pub rows: Vec<Row>,
    /// `None`: the slot was lost.
    pub ended: Option<Result<Ended, PgError>>,
}

struct Gather {
    rows: Vec<Row>,
    batches: Sender<usize>,
    sender: Option<Sender<Given>>,
}

impl CallSink for Gather {
    fn rows(&mut self, rows: Vec<Row>) {
        let _ = self.batches.send(rows.len());
        self.rows.extend(rows);
    }

    fn finish(mut self: Box<Self>, result: Result<Ended, PgError>) {
        let rows = std::mem::take(&mut self.rows);
        if let Some(sender) = self.sender.take() {
            let _ = sender.send(Given { rows, ended: Some(result) });
        }
    }
}

impl Drop for Gather {
    fn drop(&mut self) {
        if let Some(sender) = self.sender.take() {
            let _ = sender.send(Given { rows: std::mem::take(&mut self.rows), ended: None });
        }
    }
}

/// A statement under way.
pub(super) struct Under {
    running: Running,
    batches: Receiver<usize>,
    pub given: Receiver<Given>,
}

impl Under {
    pub(super) fn wait(self) -> Given {
        loop {
            match self.given.recv_timeout(Duration::from_millis(1)) {
                Ok(given) => return given,
                Err(RecvTimeoutError::Disconnected) => panic!("no end"),
                Err(RecvTimeoutError::Timeout) => self.batches.try_iter().for_each(|_| self.running.more()),
            }
        }
    }
}

impl Holder {
    pub(super) fn start_with(&mut self, call: Call, cancel: Cancel) -> Under {
        self.start_in(call, context(), cancel)
    }

    pub(super) fn start_in(&mut self, mut call: Call, context: Arc<SessionContext>, cancel: Cancel) -> Under {
        // One without a plan is bound there.
        if let Some(plan) = &mut call.plan {
            Arc::make_mut(plan).catalog_version = VERSION.with(std::cell::Cell::get);
        }
        let (batches, counted) = channel();
        let (sender, given) = channel();
        let sink = Box::new(Gather { rows: Vec::new(), batches, sender: Some(sender) });
        Under { running: self.0.call(call, context, cancel, sink), batches: counted, given }
    }

    pub(super) fn start(&mut self, call: Call) -> Under {
        self.start_with(call, Cancel::new())
    }

    #[track_caller]
    pub(super) fn must(&mut self, call: Call) -> (String, Vec<Row>) {
        let given = self.start(call).wait();
        (given.ended.expect("the slot").expect("success").tag, given.rows)
    }

    #[track_caller]
    pub(super) fn must_fail(&mut self, call: Call) -> PgError {
        self.start(call).wait().ended.expect("the slot").expect_err("a failure")
    }

    #[track_caller]
    pub(super) fn must_be_lost(&mut self) {
        assert!(self.start(count()).wait().ended.is_none());
    }

    pub(super) fn count(&mut self) -> i64 {
        match self.must(count()).1[0][0] {
            Value::Int8(count) => count,
            ref other => panic!("{other:?}"),
        }
    }

    pub(super) fn savepoint(&self) {
        self.0.savepoint();
    }

    pub(super) fn rollback_to(&self, below: usize) {
        self.0.rollback_to(below);
    }

    pub(super) fn commit(self) -> Receiver<Outcome> {
        let (sender, outcome) = channel();
        self.0.commit(Reply::new(move |outcome| sender.send(outcome).unwrap()));
        outcome
    }
}

thread_local! {
    /// Of the catalog that plans are for.
    static VERSION: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
}

pub(super) fn count() -> Call {
    query("SELECT count(*) FROM t", &[Type::INT8])
}

pub(super) fn insert(value: i64) -> Call {
    write(&format!("INSERT INTO t VALUES ({value}, 'x')"))
}

pub(super) fn ready(dir: &Path) -> Rig {
    let mut rig = Rig::open(dir);
    rig.lead();
    rig.must(vec![ddl("CREATE TABLE t (a INTEGER PRIMARY KEY, b)")]);
    rig
}

impl Rig {
    pub(super) fn ask(
        &self,
        savepoints: usize,
        version: Option<u64>,
        cancel: Cancel,
    ) -> Receiver<Result<Held, NotHeld>> {
        let (sender, granted) = channel();
        let id = TransactionId(random());
        let hold = Hold { id, sequences: SessionSequences::default(), version, savepoints, nowait: false, cancel };
        self.database().hold(hold, move |result| drop(sender.send(result)));
        granted
    }

    pub(super) fn hold(&self) -> Holder {
        Holder(self.ask(0, None, Cancel::new()).recv_timeout(PATIENCE).unwrap().ok().unwrap())
    }

    /// Commits the holder's transaction as a cluster of one would.
    pub(super) fn commit(&mut self, holder: Holder) -> (Outcome, Entry) {
        let outcome = holder.commit();
        let (_, entry) = self.proposal();
        self.apply(&entry).unwrap();
        (outcome.recv_timeout(PATIENCE).unwrap(), entry)
    }
}

fn rows(rig: &Rig) -> usize {
    rig.dump()["t"].len()
}

pub(super) fn waiting<T>(receiver: &Receiver<T>) -> bool {
    matches!(receiver.recv_timeout(Duration::from_millis(50)), Err(RecvTimeoutError::Timeout))
}

#[test]
fn a_transaction_sees_its_own_work_and_followers_get_it() {
    let dir = tempfile::tempdir().unwrap();
    let (mut rig, mut follower) = (Rig::open(&dir.path().join("1")), Rig::open(&dir.path().join("2")));
    rig.lead();
    follower.term = rig.term;
    follower.index = rig.index;
    let create = vec![ddl("CREATE TABLE t (a INTEGER PRIMARY KEY, b)")];
    follower.apply(&rig.run(create).1.unwrap()).unwrap();
    let mut holder = rig.hold();
    assert_eq!(holder.must(insert(1)).0, "INSERT 0 1");
    assert_eq!(holder.count(), 1);
    assert_eq!(holder.must(write("UPDATE t SET b = 'y'")).0, "UPDATE 1");
    assert_eq!(rows(&rig), 0, "nobody else sees it");
    let (outcome, entry) = rig.commit(holder);
    assert!(matches!(outcome, Outcome::Committed { .. }), "{outcome:?}");
    follower.apply(&entry).unwrap();
    assert_eq!((rows(&rig), rig.dump()), (1, follower.dump()));
}

#[test]
fn a_brief_statement_is_done_where_it_is_asked_for_while_the_writer_waits() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = ready(dir.path());
    let brief = |value: i64| {
        let mut call = insert(value);
        match &mut Arc::make_mut(call.plan.as_mut().unwrap()).action {
            Action::Write(write) => write.brief = true,
            other => panic!("{other:?}"),
        }
        call
    };
    let mut holder = rig.hold();
    // The writer's thread may not be waiting yet.
    let mut all = 0..10_000;
    let at_once = all.find(|value| {
        let under = holder.start(brief(*value));
        let given = under.given.try_recv();
        let at_once = given.is_ok();
        let given = given.unwrap_or_else(|_| under.wait());
        assert_eq!(given.ended.unwrap().unwrap().tag, "INSERT 0 1");
        at_once
    });
    let rows = at_once.expect("once in so many times it waits") + 1;
    assert_eq!(holder.count(), rows);
    assert!(matches!(rig.commit(holder).0, Outcome::Committed { .. }));

    // One that fails there loses the slot there, and the next is served.
    let mut holder = rig.hold();
    let next = rig.ask(0, None, Cancel::new());
    assert_eq!(holder.must(brief(rows)).0, "INSERT 0 1");
    assert_eq!(holder.must_fail(brief(0)).code, crate::types::SqlState::UNIQUE_VIOLATION);
    let mut next = Holder(next.recv_timeout(PATIENCE).unwrap().ok().unwrap());
    holder.must_be_lost();
    assert_eq!(next.count(), rows, "what the one before did is undone");
}

#[test]
fn dropping_the_slot_undoes_everything() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = ready(dir.path());
    let mut holder = rig.hold();
    holder.must(insert(1));
    drop(holder);
    rig.must(vec![insert(2)]);
    assert_eq!(rows(&rig), 1);
}

#[test]
fn a_failed_statement_without_savepoints_gives_the_slot_back() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = ready(dir.path());
    let mut holder = rig.hold();
    holder.must(insert(1));
    let behind = rig.submit(vec![insert(2)]);
    assert!(waiting(&behind), "the slot is held");
    assert_eq!(holder.must_fail(insert(1)).code.as_str(), "23505");
    let (_, entry) = rig.proposal();
    rig.apply(&entry).unwrap();
    assert!(matches!(behind.recv_timeout(PATIENCE), Ok(Outcome::Committed { .. })));
    holder.must_be_lost();
    assert_eq!(holder.commit().recv_timeout(PATIENCE), Ok(Outcome::NotLeader));
    assert_eq!(rows(&rig), 1);
}

#[test]
fn who_came_first_is_served_first() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = ready(dir.path());
    let mut first = rig.hold();
    let before = rig.submit(vec![insert(1)]);
    let second = rig.ask(0, None, Cancel::new());
    let after = rig.submit(vec![insert(3)]);
    assert!(waiting(&before) && waiting(&second) && waiting(&after));
    first.must(insert(0));
    let outcome = first.commit();
    // The autocommit transaction that came before the second holder joins the first one's batch.
    let (_, entry) = rig.proposal();
    let Entry::Batch(batch) = &entry else { panic!() };
    assert_eq!(batch.files[0].transactions.len(), 2);
    let mut second = Holder(second.recv_timeout(PATIENCE).unwrap().ok().unwrap());
    assert_eq!(second.count(), 2);
    rig.apply(&entry).unwrap();
    assert!(matches!(outcome.recv_timeout(PATIENCE), Ok(Outcome::Committed { .. })));
    assert!(matches!(before.recv_timeout(PATIENCE), Ok(Outcome::Committed { .. })));
    assert_eq!(second.count(), 2);
    assert!(waiting(&after));
    drop(second);
    let (_, entry) = rig.proposal();
    rig.apply(&entry).unwrap();
    assert!(matches!(after.recv_timeout(PATIENCE), Ok(Outcome::Committed { .. })));
}

#[test]
fn a_wait_for_the_slot_can_be_cancelled() {
    let dir = tempfile::tempdir().unwrap();
    let rig = ready(dir.path());
    let _holder = rig.hold();
    let cancel = Cancel::new();
    let second = rig.ask(0, None, cancel.clone());
    cancel.cancel(CancelReason::UserRequest);
    let Err(NotHeld::Failed(error)) = second.recv_timeout(PATIENCE).unwrap() else { panic!() };
    assert_eq!(error.code.as_str(), "57014");
}

#[test]
fn a_snapshot_that_is_not_the_newest_may_not_write() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = ready(dir.path());
    let version = |rig: &Rig| {
        let (sender, pinned) = channel();
        rig.database().pin(move |result| sender.send(result).unwrap());
        pinned.recv_timeout(PATIENCE).unwrap().unwrap().version()
    };
    let old = version(&rig);
    assert!(rig.ask(0, Some(old), Cancel::new()).recv_timeout(PATIENCE).unwrap().is_ok());
    rig.must(vec![insert(1)]);
    let Err(NotHeld::Failed(error)) = rig.ask(0, Some(old), Cancel::new()).recv_timeout(PATIENCE).unwrap() else {
        panic!()
    };
    assert_eq!(error.to_string(), "ERROR: could not serialize access due to concurrent update (40001)");
    assert!(rig.ask(0, Some(version(&rig)), Cancel::new()).recv_timeout(PATIENCE).unwrap().is_ok());
}

#[test]
fn savepoints_nest_and_repeat() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = ready(dir.path());
    let mut holder = Holder(rig.ask(1, None, Cancel::new()).recv_timeout(PATIENCE).unwrap().ok().unwrap());
    holder.must(insert(1));
    holder.0.savepoint();
    holder.must(insert(2));
    holder.0.savepoint();
    holder.must(insert(3));
    assert_eq!(holder.must_fail(insert(3)).code.as_str(), "23505");
    assert_eq!(holder.count(), 2, "a failure goes back to the last savepoint");
    holder.0.rollback_to(1);
    assert_eq!(holder.count(), 1);
    holder.must(insert(4));
    holder.0.release(1);
    assert_eq!(holder.count(), 2);
    holder.0.rollback_to(0);
    assert_eq!(holder.count(), 0, "the savepoint from before the slot");
    holder.must(insert(5));
    let (_, entry) = rig.commit(holder);
    let Entry::Batch(batch) = entry else { panic!() };
    assert_eq!(rig.dump()["t"], ["Integer(5) Integer(5) Text([120])"]);
    assert!(batch.files[0].transactions[0].effects.len() < 20, "what was undone is not replicated");
}

/// Interrupting a write makes SQLite roll back the whole transaction: what came before the savepoint comes back.
#[test]
fn an_interrupted_write_leaves_what_came_before_the_savepoint() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = ready(dir.path());
    let mut holder = rig.hold();
    holder.must(write("INSERT INTO t VALUES (1, random())"));
    holder.must(ddl("CREATE TABLE u (a)"));
    holder.must(write("INSERT INTO u SELECT b FROM t"));
    holder.0.savepoint();
    holder.must(insert(2));
    holder.0.savepoint();
    holder.must(insert(3));
    let cancel = Cancel::new();
    let endless = "INSERT INTO t SELECT value + 100, 'x' FROM (WITH RECURSIVE c (value) AS \
                   (SELECT 1 UNION ALL SELECT value + 1 FROM c) SELECT value FROM c)";
    let under = holder.start_with(write(endless), cancel.clone());
    std::thread::sleep(Duration::from_millis(50));
    cancel.cancel(CancelReason::UserRequest);
    let error = under.wait().ended.expect("the slot").unwrap_err();
    assert_eq!(error.code.as_str(), "57014");
    assert_eq!(holder.count(), 2);
    holder.0.rollback_to(0);
    assert_eq!(holder.count(), 1);
    holder.must(insert(7));
    let (outcome, _) = rig.commit(holder);
    assert!(matches!(outcome, Outcome::Committed { .. }));
    let dump = rig.dump();
    assert_eq!((dump["t"].len(), dump["u"].len()), (2, 1));
    assert!(dump["t"][0].contains(dump["u"][0].split(' ').nth(1).unwrap()), "the random value first drawn");
}

#[test]
fn an_interrupted_write_without_savepoints_ends_the_transaction() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = ready(dir.path());
    let mut holder = rig.hold();
    holder.must(insert(1));
    let cancel = Cancel::new();
    cancel.cancel(CancelReason::StatementTimeout);
    assert!(holder.start_with(insert(2), cancel).wait().ended.unwrap().is_err());
    holder.must_be_lost();
    rig.must(vec![insert(3)]);
    assert_eq!(rows(&rig), 1);
}

#[test]
fn a_deferred_violation_fails_the_commit_even_after_a_rebuild() {
    let dir = tempfile::tempdir().unwrap();
    for interrupt in [false, true] {
        let mut rig = ready(&dir.path().join(interrupt.to_string()));
        let child = "CREATE TABLE c (a INTEGER PRIMARY KEY, p REFERENCES t (a) DEFERRABLE INITIALLY DEFERRED)";
        rig.must(vec![ddl(child)]);
        let mut holder = rig.hold();
        holder.must(write("INSERT INTO c VALUES (1, 7)"));
        holder.0.savepoint();
        if interrupt {
            let cancel = Cancel::new();
            let endless = "INSERT INTO t SELECT value + 100, 'x' FROM (WITH RECURSIVE c (value) AS \
                           (SELECT 1 UNION ALL SELECT value + 1 FROM c) SELECT value FROM c)";
            let under = holder.start_with(write(endless), cancel.clone());
            std::thread::sleep(Duration::from_millis(50));
            cancel.cancel(CancelReason::UserRequest);
            assert!(under.wait().ended.expect("the slot").is_err());
        }
        let Ok(Outcome::Failed { error, .. }) = holder.commit().recv_timeout(PATIENCE) else { panic!() };
        assert_eq!(error.code.as_str(), "23503");
        rig.must(vec![insert(7), write("INSERT INTO c VALUES (1, 7)")]);
    }
}

#[test]
fn another_leaders_entry_takes_the_slot() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = ready(dir.path());
    let lost = rig.submit(vec![insert(1)]);
    let (number, entry) = rig.proposal();
    rig.storage.lost("databases/postgres", number);
    assert_eq!(lost.recv_timeout(PATIENCE), Ok(Outcome::Unknown));
    let mut holder = rig.hold();
    holder.must(insert(2));
    // The entry is committed after all, while a client thinks: it must not wait for that.
    assert_eq!(rig.apply(&entry).unwrap(), Applied::Accepted);
    holder.must_be_lost();
    assert_eq!(holder.commit().recv_timeout(PATIENCE), Ok(Outcome::NotLeader));
    assert_eq!(rig.dump()["t"], ["Integer(1) Integer(1) Text([120])"]);
}

/// A statement without end must not keep a node that has lost its place from following.
#[test]
fn what_takes_the_slot_does_not_wait_for_its_statement() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = ready(dir.path());
    let lost = rig.submit(vec![insert(1)]);
    let (number, entry) = rig.proposal();
    rig.storage.lost("databases/postgres", number);
    assert_eq!(lost.recv_timeout(PATIENCE), Ok(Outcome::Unknown));
    let mut holder = rig.hold();
    let endless = "WITH RECURSIVE c (value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM c) SELECT max(value) FROM c";
    let under = holder.start(query(endless, &[Type::INT8]));
    std::thread::sleep(Duration::from_millis(50));
    assert_eq!(rig.apply(&entry).unwrap(), Applied::Accepted);
    assert!(under.given.recv_timeout(PATIENCE).unwrap().ended.is_none());
    holder.must_be_lost();
    // The next holder's statements are stopped by nothing.
    assert_eq!(rig.hold().count(), 1);
}

#[test]
fn a_client_that_does_not_fetch_holds_nobody_up_but_those_behind_it() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = ready(dir.path());
    let lost = rig.submit(vec![write(
        "INSERT INTO t SELECT value, zeroblob(1000) FROM (WITH RECURSIVE c (value) AS \
         (SELECT 1 UNION ALL SELECT value + 1 FROM c LIMIT 2000) SELECT value FROM c)",
    )]);
    let (_, entry) = rig.proposal();
    rig.apply(&entry).unwrap();
    assert!(matches!(lost.recv_timeout(PATIENCE), Ok(Outcome::Committed { .. })));
    let mut holder = rig.hold();
    let read = || query("SELECT b FROM t", &[Type::BYTEA]);
    let under = holder.start(read());
    let given: usize = (0..WINDOW).map(|_| under.batches.recv_timeout(PATIENCE).unwrap()).sum();
    assert!(given < 2000 && waiting(&under.batches), "the window is full");
    // One that wants no more has it closed, and the next statement runs.
    drop(under);
    assert_eq!(holder.count(), 2000);
    assert_eq!(holder.start(read()).wait().rows.len(), 2000);
    // A control comes through to a writer that waits for its client.
    let under = holder.start(read());
    for _ in 0..WINDOW {
        under.batches.recv_timeout(PATIENCE).unwrap();
    }
    rig.storage.follow();
    assert!(under.given.recv_timeout(PATIENCE).unwrap().ended.is_none());
    assert_eq!(rig.ask(0, None, Cancel::new()).recv_timeout(PATIENCE).unwrap().err(), Some(NotHeld::NotLeader));
}

#[test]
fn a_checkpoint_waits_for_the_end_of_the_transaction_and_does_not_disturb_it() {
    let dir = tempfile::tempdir().unwrap();
    let rig = ready(dir.path());
    let mut holder = rig.hold();
    holder.must(insert(1));
    let (storage, at) = (rig.storage.clone(), LogId { term: rig.term, node: 1, index: rig.index });
    let checkpoint = std::thread::spawn(move || storage.checkpoint(at));
    std::thread::sleep(Duration::from_millis(50));
    assert_eq!(holder.count(), 1);
    assert!(!checkpoint.is_finished());
    drop(holder);
    checkpoint.join().unwrap().unwrap();
}

/// Values stay taken whatever becomes of the transaction, and what is stored of them is replicated.
#[test]
fn sequences_are_stored_with_the_commit() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = ready(dir.path());
    let sequence = crate::catalog::Sequence {
        oid: 16400,
        schema: "public".to_owned(),
        name: "s".to_owned(),
        ty: Type::INT8,
        start: 1,
        increment: 1,
        min: 1,
        max: i64::MAX,
        cycle: false,
        owned_by: None,
        restart: None,
        comment: None,
        cache: 1,
    };
    let put = SchemaStep::Catalog(Change::put(crate::catalog::Object::Sequence(sequence)));
    let mut holder = rig.hold();
    holder.must(schema(vec![put]));
    VERSION.with(|version| version.set(1));
    holder.0.savepoint();
    let next = || {
        let mut call = write("SELECT pg_nextval(16400)");
        let plan = Arc::make_mut(call.plan.as_mut().unwrap());
        let columns = query("SELECT 1", &[Type::INT8]).plan.unwrap().columns.clone();
        plan.columns = columns;
        call
    };
    assert_eq!(holder.must(next()).1, [[Value::Int8(1)]]);
    holder.0.rollback_to(0);
    assert_eq!(holder.must(next()).1, [[Value::Int8(2)]]);
    let (_, entry) = rig.commit(holder);
    let stored = "SELECT last_value, is_called FROM _quorlite_sequences";
    let stored = |rig: &Rig| rig.outside().query_row(stored, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    assert_eq!(stored(&rig), (2, true));
    let mut follower = Rig::open(&dir.path().join("2"));
    follower.term = rig.term;
    follower.must_apply_ddl();
    follower.apply(&entry).unwrap();
    assert_eq!((stored(&follower), follower.dump()), ((2, true), rig.dump()));
    VERSION.with(|version| version.set(0));
}

/// What waits for the writer may come in any moment, and SQLite looks up even in short statements, if seldom.
#[test]
fn a_commit_is_not_interrupted_for_what_waits() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = ready(dir.path());
    for value in 0..300 {
        let mut holder = rig.hold();
        assert_eq!(holder.must(insert(value)).0, "INSERT 0 1");
        rig.database().shared.mailbox.urgent.store(true, std::sync::atomic::Ordering::Relaxed);
        let outcome = rig.commit(holder).0;
        assert!(matches!(outcome, Outcome::Committed { .. }), "{value}: {outcome:?}");
    }
}
