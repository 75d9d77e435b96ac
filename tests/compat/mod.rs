//! What the comparisons with PostgreSQL share: the two servers, and a client small enough to send
//! them anything.
//!
//! Each test binary uses its own part of this.
#![allow(dead_code)]

pub mod binary;
pub mod client;
pub mod servers;
