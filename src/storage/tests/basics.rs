//! Execute, propose, apply, read.

use super::*;

#[test]
fn a_write_is_there_after_its_entry_and_not_before() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = Rig::open(dir.path());
    rig.lead();
    let results = rig.must(vec![
        ddl("CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT)"),
        write("INSERT INTO t VALUES (1, 'one'), (2, 'two')"),
        returning("UPDATE t SET name = name || '!' WHERE id = 2 RETURNING id, name", &[Type::INT4, Type::TEXT]),
        query("SELECT count(*) FROM t", &[Type::INT8]),
    ]);
    let tags: Vec<&str> = results.iter().map(|result| result.tag.as_str()).collect();
    assert_eq!(tags, ["DDL", "INSERT 0 2", "UPDATE 1", "SELECT 1"]);
    assert_eq!(results[2].rows, [[Value::Int4(2), Value::Text("two!".to_owned())]]);
    assert_eq!(results[3].rows, [[Value::Int8(2)]]);

    let waiting = rig.submit(vec![write("DELETE FROM t WHERE id = 1")]);
    let (_, entry) = rig.proposal();
    let count = |rig: &Rig| rig.read("SELECT count(*) FROM t", &[Type::INT8]).unwrap();
    assert_eq!(count(&rig), [[Value::Int8(2)]]);
    assert!(waiting.try_recv().is_err());
    assert_eq!(rig.apply(&entry).unwrap(), Applied::Accepted);
    assert!(matches!(waiting.recv().unwrap(), Outcome::Committed { index, .. } if index == rig.index));
    assert_eq!(count(&rig), [[Value::Int8(1)]]);
}

#[test]
fn a_follower_applies_what_the_leader_did() {
    let dir = tempfile::tempdir().unwrap();
    let (mut leader, mut follower) = (Rig::open(&dir.path().join("1")), Rig::open(&dir.path().join("2")));
    leader.lead();
    follower.term = leader.term;
    follower.index = leader.index;
    let statements = [
        vec![ddl("CREATE TABLE t (a, b TEXT)"), write("INSERT INTO t VALUES (random(), 'x'), (2, 'y')")],
        vec![write("UPDATE t SET a = random() WHERE b = 'y'")],
        vec![write("DELETE FROM t WHERE b = 'x'"), ddl("CREATE INDEX i ON t (b)")],
    ];
    for statements in statements {
        let (outcome, entry) = leader.run(statements);
        assert!(matches!(outcome, Outcome::Committed { .. }), "{outcome:?}");
        assert_eq!(follower.apply(&entry.unwrap()).unwrap(), Applied::Accepted);
    }
    assert_eq!(leader.dump(), follower.dump());
    assert_eq!(leader.storage.applied(), follower.storage.applied());
}

#[test]
fn a_call_for_one_version_of_the_catalog_fails_at_another() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = Rig::open(dir.path());
    rig.lead();
    rig.must(vec![sql("CREATE TABLE t (a int)")]);
    let version = rig.database().catalog().version;
    let call = || Call { only_at: Some(version), ..sql("INSERT INTO t VALUES (1)") };
    rig.must(vec![call()]);
    rig.must(vec![sql("CREATE TABLE u (a int)")]);
    assert_eq!(rig.must_fail(vec![call()]), crate::sql::changed_shape());
    // A transaction's own change counts as well.
    let call = Call { only_at: Some(rig.database().catalog().version), ..sql("INSERT INTO t VALUES (2)") };
    assert_eq!(rig.must_fail(vec![sql("CREATE TABLE v (a int)"), call]), crate::sql::changed_shape());
    assert_eq!(rig.dump()["t"].len(), 1);
}
