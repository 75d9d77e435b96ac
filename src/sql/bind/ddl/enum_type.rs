//! CREATE, ALTER and DROP TYPE of enums.
//!
//! A column holds the label itself, so that another program reads it; how labels sort is in the catalog alone. Adding
//! one changes no row, renaming one changes those that hold it.

use sqlparser::ast::{Ident, ObjectName};

use super::Steps;
use super::alter_table::quoted;
use super::check::with_literals;
use super::drop::still_needed;
use super::naming::Naming;
use crate::catalog::{Catalog, Column, ColumnDefault, Composite, Domain, Enum, Label, Object, Table};
use crate::sql::bind::Binder;
use crate::sql::bind::names::{Qualified, fold};
use crate::sql::bound::{Expr, ExprKind};
use crate::sql::ddl::{Place, TypeStatement};
use crate::sql::emit::string;
use crate::sql::plan::Schema;
use crate::types::{PgError, SqlState, Type, Value};

/// Longest label, in bytes (`NAMEDATALEN` − 1).
const MAX_LABEL: usize = 63;

impl Binder<'_> {
    pub fn type_statement(&mut self, statement: &TypeStatement) -> Result<Schema, PgError> {
        let mut steps = Steps::new();
        match statement {
            TypeStatement::CreateEnum { name, labels } => {
                self.create_enum(name, labels, &mut steps)?;
                return Ok(steps.finish("CREATE TYPE"));
            }
            TypeStatement::CreateComposite { name, attributes } => {
                self.create_composite(name, attributes, &mut steps)?;
                return Ok(steps.finish("CREATE TYPE"));
            }
            TypeStatement::Attributes { name, actions } => self.alter_attributes(name, actions, &mut steps)?,
            TypeStatement::Drop { if_exists, names, cascade } => {
                self.drop_types(names, *if_exists, *cascade, &mut steps)?;
                return Ok(steps.finish("DROP TYPE"));
            }
            TypeStatement::AddValue { name, if_not_exists, label, place } => {
                let of = self.altered_enum(name)?;
                self.add_label(of, label, *if_not_exists, place.as_ref(), &mut steps)?;
            }
            TypeStatement::RenameValue { name, from, to } => {
                let of = self.altered_enum(name)?;
                self.rename_label(of, from, to, &mut steps)?;
            }
            TypeStatement::Rename { name, to } if let Some(domain) = self.named_domain(name)? => {
                let domain = self.renamed_domain(domain, to)?;
                steps.put(Object::Domain(domain));
            }
            TypeStatement::SetSchema { name, schema } if let Some(domain) = self.named_domain(name)? => {
                let domain = self.moved_domain(domain, schema)?;
                steps.put(Object::Domain(domain));
            }
            TypeStatement::Rename { name, to } if let Some(of) = self.named_composite(name)? => {
                let to = self.new_name(to)?;
                self.rename_composite(of, to, &mut steps)?;
            }
            TypeStatement::SetSchema { name, schema } if let Some(of) = self.named_composite(name)? => {
                self.move_composite(of, &fold(schema), &mut steps)?;
            }
            TypeStatement::Owner { name, role } if self.named_composite(name)?.is_some() => {
                self.refuse_unknown_role(role)?;
            }
            TypeStatement::Owner { name, role } if self.named_domain(name)?.is_some() => {
                self.refuse_unknown_role(role)?;
            }
            TypeStatement::Rename { name, to } => {
                let of = self.altered_enum(name)?;
                let to = self.new_name(to)?;
                self.refuse_type_name(&of.schema, &to)?;
                self.refuse_named_in_text(of)?;
                steps.put(Object::Enum(Enum { name: to, ..of.clone() }));
            }
            TypeStatement::SetSchema { name, schema } => {
                let of = self.altered_enum(name)?;
                self.move_enum(of, schema, &mut steps)?;
            }
            TypeStatement::Owner { name, role } => {
                self.altered_enum(name)?;
                self.refuse_unknown_role(role)?;
            }
        }
        Ok(steps.finish("ALTER TYPE"))
    }

    fn create_enum(&mut self, name: &ObjectName, labels: &[String], steps: &mut Steps) -> Result<(), PgError> {
        let name = self.qualified_new(name)?;
        let schema = self.creation_schema(&name)?;
        if self.catalog.is_temporary(&schema) {
            // What is permanent could be of it, and would have to go with the session.
            return Err(PgError::unsupported("a temporary type"));
        }
        self.refuse_type_name(&schema, &name.name)?;
        let mut naming = Naming::new(self.catalog, &schema);
        let oid = naming.type_oid();
        let mut all: Vec<Label> = Vec::with_capacity(labels.len());
        for label in labels {
            refuse_long_label(label)?;
            if all.iter().any(|other| other.label == *label) {
                let message = "duplicate key value violates unique constraint \"pg_enum_typid_label_index\"";
                let detail = format!("Key (enumtypid, enumlabel)=({oid}, {label}) already exists.");
                return Err(PgError::new(SqlState::UNIQUE_VIOLATION, message).detail(detail));
            }
            all.push(Label { oid: naming.oid(), label: label.clone(), order: all.len() as f32 + 1.0 });
        }
        steps.put(Object::Enum(Enum { oid, schema, name: name.name, labels: all, comment: None }));
        Ok(())
    }

    /// 42710 if the schema has a type of that name, be it a table's row type.
    pub fn refuse_type_name(&self, schema: &str, name: &str) -> Result<(), PgError> {
        let of_relation = matches!(self.catalog.relation(schema, name), Some(Object::Table(_) | Object::View(_)));
        match self.catalog.type_named(schema, name).is_some() || of_relation {
            true => Err(PgError::new(SqlState::DUPLICATE_OBJECT, format!("type \"{name}\" already exists"))),
            false => Ok(()),
        }
    }

    /// 42710 for a relation of a type's name: its row type would be called so.
    pub fn refuse_row_type(&self, schema: &str, name: &str) -> Result<(), PgError> {
        match self.catalog.type_named(schema, name) {
            // It is among the relations, too.
            Some(Object::Composite(_)) => {
                let message = format!("relation \"{name}\" already exists");
                Err(PgError::new(SqlState::DUPLICATE_TABLE, message))
            }
            Some(_) => {
                let message = format!("type \"{name}\" already exists");
                let hint = "A relation has an associated type of the same name, so you must use a name that doesn't \
                            conflict with any existing type.";
                Err(PgError::new(SqlState::DUPLICATE_OBJECT, message).hint(hint))
            }
            None => Ok(()),
        }
    }

    /// The domain of a name, if it is one's.
    fn named_domain(&self, name: &ObjectName) -> Result<Option<Domain>, PgError> {
        match self.find_type(&self.qualified(name)?) {
            Some(Object::Domain(domain)) => Ok(Some(domain.clone())),
            _ => Ok(None),
        }
    }

    fn altered_enum(&self, name: &ObjectName) -> Result<&Enum, PgError> {
        let name = self.qualified(name)?;
        match self.find_type(&name) {
            Some(Object::Enum(of)) => Ok(of),
            Some(other) => {
                let message = format!("{} is not an enum", Type(other.oid()));
                Err(PgError::new(SqlState::WRONG_OBJECT_TYPE, message))
            }
            None => Err(no_type(&name)),
        }
    }

    fn add_label(
        &self,
        of: &Enum,
        label: &str,
        if_not_exists: bool,
        place: Option<&Place>,
        steps: &mut Steps,
    ) -> Result<(), PgError> {
        refuse_long_label(label)?;
        if of.position(label).is_some() {
            let message = format!("enum label \"{label}\" already exists");
            if if_not_exists {
                steps.notice(SqlState::DUPLICATE_OBJECT, format!("{message}, skipping"));
                return Ok(());
            }
            return Err(PgError::new(SqlState::DUPLICATE_OBJECT, message));
        }
        let place = match place {
            None => of.labels.len(),
            Some(Place { before, neighbour }) => match of.position(neighbour) {
                Some(position) => position + usize::from(!before),
                None => {
                    let message = format!("\"{neighbour}\" is not an existing enum label");
                    return Err(PgError::new(SqlState::INVALID_PARAMETER_VALUE, message));
                }
            },
        };
        let order = |index: Option<usize>| index.and_then(|index| of.labels.get(index)).map(|label| label.order);
        let order = match (order(place.checked_sub(1)), order(Some(place))) {
            (Some(before), Some(after)) => before + (after - before) / 2.0,
            (Some(before), None) => before + 1.0,
            (None, Some(after)) => after - 1.0,
            (None, None) => 1.0,
        };
        let mut of = of.clone();
        let oid = Naming::new(self.catalog, &of.schema).oid();
        of.labels.insert(place, Label { oid, label: label.to_owned(), order });
        // Halved too often, or counted too far: they are numbered anew.
        let renumbered = !of.labels.windows(2).all(|pair| pair[0].order < pair[1].order);
        if renumbered {
            for (index, label) in of.labels.iter_mut().enumerate() {
                label.order = index as f32 + 1.0;
            }
        }
        steps.put(Object::Enum(of));
        if renumbered {
            // Keys of rows have the labels' numbers within them.
            steps.settle();
            let keyed = self.catalog.tables().filter(|table| !table.keys.is_empty());
            keyed.into_iter().try_for_each(|table| self.fill_keys(table, |key| key.ty == Type::BYTEA, steps))?;
        }
        Ok(())
    }

    fn rename_label(&self, of: &Enum, from: &str, to: &str, steps: &mut Steps) -> Result<(), PgError> {
        refuse_long_label(to)?;
        let Some(position) = of.position(from) else {
            let message = format!("\"{from}\" is not an existing enum label");
            return Err(PgError::new(SqlState::INVALID_PARAMETER_VALUE, message));
        };
        if of.position(to).is_some() {
            return Err(PgError::new(SqlState::DUPLICATE_OBJECT, format!("enum label \"{to}\" already exists")));
        }
        // Rows have their labels within them.
        if let Some(what) = self.composites_with(of.ty(), &|_| false).first() {
            return Err(PgError::unsupported(format!("renaming a label of a type that {what} has")));
        }
        let names = |expr: &Expr| names_label(expr, of.ty(), from);
        let mut fixed = self.fixed_expressions(&names, &|_| true)?;
        fixed.extend(self.domains_with(&names, &|_| true)?);
        if let Some(what) = fixed.first() {
            return Err(PgError::unsupported(format!("renaming a label that {what} names")));
        }
        let mut renamed = of.clone();
        to.clone_into(&mut renamed.labels[position].label);
        steps.put(Object::Enum(renamed));
        let catalog = self.catalog.with(&steps.changes());
        for table in self.catalog.tables() {
            let new = self.with_renamed(table, &names, from, to)?;
            if new != *table {
                let binder = Binder::new(self.text, &catalog, self.context, &[])?;
                steps.redefine(table, binder.create_table_sql(&new)?);
                steps.put(Object::Table(new));
            }
            for column in &table.columns {
                if column.ty.element() == Some(of.ty()) {
                    return Err(PgError::unsupported("renaming a label of an enum that a column has arrays of"));
                }
                if column.ty == of.ty() {
                    let name = quoted(&column.stored_name);
                    let mut sql = format!("UPDATE {} SET {name} = ", quoted(&table.stored_name));
                    string(&mut sql, to);
                    sql.push_str(&format!(" WHERE {name} = "));
                    string(&mut sql, from);
                    steps.fill(table, sql);
                    self.fill_keys(table, |key| key.columns.contains(&column.attnum), steps)?;
                }
            }
        }
        Ok(())
    }

    /// A table whose defaults and CHECKs name a label by its new name.
    fn with_renamed(
        &self,
        table: &Table,
        names: &dyn Fn(&Expr) -> bool,
        from: &str,
        to: &str,
    ) -> Result<Table, PgError> {
        let mut new = table.clone();
        let mut quoted_to = String::new();
        string(&mut quoted_to, to);
        let renamed = |text: &str, bound: &Expr| match bound.any(names) {
            true => with_literals(text, from, &quoted_to, count(bound, names))
                .ok_or_else(|| PgError::unsupported(format!("renaming the label \"{from}\" in ({text})"))),
            false => Ok(text.to_owned()),
        };
        for (column, old) in new.columns.iter_mut().zip(&table.columns) {
            if let Some(ColumnDefault::Expression(text)) = &mut column.default {
                let plain = Column { domain: 0, ..old.clone() };
                *text = renamed(text, &self.detached("").stored_expression(text, &plain)?)?;
            }
        }
        for text in new.row_expressions_mut() {
            *text = renamed(text, &self.row_expression(text, table)?)?;
        }
        Ok(new)
    }

    /// Views, and indexes of some tables, with an expression of which something fulfils `test`: it can't be written anew.
    fn fixed_expressions(
        &self,
        test: &dyn Fn(&Expr) -> bool,
        of_table: &dyn Fn(&Table) -> bool,
    ) -> Result<Vec<String>, PgError> {
        let mut found = Vec::new();
        for object in self.catalog.objects() {
            match object {
                Object::Index(index) => {
                    let Some(Object::Table(table)) = self.catalog.get(index.table_oid) else { continue };
                    if !of_table(table) {
                        continue;
                    }
                    let texts = index.columns.iter().filter_map(|column| column.expression.as_ref());
                    for text in texts.chain(&index.predicate) {
                        if self.row_expression(text, table)?.any(test) {
                            found.push(format!("index {}", index.name));
                        }
                    }
                }
                Object::View(_) | Object::Table(_) if self.view_has(object.oid(), test)? => {
                    found.push(self.shown_object(object))
                }
                _ => {}
            }
        }
        Ok(found)
    }

    /// What names a type in a text that is stored: it would not be read under another name.
    fn refuse_named_in_text(&self, of: &Enum) -> Result<(), PgError> {
        let of_type = |expr: &Expr| is_made(expr, of.ty());
        let mut what = self.fixed_expressions(&of_type, &|_| true)?;
        what.extend(self.domains_with(&of_type, &|_| true)?);
        let named = |text: &str| text.to_lowercase().contains(&of.name.to_lowercase());
        for table in self.catalog.tables() {
            for column in &table.columns {
                if let Some(ColumnDefault::Expression(text)) = &column.default
                    && named(text)
                    && self.detached("").stored_expression(text, column)?.any(&of_type)
                {
                    what.push(format!("default value for column {} of table {}", column.name, table.name));
                }
            }
            for (_, column, generated) in table.generated() {
                if named(&generated.expression) && self.row_expression(&generated.expression, table)?.any(&of_type) {
                    what.push(format!("default value for column {} of table {}", column.name, table.name));
                }
            }
            for (constraint, check) in table.checks() {
                if named(&check.expression) && self.row_expression(&check.expression, table)?.any(&of_type) {
                    what.push(format!("constraint {} on table {}", constraint.name, table.name));
                }
            }
        }
        match what.first() {
            Some(what) => Err(PgError::unsupported(format!("renaming a type that {what} names"))),
            None => Ok(()),
        }
    }

    fn move_enum(&self, of: &Enum, schema: &Ident, steps: &mut Steps) -> Result<(), PgError> {
        let schema = fold(schema);
        self.refuse_moving(&of.schema, &schema)?;
        self.refuse_unknown_schema(&schema)?;
        if schema == of.schema {
            return Ok(());
        }
        self.refuse_type_name(&schema, &of.name)?;
        self.refuse_named_in_text(of)?;
        steps.put(Object::Enum(Enum { schema, ..of.clone() }));
        Ok(())
    }

    fn drop_types(
        &mut self,
        names: &[ObjectName],
        if_exists: bool,
        cascade: bool,
        steps: &mut Steps,
    ) -> Result<(), PgError> {
        let mut dropped: Vec<&Enum> = Vec::new();
        let mut domains: Vec<&Domain> = Vec::new();
        let mut composites: Vec<&Composite> = Vec::new();
        for name in names {
            let name = self.qualified(name)?;
            match self.find_type(&name) {
                Some(Object::Domain(domain)) => domains.push(domain),
                Some(Object::Composite(of)) if composites.iter().any(|other| other.oid == of.oid) => {}
                Some(Object::Composite(of)) => composites.push(of),
                Some(Object::Enum(of)) if dropped.iter().any(|other| other.oid == of.oid) => {}
                Some(Object::Enum(of)) => dropped.push(of),
                _ if if_exists => {
                    let message = format!("type \"{}\" does not exist, skipping", name.display());
                    steps.notice(SqlState::SUCCESSFUL_COMPLETION, message);
                }
                _ => return Err(no_type(&name)),
            }
        }
        if !composites.is_empty() {
            return match dropped.is_empty() && domains.is_empty() {
                true => self.drop_composites(&composites, cascade, steps),
                false => Err(PgError::unsupported("DROP TYPE of composite types and others together")),
            };
        }
        if !domains.is_empty() {
            return match dropped.is_empty() {
                true => self.drop_these_domains(&domains, cascade, steps),
                false => Err(PgError::unsupported("DROP TYPE of domains and enums together")),
            };
        }
        let mut depending = Vec::new();
        let mut columns = Vec::new();
        for of in &dropped {
            // A materialized view's columns are what its query makes of others'.
            for table in self.catalog.base_tables() {
                let own = |column: &&Column| column.domain == 0 && is_of(column.ty, of.ty());
                for column in table.columns.iter().filter(own) {
                    depending.push((format!("column {} of {}", column.name, self.shown_table(table)), of));
                    columns.push((table.oid, column.clone()));
                }
            }
            depending.extend(self.using_expressions(of)?.into_iter().map(|what| (what, of)));
        }
        let mut by_domains = Vec::new();
        for of in &dropped {
            by_domains.extend(self.domains_over(of.ty())?);
            let composites = self.composites_with(of.ty(), &|_| false).into_iter();
            by_domains.extend(composites.map(|what| format!("{what} depends on type {}", of.ty())));
        }
        if cascade && !by_domains.is_empty() {
            return Err(PgError::unsupported("DROP TYPE … CASCADE of a type that other types are made of"));
        }
        if depending.is_empty() && by_domains.is_empty() {
            dropped.iter().for_each(|of| steps.drop(of.oid));
            return Ok(());
        }
        if !cascade {
            let what = match &dropped[..] {
                [only] => Some(format!("type {}", only.ty())),
                _ => None,
            };
            let detail = |(what, of): &(String, &&Enum)| {
                // What is an array depends on the array type, which has no name of its own in messages.
                format!("{what} depends on type {}", of.ty())
            };
            return Err(still_needed(what, by_domains.into_iter().chain(depending.iter().map(detail)).collect()));
        }
        if depending.len() > columns.len() {
            return Err(PgError::unsupported("DROP TYPE … CASCADE of a type that expressions name"));
        }
        steps.cascades(depending.into_iter().map(|(what, _)| what).collect());
        let oids: Vec<u32> = dropped.iter().map(|of| of.oid).collect();
        self.drop_columns(&columns, steps)?;
        oids.into_iter().for_each(|oid| steps.drop(oid));
        Ok(())
    }

    /// Columns that go with their type, one after the other.
    pub fn drop_columns(&self, columns: &[(u32, Column)], steps: &mut Steps) -> Result<(), PgError> {
        let mut catalog = Catalog::clone(self.catalog);
        for (oid, column) in columns {
            let mut done = Steps::new();
            let mut binder = Binder::new(self.text, &catalog, self.context, &[])?;
            let Some(Object::Table(table)) = catalog.get(*oid) else { continue };
            // A generated one has gone with what it was made of.
            if table.attribute(column.attnum).is_none() {
                continue;
            }
            let uses = |view: &crate::catalog::View| view.uses.contains(&(*oid, column.attnum));
            if catalog.views_of(*oid).any(uses) {
                return Err(PgError::unsupported("DROP TYPE … CASCADE of a type of a column that a view selects"));
            }
            let name = Ident::with_quote('"', &column.name);
            binder.drop_column(table, false, &name, true, &mut done)?;
            catalog = catalog.with(&done.changes());
            steps.append(done);
        }
        Ok(())
    }

    /// A type that goes with its schema, of which what else goes is known.
    pub fn drop_type_of_schema(
        &self,
        object: &Object,
        going: &[&Object],
        cascade: bool,
        steps: &mut Steps,
    ) -> Result<(), PgError> {
        if let Object::Domain(domain) = object {
            return self.drop_domain_of_schema(domain, going, cascade, steps);
        }
        if let Object::Extension(extension) = object {
            return self.drop_extension_of_schema(extension, going, cascade, steps);
        }
        if let Object::Composite(of) = object {
            let going = |oid: u32| going.iter().any(|object| object.oid() == oid);
            let users = self.users_of(of, &going);
            if cascade && !users.is_empty() {
                let ty = Type::of_relation(of.oid);
                return Err(PgError::unsupported(format!("dropping the schema of type {ty}, which is in use")));
            }
            users.into_iter().for_each(|what| steps.depends(vec![of.oid], what, self.shown_object(object)));
            steps.drop(of.oid);
            return Ok(());
        }
        let Object::Enum(of) = object else { return Ok(()) };
        let in_composites = self.composites_with(of.ty(), &|oid| going.iter().any(|object| object.oid() == oid));
        if cascade && !in_composites.is_empty() {
            return Err(PgError::unsupported(format!("dropping the schema of type {}, which is in use", of.ty())));
        }
        for what in in_composites {
            steps.depends(vec![of.oid], what, self.shown_object(object));
        }
        let before = steps.depending.len();
        let stays =
            |table: &&Table| table.materialized.is_none() && !going.iter().any(|object| object.oid() == table.oid);
        for table in self.catalog.tables().filter(stays) {
            for column in table.columns.iter().filter(|column| is_of(column.ty, of.ty())) {
                let what = format!("column {} of {}", column.name, self.shown_table(table));
                // Told behind its type.
                steps.depends(vec![of.oid], what, self.shown_object(object));
            }
        }
        let stays =
            |domain: &&Domain| is_of(domain.ty, of.ty()) && !going.iter().any(|object| object.oid() == domain.oid);
        for domain in self.catalog.domains().filter(stays) {
            steps.depends(vec![of.oid], format!("type {}", domain.named()), self.shown_object(object));
        }
        let expressions = self.using_expressions(of)?;
        if cascade && (steps.depending.len() > before || !expressions.is_empty()) {
            return Err(PgError::unsupported(format!("dropping the schema of type {}, which is in use", of.ty())));
        }
        steps.drop(of.oid);
        Ok(())
    }

    /// Expressions, beside those of its own columns, that have a value of the type.
    fn using_expressions(&self, of: &Enum) -> Result<Vec<String>, PgError> {
        let of_type = |expr: &Expr| is_made(expr, of.ty());
        let apart = |table: &Table| !table.columns.iter().any(|column| is_of(column.ty, of.ty()));
        let mut found = self.fixed_expressions(&of_type, &apart)?;
        found.extend(self.domains_with(&of_type, &|domain| !is_of(domain.ty, of.ty()))?);
        for table in self.catalog.tables().filter(|table| apart(table)) {
            for (_, column, generated) in table.generated() {
                if self.row_expression(&generated.expression, table)?.any(&of_type) {
                    found.push(format!("column {} of {}", column.name, self.shown_table(table)));
                }
            }
            for (constraint, check) in table.checks() {
                if self.row_expression(&check.expression, table)?.any(&of_type) {
                    found.push(format!("constraint {} on {}", constraint.name, self.shown_table(table)));
                }
            }
        }
        Ok(found)
    }
}

pub fn no_type(name: &Qualified) -> PgError {
    PgError::new(SqlState::UNDEFINED_OBJECT, format!("type \"{}\" does not exist", name.display()))
}

fn refuse_long_label(label: &str) -> Result<(), PgError> {
    match label.len() > MAX_LABEL {
        true => Err(PgError::new(SqlState::INVALID_NAME, format!("invalid enum label \"{label}\""))
            .detail(format!("Labels must be {MAX_LABEL} bytes or less."))),
        false => Ok(()),
    }
}

/// Whether a type is this one or an array of it.
fn is_of(ty: Type, of: Type) -> bool {
    ty == of || ty.element() == Some(of)
}

/// Whether an expression makes a value of the type, rather than take a column's.
fn is_made(expr: &Expr, ty: Type) -> bool {
    is_of(expr.ty, ty) && !matches!(expr.kind, ExprKind::Column { .. })
}

/// Whether an expression is a label of the type, or an array with it.
fn names_label(expr: &Expr, ty: Type, label: &str) -> bool {
    let is_label = |value: &Value| matches!(value, Value::Text(text) if text == label);
    is_of(expr.ty, ty)
        && match &expr.kind {
            ExprKind::Constant(Value::Array(array)) => array.elements.iter().any(is_label),
            ExprKind::Constant(value) => is_label(value),
            // A cast of what is only known when it runs.
            ExprKind::Call(call) => {
                call.args.iter().any(|arg| matches!(&arg.kind, ExprKind::Constant(value) if is_label(value)))
            }
            _ => false,
        }
}

/// How many parts of an expression fulfil `test`.
fn count(bound: &Expr, test: &dyn Fn(&Expr) -> bool) -> usize {
    let found = std::cell::Cell::new(0);
    bound.any(&|expr| {
        found.set(found.get() + usize::from(test(expr)));
        false
    });
    found.get()
}
