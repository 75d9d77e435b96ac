//! What ALTER TABLE does to one column.

use sqlparser::ast::{DataType, Ident, ObjectName};
use sqlparser::tokenizer::{Span, Token, TokenWithSpan};

use super::Steps;
use super::alter_table::quoted;
use super::keys::retain_keys;
use super::naming::Naming;
use super::sequence::{sequence_of, with_options};
use super::table::{refuse_check_of_nothing, stored_column_name};
use crate::catalog::{
    Column, ColumnDefault, Constraint, ForeignKey, Generated, Identity, Index, Object, ReplicaIdentity, Sequence, Table,
};
use crate::sql::bind::Binder;
use crate::sql::bind::check::{as_column, has_query, is_query};
use crate::sql::bind::coerce::can_coerce;
use crate::sql::bind::from::table_relation;
use crate::sql::bind::generated::own_columns;
use crate::sql::bind::names::fold;
use crate::sql::bind::scope::{Clause, Item, Scope, Visible};
use crate::sql::bound::{Expr, ExprKind, Form, Relations};
use crate::sql::casts::Context;
use crate::sql::ddl::{Placed, SequenceOption};
use crate::sql::emit::Emitter;
use crate::sql::text::{At, slice};
use crate::sql::tokens;
use crate::types::{PgError, SqlState, Type};

impl Binder<'_> {
    pub fn set_default(
        &mut self,
        table: &Table,
        column: &Ident,
        value: &Placed,
        steps: &mut Steps,
    ) -> Result<(), PgError> {
        let place = self.altered_column(table, column)?;
        let column = &table.columns[place];
        if column.identity.is_some() {
            return Err(is_identity(table, column));
        }
        if column.generated.is_some() {
            return Err(is_generated(table, column));
        }
        let mut new = table.clone();
        new.columns[place].default = self.default_text(value.span, column)?;
        self.replace_definition(table, new, steps)
    }

    pub fn drop_default(&mut self, table: &Table, column: &Ident, steps: &mut Steps) -> Result<(), PgError> {
        let place = self.altered_column(table, column)?;
        if table.columns[place].identity.is_some() {
            let error = is_identity(table, &table.columns[place]);
            return Err(error.hint("Use ALTER TABLE ... ALTER COLUMN ... DROP IDENTITY instead."));
        }
        if table.columns[place].generated.is_some() {
            let error = is_generated(table, &table.columns[place]);
            return Err(error.hint("Use ALTER TABLE ... ALTER COLUMN ... DROP EXPRESSION instead."));
        }
        let mut new = table.clone();
        new.columns[place].default = None;
        // A sequence that serial has made stays, and is owned by the column still.
        self.replace_definition(table, new, steps)
    }

    /// Stores a table that differs in what the file's schema knows of its constraints, or not even in that.
    pub fn replace_definition(&self, old: &Table, new: Table, steps: &mut Steps) -> Result<(), PgError> {
        let sql = self.create_table_sql(&new)?;
        if self.create_table_sql(old)? != sql {
            steps.redefine(old, sql);
        }
        steps.put(Object::Table(new));
        Ok(())
    }

    pub fn set_not_null(&mut self, table: &Table, column: &Ident, steps: &mut Steps) -> Result<(), PgError> {
        let place = self.altered_column(table, column)?;
        let column = &table.columns[place];
        if column.not_null {
            return Ok(());
        }
        self.require_not_null(table, column, steps);
        let mut new = table.clone();
        new.columns[place].not_null = true;
        self.replace_definition(table, new, steps)
    }

    pub fn require_not_null(&self, table: &Table, column: &Column, steps: &mut Steps) {
        let (name, stored) = (quoted(&table.stored_name), quoted(&column.stored_name));
        let sql = format!("SELECT 1 FROM {name} WHERE {stored} IS NULL LIMIT 1");
        steps.require(sql, super::contains_nulls(table, column));
    }

    pub fn drop_not_null(&mut self, table: &Table, column: &Ident, steps: &mut Steps) -> Result<(), PgError> {
        let place = self.altered_column(table, column)?;
        let column = &table.columns[place];
        if column.identity.is_some() {
            return Err(is_identity(table, column));
        }
        if table.primary_key().is_some_and(|key| key.columns.contains(&column.attnum)) {
            let message = format!("column \"{}\" is in a primary key", column.name);
            return Err(PgError::new(SqlState::INVALID_TABLE_DEFINITION, message));
        }
        if let ReplicaIdentity::Index(oid) = table.replica_identity
            && let Some(Object::Index(index)) = self.catalog.get(oid)
            && index.columns.iter().any(|key| key.attnum == column.attnum)
        {
            let message = format!("column \"{}\" is in index used as replica identity", column.name);
            return Err(PgError::new(SqlState::INVALID_TABLE_DEFINITION, message));
        }
        let mut new = table.clone();
        new.columns[place].not_null = false;
        self.replace_definition(table, new, steps)
    }

    pub fn add_identity(
        &mut self,
        table: &Table,
        column: &Ident,
        always: bool,
        options: &[SequenceOption],
        steps: &mut Steps,
    ) -> Result<(), PgError> {
        let place = self.altered_column(table, column)?;
        let column = &table.columns[place];
        let (name, relation) = (&column.name, &table.name);
        if !matches!(column.ty, Type::INT2 | Type::INT4 | Type::INT8) || column.domain != 0 {
            let message = "identity column type must be smallint, integer, or bigint";
            return Err(PgError::new(SqlState::INVALID_PARAMETER_VALUE, message));
        }
        let refused = if !column.not_null {
            "must be declared NOT NULL before identity can be added"
        } else if column.identity.is_some() {
            "is already an identity column"
        } else if column.default.is_some() || column.generated.is_some() {
            "already has a default value"
        } else {
            ""
        };
        if !refused.is_empty() {
            let message = format!("column \"{name}\" of relation \"{relation}\" {refused}");
            return Err(PgError::new(SqlState::OBJECT_NOT_IN_PREREQUISITE_STATE, message));
        }
        let mut naming = Naming::new(self.catalog, &table.schema);
        let given = options.iter().find_map(|option| match option {
            SequenceOption::Name(name) => Some(name),
            _ => None,
        });
        let sequence_name = match given {
            None => naming.choose(relation, name, "seq"),
            Some(given) => self.identity_sequence(table, &naming, given)?,
        };
        let options: Vec<SequenceOption> =
            options.iter().filter(|option| !matches!(option, SequenceOption::Name(..))).cloned().collect();
        let sequence = with_options(sequence_of(column.ty), None, &options)?;
        let sequence = Sequence {
            oid: naming.oid(),
            schema: table.schema.clone(),
            name: sequence_name,
            owned_by: Some((table.oid, column.attnum)),
            ..sequence
        };
        let mut new = table.clone();
        new.columns[place].identity = Some(Identity { always, sequence_oid: sequence.oid });
        steps.put(Object::Sequence(sequence));
        self.replace_definition(table, new, steps)
    }

    /// `SEQUENCE NAME`: the name that an identity column's sequence is to have.
    fn identity_sequence(&self, table: &Table, naming: &Naming, given: &ObjectName) -> Result<String, PgError> {
        let name = self.qualified_new(given)?;
        if self.creation_schema(&name)? != table.schema {
            let message = "sequence must be in same schema as table it is linked to";
            return Err(PgError::new(SqlState::OBJECT_NOT_IN_PREREQUISITE_STATE, message));
        }
        super::table::refuse_reserved(&name.name)?;
        if naming.is_taken(&name.name) {
            let message = format!("relation \"{}\" already exists", name.name);
            return Err(PgError::new(SqlState::DUPLICATE_TABLE, message));
        }
        Ok(name.name)
    }

    pub fn set_identity(
        &mut self,
        table: &Table,
        column: &Ident,
        always: bool,
        steps: &mut Steps,
    ) -> Result<(), PgError> {
        let place = self.altered_column(table, column)?;
        let mut new = table.clone();
        match &mut new.columns[place].identity {
            Some(identity) => identity.always = always,
            None => return Err(is_no_identity(table, &table.columns[place])),
        }
        steps.put(Object::Table(new));
        Ok(())
    }

    /// What the sequence of an identity column is to do from now on.
    pub fn change_identity(
        &mut self,
        table: &Table,
        column: &Ident,
        options: &[SequenceOption],
        steps: &mut Steps,
    ) -> Result<(), PgError> {
        let place = self.altered_column(table, column)?;
        let column = &table.columns[place];
        let Some(identity) = &column.identity else { return Err(is_no_identity(table, column)) };
        let Some(Object::Sequence(sequence)) = self.catalog.get(identity.sequence_oid) else { return Ok(()) };
        let sequence = sequence.clone();
        self.change_sequence(&sequence, options, steps)
    }

    pub fn drop_identity(
        &mut self,
        table: &Table,
        column: &Ident,
        if_exists: bool,
        steps: &mut Steps,
    ) -> Result<(), PgError> {
        let place = self.altered_column(table, column)?;
        let mut new = table.clone();
        let Some(identity) = new.columns[place].identity.take() else {
            let error = is_no_identity(table, &table.columns[place]);
            if !if_exists {
                return Err(error);
            }
            steps.notice(SqlState::SUCCESSFUL_COMPLETION, format!("{}, skipping", error.message));
            return Ok(());
        };
        steps.drop(identity.sequence_oid);
        steps.put(Object::Table(new));
        Ok(())
    }

    pub fn rename_column(&mut self, table: &Table, from: &Ident, to: &Ident, steps: &mut Steps) -> Result<(), PgError> {
        let old = fold(from);
        let Some(place) = table.columns.iter().position(|column| column.name == old) else {
            return Err(PgError::new(SqlState::UNDEFINED_COLUMN, format!("column \"{old}\" does not exist")));
        };
        let to = self.new_name(to)?;
        self.refuse_system_column(&to)?;
        if table.column(&to).is_some() {
            let message = format!("column \"{to}\" of relation \"{}\" already exists", table.name);
            return Err(PgError::new(SqlState::DUPLICATE_COLUMN, message));
        }
        let mut new = table.clone();
        new.columns[place].name.clone_from(&to);
        let stored = &table.columns[place].stored_name;
        if !stored.eq_ignore_ascii_case(&to) {
            let others = table.columns.iter().map(|column| column.stored_name.as_str());
            let name = stored_column_name(&to, others);
            let (quoted_table, quoted_old, quoted_new) = (quoted(&table.stored_name), quoted(stored), quoted(&name));
            steps.own(format!("ALTER TABLE {quoted_table} RENAME COLUMN {quoted_old} TO {quoted_new}"));
            new.columns[place].stored_name = name;
            if crate::sql::rowid_name(&new).is_none() {
                return Err(PgError::unsupported("a table with columns named rowid, _rowid_ and oid"));
            }
        }
        let after = new.clone();
        for text in new.row_expressions_mut() {
            *text = self.rename_in(text, (table, &old), (&after, &to), false)?;
        }
        self.rename_in_indexes((table, &old), (&after, &to), false, steps)?;
        steps.put(Object::Table(new));
        Ok(())
    }

    /// What the indexes of a table are made of, with the other name of a column or of the table.
    pub fn rename_in_indexes(
        &self,
        (old_table, from): (&Table, &str),
        (new_table, to): (&Table, &str),
        of_table: bool,
        steps: &mut Steps,
    ) -> Result<(), PgError> {
        for index in self.catalog.indexes_of(old_table.oid).filter(|index| !index.is_plain()) {
            let mut index = index.clone();
            let texts = index.columns.iter_mut().filter_map(|column| column.expression.as_mut());
            for text in texts.chain(&mut index.predicate) {
                *text = self.rename_in(text, (old_table, from), (new_table, to), of_table)?;
            }
            steps.put(Object::Index(index));
        }
        Ok(())
    }

    /// A CHECK's text where a column (or the table itself) has another name. It must mean what it meant.
    pub fn rename_in(
        &self,
        text: &str,
        (old_table, from): (&Table, &str),
        (new_table, to): (&Table, &str),
        of_table: bool,
    ) -> Result<String, PgError> {
        let meaning = |text: &str, table: &Table| self.row_expression(text, table);
        let before = meaning(text, old_table)?;
        // Where no column is called that, the name alone is the row's.
        let bare = of_table && old_table.columns.iter().all(|column| column.name != from);
        let renamed = renamed(text, from, to, of_table, bare)?;
        match meaning(&renamed, new_table) {
            Ok(after) if after == before => Ok(renamed),
            _ => Err(PgError::unsupported(format!("renaming what ({text}) mentions"))),
        }
    }

    pub fn drop_column(
        &mut self,
        table: &Table,
        if_exists: bool,
        name: &Ident,
        cascade: bool,
        steps: &mut Steps,
    ) -> Result<(), PgError> {
        let name = fold(name);
        let Some(place) = table.columns.iter().position(|column| column.name == name) else {
            let message = format!("column \"{name}\" of relation \"{}\" does not exist", table.name);
            if if_exists {
                steps.notice(SqlState::SUCCESSFUL_COMPLETION, format!("{message}, skipping"));
                return Ok(());
            }
            return Err(PgError::new(SqlState::UNDEFINED_COLUMN, message));
        };
        let attnum = table.columns[place].attnum;
        if table.generated().any(|(_, _, generated)| generated.columns.contains(&attnum)) {
            return self.drop_with_generated(table, place, cascade, steps);
        }
        let what = format!("column {name} of {}", self.shown_table(table));
        let in_key = |index: &Index| index.involves(attnum);
        // INCLUDE has columns that are no constraint's own.
        let of_index = |constraint: &Constraint| match self.catalog.get(constraint.index_oid) {
            Some(Object::Index(index)) => index.table_oid == table.oid && in_key(index),
            _ => false,
        };
        let depends = |constraint: &Constraint, key: &ForeignKey| match key.columns.contains(&attnum) {
            true => Some(what.clone()),
            false if of_index(constraint) => Some(format!("index {}", self.catalog.get(constraint.index_oid)?.name())),
            false => None,
        };
        let gone = self.drop_depending(table, &what, depends, cascade, steps)?;
        let mut kept = table.clone();
        kept.constraints.retain(|other| {
            !(other.columns.contains(&attnum) || gone.contains(&other.oid) || other.is_key() && of_index(other))
        });
        let mut new = kept.clone();
        new.columns.remove(place);
        new.dropped = new.dropped.max(attnum);
        refuse_check_of_nothing(&new)?;
        let whole = new.columns.is_empty()
            || self.catalog.indexes_of(table.oid).any(|index| in_key(index) && index.is_of_table());
        for object in self.catalog.objects() {
            match object {
                Object::Index(index) if index.table_oid == table.oid && in_key(index) => {
                    if let (Some(stored), false) = (&index.stored_name, whole) {
                        steps.sqlite(format!("DROP INDEX {}", quoted(stored)));
                    }
                    steps.drop(index.oid);
                }
                Object::Sequence(sequence) if sequence.owned_by == Some((table.oid, attnum)) => {
                    self.refuse_used_sequence(sequence, table, attnum, &what)?;
                    steps.drop(sequence.oid);
                }
                _ => {}
            }
        }
        let indexes = || self.catalog.indexes_of(table.oid).filter(|index| !in_key(index));
        if whole {
            retain_keys(&mut new, indexes());
            // SQLite can't take a column out of its own key, nor the only one.
            new.rowid_column = new.rowid_column.filter(|rowid| *rowid != attnum);
            let values: Vec<String> = new.columns.iter().map(|column| quoted(&column.stored_name)).collect();
            return self.rebuild(table, new, &values, in_key, steps);
        }
        let sql = self.create_table_sql(&kept)?;
        if sql != self.create_table_sql(table)? {
            steps.redefine(table, sql);
        }
        let column = quoted(&table.columns[place].stored_name);
        steps.own(format!("ALTER TABLE {} DROP COLUMN {column}", quoted(&table.stored_name)));
        steps.put(Object::Table(new.clone()));
        self.release_keys(&new, indexes(), steps);
        Ok(())
    }

    /// A sequence that goes must not be another column's default.
    fn refuse_used_sequence(&self, sequence: &Sequence, table: &Table, attnum: i16, what: &str) -> Result<(), PgError> {
        for other in self.catalog.tables() {
            for column in &other.columns {
                let uses = column.default == Some(ColumnDefault::NextValue(sequence.oid));
                if uses && (other.oid, column.attnum) != (table.oid, attnum) {
                    let message = format!("dropping {what}, whose sequence other columns use");
                    return Err(PgError::unsupported(message));
                }
            }
        }
        Ok(())
    }

    pub fn alter_type(
        &mut self,
        table: &Table,
        column: &Ident,
        (data_type, at): (&DataType, At),
        (collation, using): (Option<&ObjectName>, Option<&Placed>),
        steps: &mut Steps,
    ) -> Result<(), PgError> {
        let place = self.altered_column(table, column)?;
        let old = &table.columns[place];
        let form = self.form(data_type, at).map_err(|error| PgError { position: None, ..error })?;
        let (ty, typmod) = (form.ty, form.typmod);
        self.refuse_column_type(&old.name, ty, at)?;
        let collation = match collation {
            Some(name) => Some(self.named_collation(name, form, At::NOWHERE)?),
            None => None,
        };
        let integer = matches!(ty, Type::INT2 | Type::INT4 | Type::INT8) && form.domain == 0;
        if old.identity.is_some() && !integer {
            let message = "identity column type must be smallint, integer, or bigint";
            return Err(PgError::new(SqlState::INVALID_PARAMETER_VALUE, message));
        }
        if old.generated.is_some() && using.is_some() {
            let message = "cannot specify USING when altering type of generated column";
            return Err(PgError::new(SqlState::INVALID_COLUMN_DEFINITION, message)
                .detail(format!("Column \"{}\" is a generated column.", old.name)));
        }
        let mut new = table.clone();
        (new.columns[place].ty, new.columns[place].typmod, new.columns[place].domain) = (ty, typmod, form.domain);
        new.columns[place].collation = collation;
        // How values of the old type were kept says nothing of these.
        (new.columns[place].storage.storage, new.columns[place].storage.compression) = (None, None);
        let (value, relations) = self.converted(table, place, form, using)?;
        refuse_base(table, old)?;
        self.refuse_generated(&new, place)?;
        if let Some(default) = &old.default {
            self.refuse_default(default, old, &new.columns[place])?;
        }
        self.identity_type(old, ty, steps)?;
        self.refuse_keys(&new, place)?;
        for (_, check) in new.checks() {
            let relations = vec![table_relation(&new, 0)];
            self.check_expression(&check.expression, &new, visible(&new), relations)?;
        }
        let indexes = self.catalog.indexes_of(table.oid).filter(|index| index.involves(old.attnum));
        indexes.into_iter().try_for_each(|index| self.check_index(&new, index))?;
        let same_domain = form.domain == 0 || form.domain == old.domain;
        let in_key = table.keys.iter().any(|key| key.columns.contains(&old.attnum));
        if using.is_none() && same_domain && !in_key && keeps_form(old, (ty, typmod)) {
            return self.replace_definition(table, new, steps);
        }
        if new.rowid_column == Some(old.attnum) {
            new.rowid_column = None;
        }
        let mut values: Vec<String> = table.columns.iter().map(|column| quoted(&column.stored_name)).collect();
        let mut emitter = Emitter::new(&relations);
        emitter.check(&value)?;
        values[place] = emitter.finish();
        self.rebuild(table, new.clone(), &values, |_| false, steps)?;
        // A rounded value may fail what the value before it fulfilled.
        for (constraint, _) in new.checks().into_iter().filter(|(constraint, _)| !constraint.not_valid) {
            self.require_constraint(&new, constraint, steps)?;
        }
        Ok(())
    }

    /// The column's new value, by USING or by an assignment of the old one, beside the table's relation and others.
    fn converted(
        &mut self,
        table: &Table,
        place: usize,
        form: Form,
        using: Option<&Placed>,
    ) -> Result<(Expr, Relations), PgError> {
        let old = &table.columns[place];
        let mut binder = self.detached(self.text);
        binder.relations = vec![table_relation(table, 0)];
        let mut scope = Scope::new(Clause::Using);
        scope.items = vec![Item {
            name: Some(table.name.clone()),
            schema: Some(table.schema.clone()),
            columns: visible(table),
            unqualified: true,
        }];
        let value = binder.scoped(scope, |binder| {
            let value = match using {
                Some(using) => binder.expr(&using.tree)?,
                None => visible(table).swap_remove(place).expr,
            };
            if value.any(&is_query) && using.is_some_and(|using| has_query(slice(self.text, using.span))) {
                let message = "cannot use subquery in transform expression";
                return Err(PgError::new(SqlState::FEATURE_NOT_SUPPORTED, message));
            }
            let from = value.named_type();
            let Some(value) = binder.coerce_to_form(value, form, Context::Assignment)? else {
                return Err(uncastable(old, from, form, using.is_some()));
            };
            if binder.writes {
                return Err(PgError::unsupported("a USING that changes a sequence"));
            }
            Ok(value)
        })?;
        Ok((value, binder.relations))
    }

    /// The default must fit the new type as well.
    fn refuse_default(&self, default: &ColumnDefault, old: &Column, new: &Column) -> Result<(), PgError> {
        let fails = || {
            let message = format!(
                "default for column \"{}\" cannot be cast automatically to type {}",
                old.name,
                Form::of_column(new).named_type()
            );
            PgError::new(SqlState::DATATYPE_MISMATCH, message)
        };
        match default {
            _ if !can_coerce(old.ty, new.ty, Context::Assignment) => Err(fails()),
            ColumnDefault::NextValue(_) => Ok(()),
            ColumnDefault::Expression(text) => {
                self.detached(text).stored_expression(text, new).map(drop).map_err(|_| fails())
            }
        }
    }

    /// An identity column's sequence goes with its type.
    fn identity_type(&self, column: &Column, ty: Type, steps: &mut Steps) -> Result<(), PgError> {
        let Some(identity) = &column.identity else { return Ok(()) };
        if let Some(Object::Sequence(sequence)) = self.catalog.get(identity.sequence_oid) {
            let old = sequence.ty;
            let changed = with_options(Sequence { ty, ..sequence.clone() }, Some(old), &[])?;
            steps.put(Object::Sequence(changed));
        }
        Ok(())
    }

    /// Foreign keys from and to the column must still compare.
    fn refuse_keys(&self, new: &Table, place: usize) -> Result<(), PgError> {
        let attnum = new.columns[place].attnum;
        for (constraint, key) in new.foreign_keys() {
            let parent = match self.catalog.get(key.table_oid) {
                Some(Object::Table(parent)) if parent.oid != new.oid => parent,
                _ => new,
            };
            self.refuse_key(new, parent, (constraint, key), attnum)?;
        }
        for (child, constraint, key) in self.catalog.foreign_keys_to(new.oid) {
            if child.oid != new.oid {
                self.refuse_key(child, new, (constraint, key), attnum)?;
            }
        }
        Ok(())
    }
}

/// A table's columns as names that an expression over one row may use.
pub fn visible(table: &Table) -> Vec<Visible> {
    let column = |(index, column): (usize, &Column)| Visible {
        name: column.name.clone(),
        expr: as_column(column, Expr::new(ExprKind::Column { relation: 0, column: index }, column.ty)),
    };
    own_columns(table).map(column).collect()
}

/// Whether stored values of a column are also the new type's, and written alike.
fn keeps_form(old: &Column, (ty, typmod): (Type, i32)) -> bool {
    let wide = |ty: Type| [Type::INT2, Type::INT4, Type::INT8].iter().position(|other| *other == ty);
    let text = |ty: Type| matches!(ty, Type::TEXT | Type::VARCHAR);
    match (wide(old.ty), wide(ty)) {
        (Some(from), Some(to)) => from <= to,
        _ if text(old.ty) && text(ty) => typmod < 0 || (old.typmod >= 0 && old.typmod <= typmod),
        _ if old.ty == Type::NUMERIC && ty == Type::NUMERIC => typmod < 0 || old.typmod == typmod,
        _ => old.ty == ty && old.typmod == typmod,
    }
}

fn uncastable(column: &Column, from: Type, form: Form, using: bool) -> PgError {
    let (name, ty, typmod) = (&column.name, form.named_type(), form.typmod);
    if using {
        let message = format!("result of USING clause for column \"{name}\" cannot be cast automatically to type {ty}");
        let _ = from;
        return PgError::new(SqlState::DATATYPE_MISMATCH, message).hint("You might need to add an explicit cast.");
    }
    let shown = match (ty, typmod) {
        (Type::VARCHAR | Type::BPCHAR, 4..) => format!("{ty}({})", typmod - 4),
        _ => ty.to_string(),
    };
    let message = format!("column \"{name}\" cannot be cast automatically to type {ty}");
    let error = PgError::new(SqlState::DATATYPE_MISMATCH, message);
    if column.generated.is_some() {
        return error;
    }
    error.hint(format!("You might need to specify \"USING {}::{shown}\".", plain_or_quoted(name)))
}

fn is_generated(table: &Table, column: &Column) -> PgError {
    let message = format!("column \"{}\" of relation \"{}\" is a generated column", column.name, table.name);
    PgError::new(SqlState::SYNTAX_ERROR, message)
}

/// 0A000: a generated column is made of this one.
fn refuse_base(table: &Table, column: &Column) -> Result<(), PgError> {
    let made_of = |(_, _, generated): &(usize, &Column, &Generated)| generated.columns.contains(&column.attnum);
    let Some((_, generated, _)) = table.generated().find(made_of) else { return Ok(()) };
    let message = "cannot alter type of a column used by a generated column";
    let detail = format!("Column \"{}\" is used by generated column \"{}\".", column.name, generated.name);
    Err(PgError::new(SqlState::FEATURE_NOT_SUPPORTED, message).detail(detail))
}

fn is_identity(table: &Table, column: &Column) -> PgError {
    let message = format!("column \"{}\" of relation \"{}\" is an identity column", column.name, table.name);
    PgError::new(SqlState::SYNTAX_ERROR, message)
}

fn is_no_identity(table: &Table, column: &Column) -> PgError {
    let message = format!("column \"{}\" of relation \"{}\" is not an identity column", column.name, table.name);
    PgError::new(SqlState::OBJECT_NOT_IN_PREREQUISITE_STATE, message)
}

/// The text with one name in the place of another: a column's, or a table's before a dot and, if `bare`, alone.
pub fn renamed(text: &str, from: &str, to: &str, of_table: bool, bare: bool) -> Result<String, PgError> {
    let all = tokens::tokenize(text)?;
    let Some(first) = all.first() else { return Ok(String::new()) };
    let start = first.span.start;
    let mut out = String::new();
    for (index, token) in all.iter().enumerate() {
        let is_space = |token: &&TokenWithSpan| !matches!(token.token, Token::Whitespace(_));
        let next = all[index + 1..].iter().find(is_space).map(|token| &token.token);
        let previous = all[..index].iter().rev().find(is_space).map(|token| &token.token);
        let named = match &token.token {
            Token::Word(word) if word.quote_style.is_some() => word.value == from,
            Token::Word(word) => word.value.eq_ignore_ascii_case(from),
            _ => false,
        };
        let alone =
            !matches!(next, Some(Token::LParen)) && !matches!(previous, Some(Token::Period | Token::DoubleColon));
        let fits = match of_table {
            true => next == Some(&Token::Period) || (bare && alone),
            false => !matches!(next, Some(Token::LParen | Token::Period)) && previous != Some(&Token::DoubleColon),
        };
        match named && fits {
            true => out.push_str(&plain_or_quoted(to)),
            false => {
                let before = slice(text, Span { start, end: token.span.start }).len();
                let after = slice(text, Span { start, end: token.span.end }).len();
                out.push_str(&text[before..after]);
            }
        }
    }
    Ok(out)
}

/// An identifier as PostgreSQL prints it.
pub fn plain_or_quoted(name: &str) -> String {
    let plain = name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        && !crate::sql::bind::names::is_reserved(name);
    if plain { name.to_owned() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
}
