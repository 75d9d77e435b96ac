//! Every operator, cast and common function over samples of every pair of types, on PostgreSQL 15 and on Quorlite: the
//! same column name, type and value, or the same SQLSTATE. What Quorlite refuses with 0A000 is counted, not compared.
//!
//! No expectations are written down: tens of thousands of small questions, whose answers PostgreSQL knows.

mod compat;
mod support;

use std::collections::BTreeMap;

use compat::binary::type_name;
use compat::client::{Client, query};
use compat::servers::Server;

/// Samples of each type, the plain ones first.
const SAMPLES: &[(&str, &[&str])] = &[
    ("bool", &["true", "false", "NULL::bool"]),
    ("int2", &["1::int2", "(-7)::int2", "32767::int2", "(-32768)::int2", "0::int2", "NULL::int2"]),
    ("int4", &["2", "-3", "2147483647", "(-2147483648)", "0", "NULL::int4"]),
    ("int8", &["3::int8", "-4::int8", "9223372036854775807", "(-9223372036854775808)", "0::int8", "NULL::int8"]),
    ("float4", &["1.5::float4", "(-0.1)::float4", "'NaN'::float4", "'Infinity'::float4", "1e30::float4", "0::float4"]),
    (
        "float8",
        &["2.5::float8", "(-0.1)::float8", "'NaN'::float8", "'-Infinity'::float8", "1e300::float8", "0::float8"],
    ),
    ("text", &["'b'::text", "'10'::text", "''::text", "'É a'::text", "NULL::text"]),
    ("varchar", &["'B'::varchar", "'a%'::varchar(9)", "NULL::varchar"]),
    ("bytea", &["'\\x3130'::bytea", "''::bytea", "'\\xff00'::bytea", "NULL::bytea"]),
    ("timestamptz", &["'2024-02-29 12:00:00.5+02'::timestamptz", "'infinity'::timestamptz", "NULL::timestamptz"]),
    ("uuid", &["'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid", "'00000000-0000-0000-0000-000000000001'::uuid"]),
    ("numeric", &["1.50", "-0.001", "'NaN'::numeric", "1e30::numeric", "'-Infinity'::numeric", "NULL::numeric"]),
    ("bpchar", &["'a'::char(3)", "'1x'::char(4)"]),
    ("date", &["'2024-02-29'::date", "'0044-03-15 BC'::date", "'infinity'::date", "NULL::date"]),
    ("time", &["'12:30:00.5'::time", "'24:00'::time", "NULL::time"]),
    ("timetz", &["'12:30+02'::timetz", "'00:00-08'::timetz", "NULL::timetz"]),
    ("timestamp", &["'2024-02-29 23:59:59.999999'::timestamp", "'-infinity'::timestamp", "NULL::timestamp"]),
    ("interval", &["'1 mon'::interval", "'31 days'::interval", "'-1 day 25:00:00.5'::interval", "NULL::interval"]),
    ("name", &["'a'::name", "'2'::name"]),
    ("oid", &["7::oid", "4294967295::oid"]),
    ("unknown", &["'1'", "'x'", "NULL", "' 2 '", "'true'", "'2024-01-01'"]),
];

const BINARY: &[&str] = &[
    "+",
    "-",
    "*",
    "/",
    "%",
    "^",
    "=",
    "<>",
    "<",
    ">=",
    "||",
    "AND",
    "OR",
    "LIKE",
    "ILIKE",
    "&",
    "|",
    "#",
    "<<",
    ">>",
    "IS DISTINCT FROM",
    "IS NOT DISTINCT FROM",
];

/// `?` and `!` stand for the operands.
const UNARY: &[&str] = &[
    "- ?",
    "+ ?",
    "~ ?",
    "NOT ?",
    "? IS NULL",
    "? IS NOT NULL",
    "? IS TRUE",
    "? IS NOT FALSE",
    "? IS UNKNOWN",
    "abs(?)",
    "sign(?)",
    "round(?)",
    "trunc(?)",
    "ceil(?)",
    "floor(?)",
    "sqrt(?)",
    "exp(?)",
    "ln(?)",
    "upper(?)",
    "lower(?)",
    "initcap(?)",
    "length(?)",
    "char_length(?)",
    "octet_length(?)",
    "bit_length(?)",
    "trim(?)",
    "ltrim(?)",
    "rtrim(?)",
    "reverse(?)",
    "md5(?)",
    "ascii(?)",
    "chr(?)",
    "quote_literal(?)",
    "quote_ident(?)",
    "to_hex(?)",
    "coalesce(?)",
    "pg_typeof(?)::text",
    "count(?)",
    "sum(?)",
    "min(?)",
    "max(?)",
    "avg(?)",
    "bool_and(?)",
    "bool_or(?)",
    "CASE WHEN ? THEN 1 END",
    "ARRAY[?]::text",
    "encode(?, 'hex')",
    "extract(epoch from ?)",
    "extract(month from ?)",
    "date_part('hour', ?)",
    "date_trunc('month', ?)",
    "? AT TIME ZONE 'Europe/Berlin'",
    "to_char(?, 'YYYY-MM-DD HH24:MI')",
    "to_char(?, '999.99')",
    "age(?)",
    "isfinite(?)",
    "justify_interval(?)",
    "make_date(?, 2, 3)",
    "scale(?)",
    "stddev(?)",
    "format('%s', ?)",
];

const PAIRED: &[&str] = &[
    "coalesce(?, !)",
    "nullif(?, !)",
    "greatest(?, !)",
    "least(?, !)",
    "CASE WHEN true THEN ? ELSE ! END",
    "CASE ? WHEN ! THEN 1 END",
    "? IN (!)",
    "? BETWEEN ! AND !",
    "mod(?, !)",
    "div(?, !)",
    "power(?, !)",
    "round(?, !)",
    "concat(?, !)",
    "left(?, !)",
    "right(?, !)",
    "repeat(?, least(!, 9))",
    "strpos(?, !)",
    "substr(?, !)",
    "split_part(?, !, 1)",
    "starts_with(?, !)",
    "string_agg(?, !)",
    "(SELECT ? UNION SELECT ! ORDER BY 1 LIMIT 1)",
    "(? , 1) < (! , 1)",
    "trunc(?, !)",
    "log(?, !)",
    "atan2(?, !)",
    "gcd(?, !)",
    "age(?, !)",
    "timezone(?, !)",
    "date_bin('1 hour', ?, !)",
    "generate_series(?, !)",
    "lpad(?, !)",
    "replace(?, !, 'x')",
    "format('%s', ?, !)",
    "width_bucket(?, !, !, 4)",
    "corr(?, !)",
];

/// What we refuse, and how our answer begins.
const KNOWN: &[(&str, &str)] = &[
    // PostgreSQL takes it for a zone of POSIX's form that has no name, and one with daylight saving time.
    ("timezone(?, !) of bpchar", "22023 (time zone \"1x\" not recognized)"),
];

const TARGETS: &[&str] = &[
    "bool",
    "int2",
    "int4",
    "int8",
    "float4",
    "float8",
    "text",
    "varchar",
    "varchar(2)",
    "bytea",
    "timestamptz",
    "uuid",
    "name",
    "oid",
    "numeric",
    "numeric(4,1)",
    "bpchar",
    "char(2)",
    "date",
    "time",
    "timetz",
    "timestamp",
    "timestamp(0)",
    "interval",
];

/// Whole statements over columns of two types.
const TABLES: &[&str] = &[
    "SELECT l.id, r.id, l.v = r.v, l.v < r.v FROM samples_{l} l, samples_{r} r ORDER BY l.id, r.id",
    "SELECT l.id, r.id FROM samples_{l} l JOIN samples_{r} r ON l.v = r.v ORDER BY 1, 2",
    "SELECT l.id, r.id FROM samples_{l} l LEFT JOIN samples_{r} r ON l.v > r.v ORDER BY 1, 2",
    "SELECT id FROM samples_{l} l WHERE v IN (SELECT v FROM samples_{r} r) ORDER BY id",
    "SELECT id FROM samples_{l} l WHERE v <> ALL (SELECT v FROM samples_{r} r WHERE v IS NOT NULL) ORDER BY id",
    "SELECT id, v FROM samples_{l} l WHERE EXISTS (SELECT 1 FROM samples_{r} r WHERE r.v = l.v) ORDER BY v DESC, id",
    "SELECT l.v + r.v, l.v - r.v, l.v * r.v FROM samples_{l} l, samples_{r} r WHERE l.id = 0 AND r.id = 0",
    "SELECT l.v / r.v FROM samples_{l} l, samples_{r} r WHERE r.id = 0 ORDER BY l.id",
    "SELECT l.v || r.v FROM samples_{l} l, samples_{r} r ORDER BY l.id, r.id",
    "SELECT coalesce(l.v, r.v), greatest(l.v, r.v), nullif(l.v, r.v) FROM samples_{l} l, samples_{r} r ORDER BY l.id, r.id",
    "SELECT CASE WHEN l.id = 0 THEN l.v ELSE r.v END FROM samples_{l} l, samples_{r} r ORDER BY l.id, r.id",
    "SELECT v FROM samples_{l} l UNION SELECT v FROM samples_{r} r ORDER BY 1",
    "SELECT v FROM samples_{l} l EXCEPT SELECT v FROM samples_{r} r ORDER BY 1",
    "SELECT v FROM samples_{l} l UNION ALL SELECT v FROM samples_{r} r ORDER BY 1",
];

/// The same over one column.
const COLUMN: &[&str] = &[
    "SELECT id, v FROM samples_{l} l ORDER BY v, id",
    "SELECT id, v FROM samples_{l} l ORDER BY v DESC, id",
    "SELECT v, count(*) FROM samples_{l} l GROUP BY v ORDER BY v",
    "SELECT DISTINCT v FROM samples_{l} l ORDER BY v",
    "SELECT count(v), count(DISTINCT v), count(*) FROM samples_{l} l",
    "SELECT min(v), max(v) FROM samples_{l} l",
    "SELECT sum(v) FROM samples_{l} l WHERE id < 2",
    "SELECT avg(v) FROM samples_{l} l WHERE id < 2",
    "SELECT string_agg(v::text, ',' ORDER BY id) FROM samples_{l} l",
    "SELECT bool_and(v) FROM samples_{l} l",
    "SELECT id FROM samples_{l} l WHERE v ORDER BY id",
    "SELECT id FROM samples_{l} l WHERE v IS NOT NULL ORDER BY v::text, id",
    "SELECT id, v::text, v::varchar(3) FROM samples_{l} l ORDER BY id",
    "SELECT id, -v FROM samples_{l} l WHERE id < 2 ORDER BY id",
    "SELECT id, length(v), upper(v) FROM samples_{l} l ORDER BY id",
    "SELECT id FROM samples_{l} l WHERE v > (SELECT min(v) FROM samples_{l} l) ORDER BY id",
    "SELECT a.id, b.id FROM samples_{l} a JOIN samples_{l} b USING (v) ORDER BY 1, 2",
    "SELECT v FROM samples_{l} l ORDER BY v NULLS FIRST LIMIT 2",
    "UPDATE samples_{l} SET v = v WHERE v = v RETURNING id, v",
];

/// A question, and under which name its differences are gathered.
struct Question {
    kind: String,
    sql: String,
}

fn questions() -> Vec<Question> {
    let mut questions = Vec::new();
    let mut ask = |kind: String, sql: String| questions.push(Question { kind, sql });
    for (left, values) in SAMPLES {
        for value in *values {
            for form in UNARY {
                ask(format!("{form} of {left}"), format!("SELECT {}", form.replace('?', value)));
            }
            for target in TARGETS {
                ask(format!("{left}::{target}"), format!("SELECT {value}::{target}"));
                let column = target.split('(').next().unwrap_or_default();
                ask(
                    format!("{left} into {target}"),
                    format!("INSERT INTO matrix_{column} VALUES ({value}) RETURNING v"),
                );
            }
        }
        for (right, others) in SAMPLES {
            let numbers = [left, right].iter().all(|name| name.contains("int") || name.contains("float"));
            let some = if numbers { usize::MAX } else { 2 };
            for (index, value) in values.iter().take(some).enumerate() {
                for (other_index, other) in others.iter().take(some).enumerate() {
                    for operator in BINARY {
                        ask(format!("{left} {operator} {right}"), format!("SELECT {value} {operator} {other}"));
                    }
                    if index < 2 && other_index < 2 {
                        for form in PAIRED {
                            let sql = format!("SELECT {}", form.replace('?', value).replace('!', other));
                            ask(format!("{form} of {left}, {right}"), sql);
                        }
                    }
                }
            }
        }
    }
    questions
}

/// The questions over columns; `unknown` has none.
fn table_questions() -> Vec<Question> {
    let names = || SAMPLES.iter().map(|(name, _)| *name).filter(|name| *name != "unknown");
    let mut questions = Vec::new();
    for left in names() {
        for form in COLUMN {
            let sql = form.replace("{l}", left);
            questions.push(Question { kind: format!("{form} of {left}"), sql });
        }
        for right in names() {
            for form in TABLES {
                let sql = form.replace("{l}", left).replace("{r}", right);
                questions.push(Question { kind: format!("{form} of {left}, {right}"), sql });
            }
        }
    }
    questions
}

fn prepare(client: &mut Client) {
    for (name, values) in SAMPLES.iter().filter(|(name, _)| *name != "unknown") {
        client.simple(&format!("CREATE TABLE samples_{name} (id int PRIMARY KEY, v {name})")).expect("made");
        for (id, value) in values.iter().enumerate() {
            client.simple(&format!("INSERT INTO samples_{name} VALUES ({id}, {value})")).expect("filled");
        }
    }
    for target in TARGETS {
        let column = target.split('(').next().unwrap_or_default();
        client.simple(&format!("CREATE TABLE IF NOT EXISTS matrix_{column} (v {target})")).expect("made");
    }
}

/// What both must agree on, as text.
fn answers(client: &mut Client, questions: &[Question]) -> Vec<String> {
    let bytes: Vec<u8> = questions.iter().flat_map(|question| query(&question.sql)).collect();
    client.send(&bytes).expect("sent");
    let answer = |question: &Question| match client.until_ready() {
        Err(error) if error.code == "08006" => panic!("{}: {error}", question.sql),
        Err(error) => format!("{} ({})", error.code, error.message),
        Ok(outcome) => {
            let show = |value: &Option<Vec<u8>>| {
                value.as_ref().map_or("NULL".into(), |value| format!("{:?}", String::from_utf8_lossy(value)))
            };
            let fields = outcome.fields.unwrap_or_default();
            let columns: Vec<String> = fields
                .iter()
                .map(|field| format!("{} {} {}", field.name, type_name(field.type_oid), field.typmod))
                .collect();
            let rows: Vec<String> = outcome.rows.iter().flatten().map(show).collect();
            format!("{} = {}", columns.join(", "), rows.join(", "))
        }
    };
    questions.iter().map(answer).collect()
}

/// Messages may differ, SQLSTATEs may not.
fn agree(postgres: &str, quorlite: &str) -> bool {
    let code = |answer: &str| answer.split_once(" (").map(|(code, _)| code.to_owned()).filter(|code| code.len() == 5);
    match (code(postgres), code(quorlite)) {
        (Some(postgres), Some(quorlite)) => postgres == quorlite,
        _ => postgres == quorlite,
    }
}

#[test]
fn agrees_with_postgresql() {
    let Some(postgres) = Server::postgres() else { return };
    let quorlite = Server::quorlite();
    let (mut theirs, mut ours) = (postgres.connect(), quorlite.connect());
    prepare(&mut theirs);
    prepare(&mut ours);
    let mut differences: BTreeMap<String, (usize, String)> = BTreeMap::new();
    let (mut asked, mut refused, mut differing) = (0, 0, 0);
    // Few at a time: neither server reads on while it can't write.
    let mut questions = questions();
    questions.extend(table_questions());
    for part in questions.chunks(50) {
        let pairs = answers(&mut theirs, part).into_iter().zip(answers(&mut ours, part));
        for (question, (expected, actual)) in part.iter().zip(pairs) {
            asked += 1;
            if actual.starts_with("0A000") {
                refused += 1;
            } else if !agree(&expected, &actual) {
                if KNOWN.iter().any(|(kind, refusal)| question.kind.starts_with(kind) && actual.starts_with(refusal)) {
                    continue;
                }
                differing += 1;
                let example = format!("{}\n      {expected}\n      {actual}", question.sql);
                differences.entry(question.kind.clone()).or_insert((0, example)).0 += 1;
            }
        }
    }
    println!("{asked} questions, {refused} refused, {differing} answered differently");
    let shown: Vec<String> =
        differences.iter().map(|(kind, (count, example))| format!("{kind} ({count}): {example}")).collect();
    assert!(shown.is_empty(), "{asked} questions, {differing} differ in {} kinds:\n{}", shown.len(), shown.join("\n"));
}
