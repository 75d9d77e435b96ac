//! Starts that must fail: at once, with exit code 1 and a line that says what to do, and without changing a byte.
//!
//! The exception is a join whose target may still come up: it waits, and says so.

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::time::Duration;

use support::cluster::{TestCluster, TestNode};
use support::process;
use support::{free_port, wait_until};

/// Runs a command that must fail at once; the last line of stderr names every one of `hints`.
#[track_caller]
fn fails(args: &[&str], hints: &[&str]) {
    let (code, stdout, stderr) = process::run(args);
    assert_eq!(code, 1, "{args:?}: {stdout}{stderr}");
    judge(&stderr, hints, &format!("{args:?}"));
}

#[track_caller]
fn judge(stderr: &str, hints: &[&str], what: &str) {
    let line = stderr.lines().last().unwrap_or_default();
    assert!(line.starts_with("quorlite: "), "{what}: {stderr}");
    for hint in hints {
        assert!(line.contains(hint), "{what}: no {hint:?} in {line:?}");
    }
    assert!(!stderr.contains("panicked"), "{stderr}");
}

/// Starts a node that must end by itself with exit code 1.
#[track_caller]
fn start_fails(node: &mut TestNode, hints: &[&str]) {
    node.start();
    let name = node.name.clone();
    let process = node.running();
    let status = process.wait(Duration::from_secs(30));
    let stderr = process.stderr();
    node.process = None;
    assert_eq!(status.code(), Some(1), "{name}: {stderr}");
    judge(&stderr, hints, &name);
}

/// A node that has been a cluster of one, with a table, and has stopped.
fn stopped_node() -> TestCluster {
    let mut cluster = TestCluster::start(1, &[]);
    cluster.nodes[0].psql(&["CREATE TABLE t (a int PRIMARY KEY)", "INSERT INTO t VALUES (1), (2)"]);
    cluster.nodes[0].stop();
    cluster
}

/// Every file below a directory, by content.
fn contents(directory: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![directory.to_owned()];
    while let Some(path) = open.pop() {
        for entry in fs::read_dir(&path).expect("readable").flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if !path.to_string_lossy().ends_with("-shm") && !path.ends_with("lock") {
                found.insert(path.to_string_lossy().into_owned(), fs::read(&path).expect("readable"));
            }
        }
    }
    found
}

#[test]
fn flags_that_mean_nothing() {
    let data = tempfile::tempdir().unwrap();
    let data = data.path().join("node");
    let data = data.to_str().unwrap();
    fails(&["start", "--data", data, "--dat", "x"], &["--dat", "--data"]);
    fails(&["--data", data, "start"], &["--data", "quorlite start"]);
    fails(&["status", "--data", data], &["--data", "quorlite start"]);
    fails(&["start", "--data", data, "--listen", "5432"], &["HOST:PORT"]);
    fails(&["start", "--data", data, "--listen", "0.0.0.0:0"], &["--insecure"]);
    fails(&["start", "--data", data, "--bootstrap-expect", "3"], &["--join"]);
    fails(&["start", "--data", data, "--bootstrap-expect", "1", "--join", "127.0.0.1:1"], &["at least 2"]);
    fails(&["start", "--data", data, "--join", "127.0.0.1:7432"], &["this node itself"]);
    fails(&["start", "--data", data, "--join", "localhost:7432"], &["this node itself"]);
    fails(&["start", "--data", data, "--cluster-listen", "0.0.0.0:1", "--insecure"], &["--advertise"]);
    fails(&["start", "--data", data, "--listen", "127.0.0.1:7432"], &["its own port"]);
    fails(&["start", "--data", data, "--log", "loud=quiet=off"], &["--log"]);
    fails(&["start", "--data", ""], &["--data"]);
    fails(&["begin"], &["begin"]);
    fails(&["remove-node", "--connect", "127.0.0.1:1"], &["<ID>"]);
    assert!(!Path::new(data).exists(), "a failed start made its directory");
}

#[test]
fn variables_are_flags_too() {
    let output = process::quorlite().arg("start").env("QUORLITE_LISTEN", "10.0.0.1:5432").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    judge(&String::from_utf8_lossy(&output.stderr), &["10.0.0.1:5432", "--insecure"], "QUORLITE_LISTEN");
    let output =
        process::quorlite().arg("status").env("QUORLITE_CONECT", "x").env("QUORLITE_CONNECT", "127.0.0.1:1").output();
    let stderr = String::from_utf8_lossy(&output.unwrap().stderr).into_owned();
    assert!(stderr.contains("QUORLITE_CONECT"), "a misspelt variable is ignored in silence: {stderr}");
}

#[test]
fn used_ports() {
    for flag in ["--listen", "--cluster-listen", "--http-listen"] {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = taken.local_addr().unwrap().to_string();
        let directory = tempfile::tempdir().unwrap();
        let data = directory.path().join("node");
        let mut args = vec!["start".to_owned(), "--data".to_owned(), data.to_str().unwrap().to_owned()];
        for other in ["--listen", "--cluster-listen", "--http-listen"] {
            let port = if other == flag { address.clone() } else { format!("127.0.0.1:{}", free_port()) };
            args.extend([other.to_owned(), port]);
        }
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        fails(&args, &[&address, flag]);
        assert!(!data.exists(), "a used port must be met before the data directory is made");
    }
}

#[test]
fn data_directories_that_are_not_this_nodes() {
    let mut cluster = TestCluster::start(1, &[]);
    // In use.
    let data = cluster.nodes[0].data.to_str().unwrap().to_owned();
    let other = cluster.add_with(&[]);
    cluster.nodes[other].data_is(&data);
    start_fails(&mut cluster.nodes[other], &["in use", "--data"]);
    assert!(cluster.nodes[0].ready().is_ok());
    // Somebody's home.
    let home = cluster.directory().join("home");
    fs::create_dir(&home).unwrap();
    fs::write(home.join("letter.txt"), "dear").unwrap();
    cluster.nodes[other].data_is(home.to_str().unwrap());
    start_fails(&mut cluster.nodes[other], &["letter.txt", "--data"]);
    assert_eq!(contents(&home).len(), 1);
    // A file.
    cluster.nodes[other].data_is(home.join("letter.txt").to_str().unwrap());
    start_fails(&mut cluster.nodes[other], &["letter.txt"]);
}

type Damage = fn(&Path);

#[test]
fn damaged_and_foreign_files() {
    let damage: [(&str, Damage); 9] = [
        ("node.json", |file| fs::write(file, "{").unwrap()),
        ("node.json", |file| {
            let text = fs::read_to_string(file).unwrap();
            fs::write(file, text.replacen("\"format\": 1", "\"format\": 99", 1)).unwrap();
        }),
        ("node.json", |file| fs::remove_file(file).unwrap()),
        ("raft/0000000001.log", |file| overwrite(file, 0, b"not a log at all")),
        ("raft", |file| fs::remove_file(file.join("0000000001.log")).unwrap()),
        ("databases/postgres.sqlite", |file| overwrite(file, 0, b"not a database at all")),
        ("databases/postgres.sqlite", |file| fs::remove_file(file).unwrap()),
        ("system.sqlite", |file| overwrite(file, 0, b"not a database at all")),
        ("system.sqlite", |file| fs::remove_file(file).unwrap()),
    ];
    let mut cluster = stopped_node();
    let data = cluster.nodes[0].data.clone();
    let intact = contents(&data);
    for (name, harm) in damage {
        harm(&data.join(name));
        let before = contents(&data);
        start_fails(&mut cluster.nodes[0], &[name.rsplit('/').next().unwrap()]);
        assert!(before == contents(&data), "a refused start changed the files beside a damaged {name}");
        restore(&data, &intact);
    }
    // And it was the damage, not the test.
    cluster.nodes[0].start();
    cluster.nodes[0].wait_ready();
    assert_eq!(cluster.nodes[0].psql(&["SELECT a FROM t ORDER BY a"]), "1\n2\n");
}

fn overwrite(file: &Path, at: usize, with: &[u8]) {
    let mut bytes = fs::read(file).unwrap();
    bytes[at..at + with.len()].copy_from_slice(with);
    fs::write(file, bytes).unwrap();
}

fn restore(data: &Path, intact: &BTreeMap<String, Vec<u8>>) {
    for path in contents(data).keys().filter(|path| !intact.contains_key(*path)) {
        fs::remove_file(path).unwrap();
    }
    for (path, bytes) in intact {
        fs::write(path, bytes).unwrap();
    }
}

#[test]
fn a_join_to_nobody_waits_and_says_so() {
    let mut cluster = TestCluster::empty(&[]);
    let dead = format!("127.0.0.1:{}", free_port());
    let index = cluster.add_with(&["--join", &dead]);
    let node = &mut cluster.nodes[index];
    node.start();
    wait_until("the wait is visible", || {
        let log = node.running().stderr();
        if log.contains(&dead) { Ok(()) } else { Err(log) }
    });
    let reason = node.ready().unwrap_err();
    assert!(reason.contains("starting"), "{reason}");
    // Nobody is let in, and it can be stopped.
    assert!(TcpStream::connect(("127.0.0.1", node.sql_port)).is_err());
    node.stop();
}

#[test]
fn a_join_to_something_else() {
    // It answers, but not as a node does.
    let web = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = web.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        for mut stream in web.incoming().flatten() {
            let _ = stream.read(&mut [0; 1024]);
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
        }
    });
    let mut cluster = TestCluster::empty(&[]);
    let index = cluster.add_with(&["--join", &address]);
    start_fails(&mut cluster.nodes[index], &[&address, "--join"]);
    // The PostgreSQL port of a node, a likely mistake.
    let mut running = TestCluster::start(1, &[]);
    let address = format!("127.0.0.1:{}", running.nodes[0].sql_port);
    let index = running.add_with(&["--join", &address]);
    start_fails(&mut running.nodes[index], &[&address, "--join"]);
}

#[test]
fn a_member_of_one_cluster_does_not_join_another() {
    let mut first = stopped_node();
    let second = TestCluster::start(1, &[]);
    let address = second.nodes[0].cluster_address();
    first.nodes[0].add_args(&["--join", &address]);
    start_fails(&mut first.nodes[0], &["cluster", "--join"]);
}

#[test]
fn garbage_on_every_port_is_survived() {
    let mut cluster = TestCluster::start(1, &[]);
    let node = &mut cluster.nodes[0];
    node.psql(&["SELECT 1"]);
    let before = node.metric("resident_memory_bytes").unwrap();
    for port in [node.sql_port, node.cluster_port, node.http_port] {
        for attack in attacks() {
            // The server may hang up at any byte.
            if let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)) {
                stream.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
                let _ = stream.write_all(&attack);
                let _ = stream.read(&mut [0; 1024]);
            }
        }
    }
    assert!(node.running().ended().is_none(), "the process has ended");
    assert_eq!(node.psql(&["SELECT 1"]), "1\n");
    let after = node.metric("resident_memory_bytes").unwrap();
    assert!(after < before + (64 << 20), "resident memory went from {before} to {after}");
    assert!(!node.running().stderr().contains("panicked"), "{}", node.running().stderr());
}

/// Random bytes, cut-off frames, and lengths that promise gigabytes.
fn attacks() -> Vec<Vec<u8>> {
    use std::hash::{BuildHasher, RandomState};
    let random = |length: usize| {
        let state = RandomState::new();
        (0..length).map(|at| state.hash_one(at) as u8).collect::<Vec<u8>>()
    };
    let mut attacks: Vec<Vec<u8>> = (0..40).map(|round| random(1 << (round % 14))).collect();
    let startup = b"\0\0\0\x21\0\x03\0\0user\0postgres\0database\0postgres\0\0";
    let startup = {
        let mut bytes = startup.to_vec();
        let length = bytes.len() as u32;
        bytes[..4].copy_from_slice(&length.to_be_bytes());
        bytes
    };
    for length in [0u32, 1, 3, 4, 5, 7, 8, 10_001, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff] {
        let promised = length.to_be_bytes();
        // As a first message, and, behind a proper start, as that of each type.
        attacks.push([&promised[..], &[0, 3, 0, 0, b'u', b's', b'e', b'r', 0]].concat());
        for kind in *b"QPBDECHSFXdcfp\0\xff" {
            attacks.push([&startup[..], &[kind], &promised, &random(40)].concat());
        }
    }
    for end in 1..startup.len() {
        attacks.push(startup[..end].to_vec());
    }
    // Four megabytes before anybody has said who he is.
    attacks.push(vec![b'x'; 4 << 20]);
    attacks
}
