use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::*;

async fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// Strangers send garbage, half of something, far too much, or nothing at all.
#[tokio::test(flavor = "multi_thread")]
async fn garbage_on_the_cluster_port_is_survived() {
    let mut yard = Yard::new();
    let site = yard.site();
    let node = site.start().await;
    node.commit("CREATE TABLE t (a text PRIMARY KEY)").await;
    let before = resident().await;
    let mut silent = Vec::new();
    for round in 0..200u32 {
        let mut stream = TcpStream::connect(site.address).await.unwrap();
        let random: Vec<u8> = (0..2000).map(|_| rand::random()).collect();
        let bytes: Vec<u8> = match round % 6 {
            0 => random,
            1 => b"QUORLITE\x00\x01\xff\xff\xff\xff".to_vec(),
            2 => [b"QUORLITE\x00\x01\x00\x00\x07\xd0", &random[..]].concat(),
            3 => b"QUORL".to_vec(),
            4 => b"GET / HTTP/1.1\r\n\r\n".to_vec(),
            _ => Vec::new(),
        };
        let _ = stream.write_all(&bytes).await;
        if round % 6 == 5 && silent.len() < 30 {
            silent.push(stream);
        }
    }
    node.commit(&insert(1)).await;
    assert_eq!(rows(&node).await, 1);
    assert!(resident().await < before + 50_000, "kB resident: {before} before, {} after", resident().await);
}

/// A guest that has greeted properly and then misbehaves.
#[tokio::test(flavor = "multi_thread")]
async fn a_misbehaving_guest_loses_its_connection_only() {
    use super::super::transport::handshake::{Hello, Purpose, greet};
    let mut yard = Yard::new();
    let site = yard.site();
    let node = site.start().await;
    node.commit("CREATE TABLE t (a text PRIMARY KEY)").await;
    let frame = |tag: u8, payload: &[u8]| {
        let mut bytes = ((9 + payload.len()) as u32).to_be_bytes().to_vec();
        bytes.extend_from_slice(&7u64.to_be_bytes());
        bytes.push(tag);
        bytes.extend_from_slice(payload);
        bytes
    };
    let endless: Vec<u8> = std::iter::repeat_n(frame(0x81, &[1; 60_000]), 40).flatten().collect();
    for bytes in [
        frame(1, b"\xff\xff\xff"), // no request
        frame(1, b"\x04"),         // a member's request
        frame(1, b"\x0d\x00"),     // something after it
        frame(9, b""),             // no kind
        frame(2, b""),             // an answer
        vec![0xff; 64],            // a frame of 4 GB
        vec![0, 0, 0, 1, 0],       // a frame without header
        endless,                   // a message without end
    ] {
        let mut link = super::super::transport::connect(&site.address.to_string()).await.unwrap();
        let hello = Hello {
            purpose: Purpose::Guest,
            nonce: [1; 16],
            from: None,
            to: None,
            advertise: None,
            version: String::new(),
        };
        greet(&mut link, "there", &hello).await.unwrap();
        let _ = link.write_all(&bytes).await;
        let mut rest = Vec::new();
        let closed = tokio::time::timeout(Duration::from_secs(5), link.read_to_end(&mut rest)).await;
        assert!(closed.is_ok(), "still open after {:?}", &bytes[..bytes.len().min(20)]);
    }
    node.commit(&insert(1)).await;
    assert_eq!(rows(&node).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn damage_is_refused_at_start() {
    let mut yard = Yard::new();
    let site = yard.site();
    let node = site.start().await;
    node.commit("CREATE TABLE t (a text PRIMARY KEY)").await;
    node.stop().await;
    let log = site.path.join("raft/0000000001.log");
    let keep = std::fs::read(&log).unwrap();

    std::fs::remove_file(&log).unwrap();
    let message = site.try_start().await.err().unwrap();
    assert!(message.contains("is missing, and with it this node's vote"), "{message}");

    std::fs::write(&log, b"not a log, but long enough to be looked at as one".repeat(100)).unwrap();
    let message = site.try_start().await.err().unwrap();
    assert!(message.contains("0000000001.log cannot be used"), "{message}");

    std::fs::write(&log, keep).unwrap();
    let other = yard.site();
    other.start().await.stop().await;
    std::fs::copy(other.path.join("raft/0000000001.log"), &log).unwrap();
    let message = site.try_start().await.err().unwrap();
    assert!(message.contains("belongs to another node"), "{message}");
    assert!(Path::new(&log).exists());
}

/// The database files, without the Raft log: what a power loss may take back, and a backup may hold.
fn database_files(site: &Site) -> Vec<(PathBuf, Vec<u8>)> {
    let names = ["databases/postgres.sqlite", "system.sqlite"];
    names.map(|name| (site.path.join(name), std::fs::read(site.path.join(name)).unwrap())).into()
}

fn put_back(files: &[(PathBuf, Vec<u8>)]) {
    for (path, content) in files {
        std::fs::write(path, content).unwrap();
        // It belongs to the file that was there.
        let _ = std::fs::remove_file(path.with_extension("sqlite-wal"));
        let _ = std::fs::remove_file(path.with_extension("sqlite-shm"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn older_files_are_replayed_from_where_they_are() {
    let (_yard, sites, mut nodes) = three().await;
    nodes[0].commit(&insert("before")).await;
    nodes.pop().unwrap().stop().await;
    let older = database_files(&sites[2]);
    nodes.push(sites[2].start().await);
    for value in 0..20 {
        nodes[2].commit(&insert(value)).await;
    }
    nodes[0].commit("CREATE TABLE u (a int)").await;
    nodes.pop().unwrap().stop().await;
    put_back(&older);
    nodes.push(sites[2].start().await);
    assert_eq!(rows(&nodes[2]).await, 21);
    assert_eq!(nodes[2].node.gauges().snapshots_installed, 0, "from its own log");
}

#[tokio::test(flavor = "multi_thread")]
async fn files_older_than_the_log_reaches_are_refused() {
    let mut yard = Yard::new();
    let site = Site { log_keep: 5, checkpoint_every: 20, ..yard.site() };
    let node = site.start().await;
    node.commit("CREATE TABLE t (a text PRIMARY KEY)").await;
    node.stop().await;
    let older = database_files(&site);
    let node = site.start().await;
    for value in 0..100 {
        node.commit(&insert(value)).await;
    }
    until("purging", || node.node.gauges().purged_index > 50).await;
    node.stop().await;
    let newer = database_files(&site);
    // One of them is enough.
    for (file, name) in older.iter().zip(["postgres", "system"]) {
        put_back(std::slice::from_ref(file));
        let message = site.try_start().await.err().unwrap();
        assert!(message.contains("older than the Raft log beside them"), "{name}: {message}");
        assert_eq!(std::fs::read(&file.0).unwrap(), file.1, "{name} is as it was");
        put_back(&newer);
    }
    assert_eq!(rows(&site.start().await).await, 100);
}

/// A writer that can't go on is the end of the node, also of reads that would need no writer.
#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_has_diverged_answers_nothing() {
    let (_yard, sites, nodes) = three().await;
    nodes[0].commit(&insert("before")).await;
    let follower = &nodes[2];
    follower.read_barrier(ReadConsistency::Linearizable).await.unwrap();
    let outside = std::process::Command::new("sqlite3")
        .arg(sites[2].path.join("databases/postgres.sqlite"))
        .arg("DELETE FROM t")
        .status();
    assert!(outside.unwrap().success());
    nodes[0].commit(&insert("after")).await;
    let reason = tokio::time::timeout(Duration::from_secs(10), follower.node.failed()).await.unwrap();
    assert!(reason.contains("another process has written"), "{reason}");
    for consistency in [ReadConsistency::Linearizable, ReadConsistency::Session, ReadConsistency::Stale] {
        let error = follower.read_barrier(consistency).await.unwrap_err();
        assert!(error.contains("57P03") && error.contains("this node has stopped"), "{error}");
    }
    let started = Instant::now();
    let Outcome::Failed { error, .. } = follower.execute(&insert("here")).await else { panic!("executed") };
    assert_eq!(error.code.as_str(), "57P03");
    assert!(started.elapsed() < Duration::from_secs(1), "at once, not after its patience");
    nodes[1].commit(&insert("there")).await;
}
