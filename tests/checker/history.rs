//! What clients did, and what they were told.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::support::Address;
use crate::support::sql::{self, Client, Error};

/// How an operation ended for its client.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    Done,
    /// The server says that it did not happen.
    Failed,
    /// It may have happened, or happen still.
    Unknown,
}

/// One operation; times are nanoseconds since the run began.
#[derive(Clone, Debug)]
pub struct Op<T> {
    pub client: usize,
    pub invoked: u64,
    /// `u64::MAX` if the outcome is unknown: it may take effect as late as it likes.
    pub returned: u64,
    pub outcome: Outcome,
    pub what: T,
}

/// What one client did; its clock is everybody's.
pub struct Recorder<T> {
    pub client: usize,
    start: Instant,
    pub ops: Vec<Op<T>>,
    /// What went wrong, and how often.
    pub errors: Errors,
}

pub type Errors = BTreeMap<String, usize>;

/// How a transaction or statement went wrong.
#[derive(Clone, Debug)]
pub enum Failure {
    Failed(String),
    Unknown(String),
}

impl<T> Recorder<T> {
    pub fn new(client: usize, start: Instant) -> Recorder<T> {
        Recorder { client, start, ops: Vec::new(), errors: Errors::new() }
    }

    pub fn now(&self) -> u64 {
        self.start.elapsed().as_nanos() as u64
    }

    /// `planned` is what is remembered unless the answer tells more.
    pub fn record(&mut self, invoked: u64, planned: T, result: Result<T, Failure>) {
        let returned = self.now();
        if let Err(Failure::Failed(why) | Failure::Unknown(why)) = &result {
            *self.errors.entry(why.clone()).or_default() += 1;
        }
        let (outcome, what, returned) = match result {
            Ok(what) => (Outcome::Done, what, returned),
            Err(Failure::Failed(_)) => (Outcome::Failed, planned, returned),
            Err(Failure::Unknown(_)) => (Outcome::Unknown, planned, u64::MAX),
        };
        self.ops.push(Op { client: self.client, invoked, returned, outcome, what });
    }
}

/// How long a client waits for an answer before it hangs up.
const PATIENCE: Duration = Duration::from_secs(20);

/// A client that goes on to the next node when its connection breaks.
pub struct Session {
    nodes: Vec<std::net::SocketAddr>,
    turn: usize,
    /// Statements for every new connection.
    setup: String,
    client: Option<Client>,
}

impl Session {
    pub fn new(nodes: &[std::net::SocketAddr], first: usize, setup: &str) -> Session {
        Session { nodes: nodes.to_vec(), turn: first, setup: setup.to_owned(), client: None }
    }

    async fn connect(&mut self) -> Result<Client, Failure> {
        if let Some(client) = self.client.take() {
            return Ok(client);
        }
        let address = self.nodes[self.turn % self.nodes.len()];
        let connecting = async {
            let client = sql::connect(address.socket()).await?;
            client.batch_execute(&self.setup).await?;
            Ok::<_, Error>(client)
        };
        match tokio::time::timeout(Duration::from_secs(3), connecting).await {
            Ok(Ok(client)) => Ok(client),
            other => {
                self.turn += 1;
                tokio::time::sleep(Duration::from_millis(20)).await;
                let why = match other {
                    Ok(Err(error)) => told(&error),
                    _ => "no answer".to_owned(),
                };
                Err(Failure::Failed(format!("connecting: {why}")))
            }
        }
    }

    /// A single statement, or several sent as one.
    pub async fn autocommit<T>(
        &mut self,
        statement: impl AsyncFnOnce(&Client) -> Result<T, Error>,
    ) -> Result<T, Failure> {
        let client = self.connect().await?;
        let result = match tokio::time::timeout(PATIENCE, statement(&client)).await {
            Ok(result) => result.map_err(|error| judge(&error)),
            Err(_) => Err(Failure::Unknown("no answer in time".to_owned())),
        };
        self.keep(client, &result);
        result
    }

    /// An interactive transaction.
    pub async fn transaction<T>(
        &mut self,
        begin: &str,
        body: impl AsyncFnOnce(&Client) -> Result<T, Error>,
    ) -> Result<T, Failure> {
        let client = self.connect().await?;
        let inside = async {
            client.batch_execute(begin).await?;
            body(&client).await
        };
        let value = match tokio::time::timeout(PATIENCE, inside).await {
            Ok(Ok(value)) => value,
            // COMMIT was never sent: whatever the error is, nothing has happened.
            Ok(Err(error)) => {
                let undone = tokio::time::timeout(PATIENCE, client.batch_execute("ROLLBACK")).await;
                if matches!(undone, Ok(Ok(()))) {
                    self.client = Some(client);
                } else {
                    self.turn += 1;
                }
                return Err(Failure::Failed(told(&error)));
            }
            Err(_) => {
                self.turn += 1;
                return Err(Failure::Failed("no answer in time".to_owned()));
            }
        };
        let result = match tokio::time::timeout(PATIENCE, client.batch_execute("COMMIT")).await {
            Ok(Ok(())) => Ok(value),
            Ok(Err(error)) => Err(judge(&error)),
            Err(_) => Err(Failure::Unknown("no answer in time".to_owned())),
        };
        self.keep(client, &result);
        result
    }

    /// A connection of unknown state is given up.
    fn keep<T>(&mut self, client: Client, result: &Result<T, Failure>) {
        match result {
            Err(Failure::Unknown(_)) => self.turn += 1,
            _ if client.is_closed() => self.turn += 1,
            _ => self.client = Some(client),
        }
    }
}

fn judge(error: &Error) -> Failure {
    match sql::state(error) {
        // 57P01 may follow a statement that was executed; its answer did not come through.
        None | Some("08007" | "57P01") => Failure::Unknown(told(error)),
        Some(_) => Failure::Failed(told(error)),
    }
}

fn told(error: &Error) -> String {
    match error.as_db_error() {
        Some(error) => format!("{} {}", error.code().code(), error.message()),
        None => error.to_string(),
    }
}
