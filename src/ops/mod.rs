//! What operators and orchestrators ask a node over HTTP: is it alive, is it ready, how is it doing.
//!
//! Served from the first moment on, before the node has found its cluster: "not ready, and why" is
//! the answer that is needed most then. Nothing here waits for Raft or for a file, so a stuck node
//! still answers. This module is the only door to axum.

mod metrics;
mod page;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use tokio::net::TcpListener;

use crate::cluster::Node;
use crate::wire;

/// How far the process is in its life.
pub enum Phase {
    /// Opening files, forming or joining a cluster.
    Starting,
    /// The node runs; whether it is ready is its own to say.
    Running(Arc<Node>),
    /// Asked to stop: no new clients should be sent here.
    Stopping(Arc<Node>),
}

/// What the HTTP port reports on.
pub struct Ops {
    /// The data directory, for the sizes of its files.
    data: PathBuf,
    wire: Arc<wire::Counters>,
    phase: Mutex<Phase>,
}

impl Ops {
    pub fn new(data: PathBuf, wire: Arc<wire::Counters>) -> Arc<Ops> {
        Arc::new(Ops { data, wire, phase: Mutex::new(Phase::Starting) })
    }

    pub fn set_phase(&self, phase: Phase) {
        *self.phase.lock().unwrap_or_else(PoisonError::into_inner) = phase;
    }

    fn node(&self) -> Option<Arc<Node>> {
        match &*self.phase.lock().unwrap_or_else(PoisonError::into_inner) {
            Phase::Starting => None,
            Phase::Running(node) | Phase::Stopping(node) => Some(node.clone()),
        }
    }

    /// The reason against sending clients here, if there is one.
    fn unready(&self) -> Option<String> {
        match &*self.phase.lock().unwrap_or_else(PoisonError::into_inner) {
            Phase::Starting => Some("starting: no cluster formed or joined yet".to_owned()),
            Phase::Running(node) => node.ready().err(),
            Phase::Stopping(_) => Some("stopping".to_owned()),
        }
    }
}

/// Serves the HTTP port until the process ends.
pub async fn serve(listener: TcpListener, ops: Arc<Ops>) -> std::io::Result<()> {
    let router = Router::new()
        .route("/", get(page::show))
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz))
        .route("/metrics", get(metrics::show))
        .with_state(ops);
    axum::serve(listener, router).await
}

/// Alive: the process answers and its node has not given up. Not being ready is no reason to restart it.
async fn healthz(State(ops): State<Arc<Ops>>) -> impl IntoResponse {
    match ops.node().and_then(|node| node.gauges().fatal) {
        None => text(StatusCode::OK, "ok\n".to_owned()),
        Some(reason) => text(StatusCode::SERVICE_UNAVAILABLE, format!("{reason}\n")),
    }
}

async fn readyz(State(ops): State<Arc<Ops>>) -> impl IntoResponse {
    match ops.unready() {
        None => text(StatusCode::OK, "ready\n".to_owned()),
        Some(reason) => text(StatusCode::SERVICE_UNAVAILABLE, format!("{reason}\n")),
    }
}

fn text(status: StatusCode, body: String) -> impl IntoResponse {
    (status, [(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::CACHE_CONTROL, "no-store")], body)
}
