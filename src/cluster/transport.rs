//! How nodes talk: TCP connections, a handshake, frames.
//!
//! A connection has one purpose, told in the handshake, so that a large or slow thing of one kind never holds up another:
//!
//! | purpose | what passes | order |
//! |---|---|---|
//! | append | log entries | requests and responses in order, several under way |
//! | control | votes, heartbeats, read index, membership | each by itself |
//! | forward | clients' transactions on their way to the leader | each by itself |
//! | snapshot | database files | one stream |
//! | guest | joining nodes and commands, which are no members | each by itself |
//!
//! Bytes from the network are trusted with nothing before the handshake has shown that both
//! sides mean the same cluster and each other. What doesn't fit (garbage, a frame too large,
//! an unknown message) closes that connection and nothing else.

pub(super) mod channel;
pub(super) mod frame;
pub(super) mod handshake;
pub(super) mod server;

use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

/// How long connecting and greeting may take.
pub(super) const HANDSHAKE: Duration = Duration::from_secs(3);

/// A connection's bytes. Whatever encrypts them (mutual TLS) wraps the socket here, in
/// [`connect`] and in [`server::Server`], and nothing else notices.
pub(super) trait Link: AsyncRead + AsyncWrite + Send + Sync + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Sync + Unpin> Link for T {}

pub(super) type BoxLink = Box<dyn Link>;

/// Opens a connection to `host:port`.
pub(super) async fn connect(address: &str) -> std::io::Result<BoxLink> {
    let stream = tokio::time::timeout(HANDSHAKE, TcpStream::connect(address))
        .await
        .map_err(|_| std::io::Error::new(std::io::ErrorKind::TimedOut, "it does not answer"))??;
    stream.set_nodelay(true)?;
    Ok(Box::new(stream))
}

/// A node's address is resolved when it is connected to, so only its form can be checked before.
pub(super) fn check_address(address: &str) -> Result<(), String> {
    match address.rsplit_once(':') {
        Some((host, port)) if !host.is_empty() && port.parse::<u16>().is_ok_and(|port| port > 0) => Ok(()),
        _ => Err(format!("{address:?} is not an address: give host:port, for example 10.0.0.2:7432")),
    }
}
