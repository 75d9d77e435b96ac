//! Calls of functions and aggregates, as functions and in SQL's own words (`get_func_expr`, `get_agg_expr`).

use sqlparser::ast;

use super::named::has_named;
use super::node::{Aggregate, Node, SubLink};
use super::{Deparser, Part, unknown};
use crate::sql::amend::is_spelt;
use crate::sql::bind::function::{argument, find};
use crate::sql::bind::names::fold;
use crate::sql::bind::operator::find_binary;
use crate::sql::functions::{self, Function};
use crate::sql::text::At;
use crate::sql::type_names::{ANY, ANYNONARRAY};
use crate::types::identifier::{qualified, quote_ident};
use crate::types::{PgError, Type};

impl Deparser<'_, '_, '_> {
    pub(super) fn function(&mut self, function: &ast::Function) -> Result<Part, PgError> {
        let whole = ast::Expr::Function(function.clone());
        let Some(ast::ObjectNamePart::Identifier(ident)) = function.name.0.last() else { return Err(unknown()) };
        let name = fold(ident);
        let list = match &function.args {
            ast::FunctionArguments::None => {
                let ty = self.type_of(&whole)?;
                return Ok(Part { node: Node::Word(name.to_ascii_uppercase()), ty });
            }
            ast::FunctionArguments::List(list) => list,
            ast::FunctionArguments::Subquery(query) if name == "array" => {
                return self.sublink(SubLink::Array, None, query);
            }
            ast::FunctionArguments::Subquery(_) => return Err(unknown()),
        };
        let ty = self.type_of(&whole)?;
        let schema = match &function.name.0[..] {
            [ast::ObjectNamePart::Identifier(schema), _] => Some(fold(schema)),
            _ => None,
        };
        let schema = schema.filter(|schema| self.binder.is_of_extension(schema, &name));
        let aggregate = schema.is_none() && functions::named(&name).any(|function| function.aggregate);
        if aggregate || function.over.is_some() {
            return self.aggregate(&name, function, list, ty);
        }
        if has_named(&list.args) {
            return Ok(Part { node: self.named_call(&name, &list.args)?, ty });
        }
        let args = self.arguments(list)?;
        if is_spelt(ident) {
            let words = vec!["COLLATION FOR (".to_owned(), ")".to_owned()];
            let args = args.into_iter().map(|arg| arg.node).collect();
            return Ok(Part { node: Node::Spelt { words, args }, ty });
        }
        if let Some(schema) = schema {
            return Ok(Part { node: self.call_in(Some(&schema), &name, args)?, ty });
        }
        if matches!(name.as_str(), "coalesce" | "greatest" | "least") {
            let of_domain = self.binder.expr(&whole)?.domain != 0;
            let as_wanted = |arg: Part| if of_domain { Ok(arg.node) } else { Ok(self.converted(arg, ty)?.node) };
            let args = args.into_iter().map(as_wanted).collect::<Result<_, PgError>>()?;
            let node = Node::Call { name: name.to_ascii_uppercase(), args };
            let node = if of_domain { Node::OfDomain(Box::new(node)) } else { node };
            return Ok(Part { node, ty });
        }
        if name == "nullif"
            && let [left, right] = &args[..]
        {
            let operator = find_binary("=", left.ty, right.ty).map_err(|_| unknown())?;
            let types = [operator.left.ok_or_else(unknown)?, operator.right];
            let args = args.into_iter().zip(types).map(|(arg, ty)| Ok(self.converted(arg, ty)?.node));
            let args = args.collect::<Result<_, PgError>>()?;
            return Ok(Part { node: Node::Call { name: "NULLIF".to_owned(), args }, ty });
        }
        Ok(Part { node: self.call(&name, args)?, ty })
    }

    fn arguments(&mut self, list: &ast::FunctionArgumentList) -> Result<Vec<Part>, PgError> {
        let mut args = Vec::new();
        for arg in &list.args {
            let ast::FunctionArg::Unnamed(arg) = arg else { return Err(unknown()) };
            let expr = argument(arg).ok_or_else(unknown)?;
            args.push(self.part(&expr)?);
        }
        Ok(args)
    }

    pub(super) fn call(&mut self, name: &str, args: Vec<Part>) -> Result<Node, PgError> {
        self.call_in(None, name, args)
    }

    fn call_in(&mut self, schema: Option<&str>, name: &str, args: Vec<Part>) -> Result<Node, PgError> {
        let types: Vec<Type> = args.iter().map(|arg| arg.ty).collect();
        let found = self.binder.find_function(schema, name, &types).map_err(|_| unknown())?;
        let name = match self.binder.schema_to_write(found) {
            Some(schema) => qualified(schema, name),
            None => quote_ident(name),
        };
        let args = self.as_parameters(found, args)?;
        Ok(Node::Call { name, args })
    }

    /// Arguments as the function takes them.
    fn as_parameters(&mut self, found: &Function, args: Vec<Part>) -> Result<Vec<Node>, PgError> {
        let wanted = |index: usize| found.args.get(index).or(found.args.last()).copied().unwrap_or(ANY);
        let args = args.into_iter().enumerate().map(|(index, arg)| {
            Ok(match wanted(index) {
                ANY | ANYNONARRAY | Type::ANYARRAY if arg.ty != Type::UNKNOWN => arg.node,
                ANY | ANYNONARRAY | Type::ANYARRAY => self.converted(arg, Type::TEXT)?.node,
                // Of one type with other arguments, which is not looked into here.
                wanted if wanted.info().is_none() && arg.ty == Type::UNKNOWN => return Err(unknown()),
                wanted if wanted.info().is_none() => arg.node,
                wanted => self.converted(arg, wanted)?.node,
            })
        });
        args.collect()
    }

    fn aggregate(
        &mut self,
        name: &str,
        function: &ast::Function,
        list: &ast::FunctionArgumentList,
        ty: Type,
    ) -> Result<Part, PgError> {
        let star = matches!(&list.args[..], [ast::FunctionArg::Unnamed(ast::FunctionArgExpr::Wildcard)]);
        if !function.within_group.is_empty() {
            return Err(unknown());
        }
        let args = match star {
            true => Vec::new(),
            false => {
                let args = self.arguments(list)?;
                let types: Vec<Type> = args.iter().map(|arg| arg.ty).collect();
                let found = find(name, &types).map_err(|_| unknown())?;
                self.as_parameters(found, args)?
            }
        };
        let mut order_by = Vec::new();
        for clause in &list.clauses {
            match clause {
                ast::FunctionArgumentClause::OrderBy(items) => order_by = self.sorts(items)?,
                _ => return Err(unknown()),
            }
        }
        let filter = match &function.filter {
            None => None,
            Some(filter) => {
                let part = self.part(filter)?;
                Some(self.converted(part, Type::BOOL)?.node)
            }
        };
        let at = match function.name.0.first() {
            Some(ast::ObjectNamePart::Identifier(ident)) => ident.span.into(),
            _ => At::NOWHERE,
        };
        let over = function.over.as_ref().map(|over| self.over(over, at)).transpose()?;
        let distinct = matches!(list.duplicate_treatment, Some(ast::DuplicateTreatment::Distinct));
        let name = quote_ident(name);
        let aggregate = Aggregate { name, distinct, star, args, order_by, filter, over };
        Ok(Part { node: Node::Aggregate(Box::new(aggregate)), ty })
    }

    /// A call in SQL's own words.
    pub(super) fn spelt(
        &mut self,
        whole: &ast::Expr,
        words: Vec<String>,
        args: &[(&ast::Expr, Option<Type>)],
    ) -> Result<Part, PgError> {
        let ty = self.type_of(whole)?;
        let mut nodes = Vec::new();
        for (arg, wanted) in args {
            let part = self.part(arg)?;
            nodes.push(match wanted {
                None if part.ty == Type::UNKNOWN => return Err(unknown()),
                Some(wanted) if part.ty == Type::UNKNOWN => self.converted(part, *wanted)?.node,
                _ => part.node,
            });
        }
        Ok(Part { node: Node::Spelt { words, args: nodes }, ty })
    }
}
