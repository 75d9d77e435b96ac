//! UNION, INTERSECT and EXCEPT (`transformSetOperationStmt`).

use sqlparser::ast::{self, SetExpr, SetQuantifier};

use super::Binder;
use super::collation::typcollation;
use super::common_type::{common_domain, common_typmod};
use super::query::{Tail, set_expr_at};
use crate::sql::bound::{Body, Form, Output, Query, SetOperator};
use crate::sql::casts::Context;
use crate::sql::text::At;
use crate::types::{PgError, SqlState, Type};

/// Sides of a set operation that hints know.
const MAX_NAMED_ARMS: usize = 10;

impl Binder<'_> {
    /// A chain of set operations, from the left: as deep as it is long, so not by recursion.
    pub fn set_operation(&mut self, body: &SetExpr, tail: Tail) -> Result<Query, PgError> {
        let mut spine = Vec::new();
        let mut first = body;
        while let SetExpr::SetOperation { left, op, set_quantifier, right } = first {
            spine.push((op, set_quantifier, &**right));
            first = left;
        }
        self.arms += 1;
        let first_relation = self.relations.len();
        let bound = self.deeper(spine.len(), |binder| {
            let mut left = binder.body(first, Tail::NONE)?;
            for (op, quantifier, right) in spine.into_iter().rev() {
                let right_bound = binder.body(right, Tail::NONE)?;
                left = binder.combine(op, quantifier, left, right_bound, set_expr_at(right))?;
            }
            Ok(left)
        });
        self.arms -= 1;
        let bound = bound?;
        self.hide_relations(first_relation);
        if tail.order_by.is_some() || tail.limit.is_some() || tail.offset.is_some() {
            self.name_arms(&bound, &mut 0);
        }
        let outputs = bound.outputs.clone();
        self.finish(bound.body, outputs, tail, "UNION")
    }

    /// The sides of a set operation as relations: hints speak of them.
    fn name_arms(&mut self, query: &Query, arms: &mut usize) {
        if let Body::SetOperation { left, right, .. } = &query.body {
            self.name_arms(left, arms);
            return self.name_arms(right, arms);
        }
        if *arms == MAX_NAMED_ARMS {
            return;
        }
        *arms += 1;
        let relation = self.query_relation(query);
        self.relations[relation].depth += 1;
        self.relations[relation].name = format!("*SELECT* {arms}");
    }

    pub fn combine(
        &mut self,
        op: &ast::SetOperator,
        quantifier: &SetQuantifier,
        mut left: Query,
        mut right: Query,
        at: At,
    ) -> Result<Query, PgError> {
        let (operator, name) = match op {
            ast::SetOperator::Union => (SetOperator::Union, "UNION"),
            ast::SetOperator::Intersect => (SetOperator::Intersect, "INTERSECT"),
            ast::SetOperator::Except => (SetOperator::Except, "EXCEPT"),
            ast::SetOperator::Minus => return Err(self.syntax_error(at, "MINUS")),
        };
        let all = match quantifier {
            SetQuantifier::All => true,
            SetQuantifier::Distinct | SetQuantifier::None => false,
            _ => return Err(self.syntax_error(at, "BY")),
        };
        if left.outputs.len() != right.outputs.len() {
            let message = format!("each {name} query must have the same number of columns");
            return Err(self.error(at, SqlState::SYNTAX_ERROR, message));
        }
        let mut outputs = Vec::with_capacity(left.outputs.len());
        let mut types = Vec::with_capacity(left.outputs.len());
        for (index, (l, r)) in left.outputs.iter().zip(&right.outputs).enumerate() {
            let place = |query: &Query| match &query.body {
                Body::Select(select) => select.targets.get(index).map_or(At::NOWHERE, |target| target.at),
                _ => At::NOWHERE,
            };
            let ty = self.common_type(&[(l.ty, place(&left)), (r.ty, place(&right))], name)?;
            let told_apart = !all || operator != SetOperator::Union;
            if told_apart && !ty.is_comparable() && !ty.is_users() {
                let at = place(if l.ty == Type::UNKNOWN { &right } else { &left });
                let message = format!("could not identify an equality operator for type {ty}");
                return Err(self.error(at, SqlState::UNDEFINED_FUNCTION, message));
            }
            let typmod = if l.ty == r.ty { common_typmod([l.typmod, r.typmod].into_iter()) } else { -1 };
            let domain = common_domain([(l.ty, l.domain), (r.ty, r.domain)].into_iter());
            let collation = match typcollation(ty) {
                0 => 0,
                _ => self.combined_collation((&left, &right), index, ty, told_apart)?,
            };
            outputs.push(Output { name: l.name.clone(), ty, typmod, domain, origin: None, collation });
            types.push(Form { ty, typmod: -1, domain });
        }
        self.convert_outputs(&mut left, &types, Context::Implicit, name)?;
        self.convert_outputs(&mut right, &types, Context::Implicit, name)?;
        let body = Body::SetOperation { operator, all, left: Box::new(left), right: Box::new(right) };
        Ok(Query::plain(body, outputs))
    }
}
