//! Every kind of change, on a leader and a follower.

use super::*;

/// Runs on a leader what each inner list holds as a transaction, applies it to a follower, and compares. Returns the dump.
/// What it does comes in entries of any size, and in tiny pieces.
fn replicate(transactions: Vec<Vec<Call>>) -> Dump {
    let (_, bytes) = replicate_in(u64::MAX / 2, transactions.clone());
    replicate_in(20 + bytes / 1000, transactions).0
}

/// Gives the bytes of all entries, too.
fn replicate_in(piece_bytes: u64, transactions: Vec<Vec<Call>>) -> (Dump, u64) {
    let dir = tempfile::tempdir().unwrap();
    let options = Options { piece_bytes, ..Options::default() };
    let mut leader = Rig::open_with(&dir.path().join("1"), options.clone());
    let mut follower = Rig::open_with(&dir.path().join("2"), options);
    leader.lead();
    (follower.term, follower.index) = (leader.term, leader.index);
    let mut bytes = 0;
    for calls in transactions {
        let (outcome, entries) = leader.run_all(calls);
        assert!(matches!(outcome, Outcome::Committed { .. }), "{outcome:?}");
        for entry in entries {
            bytes += entry.encode().len() as u64;
            assert_eq!(follower.apply(&entry).unwrap(), Applied::Accepted);
        }
    }
    let dump = leader.dump();
    assert_eq!(dump, follower.dump());
    (dump, bytes)
}

fn writes(texts: &[&str]) -> Vec<Call> {
    texts.iter().map(|text| write(text)).collect()
}

/// (name, schema, transactions, the table looked at, its rows afterwards)
type Case = (&'static str, &'static str, &'static [&'static [&'static str]], &'static str, usize);

#[rustfmt::skip]
const CASES: &[Case] = &[
    ("no key", "CREATE TABLE t (a, b)", &[
        &["INSERT INTO t VALUES (random(), 1), (random(), 1), (3, 3)"],
        &["UPDATE t SET a = a WHERE b = 1", "DELETE FROM t WHERE rowid = 2", "UPDATE t SET b = random()"]], "t", 2),
    ("text key", "CREATE TABLE t (a TEXT PRIMARY KEY, b)", &[
        &["INSERT INTO t VALUES ('z', 1), ('a', 2), ('m', 3)"],
        &["DELETE FROM t WHERE a = 'a'", "INSERT INTO t VALUES ('a', 4)", "UPDATE t SET a = 'q' WHERE a = 'z'"]], "t", 3),
    ("NULL in a key", "CREATE TABLE t (a TEXT PRIMARY KEY, b)", &[
        &["INSERT INTO t VALUES (NULL, 1), (NULL, 1)"], &["UPDATE t SET b = 2 WHERE rowid = 2"], &["DELETE FROM t WHERE b = 1"]], "t", 1),
    ("AUTOINCREMENT", "CREATE TABLE t (a INTEGER PRIMARY KEY AUTOINCREMENT, b)", &[
        &["INSERT INTO t (b) VALUES (1), (2)"], &["INSERT INTO t (b) VALUES (3)", "DELETE FROM t WHERE b = 3"], &["INSERT INTO t (b) VALUES (4)"]], "t", 3),
    ("WITHOUT ROWID", "CREATE TABLE t (a, b TEXT COLLATE NOCASE, c, PRIMARY KEY (b, a)) WITHOUT ROWID", &[
        &["INSERT INTO t VALUES (1, 'x', 1), (1, 'y', 1), (2, 'x', NULL)"],
        &["UPDATE t SET b = 'Q' WHERE b = 'y'", "UPDATE t SET c = 'c'", "UPDATE t SET a = a + 10", "DELETE FROM t WHERE b = 'q'"]], "t", 2),
    ("generated columns", "CREATE TABLE t (a, v AS (a * 2), b, s AS (b || 'x') STORED, c)", &[
        &["INSERT INTO t (a, b, c) VALUES (1, 2, 3), (4, 5, 6)"], &["UPDATE t SET b = 7", "DELETE FROM t WHERE v = 8"]], "t", 1),
    ("generated columns, WITHOUT ROWID", "CREATE TABLE t (a, v AS (a * 2), b PRIMARY KEY, s AS (a || 'x') STORED, c) WITHOUT ROWID", &[
        &["INSERT INTO t (a, b, c) VALUES (1, 2, 3), (4, 5, 6)"], &["UPDATE t SET a = 7 WHERE b = 2", "DELETE FROM t WHERE v = 8"]], "t", 1),
    ("REPLACE", "CREATE TABLE t (a INTEGER PRIMARY KEY, b UNIQUE, c UNIQUE)", &[
        &["INSERT INTO t VALUES (1, 1, 1), (2, 2, 2), (3, 3, 3)"],
        &["INSERT OR REPLACE INTO t VALUES (2, 1, 3)", "REPLACE INTO t VALUES (9, 9, 9)", "UPDATE OR REPLACE t SET b = 9 WHERE a = 2"]], "t", 1),
    ("upsert", "CREATE TABLE t (a INTEGER PRIMARY KEY, b)", &[
        &["INSERT INTO t VALUES (1, 1)", "INSERT INTO t VALUES (1, 2), (2, 2) ON CONFLICT (a) DO UPDATE SET b = b + excluded.b"],
        &["INSERT INTO t VALUES (1, 9) ON CONFLICT DO NOTHING"]], "t", 2),
    ("a key that changes", "CREATE TABLE t (a INTEGER PRIMARY KEY, b)", &[
        &["INSERT INTO t VALUES (1, 'x'), (2, 'y')"], &["UPDATE t SET a = a + 10 WHERE b = 'x'", "UPDATE t SET a = 1, b = 'z' WHERE a = 2"]], "t", 2),
    ("rowids that change", "CREATE TABLE t (a)", &[
        &["INSERT INTO t (rowid, a) VALUES (-5, 'x'), (9223372036854775807, 'y')"], &["UPDATE t SET rowid = 7 WHERE a = 'x'"]], "t", 2),
    ("STRICT", "CREATE TABLE t (a INTEGER, b ANY, c REAL) STRICT", &[
        &["INSERT INTO t VALUES ('1', '1', 1), (NULL, x'00', 2)"], &["UPDATE t SET c = 3"]], "t", 2),
    ("numbers", "CREATE TABLE t (a, r REAL, n NUMERIC, i INTEGER, t TEXT)", &[
        &["INSERT INTO t VALUES (-0.0, -0.0, -0.0, -0.0, -0.0), (9e999, 1, 1.0, '1.0', 1), (1e15, 1e15, 1e20, 1e20, 1e20)"],
        &["UPDATE t SET a = 0.0, r = 0.0", "UPDATE t SET a = a + 1, r = 3, n = '12', i = 9223372036854775807"],
        &["UPDATE t SET a = 3.0, i = 3"], &["UPDATE t SET a = 3, r = 4"]], "t", 3),
    ("bad text", "CREATE TABLE t (a TEXT, b BLOB)", &[
        &["INSERT INTO t VALUES (CAST(x'ff00fe41' AS TEXT), x''), ('', zeroblob(3)), (char(0, 65), NULL)"], &["UPDATE t SET a = a || CAST(x'ff' AS TEXT)"]], "t", 3),
    ("large values", "CREATE TABLE t (a, b)", &[
        &["INSERT INTO t VALUES (zeroblob(2000000), 1), (hex(randomblob(100000)), 2)"], &["UPDATE t SET b = 3"], &["UPDATE t SET a = randomblob(1000000) WHERE rowid = 1"]], "t", 2),
    ("nothing changed", "CREATE TABLE t (a, b)", &[
        &["INSERT INTO t VALUES (1, 2)"], &["UPDATE t SET a = 1"], &["UPDATE t SET b = 3 WHERE a = 7"], &["DELETE FROM t WHERE a = 7"]], "t", 1),
    ("UNIQUE values permuted", "CREATE TABLE t (a INTEGER PRIMARY KEY, u UNIQUE, v UNIQUE)", &[
        &["INSERT INTO t VALUES (1, 'a', 1), (2, 'b', 2), (3, 'c', 3)"],
        &["UPDATE t SET u = 'x' WHERE a = 1", "UPDATE t SET u = 'a' WHERE a = 2", "UPDATE t SET u = 'b' WHERE a = 3", "UPDATE t SET u = 'c' WHERE a = 1",
          "UPDATE t SET v = -v", "UPDATE t SET v = v + 4"]], "t", 3),
    ("columns named as the rowid", "CREATE TABLE t (rowid TEXT, _rowid_, a)", &[
        &["INSERT INTO t VALUES ('x', 1, 2), ('y', 3, 4)"], &["UPDATE t SET _rowid_ = 9 WHERE rowid = 'y'", "DELETE FROM t WHERE rowid = 'x'"]], "t", 1),
    ("all aliases taken, with a key", "CREATE TABLE t (rowid TEXT, _rowid_, oid, id INTEGER PRIMARY KEY)", &[
        &["INSERT INTO t VALUES ('x', 1, 2, 10), ('y', 3, 4, 11)"], &["UPDATE t SET oid = 9 WHERE id = 11", "DELETE FROM t WHERE id = 10"]], "t", 1),
    ("names that need quotes", "CREATE TABLE \"t \"\"1\" (\"a b\", \"select\", 'x')", &[
        &["INSERT INTO \"t \"\"1\" VALUES (1, 2, 3)"], &["UPDATE \"t \"\"1\" SET \"a b\" = 4, \"select\" = 5, \"x\" = 6"]], "t \"1", 1),
    ("triggers", "CREATE TABLE t (a, b); CREATE TABLE log (x); CREATE TRIGGER g AFTER UPDATE ON t BEGIN INSERT INTO log VALUES (random()); \
        UPDATE t SET b = random() WHERE rowid = new.rowid; END; CREATE TRIGGER h BEFORE DELETE ON t BEGIN DELETE FROM log WHERE rowid = 1; END", &[
        &["INSERT INTO t VALUES (1, 1), (2, 2)"], &["UPDATE t SET a = 5"], &["DELETE FROM t WHERE rowid = 1"]], "log", 1),
    ("cascades", "CREATE TABLE p (a INTEGER PRIMARY KEY); CREATE TABLE t (a REFERENCES p ON DELETE CASCADE ON UPDATE CASCADE); CREATE TABLE n (a REFERENCES p ON DELETE SET NULL ON UPDATE SET NULL)", &[
        &["INSERT INTO p VALUES (1), (2), (3)", "INSERT INTO t VALUES (1), (2), (2)", "INSERT INTO n VALUES (1), (3)"],
        &["UPDATE p SET a = 9 WHERE a = 1", "DELETE FROM p WHERE a = 2", "DELETE FROM p WHERE a = 3"]], "t", 1),
    ("cascades over three tables, and to the row itself", "CREATE TABLE p (a INTEGER PRIMARY KEY, u TEXT UNIQUE); \
        CREATE TABLE t (a INTEGER PRIMARY KEY, p REFERENCES p ON DELETE CASCADE ON UPDATE CASCADE, u DEFAULT 'd' REFERENCES p (u) ON DELETE SET DEFAULT ON UPDATE SET NULL); \
        CREATE TABLE n (a REFERENCES t ON DELETE CASCADE ON UPDATE CASCADE, b REFERENCES n (k) ON DELETE CASCADE, k UNIQUE)", &[
        &["INSERT INTO p VALUES (1, 'x'), (2, 'y'), (3, 'd')", "INSERT INTO t VALUES (1, 1, 'x'), (2, 1, 'y'), (3, 3, 'd')", "INSERT INTO n VALUES (1, 7, 7), (2, 7, 8), (3, 8, 9)"],
        &["UPDATE p SET a = a + 10, u = u || 'z' WHERE a = 2", "UPDATE t SET a = a * 100", "DELETE FROM p WHERE a = 1"],
        &["INSERT INTO t VALUES (4, 3, 'yz')", "DELETE FROM p WHERE u = 'yz'", "UPDATE p SET a = 33"]], "t", 2),
    ("a deferred key that comes right in the end", "CREATE TABLE t (a INTEGER PRIMARY KEY, b REFERENCES t DEFERRABLE INITIALLY DEFERRED)", &[
        &["INSERT INTO t VALUES (1, 2)", "INSERT INTO t VALUES (2, 3)", "UPDATE t SET b = 1 WHERE a = 2"], &["DELETE FROM t WHERE a = 1", "UPDATE t SET b = 2"]], "t", 1),
    ("INSERT … SELECT of itself", "CREATE TABLE t (a, b)", &[
        &["INSERT INTO t VALUES (1, randomblob(20))"], &["INSERT INTO t SELECT a + 1, randomblob(9) FROM t"], &["INSERT INTO t SELECT a, b FROM t ORDER BY random()"]], "t", 4),
    ("a partial and an expression index", "CREATE TABLE t (a, b); CREATE INDEX i ON t (lower(a)); CREATE UNIQUE INDEX j ON t (b) WHERE a > 'm'", &[
        &["INSERT INTO t VALUES ('A', 1), ('z', 1), ('B', 1)"], &["UPDATE t SET b = 2 WHERE a = 'z'", "UPDATE t SET a = 'zz' WHERE a = 'A'"]], "t", 3),
];

#[test]
fn every_kind_of_change_is_the_same_on_a_follower() {
    for (name, schema, transactions, table, rows) in CASES {
        let mut all = vec![vec![ddl(schema)]];
        all.extend(transactions.iter().map(|texts| writes(texts)));
        let result = std::panic::catch_unwind(|| replicate(all));
        let dump = result.unwrap_or_else(|_| panic!("{name}"));
        assert_eq!(dump[*table].len(), *rows, "{name}");
    }
}

#[test]
fn all_of_it_in_one_transaction() {
    for (name, schema, transactions, table, rows) in CASES {
        let mut all = vec![ddl(schema)];
        all.extend(transactions.iter().flat_map(|texts| writes(texts)));
        let result = std::panic::catch_unwind(|| replicate(vec![all]));
        assert_eq!(result.unwrap_or_else(|_| panic!("{name}"))[*table].len(), *rows, "{name}");
    }
}

#[test]
fn schema_changes_between_changes_of_rows() {
    let dump = replicate(vec![
        vec![ddl("CREATE TABLE t (a, b)"), write("INSERT INTO t VALUES (1, 2), (3, 4)")],
        vec![
            write("UPDATE t SET a = 5 WHERE b = 2"),
            ddl("ALTER TABLE t ADD COLUMN c DEFAULT 'd'"),
            write("UPDATE t SET c = 'e' WHERE b = 4"),
            ddl("ALTER TABLE t DROP COLUMN a"),
            write("INSERT INTO t VALUES (6, 'f')"),
            ddl("ALTER TABLE t RENAME TO u"),
            write("UPDATE u SET b = b + 1 WHERE c = 'f'"),
            ddl("ALTER TABLE u RENAME COLUMN b TO x"),
            write("DELETE FROM u WHERE x = 4"),
            ddl("CREATE TABLE t (z INTEGER PRIMARY KEY)"),
            write("INSERT INTO t VALUES (1), (2)"),
            ddl("CREATE UNIQUE INDEX i ON u (x)"),
            write("UPDATE u SET x = x + 100"),
        ],
        vec![ddl("DROP TABLE t"), ddl("CREATE TABLE t (other)"), write("INSERT INTO t VALUES (7)")],
        vec![ddl("DROP INDEX i"), ddl("ANALYZE"), write("INSERT INTO u SELECT x, c FROM u")],
        vec![schema(vec![SchemaStep::Truncate("u".to_owned())]), write("INSERT INTO u VALUES (1, 2)")],
    ]);
    assert_eq!(dump["u"], ["Integer(1) Integer(1) Integer(2)"]);
}

/// The foreign keys of a table go, its rows stay; on the node that leads next, too.
#[test]
fn a_table_is_redefined_without_its_foreign_keys() {
    let redefine = || SchemaStep::Redefine {
        table: "c'1".to_owned(),
        sql: "CREATE TABLE \"c'1\" (a INTEGER PRIMARY KEY, p)".to_owned(),
    };
    let dir = tempfile::tempdir().unwrap();
    let (mut leader, mut follower) = (Rig::open(&dir.path().join("1")), Rig::open(&dir.path().join("2")));
    leader.lead();
    (follower.term, follower.index) = (leader.term, leader.index);
    let both = |leader: &mut Rig, follower: &mut Rig, calls: Vec<Call>| {
        let (outcome, entry) = leader.run(calls);
        assert!(matches!(outcome, Outcome::Committed { .. }), "{outcome:?}");
        assert_eq!(follower.apply(&entry.unwrap()).unwrap(), Applied::Accepted);
    };
    let made = "CREATE TABLE p (a INTEGER PRIMARY KEY); \
                CREATE TABLE \"c'1\" (a INTEGER PRIMARY KEY, p REFERENCES p ON DELETE CASCADE)";
    both(
        &mut leader,
        &mut follower,
        vec![ddl(made), write("INSERT INTO p VALUES (1)"), write("INSERT INTO \"c'1\" VALUES (1, 1)")],
    );
    // Undone, it is as if it had never been.
    leader.must_fail(vec![schema(vec![redefine()]), write("INSERT INTO p VALUES (1)")]);
    leader.must_fail(vec![write("INSERT INTO \"c'1\" VALUES (2, 7)")]);
    let calls = vec![
        schema(vec![redefine(), SchemaStep::Sqlite("DROP TABLE p".to_owned())]),
        write("INSERT INTO \"c'1\" VALUES (2, 7)"),
    ];
    both(&mut leader, &mut follower, calls);
    both(&mut leader, &mut follower, vec![write("UPDATE \"c'1\" SET p = 8 WHERE a = 1")]);
    assert_eq!(leader.dump(), follower.dump());
    assert_eq!(leader.dump()["c'1"].len(), 2);
    let term = leader.term;
    leader.storage.follow();
    follower.term = term;
    follower.lead();
    follower.must(vec![write("INSERT INTO \"c'1\" VALUES (3, 9)")]);
}

#[test]
fn tables_that_reference_each_other_are_truncated_together() {
    let dump = replicate(vec![
        vec![
            ddl("CREATE TABLE p (a INTEGER PRIMARY KEY, c REFERENCES c); \
                 CREATE TABLE c (a INTEGER PRIMARY KEY, p REFERENCES p ON DELETE CASCADE)"),
            write("INSERT INTO p VALUES (1, NULL)"),
            write("INSERT INTO c VALUES (1, 1)"),
            write("UPDATE p SET c = 1"),
        ],
        vec![schema(vec![
            SchemaStep::TruncateReferenced("p".to_owned()),
            SchemaStep::TruncateReferenced("c".to_owned()),
        ])],
        vec![write("INSERT INTO p VALUES (2, NULL)")],
    ]);
    assert_eq!((dump["p"].len(), dump["c"].len()), (1, 0));
}

#[test]
fn virtual_tables_replicate_through_their_shadow_tables() {
    let dump = replicate(vec![
        vec![
            ddl("CREATE VIRTUAL TABLE f USING fts5 (body)"),
            ddl("CREATE VIRTUAL TABLE r USING rtree (id, x0, x1)"),
            write("INSERT INTO f VALUES ('hello world'), ('other words')"),
        ],
        vec![write("INSERT INTO r VALUES (1, 0, 1), (2, 5, 9)"), write("UPDATE f SET body = 'bye' WHERE rowid = 1")],
        vec![write("DELETE FROM f WHERE f MATCH 'words'"), write("DELETE FROM r WHERE id = 1")],
        vec![write("INSERT INTO f SELECT 'word' || value FROM json_each('[1,2,3]')")],
    ]);
    assert_eq!(dump["f_content"].len(), 4);
}

/// FTS5 caches on a connection don't see what was applied beside it.
#[test]
fn a_new_leader_writes_on_to_virtual_tables() {
    let dir = tempfile::tempdir().unwrap();
    let mut rigs = [Rig::open(&dir.path().join("1")), Rig::open(&dir.path().join("2"))];
    for round in 0..6 {
        let (leader, follower) = (round % 2, (round + 1) % 2);
        rigs[follower].storage.follow();
        let term = rigs[leader].term.max(rigs[follower].term);
        rigs[leader].term = term;
        rigs[leader].node = leader as u64 + 1;
        rigs[leader].lead();
        (rigs[follower].term, rigs[follower].index) = (rigs[leader].term, rigs[leader].index);
        let mut transactions = vec![
            vec![write(&format!("INSERT INTO f VALUES ('round {round}')"))],
            vec![write("UPDATE f SET body = body || ' more' WHERE rowid % 2 = 0")],
        ];
        if round == 0 {
            transactions.insert(0, vec![ddl("CREATE VIRTUAL TABLE f USING fts5 (body)")]);
        }
        for calls in transactions {
            let (outcome, entry) = rigs[leader].run(calls);
            assert!(matches!(outcome, Outcome::Committed { .. }), "{outcome:?}");
            rigs[follower].apply(&entry.unwrap()).unwrap();
        }
        for rig in &rigs {
            let outside = rig.outside();
            let matches: i64 =
                outside.query_row("SELECT count(*) FROM f WHERE f MATCH 'round'", [], |row| row.get(0)).unwrap();
            assert_eq!(matches, round as i64 + 1);
        }
    }
    assert_eq!(rigs[0].dump(), rigs[1].dump());
    let check = Connection::open(dir.path().join("1/databases/postgres.sqlite")).unwrap();
    check.execute_batch("INSERT INTO f (f) VALUES ('integrity-check')").unwrap();
}

#[test]
fn what_can_not_be_replicated_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = Rig::open(dir.path());
    rig.lead();
    rig.must(vec![
        ddl("CREATE TABLE p (a INTEGER PRIMARY KEY); CREATE TABLE c (a REFERENCES p ON DELETE CASCADE)"),
        write("INSERT INTO p VALUES (1)"),
        write("INSERT INTO c VALUES (1)"),
    ]);
    let cases = [
        (ddl("CREATE TABLE u (rowid, _rowid_, oid)"), "can't be replicated"),
        (ddl("CREATE TABLE u AS SELECT random()"), "filled a table unseen"),
        (ddl("DROP TABLE p"), "deletes or updates rows of other tables"),
        (schema(vec![SchemaStep::Truncate("p".to_owned())]), "deletes or updates rows of other tables"),
        (schema(vec![SchemaStep::Truncate("nowhere".to_owned())]), "no such table"),
    ];
    let before = rig.dump();
    for (call, expected) in cases {
        let error = rig.must_fail(vec![call]);
        assert!(error.message.contains(expected), "{error}");
        assert_eq!(rig.dump(), before);
    }
}

#[test]
fn a_transaction_may_not_change_more_than_the_limit() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = Rig::open_with(dir.path(), Options { max_transaction_bytes: 10_000, ..Options::default() });
    rig.lead();
    rig.must(vec![ddl("CREATE TABLE t (a)")]);
    let many = "INSERT INTO t SELECT randomblob(100) FROM json_each('[' || rtrim(replace(hex(zeroblob(100)), '00', '0,'), ',') || ']')";
    rig.must(vec![write(many.replace("100)", "50)").as_str())]);
    let error = rig.must_fail(vec![write(many), write("INSERT INTO t VALUES (1)")]);
    assert_eq!((error.code.as_str(), error.message.as_str()), ("54000", "the transaction changes too much data"));
    assert_eq!(rig.dump()["t"].len(), 50);
}

/// Bytes per row, as `research` measured: what a log is filled with.
#[test]
fn records_are_compact() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = Rig::open(dir.path());
    rig.lead();
    rig.must(vec![ddl("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INTEGER, c REAL)")]);
    let mut size = |sql: &str| {
        let (_, entry) = rig.run(vec![write(sql)]);
        let Some(Entry::Batch(batch)) = entry else { panic!() };
        batch.files[0].transactions[0].effects.len()
    };
    assert_eq!(size("INSERT INTO t VALUES (100000, printf('%.*c', 60, 'x'), 1000, 1.5)"), 5 + 1 + 4 + 61 + 3 + 9);
    assert_eq!(size("UPDATE t SET b = 1001"), 5 + 1 + 4);
    assert_eq!(size("DELETE FROM t"), 5);
}
