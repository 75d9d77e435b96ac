//! Nodes on this machine that form a cluster.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use tempfile::TempDir;

use super::network::Network;
use super::process::{self, Process};
use super::{files, http, sql, wait_until};

/// One node: its command is kept, so that a restart is the same command again.
pub struct TestNode {
    pub name: String,
    pub data: PathBuf,
    host: IpAddr,
    pub sql_port: u16,
    pub cluster_port: u16,
    pub http_port: u16,
    args: Vec<String>,
    /// What stands before the binary, to start it in another network.
    prefix: Vec<String>,
    variables: Vec<(String, String)>,
    logs: PathBuf,
    pub process: Option<Process>,
}

impl TestNode {
    fn command(&self) -> Command {
        let mut command = process::quorlite_behind(&self.prefix);
        command.args(&self.args);
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Starts, or starts again.
    pub fn start(&mut self) {
        assert!(self.process.is_none(), "{} is running", self.name);
        self.process = Some(Process::start(self.command(), &self.logs, &self.name));
    }

    /// Adds flags for the starts to come.
    pub fn add_args(&mut self, args: &[&str]) {
        self.args.extend(args.iter().map(|arg| (*arg).to_owned()));
    }

    /// Has the next start use another data directory.
    pub fn data_is(&mut self, data: &str) {
        let at = self.args.iter().position(|arg| arg == "--data").expect("every node has one");
        self.args[at + 1] = data.to_owned();
        self.data = PathBuf::from(data);
    }

    /// Sets a variable for the starts to come.
    pub fn set(&mut self, name: &str, value: &str) {
        self.variables.push((name.to_owned(), value.to_owned()));
    }

    pub fn sql_address(&self) -> SocketAddr {
        SocketAddr::from((self.host, self.sql_port))
    }

    pub fn cluster_address(&self) -> String {
        SocketAddr::from((self.host, self.cluster_port)).to_string()
    }

    fn http_address(&self) -> SocketAddr {
        SocketAddr::from((self.host, self.http_port))
    }

    pub fn running(&mut self) -> &mut Process {
        self.process.as_mut().expect("the node runs")
    }

    pub fn kill(&mut self) {
        self.running().kill();
        self.process = None;
    }

    /// SIGTERM, and the wait for the end, which must be a success.
    #[track_caller]
    pub fn stop(&mut self) {
        let process = self.running();
        process.signal("TERM");
        let status = process.wait(Duration::from_secs(30));
        let log = process.stderr();
        assert!(status.success(), "{} ended with {status}\n{log}", self.name);
        self.process = None;
    }

    pub fn ready(&self) -> Result<(), String> {
        match http::get(self.http_address(), "/readyz")? {
            (200, _) => Ok(()),
            (_, reason) => Err(reason),
        }
    }

    #[track_caller]
    pub fn wait_ready(&mut self) {
        let name = self.name.clone();
        wait_until(&format!("{name} is ready"), || {
            if let Some(status) = self.running().ended() {
                panic!("{name} ended with {status}\n{}", self.running().stderr());
            }
            self.ready()
        });
    }

    pub fn metric(&self, name: &str) -> Result<u64, String> {
        http::metric(self.http_address(), name)
    }

    /// The file that Datasette opens.
    pub fn file(&self) -> PathBuf {
        self.data.join("databases").join("postgres.sqlite")
    }

    #[track_caller]
    pub fn psql(&self, statements: &[&str]) -> String {
        sql::psql(self.sql_address(), statements).unwrap_or_else(|error| panic!("psql on {}: {error}", self.name))
    }
}

pub struct TestCluster {
    pub nodes: Vec<TestNode>,
    /// Of the nodes that have networks of their own.
    pub network: Option<Network>,
    directory: TempDir,
    /// For every node, behind its own.
    common: Vec<String>,
}

impl TestCluster {
    /// No node yet; `common` are flags for each.
    pub fn empty(common: &[&str]) -> TestCluster {
        let directory = tempfile::Builder::new().prefix("quorlite-test-").tempdir().expect("a temporary directory");
        TestCluster {
            nodes: Vec::new(),
            network: None,
            directory,
            common: common.iter().map(|arg| (*arg).to_owned()).collect(),
        }
    }

    /// `nodes` nodes, each joined to the first, all ready.
    #[track_caller]
    pub fn start(nodes: usize, common: &[&str]) -> TestCluster {
        let mut cluster = TestCluster::empty(common);
        for index in 0..nodes {
            cluster.add();
            cluster.nodes[index].start();
            // The first must be a cluster before the second can join it; the others may come together.
            if index == 0 {
                cluster.nodes[0].wait_ready();
            }
        }
        cluster.wait_ready();
        cluster
    }

    /// `nodes` nodes with a network each, not started yet: they form a cluster once all of them run. `None`, and a word
    /// why, where this machine does not allow that.
    pub fn isolated(nodes: usize, common: &[&str]) -> Option<TestCluster> {
        let network = Network::new(nodes)?;
        let join: Vec<String> = (0..nodes).map(|index| format!("{}:7432", network.address(index))).collect();
        let mut cluster = TestCluster { network: Some(network), ..TestCluster::empty(common) };
        for _ in 0..nodes {
            cluster.add_with(&["--join", &join.join(","), "--bootstrap-expect", &nodes.to_string()]);
        }
        Some(cluster)
    }

    pub fn directory(&self) -> &std::path::Path {
        self.directory.path()
    }

    /// Prepares one more node, joining the first; returns its place in [`TestCluster::nodes`].
    pub fn add(&mut self) -> usize {
        let join = self.nodes.first().map(TestNode::cluster_address);
        self.add_with(join.as_deref().map_or(vec![], |first| vec!["--join", first]).as_slice())
    }

    pub fn add_with(&mut self, own: &[&str]) -> usize {
        let index = self.nodes.len();
        let name = format!("node.{}", index + 1);
        let host: IpAddr = self.network.as_ref().map_or(Ipv4Addr::LOCALHOST, |network| network.address(index)).into();
        let [sql_port, cluster_port, http_port] = match self.network {
            Some(_) => [5432, 7432, 8432],
            None => [(); 3].map(|()| super::free_port()),
        };
        let data = self.directory.path().join(&name);
        let mut args: Vec<String> = vec!["start".into(), "--data".into(), data.to_string_lossy().into_owned()];
        for (flag, port) in [("--listen", sql_port), ("--cluster-listen", cluster_port), ("--http-listen", http_port)] {
            args.extend([flag.to_owned(), SocketAddr::from((host, port)).to_string()]);
        }
        if self.network.is_some() {
            args.push("--insecure".to_owned());
        }
        args.extend(own.iter().map(|arg| (*arg).to_owned()));
        args.extend(self.common.iter().cloned());
        let logs = self.directory.path().to_owned();
        let prefix = self.network.as_ref().map_or(Vec::new(), |network| network.prefix(index));
        self.nodes.push(TestNode {
            name,
            data,
            host,
            sql_port,
            cluster_port,
            http_port,
            args,
            prefix,
            variables: Vec::new(),
            logs,
            process: None,
        });
        index
    }

    #[track_caller]
    pub fn wait_ready(&mut self) {
        for node in self.nodes.iter_mut().filter(|node| node.process.is_some()) {
            node.wait_ready();
        }
    }

    fn running(&self) -> impl Iterator<Item = &TestNode> {
        self.nodes.iter().filter(|node| node.process.is_some())
    }

    pub fn running_ports(&self) -> Vec<u16> {
        self.running().map(|node| node.sql_port).collect()
    }

    /// The place of the leader that all running nodes agree on.
    #[track_caller]
    pub fn leader(&self) -> usize {
        wait_until("all nodes agree on a leader", || {
            let mut leader = None;
            for node in self.running() {
                let id = node.metric("raft_leader_id")?;
                if id == 0 || *leader.get_or_insert(id) != id {
                    return Err(format!("{} follows {id}, others {leader:?}", node.name));
                }
            }
            let leads = |node: &TestNode| node.process.is_some() && node.metric("raft_is_leader") == Ok(1);
            self.nodes.iter().position(leads).ok_or_else(|| "nobody leads".to_owned())
        })
    }

    /// Some running node that does not lead.
    #[track_caller]
    pub fn follower(&self) -> usize {
        let leader = self.leader();
        let follows = |(index, node): (usize, &TestNode)| (index != leader && node.process.is_some()).then_some(index);
        self.nodes.iter().enumerate().find_map(follows).expect("a cluster of several nodes")
    }

    /// Waits until a leader's log no longer reaches back to this index.
    #[track_caller]
    pub fn wait_purged(&self, leader: usize, index: u64) {
        wait_until("the log is purged", || match self.nodes[leader].metric("raft_purged_index")? {
            purged if purged > index => Ok(()),
            purged => Err(format!("purged up to {purged}, not beyond {index}")),
        });
    }

    /// Runs an administrator's command through the first running node: exit code, stdout, stderr.
    pub fn admin(&self, words: &[&str]) -> (i32, String, String) {
        let address = self.running().next().expect("a running node").cluster_address();
        let mut args = words.to_vec();
        args.extend(["--connect", &address]);
        process::run(&args)
    }

    /// Waits until `quorlite check` says equal for all nodes, then compares the files by the stock shell.
    #[track_caller]
    pub fn assert_equal(&self) {
        wait_until("quorlite check says equal", || match self.admin(&["check"]) {
            (0, stdout, _) if stdout.contains("equal") => Ok(()),
            (code, stdout, stderr) => Err(format!("exit code {code}: {stdout}{stderr}")),
        });
        self.assert_files_equal();
    }

    /// Compares schema, rows and rowids of the running nodes' files, which must come to the same.
    #[track_caller]
    pub fn assert_files_equal(&self) {
        wait_until("the files are equal", || {
            let mut dumps = Vec::new();
            for node in self.running() {
                dumps.push((&node.name, files::dump(&node.file())?));
            }
            for (name, dump) in &dumps[1..] {
                if let Some(difference) = files::first_difference(&dumps[0].1, dump) {
                    return Err(format!("{} and {name}: {difference}", dumps[0].0));
                }
            }
            Ok(())
        });
    }
}
