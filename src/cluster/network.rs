//! openraft's side of the network: its requests onto our connections.
//!
//! Appends have a connection of their own for each follower, on which several are under way at
//! once. Everything small (votes, heartbeats, the transfer of leadership) goes over the control
//! connection, where no append can hold it up.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::future::BoxFuture;
use futures_util::stream::BoxStream;
use futures_util::{Stream, StreamExt};
use openraft::errors::{NetworkError, RPCError, ReplicationClosed, StreamingError, Unreachable};
use openraft::network::v2::RaftNetworkV2;
use openraft::network::{RPCOption, RaftNetworkFactory, stream_append_sequential};
use openraft::raft::{
    AppendEntriesRequest, AppendEntriesResponse, SnapshotResponse, StreamAppendError, StreamAppendResult,
    TransferLeaderRequest, TransferLeaderResponse, VoteRequest, VoteResponse,
};
use tokio::runtime::Handle;
use tokio::time::{Instant, Sleep, sleep_until, timeout};

use super::format::{Ballot, Position};
use super::lane::run_in;
use super::lease::Lease;
use super::messages::{self, Answer, AppendAnswer, HeartbeatForm, Request, VoteAnswer, VoteForm};
use super::peers::{Peer, PeerError, Peers};
use super::snapshot;
use super::state_machine::{Applier, SnapshotData};
use super::transport::frame::{Frame, FrameReader, FrameWriter, Kind};
use super::transport::handshake::Purpose;
use super::types::{LogId, Member, Snapshot, Types, Vote};

/// Appends under way to one follower.
const PIPELINE: usize = 16;

/// How long a follower may take to put an append on disk, beside the time its bytes take. openraft proposes
/// the heartbeat interval; but a slow disk is no reason to send everything again, and
/// that the follower lives is shown by heartbeats, on another connection.
const APPEND_PATIENCE: Duration = Duration::from_secs(3);

/// The slowest connection that appends are patient with, in bytes a second.
const SLOWEST: usize = 1 << 20;

/// How long word of a commit waits for entries that it can go with: alone it costs both sides as much as an entry does. A node
/// whose clients wait for commits hears of them at once.
const WORD: Duration = Duration::from_millis(5);

/// Makes the clients for openraft's tasks.
pub(crate) struct Network {
    pub peers: Arc<Peers>,
    pub applier: Arc<Applier>,
    pub data: std::path::PathBuf,
    pub snapshots: Arc<SnapshotCounts>,
    pub lease: Arc<Lease>,
    /// Where all goes on but appends: the control connections are clients' more than Raft's, and copies take long.
    pub runtime: Handle,
}

/// Attempts to bring other nodes a copy.
#[derive(Default)]
pub(crate) struct SnapshotCounts {
    pub sent: AtomicU64,
    pub failed: AtomicU64,
}

/// One task's way to one node.
pub(crate) struct Client {
    peers: Arc<Peers>,
    applier: Arc<Applier>,
    data: std::path::PathBuf,
    snapshots: Arc<SnapshotCounts>,
    lease: Arc<Lease>,
    runtime: Handle,
    target: u64,
    /// Heartbeats are appends, but small and urgent.
    heartbeats: bool,
    /// The append connection, while nothing is under way on it.
    idle: Option<AppendConnection>,
}

struct AppendConnection {
    reader: FrameReader,
    writer: FrameWriter,
}

impl Network {
    fn client(&self, target: u64, node: &Member, heartbeats: bool) -> Client {
        self.peers.set_address(target, &node.address);
        Client {
            peers: self.peers.clone(),
            applier: self.applier.clone(),
            data: self.data.clone(),
            snapshots: self.snapshots.clone(),
            lease: self.lease.clone(),
            runtime: self.runtime.clone(),
            target,
            heartbeats,
            idle: None,
        }
    }
}

impl RaftNetworkFactory<Types> for Network {
    type Network = Client;

    async fn new_client(&mut self, target: u64, node: &Member) -> Client {
        self.client(target, node, false)
    }

    async fn new_heartbeat_client(&mut self, target: u64, node: &Member) -> Client {
        self.client(target, node, true)
    }
}

fn rpc_error(error: PeerError) -> RPCError<Types> {
    match error {
        // Makes openraft wait before it tries again.
        PeerError::Unreachable(..) => RPCError::Unreachable(Unreachable::from_string(error)),
        PeerError::Lost(_) | PeerError::Timeout(_) | PeerError::Malformed(..) => {
            RPCError::Network(NetworkError::from_string(error))
        }
    }
}

fn network_error(what: impl ToString) -> RPCError<Types> {
    RPCError::Network(NetworkError::from_string(what))
}

/// The peer is there but cannot answer this, perhaps because it is about to stop.
fn unexpected(answer: &Answer) -> RPCError<Types> {
    RPCError::Unreachable(Unreachable::from_string(format!("unexpected answer: {answer:?}")))
}

impl Client {
    async fn ask(&self, request: Request, option: &RPCOption) -> Result<Answer, RPCError<Types>> {
        let (peers, target, patience) = (self.peers.clone(), self.target, option.soft_ttl());
        let asked = run_in(&self.runtime, async move { peers.ask(target, &request, patience).await }).await;
        asked.map_err(network_error)?.map_err(rpc_error)
    }

    async fn ask_for_vote(&self, request: Request, option: &RPCOption) -> Result<VoteResponse<Types>, RPCError<Types>> {
        match self.ask(request, option).await? {
            Answer::Vote(VoteAnswer { ballot, granted, last }) => {
                Ok(VoteResponse::new(Vote::from(ballot), last.map(LogId::from), granted))
            }
            other => Err(unexpected(&other)),
        }
    }

    /// Whoever gets the request may act on what it says is committed.
    fn tells_commit(&self, request: &AppendEntriesRequest<Types>) {
        if let Some(commit) = &request.leader_commit {
            self.applier.learn_commit(commit.index());
        }
    }

    async fn connect(&self) -> Result<AppendConnection, RPCError<Types>> {
        let (reader, writer) = self.peers.peer(self.target).open(Purpose::Append).await.map_err(rpc_error)?;
        Ok(AppendConnection { reader, writer })
    }
}

fn vote_form(request: &VoteRequest<Types>) -> VoteForm {
    VoteForm {
        ballot: (&request.vote).into(),
        last: request.last_log_id.as_ref().map(Position::from),
        transfer: request.leadership_transfer,
    }
}

impl RaftNetworkV2<Types> for Client {
    type SnapshotData = SnapshotData;

    /// Heartbeats only: entries go through [`RaftNetworkV2::stream_append`].
    async fn append_entries(
        &mut self,
        request: AppendEntriesRequest<Types>,
        option: RPCOption,
    ) -> Result<AppendEntriesResponse<Types>, RPCError<Types>> {
        if !request.entries.is_empty() {
            return Err(network_error("entries do not go over the control connection"));
        }
        self.tells_commit(&request);
        let form = HeartbeatForm {
            ballot: (&request.vote).into(),
            previous: request.prev_log_id.as_ref().map(Position::from),
            commit: request.leader_commit.as_ref().map(Position::from),
        };
        match self.ask(Request::Heartbeat(form), &option).await? {
            Answer::Append(AppendAnswer::Appended) => Ok(AppendEntriesResponse::Success),
            // Nothing before the first entry can be missing; openraft takes that for granted.
            Answer::Append(AppendAnswer::Conflict) if request.prev_log_id.is_some() => {
                Ok(AppendEntriesResponse::Conflict)
            }
            Answer::Append(AppendAnswer::HigherBallot(ballot)) => Ok(AppendEntriesResponse::HigherVote(ballot.into())),
            other => Err(unexpected(&other)),
        }
    }

    fn stream_append<'s, S>(
        &'s mut self,
        input: S,
        option: RPCOption,
    ) -> BoxFuture<'s, Result<BoxStream<'s, Result<StreamAppendResult<Types>, RPCError<Types>>>, RPCError<Types>>>
    where
        S: Stream<Item = AppendEntriesRequest<Types>> + Send + Unpin + 'static,
    {
        if self.heartbeats {
            return stream_append_sequential(self, input, option);
        }
        Box::pin(async move {
            let connection = self.idle.take();
            let peer = self.peers.peer(self.target);
            let pipeline = Pipeline {
                client: self,
                peer,
                connection,
                input,
                exhausted: false,
                word: None,
                alarm: None,
                sent: None,
                under_way: VecDeque::new(),
            };
            let answers =
                futures_util::stream::unfold(Some(pipeline), |pipeline| async move { pipeline?.next().await });
            Ok(answers.boxed())
        })
    }

    async fn vote(
        &mut self,
        request: VoteRequest<Types>,
        option: RPCOption,
    ) -> Result<VoteResponse<Types>, RPCError<Types>> {
        self.ask_for_vote(Request::Vote(vote_form(&request)), &option).await
    }

    async fn pre_vote(
        &mut self,
        request: VoteRequest<Types>,
        option: RPCOption,
    ) -> Result<VoteResponse<Types>, RPCError<Types>> {
        self.ask_for_vote(Request::PreVote(vote_form(&request)), &option).await
    }

    async fn full_snapshot(
        &mut self,
        vote: Vote,
        snapshot: Snapshot,
        cancel: impl Future<Output = ReplicationClosed> + Send + 'static,
        _option: RPCOption,
    ) -> Result<SnapshotResponse<Types>, StreamingError<Types>> {
        let peer = self.peers.peer(self.target);
        let send = snapshot::Send {
            peer: peer.clone(),
            applier: self.applier.clone(),
            data: self.data.clone(),
            target: self.target,
        };
        let sent = run_in(&self.runtime, async move { send.run(vote, snapshot.meta).await });
        let answer = tokio::select! {
            answer = sent => answer.map_err(|error| StreamingError::Network(NetworkError::from_string(error))).flatten(),
            closed = cancel => return Err(closed.into()),
        };
        match &answer {
            Ok(_) => self.snapshots.sent.fetch_add(1, Ordering::Relaxed),
            Err(_) => self.snapshots.failed.fetch_add(1, Ordering::Relaxed),
        };
        peer.snapshot_sent(answer.as_ref().err());
        Ok(SnapshotResponse::new(answer?))
    }

    async fn transfer_leader(
        &mut self,
        request: TransferLeaderRequest<Types>,
        option: RPCOption,
    ) -> Result<TransferLeaderResponse<Types>, RPCError<Types>> {
        let from = Ballot::from(request.from_leader());
        // Who hears of it may elect another at once: nothing is counted on from here on.
        self.lease.give_up(from.term);
        let transfer =
            Request::TransferTo { from, to: *request.to_node_id(), last: request.last_log_id().map(Position::from) };
        match self.ask(transfer, &option).await? {
            Answer::TransferTo(Ok(())) => Ok(Ok(())),
            Answer::TransferTo(Err(why)) => Err(network_error(why)),
            other => Err(unexpected(&other)),
        }
    }
}

/// Appends under way on one connection; answers come in the order of the requests.
struct Pipeline<'s, S> {
    client: &'s mut Client,
    peer: Arc<Peer>,
    /// Made only for the first request: openraft's pause after an error is in waiting for that one.
    connection: Option<AppendConnection>,
    input: S,
    exhausted: bool,
    /// A request without entries that says what is committed, and until when it may wait.
    word: Option<(AppendEntriesRequest<Types>, Instant)>,
    /// Comes no later than the word is due. It is not set anew for each: that wakes the thread that sets it.
    alarm: Option<Pin<Box<Sleep>>>,
    /// The last entry sent.
    sent: Option<LogId>,
    under_way: VecDeque<UnderWay>,
}

async fn next_frame(connection: &mut Option<AppendConnection>) -> io::Result<Option<Frame>> {
    match connection {
        Some(connection) => connection.reader.next().await,
        None => std::future::pending().await,
    }
}

/// Until that moment, or somebody there waits for what is committed.
async fn wait_for_word(due: Instant, alarm: &mut Option<Pin<Box<Sleep>>>, peer: &Peer) {
    let alarm = alarm.get_or_insert_with(|| Box::pin(sleep_until(due)));
    let rung = async {
        while Instant::now() < due {
            if alarm.is_elapsed() {
                alarm.as_mut().reset(due);
            }
            alarm.as_mut().await;
        }
    };
    tokio::select! {
        () = rung => {}
        () = peer.asks() => {}
    }
}

struct UnderWay {
    previous: Option<LogId>,
    last: Option<LogId>,
    /// When to give up.
    until: Instant,
}

type Step<'s, S> = (Result<StreamAppendResult<Types>, RPCError<Types>>, Option<Pipeline<'s, S>>);

impl<'s, S> Pipeline<'s, S>
where
    S: Stream<Item = AppendEntriesRequest<Types>> + Send + Unpin + 'static,
{
    /// Sends what comes until there is an answer. After an error the connection is not used again.
    async fn next(mut self) -> Option<Step<'s, S>> {
        loop {
            if self.exhausted && self.under_way.is_empty() && self.word.is_none() {
                self.client.idle = self.connection;
                return None;
            }
            let until = self.under_way.front().map(|first| first.until);
            let room = self.under_way.len() < PIPELINE;
            let word = self.word.as_ref().map(|(_, due)| if self.exhausted { Instant::now() } else { *due });
            tokio::select! {
                biased;
                frame = next_frame(&mut self.connection) => {
                    let answer = match frame {
                        Ok(Some(frame)) => messages::decode::<AppendAnswer>(&frame.piece),
                        Ok(None) => Err("the peer has closed the append connection".to_owned()),
                        Err(error) => Err(format!("the append connection broke: {error}")),
                    };
                    return Some(match answer {
                        Ok(answer) => self.answered(answer),
                        Err(problem) => (Err(network_error(problem)), None),
                    });
                }
                () = sleep_until(until.unwrap_or_else(Instant::now)), if until.is_some() => {
                    return Some((Err(network_error("the peer does not answer appends in time")), None));
                }
                request = self.input.next(), if !self.exhausted && room => {
                    let Some(request) = request else {
                        self.exhausted = true;
                        continue;
                    };
                    if self.may_wait(&request) {
                        let due = self.word.take().map_or_else(|| Instant::now() + WORD, |(_, due)| due);
                        self.word = Some((request, due));
                        continue;
                    }
                    // It says at least as much.
                    self.word = None;
                    if let Err(error) = self.send(&request).await {
                        return Some((Err(error), None));
                    }
                }
                () = wait_for_word(word.unwrap_or_else(Instant::now), &mut self.alarm, &self.peer), if room && word.is_some() => {
                    if let Some((request, _)) = self.word.take()
                        && let Err(error) = self.send(&request).await
                    {
                        return Some((Err(error), None));
                    }
                }
            }
        }
    }

    /// Whether it only tells a node that doesn't wait for it what is committed.
    fn may_wait(&self, request: &AppendEntriesRequest<Types>) -> bool {
        request.entries.is_empty()
            && request.prev_log_id.is_some()
            && request.prev_log_id == self.sent
            && !self.peer.has_asked_lately()
    }

    async fn send(&mut self, request: &AppendEntriesRequest<Types>) -> Result<(), RPCError<Types>> {
        self.client.tells_commit(request);
        let bytes = messages::encode_append(request);
        let patience = APPEND_PATIENCE + Duration::from_secs((bytes.len() / SLOWEST) as u64);
        let connection = match &mut self.connection {
            Some(connection) => connection,
            empty => empty.insert(self.client.connect().await?),
        };
        timeout(patience, connection.writer.send(0, Kind::Request, bytes))
            .await
            .map_err(|_| network_error("the peer does not take appends in time"))?
            .map_err(network_error)?;
        let last = request.entries.last().map(|entry| entry.log_id).or(request.prev_log_id);
        self.sent = last;
        self.under_way.push_back(UnderWay { previous: request.prev_log_id, last, until: Instant::now() + patience });
        Ok(())
    }

    fn answered(mut self, answer: AppendAnswer) -> Step<'s, S> {
        let Some(first) = self.under_way.pop_front() else {
            return (Err(network_error("an answer to no append")), None);
        };
        match (answer, first.previous) {
            (AppendAnswer::Appended, _) => (Ok(Ok(first.last)), Some(self)),
            (AppendAnswer::Conflict, Some(previous)) => (Ok(Err(StreamAppendError::Conflict(previous))), None),
            (AppendAnswer::Conflict, None) => (Err(network_error("the peer rejects the very first entry")), None),
            (AppendAnswer::HigherBallot(ballot), _) => (Ok(Err(StreamAppendError::HigherVote(ballot.into()))), None),
        }
    }
}
