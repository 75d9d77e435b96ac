//! Applications' drivers, unchanged, against the follower of a real cluster: compat/run.sh, which says what each was asked.

mod compat;
mod support;

use std::path::Path;
use std::process::Command;

use compat::servers::Server;

const DRIVERS: &[&str] = &["psql", "psycopg3", "psycopg2", "asyncpg", "pg8000", "sqlalchemy"];

/// What Debian packages bring, each with the command that shows it is there.
const PACKAGED: &[(&str, &str)] = &[("activerecord", "ruby"), ("go", "go"), ("pgbouncer", "pgbouncer")];

#[test]
fn drivers_find_what_they_expect() {
    let in_ci = std::env::var_os("CI").is_some();
    if !in_ci && !Path::new("target/compat/requirements.txt").exists() {
        eprintln!("the drivers are not installed: .ci/run or compat/run.sh does it");
        return;
    }
    let mut drivers = DRIVERS.to_vec();
    let java = Command::new("java").arg("-version").output().is_ok_and(|output| output.status.success());
    let jar = std::env::var("PGJDBC").unwrap_or_else(|_| "/usr/share/java/postgresql.jar".to_owned());
    match java && (in_ci || Path::new(&jar).exists()) {
        true => drivers.push("jdbc"),
        false => eprintln!("no Java, or no pgjdbc: it is left out"),
    }
    for (driver, command) in PACKAGED {
        let shown = format!("PATH=$PATH:/usr/sbin command -v {command}");
        let there = Command::new("sh").args(["-c", &shown]).output().is_ok_and(|output| output.status.success());
        match in_ci || there {
            true => drivers.push(driver),
            false => eprintln!("no {command}: {driver} is left out"),
        }
    }
    let mut server = Server::quorlite_follower();
    let url = format!("postgresql://postgres@127.0.0.1:{}/postgres", server.port);
    let output = Command::new("compat/run.sh").arg(url).args(&drivers).output().expect("it runs");
    let text = String::from_utf8_lossy(&output.stdout);
    println!("{text}");
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    server.assert_running();
    server.assert_equal();
}
