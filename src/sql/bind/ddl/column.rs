//! Column definitions of CREATE TABLE.

use sqlparser::ast::{self, ColumnOption, DataType, GeneratedAs, ObjectNamePart, SequenceOptions};
use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::{Span, Token, TokenWithSpan};

use super::foreign_key::ForeignKeyClause;
use super::sequence::{sequence_of, with_options};
use super::storage::set_compression;
use super::table::Key;
use crate::catalog::{Column, ColumnDefault, ColumnStorage, ConstraintKind, Deferral, Object, Sequence, Table};
use crate::sql::bind::Binder;
use crate::sql::bind::names::fold;
use crate::sql::bound::{Expr, ExprKind, Form};
use crate::sql::casts;
use crate::sql::compression;
use crate::sql::ddl::SequenceOption;
use crate::sql::ddl::ends_default;
use crate::sql::text::{At, slice};
use crate::sql::{nulls_distinct, parse, tokens};
use crate::types::timestamp::Zone;
use crate::types::{PgError, SqlState, Type, Value};

/// What a column's definition asks for.
pub struct Definition {
    pub column: Column,
    /// The sequence that serial and identity columns draw from; its OID and name are still to be given.
    pub sequence: Option<Sequence>,
    pub identity_always: Option<bool>,
    /// Where its generation expression stands, which is bound when all columns are known.
    pub generated: Option<Span>,
    /// A DEFAULT stands there, be it NULL.
    pub has_default: bool,
    /// Name (if given) of its own PRIMARY KEY, and where that stands.
    pub primary_key: Option<(Option<String>, Deferral, At)>,
    /// Of its own UNIQUE constraints: the name (if given), when it must hold, and whether NULLs are not distinct.
    pub unique: Vec<(Option<String>, Deferral, bool)>,
    /// NULLS NOT DISTINCT, of the UNIQUE that comes next.
    pub nulls_not_distinct: bool,
    /// Names (if given) of its CHECK constraints.
    pub checks: Vec<Option<String>>,
    pub references: Vec<ForeignKeyClause>,
}

/// The table that a CREATE TABLE makes, as far as expressions over a row of it need to know.
pub fn shape(schema: &str, table: &str, definitions: &[Definition]) -> Table {
    let columns = definitions.iter().map(|definition| definition.column.clone()).collect();
    Table::plain(0, schema, table, columns)
}

impl Definition {
    /// A column and no more.
    pub fn plain(column: Column) -> Definition {
        Definition {
            column,
            sequence: None,
            identity_always: None,
            generated: None,
            has_default: false,
            primary_key: None,
            unique: Vec::new(),
            nulls_not_distinct: false,
            checks: Vec::new(),
            references: Vec::new(),
        }
    }

    /// Its own PRIMARY KEY, of the column at a place, and where it stands in the text.
    pub fn primary_key(&self, place: usize) -> Option<(At, Key)> {
        let (name, deferral, at) = self.primary_key.as_ref()?;
        Some((*at, Key::new(ConstraintKind::PrimaryKey, name.clone(), vec![place], *deferral)))
    }

    /// Its own UNIQUE constraints, of the column at a place.
    pub fn unique(&self, place: usize) -> impl Iterator<Item = Key> {
        let key = move |(name, deferral, nulls_not_distinct): &(Option<String>, Deferral, bool)| Key {
            nulls_not_distinct: *nulls_not_distinct,
            ..Key::new(ConstraintKind::Unique, name.clone(), vec![place], *deferral)
        };
        self.unique.iter().map(key)
    }
}

/// Names of PostgreSQL's system columns.
pub const SYSTEM_COLUMNS: &[&str] = &["tableoid", "cmax", "xmax", "cmin", "xmin", "ctid"];

impl Binder<'_> {
    pub fn column_definition(
        &mut self,
        table: &str,
        definition: &ast::ColumnDef,
        attnum: i16,
    ) -> Result<Definition, PgError> {
        let name = self.new_name(&definition.name)?;
        let at = At::from(definition.name.span);
        self.refuse_system_column(&name)?;
        let serial = serial_type(&definition.data_type);
        let Form { ty, typmod, domain } = match serial {
            Some(ty) => Form::plain(ty),
            None => self.form(&definition.data_type, self.tokens_away(at, 1))?,
        };
        self.refuse_column_type(&name, ty, at)?;
        let column = Column {
            attnum,
            name: name.clone(),
            stored_name: name.clone(),
            ty,
            typmod,
            not_null: serial.is_some(),
            default: None,
            identity: None,
            generated: None,
            comment: None,
            domain,
            storage: ColumnStorage::default(),
            collation: None,
        };
        let mut bound = Definition { sequence: serial.map(sequence_of), ..Definition::plain(column) };
        let mut nullable = None;
        for option in &definition.options {
            self.column_option(table, definition, option, &mut bound, &mut nullable)?;
        }
        Ok(bound)
    }

    /// The first or last such word of a column's definition, which begins with its name.
    fn of_column(&self, name: At, word: &str, last: bool) -> At {
        let (first, last_one) = self.words_of_column(name, word);
        if last { last_one } else { first }
    }

    /// NULL, or NOT NULL's NOT.
    fn null_of_column(&self, name: At, null: bool) -> At {
        let (_, not) = self.words_of_column(name, "not");
        match null {
            false => not,
            true => self.words_of_column(name, "null").1,
        }
    }

    pub fn refuse_pseudo_type(&self, name: &str, ty: Type) -> Result<(), PgError> {
        if ty.element().unwrap_or(ty) != Type::RECORD {
            return Ok(());
        }
        let message = format!("column \"{name}\" has pseudo-type {ty}");
        Err(PgError::new(SqlState::INVALID_TABLE_DEFINITION, message))
    }

    pub fn refuse_column_type(&self, name: &str, ty: Type, at: At) -> Result<(), PgError> {
        self.refuse_pseudo_type(name, ty)?;
        let composite = ty.element().unwrap_or(ty).relation().and_then(|oid| self.catalog.get(oid));
        if let Some(Object::Composite(_)) = composite {
            return Ok(());
        }
        if ty.is_row() || ty.is_array_of_rows() {
            return Err(self.unsupported(at, "a row type for a column"));
        }
        if ty.info().is_none() || ty.is_of_catalogs() || ty == Type::UNKNOWN {
            return Err(self.unsupported(at, format!("type {} for a column", ty.name())));
        }
        Ok(())
    }

    pub fn refuse_system_column(&self, name: &str) -> Result<(), PgError> {
        if SYSTEM_COLUMNS.contains(&name) {
            let message = format!("column name \"{name}\" conflicts with a system column name");
            return Err(PgError::new(SqlState::DUPLICATE_COLUMN, message));
        }
        Ok(())
    }

    fn column_option(
        &mut self,
        table: &str,
        definition: &ast::ColumnDef,
        option: &ast::ColumnOptionDef,
        bound: &mut Definition,
        nullable: &mut Option<bool>,
    ) -> Result<(), PgError> {
        let at = At::from(definition.name.span);
        let name = bound.column.name.clone();
        let constraint_name = option.name.as_ref().map(|name| self.new_name(name)).transpose()?;
        match &option.option {
            ColumnOption::Null | ColumnOption::NotNull => {
                let null = matches!(option.option, ColumnOption::Null);
                let identity = bound.identity_always.is_some();
                let is_serial = serial_type(&definition.data_type).is_some();
                if nullable.is_some_and(|other| other != null) || (null && (identity || is_serial)) {
                    let message =
                        format!("conflicting NULL/NOT NULL declarations for column \"{name}\" of table \"{table}\"");
                    let at = self.null_of_column(at, null);
                    return Err(self.error(at, SqlState::SYNTAX_ERROR, message));
                }
                *nullable = Some(null);
                bound.column.not_null |= !null;
            }
            ColumnOption::Default(_) => {
                self.refuse_beside(table, definition, bound, "default")?;
                if bound.column.default.is_some() || bound.sequence.is_some() {
                    let message = if bound.identity_always.is_some() {
                        format!("both default and identity specified for column \"{name}\" of table \"{table}\"")
                    } else {
                        format!("multiple default values specified for column \"{name}\" of table \"{table}\"")
                    };
                    // A serial's own default is not in the text.
                    let serial = serial_type(&definition.data_type).is_some();
                    let at = if serial { At::NOWHERE } else { self.of_column(at, "default", true) };
                    return Err(self.error(at, SqlState::SYNTAX_ERROR, message));
                }
                bound.column.default = self.default(definition, &bound.column)?;
                bound.has_default = true;
            }
            ColumnOption::PrimaryKey(key) => {
                let deferral = self.deferral(key.characteristics.as_ref())?;
                if bound.primary_key.is_some() {
                    let message = format!("multiple primary keys for table \"{table}\" are not allowed");
                    return Err(self.error(at, SqlState::INVALID_TABLE_DEFINITION, message));
                }
                bound.primary_key = Some((constraint_name, deferral, self.of_column(at, "primary", false)));
                bound.column.not_null = true;
            }
            ColumnOption::Unique(unique) => {
                let deferral = self.deferral(unique.characteristics.as_ref())?;
                let nulls_not_distinct = std::mem::take(&mut bound.nulls_not_distinct);
                bound.unique.push((constraint_name, deferral, nulls_not_distinct));
            }
            ColumnOption::ForeignKey(clause) => {
                let columns = vec![usize::from(bound.column.attnum.unsigned_abs()) - 1];
                bound.references.push(self.foreign_key_clause(constraint_name, Ok(columns), clause)?);
            }
            ColumnOption::Check(check) => {
                if check.enforced.is_some() {
                    return Err(self.syntax_error(at, "ENFORCED"));
                }
                bound.checks.push(constraint_name);
            }
            ColumnOption::Generated { generation_expr: Some(_), generated_keyword, .. } => {
                self.refuse_beside(table, definition, bound, "generation expression")?;
                let span = self.generation_span(at).filter(|_| *generated_keyword);
                bound.generated = Some(span.ok_or_else(|| self.syntax_error(self.of_column(at, "as", true), "as"))?);
            }
            ColumnOption::Generated { generated_as, sequence_options, .. } => {
                if *nullable == Some(true) {
                    let message =
                        format!("conflicting NULL/NOT NULL declarations for column \"{name}\" of table \"{table}\"");
                    return Err(self.error(self.of_column(at, "generated", true), SqlState::SYNTAX_ERROR, message));
                }
                let always = matches!(generated_as, GeneratedAs::Always);
                self.identity(table, bound, always, sequence_options.as_deref().unwrap_or_default(), at)?;
            }
            ColumnOption::Comment(comment) if nulls_distinct::is_said(comment) => bound.nulls_not_distinct = true,
            ColumnOption::Comment(comment) if let Some(method) = compression::method_of(comment) => {
                set_compression(&mut bound.column, method)?;
            }
            ColumnOption::Collation(collation) => {
                let at = self.tokens_away(self.qualified(collation)?.at, -1);
                if bound.column.collation.is_some() {
                    return Err(self.error(at, SqlState::SYNTAX_ERROR, "multiple COLLATE clauses not allowed"));
                }
                let form = Form::of_column(&bound.column);
                bound.column.collation = Some(self.named_collation(collation, form, at)?);
            }
            _ => return Err(self.syntax_error(at, &definition.name.value)),
        }
        Ok(())
    }

    /// 42601 for a default of a generated column, and for what makes it generated if it is something else already.
    fn refuse_beside(
        &self,
        table: &str,
        definition: &ast::ColumnDef,
        bound: &Definition,
        added: &str,
    ) -> Result<(), PgError> {
        let (name, at) = (&bound.column.name, At::from(definition.name.span));
        let serial = serial_type(&definition.data_type).is_some();
        let generation = added != "default";
        let what = match bound {
            Definition { generated: Some(_), .. } if generation => "multiple generation clauses",
            Definition { generated: Some(_), .. } => "both default and generation expression",
            Definition { identity_always: Some(_), .. } if generation => "both identity and generation expression",
            bound if generation && (serial || bound.column.default.is_some() || bound.has_default) => {
                "both default and generation expression"
            }
            _ => return Ok(()),
        };
        let message = format!("{what} specified for column \"{name}\" of table \"{table}\"");
        // A serial's own default is not in the text.
        let at = match (serial, generation) {
            (true, true) if bound.generated.is_none() => At::NOWHERE,
            (_, true) => self.of_column(at, "generated", true),
            (_, false) => self.of_column(at, "default", true),
        };
        Err(self.error(at, SqlState::SYNTAX_ERROR, message))
    }

    fn identity(
        &mut self,
        table: &str,
        bound: &mut Definition,
        always: bool,
        options: &[SequenceOptions],
        at: At,
    ) -> Result<(), PgError> {
        let name = &bound.column.name;
        if bound.generated.is_some() {
            let message =
                format!("both identity and generation expression specified for column \"{name}\" of table \"{table}\"");
            return Err(self.error(self.of_column(at, "generated", true), SqlState::SYNTAX_ERROR, message));
        }
        if !matches!(bound.column.ty, Type::INT2 | Type::INT4 | Type::INT8) || bound.column.domain != 0 {
            let message = "identity column type must be smallint, integer, or bigint";
            return Err(PgError::new(SqlState::INVALID_PARAMETER_VALUE, message));
        }
        if bound.identity_always.is_some() || bound.sequence.is_some() || bound.column.default.is_some() {
            let message = match bound.identity_always.is_some() {
                true => format!("multiple identity specifications for column \"{name}\" of table \"{table}\""),
                false => format!("both default and identity specified for column \"{name}\" of table \"{table}\""),
            };
            let at = self.of_column(at, "generated", true);
            return Err(self.error(at, SqlState::SYNTAX_ERROR, message));
        }
        bound.identity_always = Some(always);
        bound.column.not_null = true;
        let options = self.sequence_options(options)?;
        bound.sequence = Some(with_options(sequence_of(bound.column.ty), None, &options)?);
        Ok(())
    }

    /// sqlparser's options as ours.
    pub fn sequence_options(&mut self, options: &[SequenceOptions]) -> Result<Vec<SequenceOption>, PgError> {
        let mut own = Vec::with_capacity(options.len());
        for option in options {
            own.push(match option {
                SequenceOptions::IncrementBy(expr, _) => SequenceOption::Increment(self.sequence_number(expr)?),
                SequenceOptions::MinValue(expr) => {
                    SequenceOption::MinValue(expr.as_ref().map(|expr| self.sequence_number(expr)).transpose()?)
                }
                SequenceOptions::MaxValue(expr) => {
                    SequenceOption::MaxValue(expr.as_ref().map(|expr| self.sequence_number(expr)).transpose()?)
                }
                SequenceOptions::StartWith(expr, _) => SequenceOption::Start(self.sequence_number(expr)?),
                SequenceOptions::Cache(expr) => SequenceOption::Cache(self.sequence_number(expr)?),
                // sqlparser's flag says NO CYCLE.
                SequenceOptions::Cycle(no) => SequenceOption::Cycle(!no),
            });
        }
        Ok(own)
    }

    fn sequence_number(&mut self, expr: &ast::Expr) -> Result<i64, PgError> {
        let bound = self.expr(expr)?;
        match bound.kind {
            ExprKind::Constant(Value::Int4(value)) => Ok(i64::from(value)),
            ExprKind::Constant(Value::Int8(value)) => Ok(value),
            _ => Err(self.error(bound.at, SqlState::SYNTAX_ERROR, "a sequence option must be an integer")),
        }
    }

    /// DEFAULT as it is stored: checked, and as text that binds again by itself.
    fn default(&mut self, definition: &ast::ColumnDef, column: &Column) -> Result<Option<ColumnDefault>, PgError> {
        let at = At::from(definition.name.span);
        let Some(span) = self.default_span(definition) else {
            return Err(self.unsupported(at, "this DEFAULT"));
        };
        self.default_text(span, column)
    }

    /// As [`Binder::default`], of the expression that stands there.
    pub fn default_text(&mut self, span: Span, column: &Column) -> Result<Option<ColumnDefault>, PgError> {
        let text = slice(self.text, span).to_owned();
        let value = self.new_expression(&text, column).map_err(|mut error| {
            // Its places count from the default's own text.
            let offset = At::from(span.start).position(self.text).unwrap_or(1) - 1;
            error.position = error.position.map(|position| position + offset);
            if error.code == SqlState::UNDEFINED_COLUMN {
                error.code = SqlState::FEATURE_NOT_SUPPORTED;
                error.message = "cannot use column reference in DEFAULT expression".to_owned();
                error.hint = None;
            }
            error
        })?;
        let plain;
        let value = match column.domain {
            0 => &value,
            // Without what looks at the domain's constraints.
            _ => {
                plain = self.new_expression(&text, &Column { domain: 0, ..column.clone() })?;
                &plain
            }
        };
        if let Some(oid) = drawn(&text, value) {
            return Ok(Some(ColumnDefault::NextValue(oid)));
        }
        match constant_time(value) {
            // That a column has none of its domain's has to be told.
            _ if matches!(value.kind, ExprKind::Null) && column.domain == 0 => Ok(None),
            // PostgreSQL reads the literal now, in this session's time zone.
            Some((literal, ty)) => Ok(Some(ColumnDefault::Expression(self.fixed_time(literal, ty)?))),
            None => Ok(Some(ColumnDefault::Expression(text))),
        }
    }

    /// Binds a DEFAULT's text that is to be stored.
    fn new_expression(&mut self, text: &str, column: &Column) -> Result<Expr, PgError> {
        self.is_new = true;
        let bound = self.stored_expression(text, column);
        self.is_new = false;
        bound
    }

    pub fn fixed_time(&self, literal: &str, ty: Type) -> Result<String, PgError> {
        let settings = &self.context.settings;
        let zone = Zone::of_settings(|name| settings.get(name));
        let now = self.context.transaction_timestamp;
        let value = crate::types::text::input(ty, literal, &zone, now)?;
        let mut text = String::new();
        crate::types::text::output(&value, &Zone::utc(), &mut text);
        Ok(format!("'{text}'::{}", ty.name()))
    }

    /// Where the DEFAULT expression of a column stands in the statement.
    fn default_span(&self, definition: &ast::ColumnDef) -> Option<Span> {
        let all = tokens::tokenize(self.text).ok()?;
        let all: Vec<&TokenWithSpan> =
            all.iter().filter(|token| !matches!(token.token, Token::Whitespace(_))).collect();
        let name = all.iter().position(|token| token.span.start == definition.name.span.start)?;
        let mut depth = 0usize;
        let mut start = None;
        let mut previous = None;
        for (index, token) in all.iter().enumerate().skip(name + 1) {
            let keyword = parse::keyword(token);
            let ends = depth == 0
                && (matches!(token.token, Token::Comma | Token::RParen) || keyword.is_some_and(ends_default));
            if let Some(start) = start {
                if ends && index > start {
                    return Some(Span { start: all[start].span.start, end: all[index - 1].span.end });
                }
            // Of GENERATED BY DEFAULT and ON DELETE SET DEFAULT it is another word.
            } else if depth == 0
                && keyword == Some(Keyword::DEFAULT)
                && !matches!(previous, Some(Keyword::BY | Keyword::SET))
            {
                start = Some(index + 1);
            }
            match token.token {
                Token::LParen | Token::LBracket => depth += 1,
                Token::RParen | Token::RBracket => depth = depth.checked_sub(1)?,
                _ if keyword == Some(Keyword::CASE) => depth += 1,
                _ if keyword == Some(Keyword::END) => depth = depth.checked_sub(1)?,
                _ => {}
            }
            previous = keyword;
        }
        // In ALTER TABLE it may end the statement.
        let (start, last) = (start.filter(|start| *start < all.len())?, all.last()?);
        Some(Span { start: all[start].span.start, end: last.span.end })
    }
}

/// The sequence, if the expression is its `nextval` and no more: known by OID, it may be renamed.
fn drawn(text: &str, value: &Expr) -> Option<u32> {
    let (tree, _) = parse::parse_expression(text).ok()?;
    let ast::Expr::Function(function) = tree else { return None };
    let name = function.name.0.last()?.as_ident()?;
    if fold(name) != "nextval" {
        return None;
    }
    let found = std::cell::Cell::new(None);
    value.any(&|expr| {
        if let ExprKind::Constant(Value::Oid(oid)) = expr.kind {
            found.set(Some(oid));
        }
        false
    });
    found.get()
}

/// The text and type of a date's or time's literal, if that is all the expression is.
pub fn constant_time(value: &Expr) -> Option<(&str, Type)> {
    let ExprKind::Call(call) = &value.kind else { return None };
    let is_input = !crate::types::text::is_immutable(value.ty) && casts::input(value.ty) == Some(call.emission);
    match &call.args[..] {
        [Expr { kind: ExprKind::Constant(Value::Text(text)), .. }] if is_input => Some((text, value.ty)),
        _ => None,
    }
}

/// `serial` and its kin: the column's real type.
fn serial_type(data_type: &DataType) -> Option<Type> {
    let DataType::Custom(name, modifiers) = data_type else { return None };
    let [ObjectNamePart::Identifier(ident)] = &name.0[..] else { return None };
    if !modifiers.is_empty() {
        return None;
    }
    match fold(ident).as_str() {
        "smallserial" | "serial2" => Some(Type::INT2),
        "serial" | "serial4" => Some(Type::INT4),
        "bigserial" | "serial8" => Some(Type::INT8),
        _ => None,
    }
}
