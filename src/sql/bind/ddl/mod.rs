//! Schema statements: each becomes SQLite DDL and changes of the catalog.
//!
//! The file's schema gets keys, foreign keys, unique indexes and NOT NULL; everything else (defaults, CHECK, types, the
//! names as PostgreSQL has them) lives in the catalog alone.

mod absent;
mod alter_column;
mod alter_constraint;
mod alter_table;
mod check;
mod column;
mod comment;
mod composite;
mod database;
mod domain;
mod drop;
mod drop_domain;
mod drop_extension;
mod enum_type;
mod extension;
mod foreign_key;
mod generated;
mod grant;
mod index;
mod index_method;
mod keys;
mod like;
mod lock;
mod materialized;
mod naming;
mod rebuild;
mod schema;
mod sequence;
mod storage;
mod table;
mod table_as;
mod temporary;
mod view;

pub use alter_column::visible;
pub use alter_constraint::mixed_nulls;
pub use index::duplicates;
pub use materialized::refuse_change;
pub use table::compared_name;
pub use temporary::{at_commit, may_be_temporary, with_temporary_schema};

use std::borrow::Cow;

use self::alter_table::quoted;
use crate::catalog::{Change, Column, Index, Object, Table};
use crate::sql::plan::{Requirement, Schema, SchemaStep};
use crate::types::{PgError, Severity, SqlState};

/// A schema statement being put together.
pub struct Steps {
    steps: Vec<SchemaStep>,
    notices: Vec<PgError>,
    /// What CASCADE takes along, to be told in one notice.
    cascaded: Vec<String>,
    depending: Vec<Depending>,
}

/// Something that depends on what is to be dropped.
struct Depending {
    /// The OIDs of what is on the way to it, itself last: in their order dependent objects are told.
    path: Vec<u32>,
    /// `view v`.
    what: String,
    /// `table t`.
    on: String,
}

impl Steps {
    fn new() -> Steps {
        Steps { steps: Vec::new(), notices: Vec::new(), cascaded: Vec::new(), depending: Vec::new() }
    }

    fn sqlite(&mut self, sql: String) {
        self.steps.push(SchemaStep::Sqlite(sql));
    }

    /// What of an index is in the file.
    fn drop_index_in_file(&mut self, index: &Index) {
        for name in index.nulls_name().iter().chain(&index.stored_name) {
            self.sqlite(format!("DROP INDEX {}", quoted(name)));
        }
    }

    fn put(&mut self, mut object: Object) {
        if let Object::Table(table) = &mut object {
            table.name_query();
        }
        self.steps.push(SchemaStep::Catalog(Change::put(object)));
    }

    /// The table as these steps leave it.
    fn latest<'t>(&self, table: &'t Table) -> Cow<'t, Table> {
        let put = self.steps.iter().rev().find_map(|step| match step {
            SchemaStep::Catalog(Change::Put(object)) => match &**object {
                Object::Table(put) if put.oid == table.oid => Some(put.clone()),
                _ => None,
            },
            _ => None,
        });
        put.map_or(Cow::Borrowed(table), Cow::Owned)
    }

    fn drop(&mut self, oid: u32) {
        self.steps.push(SchemaStep::Catalog(Change::Drop(oid)));
    }

    fn own(&mut self, sql: String) {
        self.steps.push(SchemaStep::Own(sql));
    }

    fn redefine(&mut self, table: &Table, sql: String) {
        self.steps.push(SchemaStep::Redefine { table: table.stored_name.clone(), sql });
    }

    fn fill(&mut self, table: &Table, sql: String) {
        self.steps.push(SchemaStep::Fill { table_oid: table.oid, sql });
    }

    fn settle(&mut self) {
        self.steps.push(SchemaStep::Settle);
    }

    /// The query must yield nothing.
    fn require(&mut self, sql: String, error: PgError) {
        self.steps.push(SchemaStep::Require(Box::new(Requirement { sql, error, shown: None })));
    }

    fn notice(&mut self, code: SqlState, message: String) {
        self.notices.push(PgError { severity: Severity::Notice, ..PgError::new(code, message) });
    }

    fn warning(&mut self, code: SqlState, message: String) {
        self.notices.push(PgError { severity: Severity::Warning, ..PgError::new(code, message) });
    }

    fn depends(&mut self, path: Vec<u32>, what: String, on: String) {
        self.depending.push(Depending { path, what, on });
    }

    /// All that depends on `what` (`None`: on one of several things) is dropped too, or an error.
    fn settle_depending(&mut self, what: Option<String>, cascade: bool) -> Result<(), PgError> {
        let mut all = std::mem::take(&mut self.depending);
        all.sort_by(|one, other| one.path.cmp(&other.path));
        if !cascade && !all.is_empty() {
            let detail = all.iter().map(|depending| format!("{} depends on {}", depending.what, depending.on));
            return Err(drop::still_needed(what, detail.collect()));
        }
        self.cascades(all.into_iter().map(|depending| depending.what).collect());
        Ok(())
    }

    /// CASCADE takes these along.
    fn cascades(&mut self, all: Vec<String>) {
        self.cascaded.extend(all);
    }

    /// Tells what CASCADE takes along.
    fn tell_cascades(&mut self) {
        let all = std::mem::take(&mut self.cascaded);
        match &all[..] {
            [] => {}
            [what] => self.notice(SqlState::SUCCESSFUL_COMPLETION, format!("drop cascades to {what}")),
            many => {
                let detail: Vec<String> = many.iter().map(|what| format!("drop cascades to {what}")).collect();
                let message = format!("drop cascades to {} other objects", many.len());
                self.notice(SqlState::SUCCESSFUL_COMPLETION, message);
                if let Some(notice) = self.notices.last_mut() {
                    notice.detail = Some(detail.join("\n"));
                }
            }
        }
    }

    fn changes(&self) -> Vec<Change> {
        let change = |step: &SchemaStep| match step {
            SchemaStep::Catalog(change) => Some(change.clone()),
            _ => None,
        };
        self.steps.iter().filter_map(change).collect()
    }

    fn append(&mut self, mut other: Steps) {
        other.tell_cascades();
        self.steps.extend(other.steps);
        self.notices.extend(other.notices);
    }

    fn finish(mut self, tag: &'static str) -> Schema {
        self.tell_cascades();
        Schema { steps: self.steps, tag, command: Some(tag), notices: self.notices }
    }
}

/// 23502 of a column that is to be NOT NULL.
pub fn contains_nulls(table: &Table, column: &Column) -> PgError {
    let message = format!("column \"{}\" of relation \"{}\" contains null values", column.name, table.name);
    PgError::new(SqlState::NOT_NULL_VIOLATION, message)
        .table(table.schema.clone(), table.name.clone())
        .column(column.name.clone())
}
