//! Keeps its promises under faults: clients on all nodes do what can be judged, while nodes are killed, stopped, cut off
//! and starved, and afterwards their histories are held against the promises: bank transfers, appended lists
//! (dependency cycles), rows that must be there once, registers (linearizability), and advisory locks (mutual exclusion).
//!
//! `CHECKER_SECONDS` sets how long the run takes (60 by default), `CHECKER_SEED` repeats one's schedule, and
//! `CHECKER_SECONDS=36000 cargo test --test checker promises -- --nocapture` goes on for hours.

#[path = "checker/append.rs"]
mod append;
#[path = "checker/bank.rs"]
mod bank;
#[path = "checker/faults.rs"]
mod faults;
#[path = "checker/history.rs"]
mod history;
#[path = "checker/linear.rs"]
mod linear;
#[path = "checker/mutex.rs"]
mod mutex;
#[path = "checker/register.rs"]
mod register;
mod support;
#[path = "checker/unique.rs"]
mod unique;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rand::SeedableRng;
use rand::rngs::StdRng;
use tokio::task::JoinHandle;

use faults::{Fault, Machine};
use history::{Errors, Op, Outcome, Recorder, Session};
use support::cluster::TestCluster;
use support::sql;

/// How a run is done.
struct Plan {
    seed: u64,
    seconds: u64,
    faults: Vec<Fault>,
    /// For every client's connection.
    setup: &'static str,
    /// How interactive transactions begin.
    begin: &'static [&'static str],
    /// Variables of every node.
    variables: &'static [(&'static str, &'static str)],
}

impl Plan {
    fn new(faults: &[Fault]) -> Plan {
        let number = |name: &str| std::env::var(name).ok().map(|value| value.parse().expect("a number"));
        Plan {
            seed: number("CHECKER_SEED").unwrap_or_else(rand::random),
            seconds: number("CHECKER_SECONDS").unwrap_or(60),
            faults: faults.to_vec(),
            setup: "",
            begin: BEGIN,
            variables: &[],
        }
    }
}

/// Isolation levels at which transactions that write are serializable, as this workload does it.
const BEGIN: &[&str] = &["BEGIN ISOLATION LEVEL REPEATABLE READ", "BEGIN ISOLATION LEVEL SERIALIZABLE"];

#[derive(Default)]
struct Histories {
    bank: Vec<Op<bank::Bank>>,
    append: Vec<Op<append::Transaction>>,
    unique: Vec<Op<unique::Insert>>,
    register: Vec<Op<(i64, linear::Register)>>,
    mutex: Vec<Op<mutex::Hold>>,
    errors: Errors,
}

/// One run at a time: each has a cluster and two dozen clients.
static TURN: Mutex<()> = Mutex::new(());

/// What is found out by a run; `None`: this machine cannot do it.
fn run(plan: &Plan) -> Option<Result<(), String>> {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    println!("CHECKER_SEED={} CHECKER_SECONDS={}", plan.seed, plan.seconds);
    let mut cluster = TestCluster::isolated(3, &["--patience", "5", "--checkpoint-every", "300", "--log-keep", "300"])?;
    for node in &mut cluster.nodes {
        plan.variables.iter().for_each(|(name, value)| node.set(name, value));
    }
    let mut machine = Machine::new(cluster);
    machine.cluster.nodes.iter_mut().for_each(|node| node.start());
    machine.wait_ready();
    let setup = [&bank::setup(), append::SETUP, unique::SETUP, &register::setup(plan.seconds)];
    setup.iter().for_each(|sql| drop(machine.cluster.nodes[0].psql(&[sql])));

    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    let nodes: Vec<SocketAddr> = machine.cluster.nodes.iter().map(|node| node.sql_address()).collect();
    let stop = Arc::new(AtomicBool::new(false));
    let clients = Clients::start(&runtime, plan, &nodes, &stop);
    let mut random = StdRng::seed_from_u64(plan.seed);
    let start = Instant::now();
    let more = || start.elapsed() < Duration::from_secs(plan.seconds);
    let done = machine.run(&plan.faults, &mut random, more);
    while more() {
        std::thread::sleep(Duration::from_millis(20));
    }
    stop.store(true, Ordering::SeqCst);
    let histories = runtime.block_on(clients.join());
    machine.wait_ready();
    histories.print(&done);
    // What was unknown may still be on its way; a write of our own comes after it.
    machine.cluster.nodes[0].psql(&["INSERT INTO registers VALUES (-1, 0)"]);
    let result = runtime.block_on(judge(&histories, &nodes));
    machine.cluster.assert_equal();
    Some(result)
}

type Client<T> = JoinHandle<Recorder<T>>;

struct Clients {
    bank: Vec<Client<bank::Bank>>,
    append: Vec<Client<append::Transaction>>,
    unique: Vec<Client<unique::Insert>>,
    register: Vec<Client<(i64, linear::Register)>>,
    mutex: Vec<Client<mutex::Hold>>,
}

/// Between two operations of one client: histories stay small enough to be judged.
const PAUSE: Duration = Duration::from_millis(5);

macro_rules! client {
    ($runtime:expr, $base:expr, $stop:expr, $step:expr) => {{
        let (mut session, mut recorder, mut random) = $base;
        let stop = $stop.clone();
        $runtime.spawn(async move {
            while !stop.load(Ordering::SeqCst) {
                $step(&mut session, &mut recorder, &mut random).await;
                tokio::time::sleep(PAUSE).await;
            }
            recorder
        })
    }};
}

impl Clients {
    fn start(runtime: &tokio::runtime::Runtime, plan: &Plan, nodes: &[SocketAddr], stop: &Arc<AtomicBool>) -> Clients {
        let start = Instant::now();
        let begin = plan.begin;
        fn base<T>(plan: &Plan, nodes: &[SocketAddr], start: Instant, client: usize) -> (Session, Recorder<T>, StdRng) {
            let random = StdRng::seed_from_u64(plan.seed.wrapping_add(client as u64 + 1));
            (Session::new(nodes, client, plan.setup), Recorder::new(client, start), random)
        }
        Clients {
            bank: (0..3)
                .map(|n| {
                    client!(runtime, base(plan, nodes, start, n), stop, async |s: &mut _, r: &mut _, g: &mut _| {
                        bank::step(s, r, g, begin).await
                    })
                })
                .collect(),
            append: (3..7)
                .map(|n| {
                    client!(runtime, base(plan, nodes, start, n), stop, async |s: &mut _, r: &mut _, g: &mut _| {
                        append::step(s, r, g, begin).await
                    })
                })
                .collect(),
            unique: (7..10).map(|n| client!(runtime, base(plan, nodes, start, n), stop, unique::step)).collect(),
            register: (10..15)
                .map(|n| client!(runtime, base(plan, nodes, start, n), stop, register::step))
                .chain((18..21).map(|n| client!(runtime, base(plan, nodes, start, n), stop, register::watch)))
                .collect(),
            mutex: (15..18).map(|n| client!(runtime, base(plan, nodes, start, n), stop, mutex::step)).collect(),
        }
    }

    async fn join(self) -> Histories {
        async fn all<T>(clients: Vec<Client<T>>, errors: &mut Errors) -> Vec<Op<T>> {
            let mut ops = Vec::new();
            for client in clients {
                let recorder = client.await.expect("a client does not panic");
                ops.extend(recorder.ops);
                recorder.errors.into_iter().for_each(|(why, count)| *errors.entry(why).or_default() += count);
            }
            ops
        }
        let mut errors = Errors::new();
        Histories {
            bank: all(self.bank, &mut errors).await,
            append: all(self.append, &mut errors).await,
            unique: all(self.unique, &mut errors).await,
            register: all(self.register, &mut errors).await,
            mutex: all(self.mutex, &mut errors).await,
            errors,
        }
    }
}

impl Histories {
    fn print(&self, faults: &[String]) {
        fn counts<T>(ops: &[Op<T>]) -> String {
            let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
            for op in ops {
                let name = match op.outcome {
                    Outcome::Done => "done",
                    Outcome::Failed => "failed",
                    Outcome::Unknown => "unknown",
                };
                *counts.entry(name).or_default() += 1;
            }
            format!("{counts:?}")
        }
        println!("{} faults", faults.len());
        println!("bank {}, append {}", counts(&self.bank), counts(&self.append));
        println!("unique {}, register {}", counts(&self.unique), counts(&self.register));
        println!("mutex {}", counts(&self.mutex));
        self.errors.iter().for_each(|(why, count)| println!("  {count} × {why}"));
    }
}

async fn judge(histories: &Histories, nodes: &[SocketAddr]) -> Result<(), String> {
    for node in nodes {
        let client = sql::connect(*node).await.expect("the node answers");
        let balances = bank::balances(&client).await.expect("the accounts can be read");
        bank::check(&histories.bank, &balances)?;
        append::check(&histories.append, &append::finally(&client).await)?;
        unique::check(&histories.unique, &unique::finally(&client).await)?;
    }
    linear::check(&histories.register)?;
    mutex::check(&histories.mutex)?;
    // Checks of nothing prove nothing.
    fn done<T>(ops: &[Op<T>]) -> usize {
        ops.iter().filter(|op| op.outcome == Outcome::Done).count()
    }
    let least = [done(&histories.bank), done(&histories.append), done(&histories.unique), done(&histories.register)];
    assert!(least.iter().all(|count| *count >= 100), "hardly anything was done: {least:?}");
    // Each takes a while, by design.
    assert!(done(&histories.mutex) >= 3, "hardly anything was locked");
    Ok(())
}

#[test]
fn promises_are_kept_under_faults() {
    if let Some(result) = run(&Plan::new(&faults::ALL)) {
        result.unwrap_or_else(|why| panic!("{why}"));
    }
}

/// Runs what is broken on purpose until it is caught: that the checks above pass means something only if these do not.
#[track_caller]
fn caught(mut plan: Plan, reasons: &[&str]) {
    for _ in 0..10 {
        match run(&plan) {
            None => return,
            Some(Err(why)) => {
                println!("caught: {why}");
                assert!(reasons.iter().any(|reason| why.contains(reason)), "caught for another reason: {why}");
                return;
            }
            Some(Ok(())) => plan.seed = plan.seed.wrapping_add(1),
        }
    }
    panic!("not caught");
}

#[test]
fn stale_reads_are_caught() {
    let setup = "SET quorlite.read_consistency = stale";
    caught(Plan { seconds: 8, setup, ..Plan::new(&[]) }, &["linearizable", "order"]);
}

#[test]
fn what_read_committed_allows_is_caught() {
    let begin = &["BEGIN ISOLATION LEVEL READ COMMITTED"];
    caught(Plan { seconds: 8, begin, ..Plan::new(&[]) }, &["money", "order"]);
}

#[test]
fn acknowledging_before_the_majority_has_it_is_caught() {
    let variables = &[("QUORLITE_SABOTAGE", "acknowledge-early")];
    caught(
        Plan { seconds: 8, variables, ..Plan::new(&[Fault::Isolate, Fault::Kill]) },
        &["lost", "linearizable", "order", "there [0"],
    );
}

#[test]
fn a_lease_that_does_not_end_is_caught() {
    let variables = &[("QUORLITE_SABOTAGE", "keep-lease")];
    caught(Plan { seconds: 10, variables, ..Plan::new(&[Fault::Isolate, Fault::Pause]) }, &["linearizable", "order"]);
}

#[test]
fn forgetting_advisory_locks_at_a_change_of_leaders_is_caught() {
    let variables = &[("QUORLITE_SABOTAGE", "forget-holdings")];
    caught(Plan { seconds: 12, variables, ..Plan::new(&[Fault::Kill]) }, &["both held lock"]);
}

#[test]
fn sending_again_what_may_have_been_applied_is_caught() {
    let variables = &[("QUORLITE_SABOTAGE", "resend")];
    caught(Plan { seconds: 10, variables, ..Plan::new(&[Fault::Kill]) }, &["twice", "there [2", "linearizable"]);
}
