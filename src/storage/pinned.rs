//! One snapshot for several reads: what REPEATABLE READ transactions see.
//!
//! A thread with a connection of its own holds the snapshot until the [`Pinned`] is dropped. It is apart from the
//! reader pool: a client that thinks for long must not keep others from reading.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

use super::database::Shared;
use super::readers::Reader;
use super::schema::{Meta, load_catalog};
use super::{Read, ReadError};
use crate::catalog::Catalog;
use crate::types::{PgError, SqlState};

/// A snapshot of a database. One read at a time: the next begins when the one before has ended, or nobody
/// takes its rows any more.
pub struct Pinned {
    reads: Sender<Read>,
    catalog: Arc<Catalog>,
    version: u64,
}

impl Pinned {
    /// Pins the newest state. `done` is called on the thread that holds it from then on.
    pub(super) fn pin(shared: Arc<Shared>, done: impl FnOnce(Result<Pinned, PgError>) + Send + 'static) {
        let (reads, queue) = channel();
        let thread = std::thread::Builder::new().name("snapshot".to_owned());
        // Told by its own way if the thread can't be started: `done` has gone with it.
        let started = thread.spawn(move || match open(&shared) {
            Ok((reader, catalog, version)) => {
                done(Ok(Pinned { reads, catalog, version }));
                serve(&reader, &queue, &shared);
            }
            Err(error) => {
                let message = format!("a snapshot could not be taken: {error}");
                done(Err(PgError::new(SqlState::IO_ERROR, message)));
            }
        });
        if let Err(error) = started {
            tracing::warn!(%error, "a thread for a snapshot could not be started");
        }
    }

    /// The schema as of the snapshot.
    pub fn catalog(&self) -> &Arc<Catalog> {
        &self.catalog
    }

    /// Counts the changes of the database: a transaction may write only on the newest.
    pub fn version(&self) -> u64 {
        self.version
    }

    pub fn read(&self, read: Read) {
        if let Err(unsent) = self.reads.send(read) {
            let error = PgError::new(SqlState::INTERNAL_ERROR, "the transaction's snapshot is gone");
            unsent.0.sink.finish(Err(ReadError::Pg(error)));
        }
    }
}

fn open(shared: &Shared) -> rusqlite::Result<(Reader, Arc<Catalog>, u64)> {
    let reader = Reader::open(shared)?;
    let (meta, catalog) = reader.internal(|connection| -> rusqlite::Result<_> {
        connection.execute_batch("BEGIN")?;
        let meta = Meta::load(connection)?;
        let newest = shared.catalog();
        if newest.version == meta.catalog_version {
            return Ok((meta, newest));
        }
        let catalog = load_catalog(connection)?;
        let catalog = catalog.map_err(|why| rusqlite::Error::ToSqlConversionFailure(why.into()))?;
        Ok((meta, Arc::new(catalog)))
    })?;
    Ok((reader, catalog, meta.data_version))
}

fn serve(reader: &Reader, reads: &Receiver<Read>, shared: &Shared) {
    while let Ok(read) = reads.recv() {
        reader.serve(read, shared);
    }
}
