//! Batches that a follower applies in one SQLite transaction.

use super::*;

/// A leader's entries, and a follower that has none of them.
fn pair(dir: &Path) -> (Rig, Rig) {
    let (mut leader, mut follower) = (Rig::open(&dir.join("1")), Rig::open(&dir.join("2")));
    leader.lead();
    follower.node = 2;
    (follower.term, follower.index) = (leader.term, leader.index);
    (leader, follower)
}

fn committed(leader: &mut Rig, call: Call) -> Batch {
    match leader.run(vec![call]) {
        (Outcome::Committed { .. }, Some(Entry::Batch(batch))) => batch,
        other => panic!("{other:?}"),
    }
}

fn apply_together(rig: &mut Rig, batches: &[Batch]) -> Result<Vec<Applied>, StorageError> {
    let numbered: Vec<(LogId, &Batch)> = batches
        .iter()
        .map(|batch| {
            rig.index += 1;
            (LogId { term: rig.term, node: rig.node, index: rig.index }, batch)
        })
        .collect();
    let (sender, applied) = channel();
    rig.storage.apply_then(&numbered, move |result| sender.send(result).unwrap());
    let stopped = |_| Err(rig.storage.failure().expect("a reason"));
    applied.recv_timeout(PATIENCE).unwrap_or_else(stopped)
}

/// What becomes of a schema, rows and their keys within one transaction is what became of them in several.
#[test]
fn are_as_one_after_the_other() {
    let dir = tempfile::tempdir().unwrap();
    let (mut leader, mut follower) = pair(dir.path());
    let calls = [
        ddl("CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT)"),
        write("INSERT INTO t VALUES (1, 'one'), (2, 'two')"),
        write("UPDATE t SET b = 'zwei' WHERE a = 2"),
        ddl("ALTER TABLE t ADD COLUMN c"),
        write("INSERT INTO t VALUES (3, 'three', 33)"),
        write("DELETE FROM t WHERE a = 1"),
        ddl("CREATE UNIQUE INDEX i ON t (b)"),
        write("INSERT INTO t VALUES (1, 'one', 11)"),
        write("UPDATE t SET a = a + 10"),
        write("DELETE FROM t"),
        write("INSERT INTO t VALUES (7, 'seven', NULL)"),
    ];
    let batches: Vec<Batch> = calls.into_iter().map(|call| committed(&mut leader, call)).collect();
    for sizes in [vec![11], vec![1, 10], vec![2, 3, 6], vec![4, 4, 3]] {
        let dir = tempfile::tempdir().unwrap();
        let mut other = Rig::open(dir.path());
        (other.node, other.term, other.index) = (2, follower.term, follower.index);
        let mut rest = &batches[..];
        for size in sizes {
            let (some, left) = rest.split_at(size);
            assert_eq!(apply_together(&mut other, some).unwrap(), vec![Applied::Accepted; size]);
            rest = left;
        }
        assert_same(&leader.dump(), &other.dump(), "together");
        let (meta, theirs) = (other.database().shared.meta(), leader.database().shared.meta());
        assert_eq!((meta.data_version, meta.catalog_version), (theirs.data_version, theirs.catalog_version));
        assert_eq!(meta.applied.map(|id| id.index), theirs.applied.map(|id| id.index));
    }
    // The same file leads from here.
    apply_together(&mut follower, &batches).unwrap();
    follower.lead();
    follower.must(vec![write("INSERT INTO t VALUES (8, 'eight', 8)")]);
    assert_eq!(follower.dump()["t"].len(), 2);
}

/// What was executed on another state counts no more among others than it does alone, and what the file has is not done again.
#[test]
fn each_is_judged_by_itself() {
    let dir = tempfile::tempdir().unwrap();
    let (mut leader, mut follower) = pair(dir.path());
    let table = committed(&mut leader, ddl("CREATE TABLE t (a INTEGER PRIMARY KEY)"));
    let first = committed(&mut leader, write("INSERT INTO t VALUES (1)"));
    let second = committed(&mut leader, write("INSERT INTO t VALUES (2)"));
    let third = committed(&mut leader, write("INSERT INTO t VALUES (3)"));
    let mut of_another_term = third.clone();
    of_another_term.term -= 1;
    let start = follower.index;
    let batches = [table, first.clone(), first.clone(), of_another_term, second, first, third];
    let verdicts = apply_together(&mut follower, &batches).unwrap();
    let (yes, no) = (Applied::Accepted, Applied::Superseded);
    assert_eq!(verdicts, [&yes, &yes, &no, &no, &yes, &no, &yes].map(Clone::clone));
    assert_same(&leader.dump(), &follower.dump(), "together");
    follower.index = start;
    assert_eq!(apply_together(&mut follower, &batches).unwrap(), vec![Applied::Nothing; 7]);
    assert_same(&leader.dump(), &follower.dump(), "again");
}

/// A replica that differs has none of those that were to become true with the one by which it is found.
#[test]
fn one_that_does_not_fit_stops_all() {
    let dir = tempfile::tempdir().unwrap();
    let (mut leader, mut follower) = pair(dir.path());
    let table = committed(&mut leader, ddl("CREATE TABLE t (a INTEGER PRIMARY KEY)"));
    let row = committed(&mut leader, write("INSERT INTO t VALUES (1)"));
    apply_together(&mut follower, std::slice::from_ref(&table)).unwrap();
    let before = follower.dump();
    // The same row once more.
    let mut again = row.clone();
    again.files[0].base_version += 1;
    let error = apply_together(&mut follower, &[row, again]).unwrap_err();
    assert!(matches!(error, StorageError::Diverged(_)), "{error:?}");
    assert_same(&before, &follower.dump(), "after");
}

/// The leader's own batch commits the transaction that it still has open, whatever comes with it.
#[test]
fn own_ones_are_answered() {
    let dir = tempfile::tempdir().unwrap();
    let mut leader = Rig::open(dir.path());
    leader.lead();
    leader.must(vec![ddl("CREATE TABLE t (a INTEGER PRIMARY KEY)")]);
    let stale = committed(&mut leader, write("INSERT INTO t VALUES (1)"));
    let outcome = leader.submit(vec![write("INSERT INTO t VALUES (2)")]);
    let (_, Entry::Batch(own)) = leader.proposal() else { panic!("no batch") };
    let verdicts = apply_together(&mut leader, &[stale.clone(), own, stale]).unwrap();
    assert_eq!(verdicts, [Applied::Superseded, Applied::Accepted, Applied::Superseded]);
    let outcome = outcome.recv_timeout(PATIENCE).unwrap();
    assert!(matches!(outcome, Outcome::Committed { .. }), "{outcome:?}");
    assert_eq!(leader.dump()["t"].len(), 2);
}
