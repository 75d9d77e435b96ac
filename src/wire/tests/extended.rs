//! Parse, Bind, Describe, Execute, Close, Flush, Sync.

use std::sync::atomic::Ordering;

use super::peer::{Host, bind, bind_with, close, describe, execute, flush, frame, parse, query, run, sync};
use crate::catalog::{Change, Object};
use crate::session::scripted::{Script, division_by_zero, result, table};
use crate::storage::Outcome;
use crate::types::Type;

#[tokio::test]
async fn one_statement_one_write() {
    let host = Host::new();
    let mut peer = host.connect().await;
    let before = host.writes.load(Ordering::SeqCst);
    let bytes = [
        parse("", "SELECT a, b FROM t WHERE a = $1", &[]),
        describe(b'S', ""),
        bind("", "", &[Some("41")]),
        describe(b'P', ""),
        execute("", 0),
        close(b'P', ""),
        sync(),
    ];
    let lines = peer.ask(&bytes.concat()).await;
    let row = format!("row 7|{}", "x".repeat(50));
    let columns = "columns a:23:0 b:25:0";
    let expected = ["parsed", "params 23", columns, "bound", columns, &row, "complete SELECT 1", "closed", "ready I"];
    assert_eq!(lines, expected);
    assert_eq!(host.writes.load(Ordering::SeqCst) - before, 1, "one write per Sync");
}

#[tokio::test]
async fn names_that_are_or_are_not_there() {
    let host = Host::new();
    let mut peer = host.connect().await;
    for (bytes, error) in [
        (bind("", "nope", &[]), "26000 prepared statement \"nope\" does not exist"),
        (bind("", "", &[]), "26000 unnamed prepared statement does not exist"),
        (describe(b'S', "nope"), "26000 prepared statement \"nope\" does not exist"),
        (describe(b'P', "nope"), "34000 portal \"nope\" does not exist"),
        (execute("nope", 0), "34000 portal \"nope\" does not exist"),
    ] {
        let lines = peer.ask(&[bytes, sync()].concat()).await;
        assert_eq!(lines, [format!("error ERROR {error}"), "ready I".to_owned()]);
    }
    let lines = peer.ask(&[close(b'S', "nope"), close(b'P', "nope"), sync()].concat()).await;
    assert_eq!(lines, ["closed", "closed", "ready I"]);

    let twice = [parse("a", "SELECT 1", &[]), parse("a", "SELECT 2", &[]), sync()].concat();
    let exists = "error ERROR 42P05 prepared statement \"a\" already exists";
    assert_eq!(peer.ask(&twice).await, ["parsed", exists, "ready I"]);
    let unnamed = [parse("", "SELECT 1", &[]), parse("", "SELECT 2", &[]), sync()].concat();
    assert_eq!(peer.ask(&unnamed).await, ["parsed", "parsed", "ready I"]);
    let portals = [bind("p", "a", &[]), bind("", "a", &[]), bind("", "a", &[]), bind("p", "a", &[]), sync()].concat();
    let exists = "error ERROR 42P03 cursor \"p\" already exists";
    assert_eq!(peer.ask(&portals).await, ["bound", "bound", "bound", exists, "ready I"]);
    // Portals end with their transaction, statements stay.
    let lines = peer.ask(&[execute("p", 0), sync()].concat()).await;
    assert_eq!(lines[0], "error ERROR 34000 portal \"p\" does not exist");
    let lines = peer.ask(&[bind("p", "a", &[]), close(b'S', "a"), execute("p", 0), sync()].concat()).await;
    assert_eq!(lines, ["bound", "closed", "row 7", "complete SELECT 1", "ready I"]);
    // A query string ends the unnamed statement.
    peer.ask(&[parse("", "SELECT 1", &[]), sync()].concat()).await;
    peer.query("SELECT 1").await;
    let lines = peer.ask(&[bind("", "", &[]), sync()].concat()).await;
    assert_eq!(lines[0], "error ERROR 26000 unnamed prepared statement does not exist");
}

#[tokio::test]
async fn parse_takes_one_statement_or_none() {
    let host = Host::new();
    let mut peer = host.connect().await;
    let lines = peer.ask(&[parse("", "SELECT 1; SELECT 2", &[]), sync()].concat()).await;
    let error = "error ERROR 42601 cannot insert multiple commands into a prepared statement";
    assert_eq!(lines, [error, "ready I"]);
    let empty = [parse("", " ; ", &[]), describe(b'S', ""), bind("", "", &[]), describe(b'P', ""), execute("", 0)];
    let lines = peer.ask(&[empty.concat(), sync()].concat()).await;
    assert_eq!(lines, ["parsed", "params", "no data", "bound", "no data", "empty", "ready I"]);
    let lines = peer.ask(&[parse("", "SELECT $1::int4", &[99999]), sync()].concat()).await;
    assert_eq!(lines[0], "error ERROR XX000 cache lookup failed for type 99999");
    let lines = peer.ask(&[parse("", "SELECT $1::int4", &[142]), sync()].concat()).await;
    assert_eq!(lines[0], "error ERROR 0A000 a parameter of the type with OID 142 is not supported yet");
}

#[tokio::test]
async fn parameters_and_formats() {
    let host = Host::new();
    let mut peer = host.connect().await;
    let two = [parse("s", "SELECT a, b FROM t WHERE a = $1 AND b = $2", &[]), sync()].concat();
    peer.ask(&two).await;
    let binary: &[u8] = &[0, 0, 0, 5];
    let (x, five) = (Some(&b"x"[..]), Some(&b"5"[..]));
    for (bytes, error) in [
        (
            bind("", "s", &[Some("1")]),
            "08P01 bind message supplies 1 parameters, but prepared statement \"s\" requires 2",
        ),
        (
            bind_with("", "s", &[0, 0, 0], &[five, x], &[]),
            "08P01 bind message has 3 parameter formats but 2 parameters",
        ),
        (
            bind_with("", "s", &[], &[five, x], &[0, 0, 0]),
            "08P01 bind message has 3 result formats but query has 2 columns",
        ),
        (bind_with("", "s", &[7], &[five, x], &[]), "22023 unsupported format code: 7 W=unnamed portal parameter $1"),
        (
            bind_with("", "s", &[], &[Some(b"y"), x], &[]),
            "22P02 invalid input syntax for type integer: \"y\" W=unnamed portal parameter $1 = '...'",
        ),
        (
            bind_with("", "s", &[], &[five, Some(b"\xff")], &[]),
            "22021 invalid byte sequence for encoding \"UTF8\": 0xff W=unnamed portal parameter $2",
        ),
    ] {
        let lines = peer.ask(&[bytes, sync()].concat()).await;
        assert_eq!(lines, [format!("error ERROR {error}"), "ready I".to_owned()]);
    }
    let unknown = [bind_with("", "s", &[], &[five, x], &[7]), execute("", 0), sync()].concat();
    assert_eq!(peer.ask(&unknown).await, ["bound", "error ERROR 22023 unsupported format code: 7", "ready I"]);
    // One code for all, or one each.
    let each = [bind_with("", "s", &[1, 0], &[Some(binary), x], &[1, 0]), describe(b'P', ""), execute("", 0), sync()];
    let lines = peer.ask(&each.concat()).await;
    assert_eq!(lines[..3], ["bound", "columns a:23:1 b:25:0", &format!("row \0\0\0\u{7}|{}", "x".repeat(50))]);
    let all = [bind_with("", "s", &[1], &[Some(binary), x], &[1]), describe(b'P', ""), sync()].concat();
    assert_eq!(peer.ask(&all).await, ["bound", "columns a:23:1 b:25:1", "ready I"]);
}

#[tokio::test]
async fn portals_suspend() {
    let host = Host::new();
    let mut peer = host.connect().await;
    peer.ask(&[parse("s", "SELECT a FROM t", &[]), sync()].concat()).await;
    let rows = |count: usize, end: &str| [vec!["row 7".to_owned(); count], vec![end.to_owned()]].concat();
    host.backend.script(Script::Batches(2));
    let fetches = [bind("", "s", &[]), execute("", 150), execute("", 49), execute("", 2), execute("", 2), sync()];
    let lines = peer.ask(&fetches.concat()).await;
    let expected = [
        vec!["bound".to_owned()],
        rows(150, "suspended"),
        rows(49, "suspended"),
        rows(1, "complete SELECT 1"),
        rows(0, "complete SELECT 0"),
        vec!["ready I".to_owned()],
    ];
    assert_eq!(lines, expected.concat());
    // As many as there are: PostgreSQL does not look whether that was all.
    host.backend.script(Script::Batches(1));
    let lines = peer.ask(&[bind("", "s", &[]), execute("", 100), execute("", 1), sync()].concat()).await;
    assert_eq!(lines[101..], ["suspended", "complete SELECT 0", "ready I"]);
    // Limits that are none.
    for limit in [0, -1, i32::MIN, i32::MAX] {
        host.backend.script(Script::Batches(3));
        let lines = peer.ask(&[bind("", "s", &[]), execute("", limit), sync()].concat()).await;
        assert_eq!(lines[301..], ["complete SELECT 300", "ready I"]);
    }
    // A session that leaves portals in the middle must not take every reader.
    let mut bytes = Vec::new();
    for name in ["1", "2", "3", "4", "5", "6", "7", "8", "9"] {
        host.backend.script(Script::Endless);
        bytes.extend([bind(name, "s", &[]), execute(name, 1)].concat());
    }
    let lines = peer.ask(&[bytes, sync()].concat()).await;
    assert!(lines[8 * 3 + 1].starts_with("error ERROR 54000 too many suspended portals"), "{lines:?}");
    host.backend.reads.lock().unwrap().clear();
    // A portal left in the middle does not hold its read beyond Sync.
    host.backend.script(Script::Endless);
    let lines = peer.ask(&[bind("p", "s", &[]), execute("p", 1), sync()].concat()).await;
    assert_eq!(lines, ["bound", "row 7", "suspended", "ready I"]);
    assert_eq!(host.backend.open_reads.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn errors_skip_to_sync_and_queries_with_them() {
    let host = Host::new();
    let mut peer = host.connect().await;
    let bytes = [parse("", "SELECT nope FROM t", &[]), run("SELECT 1"), query("DELETE FROM t"), sync(), query("")];
    peer.send(&bytes.concat()).await;
    assert_eq!(peer.until(b"Z").await, ["error ERROR 42703 column \"nope\" does not exist P=8", "ready I"]);
    assert_eq!(peer.until(b"Z").await, ["empty", "ready I"]);
    assert!(host.backend.executed.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_pipeline_of_writes_is_one_transaction() {
    let host = Host::new();
    let mut peer = host.connect().await;
    let insert = parse("i", "INSERT INTO t VALUES ($1, $2) RETURNING a", &[]);
    let one = [bind("", "i", &[Some("1"), Some("x")]), describe(b'P', ""), execute("", 0)].concat();
    let read = run("SELECT a FROM t");
    let bytes = [read.clone(), insert, one.clone(), one, read, sync()].concat();
    let before = host.writes.load(Ordering::SeqCst);
    let lines = peer.ask(&bytes).await;
    let read = ["parsed", "bound", "row 7", "complete SELECT 1"];
    let write = ["bound", "columns a:23:0", "row 7", "complete INSERT 0 1"];
    let expected = [&read[..], &["parsed"], &write, &write, &read, &["ready I"]].concat();
    assert_eq!(lines, expected);
    assert_eq!(host.writes.load(Ordering::SeqCst) - before, 1);
    let executed = host.backend.executed.lock().unwrap().clone();
    assert_eq!(executed.len(), 1);
    assert_eq!(executed[0].0.len(), 3, "the read after the writes sees them");
}

#[tokio::test]
async fn a_pipeline_that_fails_undoes_what_was_never_answered() {
    let host = Host::new();
    let mut peer = host.connect().await;
    peer.ask(&[parse("old", "SELECT 1", &[]), sync()].concat()).await;
    let failed = Outcome::Failed { results: vec![result(None)], error: division_by_zero() };
    host.backend.outcomes.lock().unwrap().push_back(failed);
    let bytes = [
        run("DELETE FROM t"),
        parse("kept", "SELECT 1", &[]),
        run("DELETE FROM t"),
        parse("lost", "SELECT 1", &[]),
        close(b'S', "old"),
        parse("old", "SELECT 2", &[]),
        sync(),
    ];
    let lines = peer.ask(&bytes.concat()).await;
    let expected = [
        "parsed",
        "bound",
        "complete SELECT 1",
        "parsed",
        "parsed",
        "bound",
        "error ERROR 22012 division by zero",
        "ready I",
    ];
    assert_eq!(lines, expected);
    let lines =
        peer.ask(&[describe(b'S', "kept"), describe(b'S', "old"), describe(b'S', "lost"), sync()].concat()).await;
    assert_eq!(lines[4..], ["error ERROR 26000 prepared statement \"lost\" does not exist", "ready I"]);
}

#[tokio::test]
async fn an_error_after_writes_rolls_them_back_but_answers_them() {
    let host = Host::new();
    let mut peer = host.connect().await;
    let bytes =
        [run("INSERT INTO t VALUES (1, 'x')"), parse("", "SELECT nope FROM t", &[]), run("DELETE FROM t"), sync()];
    let lines = peer.ask(&bytes.concat()).await;
    let error = "error ERROR 42703 column \"nope\" does not exist P=8";
    assert_eq!(lines, ["parsed", "bound", "complete INSERT 0 1", error, "ready I"]);
    let executed = host.backend.executed.lock().unwrap().clone();
    assert_eq!(executed, [(vec!["INSERT INTO t VALUES (1, 'x')".to_owned()], true)]);
}

#[tokio::test]
async fn flush_has_writes_answered() {
    let host = Host::new();
    let mut peer = host.connect().await;
    peer.send(&[run("DELETE FROM t"), flush()].concat()).await;
    assert_eq!(peer.until(b"C").await, ["parsed", "bound", "complete DELETE 1"]);
    let lines = peer.ask(&[run("SELECT a FROM t"), run("DELETE FROM t"), sync()].concat()).await;
    assert_eq!(lines[..4], ["parsed", "bound", "row 7", "complete SELECT 1"]);
    assert!(lines[6].starts_with("error ERROR 0A000 a write after Flush"), "{lines:?}");
    // Parse, Describe, Flush and then the rest, as asyncpg does.
    peer.send(&[parse("", "DELETE FROM t RETURNING a", &[]), describe(b'S', ""), flush()].concat()).await;
    assert_eq!(peer.until(b"T").await, ["parsed", "params", "columns a:23:0"]);
    let lines = peer.ask(&[bind("", "", &[]), execute("", 0), sync()].concat()).await;
    assert_eq!(lines, ["bound", "row 7", "complete DELETE 1", "ready I"]);
}

#[tokio::test]
async fn returning_suspends() {
    let host = Host::new();
    let mut peer = host.connect().await;
    let bytes = [
        parse("", "DELETE FROM t RETURNING a", &[]),
        bind("", "", &[]),
        execute("", 1),
        execute("", 1),
        execute("", 1),
    ];
    let lines = peer.ask(&[bytes.concat(), sync()].concat()).await;
    let expected = ["parsed", "bound", "row 7", "suspended", "complete DELETE 0", "complete DELETE 0", "ready I"];
    assert_eq!(lines, expected);
    // After Flush the portal goes on from where it was.
    peer.send(&[parse("", "DELETE FROM t RETURNING a", &[]), bind("", "", &[]), execute("", 1), flush()].concat())
        .await;
    assert_eq!(peer.until(b"s").await, ["parsed", "bound", "row 7", "suspended"]);
    assert_eq!(peer.ask(&[execute("", 0), sync()].concat()).await, ["complete DELETE 0", "ready I"]);
    // Without rows it runs once.
    let lines = peer.ask(&[run("DELETE FROM t"), execute("", 0), sync()].concat()).await;
    let error = "error ERROR 55000 portal \"\" cannot be run";
    assert_eq!(lines, ["parsed", "bound", "complete DELETE 1", error, "ready I"]);
}

#[tokio::test]
async fn plans_follow_the_schema_but_results_keep_their_shape() {
    let host = Host::new();
    let mut peer = host.connect().await;
    peer.ask(&[parse("s", "SELECT * FROM t", &[]), parse("a", "SELECT a FROM t", &[]), sync()].concat()).await;
    let mut wider = table(16384, "t");
    wider.columns.push(crate::catalog::Column {
        attnum: 3,
        name: "c".into(),
        stored_name: "c".into(),
        ..wider.columns[0].clone()
    });
    wider.columns[2].ty = Type::INT8;
    host.backend.change(&[Change::put(Object::Table(wider))]);
    let error = "error ERROR 0A000 cached plan must not change result type R=RevalidateCachedQuery";
    assert_eq!(peer.ask(&[bind("", "s", &[]), sync()].concat()).await, [error, "ready I"]);
    assert_eq!(peer.ask(&[describe(b'S', "s"), sync()].concat()).await, ["params", error, "ready I"]);
    let lines = peer.ask(&[bind("", "a", &[]), execute("", 0), sync()].concat()).await;
    assert_eq!(lines, ["bound", "row 7", "complete SELECT 1", "ready I"]);
    host.backend.change(&[Change::Drop(16384)]);
    let error = "error ERROR 42P01 relation \"t\" does not exist P=15";
    assert_eq!(peer.ask(&[bind("", "s", &[]), sync()].concat()).await, [error, "ready I"]);
}

#[tokio::test]
async fn session_statements_have_portals_too() {
    let host = Host::new();
    let mut peer = host.connect().await;
    let show = [parse("", "SHOW timezone", &[]), describe(b'S', ""), bind("", "", &[]), execute("", 1), execute("", 1)];
    let lines = peer.ask(&[show.concat(), sync()].concat()).await;
    let expected =
        ["parsed", "params", "columns TimeZone:25:0", "bound", "row UTC", "suspended", "complete SHOW", "ready I"];
    assert_eq!(lines, expected);
    let set = [parse("", "SET application_name = 'x'", &[]), describe(b'S', ""), bind("", "", &[]), execute("", 0)];
    let lines = peer.ask(&[set.concat(), sync()].concat()).await;
    assert_eq!(
        lines,
        ["parsed", "params", "no data", "bound", "complete SET", "setting application_name=x", "ready I"]
    );
    let lines = peer.ask(&[run("DELETE FROM t"), run("SHOW application_name"), sync()].concat()).await;
    assert_eq!(lines[2..], ["complete DELETE 1", "parsed", "bound", "row x", "complete SHOW", "ready I"]);
}

#[tokio::test]
async fn a_copy_is_complete_when_it_is_committed() {
    let host = Host::new();
    let mut peer = host.connect().await;
    let copied = [frame(b'd', b"1\tx\n"), frame(b'c', b""), sync()].concat();
    for (outcome, code) in [(Outcome::Unknown, "08007"), (Outcome::NotLeader, "40001")] {
        host.backend.outcomes.lock().unwrap().push_back(outcome);
        let lines = peer.ask(&[run("COPY t FROM STDIN"), copied.clone()].concat()).await;
        let told = lines.iter().any(|line| line.starts_with("complete"));
        assert!(!told && lines.iter().any(|line| line.starts_with(&format!("error ERROR {code} "))), "{lines:?}");
    }
    let lines = peer.ask(&[run("COPY t FROM STDIN"), copied].concat()).await;
    assert_eq!(lines[lines.len() - 2..], ["complete COPY 1", "ready I"], "{lines:?}");
    // What follows in the same transaction comes after it.
    let copied = [frame(b'd', b"1\tx\n"), frame(b'c', b"")].concat();
    let lines = peer.ask(&[run("COPY t FROM STDIN"), copied, run("SELECT nope FROM t"), sync()].concat()).await;
    let place = |start: &str| lines.iter().position(|line| line.starts_with(start)).unwrap();
    assert!(place("complete COPY 1") < place("error ERROR 42703"), "{lines:?}");
}
