//! Clients of single-key registers: reads, blind writes, compare-and-set.

use rand::RngExt;
use rand::rngs::StdRng;

use crate::history::{Recorder, Session};
use crate::linear::Register;
use crate::support::sql::Client;

/// Registers used at the same time.
const KEYS: u64 = 2;

/// After so many nanoseconds come new registers: histories of one stay small enough to be judged.
const EPOCH: u64 = 1_000_000_000;

/// All registers of a run, there from the start.
pub fn setup(seconds: u64) -> String {
    let keys = (seconds + 600) * KEYS;
    let values: Vec<String> = (0..keys).map(|key| format!("({key}, 0)")).collect();
    format!(
        "CREATE TABLE registers (k int PRIMARY KEY, v bigint NOT NULL); INSERT INTO registers VALUES {}",
        values.join(", ")
    )
}

fn key(recorder: &Recorder<(i64, Register)>, random: &mut StdRng) -> i64 {
    (recorder.now() / EPOCH * KEYS + random.random_range(0..KEYS)) as i64
}

/// Reads only. A client that writes waits as soon as its node is cut off, and does not see what can be read there.
pub async fn watch(session: &mut Session, recorder: &mut Recorder<(i64, Register)>, random: &mut StdRng) {
    let key = key(recorder, random);
    let invoked = recorder.now();
    let result = session.autocommit(async |client: &Client| read(client, key).await).await;
    recorder.record(invoked, (key, Register::Read(None)), result.map(|done| (key, done)));
}

async fn read(client: &Client, key: i64) -> Result<Register, tokio_postgres::Error> {
    let row = client.query_one(&format!("SELECT v FROM registers WHERE k = {key}"), &[]).await?;
    Ok(Register::Read(Some(row.get(0))))
}

pub async fn step(session: &mut Session, recorder: &mut Recorder<(i64, Register)>, random: &mut StdRng) {
    let key = key(recorder, random);
    let small = random.random_range(0..5);
    let new = recorder.client as i64 * 1_000_000 + recorder.ops.len() as i64 + 10;
    let invoked = recorder.now();
    let (planned, result) = match random.random_range(0..10) {
        0..5 => (Register::Read(None), session.autocommit(async |client: &Client| read(client, key).await).await),
        5..8 => {
            let sql = format!("UPDATE registers SET v = {new} WHERE k = {key}");
            let result = session.autocommit(async |client: &Client| client.batch_execute(&sql).await).await;
            (Register::Write(new), result.map(|()| Register::Write(new)))
        }
        // Values are mostly new ones, so small ones seldom match after the first: what counts is that both come about.
        _ => {
            let (old, new) = if small == 0 { (0, 1) } else { (small - 1, small) };
            let sql = format!("UPDATE registers SET v = {new} WHERE k = {key} AND v = {old}");
            let result = session.autocommit(async |client: &Client| client.execute(&sql, &[]).await).await;
            (Register::Cas(old, new, None), result.map(|count| Register::Cas(old, new, Some(count == 1))))
        }
    };
    recorder.record(invoked, (key, planned), result.map(|done| (key, done)));
}
