//! Schema statements that sqlparser does not read, or not as PostgreSQL does: what they ask for, read from the tokens.
//!
//! Expressions and definitions within them are still sqlparser's to read; where an expression is stored as text, its
//! place in the statement is kept beside.

mod absent;
mod alter_table;
mod comment;
mod database;
mod domain;
mod extension;
mod grant;
mod lock;
mod maintain;
mod schema;
mod sequence;
mod user_type;

pub use absent::{Absent, Argument, DropAbsent};
pub use alter_table::no_tablespace;
pub use comment::{About, CommentOn};
pub use database::{DatabaseDdl, RoleMeant};
pub use domain::{DomainAction, DomainCheck, DomainOption, DomainStatement};
pub use extension::ExtensionStatement;
pub use grant::{Grant, Granted};
pub use lock::{LockMode, LockTable};
pub use maintain::Maintain;
pub use schema::SchemaStatement;
pub use sequence::{AlterSequence, CreateSequence, SequenceAction, SequenceOption};
pub use user_type::{AttributeAction, AttributeDefinition, Place, TypeStatement};

use sqlparser::ast::{
    ColumnDef, ConstraintCharacteristics, ConstraintUsingIndex, DataType, Expr, Ident, ObjectName, ObjectNamePart,
    TableConstraint,
};
use sqlparser::keywords::Keyword;
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::{Span, Token, TokenWithSpan};

use super::dialect::Postgres;
use super::parse::{self, Kind, PARSER_RECURSION};
use super::text::At;
use super::utility::Words;
use super::view::RelationOption;
use crate::types::PgError;

#[derive(Debug)]
pub enum Ddl {
    AlterTable(AlterTable),
    /// ALTER INDEX … RENAME TO, which PostgreSQL lets rename any relation.
    RenameIndex {
        if_exists: bool,
        name: ObjectName,
        to: Ident,
    },
    CreateSequence(CreateSequence),
    AlterSequence(AlterSequence),
    Maintain(Maintain),
    Type(TypeStatement),
    Domain(DomainStatement),
    Schema(SchemaStatement),
    Comment(CommentOn),
    Extension(ExtensionStatement),
    Grant(Grant),
    Lock(LockTable),
    DropAbsent(DropAbsent),
    Database(DatabaseDdl),
    Refresh(Refresh),
}

/// REFRESH MATERIALIZED VIEW.
#[derive(Debug)]
pub struct Refresh {
    pub concurrently: bool,
    pub name: ObjectName,
    pub without_data: bool,
}

#[derive(Debug)]
pub struct AlterTable {
    pub kind: Altered,
    pub if_exists: bool,
    pub name: ObjectName,
    pub actions: Vec<AlterAction>,
}

/// What ALTER says that it alters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Altered {
    /// Or any other relation, as far as PostgreSQL lets it.
    Table,
    View,
    MaterializedView,
    Index,
}

/// An expression and where its text stands.
#[derive(Debug)]
pub struct Placed {
    pub tree: Expr,
    pub span: Span,
}

#[derive(Debug)]
pub enum AlterAction {
    /// `checks`: where the expressions of its CHECKs stand.
    AddColumn {
        if_not_exists: bool,
        definition: Box<ColumnDef>,
        checks: Vec<Span>,
        /// WITH behind the key that its definition ends with.
        options: Vec<RelationOption>,
    },
    DropColumn {
        if_exists: bool,
        name: Ident,
        cascade: bool,
    },
    RenameColumn {
        from: Ident,
        to: Ident,
    },
    RenameTo(Ident),
    RenameConstraint {
        from: Ident,
        to: Ident,
    },
    SetSchema(Ident),
    Owner(Ident),
    SetDefault {
        column: Ident,
        value: Placed,
    },
    DropDefault(Ident),
    SetNotNull(Ident),
    DropNotNull(Ident),
    Type {
        column: Ident,
        data_type: DataType,
        at: At,
        collation: Option<ObjectName>,
        using: Option<Placed>,
    },
    AddIdentity {
        column: Ident,
        always: bool,
        options: Vec<SequenceOption>,
    },
    SetIdentity {
        column: Ident,
        always: bool,
    },
    /// RESTART, and SET of a sequence's option.
    IdentityOptions {
        column: Ident,
        options: Vec<SequenceOption>,
    },
    DropIdentity {
        column: Ident,
        if_exists: bool,
    },
    DropExpression {
        column: Ident,
        if_exists: bool,
    },
    AddConstraint {
        constraint: Box<TableConstraint>,
        check: Option<Span>,
        not_valid: bool,
        /// Of the index of a key.
        options: Vec<RelationOption>,
    },
    /// `ADD CONSTRAINT name UNIQUE USING INDEX index`, or `primary`.
    AddConstraintUsing {
        at: At,
        using: ConstraintUsingIndex,
        primary: bool,
    },
    DropConstraint {
        if_exists: bool,
        name: Ident,
        cascade: bool,
    },
    AlterConstraint {
        name: Ident,
        characteristics: Option<ConstraintCharacteristics>,
    },
    Validate(Ident),
    /// `SET (name = value, …)`, or RESET.
    Options {
        reset: bool,
        options: Vec<RelationOption>,
    },
    /// SET LOGGED or UNLOGGED.
    Persistence {
        unlogged: bool,
    },
    /// ENABLE or DISABLE TRIGGER.
    Triggers {
        on: bool,
        which: WhichTriggers,
    },
    /// What changes nothing that can be seen.
    Storage,
    /// CLUSTER ON; `None`: SET WITHOUT CLUSTER.
    ClusterOn(Option<Ident>),
    ReplicaIdentity(IdentityMeant),
    ColumnStorage {
        column: Ident,
        change: StorageChange,
    },
    Unsupported(&'static str),
}

/// What REPLICA IDENTITY says.
#[derive(Debug)]
pub enum IdentityMeant {
    Default,
    Nothing,
    Full,
    Index(Ident),
}

/// What ALTER COLUMN says of how values are kept and counted.
#[derive(Debug)]
pub enum StorageChange {
    Statistics(i64),
    Storage(String),
    Compression(String),
    Options { reset: bool, options: Vec<RelationOption> },
}

#[derive(Debug)]
pub enum WhichTriggers {
    All,
    User,
    Named(Ident),
}

/// Reads a schema statement on behind its first word; `None` is something else.
pub(super) fn read(first: &str, words: &mut Words<'_>) -> Result<Option<Kind>, PgError> {
    let start = words.next;
    let ddl = match first {
        "alter" => alter(words)?,
        "create" => create(words)?,
        "drop" if words.accept("type") => Some(user_type::drop(words)?),
        "drop" if words.accept("domain") => Some(domain::drop(words)?),
        "drop" if words.accept("database") => Some(database::drop(words)?),
        "drop" if words.accept("extension") => Some(extension::drop(words)?),
        "drop" if words.accept("schema") => Some(schema::drop(words)?),
        "drop" => absent::drop(words)?,
        "lock" => Some(lock::read(words)?),
        "refresh" => Some(refresh(words)?),
        "comment" => Some(comment::read(words)?),
        "grant" => grant::read(words)?,
        first => maintain::read(first, words)?,
    };
    if ddl.is_none() {
        words.next = start;
    }
    Ok(ddl.map(|ddl| Kind::Ddl(Box::new(ddl))))
}

fn alter(words: &mut Words<'_>) -> Result<Option<Ddl>, PgError> {
    if words.accept("table") {
        return Ok(Some(Ddl::AlterTable(alter_table::read(words, Altered::Table)?)));
    }
    if words.accept("view") {
        return Ok(Some(Ddl::AlterTable(alter_table::read(words, Altered::View)?)));
    }
    if words.accept_all(&["materialized", "view"]) {
        return Ok(Some(Ddl::AlterTable(alter_table::read(words, Altered::MaterializedView)?)));
    }
    if words.accept("type") {
        return user_type::alter(words).map(Some);
    }
    if words.accept("domain") {
        return domain::alter(words).map(Some);
    }
    if words.accept("database") {
        return database::alter(words);
    }
    if words.accept("role") || words.is_next(&["user"]) && !words.is_next(&["user", "mapping"]) && words.accept("user")
    {
        return database::alter_role(words);
    }
    if words.accept("group") {
        return database::alter_group(words);
    }
    if words.accept("schema") {
        return schema::alter(words).map(Some);
    }
    if words.accept("extension") {
        return extension::alter(words).map(Some);
    }
    if words.accept("sequence") {
        return Ok(Some(Ddl::AlterSequence(sequence::alter(words)?)));
    }
    if words.accept("index") {
        let start = words.next;
        let if_exists = words.if_exists();
        let name = words.object_name()?;
        if words.accept_all(&["rename", "to"]) {
            let to = words.ident()?;
            words.finish()?;
            return Ok(Some(Ddl::RenameIndex { if_exists, name, to }));
        }
        if words.peek_is("set") || words.peek_is("reset") {
            words.next = start;
            return Ok(Some(Ddl::AlterTable(alter_table::read(words, Altered::Index)?)));
        }
    }
    Ok(None)
}

fn refresh(words: &mut Words<'_>) -> Result<Ddl, PgError> {
    words.expect("materialized")?;
    words.expect("view")?;
    let concurrently = words.accept("concurrently");
    let name = words.object_name()?;
    let mut without_data = false;
    if words.accept("with") {
        without_data = words.accept("no");
        words.expect("data")?;
    }
    words.finish()?;
    Ok(Ddl::Refresh(Refresh { concurrently, name, without_data }))
}

fn create(words: &mut Words<'_>) -> Result<Option<Ddl>, PgError> {
    if words.accept("type") {
        return user_type::create(words).map(Some);
    }
    if words.accept("domain") {
        return domain::create(words).map(Some);
    }
    if words.accept("database") {
        return database::create(words).map(Some);
    }
    if words.accept("schema") {
        return schema::create(words).map(Some);
    }
    if words.accept("extension") {
        return extension::create(words).map(Some);
    }
    words.accept("unlogged");
    if words.accept("sequence") {
        return Ok(Some(Ddl::CreateSequence(sequence::create(words)?)));
    }
    Ok(None)
}

impl Words<'_> {
    /// Lets sqlparser read on from here.
    pub(super) fn parse<T>(&mut self, read: impl FnOnce(&mut Parser) -> Result<T, ParserError>) -> Result<T, PgError> {
        let rest = self.tokens.get(self.next..).unwrap_or_default().to_vec();
        let dialect = Postgres::new();
        let mut parser = Parser::new(&dialect).with_recursion_limit(PARSER_RECURSION).with_tokens_with_locations(rest);
        let tree = read(&mut parser).map_err(|error| parse::refused(&error, self.text, self.tokens))?;
        self.next += parser.index();
        Ok(tree)
    }

    pub(super) fn object_name(&mut self) -> Result<ObjectName, PgError> {
        let first = self.next;
        if let Some(part) = self.accept_ident() {
            let mut parts = vec![ObjectNamePart::Identifier(part)];
            let mut whole = true;
            while whole && self.accept_token(&Token::Period) {
                let part = self.accept_ident();
                whole = part.is_some();
                parts.extend(part.map(ObjectNamePart::Identifier));
            }
            if whole {
                return Ok(ObjectName(parts));
            }
        }
        self.next = first;
        self.parse(|parser| parser.parse_object_name(false))
    }

    fn ident(&mut self) -> Result<Ident, PgError> {
        self.accept_ident().ok_or_else(|| self.error())
    }

    /// Not by sqlparser, which is given a copy of all that is left: lists of names may be long.
    fn accept_ident(&mut self) -> Option<Ident> {
        let token = self.peek()?;
        let Token::Word(word) = &token.token else { return None };
        let ident = word.clone().into_ident(token.span);
        self.next += 1;
        Some(ident)
    }

    /// An expression, with its place.
    fn placed(&mut self) -> Result<Placed, PgError> {
        let first = self.next;
        let tree = self.parse(|parser| parser.parse_expr())?;
        let span = self.span(first, self.next).ok_or_else(|| self.error())?;
        Ok(Placed { tree, span })
    }

    /// From the token `first` up to the one before `end`.
    fn span(&self, first: usize, end: usize) -> Option<Span> {
        let last = self.tokens.get(first..end)?.last()?;
        Some(Span { start: self.tokens[first].span.start, end: last.span.end })
    }

    pub(super) fn is_next(&self, expected: &[&str]) -> bool {
        expected.iter().enumerate().all(|(n, word)| {
            matches!(self.tokens.get(self.next + n).map(|token| &token.token),
                Some(Token::Word(found)) if found.quote_style.is_none() && found.value.eq_ignore_ascii_case(word))
        })
    }

    pub(super) fn accept_all(&mut self, expected: &[&str]) -> bool {
        let all = self.is_next(expected);
        self.next += if all { expected.len() } else { 0 };
        all
    }

    fn if_exists(&mut self) -> bool {
        self.accept_all(&["if", "exists"])
    }

    fn if_not_exists(&mut self) -> bool {
        self.accept_all(&["if", "not", "exists"])
    }

    /// `CASCADE`; RESTRICT is the default.
    fn cascade(&mut self) -> bool {
        let cascade = self.accept("cascade");
        if !cascade {
            self.accept("restrict");
        }
        cascade
    }

    /// What stands behind DROP and a kind: `[IF EXISTS] name, … [CASCADE]`, to the end.
    fn dropped(&mut self) -> Result<(bool, Vec<ObjectName>, bool), PgError> {
        let if_exists = self.if_exists();
        let mut names = vec![self.object_name()?];
        while self.accept_token(&Token::Comma) {
            names.push(self.object_name()?);
        }
        let cascade = self.cascade();
        self.finish()?;
        Ok((if_exists, names, cascade))
    }

    /// Where the expressions of `CHECK (…)` stand between two tokens, outside of other parentheses.
    fn check_spans(&self, first: usize, end: usize) -> Vec<Span> {
        let tokens: &[TokenWithSpan] = self.tokens.get(first..end).unwrap_or_default();
        let mut spans = Vec::new();
        let (mut depth, mut open) = (0usize, None);
        for (index, token) in tokens.iter().enumerate() {
            match token.token {
                Token::LParen | Token::LBracket => {
                    let check =
                        index > 0 && parse::keyword(&tokens[index - 1]) == Some(sqlparser::keywords::Keyword::CHECK);
                    if depth == 0 && check {
                        open = Some(index + 1);
                    }
                    depth += 1;
                }
                Token::RParen | Token::RBracket => {
                    depth = depth.saturating_sub(1);
                    if depth == 0
                        && let Some(open) = open.take()
                        && open < index
                    {
                        spans.extend(self.span(first + open, first + index));
                    }
                }
                _ => {}
            }
        }
        spans
    }
}

/// Keywords that a DEFAULT expression can't contain outside parentheses: they begin the next option.
pub fn ends_default(keyword: Keyword) -> bool {
    matches!(
        keyword,
        Keyword::NOT
            | Keyword::DEFAULT
            | Keyword::NULL
            | Keyword::PRIMARY
            | Keyword::UNIQUE
            | Keyword::CHECK
            | Keyword::REFERENCES
            | Keyword::CONSTRAINT
            | Keyword::GENERATED
            | Keyword::COLLATE
            | Keyword::DEFERRABLE
            | Keyword::INITIALLY
    )
}
