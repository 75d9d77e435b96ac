//! Transactions that hold the writer slot, from whichever node, through whatever happens to its leader.

use std::sync::atomic::{AtomicBool, Ordering};

use super::*;
use crate::storage::Ended;
use crate::types::{PgError, Row, Value};

pub(super) fn wish() -> Hold {
    Hold {
        sequences: SessionSequences::default(),
        version: None,
        savepoints: 0,
        nowait: false,
        cancel: Cancel::new(),
        session: 1,
    }
}

async fn hold(node: &Arc<Node>) -> Result<Held, PgError> {
    node.hold("postgres", wish()).await
}

/// Runs a statement to its end.
pub(super) async fn call(held: &mut Held, text: &str) -> Result<(Vec<Row>, Ended), PgError> {
    let transaction = transaction(text);
    let call = transaction.calls[0].clone();
    let mut stream = held.call(call, transaction.context, Cancel::new());
    let mut rows = Vec::new();
    while let Some(more) = stream.next().await {
        rows.extend(more?);
    }
    Ok((rows, stream.ended().expect("how it ended")))
}

async fn count(held: &mut Held) -> i64 {
    match call(held, "SELECT count(*) FROM t").await.unwrap().0[0][0] {
        Value::Int8(count) => count,
        ref other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_node_holds_the_same_slot() {
    let (_yard, _sites, nodes) = three().await;
    for (number, node) in nodes.iter().enumerate() {
        let mut held = hold(&node.node).await.unwrap();
        assert_eq!(call(&mut held, &insert(number)).await.unwrap().1.tag, "INSERT 0 1");
        assert_eq!(count(&mut held).await, number as i64 + 1, "it sees its own work");
        // Another, from the next node, has to wait.
        let other = nodes[(number + 1) % 3].node.clone();
        let mut behind = tokio::spawn(async move { hold(&other).await });
        let waits = tokio::time::timeout(Duration::from_millis(100), &mut behind).await;
        assert!(waits.is_err(), "there is one slot");
        let Outcome::Committed { index, .. } = held.commit().await else { panic!() };
        node.node.read_barrier(ReadConsistency::Session, index).await.unwrap();
        let mut behind = behind.await.unwrap().unwrap();
        assert_eq!(count(&mut behind).await, number as i64 + 1);
        call(&mut behind, &insert(format!("undone {number}"))).await.unwrap();
    }
    assert_eq!(rows(&nodes[0]).await, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_rows_stream_from_another_node() {
    let (_yard, _sites, nodes) = three().await;
    let mut held = hold(&nodes[1].node).await.unwrap();
    call(&mut held, "INSERT INTO t VALUES ('0')").await.unwrap();
    for _ in 0..12 {
        let double = "INSERT INTO t SELECT a || 'x' || (SELECT count(*) FROM t) FROM t";
        call(&mut held, double).await.unwrap();
    }
    let (given, ended) = call(&mut held, "SELECT a, a, a FROM t").await.unwrap();
    assert_eq!((given.len(), ended.tag.as_str()), (4096, "SELECT 4096"));
    // One that is not read to its end makes way for the next.
    let read = transaction("SELECT a, a, a FROM t");
    let mut stream = held.call(read.calls[0].clone(), read.context, Cancel::new());
    stream.next().await.unwrap().unwrap();
    drop(stream);
    assert_eq!(count(&mut held).await, 4096);
    held.savepoint();
    call(&mut held, "DELETE FROM t").await.unwrap();
    held.rollback_to(0);
    assert_eq!(count(&mut held).await, 4096);
    assert!(matches!(held.commit().await, Outcome::Committed { .. }));
    assert_eq!(rows(&nodes[2]).await, 4096);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_is_lost_with_its_leader_and_says_so() {
    let (_yard, _sites, mut nodes) = three().await;
    let mut open = hold(&nodes[1].node).await.unwrap();
    call(&mut open, &insert("lost")).await.unwrap();
    nodes.remove(0).kill().await;
    let start = Instant::now();
    let error = loop {
        // The node may go on answering until its connection is known to be dead.
        match call(&mut open, "SELECT 1").await {
            Ok(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            Err(error) => break error,
        }
    };
    assert_eq!(error.code.as_str(), "40001", "{error}");
    assert!(start.elapsed() < Duration::from_secs(8), "{:?}", start.elapsed());
    assert_eq!(open.commit().await, Outcome::NotLeader);
    // The next leader's slot is free.
    let mut next = hold(&nodes[1].node).await.unwrap();
    assert_eq!(count(&mut next).await, 0);
    call(&mut next, &insert("kept")).await.unwrap();
    assert!(matches!(next.commit().await, Outcome::Committed { .. }));
    let mut last = hold(&nodes[0].node).await.unwrap();
    assert_eq!(count(&mut last).await, 1);
}

/// Commits under way when their leader dies: what is acknowledged is there once, what is not known is counted.
#[tokio::test(flavor = "multi_thread")]
async fn commits_survive_their_leader_or_are_known_not_to() {
    let (_yard, sites, nodes) = three().await;
    let mut nodes: Vec<Option<Running>> = nodes.into_iter().map(Some).collect();
    let (mut written, mut unknown, mut lost) = (0, 0, 0);
    for round in 0..3 {
        let stop = Arc::new(AtomicBool::new(false));
        let leader = nodes.iter().position(|node| node.as_ref().is_some_and(Running::leads)).unwrap();
        let clients: Vec<_> = (0..3)
            .filter(|number| *number != leader)
            .flat_map(|number| (0..3).map(move |client| (number, client)))
            .map(|(number, client)| {
                let (node, stop) = (nodes[number].as_ref().unwrap().node.clone(), stop.clone());
                tokio::spawn(async move {
                    let (mut committed, mut unknown, mut lost) = (0, 0, 0);
                    let mut value = 0;
                    while !stop.load(Ordering::Relaxed) {
                        value += 1;
                        let mut held = hold(&node).await.unwrap();
                        match call(&mut held, &insert(format!("{round}.{number}.{client}.{value}"))).await {
                            Ok(_) => {}
                            Err(error) if error.code.as_str() == "40001" => {
                                lost += 1;
                                continue;
                            }
                            Err(error) => panic!("{error}"),
                        }
                        match held.commit().await {
                            Outcome::Committed { .. } => committed += 1,
                            Outcome::NotLeader | Outcome::Superseded => lost += 1,
                            Outcome::Unknown => unknown += 1,
                            other => panic!("{other:?}"),
                        }
                    }
                    (committed, unknown, lost)
                })
            })
            .collect();
        tokio::time::sleep(Duration::from_millis(500)).await;
        nodes[leader].take().unwrap().kill().await;
        tokio::time::sleep(Duration::from_millis(3000)).await;
        stop.store(true, Ordering::Relaxed);
        for client in clients {
            let (a, b, c) = client.await.unwrap();
            written += a;
            unknown += b;
            lost += c;
        }
        nodes[leader] = Some(sites[leader].start().await);
    }
    println!("{written} written, {unknown} unknown, {lost} lost");
    assert!(written > 100, "{written} written");
    let nodes: Vec<Running> = nodes.into_iter().flatten().collect();
    nodes[1].read_barrier(ReadConsistency::Linearizable).await.unwrap();
    let rows = rows(&nodes[0]).await;
    assert!(rows >= written && rows <= written + unknown, "{rows} rows, {written} written, {unknown} unknown");
}
