//! Bytes that no client sends. Whatever they are: the process lives, its memory stays bounded, others are served.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::compat::client::{self, Client, PROTOCOL_3_0, frame, startup, untyped};
use crate::compat::servers::Server;

/// What it may ever have taken, the largest statement's two million tokens included, and (in MB) what further rounds may
/// add: nothing piles up. What is resident just after such a statement says less: the allocator gives it back a little later.
const PEAK: u64 = 800 << 20;
const GROWTH: u64 = 32;

type Check = fn(&Server);

#[test]
fn survives() {
    let mut server = Server::quorlite();
    server.connect().simple("CREATE TABLE safe (a int); INSERT INTO safe VALUES (1)").expect("made");
    let checks: [(&str, Check); 8] = [
        ("random bytes", random_bytes),
        ("oversized before login", oversized_before_login),
        ("cut off", cut_off),
        ("broken frames", broken_frames),
        ("mutated messages", mutated_messages),
        ("big statements", big_statements),
        ("long statements", long_statements),
        ("never finishing", never_finishing),
    ];
    let mut rounds = [0; 4];
    for round in &mut rounds {
        for (name, check) in checks {
            check(&server);
            server.assert_running();
            let answer = server.connect().simple("SELECT a FROM safe");
            let rows = answer.unwrap_or_else(|error| panic!("{name}: {error}")).rows;
            assert_eq!(rows, [[Some(b"1".to_vec())]], "{name}");
            assert!(server.peak() < PEAK, "{name}: {} MB", server.peak() >> 20);
            assert!(!server.output().contains("panicked"), "{name}: {}", server.output());
        }
        *round = server.resident() >> 20;
        println!("{round} MB, {} MB at most", server.peak() >> 20);
    }
    // The first rounds fill what is kept for later; those after them bring nothing new.
    let [first, second, .., last] = rounds;
    assert!(last <= first.max(second) + GROWTH, "{rounds:?} MB");
}

/// Deterministic, so that a failure repeats.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.next() as u8).collect()
    }
}

/// Sends, and reads what comes until silence or the end.
fn throw(port: u16, bytes: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("connects");
    stream.set_read_timeout(Some(Duration::from_millis(100))).expect("set");
    stream.set_write_timeout(Some(Duration::from_secs(2))).expect("set");
    // The server may hang up before it has taken everything.
    let _ = stream.write_all(bytes);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    answer
}

fn logged_in(messages: &[u8]) -> Vec<u8> {
    let mut bytes = startup(PROTOCOL_3_0, &[("user", "postgres"), ("database", "postgres")]);
    bytes.extend(messages);
    bytes
}

fn random_bytes(server: &Server) {
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    for round in 0..100 {
        let length = 1 + random.below(2000);
        let bytes = random.bytes(length);
        if round % 2 == 0 {
            throw(server.port, &bytes);
        } else {
            throw(server.port, &logged_in(&bytes));
        }
    }
}

/// Before it knows the client, the server takes 10 kB at most.
fn oversized_before_login(server: &Server) {
    for length in [10_001u32, 1 << 20, 1 << 30, u32::MAX] {
        let mut stream = TcpStream::connect(("127.0.0.1", server.port)).expect("connects");
        stream.set_read_timeout(Some(Duration::from_secs(10))).expect("set");
        stream.set_write_timeout(Some(Duration::from_secs(10))).expect("set");
        let mut bytes = length.to_be_bytes().to_vec();
        bytes.extend(PROTOCOL_3_0.to_be_bytes());
        let _ = stream.write_all(&bytes);
        let chunk = vec![b'x'; 1 << 16];
        let mut taken = 0;
        while taken < 64 << 20 && stream.write_all(&chunk).is_ok() {
            taken += chunk.len();
        }
        assert!(taken < 32 << 20, "{length}: took {taken} bytes of somebody unknown");
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
    }
    for length in [0u32, 1, 4, 7] {
        throw(server.port, &length.to_be_bytes());
    }
    for version in [0, 2 << 16, 4 << 16, u32::MAX, client::CANCEL_REQUEST, client::SSL_REQUEST] {
        throw(server.port, &untyped(version, b"junk\0without\0end"));
        throw(server.port, &untyped(version, b""));
    }
}

/// A valid conversation, cut off after each byte.
fn cut_off(server: &Server) {
    let mut messages = client::query("SELECT 1");
    messages.extend(client::parse("s", "SELECT a FROM safe WHERE a = $1", &[23]));
    messages.extend(client::bind("p", "s", &[1], &[Some(vec![0, 0, 0, 1])], &[1]));
    messages.extend(client::describe(b'P', "p"));
    messages.extend(client::execute("p", 1));
    messages.extend(client::sync());
    let bytes = logged_in(&messages);
    for end in (1..bytes.len()).step_by(3) {
        let mut stream = TcpStream::connect(("127.0.0.1", server.port)).expect("connects");
        stream.write_all(&bytes[..end]).expect("sent");
    }
}

/// Frames whose lengths, counts and strings lie.
fn broken_frames(server: &Server) {
    let length = |tag: u8, length: u32, body: &[u8]| {
        let mut bytes = vec![tag];
        bytes.extend(length.to_be_bytes());
        bytes.extend(body);
        bytes
    };
    let mut attacks = Vec::new();
    for tag in *b"QPBDECSHXFdcfp!\0\xff" {
        for lie in [0, 1, 3, 4, 5, 0x7fff_ffff, 0x8000_0000, u32::MAX] {
            attacks.push(length(tag, lie, b"SELECT 1\0"));
        }
        attacks.push(frame(tag, b""));
        attacks.push(frame(tag, b"\0"));
        attacks.push(frame(tag, b"no end"));
        attacks.push(frame(tag, b"\xff\xfe\xfd\0"));
        attacks.push(frame(tag, b"S\0\0\0\0\0\0\0\0\0"));
    }
    // Counts far beyond what the frame holds.
    attacks.push(frame(b'P', b"\0SELECT 1\0\xff\xff"));
    attacks.push(frame(b'P', b"\0SELECT $1\0\x7f\xff\0\0\0\x17"));
    for counts in
        [&b"\0\0\xff\xff"[..], b"\0\0\0\0\xff\xff", b"\0\0\0\0\0\x01\x7f\xff\xff\xff", b"\0\0\0\0\0\0\xff\xff"]
    {
        let mut bytes = client::parse("", "SELECT $1::int", &[]);
        bytes.extend(frame(b'B', counts));
        attacks.push(bytes);
    }
    for rows in [i32::MAX, i32::MIN, -1] {
        let mut bytes = client::parse("", "SELECT a FROM safe", &[]);
        bytes.extend(client::bind("", "", &[], &[], &[]));
        bytes.extend(client::execute("", rows));
        attacks.push(bytes);
    }
    for attack in attacks {
        let mut bytes = attack.clone();
        bytes.extend(client::sync());
        throw(server.port, &logged_in(&bytes));
    }
}

/// Valid messages with single bytes changed.
fn mutated_messages(server: &Server) {
    let mut random = Random(42);
    let mut valid = client::parse("s", "SELECT a, $1::text || 'x' FROM safe WHERE a < $2", &[25, 23]);
    valid.extend(client::bind("p", "s", &[0, 1], &[Some(b"text".to_vec()), Some(vec![0, 0, 0, 9])], &[0, 1]));
    valid.extend(client::describe(b'S', "s"));
    valid.extend(client::execute("p", 5));
    valid.extend(client::close(b'P', "p"));
    valid.extend(client::sync());
    valid.extend(client::query("SELECT 1; SELECT 'two'"));
    for _ in 0..150 {
        let mut bytes = valid.clone();
        for _ in 0..=random.below(4) {
            let at = random.below(bytes.len());
            bytes[at] = random.next() as u8;
        }
        throw(server.port, &logged_in(&bytes));
    }
}

/// Statements that are too long, too deep or not text: an error each, on a session that goes on.
fn big_statements(server: &Server) {
    let mut client = server.connect();
    let mut fails = |sql: String| {
        let shown: String = sql.chars().take(40).collect();
        let error = client.simple(&sql).map(|outcome| outcome.tag).expect_err(&shown);
        assert_ne!(error.code, "08006", "{shown}: the session ended");
    };
    fails(format!("SELECT {}1{}", "(".repeat(100_000), ")".repeat(100_000)));
    fails(format!("SELECT 1{}", "+1".repeat(1_000_000)));
    fails(format!("SELECT {}1", "- ".repeat(300_000)));
    fails(format!("SELECT {}true", "NOT ".repeat(300_000)));
    fails(format!("SELECT {}1{}", "CASE WHEN true THEN ".repeat(50_000), " END".repeat(50_000)));
    fails(format!("SELECT * FROM {}safe{}", "(SELECT * FROM ".repeat(20_000), ") x".repeat(20_000)));
    fails(format!("SELECT {}", "'".repeat(1_000_001)));
    fails(format!("SELECT '{}", "x".repeat(10_000_000)));
    for term in ["random() < 2", "EXISTS (SELECT 1)", "length('x') / 1 = 1"] {
        let answer = client.simple(&format!("SELECT {}", [term; 1_000].join(" AND "))).expect("terms may be many");
        assert_eq!(answer.rows, [[Some(b"t".to_vec())]]);
    }
    let long = "x".repeat(5_000_000);
    let answer = client.simple(&format!("SELECT length('{long}')")).expect("text may be long");
    assert_eq!(answer.rows, [[Some(b"5000000".to_vec())]]);
    let mut not_text = client::frame(b'Q', b"SELECT '\xff\xfe'\0");
    not_text.extend(client::query("SELECT 1"));
    client.send(&not_text).expect("sent");
    assert_eq!(client.until_ready().map(|outcome| outcome.tag).expect_err("not UTF-8").code, "22021");
    client.until_ready().expect("goes on");
}

/// Statements that will not come again, as bulk loads send them. Neither their text nor what was made of it is kept.
fn long_statements(server: &Server) {
    let mut client = server.connect();
    client.simple("CREATE TABLE IF NOT EXISTS long (a int)").expect("made");
    let filling = "x".repeat(1 << 20);
    for number in 0..100 {
        client.simple(&format!("SELECT length('{number}{filling}')")).expect("read");
        client.simple(&format!("INSERT INTO long VALUES (length('{number}{filling}'))")).expect("written");
    }
}

/// Connections that begin and never go on don't keep others out.
fn never_finishing(server: &Server) {
    let half: Vec<TcpStream> = (0..50)
        .map(|_| {
            let mut stream = TcpStream::connect(("127.0.0.1", server.port)).expect("connects");
            stream.write_all(&[0, 0]).expect("sent");
            stream
        })
        .collect();
    let started = Instant::now();
    Client::connect(server.port).expect("served").simple("SELECT 1").expect("answered");
    assert!(started.elapsed() < Duration::from_secs(5));
    drop(half);
}
