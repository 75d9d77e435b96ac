//! Whether a register behaves as one: linearizability, by the algorithm of Wing and Gong with Lowe's cache ("Testing for
//! linearizability", 2017).

use std::collections::{BTreeMap, HashSet};

use crate::history::{Op, Outcome};

/// What was asked of a register, and what it said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Register {
    Read(Option<i64>),
    Write(i64),
    /// Old, new, and whether it was done; `None` if nobody knows.
    Cas(i64, i64, Option<bool>),
}

impl Register {
    /// The value after it, if it may happen at this one.
    fn step(self, value: i64) -> Option<i64> {
        match self {
            Register::Read(seen) => seen.is_none_or(|seen| seen == value).then_some(value),
            Register::Write(new) => Some(new),
            Register::Cas(old, new, None) => Some(if value == old { new } else { value }),
            Register::Cas(old, new, Some(true)) => (value == old).then_some(new),
            Register::Cas(old, _, Some(false)) => (value != old).then_some(value),
        }
    }
}

/// A history of several registers, each of them 0 at first.
pub fn check(ops: &[Op<(i64, Register)>]) -> Result<(), String> {
    let mut keys: BTreeMap<i64, Vec<&Op<(i64, Register)>>> = BTreeMap::new();
    for op in ops {
        keys.entry(op.what.0).or_default().push(op);
    }
    for (key, ops) in keys {
        one(&ops).map_err(|why| format!("register {key} is not linearizable: {why}"))?;
    }
    Ok(())
}

/// A place in the list of calls and returns.
#[derive(Clone, Copy)]
struct Event {
    op: usize,
    /// Of a call: where its return is.
    returns: Option<usize>,
    previous: usize,
    next: usize,
}

fn one(ops: &[&Op<(i64, Register)>]) -> Result<(), String> {
    let happened = |op: &&&Op<(i64, Register)>| match op.outcome {
        Outcome::Done => true,
        Outcome::Failed => false,
        Outcome::Unknown => !matches!(op.what.1, Register::Read(_)),
    };
    let mut ops: Vec<&Op<(i64, Register)>> = ops.iter().filter(happened).copied().collect();
    ops.sort_by_key(|op| op.invoked);
    let mut times: Vec<(u64, bool, usize)> = Vec::new();
    for (index, op) in ops.iter().enumerate() {
        times.push((op.invoked, false, index));
        times.push((op.returned, true, index));
    }
    // A call at the moment of another's return counts as overlapping it.
    times.sort_unstable();
    let end = times.len() + 1;
    let mut events: Vec<Event> = vec![Event { op: usize::MAX, returns: None, previous: 0, next: 1 }];
    let mut calls = vec![0; ops.len()];
    for (place, (_, is_return, op)) in times.iter().enumerate() {
        let at = place + 1;
        if *is_return {
            events[calls[*op]].returns = Some(at);
        } else {
            calls[*op] = at;
        }
        events.push(Event { op: *op, returns: None, previous: at - 1, next: at + 1 });
    }
    events.push(Event { op: usize::MAX, returns: None, previous: end - 1, next: end });

    let mut done = vec![0u64; ops.len().div_ceil(64)];
    let mut cache: HashSet<(Vec<u64>, i64)> = HashSet::new();
    let mut stack: Vec<(usize, i64)> = Vec::new();
    let (mut value, mut at, mut furthest) = (0, events[0].next, 0);
    while events[0].next != end {
        let event = events[at];
        if let Some(returns) = event.returns {
            let next = ops[event.op].what.1.step(value);
            done[event.op / 64] |= 1 << (event.op % 64);
            if let Some(next) = next
                && cache.insert((done.clone(), next))
            {
                stack.push((at, value));
                furthest = furthest.max(stack.len());
                value = next;
                unlink(&mut events, at);
                unlink(&mut events, returns);
                at = events[0].next;
            } else {
                done[event.op / 64] &= !(1 << (event.op % 64));
                at = event.next;
            }
            continue;
        }
        // Somebody had been answered by now who could not have been: what was tried before is wrong.
        let Some((call, before)) = stack.pop() else {
            let shown: Vec<String> = ops.iter().skip(furthest.saturating_sub(5)).take(12).map(show).collect();
            return Err(format!(
                "{furthest} of {} operations can be put in order; around there:\n{}",
                ops.len(),
                shown.join("\n")
            ));
        };
        value = before;
        let op = events[call].op;
        done[op / 64] &= !(1 << (op % 64));
        let returns = events[call].returns.expect("only calls are pushed");
        link(&mut events, returns);
        link(&mut events, call);
        at = events[call].next;
    }
    Ok(())
}

fn unlink(events: &mut [Event], at: usize) {
    let Event { previous, next, .. } = events[at];
    events[previous].next = next;
    events[next].previous = previous;
}

fn link(events: &mut [Event], at: usize) {
    let Event { previous, next, .. } = events[at];
    events[previous].next = at;
    events[next].previous = at;
}

fn show(op: &&Op<(i64, Register)>) -> String {
    format!("  client {} {}..{} {:?} {:?}", op.client, op.invoked, op.returned, op.what.1, op.outcome)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn op(invoked: u64, returned: u64, what: Register) -> Op<(i64, Register)> {
        let outcome = if returned == u64::MAX { Outcome::Unknown } else { Outcome::Done };
        Op { client: 0, invoked, returned, outcome, what: (1, what) }
    }

    #[test]
    fn accepts_what_can_be_put_in_order() {
        use Register::*;
        check(&[op(0, 10, Write(1)), op(5, 6, Read(Some(0))), op(7, 12, Read(Some(1)))]).unwrap();
        check(&[op(0, 1, Write(1)), op(2, 9, Cas(1, 2, Some(true))), op(3, 8, Read(Some(1)))]).unwrap();
        check(&[op(0, 1, Cas(5, 2, Some(false))), op(2, 3, Read(Some(0)))]).unwrap();
        // A write that nobody heard of may take effect late, or never.
        check(&[op(0, u64::MAX, Write(1)), op(2, 3, Read(Some(0))), op(4, 5, Read(Some(1)))]).unwrap();
        check(&[op(0, u64::MAX, Write(1)), op(2, 3, Read(Some(0))), op(4, 5, Read(Some(0)))]).unwrap();
        check(&[op(0, u64::MAX, Cas(0, 7, None)), op(2, 3, Read(Some(7)))]).unwrap();
    }

    #[test]
    fn refuses_what_cannot() {
        use Register::*;
        check(&[op(0, 1, Write(1)), op(2, 3, Read(Some(0)))]).unwrap_err();
        check(&[op(0, 10, Write(1)), op(1, 2, Read(Some(1))), op(3, 4, Read(Some(0)))]).unwrap_err();
        check(&[op(0, 1, Write(1)), op(2, 3, Cas(1, 2, Some(true))), op(4, 5, Cas(1, 3, Some(true)))]).unwrap_err();
        check(&[op(0, u64::MAX, Write(1)), op(2, 3, Read(Some(1))), op(4, 5, Read(Some(0)))]).unwrap_err();
        let mut failed = op(0, 1, Write(4));
        failed.outcome = Outcome::Failed;
        check(&[failed, op(2, 3, Read(Some(4)))]).unwrap_err();
    }
}
