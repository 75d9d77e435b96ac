//! CHECK constraints, compiled into the statements that write.
//!
//! An INSERT looks at each row its source yields; an UPDATE at what its assignments make of the row. The expression of a
//! CHECK is bound with these values in the place of the columns, and put around one of the values that are written:
//! there it is evaluated for the rows written and for no others, just before they are. In a WHERE, SQLite might
//! evaluate it for rows that another term excludes.
//!
//! Where a value can't be computed twice (it is volatile, or costs a query), and where a foreign key's action changes
//! rows of another table, the changed rows are looked at when the statement is done ([`Verify`]).

use sqlparser::tokenizer::{Token, TokenWithSpan};

use super::Binder;
use super::generated::own_columns;
use super::modify::rowid_name;
use super::query::is_volatile;
use super::scope::{Clause, Item, Scope, Visible};
use crate::catalog::{Action, Object, Table};
use crate::sql::bound::{Assignment, Body, Expr, ExprKind, Query, RelationId, Relations};
use crate::sql::casts::Context;
use crate::sql::emission::Emission;
use crate::sql::emit::{Emitter, identifier};
use crate::sql::parse;
use crate::sql::plan::{ProposedCheck, Verify};
use crate::sql::room::with_room;
use crate::sql::tokens;
use crate::types::{PgError, SqlState, Type, Value};

impl Binder<'_> {
    /// Binds a CHECK's text with something in the place of the table's columns.
    pub fn check_expression(
        &self,
        text: &str,
        table: &Table,
        columns: Vec<Visible>,
        relations: Relations,
    ) -> Result<Expr, PgError> {
        self.expression_over(text, table, columns, relations, Clause::Check)
    }

    /// An expression over one row of a table: the text of a CHECK, or of what an index is made of.
    pub fn expression_over(
        &self,
        text: &str,
        table: &Table,
        columns: Vec<Visible>,
        relations: Relations,
        clause: Clause,
    ) -> Result<Expr, PgError> {
        let (value, _) = self.over_row(text, table, columns, relations, clause, |binder, value| match clause {
            Clause::IndexExpression | Clause::Row => Ok(value),
            Clause::IndexPredicate => binder.boolean(value, "WHERE"),
            _ => binder.boolean(value, "CHECK"),
        })?;
        Ok(value)
    }

    /// The same, made what it is needed as by `finish`; and the relations, for it may have brought in some of its own
    /// (`1 = ANY (column)` is a query to SQLite).
    pub fn over_row(
        &self,
        text: &str,
        table: &Table,
        columns: Vec<Visible>,
        relations: Relations,
        clause: Clause,
        finish: impl FnOnce(&mut Binder, Expr) -> Result<Expr, PgError> + Send,
    ) -> Result<(Expr, Relations), PgError> {
        let (tree, nesting) = parse::parse_expression(text)?;
        let mut binder = self.detached(text);
        binder.relations = relations;
        binder.params = self.params.clone();
        let mut scope = Scope::new(clause);
        scope.items = vec![Item {
            name: Some(table.name.clone()),
            schema: Some(table.schema.clone()),
            columns,
            unqualified: true,
        }];
        let value = with_room(nesting, || {
            binder.scoped(scope, |binder| {
                let value = binder.expr(&tree)?;
                let mut query_at = None;
                find_query(&value, &mut query_at);
                if let Some(at) = query_at
                    && (clause == Clause::Check || has_query(text))
                {
                    if !has_query(text) {
                        return Err(binder.unsupported(at, "a CHECK that looks at all elements of an array"));
                    }
                    let message = match clause {
                        Clause::IndexPredicate => "cannot use subquery in index predicate",
                        Clause::IndexExpression => "cannot use subquery in index expression",
                        Clause::Generated => "cannot use subquery in column generation expression",
                        _ => "cannot use subquery in check constraint",
                    };
                    return Err(binder.error(at, SqlState::FEATURE_NOT_SUPPORTED, message));
                }
                let value = finish(binder, value)?;
                if binder.writes {
                    return Err(PgError::unsupported("a CHECK or index that changes a sequence"));
                }
                Ok(value)
            })
        })?;
        Ok((value, binder.relations))
    }

    /// A value that is written, looked at on its way: an error if the row `columns` fails a CHECK of the table.
    fn guarded(&self, table: &Table, value: Expr, columns: Vec<Visible>) -> Result<Expr, PgError> {
        let name = |text: &str| Expr::constant(Value::Text(text.to_owned()), Type::TEXT);
        let mut whens = Vec::new();
        for (constraint, check) in table.checks() {
            let bound = self.check_expression(&check.expression, table, columns.clone(), self.relations.clone())?;
            let failed =
                Expr::new(ExprKind::IsBool { operand: Box::new(bound), value: false, negated: false }, Type::BOOL);
            let args = vec![value.clone(), name(&table.schema), name(&table.name), name(&constraint.name)];
            whens.push((failed, Expr::call(Emission::Own("pg_check_failed"), args, value.ty)));
        }
        if whens.is_empty() {
            return Ok(value);
        }
        let (ty, typmod, at) = (value.ty, value.typmod, value.at);
        let kind = ExprKind::Case { operand: None, whens, otherwise: Some(Box::new(value)) };
        Ok(Expr { typmod, ..Expr::new(kind, ty).at(at) })
    }

    /// An INSERT's source whose rows are looked at. `written`: the columns it yields.
    pub fn checked_source(&mut self, table: &Table, source: Query, written: &[usize]) -> Result<Query, PgError> {
        self.verify |= table.full_keys().next().is_some();
        if table.checks().is_empty() {
            return Ok(source);
        }
        if self.stepwise {
            self.verify = true;
            return Ok(source);
        }
        let apart = is_volatile(&source);
        let outputs = source.outputs.clone();
        let (mut query, mut targets) = self.around(source, apart);
        let visible = |(index, column): (usize, &crate::catalog::Column)| Visible {
            name: column.name.clone(),
            expr: match written.iter().position(|other| *other == index) {
                Some(place) => as_column(column, targets[place].clone()),
                None => Expr::new(ExprKind::Null, column.ty),
            },
        };
        let columns = own_columns(table).map(visible).collect();
        if let Some(first) = targets.first_mut() {
            *first = self.guarded(table, first.clone(), columns)?;
        }
        if let Body::Select(select) = &mut query.body {
            select.targets = targets;
        }
        query.outputs = outputs;
        Ok(query)
    }

    /// Assignments whose rows are looked at; if they can't be, or a key must be, the rows must be verified afterwards:
    /// `true`.
    pub fn checked_assignments(
        &mut self,
        table: &Table,
        target: RelationId,
        assignments: &mut [Assignment],
    ) -> Result<bool, PgError> {
        let verify = table.full_keys().next().is_some();
        if table.checks().is_empty() {
            return Ok(verify);
        }
        let simple = |assignment: &Assignment| {
            assignment.columns.len() == 1 && !assignment.value.any(&is_query) && !assignment.value.is_volatile()
        };
        if self.stepwise || !assignments.iter().all(simple) {
            return Ok(true);
        }
        let visible = |(index, column): (usize, &crate::catalog::Column)| {
            let assigned = assignments.iter().find(|assignment| assignment.columns == [index]);
            let mut expr = Expr::new(ExprKind::Column { relation: target, column: index }, column.ty);
            if let Some(assignment) = assigned {
                expr = assignment.value.clone();
            }
            Visible { name: column.name.clone(), expr: as_column(column, expr) }
        };
        let columns = own_columns(table).map(visible).collect();
        if let Some(first) = assignments.first_mut() {
            let value = std::mem::replace(&mut first.value, Expr::null(Type::UNKNOWN));
            first.value = self.guarded(table, value, columns)?;
        }
        Ok(verify)
    }

    /// The CHECKs of a table, over a row's values as parameters.
    pub fn proposed_checks(&self, table: &Table) -> Result<Vec<ProposedCheck>, PgError> {
        let mut binder = self.detached("");
        binder.params = table.columns.iter().map(|column| column.ty).collect();
        let visible = |(index, column): (usize, &crate::catalog::Column)| Visible {
            name: column.name.clone(),
            expr: as_column(column, Expr::new(ExprKind::Param(index + 1), column.ty)),
        };
        let mut checks = Vec::new();
        for (constraint, check) in table.checks() {
            let columns = own_columns(table).map(visible).collect();
            let bound = binder.check_expression(&check.expression, table, columns, Vec::new())?;
            let relations = Vec::new();
            let mut emitter = Emitter::new(&relations);
            emitter.check(&bound)?;
            checks.push(ProposedCheck {
                constraint: constraint.name.clone(),
                sql: format!("SELECT ({}) IS 0", emitter.finish()),
            });
        }
        Ok(checks)
    }

    /// The tables whose changed rows must be looked at when the statement is done: those that actions of foreign keys
    /// change on a change of this one, and, if it says so, itself.
    pub fn verifications(&self, table_oid: u32, deletes: bool, itself: bool) -> Result<Vec<Verify>, PgError> {
        let reached = self.reached(table_oid, deletes);
        let acted: Vec<u32> = reached.into_iter().filter(|(_, deletes)| !deletes).map(|(oid, _)| oid).collect();
        let mut all = Vec::new();
        if itself
            && !acted.contains(&table_oid)
            && let Some(Object::Table(table)) = self.catalog.get(table_oid)
        {
            all.extend(self.verification(table, false)?);
        }
        for oid in acted {
            let Some(Object::Table(table)) = self.catalog.get(oid) else { continue };
            all.extend(self.verification(table, true)?);
        }
        Ok(all)
    }

    /// The tables whose rows actions of foreign keys change when those of a table are deleted or changed, and whether they
    /// are deleted.
    pub fn reached(&self, table_oid: u32, deletes: bool) -> Vec<(u32, bool)> {
        let mut reached = Vec::new();
        let mut next = 0;
        let mut current = Some((table_oid, deletes));
        while let Some((oid, deletes)) = current {
            for (child, _, key) in self.catalog.foreign_keys_to(oid) {
                let action = if deletes { key.on_delete } else { key.on_update };
                let then = match action {
                    Action::NoAction | Action::Restrict => continue,
                    Action::Cascade if deletes => (child.oid, true),
                    Action::Cascade | Action::SetNull | Action::SetDefault => (child.oid, false),
                };
                if !reached.contains(&then) {
                    reached.push(then);
                }
            }
            current = reached.get(next).copied();
            next += 1;
        }
        reached
    }

    /// Conditions that are never true, but errors where a value that an action may have set breaks its domain's
    /// constraints.
    fn acted_domains(&self, table: &Table) -> Result<Vec<String>, PgError> {
        let mut conditions = Vec::new();
        for (index, column) in table.columns.iter().enumerate() {
            let acts = |(constraint, _): (&crate::catalog::Constraint, _)| constraint.columns.contains(&column.attnum);
            if column.domain == 0 || !table.foreign_keys().any(acts) {
                continue;
            }
            let mut binder = self.detached("");
            binder.relations = vec![super::from::table_relation(table, 0)];
            let value = Expr::new(ExprKind::Column { relation: 0, column: index }, column.ty);
            let value = binder.of_domain(Expr { typmod: column.typmod, ..value }, column.domain)?;
            let mut emitter = Emitter::new(&binder.relations);
            emitter.check(&value)?;
            conditions.push(format!("typeof({}) = ''", emitter.finish()));
        }
        Ok(conditions)
    }

    /// Such conditions for what ON UPDATE CASCADE may have copied of a wider type.
    fn acted_integers(&self, table: &Table) -> Result<Vec<String>, PgError> {
        let mut conditions = Vec::new();
        for (constraint, key) in table.foreign_keys().filter(|(_, key)| key.on_update == Action::Cascade) {
            let Some(Object::Table(parent)) = self.catalog.get(key.table_oid) else { continue };
            for (own, referenced) in constraint.columns.iter().zip(&key.columns) {
                let (Some(place), Some(referenced)) = (table.position(*own), parent.attribute(*referenced)) else {
                    continue;
                };
                let own = table.columns[place].ty;
                let wider = match own {
                    Type::INT2 => matches!(referenced.ty, Type::INT4 | Type::INT8),
                    Type::INT4 => referenced.ty == Type::INT8,
                    _ => false,
                };
                if !wider {
                    continue;
                }
                let mut binder = self.detached("");
                binder.relations = vec![super::from::table_relation(table, 0)];
                let value = Expr::new(ExprKind::Column { relation: 0, column: place }, Type::INT8);
                let Some(value) = binder.coerce(value, own, Context::Assignment)? else { continue };
                let mut emitter = Emitter::new(&binder.relations);
                emitter.check(&value)?;
                conditions.push(format!("typeof({}) = ''", emitter.finish()));
            }
        }
        Ok(conditions)
    }

    fn verification(&self, table: &Table, acted: bool) -> Result<Option<Verify>, PgError> {
        let Some(rowid) = rowid_name(table) else { return Ok(None) };
        let generate = if acted { self.generating(&table.with_keys(), Some(rowid))? } else { None };
        let relations = vec![super::from::table_relation(table, 0)];
        let mut failed = Vec::new();
        for (_, check) in table.checks() {
            let visible = |(index, column): (usize, &crate::catalog::Column)| Visible {
                name: column.name.clone(),
                expr: Expr {
                    typmod: column.typmod,
                    domain: column.domain,
                    ..Expr::new(ExprKind::Column { relation: 0, column: index }, column.ty)
                },
            };
            let columns = own_columns(table).map(visible).collect();
            let bound = self.check_expression(&check.expression, table, columns, relations.clone())?;
            let mut emitter = Emitter::new(&relations);
            emitter.check(&bound)?;
            failed.push(format!("({}) IS 0", emitter.finish()));
        }
        failed.extend(table.full_keys().map(|key| mixes_nulls(table, &key.columns)));
        if acted {
            failed.extend(self.acted_domains(table)?);
            failed.extend(self.acted_integers(table)?);
        }
        let check = (!failed.is_empty()).then(|| {
            let mut sql = "SELECT EXISTS (SELECT 1 FROM ".to_owned();
            identifier(&mut sql, &table.stored_name);
            sql.push_str(&format!(" WHERE {rowid} = ?1 AND ({}))", failed.join(" OR ")));
            sql
        });
        let wanted = check.is_some() || generate.is_some();
        Ok(wanted.then_some(Verify { table_oid: table.oid, generate, check, view: None }))
    }
}

/// A value that a column has.
pub fn as_column(column: &crate::catalog::Column, value: Expr) -> Expr {
    Expr { ty: column.ty, typmod: column.typmod, domain: column.domain, ..value }
}

/// SQLite's condition of rows in which some of these columns are NULL and others aren't.
pub fn mixes_nulls(table: &Table, columns: &[i16]) -> String {
    let null = |attnum: &i16| {
        let mut sql = String::new();
        identifier(&mut sql, &table.attribute(*attnum)?.stored_name);
        sql.push_str(" IS NULL");
        Some(sql)
    };
    let nulls: Vec<String> = columns.iter().filter_map(null).collect();
    let all = nulls.join(" AND ");
    format!("({}) AND NOT ({all})", nulls.join(" OR "))
}

pub fn is_query(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Scalar(_) | ExprKind::Exists(_) | ExprKind::InQuery { .. })
}

/// Whether a sub-query is written in an expression's text.
pub fn has_query(text: &str) -> bool {
    let begins = ["select", "values", "table", "with"];
    let is_word = |token: &TokenWithSpan| {
        matches!(&token.token, Token::Word(word) if word.quote_style.is_none()
            && begins.iter().any(|begin| word.value.eq_ignore_ascii_case(begin)))
    };
    tokens::tokenize(text).is_ok_and(|all| all.iter().any(is_word))
}

/// Where the first sub-query stands.
pub fn find_query(expr: &Expr, at: &mut Option<crate::sql::text::At>) {
    if at.is_none() && is_query(expr) {
        *at = Some(expr.at);
    }
    if at.is_none() {
        expr.for_each_child(&mut |child| find_query(child, at));
    }
}
