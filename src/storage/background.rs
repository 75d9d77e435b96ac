//! Copies the write-ahead logs into the files, beside the writers.
//!
//! A PASSIVE checkpoint disturbs nobody, but under steady load never reaches the log's end, and the log grows. Above
//! a bound the writer is asked to copy the small rest itself, between two batches: then its next
//! transaction starts the log anew.

use std::collections::HashMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use rusqlite::wal::CheckpointMode;

use super::database::Shared;
use super::file::{self, Role};
use super::mailbox::Control;
use super::writer::WAL_BOUND;

const LOOK: Duration = Duration::from_millis(100);
/// New pages that are worth a checkpoint and its fsyncs.
const PAGES: u64 = 2000;
/// Fewer are copied when nothing has come for so long.
const QUIET: Duration = Duration::from_secs(2);
/// Between two warnings of the same kind.
const WARNING: Duration = Duration::from_secs(60);

/// The thread that checkpoints all files of a node.
pub(super) struct Background {
    stop: Arc<(Mutex<bool>, Condvar)>,
    files: Arc<Mutex<Files>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

/// The files to look at, and what is known of them.
struct Files {
    shared: Vec<Arc<Shared>>,
    logs: HashMap<String, Log>,
}

/// What the thread knows of one file.
struct Log {
    connection: Connection,
    /// In the log when it was last looked at.
    pages: u64,
    changed: Instant,
    /// Of these, copied.
    copied: u64,
    warned: Option<Instant>,
}

impl Background {
    pub fn start(file: Arc<Shared>) -> std::io::Result<Background> {
        let stop = Arc::new((Mutex::new(false), Condvar::new()));
        let files = Arc::new(Mutex::new(Files { shared: vec![file], logs: HashMap::new() }));
        let (stopped, looked) = (stop.clone(), files.clone());
        let thread = std::thread::Builder::new().name("checkpoints".to_owned()).spawn(move || {
            while !wait(&stopped) {
                let Files { shared, logs } = &mut *looked.lock().unwrap_or_else(PoisonError::into_inner);
                for shared in shared {
                    if let Err(error) = look(shared, logs) {
                        tracing::warn!(file = shared.file, %error, "checkpoint failed");
                        logs.remove(&shared.file);
                    }
                }
            }
        })?;
        Ok(Background { stop, files, thread: Mutex::new(Some(thread)) })
    }

    pub fn add(&self, file: Arc<Shared>) {
        self.files.lock().unwrap_or_else(PoisonError::into_inner).shared.push(file);
    }

    /// Its connection to the file is closed when this returns.
    pub fn remove(&self, file: &str) {
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        files.shared.retain(|shared| shared.file != file);
        files.logs.remove(file);
    }

    pub fn close(&self) {
        *self.stop.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.stop.1.notify_all();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            let _ = thread.join();
        }
    }
}

/// Waits for the next look; `true`: there is none.
fn wait(stop: &(Mutex<bool>, Condvar)) -> bool {
    let stopped = stop.0.lock().unwrap_or_else(PoisonError::into_inner);
    *stop.1.wait_timeout_while(stopped, LOOK, |stopped| !*stopped).unwrap_or_else(PoisonError::into_inner).0
}

fn look(shared: &Shared, logs: &mut HashMap<String, Log>) -> rusqlite::Result<()> {
    let pages = shared.wal_pages.load(Ordering::Relaxed);
    if pages == 0 && !logs.contains_key(&shared.file) {
        return Ok(());
    }
    let log = match logs.entry(shared.file.clone()) {
        std::collections::hash_map::Entry::Occupied(entry) => entry.into_mut(),
        std::collections::hash_map::Entry::Vacant(entry) => {
            let connection = file::connect(&shared.path, Role::Checkpoint)?;
            entry.insert(Log { connection, pages: 0, changed: Instant::now(), copied: 0, warned: None })
        }
    };
    if pages != log.pages {
        // Fewer than before: the log has started anew.
        if pages < log.pages {
            log.copied = 0;
        }
        log.pages = pages;
        log.changed = Instant::now();
    }
    let waiting = pages.saturating_sub(log.copied);
    if waiting >= PAGES || (waiting > 0 && log.changed.elapsed() >= QUIET) {
        shared.let_go_of_snapshots();
        match log.connection.wal_checkpoint_v2(Some(c"main"), CheckpointMode::PASSIVE) {
            Ok((_, copied)) => log.copied = u64::try_from(copied).unwrap_or(0),
            // The writer is copying, which takes long after a large transaction.
            Err(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseBusy) => {}
            Err(error) => return Err(error),
        }
    }
    if shared.wal_bytes() > WAL_BOUND {
        shared.let_go_of_snapshots();
        shared.mailbox.control(Control::FinishCheckpoint);
    }
    if shared.wal_bytes() > 8 * WAL_BOUND && log.warned.is_none_or(|at| at.elapsed() > WARNING) {
        log.warned = Some(Instant::now());
        tracing::warn!(
            file = shared.file,
            megabytes = shared.wal_bytes() >> 20,
            "the write-ahead log can't be reset: a reader, perhaps of another process, keeps an old snapshot"
        );
    }
    Ok(())
}
