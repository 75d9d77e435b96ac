//! Calls that name their arguments: shown with just those that are written, in their order.

use sqlparser::ast::{self, FunctionArg};

use super::super::function::find;
use super::super::named_arguments::{given, is_named};
use super::super::names::fold;
use super::node::Node;
use super::{Deparser, unknown};
use crate::types::identifier::quote_ident;
use crate::types::{PgError, Type};

/// Whether some of a call's arguments are given by their names.
pub fn has_named(args: &[FunctionArg]) -> bool {
    args.iter().any(is_named)
}

/// The values of a call's arguments.
pub fn values<'a>(name: &str, args: &'a [FunctionArg]) -> Result<Vec<&'a ast::Expr>, PgError> {
    Ok(given(name, args).ok_or_else(unknown)?.into_iter().map(|arg| arg.value).collect())
}

impl Deparser<'_, '_, '_> {
    pub fn named_call(&mut self, name: &str, args: &[FunctionArg]) -> Result<Node, PgError> {
        let given = given(name, args).ok_or_else(unknown)?;
        let count = given.iter().map(|arg| arg.place + 1).max().unwrap_or_default();
        let mut types = vec![Type::UNKNOWN; count];
        let mut parts = Vec::with_capacity(given.len());
        for arg in &given {
            let part = self.part(arg.value)?;
            types[arg.place] = part.ty;
            parts.push(part);
        }
        let function = find(name, &types).map_err(|_| unknown())?;
        let mut shown = Vec::with_capacity(given.len());
        for (arg, part) in given.iter().zip(parts) {
            let wanted = function.args.get(arg.place).copied().ok_or_else(unknown)?;
            let node = self.converted(part, wanted)?.node;
            shown.push(match arg.name {
                Some(name) => Node::Named { name: quote_ident(&fold(name)), of: Box::new(node) },
                None => node,
            });
        }
        Ok(Node::Call { name: quote_ident(name), args: shown })
    }
}
