//! What it takes to understand a statement, before anything is run.
//!
//! `cargo bench --bench costs` prints microseconds an operation for a point select, an insert and a report of thirty lines:
//! parsed ([`sql::parse()`]), bound and emitted ([`sql::bind()`]), which are one pass, and found again in the cache of plans
//! ([`PlanCache`]). A text that is new pays for the first two, one that comes again for being parsed and found, one with
//! its values written into it (only where those stand as values) for being known by its form, and a
//! prepared statement for none of it: its session keeps the plan. Each is the median of many turns, as the machine may have
//! other things to do; `QUORLITE_BENCH_TURNS` (default 200) sets how many.

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use quorlite::catalog::Catalog;
use quorlite::sql::{self, Action, PlanCache, SessionContext, Statement};

const SCHEMA: &str = "
    CREATE TABLE customers (id int PRIMARY KEY, name text NOT NULL, country varchar(2), since date);
    CREATE TABLE products (id int PRIMARY KEY, name text NOT NULL, price numeric(10, 2) NOT NULL, tags jsonb);
    CREATE TABLE orders (
        id bigint PRIMARY KEY, customer int NOT NULL REFERENCES customers, placed timestamptz NOT NULL DEFAULT now(),
        state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'paid', 'sent')), note text);
    CREATE TABLE lines (
        orders bigint REFERENCES orders, line int, product int NOT NULL REFERENCES products,
        quantity int NOT NULL CHECK (quantity > 0), PRIMARY KEY (orders, line));
    CREATE INDEX orders_customer ON orders (customer, placed)";

/// Name, text, and the values it would have as literals.
const STATEMENTS: [(&str, &str, &[&str]); 3] = [
    ("point select", "SELECT id, customer, placed, state, note FROM orders WHERE id = $1", &["12345"]),
    (
        "insert",
        "INSERT INTO orders (id, customer, note) VALUES ($1, $2, $3) RETURNING placed",
        &["12345", "6", "'seven'"],
    ),
    (
        "report, 30 lines",
        "WITH sums AS (
    SELECT
        o.id,
        o.customer,
        date_trunc('month', o.placed) AS month,
        sum(l.quantity * p.price) AS amount,
        count(*) AS lines
    FROM orders o
    JOIN lines l ON l.orders = o.id
    JOIN products p ON p.id = l.product
    WHERE o.placed >= $1
      AND o.placed < $2
      AND o.state <> 'open'
    GROUP BY o.id, o.customer, date_trunc('month', o.placed)
)
SELECT
    c.country,
    s.month,
    count(DISTINCT c.id) AS customers,
    sum(s.amount) AS amount,
    round(avg(s.amount), 2) AS average,
    max(s.lines) AS most_lines,
    CASE WHEN sum(s.amount) > 1000 THEN 'large' ELSE 'small' END AS size,
    rank() OVER (PARTITION BY s.month ORDER BY sum(s.amount) DESC) AS place
FROM sums s
JOIN customers c ON c.id = s.customer
LEFT JOIN orders latest ON latest.customer = c.id AND latest.note IS NOT NULL
WHERE c.name ILIKE '%a%' AND c.since BETWEEN '2020-01-01' AND current_date
GROUP BY c.country, s.month
HAVING sum(s.amount) > 0
ORDER BY s.month, amount DESC NULLS LAST, c.country
LIMIT 100",
        &[],
    ),
];

fn main() {
    // `cargo test --benches` asks a bench to do nothing long.
    if !std::env::args().any(|argument| argument == "--bench") {
        println!("run me with `cargo bench --bench costs`");
        return;
    }
    let context = SessionContext {
        user: "postgres".to_owned(),
        database: "postgres".to_owned(),
        search_path: vec!["$user".to_owned(), "public".to_owned()],
        settings: Arc::new([("timezone", "UTC")].into_iter().collect()),
        ..SessionContext::default()
    };
    let catalog = catalog(&context);
    println!(
        "| statement | parse, µs | bind and emit, µs | new: both | again: parse, and found in the cache | with literals, of a known form | prepared |"
    );
    println!("|---|---|---|---|---|---|---|");
    for (name, text, literals) in STATEMENTS {
        let statement = only(text);
        let cache = PlanCache::new(1000);
        let parse = median(|| drop(black_box(sql::parse(black_box(text)))));
        let bind = median(|| drop(black_box(sql::bind(black_box(&statement), &catalog, &context, &[]))));
        let new = median(|| drop(black_box(sql::bind(&only(black_box(text)), &catalog, &context, &[]))));
        cache.bind(&statement, &catalog, &context, &[]).expect("it can be bound");
        let again = median(|| drop(black_box(cache.bind(&only(black_box(text)), &catalog, &context, &[]))));
        let of_form =
            if literals.is_empty() { "–".to_owned() } else { of_form(&cache, text, literals, &catalog, &context) };
        let [parse, bind, new, again] = [parse, bind, new, again].map(microseconds);
        println!("| {name} | {parse:.1} | {bind:.1} | {new:.1} | {again:.1} | {of_form} | 0 |");
    }
}

fn microseconds(time: Duration) -> f64 {
    time.as_nanos() as f64 / 1000.0
}

/// What the statement costs with literals in it, when another of its form has been there.
fn of_form(cache: &PlanCache, text: &str, literals: &[&str], catalog: &Catalog, context: &SessionContext) -> String {
    let number = |text: String, (index, literal): (usize, &&str)| text.replace(&format!("${}", index + 1), literal);
    let text = literals.iter().enumerate().fold(text.to_owned(), number);
    let time = median(|| {
        let formed = cache.form(black_box(&text)).expect("it is of a form");
        let plan = cache.bind(&formed.form.statement, catalog, context, &formed.form.declared);
        drop(black_box((formed.values, plan)));
    });
    format!("{:.1}", microseconds(time))
}

/// The catalog after [`SCHEMA`].
fn catalog(context: &SessionContext) -> Catalog {
    let statements = sql::parse(SCHEMA).expect("the schema can be parsed");
    statements.iter().fold(Catalog::empty(), |catalog, statement| {
        match sql::bind(statement, &catalog, context, &[]).expect("the schema can be bound").action {
            Action::Schema(schema) => catalog.with(&schema.changes()),
            other => panic!("no change of the schema: {other:?}"),
        }
    })
}

fn only(text: &str) -> Statement {
    sql::parse(text).expect("it can be parsed").pop().expect("it is a statement")
}

/// What one call takes: the median of turns of a hundred.
fn median(work: impl Fn()) -> Duration {
    const CALLS: u32 = 100;
    let turns = std::env::var("QUORLITE_BENCH_TURNS").ok().and_then(|text| text.parse().ok()).unwrap_or(200).max(1);
    let turn = |_| {
        let start = Instant::now();
        (0..CALLS).for_each(|_| work());
        start.elapsed() / CALLS
    };
    let mut times: Vec<Duration> = (0..turns).map(turn).collect();
    times.sort();
    times[times.len() / 2]
}
