//! One connection's conversation: prepared statements, portals, settings, transactions, cancel, errors.
//!
//! A [`Session`] answers the messages of PostgreSQL's protocol as PostgreSQL 15 does, but knows no bytes and no
//! socket: it speaks to a [`Client`] and executes through a [`Backend`] (the cluster's
//! [`Node`](crate::cluster::Node)). Who owns the socket lives in `wire`.
//!
//! The unit of work is the implicit transaction ([`batch`]): one query string of the simple protocol
//! ([`simple`]), or everything up to Sync in the extended one ([`extended`]). Its reads run at once on this
//! node ([`read`]); its writes are collected and run together on the leader ([`mod@write`]). BEGIN makes it a block, which
//! goes on until it is ended ([`transaction`]); its writes run one by one, in the leader's writer slot ([`slot`]). COPY
//! goes through there too ([`mod@copy`]). DECLARE and FETCH share the portals of the extended protocol ([`cursor`]). What
//! needs no database at all is in [`local`], DO in [`inline_code`], and what becomes of temporary objects in [`temporary`].

mod backend;
mod batch;
mod bind;
mod calls;
mod client;
mod control;
mod copy;
mod current_of;
mod cursor;
mod database;
mod explain;
mod extended;
mod inline_code;
mod local;
mod locks;
mod portal;
mod prepare;
mod read;
mod request;
#[cfg(test)]
pub(crate) mod scripted;
pub mod settings;
mod simple;
mod slot;
mod statement;
mod temporary;
mod transaction;
mod write;

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::catalog::system::own::Cursor;
use crate::catalog::{Catalog, SessionsOf, system};
use crate::sql::{PlanCache, SessionContext, Statement};
use crate::storage::{Cancel, CancelReason, SessionSequences};
use crate::types::{PgError, Severity, SqlState, timestamp};

pub use backend::{Backend, Rows};
pub use client::{Client, Closed, CopyMessage, Formats, Reply, Shape, TransactionStatus};
pub use control::{Control, Registration, Sessions, new_activity};
pub use database::find_database;
pub use request::{Bind, Decode, Kind, Request, Target};
pub use settings::Settings;
use settings::{Defaults, Values};

use batch::{Batch, Later};
use client::Failure;
use locks::{Locks, UnlocksAtEnd};
use portal::Portal;
use statement::Prepared;
use temporary::Temporary;
use transaction::Transaction;

/// What the server bears where a session has set no timeout of its own; `None` is everything.
#[derive(Clone, Copy, Debug, Default)]
pub struct Patience {
    /// With a transaction that holds the writer slot and says nothing.
    pub silent_holder: Option<Duration>,
    /// How long a transaction may wait for the slot.
    pub slot: Option<Duration>,
}

/// What a session is told of its server.
#[derive(Clone, Copy, Debug)]
pub struct Server<'s> {
    pub max_connections: usize,
    /// Where it listens.
    pub port: u16,
    pub patience: Patience,
    /// What its settings are until its client says otherwise.
    pub defaults: &'s Defaults,
}

/// One connection after login.
pub struct Session<B: Backend> {
    backend: Arc<B>,
    control: Arc<Control>,
    plans: Arc<PlanCache>,
    user: String,
    database: String,
    settings: Settings,
    /// What the client was last told of its settings, and the values that it was told of.
    reported: HashMap<&'static str, String>,
    reported_of: Option<Values>,
    status: TransactionStatus,
    statements: HashMap<String, Arc<Prepared>>,
    /// The simple query that is running.
    text: Arc<str>,
    portals: HashMap<String, Portal<B::Rows>>,
    portals_made: u64,
    /// The portal of Bind's that Execute runs at the moment.
    executing: Option<Cursor>,
    patience: Patience,
    transaction: Transaction<B>,
    batch: Batch,
    /// An extended message failed: everything up to Sync is ignored.
    skipping: bool,
    /// When `statement_timeout` strikes.
    deadline: Option<Instant>,
    /// Raft index of this session's last write: what `session` reads must see.
    last_write: u64,
    /// What currval() answers.
    sequences: SessionSequences,
    /// Warnings that the client hears before the next query may come.
    unheard: Vec<PgError>,
    locks: Locks,
    /// Advisory locks that are being given back: the client hears of nothing more before that.
    releasing: Vec<Pin<Box<dyn Future<Output = ()> + Send>>>,
    temporary: Temporary<B>,
    _unlocks: UnlocksAtEnd<B>,
}

impl<B: Backend> Session<B> {
    /// A session of `user` in `database`, with the settings that its client asked for. Errors: 3D000 and those of SET,
    /// all of them FATAL to a client that is connecting.
    pub fn new(
        backend: Arc<B>,
        control: Arc<Control>,
        plans: Arc<PlanCache>,
        user: String,
        database: String,
        server: Server<'_>,
        startup: &[(String, String)],
    ) -> Result<Session<B>, PgError> {
        if backend.catalog(&database).is_none() {
            return Err(backend::no_such_database(&database));
        }
        let mut settings = Settings::new(&user, server.max_connections, server.port);
        let unheard = begin_settings(&mut settings, &*backend, server.defaults, &user, &database)?;
        startup.iter().try_for_each(|(name, value)| settings.start(name, value))?;
        control.application_name(settings.get("application_name").unwrap_or_default());
        let unlocks = UnlocksAtEnd { backend: backend.clone(), session: control.pid };
        let temporary = Temporary::new(backend.clone());
        Ok(Session {
            backend,
            control,
            plans,
            user,
            database,
            settings,
            reported: HashMap::new(),
            reported_of: None,
            status: TransactionStatus::Idle,
            statements: HashMap::new(),
            text: Arc::from(""),
            portals: HashMap::new(),
            portals_made: 0,
            executing: None,
            patience: server.patience,
            transaction: Transaction::default(),
            batch: Batch::default(),
            skipping: false,
            deadline: None,
            last_write: 0,
            sequences: SessionSequences::default(),
            unheard,
            locks: Locks::default(),
            releasing: Vec::new(),
            temporary,
            _unlocks: unlocks,
        })
    }

    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// How long this session may be idle, and what its client hears then; `None` for ever.
    pub fn idle_timeout(&self) -> Option<(Duration, PgError)> {
        let obeyed = self.settings.obeyed();
        let fatal = |code, kind| PgError::fatal(code, format!("terminating connection due to {kind} timeout"));
        // A pipeline without its Sync can hold the slot as well.
        if self.in_block() || self.transaction.held.is_some() {
            let code = SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT;
            // Whoever holds the slot keeps all others waiting, and so may not be silent for ever.
            let silent = self.transaction.held.as_ref().and(self.patience.silent_holder);
            let idle = obeyed.idle_in_transaction_timeout.or(silent);
            let idle = idle.map(|timeout| (timeout, fatal(code, "idle-in-transaction")));
            let whole = self.transaction_deadline().map(|at| {
                (at.saturating_duration_since(Instant::now()), fatal(SqlState::TRANSACTION_TIMEOUT, "transaction"))
            });
            return idle.into_iter().chain(whole).min_by_key(|(timeout, _)| *timeout);
        }
        // In the middle of a pipeline neither counts.
        if self.batch.context.is_some() {
            return None;
        }
        Some((obeyed.idle_session_timeout?, fatal(SqlState::IDLE_SESSION_TIMEOUT, "idle-session")))
    }

    /// Tells the settings that clients follow, those that have changed since.
    pub fn report<C: Client>(&mut self, client: &mut C) {
        let values = self.settings.all();
        if self.reported_of.as_ref().is_some_and(|told| Arc::ptr_eq(told, values)) {
            return;
        }
        self.reported_of = Some(values.clone());
        for (name, value) in self.settings.reported() {
            if self.reported.get(name).is_none_or(|told| told != value) {
                self.reported.insert(name, value.to_owned());
                client.reply(&Reply::ParameterStatus { name, value: value.to_owned() });
                if name == "application_name" {
                    self.control.application_name(value);
                }
            }
        }
    }

    /// Answers one message. After an error the session goes on as PostgreSQL does, unless it was a FATAL one.
    pub async fn handle<C: Client>(&mut self, request: Request, client: &mut C) -> Result<(), Closed> {
        if self.skipping && !request.ends_skipping() {
            return Ok(());
        }
        let extended = request.is_extended();
        if !extended {
            self.skipping = false;
        }
        self.begin_message();
        let failed = match self.answer_request(request, client).await {
            Ok(()) => false,
            Err(failure) => {
                self.fail(failure, extended, client).await?;
                true
            }
        };
        match extended && !failed && self.transaction.held.is_none() && self.locks.is_empty() {
            true => self.control.pause(),
            false => self.show_state(),
        }
        match extended {
            true => self.skipping = failed,
            false => self.ready(client).await?,
        }
        Ok(())
    }

    async fn answer_request<C: Client>(&mut self, request: Request, client: &mut C) -> Result<(), Failure> {
        self.check_locks()?;
        if !matches!(request, Request::Sync)
            && let Some(tag) = self.batch.unconfirmed.take()
        {
            client.reply(&Reply::CommandComplete(tag));
        }
        match request {
            Request::Query(text) => self.query(&text, client).await,
            Request::Parse { name, text, declared } => self.parse(name, &text, &declared, client).await,
            Request::Bind(bind) => self.bind(bind, client).await,
            Request::Describe(Target::Statement(name)) => self.describe_statement(&name, client).await,
            Request::Describe(Target::Portal(name)) => self.describe_portal(&name, client),
            Request::Execute { portal, max_rows } => self.execute(portal, max_rows, client).await,
            Request::Close(target) => self.close(target, client),
            Request::Flush => {
                self.run_waiting(client).await?;
                self.released().await;
                Ok(client.flush().await?)
            }
            Request::Sync => self.commit(client).await,
            Request::Malformed { error, .. } => Err(error.into()),
        }
    }

    /// Says that the first query may come.
    pub async fn greet<C: Client>(&mut self, client: &mut C) -> Result<(), Closed> {
        self.ready(client).await
    }

    /// Ends a cycle: tells changed settings and that the next query may come.
    async fn ready<C: Client>(&mut self, client: &mut C) -> Result<(), Closed> {
        self.released().await;
        self.deadline = None;
        // The next statement has its own time, and a cancel that came for this one does not reach it.
        self.batch.context = None;
        if self.batch.cancel.reason().is_some() {
            self.batch.cancel = Cancel::new();
        }
        self.report(client);
        for warning in std::mem::take(&mut self.unheard) {
            if self.settings.obeyed().hears(warning.severity) {
                client.reply(&Reply::Notice(warning));
            }
        }
        client.reply(&Reply::Ready(self.status));
        client.flush().await
    }

    /// What others see of the session from now on.
    fn show_state(&self) {
        use crate::catalog::system::activity::{Slot, State};
        let state = match self.status {
            TransactionStatus::Idle => State::Idle,
            TransactionStatus::Failed => State::IdleInFailedTransaction,
            _ => State::IdleInTransaction,
        };
        let slot = if self.transaction.held.is_some() { Slot::Holds } else { Slot::None };
        self.control.end(state, slot, self.locks.shown());
    }

    /// A message is being handled: cancels reach it, and its time runs.
    fn begin_message(&mut self) {
        self.control.begin(&self.batch.cancel);
        self.start_timeout();
    }

    /// The statement's time runs from now on, unless it does already.
    fn start_timeout(&mut self) {
        self.transaction.started.get_or_insert_with(Instant::now);
        if self.deadline.is_none() {
            self.deadline = self.settings.obeyed().statement_timeout.map(|timeout| Instant::now() + timeout);
        }
    }

    /// What comes first of the statement's and the transaction's.
    fn deadline(&self) -> Option<Deadline> {
        let statement = self.deadline.map(|at| Deadline { at, reason: CancelReason::StatementTimeout });
        let transaction =
            self.transaction_deadline().map(|at| Deadline { at, reason: CancelReason::TransactionTimeout });
        statement.into_iter().chain(transaction).min_by_key(|deadline| deadline.at)
    }

    fn transaction_deadline(&self) -> Option<Instant> {
        Some(self.transaction.started? + self.settings.obeyed().transaction_timeout?)
    }

    /// What there is to say of statements as they are read.
    fn say_parsed<C: Client>(&mut self, statements: &[Statement], client: &mut C) -> Result<(), PgError> {
        let notices = statements.iter().flat_map(|statement| &statement.notices);
        notices.cloned().try_for_each(|notice| self.say(client, Reply::Notice(notice)))
    }

    /// Says it now, or after the calls that wait.
    fn say<C: Client>(&mut self, client: &mut C, reply: Reply) -> Result<(), PgError> {
        if let Reply::Notice(notice) = &reply
            && !self.settings.obeyed().hears(notice.severity)
        {
            return Ok(());
        }
        if self.batch.is_waiting() {
            return self.batch.after(Later::Say(reply));
        }
        client.reply(&reply);
        Ok(())
    }

    /// The transaction has failed. An implicit one is over.
    fn abandon(&mut self) {
        for later in std::mem::take(&mut self.batch.later).into_iter().rev() {
            if let Later::Restore(name, prepared) = later {
                match prepared {
                    Some(prepared) => self.statements.insert(name, prepared),
                    None => self.statements.remove(&name),
                };
            }
        }
        if self.in_block() {
            return self.fail_block();
        }
        self.settings.rollback();
        self.forget_batch();
    }

    /// The transaction is over: its portals and its time with it.
    fn forget_batch(&mut self) {
        self.release_since(0);
        self.end_portals();
        self.batch = Batch::default();
        self.transaction = Transaction::default();
    }

    /// Commits the implicit transaction; a block goes on.
    async fn commit<C: Client>(&mut self, client: &mut C) -> Result<(), Failure> {
        if self.in_block() {
            return Ok(());
        }
        self.settle_held_cursors().await?;
        self.run_waiting(client).await?;
        self.commit_slot().await?;
        self.cursors_outlive();
        if let Some(tag) = self.batch.unconfirmed.take() {
            client.reply(&Reply::CommandComplete(tag));
        }
        self.settings.commit();
        self.forget_batch();
        Ok(())
    }

    /// Tells an error, after what has to be told before it, and gives the transaction up. Sent at once if `extended`:
    /// a client may wait for it before it sends Sync.
    async fn fail<C: Client>(&mut self, failure: Failure, extended: bool, client: &mut C) -> Result<(), Closed> {
        let Failure::Error(error) = failure else { return Err(Closed) };
        let error = match self.run_for_results(error, client).await {
            Ok(error) | Err(Failure::Error(error)) => error,
            Err(Failure::Closed) => return Err(Closed),
        };
        self.abandon();
        let fatal = error.severity == Severity::Fatal;
        client.reply(&Reply::Error(error));
        if extended || fatal {
            client.flush().await?;
        }
        if fatal { Err(Closed) } else { Ok(()) }
    }

    fn catalog(&self) -> Result<Arc<Catalog>, PgError> {
        let catalog = self.own_catalog().or_else(|| self.backend.catalog(&self.database));
        catalog.ok_or_else(|| backend::no_such_database(&self.database))
    }

    /// What statements of this transaction may know of the session.
    fn context(&mut self) -> Arc<SessionContext> {
        if let Some(context) = &self.batch.context
            && Arc::ptr_eq(&context.settings, self.settings.in_one_piece())
            && context.constraints == self.transaction.constraints
        {
            return context.clone();
        }
        let now = timestamp::now();
        let begun = *self.transaction.begun.get_or_insert(now);
        let context = Arc::new(SessionContext {
            user: self.user.clone(),
            database: self.database.clone(),
            search_path: self.settings.obeyed().search_path.to_vec(),
            pid: self.control.pid,
            session: self.temporary.session,
            transaction_timestamp: begun,
            statement_timestamp: now,
            settings: self.settings.in_one_piece().clone(),
            own: None,
            constraints: self.transaction.constraints.clone(),
            sessions: None,
            random: self.sequences.random.clone(),
        });
        self.batch.context = Some(context.clone());
        context
    }

    /// Waits until this node may be read at the session's consistency.
    async fn barrier(&mut self) -> Result<(), PgError> {
        let backend = self.backend.clone();
        let barrier = backend.read_barrier(self.settings.obeyed().consistency, self.last_write);
        interruptible(&self.batch.cancel, self.deadline(), barrier).await?
    }
}

/// What the session's settings are before its client has said anything: what the server was told, and what is kept in
/// the cluster. Gives warnings of what can't be.
fn begin_settings<B: Backend>(
    settings: &mut Settings,
    backend: &B,
    defaults: &Defaults,
    user: &str,
    database: &str,
) -> Result<Vec<PgError>, PgError> {
    let kept = backend.settings();
    let role = system::login_oid(user);
    let databases = backend.databases();
    let oid = databases.iter().find(|other| other.name == database).map_or(0, |found| found.oid);
    let of = |database, role| SessionsOf { database, role };
    let levels = [Some(of(0, 0)), (oid != 0).then(|| of(oid, 0)), Some(of(0, role)), (oid != 0).then(|| of(oid, role))];
    let mut warnings = Vec::new();
    for (place, level) in levels.into_iter().enumerate() {
        let of_server = defaults.of(user, database).get(place).copied().unwrap_or_default();
        of_server.iter().try_for_each(|(name, value)| settings.start(name, value))?;
        if let Some(level) = level {
            warnings.extend(settings.start_kept(&kept, level));
        }
    }
    Ok(warnings.into_iter().map(|error| PgError { severity: Severity::Warning, ..error }).collect())
}

/// Awaits something that may simply be dropped when the statement is cancelled or out of time.
async fn interruptible<T>(
    cancel: &Cancel,
    deadline: Option<Deadline>,
    work: impl Future<Output = T>,
) -> Result<T, PgError> {
    tokio::select! {
        biased;
        _ = cancel.cancelled() => {}
        done = work => return Ok(done),
        reason = passed(deadline) => cancel.cancel(reason),
    }
    Err(cancel.error().unwrap_or_else(|| PgError::new(SqlState::QUERY_CANCELED, "canceling statement")))
}

/// Awaits something that hears of a cancel by itself and must be followed to its end.
async fn followed<T>(cancel: &Cancel, deadline: Option<Deadline>, work: impl Future<Output = T>) -> T {
    tokio::pin!(work);
    tokio::select! {
        done = &mut work => return done,
        reason = passed(deadline) => cancel.cancel(reason),
    }
    work.await
}

/// When a statement has to stop, and why.
#[derive(Clone, Copy, Debug)]
struct Deadline {
    at: Instant,
    reason: CancelReason,
}

async fn passed(deadline: Option<Deadline>) -> CancelReason {
    match deadline {
        Some(deadline) => {
            tokio::time::sleep_until(deadline.at).await;
            deadline.reason
        }
        None => std::future::pending().await,
    }
}

/// The error with its position counted from the start of the client's string.
fn at(mut error: PgError, statement: &Statement) -> PgError {
    error.position = error.position.map(|position| position.saturating_add(statement.offset));
    error
}
