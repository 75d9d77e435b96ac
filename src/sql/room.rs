//! Room on the stack for statements that nest deeply.
//!
//! Parsing, binding and emitting recurse as deep as expressions and queries nest. The limits on that are such that
//! ordinary statements never meet them, and more than a server thread's stack holds. So the few statements that go
//! deep get a thread with a larger stack, for as long as a pass takes.

use std::panic::resume_unwind;
use std::thread;

use super::tokens::too_complex;
use crate::types::PgError;

/// Nesting that every thread has room for.
const SHALLOW: usize = 24;
/// Address space, most of which is never touched.
const STACK: usize = 256 << 20;

/// Runs a pass over something that nests as deep as [`nesting`](super::tokens::Piece::nesting) says.
pub fn with_room<T: Send>(nesting: usize, pass: impl FnOnce() -> Result<T, PgError> + Send) -> Result<T, PgError> {
    if nesting <= SHALLOW {
        return pass();
    }
    thread::scope(|scope| {
        let deep = thread::Builder::new().name("deep statement".to_owned()).stack_size(STACK);
        // Without a thread to be had there is no room.
        let running = deep.spawn_scoped(scope, pass).map_err(|_| too_complex())?;
        running.join().unwrap_or_else(|panic| resume_unwind(panic))
    })
}
