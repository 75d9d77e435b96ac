//! Operators: finding the one meant (`parse_oper.c`) and applying it.

use super::Binder;
use super::polymorphic::{Agreeing, type_argument};
use super::resolve::{Choice, choose};
use crate::sql::bound::{Expr, ExprKind};
use crate::sql::casts::Context;
use crate::sql::emission::Emission;
use crate::sql::operators::{self, Operator};
use crate::sql::text::At;
use crate::sql::type_names::ANYNONARRAY;
use crate::types::{PgError, SqlState, Type};

impl Binder<'_> {
    /// `left name right`. `at` is the operator's own place, for errors.
    pub fn binary(
        &mut self,
        name: &str,
        left: Expr,
        right: Expr,
        at: impl FnOnce(&Self) -> At,
    ) -> Result<Expr, PgError> {
        let operator = match find_binary(name, left.ty, right.ty) {
            Ok(operator) => operator,
            Err(choice) => {
                return Err(self.no_operator(name, choice, Some(&left), &right, at(self)));
            }
        };
        let start = left.at;
        if let Emission::Missing(what) = operator.emission {
            return Err(self.unsupported(at(self), what));
        }
        self.mutable |= operator.is_stable();
        if operator.right == Type::ANYENUM {
            return self.of_one_enum_type(operator, left, right, at);
        }
        let left_type = operator.left.unwrap_or(operator.right);
        if operator.is_polymorphic() {
            return self.of_arrays(operator, left, right, at);
        }
        let mut left = self.operand(left, left_type)?;
        let mut right = self.operand(right, operator.right)?;
        if COMPARISONS.contains(&operator.name) {
            left = by_key(left, left_type, operator.right);
            right = by_key(right, operator.right, left_type);
        }
        Ok(Expr::call(operator.emission, vec![left, right], operator.result).at(start))
    }

    /// An operator of two values of one enum.
    fn of_one_enum_type(
        &mut self,
        operator: &Operator,
        left: Expr,
        right: Expr,
        at: impl FnOnce(&Self) -> At,
    ) -> Result<Expr, PgError> {
        let start = left.at;
        let ty = if left.ty == Type::UNKNOWN { right.ty } else { left.ty };
        let stand_in = |of: &Expr| Expr { domain: of.domain, ..Expr::null(of.ty) };
        let operands = (stand_in(&left), stand_in(&right));
        let left = self.coerce(left, ty, Context::Implicit)?;
        let right = self.coerce(right, ty, Context::Implicit)?;
        let (Some(left), Some(right)) = (left, right) else {
            return Err(self.no_operator(operator.name, Choice::None, Some(&operands.0), &operands.1, at(self)));
        };
        Ok(Expr::call(operator.emission, vec![left, right], operator.result).at(start))
    }

    /// An operator of arrays, or of an array and an element.
    fn of_arrays(
        &mut self,
        operator: &Operator,
        left: Expr,
        right: Expr,
        at: impl FnOnce(&Self) -> At,
    ) -> Result<Expr, PgError> {
        let start = left.at;
        let stand_in = |of: &Expr| Expr { domain: of.domain, ..Expr::null(of.ty) };
        let operands = (stand_in(&left), stand_in(&right));
        let wanted = [operator.left.unwrap_or(operator.right), operator.right];
        let Some(Agreeing { mut args, element, domain }) =
            self.agreeing_arguments(vec![left, right], &wanted, start)?
        else {
            return Err(self.no_operator(operator.name, Choice::None, Some(&operands.0), &operands.1, at(self)));
        };
        let orders = matches!(operator.name, "<" | "<=" | ">" | ">=");
        if orders && element.is_enum() {
            return Err(self.unsupported(start, "the order of arrays of an enum"));
        }
        if operator.result == Type::BOOL && element.is_row() {
            return Err(self.unsupported(start, "comparing arrays of rows"));
        }
        if operator.result == Type::BOOL && !element.is_comparable() {
            let what = if orders { "a comparison function" } else { "an equality operator" };
            let message = format!("could not identify {what} for type {element}");
            return Err(PgError::new(SqlState::UNDEFINED_FUNCTION, message));
        }
        // Vectors of the catalogs are stored otherwise than arrays.
        let array = self.array_of(element, start)?;
        for arg in &mut args {
            if arg.ty.vector_of().is_some() {
                let vector = std::mem::replace(arg, Expr::null(array));
                *arg = self.cast(vector, array, -1, |_| start)?;
            }
        }
        if let Emission::Own(_) = operator.emission {
            args.push(type_argument(element));
        }
        let result = self.polymorphic_result(operator.result, element, domain, start)?;
        Ok(self.marked(Expr::call(operator.emission, args, result.ty).at(start), result.domain))
    }

    /// `name operand`.
    pub fn prefix(&mut self, name: &str, operand: Expr, at: At) -> Result<Expr, PgError> {
        let candidates: Vec<&Operator> =
            operators::all().iter().filter(|operator| operator.name == name && operator.left.is_none()).collect();
        let exact = candidates.iter().find(|operator| operator.right == operand.ty);
        let operator = match exact {
            Some(operator) => *operator,
            None => {
                let signatures: Vec<Vec<Type>> = candidates.iter().map(|operator| vec![operator.right]).collect();
                match choose(&[operand.ty], &signatures) {
                    Choice::One(index) => candidates[index],
                    choice => return Err(self.no_operator(name, choice, None, &operand, at)),
                }
            }
        };
        if let Emission::Missing(what) = operator.emission {
            return Err(self.unsupported(at, what));
        }
        let operand = self.operand(operand, operator.right)?;
        Ok(Expr::call(operator.emission, vec![operand], operator.result).at(at))
    }

    /// An operand as the operator takes it; `anynonarray || text` takes the value's text.
    fn operand(&mut self, operand: Expr, wanted: Type) -> Result<Expr, PgError> {
        let (target, context) =
            if wanted == ANYNONARRAY { (Type::TEXT, Context::Explicit) } else { (wanted, Context::Implicit) };
        let (from, at) = (operand.ty, operand.at);
        self.coerce(operand, target, context)?
            .ok_or_else(|| self.error(at, SqlState::CANNOT_COERCE, format!("cannot cast type {from} to {target}")))
    }

    fn no_operator(&self, name: &str, choice: Choice, left: Option<&Expr>, right: &Expr, at: At) -> PgError {
        let signature = match left {
            Some(left) => format!("{} {name} {}", left.named_type(), right.named_type()),
            None => format!("{name} {}", right.named_type()),
        };
        if matches!(choice, Choice::Ambiguous) {
            let message = format!("operator is not unique: {signature}");
            let hint = "Could not choose a best candidate operator. You might need to add explicit type casts.";
            return self.error(at, SqlState::AMBIGUOUS_FUNCTION, message).hint(hint);
        }
        // PostgreSQL's others are of types that none of ours becomes by itself, or of rows.
        let may_be = |operand: &Expr| operand.ty == Type::UNKNOWN || operand.ty.is_row();
        let elsewhere = may_be(right) && left.is_none_or(may_be);
        let missing = !operators::all().iter().any(|operator| operator.name == name);
        if elsewhere && missing && operators::is_postgres_operator(name) {
            return self.unsupported(at, format!("operator {name}"));
        }
        let message = format!("operator does not exist: {signature}");
        let hint = match left {
            None => {
                "No operator matches the given name and argument type. You might need to add an explicit type cast."
            }
            Some(_) => {
                "No operator matches the given name and argument types. You might need to add explicit type casts."
            }
        };
        self.error(at, SqlState::UNDEFINED_FUNCTION, message).hint(hint)
    }
}

const COMPARISONS: [&str; 6] = ["=", "<>", "<", "<=", ">", ">="];

/// A comparison's operand, as what it is compared by.
fn by_key(operand: Expr, ty: Type, other: Type) -> Expr {
    match operators::comparison_key(ty, other) {
        Some(key) => {
            let at = operand.at;
            Expr::call(Emission::Own(key), vec![operand], ty).at(at)
        }
        None => operand,
    }
}

/// The operand itself of what [`by_key`] made.
pub fn without_key(operand: &Expr) -> &Expr {
    if let ExprKind::Call(call) = &operand.kind
        && let (Emission::Own(name), [inner]) = (call.emission, &call.args[..])
        && KEYS.contains(&name)
    {
        return inner;
    }
    operand
}

const KEYS: [&str; 4] =
    ["pg_interval_key", "pg_date_cmp_timestamp", "pg_date_cmp_timestamptz", "pg_timestamp_cmp_timestamptz"];

pub fn find_binary(name: &str, left: Type, right: Type) -> Result<&'static Operator, Choice> {
    let candidates: Vec<&Operator> =
        operators::all().iter().filter(|operator| operator.name == name && operator.left.is_some()).collect();
    // A literal next to something known is first taken to be of the same type.
    let (exact_left, exact_right) = match (left, right) {
        (Type::UNKNOWN, known) | (known, Type::UNKNOWN) => (known, known),
        both => both,
    };
    let exact = |operator: &&&Operator| operator.left == Some(exact_left) && operator.right == exact_right;
    if let Some(operator) = candidates.iter().find(exact) {
        return Ok(operator);
    }
    let signatures: Vec<Vec<Type>> =
        candidates.iter().map(|operator| operator.left.into_iter().chain([operator.right]).collect()).collect();
    match choose(&[left, right], &signatures) {
        Choice::One(index) => Ok(candidates[index]),
        choice => Err(choice),
    }
}
