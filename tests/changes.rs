//! Changes of the schema, and kill -9 of the leader in the middle of each: on every node a change is wholly there or wholly
//! not, and it is there if that is what its client was told.
//!
//! What "wholly" means is not written down: a server of one node, which nobody kills, makes the same changes first, and after
//! each kill the catalogs that clients ask and the files that `sqlite3` reads must be as its are before the change, or as
//! its are after.
//!
//! The moments of the kills are drawn from a seed, which is printed: `CHANGES_SEED` repeats them, as far as time can be
//! repeated, and `CHANGES_ROUNDS=100 cargo test --test changes -- --nocapture` goes through all changes a hundred times.

mod support;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use support::cluster::{TestCluster, TestNode};
use support::{files, sql, wait_until};

/// One change: what must be there before it, and its statements, a transaction block if there are several. `#` stands for
/// the number of the round.
struct Change {
    name: &'static str,
    setup: &'static [&'static str],
    statements: &'static [&'static str],
}

const fn change(name: &'static str, setup: &'static [&'static str], statements: &'static [&'static str]) -> Change {
    Change { name, setup, statements }
}

/// Tables that are changed have rows enough for the change to take its time.
const CHANGES: &[Change] = &[
    change(
        "CREATE TABLE",
        &["CREATE TABLE parent# (id int PRIMARY KEY)"],
        &["CREATE TABLE made# (id serial PRIMARY KEY, parent int REFERENCES parent# ON DELETE CASCADE, \
           note text NOT NULL DEFAULT 'none' CHECK (note <> ''), code varchar(9) UNIQUE, UNIQUE (parent, code))"],
    ),
    change(
        "CREATE TABLE AS",
        &["CREATE TABLE source# AS SELECT i AS id, 'row ' || i AS note FROM generate_series(1, 1000) AS i"],
        &["CREATE TABLE copied# AS SELECT id * 2 AS twice, upper(note) AS loud FROM source# WHERE id > 10"],
    ),
    change(
        "ADD COLUMN",
        &["CREATE TABLE wider# AS SELECT i AS id FROM generate_series(1, 1000) AS i"],
        &["ALTER TABLE wider# ADD COLUMN note text NOT NULL DEFAULT 'x', ADD COLUMN more int CHECK (more > 0)"],
    ),
    change(
        "DROP COLUMN",
        &[
            "CREATE TABLE narrower# (id int PRIMARY KEY, gone text UNIQUE, kept text)",
            "INSERT INTO narrower# SELECT i, 'g' || i, 'k' || i FROM generate_series(1, 1000) AS i",
        ],
        &["ALTER TABLE narrower# DROP COLUMN gone"],
    ),
    change(
        "RENAME COLUMN",
        &[
            "CREATE TABLE renamed# (id int PRIMARY KEY, before text CHECK (before <> ''))",
            "CREATE INDEX renamed_index# ON renamed# (before)",
            "CREATE VIEW renamed_view# AS SELECT before FROM renamed#",
        ],
        &["ALTER TABLE renamed# RENAME COLUMN before TO after"],
    ),
    change(
        "RENAME TABLE",
        &["CREATE TABLE old# (id int PRIMARY KEY)", "CREATE TABLE child# (old int REFERENCES old#)"],
        &["ALTER TABLE old# RENAME TO new#"],
    ),
    change(
        "ALTER TYPE USING",
        &[
            "CREATE TABLE typed# (id int PRIMARY KEY, amount text NOT NULL)",
            "CREATE INDEX typed_index# ON typed# (amount)",
            "INSERT INTO typed# SELECT i, '0' || i FROM generate_series(1, 1000) AS i",
        ],
        &["ALTER TABLE typed# ALTER COLUMN amount TYPE numeric USING amount::numeric / 4"],
    ),
    change(
        "SET NOT NULL",
        &["CREATE TABLE filled# AS SELECT i AS id, i AS must FROM generate_series(1, 1000) AS i"],
        &["ALTER TABLE filled# ALTER COLUMN must SET NOT NULL"],
    ),
    change(
        "ADD FOREIGN KEY",
        &[
            "CREATE TABLE target# (id int PRIMARY KEY)",
            "INSERT INTO target# SELECT i FROM generate_series(1, 500) AS i",
            "CREATE TABLE pointing# AS SELECT i AS id, i AS target FROM generate_series(1, 500) AS i",
        ],
        &["ALTER TABLE pointing# ADD CONSTRAINT points# FOREIGN KEY (target) REFERENCES target# ON DELETE SET NULL"],
    ),
    change(
        "ADD CHECK",
        &["CREATE TABLE checked# AS SELECT i AS id FROM generate_series(1, 1000) AS i"],
        &["ALTER TABLE checked# ADD CONSTRAINT positive# CHECK (id > 0)"],
    ),
    change(
        "ADD UNIQUE",
        &["CREATE TABLE unique# AS SELECT i AS id, 'u' || i AS name FROM generate_series(1, 1000) AS i"],
        &["ALTER TABLE unique# ADD CONSTRAINT once# UNIQUE (name), ADD PRIMARY KEY (id)"],
    ),
    change(
        "DROP TABLE CASCADE",
        &[
            "CREATE TABLE dropped# (id serial PRIMARY KEY, note text)",
            "INSERT INTO dropped# (note) SELECT 'd' || i FROM generate_series(1, 1000) AS i",
            "CREATE TABLE orphan# (dropped int REFERENCES dropped#)",
            "CREATE VIEW dropped_view# AS SELECT note FROM dropped#",
            "COMMENT ON TABLE dropped# IS 'goes'",
        ],
        &["DROP TABLE dropped# CASCADE"],
    ),
    change(
        "CREATE INDEX",
        &["CREATE TABLE indexed# AS SELECT i AS id, 'i' || i AS name FROM generate_series(1, 1000) AS i"],
        &["CREATE UNIQUE INDEX indexed_name# ON indexed# (lower(name), id DESC)"],
    ),
    change(
        "CREATE INDEX with keys",
        &["CREATE TABLE keyed# AS SELECT i AS id, ARRAY[i, -i] AS pair, i * interval '1 hour' AS span, \
           jsonb_build_object('n', i * 1.5) AS doc FROM generate_series(1, 500) AS i"],
        &[
            "CREATE UNIQUE INDEX keyed_pair# ON keyed# (pair)",
            "ALTER TABLE keyed# ADD PRIMARY KEY (doc), ADD UNIQUE (span)",
            "CREATE INDEX keyed_half# ON keyed# ((id * 0.5) DESC) WHERE doc ? 'n'",
            "CREATE TABLE keyed_child# (doc jsonb REFERENCES keyed# ON DELETE CASCADE)",
            "INSERT INTO keyed_child# SELECT doc FROM keyed# WHERE id <= 100",
        ],
    ),
    change(
        "DROP of keys",
        &[
            "CREATE TABLE unkeyed# (id int, pair int[] PRIMARY KEY, doc jsonb UNIQUE)",
            "INSERT INTO unkeyed# SELECT i, ARRAY[i, -i], to_jsonb(i) FROM generate_series(1, 500) AS i",
            "CREATE INDEX unkeyed_half# ON unkeyed# ((id * 0.5))",
            "ALTER TABLE unkeyed# ADD COLUMN more text",
        ],
        &[
            "DROP INDEX unkeyed_half#",
            "ALTER TABLE unkeyed# DROP CONSTRAINT unkeyed#_pkey",
            "ALTER TABLE unkeyed# ALTER COLUMN doc TYPE text",
        ],
    ),
    change(
        "DROP INDEX",
        &[
            "CREATE TABLE unindexed# AS SELECT i AS id FROM generate_series(1, 1000) AS i",
            "CREATE INDEX unindexed_id# ON unindexed# (id)",
        ],
        &["DROP INDEX unindexed_id#"],
    ),
    change(
        "CREATE VIEW",
        &["CREATE TABLE seen# (id int PRIMARY KEY, note text)"],
        &["CREATE VIEW view# AS SELECT id, upper(note) AS loud FROM seen# WHERE id > 0"],
    ),
    change(
        "ALTER VIEW",
        &["CREATE TABLE shown# (id int)", "CREATE VIEW show# AS SELECT id FROM shown#"],
        &["ALTER VIEW show# RENAME TO showed#"],
    ),
    change(
        "DROP VIEW",
        &[
            "CREATE TABLE below# (id int)",
            "CREATE VIEW middle# AS SELECT id FROM below#",
            "CREATE VIEW above# AS SELECT id FROM middle#",
        ],
        &["DROP VIEW middle# CASCADE"],
    ),
    change(
        "CREATE MATERIALIZED VIEW",
        &["CREATE TABLE mat_source# AS SELECT i AS id, 's' || i AS note FROM generate_series(1, 1000) AS i"],
        &["CREATE MATERIALIZED VIEW mat_made# AS SELECT id, upper(note) AS loud FROM mat_source# WHERE id > 10"],
    ),
    change(
        "REFRESH",
        &[
            "CREATE TABLE mat_fresh# AS SELECT i AS id, 'f' || i AS note FROM generate_series(1, 1000) AS i",
            "CREATE MATERIALIZED VIEW mat_refreshed# AS SELECT id, note FROM mat_fresh# WITH NO DATA",
            "CREATE UNIQUE INDEX mat_refreshed_id# ON mat_refreshed# (id)",
            "CREATE VIEW mat_of_refreshed# AS SELECT id FROM mat_refreshed#",
        ],
        &["REFRESH MATERIALIZED VIEW mat_refreshed#"],
    ),
    change(
        "DROP MATERIALIZED VIEW",
        &[
            "CREATE TABLE mat_lower# AS SELECT i AS id FROM generate_series(1, 1000) AS i",
            "CREATE MATERIALIZED VIEW mat_mid# AS SELECT id FROM mat_lower#",
            "CREATE MATERIALIZED VIEW mat_high# AS SELECT id FROM mat_mid#",
        ],
        &["DROP MATERIALIZED VIEW mat_mid# CASCADE"],
    ),
    change("CREATE SEQUENCE", &[], &["CREATE SEQUENCE counter# AS int START 5 INCREMENT 3 MAXVALUE 500 CYCLE"]),
    change(
        "ALTER SEQUENCE",
        &["CREATE SEQUENCE altered#", "SELECT nextval('altered#')"],
        &["ALTER SEQUENCE altered# INCREMENT 7 RESTART 100"],
    ),
    change("CREATE TYPE", &[], &["CREATE TYPE mood# AS ENUM ('sad', 'ok', 'happy')"]),
    change(
        "CREATE DOMAIN",
        &[],
        &["CREATE DOMAIN price# AS numeric(8, 2) DEFAULT 1 NOT NULL CONSTRAINT positive CHECK (VALUE > 0)"],
    ),
    change(
        "ALTER DOMAIN",
        &[
            "CREATE DOMAIN mail# AS text",
            "CREATE TABLE mails# AS SELECT ('m' || i || '@x')::mail# AS mail FROM generate_series(1, 1000) AS i",
        ],
        &["ALTER DOMAIN mail# ADD CONSTRAINT at CHECK (VALUE ~ '@')"],
    ),
    change(
        "DROP DOMAIN",
        &[
            "CREATE DOMAIN gone# AS int CHECK (VALUE > 0)",
            "CREATE TABLE holder# AS SELECT i::gone# AS a, i AS b FROM generate_series(1, 1000) AS i",
        ],
        &["DROP DOMAIN gone# CASCADE"],
    ),
    change(
        "ADD VALUE",
        &["CREATE TYPE size# AS ENUM ('small', 'large')", "CREATE TABLE sized# (size size#)"],
        &["ALTER TYPE size# ADD VALUE 'medium' BEFORE 'large'"],
    ),
    change(
        "RENAME SCHEMA",
        &[
            "CREATE SCHEMA north#",
            "CREATE TABLE north#.town (id serial PRIMARY KEY, name text)",
            "INSERT INTO north#.town (name) VALUES ('a'), ('b')",
            "CREATE INDEX town_name ON north#.town (name)",
        ],
        &["ALTER SCHEMA north# RENAME TO south#"],
    ),
    change("COMMENT ON", &["CREATE TABLE noted# (id int)"], &["COMMENT ON COLUMN noted#.id IS 'what it is'"]),
    change(
        "TRUNCATE",
        &[
            "CREATE TABLE emptied# (id serial PRIMARY KEY, note text)",
            "INSERT INTO emptied# (note) SELECT 'e' || i FROM generate_series(1, 1000) AS i",
            "CREATE TABLE emptied_too# (emptied int REFERENCES emptied#)",
            "INSERT INTO emptied_too# SELECT id FROM emptied#",
        ],
        &["TRUNCATE emptied# RESTART IDENTITY CASCADE"],
    ),
    change(
        "ADD UNIQUE DEFERRABLE",
        &[
            "CREATE TABLE placed# (id int, place int)",
            "INSERT INTO placed# SELECT i, i FROM generate_series(1, 500) AS i",
            "CREATE UNIQUE INDEX placed_id# ON placed# (id)",
        ],
        &[
            "ALTER TABLE placed# ADD CONSTRAINT placed_place# UNIQUE (place) DEFERRABLE INITIALLY DEFERRED",
            "ALTER TABLE placed# ADD CONSTRAINT placed_key# PRIMARY KEY USING INDEX placed_id# DEFERRABLE",
            "UPDATE placed# SET place = place + 1, id = id + 1",
        ],
    ),
    change(
        "DROP CONSTRAINT, DEFERRABLE",
        &[
            "CREATE TABLE displaced# (id int PRIMARY KEY DEFERRABLE, place int UNIQUE DEFERRABLE)",
            "INSERT INTO displaced# SELECT i, i FROM generate_series(1, 500) AS i",
        ],
        &["ALTER TABLE displaced# DROP CONSTRAINT displaced#_pkey"],
    ),
    change(
        "several, new tables",
        &[],
        &[
            "CREATE TYPE state# AS ENUM ('open', 'done')",
            "CREATE TABLE orders# (id serial PRIMARY KEY, state state# NOT NULL DEFAULT 'open')",
            "INSERT INTO orders# (state) SELECT 'done' FROM generate_series(1, 300)",
            "CREATE TABLE lines# (\"order\" int REFERENCES orders#, line int, PRIMARY KEY (\"order\", line))",
            "INSERT INTO lines# SELECT id, 1 FROM orders#",
            "CREATE INDEX lines_line# ON lines# (line)",
            "CREATE VIEW totals# AS SELECT \"order\", count(*) AS lines FROM lines# GROUP BY \"order\"",
            "COMMENT ON TABLE orders# IS 'all of them'",
        ],
    ),
    change(
        "several, a migration",
        &[
            "CREATE TABLE users# (id int PRIMARY KEY, full_name text, age text)",
            "INSERT INTO users# SELECT i, 'First ' || i, i FROM generate_series(1, 500) AS i",
            "CREATE TABLE unused# (id int)",
        ],
        &[
            "ALTER TABLE users# ADD COLUMN first text",
            "UPDATE users# SET first = split_part(full_name, ' ', 1)",
            "ALTER TABLE users# ALTER COLUMN first SET NOT NULL",
            "ALTER TABLE users# ALTER COLUMN age TYPE int USING age::int",
            "ALTER TABLE users# RENAME COLUMN full_name TO name",
            "DROP TABLE unused#",
            "CREATE UNIQUE INDEX users_name# ON users# (name)",
        ],
    ),
];

/// What clients ask the catalogs, by names only.
const CATALOG: &[&str] = &[
    "SELECT table_schema, table_name, table_type FROM information_schema.tables \
     WHERE table_schema NOT IN ('pg_catalog', 'information_schema') ORDER BY 1, 2",
    "SELECT table_schema, table_name, ordinal_position, column_name, data_type, udt_name, is_nullable, column_default \
     FROM information_schema.columns WHERE table_schema NOT IN ('pg_catalog', 'information_schema') ORDER BY 1, 2, 3",
    "SELECT conrelid::regclass, conname, contype, pg_get_constraintdef(oid) FROM pg_constraint \
     WHERE conrelid <> 0 ORDER BY 1::text, 2",
    "SELECT schemaname, indexname, indexdef FROM pg_indexes WHERE schemaname <> 'pg_catalog' ORDER BY 1, 2",
    "SELECT schemaname, viewname, definition FROM pg_views \
     WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1, 2",
    "SELECT * FROM information_schema.sequences ORDER BY 1, 2, 3",
    "SELECT enumtypid::regtype, enumlabel FROM pg_enum ORDER BY 1::text, enumsortorder",
    "SELECT typname, typbasetype::regtype, typtypmod, typnotnull, typdefault FROM pg_type WHERE typtype = 'd' ORDER BY 1",
    "SELECT contypid::regtype, conname, convalidated, pg_get_constraintdef(oid) FROM pg_constraint \
     WHERE contypid <> 0 ORDER BY 1::text, 2",
    "SELECT nspname FROM pg_namespace ORDER BY 1",
    "SELECT objoid::regclass, objsubid, description FROM pg_description \
     WHERE classoid = 'pg_class'::regclass ORDER BY 1::text, 2",
];

/// Everything that a change may have changed.
#[derive(PartialEq)]
struct State {
    catalog: String,
    file: String,
}

impl State {
    fn of(node: &TestNode) -> Result<State, String> {
        let file = without_times(&files::dump(&node.file())?);
        Ok(State { catalog: sql::psql(node.sql_address(), CATALOG)?, file })
    }

    fn first_difference(&self, other: &State) -> String {
        files::first_difference(&self.catalog, &other.catalog)
            .or_else(|| files::first_difference(&self.file, &other.file))
            .unwrap_or_default()
    }
}

/// The dump without the moments in which views were made.
fn without_times(dump: &str) -> String {
    let mut parts = dump.split("\"made_at\":");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        text += part.trim_start_matches(|c: char| c == '-' || c.is_ascii_digit());
    }
    text
}

/// A change of some round, and what a server that is left alone makes of it.
struct Step {
    name: &'static str,
    statements: Vec<String>,
    /// As the steps before left it, but for the mark.
    before: State,
    after: State,
    /// What it takes there.
    takes: Duration,
}

/// A write that comes after whatever a killed leader had sent, so that nothing of it is still on its way.
fn mark(step: usize) -> String {
    format!("INSERT INTO marks VALUES ({step})")
}

/// Makes the tables for all rounds.
fn set_up(node: &TestNode, rounds: usize) {
    let mut statements = vec!["CREATE TABLE marks (step int)".to_owned()];
    for round in 0..rounds {
        for setup in CHANGES.iter().flat_map(|change| change.setup) {
            statements.push(setup.replace('#', &round.to_string()));
        }
    }
    node.psql(&statements.iter().map(String::as_str).collect::<Vec<_>>());
}

/// Makes all changes on a server of one node.
async fn reference(rounds: usize) -> Vec<Step> {
    let cluster = TestCluster::start(1, &[]);
    let node = &cluster.nodes[0];
    set_up(node, rounds);
    let client = sql::connect(node.sql_address()).await.expect("the node answers");
    let state = || State::of(node).expect("its state can be read");
    let mut steps = Vec::new();
    for (round, change) in (0..rounds).flat_map(|round| CHANGES.iter().map(move |change| (round, change))) {
        node.psql(&[&mark(steps.len())]);
        let before = state();
        let mut statements: Vec<String> =
            change.statements.iter().map(|statement| statement.replace('#', &round.to_string())).collect();
        if statements.len() > 1 {
            statements.insert(0, "BEGIN".to_owned());
            statements.push("COMMIT".to_owned());
        }
        let start = Instant::now();
        make(&client, &statements).await.unwrap_or_else(|error| panic!("{}: {error:?}", change.name));
        let takes = start.elapsed();
        let after = state();
        assert!(before.catalog != after.catalog || before.file != after.file, "{} changes nothing", change.name);
        steps.push(Step { name: change.name, statements, before, after, takes });
    }
    steps
}

async fn make(client: &sql::Client, statements: &[String]) -> Result<(), sql::Error> {
    for statement in statements {
        client.simple_query(statement).await?;
    }
    Ok(())
}

/// What the client was told of its change.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Told {
    Done,
    /// An error that says that nothing has happened.
    Refused,
    Nothing,
}

fn told(result: Result<(), sql::Error>) -> Told {
    match result {
        Ok(()) => Told::Done,
        Err(error) => match sql::state(&error) {
            // The server itself does not know, or ended behind the statement.
            None | Some("08007" | "57P01") => Told::Nothing,
            Some(_) => Told::Refused,
        },
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_the_schema_happens_wholly_or_not_at_all() {
    let number = |name: &str| std::env::var(name).ok().map(|value| value.parse::<u64>().expect("a number"));
    let seed = number("CHANGES_SEED").unwrap_or_else(rand::random);
    let rounds = number("CHANGES_ROUNDS").unwrap_or(1) as usize;
    println!("CHANGES_SEED={seed} CHANGES_ROUNDS={rounds}");
    let mut random = StdRng::seed_from_u64(seed);

    let steps = reference(rounds).await;
    // Checkpoints and snapshots of the log are made on the way, too.
    let mut cluster = TestCluster::start(3, &["--checkpoint-every", "50", "--log-keep", "20"]);
    set_up(&cluster.nodes[0], rounds);
    let mut counts: BTreeMap<(Told, bool), usize> = BTreeMap::new();
    for (number, step) in steps.iter().enumerate() {
        let told = interrupt(&mut cluster, step, &mut random).await;
        cluster.nodes[0].psql(&[&mark(number)]);
        let happened = judge(&cluster, step, told);
        *counts.entry((told, happened)).or_default() += 1;
        if !happened {
            let client = sql::connect(cluster.nodes[0].sql_address()).await.expect("the node answers");
            make(&client, &step.statements).await.unwrap_or_else(|error| panic!("{}, again: {error:?}", step.name));
        }
    }
    cluster.assert_equal();
    println!("{} changes; (what the client was told, whether it happened): {counts:?}", steps.len());
}

/// Has a client make the change while the leader is killed, and starts that again.
async fn interrupt(cluster: &mut TestCluster, step: &Step, random: &mut StdRng) -> Told {
    let leader = cluster.leader();
    // Mostly the killed node's own client; that of another may see its change through to the next leader.
    let at = if random.random_bool(0.8) { leader } else { cluster.follower() };
    let client = sql::connect(cluster.nodes[at].sql_address()).await.expect("the node answers");
    // A majority takes longer than one node does.
    let moment = (step.takes.mul_f64(1.5) + Duration::from_millis(2)).mul_f64(random.random());
    let statements = step.statements.clone();
    let start = Instant::now();
    let change = tokio::spawn(async move { make(&client, &statements).await });
    // The fault itself: nothing waits for it to have passed.
    std::thread::sleep(moment.saturating_sub(start.elapsed()));
    cluster.nodes[leader].kill();
    cluster.nodes[leader].start();
    let told = told(tokio::time::timeout(support::PATIENCE, change).await.expect("it ends").expect("no panic"));
    println!("{}: {} killed after {moment:?}, the client of {} was told: {told:?}", step.name, leader + 1, at + 1);
    cluster.wait_ready();
    told
}

/// Whether the change is there: on all nodes alike, and as its client was told.
fn judge(cluster: &TestCluster, step: &Step, told: Told) -> bool {
    wait_until("quorlite check says equal", || match cluster.admin(&["check"]) {
        (0, stdout, _) if stdout.contains("equal") => Ok(()),
        (code, stdout, stderr) => Err(format!("exit code {code}: {stdout}{stderr}")),
    });
    let mut answers = Vec::new();
    for node in &cluster.nodes {
        let state = State::of(node).unwrap_or_else(|error| panic!("{} on {}: {error}", step.name, node.name));
        let happened = state == step.after;
        assert!(
            happened || state == step.before,
            "{} on {} is half there: before {}; after {}",
            step.name,
            node.name,
            step.before.first_difference(&state),
            step.after.first_difference(&state)
        );
        answers.push(happened);
    }
    assert!(answers.iter().all(|happened| *happened == answers[0]), "{}: on the nodes {answers:?}", step.name);
    match told {
        Told::Done => assert!(answers[0], "{} was acknowledged, and is lost", step.name),
        Told::Refused => assert!(!answers[0], "{} was refused, and is there", step.name),
        Told::Nothing => {}
    }
    answers[0]
}
