//! CREATE, ALTER and DROP TYPE of composite types.
//!
//! A column's rows say themselves what they are made of, so a type that columns are of keeps its attributes.

use sqlparser::ast::ObjectName;

use super::Steps;
use super::drop::still_needed;
use super::naming::Naming;
use crate::catalog::{Attribute, Composite, Object};
use crate::sql::bind::Binder;
use crate::sql::bind::names::{Qualified, fold};
use crate::sql::ddl::{AttributeAction, AttributeDefinition};
use crate::sql::text::At;
use crate::types::{PgError, SqlState, Type};

/// Attributes of a type at most (`MaxHeapAttributeNumber`).
const MAX_ATTRIBUTES: usize = 1600;

impl Binder<'_> {
    pub fn create_composite(
        &mut self,
        name: &ObjectName,
        definitions: &[AttributeDefinition],
        steps: &mut Steps,
    ) -> Result<(), PgError> {
        let name = self.qualified_new(name)?;
        let schema = self.creation_schema(&name)?;
        if self.catalog.is_temporary(&schema) {
            // What is permanent could be of it, and would have to go with the session.
            return Err(PgError::unsupported("a temporary type"));
        }
        self.refuse_type_name(&schema, &name.name)?;
        if self.catalog.relation(&schema, &name.name).is_some() {
            let message = format!("relation \"{}\" already exists", name.name);
            return Err(PgError::new(SqlState::DUPLICATE_TABLE, message));
        }
        if definitions.len() > MAX_ATTRIBUTES {
            let message = format!("tables can have at most {MAX_ATTRIBUTES} columns");
            return Err(PgError::new(SqlState::TOO_MANY_COLUMNS, message));
        }
        let mut attributes: Vec<Attribute> = Vec::with_capacity(definitions.len());
        for definition in definitions {
            let attribute = self.attribute(definition, attributes.len() as i16 + 1)?;
            if attributes.iter().any(|other| other.name == attribute.name) {
                let message = format!("column \"{}\" specified more than once", attribute.name);
                return Err(PgError::new(SqlState::DUPLICATE_COLUMN, message));
            }
            attributes.push(attribute);
        }
        let oid = Naming::new(self.catalog, &schema).oid();
        steps.put(Object::Composite(Composite { oid, schema, name: name.name, attributes, comment: None }));
        Ok(())
    }

    fn attribute(&self, definition: &AttributeDefinition, attnum: i16) -> Result<Attribute, PgError> {
        let name = self.new_name(&definition.name)?;
        self.refuse_system_column(&name)?;
        let form = self.form(&definition.data_type, definition.at);
        let form = form.map_err(|error| PgError { position: None, ..error })?;
        self.refuse_pseudo_type(&name, form.ty)?;
        if form.domain != 0 {
            return Err(self.unsupported(definition.at, "an attribute of a domain"));
        }
        self.refuse_column_type(&name, form.ty, definition.at)?;
        let collation = match &definition.collation {
            None => None,
            Some(collation) => Some(self.named_collation(collation, form, At::NOWHERE)?),
        };
        Ok(Attribute { attnum, name, ty: form.ty, typmod: form.typmod, collation })
    }

    /// The composite type of a name, if it is one's.
    pub fn named_composite(&self, name: &ObjectName) -> Result<Option<Composite>, PgError> {
        match self.find_type(&self.qualified(name)?) {
            Some(Object::Composite(composite)) => Ok(Some(composite.clone())),
            _ => Ok(None),
        }
    }

    pub fn rename_composite(&self, of: Composite, to: String, steps: &mut Steps) -> Result<(), PgError> {
        self.refuse_type_name(&of.schema, &to)?;
        self.refuse_used(&of, "renaming", |what| what.starts_with("view "))?;
        steps.put(Object::Composite(Composite { name: to, ..of }));
        Ok(())
    }

    pub fn move_composite(&self, of: Composite, schema: &str, steps: &mut Steps) -> Result<(), PgError> {
        let name = Qualified { schema: Some(schema.to_owned()), name: of.name.clone(), at: At::NOWHERE };
        let schema = self.creation_schema(&name)?;
        if schema == of.schema {
            return Ok(());
        }
        self.refuse_type_name(&schema, &of.name)?;
        self.refuse_used(&of, "moving", |what| what.starts_with("view "))?;
        steps.put(Object::Composite(Composite { schema, ..of }));
        Ok(())
    }

    pub fn alter_attributes(
        &mut self,
        name: &ObjectName,
        actions: &[AttributeAction],
        steps: &mut Steps,
    ) -> Result<(), PgError> {
        let qualified = self.qualified(name)?;
        let Some(mut of) = self.named_composite(name)? else {
            return Err(match self.find_type(&qualified) {
                Some(other) => {
                    let message = format!("{} is not a composite type", Type(other.oid()));
                    PgError::new(SqlState::WRONG_OBJECT_TYPE, message)
                }
                None => {
                    let message = format!("relation \"{}\" does not exist", qualified.display());
                    PgError::new(SqlState::UNDEFINED_TABLE, message)
                }
            });
        };
        self.refuse_used(&of, "changing the attributes of", |_| true)?;
        for action in actions {
            let missing = |of: &Composite, name: &str| {
                let message = format!("column \"{name}\" of relation \"{}\" does not exist", of.name);
                PgError::new(SqlState::UNDEFINED_COLUMN, message)
            };
            let taken = |of: &Composite, name: &str| {
                let message = format!("column \"{name}\" of relation \"{}\" already exists", of.name);
                let error = PgError::new(SqlState::DUPLICATE_COLUMN, message);
                if of.attributes.iter().any(|other| other.name == name) { Err(error) } else { Ok(()) }
            };
            match action {
                AttributeAction::Add(definition) => {
                    let next = of.attributes.iter().map(|attribute| attribute.attnum).max().unwrap_or(0) + 1;
                    let attribute = self.attribute(definition, next)?;
                    taken(&of, &attribute.name)?;
                    of.attributes.push(attribute);
                }
                AttributeAction::Drop { if_exists, name } => {
                    let name = fold(name);
                    match of.attributes.iter().position(|attribute| attribute.name == name) {
                        Some(place) if place + 1 == of.attributes.len() => drop(of.attributes.remove(place)),
                        Some(_) => {
                            return Err(PgError::unsupported("dropping an attribute before others"));
                        }
                        None if *if_exists => {
                            let message =
                                format!("column \"{name}\" of relation \"{}\" does not exist, skipping", of.name);
                            steps.notice(SqlState::SUCCESSFUL_COMPLETION, message);
                        }
                        None => return Err(missing(&of, &name)),
                    }
                }
                AttributeAction::Alter(definition) => {
                    let name = fold(&definition.name);
                    let Some(place) = of.attributes.iter().position(|attribute| attribute.name == name) else {
                        return Err(missing(&of, &name));
                    };
                    of.attributes[place] = self.attribute(definition, of.attributes[place].attnum)?;
                }
                AttributeAction::Rename { from, to } => {
                    let (from, to) = (fold(from), self.new_name(to)?);
                    let Some(place) = of.attributes.iter().position(|attribute| attribute.name == from) else {
                        let message = format!("column \"{from}\" does not exist");
                        return Err(PgError::new(SqlState::UNDEFINED_COLUMN, message));
                    };
                    taken(&of, &to)?;
                    of.attributes[place].name = to;
                }
            }
        }
        steps.put(Object::Composite(of));
        Ok(())
    }

    pub fn drop_composites(&self, dropped: &[&Composite], cascade: bool, steps: &mut Steps) -> Result<(), PgError> {
        let mut depending = Vec::new();
        for of in dropped {
            let ty = Type::of_relation(of.oid);
            let going = |oid: u32| dropped.iter().any(|other| other.oid == oid);
            depending.extend(self.users_of(of, &going).into_iter().map(|what| format!("{what} depends on type {ty}")));
        }
        if !depending.is_empty() {
            if cascade {
                return Err(PgError::unsupported("DROP TYPE … CASCADE of a composite type that is in use"));
            }
            let what = match dropped {
                [only] => Some(format!("type {}", Type::of_relation(only.oid))),
                _ => None,
            };
            return Err(still_needed(what, depending));
        }
        dropped.iter().for_each(|of| steps.drop(of.oid));
        Ok(())
    }

    /// What is of a composite type or names it, but for what goes anyway.
    pub fn users_of(&self, of: &Composite, going: &dyn Fn(u32) -> bool) -> Vec<String> {
        let ty = Type::of_relation(of.oid);
        let is_of = |other: Type| other == ty || other.element() == Some(ty);
        let mut users = Vec::new();
        for object in self.catalog.objects().filter(|object| !going(object.oid())) {
            match object {
                Object::Table(table) => {
                    for column in table.columns.iter().filter(|column| is_of(column.ty)) {
                        users.push(format!("column {} of {}", column.name, self.shown_table(table)));
                    }
                }
                Object::Composite(other) => {
                    for attribute in other.attributes.iter().filter(|attribute| is_of(attribute.ty)) {
                        let shown = Type::of_relation(other.oid);
                        users.push(format!("column {} of composite type {shown}", attribute.name));
                    }
                }
                _ => {}
            }
            if object.query().is_some_and(|view| view.sees.iter().any(|(oid, _)| *oid == of.oid)) {
                users.push(self.shown_object(object));
            }
        }
        users
    }

    fn refuse_used(&self, of: &Composite, what: &str, matters: impl Fn(&str) -> bool) -> Result<(), PgError> {
        match self.users_of(of, &|_| false).into_iter().find(|user| matters(user)) {
            Some(user) => Err(PgError::unsupported(format!("{what} a composite type that {user} uses"))),
            None => Ok(()),
        }
    }

    /// The attributes of composite types that are of a type, or of arrays of it, but for those of what goes anyway.
    pub fn composites_with(&self, ty: Type, going: &dyn Fn(u32) -> bool) -> Vec<String> {
        let of = |attribute: &&Attribute| attribute.ty == ty || attribute.ty.element() == Some(ty);
        let composites = self.catalog.objects().filter_map(|object| match object {
            Object::Composite(composite) => Some(composite).filter(|composite| !going(composite.oid)),
            _ => None,
        });
        let users = composites.flat_map(|composite| {
            let shown = Type::of_relation(composite.oid);
            composite
                .attributes
                .iter()
                .filter(of)
                .map(move |attribute| format!("column {} of composite type {shown}", attribute.name))
        });
        users.collect()
    }
}
