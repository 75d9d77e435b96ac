//! DROP EXTENSION, and what depends on an extension: what calls its functions.

use std::cell::RefCell;

use sqlparser::ast::Ident;

use super::Steps;
use super::domain::value_column;
use super::extension::no_extension;
use super::view::DependingView;
use crate::catalog::{Catalog, Change, Column, ColumnDefault, Domain, Extension, Index, Object, Table, View, system};
use crate::sql::bind::Binder;
use crate::sql::bind::names::fold;
use crate::sql::bound::{Expr, ExprKind};
use crate::sql::functions::extensions;
use crate::types::{PgError, SqlState};

/// Something that calls a function of an extension that is dropped.
struct Dependent {
    /// Behind the function's in [`Steps::depends`].
    path: Vec<u32>,
    what: String,
    /// The extension's place among those that are dropped, and the function's OID.
    on: (usize, u32),
    goes: Goes,
}

/// What goes with the function.
enum Goes {
    /// A table and an attnum.
    Default(u32, i16),
    Generated(u32, Box<Column>),
    /// A table and a constraint.
    Check(u32, u32),
    View(u32),
    Index(u32),
    /// A view and the place of a column with a default.
    ViewDefault(u32, usize),
    /// A domain and a constraint.
    DomainCheck(u32, u32),
    /// The domain whose default it is.
    Domain(u32),
}

impl Binder<'_> {
    pub fn drop_extensions(
        &self,
        names: &[Ident],
        if_exists: bool,
        cascade: bool,
        steps: &mut Steps,
    ) -> Result<(), PgError> {
        let mut dropped: Vec<&Extension> = Vec::new();
        for name in names.iter().map(fold) {
            if system::builtin_oid("pg_extension", &name).is_some() {
                return Err(PgError::unsupported(format!("dropping the extension {name}")));
            }
            match self.catalog.extension(&name) {
                Some(extension) if dropped.iter().any(|other| other.oid == extension.oid) => {}
                Some(extension) => dropped.push(extension),
                None if if_exists => {
                    let message = format!("{}, skipping", no_extension(&name).message);
                    steps.notice(SqlState::SUCCESSFUL_COMPLETION, message);
                }
                None => return Err(no_extension(&name)),
            }
        }
        let what = match &dropped[..] {
            [only] => Some(format!("extension {}", only.name)),
            _ => None,
        };
        // What depends on the last of them is told first.
        let ranks: Vec<u32> = (0..dropped.len()).map(|place| u32::MAX - place as u32).collect();
        let all = self.calling(&dropped)?;
        self.tell_dependents(&all, &ranks, &dropped, steps)?;
        if cascade {
            self.drop_dependents(all, steps)?;
        }
        steps.settle_depending(what, cascade)?;
        dropped.iter().for_each(|extension| steps.drop(extension.oid));
        Ok(())
    }

    /// An extension that goes with its schema, of which what else goes is known.
    pub fn drop_extension_of_schema(
        &self,
        extension: &Extension,
        going: &[&Object],
        cascade: bool,
        steps: &mut Steps,
    ) -> Result<(), PgError> {
        let mut all = self.calling(&[extension])?;
        let is_going = |oid: u32| going.iter().any(|object| object.oid() == oid);
        all.retain(|of| !is_going(of.goes.object()));
        if cascade && !all.is_empty() {
            let what = format!("dropping the schema of extension {}, which is in use", extension.name);
            return Err(PgError::unsupported(what));
        }
        self.tell_dependents(&all, &[extension.oid], &[extension], steps)?;
        steps.drop(extension.oid);
        Ok(())
    }

    /// What the functions of some extensions are called by.
    fn calling(&self, dropped: &[&Extension]) -> Result<Vec<Dependent>, PgError> {
        let mut all = Vec::new();
        let calls = Calls { binder: self, dropped };
        for object in self.catalog.objects() {
            match object {
                Object::Table(Table { materialized: None, .. }) => {
                    let Object::Table(table) = object else { continue };
                    calls.of_table(table, &mut all)?;
                }
                Object::View(_) | Object::Table(_) => {
                    let Some(view) = object.query() else { continue };
                    calls.of_view(view, &mut all)?;
                }
                Object::Domain(domain) => calls.of_domain(domain, &mut all)?,
                Object::Index(index) => calls.of_index(index, &mut all)?,
                Object::Composite(_)
                | Object::Sequence(_)
                | Object::Enum(_)
                | Object::Schema(_)
                | Object::Comment(_)
                | Object::Extension(_) => {}
            }
        }
        Ok(all)
    }

    fn tell_dependents(
        &self,
        all: &[Dependent],
        ranks: &[u32],
        dropped: &[&Extension],
        steps: &mut Steps,
    ) -> Result<(), PgError> {
        let mut depending = Vec::new();
        for of in all {
            let (place, function) = of.on;
            let number = function - dropped[place].oid - 1;
            let function_of = extensions::of(&dropped[place].name).get(number as usize);
            let on = function_of.map_or_else(String::new, |function| self.shown_function(function));
            let path = [ranks[place], function];
            match of.goes {
                Goes::View(oid) => {
                    let view = self.catalog.get(oid).and_then(Object::query);
                    self.depending_views(view.into_iter().collect(), &on, &path, &mut depending);
                }
                _ => steps.depends([&path[..], &of.path].concat(), of.what.clone(), on),
            }
            if let Goes::Domain(oid) = of.goes {
                let columns = self.columns_of_domain(oid);
                for (table, column) in columns.iter().filter(|(table, _)| table.materialized.is_none()) {
                    let path = [&path[..], &of.path, &[table.oid]].concat();
                    let what = format!("column {} of {}", column.name, self.shown_table(table));
                    steps.depends(path, what, of.what.clone());
                }
            }
        }
        for DependingView { path, what, on, .. } in depending {
            steps.depends(path, what, on);
        }
        Ok(())
    }

    /// CASCADE: one after the other, each sees what those before it have left.
    fn drop_dependents(&self, all: Vec<Dependent>, steps: &mut Steps) -> Result<(), PgError> {
        let mut depending = Vec::new();
        for of in &all {
            if let Goes::View(oid) = of.goes {
                let view = self.catalog.get(oid).and_then(Object::query);
                self.depending_views(view.into_iter().collect(), "", &[], &mut depending);
            }
        }
        let mut done = Steps::new();
        for view in &depending {
            match self.catalog.get(view.oid) {
                Some(Object::Table(table)) => self.drop_table_steps(table, &mut done),
                _ => done.drop(view.oid),
            }
        }
        let mut catalog = self.catalog.with(&done.changes());
        steps.append(done);
        for of in all {
            let mut done = Steps::new();
            let mut binder = Binder::new(self.text, &catalog, self.context, &[])?;
            match of.goes {
                Goes::Default(table, attnum) => {
                    let Some(table) = table_of(&catalog, table) else { continue };
                    let Some(column) = table.attribute(attnum) else { continue };
                    binder.drop_default(table, &Ident::with_quote('"', &column.name), &mut done)?;
                }
                Goes::Generated(table, column) => {
                    binder.drop_column_of(table, &column, true, &mut done)?;
                    steps.cascades_untold(&mut done);
                }
                Goes::Domain(domain) => {
                    let Some(domain) = catalog.domain(domain) else { continue };
                    binder.drop_these_domains(&[domain], true, &mut done)?;
                    steps.cascades_untold(&mut done);
                }
                Goes::Index(index) => {
                    let Some(index) = catalog.get(index) else { continue };
                    binder.drop_with_depending(vec![(0, index)], &mut done)?;
                }
                Goes::Check(table, constraint) => {
                    let Some(table) = table_of(&catalog, table) else { continue };
                    let mut table = table.clone();
                    table.constraints.retain(|other| other.oid != constraint);
                    done.put(Object::Table(table));
                }
                Goes::ViewDefault(view, place) => {
                    let Some(Object::View(view)) = catalog.get(view) else { continue };
                    let mut view = view.clone();
                    view.columns[place].default = None;
                    done.put(Object::View(view));
                }
                Goes::DomainCheck(domain, constraint) => {
                    let Some(domain) = catalog.domain(domain) else { continue };
                    let mut domain = domain.clone();
                    domain.constraints.retain(|other| other.oid != constraint);
                    done.put(Object::Domain(domain));
                }
                Goes::View(_) => continue,
            }
            let changes: Vec<Change> = done.changes();
            catalog = catalog.with(&changes);
            steps.append(done);
        }
        Ok(())
    }
}

impl Steps {
    /// What other steps take along, but what is told of already.
    fn cascades_untold(&mut self, done: &mut Steps) {
        let mut all = std::mem::take(&mut done.cascaded);
        all.retain(|what| !self.depending.iter().any(|told| told.what == *what));
        self.cascades(all);
    }
}

fn table_of(catalog: &Catalog, oid: u32) -> Option<&Table> {
    match catalog.get(oid)? {
        Object::Table(table) => Some(table),
        _ => None,
    }
}

impl Goes {
    /// The OID of the object that it is of.
    fn object(&self) -> u32 {
        match self {
            Goes::Default(oid, _)
            | Goes::Generated(oid, _)
            | Goes::Check(oid, _)
            | Goes::View(oid)
            | Goes::Index(oid)
            | Goes::ViewDefault(oid, _)
            | Goes::DomainCheck(oid, _)
            | Goes::Domain(oid) => *oid,
        }
    }
}

/// Looks for calls of some extensions' functions.
struct Calls<'b, 'a> {
    binder: &'b Binder<'a>,
    dropped: &'b [&'b Extension],
}

impl Calls<'_, '_> {
    /// Whether a text may call one: bound it may have more calls, those of constraints of domains that it casts to.
    fn named(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        let mut functions = self.dropped.iter().flat_map(|extension| extension.functions());
        functions.any(|(_, function)| text.contains(function.name))
    }

    /// The function by which an expression of this text is told to depend: of the first extension the last.
    fn called(&self, text: &str, visit: impl FnOnce(&dyn Fn(&Expr) -> bool) -> Result<(), PgError>) -> Found {
        if !self.named(text) {
            return Ok(None);
        }
        let found: RefCell<Option<(usize, u32)>> = RefCell::default();
        let lower = text.to_lowercase();
        visit(&|expr| {
            let Some(oid) = self.binder.called_function(expr) else { return false };
            for (place, extension) in self.dropped.iter().enumerate() {
                let Some((_, function)) = extension.functions().find(|(other, _)| *other == oid) else { continue };
                let best = &mut *found.borrow_mut();
                let better = best.is_none_or(|(other, last)| (place, u32::MAX - oid) < (other, u32::MAX - last));
                if lower.contains(function.name) && better {
                    *best = Some((place, oid));
                }
            }
            false
        })?;
        Ok(found.into_inner())
    }

    fn of_table(&self, table: &Table, all: &mut Vec<Dependent>) -> Result<(), PgError> {
        let row = |text: &str| {
            self.called(text, |test| self.binder.row_expression(text, table).map(|bound| _ = bound.any(test)))
        };
        for column in &table.columns {
            let place = vec![table.oid, 0, u32::from(column.attnum.unsigned_abs())];
            if let Some(ColumnDefault::Expression(text)) = &column.default
                && let Some(on) = self.default(text, column)?
            {
                let what = format!("default value for column {} of {}", column.name, self.binder.shown_table(table));
                let goes = Goes::Default(table.oid, column.attnum);
                all.push(Dependent { path: place.clone(), what, on, goes });
            }
            if let Some(generated) = &column.generated
                && let Some(on) = row(&generated.expression)?
            {
                let what = format!("column {} of {}", column.name, self.binder.shown_table(table));
                let goes = Goes::Generated(table.oid, Box::new(column.clone()));
                all.push(Dependent { path: place, what, on, goes });
            }
        }
        for (constraint, check) in table.checks() {
            if let Some(on) = row(&check.expression)? {
                let what = format!("constraint {} on {}", constraint.name, self.binder.shown_table(table));
                let path = vec![table.oid, 1, constraint.oid];
                all.push(Dependent { path, what, on, goes: Goes::Check(table.oid, constraint.oid) });
            }
        }
        Ok(())
    }

    fn of_index(&self, index: &Index, all: &mut Vec<Dependent>) -> Result<(), PgError> {
        let Some(table) = table_of(self.binder.catalog, index.table_oid) else { return Ok(()) };
        let texts = index.columns.iter().filter_map(|column| column.expression.as_ref());
        for text in texts.chain(&index.predicate) {
            let on =
                self.called(text, |test| self.binder.row_expression(text, table).map(|bound| _ = bound.any(test)))?;
            if let Some(on) = on {
                let what = format!("index {}", index.name);
                all.push(Dependent { path: vec![index.oid], what, on, goes: Goes::Index(index.oid) });
                break;
            }
        }
        Ok(())
    }

    fn default(&self, text: &str, column: &Column) -> Found {
        self.called(text, |test| {
            let mut binder = self.binder.detached(text);
            binder.stored_expression(text, column).map(|bound| _ = bound.any(test))
        })
    }

    fn of_view(&self, view: &View, all: &mut Vec<Dependent>) -> Result<(), PgError> {
        let on = self.called(&view.query, |test| self.binder.view_has(view.oid, test).map(drop))?;
        if let Some(on) = on {
            // Told with the views that select from it.
            all.push(Dependent { path: Vec::new(), what: String::new(), on, goes: Goes::View(view.oid) });
            return Ok(());
        }
        for (place, column) in view.columns.iter().enumerate() {
            if let Some(text) = &column.default
                && let Some(on) = self.default(text, &column.as_column())?
            {
                let shown = self.binder.catalog.get(view.oid).map(|object| self.binder.shown_object(object));
                let what = format!("default value for column {} of {}", column.name, shown.unwrap_or_default());
                let path = vec![view.oid, place as u32];
                all.push(Dependent { path, what, on, goes: Goes::ViewDefault(view.oid, place) });
            }
        }
        Ok(())
    }

    fn of_domain(&self, domain: &Domain, all: &mut Vec<Dependent>) -> Result<(), PgError> {
        if let Some(ColumnDefault::Expression(text)) = &domain.default
            && let Some(on) = self.default(text, &value_column(domain, 0))?
        {
            let what = self.binder.catalog.get(domain.oid).map(|object| self.binder.shown_object(object));
            let what = what.unwrap_or_default();
            all.push(Dependent { path: vec![domain.oid], what, on, goes: Goes::Domain(domain.oid) });
        }
        for constraint in &domain.constraints {
            let text = &constraint.expression;
            let value = Expr { typmod: domain.typmod, ..Expr::new(ExprKind::Param(1), domain.ty) };
            let on = self.called(text, |test| {
                self.binder.domain_check(text, value, Vec::new()).map(|(bound, _)| _ = bound.any(test))
            })?;
            if let Some(on) = on {
                let what = format!("constraint {}", constraint.name);
                let goes = Goes::DomainCheck(domain.oid, constraint.oid);
                all.push(Dependent { path: vec![constraint.oid], what, on, goes });
            }
        }
        Ok(())
    }
}

/// The place of an extension and the OID of its function.
type Found = Result<Option<(usize, u32)>, PgError>;
