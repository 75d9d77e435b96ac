//! Statements that nest deeper than a stack is: refused with 54001, or working; never a crash. And those that ordinary
//! applications send, which must work.

use super::session;
use crate::catalog::Catalog;
use crate::sql::{Action, bind, parse};
use crate::types::SqlState;

/// What tokio gives its threads.
const STACK: usize = 2 << 20;

/// A statement that repeats something as often as is asked.
type Repeat = fn(usize) -> String;

/// Everything that can nest or chain, by name.
const HOSTILE: &[(&str, Repeat)] = &[
    ("parentheses", |n| format!("SELECT {}1{}", "(".repeat(n), ")".repeat(n))),
    ("open parentheses", |n| format!("SELECT {}", "(".repeat(n))),
    ("sums", |n| format!("SELECT 1{}", " + 1".repeat(n))),
    ("products and sums", |n| format!("SELECT 1{}", " + 1 * 2".repeat(n))),
    ("sums on the right", |n| format!("SELECT {}1{}", "1 + (".repeat(n), ")".repeat(n))),
    ("concatenations", |n| format!("SELECT 'a'{}", " || 'a'".repeat(n))),
    ("minus signs", |n| format!("SELECT {}1", "- ".repeat(n))),
    ("minus signs before a column", |n| format!("SELECT {}a FROM (SELECT 1 AS a) AS q", "- ".repeat(n))),
    ("tildes", |n| format!("SELECT {}1", "~ ".repeat(n))),
    ("NOT", |n| format!("SELECT {}true", "NOT ".repeat(n))),
    ("NOT in parentheses", |n| format!("SELECT {}true{}", "NOT (".repeat(n), ")".repeat(n))),
    ("AND", |n| format!("SELECT true{}", " AND true".repeat(n))),
    ("OR", |n| format!("SELECT true{}", " OR true".repeat(n))),
    ("AND and OR", |n| format!("SELECT true{}", " AND true OR false".repeat(n))),
    ("AND and OR in parentheses", |n| format!("SELECT {}true{}", "true AND (false OR ".repeat(n), ")".repeat(n))),
    ("comparisons", |n| format!("SELECT true{}", " = true".repeat(n))),
    ("comparisons in parentheses", |n| format!("SELECT {}true{}", "(".repeat(n), " = true)".repeat(n))),
    ("IS NULL", |n| format!("SELECT 1{}", " IS NULL".repeat(n))),
    ("signs behind an operator", |n| format!("SELECT 1 ={}1", "+-".repeat(n))),
    ("ISNULL", |n| format!("SELECT 1{}", " ISNULL".repeat(n))),
    ("NOTNULL", |n| format!("SELECT 1{}", " NOTNULL".repeat(n))),
    ("IS TRUE", |n| format!("SELECT true{}", " IS TRUE".repeat(n))),
    ("IS DISTINCT FROM", |n| format!("SELECT {}1{}", "(true IS DISTINCT FROM ".repeat(n), ")".repeat(n))),
    ("casts", |n| format!("SELECT 1{}", "::int8::int4".repeat(n))),
    ("CAST", |n| format!("SELECT {}1{}", "CAST(".repeat(n), " AS int8)".repeat(n))),
    ("COLLATE", |n| format!("SELECT 'a'{}", " COLLATE \"C\"".repeat(n))),
    ("functions", |n| format!("SELECT {}1{}", "abs(".repeat(n), ")".repeat(n))),
    ("coalesce", |n| format!("SELECT {}1{}", "coalesce(NULL, ".repeat(n), ")".repeat(n))),
    ("substring", |n| format!("SELECT {}'a'{}", "substring(".repeat(n), " FROM 1)".repeat(n))),
    ("CASE in CASE", |n| format!("SELECT {}1{}", "CASE WHEN true THEN ".repeat(n), " ELSE 2 END".repeat(n))),
    ("CASE in WHEN", |n| format!("SELECT {}true{}", "CASE WHEN ".repeat(n), " THEN true END".repeat(n))),
    ("CASE of CASE", |n| format!("SELECT {}1{}", "CASE ".repeat(n), " WHEN 1 THEN 1 WHEN 2 THEN 2 END".repeat(n))),
    ("WHEN", |n| format!("SELECT CASE{} END", " WHEN false THEN 1".repeat(n))),
    ("BETWEEN", |n| format!("SELECT {}true{}", "(".repeat(n), " BETWEEN false AND true)".repeat(n))),
    ("IN", |n| format!("SELECT {}true{}", "(".repeat(n), " IN (true, false))".repeat(n))),
    ("IN of several types", |n| format!("SELECT {}1{}", "abs((".repeat(n), " IN (1, 2::int8))::int)".repeat(n))),
    ("long IN", |n| format!("SELECT 1 IN (1{})", ", 1".repeat(n))),
    ("LIKE", |n| format!("SELECT {}'a'{}", "(".repeat(n), " LIKE 'a')::text".repeat(n))),
    ("rows", |n| format!("SELECT ({}1) < ({}2)", "1, ".repeat(n), "1, ".repeat(n))),
    ("rows in rows", |n| format!("SELECT {}1{} = 1", "(1, ".repeat(n), ")".repeat(n))),
    ("sub-queries", |n| format!("SELECT {}1{}", "(SELECT ".repeat(n), ")".repeat(n))),
    ("EXISTS", |n| format!("SELECT {}1{}", "EXISTS (SELECT ".repeat(n), ")".repeat(n))),
    ("IN of sub-queries", |n| format!("SELECT {}1{}", "1 IN (SELECT ".repeat(n), ")".repeat(n))),
    ("ANY of sub-queries", |n| format!("SELECT {}1{}", "1 < ANY (SELECT ".repeat(n), "::int)".repeat(n))),
    ("sub-queries in FROM", |n| {
        format!("{}SELECT 1{}", "SELECT * FROM (".repeat(n), (0..n).map(|n| format!(") AS q{n}")).collect::<String>())
    }),
    ("queries in parentheses", |n| format!("{}SELECT 1{}", "(".repeat(n), ")".repeat(n))),
    ("joins", |n| {
        format!(
            "SELECT 1 FROM (SELECT 1) AS q{}",
            (0..n).map(|n| format!(" JOIN (SELECT 1) AS q{n} ON true")).collect::<String>()
        )
    }),
    ("joins in parentheses", |n| {
        format!(
            "SELECT 1 FROM {}(SELECT 1) AS q{}",
            "(".repeat(n),
            (0..n).map(|n| format!(" JOIN (SELECT 1) AS q{n} ON true)")).collect::<String>()
        )
    }),
    ("FROM lists", |n| {
        format!("SELECT 1 FROM (SELECT 1) AS q{}", (0..n).map(|n| format!(", (SELECT 1) AS q{n}")).collect::<String>())
    }),
    ("UNION", |n| format!("SELECT 1{}", " UNION SELECT 1".repeat(n))),
    ("UNION ALL", |n| format!("SELECT 1{}", " UNION ALL SELECT 1".repeat(n))),
    ("UNION in parentheses", |n| format!("{}SELECT 1{}", "SELECT 1 UNION (".repeat(n), ")".repeat(n))),
    ("VALUES", |n| format!("VALUES (1){}", ", (1)".repeat(n))),
    ("ANY behind an operator", |n| {
        format!("VALUES (true){}", ", ('key' || 'of' = ANY ('{key,of,what,there,is,in,an,array,of,words}'))".repeat(n))
    }),
    ("ANY behind operators in a row", |n| {
        format!("SELECT 'a'{} = ANY ('{{a}}')", " || CASE WHEN true THEN 'a' END COLLATE \"C\"".repeat(n))
    }),
    ("unknown operators", |n| format!("SELECT {}1", "@@@ ".repeat(n))),
    ("unknown operators between operands", |n| format!("SELECT 1{}", " @@@ 1".repeat(n))),
    ("domain arrays", |n| format!("SELECT {}1{}", "ARRAY[".repeat(n), "]::int[]".repeat(n))),
    ("WITH in WITH", |n| format!("{}SELECT 1{}", "WITH w AS (".repeat(n), ") SELECT 1".repeat(n))),
    ("WITH lists", |n| {
        format!("WITH w AS (SELECT 1){} SELECT 1", (0..n).map(|n| format!(", w{n} AS (SELECT 1)")).collect::<String>())
    }),
    ("modifying WITH in WITH", |n| {
        format!("{}SELECT 1{}", "WITH w AS (INSERT INTO t ".repeat(n), ") SELECT 1".repeat(n))
    }),
    ("modifying WITH lists", |n| {
        format!(
            "WITH w AS (SELECT 1){} SELECT 1",
            (0..n).map(|n| format!(", w{n} AS (DELETE FROM t)")).collect::<String>()
        )
    }),
    ("columns", |n| format!("SELECT 1{}", ", 1".repeat(n))),
    ("ORDER BY", |n| format!("SELECT 1 ORDER BY 1{}", ", 1".repeat(n))),
    ("subscripts", |n| format!("SELECT a{}", "[1]".repeat(n))),
    ("arrays", |n| format!("SELECT {}1{}", "ARRAY[".repeat(n), "]".repeat(n))),
    ("dots", |n| format!("SELECT a{}", ".a".repeat(n))),
    ("fields", |n| format!("SELECT {}a{}", "(".repeat(n), ").a".repeat(n))),
    ("AT TIME ZONE", |n| format!("SELECT now(){}", " AT TIME ZONE 'UTC'".repeat(n))),
    ("operators of no meaning", |n| format!("SELECT 1{}", " @#@ 1".repeat(n))),
    ("array types", |n| format!("SELECT 1::int{}", "[]".repeat(n))),
    ("type arguments", |n| format!("CREATE TABLE t (a x{})", "(1)".repeat(n))),
    ("defaults", |n| format!("CREATE TABLE t (a int DEFAULT {}1{})", "(".repeat(n), ")".repeat(n))),
    ("default sums", |n| format!("CREATE TABLE t (a int DEFAULT 1{})", " + 1".repeat(n))),
    ("comments", |n| format!("SELECT {}1{}", "/* ".repeat(n), " */".repeat(n))),
    ("statements", |n| "SELECT 1;".repeat(n)),
    ("LIKE in a table", |n| format!("CREATE TABLE t (a int{})", ", LIKE t INCLUDING ALL".repeat(n))),
    ("options of LIKE", |n| format!("CREATE TABLE t (LIKE t{})", " INCLUDING ALL".repeat(n))),
    ("EXPLAIN", |n| format!("{}SELECT 1", "EXPLAIN ".repeat(n))),
    ("options of EXPLAIN", |n| format!("EXPLAIN ({}COSTS) SELECT 1", "VERBOSE, ".repeat(n))),
    ("what EXPLAIN is of", |n| format!("EXPLAIN SELECT {}1{}", "(".repeat(n), ")".repeat(n))),
    ("DECLARE", |n| format!("{}SELECT 1", "DECLARE c CURSOR FOR ".repeat(n))),
    ("options of DECLARE", |n| format!("DECLARE c {}CURSOR FOR SELECT 1", "NO SCROLL ".repeat(n))),
    ("a cursor's query", |n| format!("DECLARE c CURSOR FOR SELECT {}1{}", "(".repeat(n), ")".repeat(n))),
    ("a comment's type", |n| format!("COMMENT ON TYPE int{} IS 'x'", "[]".repeat(n))),
    ("PREPARE", |n| format!("{}SELECT 1", "PREPARE p AS ".repeat(n))),
    ("EXECUTE", |n| format!("EXECUTE p({}1{})", "(".repeat(n), ")".repeat(n))),
    ("assigned subscripts", |n| format!("UPDATE t SET a{} = 1", "[1]".repeat(n))),
    ("subscripts in subscripts", |n| format!("SELECT {}1{}", "('{1}'::int[])[".repeat(n), "]".repeat(n))),
    ("constructed arrays", |n| format!("SELECT {}1{}", "ARRAY[".repeat(n), "]".repeat(n))),
    ("array texts", |n| format!("SELECT '{}1{}'::int[]", "{".repeat(n), "}".repeat(n))),
    ("ANY", |n| format!("SELECT {}1{}", "1 = ANY (ARRAY[".repeat(n), "])".repeat(n))),
    ("ANY on the right", |n| format!("SELECT 'a'{}", " || ANY (ARRAY['a'])".repeat(n))),
    ("COLLATE of casts", |n| format!("SELECT 'a'{}", " COLLATE \"C\"::text".repeat(n))),
    ("BETWEEN SYMMETRIC", |n| format!("SELECT true{}", " BETWEEN SYMMETRIC false AND true IS TRUE".repeat(n))),
    ("json", |n| format!("SELECT '{}1{}'::jsonb", "[".repeat(n), "]".repeat(n))),
    ("json paths", |n| format!("SELECT '{{}}'::jsonb{}", " -> 'a'".repeat(n))),
    ("SIMILAR TO", |n| format!("SELECT 'a' SIMILAR TO '{}a{}'", "(".repeat(n), ")".repeat(n))),
    ("regular expressions", |n| format!("SELECT 'a' ~ '{}a{}'", "(".repeat(n), ")".repeat(n))),
];

/// Hostile statements of several sizes.
pub fn hostile() -> impl Iterator<Item = (&'static str, usize, String)> {
    let sizes = [20, 100, 400, 7_500];
    HOSTILE.iter().flat_map(move |(name, repeat)| sizes.map(|size| (*name, size, repeat(size))))
}

/// Runs something on a stack of the size that a server's threads have.
pub fn on_a_server_s_stack<T: Send + 'static>(run: impl FnOnce() -> T + Send + 'static) -> T {
    std::thread::Builder::new().stack_size(STACK).spawn(run).expect("a thread").join().expect("it returns")
}

#[test]
fn hostile_nesting_is_refused_or_works() {
    on_a_server_s_stack(|| {
        let catalog = Catalog::empty();
        for (name, size, text) in hostile() {
            let bound = parse(&text).and_then(|statements| {
                statements.iter().try_for_each(|statement| bind(statement, &catalog, &session(), &[]).map(drop))
            });
            let Err(error) = bound else { continue };
            let is_limit = matches!(
                error.code,
                SqlState::STATEMENT_TOO_COMPLEX | SqlState::PROGRAM_LIMIT_EXCEEDED | SqlState::TOO_MANY_COLUMNS
            );
            // Some are nonsense, and may be refused for that.
            let nonsense = !matches!(error.code, SqlState::INTERNAL_ERROR) && !error.message.contains("deep");
            assert!(is_limit || nonsense, "{name} × {size}: {error}");
        }
    });
}

#[test]
fn limits_are_told_by_their_sqlstate() {
    for (name, size) in [
        ("parentheses", 10_000),
        ("sums", 10_000),
        ("NOT", 10_000),
        ("casts", 10_000),
        ("CASE in CASE", 10_000),
        ("sub-queries", 1_000),
        ("sub-queries in FROM", 1_000),
        ("UNION", 10_000),
        ("BETWEEN", 100),
        ("parentheses", 100_000),
        ("joins", 100_000),
    ] {
        let (_, repeat) = HOSTILE.iter().find(|(other, _)| *other == name).expect("it is listed");
        let text = repeat(size);
        let error = on_a_server_s_stack(move || {
            let bound = parse(&text).and_then(|statements| bind(&statements[0], &Catalog::empty(), &session(), &[]));
            bound.expect_err("too deep")
        });
        assert_eq!(error.code, SqlState::STATEMENT_TOO_COMPLEX, "{name} × {size}: {error}");
    }
}

/// What ORMs and people write.
#[test]
fn ordinary_statements_have_room() {
    for (name, size) in [
        ("parentheses", 50),
        ("sums", 100),
        ("concatenations", 100),
        ("minus signs", 20),
        ("NOT", 10),
        ("AND", 1_000),
        ("OR", 1_000),
        ("AND and OR", 60),
        ("AND and OR in parentheses", 20),
        ("casts", 10),
        ("functions", 30),
        ("coalesce", 30),
        ("CASE in CASE", 20),
        ("WHEN", 200),
        ("long IN", 10_000),
        ("sub-queries", 15),
        ("EXISTS", 15),
        ("sub-queries in FROM", 20),
        ("joins", 30),
        ("FROM lists", 30),
        ("UNION", 100),
        ("UNION ALL", 300),
        ("VALUES", 1_000),
        ("ANY behind an operator", 20_000),
        ("WITH lists", 50),
        ("columns", 1_000),
        ("statements", 1_000),
    ] {
        let (_, repeat) = HOSTILE.iter().find(|(other, _)| *other == name).expect("it is listed");
        let text = repeat(size);
        on_a_server_s_stack(move || {
            for statement in parse(&text).unwrap_or_else(|error| panic!("{name} × {size}: {error}")) {
                let bound = bind(&statement, &Catalog::empty(), &session(), &[]);
                bound.unwrap_or_else(|error| panic!("{name} × {size}: {error}"));
            }
        });
    }
}

/// Passes over the tokens look for words that begin something; none may look at the rest of the tokens each time.
#[test]
fn words_that_begin_something_may_come_by_the_million() {
    const CHARACTERS: usize = 500_000;
    for (before, phrase) in [
        ("SELECT ", "preceding "),
        ("SELECT '' ", "and '' a preceding "),
        ("SELECT ", "row exclude "),
        ("SELECT ", "row exclude ties ) "),
        ("SELECT ", "substring( "),
        ("SELECT ", "substring( similar escape "),
        ("SELECT ", "fetch first ( "),
        ("SELECT ", "fetch first ( 1 ) row only "),
        ("UPDATE t SET a[1] = 1 ", ", a[ "),
        ("UPDATE t SET a[1] = 1 ", ", a[1] = 1 "),
        ("CREATE TABLE t ", "identity ( "),
    ] {
        let text = format!("{before}{}", phrase.repeat(CHARACTERS / phrase.len()));
        // What it says does not matter, only that it says so.
        let _ = on_a_server_s_stack(move || parse(&text).map(drop));
    }
}

/// Each of these views mentions the one before twice: the last would be read a million million times.
#[test]
fn views_that_double_are_refused() {
    let mut catalog = Catalog::empty();
    for level in 0..40 {
        let text = match level {
            0 => "CREATE VIEW v0 AS SELECT 1 AS a".to_owned(),
            _ => format!("CREATE VIEW v{level} AS SELECT x.a FROM v{0} x, v{0} y", level - 1),
        };
        match bind(&parse(&text).unwrap()[0], &catalog, &session(), &[]) {
            Ok(plan) => {
                let Action::Schema(schema) = &plan.action else { panic!("{plan:?}") };
                catalog = catalog.with(&schema.changes());
            }
            Err(error) => {
                assert_eq!(error.code, SqlState::STATEMENT_TOO_COMPLEX, "{error}");
                assert!(level > 7, "{level}");
                return;
            }
        }
    }
    panic!("all are made");
}
