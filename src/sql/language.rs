//! What PostgreSQL's own catalogs need to know of this layer: which functions, operators and casts there are, and how
//! expressions are written.

use super::emission::Emission;
use super::{bind, casts, functions, operators};
use crate::catalog::system::{IndexPart, Language, Seen};
use crate::catalog::{Domain, Table, View};
use crate::types::{PgError, Type};

struct Postgres;

/// The language that is spoken here.
pub fn language() -> &'static dyn Language {
    &Postgres
}

impl Language for Postgres {
    fn knows_function(&self, name: &str, args: &[Type]) -> bool {
        functions::named(name)
            .any(|function| function.args == args && !matches!(function.emission, Emission::Missing(_)))
    }

    fn knows_operator(&self, name: &str, left: Option<Type>, right: Type) -> bool {
        let known = |operator: &operators::Operator| {
            operator.name == name
                && operator.left == left
                && operator.right == right
                && !matches!(operator.emission, Emission::Missing(_))
        };
        operators::all().iter().any(known)
    }

    fn knows_cast(&self, from: Type, to: Type) -> bool {
        casts::is_listed(from, to)
    }

    fn type_named(&self, seen: &Seen, text: &str) -> Result<Type, PgError> {
        Ok(bind::type_named(text, seen.catalog, &bind::context_of(seen))?.0)
    }

    fn parameter_default(&self, function: &str, place: usize) -> Option<&'static str> {
        Some(functions::parameters(function)?.absent(place)?.shown())
    }

    fn shown(&self, seen: &Seen, table: Option<&Table>, expression: &str, pretty: bool) -> String {
        bind::shown_expression(seen, table, expression, pretty)
    }

    fn shown_domain_check(&self, seen: &Seen, domain: &Domain, expression: &str, pretty: bool) -> String {
        bind::shown_domain_check(seen, domain, expression, pretty)
    }

    fn shown_view(&self, seen: &Seen, view: &View, pretty: bool) -> Option<String> {
        bind::shown_view(seen, view, pretty)
    }

    fn writable_columns(&self, seen: &Seen, view: &View) -> Option<Vec<bool>> {
        bind::writable_columns(seen, view)
    }

    fn described(&self, seen: &Seen, table: &Table, expression: &str) -> IndexPart {
        bind::described(seen, table, expression)
    }
}
