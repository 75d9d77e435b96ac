//! Lists that are only appended to: what each reader saw tells the order of the transactions, and whether there is one.
//!
//! After Kingsbury and Alvaro, "Elle: inferring isolation anomalies from experimental observations" (2020): a list's
//! value is its own history, so from reads follow who wrote before whom (ww), who read whom (wr) and
//! who missed whom (rw). A cycle of these, or of these and real time, is an execution that strict serializability forbids.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

use rand::RngExt;
use rand::rngs::StdRng;

use crate::history::{Op, Outcome, Recorder, Session};
use crate::support::sql::{Client, Error};

/// One step of a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Micro {
    Append(i64, i64),
    Read(i64, Vec<i64>),
}

pub type Transaction = Vec<Micro>;

pub const SETUP: &str = "CREATE TABLE lists (k bigint PRIMARY KEY, v text NOT NULL)";

/// Keys in use; enough for several transactions to be about different ones.
const KEYS: i64 = 5;

/// After so many nanoseconds come new lists: reads stay small.
const EPOCH: u64 = 1_000_000_000;

fn append(key: i64, value: i64) -> String {
    format!(
        "INSERT INTO lists VALUES ({key}, '{value}') ON CONFLICT (k) DO UPDATE SET v = lists.v || ' ' || excluded.v"
    )
}

/// One client's next transaction.
pub async fn step(session: &mut Session, recorder: &mut Recorder<Transaction>, random: &mut StdRng, begin: &[&str]) {
    let number = recorder.ops.len() as i64;
    let value = |nth: i64| (recorder.client as i64) * 10_000_000 + number * 10 + nth;
    let epoch = (recorder.now() / EPOCH) as i64;
    let mut key = || epoch * KEYS + random.random_range(0..KEYS);
    let (first, second) = (key(), key());
    let invoked = recorder.now();
    let forms = if begin.is_empty() { 3 } else { 5 };
    let (planned, result) = match random.random_range(0..forms) {
        // RETURNING shows the list as the append left it.
        0 => {
            let planned = vec![Micro::Append(first, value(0))];
            let sql = append(first, value(0)) + " RETURNING v";
            let result = session.autocommit(async |client: &Client| client.query_one(&sql, &[]).await).await;
            let done = result.map(|row| vec![Micro::Append(first, value(0)), Micro::Read(first, parse(row.get(0)))]);
            (planned, done)
        }
        1 => {
            let keys = [first, second];
            let planned = keys.map(|key| Micro::Read(key, Vec::new())).to_vec();
            (planned, session.autocommit(async |client: &Client| read(client, &keys).await).await)
        }
        // Several statements of one query are one transaction.
        2 => {
            let planned = vec![Micro::Append(first, value(0)), Micro::Append(second, value(1))];
            let sql = format!("{}; {}", append(first, value(0)), append(second, value(1)));
            let done = session.autocommit(async |client: &Client| client.batch_execute(&sql).await).await;
            (planned.clone(), done.map(|()| planned))
        }
        _ => {
            let begin = begin[random.random_range(0..begin.len())];
            let mut planned = Vec::new();
            for nth in 0..random.random_range(1..=4) {
                let key = epoch * KEYS + random.random_range(0..KEYS);
                planned.push(match random.random_bool(0.5) {
                    true => Micro::Append(key, value(nth)),
                    false => Micro::Read(key, Vec::new()),
                });
            }
            let run = async |client: &Client| -> Result<Transaction, Error> {
                let mut done = Vec::new();
                for step in &planned {
                    match step {
                        Micro::Append(key, value) => {
                            client.batch_execute(&append(*key, *value)).await?;
                            done.push(step.clone());
                        }
                        Micro::Read(key, _) => done.extend(read(client, &[*key]).await?),
                    }
                }
                Ok(done)
            };
            let result = session.transaction(begin, run).await;
            (planned.clone(), result)
        }
    };
    // A failed or unknown read saw nothing.
    recorder.record(invoked, planned.into_iter().filter(|step| matches!(step, Micro::Append(..))).collect(), result);
}

async fn read(client: &Client, keys: &[i64]) -> Result<Transaction, Error> {
    let list: Vec<String> = keys.iter().map(i64::to_string).collect();
    let rows = client.query(&format!("SELECT k, v FROM lists WHERE k IN ({})", list.join(", ")), &[]).await?;
    let seen: HashMap<i64, Vec<i64>> = rows.iter().map(|row| (row.get(0), parse(row.get(1)))).collect();
    Ok(keys.iter().map(|key| Micro::Read(*key, seen.get(key).cloned().unwrap_or_default())).collect())
}

fn parse(list: &str) -> Vec<i64> {
    list.split_whitespace().map(|value| value.parse().expect("only numbers are appended")).collect()
}

/// All lists as they are in the end.
pub async fn finally(client: &Client) -> Result<BTreeMap<i64, Vec<i64>>, Error> {
    let rows = client.query("SELECT k, v FROM lists", &[]).await?;
    Ok(rows.iter().map(|row| (row.get(0), parse(row.get(1)))).collect())
}

pub fn check(ops: &[Op<Transaction>], last: &BTreeMap<i64, Vec<i64>>) -> Result<(), String> {
    let order = orders(ops, last)?;
    let mut writers: HashMap<(i64, i64), usize> = HashMap::new();
    for (index, op) in ops.iter().enumerate() {
        for step in &op.what {
            if let Micro::Append(key, value) = step {
                writers.insert((*key, *value), index);
            }
        }
    }
    for (key, list) in &order {
        for value in list {
            match writers.get(&(*key, *value)).map(|writer| &ops[*writer]) {
                None => return Err(format!("list {key} has {value}, which nobody appended")),
                Some(op) if op.outcome == Outcome::Failed => {
                    return Err(format!("list {key} has {value}, whose client was told that it failed"));
                }
                Some(_) => {}
            }
        }
    }
    for op in ops.iter().filter(|op| op.outcome == Outcome::Done) {
        for step in &op.what {
            if let Micro::Append(key, value) = step
                && !last.get(key).is_some_and(|list| list.contains(value))
            {
                return Err(format!("the acknowledged append of {value} to list {key} is lost"));
            }
        }
    }
    no_cycle(ops, &order, &writers)
}

/// The order of each list's appends: the longest value seen, of which all others must be a beginning.
fn orders(ops: &[Op<Transaction>], last: &BTreeMap<i64, Vec<i64>>) -> Result<BTreeMap<i64, Vec<i64>>, String> {
    let mut order = last.clone();
    let reads = || {
        ops.iter().filter(|op| op.outcome == Outcome::Done).flat_map(|op| &op.what).filter_map(|step| match step {
            Micro::Read(key, list) => Some((*key, list)),
            Micro::Append(..) => None,
        })
    };
    for (key, list) in reads() {
        let longest = order.entry(key).or_default();
        if list.len() > longest.len() {
            longest.clone_from(list);
        }
    }
    for (key, list) in &order {
        let distinct: HashSet<&i64> = list.iter().collect();
        if distinct.len() < list.len() {
            return Err(format!("an append was applied twice: list {key} is {list:?}"));
        }
    }
    for (key, list) in reads() {
        if !order[&key].starts_with(list) {
            return Err(format!("list {key} was {list:?} and is not the beginning of {:?}", order[&key]));
        }
    }
    Ok(order)
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Edge {
    /// Appended just before.
    Ww,
    /// Was seen by.
    Wr,
    /// Did not see.
    Rw,
    /// Had been answered before the other was asked.
    Time,
}

fn no_cycle(
    ops: &[Op<Transaction>],
    order: &BTreeMap<i64, Vec<i64>>,
    writers: &HashMap<(i64, i64), usize>,
) -> Result<(), String> {
    // Nodes: the operations, then one moment for each answer, in time's order, so that real time takes few edges.
    let mut edges: Vec<Vec<(usize, Edge)>> = vec![Vec::new(); ops.len()];
    for (key, list) in order {
        for pair in list.windows(2) {
            let (one, other) = (writers[&(*key, pair[0])], writers[&(*key, pair[1])]);
            if one != other {
                edges[one].push((other, Edge::Ww));
            }
        }
    }
    for (index, op) in ops.iter().enumerate().filter(|(_, op)| op.outcome == Outcome::Done) {
        let mut own: HashMap<i64, Vec<i64>> = HashMap::new();
        for step in &op.what {
            match step {
                Micro::Append(key, value) => own.entry(*key).or_default().push(*value),
                Micro::Read(key, list) => {
                    let mine = own.get(key).map_or(&[][..], Vec::as_slice);
                    let Some(others) = list.strip_suffix(mine) else {
                        return Err(format!("client {} does not see its own appends {mine:?} in {list:?}", op.client));
                    };
                    if let Some(value) = others.last() {
                        edges[writers[&(*key, *value)]].push((index, Edge::Wr));
                    }
                    if let Some(missed) = order[key].get(others.len()).map(|value| writers[&(*key, *value)])
                        && missed != index
                    {
                        edges[index].push((missed, Edge::Rw));
                    }
                }
            }
        }
    }
    let mut answers: Vec<usize> = (0..ops.len()).filter(|index| ops[*index].outcome == Outcome::Done).collect();
    answers.sort_unstable_by_key(|index| ops[*index].returned);
    let first_moment = edges.len();
    for (place, answered) in answers.iter().enumerate() {
        edges.push(Vec::new());
        edges[*answered].push((first_moment + place, Edge::Time));
        if place > 0 {
            edges[first_moment + place - 1].push((first_moment + place, Edge::Time));
        }
    }
    for (index, op) in ops.iter().enumerate().filter(|(_, op)| op.outcome != Outcome::Failed) {
        let before = answers.partition_point(|answered| ops[*answered].returned < op.invoked);
        if before > 0 {
            edges[first_moment + before - 1].push((index, Edge::Time));
        }
    }
    match cycle(&edges) {
        None => Ok(()),
        Some(cycle) => {
            let show = |(node, edge): &(usize, Edge)| match ops.get(*node) {
                Some(op) => {
                    format!("  client {} {}..{} {:?} --{edge:?}->", op.client, op.invoked, op.returned, op.what)
                }
                None => format!("  (then) --{edge:?}->"),
            };
            let shown: Vec<String> = cycle.iter().map(show).collect();
            Err(format!("transactions that cannot be put in order:\n{}", shown.join("\n")))
        }
    }
}

/// A shortest cycle through some node that is on one.
fn cycle(edges: &[Vec<(usize, Edge)>]) -> Option<Vec<(usize, Edge)>> {
    // What is left after taking away, again and again, all that nothing leads to, is or hangs on a cycle.
    let mut incoming = vec![0usize; edges.len()];
    edges.iter().flatten().for_each(|(to, _)| incoming[*to] += 1);
    let mut ready: Vec<usize> = (0..edges.len()).filter(|node| incoming[*node] == 0).collect();
    let mut left = edges.len();
    while let Some(node) = ready.pop() {
        left -= 1;
        for (to, _) in &edges[node] {
            incoming[*to] -= 1;
            if incoming[*to] == 0 {
                ready.push(*to);
            }
        }
    }
    if left == 0 {
        return None;
    }
    (0..edges.len()).filter(|node| incoming[*node] > 0).find_map(|start| back_to(edges, start))
}

fn back_to(edges: &[Vec<(usize, Edge)>], start: usize) -> Option<Vec<(usize, Edge)>> {
    let mut came: HashMap<usize, (usize, Edge)> = HashMap::new();
    let mut queue = VecDeque::from([start]);
    while let Some(node) = queue.pop_front() {
        for (to, edge) in &edges[node] {
            if *to == start {
                let mut path = vec![(node, *edge)];
                let mut at = node;
                while at != start {
                    let (from, edge) = came[&at];
                    path.push((from, edge));
                    at = from;
                }
                path.reverse();
                return Some(path);
            }
            came.entry(*to).or_insert_with(|| {
                queue.push_back(*to);
                (node, *edge)
            });
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::Micro::*;
    use super::*;

    fn op(invoked: u64, returned: u64, what: Transaction) -> Op<Transaction> {
        let outcome = if returned == u64::MAX { Outcome::Unknown } else { Outcome::Done };
        Op { client: 0, invoked, returned, outcome, what }
    }

    fn judge(ops: &[Op<Transaction>], last: &[i64]) -> Result<(), String> {
        check(ops, &BTreeMap::from([(1, last.to_vec()), (2, vec![])]))
    }

    #[test]
    fn accepts_what_can_be_put_in_order() {
        judge(&[op(0, 1, vec![Append(1, 7), Read(1, vec![7])]), op(2, 3, vec![Read(1, vec![7])])], &[7]).unwrap();
        judge(&[op(0, 9, vec![Append(1, 7)]), op(2, 3, vec![Read(1, vec![])])], &[7]).unwrap();
        judge(&[op(0, u64::MAX, vec![Append(1, 7)]), op(2, 3, vec![Read(1, vec![])])], &[]).unwrap();
    }

    #[track_caller]
    fn refuses(ops: &[Op<Transaction>], last: &[i64], why: &str) {
        let error = judge(ops, last).unwrap_err();
        assert!(error.contains(why), "{error}");
    }

    #[test]
    fn refuses_lost_doubled_and_failed_appends() {
        refuses(&[op(0, 1, vec![Append(1, 7)])], &[], "lost");
        refuses(&[op(0, 1, vec![Append(1, 7)])], &[7, 7], "twice");
        refuses(&[], &[7], "nobody");
        let mut failed = op(0, 1, vec![Append(1, 7)]);
        failed.outcome = Outcome::Failed;
        refuses(&[failed], &[7], "failed");
        let two = [op(0, 9, vec![Append(1, 7)]), op(0, 9, vec![Append(1, 8)]), op(1, 9, vec![Read(1, vec![8])])];
        refuses(&two, &[7, 8], "beginning");
        refuses(&[op(0, 1, vec![Append(1, 7), Read(1, vec![])])], &[7], "own");
    }

    #[test]
    fn refuses_cycles() {
        // A read that is behind what was acknowledged before it.
        refuses(&[op(0, 1, vec![Append(1, 7)]), op(2, 3, vec![Read(1, vec![])])], &[7], "order");
        // Two that do not see each other.
        let skew = [op(0, 9, vec![Read(1, vec![]), Append(2, 8)]), op(0, 9, vec![Read(2, vec![]), Append(1, 7)])];
        let last = BTreeMap::from([(1, vec![7]), (2, vec![8])]);
        assert!(check(&skew, &last).unwrap_err().contains("order"));
        // A lost update: both read the same and append.
        let lost = [op(0, 9, vec![Read(1, vec![]), Append(1, 7)]), op(0, 9, vec![Read(1, vec![]), Append(1, 8)])];
        refuses(&lost, &[7, 8], "order");
    }
}
