//! Golden scripts: statements in, what becomes of them out. See `testscripts/`.
//!
//! A line `> SQL` parses and binds a statement against the script's catalog, and prints its plan or error. Schema
//! statements change the catalog for the lines after them. With the tag `[parse]` it is only parsed. `declare TYPE …`
//! says what types the client gives for parameters from there on.
//!
//! `tests/goldens.rs` asks PostgreSQL 15 the same, and expects the same parameters, columns and errors.

pub mod depth;
mod precedence;

use std::error::Error;
use std::fmt::Write as _;
use std::sync::Arc;

use super::parse::Kind;
use super::{Action, Plan, SchemaStep, SessionContext, Statement, bind, parse};
use crate::catalog::{Catalog, Change, Object, SessionKey};
use crate::types::{PgError, Type};

pub fn session() -> SessionContext {
    SessionContext {
        user: "alice".to_owned(),
        database: "postgres".to_owned(),
        search_path: vec!["$user".to_owned(), "public".to_owned()],
        pid: 1,
        session: SessionKey { node: 1, run: 1, number: 1 },
        settings: Arc::new([("timezone", "Europe/Paris")].into_iter().collect()),
        ..SessionContext::default()
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
        let mut args = command.consume_args();
        let (text, parse_only) = match command.name.as_str() {
            "declare" => {
                self.declared = std::iter::from_fn(|| args.next_pos()).map(named).collect();
                return Ok(String::new());
            }
            // For text that a line can't hold.
            name @ ("parse" | "bind") => (args.next_pos().ok_or("no text")?, name == "parse"),
            text => (text, context.tags.contains("parse")),
        };
        let mut out = String::new();
        match parse(text) {
            Ok(statements) if parse_only => {
                statements.iter().for_each(|statement| print_statement(&mut out, statement))
            }
            Ok(statements) => {
                let quiet = context.tags.contains("quiet");
                statements.iter().for_each(|statement| self.bind(&mut out, statement, quiet));
            }
            Err(error) => print_error(&mut out, &error),
        }
        Ok(out)
    }
}

impl Runner {
    fn bind(&mut self, out: &mut String, statement: &Statement, quiet: bool) {
        match bind(statement, &self.catalog, &session(), &self.declared) {
            Ok(plan) => {
                if !quiet {
                    print_plan(out, &plan, &self.catalog);
                }
                self.apply(&plan);
            }
            Err(mut error) => {
                // As the session does: the client counts from the start of its query string.
                error.position = error.position.map(|position| position + statement.offset);
                print_error(out, &error);
            }
        }
    }

    fn apply(&mut self, plan: &Plan) {
        let Action::Schema(schema) = &plan.action else { return };
        self.catalog = self.catalog.with(&schema.changes());
    }
}

fn named(name: &str) -> Type {
    Type::all().iter().find(|info| info.name == name).map_or(Type(0), |info| info.ty)
}

fn print_statement(out: &mut String, statement: &Statement) {
    let kind = match &*statement.kind {
        Kind::Sql { .. } => format!("{:?}", statement.text),
        Kind::Ddl(_) => format!("{:?}", statement.text),
        Kind::Transaction(transaction) => format!("{transaction:?}"),
        Kind::Session(session) => format!("{session:?}"),
        Kind::Copy(copy) => format!("{copy:?}"),
        Kind::Prepare(prepare) => format!("prepare {} as {:?}", prepare.name, prepare.statement.text),
        Kind::Explain(explain) => format!("explain {:?}", explain.statement.text),
        Kind::Declare(declare) => format!("declare {} for {:?}", declare.name, declare.statement.text),
        Kind::Fetch(fetch) => format!("{fetch:?}"),
        Kind::Inline(code) => format!("{code:?}"),
        Kind::Execute(execute) => format!("execute {} with {} parameters", execute.name, execute.arguments.len()),
        Kind::Constraints(set) => format!("{set:?}"),
        Kind::Unsupported(title) => format!("unsupported {title}"),
    };
    line(out, &format!("at {}", statement.offset), &kind);
}

/// A table's name, for its OID says nothing to a reader.
fn table_name(catalog: &Catalog, oid: u32) -> String {
    catalog.get(oid).map_or_else(|| oid.to_string(), |object| object.name().to_owned())
}

fn print_write(out: &mut String, write: &super::Write, catalog: &Catalog) {
    if write.steps.is_empty() {
        line(out, "write", &write.sql);
    }
    for step in &write.steps {
        line(out, "step", &format!("{:?}\n{}", step.task, step.sql));
    }
    for verify in &write.verify {
        let table = table_name(catalog, verify.table_oid);
        for (label, sql) in [("generate", &verify.generate), ("verify", &verify.check)] {
            if let Some(sql) = sql {
                line(out, label, &format!("{table} {sql}"));
            }
        }
    }
    let command = format!("{:?}", write.command).to_uppercase();
    match write.table_oid {
        0 => line(out, "command", &command),
        oid => line(out, "command", &format!("{command} {}", table_name(catalog, oid))),
    }
}

fn print_plan(out: &mut String, plan: &Plan, catalog: &Catalog) {
    match &plan.action {
        Action::Read(query) => line(out, "read", &query.sql),
        Action::Write(write) => print_write(out, write, catalog),
        Action::Schema(schema) => {
            line(out, "schema", schema.tag);
            for step in &schema.steps {
                match step {
                    SchemaStep::Sqlite(sql) => line(out, "  sql", sql),
                    SchemaStep::Catalog(Change::Put(object)) => line(out, "  put", &described(object, catalog)),
                    SchemaStep::Catalog(Change::Drop(oid)) => line(out, "  drop", &table_name(catalog, *oid)),
                    SchemaStep::Truncate(table) => line(out, "  empty", table),
                    SchemaStep::TruncateReferenced(table) => line(out, "  empty referenced", table),
                    SchemaStep::Empty(table) => line(out, "  empty if filled", table),
                    SchemaStep::Own(sql) => line(out, "  own", sql),
                    SchemaStep::Fill { sql, .. } => line(out, "  fill", sql),
                    SchemaStep::Write(write) => print_write(out, write, catalog),
                    SchemaStep::Settle => line(out, "  settle", ""),
                    SchemaStep::Require(requirement) => {
                        let error = &requirement.error;
                        line(
                            out,
                            "  require",
                            &format!("{}\n{} {}", requirement.sql, error.code.as_str(), error.message),
                        );
                    }
                    SchemaStep::Redefine { table, sql } => line(out, "  define", &format!("{table}\n{sql}")),
                }
            }
            for notice in &schema.notices {
                line(out, "  notice", &format!("{} {}", notice.code.as_str(), notice.message));
            }
        }
        Action::Transaction(statement) => line(out, "transaction", &format!("{statement:?}")),
        Action::Prepare(prepare) => line(out, "prepare", &format!("{prepare:?}")),
        Action::Execute { name, rows } => line(out, "execute", &format!("{name} {rows:?}")),
        Action::Explain(explain) => line(out, "explain", &format!("{explain:?}")),
        Action::Declare(declare) => line(out, "declare", &format!("{declare:?}")),
        Action::Inline(code) => line(out, "do", &format!("{code:?}")),
        Action::Fetch(fetch) => line(out, "fetch", &format!("{fetch:?}")),
        Action::Lock(lock) => line(out, "lock", &format!("{lock:?}")),
        Action::Constraints(set) => line(out, "constraints", &format!("{set:?}")),
        Action::Session(statement) => line(out, "session", &format!("{statement:?}")),
        Action::Database(statement) => line(out, "database", &format!("{statement:?}")),
        Action::Copy(copy) => line(out, "copy", &format!("{copy:?}")),
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
                let ty = match column.elements {
                    0 => format!("{:?}", column.ty),
                    domain => format!("_{}", table_name(catalog, domain)),
                };
                let mut text = format!("{} {ty}", column.name);
                if column.typmod >= 0 {
                    let _ = write!(text, "({})", column.typmod);
                }
                if column.table_oid > 0 {
                    let _ = write!(text, " = {}.{}", table_name(catalog, column.table_oid), column.attnum);
                }
                text
            })
            .collect();
        line(out, "columns", &columns.join(", "));
    }
}

fn described(object: &Object, catalog: &Catalog) -> String {
    match object {
        Object::Table(table) => {
            let mut text = format!("table {} {}.{}", table.oid, table.schema, table.name);
            if let Some(of) = &table.materialized {
                let populated = if of.populated { "" } else { " without data" };
                let _ = write!(text, " of {:?} named {}{populated}", of.view.query, of.view.name);
            }
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
                if let Some(generated) = &column.generated {
                    let _ = write!(text, " {generated:?}");
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
            let on = table_name(catalog, index.table_oid);
            format!("index {} {} stored as {:?} on {on}", index.oid, index.name, index.stored_name)
        }
        Object::View(view) => {
            let mut text = format!("view {} {} as {:?}", view.oid, view.name, view.query);
            for column in &view.columns {
                let _ = write!(text, "\n          {} {:?}", column.name, column.ty);
            }
            text
        }
        Object::Schema(schema) => {
            format!("schema {} {}{}", schema.oid, schema.name, if schema.dropped { " dropped" } else { "" })
        }
        Object::Comment(comment) => format!("comment {} {} {:?}", comment.oid, comment.name, comment.text),
        Object::Extension(extension) => {
            let (oid, schema, name) = (extension.oid, &extension.schema, &extension.name);
            format!("extension {oid} {name} {} in {schema} {:?}", extension.version, extension.comment)
        }
        Object::Domain(domain) => {
            let mut text = format!("domain {} {}.{} over {:?}", domain.oid, domain.schema, domain.name, domain.ty);
            if domain.parent != 0 {
                let _ = write!(text, " of {}", domain.parent);
            }
            if domain.typmod >= 0 {
                let _ = write!(text, " typmod {}", domain.typmod);
            }
            if domain.not_null {
                text.push_str(" not null");
            }
            if let Some(default) = &domain.default {
                let _ = write!(text, " default {default:?}");
            }
            for check in &domain.constraints {
                let _ = write!(text, "\n          {} {} check {}", check.oid, check.name, check.expression);
                text.push_str(if check.not_valid { " not valid" } else { "" });
            }
            text
        }
        Object::Composite(of) => {
            let attributes: Vec<String> =
                of.attributes.iter().map(|of| format!("{} {} {:?} {}", of.attnum, of.name, of.ty, of.typmod)).collect();
            format!("composite {} {}.{} {}", of.oid, of.schema, of.name, attributes.join(", "))
        }
        Object::Enum(of) => {
            let labels: Vec<String> =
                of.labels.iter().map(|label| format!("{} {}", label.label, label.order)).collect();
            format!("enum {} {}.{} {}", of.oid, of.schema, of.name, labels.join(", "))
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
    let _ = writeln!(out, "{}", format!("{label:<7} {text}").trim_end());
}

fn script(path: &str) {
    let mut runner = Runner { catalog: Catalog::empty(), declared: Vec::new() };
    goldenscript::run(&mut runner, path).expect("golden script");
}

macro_rules! scripts {
    ($($name:ident)*) => {
        mod scripts { $(#[test] fn $name() { super::script(concat!("src/sql/testscripts/", stringify!($name))) })* }
    };
}

scripts! {
    casts constraints functions grouping joins literals names operators ordering parameters parse psql select set_operations
    comparable domains enums extensions generated materialized numeric subqueries tables temporary views windows writing
    written_views
}
