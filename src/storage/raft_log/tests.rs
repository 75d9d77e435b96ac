use std::io::{BufRead, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

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
fn what_may_wait_is_written_when_its_time_comes() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(dir.path());
    let append_soon = |records: Vec<LogRecord>, first| {
        let (sender, told) = mpsc::channel();
        let done = move |result: io::Result<()>| sender.send(result.map_err(|error| error.to_string())).unwrap();
        assert_eq!(log.append_soon(records, Box::new(done)).unwrap(), first);
        told
    };
    let on_disk = |told: &mpsc::Receiver<Result<(), String>>| told.recv_timeout(Duration::from_secs(20)).unwrap();
    let (one, other) = (append_soon(records(1, 0..1), true), append_soon(records(1, 1..2), false));
    assert_eq!(log.ends(), (None, at(1, 1)), "they can be read");
    assert_eq!((log.appends(), one.try_recv()), (0, Err(mpsc::TryRecvError::Empty)), "they are not on disk");
    log.begin_to_write();
    assert_eq!([on_disk(&one), on_disk(&other)], [Ok(()), Ok(())]);
    assert_eq!(log.appends(), 2);
    // Whatever comes next goes behind it.
    let before = append_soon(records(1, 2..6), true);
    wait(|done| log.truncate_after(Some(4), done).unwrap());
    assert_eq!(on_disk(&before), Ok(()));
    assert_eq!(log.ends(), (None, at(1, 4)));
    let last = append_soon(records(2, 5..6), true);
    log.close();
    assert_eq!(on_disk(&last), Ok(()));
    let late = append_soon(records(2, 6..7), true);
    log.begin_to_write();
    assert_eq!(on_disk(&late), Err("the log is closed".to_owned()));
    assert_eq!(all(&open(dir.path())).len(), 6);
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

fn segment(data: &Path, number: u64) -> PathBuf {
    data.join("raft").join(format!("{number:010}.log"))
}

/// The files' names and bytes.
fn files(data: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<(String, Vec<u8>)> = std::fs::read_dir(data.join("raft"))
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.file_name().into_string().unwrap(), std::fs::read(entry.path()).unwrap()))
        .collect();
    files.sort();
    files
}

fn find(bytes: &[u8], text: &str) -> usize {
    bytes.windows(text.len()).position(|window| window == text.as_bytes()).unwrap_or_else(|| panic!("no {text}"))
}

/// Each damage is refused with its reason, and the files stay as they are.
#[test]
fn refuses_damage() {
    type Damage = fn(&Path);
    fn change(data: &Path, change: impl FnOnce(&mut Vec<u8>)) {
        let path = segment(data, 1);
        let mut bytes = std::fs::read(&path).unwrap();
        change(&mut bytes);
        std::fs::write(&path, bytes).unwrap();
    }
    let damage: [(Damage, &str); 10] = [
        (|data| change(data, |bytes| flip(bytes, "entry 19")), "is damaged (wrong checksum) at byte"),
        (|data| change(data, |bytes| flip(bytes, "entry 5")), "is damaged (wrong checksum) at byte"),
        (|data| change(data, |bytes| flip(bytes, "a vote")), "is damaged (wrong checksum) at byte"),
        // A sector that reads as zeros.
        (|data| change(data, |bytes| bytes[64..512].fill(0)), "is damaged (wrong checksum) at byte 64"),
        (|data| change(data, |bytes| bytes[7] = 7), "has format 7"),
        (|data| change(data, |bytes| bytes[0] = 0), "not a Quorlite Raft log"),
        (|data| change(data, |bytes| bytes[30] ^= 1), "its header is damaged"),
        (|data| change(data, |bytes| bytes.truncate(20)), "its header is damaged"),
        (|data| std::fs::rename(segment(data, 1), segment(data, 2)).unwrap(), "it is number 1 by its header"),
        (
            |data| std::fs::write(segment(data, 3), std::fs::read(segment(data, 1)).unwrap()).unwrap(),
            "number 1 by its header",
        ),
    ];
    for (at, (harm, expected)) in damage.into_iter().enumerate() {
        let dir = tempfile::tempdir().unwrap();
        let log = open(dir.path());
        wait(|done| log.put(vec![(LogSlot::Vote, Some(Bytes::from_static(b"a vote")))], done));
        append(&log, records(1, 0..10));
        append(&log, records(1, 10..20));
        drop(log);
        harm(dir.path());
        let before = files(dir.path());
        let message = message(RaftLog::open(dir.path(), UID, true));
        assert!(message.contains(expected), "{at}: {message}");
        assert!(message.contains(".log cannot be used") || expected.contains("format"), "{message}");
        assert!(files(dir.path()) == before, "{at}: changed");
    }
}

fn flip(bytes: &mut [u8], text: &str) {
    let at = find(bytes, text);
    bytes[at] ^= 1;
}

#[test]
fn refuses_what_is_not_its_file() {
    let dir = tempfile::tempdir().unwrap();
    let message_of = |uid, may_create| message(RaftLog::open(dir.path(), uid, may_create));
    assert!(message_of(UID, false).contains("is missing"));
    drop(open(dir.path()));
    assert!(message_of([1; 16], true).contains("belongs to another node"));
    std::fs::write(segment(dir.path(), 1), "x".repeat(9000)).unwrap();
    assert!(message_of(UID, true).contains("remove-node"), "says what to do");
    std::fs::remove_file(segment(dir.path(), 1)).unwrap();
    assert!(message_of(UID, false).contains("is missing"));
    std::fs::write(dir.path().join("raft.sqlite"), "").unwrap();
    assert!(message_of(UID, true).contains("older version of quorlite"));
}

/// Wherever a power loss cuts the last write off, and whichever parts of it are on disk: the log ends before it, and goes on from
/// there.
#[test]
fn leaves_out_a_torn_tail() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(dir.path());
    append(&log, records(1, 0..10));
    let frame = |log: &RaftLog, first: u64| {
        append(log, records(2, first..first + 40));
        let bytes = std::fs::read(segment(dir.path(), 1)).unwrap();
        (
            find(&bytes, &format!("entry {first} of term 2")),
            find(&bytes, &format!("entry {} of term 2", first + 39)),
            bytes,
        )
    };
    let (start, end, bytes) = frame(&log, 10);
    drop(log);
    for kept in (start..end).step_by(97) {
        for keeps_the_end in [false, true] {
            let mut torn = bytes.clone();
            let lost = kept..if keeps_the_end { end } else { torn.len() };
            torn[lost].fill(0);
            std::fs::write(segment(dir.path(), 1), &torn).unwrap();
            let log = open(dir.path());
            assert_eq!(log.ends(), (None, at(1, 9)), "torn at {kept}");
            append(&log, records(3, 10..11));
            drop(log);
            assert_eq!(all(&open(dir.path())), [records(1, 0..10), records(3, 10..11)].concat());
        }
    }
}

/// What a client stores may look like anything.
#[test]
fn an_entry_that_looks_like_a_frame_is_none() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(dir.path());
    append(&log, records(1, 0..3));
    let bytes = std::fs::read(segment(dir.path(), 1)).unwrap();
    let image = Bytes::copy_from_slice(&bytes[64..4096]);
    append(&log, (3..40).map(|index| LogRecord { index, term: 1, data: image.slice(index as usize % 8..) }).collect());
    let mut torn = std::fs::read(segment(dir.path(), 1)).unwrap();
    drop(log);
    let last = torn.iter().rposition(|byte| *byte != 0).unwrap();
    torn[last] ^= 1;
    std::fs::write(segment(dir.path(), 1), torn).unwrap();
    assert_eq!(all(&open(dir.path())), records(1, 0..3));
}

fn large(term: u64, index: u64) -> LogRecord {
    LogRecord { index, term, data: Bytes::from(vec![index as u8; 3 << 20]) }
}

/// Segments follow each other, begin with what must survive, and go when they are purged.
#[test]
fn is_kept_in_segments() {
    let dir = tempfile::tempdir().unwrap();
    let names = || {
        let entries = std::fs::read_dir(dir.path().join("raft")).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = names.filter(|name| name.ends_with(".log")).collect();
        names.sort();
        names
    };
    // They are removed a little later.
    let become_these = |expected: &[String]| {
        let begun = Instant::now();
        while names() != expected {
            assert!(begun.elapsed() < Duration::from_secs(20), "{:?} instead of {expected:?}", names());
            std::thread::sleep(Duration::from_millis(5));
        }
    };
    let log = open(dir.path());
    wait(|done| log.put(vec![(LogSlot::Vote, Some(Bytes::from_static(b"v")))], done));
    wait(|done| log.put(vec![(LogSlot::Installing, Some(Bytes::from_static(b"i")))], done));
    wait(|done| log.put(vec![(LogSlot::Installing, None)], done));
    for index in 0..20 {
        append(&log, vec![large(1, index)]);
    }
    let numbered = |numbers: Range<u64>| numbers.map(|number| format!("{number:010}.log")).collect::<Vec<_>>();
    assert_eq!(names(), numbered(1..8));
    wait(|done| log.purge(LogPosition { term: 1, index: 8 }, done));
    become_these(&numbered(4..8));
    // Back over the border of a segment.
    wait(|done| log.truncate_after(Some(10), done).unwrap());
    append(&log, vec![large(2, 11)]);
    let expected: Vec<LogRecord> = (9..11).map(|index| large(1, index)).chain([large(2, 11)]).collect();
    drop(log);
    let log = open(dir.path());
    assert_eq!(log.ends(), (at(1, 8), at(2, 11)));
    assert_eq!(log.slot(LogSlot::Vote).unwrap(), "v");
    assert_eq!(log.slot(LogSlot::Installing), None);
    assert!(all(&log) == expected);
    // What is purged without having been there.
    wait(|done| log.purge(LogPosition { term: 3, index: 100 }, done));
    become_these(&numbered(8..9));
    append(&log, vec![large(3, 101), large(3, 102)]);
    append(&log, vec![large(3, 103)]);
    drop(log);
    let log = open(dir.path());
    assert_eq!(log.ends(), (at(3, 100), at(3, 103)));
    assert_eq!(log.slot(LogSlot::Vote).unwrap(), "v");
    drop(log);

    // A segment in the middle that has lost its end, or is missing.
    let log = open(dir.path());
    for index in 104..116 {
        append(&log, vec![large(3, index)]);
    }
    drop(log);
    let names = names();
    assert_eq!(names, numbered(8..14));
    let middle = dir.path().join("raft").join(&names[1]);
    let bytes = std::fs::read(&middle).unwrap();
    let mut cut = bytes.clone();
    cut[bytes.len() - 300_000..].fill(0);
    std::fs::write(&middle, cut).unwrap();
    assert!(message(RaftLog::open(dir.path(), UID, true)).contains("is damaged (wrong checksum) at byte"));
    std::fs::remove_file(&middle).unwrap();
    assert!(message(RaftLog::open(dir.path(), UID, true)).contains("which comes before it, is missing"));
    std::fs::write(&middle, bytes).unwrap();
    assert_eq!(open(dir.path()).ends(), (at(3, 100), at(3, 115)));
    std::fs::remove_file(dir.path().join("raft").join(&names[0])).unwrap();
    assert!(message(RaftLog::open(dir.path(), UID, true)).contains("entry 101 is missing"));
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

/// Whatever is done with it, it comes back as a plain list of entries would.
#[test]
fn is_as_a_list_would_be() {
    let seed: u64 = rand::random();
    println!("seed {seed}");
    let mut random = StdRng::seed_from_u64(seed);
    let dir = tempfile::tempdir().unwrap();
    let mut log = open(dir.path());
    let (mut entries, mut purged, mut next, mut vote) = (Vec::<LogRecord>::new(), None, 0, None);
    for step in 0..150 {
        let first = next - entries.len() as u64;
        match random.random_range(0..10) {
            0..6 => {
                let new: Vec<LogRecord> = (next..next + random.random_range(1..4))
                    .map(|index| {
                        let limit = if random.random_bool(0.5) { 100 } else { 700_000 };
                        let size = random.random_range(0..limit);
                        LogRecord { index, term: step, data: Bytes::from(vec![index as u8; size]) }
                    })
                    .collect();
                next += new.len() as u64;
                entries.extend(new.iter().cloned());
                append(&log, new);
            }
            6 if next > 0 => {
                let kept = random.random_range(first..=next);
                wait(|done| log.truncate_after(kept.checked_sub(1), done).unwrap());
                entries.truncate((kept - first) as usize);
                next = kept;
            }
            7 if next > 0 => {
                let upto = random.random_range(first..next + 2);
                let position = entries.iter().find(|entry| entry.index == upto).map(LogRecord::position);
                let position = position.unwrap_or(LogPosition { term: step, index: upto });
                wait(|done| log.purge(position, done));
                entries.retain(|entry| entry.index > upto);
                next = next.max(upto + 1);
                purged = Some(position);
            }
            8 => {
                vote = random.random_bool(0.8).then(|| Bytes::from(format!("vote {step}")));
                let slots = vec![(LogSlot::Vote, vote.clone())];
                wait(|done| log.put(slots, done));
            }
            _ => {
                drop(log);
                log = open(dir.path());
            }
        }
        let last = entries.last().map(LogRecord::position).or(purged);
        assert_eq!(log.ends(), (purged, last), "step {step}");
        assert_eq!(log.slot(LogSlot::Vote), vote, "step {step}");
        assert!(all(&log) == entries, "step {step}");
    }
}
