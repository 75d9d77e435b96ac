//! Batches too large for one entry: whatever comes between their pieces, all of it counts or nothing.

use super::*;
use crate::types::SqlState;

/// Small, so that a batch of a few kilobytes has many.
const PIECE: u64 = 1000;

fn options() -> Options {
    Options { piece_bytes: PIECE, max_transaction_bytes: 100_000, ..Options::default() }
}

fn ready(dir: &Path) -> Rig {
    let mut rig = Rig::open_with(dir, options());
    rig.lead();
    rig.must(vec![ddl("CREATE TABLE t (a INTEGER PRIMARY KEY, b)")]);
    rig
}

/// A node that has applied the same.
fn follower(dir: &Path, of: &Rig) -> Rig {
    let mut rig = Rig::open_with(dir, options());
    rig.term = of.term;
    rig.must_apply_ddl();
    (rig.term, rig.index) = (of.term, of.index);
    rig
}

/// Rows of about a hundred bytes.
fn rows(first: u32, count: u32) -> Call {
    write(&format!(
        "INSERT INTO t SELECT {first} + key, randomblob(90) FROM json_each('[' || rtrim(replace(hex(zeroblob({count})), \
         '00', '0,'), ',') || ']')"
    ))
}

fn outcome(waiting: &Receiver<Outcome>) -> Outcome {
    waiting.recv_timeout(PATIENCE).expect("an answer")
}

impl Rig {
    /// The next proposal, which must be a piece, applied on all.
    fn piece(&mut self, others: &mut [&mut Rig]) -> Entry {
        let (_, entry) = self.proposal();
        assert!(matches!(entry, Entry::Piece(_)), "{entry:?}");
        self.both(&entry, others);
        entry
    }

    fn both(&mut self, entry: &Entry, others: &mut [&mut Rig]) -> Applied {
        let applied = self.apply(entry).unwrap();
        for other in others {
            assert_eq!(other.apply(entry).unwrap(), applied);
        }
        applied
    }

    /// Applies proposals on all, until the transaction has its outcome; gives the entries.
    fn finish(&mut self, waiting: &Receiver<Outcome>, others: &mut [&mut Rig]) -> Vec<Entry> {
        let mut entries = Vec::new();
        loop {
            let (_, entry) = self.proposal();
            self.both(&entry, others);
            entries.push(entry);
            if matches!(entries.last(), Some(Entry::Batch(_))) {
                let outcome = outcome(waiting);
                assert!(matches!(outcome, Outcome::Committed { .. }), "{outcome:?}");
                return entries;
            }
        }
    }

    fn count(&self) -> usize {
        self.dump()["t"].len()
    }

    fn kept(&self) -> u64 {
        self.database().shared.pieces.count().map_or(0, |(_, count)| count)
    }

    /// The process ends, and starts again. What its files lack comes from the log.
    fn restart(self, log: &[(LogId, Entry)]) -> Rig {
        let Rig { storage, term, index, .. } = self;
        let data = storage.data.clone();
        storage.close();
        drop(storage);
        let mut rig = Rig::open_with(&data, options());
        let from = rig.storage.applied().map_or(0, |applied| applied.index);
        for (log_id, entry) in log.iter().filter(|(log_id, _)| log_id.index > from && log_id.index <= index) {
            rig.storage.apply(*log_id, entry).unwrap();
        }
        (rig.term, rig.index) = (term, index);
        rig
    }
}

#[test]
fn a_large_batch_goes_in_pieces_and_counts_as_a_whole() {
    let dir = tempfile::tempdir().unwrap();
    for (number, own_effects) in [false, true].into_iter().enumerate() {
        let mut rig = Rig::open_with(
            &dir.path().join(format!("{number}.1")),
            Options { apply_own_effects: own_effects, ..options() },
        );
        rig.lead();
        rig.must(vec![ddl("CREATE TABLE t (a INTEGER PRIMARY KEY, b)")]);
        let mut other = follower(&dir.path().join(format!("{number}.2")), &rig);
        let before = rig.dump();
        let waiting = rig.submit(vec![
            rows(1, 100),
            write("UPDATE t SET a = -a WHERE a <= 10"),
            write("DELETE FROM t WHERE a = 50"),
        ]);
        // A few at a time.
        let mut sent: Vec<Entry> = (0..4).map(|_| rig.proposal().1).collect();
        rig.no_proposal();
        for entry in &sent {
            rig.both(entry, &mut [&mut other]);
            assert_eq!(rig.dump(), before);
        }
        sent.extend(rig.finish(&waiting, &mut [&mut other]));
        assert!(sent.len() > 8, "{}", sent.len());
        assert!(sent.iter().all(|entry| entry.encode().len() < 2 * PIECE as usize + 200));
        assert_eq!(rig.count(), 99);
        assert_same(&rig.dump(), &other.dump(), "the follower");
        assert_eq!((rig.kept(), other.kept()), (0, 0));
        // Nothing of it is left for the next.
        rig.must(vec![write("INSERT INTO t VALUES (1000, 'x')")]);
    }
}

#[test]
fn small_transactions_share_a_batch_with_a_large_one() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = ready(&dir.path().join("1"));
    let mut other = follower(&dir.path().join("2"), &rig);
    // While this is under way, the others gather.
    let first = rig.submit(vec![write("INSERT INTO t VALUES (1, 'x')")]);
    let (_, entry) = rig.proposal();
    let waiting: Vec<Receiver<Outcome>> = [
        vec![write("INSERT INTO t VALUES (2, 'x')")],
        vec![rows(100, 50)],
        vec![write("INSERT INTO t VALUES (100, 'double')")],
        vec![write("INSERT INTO t VALUES (3, 'x')")],
    ]
    .map(|calls| rig.submit(calls))
    .into();
    rig.both(&entry, &mut [&mut other]);
    assert!(matches!(outcome(&first), Outcome::Committed { .. }));
    let entries = rig.finish(&waiting[0], &mut [&mut other]);
    assert!(entries.len() > 5);
    assert!(matches!(outcome(&waiting[1]), Outcome::Committed { .. }));
    assert!(matches!(outcome(&waiting[2]), Outcome::Failed { .. }));
    assert!(matches!(outcome(&waiting[3]), Outcome::Committed { .. }));
    assert_eq!(rig.count(), 53);
    assert_same(&rig.dump(), &other.dump(), "the follower");
}

/// The leader is lost before the batch itself is in any log.
#[test]
fn pieces_whose_batch_never_comes_have_no_effect() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = ready(&dir.path().join("1"));
    let mut other = follower(&dir.path().join("2"), &rig);
    let before = rig.dump();
    let waiting = rig.submit(vec![rows(1, 100)]);
    rig.piece(&mut [&mut other]);
    rig.piece(&mut [&mut other]);
    let (_, late) = rig.proposal();
    assert_eq!((rig.kept(), other.kept()), (2, 2));
    // The next leader opens its term; what was proposed in the one before is of no use there.
    other.node = 2;
    other.lead();
    rig.term = other.term;
    let open = Entry::Open { node: 2, incarnation: INCARNATION };
    rig.apply(&open).unwrap();
    assert_eq!(outcome(&waiting), Outcome::NotLeader, "it may be tried again");
    assert_eq!((rig.kept(), other.kept()), (0, 0));
    assert_eq!(other.both(&late, &mut [&mut rig]), Applied::Superseded);
    assert_eq!((rig.kept(), other.kept()), (0, 0));
    assert_same(&rig.dump(), &before, "nothing has happened");
    let waiting = other.submit(vec![rows(1, 80)]);
    other.finish(&waiting, &mut [&mut rig]);
    assert_eq!(rig.count(), 80);
    assert_same(&rig.dump(), &other.dump(), "the old leader follows");
}

#[test]
fn a_leader_that_gives_up_leaves_nothing_to_the_next_batch() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = ready(&dir.path().join("1"));
    let mut other = follower(&dir.path().join("2"), &rig);
    for give_up in ["refused", "lost", "follow"] {
        let before = rig.count();
        let waiting = rig.submit(vec![rows(1, 100)]);
        rig.piece(&mut [&mut other]);
        let (number, late) = rig.proposal();
        match give_up {
            "refused" => rig.storage.refused("databases/postgres", number),
            "lost" => rig.storage.lost("databases/postgres", number),
            _ => rig.storage.follow(),
        }
        assert_eq!(outcome(&waiting), Outcome::NotLeader, "{give_up}: the batch itself was not proposed");
        // One that was under way comes yet, and the rest never.
        rig.both(&late, &mut [&mut other]);
        while rig.outbox.try_recv().is_ok() {}
        if give_up == "follow" {
            rig.lead();
            other.term = rig.term;
            other.apply(&Entry::Open { node: 1, incarnation: INCARNATION }).unwrap();
        }
        let first = 1000 + 100 * before as u32;
        let waiting = rig.submit(vec![rows(first, 30)]);
        rig.finish(&waiting, &mut [&mut other]);
        assert_eq!(rig.count(), before + 30);
        assert_same(&rig.dump(), &other.dump(), give_up);
    }
}

/// A batch that was given up, but is in the log all the same, comes before the pieces of the next.
#[test]
fn a_lost_batch_of_pieces_that_is_committed_after_all_is_applied() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = ready(&dir.path().join("1"));
    let mut other = follower(&dir.path().join("2"), &rig);
    let waiting = rig.submit(vec![rows(1, 100)]);
    let (number, batch) = loop {
        match rig.proposal() {
            (number, batch @ Entry::Batch(_)) => break (number, batch),
            (_, piece) => drop(rig.both(&piece, &mut [&mut other])),
        }
    };
    rig.storage.lost("databases/postgres", number);
    assert_eq!(outcome(&waiting), Outcome::Unknown);
    let next = rig.submit(vec![rows(1000, 50)]);
    let (_, piece) = rig.proposal();
    assert_eq!(rig.both(&batch, &mut [&mut other]), Applied::Accepted);
    assert_eq!(outcome(&next), Outcome::Superseded);
    assert_eq!(rig.both(&piece, &mut [&mut other]), Applied::Superseded);
    assert_eq!(rig.count(), 100);
    assert_same(&rig.dump(), &other.dump(), "the follower");
}

/// Of two leaders, or of one that has given up: in the log their pieces may alternate.
#[test]
fn pieces_of_two_batches_do_not_mix() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = ready(&dir.path().join("1"));
    let mut other = follower(&dir.path().join("2"), &rig);
    let given_up = rig.submit(vec![rows(1, 100)]);
    let (number, first) = rig.proposal();
    let late = rig.proposal().1;
    rig.storage.refused("databases/postgres", number);
    assert_eq!(outcome(&given_up), Outcome::NotLeader);
    while rig.outbox.recv_timeout(Duration::from_millis(50)).is_ok() {}
    let waiting = rig.submit(vec![rows(1, 60)]);
    rig.both(&first, &mut [&mut other]);
    rig.piece(&mut [&mut other]);
    rig.both(&late, &mut [&mut other]);
    rig.piece(&mut [&mut other]);
    rig.both(&first, &mut [&mut other]);
    rig.finish(&waiting, &mut [&mut other]);
    assert_eq!(rig.count(), 60);
    assert_same(&rig.dump(), &other.dump(), "the follower");
}

#[test]
fn restarts_and_checkpoints_between_the_pieces_change_nothing() {
    for (checkpoint, leader_too) in [(false, false), (true, false), (true, true), (false, true)] {
        let dir = tempfile::tempdir().unwrap();
        let mut rig = ready(&dir.path().join("1"));
        let mut other = follower(&dir.path().join("2"), &rig);
        let mut log = Vec::new();
        let waiting = rig.submit(vec![rows(1, 100)]);
        let mut entries = Vec::new();
        for restart in [true, false, true] {
            for _ in 0..3 {
                let entry = rig.piece(&mut [&mut other]);
                let log_id = LogId { term: rig.term, node: 1, index: rig.index };
                log.push((log_id, entry.clone()));
                entries.push(entry);
            }
            if checkpoint {
                other.storage.checkpoint(log.last().unwrap().0).unwrap();
            }
            if restart {
                let data = other.storage.data.clone();
                other = other.restart(&log);
                assert_eq!(other.kept(), entries.len() as u64, "checkpoint {checkpoint}");
                if !checkpoint {
                    // As if none of it had reached the disk.
                    other.storage.close();
                    std::fs::remove_dir_all(data.join("pieces")).unwrap();
                    other = other.restart(&log);
                    assert_eq!(other.kept(), entries.len() as u64);
                }
            }
        }
        loop {
            let (_, entry) = rig.proposal();
            let last = matches!(entry, Entry::Batch(_));
            if last && leader_too {
                // It has proposed the batch, and finds it in the log when it starts again.
                rig = rig.restart(&log);
                drop(waiting);
                rig.both(&entry, &mut [&mut other]);
                break;
            }
            rig.both(&entry, &mut [&mut other]);
            log.push((LogId { term: rig.term, node: 1, index: rig.index }, entry));
            if last {
                assert!(matches!(outcome(&waiting), Outcome::Committed { .. }));
                break;
            }
        }
        assert_eq!(rig.count(), 100);
        assert_same(&rig.dump(), &other.dump(), "the follower");
        // All of the log once more does nothing.
        other.storage.close();
        let other = other.restart(&log);
        assert_same(&rig.dump(), &other.dump(), "again");
        assert_eq!(other.kept(), 0);
    }
}

#[test]
fn a_snapshot_between_the_pieces_takes_them_along() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = ready(&dir.path().join("1"));
    let mut other = follower(&dir.path().join("2"), &rig);
    let waiting = rig.submit(vec![rows(1, 100)]);
    for _ in 0..4 {
        rig.piece(&mut [&mut other]);
    }
    let copies = dir.path().join("copies");
    let mut new = Rig::open_with(&dir.path().join("3"), options());
    // The copies are taken while more comes.
    let at = other.storage.export(&copies).unwrap().unwrap();
    let late = rig.piece(&mut [&mut other]);
    new.storage.install(&copies).unwrap();
    (new.term, new.index) = (rig.term, at.index);
    assert_eq!(new.kept(), 4);
    new.apply(&late).unwrap();
    rig.finish(&waiting, &mut [&mut other, &mut new]);
    assert_eq!(rig.count(), 100);
    assert_same(&rig.dump(), &new.dump(), "who came by snapshot");
    assert_same(&rig.dump(), &other.dump(), "who was copied");
    // One of a node that has none replaces those that are there.
    let waiting = rig.submit(vec![rows(1000, 100)]);
    rig.piece(&mut [&mut other, &mut new]);
    rig.storage.follow();
    assert_eq!(outcome(&waiting), Outcome::NotLeader);
    let copies = dir.path().join("copies.2");
    let mut fresh = follower(&dir.path().join("4"), &rig);
    fresh.apply(&Entry::Open { node: 1, incarnation: 1 }).unwrap();
    fresh.storage.export(&copies).unwrap();
    new.storage.install(&copies).unwrap();
    assert_eq!(new.kept(), 0);
}

/// A replica that has lost a part stops; it does not take a part for the whole.
#[test]
fn pieces_that_are_lost_are_a_divergence() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = ready(&dir.path().join("1"));
    let mut other = follower(&dir.path().join("2"), &rig);
    let waiting = rig.submit(vec![rows(1, 100)]);
    rig.piece(&mut []);
    other.index += 1;
    loop {
        let (_, entry) = rig.proposal();
        rig.apply(&entry).unwrap();
        let applied = other.apply(&entry);
        if matches!(entry, Entry::Batch(_)) {
            let Err(StorageError::Diverged(why)) = applied else { panic!("{applied:?}") };
            assert!(why.contains("pieces of a large transaction"), "{why}");
            break;
        }
    }
    assert!(matches!(outcome(&waiting), Outcome::Committed { .. }));
    assert_eq!(other.count(), 0);
}

#[test]
fn too_large_a_transaction_fails_and_the_next_does_not() {
    let dir = tempfile::tempdir().unwrap();
    let mut rig = ready(&dir.path().join("1"));
    let mut other = follower(&dir.path().join("2"), &rig);
    let error = rig.must_fail(vec![write("INSERT INTO t VALUES (1, 'x')"), rows(100, 5000)]);
    assert_eq!(error.code, SqlState::PROGRAM_LIMIT_EXCEEDED);
    assert_eq!(
        error.detail.as_deref(),
        Some("The changes of one transaction may take 100000 bytes as they are replicated.")
    );
    assert_eq!(rig.count(), 0);
    let waiting = rig.submit(vec![rows(1, 500)]);
    rig.finish(&waiting, &mut [&mut other]);

    // In the slot: with a savepoint the transaction goes on from there, without one it is over.
    let mut holder = rig.hold();
    holder.must(rows(1000, 300));
    holder.savepoint();
    let error = holder.must_fail(rows(2000, 5000));
    assert_eq!(error.code, SqlState::PROGRAM_LIMIT_EXCEEDED);
    holder.must(write("INSERT INTO t VALUES (-1, 'after')"));
    let waiting = holder.commit();
    rig.finish(&waiting, &mut [&mut other]);
    assert_eq!(rig.count(), 801);
    assert_same(&rig.dump(), &other.dump(), "the follower");
    let mut holder = rig.hold();
    assert_eq!(holder.must_fail(rows(5000, 5000)).code, SqlState::PROGRAM_LIMIT_EXCEEDED);
    assert_eq!(outcome(&holder.commit()), Outcome::NotLeader);
    rig.must(vec![write("INSERT INTO t VALUES (-2, 'after')")]);
}

/// Records that are in the file by then are undone like those in memory.
#[test]
fn savepoints_reach_back_over_what_is_no_longer_in_memory() {
    let dir = tempfile::tempdir().unwrap();
    let large = Options::default();
    let mut rig = Rig::open_with(&dir.path().join("1"), large.clone());
    rig.lead();
    rig.must(vec![ddl("CREATE TABLE t (a INTEGER PRIMARY KEY, b)")]);
    let mut other = Rig::open_with(&dir.path().join("2"), large);
    other.term = rig.term;
    other.must_apply_ddl();
    other.index = rig.index;
    let mut holder = rig.hold();
    let megabytes = |id: i64, size: u32| write(&format!("INSERT INTO t VALUES ({id}, randomblob({size}000))"));
    holder.must(megabytes(1, 700));
    holder.must(megabytes(2, 2500));
    holder.savepoint();
    holder.must(megabytes(3, 3000));
    holder.savepoint();
    holder.must(megabytes(4, 10));
    holder.rollback_to(0);
    holder.must(megabytes(5, 900));
    let waiting = holder.commit();
    let entries = rig.finish(&waiting, &mut [&mut other]);
    assert_eq!(entries.len(), 4, "4.1 MB");
    let ids = |rig: &Rig| {
        let outside = rig.outside();
        let mut ids = outside.prepare("SELECT a FROM t ORDER BY a").unwrap();
        ids.query_map([], |row| row.get(0)).unwrap().collect::<rusqlite::Result<Vec<i64>>>().unwrap()
    };
    assert_eq!(ids(&rig), [1, 2, 5]);
    assert_same(&rig.dump(), &other.dump(), "the follower");
}
