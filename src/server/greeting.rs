//! What a person who has just typed `quorlite start` needs next: where it listens, where the data is, what to type.

use std::io::Write;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;

use super::Config;
use crate::cluster::Node;

/// Prints to stdout; the log goes to stderr.
pub fn print(config: &Config, data: &Path, node: &Node) {
    let reached = |address: SocketAddr| match address.ip().is_unspecified() {
        true => SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), address.port()),
        false => address,
    };
    let psql = reached(config.listen);
    // Absolute, so that it can be copied into another terminal.
    let file = data.join("databases").join("postgres.sqlite");
    let file = std::path::absolute(&file).unwrap_or(file);
    let text = format!(
        "Quorlite {version}, node {id} of cluster {cluster}\n\
         \n\
         PostgreSQL  {listen}\n\
         Cluster     {cluster_listen} (advertised as {advertise})\n\
         HTTP        http://{http}/ (/healthz, /readyz, /metrics)\n\
         Data        {file}\n\
         \n\
         psql -h {host} -p {port} -U postgres postgres\n",
        version = env!("CARGO_PKG_VERSION"),
        id = node.id(),
        cluster = node.cluster_id(),
        listen = config.listen,
        cluster_listen = config.cluster_listen,
        advertise = config.advertise,
        http = reached(config.http_listen),
        file = file.display(),
        host = psql.ip(),
        port = psql.port(),
    );
    // A closed stdout is no reason not to serve.
    let mut stdout = std::io::stdout().lock();
    let _ = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
}
