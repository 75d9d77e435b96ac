//! Which databases there are, and how they come and go.
//!
//! `system.sqlite` has the list. It changes only by an [`Entry::Database`](super::Entry) where that is applied, so on every
//! node at the same place in the log. A database's file comes into being before the list names it, and is removed after
//! the list has forgotten it:
//!
//! | | then | if the process dies there |
//! |---|---|---|
//! | CREATE | the file is made, synced | nobody knows it: the entry comes again, and makes it anew; half-made ones go at the next start |
//! | | the list names it | the entry comes again unless that is on disk; so do those that changed the file |
//! | DROP | a marker beside the file | the list still names it: the marker goes at the next start, the entry comes again |
//! | | the list forgets it, synced | the marker tells the next start to remove the file |
//! | | file and marker are removed | |
//!
//! A file's data version begins at the index of the entry that made it. No batch for an earlier file of its name can be
//! taken for one of its own: that had fewer changes than the log has entries.
//!
//! A batch for a file that the list doesn't name has no effect. Either its database was dropped before it in the log, or
//! it will have been: this node replays what its list is already past.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use rusqlite::{Connection, params};

use super::database::Database;
use super::mailbox::{Control, Leader};
use super::{
    Applied, DatabaseChange, DatabaseOutcome, FailureListener, LogId, Options, SYSTEM, Storage, StorageError, file,
    order, pieces, schema, settings, snapshot,
};
use crate::catalog::{
    DatabaseInfo, DatabaseOptions, FIRST_USER_OID, OptionsChange, RoleSettings, SessionsOf, SettingChange,
};

/// The list, for whoever asks.
#[derive(Default)]
pub(super) struct Registry {
    data: PathBuf,
    listed: RwLock<Arc<Listed>>,
    batches: AtomicU64,
}

/// The list at one moment, by OID.
#[derive(Default)]
pub(super) struct Listed {
    pub databases: Vec<DatabaseInfo>,
    /// Of each: its file as entries name it, and the key of the entry that made it.
    made: Vec<(String, Vec<u8>)>,
    /// What sessions begin with.
    pub settings: Arc<[RoleSettings]>,
}

impl Listed {
    pub fn load(connection: &Connection) -> rusqlite::Result<Listed> {
        let mut listed = Listed::default();
        let mut statement = connection.prepare(
            "SELECT oid, name, file, key, allow_connections, is_template, connection_limit \
             FROM _quorlite_databases ORDER BY oid",
        )?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let options = DatabaseOptions {
                allow_connections: row.get(4)?,
                is_template: row.get(5)?,
                connection_limit: row.get(6)?,
            };
            listed.databases.push(DatabaseInfo { oid: row.get(0)?, name: row.get(1)?, options });
            listed.made.push((row.get(2)?, row.get(3)?));
        }
        listed.settings = settings::load(connection)?.into();
        Ok(listed)
    }

    /// That of a copy of `system.sqlite`.
    fn of_copy(path: &Path) -> Result<Listed, StorageError> {
        let read = || {
            let connection = Connection::open(path)?;
            schema::make_lists(&connection)?;
            Listed::load(&connection)
        };
        read().map_err(|error| StorageError::sqlite(format!("reading {}", path.display()), error))
    }

    fn place(&self, is_it: impl Fn(&DatabaseInfo) -> bool) -> Option<usize> {
        self.databases.iter().position(is_it)
    }

    fn named(&self, name: &str) -> Option<&DatabaseInfo> {
        self.databases.iter().find(|database| database.name == name)
    }

    fn file_of(&self, oid: u32) -> Option<&str> {
        self.place(|database| database.oid == oid).map(|place| self.made[place].0.as_str())
    }

    pub fn files(&self) -> impl Iterator<Item = &str> {
        self.made.iter().map(|(file, _)| file.as_str())
    }

    fn has_file(&self, file: &str) -> bool {
        self.files().any(|known| known == file)
    }

    /// What an entry at this index gives: such an OID is never given again.
    fn next_oid(&self, index: u64) -> u32 {
        let room = u64::from(u32::MAX - FIRST_USER_OID);
        let mut oid = FIRST_USER_OID + (index % room) as u32;
        while self.place(|database| database.oid == oid).is_some() {
            oid = oid.checked_add(1).unwrap_or(FIRST_USER_OID);
        }
        oid
    }

    /// The file of a new database: of its name, unless one that was renamed has that.
    fn next_file(&self, name: &str, oid: u32) -> String {
        let plain = file_name(name);
        if self.has_file(&plain) { format!("{plain}~{oid}") } else { plain }
    }
}

/// What a database's file is called: other bytes than these are written as %XX, so that no name means a path, and
/// names that differ in case only are files that do not.
fn file_name(name: &str) -> String {
    let mut file = "databases/".to_owned();
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' => file.push(char::from(byte)),
            other => file.push_str(&format!("%{other:02X}")),
        }
    }
    file
}

impl Registry {
    pub fn of(data: &Path) -> Registry {
        Registry { data: data.to_owned(), ..Registry::default() }
    }

    /// The size of a database's file. The file itself is not opened: that would drop SQLite's locks.
    pub fn bytes(&self, oid: u32) -> Option<u64> {
        let listed = self.get();
        let path = self.data.join(format!("{}.sqlite", listed.file_of(oid)?));
        std::fs::metadata(path).ok().map(|metadata| metadata.len())
    }

    /// The size of the file of what databases share.
    pub fn shared_bytes(&self) -> u64 {
        std::fs::metadata(self.data.join("system.sqlite")).map_or(0, |metadata| metadata.len())
    }

    pub fn get(&self) -> Arc<Listed> {
        self.listed.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A batch's number, from 1. Those of all files differ: what is said late of a dropped one's means no other.
    pub fn number_batch(&self) -> u64 {
        self.batches.fetch_add(1, Ordering::Relaxed) + 1
    }

    fn set(&self, listed: Listed) {
        *self.listed.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(listed);
    }
}

/// A change of the list's rows.
pub(super) enum Row {
    Put { info: DatabaseInfo, file: String, key: [u8; 16] },
    Alter(DatabaseInfo),
    Setting(SessionsOf, SettingChange),
    Remove(u32),
}

impl Row {
    /// Whether it decides about a file that is marked: the mark must not be gone before it is on disk.
    pub fn is_synced(&self) -> bool {
        matches!(self, Row::Put { .. } | Row::Remove(_))
    }

    pub fn store(&self, connection: &Connection) -> rusqlite::Result<()> {
        let changed = match self {
            Row::Put { info: DatabaseInfo { oid, name, options }, file, key } => connection.execute(
                "INSERT INTO _quorlite_databases VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                params![
                    oid,
                    name,
                    file,
                    &key[..],
                    options.allow_connections,
                    options.is_template,
                    options.connection_limit
                ],
            )?,
            Row::Alter(DatabaseInfo { oid, name, options }) => connection.execute(
                "UPDATE _quorlite_databases \
                 SET name = ?2, allow_connections = ?3, is_template = ?4, connection_limit = ?5 WHERE oid = ?1",
                params![oid, name, options.allow_connections, options.is_template, options.connection_limit],
            )?,
            Row::Setting(of, change) => return settings::store(connection, *of, change),
            Row::Remove(oid) => {
                settings::forget_database(connection, *oid)?;
                connection.execute("DELETE FROM _quorlite_databases WHERE oid = ?1", [oid])?
            }
        };
        if changed == 1 { Ok(()) } else { Err(rusqlite::Error::StatementChangedRows(changed)) }
    }
}

/// The files that are open, and what one that comes later has to be told.
#[derive(Default)]
pub(super) struct Files {
    /// By the names that entries use.
    open: BTreeMap<String, Arc<Database>>,
    leader: Option<Leader>,
    listener: Option<FailureListener>,
}

impl Files {
    pub fn new(system: Arc<Database>) -> Files {
        Files { open: [(SYSTEM.to_owned(), system)].into(), ..Files::default() }
    }

    pub fn get(&self, file: &str) -> Option<&Arc<Database>> {
        self.open.get(file)
    }

    pub fn all(&self) -> impl Iterator<Item = &Arc<Database>> {
        self.open.values()
    }

    fn insert(&mut self, database: Arc<Database>) {
        if let Some(listener) = &self.listener {
            database.shared.on_failure(listener.clone());
        }
        if let Some(leader) = &self.leader {
            database.shared.mailbox.control(Control::Lead(leader.clone()));
        }
        self.open.insert(database.shared.file.clone(), database);
    }

    /// Tells all of them, and those to come.
    pub fn lead(&mut self, leader: Option<Leader>) {
        for database in self.open.values() {
            let control = leader.clone().map_or(Control::Follow, Control::Lead);
            database.shared.mailbox.control(control);
        }
        self.leader = leader;
    }

    pub fn listen(&mut self, listener: &FailureListener) {
        self.open.values().for_each(|database| database.shared.on_failure(listener.clone()));
        self.listener = Some(listener.clone());
    }
}

impl Storage {
    pub(super) fn files(&self) -> RwLockReadGuard<'_, Files> {
        self.files.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn files_mut(&self) -> RwLockWriteGuard<'_, Files> {
        self.files.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Every open file, `system` the last.
    pub(super) fn all(&self) -> Vec<Arc<Database>> {
        self.files().all().cloned().collect()
    }

    pub(super) fn system(&self) -> Result<Arc<Database>, StorageError> {
        let missing = || StorageError::Unusable("system.sqlite is not open".to_owned());
        self.files().get(SYSTEM).cloned().ok_or_else(missing)
    }

    /// Opens what the list names, as this process starts.
    pub(super) fn open_databases(&self) -> Result<(), StorageError> {
        let system = self.system()?;
        self.registry.set(self.listed(&system)?);
        self.tidy_up()?;
        for name in self.registry.get().files() {
            let path = self.path(name);
            file::open_or_create(&path, false, &self.options)?;
            self.open_file(name)?;
        }
        Ok(())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.data.join(format!("{name}.sqlite"))
    }

    /// As `system.sqlite` has it.
    pub(super) fn listed(&self, system: &Database) -> Result<Listed, StorageError> {
        let path = &system.shared.path;
        let read = file::connect(path, file::Role::Read).and_then(|connection| Listed::load(&connection));
        read.map_err(|error| StorageError::sqlite(format!("reading {}", path.display()), error))
    }

    fn open_file(&self, name: &str) -> Result<Arc<Database>, StorageError> {
        let database =
            Database::open(&self.data, name.to_owned(), self.path(name), &self.options, self.registry.clone())?;
        self.background.add(database.shared.clone());
        self.files_mut().insert(database.clone());
        Ok(database)
    }

    pub(super) fn apply_database(&self, log_id: LogId, change: &DatabaseChange) -> Result<Applied, StorageError> {
        let system = self.system()?;
        if system.shared.applied().is_some_and(|applied| applied.index >= log_id.index) {
            return Ok(Applied::Nothing);
        }
        // Copies for another node are of one list, and of all that it names. Settings are in one of its files alone.
        let listing = !matches!(change, DatabaseChange::Setting { .. });
        let _changing = listing.then(|| self.changing.lock().unwrap_or_else(PoisonError::into_inner));
        let listed = self.registry.get();
        let outcome = match change {
            DatabaseChange::Create { key, name, options, template } => {
                let info = DatabaseInfo { oid: listed.next_oid(log_id.index), name: name.clone(), options: *options };
                self.create_database(log_id, &listed, info, *key, *template)?
            }
            DatabaseChange::Alter { oid, name, options } => {
                self.alter_database(log_id, &listed, *oid, name.as_ref(), *options)?
            }
            DatabaseChange::Drop { oid } => match listed.file_of(*oid) {
                Some(file) => {
                    self.mark(file)?;
                    self.list(log_id, Row::Remove(*oid))?;
                    self.remove(file)?;
                    DatabaseOutcome::Done
                }
                None => DatabaseOutcome::Missing,
            },
            DatabaseChange::Setting { of, .. } if of.database != 0 && listed.file_of(of.database).is_none() => {
                DatabaseOutcome::Missing
            }
            DatabaseChange::Setting { of, change } => {
                self.list(log_id, Row::Setting(*of, change.clone()))?;
                DatabaseOutcome::Done
            }
        };
        if outcome == DatabaseOutcome::Done {
            self.registry.set(self.listed(&system)?);
        }
        Ok(Applied::Database(outcome))
    }

    fn create_database(
        &self,
        log_id: LogId,
        listed: &Listed,
        info: DatabaseInfo,
        key: [u8; 16],
        template: Option<u32>,
    ) -> Result<DatabaseOutcome, StorageError> {
        if listed.made.iter().any(|(_, known)| *known == key) {
            return Ok(DatabaseOutcome::Done);
        }
        if listed.named(&info.name).is_some() {
            return Ok(DatabaseOutcome::Exists);
        }
        let open = |oid| listed.file_of(oid).and_then(|file| self.files().get(file).cloned());
        let template = match template.map(open) {
            Some(None) => return Ok(DatabaseOutcome::Missing),
            template => template.flatten(),
        };
        let file = listed.next_file(&info.name, info.oid);
        // Whoever dies before it is listed may never see this entry again: a snapshot can stand for it that knows no such database.
        self.mark(&file)?;
        self.make(log_id, &file, template.as_deref())?;
        self.list(log_id, Row::Put { info, file: file.clone(), key })?;
        self.unmark(&file)?;
        self.open_file(&file)?;
        Ok(DatabaseOutcome::Done)
    }

    fn alter_database(
        &self,
        log_id: LogId,
        listed: &Listed,
        oid: u32,
        name: Option<&String>,
        options: OptionsChange,
    ) -> Result<DatabaseOutcome, StorageError> {
        let Some(mut info) = listed.databases.iter().find(|database| database.oid == oid).cloned() else {
            return Ok(DatabaseOutcome::Missing);
        };
        if let Some(name) = name {
            if listed.named(name).is_some_and(|other| other.oid != oid) {
                return Ok(DatabaseOutcome::Exists);
            }
            info.name.clone_from(name);
        }
        info.options = options.apply(info.options);
        self.list(log_id, Row::Alter(info))?;
        Ok(DatabaseOutcome::Done)
    }

    fn list(&self, log_id: LogId, row: Row) -> Result<(), StorageError> {
        order(&*self.system()?, |done| Control::List { log_id, row, done })
    }

    /// Makes a new database's file, as of this entry.
    fn make(&self, log_id: LogId, name: &str, template: Option<&Database>) -> Result<(), StorageError> {
        let path = self.path(name);
        remove_files(&path)?;
        if let Some(template) = template {
            // What came before in the log is in the file when its writer answers.
            order(template, |done| Control::Answer { done })?;
        }
        file::put_in_place(&path, |new| {
            match template {
                Some(template) => snapshot::copy(&template.shared.path, new, None)?,
                None => file::create(new, false, &self.options.uid)
                    .map_err(|error| StorageError::sqlite(format!("making {}", path.display()), error))?,
            }
            let begun = snapshot::begin_file(new, &self.options.uid, log_id);
            begun.map_err(|error| StorageError::sqlite(format!("writing to {}", new.display()), error))
        })
    }

    /// Closes a database that the list doesn't name any more, and removes its file.
    fn remove(&self, name: &str) -> Result<(), StorageError> {
        let database = self.files_mut().open.remove(name);
        if let Some(database) = database {
            order(&database, |done| Control::End { done })?;
            self.background.remove(name);
            // A read may go on for long; it has its file open, which is gone with it.
            let closing = move || database.close();
            if let Err(error) = std::thread::Builder::new().name("closing".to_owned()).spawn(closing) {
                tracing::warn!(file = name, %error, "the readers of a dropped database could not be waited for");
            }
        }
        pieces::remove(&self.data, name).map_err(|source| self.dropping(name, source))?;
        remove_files(&self.path(name))?;
        self.unmark(name)
    }

    fn marker(&self, name: &str) -> PathBuf {
        self.data.join(format!("{name}.dropped"))
    }

    fn dropping(&self, name: &str, source: std::io::Error) -> StorageError {
        StorageError::Io { context: format!("removing {}", self.path(name).display()), source }
    }

    /// Says that the file goes unless the list names it, when this process starts again.
    fn mark(&self, name: &str) -> Result<(), StorageError> {
        let made = std::fs::File::create(self.marker(name)).and_then(|marker| marker.sync_all());
        made.and_then(|()| file::sync_directory(&self.data.join("databases")))
            .map_err(|source| self.dropping(name, source))
    }

    fn unmark(&self, name: &str) -> Result<(), StorageError> {
        std::fs::remove_file(self.marker(name)).map_err(|source| self.dropping(name, source))
    }

    /// What a process that died has left of a CREATE or DROP.
    fn tidy_up(&self) -> Result<(), StorageError> {
        let directory = self.data.join("databases");
        let failed = |source| StorageError::Io { context: format!("reading {}", directory.display()), source };
        let listed = self.registry.get();
        for entry in std::fs::read_dir(&directory).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            if path.extension().is_some_and(|extension| file::HALF_MADE.iter().any(|half| extension == *half)) {
                let context = || format!("removing {}", path.display());
                std::fs::remove_file(&path).map_err(|source| StorageError::Io { context: context(), source })?;
                continue;
            }
            let marked = path.extension().is_some_and(|extension| extension == "dropped");
            let Some(stem) = path.file_stem().and_then(|stem| stem.to_str()).filter(|_| marked) else { continue };
            let name = format!("databases/{stem}");
            if listed.has_file(&name) {
                self.unmark(&name)?;
            } else {
                self.remove(&name)?;
            }
        }
        Ok(())
    }

    /// Makes a file for every database that the copies have, and marks those that they don't: see
    /// [`Storage::install`]. Gives the files to be replaced, with their copies, `system` the last.
    pub(super) fn make_room(&self, from: &Path) -> Result<Vec<(Arc<Database>, PathBuf)>, StorageError> {
        let system = from.join(format!("{SYSTEM}.sqlite"));
        file::check_copy(&system)?;
        let coming = Listed::of_copy(&system)?;
        let copy = |name: &str| from.join(format!("{name}.sqlite"));
        for name in coming.files() {
            file::check_copy(&copy(name))?;
        }
        for name in coming.files().chain([SYSTEM]) {
            snapshot::adopt(&copy(name), &self.options.uid)?;
        }
        snapshot::begin_install(&self.data, from)?;
        for name in self.registry.get().files().filter(|name| !coming.has_file(name)) {
            self.mark(name)?;
        }
        let mut replaced = Vec::new();
        for name in coming.files() {
            let known = self.files().get(name).cloned();
            let database = match known {
                Some(database) => database,
                None => {
                    remove_files(&self.path(name))?;
                    let options = Options { may_create: true, ..self.options.clone() };
                    file::open_or_create(&self.path(name), false, &options)?;
                    self.open_file(name)?
                }
            };
            replaced.push((database, copy(name)));
        }
        replaced.push((self.system()?, system));
        Ok(replaced)
    }

    /// The list is that of the copies now: what it doesn't name goes.
    pub(super) fn make_clean(&self) -> Result<(), StorageError> {
        let before = self.registry.get();
        self.registry.set(self.listed(&*self.system()?)?);
        let now = self.registry.get();
        before.files().filter(|name| !now.has_file(name)).try_for_each(|name| self.remove(name))
    }

    /// The databases that there are, by OID.
    pub fn list_databases(&self) -> Vec<DatabaseInfo> {
        self.registry.get().databases.clone()
    }

    /// What sessions begin with.
    pub fn settings(&self) -> Arc<[RoleSettings]> {
        self.registry.get().settings.clone()
    }

    /// The database of that name, if it exists.
    pub fn database(&self, name: &str) -> Option<Arc<Database>> {
        let listed = self.registry.get();
        let place = listed.place(|database| database.name == name)?;
        self.files().get(&listed.made[place].0).cloned()
    }
}

/// Removes a database file that nobody will open any more, and what belongs to it.
fn remove_files(path: &Path) -> Result<(), StorageError> {
    for suffix in ["", "-wal", "-shm", "-journal"] {
        let mut file = path.to_owned().into_os_string();
        file.push(suffix);
        match std::fs::remove_file(&file) {
            Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
                return Err(StorageError::Io { context: format!("removing {}", path.display()), source });
            }
            _ => {}
        }
    }
    let directory = path.parent().unwrap_or(Path::new("."));
    let failed = |source| StorageError::Io { context: format!("syncing {}", directory.display()), source };
    file::sync_directory(directory).map_err(failed)
}
