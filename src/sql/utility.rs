//! Statements that are read from their tokens alone: transactions, settings, COPY, and the names of
//! those that PostgreSQL has and we don't.

use sqlparser::tokenizer::{Span, Token, TokenWithSpan};

use super::copy;
use super::cursor;
use super::explain;
use super::parse::Kind;
use super::plan::{Isolation, SessionStatement, TransactionModes, TransactionStatement};
use super::plpgsql;
use super::prepare;
use super::set;
use super::text::{At, slice};
use super::tokens::syntax_error;
use crate::types::{PgError, SqlState};

/// Statements by their first word. Second words are told where there are several kinds.
const UNSUPPORTED: &[&str] = &["call", "grant", "import", "listen", "load", "notify", "reassign", "revoke", "security"];

/// Whether a second word is part of the statement's name: ALTER TABLE, CREATE VIEW.
const TWO_WORDS: &[&str] = &["alter", "create", "drop", "refresh", "security", "import", "reassign"];

/// What `CREATE` and `DROP` may be followed by, for sqlparser to go on.
const CREATES: &[&str] = &["table", "index", "unique", "view", "recursive", "materialized", "unlogged"];

/// Tokens that are read one after the other.
pub(super) struct Words<'a> {
    pub(super) text: &'a str,
    pub(super) tokens: &'a [TokenWithSpan],
    pub(super) next: usize,
}

/// Reads a utility statement, or says that it is none (`None`).
pub fn parse(text: &str, tokens: &[TokenWithSpan]) -> Result<Option<Kind>, PgError> {
    let mut words = Words { text, tokens, next: 0 };
    let Some(first) = words.word() else { return Ok(None) };
    let kind = match first.as_str() {
        "begin" => {
            let _ = words.accept("work") || words.accept("transaction");
            Kind::Transaction(TransactionStatement::Begin { start: false, modes: words.optional_modes()? })
        }
        "start" => {
            words.expect("transaction")?;
            Kind::Transaction(TransactionStatement::Begin { start: true, modes: words.optional_modes()? })
        }
        "commit" if words.peek_is("prepared") => Kind::Unsupported("COMMIT PREPARED".to_owned()),
        "rollback" if words.peek_is("prepared") => Kind::Unsupported("ROLLBACK PREPARED".to_owned()),
        "commit" | "end" => Kind::Transaction(TransactionStatement::Commit { chain: words.chain()? }),
        "rollback" | "abort" => words.rollback()?,
        "savepoint" => Kind::Transaction(TransactionStatement::Savepoint(words.name()?)),
        "release" => {
            words.accept("savepoint");
            Kind::Transaction(TransactionStatement::Release(words.name()?))
        }
        "prepare" if words.peek_is("transaction") => {
            return Ok(Some(Kind::Unsupported("PREPARE TRANSACTION".to_owned())));
        }
        "prepare" => prepare::prepare(&mut words)?,
        "explain" => explain::explain(&mut words)?,
        "declare" => cursor::declare(&mut words)?,
        "fetch" => cursor::fetch(&mut words, false)?,
        "move" => cursor::fetch(&mut words, true)?,
        "close" => cursor::close(&mut words)?,
        "execute" => prepare::execute(&mut words)?,
        "do" => plpgsql::read(&mut words)?,
        "copy" => return copy::parse(&mut words).map(Some),
        "set" => set::read(&mut words)?,
        "reset" => Kind::Session(SessionStatement::Reset(words.setting_or_all()?)),
        "show" => Kind::Session(SessionStatement::Show(words.setting_or_all()?)),
        "discard" => words.discard()?,
        // Nobody listens to anything.
        "unlisten" => {
            if !words.accept_token(&Token::Mul) {
                words.name()?;
            }
            Kind::Session(SessionStatement::Nothing { tag: "UNLISTEN", outside: None })
        }
        "deallocate" => {
            words.accept("prepare");
            let all = words.accept("all");
            Kind::Session(SessionStatement::Deallocate(if all { None } else { Some(words.name()?) }))
        }
        "alter" | "comment" | "lock" | "vacuum" | "analyze" | "analyse" | "reindex" | "cluster" | "checkpoint"
        | "refresh" => {
            let kind = super::ddl::read(&first, &mut words)?;
            return Ok(Some(kind.unwrap_or_else(|| Kind::Unsupported(words.title(&first)))));
        }
        "grant" if words.peek().is_some() => {
            let kind = super::ddl::read(&first, &mut words)?;
            return Ok(Some(kind.unwrap_or_else(|| Kind::Unsupported(words.title(&first)))));
        }
        "create" | "drop" => {
            if let Some(kind) = super::ddl::read(&first, &mut words)? {
                return Ok(Some(kind));
            }
            let replace = first == "create" && words.accept("or") && words.accept("replace");
            let second = words.word();
            if replace && second.as_deref() == Some("materialized") {
                words.next -= 1;
                return Err(words.error());
            }
            if replace && !matches!(second.as_deref(), Some("view" | "recursive")) {
                let what = second.unwrap_or_default().to_ascii_uppercase();
                return Ok(Some(Kind::Unsupported(format!("CREATE OR REPLACE {what}"))));
            }
            match second.as_deref() {
                Some("unlogged") if words.peek_is("view") || words.peek_is("recursive") => {
                    let message = "views cannot be unlogged because they do not have storage";
                    return Err(PgError::new(SqlState::SYNTAX_ERROR, message));
                }
                Some("unlogged") if words.peek_is("materialized") => {
                    let message = "materialized views cannot be unlogged";
                    return Err(PgError::new(SqlState::FEATURE_NOT_SUPPORTED, message));
                }
                Some("unlogged") if !words.peek_is("table") => return Err(words.error()),
                _ => {}
            }
            let known = |second: &str| CREATES.contains(&second) || (first == "drop" && second == "sequence");
            if second.as_deref().is_none_or(known) {
                return Ok(None);
            }
            return Ok(Some(Kind::Unsupported(words.title(&first))));
        }
        // None of them is a statement by itself.
        first if UNSUPPORTED.contains(&first) && words.peek().is_none() => return Err(words.error()),
        first if UNSUPPORTED.contains(&first) => return Ok(Some(Kind::Unsupported(words.title(first)))),
        "select" | "values" | "with" | "table" | "insert" | "update" | "delete" | "merge" | "truncate" => {
            return Ok(None);
        }
        _ => return Err(syntax_error(text, tokens.first())),
    };
    if !matches!(kind, Kind::Unsupported(_)) {
        words.finish()?;
    }
    Ok(Some(kind))
}

impl Words<'_> {
    pub(super) fn peek(&self) -> Option<&TokenWithSpan> {
        self.tokens.get(self.next)
    }

    /// What is still to be read.
    pub(super) fn ahead(&self) -> &[TokenWithSpan] {
        self.tokens.get(self.next..).unwrap_or_default()
    }

    pub(super) fn error(&self) -> PgError {
        syntax_error(self.text, self.peek())
    }

    pub(super) fn finish(&self) -> Result<(), PgError> {
        if self.peek().is_none() { Ok(()) } else { Err(self.error()) }
    }

    /// An unquoted word, in lower case.
    pub(super) fn word(&mut self) -> Option<String> {
        let word = match &self.peek()?.token {
            Token::Word(word) if word.quote_style.is_none() => word.value.to_ascii_lowercase(),
            _ => return None,
        };
        self.next += 1;
        Some(word)
    }

    pub(super) fn peek_is(&self, expected: &str) -> bool {
        matches!(self.peek().map(|token| &token.token),
            Some(Token::Word(word)) if word.quote_style.is_none() && word.value.eq_ignore_ascii_case(expected))
    }

    pub(super) fn accept(&mut self, expected: &str) -> bool {
        let is = self.peek_is(expected);
        self.next += usize::from(is);
        is
    }

    pub(super) fn expect(&mut self, expected: &str) -> Result<(), PgError> {
        if self.accept(expected) { Ok(()) } else { Err(self.error()) }
    }

    pub(super) fn accept_token(&mut self, token: &Token) -> bool {
        let is = self.peek().is_some_and(|next| next.token == *token);
        self.next += usize::from(is);
        is
    }

    pub fn expect_token(&mut self, token: &Token) -> Result<(), PgError> {
        if self.accept_token(token) { Ok(()) } else { Err(self.error()) }
    }

    /// Where the next token stands.
    pub fn at(&self) -> At {
        self.peek().map_or(At::NOWHERE, |token| token.span.into())
    }

    /// Where the last one stands.
    pub fn at_before(&self) -> At {
        let last = self.next.checked_sub(1).and_then(|last| self.tokens.get(last));
        last.map_or(At::NOWHERE, |token| token.span.into())
    }

    /// An error at a place in the statement.
    pub fn marked(&self, at: At, error: PgError) -> PgError {
        at.mark(error, self.text)
    }

    /// 42601 at a token that has been taken.
    pub fn error_at(&self, at: At) -> PgError {
        syntax_error(self.text, self.tokens.iter().find(|token| at.is(token.span.start)))
    }

    /// A string.
    pub fn string(&mut self) -> Result<String, PgError> {
        let string = match self.peek().map(|token| &token.token) {
            Some(Token::SingleQuotedString(text) | Token::EscapedStringLiteral(text)) => text.clone(),
            Some(Token::DollarQuotedString(text)) => text.value.clone(),
            _ => return Err(self.error()),
        };
        self.next += 1;
        Ok(string)
    }

    /// The text of all that is left.
    pub fn rest(&mut self) -> Result<String, PgError> {
        let (Some(first), Some(last)) = (self.peek(), self.tokens.last()) else { return Err(self.error()) };
        let text = slice(self.text, Span::new(first.span.start, last.span.end)).to_owned();
        self.next = self.tokens.len();
        Ok(text)
    }

    /// A name, folded unless quoted.
    pub(super) fn name(&mut self) -> Result<String, PgError> {
        let name = match self.peek().map(|token| &token.token) {
            Some(Token::Word(word)) if word.quote_style.is_none() => word.value.to_ascii_lowercase(),
            Some(Token::Word(word)) => word.value.clone(),
            _ => return Err(self.error()),
        };
        self.next += 1;
        Ok(name)
    }

    /// The statement's name: its first word, or two, in upper case.
    pub(super) fn title(&self, first: &str) -> String {
        let second = match self.tokens.get(1).map(|token| &token.token) {
            Some(Token::Word(word)) if TWO_WORDS.contains(&first) => Some(word.value.to_ascii_uppercase()),
            _ => None,
        };
        // Three words are the name of a few.
        let third = match second.as_deref() {
            Some("DEFAULT") => " PRIVILEGES",
            Some("EVENT" | "CONSTRAINT") => " TRIGGER",
            _ => "",
        };
        let first = first.to_ascii_uppercase();
        second.map_or(first.clone(), |second| format!("{first} {second}{third}"))
    }

    fn optional_modes(&mut self) -> Result<TransactionModes, PgError> {
        if self.peek().is_some() { self.modes() } else { Ok(TransactionModes::default()) }
    }

    /// One or more modes, with commas or without.
    pub(super) fn modes(&mut self) -> Result<TransactionModes, PgError> {
        let mut modes = TransactionModes::default();
        loop {
            self.mode(&mut modes)?;
            if !self.accept_token(&Token::Comma) && self.peek().is_none() {
                return Ok(modes);
            }
        }
    }

    fn mode(&mut self, modes: &mut TransactionModes) -> Result<(), PgError> {
        if self.accept("isolation") {
            self.expect("level")?;
            modes.isolation = Some(self.isolation()?);
        } else if self.accept("read") {
            let only = self.accept("only");
            if !only {
                self.expect("write")?;
            }
            modes.read_only = Some(only);
        } else {
            let not = self.accept("not");
            self.expect("deferrable")?;
            modes.deferrable = Some(!not);
        }
        Ok(())
    }

    fn isolation(&mut self) -> Result<Isolation, PgError> {
        if self.accept("serializable") {
            return Ok(Isolation::Serializable);
        }
        if self.accept("repeatable") {
            return self.expect("read").map(|()| Isolation::RepeatableRead);
        }
        self.expect("read")?;
        if self.accept("uncommitted") {
            return Ok(Isolation::ReadUncommitted);
        }
        self.expect("committed").map(|()| Isolation::ReadCommitted)
    }

    /// `[WORK | TRANSACTION] [AND [NO] CHAIN]`.
    fn chain(&mut self) -> Result<bool, PgError> {
        let _ = self.accept("work") || self.accept("transaction");
        if !self.accept("and") {
            return Ok(false);
        }
        let no = self.accept("no");
        self.expect("chain").map(|()| !no)
    }

    fn rollback(&mut self) -> Result<Kind, PgError> {
        let before = self.next;
        let _ = self.accept("work") || self.accept("transaction");
        if self.accept("to") {
            self.accept("savepoint");
            return Ok(Kind::Transaction(TransactionStatement::RollbackTo(self.name()?)));
        }
        self.next = before;
        Ok(Kind::Transaction(TransactionStatement::Rollback { chain: self.chain()? }))
    }

    fn discard(&mut self) -> Result<Kind, PgError> {
        let what = match self.word().as_deref() {
            Some("all") => "ALL",
            Some("plans") => "PLANS",
            Some("sequences") => "SEQUENCES",
            Some("temp" | "temporary") => "TEMP",
            _ => {
                self.next = 1;
                return Err(self.error());
            }
        };
        Ok(Kind::Session(SessionStatement::Discard(what.to_owned())))
    }

    pub fn setting_value(&mut self) -> Result<String, PgError> {
        let sign = if self.accept_token(&Token::Minus) {
            "-"
        } else {
            self.accept_token(&Token::Plus);
            ""
        };
        let Some(token) = self.peek() else { return Err(self.error()) };
        let value = match &token.token {
            Token::Number(number, _) => format!("{sign}{number}"),
            _ if !sign.is_empty() => return Err(self.error()),
            Token::SingleQuotedString(text) | Token::EscapedStringLiteral(text) => text.clone(),
            Token::DollarQuotedString(text) => text.value.clone(),
            Token::Word(word) if word.quote_style.is_some() => word.value.clone(),
            Token::Word(word) => word.value.to_ascii_lowercase(),
            _ => return Err(self.error()),
        };
        self.next += 1;
        Ok(value)
    }
}
