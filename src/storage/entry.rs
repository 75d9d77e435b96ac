//! What is replicated: the entries of the Raft log, as storage sees them.
//!
//! Their bytes outlive releases: [`Entry::encode`] writes a version first, and a golden test pins them.

use serde::{Deserialize, Serialize};

/// A position in the Raft log (Raft's term, the leader that proposed in that term, the index).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct LogId {
    pub term: u64,
    pub node: u64,
    pub index: u64,
}

/// A client transaction's identity, random: an outcome can be looked for in the log.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct TransactionId(pub [u8; 16]);

#[derive(Clone, Debug, PartialEq)]
pub enum Entry {
    /// A new leader's first entry of its term: it executes only once this has been applied.
    Open { node: u64, incarnation: u64 },
    /// Row effects of client transactions.
    Batch(Batch),
    /// Gives the node with this unique key a node id, the same one however often it asks.
    /// Kept in `system.sqlite`; ids are never given twice.
    AdmitNode { key: [u8; 16] },
    /// Every node takes a digest of its files at this very index.
    Digest { id: u64 },
}

#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    /// The term the batch was executed in: it counts only if the log id's term is the same.
    pub term: u64,
    pub node: u64,
    pub incarnation: u64,
    /// Numbered by the writer of one file within an incarnation.
    pub number: u64,
    /// The files it changes.
    pub files: Vec<FileBatch>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct FileBatch {
    /// `databases/NAME` or `system`.
    pub file: String,
    /// The data version of the file that the batch was executed on.
    pub base_version: u64,
    pub transactions: Vec<TransactionEffects>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct TransactionEffects {
    pub id: TransactionId,
    pub effects: Vec<Effect>,
}

/// One change, in the order it happened. Storage's owner refines the variants (keys of WITHOUT ROWID tables,
/// table names interned); see `effects`.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// SQLite DDL text.
    Schema(String),
    /// All rows of a table deleted.
    Truncate(String),
}

/// What applying an entry came to, the same on every node.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Applied {
    /// Blank, opening and digest entries, and those a file already had.
    Nothing,
    /// Effects are in the files.
    Accepted,
    /// Executed on another state or in another term: no effect, on any node.
    Superseded,
    /// The id given to a node.
    Node(u64),
}

impl Entry {
    /// Version byte, then the fields.
    pub fn encode(&self) -> Vec<u8> {
        todo!()
    }

    /// Errors say what is wrong with the bytes; never panics, never allocates more than the input justifies.
    pub fn decode(_bytes: &[u8]) -> Result<Entry, String> {
        todo!()
    }
}
