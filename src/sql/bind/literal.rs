//! Literals: numbers as PostgreSQL reads them, and quoted text that becomes a value of the type it is
//! needed as.

use super::Binder;
use crate::catalog::Object;
use crate::sql::bound::{Expr, ExprKind};
use crate::sql::casts;
use crate::sql::emission::Emission;
use crate::sql::text::At;
use crate::sql::type_names::REGCLASS;
use crate::types::timestamp::{self, Zone};
use crate::types::{PgError, SqlState, Type, Value};

/// A number as written: int4, int8 or else numeric (`make_const`).
pub fn number(text: &str, negative: bool) -> Expr {
    let digits: String = text.chars().filter(|c| *c != '_').collect();
    let digits = if negative { format!("-{digits}") } else { digits };
    match digits.parse::<i64>() {
        Ok(value) => match i32::try_from(value) {
            Ok(value) => Expr::constant(Value::Int4(value), Type::INT4),
            Err(_) => Expr::constant(Value::Int8(value), Type::INT8),
        },
        Err(_) => Expr::new(ExprKind::Numeric(digits), Type::NUMERIC),
    }
}

/// A numeric literal as an integer, rounded half away from zero; `None` if it is out of range of all integers.
pub fn numeric_to_integer(text: &str) -> Option<i128> {
    let (negative, text) = match text.strip_prefix('-') {
        Some(text) => (true, text),
        None => (false, text),
    };
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits: String = format!("{whole}{fraction}");
    let point = i64::try_from(whole.len()).ok()? + i64::from(exponent);
    let mut value: i128 = 0;
    let mut round_up = false;
    for position in 0..point.clamp(0, 60) {
        let digit = digits.as_bytes().get(position as usize).map_or(0, |byte| byte - b'0');
        value = value.checked_mul(10)?.checked_add(i128::from(digit))?;
    }
    if point > 60 && digits.bytes().any(|byte| byte != b'0') {
        return None;
    }
    if point >= 0
        && let Some(next) = digits.as_bytes().get(point as usize)
    {
        round_up = *next >= b'5';
    }
    let value = if round_up { value.checked_add(1)? } else { value };
    Some(if negative { -value } else { value })
}

impl Binder<'_> {
    /// A quoted literal as a value of `ty` (`typmod` is applied by the caller).
    pub fn literal(&mut self, text: &str, ty: Type, at: At) -> Result<Expr, PgError> {
        if ty == REGCLASS {
            return self.regclass(text, at);
        }
        if ty == Type::NUMERIC {
            // Read as a number written without quotes: what can be done with those can be with this.
            let number = text.trim();
            let plain = number.parse::<f64>().is_ok_and(f64::is_finite);
            return match plain {
                true => Ok(Expr::new(ExprKind::Numeric(number.trim_start_matches('+').to_owned()), ty).at(at)),
                false => Err(self.unsupported(at, "type numeric")),
            };
        }
        if !crate::types::text::is_immutable(ty) {
            return self.time_literal(text, ty, -1, at);
        }
        match crate::types::text::input(ty, text, &Zone::utc(), 0) {
            Ok(value) => Ok(Expr::constant(value, ty).at(at)),
            Err(error) => Err(at.mark(error, self.text)),
        }
    }

    /// A literal that is read otherwise in other sessions, so that a plan which others will use can't hold its value;
    /// but what is invalid is refused at once, as in PostgreSQL. `typmod` is of an interval's fields.
    pub fn time_literal(&self, text: &str, ty: Type, typmod: i32, at: At) -> Result<Expr, PgError> {
        let settings = &self.context.settings;
        let zone = Zone::of_settings(|name| settings.get(name));
        let value = match ty {
            Type::INTERVAL => timestamp::input_interval(text, zone.styles.interval, typmod).map(Value::Interval),
            _ => crate::types::text::input(ty, text, &zone, self.context.transaction_timestamp),
        };
        let value = value.map_err(|error| at.mark(error, self.text))?;
        // Its own stored form, which means the same everywhere.
        let same = ty != Type::TIMESTAMPTZ && typmod < 0 && value.sortable().is_some_and(|stored| stored == text);
        // A sign may mean another thing in another IntervalStyle.
        if same && (matches!(ty, Type::DATE | Type::TIMESTAMP) || !text.contains('-')) {
            return Ok(Expr::constant(value, ty).at(at));
        }
        let input = casts::input(ty).ok_or_else(|| self.unsupported(at, format!("type {ty}")))?;
        let text = Expr::constant(Value::Text(text.to_owned()), Type::TEXT).at(at);
        if typmod < 0 {
            return Ok(Expr::call(input, vec![text], ty).at(at));
        }
        let typmod = Expr::constant(Value::Int4(typmod), Type::INT4);
        Ok(Expr::call(Emission::Own(casts::INTERVAL_INPUT), vec![text, typmod], ty).at(at))
    }

    /// `'name'::regclass`: the OID of a relation.
    fn regclass(&mut self, text: &str, at: At) -> Result<Expr, PgError> {
        let name = self.name_in_string(text, at)?;
        match self.find_relation(&name) {
            Some(object) => Ok(Expr::constant(Value::Oid(object.oid()), REGCLASS).at(at)),
            None => {
                let message = format!("relation \"{}\" does not exist", name.display());
                Err(self.error(at, SqlState::UNDEFINED_TABLE, message))
            }
        }
    }

    /// A possibly qualified and quoted name within a string.
    fn name_in_string(&self, text: &str, at: At) -> Result<super::names::Qualified, PgError> {
        let invalid = || self.error(at, SqlState::INVALID_NAME, "invalid name syntax");
        let mut parts = Vec::new();
        let mut rest = text.trim();
        loop {
            let part;
            if let Some(quoted) = rest.strip_prefix('"') {
                let end = quoted.find('"').ok_or_else(invalid)?;
                part = quoted[..end].to_owned();
                rest = &quoted[end + 1..];
            } else {
                let end = rest.find('.').unwrap_or(rest.len());
                part = rest[..end].trim().to_ascii_lowercase();
                rest = &rest[end..];
            }
            if part.is_empty() {
                return Err(invalid());
            }
            parts.push(part);
            match rest.strip_prefix('.') {
                Some(more) => rest = more,
                None if rest.is_empty() => break,
                None => return Err(invalid()),
            }
        }
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
            None => Err(PgError::new(SqlState::UNDEFINED_TABLE, format!("relation with OID {oid} does not exist"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numeric_literals_round_away_from_zero() {
        for (text, value) in [
            ("1.5", Some(2)),
            ("-1.5", Some(-2)),
            ("0.49", Some(0)),
            ("2.5e1", Some(25)),
            ("12e-1", Some(1)),
            (".5", Some(1)),
            ("1e-400", Some(0)),
            ("1e400", None),
            ("9223372036854775808", Some(9_223_372_036_854_775_808)),
        ] {
            assert_eq!(numeric_to_integer(text), value, "{text}");
        }
    }
}
