//! DROP and TRUNCATE.

use sqlparser::ast::{self, ObjectType};

use super::Steps;
use super::naming::Naming;
use crate::catalog::{Catalog, ColumnDefault, Object, Sequence, Table};
use crate::sql::bind::Binder;
use crate::sql::bind::names::Qualified;
use crate::sql::emit::identifier;
use crate::sql::plan::{Schema, SchemaStep};
use crate::sql::text::At;
use crate::types::{PgError, SqlState};

impl Binder<'_> {
    pub fn drop(&mut self, tree: &ast::Statement) -> Result<Schema, PgError> {
        let ast::Statement::Drop { object_type, if_exists, names, temporary, purge, table, .. } = tree else {
            return Err(PgError::unsupported("this statement"));
        };
        if *temporary || *purge || table.is_some() {
            return Err(self.syntax_error(At::NOWHERE, "DROP"));
        }
        let mut steps = Steps::new();
        let mut dropped = Vec::new();
        let (kind, tag) = match object_type {
            ObjectType::Table => ("table", "DROP TABLE"),
            ObjectType::Index => ("index", "DROP INDEX"),
            _ => return Err(PgError::unsupported("DROP of this kind of object")),
        };
        for name in names {
            let name = self.qualified(name)?;
            let Some(object) = self.to_drop(&name, kind, *if_exists, &mut steps)? else { continue };
            if dropped.contains(&object.oid()) {
                continue;
            }
            dropped.push(object.oid());
            match object {
                Object::Table(table) => {
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
                Object::Index(index) => {
                    self.refuse_constraint_index(index.oid, &index.name)?;
                    let mut sql = String::from("DROP INDEX ");
                    identifier(&mut sql, index.stored_name.as_deref().unwrap_or(&index.name));
                    steps.sqlite(sql);
                    steps.drop(index.oid);
                }
                Object::Sequence(_) => return Err(PgError::unsupported("DROP SEQUENCE")),
            }
        }
        Ok(steps.finish(tag))
    }

    /// The object of that name and kind; `None`, with a notice, if it need not exist.
    fn to_drop(
        &self,
        name: &Qualified,
        kind: &str,
        if_exists: bool,
        steps: &mut Steps,
    ) -> Result<Option<&Object>, PgError> {
        let Some(object) = self.find_relation(name) else {
            let message = format!("{kind} \"{}\" does not exist", name.display());
            if if_exists {
                steps.notice(SqlState::SUCCESSFUL_COMPLETION, format!("{message}, skipping"));
                return Ok(None);
            }
            let code = if kind == "table" { SqlState::UNDEFINED_TABLE } else { SqlState::UNDEFINED_OBJECT };
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
            if let Some(constraint) = table.constraints.iter().find(|constraint| constraint.index_oid == oid) {
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
        let mut seen = Vec::new();
        for target in &truncate.table_names {
            let table = self.find_table(&self.qualified(&target.name)?)?;
            if !seen.contains(&table.oid) {
                seen.push(table.oid);
                steps.steps.push(SchemaStep::Truncate(table.stored_name.clone()));
                if restart {
                    restart_sequences(self.catalog, table, &mut naming, &mut steps);
                }
            }
        }
        Ok(steps.finish("TRUNCATE TABLE"))
    }
}

/// A sequence starts anew by being another one: under the same name, with a new OID.
fn restart_sequences(catalog: &Catalog, table: &Table, naming: &mut Naming, steps: &mut Steps) {
    let owned = catalog.objects().filter_map(|object| match object {
        Object::Sequence(sequence) if sequence.owned_by.is_some_and(|(owner, _)| owner == table.oid) => Some(sequence),
        _ => None,
    });
    let owned: Vec<&Sequence> = owned.collect();
    if owned.is_empty() {
        return;
    }
    let mut table = table.clone();
    for old in owned {
        let new = Sequence { oid: naming.oid(), ..old.clone() };
        for column in &mut table.columns {
            if let Some(ColumnDefault::NextValue(oid)) = &mut column.default
                && *oid == old.oid
            {
                *oid = new.oid;
            }
            if let Some(identity) = &mut column.identity
                && identity.sequence_oid == old.oid
            {
                identity.sequence_oid = new.oid;
            }
        }
        steps.drop(old.oid);
        steps.put(Object::Sequence(new));
    }
    steps.put(Object::Table(table));
}
