//! The protocol, byte for byte, against a scripted backend.
//!
//! What is expected here was compared with PostgreSQL 15's answers to the same bytes.

mod blocks;
mod extended;
mod hostile;
mod interrupt;
mod login;
mod peer;
mod settings;
mod simple;
