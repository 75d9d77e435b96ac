//! `/metrics`: the numbers as Prometheus reads them.
//!
//! They are kept where they arise (the node's gauges, the wire's counters, the file system) and
//! read at each scrape, so nothing has to be kept in step.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::Registry;

use super::Ops;
use crate::cluster::Gauges;
use crate::wire;

pub async fn show(State(ops): State<Arc<Ops>>) -> Response {
    let mut registry = Registry::with_prefix("quorlite");
    registry.register_collector(Box::new(Scrape(ops)));
    let mut body = String::new();
    if encode(&mut body, &registry).is_err() {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    ([(header::CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")], body).into_response()
}

struct Scrape(Arc<Ops>);

impl fmt::Debug for Scrape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Scrape")
    }
}

impl Collector for Scrape {
    fn encode(&self, mut encoder: DescriptorEncoder) -> fmt::Result {
        let node = self.0.node();
        let gauges = node.as_ref().map(|node| node.gauges());
        let ready = self.0.unready().is_none();
        gauge(&mut encoder, "ready", "1 if clients may be sent here", ready.into())?;
        if let Some(gauges) = &gauges {
            node_metrics(&mut encoder, gauges)?;
        }
        wire_metrics(&mut encoder, &self.0.wire)?;
        file_metrics(&mut encoder, &self.0.data)?;
        if let Some(bytes) = resident_bytes() {
            gauge(&mut encoder, "resident_memory_bytes", "Resident memory of the process", bytes)?;
        }
        Ok(())
    }
}

fn node_metrics(encoder: &mut DescriptorEncoder, g: &Gauges) -> fmt::Result {
    let gauges: [(&str, &str, u64); 12] = [
        ("node_id", "This node's id", g.node_id),
        ("raft_term", "Raft's current term", g.term),
        ("raft_leader_id", "Id of the leader, 0 if not known", g.leader_id.unwrap_or(0)),
        ("raft_is_leader", "1 if this node leads", g.is_leader.into()),
        ("raft_is_voter", "1 if this node votes", g.is_voter.into()),
        ("raft_last_log_index", "Last entry of the own log", g.last_log_index),
        ("raft_committed_index", "Last entry known to be committed", g.committed_index),
        ("raft_applied_index", "Last entry in the database files", g.applied_index),
        ("raft_snapshot_index", "Last entry covered by a checkpoint", g.snapshot_index),
        ("raft_purged_index", "Last entry removed from the own log", g.purged_index),
        ("raft_apply_lag", "Committed entries not yet applied", g.committed_index.saturating_sub(g.applied_index)),
        ("fatal", "1 if this node has stopped applying and serves nothing", g.fatal.is_some().into()),
    ];
    for (name, help, value) in gauges {
        gauge(encoder, name, help, value)?;
    }
    if let Some(millis) = g.millis_since_quorum_ack {
        gauge(encoder, "raft_millis_since_quorum_ack", "Since a majority last acknowledged this leader", millis)?;
    }
    let counters: [(&str, &str, u64); 8] = [
        ("raft_log_appends", "Entries appended to the own log", g.log_appends),
        ("raft_log_syncs", "Syncs of the own log", g.log_syncs),
        ("proposals", "Batches proposed by this node as leader", g.proposals),
        ("forwarded", "Transactions sent to the leader for this node's clients", g.forwarded),
        ("read_index_rounds", "Rounds that asked for a read index", g.read_index_rounds),
        ("snapshots_sent", "Snapshots sent to other nodes", g.snapshots_sent),
        ("snapshots_failed", "Attempts to send a snapshot that came to nothing", g.snapshots_failed),
        ("snapshots_installed", "Snapshots that replaced this node's files", g.snapshots_installed),
    ];
    for (name, help, value) in counters {
        counter(encoder, name, help, value)?;
    }
    Ok(())
}

fn wire_metrics(encoder: &mut DescriptorEncoder, wire: &wire::Counters) -> fmt::Result {
    let read = |number: &AtomicU64| number.load(Ordering::Relaxed);
    gauge(encoder, "connections", "Open PostgreSQL connections", read(&wire.connections))?;
    let counters: [(&str, &str, &AtomicU64); 7] = [
        ("connections_accepted", "PostgreSQL connections accepted", &wire.connections_accepted),
        ("connections_refused", "PostgreSQL connections turned away", &wire.connections_refused),
        ("statements", "Statements begun", &wire.statements),
        ("errors", "Errors sent to clients", &wire.errors),
        ("rows_sent", "Rows sent to clients", &wire.rows_sent),
        ("received_bytes", "Bytes received from clients", &wire.bytes_received),
        ("sent_bytes", "Bytes sent to clients", &wire.bytes_sent),
    ];
    for (name, help, value) in counters {
        counter(encoder, name, help, read(value))?;
    }
    Ok(())
}

/// Of a file, or of those in a directory; 0 if there is none.
fn bytes_of(path: &Path) -> u64 {
    let of = |metadata: std::io::Result<std::fs::Metadata>| metadata.map_or(0, |metadata| metadata.len());
    match std::fs::read_dir(path) {
        Ok(entries) => entries.flatten().map(|entry| of(entry.metadata())).sum(),
        Err(_) => of(std::fs::metadata(path)),
    }
}

/// Sizes only, by `stat`: opening a database file here would drop SQLite's locks on it.
fn file_metrics(encoder: &mut DescriptorEncoder, data: &Path) -> fmt::Result {
    let mut files = vec![("raft".to_owned(), data.join("raft")), ("system".to_owned(), data.join("system.sqlite"))];
    if let Ok(entries) = std::fs::read_dir(data.join("databases")) {
        for path in entries.flatten().map(|entry| entry.path()) {
            if path.extension().is_some_and(|extension| extension == "sqlite")
                && let Some(stem) = path.file_stem()
            {
                files.push((format!("databases/{}", stem.to_string_lossy()), path.clone()));
            }
        }
    }
    files.sort();
    let sizes = [("file_bytes", "Size of a file", ""), ("wal_bytes", "Size of a file's write-ahead log", "-wal")];
    for (name, help, suffix) in sizes {
        let mut family = encoder.encode_descriptor(name, help, None, ConstGauge::new(0u64).metric_type())?;
        for (file, path) in &files {
            let mut path = path.clone().into_os_string();
            path.push(suffix);
            let bytes = bytes_of(Path::new(&path));
            ConstGauge::new(bytes).encode(family.encode_family(&[("file", file.as_str())])?)?;
        }
    }
    Ok(())
}

/// Linux tells in pages; elsewhere the metric is absent.
fn resident_bytes() -> Option<u64> {
    const PAGE: u64 = 4096;
    let statm = std::fs::read_to_string("/proc/self/statm").ok()?;
    Some(statm.split(' ').nth(1)?.parse::<u64>().ok()? * PAGE)
}

fn gauge(encoder: &mut DescriptorEncoder, name: &str, help: &str, value: u64) -> fmt::Result {
    let metric = ConstGauge::new(value);
    metric.encode(encoder.encode_descriptor(name, help, None, metric.metric_type())?)
}

fn counter(encoder: &mut DescriptorEncoder, name: &str, help: &str, value: u64) -> fmt::Result {
    let metric = ConstCounter::new(value);
    metric.encode(encoder.encode_descriptor(name, help, None, metric.metric_type())?)
}
