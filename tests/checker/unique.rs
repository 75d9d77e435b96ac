//! Rows that must be there once, or not at all. The table has no key that would hide a second application.

use std::collections::HashMap;

use rand::RngExt;
use rand::rngs::StdRng;

use crate::history::{Op, Outcome, Recorder, Session};
use crate::support::sql::{Client, Error};

pub const SETUP: &str = "CREATE TABLE rows (id bigint NOT NULL, number bigserial)";

/// Ids of one statement's rows.
pub type Insert = Vec<i64>;

pub async fn step(session: &mut Session, recorder: &mut Recorder<Insert>, random: &mut StdRng) {
    let number = recorder.ops.len() as i64;
    let ids: Vec<i64> =
        (0..random.random_range(1..=3)).map(|nth| recorder.client as i64 * 10_000_000 + number * 10 + nth).collect();
    let values: Vec<String> = ids.iter().map(|id| format!("({id})")).collect();
    let sql = format!("INSERT INTO rows (id) VALUES {}", values.join(", "));
    let invoked = recorder.now();
    // Prepared and simple statements go different ways.
    let prepared = random.random_bool(0.5);
    let run = async |client: &Client| match prepared {
        true => client.execute(&sql, &[]).await.map(drop),
        false => client.batch_execute(&sql).await,
    };
    let result = session.autocommit(run).await;
    recorder.record(invoked, ids.clone(), result.map(|()| ids));
}

/// (id, number) of all rows.
pub async fn finally(client: &Client) -> Result<Vec<(i64, i64)>, Error> {
    let rows = client.query("SELECT id, number FROM rows", &[]).await?;
    Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
}

pub fn check(ops: &[Op<Insert>], rows: &[(i64, i64)]) -> Result<(), String> {
    let mut count: HashMap<i64, usize> = HashMap::new();
    let mut numbers: HashMap<i64, usize> = HashMap::new();
    for (id, number) in rows {
        *count.entry(*id).or_default() += 1;
        *numbers.entry(*number).or_default() += 1;
    }
    if let Some((number, _)) = numbers.iter().find(|(_, count)| **count > 1) {
        return Err(format!("the sequence gave {number} twice"));
    }
    for op in ops {
        let found: Vec<usize> = op.what.iter().map(|id| count.remove(id).unwrap_or_default()).collect();
        let right = match op.outcome {
            Outcome::Done => found.iter().all(|count| *count == 1),
            Outcome::Failed => found.iter().all(|count| *count == 0),
            Outcome::Unknown => found.iter().all(|count| *count == found[0] && *count <= 1),
        };
        if !right {
            return Err(format!("rows {:?} are there {found:?} times, and were {:?}", op.what, op.outcome));
        }
    }
    match count.keys().next() {
        Some(id) => Err(format!("nobody inserted {id}")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts() {
        let op = |outcome| Op { client: 0, invoked: 0, returned: 1, outcome, what: vec![1, 2] };
        check(&[op(Outcome::Done)], &[(1, 1), (2, 2)]).unwrap();
        check(&[op(Outcome::Unknown)], &[]).unwrap();
        check(&[op(Outcome::Unknown)], &[(1, 1)]).unwrap_err();
        check(&[op(Outcome::Unknown)], &[(1, 1), (2, 2), (1, 3), (2, 4)]).unwrap_err();
        check(&[op(Outcome::Done)], &[(1, 1)]).unwrap_err();
        check(&[op(Outcome::Done)], &[(1, 1), (2, 2), (2, 3)]).unwrap_err();
        check(&[op(Outcome::Done)], &[(1, 1), (2, 1)]).unwrap_err();
        check(&[op(Outcome::Failed)], &[(1, 1), (2, 2)]).unwrap_err();
        check(&[], &[(1, 1)]).unwrap_err();
    }
}
