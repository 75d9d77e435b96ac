//! CREATE INDEX.

use sqlparser::ast::{self, IndexType};
use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::{Span, Token, TokenWithSpan};

use super::Steps;
use super::alter_column::visible;
use super::alter_table::quoted;
use super::naming::Naming;
use super::table::{refuse_reserved, stored_names};
use crate::catalog::{Index, IndexColumn, Object, Table};
use crate::sql::bind::Binder;
use crate::sql::bind::from::table_relation;
use crate::sql::bind::names::{Qualified, fold, of_others};
use crate::sql::bind::scope::Clause;
use crate::sql::bound::{Expr, ExprKind};
use crate::sql::emission::{Emission, collation, equal_by_bytes, file_collation};
use crate::sql::emit::{Emitter, identifier};
use crate::sql::plan::{Requirement, Schema, SchemaStep};
use crate::sql::text::{At, slice};
use crate::sql::{parse, tokens};
use crate::types::{PgError, SqlState, Type};

impl Binder<'_> {
    pub fn create_index(&mut self, create: &ast::CreateIndex) -> Result<Schema, PgError> {
        self.refuse_index_options(create)?;
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
            columns.push(self.index_column(table, column, span, &mut mentioned)?);
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
            (Some(_), Some(span)) => {
                Some(self.index_text(table, span, Clause::IndexPredicate, "a partial index", &mut mentioned)?)
            }
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
                let names: Vec<&str> = columns
                    .iter()
                    .zip(&create.columns)
                    .map(|(column, definition): (&IndexColumn, _)| match table.attribute(column.attnum) {
                        Some(attribute) => attribute.name.as_str(),
                        None => expression_name(&definition.column.expr),
                    })
                    .collect();
                let names = numbered(&names);
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
            include,
            predicate,
            mentioned,
            comment: None,
            deferrable: false,
            nulls_not_distinct: false,
        };
        steps.sqlite(self.create_index_sql(table, &index)?);
        steps.put(Object::Index(index));
        Ok(steps.finish("CREATE INDEX"))
    }

    fn refuse_index_options(&self, create: &ast::CreateIndex) -> Result<(), PgError> {
        let unsupported = [
            (!matches!(create.using, None | Some(IndexType::BTree)), "an index method other than btree"),
            (create.nulls_distinct == Some(false), "NULLS NOT DISTINCT"),
        ];
        if let Some((_, what)) = unsupported.iter().find(|(asked, _)| *asked) {
            return Err(PgError::unsupported(what));
        }
        let foreign = create.r#async || !create.index_options.is_empty() || !create.alter_options.is_empty();
        if foreign { Err(self.syntax_error(At::NOWHERE, "INDEX")) } else { Ok(()) }
    }

    fn index_column(
        &self,
        table: &Table,
        column: &ast::IndexColumn,
        span: Option<Span>,
        mentioned: &mut Vec<i16>,
    ) -> Result<IndexColumn, PgError> {
        let descending = match column.column.options.sort {
            None | Some(ast::OrderBySort::Asc) => false,
            Some(ast::OrderBySort::Desc) => true,
            Some(ast::OrderBySort::Using(_)) => return Err(self.syntax_error(At::NOWHERE, "USING")),
        };
        let operator_class = match &column.operator_class {
            None => None,
            Some(name) => self.operator_class(&self.qualified(name)?)?,
        };
        let nulls_first = column.column.options.nulls_first.filter(|first| *first != descending);
        let rest = IndexColumn { descending, nulls_first, operator_class, ..IndexColumn::plain(0) };
        let ast::Expr::Identifier(ident) = &column.column.expr else {
            let Some(span) = span else { return Err(PgError::unsupported("this index on an expression")) };
            let clause = Clause::IndexExpression;
            let text = self.index_text(table, span, clause, "an index on an expression", mentioned)?;
            return Ok(IndexColumn { expression: Some(text), ..rest });
        };
        let (name, at) = (fold(ident), At::from(ident.span));
        let Some(found) = table.column(&name) else {
            let message = format!("column \"{name}\" does not exist");
            return Err(PgError::new(SqlState::UNDEFINED_COLUMN, message));
        };
        if let Type::JSON | Type::JSONPATH = found.ty {
            return Err(no_operator_class(found.ty));
        }
        if !has_one_form(found.ty) {
            return Err(self.unsupported(at, format!("an index on a column of type {}", found.ty)));
        }
        Ok(IndexColumn { attnum: found.attnum, ..rest })
    }

    /// Operator classes differ in nothing here: text is compared byte by byte as it is. `None` is the default.
    fn operator_class(&self, name: &Qualified) -> Result<Option<String>, PgError> {
        const PATTERN: &[&str] = &["text_pattern_ops", "varchar_pattern_ops", "bpchar_pattern_ops"];
        const DEFAULT: &[&str] = &[
            "bool_ops",
            "bpchar_ops",
            "bytea_ops",
            "date_ops",
            "float4_ops",
            "float8_ops",
            "int2_ops",
            "int4_ops",
            "int8_ops",
            "name_ops",
            "text_ops",
            "time_ops",
            "timestamp_ops",
            "timestamptz_ops",
            "timetz_ops",
            "uuid_ops",
            "varchar_ops",
        ];
        if DEFAULT.contains(&name.name.as_str()) {
            return Ok(None);
        }
        if PATTERN.contains(&name.name.as_str()) {
            return Ok(Some(name.name.clone()));
        }
        let message = format!("operator class \"{}\" does not exist for access method \"btree\"", name.display());
        Err(PgError::new(SqlState::UNDEFINED_OBJECT, message))
    }

    /// A predicate's or an expression's text, if SQLite can keep it by itself.
    fn index_text(
        &self,
        table: &Table,
        span: Span,
        clause: Clause,
        what: &str,
        mentioned: &mut Vec<i16>,
    ) -> Result<String, PgError> {
        let text = slice(self.text, span);
        let relations = vec![table_relation(table, 0)];
        let bound = self.of_new().expression_over(text, table, visible(table), relations, clause);
        let bound = bound.map_err(|error| self.moved_to(span, error))?;
        // Where values need a collation, it is the column's.
        if !has_one_form(bound.ty) || collation(bound.ty).is_some() {
            return Err(PgError::unsupported(format!("{what} of type {}", bound.ty)));
        }
        if bound.any(&|expr| !is_built_in(expr)) {
            return Err(PgError::unsupported(format!("{what} that SQLite could not keep ({text})")));
        }
        for (index, column) in table.columns.iter().enumerate() {
            let uses = |expr: &Expr| matches!(expr.kind, ExprKind::Column { column: other, .. } if other == index);
            if bound.any(&uses) && !mentioned.contains(&column.attnum) {
                mentioned.push(column.attnum);
            }
        }
        Ok(text.to_owned())
    }

    /// The text of an index, CHECK or generated column, bound over its table.
    pub fn row_expression(&self, text: &str, table: &Table) -> Result<Expr, PgError> {
        self.expression_over(text, table, visible(table), vec![table_relation(table, 0)], Clause::IndexExpression)
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
        let (emitted, bound) = self.index_expression(table, text)?;
        // SQLite takes a string alone for a column's name here.
        let sql = match bound.kind {
            ExprKind::Constant(_) if emitted.starts_with('\'') => format!("(CAST({emitted} AS TEXT))"),
            _ => format!("({emitted})"),
        };
        Ok((sql, bound.ty))
    }

    /// What SQLite knows an index's expression by.
    fn index_expression(&self, table: &Table, text: &str) -> Result<(String, Expr), PgError> {
        let bound = self.row_expression(text, table)?;
        if bound.any(&|expr| !is_built_in(expr)) {
            return Err(PgError::unsupported(format!("an index that SQLite could not keep ({text})")));
        }
        let relations = vec![table_relation(table, 0)];
        let mut emitter = Emitter::new(&relations);
        emitter.check(&bound)?;
        Ok((emitter.finish(), bound))
    }

    /// Makes an index of a table that may have rows.
    pub fn create_index_steps(&self, table: &Table, index: &Index, steps: &mut Steps) -> Result<(), PgError> {
        steps.sqlite(self.create_index_sql(table, index)?);
        if index.unique && !index.is_immediate() {
            steps.steps.push(SchemaStep::Require(Box::new(unique_requirement(table, index))));
        }
        Ok(())
    }

    pub fn create_index_sql(&self, table: &Table, index: &Index) -> Result<String, PgError> {
        let mut sql = String::from(if index.is_immediate() { "CREATE UNIQUE INDEX " } else { "CREATE INDEX " });
        identifier(&mut sql, index.stored_name.as_deref().unwrap_or(&index.name));
        sql.push_str(" ON ");
        identifier(&mut sql, &table.stored_name);
        sql.push_str(" (");
        for (position, column) in index.columns.iter().enumerate() {
            if position > 0 {
                sql.push_str(", ");
            }
            if let Some(text) = &column.expression {
                sql.push_str(&self.key_expression(table, text)?.0);
            }
            if let Some(attribute) = table.attribute(column.attnum) {
                identifier(&mut sql, &attribute.stored_name);
            }
            if column.descending {
                sql.push_str(" DESC");
            }
        }
        sql.push(')');
        if let Some(text) = &index.predicate {
            sql.push_str(&format!(" WHERE {}", self.index_expression(table, text)?.0));
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
    let mut names = String::new();
    stored_names(&mut names, table, attnums);
    let not_null = attnums.iter().filter_map(|attnum| table.attribute(*attnum)).filter(|column| !column.not_null);
    let terms: Vec<String> = not_null.map(|column| format!("{} IS NOT NULL", quoted(&column.stored_name))).collect();
    let filter =
        if terms.is_empty() || nulls_not_distinct { String::new() } else { format!(" WHERE {}", terms.join(" AND ")) };
    let stored = quoted(&table.stored_name);
    format!("SELECT {names} FROM {stored}{filter} GROUP BY {names} HAVING count(*) > 1 ORDER BY {names} LIMIT 1")
}

/// 42704: values of the type don't compare.
pub fn no_operator_class(ty: Type) -> PgError {
    let message = format!("data type {ty} has no default operator class for access method \"btree\"");
    let hint = "You must specify an operator class for the index or define a default operator class for the data type.";
    PgError::new(SqlState::UNDEFINED_OBJECT, message).hint(hint)
}

/// Whether values that are equal are stored equal, and sort as they are stored, by a collation that SQLite has. Of
/// intervals they don't: '1 day' is '24:00:00'; nor do arrays and jsonb.
pub fn has_one_form(ty: Type) -> bool {
    ty.is_comparable() && (equal_by_bytes(ty) || collation(ty).is_none() || file_collation(ty).is_some())
}

/// Whether SQLite knows it by itself, and gives the same value whenever it is asked.
fn is_built_in(expr: &Expr) -> bool {
    match &expr.kind {
        // Labels sort by a collation of ours.
        ExprKind::Call(call) if call.args.iter().any(|arg| arg.ty.is_enum()) => {
            matches!(call.emission, Emission::Infix("=" | "<>") | Emission::Same) && !call.volatile
        }
        ExprKind::Call(call) => match call.emission {
            Emission::Builtin(_) | Emission::Infix(_) | Emission::Prefix(_) | Emission::Cast(_) | Emission::Same => {
                !call.volatile
            }
            Emission::Own(_)
            | Emission::Session(_)
            | Emission::Rows(_)
            | Emission::Packed(_)
            | Emission::Text(_)
            | Emission::Missing(_) => false,
        },
        ExprKind::Param(_) | ExprKind::Aggregate(_) | ExprKind::InQuery { .. } => false,
        ExprKind::Exists(_) | ExprKind::Scalar(_) => false,
        _ => true,
    }
}

/// What an index's column is called after an expression.
pub fn expression_name(expr: &ast::Expr) -> &str {
    match expr {
        ast::Expr::Nested(inner) => expression_name(inner),
        ast::Expr::Function(function) => {
            function.name.0.last().and_then(|part| part.as_ident()).map_or("expr", |ident| ident.value.as_str())
        }
        _ => "expr",
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
