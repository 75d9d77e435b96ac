//! CHECK constraints of CREATE TABLE.

use std::cell::RefCell;

use sqlparser::ast::TableConstraint;
use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::{Span, Token, TokenWithSpan};

use super::column::{Definition, constant_time, shape};
use super::naming::Naming;
use super::table::{refuse_constraint_name, refuse_reserved};
use crate::catalog::{Check, Constraint, ConstraintKind, Deferral, Table};
use crate::sql::bind::Binder;
use crate::sql::bind::from::table_relation;
use crate::sql::bind::row::WHOLE_ROW;
use crate::sql::bind::scope::Visible;
use crate::sql::bound::{Expr, ExprKind};
use crate::sql::emit::Emitter;
use crate::sql::text::{At, Cursor, slice};
use crate::sql::{parse, tokens};
use crate::types::{PgError, SqlState, Type};

/// A CHECK as the statement asks for it.
pub struct CheckClause {
    pub name: Option<String>,
    pub expression: String,
    /// Indexes of the columns it mentions, in order.
    pub columns: Vec<usize>,
    /// It mentions the whole row.
    pub whole_row: bool,
    pub comment: Option<String>,
}

impl Binder<'_> {
    /// The CHECK constraints of columns and table, in the order of the text.
    pub fn checks(
        &mut self,
        table: &str,
        schema: &str,
        definitions: &[Definition],
        constraints: &[TableConstraint],
    ) -> Result<Vec<CheckClause>, PgError> {
        let mut of_columns = definitions.iter().flat_map(|definition| &definition.checks).cloned();
        let mut of_table = Vec::new();
        for constraint in constraints {
            if let TableConstraint::Check(check) = constraint {
                let at = check.name.as_ref().map_or(At::NOWHERE, |name| name.span.into());
                if check.enforced.is_some() {
                    return Err(self.syntax_error(at, "ENFORCED"));
                }
                of_table.push(check.name.as_ref().map(|name| self.new_name(name)).transpose()?);
            }
        }
        let mut of_table = of_table.into_iter();
        let shape = shape(schema, table, definitions);
        let mut clauses = Vec::new();
        for (is_of_table, span) in check_spans(self.text) {
            let name = if is_of_table { of_table.next() } else { of_columns.next() };
            let Some(name) = name else { return Err(PgError::unsupported("this CHECK")) };
            clauses.push(self.check_clause(&shape, name, span)?);
        }
        // Every one of them must have been found in the text.
        match (of_columns.next(), of_table.next()) {
            (None, None) => Ok(clauses),
            _ => Err(PgError::unsupported("this CHECK")),
        }
    }

    /// An error in a part of the statement's text that was bound by itself.
    pub fn moved_to(&self, span: Span, error: PgError) -> PgError {
        let offset = At::from(span.start).position(self.text).unwrap_or(1) - 1;
        PgError { position: error.position.map(|position| position + offset), ..error }
    }

    pub fn check_clause(&self, table: &Table, name: Option<String>, span: Span) -> Result<CheckClause, PgError> {
        let expression = slice(self.text, span).to_owned();
        let column = |(index, column): (usize, &crate::catalog::Column)| Visible {
            name: column.name.clone(),
            expr: Expr {
                typmod: column.typmod,
                domain: column.domain,
                ..Expr::new(ExprKind::Column { relation: 0, column: index }, column.ty)
            },
        };
        let columns = table.columns.iter().enumerate().map(column).collect();
        let relations = vec![table_relation(table, 0)];
        let bound = self.of_new().check_expression(&expression, table, columns, relations.clone());
        let bound = bound.map_err(|error| self.moved_to(span, error))?;
        // What can't be written is refused now, and not by every INSERT.
        Emitter::new(&relations).check(&bound)?;
        let expression = self.with_fixed_times(expression, &bound)?;
        let (columns, whole_row) = mentioned_in_check(&bound);
        Ok(CheckClause { name, expression, columns, whole_row, comment: None })
    }

    /// PostgreSQL reads literals when an expression is stored, in that session's time zone.
    pub fn with_fixed_times(&self, mut expression: String, bound: &Expr) -> Result<String, PgError> {
        for (literal, ty) in times(bound) {
            let fixed = self.fixed_time(&literal, ty)?;
            let fixed = fixed.rsplit_once("::").map_or(fixed.as_str(), |(text, _)| text);
            expression = with_literals(&expression, &literal, fixed, 1).ok_or_else(|| {
                PgError::unsupported(format!("the literal \"{literal}\" in an expression to be stored"))
            })?;
        }
        Ok(expression)
    }
}

/// The columns that an expression names, in the order in which it does.
pub fn mentioned(expr: &Expr) -> Vec<usize> {
    let columns = RefCell::new(Vec::new());
    expr.any(&|expr| {
        if let ExprKind::Column { relation: 0, column } = expr.kind
            && !columns.borrow().contains(&column)
        {
            columns.borrow_mut().push(column);
        }
        false
    });
    columns.into_inner()
}

/// The columns that a CHECK names, and whether it names the row that they are in.
fn mentioned_in_check(expr: &Expr) -> (Vec<usize>, bool) {
    let (mut columns, mut whole_row) = (Vec::new(), false);
    let mut waiting = vec![expr];
    while let Some(expr) = waiting.pop() {
        match &expr.kind {
            ExprKind::Column { relation: 0, column } if !columns.contains(column) => columns.push(*column),
            ExprKind::Call(call) if call.emission == WHOLE_ROW => whole_row = true,
            _ => {
                let behind = waiting.len();
                expr.for_each_child(&mut |child| waiting.insert(behind, child));
            }
        }
    }
    (columns, whole_row)
}

/// An expression with other text for all its quoted literals of this value; `None` if there are not `count` of them.
pub fn with_literals(expression: &str, literal: &str, replacement: &str, count: usize) -> Option<String> {
    let all = tokens::tokenize(expression).ok()?;
    let same: Vec<&TokenWithSpan> =
        all.iter().filter(|token| matches!(&token.token, Token::SingleQuotedString(text) if text == literal)).collect();
    if same.len() != count {
        return None;
    }
    let mut out = String::with_capacity(expression.len());
    let mut cursor = Cursor::new(expression);
    for token in same {
        let from = cursor.bytes;
        cursor.advance(token.span.start);
        out.push_str(&expression[from..cursor.bytes]);
        out.push_str(replacement);
        cursor.advance(token.span.end);
    }
    out.push_str(&expression[cursor.bytes..]);
    Some(out)
}

/// The literals that are read as dates and times.
fn times(bound: &Expr) -> Vec<(String, Type)> {
    let found = RefCell::new(Vec::new());
    bound.any(&|expr| {
        if let Some((literal, ty)) = constant_time(expr) {
            found.borrow_mut().push((literal.to_owned(), ty));
        }
        false
    });
    found.into_inner()
}

/// Where the expressions of CHECK stand in a CREATE TABLE, in order, and which belong to the table as a whole.
fn check_spans(text: &str) -> Vec<(bool, Span)> {
    let Ok(all) = tokens::tokenize(text) else { return Vec::new() };
    let all: Vec<&TokenWithSpan> = all.iter().filter(|token| !matches!(token.token, Token::Whitespace(_))).collect();
    let mut spans = Vec::new();
    let (mut depth, mut of_table) = (0usize, false);
    let mut open: Option<usize> = None;
    for (index, token) in all.iter().enumerate() {
        let begins = depth == 1 && matches!(all[index - 1].token, Token::LParen | Token::Comma);
        if begins {
            // Any of these can name a column only in quotes.
            of_table = matches!(
                parse::keyword(token),
                Some(Keyword::CHECK | Keyword::CONSTRAINT | Keyword::PRIMARY | Keyword::UNIQUE | Keyword::FOREIGN)
            );
        }
        match token.token {
            Token::LParen | Token::LBracket => {
                if depth == 1 && open.is_none() && parse::keyword(all[index - 1]) == Some(Keyword::CHECK) {
                    open = Some(index + 1);
                }
                depth += 1;
            }
            Token::RParen | Token::RBracket => {
                depth = depth.saturating_sub(1);
                if depth == 1
                    && let Some(first) = open.take()
                    && first < index
                {
                    let span = Span { start: all[first].span.start, end: all[index - 1].span.end };
                    spans.push((of_table, span));
                }
            }
            _ => {}
        }
    }
    spans
}

/// Adds a CHECK to its table.
pub fn add_check(table: &mut Table, naming: &mut Naming, clause: CheckClause) -> Result<(), PgError> {
    let name = match clause.name {
        Some(name) => {
            refuse_reserved(&name)?;
            // Told by another name of what the same statement makes.
            let is_new = |constraint: &&Constraint| constraint.name == name && naming.is_new(constraint.oid);
            if table.constraints.iter().any(|constraint| is_new(&constraint)) {
                let message = format!("check constraint \"{name}\" already exists");
                return Err(PgError::new(SqlState::DUPLICATE_OBJECT, message));
            }
            refuse_constraint_name(table, &name)?;
            naming.take_constraint(&name);
            name
        }
        None => {
            let column = match clause.columns[..] {
                [only] if !clause.whole_row => table.columns[only].name.as_str(),
                _ => "",
            };
            naming.choose_constraint(&table.name, column, "check")
        }
    };
    let columns = clause.columns.iter().map(|index| table.columns[*index].attnum);
    let columns = clause.whole_row.then_some(0).into_iter().chain(columns).collect();
    let kind = ConstraintKind::Check(Check { expression: clause.expression });
    table.constraints.push(Constraint {
        oid: naming.oid(),
        name,
        kind,
        columns,
        index_oid: 0,
        not_valid: false,
        comment: clause.comment,
        deferral: Deferral::NotDeferrable,
    });
    Ok(())
}
