//! The load: many connections, each sending one prepared statement after the other.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use tokio_postgres::{Client, NoTls};

/// Rows that point selects choose from.
const ROWS: i64 = 10_000;

/// Keys of inserted rows: never twice in one run, whatever the contender.
static NEXT_KEY: AtomicI64 = AtomicI64::new(ROWS + 1);

#[derive(Clone, Copy)]
pub enum Workload {
    Insert,
    PointSelect,
}

impl Workload {
    pub fn name(self) -> &'static str {
        match self {
            Workload::Insert => "single-row insert",
            Workload::PointSelect => "point select",
        }
    }
}

/// What was counted, over all slices so far.
pub struct Figures {
    done: u64,
    elapsed: Duration,
    pub errors: u64,
    micros: Histogram<u64>,
}

impl Default for Figures {
    fn default() -> Figures {
        Figures { done: 0, elapsed: Duration::ZERO, errors: 0, micros: histogram() }
    }
}

fn histogram() -> Histogram<u64> {
    Histogram::new_with_bounds(1, 60_000_000, 3).expect("constant bounds are valid")
}

impl Figures {
    pub fn add(&mut self, other: Figures) {
        self.done += other.done;
        self.elapsed += other.elapsed;
        self.errors += other.errors;
        self.micros.add(other.micros).expect("all histograms have the same bounds");
    }

    pub fn per_second(&self) -> f64 {
        self.done as f64 / self.elapsed.as_secs_f64().max(f64::EPSILON)
    }

    /// In milliseconds.
    pub fn percentile(&self, percentile: f64) -> f64 {
        self.micros.value_at_percentile(percentile) as f64 / 1000.0
    }
}

pub async fn connect(port: u16) -> Result<Client, tokio_postgres::Error> {
    let options = format!("host=127.0.0.1 port={port} user=postgres dbname=postgres connect_timeout=10");
    let (client, connection) = tokio_postgres::connect(&options, NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}

/// Makes the tables and the rows to select.
pub async fn prepare(port: u16) {
    let client = connect(port).await.expect("the server accepts connections");
    client
        .batch_execute("CREATE TABLE bench (id bigint PRIMARY KEY, name text NOT NULL, n int)")
        .await
        .expect("a table");
    for first in (1..=ROWS).step_by(1000) {
        let rows: Vec<String> = (first..first + 1000).map(|id| format!("({id}, 'name of row {id}', {id})")).collect();
        client.batch_execute(&format!("INSERT INTO bench VALUES {}", rows.join(", "))).await.expect("rows");
    }
}

/// Waits until a follower or standby has the rows.
pub async fn wait_until_prepared(port: u16) {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        if let Ok(client) = connect(port).await
            && let Ok(row) = client.query_one("SELECT count(*) FROM bench", &[]).await
            && row.get::<_, i64>(0) >= ROWS
        {
            return;
        }
        assert!(Instant::now() < deadline, "the rows did not reach port {port} in time");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// One slice.
pub async fn run(workload: Workload, port: u16, connections: usize, length: Duration) -> Figures {
    let mut clients = Vec::new();
    for _ in 0..connections {
        clients.push(connect(port).await.expect("the server accepts connections"));
    }
    let start = Arc::new(tokio::sync::Barrier::new(connections));
    let begun = Instant::now();
    let tasks: Vec<_> = clients
        .into_iter()
        .map(|client| {
            let start = start.clone();
            tokio::spawn(async move { one_connection(workload, client, start, length).await })
        })
        .collect();
    let mut total = Figures::default();
    for task in tasks {
        total.add(task.await.expect("a load task does not panic"));
    }
    total.elapsed = begun.elapsed().min(total.elapsed / connections as u32);
    total
}

async fn one_connection(
    workload: Workload,
    client: Client,
    start: Arc<tokio::sync::Barrier>,
    length: Duration,
) -> Figures {
    let text = match workload {
        Workload::Insert => "INSERT INTO bench (id, name, n) VALUES ($1, $2, $3)",
        Workload::PointSelect => "SELECT name, n FROM bench WHERE id = $1",
    };
    let statement = client.prepare(text).await.expect("the statement prepares");
    let mut figures = Figures::default();
    start.wait().await;
    let begun = Instant::now();
    while begun.elapsed() < length {
        let sent = Instant::now();
        let result = match workload {
            Workload::Insert => {
                let id = NEXT_KEY.fetch_add(1, Ordering::Relaxed);
                client
                    .execute(&statement, &[&id, &"a name of ordinary length", &(id as i32)])
                    .await
                    .map(|rows| rows == 1)
            }
            Workload::PointSelect => {
                let id = rand::random_range(1..=ROWS);
                client.query(&statement, &[&id]).await.map(|rows| rows.len() == 1)
            }
        };
        match result {
            Ok(true) => {
                figures.done += 1;
                figures.micros.saturating_record(sent.elapsed().as_micros() as u64);
            }
            Ok(false) => panic!("a wrong number of rows"),
            Err(_) => figures.errors += 1,
        }
    }
    figures.elapsed = begun.elapsed();
    figures
}
