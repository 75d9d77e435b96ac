//! Arguments of any type that must agree with each other (`check_generic_type_consistency` and
//! `enforce_generic_type_consistency`): `anyarray` and its kin are of one type as they are, `anycompatible` and its kin
//! become one.

use super::Binder;
use super::array::element;
use super::coerce::can_coerce;
use super::common_type::select_common;
use crate::sql::bound::Expr;
use crate::sql::casts::Context;
use crate::sql::text::At;
use crate::sql::type_names::{ANYARRAY, ANYCOMPATIBLE, ANYCOMPATIBLEARRAY, ANYELEMENT, ANYNONARRAY};
use crate::types::{PgError, SqlState, Type, Value};

/// The type that a call's polymorphic arguments are, or are arrays of.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Element {
    Known(Type),
    /// Nothing but literals and parameters without a type.
    Unknown,
}

/// Whether a signature's argument or result is of a type that others decide.
pub fn is_polymorphic(ty: Type) -> bool {
    matches!(ty, ANYARRAY | ANYELEMENT | ANYCOMPATIBLE | ANYCOMPATIBLEARRAY)
}

/// What the polymorphic arguments are; `None` if they don't agree.
pub fn resolve(args: &[Type], signature: &[Type]) -> Option<Element> {
    let mut exact: Option<Type> = None;
    let mut single: Option<Type> = None;
    let mut compatible: Vec<Type> = Vec::new();
    let mut agree = |ty: Type| *exact.get_or_insert(ty) == ty;
    for (arg, wanted) in args.iter().zip(signature) {
        if *arg == Type::UNKNOWN {
            continue;
        }
        let agrees = match *wanted {
            ANYARRAY => element(*arg).is_some_and(&mut agree),
            ANYELEMENT => agree(*arg),
            // Beside text it may be anything.
            ANYNONARRAY => {
                single = Some(*arg);
                !arg.is_array()
            }
            ANYCOMPATIBLE => {
                compatible.push(*arg);
                true
            }
            ANYCOMPATIBLEARRAY => element(*arg).map(|element| compatible.push(element)).is_some(),
            _ => true,
        };
        if !agrees {
            return None;
        }
    }
    if let Some(exact) = exact.or(single) {
        return Some(Element::Known(exact));
    }
    if !compatible.is_empty() {
        let common = select_common(&compatible).ok()?;
        let fits = compatible.iter().all(|ty| can_coerce(*ty, common, Context::Implicit));
        return fits.then_some(Element::Known(common));
    }
    // An array's literal says nothing of its elements, others are text.
    let array = signature.iter().any(|wanted| matches!(*wanted, ANYARRAY | ANYELEMENT | ANYNONARRAY));
    Some(if array { Element::Unknown } else { Element::Known(Type::TEXT) })
}

impl Binder<'_> {
    /// Arguments as a polymorphic signature wants them, and what they are (arrays) of.
    pub fn agreeing_arguments(
        &mut self,
        args: Vec<Expr>,
        signature: &[Type],
        at: At,
    ) -> Result<(Vec<Expr>, Type), PgError> {
        let types: Vec<Type> = args.iter().map(|arg| arg.ty).collect();
        let of = match resolve(&types, signature) {
            Some(Element::Known(element)) => element,
            _ => {
                let message = "could not determine polymorphic type because input has type unknown";
                return Err(PgError::new(SqlState::DATATYPE_MISMATCH, message));
            }
        };
        let mut converted = Vec::with_capacity(args.len());
        for (arg, wanted) in args.into_iter().zip(signature) {
            let (from, place) = (arg.ty, arg.at);
            let wanted = match *wanted {
                // A vector of the catalogs is read as it is.
                ANYARRAY if from.vector_of().is_some() => from,
                ANYARRAY | ANYCOMPATIBLEARRAY => self.array_of(of, at)?,
                ANYELEMENT | ANYCOMPATIBLE | ANYNONARRAY => of,
                wanted => wanted,
            };
            let arg = self.coerce(arg, wanted, Context::Implicit)?.ok_or_else(|| {
                self.error(place, SqlState::CANNOT_COERCE, format!("cannot cast type {from} to {wanted}"))
            })?;
            converted.push(arg);
        }
        Ok((converted, of))
    }

    /// The type of arrays of `element`.
    pub fn array_of(&self, element: Type, at: At) -> Result<Type, PgError> {
        element.array().ok_or_else(|| {
            let message = format!("could not find array type for data type {element}");
            self.error(at, SqlState::UNDEFINED_OBJECT, message)
        })
    }

    /// What a signature's result type is where its arguments are (arrays) of `element`.
    pub fn polymorphic_result(&self, result: Type, element: Type, at: At) -> Result<Type, PgError> {
        match result {
            ANYARRAY | ANYCOMPATIBLEARRAY => self.array_of(element, at),
            ANYELEMENT | ANYCOMPATIBLE => Ok(element),
            result => Ok(result),
        }
    }
}

/// A type as an argument: of functions over values whose type they must be told.
pub fn type_argument(ty: Type) -> Expr {
    Expr::constant(Value::Oid(ty.0), Type::OID)
}
