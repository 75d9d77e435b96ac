//! CREATE INDEX.

use sqlparser::ast::{self, IndexType};

use super::Steps;
use super::naming::Naming;
use super::table::refuse_reserved;
use crate::catalog::{Index, IndexColumn, Object, Table};
use crate::sql::bind::Binder;
use crate::sql::bind::names::fold;
use crate::sql::emit::identifier;
use crate::sql::plan::Schema;
use crate::sql::text::At;
use crate::types::{PgError, SqlState};

impl Binder<'_> {
    pub fn create_index(&mut self, create: &ast::CreateIndex) -> Result<Schema, PgError> {
        self.refuse_index_options(create)?;
        let mut steps = Steps::new();
        let table = self.find_table(&self.qualified(&create.table_name)?)?;
        let mut columns = Vec::with_capacity(create.columns.len());
        for column in &create.columns {
            columns.push(self.index_column(table, column)?);
        }
        let catalog = self.catalog;
        let mut naming = Naming::new(catalog, &table.schema);
        let name = match &create.name {
            Some(name) => {
                let name = self.qualified_new(name)?;
                if name.schema.is_some() {
                    return Err(self.syntax_error(name.at, "."));
                }
                refuse_reserved(&name.name)?;
                if naming.is_taken(&name.name) {
                    let message = format!("relation \"{}\" already exists", name.name);
                    if create.if_not_exists {
                        steps.notice(SqlState::DUPLICATE_TABLE, format!("{message}, skipping"));
                        return Ok(steps.finish("CREATE INDEX"));
                    }
                    return Err(PgError::new(SqlState::DUPLICATE_TABLE, message));
                }
                name.name
            }
            None if create.if_not_exists => return Err(self.syntax_error(At::NOWHERE, "ON")),
            None => {
                let names: Vec<&str> = columns
                    .iter()
                    .filter_map(|column: &IndexColumn| table.attribute(column.attnum))
                    .map(|column| column.name.as_str())
                    .collect();
                naming.choose(&table.name, &names.join("_"), "idx")
            }
        };
        let index = Index {
            oid: naming.oid(),
            schema: table.schema.clone(),
            stored_name: Some(naming.stored_name(&name)),
            name,
            table_oid: table.oid,
            unique: create.unique,
            columns,
        };
        steps.sqlite(create_index_sql(table, &index));
        steps.put(Object::Index(index));
        Ok(steps.finish("CREATE INDEX"))
    }

    fn refuse_index_options(&self, create: &ast::CreateIndex) -> Result<(), PgError> {
        let unsupported = [
            (!matches!(create.using, None | Some(IndexType::BTree)), "an index method other than btree"),
            (!create.include.is_empty(), "INCLUDE"),
            (create.nulls_distinct == Some(false), "NULLS NOT DISTINCT"),
            (!create.with.is_empty(), "a storage parameter"),
            (create.predicate.is_some(), "a partial index"),
        ];
        if let Some((_, what)) = unsupported.iter().find(|(asked, _)| *asked) {
            return Err(PgError::unsupported(what));
        }
        let foreign = create.r#async || !create.index_options.is_empty() || !create.alter_options.is_empty();
        if foreign { Err(self.syntax_error(At::NOWHERE, "INDEX")) } else { Ok(()) }
    }

    fn index_column(&self, table: &Table, column: &ast::IndexColumn) -> Result<IndexColumn, PgError> {
        let ast::Expr::Identifier(ident) = &column.column.expr else {
            return Err(PgError::unsupported("an index on an expression"));
        };
        let (name, at) = (fold(ident), At::from(ident.span));
        if column.operator_class.is_some() {
            return Err(self.unsupported(at, "an operator class"));
        }
        let descending = match column.column.options.sort {
            None | Some(ast::OrderBySort::Asc) => false,
            Some(ast::OrderBySort::Desc) => true,
            Some(ast::OrderBySort::Using(_)) => return Err(self.syntax_error(at, "USING")),
        };
        if column.column.options.nulls_first.is_some_and(|first| first != descending) {
            return Err(self.unsupported(at, "NULLS FIRST or LAST in an index"));
        }
        let Some(found) = table.column(&name) else {
            let message = format!("column \"{name}\" does not exist");
            return Err(self.error(at, SqlState::UNDEFINED_COLUMN, message));
        };
        Ok(IndexColumn { attnum: found.attnum, descending })
    }
}

pub fn create_index_sql(table: &Table, index: &Index) -> String {
    let mut sql = String::from(if index.unique { "CREATE UNIQUE INDEX " } else { "CREATE INDEX " });
    identifier(&mut sql, index.stored_name.as_deref().unwrap_or(&index.name));
    sql.push_str(" ON ");
    identifier(&mut sql, &table.stored_name);
    sql.push_str(" (");
    for (position, column) in index.columns.iter().enumerate() {
        if position > 0 {
            sql.push_str(", ");
        }
        if let Some(attribute) = table.attribute(column.attnum) {
            identifier(&mut sql, &attribute.stored_name);
        }
        if column.descending {
            sql.push_str(" DESC");
        }
    }
    sql.push(')');
    sql
}
