//! DROP DOMAIN, and what depends on a domain.

use sqlparser::ast::{Ident, ObjectName};

use super::Steps;
use super::domain::value_column;
use super::drop::still_needed;
use crate::catalog::{Catalog, Column, ColumnDefault, Domain, Object, Table};
use crate::sql::bind::Binder;
use crate::sql::bound::{Expr, ExprKind};
use crate::sql::ddl::AlterAction;
use crate::sql::emission::Emission;
use crate::types::{PgError, SqlState, Type};

/// Something that depends on a domain.
struct Dependent {
    /// As in [`Steps::depends`].
    path: Vec<u32>,
    what: String,
    /// The domain.
    on: u32,
    goes: Goes,
}

/// How it goes with its domain.
enum Goes {
    Domain,
    Column(u32, Box<Column>),
    /// With a column that it selects.
    View,
    No,
}

impl Binder<'_> {
    pub fn drop_domains(
        &mut self,
        names: &[ObjectName],
        if_exists: bool,
        cascade: bool,
        steps: &mut Steps,
    ) -> Result<(), PgError> {
        let mut dropped: Vec<&Domain> = Vec::new();
        for name in names {
            match self.domain_named(name, true) {
                Ok(domain) if dropped.iter().any(|other| other.oid == domain.oid) => {}
                Ok(domain) => dropped.push(domain),
                Err(error) if if_exists && error.code != SqlState::WRONG_OBJECT_TYPE => {
                    steps.notice(SqlState::SUCCESSFUL_COMPLETION, format!("{}, skipping", error.message));
                }
                Err(error) => return Err(error),
            }
        }
        self.drop_these_domains(&dropped, cascade, steps)
    }

    pub fn drop_these_domains(&self, dropped: &[&Domain], cascade: bool, steps: &mut Steps) -> Result<(), PgError> {
        let mut all = Vec::new();
        for (place, domain) in dropped.iter().enumerate() {
            // What depends on the last of them is told first.
            self.depending_on_domain(domain, dropped, vec![u32::MAX - place as u32], &mut all)?;
        }
        all.sort_by(|one, other| one.path.cmp(&other.path));
        if !cascade && !all.is_empty() {
            let what = match dropped {
                [only] => Some(format!("type {}", only.named())),
                _ => None,
            };
            let mut details = Vec::new();
            for of in &all {
                details.push(format!("{} depends on type {}", of.what, Type(of.on)));
                details.extend(self.depending_on_column(of, &all)?);
            }
            return Err(still_needed(what, details));
        }
        if all.iter().any(|of| matches!(of.goes, Goes::No)) {
            return Err(PgError::unsupported("DROP DOMAIN … CASCADE of a domain that expressions or views name"));
        }
        let mut catalog = Catalog::clone(self.catalog);
        let mut views = Vec::new();
        for of in all {
            match of.goes {
                Goes::Domain => of.path.last().into_iter().for_each(|oid| steps.drop(*oid)),
                Goes::Column(table, column) => {
                    steps.cascades(vec![of.what]);
                    let mut done = Steps::new();
                    let mut binder = Binder::new(self.text, &catalog, self.context, &[])?;
                    binder.drop_column_of(table, &column, true, &mut done)?;
                    steps.cascades(std::mem::take(&mut done.cascaded));
                    catalog = catalog.with(&done.changes());
                    steps.append(done);
                    continue;
                }
                // Told with the column that it selects.
                Goes::View => {
                    views.extend(of.path.last().copied());
                    continue;
                }
                Goes::No => {}
            }
            steps.cascades(vec![of.what]);
        }
        if views.iter().any(|view| catalog.get(*view).is_some()) {
            return Err(PgError::unsupported("DROP DOMAIN … CASCADE of a domain that views name"));
        }
        dropped.iter().for_each(|domain| steps.drop(domain.oid));
        Ok(())
    }

    /// What goes with a domain's column, as errors tell it: but what is among these itself.
    fn depending_on_column(&self, of: &Dependent, all: &[Dependent]) -> Result<Vec<String>, PgError> {
        let Goes::Column(table, column) = &of.goes else { return Ok(Vec::new()) };
        let mut binder = Binder::new(self.text, self.catalog, self.context, &[])?;
        let told = |result: Result<(), PgError>| match result {
            Err(error) if error.code == SqlState::DEPENDENT_OBJECTS_STILL_EXIST => error.detail.unwrap_or_default(),
            _ => String::new(),
        };
        let mut detail = told(binder.mind_views_of(*table, column, false, &mut Steps::new()));
        detail.push('\n');
        detail.push_str(&told(binder.drop_column_of(*table, column, false, &mut Steps::new())));
        // Keys of columns that go go with these.
        let going = |table: &Table, attnum: &i16| {
            all.iter().any(
                |of| matches!(&of.goes, Goes::Column(oid, column) if *oid == table.oid && column.attnum == *attnum),
            )
        };
        let keys = self.catalog.tables().flat_map(|table| table.foreign_keys().map(move |(key, _)| (table, key)));
        let gone = keys.filter(|(table, key)| key.columns.iter().any(|attnum| going(table, attnum)));
        let mut itself: Vec<String> = all.iter().map(|other| other.what.clone()).collect();
        itself.extend(gone.map(|(table, key)| format!("constraint {} on {}", key.name, self.shown_table(table))));
        let told = |line: &&str| !itself.iter().any(|what| line.starts_with(&format!("{what} depends")));
        let told = |line: &&str| !line.is_empty() && told(line);
        Ok(detail.lines().filter(told).map(str::to_owned).collect())
    }

    /// What selects a column goes with it, or is an error.
    fn mind_views_of(&self, table: u32, column: &Column, cascade: bool, steps: &mut Steps) -> Result<(), PgError> {
        let Some(Object::Table(table)) = self.catalog.get(table) else { return Ok(()) };
        let name = Ident::with_quote('"', &column.name);
        self.mind_views(table, &AlterAction::DropColumn { if_exists: false, name, cascade }, steps)
    }

    /// Drops a column of a table, if it is still there.
    pub fn drop_column_of(
        &mut self,
        table: u32,
        column: &Column,
        cascade: bool,
        steps: &mut Steps,
    ) -> Result<(), PgError> {
        let catalog = self.catalog;
        match catalog.get(table) {
            Some(Object::Table(of)) if of.attribute(column.attnum).is_some() => {
                if cascade {
                    self.mind_views_of(table, column, true, steps)?;
                }
                let table = of;
                self.drop_column(table, false, &Ident::with_quote('"', &column.name), cascade, steps)
            }
            _ => Ok(()),
        }
    }

    fn depending_on_domain(
        &self,
        domain: &Domain,
        dropped: &[&Domain],
        path: Vec<u32>,
        all: &mut Vec<Dependent>,
    ) -> Result<(), PgError> {
        // Domains are made of domains as often as anybody likes: not by recursion.
        let mut waiting = vec![(domain, path)];
        while let Some((domain, path)) = waiting.pop() {
            let children = self.catalog.domains().filter(|child| child.parent == domain.oid);
            for child in children.filter(|child| !dropped.iter().any(|other| other.oid == child.oid)) {
                let what = self.catalog.get(child.oid).map_or_else(String::new, |object| self.shown_object(object));
                let path = [&path[..], &[child.oid]].concat();
                all.push(Dependent { path: path.clone(), what, on: domain.oid, goes: Goes::Domain });
                waiting.push((child, path));
            }
            self.depending_itself(domain, &path, all)?;
        }
        Ok(())
    }

    /// What depends on a domain, and on none that is made of it.
    fn depending_itself(&self, domain: &Domain, path: &[u32], all: &mut Vec<Dependent>) -> Result<(), PgError> {
        self.depending_on_type(domain, domain.oid, path, all)?;
        let array = domain.array();
        self.depending_on_type(domain, array, &[path, &[array]].concat(), all)
    }

    /// What depends on a domain by its type, or by its array type.
    fn depending_on_type(
        &self,
        domain: &Domain,
        on: u32,
        path: &[u32],
        all: &mut Vec<Dependent>,
    ) -> Result<(), PgError> {
        let below = |oids: &[u32]| [path, oids].concat();
        // A materialized view's columns are what its query makes of others'.
        for table in self.catalog.base_tables() {
            for column in table.columns.iter().filter(|column| column.domain == on) {
                let what = format!("column {} of {}", column.name, self.shown_table(table));
                let goes = Goes::Column(table.oid, Box::new(column.clone()));
                // The last of a table's is told first.
                let place = below(&[table.oid, u32::MAX - u32::from(column.attnum.unsigned_abs())]);
                all.push(Dependent { path: place, what, on, goes });
            }
        }
        for (oid, what) in self.making_of_domain(domain, on)? {
            let view = self.catalog.get(oid).is_some_and(|object| object.query().is_some());
            let goes = if view { Goes::View } else { Goes::No };
            all.push(Dependent { path: below(&[oid]), what, on, goes });
        }
        Ok(())
    }

    /// What has an expression that makes a value of a domain's type, or array type, with an OID to sort it by.
    fn making_of_domain(&self, domain: &Domain, ty: u32) -> Result<Vec<(u32, String)>, PgError> {
        let makes = |expr: &Expr| makes_domain(expr, ty);
        let named = |text: &str| names_domain(text, domain);
        let mut found = Vec::new();
        for object in self.catalog.objects() {
            match object {
                Object::Table(table) if table.materialized.is_none() => {
                    self.making_of_table(table, domain, ty, &mut found)?
                }
                Object::Index(index) => {
                    let Some(Object::Table(table)) = self.catalog.get(index.table_oid) else { continue };
                    let texts = index.columns.iter().filter_map(|column| column.expression.as_ref());
                    for text in texts.chain(&index.predicate) {
                        if named(text) && self.row_expression(text, table)?.any(&makes) {
                            found.push((index.oid, format!("index {}", index.name)));
                        }
                    }
                }
                Object::View(_) | Object::Table(_) => {
                    let named = object.query().is_some_and(|view| named(&view.query));
                    if named && self.view_has(object.oid(), &makes)? {
                        found.push((object.oid(), self.shown_object(object)));
                    }
                }
                Object::Domain(other) if other.oid != domain.oid => {
                    for constraint in other.constraints.iter().filter(|constraint| named(&constraint.expression)) {
                        let value = Expr { typmod: other.typmod, ..Expr::new(ExprKind::Param(1), other.ty) };
                        if self.domain_check(&constraint.expression, value, Vec::new())?.0.any(&makes) {
                            found.push((constraint.oid, format!("constraint {}", constraint.name)));
                        }
                    }
                    if let Some(ColumnDefault::Expression(text)) = &other.default
                        && named(text)
                        && self.detached(text).stored_expression(text, &value_column(other, 0))?.any(&makes)
                    {
                        found.push((other.oid, format!("default value for type {}", other.named())));
                    }
                }
                _ => {}
            }
        }
        Ok(found)
    }

    fn making_of_table(
        &self,
        table: &Table,
        domain: &Domain,
        ty: u32,
        found: &mut Vec<(u32, String)>,
    ) -> Result<(), PgError> {
        let makes = |expr: &Expr| makes_domain(expr, ty);
        for column in table.columns.iter().filter(|column| column.domain != ty) {
            let default = match &column.default {
                Some(ColumnDefault::Expression(text)) if names_domain(text, domain) => {
                    self.detached(text).stored_expression(text, column)?.any(&makes)
                }
                _ => false,
            };
            let generated = match &column.generated {
                Some(generated) if names_domain(&generated.expression, domain) => {
                    self.row_expression(&generated.expression, table)?.any(&makes)
                }
                _ => false,
            };
            if default || generated {
                let what = format!("default value for column {} of {}", column.name, self.shown_table(table));
                found.push((table.oid, what));
            }
        }
        for (constraint, check) in table.checks() {
            if names_domain(&check.expression, domain) && self.row_expression(&check.expression, table)?.any(&makes) {
                let what = format!("constraint {} on {}", constraint.name, self.shown_table(table));
                found.push((constraint.oid, what));
            }
        }
        Ok(())
    }

    /// The domains with a constraint or default of which something fulfils `test`.
    pub fn domains_with(
        &self,
        test: &dyn Fn(&Expr) -> bool,
        of: &dyn Fn(&Domain) -> bool,
    ) -> Result<Vec<String>, PgError> {
        let mut found = Vec::new();
        for domain in self.catalog.domains().filter(|domain| of(domain)) {
            let value = Expr { typmod: domain.typmod, ..Expr::new(ExprKind::Param(1), domain.ty) };
            // VALUE itself is nobody's making.
            let made = |expr: &Expr| test(expr) && !matches!(expr.kind, ExprKind::Param(_));
            for constraint in &domain.constraints {
                if self.domain_check(&constraint.expression, value.clone(), Vec::new())?.0.any(&made) {
                    found.push(format!("constraint {} of domain {}", constraint.name, domain.name));
                }
            }
            if let Some(ColumnDefault::Expression(text)) = &domain.default
                && self.detached(text).stored_expression(text, &value_column(domain, 0))?.any(test)
            {
                found.push(format!("the default of domain {}", domain.name));
            }
        }
        Ok(found)
    }

    /// 0A000 where a stored text names a domain: it would not be read under another name.
    pub fn refuse_domain_in_text(&self, domain: &Domain) -> Result<(), PgError> {
        let mut found = self.making_of_domain(domain, domain.oid)?;
        found.extend(self.making_of_domain(domain, domain.array())?);
        let named = |text: &str| names_domain(text, domain);
        if let Some(ColumnDefault::Expression(text)) = &domain.default
            && named(text)
        {
            found.push((domain.oid, "its default".to_owned()));
        }
        for (table, column) in self.columns_of_domain(domain.oid) {
            if let Some(ColumnDefault::Expression(text)) = &column.default
                && named(text)
            {
                found.push((table.oid, format!("default value for column {} of table {}", column.name, table.name)));
            }
        }
        match found.first() {
            Some((_, what)) => Err(PgError::unsupported(format!("renaming a domain that {what} names"))),
            None => Ok(()),
        }
    }

    /// What depends on a type by domains that are over it, as errors tell it.
    pub fn domains_over(&self, ty: Type) -> Result<Vec<String>, PgError> {
        let is_over = |domain: &&Domain| domain.parent == 0 && (domain.ty == ty || domain.ty.element() == Some(ty));
        let mut details = Vec::new();
        for domain in self.catalog.domains().filter(is_over) {
            details.push(format!("type {} depends on type {ty}", domain.named()));
            let mut all = Vec::new();
            self.depending_on_domain(domain, &[], vec![domain.oid], &mut all)?;
            all.sort_by(|one, other| one.path.cmp(&other.path));
            for of in &all {
                details.push(format!("{} depends on type {}", of.what, Type(of.on)));
                details.extend(self.depending_on_column(of, &all)?);
            }
        }
        Ok(details)
    }

    /// A domain that goes with its schema, of which what else goes is known.
    pub fn drop_domain_of_schema(
        &self,
        domain: &Domain,
        going: &[&Object],
        cascade: bool,
        steps: &mut Steps,
    ) -> Result<(), PgError> {
        let gone: Vec<&Domain> = going
            .iter()
            .filter_map(|object| match object {
                Object::Domain(domain) => Some(domain),
                _ => None,
            })
            .collect();
        let mut all = Vec::new();
        self.depending_on_domain(domain, &gone, vec![domain.oid], &mut all)?;
        // What is told by an OID that goes is gone.
        all.retain(|of| !of.path[1..].iter().any(|oid| going.iter().any(|object| object.oid() == *oid)));
        if cascade && !all.is_empty() {
            return Err(PgError::unsupported(format!(
                "dropping the schema of domain {}, which is in use",
                domain.named()
            )));
        }
        for of in all {
            steps.depends(of.path, of.what, format!("type {}", Type(of.on)));
        }
        steps.drop(domain.oid);
        Ok(())
    }
}

/// Whether a text may name a domain: by other domains' constraints its expression may come to more.
fn names_domain(text: &str, domain: &Domain) -> bool {
    text.to_lowercase().contains(&domain.name.replace('"', "\"\"").to_lowercase())
}

/// Whether an expression makes a value of the domain's type, or array type, rather than take a column's, or what a function
/// makes of another's.
fn makes_domain(expr: &Expr, oid: u32) -> bool {
    let taken = match &expr.kind {
        ExprKind::Column { .. } | ExprKind::Param(_) | ExprKind::Aggregate(_) | ExprKind::Window(_) => true,
        ExprKind::Call(call) => matches!(call.emission, Emission::Own(_)),
        _ => false,
    };
    expr.domain == oid && !taken
}
