//! ON CONFLICT: the unique index that is meant (`infer_arbiter_indexes`), and what is done.

use sqlparser::ast::{self, ConflictTarget, Ident, OnConflictAction};
use sqlparser::tokenizer::Span;

use super::Binder;
use super::ddl::visible;
use super::from::table_relation;
use super::generated::own_columns;
use super::names::fold;
use super::scope::{Clause, Scope};
use crate::catalog::{Index, IndexColumn, Object, Table};
use crate::sql::bound::{Arbiter, Assignment, Body, Conflict, Expr, ExprKind, Query, Relation, RelationId, Source};
use crate::sql::conflict_target::{self, Element};
use crate::sql::emission::Emission;
use crate::sql::text::{At, slice};
use crate::types::{PgError, SqlState, Type, Value};

/// What names the index.
#[derive(Default)]
struct Specification {
    /// Places of columns.
    columns: Vec<usize>,
    /// Over the relation 0.
    expressions: Vec<Expr>,
    /// The terms of WHERE.
    terms: Vec<Expr>,
}

impl Binder<'_> {
    /// ON CONFLICT, and the relation that `excluded` is.
    pub fn on_conflict(
        &mut self,
        table: &Table,
        target: RelationId,
        conflict: &ast::OnConflict,
    ) -> Result<(Conflict, Option<RelationId>), PgError> {
        let mut bound = Conflict { columns: Vec::new(), arbiter: None, update: None };
        match &conflict.conflict_target {
            None => {}
            Some(ConflictTarget::Columns(idents)) => {
                let specification = match conflict_target::target_at(idents) {
                    Some(span) => self.specification(table, span)?,
                    None => self.named(table, idents)?,
                };
                bound.columns.clone_from(&specification.columns);
                match self.is_view(table) {
                    // A view has no keys; those of the table behind it are looked at there.
                    true if specification.expressions.is_empty() && specification.terms.is_empty() => {}
                    true => return Err(PgError::unsupported("this target of ON CONFLICT of a view")),
                    false => bound.arbiter = Some(Box::new(self.arbiter(table, target, &specification)?)),
                }
            }
            Some(ConflictTarget::OnConstraint(name)) => {
                let name = self.qualified(name)?;
                let constraint =
                    table.constraints.iter().find(|constraint| constraint.name == name.name && constraint.is_key());
                let index = constraint.and_then(|constraint| match self.catalog.get(constraint.index_oid) {
                    Some(Object::Index(index)) => Some(index),
                    _ => None,
                });
                let Some(index) = index else {
                    let message = format!("constraint \"{}\" for table \"{}\" does not exist", name.name, table.name);
                    return Err(PgError::new(SqlState::UNDEFINED_OBJECT, message));
                };
                bound.arbiter = Some(Box::new(self.arbiter_of(table, target, index)?));
            }
        }
        let mut excluded = None;
        if let OnConflictAction::DoUpdate(update) = &conflict.action {
            if conflict.conflict_target.is_none() {
                let message = "ON CONFLICT DO UPDATE requires inference specification or constraint name";
                let at = self.tokens_away(self.word("conflict"), -1);
                let error = self.error(at, SqlState::SYNTAX_ERROR, message);
                return Err(error.hint("For example, ON CONFLICT (column_name)."));
            }
            let (assignments, filter, proposed) = self.conflict_update(table, target, update)?;
            (bound.update, excluded) = (Some((assignments, filter)), Some(proposed));
        }
        Ok((bound, excluded))
    }

    /// Names of columns alone.
    fn named(&self, table: &Table, idents: &[Ident]) -> Result<Specification, PgError> {
        let mut specification = Specification::default();
        for ident in idents {
            let (name, at) = (fold(ident), At::from(ident.span));
            let index = table.columns.iter().position(|column| column.name == name).ok_or_else(|| {
                // PostgreSQL points at the parenthesis.
                let first = idents.first().map_or(at, |ident| ident.span.into());
                self.error(self.tokens_away(first, -1), SqlState::UNDEFINED_COLUMN, no_column(&name))
            })?;
            specification.add_column(index);
        }
        Ok(specification)
    }

    /// What stands in the text there.
    fn specification(&self, table: &Table, span: Span) -> Result<Specification, PgError> {
        let read = conflict_target::read(self.text, span)?;
        let mut specification = Specification::default();
        for element in &read.elements {
            self.refuse_foreign_order(element)?;
            let bound = self.target_expression(table, element.expression, Clause::IndexExpression)?;
            match bound.kind {
                ExprKind::Column { relation: 0, column } => specification.add_column(column),
                _ => specification.expressions.push(bound),
            }
        }
        if let Some(predicate) = read.predicate {
            let bound = self.target_expression(table, predicate, Clause::IndexPredicate)?;
            specification.terms = terms(bound);
        }
        Ok(specification)
    }

    fn target_expression(&self, table: &Table, span: Span, clause: Clause) -> Result<Expr, PgError> {
        let text = slice(self.text, span);
        let finish = |binder: &mut Binder, value: Expr| match clause {
            Clause::IndexPredicate => binder.boolean(value, "WHERE"),
            _ => binder.text_if_unknown(value),
        };
        let relations = vec![table_relation(table, 0)];
        let bound = self.of_new().over_row(text, table, visible(table), relations, clause, finish);
        bound.map(|(bound, _)| bound).map_err(|error| self.moved_to(span, error))
    }

    fn refuse_foreign_order(&self, element: &Element) -> Result<(), PgError> {
        let word = |ident: &Ident, what: &str| self.unsupported(ident.span.into(), what);
        match (&element.collation, &element.operator_class) {
            (Some(collation), _) => Err(word(collation, "COLLATE in the target of ON CONFLICT")),
            (None, Some(class)) => Err(word(class, "an operator class in the target of ON CONFLICT")),
            (None, None) => Ok(()),
        }
    }

    /// The unique index that a specification names. Errors: 42P10.
    fn arbiter(&self, table: &Table, target: RelationId, specification: &Specification) -> Result<Arbiter, PgError> {
        let mut found: Option<&Index> = None;
        for index in self.catalog.indexes_of(table.oid).filter(|index| index.unique) {
            if !self.is_meant(table, index, specification)? {
                continue;
            }
            if index.deferrable {
                // All that are meant are asked; of this one can't be.
                found = Some(index);
                break;
            }
            found = match found {
                // One of all rows is enough.
                Some(before) if before.predicate.is_none() => Some(before),
                Some(_) if index.predicate.is_some() => {
                    return Err(PgError::unsupported("ON CONFLICT of a target that is several partial indexes"));
                }
                _ => Some(index),
            };
        }
        let index = found.ok_or_else(no_such_key)?;
        self.arbiter_of(table, target, index)
    }

    /// 55000: whether a row is in the way can't be told of a key that is looked at later. PostgreSQL says so of the first row
    /// that it would write.
    pub fn refuse_deferrable_arbiter(&self, table: &Table, conflict: &Conflict) -> Result<(), PgError> {
        let is_asked = |index: &Index| conflict.arbiter.as_ref().is_none_or(|arbiter| arbiter.index == index.oid);
        let mut indexes = self.catalog.indexes_of(table.oid);
        let Some(index) = indexes.find(|index| index.deferrable && is_asked(index)) else { return Ok(()) };
        let message = "ON CONFLICT does not support deferrable unique constraints/exclusion constraints as arbiters";
        Err(PgError::new(SqlState::OBJECT_NOT_IN_PREREQUISITE_STATE, message)
            .table(table.schema.clone(), table.name.clone())
            .constraint(index.name.clone()))
    }

    /// The same, of columns of a table behind a view.
    pub fn arbiter_over(&self, table: &Table, target: RelationId, columns: &[usize]) -> Result<Arbiter, PgError> {
        let specification = Specification { columns: columns.to_vec(), ..Specification::default() };
        self.arbiter(table, target, &specification)
    }

    fn is_meant(&self, table: &Table, index: &Index, specification: &Specification) -> Result<bool, PgError> {
        let attnums: Vec<i16> = specification.columns.iter().map(|place| table.columns[*place].attnum).collect();
        let own: Vec<i16> = index.columns.iter().map(|column| column.attnum).filter(|attnum| *attnum != 0).collect();
        if !attnums.iter().all(|attnum| own.contains(attnum)) || !own.iter().all(|attnum| attnums.contains(attnum)) {
            return Ok(false);
        }
        let mut expressions = Vec::new();
        for text in index.columns.iter().filter_map(|column| column.expression.as_ref()) {
            expressions.push(self.index_value(table, text)?);
        }
        let wanted = &specification.expressions;
        if !wanted.iter().all(|expr| expressions.contains(expr))
            || !expressions.iter().all(|expr| wanted.contains(expr))
        {
            return Ok(false);
        }
        let Some(predicate) = &index.predicate else { return Ok(true) };
        let predicate = terms(self.row_condition(predicate, table)?);
        Ok(predicate.iter().all(|term| specification.terms.iter().any(|known| implies(known, term))))
    }

    /// An index as what conflicts are told by.
    fn arbiter_of(&self, table: &Table, target: RelationId, index: &Index) -> Result<Arbiter, PgError> {
        let mut parts = Vec::with_capacity(index.columns.len());
        for column in &index.columns {
            // SQLite has the row's number in its index, and the column's in what it looks for.
            if index.columns.len() > 1 && table.rowid_column == Some(column.attnum) && column.expression.is_none() {
                let what = "ON CONFLICT by a key of several columns of which one is the primary key";
                return Err(PgError::unsupported(what));
            }
            parts.push(self.arbiter_part(table, target, column)?);
        }
        let predicate = match (&index.predicate_key, &index.predicate) {
            (Some(key), _) => Some(key_column(table, target, key)),
            (None, Some(text)) => Some(moved(self.row_condition(text, table)?, target)),
            (None, None) => None,
        };
        let nulls_not_distinct = index.nulls_not_distinct;
        Ok(Arbiter { index: index.oid, nulls_not_distinct, parts, predicate })
    }

    fn arbiter_part(&self, table: &Table, target: RelationId, column: &IndexColumn) -> Result<Expr, PgError> {
        match (&column.key, &column.expression) {
            (Some(key), _) => Ok(key_column(table, target, key)),
            (None, Some(text)) => Ok(moved(self.index_value(table, text)?, target)),
            (None, None) => {
                let place = table.position(column.attnum).unwrap_or_default();
                let ty = table.attribute(column.attnum).map_or(Type::UNKNOWN, |column| column.ty);
                Ok(Expr::new(ExprKind::Column { relation: target, column: place }, ty))
            }
        }
    }

    fn index_value(&self, table: &Table, text: &str) -> Result<Expr, PgError> {
        let finish = |binder: &mut Binder, value: Expr| binder.text_if_unknown(value);
        let relations = vec![table_relation(table, 0)];
        self.over_row(text, table, visible(table), relations, Clause::IndexExpression, finish).map(|(value, _)| value)
    }

    fn row_condition(&self, text: &str, table: &Table) -> Result<Expr, PgError> {
        self.expression_over(text, table, visible(table), vec![table_relation(table, 0)], Clause::IndexPredicate)
    }

    fn conflict_update(
        &mut self,
        table: &Table,
        target: RelationId,
        update: &ast::DoUpdate,
    ) -> Result<(Vec<Assignment>, Option<Expr>, RelationId), PgError> {
        let excluded = Relation {
            name: "excluded".to_owned(),
            source: Source::Excluded,
            ..table_relation(table, self.query_depth())
        };
        self.relations.push(excluded);
        let excluded = self.relations.len() - 1;
        let items =
            self.merge_items(vec![self.item(target, Some(table.schema.clone()))], vec![self.item(excluded, None)])?;
        let scope = |clause| Scope { items: items.clone(), ..Scope::new(clause) };
        // The target is of the query around.
        let assignments = self.in_clause(Clause::Set, |binder| {
            binder.scoped(scope(Clause::Set), |binder| binder.assignments(table, target, &update.assignments))
        })?;
        let filter = match &update.selection {
            None => None,
            Some(filter) => Some(self.in_clause(Clause::Where, |binder| {
                binder.scoped(scope(Clause::Where), |binder| {
                    let filter = binder.expr(filter)?;
                    binder.boolean(filter, "WHERE")
                })
            })?),
        };
        Ok((assignments, filter, excluded))
    }

    /// DO UPDATE must not meet a row that the same INSERT has written: where the source may have several rows, each
    /// one's key is looked at. `table`: with its keys, which are among what is written.
    pub fn refuse_second_time(&mut self, table: &Table, source: Query, written: &[usize], arbiter: &Arbiter) -> Query {
        let column = |expr: &Expr| match expr.kind {
            ExprKind::Column { column, .. } => Some(column),
            _ => None,
        };
        // A column that is not written is NULL, and conflicts with nothing, unless NULLs are not distinct.
        let missing = |expr: &Expr| column(expr).is_some_and(|column| !written.contains(&column));
        if !arbiter.nulls_not_distinct && arbiter.parts.iter().any(missing) {
            return source;
        }
        let (mut query, mut targets) = self.around(source, true);
        let over = |expr: &Expr| over_written(expr, written, &targets);
        let key = |part: &Expr| match arbiter.nulls_not_distinct {
            true => not_null(unique_form(over(part))),
            false => unique_form(over(part)),
        };
        let mut keys: Vec<Expr> = arbiter.parts.iter().map(key).collect();
        if let (Some(predicate), Some(first)) = (&arbiter.predicate, keys.first_mut()) {
            let (ty, key) = (first.ty, std::mem::replace(first, Expr::null(Type::UNKNOWN)));
            let kind = ExprKind::Case { operand: None, whens: vec![(over(predicate), key)], otherwise: None };
            *first = Expr::new(kind, ty);
        }
        let Some(value) = targets.first_mut() else { return query };
        let mut args = vec![Expr::constant(Value::Text(table.name.clone()), Type::TEXT), value.clone()];
        args.extend(keys);
        let mut checked = Expr::call(Emission::Own("pg_conflict_key"), args, value.ty);
        if let ExprKind::Call(call) = &mut checked.kind {
            call.volatile = true;
        }
        *value = checked;
        if let Body::Select(select) = &mut query.body {
            select.targets = targets;
        }
        query
    }
}

impl Specification {
    fn add_column(&mut self, place: usize) {
        if !self.columns.contains(&place) {
            self.columns.push(place);
        }
    }
}

fn no_column(name: &str) -> String {
    format!("column \"{name}\" does not exist")
}

/// 42P10.
pub fn no_such_key() -> PgError {
    let message = "there is no unique or exclusion constraint matching the ON CONFLICT specification";
    PgError::new(SqlState::INVALID_COLUMN_REFERENCE, message)
}

fn terms(condition: Expr) -> Vec<Expr> {
    match condition.kind {
        ExprKind::And(terms) => terms,
        _ => vec![condition],
    }
}

/// Whether the one is true only where the other is (`predicate_implied_by`, as far as that is plain to see).
fn implies(known: &Expr, term: &Expr) -> bool {
    if known == term {
        return true;
    }
    if let (Some(known), Some(term)) = (Comparison::of(known), Comparison::of(term))
        && known.implies(&term)
    {
        return true;
    }
    // What compares with something is not NULL.
    match (&known.kind, &term.kind) {
        (ExprKind::Call(call), ExprKind::IsNull { operand, negated: true }) => {
            matches!(call.emission, Emission::Infix("=" | "<>" | "<" | "<=" | ">" | ">="))
                && call.args.contains(operand)
        }
        _ => false,
    }
}

/// A value beside a constant.
struct Comparison<'e> {
    value: &'e Expr,
    operator: &'static str,
    constant: &'e Value,
}

impl Comparison<'_> {
    fn of(expr: &Expr) -> Option<Comparison<'_>> {
        let ExprKind::Call(call) = &expr.kind else { return None };
        let (Emission::Infix(operator), [left, right]) = (call.emission, &call.args[..]) else { return None };
        match (&left.kind, &right.kind) {
            (_, ExprKind::Constant(constant)) => Some(Comparison { value: left, operator, constant }),
            (ExprKind::Constant(constant), _) => {
                let operator = match operator {
                    "<" => ">",
                    "<=" => ">=",
                    ">" => "<",
                    ">=" => "<=",
                    operator => operator,
                };
                Some(Comparison { value: right, operator, constant })
            }
            _ => None,
        }
    }

    /// `BT_implies_table`, of constants that are told apart as they are.
    fn implies(&self, other: &Comparison) -> bool {
        if self.value != other.value {
            return false;
        }
        let order = match (self.constant, other.constant) {
            (Value::Int2(a), Value::Int2(b)) => a.cmp(b),
            (Value::Int4(a), Value::Int4(b)) => a.cmp(b),
            (Value::Int8(a), Value::Int8(b)) => a.cmp(b),
            (Value::Text(a), Value::Text(b)) if other.value.ty == Type::TEXT => a.cmp(b),
            (Value::Date(a), Value::Date(b)) => a.cmp(b),
            (Value::Timestamp(a), Value::Timestamp(b)) | (Value::Timestamptz(a), Value::Timestamptz(b)) => a.cmp(b),
            _ => return false,
        };
        match (self.operator, other.operator) {
            ("=", "=") | ("<>", "<>") => order.is_eq(),
            ("=", "<>") => order.is_ne(),
            ("=", "<") | ("<=", "<") => order.is_lt(),
            ("=", "<=") | ("<", "<" | "<=") | ("<=", "<=") => order.is_le(),
            ("=", ">") | (">=", ">") => order.is_gt(),
            ("=", ">=") | (">", ">" | ">=") | (">=", ">=") => order.is_ge(),
            ("<", "<>") => order.is_le(),
            ("<=", "<>") => order.is_lt(),
            (">", "<>") => order.is_ge(),
            (">=", "<>") => order.is_gt(),
            _ => false,
        }
    }
}

fn key_column(table: &Table, target: RelationId, stored_name: &str) -> Expr {
    let place = table.keys.iter().position(|key| key.stored_name == stored_name).unwrap_or_default();
    let ty = table.keys.get(place).map_or(Type::UNKNOWN, |key| key.ty);
    let column = own_columns(table).count() + place;
    Expr::new(ExprKind::Column { relation: target, column }, ty)
}

/// An expression over the relation 0 as one over another.
fn moved(mut expr: Expr, target: RelationId) -> Expr {
    fn walk(expr: &mut Expr, target: RelationId) {
        match &mut expr.kind {
            ExprKind::Column { relation, .. } if *relation == 0 => *relation = target,
            _ => expr.for_each_child_mut(&mut |child| walk(child, target)),
        }
    }
    walk(&mut expr, target);
    expr
}

/// An expression over the target's columns, over what is written to them.
fn over_written(expr: &Expr, written: &[usize], targets: &[Expr]) -> Expr {
    let mut expr = expr.clone();
    fn walk(expr: &mut Expr, written: &[usize], targets: &[Expr]) {
        match expr.kind {
            ExprKind::Column { column, .. } => {
                let place = written.iter().position(|other| *other == column);
                let value = place.and_then(|place| targets.get(place));
                expr.kind = value.map_or(ExprKind::Null, |value| value.kind.clone());
            }
            _ => expr.for_each_child_mut(&mut |child| walk(child, written, targets)),
        }
    }
    walk(&mut expr, written, targets);
    expr
}

/// A value, or what no value is, for NULL.
fn not_null(value: Expr) -> Expr {
    let ty = value.ty;
    let none = match ty {
        Type::BYTEA => Expr::constant(Value::Int4(0), Type::INT4),
        _ => Expr::constant(Value::Bytea(Vec::new()), Type::BYTEA),
    };
    Expr::call(Emission::Builtin("ifnull"), vec![value, none], ty)
}

/// What is the same of equal values, where stored forms are not: of numerics and char(n), without the blanks at the end.
pub fn unique_form(value: Expr) -> Expr {
    match value.ty {
        ty @ (Type::NUMERIC | Type::BPCHAR) => Expr::call(Emission::Builtin("rtrim"), vec![value], ty),
        _ => value,
    }
}
