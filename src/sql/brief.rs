//! Which statements are brief: over in microseconds whatever the data, so that handing them to another thread would cost more
//! than running them.
//!
//! A brief read takes no row, or one by a key of its table, and calls nothing whose work may grow with its arguments. SQLite has the last word on how it goes about it; who runs a brief read
//! must be able to give up. A brief write makes a few rows of values, or changes one by a key of its table, and
//! no other row depends on that.

use super::bound::{Assignment, Body, Call, Delete, Expr, ExprKind, From, Insert, Query, Relations, Source, Update};
use super::casts;
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
    quick && table(from, relations, catalog).is_some_and(|table| takes_one_row(select.filter.as_ref(), from, table))
}

/// Rows that an INSERT makes at most to be brief; one, if it returns it.
const ROWS: usize = 16;

pub(super) fn is_brief_insert(insert: &Insert, relations: &Relations, catalog: &Catalog) -> bool {
    let Body::Values(rows) = &insert.source.body else { return false };
    let most = if insert.returning.is_empty() { ROWS } else { 1 };
    let whole = insert.with.is_empty() && insert.source.with.is_empty() && rows.len() <= most;
    let updates = insert.conflict.as_ref().and_then(|conflict| conflict.update.as_ref());
    let update = updates.is_none_or(|(assignments, filter)| {
        filter.iter().all(is_quick) && stays_alone(assignments, insert.target, relations, catalog)
    });
    whole && update && rows.iter().flatten().chain(&insert.returning).all(is_quick)
}

pub(super) fn is_brief_update(update: &Update, relations: &Relations, catalog: &Catalog) -> bool {
    let Some(table) = table(update.target, relations, catalog) else { return false };
    let one =
        update.with.is_empty() && update.from.is_none() && takes_one_row(update.filter.as_ref(), update.target, table);
    one && update.filter.iter().chain(&update.returning).all(is_quick)
        && stays_alone(&update.assignments, update.target, relations, catalog)
}

pub(super) fn is_brief_delete(delete: &Delete, relations: &Relations, catalog: &Catalog) -> bool {
    let Some(table) = table(delete.target, relations, catalog) else { return false };
    let one =
        delete.with.is_empty() && delete.using.is_none() && takes_one_row(delete.filter.as_ref(), delete.target, table);
    one && delete.filter.iter().chain(&delete.returning).all(is_quick) && catalog.foreign_keys_to(table.oid).is_empty()
}

fn table<'c>(relation: usize, relations: &Relations, catalog: &'c Catalog) -> Option<&'c Table> {
    let Source::Table { oid, .. } = &relations.get(relation)?.source else { return None };
    match catalog.get(*oid) {
        Some(Object::Table(table)) => Some(table),
        _ => None,
    }
}

/// Whether the assignments take no time, and no row of another table references what they change.
fn stays_alone(assignments: &[Assignment], target: usize, relations: &Relations, catalog: &Catalog) -> bool {
    let Some(table) = table(target, relations, catalog) else { return false };
    let keys = catalog.foreign_keys_to(table.oid);
    let referenced = |column: &usize| {
        let attnum = table.columns.get(*column).map(|column| column.attnum);
        keys.iter().any(|(_, _, key)| attnum.is_none_or(|attnum| key.columns.contains(&attnum)))
    };
    assignments.iter().all(|assignment| is_quick(&assignment.value) && !assignment.columns.iter().any(referenced))
}

/// Whether the condition gives every column of a key one value.
fn takes_one_row(filter: Option<&Expr>, relation: usize, table: &Table) -> bool {
    let terms = match filter.map(|filter| (&filter.kind, filter)) {
        Some((ExprKind::And(terms), _)) => terms.iter().collect(),
        Some((_, filter)) => vec![filter],
        None => Vec::new(),
    };
    let fixed = |attnum: &i16| {
        let position = table.position(*attnum);
        terms.iter().any(|term| fixed_column(term, relation).is_some_and(|column| Some(column) == position))
    };
    table
        .constraints
        .iter()
        .filter(|constraint| constraint.is_key() && !constraint.is_deferrable())
        .any(|key| key.columns.iter().all(fixed))
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
        // The value as it is, cut, or an error.
        Emission::Own("pg_not_null" | "pg_domain_failed" | casts::VARCHAR_LENGTH) => true,
        // The writer has the next value in memory, as a rule.
        Emission::Own("pg_nextval") => true,
        Emission::Infix(_)
        | Emission::Prefix(_)
        | Emission::Cast(_)
        | Emission::Text(_)
        | Emission::Same
        | Emission::Around
        | Emission::Collated(..) => true,
        Emission::Own(_) | Emission::Builtin(_) => {
            // A clock, or chance, where it is volatile.
            let known = !call.volatile || call.args.is_empty();
            known && of_fixed_length(ty) && call.args.iter().all(|arg| of_fixed_length(arg.ty))
        }
        Emission::Decided | Emission::Session(_) | Emission::Rows(_) | Emission::Packed(_) | Emission::Missing(_) => {
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::Catalog;
    use crate::sql::tests::session;
    use crate::sql::{Action, bind, parse};

    /// Whether statements are brief in a database of that schema.
    fn in_schema(schema: &str) -> impl Fn(&str) -> bool {
        let mut catalog = Catalog::empty();
        for statement in parse(schema).unwrap() {
            let plan = bind(&statement, &catalog, &session(), &[]).unwrap();
            let Action::Schema(schema) = &plan.action else { panic!("{plan:?}") };
            catalog = catalog.with(&schema.changes());
        }
        move |text| {
            let statement = parse(text).unwrap().remove(0);
            match bind(&statement, &catalog, &session(), &[]).unwrap().action {
                Action::Read(query) => query.brief,
                Action::Write(write) => write.brief,
                other => panic!("{other:?}"),
            }
        }
    }

    #[test]
    fn writes_of_a_row_that_nobody_references_are_brief() {
        let is_brief = in_schema(
            "CREATE TABLE t (id int PRIMARY KEY, n int, b text, u int UNIQUE, at timestamptz, v varchar(9));
             CREATE TABLE child (id int PRIMARY KEY, t int REFERENCES t (u));
             CREATE TABLE made (id bigserial PRIMARY KEY, u uuid DEFAULT gen_random_uuid(), at timestamptz DEFAULT now())",
        );
        for brief in [
            "INSERT INTO t VALUES (1, 2, 'x', 3, now())",
            "INSERT INTO t (id, at) VALUES ($1, CURRENT_TIMESTAMP)",
            "INSERT INTO t (id) VALUES ($1) RETURNING id + 1",
            "INSERT INTO child VALUES (1, 2) ON CONFLICT DO NOTHING",
            "INSERT INTO made DEFAULT VALUES RETURNING id",
            "INSERT INTO made (at) VALUES ($1), (clock_timestamp())",
            "INSERT INTO t (id, n) VALUES (1, 2) ON CONFLICT (id) DO UPDATE SET n = t.n + excluded.n",
            "UPDATE t SET n = n + $1 WHERE id = $2",
            "UPDATE t SET v = $1 WHERE id = $2",
            "UPDATE t SET (n, b) = (1, 'x') WHERE u = 3 AND n > 1 RETURNING *",
            "DELETE FROM child WHERE id = 1",
        ] {
            assert!(is_brief(brief), "{brief}");
        }
        for other in [
            "INSERT INTO t (id) SELECT id FROM t",
            "INSERT INTO t (id) VALUES ((SELECT 1))",
            "INSERT INTO t (id) VALUES (1), (2) RETURNING *",
            "INSERT INTO t (id, b) VALUES (1, repeat('x', 1000000))",
            "INSERT INTO t (id, n) VALUES (1, 2) ON CONFLICT (id) DO UPDATE SET u = 5",
            "UPDATE t SET n = 1",
            "UPDATE t SET n = 1 WHERE n = 2",
            "UPDATE t SET u = 1 WHERE id = 2",
            "UPDATE t SET n = child.id FROM child WHERE t.id = 1",
            "UPDATE t SET n = (SELECT max(id) FROM child) WHERE id = 1",
            "DELETE FROM t WHERE id = 1",
            "DELETE FROM child",
            "WITH d AS (SELECT 1) DELETE FROM child WHERE id = 1",
        ] {
            assert!(!is_brief(other), "{other}");
        }
    }

    #[test]
    fn a_row_by_its_key_is_brief_and_whatever_may_take_time_is_not() {
        let is_brief = in_schema(
            "CREATE TABLE t (a int, b text, c int, d int UNIQUE, e int UNIQUE DEFERRABLE, PRIMARY KEY (a, b)); CREATE INDEX ON t (c)",
        );
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
            // Several rows may have it for a while.
            "SELECT * FROM t WHERE e = 1",
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
