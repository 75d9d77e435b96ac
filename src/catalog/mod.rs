//! A database's schema as plain data: what `sql::bind` resolves names against.
//!
//! A [`Catalog`] is an immutable value; a schema change makes the next one
//! ([`Catalog::with`]). It is stored one [`Object`] a row in the database file itself, and so is
//! replicated by the same row effects as everything else (see `storage`).

mod databases;
pub mod extensions;
mod index;
mod objects;
mod role_settings;
pub mod system;
mod temporary;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::types::Type;

pub use databases::{DatabaseInfo, DatabaseOptions, OptionsChange};
pub use index::{Index, IndexColumn, KeyColumn, Method};
pub use objects::{
    Action, Attribute, Check, Column, ColumnDefault, ColumnStorage, Comment, Composite, Constraint, ConstraintKind,
    Deferral, Domain, DomainConstraint, Enum, Extension, ForeignKey, Generated, Identity, Label, Materialized, Object,
    OnCommit, ReplicaIdentity, Schema, Sequence, SessionKey, Table, Triggers, View, ViewColumn,
};
pub use role_settings::{RoleSettings, SessionsOf, SettingChange};
pub use temporary::{PG_TEMP, path};

/// The first OID given to a user's object, as in PostgreSQL.
pub const FIRST_USER_OID: u32 = 16384;

/// Whether a schema is PostgreSQL's own, with nothing of users' in it.
pub fn is_system_schema(name: &str) -> bool {
    matches!(name, "pg_catalog" | "information_schema" | "pg_toast")
}

/// One step of a schema change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Change {
    /// Adds the object, or replaces the one of the same OID.
    Put(Box<Object>),
    /// Removes the object with this OID.
    Drop(u32),
}

impl Change {
    pub fn put(object: Object) -> Change {
        Change::Put(Box::new(object))
    }
}

/// A database's schema at one version.
#[derive(Clone, Debug, PartialEq)]
pub struct Catalog {
    /// Counts schema changes: a plan bound at another version must be bound again.
    pub version: u64,
    /// The next OID to give out.
    pub next_oid: u32,
    /// By OID.
    objects: BTreeMap<u32, Arc<Object>>,
    /// OID by (schema, name): tables, indexes, sequences and views share PostgreSQL's one name space.
    relations: BTreeMap<(String, String), u32>,
    /// OID by (schema, name) of the types that users have made.
    types: BTreeMap<(String, String), u32>,
    /// OID by name of the schemas that users have made, and of a `public` that somebody has dropped.
    schemas: BTreeMap<(String, String), u32>,
    /// OID by name of what is said of PostgreSQL's own objects.
    comments: BTreeMap<(String, String), u32>,
    /// OID by session of the schemas of temporary objects.
    temporary: BTreeMap<SessionKey, u32>,
    /// OID by name of the extensions that there are, beside PostgreSQL's own.
    extensions: BTreeMap<(String, String), u32>,
    /// OIDs of the tables whose triggers are disabled.
    without_triggers: BTreeSet<u32>,
    /// OIDs of the tables that have a DEFERRABLE UNIQUE constraint or primary key: they are asked for after each statement.
    deferrable_keys: BTreeSet<u32>,
    /// OIDs of the tables that have a foreign key which is NOT VALID: every write minds them.
    unproven_keys: BTreeSet<u32>,
    /// OIDs of the tables that have a foreign key of which ON DELETE sets some columns: every write minds them.
    setting_keys: BTreeSet<u32>,
}

impl Catalog {
    pub fn empty() -> Catalog {
        Catalog {
            version: 0,
            next_oid: FIRST_USER_OID,
            objects: BTreeMap::new(),
            relations: BTreeMap::new(),
            types: BTreeMap::new(),
            schemas: BTreeMap::new(),
            comments: BTreeMap::new(),
            temporary: BTreeMap::new(),
            extensions: BTreeMap::new(),
            without_triggers: BTreeSet::new(),
            deferrable_keys: BTreeSet::new(),
            unproven_keys: BTreeSet::new(),
            setting_keys: BTreeSet::new(),
        }
    }

    /// Builds the catalog from stored objects.
    pub fn from_objects(version: u64, next_oid: u32, objects: impl IntoIterator<Item = Object>) -> Catalog {
        let mut catalog = Catalog { version, next_oid, ..Catalog::empty() };
        for object in objects {
            catalog.put(object);
        }
        catalog
    }

    /// The catalog after `changes`: one version later, with `next_oid` past every OID in use.
    pub fn with(&self, changes: &[Change]) -> Catalog {
        let mut next = self.clone();
        next.version += 1;
        for change in changes {
            match change {
                Change::Put(object) => {
                    next.remove(object.oid());
                    next.put(Object::clone(object));
                }
                Change::Drop(oid) => next.remove(*oid),
            }
        }
        next
    }

    fn put(&mut self, object: Object) {
        let oid = object.oid();
        self.next_oid = self.next_oid.max(oid + 1);
        let last = match &object {
            Object::Table(table) => table.constraints.iter().map(|constraint| constraint.oid).max().unwrap_or(0),
            Object::Domain(domain) => {
                let constraints = domain.constraints.iter().map(|constraint| constraint.oid);
                constraints.max().unwrap_or(0).max(oid + 1)
            }
            Object::Enum(of) => of.labels.iter().map(|label| label.oid).max().unwrap_or(0).max(oid + 1),
            Object::Extension(extension) => extension.last_oid(),
            _ => 0,
        };
        self.next_oid = self.next_oid.max(last + 1);
        match &object {
            Object::Schema(Schema { session: Some(session), .. }) => {
                self.temporary.insert(*session, oid);
            }
            Object::Table(table) => {
                if table.deferrable_keys().next().is_some() {
                    self.deferrable_keys.insert(oid);
                }
                if table.unproven_keys().next().is_some() {
                    self.unproven_keys.insert(oid);
                }
                if table.foreign_keys().any(|(_, key)| !key.set_columns.is_empty()) {
                    self.setting_keys.insert(oid);
                }
                if table.triggers == Triggers::Off {
                    self.without_triggers.insert(oid);
                }
            }
            _ => {}
        }
        let key = key_of(&object);
        self.names_of(&object).insert(key, oid);
        self.objects.insert(oid, Arc::new(object));
    }

    fn remove(&mut self, oid: u32) {
        if let Some(old) = self.objects.remove(&oid) {
            self.names_of(&old).remove(&key_of(&old));
            self.without_triggers.remove(&oid);
            self.deferrable_keys.remove(&oid);
            self.unproven_keys.remove(&oid);
            self.setting_keys.remove(&oid);
            if let Object::Schema(Schema { session: Some(session), .. }) = &*old {
                self.temporary.remove(session);
            }
        }
    }

    /// The name space that an object is in.
    fn names_of(&mut self, object: &Object) -> &mut BTreeMap<(String, String), u32> {
        match object {
            Object::Schema(_) => &mut self.schemas,
            Object::Enum(_) | Object::Domain(_) | Object::Composite(_) => &mut self.types,
            Object::Comment(_) => &mut self.comments,
            Object::Extension(_) => &mut self.extensions,
            _ => &mut self.relations,
        }
    }

    pub fn get(&self, oid: u32) -> Option<&Object> {
        self.objects.get(&oid).map(Arc::as_ref)
    }

    /// The table, index, sequence or view of this name.
    pub fn relation(&self, schema: &str, name: &str) -> Option<&Object> {
        let oid = self.relations.get(&(schema.to_owned(), name.to_owned()))?;
        self.get(*oid)
    }

    /// The tables, indexes, sequences and views of a schema, by name.
    pub fn relations_in<'c>(&'c self, schema: &'c str) -> impl Iterator<Item = &'c Object> {
        let all = self.relations.range((schema.to_owned(), String::new())..);
        all.take_while(move |((other, _), _)| other == schema).filter_map(|(_, oid)| self.get(*oid))
    }

    /// `pg_namespace.oid` of `public` or a schema that a user has made.
    pub fn schema_oid(&self, name: &str) -> Option<u32> {
        match self.schemas.get(&(String::new(), name.to_owned())).and_then(|oid| self.get(*oid)) {
            Some(Object::Schema(schema)) => (!schema.dropped).then_some(schema.oid),
            _ => (name == "public").then_some(system::PUBLIC),
        }
    }

    /// Whether users' objects may be in a schema of this name.
    pub fn has_schema(&self, name: &str) -> bool {
        self.schema_oid(name).is_some()
    }

    /// What is written down of schemas.
    pub fn schemas(&self) -> impl Iterator<Item = &Schema> {
        self.objects().filter_map(|object| match object {
            Object::Schema(schema) => Some(schema),
            _ => None,
        })
    }

    /// What is said of one of PostgreSQL's own objects, or of the database.
    pub fn comment_on(&self, class: u32, object: u32, column: i32) -> Option<&Comment> {
        let oid = self.comments.get(&(String::new(), Comment::name_of(class, object, column)))?;
        match self.get(*oid)? {
            Object::Comment(comment) => Some(comment),
            _ => None,
        }
    }

    pub fn comments(&self) -> impl Iterator<Item = &Comment> {
        self.objects().filter_map(|object| match object {
            Object::Comment(comment) => Some(comment),
            _ => None,
        })
    }

    /// The type of this name that a user has made: an enum or a domain.
    pub fn type_named(&self, schema: &str, name: &str) -> Option<&Object> {
        self.get(*self.types.get(&(schema.to_owned(), name.to_owned()))?)
    }

    /// The types that users have made.
    pub fn types(&self) -> impl Iterator<Item = &Object> {
        self.objects().filter(|object| matches!(object, Object::Enum(_) | Object::Domain(_) | Object::Composite(_)))
    }

    /// The enum or domain that a user's type is, or is an array of; of a row type the relation.
    pub fn type_object(&self, ty: Type) -> Option<&Object> {
        let of = ty.element().unwrap_or(ty);
        if let Some(relation) = of.relation() {
            return self.get(relation).filter(|object| object.has_row_type());
        }
        let object = self.get(of.0)?;
        matches!(object, Object::Enum(_) | Object::Domain(_) | Object::Composite(_)).then_some(object)
    }

    pub fn domain(&self, oid: u32) -> Option<&Domain> {
        match self.get(oid)? {
            Object::Domain(domain) => Some(domain),
            _ => None,
        }
    }

    pub fn domains(&self) -> impl Iterator<Item = &Domain> {
        self.objects().filter_map(|object| match object {
            Object::Domain(domain) => Some(domain),
            _ => None,
        })
    }

    /// A domain and those that it is made of, itself first.
    pub fn domain_and_parents(&self, oid: u32) -> impl Iterator<Item = &Domain> {
        std::iter::successors(self.domain(oid), |domain| self.domain(domain.parent))
    }

    /// The extension of this name, if somebody has made it.
    pub fn extension(&self, name: &str) -> Option<&Extension> {
        match self.get(*self.extensions.get(&(String::new(), name.to_owned()))?)? {
            Object::Extension(extension) => Some(extension),
            _ => None,
        }
    }

    /// The extensions that users have made, in OID order.
    pub fn extensions(&self) -> impl Iterator<Item = &Extension> {
        let mut all: Vec<u32> = self.extensions.values().copied().collect();
        all.sort_unstable();
        all.into_iter().filter_map(|oid| match self.get(oid) {
            Some(Object::Extension(extension)) => Some(extension),
            _ => None,
        })
    }

    pub fn enum_of(&self, ty: Type) -> Option<&Enum> {
        match self.get(ty.0)? {
            Object::Enum(of) => Some(of),
            _ => None,
        }
    }

    /// What a user's type is or is an array of.
    pub fn user_type(&self, ty: Type) -> Option<&Enum> {
        self.enum_of(ty.element().unwrap_or(ty))
    }

    pub fn enums(&self) -> impl Iterator<Item = &Enum> {
        self.objects().filter_map(|object| match object {
            Object::Enum(of) => Some(of),
            _ => None,
        })
    }

    pub fn table(&self, schema: &str, name: &str) -> Option<&Table> {
        match self.relation(schema, name)? {
            Object::Table(table) => Some(table),
            _ => None,
        }
    }

    /// All objects, in OID order.
    pub fn objects(&self) -> impl Iterator<Item = &Object> {
        self.objects.values().map(Arc::as_ref)
    }

    /// Tables, and materialized views.
    pub fn tables(&self) -> impl Iterator<Item = &Table> {
        self.objects().filter_map(|object| match object {
            Object::Table(table) => Some(table),
            _ => None,
        })
    }

    /// Tables whose rows statements write.
    pub fn base_tables(&self) -> impl Iterator<Item = &Table> {
        self.tables().filter(|table| table.materialized.is_none())
    }

    /// Tables with DEFERRABLE UNIQUE constraints or primary keys, in OID order.
    pub fn tables_with_deferrable_keys(&self) -> impl Iterator<Item = &Table> {
        self.deferrable_keys.iter().filter_map(|oid| match self.get(*oid) {
            Some(Object::Table(table)) => Some(table),
            _ => None,
        })
    }

    /// The foreign keys that are NOT VALID: rows may violate them.
    pub fn unproven_keys(&self) -> impl Iterator<Item = &ForeignKey> {
        let tables = self.unproven_keys.iter().filter_map(|oid| match self.get(*oid) {
            Some(Object::Table(table)) => Some(table),
            _ => None,
        });
        tables.flat_map(Table::unproven_keys)
    }

    /// The foreign keys of which ON DELETE sets some columns, each with the table it belongs to.
    pub fn setting_keys(&self) -> impl Iterator<Item = (&Table, &Constraint, &ForeignKey)> {
        let tables = self.setting_keys.iter().filter_map(|oid| match self.get(*oid) {
            Some(Object::Table(table)) => Some(table),
            _ => None,
        });
        let keys = tables.flat_map(|table| table.foreign_keys().map(move |(constraint, key)| (table, constraint, key)));
        keys.filter(|(.., key)| !key.set_columns.is_empty())
    }

    /// The table that SQLite knows by this name (SQLite compares names without case).
    pub fn table_stored_as(&self, stored_name: &str) -> Option<&Table> {
        self.tables().find(|table| table.stored_name.eq_ignore_ascii_case(stored_name))
    }

    /// Whether a table's triggers are disabled.
    pub fn is_without_triggers(&self, table_oid: u32) -> bool {
        self.without_triggers.contains(&table_oid)
    }

    /// Of the tables whose rows an action of a foreign key changes with those of this one, one whose triggers are disabled.
    pub fn acted_on_without_triggers(&self, table_oid: u32) -> Option<&Table> {
        if self.without_triggers.is_empty() {
            return None;
        }
        let (mut seen, mut next) = (BTreeSet::from([table_oid]), vec![table_oid]);
        while let Some(oid) = next.pop() {
            for (child, _, key) in self.foreign_keys_to(oid) {
                if key.acts() && self.is_without_triggers(child.oid) {
                    return Some(child);
                }
                if key.acts() && seen.insert(child.oid) {
                    next.push(child.oid);
                }
            }
        }
        None
    }

    /// Whether there is a table whose triggers are disabled.
    pub fn has_disabled_triggers(&self) -> bool {
        !self.without_triggers.is_empty()
    }

    /// The queries of views and materialized views that name a relation themselves, in OID order.
    pub fn views_of(&self, oid: u32) -> impl Iterator<Item = &View> {
        self.objects().filter_map(Object::query).filter(move |view| view.sees(oid).is_some())
    }

    /// The foreign keys that reference a table, each with the table it belongs to, in the order in which they were made.
    pub fn foreign_keys_to(&self, table_oid: u32) -> Vec<(&Table, &Constraint, &ForeignKey)> {
        let mut keys: Vec<_> = self
            .tables()
            .flat_map(|table| table.foreign_keys().map(move |(constraint, key)| (table, constraint, key)))
            .filter(|(_, _, key)| key.table_oid == table_oid)
            .collect();
        keys.sort_by_key(|(table, constraint, _)| (table.oid, constraint.oid));
        keys
    }

    /// The indexes of a table, in OID order.
    pub fn indexes_of(&self, table_oid: u32) -> impl Iterator<Item = &Index> {
        self.objects().filter_map(move |object| match object {
            Object::Index(index) if index.table_oid == table_oid => Some(index),
            _ => None,
        })
    }
}

/// By what an object is found in its name space: extensions go by their names alone.
fn key_of(object: &Object) -> (String, String) {
    let schema = match object {
        Object::Extension(_) => "",
        _ => object.schema(),
    };
    (schema.to_owned(), object.name().to_owned())
}
