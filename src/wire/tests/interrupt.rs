//! Cancels, timeouts, clients that leave, a server that stops.

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::peer::{Host, bind, cancel_request, execute, parse, query, run, sync};
use crate::session::scripted::Script;
use crate::storage::CancelReason;

const CANCELLED: &str = "error ERROR 57014 canceling statement due to user request";

pub async fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    for _ in 0..1000 {
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("never: {what}");
}

#[tokio::test]
async fn cancel_while_rows_stream() {
    let host = Host::new();
    let mut peer = host.connect().await;
    for bytes in [query("SELECT a, b FROM t"), [run("SELECT a, b FROM t"), sync()].concat()] {
        host.backend.script(Script::Endless);
        peer.send(&bytes).await;
        peer.until(b"D").await;
        let mut canceller = host.open(4096);
        canceller.send(&cancel_request(peer.pid, &peer.secret.clone())).await;
        assert_eq!(canceller.until(b"").await, ["closed"]);
        let lines = peer.until(b"Z").await;
        assert_eq!(lines[lines.len() - 2..], [CANCELLED, "ready I"]);
    }
    assert_eq!(host.backend.open_reads.load(Ordering::SeqCst), 0);
    // The session goes on, and a cancel without a statement does nothing.
    let mut canceller = host.open(4096);
    canceller.send(&cancel_request(peer.pid, &peer.secret.clone())).await;
    canceller.until(b"").await;
    assert_eq!(peer.query("SHOW timezone").await.last().unwrap(), "ready I");
}

#[tokio::test]
async fn cancel_while_a_read_or_a_write_waits() {
    let host = Host::new();
    let mut peer = host.connect().await;
    host.backend.script(Script::Hang);
    peer.send(&query("SELECT a FROM t")).await;
    eventually("reading", || host.backend.open_reads.load(Ordering::SeqCst) == 1).await;
    let mut canceller = host.open(4096);
    let mut wrong = peer.secret.to_vec();
    wrong[0] ^= 1;
    canceller.send(&cancel_request(peer.pid, &wrong)).await;
    canceller.until(b"").await;
    assert_eq!(host.backend.open_reads.load(Ordering::SeqCst), 1, "a wrong key does nothing");
    let mut canceller = host.open(4096);
    canceller.send(&cancel_request(peer.pid, &peer.secret.clone())).await;
    assert_eq!(peer.until(b"Z").await, [CANCELLED, "ready I"]);

    host.backend.hold_writer();
    peer.send(&query("DELETE FROM t")).await;
    eventually("writing", || host.backend.executed.lock().unwrap().len() == 1).await;
    let mut canceller = host.open(4096);
    canceller.send(&cancel_request(peer.pid, &peer.secret.clone())).await;
    assert_eq!(peer.until(b"Z").await, [CANCELLED, "ready I"]);
    assert_eq!(*host.backend.cancelled.lock().unwrap(), [CancelReason::UserRequest]);
}

#[tokio::test]
async fn a_client_that_leaves_stops_its_statement() {
    let host = Host::new();
    let mut peer = host.connect().await;
    host.backend.script(Script::Hang);
    peer.send(&query("SELECT a FROM t")).await;
    eventually("reading", || host.backend.open_reads.load(Ordering::SeqCst) == 1).await;
    peer.ended().await;
    assert_eq!(host.backend.open_reads.load(Ordering::SeqCst), 0);

    let mut peer = host.connect().await;
    host.backend.hold_writer();
    peer.send(&query("DELETE FROM t")).await;
    eventually("writing", || host.backend.executed.lock().unwrap().len() == 1).await;
    peer.ended().await;
    assert_eq!(*host.backend.cancelled.lock().unwrap(), [CancelReason::Disconnect]);
    assert!(host.shared.sessions.is_empty());
}

#[tokio::test]
async fn a_client_that_does_not_read_holds_its_read_back() {
    let host = Host::new();
    let mut peer = host.connect_with(1024, &[]).await;
    for bytes in [query("SELECT a, b FROM t"), [run("SELECT a, b FROM t"), sync()].concat()] {
        let before = host.backend.batches.load(Ordering::SeqCst);
        host.backend.script(Script::Batches(1000));
        peer.send(&bytes).await;
        tokio::time::sleep(Duration::from_millis(100)).await;
        let produced = host.backend.batches.load(Ordering::SeqCst) - before;
        assert!(produced < 20, "{produced} batches of 7 kB for a client that takes none");
        let lines = peer.until(b"Z").await;
        assert_eq!(lines[lines.len() - 2], "complete SELECT 100000");
    }
}

#[tokio::test]
async fn statement_timeout() {
    let host = Host::new();
    let mut peer = host.connect_with(65536, &[("statement_timeout", "50ms")]).await;
    let timeout = "error ERROR 57014 canceling statement due to statement timeout";
    host.backend.script(Script::Hang);
    assert_eq!(peer.query("SELECT a FROM t").await, [timeout, "ready I"]);
    host.backend.script(Script::Hang);
    let lines = peer.ask(&[run("SELECT a FROM t"), sync()].concat()).await;
    assert_eq!(lines, ["parsed", "bound", timeout, "ready I"]);
    host.backend.hold_writer();
    assert_eq!(peer.query("DELETE FROM t").await, [timeout, "ready I"]);
    assert_eq!(*host.backend.cancelled.lock().unwrap(), [CancelReason::StatementTimeout]);
    assert_eq!(peer.query("SET statement_timeout = 0").await, ["complete SET", "ready I"]);
    host.backend.script(Script::Endless);
    let bytes = [parse("", "SELECT a FROM t", &[]), bind("", "", &[]), execute("", 5000), sync()].concat();
    let lines = peer.ask(&bytes).await;
    assert_eq!(lines[lines.len() - 2..], ["suspended", "ready I"]);
}

#[tokio::test]
async fn idle_session_timeout() {
    let host = Host::new();
    let mut peer = host.connect_with(65536, &[("idle_session_timeout", "50ms")]).await;
    let lines = peer.until(b"Z").await;
    assert_eq!(lines, ["error FATAL 57P05 terminating connection due to idle-session timeout", "closed"]);
}

#[tokio::test]
async fn shutdown_tells_everybody() {
    let host = Host::new();
    let terminated = "error FATAL 57P01 terminating connection due to administrator command";
    let mut idle = host.connect().await;
    let mut reading = host.connect().await;
    host.backend.script(Script::Hang);
    reading.send(&query("SELECT a FROM t; DELETE FROM t")).await;
    eventually("reading", || host.backend.open_reads.load(Ordering::SeqCst) == 1).await;
    let mut opening = host.open(4096);
    host.stop.send(true).unwrap();
    assert_eq!(idle.until(b"").await, [terminated, "closed"]);
    assert_eq!(reading.until(b"").await, [terminated, "closed"]);
    assert_eq!(opening.until(b"").await, ["error FATAL 57P03 the database system is shutting down", "closed"]);
    assert!(host.backend.executed.lock().unwrap().is_empty());
}
