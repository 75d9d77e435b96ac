//! The running node: opens, wires and stops everything in this module.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, Weak};
use std::time::{Duration, Instant};

use openraft::Instant as _;
use openraft::ServerState;
use openraft::async_runtime::WatchReceiver;
use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::AbortHandle;
use uuid::Uuid;

use super::execute::{no_leader, within};
use super::forming::{Lobby, Place};
use super::held::{Held, Hold};
use super::lane::Lane;
use super::leadership::Leadership;
use super::lease::{Lease, Promised};
use super::locks::{Counter, Desk, LockKey, Mode};
use super::log_store::LogStore;
use super::messages::{Answer, Request};
use super::network::{Network, SnapshotCounts};
use super::peers::{Peers, Speaker};
use super::read_index::ReadIndex;
use super::rows::RowStream;
use super::service::Station;
use super::state_machine::{Applier, StateMachine};
use super::temporary::Living;
use super::transport::check_address;
use super::transport::handshake::Membership;
use super::transport::server::Server;
use super::types::{Member, Raft};
use super::{Config, Gauges, NodeStatus, ReadConsistency, Role, StartError, admin, attendance, snapshot};
use crate::catalog::system::activity::Activity;
use crate::catalog::{DatabaseInfo, RoleSettings, SessionKey};
use crate::sql::{Action, Plan, Query, SessionContext};
use crate::storage::{
    Cancel, CancelReason, DataDir, Database, DatabaseChange, DatabaseOutcome, Outcome, Pinned, RaftLog, Read, Sabotage,
    Storage, StorageError, Transaction,
};
use crate::types::{PgError, SqlState, Value};

/// How long a leader that stops waits for another to take over, beyond what an election takes.
const FAREWELL: Duration = Duration::from_secs(3);

/// This node.
pub struct Node {
    pub(super) inner: Arc<Inner>,
    server: Server,
    /// Whatever watches in the background.
    attendants: Vec<AbortHandle>,
    /// Where Raft runs.
    _raft: Lane,
}

/// What all parts of the cluster module share once this node has its place.
pub(crate) struct Inner {
    pub(crate) id: u64,
    pub(crate) cluster: Uuid,
    pub(crate) config: Config,
    pub(crate) data: Arc<DataDir>,
    pub(crate) storage: Arc<Storage>,
    pub(crate) log: Arc<RaftLog>,
    pub(crate) applier: Arc<Applier>,
    pub(crate) raft: Raft,
    pub(crate) peers: Arc<Peers>,
    pub(crate) leadership: Arc<Leadership>,
    pub(crate) reads: Arc<ReadIndex>,
    pub(crate) promised: Arc<Promised>,
    pub(crate) lease: Arc<Lease>,
    /// Who last confirmed that this node leads.
    pub(crate) confirmer: AtomicU64,
    /// Membership changes of this leader go one at a time.
    pub(crate) membership_turn: tokio::sync::Mutex<()>,
    pub(crate) snapshot_turn: tokio::sync::Mutex<()>,
    pub(crate) stopping: AtomicBool,
    /// When a leader was last heard of; this node's start, at first. openraft goes on naming the last leader it knew.
    pub(crate) contact: watch::Sender<Instant>,
    /// This node's sessions' advisory locks, and as the leader those of all.
    pub(crate) desk: Desk,
    pub(crate) counter: Counter,
    pub(crate) living: Living,
    residents: OnceLock<Weak<dyn Residents>>,
    forwarded: AtomicU64,
    snapshots: Arc<SnapshotCounts>,
}

/// The sessions of this node, as far as others may reach them.
pub trait Residents: Send + Sync {
    /// Cancels what the session runs (`UserRequest`), or ends it. `false`: there is none of this process id.
    fn signal(&self, session: i32, reason: CancelReason) -> bool;

    /// What every session does now, by process id.
    fn activity(&self) -> Vec<Activity>;
}

impl From<StorageError> for StartError {
    fn from(error: StorageError) -> StartError {
        StartError(error.to_string())
    }
}

impl Node {
    /// Opens the log, starts Raft and the cluster listener; first forms or joins a cluster if this data directory has
    /// none yet (waiting, visibly, as long as joining can still succeed). `data` is the directory that `storage`
    /// was opened in. `listener` is bound to
    /// [`Config::cluster_listen`]: ports are bound before files are touched.
    pub async fn start(
        config: Config,
        data: Arc<DataDir>,
        storage: Arc<Storage>,
        listener: TcpListener,
    ) -> Result<Arc<Node>, StartError> {
        for address in config.join.iter().chain([&config.advertise]) {
            check_address(address).map_err(StartError)?;
        }
        let identity = data.identity();
        let opened = {
            let (data, storage) = (data.clone(), storage.clone());
            tokio::task::spawn_blocking(move || open(&data, storage)).await
        };
        let opened = opened.map_err(|error| StartError(error.to_string()))??;

        let lobby = Lobby::new(identity.uid, &config);
        let speaker = Speaker { nonce: rand::random(), is: None, advertise: Some(config.advertise.clone()) };
        let station = Station::new(speaker.nonce, lobby.clone());
        // From here on others can find this node, even while it waits for them.
        let lane = Lane::start("raft").map_err(|error| StartError(format!("Raft's thread cannot start: {error}")))?;
        let server = Server::start(listener, station.clone(), lane.handle().clone());
        let place = match identity.member {
            Some((cluster, node)) => Place { cluster, node },
            None => {
                let place = lobby.settle(&config, &speaker).await?;
                data.set_member(place.cluster, place.node)?;
                tracing::info!(node = place.node, cluster = %place.cluster, "this node has its place");
                place
            }
        };
        let membership = Membership { cluster: *place.cluster.as_bytes(), node: place.node };
        let peers = Peers::new(Speaker { is: Some(membership), ..speaker });
        let inner = Inner::start(config, data, storage, opened, peers, place, lane.handle()).await?;
        station.open(inner.clone());
        let attendants = attendance::start(&inner);
        let node = Arc::new(Node { inner, server, attendants, _raft: lane });
        node.inner.take_place(identity.member.is_none()).await?;
        Ok(node)
    }

    pub fn id(&self) -> u64 {
        self.inner.id
    }

    pub fn cluster_id(&self) -> String {
        self.inner.cluster.to_string()
    }

    pub fn database(&self, name: &str) -> Option<Arc<Database>> {
        self.inner.storage.database(name)
    }

    /// Returns when this node's file may be read at `consistency`. `session_index` is the Raft index of the session's
    /// last own write, 0 for none. Errors: 57P03 when no quorum answers in time.
    pub async fn read_barrier(&self, consistency: ReadConsistency, session_index: u64) -> Result<(), PgError> {
        self.inner.read_barrier(consistency, session_index).await
    }

    /// Starts a read on this node's own file (after [`Node::read_barrier`]). A few batches of rows wait for the
    /// client at most.
    pub fn read(
        &self,
        database: &Database,
        plan: Arc<Plan>,
        params: Vec<Value>,
        context: Arc<SessionContext>,
        cancel: Cancel,
    ) -> RowStream {
        if let Action::Read(Query { brief: true, .. }) = plan.action
            && let Some((rows, result)) = database.read_briefly(&plan, &params, &context, &cancel)
        {
            return RowStream::of_brief(rows, result);
        }
        let (stream, sink) = RowStream::new();
        database.read(Read { plan, params, context, cancel, sink });
        stream
    }

    /// Pins this node's newest state (after [`Node::read_barrier`]).
    pub async fn pin(&self, database: &Database) -> Result<Pinned, PgError> {
        let (sender, pinned) = tokio::sync::oneshot::channel();
        database.pin(move |result| {
            let _ = sender.send(result);
        });
        let gone = || PgError::new(SqlState::OUT_OF_MEMORY, "a thread for a snapshot could not be started");
        pinned.await.unwrap_or_else(|_| Err(gone()))
    }

    /// Executes a transaction on the leader, here or forwarded, and waits for its end. Retries by itself what was
    /// certainly not applied, for [`Timing::patience`](super::Timing::patience).
    /// The outcome is `Committed`, `Failed` (also with 57P03: no leader in time, nothing
    /// changed) or `Unknown`. After `Committed` this node has applied the index.
    pub async fn execute(&self, database: &str, transaction: Transaction) -> Outcome {
        if self.inner.stopping.load(Ordering::Relaxed) {
            let cancel = Cancel::new();
            cancel.cancel(CancelReason::Shutdown);
            return super::execute::failed(cancel.error().unwrap_or_else(no_leader));
        }
        self.inner.execute(database, transaction).await
    }

    /// Waits for the cluster's one writer slot, for as long as the caller does. Errors: 57P03 (no leader in
    /// time), 40001 (the snapshot is no longer the newest).
    pub async fn hold(&self, database: &str, hold: Hold) -> Result<Held, PgError> {
        if self.inner.stopping.load(Ordering::Relaxed) {
            return Err(no_leader());
        }
        self.inner.clone().hold(database, hold).await
    }

    /// Whose sessions this node's are.
    pub fn house(&self, residents: &Arc<impl Residents + 'static>) {
        let residents: Weak<dyn Residents> = Arc::downgrade(residents) as Weak<dyn Residents>;
        let _ = self.inner.residents.set(residents);
    }

    /// Waits until the session has the advisory lock, or with `tries` hears whether it can have it at once. Dropping the
    /// future gives the wish up. Errors: 40P01, 57P03.
    pub async fn lock(&self, session: i32, key: LockKey, mode: Mode, tries: bool) -> Result<bool, PgError> {
        self.inner.lock(session, key, mode, tries).await
    }

    /// Gives an advisory lock back; resolves when others can have it.
    pub fn unlock(&self, session: i32, key: LockKey, mode: Mode) -> impl Future<Output = ()> + Send + use<> {
        self.inner.unlock(session, key, mode)
    }

    /// The session has ended, and its advisory locks with it.
    pub fn unlock_session(&self, session: i32) {
        self.inner.unlock_session(session);
    }

    /// Whether the session still has all advisory locks that it was given.
    pub fn keeps_locks(&self, session: i32) -> bool {
        self.inner.keeps_locks(session)
    }

    /// Cancels what a session of any node runs (`UserRequest`), or ends it. `false`: there is no such session.
    pub async fn signal(&self, session: i32, reason: CancelReason) -> Result<bool, PgError> {
        self.inner.signal(session, reason).await
    }

    /// A session of this node begins: what tells it from all others there have been.
    pub fn new_session(&self) -> SessionKey {
        self.inner.new_session()
    }

    /// The session may have temporary objects from now on: what it makes stays until [`Node::end_temporary`].
    pub fn keep_temporary(&self, session: SessionKey) {
        self.inner.keep_temporary(session);
    }

    /// The session has ended: its temporary objects are dropped, in the background.
    pub fn end_temporary(&self, session: SessionKey) {
        self.inner.end_temporary(session);
    }

    /// What the sessions of all nodes do now, by process id, and the nodes that did not answer in time.
    pub async fn activity(&self) -> (Vec<Activity>, Vec<u64>) {
        self.inner.activity().await
    }

    /// The databases that there are, as far as this node knows (after [`Node::read_barrier`]: all), by OID.
    pub fn databases(&self) -> Vec<DatabaseInfo> {
        self.inner.storage.list_databases()
    }

    /// What sessions begin with, as far as this node knows.
    pub fn settings(&self) -> Arc<[RoleSettings]> {
        self.inner.storage.settings()
    }

    /// Makes, alters or drops a database, or changes what sessions begin with, on all nodes; this one has done so when it returns. Errors: 57P03 (no leader
    /// in time), 08007 (it may have been made).
    pub async fn change_database(&self, change: DatabaseChange) -> Result<DatabaseOutcome, PgError> {
        self.inner.change_database(change).await
    }

    /// Process ids for this node's sessions, which no other node gives.
    pub fn process_ids(&self) -> std::ops::Range<i32> {
        super::signals::process_ids(self.inner.id)
    }

    pub fn gauges(&self) -> Gauges {
        self.inner.gauges()
    }

    /// Asks every member.
    pub async fn status(&self) -> Vec<NodeStatus> {
        self.inner.cluster_status().await
    }

    /// Ready to serve: knows a leader, is a voter, has applied up to the leader's commit as last heard.
    pub fn ready(&self) -> Result<(), String> {
        self.inner.ready()
    }

    /// Hands leadership over if this node leads (bounded), then stops Raft and the listener.
    pub async fn shutdown(&self) {
        let inner = &self.inner;
        if inner.stopping.swap(true, Ordering::Relaxed) {
            return;
        }
        let alone = inner.membership().voter_ids().all(|voter| voter == inner.id);
        if inner.leadership.executing().is_some() && !alone {
            match within(FAREWELL + inner.config.timing.election_max * 4, inner.hand_over(None)).await {
                Some(Ok(leader)) => tracing::info!(leader, "handed leadership over"),
                Some(Err(why)) => tracing::warn!(%why, "leadership could not be handed over"),
                None => tracing::warn!("leadership was not taken over in time"),
            }
        }
        self.attendants.iter().for_each(AbortHandle::abort);
        self.server.stop();
        if let Err(error) = inner.raft.shutdown().await {
            tracing::warn!(%error, "Raft did not stop in order");
        }
        // Whoever opens the file then finds all of it.
        inner.applier.stop_gathering().await;
        let (storage, log) = (inner.storage.clone(), inner.log.clone());
        let closed = tokio::task::spawn_blocking(move || {
            storage.follow();
            log.close();
        });
        if let Err(error) = closed.await {
            tracing::warn!(%error, "the Raft log was not closed in order");
        }
    }

    /// Resolves when the node can't go on (divergence, disk): the message to log before exit.
    pub async fn failed(&self) -> String {
        let mut fatal = self.inner.applier.fatal();
        let reason = match fatal.wait_for(Option::is_some).await {
            Ok(reason) => reason.clone(),
            Err(_) => None,
        };
        reason.unwrap_or_else(|| "the state machine has stopped".to_owned())
    }
}

#[cfg(test)]
impl Node {
    /// Ends without a word to the others.
    pub(crate) async fn kill(&self) {
        let inner = &self.inner;
        inner.stopping.store(true, Ordering::Relaxed);
        self.attendants.iter().for_each(AbortHandle::abort);
        self.server.stop();
        inner.raft.shutdown().await.unwrap();
        // Nobody may write to the files later than this.
        inner.applier.stop_gathering().await;
        inner.storage.follow();
        let log = inner.log.clone();
        tokio::task::spawn_blocking(move || log.close()).await.unwrap();
    }

    pub(crate) fn membership_address(&self, node: u64) -> Option<String> {
        self.inner.membership().get_node(&node).map(|member| member.address.clone())
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.attendants.iter().for_each(AbortHandle::abort);
    }
}

/// The log, and the files brought together with it. Blocks.
fn open(data: &DataDir, storage: Arc<Storage>) -> Result<(Arc<RaftLog>, Arc<Applier>), StartError> {
    let identity = data.identity();
    let may_create = identity.member.is_none();
    let log = Arc::new(RaftLog::open(data.path(), *identity.uid.as_bytes(), may_create)?);
    let applier = Applier::open(storage, log.clone()).map_err(StartError)?;
    snapshot::clean(data.path()).map_err(|error| {
        StartError(format!("{} cannot be emptied: {error}", data.path().join("snapshots").display()))
    })?;
    Ok((log, applier))
}

fn raft_config(config: &Config) -> Result<Arc<openraft::Config>, StartError> {
    let timing = &config.timing;
    let config = openraft::Config {
        cluster_name: "quorlite".to_owned(),
        heartbeat_interval: timing.heartbeat.as_millis() as u64,
        election_timeout_min: timing.election_min.as_millis() as u64,
        election_timeout_max: timing.election_max.as_millis() as u64,
        // A node that was cut off must not depose a leader that everybody else hears.
        enable_pre_vote: Some(true),
        // A restarted leader is elected again or isn't: its term's opening entry would not be its own process'.
        enable_leader_restore: Some(false),
        allow_log_reversion: Some(false),
        snapshot_policy: openraft::SnapshotPolicy::LogsSinceLast(config.checkpoint_every.max(1)),
        max_in_snapshot_log_to_keep: config.log_keep,
        backoff: "50ms 100ms 200ms ...500ms".to_owned(),
        ..openraft::Config::default()
    };
    let config = config.validate().map_err(|error| StartError(format!("impossible timing: {error}")))?;
    Ok(Arc::new(config))
}

impl Inner {
    async fn start(
        config: Config,
        data: Arc<DataDir>,
        storage: Arc<Storage>,
        (log, applier): (Arc<RaftLog>, Arc<Applier>),
        peers: Arc<Peers>,
        place: Place,
        lane: &Handle,
    ) -> Result<Arc<Inner>, StartError> {
        let snapshots = Arc::new(SnapshotCounts::default());
        let lease = Arc::new(Lease::default());
        let network = Network {
            peers: peers.clone(),
            applier: applier.clone(),
            data: data.path().to_owned(),
            snapshots: snapshots.clone(),
            lease: lease.clone(),
            runtime: Handle::current(),
        };
        let log_store = LogStore::new(log.clone(), place.node, config.timing.read_lease);
        let promised = log_store.promised();
        let (raft_config, machine) = (raft_config(&config)?, StateMachine::new(applier.clone()));
        // Its tasks are spawned from there.
        let started = lane.spawn(async move { Raft::new(place.node, raft_config, network, log_store, machine).await });
        let started = started.await.map_err(|error| StartError(format!("Raft cannot start: {error}")))?;
        let raft = started.map_err(|error| match &*applier.fatal().borrow() {
            Some(reason) => StartError(reason.clone()),
            None => StartError(format!("Raft cannot start: {error}")),
        })?;
        let leadership = Leadership::start(
            raft.clone(),
            storage.clone(),
            applier.fates().clone(),
            place.node,
            config.timing.patience,
            lane,
        );
        // The rounds need the node that has them.
        let this: Arc<OnceLock<Weak<Inner>>> = Arc::default();
        let reads = ReadIndex::new({
            let this = this.clone();
            move || {
                let inner = this.get().and_then(Weak::upgrade);
                async move { inner.ok_or("this node is stopping")?.read_index_round().await }
            }
        });
        let inner = Arc::new(Inner {
            id: place.node,
            cluster: place.cluster,
            config,
            data,
            storage,
            log,
            applier,
            raft,
            peers,
            leadership,
            reads,
            promised,
            lease,
            confirmer: AtomicU64::new(0),
            membership_turn: Default::default(),
            snapshot_turn: Default::default(),
            stopping: AtomicBool::new(false),
            contact: watch::Sender::new(Instant::now()),
            desk: Desk::default(),
            counter: Counter::default(),
            living: Living::default(),
            residents: OnceLock::new(),
            forwarded: AtomicU64::new(0),
            snapshots,
        });
        let _ = this.set(Arc::downgrade(&inner));
        Ok(inner)
    }

    /// This node as the membership should have it.
    pub(crate) fn own_member(&self) -> Member {
        Member {
            address: self.config.advertise.clone(),
            sql_address: self.config.sql_address.clone(),
            http_address: self.config.http_address.clone(),
        }
    }

    /// Founds the cluster if that is this node's part; on the first start waits until it is a member.
    async fn take_place(self: &Arc<Inner>, first: bool) -> Result<(), StartError> {
        let initialized = self.raft.is_initialized().await.map_err(|error| StartError(error.to_string()))?;
        if self.id == 1 && !initialized {
            let members = std::collections::BTreeMap::from([(1, self.own_member())]);
            self.raft.initialize(members).await.map_err(|error| StartError(error.to_string()))?;
        }
        if !first {
            return Ok(());
        }
        // A founder that others are expected for lets clients in when they are there.
        let voters = if self.id == 1 { self.config.bootstrap_expect.max(1) } else { 1 } as usize;
        let mut metrics = self.raft.metrics();
        let mut fatal = self.applier.fatal();
        loop {
            let there = {
                let metrics = metrics.borrow_watched();
                let membership = &metrics.committed_membership_config;
                let voter = membership.voter_ids().any(|voter| voter == self.id);
                voter && membership.voter_ids().count() >= voters && metrics.current_leader.is_some()
            };
            if there && self.ready().is_ok() {
                return Ok(());
            }
            tokio::select! {
                changed = metrics.changed() => {
                    changed.map_err(|_| StartError("Raft has stopped".to_owned()))?;
                }
                Ok(reason) = fatal.wait_for(Option::is_some) => {
                    return Err(StartError(reason.clone().unwrap_or_default()));
                }
                () = tokio::time::sleep(Duration::from_millis(100)) => {}
            }
        }
    }

    /// Who leads, as far as is known.
    pub(crate) fn leader(&self) -> Option<u64> {
        self.raft.server_metrics().borrow_watched().current_leader
    }

    /// The term in which `leader` leads.
    pub(crate) fn leader_term(&self, leader: u64) -> Option<u64> {
        let metrics = self.raft.server_metrics();
        let vote = metrics.borrow_watched().vote;
        (vote.committed && vote.leader_id.voted_for == leader).then_some(vote.leader_id.term)
    }

    pub(crate) fn not_leader(&self) -> Answer {
        let leader = self.leader().filter(|leader| *leader != self.id);
        let membership = self.membership();
        let address = |leader| membership.get_node(&leader).map_or(String::new(), |member| member.address.clone());
        Answer::NotLeader(leader.map(|leader| (leader, address(leader))))
    }

    pub(crate) fn count_forwarded(&self) {
        self.forwarded.fetch_add(1, Ordering::Relaxed);
    }

    /// What clients hear once this node can't go on.
    pub(crate) fn stopped(&self) -> Option<PgError> {
        let fatal = self.applier.fatal();
        let reason = fatal.borrow();
        reason
            .as_ref()
            .map(|reason| PgError::fatal(SqlState::CANNOT_CONNECT_NOW, format!("this node has stopped: {reason}")))
    }

    async fn read_barrier(&self, consistency: ReadConsistency, session_index: u64) -> Result<(), PgError> {
        if let Some(stopped) = self.stopped() {
            return Err(stopped);
        }
        let deadline = Instant::now() + self.config.timing.patience;
        let left = || deadline.saturating_duration_since(Instant::now());
        let index = match consistency {
            ReadConsistency::Stale => return Ok(()),
            ReadConsistency::Session => session_index,
            ReadConsistency::Linearizable => self.read_index(deadline).await?,
        };
        if self.applier.applied_index() >= index || self.wait_applied(index, left()).await {
            return Ok(());
        }
        Err(PgError::new(SqlState::CANNOT_CONNECT_NOW, "this node is too far behind the cluster")
            .hint("Try again, or read what this node has with SET quorlite.read_consistency = 'stale'."))
    }

    async fn read_index(&self, deadline: Instant) -> Result<u64, PgError> {
        if let Some(index) = self.leased_read_index() {
            return Ok(index);
        }
        let mut pause = Duration::from_millis(5);
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match within(left, self.reads.get()).await {
                Some(Ok(index)) => return Ok(index),
                Some(Err(_)) if Sabotage::ReadUnasked.is_on() => return Ok(0),
                Some(Err(problem)) => tracing::debug!(%problem, "no read index"),
                None => {}
            }
            if Instant::now() + pause >= deadline {
                return Err(no_leader()
                    .hint("Read what this node has with SET quorlite.read_consistency = 'stale', or try again."));
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(Duration::from_millis(200));
        }
    }

    /// One round: with a majority if this node leads, else with the leader.
    pub(crate) async fn read_index_round(&self) -> Result<u64, String> {
        let patience = self.config.timing.election_max * 2;
        match self.leader() {
            Some(leader) if leader == self.id => self.leader_read_index(None, patience).await,
            Some(leader) => {
                let request = Request::ReadIndex { promised: self.promised.term() };
                let answer = tokio::select! {
                    biased;
                    answer = self.peers.ask(leader, &request, patience) => answer,
                    // One that fell silent is not waited for once there is reason to ask another.
                    () = self.ceases_to_lead(leader) => return Err(format!("node {leader} leads no more")),
                };
                match answer {
                    Ok(Answer::ReadIndex(index)) => Ok(index),
                    Ok(other) => Err(format!("node {leader} gives no read index: {other:?}")),
                    Err(error) => Err(error.to_string()),
                }
            }
            None => Err("there is no leader".to_owned()),
        }
    }

    /// Asks this node's own sessions.
    pub(crate) fn residents<T: Default>(&self, ask: impl FnOnce(&dyn Residents) -> T) -> T {
        self.residents.get().and_then(Weak::upgrade).map(|residents| ask(&*residents)).unwrap_or_default()
    }

    pub(crate) async fn ceases_to_lead(&self, leader: u64) {
        self.ceases_to(|inner| inner.leader() == Some(leader)).await;
    }

    /// Resolves when that leader or another leads in a later term, or nobody does as far as is known.
    pub(crate) async fn ceases_to_lead_in(&self, leader: u64, term: u64) {
        let leads = |inner: &Inner| inner.leader() == Some(leader) && inner.leader_term(leader) == Some(term);
        self.ceases_to(leads).await;
    }

    async fn ceases_to(&self, holds: impl Fn(&Inner) -> bool) {
        let mut metrics = self.raft.server_metrics();
        while holds(self) {
            if metrics.changed().await.is_err() {
                return std::future::pending().await;
            }
        }
    }

    pub(crate) fn role(&self) -> Role {
        let metrics = self.raft.server_metrics();
        let metrics = metrics.borrow_watched();
        match metrics.state {
            ServerState::Leader => Role::Leader,
            ServerState::Candidate => Role::Candidate,
            ServerState::Learner | ServerState::Shutdown => Role::Learner,
            ServerState::Follower => Role::Follower,
        }
    }

    fn gauges(&self) -> Gauges {
        let metrics = self.raft.metrics();
        let metrics = metrics.borrow_watched();
        let index = |id: &Option<super::types::LogId>| id.as_ref().map_or(0, |id| id.index());
        let is_leader = metrics.state == ServerState::Leader;
        Gauges {
            node_id: self.id,
            term: metrics.current_term,
            leader_id: metrics.current_leader,
            is_leader,
            is_voter: metrics.membership_config.voter_ids().any(|voter| voter == self.id),
            last_log_index: metrics.last_log_index.unwrap_or(0),
            committed_index: index(&metrics.cluster_committed).max(index(&metrics.local_committed)),
            applied_index: self.applier.applied_index(),
            snapshot_index: index(&metrics.snapshot),
            purged_index: index(&metrics.purged),
            millis_since_quorum_ack: match &metrics.last_quorum_acked {
                Some(at) if is_leader => Some(at.elapsed().as_millis() as u64),
                _ => None,
            },
            log_appends: self.log.appends(),
            log_syncs: self.log.syncs(),
            proposals: self.leadership.proposals(),
            forwarded: self.forwarded.load(Ordering::Relaxed),
            read_index_rounds: self.reads.rounds(),
            snapshots_sent: self.snapshots.sent.load(Ordering::Relaxed),
            snapshots_failed: self.snapshots.failed.load(Ordering::Relaxed),
            snapshots_installed: self.applier.snapshots_installed(),
            fatal: self.applier.fatal().borrow().clone(),
        }
    }

    pub(crate) fn ready(&self) -> Result<(), String> {
        let gauges = self.gauges();
        if let Some(reason) = gauges.fatal {
            return Err(format!("this node has stopped: {reason}"));
        }
        if self.stopping.load(Ordering::Relaxed) {
            return Err("this node is stopping".to_owned());
        }
        if gauges.leader_id.is_none() {
            return Err("the cluster has no leader".to_owned());
        }
        let alone = self.without_leader();
        if alone > self.config.timing.election_max * 2 {
            return Err(format!("this node has had no contact with a leader and a majority for {} s", alone.as_secs()));
        }
        if gauges.is_leader && self.leadership.executing().is_none() {
            return Err("this node leads, but its term is not open yet".to_owned());
        }
        if !gauges.is_voter {
            return Err("this node is not a voter yet".to_owned());
        }
        let caught_up_to = self.applier.caught_up_to();
        if caught_up_to < gauges.committed_index {
            let behind = gauges.committed_index - caught_up_to;
            return Err(format!("this node is {behind} entries behind"));
        }
        Ok(())
    }

    /// How long this node has not heard of a leader, or as the leader of a majority.
    pub(crate) fn without_leader(&self) -> Duration {
        let metrics = self.raft.metrics();
        let metrics = metrics.borrow_watched();
        if metrics.state != ServerState::Leader {
            return self.contact.borrow().elapsed();
        }
        let others = metrics.membership_config.voter_ids().any(|voter| voter != self.id);
        match &metrics.last_quorum_acked {
            Some(at) if others => at.elapsed(),
            _ => Duration::ZERO,
        }
    }

    /// This node's line of `status`; how far it lags is for the asker to say.
    pub(crate) fn own_status(&self) -> NodeStatus {
        let gauges = self.gauges();
        NodeStatus {
            id: self.id,
            address: self.config.advertise.clone(),
            sql_address: self.config.sql_address.clone(),
            http_address: self.config.http_address.clone(),
            role: self.role(),
            term: gauges.term,
            last_log_index: gauges.last_log_index,
            applied_index: gauges.applied_index,
            lag: None,
            version: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }

    pub(crate) async fn cluster_status(&self) -> Vec<NodeStatus> {
        admin::gather_status(self).await
    }
}
