//! Ports that a test has for itself.

use std::fs::{self, File};
use std::hash::{BuildHasher, RandomState};
use std::mem::ManuallyDrop;
use std::net::{Ipv4Addr, TcpListener};

/// A port that nobody uses now and that no other test gets, as long as this process lives: also while the node that
/// will listen there has not started yet, or has been killed. Below the range that outgoing connections take theirs from.
///
/// Each is reserved by a lock on a file named for it, since tests run in many threads and processes at once.
pub fn free_port() -> u16 {
    let directory = std::env::temp_dir().join("quorlite-test-ports");
    fs::create_dir_all(&directory).expect("a directory for the reservations");
    loop {
        let port = 12_000 + (RandomState::new().hash_one(0) % 20_000) as u16;
        let reservation = File::options()
            .create(true)
            .append(true)
            .open(directory.join(port.to_string()))
            .expect("a reservation can be made");
        if reservation.try_lock().is_ok() && TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            // Never closed: the end of the process gives the port back.
            let _kept = ManuallyDrop::new(reservation);
            return port;
        }
    }
}
