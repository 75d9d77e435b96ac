//! PostgreSQL 15 in temporary directories, with fsync as it comes.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const BIN: &str = "/usr/lib/postgresql/15/bin";

pub struct Postgres {
    pub port: u16,
    data: PathBuf,
}

/// A command that runs as the user `postgres` if we are root, which PostgreSQL refuses to be.
fn command(program: &str) -> Command {
    // Asked of /proc, as the standard library has no geteuid.
    let root =
        std::fs::metadata("/proc/self").map(|meta| std::os::unix::fs::MetadataExt::uid(&meta) == 0).unwrap_or(false);
    let program = format!("{BIN}/{program}");
    if !root {
        return Command::new(program);
    }
    let mut command = Command::new("runuser");
    command.args(["-u", "postgres", "--", &program]);
    command
}

fn run(command: &mut Command) {
    let output = command.stdin(Stdio::null()).output().expect("PostgreSQL 15 is installed");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

fn own(directory: &Path) {
    std::fs::create_dir_all(directory).expect("a directory");
    let _ = Command::new("chown").arg("postgres").arg(directory).status();
    // The way to it must be passable for the user postgres.
    let _ = Command::new("chmod").arg("a+rx").arg(directory.parent().expect("it has a parent")).status();
}

// The benches use different parts of this.
#[allow(dead_code)]
impl Postgres {
    pub fn start(data: &Path) -> Postgres {
        own(data);
        run(command("initdb").args(["-A", "trust", "-U", "postgres", "--locale=C", "--encoding=UTF8", "-D"]).arg(data));
        let postgres = Postgres { port: crate::quorlite::free_port(), data: data.to_owned() };
        postgres.launch();
        postgres
    }

    fn launch(&self) {
        let options = format!(
            "-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories={} -c max_connections=200 -c wal_level=replica \
             -c max_wal_senders=10 -c hot_standby=on -c shared_buffers=128MB",
            self.port,
            self.data.display()
        );
        let log = self.data.join("server.log");
        run(command("pg_ctl")
            .arg("start")
            .arg("-w")
            .arg("-D")
            .arg(&self.data)
            .arg("-l")
            .arg(log)
            .arg("-o")
            .arg(options));
    }

    /// Clones this server into a streaming standby.
    pub fn standby(&self, data: &Path, name: &str) -> Postgres {
        own(data);
        run(Command::new("chmod").arg("700").arg(data));
        run(command("pg_basebackup")
            .args(["-h", "127.0.0.1", "-U", "postgres", "-R", "-X", "stream", "-c", "fast"])
            .args([
                "-d",
                &format!("application_name={name}"),
                "-p",
                &self.port.to_string(),
                "-D",
                &data.display().to_string(),
            ]));
        let standby = Postgres { port: crate::quorlite::free_port(), data: data.to_owned() };
        standby.launch();
        standby
    }

    /// Makes commits wait for the standbys, once they stream.
    pub fn wait_for_standbys(&self, names: &str) {
        self.sql(&format!("ALTER SYSTEM SET synchronous_standby_names = '{names}'"));
        self.sql("SELECT pg_reload_conf()");
        let deadline = Instant::now() + Duration::from_secs(30);
        while self.sql("SELECT count(*) FROM pg_stat_replication WHERE sync_state IN ('quorum', 'sync')").trim() != "2"
        {
            assert!(Instant::now() < deadline, "the standbys did not connect");
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    fn sql(&self, sql: &str) -> String {
        let port = self.port.to_string();
        let output = Command::new("psql")
            .args(["-h", "127.0.0.1", "-p", &port, "-U", "postgres", "-d", "postgres", "-At", "-c", sql])
            .output()
            .expect("psql is installed");
        assert!(output.status.success(), "{sql}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let _ =
            command("pg_ctl").args(["stop", "-m", "immediate", "-D"]).arg(&self.data).stdout(Stdio::null()).status();
    }
}
