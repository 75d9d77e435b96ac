//! Networks that fail: nodes cut off in silence, in one direction or both, and joined again.

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use support::cluster::{TestCluster, TestNode};
use support::sql::{self, Client};
use support::wait_until;
use support::writers::{self, Ledger};
use tokio::task::JoinHandle;

/// How long a statement waits for a leader or a majority; see `--patience`.
const PATIENCE: Duration = Duration::from_secs(3);

fn three() -> Option<TestCluster> {
    let mut cluster = TestCluster::isolated(3, &["--patience", "3"])?;
    cluster.nodes.iter_mut().for_each(TestNode::start);
    cluster.wait_ready();
    cluster.nodes[0].psql(&[writers::TABLE, "INSERT INTO acked VALUES (-1, 0, 'before')"]);
    Some(cluster)
}

/// Which way the packets between a node and all others are lost.
#[derive(Clone, Copy, PartialEq)]
enum Lost {
    Sent,
    Received,
    Both,
}

fn isolate(cluster: &TestCluster, node: usize, lost: Lost) {
    let network = cluster.network.as_ref().expect("nodes with networks");
    for other in (0..cluster.nodes.len()).filter(|other| *other != node) {
        if lost != Lost::Received {
            network.cut(node, other);
        }
        if lost != Lost::Sent {
            network.cut(other, node);
        }
    }
}

fn heal(cluster: &TestCluster) {
    cluster.network.as_ref().expect("nodes with networks").heal();
}

/// Inserts through one node, all the time.
struct Writer {
    stop: Arc<AtomicBool>,
    task: JoinHandle<(Ledger, Duration)>,
}

impl Writer {
    async fn start(node: &TestNode, number: i64) -> Writer {
        let stop = Arc::new(AtomicBool::new(false));
        let client = sql::connect(node.sql_address()).await.expect("connects");
        let task = tokio::spawn(write(client, number, stop.clone()));
        Writer { stop, task }
    }

    /// What it knows, and the longest time from one success to the next.
    async fn stop(self) -> (Ledger, Duration) {
        self.stop.store(true, Ordering::SeqCst);
        self.task.await.expect("a writer does not panic")
    }
}

async fn write(client: Client, writer: i64, stop: Arc<AtomicBool>) -> (Ledger, Duration) {
    let (mut ledger, mut longest, mut last) = (Ledger::default(), Duration::ZERO, Instant::now());
    for number in 0.. {
        if stop.load(Ordering::SeqCst) {
            break;
        }
        let id = writer * 1_000_000_000 + number;
        match client.simple_query(&format!("INSERT INTO acked VALUES ({id}, {writer}, '')")).await {
            Ok(_) => {
                ledger.acknowledged.push(id);
                longest = longest.max(last.elapsed());
                last = Instant::now();
            }
            Err(error) => match sql::state(&error) {
                Some("08007") => ledger.unknown.push(id),
                Some(state) => ledger.refused.push((id, state.to_owned())),
                None => panic!("a node that lives has closed the connection: {error}"),
            },
        }
    }
    (ledger, longest)
}

/// Reads through one node, all the time, what must be current. Gives the longest pause once told to stop.
fn start_reading(client: Client, stop: Arc<AtomicBool>) -> JoinHandle<Duration> {
    tokio::spawn(async move {
        let (mut longest, mut last) = (Duration::ZERO, Instant::now());
        while !stop.load(Ordering::SeqCst) {
            client.simple_query("SELECT note FROM acked WHERE id = -1").await.expect("a majority is there");
            longest = longest.max(last.elapsed());
            last = Instant::now();
        }
        longest
    })
}

/// The SQLSTATE that a statement fails with, which must not take much longer than its node is patient.
async fn fails(client: &Client, statement: &str) -> String {
    let bound = PATIENCE * 2 + Duration::from_secs(2);
    let answer = tokio::time::timeout(bound, client.simple_query(statement)).await;
    let error = answer.unwrap_or_else(|_| panic!("{statement}: no answer within {bound:?}")).expect_err(statement);
    sql::state(&error).expect("an error of the server").to_owned()
}

/// As [`fails`], for a read. Until its lease is over, the leader answers: nobody else can lead.
async fn comes_to_fail(client: &Client, read: &str) -> String {
    let bound = PATIENCE * 2 + Duration::from_secs(2);
    let refusal = async {
        loop {
            if let Err(error) = client.simple_query(read).await {
                return error;
            }
        }
    };
    let error =
        tokio::time::timeout(bound, refusal).await.unwrap_or_else(|_| panic!("{read}: not refused in {bound:?}"));
    sql::state(&error).expect("an error of the server").to_owned()
}

/// The leader is cut off while all nodes are written to. Gives the others' longest pause, of reads and writes.
async fn cut_the_leader_off(lost: Lost) -> Option<Duration> {
    let mut cluster = three()?;
    let leader = cluster.leader();
    let others = [(leader + 1) % 3, (leader + 2) % 3];
    let lonely = sql::connect(cluster.nodes[leader].sql_address()).await.unwrap();
    let mut writers = Vec::new();
    for (number, node) in others.iter().chain([&leader]).enumerate() {
        writers.push(Writer::start(&cluster.nodes[*node], number as i64).await);
    }
    let stop = Arc::new(AtomicBool::new(false));
    let mut readers = Vec::new();
    for node in others {
        let client = sql::connect(cluster.nodes[node].sql_address()).await.unwrap();
        readers.push(start_reading(client, stop.clone()));
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    isolate(&cluster, leader, lost);
    // Nothing that needs a majority is answered; what may be old, only where it is asked for.
    let refused = ["57P03", "08006"];
    let state = comes_to_fail(&lonely, "SELECT count(*) FROM acked").await;
    assert!(refused.contains(&state.as_str()), "{state}");
    let state = fails(&lonely, "INSERT INTO acked VALUES (-2, 0, 'cut off')").await;
    assert!(refused.contains(&state.as_str()) || state == "08007", "{state}");
    lonely.simple_query("SET quorlite.read_consistency = stale").await.unwrap();
    assert_eq!(sql::one_value(&lonely, "SELECT note FROM acked WHERE id = -1").await.unwrap(), "before");
    wait_until("the others have elected another", || {
        let leads = |node: &usize| cluster.nodes[*node].metric("raft_is_leader") == Ok(1);
        others.iter().any(leads).then_some(()).ok_or_else(|| "nobody".to_owned())
    });

    stop.store(true, Ordering::SeqCst);
    let mut pauses = Vec::new();
    for reader in readers {
        pauses.push(reader.await.unwrap());
    }
    heal(&cluster);
    wait_until("the old leader serves again", || {
        sql::psql(cluster.nodes[leader].sql_address(), &["SELECT count(*) FROM acked"])
    });
    let mut ledger = Ledger::default();
    for writer in writers {
        let (part, longest) = writer.stop().await;
        assert!(!part.acknowledged.is_empty());
        pauses.push(longest);
        ledger.acknowledged.extend(part.acknowledged);
        ledger.unknown.extend(part.unknown);
        ledger.refused.extend(part.refused);
    }
    cluster.assert_equal();
    cluster.nodes[0].psql(&["DELETE FROM acked WHERE id < 0"]);
    for node in &mut cluster.nodes {
        ledger.check(&sql::connect(node.sql_address()).await.unwrap()).await;
        assert!(node.running().ended().is_none());
    }
    let counts = (ledger.acknowledged.len(), ledger.unknown.len(), ledger.refused.len());
    println!("(acknowledged, unknown, refused): {counts:?}; longest pauses of readers and writers: {pauses:?}");
    pauses[..4].iter().max().copied()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leader_cut_off_answers_nothing_and_the_others_go_on() {
    let Some(pause) = cut_the_leader_off(Lost::Both).await else { return };
    assert!(pause < PATIENCE, "{pause:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leader_that_nobody_hears() {
    let Some(pause) = cut_the_leader_off(Lost::Sent).await else { return };
    assert!(pause < PATIENCE, "{pause:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leader_that_hears_nobody() {
    let Some(pause) = cut_the_leader_off(Lost::Received).await else { return };
    assert!(pause < PATIENCE, "{pause:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_follower_cut_off_disturbs_nobody() {
    let Some(cluster) = three() else { return };
    let leader = cluster.leader();
    let (follower, other) = ((leader + 1) % 3, (leader + 2) % 3);
    let lonely = sql::connect(cluster.nodes[follower].sql_address()).await.unwrap();
    let term = cluster.nodes[leader].metric("raft_term").unwrap();
    let writers = [Writer::start(&cluster.nodes[leader], 0).await, Writer::start(&cluster.nodes[other], 1).await];
    isolate(&cluster, follower, Lost::Both);
    let state = fails(&lonely, "SELECT count(*) FROM acked").await;
    assert!(["57P03", "08006"].contains(&state.as_str()), "{state}");
    let state = fails(&lonely, "INSERT INTO acked VALUES (-2, 0, 'cut off')").await;
    assert!(["57P03", "08006", "08007"].contains(&state.as_str()), "{state}");
    heal(&cluster);
    wait_until("the follower serves again", || {
        sql::psql(cluster.nodes[follower].sql_address(), &["SELECT 1 FROM acked"])
    });
    for writer in writers {
        let (ledger, longest) = writer.stop().await;
        assert!(ledger.refused.is_empty() && ledger.unknown.is_empty(), "{ledger:?}");
        println!("longest pause {longest:?}");
        assert!(longest < Duration::from_secs(1), "{longest:?}");
    }
    cluster.assert_equal();
    assert_eq!(cluster.leader(), leader);
    assert_eq!(cluster.nodes[leader].metric("raft_term").unwrap(), term, "it came back without an election");
}
