//! Views in FROM: each is its query, bound where it is named.
//!
//! Its text is bound as it was meant when the view was made: names are looked up in the search path of then, literals
//! read by the settings of then, and `*` means the columns that there were.

use sqlparser::ast::{self, TableAlias};

use super::from::{Entry, keep_apart, query_columns};
use super::scope::{Clause, Scope};
use super::{Binder, MAX_COPIES};
use crate::catalog::{Catalog, FIRST_USER_OID, Object, View};
use crate::sql::bound::{Expr, From, Query, Relation, RelationId, Source};
use crate::sql::parse::{self, Kind};
use crate::sql::room::with_room;
use crate::types::timestamp::Zone;
use crate::types::{PgError, SqlState};

/// What reading a view counts for among [`MAX_COPIES`], beside its text: a thousand short ones are read by a statement.
const READING: usize = 200;

impl<'a> Binder<'a> {
    /// A view, by its OID, as an entry of FROM.
    pub fn view_entry(&mut self, oid: u32, alias: Option<&TableAlias>) -> Result<Entry, PgError> {
        let catalog: &'a Catalog = self.catalog;
        let Some(Object::View(view)) = catalog.get(oid) else {
            return Err(PgError::new(SqlState::UNDEFINED_TABLE, format!("view with OID {oid} does not exist")));
        };
        let last = i16::try_from(view.columns.len()).unwrap_or(i16::MAX);
        let mut query = self.view_query(view)?;
        keep_apart(&mut query);
        let mut columns = query_columns(&query);
        columns.truncate(view.columns.len());
        for (index, (column, known)) in columns.iter_mut().zip(&view.columns).enumerate() {
            column.name.clone_from(&known.name);
            let shown = (oid, index as i16 + 1);
            if let Some(origin) = column.origin.replace(shown) {
                self.view_columns.insert(shown, origin);
            }
        }
        let mut relation = Relation {
            name: view.name.clone(),
            source: Source::View { oid },
            columns,
            depth: self.query_depth(),
            nullable: false,
            keys: Vec::new(),
        };
        let mut schema = Some(view.schema.clone());
        self.hide_from_view(&mut relation, oid);
        if let Some(alias) = alias {
            self.rename(&mut relation, alias)?;
            schema = None;
        }
        self.note_relation(oid, last);
        let id = self.relations.len();
        self.relations.push(relation);
        let from = From::Query { relation: id, query: Box::new(query) };
        Ok(Entry { from, items: vec![self.item(id, schema)] })
    }

    /// The table's column that a view's column is, by way of other views perhaps.
    pub fn behind_views(&self, mut column: (u32, i16)) -> (u32, i16) {
        while let Some(origin) = self.view_columns.get(&column) {
            column = *origin;
        }
        column
    }

    /// Whether something in a view's query fulfils `test`.
    pub fn view_has(&self, oid: u32, test: &dyn Fn(&Expr) -> bool) -> Result<bool, PgError> {
        let catalog: &'a Catalog = self.catalog;
        let Some(view) = catalog.get(oid).and_then(Object::query) else { return Ok(false) };
        let query = self.detached("").view_query(view)?;
        let mut found = false;
        query.for_each_expr(&mut |expr| found = found || expr.any(test));
        Ok(found)
    }

    /// Binds a view's text, with nothing of the statement in sight.
    pub fn view_query(&mut self, view: &'a View) -> Result<Query, PgError> {
        // Of views that mention each other twice the last is read twice as often with each level.
        self.copies += READING + view.query.len() / 8;
        if self.copies > MAX_COPIES {
            let message = "statement is too complex: its views mention each other too often";
            return Err(PgError::new(SqlState::STATEMENT_TOO_COMPLEX, message));
        }
        let foreign = |error: PgError| PgError { position: None, ..error };
        let statements = parse::parse(&view.query).map_err(foreign)?;
        let Some(statement) = statements.first() else {
            return Err(PgError::new(SqlState::DATA_CORRUPTED, format!("view \"{}\" has no query", view.name)));
        };
        let Kind::Sql { tree, .. } = &*statement.kind else { return Err(PgError::unsupported("this view")) };
        let ast::Statement::Query(tree) = &**tree else { return Err(PgError::unsupported("this view")) };
        let blank = (0..self.scopes.len()).map(|_| Scope::new(Clause::From)).collect();
        let text = std::mem::replace(&mut self.text, &view.query);
        let tokens = std::mem::take(&mut self.tokens);
        let scopes = std::mem::replace(&mut self.scopes, blank);
        let params = std::mem::take(&mut self.params);
        let reading = self.reading.replace(view);
        self.nesting += statement.nesting;
        let query = with_room(statement.nesting, || self.deeper(1, |binder| binder.query(tree)));
        self.reading = reading;
        self.params = params;
        self.scopes = scopes;
        self.tokens = tokens;
        self.text = text;
        let query = query.map_err(foreign)?;
        let known = view.columns.iter().map(|column| column.ty);
        if !query.outputs.iter().map(|output| output.ty).take(view.columns.len()).eq(known) {
            let message = format!("view \"{}\" does not yield what it did when it was made", view.name);
            return Err(PgError::new(SqlState::INTERNAL_ERROR, message));
        }
        Ok(query)
    }

    /// While a view's text is bound, its relations have the columns that it knows.
    pub fn hide_from_view(&self, relation: &mut Relation, oid: u32) {
        if let Some(last) = self.reading.and_then(|view| view.sees(oid)) {
            relation.columns.retain(|column| column.origin.is_none_or(|(_, attnum)| attnum <= last));
        }
    }

    /// A relation is noted whose row type a view's own text names.
    pub fn note_row_type(&mut self, oid: u32, fields: usize) {
        let noted = self.noted.iter().any(|(_, noted, _)| *noted == oid);
        if self.reading.is_none() && !noted && oid >= FIRST_USER_OID {
            let last = match self.catalog.get(oid) {
                Some(Object::Table(table)) => table.last_attnum(),
                _ => i16::try_from(fields).unwrap_or(i16::MAX),
            };
            self.noted.push((RelationId::MAX, oid, last));
        }
    }

    /// The relation that is bound next is a table or view; noted where a view's own text names it.
    pub fn note_relation(&mut self, oid: u32, last: i16) {
        if self.reading.is_none() {
            self.noted.push((self.relations.len(), oid, last));
        }
    }
}

/// The settings that a view's literals are read by.
pub fn zone(view: &View) -> Zone {
    Zone::of_settings(|name| view.settings.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str()))
}
