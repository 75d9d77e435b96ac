//! Transactions that clients think about, on real nodes: from any of them, and through whatever happens to it.

mod support;

use std::time::{Duration, Instant};

use support::cluster::TestCluster;
use support::sql::{self, Error};
use support::{PATIENCE, wait_for};

fn code(error: &Error) -> String {
    error.code().map_or_else(|| format!("no code: {error}"), |code| code.code().to_owned())
}

/// A new connection's answer to a query for one number.
async fn number(port: u16, query: &str) -> i64 {
    let client = sql::connect(port).await.expect("connected");
    client.query_one(query, &[]).await.expect("a row").get(0)
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Runtime::new().expect("a runtime")
}

/// The client's driver neither knows nor cares which node leads.
#[test]
fn a_block_is_the_same_on_every_node() {
    let cluster = TestCluster::start(3, &[]);
    cluster.nodes[0].psql(&["CREATE TABLE t (id serial PRIMARY KEY, v int NOT NULL)"]);
    runtime().block_on(async {
        for node in &cluster.nodes {
            let mut client = sql::connect(node.sql_port).await.unwrap();
            let transaction = client.transaction().await.unwrap();
            let row = transaction.query_one("INSERT INTO t (v) VALUES ($1) RETURNING id, v", &[&7i32]).await.unwrap();
            let id: i32 = row.get(0);
            let updated = transaction.execute("UPDATE t SET v = v + 1 WHERE id = $1", &[&id]).await.unwrap();
            assert_eq!(updated, 1);
            let seen: i32 = transaction.query_one("SELECT v FROM t WHERE id = $1", &[&id]).await.unwrap().get(0);
            assert_eq!(seen, 8);
            transaction.commit().await.unwrap();
            let mut transaction = client.transaction().await.unwrap();
            let savepoint = transaction.savepoint("s").await.unwrap();
            assert!(savepoint.execute("INSERT INTO t (id, v) VALUES ($1, 0)", &[&id]).await.is_err());
            savepoint.rollback().await.unwrap();
            transaction.execute("INSERT INTO t (v) VALUES (0)", &[]).await.unwrap();
            transaction.rollback().await.unwrap();
        }
        assert_eq!(number(cluster.nodes[1].sql_port, "SELECT sum(v) FROM t").await, 24);
    });
    cluster.assert_equal();
}

/// Each node applies the rows one by one, and so comes through every state in between.
#[test]
fn keys_may_be_equal_for_a_while_on_every_node() {
    let cluster = TestCluster::start(3, &[]);
    cluster.nodes[0].psql(&[
        "CREATE TABLE t (id int PRIMARY KEY DEFERRABLE, n int UNIQUE DEFERRABLE INITIALLY DEFERRED)",
        "INSERT INTO t SELECT i, i FROM generate_series(1, 5) AS i",
    ]);
    runtime().block_on(async {
        for node in &cluster.nodes {
            let mut client = sql::connect(node.sql_port).await.unwrap();
            client.batch_execute("UPDATE t SET id = id + 1, n = n + 1").await.unwrap();
            let error = client
                .batch_execute("UPDATE t SET id = (SELECT max(id) FROM t) WHERE id = (SELECT min(id) FROM t)")
                .await
                .unwrap_err();
            assert_eq!(code(&error), "23505", "{error}");
            let transaction = client.transaction().await.unwrap();
            let swap = transaction.prepare("UPDATE t SET n = $1 WHERE id = $2").await.unwrap();
            let ids = transaction.query("SELECT id, n FROM t ORDER BY id LIMIT 2", &[]).await.unwrap();
            let [one, other] = &ids[..] else { panic!("two rows") };
            for (row, n) in [(one, other.get::<_, i32>(1)), (other, one.get::<_, i32>(1))] {
                transaction.execute(&swap, &[&n, &row.get::<_, i32>(0)]).await.unwrap();
            }
            transaction.commit().await.unwrap();
            let transaction = client.transaction().await.unwrap();
            transaction.execute("INSERT INTO t SELECT id + 100, n FROM t LIMIT 1", &[]).await.unwrap();
            let error = transaction.commit().await.unwrap_err();
            assert_eq!(code(&error), "23505", "{error}");
            client.batch_execute("BEGIN; SAVEPOINT s; INSERT INTO t SELECT id + 100, n FROM t").await.unwrap();
            client.batch_execute("ROLLBACK TO s; COMMIT").await.unwrap();
        }
        // Two changed places three times.
        assert_eq!(number(cluster.nodes[1].sql_port, "SELECT sum(id * 10 + n) FROM t WHERE id = n").await, 231);
    });
    cluster.assert_equal();
}

#[test]
fn who_holds_the_slot_and_dies_or_goes_silent_gives_it_back() {
    let mut cluster = TestCluster::start(3, &["--slot-idle-timeout", "2"]);
    cluster.nodes[0].psql(&["CREATE TABLE t (id int PRIMARY KEY)"]);
    let ports: Vec<u16> = cluster.nodes.iter().map(|node| node.sql_port).collect();
    let runtime = runtime();
    // A client that hangs up.
    runtime.block_on(async {
        let client = sql::connect(ports[1]).await.unwrap();
        client.batch_execute("BEGIN; INSERT INTO t VALUES (1)").await.unwrap();
        drop(client);
        let next = sql::connect(ports[0]).await.unwrap();
        next.batch_execute("INSERT INTO t VALUES (2)").await.unwrap();
    });
    // One that says nothing.
    runtime.block_on(async {
        let silent = sql::connect(ports[1]).await.unwrap();
        silent.batch_execute("BEGIN; INSERT INTO t VALUES (1)").await.unwrap();
        let start = Instant::now();
        sql::connect(ports[0]).await.unwrap().batch_execute("INSERT INTO t VALUES (3)").await.unwrap();
        assert!(start.elapsed() > Duration::from_millis(1500), "{:?}", start.elapsed());
        let error = silent.batch_execute("COMMIT").await.unwrap_err();
        assert!(silent.is_closed() || code(&error) == "25P03", "{error}");
    });
    // A whole node, while its client holds the slot.
    runtime.block_on(async {
        let lost = sql::connect(ports[2]).await.unwrap();
        lost.batch_execute("BEGIN; INSERT INTO t VALUES (1)").await.unwrap();
        cluster.nodes[2].kill();
        sql::connect(ports[0]).await.unwrap().batch_execute("INSERT INTO t VALUES (4)").await.unwrap();
        assert_eq!(number(ports[1], "SELECT count(*) FROM t").await, 3);
        assert_eq!(number(ports[1], "SELECT count(*) FROM t WHERE id = 1").await, 0);
    });
    cluster.nodes[2].start();
    cluster.nodes[2].wait_ready();
    cluster.assert_equal();
}

#[test]
fn who_waits_for_the_slot_gives_up_in_time_and_in_turn() {
    let cluster = TestCluster::start(3, &["--slot-wait-timeout", "1"]);
    cluster.nodes[0].psql(&["CREATE TABLE t (id int PRIMARY KEY)"]);
    let ports: Vec<u16> = cluster.nodes.iter().map(|node| node.sql_port).collect();
    runtime().block_on(async {
        let holder = sql::connect(ports[1]).await.unwrap();
        holder.batch_execute("BEGIN; INSERT INTO t VALUES (1)").await.unwrap();
        for port in &ports {
            let client = sql::connect(*port).await.unwrap();
            let start = Instant::now();
            let error = client.batch_execute("BEGIN; INSERT INTO t VALUES (2)").await.unwrap_err();
            assert_eq!(code(&error), "55P03", "{error}");
            assert!(start.elapsed() > Duration::from_millis(900), "the server's own patience");
            client.batch_execute("ROLLBACK; SET lock_timeout = '100ms'").await.unwrap();
            let error = client.batch_execute("BEGIN; INSERT INTO t VALUES (2)").await.unwrap_err();
            assert_eq!(code(&error), "55P03", "{error}");
            // Reads go on beside the holder, and the block's end does.
            client.batch_execute("ROLLBACK").await.unwrap();
            let error = client.batch_execute("INSERT INTO t VALUES (2)").await.unwrap_err();
            assert_eq!(code(&error), "55P03", "an autocommit statement too: {error}");
            client.batch_execute("SET lock_timeout = 0; SET statement_timeout = '100ms'").await.unwrap();
            let error = client.batch_execute("INSERT INTO t VALUES (2)").await.unwrap_err();
            assert_eq!(code(&error), "57014", "{error}");
            client.batch_execute("SET statement_timeout = 0").await.unwrap();
            let start = Instant::now();
            for query in ["SELECT id FROM t FOR UPDATE NOWAIT", "BEGIN; SELECT id FROM t FOR SHARE NOWAIT"] {
                let error = client.batch_execute(query).await.unwrap_err();
                assert_eq!(code(&error), "55P03", "{error}");
            }
            assert!(start.elapsed() < Duration::from_millis(900), "at once: {:?}", start.elapsed());
            assert_eq!(number(*port, "SELECT count(*) FROM t").await, 0);
        }
        holder.batch_execute("COMMIT").await.unwrap();
        assert_eq!(number(ports[2], "SELECT count(*) FROM t").await, 1);
        // Too long a transaction, whatever it does.
        let long = sql::connect(ports[2]).await.unwrap();
        long.batch_execute("SET transaction_timeout = '300ms'").await.unwrap();
        long.batch_execute("BEGIN; INSERT INTO t VALUES (5)").await.unwrap();
        wait_for("the connection ends", || async {
            if long.is_closed() { Ok(()) } else { Err("still open".to_owned()) }
        })
        .await;
        let next = sql::connect(ports[0]).await.unwrap();
        next.batch_execute("INSERT INTO t VALUES (5)").await.unwrap();
    });
    cluster.assert_equal();
}

/// A leader that dies takes an open transaction with it, and says nothing else; the rest of the cluster goes on.
#[test]
fn a_leader_that_is_killed_costs_a_retry() {
    let mut cluster = TestCluster::start(3, &[]);
    cluster.nodes[0].psql(&["CREATE TABLE t (id int PRIMARY KEY)"]);
    let ports: Vec<u16> = cluster.nodes.iter().map(|node| node.sql_port).collect();
    runtime().block_on(async {
        let client = sql::connect(ports[1]).await.unwrap();
        client.batch_execute("BEGIN; INSERT INTO t VALUES (1)").await.unwrap();
        cluster.nodes[0].kill();
        let start = Instant::now();
        let error = client.batch_execute("INSERT INTO t VALUES (2)").await.unwrap_err();
        assert_eq!(code(&error), "40001", "{error}");
        let error = client.batch_execute("SELECT 1").await.unwrap_err();
        assert_eq!(code(&error), "25P02");
        client.batch_execute("ROLLBACK").await.unwrap();
        client.batch_execute("BEGIN; INSERT INTO t VALUES (3); COMMIT").await.unwrap();
        assert!(start.elapsed() < PATIENCE / 4, "{:?}", start.elapsed());
        assert_eq!(number(ports[2], "SELECT count(*) FROM t").await, 1);
    });
    cluster.nodes[0].start();
    cluster.nodes[0].wait_ready();
    cluster.assert_equal();
}

#[test]
fn who_holds_the_slot_and_who_waits_is_shown_on_every_node() {
    let mut cluster = TestCluster::start(3, &[]);
    let ports: Vec<u16> = cluster.nodes.iter().map(|node| node.sql_port).collect();
    cluster.nodes[0].psql(&["CREATE TABLE t (id int PRIMARY KEY)"]);
    let query = "SELECT application_name || ' ' || state || ' ' || wait_event_type || ' ' || granted::text \
                 FROM pg_stat_activity JOIN pg_locks USING (pid) \
                 WHERE locktype = 'transactionid' AND application_name <> 'watcher' ORDER BY 1";
    let both = ["holder idle in transaction Client true", "waiter active Lock false"];
    runtime().block_on(async {
        let holder = sql::connect(ports[0]).await.unwrap();
        holder.batch_execute("SET application_name = 'holder'").await.unwrap();
        holder.batch_execute("BEGIN; INSERT INTO t VALUES (1)").await.unwrap();
        let waiter = sql::connect(ports[1]).await.unwrap();
        waiter.batch_execute("SET application_name = 'waiter'").await.unwrap();
        let waits = tokio::spawn(async move { waiter.batch_execute("BEGIN; INSERT INTO t VALUES (2); COMMIT").await });
        for port in &ports {
            let watcher = sql::connect(*port).await.unwrap();
            wait_for("both are shown", || async {
                let rows = watcher.query(query, &[]).await.unwrap();
                let shown: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
                if shown == both { Ok(()) } else { Err(format!("{shown:?}")) }
            })
            .await;
        }
        holder.batch_execute("ROLLBACK").await.unwrap();
        waits.await.unwrap().unwrap();
        // Statements that write see them as well, by themselves and in a transaction.
        let watcher = sql::connect(ports[2]).await.unwrap();
        watcher.batch_execute("SET application_name = 'watcher'").await.unwrap();
        let names = "SELECT application_name FROM pg_stat_activity WHERE application_name <> ''";
        watcher.batch_execute(&format!("CREATE TABLE seen AS {names}")).await.unwrap();
        watcher
            .batch_execute(&format!("BEGIN; INSERT INTO seen {names}; INSERT INTO seen {names}; COMMIT"))
            .await
            .unwrap();
        watcher.batch_execute(&format!("INSERT INTO seen VALUES ('last'); INSERT INTO seen {names}")).await.unwrap();
        assert_eq!(number(ports[0], "SELECT count(*) FROM seen WHERE application_name = 'holder'").await, 4);
        assert_eq!(number(ports[0], "SELECT count(*) FROM seen WHERE application_name = 'watcher'").await, 4);
    });
    // Who does not answer is not passed over in silence.
    cluster.nodes[0].kill();
    let address = format!("postgresql://postgres@127.0.0.1:{}/postgres", ports[2]);
    let psql = std::process::Command::new("psql")
        .args(["-X", &address, "-Atc", "SELECT count(*) > 0 FROM pg_stat_activity"])
        .output()
        .expect("psql runs");
    assert_eq!(String::from_utf8_lossy(&psql.stdout), "t\n");
    assert_eq!(
        String::from_utf8_lossy(&psql.stderr),
        "WARNING:  node 1 does not answer, so its sessions are not shown\n"
    );
}

/// The queue of jobs that applications make of a table: a worker that gives up its job gives it to another.
#[test]
fn workers_that_skip_locked_jobs_take_each_once() {
    const JOBS: i64 = 60;
    let cluster = TestCluster::start(3, &[]);
    cluster.nodes[0].psql(&[
        "CREATE TABLE jobs (id int PRIMARY KEY, taken bool NOT NULL DEFAULT false)",
        &format!("INSERT INTO jobs SELECT i FROM generate_series(1, {JOBS}) AS i"),
    ]);
    let next = "SELECT id FROM jobs WHERE NOT taken ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED";
    let runtime = runtime();
    let worker = |number: usize| {
        let port = cluster.nodes[number % 3].sql_port;
        runtime.spawn(async move {
            let mut client = sql::connect(port).await.unwrap();
            let (mut taken, mut given_up) = (Vec::<i32>::new(), false);
            loop {
                if number < 3 {
                    // In a statement.
                    let take = format!("UPDATE jobs SET taken = true WHERE id = ({next}) RETURNING id");
                    match client.query_opt(&take, &[]).await.unwrap() {
                        Some(row) => taken.push(row.get(0)),
                        None => return taken,
                    }
                    continue;
                }
                let transaction = client.transaction().await.unwrap();
                let Some(row) = transaction.query_opt(next, &[]).await.unwrap() else { return taken };
                let id: i32 = row.get(0);
                transaction.execute("UPDATE jobs SET taken = true WHERE id = $1", &[&id]).await.unwrap();
                given_up = !given_up;
                if given_up {
                    transaction.rollback().await.unwrap();
                } else {
                    transaction.commit().await.unwrap();
                    taken.push(id);
                }
            }
        })
    };
    let workers: Vec<_> = (0..6).map(worker).collect();
    let mut taken = Vec::new();
    for worker in workers {
        taken.extend(runtime.block_on(worker).unwrap());
    }
    taken.sort_unstable();
    assert_eq!(taken, (1..=JOBS as i32).collect::<Vec<_>>());
    cluster.assert_equal();
}
