//! One `quorlite` process, its output kept in files.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

pub const BINARY: &str = env!("CARGO_BIN_EXE_quorlite");

/// The binary without what the environment would tell it.
pub fn quorlite() -> Command {
    quorlite_behind(&[])
}

/// Behind other words, such as `ip netns exec NAME`, that execute it.
pub fn quorlite_behind(prefix: &[String]) -> Command {
    let words: Vec<&str> = prefix.iter().map(String::as_str).chain([BINARY]).collect();
    let mut command = Command::new(words[0]);
    command.args(&words[1..]);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("QUORLITE_") {
            command.env_remove(name);
        }
    }
    command
}

/// Runs a command that ends by itself: exit code, stdout, stderr.
#[track_caller]
pub fn run(args: &[&str]) -> (i32, String, String) {
    let output = quorlite().args(args).output().expect("quorlite runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
}

pub struct Process {
    child: Child,
    stdout: PathBuf,
    stderr: PathBuf,
}

impl Process {
    /// Starts `command`; its output goes to `NAME.out` and `NAME.err` in `logs`, behind that of earlier starts.
    pub fn start(mut command: Command, logs: &Path, name: &str) -> Process {
        let open = |path: &Path| File::options().create(true).append(true).open(path).expect("a log file can be made");
        let (stdout, stderr) = (logs.join(format!("{name}.out")), logs.join(format!("{name}.err")));
        let child =
            command.stdin(Stdio::null()).stdout(open(&stdout)).stderr(open(&stderr)).spawn().expect("quorlite starts");
        Process { child, stdout, stderr }
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    pub fn stdout(&self) -> String {
        fs::read_to_string(&self.stdout).unwrap_or_default()
    }

    pub fn stderr(&self) -> String {
        fs::read_to_string(&self.stderr).unwrap_or_default()
    }

    /// The status if it has ended.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().expect("a child can be waited for")
    }

    /// SIGKILL: no handler runs, nothing is flushed.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Sends a signal by name, e.g. `TERM`, `STOP`, `CONT`.
    pub fn signal(&self, name: &str) {
        let status = Command::new("kill").arg(format!("-{name}")).arg(self.id().to_string()).status();
        assert!(status.expect("kill runs").success(), "the process is gone already");
    }

    /// Waits for the process to end by itself.
    #[track_caller]
    pub fn wait(&mut self, patience: Duration) -> ExitStatus {
        let start = Instant::now();
        loop {
            if let Some(status) = self.ended() {
                return status;
            }
            assert!(start.elapsed() < patience, "still running after {patience:?}\n{}", self.stderr());
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
        if std::thread::panicking() {
            let log = self.stderr();
            let tail: Vec<&str> = log.lines().rev().take(60).collect();
            eprintln!("--- {}", self.stderr.display());
            tail.iter().rev().for_each(|line| eprintln!("{line}"));
        }
    }
}
