//! By which collation text is compared (`parse_collate.c`).
//!
//! Those that there are all sort alike, so no result depends on it. It is derived for what tells it
//! (`pg_collation_for()`, columns made of queries, indexes on expressions), and for statements in which two collations meet:
//! PostgreSQL refuses those, at once or where it comes to compare.

use super::Binder;
use crate::catalog::system;
use crate::sql::bound::{Aggregate, Body, Expr, ExprKind, Query, Sort};
use crate::sql::emission::Emission;
use crate::sql::text::At;
use crate::types::identifier::quote_ident;
use crate::types::{PgError, SqlState, Type, Value};

/// `pg_collation.oid` of "default".
pub const DEFAULT: u32 = 100;
/// And of "C", which the catalogs' own texts have.
const C: u32 = 950;

/// How a collation came to be an expression's; a stronger one prevails.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Strength {
    None,
    Implicit,
    Conflict,
    Explicit,
}

/// An expression's collation, as far as one can be told.
#[derive(Clone, Copy)]
pub struct Derived {
    strength: Strength,
    oid: u32,
    at: At,
    /// Of a conflict: the other collation, and where it comes from.
    other: (u32, At),
}

impl Derived {
    const NONE: Derived = Derived { strength: Strength::None, oid: 0, at: At::NOWHERE, other: (0, At::NOWHERE) };

    fn implicit(oid: u32, at: At) -> Derived {
        let strength = if oid == 0 { Strength::None } else { Strength::Implicit };
        Derived { strength, oid, at, other: (0, At::NOWHERE) }
    }

    /// `pg_collation.oid`, or 0.
    pub fn oid(self) -> u32 {
        if self.strength == Strength::Conflict { 0 } else { self.oid }
    }
}

/// The collation that a type's values have unless something says otherwise.
pub fn typcollation(ty: Type) -> u32 {
    system::type_facts(ty).collation
}

/// A collation's name.
fn shown(oid: u32) -> String {
    system::builtin_name("pg_collation", oid).unwrap_or_default()
}

impl Binder<'_> {
    /// Errors: 42P21 where explicit collations differ.
    pub fn collation_of(&self, expr: &Expr) -> Result<Derived, PgError> {
        let mut failed = None;
        let derived = self.derive(expr, &mut failed);
        failed.map_or(Ok(derived), Err)
    }

    /// What several expressions have together.
    fn operands<'e>(&self, operands: impl IntoIterator<Item = &'e Expr>) -> Result<Derived, PgError> {
        let mut failed = None;
        let derived = self.derive_all(operands, &mut failed);
        failed.map_or(Ok(derived), Err)
    }

    /// As [`Binder::collation_of`], with the first error aside: a frame of this is small, and so are those between, as it goes
    /// as deep as expressions nest.
    fn derive(&self, expr: &Expr, failed: &mut Option<PgError>) -> Derived {
        if failed.is_some() {
            return Derived::NONE;
        }
        let below = match &expr.kind {
            ExprKind::Column { relation, column } => return self.derive_column(expr, *relation, *column),
            ExprKind::Scalar(query) => {
                let own = query.outputs.first().map_or(0, |output| output.collation);
                return Derived::implicit(own, expr.at);
            }
            ExprKind::Call(call) => match (call.emission, &call.args[..]) {
                (Emission::Collated(oid, at), [operand]) => {
                    self.derive(operand, failed);
                    return Derived { strength: Strength::Explicit, oid, at, other: (0, At::NOWHERE) };
                }
                // A row's fields are each for themselves.
                (_, args) if expr.ty.is_row() => {
                    args.iter().for_each(|arg| {
                        self.derive(arg, failed);
                    });
                    Derived::NONE
                }
                (_, args) => self.derive_all(args, failed),
            },
            ExprKind::Case { operand, whens, otherwise } => {
                let operand = self.derive_tested(operand.as_deref(), failed);
                for (when, _) in whens {
                    self.derive_test(operand, when, failed);
                }
                self.derive_all(whens.iter().map(|(_, then)| then).chain(otherwise.as_deref()), failed)
            }
            ExprKind::Aggregate(aggregate) => self.derive_aggregate(aggregate, failed),
            ExprKind::Window(window) => {
                let below = self.derive_aggregate(&window.function, failed);
                let keys = window.partition_by.iter().chain(window.order_by.iter().filter_map(Sort::expr));
                self.derive_sorted(keys, failed);
                below
            }
            ExprKind::Distinct { left, right, .. } => {
                self.derive_all([&**left, &**right], failed);
                Derived::NONE
            }
            ExprKind::InList { operand, list, .. } => {
                self.derive_all(std::iter::once(&**operand).chain(list), failed);
                Derived::NONE
            }
            ExprKind::And(terms) | ExprKind::Or(terms) => {
                self.derive_all(terms, failed);
                Derived::NONE
            }
            ExprKind::Not(operand) | ExprKind::IsNull { operand, .. } | ExprKind::IsBool { operand, .. } => {
                self.derive(operand, failed);
                Derived::NONE
            }
            ExprKind::InQuery { .. } | ExprKind::Exists(_) => Derived::NONE,
            ExprKind::Null | ExprKind::Literal(_) | ExprKind::Constant(_) | ExprKind::Param(_) | ExprKind::Kept(_) => {
                Derived::NONE
            }
        };
        self.derive_own(expr, below)
    }

    fn derive_column(&self, expr: &Expr, relation: usize, column: usize) -> Derived {
        let known = self.relations[relation].column(column);
        let own = known.map_or_else(|| typcollation(expr.ty), |column| column.collation);
        let domain = self.catalog.domain(expr.domain).filter(|_| own == 0);
        Derived::implicit(domain.map_or(own, system::collation_of), expr.at)
    }

    /// What an expression has whose operands have that.
    fn derive_own(&self, expr: &Expr, below: Derived) -> Derived {
        if let Some(own) = self.catalog.domain(expr.domain).map(system::collation_of)
            && own != 0
            && own != DEFAULT
        {
            return Derived::implicit(own, expr.at);
        }
        let own = typcollation(expr.ty);
        match below.strength {
            _ if own == 0 => Derived::NONE,
            Strength::None => Derived::implicit(own, expr.at),
            _ => below,
        }
    }

    fn derive_all<'e>(&self, operands: impl IntoIterator<Item = &'e Expr>, failed: &mut Option<PgError>) -> Derived {
        let mut all = Derived::NONE;
        for operand in operands {
            let one = self.derive(operand, failed);
            self.merge_collation(&mut all, one, failed);
        }
        all
    }

    /// What a CASE's operand has, which stands for itself by then.
    fn derive_tested(&self, operand: Option<&Expr>, failed: &mut Option<PgError>) -> Derived {
        operand.map_or(Derived::NONE, |operand| Derived::implicit(self.derive(operand, failed).oid(), operand.at))
    }

    /// … together with one that it is compared with.
    fn derive_test(&self, operand: Derived, when: &Expr, failed: &mut Option<PgError>) -> Derived {
        let mut both = operand;
        let when = self.derive(when, failed);
        self.merge_collation(&mut both, when, failed);
        both
    }

    fn derive_aggregate(&self, aggregate: &Aggregate, failed: &mut Option<PgError>) -> Derived {
        if aggregate.distinct {
            self.derive_sorted(&aggregate.args, failed);
        }
        let argument = |key| aggregate.args.iter().find(|arg| *arg == key).unwrap_or(key);
        self.derive_sorted(aggregate.order_by.iter().filter_map(Sort::expr).map(argument), failed);
        self.derive_all(&aggregate.filter, failed);
        self.derive_all(&aggregate.args, failed)
    }

    fn derive_sorted<'e>(&self, sorted: impl IntoIterator<Item = &'e Expr>, failed: &mut Option<PgError>) {
        if let Err(error) = self.check_sorted(sorted) {
            failed.get_or_insert(error);
        }
    }

    /// `merge_collation_state`.
    fn merge_collation(&self, all: &mut Derived, one: Derived, failed: &mut Option<PgError>) {
        if one.strength > all.strength {
            *all = one;
        } else if one.strength == all.strength && one.oid != all.oid {
            match one.strength {
                Strength::Implicit if all.oid == DEFAULT => *all = one,
                Strength::Implicit if one.oid != DEFAULT => {
                    (all.strength, all.other) = (Strength::Conflict, (one.oid, one.at));
                }
                Strength::Explicit => self.explicit_mismatch((all.oid, one.oid), one.at, failed),
                _ => {}
            }
        }
    }

    fn explicit_mismatch(&self, oids: (u32, u32), at: At, failed: &mut Option<PgError>) {
        failed.get_or_insert_with(|| self.mismatch("explicit", oids, at));
    }

    fn mismatch(&self, kind: &str, (one, other): (u32, u32), at: At) -> PgError {
        let (one, other) = (shown(one), shown(other));
        let message = format!("collation mismatch between {kind} collations \"{one}\" and \"{other}\"");
        self.error(at, SqlState::COLLATION_MISMATCH, message)
    }

    fn implicit_mismatch(&self, one: u32, (other, at): (u32, At)) -> PgError {
        let hint = "You can choose the collation by applying the COLLATE clause to one or both expressions.";
        self.mismatch("implicit", (one, other), at).hint(hint)
    }

    /// Of an output column. What is wrong with it is said by [`Binder::settle_collations`].
    pub fn output_collation(&self, expr: &Expr) -> u32 {
        self.collation_of(expr).map_or(0, Derived::oid)
    }

    /// Whether collations may meet that differ: one was named, or is a column's.
    fn collations_meet(&self) -> bool {
        let is_own = |oid: u32| !matches!(oid, 0 | DEFAULT | C);
        self.collates
            || self.relations.iter().any(|relation| relation.columns.iter().any(|column| is_own(column.collation)))
    }

    /// Errors: 42P21 and 42P22 if rows are to be sorted or told apart by what has none.
    pub fn check_sorted<'e>(&self, sorted: impl IntoIterator<Item = &'e Expr>) -> Result<(), PgError> {
        if !self.collations_meet() {
            return Ok(());
        }
        for expr in sorted {
            let derived = self.collation_of(expr)?;
            if derived.strength == Strength::Conflict {
                return Err(self.implicit_mismatch(derived.oid, derived.other));
            }
            // A sub-query's column, of which its query could not tell.
            if derived.oid() == 0 && typcollation(expr.ty) != 0 {
                let message = "could not determine which collation to use for string comparison";
                return Err(PgError::new(SqlState::INDETERMINATE_COLLATION, message).hint(SET_EXPLICITLY));
            }
        }
        Ok(())
    }

    /// The collation of a column of a set operation of a type, from the arms before they are converted to it.
    ///
    /// Errors: 42P21 where explicit collations differ, and as of [`Binder::check_sorted`] if rows are told apart.
    pub fn combined_collation(
        &self,
        (left, right): (&Query, &Query),
        index: usize,
        ty: Type,
        told_apart: bool,
    ) -> Result<u32, PgError> {
        let arm = |query: &Query| match &query.body {
            // A literal becomes a text.
            _ if query.outputs[index].ty == Type::UNKNOWN => Ok(Derived::implicit(typcollation(ty), At::NOWHERE)),
            Body::Select(select) if let Some(target) = select.targets.get(index) => self.collation_of(target),
            _ => Ok(Derived::implicit(query.outputs[index].collation, At::NOWHERE)),
        };
        let (mut both, mut failed) = (arm(left)?, None);
        self.merge_collation(&mut both, arm(right)?, &mut failed);
        if let Some(error) = failed {
            return Err(error);
        }
        if told_apart && both.strength == Strength::Conflict {
            return Err(self.implicit_mismatch(both.oid, both.other));
        }
        Ok(both.oid())
    }

    /// That of a column of VALUES, whose values are given.
    pub fn common_collation(&self, values: &[Expr]) -> Result<u32, PgError> {
        self.operands(values).map(Derived::oid)
    }

    /// `pg_collation_for()`: what it tells is known here and now.
    pub fn collation_for(&self, of: &Expr, at: At) -> Result<Expr, PgError> {
        if typcollation(of.ty) == 0 && of.ty != Type::UNKNOWN {
            let named = Expr::constant(Value::Text(of.named_type().to_string()), Type::TEXT);
            return Ok(Expr::call(Emission::Own("pg_not_collatable"), vec![of.clone(), named], Type::TEXT).at(at));
        }
        let value = match self.collation_of(of)?.oid() {
            0 => Value::Null,
            oid => Value::Text(quote_ident(&shown(oid))),
        };
        // It has that collation itself.
        let told = Expr::constant(value, Type::TEXT);
        Ok(Expr::call(Emission::Own("pg_collation_for"), vec![of.clone(), told], Type::TEXT).at(at))
    }

    /// Looks at all expressions of a statement, which `each` visits. Those that compare what has no collation will fail
    /// when they come to it.
    ///
    /// Errors: 42P21 where explicit collations differ.
    pub fn settle_collations(&self, each: impl FnOnce(&mut dyn FnMut(&mut Expr))) -> Result<(), PgError> {
        if !self.collations_meet() {
            return Ok(());
        }
        let mut checked = Ok(());
        each(&mut |expr| self.settle_collation(expr, true, &mut checked));
        checked
    }

    /// `outermost`: of its query.
    fn settle_collation(&self, expr: &mut Expr, outermost: bool, checked: &mut Result<(), PgError>) {
        if outermost && checked.is_ok() {
            *checked = self.collation_of(expr).map(|_| ());
        }
        let has_query = matches!(expr.kind, ExprKind::Scalar(_) | ExprKind::Exists(_) | ExprKind::InQuery { .. });
        expr.for_each_child_mut(&mut |child| self.settle_collation(child, has_query, checked));
        let Some(what) = compares(expr) else { return };
        let operands = match &expr.kind {
            ExprKind::Call(call) => self.operands(&call.args),
            ExprKind::Distinct { left, right, .. } => self.operands([&**left, &**right]),
            ExprKind::InList { operand, list, .. } => self.operands(std::iter::once(&**operand).chain(list)),
            ExprKind::Case { operand, whens, .. } => {
                let mut failed = None;
                let operand = self.derive_tested(operand.as_deref(), &mut failed);
                let mut tests = whens.iter().map(|(when, _)| self.derive_test(operand, when, &mut failed));
                Ok(tests.find(|both| both.oid() == 0).unwrap_or(Derived::NONE))
            }
            ExprKind::InQuery { operands, query, .. } => {
                let outputs = query.outputs.iter().map(|output| Derived::implicit(output.collation, At::NOWHERE));
                let mut failed = None;
                let mut pairs = operands.iter().zip(outputs).map(|(operand, output)| {
                    let mut both = self.derive(operand, &mut failed);
                    self.merge_collation(&mut both, output, &mut failed);
                    both
                });
                Ok(pairs.find(|both| both.oid() == 0).unwrap_or(Derived::NONE))
            }
            _ => return,
        };
        if !operands.is_ok_and(|all| all.strength == Strength::Conflict) {
            return;
        }
        let (ty, at) = (expr.ty, expr.at);
        let mut args = vec![Expr::constant(Value::Text(what.to_owned()), Type::TEXT)];
        if let ExprKind::Call(call) = &mut expr.kind {
            args.append(&mut call.args);
        }
        *expr = Expr::call(Emission::Own("pg_no_collation"), args, ty).at(at);
    }
}

/// What an expression does that takes a collation, as PostgreSQL says it.
fn compares(expr: &Expr) -> Option<&'static str> {
    let ExprKind::Call(call) = &expr.kind else {
        let compares = match &expr.kind {
            ExprKind::Distinct { .. } | ExprKind::InList { .. } => true,
            ExprKind::InQuery { .. } => return Some("string hashing"),
            ExprKind::Case { operand, .. } => operand.is_some(),
            _ => false,
        };
        return compares.then_some("string comparison");
    };
    Some(match call.emission {
        Emission::Infix("=" | "<>" | "<" | "<=" | ">" | ">=") => "string comparison",
        Emission::Builtin("lower") => "lower() function",
        Emission::Builtin("upper") => "upper() function",
        Emission::Own("pg_initcap") => "initcap() function",
        Emission::Own("pg_texticlike" | "pg_texticnlike") => "ILIKE",
        Emission::Own(name) if name.contains("regex") => "regular expression",
        Emission::Own("pg_hashtext" | "pg_hashtextextended") => "string hashing",
        Emission::Own("pg_string_to_array") => "string comparison",
        Emission::Builtin("instr" | "nullif")
        | Emission::Own("pg_replace" | "pg_text_starts_with" | "pg_split_part" | "pg_greatest" | "pg_least") => {
            "string comparison"
        }
        _ => return None,
    })
}

/// A view's or table's column made of an output: the collation's name, unless it is the type's own.
pub fn own_collation(collation: u32, by_itself: u32) -> Option<String> {
    if collation == by_itself { None } else { system::builtin_name("pg_collation", collation) }
}

impl Binder<'_> {
    /// The column's collation in a relation that a query's output is to be a column of. Errors: 42P22.
    pub fn column_collation(
        &self,
        query: &Query,
        index: usize,
        undetermined: impl Fn(&Self) -> String,
    ) -> Result<Option<String>, PgError> {
        let output = &query.outputs[index];
        let by_itself = match self.catalog.domain(output.domain) {
            Some(domain) => system::collation_of(domain),
            None => typcollation(output.ty),
        };
        if output.collation == 0 && by_itself != 0 {
            let error = PgError::new(SqlState::INDETERMINATE_COLLATION, undetermined(self));
            return Err(error.hint(SET_EXPLICITLY));
        }
        Ok(own_collation(output.collation, by_itself))
    }
}

pub const SET_EXPLICITLY: &str = "Use the COLLATE clause to set the collation explicitly.";
