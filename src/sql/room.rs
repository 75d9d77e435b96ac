//! Room on the stack for statements that nest deeply.
//!
//! Parsing, binding and emitting recurse as deep as expressions and queries nest. The limits on that are such that
//! ordinary statements never meet them, and more than a server thread's stack holds. So the few statements that go
//! deep get a thread with a larger stack, for as long as a pass takes.

use super::tokens::too_complex;
use crate::types::PgError;
use crate::types::room::with_stack;

/// Nesting that every thread has room for.
const SHALLOW: usize = 24;

/// Runs a pass over something that nests as deep as [`nesting`](super::tokens::Piece::nesting) says.
pub fn with_room<T: Send>(nesting: usize, pass: impl FnOnce() -> Result<T, PgError> + Send) -> Result<T, PgError> {
    if nesting <= SHALLOW {
        return pass();
    }
    // Without a thread to be had there is no room.
    with_stack(pass).map_err(|_| too_complex())?
}
