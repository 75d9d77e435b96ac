//! The first start of a node: from an empty directory to a member of a cluster.
//!
//! Alone, a node founds a cluster of one. With `--join` it asks until somebody gives it a node id;
//! it asks under its random uid, so asking twice, or again after a crash, gives the same id.
//!
//! With `--bootstrap-expect N` nobody is first. The nodes tell each other their uids; when N of them are awake the one
//! with the smallest uid asks all of them to let it be the founder, and each agrees to one only, and to none
//! while it knows a smaller uid. So two founders would need two sets of N nodes without a node in
//! common. The others join the founder like any cluster. A node that has a cluster never comes here again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use uuid::Uuid;

use super::messages::{Answer, NoticeForm, Request};
use super::peers::{self, Speaker};
use super::transport::handshake::ConnectError;
use super::{Config, StartError};

type Uid = [u8; 16];

/// Between two rounds of asking around.
const ROUND: Duration = Duration::from_millis(300);

/// How long one node may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// How often somebody who looks at the log is told what is being waited for.
const REPORT: Duration = Duration::from_secs(5);

/// An agreement to a founder that never founded anything ends.
const AGREEMENT: Duration = Duration::from_secs(10);

/// Uids that are remembered; more than any cluster has nodes.
const KNOWN: usize = 64;

/// Who this node is from now on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Place {
    pub cluster: Uuid,
    pub node: u64,
}

/// What a waiting node knows, and answers to others that wait.
pub(crate) struct Lobby {
    uid: Uid,
    address: String,
    expect: u32,
    inner: Mutex<Inner>,
}

struct Inner {
    /// Address by uid of all nodes that wait, this one included.
    known: BTreeMap<Uid, String>,
    agreed: Option<(Uid, Instant)>,
}

impl Lobby {
    pub(crate) fn new(uid: Uuid, config: &Config) -> Arc<Lobby> {
        let uid = *uid.as_bytes();
        let known = [(uid, config.advertise.clone())].into();
        Arc::new(Lobby {
            uid,
            address: config.advertise.clone(),
            expect: config.bootstrap_expect,
            inner: Mutex::new(Inner { known, agreed: None }),
        })
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What this node says of itself; `cluster` once it is in one.
    fn notice(&self, founder: Option<Uid>, cluster: Option<Uid>) -> NoticeForm {
        let known = self.inner().known.iter().map(|(uid, address)| (*uid, address.clone())).collect();
        let (uid, address, expect) = (self.uid, self.address.clone(), self.expect);
        NoticeForm { uid, address, expect, known, cluster, founder }
    }

    /// Remembers who waits.
    fn learn(&self, notice: &NoticeForm) {
        if notice.expect == 0 || notice.cluster.is_some() {
            return;
        }
        let mut inner = self.inner();
        let told = notice.known.iter().map(|(uid, address)| (*uid, address.clone()));
        for (uid, address) in told.chain([(notice.uid, notice.address.clone())]) {
            if inner.known.len() < KNOWN || inner.known.contains_key(&uid) {
                inner.known.insert(uid, address);
            }
        }
        inner.known.insert(self.uid, self.address.clone());
    }

    /// Another node's notice, and perhaps its wish to be the founder.
    pub(crate) fn answer(&self, notice: &NoticeForm, cluster: Option<Uid>) -> NoticeForm {
        self.learn(notice);
        let founder = match notice.founder {
            Some(candidate) if cluster.is_none() && self.expect > 0 => self.agree(candidate),
            _ => None,
        };
        self.notice(founder, cluster)
    }

    /// Agrees to one founder, the smallest known. Gives the one agreed to.
    fn agree(&self, candidate: Uid) -> Option<Uid> {
        let mut inner = self.inner();
        if let Some((agreed, at)) = inner.agreed
            && (agreed == candidate || at.elapsed() < AGREEMENT)
        {
            return Some(agreed);
        }
        if inner.known.keys().next().is_some_and(|smallest| *smallest < candidate) {
            return None;
        }
        inner.agreed = Some((candidate, Instant::now()));
        Some(candidate)
    }

    /// Finds this node its place; waits as long as that can still succeed.
    pub(crate) async fn settle(&self, config: &Config, speaker: &Speaker) -> Result<Place, StartError> {
        if config.bootstrap_expect > 1 {
            return self.bootstrap(config, speaker).await;
        }
        if config.join.is_empty() {
            return Ok(Place { cluster: new_cluster(), node: 1 });
        }
        self.join(config, speaker).await
    }

    async fn join(&self, config: &Config, speaker: &Speaker) -> Result<Place, StartError> {
        let mut report = Report::default();
        loop {
            let mut problems = Vec::new();
            let mut hopeless = true;
            for address in &config.join {
                match self.ask_for_admission(address, speaker).await {
                    Ok(place) => return Ok(place),
                    Err(problem) => {
                        hopeless &= problem.is_final();
                        problems.push(problem.to_string());
                    }
                }
            }
            let problems = problems.join("; ");
            if hopeless {
                return Err(StartError(format!(
                    "cannot join: {problems}. Give the cluster address of a running node of the cluster with --join"
                )));
            }
            report.say(|| {
                tracing::warn!(
                    "waiting to join: {problems}. Trying again until a node there answers; stop with Ctrl-C"
                );
            });
            tokio::time::sleep(ROUND).await;
        }
    }

    async fn ask_for_admission(&self, address: &str, speaker: &Speaker) -> Result<Place, JoinProblem> {
        let channel = speaker.visit(address).await?;
        let answer = peers::call(&channel, &Request::Admit { uid: self.uid }, PATIENCE)
            .await
            .map_err(|problem| JoinProblem::Later(format!("{address}: {problem}")))?;
        match answer {
            Answer::Admitted { cluster, node } => Ok(Place { cluster: Uuid::from_bytes(cluster), node }),
            Answer::Refused(why) => Err(JoinProblem::Refused(format!("{address} refuses: {why}"))),
            Answer::Busy(why) => Err(JoinProblem::Later(format!("{address}: {why}"))),
            Answer::NotLeader(_) => Err(JoinProblem::Later(format!("{address}: its cluster has no leader now"))),
            other => Err(JoinProblem::Refused(format!("{address} answers something else: {other:?}"))),
        }
    }

    async fn bootstrap(&self, config: &Config, speaker: &Speaker) -> Result<Place, StartError> {
        let mut report = Report::default();
        loop {
            let round = self.ask_around(config, speaker, None).await;
            for address in &round.clustered {
                match self.ask_for_admission(address, speaker).await {
                    Ok(place) => return Ok(place),
                    Err(problem) if problem.is_final() => return Err(StartError(problem.to_string())),
                    Err(problem) => report.say(|| tracing::warn!("waiting to join: {problem}")),
                }
            }
            if let Some(expect) = round.disagree {
                report.say(|| {
                    tracing::warn!(
                        "a node was started with --bootstrap-expect {expect}, this one with {}: start all with the same",
                        self.expect
                    );
                });
            }
            let awake = round.awake.len() as u32 + 1;
            let smallest = round.awake.iter().next().is_none_or(|other| self.uid < *other);
            if round.clustered.is_empty() && awake >= self.expect && smallest && self.agree(self.uid) == Some(self.uid)
            {
                let vote = self.ask_around(config, speaker, Some(self.uid)).await;
                if vote.clustered.is_empty() && vote.agreed as u32 + 1 >= self.expect && vote.objections == 0 {
                    tracing::info!(nodes = awake, "this node founds the cluster");
                    return Ok(Place { cluster: new_cluster(), node: 1 });
                }
            }
            report.say(|| {
                tracing::info!(
                    "waiting for {} nodes to form a cluster, {awake} are here{}",
                    self.expect,
                    round.problems.iter().map(|problem| format!("; {problem}")).collect::<String>()
                );
            });
            tokio::time::sleep(ROUND).await;
        }
    }

    /// Tells everybody of this node, and hears of them.
    async fn ask_around(&self, config: &Config, speaker: &Speaker, founder: Option<Uid>) -> Round {
        let known: Vec<String> = self.inner().known.values().cloned().collect();
        let addresses: BTreeSet<&String> =
            config.join.iter().chain(&known).filter(|address| **address != self.address).collect();
        let asked = addresses.into_iter().map(|address| async move {
            let answer = async {
                let channel = speaker.visit(address).await?;
                let request = Request::Notice(self.notice(founder, None));
                peers::call(&channel, &request, PATIENCE).await.map_err(JoinProblem::Later)
            };
            (address, answer.await)
        });
        let mut round = Round::default();
        for (address, answer) in futures_util::future::join_all(asked).await {
            match answer {
                Ok(Answer::Noted(notice)) if notice.uid == self.uid => {}
                Ok(Answer::Noted(notice)) => self.count(&mut round, address, &notice, founder),
                // This node itself, under another name.
                Err(JoinProblem::Connect(ConnectError::Itself(_))) => {}
                Ok(other) => round.problems.push(format!("{address} answers something else: {other:?}")),
                Err(problem) => round.problems.push(problem.to_string()),
            }
        }
        round
    }

    fn count(&self, round: &mut Round, address: &str, notice: &NoticeForm, founder: Option<Uid>) {
        self.learn(notice);
        if notice.cluster.is_some() {
            round.clustered.push(address.to_owned());
        } else if notice.expect == 0 {
            round.problems.push(format!("{address} was not started with --bootstrap-expect"));
        } else if round.awake.insert(notice.uid) {
            if notice.expect != self.expect {
                round.disagree = Some(notice.expect);
            }
            match (founder, notice.founder) {
                (Some(asked), Some(agreed)) if asked == agreed => round.agreed += 1,
                (Some(_), _) => round.objections += 1,
                (None, _) => {}
            }
        }
    }
}

fn new_cluster() -> Uuid {
    Uuid::from_bytes(rand::random())
}

/// What one round of asking around gave.
#[derive(Default)]
struct Round {
    /// Uids of the other nodes that wait.
    awake: BTreeSet<Uid>,
    /// Addresses of nodes that have a cluster.
    clustered: Vec<String>,
    agreed: usize,
    objections: usize,
    disagree: Option<u32>,
    problems: Vec<String>,
}

#[derive(Debug, thiserror::Error)]
enum JoinProblem {
    #[error(transparent)]
    Connect(#[from] ConnectError),
    #[error("{0}")]
    Refused(String),
    #[error("{0}")]
    Later(String),
}

impl JoinProblem {
    fn is_final(&self) -> bool {
        match self {
            JoinProblem::Connect(error) => error.is_final(),
            JoinProblem::Refused(_) => true,
            JoinProblem::Later(_) => false,
        }
    }
}

/// Says something at first, and then now and again.
#[derive(Default)]
struct Report(Option<Instant>);

impl Report {
    fn say(&mut self, say: impl FnOnce()) {
        if self.0.is_none_or(|last| last.elapsed() >= REPORT) {
            self.0 = Some(Instant::now());
            say();
        }
    }
}
