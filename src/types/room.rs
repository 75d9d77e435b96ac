//! Room on the stack for what nests deeper than the thread at hand has room for.

use std::io;
use std::panic::resume_unwind;
use std::thread;

/// Address space, most of which is never touched.
const STACK: usize = 256 << 20;

/// Runs something on a thread of its own, with a large stack. Errors: there is no thread to be had.
pub fn with_stack<T: Send>(run: impl FnOnce() -> T + Send) -> io::Result<T> {
    thread::scope(|scope| {
        let deep = thread::Builder::new().name("deep statement".to_owned()).stack_size(STACK);
        let running = deep.spawn_scoped(scope, run)?;
        Ok(running.join().unwrap_or_else(|panic| resume_unwind(panic)))
    })
}
