//! Advisory locks: what they exclude is excluded, whoever leads and whatever breaks.
//!
//! A client is certain to hold its lock from the moment it was told so until it sent the last statement that then succeeded: a
//! session whose lock is lost answers nothing any more.

use std::time::Duration;

use rand::RngExt;
use rand::rngs::StdRng;

use crate::history::{Op, Recorder, Session};
use crate::support::sql::Client;

/// What was held, and surely from when until when.
#[derive(Clone, Debug)]
pub struct Hold {
    key: i64,
    shared: bool,
    surely: Option<(u64, u64)>,
}

const KEYS: i64 = 2;

/// Reads that need no leader go on when there is none: holders are watched just then.
const READ: &str = "SET quorlite.read_consistency = stale; SELECT pg_advisory_unlock_all()";

pub async fn step(session: &mut Session, recorder: &mut Recorder<Hold>, random: &mut StdRng, long_holds: f64) {
    let (key, shared) = (random.random_range(0..KEYS), random.random_bool(0.3));
    let tries = random.random_bool(0.3);
    // Some outlast an election: what a new leader gives away shows only then.
    let looks = if random.random_bool(long_holds) { random.random_range(300..600) } else { random.random_range(1..30) };
    let suffix = if shared { "_shared" } else { "" };
    let lock = match tries {
        true => format!("SELECT pg_try_advisory_lock{suffix}({key})"),
        false => format!("SELECT pg_advisory_lock{suffix}({key})"),
    };
    let invoked = recorder.now();
    let mut surely = None;
    let now = || recorder.now();
    let held = &mut surely;
    let result = session
        .autocommit(async |client: &Client| {
            client.batch_execute(READ).await?;
            if tries {
                let row = client.query_one(&lock, &[]).await?;
                if !row.get::<_, bool>(0) {
                    return Ok(());
                }
            } else {
                client.batch_execute(&lock).await?;
            }
            let from = now();
            *held = Some((from, from));
            for _ in 0..looks {
                tokio::time::sleep(Duration::from_millis(4)).await;
                let asked = now();
                client.batch_execute("SELECT 1").await?;
                *held = Some((from, asked));
            }
            client.batch_execute(&format!("SELECT pg_advisory_unlock{suffix}({key})")).await
        })
        .await;
    let hold = Hold { key, shared, surely };
    recorder.record(invoked, hold.clone(), result.map(|()| hold));
}

pub fn check(ops: &[Op<Hold>]) -> Result<(), String> {
    let mut held: Vec<(u64, u64, usize, i64, bool)> = (ops.iter())
        .filter_map(|op| {
            let (from, until) = op.what.surely?;
            Some((from, until, op.client, op.what.key, op.what.shared))
        })
        .collect();
    held.sort_unstable();
    let mut running: Vec<(u64, u64, usize, i64, bool)> = Vec::new();
    for (from, until, client, key, shared) in held {
        running.retain(|other| other.1 >= from);
        let excluded =
            |other: &&(u64, u64, usize, i64, bool)| other.3 == key && other.2 != client && !(shared && other.4);
        if let Some(other) = running.iter().find(excluded) {
            return Err(format!(
                "clients {} and {client} both held lock {key}: {:?} and {:?} ns",
                other.2,
                (other.0, other.1),
                (from, until)
            ));
        }
        running.push((from, until, client, key, shared));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::Outcome;

    fn hold(client: usize, key: i64, shared: bool, surely: (u64, u64)) -> Op<Hold> {
        let what = Hold { key, shared, surely: Some(surely) };
        Op { client, invoked: 0, returned: surely.1, outcome: Outcome::Done, what }
    }

    #[test]
    fn two_at_once_are_one_too_many() {
        check(&[hold(1, 0, false, (1, 5)), hold(2, 0, false, (6, 9)), hold(2, 1, false, (2, 3))]).unwrap();
        check(&[hold(1, 0, true, (1, 5)), hold(2, 0, true, (2, 9))]).unwrap();
        check(&[hold(1, 0, false, (1, 5)), hold(1, 0, false, (2, 9))]).unwrap();
        check(&[hold(1, 0, false, (1, 5)), hold(2, 0, false, (5, 9))]).unwrap_err();
        check(&[hold(1, 0, true, (3, 9)), hold(2, 0, false, (1, 4))]).unwrap_err();
    }
}
