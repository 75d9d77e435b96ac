//! What is executed before the batch ahead of it has its fate: nobody notices, and it counts only after that batch.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::super::mailbox::Control;
use super::slot::{Holder, count, insert, ready, waiting};
use super::*;

/// A statement that takes longer than anything waits for its fate.
fn slow(from: i64) -> String {
    format!(
        "INSERT INTO t SELECT value + {from}, 'x' FROM (WITH RECURSIVE c (value) AS \
         (SELECT 1 UNION ALL SELECT value + 1 FROM c LIMIT 400000) SELECT value FROM c WHERE value % 100000 = 0)"
    )
}

fn committed(outcome: &Receiver<Outcome>) -> bool {
    matches!(outcome.recv_timeout(PATIENCE), Ok(Outcome::Committed { .. }))
}

/// A client that has the slot, and has committed.
fn complete(rig: &Rig, value: i64) -> Receiver<Outcome> {
    let mut holder = rig.hold();
    holder.must(insert(value));
    holder.commit()
}

/// Rows that others see.
fn rows(rig: &Rig) -> usize {
    rig.dump()["t"].len()
}

#[test]
fn the_next_holder_does_not_wait_for_the_fate_of_the_batch_before() {
    for follower_path in [false, true] {
        let dir = tempfile::tempdir().unwrap();
        let mut rig = ready_with(dir.path(), follower_path);
        let first = rig.submit(vec![insert(1)]);
        let (_, entry) = rig.proposal();
        let mut holder = rig.hold();
        holder.must(insert(2));
        holder.savepoint();
        holder.must(insert(3));
        holder.savepoint();
        holder.must(insert(4));
        assert_eq!(holder.count(), 4, "it sees the batch before");
        rig.no_proposal();
        assert_eq!(rig.apply(&entry).unwrap(), Applied::Accepted);
        assert!(committed(&first));
        assert_eq!(rows(&rig), 1, "what went ahead is nobody else's");
        assert_eq!(holder.count(), 4);
        holder.rollback_to(1);
        assert_eq!(holder.count(), 3, "its savepoints are still there");
        assert_eq!(holder.must_fail(insert(1)).code.as_str(), "23505");
        holder.rollback_to(0);
        holder.must(insert(5));
        let outcome = holder.commit();
        let (_, entry) = rig.proposal();
        assert_eq!(rig.apply(&entry).unwrap(), Applied::Accepted);
        assert!(committed(&outcome));
        assert_eq!(rows(&rig), 3);
    }
}

fn ready_with(dir: &Path, apply_own_effects: bool) -> Rig {
    let mut rig = Rig::open_with(dir, Options { apply_own_effects, ..Options::default() });
    rig.lead();
    rig.must(vec![ddl("CREATE TABLE t (a INTEGER PRIMARY KEY, b)")]);
    rig
}

#[test]
fn what_is_complete_is_proposed_with_the_fate_of_the_batch_before_while_a_client_still_thinks() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = ready(dir.path());
    let first = rig.submit(vec![insert(1)]);
    let (_, entry) = rig.proposal();
    let second = complete(&rig, 2);
    let third = complete(&rig, 3);
    let mut holder = rig.hold();
    holder.must(insert(4));
    holder.savepoint();
    holder.must(insert(5));
    assert_eq!(rig.apply(&entry).unwrap(), Applied::Accepted);
    assert!(committed(&first) && waiting(&second) && waiting(&third));
    let (_, entry) = rig.proposal();
    let Entry::Batch(batch) = &entry else { panic!() };
    assert_eq!(batch.files[0].transactions.len(), 2);
    assert_eq!(holder.count(), 5);
    // It goes back to its savepoint: those before it stay.
    assert_eq!(holder.must_fail(insert(3)).code.as_str(), "23505");
    assert_eq!(holder.count(), 4);
    assert_eq!(rig.apply(&entry).unwrap(), Applied::Accepted);
    assert!(committed(&second) && committed(&third));
    assert_eq!((rows(&rig), holder.count()), (3, 4));
    drop(holder);
    assert_eq!(rig.hold().count(), 3);
}

#[test]
fn those_who_wait_join_what_went_ahead() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = ready(dir.path());
    let first = rig.submit(vec![insert(1)]);
    let (_, entry) = rig.proposal();
    let second = complete(&rig, 2);
    let third = rig.submit(vec![insert(3)]);
    assert!(waiting(&third));
    rig.apply(&entry).unwrap();
    let (_, entry) = rig.proposal();
    let Entry::Batch(batch) = &entry else { panic!() };
    assert_eq!(batch.files[0].transactions.len(), 2);
    rig.apply(&entry).unwrap();
    assert!(committed(&first) && committed(&second) && committed(&third));
}

#[test]
fn a_failed_holder_takes_nobody_with_it() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = ready(dir.path());
    let first = rig.submit(vec![insert(1)]);
    let (_, entry) = rig.proposal();
    let second = complete(&rig, 2);
    let mut holder = rig.hold();
    holder.must(insert(3));
    assert_eq!(holder.must_fail(insert(2)).code.as_str(), "23505");
    holder.must_be_lost();
    let mut holder = rig.hold();
    assert_eq!(holder.count(), 2);
    holder.must(insert(3));
    drop(holder);
    rig.apply(&entry).unwrap();
    let (_, entry) = rig.proposal();
    rig.apply(&entry).unwrap();
    assert!(committed(&first) && committed(&second));
    assert_eq!(rows(&rig), 2);
}

#[test]
fn what_went_ahead_of_a_void_batch_is_void() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = ready(dir.path());
    type Fate = fn(&mut Rig, u64, &Entry) -> Outcome;
    let fates: [Fate; 4] = [
        |rig, number, _| {
            rig.storage.refused("databases/postgres", number);
            Outcome::NotLeader
        },
        |rig, number, _| {
            rig.storage.lost("databases/postgres", number);
            Outcome::Unknown
        },
        // Another term's entry of the same content comes in its place.
        |rig, _, entry| {
            rig.term += 1;
            assert_eq!(rig.apply(entry).unwrap(), Applied::Superseded);
            Outcome::Superseded
        },
        |rig, _, _| {
            rig.lead();
            Outcome::NotLeader
        },
    ];
    for (number, fate) in fates.into_iter().enumerate() {
        rig.lead();
        let first = rig.submit(vec![insert(1)]);
        let (batch, entry) = rig.proposal();
        let second = complete(&rig, 2);
        let mut holder = rig.hold();
        holder.must(insert(3));
        let outcome = fate(&mut rig, batch, &entry);
        assert_eq!(first.recv_timeout(PATIENCE), Ok(outcome), "{number}");
        let second = second.recv_timeout(PATIENCE).unwrap();
        assert!(matches!(second, Outcome::NotLeader | Outcome::Superseded), "{number}: {second:?}");
        holder.must_be_lost();
        assert_eq!(holder.commit().recv_timeout(PATIENCE), Ok(Outcome::NotLeader));
        assert_eq!(rows(&rig), 0);
    }
}

/// A leader that leaves gives up what is not proposed, and nothing else.
#[test]
fn the_batch_in_flight_outlives_what_went_ahead() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = ready(dir.path());
    let first = rig.submit(vec![insert(1)]);
    let (_, entry) = rig.proposal();
    let second = complete(&rig, 2);
    let mut holder = rig.hold();
    holder.must(insert(3));
    rig.storage.follow();
    assert_eq!(second.recv_timeout(PATIENCE), Ok(Outcome::NotLeader));
    holder.must_be_lost();
    assert!(waiting(&first));
    assert_eq!(rig.apply(&entry).unwrap(), Applied::Accepted);
    assert!(committed(&first));
    assert_eq!(rows(&rig), 1);
}

#[test]
fn a_change_of_the_schema_waits() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = ready(dir.path());
    let first = rig.submit(vec![insert(1)]);
    let (_, entry) = rig.proposal();
    let mut holder = rig.hold();
    holder.must(insert(2));
    let under = holder.start(ddl("CREATE TABLE u (a)"));
    assert!(waiting(&under.given));
    rig.apply(&entry).unwrap();
    assert!(under.wait().ended.unwrap().is_ok() && committed(&first));
    holder.must(write("INSERT INTO u VALUES (1)"));
    let outcome = holder.commit();
    let (_, entry) = rig.proposal();
    // Nothing goes ahead of a change of the schema.
    let waits = rig.ask(0, None, Cancel::new());
    assert!(waiting(&waits));
    rig.apply(&entry).unwrap();
    assert!(committed(&outcome));
    assert_eq!(Holder(waits.recv_timeout(PATIENCE).unwrap().ok().unwrap()).count(), 2);
}

#[test]
fn the_fate_of_a_batch_does_not_wait_for_a_statement() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = ready(dir.path());
    let first = rig.submit(vec![insert(1)]);
    let (_, entry) = rig.proposal();
    let mut holder = rig.hold();
    holder.must(insert(2));
    holder.savepoint();
    holder.must(insert(3));
    let endless = "WITH RECURSIVE c (value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM c) SELECT max(value) FROM c";
    for sql in [endless.to_owned(), format!("INSERT INTO t SELECT 4, ({endless})")] {
        let (cancel, entry) = (Cancel::new(), entry.clone());
        let call = if sql.starts_with("WITH") { query(&sql, &[Type::INT8]) } else { write(&sql) };
        let under = holder.start_with(call, cancel.clone());
        std::thread::sleep(Duration::from_millis(20));
        if waiting(&first) {
            rig.apply(&entry).unwrap();
            assert!(committed(&first));
        }
        // It is run again, and still has no end.
        assert!(waiting(&under.given));
        cancel.cancel(CancelReason::UserRequest);
        assert!(under.wait().ended.expect("the slot").is_err());
        // A read has done nothing.
        let left = if sql.starts_with("WITH") { 3 } else { 2 };
        assert_eq!(holder.count(), left, "what a write did goes back to the last savepoint");
    }
    let under = holder.start(write(&slow(10)));
    assert!(under.wait().ended.unwrap().is_ok());
    assert!(matches!(rig.commit(holder).0, Outcome::Committed { .. }));
    assert_eq!(rows(&rig), 6);
}

#[test]
fn many_rows_wait_for_the_fate_and_then_stream() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = ready(dir.path());
    let many = "INSERT INTO t SELECT value, zeroblob(1000) FROM (WITH RECURSIVE c (value) AS \
                (SELECT 1 UNION ALL SELECT value + 1 FROM c LIMIT 2000) SELECT value FROM c)";
    rig.must(vec![write(many)]);
    let first = rig.submit(vec![insert(3000)]);
    let (_, entry) = rig.proposal();
    let mut holder = rig.hold();
    holder.must(insert(3001));
    let under = holder.start(query("SELECT zeroblob(1000) FROM t", &[Type::BYTEA]));
    assert!(waiting(&under.given));
    rig.apply(&entry).unwrap();
    let given = under.wait();
    assert!(given.ended.unwrap().is_ok() && committed(&first));
    assert_eq!(given.rows.len(), 2002);
    // … and so does what would have to be brought back.
    let outcome = holder.commit();
    let (_, entry) = rig.proposal();
    let mut holder = rig.hold();
    holder.must(write(&many.replace("SELECT value,", "SELECT value + 10000,")));
    let under = holder.start(count());
    assert!(waiting(&under.given));
    rig.apply(&entry).unwrap();
    assert!(committed(&outcome) && under.wait().ended.unwrap().is_ok());
    assert_eq!(holder.count(), 4002);
}

#[test]
fn a_deferred_violation_is_not_forgotten() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = ready(dir.path());
    rig.must(vec![ddl("CREATE TABLE c (a INTEGER PRIMARY KEY, p REFERENCES t (a) DEFERRABLE INITIALLY DEFERRED)")]);
    for mended in [false, true] {
        let first = rig.submit(vec![write("UPDATE c SET p = p")]);
        let (_, entry) = rig.proposal();
        let mut holder = rig.hold();
        holder.must(write("INSERT INTO c VALUES (1, 7)"));
        rig.apply(&entry).unwrap();
        assert!(committed(&first));
        if mended {
            holder.must(insert(7));
            assert!(matches!(rig.commit(holder).0, Outcome::Committed { .. }));
        } else {
            let Ok(Outcome::Failed { error, .. }) = holder.commit().recv_timeout(PATIENCE) else { panic!() };
            assert_eq!(error.code.as_str(), "23503");
        }
    }
}

/// SQLite's count is lost when the transaction is made again from its effects, and SET CONSTRAINTS must not rely on it.
#[test]
fn a_violation_that_was_brought_back_fails_set_constraints() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = ready(dir.path());
    rig.must(vec![sql("CREATE TABLE p (a int PRIMARY KEY)")]);
    rig.must(vec![sql("CREATE TABLE c (a int PRIMARY KEY, p int REFERENCES p DEFERRABLE)")]);
    let modes = |statement: &str| {
        let mut context = (*context()).clone();
        let plan = crate::sql::bind(&sql(statement).statement, &Catalog::empty(), &context, &[]).unwrap();
        let Action::Constraints(set) = &plan.action else { panic!() };
        context.constraints.set(set, &Catalog::empty(), &context.clone()).unwrap();
        Arc::new(context)
    };
    let (deferred, immediate) = (modes("SET CONSTRAINTS ALL DEFERRED"), modes("SET CONSTRAINTS ALL IMMEDIATE"));
    let run = |holder: &mut Holder, text: &str, context: &Arc<SessionContext>| {
        holder.start_in(sql(text), context.clone(), Cancel::new()).wait().ended.expect("the slot")
    };
    for mended in [false, true] {
        let first = rig.submit(vec![insert(100 + i64::from(mended))]);
        let (_, entry) = rig.proposal();
        let mut holder = rig.hold();
        run(&mut holder, "INSERT INTO c VALUES (1, 7)", &deferred).unwrap();
        rig.apply(&entry).unwrap();
        assert!(committed(&first));
        if mended {
            // SQLite counts from nothing again, so that this takes nothing off.
            run(&mut holder, "INSERT INTO p VALUES (7)", &deferred).unwrap();
            assert_eq!(run(&mut holder, "SET CONSTRAINTS ALL IMMEDIATE", &immediate).unwrap().tag, "SET CONSTRAINTS");
            assert_eq!(run(&mut holder, "DELETE FROM p", &immediate).unwrap_err().code.as_str(), "23503");
            continue;
        }
        let error = run(&mut holder, "SET CONSTRAINTS ALL IMMEDIATE", &immediate).unwrap_err();
        assert_eq!(error.code.as_str(), "23503");
        assert_eq!(error.detail.as_deref(), Some("Key (p)=(7) is not present in table \"p\"."));
    }
}

#[test]
fn rows_from_before_a_key_that_is_not_valid_do_not_fail_a_commit() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = ready(dir.path());
    rig.must(vec![sql("CREATE TABLE p (a int PRIMARY KEY)")]);
    rig.must(vec![sql(
        "CREATE TABLE c (a int PRIMARY KEY, old int, p int REFERENCES p DEFERRABLE INITIALLY DEFERRED)",
    )]);
    rig.must(vec![sql("INSERT INTO c VALUES (1, 99, NULL)")]);
    rig.must(vec![sql("ALTER TABLE c ADD FOREIGN KEY (old) REFERENCES p NOT VALID")]);
    for mended in [false, true] {
        let first = rig.submit(vec![insert(100 + i64::from(mended))]);
        let (_, entry) = rig.proposal();
        let mut holder = rig.hold();
        holder.must(sql("INSERT INTO c VALUES (2, NULL, 7)"));
        rig.apply(&entry).unwrap();
        assert!(committed(&first));
        if mended {
            holder.must(sql("INSERT INTO p VALUES (7)"));
            assert!(matches!(rig.commit(holder).0, Outcome::Committed { .. }));
        } else {
            let Ok(Outcome::Failed { error, .. }) = holder.commit().recv_timeout(PATIENCE) else { panic!() };
            assert_eq!(error.detail.as_deref(), Some("Key (p)=(7) is not present in table \"p\"."));
        }
    }
}

#[test]
fn a_commit_that_has_to_look_through_the_file_waits() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = ready(dir.path());
    rig.must(vec![ddl("CREATE TABLE c (a INTEGER PRIMARY KEY, p REFERENCES t (a) DEFERRABLE INITIALLY DEFERRED)")]);
    let first = rig.submit(vec![insert(1)]);
    let (_, entry) = rig.proposal();
    let second = complete(&rig, 2);
    let mut holder = rig.hold();
    holder.must(write("INSERT INTO c VALUES (1, 7)"));
    rig.apply(&entry).unwrap();
    assert!(committed(&first));
    let (_, entry) = rig.proposal();
    let outcome = holder.commit();
    assert!(waiting(&outcome), "the fate of the batch would wait for it");
    rig.apply(&entry).unwrap();
    assert!(committed(&second));
    let Ok(Outcome::Failed { error, .. }) = outcome.recv_timeout(PATIENCE) else { panic!() };
    assert_eq!(error.code.as_str(), "23503");
}

#[test]
fn a_snapshot_waits_for_the_fate_that_decides_about_it() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = ready(dir.path());
    let version = rig.database().shared.meta().data_version;
    let first = rig.submit(vec![insert(1)]);
    let (_, entry) = rig.proposal();
    let waits = rig.ask(0, Some(version), Cancel::new());
    assert!(waiting(&waits));
    rig.apply(&entry).unwrap();
    assert!(committed(&first));
    let Err(NotHeld::Failed(error)) = waits.recv_timeout(PATIENCE).unwrap() else { panic!() };
    assert_eq!(error.code.as_str(), "40001");
}

/// A file that is never idle is checkpointed all the same.
#[test]
fn a_checkpoint_finds_its_moment() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = ready(dir.path());
    let first = rig.submit(vec![insert(1)]);
    let (_, entry) = rig.proposal();
    let holder = rig.hold();
    let applied = LogId { term: rig.term, node: rig.node, index: rig.index };
    let (done, checkpoint) = std::sync::mpsc::sync_channel(1);
    rig.database().shared.mailbox.control(Control::Checkpoint { applied, done });
    let outcome = holder.commit();
    rig.apply(&entry).unwrap();
    assert!(committed(&first));
    let waits = rig.ask(0, None, Cancel::new());
    let (_, entry) = rig.proposal();
    assert!(waiting(&waits), "nothing goes ahead while a checkpoint waits");
    rig.apply(&entry).unwrap();
    assert!(committed(&outcome) && waits.recv_timeout(PATIENCE).unwrap().is_ok());
    // The holder, who came after it, doesn't disturb it.
    checkpoint.recv_timeout(PATIENCE).unwrap().unwrap();
}

/// Clients come, think, commit, fail and leave in any order, and fates come late: what is committed is what its clients
/// were told, and followers have the same.
#[test]
fn any_order_of_clients_and_fates_gives_what_was_acknowledged() {
    for seed in 0..40 {
        let dir = tempfile::tempdir().unwrap();
        random_order(&dir.path().join("leader"), &dir.path().join("follower"), seed);
    }
}

fn random_order(leader: &Path, follower: &Path, seed: u64) {
    let mut random = StdRng::seed_from_u64(seed);
    let mut rig = Rig::open_with(leader, Options { apply_own_effects: seed % 4 == 3, ..Options::default() });
    let mut other = Rig::open(follower);
    rig.lead();
    (other.term, other.index) = (rig.term, rig.index);
    let mut log = vec![rig.run(vec![ddl("CREATE TABLE t (a INTEGER PRIMARY KEY, b)")]).1.unwrap()];
    let mut holder: Option<(Holder, Vec<i64>, Vec<usize>)> = None;
    let mut wanted: Option<Receiver<Result<Held, NotHeld>>> = None;
    let mut pending: Vec<(Receiver<Outcome>, Vec<i64>)> = Vec::new();
    let mut in_flight: std::collections::VecDeque<Entry> = std::collections::VecDeque::new();
    let mut next = 0;
    let mut expected = std::collections::BTreeSet::new();
    for _ in 0..120 {
        while let Ok((_, _, entry)) = rig.outbox.try_recv() {
            in_flight.push_back(entry);
        }
        next += 1;
        match random.random_range(0..12) {
            0..=1 => pending.push((rig.submit(vec![insert(next)]), vec![next])),
            2 if holder.is_none() && wanted.is_none() => wanted = Some(rig.ask(0, None, Cancel::new())),
            3..=5 => {
                if let Some((holder, own, _)) = &mut holder {
                    holder.must(insert(next));
                    own.push(next);
                }
            }
            6 => {
                if let Some((holder, own, savepoints)) = &mut holder {
                    holder.savepoint();
                    savepoints.push(own.len());
                }
            }
            7 => {
                if let Some((holder, own, savepoints)) = &mut holder
                    && let Some(len) = savepoints.last()
                {
                    holder.rollback_to(savepoints.len() - 1);
                    own.truncate(*len);
                }
            }
            8 => {
                if let Some((holder, own, _)) = holder.take() {
                    pending.push((holder.commit(), own));
                }
            }
            9 => drop(holder.take_if(|_| random.random_range(0..3) == 0)),
            _ => {
                if let Some(entry) = in_flight.pop_front() {
                    assert_eq!(rig.apply(&entry).unwrap(), Applied::Accepted, "seed {seed}");
                    log.push(entry);
                }
            }
        }
        if let Some(granted) = wanted.as_ref().and_then(|wanted| wanted.try_recv().ok()) {
            wanted = None;
            holder = Some((Holder(granted.ok().unwrap()), Vec::new(), Vec::new()));
        }
    }
    if let Some((holder, own, _)) = holder.take() {
        pending.push((holder.commit(), own));
    }
    drop(wanted);
    while !pending.is_empty() {
        if let Some(entry) = in_flight.pop_front() {
            assert_eq!(rig.apply(&entry).unwrap(), Applied::Accepted, "seed {seed}");
            log.push(entry);
        }
        pending.retain(|(outcome, values)| match outcome.recv_timeout(Duration::from_millis(1)) {
            Ok(Outcome::Committed { .. }) => {
                expected.extend(values.iter().copied());
                false
            }
            Ok(other) => panic!("seed {seed}: {other:?}"),
            Err(_) => true,
        });
        while let Ok((_, _, entry)) = rig.outbox.try_recv() {
            in_flight.push_back(entry);
        }
    }
    let got: Vec<String> = rig.dump()["t"].clone();
    let wanted: Vec<String> = expected.iter().map(|a| format!("Integer({a}) Integer({a}) Text([120])")).collect();
    assert_eq!(got, wanted, "seed {seed}");
    for entry in log {
        assert_eq!(other.apply(&entry).unwrap(), Applied::Accepted);
    }
    assert_same(&rig.dump(), &other.dump(), &format!("seed {seed}"));
}
