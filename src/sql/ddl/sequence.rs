//! The options of sequences, in any order, and the statements that make and alter them.

use sqlparser::ast::{DataType, Ident, ObjectName};
use sqlparser::tokenizer::Token;

use crate::sql::text::At;
use crate::sql::utility::Words;
use crate::types::{PgError, SqlState};

#[derive(Debug, Clone)]
pub enum SequenceOption {
    As(DataType, At),
    Increment(i64),
    /// `None`: NO MINVALUE.
    MinValue(Option<i64>),
    MaxValue(Option<i64>),
    Start(i64),
    Cache(i64),
    Cycle(bool),
    /// `None`: NONE.
    OwnedBy(Option<ObjectName>),
    Restart(Option<i64>),
    /// An identity column's alone.
    Name(ObjectName),
}

impl Words<'_> {
    /// Options until something else comes.
    pub fn sequence_options(&mut self) -> Result<Vec<SequenceOption>, PgError> {
        let mut options: Vec<SequenceOption> = Vec::new();
        loop {
            let at = self.at();
            let Some(option) = self.sequence_option()? else { return Ok(options) };
            let same = |other: &SequenceOption| std::mem::discriminant(other) == std::mem::discriminant(&option);
            if options.iter().any(same) {
                let error = PgError::new(SqlState::SYNTAX_ERROR, "conflicting or redundant options");
                return Err(at.mark(error, self.text));
            }
            options.push(option);
        }
    }

    pub fn sequence_option(&mut self) -> Result<Option<SequenceOption>, PgError> {
        if self.accept("as") {
            let at = self.at();
            return Ok(Some(SequenceOption::As(self.parse(|parser| parser.parse_data_type())?, at)));
        }
        if self.accept("increment") {
            self.accept("by");
            return Ok(Some(SequenceOption::Increment(self.integer()?)));
        }
        if self.accept("minvalue") {
            return Ok(Some(SequenceOption::MinValue(Some(self.integer()?))));
        }
        if self.accept("maxvalue") {
            return Ok(Some(SequenceOption::MaxValue(Some(self.integer()?))));
        }
        if self.accept("start") {
            self.accept("with");
            return Ok(Some(SequenceOption::Start(self.integer()?)));
        }
        if self.accept("cache") {
            return Ok(Some(SequenceOption::Cache(self.integer()?)));
        }
        if self.accept("cycle") {
            return Ok(Some(SequenceOption::Cycle(true)));
        }
        if self.accept("no") {
            return match self.word().as_deref() {
                Some("minvalue") => Ok(Some(SequenceOption::MinValue(None))),
                Some("maxvalue") => Ok(Some(SequenceOption::MaxValue(None))),
                Some("cycle") => Ok(Some(SequenceOption::Cycle(false))),
                _ => Err(self.error()),
            };
        }
        if self.accept_all(&["owned", "by"]) {
            let none = self.accept("none");
            return Ok(Some(SequenceOption::OwnedBy(if none { None } else { Some(self.object_name()?) })));
        }
        if self.accept_all(&["sequence", "name"]) {
            return Ok(Some(SequenceOption::Name(self.object_name()?)));
        }
        if self.accept("restart") {
            let with = self.accept("with");
            let number =
                with || matches!(self.peek().map(|token| &token.token), Some(Token::Number(..) | Token::Minus));
            return Ok(Some(SequenceOption::Restart(if number { Some(self.integer()?) } else { None })));
        }
        Ok(None)
    }

    pub fn integer(&mut self) -> Result<i64, PgError> {
        let negative = self.accept_token(&Token::Minus);
        if !negative {
            self.accept_token(&Token::Plus);
        }
        let Some(Token::Number(digits, _)) = self.peek().map(|token| &token.token) else { return Err(self.error()) };
        let text = if negative { format!("-{digits}") } else { digits.clone() };
        let number = text.parse().map_err(|_| {
            let message = format!("value \"{text}\" is out of range for type bigint");
            PgError::new(SqlState::NUMERIC_VALUE_OUT_OF_RANGE, message)
        })?;
        self.next += 1;
        Ok(number)
    }
}

#[derive(Debug)]
pub struct CreateSequence {
    pub temporary: bool,
    pub if_not_exists: bool,
    pub name: ObjectName,
    pub options: Vec<SequenceOption>,
}

#[derive(Debug)]
pub struct AlterSequence {
    pub if_exists: bool,
    pub name: ObjectName,
    pub action: SequenceAction,
}

#[derive(Debug)]
pub enum SequenceAction {
    Options(Vec<SequenceOption>),
    Owner(Ident),
    RenameTo(Ident),
    SetSchema(Ident),
    /// LOGGED, UNLOGGED.
    Storage,
}

/// Behind CREATE SEQUENCE.
pub fn create(words: &mut Words<'_>) -> Result<CreateSequence, PgError> {
    let if_not_exists = words.if_not_exists();
    let name = words.object_name()?;
    let options = words.sequence_options()?;
    words.finish()?;
    Ok(CreateSequence { temporary: false, if_not_exists, name, options })
}

/// Behind ALTER SEQUENCE.
pub fn alter(words: &mut Words<'_>) -> Result<AlterSequence, PgError> {
    let if_exists = words.if_exists();
    let name = words.object_name()?;
    let action = if words.accept_all(&["owner", "to"]) {
        SequenceAction::Owner(words.ident()?)
    } else if words.accept_all(&["rename", "to"]) {
        SequenceAction::RenameTo(words.ident()?)
    } else if words.accept_all(&["set", "schema"]) {
        SequenceAction::SetSchema(words.ident()?)
    } else if words.accept_all(&["set", "logged"]) || words.accept_all(&["set", "unlogged"]) {
        SequenceAction::Storage
    } else {
        let options = words.sequence_options()?;
        if options.is_empty() {
            return Err(words.error());
        }
        SequenceAction::Options(options)
    };
    words.finish()?;
    Ok(AlterSequence { if_exists, name, action })
}
