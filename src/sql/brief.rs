//! Which reads are brief: over in microseconds whatever the data, so that handing them to another thread would cost more
//! than running them.
//!
//! A brief read takes no row, or one by a key of its table, and calls nothing whose work may grow with its arguments. SQLite has the last word on how it goes about it; who runs a brief read
//! must be able to give up.

use super::bound::{Body, Call, Expr, ExprKind, From, Query, Relations, Select, Source};
use super::emission::Emission;
use crate::catalog::{Catalog, Object, Table};
use crate::types::Type;

pub(super) fn is_brief(query: &Query, relations: &Relations, catalog: &Catalog) -> bool {
    let Body::Select(select) = &query.body else { return false };
    if !query.with.is_empty() || select.grouped || select.distinct {
        return false;
    }
    let mut quick = true;
    query.for_each_expr(&mut |expr| quick = quick && is_quick(expr));
    let from = match &select.from {
        None => return quick,
        Some(From::Relation(from)) => *from,
        Some(_) => return false,
    };
    let Some(Source::Table { oid, .. }) = relations.get(from).map(|relation| &relation.source) else { return false };
    quick && matches!(catalog.get(*oid), Some(Object::Table(table)) if takes_one_row(select, from, table))
}

/// Whether the condition gives every column of a key one value.
fn takes_one_row(select: &Select, relation: usize, table: &Table) -> bool {
    let terms = match select.filter.as_ref().map(|filter| (&filter.kind, filter)) {
        Some((ExprKind::And(terms), _)) => terms.iter().collect(),
        Some((_, filter)) => vec![filter],
        None => Vec::new(),
    };
    let fixed = |attnum: &i16| {
        let position = table.position(*attnum);
        terms.iter().any(|term| fixed_column(term, relation).is_some_and(|column| Some(column) == position))
    };
    table.constraints.iter().filter(|constraint| constraint.is_key()).any(|key| key.columns.iter().all(fixed))
}

/// The column that `column = value` fixes.
fn fixed_column(term: &Expr, of: usize) -> Option<usize> {
    let ExprKind::Call(call) = &term.kind else { return None };
    let (Emission::Infix("="), [left, right]) = (call.emission, call.args.as_slice()) else { return None };
    let column = |expr: &Expr| match expr.kind {
        ExprKind::Column { relation, column } if relation == of => Some(column),
        _ => None,
    };
    let value = |expr: &Expr| matches!(expr.kind, ExprKind::Param(_) | ExprKind::Constant(_) | ExprKind::Null);
    match (column(left), column(right)) {
        (Some(column), _) if value(right) => Some(column),
        (_, Some(column)) if value(left) => Some(column),
        _ => None,
    }
}

fn is_quick(expr: &Expr) -> bool {
    let quick = match &expr.kind {
        ExprKind::Null
        | ExprKind::Literal(_)
        | ExprKind::Constant(_)
        | ExprKind::Param(_)
        | ExprKind::Column { .. }
        | ExprKind::And(_)
        | ExprKind::Or(_)
        | ExprKind::Not(_)
        | ExprKind::IsNull { .. }
        | ExprKind::IsBool { .. }
        | ExprKind::Distinct { .. }
        | ExprKind::InList { .. }
        | ExprKind::Case { .. } => true,
        ExprKind::Call(call) => takes_no_time(call, expr.ty),
        ExprKind::Kept(_)
        | ExprKind::Aggregate(_)
        | ExprKind::Window(_)
        | ExprKind::InQuery { .. }
        | ExprKind::Exists(_)
        | ExprKind::Scalar(_) => false,
    };
    let mut all = quick;
    expr.for_each_child(&mut |child| all = all && is_quick(child));
    all
}

fn takes_no_time(call: &Call, ty: Type) -> bool {
    let of_fixed_length = |ty: Type| ty.info().is_some_and(|info| info.len > 0);
    match call.emission {
        Emission::Infix(_) | Emission::Prefix(_) | Emission::Cast(_) | Emission::Text(_) | Emission::Same => true,
        Emission::Own(_) | Emission::Builtin(_) => {
            !call.volatile && of_fixed_length(ty) && call.args.iter().all(|arg| of_fixed_length(arg.ty))
        }
        Emission::Session(_) | Emission::Rows(_) | Emission::Packed(_) | Emission::Missing(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::Catalog;
    use crate::sql::tests::session;
    use crate::sql::{Action, bind, parse};

    #[test]
    fn a_row_by_its_key_is_brief_and_whatever_may_take_time_is_not() {
        let mut catalog = Catalog::empty();
        let schema = "CREATE TABLE t (a int, b text, c int, d int UNIQUE, PRIMARY KEY (a, b)); CREATE INDEX ON t (c)";
        for statement in parse(schema).unwrap() {
            let plan = bind(&statement, &catalog, &session(), &[]).unwrap();
            let Action::Schema(schema) = &plan.action else { panic!("{plan:?}") };
            catalog = catalog.with(&schema.changes());
        }
        let is_brief = |text: &str| {
            let statement = parse(text).unwrap().remove(0);
            match bind(&statement, &catalog, &session(), &[]).unwrap().action {
                Action::Read(query) => query.brief,
                other => panic!("{other:?}"),
            }
        };
        for brief in [
            "SELECT 1",
            "SELECT * FROM t WHERE a = $1 AND b = 'x'",
            "SELECT c + 1, b || 'x' FROM t WHERE c > 3 AND 7 = d ORDER BY c LIMIT 1",
        ] {
            assert!(is_brief(brief), "{brief}");
        }
        for other in [
            "SELECT * FROM t",
            "SELECT * FROM t WHERE a = 1",
            "SELECT * FROM t WHERE c = 1",
            "SELECT * FROM t WHERE d = 1 OR c = 1",
            "SELECT * FROM t WHERE d > 1",
            "SELECT * FROM t WHERE d = c",
            "SELECT repeat(b, 1000000) FROM t WHERE d = 1",
            "SELECT count(*) FROM t WHERE d = 1",
            "SELECT * FROM t WHERE d = 1 AND EXISTS (SELECT 1 FROM t)",
            "SELECT * FROM t, t AS u WHERE t.d = 1",
            "SELECT repeat('x', 1000000)",
            "SELECT pg_advisory_lock(1)",
            "SELECT * FROM generate_series(1, 1000000)",
        ] {
            assert!(!is_brief(other), "{other}");
        }
    }
}
