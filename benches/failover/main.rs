//! What clients of the other nodes notice when the leader goes: three local nodes, eight connections that insert row after
//! row through the two that stay.
//!
//! `cargo bench --bench failover` prints, over 30 kills (SIGKILL), 30 graceful stops (SIGTERM) and 30 transfers of leadership
//! (`quorlite transfer-leader`), how long nobody's write succeeded, the longest a client waited for one statement, and the
//! errors that clients saw.
//! `QUORLITE_BENCH_FAILOVERS` sets another number.

#[path = "../cluster/quorlite.rs"]
mod quorlite;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use quorlite::Node;
use tokio_postgres::{Client, NoTls};

const CLIENTS_OF_A_NODE: usize = 4;

/// How long the clients work before and after the leader goes.
const BEFORE: Duration = Duration::from_millis(500);
const AFTER: Duration = Duration::from_secs(4);

static NEXT_KEY: AtomicI64 = AtomicI64::new(1);

fn main() {
    // `cargo test --benches` asks a bench to do nothing long.
    if !std::env::args().any(|argument| argument == "--bench") {
        println!("run me with `cargo bench --bench failover`");
        return;
    }
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    runtime.block_on(run());
}

async fn run() {
    let times = std::env::var("QUORLITE_BENCH_FAILOVERS").ok().and_then(|text| text.parse().ok()).unwrap_or(30);
    let directory = tempfile::tempdir().expect("a temporary directory");
    let mut nodes = quorlite::start_cluster(directory.path());
    let client = connect(nodes[0].port).await.expect("the node answers");
    client.batch_execute("CREATE TABLE failover (id bigint PRIMARY KEY)").await.expect("a table");
    println!(
        "| the leader | times | no write succeeded for, ms: median | most | one statement took, ms: most | errors |"
    );
    println!("|---|---|---|---|---|---|");
    for way in [Way::Killed, Way::Stopped, Way::Transfers] {
        let mut figures = Figures::default();
        for _ in 0..times {
            figures.add(one(&mut nodes, way).await);
        }
        figures.print(way.name());
    }
    let rows = connect(nodes[0].port).await.expect("the node answers");
    let count: i64 = rows.query_one("SELECT count(*) FROM failover", &[]).await.expect("a count").get(0);
    println!("\n{count} rows in the end");
}

/// How the leader ceases to lead.
#[derive(Clone, Copy)]
enum Way {
    Killed,
    Stopped,
    Transfers,
}

impl Way {
    fn name(self) -> &'static str {
        match self {
            Way::Killed => "is killed",
            Way::Stopped => "is stopped",
            Way::Transfers => "hands over",
        }
    }
}

#[derive(Default)]
struct Figures {
    gaps: Vec<Duration>,
    longest: Duration,
    errors: BTreeMap<String, usize>,
}

/// What was noticed of one.
struct Noticed {
    gap: Duration,
    longest: Duration,
    errors: BTreeMap<String, usize>,
}

impl Figures {
    fn add(&mut self, noticed: Noticed) {
        self.gaps.push(noticed.gap);
        self.longest = self.longest.max(noticed.longest);
        noticed.errors.into_iter().for_each(|(error, count)| *self.errors.entry(error).or_default() += count);
    }

    fn print(&mut self, name: &str) {
        self.gaps.sort();
        let median = self.gaps.get(self.gaps.len() / 2).copied().unwrap_or_default();
        let most = self.gaps.last().copied().unwrap_or_default();
        let errors: Vec<String> = self.errors.iter().map(|(error, count)| format!("{count} × {error}")).collect();
        println!(
            "| {name} | {} | {} | {} | {} | {} |",
            self.gaps.len(),
            median.as_millis(),
            most.as_millis(),
            self.longest.as_millis(),
            if errors.is_empty() { "none".to_owned() } else { errors.join(", ") },
        );
    }
}

async fn connect(port: u16) -> Result<Client, tokio_postgres::Error> {
    let options = format!("host=127.0.0.1 port={port} user=postgres dbname=postgres connect_timeout=10");
    let (client, connection) = tokio_postgres::connect(&options, NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}

/// Takes the leader away while clients of the others write, and brings it back.
async fn one(nodes: &mut [Node], way: Way) -> Noticed {
    let leader = loop {
        match nodes.iter().position(Node::leads) {
            Some(leader) => break leader,
            None => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    };
    let stop = Arc::new(AtomicBool::new(false));
    let successes: Arc<Mutex<Vec<Instant>>> = Arc::default();
    let mut tasks = Vec::new();
    for (_, node) in nodes.iter().enumerate().filter(|(index, _)| *index != leader) {
        for _ in 0..CLIENTS_OF_A_NODE {
            let client = connect(node.port).await.expect("the node answers");
            tasks.push(tokio::spawn(write(client, stop.clone(), successes.clone())));
        }
    }
    tokio::time::sleep(BEFORE).await;
    let gone = Instant::now();
    // Blocking, as a kill and a wait are: the clients have the other thread.
    tokio::task::block_in_place(|| match way {
        Way::Killed => nodes[leader].kill(),
        Way::Stopped => nodes[leader].stop(),
        Way::Transfers => nodes[leader].transfer_leader(),
    });
    tokio::time::sleep(AFTER.saturating_sub(gone.elapsed())).await;
    stop.store(true, Ordering::SeqCst);
    let (mut longest, mut errors) = (Duration::ZERO, BTreeMap::new());
    for task in tasks {
        let (took, seen): (Duration, BTreeMap<String, usize>) = task.await.expect("a client does not panic");
        longest = longest.max(took);
        seen.into_iter().for_each(|(error, count)| *errors.entry(error).or_default() += count);
    }
    if !matches!(way, Way::Transfers) {
        tokio::task::block_in_place(|| nodes[leader].start_again());
    }
    let successes = successes.lock().unwrap_or_else(PoisonError::into_inner);
    let gap = successes.windows(2).map(|pair| pair[1].saturating_duration_since(pair[0])).max();
    Noticed { gap: gap.unwrap_or(AFTER), longest, errors }
}

/// Inserts until it is told to stop: the longest that one statement took, and the errors.
async fn write(
    client: Client,
    stop: Arc<AtomicBool>,
    successes: Arc<Mutex<Vec<Instant>>>,
) -> (Duration, BTreeMap<String, usize>) {
    let statement = client.prepare("INSERT INTO failover VALUES ($1)").await.expect("it can be prepared");
    let (mut longest, mut errors) = (Duration::ZERO, BTreeMap::new());
    while !stop.load(Ordering::SeqCst) {
        let key = NEXT_KEY.fetch_add(1, Ordering::Relaxed);
        let start = Instant::now();
        let result = client.execute(&statement, &[&key]).await;
        longest = longest.max(start.elapsed());
        match result {
            Ok(_) => successes.lock().unwrap_or_else(PoisonError::into_inner).push(Instant::now()),
            Err(error) => {
                let name = error.code().map_or("connection lost".to_owned(), |code| code.code().to_owned());
                *errors.entry(name).or_default() += 1;
                if client.is_closed() {
                    break;
                }
            }
        }
    }
    (longest, errors)
}
