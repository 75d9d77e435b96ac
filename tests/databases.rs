//! Several databases in one cluster, as their users have them: made through one node, used through all, dropped under
//! faults.

mod support;

use std::path::PathBuf;

use support::cluster::TestCluster;
use support::{files, sql, wait_for, wait_until};

/// A database's file on a node.
fn file(cluster: &TestCluster, node: usize, name: &str) -> PathBuf {
    cluster.nodes[node].file().with_file_name(format!("{name}.sqlite"))
}

async fn enter(cluster: &TestCluster, node: usize, database: &str) -> Result<sql::Client, sql::Error> {
    sql::connect_to(cluster.nodes[node].sql_port, database).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_is_there_on_all_nodes_and_gone_from_all() {
    let cluster = TestCluster::start(3, &[]);
    let follower = cluster.follower();
    let other = (0..3).find(|node| *node != follower && *node != cluster.leader()).unwrap();
    cluster.nodes[follower].psql(&["CREATE DATABASE app"]);
    // At once, through a node that may not have heard of it yet.
    let client = enter(&cluster, other, "app").await.unwrap();
    client.simple_query("CREATE TABLE t (a int PRIMARY KEY, b text); INSERT INTO t VALUES (1, 'one')").await.unwrap();
    assert_eq!(sql::one_value(&client, "SELECT current_database()").await.unwrap(), "app");
    // What is said of the first is not said of it.
    let said = "SELECT string_agg(datname || ': ' || shobj_description(oid, 'pg_database'), ', ' ORDER BY datname) \
                FROM pg_database";
    let of_postgres = "postgres: default administrative connection database";
    assert_eq!(sql::one_value(&client, said).await.unwrap(), of_postgres);
    client.simple_query("COMMENT ON DATABASE app IS 'ours'").await.unwrap();
    assert_eq!(sql::one_value(&client, said).await.unwrap(), format!("app: ours, {of_postgres}"));
    let shared = "SELECT string_agg(description, ', ' ORDER BY objoid) FROM pg_shdescription \
                  WHERE classoid = 'pg_database'::regclass";
    assert_eq!(sql::one_value(&client, shared).await.unwrap(), "default administrative connection database, ours");
    for node in 0..3 {
        wait_until("the row is in the file", || {
            match files::sqlite3(&file(&cluster, node, "app"), "SELECT * FROM t")? {
                rows if rows == "1|one\n" => Ok(()),
                rows => Err(rows),
            }
        });
        let here = enter(&cluster, node, "app").await.unwrap();
        assert_eq!(sql::one_value(&here, "SELECT b FROM t").await.unwrap(), "one");
        let elsewhere = enter(&cluster, node, "postgres").await.unwrap();
        assert_eq!(sql::state(&elsewhere.simple_query("SELECT * FROM t").await.unwrap_err()), Some("42P01"));
    }
    cluster.assert_equal();

    // Somebody is in it, on another node.
    let postgres = enter(&cluster, follower, "postgres").await.unwrap();
    for statement in ["DROP DATABASE app", "CREATE DATABASE copy TEMPLATE app", "ALTER DATABASE app RENAME TO b"] {
        let error = postgres.simple_query(statement).await.unwrap_err();
        assert_eq!(sql::state(&error), Some("55006"), "{statement}: {error}");
    }
    postgres.simple_query("DROP DATABASE app WITH (FORCE)").await.unwrap();
    let ended = client.simple_query("SELECT 1").await.unwrap_err();
    assert!(matches!(sql::state(&ended), Some("57P01") | None), "{ended}");
    for node in 0..3 {
        wait_for("nobody can enter it", || async {
            match enter(&cluster, node, "app").await {
                Err(error) if sql::state(&error) == Some("3D000") => Ok(()),
                Err(error) => Err(error.to_string()),
                Ok(_) => Err("it is there".to_owned()),
            }
        })
        .await;
        wait_until(
            "the file is gone",
            || if file(&cluster, node, "app").exists() { Err("there".into()) } else { Ok(()) },
        );
    }
    cluster.assert_equal();
}

/// As test runners do it: the same name again and again, each time with nothing in it but what its template has.
#[tokio::test(flavor = "multi_thread")]
async fn a_test_runners_databases_begin_as_their_template() {
    let cluster = TestCluster::start(3, &[]);
    let follower = cluster.follower();
    let postgres = enter(&cluster, follower, "postgres").await.unwrap();
    postgres.simple_query("CREATE DATABASE template_app").await.unwrap();
    let template = enter(&cluster, follower, "template_app").await.unwrap();
    template.simple_query("CREATE TABLE t (id serial PRIMARY KEY, b text UNIQUE)").await.unwrap();
    template.simple_query("INSERT INTO t (b) VALUES ('of the template')").await.unwrap();
    drop(template);
    for round in 0..3 {
        postgres.simple_query("CREATE DATABASE test_app TEMPLATE template_app").await.unwrap();
        let client = enter(&cluster, follower, "test_app").await.unwrap();
        client.simple_query(&format!("BEGIN; INSERT INTO t (b) VALUES ('round {round}')")).await.unwrap();
        client.simple_query("COMMIT").await.unwrap();
        let rows = "SELECT string_agg(id || ' ' || b, ', ' ORDER BY id) FROM t";
        let expected = format!("1 of the template, 2 round {round}");
        assert_eq!(sql::one_value(&client, rows).await.unwrap(), expected);
        cluster.assert_equal();
        drop(client);
        // Who is just leaving is waited for.
        postgres.simple_query("DROP DATABASE test_app").await.unwrap();
    }
}

/// kill -9 of the leader while databases come and go: afterwards all nodes have the same ones, with the same in them.
#[tokio::test(flavor = "multi_thread")]
async fn leaders_are_killed_while_databases_come_and_go() {
    let mut cluster = TestCluster::start(3, &["--checkpoint-every", "20", "--log-keep", "10"]);
    for round in 0..4 {
        let (leader, follower) = (cluster.leader(), cluster.follower());
        let client = enter(&cluster, follower, "postgres").await.unwrap();
        let changes = tokio::spawn(async move {
            let mut made = Vec::new();
            for number in 0.. {
                let name = format!("d{round}_{number}");
                if client.simple_query(&format!("CREATE DATABASE {name}")).await.is_err() {
                    return made;
                }
                if number % 2 == 1 {
                    match client.simple_query(&format!("DROP DATABASE {name}")).await {
                        Ok(_) => continue,
                        Err(_) => return made,
                    }
                }
                made.push(name);
                if made.len() == 6 {
                    return made;
                }
            }
            made
        });
        wait_until("some are there", || {
            let listing = format!("SELECT count(*) FROM pg_database WHERE datname LIKE 'd{round}%'");
            let count = sql::psql(cluster.nodes[follower].sql_port, &[&listing])?;
            if count.trim() == "0" { Err("none".to_owned()) } else { Ok(()) }
        });
        cluster.nodes[leader].kill();
        let made = changes.await.unwrap();
        for name in &made {
            let client = wait_for("a database that was acknowledged is there", || async {
                enter(&cluster, follower, name).await.map_err(|error| error.to_string())
            })
            .await;
            client.simple_query("CREATE TABLE t (a int); INSERT INTO t VALUES (1)").await.unwrap();
        }
        cluster.nodes[leader].start();
        cluster.nodes[leader].wait_ready();
        cluster.assert_equal();
        let names = |node: usize| {
            let entries = std::fs::read_dir(file(&cluster, node, "postgres").parent().unwrap()).unwrap();
            let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
            let mut names: Vec<String> = names.filter(|name| !name.contains("-")).collect();
            names.sort();
            names
        };
        assert!(made.iter().all(|name| names(0).contains(&format!("{name}.sqlite"))), "{:?}", names(0));
        assert_eq!((names(0), names(1)), (names(1), names(2)));
    }
}

/// The log no longer tells a node that was away what became of the databases it knows.
#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_brings_a_node_the_databases_that_there_are() {
    let mut cluster = TestCluster::start(3, &["--checkpoint-every", "50", "--log-keep", "20"]);
    let (leader, away) = (cluster.leader(), cluster.follower());
    cluster.nodes[leader].psql(&["CREATE DATABASE old", "CREATE DATABASE kept"]);
    cluster.assert_equal();
    let last_seen = cluster.nodes[away].metric("raft_last_log_index").unwrap();
    cluster.nodes[away].kill();
    cluster.nodes[leader].psql(&["DROP DATABASE old", "CREATE DATABASE new"]);
    let client = enter(&cluster, leader, "new").await.unwrap();
    client.simple_query("CREATE TABLE t (a int PRIMARY KEY)").await.unwrap();
    for a in 0..200 {
        client.simple_query(&format!("INSERT INTO t VALUES ({a})")).await.unwrap();
    }
    cluster.wait_purged(leader, last_seen);
    cluster.nodes[away].start();
    cluster.nodes[away].wait_ready();
    cluster.assert_equal();
    assert!(cluster.nodes[away].metric("snapshots_installed_total").unwrap() > 0);
    let here = enter(&cluster, away, "new").await.unwrap();
    assert_eq!(sql::one_value(&here, "SELECT count(*) FROM t").await.unwrap(), "200");
    assert_eq!(sql::state(&enter(&cluster, away, "old").await.err().unwrap()), Some("3D000"));
    assert!(!file(&cluster, away, "old").exists());
}

/// A session of a role in a database, with what its client asks for.
async fn session(port: u16, role: &str, database: &str, options: &str) -> sql::Client {
    let mut config = tokio_postgres::Config::new();
    config.host("127.0.0.1").port(port).user(role).dbname(database).options(options);
    let (client, connection) = config.connect(sql::NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_begin_with_what_the_configuration_file_says() {
    let mut cluster = TestCluster::empty(&[]);
    let config = cluster.directory().join("quorlite.toml");
    let text = "[settings]\nstatement_timeout = \"40s\"\nlock_timeout = \"30s\"\n\
                [database.app]\nlock_timeout = \"100ms\"\nidle_in_transaction_session_timeout = \"150ms\"\n\
                [role.reports]\nstatement_timeout = \"200ms\"\nquorlite.read_consistency = \"stale\"\n";
    std::fs::write(&config, text).unwrap();
    cluster.add_with(&["--config", config.to_str().unwrap()]);
    cluster.nodes[0].start();
    cluster.wait_ready();
    cluster.nodes[0].psql(&["CREATE DATABASE app", "CREATE TABLE t (a int)"]);
    let port = cluster.nodes[0].sql_port;

    let names =
        ["statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "quorlite.read_consistency"];
    let shown = async |client: &sql::Client| {
        let mut shown = Vec::new();
        for name in names {
            shown.push(sql::one_value(client, &format!("SHOW {name}")).await.unwrap());
        }
        shown.join(" ")
    };
    let plain = session(port, "someone", "postgres", "").await;
    assert_eq!(shown(&plain).await, "40s 30s 0 linearizable");
    let reports = session(port, "reports", "postgres", "").await;
    assert_eq!(shown(&reports).await, "200ms 30s 0 stale");
    let app = session(port, "someone", "app", "").await;
    assert_eq!(shown(&app).await, "40s 100ms 150ms linearizable");
    assert_eq!(shown(&session(port, "reports", "app", "").await).await, "200ms 100ms 150ms stale");
    // What a client asks for counts before it; RESET goes back to it.
    assert_eq!(shown(&session(port, "reports", "app", "-c statement_timeout=5s").await).await, "5s 100ms 150ms stale");
    reports.batch_execute("SET statement_timeout = '7s'; SET quorlite.read_consistency = session").await.unwrap();
    assert_eq!(shown(&reports).await, "7s 30s 0 session");
    reports.batch_execute("RESET statement_timeout; RESET ALL").await.unwrap();
    assert_eq!(shown(&reports).await, "200ms 30s 0 stale");

    // They do what they say.
    let error = reports.batch_execute("SELECT pg_sleep(60)").await.unwrap_err();
    assert_eq!(sql::state(&error), Some("57014"), "{error}");
    app.batch_execute("CREATE TABLE u (a int)").await.unwrap();
    let holder = session(port, "someone", "app", "-c idle_in_transaction_session_timeout=0").await;
    holder.batch_execute("BEGIN; INSERT INTO u VALUES (1)").await.unwrap();
    app.batch_execute("BEGIN").await.unwrap();
    let error = app.batch_execute("INSERT INTO u VALUES (2)").await.unwrap_err();
    assert_eq!(sql::state(&error), Some("55P03"), "{error}");
    wait_for("the failed transaction has been idle for too long", || async {
        match app.simple_query("ROLLBACK; BEGIN").await {
            Err(error) if app.is_closed() || sql::state(&error) == Some("25P03") => Ok(()),
            other => {
                tokio::time::sleep(std::time::Duration::from_millis(500)).await;
                Err(format!("{other:?}"))
            }
        }
    })
    .await;
    holder.batch_execute("COMMIT").await.unwrap();

    // They give way to what is said of the same sessions with ALTER … SET.
    session(port, "reports", "postgres", "")
        .await
        .batch_execute("ALTER ROLE reports SET statement_timeout = '3s'")
        .await
        .unwrap();
    holder.batch_execute("ALTER DATABASE app SET lock_timeout = '4s'").await.unwrap();
    assert_eq!(shown(&session(port, "reports", "app", "").await).await, "3s 4s 150ms stale");
    assert_eq!(shown(&session(port, "someone", "app", "").await).await, "40s 4s 150ms linearizable");
}
