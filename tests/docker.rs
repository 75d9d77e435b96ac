//! The Compose file for real: three containers on this machine's engine, killed and cut off from the network.
//!
//! No registry can be reached where this runs, so the image is built from the test's own binary and its libraries
//! (`docker/test`); everything else, the Compose file too, is what users get.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(120);

/// Runs a command; stdout on success, everything it said otherwise.
fn run(command: &mut Command) -> Result<String, String> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| format!("{command:?}: {error}"))?;
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    match output.status.success() {
        true => Ok(stdout),
        false => Err(format!("{command:?}: {stdout}{}", String::from_utf8_lossy(&output.stderr))),
    }
}

fn docker(args: &[&str]) -> Result<String, String> {
    run(Command::new("docker").args(args))
}

#[track_caller]
fn wait_until<T>(what: &str, mut condition: impl FnMut() -> Result<T, String>) -> T {
    let start = Instant::now();
    loop {
        match condition() {
            Ok(value) => return value,
            Err(error) if start.elapsed() > PATIENCE => panic!("{what}: not within {PATIENCE:?}: {error}"),
            Err(_) => std::thread::sleep(Duration::from_millis(200)),
        }
    }
}

/// A Compose project of its own name, image and ports; all of it removed at the end.
struct Project {
    name: String,
    image: String,
    ports: [u16; 3],
}

impl Project {
    fn start() -> Project {
        let id = std::process::id();
        let (name, image) = (format!("quorlitetest{id}"), format!("quorlite-test:{id}"));
        let free =
            || TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a free port").port();
        let project = Project { name, image, ports: [free(), free(), free()] };
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut build = Command::new(root.join("docker/test/build.sh"));
        run(build.arg(env!("CARGO_BIN_EXE_quorlite")).arg(&project.image)).expect("the image builds");
        project.compose(&["up", "--detach", "--no-build"]).expect("the nodes start");
        project
    }

    fn compose(&self, args: &[&str]) -> Result<String, String> {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docker/compose.yaml");
        // The plugin where there is one, else the stand-alone tool.
        let mut command = match docker(&["compose", "version"]) {
            Ok(_) => {
                let mut command = Command::new("docker");
                command.arg("compose");
                command
            }
            Err(_) => Command::new("docker-compose"),
        };
        command.arg("-p").arg(&self.name).arg("-f").arg(file).args(args).env("QUORLITE_IMAGE", &self.image);
        for (index, port) in self.ports.iter().enumerate() {
            command.env(format!("QUORLITE_PORT_{}", index + 1), port.to_string());
        }
        run(&mut command)
    }

    /// The container of node `number`, from 1.
    fn container(&self, number: usize) -> String {
        let service = format!("com.docker.compose.service=node{number}");
        let project = format!("com.docker.compose.project={}", self.name);
        let filters =
            ["ps", "-a", "-q", "--filter", &format!("label={project}"), "--filter", &format!("label={service}")];
        docker(&filters).expect("the container is there").trim().to_owned()
    }

    fn sql(&self, number: usize, sql: &str) -> Result<String, String> {
        let port = self.ports[number - 1].to_string();
        let options =
            ["-X", "-At", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-U", "postgres", "-p", &port, "-c", sql];
        let mut psql = Command::new("psql");
        psql.env("PGCONNECT_TIMEOUT", "5").args(options);
        run(&mut psql).map(|text| text.trim().to_owned())
    }

    fn wait_healthy(&self, number: usize) {
        let container = self.container(number);
        wait_until(&format!("node{number} is healthy"), || {
            match docker(&["inspect", "--format", "{{.State.Health.Status}}", &container])?.trim() {
                "healthy" => Ok(()),
                other => Err(format!("{other}\n{}", docker(&["logs", "--tail", "20", &container]).unwrap_or_default())),
            }
        });
    }

    /// Runs an administrator's command inside node `number`.
    fn admin(&self, number: usize, words: &[&str]) -> Result<String, String> {
        let container = self.container(number);
        let mut args = vec!["exec", &container, "/usr/local/bin/quorlite"];
        args.extend(words);
        docker(&args)
    }

    fn leader(&self) -> usize {
        wait_until("a leader is known", || {
            for number in 1..=3 {
                if let Ok(table) = self.admin(number, &["status"])
                    && let Some(line) = table.lines().find(|line| line.contains("leader"))
                    && let Some(digit) = (1..=3).find(|number| line.contains(&format!("node{number}:")))
                {
                    return Ok(digit);
                }
            }
            Err("no status shows one".into())
        })
    }

    fn network(&self) -> String {
        format!("{}_cluster", self.name)
    }

    fn wait_for_rows(&self, expected: &str) {
        for number in 1..=3 {
            wait_until(&format!("node{number} has {expected} rows"), || {
                match self.sql(number, "SELECT count(*) FROM t")? {
                    count if count == expected => Ok(()),
                    count => Err(count),
                }
            });
        }
    }
}

impl Drop for Project {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{}", self.compose(&["logs", "--tail", "60"]).unwrap_or_else(|error| error));
        }
        let _ = self.compose(&["down", "--volumes", "--timeout", "5"]);
        let _ = docker(&["rmi", "--force", &self.image]);
    }
}

#[test]
fn containers_form_a_cluster_and_survive_kills_and_cuts() {
    if let Err(error) = docker(&["info", "--format", "{{.ServerVersion}}"]) {
        assert!(std::env::var_os("CI").is_none(), "CI has a Docker engine, this is not it: {error}");
        eprintln!("SKIPPED: no Docker engine answers here: {error}");
        return;
    }
    let project = Project::start();
    for number in 1..=3 {
        project.wait_healthy(number);
    }
    let user = docker(&["inspect", "--format", "{{.Config.User}}", &project.container(1)]).expect("inspect");
    assert!(!matches!(user.trim(), "" | "0" | "root"), "the containers run as {user}");

    project.sql(1, "CREATE TABLE t (id int PRIMARY KEY, note text)").expect("a table through node 1");
    for number in 1..=3 {
        let insert = format!("INSERT INTO t VALUES ({number}, 'through node {number}')");
        assert_eq!(project.sql(number, &insert).expect("an insert"), "INSERT 0 1");
    }
    project.wait_for_rows("3");
    kill_the_leader(&project);
    project.wait_for_rows("4");
    cut_the_leader_off(&project);
    project.wait_for_rows("5");

    let checked = wait_until("check says equal", || project.admin(1, &["check"]));
    assert!(checked.contains("equal"), "{checked}");
}

/// SIGKILL, and the same container again.
fn kill_the_leader(project: &Project) {
    let leader = project.leader();
    let container = project.container(leader);
    docker(&["kill", "--signal", "KILL", &container]).expect("the leader is killed");
    let insert = "INSERT INTO t VALUES (4, 'without the leader') ON CONFLICT DO NOTHING";
    wait_until("the other two go on", || project.sql(leader % 3 + 1, insert));
    docker(&["start", &container]).expect("the killed node starts again");
    project.wait_healthy(leader);
}

/// A leader without its network must not answer as if it led; the others go on, and it comes back equal.
fn cut_the_leader_off(project: &Project) {
    let leader = project.leader();
    let container = project.container(leader);
    docker(&["network", "disconnect", &project.network(), &container]).expect("the leader is cut off");
    let insert = "INSERT INTO t VALUES (5, 'without the one cut off') ON CONFLICT DO NOTHING";
    wait_until("the other two go on", || project.sql(leader % 3 + 1, insert));
    // Asked inside the container, as the host's port went with the network.
    wait_until("the node cut off says so", || match project.admin(leader, &["ready"]) {
        Ok(answer) => Err(answer),
        Err(_) => Ok(()),
    });
    let alias = format!("node{leader}");
    docker(&["network", "connect", "--alias", &alias, &project.network(), &container]).expect("the leader is back");
    project.wait_healthy(leader);
}
