//! Answers what others ask of this node, members and guests.

use std::io;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use openraft::raft::{
    AppendEntriesRequest, AppendEntriesResponse, StreamAppendError, TransferLeaderRequest, VoteRequest, VoteResponse,
};
use tokio::sync::mpsc;

use super::attendance::removed;
use super::format::{Ballot, Position};
use super::forming::Lobby;
use super::lease::Confirmation;
use super::messages::{self, Answer, AppendAnswer, HeartbeatForm, NoticeForm, Request, VoteAnswer, VoteForm};
use super::node::Inner;
use super::peers::PeerError;
use super::snapshot;
use super::transport;
use super::transport::frame::{Assembler, FrameReader, FrameWriter, Kind};
use super::transport::handshake::{Door, Hello, Membership, Purpose};
use super::transport::server::{Interim, MEMBER_MESSAGE, Service};
use super::types::Types;
use crate::storage::Cancel;

/// How long a guest's request waits for a leader, and for the leader's answer.
const RELAY: Duration = Duration::from_secs(3);
const RELAYED: Duration = Duration::from_secs(600);

/// Appends that have been read but not answered; the follower's share of the pipeline.
const APPENDS: usize = 8;

/// The cluster port's inhabitant: first a waiting node, then a member.
pub(crate) struct Station {
    nonce: [u8; 16],
    lobby: Arc<Lobby>,
    node: OnceLock<Arc<Inner>>,
}

impl Station {
    pub(crate) fn new(nonce: [u8; 16], lobby: Arc<Lobby>) -> Arc<Station> {
        Arc::new(Station { nonce, lobby, node: OnceLock::new() })
    }

    /// The node has its place: everything is answered from now on.
    pub(crate) fn open(&self, node: Arc<Inner>) {
        let _ = self.node.set(node);
    }

    fn membership(&self) -> Option<Membership> {
        self.node.get().map(|node| Membership { cluster: *node.cluster.as_bytes(), node: node.id })
    }

    fn noted(&self, notice: &NoticeForm) -> Answer {
        Answer::Noted(self.lobby.answer(notice, self.membership().map(|is| is.cluster)))
    }

    fn node(&self) -> io::Result<&Arc<Inner>> {
        self.node.get().ok_or_else(|| io::Error::other("this node has no cluster yet"))
    }
}

fn malformed(what: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.into())
}

impl Service for Station {
    fn door(&self) -> Door {
        Door { nonce: self.nonce, is: self.membership() }
    }

    fn greeted(&self, hello: &Hello) {
        if let (Some(node), Some(from), Some(address)) = (self.node.get(), &hello.from, &hello.advertise)
            && from.cluster == *node.cluster.as_bytes()
            && from.node != node.id
        {
            node.peers.heard_of(from.node, address);
        }
    }

    async fn request(&self, hello: &Hello, message: Bytes, cancel: Cancel, interim: Interim) -> io::Result<Bytes> {
        let request: Request = messages::decode(&message).map_err(malformed)?;
        drop(message);
        let answer = match (request, self.node.get()) {
            (Request::Notice(notice), _) => self.noted(&notice),
            (_, None) => Answer::Busy("that node has not formed or joined a cluster yet".to_owned()),
            (request, Some(node)) if hello.purpose == Purpose::Guest => node.answer_guest(request).await?,
            (request, Some(node)) => {
                let from = hello.from.as_ref().map_or(0, |from| from.node);
                node.answer_member(from, request, cancel, interim).await?
            }
        };
        Ok(messages::encode(&answer))
    }

    fn busy(&self) -> Bytes {
        messages::encode(&Answer::Busy("too many requests at once".to_owned()))
    }

    async fn appends(&self, _hello: &Hello, reader: FrameReader, writer: FrameWriter) -> io::Result<()> {
        let (sender, requests) = mpsc::channel(APPENDS);
        // Dropping either side ends the other.
        tokio::select! {
            result = read_appends(reader, sender) => {
                result?;
                Ok(())
            }
            result = answer_appends(self.node()?, requests, writer) => result,
        }
    }

    async fn snapshot(&self, _hello: &Hello, reader: FrameReader, writer: FrameWriter) -> io::Result<()> {
        let node = self.node()?;
        let receive = snapshot::Receive {
            raft: &node.raft,
            applier: &node.applier,
            data: node.data.path(),
            turn: &node.snapshot_turn,
        };
        receive.run(reader, writer).await
    }
}

/// Ends when the connection does.
async fn read_appends(mut reader: FrameReader, requests: mpsc::Sender<AppendEntriesRequest<Types>>) -> io::Result<()> {
    let mut assembler = Assembler::new(MEMBER_MESSAGE);
    while let Some(frame) = reader.next().await? {
        if frame.kind != Kind::Request {
            return Err(malformed("an append connection carries appends only"));
        }
        if let Some(message) = assembler.add(frame)? {
            let request = messages::decode_append(&message).map_err(malformed)?;
            if requests.send(request).await.is_err() {
                // The answering side has had enough; its result tells why.
                std::future::pending::<()>().await;
            }
        }
    }
    Ok(())
}

/// Ends with the first answer that is not "appended": what follows on the connection would build on it.
async fn answer_appends(
    node: &Inner,
    requests: mpsc::Receiver<AppendEntriesRequest<Types>>,
    mut writer: FrameWriter,
) -> io::Result<()> {
    use futures_util::StreamExt;
    let requests = futures_util::stream::unfold(requests, |mut requests| async move {
        let request = requests.recv().await?;
        Some((request, requests))
    });
    let mut answers = std::pin::pin!(node.raft.stream_append(requests));
    while let Some(answer) = answers.next().await {
        let answer = match answer {
            Ok(Ok(_)) => AppendAnswer::Appended,
            Ok(Err(StreamAppendError::Conflict(_))) => AppendAnswer::Conflict,
            Ok(Err(StreamAppendError::HigherVote(vote))) => AppendAnswer::HigherBallot((&vote).into()),
            Err(fatal) => return Err(io::Error::other(fatal)),
        };
        node.heard_from_leader(&answer);
        let last = answer != AppendAnswer::Appended;
        writer.send(0, Kind::Response, messages::encode(&answer)).await?;
        if last {
            return Ok(());
        }
    }
    Ok(())
}

fn vote_request(form: VoteForm) -> VoteRequest<Types> {
    let mut request = VoteRequest::new(form.ballot.into(), form.last.map(Into::into));
    request.leadership_transfer = form.transfer;
    request
}

fn vote_answer(response: &VoteResponse<Types>) -> Answer {
    Answer::Vote(VoteAnswer {
        ballot: (&response.vote).into(),
        granted: response.vote_granted,
        last: response.last_log_id.as_ref().map(Position::from),
    })
}

impl Inner {
    /// Whoever may append leads.
    fn heard_from_leader(&self, answer: &AppendAnswer) {
        if !matches!(answer, AppendAnswer::HigherBallot(_)) {
            self.contact.send_replace(std::time::Instant::now());
        }
    }

    async fn answer_member(
        self: &Arc<Inner>,
        from: u64,
        request: Request,
        cancel: Cancel,
        interim: Interim,
    ) -> io::Result<Answer> {
        let stopped = io::Error::other;
        if request.is_of_a_client() {
            self.peers.peer(from).has_asked();
        }
        Ok(match request {
            Request::Vote(form) => vote_answer(&self.raft.vote(vote_request(form)).await.map_err(stopped)?),
            Request::PreVote(form) => vote_answer(&self.raft.pre_vote(vote_request(form)).await.map_err(stopped)?),
            Request::Heartbeat(form) => Answer::Append(self.heartbeat(form).await?),
            Request::TransferTo { from, to, last } => self.transfer_to(from, to, last).await?,
            // With the one that asks it may be a majority already.
            Request::ReadIndex { promised } if self.leader() == Some(self.id) => {
                if let Some(index) = self.leased_read_index() {
                    return Ok(Answer::ReadIndex(index));
                }
                match self.leader_read_index(Some((from, promised)), self.config.timing.election_max * 2).await {
                    Ok(index) => Answer::ReadIndex(index),
                    Err(why) => Answer::Busy(why),
                }
            }
            Request::ReadIndex { .. } => self.not_leader(),
            Request::Confirm { term, leases } => match self.promised.confirm(term, leases) {
                Confirmation::Overtaken => Answer::Confirmed(false),
                Confirmation::Now => Answer::Confirmed(true),
                Confirmation::Leased => Answer::Leased,
            },
            Request::Execute(form) => self.execute_forwarded(*form, cancel, interim).await,
            Request::Hold(form) => self.hold_forwarded(*form, cancel, interim).await,
            Request::Locks(form) => self.keep_desk_of(from, *form, cancel, interim).await,
            Request::Signal { session, reason } => {
                let reason = transport::server::reason(&[reason]);
                Answer::Signalled(self.residents(|residents| residents.signal(session, reason)))
            }
            Request::Activity => Answer::Activity(self.residents(|residents| residents.activity())),
            Request::OwnStatus => Answer::OwnStatus(Box::new(self.own_status())),
            Request::Digest { id, index } => Answer::Digest(self.digest(id, index)),
            Request::Removed { index } => {
                let known = self.membership().log_id().as_ref().map_or(0, |id| id.index());
                // Old news: it has been let in again since.
                if index >= known {
                    self.applier.fail(removed(self.id));
                }
                Answer::Done(String::new())
            }
            Request::IsMember { node } => Answer::IsMember(self.is_member(node)),
            Request::Notice(_) => return Err(malformed("a notice is answered before this")),
            request => self.lead(request).await,
        })
    }

    /// What concerns the cluster goes to the leader, on whichever node the guest has come in.
    async fn answer_guest(self: &Arc<Inner>, request: Request) -> io::Result<Answer> {
        match request {
            Request::ClusterStatus => return Ok(Answer::ClusterStatus(self.cluster_status().await)),
            Request::IsMember { node } => return Ok(Answer::IsMember(self.is_member(node))),
            Request::Admit { .. }
            | Request::Enter { .. }
            | Request::RemoveNode { .. }
            | Request::TransferLeader { .. }
            | Request::Check => {}
            _ => return Err(malformed("this is not for guests")),
        }
        let deadline = tokio::time::Instant::now() + RELAY;
        loop {
            let (answer, again) = match self.leader() {
                Some(leader) if leader == self.id => (self.lead(request.clone()).await, false),
                Some(leader) => match self.peers.ask(leader, &request, RELAYED).await {
                    Ok(answer) => (answer, false),
                    Err(error) => (Answer::Busy(error.to_string()), matches!(error, PeerError::Unreachable(..))),
                },
                None => (Answer::NotLeader(None), true),
            };
            let again = again || matches!(answer, Answer::NotLeader(_));
            if !again || tokio::time::Instant::now() >= deadline {
                return Ok(answer);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// What only the leader does.
    async fn lead(self: &Arc<Inner>, request: Request) -> Answer {
        if self.leadership.executing().is_none() {
            return self.not_leader();
        }
        match request {
            Request::Admit { uid } => self.admit(uid).await,
            Request::Enter { node, member, fresh } => self.enter(node, member.into(), fresh).await,
            Request::RemoveNode { node, force } => self.remove(node, force).await,
            Request::TransferLeader { to } => match self.hand_over(to).await {
                Ok(leader) => Answer::NewLeader(leader),
                Err(why) => Answer::Refused(why),
            },
            Request::Check => super::admin::check_all(self).await,
            Request::Database(change) => self.lead_database(&change).await,
            other => Answer::Refused(format!("nobody answers this: {other:?}")),
        }
    }

    async fn heartbeat(&self, form: HeartbeatForm) -> io::Result<AppendAnswer> {
        if !form.ballot.committed {
            return Err(malformed("a heartbeat from somebody who does not lead"));
        }
        let request = AppendEntriesRequest {
            vote: form.ballot.into(),
            prev_log_id: form.previous.map(Into::into),
            entries: Vec::new(),
            leader_commit: form.commit.map(Into::into),
        };
        let answer = match self.raft.append_entries(request).await.map_err(io::Error::other)? {
            AppendEntriesResponse::Success | AppendEntriesResponse::PartialSuccess(_) => AppendAnswer::Appended,
            AppendEntriesResponse::Conflict => AppendAnswer::Conflict,
            AppendEntriesResponse::HigherVote(vote) => AppendAnswer::HigherBallot((&vote).into()),
        };
        self.heard_from_leader(&answer);
        Ok(answer)
    }

    async fn transfer_to(&self, from: Ballot, to: u64, last: Option<Position>) -> io::Result<Answer> {
        self.promised.release(from.term);
        let request = TransferLeaderRequest::new(from.into(), to, last.map(Into::into));
        let answer = self.raft.handle_transfer_leader(request).await.map_err(io::Error::other)?;
        Ok(Answer::TransferTo(answer.map_err(|error| error.to_string())))
    }
}
