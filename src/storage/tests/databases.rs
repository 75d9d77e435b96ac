//! Databases that come and go.

use super::*;
use crate::catalog::{DatabaseInfo, DatabaseOptions, OptionsChange, SessionsOf, SettingChange};

fn create(name: &str, template: Option<u32>) -> Entry {
    let (name, options) = (name.to_owned(), DatabaseOptions::default());
    Entry::Database(DatabaseChange::Create { key: random(), name, options, template })
}

fn drop_of(oid: u32) -> Entry {
    Entry::Database(DatabaseChange::Drop { oid })
}

const DONE: Applied = Applied::Database(DatabaseOutcome::Done);
const MISSING: Applied = Applied::Database(DatabaseOutcome::Missing);
const EXISTS: Applied = Applied::Database(DatabaseOutcome::Exists);

impl Rig {
    fn oid(&self, name: &str) -> u32 {
        self.storage.list_databases().iter().find(|database| database.name == name).unwrap().oid
    }

    fn names(&self) -> Vec<String> {
        self.storage.list_databases().into_iter().map(|database| database.name).collect()
    }

    /// Its clients are in this database from now on.
    fn go(&mut self, name: &str) {
        name.clone_into(&mut self.name);
    }
}

/// What lies in the directory of databases.
fn lying(data: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(data.join("databases")).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !name.contains('-'))
        .collect();
    names.sort();
    names
}

#[test]
fn a_database_is_made_written_to_and_dropped() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = Rig::open(dir.path());
    rig.lead();
    assert_eq!(rig.apply(&create("test", None)).unwrap(), DONE);
    assert_eq!(rig.apply(&create("test", None)).unwrap(), EXISTS);
    let oid = rig.oid("test");
    assert_eq!(oid, 16384 + u32::try_from(rig.index - 1).unwrap());
    rig.go("test");
    rig.must(vec![ddl("CREATE TABLE t (a)"), write("INSERT INTO t VALUES (1)")]);
    rig.go("postgres");
    rig.must(vec![ddl("CREATE TABLE t (a)")]);
    assert_eq!(rig.read("SELECT count(*) FROM t", &[Type::INT8]).unwrap(), [[Value::Int8(0)]]);
    assert_eq!(lying(dir.path()), ["postgres.sqlite", "test.sqlite"]);

    let gone = rig.storage.database("test").unwrap();
    assert_eq!(rig.apply(&drop_of(oid)).unwrap(), DONE);
    assert_eq!(rig.apply(&drop_of(oid)).unwrap(), MISSING);
    assert_eq!((rig.names(), lying(dir.path())), (vec!["postgres".to_owned()], vec!["postgres.sqlite".to_owned()]));
    let (sender, receiver) = channel();
    let transaction = Transaction {
        id: TransactionId(random()),
        context: context(),
        sequences: SessionSequences::default(),
        calls: vec![write("INSERT INTO t VALUES (2)")],
        abort_with: None,
        cancel: Cancel::new(),
    };
    gone.execute(transaction, Reply::new(move |outcome| sender.send(outcome).unwrap()));
    assert_eq!(receiver.recv_timeout(PATIENCE).unwrap(), Outcome::NotLeader);
    rig.must(vec![write("INSERT INTO t VALUES (3)")]);
    drop((rig, gone));
    assert_eq!(Rig::open(dir.path()).names(), ["postgres"]);
}

fn setting(database: u32, role: u32, change: SettingChange) -> Entry {
    Entry::Database(DatabaseChange::Setting { of: SessionsOf { database, role }, change })
}

#[test]
fn settings_are_kept_in_order_and_go_with_their_database() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = Rig::open(dir.path());
    rig.lead();
    assert_eq!(rig.apply(&create("test", None)).unwrap(), DONE);
    let test = rig.oid("test");
    let set = |name: &str, value: &str| SettingChange::Set { name: name.to_owned(), value: value.to_owned() };
    for (database, role, change) in [
        (0, 10, set("work_mem", "1MB")),
        (0, 10, set("geqo", "off")),
        (test, 0, set("work_mem", "2MB")),
        (test, 10, set("work_mem", "3MB")),
        // It keeps its place.
        (0, 10, set("work_mem", "4MB")),
        (0, 0, set("jit", "off")),
        (0, 0, SettingChange::ResetAll),
        (0, 10, set("jit", "off")),
        (0, 10, SettingChange::Reset { name: "geqo".to_owned() }),
        // There is no such setting, which is no matter.
        (0, 10, SettingChange::Reset { name: "geqo".to_owned() }),
    ] {
        assert_eq!(rig.apply(&setting(database, role, change)).unwrap(), DONE);
    }
    assert_eq!(rig.apply(&setting(99, 0, set("jit", "off"))).unwrap(), MISSING);
    let kept = |rig: &Rig| -> Vec<String> {
        let line = |one: &crate::catalog::RoleSettings| {
            let values: Vec<String> = one.values.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let database = if one.of.database == test { "test" } else { "any" };
            format!("{database} {}: {}", one.of.role, values.join(" "))
        };
        rig.storage.settings().iter().map(line).collect()
    };
    let all = ["any 10: work_mem=4MB jit=off", "test 0: work_mem=2MB", "test 10: work_mem=3MB"];
    assert_eq!(kept(&rig), all);
    assert_eq!(rig.apply(&drop_of(test)).unwrap(), DONE);
    assert_eq!(kept(&rig), all[..1]);
    drop(rig);
    let rig = Rig::open(dir.path());
    assert_eq!(kept(&rig), all[..1]);
    drop(rig);
    // A file of a release that had none of them.
    let system = Connection::open(dir.path().join("system.sqlite")).unwrap();
    system.execute_batch("DROP TABLE _quorlite_settings").unwrap();
    drop(system);
    assert!(kept(&Rig::open(dir.path())).is_empty());
}

/// The change is asked for again when its answer was lost.
#[test]
fn the_same_creation_again_makes_no_second_one() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = Rig::open(dir.path());
    let entry = create("a", None);
    assert_eq!(rig.apply(&entry).unwrap(), DONE);
    assert_eq!(rig.apply(&entry).unwrap(), DONE);
    assert_eq!(rig.names(), ["postgres", "a"]);
}

#[test]
fn no_name_is_a_path_and_a_renamed_database_keeps_its_file() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = Rig::open(dir.path());
    rig.lead();
    for name in ["../Up", "a", "A", "é/..%", "a~1"] {
        assert_eq!(rig.apply(&create(name, None)).unwrap(), DONE, "{name}");
    }
    let files = ["%2E%2E%2F%55p", "%41", "%C3%A9%2F%2E%2E%25", "a%7E1", "a", "postgres"];
    assert_eq!(lying(dir.path()), files.map(|file| format!("{file}.sqlite")));
    rig.go("a");
    rig.must(vec![ddl("CREATE TABLE old (a)")]);
    let oid = rig.oid("a");
    let alter = |name: Option<&str>, options: OptionsChange| {
        Entry::Database(DatabaseChange::Alter { oid, name: name.map(str::to_owned), options })
    };
    assert_eq!(rig.apply(&alter(Some("A"), OptionsChange::default())).unwrap(), EXISTS);
    // Three sessions, of which none knew of the others: each changes what it names, and no more.
    let limited = OptionsChange { connection_limit: Some(Some(3)), ..OptionsChange::default() };
    let template = OptionsChange { is_template: Some(true), ..OptionsChange::default() };
    for (name, options) in [(None, limited), (Some("b"), OptionsChange::default()), (None, template)] {
        assert_eq!(rig.apply(&alter(name, options)).unwrap(), DONE);
    }
    let altered = DatabaseOptions { is_template: true, connection_limit: Some(3), ..DatabaseOptions::default() };
    let expected = DatabaseInfo { oid, name: "b".to_owned(), options: altered };
    assert!(rig.storage.list_databases().contains(&expected), "{:?}", rig.storage.list_databases());
    assert_eq!(rig.apply(&create("a", None)).unwrap(), DONE);
    assert!(lying(dir.path()).contains(&format!("a~{}.sqlite", rig.oid("a"))), "{:?}", lying(dir.path()));
    rig.go("b");
    assert_eq!(rig.read("SELECT count(*) FROM old", &[Type::INT8]).unwrap(), [[Value::Int8(0)]]);
    let before = rig.storage.list_databases();
    drop(rig);
    assert_eq!(Rig::open(dir.path()).storage.list_databases(), before);
}

#[test]
fn a_copy_has_what_its_template_had_at_that_place_in_the_log() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = Rig::open(dir.path());
    rig.lead();
    rig.must(vec![
        ddl("CREATE TABLE t (a)"),
        write("INSERT INTO t VALUES (1), (2), (3)"),
        write("DELETE FROM t WHERE a = 2"),
    ]);
    // In flight: it comes after the copy, or never.
    let waiting = rig.submit(vec![write("INSERT INTO t VALUES (4)")]);
    let (_, entry) = rig.proposal();
    assert_eq!(rig.apply(&create("copy", Some(99))).unwrap(), MISSING);
    assert_eq!(rig.apply(&create("copy", Some(5))).unwrap(), DONE);
    assert_eq!(rig.apply(&entry).unwrap(), Applied::Accepted);
    assert!(matches!(waiting.recv_timeout(PATIENCE).unwrap(), Outcome::Committed { .. }));
    rig.go("copy");
    rig.must(vec![write("INSERT INTO t VALUES (5)")]);
    let rows = |rig: &Rig| rig.dump()["t"].clone();
    assert_eq!(rows(&rig), ["Integer(1) Integer(1)", "Integer(3) Integer(3)", "Integer(4) Integer(5)"]);
    rig.go("postgres");
    assert_eq!(rows(&rig).last().unwrap(), "Integer(4) Integer(4)");
}

/// Batches for a database that is gone have no effect, not even on the next of its name.
#[test]
fn what_comes_late_for_a_dropped_database_has_no_effect() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = Rig::open(dir.path());
    rig.lead();
    rig.apply(&create("a", None)).unwrap();
    rig.go("a");
    rig.must(vec![ddl("CREATE TABLE t (a)")]);
    let waiting = rig.submit(vec![write("INSERT INTO t VALUES (1)")]);
    let (number, entry) = rig.proposal();
    rig.apply(&drop_of(rig.oid("a"))).unwrap();
    assert_eq!(waiting.recv_timeout(PATIENCE).unwrap(), Outcome::Superseded);
    assert_eq!(rig.apply(&entry).unwrap(), Applied::Superseded);
    rig.apply(&create("a", None)).unwrap();
    rig.must(vec![ddl("CREATE TABLE t (a)")]);
    let next = rig.submit(vec![write("INSERT INTO t VALUES (2)")]);
    let (_, proposed) = rig.proposal();
    // What is said late of the old one's proposal is not about the new one's.
    rig.storage.refused("databases/a", number);
    assert_eq!(rig.apply(&entry).unwrap(), Applied::Superseded);
    assert_eq!(rig.apply(&proposed).unwrap(), Applied::Accepted);
    assert!(matches!(next.recv_timeout(PATIENCE).unwrap(), Outcome::Committed { .. }));
    assert_eq!(rig.dump()["t"], ["Integer(1) Integer(2)"]);
}

/// Plans of an earlier database of the same name, kept by its name and version, must not be taken for its own.
#[test]
fn catalogs_of_one_name_have_versions_of_their_own() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = Rig::open(dir.path());
    let mut seen = std::collections::BTreeSet::new();
    let template = rig.oid("postgres");
    for template in [None, Some(template), None] {
        rig.lead();
        rig.apply(&create("a", template)).unwrap();
        rig.go("a");
        for statement in [sql("CREATE TABLE t (a int)"), sql("DROP TABLE t")] {
            assert!(seen.insert(rig.database().catalog().version));
            rig.must(vec![statement]);
        }
        assert!(seen.insert(rig.database().catalog().version));
        let oid = rig.oid("a");
        rig.apply(&drop_of(oid)).unwrap();
        rig.go("postgres");
    }
}

/// The log of a whole life, replayed on every state that a crash can leave.
#[test]
fn a_crash_at_any_step_is_made_good_by_the_log() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("1");
    let mut rig = Rig::open(&data);
    rig.lead();
    let mut log = vec![Entry::Open { node: 1, incarnation: INCARNATION }];
    let mut step = |rig: &mut Rig, entry: Entry| {
        rig.apply(&entry).unwrap();
        log.push(entry);
    };
    step(&mut rig, create("a", None));
    rig.go("a");
    let (_, made) = rig.run(vec![ddl("CREATE TABLE t (a)"), write("INSERT INTO t VALUES (1)")]);
    log.push(made.unwrap());
    let before_drop = dir.path().join("before");
    copy_all(&data, &before_drop);
    let mut step = |rig: &mut Rig, entry: Entry| {
        rig.apply(&entry).unwrap();
        log.push(entry);
    };
    let (a, index_of_drop) = (rig.oid("a"), rig.index + 1);
    step(&mut rig, drop_of(a));
    step(&mut rig, create("a", None));
    let (_, made) = rig.run(vec![ddl("CREATE TABLE u (a)"), write("INSERT INTO u VALUES (2)")]);
    log.push(made.unwrap());
    let (expected, term) = (rig.dump(), rig.term);
    drop(rig);

    let replay = |data: &Path, what: &str| {
        let mut rig = Rig::open(data);
        rig.term = term;
        for (place, entry) in log.iter().enumerate() {
            rig.index = place as u64;
            rig.apply(entry).unwrap();
        }
        rig.go("a");
        assert_same(&rig.dump(), &expected, what);
        assert_eq!(rig.names(), ["postgres", "a"], "{what}");
    };
    replay(&dir.path().join("empty"), "from the beginning");
    replay(&data, "from the end");

    let marked = dir.path().join("marked");
    copy_all(&before_drop, &marked);
    std::fs::write(marked.join("databases/a.dropped"), "").unwrap();
    replay(&marked, "the drop was marked and no more");

    let forgotten = dir.path().join("forgotten");
    copy_all(&before_drop, &forgotten);
    std::fs::write(forgotten.join("databases/a.dropped"), "").unwrap();
    let system = Connection::open(forgotten.join("system.sqlite")).unwrap();
    let meta =
        format!("UPDATE _quorlite_meta SET applied_term = {term}, applied_node = 1, applied_index = {index_of_drop}");
    system.execute_batch(&format!("DELETE FROM _quorlite_databases WHERE name = 'a'; {meta}")).unwrap();
    drop(system);
    assert_eq!(Rig::open(&forgotten).names(), ["postgres"]);
    assert_eq!(lying(&forgotten), ["postgres.sqlite"]);
    // One that was being made, by an entry that a snapshot then stands for.
    for half_made in ["b.sqlite.new", "b.sqlite.new-wal"] {
        std::fs::write(forgotten.join("databases").join(half_made), "").unwrap();
    }
    drop(Rig::open(&forgotten));
    assert_eq!(lying(&forgotten), ["postgres.sqlite"]);
    replay(&forgotten, "the list had forgotten it, the file was there");

    // The file of a database that the list, being older, doesn't know.
    let early = dir.path().join("early");
    drop(Rig::open(&early));
    std::fs::copy(before_drop.join("databases/a.sqlite"), early.join("databases/a.sqlite")).unwrap();
    replay(&early, "the list was older than the file");
}

/// The entry that made it may never be applied again: the next thing can be a snapshot that knows nothing of it.
#[test]
fn a_file_that_the_list_never_named_is_not_left_behind() {
    let dir = tempfile::tempdir().unwrap();
    drop(Rig::open(dir.path()));
    let system = || Connection::open(dir.path().join("system.sqlite")).unwrap();
    // No second one can be listed now.
    system().execute_batch("CREATE UNIQUE INDEX one ON _quorlite_databases (allow_connections)").unwrap();
    let mut rig = Rig::open(dir.path());
    rig.apply(&create("a", None)).unwrap_err();
    drop(rig);
    assert!(lying(dir.path()).contains(&"a.sqlite".to_owned()), "it was made before it was listed");
    system().execute_batch("DROP INDEX one").unwrap();
    let mut rig = Rig::open(dir.path());
    assert_eq!(lying(dir.path()), ["postgres.sqlite"]);
    rig.apply(&create("a", None)).unwrap();
    drop(rig);
    assert_eq!(Rig::open(dir.path()).names(), ["postgres", "a"]);
    assert_eq!(lying(dir.path()), ["a.sqlite", "postgres.sqlite"]);
}

/// As a crash leaves it: without closing anything.
fn copy_all(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_all(&entry.path(), &to);
        } else {
            std::fs::copy(entry.path(), to).unwrap();
        }
    }
}

#[test]
fn a_snapshot_brings_databases_and_takes_them() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = Rig::open(&dir.path().join("1"));
    rig.lead();
    rig.apply(&create("both", None)).unwrap();
    rig.apply(&create("new", None)).unwrap();
    for name in ["both", "new"] {
        rig.go(name);
        rig.must(vec![
            ddl("CREATE TABLE t (a)"),
            write_with("INSERT INTO t VALUES (?1)", vec![Value::Text(name.to_owned())]),
        ]);
    }
    let copies = dir.path().join("copies");
    rig.storage.export(&copies).unwrap();

    let other_data = dir.path().join("2");
    let behind = |data: &Path| {
        let mut other = Rig::open(data);
        other.apply(&create("both", None)).unwrap();
        other.apply(&create("old", None)).unwrap();
        other
    };
    let check = |other: &mut Rig, what: &str| {
        assert_eq!(other.storage.list_databases(), rig.storage.list_databases(), "{what}");
        assert_eq!(lying(&other.storage.data), ["both.sqlite", "new.sqlite", "postgres.sqlite"], "{what}");
        for name in ["both", "new"] {
            other.go(name);
            assert_eq!(other.dump()["t"], [format!("Integer(1) Text({:?})", name.as_bytes())], "{what}");
        }
        assert_eq!(other.storage.applied(), rig.storage.applied(), "{what}");
    };
    let mut other = behind(&other_data);
    other.storage.install(&copies).unwrap();
    check(&mut other, "installed");
    other.term = rig.term;
    other.index = rig.index;
    other.lead();
    other.must(vec![write("INSERT INTO t VALUES ('more')")]);
    drop(other);
    assert_eq!(Rig::open(&other_data).names(), ["postgres", "both", "new"]);

    // The process died before anything was replaced, or after all was.
    let cut = dir.path().join("3");
    drop(behind(&cut));
    snapshot::begin_install(&cut, &copies).unwrap();
    check(&mut Rig::open(&cut), "begun");
    let cut = dir.path().join("4");
    drop(behind(&cut));
    snapshot::begin_install(&cut, &copies).unwrap();
    std::fs::write(cut.join("databases/old.dropped"), "").unwrap();
    for name in ["databases/new.sqlite", "databases/both.sqlite", "system.sqlite"] {
        for suffix in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(cut.join(format!("{name}{suffix}")));
        }
        std::fs::copy(copies.join(name), cut.join(name)).unwrap();
        Connection::open(cut.join(name)).unwrap().pragma_update(None, "journal_mode", "WAL").unwrap();
    }
    check(&mut Rig::open(&cut), "nearly done");
}

/// Files of the releases that knew one database only.
#[test]
fn an_older_system_file_gets_its_list() {
    let dir = tempfile::tempdir().unwrap();
    drop(Rig::open(dir.path()));
    let system = Connection::open(dir.path().join("system.sqlite")).unwrap();
    system.execute_batch("DROP TABLE _quorlite_databases").unwrap();
    drop(system);
    let mut rig = Rig::open(dir.path());
    assert_eq!(rig.names(), ["postgres"]);
    // Whoever drops the first one doesn't find it again.
    assert_eq!(rig.apply(&drop_of(5)).unwrap(), DONE);
    drop(rig);
    assert!(Rig::open(dir.path()).names().is_empty());
}
