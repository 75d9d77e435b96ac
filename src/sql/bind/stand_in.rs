//! Calls of functions that are other functions and operators to us.

use super::Binder;
use super::polymorphic::is_polymorphic;
use super::resolve::{Choice, choose};
use crate::sql::bound::Expr;
use crate::sql::casts::Context;
use crate::sql::functions::{StandIn, stand_ins};
use crate::sql::text::At;
use crate::types::{PgError, Type};

impl Binder<'_> {
    /// What does the same as the function of that name; `None`: nothing does, or not of such arguments.
    pub fn stand_in(&mut self, name: &str, args: &[Expr], at: At) -> Result<Option<Expr>, PgError> {
        if let ("pg_sleep_for" | "pg_sleep_until", [time]) = (name, args) {
            return self.sleep(name, time.clone(), at).map(Some);
        }
        let types: Vec<Type> = args.iter().map(|arg| arg.ty).collect();
        let candidates: Vec<_> = stand_ins(name).iter().filter(|(wanted, _)| wanted.len() == types.len()).collect();
        let signatures: Vec<Vec<Type>> = candidates.iter().map(|(wanted, _)| wanted.clone()).collect();
        let exact = signatures.iter().position(|signature| *signature == types);
        let chosen = match exact.map_or_else(|| choose(&types, &signatures), Choice::One) {
            Choice::One(index) => candidates[index],
            Choice::None | Choice::Ambiguous => return Ok(None),
        };
        let (wanted, stand_in) = chosen;
        let mut converted = Vec::with_capacity(args.len());
        for (arg, wanted) in args.iter().zip(wanted) {
            let arg = arg.clone();
            let any = is_polymorphic(*wanted) || matches!(*wanted, Type::RECORD | Type::ANYENUM);
            let arg = if any { Some(arg) } else { self.coerce(arg, *wanted, Context::Implicit)? };
            let Some(arg) = arg else { return Ok(None) };
            converted.push(arg);
        }
        let mut converted = converted.into_iter();
        let call = match (stand_in, converted.next(), converted.next()) {
            (StandIn::Operator(operator), Some(left), Some(right)) => {
                self.binary(operator.name, left, right, |_| at)?
            }
            (StandIn::Operator(operator), Some(operand), None) => self.prefix(operator.name, operand, at)?,
            (StandIn::Operator(_), None, _) => return Ok(None),
            (StandIn::Function(function), first, second) => {
                let args = first.into_iter().chain(second).chain(converted).collect();
                self.call(function.name, args, at)?
            }
        };
        Ok(Some(call.at(at)))
    }

    /// `pg_sleep_for(interval)` and `pg_sleep_until(timestamptz)`, which are SQL to PostgreSQL, too.
    fn sleep(&mut self, name: &str, time: Expr, at: At) -> Result<Expr, PgError> {
        let wanted = if name == "pg_sleep_for" { Type::INTERVAL } else { Type::TIMESTAMPTZ };
        let given = time.named_type();
        let Some(time) = self.coerce(time, wanted, Context::Implicit)? else {
            return Err(self.no_function(name, Choice::None, &[given], at));
        };
        let now = self.call("clock_timestamp", Vec::new(), at)?;
        let until = match wanted {
            Type::INTERVAL => self.binary("+", now.clone(), time, |_| at)?,
            _ => time,
        };
        let until = self.epoch(until, at)?;
        let now = self.epoch(now, at)?;
        let seconds = self.binary("-", until, now, |_| at)?;
        self.call("pg_sleep", vec![seconds], at)
    }

    fn epoch(&mut self, time: Expr, at: At) -> Result<Expr, PgError> {
        let unit = Expr::constant(crate::types::Value::Text("epoch".to_owned()), Type::TEXT);
        self.call("extract", vec![unit, time], at)
    }
}
