//! Temporary tables over a real cluster: each session's own, wherever it is connected, and gone with it, however it ends.

mod support;

use support::cluster::TestCluster;
use support::sql::{self, Client};
use support::{files, wait_for, wait_until};

async fn connect(cluster: &TestCluster, node: usize) -> Client {
    sql::connect(cluster.nodes[node].sql_port).await.expect("connected")
}

/// Tables and schemas of temporary objects in a node's file, whoever's they are.
fn left(cluster: &TestCluster, node: usize) -> Result<String, String> {
    let tables = "SELECT name FROM sqlite_schema WHERE name LIKE 'pg_temp_%' ORDER BY name";
    files::sqlite3(&cluster.nodes[node].file(), tables)
}

fn wait_gone(cluster: &TestCluster, nodes: &[usize]) {
    for node in nodes {
        wait_until("no temporary table is left", || match left(cluster, *node)? {
            names if names.is_empty() => Ok(()),
            names => Err(names),
        });
    }
}

async fn schemas(client: &Client) -> Result<String, String> {
    let sql = "SELECT count(*)::text FROM pg_namespace WHERE nspname LIKE 'pg_temp_%'";
    sql::one_value(client, sql).await.map_err(|error| error.to_string())
}

/// Two sessions on two nodes have a table of the same name, and neither sees the other's. Each is on all nodes, under a
/// name by which a reader of the file knows it, and is gone from all when its session has ended.
#[tokio::test(flavor = "multi_thread")]
async fn each_session_has_its_own_until_it_ends() {
    let cluster = TestCluster::start(3, &[]);
    let (one, two) = (connect(&cluster, 0).await, connect(&cluster, 1).await);
    let third = connect(&cluster, 2).await;
    third.batch_execute("CREATE TABLE t (a int); INSERT INTO t VALUES (3)").await.unwrap();
    for (client, value) in [(&one, 1), (&two, 2)] {
        let make = format!("CREATE TEMP TABLE t (a serial PRIMARY KEY, b int); INSERT INTO t (b) VALUES ({value})");
        client.batch_execute(&make).await.unwrap();
    }
    for (client, sql, expected) in [
        (&one, "SELECT string_agg(b::text, ',') FROM t", "1"),
        (&two, "SELECT string_agg(b::text, ',') FROM pg_temp.t", "2"),
        (&two, "SELECT string_agg(a::text, ',') FROM public.t", "3"),
        (&third, "SELECT string_agg(a::text, ',') FROM t", "3"),
    ] {
        assert_eq!(sql::one_value(client, sql).await.unwrap(), expected, "{sql}");
    }
    for node in 0..3 {
        wait_until("both are in the file", || match left(&cluster, node)? {
            names if names == "pg_temp_1.t\npg_temp_2.t\n" => Ok(()),
            names => Err(names),
        });
    }
    for (statement, code, message) in [
        ("SELECT * FROM pg_temp_1.t", "0A000", "cannot access temporary tables of other sessions"),
        ("INSERT INTO pg_temp_2.t (b) VALUES (1)", "0A000", "cannot access temporary tables of other sessions"),
        ("COPY pg_temp_1.t TO STDOUT", "0A000", "cannot access temporary tables of other sessions"),
        ("SELECT nextval('pg_temp_1.t_a_seq')", "0A000", "cannot access temporary tables of other sessions"),
        ("TRUNCATE pg_temp_1.t", "0A000", "cannot truncate temporary tables of other sessions"),
        ("ALTER TABLE pg_temp_1.t ADD c int", "0A000", "cannot alter temporary tables of other sessions"),
        ("CREATE INDEX ON pg_temp_1.t (b)", "0A000", "cannot create indexes on temporary tables of other sessions"),
        ("CREATE TABLE pg_temp_1.u (a int)", "42P16", "cannot create relations in temporary schemas of other sessions"),
        (
            "CREATE TEMP TABLE u (a int REFERENCES pg_temp_1.t)",
            "42P16",
            "constraints on temporary tables must involve temporary tables of this session",
        ),
    ] {
        let error = third.batch_execute(statement).await.unwrap_err();
        let told = error.as_db_error().map(|error| error.message().to_owned());
        assert_eq!((sql::state(&error), told.as_deref()), (Some(code), Some(message)), "{statement}");
    }
    let hidden = "SELECT count(*)::text FROM information_schema.tables WHERE table_type = 'LOCAL TEMPORARY'";
    for (client, expected) in [(&one, "1"), (&two, "1"), (&third, "0")] {
        assert_eq!(sql::one_value(client, hidden).await.unwrap(), expected);
    }
    cluster.assert_equal();

    // What is gone with its transaction is so on all nodes.
    one.batch_execute("CREATE TEMP TABLE emptied (a int) ON COMMIT DELETE ROWS").await.unwrap();
    one.batch_execute("INSERT INTO emptied SELECT generate_series(1, 100)").await.unwrap();
    one.batch_execute("BEGIN; INSERT INTO emptied VALUES (1), (2)").await.unwrap();
    one.batch_execute("CREATE TEMP TABLE dropped ON COMMIT DROP AS SELECT a FROM emptied").await.unwrap();
    assert_eq!(sql::one_value(&one, "SELECT count(*)::text FROM dropped").await.unwrap(), "2");
    one.batch_execute("COMMIT").await.unwrap();
    assert_eq!(sql::one_value(&one, "SELECT count(*)::text FROM emptied").await.unwrap(), "0");
    assert_eq!(sql::state(&one.batch_execute("SELECT * FROM dropped").await.unwrap_err()), Some("42P01"));
    cluster.assert_equal();

    // One leaves; another comes at once, and does not meet what is perhaps still there.
    drop(one);
    let again = connect(&cluster, 0).await;
    assert_eq!(sql::one_value(&again, "SELECT string_agg(a::text, ',') FROM t").await.unwrap(), "3");
    again.batch_execute("CREATE TEMP TABLE t (b int)").await.unwrap();
    assert_eq!(sql::one_value(&again, "SELECT count(*)::text FROM t").await.unwrap(), "0");
    assert_eq!(sql::one_value(&two, "SELECT string_agg(b::text, ',') FROM t").await.unwrap(), "2");

    // Another is ended, in the middle of a transaction; what that has made never was.
    again.batch_execute("BEGIN; CREATE TEMP TABLE u (a int)").await.unwrap();
    let pid = sql::one_value(&again, "SELECT pg_backend_pid()::text").await.unwrap();
    third.batch_execute(&format!("SELECT pg_terminate_backend({pid})")).await.unwrap();
    drop(two);
    wait_gone(&cluster, &[0, 1, 2]);
    wait_for("their schemas are gone", || async {
        match schemas(&third).await?.as_str() {
            "0" => Ok(()),
            some => Err(some.to_owned()),
        }
    })
    .await;
    cluster.assert_equal();
    cluster.assert_files_equal();
}

/// A follower is killed with a session that has temporary tables: gone, once it is back. The leader is killed meanwhile:
/// another node's session goes on with its table and the rows in it.
#[tokio::test(flavor = "multi_thread")]
async fn they_outlive_the_leader_but_not_their_own_node() {
    let mut cluster = TestCluster::start(3, &[]);
    let leader = cluster.leader();
    let (dying, living) = ((leader + 1) % 3, (leader + 2) % 3);
    let lost = connect(&cluster, dying).await;
    lost.batch_execute("CREATE TEMP TABLE lost (a int); INSERT INTO lost VALUES (1)").await.unwrap();
    let kept = connect(&cluster, living).await;
    kept.batch_execute("CREATE TEMP TABLE kept (a int) ; INSERT INTO kept SELECT generate_series(1, 100)")
        .await
        .unwrap();
    cluster.nodes[dying].kill();
    assert_eq!(sql::one_value(&kept, "SELECT count(*)::text FROM kept").await.unwrap(), "100");
    // It may come back, and so nobody else takes what is its session's.
    assert!(left(&cluster, living).unwrap().contains(".lost"));
    cluster.nodes[dying].start();
    cluster.nodes[dying].wait_ready();
    for node in 0..3 {
        wait_until("the dead session's table is gone", || match left(&cluster, node)? {
            names if !names.contains(".lost") && names.contains(".kept") => Ok(()),
            names => Err(names),
        });
    }

    let leader = cluster.leader();
    if leader != living {
        cluster.nodes[leader].kill();
        wait_for("the session goes on", || async {
            kept.batch_execute("INSERT INTO kept VALUES (101)").await.map_err(|error| error.to_string())
        })
        .await;
        let count = sql::one_value(&kept, "SELECT count(*)::text FROM kept WHERE a <= 100").await.unwrap();
        assert_eq!(count, "100");
        cluster.nodes[leader].start();
        cluster.nodes[leader].wait_ready();
    }
    drop(kept);
    wait_gone(&cluster, &[0, 1, 2]);
    cluster.assert_equal();
}

/// All nodes are killed, and one of them never comes back: whoever leads drops what its sessions had.
#[tokio::test(flavor = "multi_thread")]
async fn a_removed_node_leaves_nothing() {
    let mut cluster = TestCluster::start(3, &[]);
    let mut clients = Vec::new();
    for node in 0..3 {
        let client = connect(&cluster, node).await;
        client.batch_execute("CREATE TEMP TABLE t (a int); CREATE TEMP VIEW v AS SELECT * FROM t").await.unwrap();
        clients.push(client);
    }
    cluster.nodes.iter_mut().for_each(|node| node.kill());
    drop(clients);
    let gone = 2;
    let id = {
        cluster.nodes.iter_mut().for_each(|node| node.start());
        cluster.wait_ready();
        wait_gone(&cluster, &[0, 1, 2]);
        let client = connect(&cluster, gone).await;
        client.batch_execute("CREATE TEMP TABLE t (a int)").await.unwrap();
        cluster.nodes[gone].metric("node_id").unwrap().to_string()
    };
    // Its session is not ended by its node, which is no more.
    let client = connect(&cluster, gone).await;
    client.batch_execute("CREATE TEMP TABLE more (a int)").await.unwrap();
    cluster.nodes[gone].kill();
    // If it led, the next leader has to tell that this is committed.
    wait_until("its table is still there", || match left(&cluster, 0)? {
        names if names.contains(".more") => Ok(()),
        names => Err(names),
    });
    let (code, stdout, stderr) = cluster.admin(&["remove-node", &id]);
    assert_eq!(code, 0, "{stdout}{stderr}");
    wait_gone(&cluster, &[0, 1]);
}

/// What a session leaves behind it does not keep its database from being copied or dropped, and the copy is rid of it too.
#[tokio::test(flavor = "multi_thread")]
async fn databases_are_copied_and_dropped_at_once() {
    let cluster = TestCluster::start(3, &[]);
    let admin = connect(&cluster, 0).await;
    admin.batch_execute("CREATE DATABASE source").await.unwrap();
    let guest = sql::connect_to(cluster.nodes[1].sql_port, "source").await.unwrap();
    guest.batch_execute("CREATE TABLE t (a int); CREATE TEMP TABLE t (b int); INSERT INTO t VALUES (1)").await.unwrap();
    drop(guest);
    admin.batch_execute("CREATE DATABASE copy TEMPLATE source").await.unwrap();
    admin.batch_execute("DROP DATABASE source").await.unwrap();
    let copy = sql::connect_to(cluster.nodes[2].sql_port, "copy").await.unwrap();
    assert_eq!(sql::one_value(&copy, "SELECT count(a)::text FROM t").await.unwrap(), "0");
    wait_for("the copy has no temporary schema", || async {
        match schemas(&copy).await?.as_str() {
            "0" => Ok(()),
            some => Err(some.to_owned()),
        }
    })
    .await;

    // A pooled connection's reset.
    copy.batch_execute("CREATE TEMP TABLE t (b int); CREATE TEMP VIEW v AS SELECT * FROM t").await.unwrap();
    copy.batch_execute("DISCARD ALL").await.unwrap();
    assert_eq!(sql::one_value(&copy, "SELECT count(a)::text FROM t").await.unwrap(), "0");
    cluster.assert_equal();
}
