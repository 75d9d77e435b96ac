//! What binding a statement yields: everything that Describe and execution need.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::SettingValues;
use super::constraints::{ConstraintModes, SetConstraints};
use super::copy::Copy;
use super::explain::ExplainOptions;
use super::session_call::{self, SessionCall};
use super::steps::Step;
use crate::catalog::system::activity::Activity;
use crate::catalog::system::own::Own;
use crate::catalog::{self, Catalog, Change, DatabaseOptions, OptionsChange, SessionKey};
use crate::types::random::SessionRandom;
use crate::types::{PgError, SqlState, Type};

/// What functions and binding may know of the session: replicated statements run on the leader
/// with the follower's session context, so this crosses the wire between peers. By default it is nobody's.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SessionContext {
    pub user: String,
    pub database: String,
    /// Schemas to look names up in, after `pg_catalog`.
    pub search_path: Vec<String>,
    /// The session's backend process id, as in BackendKeyData; 0 where a node acts for a session that is no more.
    pub pid: i32,
    /// Whose temporary objects it sees.
    pub session: SessionKey,
    /// `now()`: microseconds since 2000-01-01 UTC.
    pub transaction_timestamp: i64,
    /// `statement_timestamp()`.
    pub statement_timestamp: i64,
    /// Every setting's current value, for `current_setting()`.
    pub settings: Arc<SettingValues>,
    /// What the session has of its own, for statements that ask.
    pub own: Option<Arc<Own>>,
    /// What SET CONSTRAINTS has said in the transaction.
    pub constraints: ConstraintModes,
    /// What the sessions of all nodes do, for statements that ask.
    pub sessions: Option<Arc<Vec<Activity>>>,
    /// What random() draws from where the session has called setseed(): on its own node, for where a transaction goes it
    /// goes beside what sequences have given.
    #[serde(skip)]
    pub random: SessionRandom,
}

impl SessionContext {
    /// The schemas that names are looked up in; `pg_catalog` apart.
    pub fn path<'a>(&'a self, catalog: &'a Catalog) -> impl Iterator<Item = &'a str> + Clone {
        let temporary = catalog.temporary_schema(self.session).map(|schema| schema.name.as_str());
        catalog::path(&self.search_path, &self.user, temporary)
    }
}

/// A timeout as SHOW prints it; 0 is none.
pub fn milliseconds(shown: &str) -> Option<Duration> {
    let end = shown.find(|c: char| !c.is_ascii_digit()).unwrap_or(shown.len());
    let (number, unit) = shown.split_at(end);
    let factor = match unit {
        "d" => 86_400_000,
        "h" => 3_600_000,
        "min" => 60_000,
        "s" => 1000,
        _ => 1,
    };
    let number: u64 = number.parse().ok()?;
    (number > 0).then(|| Duration::from_millis(number.saturating_mul(factor)))
}

/// One column of a result, as RowDescription shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ResultColumn {
    pub name: String,
    pub ty: Type,
    /// The domain that it is an array of the values of, or 0: clients are told of that array type.
    pub elements: u32,
    /// −1, or for varchar(n) n + 4.
    pub typmod: i32,
    /// OID of the table the column comes from unchanged, or 0.
    pub table_oid: u32,
    /// attnum in that table, or 0.
    pub attnum: i16,
}

impl ResultColumn {
    /// The type that clients are told of.
    pub fn named_type(&self) -> Type {
        if self.elements == 0 { self.ty } else { Type(self.elements + 1) }
    }
}

/// Whether a client that was told of one result can read the other: names and types agree. The table a column
/// comes from may be another one, made anew.
pub fn same_shape(one: Option<&[ResultColumn]>, other: Option<&[ResultColumn]>) -> bool {
    let same = |(a, b): (&ResultColumn, &ResultColumn)| {
        (&a.name, a.ty, a.elements, a.typmod) == (&b.name, b.ty, b.elements, b.typmod)
    };
    match (one, other) {
        (Some(one), Some(other)) => one.len() == other.len() && one.iter().zip(other).all(same),
        (one, other) => one.is_none() && other.is_none(),
    }
}

/// 0A000: the result would have another shape than the client was told of.
pub fn changed_shape() -> PgError {
    let error = PgError::new(SqlState::FEATURE_NOT_SUPPORTED, "cached plan must not change result type");
    // pgjdbc and asyncpg know by this name that preparing again will do.
    PgError { routine: Some("RevalidateCachedQuery".into()), ..error }
}

/// A bound statement.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// The [`Catalog::version`](crate::catalog::Catalog::version) it was bound at.
    pub catalog_version: u64,
    /// Type of `$1`, `$2`, … as clients are told.
    pub params: Vec<Type>,
    /// What their values are: of those of a domain's type, what that is over.
    pub values: Vec<Type>,
    /// `None`: the statement returns no rows (Describe answers NoData). `Some` of no columns is
    /// a result without columns, as `SELECT FROM t` has.
    pub columns: Option<Vec<ResultColumn>>,
    pub action: Action,
    /// It reads what sessions do: see [`SessionContext::sessions`].
    pub of_sessions: bool,
    /// Of a cursor's query.
    pub positions: Option<Positions>,
}

/// Which rows of tables each row of a cursor is made of: their numbers follow its columns.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Positions {
    /// The tables, by OID.
    pub tables: Vec<u32>,
    /// Tables of which it is not known here, though PostgreSQL would.
    pub hidden: Vec<u32>,
    /// The rows are locked.
    pub locks: bool,
}

impl Plan {
    /// Whether it must run on the leader's writer.
    pub fn writes(&self) -> bool {
        matches!(self.action, Action::Write(_) | Action::Schema(_))
    }

    /// What the session does with each row before it sends it.
    pub fn session_calls(&self) -> &[SessionCall] {
        match &self.action {
            Action::Read(query) => &query.calls,
            _ => &[],
        }
    }

    /// Whether it reads what only the session itself knows.
    pub fn is_of_session(&self) -> bool {
        matches!(&self.action, Action::Read(query) if query.of_session)
    }

    /// Whether the session has to find something out before it is run.
    pub fn asks_the_session(&self) -> bool {
        self.is_of_session() || self.of_sessions
    }

    /// What the SQLite statement yields: the columns, but arguments where the session makes the value.
    pub fn stored_columns(&self) -> Cow<'_, [ResultColumn]> {
        let columns = self.columns.as_deref().unwrap_or_default();
        let mut columns = match self.session_calls() {
            [] => Cow::Borrowed(columns),
            calls => Cow::Owned(session_call::stored_columns(columns, calls)),
        };
        let numbers = self.positions.iter().flat_map(|positions| &positions.tables);
        for _ in numbers {
            let (name, ty) = (String::new(), Type::INT8);
            columns.to_mut().push(ResultColumn { name, ty, elements: 0, typmod: -1, table_oid: 0, attnum: 0 });
        }
        columns
    }
}

#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// No effect on the database: runs on this node's readers.
    Read(Query),
    /// Changes rows (or sequences): runs on the leader's writer.
    Write(Write),
    /// Changes the schema: runs on the leader's writer.
    Schema(Schema),
    Transaction(TransactionStatement),
    Session(SessionStatement),
    Copy(Copy),
    Prepare(Prepare),
    /// EXECUTE of the statement of this name; its arguments are bound when that is known ([`super::bind_arguments`]).
    Execute(String),
    Lock(TableLock),
    Constraints(SetConstraints),
    Declare(Declare),
    Explain(Box<Explain>),
    /// FETCH and MOVE, of a cursor that is looked up when it runs.
    Fetch(Fetch),
    Database(DatabaseStatement),
}

/// CREATE, ALTER and DROP DATABASE, and what changes settings beside them.
#[derive(Clone, Debug, PartialEq)]
pub enum DatabaseStatement {
    Create {
        name: String,
        template: Option<String>,
        options: DatabaseOptions,
    },
    Drop {
        name: String,
        if_exists: bool,
        force: bool,
    },
    Rename {
        name: String,
        to: String,
    },
    Alter {
        name: String,
        change: OptionsChange,
    },
    /// ALTER DATABASE or (`of_roles`) ALTER ROLE with SET or RESET; `None` is any role, or any database.
    Setting {
        of_roles: bool,
        role: Option<String>,
        database: Option<String>,
        change: SettingStatement,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub enum SettingStatement {
    Set {
        name: String,
        to: SetTo,
    },
    ResetAll,
    /// SET TRANSACTION, which is no setting.
    Modes(&'static str),
}

impl DatabaseStatement {
    /// The command tag. In a transaction block it is refused under this name, but for ALTER's other than RENAME.
    pub fn tag(&self) -> &'static str {
        match self {
            DatabaseStatement::Create { .. } => "CREATE DATABASE",
            DatabaseStatement::Drop { .. } => "DROP DATABASE",
            DatabaseStatement::Setting { of_roles: true, .. } => "ALTER ROLE",
            DatabaseStatement::Rename { .. } | DatabaseStatement::Alter { .. } | DatabaseStatement::Setting { .. } => {
                "ALTER DATABASE"
            }
        }
    }
}

/// DECLARE.
#[derive(Clone, Debug, PartialEq)]
pub struct Declare {
    pub name: String,
    pub binary: bool,
    /// `None`: whether it goes backward depends on the query.
    pub scroll: Option<bool>,
    pub hold: bool,
    /// The query, and how many characters stand before it.
    pub text: String,
    pub offset: u32,
}

/// EXPLAIN.
#[derive(Clone, Debug, PartialEq)]
pub struct Explain {
    pub options: ExplainOptions,
    /// What the statement does to its table.
    pub target: Option<(&'static str, Option<String>)>,
    /// Yields SQLite's remarks on the plan.
    pub steps: Plan,
    /// The statement, and how many characters stand before it.
    pub text: String,
    pub offset: u32,
}

/// FETCH, or with `moves` MOVE.
#[derive(Clone, Debug, PartialEq)]
pub struct Fetch {
    pub name: String,
    pub moves: bool,
    pub direction: Direction,
}

/// Where a FETCH goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// So many rows on; backward if negative.
    Forward(i64),
    Backward(i64),
    /// To the row of this number, from the end if negative.
    Absolute(i64),
    Relative(i64),
}

impl Direction {
    /// As many rows as there are.
    pub const ALL: i64 = i64::MAX;
}

/// LOCK TABLE.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableLock {
    /// It conflicts with locks that writers take.
    pub slot: bool,
    /// Fails rather than wait.
    pub nowait: bool,
}

/// PREPARE.
#[derive(Clone, Debug, PartialEq)]
pub struct Prepare {
    pub name: String,
    pub declared: Vec<Type>,
    /// The statement, and how many characters stand before it.
    pub text: String,
    pub offset: u32,
}

/// SQLite SQL with `?1` … for the plan's parameters; yields the plan's columns in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Query {
    pub sql: String,
    /// Over in microseconds, whatever the data.
    pub brief: bool,
    /// Columns that yield arguments, and what the session makes of them.
    pub calls: Vec<SessionCall>,
    /// It reads what only the session itself knows: see [`SessionContext::own`].
    pub of_session: bool,
    /// A cursor of it goes backward if its DECLARE doesn't say otherwise.
    pub goes_backward: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Write {
    /// Over in microseconds, whatever the data.
    pub brief: bool,
    /// One SQLite statement with `?1` … for the plan's parameters. Yields the plan's columns
    /// (RETURNING) if it has any.
    pub sql: String,
    pub command: Command,
    /// The table written, 0 for a SELECT with writing functions: names constraints in errors.
    pub table_oid: u32,
    /// What is to be looked at when the statement is done.
    pub verify: Vec<Verify>,
    /// If it takes several SQLite statements: these, and `sql` is empty.
    pub steps: Vec<Step>,
    /// All that it writes is the session's alone: a read-only transaction may do that.
    pub temporary: bool,
    /// The cursor whose row is meant: its number in `table_oid` is one parameter more, behind the statement's own.
    pub current_of: Option<String>,
    /// Tables in which it may give a row a number that another had before.
    pub renumbers: Vec<u32>,
}

/// What rows of a table that the statement has changed, if any, still need.
#[derive(Clone, Debug, PartialEq)]
pub struct Verify {
    pub table_oid: u32,
    /// Computes the generated columns of the row with rowid `?1` anew: an action of a foreign key may have changed what
    /// they are made of.
    pub generate: Option<String>,
    /// Yields whether the row fails one of the table's CHECK constraints, or what WITH CHECK OPTION of a view asks.
    pub check: Option<String>,
    /// That view.
    pub view: Option<String>,
}

/// The rows that an INSERT or UPDATE proposes, as SQLite SQL with its parameters: see [`super::proposal()`].
#[derive(Clone, Debug, PartialEq)]
pub struct Proposal {
    pub table_oid: u32,
    /// Yields (for an UPDATE) the rowid of the row changed, and the values of `columns`.
    pub rows: String,
    /// Indexes into the table's columns; those not named are NULL.
    pub columns: Vec<usize>,
    pub updates: bool,
    pub conflict: Option<ProposedConflict>,
    pub checks: Vec<ProposedCheck>,
}

/// A CHECK constraint over a row: the table's columns are parameters, by index from 1.
#[derive(Clone, Debug, PartialEq)]
pub struct ProposedCheck {
    pub constraint: String,
    /// Yields whether the row fails it.
    pub sql: String,
}

/// ON CONFLICT.
#[derive(Clone, Debug, PartialEq)]
pub struct ProposedConflict {
    /// The unique index meant; 0: any.
    pub index: u32,
    /// DO UPDATE: yields the row it makes (all columns), if any. After the statement's parameters come the rowid of the
    /// row in the way, and the proposed values.
    pub update: Option<String>,
}

/// What the command tag says: `INSERT 0 n`, `UPDATE n`, `DELETE n`, `SELECT n`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Command {
    Insert,
    Update,
    Delete,
    Merge,
    Select,
    /// A SELECT that locks rows.
    Lock(Lock),
}

impl Command {
    /// The command tag of a statement that has changed and returned so many rows.
    pub fn tag(self, changes: u64, rows: u64) -> String {
        match self {
            Command::Insert => format!("INSERT 0 {changes}"),
            Command::Update => format!("UPDATE {changes}"),
            Command::Delete => format!("DELETE {changes}"),
            Command::Merge => format!("MERGE {changes}"),
            Command::Select | Command::Lock(_) => format!("SELECT {rows}"),
        }
    }
}

/// FOR UPDATE, or `share` FOR SHARE.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lock {
    pub share: bool,
    /// Fails rather than wait.
    pub nowait: bool,
}

impl std::fmt::Debug for Lock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())?;
        if self.nowait { f.write_str(" NOWAIT") } else { Ok(()) }
    }
}

impl Lock {
    pub fn name(self) -> &'static str {
        if self.share { "FOR SHARE" } else { "FOR UPDATE" }
    }
}

/// A schema change: steps run in order on the leader's writer, in the statement's savepoint.
#[derive(Clone, Debug, PartialEq)]
pub struct Schema {
    pub steps: Vec<SchemaStep>,
    /// The command tag, e.g. `CREATE TABLE`.
    pub tag: &'static str,
    /// What a read-only transaction refuses it by; `None` if it takes it.
    pub command: Option<&'static str>,
    /// NOTICEs to send, e.g. `relation "t" already exists, skipping` (SQLSTATE 42P07).
    pub notices: Vec<crate::types::PgError>,
}

impl Schema {
    /// What it changes in the catalog.
    pub fn changes(&self) -> Vec<Change> {
        let change = |step: &SchemaStep| match step {
            SchemaStep::Catalog(change) => Some(change.clone()),
            _ => None,
        };
        self.steps.iter().filter_map(change).collect()
    }
}

#[derive(Clone, Debug, PartialEq)]
pub enum SchemaStep {
    /// SQLite DDL text: recorded in the effects as it is, and run by every node.
    Sqlite(String),
    /// A change of the catalog, stored by the writer in the catalog's table.
    Catalog(Change),
    /// Rows deleted from a table (TRUNCATE), by stored name.
    Truncate(String),
    /// The same, of a table that foreign keys reference: all tables that they belong to are truncated too.
    TruncateReferenced(String),
    /// The same, if it has any rows, and without foreign keys acting.
    Empty(String),
    /// A table's definition in the file replaced by another for the same rows: it differs in foreign keys, in NOT NULL, in
    /// the names of types, or has more columns at its end.
    Redefine { table: String, sql: String },
    /// As [`SchemaStep::Sqlite`], but about tables of our own, and without foreign keys acting.
    Own(String),
    /// A statement that writes rows of the table, without foreign keys acting: the rows are captured.
    Fill { table_oid: u32, sql: String },
    /// The changes of the catalog so far are made now: what follows needs them.
    Settle,
    /// A query about the rows there are that must yield nothing.
    Require(Box<Requirement>),
}

/// What rows must fulfil for a schema change.
#[derive(Clone, Debug, PartialEq)]
pub struct Requirement {
    pub sql: String,
    pub error: PgError,
    /// The query yields these columns (by index) of the table; the DETAIL shows them, followed by the text.
    pub shown: Option<(crate::catalog::Table, Vec<usize>, String)>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum TransactionStatement {
    /// BEGIN, or START TRANSACTION: their command tags differ.
    Begin {
        start: bool,
        modes: TransactionModes,
    },
    Commit {
        chain: bool,
    },
    Rollback {
        chain: bool,
    },
    Savepoint(String),
    Release(String),
    RollbackTo(String),
}

impl TransactionStatement {
    /// Whether it is taken in a failed transaction block.
    pub fn is_exit(&self) -> bool {
        matches!(
            self,
            TransactionStatement::Commit { .. }
                | TransactionStatement::Rollback { .. }
                | TransactionStatement::RollbackTo(_)
        )
    }
}

/// What BEGIN and SET TRANSACTION say of a transaction; the last word on each counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TransactionModes {
    pub isolation: Option<Isolation>,
    pub read_only: Option<bool>,
    pub deferrable: Option<bool>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Isolation {
    ReadUncommitted,
    #[default]
    ReadCommitted,
    RepeatableRead,
    Serializable,
}

impl Isolation {
    /// As SHOW prints it.
    pub fn as_str(self) -> &'static str {
        match self {
            Isolation::ReadUncommitted => "read uncommitted",
            Isolation::ReadCommitted => "read committed",
            Isolation::RepeatableRead => "repeatable read",
            Isolation::Serializable => "serializable",
        }
    }

    /// Whether all statements of a transaction see one snapshot.
    pub fn is_pinned(self) -> bool {
        matches!(self, Isolation::RepeatableRead | Isolation::Serializable)
    }
}

/// What a setting is set to.
#[derive(Clone, Debug, PartialEq)]
pub enum SetTo {
    Value(String),
    Default,
    /// FROM CURRENT: what holds now.
    Current,
}

#[derive(Clone, Debug, PartialEq)]
pub enum SessionStatement {
    /// `SET [LOCAL] name = value`.
    Set { name: String, to: SetTo, local: bool },
    /// SET TRANSACTION; with `session` SET SESSION CHARACTERISTICS AS TRANSACTION.
    SetModes { modes: TransactionModes, session: bool },
    /// `None`: RESET ALL.
    Reset(Option<String>),
    /// `None`: SHOW ALL.
    Show(Option<String>),
    /// DISCARD ALL and its kin: `ALL`, `PLANS`, `SEQUENCES`, `TEMP`.
    Discard(String),
    /// `None`: DEALLOCATE ALL.
    Deallocate(Option<String>),
    /// `None`: CLOSE ALL.
    Close(Option<String>),
    /// Nothing is to be done, but what `outside` names is refused in a transaction block.
    Nothing { tag: &'static str, outside: Option<&'static str> },
}
