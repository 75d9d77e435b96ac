//! Functions of extensions: found along the search path, or in a schema (`FuncnameGetCandidates`).

use super::Binder;
use super::function::{Arguments, find, find_among};
use super::resolve::Choice;
use crate::catalog::{Extension, is_system_schema};
use crate::sql::bound::{Expr, ExprKind};
use crate::sql::functions::{self, Function, extensions};
use crate::types::identifier::{qualified, quote_ident};
use crate::types::{PgError, Type};

impl Binder<'_> {
    /// The function that PostgreSQL would choose, in a schema or along the search path.
    pub fn find_function(&self, schema: Option<&str>, name: &str, types: &[Type]) -> Result<&'static Function, Choice> {
        match self.catalog.extensions().next() {
            Some(_) => find_among(self.candidates(schema, name), types),
            None => find(name, types),
        }
    }

    /// The functions that a name means: of several with the same arguments the first along the path.
    fn candidates(&self, schema: Option<&str>, name: &str) -> Vec<&'static Function> {
        let mut found = Vec::new();
        match schema {
            Some(schema) => {
                if is_system_schema(schema) {
                    add(&mut found, functions::named(name));
                }
                self.extensions_meant(schema).for_each(|of| add(&mut found, functions_of(of, name)));
            }
            None if self.is_read_anew() => {
                add(&mut found, functions::named(name));
                self.catalog.extensions().for_each(|of| add(&mut found, functions_of(of, name)));
            }
            None => return self.seen_candidates(name),
        }
        found
    }

    /// The same for a name in a statement of the session's.
    fn seen_candidates(&self, name: &str) -> Vec<&'static Function> {
        let mut path = self.function_path();
        if !path.contains(&"pg_catalog") {
            path.insert(0, "pg_catalog");
        }
        let mut found = Vec::new();
        for schema in path {
            if schema == "pg_catalog" {
                add(&mut found, functions::named(name));
            }
            let here = self.catalog.extensions().filter(|extension| extension.schema == schema);
            here.for_each(|of| add(&mut found, functions_of(of, name)));
        }
        found
    }

    /// Where functions are looked up: temporary ones there are not.
    fn function_path(&self) -> Vec<&str> {
        self.context.path(self.catalog).filter(|schema| !self.catalog.is_temporary(schema)).collect()
    }

    /// Whether what is bound was stored at some time, when it was known what it meant: the session's path has no say, nor
    /// is its extension where it was.
    fn is_read_anew(&self) -> bool {
        (self.stored && !self.is_new) || self.reading.is_some()
    }

    /// The extensions that a schema's name means.
    fn extensions_meant(&self, schema: &str) -> impl Iterator<Item = &Extension> {
        let anywhere = self.is_read_anew();
        self.catalog.extensions().filter(move |extension| anywhere || extension.schema == schema)
    }

    /// Whether a schema has an extension's function of this name.
    pub fn is_of_extension(&self, schema: &str, name: &str) -> bool {
        self.extensions_meant(schema).any(|of| functions_of(of, name).next().is_some())
    }

    /// Whether a call is one of an extension's function, of which there are no aggregates.
    pub fn find_extension_function(
        &mut self,
        schema: Option<&str>,
        name: &str,
        arguments: &Arguments,
    ) -> Result<bool, PgError> {
        if !self.knows_function(name) {
            return Ok(false);
        }
        let args = arguments.exprs.iter().map(|arg| self.expr(arg)).collect::<Result<Vec<_>, _>>()?;
        let types: Vec<Type> = args.iter().map(|arg| arg.ty).collect();
        let found = self.find_function(schema, name, &types);
        Ok(found.is_ok_and(|function| extensions::origin(function).is_some()))
    }

    /// Whether there is an extension's function of this name, seen or not.
    pub fn knows_function(&self, name: &str) -> bool {
        self.catalog.extensions().any(|of| functions_of(of, name).next().is_some())
    }

    /// The OID of the extension's function that an expression calls itself, if it does.
    pub fn called_function(&self, expr: &Expr) -> Option<u32> {
        let ExprKind::Call(call) = &expr.kind else { return None };
        let (extension, place) = extensions::called(call.emission)?;
        Some(self.catalog.extension(extension)?.oid + 1 + place as u32)
    }

    /// An extension's function as messages show it: `function digest(text,text)`.
    pub fn shown_function(&self, function: &'static Function) -> String {
        let args: Vec<String> = function.args.iter().map(Type::to_string).collect();
        let name = match self.schema_to_write(function) {
            Some(schema) => qualified(schema, function.name),
            None => quote_ident(function.name),
        };
        format!("function {name}({})", args.join(","))
    }

    /// The schema that must be written before a function's name, where another would be found without.
    pub fn schema_to_write(&self, function: &'static Function) -> Option<&str> {
        let found = find_among(self.seen_candidates(function.name), function.args);
        if found.is_ok_and(|found| std::ptr::eq(found, function)) {
            return None;
        }
        match extensions::origin(function) {
            Some((name, _)) => self.catalog.extension(name).map(|extension| extension.schema.as_str()),
            None => Some("pg_catalog"),
        }
    }
}

/// Adds those whose arguments none has so far.
fn add(found: &mut Vec<&'static Function>, functions: impl Iterator<Item = &'static Function>) {
    for function in functions {
        if !found.iter().any(|other| other.args == function.args) {
            found.push(function);
        }
    }
}

fn functions_of(extension: &Extension, name: &str) -> impl Iterator<Item = &'static Function> {
    extensions::of(&extension.name).iter().filter(move |function| function.name == name)
}
