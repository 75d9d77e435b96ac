//! PostgreSQL's protocol: the port, the frames, the messages, the bytes of values.
//!
//! [`Server`] accepts connections and runs one task for each: [`startup`] lets the client in, then
//! [`connection`] hands its messages to a [`Session`](crate::session::Session) and the session's answers to the
//! socket. Messages are cut out exactly ([`frame`]) and decoded here ([`message`]), because they come from anybody;
//! answers are pgwire's message structs ([`output`]).
//!
//! This module is the only door to pgwire.

mod codec;
mod connection;
mod counters;
mod frame;
mod message;
mod output;
mod server;
mod startup;
#[cfg(test)]
mod tests;
mod value;

pub use counters::Counters;
pub use server::{Limits, Server};
