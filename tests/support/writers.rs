//! Clients that insert rows all the time and remember what they were told.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::task::JoinHandle;

use super::sql::{self, Client};

/// What the writers know of the rows they tried to insert.
#[derive(Default, Debug)]
pub struct Ledger {
    /// Success was answered: must be there.
    pub acknowledged: Vec<i64>,
    /// The server said that it did not happen: must not be there.
    pub refused: Vec<(i64, String)>,
    /// The connection broke, or 08007: may be there, once.
    pub unknown: Vec<i64>,
}

/// Running writers.
pub struct Writers {
    stop: Arc<AtomicBool>,
    tasks: Vec<JoinHandle<Ledger>>,
}

/// Makes the table that [`Writers`] fill.
pub const TABLE: &str = "CREATE TABLE acked (id bigint PRIMARY KEY, writer int NOT NULL, note text)";

impl Writers {
    /// `count` writers; each begins on one of `ports` and goes on to the next when its connection breaks.
    pub fn start(count: usize, ports: &[u16]) -> Writers {
        let stop = Arc::new(AtomicBool::new(false));
        let task = |writer| tokio::spawn(write(writer, ports.to_vec(), stop.clone()));
        let tasks = (0..count).map(task).collect();
        Writers { stop, tasks }
    }

    /// Stops them and adds up what they know.
    pub async fn stop(self) -> Ledger {
        self.stop.store(true, Ordering::SeqCst);
        let mut sum = Ledger::default();
        for task in self.tasks {
            let ledger = task.await.expect("a writer does not panic");
            sum.acknowledged.extend(ledger.acknowledged);
            sum.refused.extend(ledger.refused);
            sum.unknown.extend(ledger.unknown);
        }
        sum
    }
}

async fn write(writer: usize, ports: Vec<u16>, stop: Arc<AtomicBool>) -> Ledger {
    let mut ledger = Ledger::default();
    let mut turn = writer;
    let mut connection: Option<Client> = None;
    let mut number = 0;
    while !stop.load(Ordering::SeqCst) {
        let Some(client) = &connection else {
            turn += 1;
            connection = sql::connect(ports[turn % ports.len()]).await.ok();
            if connection.is_none() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            continue;
        };
        number += 1;
        let id = writer as i64 * 1_000_000_000 + number;
        let text = format!("INSERT INTO acked VALUES ({id}, {writer}, 'row {number}')");
        match client.simple_query(&text).await {
            Ok(_) => ledger.acknowledged.push(id),
            Err(error) => match sql::state(&error) {
                // 57P01 may follow a statement that was executed; its answer did not come through.
                None | Some("08007" | "57P01") => {
                    ledger.unknown.push(id);
                    connection = None;
                }
                Some(state) => {
                    ledger.refused.push((id, state.to_owned()));
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            },
        }
    }
    ledger
}

impl Ledger {
    /// Holds a node's rows against what the writers were told.
    pub async fn check(&self, client: &Client) {
        use std::collections::HashSet;
        let rows = client.query("SELECT id FROM acked", &[]).await.expect("the rows can be read");
        let present: HashSet<i64> = rows.iter().map(|row| row.get(0)).collect();
        assert_eq!(present.len(), rows.len(), "a row is there twice");
        let lost: Vec<_> = self.acknowledged.iter().filter(|id| !present.contains(id)).collect();
        assert!(lost.is_empty(), "acknowledged but missing: {lost:?}");
        let risen: Vec<_> = self.refused.iter().filter(|(id, _)| present.contains(id)).collect();
        assert!(risen.is_empty(), "refused but present: {risen:?}");
        let known: HashSet<i64> = self.acknowledged.iter().chain(&self.unknown).copied().collect();
        let strange: Vec<_> = present.iter().filter(|id| !known.contains(id)).collect();
        assert!(strange.is_empty(), "never inserted: {strange:?}");
    }
}
