//! Whatever the binder accepts, SQLite prepares: real statements and random mutations of them, up to nonsense.
//!
//! The mutants come from tests/slt and the golden scripts of `sql`, against a catalog with those files' tables. Nothing
//! may panic, take long or grow out of proportion; what binds must be a statement to SQLite, with as many columns as
//! were described.
//!
//! `QUORLITE_FUZZ_STATEMENTS=SEED,SECONDS cargo test --lib storage::tests::statements` starts elsewhere and goes on
//! for longer; a failure prints the seed of its statement.

use std::time::Instant;

use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};

use super::*;
use crate::catalog::Catalog;
use crate::sql::tests::depth::{hostile, on_a_server_s_stack};
use crate::sql::{Task, bind, parse};

use crate::storage::execute::redefinition;
use crate::storage::file::{Role, connect, open_or_create};
use crate::storage::functions::{FunctionState, register};
use crate::storage::limits::Guard;

/// SQLite's own limits, by which `storage::errors` knows them: it adds up the depths of sub-queries in sub-queries, and
/// sorts by as many columns as a table may have.
const LIMITS: [&str; 2] = ["Expression tree is too large", "too many terms in ORDER BY"];

/// Far more than any statement of these needs, even on a busy machine.
const SLOW: Duration = Duration::from_secs(20);

/// A database file with the tables of a catalog.
struct Bench {
    catalog: Catalog,
    connection: Connection,
    functions: FunctionState,
    guard: Guard,
    _dir: tempfile::TempDir,
}

impl Bench {
    fn new() -> Bench {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("postgres.sqlite");
        open_or_create(&path, false, &Options::default()).unwrap();
        let mut connection = connect(&path, Role::Execute).unwrap();
        let functions = FunctionState::new(None);
        register(&connection, &functions).unwrap();
        let guard = Guard::install(&mut connection).unwrap();
        Bench { catalog: Catalog::empty(), connection, functions, guard, _dir: dir }
    }

    /// Makes the tables and indexes that a statement asks for; errors are those of scripts that expect them.
    fn make(&mut self, text: &str) {
        for statement in parse(text).unwrap_or_default() {
            let Ok(plan) = bind(&statement, &self.catalog, &context(), &[]) else { continue };
            let Action::Schema(schema) = &plan.action else { continue };
            for step in &schema.steps {
                self.make_step(step);
            }
            self.catalog = self.catalog.with(&schema.changes());
            self.functions.set_catalog(&self.connection, self.catalog.clone().into());
        }
    }

    fn make_step(&self, step: &SchemaStep) {
        let own = match step {
            SchemaStep::Sqlite(sql) => return self.connection.execute_batch(sql).unwrap(),
            // Its query may fail, as scripts expect.
            SchemaStep::Fill { sql, .. } => return drop(self.guard.internal(|| self.connection.execute_batch(sql))),
            SchemaStep::Own(sql) => sql.clone(),
            SchemaStep::Redefine { table, sql } => redefinition(table, sql),
            SchemaStep::Catalog(_)
            | SchemaStep::Truncate(_)
            | SchemaStep::TruncateReferenced(_)
            | SchemaStep::Empty(_)
            | SchemaStep::Settle
            | SchemaStep::Write(_)
            | SchemaStep::Require(_) => return,
        };
        self.guard.internal(|| self.connection.execute_batch(&own)).unwrap();
    }

    /// Parses and binds; what is accepted must be so by SQLite. Tells how many statements bound.
    fn check(&self, text: &str) -> usize {
        let Ok(statements) = parse(text) else { return 0 };
        let plans = statements.iter().filter_map(|statement| bind(statement, &self.catalog, &context(), &[]).ok());
        plans.map(|plan| self.check_plan(&plan, text)).count()
    }

    fn check_plan(&self, plan: &Plan, text: &str) {
        let described = plan.columns.as_ref().map_or(0, |columns| columns.len());
        let params = plan.params.len();
        match &plan.action {
            Action::Read(query) => self.check_sql(&query.sql, text, Some(described), params),
            Action::Write(write) if write.steps.is_empty() => {
                // The cursor's row is one more.
                let row = usize::from(write.current_of.is_some());
                self.check_sql(&write.sql, text, Some(described), params + row);
            }
            Action::Write(write) => {
                for step in &write.steps {
                    let columns = match step.task {
                        Task::Answer => Some(described),
                        Task::Write(_) => Some(0),
                        Task::Keep { .. } | Task::Try(_) => None,
                    };
                    let kept = step.reads.iter().max().map_or(0, |number| number + 1);
                    self.check_sql(&step.sql, text, columns, params + kept);
                    if let Some(proposes) = &step.proposes {
                        self.check_sql(&proposes.rows, text, None, params + kept);
                    }
                }
            }
            Action::Schema(schema) => self.check_schema(schema, text),
            _ => {}
        }
    }

    /// One statement of so many columns, if that is known, and of no more parameters than these.
    fn check_sql(&self, sql: &str, text: &str, columns: Option<usize>, params: usize) {
        // A few functions take long names, and tables bring their columns along; both have bounds.
        assert!(sql.len() < 1_000_000 + text.len() * 1_000, "{} bytes from {}: {text}", sql.len(), text.len());
        let statement = match self.connection.prepare(sql) {
            Ok(statement) => statement,
            // Which the client hears as 54001.
            Err(error) if LIMITS.iter().any(|limit| error.to_string().starts_with(limit)) => return,
            Err(error) => panic!("{error}\n{text}\n{sql}"),
        };
        let has = statement.column_count();
        if let Some(described) = columns {
            // A row without columns is one with a NULL.
            assert!(has == described || (described == 0 && has == 1), "{has} columns, not {described}\n{text}\n{sql}");
        }
        assert!(statement.parameter_count() <= params, "{text}\n{sql}");
    }

    fn check_schema(&self, schema: &Schema, text: &str) {
        for step in &schema.steps {
            if matches!(step, SchemaStep::Own(_) | SchemaStep::Redefine { .. }) {
                // What follows speaks of a table that is another by then.
                return;
            }
            if let SchemaStep::Sqlite(sql) = step
                && let Err(error) = self.connection.prepare(sql)
            {
                // What an earlier step of the statement makes is not there.
                assert!(error.to_string().contains("no such table"), "{error}\n{text}\n{sql}");
            }
        }
    }
}

/// The statements of tests/slt and of the golden scripts.
fn corpus() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |directory: &str| {
        let mut files: Vec<_> =
            std::fs::read_dir(root.join(directory)).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        files.into_iter().map(|path| std::fs::read_to_string(path).unwrap())
    };
    let mut corpus = Vec::new();
    for text in read("tests/slt") {
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            if line.starts_with("statement ") || line.starts_with("query ") {
                let sql: Vec<&str> = lines.by_ref().take_while(|line| !line.is_empty() && *line != "----").collect();
                corpus.push(sql.join("\n"));
            }
        }
    }
    for text in read("src/sql/testscripts") {
        corpus.extend(text.lines().filter_map(|line| line.split_once("> ")).map(|(_, sql)| sql.to_owned()));
    }
    corpus
}

/// Words, numbers, strings, white space and single characters.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(first) = chars.next() {
        let mut token = String::from(first);
        let mut more = |token: &mut String, belongs: &dyn Fn(char) -> bool| {
            while let Some(next) = chars.next_if(|next| belongs(*next)) {
                token.push(next);
            }
        };
        if first.is_alphanumeric() || first == '_' || first == '$' {
            more(&mut token, &|next| next.is_alphanumeric() || next == '_' || next == '.');
        } else if first.is_whitespace() {
            more(&mut token, &char::is_whitespace);
        } else if first == '\'' || first == '"' {
            more(&mut token, &|next| next != first);
            token.extend(chars.next());
        } else if "<>=!:|".contains(first) {
            more(&mut token, &|next| "<>=!:|".contains(next));
        }
        tokens.push(token);
    }
    tokens
}

/// What is worth putting anywhere.
const SPICE: &[&str] = &[
    " NULL ",
    " true ",
    " 0 ",
    " -1 ",
    " 2147483648 ",
    " 9223372036854775808 ",
    " 1e308 ",
    " 1.5::float8 ",
    " '' ",
    " 'x' ",
    " '\\x00' ",
    " $1 ",
    " $2 ",
    " $65535 ",
    " * ",
    " ( ",
    " ) ",
    " , ",
    " ; ",
    " . ",
    " :: ",
    "::text",
    "::int4",
    "::int8",
    "::bool",
    "::varchar(3)",
    "::float8",
    "::regclass",
    " AND ",
    " OR ",
    " NOT ",
    " IS NULL ",
    " IS TRUE ",
    " IN (1, 2) ",
    " IN (SELECT 1) ",
    " BETWEEN 1 AND 2 ",
    " BETWEEN SYMMETRIC 2 AND 1 ",
    " LIKE 'a%' ",
    " || 'a' ",
    " + 1 ",
    " - ",
    " = ",
    " < ANY (SELECT 1) ",
    " = ANY (ARRAY[1, 2]) ",
    " DISTINCT ",
    " DISTINCT ON (1) ",
    " ORDER BY 1 ",
    " GROUP BY 1 ",
    " HAVING true ",
    " LIMIT 1 ",
    " OFFSET 1 ",
    " UNION SELECT 1 ",
    " UNION ALL VALUES (1) ",
    " EXCEPT SELECT 1 ",
    " CROSS JOIN ",
    " LEFT JOIN ",
    " FULL JOIN ",
    " ON true ",
    " USING (id) ",
    " NATURAL ",
    " AS x ",
    " AS \"a\"\"b\" ",
    " AS w (a, b) ",
    " WITH w AS (SELECT 1 AS a) ",
    " FROM generate_series(1, 3) AS g ",
    " RETURNING * ",
    " RETURNING id ",
    " ON CONFLICT DO NOTHING ",
    " DEFAULT ",
    " DEFAULT VALUES ",
    " VALUES (1) ",
    " (SELECT 1) ",
    " (SELECT a FROM (SELECT 1 AS a) q) ",
    " EXISTS (SELECT) ",
    " (VALUES (1), (2)) AS v ",
    " ROW(1, 2) ",
    " (1, 2) ",
    " CASE WHEN true THEN 1 END ",
    " CASE 1 WHEN 2 THEN 3 ELSE 4 END ",
    " coalesce(NULL, 1) ",
    " count(*) ",
    " max(1) ",
    " string_agg('a', ',') ",
    " count(DISTINCT 1) ",
    " FILTER (WHERE true) ",
    " now() ",
    " random() ",
    " current_user ",
    " nextval('serial_a_id_seq') ",
    " greatest(1, 2) ",
    " nullif(1, 2) ",
    " substring('abc' FROM 2) ",
    " /* */ ",
    " -- \n",
    " E'\\n' ",
    " $$a$$ ",
    " U&'\\0061' ",
    " \"select\" ",
    " rowid ",
    " sqlite_schema ",
    " excluded.id ",
    "é",
    "😀",
    "\u{202e}",
    "\u{0}",
    "\u{feff}",
    "\u{a0}",
    "'",
    "\"",
    "\\",
    "`",
    "@",
    "#",
    "?",
    "{",
    "[",
    "]",
    "1_0",
    "1e",
    "0x1",
];

struct Fuzz<'c> {
    random: StdRng,
    corpus: &'c [String],
}

impl Fuzz<'_> {
    fn statement(&mut self) -> String {
        let mut text = self.corpus.choose(&mut self.random).unwrap().clone();
        for _ in 0..self.random.random_range(0..4) {
            text = self.mutated(&text);
        }
        text
    }

    fn mutated(&mut self, text: &str) -> String {
        let mut tokens = tokens(text);
        let place = self.random.random_range(0..=tokens.len());
        let at = place.min(tokens.len().saturating_sub(1));
        match self.random.random_range(0..16) {
            0 if !tokens.is_empty() => {
                tokens.remove(at);
            }
            1 if !tokens.is_empty() => {
                let until = self.random.random_range(at..tokens.len().min(at + 6));
                tokens.drain(at..until);
            }
            2 if !tokens.is_empty() => tokens.insert(place, tokens[at].clone()),
            3 if !tokens.is_empty() => {
                let other = self.random.random_range(0..tokens.len());
                tokens.swap(at, other);
            }
            4..=6 => tokens.insert(place, (*SPICE.choose(&mut self.random).unwrap()).to_owned()),
            7 | 8 if !tokens.is_empty() => tokens[at] = (*SPICE.choose(&mut self.random).unwrap()).to_owned(),
            // A part of another statement.
            9 | 10 => {
                let other = self.tokens_of_another();
                let from = self.random.random_range(0..=other.len());
                let until = self.random.random_range(from..=other.len());
                tokens.splice(place..place, other[from..until].iter().cloned());
            }
            11 if !tokens.is_empty() => {
                if let Some(other) = self.tokens_of_another().choose(&mut self.random) {
                    tokens[at].clone_from(other);
                }
            }
            12 => {
                let depth = *[1, 3, 30, 300].choose(&mut self.random).unwrap();
                let (open, close) =
                    *[("(", ")"), ("(SELECT ", ")"), ("- ", ""), ("NOT ", ""), ("abs(", ")"), ("", " + 1")]
                        .choose(&mut self.random)
                        .unwrap();
                tokens.insert(place, open.repeat(depth));
                let end = self.random.random_range(place + 1..=tokens.len());
                tokens.insert(end, close.repeat(depth));
            }
            13 => {
                let length = *[10, 100, 5_000].choose(&mut self.random).unwrap();
                let kinds = ["9".repeat(length), format!("'{}'", "é".repeat(length)), "a".repeat(length)];
                let [digits, string, word] = kinds;
                let huge = [
                    format!(" {digits} "),
                    format!(" 0.{digits}::float8 "),
                    format!(" {string} "),
                    format!(" {word} "),
                ];
                tokens.insert(place, huge.choose(&mut self.random).unwrap().clone());
            }
            14 => return self.mangled(text),
            _ => {
                let other = self.corpus.choose(&mut self.random).unwrap();
                return format!("{text}{}{other}", *["; ", " UNION ", " ", ""].choose(&mut self.random).unwrap());
            }
        }
        tokens.concat()
    }

    fn tokens_of_another(&mut self) -> Vec<String> {
        tokens(self.corpus.choose(&mut self.random).unwrap())
    }

    /// Characters instead of tokens.
    fn mangled(&mut self, text: &str) -> String {
        let mut chars: Vec<char> = text.chars().collect();
        for _ in 0..self.random.random_range(1..4) {
            let place = self.random.random_range(0..=chars.len());
            match self.random.random_range(0..3) {
                0 if place < chars.len() => {
                    chars.remove(place);
                }
                1 => chars.truncate(place),
                _ => chars.insert(place, char::from_u32(self.random.random_range(0..0x3000)).unwrap_or('\u{fffd}')),
            }
        }
        chars.into_iter().collect()
    }
}

/// SEED,SECONDS of the environment, or a random seed and what the normal test run has patience for.
fn bounds() -> (u64, Duration) {
    match std::env::var("QUORLITE_FUZZ_STATEMENTS") {
        Ok(text) => {
            let (seed, seconds) = text.split_once(',').expect("SEED,SECONDS");
            (seed.parse().expect("a number"), Duration::from_secs(seconds.parse().expect("a number")))
        }
        Err(_) => (rand::random::<u32>().into(), Duration::from_secs(8)),
    }
}

#[test]
fn what_binds_is_a_statement_to_sqlite() {
    on_a_server_s_stack(|| {
        let corpus = corpus();
        let mut bench = Bench::new();
        corpus.iter().filter(|text| text.trim_start().starts_with("CREATE")).for_each(|text| bench.make(text));
        assert!(bench.catalog.tables().count() > 30, "the corpus' tables");
        let whole: usize = corpus.iter().map(|text| bench.check(text)).sum();
        assert!(whole > 1000, "only {whole} statements of the corpus bound");

        let (first, length) = bounds();
        let (start, mut bound, mut seed) = (Instant::now(), 0, first);
        while start.elapsed() < length {
            let text = Fuzz { random: StdRng::seed_from_u64(seed), corpus: &corpus }.statement();
            let began = Instant::now();
            let checked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| bench.check(&text)));
            match checked {
                Ok(count) => bound += usize::from(count > 0),
                Err(_) => panic!("seed {seed}: {text}"),
            }
            assert!(began.elapsed() < SLOW, "seed {seed} took {:?}: {text}", began.elapsed());
            seed += 1;
        }
        println!("seeds {first}..{seed}: {bound} bound");
    });
}

#[test]
fn nesting_that_binds_is_not_too_deep_for_sqlite() {
    on_a_server_s_stack(|| {
        let bench = Bench::new();
        for (name, size, text) in hostile() {
            let began = Instant::now();
            bench.check(&text);
            assert!(began.elapsed() < SLOW, "{name} × {size} took {:?}", began.elapsed());
        }
    });
}

#[test]
fn a_statement_may_have_as_many_parameters_as_the_protocol_has_room_for() {
    on_a_server_s_stack(|| {
        let bench = Bench::new();
        let list: Vec<String> = (1..=65_535).map(|number| format!("${number}")).collect();
        assert_eq!(bench.check(&format!("SELECT 1 WHERE 1 IN ({})", list.join(", "))), 1);
        assert_eq!(bench.check("SELECT $65536"), 0);
    });
}
