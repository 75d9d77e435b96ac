//! `/`: what a person sees who opens the HTTP port in a browser.

use std::fmt::Write;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Html;

use super::Ops;

/// This node's own view, without asking the others: the page must come up when they are gone.
pub async fn show(State(ops): State<Arc<Ops>>) -> Html<String> {
    let state = ops.unready().unwrap_or_else(|| "ready".to_owned());
    let mut rows = vec![("State", state), ("Version", env!("CARGO_PKG_VERSION").to_owned())];
    if let Some(node) = ops.node() {
        let gauges = node.gauges();
        rows.push(("Node", gauges.node_id.to_string()));
        rows.push(("Cluster", node.cluster_id()));
        rows.push(("Leader", gauges.leader_id.map_or("none known".to_owned(), |id| format!("node {id}"))));
        rows.push(("Term", gauges.term.to_string()));
        rows.push(("Applied index", gauges.applied_index.to_string()));
    }
    let mut table = String::new();
    for (name, value) in rows {
        let _ = write!(table, "<tr><th>{name}</th><td>{}</td></tr>", escaped(&value));
    }
    Html(format!(
        "<!doctype html><html lang=en><meta charset=utf-8><title>Quorlite</title>\
         <style>body{{font:16px/1.5 sans-serif;margin:3em}}th{{text-align:left;padding-right:2em}}</style>\
         <h1>Quorlite</h1><table>{table}</table>\
         <p><a href=/metrics>metrics</a> · <a href=/readyz>ready?</a> · <a href=/healthz>alive?</a></html>"
    ))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
