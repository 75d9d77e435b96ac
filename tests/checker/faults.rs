//! What goes wrong while the clients work: one fault after another, drawn from a seed.

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use rand::RngExt;
use rand::rngs::StdRng;

use crate::support::cluster::TestCluster;
use crate::support::wait_until;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Fault {
    /// kill -9 of a node, started again after a while.
    Kill,
    /// SIGTERM: hands its leadership over.
    Stop,
    /// SIGSTOP: silent, but its connections stay.
    Pause,
    KillAll,
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

pub const ALL: [Fault; 13] = [
    Fault::Kill,
    Fault::Stop,
    Fault::Pause,
    Fault::KillAll,
    Fault::Isolate,
    Fault::Mute,
    Fault::Deaf,
    Fault::Pair,
    Fault::Loss,
    Fault::Delay,
    Fault::SlowDisk,
    Fault::FullDisk,
    Fault::Clock,
];

/// The cluster, and what can be done to it.
pub struct Machine {
    pub cluster: TestCluster,
    controls: Vec<File>,
}

impl Machine {
    /// Prepares the nodes to be preloaded with shim.c.
    pub fn new(mut cluster: TestCluster) -> Machine {
        let shim = shim(cluster.directory());
        let mut controls = Vec::new();
        let directory = cluster.directory().to_owned();
        for node in &mut cluster.nodes {
            let path = directory.join(format!("{}.control", node.name));
            std::fs::write(&path, [0; 24]).expect("a control file");
            controls.push(File::options().write(true).open(&path).expect("a control file"));
            node.set("LD_PRELOAD", &shim.to_string_lossy());
            node.set("SHIM_CONTROL", &path.to_string_lossy());
        }
        Machine { cluster, controls }
    }

    fn control(&mut self, node: usize, which: u64, value: i64) {
        let file = &mut self.controls[node];
        file.seek(SeekFrom::Start(which * 8)).expect("seeks");
        file.write_all(&value.to_ne_bytes()).expect("writes");
    }

    /// Begins a fault; `None` if there is nobody to meet it now.
    pub fn begin(&mut self, fault: Fault, random: &mut StdRng) -> String {
        let count = self.cluster.nodes.len();
        // The leader is the one worth hitting.
        let node = match self.leader() {
            Some(leader) if random.random_bool(0.6) => leader,
            _ => random.random_range(0..count),
        };
        let other = (node + random.random_range(1..count)) % count;
        let others: Vec<usize> = (0..count).filter(|other| *other != node).collect();
        let network = self.cluster.network.as_ref().expect("isolated nodes");
        match fault {
            Fault::Kill => self.cluster.nodes[node].kill(),
            Fault::Stop => self.cluster.nodes[node].stop(),
            Fault::Pause => self.cluster.nodes[node].running().signal("STOP"),
            Fault::KillAll => self.cluster.nodes.iter_mut().for_each(|node| node.kill()),
            Fault::Isolate => network.isolate(node),
            Fault::Mute => others.iter().for_each(|other| network.cut(node, *other)),
            Fault::Deaf => others.iter().for_each(|other| network.cut(*other, node)),
            Fault::Pair => network.part(&[node], &[other]),
            Fault::Loss => network.lose(random.random_range(5..30)),
            Fault::Delay => network.delay(node),
            Fault::SlowDisk => self.control(node, 0, random.random_range(20..300)),
            Fault::FullDisk => self.control(node, 1, 1),
            Fault::Clock => {
                let seconds = random.random_range(1..100_000) * if random.random_bool(0.5) { 1 } else { -1 };
                self.control(node, 2, seconds * 1000);
            }
        }
        format!("{fault:?} node {}", node + 1)
    }

    /// Ends every fault, and starts again who is down.
    pub fn end(&mut self, fault: Fault) {
        if let Some(network) = &self.cluster.network {
            network.heal();
        }
        for node in 0..self.cluster.nodes.len() {
            for which in 0..3 {
                self.control(node, which, 0);
            }
            if fault == Fault::Pause {
                self.cluster.nodes[node].running().signal("CONT");
            }
            // A node whose disk is full may give up; nobody else may.
            if let Some(process) = &mut self.cluster.nodes[node].process
                && let Some(status) = process.ended()
            {
                assert!(fault == Fault::FullDisk, "a node ended by itself ({status}):\n{}", process.stderr());
                self.cluster.nodes[node].process = None;
            }
            if self.cluster.nodes[node].process.is_none() {
                self.cluster.nodes[node].start();
            }
        }
    }

    pub fn wait_ready(&mut self) {
        let cluster = &mut self.cluster;
        wait_until("all nodes are ready", || cluster.nodes.iter().try_for_each(|node| node.ready()));
    }

    fn leader(&self) -> Option<usize> {
        self.cluster.nodes.iter().position(|node| node.process.is_some() && node.metric("raft_is_leader") == Ok(1))
    }

    /// Fault after fault, each once before any comes again, until `more` says no.
    pub fn run(&mut self, faults: &[Fault], random: &mut StdRng, mut more: impl FnMut() -> bool) -> Vec<String> {
        let mut done = Vec::new();
        let mut turn: Vec<Fault> = Vec::new();
        let pause = |random: &mut StdRng, range: std::ops::Range<u64>| {
            std::thread::sleep(Duration::from_millis(random.random_range(range)));
        };
        while !faults.is_empty() && more() {
            if turn.is_empty() {
                turn = faults.to_vec();
            }
            let fault = turn.swap_remove(random.random_range(0..turn.len()));
            pause(random, 300..1500);
            let what = self.begin(fault, random);
            println!("  {what}");
            done.push(what);
            pause(random, 500..4000);
            self.end(fault);
            // Often the next comes before all have recovered.
            if random.random_bool(0.5) {
                self.wait_ready();
            }
        }
        done
    }
}

fn shim(directory: &Path) -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/checker/shim.c");
    let shim = directory.join("shim.so");
    let output = Command::new("cc").args(["-shared", "-fPIC", "-O1", "-o"]).arg(&shim).arg(source).arg("-ldl").output();
    let output = output.expect("the C compiler runs, as it did for SQLite");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    shim
}
