//! Large transactions on real nodes: they cost nobody the leader, whoever sends them, and count as a whole or not at all.

mod support;

use std::time::{Duration, Instant};

use futures_util::SinkExt;
use support::cluster::{TestCluster, TestNode};
use support::sql::{self, Client, Error};

/// Rows of about two kilobytes from `first` on: bytes cost a cluster more than rows.
async fn copy(client: &Client, first: u64, rows: u64) -> Result<u64, Error> {
    let sink = client.copy_in::<_, bytes::Bytes>("COPY big FROM STDIN").await?;
    let mut sink = std::pin::pin!(sink);
    for row in first..first + rows {
        let mut line = format!("{row}\t{row:08}\n");
        line.insert_str(line.len() - 1, &"x".repeat(2000));
        sink.send(line.into()).await?;
    }
    sink.finish().await
}

async fn count(client: &Client) -> u64 {
    sql::one_value(client, "SELECT count(*) FROM big").await.unwrap().parse().unwrap()
}

/// The most memory that the process has had since [`forget_peak`], in megabytes.
fn peak(node: &mut TestNode) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", node.running().id())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() >> 10
}

fn forget_peak(node: &mut TestNode) {
    std::fs::write(format!("/proc/{}/clear_refs", node.running().id()), "5").unwrap();
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Runtime::new().expect("a runtime")
}

/// An entry of sixty megabytes once kept the leader from answering for seconds, and another was elected meanwhile.
#[test]
fn a_large_copy_does_not_cost_the_leader_its_place_or_anybody_their_memory() {
    const ROWS: u64 = 30_000;
    let mut cluster = TestCluster::start(3, &[]);
    cluster.nodes[0].psql(&["CREATE TABLE big (id bigint PRIMARY KEY, body text)", "CREATE TABLE small (id int)"]);
    let (leader, follower) = (cluster.leader(), cluster.follower());
    let term = cluster.nodes[leader].metric("raft_term").unwrap();
    cluster.nodes.iter_mut().for_each(forget_peak);
    let before: Vec<u64> = cluster.nodes.iter_mut().map(peak).collect();
    let ports: Vec<u16> = cluster.nodes.iter().map(|node| node.sql_port).collect();
    runtime().block_on(async {
        let client = sql::connect(ports[follower]).await.unwrap();
        assert_eq!(copy(&client, 0, ROWS).await.unwrap(), ROWS);
        assert_eq!(count(&client).await, ROWS);
        let client = sql::connect(ports[leader]).await.unwrap();
        let updated = client.execute("UPDATE big SET body = body || 'y'", &[]).await.unwrap();
        assert_eq!(updated, ROWS);
        client.batch_execute("INSERT INTO small VALUES (1)").await.unwrap();
    });
    assert_eq!(cluster.leader(), leader);
    assert_eq!(cluster.nodes[leader].metric("raft_term").unwrap(), term, "nobody else was elected meanwhile");
    let after: Vec<u64> = cluster.nodes.iter_mut().map(peak).collect();
    println!("megabytes before {before:?}, at most {after:?}");
    for (before, after) in before.iter().zip(&after) {
        // SQLite's caches and the log's, and pieces on their way; the two transactions' changes came to 120 in the log.
        assert!(after - before < 220, "{before} MB, then {after} MB");
    }
    cluster.assert_equal();
}

#[test]
fn too_large_a_transaction_is_an_error_and_the_session_goes_on() {
    let cluster = TestCluster::start(3, &["--max-transaction-size", "1MB"]);
    cluster.nodes[0].psql(&["CREATE TABLE big (id bigint PRIMARY KEY, body text)"]);
    runtime().block_on(async {
        for node in &cluster.nodes {
            let client = sql::connect(node.sql_port).await.unwrap();
            let error = copy(&client, 0, 1000).await.unwrap_err();
            assert_eq!(sql::state(&error), Some("54000"), "{error}");
            let detail = error.as_db_error().unwrap().detail();
            assert_eq!(detail, Some("The changes of one transaction may take 1 MB as they are replicated."));
            assert_eq!(count(&client).await, 0);
            let error = client
                .batch_execute("INSERT INTO big SELECT i, repeat('x', 2000) FROM generate_series(1, 5000) AS g(i)")
                .await
                .unwrap_err();
            assert_eq!(sql::state(&error), Some("54000"), "{error}");
            client.batch_execute("BEGIN; INSERT INTO big VALUES (-1, 'kept'); SAVEPOINT s").await.unwrap();
            let error = copy(&client, 0, 1000).await.unwrap_err();
            assert_eq!(sql::state(&error), Some("54000"), "{error}");
            client.batch_execute("ROLLBACK TO s; COMMIT").await.unwrap();
            assert_eq!(copy(&client, 0, 300).await.unwrap(), 300);
            assert_eq!(count(&client).await, 301);
            client.batch_execute("DELETE FROM big").await.unwrap();
        }
    });
    cluster.assert_equal();
}

/// Wherever the pieces are when the leader dies: all of the rows are there afterwards, or none, as the client was told.
#[test]
fn a_leader_killed_in_the_middle_of_a_large_transaction_leaves_all_of_it_or_nothing() {
    const ROWS: u64 = 10_000;
    let mut cluster = TestCluster::start(3, &[]);
    cluster.nodes[0].psql(&["CREATE TABLE big (id bigint PRIMARY KEY, body text)"]);
    let runtime = runtime();
    let (mut there, mut lengths) = (0, Vec::new());
    for round in 0..6u64 {
        let (leader, follower) = (cluster.leader(), cluster.follower());
        let port = cluster.nodes[follower].sql_port;
        let first = round * ROWS;
        let started = Instant::now();
        let copying = runtime.spawn(async move {
            let client = sql::connect(port).await.unwrap();
            copy(&client, first, ROWS).await
        });
        // The first goes undisturbed and tells how long it takes; the others are killed in its second half, where what
        // they have done is replicated.
        if round > 0 {
            let length: Duration = lengths[0];
            std::thread::sleep(length.mul_f64(0.4 + 0.12 * round as f64));
            cluster.nodes[leader].kill();
        }
        let outcome = runtime.block_on(copying).unwrap();
        lengths.push(started.elapsed());
        let seen = runtime.block_on(async {
            let client = support::wait_for("a connection", || async {
                sql::connect(port).await.map_err(|error| error.to_string())
            })
            .await;
            support::wait_for("a leader", || async {
                sql::one_value(&client, "SELECT count(*) FROM big").await.map_err(|error| error.to_string())
            })
            .await
            .parse::<u64>()
            .unwrap()
        });
        println!("round {round}: {outcome:?}, {seen} rows");
        match outcome {
            Ok(rows) => assert_eq!((rows, seen), (ROWS, there + ROWS)),
            Err(error) if sql::state(&error) == Some("08007") => assert!(seen == there || seen == there + ROWS),
            Err(error) => {
                assert_eq!(sql::state(&error), Some("40001"), "{error}");
                assert_eq!(seen, there);
            }
        }
        there = seen;
        if cluster.nodes[leader].process.is_none() {
            cluster.nodes[leader].start();
            cluster.nodes[leader].wait_ready();
        }
    }
    cluster.assert_equal();
    for node in &cluster.nodes {
        let left = std::fs::read_dir(node.data.join("pieces")).map_or(0, |files| files.count());
        assert!(left <= 1, "what was given up makes way for the next");
    }
}
