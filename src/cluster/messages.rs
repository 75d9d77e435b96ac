//! What nodes say to each other: requests and their answers, in postcard.
//!
//! Variants and fields are only ever appended; whatever an older node would misread raises the
//! protocol version of the handshake. Entries travel as the bytes they are kept in.

use std::sync::Arc;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::NodeStatus;
use super::format::{Ballot, MemberForm, Position, SnapshotForm};
use super::locks::{LocksForm, Reply};
use super::types::{RaftEntry, Types};
use crate::catalog::system::activity::Activity;
use crate::sql::{ResultColumn, SessionContext};
use crate::storage::{
    DatabaseChange, DatabaseOutcome, Digest, Ended, LogRecord, Outcome, SequenceValues, StatementResult,
};
use crate::types::{PgError, Row, Type, Value};

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(crate) enum Request {
    Vote(VoteForm),
    PreVote(VoteForm),
    /// An append without entries.
    Heartbeat(HeartbeatForm),
    /// The leader wants node `to` to succeed it.
    TransferTo {
        from: Ballot,
        to: u64,
        last: Option<Position>,
    },
    /// Up to where must be applied to see all that was acknowledged before now?
    /// `promised`: the term that the node which asks has adopted.
    ReadIndex {
        promised: u64,
    },
    Execute(Box<ExecuteForm>),
    /// This node's own line of `status`.
    OwnStatus,
    /// The digest taken at the entry with this id and index.
    Digest {
        id: u64,
        index: u64,
    },
    /// You have been taken out of the cluster, by the entry at this index.
    Removed {
        index: u64,
    },
    /// Is this node a member, as far as you know?
    IsMember {
        node: u64,
    },
    /// A node that waits for others to form a cluster with.
    Notice(NoticeForm),
    /// Give me a node id.
    Admit {
        uid: [u8; 16],
    },
    /// Make me, who already run under this id, a voter; or know my new address. `fresh`: I have never been a member.
    Enter {
        node: u64,
        member: MemberForm,
        fresh: bool,
    },
    ClusterStatus,
    RemoveNode {
        node: u64,
        force: bool,
    },
    TransferLeader {
        to: Option<u64>,
    },
    Check,
    /// Have you adopted no later term than this, and if it `leases`, will you not for as long as a lease?
    Confirm {
        term: u64,
        leases: bool,
    },
    /// A transaction wants the writer slot; what it does there follows as [`Further`].
    Hold(Box<HoldForm>),
    /// A node's stream of advisory locks; what it says follows as [`Word`](super::locks::Word)s.
    Locks(Box<LocksForm>),
    /// Cancel what the session runs, or end it, for the reason.
    Signal {
        session: i32,
        reason: u8,
    },
    /// What do your sessions do?
    Activity,
    /// Write this entry, as the leader.
    Database(DatabaseChange),
}

impl Request {
    /// Whether a client of the node that asks waits for it, and then perhaps for what has been committed.
    pub(crate) fn is_of_a_client(&self) -> bool {
        matches!(self, Request::ReadIndex { .. } | Request::Execute(_) | Request::Hold(_) | Request::Database(_))
    }
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(crate) enum Answer {
    Vote(VoteAnswer),
    Append(AppendAnswer),
    /// Why the leadership was not taken over.
    TransferTo(Result<(), String>),
    ReadIndex(u64),
    /// A transaction's end, and what sequences have given its session, if they have.
    Outcome(Box<Outcome>, Option<SequenceValues>),
    OwnStatus(Box<NodeStatus>),
    /// `None`: still being computed.
    Digest(Option<Result<Digest, String>>),
    Noted(NoticeForm),
    IsMember(MemberAnswer),
    Admitted {
        cluster: [u8; 16],
        node: u64,
    },
    /// The node is a voter now, or still on its way there.
    Entered {
        voter: bool,
    },
    ClusterStatus(Vec<NodeStatus>),
    /// A sentence for the operator.
    Done(String),
    NewLeader(u64),
    Checked(CheckForm),
    /// Only the leader can answer this; perhaps that is this node, at this address.
    NotLeader(Option<(u64, String)>),
    /// It can't be done, for this reason, and asking again does not help.
    Refused(String),
    /// Not now: ask again.
    Busy(String),
    /// Ahead of a transaction's end: its results, if it is committed, and what sequences have given its session.
    Executed(Vec<StatementResult>, Option<SequenceValues>),
    /// Committed at this index, with the results that were sent ahead.
    Committed(u64),
    Confirmed(bool),
    /// The slot is the transaction's, on the state at this index.
    Held(u64),
    /// Rows of its statement of this number.
    Rows(u64, Vec<Row>),
    /// How that statement has ended, and what sequences have given its session, if they have.
    Ended(u64, Result<Ended, PgError>, Option<SequenceValues>),
    /// What is said ahead on a stream of advisory locks.
    Lock(Reply),
    /// Whether there is such a session.
    Signalled(bool),
    Activity(Vec<Activity>),
    /// What came of it, and the index of its entry.
    Database(DatabaseOutcome, u64),
    /// No later term has been adopted, nor will it be for as long as a lease.
    Leased,
}

/// The transaction that a node's client wants to think about while it holds the slot.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(crate) struct HoldForm {
    pub id: [u8; 16],
    pub database: String,
    /// As in [`ExecuteForm`].
    pub term: u64,
    pub sequences: SequenceValues,
    /// The version of the snapshot that it has read.
    pub version: Option<u64>,
    pub savepoints: u64,
    pub nowait: bool,
    /// Whose transaction it is.
    pub session: i32,
}

/// What a transaction does in the slot; statements are numbered.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(crate) enum Further {
    Call(u64, Box<SessionContext>, Box<CallForm>),
    /// Stop the statement, for the reason.
    Cancel(u64, u8),
    /// Give more of its rows.
    More(u64),
    /// Give no more of them.
    Close(u64),
    Savepoint,
    Release(u64),
    RollbackTo(u64),
    Commit,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(crate) struct VoteForm {
    pub ballot: Ballot,
    pub last: Option<Position>,
    pub transfer: bool,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(crate) struct VoteAnswer {
    pub ballot: Ballot,
    pub granted: bool,
    pub last: Option<Position>,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(crate) struct HeartbeatForm {
    pub ballot: Ballot,
    pub previous: Option<Position>,
    pub commit: Option<Position>,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(crate) enum AppendAnswer {
    Appended,
    /// The entry before the first sent one is not the leader's.
    Conflict,
    /// There is a newer leader or candidate.
    HigherBallot(Ballot),
}

/// An append with entries, on its own connection.
#[derive(Serialize, Deserialize)]
struct AppendForm<'a> {
    ballot: Ballot,
    previous: Option<Position>,
    commit: Option<Position>,
    #[serde(borrow)]
    entries: Vec<EntryForm<'a>>,
}

#[derive(Serialize, Deserialize)]
struct EntryForm<'a> {
    term: u64,
    index: u64,
    #[serde(borrow, serialize_with = "as_bytes")]
    data: &'a [u8],
}

/// The same bytes as serde gives a slice, but copied at once: byte by byte, a large entry keeps the thread that also
/// sends heartbeats for seconds.
fn as_bytes<S: serde::Serializer>(data: &&[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_bytes(data)
}

/// A client's transaction, to be executed on the leader.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(crate) struct ExecuteForm {
    pub id: [u8; 16],
    pub database: String,
    /// It counts only if executed in this term: so its node can tell from the log that it never will.
    pub term: u64,
    pub context: SessionContext,
    pub sequences: SequenceValues,
    pub calls: Vec<CallForm>,
    pub abort_with: Option<PgError>,
}

/// A statement as text: the leader parses it again, to the same.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(crate) struct CallForm {
    pub text: String,
    pub offset: u32,
    pub declared: Vec<Type>,
    pub params: Vec<Value>,
    pub columns: Option<Arc<[ResultColumn]>>,
    pub rows: Vec<Row>,
    /// As [`Statement::of_cursor`](crate::sql::Statement::of_cursor).
    pub of_cursor: bool,
    /// As [`Call::only_at`](crate::storage::Call::only_at).
    pub only_at: Option<u64>,
    /// As [`Call::brief_at`](crate::storage::Call::brief_at) of who sends it.
    pub brief: Option<u64>,
}

/// What a node that waits for others knows; see [`super::forming`].
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(crate) struct NoticeForm {
    pub uid: [u8; 16],
    pub address: String,
    /// How many nodes are to form a cluster; 0: this one is not waiting for that.
    pub expect: u32,
    /// Nodes that wait, as far as is known: uid and address.
    pub known: Vec<([u8; 16], String)>,
    /// The cluster it is in already.
    pub cluster: Option<[u8; 16]>,
    /// The node it has agreed to let form the cluster; in a request: asks for that agreement.
    pub founder: Option<[u8; 16]>,
}

#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub(crate) struct MemberAnswer {
    pub member: bool,
    /// The entry that the answer is as of.
    pub as_of: Option<Position>,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(crate) struct CheckForm {
    pub index: u64,
    /// Node, address, digest.
    pub nodes: Vec<(u64, String, Result<Digest, String>)>,
}

/// The first message on a snapshot connection; the files follow.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(crate) struct SnapshotOffer {
    pub ballot: Ballot,
    pub snapshot: SnapshotForm,
    pub files: Vec<FileForm>,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(crate) struct FileForm {
    /// Relative, with `/`.
    pub path: String,
    pub size: u64,
}

/// What a snapshot's receiver says: after the offer, and when all is installed.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(crate) enum SnapshotAnswer {
    Send,
    /// Installed, or not needed; the receiver's ballot.
    Done(Ballot),
    Failed(String),
    /// All files are there; this takes a while.
    Installing,
}

pub(crate) fn encode<T: Serialize>(message: &T) -> Bytes {
    postcard::to_stdvec(message).expect("plain data serialises").into()
}

/// Nothing may follow the message.
pub(crate) fn decode<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, String> {
    match postcard::take_from_bytes(bytes) {
        Ok((message, [])) => Ok(message),
        Ok(_) => Err("bytes after a message".to_owned()),
        Err(error) => Err(format!("malformed message: {error}")),
    }
}

pub(crate) fn encode_append(request: &openraft::raft::AppendEntriesRequest<Types>) -> Bytes {
    let records: Vec<LogRecord> = request.entries.iter().map(super::format::to_record).collect();
    encode(&AppendForm {
        ballot: (&request.vote).into(),
        previous: request.prev_log_id.as_ref().map(Position::from),
        commit: request.leader_commit.as_ref().map(Position::from),
        entries: records
            .iter()
            .map(|record| EntryForm { term: record.term, index: record.index, data: &record.data })
            .collect(),
    })
}

/// Checks what openraft takes for granted: it panics over entries that do not follow each other.
pub(crate) fn decode_append(bytes: &Bytes) -> Result<openraft::raft::AppendEntriesRequest<Types>, String> {
    let form: AppendForm<'_> = decode(bytes)?;
    let mut last = form.previous;
    let mut entries: Vec<RaftEntry> = Vec::with_capacity(form.entries.len());
    for entry in &form.entries {
        let follows = match last {
            Some(last) => entry.index == last.index.wrapping_add(1) && entry.term >= last.term,
            None => entry.index == 0,
        };
        if !follows || entry.term > form.ballot.term || !form.ballot.committed {
            return Err(format!("entry {} (term {}) is out of order", entry.index, entry.term));
        }
        last = Some(Position { term: entry.term, index: entry.index });
        let record = LogRecord { index: entry.index, term: entry.term, data: bytes.slice_ref(entry.data) };
        entries.push(super::format::from_record(&record)?);
    }
    Ok(openraft::raft::AppendEntriesRequest {
        vote: form.ballot.into(),
        prev_log_id: form.previous.map(Into::into),
        entries,
        leader_commit: form.commit.map(Into::into),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::format::tests::hex;
    use crate::cluster::types::{Command, Payload, log_id};

    fn append() -> openraft::raft::AppendEntriesRequest<Types> {
        openraft::raft::AppendEntriesRequest {
            vote: Ballot { term: 3, node: 1, committed: true }.into(),
            prev_log_id: Some(log_id(2, 7)),
            entries: vec![
                RaftEntry { log_id: log_id(2, 8), payload: Payload::Blank },
                RaftEntry { log_id: log_id(3, 9), payload: Payload::Normal(Command(Bytes::from_static(b"abc"))) },
            ],
            leader_commit: Some(log_id(2, 6)),
        }
    }

    #[test]
    fn appends_have_these_bytes() {
        let bytes = encode_append(&append());
        assert_eq!(hex(&bytes), "03010101020701020602020802010003090501".to_owned() + "01616263");
        let back = decode_append(&bytes).unwrap();
        assert_eq!(back.entries, append().entries);
        assert_eq!(
            (back.vote, back.prev_log_id, back.leader_commit),
            (append().vote, append().prev_log_id, append().leader_commit)
        );
    }

    /// openraft asserts these; bytes from the network must not get so far.
    #[test]
    fn entries_out_of_order_are_refused() {
        let refused = |change: fn(&mut openraft::raft::AppendEntriesRequest<Types>)| {
            let mut request = append();
            change(&mut request);
            decode_append(&encode_append(&request)).unwrap_err()
        };
        assert!(refused(|request| request.entries[1].log_id = log_id(3, 10)).contains("out of order"));
        assert!(refused(|request| request.entries[0].log_id = log_id(1, 8)).contains("out of order"));
        assert!(refused(|request| request.entries[1].log_id = log_id(4, 9)).contains("out of order"));
        assert!(refused(|request| request.prev_log_id = None).contains("out of order"));
        assert!(refused(|request| request.prev_log_id = Some(log_id(2, u64::MAX))).contains("out of order"));
        assert!(decode_append(&Bytes::from_static(b"\x03\x01\x01\x00\x00\xff\xff\xff\xff\x0f")).is_err());
    }

    /// The order of the variants is the protocol.
    #[test]
    fn requests_have_these_bytes() {
        let ballot = Ballot { term: 3, node: 1, committed: false };
        let last = Some(Position { term: 2, index: 8 });
        for (request, expected) in [
            (Request::Vote(VoteForm { ballot, last, transfer: true }), "0003010001020801"),
            (Request::PreVote(VoteForm { ballot, last: None, transfer: false }), "0103010000 00"),
            (Request::Heartbeat(HeartbeatForm { ballot, previous: None, commit: last }), "02030100000102 08"),
            (Request::TransferTo { from: ballot, to: 9, last: None }, "030301000900"),
            (Request::ReadIndex { promised: 3 }, "0403"),
            (Request::OwnStatus, "06"),
            (Request::Digest { id: 5, index: 6 }, "070506"),
            (Request::Removed { index: 5 }, "0805"),
            (Request::IsMember { node: 5 }, "0905"),
            (Request::Admit { uid: [1; 16] }, "0b01010101010101010101010101010101"),
            (Request::ClusterStatus, "0d"),
            (Request::RemoveNode { node: 5, force: true }, "0e0501"),
            (Request::TransferLeader { to: None }, "0f00"),
            (Request::Check, "10"),
            (Request::Confirm { term: 3, leases: true }, "110301"),
            (
                Request::Hold(Box::new(HoldForm {
                    id: [1; 16],
                    database: "d".to_owned(),
                    term: 3,
                    sequences: SequenceValues::default(),
                    version: Some(9),
                    savepoints: 2,
                    nowait: false,
                    session: 5,
                })),
                "1201010101010101010101010101010101016403000000010902000a",
            ),
        ] {
            let bytes = encode(&request);
            assert_eq!(hex(&bytes), expected.replace(' ', ""), "{request:?}");
            assert_eq!(decode::<Request>(&bytes).unwrap(), request);
        }
        for (answer, expected) in [
            (Answer::Append(AppendAnswer::Conflict), "0101"),
            (Answer::ReadIndex(300), "03ac02"),
            (Answer::Entered { voter: true }, "0a01"),
            (Answer::NewLeader(2), "0d02"),
            (Answer::NotLeader(None), "0f00"),
            (Answer::Refused("no".to_owned()), "10026e6f"),
            (Answer::Busy("no".to_owned()), "11026e6f"),
            (Answer::Executed(Vec::new(), None), "120000"),
            (Answer::Committed(300), "13ac02"),
            (Answer::Confirmed(true), "1401"),
            (Answer::Held(300), "15ac02"),
            (Answer::Rows(1, vec![vec![Value::Null]]), "1601010100"),
        ] {
            let bytes = encode(&answer);
            assert_eq!(hex(&bytes), expected, "{answer:?}");
            assert_eq!(decode::<Answer>(&bytes).unwrap(), answer);
        }
        for (further, expected) in [
            (Further::Cancel(3, 1), "010301"),
            (Further::More(3), "0203"),
            (Further::Close(3), "0303"),
            (Further::Savepoint, "04"),
            (Further::Release(1), "0501"),
            (Further::RollbackTo(1), "0601"),
            (Further::Commit, "07"),
        ] {
            let bytes = encode(&further);
            assert_eq!(hex(&bytes), expected, "{further:?}");
            assert_eq!(decode::<Further>(&bytes).unwrap(), further);
        }
        assert!(decode::<Request>(b"\x04\x00\x00").is_err(), "nothing may follow");
    }
}
