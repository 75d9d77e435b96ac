//! Threads that each run tasks of their own, one at a time.
//!
//! What a statement costs between its tasks is mostly the waking of threads. On a runtime of several threads a task that wakes two
//! others has a second thread come for one of them, which finds it taken already, or carries the connection's memory over to
//! another core. Tasks that wake each other in turn all day (those of Raft, those of one connection) are better off together.

use std::convert::Infallible;
use std::io;

use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

/// One thread, and what is spawned on it. Its tasks end when it is dropped.
#[derive(Debug)]
pub struct Lane {
    handle: Handle,
    /// Dropping it ends the thread.
    _end: oneshot::Sender<Infallible>,
}

impl Lane {
    /// Errors are the system's: no thread, or no file descriptor for it.
    pub fn start(name: &str) -> io::Result<Lane> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let handle = runtime.handle().clone();
        let (end, ended) = oneshot::channel::<Infallible>();
        std::thread::Builder::new().name(name.to_owned()).spawn(move || {
            let _ = runtime.block_on(ended);
            runtime.shutdown_background();
        })?;
        Ok(Lane { handle, _end: end })
    }

    pub fn handle(&self) -> &Handle {
        &self.handle
    }
}
