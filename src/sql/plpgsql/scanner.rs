//! The tokens of a block, and where they stand: PL/pgSQL reads its own words, and takes what is SQL up to a word or sign.

use std::ops::Range;

use sqlparser::tokenizer::{Token, TokenWithSpan};

use crate::sql::amend::is;
use crate::sql::text::{At, Cursor};
use crate::sql::tokens::tokenize;
use crate::types::{PgError, SqlState};

pub(super) struct Scanner<'b> {
    pub body: &'b str,
    /// Characters before the body in the statement, if errors can tell places there.
    offset: Option<u32>,
    tokens: Vec<TokenWithSpan>,
    places: Vec<Place>,
    pub next: usize,
}

/// Where a token stands in a text.
struct Place {
    bytes: Range<usize>,
    /// Characters before it.
    before: u32,
}

/// What was read up to a word or sign.
pub(super) struct Piece<'b> {
    pub text: &'b str,
    /// Characters before it in the body.
    pub before: u32,
    /// Its tokens.
    pub range: Range<usize>,
}

/// Characters before a body in a statement's text, where it stands in it word for word.
pub(super) fn offset_of(text: &str, token: &TokenWithSpan, body: &str) -> Option<u32> {
    let quote = match &token.token {
        Token::DollarQuotedString(quoted) => 2 + quoted.tag.as_ref().map_or(0, |tag| tag.chars().count()),
        Token::SingleQuotedString(_) => 1,
        _ => return None,
    };
    let begin = At::from(token.span).position(text)? - 1 + u32::try_from(quote).ok()?;
    let stands: String = text.chars().skip(begin as usize).take(body.chars().count()).collect();
    (stands == body).then_some(begin)
}

/// An expression with the values of SQLERRM and SQLSTATE in the places of these, where a handler has caught an error.
pub fn with_caught(expression: &str, caught: Option<&PgError>) -> String {
    let (Some(caught), Ok(tokens)) = (caught, tokenize(expression)) else { return expression.to_owned() };
    let mut out = String::with_capacity(expression.len());
    let mut before: Option<&Token> = None;
    let written = places(expression, &tokens);
    for (place, token) in tokens.iter().enumerate() {
        let next = tokens.get(place + 1).map(|next| &next.token);
        let is_part = before == Some(&Token::Period) || matches!(next, Some(Token::Period | Token::LParen));
        let value = match () {
            () if is_part => None,
            () if is(token, "sqlerrm") => Some(caught.message.as_str()),
            () if is(token, "sqlstate") => Some(caught.code.as_str()),
            () => None,
        };
        match value {
            Some(value) => out.push_str(&format!("('{}'::text)", value.replace('\'', "''"))),
            None => out.push_str(&expression[written[place].bytes.clone()]),
        }
        before = Some(&token.token);
    }
    out
}

impl<'b> Scanner<'b> {
    pub fn new(body: &'b str, offset: Option<u32>) -> Result<Scanner<'b>, PgError> {
        let mut scanner = Scanner { body, offset, tokens: Vec::new(), places: Vec::new(), next: 0 };
        scanner.tokens = tokenize(body).map_err(|error| scanner.moved(error, 0))?;
        scanner.tokens.retain(|token| !matches!(token.token, Token::Whitespace(_)));
        scanner.places = places(body, &scanner.tokens);
        Ok(scanner)
    }

    /// An error with its place in the statement; it has counted from so many characters on in the body.
    pub fn moved(&self, error: PgError, before: u32) -> PgError {
        let position = error.position.and_then(|place| Some(place + before + self.offset?));
        PgError { position, ..error }
    }

    pub fn peek(&self) -> Option<&TokenWithSpan> {
        self.tokens.get(self.next)
    }

    pub fn token(&self, place: usize) -> Option<&TokenWithSpan> {
        self.tokens.get(place)
    }

    pub fn is_at(&self, word: &str) -> bool {
        self.peek().is_some_and(|token| is(token, word))
    }

    pub fn accept(&mut self, word: &str) -> bool {
        let there = self.is_at(word);
        self.next += usize::from(there);
        there
    }

    pub fn accept_sign(&mut self, sign: &Token) -> bool {
        let there = self.peek().is_some_and(|token| token.token == *sign);
        self.next += usize::from(there);
        there
    }

    pub fn expect(&mut self, word: &str) -> Result<(), PgError> {
        if self.accept(word) { Ok(()) } else { Err(self.syntax_error()) }
    }

    pub fn expect_semicolon(&mut self) -> Result<(), PgError> {
        if self.accept_sign(&Token::SemiColon) { Ok(()) } else { Err(self.syntax_error()) }
    }

    /// The line that the next token stands in.
    pub fn line(&self) -> u64 {
        let last = self.tokens.last().map_or(1, |token| token.span.end.line);
        self.peek().map_or(last, |token| token.span.start.line)
    }

    /// 42601 at the next token.
    pub fn syntax_error(&self) -> PgError {
        self.near("syntax error")
    }

    /// 42601 with what is wrong at the next token.
    pub fn near(&self, message: &str) -> PgError {
        match self.peek() {
            Some(_) => {
                let message = format!("{message} at or near \"{}\"", self.written(self.next..self.next + 1));
                let error = PgError::new(SqlState::SYNTAX_ERROR, message);
                self.at(self.next, error)
            }
            None => self.at_end(&format!("{message} at end of input")),
        }
    }

    pub fn at_end(&self, message: &str) -> PgError {
        let end = self.body.chars().count() as u32 + 1;
        self.moved(PgError::new(SqlState::SYNTAX_ERROR, message).position(end), 0)
    }

    /// An error at a token.
    pub fn at(&self, token: usize, error: PgError) -> PgError {
        let before = self.places.get(token).map_or(0, |place| place.before);
        self.moved(error.position(1), before)
    }

    /// The text of some tokens, with what stands between them.
    pub fn written(&self, tokens: Range<usize>) -> &'b str {
        let of = |token: usize| self.places.get(token).map(|place| place.bytes.clone());
        match (of(tokens.start), tokens.end.checked_sub(1).and_then(of)) {
            (Some(first), Some(last)) if first.start <= last.end => &self.body[first.start..last.end],
            _ => "",
        }
    }

    /// An error of which the place is not told, but about where it was met.
    pub fn compiling(&self, error: PgError) -> PgError {
        let last = self.next.checked_sub(1).and_then(|last| self.tokens.get(last));
        let line = last.map_or(1, |token| token.span.start.line);
        error.context(format!("compilation of PL/pgSQL function \"inline_code_block\" near line {line}"))
    }

    /// Takes what stands before the first token outside of parentheses that ends it; that one stays.
    pub fn until(&mut self, ends: impl Fn(&TokenWithSpan) -> bool) -> Result<Piece<'b>, PgError> {
        let begin = self.next;
        let mut depth = 0usize;
        while let Some(token) = self.peek() {
            match token.token {
                Token::LParen | Token::LBracket => depth += 1,
                Token::RParen | Token::RBracket => {
                    depth = depth.checked_sub(1).ok_or_else(|| self.near("mismatched parentheses"))?;
                }
                Token::SemiColon if depth > 0 => return Err(self.near("mismatched parentheses")),
                _ if depth == 0 && ends(token) => break,
                _ => {}
            }
            self.next += 1;
        }
        let range = begin..self.next;
        let before = self.places.get(begin).map_or(0, |place| place.before);
        Ok(Piece { text: self.written(range.clone()), before, range })
    }
}

fn places(text: &str, tokens: &[TokenWithSpan]) -> Vec<Place> {
    let mut cursor = Cursor::new(text);
    let place = |token: &TokenWithSpan| {
        cursor.advance(token.span.start);
        let (start, before) = (cursor.bytes, cursor.chars);
        cursor.advance(token.span.end);
        Place { bytes: start..cursor.bytes, before }
    };
    tokens.iter().map(place).collect()
}
