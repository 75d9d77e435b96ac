//! The files themselves: made, refused, read by others, copied and replaced.

use std::process::Command as Process;

use super::*;

fn unusable(result: Result<Arc<Storage>, StorageError>) -> String {
    match result {
        Err(StorageError::Unusable(message)) => message,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("opened"),
    }
}

fn open(data: &Path) -> Result<Arc<Storage>, StorageError> {
    Storage::open(data, Options::default())
}

#[test]
fn what_is_not_a_database_is_refused_and_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("databases")).unwrap();
    let path = dir.path().join("databases/postgres.sqlite");
    let contents: [(&[u8], &str); 3] = [
        (b"", "it is empty"),
        (b"SQLite format 3\0 and then garbage", "damaged"),
        (&[0x5a; 9000], "file is not a database"),
    ];
    for (content, expected) in contents {
        std::fs::write(&path, content).unwrap();
        let message = unusable(open(dir.path()));
        assert!(message.contains(expected) && message.contains("--join"), "{message}");
        assert_eq!(std::fs::read(&path).unwrap(), content);
    }
    std::fs::remove_file(&path).unwrap();
    Connection::open(&path).unwrap().execute_batch("CREATE TABLE mine (a)").unwrap();
    let message = unusable(open(dir.path()));
    assert!(message.contains("not one of Quorlite's"), "{message}");
}

#[test]
fn damage_and_other_versions_are_told_apart() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = Rig::open(dir.path());
    rig.lead();
    rig.must(vec![
        ddl("CREATE TABLE t (a, b)"),
        write("INSERT INTO t SELECT value, hex(randomblob(500)) FROM json_each('[1,2,3,4,5,6,7,8,9]')"),
    ]);
    drop(rig);
    let path = dir.path().join("databases/postgres.sqlite");
    let sound = std::fs::read(&path).unwrap();

    let mut cut = sound.clone();
    cut.truncate(sound.len() - 4096);
    let mut zeroed = sound.clone();
    zeroed[5 * 4096..6 * 4096].fill(0);
    let mut shuffled = sound.clone();
    let last = sound.len() - 4096;
    shuffled[last..last + 8].fill(0xff);
    for (name, damaged) in [("cut", cut), ("zeroed", zeroed), ("shuffled", shuffled)] {
        std::fs::write(&path, &damaged).unwrap();
        let message = unusable(open(dir.path()));
        assert!(message.contains("is damaged") || message.contains("damaged ("), "{name}: {message}");
    }
    std::fs::write(&path, &sound).unwrap();
    drop(open(dir.path()).unwrap());

    let edit = |sql: &str| Connection::open(&path).unwrap().execute_batch(sql).unwrap();
    edit("UPDATE _quorlite_meta SET format_version = 3");
    let message = unusable(open(dir.path()));
    assert!(message.contains("has format 3; this release of Quorlite reads format 2"), "{message}");
    edit("UPDATE _quorlite_meta SET format_version = 2; UPDATE _quorlite_catalog SET definition = '{'");
    let message = unusable(open(dir.path()));
    assert!(message.contains("the catalog's object 0 can't be read"), "{message}");
}

/// An empty file in its place would be a node that has forgotten what it told the others.
#[test]
fn a_missing_file_is_not_made_anew() {
    let dir = tempfile::tempdir().unwrap();
    let again = Options { may_create: false, ..Options::default() };
    drop(Rig::open(dir.path()));
    drop(Rig::open_with(dir.path(), again.clone()));
    for name in ["databases/postgres.sqlite", "system.sqlite"] {
        let (path, aside) = (dir.path().join(name), dir.path().join("aside"));
        std::fs::rename(&path, &aside).unwrap();
        let message = unusable(Storage::open(dir.path(), again.clone()));
        for part in [path.to_str().unwrap(), "is missing, but this node has had data", "--join", "backup"] {
            assert!(message.contains(part), "{message}");
        }
        assert!(!path.exists());
        std::fs::rename(&aside, &path).unwrap();
    }
    drop(Rig::open_with(dir.path(), again));
}

#[test]
fn another_nodes_file_is_refused_and_a_snapshots_is_not() {
    let dir = tempfile::tempdir().unwrap();
    let of = |node: u8| Options { uid: [node; 16], ..Options::default() };
    let [one, two] = ["1", "2"].map(|node| dir.path().join(node));
    let mut rig = Rig::open_with(&one, of(1));
    rig.lead();
    rig.must(vec![ddl("CREATE TABLE t (a)"), write("INSERT INTO t VALUES (1)")]);
    let copies = dir.path().join("copies");
    rig.storage.export(&copies).unwrap();
    let before = rig.dump();
    drop(rig);
    let other = Rig::open_with(&two, of(2));
    other.storage.install(&copies).unwrap();
    drop(other);
    assert_same(&Rig::open_with(&two, of(2)).dump(), &before, "installed");

    for name in ["databases/postgres.sqlite", "system.sqlite"] {
        let keep = std::fs::read(two.join(name)).unwrap();
        std::fs::copy(one.join(name), two.join(name)).unwrap();
        let message = unusable(Storage::open(&two, of(2)));
        assert!(message.contains(name) && message.contains("belongs to another node"), "{message}");
        std::fs::write(two.join(name), keep).unwrap();
    }
    drop(Rig::open_with(&two, of(2)));
}

/// SQLite 3.40 as it comes with the system: the oldest that must be able to read the files.
fn stock(path: &Path, sql: &str) -> String {
    let output = Process::new("sqlite3").arg("-readonly").arg(path).arg(sql).output();
    let Ok(output) = output else { return String::new() };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[test]
fn stock_sqlite_reads_the_file_while_the_node_runs_and_after() {
    if Process::new("sqlite3").arg("--version").output().is_err() {
        eprintln!("no sqlite3 on this machine");
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let mut rig = Rig::open(dir.path());
    rig.lead();
    rig.must(vec![ddl("CREATE TABLE t (a \"TIMESTAMP WITH TIME ZONE\", b \"INT[]\")")]);
    let path = dir.path().join("databases/postgres.sqlite");
    for round in 1..5 {
        rig.must(vec![write("INSERT INTO t VALUES ('now', 1)")]);
        assert_eq!(stock(&path, "SELECT count(*) FROM t"), round.to_string());
    }
    assert_eq!(stock(&path, "PRAGMA integrity_check"), "ok");
    // Its going must not have taken the log, or our locks, with it.
    rig.must(vec![write("INSERT INTO t VALUES ('now', 1)")]);
    assert_eq!(stock(&path, "SELECT count(*) FROM t"), "5");
    assert_eq!(stock(&path, "SELECT count(*) FROM _quorlite_meta, _quorlite_catalog"), "1");
    drop(rig);
    assert_eq!(stock(&path, "SELECT count(*) FROM t"), "5");
    // The log stays, empty, so that a reader who may not write to the directory can still open the file.
    assert_eq!(std::fs::metadata(dir.path().join("databases/postgres.sqlite-wal")).unwrap().len(), 0);
}

fn filled(dir: &Path) -> Rig {
    let mut rig = Rig::open(dir);
    rig.lead();
    rig.must(vec![
        ddl("CREATE TABLE nokey (a, b)"),
        ddl("CREATE TABLE k (a TEXT PRIMARY KEY) WITHOUT ROWID"),
        write("INSERT INTO nokey SELECT value, randomblob(100) FROM json_each('[1,2,3,4,5,6,7,8,9,10]')"),
        // Rowids with gaps, which VACUUM of a table without a key would close.
        write("DELETE FROM nokey WHERE a % 3 = 0"),
        write("INSERT INTO k VALUES ('x'), ('y')"),
    ]);
    rig
}

#[test]
fn a_copy_has_the_same_rowids_and_replaces_another_nodes_file() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = filled(&dir.path().join("1"));
    rig.apply(&Entry::AdmitNode { key: [1; 16] }).unwrap();
    // In flight while the copy is made: not in it.
    let waiting = rig.submit(vec![write("INSERT INTO nokey VALUES (99, 99)")]);
    let (_, entry) = rig.proposal();
    let before = rig.dump();
    let copies = dir.path().join("copies");
    let applied = rig.storage.export(&copies).unwrap();
    assert_eq!(applied, Some(LogId { term: rig.term, node: 1, index: rig.index }));
    rig.apply(&entry).unwrap();
    assert!(matches!(waiting.recv().unwrap(), Outcome::Committed { .. }));

    let mut other = Rig::open(&dir.path().join("2"));
    other.lead();
    other.must(vec![ddl("CREATE TABLE old (a)"), write("INSERT INTO old VALUES (1)")]);
    let pinned = other.outside();
    pinned.execute_batch("BEGIN").unwrap();
    assert_eq!(pinned.query_row("SELECT count(*) FROM old", [], |row| row.get(0)), Ok(1));
    let outside = other.outside();
    let pending = other.submit(vec![write("INSERT INTO old VALUES (2)")]);
    other.proposal();
    other.storage.install(&copies).unwrap();
    assert_eq!(pending.recv().unwrap(), Outcome::Unknown);
    assert_same(&other.dump(), &before, "installed");
    assert_eq!(other.storage.applied(), applied);
    // Those who read go on reading what they read; others see the new content.
    assert_eq!(pinned.query_row("SELECT count(*) FROM old", [], |row| row.get(0)), Ok(1));
    assert_eq!(outside.query_row("SELECT count(*) FROM nokey", [], |row| row.get(0)), Ok(7));
    pinned.execute_batch("COMMIT").unwrap();

    (other.term, other.index) = (rig.term, rig.index - 1);
    assert_eq!(other.apply(&entry).unwrap(), Applied::Accepted);
    assert_same(&other.dump(), &rig.dump(), "after the copy");
    assert_eq!(other.apply(&Entry::AdmitNode { key: [2; 16] }).unwrap(), Applied::Node(2), "of both files");
    let data = dir.path().join("2");
    drop(other);
    assert_same(&Rig::open(&data).dump(), &rig.dump(), "opened again");
}

#[test]
fn an_interrupted_install_is_finished_at_the_next_open() {
    let dir = tempfile::tempdir().unwrap();
    let rig = filled(&dir.path().join("1"));
    let copies = dir.path().join("copies");
    rig.storage.export(&copies).unwrap();
    let data = dir.path().join("2");
    drop(Rig::open(&data));
    // The process died after the decision, before or between the files.
    snapshot::begin_install(&data, &copies).unwrap();
    let other = Rig::open(&data);
    assert_same(&other.dump(), &rig.dump(), "finished");
    assert_eq!(other.storage.applied(), rig.storage.applied());
    assert!(!data.join("install").exists());
    // Without the copies nobody knows what the files are.
    drop(other);
    snapshot::begin_install(&data, &dir.path().join("gone")).unwrap();
    let Err(error) = open(&data) else { panic!("opened") };
    assert!(error.to_string().contains("gone"), "{error}");
}

#[test]
fn a_damaged_copy_is_not_installed() {
    let dir = tempfile::tempdir().unwrap();
    let rig = filled(&dir.path().join("1"));
    let copies = dir.path().join("copies");
    rig.storage.export(&copies).unwrap();
    let path = copies.join("databases/postgres.sqlite");
    let mut bytes = std::fs::read(&path).unwrap();
    bytes.truncate(bytes.len() - 4096);
    std::fs::write(&path, bytes).unwrap();
    let other = Rig::open(&dir.path().join("2"));
    let before = other.dump();
    assert!(other.storage.install(&copies).is_err());
    assert_eq!(other.dump(), before);
    assert!(other.storage.failure().is_none());
}

#[test]
fn digests_tell_what_differs() {
    let dir = tempfile::tempdir().unwrap();
    let mut rigs = [filled(&dir.path().join("1")), Rig::open(&dir.path().join("2"))];
    let copies = dir.path().join("copies");
    rigs[0].storage.export(&copies).unwrap();
    rigs[1].storage.install(&copies).unwrap();
    rigs[1].term = rigs[0].term;
    rigs[1].index = rigs[0].index;
    let mut digests = |id: u64| {
        let digests = [0, 1].map(|node| {
            rigs[node].apply(&Entry::Digest { id }).unwrap();
            loop {
                if let Some(digest) = rigs[node].storage.digest(id) {
                    break digest.unwrap();
                }
                std::thread::sleep(Duration::from_millis(1));
            }
        });
        (digests[0].tables.clone(), digests[1].tables.clone())
    };
    let (one, two) = digests(7);
    assert_eq!(one, two);
    let names: Vec<(&str, &str, u64)> =
        one.iter().map(|(file, table, rows, _)| (file.as_str(), table.as_str(), *rows)).collect();
    assert!(names.contains(&("databases/postgres", "nokey", 7)), "{names:?}");
    assert!(names.iter().any(|(_, table, _)| *table == "_quorlite_catalog"));
    assert!(!names.iter().any(|(_, table, _)| *table == "_quorlite_meta"), "each node's own");

    // The same values under another rowid are another content.
    let outside = Connection::open(dir.path().join("2/databases/postgres.sqlite")).unwrap();
    outside.execute_batch("UPDATE nokey SET rowid = 1000 WHERE rowid = 10").unwrap();
    let (one, two) = digests(8);
    let different: Vec<&str> =
        one.iter().zip(&two).filter(|(one, two)| one != two).map(|(one, _)| one.1.as_str()).collect();
    assert_eq!(different, ["nokey"]);
    let storage = &rigs[0].storage;
    assert_eq!(storage.digest(9).unwrap().unwrap_err(), "this node has no digest 9");
}

/// The log is copied into the file beside steady writing, and starts anew.
#[test]
fn the_write_ahead_log_stays_bounded() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = Rig::open(dir.path());
    rig.lead();
    rig.must(vec![ddl("CREATE TABLE t (a INTEGER PRIMARY KEY, b)")]);
    let wal = dir.path().join("databases/postgres.sqlite-wal");
    let mut largest = 0;
    for _ in 0..60 {
        rig.must(vec![write("INSERT OR REPLACE INTO t SELECT value, randomblob(1000000) FROM json_each('[1,2]')")]);
        largest = largest.max(std::fs::metadata(&wal).unwrap().len());
        std::thread::sleep(Duration::from_millis(10));
    }
    assert!(largest < 100 << 20, "120 MB were written; the log grew to {} MB", largest >> 20);
}
