//! Enums in expressions: their labels, and the functions over them.

use super::Binder;
use super::array::element;
use crate::catalog::Enum;
use crate::sql::bound::Expr;
use crate::sql::emission::Emission;
use crate::sql::text::At;
use crate::types::array::Array;
use crate::types::{PgError, SqlState, Type, Value};

/// 22P02: no label of the enum.
pub fn invalid_label(of: &Enum, text: &str) -> PgError {
    let message = format!("invalid input value for enum {}: \"{text}\"", of.ty());
    PgError::new(SqlState::INVALID_TEXT_REPRESENTATION, message)
}

impl Binder<'_> {
    fn enum_of(&self, ty: Type) -> Result<&Enum, PgError> {
        let gone = || PgError::new(SqlState::UNDEFINED_OBJECT, format!("type with OID {} does not exist", ty.0));
        self.catalog.user_type(ty).ok_or_else(gone)
    }

    /// Whether a literal's value is a label of its type, or an array of labels.
    pub fn check_labels(&self, value: &Value, ty: Type, at: At) -> Result<(), PgError> {
        let of = self.enum_of(ty)?;
        let labels = match value {
            Value::Array(array) => &array.elements[..],
            one => std::slice::from_ref(one),
        };
        for label in labels {
            if let Value::Text(label) = label
                && of.position(label).is_none()
            {
                return Err(at.mark(invalid_label(of, label), self.text));
            }
        }
        Ok(())
    }

    /// Arguments that must be of one enum: a literal without a type is of the other's.
    pub fn of_one_enum(&mut self, args: Vec<Expr>) -> Result<Vec<Expr>, PgError> {
        let Some(known) = args.iter().map(|arg| arg.ty).find(|ty| *ty != Type::UNKNOWN) else {
            let message = "could not determine polymorphic type because input has type unknown";
            return Err(PgError::new(SqlState::DATATYPE_MISMATCH, message));
        };
        let settled =
            |arg: Expr| if arg.ty == Type::UNKNOWN { self.cast(arg, known, -1, |_| At::NOWHERE) } else { Ok(arg) };
        args.into_iter().map(settled).collect()
    }

    /// `enum_first`, `enum_last` and `enum_range`: what they answer is known here, but for a range's ends.
    pub fn enum_function(&self, name: &str, args: Vec<Expr>) -> Result<Expr, PgError> {
        let ty = args.iter().map(|arg| arg.ty).find(|ty| ty.is_enum()).unwrap_or(Type::ANYENUM);
        if let Some(other) = args.iter().find(|arg| arg.ty != ty) {
            let message = format!("function {name}({ty}, {}) does not exist", other.ty);
            return Err(PgError::new(SqlState::UNDEFINED_FUNCTION, message));
        }
        let of = self.enum_of(ty)?;
        let label = |label: Option<&crate::catalog::Label>| match label {
            Some(label) => Ok(Expr::constant(Value::Text(label.label.clone()), ty)),
            None => {
                let message = format!("enum {ty} contains no values");
                Err(PgError::new(SqlState::OBJECT_NOT_IN_PREREQUISITE_STATE, message))
            }
        };
        let array = ty.array().unwrap_or(ty);
        debug_assert_eq!(element(array), Some(ty));
        match (name, args.len()) {
            ("enum_first", _) => label(of.labels.first()),
            ("enum_last", _) => label(of.labels.last()),
            (_, 2) => {
                let mut all = vec![Expr::constant(Value::Oid(ty.0), Type::OID)];
                all.extend(args);
                Ok(Expr::call(Emission::Own("pg_enum_range"), all, array))
            }
            _ => {
                let labels = of.labels.iter().map(|label| Value::Text(label.label.clone())).collect();
                Ok(Expr::constant(Value::Array(Box::new(Array::list(ty, labels))), array))
            }
        }
    }
}
