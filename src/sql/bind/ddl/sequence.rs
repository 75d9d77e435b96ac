//! The options of sequences (`init_params` of PostgreSQL's `sequence.c`), and the statements that make and alter them.

use sqlparser::ast;
use sqlparser::tokenizer::Token;

use super::Steps;
use super::domain::value_column;
use super::naming::Naming;
use super::table::refuse_reserved;
use crate::catalog::{Column, ColumnDefault, Domain, Object, Sequence, Table};
use crate::sql::bind::Binder;
use crate::sql::bind::names::{Persistence, fold};
use crate::sql::bound::ExprKind;
use crate::sql::ddl::{AlterSequence, CreateSequence, SequenceAction, SequenceOption};
use crate::sql::plan::Schema;
use crate::sql::text::At;
use crate::sql::tokens;
use crate::types::identifier::split_name;
use crate::types::{PgError, SqlState, Type, Value};

/// The least and the greatest value of a type.
fn bounds(ty: Type) -> (i64, i64) {
    match ty {
        Type::INT2 => (i64::from(i16::MIN), i64::from(i16::MAX)),
        Type::INT4 => (i64::from(i32::MIN), i64::from(i32::MAX)),
        _ => (i64::MIN, i64::MAX),
    }
}

/// Whether a definition's text may mean the relation of this name: by a word, or by a literal that is read as a name. What can't
/// be read may.
fn may_name(text: &str, name: &str) -> bool {
    let Ok(tokens) = tokens::tokenize(text) else { return true };
    let is_it = |text: &str| split_name(text).is_some_and(|parts| parts.last().is_some_and(|last| last == name));
    tokens.iter().any(|token| match &token.token {
        Token::Word(word) if word.quote_style.is_none() => word.value.eq_ignore_ascii_case(name),
        Token::Word(word) => word.value == name,
        Token::SingleQuotedString(text)
        | Token::NationalStringLiteral(text)
        | Token::EscapedStringLiteral(text)
        | Token::UnicodeStringLiteral(text) => is_it(text),
        Token::DollarQuotedString(text) => is_it(&text.value),
        _ => false,
    })
}

/// A sequence from 1 to the end of a type.
pub fn sequence_of(ty: Type) -> Sequence {
    Sequence {
        oid: 0,
        schema: String::new(),
        name: String::new(),
        ty,
        start: 1,
        increment: 1,
        min: 1,
        max: bounds(ty).1,
        cycle: false,
        owned_by: None,
        restart: None,
        comment: None,
        cache: 1,
    }
}

fn invalid(message: String) -> PgError {
    PgError::new(SqlState::INVALID_PARAMETER_VALUE, message)
}

/// Applies the options to a sequence: a new one, or one that is (`is_new` false). Type and owner are the caller's, who
/// says with `old_type` which one it had.
pub fn with_options(
    mut sequence: Sequence,
    old_type: Option<Type>,
    options: &[SequenceOption],
) -> Result<Sequence, PgError> {
    let is_new = old_type.is_none();
    let (floor, ceiling) = bounds(sequence.ty);
    let (mut start, mut min, mut max) = (None, None, None);
    for option in options {
        match option {
            SequenceOption::Increment(0) => return Err(invalid("INCREMENT must not be zero".to_owned())),
            SequenceOption::Increment(increment) => sequence.increment = *increment,
            SequenceOption::MinValue(value) => min = Some(*value),
            SequenceOption::MaxValue(value) => max = Some(*value),
            SequenceOption::Start(value) => start = Some(*value),
            SequenceOption::Cycle(cycle) => sequence.cycle = *cycle,
            SequenceOption::Cache(cache) if *cache <= 0 => {
                return Err(invalid(format!("CACHE ({cache}) must be greater than zero")));
            }
            SequenceOption::Name(_) => {
                return Err(PgError::new(SqlState::SYNTAX_ERROR, "invalid sequence option SEQUENCE NAME"));
            }
            SequenceOption::Cache(cache) => sequence.cache = *cache,
            SequenceOption::As(..) | SequenceOption::OwnedBy(_) | SequenceOption::Restart(_) => {}
        }
    }
    // A bound that was its old type's becomes the new one's.
    let (mut of_type_min, mut of_type_max) = (false, false);
    if let Some(old) = old_type.filter(|old| *old != sequence.ty) {
        of_type_max = sequence.max == bounds(old).1;
        of_type_min = sequence.min == bounds(old).0;
    }
    let descending = sequence.increment < 0;
    match max {
        Some(Some(max)) => sequence.max = max,
        None if !is_new && !of_type_max => {}
        _ => sequence.max = if descending && !of_type_max { -1 } else { ceiling },
    }
    match min {
        Some(Some(min)) => sequence.min = min,
        None if !is_new && !of_type_min => {}
        _ => sequence.min = if descending || of_type_min { floor } else { 1 },
    }
    for (label, value) in [("MAXVALUE", sequence.max), ("MINVALUE", sequence.min)] {
        if value > ceiling || value < floor {
            let ty = sequence.ty.sql_name();
            return Err(invalid(format!("{label} ({value}) is out of range for sequence data type {ty}")));
        }
    }
    let (min, max) = (sequence.min, sequence.max);
    if min >= max {
        return Err(invalid(format!("MINVALUE ({min}) must be less than MAXVALUE ({max})")));
    }
    match start {
        Some(start) => sequence.start = start,
        None if is_new => sequence.start = if descending { max } else { min },
        None => {}
    }
    within("START", sequence.start, &sequence)?;
    Ok(sequence)
}

/// Whether a value lies within the sequence's bounds.
pub fn within(label: &str, value: i64, sequence: &Sequence) -> Result<(), PgError> {
    let (min, max) = (sequence.min, sequence.max);
    if value < min {
        return Err(invalid(format!("{label} value ({value}) cannot be less than MINVALUE ({min})")));
    }
    if value > max {
        return Err(invalid(format!("{label} value ({value}) cannot be greater than MAXVALUE ({max})")));
    }
    Ok(())
}

impl Binder<'_> {
    pub fn create_sequence(&mut self, create: &CreateSequence) -> Result<Schema, PgError> {
        const TAG: &str = "CREATE SEQUENCE";
        let name = self.qualified_new(&create.name)?;
        let persistence = if create.temporary { Persistence::Temporary } else { Persistence::Permanent };
        let schema = self.relation_schema(&name, persistence, At::NOWHERE)?;
        let mut steps = Steps::new();
        refuse_reserved(&name.name)?;
        if self.is_there(&schema, &name.name, create.if_not_exists, &mut steps)? {
            return Ok(steps.finish(TAG));
        }
        let mut naming = Naming::new(self.catalog, &schema);
        self.refuse_row_type(&schema, &name.name)?;
        let ty = self.sequence_type(&create.options)?.unwrap_or(Type::INT8);
        let mut sequence = with_options(sequence_of(ty), None, &create.options)?;
        (sequence.oid, sequence.schema, sequence.name) = (naming.oid(), schema, name.name);
        if let Some(owner) = self.owner(&create.options, &sequence)? {
            sequence.owned_by = owner;
        }
        if let Some(SequenceOption::Restart(value)) = find_restart(&create.options) {
            sequence.restart = *value;
        }
        steps.put(Object::Sequence(sequence));
        Ok(steps.finish(TAG))
    }

    fn sequence_type(&self, options: &[SequenceOption]) -> Result<Option<Type>, PgError> {
        for option in options {
            if let SequenceOption::As(data_type, at) = option {
                let (ty, _) = self.data_type(data_type, *at)?;
                if !matches!(ty, Type::INT2 | Type::INT4 | Type::INT8) {
                    return Err(invalid("sequence type must be smallint, integer, or bigint".to_owned()));
                }
                return Ok(Some(ty));
            }
        }
        Ok(None)
    }

    /// OWNED BY, if it is among the options.
    #[expect(clippy::option_option, reason = "not said, NONE, or a column")]
    fn owner(&self, options: &[SequenceOption], sequence: &Sequence) -> Result<Option<Option<(u32, i16)>>, PgError> {
        let said = options.iter().find_map(|option| match option {
            SequenceOption::OwnedBy(owner) => Some(owner),
            _ => None,
        });
        let Some(owner) = said else { return Ok(None) };
        let Some(owner) = owner else { return Ok(Some(None)) };
        let parts = self.parts(owner)?;
        let Some((column, table)) = parts.split_last().filter(|(_, table)| !table.is_empty()) else {
            let message = "invalid OWNED BY option";
            let hint = "Specify OWNED BY table.column or OWNED BY NONE.";
            return Err(PgError::new(SqlState::SYNTAX_ERROR, message).hint(hint));
        };
        let table = ast::ObjectName::from(table.iter().map(|part| (*part).clone()).collect::<Vec<_>>());
        let table = self.find_table(&self.qualified(&table)?).map_err(|error| PgError { position: None, ..error })?;
        if table.materialized.is_some() {
            let message = format!("sequence cannot be owned by relation \"{}\"", table.name);
            let detail = "This operation is not supported for materialized views.";
            return Err(PgError::new(SqlState::WRONG_OBJECT_TYPE, message).detail(detail));
        }
        if table.schema != sequence.schema {
            let message = "sequence must be in same schema as table it is linked to";
            return Err(PgError::new(SqlState::OBJECT_NOT_IN_PREREQUISITE_STATE, message));
        }
        let name = fold(column);
        let Some(column) = table.column(&name) else {
            let message = format!("column \"{name}\" of relation \"{}\" does not exist", table.name);
            return Err(PgError::new(SqlState::UNDEFINED_COLUMN, message));
        };
        Ok(Some(Some((table.oid, column.attnum))))
    }

    pub fn alter_sequence(&mut self, alter: &AlterSequence) -> Result<Schema, PgError> {
        const TAG: &str = "ALTER SEQUENCE";
        let name = self.qualified(&alter.name)?;
        let mut steps = Steps::new();
        let sequence = match self.find_relation(&name) {
            Some(Object::Sequence(sequence)) => {
                self.refuse_others(&sequence.schema)?;
                sequence.clone()
            }
            Some(_) => {
                let message = format!("\"{}\" is not a sequence", name.name);
                return Err(PgError::new(SqlState::WRONG_OBJECT_TYPE, message));
            }
            None if alter.if_exists => {
                let message = format!("relation \"{}\" does not exist, skipping", name.display());
                steps.notice(SqlState::SUCCESSFUL_COMPLETION, message);
                return Ok(steps.finish(TAG));
            }
            None => return Err(PgError { position: None, ..self.no_relation(&name) }),
        };
        match &alter.action {
            SequenceAction::Storage => {}
            SequenceAction::Owner(role) => self.refuse_unknown_role(role)?,
            SequenceAction::RenameTo(to) => self.rename_relation(&Object::Sequence(sequence), to, &mut steps)?,
            SequenceAction::SetSchema(schema) => self.move_sequence(&sequence, schema, &mut steps)?,
            SequenceAction::Options(options) => self.change_sequence(&sequence, options, &mut steps)?,
        }
        Ok(steps.finish(TAG))
    }

    /// Errors: 0A000 of a column's own, and where a text might name it.
    fn move_sequence(&self, sequence: &Sequence, schema: &ast::Ident, steps: &mut Steps) -> Result<(), PgError> {
        if sequence.owned_by.is_some() {
            let detail =
                format!("Sequence \"{}\" is linked to table \"{}\".", sequence.name, self.owner_name(sequence));
            let message = "cannot move an owned sequence into another schema";
            return Err(PgError::new(SqlState::FEATURE_NOT_SUPPORTED, message).detail(detail));
        }
        let schema = self.other_schema(&sequence.schema, schema)?;
        if schema == sequence.schema {
            return Ok(());
        }
        let name = &sequence.name;
        if self.catalog.relation(&schema, name).is_some() {
            let message = format!("relation \"{name}\" already exists in schema \"{schema}\"");
            return Err(PgError::new(SqlState::DUPLICATE_TABLE, message));
        }
        self.refuse_if_named(sequence, "moving")?;
        steps.put(Object::Sequence(Sequence { schema, ..sequence.clone() }));
        Ok(())
    }

    /// nextval('name') of a view or a default is looked up anew each time, where PostgreSQL keeps the OID: errors are 0A000 where a
    /// definition may mean the sequence by its name. A default that is nothing but nextval() has the OID here, too.
    pub fn refuse_if_named(&self, sequence: &Sequence, doing: &str) -> Result<(), PgError> {
        let name = &sequence.name;
        let text_of = |default: &Option<ColumnDefault>| match default {
            Some(ColumnDefault::Expression(text)) => may_name(text, name),
            _ => false,
        };
        let names = |object: &Object| match object {
            Object::Table(table) => {
                table.columns.iter().any(|column| text_of(&column.default))
                    || table.row_expressions().any(|text| may_name(text, name))
                    || object.query().is_some_and(|view| may_name(&view.query, name))
            }
            Object::View(view) => may_name(&view.query, name),
            Object::Domain(domain) => text_of(&domain.default),
            _ => false,
        };
        match self.catalog.objects().any(names) {
            true => Err(PgError::unsupported(format!("{doing} the sequence {name}, which a definition may name,"))),
            false => Ok(()),
        }
    }

    pub fn change_sequence(
        &mut self,
        old: &Sequence,
        options: &[SequenceOption],
        steps: &mut Steps,
    ) -> Result<(), PgError> {
        let ty = self.sequence_type(options)?.unwrap_or(old.ty);
        let mut new = with_options(Sequence { ty, ..old.clone() }, Some(old.ty), options)?;
        if let Some(owner) = self.owner(options, old)? {
            let identity = self.catalog.tables().flat_map(|table| &table.columns);
            let mut identity = identity.filter_map(|column| column.identity.as_ref());
            if identity.any(|identity| identity.sequence_oid == old.oid) {
                let message = "cannot change ownership of identity sequence";
                let detail = format!("Sequence \"{}\" is linked to table \"{}\".", old.name, self.owner_name(old));
                return Err(PgError::new(SqlState::FEATURE_NOT_SUPPORTED, message).detail(detail));
            }
            new.owned_by = owner;
        }
        let Some(SequenceOption::Restart(value)) = find_restart(options) else {
            steps.put(Object::Sequence(new));
            return Ok(());
        };
        if let Some(value) = value {
            within("RESTART", *value, &new)?;
        }
        // A sequence starts anew by being another one, so that a rollback brings the old value back.
        new.restart = *value;
        new.oid = Naming::new(self.catalog, &old.schema).oid();
        for table in self.catalog.tables() {
            let mut moved = table.clone();
            super::drop::draw_from(&mut moved, old.oid, new.oid);
            if moved != *table {
                steps.put(Object::Table(moved));
            }
        }
        steps.drop(old.oid);
        steps.put(Object::Sequence(new));
        Ok(())
    }

    fn owner_name(&self, sequence: &Sequence) -> &str {
        sequence.owned_by.and_then(|(table, _)| self.catalog.get(table)).map_or("", Object::name)
    }

    /// The sequences that go with what is dropped.
    fn dropped_sequences(&self, dropped: &[&Object]) -> Vec<&Object> {
        let goes = |object: &&Object| match object {
            Object::Sequence(sequence) => dropped.iter().any(|other| {
                other.oid() == sequence.oid || sequence.owned_by.is_some_and(|(owner, _)| owner == other.oid())
            }),
            _ => false,
        };
        self.catalog.objects().filter(goes).collect()
    }

    /// Defaults that draw from dropped sequences: refused, or dropped too.
    pub fn drop_drawing_defaults(&self, dropped: &[&Object], steps: &mut Steps) -> Result<(), PgError> {
        let mut changed: Vec<Table> = Vec::new();
        for object in self.dropped_sequences(dropped) {
            let Object::Sequence(sequence) = object else { continue };
            let name = self.shown_object(object);
            for domain in self.catalog.domains() {
                if self.draws_from(&defaulted(domain), sequence.oid) {
                    steps.depends(vec![domain.oid], format!("type {}", domain.named()), name.clone());
                    for (table, column) in self.columns_of_domain(domain.oid) {
                        let what = format!("column {} of {}", column.name, self.shown_table(table));
                        steps.depends(vec![domain.oid, table.oid], what, format!("type {}", Type(column.domain)));
                    }
                }
            }
            let stays = |table: &&Table| !dropped.iter().any(|other| other.oid() == table.oid);
            for table in self.catalog.tables().filter(stays) {
                for column in &table.columns {
                    let on = format!("column {} of {}", column.name, self.shown_table(table));
                    if column.identity.as_ref().is_some_and(|identity| identity.sequence_oid == sequence.oid) {
                        let message = format!("cannot drop {name} because {on} requires it");
                        return Err(PgError::new(SqlState::DEPENDENT_OBJECTS_STILL_EXIST, message)
                            .hint(format!("You can drop {on} instead.")));
                    }
                    if !self.draws_from(column, sequence.oid) {
                        continue;
                    }
                    let what = format!("default value for {on}");
                    steps.depends(vec![table.oid], what, name.clone());
                    if !changed.iter().any(|other| other.oid == table.oid) {
                        changed.push(table.clone());
                    }
                    let moved = changed.iter_mut().find(|other| other.oid == table.oid);
                    let column = moved.and_then(|t| t.columns.iter_mut().find(|c| c.attnum == column.attnum));
                    if let Some(column) = column {
                        column.default = None;
                    }
                }
            }
        }
        for table in changed {
            steps.put(Object::Table(table));
        }
        Ok(())
    }

    /// 0A000 for a sequence that a domain's default draws from: the domain would go with it.
    pub fn refuse_drawing_domains(&self, dropped: &[&Object]) -> Result<(), PgError> {
        let sequences: Vec<u32> = self.dropped_sequences(dropped).iter().map(|object| object.oid()).collect();
        let stays = |domain: &&Domain| !dropped.iter().any(|object| object.oid() == domain.oid);
        let draws = |domain: &&Domain| {
            let column = defaulted(domain);
            sequences.iter().any(|sequence| self.draws_from(&column, *sequence))
        };
        match self.catalog.domains().filter(stays).find(draws) {
            Some(domain) => {
                Err(PgError::unsupported(format!("dropping a sequence that domain {} draws from", domain.named())))
            }
            None => Ok(()),
        }
    }

    /// Whether a column's default mentions the sequence.
    fn draws_from(&self, column: &Column, oid: u32) -> bool {
        match &column.default {
            Some(ColumnDefault::NextValue(other)) => *other == oid,
            Some(ColumnDefault::Expression(text)) => {
                let bound = self.detached(text).stored_expression(text, column);
                bound.is_ok_and(|bound| {
                    bound.any(&|expr| matches!(expr.kind, ExprKind::Constant(Value::Oid(other)) if other == oid))
                })
            }
            None => false,
        }
    }
}

fn find_restart(options: &[SequenceOption]) -> Option<&SequenceOption> {
    options.iter().find(|option| matches!(option, SequenceOption::Restart(_)))
}

/// A column that has the domain's default.
fn defaulted(domain: &Domain) -> Column {
    Column { default: domain.default.clone(), ..value_column(domain, 0) }
}
