//! ALTER TABLE: each action is planned against the catalog as the ones before it leave it.
//!
//! Most changes leave the rows as they are, and replace the table's definition in the file
//! ([`SchemaStep::Redefine`](crate::sql::SchemaStep)); values of a new column are written by an UPDATE whose
//! row effects are replicated. Only where the form of the rows changes is the table made anew ([`super::rebuild`]).

use sqlparser::ast::{ColumnDef, Ident, ObjectName};
use sqlparser::tokenizer::Span;

use super::Steps;
use super::naming::Naming;
use super::storage::{Of, set_options};
use super::table::{Key, MAX_COLUMNS, refuse_reserved, stored_column_name};
use crate::catalog::{Catalog, ColumnDefault, Constraint, Identity, Method, Object, Table, Triggers};
use crate::sql::bind::Binder;
use crate::sql::bind::names::{Qualified, fold, of_others};
use crate::sql::bind::scope::{Clause, Scope};
use crate::sql::ddl::{AlterAction, AlterTable, Altered, StorageChange, WhichTriggers};
use crate::sql::emit::{Emitter, identifier};
use crate::sql::plan::{Requirement, Schema, SchemaStep};
use crate::sql::view::RelationOption;
use crate::types::{PgError, SqlState};

impl Binder<'_> {
    pub fn alter_table(&mut self, alter: &AlterTable) -> Result<Schema, PgError> {
        let tag = match alter.kind {
            Altered::Table => "ALTER TABLE",
            Altered::View => "ALTER VIEW",
            Altered::MaterializedView => "ALTER MATERIALIZED VIEW",
            Altered::Index => "ALTER INDEX",
        };
        let name = self.qualified(&alter.name)?;
        let mut steps = Steps::new();
        let Some(object) = self.find_relation(&name) else {
            let error = PgError { position: None, ..self.no_relation(&name) };
            if !alter.if_exists || error.code != SqlState::UNDEFINED_TABLE {
                return Err(error);
            }
            steps.notice(SqlState::SUCCESSFUL_COMPLETION, format!("{}, skipping", error.message));
            return Ok(steps.finish(tag));
        };
        let expected = match alter.kind {
            Altered::Table => object.kind(),
            Altered::View => "view",
            Altered::MaterializedView => "materialized view",
            Altered::Index => "index",
        };
        if object.kind() != expected {
            let article = if expected == "index" { "an" } else { "a" };
            let message = format!("\"{}\" is not {article} {expected}", object.name());
            return Err(PgError::new(SqlState::WRONG_OBJECT_TYPE, message));
        }
        let renames = |action: &AlterAction| {
            matches!(action, AlterAction::RenameTo(_) | AlterAction::RenameColumn { .. } | AlterAction::SetSchema(_))
        };
        if self.is_others(object.schema()) && !alter.actions.iter().all(renames) {
            return Err(of_others("alter temporary tables of other sessions"));
        }
        let oid = object.oid();
        let mut actions: Vec<&AlterAction> = alter.actions.iter().collect();
        actions.sort_by_key(|action| pass(action));
        let mut catalog = Catalog::clone(self.catalog);
        let mut changed_persistence = false;
        for action in actions {
            if let (AlterAction::Persistence { unlogged }, Some(Object::Table(table))) = (action, catalog.get(oid)) {
                if changed_persistence {
                    let message = "cannot change persistence setting twice";
                    return Err(PgError::new(SqlState::FEATURE_NOT_SUPPORTED, message));
                }
                changed_persistence = table.unlogged != *unlogged;
            }
            let mut done = Steps::new();
            let mut binder = Binder::new(self.text, &catalog, self.context, &[])?;
            binder.nesting = self.nesting;
            match catalog.get(oid) {
                Some(Object::Table(table)) => binder.alter(table, action, &mut done)?,
                Some(other) => binder.alter_other(other, action, &mut done)?,
                None => return Err(self.no_relation(&name)),
            }
            catalog = catalog.with(&done.changes());
            steps.append(done);
        }
        Ok(steps.finish(tag))
    }

    fn alter(&mut self, table: &Table, action: &AlterAction, steps: &mut Steps) -> Result<(), PgError> {
        if table.materialized.is_some() {
            self.mind_materialized(table, action)?;
        }
        self.mind_views(table, action, steps)?;
        self.perform(table, action, steps)?;
        self.rename_in_views(table, action, steps)
    }

    fn perform(&mut self, table: &Table, action: &AlterAction, steps: &mut Steps) -> Result<(), PgError> {
        match action {
            AlterAction::AddColumn { if_not_exists, definition, checks, options } => {
                self.add_column(table, *if_not_exists, definition, (checks, options), steps)
            }
            AlterAction::DropColumn { if_exists, name, cascade } => {
                self.drop_column(table, *if_exists, name, *cascade, steps)
            }
            AlterAction::RenameColumn { from, to } => self.rename_column(table, from, to, steps),
            AlterAction::RenameTo(to) => self.rename_table(table, to, steps),
            AlterAction::RenameConstraint { from, to } => self.rename_constraint(table, from, to, steps),
            AlterAction::SetSchema(schema) => self.set_schema(table, schema, steps),
            AlterAction::Owner(role) => self.refuse_unknown_role(role),
            AlterAction::SetDefault { column, value } => {
                self.set_default(table, column, value, steps).map_err(placeless)
            }
            AlterAction::DropDefault(column) => self.drop_default(table, column, steps),
            AlterAction::SetNotNull(column) => self.set_not_null(table, column, steps),
            AlterAction::DropNotNull(column) => self.drop_not_null(table, column, steps),
            AlterAction::Type { column, data_type, at, collation, using } => {
                self.alter_type(table, column, (data_type, *at), (collation.as_ref(), using.as_ref()), steps)
            }
            AlterAction::AddIdentity { column, always, options } => {
                self.add_identity(table, column, *always, options, steps)
            }
            AlterAction::SetIdentity { column, always } => self.set_identity(table, column, *always, steps),
            AlterAction::DropIdentity { column, if_exists } => self.drop_identity(table, column, *if_exists, steps),
            AlterAction::DropExpression { column, if_exists } => self.drop_expression(table, column, *if_exists, steps),
            AlterAction::AddConstraint { constraint, check, not_valid, options } => {
                self.add_constraint(table, constraint, (*check, *not_valid, options), steps).map_err(placeless)
            }
            AlterAction::AddConstraintUsing { at, using, primary } => {
                let found = self.index_for_constraint(table, &using.index_name).cloned();
                let index = found.map_err(|error| at.mark(error, self.text))?;
                self.add_constraint_using(table, using, &index, *primary, steps)
            }
            AlterAction::DropConstraint { if_exists, name, cascade } => {
                self.drop_constraint(table, *if_exists, name, *cascade, steps)
            }
            AlterAction::AlterConstraint { name, characteristics } => {
                self.alter_constraint(table, name, characteristics.as_ref(), steps)
            }
            AlterAction::Validate(name) => self.validate_constraint(table, name, steps),
            AlterAction::IdentityOptions { column, options } => self.change_identity(table, column, options, steps),
            AlterAction::ColumnStorage { column, change } => self.set_column_storage(table, column, change, steps),
            AlterAction::Persistence { unlogged } => self.set_persistence(table, *unlogged, steps),
            AlterAction::Triggers { on, which } => self.set_triggers(table, *on, which, steps),
            AlterAction::Options { reset, options } => self.set_table_options(table, *reset, options, steps),
            AlterAction::ClusterOn(index) => self.cluster_on(table, index.as_ref(), steps),
            AlterAction::ReplicaIdentity(meant) => self.set_replica_identity(table, meant, steps),
            AlterAction::Storage => Ok(()),
            AlterAction::Unsupported(what) => Err(PgError::unsupported(what)),
        }
    }

    /// A table that stays after a crash must not reference one that need not (`ATPrepChangePersistence`).
    fn set_persistence(&self, table: &Table, unlogged: bool, steps: &mut Steps) -> Result<(), PgError> {
        if self.catalog.is_temporary(&table.schema) {
            let message = format!("cannot change logged status of table \"{}\" because it is temporary", table.name);
            let error = PgError::new(SqlState::INVALID_TABLE_DEFINITION, message);
            return Err(error.table(table.schema.clone(), table.name.clone()));
        }
        if table.unlogged == unlogged {
            return Ok(());
        }
        let name = &table.name;
        let refused = |constraint: &Constraint, message: String| {
            Err(PgError::new(SqlState::INVALID_TABLE_DEFINITION, message)
                .table(table.schema.clone(), name.clone())
                .constraint(constraint.name.clone()))
        };
        for (child, constraint, _) in self.catalog.foreign_keys_to(table.oid) {
            if unlogged && child.oid != table.oid && !child.unlogged {
                let message = format!(
                    "could not change table \"{name}\" to unlogged because it references logged table \"{}\"",
                    child.name
                );
                return refused(constraint, message);
            }
        }
        for (constraint, key) in table.foreign_keys() {
            if let Some(Object::Table(parent)) = self.catalog.get(key.table_oid)
                && !unlogged
                && parent.oid != table.oid
                && parent.unlogged
            {
                let message = format!(
                    "could not change table \"{name}\" to logged because it references unlogged table \"{}\"",
                    parent.name
                );
                return refused(constraint, message);
            }
        }
        steps.put(Object::Table(Table { unlogged, ..table.clone() }));
        Ok(())
    }

    /// Triggers there are none but those that PostgreSQL's foreign keys consist of.
    fn set_triggers(&self, table: &Table, on: bool, which: &WhichTriggers, steps: &mut Steps) -> Result<(), PgError> {
        match which {
            WhichTriggers::All => {}
            WhichTriggers::User => return Ok(()),
            WhichTriggers::Named(name) => {
                let message = format!("trigger \"{}\" for table \"{}\" does not exist", fold(name), table.name);
                return Err(PgError::new(SqlState::UNDEFINED_OBJECT, message));
            }
        }
        let any = table.foreign_keys().next().is_some() || !self.catalog.foreign_keys_to(table.oid).is_empty();
        let triggers = match (on, table.triggers) {
            (false, _) if any => Triggers::Off,
            (true, _) => Triggers::On,
            (_, as_before) => as_before,
        };
        if triggers == Triggers::On && table.triggers == Triggers::Off {
            self.require_whole_keys(table, steps)?;
        }
        if triggers != table.triggers {
            steps.put(Object::Table(Table { triggers, ..table.clone() }));
        }
        Ok(())
    }

    /// No row may violate the table's foreign keys, nor those that reference it: SQLite counts violations, and counts one that
    /// goes away although it has not seen it come.
    fn require_whole_keys(&self, table: &Table, steps: &mut Steps) -> Result<(), PgError> {
        let own = table.foreign_keys().map(|(constraint, key)| (table, constraint, key));
        let others = self.catalog.foreign_keys_to(table.oid);
        let others = others.iter().map(|(child, constraint, key)| (*child, *constraint, *key));
        for (child, constraint, key) in own.chain(others).filter(|(_, constraint, _)| !constraint.not_valid) {
            let (name, child_name) = (&constraint.name, &child.name);
            let message =
                format!("enabling triggers while rows of \"{child_name}\" violate the foreign key \"{name}\"");
            let error = PgError::unsupported(message).hint("Mend or delete these rows first.");
            let requirement = Requirement { error, shown: None, ..self.reference_requirement(child, constraint, key) };
            steps.steps.push(SchemaStep::Require(Box::new(requirement)));
        }
        Ok(())
    }

    /// ALTER TABLE of an index, a sequence or a view: renames them, as PostgreSQL allows.
    fn alter_other(&mut self, object: &Object, action: &AlterAction, steps: &mut Steps) -> Result<(), PgError> {
        match action {
            AlterAction::RenameTo(to) => self.rename_relation(object, to, steps),
            AlterAction::Owner(role) => self.refuse_unknown_role(role),
            action => match object {
                Object::View(view) => self.alter_view(view, action, steps),
                Object::Index(index) => match action {
                    AlterAction::Options { reset, options } => self.set_index_options(index, *reset, options, steps),
                    AlterAction::Storage => Ok(()),
                    action => self.refuse_action(object, action),
                },
                object => self.refuse_action(object, action),
            },
        }
    }

    /// What cannot be done to an index, a sequence, a view or a materialized view.
    pub fn refuse_action(&self, object: &Object, action: &AlterAction) -> Result<(), PgError> {
        let Some(shown) = shown_action(action) else {
            let message = format!("ALTER TABLE of {} \"{}\"", object.kind(), object.name());
            return Err(PgError::unsupported(message));
        };
        let message = format!("ALTER action {shown} cannot be performed on relation \"{}\"", object.name());
        let kinds = match object {
            Object::Index(_) => "indexes",
            Object::Sequence(_) => "sequences",
            Object::Table(_) => "materialized views",
            _ => "views",
        };
        let detail = format!("This operation is not supported for {kinds}.");
        Err(PgError::new(SqlState::WRONG_OBJECT_TYPE, message).detail(detail))
    }

    /// The place of the column that ALTER COLUMN names.
    pub fn altered_column(&self, table: &Table, name: &Ident) -> Result<usize, PgError> {
        let name = fold(name);
        table.columns.iter().position(|column| column.name == name).ok_or_else(|| {
            let message = format!("column \"{name}\" of relation \"{}\" does not exist", table.name);
            PgError::new(SqlState::UNDEFINED_COLUMN, message)
        })
    }

    fn add_column(
        &mut self,
        table: &Table,
        if_not_exists: bool,
        definition: &ColumnDef,
        (checks, options): (&[Span], &[RelationOption]),
        steps: &mut Steps,
    ) -> Result<(), PgError> {
        let name = fold(&definition.name);
        if table.column(&name).is_some() {
            let message = format!("column \"{name}\" of relation \"{}\" already exists", table.name);
            if if_not_exists {
                steps.notice(SqlState::DUPLICATE_COLUMN, format!("{message}, skipping"));
                return Ok(());
            }
            return Err(PgError::new(SqlState::DUPLICATE_COLUMN, message));
        }
        if table.columns.len() >= MAX_COLUMNS {
            let message = format!("tables can have at most {MAX_COLUMNS} columns");
            return Err(PgError::new(SqlState::TOO_MANY_COLUMNS, message));
        }
        let last = table.last_attnum();
        let Some(attnum) = last.checked_add(1) else { return Err(PgError::unsupported("so many columns ever")) };
        let scope = Scope::new(Clause::Default);
        let bound = self.scoped(scope, |binder| binder.column_definition(&table.name, definition, attnum))?;
        let place = table.columns.len();
        let primary = bound.primary_key(place);
        let unique: Vec<Key> = bound.unique(place).collect();
        let mut naming = Naming::new(self.catalog, &table.schema);
        let mut column = bound.column;
        column.stored_name = stored_column_name(&name, table.columns.iter().map(|column| column.stored_name.as_str()));
        if let Some(mut sequence) = bound.sequence {
            sequence.oid = naming.oid();
            sequence.schema = table.schema.clone();
            sequence.name = naming.choose(&table.name, &name, "seq");
            sequence.owned_by = Some((table.oid, attnum));
            match bound.identity_always {
                Some(always) => column.identity = Some(Identity { always, sequence_oid: sequence.oid }),
                None => column.default = Some(ColumnDefault::NextValue(sequence.oid)),
            }
            steps.put(Object::Sequence(sequence));
        }
        let filled =
            column.default.is_some() || column.identity.is_some() || column.domain != 0 || bound.generated.is_some();
        let not_null = column.not_null || primary.is_some();
        let mut new = table.clone();
        new.columns.push(column);
        if let Some(span) = bound.generated {
            self.generate_added(&mut new, place, span).map_err(placeless)?;
        }
        let mut keys = Vec::new();
        if let Some((_, key)) = primary {
            self.refuse_second_primary_key(table)?;
            keys.push(key);
        }
        keys.extend(unique);
        if let Some(key) = keys.last_mut() {
            key.options = set_options(Of::Index(Method::Btree), Vec::new(), options)?;
        }
        let mut indexes = Vec::new();
        for key in keys {
            indexes.push(self.add_key(&mut new, &mut naming, key, false)?);
        }
        let constraints = new.constraints.len();
        for (name, span) in bound.checks.into_iter().zip(checks) {
            let clause = self.check_clause(&new, name, *span)?;
            super::check::add_check(&mut new, &mut naming, clause)?;
        }
        for mut clause in bound.references {
            clause.columns = Ok(vec![place]);
            let constraint = self.add_foreign_key(&new, &mut naming, clause)?;
            new.constraints.push(constraint);
        }
        self.assign_foreign_keys(&mut new)?;
        if crate::sql::rowid_name(&new).is_none() {
            return Err(PgError::unsupported("a table with columns named rowid, _rowid_ and oid"));
        }
        if not_null && !filled {
            let sql = format!("SELECT 1 FROM {} LIMIT 1", quoted(&table.stored_name));
            steps.require(sql, super::contains_nulls(&new, &new.columns[place]));
        }
        steps.redefine(table, self.create_table_sql(&new)?);
        steps.put(Object::Table(new.clone()));
        for index in &indexes {
            steps.put(Object::Index(index.clone()));
        }
        steps.settle();
        if filled {
            steps.fill(&new, self.filling(&new, place)?);
        }
        self.fill_keys(&new, |key| !table.keys.contains(key), steps)?;
        for index in &indexes {
            self.create_index_steps(&new, index, steps)?;
        }
        for constraint in &new.constraints[constraints..] {
            self.require_constraint(&new, constraint, steps)?;
        }
        Ok(())
    }

    /// The UPDATE that gives a new column its default, or computes it.
    fn filling(&mut self, table: &Table, place: usize) -> Result<String, PgError> {
        let column = &table.columns[place];
        if column.generated.is_some() {
            // The others are what they are.
            let mut alone = table.clone();
            let others = alone.columns.iter_mut().enumerate().filter(|(index, _)| *index != place);
            others.for_each(|(_, other)| other.generated = None);
            return Ok(self.generating(&alone, None)?.unwrap_or_default());
        }
        let value = self.default_or_null(table, column)?;
        let mut emitter = Emitter::new(&self.relations);
        emitter.check(&value)?;
        Ok(format!("UPDATE {} SET {} = {}", quoted(&table.stored_name), quoted(&column.stored_name), emitter.finish()))
    }

    fn rename_table(&mut self, table: &Table, to: &Ident, steps: &mut Steps) -> Result<(), PgError> {
        let to = self.new_name(to)?;
        let mut naming = self.free_relation_name(&table.schema, &to)?;
        self.refuse_type_name(&table.schema, &to)?;
        let mut new = Table { name: to.clone(), ..table.clone() };
        let stored_name = naming.stored_name(&to);
        // Names that differ in case alone are one to SQLite.
        if !table.name.eq_ignore_ascii_case(&to) {
            new.stored_name = stored_name;
            steps.own(format!("ALTER TABLE {} RENAME TO {}", quoted(&table.stored_name), quoted(&new.stored_name)));
        }
        let after = new.clone();
        for text in new.row_expressions_mut() {
            *text = self.rename_in(text, (table, &table.name), (&after, &to), true)?;
        }
        self.rename_in_indexes((table, &table.name), (&after, &to), true, steps)?;
        steps.put(Object::Table(new));
        Ok(())
    }

    /// The names of a schema, if this one is free among its relations.
    fn free_relation_name(&self, schema: &str, name: &str) -> Result<Naming<'_>, PgError> {
        refuse_reserved(name)?;
        let naming = Naming::new(self.catalog, schema);
        if naming.is_taken(name) {
            return Err(PgError::new(SqlState::DUPLICATE_TABLE, format!("relation \"{name}\" already exists")));
        }
        Ok(naming)
    }

    /// Gives an index or a sequence another name.
    pub fn rename_relation(&mut self, object: &Object, to: &Ident, steps: &mut Steps) -> Result<(), PgError> {
        let to = self.new_name(to)?;
        self.free_relation_name(object.schema(), &to)?;
        match object {
            Object::Index(index) => {
                let mut new = index.clone();
                new.name.clone_from(&to);
                // The constraint that it stands for goes by the same name.
                if let Some(Object::Table(table)) = self.catalog.get(index.table_oid) {
                    let mut table = table.clone();
                    let keys = table.constraints.iter_mut().filter(|constraint| constraint.is_key());
                    if let Some(constraint) = keys.into_iter().find(|key| key.index_oid == index.oid) {
                        constraint.name = to;
                        steps.put(Object::Table(table));
                    }
                }
                steps.put(Object::Index(new));
            }
            Object::Sequence(sequence) => {
                self.refuse_if_named(sequence, "renaming")?;
                let mut new = sequence.clone();
                new.name = to;
                steps.put(Object::Sequence(new));
            }
            Object::View(view) => self.rename_view(view, to, steps)?,
            Object::Table(table) => return self.rename_table(table, &ident(&to), steps),
            // No relation.
            Object::Enum(_)
            | Object::Domain(_)
            | Object::Composite(_)
            | Object::Schema(_)
            | Object::Comment(_)
            | Object::Extension(_) => {}
        }
        Ok(())
    }

    pub fn rename_index(&mut self, if_exists: bool, name: &ObjectName, to: &Ident) -> Result<Schema, PgError> {
        const TAG: &str = "ALTER INDEX";
        let name = self.qualified(name)?;
        let mut steps = Steps::new();
        match self.find_relation(&name).cloned() {
            Some(object) => self.rename_relation(&object, to, &mut steps)?,
            None if if_exists => {
                let message = format!("relation \"{}\" does not exist, skipping", name.display());
                steps.notice(SqlState::SUCCESSFUL_COMPLETION, message);
            }
            None => return Err(PgError { position: None, ..self.no_relation(&name) }),
        }
        Ok(steps.finish(TAG))
    }

    /// The relation that VACUUM and its kin name must be there.
    pub fn maintained(&self, name: &Qualified, index: bool) -> Result<(), PgError> {
        match self.find_relation(name) {
            Some(Object::Index(_)) if index => Ok(()),
            Some(Object::Table(_)) if !index => Ok(()),
            Some(object) => {
                let kind = if index { "an index" } else { "a table or materialized view" };
                let message = format!("\"{}\" is not {kind}", object.name());
                Err(PgError::new(SqlState::WRONG_OBJECT_TYPE, message))
            }
            None if !index && self.find_system(name).is_some() => Ok(()),
            None => Err(PgError { position: None, ..self.no_relation(name) }),
        }
    }

    /// There are two roles that can own something: the user, and the one that owns everything.
    pub fn refuse_unknown_role(&self, role: &Ident) -> Result<(), PgError> {
        let name = fold(role);
        let is_keyword = role.quote_style.is_none()
            && matches!(name.as_str(), "current_user" | "current_role" | "session_user" | "user");
        if is_keyword || name == self.context.user || name == "postgres" {
            return Ok(());
        }
        Err(PgError::new(SqlState::UNDEFINED_OBJECT, format!("role \"{name}\" does not exist")))
    }
}

/// PostgreSQL's passes over the actions of one ALTER TABLE.
fn pass(action: &AlterAction) -> u8 {
    match action {
        AlterAction::DropColumn { .. }
        | AlterAction::DropConstraint { .. }
        | AlterAction::DropNotNull(_)
        | AlterAction::DropDefault(_)
        | AlterAction::DropIdentity { .. }
        | AlterAction::DropExpression { .. } => 0,
        AlterAction::Type { .. } => 1,
        AlterAction::AddColumn { .. } => 2,
        AlterAction::SetDefault { .. }
        | AlterAction::SetNotNull(_)
        | AlterAction::AddIdentity { .. }
        | AlterAction::SetIdentity { .. }
        | AlterAction::IdentityOptions { .. } => 3,
        AlterAction::AddConstraint { constraint, .. } => match &**constraint {
            sqlparser::ast::TableConstraint::PrimaryKey(_) | sqlparser::ast::TableConstraint::Unique(_) => 4,
            _ => 5,
        },
        AlterAction::AddConstraintUsing { .. } => 4,
        _ => 6,
    }
}

/// A name in the file.
pub fn quoted(name: &str) -> String {
    let mut out = String::new();
    identifier(&mut out, name);
    out
}

fn ident(name: &str) -> Ident {
    Ident { value: name.to_owned(), quote_style: Some('"'), span: Span::empty() }
}

/// What PostgreSQL finds out after it has forgotten the text.
pub fn placeless(error: PgError) -> PgError {
    PgError { position: None, ..error }
}

/// An action as PostgreSQL's messages call it (`alter_table_type_to_string`).
fn shown_action(action: &AlterAction) -> Option<&'static str> {
    Some(match action {
        AlterAction::AddColumn { .. } => "ADD COLUMN",
        AlterAction::DropColumn { .. } => "DROP COLUMN",
        AlterAction::SetDefault { .. } | AlterAction::DropDefault(_) => "ALTER COLUMN ... SET DEFAULT",
        AlterAction::SetNotNull(_) => "ALTER COLUMN ... SET NOT NULL",
        AlterAction::DropNotNull(_) => "ALTER COLUMN ... DROP NOT NULL",
        AlterAction::Type { .. } => "ALTER COLUMN ... SET DATA TYPE",
        AlterAction::AddIdentity { .. } => "ALTER COLUMN ... ADD IDENTITY",
        AlterAction::SetIdentity { .. } | AlterAction::IdentityOptions { .. } => "ALTER COLUMN ... SET",
        AlterAction::ColumnStorage { change: StorageChange::Statistics(_), .. } => "ALTER COLUMN ... SET STATISTICS",
        AlterAction::ColumnStorage { change: StorageChange::Storage(_), .. } => "ALTER COLUMN ... SET STORAGE",
        AlterAction::ColumnStorage { change: StorageChange::Compression(_), .. } => "ALTER COLUMN ... SET COMPRESSION",
        AlterAction::ColumnStorage { change: StorageChange::Options { reset: true, .. }, .. } => {
            "ALTER COLUMN ... RESET"
        }
        AlterAction::ColumnStorage { change: StorageChange::Options { reset: false, .. }, .. } => {
            "ALTER COLUMN ... SET"
        }
        AlterAction::ReplicaIdentity(_) => "REPLICA IDENTITY",
        AlterAction::Options { reset: true, .. } => "RESET",
        AlterAction::Options { reset: false, .. } => "SET",
        AlterAction::DropIdentity { .. } => "ALTER COLUMN ... DROP IDENTITY",
        AlterAction::DropExpression { .. } => "ALTER COLUMN ... DROP EXPRESSION",
        AlterAction::AddConstraint { .. } | AlterAction::AddConstraintUsing { .. } => "ADD CONSTRAINT",
        AlterAction::DropConstraint { .. } => "DROP CONSTRAINT",
        AlterAction::AlterConstraint { .. } => "ALTER CONSTRAINT",
        AlterAction::Validate(_) => "VALIDATE CONSTRAINT",
        AlterAction::Triggers { on: true, which: WhichTriggers::All } => "ENABLE TRIGGER ALL",
        AlterAction::Triggers { on: true, which: WhichTriggers::User } => "ENABLE TRIGGER USER",
        AlterAction::Triggers { on: true, which: WhichTriggers::Named(_) } => "ENABLE TRIGGER",
        AlterAction::Triggers { on: false, which: WhichTriggers::All } => "DISABLE TRIGGER ALL",
        AlterAction::Triggers { on: false, which: WhichTriggers::User } => "DISABLE TRIGGER USER",
        AlterAction::Triggers { on: false, which: WhichTriggers::Named(_) } => "DISABLE TRIGGER",
        AlterAction::Persistence { unlogged: true } => "SET UNLOGGED",
        AlterAction::Persistence { unlogged: false } => "SET LOGGED",
        _ => return None,
    })
}
