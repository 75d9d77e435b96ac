//! CREATE, ALTER and DROP SCHEMA, and what goes from one schema into another.
//!
//! The file knows no schemas: a table of another one than `public` has its schema in its name there, `schema.table`.

use sqlparser::ast::Ident;

use super::Steps;
use super::alter_table::quoted;
use super::naming::Naming;
use super::table::refuse_reserved;
use crate::catalog::system::PG_NAMESPACE;
use crate::catalog::{
    ColumnDefault, Composite, Domain, Enum, Extension, Object, PG_TEMP, Schema as Namespace, Table, View,
    is_system_schema,
};
use crate::sql::bind::Binder;
use crate::sql::bind::names::{Qualified, fold};
use crate::sql::ddl::SchemaStatement;
use crate::sql::plan::Schema;
use crate::sql::text::At;
use crate::types::identifier::{qualified, quote_ident};
use crate::types::{PgError, SqlState};

const PUBLIC: &str = "public";

impl Binder<'_> {
    pub fn schema_object_statement(&mut self, statement: &SchemaStatement) -> Result<Schema, PgError> {
        let mut steps = Steps::new();
        match statement {
            SchemaStatement::Create { if_not_exists, name, owner } => {
                self.create_schema(*if_not_exists, name.as_ref(), owner.as_ref(), &mut steps)?;
                return Ok(steps.finish("CREATE SCHEMA"));
            }
            SchemaStatement::Drop { if_exists, names, cascade } => {
                self.drop_schemas(*if_exists, names, *cascade, &mut steps)?;
                return Ok(steps.finish("DROP SCHEMA"));
            }
            SchemaStatement::Rename { name, to } => self.rename_schema(&fold(name), to, &mut steps)?,
            SchemaStatement::Owner { name, role } => {
                self.refuse_unknown_schema(&fold(name))?;
                self.refuse_unknown_role(role)?;
            }
        }
        Ok(steps.finish("ALTER SCHEMA"))
    }

    fn create_schema(
        &mut self,
        if_not_exists: bool,
        name: Option<&Ident>,
        owner: Option<&Ident>,
        steps: &mut Steps,
    ) -> Result<(), PgError> {
        if let Some(owner) = owner {
            self.refuse_unknown_role(owner)?;
        }
        let name = match name {
            Some(name) => self.new_name(name)?,
            // The one role there is, by whatever word.
            None => self.context.user.clone(),
        };
        refuse_schema_name(&name)?;
        if self.schema_is_there(&name) {
            let message = format!("schema \"{name}\" already exists");
            if if_not_exists {
                steps.notice(SqlState::DUPLICATE_SCHEMA, format!("{message}, skipping"));
                return Ok(());
            }
            return Err(PgError::new(SqlState::DUPLICATE_SCHEMA, message));
        }
        let oid = match &*name {
            PUBLIC => crate::catalog::system::PUBLIC,
            _ => Naming::new(self.catalog, &name).oid(),
        };
        steps.put(Object::Schema(Namespace { oid, name, dropped: false, comment: None, session: None }));
        Ok(())
    }

    /// Whether there is such a schema, be it PostgreSQL's own.
    pub fn schema_is_there(&self, name: &str) -> bool {
        self.catalog.has_schema(name) || is_system_schema(name)
    }

    /// 3F000 for a schema that there is not.
    pub fn refuse_unknown_schema(&self, schema: &str) -> Result<(), PgError> {
        match self.schema_is_there(schema) {
            true => Ok(()),
            false => Err(no_schema(schema)),
        }
    }

    /// An object as PostgreSQL's messages call it: with its schema, where it can't be named without.
    pub fn shown_object(&self, object: &Object) -> String {
        let bare = Qualified { schema: None, name: object.name().to_owned(), at: At::NOWHERE };
        let visible = match object {
            Object::Schema(_) | Object::Comment(_) | Object::Extension(_) => true,
            Object::Enum(_) | Object::Domain(_) | Object::Composite(_) => {
                self.find_type(&bare).is_some_and(|other| other.oid() == object.oid())
            }
            _ => self.find_relation(&bare).is_some_and(|other| other.oid() == object.oid()),
        };
        if let Object::Extension(extension) = object {
            return format!("extension {}", extension.name);
        }
        let name = match visible {
            true => quote_ident(object.name()),
            false => qualified(object.schema(), object.name()),
        };
        format!("{} {name}", object.kind())
    }

    pub fn shown_table(&self, table: &Table) -> String {
        self.catalog.get(table.oid).map_or_else(|| format!("table {}", table.name), |object| self.shown_object(object))
    }

    fn drop_schemas(
        &mut self,
        if_exists: bool,
        names: &[Ident],
        cascade: bool,
        steps: &mut Steps,
    ) -> Result<(), PgError> {
        let mut dropped: Vec<String> = Vec::new();
        for name in names {
            let name = fold(name);
            if is_system_schema(&name) {
                let message = format!("cannot drop schema {name} because it is required by the database system");
                return Err(PgError::new(SqlState::DEPENDENT_OBJECTS_STILL_EXIST, message));
            }
            if !self.catalog.has_schema(&name) {
                if !if_exists {
                    return Err(no_schema(&name));
                }
                steps.notice(SqlState::SUCCESSFUL_COMPLETION, format!("schema \"{name}\" does not exist, skipping"));
            } else if !dropped.contains(&name) {
                dropped.push(name);
            }
        }
        self.drop_whole_schemas(dropped, cascade, steps)
    }

    /// All that is in some schemas, with what depends on it.
    pub fn drop_contents(&mut self, dropped: &[String], cascade: bool, steps: &mut Steps) -> Result<(), PgError> {
        let contents: Vec<&Object> = self
            .catalog
            .objects()
            .filter(|object| dropped.iter().any(|schema| is_by_itself_in(object, schema)))
            .collect();
        for object in &contents {
            steps.depends(
                vec![object.oid()],
                self.shown_object(object),
                format!("schema {}", quote_ident(object.schema())),
            );
        }
        if cascade {
            self.refuse_drawing_domains(&contents)?;
        }
        let (relations, types): (Vec<&Object>, Vec<&Object>) = contents.iter().partition(|object| object.is_relation());
        for of in types {
            self.drop_type_of_schema(of, &contents, cascade, steps)?;
        }
        // The youngest claims what depends on several.
        let ranked = relations.into_iter().rev().map(|object| (object.oid(), object)).collect();
        self.drop_with_depending(ranked, steps)?;
        let what = match dropped {
            [only] => Some(format!("schema {}", quote_ident(only))),
            _ => None,
        };
        steps.settle_depending(what, cascade)
    }

    /// Schemas that there are, with all that is in them.
    pub fn drop_whole_schemas(
        &mut self,
        dropped: Vec<String>,
        cascade: bool,
        steps: &mut Steps,
    ) -> Result<(), PgError> {
        self.drop_contents(&dropped, cascade, steps)?;
        for name in dropped {
            let said = self.catalog.schema_oid(&name).and_then(|oid| self.catalog.comment_on(PG_NAMESPACE, oid, 0));
            if let Some(comment) = said {
                steps.drop(comment.oid);
            }
            match (&*name, self.catalog.schema_oid(&name)) {
                // That it is not there must be written down.
                (PUBLIC, Some(oid)) => {
                    let dropped = Namespace { oid, name, dropped: true, comment: None, session: None };
                    steps.put(Object::Schema(dropped));
                }
                (_, Some(oid)) => steps.drop(oid),
                (_, None) => {}
            }
        }
        Ok(())
    }

    fn rename_schema(&mut self, name: &str, to: &Ident, steps: &mut Steps) -> Result<(), PgError> {
        let to = self.new_name(to)?;
        self.refuse_unknown_schema(name)?;
        if self.schema_is_there(&to) {
            let message = format!("schema \"{to}\" already exists");
            return Err(PgError::new(SqlState::DUPLICATE_SCHEMA, message));
        }
        refuse_schema_name(&to)?;
        if is_system_schema(name) || name == PUBLIC || self.catalog.is_temporary(name) {
            return Err(PgError::unsupported(format!("renaming the schema {name}")));
        }
        self.refuse_named_schema(name)?;
        let Some(oid) = self.catalog.schema_oid(name) else { return Err(no_schema(name)) };
        let mut naming = Naming::new(self.catalog, &to);
        let of_table = |sequence: &crate::catalog::Sequence| sequence.owned_by.is_some();
        for object in self.catalog.objects().filter(|object| object.schema() == name) {
            match object {
                Object::Table(table) => self.move_table(table, &to, &mut naming, steps)?,
                Object::View(view) => steps.put(Object::View(View { schema: to.clone(), ..view.clone() })),
                Object::Enum(of) => steps.put(Object::Enum(Enum { schema: to.clone(), ..of.clone() })),
                Object::Domain(of) => steps.put(Object::Domain(Domain { schema: to.clone(), ..of.clone() })),
                Object::Composite(of) => steps.put(Object::Composite(Composite { schema: to.clone(), ..of.clone() })),
                Object::Sequence(sequence) if !of_table(sequence) => {
                    let mut sequence = sequence.clone();
                    sequence.schema.clone_from(&to);
                    steps.put(Object::Sequence(sequence));
                }
                Object::Extension(of) => steps.put(Object::Extension(Extension { schema: to.clone(), ..of.clone() })),
                // With their tables.
                Object::Index(_) | Object::Sequence(_) | Object::Schema(_) | Object::Comment(_) => {}
            }
        }
        let comment = match self.catalog.get(oid) {
            Some(Object::Schema(schema)) => schema.comment.clone(),
            _ => None,
        };
        steps.put(Object::Schema(Namespace { oid, name: to, dropped: false, comment, session: None }));
        Ok(())
    }

    /// What names the schema in a text that is stored: it would not be read under another name.
    fn refuse_named_schema(&self, schema: &str) -> Result<(), PgError> {
        let seen = |view: &View| {
            view.search_path.iter().any(|other| other == schema)
                || view.sees.iter().any(|(oid, _)| self.catalog.get(*oid).is_some_and(|of| of.schema() == schema))
        };
        let named = |text: &str| text.to_lowercase().contains(&schema.to_lowercase());
        for object in self.catalog.objects() {
            let names = match object {
                Object::View(view) => seen(view) || named(&view.query),
                Object::Table(Table { materialized: Some(of), .. }) => seen(&of.view) || named(&of.view.query),
                Object::Table(table) => {
                    let defaults = table.columns.iter().filter_map(|column| match &column.default {
                        Some(ColumnDefault::Expression(text)) => Some(text),
                        _ => None,
                    });
                    defaults.chain(table.row_expressions()).any(|text| named(text))
                }
                Object::Index(index) => {
                    let expressions = index.columns.iter().filter_map(|column| column.expression.as_ref());
                    expressions.chain(&index.predicate).any(|text| named(text))
                }
                Object::Domain(domain) => {
                    let default = match &domain.default {
                        Some(ColumnDefault::Expression(text)) => Some(text),
                        _ => None,
                    };
                    let checks = domain.constraints.iter().map(|constraint| &constraint.expression);
                    checks.chain(default).any(|text| named(text))
                }
                Object::Sequence(_)
                | Object::Enum(_)
                | Object::Composite(_)
                | Object::Schema(_)
                | Object::Comment(_)
                | Object::Extension(_) => false,
            };
            if names {
                let what = self.shown_object(object);
                return Err(PgError::unsupported(format!("renaming a schema that {what} may name")));
            }
        }
        Ok(())
    }

    /// ALTER TABLE … SET SCHEMA.
    pub fn set_schema(&mut self, table: &Table, schema: &Ident, steps: &mut Steps) -> Result<(), PgError> {
        let schema = self.other_schema(&table.schema, schema)?;
        if schema == table.schema {
            return Ok(());
        }
        let indexes = self.catalog.indexes_of(table.oid).map(|index| &index.name);
        let taken = |name: &&String| self.catalog.relation(&schema, name).is_some();
        if let Some(name) = std::iter::once(&table.name).chain(indexes).find(taken) {
            let message = format!("relation \"{name}\" already exists in schema \"{schema}\"");
            return Err(PgError::new(SqlState::DUPLICATE_TABLE, message));
        }
        self.refuse_type_name(&schema, &table.name)?;
        let mut naming = Naming::new(self.catalog, &schema);
        self.move_table(table, &schema, &mut naming, steps)
    }

    /// The schema that something of the schema `from` is to be moved to.
    pub fn other_schema(&self, from: &str, schema: &Ident) -> Result<String, PgError> {
        let schema = fold(schema);
        if schema != PG_TEMP {
            self.refuse_unknown_schema(&schema)?;
        }
        self.refuse_moving(from, &schema)?;
        match is_system_schema(&schema) {
            true => Err(PgError::unsupported(format!("moving a relation into schema {schema}"))),
            false => Ok(schema),
        }
    }

    /// A table, with what belongs to it.
    fn move_table(&self, table: &Table, to: &str, naming: &mut Naming, steps: &mut Steps) -> Result<(), PgError> {
        let stored_name = naming.stored_name(&table.name);
        steps.own(format!("ALTER TABLE {} RENAME TO {}", quoted(&table.stored_name), quoted(&stored_name)));
        let moved = Table { schema: to.to_owned(), stored_name, ..table.clone() };
        for text in table.row_expressions() {
            let before = self.row_expression(text, table)?;
            if !self.row_expression(text, &moved).is_ok_and(|after| after == before) {
                return Err(PgError::unsupported(format!("moving a table whose schema ({text}) names")));
            }
        }
        steps.put(Object::Table(moved));
        for object in self.catalog.objects() {
            match object {
                Object::Index(index) if index.table_oid == table.oid => {
                    let mut index = index.clone();
                    to.clone_into(&mut index.schema);
                    steps.put(Object::Index(index));
                }
                Object::Sequence(sequence) if sequence.owned_by.is_some_and(|(owner, _)| owner == table.oid) => {
                    if self.catalog.relation(to, &sequence.name).is_some() {
                        let message = format!("relation \"{}\" already exists in schema \"{to}\"", sequence.name);
                        return Err(PgError::new(SqlState::DUPLICATE_TABLE, message));
                    }
                    let mut sequence = sequence.clone();
                    to.clone_into(&mut sequence.schema);
                    steps.put(Object::Sequence(sequence));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// 3F000.
pub fn no_schema(name: &str) -> PgError {
    PgError::new(SqlState::INVALID_SCHEMA_NAME, format!("schema \"{name}\" does not exist"))
}

fn refuse_schema_name(name: &str) -> Result<(), PgError> {
    if name.starts_with("pg_") {
        let message = format!("unacceptable schema name \"{name}\"");
        return Err(
            PgError::new(SqlState::RESERVED_NAME, message).detail("The prefix \"pg_\" is reserved for system schemas.")
        );
    }
    // It begins the names of the schema's tables in the file.
    refuse_reserved(name)
}

/// Whether an object is in the schema, and not with a table that is.
fn is_by_itself_in(object: &Object, schema: &str) -> bool {
    let with_table = match object {
        Object::Index(_) => true,
        Object::Sequence(sequence) => sequence.owned_by.is_some(),
        _ => false,
    };
    object.schema() == schema && !with_table
}
