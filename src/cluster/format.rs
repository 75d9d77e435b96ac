//! The bytes of what is kept in the Raft log and sent between nodes, each with a version.
//!
//! openraft's own serde forms change between its releases, so none of them is stored or sent: the
//! structs here are ours, are only ever appended to, and golden tests pin their bytes.
//!
//! ```text
//! entry       1 (version), kind, …    kind 0 blank, 1 command: the entry's bytes, 2 membership: postcard
//! slot value  1 (version), postcard   vote, committed, membership, snapshot
//! ```

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::types::{
    Command, LogId, Member, Membership, Payload, RaftEntry, SnapshotMeta, StoredMembership, Vote, log_id, term_of,
};
use crate::storage::LogRecord;

/// Of entries and of slot values.
const VERSION: u8 = 1;

const BLANK: u8 = 0;
const COMMAND: u8 = 1;
const MEMBERSHIP: u8 = 2;

/// A log id.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct Position {
    pub term: u64,
    pub index: u64,
}

impl From<&LogId> for Position {
    fn from(id: &LogId) -> Position {
        Position { term: term_of(id), index: id.index() }
    }
}

impl From<Position> for LogId {
    fn from(position: Position) -> LogId {
        log_id(position.term, position.index)
    }
}

/// Who was voted for in a term; committed once a majority did.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct Ballot {
    pub term: u64,
    pub node: u64,
    pub committed: bool,
}

impl From<&Vote> for Ballot {
    fn from(vote: &Vote) -> Ballot {
        Ballot { term: vote.leader_id.term, node: vote.leader_id.voted_for, committed: vote.committed }
    }
}

impl From<Ballot> for Vote {
    fn from(ballot: Ballot) -> Vote {
        if ballot.committed {
            Vote::new_committed(ballot.term, ballot.node)
        } else {
            Vote::new(ballot.term, ballot.node)
        }
    }
}

/// The addresses of a member.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct MemberForm {
    pub address: String,
    pub sql_address: String,
    pub http_address: String,
}

impl From<&Member> for MemberForm {
    fn from(member: &Member) -> MemberForm {
        let Member { address, sql_address, http_address } = member.clone();
        MemberForm { address, sql_address, http_address }
    }
}

impl From<MemberForm> for Member {
    fn from(form: MemberForm) -> Member {
        Member { address: form.address, sql_address: form.sql_address, http_address: form.http_address }
    }
}

/// A membership: one set of voters, or two while it changes, and all nodes, learners included.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct MembershipForm {
    pub voters: Vec<BTreeSet<u64>>,
    pub nodes: BTreeMap<u64, MemberForm>,
}

impl From<&Membership> for MembershipForm {
    fn from(membership: &Membership) -> MembershipForm {
        MembershipForm {
            voters: membership.get_joint_config().clone(),
            nodes: membership.nodes().map(|(id, member)| (*id, member.into())).collect(),
        }
    }
}

impl MembershipForm {
    fn into_membership(self) -> Result<Membership, String> {
        let nodes: BTreeMap<u64, Member> = self.nodes.into_iter().map(|(id, form)| (id, form.into())).collect();
        Membership::new(self.voters, nodes).map_err(|error| format!("impossible membership: {error}"))
    }
}

/// A membership and the entry it came with; neither before the first one.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct StoredMembershipForm {
    pub position: Option<Position>,
    pub membership: Option<MembershipForm>,
}

impl From<&StoredMembership> for StoredMembershipForm {
    fn from(stored: &StoredMembership) -> StoredMembershipForm {
        let membership = stored.membership();
        StoredMembershipForm {
            position: stored.log_id().as_ref().map(Position::from),
            membership: (!membership.get_joint_config().is_empty()).then(|| membership.into()),
        }
    }
}

impl StoredMembershipForm {
    pub(crate) fn into_stored(self) -> Result<StoredMembership, String> {
        let membership = match self.membership {
            Some(form) => form.into_membership()?,
            None => Membership::default(),
        };
        Ok(StoredMembership::new(self.position.map(LogId::from), membership))
    }
}

/// What a snapshot holds.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct SnapshotForm {
    pub last: Option<Position>,
    pub membership: StoredMembershipForm,
}

impl From<&SnapshotMeta> for SnapshotForm {
    fn from(meta: &SnapshotMeta) -> SnapshotForm {
        SnapshotForm { last: meta.last_log_id.as_ref().map(Position::from), membership: (&meta.last_membership).into() }
    }
}

impl SnapshotForm {
    pub(crate) fn into_meta(self) -> Result<SnapshotMeta, String> {
        Ok(SnapshotMeta { last_log_id: self.last.map(LogId::from), last_membership: self.membership.into_stored()? })
    }
}

/// A slot's value.
pub(crate) fn encode_slot<T: Serialize>(value: &T) -> Bytes {
    postcard::to_extend(value, vec![VERSION]).expect("plain data serialises").into()
}

pub(crate) fn decode_slot<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, String> {
    match bytes.split_first() {
        Some((&VERSION, value)) => postcard::from_bytes(value).map_err(|error| error.to_string()),
        Some((version, _)) => Err(format!("has version {version}, this version of quorlite reads {VERSION}")),
        None => Err("is empty".to_owned()),
    }
}

/// An entry's payload, as it is kept and sent.
pub(crate) fn encode_payload(payload: &Payload) -> Bytes {
    match payload {
        Payload::Blank => Bytes::from_static(&[VERSION, BLANK]),
        Payload::Normal(Command(bytes)) => {
            let mut out = Vec::with_capacity(2 + bytes.len());
            out.extend_from_slice(&[VERSION, COMMAND]);
            out.extend_from_slice(bytes);
            out.into()
        }
        Payload::Membership(membership) => {
            let form = MembershipForm::from(membership);
            postcard::to_extend(&form, vec![VERSION, MEMBERSHIP]).expect("plain data serialises").into()
        }
    }
}

/// Shares the bytes of a command.
pub(crate) fn decode_payload(bytes: &Bytes) -> Result<Payload, String> {
    match bytes[..] {
        [VERSION, BLANK] => Ok(Payload::Blank),
        [VERSION, COMMAND, ..] => Ok(Payload::Normal(Command(bytes.slice(2..)))),
        [VERSION, MEMBERSHIP, ref form @ ..] => {
            let form: MembershipForm = postcard::from_bytes(form).map_err(|error| error.to_string())?;
            Ok(Payload::Membership(form.into_membership()?))
        }
        [VERSION, kind, ..] => Err(format!("unknown kind of entry {kind}")),
        [version, ..] => Err(format!("entry of version {version}, this version of quorlite reads {VERSION}")),
        [] => Err("empty entry".to_owned()),
    }
}

pub(crate) fn to_record(entry: &RaftEntry) -> LogRecord {
    LogRecord { index: entry.log_id.index(), term: term_of(&entry.log_id), data: encode_payload(&entry.payload) }
}

pub(crate) fn from_record(record: &LogRecord) -> Result<RaftEntry, String> {
    let payload =
        decode_payload(&record.data).map_err(|error| format!("entry {} cannot be read: {error}", record.index))?;
    Ok(RaftEntry { log_id: log_id(record.term, record.index), payload })
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn membership() -> Membership {
        let member = |name: &str| Member {
            address: format!("{name}:7"),
            sql_address: format!("{name}:5"),
            http_address: format!("{name}:8"),
        };
        let nodes: BTreeMap<u64, Member> = [(1, member("a")), (2, member("b")), (300, member("c"))].into();
        Membership::new(vec![[1, 2].into(), [1, 300].into()], nodes).unwrap()
    }

    /// These bytes lie in users' files: a change here needs a new version and a way to read the old one.
    #[test]
    fn entries_have_these_bytes() {
        let cases = [
            (Payload::Blank, "0100"),
            (Payload::Normal(Command(Bytes::from_static(b"\x01\x02\xff"))), "01010102ff"),
            (
                Payload::Membership(membership()),
                "010202020102\
                 0201ac02\
                 0301\
                 03613a3703613a3503613a38\
                 02\
                 03623a3703623a3503623a38\
                 ac02\
                 03633a3703633a3503633a38",
            ),
        ];
        for (payload, expected) in cases {
            let bytes = encode_payload(&payload);
            assert_eq!(hex(&bytes), expected);
            assert_eq!(decode_payload(&bytes).unwrap(), payload);
        }
    }

    #[test]
    fn slots_have_these_bytes() {
        let ballot = Ballot { term: 300, node: 2, committed: true };
        assert_eq!(hex(&encode_slot(&ballot)), "01ac020201");
        assert_eq!(decode_slot::<Ballot>(&encode_slot(&ballot)).unwrap(), ballot);
        assert_eq!(Ballot::from(&Vote::from(ballot)), ballot);
        let position = Position { term: 3, index: 128 };
        assert_eq!(hex(&encode_slot(&position)), "01038001");

        let stored = StoredMembership::new(Some(log_id(3, 9)), membership());
        let meta = SnapshotMeta { last_log_id: Some(log_id(4, 128)), last_membership: stored };
        let bytes = encode_slot(&SnapshotForm::from(&meta));
        assert_eq!(
            hex(&bytes),
            "01010480010103090102020102\
             0201ac02030103613a3703613a3503613a380203623a3703623a3503623a38ac0203633a3703633a3503633a38"
        );
        assert_eq!(decode_slot::<SnapshotForm>(&bytes).unwrap().into_meta().unwrap(), meta);

        let empty = StoredMembership::default();
        let bytes = encode_slot(&StoredMembershipForm::from(&empty));
        assert_eq!(hex(&bytes), "010000");
        assert_eq!(decode_slot::<StoredMembershipForm>(&bytes).unwrap().into_stored().unwrap(), empty);
    }

    #[test]
    fn wrong_bytes_are_an_error() {
        for bytes in [&b""[..], b"\x01", b"\x02\x00", b"\x01\x07", b"\x01\x02", b"\x01\x02\x01\x01\x05\x00"] {
            assert!(decode_payload(&Bytes::copy_from_slice(bytes)).is_err(), "{bytes:?}");
        }
        assert!(decode_slot::<Ballot>(b"\x02\x01\x01\x01").unwrap_err().contains("version 2"));
        assert!(decode_slot::<Ballot>(b"\x01\xff").is_err());
    }
}
