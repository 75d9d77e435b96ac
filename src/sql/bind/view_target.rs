//! Views as what is written to: which of them PostgreSQL writes through, and what it says of the others
//! (`view_query_is_auto_updatable`, `view_col_is_auto_updatable`). How it is done: [`through`](super::through).

use std::cmp::Ordering;

use sqlparser::ast::{self, SetExpr, TableFactor};

use super::Binder;
use super::ddl::refuse_change;
use super::deparse::context_of;
use super::names::Qualified;
use super::query::{bare, expr_at};
use crate::catalog::system::{self, Seen};
use crate::catalog::{Catalog, Column, ColumnDefault, Object, Table, View};
use crate::sql::bound::{Body, ExprKind, From, Query, RelationId, Select, Source};
use crate::sql::parse::{self, Kind};
use crate::sql::text::At;
use crate::types::{PgError, SqlState, Type, Value};

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
const NO_COLUMNS: &str = "Views that have no updatable columns are not automatically updatable.";

/// What a view selects from, if that is one table or view.
pub struct Below<'q> {
    pub relation: RelationId,
    /// Of a view: its query.
    pub query: Option<&'q Query>,
}

impl<'a> Binder<'a> {
    /// What rows are written to under this name: a table, or a view in the shape of one.
    pub fn written_table(&self, name: &Qualified) -> Result<Table, PgError> {
        if self.find_system(name).is_none()
            && let Some(Object::View(view)) = self.find_relation(name)
        {
            self.refuse_others(&view.schema)?;
            return Ok(in_shape(view));
        }
        let table = self.find_table(name)?;
        refuse_change(table)?;
        Ok(table.clone())
    }

    pub fn is_view(&self, table: &Table) -> bool {
        matches!(self.catalog.get(table.oid), Some(Object::View(_)))
    }

    /// 55000 for a view that is not written through.
    pub fn refuse_not_updatable(&self, view: &View, query: &Query, verb: Verb) -> Result<(), PgError> {
        let first = view.sees.first().map(|(oid, _)| *oid);
        let reason = self.why_not_updatable(&view.query, first, query, verb != Verb::Delete)?;
        let Some(reason) = reason else { return Ok(()) };
        let (verb, enabling, event) = verb.words();
        let message = format!("cannot {verb} view \"{}\"", view.name);
        let hint = format!(
            "To enable {enabling} the view, provide an INSTEAD OF {event} trigger or an unconditional ON {event} DO \
             INSTEAD rule."
        );
        Err(PgError::new(SqlState::OBJECT_NOT_IN_PREREQUISITE_STATE, message).detail(reason).hint(hint))
    }

    /// Why a view, whose query is bound, can't be written through. `first`: what it names first; `columns`: some of its
    /// columns must be writable.
    pub fn why_not_updatable(
        &self,
        text: &str,
        first: Option<u32>,
        query: &Query,
        columns: bool,
    ) -> Result<Option<&'static str>, PgError> {
        let statements = parse::parse(text)?;
        let tree = statements.first().and_then(|statement| match &*statement.kind {
            Kind::Sql { tree, .. } => match &**tree {
                ast::Statement::Query(query) => Some(query),
                _ => None,
            },
            _ => None,
        });
        let Some(tree) = tree else { return Ok(Some(NOT_ONE_TABLE)) };
        let reason = clause_in_the_way(tree, query);
        if reason.is_some() {
            return Ok(reason);
        }
        let fits = |below: &Below| match &self.relations[below.relation].source {
            Source::Table { oid, .. } => match self.catalog.get(*oid) {
                Some(Object::Table(table)) => table.materialized.is_none(),
                _ => system::is_table(*oid),
            },
            Source::Query | Source::View { .. } => below.query.is_some() && self.is_view_below(first, below.relation),
            _ => false,
        };
        if !is_named(tree) || !below(query).is_some_and(|below| fits(&below)) {
            return Ok(Some(NOT_ONE_TABLE));
        }
        let writable = |index: usize| self.why_not_column(text, query, index).is_none();
        Ok(if columns && !(0..query.outputs.len()).any(writable) { Some(NO_COLUMNS) } else { None })
    }

    /// Whether a relation that a view selects from is a view. What it names first is that, as its sub-queries come later.
    fn is_view_below(&self, first: Option<u32>, relation: RelationId) -> bool {
        let Some(Object::View(view)) = first.and_then(|oid| self.catalog.get(oid)) else { return false };
        let origin = self.relations[relation].columns.first().map(|column| column.origin.map(|(oid, _)| oid));
        origin.is_none_or(|origin| origin == Some(view.oid))
    }

    /// That view.
    pub fn view_below(&self, view: &View) -> Option<&'a View> {
        let catalog: &'a Catalog = self.catalog;
        match catalog.get(view.sees.first()?.0) {
            Some(Object::View(below)) => Some(below),
            _ => None,
        }
    }

    /// Why a view's column can't be written.
    pub fn why_not_column(&self, text: &str, query: &Query, index: usize) -> Option<&'static str> {
        let (Body::Select(select), Some(below)) = (&query.body, below(query)) else { return Some(NOT_ONE_TABLE) };
        let target = select.targets.get(index)?;
        match target.kind {
            ExprKind::Column { relation, column } if relation == below.relation => {
                let of = &self.relations[relation].columns[column];
                // What a cast has made another type of is no column any more.
                let same = (of.ty, of.typmod, of.domain) == (target.ty, target.typmod, target.domain);
                if same && !is_collated(text, target.at) { None } else { Some(EXPRESSION) }
            }
            ExprKind::Constant(Value::Oid(value)) if target.ty == Type::OID => {
                let is_own = matches!(self.relations[below.relation].source, Source::Table { oid, .. } if oid == value);
                Some(if is_own { SYSTEM_COLUMN } else { EXPRESSION })
            }
            _ => Some(EXPRESSION),
        }
    }

    /// 0A000 for a column of a view that is written and can't be.
    pub fn refuse_not_column(&self, view: &View, query: &Query, verb: Verb, columns: &[usize]) -> Result<(), PgError> {
        let mut columns = columns.to_vec();
        columns.sort_unstable();
        for index in columns {
            let Some(reason) = self.why_not_column(&view.query, query, index) else { continue };
            let column = view.columns.get(index).map_or("", |column| &column.name);
            let verb = if verb == Verb::Insert { "insert into" } else { "update" };
            let message = format!("cannot {verb} column \"{column}\" of view \"{}\"", view.name);
            return Err(PgError::new(SqlState::FEATURE_NOT_SUPPORTED, message).detail(reason));
        }
        Ok(())
    }
}

const EXPRESSION: &str = "View columns that are not columns of their base relation are not updatable.";
const SYSTEM_COLUMN: &str = "View columns that refer to system columns are not updatable.";

/// Which of a view's columns can be written, all the way down; `None` if its rows can't be deleted either.
pub fn writable_columns(seen: &Seen, view: &View) -> Option<Vec<bool>> {
    let context = context_of(seen);
    let mut binder = Binder::new(&view.query, seen.catalog, &context, &[]).ok()?;
    let bound = binder.view_query(view).ok()?;
    let mut columns: Vec<Option<usize>> = (0..view.columns.len()).map(Some).collect();
    let (mut view, mut query) = (view, &bound);
    loop {
        let first = view.sees.first().map(|(oid, _)| *oid);
        if binder.why_not_updatable(&view.query, first, query, false).ok()?.is_some() {
            return None;
        }
        let Body::Select(select) = &query.body else { return None };
        for column in &mut columns {
            *column =
                column.filter(|index| binder.why_not_column(&view.query, query, *index).is_none()).and_then(|index| {
                    match select.targets.get(index)?.kind {
                        ExprKind::Column { column, .. } => Some(column),
                        _ => None,
                    }
                });
        }
        match below(query)?.query {
            Some(inner) => (view, query) = (binder.view_below(view)?, inner),
            None => return Some(columns.into_iter().map(|column| column.is_some()).collect()),
        }
    }
}

/// A view in the shape of a table, with its OID: what its columns are called and of which types they are, and its own
/// defaults.
pub fn in_shape(view: &View) -> Table {
    let columns = view.columns.iter().zip(1..).map(|(column, attnum)| Column {
        attnum,
        default: column.default.clone().map(ColumnDefault::Expression),
        ..column.as_column()
    });
    Table::plain(view.oid, &view.schema, &view.name, columns.collect())
}

/// Whether the column that a view's query names at a place has COLLATE behind it: binding knows nothing of that.
fn is_collated(text: &str, at: At) -> bool {
    let Ok(statements) = parse::parse(text) else { return false };
    let Some(Kind::Sql { tree, .. }) = statements.first().map(|statement| &*statement.kind) else { return false };
    let ast::Statement::Query(tree) = &**tree else { return false };
    let SetExpr::Select(select) = &*innermost(tree).body else { return false };
    select.projection.iter().any(|item| match item {
        ast::SelectItem::UnnamedExpr(expr) | ast::SelectItem::ExprWithAlias { expr, .. } => {
            matches!(bare(expr), ast::Expr::Collate { expr: operand, .. } if expr_at(operand).cmp(at) == Ordering::Equal)
        }
        _ => false,
    })
}

/// What a bound view selects from, if that is one thing.
pub fn below(query: &Query) -> Option<Below<'_>> {
    let Body::Select(select) = &query.body else { return None };
    match &**select {
        Select { from: Some(From::Relation(relation)), .. } => Some(Below { relation: *relation, query: None }),
        Select { from: Some(From::Query { relation, query }), .. } => {
            Some(Below { relation: *relation, query: Some(query) })
        }
        _ => None,
    }
}

/// The query itself, where it stands in parentheses.
fn innermost(mut tree: &ast::Query) -> &ast::Query {
    while let SetExpr::Query(inner) = &*tree.body {
        tree = inner;
    }
    tree
}

/// Whether all that the query selects from is a relation by its name.
fn is_named(tree: &ast::Query) -> bool {
    match &*innermost(tree).body {
        SetExpr::Select(select) => match &select.from[..] {
            [only] => only.joins.is_empty() && matches!(only.relation, TableFactor::Table { args: None, .. }),
            _ => false,
        },
        _ => false,
    }
}

fn clause_in_the_way(tree: &ast::Query, bound: &Query) -> Option<&'static str> {
    let around: Vec<&ast::Query> = std::iter::successors(Some(tree), |tree| match &*tree.body {
        SetExpr::Query(inner) => Some(&**inner),
        _ => None,
    })
    .collect();
    let body = &*innermost(tree).body;
    let select = match body {
        SetExpr::Select(select) => Some(select),
        _ => None,
    };
    let parts = match &bound.body {
        Body::Select(select) => Some(select),
        _ => None,
    };
    let grouped =
        |select: &ast::Select| !matches!(&select.group_by, ast::GroupByExpr::Expressions(items, _) if items.is_empty());
    // Sets in the list of targets stand in FROM, when they are bound.
    let sets = select.zip(parts).is_some_and(|(select, parts)| {
        let written: usize = select.from.iter().map(|from| 1 + from.joins.len()).sum();
        let simple = select.from.iter().all(|from| {
            let factors = std::iter::once(&from.relation).chain(from.joins.iter().map(|join| &join.relation));
            factors.into_iter().all(|factor| !matches!(factor, TableFactor::NestedJoin { .. }))
        });
        simple && parts.from.as_ref().is_some_and(|from| from.relations().len() > written)
    });
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
            matches!(body, SetExpr::SetOperation { .. }),
            "Views containing UNION, INTERSECT, or EXCEPT are not automatically updatable.",
        ),
        (around.iter().any(|tree| tree.with.is_some()), "Views containing WITH are not automatically updatable."),
        (
            around.iter().any(|tree| tree.limit_clause.is_some() || tree.fetch.is_some()),
            "Views containing LIMIT or OFFSET are not automatically updatable.",
        ),
        (
            parts.is_some_and(|parts| parts.grouped || parts.split),
            "Views that return aggregate functions are not automatically updatable.",
        ),
        (
            parts.is_some_and(|parts| parts.windowed),
            "Views that return window functions are not automatically updatable.",
        ),
        (sets, "Views that return set-returning functions are not automatically updatable."),
    ];
    reasons.into_iter().find(|(there, _)| *there).map(|(_, reason)| reason)
}
