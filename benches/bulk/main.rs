//! Large transactions on three local nodes beside PostgreSQL 15 with two synchronous standbys, and what others notice of
//! them.
//!
//! `cargo bench --bench bulk` copies a million rows into a table and updates all of them, through the leader and through a
//! follower, while two connections of each server insert single rows into another table and read from it. It prints how
//! long each took, the most memory that the leader's and a follower's process had meanwhile, the longest that an insert
//! and a read took, and whether the nodes elected another leader. `QUORLITE_BENCH_ROWS` sets another number of rows.

#[path = "../cluster/postgres.rs"]
mod postgres;
#[path = "../cluster/quorlite.rs"]
mod quorlite;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::{Duration, Instant};

use bytes::{BufMut, Bytes, BytesMut};
use futures_util::SinkExt;
use tokio_postgres::{Client, NoTls};

/// Data sent at a time.
const CHUNK: usize = 64 << 10;

static NEXT_KEY: AtomicI64 = AtomicI64::new(1);

fn main() {
    // `cargo test --benches` asks a bench to do nothing long.
    if !std::env::args().any(|argument| argument == "--bench") {
        println!("run me with `cargo bench --bench bulk`");
        return;
    }
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    runtime.block_on(run());
}

/// Where the large transaction is sent, and where others work meanwhile.
struct Contender<'c> {
    name: &'static str,
    port: u16,
    /// Where single inserts go, and single reads.
    inserts: &'c [u16],
    reads: &'c [u16],
    nodes: &'c [quorlite::Node],
}

async fn run() {
    let rows = std::env::var("QUORLITE_BENCH_ROWS").ok().and_then(|text| text.parse().ok()).unwrap_or(1_000_000);
    let directory = tempfile::tempdir().expect("a temporary directory");
    let postgres = postgres::Postgres::start(&directory.path().join("postgres"));
    let standbys = [
        postgres.standby(&directory.path().join("standby.1"), "s1"),
        postgres.standby(&directory.path().join("standby.2"), "s2"),
    ];
    postgres.wait_for_standbys("ANY 1 (s1, s2)");
    let nodes = quorlite::start_cluster(directory.path());
    let ports: Vec<u16> = nodes.iter().map(|node| node.port).collect();
    for port in [ports[0], postgres.port] {
        let client = connect(port).await;
        client.batch_execute("CREATE TABLE others (id bigint PRIMARY KEY)").await.expect("a table");
        client.batch_execute("INSERT INTO others VALUES (0)").await.expect("a row");
    }
    let postgres_reads = [postgres.port, standbys[0].port];
    let contenders = [
        Contender { name: "Quorlite, leader", port: ports[0], inserts: &ports[..2], reads: &ports[..2], nodes: &nodes },
        Contender {
            name: "Quorlite, follower",
            port: ports[1],
            inserts: &ports[..2],
            reads: &ports[..2],
            nodes: &nodes,
        },
        Contender {
            name: "PostgreSQL, 2 sync standbys",
            port: postgres.port,
            inserts: &[postgres.port],
            reads: &postgres_reads,
            nodes: &[],
        },
    ];
    println!(
        "| {rows} rows | server | seconds | MB at most: leader | follower | longest insert, s | longest read there, s | \
         … on a follower or standby | errors | leader stayed |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|");
    for contender in &contenders {
        let client = connect(contender.port).await;
        client
            .batch_execute("CREATE TABLE bulk (id bigint PRIMARY KEY, name text NOT NULL, n int)")
            .await
            .expect("a table");
        contender.measure("COPY", copy(&client, rows)).await;
        contender.measure("UPDATE", update(&client, rows)).await;
        client.batch_execute("DROP TABLE bulk").await.expect("dropped");
    }
}

impl Contender<'_> {
    async fn measure(&self, name: &str, work: impl Future<Output = ()>) {
        // What came before is over everywhere.
        tokio::time::sleep(Duration::from_secs(3)).await;
        self.nodes.iter().for_each(quorlite::Node::forget_peak);
        let stop = Arc::new(AtomicBool::new(false));
        let mut inserts = Vec::new();
        for port in self.inserts {
            inserts.push(tokio::spawn(others(connect(*port).await, Other::Insert, stop.clone())));
        }
        let mut reads = Vec::new();
        for port in self.reads {
            reads.push(tokio::spawn(others(connect(*port).await, Other::Read, stop.clone())));
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
        let began = Instant::now();
        work.await;
        let took = began.elapsed();
        // Followers may have it yet to do.
        tokio::time::sleep(Duration::from_secs(2)).await;
        stop.store(true, Ordering::SeqCst);
        let (mut longest_insert, mut errors) = (Duration::ZERO, 0);
        for task in inserts {
            let (longest, failed) = task.await.expect("a client does not panic");
            longest_insert = longest_insert.max(longest);
            errors += failed;
        }
        let mut longest_reads = Vec::new();
        for task in reads {
            let (longest, failed) = task.await.expect("a client does not panic");
            longest_reads.push(longest);
            errors += failed;
        }
        let memory: Vec<String> =
            (0..2).map(|node| self.nodes.get(node).map_or("".to_owned(), |node| node.peak().to_string())).collect();
        let stayed = match self.nodes.first() {
            Some(node) if node.leads() => "yes",
            Some(_) => "no",
            None => "",
        };
        println!(
            "| {name} | {} | {:.2} | {} | {} | {:.2} | {:.2} | {:.2} | {errors} | {stayed} |",
            self.name,
            took.as_secs_f64(),
            memory[0],
            memory[1],
            longest_insert.as_secs_f64(),
            longest_reads[0].as_secs_f64(),
            longest_reads[1].as_secs_f64(),
        );
    }
}

async fn connect(port: u16) -> Client {
    let options = format!("host=127.0.0.1 port={port} user=postgres dbname=postgres connect_timeout=10");
    let (client, connection) = tokio_postgres::connect(&options, NoTls).await.expect("the server answers");
    tokio::spawn(connection);
    client
}

async fn copy(client: &Client, rows: u64) {
    let sink = client.copy_in::<_, Bytes>("COPY bulk FROM STDIN").await.expect("COPY begins");
    let mut sink = std::pin::pin!(sink);
    let mut chunk = BytesMut::new();
    for row in 0..rows {
        chunk.put_slice(format!("{row}\tname of row {row} of ordinary length\t{}\n", row * 7 % 1000).as_bytes());
        if chunk.len() >= CHUNK {
            sink.send(chunk.split().freeze()).await.expect("data is taken");
        }
    }
    sink.send(chunk.freeze()).await.expect("data is taken");
    assert_eq!(sink.finish().await.expect("COPY ends"), rows);
}

async fn update(client: &Client, rows: u64) {
    let updated = client.execute("UPDATE bulk SET n = n + 1", &[]).await.expect("the update succeeds");
    assert_eq!(updated, rows);
}

#[derive(Clone, Copy)]
enum Other {
    Insert,
    Read,
}

/// Does the same again and again: the longest that one took, and the errors.
async fn others(client: Client, what: Other, stop: Arc<AtomicBool>) -> (Duration, usize) {
    let (mut longest, mut errors) = (Duration::ZERO, 0);
    while !stop.load(Ordering::SeqCst) {
        let key = NEXT_KEY.fetch_add(1, Ordering::Relaxed);
        let began = Instant::now();
        let result = match what {
            Other::Insert => client.execute("INSERT INTO others VALUES ($1)", &[&key]).await.map(drop),
            Other::Read => client.query_one("SELECT id FROM others WHERE id = 0", &[]).await.map(drop),
        };
        longest = longest.max(began.elapsed());
        errors += usize::from(result.is_err());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    (longest, errors)
}
