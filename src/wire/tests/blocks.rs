//! Transaction blocks: what they ask of the node, and when. What a client sees is in tests/protocol/transactions.trace.

use std::sync::atomic::Ordering;

use super::peer::{Host, bind, execute, parse, sync};
use crate::catalog::{Change, Object};
use crate::session::scripted::{Script, table};

#[tokio::test]
async fn a_snapshot_is_pinned_once_and_only_where_the_level_wants_it() {
    let host = Host::new();
    let mut peer = host.connect().await;
    let pins = || host.backend.pins.load(Ordering::SeqCst);
    peer.query("BEGIN; SELECT a FROM t; SELECT a FROM t; COMMIT").await;
    assert_eq!((pins(), host.backend.barriers.load(Ordering::SeqCst)), (0, 2), "each statement sees the newest");
    peer.query("BEGIN ISOLATION LEVEL REPEATABLE READ").await;
    assert_eq!(pins(), 0, "not before something is read");
    peer.query("SET LOCAL work_mem = '1MB'").await;
    assert_eq!(pins(), 0);
    peer.query("SELECT a FROM t").await;
    peer.query("SELECT a FROM t").await;
    assert_eq!((pins(), host.backend.barriers.load(Ordering::SeqCst)), (1, 3));
    peer.query("COMMIT").await;
    peer.query("SET default_transaction_isolation = serializable").await;
    peer.query("SELECT a FROM t").await;
    assert_eq!(pins(), 1, "one statement is a snapshot of its own");
    peer.query("SELECT a FROM t; SELECT a FROM t").await;
    assert_eq!(pins(), 2, "in an implicit transaction too");
}

#[tokio::test]
async fn a_pinned_transaction_keeps_its_schema() {
    let host = Host::new();
    let mut peer = host.connect().await;
    peer.query("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT a FROM t").await;
    host.backend.change(&[Change::Put(Object::Table(table(16400, "u")))]);
    assert!(peer.query("SELECT a FROM u").await[0].starts_with("error ERROR 42P01 "));
    peer.query("ROLLBACK").await;
    assert_eq!(peer.query("SELECT a FROM u").await.last().unwrap(), "ready I");
}

#[tokio::test]
async fn a_suspended_portal_makes_way_for_the_next_read_of_its_snapshot() {
    let host = Host::new();
    let mut peer = host.connect().await;
    peer.query("BEGIN ISOLATION LEVEL REPEATABLE READ").await;
    host.backend.script(Script::Batches(3));
    let bytes = [parse("q", "SELECT a FROM t", &[]), bind("p", "q", &[]), execute("p", 150), sync()].concat();
    let lines = peer.ask(&bytes).await;
    assert_eq!(lines.iter().filter(|line| *line == "row 7").count(), 150);
    assert_eq!(host.backend.batches.load(Ordering::SeqCst), 2);
    peer.query("SELECT b FROM t").await;
    assert_eq!(host.backend.batches.load(Ordering::SeqCst), 3, "what was left has been taken");
    let lines = peer.ask(&[execute("p", 0), sync()].concat()).await;
    assert_eq!(lines.iter().filter(|line| *line == "row 7").count(), 150);
    assert_eq!(lines.last().unwrap(), "ready T");
}

#[tokio::test]
async fn a_failed_block_holds_nothing() {
    let host = Host::new();
    let mut peer = host.connect().await;
    peer.query("BEGIN").await;
    host.backend.script(Script::Endless);
    peer.ask(&[parse("q", "SELECT a FROM t", &[]), bind("p", "q", &[]), execute("p", 1), sync()].concat()).await;
    assert_eq!(host.backend.open_reads.load(Ordering::SeqCst), 1);
    peer.query("SELECT nothing").await;
    assert_eq!(host.backend.open_reads.load(Ordering::SeqCst), 0);
    let lines = peer.ask(&[execute("p", 1), sync()].concat()).await;
    assert!(lines[0].starts_with("error ERROR 25P02 "), "{lines:?}");
    assert_eq!(peer.query("COMMIT").await, ["complete ROLLBACK", "ready I"]);
}

#[tokio::test]
async fn an_idle_block_is_ended() {
    let host = Host::new();
    let mut peer = host.connect_with(65536, &[("idle_in_transaction_session_timeout", "50ms")]).await;
    peer.query("BEGIN").await;
    let expected = "error FATAL 25P03 terminating connection due to idle-in-transaction timeout";
    assert_eq!(peer.until(b"").await, [expected, "closed"]);
}
