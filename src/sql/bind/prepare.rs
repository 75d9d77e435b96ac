//! PREPARE's types, and the arguments of EXECUTE.

use super::Binder;
use super::check::find_query;
use super::scope::{Clause, Scope};
use crate::catalog::Catalog;
use crate::sql::bound::{Expr, ExprKind};
use crate::sql::casts::Context;
use crate::sql::emit::Emitter;
use crate::sql::parse::{Kind, Statement};
use crate::sql::plan::{Action, Plan, Prepare, Query, ResultColumn, SessionContext};
use crate::sql::prepare::{ExecuteStatement, PrepareStatement};
use crate::sql::room::with_room;
use crate::types::{PgError, SqlState, Type, Value};

/// What EXECUTE gives its statement.
#[derive(Clone, Debug, PartialEq)]
pub enum GivenArguments {
    /// They are literals, or there are none.
    Constants(Vec<Value>),
    /// A row that is to be read.
    Row(Box<Plan>),
}

/// Binds the arguments of an EXECUTE for parameters of these types.
/// Errors: 42601 for another number of them, 42804 for other types, and those of expressions.
pub fn bind_arguments(
    statement: &Statement,
    catalog: &Catalog,
    context: &SessionContext,
    wanted: &[Type],
) -> Result<GivenArguments, PgError> {
    let Kind::Execute(execute) = &*statement.kind else {
        return Err(PgError::new(SqlState::INTERNAL_ERROR, "arguments of no EXECUTE"));
    };
    let mut binder = Binder::new(&statement.text, catalog, context, &[])?;
    binder.nesting = statement.nesting;
    with_room(statement.nesting, || binder.given(execute, wanted))
}

impl Binder<'_> {
    pub(super) fn prepare(&self, prepare: &PrepareStatement) -> Result<Prepare, PgError> {
        let declared = prepare.types.iter().map(|(name, at)| Ok(self.form(name, *at)?.named_type()));
        Ok(Prepare {
            name: prepare.name.clone(),
            declared: declared.collect::<Result<_, PgError>>()?,
            text: prepare.statement.text.clone(),
            offset: prepare.statement.offset,
        })
    }

    fn given(mut self, execute: &ExecuteStatement, wanted: &[Type]) -> Result<GivenArguments, PgError> {
        if execute.arguments.len() != wanted.len() {
            let message = format!("wrong number of parameters for prepared statement \"{}\"", execute.name);
            let detail = format!("Expected {} parameters but got {}.", wanted.len(), execute.arguments.len());
            return Err(PgError::new(SqlState::SYNTAX_ERROR, message).detail(detail));
        }
        self.scopes.push(Scope::new(Clause::Execute));
        let mut arguments = Vec::with_capacity(wanted.len());
        for (index, (tree, wanted)) in execute.arguments.iter().zip(wanted).enumerate() {
            let argument = self.expr(tree)?;
            arguments.push(self.given_argument(argument, index + 1, *wanted)?);
        }
        let constant = |argument: &Expr| match &argument.kind {
            ExprKind::Constant(value) => Some(value.clone()),
            ExprKind::Null => Some(Value::Null),
            _ => None,
        };
        if let Some(values) = arguments.iter().map(constant).collect() {
            return Ok(GivenArguments::Constants(values));
        }
        if self.writes || self.session_call.is_some() || self.of_session {
            return Err(PgError::unsupported("a function with effects in EXECUTE's parameters"));
        }
        let mut emitter = Emitter::new(&self.relations);
        emitter.row(&arguments)?;
        let sql = emitter.finish();
        // OIDs that are shown as names are wanted as what they are.
        let ty = |ty: Type| if ty.is_name_of_object() { Type::OID } else { ty };
        let column =
            |ty: Type| ResultColumn { name: String::new(), ty, elements: 0, typmod: -1, table_oid: 0, attnum: 0 };
        let columns = arguments.iter().map(|argument| column(ty(argument.ty))).collect();
        let query = Query { sql, brief: true, calls: Vec::new(), of_session: false, goes_backward: false };
        self.plan(Some(columns), Action::Read(query)).map(|plan| GivenArguments::Row(Box::new(plan)))
    }

    fn given_argument(&mut self, argument: Expr, number: usize, wanted: Type) -> Result<Expr, PgError> {
        let (from, at) = (argument.named_type(), argument.at);
        let mut query_at = None;
        find_query(&argument, &mut query_at);
        if let Some(at) = query_at {
            let message = "cannot use subquery in EXECUTE parameter";
            return Err(self.error(at, SqlState::FEATURE_NOT_SUPPORTED, message));
        }
        match self.coerce_to_form(argument, self.form_of(wanted), Context::Assignment)? {
            Some(argument) => Ok(argument),
            None => {
                let message =
                    format!("parameter ${number} of type {from} cannot be coerced to the expected type {wanted}");
                Err(self
                    .error(at, SqlState::DATATYPE_MISMATCH, message)
                    .hint("You will need to rewrite or cast the expression."))
            }
        }
    }
}
