//! CREATE and ALTER EXTENSION. plpgsql is there from the start, as in every database of PostgreSQL's; others are in the
//! catalog while they are there, and their functions with them.

use sqlparser::ast::Ident;

use super::Steps;
use super::naming::Naming;
use crate::catalog::extensions::{self, Available, Signature};
use crate::catalog::{Extension, Object, PG_TEMP, system};
use crate::sql::bind::Binder;
use crate::sql::bind::names::fold;
use crate::sql::ddl::ExtensionStatement;
use crate::sql::functions;
use crate::sql::plan::Schema;
use crate::sql::text::At;
use crate::types::{PgError, SqlState};

/// PostgreSQL's own, which is not written down.
const PLPGSQL: (&str, &str) = ("plpgsql", "1.0");

impl Binder<'_> {
    pub fn extension_statement(&self, statement: &ExtensionStatement) -> Result<Schema, PgError> {
        let mut steps = Steps::new();
        match statement {
            ExtensionStatement::Create { if_not_exists, name, schema, version, again } => {
                let name = fold(name);
                refuse_name("extension", &name)?;
                if self.has_extension(&name) {
                    let message = format!("extension \"{name}\" already exists");
                    if !if_not_exists {
                        return Err(PgError::new(SqlState::DUPLICATE_OBJECT, message));
                    }
                    steps.notice(SqlState::DUPLICATE_OBJECT, format!("{message}, skipping"));
                    return Ok(steps.finish("CREATE EXTENSION"));
                }
                self.refuse_again(*again)?;
                self.create_extension(&name, schema.as_ref(), version.as_deref(), &mut steps)?;
                Ok(steps.finish("CREATE EXTENSION"))
            }
            ExtensionStatement::Update { name, version, again } => {
                self.update_extension(&fold(name), version.as_deref(), *again, &mut steps)?;
                Ok(steps.finish("ALTER EXTENSION"))
            }
            ExtensionStatement::SetSchema { name, schema } => {
                self.move_extension(&fold(name), schema, &mut steps)?;
                Ok(steps.finish("ALTER EXTENSION"))
            }
            ExtensionStatement::Member { name } => {
                let name = fold(name);
                match self.has_extension(&name) {
                    true => Err(PgError::unsupported(format!("changing what is of the extension {name}"))),
                    false => Err(no_extension(&name)),
                }
            }
            ExtensionStatement::Drop { if_exists, names, cascade } => {
                self.drop_extensions(names, *if_exists, *cascade, &mut steps)?;
                Ok(steps.finish("DROP EXTENSION"))
            }
        }
    }

    pub fn has_extension(&self, name: &str) -> bool {
        system::builtin_oid("pg_extension", name).is_some() || self.catalog.extension(name).is_some()
    }

    fn refuse_again(&self, again: Option<At>) -> Result<(), PgError> {
        match again {
            Some(at) => Err(self.error(at, SqlState::SYNTAX_ERROR, "conflicting or redundant options")),
            None => Ok(()),
        }
    }

    fn create_extension(
        &self,
        name: &str,
        schema: Option<&Ident>,
        version: Option<&str>,
        steps: &mut Steps,
    ) -> Result<(), PgError> {
        let available = Available::named(name).ok_or_else(|| not_available(name))?;
        if let Some(version) = version {
            refuse_name("extension version", version)?;
            if version != available.version {
                let message = format!(
                    "extension \"{name}\" has no installation script nor update path for version \"{version}\""
                );
                return Err(PgError::new(SqlState::INVALID_PARAMETER_VALUE, message));
            }
        }
        let schema = match schema {
            Some(schema) => {
                let schema = fold(schema);
                // PostgreSQL knows no such alias here.
                if schema == PG_TEMP {
                    return Err(super::schema::no_schema(&schema));
                }
                self.refuse_unknown_schema(&schema)?;
                schema
            }
            None => self.extension_schema()?,
        };
        if self.catalog.is_temporary(&schema) {
            return Err(PgError::unsupported("an extension in a temporary schema"));
        }
        if let Some(function) = self.taken_signature(name, available.functions(), &schema) {
            let message = format!("function \"{}\" already exists with same argument types", function.name);
            return Err(PgError::new(SqlState::DUPLICATE_FUNCTION, message));
        }
        steps.put(Object::Extension(Extension {
            oid: Naming::new(self.catalog, &schema).oid(),
            name: name.to_owned(),
            schema,
            version: available.version.to_owned(),
            comment: Some(available.comment.to_owned()),
        }));
        Ok(())
    }

    /// The first schema of the search path that there is, be it PostgreSQL's own. Errors: 3F000.
    fn extension_schema(&self) -> Result<String, PgError> {
        let own = self
            .temporary()
            .filter(|own| self.context.search_path.iter().any(|schema| schema == PG_TEMP || schema == own));
        let mut path = crate::catalog::path(&self.context.search_path, &self.context.user, own);
        path.find(|schema| self.schema_is_there(schema))
            .map(str::to_owned)
            .ok_or_else(|| PgError::new(SqlState::INVALID_SCHEMA_NAME, "no schema has been selected to create in"))
    }

    /// A function of these that a schema has already.
    fn taken_signature(
        &self,
        extension: &str,
        functions: &'static [Signature],
        schema: &str,
    ) -> Option<&'static Signature> {
        let own = |function: &Signature| {
            schema == "pg_catalog" && functions::named(function.name).any(|other| other.args == function.args)
        };
        let others = self.catalog.extensions().filter(|other| other.schema == schema && other.name != extension);
        let others: Vec<&Signature> =
            others.flat_map(|other| other.functions().map(|(_, function)| function)).collect();
        let same = |function: &Signature| {
            others.iter().any(|other| other.name == function.name && other.args == function.args)
        };
        functions.iter().find(|function| own(function) || same(function))
    }

    /// There is but one version of each.
    fn update_extension(
        &self,
        name: &str,
        to: Option<&str>,
        again: Option<At>,
        steps: &mut Steps,
    ) -> Result<(), PgError> {
        let (version, newest) = match self.catalog.extension(name) {
            Some(extension) => {
                let newest = extension.available().map_or(&*extension.version, |available| available.version);
                (&*extension.version, newest)
            }
            None if name == PLPGSQL.0 => (PLPGSQL.1, PLPGSQL.1),
            None => return Err(no_extension(name)),
        };
        self.refuse_again(again)?;
        let to = to.unwrap_or(newest);
        refuse_name("extension version", to)?;
        if to != version {
            let message =
                format!("extension \"{name}\" has no update path from version \"{version}\" to version \"{to}\"");
            return Err(PgError::new(SqlState::INVALID_PARAMETER_VALUE, message));
        }
        let message = format!("version \"{version}\" of extension \"{name}\" is already installed");
        steps.notice(SqlState::SUCCESSFUL_COMPLETION, message);
        Ok(())
    }

    /// Its functions go with it: what calls them knows them by themselves, and not by their schema.
    fn move_extension(&self, name: &str, schema: &Ident, steps: &mut Steps) -> Result<(), PgError> {
        if !self.has_extension(name) {
            return Err(no_extension(name));
        }
        let to = fold(schema);
        if to != PG_TEMP {
            self.refuse_unknown_schema(&to)?;
        }
        let Some(extension) = self.catalog.extension(name) else {
            let message = format!("extension \"{name}\" does not support SET SCHEMA");
            return Err(PgError::new(SqlState::FEATURE_NOT_SUPPORTED, message));
        };
        if extension.schema == to {
            return Ok(());
        }
        self.refuse_moving(&extension.schema, &to)?;
        let functions = extension.available().map_or(&[][..], Available::functions);
        if let Some(Signature { name, args }) = self.taken_signature(name, functions, &to) {
            let args: Vec<String> = args.iter().map(ToString::to_string).collect();
            let message = format!("function {name}({}) already exists in schema \"{to}\"", args.join(", "));
            return Err(PgError::new(SqlState::DUPLICATE_FUNCTION, message));
        }
        steps.put(Object::Extension(Extension { schema: to, ..extension.clone() }));
        Ok(())
    }
}

/// 42704.
pub fn no_extension(name: &str) -> PgError {
    PgError::new(SqlState::UNDEFINED_OBJECT, format!("extension \"{name}\" does not exist"))
}

/// 0A000, as where PostgreSQL finds no control file. Nothing can be installed here to make it succeed.
fn not_available(name: &str) -> PgError {
    let mut all: Vec<&str> = extensions::available().iter().map(|available| available.name).collect();
    all.push(PLPGSQL.0);
    all.sort_unstable();
    PgError::new(SqlState::FEATURE_NOT_SUPPORTED, format!("extension \"{name}\" is not available"))
        .detail(format!("The extensions that Quorlite has are: {}.", all.join(", ")))
}

/// 22023 for the name of an extension or a version that could be no file's.
fn refuse_name(kind: &str, name: &str) -> Result<(), PgError> {
    let names = if kind == "extension" { "Extension names" } else { "Version names" };
    let wrong = if name.is_empty() {
        "be empty"
    } else if name.contains("--") {
        "contain \"--\""
    } else if name.starts_with('-') || name.ends_with('-') {
        "begin or end with \"-\""
    } else if name.contains('/') {
        "contain directory separator characters"
    } else {
        return Ok(());
    };
    let message = format!("invalid {kind} name: \"{name}\"");
    Err(PgError::new(SqlState::INVALID_PARAMETER_VALUE, message).detail(format!("{names} must not {wrong}.")))
}
