//! Transaction blocks: what they ask of the node, and when. What a client sees is in tests/protocol/transactions.trace.

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::interrupt::eventually;
use super::peer::{Host, bind, execute, flush, parse, run, sync};
use crate::catalog::{Change, Object};
use crate::session::Patience;
use crate::session::scripted::{Script, division_by_zero, table};
use crate::storage::Outcome;
use crate::wire::Limits;

#[tokio::test]
async fn a_snapshot_is_pinned_once_and_only_where_the_level_wants_it() {
    let host = Host::new();
    let mut peer = host.connect().await;
    let pins = || host.backend.pins.load(Ordering::SeqCst);
    // One was for what the session begins with.
    let barriers = || host.backend.barriers.load(Ordering::SeqCst) - 1;
    peer.query("BEGIN; SELECT a FROM t; SELECT a FROM t; COMMIT").await;
    assert_eq!((pins(), barriers()), (0, 2), "each statement sees the newest");
    peer.query("BEGIN ISOLATION LEVEL REPEATABLE READ").await;
    assert_eq!(pins(), 0, "not before something is read");
    peer.query("SET LOCAL work_mem = '1MB'").await;
    assert_eq!(pins(), 0);
    peer.query("SELECT a FROM t").await;
    peer.query("SELECT a FROM t").await;
    assert_eq!((pins(), barriers()), (1, 3));
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
    host.backend.change(&[Change::put(Object::Table(table(16400, "u")))]);
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

#[tokio::test]
async fn the_first_write_takes_the_slot_and_all_else_goes_there() {
    let host = Host::new();
    let mut peer = host.connect().await;
    peer.query("BEGIN; SAVEPOINT a; SELECT a FROM t").await;
    assert!(host.backend.slot.lock().unwrap().is_empty(), "reads need no slot");
    assert_eq!(peer.query("DELETE FROM t").await, ["complete DELETE 1", "ready T"]);
    assert_eq!(peer.query("SELECT a FROM t").await[1..], ["row 7", "complete SELECT 1", "ready T"]);
    peer.query("SAVEPOINT b; ROLLBACK TO a; RELEASE a").await;
    assert_eq!(peer.query("COMMIT").await, ["complete COMMIT", "ready I"]);
    let log = std::mem::take(&mut *host.backend.slot.lock().unwrap());
    let expected =
        ["hold None 1", "DELETE FROM t", "SELECT a FROM t", "savepoint", "rollback to 0", "release 0", "commit"];
    assert_eq!(log, expected);
    assert!(host.backend.executed.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_pinned_snapshot_is_named_when_the_slot_is_asked_for() {
    let host = Host::new();
    let mut peer = host.connect().await;
    peer.query("BEGIN ISOLATION LEVEL SERIALIZABLE; SELECT a FROM t; DELETE FROM t; SELECT a FROM t; COMMIT").await;
    let log = std::mem::take(&mut *host.backend.slot.lock().unwrap());
    assert_eq!(log, ["hold Some(5) 0", "DELETE FROM t", "SELECT a FROM t", "commit"]);
}

#[tokio::test]
async fn an_error_gives_the_slot_back_unless_there_is_a_savepoint() {
    let host = Host::new();
    let mut peer = host.connect().await;
    peer.query("BEGIN; DELETE FROM t").await;
    host.backend.script(Script::Fails(division_by_zero()));
    assert_eq!(peer.query("DELETE FROM t").await, ["error ERROR 22012 division by zero", "ready E"]);
    assert_eq!(host.backend.slot.lock().unwrap().last().unwrap(), "dropped");
    peer.query("ROLLBACK").await;
    peer.query("BEGIN; DELETE FROM t; SAVEPOINT a").await;
    host.backend.script(Script::Fails(division_by_zero()));
    peer.query("DELETE FROM t").await;
    assert_eq!(host.backend.slot.lock().unwrap().last().unwrap(), "rollback to 0");
    peer.query("ROLLBACK TO a").await;
    assert_eq!(peer.query("COMMIT").await, ["complete COMMIT", "ready I"]);
    assert_eq!(host.backend.slot.lock().unwrap().last().unwrap(), "commit");
}

#[tokio::test]
async fn a_client_that_hangs_up_gives_the_slot_back() {
    let host = Host::new();
    let mut peer = host.connect().await;
    peer.query("BEGIN; DELETE FROM t").await;
    drop(peer);
    eventually("dropped", || host.backend.slot.lock().unwrap().last().unwrap() == "dropped").await;
}

#[tokio::test]
async fn a_commit_says_what_became_of_it() {
    let host = Host::new();
    let mut peer = host.connect().await;
    for (outcome, code) in [(Outcome::Unknown, "08007"), (Outcome::NotLeader, "40001"), (Outcome::Superseded, "40001")]
    {
        peer.query("BEGIN; SET LOCAL work_mem = '1MB'; DELETE FROM t").await;
        host.backend.outcomes.lock().unwrap().push_back(outcome);
        let lines = peer.query("COMMIT").await;
        assert!(lines[0].starts_with(&format!("error ERROR {code} ")), "{lines:?}");
        assert_eq!(lines[1], "ready I", "the block is over");
    }
}

#[tokio::test]
async fn a_cancel_reaches_the_wait_for_the_slot() {
    let host = Host::new();
    let mut peer = host.connect_with(65536, &[("statement_timeout", "50ms")]).await;
    host.backend.hold_writer();
    let lines = peer.query("BEGIN; DELETE FROM t").await;
    let timeout = "error ERROR 57014 canceling statement due to statement timeout";
    assert_eq!(lines, ["complete BEGIN", timeout, "ready E"]);
    assert_eq!(peer.query("ROLLBACK").await, ["complete ROLLBACK", "ready I"]);
}

/// An interactive transaction's rows are not gathered: the client's pace is the slot's.
#[tokio::test]
async fn a_portal_in_the_slot_is_read_as_it_is_fetched_and_makes_way() {
    let host = Host::new();
    let mut peer = host.connect().await;
    peer.query("BEGIN; DELETE FROM t").await;
    host.backend.script(Script::Batches(5));
    let bytes = [parse("q", "SELECT a FROM t", &[]), bind("p", "q", &[]), execute("p", 150), sync()].concat();
    peer.ask(&bytes).await;
    assert_eq!(host.backend.batches.load(Ordering::SeqCst), 2);
    peer.query("DELETE FROM t").await;
    assert_eq!(host.backend.batches.load(Ordering::SeqCst), 5);
    let lines = peer.ask(&[execute("p", 0), sync()].concat()).await;
    assert_eq!(lines[lines.len() - 3..], ["row 7", "complete SELECT 350", "ready T"]);
}

/// Whoever holds the slot keeps all others waiting: in a block, or in a pipeline that lacks its Sync.
#[tokio::test]
async fn a_silent_holder_is_ended_by_the_server_though_its_session_sets_no_limit() {
    let patience = Patience { silent_holder: Some(Duration::from_millis(50)), slot: None };
    let host = Host::with(Limits { patience, ..Limits::default() });
    let expected = "error FATAL 25P03 terminating connection due to idle-in-transaction timeout";
    let mut peer = host.connect().await;
    peer.query("BEGIN; DELETE FROM t").await;
    assert_eq!(peer.until(b"").await, [expected, "closed"]);
    let mut peer = host.connect_with(65536, &[("default_transaction_isolation", "serializable")]).await;
    peer.send(&[run("SELECT a FROM t"), run("DELETE FROM t"), flush()].concat()).await;
    assert_eq!(peer.until(b"").await.last_chunk(), Some(&[expected.to_owned(), "closed".to_owned()]));
    let log = host.backend.slot.lock().unwrap();
    assert_eq!(log.iter().filter(|entry| *entry == "dropped").count(), 2);
}
