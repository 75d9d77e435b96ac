use std::io::{BufRead, Write};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use super::*;

const UID: [u8; 16] = [9; 16];

fn open(data: &Path) -> RaftLog {
    RaftLog::open(data, UID, true).unwrap()
}

fn record(term: u64, index: u64) -> LogRecord {
    LogRecord { index, term, data: Bytes::from(format!("entry {index} of term {term}")) }
}

fn records(term: u64, range: Range<u64>) -> Vec<LogRecord> {
    range.map(|index| record(term, index)).collect()
}

/// Runs an operation and waits until it is on disk.
fn wait(operation: impl FnOnce(LogDone)) {
    let (sender, receiver) = mpsc::channel();
    operation(Box::new(move |result| sender.send(result).unwrap()));
    receiver.recv_timeout(Duration::from_secs(20)).unwrap().unwrap();
}

fn append(log: &RaftLog, records: Vec<LogRecord>) {
    wait(|done| log.append(records, done).unwrap());
}

fn all(log: &RaftLog) -> Vec<LogRecord> {
    log.read(0..u64::MAX, usize::MAX).unwrap()
}

fn at(term: u64, index: u64) -> Option<LogPosition> {
    Some(LogPosition { term, index })
}

#[test]
fn comes_back_as_it_was_closed() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(dir.path());
    assert_eq!(log.ends(), (None, None));
    append(&log, records(1, 0..10));
    wait(|done| log.put(vec![(LogSlot::Vote, Some(Bytes::from_static(b"v")))], done));
    wait(|done| log.truncate_after(Some(7), done).unwrap());
    append(&log, records(2, 8..12));
    wait(|done| log.purge(LogPosition { term: 1, index: 2 }, done));
    log.put_lazily(LogSlot::Committed, Bytes::from_static(b"c"));
    let expected = [records(1, 3..8), records(2, 8..12)].concat();
    assert_eq!(all(&log), expected);
    log.close();
    assert!(log.append(records(2, 12..13), Box::new(|result| assert!(result.is_err()))).is_ok());

    let log = open(dir.path());
    assert_eq!(log.ends(), (at(1, 2), at(2, 11)));
    assert_eq!(all(&log), expected);
    assert_eq!(log.slot(LogSlot::Vote).unwrap(), "v");
    assert_eq!(log.slot(LogSlot::Committed).unwrap(), "c", "written when the log was closed");
    assert_eq!(log.slot(LogSlot::Snapshot), None);
}

#[test]
fn who_appends_writes_it_itself_if_nothing_is_before_it() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(dir.path());
    let here = std::thread::current().id();
    let append_here = |records: Vec<LogRecord>, quick| {
        log.shared.quick.store(quick, Ordering::Relaxed);
        let (sender, thread) = mpsc::channel();
        let done = move |result: io::Result<()>| sender.send(result.map(|()| std::thread::current().id())).unwrap();
        log.append_here(records, Box::new(done)).unwrap();
        thread
    };
    let on_disk = |thread: mpsc::Receiver<io::Result<std::thread::ThreadId>>| {
        thread.recv_timeout(Duration::from_secs(20)).unwrap().unwrap()
    };
    for index in 0..20 {
        let quick = index % 2 == 0;
        assert_eq!(on_disk(append_here(records(1, index..index + 1), quick)) == here, quick, "entry {index}");
    }
    let large = LogRecord { index: 20, term: 1, data: Bytes::from(vec![0; HERE_BYTES]) };
    assert_ne!(on_disk(append_here(vec![large], true)), here);
    // Behind what is queued, whoever writes it.
    for index in (21..121).step_by(2) {
        log.append(records(1, index..index + 1), Box::new(|result| result.unwrap())).unwrap();
        on_disk(append_here(records(1, index + 1..index + 2), true));
    }
    log.close();
    assert!(append_here(records(1, 121..122), true).recv().unwrap().is_err());
    assert_eq!(all(&open(dir.path())).len(), 121);
}

#[test]
fn a_purge_past_the_end_moves_the_end() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(dir.path());
    append(&log, records(1, 0..3));
    wait(|done| log.purge(LogPosition { term: 4, index: 100 }, done));
    assert_eq!(log.ends(), (at(4, 100), at(4, 100)));
    assert_eq!(all(&log), []);
    assert!(log.append(records(4, 100..101), Box::new(|_| ())).is_err(), "purged already");
    assert!(log.append(records(4, 102..103), Box::new(|_| ())).is_err(), "would leave a hole");
    append(&log, records(4, 101..103));
    wait(|done| log.purge(LogPosition { term: 1, index: 2 }, done));
    drop(log);
    let log = open(dir.path());
    assert_eq!(log.ends(), (at(4, 100), at(4, 102)));
    assert_eq!(all(&log), records(4, 101..103));
}

#[test]
fn reads_what_is_queued_what_is_in_memory_and_what_is_not() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(dir.path());
    let count = CACHE_RECORDS as u64 + 1000;
    for start in (0..count).step_by(500) {
        log.append(records(1, start..(start + 500).min(count)), Box::new(|result| result.unwrap())).unwrap();
        assert_eq!(log.read_cached(start..start + 1, usize::MAX).unwrap(), records(1, start..start + 1));
    }
    append(&log, records(1, count..count + 1));
    append(&log, records(1, count + 1..count + 2));
    assert_eq!(log.read_cached(0..1, usize::MAX), None, "dropped from memory");
    assert_eq!(log.read_cached(count..count + 9, usize::MAX).unwrap(), records(1, count..count + 2));
    assert_eq!(all(&log), records(1, 0..count + 2));
    let limited = log.read(0..count, 1000).unwrap();
    assert!(!limited.is_empty() && limited.len() < 100, "{}", limited.len());
    assert_eq!(limited, records(1, 0..limited.len() as u64));
    assert_eq!(log.read(5..count, 1).unwrap(), records(1, 5..6), "at least one");
    assert!(log.syncs() < 60, "appends are merged: {} syncs", log.syncs());
    assert_eq!(log.appends(), count + 2);
}

#[test]
fn reading_beside_purges_never_shows_a_hole() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(dir.path());
    let count = CACHE_RECORDS as u64 + 4000;
    append(&log, records(1, 0..count));
    append(&log, records(1, count..count + 1));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for index in (0..4000).step_by(40) {
                wait(|done| log.purge(LogPosition { term: 1, index }, done));
            }
        });
        for _ in 0..20 {
            let got = log.read(0..u64::MAX, usize::MAX).unwrap();
            let first = got[0].index;
            assert_eq!(got, records(1, first..count + 1));
        }
    });
}

fn message(result: Result<RaftLog, StorageError>) -> String {
    result.err().expect("must be refused").to_string()
}

/// Each damage is refused with its reason, and the file stays as it is.
#[test]
fn refuses_damage() {
    for (damage, expected) in [
        ("UPDATE entries SET data = x'00' WHERE idx = 5", "entry 5 is damaged"),
        ("UPDATE entries SET term = 2 WHERE idx = 5", "entry 5 is damaged"),
        ("DELETE FROM entries WHERE idx = 5", "entry 5 is missing"),
        ("DELETE FROM entries WHERE idx = 0", "entry 0 is missing"),
        ("UPDATE slots SET value = x'00' WHERE name = 'vote'", "slot vote is damaged"),
        ("PRAGMA user_version = 7", "has format 7"),
        ("PRAGMA application_id = 7", "not a Quorlite Raft log"),
        ("DROP TABLE slots", "no such table"),
    ] {
        let dir = tempfile::tempdir().unwrap();
        let log = open(dir.path());
        append(&log, records(1, 0..10));
        wait(|done| log.put(vec![(LogSlot::Vote, Some(Bytes::from_static(b"v")))], done));
        drop(log);
        let path = dir.path().join("raft.sqlite");
        rusqlite::Connection::open(&path).unwrap().execute_batch(damage).unwrap();
        let before = std::fs::read(&path).unwrap();
        let message = message(RaftLog::open(dir.path(), UID, true));
        assert!(message.contains(expected), "{damage}: {message}");
        assert_eq!(std::fs::read(&path).unwrap(), before);
    }
}

#[test]
fn refuses_what_is_not_its_file() {
    let dir = tempfile::tempdir().unwrap();
    let message_of = |uid, may_create| message(RaftLog::open(dir.path(), uid, may_create));
    assert!(message_of(UID, false).contains("is missing"));
    drop(open(dir.path()));
    assert!(message_of([1; 16], true).contains("belongs to another node"));
    std::fs::write(dir.path().join("raft.sqlite"), "x".repeat(9000)).unwrap();
    assert!(message_of(UID, true).contains("remove-node"), "says what to do");
}

/// A broken page in the middle of the file, as a disk produces it.
#[test]
fn refuses_a_broken_page() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(dir.path());
    append(&log, records(1, 0..2000));
    drop(log);
    let path = dir.path().join("raft.sqlite");
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 600].fill(0xa5);
    std::fs::write(&path, &bytes).unwrap();
    let message = message(RaftLog::open(dir.path(), UID, true));
    assert!(message.contains("cannot be used"), "{message}");
}

const CHILD: &str = "QUORLITE_TEST_RAFT_LOG";

/// Appends and truncates until it is killed, and says on stdout what is known to be on disk.
#[test]
#[ignore = "run by the test below, in a process of its own"]
fn writes_until_killed() {
    let Some(data) = std::env::var_os(CHILD) else { return };
    let log = RaftLog::open(Path::new(&data), UID, true).unwrap();
    let mut next = log.ends().1.map_or(0, |last| last.index + 1);
    let mut term = log.ends().1.map_or(1, |last| last.term + 1);
    loop {
        append(&log, records(term, next..next + 7));
        next += 7;
        println!("last {term} {}", next - 1);
        if next.is_multiple_of(5) {
            wait(|done| log.truncate_after(Some(next - 4), done).unwrap());
            next -= 3;
            println!("last {term} {}", next - 1);
            term += 1;
        }
        std::io::stdout().flush().unwrap();
    }
}

#[test]
fn a_killed_process_loses_nothing_it_told_of() {
    let dir = tempfile::tempdir().unwrap();
    for round in 0..6 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--ignored", "--exact", "--nocapture", "storage::raft_log::tests::writes_until_killed"])
            .env(CHILD, dir.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let stdout = child.stdout.take().unwrap();
        std::thread::sleep(Duration::from_millis(120 + 37 * round));
        child.kill().unwrap();
        child.wait().unwrap();
        let lines: Vec<String> = std::io::BufReader::new(stdout).lines().map_while(Result::ok).collect();
        // The last line may be cut off in the middle of a number.
        let complete = lines.len().saturating_sub(1);
        let told = lines[..complete].iter().rev().find_map(|line| {
            let (term, index) = line.strip_prefix("last ")?.split_once(' ')?;
            Some((term.parse::<u64>().ok()?, index.parse::<u64>().ok()?))
        });
        let log = open(dir.path());
        let entries = all(&log);
        for (at, entry) in entries.iter().enumerate() {
            assert_eq!(*entry, record(entry.term, at as u64));
        }
        if let Some((term, index)) = told {
            // At most one operation was under way: 7 more entries, or 3 fewer.
            let last = log.ends().1.unwrap();
            assert!(last.index + 4 > index && last.index <= index + 14, "told of {index}, has {last:?}");
            assert!(last.term >= term);
        }
    }
}
