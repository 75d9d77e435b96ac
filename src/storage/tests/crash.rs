//! Killed with SIGKILL, over and over: what is in the files is consistent, says truly up to where, and a replay of
//! the log brings the rest.
//!
//! The process to be killed is this test binary itself, running one ignored test. `QUORLITE_CRASHES=300` kills more often.

use std::io::{BufRead, BufReader, Read as _, Write as _};
use std::path::PathBuf;
use std::process::{Child, Command as Process, Stdio};

use rand::RngExt;

use super::*;

const DIRECTORY: &str = "QUORLITE_CRASH_DIRECTORY";

/// What stands for the Raft log: entries with their log ids, synced before they are applied.
struct LogFile(PathBuf);

impl LogFile {
    fn append(&self, log_id: LogId, entry: &Entry) {
        let bytes = entry.encode();
        let mut record = Vec::new();
        for number in [log_id.term, log_id.index, bytes.len() as u64] {
            record.extend_from_slice(&number.to_le_bytes());
        }
        record.extend_from_slice(&bytes);
        let mut file = std::fs::OpenOptions::new().append(true).create(true).open(&self.0).unwrap();
        file.write_all(&record).unwrap();
        file.sync_data().unwrap();
    }

    /// All entries; one cut off at the end is removed, it was never applied.
    fn read(&self) -> Vec<(LogId, Entry)> {
        let mut bytes = Vec::new();
        if let Ok(mut file) = std::fs::File::open(&self.0) {
            file.read_to_end(&mut bytes).unwrap();
        }
        let (mut entries, mut at) = (Vec::new(), 0);
        while let Some(head) = bytes.get(at..at + 24) {
            let [term, index, len] = [0, 8, 16].map(|at| u64::from_le_bytes(head[at..at + 8].try_into().unwrap()));
            let Some(entry) = bytes.get(at + 24..at + 24 + len as usize) else { break };
            entries.push((LogId { term, node: 1, index }, Entry::decode(entry).unwrap()));
            at += 24 + len as usize;
        }
        if at < bytes.len() {
            std::fs::OpenOptions::new().write(true).open(&self.0).unwrap().set_len(at as u64).unwrap();
        }
        entries
    }
}

fn replay(rig: &mut Rig, entries: &[(LogId, Entry)]) {
    for (log_id, entry) in entries {
        rig.storage.apply(*log_id, entry).unwrap();
        (rig.term, rig.index) = (log_id.term, log_id.index);
    }
}

/// A node that writes as fast as it can, telling of every acknowledged transaction.
#[test]
#[ignore = "run by the test below, in a process of its own"]
fn writes_until_killed() {
    let Some(directory) = std::env::var_os(DIRECTORY).map(PathBuf::from) else { return };
    let log = LogFile(directory.join("log"));
    let mut rig = Rig::open_with(
        &directory.join("data"),
        Options {
            apply_own_effects: rand::random_range(0..4) == 0,
            // Some processes split more.
            piece_bytes: if rand::random_range(0..3) == 0 { 100_000 } else { 1 << 20 },
            ..Options::default()
        },
    );
    let known = log.read();
    replay(&mut rig, &known);
    log.append(LogId { term: rig.term + 1, node: 1, index: rig.index + 1 }, &Entry::Open { node: 1, incarnation: 1 });
    rig.lead();
    let mut random = rand::rng();
    if known.is_empty() {
        let outcome = rig.submit(vec![ddl("CREATE TABLE t (a TEXT PRIMARY KEY, b)")]);
        let outcome = committed(&mut rig, &log, &outcome);
        assert!(matches!(outcome, Outcome::Committed { .. }));
    }
    loop {
        let waiting: Vec<_> = (0..random.random_range(1..5))
            .map(|_| {
                let id: u64 = random.random();
                let size = if random.random_range(0..50) == 0 { 3_000_000 } else { random.random_range(0..3000) };
                let insert = write(&format!("INSERT INTO t VALUES ('{id}', randomblob({size}))"));
                let update = write("UPDATE t SET b = randomblob(10) WHERE rowid = abs(random()) % 100");
                let delete = write("DELETE FROM t WHERE a LIKE 'gone%'");
                (id, rig.submit(vec![insert, update, delete]))
            })
            .collect();
        for (id, waiting) in waiting {
            let outcome = committed(&mut rig, &log, &waiting);
            assert!(matches!(outcome, Outcome::Committed { .. }), "{outcome:?}");
            println!("acknowledged {id}");
        }
        if random.random_range(0..20) == 0 {
            rig.storage.checkpoint(LogId { term: rig.term, node: 1, index: rig.index }).unwrap();
        }
    }
}

/// Commits batches until the one with this transaction is among them.
fn committed(rig: &mut Rig, log: &LogFile, outcome: &std::sync::mpsc::Receiver<Outcome>) -> Outcome {
    use std::sync::mpsc::RecvTimeoutError;
    loop {
        match outcome.recv_timeout(Duration::from_micros(100)) {
            Ok(outcome) => return outcome,
            Err(RecvTimeoutError::Timeout) => commit(rig, log),
            Err(RecvTimeoutError::Disconnected) => panic!("the writer has stopped"),
        }
    }
}

fn commit(rig: &mut Rig, log: &LogFile) {
    if let Ok((_, _, entry)) = rig.outbox.recv_timeout(Duration::from_micros(100)) {
        log.append(LogId { term: rig.term, node: 1, index: rig.index + 1 }, &entry);
        assert_eq!(rig.apply(&entry).unwrap(), Applied::Accepted);
    }
}

/// A node whose files are replaced by one pair of copies and the other, in turns.
#[test]
#[ignore = "run by the test below, in a process of its own"]
fn installs_until_killed() {
    let Some(directory) = std::env::var_os(DIRECTORY).map(PathBuf::from) else { return };
    let rig = Rig::open(&directory.join("data"));
    loop {
        for copies in ["copies.1", "copies.2"] {
            rig.storage.install(&directory.join(copies)).unwrap();
            println!("acknowledged {copies}");
        }
    }
}

fn start(test: &str, directory: &Path) -> Child {
    Process::new(std::env::current_exe().unwrap())
        .args(["--exact", &format!("storage::tests::crash::{test}"), "--ignored", "--nocapture"])
        .env(DIRECTORY, directory)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Kills the process some time after its first words; returns what it has acknowledged.
fn kill(mut child: Child) -> Vec<String> {
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut acknowledged = Vec::new();
    let mut take = |line: Option<Result<String, std::io::Error>>| match line {
        Some(Ok(line)) => {
            acknowledged.extend(line.strip_prefix("acknowledged ").map(str::to_owned));
            true
        }
        _ => false,
    };
    // The test harness speaks first.
    for _ in 0..4 {
        assert!(take(lines.next()), "the process has ended by itself");
    }
    let delay = Duration::from_millis(rand::random_range(0..150));
    let killer = std::thread::spawn(move || {
        std::thread::sleep(delay);
        child.kill().unwrap();
        child.wait().unwrap();
    });
    while take(lines.next()) {}
    killer.join().unwrap();
    acknowledged
}

fn crashes() -> usize {
    std::env::var("QUORLITE_CRASHES").map_or(6, |crashes| crashes.parse().unwrap())
}

#[test]
fn nothing_acknowledged_is_lost() {
    let dir = tempfile::tempdir().unwrap();
    let log = LogFile(dir.path().join("log"));
    let mut acknowledged = Vec::new();
    let mut follower = Rig::open(&dir.path().join("follower"));
    for crash in 0..crashes() {
        acknowledged.extend(kill(start("writes_until_killed", dir.path())));
        let entries = log.read();
        let mut rig = Rig::open(&dir.path().join("data"));
        // As far as the file says, and no further: equal to a node that was never killed.
        let said = rig.database().shared.applied().map_or(0, |applied| applied.index);
        let (before, after) = entries.split_at(entries.partition_point(|(log_id, _)| log_id.index <= said));
        let new = before.partition_point(|(log_id, _)| log_id.index <= follower.index);
        replay(&mut follower, &before[new..]);
        assert_same(&rig.dump(), &follower.dump(), &format!("crash {crash}"));
        replay(&mut rig, &entries);
        replay(&mut follower, after);
        assert_same(&rig.dump(), &follower.dump(), &format!("crash {crash}, replayed"));
        let there: Vec<String> = {
            let outside = rig.outside();
            let mut keys = outside.prepare("SELECT a FROM t").unwrap();
            keys.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
        };
        let there: std::collections::HashSet<String> = there.into_iter().collect();
        assert!(acknowledged.iter().all(|id| there.contains(id)), "crash {crash}");
        let sound: String = rig.outside().query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!(sound, "ok");
    }
    assert!(acknowledged.len() > crashes(), "{}", acknowledged.len());
}

#[test]
fn a_killed_install_leaves_both_files_of_one_copy() {
    let dir = tempfile::tempdir().unwrap();
    let mut dumps = Vec::new();
    for copies in [1u8, 2] {
        let mut rig = Rig::open(&dir.path().join(format!("source.{copies}")));
        rig.lead();
        rig.must(vec![ddl("CREATE TABLE t (a, b)")]);
        rig.must(vec![write(&format!(
            "INSERT INTO t SELECT {copies}, randomblob(50000) FROM json_each('[1,2,3,4,5,6,7]')"
        ))]);
        rig.apply(&Entry::AdmitNode { key: [copies; 16] }).unwrap();
        rig.storage.export(&dir.path().join(format!("copies.{copies}"))).unwrap();
        dumps.push(rig.dump());
    }
    for crash in 0..crashes() {
        kill(start("installs_until_killed", dir.path()));
        let rig = Rig::open(&dir.path().join("data"));
        let system = Connection::open(dir.path().join("data/system.sqlite")).unwrap();
        let copies: u8 =
            system.query_row("SELECT key FROM _quorlite_nodes", [], |row| Ok(row.get::<_, Vec<u8>>(0)?[0])).unwrap();
        assert_same(&rig.dump(), &dumps[usize::from(copies) - 1], &format!("crash {crash}"));
    }
}
