//! Quorlite: a PostgreSQL-wire-compatible SQL server whose nodes keep plain SQLite files equal with Raft.
//!
//! Imports point only down this list; each external crate has one home.
//!
//! | module | what it is | home of |
//! |---|---|---|
//! | [`cli`] | commands and flags as typed → as meant | clap |
//! | [`server`] | composition root: opens, wires, shuts down | |
//! | [`ops`] | health, readiness, metrics | axum |
//! | [`wire`] | PostgreSQL protocol: startup, messages, value codecs | pgwire |
//! | [`session`] | one connection: prepared statements, portals, settings, cancel | |
//! | [`cluster`] | Raft: node, forwarding, read index, membership, peers, snapshots | openraft |
//! | [`storage`] | SQLite: writer, readers, effects, Raft log bytes, SQL functions | rusqlite |
//! | [`sql`] | pure passes: parse, bind, emit | sqlparser |
//! | [`catalog`] | schema as plain data | |
//! | [`types`] | values, types, errors | |

pub mod catalog;
pub mod cli;
pub mod cluster;
pub mod ops;
pub mod server;
pub mod session;
pub mod sql;
pub mod storage;
pub mod types;
pub mod wire;
