use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::messages::Answer;
use super::*;
use crate::storage::{self, Batch};
use crate::types::Value;

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_leader_costs_a_pause_and_nothing_acknowledged() {
    let (_yard, sites, nodes) = three().await;
    let mut nodes: Vec<Option<Running>> = nodes.into_iter().map(Some).collect();
    let stop = Arc::new(AtomicBool::new(false));
    let mut written = 0;
    let mut unknown = 0;
    for round in 0..3 {
        stop.store(false, Ordering::Relaxed);
        let leader = nodes.iter().position(|node| node.as_ref().is_some_and(Running::leads)).unwrap();
        // Clients of the two nodes that live on.
        let clients: Vec<_> = (0..3)
            .filter(|number| *number != leader)
            .flat_map(|number| (0..4).map(move |client| (number, client)))
            .map(|(number, client)| {
                let node = nodes[number].as_ref().unwrap().node.clone();
                let stop = stop.clone();
                tokio::spawn(async move {
                    let (mut committed, mut unknown, mut value) = (0, 0, 0);
                    while !stop.load(Ordering::Relaxed) {
                        let text = insert(format!("{round}.{number}.{client}.{value}"));
                        match node.execute("postgres", transaction(&text)).await {
                            Outcome::Committed { .. } => committed += 1,
                            Outcome::Unknown => unknown += 1,
                            other => panic!("{other:?}"),
                        }
                        value += 1;
                    }
                    (committed, unknown)
                })
            })
            .collect();
        tokio::time::sleep(Duration::from_millis(700)).await;
        nodes[leader].take().unwrap().kill().await;
        tokio::time::sleep(Duration::from_millis(3500)).await;
        stop.store(true, Ordering::Relaxed);
        let mut after = 0;
        for client in clients {
            let (committed, lost) = client.await.unwrap();
            after += committed;
            unknown += lost;
        }
        assert!(after > 50, "the others go on: {after}");
        written += after;
        nodes[leader] = Some(sites[leader].start().await);
    }
    let nodes: Vec<Running> = nodes.into_iter().flatten().collect();
    nodes[1].read_barrier(ReadConsistency::Linearizable).await.unwrap();
    let rows = rows(&nodes[0]).await;
    // The log tells what became of each, and what its client is answered; the primary key shows that nothing is there twice.
    assert_eq!((rows, unknown), (written, 0), "rows, unknown; written");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_has_what_another_nodes_client_is_answered() {
    let (_yard, _sites, nodes) = three().await;
    assert!(nodes[0].leads());
    let of_entry = |index: u64| {
        let records = nodes[2].node.inner.log.read_cached(index..index + 1, usize::MAX).unwrap();
        let entry = format::from_record(&records[0]).unwrap();
        let types::Payload::Normal(types::Command(bytes)) = entry.payload else { panic!("no command") };
        let Ok(storage::Entry::Batch(batch)) = storage::Entry::decode(&bytes) else { panic!("no batch") };
        batch.files[0].transactions[0].clone()
    };
    let committed = |outcome| match outcome {
        Outcome::Committed { index, results } => (index, results),
        other => panic!("{other:?}"),
    };
    let (index, results) = committed(nodes[1].execute("INSERT INTO t VALUES ('a') RETURNING a").await);
    assert_eq!((results[0].tag.as_str(), results[0].rows.len()), ("INSERT 0 1", 1));
    let logged = of_entry(index);
    assert_eq!(messages::decode::<Answer>(&logged.answer).unwrap(), Answer::Executed(results.clone(), None));
    // As node 2 takes it out of there.
    let fates = nodes[1].node.inner.applier.fates();
    let followed = fates.follow(logged.id, 1);
    let batch = Batch {
        term: 1,
        node: 1,
        incarnation: 1,
        number: 1,
        files: vec![storage::FileBatch {
            file: "databases/postgres".to_owned(),
            base_version: 1,
            pieces: 0,
            tables: Vec::new(),
            transactions: vec![logged.clone()],
        }],
    };
    assert_eq!(followed.answer(), None);
    fates.applied_batch(index, &batch, &storage::Applied::Accepted);
    assert_eq!(followed.answer(), Some(logged.answer));
    // Its own clients a leader tells itself; what is long is sent, and lost with it.
    let (index, _) = committed(nodes[0].execute(&insert("b")).await);
    assert!(of_entry(index).answer.is_empty());
    let (index, results) = committed(nodes[1].execute("UPDATE t SET a = a RETURNING repeat(a, 1000)").await);
    assert_eq!(results[0].rows.len(), 2);
    assert!(of_entry(index).answer.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_graceful_stop_hands_leadership_over() {
    let (_yard, sites, mut nodes) = three().await;
    assert!(nodes[0].leads());
    let writer = {
        let node = nodes[1].node.clone();
        tokio::spawn(async move {
            let mut longest = Duration::ZERO;
            for value in 0..100 {
                let start = Instant::now();
                let outcome = node.execute("postgres", transaction(&insert(value))).await;
                assert!(matches!(outcome, Outcome::Committed { .. }), "{outcome:?}");
                longest = longest.max(start.elapsed());
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            longest
        })
    };
    tokio::time::sleep(Duration::from_millis(300)).await;
    let start = Instant::now();
    nodes.remove(0).stop().await;
    println!("stopped after {:?}", start.elapsed());
    let longest = writer.await.unwrap();
    println!("longest pause {longest:?}");
    assert!(longest < Duration::from_secs(8), "{longest:?}");
    nodes.push(sites[0].start().await);
    assert_eq!(rows(&nodes[0]).await, 100);
}

/// What a follower gathers is applied soon, and before anybody reads there.
#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_waits_for_is_applied_soon_and_what_is_read_at_once() {
    let (_yard, sites, mut nodes) = three().await;
    let applied = |node: &Running| node.storage.applied().map_or(0, |applied| applied.index);
    for value in 1..=200 {
        let index = nodes[0].commit(&insert(value)).await;
        match value % 50 {
            0 => until("the row", || nodes[1..].iter().all(|node| applied(node) >= index)).await,
            number if number % 7 == 0 => {
                nodes[1].read_barrier(ReadConsistency::Linearizable).await.unwrap();
                assert!(applied(&nodes[1]) >= index);
            }
            _ => {}
        }
    }
    nodes[0].commit(&insert("the last")).await;
    nodes.remove(1).stop().await;
    nodes.push(sites[1].start().await);
    assert_eq!(rows(&nodes[0]).await, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_majority_answers_are_bounded() {
    let (_yard, _sites, mut nodes) = three_with(|site| site.patience = Duration::from_secs(2)).await;
    nodes[0].commit(&insert("before")).await;
    let last = nodes.pop().unwrap();
    let second = nodes.pop().unwrap();
    let first = nodes.pop().unwrap();
    second.kill().await;
    last.kill().await;
    let start = Instant::now();
    // Proposed, or refused once the lease is over.
    let outcome = first.execute(&insert("lost")).await;
    assert!(matches!(outcome, Outcome::Unknown | Outcome::Failed { .. }), "{outcome:?}");
    let error = first.read_barrier(ReadConsistency::Linearizable).await.unwrap_err();
    assert!(error.contains("57P03"), "{error}");
    first.read_barrier(ReadConsistency::Stale).await.unwrap();
    first.read_barrier(ReadConsistency::Session).await.unwrap();
    let outcome = first.execute(&insert("refused")).await;
    let Outcome::Failed { error, .. } = outcome else { panic!("{outcome:?}") };
    assert_eq!(error.code.as_str(), "57P03");
    assert!(start.elapsed() < Duration::from_secs(12), "{:?}", start.elapsed());
    assert!(first.node.ready().is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn many_clients_share_entries_and_read_rounds() {
    let (_yard, _sites, nodes) = three().await;
    let before = nodes[0].node.gauges();
    let mut clients = Vec::new();
    for client in 0..32 {
        let node = nodes[client % 3].node.clone();
        clients.push(tokio::spawn(async move {
            for value in 0..10 {
                let outcome = node.execute("postgres", transaction(&insert(format!("{client}.{value}")))).await;
                assert!(matches!(outcome, Outcome::Committed { .. }), "{outcome:?}");
                node.read_barrier(ReadConsistency::Linearizable, 0).await.unwrap();
            }
        }));
    }
    for client in clients {
        client.await.unwrap();
    }
    assert_eq!(rows(&nodes[1]).await, 320);
    let after = nodes[0].node.gauges();
    let (proposals, rounds) = (after.proposals - before.proposals, after.read_index_rounds - before.read_index_rounds);
    assert!(proposals < 250, "{proposals} batches for 320 transactions");
    assert!(rounds < 250, "{rounds} rounds for 320 reads");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_waiting_forward_is_cancelled() {
    let (_yard, _sites, mut nodes) = three_with(|site| site.patience = Duration::from_secs(20)).await;
    let leader = nodes.remove(0);
    let cancel = Cancel::new();
    let mut forwarded = transaction(&insert("x"));
    forwarded.cancel = cancel.clone();
    leader.kill().await;
    nodes.remove(0).kill().await;
    let node = nodes[0].node.clone();
    let waiting = tokio::spawn(async move { node.execute("postgres", forwarded).await });
    tokio::time::sleep(Duration::from_millis(500)).await;
    cancel.cancel(crate::storage::CancelReason::UserRequest);
    let outcome = tokio::time::timeout(Duration::from_secs(5), waiting).await.unwrap().unwrap();
    let Outcome::Failed { error, .. } = outcome else { panic!("{outcome:?}") };
    assert_eq!(error.code.as_str(), "57014");
}

/// One session: what sequences give it stays with it.
struct Client {
    node: Arc<Node>,
    sequences: SessionSequences,
}

impl Client {
    fn of(running: &Running) -> Client {
        Client { node: running.node.clone(), sequences: SessionSequences::default() }
    }

    async fn execute(&self, text: &str) -> Outcome {
        let transaction = Transaction { sequences: self.sequences.clone(), ..transaction(text) };
        self.node.execute("postgres", transaction).await
    }

    /// The first row.
    async fn row(&self, text: &str) -> Vec<Value> {
        match self.execute(text).await {
            Outcome::Committed { mut results, .. } => results.remove(0).rows.remove(0),
            other => panic!("{text}: {other:?}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_knows_what_sequences_gave_it_under_every_leader() {
    let (_yard, _sites, mut nodes) = three().await;
    nodes[0].commit("CREATE TABLE n (id serial, a text PRIMARY KEY)").await;
    let (client, other) = (Client::of(&nodes[1]), Client::of(&nodes[1]));
    let asked = "SELECT currval('n_id_seq'), lastval()";
    let Outcome::Failed { error, .. } = client.execute(asked).await else { panic!() };
    assert_eq!(error.code.as_str(), "55000");
    assert_eq!(client.row("INSERT INTO n (a) VALUES ('x') RETURNING id").await, [Value::Int4(1)]);
    assert_eq!(other.row("INSERT INTO n (a) VALUES ('y') RETURNING id").await, [Value::Int4(2)]);
    assert_eq!(client.row(asked).await, [Value::Int8(1), Value::Int8(1)]);
    // What a failed transaction has taken stays taken, and is what currval() answers.
    let failed = client.execute("INSERT INTO n (a) VALUES ('x')").await;
    assert!(matches!(failed, Outcome::Failed { .. }), "{failed:?}");
    for to in [2, 3, 1] {
        admin::transfer_leader(&nodes[0].address, Some(to)).await.unwrap();
        assert_eq!(client.row(asked).await, [Value::Int8(3), Value::Int8(3)], "node {to} leads");
        assert_eq!(other.row(asked).await, [Value::Int8(2), Value::Int8(2)], "node {to} leads");
    }
    nodes.remove(0).kill().await;
    assert_eq!(client.row(asked).await, [Value::Int8(3), Value::Int8(3)]);
    let Outcome::Failed { error, .. } = Client::of(&nodes[1]).execute(asked).await else { panic!() };
    assert_eq!(error.code.as_str(), "55000");
}

/// Nothing but the sequence keeps the values apart: no key would refuse one given twice.
#[tokio::test(flavor = "multi_thread")]
async fn sequences_give_nothing_twice_under_changing_leaders() {
    let (_yard, sites, nodes) = three().await;
    nodes[0].commit("CREATE TABLE n (id serial, a text)").await;
    let mut nodes: Vec<Option<Running>> = nodes.into_iter().map(Some).collect();
    let stop = Arc::new(AtomicBool::new(false));
    let count = Arc::new(AtomicUsize::new(0));
    let clients: Vec<_> = (0..4)
        .map(|number| {
            // The nodes that are not killed.
            let client = Client::of(nodes[1 + number % 2].as_ref().unwrap());
            let (stop, count) = (stop.clone(), count.clone());
            tokio::spawn(async move {
                let mut acknowledged = Vec::new();
                for turn in 0.. {
                    if stop.load(Ordering::Relaxed) {
                        break;
                    }
                    // Every third takes values and fails.
                    let text = match turn % 3 {
                        0 => "INSERT INTO n (a) VALUES ('x'), ('y') RETURNING id / 0",
                        _ => "INSERT INTO n (a) VALUES ('x') RETURNING id",
                    };
                    match client.execute(text).await {
                        Outcome::Committed { results, .. } => match results[0].rows[0][0] {
                            Value::Int4(id) => {
                                acknowledged.push(id);
                                count.fetch_add(1, Ordering::Relaxed);
                            }
                            ref other => panic!("{other:?}"),
                        },
                        Outcome::Unknown => {}
                        Outcome::Failed { error, .. } => assert_eq!(error.code.as_str(), "22012", "{error}"),
                        other => panic!("{other:?}"),
                    }
                }
                acknowledged
            })
        })
        .collect();
    let more = async || {
        let before = count.load(Ordering::Relaxed);
        until("values are given", || count.load(Ordering::Relaxed) >= before + 15).await;
    };
    for to in [2, 3, 1] {
        more().await;
        admin::transfer_leader(&sites[1].address.to_string(), Some(to)).await.unwrap();
    }
    more().await;
    nodes[0].take().unwrap().kill().await;
    until("another leads", || nodes.iter().flatten().any(Running::leads)).await;
    more().await;
    stop.store(true, Ordering::Relaxed);
    let mut acknowledged = Vec::new();
    for client in clients {
        acknowledged.extend(client.await.unwrap());
    }
    let distinct: std::collections::BTreeSet<i32> = acknowledged.iter().copied().collect();
    assert_eq!(distinct.len(), acknowledged.len(), "a value was given twice");
    let third = Client::of(nodes[2].as_ref().unwrap());
    let counted = third.row("INSERT INTO n SELECT -1, count(*) - count(DISTINCT id) FROM n RETURNING a").await;
    assert_eq!(counted, [Value::Text("0".to_owned())], "in the table, what is unknown included");
}
