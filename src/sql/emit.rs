//! Bound tree → SQLite SQL.
//!
//! Writes only from [`bound`](super::bound): names are quoted, values are bound parameters or literals written
//! here, operators keep their operands in parentheses. Nothing of the client's text passes through but
//! inside a quoted name or literal.

mod condition;
mod keys;
mod proposal;
mod query;
mod steps;
mod window;
mod write;

pub use self::query::leftmost_is_values;
pub use self::steps::Held;
pub use self::write::null_form;

use std::collections::{BTreeSet, HashSet};
use std::fmt::Write as _;

use super::bound::{Aggregate, Call, Expr, ExprKind, RelationId, Relations, Source};
use super::emission::{Emission, collation, equal_by_bytes};
use super::session_call::SessionFunction;
use super::shapes::Shapes;
use crate::types::{PgError, SqlState, Type, Value};

/// Small, because it stands in every frame of a deep recursion.
type Written = Result<(), Box<PgError>>;

/// What 0A000 says of them.
pub const SESSION_CALL: &str = "an advisory lock, a signal or set_config() anywhere but in a SELECT's own list";

pub struct Emitter<'r> {
    relations: &'r Relations,
    /// Each relation's alias.
    aliases: Vec<String>,
    /// Whether columns are written with their relation's alias.
    qualify: bool,
    /// RETURNING names the target's columns without qualifier.
    returning_of: Option<RelationId>,
    /// Whether what sessions do themselves has a place in this statement.
    session_calls: bool,
    /// How many parameters come before those that earlier steps' rows are given as.
    params: usize,
    /// The numbers of kept rows that have been named.
    named: BTreeSet<usize>,
    /// Columns that are read from kept rows instead of their relations.
    held: Option<Held>,
    /// Whether a relation has columns of the file alone, by which something may be looked up.
    has_keys: bool,
    /// Of those with a condition, the ones whose rows all fulfil it here.
    granted: Vec<(RelationId, String)>,
    /// The query to come is a recursive one, a UNION to SQLite whatever it yields.
    recursive: bool,
    /// Of AND and OR as values: how many that are written twice enclose what is being written, and how many operands have
    /// been held.
    twice: usize,
    held_terms: usize,
    /// What is being written is a side of a join.
    joined: bool,
    /// How many sub-queries are kept apart, and aggregates of volatile values.
    apart: usize,
    volatile_aggregates: usize,
    out: String,
}

impl<'r> Emitter<'r> {
    pub fn new(relations: &'r Relations) -> Emitter<'r> {
        Emitter {
            relations,
            aliases: aliases(relations),
            qualify: relations.len() > 1,
            returning_of: None,
            session_calls: false,
            params: 0,
            named: BTreeSet::new(),
            held: None,
            has_keys: relations.iter().any(|of| of.keys.iter().any(|key| key.of.is_some())),
            granted: Vec::new(),
            recursive: false,
            twice: 0,
            held_terms: 0,
            joined: false,
            apart: 0,
            volatile_aggregates: 0,
            out: String::new(),
        }
    }

    /// The session does what its own functions in the SELECT list ask for.
    pub fn with_session_calls(&mut self) {
        self.session_calls = true;
    }

    pub fn finish(self) -> String {
        self.out
    }

    /// An expression by itself.
    pub fn check(&mut self, expr: &Expr) -> Written {
        self.expr(expr)
    }

    /// A condition by itself.
    pub fn predicate(&mut self, expr: &Expr) -> Written {
        self.condition(expr)
    }

    /// A query of one row.
    pub fn row(&mut self, exprs: &[Expr]) -> Written {
        self.push("SELECT ");
        self.exprs(exprs)
    }

    fn push(&mut self, text: &str) {
        self.out.push_str(text);
    }

    /// `items` with commas between.
    fn list<T>(
        &mut self,
        items: impl IntoIterator<Item = T>,
        mut each: impl FnMut(&mut Self, T) -> Written,
    ) -> Written {
        for (index, item) in items.into_iter().enumerate() {
            if index > 0 {
                self.push(", ");
            }
            each(self, item)?;
        }
        Ok(())
    }

    fn exprs<'e>(&mut self, exprs: impl IntoIterator<Item = &'e Expr>) -> Written {
        self.list(exprs, |emitter, expr| emitter.expr(expr))
    }

    fn expr(&mut self, expr: &Expr) -> Written {
        if let Some(key) = self.key_with(expr) {
            self.push(&key);
            return Ok(());
        }
        match &expr.kind {
            ExprKind::Null => self.push("NULL"),
            // What nothing gave a type is text; binding has seen to it where types matter.
            ExprKind::Literal(text) => string(&mut self.out, text),
            ExprKind::Constant(value) => constant(&mut self.out, value)?,
            // As text it is a name, which needs the catalog.
            ExprKind::Param(number) if expr.ty.is_name_of_object() => {
                let input = match super::casts::input(expr.ty) {
                    Some(Emission::Own(input)) => input,
                    _ => return Err(expr_unsupported("a parameter of this type")),
                };
                let _ = write!(self.out, "{input}(?{number})");
            }
            // So do rows of known types.
            ExprKind::Param(number) if expr.ty.relation().is_some() => {
                let _ = write!(self.out, "{}({}, ?{number})", super::casts::ROW_INPUT, expr.ty.0);
            }
            ExprKind::Param(number) if expr.ty.is_users() && expr.ty.is_array_of_rows() => {
                let of = expr.ty.element().unwrap_or(expr.ty);
                let _ = write!(self.out, "{}({}, ?{number})", super::casts::ROW_ARRAY_INPUT, of.0);
            }
            // So do labels.
            ExprKind::Param(number) if expr.ty.is_users() => {
                let input = if expr.ty.is_enum() { super::casts::ENUM_INPUT } else { super::casts::ENUM_ARRAY_INPUT };
                let of = expr.ty.element().unwrap_or(expr.ty);
                let _ = write!(self.out, "{input}({}, ?{number})", of.0);
            }
            ExprKind::Param(number) => {
                let _ = write!(self.out, "?{number}");
            }
            ExprKind::Kept(number) => self.kept(*number),
            ExprKind::Column { relation, column } => self.column(*relation, *column)?,
            ExprKind::Call(call) if call.emission.is_same() && call.args.len() == 1 => {
                self.same(&call.args[0], expr.ty)?
            }
            ExprKind::Call(call) if call.emission == Emission::Decided && !call.args.is_empty() => {
                self.expr(&call.args[0])?
            }
            ExprKind::Call(call) => self.call(call)?,
            ExprKind::Aggregate(aggregate) => self.aggregate(aggregate)?,
            ExprKind::Window(window) => self.window(window)?,
            ExprKind::And(_) | ExprKind::Or(_) => self.connected(expr)?,
            ExprKind::Not(operand) => {
                self.push("NOT ");
                self.operand(operand)?;
            }
            ExprKind::IsNull { operand, negated } => {
                self.operand(operand)?;
                self.push(if *negated { " IS NOT NULL" } else { " IS NULL" });
            }
            ExprKind::IsBool { operand, value, negated } => {
                self.operand(operand)?;
                self.push(if *negated { " IS NOT " } else { " IS " });
                self.push(if *value { "1" } else { "0" });
            }
            ExprKind::Distinct { left, right, negated } => {
                // SQLite's IS and IS NOT compare as DISTINCT FROM does.
                let operator = if *negated { "IS" } else { "IS NOT" };
                if !self.compared_by_keys(left, operator, right)? {
                    self.compared(left)?;
                    let _ = write!(self.out, " {operator} ");
                    self.operand(right)?;
                }
            }
            ExprKind::InList { operand, list, negated } if self.listed_by_keys(operand, list, *negated)? => {}
            ExprKind::InList { operand, list, negated } => {
                self.loosen(operand, list);
                self.compared(operand)?;
                self.push(if *negated { " NOT IN (" } else { " IN (" });
                self.exprs(list)?;
                self.push(")");
            }
            ExprKind::InQuery { operands, query, negated } => {
                if let [operand] = &operands[..] {
                    self.compared(operand)?;
                } else {
                    self.push("(");
                    self.list(operands, |emitter, operand| emitter.compared(operand))?;
                    self.push(")");
                }
                self.push(if *negated { " NOT IN (" } else { " IN (" });
                self.query(query, false)?;
                self.push(")");
            }
            // Of EXISTS SQLite takes DISTINCT as meaning nothing, which it does not where rows are skipped.
            ExprKind::Exists(query) if query.is_distinct() && query.offset.is_some() => {
                self.push("EXISTS (SELECT 1 FROM (");
                self.query(query, false)?;
                self.push("))");
            }
            ExprKind::Exists(query) => {
                self.push("EXISTS (");
                self.query(query, false)?;
                self.push(")");
            }
            ExprKind::Scalar(query) => self.scalar(query)?,
            ExprKind::Case { operand, whens, otherwise } => self.case(operand, whens, otherwise)?,
        }
        Ok(())
    }

    /// An expression whose values are told apart or sorted by SQLite: what it stores of an interval, numeric or char(n) does not
    /// show which are equal.
    fn collated(&mut self, expr: &Expr) -> Written {
        if collation(expr.ty).is_none() {
            return self.expr(expr);
        }
        self.operand(expr)?;
        self.collate(expr.ty);
        Ok(())
    }

    /// A value that is another type's as it is stored. A column of a sub-query brings the collation of its own type along, by which
    /// that type's values are not compared.
    fn same(&mut self, operand: &Expr, ty: Type) -> Written {
        self.operand(operand)?;
        if collation(operand.ty).is_some() && collation(ty).is_none() {
            self.push(" COLLATE BINARY");
        }
        Ok(())
    }

    /// The collation that a type's values need.
    fn collate(&mut self, ty: Type) {
        if let Some(collation) = collation(ty) {
            self.push(" COLLATE ");
            self.push(&collation);
        }
    }

    /// The left operand of a comparison, whose collation counts. (Intervals have been given their keys.)
    fn compared(&mut self, expr: &Expr) -> Written {
        self.operand(expr)?;
        if expr.ty != Type::INTERVAL && !equal_by_bytes(expr.ty) {
            self.collate(expr.ty);
        }
        Ok(())
    }

    /// A column beside a volatile value, which is another one for each row: SQLite is not to look rows up by the first.
    fn loosen(&mut self, column: &Expr, others: &[Expr]) {
        if matches!(column.kind, ExprKind::Column { .. }) && others.iter().any(Expr::is_volatile) {
            self.push("+");
        }
    }

    /// An expression as an operand: in parentheses unless it is one token or a call.
    fn operand(&mut self, expr: &Expr) -> Written {
        let atom = match &expr.kind {
            ExprKind::Call(call) => !matches!(
                call.emission,
                Emission::Infix(_) | Emission::Prefix(_) | Emission::Same | Emission::Around | Emission::Collated(..)
            ),
            ExprKind::Null
            | ExprKind::Literal(_)
            | ExprKind::Param(_)
            | ExprKind::Kept(_)
            | ExprKind::Column { .. }
            | ExprKind::Aggregate(_)
            | ExprKind::Window(_)
            | ExprKind::Exists(_)
            | ExprKind::Scalar(_)
            | ExprKind::Case { .. } => true,
            ExprKind::Constant(_) => true,
            _ => false,
        };
        if let ExprKind::Call(call) = &expr.kind
            && call.emission.is_same()
            && let [arg] = &call.args[..]
        {
            return self.same(arg, expr.ty);
        }
        if let ExprKind::Call(call) = &expr.kind
            && call.emission == Emission::Decided
            && let [value, ..] = &call.args[..]
        {
            return self.operand(value);
        }
        if atom {
            return self.expr(expr);
        }
        self.push("(");
        self.expr(expr)?;
        self.push(")");
        Ok(())
    }

    fn column(&mut self, relation: RelationId, column: usize) -> Written {
        if let Some(held) = &self.held
            && held.covers(relation)
        {
            self.out.push_str(&held.place(relation, column));
            return Ok(());
        }
        let of = &self.relations[relation];
        let Some(name) = of.column(column).map(|column| &column.stored_name) else {
            let message = format!("{} has no column {column}", of.name);
            return Err(Box::new(PgError::new(SqlState::INTERNAL_ERROR, message)));
        };
        if matches!(of.source, Source::Excluded) || (self.qualify && self.returning_of != Some(relation)) {
            identifier(&mut self.out, &self.aliases[relation]);
            self.out.push('.');
        }
        identifier(&mut self.out, name);
        Ok(())
    }

    fn call(&mut self, call: &Call) -> Written {
        match (call.emission, &call.args[..]) {
            (Emission::Builtin("nullif"), [left, right]) => {
                self.push("nullif(");
                self.compared(left)?;
                self.push(", ");
                self.expr(right)?;
                self.push(")");
            }
            (Emission::Own(name), [left, right]) if self.rows_compared_by_keys(name, left, right)? => {}
            (Emission::Own(name) | Emission::Builtin(name), args) => {
                self.push(name);
                self.push("(");
                self.exprs(args)?;
                self.push(")");
            }
            (Emission::Session(function), args) if self.session_calls => {
                self.push(match function {
                    SessionFunction::SetConfig => "pg_session_arguments_of_nulls(",
                    _ => "pg_session_arguments(",
                });
                self.exprs(args)?;
                self.push(")");
            }
            (Emission::Session(_), _) => return Err(expr_unsupported(SESSION_CALL)),
            (Emission::Infix(operator), [left, right]) if self.compared_by_keys(left, operator, right)? => {}
            (Emission::Infix(operator), [left, right]) => {
                // Of what has a collation there are no other infix operators than comparisons.
                self.loosen(left, std::slice::from_ref(right));
                self.compared(left)?;
                if equal_by_bytes(left.ty) && !matches!(operator, "=" | "<>") {
                    self.collate(left.ty);
                }
                self.push(" ");
                self.push(operator);
                self.push(" ");
                self.loosen(right, std::slice::from_ref(left));
                self.operand(right)?;
            }
            (Emission::Prefix(operator), [operand]) => {
                self.push(operator);
                self.operand(operand)?;
            }
            (Emission::Cast(to), [operand]) => {
                self.push("CAST(");
                self.expr(operand)?;
                self.push(" AS ");
                self.push(to);
                self.push(")");
            }
            (Emission::Same | Emission::Around | Emission::Collated(..), [operand]) => self.expr(operand)?,
            (Emission::Text(text), _) => self.push(text),
            (Emission::Missing(what), _) => return Err(expr_unsupported(what)),
            (emission, args) => {
                let message = format!("{emission:?} can't take {} arguments", args.len());
                return Err(Box::new(PgError::new(SqlState::INTERNAL_ERROR, message)));
            }
        }
        Ok(())
    }

    fn aggregate(&mut self, aggregate: &Aggregate) -> Written {
        let volatile = aggregate.args.iter().any(Expr::is_volatile);
        self.volatile_aggregates += usize::from(volatile);
        if !volatile || self.volatile_aggregates == 1 {
            return self.aggregate_over(aggregate, "", Emitter::condition);
        }
        // Equal ones would be computed once: a number, which is as good as true, tells them apart.
        let number = Expr::constant(Value::Int8(self.volatile_aggregates as i64), Type::BOOL);
        let terms = std::iter::once(number).chain(aggregate.filter.clone()).collect();
        let filter = Some(Expr::new(ExprKind::And(terms), Type::BOOL));
        self.aggregate_over(&Aggregate { filter, ..aggregate.clone() }, "", Emitter::condition)
    }

    /// `suffix`: what ends the name of a function of ours. `filter` writes FILTER: over a window it is a value.
    fn aggregate_over(
        &mut self,
        aggregate: &Aggregate,
        suffix: &str,
        filter: fn(&mut Self, &Expr) -> Written,
    ) -> Written {
        match aggregate.emission {
            Emission::Own(name) | Emission::Builtin(name) => {
                self.push(name);
                if let Emission::Own(_) = aggregate.emission {
                    self.push(suffix);
                }
                self.push("(");
                // min() and max() compare as DISTINCT does.
                let compares = aggregate.distinct || matches!(aggregate.emission, Emission::Builtin("min" | "max"));
                if let Emission::Builtin("min" | "max") = aggregate.emission {
                    aggregate.args.iter().try_for_each(|arg| sortable(arg.ty, arg.typmod))?;
                }
                if aggregate.distinct {
                    aggregate.args.iter().try_for_each(|arg| comparable(arg.ty, arg.typmod))?;
                    self.push("DISTINCT ");
                }
                match compares {
                    true => self.list(&aggregate.args, |emitter, arg| emitter.collated(arg))?,
                    false => self.exprs(&aggregate.args)?,
                }
                self.order_by(&aggregate.order_by)?;
                self.push(")");
            }
            Emission::Text(text) => self.push(text),
            Emission::Missing(what) => return Err(expr_unsupported(what)),
            // Binding has made a packing aggregate and a call of it.
            other => {
                let message = format!("{other:?} is no aggregate");
                return Err(Box::new(PgError::new(SqlState::INTERNAL_ERROR, message)));
            }
        }
        if let Some(condition) = &aggregate.filter {
            self.push(" FILTER (WHERE ");
            filter(self, condition)?;
            self.push(")");
        }
        Ok(())
    }

    fn case(&mut self, operand: &Option<Box<Expr>>, whens: &[(Expr, Expr)], otherwise: &Option<Box<Expr>>) -> Written {
        self.push("CASE");
        if let Some(operand) = operand {
            self.push(" ");
            self.compared(operand)?;
        }
        for (condition, result) in whens {
            self.push(" WHEN ");
            match operand {
                None => self.condition(condition)?,
                Some(_) => self.expr(condition)?,
            }
            self.push(" THEN ");
            self.expr(result)?;
        }
        if let Some(otherwise) = otherwise {
            self.push(" ELSE ");
            self.expr(otherwise)?;
        }
        self.push(" END");
        Ok(())
    }
}

/// 42883 where values of a type can't be told apart.
fn comparable(ty: Type, typmod: i32) -> Written {
    if ty.is_row() && !Shapes::are_comparable(typmod) {
        return Err(expr_unsupported("telling rows like these apart"));
    }
    if ty.is_comparable() {
        return Ok(());
    }
    if ty.is_array_of_rows() {
        return Err(expr_unsupported("telling arrays of rows apart"));
    }
    if ty.is_users() {
        return Err(expr_unsupported("telling arrays of an enum apart"));
    }
    let message = format!("could not identify an equality operator for type {ty}");
    Err(Box::new(PgError::new(SqlState::UNDEFINED_FUNCTION, message)))
}

/// 42883 where values of a type can't be sorted.
fn sortable(ty: Type, typmod: i32) -> Written {
    if ty.is_row() && !Shapes::are_comparable(typmod) {
        return Err(expr_unsupported("the order of rows like these"));
    }
    if ty.is_comparable() {
        return Ok(());
    }
    if ty.is_array_of_rows() {
        return Err(expr_unsupported("the order of arrays of rows"));
    }
    if ty.is_users() {
        return Err(expr_unsupported("the order of arrays of an enum"));
    }
    let message = format!("could not identify an ordering operator for type {ty}");
    let error = PgError::new(SqlState::UNDEFINED_FUNCTION, message);
    Err(Box::new(error.hint("Use an explicit ordering operator or modify the query.")))
}

fn expr_unsupported(what: &str) -> Box<PgError> {
    Box::new(PgError::unsupported(what))
}

/// An alias for each relation: its name where that is unique in the statement.
fn aliases(relations: &Relations) -> Vec<String> {
    let key = |name: &str| name.to_ascii_lowercase();
    // SQLite knows the proposed row by this name wherever there is an ON CONFLICT.
    let mut taken: HashSet<String> = HashSet::from(["excluded".to_owned()]);
    let mut wanted: HashSet<String> = relations.iter().map(|relation| key(&relation.name)).collect();
    wanted.insert("excluded".to_owned());
    let mut aliases = Vec::with_capacity(relations.len());
    let mut number = 0;
    for relation in relations {
        if matches!(relation.source, Source::Excluded) {
            aliases.push("excluded".to_owned());
            continue;
        }
        if !relation.name.is_empty() && taken.insert(key(&relation.name)) {
            aliases.push(relation.name.clone());
            continue;
        }
        let alias = loop {
            number += 1;
            let alias = format!("r{number}");
            if !wanted.contains(&alias) {
                break alias;
            }
        };
        aliases.push(alias);
    }
    aliases
}

/// A name, quoted.
pub fn identifier(out: &mut String, name: &str) {
    out.push('"');
    out.push_str(&name.replace('"', "\"\""));
    out.push('"');
}

/// A string literal. PostgreSQL text holds no NUL, which would end SQLite's statement.
pub fn string(out: &mut String, text: &str) {
    out.push('\'');
    out.push_str(&text.replace('\'', "''").replace('\0', ""));
    out.push('\'');
}

/// A value in its stored form.
fn constant(out: &mut String, value: &Value) -> Written {
    match value {
        Value::Null => out.push_str("NULL"),
        Value::Bool(value) => out.push(if *value { '1' } else { '0' }),
        Value::Int2(value) => integer(out, i64::from(*value)),
        Value::Int4(value) => integer(out, i64::from(*value)),
        Value::Int8(value) => integer(out, *value),
        Value::Oid(value) => integer(out, i64::from(*value)),
        Value::Float4(value) => float(out, f64::from(*value)),
        Value::Float8(value) => float(out, *value),
        Value::Numeric(value) => string(out, &value.key()),
        Value::Text(text) | Value::Bits(text) => string(out, text),
        Value::Bytea(bytes) => {
            out.push_str("x'");
            for byte in bytes {
                let _ = write!(out, "{byte:02x}");
            }
            out.push('\'');
        }
        Value::Uuid(bytes) => string(out, &uuid::Uuid::from_bytes(*bytes).hyphenated().to_string()),
        Value::Jsonb(text) => string(out, text),
        Value::Array(array) => string(out, &array.normal_text()),
        Value::Record(record) => string(out, &record.text()),
        Value::Named { oid, .. } => integer(out, i64::from(*oid)),
        Value::Inet(network) | Value::Cidr(network) => string(out, &network.to_string()),
        Value::Char(_) | Value::Vector(_) | Value::Macaddr(_) | Value::Macaddr8(_) => {
            let mut text = String::new();
            crate::types::text::output(value, &crate::types::timestamp::Zone::utc(), &mut text);
            string(out, &text);
        }
        Value::Timestamptz(_)
        | Value::Timestamp(_)
        | Value::Date(_)
        | Value::Time(_)
        | Value::Timetz(_)
        | Value::Interval(_) => string(out, &value.sortable().unwrap_or_default()),
    }
    Ok(())
}

fn integer(out: &mut String, value: i64) {
    let _ = write!(out, "{value}");
}

/// SQLite reads short decimals exactly; others go through our own reading.
fn float(out: &mut String, value: f64) {
    if value.is_nan() {
        out.push_str("'NaN'");
    } else if value.is_infinite() {
        out.push_str(if value > 0.0 { "9e999" } else { "-9e999" });
    } else {
        let text = format!("{value:e}");
        let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let significant = digits.chars().filter(char::is_ascii_digit).count();
        let exponent: i32 = exponent.parse().unwrap_or(0);
        // 15 digits and powers of ten up to 22 are exact in a double, so is their product or quotient rounded once.
        if significant <= 15 && exponent.abs() <= 20 && value != 0.0 {
            let plain = format!("{value:?}");
            out.push_str(&plain);
        } else if value == 0.0 {
            out.push_str(if value.is_sign_negative() { "-0.0" } else { "0.0" });
        } else {
            let _ = write!(out, "pg_float8in('{text}')");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(value: f64) -> String {
        let mut out = String::new();
        float(&mut out, value);
        out
    }

    #[test]
    fn floats_are_exact() {
        assert_eq!(written(1.5), "1.5");
        assert_eq!(written(-100.0), "-100.0");
        assert_eq!(written(0.1 + 0.2), "pg_float8in('3.0000000000000004e-1')");
        assert_eq!(written(1e300), "pg_float8in('1e300')");
        assert_eq!(written(f64::NEG_INFINITY), "-9e999");
        assert_eq!(written(f64::NAN), "'NaN'");
    }
}
