//! The main job, as tests of real processes: nodes started by hand, joined, killed and started again.

mod support;

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::time::Duration;

use support::cluster::TestCluster;
use support::writers::{self, Writers};
use support::{files, http, process, sql, wait_for, wait_until};

/// A single node, told how to reach it, by psql.
#[test]
fn a_single_node_says_where_it_listens_and_psql_works() {
    let mut cluster = TestCluster::start(1, &[]);
    let node = &mut cluster.nodes[0];
    let stdout = node.running().stdout();
    let psql = format!("psql -h 127.0.0.1 -p {} -U postgres postgres", node.sql_port);
    let file = node.file().canonicalize().unwrap();
    for part in
        [psql.as_str(), file.to_str().unwrap(), &format!("127.0.0.1:{}", node.cluster_port), "http://127.0.0.1:"]
    {
        assert!(stdout.contains(part), "{part} is missing in:\n{stdout}");
    }
    // The line as it is printed, typed.
    let typed =
        std::process::Command::new("sh").args(["-c", &format!("{psql} -AtX -c 'SELECT 1+1'")]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&typed.stdout), "2\n", "{}", String::from_utf8_lossy(&typed.stderr));
    assert_eq!(http::get(node.http_port, "/healthz").unwrap(), (200, "ok\n".to_owned()));
    assert_eq!(http::get(node.http_port, "/readyz").unwrap(), (200, "ready\n".to_owned()));
    let (code, page) = http::get(node.http_port, "/").unwrap();
    assert!(code == 200 && page.contains("Quorlite"), "{page}");
    let (code, stdout, _) = process::run(&["ready", "--http-connect", &format!("127.0.0.1:{}", node.http_port)]);
    assert_eq!((code, stdout.as_str()), (0, "ready\n"));
    node.stop();
}

/// Rows are in the file that stock tools open, on every node.
#[test]
fn three_nodes_one_after_another_have_the_same_file() {
    let mut cluster = TestCluster::start(1, &[]);
    cluster.nodes[0].psql(&[
        "CREATE TABLE notes (id serial PRIMARY KEY, body text NOT NULL)",
        "INSERT INTO notes (body) VALUES ('first')",
    ]);
    let read = "SELECT id, body FROM notes ORDER BY id";
    assert_eq!(files::sqlite3(&cluster.nodes[0].file(), read).unwrap(), "1|first\n");

    cluster.add();
    cluster.nodes[1].start();
    cluster.nodes[1].wait_ready();
    assert_eq!(files::sqlite3(&cluster.nodes[1].file(), read).unwrap(), "1|first\n");
    // Through either node, into both files.
    cluster.nodes[0].psql(&["INSERT INTO notes (body) VALUES ('second')"]);
    cluster.nodes[1].psql(&["INSERT INTO notes (body) VALUES ('third')"]);
    cluster.assert_equal();

    cluster.add();
    cluster.nodes[2].start();
    cluster.nodes[2].wait_ready();
    cluster.nodes[2].psql(&["INSERT INTO notes (body) VALUES ('fourth')"]);
    cluster.assert_equal();
    for node in &cluster.nodes {
        assert_eq!(node.psql(&[read]), "1|first\n2|second\n3|third\n4|fourth\n");
        assert_eq!(files::sqlite3(&node.file(), read).unwrap(), "1|first\n2|second\n3|third\n4|fourth\n");
    }

    let (code, table, stderr) = cluster.admin(&["status"]);
    assert_eq!(code, 0, "{stderr}");
    let mut lines = table.lines();
    let header: Vec<&str> = lines.next().unwrap().split_whitespace().collect();
    assert_eq!(header, ["NODE", "ADDRESS", "POSTGRESQL", "ROLE", "TERM", "APPLIED", "LAG", "VERSION"]);
    let mut roles: Vec<&str> = lines.map(|line| line.split_whitespace().nth(3).unwrap()).collect();
    roles.sort_unstable();
    assert_eq!(roles, ["follower", "follower", "leader"], "{table}");
}

/// Datasette, unchanged, on the live file.
#[test]
fn datasette_opens_the_live_file() {
    let Some(datasette) = datasette() else { return };
    let cluster = TestCluster::start(1, &[]);
    cluster.nodes[0]
        .psql(&["CREATE TABLE seen (id int PRIMARY KEY, body text)", "INSERT INTO seen VALUES (1, 'by all')"]);
    let port = support::free_port();
    let mut command = std::process::Command::new(datasette);
    command.arg("serve").arg(cluster.nodes[0].file()).args(["--port", &port.to_string()]);
    let _datasette = process::Process::start(command, cluster.directory(), "datasette");
    let rows = |expected: &str| {
        wait_until("Datasette shows the row", || match http::get(port, "/postgres/seen.json?_shape=array")? {
            (200, body) if body.contains(expected) => Ok(()),
            (code, body) => Err(format!("{code}: {body}")),
        })
    };
    rows("\"by all\"");
    // It goes on seeing what is written while it runs.
    cluster.nodes[0].psql(&["INSERT INTO seen VALUES (2, 'and again')"]);
    rows("\"and again\"");
}

/// Where `.ci/run` installs it, or in the path.
fn datasette() -> Option<String> {
    let installed = concat!(env!("CARGO_MANIFEST_DIR"), "/target/tools/bin/datasette");
    for program in [installed, "datasette"] {
        if std::process::Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success()) {
            return Some(program.to_owned());
        }
    }
    assert!(std::env::var_os("CI").is_none(), "Datasette is missing: .ci/run installs it");
    eprintln!("SKIPPED: no datasette; python3 -m venv target/tools && target/tools/bin/pip install datasette");
    None
}

/// Any node, the leader too, is killed while clients write.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_when_nodes_are_killed() {
    let mut cluster = TestCluster::start(3, &[]);
    cluster.nodes[0].psql(&[writers::TABLE]);
    let ports: Vec<u16> = cluster.nodes.iter().map(|node| node.sql_port).collect();
    let writers = Writers::start(6, &ports);
    for round in 0..4 {
        tokio::time::sleep(Duration::from_millis(700)).await;
        let victim = if round % 2 == 0 { cluster.leader() } else { cluster.follower() };
        cluster.nodes[victim].kill();
        // The other two go on.
        let survivor = cluster.running_ports()[round % 2];
        wait_for("a write after the kill", || async {
            let client = sql::connect(survivor).await.map_err(|error| error.to_string())?;
            let text = format!("INSERT INTO acked VALUES (-{}, -1, 'survivor')", round + 1);
            match client.simple_query(&text).await {
                Ok(_) => Ok(()),
                // Acknowledged to nobody, but there.
                Err(error) if sql::state(&error) == Some("23505") => Ok(()),
                Err(error) => Err(error.to_string()),
            }
        })
        .await;
        cluster.nodes[victim].start();
        cluster.nodes[victim].wait_ready();
    }
    let mut ledger = writers.stop().await;
    ledger.unknown.extend(-4..=-1);
    assert!(ledger.acknowledged.len() > 100, "hardly anything was written: {}", ledger.acknowledged.len());
    for node in &cluster.nodes {
        ledger.check(&sql::connect(node.sql_port).await.unwrap()).await;
    }
    cluster.assert_equal();
}

/// A leader that was paused believes to lead when it goes on, with transactions under way: it must answer for none of
/// them what is not so.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_when_leaders_are_paused() {
    let mut cluster = TestCluster::start(3, &[]);
    cluster.nodes[0].psql(&[writers::TABLE]);
    let ports: Vec<u16> = cluster.nodes.iter().map(|node| node.sql_port).collect();
    let writers = Writers::start(6, &ports);
    for _ in 0..3 {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let leader = cluster.leader();
        cluster.nodes[leader].running().signal("STOP");
        tokio::time::sleep(Duration::from_secs(3)).await;
        cluster.nodes[leader].running().signal("CONT");
        cluster.wait_ready();
    }
    let ledger = writers.stop().await;
    assert!(ledger.acknowledged.len() > 100, "hardly anything was written: {}", ledger.acknowledged.len());
    for node in &cluster.nodes {
        ledger.check(&sql::connect(node.sql_port).await.unwrap()).await;
    }
    cluster.assert_equal();
}

/// All three are killed under load, and started again.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_when_all_nodes_are_killed() {
    let mut cluster = TestCluster::start(3, &[]);
    cluster.nodes[0].psql(&[writers::TABLE]);
    let ports: Vec<u16> = cluster.nodes.iter().map(|node| node.sql_port).collect();
    for _ in 0..2 {
        let writers = Writers::start(6, &ports);
        tokio::time::sleep(Duration::from_secs(1)).await;
        cluster.nodes.iter_mut().for_each(|node| node.kill());
        let ledger = writers.stop().await;
        assert!(!ledger.acknowledged.is_empty());
        cluster.nodes.iter_mut().for_each(|node| node.start());
        cluster.wait_ready();
        let client = sql::connect(ports[0]).await.unwrap();
        ledger.check(&client).await;
        client.simple_query("DELETE FROM acked").await.unwrap();
    }
    cluster.assert_equal();
}

/// The log no longer reaches back to a node that was away.
#[tokio::test(flavor = "multi_thread")]
async fn a_node_away_for_longer_than_the_log_reaches_comes_back_by_snapshot() {
    let mut cluster = TestCluster::start(3, &["--checkpoint-every", "50", "--log-keep", "20"]);
    cluster.nodes[0].psql(&["CREATE TABLE t (a int PRIMARY KEY, b text)"]);
    let away = cluster.follower();
    let last_seen = cluster.nodes[away].metric("raft_last_log_index").unwrap();
    cluster.nodes[away].kill();
    let leader = cluster.leader();
    let client = sql::connect(cluster.nodes[leader].sql_port).await.unwrap();
    for a in 0..300 {
        client.simple_query(&format!("INSERT INTO t VALUES ({a}, 'row {a}')")).await.unwrap();
    }
    cluster.wait_purged(leader, last_seen);
    cluster.nodes[away].start();
    cluster.nodes[away].wait_ready();
    cluster.assert_equal();
    assert!(cluster.nodes[away].metric("snapshots_installed_total").unwrap() > 0);
    // A new node, too, has to begin with a snapshot.
    let new = cluster.add();
    cluster.nodes[new].start();
    cluster.nodes[new].wait_ready();
    cluster.assert_equal();
    assert!(cluster.nodes[new].metric("snapshots_installed_total").unwrap() > 0);
}

/// SIGTERM: leadership is handed over before the process ends, so that clients elsewhere see a short pause.
#[tokio::test(flavor = "multi_thread")]
async fn a_graceful_stop_hands_leadership_over() {
    let mut cluster = TestCluster::start(3, &[]);
    cluster.nodes[0].psql(&[writers::TABLE]);
    let leader = cluster.leader();
    let others: Vec<u16> = (0..3).filter(|index| *index != leader).map(|index| cluster.nodes[index].sql_port).collect();
    let idle = sql::connect(cluster.nodes[leader].sql_port).await.unwrap();
    let writers = Writers::start(4, &others);
    tokio::time::sleep(Duration::from_millis(500)).await;
    cluster.nodes[leader].stop();
    // The clients of the stopped node were told why.
    let error = idle.simple_query("SELECT 1").await.unwrap_err();
    assert!(matches!(sql::state(&error), Some("57P01") | None), "{error}");
    let started = std::time::Instant::now();
    let client = sql::connect(others[0]).await.unwrap();
    client.simple_query("INSERT INTO acked VALUES (-1, -1, 'after')").await.unwrap();
    assert!(started.elapsed() < Duration::from_secs(3), "{:?}", started.elapsed());
    let mut ledger = writers.stop().await;
    // Through another node, a change of leaders is a pause, not an error.
    assert!(ledger.refused.is_empty() && ledger.unknown.is_empty(), "{:?} {:?}", ledger.refused, ledger.unknown);
    ledger.acknowledged.push(-1);
    ledger.check(&client).await;
    cluster.nodes[leader].start();
    cluster.nodes[leader].wait_ready();
    cluster.assert_equal();
}

/// A follower learns of a change a moment later; the values in a statement's text are of the column as it is, all the same.
/// ON DELETE SET NULL of some columns is no action of SQLite's: whoever leads acts, once, in blocks and alone, and after it has
/// been started again.
#[test]
fn whoever_leads_sets_columns_of_what_is_deleted() {
    let mut cluster = TestCluster::start(3, &[]);
    let follower = cluster.follower();
    cluster.nodes[follower].psql(&[
        "CREATE TABLE parent (tenant int, id int, PRIMARY KEY (tenant, id))",
        "CREATE TABLE child (id int PRIMARY KEY, tenant int NOT NULL, parent int, changes int DEFAULT 0, \
         FOREIGN KEY (tenant, parent) REFERENCES parent ON DELETE SET NULL (parent))",
        "INSERT INTO parent SELECT i % 2, i FROM generate_series(1, 9) AS i",
        "INSERT INTO child SELECT i, i % 2, i FROM generate_series(1, 9) AS i",
        "BEGIN; DELETE FROM parent WHERE id = 1; ROLLBACK",
        "BEGIN; DELETE FROM parent WHERE id = 2; COMMIT",
        "DELETE FROM parent WHERE id = 3",
    ]);
    cluster.assert_equal();
    let leader = cluster.leader();
    cluster.nodes[leader].kill();
    cluster.nodes[follower].psql(&["DELETE FROM parent WHERE id = 4"]);
    cluster.nodes[leader].start();
    cluster.nodes[leader].wait_ready();
    cluster.nodes[leader].psql(&["DELETE FROM parent WHERE id = 5"]);
    cluster.assert_equal();
    for node in 0..3 {
        let left = cluster.nodes[node].psql(&[
            "SELECT string_agg(id || ':' || tenant || coalesce(':' || parent, ''), ' ' ORDER BY id) FROM child",
        ]);
        assert_eq!(left.trim(), "1:1:1 2:0 3:1 4:0 5:1 6:0:6 7:1:7 8:0:8 9:1:9");
        // What stock tools see of it: no trigger.
        let triggers = "SELECT count(*) FROM sqlite_schema WHERE type = 'trigger'";
        assert_eq!(files::sqlite3(&cluster.nodes[node].file(), triggers).unwrap(), "0\n");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn literals_are_read_by_the_type_that_a_column_has_just_got_elsewhere() {
    let cluster = TestCluster::start(3, &[]);
    let leader = cluster.leader();
    let mut clients = Vec::new();
    for node in &cluster.nodes {
        clients.push(sql::connect(node.sql_port).await.unwrap());
    }
    clients[leader].simple_query("CREATE TABLE moments (id int PRIMARY KEY, at date)").await.unwrap();
    for id in 0..90 {
        let (ty, stored) = [("timestamp", "2020-01-01 10:00:00"), ("date", "2020-01-01")][id % 2];
        let client = &clients[(leader + 1 + id % 2) % 3];
        clients[leader].simple_query(&format!("ALTER TABLE moments ALTER COLUMN at TYPE {ty}")).await.unwrap();
        let insert = format!("INSERT INTO moments VALUES ({id}, '2020-01-01 10:00:00')");
        client.simple_query(&insert).await.unwrap();
        let read = format!("SELECT at::text FROM moments WHERE id = {id} AND at = '2020-01-01 10:00:00'");
        assert_eq!(sql::one_value(client, &read).await.unwrap(), stored, "{id}");
    }
    cluster.assert_equal();
}

#[test]
fn leadership_can_be_moved_and_nodes_removed() {
    let mut cluster = TestCluster::start(3, &[]);
    cluster.nodes[0].psql(&["CREATE TABLE t (a int PRIMARY KEY)"]);
    let follower = cluster.follower();
    let id = cluster.nodes[follower].metric("node_id").unwrap().to_string();
    let (code, stdout, stderr) = cluster.admin(&["transfer-leader", &id]);
    assert_eq!((code, stdout), (0, format!("node {id} leads\n")), "{stderr}");
    assert_eq!(cluster.leader(), follower);

    // The leader itself goes: the command still says how it ended.
    let (code, stdout, stderr) = cluster.admin(&["remove-node", &id]);
    assert_eq!(code, 0, "{stdout}{stderr}");
    let (_, table, _) = cluster.admin(&["status"]);
    let removed = cluster.nodes[follower].cluster_address();
    wait_until("status no longer shows the removed node", || {
        let rest: Vec<usize> = (0..3).filter(|index| *index != follower).collect();
        let (code, table, stderr) = process::run(&["status", "--connect", &cluster.nodes[rest[0]].cluster_address()]);
        if code == 0 && !table.contains(&removed) && table.contains("leader") { Ok(()) } else { Err(table + &stderr) }
    });
    drop(table);
    cluster.nodes[follower].running().kill();
    cluster.nodes[follower].process = None;
    cluster.nodes[cluster.follower()].psql(&["INSERT INTO t VALUES (1)"]);
    cluster.assert_equal();

    // Its directory is no way back in: ids are never given again.
    let (code, _, stderr) = cluster.admin(&["remove-node", &id]);
    assert_eq!(code, 1);
    assert!(stderr.contains(&id), "{stderr}");
    // An empty directory is.
    fs::remove_dir_all(&cluster.nodes[follower].data).unwrap();
    let living = (0..3).find(|index| *index != follower).unwrap();
    let join = cluster.nodes[living].cluster_address();
    cluster.nodes[follower].add_args(&["--join", &join]);
    cluster.nodes[follower].start();
    cluster.nodes[follower].wait_ready();
    assert_ne!(cluster.nodes[follower].metric("node_id").unwrap().to_string(), id);
    cluster.assert_equal();
}

/// The same command on each of three machines.
#[test]
fn three_nodes_form_a_cluster_by_themselves() {
    let mut cluster = TestCluster::empty(&["--bootstrap-expect", "3"]);
    for _ in 0..3 {
        cluster.add_with(&[]);
    }
    let all = cluster.nodes.iter().map(|node| node.cluster_address()).collect::<Vec<_>>().join(",");
    for node in &mut cluster.nodes {
        node.add_args(&["--join", &all]);
        node.start();
    }
    cluster.wait_ready();
    cluster.nodes[2].psql(&["CREATE TABLE t (a int PRIMARY KEY)", "INSERT INTO t VALUES (1)"]);
    cluster.assert_equal();
    // All of them again, with the same command.
    cluster.nodes.iter_mut().for_each(|node| node.kill());
    cluster.nodes.iter_mut().for_each(|node| node.start());
    cluster.wait_ready();
    assert_eq!(cluster.nodes[1].psql(&["SELECT a FROM t"]), "1\n");
}

/// Without a majority nothing is acknowledged, and nobody waits for ever.
#[tokio::test(flavor = "multi_thread")]
async fn a_node_without_a_majority_answers_stale_reads_only() {
    let mut cluster = TestCluster::start(3, &["--patience", "2"]);
    cluster.nodes[0].psql(&["CREATE TABLE t (a int PRIMARY KEY)", "INSERT INTO t VALUES (1)"]);
    cluster.assert_equal();
    let client = sql::connect(cluster.nodes[2].sql_port).await.unwrap();
    cluster.nodes[0].kill();
    cluster.nodes[1].kill();
    let started = std::time::Instant::now();
    let error = client.simple_query("SELECT a FROM t").await.unwrap_err();
    assert!(matches!(sql::state(&error), Some("57P03" | "08006")), "{error}");
    let error = client.simple_query("INSERT INTO t VALUES (2)").await.unwrap_err();
    assert!(matches!(sql::state(&error), Some("57P03" | "08006" | "08007")), "{error}");
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
    client.simple_query("SET quorlite.read_consistency = stale").await.unwrap();
    assert_eq!(sql::one_value(&client, "SELECT a FROM t").await.unwrap(), "1");
    wait_until("it says that it is not ready", || match cluster.nodes[2].ready() {
        Ok(()) => Err("still ready".to_owned()),
        Err(_) => Ok(()),
    });
    cluster.nodes[0].start();
    cluster.nodes[0].wait_ready();
    wait_for("writes work again", || async {
        client.simple_query("INSERT INTO t VALUES (3)").await.map_err(|error| error.to_string())
    })
    .await;
}

/// Whoever in the process closes a descriptor of a file takes SQLite's locks on it away (POSIX), and with them what keeps
/// other processes from doing damage to it.
#[test]
fn whatever_a_node_does_its_files_stay_locked() {
    let mut cluster = TestCluster::start(2, &["--log-keep", "5", "--checkpoint-every", "20"]);
    cluster.nodes[0].psql(&["CREATE TABLE t (a int)", "CREATE DATABASE other TEMPLATE postgres"]);
    let leader = cluster.leader();
    let last = cluster.nodes[leader].metric("raft_last_log_index").unwrap();
    cluster.nodes[0].psql(&["INSERT INTO t VALUES (1)"; 60]);
    cluster.wait_purged(leader, last);
    // A third node gets copies of the files.
    cluster.add();
    cluster.nodes[2].start();
    cluster.wait_ready();
    assert!(cluster.nodes[2].metric("snapshots_installed_total").unwrap() > 0);
    cluster.assert_equal();
    assert_eq!(cluster.admin(&["transfer-leader"]).0, 0);
    for node in &cluster.nodes {
        node.psql(&[
            "SELECT pg_database_size('postgres'), pg_total_relation_size('t')",
            "CREATE DATABASE gone",
            "DROP DATABASE gone",
            "VACUUM",
            "CHECKPOINT",
            "INSERT INTO t VALUES (2)",
        ]);
        assert_eq!(http::get(node.http_port, "/").unwrap().0, 200);
    }
    cluster.assert_equal();
    let locks = std::fs::read_to_string("/proc/locks").expect("a list of locks");
    for node in &mut cluster.nodes {
        let process = node.running().id().to_string();
        for file in ["databases/postgres.sqlite", "databases/other.sqlite", "system.sqlite"] {
            let inode = format!(":{}", std::fs::metadata(node.data.join(file)).unwrap().ino());
            let locked = locks.lines().any(|line| {
                let words: Vec<&str> = line.split_whitespace().collect();
                words.contains(&"POSIX")
                    && words.contains(&process.as_str())
                    && words.iter().any(|w| w.ends_with(&inode))
            });
            assert!(locked, "{}: nothing locks {file} ({process}, {inode}):\n{locks}", node.name);
        }
    }
}
