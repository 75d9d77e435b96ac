//! Real clusters for tests: the built binary, on free ports, in a directory of its own.
//!
//! Tests wait for conditions, never for time to pass; what a test says of the files it says through
//! the stock `sqlite3` shell, because that is the promise made to users.

// Each test binary uses its own part of this.
#![allow(dead_code)]

pub mod cluster;
pub mod files;
pub mod http;
pub mod network;
mod port;
pub mod process;
pub mod shim;
pub mod sql;
pub mod writers;

pub use port::free_port;

use std::future::Future;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

/// Where a server listens: a port of this machine, or an address of a test's own network.
pub trait Address {
    fn socket(&self) -> SocketAddr;
}

impl Address for u16 {
    fn socket(&self) -> SocketAddr {
        SocketAddr::from((Ipv4Addr::LOCALHOST, *self))
    }
}

impl Address for SocketAddr {
    fn socket(&self) -> SocketAddr {
        *self
    }
}

/// How long anything may take before a test gives up on it. Generous: two cores may run several tests at once.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Asks `condition` until it is `Ok`; its last error is the failure's text.
#[track_caller]
pub fn wait_until<T>(what: &str, mut condition: impl FnMut() -> Result<T, String>) -> T {
    let start = Instant::now();
    loop {
        match condition() {
            Ok(value) => return value,
            Err(error) if start.elapsed() > PATIENCE => panic!("{what}: not within {PATIENCE:?}: {error}"),
            Err(_) => std::thread::sleep(Duration::from_millis(50)),
        }
    }
}

/// [`wait_until`] for async conditions.
pub async fn wait_for<T, F: Future<Output = Result<T, String>>>(what: &str, mut condition: impl FnMut() -> F) -> T {
    let start = Instant::now();
    loop {
        match condition().await {
            Ok(value) => return value,
            Err(error) if start.elapsed() > PATIENCE => panic!("{what}: not within {PATIENCE:?}: {error}"),
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}
