//! Random transactions on a leader, applied to a follower: the files must be equal, rowids and schema included.
//!
//! `QUORLITE_FUZZ=FIRST..END cargo test --release storage::tests::fuzz` runs more seeds.

use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};

use super::*;

const TEMPLATES: &[(&str, &[&str])] = &[
    ("(id INTEGER PRIMARY KEY, a TEXT, b INTEGER)", &["id", "a", "b"]),
    ("(a, b)", &["a", "b"]),
    ("(k TEXT PRIMARY KEY, a)", &["k", "a"]),
    ("(a INTEGER, b TEXT, c, PRIMARY KEY (a, b))", &["a", "b", "c"]),
    ("(a, b, c, PRIMARY KEY (b, a)) WITHOUT ROWID", &["a", "b", "c"]),
    ("(id INTEGER PRIMARY KEY, u INTEGER UNIQUE, v TEXT UNIQUE)", &["id", "u", "v"]),
    ("(rowid TEXT, a REAL, b NUMERIC)", &["rowid", "a", "b"]),
    ("(a INTEGER NOT NULL, b TEXT COLLATE NOCASE UNIQUE)", &["a", "b"]),
    (
        "(id INTEGER PRIMARY KEY, up INTEGER REFERENCES $ ON DELETE CASCADE ON UPDATE CASCADE, \
          k TEXT UNIQUE, l TEXT DEFAULT '7' REFERENCES $ (k) ON DELETE SET DEFAULT ON UPDATE SET NULL)",
        &["id", "up", "k", "l"],
    ),
    ("(id INTEGER PRIMARY KEY, up INTEGER REFERENCES $ DEFERRABLE INITIALLY DEFERRED)", &["id", "up"]),
];

/// Tables that reference these.
const REFERENCING: &[(&str, &[&str])] = &[
    (
        "(id INTEGER PRIMARY KEY, p INTEGER REFERENCES $ (id) ON DELETE CASCADE ON UPDATE CASCADE, \
          q INTEGER REFERENCES $ (id) ON DELETE SET NULL ON UPDATE SET NULL DEFERRABLE INITIALLY DEFERRED)",
        &["id", "p", "q"],
    ),
    (
        "(a, p INTEGER DEFAULT 3 UNIQUE REFERENCES $ (id) ON DELETE SET DEFAULT ON UPDATE CASCADE, \
          n INTEGER NOT NULL DEFAULT 1 REFERENCES $ (id) ON DELETE SET DEFAULT ON UPDATE RESTRICT)",
        &["a", "p", "n"],
    ),
];

struct Fuzz {
    random: StdRng,
    tables: Vec<(String, Vec<String>)>,
    names: u32,
}

impl Fuzz {
    fn value(&mut self) -> String {
        match self.random.random_range(0..12) {
            0 => "NULL".to_owned(),
            1 => "random()".to_owned(),
            2 => format!("{}.5", self.random.random_range(-9..9)),
            3 => "-0.0".to_owned(),
            4 => "x'00ff'".to_owned(),
            5 => "hex(randomblob(12))".to_owned(),
            6..=8 => format!("'{}'", self.random.random_range(0..15)),
            _ => self.random.random_range(0..15).to_string(),
        }
    }

    fn table(&mut self) -> (String, Vec<String>) {
        self.tables.choose(&mut self.random).unwrap().clone()
    }

    fn column(&mut self, columns: &[String]) -> String {
        columns.choose(&mut self.random).unwrap().clone()
    }

    fn condition(&mut self, columns: &[String]) -> String {
        let (column, value) = (self.column(columns), self.value());
        match self.random.random_range(0..5) {
            0 => "true".to_owned(),
            1 => format!("\"{column}\" < {value}"),
            2 => "random() % 3 = 0".to_owned(),
            _ => format!("\"{column}\" = {value}"),
        }
    }

    fn row(&mut self, columns: &[String]) -> String {
        let values: Vec<String> = columns.iter().map(|_| self.value()).collect();
        format!("({})", values.join(", "))
    }

    fn statement(&mut self) -> Call {
        let (table, columns) = self.table();
        let (list, column) =
            (columns.iter().map(|column| format!("\"{column}\"")).collect::<Vec<_>>(), self.column(&columns));
        let names = list.join(", ");
        write(&match self.random.random_range(0..13) {
            0..=3 => {
                let rows: Vec<String> = (0..self.random.random_range(1..4)).map(|_| self.row(&columns)).collect();
                format!("INSERT INTO {table} ({names}) VALUES {}", rows.join(", "))
            }
            4 => format!("INSERT OR REPLACE INTO {table} ({names}) VALUES {}", self.row(&columns)),
            5 => format!("INSERT INTO {table} ({names}) VALUES {} ON CONFLICT DO NOTHING", self.row(&columns)),
            6 => {
                let (other, others) = self.table();
                let values: Vec<String> = columns.iter().map(|_| format!("\"{}\"", self.column(&others))).collect();
                format!(
                    "INSERT OR IGNORE INTO {table} ({names}) SELECT {} FROM {other} ORDER BY random() LIMIT 5",
                    values.join(", ")
                )
            }
            7 | 8 => format!("UPDATE {table} SET \"{column}\" = {} WHERE {}", self.value(), self.condition(&columns)),
            9 => format!(
                "UPDATE OR REPLACE {table} SET \"{column}\" = \"{column}\" + 1 WHERE {}",
                self.condition(&columns)
            ),
            10 => format!(
                "UPDATE OR IGNORE {table} SET {} = {} WHERE {}",
                list[0],
                self.value(),
                self.condition(&columns)
            ),
            11 => format!(
                "UPDATE OR IGNORE {table} SET ({names}) = ({}) WHERE {}",
                list.iter().rev().cloned().collect::<Vec<_>>().join(", "),
                self.condition(&columns)
            ),
            _ => format!("DELETE FROM {table} WHERE {}", self.condition(&columns)),
        })
    }

    fn new_table(&mut self) -> Call {
        self.names += 1;
        let table = format!("t{}", self.names);
        // What is referenced must have a key by the name of id.
        let keyed: Vec<String> =
            self.tables.iter().filter(|(_, columns)| columns[0] == "id").map(|(name, _)| name.clone()).collect();
        let (parent, templates) = match keyed.choose(&mut self.random) {
            Some(parent) if self.random.random_range(0..3) == 0 => (parent.clone(), REFERENCING),
            _ => (table.clone(), TEMPLATES),
        };
        let (text, columns) = templates.choose(&mut self.random).unwrap();
        let call = ddl(&format!("CREATE TABLE {table} {}", text.replace('$', &parent)));
        self.tables.push((table, columns.iter().map(|&column| column.to_owned()).collect()));
        call
    }

    /// Also keeps track of the tables; a failing transaction puts the track back.
    fn schema_change(&mut self) -> Call {
        self.names += 1;
        let place = self.random.random_range(0..self.tables.len());
        let (table, columns) = self.tables[place].clone();
        match self.random.random_range(0..8) {
            0 | 1 => self.new_table(),
            2 if self.tables.len() > 3 => {
                self.tables.remove(place);
                ddl(&format!("DROP TABLE {table}"))
            }
            3 => {
                let column = format!("new{}", self.names);
                self.tables[place].1.push(column.clone());
                ddl(&format!("ALTER TABLE {table} ADD COLUMN {column} DEFAULT 'd{}'", self.names))
            }
            4 => {
                self.tables[place].0 = format!("r{}", self.names);
                ddl(&format!("ALTER TABLE {table} RENAME TO r{}", self.names))
            }
            5 => ddl(&format!("CREATE INDEX i{} ON {table} (\"{}\")", self.names, columns[columns.len() - 1])),
            6 => schema(vec![SchemaStep::Truncate(table)]),
            _ => ddl("ANALYZE"),
        }
    }

    fn transaction(&mut self) -> Vec<Call> {
        let count = self.random.random_range(1..6);
        let mut calls = Vec::new();
        for _ in 0..count {
            if self.random.random_range(0..25) == 0 {
                calls.push(self.schema_change());
            } else {
                calls.push(self.statement());
            }
        }
        calls
    }
}

/// What a round came to, for the test to see that it tests something.
#[derive(Default, Debug)]
struct Count {
    committed: usize,
    failed: usize,
    superseded: usize,
    given_up: usize,
}

struct Pair {
    fuzz: Fuzz,
    rigs: [Rig; 2],
    leader: usize,
    count: Count,
    /// Proposals given up for lost, which may still come.
    late: Vec<Entry>,
}

impl Pair {
    fn apply(&mut self, entry: &Entry) {
        let index = self.rigs[self.leader].index;
        let results = [0, 1].map(|node| {
            self.rigs[node].index = index;
            self.rigs[node].term = self.rigs[self.leader].term;
            self.rigs[node].apply(entry).unwrap()
        });
        assert_eq!(results[0], results[1]);
    }

    fn change_leader(&mut self) {
        self.rigs[self.leader].storage.follow();
        let (term, index) = (self.rigs[self.leader].term + 1, self.rigs[self.leader].index);
        self.leader = 1 - self.leader;
        for rig in &mut self.rigs {
            (rig.term, rig.index) = (term, index);
        }
        let rig = &self.rigs[self.leader];
        let (node, proposer) = (self.leader as u64 + 1, rig.proposer.clone());
        self.late.clear();
        self.apply(&Entry::Open { node, incarnation: INCARNATION });
        self.rigs[self.leader].storage.lead(node, term, INCARNATION, proposer);
    }

    /// Some transactions at once, each with a client that hears an outcome.
    fn round(&mut self) {
        let tables = self.fuzz.tables.clone();
        let count = self.fuzz.random.random_range(1..5);
        let waiting: Vec<Receiver<Outcome>> = (0..count)
            .map(|_| {
                let calls = self.fuzz.transaction();
                self.rigs[self.leader].submit(calls)
            })
            .collect();
        let mut all_committed = true;
        for waiting in waiting {
            let outcome = self.outcome(&waiting);
            all_committed &= matches!(outcome, Outcome::Committed { .. });
            match outcome {
                Outcome::Committed { .. } => self.count.committed += 1,
                Outcome::Failed { .. } => self.count.failed += 1,
                Outcome::Superseded => self.count.superseded += 1,
                Outcome::NotLeader | Outcome::Unknown => self.count.given_up += 1,
            }
        }
        if !all_committed {
            self.look(tables);
        }
    }

    fn outcome(&mut self, waiting: &Receiver<Outcome>) -> Outcome {
        loop {
            match waiting.recv_timeout(Duration::from_micros(200)) {
                Ok(outcome) => return outcome,
                Err(RecvTimeoutError::Disconnected) => panic!("no answer"),
                Err(RecvTimeoutError::Timeout) => {}
            }
            let Ok((file, number, entry)) = self.rigs[self.leader].outbox.try_recv() else { continue };
            if self.late.iter().chain([&entry]).any(has_to_do_with_pieces) {
                // Raft keeps the order of one leader's proposals, which pieces rely on.
                std::mem::take(&mut self.late).iter().for_each(|late| self.apply(late));
            }
            match self.fuzz.random.random_range(0..20) {
                0 => self.rigs[self.leader].storage.refused(&file, number),
                1 => {
                    self.rigs[self.leader].storage.lost(&file, number);
                    self.late.push(entry);
                }
                2 if !self.late.is_empty() => {
                    // An earlier one comes first, and this one is void.
                    let late = self.late.remove(0);
                    self.apply(&late);
                    self.apply(&entry);
                }
                _ => self.apply(&entry),
            }
        }
    }

    /// The tables there are now: a failed transaction may have held some of their changes.
    fn look(&mut self, before: Vec<(String, Vec<String>)>) {
        let outside = self.rigs[self.leader].outside();
        let mut names = outside
            .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name GLOB '[tr][0-9]*' ORDER BY rowid")
            .unwrap();
        let names: Vec<String> = names.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        let columns = |name: &String| {
            let mut columns = outside.prepare("SELECT name FROM pragma_table_info(?1)").unwrap();
            columns.query_map([name], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
        };
        self.fuzz.tables = names.iter().map(|name| (name.clone(), columns(name))).collect();
        if self.fuzz.tables.is_empty() {
            self.fuzz.tables = before;
        }
    }

    fn compare(&mut self, seed: u64, round: usize) {
        assert_same(&self.rigs[0].dump(), &self.rigs[1].dump(), &format!("seed {seed}, round {round}"));
        self.apply(&Entry::Digest { id: round as u64 });
        let digests = [0, 1].map(|node| {
            loop {
                if let Some(digest) = self.rigs[node].storage.digest(round as u64) {
                    return digest.unwrap();
                }
                std::thread::sleep(Duration::from_millis(1));
            }
        });
        assert_eq!(digests[0], digests[1], "seed {seed}, round {round}");
    }
}

fn has_to_do_with_pieces(entry: &Entry) -> bool {
    match entry {
        Entry::Piece(_) => true,
        Entry::Batch(batch) => batch.files.iter().any(|file| file.pieces > 0),
        _ => false,
    }
}

fn run(seed: u64, rounds: usize) -> Count {
    let dir = tempfile::tempdir().unwrap();
    let fuzz = Fuzz { random: StdRng::seed_from_u64(seed), tables: Vec::new(), names: 0 };
    // Every other database has hardly a transaction that is not split.
    let piece_bytes = if seed.is_multiple_of(2) { 1 << 20 } else { 50 };
    let options = Options { piece_bytes, ..Options::default() };
    let own_effects = Options { apply_own_effects: seed.is_multiple_of(3), ..options.clone() };
    let rigs = [Rig::open_with(&dir.path().join("1"), options), Rig::open_with(&dir.path().join("2"), own_effects)];
    let mut pair = Pair { fuzz, rigs, leader: 1, count: Count::default(), late: Vec::new() };
    pair.change_leader();
    // Any of them may be given up.
    while pair.fuzz.tables.is_empty() {
        for _ in 0..4 {
            let calls = vec![pair.fuzz.new_table()];
            let waiting = pair.rigs[pair.leader].submit(calls);
            pair.outcome(&waiting);
        }
        pair.look(Vec::new());
    }
    for round in 1..=rounds {
        pair.round();
        if round % 50 == 0 {
            pair.compare(seed, round);
            pair.change_leader();
        }
    }
    pair.compare(seed, rounds + 1);
    pair.count
}

#[test]
fn followers_are_equal_row_for_row() {
    let seeds = match std::env::var("QUORLITE_FUZZ") {
        Ok(range) => {
            let (first, end) = range.split_once("..").expect("FIRST..END");
            first.parse().unwrap()..end.parse().unwrap()
        }
        Err(_) => 0..4,
    };
    for seed in seeds {
        let count = run(seed, 150);
        println!("seed {seed}: {count:?}");
        assert!(count.committed > 50, "{count:?}");
    }
}
