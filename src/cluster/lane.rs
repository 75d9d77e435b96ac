//! The thread that Raft's tasks share.
//!
//! They wake each other in turn all day, and what they do in between takes microseconds. On a runtime of several threads a task that
//! wakes two others has a second thread come for one of them, which finds it taken already, or takes turns with the first for its
//! processor: an append's answer was held up by that more than by anything else. What takes long is done in the runtime that
//! everything else runs in.

use std::convert::Infallible;
use std::io;

use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;
use tokio::task::{JoinError, JoinSet};

/// How many times tasks run between two looks at sockets and timers: one that applies entry after entry takes milliseconds at a
/// time, and heartbeats have less time than tokio's 61 of those.
const EVENT_INTERVAL: u32 = 8;

/// One thread, and what is spawned on it. Its tasks end when it is dropped.
#[derive(Debug)]
pub(crate) struct Lane {
    handle: Handle,
    /// Dropping it ends the thread.
    _end: oneshot::Sender<Infallible>,
}

impl Lane {
    /// Errors are the system's: no thread, or no file descriptor for it.
    pub(crate) fn start(name: &str) -> io::Result<Lane> {
        let runtime = Builder::new_current_thread().enable_all().event_interval(EVENT_INTERVAL).build()?;
        let handle = runtime.handle().clone();
        let (end, ended) = oneshot::channel::<Infallible>();
        std::thread::Builder::new().name(name.to_owned()).spawn(move || {
            let _ = runtime.block_on(ended);
            runtime.shutdown_background();
        })?;
        Ok(Lane { handle, _end: end })
    }

    pub(crate) fn handle(&self) -> &Handle {
        &self.handle
    }
}

/// Runs a task in another runtime, for as long as this is waited for.
pub(crate) async fn run_in<T: Send + 'static>(
    runtime: &Handle,
    task: impl Future<Output = T> + Send + 'static,
) -> Result<T, JoinError> {
    let mut tasks = JoinSet::new();
    tasks.spawn_on(task, runtime);
    tasks.join_next().await.expect("a task was spawned")
}
