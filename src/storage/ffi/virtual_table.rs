//! Tables without a file: SQLite asks for their rows while a statement reads them (a *virtual table*).
//!
//! They exist on a connection without being created, under the name of their module, and take arguments in
//! parentheses: SQLite makes `f(x, y)` of it that the hidden columns behind the visible ones equal `x` and `y`, and
//! [`VirtualTable::rows`] gets those values. Rows are made one by one as SQLite steps, so an endless table costs
//! nothing but the time it is read for, and the progress handler stops that.

use std::borrow::Cow;
use std::ffi::{CStr, CString, c_int};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use rusqlite::types::{Value, ValueRef};
use rusqlite::vtab::{
    Context, Filters, IndexConstraintOp, IndexInfo, Module, VTab, VTabConfig, VTabConnection, VTabCursor,
};
use rusqlite::{Connection, Error, Result, ffi};

/// Stored forms of a row's visible columns, row by row.
pub(in crate::storage) type Rows = Box<dyn Iterator<Item = Result<Vec<Value>>> + Send>;

/// What a virtual table is made of.
pub(in crate::storage) trait VirtualTable: Send + Sync + 'static {
    /// The visible columns' names.
    fn columns(&self) -> Vec<String>;
    /// How many arguments it takes at most.
    fn arguments(&self) -> usize;
    /// Its rows, for as many arguments as the statement gave.
    fn rows(&self, arguments: Vec<Value>) -> Result<Rows>;
}

/// Makes the table known to the connection's statements.
pub(in crate::storage) fn register(connection: &Connection, name: &str, table: Arc<dyn VirtualTable>) -> Result<()> {
    const MODULE: Module<'_, Table> = Module::eponymous_only_module();
    connection.create_module(name, &MODULE, Some(table))
}

#[repr(C)]
struct Table {
    /// SQLite's part; comes first.
    base: ffi::sqlite3_vtab,
    table: Arc<dyn VirtualTable>,
    /// Hidden columns begin here.
    visible: usize,
}

// SAFETY: `Table` is repr(C) and begins with SQLite's structure.
unsafe impl VTab<'_> for Table {
    type Aux = Arc<dyn VirtualTable>;
    type Cursor = Cursor;

    fn connect(
        db: &mut VTabConnection,
        aux: Option<&Self::Aux>,
        _: &[u8],
        _: &[u8],
        _: &[u8],
        _: &[&[u8]],
    ) -> Result<(Cow<'static, CStr>, Table)> {
        let table = aux.ok_or_else(|| failed("a virtual table without content"))?.clone();
        db.config(VTabConfig::Innocuous)?;
        let columns = table.columns();
        let quoted = |name: &String| format!("\"{}\"", name.replace('"', "\"\""));
        let hidden = (1..=table.arguments()).map(|number| format!("a{number} HIDDEN"));
        let declared: Vec<String> = columns.iter().map(quoted).chain(hidden).collect();
        let declaration = CString::new(format!("CREATE TABLE x ({})", declared.join(", ")))?;
        Ok((Cow::Owned(declaration), Table { base: ffi::sqlite3_vtab::default(), visible: columns.len(), table }))
    }

    /// The only way to read it is with all its arguments known.
    fn best_index(&self, info: &mut IndexInfo) -> Result<bool> {
        let mut arguments = Vec::new();
        for (index, constraint) in info.constraints().enumerate() {
            let column = usize::try_from(constraint.column()).unwrap_or(0);
            if column < self.visible || constraint.operator() != IndexConstraintOp::SQLITE_INDEX_CONSTRAINT_EQ {
                continue;
            }
            if !constraint.is_usable() {
                return Ok(false);
            }
            arguments.push((column, index));
        }
        // A call gives the first n arguments.
        arguments.sort_unstable();
        for (position, (_, index)) in arguments.iter().enumerate() {
            let mut usage = info.constraint_usage(*index);
            usage.set_argv_index(c_int::try_from(position + 1).unwrap_or(c_int::MAX));
            usage.set_omit(true);
        }
        info.set_estimated_cost(1000.0);
        info.set_estimated_rows(1000);
        Ok(true)
    }

    fn open(&mut self) -> Result<Cursor> {
        Ok(Cursor {
            base: ffi::sqlite3_vtab_cursor::default(),
            table: self.table.clone(),
            rows: None,
            current: None,
            number: 0,
        })
    }
}

#[repr(C)]
struct Cursor {
    /// SQLite's part; comes first.
    base: ffi::sqlite3_vtab_cursor,
    table: Arc<dyn VirtualTable>,
    rows: Option<Rows>,
    current: Option<Vec<Value>>,
    number: i64,
}

// SAFETY: `Cursor` is repr(C) and begins with SQLite's structure.
unsafe impl VTabCursor for Cursor {
    fn filter(&mut self, _: c_int, _: Option<&str>, filters: &Filters<'_>) -> Result<()> {
        let arguments = filters.iter().map(owned).collect::<Result<_>>()?;
        self.number = 0;
        // SQLite's C code can't be unwound through.
        let rows = catch_unwind(AssertUnwindSafe(|| self.table.rows(arguments))).map_err(|_| panicked())??;
        self.rows = Some(rows);
        self.next()
    }

    fn next(&mut self) -> Result<()> {
        self.current = match &mut self.rows {
            None => None,
            Some(rows) => catch_unwind(AssertUnwindSafe(|| rows.next())).map_err(|_| panicked())?.transpose()?,
        };
        self.number += 1;
        Ok(())
    }

    fn eof(&self) -> bool {
        self.current.is_none()
    }

    fn column(&self, context: &mut Context, index: c_int) -> Result<()> {
        let value = usize::try_from(index).ok().and_then(|index| self.current.as_ref()?.get(index));
        context.set_result(value)
    }

    fn rowid(&self) -> Result<i64> {
        Ok(self.number)
    }
}

fn owned(value: ValueRef<'_>) -> Result<Value> {
    Ok(match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(int) => Value::Integer(int),
        ValueRef::Real(real) => Value::Real(real),
        ValueRef::Text(text) => Value::Text(std::str::from_utf8(text)?.to_owned()),
        ValueRef::Blob(blob) => Value::Blob(blob.to_vec()),
    })
}

fn panicked() -> Error {
    failed("a virtual table panicked")
}

fn failed(why: &str) -> Error {
    Error::ModuleError(why.to_owned())
}
