//! Keeps its promises under faults: clients on all nodes do what can be judged, while nodes are killed, stopped, cut off
//! and starved, and afterwards their histories are held against the promises: bank transfers, appended lists
//! (dependency cycles), rows that must be there once, registers (linearizability), and advisory locks (mutual exclusion).
//!
//! `CHECKER_SECONDS` sets how long the run takes (120 by default), `CHECKER_SEED` repeats one's schedule, and
//! `CHECKER_SECONDS=36000 cargo test --test checker promises -- --nocapture` goes on for hours.
//!
//! That this finds what it looks for is shown by nodes that are broken on purpose, or by settings that promise less: each
//! check fails, and each fault brings out what it is there for, which does not come out without it.

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
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rand::SeedableRng;
use rand::rngs::StdRng;
use tokio::task::JoinHandle;

use faults::{Fault, Machine, Schedule};
use history::{Errors, Op, Outcome, Recorder, Session};
use support::cluster::TestCluster;
use support::{sql, wait_until};

/// How a run is done.
struct Plan {
    seed: u64,
    seconds: u64,
    faults: Schedule,
    /// For every client's connection.
    setup: &'static str,
    /// How interactive transactions begin.
    begin: &'static [&'static str],
    /// How many of the advisory locks are held for so long that a new leader comes meanwhile.
    long_holds: f64,
    /// What is broken in every node.
    sabotage: Option<&'static str>,
}

impl Plan {
    fn new() -> Plan {
        let number = |name: &str| std::env::var(name).ok().map(|value| value.parse().expect("a number"));
        Plan {
            seed: number("CHECKER_SEED").unwrap_or_else(rand::random),
            seconds: number("CHECKER_SECONDS").unwrap_or(120),
            faults: Schedule { turns: faults::ALL.to_vec(), of_leader: 0.6, lasts: 500..4000 },
            setup: "",
            begin: BEGIN,
            long_holds: 0.2,
            sabotage: None,
        }
    }

    /// Short, of what is expected to be caught.
    fn of_broken(sabotage: Option<&'static str>, faults: &'static [Fault], lasts: Range<u64>) -> Plan {
        let turns = if faults.is_empty() { Vec::new() } else { vec![faults] };
        // One that is deaf sends on what its clients want, and hears no answer.
        let of_leader = if faults.contains(&Fault::Deaf) { 0.0 } else { 1.0 };
        let faults = Schedule { turns, of_leader, lasts };
        let long_holds = if sabotage == Some("forget-holdings") { 1.0 } else { 0.2 };
        Plan { seconds: 8, faults, long_holds, sabotage, ..Plan::new() }
    }
}

/// Milliseconds that are longer than a node waits for its leader, and a little.
const LONG: Range<u64> = 2500..3500;

/// Of faults that show something when they begin: the more of them, the better.
const SHORT: Range<u64> = 300..1000;

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
        if let Some(sabotage) = plan.sabotage {
            node.set("QUORLITE_SABOTAGE", sabotage);
        }
    }
    let mut machine = Machine::new(cluster);
    machine.cluster.nodes.iter_mut().for_each(|node| node.start());
    machine.wait_ready().unwrap_or_else(|why| panic!("{why}"));
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
    let ready = done.and_then(|done| machine.wait_ready().map(|()| done));
    let done = match ready {
        Ok(done) => done,
        Err(why) => return Some(Err(why)),
    };
    histories.print(done);
    // What was unknown may still be on its way; a write of our own comes after it.
    let last = sql::psql(nodes[0], &["INSERT INTO registers VALUES (-1, 0)"]);
    let result = last.and_then(|_| runtime.block_on(judge(&histories, &nodes)));
    if result.is_ok() {
        machine.cluster.assert_equal();
    }
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
        let (begin, long_holds) = (plan.begin, plan.long_holds);
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
            mutex: (15..18)
                .map(|n| {
                    client!(runtime, base(plan, nodes, start, n), stop, async |s: &mut _, r: &mut _, g: &mut _| {
                        mutex::step(s, r, g, long_holds).await
                    })
                })
                .collect(),
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
    fn print(&self, turns: usize) {
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
        println!("{turns} turns of faults");
        println!("bank {}, append {}", counts(&self.bank), counts(&self.append));
        println!("unique {}, register {}", counts(&self.unique), counts(&self.register));
        println!("mutex {}", counts(&self.mutex));
        self.errors.iter().for_each(|(why, count)| println!("  {count} × {why}"));
    }
}

/// All that is wrong.
async fn judge(histories: &Histories, nodes: &[SocketAddr]) -> Result<(), String> {
    let mut wrong = Vec::new();
    for node in nodes {
        match look(histories, *node).await {
            Ok(found) => wrong.extend(found),
            Err(error) => wrong.push(format!("{node} cannot be read: {error}")),
        }
    }
    wrong.extend(linear::check(&histories.register).err());
    wrong.extend(mutex::check(&histories.mutex).err());
    // Checks of nothing prove nothing.
    fn done<T>(ops: &[Op<T>]) -> usize {
        ops.iter().filter(|op| op.outcome == Outcome::Done).count()
    }
    let least = [done(&histories.bank), done(&histories.append), done(&histories.unique), done(&histories.register)];
    if least.iter().any(|count| *count < 100) {
        wrong.push(format!("hardly anything was done: {least:?}"));
    }
    // Each takes a while, by design.
    if done(&histories.mutex) < 3 {
        wrong.push("hardly anything was locked".to_owned());
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
}

/// What is wrong with what a node has in the end.
async fn look(histories: &Histories, node: SocketAddr) -> Result<Vec<String>, sql::Error> {
    let client = sql::connect(node).await?;
    let balances = bank::balances(&client).await?;
    let found = [
        bank::check(&histories.bank, &balances),
        append::check(&histories.append, &append::finally(&client).await?),
        unique::check(&histories.unique, &unique::finally(&client).await?),
    ];
    Ok(found.into_iter().filter_map(Result::err).collect())
}

#[test]
fn promises_are_kept_under_faults() {
    if let Some(result) = run(&Plan::new()) {
        result.unwrap_or_else(|why| panic!("{why}"));
    }
}

/// Runs what is broken on purpose until it is caught, for one of the reasons: that the checks above pass means something
/// only if these do not.
#[track_caller]
fn caught(mut plan: Plan, reasons: &[&str]) {
    for _ in 0..10 {
        match run(&plan) {
            None => return,
            Some(Err(why)) if reasons.iter().any(|reason| why.contains(reason)) => return println!("caught: {why}"),
            Some(Err(why)) => println!("caught for another reason: {why}"),
            Some(Ok(())) => {}
        }
        plan.seed = plan.seed.wrapping_add(1);
    }
    panic!("not caught");
}

const UNORDERED: &str = "cannot be put in order";
const UNBALANCED: &str = "money is lost or made";
/// What was acknowledged, or read, is not there.
const LOST: &[&str] = &["are there [0", "is lost", "is not the beginning of"];
const TWICE: &[&str] = &["are there [2", "was applied twice"];
const STALE: &[&str] = &["is not linearizable"];
/// As a node says that has noticed it itself.
const DIVERGED: &[&str] = &["this replica has diverged"];
const BOTH: &[&str] = &["both held lock"];

#[test]
fn stale_reads_are_caught() {
    caught(Plan { setup: "SET quorlite.read_consistency = stale", ..Plan::of_broken(None, &[], LONG) }, STALE);
}

#[test]
fn what_read_committed_allows_is_caught() {
    let begin = &["BEGIN ISOLATION LEVEL READ COMMITTED"];
    caught(Plan { begin, ..Plan::of_broken(None, &[], LONG) }, &[UNBALANCED]);
    caught(Plan { begin, ..Plan::of_broken(None, &[], LONG) }, &[UNORDERED]);
}

/// What each fault is there for: nodes that are broken so, and what their clients see of it.
macro_rules! brings_out {
    ($($name:ident: $faults:expr, $lasts:expr, $sabotage:expr, $reasons:expr;)*) => {
        $(
            #[test]
            fn $name() {
                caught(Plan::of_broken(Some($sabotage), &$faults, $lasts), $reasons);
            }
        )*

        /// Without the fault, none of it.
        #[test]
        fn what_is_broken_takes_a_fault_to_come_out() {
            let mut seen = BTreeMap::new();
            $(seen.entry($sabotage).or_insert($reasons);)*
            for (sabotage, reasons) in seen {
                hides(sabotage, reasons);
            }
        }
    };
}

/// A busy machine has a fault of its own now and then: once is enough.
#[track_caller]
fn hides(sabotage: &'static str, reasons: &[&str]) {
    // Of a clock the leader's lease may show something only when another leads.
    let faults: &[Fault] = if sabotage == "lease-by-time-of-day" { &[Fault::Isolate] } else { &[] };
    for _ in 0..10 {
        match run(&Plan { seconds: 3, ..Plan::of_broken(Some(sabotage), faults, LONG) }) {
            Some(Err(why)) if reasons.iter().any(|reason| why.contains(reason)) => {
                println!("{sabotage} comes out by itself: {why}")
            }
            _ => return,
        }
    }
    panic!("{sabotage} comes out by itself");
}

brings_out! {
    a_kill_brings_out_what_is_sent_again: [Fault::Kill], SHORT, "resend", TWICE;
    a_stop_brings_out_what_only_the_leader_has: [Fault::Stop], SHORT, "acknowledge-early", LOST;
    a_kill_brings_out_what_a_new_leader_forgets: [Fault::Kill], SHORT, "forget-holdings", BOTH;
    a_pause_brings_out_what_only_the_leader_has: [Fault::Pause], LONG, "acknowledge-early", LOST;
    a_kill_of_all_brings_out_what_only_the_leader_has: [Fault::KillAll], SHORT, "acknowledge-early", LOST;
    a_power_loss_brings_out_what_is_not_synced: [Fault::PowerLoss], SHORT, "leave-unsynced", LOST;
    isolation_brings_out_what_only_the_leader_has: [Fault::Isolate], LONG, "acknowledge-early", LOST;
    isolation_brings_out_a_lease_that_does_not_end: [Fault::Isolate], LONG, "keep-lease", STALE;
    a_leader_that_nobody_hears_brings_out_what_only_it_has: [Fault::Mute], LONG, "acknowledge-early", LOST;
    a_node_that_hears_nobody_brings_out_what_is_sent_again: [Fault::Deaf], LONG, "resend", TWICE;
    a_pair_cut_off_brings_out_reads_that_ask_nobody: [Fault::Pair], LONG, "read-unasked", STALE;
    loss_brings_out_what_is_sent_again: [Fault::Loss], LONG, "resend", TWICE;
    delay_brings_out_what_is_sent_again: [Fault::Delay], LONG, "resend", TWICE;
    a_full_disk_brings_out_writes_that_are_not_looked_after: [Fault::FullDisk], LONG, "overlook-full-disk", DIVERGED;
    a_clock_brings_out_a_lease_by_the_time_of_day: [Fault::Clock, Fault::Isolate], LONG, "lease-by-time-of-day", STALE;
}

/// What is only slow breaks no promise by itself; it must be slow.
#[test]
fn a_slow_disk_is_slow() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(cluster) = TestCluster::isolated(3, &[]) else { return };
    let mut machine = Machine::new(cluster);
    machine.cluster.nodes.iter_mut().for_each(|node| node.start());
    machine.wait_ready().unwrap_or_else(|why| panic!("{why}"));
    machine.cluster.nodes[0].psql(&["CREATE TABLE t (a int)"]);
    // How long some syncs of a node's log take, of which there are as many as can be.
    let took = |machine: &Machine, node: usize| {
        let node = &machine.cluster.nodes[node];
        let count = || node.metric("raft_log_syncs_total");
        let (start, before) = (Instant::now(), count()?);
        while count()? < before + 5 {
            sql::psql(node.sql_address(), &["INSERT INTO t VALUES (1)"; 5])?;
        }
        Ok::<_, String>(start.elapsed())
    };
    // No machine is as slow by itself.
    let slow = Duration::from_secs(5);
    let leader = machine.cluster.leader();
    for node in [leader, (leader + 1) % 3] {
        wait_until("the disk is quick", || match took(&machine, node)? {
            took if took < slow => Ok(()),
            took => Err(format!("5 syncs took {took:?}")),
        });
        machine.slow_disk(node, 1000);
        let took = took(&machine, node).unwrap_or_else(|why| panic!("{why}"));
        assert!(took >= slow, "5 syncs took {took:?}");
        machine.end(&[Fault::SlowDisk]).unwrap_or_else(|why| panic!("{why}"));
    }
}
