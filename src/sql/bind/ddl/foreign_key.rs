//! Foreign keys of CREATE TABLE (`ATAddForeignKeyConstraint`).
//!
//! They stand in the file's schema, and SQLite enforces them where statements are executed. It compares keys by their
//! stored forms with the parent column's affinity, and its actions know no PostgreSQL types: so
//! what would be compared or written otherwise than in PostgreSQL is refused here.

use sqlparser::ast::{
    self, ConstraintCharacteristics, ConstraintReferenceMatchKind, DeferrableInitial, Ident, ReferentialAction,
};
use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::Token;

use super::column::Definition;
use super::naming::Naming;
use super::table::{refuse_constraint_name, refuse_reserved, stored_names};
use crate::catalog::{
    Action, Column, ColumnDefault, Constraint, ConstraintKind, Deferral, ForeignKey, Index, Object, Table, Triggers,
};
use crate::sql::bind::Binder;
use crate::sql::bind::coerce::can_coerce;
use crate::sql::bind::names::{Qualified, fold};
use crate::sql::bound::ExprKind;
use crate::sql::casts::Context;
use crate::sql::emission::has_one_form;
use crate::sql::emit::{Emitter, identifier};
use crate::sql::text::At;
use crate::sql::{parse, set_columns, tokens};
use crate::types::{PgError, SqlState, Type};

const MAX_KEYS: usize = 32;

/// A foreign key as the statement asks for it.
#[derive(Clone)]
pub struct ForeignKeyClause {
    name: Option<String>,
    /// Indexes of the referencing columns; an error only if the referenced table exists.
    pub columns: Result<Vec<usize>, PgError>,
    table: Qualified,
    /// None: the primary key.
    referenced: Vec<String>,
    on_update: Action,
    on_delete: Action,
    /// Behind ON DELETE SET NULL or SET DEFAULT.
    set_columns: Vec<String>,
    full: bool,
    deferral: Deferral,
}

impl Binder<'_> {
    /// The indexes of columns that a constraint of the table names.
    pub fn referencing_columns(&self, definitions: &[Definition], columns: &[Ident]) -> Result<Vec<usize>, PgError> {
        let index = |ident: &Ident| {
            let name = fold(ident);
            let found = definitions.iter().position(|definition| definition.column.name == name);
            found.ok_or_else(|| undefined(&name))
        };
        columns.iter().map(index).collect()
    }

    pub fn foreign_key_clause(
        &self,
        name: Option<String>,
        columns: Result<Vec<usize>, PgError>,
        clause: &ast::ForeignKeyConstraint,
    ) -> Result<ForeignKeyClause, PgError> {
        let action = |action: &Option<ReferentialAction>| match action {
            None | Some(ReferentialAction::NoAction) => Action::NoAction,
            Some(ReferentialAction::Restrict) => Action::Restrict,
            Some(ReferentialAction::Cascade) => Action::Cascade,
            Some(ReferentialAction::SetNull) => Action::SetNull,
            Some(ReferentialAction::SetDefault) => Action::SetDefault,
        };
        let table = self.qualified(&clause.foreign_table)?;
        if clause.index_name.is_some() {
            return Err(self.syntax_error(table.at, "FOREIGN"));
        }
        let full = match clause.match_kind {
            None | Some(ConstraintReferenceMatchKind::Simple) => false,
            Some(ConstraintReferenceMatchKind::Full) => true,
            Some(ConstraintReferenceMatchKind::Partial) => {
                let message = "MATCH PARTIAL not yet implemented";
                return Err(self.error(self.match_partial_at(), SqlState::FEATURE_NOT_SUPPORTED, message));
            }
        };
        let deferral = self.deferral(clause.characteristics.as_ref())?;
        let mut set_columns = Vec::new();
        for set in set_columns::of_key(self.tokens_from(table.at)) {
            if !set.deletes {
                let what = if set.null { "SET NULL" } else { "SET DEFAULT" };
                let message = format!("a column list with {what} is only supported for ON DELETE actions");
                return Err(self.error(set.at, SqlState::FEATURE_NOT_SUPPORTED, message));
            }
            set_columns = set.columns;
        }
        Ok(ForeignKeyClause {
            name,
            columns,
            table,
            referenced: clause.referred_columns.iter().map(fold).collect(),
            on_update: action(&clause.on_update),
            on_delete: action(&clause.on_delete),
            set_columns,
            full,
            deferral,
        })
    }

    /// What is said of when a constraint must hold.
    pub fn deferral(&self, characteristics: Option<&ConstraintCharacteristics>) -> Result<Deferral, PgError> {
        let Some(characteristics) = characteristics else { return Ok(Deferral::NotDeferrable) };
        if characteristics.enforced.is_some() {
            return Err(self.syntax_error(self.word("enforced"), "ENFORCED"));
        }
        let deferred = characteristics.initially == Some(DeferrableInitial::Deferred);
        match characteristics.deferrable {
            Some(false) if deferred => {
                let message = "constraint declared INITIALLY DEFERRED must be DEFERRABLE";
                let (deferrable, initially) = (self.word("deferrable"), self.word("initially"));
                let not = self.tokens_away(deferrable, -1);
                let last = if initially.cmp(deferrable).is_lt() { not } else { initially };
                Err(self.error(last, SqlState::SYNTAX_ERROR, message))
            }
            _ if deferred => Ok(Deferral::InitiallyDeferred),
            Some(true) => Ok(Deferral::InitiallyImmediate),
            _ => Ok(Deferral::NotDeferrable),
        }
    }

    fn match_partial_at(&self) -> At {
        let all = tokens::tokenize(self.text).unwrap_or_default();
        let all: Vec<_> = all.iter().filter(|token| !matches!(token.token, Token::Whitespace(_))).collect();
        let found = all.windows(2).find(|two| {
            parse::keyword(two[0]) == Some(Keyword::MATCH) && parse::keyword(two[1]) == Some(Keyword::PARTIAL)
        });
        found.map_or(At::NOWHERE, |two| two[0].span.into())
    }

    /// The constraint of a new table with these indexes.
    pub fn foreign_key(
        &self,
        table: &Table,
        indexes: &[Index],
        naming: &mut Naming,
        clause: ForeignKeyClause,
    ) -> Result<Constraint, PgError> {
        if let Some(name) = &clause.name {
            refuse_reserved(name)?;
            refuse_constraint_name(table, name)?;
        }
        let itself = clause.table.name == table.name
            && clause.table.schema.as_ref().is_none_or(|schema| *self.meant(schema) == table.schema);
        let parent = if itself { table } else { self.referenced_table(&clause.table)? };
        self.refuse_mixed_persistence(table, parent)?;
        // Those of a new key would be enabled.
        if let Some(off) = [table, parent].iter().find(|table| table.triggers == Triggers::Off) {
            let message = format!("a foreign key of or to table \"{}\" while its triggers are disabled", off.name);
            return Err(PgError::unsupported(message));
        }
        if parent.unlogged && !table.unlogged {
            let message = "constraints on permanent tables may reference only permanent tables";
            return Err(PgError::new(SqlState::INVALID_TABLE_DEFINITION, message));
        }
        let columns = clause.columns?;
        let too_many = [columns.len(), clause.referenced.len()].into_iter().any(|count| count > MAX_KEYS);
        if too_many {
            let message = format!("cannot have more than {MAX_KEYS} keys in a foreign key");
            return Err(PgError::new(SqlState::TOO_MANY_COLUMNS, message));
        }
        let set_columns = set_columns_of(table, &columns, &clause.set_columns)?;
        let of_parent: Vec<&Index> = match itself {
            true => indexes.iter().collect(),
            false => self.catalog.indexes_of(parent.oid).collect(),
        };
        let (referenced, index_oid) = match &clause.referenced[..] {
            [] => primary_key(parent)?,
            names => (unique_key(parent, names, &of_parent)?, 0),
        };
        let index_oid = if index_oid == 0 { index_over(&of_parent, &referenced).unwrap_or(0) } else { index_oid };
        if referenced.len() != columns.len() {
            let message = "number of referencing and referenced columns for foreign key disagree";
            return Err(PgError::new(SqlState::INVALID_FOREIGN_KEY, message));
        }
        refuse_actions(table, &columns, (clause.on_update, clause.on_delete))?;
        refuse_keyed_actions(table, &columns, (clause.on_update, clause.on_delete))?;
        let names: Vec<&str> = columns.iter().map(|index| table.columns[*index].name.as_str()).collect();
        let name = match clause.name {
            Some(name) => {
                naming.take_constraint(&name);
                name
            }
            None => naming.choose_constraint(&table.name, &names.join("_"), "fkey"),
        };
        for (column, attnum) in columns.iter().zip(&referenced) {
            let (child, Some(other)) = (&table.columns[*column], parent.attribute(*attnum)) else { continue };
            refuse_types(child, other, &name, clause.on_update)?;
        }
        if columns.len() > 1 {
            refuse_full(clause.full, clause.deferral)?;
        }
        if clause.full && !set_columns.is_empty() && set_columns.len() < columns.len() {
            return Err(PgError::unsupported("ON DELETE SET of some columns of a foreign key with MATCH FULL"));
        }
        Ok(Constraint {
            oid: naming.oid(),
            name,
            kind: ConstraintKind::ForeignKey(ForeignKey {
                table_oid: parent.oid,
                columns: referenced,
                on_update: clause.on_update,
                on_delete: clause.on_delete,
                deferrable: clause.deferral.is_deferrable(),
                initially_deferred: clause.deferral.is_initially_deferred(),
                counted: clause.deferral.is_deferrable(),
                full: clause.full,
                set_columns,
            }),
            columns: columns.iter().map(|index| table.columns[*index].attnum).collect(),
            index_oid,
            not_valid: false,
            comment: None,
            deferral: Deferral::NotDeferrable,
        })
    }

    /// The constraint of a table that is.
    pub fn add_foreign_key(
        &self,
        table: &Table,
        naming: &mut Naming,
        clause: ForeignKeyClause,
    ) -> Result<Constraint, PgError> {
        let indexes: Vec<Index> = self.catalog.indexes_of(table.oid).cloned().collect();
        self.foreign_key(table, &indexes, naming, clause)
    }

    /// Refuses a key between columns of which this one is to have another type.
    pub fn refuse_key(
        &self,
        child: &Table,
        parent: &Table,
        (constraint, key): (&Constraint, &ForeignKey),
        changed: i16,
    ) -> Result<(), PgError> {
        for (own, other) in constraint.columns.iter().zip(&key.columns) {
            if *own != changed && *other != changed {
                continue;
            }
            if let (Some(own), Some(other)) = (child.attribute(*own), parent.attribute(*other)) {
                refuse_types(own, other, &constraint.name, key.on_update)?;
            }
        }
        Ok(())
    }

    fn referenced_table(&self, name: &Qualified) -> Result<&Table, PgError> {
        match self.find_relation(name) {
            Some(Object::Table(table)) if table.materialized.is_none() => Ok(table),
            Some(Object::Index(index)) => {
                Err(PgError::new(SqlState::WRONG_OBJECT_TYPE, format!("\"{}\" is an index", index.name)))
            }
            Some(_) => {
                let message = format!("referenced relation \"{}\" is not a table", name.name);
                Err(PgError::new(SqlState::WRONG_OBJECT_TYPE, message))
            }
            None => Err(PgError { position: None, ..self.no_relation(name) }),
        }
    }

    /// `, CONSTRAINT … FOREIGN KEY …`.
    pub fn foreign_key_sql(&self, sql: &mut String, table: &Table, constraint: &Constraint, key: &ForeignKey) {
        let parent = match self.catalog.get(key.table_oid) {
            Some(Object::Table(parent)) => parent,
            // Itself, being made.
            _ => table,
        };
        sql.push_str(", CONSTRAINT ");
        identifier(sql, &constraint.name);
        sql.push_str(" FOREIGN KEY (");
        stored_names(sql, table, &constraint.columns);
        sql.push_str(") REFERENCES ");
        identifier(sql, &parent.stored_name);
        sql.push_str(" (");
        stored_names(sql, parent, &key.columns);
        sql.push(')');
        for (event, action) in [(" ON UPDATE ", key.on_update), (" ON DELETE ", key.on_delete)] {
            // It is no action of SQLite's: see `storage::execute::set_columns`.
            let acts = event != " ON DELETE " || key.set_columns.is_empty();
            let Some(action) = action.clause().filter(|_| acts) else { continue };
            sql.push_str(event);
            sql.push_str(action);
        }
        if key.is_counted() {
            sql.push_str(" DEFERRABLE INITIALLY DEFERRED");
        }
    }

    /// The default that the file's schema must know: SQLite sets it where a foreign key says SET DEFAULT.
    pub fn stored_default(&self, table: &Table, column: &Column) -> Result<Option<String>, PgError> {
        let set = table.foreign_keys().any(|(constraint, key)| key.sets_default(constraint, column.attnum));
        let of_domain = self.catalog.domain(column.domain).and_then(|domain| domain.default.as_ref());
        let text = match column.default.as_ref().or(of_domain) {
            _ if !set => return Ok(None),
            None if column.identity.is_none() => return Ok(None),
            Some(ColumnDefault::Expression(text)) => text,
            _ => return Err(PgError::unsupported("SET DEFAULT of a column that draws from a sequence")),
        };
        let mut binder = self.detached(text);
        // Whether it may be one of its domain is looked at when it is set.
        let value = binder.stored_expression(text, &Column { domain: 0, ..column.clone() })?;
        match value.kind {
            ExprKind::Constant(_) => {
                let relations = Vec::new();
                let mut emitter = Emitter::new(&relations);
                emitter.check(&value)?;
                Ok(Some(format!("({})", emitter.finish())))
            }
            ExprKind::Null => Ok(None),
            _ => Err(PgError::unsupported("SET DEFAULT of a column whose default is not a constant")),
        }
    }
}

/// 0A000 for a key of several columns that is to be MATCH FULL and deferrable.
pub fn refuse_full(full: bool, deferral: Deferral) -> Result<(), PgError> {
    match full && deferral.is_deferrable() {
        true => Err(PgError::unsupported("a deferrable foreign key of several columns with MATCH FULL")),
        false => Ok(()),
    }
}

/// The attnums of the columns that ON DELETE sets, each once. Errors: 42703, 42P10.
fn set_columns_of(table: &Table, columns: &[usize], names: &[String]) -> Result<Vec<i16>, PgError> {
    let place =
        |name: &String| table.columns.iter().position(|column| column.name == *name).ok_or_else(|| undefined(name));
    let places: Vec<usize> = names.iter().map(place).collect::<Result<_, _>>()?;
    let mut set = Vec::new();
    for (place, name) in places.into_iter().zip(names) {
        if !columns.contains(&place) {
            let message = format!("column \"{name}\" referenced in ON DELETE SET action must be part of foreign key");
            return Err(PgError::new(SqlState::INVALID_COLUMN_REFERENCE, message));
        }
        let attnum = table.columns[place].attnum;
        if !set.contains(&attnum) {
            set.push(attnum);
        }
    }
    Ok(set)
}

/// 42601 for actions that would write generated columns.
fn refuse_actions(table: &Table, columns: &[usize], actions: (Action, Action)) -> Result<(), PgError> {
    let (on_update, on_delete) = actions;
    if columns.iter().all(|column| table.columns[*column].generated.is_none()) {
        return Ok(());
    }
    let on_update = matches!(on_update, Action::Cascade | Action::SetNull | Action::SetDefault);
    let on_delete = matches!(on_delete, Action::SetNull | Action::SetDefault);
    let event = match (on_update, on_delete) {
        (true, _) => "ON UPDATE",
        (false, true) => "ON DELETE",
        (false, false) => return Ok(()),
    };
    let message = format!("invalid {event} action for foreign key constraint containing generated column");
    Err(PgError::new(SqlState::SYNTAX_ERROR, message))
}

/// 0A000 for actions that would write columns which SQLite knows by their keys alone.
fn refuse_keyed_actions(table: &Table, columns: &[usize], actions: (Action, Action)) -> Result<(), PgError> {
    let Some(keyed) = columns.iter().map(|column| &table.columns[*column]).find(|column| !has_one_form(column.ty))
    else {
        return Ok(());
    };
    let (event, action) = match actions {
        (on_update @ (Action::Cascade | Action::SetNull | Action::SetDefault), _) => ("ON UPDATE", on_update),
        (_, on_delete @ (Action::SetNull | Action::SetDefault)) => ("ON DELETE", on_delete),
        _ => return Ok(()),
    };
    let action = action.clause().unwrap_or_default();
    Err(PgError::unsupported(format!("{event} {action} of a foreign key of type {}", keyed.ty)))
}

fn undefined(name: &str) -> PgError {
    let message = format!("column \"{name}\" referenced in foreign key constraint does not exist");
    PgError::new(SqlState::UNDEFINED_COLUMN, message)
}

/// The primary key's columns and index.
fn primary_key(parent: &Table) -> Result<(Vec<i16>, u32), PgError> {
    let key = parent.primary_key().ok_or_else(|| {
        let message = format!("there is no primary key for referenced table \"{}\"", parent.name);
        PgError::new(SqlState::UNDEFINED_OBJECT, message)
    })?;
    if key.is_deferrable() {
        let message = format!("cannot use a deferrable primary key for referenced table \"{}\"", parent.name);
        return Err(PgError::new(SqlState::OBJECT_NOT_IN_PREREQUISITE_STATE, message));
    }
    Ok((key.columns.clone(), key.index_oid))
}

/// The named columns, which must be those of a unique index.
fn unique_key(parent: &Table, names: &[String], indexes: &[&Index]) -> Result<Vec<i16>, PgError> {
    let attnum = |name: &String| parent.column(name).map(|column| column.attnum).ok_or_else(|| undefined(name));
    let columns: Vec<i16> = names.iter().map(attnum).collect::<Result<_, _>>()?;
    if columns.iter().enumerate().any(|(place, column)| columns[..place].contains(column)) {
        let message = "foreign key referenced-columns list must not contain duplicates";
        return Err(PgError::new(SqlState::INVALID_FOREIGN_KEY, message));
    }
    match index_over(indexes, &columns) {
        Some(_) => Ok(columns),
        None if indexes.iter().any(|index| index.unique && is_over(index, &columns)) => {
            let message = format!("cannot use a deferrable unique constraint for referenced table \"{}\"", parent.name);
            Err(PgError::new(SqlState::OBJECT_NOT_IN_PREREQUISITE_STATE, message))
        }
        None => {
            let name = &parent.name;
            let message = format!("there is no unique constraint matching given keys for referenced table \"{name}\"");
            Err(PgError::new(SqlState::INVALID_FOREIGN_KEY, message))
        }
    }
}

/// The unique index over exactly these columns that a key may reference.
fn index_over(indexes: &[&Index], columns: &[i16]) -> Option<u32> {
    indexes.iter().find(|index| index.is_immediate() && is_over(index, columns)).map(|index| index.oid)
}

/// Whether an index is over exactly these columns, in any order.
fn is_over(index: &Index, columns: &[i16]) -> bool {
    index.is_plain()
        && index.columns.len() == columns.len()
        && index.columns.iter().all(|column| columns.contains(&column.attnum))
}

/// Types among which PostgreSQL has operators for equality, and SQLite compares stored forms alike.
const FAMILIES: &[&[Type]] =
    &[&[Type::INT2, Type::INT4, Type::INT8], &[Type::FLOAT4, Type::FLOAT8], &[Type::TEXT, Type::VARCHAR, Type::NAME]];

fn refuse_types(child: &Column, parent: &Column, constraint: &str, on_update: Action) -> Result<(), PgError> {
    comparable(child, parent, constraint)?;
    if on_update == Action::Cascade && !fits(child, parent) {
        let what = format!("ON UPDATE CASCADE from type {} to type {}", parent.ty, child.ty);
        return Err(PgError::unsupported(what));
    }
    Ok(())
}

fn comparable(child: &Column, parent: &Column, constraint: &str) -> Result<(), PgError> {
    let family = |ty: Type| FAMILIES.iter().position(|family| family.contains(&ty));
    if child.ty == parent.ty || (family(child.ty).is_some() && family(child.ty) == family(parent.ty)) {
        return Ok(());
    }
    if can_coerce(child.ty, parent.ty, Context::Implicit) {
        let what = format!("a foreign key of type {} that references type {}", child.ty, parent.ty);
        return Err(PgError::unsupported(what));
    }
    let message = format!("foreign key constraint \"{constraint}\" cannot be implemented");
    let detail = format!(
        "Key columns \"{}\" and \"{}\" are of incompatible types: {} and {}.",
        child.name, parent.name, child.ty, parent.ty
    );
    Err(PgError::new(SqlState::DATATYPE_MISMATCH, message).detail(detail))
}

/// Whether every value of the parent's column is one of the child's: SQLite copies it as it is. (Integers are looked at when it
/// has: see [`Binder::verifications`].)
fn fits(child: &Column, parent: &Column) -> bool {
    let is_integer = |ty: Type| matches!(ty, Type::INT2 | Type::INT4 | Type::INT8);
    if is_integer(child.ty) && is_integer(parent.ty) {
        return true;
    }
    let width = |ty: Type| match ty {
        Type::INT2 => 2,
        Type::INT4 | Type::FLOAT4 => 4,
        _ => 8,
    };
    let text = [Type::TEXT, Type::VARCHAR];
    if child.ty == Type::NAME {
        return parent.ty == Type::NAME;
    }
    if text.contains(&child.ty) && text.contains(&parent.ty) {
        return child.typmod < 0 || (parent.typmod >= 0 && parent.typmod <= child.typmod);
    }
    let same_modifier = child.typmod == parent.typmod || child.typmod < 0;
    same_modifier && (child.ty == parent.ty || (!text.contains(&child.ty) && width(child.ty) >= width(parent.ty)))
}
