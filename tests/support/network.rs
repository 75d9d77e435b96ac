//! A network for each node, so that they can be cut off from each other: network namespaces on one bridge.
//!
//! The test itself is connected to the bridge too and reaches all of them always. The bridge has a namespace of its own,
//! because a machine with Docker on it forwards nothing across bridges that it does not know.

use std::net::Ipv4Addr;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

/// Nodes by their places, from 0.
pub struct Network {
    name: String,
    /// The first three numbers of every address.
    subnet: [u8; 3],
    nodes: usize,
}

/// What all of ours begin with; then the test's process id, so that those of dead tests can be told.
const PREFIX: &str = "qlt";

impl Network {
    /// `None`, and a word why, on a machine where one may not do this; an error where `CI` is set.
    pub fn new(nodes: usize) -> Option<Network> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        sweep();
        let pid = std::process::id();
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let mut network = Network { name: format!("{PREFIX}{pid}-{number}"), subnet: [10, 0, 0], nodes: 0 };
        match network.build(nodes, pid, number) {
            Ok(()) => Some(network),
            Err(why) => {
                assert!(std::env::var_os("CI").is_none(), "no networks for the nodes: {why}");
                eprintln!("SKIPPED: no networks for the nodes (needs root, iproute2 and nftables): {why}");
                None
            }
        }
    }

    fn build(&mut self, nodes: usize, pid: u32, number: u32) -> Result<(), String> {
        let (switch, here) = (self.name.clone(), format!("{}h", self.name));
        run("nft", &["--version"])?;
        run("ip", &["netns", "add", &switch])?;
        run("ip", &["-n", &switch, "link", "add", "switch", "type", "bridge"])?;
        run("ip", &["-n", &switch, "link", "set", "switch", "up"])?;
        run("ip", &["link", "add", &here, "type", "veth", "peer", "name", "here", "netns", &switch])?;
        run("ip", &["-n", &switch, "link", "set", "here", "master", "switch", "up"])?;
        // Somebody may use the subnet already.
        let mut subnets = (0..50).map(|turn| pid.wrapping_mul(7).wrapping_add(number * 101 + turn * 13));
        let free = |seed: &u32| {
            let subnet = [10, 100 + (seed / 250 % 150) as u8, (seed % 250) as u8];
            let taken = run("ip", &["-o", "addr"]).is_ok_and(|all| all.contains(&format!(" {}.", dotted(subnet))));
            !taken
        };
        let seed = subnets.find(free).ok_or("no free subnet")?;
        self.subnet = [10, 100 + (seed / 250 % 150) as u8, (seed % 250) as u8];
        let subnet = dotted(self.subnet);
        run("ip", &["addr", "add", &format!("{subnet}.1/24"), "dev", &here])?;
        run("ip", &["link", "set", &here, "up"])?;
        for node in 0..nodes {
            let (space, address) = (self.space(node), format!("{}/24", self.address(node)));
            let port = format!("node{node}");
            run("ip", &["netns", "add", &space])?;
            self.nodes = node + 1;
            run("ip", &["-n", &switch, "link", "add", &port, "type", "veth", "peer", "name", "eth0", "netns", &space])?;
            run("ip", &["-n", &switch, "link", "set", &port, "master", "switch", "up"])?;
            run("ip", &["-n", &space, "link", "set", "lo", "up"])?;
            run("ip", &["-n", &space, "addr", "add", &address, "dev", "eth0"])?;
            run("ip", &["-n", &space, "link", "set", "eth0", "up"])?;
            self.inside(node, &["nft", "add", "table", "ip", "faults"])?;
            let chain = "{ type filter hook input priority 0; }";
            self.inside(node, &["nft", "add", "chain", "ip", "faults", "input", chain])?;
        }
        Ok(())
    }

    fn space(&self, node: usize) -> String {
        format!("{}-{node}", self.name)
    }

    pub fn address(&self, node: usize) -> Ipv4Addr {
        let [a, b, c] = self.subnet;
        Ipv4Addr::new(a, b, c, 10 + node as u8)
    }

    /// What runs a command in the node's network.
    pub fn prefix(&self, node: usize) -> Vec<String> {
        ["ip", "netns", "exec", &self.space(node)].map(str::to_owned).to_vec()
    }

    fn inside(&self, node: usize, words: &[&str]) -> Result<String, String> {
        let space = self.space(node);
        let mut all = vec!["netns", "exec", &space];
        all.extend(words);
        run("ip", &all)
    }

    #[track_caller]
    fn drop_at(&self, node: usize, rule: &str) {
        self.inside(node, &["nft", "add", "rule", "ip", "faults", "input", rule]).expect("a rule is added");
    }

    /// What the one sends does not reach the other any more. The other way is open.
    #[track_caller]
    pub fn cut(&self, from: usize, to: usize) {
        self.drop_at(to, &format!("ip saddr {} drop", self.address(from)));
    }

    /// Both ways between these and those.
    #[track_caller]
    pub fn part(&self, these: &[usize], those: &[usize]) {
        for (one, other) in these.iter().flat_map(|one| those.iter().map(move |other| (*one, *other))) {
            self.cut(one, other);
            self.cut(other, one);
        }
    }

    /// Cuts a node off from all other nodes; its clients still reach it.
    #[track_caller]
    pub fn isolate(&self, node: usize) {
        let others: Vec<usize> = (0..self.nodes).filter(|other| *other != node).collect();
        self.part(&[node], &others);
    }

    /// Loses so many of a hundred packets between nodes.
    #[track_caller]
    pub fn lose(&self, percent: u8) {
        for node in 0..self.nodes {
            let first = self.address(0);
            let peers = format!("ip saddr {first}-{}", self.address(self.nodes - 1));
            self.drop_at(node, &format!("{peers} numgen random mod 100 < {percent} drop"));
        }
    }

    /// What a node sends, to its clients too, takes its time: a narrow link with a long queue.
    #[track_caller]
    pub fn delay(&self, node: usize) {
        let narrow = ["rate", "400kbit", "burst", "5kb", "latency", "400ms"];
        let words = ["tc", "qdisc", "replace", "dev", "eth0", "root", "tbf"];
        self.inside(node, &[&words[..], &narrow].concat()).expect("the link is made narrow");
    }

    /// Ends every fault.
    #[track_caller]
    pub fn heal(&self) {
        for node in 0..self.nodes {
            self.inside(node, &["nft", "flush", "chain", "ip", "faults", "input"]).expect("the rules are taken away");
            // There may be none.
            let _ = self.inside(node, &["tc", "qdisc", "del", "dev", "eth0", "root"]);
        }
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        for node in 0..self.nodes {
            let _ = run("ip", &["netns", "del", &self.space(node)]);
        }
        let _ = run("ip", &["netns", "del", &self.name]);
    }
}

/// Takes away what killed tests have left behind.
fn sweep() {
    let dead = |name: &str| {
        let pid: Option<u32> = name.strip_prefix(PREFIX).and_then(|rest| rest.split('-').next()?.parse().ok());
        pid.is_some_and(|pid| !std::path::Path::new(&format!("/proc/{pid}")).exists())
    };
    for name in run("ip", &["netns", "list"]).unwrap_or_default().lines().filter_map(|line| line.split(' ').next()) {
        if dead(name) {
            let _ = run("ip", &["netns", "del", name]);
        }
    }
}

fn dotted([a, b, c]: [u8; 3]) -> String {
    format!("{a}.{b}.{c}")
}

fn run(program: &str, args: &[&str]) -> Result<String, String> {
    let output = Command::new(program).args(args).output().map_err(|error| format!("{program}: {error}"))?;
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        false => Err(format!("{program} {}: {}", args.join(" "), String::from_utf8_lossy(&output.stderr).trim())),
    }
}
