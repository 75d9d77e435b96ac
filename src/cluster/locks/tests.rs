//! The table by itself, one decision after another.

use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::table::{Blocked, Fate, Holding, LockKey, Mode, SessionId, Table, Told, Wish};

fn key(key: i64) -> LockKey {
    LockKey { database: "d".to_owned(), pair: false, key }
}

/// A table, and the moment it began; a term is ten seconds here.
struct Office {
    table: Table,
    start: Instant,
    number: u64,
}

const TERM: Duration = Duration::from_secs(10);

impl Office {
    /// With nodes 1 to 3, of which those given have begun their streams.
    fn new(registered: &[u64]) -> Office {
        let start = Instant::now();
        let mut office = Office { table: Table::new(1..=3, start + TERM), start, number: 0 };
        registered.iter().for_each(|node| drop(office.register(*node, Vec::new())));
        office
    }

    fn register(&mut self, node: u64, holdings: Vec<Holding>) -> (Vec<Holding>, Vec<Told>) {
        let mut told = Vec::new();
        self.number += 1;
        let lost = self.table.register(node, self.number, holdings, self.start + TERM, &mut told);
        (lost, told)
    }

    fn ask(&mut self, node: u64, session: SessionId, k: i64, mode: Mode, tries: bool) -> (u64, Vec<Told>) {
        self.number += 1;
        let wish = Wish { number: self.number, session, key: key(k), mode, tries };
        let mut told = Vec::new();
        self.table.wish(node, wish, &mut told);
        (self.number, told)
    }

    /// Granted at once.
    fn take(&mut self, node: u64, session: SessionId, k: i64, mode: Mode) {
        let (number, told) = self.ask(node, session, k, mode, false);
        assert_eq!(told, [Told { node, number, fate: Fate::Granted }]);
    }

    fn wait(&mut self, node: u64, session: SessionId, k: i64, mode: Mode) -> u64 {
        let (number, told) = self.ask(node, session, k, mode, false);
        assert_eq!(told, []);
        number
    }

    fn release(&mut self, session: SessionId, k: i64, mode: Mode) -> Vec<u64> {
        let mut told = Vec::new();
        self.table.release(session, &key(k), mode, &mut told);
        granted(told)
    }
}

fn granted(told: Vec<Told>) -> Vec<u64> {
    told.into_iter().filter(|told| told.fate == Fate::Granted).map(|told| told.number).collect()
}

use Mode::{Exclusive, Shared};

#[test]
fn exclusive_excludes_all_others_and_who_came_first_is_served_first() {
    let mut office = Office::new(&[1, 2, 3]);
    office.take(1, 10, 1, Shared);
    office.take(2, 20, 1, Shared);
    let writer = office.wait(3, 30, 1, Exclusive);
    let reader = office.wait(1, 11, 1, Shared);
    assert_eq!(office.ask(1, 12, 1, Shared, true).1[0].fate, Fate::Denied, "nobody overtakes by trying");
    assert_eq!(office.release(10, 1, Shared), [0; 0]);
    assert_eq!(office.release(20, 1, Shared), [writer]);
    assert_eq!(office.release(30, 1, Exclusive), [reader]);
    office.take(2, 20, 2, Exclusive);
    office.take(2, 20, 2, Shared);
    assert_eq!(office.ask(1, 10, 2, Shared, true).1[0].fate, Fate::Denied);
}

#[test]
fn a_new_leader_grants_nothing_until_every_node_has_told_what_it_has_or_can_have_nothing() {
    let mut office = Office::new(&[1]);
    let holding = Holding { session: 20, key: key(1), mode: Exclusive };
    let waiting = office.wait(1, 10, 1, Exclusive);
    let other = office.wait(1, 11, 2, Exclusive);
    let (trying, told) = office.ask(1, 12, 1, Exclusive, true);
    assert_eq!(told, [], "node 2 or 3 may have it");
    let (lost, told) = office.register(2, vec![holding.clone()]);
    assert_eq!(lost, []);
    // Node 2 has it, so much is known; node 3 may have the other.
    assert_eq!(told, [Told { node: 1, number: trying, fate: Fate::Denied }]);
    let mut told = Vec::new();
    office.table.expire(office.start + TERM - Duration::from_millis(1), &mut told);
    assert!(told.iter().all(|told| told.fate != Fate::Granted));
    // Node 3 stays away, and so do 1 and 2 in this test: their time is renewed.
    [1, 2].iter().for_each(|node| office.table.renew(*node, office.start + TERM * 2));
    office.table.expire(office.start + TERM, &mut told);
    assert_eq!(granted(told), [other]);
    assert_eq!(office.release(20, 1, Exclusive), [waiting]);
    // Node 3 comes back too late.
    let (lost, _) = office.register(3, vec![Holding { session: 30, ..holding.clone() }]);
    assert_eq!(lost, [Holding { session: 30, ..holding }]);
}

#[test]
fn what_a_silent_node_has_is_others_when_its_time_is_over_and_not_before() {
    let mut office = Office::new(&[1, 2, 3]);
    office.take(1, 10, 1, Exclusive);
    let waiting = office.wait(2, 20, 1, Exclusive);
    let mut told = Vec::new();
    office.table.disconnect(1, &mut told);
    office.table.renew(2, office.start + TERM * 2);
    office.table.expire(office.start + TERM - Duration::from_millis(1), &mut told);
    assert_eq!(told, []);
    office.table.expire(office.start + TERM, &mut told);
    assert_eq!(granted(told), [waiting]);
}

#[test]
fn a_stream_begun_anew_replaces_what_the_one_before_said() {
    let mut office = Office::new(&[1, 2, 3]);
    office.take(1, 10, 1, Exclusive);
    office.take(1, 10, 2, Exclusive);
    let (one, two) = (office.wait(2, 20, 1, Exclusive), office.wait(2, 21, 2, Exclusive));
    let (_, told) = office.register(1, vec![Holding { session: 10, key: key(1), mode: Exclusive }]);
    assert_eq!(granted(told), [two]);
    assert_eq!(office.release(10, 1, Exclusive), [one]);
}

#[test]
fn who_closes_a_circle_fails() {
    let mut office = Office::new(&[1, 2, 3]);
    office.take(1, 10, 1, Exclusive);
    office.take(2, 20, 2, Shared);
    office.take(3, 30, 2, Shared);
    let first = office.wait(1, 10, 2, Exclusive);
    let (number, told) = office.ask(2, 20, 1, Shared, false);
    let Fate::Deadlock(circle) = &told[0].fate else { panic!("{told:?}") };
    assert_eq!((told[0].node, told[0].number, told.len()), (2, number, 1));
    let link = |session, k, mode, by| Blocked { session, wants: Some((key(k), mode)), by };
    assert_eq!(*circle, [link(20, 1, Shared, 10), link(10, 2, Exclusive, 20)]);
    assert_eq!(office.release(20, 2, Shared), [0; 0]);
    assert_eq!(office.release(30, 2, Shared), [first]);
}

#[test]
fn two_who_share_a_lock_and_both_want_it_alone_wait_for_each_other() {
    let mut office = Office::new(&[1, 2, 3]);
    office.take(1, 10, 1, Shared);
    office.take(2, 20, 1, Shared);
    let first = office.wait(1, 10, 1, Exclusive);
    let (_, told) = office.ask(2, 20, 1, Exclusive, false);
    assert!(matches!(told[..], [Told { fate: Fate::Deadlock(_), .. }]));
    assert_eq!(office.release(20, 1, Shared), [first]);
}

#[test]
fn the_writer_slot_is_part_of_a_circle() {
    let mut office = Office::new(&[1, 2, 3]);
    office.take(2, 20, 1, Exclusive);
    office.table.hold_slot(10);
    assert_eq!(office.table.wait_for_slot(20), None);
    let (_, told) = office.ask(1, 10, 1, Exclusive, false);
    assert!(matches!(told[..], [Told { fate: Fate::Deadlock(_), .. }]), "10 holds the slot that 20 waits for");
    office.table.leave_slot_queue(20);
    office.wait(1, 10, 1, Exclusive);
    let circle = office.table.wait_for_slot(20).expect("20 has what the holder waits for");
    assert_eq!(circle[0], Blocked { session: 20, wants: None, by: 10 });
    office.table.leave_slot(10);
    assert_eq!(office.table.wait_for_slot(20), None);
}

#[test]
fn what_nobody_wants_any_more_lets_others_through() {
    let mut office = Office::new(&[1, 2, 3]);
    office.take(1, 10, 1, Shared);
    let writer = office.wait(2, 20, 1, Exclusive);
    let reader = office.wait(3, 30, 1, Shared);
    let mut told = Vec::new();
    office.table.withdraw(2, writer, &mut told);
    assert!(told.contains(&Told { node: 2, number: writer, fate: Fate::Denied }));
    assert_eq!(granted(told), [reader]);
}

proptest! {
    /// Whatever is asked, given back and withdrawn in whatever order: no two hold what excludes each other, and
    /// nobody waits for ever for what is free.
    #[test]
    fn nobody_has_what_somebody_else_has_alone(
        steps in proptest::collection::vec((0u8..4, 1i32..6, 0i64..3, any::<bool>(), any::<bool>()), 1..200)
    ) {
        let mut office = Office::new(&[1, 2, 3]);
        // A session waits for one thing at a time.
        let mut waits: std::collections::HashMap<SessionId, u64> = Default::default();
        for (what, session, k, shared, tries) in steps {
            let mode = if shared { Shared } else { Exclusive };
            let node = session as u64 % 3 + 1;
            let mut told = Vec::new();
            match what {
                0 | 1 if !waits.contains_key(&session) => {
                    let (number, news) = office.ask(node, session, k, mode, tries);
                    told = news;
                    waits.insert(session, number);
                }
                2 if !waits.contains_key(&session) => office.table.release(session, &key(k), mode, &mut told),
                3 => if let Some(number) = waits.get(&session) {
                    office.table.withdraw(node, *number, &mut told);
                },
                _ => {}
            }
            for news in told {
                waits.retain(|_, number| *number != news.number);
            }
            let list = office.table.list();
            let held: Vec<_> = list.iter().filter(|(_, held)| *held).map(|(holding, _)| holding).collect();
            for (one, other) in held.iter().flat_map(|one| held.iter().map(move |other| (one, other))) {
                let excludes = one.mode == Exclusive || other.mode == Exclusive;
                prop_assert!(one.session == other.session || one.key != other.key || !excludes, "{held:?}");
            }
            for (waiting, _) in list.iter().filter(|(_, held)| !held) {
                prop_assert!(held.iter().any(|holding| holding.key == waiting.key), "{waiting:?} is free");
            }
            prop_assert_eq!(waits.len(), list.iter().filter(|(_, held)| !held).count());
        }
    }
}
