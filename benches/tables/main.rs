//! What a schema of many tables costs those who connect, look around and read: three local nodes beside PostgreSQL 15.
//!
//! `cargo bench --bench tables` makes one table of fifty columns, and then five hundred. With each it measures a connection
//! and its first statement, psql's `\d` and `\d TABLE` (with psql's own start; the latter also just after a change of the
//! schema), the first select of a new connection from one of them by its key, and more such selects, prepared. The servers take turns, and only the ratios are worth quoting.
//! `QUORLITE_BENCH_TURNS` (default 20) sets how many turns each has, of which the median counts.

#[path = "../cluster/postgres.rs"]
mod postgres;
#[path = "../cluster/quorlite.rs"]
mod quorlite;

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tokio_postgres::{Client, NoTls};

const TABLES: usize = 500;
const COLUMNS: usize = 50;
/// Selects of one turn.
const SELECTS: u32 = 50;

const WHAT: [&str; 6] = [
    "connect, `SELECT 1`",
    "first point select",
    "point select",
    "psql `\\d`",
    "psql `\\d t1`",
    "psql `\\d t1` after a change",
];

fn main() {
    // `cargo test --benches` asks a bench to do nothing long.
    if !std::env::args().any(|argument| argument == "--bench") {
        println!("run me with `cargo bench --bench tables`");
        return;
    }
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    runtime.block_on(run());
}

async fn run() {
    let turns = std::env::var("QUORLITE_BENCH_TURNS").ok().and_then(|text| text.parse().ok()).unwrap_or(20).max(1);
    let directory = tempfile::tempdir().expect("a temporary directory");
    let postgres = postgres::Postgres::start(&directory.path().join("postgres"));
    let nodes = quorlite::start_cluster(directory.path());
    let ports = [nodes[0].port, postgres.port];
    let few = with_tables(&ports, 1..=1, turns).await;
    let many = with_tables(&ports, 2..=TABLES, turns).await;
    println!("| what | tables | Quorlite ×3, leader, ms | PostgreSQL, ms | ratio |");
    println!("|---|---|---|---|---|");
    for (what, name) in WHAT.into_iter().enumerate() {
        for (tables, figures) in [(1, &few), (TABLES, &many)] {
            let [ours, theirs] = figures[what].map(|time| time.as_secs_f64() * 1000.0);
            println!("| {name} | {tables} | {ours:.2} | {theirs:.2} | {:.2} |", ours / theirs);
        }
    }
}

/// Makes these tables on both servers; then the medians, by [`WHAT`] and server.
async fn with_tables(ports: &[u16; 2], numbers: std::ops::RangeInclusive<usize>, turns: usize) -> Vec<[Duration; 2]> {
    let statements: Vec<String> = numbers.map(table).collect();
    for port in ports {
        let client = connect(*port).await;
        for some in statements.chunks(50) {
            client.batch_execute(&some.join(";")).await.expect("tables can be made");
        }
    }
    let mut times = vec![[const { Vec::new() }; 2]; WHAT.len()];
    for _ in 0..turns {
        for (server, port) in ports.iter().enumerate() {
            for (what, time) in turn(*port).await.into_iter().enumerate() {
                times[what][server].push(time);
            }
        }
    }
    let median = |mut times: Vec<Duration>| {
        times.sort();
        times[times.len() / 2]
    };
    times.into_iter().map(|servers| servers.map(median)).collect()
}

/// Makes a table of [`COLUMNS`] columns with a row.
fn table(number: usize) -> String {
    let kinds = ["int", "text NOT NULL DEFAULT ''", "timestamptz DEFAULT now()", "numeric(10, 2)", "varchar(20)"];
    let columns: Vec<String> =
        (2..=COLUMNS).map(|column| format!("c{column} {}", kinds[column % kinds.len()])).collect();
    format!(
        "CREATE TABLE t{number} (id int PRIMARY KEY, {}); INSERT INTO t{number} (id) VALUES (1)",
        columns.join(", ")
    )
}

async fn connect(port: u16) -> Client {
    let options = format!("host=127.0.0.1 port={port} user=postgres dbname=postgres connect_timeout=10");
    let (client, connection) = tokio_postgres::connect(&options, NoTls).await.expect("the server answers");
    tokio::spawn(connection);
    client
}

/// Each of [`WHAT`], once.
async fn turn(port: u16) -> [Duration; WHAT.len()] {
    let start = Instant::now();
    let client = connect(port).await;
    client.simple_query("SELECT 1").await.expect("an answer");
    let connects = start.elapsed();

    let start = Instant::now();
    client.simple_query("SELECT id, c2, c50 FROM t1 WHERE id = 1").await.expect("a row");
    let first = start.elapsed();

    let statement = client.prepare("SELECT id, c2, c50 FROM t1 WHERE id = $1").await.expect("it can be prepared");
    let start = Instant::now();
    for _ in 0..SELECTS {
        client.query_one(&statement, &[&1]).await.expect("a row");
    }
    let select = start.elapsed() / SELECTS;

    let (list, one) = (psql(port, "\\d"), psql(port, "\\d t1"));
    client.batch_execute("COMMENT ON TABLE t1 IS 'changed'").await.expect("a comment");
    [connects, first, select, list, one, psql(port, "\\d t1")]
}

fn psql(port: u16, command: &str) -> Duration {
    let start = Instant::now();
    let status = Command::new("psql")
        .args(["-X", "-h", "127.0.0.1", "-p", &port.to_string(), "-U", "postgres", "-d", "postgres", "-c", command])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .status();
    assert!(status.expect("psql is installed").success(), "psql fails at {command}");
    start.elapsed()
}
