//! Views as what is written to: PostgreSQL writes to the table behind a simple one, and says of another why it can't
//! (`view_query_is_auto_updatable`). Here only the saying is there.

use sqlparser::ast::{self, SetExpr, TableFactor};

use super::Binder;
use super::ddl::refuse_change;
use super::names::Qualified;
use crate::catalog::{Object, Table, View};
use crate::sql::bound::{Body, Query};
use crate::sql::parse::{self, Kind};
use crate::types::{PgError, SqlState};

/// What is done to a view.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Verb {
    Insert,
    Update,
    Delete,
}

impl Verb {
    /// As in "cannot insert into view" and "To enable inserting into the view".
    fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Verb::Insert => ("insert into", "inserting into", "INSERT"),
            Verb::Update => ("update", "updating", "UPDATE"),
            Verb::Delete => ("delete from", "deleting from", "DELETE"),
        }
    }
}

const NOT_ONE_TABLE: &str = "Views that do not select from a single table or view are not automatically updatable.";

impl Binder<'_> {
    /// The table of this name, for writing rows.
    pub fn written_table(&self, name: &Qualified, verb: Verb) -> Result<&Table, PgError> {
        if self.find_system(name).is_none()
            && let Some(Object::View(view)) = self.find_relation(name)
        {
            self.refuse_not_updatable(view, verb)?;
        }
        let table = self.find_table(name)?;
        refuse_change(table)?;
        Ok(table)
    }

    /// 55000 for a view that PostgreSQL does not write through either.
    fn refuse_not_updatable(&self, view: &View, verb: Verb) -> Result<(), PgError> {
        let mut view = view;
        // Views do not select from themselves, so this ends.
        loop {
            let (reason, base) = self.why_not_updatable(view)?;
            if let Some(reason) = reason {
                let (verb, enabling, event) = verb.words();
                let message = format!("cannot {verb} view \"{}\"", view.name);
                let hint = format!(
                    "To enable {enabling} the view, provide an INSTEAD OF {event} trigger or an unconditional ON {event} \
                     DO INSTEAD rule."
                );
                let error = PgError::new(SqlState::OBJECT_NOT_IN_PREREQUISITE_STATE, message);
                return Err(error.detail(reason).hint(hint));
            }
            match base {
                Some(base) => view = base,
                None => return Ok(()),
            }
        }
    }

    /// Why a view can't be written through, or the view that it is of.
    fn why_not_updatable(&self, view: &View) -> Result<(Option<&'static str>, Option<&View>), PgError> {
        let statements = parse::parse(&view.query)?;
        let tree = statements.first().and_then(|statement| match &*statement.kind {
            Kind::Sql { tree, .. } => match &**tree {
                ast::Statement::Query(query) => Some(query),
                _ => None,
            },
            _ => None,
        });
        let Some(tree) = tree else { return Ok((None, None)) };
        let bound = self.detached(&view.query).view_query(view)?;
        if let Some(reason) = clause_in_the_way(tree, &bound) {
            return Ok((Some(reason), None));
        }
        let SetExpr::Select(select) = &*tree.body else { return Ok((Some(NOT_ONE_TABLE), None)) };
        let [only] = &select.from[..] else { return Ok((Some(NOT_ONE_TABLE), None)) };
        if !only.joins.is_empty() || !matches!(only.relation, TableFactor::Table { args: None, .. }) {
            return Ok((Some(NOT_ONE_TABLE), None));
        }
        // It names one relation, but for those of its sub-queries, which come behind it.
        let base = view.sees.first().and_then(|(oid, _)| self.catalog.get(*oid));
        Ok(match base {
            Some(Object::View(base)) => (None, Some(base)),
            Some(Object::Table(_)) => (None, None),
            _ => (Some(NOT_ONE_TABLE), None),
        })
    }
}

fn clause_in_the_way(tree: &ast::Query, bound: &Query) -> Option<&'static str> {
    let select = match &*tree.body {
        SetExpr::Select(select) => Some(select),
        _ => None,
    };
    let parts = match &bound.body {
        Body::Select(select) => Some(select),
        _ => None,
    };
    let grouped =
        |select: &ast::Select| !matches!(&select.group_by, ast::GroupByExpr::Expressions(items, _) if items.is_empty());
    let reasons = [
        (
            select
                .is_some_and(|select| matches!(select.distinct, Some(ast::Distinct::Distinct | ast::Distinct::On(_)))),
            "Views containing DISTINCT are not automatically updatable.",
        ),
        (select.is_some_and(|select| grouped(select)), "Views containing GROUP BY are not automatically updatable."),
        (
            select.is_some_and(|select| select.having.is_some()),
            "Views containing HAVING are not automatically updatable.",
        ),
        (
            matches!(&*tree.body, SetExpr::SetOperation { .. }),
            "Views containing UNION, INTERSECT, or EXCEPT are not automatically updatable.",
        ),
        (tree.with.is_some(), "Views containing WITH are not automatically updatable."),
        (
            tree.limit_clause.is_some() || tree.fetch.is_some(),
            "Views containing LIMIT or OFFSET are not automatically updatable.",
        ),
        (
            parts.is_some_and(|parts| parts.grouped),
            "Views that return aggregate functions are not automatically updatable.",
        ),
        (
            parts.is_some_and(|parts| parts.windowed),
            "Views that return window functions are not automatically updatable.",
        ),
    ];
    reasons.into_iter().find(|(there, _)| *there).map(|(_, reason)| reason)
}
