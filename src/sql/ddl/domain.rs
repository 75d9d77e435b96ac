//! CREATE, ALTER and DROP DOMAIN.

use sqlparser::ast::{DataType, Ident, ObjectName};
use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::{Span, Token};

use super::{Ddl, ends_default};
use crate::sql::parse;
use crate::sql::text::At;
use crate::sql::utility::Words;
use crate::types::{PgError, SqlState};

#[derive(Debug)]
pub enum DomainStatement {
    Create { name: ObjectName, data_type: DataType, at: At, collation: Option<ObjectName>, options: Vec<DomainOption> },
    Alter { name: ObjectName, action: DomainAction },
    Drop { if_exists: bool, names: Vec<ObjectName>, cascade: bool },
}

/// What stands behind a new domain's type.
#[derive(Debug)]
pub enum DomainOption {
    NotNull,
    Null,
    /// Where the expression stands.
    Default(Span),
    Check(DomainCheck),
    /// What a domain can't have, refused where it stands.
    Refused(PgError),
}

#[derive(Debug)]
pub struct DomainCheck {
    pub name: Option<Ident>,
    /// Where the expression stands.
    pub span: Span,
}

#[derive(Debug)]
pub enum DomainAction {
    SetDefault(Span),
    DropDefault,
    SetNotNull,
    DropNotNull,
    AddCheck {
        check: DomainCheck,
        not_valid: bool,
    },
    /// ADD of what a domain can't have.
    Refused(PgError),
    DropConstraint {
        if_exists: bool,
        name: Ident,
    },
    RenameConstraint {
        from: Ident,
        to: Ident,
    },
    Validate(Ident),
    Rename(Ident),
    SetSchema(Ident),
    Owner(Ident),
}

/// Reads on behind CREATE DOMAIN.
pub fn create(words: &mut Words<'_>) -> Result<Ddl, PgError> {
    let name = words.object_name()?;
    words.accept("as");
    let at = words.at();
    let data_type = words.parse(|parser| parser.parse_data_type())?;
    let (mut collation, mut options) = (None, Vec::new());
    while words.peek().is_some() {
        if words.accept("collate") {
            if collation.is_some() {
                return Err(PgError::new(SqlState::SYNTAX_ERROR, "multiple COLLATE clauses not allowed"));
            }
            collation = Some(words.object_name()?);
            continue;
        }
        options.push(option(words)?);
    }
    Ok(Ddl::Domain(DomainStatement::Create { name, data_type, at, collation, options }))
}

fn option(words: &mut Words<'_>) -> Result<DomainOption, PgError> {
    let name = if words.accept("constraint") { Some(words.ident()?) } else { None };
    if words.accept_all(&["not", "null"]) {
        return Ok(DomainOption::NotNull);
    }
    if words.accept("null") {
        return Ok(DomainOption::Null);
    }
    if words.accept("default") {
        return words.default_span().map(DomainOption::Default);
    }
    if words.accept("check") {
        let span = words.check_span()?;
        if words.accept_all(&["no", "inherit"]) {
            let message = "check constraints for domains cannot be marked NO INHERIT";
            return Ok(DomainOption::Refused(PgError::new(SqlState::INVALID_OBJECT_DEFINITION, message)));
        }
        return Ok(DomainOption::Check(DomainCheck { name, span }));
    }
    if name.is_none() && is_deferral(words) {
        let message = "specifying constraint deferrability not supported for domains";
        return Ok(DomainOption::Refused(PgError::new(SqlState::FEATURE_NOT_SUPPORTED, message)));
    }
    refused(words).map(DomainOption::Refused)
}

fn is_deferral(words: &mut Words<'_>) -> bool {
    let forms: [&[&str]; 4] =
        [&["deferrable"], &["not", "deferrable"], &["initially", "deferred"], &["initially", "immediate"]];
    forms.iter().any(|form| words.accept_all(form))
}

/// A constraint that only tables have: the rest of the statement is not looked at.
fn refused(words: &mut Words<'_>) -> Result<PgError, PgError> {
    let kinds = [
        ("unique", "unique"),
        ("primary", "primary key"),
        ("references", "foreign key"),
        ("foreign", "foreign key"),
        ("exclude", "exclusion"),
    ];
    let Some((_, kind)) = kinds.iter().find(|(word, _)| words.peek_is(word)) else { return Err(words.error()) };
    words.next = words.tokens.len();
    Ok(PgError::new(SqlState::SYNTAX_ERROR, format!("{kind} constraints not possible for domains")))
}

/// Reads on behind ALTER DOMAIN.
pub fn alter(words: &mut Words<'_>) -> Result<Ddl, PgError> {
    let name = words.object_name()?;
    let action = action(words)?;
    words.finish()?;
    Ok(Ddl::Domain(DomainStatement::Alter { name, action }))
}

fn action(words: &mut Words<'_>) -> Result<DomainAction, PgError> {
    if words.accept_all(&["set", "default"]) {
        return words.default_span().map(DomainAction::SetDefault);
    }
    if words.accept_all(&["drop", "default"]) {
        return Ok(DomainAction::DropDefault);
    }
    if words.accept_all(&["set", "not", "null"]) {
        return Ok(DomainAction::SetNotNull);
    }
    if words.accept_all(&["drop", "not", "null"]) {
        return Ok(DomainAction::DropNotNull);
    }
    if words.accept_all(&["set", "schema"]) {
        return Ok(DomainAction::SetSchema(words.ident()?));
    }
    if words.accept_all(&["owner", "to"]) {
        return Ok(DomainAction::Owner(words.ident()?));
    }
    if words.accept_all(&["rename", "constraint"]) {
        let from = words.ident()?;
        words.expect("to")?;
        return Ok(DomainAction::RenameConstraint { from, to: words.ident()? });
    }
    if words.accept_all(&["rename", "to"]) {
        return Ok(DomainAction::Rename(words.ident()?));
    }
    if words.accept_all(&["validate", "constraint"]) {
        return Ok(DomainAction::Validate(words.ident()?));
    }
    if words.accept_all(&["drop", "constraint"]) {
        let if_exists = words.if_exists();
        let name = words.ident()?;
        words.cascade();
        return Ok(DomainAction::DropConstraint { if_exists, name });
    }
    if !words.accept("add") {
        return Err(words.error());
    }
    let name = if words.accept("constraint") { Some(words.ident()?) } else { None };
    if !words.accept("check") {
        return refused(words).map(DomainAction::Refused);
    }
    let span = words.check_span()?;
    if words.accept_all(&["no", "inherit"]) {
        let message = "check constraints for domains cannot be marked NO INHERIT";
        return Ok(DomainAction::Refused(PgError::new(SqlState::INVALID_OBJECT_DEFINITION, message)));
    }
    let not_valid = words.accept_all(&["not", "valid"]);
    Ok(DomainAction::AddCheck { check: DomainCheck { name, span }, not_valid })
}

/// Reads on behind DROP DOMAIN.
pub fn drop(words: &mut Words<'_>) -> Result<Ddl, PgError> {
    let (if_exists, names, cascade) = words.dropped()?;
    Ok(Ddl::Domain(DomainStatement::Drop { if_exists, names, cascade }))
}

impl Words<'_> {
    /// Where the expression in parentheses behind CHECK stands.
    fn check_span(&mut self) -> Result<Span, PgError> {
        if self.peek().is_none_or(|token| token.token != Token::LParen) {
            return Err(self.error());
        }
        let first = self.next + 1;
        super::alter_table::parenthesized(self)?;
        let last = self.next - 1;
        if first == last {
            self.next = last;
            return Err(self.error());
        }
        self.span(first, last).ok_or_else(|| self.error())
    }

    /// Where the expression behind DEFAULT stands: up to what can't be part of it outside of parentheses.
    fn default_span(&mut self) -> Result<Span, PgError> {
        let first = self.next;
        let mut depth = 0usize;
        while let Some(token) = self.peek() {
            let keyword = parse::keyword(token);
            if depth == 0 && self.next > first && keyword.is_some_and(ends_default) {
                break;
            }
            match token.token {
                Token::LParen | Token::LBracket => depth += 1,
                Token::RParen | Token::RBracket => depth = depth.saturating_sub(1),
                _ if keyword == Some(Keyword::CASE) => depth += 1,
                _ if keyword == Some(Keyword::END) => depth = depth.saturating_sub(1),
                _ => {}
            }
            self.next += 1;
        }
        self.span(first, self.next).ok_or_else(|| self.error())
    }
}
