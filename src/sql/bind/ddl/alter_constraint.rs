//! What ALTER TABLE does to constraints, and what the rows there are must fulfil for it.

use sqlparser::ast::{ConstraintCharacteristics, ConstraintUsingIndex, Ident, TableConstraint};
use sqlparser::tokenizer::Span;

use super::Steps;
use super::alter_column::visible;
use super::alter_table::quoted;
use super::foreign_key::refuse_full;
use super::naming::Naming;
use super::storage::{Of, set_options};
use super::table::{compared_name, refuse_constraint_name, refuse_reserved};
use crate::catalog::{Constraint, ConstraintKind, ForeignKey, Index, Method, Object, Table};
use crate::sql::bind::Binder;
use crate::sql::bind::check::mixes_nulls;
use crate::sql::bind::from::table_relation;
use crate::sql::bind::names::{Qualified, fold};
use crate::sql::emit::Emitter;
use crate::sql::plan::{Requirement, SchemaStep};
use crate::sql::text::At;
use crate::sql::view::RelationOption;
use crate::types::{PgError, SqlState};

impl Binder<'_> {
    pub fn add_constraint(
        &mut self,
        table: &Table,
        constraint: &TableConstraint,
        (check, not_valid, options): (Option<Span>, bool, &[RelationOption]),
        steps: &mut Steps,
    ) -> Result<(), PgError> {
        let mut naming = Naming::new(self.catalog, &table.schema);
        let mut new = table.clone();
        let names: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
        if let Some(mut key) = self.table_key(&names, constraint)? {
            key.options = set_options(Of::Index(Method::Btree), Vec::new(), options)?;
            if not_valid {
                let kind = if key.kind == ConstraintKind::PrimaryKey { "PRIMARY KEY" } else { "UNIQUE" };
                let message = format!("{kind} constraints cannot be marked NOT VALID");
                return Err(PgError::new(SqlState::FEATURE_NOT_SUPPORTED, message));
            }
            if key.kind == ConstraintKind::PrimaryKey {
                self.refuse_second_primary_key(table)?;
            }
            let index = self.add_key(&mut new, &mut naming, key, false)?;
            return self.with_index(table, new, index, steps);
        }
        let mut constraint = match constraint {
            TableConstraint::Check(clause) => {
                if clause.enforced.is_some() {
                    return Err(self.syntax_error(At::NOWHERE, "ENFORCED"));
                }
                let Some(span) = check else { return Err(PgError::unsupported("this CHECK")) };
                let name = clause.name.as_ref().map(|name| self.new_name(name)).transpose()?;
                let clause = self.check_clause(table, name, span)?;
                super::check::add_check(&mut new, &mut naming, clause)?;
                new.constraints.pop().ok_or_else(|| PgError::unsupported("this CHECK"))?
            }
            TableConstraint::ForeignKey(clause) => {
                let name = clause.name.as_ref().map(|name| self.new_name(name)).transpose()?;
                let columns = clause.columns.iter().map(|ident| self.referencing_column(table, ident)).collect();
                let clause = self.foreign_key_clause(name, columns, clause)?;
                self.add_foreign_key(table, &mut naming, clause)?
            }
            _ => return Err(PgError::unsupported("this constraint")),
        };
        constraint.not_valid = not_valid;
        new.constraints.push(constraint.clone());
        self.assign_foreign_keys(&mut new)?;
        let table = &self.with_added_keys(table, &new, steps)?;
        if !not_valid {
            self.require_constraint(table, &constraint, steps)?;
        }
        self.replace_definition(table, new, steps)
    }

    /// The table with the keys that it is to have, which it gets.
    fn with_added_keys(&self, old: &Table, new: &Table, steps: &mut Steps) -> Result<Table, PgError> {
        let keyed = Table { keys: new.keys.clone(), ..old.clone() };
        self.add_keys(old, &keyed, steps)?;
        Ok(keyed)
    }

    fn referencing_column(&self, table: &Table, ident: &Ident) -> Result<usize, PgError> {
        let name = fold(ident);
        table.columns.iter().position(|column| column.name == name).ok_or_else(|| {
            let message = format!("column \"{name}\" referenced in foreign key constraint does not exist");
            PgError::new(SqlState::UNDEFINED_COLUMN, message)
        })
    }

    pub fn refuse_second_primary_key(&self, table: &Table) -> Result<(), PgError> {
        if table.primary_key().is_some() {
            let message = format!("multiple primary keys for table \"{}\" are not allowed", table.name);
            return Err(PgError::new(SqlState::INVALID_TABLE_DEFINITION, message));
        }
        Ok(())
    }

    /// A table with one more key, whose index is still to be made.
    fn with_index(&self, old: &Table, new: Table, index: Index, steps: &mut Steps) -> Result<(), PgError> {
        for (before, after) in old.columns.iter().zip(&new.columns) {
            if after.not_null && !before.not_null {
                self.require_not_null(old, before, steps);
            }
        }
        let keyed = self.with_added_keys(old, &new, steps)?;
        self.create_index_steps(&new, &index, steps)?;
        self.replace_definition(&keyed, new, steps)?;
        steps.put(Object::Index(index));
        Ok(())
    }

    /// The index of this name, if a key of the table can be made of it.
    pub fn index_for_constraint(&self, table: &Table, index: &Ident) -> Result<&Index, PgError> {
        let index_name = fold(index);
        let found = Qualified { schema: Some(table.schema.clone()), name: index_name.clone(), at: At::NOWHERE };
        let Some(Object::Index(found)) = self.find_relation(&found) else {
            return Err(PgError::new(SqlState::UNDEFINED_OBJECT, format!("index \"{index_name}\" does not exist")));
        };
        let state = SqlState::OBJECT_NOT_IN_PREREQUISITE_STATE;
        if found.table_oid != table.oid {
            let message = format!("index \"{index_name}\" does not belong to table \"{}\"", table.name);
            return Err(PgError::new(state, message));
        }
        if table.constraints.iter().any(|constraint| constraint.is_key() && constraint.index_oid == found.oid) {
            let message = format!("index \"{index_name}\" is already associated with a constraint");
            return Err(PgError::new(state, message));
        }
        if !found.is_plain() {
            let message = match found.predicate {
                Some(_) => format!("\"{index_name}\" is a partial index"),
                None => format!("index \"{index_name}\" contains expressions"),
            };
            let detail = "Cannot create a primary key or unique constraint using such an index.";
            return Err(PgError::new(SqlState::WRONG_OBJECT_TYPE, message).detail(detail));
        }
        if !found.unique || found.columns.iter().any(|column| column.descending) {
            let message = match found.unique {
                false => format!("\"{index_name}\" is not a unique index"),
                true => format!("index \"{index_name}\" column number 1 does not have default sorting behavior"),
            };
            let detail = "Cannot create a primary key or unique constraint using such an index.";
            return Err(PgError::new(SqlState::WRONG_OBJECT_TYPE, message).detail(detail));
        }
        Ok(found)
    }

    pub fn add_constraint_using(
        &mut self,
        table: &Table,
        using: &ConstraintUsingIndex,
        found: &Index,
        primary: bool,
        steps: &mut Steps,
    ) -> Result<(), PgError> {
        if primary {
            self.refuse_second_primary_key(table)?;
        }
        let index_name = &found.name;
        let mut naming = Naming::new(self.catalog, &table.schema);
        let name = using.name.as_ref().map(|name| self.new_name(name)).transpose()?;
        let name = name.unwrap_or_else(|| index_name.clone());
        let deferral = self.deferral(using.characteristics.as_ref())?;
        refuse_reserved(&name)?;
        refuse_constraint_name(table, &name)?;
        let mut new = table.clone();
        let columns: Vec<i16> = found.columns.iter().map(|column| column.attnum).collect();
        if primary {
            for column in new.columns.iter_mut().filter(|column| columns.contains(&column.attnum)) {
                if !column.not_null {
                    self.require_not_null(table, column, steps);
                }
                column.not_null = true;
            }
        }
        let mut index = found.clone();
        if name != *index_name {
            let what =
                format!("ALTER TABLE / ADD CONSTRAINT USING INDEX will rename index \"{index_name}\" to \"{name}\"");
            steps.notice(SqlState::SUCCESSFUL_COMPLETION, what);
            index.name.clone_from(&name);
        }
        index.deferrable = deferral.is_deferrable();
        if index.deferrable && index.stored_name.is_some() {
            // All its keys are different now; from now on that is for us to see to.
            steps.drop_index_in_file(found);
            self.create_index_in_file(table, &index, steps)?;
        }
        if index != *found {
            steps.put(Object::Index(index));
        }
        let kind = if primary { ConstraintKind::PrimaryKey } else { ConstraintKind::Unique };
        new.constraints.push(Constraint {
            oid: naming.oid(),
            name,
            kind,
            columns,
            index_oid: found.oid,
            not_valid: false,
            comment: None,
            deferral,
        });
        self.replace_definition(table, new, steps)
    }

    pub fn drop_constraint(
        &mut self,
        table: &Table,
        if_exists: bool,
        name: &Ident,
        cascade: bool,
        steps: &mut Steps,
    ) -> Result<(), PgError> {
        let name = fold(name);
        let Some(constraint) = table.constraints.iter().find(|constraint| constraint.name == name) else {
            let message = format!("constraint \"{name}\" of relation \"{}\" does not exist", table.name);
            if if_exists {
                steps.notice(SqlState::SUCCESSFUL_COMPLETION, format!("{message}, skipping"));
                return Ok(());
            }
            return Err(PgError::new(SqlState::UNDEFINED_OBJECT, message));
        };
        let mut new = table.clone();
        new.constraints.retain(|other| other.oid != constraint.oid);
        if !constraint.is_key() {
            self.replace_definition(table, new.clone(), steps)?;
            self.release_foreign_keys(&new, steps);
            return Ok(());
        }
        let what = format!("constraint {name} on {}", self.shown_table(table));
        let index_what = format!("index {name}");
        let on = |depending: &Constraint, _: &ForeignKey| {
            (depending.index_oid == constraint.index_oid).then(|| index_what.clone())
        };
        let gone = self.drop_depending(table, &what, on, cascade, steps)?;
        new.constraints.retain(|other| !gone.contains(&other.oid));
        if matches!(constraint.kind, ConstraintKind::PrimaryKey) {
            self.mind_grouped_views(table, &new, &what, cascade, steps)?;
        }
        steps.drop(constraint.index_oid);
        let Some(Object::Index(index)) = self.catalog.get(constraint.index_oid) else {
            return self.replace_definition(table, new, steps);
        };
        match &index.stored_name {
            Some(_) => {
                steps.drop_index_in_file(index);
                self.replace_definition(table, new.clone(), steps)?;
                let left = self.catalog.indexes_of(table.oid).filter(|other| other.oid != index.oid);
                self.release_keys(&new, left, steps);
                Ok(())
            }
            None => {
                new.rowid_column = None;
                let values: Vec<String> = new.columns.iter().map(|column| quoted(&column.stored_name)).collect();
                self.rebuild(table, new, &values, |other| other.oid == index.oid, steps)
            }
        }
    }

    /// Foreign keys that need what is dropped go too, or keep it. Yields those of the table itself, which the caller
    /// removes. `what` is what goes, `on` what they depend on, if they do.
    pub fn drop_depending(
        &self,
        table: &Table,
        what: &str,
        on: impl Fn(&Constraint, &ForeignKey) -> Option<String>,
        cascade: bool,
        steps: &mut Steps,
    ) -> Result<Vec<u32>, PgError> {
        let all = self.catalog.foreign_keys_to(table.oid);
        let on = |(child, constraint, key)| Some((child, constraint, on(constraint, key)?));
        let depending: Vec<(&Table, &Constraint, String)> = all.into_iter().filter_map(on).collect();
        let described = |(child, constraint): (&Table, &Constraint)| {
            format!("constraint {} on table {}", constraint.name, child.name)
        };
        let list: Vec<(String, String)> = depending
            .iter()
            .map(|(child, constraint, on)| {
                let described = described((child, constraint));
                (format!("{described} depends on {on}"), described)
            })
            .collect();
        if !cascade && !list.is_empty() {
            let details: Vec<String> = list.into_iter().map(|(detail, _)| detail).collect();
            let message = format!("cannot drop {what} because other objects depend on it");
            return Err(PgError::new(SqlState::DEPENDENT_OBJECTS_STILL_EXIST, message)
                .detail(details.join("\n"))
                .hint("Use DROP ... CASCADE to drop the dependent objects too."));
        }
        steps.cascades(list.into_iter().map(|(_, described)| described).collect());
        let mut own = Vec::new();
        let mut redefined: Vec<Table> = Vec::new();
        for (child, constraint, _) in &depending {
            if child.oid == table.oid {
                own.push(constraint.oid);
                continue;
            }
            if !redefined.iter().any(|other| other.oid == child.oid) {
                redefined.push((*child).clone());
            }
            if let Some(child) = redefined.iter_mut().find(|other| other.oid == child.oid) {
                child.constraints.retain(|other| other.oid != constraint.oid);
            }
        }
        for child in redefined {
            let sql = self.create_table_sql(&child)?;
            steps.redefine(&child, sql);
            steps.put(Object::Table(child.clone()));
            self.release_foreign_keys(&child, steps);
        }
        Ok(own)
    }

    pub fn rename_constraint(
        &mut self,
        table: &Table,
        from: &Ident,
        to: &Ident,
        steps: &mut Steps,
    ) -> Result<(), PgError> {
        let (from, to) = (fold(from), self.new_name(to)?);
        let mut new = table.clone();
        let Some(place) = table.constraints.iter().position(|constraint| constraint.name == from) else {
            let message = format!("constraint \"{from}\" for table \"{}\" does not exist", table.name);
            return Err(PgError::new(SqlState::UNDEFINED_OBJECT, message));
        };
        refuse_reserved(&to)?;
        let constraint = &mut new.constraints[place];
        let index = match self.catalog.get(constraint.index_oid) {
            Some(Object::Index(index)) if constraint.is_key() => Some(index),
            _ => None,
        };
        if index.is_some() && self.catalog.relation(&table.schema, &to).is_some() {
            return Err(PgError::new(SqlState::DUPLICATE_TABLE, format!("relation \"{to}\" already exists")));
        }
        refuse_constraint_name(table, &to)?;
        constraint.name.clone_from(&to);
        if let Some(index) = index {
            steps.put(Object::Index(Index { name: to, ..index.clone() }));
        }
        self.replace_definition(table, new, steps)
    }

    /// Says anew when a foreign key must hold.
    pub fn alter_constraint(
        &self,
        table: &Table,
        name: &Ident,
        characteristics: Option<&ConstraintCharacteristics>,
        steps: &mut Steps,
    ) -> Result<(), PgError> {
        let deferral = self.deferral(characteristics)?;
        let name = fold(name);
        let mut new = table.clone();
        let Some(constraint) = new.constraints.iter_mut().find(|constraint| constraint.name == name) else {
            let message = format!("constraint \"{name}\" of relation \"{}\" does not exist", table.name);
            return Err(PgError::new(SqlState::UNDEFINED_OBJECT, message));
        };
        let several = constraint.columns.len() > 1;
        let ConstraintKind::ForeignKey(key) = &mut constraint.kind else {
            let message =
                format!("constraint \"{name}\" of relation \"{}\" is not a foreign key constraint", table.name);
            return Err(PgError::new(SqlState::WRONG_OBJECT_TYPE, message));
        };
        if several {
            refuse_full(key.full, deferral)?;
        }
        key.deferrable = deferral.is_deferrable();
        key.initially_deferred = deferral.is_initially_deferred();
        key.counted = key.deferrable;
        self.replace_definition(table, new, steps)
    }

    pub fn validate_constraint(&mut self, table: &Table, name: &Ident, steps: &mut Steps) -> Result<(), PgError> {
        let name = fold(name);
        let mut new = table.clone();
        let Some(constraint) = new.constraints.iter_mut().find(|constraint| constraint.name == name) else {
            let message = format!("constraint \"{name}\" of relation \"{}\" does not exist", table.name);
            return Err(PgError::new(SqlState::UNDEFINED_OBJECT, message));
        };
        if constraint.is_key() {
            let message = format!(
                "constraint \"{name}\" of relation \"{}\" is not a foreign key or check constraint",
                table.name
            );
            return Err(PgError::new(SqlState::WRONG_OBJECT_TYPE, message));
        }
        if !std::mem::take(&mut constraint.not_valid) {
            return Ok(());
        }
        let constraint = constraint.clone();
        self.require_constraint(table, &constraint, steps)?;
        steps.put(Object::Table(new));
        Ok(())
    }

    /// The rows there are must fulfil a CHECK or foreign key.
    pub fn require_constraint(&self, table: &Table, constraint: &Constraint, steps: &mut Steps) -> Result<(), PgError> {
        let requirement = match &constraint.kind {
            ConstraintKind::PrimaryKey | ConstraintKind::Unique => return Ok(()),
            ConstraintKind::Check(check) => {
                let relations = vec![table_relation(table, 0)];
                let bound = self.check_expression(&check.expression, table, visible(table), relations.clone())?;
                let mut emitter = Emitter::new(&relations);
                emitter.check(&bound)?;
                let (name, relation) = (&constraint.name, &table.name);
                let message = format!("check constraint \"{name}\" of relation \"{relation}\" is violated by some row");
                Requirement {
                    sql: format!(
                        "SELECT 1 FROM {} WHERE ({}) IS 0 LIMIT 1",
                        quoted(&table.stored_name),
                        emitter.finish()
                    ),
                    error: PgError::new(SqlState::CHECK_VIOLATION, message)
                        .table(table.schema.clone(), relation.clone())
                        .constraint(name.clone()),
                    shown: None,
                }
            }
            ConstraintKind::ForeignKey(key) => {
                if key.full && constraint.columns.len() > 1 {
                    let mixing = mixing_requirement(table, constraint);
                    steps.steps.push(SchemaStep::Require(Box::new(mixing)));
                }
                self.reference_requirement(table, constraint, key)
            }
        };
        steps.steps.push(SchemaStep::Require(Box::new(requirement)));
        Ok(())
    }

    pub fn reference_requirement(&self, table: &Table, constraint: &Constraint, key: &ForeignKey) -> Requirement {
        let parent = match self.catalog.get(key.table_oid) {
            Some(Object::Table(parent)) if parent.oid != table.oid => parent,
            _ => table,
        };
        let stored = |table: &Table, columns: &[i16]| -> Vec<String> {
            columns.iter().filter_map(|attnum| table.attribute(*attnum)).map(|c| quoted(&c.stored_name)).collect()
        };
        let compared = |table: &Table, columns: &[i16]| -> Vec<String> {
            columns.iter().filter_map(|attnum| compared_name(table, *attnum)).map(quoted).collect()
        };
        let list: Vec<String> = stored(table, &constraint.columns).iter().map(|name| format!("child.{name}")).collect();
        let not_null: Vec<String> = list.iter().map(|name| format!("{name} IS NOT NULL")).collect();
        let (own, others) = (compared(table, &constraint.columns), compared(parent, &key.columns));
        let equal: Vec<String> =
            others.iter().zip(&own).map(|(other, own)| format!("parent.{other} = child.{own}")).collect();
        Requirement {
            sql: format!(
                "SELECT {} FROM {} AS child WHERE {} AND NOT EXISTS (SELECT 1 FROM {} AS parent WHERE {}) LIMIT 1",
                list.join(", "),
                quoted(&table.stored_name),
                not_null.join(" AND "),
                quoted(&parent.stored_name),
                equal.join(" AND ")
            ),
            error: unmatched(table, constraint),
            shown: Some((
                table.clone(),
                constraint.columns.iter().filter_map(|attnum| table.position(*attnum)).collect(),
                format!("is not present in table \"{}\".", parent.name),
            )),
        }
    }
}

/// No row there is may mix NULLs with other values in the columns of a MATCH FULL key.
fn mixing_requirement(table: &Table, constraint: &Constraint) -> Requirement {
    let mixes = mixes_nulls(table, &constraint.columns);
    Requirement {
        sql: format!("SELECT 1 FROM {} WHERE {mixes} LIMIT 1", quoted(&table.stored_name)),
        error: mixed_nulls(table, constraint),
        shown: None,
    }
}

/// A row of a table violates its foreign key.
fn unmatched(table: &Table, constraint: &Constraint) -> PgError {
    let (name, key) = (&table.name, &constraint.name);
    let message = format!("insert or update on table \"{name}\" violates foreign key constraint \"{key}\"");
    PgError::new(SqlState::FOREIGN_KEY_VIOLATION, message)
        .table(table.schema.clone(), name.clone())
        .constraint(key.clone())
}

/// A row of a table has NULLs in some columns of a MATCH FULL key, and not in others.
pub fn mixed_nulls(table: &Table, constraint: &Constraint) -> PgError {
    unmatched(table, constraint).detail("MATCH FULL does not allow mixing of null and nonnull key values.")
}
