//! AND, OR and NOT.
//!
//! PostgreSQL computes operands from left to right and stops where the result is known, so that what comes first may guard
//! the rest: `n <> 0 AND 1 / n > 2` (`ExecInterpExpr`, EEOP_BOOL_AND_STEP). SQLite does the same of a condition by which it
//! jumps (WHERE, ON, HAVING, FILTER, CHECK, WHEN); of a value it computes all operands. So a value is asked for by a condition:
//!
//! ```text
//! CASE WHEN a AND b THEN 1 WHEN NOT (a AND b) THEN 0 END
//! ```

use super::{Emitter, Written};
use crate::sql::bound::{Expr, ExprKind, From, Relations, Source};
use crate::sql::emission::Emission;

/// Terms of AND and OR written in one go: SQLite nests a chain, and bounds the depth.
const CHAIN: usize = 64;

/// The same of terms that are held.
const HELD: usize = 16;

/// How deep values may be nested that are written twice.
const TWICE: usize = 3;

impl Emitter<'_> {
    /// What SQLite jumps by: only whether it is true counts, or whether it is false.
    pub fn condition(&mut self, expr: &Expr) -> Written {
        match &expr.kind {
            ExprKind::And(terms) | ExprKind::Or(terms) => self.chain(terms, operator(expr), true),
            ExprKind::Not(operand) => {
                self.push("NOT ");
                self.condition_operand(operand)
            }
            // SQLite goes on jumping below the words, not below numbers.
            ExprKind::IsBool { operand, value, negated } if is_connected(operand) => {
                self.condition_operand(operand)?;
                self.push(if *negated { " IS NOT " } else { " IS " });
                self.push(if *value { "TRUE" } else { "FALSE" });
                Ok(())
            }
            _ => self.expr(expr),
        }
    }

    /// WHERE, or ON of a join. `moves`: there are sub-queries ([`has_query`]). Into these SQLite moves terms one by one, the
    /// last one first: those that others may guard stay together with what may guard them.
    ///
    /// ```text
    /// WHERE n <> 0 AND CASE WHEN n <> 0 AND 1 / n > 2 THEN 1 END
    /// ```
    pub fn filter(&mut self, filter: &Expr, moves: bool) -> Written {
        let ExprKind::And(terms) = &filter.kind else { return self.condition(filter) };
        let fails = |term: &Expr| term.any(&|part| may_fail(part) || is_volatile(part));
        if !moves || !terms.iter().skip(1).any(fails) {
            return self.condition(filter);
        }
        for term in terms.iter().filter(|term| !fails(term)) {
            self.condition_operand(term)?;
            self.push(" AND ");
        }
        self.push("CASE WHEN ");
        self.condition(filter)?;
        self.push(" THEN 1 END");
        Ok(())
    }

    fn condition_operand(&mut self, expr: &Expr) -> Written {
        if !is_connected(expr) {
            return self.operand(expr);
        }
        self.push("(");
        self.condition(expr)?;
        self.push(")");
        Ok(())
    }

    /// AND or OR as a value.
    pub fn connected(&mut self, expr: &Expr) -> Written {
        let (ExprKind::And(terms) | ExprKind::Or(terms)) = &expr.kind else { return self.expr(expr) };
        let guards = terms.iter().skip(1).any(|term| term.any(&|part| may_fail(part) || is_volatile(part)));
        if !guards {
            return self.chain(terms, operator(expr), false);
        }
        if expr.any(&|part| is_volatile(part) || is_query(part)) {
            return self.held_chain(terms, matches!(expr.kind, ExprKind::And(_)));
        }
        if self.twice >= TWICE {
            return self.chain(terms, operator(expr), false);
        }
        self.twice += 1;
        self.push("CASE WHEN ");
        self.condition(expr)?;
        self.push(" THEN 1 WHEN NOT (");
        self.condition(expr)?;
        self.push(") THEN 0 END");
        self.twice -= 1;
        Ok(())
    }

    /// The same where operands must not be computed twice: each is held until it is known whether the next one counts. They nest,
    /// and so many of them are a chain of chains.
    fn held_chain(&mut self, terms: &[Expr], and: bool) -> Written {
        if terms.len() <= HELD {
            return self.held(terms, and, Emitter::operand);
        }
        let parts: Vec<&[Expr]> = terms.chunks(terms.len().div_ceil(HELD)).collect();
        self.held(&parts, and, |emitter, part| {
            emitter.push("(");
            emitter.held_chain(part, and)?;
            emitter.push(")");
            Ok(())
        })
    }

    fn held<T>(&mut self, parts: &[T], and: bool, write: impl Fn(&mut Self, &T) -> Written) -> Written {
        let (decisive, operator) = if and { ("0", " AND ") } else { ("1", " OR ") };
        let Some((last, before)) = parts.split_last() else { return Ok(()) };
        for part in before {
            // The binder counts upwards.
            self.held_terms += 1;
            let number = self.held_terms;
            self.push(&format!("CASE WHEN pg_hold(-{number}, "));
            write(self, part)?;
            self.push(&format!(") THEN NULL WHEN pg_held(-{number}) = {decisive} THEN {decisive} "));
            self.push(&format!("ELSE pg_held(-{number}){operator}"));
        }
        write(self, last)?;
        before.iter().for_each(|_| self.push(" END"));
        Ok(())
    }

    /// Terms joined by an associative operator, in a tree no deeper than needed.
    fn chain(&mut self, terms: &[Expr], operator: &str, condition: bool) -> Written {
        if terms.len() <= CHAIN {
            for (index, term) in terms.iter().enumerate() {
                if index > 0 {
                    self.push(operator);
                }
                match condition {
                    true => self.condition_operand(term)?,
                    false => self.operand(term)?,
                }
            }
            return Ok(());
        }
        let part = terms.len().div_ceil(CHAIN);
        for (index, terms) in terms.chunks(part).enumerate() {
            if index > 0 {
                self.push(operator);
            }
            self.push("(");
            self.chain(terms, operator, condition)?;
            self.push(")");
        }
        Ok(())
    }
}

fn operator(expr: &Expr) -> &'static str {
    if matches!(expr.kind, ExprKind::And(_)) { " AND " } else { " OR " }
}

fn is_connected(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::And(_) | ExprKind::Or(_) => true,
        ExprKind::Not(operand) | ExprKind::IsBool { operand, .. } => is_connected(operand),
        _ => false,
    }
}

fn is_query(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Scalar(_) | ExprKind::Exists(_) | ExprKind::InQuery { .. })
}

/// Whether there is a sub-query in it, or what is one to SQLite: a WITH query, a join in parentheses.
pub fn has_query(from: &From, relations: &Relations) -> bool {
    match from {
        From::Relation(relation) => matches!(relations[*relation].source, Source::With { .. }),
        From::Query { .. } => true,
        From::Function { .. } => false,
        From::Join { left, right, .. } => {
            matches!(**right, From::Join { .. }) || has_query(left, relations) || has_query(right, relations)
        }
    }
}

/// Whether computing it, its operands aside, can be an error: functions of ours (those that only compare are SQLite's
/// operators), and sub-queries of more than one row.
fn may_fail(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Call(call) => matches!(call.emission, Emission::Own(_) | Emission::Session(_)),
        ExprKind::Scalar(_) => true,
        _ => false,
    }
}

fn is_volatile(expr: &Expr) -> bool {
    matches!(&expr.kind, ExprKind::Call(call) if call.volatile)
}
