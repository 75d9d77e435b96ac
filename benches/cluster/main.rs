//! Three local nodes beside PostgreSQL 15, alone and with two synchronous standbys, in one run.
//!
//! `cargo bench --bench cluster` prints single-row inserts and point selects at 1, 16 and 64 connections as
//! transactions a second and as ratios. All contenders run at once on this machine and take turns in short slices, so
//! that a noisy neighbour hurts all alike; only the ratios are worth quoting. `ANY 1` of two standbys is what a Raft
//! majority of three is: the commit waits for one other machine's disk. With `FIRST 2` both standbys are synchronous, and it waits
//! for both.
//!
//! After them pgbench's own scripts: TPC-B-like and simple-update as transaction blocks beside the synchronous standbys, and
//! select-only in each of its protocol modes beside PostgreSQL alone. `cargo bench --bench cluster -- inserts selects pgbench`
//! names what to run, of these three; all without a name.
//!
//! `QUORLITE_BENCH_SECONDS` (per contender and row, default 6) and `QUORLITE_BENCH_ROUNDS` (default 3) set the length,
//! `QUORLITE_BENCH_SCALE` (default 1) is pgbench's scale.

mod load;
mod pgbench;
mod postgres;
mod quorlite;

use std::time::Duration;

use load::{Figures, Workload};
use pgbench::Script;

/// A server to measure: its name in the table and where it is.
struct Contender {
    name: &'static str,
    port: u16,
}

const CONNECTIONS: [usize; 3] = [1, 16, 64];

fn from_env(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(default)
}

fn main() {
    // `cargo test --benches` asks a bench to do nothing long.
    if !std::env::args().any(|argument| argument == "--bench") {
        println!("run me with `cargo bench --bench cluster`");
        return;
    }
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    runtime.block_on(run());
}

async fn run() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let alone = postgres::Postgres::start(&directory.path().join("alone"));
    let synced = postgres::Postgres::start(&directory.path().join("synced"));
    let standbys = [
        synced.standby(&directory.path().join("standby.1"), "s1"),
        synced.standby(&directory.path().join("standby.2"), "s2"),
    ];
    synced.wait_for_standbys("ANY 1 (s1, s2)");
    let both = postgres::Postgres::start(&directory.path().join("both"));
    let _of_both = [
        both.standby(&directory.path().join("standby.3"), "s1"),
        both.standby(&directory.path().join("standby.4"), "s2"),
    ];
    both.wait_for_standbys("FIRST 2 (s1, s2)");
    let nodes = quorlite::start_cluster(directory.path());

    let leader = Contender { name: "Quorlite ×3", port: nodes[0].port };
    let follower = Contender { name: "Quorlite follower", port: nodes[1].port };
    let postgres_synced = Contender { name: "PostgreSQL, ANY 1 of 2 standbys", port: synced.port };
    let postgres_both = Contender { name: "PostgreSQL, FIRST 2 standbys", port: both.port };
    let postgres_alone = Contender { name: "PostgreSQL alone", port: alone.port };
    let standby = Contender { name: "PostgreSQL standby", port: standbys[0].port };

    for contender in [&leader, &postgres_synced, &postgres_both, &postgres_alone] {
        load::prepare(contender.port).await;
    }
    for port in [follower.port, standby.port] {
        load::wait_until_prepared(port).await;
    }
    let inserts = [&leader, &follower, &postgres_synced, &postgres_both, &postgres_alone];
    let selects = [&leader, &follower, &postgres_alone, &standby];
    if is_wanted("inserts") || is_wanted("selects") {
        println!("| workload | connections | server | per second | ratio | p50 ms | p99 ms | errors |");
        println!("|---|---|---|---|---|---|---|---|");
    }
    for connections in CONNECTIONS.into_iter().filter(|_| is_wanted("inserts")) {
        measure(Workload::Insert, connections, &inserts, postgres_synced.name).await;
    }
    for connections in CONNECTIONS.into_iter().filter(|_| is_wanted("selects")) {
        measure(Workload::PointSelect, connections, &selects, postgres_alone.name).await;
    }
    if is_wanted("pgbench") {
        let scale = from_env("QUORLITE_BENCH_SCALE", 1);
        for contender in [&leader, &postgres_synced, &postgres_both, &postgres_alone] {
            pgbench::initialize(contender.port, scale);
        }
        println!("\n| pgbench -s {scale} | mode | connections | server | per second | ratio | mean ms | failed |");
        println!("|---|---|---|---|---|---|---|---|");
        for connections in CONNECTIONS {
            for script in [Script::TpcbLike, Script::SimpleUpdate] {
                for mode in ["simple", "prepared"] {
                    measure_script(script, mode, connections, &inserts, postgres_synced.name);
                }
            }
            for mode in pgbench::MODES {
                measure_script(Script::SelectOnly, mode, connections, &selects, postgres_alone.name);
            }
        }
    }
}

/// Whether the command line names this part of the bench, or none.
fn is_wanted(part: &str) -> bool {
    let mut named = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).peekable();
    named.peek().is_none() || named.any(|argument| argument == part)
}

/// The length of a contender's turn, and how many it has.
fn turns() -> (u64, Duration) {
    let rounds = from_env("QUORLITE_BENCH_ROUNDS", 3).max(1);
    (rounds, Duration::from_secs_f64(from_env("QUORLITE_BENCH_SECONDS", 6) as f64 / rounds as f64))
}

/// As [`measure`], with pgbench as the client.
fn measure_script(script: Script, mode: &str, connections: usize, contenders: &[&Contender], base: &str) {
    let (rounds, slice) = turns();
    let mut turns: Vec<Vec<pgbench::Said>> = vec![Vec::new(); contenders.len()];
    for _ in 0..rounds {
        for (contender, turns) in contenders.iter().zip(&mut turns) {
            turns.push(pgbench::run(script, mode, contender.port, connections, slice));
        }
    }
    let mean =
        |turns: &[pgbench::Said], of: fn(&pgbench::Said) -> f64| turns.iter().map(of).sum::<f64>() / turns.len() as f64;
    let base = contenders.iter().position(|contender| contender.name == base).expect("the base is a contender");
    let base = mean(&turns[base], |said| said.per_second);
    for (contender, turns) in contenders.iter().zip(&turns) {
        let per_second = mean(turns, |said| said.per_second);
        println!(
            "| {} | {mode} | {connections} | {} | {per_second:.0} | {:.2} | {:.2} | {} |",
            script.name(),
            contender.name,
            per_second / base,
            mean(turns, |said| said.latency),
            turns.iter().map(|said| said.failed).sum::<u64>(),
        );
    }
}

/// Runs one workload on every contender in turns, and prints a line each; `base` is ratio 1.
async fn measure(workload: Workload, connections: usize, contenders: &[&Contender], base: &str) {
    let (rounds, slice) = turns();
    let mut figures: Vec<Figures> = contenders.iter().map(|_| Figures::default()).collect();
    for _ in 0..rounds {
        for (contender, figures) in contenders.iter().zip(&mut figures) {
            figures.add(load::run(workload, contender.port, connections, slice).await);
        }
    }
    let base = contenders.iter().position(|contender| contender.name == base).expect("the base is a contender");
    let base = figures[base].per_second();
    for (contender, figures) in contenders.iter().zip(&figures) {
        println!(
            "| {} | {connections} | {} | {:.0} | {:.2} | {:.2} | {:.2} | {} |",
            workload.name(),
            contender.name,
            figures.per_second(),
            figures.per_second() / base,
            figures.percentile(50.0),
            figures.percentile(99.0),
            figures.errors,
        );
    }
}
