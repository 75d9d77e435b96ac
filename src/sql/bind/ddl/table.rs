//! CREATE TABLE.

use sqlparser::ast::{self, CreateTableOptions, HiveDistributionStyle, TableConstraint};
use sqlparser::tokenizer::Token;

use super::Steps;
use super::check::{CheckClause, add_check};
use super::column::Definition;
use super::foreign_key::ForeignKeyClause;
use super::index::numbered;
use super::like::Copied;
use super::naming::Naming;
use super::storage::{Of, set_options};
use crate::catalog::{
    Column, ColumnDefault, Constraint, ConstraintKind, Deferral, Identity, Index, IndexColumn, Materialized, Method,
    Object, OnCommit, Table,
};
use crate::sql::bind::Binder;
use crate::sql::bind::modify::rowid_name;
use crate::sql::bind::names::fold;
use crate::sql::bind::scope::{Clause, Scope};
use crate::sql::emission::{NO_COLUMNS, file_collation, has_one_form};
use crate::sql::emit::identifier;
use crate::sql::plan::Schema;
use crate::sql::temporary::KeyPlace;
use crate::sql::text::At;
use crate::types::{PgError, SqlState, Type, numeric};

pub const MAX_COLUMNS: usize = 1600;

/// What a table's definition asks for beside its columns.
#[derive(Default)]
pub struct Constraints {
    pub keys: Vec<Key>,
    pub checks: Vec<CheckClause>,
    pub foreign_keys: Vec<ForeignKeyClause>,
    pub unlogged: bool,
    /// That it is to be a materialized view.
    pub materialized: Option<Box<Materialized>>,
    pub on_commit: Option<OnCommit>,
    /// Storage parameters.
    pub options: Vec<String>,
}

/// A key as the statement asks for it.
pub struct Key {
    pub kind: ConstraintKind,
    pub name: Option<String>,
    pub columns: Vec<usize>,
    pub deferral: Deferral,
    pub nulls_not_distinct: bool,
    /// INCLUDE: columns that its index has beside.
    pub include: Vec<usize>,
    /// What is said of its index.
    pub comment: Option<String>,
    /// Storage parameters of its index.
    pub options: Vec<String>,
}

impl Key {
    pub fn new(kind: ConstraintKind, name: Option<String>, columns: Vec<usize>, deferral: Deferral) -> Key {
        let (include, options) = (Vec::new(), Vec::new());
        Key { kind, name, columns, deferral, nulls_not_distinct: false, include, comment: None, options }
    }

    /// Whether one index serves both (`transformIndexConstraints`).
    fn is_like(&self, other: &Key) -> bool {
        self.columns == other.columns
            && self.deferral == other.deferral
            && self.nulls_not_distinct == other.nulls_not_distinct
            && self.include == other.include
    }
}

impl Binder<'_> {
    /// 42P07 if there is such a relation; where that is no matter, a notice, and nothing is to be done.
    pub fn is_there(&self, schema: &str, name: &str, if_not_exists: bool, steps: &mut Steps) -> Result<bool, PgError> {
        if self.catalog.relation(schema, name).is_none() {
            return Ok(false);
        }
        let message = format!("relation \"{name}\" already exists");
        if !if_not_exists {
            return Err(PgError::new(SqlState::DUPLICATE_TABLE, message));
        }
        steps.notice(SqlState::DUPLICATE_TABLE, format!("{message}, skipping"));
        Ok(true)
    }

    pub fn create_table(&mut self, create: &ast::CreateTable) -> Result<Schema, PgError> {
        if let Some(query) = &create.query {
            return self.create_table_as(create, query);
        }
        self.refuse_no_list(create)?;
        self.refuse_table_options(create)?;
        let name = self.qualified_new(&create.name)?;
        let schema = self.relation_schema(&name, self.persistence(create.unlogged), name.at)?;
        let on_commit = self.on_commit(&schema)?;
        let mut steps = Steps::new();
        refuse_reserved(&name.name)?;
        if self.is_there(&schema, &name.name, create.if_not_exists, &mut steps)? {
            return Ok(steps.finish("CREATE TABLE"));
        }
        self.refuse_row_type(&schema, &name.name)?;
        let mut copied = Vec::new();
        let mut definitions =
            self.scoped(Scope::new(Clause::Default), |binder| binder.definitions(&name.name, create, &mut copied))?;
        self.generation_expressions(&name.name, &schema, &mut definitions)?;
        let mut constraints = Constraints {
            materialized: None,
            keys: self.keys(&name.name, &definitions, &create.constraints)?,
            checks: self.checks(&name.name, &schema, &definitions, &create.constraints)?,
            foreign_keys: Vec::new(),
            unlogged: create.unlogged,
            on_commit,
            options: set_options(Of::Table, Vec::new(), &self.temporary_clauses.options)?,
        };
        self.copied_constraints(&name.name, &copied, &mut constraints.keys, &mut constraints.checks)?;
        for definition in &definitions {
            constraints.foreign_keys.extend(definition.references.iter().cloned());
        }
        for constraint in &create.constraints {
            if let TableConstraint::ForeignKey(clause) = constraint {
                let name = clause.name.as_ref().map(|name| self.new_name(name)).transpose()?;
                let columns = self.referencing_columns(&definitions, &clause.columns);
                constraints.foreign_keys.push(self.foreign_key_clause(name, columns, clause)?);
            }
        }
        let catalog = self.catalog;
        let mut naming = Naming::new(catalog, &schema);
        naming.take(&name.name);
        let table = self.table_steps(&mut steps, &mut naming, &schema, &name.name, definitions, constraints)?;
        self.copied_indexes(&copied, &table, &mut naming, &mut steps)?;
        Ok(steps.finish("CREATE TABLE"))
    }

    /// `CREATE TABLE t`, which sqlparser takes for one without columns.
    fn refuse_no_list(&self, create: &ast::CreateTable) -> Result<(), PgError> {
        let last = create.name.0.last().and_then(|part| part.as_ident());
        let Some(last) = last.filter(|_| create.columns.is_empty() && create.constraints.is_empty()) else {
            return Ok(());
        };
        match self.token_behind(last.span.into()) {
            Some(Token::LParen) => Ok(()),
            _ => Err(self.syntax_error_behind(last.span.into())),
        }
    }

    pub fn refuse_table_options(&self, create: &ast::CreateTable) -> Result<(), PgError> {
        if !matches!(create.table_options, CreateTableOptions::None) {
            return Err(PgError::unsupported("a storage parameter"));
        }
        let unsupported = [
            (create.inherits.is_some(), "table inheritance"),
            (create.partition_by.is_some() || create.partition_of.is_some(), "a partitioned table"),
        ];
        if let Some((_, what)) = unsupported.iter().find(|(asked, _)| *asked) {
            return Err(PgError::unsupported(what));
        }
        if create.like.is_some() {
            return Err(self.syntax_error(At::NOWHERE, "LIKE"));
        }
        let foreign = create.or_replace
            || create.external
            || create.temporary
            || create.on_commit.is_some()
            || create.transient
            || create.volatile
            || create.without_rowid
            || create.strict
            || create.clone.is_some()
            || create.comment.is_some()
            || create.order_by.is_some()
            || create.primary_key.is_some()
            || create.cluster_by.is_some()
            || create.clustered_by.is_some()
            || create.file_format.is_some()
            || create.location.is_some()
            || create.on_cluster.is_some()
            || !matches!(create.hive_distribution, HiveDistributionStyle::NONE);
        if foreign { Err(self.syntax_error(At::NOWHERE, "TABLE")) } else { Ok(()) }
    }

    fn definitions(
        &mut self,
        table: &str,
        create: &ast::CreateTable,
        copied: &mut Vec<Copied>,
    ) -> Result<Vec<Definition>, PgError> {
        if create.columns.len() > MAX_COLUMNS {
            let message = format!("tables can have at most {MAX_COLUMNS} columns");
            return Err(PgError::new(SqlState::TOO_MANY_COLUMNS, message));
        }
        let mut definitions: Vec<Definition> = Vec::with_capacity(create.columns.len());
        for column in &create.columns {
            let like = self.likes.iter().find(|like| like.column == column.name.span.start);
            let mut new = Vec::new();
            match like {
                Some(like) => {
                    let taken = self.liked_columns(table, like, definitions.len(), &mut new)?;
                    copied.extend(taken);
                }
                None => new.push(self.column_definition(table, column, definitions.len() as i16 + 1)?),
            }
            for definition in new {
                add_definition(&mut definitions, definition)?;
            }
        }
        Ok(definitions)
    }

    /// The keys of columns and table, the primary key first.
    fn keys(
        &self,
        table: &str,
        definitions: &[Definition],
        constraints: &[TableConstraint],
    ) -> Result<Vec<Key>, PgError> {
        let mut primary: Vec<(Key, At)> = Vec::new();
        let mut unique: Vec<Key> = Vec::new();
        for (index, definition) in definitions.iter().enumerate() {
            if let Some((at, mut key)) = definition.primary_key(index) {
                self.set_key_options(&mut key, false, primary.len())?;
                primary.push((key, at));
            }
            for mut key in definition.unique(index) {
                self.set_key_options(&mut key, false, unique.len())?;
                unique.push(key);
            }
        }
        let of_columns = (primary.len(), unique.len());
        let columns: Vec<&str> = definitions.iter().map(|definition| definition.column.name.as_str()).collect();
        for constraint in constraints {
            let at = match constraint {
                TableConstraint::PrimaryKey(key) => key.name.as_ref().map_or(At::NOWHERE, |name| name.span.into()),
                _ => At::NOWHERE,
            };
            match self.table_key(&columns, constraint)? {
                Some(mut key) if key.kind == ConstraintKind::PrimaryKey => {
                    self.set_key_options(&mut key, true, primary.len() - of_columns.0)?;
                    primary.push((key, at));
                }
                Some(mut key) => {
                    self.set_key_options(&mut key, true, unique.len() - of_columns.1)?;
                    unique.push(key);
                }
                None => {}
            }
        }
        if let Some((_, at)) = primary.get(1) {
            let message = format!("multiple primary keys for table \"{table}\" are not allowed");
            return Err(self.error(*at, SqlState::INVALID_TABLE_DEFINITION, message));
        }
        let mut keys: Vec<Key> = primary.into_iter().map(|(key, _)| key).collect();
        for key in unique {
            // The same columns again need no second index.
            match keys.iter_mut().find(|other| other.is_like(&key)) {
                Some(other) => other.name = other.name.take().or(key.name),
                None => keys.push(key),
            }
        }
        Ok(keys)
    }

    /// What CREATE TABLE says of the index of its `number`th such key.
    fn set_key_options(&self, key: &mut Key, of_table: bool, number: usize) -> Result<(), PgError> {
        let place = KeyPlace { of_table, primary: key.kind == ConstraintKind::PrimaryKey, number };
        for (_, options) in self.temporary_clauses.index_options.iter().filter(|(other, _)| *other == place) {
            key.options = set_options(Of::Index(Method::Btree), Vec::new(), options)?;
        }
        Ok(())
    }

    /// The key that a constraint of the table asks for, if it is one.
    pub fn table_key(&self, columns: &[&str], constraint: &TableConstraint) -> Result<Option<Key>, PgError> {
        match constraint {
            TableConstraint::PrimaryKey(key) => {
                let include = self.included_columns(columns, &key.include, "primary")?;
                let columns = self.key_columns(columns, &key.columns, "primary key")?;
                let name = key.name.as_ref().map(|name| self.new_name(name)).transpose()?;
                let deferral = self.deferral(key.characteristics.as_ref())?;
                Ok(Some(Key { include, ..Key::new(ConstraintKind::PrimaryKey, name, columns, deferral) }))
            }
            TableConstraint::Unique(key) => {
                let include = self.included_columns(columns, &key.include, "unique")?;
                let columns = self.key_columns(columns, &key.columns, "unique")?;
                let name = key.name.as_ref().map(|name| self.new_name(name)).transpose()?;
                let deferral = self.deferral(key.characteristics.as_ref())?;
                let nulls_not_distinct = key.nulls_distinct == ast::NullsDistinctOption::NotDistinct;
                let key = Key::new(ConstraintKind::Unique, name, columns, deferral);
                Ok(Some(Key { nulls_not_distinct, include, ..key }))
            }
            TableConstraint::ForeignKey(_) | TableConstraint::Check(_) => Ok(None),
            TableConstraint::Exclude(_) => Err(PgError::unsupported("EXCLUDE")),
            _ => Err(PgError::unsupported("this constraint")),
        }
    }

    /// INCLUDE's columns, of which one may come twice.
    fn included_columns(&self, names: &[&str], include: &[ast::Ident], word: &str) -> Result<Vec<usize>, PgError> {
        let place = |ident: &ast::Ident| {
            let name = fold(ident);
            names.iter().position(|other| *other == name).ok_or_else(|| {
                let message = format!("column \"{name}\" named in key does not exist");
                let at = self.constraint_start(word, ident.span.into());
                self.error(at, SqlState::UNDEFINED_COLUMN, message)
            })
        };
        include.iter().map(place).collect()
    }

    fn key_columns(&self, names: &[&str], columns: &[ast::IndexColumn], kind: &str) -> Result<Vec<usize>, PgError> {
        let mut indexes = Vec::with_capacity(columns.len());
        for column in columns {
            let ast::Expr::Identifier(ident) = &column.column.expr else {
                return Err(self.syntax_error(At::NOWHERE, "("));
            };
            let (name, at) = (fold(ident), At::from(ident.span));
            if column.operator_class.is_some()
                || column.column.options.sort.is_some()
                || column.column.options.nulls_first.is_some()
            {
                return Err(self.syntax_error(at, &ident.value));
            }
            let word = if kind == "unique" { "unique" } else { "primary" };
            let Some(index) = names.iter().position(|other| *other == name) else {
                let message = format!("column \"{name}\" named in key does not exist");
                let at = self.constraint_start(word, at);
                return Err(self.error(at, SqlState::UNDEFINED_COLUMN, message));
            };
            if indexes.contains(&index) {
                let message = format!("column \"{name}\" appears twice in {kind} constraint");
                let at = self.constraint_start(word, at);
                return Err(self.error(at, SqlState::DUPLICATE_COLUMN, message));
            }
            indexes.push(index);
        }
        Ok(indexes)
    }

    pub fn table_steps(
        &self,
        steps: &mut Steps,
        naming: &mut Naming,
        schema: &str,
        name: &str,
        definitions: Vec<Definition>,
        constraints: Constraints,
    ) -> Result<Table, PgError> {
        let oid = naming.oid();
        let stored_name = naming.stored_name(name);
        let mut columns = Vec::with_capacity(definitions.len());
        let mut sequences = Vec::new();
        for definition in definitions {
            let mut column = definition.column;
            if let Some(mut sequence) = definition.sequence {
                sequence.oid = naming.oid();
                sequence.schema = schema.to_owned();
                sequence.name = naming.choose(name, &column.name, "seq");
                sequence.owned_by = Some((oid, column.attnum));
                match definition.identity_always {
                    Some(always) => column.identity = Some(Identity { always, sequence_oid: sequence.oid }),
                    None => column.default = Some(ColumnDefault::NextValue(sequence.oid)),
                }
                sequences.push(sequence);
            }
            columns.push(column);
        }
        let mut table = Table {
            stored_name,
            unlogged: constraints.unlogged,
            materialized: constraints.materialized,
            on_commit: constraints.on_commit,
            options: constraints.options,
            ..Table::plain(oid, schema, name, columns)
        };
        for check in constraints.checks {
            add_check(&mut table, naming, check)?;
        }
        let mut indexes = Vec::new();
        for key in constraints.keys {
            indexes.push(self.add_key(&mut table, naming, key, true)?);
        }
        for clause in constraints.foreign_keys {
            let constraint = self.foreign_key(&table, &indexes, naming, clause)?;
            table.constraints.push(constraint);
        }
        self.assign_foreign_keys(&mut table)?;
        if rowid_name(&table).is_none() {
            return Err(PgError::unsupported("a table with columns named rowid, _rowid_ and oid"));
        }
        refuse_check_of_nothing(&table)?;
        for sequence in sequences {
            steps.put(Object::Sequence(sequence));
        }
        steps.sqlite(self.create_table_sql(&table)?);
        steps.put(Object::Table(table.clone()));
        for index in indexes {
            if index.stored_name.is_some() {
                self.create_index_in_file(&table, &index, steps)?;
            }
            steps.put(Object::Index(index));
        }
        Ok(table)
    }

    /// Adds a constraint to the table; yields its index. A new table's primary key is part of it in the file, unless it is
    /// deferrable.
    pub fn add_key(&self, table: &mut Table, naming: &mut Naming, key: Key, is_new: bool) -> Result<Index, PgError> {
        let types = key.columns.iter().map(|index| table.columns[*index].ty);
        types.into_iter().try_for_each(|ty| {
            self.refuse_key_type(ty, "a key on a column")?;
            self.index_class(Method::Btree, ty, None).map(drop)
        })?;
        let primary = key.kind == ConstraintKind::PrimaryKey;
        let attnums: Vec<i16> = key.columns.iter().map(|index| table.columns[*index].attnum).collect();
        let is_inside = primary && is_new && !key.deferral.is_deferrable() && is_in_table(table, &attnums);
        let name = match key.name {
            Some(name) => {
                refuse_reserved(&name)?;
                if naming.is_taken(&name) {
                    let message = format!("relation \"{name}\" already exists");
                    return Err(PgError::new(SqlState::DUPLICATE_TABLE, message));
                }
                refuse_constraint_name(table, &name)?;
                naming.take(&name);
                naming.take_constraint(&name);
                name
            }
            None if primary => naming.choose_key(&table.name, "", "pkey"),
            None => {
                let all = key.columns.iter().chain(&key.include);
                let columns: Vec<&str> = all.map(|index| table.columns[*index].name.as_str()).collect();
                naming.choose_key(&table.name, &numbered(&columns).join("_"), "key")
            }
        };
        if primary {
            for index in &key.columns {
                table.columns[*index].not_null = true;
            }
            if let [index] = key.columns[..]
                && is_inside
                && matches!(table.columns[index].ty, Type::INT2 | Type::INT4 | Type::INT8)
            {
                table.rowid_column = Some(table.columns[index].attnum);
            }
        }
        let mut index = Index {
            oid: naming.oid(),
            schema: table.schema.clone(),
            stored_name: (!is_inside).then(|| naming.stored_name(&name)),
            name: name.clone(),
            table_oid: table.oid,
            unique: true,
            columns: attnums.iter().copied().map(IndexColumn::plain).collect(),
            include: key.include.iter().map(|index| table.columns[*index].attnum).collect(),
            predicate: None,
            mentioned: Vec::new(),
            comment: key.comment,
            deferrable: key.deferral.is_deferrable(),
            nulls_not_distinct: key.nulls_not_distinct,
            predicate_key: None,
            method: Method::Btree,
            options: key.options,
            clustered: false,
        };
        self.assign_keys(table, &mut index)?;
        table.constraints.push(Constraint {
            oid: naming.oid(),
            name,
            kind: key.kind,
            columns: attnums,
            index_oid: index.oid,
            not_valid: false,
            comment: None,
            deferral: key.deferral,
        });
        Ok(index)
    }
}

fn add_definition(definitions: &mut Vec<Definition>, mut definition: Definition) -> Result<(), PgError> {
    let name = &definition.column.name;
    if definitions.iter().any(|other| other.column.name == *name) {
        let message = format!("column \"{name}\" specified more than once");
        return Err(PgError::new(SqlState::DUPLICATE_COLUMN, message));
    }
    if definitions.len() >= MAX_COLUMNS {
        let message = format!("tables can have at most {MAX_COLUMNS} columns");
        return Err(PgError::new(SqlState::TOO_MANY_COLUMNS, message));
    }
    let others = definitions.iter().map(|other| other.column.stored_name.as_str());
    definition.column.stored_name = stored_column_name(name, others);
    definition.column.attnum = definitions.len() as i16 + 1;
    definitions.push(definition);
    Ok(())
}

/// A column's name in the file: the same, unless SQLite, comparing without case, has it already.
pub fn stored_column_name<'n>(name: &str, others: impl Iterator<Item = &'n str> + Clone) -> String {
    let mut number = 1;
    let mut stored = name.to_owned();
    while others.clone().any(|other| other.eq_ignore_ascii_case(&stored)) {
        number += 1;
        stored = format!("{name}_{number}");
    }
    stored
}

/// Names that are ours in every file.
pub fn refuse_reserved(name: &str) -> Result<(), PgError> {
    let prefix = b"_quorlite_";
    if name.len() >= prefix.len() && name.as_bytes()[..prefix.len()].eq_ignore_ascii_case(prefix) {
        let message = format!("name \"{name}\" is reserved: names that begin with _quorlite_ are the system's own");
        return Err(PgError::new(SqlState::RESERVED_NAME, message));
    }
    Ok(())
}

/// 42710 if the table has a constraint of that name.
pub fn refuse_constraint_name(table: &Table, name: &str) -> Result<(), PgError> {
    if table.constraints.iter().any(|constraint| constraint.name == name) {
        let message = format!("constraint \"{name}\" for relation \"{}\" already exists", table.name);
        return Err(PgError::new(SqlState::DUPLICATE_OBJECT, message));
    }
    Ok(())
}

impl Binder<'_> {
    /// The table's definition in the file.
    pub fn create_table_sql(&self, table: &Table) -> Result<String, PgError> {
        let key = table.primary_key().and_then(|key| self.catalog.get(key.index_oid));
        let inside = match key {
            Some(Object::Index(index)) => index.is_of_table(),
            // A table that is being made, or a key that is being added to one.
            _ => self.catalog.get(table.oid).is_none(),
        };
        self.definition_sql(table, inside)
    }

    /// With its primary key, or (`key_inside` false) as that is an index of its own.
    pub fn definition_sql(&self, table: &Table, key_inside: bool) -> Result<String, PgError> {
        let mut sql = String::from("CREATE TABLE ");
        identifier(&mut sql, &table.stored_name);
        sql.push_str(" (");
        if table.columns.is_empty() {
            // SQLite has no tables without columns. Whichever is added first takes its place: it is NULL in all rows.
            identifier(&mut sql, NO_COLUMNS);
        }
        let whole = table.with_keys();
        for (number, column) in table.places_in_file().into_iter().map(|place| &whole.columns[place]).enumerate() {
            if number > 0 {
                sql.push_str(", ");
            }
            identifier(&mut sql, &column.stored_name);
            sql.push(' ');
            if table.rowid_column == Some(column.attnum) {
                // This spelling and no other makes the column SQLite's rowid.
                sql.push_str("INTEGER PRIMARY KEY");
            } else {
                sql.push_str(&declared_type(column));
                if let Some(collation) = file_collation(column.ty) {
                    sql.push_str(" COLLATE ");
                    sql.push_str(&collation);
                }
                if column.not_null {
                    sql.push_str(" NOT NULL");
                }
            }
            if let Some(default) = self.stored_default(table, column)? {
                sql.push_str(" DEFAULT ");
                sql.push_str(&default);
            }
        }
        if let Some(key) = table.primary_key()
            && table.rowid_column.is_none()
            && key_inside
            && !key.is_deferrable()
            && is_in_table(table, &key.columns)
        {
            sql.push_str(", PRIMARY KEY (");
            stored_names(&mut sql, table, &key.columns);
            sql.push(')');
        }
        for (constraint, key) in table.foreign_keys() {
            self.foreign_key_sql(&mut sql, table, constraint, key);
        }
        sql.push(')');
        Ok(sql)
    }
}

/// Whether a new table's primary key can stand in its definition in the file.
fn is_in_table(table: &Table, key: &[i16]) -> bool {
    key.iter().all(|attnum| table.attribute(*attnum).is_none_or(|column| has_one_form(column.ty)))
}

/// A CHECK is looked at where a row's values are written.
pub fn refuse_check_of_nothing(table: &Table) -> Result<(), PgError> {
    match table.columns.is_empty() && !table.checks().is_empty() {
        true => Err(PgError::unsupported("a CHECK of a table without columns")),
        false => Ok(()),
    }
}

/// The names in the file of what SQLite compares some columns by, with commas between.
pub fn stored_names(sql: &mut String, table: &Table, columns: &[i16]) {
    for (index, attnum) in columns.iter().enumerate() {
        if index > 0 {
            sql.push_str(", ");
        }
        if let Some(name) = compared_name(table, *attnum) {
            identifier(sql, name);
        }
    }
}

/// The name in the file of a column, or of its key where that is what compares.
pub fn compared_name(table: &Table, attnum: i16) -> Option<&str> {
    let column = table.attribute(attnum)?;
    match table.key_of(attnum) {
        Some(key) if !has_one_form(column.ty) => Some(&key.stored_name),
        _ => Some(&column.stored_name),
    }
}

/// A column's type as PostgreSQL prints it (but SQLite takes a precision only at the end), if SQLite's affinity by that
/// name keeps the stored form as it is.
fn declared_type(column: &Column) -> String {
    match column.ty {
        Type::VARCHAR if column.typmod >= 0 => format!("character varying({})", column.typmod - 4),
        Type::BPCHAR if column.typmod >= 0 => format!("character({})", column.typmod - 4),
        Type::TIMESTAMPTZ if column.typmod >= 0 => format!("timestamp with time zone({})", column.typmod),
        Type::TIMESTAMP if column.typmod >= 0 => format!("timestamp without time zone({})", column.typmod),
        Type::TIMETZ if column.typmod >= 0 => format!("time with time zone({})", column.typmod),
        Type::TIME if column.typmod >= 0 => format!("time without time zone({})", column.typmod),
        Type::NUMERIC => match numeric::describe(column.typmod) {
            Some((precision, scale)) => format!("numeric({precision},{scale})"),
            None => "numeric".to_owned(),
        },
        // By its own name it would be numeric to SQLite, and 'name' values of digits numbers.
        Type::NAME => "text".to_owned(),
        // Zeros and ones are no number.
        Type::BIT if column.typmod >= 0 => format!("bit text({})", column.typmod),
        Type::VARBIT if column.typmod >= 0 => format!("bit varying text({})", column.typmod),
        ty @ (Type::BIT | Type::VARBIT) => format!("{ty} text"),
        // A json number, or a path that is one, would become one of SQLite's.
        ty @ (Type::JSON | Type::JSONB | Type::JSONPATH) => format!("{ty} text"),
        // By its name a label of digits might become a number.
        ty if ty.is_users() => "text".to_owned(),
        ty => ty.sql_name().to_owned(),
    }
}
