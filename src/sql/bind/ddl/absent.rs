//! DROP of functions, triggers, rules and policies, of which there are none (`does_not_exist_skipping`).

use sqlparser::ast::ObjectName;

use super::Steps;
use crate::catalog::Object;
use crate::sql::bind::Binder;
use crate::sql::bind::names::{Qualified, fold};
use crate::sql::ddl::{Absent, Argument, DropAbsent};
use crate::sql::functions::is_postgres_function;
use crate::sql::plan::Schema;
use crate::types::{PgError, SqlState, Type};

impl Binder<'_> {
    pub fn drop_absent(&mut self, drop: &DropAbsent) -> Result<Schema, PgError> {
        let mut steps = Steps::new();
        let tag = match &drop.what {
            Absent::Routines { kind, all } => {
                for (name, arguments) in all {
                    self.no_routine(drop.if_exists, kind, name, arguments.as_deref(), &mut steps)?;
                }
                match *kind {
                    "function" => "DROP FUNCTION",
                    "procedure" => "DROP PROCEDURE",
                    "routine" => "DROP ROUTINE",
                    _ => "DROP AGGREGATE",
                }
            }
            Absent::OnTable { kind, name, table } => {
                self.none_on_table(drop.if_exists, kind, &fold(name), table, &mut steps)?;
                match *kind {
                    "trigger" => "DROP TRIGGER",
                    "rule" => "DROP RULE",
                    _ => "DROP POLICY",
                }
            }
        };
        Ok(steps.finish(tag))
    }

    fn no_routine(
        &self,
        if_exists: bool,
        kind: &str,
        name: &ObjectName,
        arguments: Option<&[Argument]>,
        steps: &mut Steps,
    ) -> Result<(), PgError> {
        let name = self.qualified(name)?;
        let shown = match &name.schema {
            Some(schema) => format!("{schema}.{}", name.name),
            None => name.name.clone(),
        };
        let known = is_postgres_function(&name.name)
            || self.catalog.extensions().any(|of| of.functions().any(|(_, function)| function.name == name.name));
        if known {
            let what = kind.to_uppercase();
            return Err(PgError::unsupported(format!("DROP {what} of one that users have not made")));
        }
        if if_exists && let Some(missing) = self.missing_for(&name, arguments.unwrap_or_default()) {
            steps.notice(SqlState::SUCCESSFUL_COMPLETION, format!("{missing} does not exist, skipping"));
            return Ok(());
        }
        let mut types = Vec::new();
        for argument in arguments.unwrap_or_default() {
            let found = self.data_type(&argument.data_type, argument.at);
            let (ty, _) = found.map_err(|error| PgError { position: None, ..error })?;
            let pg_catalog = || format!("pg_catalog.{}", ty.info().map_or("???", |info| info.name));
            types.push(match if_exists {
                true if argument.shown.is_empty() => pg_catalog(),
                true if argument.shown.starts_with('[') => {
                    let element = ty.element().and_then(Type::info).map_or("???", |info| info.name);
                    format!("pg_catalog.{element}{}", argument.shown)
                }
                true => argument.shown.clone(),
                false => crate::catalog::system::format_type(ty.0, None),
            });
        }
        // Of a routine that is not there PostgreSQL knows no kind.
        let kind = if kind == "routine" && !if_exists { "function" } else { kind };
        let message = match arguments {
            None if !if_exists => format!("could not find a {kind} named \"{shown}\""),
            _ => format!("{kind} {shown}({}) does not exist", types.join(if if_exists { "," } else { ", " })),
        };
        self.absent(if_exists, SqlState::UNDEFINED_FUNCTION, message, steps)
    }

    /// The schema or the type without which there can't be a routine.
    fn missing_for(&self, name: &Qualified, arguments: &[Argument]) -> Option<String> {
        if let Some(schema) = &name.schema
            && !self.catalog.has_schema(self.meant(schema))
        {
            return Some(format!("schema \"{schema}\""));
        }
        let missing = |argument: &&Argument| {
            self.data_type(&argument.data_type, argument.at)
                .is_err_and(|error| error.code == SqlState::UNDEFINED_OBJECT)
        };
        arguments.iter().find(missing).map(|argument| format!("type \"{}\"", argument.shown))
    }

    fn none_on_table(
        &self,
        if_exists: bool,
        kind: &str,
        name: &str,
        table: &ObjectName,
        steps: &mut Steps,
    ) -> Result<(), PgError> {
        let table = self.qualified(table)?;
        let Some(object) = self.find_relation(&table) else {
            let error = PgError { position: None, ..self.no_relation(&table) };
            if !if_exists || error.code != SqlState::UNDEFINED_TABLE {
                return Err(error);
            }
            steps.notice(SqlState::SUCCESSFUL_COMPLETION, format!("{}, skipping", error.message));
            return Ok(());
        };
        // The rule that a view consists of.
        if kind == "rule" && name == "_RETURN" && matches!(object, Object::View(_)) {
            return Err(PgError::unsupported("DROP RULE of a view's query"));
        }
        let what = if if_exists || kind == "rule" { "relation" } else { "table" };
        let message = format!("{kind} \"{name}\" for {what} \"{}\" does not exist", object.name());
        self.absent(if_exists, SqlState::UNDEFINED_OBJECT, message, steps)
    }

    fn absent(&self, skip: bool, code: SqlState, message: String, steps: &mut Steps) -> Result<(), PgError> {
        if !skip {
            return Err(PgError::new(code, message));
        }
        steps.notice(SqlState::SUCCESSFUL_COMPLETION, format!("{message}, skipping"));
        Ok(())
    }
}
