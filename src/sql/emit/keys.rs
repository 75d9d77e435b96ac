//! What has a key in the file is read from there: then SQLite finds the index of it.

use std::fmt::Write as _;

use super::{Emitter, Written, identifier};
use crate::sql::bound::{Call, Expr, ExprKind, From, KeyOf, RelationId, RelationKey};
use crate::sql::emission::{Emission, INTERVAL_KEY, SORT_KEY, has_one_form, key_function};
use crate::types::PgError;

type Refused = Box<PgError>;

impl Emitter<'_> {
    /// The key that an expression's value stands in, as it is or in the form in which keys compare; by its column's name.
    pub(super) fn key_with(&self, expr: &Expr) -> Option<String> {
        if !self.has_keys {
            return None;
        }
        match &expr.kind {
            ExprKind::Call(call) if call.emission == Emission::Own(INTERVAL_KEY) => {
                self.key_of(call.args.first()?, false)
            }
            ExprKind::Column { .. } | ExprKind::Constant(_) | ExprKind::Param(_) | ExprKind::Null => None,
            _ => self.key_of(expr, true),
        }
    }

    /// The key of an expression whose values are stored in one form, or else whose are not.
    fn key_of(&self, expr: &Expr, one_form: bool) -> Option<String> {
        if !self.has_keys || has_one_form(expr.ty) != one_form {
            return None;
        }
        let keys = self.relations.iter().enumerate().flat_map(|(id, of)| of.keys.iter().map(move |key| (id, key)));
        let found = keys.into_iter().find(|(id, key)| self.is_key_of(*id, key, expr));
        found.map(|(id, key)| self.key_name(id, key))
    }

    fn is_key_of(&self, id: RelationId, key: &RelationKey, expr: &Expr) -> bool {
        let Some(of) = &key.of else { return false };
        let granted = of.condition.is_none() || self.granted.contains(&(id, key.column.stored_name.clone()));
        granted && self.is_readable(id, of) && is_same(expr, &of.value, id)
    }

    /// Whether its rows have the value that their key has.
    fn is_readable(&self, id: RelationId, of: &KeyOf) -> bool {
        // Of a row that an outer join has made up an expression need not be NULL, as its columns are.
        let made_up = self.relations[id].nullable && !matches!(of.value.kind, ExprKind::Column { .. });
        !made_up && !self.held.as_ref().is_some_and(|held| held.covers(id))
    }

    fn key_name(&self, id: RelationId, key: &RelationKey) -> String {
        let mut name = String::new();
        if self.qualify && self.returning_of != Some(id) {
            identifier(&mut name, &self.aliases[id]);
            name.push('.');
        }
        identifier(&mut name, &key.column.stored_name);
        name
    }

    /// Keys whose condition the filter makes sure of may be read within the query: gives those granted before.
    pub(super) fn grant(&mut self, from: Option<&From>, filter: Option<&Expr>) -> Vec<(RelationId, String)> {
        let before = self.granted.clone();
        let (true, Some(from), Some(filter)) = (self.has_keys, from, filter) else { return before };
        for id in from.relations() {
            self.grant_of(id, filter);
        }
        before
    }

    pub(super) fn grant_of(&mut self, id: RelationId, filter: &Expr) {
        for key in &self.relations[id].keys {
            let condition = key.of.as_ref().and_then(|of| of.condition.as_ref());
            let implied = |condition: &Expr| {
                terms(condition).iter().all(|term| terms(filter).iter().any(|other| is_same(other, term, id)))
            };
            if condition.is_some_and(implied) {
                self.granted.push((id, key.column.stored_name.clone()));
            }
        }
    }

    /// A comparison of values that are not stored in one form, if one of them has a key.
    pub(super) fn compared_by_keys(&mut self, left: &Expr, operator: &str, right: &Expr) -> Result<bool, Refused> {
        let by_keys = left.ty == right.ty
            && key_function(left.ty) == Some(SORT_KEY)
            && (self.key_of(left, false).is_some() || self.key_of(right, false).is_some());
        if by_keys {
            self.as_key(left)?;
            let _ = write!(self.out, " {operator} ");
            self.as_key(right)?;
        }
        Ok(by_keys)
    }

    /// The same of rows, which a function of ours compares. It is one operand.
    pub(super) fn rows_compared_by_keys(&mut self, function: &str, left: &Expr, right: &Expr) -> Result<bool, Refused> {
        let Some(operator) = record_comparison(function).filter(|_| self.has_keys) else { return Ok(false) };
        let begin = self.out.len();
        let by_keys = self.compared_by_keys(left, operator, right)?;
        if by_keys {
            self.out.insert(begin, '(');
            self.push(")");
        }
        Ok(by_keys)
    }

    /// The key of a value, found or made.
    fn as_key(&mut self, expr: &Expr) -> Written {
        match self.key_of(expr, false) {
            Some(key) => self.push(&key),
            None => {
                let _ = write!(self.out, "{SORT_KEY}(");
                self.expr(expr)?;
                let _ = write!(self.out, ", {})", expr.ty.0);
            }
        }
        Ok(())
    }

    /// `key IN (…)`, if the operand has a key.
    pub(super) fn listed_by_keys(&mut self, operand: &Expr, list: &[Expr], negated: bool) -> Result<bool, Refused> {
        let by_keys = key_function(operand.ty) == Some(SORT_KEY)
            && list.iter().all(|item| item.ty == operand.ty)
            && self.key_of(operand, false).is_some();
        if by_keys {
            self.as_key(operand)?;
            self.push(if negated { " NOT IN (" } else { " IN (" });
            self.list(list, |emitter, item| emitter.as_key(item))?;
            self.push(")");
        }
        Ok(by_keys)
    }

    pub(super) fn has_sort_key(&self, expr: &Expr) -> bool {
        self.key_of(expr, false).is_some()
    }

    /// What rows are sorted by, if an expression's values are not stored in one form and it has a key.
    pub(super) fn sorted_by_key(&mut self, expr: &Expr) -> bool {
        match self.key_of(expr, false) {
            Some(key) => {
                self.push(&key);
                true
            }
            None => false,
        }
    }
}

/// The operator that one of our functions over rows stands for.
fn record_comparison(function: &str) -> Option<&'static str> {
    Some(match function {
        "pg_record_eq" => "=",
        "pg_record_ne" => "<>",
        "pg_record_lt" => "<",
        "pg_record_le" => "<=",
        "pg_record_gt" => ">",
        "pg_record_ge" => ">=",
        _ => return None,
    })
}

fn terms(condition: &Expr) -> &[Expr] {
    match &condition.kind {
        ExprKind::And(terms) => terms,
        _ => std::slice::from_ref(condition),
    }
}

/// Whether an expression is one over the relation 0, over this relation.
fn is_same(expr: &Expr, pattern: &Expr, relation: RelationId) -> bool {
    let same = |a: &Expr, b: &Expr| is_same(a, b, relation);
    let all = |a: &[Expr], b: &[Expr]| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_same(a, b, relation));
    if expr.ty != pattern.ty {
        return false;
    }
    match (&expr.kind, &pattern.kind) {
        (ExprKind::Column { relation: of, column }, ExprKind::Column { relation: 0, column: other }) => {
            *of == relation && column == other
        }
        (ExprKind::Null, ExprKind::Null) => true,
        (ExprKind::Literal(a), ExprKind::Literal(b)) => a == b,
        (ExprKind::Constant(a), ExprKind::Constant(b)) => a == b,
        (ExprKind::Call(a), ExprKind::Call(b)) => {
            let (a, b): (&Call, &Call) = (a, b);
            a.emission == b.emission && !a.volatile && all(&a.args, &b.args)
        }
        (ExprKind::And(a), ExprKind::And(b)) | (ExprKind::Or(a), ExprKind::Or(b)) => all(a, b),
        (ExprKind::Not(a), ExprKind::Not(b)) => same(a, b),
        (ExprKind::IsNull { operand: a, negated }, ExprKind::IsNull { operand: b, negated: other }) => {
            negated == other && same(a, b)
        }
        (
            ExprKind::IsBool { operand: a, value, negated },
            ExprKind::IsBool { operand: b, value: other, negated: other_negated },
        ) => (value, negated) == (other, other_negated) && same(a, b),
        (
            ExprKind::Distinct { left: a, right: c, negated },
            ExprKind::Distinct { left: b, right: d, negated: other },
        ) => negated == other && same(a, b) && same(c, d),
        (
            ExprKind::InList { operand: a, list, negated },
            ExprKind::InList { operand: b, list: other_list, negated: other },
        ) => negated == other && same(a, b) && all(list, other_list),
        (
            ExprKind::Case { operand: a, whens, otherwise },
            ExprKind::Case { operand: b, whens: others, otherwise: other },
        ) => {
            let optional = |a: &Option<Box<Expr>>, b: &Option<Box<Expr>>| match (a, b) {
                (None, None) => true,
                (Some(a), Some(b)) => is_same(a, b, relation),
                _ => false,
            };
            whens.len() == others.len()
                && whens.iter().zip(others).all(|((a, b), (c, d))| is_same(a, c, relation) && is_same(b, d, relation))
                && optional(a, b)
                && optional(otherwise, other)
        }
        _ => false,
    }
}
