//! DECLARE, FETCH, MOVE and CLOSE from their tokens.

use sqlparser::tokenizer::Token;

use super::parse::{Kind, Statement};
use super::plan::{Direction, Fetch, SessionStatement};
use super::utility::Words;
use crate::types::PgError;

/// DECLARE as written.
#[derive(Debug)]
pub struct DeclareStatement {
    pub name: String,
    pub binary: bool,
    pub scroll: bool,
    pub no_scroll: bool,
    pub insensitive: bool,
    pub asensitive: bool,
    pub hold: bool,
    pub statement: Statement,
}

/// Reads what follows the word DECLARE.
pub(super) fn declare(words: &mut Words<'_>) -> Result<Kind, PgError> {
    let name = words.name()?;
    let [mut binary, mut scroll, mut no_scroll, mut insensitive, mut asensitive] = [false; 5];
    loop {
        let option = match () {
            () if words.accept("binary") => &mut binary,
            () if words.accept("scroll") => &mut scroll,
            () if words.accept_all(&["no", "scroll"]) => &mut no_scroll,
            () if words.accept("insensitive") => &mut insensitive,
            () if words.accept("asensitive") => &mut asensitive,
            () => break,
        };
        *option = true;
    }
    words.expect("cursor")?;
    let hold = words.accept("with");
    if hold || words.accept("without") {
        words.expect("hold")?;
    }
    words.expect("for")?;
    let statement = words.statement(Statement::is_select)?;
    let declare = DeclareStatement { name, binary, scroll, no_scroll, insensitive, asensitive, hold, statement };
    Ok(Kind::Declare(Box::new(declare)))
}

/// Reads what follows the word FETCH, or, with `moves`, MOVE.
pub(super) fn fetch(words: &mut Words<'_>, moves: bool) -> Result<Kind, PgError> {
    // A word that stands alone is the cursor's name, whatever it means otherwise.
    let direction = if words.next + 1 == words.tokens.len() { Direction::Forward(1) } else { direction(words)? };
    let _ = words.accept("from") || words.accept("in");
    Ok(Kind::Fetch(Fetch { name: words.name()?, moves, direction }))
}

/// Reads what follows the word CLOSE.
pub(super) fn close(words: &mut Words<'_>) -> Result<Kind, PgError> {
    let name = if words.accept("all") { None } else { Some(words.name()?) };
    Ok(Kind::Session(SessionStatement::Close(name)))
}

fn direction(words: &mut Words<'_>) -> Result<Direction, PgError> {
    const PLAIN: &[(&str, Direction)] = &[
        ("next", Direction::Forward(1)),
        ("prior", Direction::Backward(1)),
        ("first", Direction::Absolute(1)),
        ("last", Direction::Absolute(-1)),
        ("all", Direction::Forward(Direction::ALL)),
    ];
    if let Some((_, direction)) = PLAIN.iter().find(|(word, _)| words.accept(word)) {
        return Ok(*direction);
    }
    if words.accept("absolute") {
        return Ok(Direction::Absolute(words.signed()?.ok_or_else(|| words.error())?));
    }
    if words.accept("relative") {
        return Ok(Direction::Relative(words.signed()?.ok_or_else(|| words.error())?));
    }
    let backward = words.accept("backward");
    let counted = backward || words.accept("forward");
    let count = if counted && words.accept("all") { Direction::ALL } else { words.signed()?.unwrap_or(1) };
    Ok(if backward { Direction::Backward(count) } else { Direction::Forward(count) })
}

impl Words<'_> {
    /// An integer of four bytes, if a number is what comes next.
    fn signed(&mut self) -> Result<Option<i64>, PgError> {
        let negative = self.accept_token(&Token::Minus);
        let signed = negative || self.accept_token(&Token::Plus);
        let Some(Token::Number(digits, _)) = self.peek().map(|token| &token.token) else {
            return if signed { Err(self.error()) } else { Ok(None) };
        };
        let number = digits.parse::<i32>().map_err(|_| self.error())?;
        self.next += 1;
        Ok(Some(if negative { -i64::from(number) } else { i64::from(number) }))
    }
}
