//! Quorlite: a database server that speaks the PostgreSQL protocol and keeps its data in plain SQLite files, one per
//! node, equal through Raft.
//!
//! This page is the architecture: the shape of the crate, one statement's way through it, and the
//! few ideas that everything else follows from. Each module's own page goes on from here.
//!
//! # The shape
//!
//! Imports point only down this list, and each external crate is used in one place only
//! (`tests/layers.rs` reads the sources and holds them to it).
//!
//! | module | what it is | home of |
//! |---|---|---|
//! | [`cli`] | commands and flags, as typed → as meant | clap, toml_edit |
//! | [`server`] | composition root: opens, wires, shuts down | |
//! | [`ops`] | health, readiness, metrics | axum |
//! | [`wire`] | PostgreSQL protocol: startup, messages, value codecs | pgwire |
//! | [`session`] | one connection: transaction blocks, prepared statements, portals, settings, cancel | |
//! | [`cluster`] | Raft: node, forwarding, read index, membership, peers, snapshots | openraft |
//! | [`storage`] | SQLite: writer, readers, effects, Raft log bytes, SQL functions | rusqlite |
//! | [`sql`] | pure passes: parse, bind, emit | sqlparser |
//! | [`catalog`] | schema as plain data, and PostgreSQL's catalogs made of it | |
//! | [`types`] | values, types, errors | num-bigint, unicode-normalization |
//!
//! Async stops at [`cluster`]: [`storage`] and what is below are plain functions on threads. Raft's tasks share a thread of their
//! own (`cluster::lane`), everything else async shares the others.
//!
//! # One INSERT, from socket to disk
//!
//! A client of node 2 sends `INSERT INTO notes (body) VALUES ($1) RETURNING id`; node 1 leads.
//!
//! 1. **[`wire`]** reads the frames of Parse, Bind, Describe, Execute and Sync and makes [`types::Value`]s of
//!    the parameters' bytes.
//! 2. **[`session`]** keeps the prepared statement and the portal. [`sql::parse`] made a [`sql::Statement`] of the
//!    text, which PostgreSQL's own grammar takes (`sql::grammar`), and [`sql::bind`] resolves its names against the
//!    [`catalog::Catalog`], gives every expression a PostgreSQL type, and emits SQLite's SQL: a [`sql::Plan`]. It has all that Describe asks for, so nothing is ever run to
//!    find a type out. (Had the client written its values into the statement, as those of the simple protocol do, it
//!    would be known by its form, and have parameters from here on: `sql::forms`.)
//! 3. The plan's action is a write, so the session hands a [`storage::Transaction`] to
//!    [`cluster::Node::execute`]. Node 2 does not lead; it forwards the statement's text and parameters to node 1, which
//!    binds them against the catalog as it is when their turn comes.
//! 4. **[`storage`]**, on node 1: the database's one writer opens a SQLite transaction and runs the queued
//!    client transactions one after another, each in a savepoint (on a thread of its own; or, if it was idle and this is brief, on
//!    the thread that has come with it). What they change is captured row by
//!    row as row effects. The result (`id = 7`, `INSERT 0 1`) is known now, but nobody has been told. (MERGE, and a WITH
//!    that changes data, take several SQLite statements: `sql::steps`.)
//! 5. The effects of the whole batch, and what node 2's client is to hear should node 1 be gone, become one [`storage::Entry`], which **[`cluster`]** proposes to Raft. Every
//!    node appends it to its Raft log and syncs; when a majority has, it is committed.
//! 6. [`storage::Storage::apply`], on every node: the entry counts only if the file is at the very version that the
//!    batch was executed on. Node 1 answers, and commits the transaction that it still has open (what comes next waits for that; one
//!    that has changed the schema is committed first); nodes 2 and 3
//!    write the effects into their files, and demand that each changes exactly one row. (Where nobody waits for them, several
//!    small batches become true together, some milliseconds later.)
//! 7. Node 2 has the answer and waits until it has applied the entry itself, so that its client's next read sees the
//!    row, and the session sends RowDescription, DataRow, CommandComplete and ReadyForQuery in one write.
//!
//! A transaction whose effects are too many for one entry (a COPY, an UPDATE of a million rows) takes the same way, in
//! pieces: while it is executed its effects are spooled to a file, in step 5 most of them go ahead, an entry a megabyte,
//! and every node keeps them beside its databases until the batch that names them is applied with them, in step 6.
//!
//! CREATE and DROP DATABASE are entries of their own, which every node applies to its list of databases and to the file that
//! comes or goes, at the same place in the log.
//!
//! A SELECT stops at step 2 and turns: [`cluster::Node::read_barrier`] asks the leader how far a read must be (which itself
//! asks a majority now and then, and counts on its word in between: `cluster::lease`),
//! waits until this node has applied that much, and a reader thread of this node streams the rows
//! from its own file.
//!
//! # And one between BEGIN and COMMIT
//!
//! A block's reads are like any read, or all see one snapshot ([`storage::Pinned`]) above READ COMMITTED. Its first write
//! asks the leader for the writer slot ([`cluster::Held`], [`storage::Held`]): the writer's thread serves that transaction alone
//! until it ends, and streams rows back as its client takes them. COMMIT makes the transaction's effects part of the next batch,
//! and steps 5 to 7 are the same. While a batch is on its way through Raft the next client has the slot already, on the state
//! which that batch will make (early lock release); what it does is set aside for the moment in which the batch is
//! committed, and is void with it. If the leader goes before a COMMIT, nothing has happened and the client hears 40001;
//! if it goes after, the log tells.
//!
//! # Temporary tables
//!
//! They are tables like any other, replicated and all, in a schema that belongs to one session of one run of one node
//! ([`catalog::SessionKey`]): the session's statements, wherever they run, look names up there first. ON COMMIT is the last thing that
//! the writer does in a transaction, so that its effects are the transaction's. The schema says itself whose it is, and each node
//! drops, in transactions of its own, those of its sessions that are no more.
//!
//! # The ideas it rests on
//!
//! **Effects are replicated, not statements.** `now()`, `random()` and sequences need no special care, results and
//! errors are known before anything is proposed, and a follower's file is equal to the leader's
//! row for row, rowids included.
//!
//! **The state machine decides.** Whether a batch counts is decided where it is applied, from what is in the entry and
//! in the file (term and base version), and so the same on every node. Who believes to be the leader at that moment
//! does not matter.
//!
//! **The log carries the durability.** The database files run with `synchronous=NORMAL`: after a crash they are
//! consistent, if perhaps a little old, and each says in itself how far it is. The log, which is synced before anything
//! is acknowledged, replays from there, and is purged only behind a state that has been synced.
//!
//! **A replica that finds itself different stops**, the process with it, and starts again only when somebody has decided
//! what becomes of its files. It never guesses, never repairs by overwriting, and comes back by a snapshot of
//! another node's files.
//!
//! **What is not supported is an error that names it**, SQLSTATE 0A000 as a rule. The answer may be "no", but never a
//! silently wrong row.

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
