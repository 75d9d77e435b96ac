//! One type for several expressions: CASE, COALESCE, UNION, VALUES (`select_common_type`).

use super::Binder;
use super::coerce::can_coerce;
use super::domain::domain_of_elements;
use crate::sql::bound::Expr;
use crate::sql::casts::Context;
use crate::sql::text::At;
use crate::types::{PgError, SqlState, Type, TypeCategory};

impl Binder<'_> {
    /// The type that all of `types` can become; text if none is known. `construct` names it in errors.
    pub fn common_type(&self, types: &[(Type, At)], construct: &str) -> Result<Type, PgError> {
        let bare: Vec<Type> = types.iter().map(|(ty, _)| *ty).collect();
        select_common(&bare).map_err(|(chosen, index)| {
            let (ty, at) = types[index];
            let message = format!("{construct} types {chosen} and {ty} cannot be matched");
            self.error(at, SqlState::DATATYPE_MISMATCH, message)
        })
    }

    /// Converts to the common type (`coerce_to_common_type`).
    pub fn coerce_to_common(&mut self, expr: Expr, to: Type, construct: &str) -> Result<Expr, PgError> {
        let (from, at) = (expr.ty, expr.at);
        self.coerce(expr, to, Context::Implicit)?.ok_or_else(|| {
            let message = format!("{construct} could not convert type {from} to {to}");
            self.error(at, SqlState::CANNOT_COERCE, message)
        })
    }

    /// Converts to an array of a domain's values, where that is what all become; else it is left as it is.
    pub fn coerce_to_common_array(
        &mut self,
        expr: Expr,
        to: Type,
        domain: u32,
        construct: &str,
    ) -> Result<Expr, PgError> {
        if domain_of_elements(domain) == 0 || expr.domain == domain {
            return Ok(expr);
        }
        self.note_parameter(&expr, domain);
        let expr = self.coerce_to_common(expr, to, construct)?;
        self.of_domain(expr, domain)
    }

    /// Brings all to their common type, and tells their common typmod.
    pub fn unify(&mut self, exprs: Vec<Expr>, construct: &str) -> Result<(Vec<Expr>, Type, i32), PgError> {
        let types: Vec<(Type, At)> = exprs.iter().map(|expr| (expr.ty, expr.at)).collect();
        let ty = self.common_type(&types, construct)?;
        let domain = common_domain(exprs.iter().map(|expr| (expr.ty, expr.domain)));
        let exprs: Vec<Expr> = exprs
            .into_iter()
            .map(|expr| {
                let expr = self.coerce_to_common_array(expr, ty, domain, construct)?;
                self.coerce_to_common(expr, ty, construct)
            })
            .collect::<Result<_, _>>()?;
        let typmod = common_typmod(exprs.iter().map(|expr| expr.typmod));
        Ok((exprs, ty, typmod))
    }
}

/// The type that all can become, text if none is known; or what it was before the one of that index did not fit.
pub fn select_common(types: &[Type]) -> Result<Type, (Type, usize)> {
    let mut chosen = Type::UNKNOWN;
    for (index, ty) in types.iter().enumerate() {
        if *ty == Type::UNKNOWN || *ty == chosen {
            continue;
        }
        if chosen == Type::UNKNOWN {
            chosen = *ty;
            continue;
        }
        if category(*ty) != category(chosen) {
            return Err((chosen, index));
        }
        if !preferred(chosen)
            && can_coerce(chosen, *ty, Context::Implicit)
            && !can_coerce(*ty, chosen, Context::Implicit)
        {
            chosen = *ty;
        }
    }
    Ok(if chosen == Type::UNKNOWN { Type::TEXT } else { chosen })
}

/// The domain of values that are all of the same one, or 0: any other makes them what that is over. Arrays become arrays of
/// what those of the first are of.
pub fn common_domain(all: impl Iterator<Item = (Type, u32)> + Clone) -> u32 {
    let mut known = all.clone().filter(|(ty, _)| *ty != Type::UNKNOWN);
    let first = known.next().unwrap_or((Type::UNKNOWN, 0));
    let same = match domain_of_elements(first.1) {
        0 => all.clone().all(|other| other == first),
        _ => known.all(|(ty, _)| ty == first.0),
    };
    if same { first.1 } else { 0 }
}

/// The typmod that all share, or −1.
pub fn common_typmod(mut typmods: impl Iterator<Item = i32>) -> i32 {
    let first = typmods.next().unwrap_or(-1);
    if typmods.all(|typmod| typmod == first) { first } else { -1 }
}

pub fn category(ty: Type) -> TypeCategory {
    ty.info().map_or(TypeCategory::Pseudo, |info| info.category)
}

pub fn preferred(ty: Type) -> bool {
    ty.info().is_some_and(|info| info.preferred)
}
