//! CREATE and ALTER DOMAIN.
//!
//! A domain is in the catalog alone: its columns are stored as those of the type that it is over. What is stored must
//! fulfil its constraints, so one that is added is held against all columns of the domain, and of domains made of it.

use sqlparser::ast::{ArrayElemTypeDef, DataType, Ident, ObjectName};
use sqlparser::tokenizer::Span;

use super::Steps;
use super::alter_table::quoted;
use super::naming::Naming;
use super::table::refuse_reserved;
use crate::catalog::system::{format_type, pseudo_type_named};
use crate::catalog::{Column, ColumnDefault, ColumnStorage, Domain, DomainConstraint, Object, Table};
use crate::sql::bind::Binder;
use crate::sql::bind::domain::domain_of_elements;
use crate::sql::bind::names::{Qualified, fold};
use crate::sql::bound::{Expr, ExprKind, Form};
use crate::sql::ddl::{DomainAction, DomainCheck, DomainOption, DomainStatement};
use crate::sql::emit::Emitter;
use crate::sql::plan::Schema;
use crate::sql::text::{At, slice};
use crate::types::{PgError, SqlState, Type};

impl Binder<'_> {
    pub fn domain_statement(&mut self, statement: &DomainStatement) -> Result<Schema, PgError> {
        let mut steps = Steps::new();
        // PostgreSQL tells no positions here.
        let placeless = |error: PgError| PgError { position: None, ..error };
        let tag = match statement {
            DomainStatement::Create { name, data_type, at, collation, options } => {
                if let DataType::Custom(name, _) = data_type
                    && let Some(ty) = pseudo_type_named(&name.to_string().to_lowercase())
                {
                    let message = format!("\"{}\" is not a valid base type for a domain", format_type(ty.0, None));
                    return Err(PgError::new(SqlState::DATATYPE_MISMATCH, message));
                }
                let form = self.form(data_type, *at).map_err(placeless)?;
                let domain = self.new_domain(name, form, dimensions(data_type), collation.as_ref())?;
                self.create_domain(domain, options, &mut steps).map_err(placeless)?;
                "CREATE DOMAIN"
            }
            DomainStatement::Alter { name, action } => {
                self.alter_domain(name, action, &mut steps).map_err(placeless)?;
                "ALTER DOMAIN"
            }
            DomainStatement::Drop { if_exists, names, cascade } => {
                self.drop_domains(names, *if_exists, *cascade, &mut steps)?;
                "DROP DOMAIN"
            }
        };
        Ok(steps.finish(tag))
    }

    /// A domain without constraints.
    fn new_domain(
        &self,
        name: &ObjectName,
        form: Form,
        dimensions: i32,
        collation: Option<&ObjectName>,
    ) -> Result<Domain, PgError> {
        let name = self.qualified_new(name)?;
        let schema = self.creation_schema(&Qualified { at: At::NOWHERE, ..name.clone() })?;
        if self.catalog.is_temporary(&schema) {
            // What is permanent could be of it, and would have to go with the session.
            return Err(PgError::unsupported("a temporary type"));
        }
        self.refuse_type_name(&schema, &name.name)?;
        if form.ty.element().unwrap_or(form.ty) == Type::RECORD {
            let message = format!("\"{}\" is not a valid base type for a domain", form.ty.name());
            return Err(PgError::new(SqlState::DATATYPE_MISMATCH, message));
        }
        if domain_of_elements(form.domain) != 0 {
            return Err(PgError::unsupported("a domain over an array of a domain"));
        }
        if form.ty.is_row() || form.ty.is_array_of_rows() {
            return Err(PgError::unsupported("a domain over a row type"));
        }
        self.refuse_column_type("", form.ty, At::NOWHERE)?;
        let collation = match collation {
            None => None,
            Some(collation) => {
                let collation = self.qualified(collation)?;
                if !matches!(form.ty, Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME) {
                    let message = format!("collations are not supported by type {}", form.named_type());
                    return Err(PgError::new(SqlState::DATATYPE_MISMATCH, message));
                }
                self.known_collation(&collation, At::NOWHERE)?;
                Some(collation.name)
            }
        };
        let parent = self.catalog.domain(form.domain);
        Ok(Domain {
            oid: 0,
            schema,
            name: name.name,
            parent: form.domain,
            ty: form.ty,
            typmod: form.typmod,
            dimensions,
            collation: collation.or_else(|| parent.and_then(|parent| parent.collation.clone())),
            not_null: false,
            default: parent.and_then(|parent| parent.default.clone()),
            constraints: Vec::new(),
            comment: None,
        })
    }

    fn create_domain(
        &mut self,
        mut domain: Domain,
        options: &[DomainOption],
        steps: &mut Steps,
    ) -> Result<(), PgError> {
        let mut naming = Naming::new(self.catalog, &domain.schema);
        domain.oid = naming.type_oid();
        let (mut nullable, mut has_default) = (None, false);
        for option in options {
            match option {
                DomainOption::Refused(error) => return Err(error.clone()),
                DomainOption::Default(span) => {
                    if has_default {
                        return Err(PgError::new(SqlState::SYNTAX_ERROR, "multiple default expressions"));
                    }
                    has_default = true;
                    domain.default = self.domain_default(*span, &domain)?;
                }
                DomainOption::NotNull | DomainOption::Null => {
                    let null = matches!(option, DomainOption::Null);
                    if nullable.is_some_and(|before| before != null) {
                        return Err(PgError::new(SqlState::SYNTAX_ERROR, "conflicting NULL/NOT NULL constraints"));
                    }
                    nullable = Some(null);
                }
                DomainOption::Check(_) => {}
            }
        }
        domain.not_null = nullable == Some(false);
        for option in options {
            if let DomainOption::Check(check) = option {
                self.add_domain_check(&mut domain, &mut naming, check)?;
            }
        }
        steps.put(Object::Domain(domain));
        Ok(())
    }

    fn domain_default(&mut self, span: Span, domain: &Domain) -> Result<Option<ColumnDefault>, PgError> {
        // Its own constraints are not looked at before somebody takes it.
        let column = value_column(domain, domain.parent);
        let default = self.default_text(span, &column)?;
        let temporary = match default {
            Some(ColumnDefault::NextValue(oid)) => {
                self.catalog.get(oid).is_some_and(|sequence| self.catalog.is_temporary(sequence.schema()))
            }
            _ => self.names_temporary,
        };
        match temporary {
            true => Err(PgError::unsupported("a default of a domain that names a temporary relation")),
            false => Ok(default),
        }
    }

    /// 0A000 where a foreign key sets the domain's default, which the file's schema has then.
    fn refuse_set_default(&self, domain: &Domain) -> Result<(), PgError> {
        for table in self.catalog.tables() {
            let own = |column: &&Column| column.domain == domain.oid && column.default.is_none();
            for column in table.columns.iter().filter(own) {
                if table.foreign_keys().any(|(constraint, key)| key.sets_default(constraint, column.attnum)) {
                    let what = format!("changing a domain's default that foreign keys of table {} set", table.name);
                    return Err(PgError::unsupported(what));
                }
            }
        }
        Ok(())
    }

    fn add_domain_check(
        &mut self,
        domain: &mut Domain,
        naming: &mut Naming,
        check: &DomainCheck,
    ) -> Result<(), PgError> {
        let is_taken = |name: &str| domain.constraints.iter().any(|other| other.name == name);
        let name = match &check.name {
            Some(name) => {
                let name = self.new_name(name)?;
                refuse_reserved(&name)?;
                if is_taken(&name) {
                    let message = format!("constraint \"{name}\" for domain \"{}\" already exists", domain.name);
                    return Err(PgError::new(SqlState::DUPLICATE_OBJECT, message));
                }
                naming.take_constraint(&name);
                name
            }
            None => naming.choose_constraint(&domain.name, "", "check"),
        };
        let text = slice(self.text, check.span).to_owned();
        let value = value_of(domain, ExprKind::Param(1));
        let (bound, relations) = self.of_new().domain_check(&text, value, Vec::new())?;
        let made_of = |expr: &Expr| {
            expr.domain != domain.parent && self.catalog.domain_and_parents(expr.domain).any(|of| of.oid == domain.oid)
        };
        if bound.any(&made_of) {
            return Err(PgError::unsupported("a constraint that casts to its own domain"));
        }
        // What can't be written is refused now, and not by every cast.
        Emitter::new(&relations).check(&bound)?;
        let expression = self.with_fixed_times(text, &bound)?;
        let oid = naming.oid();
        domain.constraints.push(DomainConstraint { oid, name, expression, not_valid: false, comment: None });
        Ok(())
    }

    /// The domain of a name. Errors: 3F000, 42704, 42809; `quoted`: as the last calls what is none.
    pub fn domain_named(&self, name: &ObjectName, quoted: bool) -> Result<&Domain, PgError> {
        let name = self.qualified(name)?;
        match self.find_type(&name) {
            Some(Object::Domain(domain)) => Ok(domain),
            Some(_) => Err(not_a_domain(&name.display(), quoted)),
            None => Err(self.no_domain(&name, quoted)),
        }
    }

    fn no_domain(&self, name: &Qualified, quoted: bool) -> PgError {
        if let Some(schema) = &name.schema
            && !self.schema_is_there(schema)
        {
            return super::schema::no_schema(schema);
        }
        let is_row = matches!(self.find_relation(name), Some(Object::Table(_) | Object::View(_)));
        let builtin = Type::all().iter().find(|info| info.name == name.name && name.schema.is_none());
        match builtin {
            Some(info) if !quoted => not_a_domain(info.sql_name, false),
            Some(info) => not_a_domain(info.name, true),
            None if is_row => not_a_domain(&name.name, quoted),
            None => super::enum_type::no_type(name),
        }
    }

    fn alter_domain(&mut self, name: &ObjectName, action: &DomainAction, steps: &mut Steps) -> Result<(), PgError> {
        let mut domain = self.domain_named(name, false)?.clone();
        match action {
            DomainAction::SetDefault(span) => {
                self.refuse_set_default(&domain)?;
                domain.default = self.domain_default(*span, &domain)?;
            }
            DomainAction::DropDefault => {
                self.refuse_set_default(&domain)?;
                domain.default = None;
            }
            DomainAction::SetNotNull => {
                if !domain.not_null {
                    self.require_of_domain(&domain, None, steps)?;
                }
                domain.not_null = true;
            }
            DomainAction::DropNotNull => domain.not_null = false,
            DomainAction::AddCheck { check, not_valid } => {
                let mut naming = Naming::new(self.catalog, &domain.schema);
                self.add_domain_check(&mut domain, &mut naming, check)?;
                if let Some(added) = domain.constraints.last_mut() {
                    added.not_valid = *not_valid;
                }
                if !not_valid {
                    let added = domain.constraints.last().map(|added| added.expression.clone());
                    self.require_of_domain(&domain, added.as_deref(), steps)?;
                }
            }
            DomainAction::Refused(error) => return Err(error.clone()),
            DomainAction::DropConstraint { if_exists, name } => {
                let name = fold(name);
                let before = domain.constraints.len();
                domain.constraints.retain(|constraint| constraint.name != name);
                if domain.constraints.len() == before {
                    let error = no_constraint(&domain, &name);
                    if !if_exists {
                        return Err(error);
                    }
                    steps.notice(SqlState::SUCCESSFUL_COMPLETION, format!("{}, skipping", error.message));
                    return Ok(());
                }
            }
            DomainAction::RenameConstraint { from, to } => {
                let (from, to) = (fold(from), self.new_name(to)?);
                let shown = domain.named();
                let taken = domain.constraints.iter().any(|constraint| constraint.name == to);
                let Some(constraint) = domain.constraints.iter_mut().find(|constraint| constraint.name == from) else {
                    let message = format!("constraint \"{from}\" for domain {shown} does not exist");
                    return Err(PgError::new(SqlState::UNDEFINED_OBJECT, message));
                };
                if taken {
                    let message = format!("constraint \"{to}\" for domain {shown} already exists");
                    return Err(PgError::new(SqlState::DUPLICATE_OBJECT, message));
                }
                constraint.name = to;
            }
            DomainAction::Validate(name) => {
                let name = fold(name);
                let Some(place) = domain.constraints.iter().position(|constraint| constraint.name == name) else {
                    return Err(no_constraint(&domain, &name));
                };
                if domain.constraints[place].not_valid {
                    let expression = domain.constraints[place].expression.clone();
                    self.require_of_domain(&domain, Some(&expression), steps)?;
                }
                domain.constraints[place].not_valid = false;
            }
            DomainAction::Rename(to) => domain = self.renamed_domain(domain, to)?,
            DomainAction::SetSchema(schema) => domain = self.moved_domain(domain, schema)?,
            DomainAction::Owner(role) => self.refuse_unknown_role(role)?,
        }
        steps.put(Object::Domain(domain));
        Ok(())
    }

    /// A domain under another name.
    pub fn renamed_domain(&self, domain: Domain, to: &Ident) -> Result<Domain, PgError> {
        let to = self.new_name(to)?;
        self.refuse_type_name(&domain.schema, &to)?;
        self.refuse_domain_in_text(&domain)?;
        Ok(Domain { name: to, ..domain })
    }

    /// A domain in another schema.
    pub fn moved_domain(&self, domain: Domain, schema: &Ident) -> Result<Domain, PgError> {
        let schema = fold(schema);
        self.refuse_moving(&domain.schema, &schema)?;
        self.refuse_unknown_schema(&schema)?;
        if schema == domain.schema {
            return Ok(domain);
        }
        self.refuse_type_name(&schema, &domain.name)?;
        self.refuse_domain_in_text(&domain)?;
        Ok(Domain { schema, ..domain })
    }

    /// The columns of a domain, and of those made of it.
    pub fn columns_of_domain(&self, oid: u32) -> Vec<(&Table, &Column)> {
        let is_of = |column: &&Column| {
            column.domain != 0 && self.catalog.domain_and_parents(column.domain).any(|domain| domain.oid == oid)
        };
        let of = |table| move |column| (table, column);
        let tables = self.catalog.tables();
        tables.flat_map(|table: &Table| table.columns.iter().filter(is_of).map(of(table))).collect()
    }

    /// What is stored must fulfil a constraint of a domain; `None`: NOT NULL. In arrays nobody looks.
    fn require_of_domain(&self, domain: &Domain, check: Option<&str>, steps: &mut Steps) -> Result<(), PgError> {
        for table in self.catalog.tables() {
            for column in &table.columns {
                let oid = domain_of_elements(column.domain);
                if self.catalog.domain_and_parents(oid).any(|of| of.oid == domain.oid) {
                    let (of, table, column) = (Type(oid), &table.name, &column.name);
                    let message = format!("cannot alter type \"{of}\" because column \"{table}.{column}\" uses it");
                    return Err(PgError::new(SqlState::FEATURE_NOT_SUPPORTED, message));
                }
            }
        }
        for (table, column) in self.columns_of_domain(domain.oid) {
            let place = table.position(column.attnum).unwrap_or_default();
            let relations = vec![crate::sql::bind::from::table_relation(table, 0)];
            let value = value_of(domain, ExprKind::Column { relation: 0, column: place });
            let (condition, code, message) = match check {
                None => {
                    let condition = format!("{} IS NULL", quoted(&column.stored_name));
                    let message =
                        format!("column \"{}\" of table \"{}\" contains null values", column.name, table.name);
                    (condition, SqlState::NOT_NULL_VIOLATION, message)
                }
                Some(text) => {
                    let (bound, relations) = self.domain_check(text, value, relations)?;
                    let mut emitter = Emitter::new(&relations);
                    emitter.check(&bound)?;
                    let condition = format!("({}) IS 0", emitter.finish());
                    let message = format!(
                        "column \"{}\" of table \"{}\" contains values that violate the new constraint",
                        column.name, table.name
                    );
                    (condition, SqlState::CHECK_VIOLATION, message)
                }
            };
            let error = PgError::new(code, message).table(&table.schema, &table.name).column(&column.name);
            steps.require(format!("SELECT 1 FROM {} WHERE {condition} LIMIT 1", quoted(&table.stored_name)), error);
        }
        Ok(())
    }
}

/// How many dimensions a type's name gives an array.
fn dimensions(data_type: &DataType) -> i32 {
    match data_type {
        DataType::Array(ArrayElemTypeDef::SquareBracket(element, _)) => 1 + dimensions(element),
        DataType::Array(_) => 1,
        _ => 0,
    }
}

/// VALUE of a domain's constraints.
fn value_of(domain: &Domain, kind: ExprKind) -> Expr {
    Expr { typmod: domain.typmod, domain: domain.parent, ..Expr::new(kind, domain.ty) }
}

/// A column of a domain, or of what it is over.
pub fn value_column(domain: &Domain, of: u32) -> Column {
    Column {
        attnum: 1,
        name: domain.name.clone(),
        stored_name: domain.name.clone(),
        ty: domain.ty,
        typmod: domain.typmod,
        not_null: false,
        default: None,
        identity: None,
        generated: None,
        comment: None,
        domain: of,
        storage: ColumnStorage::default(),
        collation: None,
    }
}

pub fn not_a_domain(name: &str, quoted: bool) -> PgError {
    let message = if quoted { format!("\"{name}\" is not a domain") } else { format!("{name} is not a domain") };
    PgError::new(SqlState::WRONG_OBJECT_TYPE, message)
}

fn no_constraint(domain: &Domain, name: &str) -> PgError {
    let message = format!("constraint \"{name}\" of domain \"{}\" does not exist", domain.name);
    PgError::new(SqlState::UNDEFINED_OBJECT, message)
}
