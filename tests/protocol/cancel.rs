//! CancelRequest: it must stop what computes, what streams and what writes, and nothing else.

use std::io::Read;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::compat::client::{self, Client};
use crate::compat::servers::Server;

#[test]
fn postgres_cancels() {
    if let Some(server) = Server::postgres() {
        cancels(&server);
    }
}

#[test]
fn quorlite_cancels() {
    cancels(&Server::quorlite());
}

fn cancels(server: &Server) {
    let mut setup = server.connect();
    setup.simple("CREATE TABLE many (id int PRIMARY KEY, t text)").expect("made");
    setup.simple("INSERT INTO many VALUES (1, 'x'), (2, 'y'), (3, 'z'), (4, 'w')").expect("filled");
    for _ in 0..8 {
        let more = "INSERT INTO many SELECT id + (SELECT max(id) FROM many), t FROM many";
        setup.simple(more).expect("doubled");
    }
    setup.simple("CREATE TABLE target (a int8)").expect("made");
    while_it_computes(server);
    while_rows_stream(server);
    while_rows_stream_to_nobody(server);
    while_it_writes(server);
    with_another_key(server);
}

/// A thousand to the third: minutes on any engine.
const FOREVER: &str = "FROM many a, many b, many c, many d";

fn while_it_computes(server: &Server) {
    let mut client = server.connect();
    client.send(&client::query(&format!("SELECT count(*) {FOREVER}"))).expect("sent");
    std::thread::sleep(Duration::from_millis(300));
    cancel(server, &client);
    expect_cancelled(&mut client);
}

fn while_rows_stream(server: &Server) {
    let mut client = server.connect();
    let mut bytes = client::parse("", &format!("SELECT a.id, b.t {FOREVER}"), &[]);
    bytes.extend(client::bind("", "", &[], &[], &[]));
    bytes.extend(client::execute("", 0));
    bytes.extend(client::sync());
    client.send(&bytes).expect("sent");
    for _ in 0..10_000 {
        client.read().expect("rows");
    }
    cancel(server, &client);
    expect_cancelled(&mut client);
}

/// The client doesn't read: the server is stuck in a write when the cancel comes.
fn while_rows_stream_to_nobody(server: &Server) {
    let mut client = server.connect();
    client.send(&client::query(&format!("SELECT a.id, b.t {FOREVER}"))).expect("sent");
    std::thread::sleep(Duration::from_millis(1000));
    cancel(server, &client);
    std::thread::sleep(Duration::from_millis(200));
    expect_cancelled(&mut client);
}

fn while_it_writes(server: &Server) {
    let mut client = server.connect();
    client.send(&client::query(&format!("INSERT INTO target SELECT a.id {FOREVER}"))).expect("sent");
    std::thread::sleep(Duration::from_millis(300));
    cancel(server, &client);
    expect_cancelled(&mut client);
    let count = client.simple("SELECT count(*) FROM target").expect("counted");
    assert_eq!(count.rows, [[Some(b"0".to_vec())]]);
    // The writer is free again.
    client.simple("INSERT INTO target VALUES (1); DELETE FROM target").expect("written");
}

fn with_another_key(server: &Server) {
    let mut client = server.connect();
    let mut wrong = client.secret.clone();
    wrong[0] ^= 1;
    client.send(&client::query("SELECT count(*) FROM many a, many b, many c WHERE a.id < 20")).expect("sent");
    send_cancel(server, client.pid, &wrong);
    send_cancel(server, client.pid ^ 0x5555, &client.secret);
    let outcome = client.until_ready().expect("not cancelled");
    assert_eq!(outcome.rows.len(), 1);
    // A cancel that comes too late does nothing to the next statement.
    cancel(server, &client);
    std::thread::sleep(Duration::from_millis(200));
    client.simple("SELECT 1").expect("not cancelled");
}

fn cancel(server: &Server, client: &Client) {
    send_cancel(server, client.pid, &client.secret);
}

fn send_cancel(server: &Server, pid: u32, secret: &[u8]) {
    use std::io::Write;
    let mut stream = TcpStream::connect(("127.0.0.1", server.port)).expect("connects");
    stream.write_all(&client::cancel(pid, secret)).expect("sent");
    // The server answers by hanging up.
    let mut answer = Vec::new();
    stream.set_read_timeout(Some(Duration::from_secs(10))).expect("set");
    stream.read_to_end(&mut answer).expect("hangs up");
    assert!(answer.is_empty(), "{answer:?}");
}

fn expect_cancelled(client: &mut Client) {
    let started = Instant::now();
    client.set_timeout(Duration::from_secs(10)).expect("set");
    let error = client.until_ready().map(|outcome| outcome.rows.len()).expect_err("cancelled");
    assert_eq!(error.code, "57014", "{error}");
    assert!(started.elapsed() < Duration::from_secs(10), "took {:?}", started.elapsed());
    let answer = client.simple("SELECT 42").expect("the session goes on");
    assert_eq!(answer.rows, [[Some(b"42".to_vec())]]);
}
