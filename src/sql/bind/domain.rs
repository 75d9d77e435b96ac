//! Domains: casts to them, which look at their constraints.
//!
//! What is of a domain is to everything else a value of the type that the domain is over; only where a value is made one
//! of the domain (a cast, a value to be written, a parameter) its constraints are compiled into the statement.

use super::Binder;
use super::array::{BUILD, NEST, in_pieces};
use super::check::{find_query, is_query};
use super::scope::{Clause, Item, Scope, Visible};
use crate::catalog::{Domain, DomainConstraint};
use crate::sql::bound::{Aggregate, Body, Expr, ExprKind, Form, Relations};
use crate::sql::emission::Emission;
use crate::sql::parse;
use crate::sql::room::with_room;
use crate::sql::tokens::too_complex;
use crate::types::{PgError, SqlState, Type, Value};

/// Values of more parts than this are computed once, and not wherever a constraint names them.
const MAX_REPEATED: usize = 4;

/// Values that are known again.
const MAX_HELD: usize = 32;

/// Elements of a constant array that are looked at one by one.
const MAX_LISTED: usize = 100;

/// Of nested expressions that a constraint counts for at least, as it is bound by itself.
const LEVELS: usize = 10;

/// What a value is called in a domain's CHECK.
pub const VALUE: &str = "value";

/// The domain whose array type an OID is, or 0.
pub fn domain_of_elements(oid: u32) -> u32 {
    if oid % 2 == 1 { oid - 1 } else { 0 }
}

/// The array type of a domain, or 0 of none.
pub fn array_of_domain(oid: u32) -> u32 {
    if oid == 0 { 0 } else { oid | 1 }
}

/// A value that is computed by the first and is what the second yields, under a number of the statement's.
fn hold_as(number: i32, value: Expr) -> (Expr, Expr) {
    let number = || Expr::constant(Value::Int4(number), Type::INT4);
    let (ty, typmod, at) = (value.ty, value.typmod, value.at);
    let held = Expr { typmod, ..Expr::call(Emission::Own("pg_held"), vec![number()], ty).at(at) };
    (Expr::call(Emission::Own("pg_hold"), vec![number(), value], Type::BOOL), held)
}

/// The domain that something is of, or that it is an array of the values of; or 0.
fn domain_or_its_elements(oid: u32) -> u32 {
    oid & !1
}

/// What an array is made of whose elements, or arrays of them, are written down, and the function that does it.
fn listed(array: &Expr) -> Option<(&'static str, Vec<Expr>)> {
    match &array.kind {
        ExprKind::Constant(Value::Array(values)) => {
            let element = array.ty.element()?;
            let listed = match values.dims[..] {
                [] => true,
                [dim] => dim.lower == 1 && values.elements.len() <= MAX_LISTED,
                _ => false,
            };
            let item = |value: &Value| match value {
                Value::Null => Expr::null(element),
                value => Expr::constant(value.clone(), element),
            };
            listed.then(|| (BUILD, values.elements.iter().map(item).collect()))
        }
        ExprKind::Call(call) => match (call.emission, &call.args[..]) {
            (Emission::Own(BUILD), [items @ .., _]) => Some((BUILD, items.to_vec())),
            (Emission::Own(NEST), [items @ .., _]) => Some((NEST, items.to_vec())),
            _ => None,
        },
        _ => None,
    }
}

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

    /// An expression that is known to be of a domain, or an array of its values.
    pub fn marked(&self, expr: Expr, domain: u32) -> Expr {
        let Form { typmod, domain, .. } =
            self.form_of_domain(Form { typmod: expr.typmod, ..Form::plain(expr.ty) }, domain);
        Expr { typmod, domain, ..expr }
    }

    /// The form of a type that is what a domain is over, or of arrays of that.
    pub fn form_of_domain(&self, form: Form, domain: u32) -> Form {
        match self.catalog.domain(domain_or_its_elements(domain)) {
            Some(of) => Form { typmod: of.typmod, domain, ..form },
            None => form,
        }
    }

    /// An array whose elements are each held against the constraints of a domain.
    fn of_domain_elements(&mut self, value: Expr, array: u32) -> Result<Expr, PgError> {
        let (ty, typmod, at) = (value.ty, value.typmod, value.at);
        let oid = domain_of_elements(array);
        let catalog = self.catalog;
        let bare = catalog.domain_and_parents(oid).all(|domain| !domain.not_null && domain.constraints.is_empty());
        let element = ty.element().filter(|_| !bare && !matches!(value.kind, ExprKind::Null));
        let Some(element) = element else {
            return Ok(Expr { typmod, domain: array, ..Expr::call(Emission::Same, vec![value], ty).at(at) });
        };
        if let Some((function, items)) = listed(&value) {
            let within = if function == BUILD { oid } else { array };
            let made = |item: Expr| self.of_domain(Expr { typmod, ..item }, within);
            let items = items.into_iter().map(made).collect::<Result<Vec<_>, _>>()?;
            return Ok(Expr { typmod, domain: array, ..in_pieces(function, items, ty, element).at(at) });
        }
        // SQLite asks a sub-query for each row only if it sees a column in it.
        if value.is_volatile() {
            return Err(self.unsupported(at, "a volatile array of the values of a domain with constraints"));
        }
        let looked_at = self.copy(&value)?;
        let mut elements = self.elements_of(looked_at, element, "pg_unnest");
        if let Body::Select(select) = &mut elements.body {
            for target in &mut select.targets {
                let of_array = Expr { typmod, ..std::mem::replace(target, Expr::null(element)) };
                let checked = self.of_domain(of_array, oid)?;
                let count = Aggregate {
                    emission: Emission::Builtin("count"),
                    args: vec![checked],
                    distinct: false,
                    order_by: Vec::new(),
                    filter: None,
                };
                *target = Expr::new(ExprKind::Aggregate(Box::new(count)), Type::INT8);
            }
            select.grouped = true;
        }
        elements.outputs.iter_mut().for_each(|output| output.ty = Type::INT8);
        let count = Expr::new(ExprKind::Scalar(Box::new(elements)), Type::INT8);
        // That there is a number of them is known when all have been looked at.
        let none = Expr::new(ExprKind::IsNull { operand: Box::new(count), negated: false }, Type::BOOL);
        let kind =
            ExprKind::Case { operand: None, whens: vec![(none, Expr::null(ty))], otherwise: Some(Box::new(value)) };
        Ok(Expr { typmod, domain: array, ..Expr::new(kind, ty).at(at) })
    }

    /// A value of what a domain is over, made one of the domain: an error where it breaks a constraint. Or an array of such
    /// values, made one of the domain's.
    pub fn of_domain(&mut self, value: Expr, oid: u32) -> Result<Expr, PgError> {
        if domain_of_elements(oid) != 0 {
            return self.of_domain_elements(value, oid);
        }
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
        let (hold, held) = hold_as(held, value);
        Ok((Some(hold), held))
    }

    /// A volatile value for two places: what computes it once, which is never true, and what it was.
    pub fn hold(&mut self, value: Expr) -> (Expr, Expr) {
        self.held += 1;
        hold_as(self.held, value)
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
