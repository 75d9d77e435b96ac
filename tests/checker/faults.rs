//! What goes wrong while the clients work: one fault after another, drawn from a seed.

use std::ops::Range;
use std::time::{Duration, Instant};

use rand::RngExt;
use rand::rngs::StdRng;

use crate::support;
use crate::support::cluster::TestCluster;
use crate::support::shim::Shim;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Fault {
    /// kill -9 of a node, started again after a while.
    Kill,
    /// SIGTERM: hands its leadership over.
    Stop,
    /// SIGSTOP: silent, but its connections stay.
    Pause,
    KillAll,
    /// As [`Fault::KillAll`], and what was not synced is lost.
    PowerLoss,
    /// One node sees no other, its clients still see it.
    Isolate,
    /// What a node sends to the others is lost, what they send arrives.
    Mute,
    /// What others send to a node is lost.
    Deaf,
    /// Two nodes do not see each other; both see the third.
    Pair,
    Loss,
    Delay,
    SlowDisk,
    FullDisk,
    Clock,
}

/// What happens together, to the same node. Each happens alone; and then some that are worse with another.
pub const ALL: [&[Fault]; 17] = [
    &[Fault::Kill],
    &[Fault::Stop],
    &[Fault::Pause],
    &[Fault::KillAll],
    &[Fault::PowerLoss],
    &[Fault::Isolate],
    &[Fault::Mute],
    &[Fault::Deaf],
    &[Fault::Pair],
    &[Fault::Loss],
    &[Fault::Delay],
    &[Fault::SlowDisk],
    &[Fault::FullDisk],
    &[Fault::Clock],
    &[Fault::Clock, Fault::Isolate],
    &[Fault::SlowDisk, Fault::PowerLoss],
    &[Fault::Loss, Fault::Stop],
];

/// How faults come.
#[derive(Clone)]
pub struct Schedule {
    pub turns: Vec<&'static [Fault]>,
    /// How often they are the leader's: it is the one worth hitting.
    pub of_leader: f64,
    /// Milliseconds.
    pub lasts: Range<u64>,
}

/// The cluster, and what can be done to it.
pub struct Machine {
    pub cluster: TestCluster,
    shims: Vec<Shim>,
}

impl Machine {
    /// Prepares the nodes to be preloaded.
    pub fn new(mut cluster: TestCluster) -> Machine {
        let shims = Shim::preload(&mut cluster);
        Machine { cluster, shims }
    }

    /// Begins a fault of that node.
    pub fn begin(&mut self, fault: Fault, node: usize, random: &mut StdRng) {
        let count = self.cluster.nodes.len();
        let other = (node + random.random_range(1..count)) % count;
        let others: Vec<usize> = (0..count).filter(|other| *other != node).collect();
        let network = self.cluster.network.as_ref().expect("isolated nodes");
        match fault {
            Fault::Kill => self.cluster.nodes[node].kill(),
            Fault::Stop => self.cluster.nodes[node].stop(),
            Fault::Pause => self.cluster.nodes[node].running().signal("STOP"),
            Fault::KillAll => self.kill_all(),
            Fault::PowerLoss => {
                self.kill_all();
                for (shim, node) in self.shims.iter().zip(&self.cluster.nodes) {
                    shim.lose_power(node);
                }
            }
            Fault::Isolate => network.isolate(node),
            Fault::Mute => others.iter().for_each(|other| network.cut(node, *other)),
            Fault::Deaf => others.iter().for_each(|other| network.cut(*other, node)),
            Fault::Pair => network.part(&[node], &[other]),
            Fault::Loss => network.lose(random.random_range(5..30)),
            Fault::Delay => network.delay(node),
            Fault::SlowDisk => self.slow_disk(node, random.random_range(20..300)),
            Fault::FullDisk => self.shims[node].full_disk(),
            Fault::Clock => {
                let seconds = random.random_range(1..100_000) * if random.random_bool(0.5) { 1 } else { -1 };
                self.shims[node].clock(seconds * 1000);
            }
        }
    }

    /// All at the same moment.
    fn kill_all(&mut self) {
        self.cluster.nodes.iter_mut().for_each(|node| node.running().signal("KILL"));
        self.cluster.nodes.iter_mut().for_each(|node| node.kill());
    }

    /// Each sync takes so many milliseconds longer.
    pub fn slow_disk(&mut self, node: usize, milliseconds: i64) {
        self.shims[node].slow_disk(milliseconds);
    }

    /// Ends every fault, and starts again who is down.
    pub fn end(&mut self, faults: &[Fault]) -> Result<(), String> {
        if let Some(network) = &self.cluster.network {
            network.heal();
        }
        self.shims.iter_mut().for_each(Shim::heal);
        for node in &mut self.cluster.nodes {
            if faults.contains(&Fault::Pause) {
                node.running().signal("CONT");
            }
            if let Some(process) = &mut node.process
                && let Some(status) = process.ended()
            {
                let log = process.stderr();
                node.process = None;
                // One whose disk is full may give up; nobody else may.
                if !faults.contains(&Fault::FullDisk) {
                    return Err(format!("{} ended by itself ({status}):\n{log}", node.name));
                }
            }
            if node.process.is_none() {
                node.start();
            }
        }
        Ok(())
    }

    pub fn wait_ready(&mut self) -> Result<(), String> {
        let start = Instant::now();
        for node in &mut self.cluster.nodes {
            while let Err(why) = node.ready() {
                let process = node.running();
                if let Some(status) = process.ended() {
                    let log = process.stderr();
                    return Err(format!("{} ended by itself ({status}):\n{log}", node.name));
                }
                if start.elapsed() > support::PATIENCE {
                    return Err(format!("{} does not get ready: {why}", node.name));
                }
                std::thread::sleep(Duration::from_millis(20));
            }
        }
        Ok(())
    }

    fn leader(&self) -> Option<usize> {
        self.cluster.nodes.iter().position(|node| node.process.is_some() && node.metric("raft_is_leader") == Ok(1))
    }

    /// Turn after turn, each once before any comes again, until `more` says no. Tells how many there were.
    pub fn run(
        &mut self,
        schedule: &Schedule,
        random: &mut StdRng,
        mut more: impl FnMut() -> bool,
    ) -> Result<usize, String> {
        let mut done = 0;
        let mut turns: Vec<&[Fault]> = Vec::new();
        let pause = |random: &mut StdRng, range: Range<u64>| {
            std::thread::sleep(Duration::from_millis(random.random_range(range)));
        };
        while !schedule.turns.is_empty() && more() {
            if turns.is_empty() {
                turns = schedule.turns.clone();
            }
            let faults = turns.swap_remove(random.random_range(0..turns.len()));
            pause(random, 300..1500);
            let node = match self.leader() {
                Some(leader) if random.random_bool(schedule.of_leader) => leader,
                _ => random.random_range(0..self.cluster.nodes.len()),
            };
            println!("  {faults:?} node {}", node + 1);
            for (place, fault) in faults.iter().enumerate() {
                if place > 0 {
                    pause(random, 100..800);
                }
                self.begin(*fault, node, random);
            }
            done += 1;
            pause(random, schedule.lasts.clone());
            self.end(faults)?;
            // Often the next comes before all have recovered.
            if random.random_bool(0.5) {
                self.wait_ready()?;
            }
        }
        Ok(done)
    }
}
