//! Golden scripts: statements in, what becomes of them out. See `testscripts/`.
//!
//! A line `> SQL` parses and binds a statement against the script's catalog, and prints its plan or error. Schema
//! statements change the catalog for the lines after them.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::sync::Arc;

use super::{Action, Plan, SchemaStep, SessionContext, bind, parse};
use crate::catalog::{Catalog, Change, Object};
use crate::types::{PgError, Type};

pub fn session() -> SessionContext {
    SessionContext {
        user: "alice".to_owned(),
        database: "postgres".to_owned(),
        search_path: vec!["$user".to_owned(), "public".to_owned()],
        pid: 1,
        transaction_timestamp: 0,
        statement_timestamp: 0,
        settings: Arc::new(BTreeMap::from([("timezone".to_owned(), "Europe/Paris".to_owned())])),
    }
}

struct Runner {
    catalog: Catalog,
    declared: Vec<Type>,
}

impl goldenscript::Runner for Runner {
    type Command = goldenscript::Command;

    fn run(
        &mut self,
        command: &goldenscript::Command,
        context: &goldenscript::Context,
    ) -> Result<String, Box<dyn Error>> {
        if command.name == "declare" {
            let mut args = command.consume_args();
            self.declared = std::iter::from_fn(|| args.next_pos()).map(named).collect();
            return Ok(String::new());
        }
        let quiet = context.tags.contains("quiet");
        let mut out = String::new();
        let statements = match parse(&command.name) {
            Ok(statements) => statements,
            Err(error) => {
                print_error(&mut out, &error);
                return Ok(out);
            }
        };
        let many = statements.len() > 1;
        for statement in statements {
            if many {
                writeln!(out, "({} at {})", statement.text, statement.offset)?;
            }
            match bind(&statement, &self.catalog, &session(), &self.declared) {
                Ok(plan) => {
                    if !quiet {
                        print_plan(&mut out, &plan);
                    }
                    self.apply(&plan);
                }
                Err(error) => print_error(&mut out, &error),
            }
        }
        Ok(out)
    }
}

impl Runner {
    fn apply(&mut self, plan: &Plan) {
        let Action::Schema(schema) = &plan.action else { return };
        let changes: Vec<Change> = schema
            .steps
            .iter()
            .filter_map(|step| match step {
                SchemaStep::Catalog(change) => Some(change.clone()),
                _ => None,
            })
            .collect();
        self.catalog = self.catalog.with(&changes);
    }
}

fn named(name: &str) -> Type {
    Type::all().iter().find(|info| info.name == name).map_or(Type(0), |info| info.ty)
}

fn print_plan(out: &mut String, plan: &Plan) {
    match &plan.action {
        Action::Read(query) => line(out, "read", &query.sql),
        Action::Write(write) => {
            line(out, "write", &format!("{}\ncommand {:?} on {}", write.sql, write.command, write.table_oid));
            for verify in &write.verify {
                line(out, "verify", &format!("{} {}", verify.table_oid, verify.sql));
            }
        }
        Action::Schema(schema) => {
            line(out, "schema", schema.tag);
            for step in &schema.steps {
                match step {
                    SchemaStep::Sqlite(sql) => line(out, "  sql", sql),
                    SchemaStep::Catalog(Change::Put(object)) => line(out, "  put", &described(object)),
                    SchemaStep::Catalog(Change::Drop(oid)) => line(out, "  drop", &oid.to_string()),
                    SchemaStep::Truncate(table) => line(out, "  empty", table),
                    SchemaStep::TruncateReferenced(table) => line(out, "  empty referenced", table),
                    SchemaStep::Redefine { table, sql } => line(out, "  define", &format!("{table}\n{sql}")),
                }
            }
            for notice in &schema.notices {
                line(out, "  notice", &format!("{} {}", notice.code.as_str(), notice.message));
            }
        }
        Action::Transaction(statement) => line(out, "transaction", &format!("{statement:?}")),
        Action::Session(statement) => line(out, "session", &format!("{statement:?}")),
    }
    if !plan.params.is_empty() {
        let params: Vec<String> =
            plan.params.iter().enumerate().map(|(index, ty)| format!("${} {ty:?}", index + 1)).collect();
        line(out, "params", &params.join(", "));
    }
    if let Some(columns) = &plan.columns {
        let columns: Vec<String> = columns
            .iter()
            .map(|column| {
                let mut text = format!("{} {:?}", column.name, column.ty);
                if column.typmod >= 0 {
                    let _ = write!(text, "({})", column.typmod);
                }
                if column.table_oid > 0 {
                    let _ = write!(text, " = {}.{}", column.table_oid, column.attnum);
                }
                text
            })
            .collect();
        line(out, "columns", &columns.join(", "));
    }
}

fn described(object: &Object) -> String {
    match object {
        Object::Table(table) => {
            let mut text = format!("table {} {}.{}", table.oid, table.schema, table.name);
            for column in &table.columns {
                let _ = write!(text, "\n          {} {} {:?}", column.attnum, column.name, column.ty);
                if column.typmod >= 0 {
                    let _ = write!(text, "({})", column.typmod);
                }
                if column.stored_name != column.name {
                    let _ = write!(text, " stored as {}", column.stored_name);
                }
                if column.not_null {
                    text.push_str(" not null");
                }
                if let Some(default) = &column.default {
                    let _ = write!(text, " default {default:?}");
                }
                if let Some(identity) = &column.identity {
                    let _ = write!(text, " {identity:?}");
                }
                if table.rowid_column == Some(column.attnum) {
                    text.push_str(" rowid");
                }
            }
            for constraint in &table.constraints {
                let _ = write!(
                    text,
                    "\n          {:?} {} {} {:?} by index {}",
                    constraint.kind, constraint.oid, constraint.name, constraint.columns, constraint.index_oid
                );
            }
            text
        }
        Object::Index(index) => {
            format!("index {} {} stored as {:?} on {}", index.oid, index.name, index.stored_name, index.table_oid)
        }
        Object::Sequence(sequence) => format!(
            "sequence {} {} {:?} from {} by {} in {}..{} owned by {:?}",
            sequence.oid,
            sequence.name,
            sequence.ty,
            sequence.start,
            sequence.increment,
            sequence.min,
            sequence.max,
            sequence.owned_by
        ),
    }
}

fn print_error(out: &mut String, error: &PgError) {
    let position = error.position.map_or(String::new(), |position| format!(" at {position}"));
    line(out, "error", &format!("{}{position} {}", error.code.as_str(), error.message));
    if let Some(detail) = &error.detail {
        line(out, "detail", detail);
    }
    if let Some(hint) = &error.hint {
        line(out, "hint", hint);
    }
}

fn line(out: &mut String, label: &str, text: &str) {
    let _ = writeln!(out, "{label:<8}{text}");
}

fn script(path: &str) {
    let mut runner = Runner { catalog: Catalog::empty(), declared: Vec::new() };
    goldenscript::run(&mut runner, path).expect("golden script");
}

macro_rules! scripts {
    ($($name:ident)*) => {
        $(#[test] fn $name() { script(concat!("src/sql/testscripts/", stringify!($name))) })*
    };
}

scripts! { constraints select }
