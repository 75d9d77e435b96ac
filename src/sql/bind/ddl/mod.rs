//! Schema statements: each becomes SQLite DDL and changes of the catalog.
//!
//! The file's schema gets keys, foreign keys, unique indexes and NOT NULL; everything else (defaults, CHECK, types, the
//! names as PostgreSQL has them) lives in the catalog alone.

mod check;
mod column;
mod drop;
mod foreign_key;
mod index;
mod naming;
mod table;

use crate::catalog::{Change, Object};
use crate::sql::plan::{Schema, SchemaStep};
use crate::types::{PgError, Severity, SqlState};

/// A schema statement being put together.
struct Steps {
    steps: Vec<SchemaStep>,
    notices: Vec<PgError>,
}

impl Steps {
    fn new() -> Steps {
        Steps { steps: Vec::new(), notices: Vec::new() }
    }

    fn sqlite(&mut self, sql: String) {
        self.steps.push(SchemaStep::Sqlite(sql));
    }

    fn put(&mut self, object: Object) {
        self.steps.push(SchemaStep::Catalog(Change::Put(object)));
    }

    fn drop(&mut self, oid: u32) {
        self.steps.push(SchemaStep::Catalog(Change::Drop(oid)));
    }

    fn notice(&mut self, code: SqlState, message: String) {
        self.notices.push(PgError { severity: Severity::Notice, ..PgError::new(code, message) });
    }

    fn finish(self, tag: &'static str) -> Schema {
        Schema { steps: self.steps, tag, notices: self.notices }
    }
}
