//! COPY from its tokens: the syntax of today, and those of 9.0 and 7.3 that tools still send.

use sqlparser::tokenizer::{Token, TokenWithSpan};

use super::super::parse::Kind;
use super::super::text::{At, Cursor, slice};
use super::super::utility::Words;
use crate::types::PgError;

/// COPY as written.
#[derive(Clone, Debug, PartialEq)]
pub struct CopyStatement {
    pub source: Source,
    pub from: bool,
    pub end: End,
    pub options: Vec<CopyOption>,
    /// WHERE's condition.
    pub filter: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    Table {
        /// Schema and name, or the name alone.
        name: Vec<String>,
        at: At,
        columns: Vec<(String, At)>,
    },
    Query {
        text: String,
        /// Characters before it.
        offset: u32,
    },
}

/// The other end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Client,
    File,
    Program,
}

#[derive(Clone, Debug, PartialEq)]
pub struct CopyOption {
    /// In lower case.
    pub name: String,
    pub value: OptionValue,
    pub at: At,
}

#[derive(Clone, Debug, PartialEq)]
pub enum OptionValue {
    None,
    /// A word, string or number.
    Word(String),
    Star,
    List(Vec<String>),
}

/// Reads what follows the word COPY.
pub fn parse(words: &mut Words<'_>) -> Result<Kind, PgError> {
    let mut options = Vec::new();
    let source = match words.accept_token(&Token::LParen) {
        true => query(words)?,
        false => {
            let at = words.at();
            if words.accept("binary") {
                options.push(word_option("format", "binary", at));
            }
            table(words)?
        }
    };
    let from = !matches!(source, Source::Query { .. }) && words.accept("from");
    if !from {
        words.expect("to")?;
    }
    let end = end(words)?;
    let at = words.at();
    let using = words.accept("using");
    if using || words.peek_is("delimiters") {
        words.expect("delimiters")?;
        options.push(CopyOption { name: "delimiter".to_owned(), value: OptionValue::Word(words.string()?), at });
    }
    words.accept("with");
    match words.accept_token(&Token::LParen) {
        true => generic_options(words, &mut options)?,
        false => old_options(words, &mut options)?,
    }
    let filter = match words.accept("where") {
        true => Some(words.rest()?),
        false => None,
    };
    words.finish()?;
    Ok(Kind::Copy(CopyStatement { source, from, end, options, filter }))
}

/// `query)`, after the opening parenthesis.
fn query(words: &mut Words<'_>) -> Result<Source, PgError> {
    let first = words.next;
    let mut depth = 1;
    while depth > 0 {
        match words.peek().map(|token| &token.token) {
            Some(Token::LParen) => depth += 1,
            Some(Token::RParen) => depth -= 1,
            Some(_) => {}
            None => return Err(words.error()),
        }
        words.next += 1;
    }
    let inner: &[TokenWithSpan] = &words.tokens[first..words.next - 1];
    let (Some(start), Some(last)) = (inner.first(), inner.last()) else {
        words.next = first;
        return Err(words.error());
    };
    let mut cursor = Cursor::new(words.text);
    cursor.advance(start.span.start);
    let span = sqlparser::tokenizer::Span::new(start.span.start, last.span.end);
    Ok(Source::Query { text: slice(words.text, span).to_owned(), offset: cursor.chars })
}

fn table(words: &mut Words<'_>) -> Result<Source, PgError> {
    let at = words.at();
    let mut name = vec![words.name()?];
    while words.accept_token(&Token::Period) {
        name.push(words.name()?);
    }
    let columns = match words.accept_token(&Token::LParen) {
        true => list(words, |words| Ok((words.name()?, words.at_before())))?,
        false => Vec::new(),
    };
    Ok(Source::Table { name, at, columns })
}

/// What is left of a list in parentheses.
fn list<T>(words: &mut Words<'_>, item: impl Fn(&mut Words<'_>) -> Result<T, PgError>) -> Result<Vec<T>, PgError> {
    let mut items = Vec::new();
    loop {
        items.push(item(words)?);
        if words.accept_token(&Token::RParen) {
            return Ok(items);
        }
        words.expect_token(&Token::Comma)?;
    }
}

fn names(words: &mut Words<'_>) -> Result<Vec<String>, PgError> {
    let mut names = vec![words.name()?];
    while words.accept_token(&Token::Comma) {
        names.push(words.name()?);
    }
    Ok(names)
}

fn end(words: &mut Words<'_>) -> Result<End, PgError> {
    if words.accept("program") {
        return words.string().map(|_| End::Program);
    }
    if words.accept("stdin") || words.accept("stdout") {
        return Ok(End::Client);
    }
    words.string().map(|_| End::File)
}

fn word_option(name: &str, value: &str, at: At) -> CopyOption {
    CopyOption { name: name.to_owned(), value: OptionValue::Word(value.to_owned()), at }
}

/// `copy_generic_opt_list`, after the opening parenthesis.
fn generic_options(words: &mut Words<'_>, options: &mut Vec<CopyOption>) -> Result<(), PgError> {
    loop {
        let at = words.at();
        let name = words.name()?;
        let value = match words.peek().map(|token| &token.token) {
            Some(Token::Comma | Token::RParen) => OptionValue::None,
            Some(Token::Mul) => {
                words.next += 1;
                OptionValue::Star
            }
            Some(Token::LParen) => {
                words.next += 1;
                OptionValue::List(list(words, |words| words.setting_value())?)
            }
            _ => OptionValue::Word(words.setting_value()?),
        };
        options.push(CopyOption { name, value, at });
        if words.accept_token(&Token::RParen) {
            return Ok(());
        }
        words.expect_token(&Token::Comma)?;
    }
}

/// `copy_opt_list`.
fn old_options(words: &mut Words<'_>, options: &mut Vec<CopyOption>) -> Result<(), PgError> {
    loop {
        let at = words.at();
        if words.peek().is_none() || words.peek_is("where") {
            return Ok(());
        }
        let (name, value) = match words.word().as_deref() {
            Some(format @ ("binary" | "csv")) => ("format", OptionValue::Word(format.to_owned())),
            Some(name @ ("freeze" | "header")) => {
                let name = if name == "freeze" { "freeze" } else { "header" };
                (name, OptionValue::Word("true".to_owned()))
            }
            Some(name @ ("delimiter" | "null" | "quote" | "escape")) => {
                let name = ["delimiter", "null", "quote", "escape"].into_iter().find(|known| *known == name);
                words.accept("as");
                (name.unwrap_or_default(), OptionValue::Word(words.string()?))
            }
            Some("encoding") => ("encoding", OptionValue::Word(words.string()?)),
            Some("force") => forced(words)?,
            _ => {
                words.next -= usize::from(words.at_before() == at && words.next > 0);
                return Err(words.error_at(at));
            }
        };
        options.push(CopyOption { name: name.to_owned(), value, at });
    }
}

/// `FORCE QUOTE`, `FORCE NOT NULL`, `FORCE NULL`.
fn forced(words: &mut Words<'_>) -> Result<(&'static str, OptionValue), PgError> {
    if words.accept("quote") {
        if words.accept_token(&Token::Mul) {
            return Ok(("force_quote", OptionValue::Star));
        }
        return Ok(("force_quote", OptionValue::List(names(words)?)));
    }
    let not = words.accept("not");
    words.expect("null")?;
    Ok((if not { "force_not_null" } else { "force_null" }, OptionValue::List(names(words)?)))
}
