//! What is replicated: the entries of the Raft log, as storage sees them.
//!
//! Their bytes outlive releases: [`Entry::encode`] writes a version first, and a golden test pins them.
//!
//! ```text
//! 1 (version), then
//!   1 open     node, incarnation
//!   2 batch    term, node, incarnation, number, files × (name, base version, tables × name,
//!              transactions × (16 bytes id, effects as bytes))
//!   3 admit    16 bytes key
//!   4 digest   id
//! 2 (version), then
//!   5 piece    term, node, incarnation, number, name, base version, place, effects as bytes
//!   6 batch    as 2, with the count of pieces behind each file's base version
//! 3 (version), then
//!   7 create   16 bytes key, name, options, whether there is a template, its OID if so
//!   8 drop     OID
//!   9 alter    OID, whether there is a new name, it if so, changes of options
//! 4 (version), then
//!   10 setting OID of a database, of a role, what becomes of their settings
//! 5 (version), then
//!   11 batch   as of pieces (6), and after each transaction's effects what its client is answered
//! ```
//!
//! A database's options are three bytes of 0 or 1 (connections allowed, is a template, has a limit), and the limit if so. Of a
//! change of options each of these bytes is 2 more where it is changed, and 0 where it isn't. What becomes of settings is 1,
//! a name and its value; 2 and a name, which is forgotten; or 3: all are.
//!
//! Integers are varints, names and effects have their length first, lists their count. What the first version could say
//! is still said in it, so that nodes of the release before understand all but large transactions, and those of a follower's clients.
//!
//! **Pieces.** A batch whose effects are too many for one entry is split: most of them come ahead, in pieces, and the
//! batch says how many there are. The effects are one stream of bytes, cut anywhere: the pieces by their place,
//! then those in the batch. Pieces alone have no effect; they are kept ([`super::pieces`]) until their batch, or what
//! shows that it won't come. Whoever proposes a batch has seen all of its pieces applied, so in the log they are before it.

use serde::{Deserialize, Serialize};

use super::codec::{Cursor, Malformed, put_bytes, put_varint};
use super::effects::{Effect, Effects};
use crate::catalog::{DatabaseOptions, OptionsChange, SessionsOf, SettingChange};

/// The version of most entries.
const FIRST: u8 = 1;
/// The version of those that have to do with pieces.
const SECOND: u8 = 2;
/// The version of those that have to do with databases.
const THIRD: u8 = 3;
/// The version of those that have to do with what sessions begin with.
const FOURTH: u8 = 4;
/// The version of batches that say what their clients are answered.
const FIFTH: u8 = 5;

const OPEN: u8 = 1;
const BATCH: u8 = 2;
const ADMIT_NODE: u8 = 3;
const DIGEST: u8 = 4;
const PIECE: u8 = 5;
const BATCH_OF_PIECES: u8 = 6;
const CREATE_DATABASE: u8 = 7;
const DROP_DATABASE: u8 = 8;
const ALTER_DATABASE: u8 = 9;
const SETTING: u8 = 10;
const BATCH_OF_ANSWERS: u8 = 11;

const SET: u8 = 1;
const RESET: u8 = 2;
const RESET_ALL: u8 = 3;

/// More than any batch needs; keeps what hostile bytes can make us allocate near their own size.
const MAX_TABLES: usize = 1 << 16;
const MAX_FILES: usize = 1 << 10;
/// Bytes of a database's name: NAMEDATALEN - 1.
const MAX_NAME: usize = 63;

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
    /// Effects of a batch that is yet to come.
    Piece(Piece),
    /// What databases there are, and what their sessions begin with.
    Database(DatabaseChange),
}

/// A change of the lists of databases and of settings in `system.sqlite`; databases are named by their OIDs, which are never given twice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum DatabaseChange {
    Create {
        /// Random: the same change, sent again, creates no second one.
        key: [u8; 16],
        name: String,
        options: DatabaseOptions,
        /// The database it is a copy of; `None`: it begins empty.
        template: Option<u32>,
    },
    Drop {
        oid: u32,
    },
    /// What it doesn't name stays as it is: several may be under way.
    Alter {
        oid: u32,
        name: Option<String>,
        options: OptionsChange,
    },
    /// ALTER ROLE and ALTER DATABASE with SET or RESET.
    Setting {
        of: SessionsOf,
        change: SettingChange,
    },
}

/// What a [`DatabaseChange`] came to, the same on every node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DatabaseOutcome {
    /// It is so.
    Done,
    /// Another database has the name.
    Exists,
    /// There is no such database, or no such template.
    Missing,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Piece {
    pub of: PiecesOf,
    /// `databases/NAME` or `system`.
    pub file: String,
    /// Counted from 0.
    pub place: u64,
    /// A part of the stream of the batch's effects, cut anywhere.
    pub effects: Vec<u8>,
}

/// Whose pieces they are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PiecesOf {
    /// As in the [`Batch`].
    pub term: u64,
    pub node: u64,
    pub incarnation: u64,
    pub number: u64,
    /// As in its [`FileBatch`].
    pub base_version: u64,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    /// The term the batch was executed in: it counts only if the log id's term is the same.
    pub term: u64,
    pub node: u64,
    pub incarnation: u64,
    /// Unique within an incarnation; rising for one file.
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
    /// Pieces that have come ahead.
    pub pieces: u64,
    /// The names that the effects refer to by number.
    pub tables: Vec<String>,
    pub transactions: Vec<TransactionEffects>,
}

/// Bytes of effects that are applied in no time.
const BRIEF_BYTES: usize = 16 << 10;
/// And how many: each may have to be looked for on the disk. Those of a statement by each of many clients.
const BRIEF_EFFECTS: usize = 256;

impl FileBatch {
    /// Whether it is applied in no time: an index may take long to be made, and a table to be emptied.
    pub(super) fn is_brief(&self) -> bool {
        let bytes: usize = self.transactions.iter().map(|transaction| transaction.effects.len()).sum();
        let of_a_row = |effect: Effect| !matches!(effect, Effect::Schema(_) | Effect::Truncate { .. });
        if self.pieces > 0 || bytes > BRIEF_BYTES {
            return false;
        }
        let mut effects =
            self.transactions.iter().flat_map(|transaction| Effects::new(&transaction.effects, self.tables.len()));
        effects.by_ref().take(BRIEF_EFFECTS).all(|effect| effect.is_ok_and(of_a_row)) && effects.next().is_none()
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct TransactionEffects {
    pub id: TransactionId,
    /// Records as described in `storage::effects`; empty if it changed nothing, or all of it came in pieces.
    pub effects: Vec<u8>,
    /// What its client is to hear, for the node that has it to tell should the leader be gone ([`super::Reply`]); often nothing.
    pub answer: Vec<u8>,
}

/// What a batch's bytes tell.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Plain,
    /// … and how many pieces have come.
    Pieces,
    /// … and what clients are answered.
    Answers,
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
    Database(DatabaseOutcome),
}

impl Entry {
    /// Version byte, then the fields.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = vec![match self {
            Entry::Database(DatabaseChange::Setting { .. }) => FOURTH,
            Entry::Database(_) => THIRD,
            Entry::Batch(batch) if batch.has_answers() => FIFTH,
            _ if self.is_of_pieces() => SECOND,
            _ => FIRST,
        }];
        match self {
            Entry::Open { node, incarnation } => {
                out.push(OPEN);
                put_varint(&mut out, *node);
                put_varint(&mut out, *incarnation);
            }
            Entry::Batch(batch) => {
                let form = match (batch.has_answers(), self.is_of_pieces()) {
                    (true, _) => Form::Answers,
                    (false, true) => Form::Pieces,
                    (false, false) => Form::Plain,
                };
                out.push(match form {
                    Form::Plain => BATCH,
                    Form::Pieces => BATCH_OF_PIECES,
                    Form::Answers => BATCH_OF_ANSWERS,
                });
                batch.encode(&mut out, form);
            }
            Entry::AdmitNode { key } => {
                out.push(ADMIT_NODE);
                out.extend_from_slice(key);
            }
            Entry::Digest { id } => {
                out.push(DIGEST);
                put_varint(&mut out, *id);
            }
            Entry::Piece(piece) => {
                out.push(PIECE);
                piece.encode(&mut out);
            }
            Entry::Database(change) => change.encode(&mut out),
        }
        out
    }

    /// Whether only the second version can say it.
    fn is_of_pieces(&self) -> bool {
        match self {
            Entry::Batch(batch) => batch.files.iter().any(|file| file.pieces > 0),
            Entry::Piece(_) => true,
            Entry::Open { .. } | Entry::AdmitNode { .. } | Entry::Digest { .. } | Entry::Database(_) => false,
        }
    }

    /// Errors say what is wrong with the bytes; never panics, never allocates more than the input justifies.
    pub fn decode(bytes: &[u8]) -> Result<Entry, String> {
        let mut cursor = Cursor::new(bytes);
        let version = match cursor.byte() {
            Ok(version @ FIRST..=FIFTH) => version,
            Ok(version) => {
                return Err(format!("log entry of format {version}; this release reads formats {FIRST} to {FIFTH}"));
            }
            Err(_) => return Err("empty log entry".to_owned()),
        };
        Entry::read(&mut cursor, version).map_err(|malformed| format!("malformed log entry: {malformed}"))
    }

    fn read(cursor: &mut Cursor<'_>, version: u8) -> Result<Entry, Malformed> {
        let entry = match (version, cursor.byte()?) {
            (FIRST, OPEN) => Entry::Open { node: cursor.varint()?, incarnation: cursor.varint()? },
            (FIRST, BATCH) => Entry::Batch(Batch::read(cursor, Form::Plain)?),
            (FIRST, ADMIT_NODE) => Entry::AdmitNode { key: cursor.array()? },
            (FIRST, DIGEST) => Entry::Digest { id: cursor.varint()? },
            (SECOND, PIECE) => Entry::Piece(Piece::read(cursor)?),
            (SECOND, BATCH_OF_PIECES) => Entry::Batch(Batch::read(cursor, Form::Pieces)?),
            (THIRD, kind) => Entry::Database(DatabaseChange::read(cursor, kind)?),
            (FOURTH, SETTING) => Entry::Database(read_setting(cursor)?),
            (FIFTH, BATCH_OF_ANSWERS) => Entry::Batch(Batch::read(cursor, Form::Answers)?),
            _ => return Err(Malformed::Unknown("kind of entry")),
        };
        cursor.end()?;
        Ok(entry)
    }
}

impl DatabaseChange {
    fn encode(&self, out: &mut Vec<u8>) {
        match self {
            DatabaseChange::Create { key, name, options, template } => {
                out.push(CREATE_DATABASE);
                out.extend_from_slice(key);
                put_bytes(out, name.as_bytes());
                put_options(out, options);
                out.push(template.is_some().into());
                if let Some(template) = template {
                    put_varint(out, u64::from(*template));
                }
            }
            DatabaseChange::Drop { oid } => {
                out.push(DROP_DATABASE);
                put_varint(out, u64::from(*oid));
            }
            DatabaseChange::Alter { oid, name, options } => {
                out.push(ALTER_DATABASE);
                put_varint(out, u64::from(*oid));
                out.push(name.is_some().into());
                if let Some(name) = name {
                    put_bytes(out, name.as_bytes());
                }
                put_options_change(out, options);
            }
            DatabaseChange::Setting { of, change } => {
                out.push(SETTING);
                put_varint(out, u64::from(of.database));
                put_varint(out, u64::from(of.role));
                put_setting_change(out, change);
            }
        }
    }

    fn read(cursor: &mut Cursor<'_>, kind: u8) -> Result<DatabaseChange, Malformed> {
        Ok(match kind {
            CREATE_DATABASE => DatabaseChange::Create {
                key: cursor.array()?,
                name: database_name(cursor)?,
                options: options(cursor)?,
                template: if flag(cursor)? { Some(oid(cursor)?) } else { None },
            },
            DROP_DATABASE => DatabaseChange::Drop { oid: oid(cursor)? },
            ALTER_DATABASE => DatabaseChange::Alter {
                oid: oid(cursor)?,
                name: if flag(cursor)? { Some(database_name(cursor)?) } else { None },
                options: options_change(cursor)?,
            },
            _ => return Err(Malformed::Unknown("kind of entry")),
        })
    }
}

fn read_setting(cursor: &mut Cursor<'_>) -> Result<DatabaseChange, Malformed> {
    let of = SessionsOf { database: oid(cursor)?, role: oid(cursor)? };
    let change = match cursor.byte()? {
        SET => SettingChange::Set { name: cursor.str()?.to_owned(), value: cursor.str()?.to_owned() },
        RESET => SettingChange::Reset { name: cursor.str()?.to_owned() },
        RESET_ALL => SettingChange::ResetAll,
        _ => return Err(Malformed::Unknown("change of a setting")),
    };
    Ok(DatabaseChange::Setting { of, change })
}

fn put_setting_change(out: &mut Vec<u8>, change: &SettingChange) {
    match change {
        SettingChange::Set { name, value } => {
            out.push(SET);
            put_bytes(out, name.as_bytes());
            put_bytes(out, value.as_bytes());
        }
        SettingChange::Reset { name } => {
            out.push(RESET);
            put_bytes(out, name.as_bytes());
        }
        SettingChange::ResetAll => out.push(RESET_ALL),
    }
}

fn put_options(out: &mut Vec<u8>, options: &DatabaseOptions) {
    out.extend([options.allow_connections, options.is_template, options.connection_limit.is_some()].map(u8::from));
    if let Some(limit) = options.connection_limit {
        put_varint(out, u64::from(limit));
    }
}

fn options(cursor: &mut Cursor<'_>) -> Result<DatabaseOptions, Malformed> {
    let (allow_connections, is_template, limited) = (flag(cursor)?, flag(cursor)?, flag(cursor)?);
    let connection_limit = if limited { Some(limit(cursor)?) } else { None };
    Ok(DatabaseOptions { allow_connections, is_template, connection_limit })
}

fn put_options_change(out: &mut Vec<u8>, change: &OptionsChange) {
    let limited = change.connection_limit.map(|limit| limit.is_some());
    out.extend(
        [change.allow_connections, change.is_template, limited].map(|flag| flag.map_or(0, |flag| 2 + u8::from(flag))),
    );
    if let Some(Some(limit)) = change.connection_limit {
        put_varint(out, u64::from(limit));
    }
}

fn options_change(cursor: &mut Cursor<'_>) -> Result<OptionsChange, Malformed> {
    let flag = |cursor: &mut Cursor<'_>| match cursor.byte()? {
        0 => Ok(None),
        2 => Ok(Some(false)),
        3 => Ok(Some(true)),
        _ => Err(Malformed::Range("flag")),
    };
    let (allow_connections, is_template, limited) = (flag(cursor)?, flag(cursor)?, flag(cursor)?);
    let connection_limit = match limited {
        Some(true) => Some(Some(limit(cursor)?)),
        other => other.map(|_| None),
    };
    Ok(OptionsChange { allow_connections, is_template, connection_limit })
}

fn limit(cursor: &mut Cursor<'_>) -> Result<u32, Malformed> {
    u32::try_from(cursor.varint()?).map_err(|_| Malformed::Range("limit"))
}

fn flag(cursor: &mut Cursor<'_>) -> Result<bool, Malformed> {
    match cursor.byte()? {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(Malformed::Range("flag")),
    }
}

fn oid(cursor: &mut Cursor<'_>) -> Result<u32, Malformed> {
    u32::try_from(cursor.varint()?).map_err(|_| Malformed::Range("OID"))
}

/// As long as a name may be, and so of a length that a file's name can have.
fn database_name(cursor: &mut Cursor<'_>) -> Result<String, Malformed> {
    let name = cursor.str()?;
    if name.is_empty() || name.len() > MAX_NAME { Err(Malformed::Range("database name")) } else { Ok(name.to_owned()) }
}

impl Piece {
    fn encode(&self, out: &mut Vec<u8>) {
        out.reserve(self.effects.len() + self.file.len() + 64);
        for field in [self.of.term, self.of.node, self.of.incarnation, self.of.number] {
            put_varint(out, field);
        }
        put_bytes(out, self.file.as_bytes());
        put_varint(out, self.of.base_version);
        put_varint(out, self.place);
        put_bytes(out, &self.effects);
    }

    fn read(cursor: &mut Cursor<'_>) -> Result<Piece, Malformed> {
        let (term, node, incarnation, number) =
            (cursor.varint()?, cursor.varint()?, cursor.varint()?, cursor.varint()?);
        let file = cursor.str()?.to_owned();
        let of = PiecesOf { term, node, incarnation, number, base_version: cursor.varint()? };
        Ok(Piece { of, file, place: cursor.varint()?, effects: cursor.bytes()?.to_vec() })
    }
}

impl Batch {
    /// Under what name its pieces for a file have come.
    pub(super) fn pieces_of(&self, file: &FileBatch) -> PiecesOf {
        let Batch { term, node, incarnation, number, .. } = *self;
        PiecesOf { term, node, incarnation, number, base_version: file.base_version }
    }

    fn has_answers(&self) -> bool {
        self.files.iter().flat_map(|file| &file.transactions).any(|transaction| !transaction.answer.is_empty())
    }

    fn encode(&self, out: &mut Vec<u8>, form: Form) {
        let effects = self.files.iter().flat_map(|file| &file.transactions).map(|transaction| {
            transaction.effects.len() + transaction.answer.len() + 20 // id and lengths
        });
        out.reserve(effects.sum::<usize>() + 256);
        for field in [self.term, self.node, self.incarnation, self.number, self.files.len() as u64] {
            put_varint(out, field);
        }
        for file in &self.files {
            put_bytes(out, file.file.as_bytes());
            put_varint(out, file.base_version);
            if form != Form::Plain {
                put_varint(out, file.pieces);
            }
            put_varint(out, file.tables.len() as u64);
            for table in &file.tables {
                put_bytes(out, table.as_bytes());
            }
            put_varint(out, file.transactions.len() as u64);
            for transaction in &file.transactions {
                out.extend_from_slice(&transaction.id.0);
                put_bytes(out, &transaction.effects);
                if form == Form::Answers {
                    put_bytes(out, &transaction.answer);
                }
            }
        }
    }

    fn read(cursor: &mut Cursor<'_>, form: Form) -> Result<Batch, Malformed> {
        let mut batch = Batch {
            term: cursor.varint()?,
            node: cursor.varint()?,
            incarnation: cursor.varint()?,
            number: cursor.varint()?,
            files: Vec::new(),
        };
        for _ in 0..limited(cursor.count()?, MAX_FILES, "number of files")? {
            batch.files.push(FileBatch::read(cursor, form)?);
        }
        Ok(batch)
    }
}

impl FileBatch {
    fn read(cursor: &mut Cursor<'_>, form: Form) -> Result<FileBatch, Malformed> {
        let file = cursor.str()?.to_owned();
        let base_version = cursor.varint()?;
        let pieces = if form == Form::Plain { 0 } else { cursor.varint()? };
        let mut tables = Vec::new();
        for _ in 0..limited(cursor.count()?, MAX_TABLES, "number of tables")? {
            tables.push(cursor.str()?.to_owned());
        }
        let mut transactions = Vec::new();
        for _ in 0..cursor.count()? {
            let id = TransactionId(cursor.array()?);
            let effects = cursor.bytes()?;
            if pieces == 0 {
                Effects::check(effects, tables.len())?;
            }
            let effects = effects.to_vec();
            let answer = if form == Form::Answers { cursor.bytes()?.to_vec() } else { Vec::new() };
            transactions.push(TransactionEffects { id, effects, answer });
        }
        Ok(FileBatch { file, base_version, pieces, tables, transactions })
    }
}

fn limited(count: usize, limit: usize, what: &'static str) -> Result<usize, Malformed> {
    if count > limit { Err(Malformed::Range(what)) } else { Ok(count) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::storage::effects::{put_insert, put_schema, put_value};

    fn batch() -> Entry {
        batch_with(0)
    }

    fn piece() -> Entry {
        Entry::Piece(Piece {
            of: PiecesOf { term: 3, node: 1, incarnation: 300, number: 2, base_version: 41 },
            file: "databases/postgres".to_owned(),
            place: 130,
            effects: vec![3, 0, 2],
        })
    }

    fn create() -> Entry {
        Entry::Database(DatabaseChange::Create {
            key: [1; 16],
            name: "test é".to_owned(),
            options: DatabaseOptions { allow_connections: false, is_template: true, connection_limit: Some(5) },
            template: Some(5),
        })
    }

    fn setting(change: SettingChange) -> Entry {
        Entry::Database(DatabaseChange::Setting { of: SessionsOf { database: 16400, role: 10 }, change })
    }

    fn set_work_mem() -> Entry {
        setting(SettingChange::Set { name: "work_mem".to_owned(), value: "8MB".to_owned() })
    }

    fn batch_with(pieces: u64) -> Entry {
        let mut effects = Vec::new();
        put_schema(&mut effects, "CREATE TABLE t (a)");
        put_insert(&mut effects, 0, Some(1));
        put_varint(&mut effects, 1);
        put_value(&mut effects, rusqlite::types::ValueRef::Text(b"x"));
        Entry::Batch(Batch {
            term: 3,
            node: 1,
            incarnation: 300,
            number: 2,
            files: vec![FileBatch {
                file: "databases/postgres".to_owned(),
                base_version: 41,
                pieces,
                tables: vec!["t".to_owned()],
                transactions: vec![
                    TransactionEffects { id: TransactionId([7; 16]), effects, answer: Vec::new() },
                    TransactionEffects { id: TransactionId([8; 16]), effects: Vec::new(), answer: Vec::new() },
                ],
            }],
        })
    }

    fn batch_of_answers() -> Entry {
        let mut entry = batch();
        if let Entry::Batch(batch) = &mut entry {
            batch.files[0].transactions[1].answer = vec![0xab, 0xcd];
        }
        entry
    }

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Logs of a running cluster hold these bytes: they may gain versions, not change.
    #[test]
    fn the_bytes_are_pinned() {
        let golden = [
            (Entry::Open { node: 1, incarnation: 300 }, "010101ac02"),
            (Entry::AdmitNode { key: [9; 16] }, "010309090909090909090909090909090909"),
            (Entry::Digest { id: 5 }, "010405"),
            (
                batch(),
                "01020301ac020201126461746162617365732f706f7374677265732901017402070707070707070707070707070707\
                 071a0112435245415445205441424c452074202861290300020106780808080808080808080808080808080800",
            ),
            (piece(), "02050301ac02021264617461626173 65732f706f737467726573298201 03030002"),
            (
                batch_with(131),
                "02060301ac020201126461746162617365732f706f737467726573298301010174020707070707070707070707070707070\
                 71a0112435245415445205441424c452074202861290300020106780808080808080808080808080808080800",
            ),
            (
                batch_of_answers(),
                "050b0301ac020201126461746162617365732f706f7374677265732900010174020707070707070707070707070707070\
                 71a0112435245415445205441424c4520742028612903000201067800 0808080808080808080808080808080800 02abcd",
            ),
            (create(), "0307 01010101010101010101010101010101 077465737420c3a9 00010105 0105"),
            (Entry::Database(DatabaseChange::Drop { oid: 16400 }), "0308908001"),
            (
                Entry::Database(DatabaseChange::Alter {
                    oid: 16400,
                    name: Some("b".to_owned()),
                    options: OptionsChange { connection_limit: Some(Some(7)), ..OptionsChange::default() },
                }),
                "030990800101016200000307",
            ),
            (
                Entry::Database(DatabaseChange::Alter {
                    oid: 16400,
                    name: None,
                    options: OptionsChange {
                        allow_connections: Some(false),
                        is_template: Some(true),
                        connection_limit: Some(None),
                    },
                }),
                "030990800100020302",
            ),
            (set_work_mem(), "040a 908001 0a 01 08776f726b5f6d656d 03384d42"),
            (setting(SettingChange::Reset { name: "work_mem".to_owned() }), "040a 908001 0a 02 08776f726b5f6d656d"),
            (setting(SettingChange::ResetAll), "040a 908001 0a 03"),
        ];
        for (entry, bytes) in golden {
            assert_eq!(hex(&entry.encode()), bytes.replace(' ', ""), "{entry:?}");
            assert_eq!(Entry::decode(&entry.encode()), Ok(entry));
        }
    }

    #[test]
    fn another_format_is_named() {
        let another = "log entry of format 6; this release reads formats 1 to 5";
        assert_eq!(Entry::decode(&[6, 1, 1, 1]).unwrap_err(), another);
        assert_eq!(Entry::decode(&[2, 4, 5]).unwrap_err(), "malformed log entry: unknown kind of entry");
        assert_eq!(Entry::decode(&[]).unwrap_err(), "empty log entry");
        assert_eq!(Entry::decode(&[1, 4, 5, 0]).unwrap_err(), "malformed log entry: bytes left over at the end");
    }

    #[test]
    fn cut_or_changed_bytes_never_panic() {
        for entry in [batch(), piece(), batch_with(1), batch_of_answers(), create(), set_work_mem()] {
            let bytes = entry.encode();
            for cut in 0..bytes.len() {
                assert!(Entry::decode(&bytes[..cut]).is_err(), "cut at {cut}");
            }
            for place in 0..bytes.len() {
                for bit in 0..8 {
                    let mut changed = bytes.clone();
                    changed[place] ^= 1 << bit;
                    let _ = Entry::decode(&changed);
                }
            }
        }
    }

    proptest! {
        #[test]
        fn hostile_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = Entry::decode(&bytes);
            for kind in [[FIRST, BATCH], [SECOND, PIECE], [SECOND, BATCH_OF_PIECES], [FIFTH, BATCH_OF_ANSWERS], [THIRD, CREATE_DATABASE], [THIRD, ALTER_DATABASE]] {
                let _ = Entry::decode(&[&kind[..], &bytes].concat());
            }
        }
    }
}
