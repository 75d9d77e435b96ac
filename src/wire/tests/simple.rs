//! Query strings.

use super::peer::Host;
use crate::catalog::{Change, Constraint, ConstraintKind, Deferral, Object};
use crate::session::scripted::{Script, division_by_zero, result, table};
use crate::sql::changed_shape;
use crate::storage::Outcome;
use crate::types::Type;

#[tokio::test]
async fn rows_tag_and_ready() {
    let host = Host::new();
    let mut peer = host.connect().await;
    let lines = peer.query("SELECT a, b FROM t").await;
    assert_eq!(lines, ["columns a:23:0 b:25:0", &format!("row 7|{}", "x".repeat(50)), "complete SELECT 1", "ready I"]);
    assert_eq!(peer.query("").await, ["empty", "ready I"]);
    assert_eq!(peer.query(" ; ;").await, ["empty", "ready I"]);
}

#[tokio::test]
async fn a_long_text() {
    let host = Host::new();
    let mut peer = host.connect().await;
    let spaces = " ".repeat(70_000);
    let lines = peer.query(&format!("SELECT a{spaces} FROM t")).await;
    assert_eq!(lines, ["columns a:23:0", "row 7", "complete SELECT 1", "ready I"]);
}

#[tokio::test]
async fn a_syntax_error_anywhere_and_nothing_runs() {
    let host = Host::new();
    let mut peer = host.connect().await;
    let lines = peer.query("INSERT INTO t VALUES (1, 'x'); SELCT 2").await;
    assert_eq!(lines, ["error ERROR 42601 syntax error at or near \"SELCT\" P=32", "ready I"]);
    assert!(host.backend.executed.lock().unwrap().is_empty());
}

#[tokio::test]
async fn writes_of_a_string_are_one_transaction_and_reads_before_them_stream() {
    let host = Host::new();
    let mut peer = host.connect().await;
    let text = "SELECT a FROM t; INSERT INTO t VALUES (1, 'x'); SELECT a FROM t; UPDATE t SET a = 2 RETURNING a";
    let lines = peer.query(text).await;
    let expected = [
        "columns a:23:0",
        "row 7",
        "complete SELECT 1",
        "complete INSERT 0 1",
        "columns a:23:0",
        "row 7",
        "complete SELECT 1",
        "columns a:23:0",
        "row 7",
        "complete UPDATE 1",
        "ready I",
    ];
    assert_eq!(lines, expected);
    let executed = host.backend.executed.lock().unwrap().clone();
    let calls = ["INSERT INTO t VALUES (1, 'x')", "SELECT a FROM t", "UPDATE t SET a = 2 RETURNING a"];
    assert_eq!(executed, [(calls.map(str::to_owned).to_vec(), false)]);
}

#[tokio::test]
async fn results_before_an_error_are_sent_and_rolled_back() {
    let host = Host::new();
    let mut peer = host.connect().await;
    // Found by the session, after writes were put off.
    let lines = peer.query("INSERT INTO t VALUES (1, 'x');  SELECT nope FROM t; DELETE FROM t").await;
    let error = "error ERROR 42703 column \"nope\" does not exist P=40";
    assert_eq!(lines, ["complete INSERT 0 1", error, "ready I"]);
    let executed = std::mem::take(&mut *host.backend.executed.lock().unwrap());
    assert_eq!(executed, [(vec!["INSERT INTO t VALUES (1, 'x')".to_owned()], true)]);
    // Found by the writer.
    let failed = Outcome::Failed { results: vec![result(None)], error: division_by_zero().position(3) };
    host.backend.outcomes.lock().unwrap().push_back(failed);
    let lines = peer.query("DELETE FROM t; INSERT INTO t VALUES (1 / 0, ''); DELETE FROM t").await;
    assert_eq!(lines, ["complete SELECT 1", "error ERROR 22012 division by zero P=18", "ready I"]);
}

#[tokio::test]
async fn an_error_of_a_read_ends_the_string() {
    let host = Host::new();
    host.backend.script(Script::Batches(1));
    host.backend.script(Script::Fails(division_by_zero()));
    let mut peer = host.connect().await;
    let lines = peer.query("SELECT a FROM t; SELECT a FROM t; SELECT a FROM t").await;
    assert_eq!(lines.len(), 104);
    assert_eq!(&lines[101..], ["complete SELECT 100", "error ERROR 22012 division by zero", "ready I"]);
}

#[tokio::test]
async fn what_a_string_makes_it_may_use() {
    let host = Host::new();
    let mut peer = host.connect().await;
    let lines = peer.query("CREATE TABLE n (a int4); INSERT INTO n VALUES (1)").await;
    // The scripted writer does not bind, so its tag is not INSERT's.
    assert_eq!(lines, ["complete CREATE TABLE", "complete SELECT 1", "ready I"]);
    assert_eq!(host.backend.executed.lock().unwrap()[0].0.len(), 2);
}

#[tokio::test]
async fn a_table_made_on_another_node_is_found() {
    let host = Host::new();
    let mut peer = host.connect().await;
    host.backend.change_elsewhere(&[Change::put(Object::Table(table(17000, "elsewhere")))]);
    let lines = peer.query("SELECT a FROM elsewhere").await;
    assert_eq!(lines, ["columns a:23:0", "row 7", "complete SELECT 1", "ready I"]);
    let lines = peer.query("SELECT a FROM nowhere").await;
    assert_eq!(lines, ["error ERROR 42P01 relation \"nowhere\" does not exist P=15", "ready I"]);
}

#[tokio::test]
async fn a_stale_plan_is_bound_again() {
    let host = Host::new();
    let mut peer = host.connect().await;
    host.backend.script(Script::Stale);
    let lines = peer.query("SELECT a FROM t").await;
    assert_eq!(lines, ["columns a:23:0", "row 7", "complete SELECT 1", "ready I"]);
    (0..20).for_each(|_| host.backend.script(Script::Stale));
    let lines = peer.query("SELECT a FROM t").await;
    assert!(lines[0].starts_with("error ERROR 40001 "), "{lines:?}");
}

#[tokio::test]
async fn commit_and_rollback_outside_a_block() {
    let host = Host::new();
    let mut peer = host.connect().await;
    let warning = "notice WARNING 25P01 there is no transaction in progress";
    assert_eq!(peer.query("COMMIT").await, [warning, "complete COMMIT", "ready I"]);
    assert_eq!(peer.query("ROLLBACK").await, [warning, "complete ROLLBACK", "ready I"]);
    // Within a string they end the transaction so far.
    let lines = peer.query("DELETE FROM t; COMMIT; DELETE FROM t; ROLLBACK; DELETE FROM t").await;
    let deleted = "complete DELETE 1";
    let expected = [deleted, warning, "complete COMMIT", deleted, warning, "complete ROLLBACK", deleted, "ready I"];
    assert_eq!(lines, expected);
    let rolled_back: Vec<_> = host.backend.executed.lock().unwrap().iter().map(|(_, aborted)| *aborted).collect();
    assert_eq!(rolled_back, [false, true, false]);
    let lines = peer.query("SAVEPOINT a").await;
    assert_eq!(lines[0], "error ERROR 25P01 SAVEPOINT can only be used in transaction blocks");
}

#[tokio::test]
async fn an_outcome_that_is_not_known_says_so() {
    let host = Host::new();
    let mut peer = host.connect().await;
    for (outcome, code) in [(Outcome::Unknown, "08007"), (Outcome::NotLeader, "57P03"), (Outcome::Superseded, "40001")]
    {
        host.backend.outcomes.lock().unwrap().push_back(outcome);
        let lines = peer.query("DELETE FROM t").await;
        assert!(lines[0].starts_with(&format!("error ERROR {code} ")), "{lines:?}");
        assert_eq!(lines[1], "ready I");
    }
}

/// A table `k (id int4 primary key, b)`, with `b` of that type.
fn keyed(ty: Type) -> Change {
    let mut keyed = table(17_100, "k");
    keyed.columns[0].name = "id".into();
    keyed.columns[1].ty = ty;
    keyed.constraints.push(Constraint {
        oid: 17_101,
        name: "k_pkey".into(),
        kind: ConstraintKind::PrimaryKey,
        columns: vec![1],
        index_oid: 17_102,
        not_valid: false,
        comment: None,
        deferral: Deferral::NotDeferrable,
    });
    Change::put(Object::Table(keyed))
}

#[tokio::test]
async fn statements_of_a_known_form_bring_parameters() {
    let host = Host::new();
    let mut peer = host.connect().await;
    host.backend.change(&[keyed(Type::TEXT)]);
    for value in ["5", "-6", "NULL"] {
        let lines = peer.query(&format!("INSERT INTO k VALUES ({value}, 'it''s');")).await;
        assert_eq!(lines, ["complete INSERT 0 1", "ready I"]);
    }
    let executed: Vec<_> = std::mem::take(&mut *host.backend.executed.lock().unwrap());
    let forms = ["INSERT INTO k VALUES ($1, $2)", "INSERT INTO k VALUES (-$1, $2)", "INSERT INTO k VALUES (NULL, $1)"];
    assert_eq!(executed, forms.map(|form| (vec![form.to_owned()], false)));
    // What is wrong with a value is told of the text as it was written.
    let lines = peer.query("INSERT INTO k VALUES ('five', 'x')").await;
    assert_eq!(lines, ["error ERROR 22P02 invalid input syntax for type integer: \"five\" P=23", "ready I"]);
    let lines = peer.query("SELECT id FROM k WHERE id = 5 AND nosuch = 5").await;
    assert_eq!(lines, ["error ERROR 42703 column \"nosuch\" does not exist P=35", "ready I"]);
}

#[tokio::test]
async fn a_form_whose_column_has_another_type_elsewhere_is_read_as_it_is_written() {
    let host = Host::new();
    let mut peer = host.connect().await;
    host.backend.change(&[keyed(Type::TEXT)]);
    let text = "SELECT id FROM k WHERE id = 5 AND b = '5'";
    let answer = ["columns id:23:0", "row 7", "complete SELECT 1", "ready I"];
    assert_eq!(peer.query(text).await, answer);
    host.backend.change_elsewhere(&[keyed(Type::INT4)]);
    assert_eq!(peer.query(text).await, answer);
    // In a block too, which goes on.
    assert_eq!(peer.query("BEGIN").await, ["complete BEGIN", "ready T"]);
    host.backend.change_elsewhere(&[keyed(Type::TEXT)]);
    assert_eq!(peer.query(text).await, ["columns id:23:0", "row 7", "complete SELECT 1", "ready T"]);
    assert_eq!(peer.query("COMMIT").await, ["complete COMMIT", "ready I"]);
    // A write by the one who runs it.
    let text = "UPDATE k SET b = '5' WHERE id = 5";
    assert_eq!(peer.query(text).await, ["complete UPDATE 1", "ready I"]);
    let failed = Outcome::Failed { results: Vec::new(), error: changed_shape() };
    host.backend.outcomes.lock().unwrap().push_back(failed);
    assert_eq!(peer.query(text).await, ["complete UPDATE 1", "ready I"]);
    let executed =
        host.backend.executed.lock().unwrap().iter().flat_map(|(texts, _)| texts.clone()).collect::<Vec<_>>();
    assert_eq!(executed, ["UPDATE k SET b = $1 WHERE id = $2", "UPDATE k SET b = $1 WHERE id = $2", text]);
    // What a prepared statement hears of it is its client's affair.
    let failed = Outcome::Failed { results: Vec::new(), error: changed_shape() };
    host.backend.outcomes.lock().unwrap().push_back(failed);
    let lines = peer.query("INSERT INTO k SELECT 1, 'x'").await;
    assert!(lines[0].starts_with("error ERROR 0A000 "), "{lines:?}");
}
