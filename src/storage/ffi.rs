//! The calls that need SQLite's C interface: the crate's only unsafe code.
//!
//! SQLite tells of each row change through its *preupdate hook*. rusqlite wraps that hook too, but
//! swallows panics in it (a change happens unseen) and asks for libclang at build time; so the hook
//! is installed here. What it sees is handed to an [`Observer`] as a [`Change`], in safe code.

#![allow(unsafe_code)]

pub(super) mod lookup_table;
pub(super) mod virtual_table;

use std::ffi::{CStr, c_char, c_int, c_void};
use std::ops::Deref;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::NonNull;
use std::{ptr, slice};

use rusqlite::types::ValueRef;
use rusqlite::{Connection, ffi};

/// What a row change does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Operation {
    Insert,
    Update,
    Delete,
}

/// One row about to change, as the hook sees it.
pub(super) struct Change<'a> {
    db: *mut ffi::sqlite3,
    pub operation: Operation,
    /// The table's name in the file.
    pub table: &'a str,
    /// Meaningless in a WITHOUT ROWID table.
    pub old_rowid: i64,
    pub new_rowid: i64,
}

/// Sees every row change of a connection.
pub(super) trait Observer {
    fn change(&self, change: &Change<'_>);
    /// [`Observer::change`] panicked, or SQLite told something unintelligible: a change was missed.
    fn missed(&self, why: &'static str);
}

impl Change<'_> {
    /// How far below a client's statement this change is: 0 for its own, more for those of triggers
    /// and foreign-key actions.
    pub fn depth(&self) -> i32 {
        // SAFETY: `db` is the connection whose hook is running (a `Change` does not outlive the hook's call).
        unsafe { ffi::sqlite3_preupdate_depth(self.db) }
    }

    /// A blob handle writes into the row; the new content can't be seen here.
    pub fn is_blob_write(&self) -> bool {
        // SAFETY: as in `depth`.
        unsafe { ffi::sqlite3_preupdate_blobwrite(self.db) >= 0 }
    }

    /// The value before an update or delete.
    pub fn old_value(&self, column: usize) -> Option<ValueRef<'_>> {
        // SAFETY: see `value`.
        self.value(column, |db, column, value| unsafe { ffi::sqlite3_preupdate_old(db, column, value) })
    }

    /// The value after an update or insert.
    pub fn new_value(&self, column: usize) -> Option<ValueRef<'_>> {
        // SAFETY: see `value`.
        self.value(column, |db, column, value| unsafe { ffi::sqlite3_preupdate_new(db, column, value) })
    }

    fn value(
        &self,
        column: usize,
        get: impl FnOnce(*mut ffi::sqlite3, c_int, *mut *mut ffi::sqlite3_value) -> c_int,
    ) -> Option<ValueRef<'_>> {
        let column = c_int::try_from(column).ok()?;
        let mut value: *mut ffi::sqlite3_value = ptr::null_mut();
        // `db` is the connection whose hook is running. SQLite checks the column number and
        // whether the operation has such a value; on failure it returns an error or leaves the pointer null.
        if get(self.db, column, &mut value) != ffi::SQLITE_OK || value.is_null() {
            return None;
        }
        // SAFETY: `value` is a protected sqlite3_value owned by the running hook's call; it and what it
        // points to stay as they are until the hook returns, and the result borrows `self`, which
        // does not outlive that. The accessors match the value's type, so they do not convert it in place
        // (the file's encoding is UTF-8).
        unsafe {
            match ffi::sqlite3_value_type(value) {
                ffi::SQLITE_NULL => Some(ValueRef::Null),
                ffi::SQLITE_INTEGER => Some(ValueRef::Integer(ffi::sqlite3_value_int64(value))),
                ffi::SQLITE_FLOAT => Some(ValueRef::Real(ffi::sqlite3_value_double(value))),
                ffi::SQLITE_TEXT => {
                    let data = ffi::sqlite3_value_text(value);
                    bytes(data, ffi::sqlite3_value_bytes(value)).map(ValueRef::Text)
                }
                ffi::SQLITE_BLOB => {
                    let data = ffi::sqlite3_value_blob(value).cast::<u8>();
                    bytes(data, ffi::sqlite3_value_bytes(value)).map(ValueRef::Blob)
                }
                _ => None,
            }
        }
    }
}

/// # Safety
/// `data` is null or points to `len` bytes that live and stay unchanged for `'a`.
unsafe fn bytes<'a>(data: *const u8, len: c_int) -> Option<&'a [u8]> {
    match usize::try_from(len) {
        Ok(0) => Some(&[]),
        Ok(_) if data.is_null() => None,
        // SAFETY: the caller's promise.
        Ok(len) => Some(unsafe { slice::from_raw_parts(data, len) }),
        Err(_) => None,
    }
}

/// A connection with its observer, which sees every change from the first statement to the last: the hook is
/// installed when nothing is prepared (a statement prepared earlier would not call it) and never removed.
pub(super) struct Observed<T: Observer> {
    connection: Connection,
    observer: NonNull<T>,
}

// SAFETY: `observer` is owned (made by Box::into_raw, freed in drop), and the hook, which also uses it, runs only on
// the thread that uses `connection`; so sending both is sending a Connection and a T. (Not Sync: neither is Connection.)
unsafe impl<T: Observer + Send> Send for Observed<T> {}

impl<T: Observer> Observed<T> {
    pub fn new(connection: Connection, observer: T) -> Observed<T> {
        connection.flush_prepared_statement_cache();
        let observer = NonNull::from(Box::leak(Box::new(observer)));
        // SAFETY: the handle is open, and the context pointer outlives the hook: drop() uninstalls before it frees.
        unsafe {
            ffi::sqlite3_preupdate_hook(connection.handle(), Some(preupdate::<T>), observer.as_ptr().cast::<c_void>());
        }
        Observed { connection, observer }
    }

    pub fn observer(&self) -> &T {
        // SAFETY: it lives until drop(), and nobody makes a &mut of it.
        unsafe { self.observer.as_ref() }
    }
}

impl<T: Observer> Deref for Observed<T> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.connection
    }
}

impl<T: Observer> std::ops::DerefMut for Observed<T> {
    fn deref_mut(&mut self) -> &mut Connection {
        &mut self.connection
    }
}

impl<T: Observer> Drop for Observed<T> {
    fn drop(&mut self) {
        // SAFETY: the handle is still open (fields are dropped after this); after the first call nothing uses the
        // observer any more, so the box made in `new` can be taken back, once.
        unsafe {
            ffi::sqlite3_preupdate_hook(self.connection.handle(), None, ptr::null_mut());
            drop(Box::from_raw(self.observer.as_ptr()));
        }
    }
}

/// The hook. SQLite calls it with the context pointer given in [`Observed::new`].
unsafe extern "C" fn preupdate<T: Observer>(
    context: *mut c_void,
    db: *mut ffi::sqlite3,
    operation: c_int,
    _database: *const c_char,
    table: *const c_char,
    old_rowid: ffi::sqlite3_int64,
    new_rowid: ffi::sqlite3_int64,
) {
    // SAFETY: the context is the observer, alive as long as the hook is installed; shared references only.
    let observer = unsafe { &*context.cast::<T>() };
    let operation = match operation {
        ffi::SQLITE_INSERT => Operation::Insert,
        ffi::SQLITE_UPDATE => Operation::Update,
        ffi::SQLITE_DELETE => Operation::Delete,
        _ => return observer.missed("an unknown operation"),
    };
    // SAFETY: SQLite passes the table's name, NUL-terminated and alive for this call.
    let Ok(table) = (unsafe { CStr::from_ptr(table) }).to_str() else {
        return observer.missed("a table name that is not UTF-8");
    };
    let change = Change { db, operation, table, old_rowid, new_rowid };
    // A panic must not unwind into C. What the observer leaves behind is judged by `missed`.
    if catch_unwind(AssertUnwindSafe(|| observer.change(&change))).is_err() {
        observer.missed("a panic");
    }
}

/// Deferred foreign-key violations that are open in the current transaction: zero or more.
/// They pass a savepoint's RELEASE and fail only the COMMIT.
pub(super) fn deferred_foreign_keys(connection: &Connection) -> bool {
    let (mut current, mut highest) = (0, 0);
    // SAFETY: the handle is open; both pointers are to live integers.
    let code = unsafe {
        ffi::sqlite3_db_status(connection.handle(), ffi::SQLITE_DBSTATUS_DEFERRED_FKS, &mut current, &mut highest, 0)
    };
    code != ffi::SQLITE_OK || current != 0
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    /// Panics at the second row.
    #[derive(Default)]
    struct Panicking(RefCell<Vec<String>>);

    impl Observer for Panicking {
        fn change(&self, change: &Change<'_>) {
            let mut seen = self.0.borrow_mut();
            assert!(change.new_rowid != 2, "the second row");
            seen.push(change.new_rowid.to_string());
        }

        fn missed(&self, why: &'static str) {
            self.0.borrow_mut().push(why.to_owned());
        }
    }

    /// The row is written all the same: SQLite's hook can't refuse it. So the observer must hear of it.
    #[test]
    fn a_panic_in_the_hook_is_told() {
        let connection = Observed::new(Connection::open_in_memory().unwrap(), Panicking::default());
        connection.execute_batch("CREATE TABLE t (a); INSERT INTO t VALUES ('x'), ('y'), ('z')").unwrap();
        assert_eq!(connection.query_row("SELECT count(*) FROM t", [], |row| row.get(0)), Ok(3));
        assert_eq!(*connection.observer().0.borrow(), ["1", "a panic", "3"]);
    }

    /// SQLite makes the call of the hook a part of the statement.
    #[test]
    fn a_statement_prepared_before_the_hook_is_prepared_again() {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch("CREATE TABLE t (a)").unwrap();
        let insert = "INSERT INTO t VALUES ('x')";
        drop(connection.prepare_cached(insert).unwrap());
        let connection = Observed::new(connection, Panicking::default());
        connection.prepare_cached(insert).unwrap().execute([]).unwrap();
        assert_eq!(*connection.observer().0.borrow(), ["1"]);
    }
}
