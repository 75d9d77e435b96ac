//! The PostgreSQL protocol: startup, messages, value codecs.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use tokio::net::TcpListener;

use crate::cluster::Node;

/// What `/metrics` says of the PostgreSQL port; they only grow, but for `connections`.
#[derive(Debug, Default)]
pub struct Counters {
    /// Open now.
    pub connections: AtomicU64,
    pub connections_accepted: AtomicU64,
    /// Turned away: 53300, or a startup that broke the protocol.
    pub connections_refused: AtomicU64,
    /// Statements begun.
    pub statements: AtomicU64,
    /// ErrorResponses sent.
    pub errors: AtomicU64,
    pub rows_sent: AtomicU64,
    pub bytes_received: AtomicU64,
    pub bytes_sent: AtomicU64,
}

#[derive(Clone, Debug)]
pub struct Limits {
    pub max_connections: usize,
}

/// The PostgreSQL port.
pub struct Server {
    _private: (),
}

impl Server {
    /// Accepts connections until [`Server::shutdown`].
    pub fn start(_listener: TcpListener, _node: Arc<Node>, _limits: Limits, _counters: Arc<Counters>) -> Server {
        todo!()
    }

    /// Accepts no more, tells every connection 57P01 (after the write it waits for, if one is proposed), and returns
    /// when all have ended. The caller bounds the wait.
    pub async fn shutdown(&self) {
        todo!()
    }
}
