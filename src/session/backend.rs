//! What a session needs of the cluster, and nothing else.
//!
//! A narrow door, so that the protocol (portals, pipelines, cancels, a client that hangs up) is tested
//! against a scripted backend, without files or a quorum. [`Node`] is the real one.

use std::future::Future;
use std::ops::Range;
use std::sync::Arc;

use crate::catalog::system::activity::Activity;
use crate::catalog::{Catalog, DatabaseInfo, RoleSettings, SessionKey};
use crate::cluster::{self, Hold, LockKey, Mode, Node, ReadConsistency, RowStream};
use crate::sql::{Plan, SessionContext};
use crate::storage::{
    self, Call, Cancel, CancelReason, DatabaseChange, DatabaseOutcome, Ended, Outcome, ReadError, Transaction,
};
use crate::types::{PgError, Row, SqlState, Value};

/// Executes what sessions have bound.
pub trait Backend: Send + Sync + 'static {
    type Rows: Rows;
    type Pinned: Pinned<Rows = Self::Rows>;
    type Held: Held<Rows = Self::Rows>;

    /// The database's catalog as of the newest state on this node; `None` if there is no such database.
    fn catalog(&self, database: &str) -> Option<Arc<Catalog>>;

    /// See [`Node::read_barrier`].
    fn read_barrier(
        &self,
        consistency: ReadConsistency,
        session_index: u64,
    ) -> impl Future<Output = Result<(), PgError>> + Send;

    /// See [`Node::read`].
    fn read(
        &self,
        database: &str,
        plan: Arc<Plan>,
        params: Vec<Value>,
        context: Arc<SessionContext>,
        cancel: Cancel,
    ) -> Result<Self::Rows, PgError>;

    /// Pins the newest state on this node.
    fn pin(&self, database: &str) -> impl Future<Output = Result<Self::Pinned, PgError>> + Send;

    /// See [`Node::hold`].
    fn hold(&self, database: &str, hold: Hold) -> impl Future<Output = Result<Self::Held, PgError>> + Send;

    /// See [`Node::execute`].
    fn execute(&self, database: &str, transaction: Transaction) -> impl Future<Output = Outcome> + Send;

    /// See [`Node::process_ids`].
    fn process_ids(&self) -> Range<i32>;

    /// See [`Node::lock`].
    fn lock(
        &self,
        session: i32,
        key: LockKey,
        mode: Mode,
        tries: bool,
    ) -> impl Future<Output = Result<bool, PgError>> + Send;

    /// See [`Node::unlock`].
    fn unlock(&self, session: i32, key: LockKey, mode: Mode) -> impl Future<Output = ()> + Send + use<Self>;

    /// See [`Node::unlock_session`].
    fn unlock_session(&self, session: i32);

    /// See [`Node::keeps_locks`].
    fn keeps_locks(&self, session: i32) -> bool;

    /// See [`Node::signal`].
    fn signal(&self, session: i32, reason: CancelReason) -> impl Future<Output = Result<bool, PgError>> + Send;

    /// See [`Node::activity`].
    fn activity(&self) -> impl Future<Output = (Vec<Activity>, Vec<u64>)> + Send;

    /// See [`Node::new_session`].
    fn new_session(&self) -> SessionKey;

    /// See [`Node::keep_temporary`].
    fn keep_temporary(&self, session: SessionKey);

    /// See [`Node::end_temporary`].
    fn end_temporary(&self, session: SessionKey);

    /// See [`Node::databases`].
    fn databases(&self) -> Vec<DatabaseInfo>;

    /// See [`Node::settings`].
    fn settings(&self) -> Arc<[RoleSettings]>;

    /// See [`Node::change_database`].
    fn change_database(&self, change: DatabaseChange) -> impl Future<Output = Result<DatabaseOutcome, PgError>> + Send;
}

/// Rows of a running read; dropping it ends the read.
pub trait Rows: Send + 'static {
    fn next(&mut self) -> impl Future<Output = Option<Result<Vec<Row>, ReadError>>> + Send;

    /// How a statement in the slot has ended, after its last row.
    fn ended(&mut self) -> Option<Ended>;
}

/// The writer slot; see [`cluster::Held`].
pub trait Held: Send + 'static {
    type Rows: Rows;

    /// Starts a statement. The one before must have been read to its end, or dropped.
    fn call(&mut self, call: Call, context: Arc<SessionContext>, cancel: Cancel) -> Self::Rows;

    fn savepoint(&mut self);

    /// Forgets all savepoints but the first so many.
    fn release(&mut self, left: usize);

    /// Goes back to the savepoint that has so many before it.
    fn rollback_to(&mut self, below: usize);

    fn commit(self) -> impl Future<Output = Outcome> + Send;
}

impl Held for cluster::Held {
    type Rows = RowStream;

    fn call(&mut self, call: Call, context: Arc<SessionContext>, cancel: Cancel) -> RowStream {
        cluster::Held::call(self, call, context, cancel)
    }

    fn savepoint(&mut self) {
        cluster::Held::savepoint(self);
    }

    fn release(&mut self, left: usize) {
        cluster::Held::release(self, left);
    }

    fn rollback_to(&mut self, below: usize) {
        cluster::Held::rollback_to(self, below);
    }

    fn commit(self) -> impl Future<Output = Outcome> + Send {
        cluster::Held::commit(self)
    }
}

/// One snapshot for several reads. One read at a time: the next begins when the one before has ended, or is dropped.
pub trait Pinned: Send + Sync + 'static {
    type Rows: Rows;

    /// The schema as of the snapshot.
    fn catalog(&self) -> &Arc<Catalog>;

    /// Counts the changes of the database: whoever has read this may write on no other.
    fn version(&self) -> u64;

    fn read(&self, plan: Arc<Plan>, params: Vec<Value>, context: Arc<SessionContext>, cancel: Cancel) -> Self::Rows;
}

impl Pinned for storage::Pinned {
    type Rows = RowStream;

    fn catalog(&self) -> &Arc<Catalog> {
        storage::Pinned::catalog(self)
    }

    fn version(&self) -> u64 {
        storage::Pinned::version(self)
    }

    fn read(&self, plan: Arc<Plan>, params: Vec<Value>, context: Arc<SessionContext>, cancel: Cancel) -> RowStream {
        RowStream::of_pinned(self, plan, params, context, cancel)
    }
}

impl Backend for Node {
    type Rows = RowStream;
    type Pinned = storage::Pinned;
    type Held = cluster::Held;

    fn catalog(&self, database: &str) -> Option<Arc<Catalog>> {
        Some(self.database(database)?.catalog())
    }

    fn read_barrier(
        &self,
        consistency: ReadConsistency,
        session_index: u64,
    ) -> impl Future<Output = Result<(), PgError>> + Send {
        Node::read_barrier(self, consistency, session_index)
    }

    fn read(
        &self,
        database: &str,
        plan: Arc<Plan>,
        params: Vec<Value>,
        context: Arc<SessionContext>,
        cancel: Cancel,
    ) -> Result<RowStream, PgError> {
        let database = self.database(database).ok_or_else(|| no_such_database(database))?;
        Ok(Node::read(self, &database, plan, params, context, cancel))
    }

    async fn pin(&self, database: &str) -> Result<storage::Pinned, PgError> {
        let database = self.database(database).ok_or_else(|| no_such_database(database))?;
        Node::pin(self, &database).await
    }

    fn hold(&self, database: &str, hold: Hold) -> impl Future<Output = Result<cluster::Held, PgError>> + Send {
        Node::hold(self, database, hold)
    }

    fn execute(&self, database: &str, transaction: Transaction) -> impl Future<Output = Outcome> + Send {
        Node::execute(self, database, transaction)
    }

    fn process_ids(&self) -> Range<i32> {
        Node::process_ids(self)
    }

    fn lock(
        &self,
        session: i32,
        key: LockKey,
        mode: Mode,
        tries: bool,
    ) -> impl Future<Output = Result<bool, PgError>> + Send {
        Node::lock(self, session, key, mode, tries)
    }

    fn unlock(&self, session: i32, key: LockKey, mode: Mode) -> impl Future<Output = ()> + Send + use<> {
        Node::unlock(self, session, key, mode)
    }

    fn unlock_session(&self, session: i32) {
        Node::unlock_session(self, session);
    }

    fn keeps_locks(&self, session: i32) -> bool {
        Node::keeps_locks(self, session)
    }

    fn signal(&self, session: i32, reason: CancelReason) -> impl Future<Output = Result<bool, PgError>> + Send {
        Node::signal(self, session, reason)
    }

    fn activity(&self) -> impl Future<Output = (Vec<Activity>, Vec<u64>)> + Send {
        Node::activity(self)
    }

    fn new_session(&self) -> SessionKey {
        Node::new_session(self)
    }

    fn keep_temporary(&self, session: SessionKey) {
        Node::keep_temporary(self, session);
    }

    fn end_temporary(&self, session: SessionKey) {
        Node::end_temporary(self, session);
    }

    fn databases(&self) -> Vec<DatabaseInfo> {
        Node::databases(self)
    }

    fn settings(&self) -> Arc<[RoleSettings]> {
        Node::settings(self)
    }

    fn change_database(&self, change: DatabaseChange) -> impl Future<Output = Result<DatabaseOutcome, PgError>> + Send {
        Node::change_database(self, change)
    }
}

impl Rows for RowStream {
    fn next(&mut self) -> impl Future<Output = Option<Result<Vec<Row>, ReadError>>> + Send {
        RowStream::next(self)
    }

    fn ended(&mut self) -> Option<Ended> {
        RowStream::ended(self)
    }
}

/// FATAL 3D000, as at connecting to a database that isn't there.
pub(super) fn no_such_database(name: &str) -> PgError {
    PgError::fatal(SqlState::INVALID_CATALOG_NAME, format!("database \"{name}\" does not exist"))
}
