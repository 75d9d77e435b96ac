//! Advisory locks and signals over a real cluster: between its nodes, and through what happens to them.

mod support;

use std::time::{Duration, Instant};

use support::cluster::TestCluster;
use support::sql::{self, Client, Error};
use support::wait_for;

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Runtime::new().expect("a runtime")
}

fn code(error: &Error) -> String {
    error.code().map_or_else(|| format!("no code: {error}"), |code| code.code().to_owned())
}

async fn clients(cluster: &TestCluster) -> Vec<Client> {
    let mut clients = Vec::new();
    for node in &cluster.nodes {
        clients.push(sql::connect(node.sql_port).await.expect("connected"));
    }
    clients
}

async fn truth(client: &Client, sql: &str) -> bool {
    client.query_one(sql, &[]).await.unwrap_or_else(|error| panic!("{sql}: {error}")).get(0)
}

async fn pid(client: &Client) -> i32 {
    client.query_one("SELECT pg_backend_pid()", &[]).await.expect("a pid").get(0)
}

#[test]
fn a_lock_is_one_for_all_nodes() {
    let cluster = TestCluster::start(3, &[]);
    runtime().block_on(async {
        let clients = clients(&cluster).await;
        for (index, holder) in clients.iter().enumerate() {
            let (next, last) = (&clients[(index + 1) % 3], &clients[(index + 2) % 3]);
            assert!(truth(holder, "SELECT pg_try_advisory_lock(7)").await);
            assert!(!truth(next, "SELECT pg_try_advisory_lock(7)").await);
            assert!(!truth(last, "SELECT pg_try_advisory_lock_shared(7)").await);
            assert!(truth(last, "SELECT pg_try_advisory_lock(0, 7)").await, "two integers are another key");
            assert!(truth(last, "SELECT pg_advisory_unlock(0, 7)").await);
            // Twice taken, twice given back; others have it the moment it is.
            assert!(truth(holder, "SELECT pg_try_advisory_lock(7)").await);
            assert!(truth(holder, "SELECT pg_advisory_unlock(7)").await);
            assert!(!truth(next, "SELECT pg_try_advisory_lock(7)").await);
            assert!(truth(holder, "SELECT pg_advisory_unlock(7)").await);
            assert!(truth(next, "SELECT pg_try_advisory_lock(7)").await);
            assert!(truth(next, "SELECT pg_advisory_unlock(7)").await);
            next.batch_execute("BEGIN; SELECT pg_advisory_xact_lock(7)").await.unwrap();
            assert!(!truth(holder, "SELECT pg_try_advisory_xact_lock(7)").await);
            next.batch_execute("COMMIT").await.unwrap();
            assert!(truth(holder, "SELECT pg_try_advisory_xact_lock(7)").await);
            assert!(truth(last, "SELECT pg_try_advisory_xact_lock(7)").await);
        }
    });
}

#[test]
fn who_waits_gets_it_gives_up_or_is_in_a_circle() {
    let cluster = TestCluster::start(3, &[]);
    cluster.nodes[0].psql(&["CREATE TABLE t (a int)"]);
    runtime().block_on(async {
        let [one, two, three] = <[Client; 3]>::try_from(clients(&cluster).await).unwrap_or_else(|_| panic!("three"));
        one.batch_execute("SELECT pg_advisory_lock(1)").await.unwrap();
        two.batch_execute("SET lock_timeout = 100").await.unwrap();
        let error = two.batch_execute("SELECT pg_advisory_lock(1)").await.unwrap_err();
        assert_eq!(code(&error), "55P03");
        two.batch_execute("RESET lock_timeout; SET statement_timeout = 100").await.unwrap();
        let error = two.batch_execute("SELECT pg_advisory_lock_shared(1)").await.unwrap_err();
        assert_eq!(code(&error), "57014");
        two.batch_execute("RESET statement_timeout").await.unwrap();

        // Cancelled while it waits, from a third node.
        let (own, other) = (pid(&two).await, three);
        let waiting = async { two.batch_execute("SELECT pg_advisory_lock(1)").await.unwrap_err() };
        let cancel = async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            assert!(truth(&other, &format!("SELECT pg_cancel_backend({own})")).await);
        };
        assert_eq!(code(&tokio::join!(waiting, cancel).0), "57014");

        // Given up, so that the next in the queue is served.
        let waiting = async { two.batch_execute("SELECT pg_advisory_lock(1)").await.unwrap() };
        let unlock = async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            assert!(truth(&one, "SELECT pg_advisory_unlock(1)").await);
        };
        tokio::join!(waiting, unlock);

        one.batch_execute("SELECT pg_advisory_lock(2)").await.unwrap();
        let waiting = async { two.batch_execute("SELECT pg_advisory_lock(2)").await };
        let closing = async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            one.batch_execute("SELECT pg_advisory_lock(1)").await
        };
        let (waiting, closing) = tokio::join!(waiting, async {
            let result = closing.await;
            one.batch_execute("SELECT pg_advisory_unlock_all()").await.unwrap();
            result
        });
        assert_eq!(code(&closing.unwrap_err()), "40P01");
        waiting.unwrap();

        // The writer slot is in the circle: `two` has the locks.
        one.batch_execute("BEGIN; INSERT INTO t VALUES (1)").await.unwrap();
        let writing = async { two.batch_execute("INSERT INTO t VALUES (2)").await };
        let closing = async {
            tokio::time::sleep(Duration::from_millis(500)).await;
            let result = one.batch_execute("SELECT pg_advisory_xact_lock(1)").await;
            one.batch_execute("ROLLBACK").await.unwrap();
            result
        };
        let (writing, closing) = tokio::join!(writing, closing);
        assert_eq!(code(&closing.unwrap_err()), "40P01");
        writing.unwrap();
    });
}

/// The holder's node lives: it keeps its lock, and nobody else gets it, whoever leads.
#[test]
fn a_lock_outlives_its_leader() {
    let mut cluster = TestCluster::start(3, &[]);
    runtime().block_on(async {
        for round in 0..2 {
            let leader = cluster.leader();
            let (holder, other) = ((leader + 1) % 3, (leader + 2) % 3);
            let holding = sql::connect(cluster.nodes[holder].sql_port).await.unwrap();
            let trying = sql::connect(cluster.nodes[other].sql_port).await.unwrap();
            let dying = sql::connect(cluster.nodes[leader].sql_port).await.unwrap();
            holding.batch_execute("SELECT pg_advisory_lock(1)").await.unwrap();
            dying.batch_execute("SELECT pg_advisory_lock(2)").await.unwrap();
            match round {
                0 => cluster.nodes[leader].kill(),
                _ => cluster.nodes[leader].stop(),
            }
            let start = Instant::now();
            assert!(!truth(&trying, "SELECT pg_try_advisory_lock(1)").await, "the holder lives");
            // What the dead node's session had is free after its time.
            trying.batch_execute("SELECT pg_advisory_lock(2)").await.unwrap();
            assert!(start.elapsed() < Duration::from_secs(15), "{:?}", start.elapsed());
            assert!(truth(&holding, "SELECT pg_advisory_unlock(1)").await, "it was never lost");
            assert!(truth(&trying, "SELECT pg_try_advisory_lock(1)").await);
            drop((holding, trying));
            cluster.nodes[leader].start();
            cluster.wait_ready();
            // Ended sessions hold nothing.
            let fresh = sql::connect(cluster.nodes[leader].sql_port).await.unwrap();
            wait_for("the locks of ended sessions are free", async || {
                let free = truth(&fresh, "SELECT pg_try_advisory_lock(1)").await;
                if free { Ok(()) } else { Err("taken".to_owned()) }
            })
            .await;
        }
    });
}

/// A node that is cut off from the majority tells its holders before anybody else gets their locks.
#[test]
fn who_is_cut_off_hears_of_it_before_another_has_the_lock() {
    let Some(mut cluster) = TestCluster::isolated(3, &[]) else { return };
    cluster.nodes.iter_mut().for_each(|node| node.start());
    cluster.wait_ready();
    runtime().block_on(async {
        let leader = cluster.leader();
        let other = (leader + 1) % 3;
        let holding = sql::connect(cluster.nodes[leader].sql_address()).await.unwrap();
        let waiting = sql::connect(cluster.nodes[other].sql_address()).await.unwrap();
        holding.batch_execute("SET quorlite.read_consistency = stale; SELECT pg_advisory_lock(1)").await.unwrap();
        cluster.network.as_ref().unwrap().isolate(leader);
        let cut = Instant::now();
        let ended = async {
            while holding.batch_execute("SELECT 1").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            Instant::now()
        };
        let granted = async {
            waiting.batch_execute("SELECT pg_advisory_lock(1)").await.expect("the majority goes on");
            Instant::now()
        };
        let (ended, granted) = tokio::join!(ended, granted);
        assert!(ended < granted, "ended after {:?}, granted after {:?}", ended - cut, granted - cut);
        assert!(granted - cut < Duration::from_secs(15), "{:?}", granted - cut);
    });
}

#[test]
fn sessions_are_cancelled_and_terminated_from_any_node() {
    let cluster = TestCluster::start(3, &[]);
    cluster.nodes[0].psql(&["CREATE TABLE t (a int)"]);
    let (leader, follower) = (cluster.leader(), cluster.follower());
    let third = 3 - leader - follower;
    runtime().block_on(async {
        let admin = sql::connect(cluster.nodes[third].sql_port).await.unwrap();
        // A statement that another node forwards to the slot.
        let victim = sql::connect(cluster.nodes[follower].sql_port).await.unwrap();
        let own = pid(&victim).await;
        victim.batch_execute("BEGIN; INSERT INTO t VALUES (1); SAVEPOINT s").await.unwrap();
        let many = (0..9).fold("SELECT 1 AS a".to_owned(), |sql, _| {
            format!("SELECT x.a FROM ({sql} UNION ALL SELECT 2) x, (SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3) y")
        });
        let slow = format!("SELECT count(*) FROM ({many}) p, ({many}) q WHERE p.a + q.a < 0");
        let running = async { victim.batch_execute(&slow).await.unwrap_err() };
        let cancel = async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            assert!(truth(&admin, &format!("SELECT pg_cancel_backend({own})")).await);
            Instant::now()
        };
        let (error, cancelled) = tokio::join!(running, cancel);
        assert_eq!(code(&error), "57014");
        assert!(cancelled.elapsed() < Duration::from_secs(5));
        victim.batch_execute("ROLLBACK TO s; COMMIT").await.expect("the transaction lives");

        // An idle one holds the slot.
        victim.batch_execute("BEGIN; INSERT INTO t VALUES (2)").await.unwrap();
        assert!(truth(&admin, &format!("SELECT pg_terminate_backend({own}, 5000)")).await);
        admin.batch_execute("INSERT INTO t VALUES (3)").await.unwrap();
        assert!(victim.batch_execute("COMMIT").await.is_err());
        assert!(!truth(&admin, &format!("SELECT pg_terminate_backend({own})")).await);
        let rows: i64 = admin.query_one("SELECT count(*) FROM t", &[]).await.unwrap().get(0);
        assert_eq!(rows, 2);
        let error = admin.batch_execute("SELECT pg_terminate_backend(pg_backend_pid())").await.unwrap_err();
        assert_eq!(code(&error), "57P01");
    });
}
