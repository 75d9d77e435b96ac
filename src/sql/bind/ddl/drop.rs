//! DROP and TRUNCATE.

use sqlparser::ast::{self, ObjectType};

use super::Steps;
use super::naming::Naming;
use crate::catalog::{Catalog, Column, ColumnDefault, Index, Object, Sequence, Table};
use crate::sql::bind::Binder;
use crate::sql::bind::names::{Qualified, of_others};
use crate::sql::emit::identifier;
use crate::sql::plan::{Schema, SchemaStep};
use crate::sql::text::At;
use crate::types::{PgError, SqlState};

impl Binder<'_> {
    pub fn drop(&mut self, tree: &ast::Statement) -> Result<Schema, PgError> {
        let ast::Statement::Drop { object_type, if_exists, names, temporary, purge, table, cascade, .. } = tree else {
            return Err(PgError::unsupported("this statement"));
        };
        if *temporary || *purge || table.is_some() {
            return Err(self.syntax_error(At::NOWHERE, "DROP"));
        }
        let mut steps = Steps::new();
        let mut dropped: Vec<&Object> = Vec::new();
        let (kind, tag) = match object_type {
            ObjectType::Table => ("table", "DROP TABLE"),
            ObjectType::Index => ("index", "DROP INDEX"),
            ObjectType::Sequence => ("sequence", "DROP SEQUENCE"),
            ObjectType::View => ("view", "DROP VIEW"),
            ObjectType::MaterializedView => ("materialized view", "DROP MATERIALIZED VIEW"),
            _ => return Err(PgError::unsupported("DROP of this kind of object")),
        };
        for name in names {
            let name = self.qualified(name)?;
            let Some(object) = self.to_drop(&name, kind, *if_exists, &mut steps)? else { continue };
            if let Object::Index(index) = object {
                self.refuse_constraint_index(index.oid, &index.name)?;
            }
            if !dropped.iter().any(|other| other.oid() == object.oid()) {
                dropped.push(object);
            }
        }
        self.drop_objects(dropped, *cascade, &mut steps)?;
        Ok(steps.finish(tag))
    }

    /// Drops relations, with what depends on them or else not at all.
    pub fn drop_objects(&self, dropped: Vec<&Object>, cascade: bool, steps: &mut Steps) -> Result<(), PgError> {
        let what = match &dropped[..] {
            [only] => Some(self.shown_object(only)),
            _ => None,
        };
        if cascade {
            self.refuse_drawing_domains(&dropped)?;
        }
        // What depends on the last of them is told first.
        let ranked = dropped.into_iter().enumerate().map(|(place, object)| (u32::MAX - place as u32, object)).collect();
        self.drop_with_depending(ranked, steps)?;
        steps.settle_depending(what, cascade)
    }

    /// Drops relations with what depends on them, which the steps tell in the order of the numbers beside the relations;
    /// what depends on several is told of the first.
    pub fn drop_with_depending(&self, ranked: Vec<(u32, &Object)>, steps: &mut Steps) -> Result<(), PgError> {
        self.drop_views(&ranked, steps);
        self.drop_foreign_keys(&ranked, steps)?;
        let dropped: Vec<&Object> = ranked.into_iter().map(|(_, object)| object).collect();
        self.drop_drawing_defaults(&dropped, steps)?;
        for object in &dropped {
            match object {
                Object::Table(table) => self.drop_table_steps(table, steps),
                Object::Index(index) => {
                    steps.drop_index_in_file(index);
                    steps.drop(index.oid);
                }
                Object::Sequence(_)
                | Object::View(_)
                | Object::Enum(_)
                | Object::Domain(_)
                | Object::Composite(_)
                | Object::Schema(_)
                | Object::Comment(_)
                | Object::Extension(_) => steps.drop(object.oid()),
            }
        }
        let is_dropped = |oid: u32| dropped.iter().any(|object| object.oid() == oid);
        for table in self.catalog.tables().filter(|table| !table.keys.is_empty() && !is_dropped(table.oid)) {
            let lost = |index: &Index| is_dropped(index.oid);
            if self.catalog.indexes_of(table.oid).any(lost) {
                let left = self.catalog.indexes_of(table.oid).filter(|index| !lost(index));
                let table = steps.latest(table).into_owned();
                self.release_keys(&table, left, steps);
            }
        }
        Ok(())
    }

    /// A table goes, with what is a part of it.
    pub fn drop_table_steps(&self, table: &Table, steps: &mut Steps) {
        let mut sql = String::from("DROP TABLE ");
        identifier(&mut sql, &table.stored_name);
        steps.sqlite(sql);
        for index in self.catalog.indexes_of(table.oid) {
            steps.drop(index.oid);
        }
        for object in self.catalog.objects() {
            if let Object::Sequence(sequence) = object
                && sequence.owned_by.is_some_and(|(owner, _)| owner == table.oid)
            {
                steps.drop(sequence.oid);
            }
        }
        steps.drop(table.oid);
    }

    /// Foreign keys that reference what is dropped: refused, or dropped too. Then there are none among the dropped
    /// tables either, or SQLite would act on them.
    fn drop_foreign_keys(&self, dropped: &[(u32, &Object)], steps: &mut Steps) -> Result<(), PgError> {
        let mut redefined: Vec<(&Table, Vec<u32>)> = Vec::new();
        for (rank, object) in dropped.iter().rev() {
            let (parent, index) = match object {
                Object::Table(table) => (table.oid, None),
                Object::Index(index) => (index.table_oid, Some(index.oid)),
                Object::Sequence(_)
                | Object::View(_)
                | Object::Enum(_)
                | Object::Domain(_)
                | Object::Composite(_)
                | Object::Schema(_)
                | Object::Comment(_)
                | Object::Extension(_) => {
                    continue;
                }
            };
            for (child, constraint, _) in self.catalog.foreign_keys_to(parent) {
                if index.is_some_and(|index| constraint.index_oid != index) {
                    continue;
                }
                if !dropped.iter().any(|(_, other)| other.oid() == child.oid) {
                    let what = format!("constraint {} on {}", constraint.name, self.shown_table(child));
                    steps.depends(vec![*rank, constraint.oid], what, self.shown_object(object));
                }
                match redefined.iter_mut().find(|(table, _)| table.oid == child.oid) {
                    Some((_, constraints)) => constraints.push(constraint.oid),
                    None => redefined.push((child, vec![constraint.oid])),
                }
            }
        }
        for (table, constraints) in redefined {
            let mut table = table.clone();
            table.constraints.retain(|constraint| !constraints.contains(&constraint.oid));
            let sql = self.create_table_sql(&table)?;
            steps.steps.push(SchemaStep::Redefine { table: table.stored_name.clone(), sql });
            if !dropped.iter().any(|(_, other)| other.oid() == table.oid) {
                steps.put(Object::Table(table.clone()));
                self.release_foreign_keys(&table, steps);
            }
        }
        Ok(())
    }

    /// The object of that name and kind; `None`, with a notice, if it need not exist.
    fn to_drop<'s>(
        &'s self,
        name: &Qualified,
        kind: &str,
        if_exists: bool,
        steps: &mut Steps,
    ) -> Result<Option<&'s Object>, PgError> {
        self.refuse_system(name)?;
        let Some(object) = self.find_relation(name) else {
            if let Some(schema) = name.schema.as_ref().filter(|schema| !self.schema_is_there(self.meant(schema))) {
                let error = super::schema::no_schema(schema);
                if !if_exists {
                    return Err(error);
                }
                steps.notice(SqlState::SUCCESSFUL_COMPLETION, format!("{}, skipping", error.message));
                return Ok(None);
            }
            let message = format!("{kind} \"{}\" does not exist", name.name);
            if if_exists {
                steps.notice(SqlState::SUCCESSFUL_COMPLETION, format!("{message}, skipping"));
                return Ok(None);
            }
            let code = if kind != "index" { SqlState::UNDEFINED_TABLE } else { SqlState::UNDEFINED_OBJECT };
            return Err(PgError::new(code, message));
        };
        if object.kind() == kind {
            return Ok(Some(object));
        }
        let article = if kind == "index" { "an" } else { "a" };
        let message = format!("\"{}\" is not {article} {kind}", name.name);
        let other = object.kind();
        let other_article = if other == "index" { "an" } else { "a" };
        let hint = format!("Use DROP {} to remove {other_article} {other}.", other.to_ascii_uppercase());
        Err(PgError::new(SqlState::WRONG_OBJECT_TYPE, message).hint(hint))
    }

    fn refuse_constraint_index(&self, oid: u32, name: &str) -> Result<(), PgError> {
        for table in self.catalog.tables() {
            let mut keys = table.constraints.iter().filter(|constraint| constraint.is_key());
            if let Some(constraint) = keys.find(|constraint| constraint.index_oid == oid) {
                let on = format!("constraint {} on table {}", constraint.name, table.name);
                let message = format!("cannot drop index {name} because {on} requires it");
                return Err(PgError::new(SqlState::DEPENDENT_OBJECTS_STILL_EXIST, message)
                    .hint(format!("You can drop {on} instead.")));
            }
        }
        Ok(())
    }

    pub fn truncate(&mut self, truncate: &ast::Truncate) -> Result<Schema, PgError> {
        if truncate.partitions.is_some() || truncate.on_cluster.is_some() || truncate.if_exists {
            return Err(self.syntax_error(At::NOWHERE, "TRUNCATE"));
        }
        let restart = matches!(truncate.identity, Some(ast::TruncateIdentityOption::Restart));
        let mut naming = Naming::new(self.catalog, "public");
        let mut steps = Steps::new();
        let mut tables: Vec<&Table> = Vec::new();
        for target in &truncate.table_names {
            let name = self.qualified(&target.name)?;
            if let Some(view) = self.find_relation(&name).and_then(Object::query) {
                return Err(PgError::new(SqlState::WRONG_OBJECT_TYPE, format!("\"{}\" is not a table", view.name)));
            }
            if self.find_relation(&name).is_some_and(|object| self.is_others(object.schema())) {
                return Err(of_others("truncate temporary tables of other sessions"));
            }
            let table = self.find_table(&name).map_err(|error| PgError { position: None, ..error })?;
            if !tables.iter().any(|other| other.oid == table.oid) {
                tables.push(table);
            }
        }
        let cascade = matches!(truncate.cascade, Some(ast::CascadeOption::Cascade));
        self.referencing_tables(&mut tables, cascade, &mut steps)?;
        for table in tables {
            let referenced = !self.catalog.foreign_keys_to(table.oid).is_empty();
            let stored_name = table.stored_name.clone();
            steps.steps.push(match referenced {
                true => SchemaStep::TruncateReferenced(stored_name),
                false => SchemaStep::Truncate(stored_name),
            });
            if restart {
                restart_sequences(self.catalog, table, &mut naming, &mut steps)?;
            }
        }
        Ok(steps.finish("TRUNCATE TABLE"))
    }
}

impl Binder<'_> {
    /// TRUNCATE takes the tables along whose foreign keys reference others of them, or else refuses.
    fn referencing_tables<'s>(
        &'s self,
        tables: &mut Vec<&'s Table>,
        cascade: bool,
        steps: &mut Steps,
    ) -> Result<(), PgError> {
        let mut next = 0;
        while let Some(parent) = tables.get(next).copied() {
            next += 1;
            for (child, _, _) in self.catalog.foreign_keys_to(parent.oid) {
                if tables.iter().any(|table| table.oid == child.oid) {
                    continue;
                }
                let (child_name, name) = (&child.name, &parent.name);
                if !cascade {
                    let message = "cannot truncate a table referenced in a foreign key constraint";
                    let hint =
                        format!("Truncate table \"{child_name}\" at the same time, or use TRUNCATE ... CASCADE.");
                    return Err(PgError::new(SqlState::FEATURE_NOT_SUPPORTED, message)
                        .detail(format!("Table \"{child_name}\" references \"{name}\"."))
                        .hint(hint));
                }
                steps.notice(SqlState::SUCCESSFUL_COMPLETION, format!("truncate cascades to table \"{child_name}\""));
                tables.push(child);
            }
        }
        Ok(())
    }
}

/// 2BP01: other objects depend on what is to be dropped, or on one of several.
pub fn still_needed(what: Option<String>, detail: Vec<String>) -> PgError {
    let message = match what {
        Some(what) => format!("cannot drop {what} because other objects depend on it"),
        None => "cannot drop desired object(s) because other objects depend on them".to_owned(),
    };
    PgError::new(SqlState::DEPENDENT_OBJECTS_STILL_EXIST, message)
        .detail(detail.join("\n"))
        .hint("Use DROP ... CASCADE to drop the dependent objects too.")
}

/// A sequence starts anew by being another one: under the same name, with a new OID.
fn restart_sequences(catalog: &Catalog, table: &Table, naming: &mut Naming, steps: &mut Steps) -> Result<(), PgError> {
    let owned = catalog.objects().filter_map(|object| match object {
        Object::Sequence(sequence) if sequence.owned_by.is_some_and(|(owner, _)| owner == table.oid) => Some(sequence),
        _ => None,
    });
    let owned: Vec<&Sequence> = owned.collect();
    if owned.is_empty() {
        return Ok(());
    }
    let mut table = table.clone();
    for old in owned {
        let draws = |column: &Column| column.default == Some(ColumnDefault::NextValue(old.oid));
        if catalog.tables().any(|other| other.oid != table.oid && other.columns.iter().any(draws)) {
            return Err(PgError::unsupported("RESTART IDENTITY of a sequence that other tables draw from"));
        }
        let new = Sequence { oid: naming.oid(), restart: None, ..old.clone() };
        draw_from(&mut table, old.oid, new.oid);
        steps.drop(old.oid);
        steps.put(Object::Sequence(new));
    }
    steps.put(Object::Table(table));
    Ok(())
}

/// The table's columns draw from another sequence.
pub fn draw_from(table: &mut Table, old: u32, new: u32) {
    for column in &mut table.columns {
        if let Some(ColumnDefault::NextValue(oid)) = &mut column.default
            && *oid == old
        {
            *oid = new;
        }
        if let Some(identity) = &mut column.identity
            && identity.sequence_oid == old
        {
            identity.sequence_oid = new;
        }
    }
}
