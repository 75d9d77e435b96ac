//! Literals: numbers as PostgreSQL reads them, and quoted text that becomes a value of the type it is
//! needed as.

use super::Binder;
use super::polymorphic::type_argument;
use crate::catalog::Object;
use crate::sql::bound::{Expr, ExprKind};
use crate::sql::casts;
use crate::sql::emission::Emission;
use crate::sql::text::At;
use crate::sql::type_names::REGCLASS;
use crate::types::identifier::split_name;
use crate::types::timestamp::{self, Zone};
use crate::types::{Numeric, PgError, SqlState, Type, Value};

/// A number as written: int4, int8 or else numeric (`make_const`). Errors: 22003 if it has more digits than numeric.
pub fn number(text: &str, negative: bool) -> Result<Expr, PgError> {
    let digits: String = text.chars().filter(|c| *c != '_').collect();
    let digits = if negative { format!("-{digits}") } else { digits };
    Ok(match digits.parse::<i64>() {
        Ok(value) => match i32::try_from(value) {
            Ok(value) => Expr::constant(Value::Int4(value), Type::INT4),
            Err(_) => Expr::constant(Value::Int8(value), Type::INT8),
        },
        Err(_) => Expr::constant(Value::Numeric(Box::new(Numeric::input(&digits)?)), Type::NUMERIC),
    })
}

impl Binder<'_> {
    /// A quoted literal as a value of `ty` (`typmod` is applied by the caller).
    pub fn literal(&mut self, text: &str, ty: Type, at: At) -> Result<Expr, PgError> {
        if ty == REGCLASS {
            return self.regclass(text, at);
        }
        if ty.is_name_of_object() {
            // Read where the catalog is, like any cast of a text; but that there is no such type or schema is told at once.
            self.refuse_unknown_name(text, ty).map_err(|error| at.mark(error, self.text))?;
            let text = Expr::constant(Value::Text(text.to_owned()), Type::TEXT).at(at);
            let input = casts::input(ty).ok_or_else(|| self.unsupported(at, format!("a literal of type {ty}")))?;
            return Ok(Expr::call(input, vec![text], ty).at(at));
        }
        if !crate::types::text::is_immutable(ty) {
            return self.time_literal(text, ty, -1, at);
        }
        match crate::types::text::input(ty, text, &Zone::utc(), 0) {
            Ok(value) if ty.is_users() => {
                self.check_labels(&value, ty, at)?;
                Ok(Expr::constant(value, ty).at(at))
            }
            Ok(value) => Ok(Expr::constant(value, ty).at(at)),
            Err(error) => Err(at.mark(error, self.text)),
        }
    }

    /// A literal that is read otherwise in other sessions, so that a plan which others will use can't hold its value;
    /// but what is invalid is refused at once, as in PostgreSQL. `typmod` is of an interval's fields.
    pub fn time_literal(&self, text: &str, ty: Type, typmod: i32, at: At) -> Result<Expr, PgError> {
        let (zone, now) = match self.reading {
            Some(view) => (super::view::zone(view), view.made_at),
            None => {
                let settings = &self.context.settings;
                (Zone::of_settings(|name| settings.get(name)), self.context.transaction_timestamp)
            }
        };
        let value = match ty {
            Type::INTERVAL => timestamp::input_interval(text, zone.styles.interval, typmod).map(Value::Interval),
            _ => crate::types::text::input(ty, text, &zone, now),
        };
        let value = value.map_err(|error| at.mark(error, self.text))?;
        if self.reading.is_some() {
            // A view's literals are what they were when it was made.
            return Ok(Expr::constant(value, ty).at(at));
        }
        // Its own stored form, which means the same everywhere.
        let same = ty != Type::TIMESTAMPTZ && typmod < 0 && value.sortable().is_some_and(|stored| stored == text);
        // A sign may mean another thing in another IntervalStyle.
        if same && (matches!(ty, Type::DATE | Type::TIMESTAMP) || !text.contains('-')) {
            return Ok(Expr::constant(value, ty).at(at));
        }
        let text = Expr::constant(Value::Text(text.to_owned()), Type::TEXT).at(at);
        if let Some(element) = ty.element() {
            let args = vec![text, type_argument(element)];
            return Ok(Expr::call(Emission::Own(casts::ARRAY_IN), args, ty).at(at));
        }
        let input = casts::input(ty).ok_or_else(|| self.unsupported(at, format!("type {ty}")))?;
        if typmod < 0 {
            return Ok(Expr::call(input, vec![text], ty).at(at));
        }
        let typmod = Expr::constant(Value::Int4(typmod), Type::INT4);
        Ok(Expr::call(Emission::Own(casts::INTERVAL_INPUT), vec![text, typmod], ty).at(at))
    }

    fn refuse_unknown_name(&self, text: &str, ty: Type) -> Result<(), PgError> {
        let number = text == "-" || (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()));
        match ty {
            _ if number => Ok(()),
            Type::REGTYPE => super::type_named(text, self.catalog, self.context).map(drop),
            Type::REGNAMESPACE => {
                let names = split_name(text).unwrap_or_default();
                let [name] = &names[..] else { return Ok(()) };
                let there = self.schema_is_there(name) || crate::catalog::is_system_schema(name);
                let missing =
                    || PgError::new(SqlState::INVALID_SCHEMA_NAME, format!("schema \"{name}\" does not exist"));
                if there { Ok(()) } else { Err(missing()) }
            }
            _ => Ok(()),
        }
    }

    /// `'name'::regclass`: the OID of a relation.
    fn regclass(&mut self, text: &str, at: At) -> Result<Expr, PgError> {
        let named = |oid: u32| Ok(Expr::constant(Value::Oid(oid), REGCLASS).at(at));
        if let Ok(Value::Oid(oid)) = crate::types::text::input(REGCLASS, text, &Zone::utc(), 0) {
            return named(oid);
        }
        let name = self.name_in_string(text, at)?;
        if let Some(system) = self.find_system(&name).filter(|system| system.is_there()) {
            return named(system.oid);
        }
        match self.find_in_string(&name) {
            Some(object) => {
                let (oid, temporary) = (object.oid(), self.catalog.is_temporary(object.schema()));
                self.names_temporary |= temporary;
                named(oid)
            }
            None => {
                let message = format!("relation \"{}\" does not exist", name.display());
                Err(self.error(at, SqlState::UNDEFINED_TABLE, message))
            }
        }
    }

    /// A possibly qualified and quoted name within a string.
    fn name_in_string(&self, text: &str, at: At) -> Result<super::names::Qualified, PgError> {
        let invalid = || self.error(at, SqlState::INVALID_NAME, "invalid name syntax");
        let mut parts = split_name(text).ok_or_else(invalid)?;
        let name = parts.pop().ok_or_else(invalid)?;
        let schema = parts.pop();
        if !parts.is_empty() {
            return Err(invalid());
        }
        Ok(super::names::Qualified { schema, name, at })
    }

    /// The sequence that a constant regclass names.
    pub fn constant_sequence(&self, expr: &Expr) -> Result<u32, PgError> {
        let ExprKind::Constant(Value::Oid(oid)) = expr.kind else {
            return Err(self.unsupported(expr.at, "a sequence name that is not a constant"));
        };
        match self.catalog.get(oid) {
            Some(Object::Sequence(_)) => Ok(oid),
            Some(other) => {
                let message = format!("\"{}\" is not a sequence", other.name());
                Err(PgError::new(SqlState::WRONG_OBJECT_TYPE, message))
            }
            None => Err(PgError::new(SqlState::INTERNAL_ERROR, format!("could not open relation with OID {oid}"))),
        }
    }
}
