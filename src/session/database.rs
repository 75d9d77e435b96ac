//! CREATE, ALTER and DROP DATABASE, and what ALTER ROLE keeps of settings.

use std::time::Duration;

use crate::catalog::{DatabaseInfo, OptionsChange, SessionsOf, SettingChange, system};
use crate::cluster::ReadConsistency;
use crate::sql::{DatabaseStatement, SetTo, SettingStatement};
use crate::storage::{CancelReason, DatabaseChange, DatabaseOutcome};
use crate::types::{PgError, Severity, SqlState};

use super::backend::{Backend, no_such_database};
use super::client::{Client, Reply};
use super::settings::kept_name;
use super::{Session, interruptible};

/// How often it is looked whether the other sessions of a database are gone, and when again.
const LOOKS: u32 = 50;
const BETWEEN_LOOKS: Duration = Duration::from_millis(100);

/// How long a client that connects waits until this node has caught up.
const CATCHING_UP: Duration = Duration::from_secs(1);

/// Bytes of a kept setting's name and value at most: every node has them all in memory.
const LONGEST_SETTING: usize = 64 << 10;

/// Settings of one role or database at most: each session begins by setting them.
const MOST_SETTINGS: usize = 200;

/// PostgreSQL's templates: a database as it is made. They can be copied, and nothing else.
fn is_template(name: &str) -> bool {
    matches!(name, "template0" | "template1")
}

/// Looks a database up for a client that connects. Once this returns the node knows what was made, and what sessions were
/// told to begin with, before the client came. Where that can't be found out a client may still look at what this node
/// has, as it is: it has to ask for that.
pub async fn find_database<B: Backend>(backend: &B, name: &str) -> Result<(), PgError> {
    let barrier = backend.read_barrier(ReadConsistency::Linearizable, 0);
    if backend.catalog(name).is_none() {
        barrier.await?;
    } else if !matches!(tokio::time::timeout(CATCHING_UP, barrier).await, Ok(Ok(()))) {
        tracing::debug!("whether this node knows the newest settings cannot be found out");
    }
    if backend.catalog(name).is_none() {
        return Err(no_such_database(name));
    }
    let found = backend.databases().into_iter().find(|database| database.name == name);
    if found.is_some_and(|database| !database.options.allow_connections) {
        let message = format!("database \"{name}\" is not currently accepting connections");
        return Err(PgError::fatal(SqlState::OBJECT_NOT_IN_PREREQUISITE_STATE, message));
    }
    Ok(())
}

impl<B: Backend> Session<B> {
    /// Runs it, and gives the command tag. `block`: it stands in a string of several statements.
    pub(super) async fn database_statement<C: Client>(
        &mut self,
        statement: &DatabaseStatement,
        block: bool,
        client: &mut C,
    ) -> Result<&'static str, PgError> {
        let tag = statement.tag();
        if self.settings.obeyed().read_only {
            let message = format!("cannot execute {tag} in a read-only transaction");
            return Err(PgError::new(SqlState::READ_ONLY_SQL_TRANSACTION, message));
        }
        if block || self.in_block() || self.batch.is_waiting() {
            if tag.starts_with("ALTER") {
                return Err(PgError::unsupported(format!("{tag} in a transaction block")));
            }
            let message = format!("{tag} cannot run inside a transaction block");
            return Err(PgError::new(SqlState::ACTIVE_SQL_TRANSACTION, message));
        }
        self.backend.read_barrier(ReadConsistency::Linearizable, self.last_write).await?;
        if let Some(change) = self.database_change(statement, client).await? {
            let name = named(statement);
            // From here on it may happen: who is told that it was cancelled would be told too much.
            match self.backend.change_database(change).await? {
                DatabaseOutcome::Done => {}
                DatabaseOutcome::Exists => return Err(already_exists(name)),
                DatabaseOutcome::Missing => return Err(missing(name)),
            }
        }
        Ok(tag)
    }

    /// What is to be done; `None`: nothing.
    async fn database_change<C: Client>(
        &mut self,
        statement: &DatabaseStatement,
        client: &mut C,
    ) -> Result<Option<DatabaseChange>, PgError> {
        let databases = self.backend.databases();
        let find = |name: &str| databases.iter().find(|database| database.name == *name);
        let is_own = |database: &DatabaseInfo| database.name == self.database;
        match statement {
            DatabaseStatement::Create { name, template, options } => {
                let source = template.as_deref().filter(|template| !is_template(template));
                let source = match source {
                    Some(source) => Some(find(source).cloned().ok_or_else(|| {
                        let message = format!("template database \"{source}\" does not exist");
                        PgError::new(SqlState::INVALID_CATALOG_NAME, message)
                    })?),
                    None => None,
                };
                if find(name).is_some() || is_template(name) {
                    return Err(already_exists(name));
                }
                if let Some(source) = &source {
                    self.refuse_users(&source.name, "source database").await?;
                }
                let (name, options, template) = (name.clone(), *options, source.map(|source| source.oid));
                Ok(Some(DatabaseChange::Create { key: rand::random(), name, options, template }))
            }
            DatabaseStatement::Drop { name, if_exists, force } => {
                let cannot = |code, message: &str| Err(PgError::new(code, message));
                let Some(database) = find(name) else {
                    if is_template(name) {
                        return cannot(SqlState::WRONG_OBJECT_TYPE, "cannot drop a template database");
                    }
                    if !if_exists {
                        return Err(missing(name));
                    }
                    let message = format!("database \"{name}\" does not exist, skipping");
                    let notice = PgError::new(SqlState::SUCCESSFUL_COMPLETION, message);
                    self.say(client, Reply::Notice(PgError { severity: Severity::Notice, ..notice }))?;
                    return Ok(None);
                };
                if is_own(database) {
                    return cannot(SqlState::OBJECT_IN_USE, "cannot drop the currently open database");
                }
                if database.options.is_template {
                    return cannot(SqlState::WRONG_OBJECT_TYPE, "cannot drop a template database");
                }
                let oid = database.oid;
                if *force {
                    self.end_users(name).await?;
                }
                self.refuse_users(name, "database").await?;
                Ok(Some(DatabaseChange::Drop { oid }))
            }
            DatabaseStatement::Rename { name, to } => {
                let database = find(name).ok_or_else(|| missing(name))?;
                if find(to).is_some() || is_template(to) {
                    return Err(already_exists(to));
                }
                if is_own(database) {
                    return Err(PgError::new(SqlState::FEATURE_NOT_SUPPORTED, "current database cannot be renamed"));
                }
                let oid = database.oid;
                self.refuse_users(name, "database").await?;
                Ok(Some(DatabaseChange::Alter { oid, name: Some(to.clone()), options: OptionsChange::default() }))
            }
            DatabaseStatement::Alter { name, change } => {
                let database = find(name).ok_or_else(|| missing(name))?;
                if change.allow_connections == Some(false) && is_own(database) {
                    let message = "cannot disallow connections for current database";
                    return Err(PgError::new(SqlState::INVALID_PARAMETER_VALUE, message));
                }
                if *change == OptionsChange::default() {
                    return Ok(None);
                }
                Ok(Some(DatabaseChange::Alter { oid: database.oid, name: None, options: *change }))
            }
            DatabaseStatement::Setting { role, database, change, .. } => {
                let database = match database.as_deref() {
                    Some(name) => find(name).ok_or_else(|| missing(name))?.oid,
                    None => 0,
                };
                let role = role.as_deref().map_or(0, system::login_oid);
                let change = self.kept_change(change, client)?;
                let of = SessionsOf { database, role };
                if let SettingChange::Set { name, .. } = &change
                    && let Some(kept) = self.backend.settings().iter().find(|kept| kept.of == of)
                    && kept.values.len() >= MOST_SETTINGS
                    && kept.values.iter().all(|(other, _)| other != name)
                {
                    let message = format!("more than {MOST_SETTINGS} settings of one role or database");
                    return Err(PgError::new(SqlState::PROGRAM_LIMIT_EXCEEDED, message).hint("RESET some of them."));
                }
                Ok(Some(DatabaseChange::Setting { of, change }))
            }
        }
    }

    /// What sessions to come begin with. Errors: as SET's.
    fn kept_change<C: Client>(
        &mut self,
        statement: &SettingStatement,
        client: &mut C,
    ) -> Result<SettingChange, PgError> {
        let (name, value) = match statement {
            SettingStatement::ResetAll => return Ok(SettingChange::ResetAll),
            SettingStatement::Modes(what) => {
                let message = format!("unrecognized configuration parameter \"{what}\"");
                return Err(PgError::new(SqlState::UNDEFINED_OBJECT, message));
            }
            SettingStatement::Set { name, to: SetTo::Default } => {
                return Ok(SettingChange::Reset { name: kept_name(name)? });
            }
            SettingStatement::Set { name, to: SetTo::Value(value) } => (name, value.clone()),
            SettingStatement::Set { name, to: SetTo::Current } => (name, self.settings.show(name)?.1),
        };
        if name.len() + value.len() > LONGEST_SETTING {
            let message = format!("the value of the setting \"{name}\" is too long");
            return Err(PgError::new(SqlState::PROGRAM_LIMIT_EXCEEDED, message));
        }
        let (name, notice) = self.settings.check_kept(name, &value)?;
        notice.into_iter().try_for_each(|notice| self.say(client, Reply::Notice(notice)))?;
        Ok(SettingChange::Set { name, value })
    }

    /// The other sessions, of all nodes, that are in the database.
    async fn users_of(&mut self, name: &str) -> Result<Vec<i32>, PgError> {
        let backend = self.backend.clone();
        let (sessions, _) = interruptible(&self.batch.cancel, self.deadline(), backend.activity()).await?;
        let users = sessions.iter().filter(|session| session.database == name && session.pid != self.control.pid);
        Ok(users.map(|session| session.pid).collect())
    }

    /// Waits a while for those who are just leaving, as PostgreSQL does.
    async fn refuse_users(&mut self, name: &str, what: &str) -> Result<(), PgError> {
        for _ in 0..LOOKS {
            if self.users_of(name).await?.is_empty() {
                return Ok(());
            }
            interruptible(&self.batch.cancel, self.deadline(), tokio::time::sleep(BETWEEN_LOOKS)).await?;
        }
        let detail = match self.users_of(name).await?.len() {
            0 => return Ok(()),
            1 => "There is 1 other session using the database.".to_owned(),
            count => format!("There are {count} other sessions using the database."),
        };
        let message = format!("{what} \"{name}\" is being accessed by other users");
        Err(PgError::new(SqlState::OBJECT_IN_USE, message).detail(detail))
    }

    async fn end_users(&mut self, name: &str) -> Result<(), PgError> {
        for session in self.users_of(name).await? {
            self.backend.signal(session, CancelReason::Shutdown).await?;
        }
        Ok(())
    }
}

fn named(statement: &DatabaseStatement) -> &str {
    match statement {
        DatabaseStatement::Setting { database, .. } => database.as_deref().unwrap_or_default(),
        DatabaseStatement::Rename { to: name, .. }
        | DatabaseStatement::Create { name, .. }
        | DatabaseStatement::Drop { name, .. }
        | DatabaseStatement::Alter { name, .. } => name,
    }
}

fn already_exists(name: &str) -> PgError {
    PgError::new(SqlState::DUPLICATE_DATABASE, format!("database \"{name}\" already exists"))
}

fn missing(name: &str) -> PgError {
    PgError::new(SqlState::INVALID_CATALOG_NAME, format!("database \"{name}\" does not exist"))
}
