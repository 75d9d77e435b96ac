//! Domains: casts to them, which look at their constraints.
//!
//! What is of a domain is to everything else a value of the type that the domain is over; only where a value is made one
//! of the domain (a cast, a value to be written, a parameter) its constraints are compiled into the statement.

use super::Binder;
use super::check::{find_query, is_query};
use super::scope::{Clause, Item, Scope, Visible};
use crate::catalog::{Domain, DomainConstraint};
use crate::sql::bound::{Expr, ExprKind, Relations};
use crate::sql::emission::Emission;
use crate::sql::parse;
use crate::sql::room::with_room;
use crate::sql::tokens::too_complex;
use crate::types::{PgError, SqlState, Type, Value};

/// Values of more parts than this are computed once, and not wherever a constraint names them.
const MAX_REPEATED: usize = 4;

/// Values that are known again.
const MAX_HELD: usize = 32;

/// Of nested expressions that a constraint counts for at least, as it is bound by itself.
const LEVELS: usize = 10;

/// What a value is called in a domain's CHECK.
pub const VALUE: &str = "value";

impl Binder<'_> {
    /// A parameter whose type is not known yet is of the domain that it is wanted as.
    pub fn note_parameter(&mut self, expr: &Expr, domain: u32) {
        let ExprKind::Param(number) = expr.kind else { return };
        if domain == 0 || self.params.get(number - 1) != Some(&Type::UNKNOWN) {
            return;
        }
        if self.param_domains.len() < number {
            self.param_domains.resize(number, 0);
        }
        self.param_domains[number - 1] = domain;
    }

    /// A value of what a domain is over, made one of the domain: an error where it breaks a constraint.
    pub fn of_domain(&mut self, value: Expr, oid: u32) -> Result<Expr, PgError> {
        let (ty, typmod, at) = (value.ty, value.typmod, value.at);
        let catalog = self.catalog;
        let chain: Vec<&Domain> = catalog.domain_and_parents(oid).collect();
        let not_null = chain.iter().any(|domain| domain.not_null);
        // Those of what it is made of come first.
        let mut checks = Vec::new();
        for domain in chain.iter().rev() {
            let mut own: Vec<_> = domain.constraints.iter().collect();
            own.sort_by(|one, other| one.name.cmp(&other.name));
            checks.extend(own);
        }
        if !not_null && checks.is_empty() {
            return Ok(Expr { typmod, domain: oid, ..Expr::call(Emission::Same, vec![value], ty).at(at) });
        }
        let (hold, value) = self.repeatable(value, &checks)?;
        let mut whens: Vec<(Expr, Expr)> = hold.into_iter().map(|hold| (hold, Expr::null(ty))).collect();
        let failed = |constraint: &str| {
            let args = vec![
                value.clone(),
                Expr::constant(Value::Oid(oid), Type::OID),
                Expr::constant(Value::Text(constraint.to_owned()), Type::TEXT),
            ];
            Expr::call(Emission::Own("pg_domain_failed"), args, ty)
        };
        if not_null {
            let is_null = ExprKind::IsNull { operand: Box::new(value.clone()), negated: false };
            whens.push((Expr::new(is_null, Type::BOOL), failed("")));
        }
        for constraint in checks {
            let over = Expr { typmod, ..value.clone() };
            let bound = self.over_value(&constraint.expression, over)?;
            self.copies += bound.size();
            if self.copies > super::MAX_COPIES {
                return Err(too_complex());
            }
            let is_false = ExprKind::IsBool { operand: Box::new(bound), value: false, negated: false };
            whens.push((Expr::new(is_false, Type::BOOL), failed(&constraint.name)));
        }
        let kind = ExprKind::Case { operand: None, whens, otherwise: Some(Box::new(value)) };
        Ok(Expr { typmod, domain: oid, ..Expr::new(kind, ty).at(at) })
    }

    /// A value for several places, where it is computed once; and what must be asked first, which is never true.
    fn repeatable(&mut self, value: Expr, checks: &[&DomainConstraint]) -> Result<(Option<Expr>, Expr), PgError> {
        let once = value.is_volatile() || value.any(&is_query);
        if value.size() <= MAX_REPEATED && !once {
            return Ok((None, value));
        }
        // `= ANY (array)` is a sub-query to SQLite, which it asks for each row only if it sees a column in it.
        let stand_in = || Expr { typmod: value.typmod, ..Expr::new(ExprKind::Param(1), value.ty) };
        for constraint in checks {
            if !self.domain_check(&constraint.expression, stand_in(), Vec::new())?.0.any(&is_query) {
                continue;
            }
            if once {
                let what = "a volatile value, or one with a sub-query, of a domain whose CHECK looks at all elements of an array";
                return Err(self.unsupported(value.at, what));
            }
            return Ok((None, value));
        }
        // The same value is the same expression, wherever it stands: GROUP BY asks.
        let same = self.held_values.iter().find(|(other, _)| !once && *other == value).map(|(_, number)| *number);
        let held = same.unwrap_or(self.held + 1);
        self.held = self.held.max(held);
        if same.is_none() && !once && self.held_values.len() < MAX_HELD {
            self.held_values.push((value.clone(), held));
        }
        let number = || Expr::constant(Value::Int4(held), Type::INT4);
        let (ty, typmod, at) = (value.ty, value.typmod, value.at);
        let held = Expr { typmod, ..Expr::call(Emission::Own("pg_held"), vec![number()], ty).at(at) };
        Ok((Some(Expr::call(Emission::Own("pg_hold"), vec![number(), value], Type::BOOL)), held))
    }

    /// The text of a domain's CHECK over a value.
    fn over_value(&mut self, text: &str, value: Expr) -> Result<Expr, PgError> {
        let relations = std::mem::take(&mut self.relations);
        let (bound, relations, copies) = self.counted_check(text, value, relations)?;
        (self.relations, self.copies) = (relations, copies);
        Ok(bound)
    }

    /// The same, beside relations, to which it may add some.
    pub fn domain_check(&self, text: &str, value: Expr, relations: Relations) -> Result<(Expr, Relations), PgError> {
        let (bound, relations, _) = self.counted_check(text, value, relations)?;
        Ok((bound, relations))
    }

    /// And with the copies so far: constraints may cast to other domains, whose constraints cast to others.
    fn counted_check(
        &self,
        text: &str,
        value: Expr,
        relations: Relations,
    ) -> Result<(Expr, Relations, usize), PgError> {
        if self.depth + LEVELS > super::MAX_DEPTH {
            return Err(too_complex());
        }
        let (tree, nesting) = parse::parse_expression(text)?;
        let mut binder = self.detached(text);
        binder.relations = relations;
        (binder.depth, binder.copies) = (self.depth + LEVELS, self.copies);
        binder.params = self.params.clone();
        if let ExprKind::Param(number) = value.kind
            && binder.params.len() < number
        {
            binder.params.resize(number, value.ty);
        }
        binder.held = self.held + 1000;
        let mut scope = Scope::new(Clause::Check);
        let columns = vec![Visible { name: VALUE.to_owned(), expr: value }];
        scope.items = vec![Item { name: None, schema: None, columns, unqualified: true }];
        let bound = with_room(nesting, || {
            binder.scoped(scope, |binder| {
                let bound = binder.expr(&tree)?;
                let mut query_at = None;
                find_query(&bound, &mut query_at);
                if let Some(at) = query_at
                    && super::check::has_query(text)
                {
                    let message = "cannot use subquery in check constraint";
                    return Err(binder.error(at, SqlState::FEATURE_NOT_SUPPORTED, message));
                }
                let bound = binder.boolean(bound, "CHECK")?;
                if binder.writes {
                    return Err(PgError::unsupported("a CHECK that changes a sequence"));
                }
                Ok(bound)
            })
        })?;
        Ok((bound, binder.relations, binder.copies))
    }
}
