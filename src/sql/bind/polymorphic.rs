//! Arguments of any type that must agree with each other (`check_generic_type_consistency` and
//! `enforce_generic_type_consistency`): `anyarray` and its kin are of one type as they are, `anycompatible` and its kin
//! become one.

use super::Binder;
use super::array::element;
use super::coerce::can_coerce;
use super::common_type::select_common;
use super::domain::{array_of_domain, domain_of_elements};
use crate::sql::bound::{Expr, Form};
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

/// Arguments as a polymorphic signature wants them, and what they have in common.
pub struct Agreeing {
    pub args: Vec<Expr>,
    /// What they are, or are arrays of.
    pub element: Type,
    /// The domain that this is of, or 0.
    pub domain: u32,
}

/// The domain that polymorphic arguments are (arrays) of; `None` if they don't agree.
fn agreed_domain(args: &[Expr], signature: &[Type]) -> Option<u32> {
    let mut exact: Option<u32> = None;
    let mut compatible: Vec<u32> = Vec::new();
    for (arg, wanted) in args.iter().zip(signature).filter(|(arg, _)| arg.ty != Type::UNKNOWN) {
        // A domain over arrays is taken for what it is over.
        let of_array = domain_of_elements(arg.domain);
        match *wanted {
            ANYARRAY if *exact.get_or_insert(of_array) != of_array => return None,
            ANYELEMENT | ANYNONARRAY if !arg.ty.is_array() => {
                exact.get_or_insert(arg.domain);
            }
            ANYCOMPATIBLEARRAY => compatible.push(of_array),
            ANYCOMPATIBLE => compatible.push(arg.domain),
            _ => {}
        }
    }
    let same = compatible.first().filter(|first| compatible.iter().all(|other| other == *first));
    Some(exact.or(same.copied()).unwrap_or(0))
}

impl Binder<'_> {
    /// Arguments as a polymorphic signature wants them; `None` if they are arrays of different domains.
    pub fn agreeing_arguments(
        &mut self,
        args: Vec<Expr>,
        signature: &[Type],
        at: At,
    ) -> Result<Option<Agreeing>, PgError> {
        let types: Vec<Type> = args.iter().map(|arg| arg.ty).collect();
        let element = match resolve(&types, signature) {
            Some(Element::Known(element)) => element,
            _ => {
                let message = "could not determine polymorphic type because input has type unknown";
                return Err(PgError::new(SqlState::DATATYPE_MISMATCH, message));
            }
        };
        let Some(domain) = agreed_domain(&args, signature) else { return Ok(None) };
        let mut converted = Vec::with_capacity(args.len());
        for (arg, wanted) in args.into_iter().zip(signature) {
            let (from, place) = (arg.ty, arg.at);
            let unknown = from == Type::UNKNOWN;
            let form = match *wanted {
                // A vector of the catalogs is read as it is.
                ANYARRAY if from.vector_of().is_some() => Form::plain(from),
                ANYARRAY | ANYCOMPATIBLEARRAY => {
                    let array = Form::plain(self.array_of(element, at)?);
                    if unknown { self.form_of_domain(array, array_of_domain(domain)) } else { array }
                }
                ANYELEMENT | ANYCOMPATIBLE if unknown => self.form_of_domain(Form::plain(element), domain),
                ANYELEMENT | ANYCOMPATIBLE | ANYNONARRAY => Form::plain(element),
                wanted => Form::plain(wanted),
            };
            let arg = match form.domain {
                0 => self.coerce(arg, form.ty, Context::Implicit)?,
                _ => self.coerce_to_form(arg, form, Context::Implicit)?,
            };
            let arg = arg.ok_or_else(|| {
                self.error(place, SqlState::CANNOT_COERCE, format!("cannot cast type {from} to {}", form.ty))
            })?;
            converted.push(arg);
        }
        Ok(Some(Agreeing { args: converted, element, domain }))
    }

    /// The type of arrays of `element`.
    pub fn array_of(&self, element: Type, at: At) -> Result<Type, PgError> {
        element.array().ok_or_else(|| {
            let message = format!("could not find array type for data type {element}");
            self.error(at, SqlState::UNDEFINED_OBJECT, message)
        })
    }

    /// What a signature's result is where its arguments are (arrays) of `element`, and that of a domain.
    pub fn polymorphic_result(&self, result: Type, element: Type, domain: u32, at: At) -> Result<Form, PgError> {
        match result {
            ANYARRAY | ANYCOMPATIBLEARRAY => {
                Ok(self.form_of_domain(Form::plain(self.array_of(element, at)?), array_of_domain(domain)))
            }
            ANYELEMENT | ANYCOMPATIBLE => Ok(self.form_of_domain(Form::plain(element), domain)),
            result => Ok(Form::plain(result)),
        }
    }
}

/// A type as an argument: of functions over values whose type they must be told.
pub fn type_argument(ty: Type) -> Expr {
    Expr::constant(Value::Oid(ty.0), Type::OID)
}
