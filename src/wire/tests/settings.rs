//! SET, SHOW, RESET, DISCARD, as a client sees them.

use std::sync::atomic::Ordering;

use super::peer::{Host, run, sync};

#[tokio::test]
async fn what_is_reported_when_it_changes() {
    let host = Host::new();
    let mut peer = host.connect_with(65536, &[("application_name", "a")]).await;
    let lines = peer.query("SET application_name = 'b'; SHOW application_name").await;
    assert_eq!(
        lines,
        [
            "complete SET",
            "columns application_name:25:0",
            "row b",
            "complete SHOW",
            "setting application_name=b",
            "ready I"
        ]
    );
    assert_eq!(peer.query("SET work_mem = '1GB'").await, ["complete SET", "ready I"]);
    let lines = peer.query("RESET ALL").await;
    assert_eq!(lines, ["complete RESET", "setting application_name=a", "ready I"], "back to what it came with");
    peer.query("SET application_name = 'c'").await;
    assert_eq!(peer.query("DISCARD ALL").await, ["complete DISCARD ALL", "setting application_name=a", "ready I"]);
}

#[tokio::test]
async fn set_fails_with_its_transaction() {
    let host = Host::new();
    let mut peer = host.connect().await;
    let lines = peer.query("SET application_name = 'x'; SELECT nope FROM t").await;
    assert_eq!(lines[0], "complete SET");
    assert_eq!(lines.last().unwrap(), "ready I");
    assert_eq!(lines.len(), 3, "nothing to report: {lines:?}");
    assert_eq!(peer.query("SHOW application_name").await[1], "row ");
    let bytes = [run("SET application_name = 'x'"), run("SELECT nope FROM t"), sync()].concat();
    peer.ask(&bytes).await;
    assert_eq!(peer.query("SHOW application_name").await[1], "row ");
}

#[tokio::test]
async fn set_local_ends_with_its_transaction() {
    let host = Host::new();
    let mut peer = host.connect().await;
    let lines = peer.query("SET LOCAL work_mem = '1MB'").await;
    let warning = "notice WARNING 25P01 SET LOCAL can only be used in transaction blocks";
    assert_eq!(lines, [warning, "complete SET", "ready I"]);
    let lines = peer.query("SET LOCAL work_mem = '1MB'; SHOW work_mem").await;
    assert_eq!(lines, ["complete SET", "columns work_mem:25:0", "row 1MB", "complete SHOW", "ready I"]);
    assert_eq!(peer.query("SHOW work_mem").await[1], "row 4MB");
}

#[tokio::test]
async fn a_read_only_session_does_not_write() {
    let host = Host::new();
    let mut peer = host.connect_with(65536, &[("options", "-c default_transaction_read_only=on")]).await;
    let lines = peer.query("DELETE FROM t").await;
    assert_eq!(lines, ["error ERROR 25006 cannot execute DELETE in a read-only transaction", "ready I"]);
    assert_eq!(peer.query("SELECT a FROM t").await.last().unwrap(), "ready I");
}

#[tokio::test]
async fn settings_between_writes_are_refused_rather_than_lost() {
    let host = Host::new();
    let mut peer = host.connect().await;
    let lines = peer.query("SET work_mem = '1MB'; DELETE FROM t; SET work_mem = '2MB'").await;
    assert_eq!(lines, ["complete SET", "complete DELETE 1", "complete SET", "ready I"]);
    let lines = peer.query("DELETE FROM t; SET work_mem = '3MB'; DELETE FROM t").await;
    assert!(lines[2].starts_with("error ERROR 0A000 changing settings between"), "{lines:?}");
    assert_eq!(peer.query("SHOW work_mem").await[1], "row 2MB");
}

#[tokio::test]
async fn discarding_nothing_costs_nothing() {
    let host = Host::new();
    let mut peer = host.connect().await;
    peer.query("INSERT INTO t VALUES (1)").await;
    host.backend.executed.lock().unwrap().clear();
    for statement in ["DISCARD TEMP", "DISCARD ALL"] {
        assert_eq!(peer.query(statement).await, [format!("complete {statement}"), "ready I".to_owned()]);
    }
    peer.ask(&[run("DISCARD TEMP"), sync()].concat()).await;
    assert!(host.backend.executed.lock().unwrap().is_empty());
    assert_eq!(host.backend.keeping.load(Ordering::SeqCst), 0);

    // Its node knows of it before it is made, once.
    peer.query("CREATE TEMP TABLE u (a int)").await;
    peer.query("CREATE TEMP TABLE v (a int)").await;
    assert_eq!(host.backend.keeping.load(Ordering::SeqCst), 1);
    assert_eq!(host.backend.ended.load(Ordering::SeqCst), 0);
    assert_eq!(peer.query("DISCARD TEMP").await.last().unwrap(), "ready I");
    assert_eq!(host.backend.executed.lock().unwrap().len(), 3, "here it has to be looked at where it is");
    drop(peer);
    for _ in 0..100 {
        if host.backend.ended.load(Ordering::SeqCst) == 1 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("the node does not hear that the session has ended");
}
