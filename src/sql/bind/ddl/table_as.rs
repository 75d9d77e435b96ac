//! CREATE TABLE AS and SELECT INTO.
//!
//! SQLite's own CREATE TABLE AS fires no event for the rows it writes; so the table is made, and filled by an INSERT.

use sqlparser::ast;
use sqlparser::tokenizer::{Token, TokenWithSpan};

use super::Steps;
use super::column::Definition;
use super::materialized::filling_insert;
use super::naming::Naming;
use super::storage::{Of, set_options};
use super::table::{Constraints, refuse_reserved, stored_column_name};
use crate::catalog::{Column, ColumnStorage, Table};
use crate::sql::amend;
use crate::sql::bind::Binder;
use crate::sql::bind::names::{Persistence, fold};
use crate::sql::bind::steps::{Main, top_with};
use crate::sql::bound::Query;
use crate::sql::plan::{Command, Schema, SchemaStep};
use crate::sql::temporary;
use crate::sql::text::At;
use crate::types::{PgError, SqlState};

/// The command tag's first word: the number of rows comes behind it.
const TAG: &str = "SELECT";

impl Binder<'_> {
    pub fn create_table_as(&mut self, create: &ast::CreateTable, query: &ast::Query) -> Result<Schema, PgError> {
        self.refuse_table_options(create)?;
        if !create.constraints.is_empty() {
            return Err(self.syntax_error(At::NOWHERE, "constraint"));
        }
        if let Some(column) = create.columns.first() {
            return Err(self.syntax_error_behind(column.name.span.into()));
        }
        let mut tokens = self.tokens().to_vec();
        temporary::take(self.text, &mut tokens)?;
        let list = amend::columns_before_as(&tokens).map_or(&[][..], |list| &tokens[list]);
        let name = |token: &TokenWithSpan| match &token.token {
            Token::Word(word) => Some(fold(&word.to_ident(token.span))),
            _ => None,
        };
        let names: Vec<String> = list.iter().filter_map(name).collect();
        let persistence = self.persistence(create.unlogged);
        let made = self.table_as(&create.name, create.if_not_exists, &names, (query, persistence))?;
        Ok(Schema { command: Some("CREATE TABLE AS"), ..made })
    }

    /// `SELECT … INTO table`.
    pub fn select_into(&mut self, into: &ast::SelectInto, query: &ast::Query) -> Result<Schema, PgError> {
        let mut query = query.clone();
        if let ast::SetExpr::Select(select) = &mut *query.body {
            select.into = None;
        }
        let part = |ident: &ast::Ident| ast::ObjectNamePart::Identifier(ident.clone());
        let name = match &into.targets[..] {
            [ast::Expr::Identifier(ident)] => ast::ObjectName(vec![part(ident)]),
            [ast::Expr::CompoundIdentifier(idents)] => ast::ObjectName(idents.iter().map(part).collect()),
            _ => return Err(self.syntax_error(At::NOWHERE, "into")),
        };
        let persistence = match into.temporary {
            true => Persistence::Temporary,
            false => self.persistence(into.unlogged),
        };
        let made = self.table_as(&name, false, &[], (&query, persistence))?;
        Ok(Schema { command: Some("SELECT INTO"), ..made })
    }

    fn table_as(
        &mut self,
        name: &ast::ObjectName,
        if_not_exists: bool,
        names: &[String],
        (query, persistence): (&ast::Query, Persistence),
    ) -> Result<Schema, PgError> {
        let name = self.qualified_new(name)?;
        let schema = self.relation_schema(&name, persistence, At::NOWHERE)?;
        let on_commit = self.on_commit(&schema)?;
        refuse_reserved(&name.name)?;
        self.allow_modifying(top_with(query));
        let bound = self.query(query)?;
        let mut steps = Steps::new();
        if self.is_there(&schema, &name.name, if_not_exists, &mut steps)? {
            return Ok(steps.finish("CREATE TABLE AS"));
        }
        self.refuse_row_type(&schema, &name.name)?;
        let definitions = self.columns_as(&bound, names)?;
        let catalog = self.catalog;
        let mut naming = Naming::new(catalog, &schema);
        naming.take(&name.name);
        let unlogged = persistence == Persistence::Unlogged;
        let options = set_options(Of::Table, Vec::new(), &self.temporary_clauses.options)?;
        let asked = Constraints { unlogged, on_commit, options, ..Constraints::default() };
        let table = self.table_steps(&mut steps, &mut naming, &schema, &name.name, definitions, asked)?;
        if self.is_without_data() {
            return Ok(steps.finish("CREATE TABLE AS"));
        }
        steps.settle();
        match self.stepwise {
            true => self.fill_in_steps(&table, bound, &mut steps)?,
            false => self.fill_with(&table, &bound, &mut steps)?,
        }
        Ok(steps.finish(TAG))
    }

    /// A query that also changes other tables.
    fn fill_in_steps(&mut self, table: &Table, query: Query, steps: &mut Steps) -> Result<(), PgError> {
        let insert = filling_insert(table);
        let main = Main::Fill { query, table_oid: table.oid, insert };
        let write = self.stepwise(main, None, Command::Select)?;
        steps.steps.push(SchemaStep::Write(Box::new(write)));
        Ok(())
    }

    pub fn columns_as(&self, query: &Query, names: &[String]) -> Result<Vec<Definition>, PgError> {
        if names.len() > query.outputs.len() {
            return Err(PgError::new(SqlState::SYNTAX_ERROR, "too many column names were specified"));
        }
        let mut definitions: Vec<Definition> = Vec::with_capacity(query.outputs.len());
        for (index, output) in query.outputs.iter().enumerate() {
            let name = names.get(index).unwrap_or(&output.name).clone();
            if definitions.iter().any(|other| other.column.name == name) {
                let message = format!("column \"{name}\" specified more than once");
                return Err(PgError::new(SqlState::DUPLICATE_COLUMN, message));
            }
            self.refuse_system_column(&name)?;
            self.refuse_column_type(&output.name, output.ty, At::NOWHERE)?;
            let collation = self.column_collation(query, index, |_| {
                format!("no collation was derived for column \"{name}\" with collatable type {}", output.named_type())
            })?;
            let others = definitions.iter().map(|other| other.column.stored_name.as_str());
            let stored_name = stored_column_name(&name, others);
            definitions.push(Definition::plain(Column {
                attnum: index as i16 + 1,
                name,
                stored_name,
                ty: output.ty,
                typmod: output.typmod,
                not_null: false,
                default: None,
                identity: None,
                generated: None,
                comment: None,
                domain: output.domain,
                storage: ColumnStorage::default(),
                collation,
            }));
        }
        if definitions.len() > super::table::MAX_COLUMNS {
            let message = format!("tables can have at most {} columns", super::table::MAX_COLUMNS);
            return Err(PgError::new(SqlState::TOO_MANY_COLUMNS, message));
        }
        Ok(definitions)
    }

    /// WITH NO DATA, which sqlparser does not know.
    pub fn is_without_data(&self) -> bool {
        let [.., no, data] = self.tokens() else { return false };
        let is = |token: &Token, expected: &str| {
            matches!(token, Token::Word(word)
                if word.quote_style.is_none() && word.value.eq_ignore_ascii_case(expected))
        };
        is(&no.token, "no") && is(&data.token, "data")
    }
}
