//! The protocol, byte for byte, against a scripted backend.
//!
//! What is expected here was compared with PostgreSQL 15's answers to the same bytes.

mod hostile;
mod login;
mod peer;
