//! What `/metrics` says of the PostgreSQL port.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// They only grow, but for `connections`.
#[derive(Debug, Default)]
pub struct Counters {
    /// Open now.
    pub connections: AtomicU64,
    pub connections_accepted: AtomicU64,
    /// Turned away: 53300, or a startup that broke the protocol.
    pub connections_refused: AtomicU64,
    /// Statements completed.
    pub statements: AtomicU64,
    /// ErrorResponses sent.
    pub errors: AtomicU64,
    pub rows_sent: AtomicU64,
    pub bytes_received: AtomicU64,
    pub bytes_sent: AtomicU64,
}

impl Counters {
    pub(super) fn add(counter: &AtomicU64, amount: usize) {
        counter.fetch_add(amount as u64, Ordering::Relaxed);
    }
}

/// Counts one connection as open while it lives.
pub(super) struct Open(Arc<Counters>);

impl Open {
    pub fn new(counters: &Arc<Counters>) -> Open {
        Counters::add(&counters.connections_accepted, 1);
        Counters::add(&counters.connections, 1);
        Open(counters.clone())
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.connections.fetch_sub(1, Ordering::Relaxed);
    }
}
