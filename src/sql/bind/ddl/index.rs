//! CREATE INDEX.

use sqlparser::ast::{self, Ident};
use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::{Span, Token, TokenWithSpan};

use super::Steps;
use super::alter_column::visible;
use super::alter_table::quoted;
use super::naming::Naming;
use super::table::{compared_name, refuse_reserved, stored_names};
use crate::catalog::{Column, Index, IndexColumn, Method, Object, Table};
use crate::sql::bind::Binder;
use crate::sql::bind::collation::{SET_EXPLICITLY, typcollation};
use crate::sql::bind::from::table_relation;
use crate::sql::bind::names::{fold, of_others};
use crate::sql::bind::scope::Clause;
use crate::sql::bind::title::index_title;
use crate::sql::bound::{Expr, ExprKind, Relations};
use crate::sql::emit::{Emitter, identifier, null_form};
use crate::sql::plan::{Requirement, Schema, SchemaStep};
use crate::sql::text::{At, slice};
use crate::sql::{parse, tokens};
use crate::types::{PgError, SqlState, Type};

impl Binder<'_> {
    pub fn create_index(&mut self, create: &ast::CreateIndex) -> Result<Schema, PgError> {
        self.refuse_index_options(create)?;
        let method = self.index_method(create)?;
        let options = self.index_parameters(method, &create.with)?;
        let mut steps = Steps::new();
        let name = self.qualified(&create.table_name)?;
        if let Some(Object::View(view)) = self.find_relation(&name) {
            let message = format!("cannot create index on relation \"{}\"", view.name);
            let detail = "This operation is not supported for views.";
            return Err(PgError::new(SqlState::WRONG_OBJECT_TYPE, message).detail(detail));
        }
        if self.find_relation(&name).is_some_and(|object| self.is_others(object.schema())) {
            return Err(of_others("create indexes on temporary tables of other sessions"));
        }
        let table = self.find_table(&name).map_err(|error| PgError { position: None, ..error })?;
        let spans = index_spans(self.text);
        let mut columns = Vec::with_capacity(create.columns.len());
        let mut mentioned = Vec::new();
        for (place, column) in create.columns.iter().enumerate() {
            let span = spans.columns.get(place).copied();
            columns.push(self.index_column(table, method, column, span, &mut mentioned)?);
        }
        let mut include = Vec::with_capacity(create.include.len());
        for ident in &create.include {
            let name = fold(ident);
            let Some(found) = table.column(&name) else {
                let message = format!("column \"{name}\" does not exist");
                return Err(PgError::new(SqlState::UNDEFINED_COLUMN, message));
            };
            include.push(found.attnum);
        }
        let predicate = match (&create.predicate, spans.predicate) {
            (None, _) => None,
            (Some(_), None) => return Err(PgError::unsupported("this WHERE of an index")),
            (Some(_), Some(span)) => Some(self.index_text(table, span, Clause::IndexPredicate, &mut mentioned)?.0),
        };
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
                let names: Vec<String> = columns
                    .iter()
                    .zip(&create.columns)
                    .map(|(column, definition): (&IndexColumn, _)| match table.attribute(column.attnum) {
                        Some(attribute) => attribute.name.clone(),
                        None => index_title(&definition.column.expr),
                    })
                    .collect();
                let names = numbered(&names.iter().map(String::as_str).collect::<Vec<_>>());
                naming.choose(&table.name, &names.join("_"), "idx")
            }
        };
        let mut index = Index {
            oid: naming.oid(),
            schema: table.schema.clone(),
            stored_name: method.is_kept().then(|| naming.stored_name(&name)),
            name,
            table_oid: table.oid,
            unique: create.unique,
            columns,
            include,
            predicate,
            mentioned,
            comment: None,
            deferrable: false,
            nulls_not_distinct: create.nulls_distinct == Some(false),
            predicate_key: None,
            method,
            options,
            clustered: false,
        };
        self.make_index(&mut table.clone(), &mut index, &mut steps)?;
        steps.put(Object::Index(index));
        Ok(steps.finish("CREATE INDEX"))
    }

    /// The steps that make an index in the file, with the keys that the table has to have for it.
    pub fn make_index(&self, table: &mut Table, index: &mut Index, steps: &mut Steps) -> Result<(), PgError> {
        if !index.method.is_kept() {
            return Ok(());
        }
        let before = table.clone();
        self.assign_keys(table, index)?;
        self.add_keys(&before, table, steps)?;
        self.create_index_in_file(table, index, steps)
    }

    fn refuse_index_options(&self, create: &ast::CreateIndex) -> Result<(), PgError> {
        let foreign = create.r#async || !create.index_options.is_empty() || !create.alter_options.is_empty();
        if foreign { Err(self.syntax_error(At::NOWHERE, "INDEX")) } else { Ok(()) }
    }

    fn index_column(
        &self,
        table: &Table,
        method: Method,
        column: &ast::IndexColumn,
        span: Option<Span>,
        mentioned: &mut Vec<i16>,
    ) -> Result<IndexColumn, PgError> {
        let options = &column.column.options;
        let descending = match options.sort {
            None | Some(ast::OrderBySort::Asc) => false,
            Some(ast::OrderBySort::Desc) => true,
            Some(ast::OrderBySort::Using(_)) => return Err(self.syntax_error(At::NOWHERE, "USING")),
        };
        let (of, ty, collation) = match plain_column(&column.column.expr) {
            Some((ident, collation)) => {
                let (name, at) = (fold(ident), At::from(ident.span));
                let Some(found) = table.column(&name) else {
                    let message = format!("column \"{name}\" does not exist");
                    return Err(PgError::new(SqlState::UNDEFINED_COLUMN, message));
                };
                let ty = found.ty;
                self.refuse_key_type(ty, "an index on a column").map_err(|error| match error.code {
                    SqlState::FEATURE_NOT_SUPPORTED => at.mark(error, self.text),
                    _ => error,
                })?;
                (IndexColumn::plain(found.attnum), ty, collation)
            }
            None => {
                if let ast::Expr::Value(value) = &column.column.expr {
                    let at = At::from(value.span);
                    return Err(self.syntax_error(at, &tokens::at(self.text, at)));
                }
                let Some(span) = span else { return Err(PgError::unsupported("this index on an expression")) };
                let (text, ty) = self.index_text(table, span, Clause::IndexExpression, mentioned)?;
                self.refuse_key_type(ty, "an index on an expression")?;
                let collation = match &column.column.expr {
                    ast::Expr::Collate { collation, .. } => Some(collation),
                    _ => None,
                };
                (IndexColumn { expression: Some(text), ..IndexColumn::plain(0) }, ty, collation)
            }
        };
        let collation = self.index_collation(collation, ty)?;
        let class = column.operator_class.as_ref().map(|name| self.qualified(name)).transpose()?;
        let operator_class = self.index_class(method, ty, class.as_ref())?;
        self.refuse_order(method, options)?;
        let nulls_first = options.nulls_first.filter(|first| *first != descending);
        Ok(IndexColumn { descending, nulls_first, operator_class, collation, ..of })
    }

    /// A predicate's or an expression's text. Errors: 42P17 if it is not immutable, 42704 if its values don't compare.
    fn index_text(
        &self,
        table: &Table,
        span: Span,
        clause: Clause,
        mentioned: &mut Vec<i16>,
    ) -> Result<(String, Type), PgError> {
        let text = slice(self.text, span);
        let relations = vec![table_relation(table, 0)];
        let finish = |binder: &mut Binder, value: Expr| {
            let (what, value) = match clause {
                Clause::IndexPredicate => ("predicate", binder.boolean(value, "WHERE")?),
                _ if value.ty == Type::UNKNOWN => return Err(no_operator_class(Type::UNKNOWN, Method::Btree)),
                _ => ("expression", value),
            };
            if binder.mutable || value.is_volatile() {
                let message = format!("functions in index {what} must be marked IMMUTABLE");
                return Err(PgError::new(SqlState::INVALID_OBJECT_DEFINITION, message));
            }
            if clause == Clause::IndexExpression && typcollation(value.ty) != 0 && binder.output_collation(&value) == 0
            {
                let message = "could not determine which collation to use for index expression";
                return Err(PgError::new(SqlState::INDETERMINATE_COLLATION, message).hint(SET_EXPLICITLY));
            }
            Ok(value)
        };
        let bound = self.of_new().over_row(text, table, visible(table), relations, clause, finish);
        let (bound, relations) = bound.map_err(|error| self.moved_to(span, error))?;
        // What can't be written is refused now, and not by every INSERT.
        Emitter::new(&relations).check(&bound)?;
        for column in super::check::mentioned(&bound) {
            let attnum = table.columns[column].attnum;
            if !mentioned.contains(&attnum) {
                mentioned.push(attnum);
            }
        }
        Ok((self.with_fixed_times(text.to_owned(), &bound)?, bound.ty))
    }

    /// The text of an index, CHECK or generated column, bound over its table.
    pub fn row_expression(&self, text: &str, table: &Table) -> Result<Expr, PgError> {
        self.expression_over(text, table, visible(table), vec![table_relation(table, 0)], Clause::Row)
    }

    /// An index's columns as SQLite expressions over the table's, and their types.
    pub fn index_key(&self, table: &Table, index: &Index) -> Result<Vec<(String, Type)>, PgError> {
        let part = |column: &IndexColumn| match (&column.expression, table.attribute(column.attnum)) {
            (Some(text), _) => self.key_expression(table, text),
            (None, Some(attribute)) => Ok((quoted(&attribute.stored_name), attribute.ty)),
            (None, None) => Err(PgError::unsupported("an index of a column that is no more")),
        };
        index.columns.iter().map(part).collect()
    }

    fn key_expression(&self, table: &Table, text: &str) -> Result<(String, Type), PgError> {
        let (bound, emitted) = self.index_expression(table, text)?;
        // SQLite takes a string alone for a column's name here.
        let sql = match bound.kind {
            ExprKind::Constant(_) if emitted.starts_with('\'') => format!("(CAST({emitted} AS TEXT))"),
            _ => format!("({emitted})"),
        };
        Ok((sql, bound.ty))
    }

    /// What SQLite knows an index's expression by, if it can know it.
    fn index_expression(&self, table: &Table, text: &str) -> Result<(Expr, String), PgError> {
        let (bound, relations) = self.bound_for_index(table, text)?;
        let mut emitter = Emitter::new(&relations);
        emitter.check(&bound)?;
        Ok((bound, emitter.finish()))
    }

    fn bound_for_index(&self, table: &Table, text: &str) -> Result<(Expr, Relations), PgError> {
        let relations = vec![table_relation(table, 0)];
        let finish = |binder: &mut Binder, value: Expr| binder.text_if_unknown(value);
        self.over_row(text, table, visible(table), relations, Clause::IndexExpression, finish)
    }

    /// Makes an index of a table that may have rows.
    pub fn create_index_steps(&self, table: &Table, index: &Index, steps: &mut Steps) -> Result<(), PgError> {
        self.create_index_in_file(table, index, steps)?;
        if index.unique && !index.is_immediate() {
            steps.steps.push(SchemaStep::Require(Box::new(unique_requirement(table, index))));
        }
        Ok(())
    }

    /// What of an index is in the file.
    pub fn create_index_in_file(&self, table: &Table, index: &Index, steps: &mut Steps) -> Result<(), PgError> {
        steps.sqlite(self.create_index_sql(table, index)?);
        if let Some(name) = index.nulls_name() {
            steps.sqlite(self.nulls_index_sql(table, index, &name)?);
        }
        Ok(())
    }

    /// The index of the rows that have NULLs ([`Index::nulls_name`]).
    fn nulls_index_sql(&self, table: &Table, index: &Index, name: &str) -> Result<String, PgError> {
        let parts = index.columns.iter().map(|column| self.index_part(table, column)).collect::<Result<Vec<_>, _>>()?;
        let forms: Vec<String> = parts.iter().map(|(sql, ty)| null_form(sql, *ty)).collect();
        let nulls: Vec<String> = parts.iter().map(|(sql, _)| format!("{sql} IS NULL")).collect();
        let of = match self.index_predicate_sql(table, index)? {
            Some(predicate) => format!("({}) AND ({predicate})", nulls.join(" OR ")),
            None => nulls.join(" OR "),
        };
        let (name, table) = (quoted(name), quoted(&table.stored_name));
        Ok(format!("CREATE UNIQUE INDEX {name} ON {table} ({}) WHERE {of}", forms.join(", ")))
    }

    /// A column of an index as SQLite compares it, and its type.
    fn index_part(&self, table: &Table, column: &IndexColumn) -> Result<(String, Type), PgError> {
        let key = column.key.as_ref().and_then(|key| table.keys.iter().find(|other| other.stored_name == *key));
        match (key, &column.expression, table.attribute(column.attnum)) {
            (Some(key), ..) => Ok((quoted(&key.stored_name), key.ty)),
            (None, Some(text), _) => self.key_expression(table, text),
            (None, None, Some(attribute)) => Ok((quoted(&attribute.stored_name), attribute.ty)),
            (None, None, None) => Err(PgError::unsupported("an index of a column that is no more")),
        }
    }

    fn index_predicate_sql(&self, table: &Table, index: &Index) -> Result<Option<String>, PgError> {
        match (&index.predicate_key, &index.predicate) {
            (Some(key), _) => Ok(Some(quoted(key))),
            (None, Some(text)) => {
                let (bound, relations) = self.bound_for_index(table, text)?;
                let mut emitter = Emitter::new(&relations);
                emitter.predicate(&bound)?;
                Ok(Some(emitter.finish()))
            }
            (None, None) => Ok(None),
        }
    }

    fn create_index_sql(&self, table: &Table, index: &Index) -> Result<String, PgError> {
        let mut sql = String::from(if index.is_immediate() { "CREATE UNIQUE INDEX " } else { "CREATE INDEX " });
        identifier(&mut sql, index.stored_name.as_deref().unwrap_or(&index.name));
        sql.push_str(" ON ");
        identifier(&mut sql, &table.stored_name);
        sql.push_str(" (");
        for (position, column) in index.columns.iter().enumerate() {
            if position > 0 {
                sql.push_str(", ");
            }
            sql.push_str(&self.index_part(table, column)?.0);
            if column.descending {
                sql.push_str(" DESC");
            }
        }
        sql.push(')');
        if let Some(predicate) = self.index_predicate_sql(table, index)? {
            sql.push_str(" WHERE ");
            sql.push_str(&predicate);
        }
        Ok(sql)
    }
}

/// No two rows may have the same key, which SQLite does not look after.
fn unique_requirement(table: &Table, index: &Index) -> Requirement {
    let attnums: Vec<i16> = index.columns.iter().map(|column| column.attnum).collect();
    let message = format!("could not create unique index \"{}\"", index.name);
    Requirement {
        sql: duplicates(table, &attnums, index.nulls_not_distinct),
        error: PgError::new(SqlState::UNIQUE_VIOLATION, message)
            .table(table.schema.clone(), table.name.clone())
            .constraint(index.name.clone()),
        shown: Some((
            table.clone(),
            attnums.iter().filter_map(|attnum| table.position(*attnum)).collect(),
            "is duplicated.".to_owned(),
        )),
    }
}

/// The query of a key that two rows of a table have, if there is one.
pub fn duplicates(table: &Table, attnums: &[i16], nulls_not_distinct: bool) -> String {
    let mut compared = String::new();
    stored_names(&mut compared, table, attnums);
    let columns: Vec<&Column> = attnums.iter().filter_map(|attnum| table.attribute(*attnum)).collect();
    let shown: Vec<String> = columns.iter().map(|column| quoted(&column.stored_name)).collect();
    let nullable = columns.iter().filter(|column| !column.not_null);
    let terms: Vec<String> = nullable
        .filter_map(|column| compared_name(table, column.attnum))
        .map(|name| format!("{} IS NOT NULL", quoted(name)))
        .collect();
    let filter =
        if terms.is_empty() || nulls_not_distinct { String::new() } else { format!(" WHERE {}", terms.join(" AND ")) };
    format!(
        "SELECT {} FROM {}{filter} GROUP BY {compared} HAVING count(*) > 1 ORDER BY {compared} LIMIT 1",
        shown.join(", "),
        quoted(&table.stored_name)
    )
}

/// 42704: an index of this method can't have values of the type.
pub fn no_operator_class(ty: Type, method: Method) -> PgError {
    let method = method.name();
    let message = format!("data type {ty} has no default operator class for access method \"{method}\"");
    let hint = "You must specify an operator class for the index or define a default operator class for the data type.";
    PgError::new(SqlState::UNDEFINED_OBJECT, message).hint(hint)
}

/// The column that an index is of, in parentheses or not, and its collation.
fn plain_column(expr: &ast::Expr) -> Option<(&Ident, Option<&ast::ObjectName>)> {
    match expr {
        ast::Expr::Identifier(ident) => Some((ident, None)),
        ast::Expr::Nested(inner) => plain_column(inner),
        ast::Expr::Collate { expr, collation } => plain_column(expr).map(|(ident, _)| (ident, Some(collation))),
        _ => None,
    }
}

/// Names of an index's columns, each once (`ChooseIndexColumnNames`).
pub fn numbered(names: &[&str]) -> Vec<String> {
    let mut all: Vec<String> = Vec::with_capacity(names.len());
    for name in names {
        let mut unique = (*name).to_owned();
        let mut number = 0;
        while all.contains(&unique) {
            number += 1;
            unique = format!("{name}{number}");
        }
        all.push(unique);
    }
    all
}

/// Where the parts of a CREATE INDEX stand.
#[derive(Default)]
struct Spans {
    /// Of each column that begins with a parenthesis or is a call: the expression, without what follows.
    columns: Vec<Span>,
    predicate: Option<Span>,
}

fn index_spans(text: &str) -> Spans {
    let all = tokens::tokenize(text).unwrap_or_default();
    let all: Vec<&TokenWithSpan> = all.iter().filter(|token| !matches!(token.token, Token::Whitespace(_))).collect();
    let mut spans = Spans::default();
    let mut depth = 0usize;
    let mut list = false;
    // The column being read: its first token, and whether its expression is complete.
    let mut open: Option<usize> = None;
    for (index, token) in all.iter().enumerate() {
        match token.token {
            Token::LParen => {
                depth += 1;
                if depth == 1 && !list {
                    list = true;
                    open = Some(index + 1);
                }
            }
            Token::RParen => {
                depth = depth.saturating_sub(1);
                match (depth, open) {
                    (1, Some(first)) => {
                        spans.columns.push(Span { start: all[first].span.start, end: token.span.end });
                        open = None;
                    }
                    (0, Some(first)) if first < index => {
                        spans.columns.push(all[first].span);
                        open = None;
                    }
                    (0, _) => open = None,
                    _ => {}
                }
            }
            Token::Comma if depth == 1 => {
                if let Some(first) = open {
                    spans.columns.push(all[first].span);
                }
                open = Some(index + 1);
            }
            _ if depth == 0 && list && parse::keyword(token) == Some(Keyword::WHERE) => {
                if let (Some(first), Some(last)) = (all.get(index + 1), all.last()) {
                    spans.predicate = Some(Span { start: first.span.start, end: last.span.end });
                }
                return spans;
            }
            _ => {}
        }
    }
    spans
}
