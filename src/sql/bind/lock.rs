//! FOR UPDATE and FOR SHARE (`CheckSelectLocking` and `transformLockingClause`).
//!
//! There is one lock, the writer slot, and it is the leader's: a query that locks rows takes it until its transaction
//! ends. Then no other transaction has a row locked, so SKIP LOCKED has nothing to skip; NOWAIT fails if the slot is held.

use sqlparser::ast::{self, LockType, NonBlock, SetExpr, TableFactor};

use super::Binder;
use super::names::fold;
use crate::catalog::Object;
use crate::sql::bound::{Body, From, Query};
use crate::sql::parse::{self, Kind};
use crate::sql::plan::Lock;
use crate::sql::text::At;
use crate::types::{PgError, SqlState};

impl Binder<'_> {
    /// Checks a query's locking clauses, and remembers that it locks.
    pub fn lock(&mut self, query: &ast::Query, bound: &Query) -> Result<(), PgError> {
        for clause in &query.locks {
            let lock =
                Lock { share: clause.lock_type == LockType::Share, nowait: clause.nonblock == Some(NonBlock::Nowait) };
            check(query, bound, lock.name())?;
            self.check_below(query, bound, clause, lock.name())?;
            self.refuse_materialized(query, clause)?;
            if let Some(of) = &clause.of {
                self.check_of(query, of, lock.name())?;
            }
            if !self.locks_temporary(query, clause.of.as_ref()) {
                self.writes_permanent = true;
            }
            let known = self.lock.unwrap_or(Lock { share: true, nowait: false });
            self.lock = Some(Lock { share: known.share && lock.share, nowait: known.nowait || lock.nowait });
        }
        Ok(())
    }

    /// Rows of a view or sub-query are locked by locking those that they are of.
    fn check_below(
        &self,
        query: &ast::Query,
        bound: &Query,
        clause: &ast::LockClause,
        name: &str,
    ) -> Result<(), PgError> {
        let (SetExpr::Select(given), Body::Select(select)) = (&*query.body, &bound.body) else { return Ok(()) };
        let of = clause.of.as_ref().and_then(|of| of.0.last()).and_then(|of| of.as_ident()).map(fold);
        for factor in tables(given) {
            let Some(called) = called(factor).filter(|called| of.as_ref().is_none_or(|of| of == called)) else {
                continue;
            };
            let Some(below) = select.from.as_ref().and_then(|from| self.query_called(from, &called)) else { continue };
            match factor {
                TableFactor::Derived { subquery, .. } => {
                    check(subquery, below, name)?;
                    self.check_below(subquery, below, &ast::LockClause { of: None, ..clause.clone() }, name)?;
                }
                TableFactor::Table { name: table, args: None, .. } => {
                    let Some(Object::View(view)) = self.find_relation(&self.qualified(table)?) else { continue };
                    let statements = parse::parse(&view.query)?;
                    let Some(Kind::Sql { tree, .. }) = statements.first().map(|statement| &*statement.kind) else {
                        continue;
                    };
                    let ast::Statement::Query(tree) = &**tree else { continue };
                    // One that has nothing to lock is let be.
                    if matches!(&below.body, Body::Select(select) if select.from.is_some()) {
                        check(tree, below, name)?;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// The sub-query or view that goes by this name in FROM.
    fn query_called<'q>(&self, from: &'q From, name: &str) -> Option<&'q Query> {
        match from {
            From::Query { relation, query } if self.relations[*relation].name == name => Some(query),
            From::Join { left, right, .. } => self.query_called(left, name).or_else(|| self.query_called(right, name)),
            _ => None,
        }
    }

    /// Nobody changes the rows of a materialized view, so nobody locks them.
    fn refuse_materialized(&self, query: &ast::Query, clause: &ast::LockClause) -> Result<(), PgError> {
        let SetExpr::Select(select) = &*query.body else { return Ok(()) };
        let of = clause.of.as_ref().and_then(|of| of.0.last()).and_then(|of| of.as_ident()).map(fold);
        for factor in tables(select) {
            let TableFactor::Table { name, args: None, .. } = factor else { continue };
            if of.is_some() && called(factor) != of {
                continue;
            }
            let name = self.qualified(name)?;
            let mut withs = query.with.iter().flat_map(|with| &with.cte_tables);
            let shadowed = name.schema.is_none()
                && (self.find_with(&name.name).is_some() || withs.any(|with| fold(&with.alias.name) == name.name));
            if let Some(Object::Table(table)) = self.find_relation(&name).filter(|_| !shadowed)
                && table.materialized.is_some()
            {
                let message = format!("cannot lock rows in materialized view \"{}\"", table.name);
                return Err(PgError::new(SqlState::WRONG_OBJECT_TYPE, message));
            }
        }
        Ok(())
    }

    /// Whether all tables whose rows are locked are the session's own.
    fn locks_temporary(&self, query: &ast::Query, of: Option<&ast::ObjectName>) -> bool {
        let SetExpr::Select(select) = &*query.body else { return false };
        let wanted = of.and_then(|of| of.0.last()).and_then(|part| part.as_ident()).map(fold);
        tables(select).filter(|table| wanted.is_none() || called(table) == wanted).all(|table| match table {
            TableFactor::Table { name, args: None, .. } => self.qualified(name).is_ok_and(|name| {
                let found = self.find_with(&name.name).is_none().then(|| self.find_relation(&name)).flatten();
                matches!(found, Some(Object::Table(table)) if self.temporary() == Some(&*table.schema))
            }),
            _ => false,
        })
    }

    /// The table of `OF` must be one of FROM's.
    fn check_of(&self, query: &ast::Query, of: &ast::ObjectName, name: &str) -> Result<(), PgError> {
        let SetExpr::Select(select) = &*query.body else { return Ok(()) };
        let [ast::ObjectNamePart::Identifier(wanted)] = &of.0[..] else {
            let at = of.0.first().and_then(|part| part.as_ident()).map_or(At::NOWHERE, |part| At::from(part.span));
            return Err(self.error(
                at,
                SqlState::SYNTAX_ERROR,
                format!("{name} must specify unqualified relation names"),
            ));
        };
        let (wanted, at) = (fold(wanted), At::from(wanted.span));
        let found = tables(select).find(|factor| called(factor).is_some_and(|called| called == wanted));
        if let Some(TableFactor::Table { args: Some(_), .. }) = found {
            let message = format!("{name} cannot be applied to a function");
            return Err(self.error(at, SqlState::FEATURE_NOT_SUPPORTED, message));
        }
        if found.is_some() {
            return Ok(());
        }
        let message = format!("relation \"{wanted}\" in {name} clause not found in FROM clause");
        Err(self.error(at, SqlState::UNDEFINED_TABLE, message))
    }
}

/// Rows that come of several can't be locked.
fn check(query: &ast::Query, bound: &Query, name: &str) -> Result<(), PgError> {
    let refuse = |what: &str| Err(PgError::new(SqlState::FEATURE_NOT_SUPPORTED, format!("{name} {what}")));
    match (&*query.body, &bound.body) {
        (SetExpr::SetOperation { .. }, _) => refuse("is not allowed with UNION/INTERSECT/EXCEPT"),
        (SetExpr::Values(_), _) => refuse("cannot be applied to VALUES"),
        (SetExpr::Select(given), Body::Select(select)) => {
            if given.distinct.is_some() {
                refuse("is not allowed with DISTINCT clause")
            } else if has_groups(given) {
                refuse("is not allowed with GROUP BY clause")
            } else if given.having.is_some() {
                refuse("is not allowed with HAVING clause")
            } else if select.grouped || select.split {
                refuse("is not allowed with aggregate functions")
            } else if select.windowed {
                refuse("is not allowed with window functions")
            } else {
                Ok(())
            }
        }
        _ => Ok(()),
    }
}

fn has_groups(select: &ast::Select) -> bool {
    !matches!(&select.group_by, ast::GroupByExpr::Expressions(items, _) if items.is_empty())
}

/// The entries of FROM.
fn tables(select: &ast::Select) -> impl Iterator<Item = &TableFactor> {
    select
        .from
        .iter()
        .flat_map(|from| std::iter::once(&from.relation).chain(from.joins.iter().map(|join| &join.relation)))
}

/// What a table of FROM is called.
fn called(factor: &TableFactor) -> Option<String> {
    let (name, alias) = match factor {
        TableFactor::Table { name, alias, .. } => (name.0.last(), alias),
        TableFactor::Derived { alias, .. } => (None, alias),
        _ => return None,
    };
    match (alias, name) {
        (Some(alias), _) => Some(fold(&alias.name)),
        (None, Some(ast::ObjectNamePart::Identifier(name))) => Some(fold(name)),
        _ => None,
    }
}
