//! Transfers between accounts: whoever looks, the sum is the same.

use rand::RngExt;
use rand::rngs::StdRng;

use crate::history::{Op, Outcome, Recorder, Session};
use crate::support::sql::{Client, Error};

const ACCOUNTS: i32 = 6;
const BALANCE: i64 = 100;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bank {
    Transfer,
    Read(Vec<i64>),
}

pub fn setup() -> String {
    format!(
        "CREATE TABLE accounts (id int PRIMARY KEY, balance bigint NOT NULL); INSERT INTO accounts VALUES {}",
        (0..ACCOUNTS).map(|id| format!("({id}, {BALANCE})")).collect::<Vec<_>>().join(", ")
    )
}

/// One client's next step. `begin`: how interactive transactions begin, if there are any.
pub async fn step(session: &mut Session, recorder: &mut Recorder<Bank>, random: &mut StdRng, begin: &[&str]) {
    let from = random.random_range(0..ACCOUNTS);
    let to = (from + random.random_range(1..ACCOUNTS)) % ACCOUNTS;
    let amount: i64 = random.random_range(1..=20);
    let invoked = recorder.now();
    let forms = if begin.is_empty() { 2 } else { 5 };
    let (planned, result) = match random.random_range(0..forms) {
        0 => {
            let result = session.autocommit(async |client: &Client| balances(client).await).await;
            (Bank::Read(Vec::new()), result.map(Bank::Read))
        }
        1 => {
            let sql = format!(
                "UPDATE accounts SET balance = balance + CASE id WHEN {from} THEN -{amount} ELSE {amount} END \
                 WHERE id IN ({from}, {to}) AND (SELECT balance FROM accounts WHERE id = {from}) >= {amount}"
            );
            let result = session.autocommit(async |client: &Client| client.batch_execute(&sql).await).await;
            (Bank::Transfer, result.map(|()| Bank::Transfer))
        }
        // Reads first, and writes what follows from it: of one snapshot, or of rows that are locked.
        form => {
            let (begin, lock) = match form {
                2 => ("BEGIN", " FOR UPDATE"),
                _ => (begin[random.random_range(0..begin.len())], ""),
            };
            let run = async |client: &Client| -> Result<Bank, Error> {
                let mut new = Vec::new();
                for (id, change) in [(from, -amount), (to, amount)] {
                    let sql = format!("SELECT balance FROM accounts WHERE id = {id}{lock}");
                    let balance: i64 = client.query_one(&sql, &[]).await?.get(0);
                    new.push((id, balance + change));
                }
                if new[0].1 >= 0 {
                    for (id, balance) in new {
                        client
                            .batch_execute(&format!("UPDATE accounts SET balance = {balance} WHERE id = {id}"))
                            .await?;
                    }
                }
                Ok(Bank::Transfer)
            };
            (Bank::Transfer, session.transaction(begin, run).await)
        }
    };
    recorder.record(invoked, planned, result);
}

pub async fn balances(client: &Client) -> Result<Vec<i64>, Error> {
    let rows = client.query("SELECT balance FROM accounts ORDER BY id", &[]).await?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

pub fn check(ops: &[Op<Bank>], last: &[i64]) -> Result<(), String> {
    let reads = ops.iter().filter(|op| op.outcome == Outcome::Done).filter_map(|op| match &op.what {
        Bank::Read(balances) => Some(balances.as_slice()),
        Bank::Transfer => None,
    });
    for balances in reads.chain([last]) {
        let sum: i64 = balances.iter().sum();
        let right = balances.len() == ACCOUNTS as usize
            && sum == i64::from(ACCOUNTS) * BALANCE
            && balances.iter().all(|balance| *balance >= 0);
        if !right {
            return Err(format!("money is lost or made: {balances:?}, in all {sum}"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts() {
        check(&[], &[100; 6]).unwrap();
        check(&[], &[0, 200, 100, 100, 100, 100]).unwrap();
        check(&[], &[-1, 201, 100, 100, 100, 100]).unwrap_err();
        check(&[], &[100; 5]).unwrap_err();
        let read = Bank::Read(vec![99, 100, 100, 100, 100, 100]);
        let op = Op { client: 0, invoked: 0, returned: 1, outcome: Outcome::Done, what: read };
        check(&[op], &[100; 6]).unwrap_err();
    }
}
