//! A million rows out of Quorlite: through each protocol, and to readers that stop reading, its memory stays flat.

use std::process::{Command, Stdio};
use std::time::Duration;

use crate::compat::client::{self, Client};
use crate::compat::servers::Server;

const ROWS: usize = 1_000_000;
/// All rows are over 100 MB: what they may cost while they pass.
const ALLOWED: u64 = 48 << 20;

#[test]
fn a_million_rows() {
    let server = Server::quorlite();
    fill(&server);
    simple(&server);
    in_portions(&server);
    to_readers_that_stop(&server);
    through_psql(&server);
}

fn fill(server: &Server) {
    let mut client = server.connect();
    client.simple("CREATE TABLE seed (id int PRIMARY KEY)").expect("made");
    let values: Vec<String> = (0..1000).map(|id| format!("({id})")).collect();
    client.simple(&format!("INSERT INTO seed VALUES {}", values.join(", "))).expect("filled");
    client.simple("CREATE TABLE million (id int PRIMARY KEY, t text)").expect("made");
    for part in 0..100 {
        let insert = format!(
            "INSERT INTO million SELECT a.id * 1000 + b.id, repeat('x', 100) FROM seed a, seed b WHERE a.id / 10 = {part}"
        );
        assert_eq!(client.simple(&insert).expect("filled").tag, "INSERT 0 10000");
    }
}

/// Watches the server's memory over a stream of messages.
struct Watch<'a> {
    server: &'a Server,
    before: u64,
    rows: usize,
}

impl<'a> Watch<'a> {
    fn start(server: &'a Server) -> Watch<'a> {
        Watch { server, before: server.resident(), rows: 0 }
    }

    fn row(&mut self) {
        self.rows += 1;
        if self.rows.is_multiple_of(50_000) {
            self.check();
        }
    }

    fn check(&self) {
        let now = self.server.resident();
        assert!(now < self.before + ALLOWED, "{} MB after {} rows", (now - self.before) >> 20, self.rows);
    }
}

fn simple(server: &Server) {
    let mut client = server.connect();
    let mut watch = Watch::start(server);
    client.send(&client::query("SELECT * FROM million")).expect("sent");
    loop {
        let message = client.read().expect("a message");
        match message.tag {
            b'D' => watch.row(),
            b'Z' => break,
            b'E' => panic!("{:?}", client::error_fields(&message.body)),
            _ => {}
        }
    }
    assert_eq!(watch.rows, ROWS);
}

/// A fetch size of 1000: the portal is suspended 1000 times.
fn in_portions(server: &Server) {
    let mut client = server.connect();
    let mut watch = Watch::start(server);
    let mut bytes = client::parse("", "SELECT id, t FROM million ORDER BY id", &[]);
    bytes.extend(client::bind("", "", &[], &[], &[1]));
    client.send(&bytes).expect("sent");
    'portions: loop {
        let mut bytes = client::execute("", 1000);
        bytes.extend(client::frame(b'H', &[]));
        client.send(&bytes).expect("sent");
        loop {
            let message = client.read().expect("a message");
            match message.tag {
                b'D' => {
                    let row = client::data_row(&message.body);
                    assert_eq!(row[0], Some((watch.rows as i32).to_be_bytes().to_vec()), "in order, each once");
                    watch.row();
                }
                b's' => break,
                b'C' => break 'portions,
                b'E' => panic!("{:?}", client::error_fields(&message.body)),
                _ => {}
            }
        }
    }
    assert_eq!(watch.rows, ROWS);
    client.send(&client::sync()).expect("sent");
    client.until_ready().expect("ready");
}

/// Clients that asked and don't read hold neither the server's memory nor others' work.
fn to_readers_that_stop(server: &Server) {
    let watch = Watch::start(server);
    let stuck: Vec<Client> = (0..8)
        .map(|_| {
            let mut client = server.connect();
            client.send(&client::query("SELECT * FROM million")).expect("sent");
            client
        })
        .collect();
    std::thread::sleep(Duration::from_secs(2));
    watch.check();
    let mut other = server.connect();
    other.simple("INSERT INTO million VALUES (-1, 'written meanwhile')").expect("written");
    assert_eq!(other.simple("SELECT t FROM million WHERE id = -1").expect("read").rows.len(), 1);
    other.simple("DELETE FROM million WHERE id = -1").expect("written");
    drop(stuck);
}

fn through_psql(server: &Server) {
    let url = format!("postgresql://postgres@127.0.0.1:{}/postgres", server.port);
    let watch = Watch::start(server);
    let psql = Command::new("psql")
        .args([&url, "-XAtq", "-o", "/dev/null", "-c", "SELECT * FROM million"])
        .stdin(Stdio::null())
        .stderr(Stdio::piped())
        .spawn();
    let mut psql = match psql {
        Ok(psql) => psql,
        Err(error) => {
            assert!(std::env::var_os("CI").is_none(), "psql: {error}");
            return;
        }
    };
    while psql.try_wait().expect("our child").is_none() {
        watch.check();
        std::thread::sleep(Duration::from_millis(20));
    }
    let ended = psql.wait_with_output().expect("ended");
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
}
