//! What openraft is told of us: node ids are `u64`, terms have one leader, entries carry
//! [`storage::Entry`](crate::storage::Entry) as bytes.
//!
//! An entry is encoded once, where it is proposed, and decoded once on each node, where it is
//! applied. Between the two (log, network, cache) it stays the same bytes.

use bytes::Bytes;

use crate::storage::Applied;

openraft::declare_raft_types!(
    /// The type parameters of our Raft.
    pub(crate) Types:
        D = Command,
        R = Applied,
        NodeId = u64,
        Node = Member,
        LeaderId = openraft::impls::leader_id_std::LeaderId<Self::Term, Self::NodeId>,
);

pub(crate) type Raft = openraft::Raft<Types, super::state_machine::StateMachine>;
pub(crate) type LogId = openraft::type_config::alias::LogIdOf<Types>;
pub(crate) type Vote = openraft::type_config::alias::VoteOf<Types>;
pub(crate) type RaftEntry = openraft::type_config::alias::EntryOf<Types>;
pub(crate) type Payload = openraft::type_config::alias::PayloadOf<Types>;
pub(crate) type Membership = openraft::Membership<u64, Member>;
pub(crate) type StoredMembership = openraft::type_config::alias::StoredMembershipOf<Types>;
pub(crate) type SnapshotMeta = openraft::type_config::alias::SnapshotMetaOf<Types>;
pub(crate) type Snapshot = openraft::type_config::alias::SnapshotOf<Types, super::state_machine::SnapshotData>;

/// A node as the membership knows it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Member {
    /// `host:port` of the cluster port.
    pub address: String,
    pub sql_address: String,
    pub http_address: String,
}

/// An encoded [`storage::Entry`](crate::storage::Entry).
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Command(pub Bytes);

impl std::fmt::Debug for Command {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

impl std::fmt::Display for Command {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self:?}")
    }
}

pub(crate) fn log_id(term: u64, index: u64) -> LogId {
    LogId::new(term.into(), index)
}

/// As storage knows log ids. The term alone names the leader (`node` is 0): openraft's standard leader
/// ids allow one leader a term and do not say which one it was.
pub(crate) fn to_storage(log_id: &LogId) -> crate::storage::LogId {
    crate::storage::LogId { term: term_of(log_id), node: 0, index: log_id.index() }
}

pub(crate) fn from_storage(log_id: crate::storage::LogId) -> LogId {
    self::log_id(log_id.term, log_id.index)
}

pub(crate) fn term_of(log_id: &LogId) -> u64 {
    log_id.committed_leader_id().term
}
