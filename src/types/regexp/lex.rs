//! A pattern's tokens (`regc_lex.c`). What a character means depends on where it stands: in brackets, in a bound, or
//! outside of both, and on the flavour of the language.

use super::classes::{self, Class};
use super::{Flavor, Options, invalid};
use crate::types::PgError;

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Token {
    /// Before the first one.
    Start,
    End,
    /// A character by its number, which need not be a character's.
    Plain(u32),
    Or,
    /// Quantifiers; whether they prefer the longer match.
    Star(bool),
    Plus(bool),
    Question(bool),
    /// `{`, what is in it, and `}`.
    Bound,
    Digit(u32),
    Comma,
    EndOfBound(bool),
    /// `(`, or `(?:` that counts as no group.
    Open {
        group: bool,
    },
    Close,
    Around(Around),
    /// `[`, or `[^`.
    Bracket {
        negated: bool,
    },
    EndOfBracket,
    Range,
    /// `[.`, `[=` and `[:` within brackets, and what ends each.
    Element,
    Equivalence,
    NamedClass,
    EndOfName,
    /// `\d` and its kin; the capital is the opposite.
    Class(Class, bool),
    Any,
    Caret,
    Dollar,
    Begin,
    Finish,
    WordBegin,
    WordEnd,
    WordBoundary,
    NoWordBoundary,
    BackReference(u32),
}

/// A look-around: `(?=`, `(?!`, `(?<=`, `(?<!`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Around {
    pub ahead: bool,
    pub negated: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum Context {
    Basic,
    Extended,
    Quoted,
    /// Within `{…}`.
    Bound,
    Bracket,
    /// Within `[.`, `[=` or `[:`, up to this character and `]`.
    Name(char),
}

pub struct Lexer {
    text: Vec<char>,
    at: usize,
    context: Context,
    last: Token,
    /// As [`Options`] and the pattern's beginning have them.
    pub options: Options,
    /// Groups begun so far: a number in two digits is a back reference if it is one of theirs.
    pub groups: u32,
}

/// The greatest `chr`.
const MAX_CHARACTER: u32 = 0x7fff_fffe;

impl Lexer {
    /// Errors: 2201B for options that exclude each other, or a beginning that is none.
    pub fn new(pattern: &str, options: &Options) -> Result<Lexer, PgError> {
        let special = options.expanded || options.newline_stops || options.newline_anchors;
        if options.quoted && special {
            return Err(invalid("invalid argument to regex function"));
        }
        let mut lexer = Lexer {
            text: pattern.chars().collect(),
            at: 0,
            context: Context::Quoted,
            last: Token::Start,
            options: *options,
            groups: 0,
        };
        if !options.quoted {
            lexer.prefixes()?;
        }
        lexer.context = match lexer.options.flavor {
            _ if lexer.options.quoted => Context::Quoted,
            Flavor::Basic => Context::Basic,
            Flavor::Extended | Flavor::Advanced => Context::Extended,
        };
        Ok(lexer)
    }

    fn is_advanced(&self) -> bool {
        self.options.flavor == Flavor::Advanced
    }

    fn peek(&self) -> Option<char> {
        self.text.get(self.at).copied()
    }

    fn takes(&mut self, text: &str) -> bool {
        let there = text.chars().enumerate().all(|(index, c)| self.text.get(self.at + index) == Some(&c));
        if there {
            self.at += text.chars().count();
        }
        there
    }

    fn quote(&mut self) {
        let flavor = Flavor::Basic;
        let (newline_stops, newline_anchors, expanded) = (false, false, false);
        self.options = Options { quoted: true, flavor, newline_stops, newline_anchors, expanded, ..self.options };
    }

    /// `***=`, `***:` and `(?i)` at the beginning.
    fn prefixes(&mut self) -> Result<(), PgError> {
        if self.text.len() > 3 && self.text.starts_with(&['*', '*', '*']) {
            match self.text[3] {
                '?' => return Err(invalid("invalid regexp (reg version 0.8)")),
                '=' => {
                    self.at = 4;
                    self.quote();
                    return Ok(());
                }
                ':' => {
                    self.at = 4;
                    self.options.flavor = Flavor::Advanced;
                }
                _ => return Err(invalid("quantifier operand invalid")),
            }
        }
        let letters = self.text.get(self.at + 2).is_some_and(char::is_ascii_alphabetic);
        if !self.is_advanced() || !letters || !self.takes("(?") {
            return Ok(());
        }
        while let Some(letter) = self.peek().filter(char::is_ascii_alphabetic) {
            self.at += 1;
            let options = &mut self.options;
            match letter {
                'b' => (options.flavor, options.quoted) = (Flavor::Basic, false),
                'e' => (options.flavor, options.quoted) = (Flavor::Extended, false),
                'q' => (options.flavor, options.quoted) = (Flavor::Basic, true),
                'i' => options.ignore_case = true,
                'c' => options.ignore_case = false,
                's' => (options.newline_stops, options.newline_anchors) = (false, false),
                'n' | 'm' => (options.newline_stops, options.newline_anchors) = (true, true),
                'p' => (options.newline_stops, options.newline_anchors) = (true, false),
                'w' => (options.newline_stops, options.newline_anchors) = (false, true),
                'x' => options.expanded = true,
                't' => options.expanded = false,
                _ => return Err(invalid("invalid embedded option")),
            }
        }
        if !self.takes(")") {
            return Err(invalid("invalid embedded option"));
        }
        if self.options.quoted {
            self.quote();
        }
        Ok(())
    }

    /// The next token, [`Token::End`] for ever at the end.
    pub fn next(&mut self) -> Result<Token, PgError> {
        self.last = self.token()?;
        Ok(self.last)
    }

    fn token(&mut self) -> Result<Token, PgError> {
        let skips = matches!(self.context, Context::Basic | Context::Extended | Context::Bound);
        loop {
            if self.options.expanded && skips {
                self.skip();
            }
            let comments = self.context == Context::Extended && self.is_advanced();
            if !(comments && self.takes("(?#")) {
                break;
            }
            while self.peek().is_some_and(|c| c != ')') {
                self.at += 1;
            }
            self.at = (self.at + 1).min(self.text.len());
        }
        let Some(c) = self.peek() else {
            return match self.context {
                Context::Basic | Context::Extended | Context::Quoted => Ok(Token::End),
                Context::Bound => Err(invalid("braces {} not balanced")),
                Context::Bracket | Context::Name(_) => Err(invalid("brackets [] not balanced")),
            };
        };
        self.at += 1;
        match self.context {
            Context::Quoted => Ok(Token::Plain(c.into())),
            Context::Basic => self.basic(c),
            Context::Extended => self.extended(c),
            Context::Bound => self.bound(c),
            Context::Bracket => self.bracket(c),
            Context::Name(end) => {
                if c != end || !self.takes("]") {
                    return Ok(Token::Plain(c.into()));
                }
                self.context = Context::Bracket;
                Ok(Token::EndOfName)
            }
        }
    }

    /// White space and comments, in expanded syntax.
    fn skip(&mut self) {
        loop {
            while self.peek().is_some_and(is_space) {
                self.at += 1;
            }
            if self.peek() != Some('#') {
                return;
            }
            while self.peek().is_some_and(|c| c != '\n') {
                self.at += 1;
            }
        }
    }

    fn bound(&mut self, c: char) -> Result<Token, PgError> {
        let basic = self.options.flavor == Flavor::Basic;
        match c {
            '0'..='9' => Ok(Token::Digit(c as u32 - '0' as u32)),
            ',' => Ok(Token::Comma),
            '}' if !basic => {
                self.context = Context::Extended;
                Ok(Token::EndOfBound(self.prefers_longer()))
            }
            '\\' if basic && self.takes("}") => {
                self.context = Context::Basic;
                Ok(Token::EndOfBound(true))
            }
            _ => Err(invalid("invalid repetition count(s)")),
        }
    }

    /// Whether no `?` follows a quantifier.
    fn prefers_longer(&mut self) -> bool {
        !(self.is_advanced() && self.takes("?"))
    }

    fn bracket(&mut self, c: char) -> Result<Token, PgError> {
        let first = matches!(self.last, Token::Bracket { .. });
        match c {
            ']' if !first => {
                self.context = match self.options.flavor {
                    Flavor::Basic => Context::Basic,
                    Flavor::Extended | Flavor::Advanced => Context::Extended,
                };
                Ok(Token::EndOfBracket)
            }
            '\\' if self.is_advanced() => match self.escape()? {
                token @ (Token::Plain(_) | Token::Class(..)) => Ok(token),
                _ => Err(invalid_escape()),
            },
            '-' if !first && self.peek() != Some(']') => Ok(Token::Range),
            '[' => {
                let (token, end) = match self.peek() {
                    None => return Err(invalid("brackets [] not balanced")),
                    Some('.') => (Token::Element, '.'),
                    Some('=') => (Token::Equivalence, '='),
                    Some(':') => (Token::NamedClass, ':'),
                    Some(_) => return Ok(Token::Plain(c.into())),
                };
                self.at += 1;
                self.context = Context::Name(end);
                Ok(token)
            }
            c => Ok(Token::Plain(c.into())),
        }
    }

    /// Brackets, or the edges of words that are written as such.
    fn open_bracket(&mut self) -> Token {
        if self.takes("[:<:]]") {
            return Token::WordBegin;
        }
        if self.takes("[:>:]]") {
            return Token::WordEnd;
        }
        self.context = Context::Bracket;
        Token::Bracket { negated: self.takes("^") }
    }

    fn extended(&mut self, c: char) -> Result<Token, PgError> {
        Ok(match c {
            '|' => Token::Or,
            '*' => Token::Star(self.prefers_longer()),
            '+' => Token::Plus(self.prefers_longer()),
            '?' => Token::Question(self.prefers_longer()),
            '{' => {
                if self.options.expanded {
                    self.skip();
                }
                if !self.peek().is_some_and(|c| c.is_ascii_digit()) {
                    return Ok(Token::Plain(c.into()));
                }
                self.context = Context::Bound;
                Token::Bound
            }
            '(' if self.is_advanced() && self.takes("?") => return self.special_group(),
            '(' => Token::Open { group: true },
            ')' => Token::Close,
            '[' => self.open_bracket(),
            '.' => Token::Any,
            '^' => Token::Caret,
            '$' => Token::Dollar,
            '\\' if self.is_advanced() => return self.escape(),
            '\\' => {
                let c = self.peek().ok_or_else(invalid_escape)?;
                self.at += 1;
                Token::Plain(c.into())
            }
            c => Token::Plain(c.into()),
        })
    }

    /// Behind `(?`.
    fn special_group(&mut self) -> Result<Token, PgError> {
        let around = |ahead, negated| Ok(Token::Around(Around { ahead, negated }));
        match () {
            () if self.takes(":") => Ok(Token::Open { group: false }),
            () if self.takes("=") => around(true, false),
            () if self.takes("!") => around(true, true),
            () if self.takes("<=") => around(false, false),
            () if self.takes("<!") => around(false, true),
            () => Err(invalid("quantifier operand invalid")),
        }
    }

    /// Behind a backslash of advanced syntax.
    fn escape(&mut self) -> Result<Token, PgError> {
        let c = self.peek().ok_or_else(invalid_escape)?;
        self.at += 1;
        let plain = |c: char| Ok(Token::Plain(c.into()));
        if let Some((class, negated)) = classes::shorthand(c) {
            return Ok(Token::Class(class, negated));
        }
        match c {
            'a' => plain('\u{7}'),
            'A' => Ok(Token::Begin),
            'b' => plain('\u{8}'),
            'B' => plain('\\'),
            'c' => {
                let c = self.peek().ok_or_else(invalid_escape)?;
                self.at += 1;
                Ok(Token::Plain(u32::from(c) & 0o37))
            }
            'e' => plain('\u{1b}'),
            'f' => plain('\u{c}'),
            'm' => Ok(Token::WordBegin),
            'M' => Ok(Token::WordEnd),
            'n' => plain('\n'),
            'r' => plain('\r'),
            't' => plain('\t'),
            'u' => self.numbered(4, 4),
            'U' => self.numbered(8, 8),
            'v' => plain('\u{b}'),
            'x' => self.numbered(1, 255),
            'y' => Ok(Token::WordBoundary),
            'Y' => Ok(Token::NoWordBoundary),
            'Z' => Ok(Token::Finish),
            '1'..='9' => {
                let behind_one = self.at;
                self.at -= 1;
                let number = self.digits(10, 1, 255)?;
                // One digit is a back reference, more are one if there is such a group.
                if self.at == behind_one || number > 0 && number <= self.groups {
                    return Ok(Token::BackReference(number));
                }
                self.at = behind_one - 1;
                self.octal()
            }
            '0' => {
                self.at -= 1;
                self.octal()
            }
            c if c.is_ascii_alphanumeric() => Err(invalid_escape()),
            c => plain(c),
        }
    }

    fn octal(&mut self) -> Result<Token, PgError> {
        let mut number = self.digits(8, 1, 3)?;
        if number > 0xff {
            self.at -= 1;
            number >>= 3;
        }
        Ok(Token::Plain(number))
    }

    fn numbered(&mut self, least: usize, most: usize) -> Result<Token, PgError> {
        let number = self.digits(16, least, most)?;
        if number > MAX_CHARACTER { Err(invalid_escape()) } else { Ok(Token::Plain(number)) }
    }

    fn digits(&mut self, base: u32, least: usize, most: usize) -> Result<u32, PgError> {
        let (mut number, mut count) = (0u32, 0);
        while count < most
            && let Some(digit) = self.peek().and_then(|c| c.to_digit(base))
        {
            number = number.wrapping_mul(base).wrapping_add(digit);
            count += 1;
            self.at += 1;
        }
        if count < least { Err(invalid_escape()) } else { Ok(number) }
    }

    fn basic(&mut self, c: char) -> Result<Token, PgError> {
        let begins = matches!(self.last, Token::Start | Token::Open { .. });
        Ok(match c {
            '*' if begins || self.last == Token::Caret => Token::Plain(c.into()),
            '*' => Token::Star(true),
            '[' => self.open_bracket(),
            '.' => Token::Any,
            '^' if begins => Token::Caret,
            '$' => {
                if self.options.expanded {
                    self.skip();
                }
                match self.text.get(self.at..) {
                    None | Some([] | ['\\', ')', ..]) => Token::Dollar,
                    Some(_) => Token::Plain(c.into()),
                }
            }
            '\\' => {
                let c = self.peek().ok_or_else(invalid_escape)?;
                self.at += 1;
                match c {
                    '{' => {
                        self.context = Context::Bound;
                        Token::Bound
                    }
                    '(' => Token::Open { group: true },
                    ')' => Token::Close,
                    '<' => Token::WordBegin,
                    '>' => Token::WordEnd,
                    '1'..='9' => Token::BackReference(c as u32 - '0' as u32),
                    c => Token::Plain(c.into()),
                }
            }
            c => Token::Plain(c.into()),
        })
    }
}

fn invalid_escape() -> PgError {
    invalid("invalid escape \\ sequence")
}

/// `iscspace`, in the collation "C".
fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t'..='\r')
}
