//! The words of a path (`jsonpath_scan.l`).
//!
//! Of the patterns that fit, the longest counts, and of equally long ones the first: so `0755` is a name (and then no
//! path), `00` a number gone wrong. An error shows what has been read last: of a name that is what stands behind it.

use crate::types::{PgError, SqlState};

#[derive(Clone, Debug, PartialEq)]
pub enum Token {
    End,
    /// A character that means something by itself.
    Mark(char),
    And,
    Or,
    AnyPath,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Integer(String),
    Decimal(String),
    /// In quotes.
    String(String),
    /// Behind its dollar sign.
    Variable(String),
    Word(String),
}

/// Characters that end a name.
const SPECIAL: &str = "?%$.[]{}()|&!=<>@#,*:-+/";

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\x0c')
}

fn is_other(c: char) -> bool {
    !is_blank(c) && c != '\\' && c != '"' && !SPECIAL.contains(c)
}

fn syntax(message: impl Into<String>) -> PgError {
    PgError::new(SqlState::SYNTAX_ERROR, message)
}

/// 22P02 with a detail.
pub fn invalid(detail: &str) -> PgError {
    let message = "invalid input syntax for type jsonpath";
    PgError::new(SqlState::INVALID_TEXT_REPRESENTATION, message).detail(detail)
}

pub struct Scanner<'t> {
    text: &'t str,
    at: usize,
    /// What has been read last; nothing where the path ends, or a name does.
    near: &'t str,
}

impl<'t> Scanner<'t> {
    pub fn new(text: &'t str) -> Scanner<'t> {
        Scanner { text, at: 0, near: "" }
    }

    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Passes over so many bytes, which an error then shows.
    fn take(&mut self, bytes: usize) -> &'t str {
        self.near = &self.rest()[..bytes];
        self.at += bytes;
        self.near
    }

    /// How many bytes from here on fit.
    fn length(&self, fits: fn(char) -> bool) -> usize {
        let rest = self.rest();
        rest.len() - rest.trim_start_matches(fits).len()
    }

    /// 42601, at what has been read last.
    pub fn error(&self, message: &str) -> PgError {
        syntax(match self.near {
            "" => format!("{message} at end of jsonpath input"),
            near => format!("{message} at or near \"{near}\" of jsonpath input"),
        })
    }

    pub fn next(&mut self) -> Result<Token, PgError> {
        loop {
            let Some(c) = self.peek() else {
                self.near = "";
                return Ok(Token::End);
            };
            if is_blank(c) {
                self.take(self.length(is_blank));
            } else if self.rest().starts_with("/*") {
                self.comment()?;
            } else if c == '"' {
                self.take(1);
                return self.quoted().map(Token::String);
            } else if c == '$' {
                return self.dollar();
            } else if c == '.' || c.is_ascii_digit() {
                if let Some(number) = self.number()? {
                    return Ok(number);
                }
                if c != '.' {
                    if let Some(word) = self.word()? {
                        return Ok(Token::Word(word));
                    }
                    continue;
                }
                self.take(1);
                return Ok(Token::Mark('.'));
            } else if SPECIAL.contains(c) {
                return Ok(self.mark(c));
            } else if let Some(word) = self.word()? {
                return Ok(Token::Word(word));
            }
        }
    }

    fn comment(&mut self) -> Result<(), PgError> {
        match self.rest()[2..].find("*/") {
            Some(end) => {
                self.take(end + 4);
                Ok(())
            }
            None => {
                self.at = self.text.len();
                self.near = "";
                Err(self.error("unexpected end of comment"))
            }
        }
    }

    fn mark(&mut self, c: char) -> Token {
        const PAIRS: [(&str, Token); 8] = [
            ("&&", Token::And),
            ("||", Token::Or),
            ("**", Token::AnyPath),
            ("<=", Token::LessEqual),
            ("==", Token::Equal),
            ("<>", Token::NotEqual),
            ("!=", Token::NotEqual),
            (">=", Token::GreaterEqual),
        ];
        if let Some((_, token)) = PAIRS.into_iter().find(|(pair, _)| self.rest().starts_with(pair)) {
            self.take(2);
            return token;
        }
        self.take(1);
        match c {
            '<' => Token::Less,
            '>' => Token::Greater,
            c => Token::Mark(c),
        }
    }

    /// `$`, `$name` or `$"name"`.
    fn dollar(&mut self) -> Result<Token, PgError> {
        if self.rest().starts_with("$\"") {
            self.take(2);
            return self.quoted().map(Token::Variable);
        }
        let name = self.rest()[1..].find(|c| !is_other(c)).unwrap_or(self.rest().len() - 1);
        let token = self.take(1 + name);
        Ok(if name == 0 { Token::Mark('$') } else { Token::Variable(token[1..].to_owned()) })
    }

    /// A number, if none of the other patterns is longer.
    fn number(&mut self) -> Result<Option<Token>, PgError> {
        let bytes = self.rest().as_bytes();
        let digits = |from: usize| bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let byte = |at: usize| bytes.get(at).copied();
        let integer = match byte(0) {
            Some(b'0') => 1,
            _ => digits(0),
        };
        let decimal = match byte(integer) {
            Some(b'.') if integer > 0 => integer + 1 + digits(integer + 1),
            Some(b'.') if digits(1) > 0 => 1 + digits(1),
            _ => 0,
        };
        // With an exponent, or with the sign of one that is missing.
        let (mut real, mut broken) = (0, 0);
        for mantissa in [integer, decimal] {
            if mantissa == 0 || !matches!(byte(mantissa), Some(b'e' | b'E')) {
                continue;
            }
            let sign = usize::from(matches!(byte(mantissa + 1), Some(b'+' | b'-')));
            match digits(mantissa + 1 + sign) {
                0 => broken = broken.max((mantissa + 2) * sign),
                exponent => real = real.max(mantissa + 1 + sign + exponent),
            }
        }
        // One more byte that no number can have there.
        let junk = |length: usize| match self.rest().get(length..).and_then(|rest| rest.chars().next()) {
            Some(c) if length > 0 && is_other(c) => length + 1,
            _ => 0,
        };
        let junk = [integer, decimal, real].into_iter().map(junk).max().unwrap_or(0);
        let (valid, word) = (integer.max(decimal).max(real), self.length(is_other));
        if valid > 0 && valid >= broken && valid >= junk && valid >= word {
            let number = self.take(valid).to_owned();
            return Ok(Some(if valid == integer { Token::Integer(number) } else { Token::Decimal(number) }));
        }
        if broken > 0 && broken >= junk && broken >= word {
            self.take(broken);
            return Err(self.error("invalid numeric literal"));
        }
        if junk > 0 && junk >= word {
            self.take(self.rest().ceil_char_boundary(junk));
            return Err(self.error("trailing junk after numeric literal"));
        }
        Ok(None)
    }

    /// A name without quotes. One before a comment is forgotten, as PostgreSQL does it.
    fn word(&mut self) -> Result<Option<String>, PgError> {
        let mut word = String::new();
        while let Some(c) = self.peek() {
            if is_blank(c) {
                self.take(self.length(is_blank));
                return Ok(Some(word));
            }
            if self.rest().starts_with("/*") {
                return self.comment().map(|()| None);
            }
            match c {
                '\\' => self.escape(&mut word)?,
                c if is_other(c) => word.push_str(self.take(self.length(is_other))),
                _ => break,
            }
        }
        self.near = "";
        Ok(Some(word))
    }

    /// Up to the quote that ends it.
    fn quoted(&mut self) -> Result<String, PgError> {
        let mut out = String::new();
        loop {
            match self.peek() {
                None => {
                    self.near = "";
                    return Err(self.error("unexpected end of quoted string"));
                }
                Some('"') => {
                    self.take(1);
                    return Ok(out);
                }
                Some('\\') => self.escape(&mut out)?,
                Some(_) => out.push_str(self.take(self.length(|c| c != '"' && c != '\\'))),
            }
        }
    }

    fn escape(&mut self, out: &mut String) -> Result<(), PgError> {
        let c = self.rest()[1..].chars().next();
        let plain = match c {
            Some('u') => return self.unicode(out),
            Some('x') => {
                let digits = self.hex(2, 2);
                self.take(2 + digits);
                if digits < 2 {
                    return Err(self.error("invalid hex character sequence"));
                }
                return character(code(&self.near[2..]), out);
            }
            Some('b') => '\x08',
            Some('f') => '\x0c',
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            Some('v') => '\x0b',
            None | Some('\n') => {
                self.take(1);
                return Err(self.error("unexpected end after backslash"));
            }
            Some(c) => c,
        };
        self.take(1 + c.map_or(0, char::len_utf8));
        out.push(plain);
        Ok(())
    }

    /// Hexadecimal digits, so many at most, from so many bytes on.
    fn hex(&self, from: usize, most: usize) -> usize {
        self.rest().as_bytes()[from..].iter().take(most).take_while(|byte| byte.is_ascii_hexdigit()).count()
    }

    /// As many `\u1234` and `\u{12345}` as follow each other: two of them may be one character.
    fn unicode(&mut self, out: &mut String) -> Result<(), PgError> {
        let start = self.at;
        let mut high = None;
        let mut codes = Vec::new();
        while self.rest().starts_with("\\u") {
            let braced = self.rest()[2..].starts_with('{');
            let begin = if braced { 3 } else { 2 };
            let digits = self.hex(begin, if braced { 6 } else { 4 });
            let end = begin + digits;
            let closed = braced && digits > 0 && self.rest()[end..].starts_with('}');
            if closed || !braced && digits == 4 {
                codes.push(code(&self.rest()[begin..end]));
                self.at += end + usize::from(closed);
                continue;
            }
            self.at += if braced { end } else { 2 + digits };
            self.near = &self.text[start..self.at];
            return Err(self.error("invalid unicode sequence"));
        }
        self.near = &self.text[start..self.at];
        let low_missing = "Unicode low surrogate must follow a high surrogate.";
        for code in codes {
            match (code, high.take()) {
                (0xd800..0xdc00, Some(_)) => {
                    return Err(invalid("Unicode high surrogate must not follow a high surrogate."));
                }
                (0xd800..0xdc00, None) => high = Some(code),
                (0xdc00..0xe000, Some(first)) => {
                    character(0x10000 + ((first & 0x3ff) << 10) + (code & 0x3ff), out)?;
                }
                (0xdc00..0xe000, None) | (_, Some(_)) => return Err(invalid(low_missing)),
                (code, None) => character(code, out)?,
            }
        }
        if high.is_some() { Err(invalid(low_missing)) } else { Ok(()) }
    }
}

/// Of six digits at most.
fn code(digits: &str) -> u32 {
    u32::from_str_radix(digits, 16).unwrap_or(u32::MAX)
}

fn character(code: u32, out: &mut String) -> Result<(), PgError> {
    if code == 0 {
        let message = "unsupported Unicode escape sequence";
        return Err(
            PgError::new(SqlState::UNTRANSLATABLE_CHARACTER, message).detail("\\u0000 cannot be converted to text.")
        );
    }
    out.push(char::from_u32(code).ok_or_else(|| syntax("invalid Unicode code point"))?);
    Ok(())
}
