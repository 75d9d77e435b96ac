//! Virtual tables whose rows are all there when they are read, and found by the value of any column.
//!
//! As with those of [`virtual_table`](super::virtual_table), they exist under the name of their module. SQLite can't
//! index them, so a join over them would read all rows again and again: an equality with a column is looked up instead.

use std::borrow::Cow;
use std::ffi::{CStr, CString, c_int};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use rusqlite::types::{Value, ValueRef};
use rusqlite::vtab::{
    Context, Filters, IndexConstraintOp, IndexInfo, Module, VTab, VTabConfig, VTabConnection, VTabCursor,
};
use rusqlite::{Connection, Error, Result, ffi};

/// A table's rows, and where they are found.
pub(in crate::storage) trait Lookup: Send + Sync + 'static {
    fn rows(&self) -> &[Vec<Value>];
    /// The rows whose column has this value, by position.
    fn find(&self, column: usize, value: ValueRef<'_>) -> Arc<Vec<u32>>;
}

/// What a lookup table is made of.
pub(in crate::storage) trait LookupTable: Send + Sync + 'static {
    fn columns(&self) -> Vec<String>;
    /// Its rows as the running statement sees them.
    fn content(&self) -> Result<Arc<dyn Lookup>>;
}

/// Makes the table known to the connection's statements.
pub(in crate::storage) fn register(connection: &Connection, name: &str, table: Arc<dyn LookupTable>) -> Result<()> {
    const MODULE: Module<'_, Table> = Module::eponymous_only_module();
    connection.create_module(name, &MODULE, Some(table))
}

#[repr(C)]
struct Table {
    /// SQLite's part; comes first.
    base: ffi::sqlite3_vtab,
    table: Arc<dyn LookupTable>,
}

// SAFETY: `Table` is repr(C) and begins with SQLite's structure.
unsafe impl VTab<'_> for Table {
    type Aux = Arc<dyn LookupTable>;
    type Cursor = Cursor;

    fn connect(
        db: &mut VTabConnection,
        aux: Option<&Self::Aux>,
        _: &[u8],
        _: &[u8],
        _: &[u8],
        _: &[&[u8]],
    ) -> Result<(Cow<'static, CStr>, Table)> {
        let table = aux.ok_or_else(|| failed("a lookup table without content"))?.clone();
        db.config(VTabConfig::Innocuous)?;
        let quoted = |name: &String| format!("\"{}\"", name.replace('"', "\"\""));
        let declared: Vec<String> = table.columns().iter().map(quoted).collect();
        let declaration = CString::new(format!("CREATE TABLE x ({})", declared.join(", ")))?;
        Ok((Cow::Owned(declaration), Table { base: ffi::sqlite3_vtab::default(), table }))
    }

    /// By the first equality with a column that can be used, or all rows.
    fn best_index(&self, info: &mut IndexInfo) -> Result<bool> {
        let mut chosen = None;
        for (index, constraint) in info.constraints().enumerate() {
            let equal = constraint.operator() == IndexConstraintOp::SQLITE_INDEX_CONSTRAINT_EQ;
            if equal && constraint.is_usable() && constraint.column() >= 0 {
                // The columns that come first tell rows apart best.
                let better = chosen.is_none_or(|(_, column)| constraint.column() < column);
                chosen = if better { Some((index, constraint.column())) } else { chosen };
            }
        }
        match chosen {
            Some((index, column)) => {
                // SQLite compares again: of what it takes for equal, more than one form may be there.
                info.constraint_usage(index).set_argv_index(1);
                info.set_idx_num(column + 1);
                info.set_estimated_cost(10.0 + f64::from(column));
                info.set_estimated_rows(5);
            }
            None => {
                info.set_idx_num(0);
                info.set_estimated_cost(10_000.0);
                info.set_estimated_rows(1000);
            }
        }
        Ok(true)
    }

    fn open(&mut self) -> Result<Cursor> {
        Ok(Cursor {
            base: ffi::sqlite3_vtab_cursor::default(),
            table: self.table.clone(),
            content: None,
            found: None,
            position: 0,
        })
    }
}

#[repr(C)]
struct Cursor {
    /// SQLite's part; comes first.
    base: ffi::sqlite3_vtab_cursor,
    table: Arc<dyn LookupTable>,
    content: Option<Arc<dyn Lookup>>,
    /// The rows asked for; `None`: all.
    found: Option<Arc<Vec<u32>>>,
    position: usize,
}

impl Cursor {
    fn current(&self) -> Option<usize> {
        let rows = self.content.as_ref()?.rows().len();
        match &self.found {
            Some(found) => found.get(self.position).map(|row| *row as usize),
            None => (self.position < rows).then_some(self.position),
        }
    }
}

// SAFETY: `Cursor` is repr(C) and begins with SQLite's structure.
unsafe impl VTabCursor for Cursor {
    fn filter(&mut self, number: c_int, _: Option<&str>, filters: &Filters<'_>) -> Result<()> {
        // SQLite's C code can't be unwound through.
        let content = match &self.content {
            Some(content) => content.clone(),
            None => catch_unwind(AssertUnwindSafe(|| self.table.content())).map_err(|_| panicked())??,
        };
        self.position = 0;
        self.found = match (usize::try_from(number - 1), filters.iter().next()) {
            (Ok(column), Some(value)) => {
                Some(catch_unwind(AssertUnwindSafe(|| content.find(column, value))).map_err(|_| panicked())?)
            }
            _ => None,
        };
        self.content = Some(content);
        Ok(())
    }

    fn next(&mut self) -> Result<()> {
        self.position += 1;
        Ok(())
    }

    fn eof(&self) -> bool {
        self.current().is_none()
    }

    fn column(&self, context: &mut Context, index: c_int) -> Result<()> {
        let row = self.current().and_then(|row| self.content.as_ref()?.rows().get(row));
        let value = usize::try_from(index).ok().and_then(|index| row?.get(index));
        context.set_result(value)
    }

    fn rowid(&self) -> Result<i64> {
        Ok(self.current().map_or(0, |row| row as i64 + 1))
    }
}

fn panicked() -> Error {
    failed("a lookup table panicked")
}

fn failed(why: &str) -> Error {
    Error::ModuleError(why.to_owned())
}
