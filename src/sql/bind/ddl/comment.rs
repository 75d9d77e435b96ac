//! COMMENT ON: what it is about, and where that keeps it.

use sqlparser::ast::{DataType, Ident, ObjectName};

use super::Steps;
use super::naming::Naming;
use crate::catalog::{Comment, Object, Table, system};
use crate::sql::bind::Binder;
use crate::sql::bind::names::{Qualified, fold};
use crate::sql::ddl::{About, CommentOn};
use crate::sql::plan::Schema;
use crate::sql::text::At;
use crate::types::{PgError, SqlState};

impl Binder<'_> {
    pub fn comment_statement(&mut self, comment: &CommentOn) -> Result<Schema, PgError> {
        let mut steps = Steps::new();
        // PostgreSQL tells no positions here.
        self.comment_on(&comment.about, comment.text.clone(), &mut steps)
            .map_err(|error| PgError { position: None, ..error })?;
        Ok(steps.finish("COMMENT"))
    }

    fn comment_on(&mut self, about: &About, text: Option<String>, steps: &mut Steps) -> Result<(), PgError> {
        match about {
            About::Relation { kind, name } => self.comment_on_relation(kind, name, text, steps),
            About::Column(name) => self.comment_on_column(name, text, steps),
            About::Constraint { name, table } => self.comment_on_constraint(&fold(name), table, text, steps),
            About::Type { of, at, domain } => self.comment_on_type(of, *at, *domain, text, steps),
            About::DomainConstraint { name, of, at } => {
                self.comment_on_domain_constraint(&fold(name), (of, *at), text, steps)
            }
            About::Schema(name) => self.comment_on_schema(&fold(name), text, steps),
            About::Database(name) => self.comment_on_database(&fold(name), text, steps),
            About::Named { kind, name } => self.comment_on_named(kind, name, text, steps),
            About::OfTable { kind, name, table } => {
                let relation = self.commented(table)?;
                let of = if *kind == "rule" { "relation" } else { "table" };
                Err(missing(format!("{kind} \"{}\" for {of} \"{}\" does not exist", fold(name), relation.name())))
            }
            About::LargeObject(oid) => Err(missing(format!("large object {oid} does not exist"))),
            About::Statistics(name) => {
                let name = self.qualified(name)?;
                Err(missing(format!("statistics object \"{}\" does not exist", name.display())))
            }
            About::Unsupported(title) => Err(PgError::unsupported(title)),
        }
    }

    /// The relation that a comment is about.
    fn commented(&self, name: &ObjectName) -> Result<Relation, PgError> {
        let name = self.qualified(name)?;
        self.commented_by_name(&name)
    }

    fn commented_by_name(&self, name: &Qualified) -> Result<Relation, PgError> {
        if let Some(schema) = &name.schema {
            self.refuse_unknown_schema(self.meant(schema))?;
        }
        if let Some(relation) = self.find_system(name).filter(|relation| relation.is_there()) {
            return Ok(Relation::System(relation));
        }
        match self.find_relation(name) {
            Some(object) => Ok(Relation::Users(Box::new(object.clone()))),
            None => Err(self.no_relation(name)),
        }
    }

    fn comment_on_relation(
        &mut self,
        kind: &str,
        name: &ObjectName,
        text: Option<String>,
        steps: &mut Steps,
    ) -> Result<(), PgError> {
        let relation = self.commented(name)?;
        if relation.kind() != kind {
            let article = if kind == "index" { "an" } else { "a" };
            let message = format!("\"{}\" is not {article} {kind}", relation.name());
            return Err(PgError::new(SqlState::WRONG_OBJECT_TYPE, message));
        }
        match relation {
            Relation::System(relation) => self.comment_on_own("pg_class", relation.oid, 0, text, steps),
            Relation::Users(object) => put_with_comment(*object, text, steps),
        }
        Ok(())
    }

    fn comment_on_column(&mut self, name: &ObjectName, text: Option<String>, steps: &mut Steps) -> Result<(), PgError> {
        let mut parts = self.parts(name)?;
        let Some(column) = parts.pop().map(fold).filter(|_| !parts.is_empty()) else {
            return Err(PgError::new(SqlState::SYNTAX_ERROR, "column name must be qualified"));
        };
        let relation = self.qualified(&ObjectName::from(parts.into_iter().cloned().collect::<Vec<Ident>>()))?;
        let relation = self.commented_by_name(&relation)?;
        let no_column = || {
            if self.refuse_system_column(&column).is_err() {
                return PgError::unsupported("a comment on a system column");
            }
            let message = format!("column \"{column}\" of relation \"{}\" does not exist", relation.name());
            PgError::new(SqlState::UNDEFINED_COLUMN, message)
        };
        let wrong_kind = |kinds: &str| {
            let message = format!("cannot set comment on relation \"{}\"", relation.name());
            let detail = format!("This operation is not supported for {kinds}.");
            PgError::new(SqlState::WRONG_OBJECT_TYPE, message).detail(detail)
        };
        match relation.clone() {
            Relation::System(system) => {
                let found = system.columns.iter().zip(1..).find(|(other, _)| other.name == column);
                let Some((_, number)) = found else { return Err(no_column()) };
                self.comment_on_own("pg_class", system.oid, number, text, steps);
                Ok(())
            }
            Relation::Users(object) => {
                let mut object = *object;
                let place = match &mut object {
                    Object::Table(table) => {
                        table.columns.iter_mut().find(|other| other.name == column).map(|column| &mut column.comment)
                    }
                    Object::View(view) => {
                        view.columns.iter_mut().find(|other| other.name == column).map(|column| &mut column.comment)
                    }
                    Object::Index(_) => return Err(wrong_kind("indexes")),
                    _ => return Err(wrong_kind("sequences")),
                };
                *place.ok_or_else(no_column)? = text;
                steps.put(object);
                Ok(())
            }
        }
    }

    fn comment_on_constraint(
        &mut self,
        name: &str,
        table: &ObjectName,
        text: Option<String>,
        steps: &mut Steps,
    ) -> Result<(), PgError> {
        let relation = self.commented(table)?;
        let missing = missing(format!("constraint \"{name}\" for table \"{}\" does not exist", relation.name()));
        let Relation::Users(object) = relation else { return Err(missing) };
        let Object::Table(mut table) = *object else { return Err(missing) };
        match table.constraints.iter_mut().find(|constraint| constraint.name == name) {
            Some(constraint) => constraint.comment = text,
            None => return Err(missing),
        }
        steps.put(Object::Table(table));
        Ok(())
    }

    fn comment_on_type(
        &mut self,
        of: &DataType,
        at: At,
        domain: bool,
        text: Option<String>,
        steps: &mut Steps,
    ) -> Result<(), PgError> {
        if let DataType::Custom(name, _) = of
            && let Ok(name) = self.qualified(name)
            && matches!(self.find_relation(&name), Some(Object::Table(_) | Object::View(_)))
        {
            return Err(PgError::unsupported("a comment on the type of a table's rows"));
        }
        let form = self.form(of, at)?;
        if let Some(domain) = self.catalog.domain(form.domain) {
            put_with_comment(Object::Domain(domain.clone()), text, steps);
            return Ok(());
        }
        let ty = form.ty;
        if let Some(Object::Composite(composite)) = ty.relation().and_then(|oid| self.catalog.get(oid)) {
            put_with_comment(Object::Composite(composite.clone()), text, steps);
            return Ok(());
        }
        let user = self.catalog.user_type(ty).cloned();
        if domain {
            let name = user.map_or_else(|| ty.name().to_owned(), |of| of.name);
            return Err(PgError::new(SqlState::WRONG_OBJECT_TYPE, format!("\"{name}\" is not a domain")));
        }
        match user {
            Some(_) if ty.is_array() => return Err(PgError::unsupported("a comment on an array type of an enum's")),
            Some(of) => put_with_comment(Object::Enum(of), text, steps),
            None => self.comment_on_own("pg_type", ty.0, 0, text, steps),
        }
        Ok(())
    }

    fn comment_on_domain_constraint(
        &mut self,
        name: &str,
        (of, at): (&DataType, At),
        text: Option<String>,
        steps: &mut Steps,
    ) -> Result<(), PgError> {
        let form = self.form(of, at)?;
        let Some(mut domain) = self.catalog.domain(form.domain).cloned() else {
            let user = self.catalog.user_type(form.ty);
            let name = user.map_or_else(|| form.ty.name().to_owned(), |of| of.name.clone());
            return Err(super::domain::not_a_domain(&name, true));
        };
        let shown = domain.named();
        match domain.constraints.iter_mut().find(|constraint| constraint.name == name) {
            Some(constraint) => constraint.comment = text,
            None => return Err(missing(format!("constraint \"{name}\" for domain {shown} does not exist"))),
        }
        steps.put(Object::Domain(domain));
        Ok(())
    }

    fn comment_on_schema(&mut self, name: &str, text: Option<String>, steps: &mut Steps) -> Result<(), PgError> {
        self.refuse_unknown_schema(name)?;
        match self.catalog.schemas().find(|schema| schema.name == name) {
            Some(schema) => put_with_comment(Object::Schema(schema.clone()), text, steps),
            None => {
                let oid =
                    system::namespace_oid(name).ok_or_else(|| PgError::unsupported("a comment on this schema"))?;
                self.comment_on_own("pg_namespace", oid, 0, text, steps);
            }
        }
        Ok(())
    }

    /// A database that there is not gets a warning only, as restoring a dump into another one is no error.
    fn comment_on_database(&mut self, name: &str, text: Option<String>, steps: &mut Steps) -> Result<(), PgError> {
        if name == self.context.database {
            self.comment_on_own("pg_database", system::DATABASE, 0, text, steps);
            return Ok(());
        }
        steps.warning(SqlState::INVALID_CATALOG_NAME, format!("database \"{name}\" does not exist"));
        Ok(())
    }

    fn comment_on_named(
        &mut self,
        kind: &str,
        name: &Ident,
        text: Option<String>,
        steps: &mut Steps,
    ) -> Result<(), PgError> {
        let role = name;
        let name = fold(name);
        let catalog = match kind {
            "role" => "pg_authid",
            "tablespace" => "pg_tablespace",
            "language" => "pg_language",
            "access method" => "pg_am",
            "extension" => "pg_extension",
            _ => return Err(missing(format!("{kind} \"{name}\" does not exist"))),
        };
        if kind == "extension"
            && let Some(extension) = self.catalog.extension(&name)
        {
            put_with_comment(Object::Extension(extension.clone()), text, steps);
            return Ok(());
        }
        match system::builtin_oid(catalog, &name) {
            Some(oid) => {
                self.comment_on_own(catalog, oid, 0, text, steps);
                Ok(())
            }
            None if kind == "role" => {
                self.refuse_unknown_role(role)?;
                Err(PgError::unsupported("a comment on a role of one's own"))
            }
            None => Err(missing(format!("{kind} \"{name}\" does not exist"))),
        }
    }

    /// Of something that is not written down here.
    fn comment_on_own(&self, catalog: &str, object: u32, column: i32, text: Option<String>, steps: &mut Steps) {
        let Some(class) = system::relation("pg_catalog", catalog).map(|catalog| catalog.oid) else { return };
        let before = self.catalog.comment_on(class, object, column).map(|comment| comment.oid);
        let oid = before.unwrap_or_else(|| Naming::new(self.catalog, "").oid());
        let name = Comment::name_of(class, object, column);
        steps.put(Object::Comment(Comment { oid, name, text, class, object, column }));
    }
}

/// A relation of either kind.
#[derive(Clone)]
enum Relation {
    System(&'static system::Relation),
    Users(Box<Object>),
}

impl Relation {
    fn name(&self) -> &str {
        match self {
            Relation::System(relation) => relation.name,
            Relation::Users(object) => object.name(),
        }
    }

    fn kind(&self) -> &'static str {
        match self {
            Relation::System(relation) if relation.kind == b'v' => "view",
            Relation::System(_) => "table",
            Relation::Users(object) => object.kind(),
        }
    }
}

fn put_with_comment(mut object: Object, text: Option<String>, steps: &mut Steps) {
    match &mut object {
        Object::Table(Table { comment, .. }) => *comment = text,
        Object::Index(index) => index.comment = text,
        Object::Sequence(sequence) => sequence.comment = text,
        Object::View(view) => view.comment = text,
        Object::Enum(of) => of.comment = text,
        Object::Domain(domain) => domain.comment = text,
        Object::Composite(of) => of.comment = text,
        Object::Schema(schema) => schema.comment = text,
        Object::Comment(comment) => comment.text = text,
        Object::Extension(extension) => extension.comment = text,
    }
    steps.put(object);
}

fn missing(message: String) -> PgError {
    PgError::new(SqlState::UNDEFINED_OBJECT, message)
}
