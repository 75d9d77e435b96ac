//! Nodes whose files or disks fail them: they stop at once, say why and exit with code 1; the others go on, and nothing
//! acknowledged is missing afterwards.

mod support;

use std::time::Duration;

use support::cluster::{TestCluster, TestNode};
use support::shim::Shim;
use support::writers::{self, Writers};
use support::{files, http, sql, wait_until};

/// Waits for a node that must end by itself, with exit code 1 and a last word that has all of `reasons`. Threads that are still
/// at it may log something behind it.
#[track_caller]
fn ends(node: &mut TestNode, reasons: &[&str]) {
    let process = node.running();
    let status = process.wait(Duration::from_secs(30));
    let stderr = process.stderr();
    node.process = None;
    assert_eq!(status.code(), Some(1), "{stderr}");
    let line = stderr.lines().rfind(|line| line.starts_with("quorlite: ")).unwrap_or_default();
    assert!(!line.is_empty() && !stderr.contains("panicked"), "{stderr}");
    for reason in reasons {
        assert!(line.contains(reason), "no {reason:?} in {line:?}");
    }
}

/// What another process has done to a node's file.
fn meddle(node: &TestNode, statement: &str) {
    let status =
        std::process::Command::new("sqlite3").args(["-cmd", ".timeout 10000"]).arg(node.file()).arg(statement).status();
    assert!(status.expect("sqlite3 runs").success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_whose_file_was_changed_stops_and_comes_back_by_snapshot() {
    let mut cluster = TestCluster::start(3, &[]);
    cluster.nodes[0].psql(&[writers::TABLE, "CREATE TABLE kept (a text)", "INSERT INTO kept VALUES ('kept')"]);
    // A node that has not heard of them yet has nothing to be changed.
    cluster.assert_equal();
    for role in ["follower", "leader"] {
        let victim = if role == "leader" { cluster.leader() } else { cluster.follower() };
        let id = cluster.nodes[victim].metric("node_id").unwrap();
        let survivors: Vec<u16> =
            (0..3).filter(|node| *node != victim).map(|node| cluster.nodes[node].sql_port).collect();
        meddle(&cluster.nodes[victim], "UPDATE kept SET a = 'changed'");
        // A leader that writes all the time would not let it in: only then.
        let writers = Writers::start(4, &survivors);
        ends(&mut cluster.nodes[victim], &["this node has stopped", "another process has written"]);
        wait_until("the others go on", || sql::psql(survivors[0], &["SELECT count(*) FROM acked"]));
        let ledger = writers.stop().await;
        assert!(!ledger.acknowledged.is_empty());
        // As it is, it is not started again by mistake.
        cluster.nodes[victim].start();
        ends(&mut cluster.nodes[victim], &["another process has written", "remove-node", "--join"]);
        // As the message says.
        let (code, _, stderr) = cluster.admin(&["remove-node", &id.to_string()]);
        assert_eq!(code, 0, "{stderr}");
        std::fs::rename(&cluster.nodes[victim].data, cluster.directory().join(format!("old.{role}"))).unwrap();
        let join = cluster.nodes[(victim + 1) % 3].cluster_address();
        cluster.nodes[victim].add_args(&["--join", &join]);
        cluster.nodes[victim].start();
        cluster.wait_ready();
        cluster.assert_equal();
        ledger.check(&sql::connect(cluster.nodes[victim].sql_port).await.unwrap()).await;
        if role == "follower" {
            cluster.nodes[0].psql(&["DELETE FROM acked"]);
        }
    }
    assert!(cluster.nodes.iter().all(|node| files::sqlite3(&node.file(), "SELECT a FROM kept").unwrap() == "kept\n"));
}

/// No file of the process may grow beyond this from now on, as if the disk were full.
fn limit_file_size(node: &mut TestNode, bytes: u64) {
    let id = node.running().id().to_string();
    let status =
        std::process::Command::new("prlimit").args(["--pid", &id, &format!("--fsize={bytes}:{bytes}")]).status();
    assert!(status.expect("prlimit runs").success());
}

/// Rows whose indexes are large: a statement of a few bytes in the log, and megabytes in the database file. So the log
/// still has room when the file has none, and the COMMIT fails after the majority's agreement.
fn fill(node: &TestNode) {
    node.psql(&["CREATE TABLE big (id int PRIMARY KEY, body text)"]);
    for part in 0..4 {
        let values: Vec<String> =
            (0..500).map(|row| format!("({}, repeat('{row:04}', 250))", part * 500 + row)).collect();
        node.psql(&[&format!("INSERT INTO big VALUES {}", values.join(", "))]);
    }
}

const INDEXES: &str = "CREATE INDEX big_1 ON big (body); CREATE INDEX big_2 ON big (body, id); \
                       CREATE INDEX big_3 ON big (id, body); CREATE INDEX big_4 ON big (body DESC)";
const ROOM: u64 = 6 << 20;

#[test]
fn a_commit_that_fails_after_consensus_is_never_a_success() {
    let mut cluster = TestCluster::start(1, &[]);
    let node = &mut cluster.nodes[0];
    fill(node);
    limit_file_size(node, ROOM);
    node.psql(&["INSERT INTO big VALUES (-1, 'small')"]);
    let error = sql::psql(node.sql_port, &[INDEXES]).expect_err("a success that isn't one");
    assert!(!error.contains("does not exist"), "{error}");
    ends(node, &["this node has stopped", "postgres.sqlite"]);
    // With room again it has what the log has.
    node.start();
    node.wait_ready();
    let count = "SELECT count(*) FROM sqlite_schema WHERE name LIKE 'big\\__' ESCAPE '\\'";
    assert_eq!(files::sqlite3(&node.file(), count).unwrap(), "4\n");
    assert_eq!(node.psql(&["SELECT count(*) FROM big"]), "2001\n");
    let sound = files::sqlite3(&node.file(), "PRAGMA integrity_check").unwrap();
    assert_eq!(sound, "ok\n");
}

/// Here it is the log that has no room: nothing is decided, and nothing is left of it. What is too large for memory fails
/// before it comes to the log, and costs nobody but its client.
#[test]
fn a_log_that_can_not_be_written_ends_the_node() {
    let mut cluster = TestCluster::start(1, &[]);
    let node = &mut cluster.nodes[0];
    node.psql(&["CREATE TABLE big (id int PRIMARY KEY, body text)", "INSERT INTO big VALUES (1, 'small')"]);
    limit_file_size(node, 700 << 10);
    node.psql(&["INSERT INTO big VALUES (2, 'small')"]);
    let spooled = "INSERT INTO big VALUES (3, repeat('x', 3000000))";
    let error = sql::psql(node.sql_port, &[spooled]).expect_err("a success that isn't one");
    assert!(error.contains("the changes of this transaction could not be kept: File too large"), "{error}");
    assert_eq!(node.psql(&["SELECT id FROM big ORDER BY id"]), "1\n2\n");
    let large = "INSERT INTO big VALUES (3, repeat('x', 1000000))";
    sql::psql(node.sql_port, &[large]).expect_err("a success that isn't one");
    ends(node, &["this node has stopped", "raft/0000000001.log"]);
    node.start();
    node.wait_ready();
    assert_eq!(node.psql(&["SELECT id FROM big ORDER BY id"]), "1\n2\n");
    node.psql(&[large]);
    assert_eq!(node.psql(&["SELECT count(*) FROM big"]), "3\n");
}

/// Leader or follower: one full disk is one node less, and the client of another node does not notice.
#[test]
fn a_full_disk_on_one_of_three_nodes() {
    let mut cluster = TestCluster::start(3, &[]);
    fill(&cluster.nodes[0]);
    for role in ["follower", "leader"] {
        let victim = if role == "leader" { cluster.leader() } else { cluster.follower() };
        let other = (victim + 1) % 3;
        limit_file_size(&mut cluster.nodes[victim], ROOM);
        let indexes = INDEXES.replace("big_", &format!("{role}_"));
        cluster.nodes[other].psql(&[&indexes]);
        ends(&mut cluster.nodes[victim], &["this node has stopped"]);
        cluster.nodes[other].psql(&["INSERT INTO big SELECT max(id) + 1, 'small' FROM big"]);
        cluster.nodes[victim].start();
        cluster.nodes[victim].wait_ready();
        cluster.assert_equal();
        assert_eq!(http::get(cluster.nodes[victim].http_port, "/readyz").unwrap().0, 200);
    }
}

type Condition<'c> = &'c dyn Fn() -> Result<(), String>;

/// The receiver of a snapshot is killed as soon as it is seen to be so far.
#[test]
fn a_node_killed_while_it_installs_a_snapshot_is_equal_in_the_end() {
    let mut cluster = TestCluster::start(3, &["--log-keep", "5", "--checkpoint-every", "20"]);
    cluster.nodes[0].psql(&["CREATE TABLE big (id int PRIMARY KEY, body text)"]);
    let leader = cluster.leader();
    let victim = (leader + 1) % 3;
    cluster.nodes[victim].kill();
    for row in 0..40 {
        cluster.nodes[leader].psql(&[&format!("INSERT INTO big VALUES ({row}, repeat('{row:04}', 250000))")]);
    }
    cluster.wait_purged(leader, 29);
    // A node that is away is not complained of twice a second.
    let tries = || cluster.nodes[leader].metric("snapshots_failed_total");
    let before = tries().unwrap();
    wait_until("the leader tries again and again", || {
        let more = tries()? - before;
        if more >= 4 { Ok(()) } else { Err(format!("{more} times")) }
    });
    let log = cluster.nodes[leader].running().stderr();
    assert_eq!(log.matches("was not sent").count(), 1, "{log}");

    let data = cluster.nodes[victim].data.clone();
    let exists =
        |path: std::path::PathBuf| if path.exists() { Ok(()) } else { Err(format!("{} is missing", path.display())) };
    // Copies are being received; a file of them is complete; the files are being replaced.
    let received = |file: &str| {
        let copies = std::fs::read_dir(data.join("snapshots")).map_err(|error| error.to_string())?;
        let mut copies = copies.flatten().filter(|entry| entry.file_name().to_string_lossy().starts_with("receive"));
        copies.next().map_or(Err("no copies".to_owned()), |directory| exists(directory.path().join(file)))
    };
    let stages: [(&str, Condition<'_>); 3] = [
        ("receiving", &|| received("databases/postgres.sqlite")),
        ("received", &|| received("system.sqlite")),
        ("replacing", &|| exists(data.join("install"))),
    ];
    for (name, reached) in stages {
        cluster.nodes[victim].start();
        let start = std::time::Instant::now();
        // Not wait_until: its pauses are longer than a stage.
        while reached().is_err() {
            assert!(start.elapsed() < support::PATIENCE, "{name}: {:?}", reached());
            std::thread::sleep(Duration::from_millis(1));
        }
        cluster.nodes[victim].kill();
        println!("killed while {name}: install decided: {}", data.join("install").exists());
    }
    cluster.nodes[victim].start();
    cluster.wait_ready();
    cluster.nodes[victim].psql(&["INSERT INTO big VALUES (-1, 'after')"]);
    cluster.assert_equal();
    assert_eq!(cluster.nodes[victim].psql(&["SELECT count(*) FROM big"]), "41\n");
    assert_eq!(std::fs::read_dir(data.join("snapshots")).unwrap().count(), 0, "nothing is left behind");
    assert!(!data.join("install").exists());
}

/// What was synced is all that was acknowledged; and the log, which is purged meanwhile, begins no later than what was synced
/// of the files ends.
#[test]
fn a_machine_that_loses_its_power_has_all_that_was_acknowledged() {
    let mut cluster = TestCluster::empty(&["--log-keep", "5", "--checkpoint-every", "20"]);
    cluster.add();
    let shims = Shim::preload(&mut cluster);
    cluster.nodes[0].start();
    cluster.wait_ready();
    cluster.nodes[0].psql(&["CREATE TABLE t (a int)"]);
    let mut lost = 0;
    for round in 1..=6 {
        let last = cluster.nodes[0].metric("raft_last_log_index").unwrap();
        cluster.nodes[0].psql(&["INSERT INTO t VALUES (1)"; 60]);
        cluster.wait_purged(0, last);
        cluster.nodes[0].psql(&["INSERT INTO t VALUES (1)"; 3]);
        cluster.nodes[0].kill();
        lost += shims[0].lose_power(&cluster.nodes[0]);
        cluster.nodes[0].start();
        cluster.wait_ready();
        assert_eq!(cluster.nodes[0].psql(&["SELECT count(*) FROM t"]), format!("{}\n", round * 63));
    }
    // The files are synced now and then, and the log carries the rest.
    assert!(lost > 0, "there was nothing to lose");
}
