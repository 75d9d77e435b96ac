//! The PostgreSQL port: accepts connections, bounds them, and ends them at shutdown.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tracing::Instrument;

use crate::session::settings::Defaults;
use crate::session::{Backend, Patience, Sessions};
use crate::sql::PlanCache;

use super::connection::{self, Shared};
use super::counters::{Counters, Open};

/// Sockets above the connection limit: for cancel requests, and to tell others that there are too many.
const SPARE: u64 = 128;

/// Plans kept for statements that come again, from whichever connection.
const PLANS: usize = 2048;

/// What clients may cost.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Sessions at a time.
    pub max_connections: usize,
    /// Bytes of one message after login.
    pub message_bytes: usize,
    /// From the first byte to the login.
    pub startup_timeout: Duration,
    /// With transactions that hold up others.
    pub patience: Patience,
    /// What sessions begin with.
    pub defaults: Arc<Defaults>,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            max_connections: 100,
            message_bytes: 256 << 20,
            startup_timeout: Duration::from_secs(60),
            patience: Patience::default(),
            defaults: Arc::default(),
        }
    }
}

/// The PostgreSQL port.
pub struct Server {
    stop: watch::Sender<bool>,
    ended: watch::Receiver<bool>,
    sessions: Arc<Sessions>,
}

impl Server {
    /// Accepts connections until [`Server::shutdown`], or until the server is dropped.
    pub fn start<B: Backend>(
        listener: TcpListener,
        backend: Arc<B>,
        limits: Limits,
        counters: Arc<Counters>,
    ) -> Server {
        let (stop, stopping) = watch::channel(false);
        let (end, ended) = watch::channel(false);
        let sessions = Sessions::new(backend.process_ids());
        let plans = Arc::new(PlanCache::new(PLANS));
        let port = listener.local_addr().map_or(0, |address| address.port());
        let shared = Arc::new(Shared { port, backend, sessions: sessions.clone(), plans, counters, limits, stopping });
        tokio::spawn(async move {
            let connections = accept_all(listener, shared).await;
            end_all(connections).await;
            let _ = end.send(true);
        });
        Server { stop, ended, sessions }
    }

    /// Who is connected.
    pub fn sessions(&self) -> &Arc<Sessions> {
        &self.sessions
    }

    /// Accepts no more, tells every connection 57P01 (after the write it waits for, if one is proposed), and returns
    /// when all have ended. The caller bounds the wait.
    pub async fn shutdown(&self) {
        let _ = self.stop.send(true);
        let _ = self.ended.clone().wait_for(|ended| *ended).await;
    }
}

/// Accepts until the server stops; gives the connections that are left.
async fn accept_all<B: Backend>(listener: TcpListener, shared: Arc<Shared<B>>) -> JoinSet<()> {
    let mut connections = JoinSet::new();
    let mut stopping = shared.stopping.clone();
    loop {
        tokio::select! {
            () = stopped(&mut stopping) => return connections,
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => accept(stream, peer, &shared, &mut connections),
                Err(error) => {
                    // Out of file descriptors, as a rule: try again when some connection has ended.
                    tracing::warn!(%error, "accept failed");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            },
            Some(ended) = connections.join_next() => log_panic(ended),
        }
    }
}

/// Resolves when the server stops, or is gone.
pub(super) async fn stopped(stopping: &mut watch::Receiver<bool>) {
    let _ = stopping.wait_for(|stopping| *stopping).await;
}

async fn end_all(mut connections: JoinSet<()>) {
    while let Some(ended) = connections.join_next().await {
        log_panic(ended);
    }
}

fn accept<B: Backend>(stream: TcpStream, peer: SocketAddr, shared: &Arc<Shared<B>>, connections: &mut JoinSet<()>) {
    let open = Open::new(&shared.counters);
    if shared.counters.connections.load(Ordering::Relaxed) > shared.limits.max_connections as u64 + SPARE {
        Counters::add(&shared.counters.connections_refused, 1);
        return;
    }
    // One write per Sync is all there is to gather.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "TCP_NODELAY");
    }
    let (reader, writer) = stream.into_split();
    let shared = shared.clone();
    let empty = tracing::field::Empty;
    let span = tracing::info_span!("connection", %peer, pid = empty, user = empty, database = empty);
    let task = async move {
        let _open = open;
        connection::serve(reader, writer, Some(peer), shared).await;
    };
    connections.spawn(task.instrument(span));
}

fn log_panic(ended: Result<(), tokio::task::JoinError>) {
    if let Err(error) = ended
        && error.is_panic()
    {
        tracing::error!(%error, "connection task panicked");
    }
}
