//! `to_number`: a number out of a text, by the template patterns of [`super::to_char`] (`NUM_processor` of `formatting.c`).
//!
//! The locale is "C": the point is `.`, the separator of thousands `,`, and the currency symbol a blank.

use super::numeric::Numeric;
use super::to_char::{Description, LocaleSign, Node, describe};
use super::{PgError, SqlState};

/// `None` for an empty template, which PostgreSQL answers with NULL. Errors: 42601 for patterns that don't go together, 22P02 where
/// there is no number, 22003 for one of more digits than the template has.
pub fn to_number(text: &str, template: &str) -> Result<Option<Numeric>, PgError> {
    if template.is_empty() {
        return Ok(None);
    }
    let (nodes, description) = describe(template)?;
    let unsupported = |pattern: &str| {
        let message = format!("\"{pattern}\" not supported for input");
        Err(PgError::new(SqlState::FEATURE_NOT_SUPPORTED, message))
    };
    if description.scientific {
        return unsupported("EEEE");
    }
    if description.roman {
        return unsupported("RN");
    }
    let mut scanner = Scanner::new(text, &description);
    for node in &nodes {
        if scanner.is_at_end() {
            break;
        }
        scanner.node(node);
    }
    let scale = scanner.post;
    let precision = description.pre + description.multi as usize + scale;
    if scale > 1000 || precision > 0x7fff {
        return Err(PgError::unsupported("a number of so many digits in to_number"));
    }
    let number = Numeric::input(&scanner.number())?.apply_typmod((((precision << 16) | scale) + 4) as i32)?;
    if !description.shifted {
        return Ok(Some(number));
    }
    let shift = Numeric::from(10).power(&Numeric::from(-i64::from(description.multi)))?;
    number.multiply(&shift).map(Some)
}

/// How far a text has been read. PostgreSQL goes on byte by byte where it expects ASCII, character by character elsewhere.
struct Scanner<'t> {
    text: &'t [u8],
    at: usize,
    description: &'t Description,
    /// A blank where none has been read.
    sign: u8,
    digits: String,
    /// How many of them stand before and behind the point.
    pre: usize,
    post: usize,
    point: bool,
}

impl<'t> Scanner<'t> {
    fn new(text: &'t str, description: &'t Description) -> Scanner<'t> {
        let (sign, digits) = (b' ', String::new());
        Scanner { text: text.as_bytes(), at: 0, description, sign, digits, pre: 0, post: 0, point: false }
    }

    fn is_at_end(&self) -> bool {
        self.at >= self.text.len()
    }

    fn next(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn node(&mut self, node: &Node<'_>) {
        let Node::Pattern(pattern, _) = node else {
            self.at += self.character();
            return;
        };
        let fill = self.description.fill;
        match *pattern {
            "9" | "0" => self.number_part(true),
            "." | "D" => self.number_part(false),
            "," | "G" if !fill && self.next() == Some(b',') => self.at += 1,
            "L" => self.skip(1),
            "TH" if !self.description.decimal => self.skip(2),
            "MI" if self.next() == Some(b'-') => self.take_sign(),
            "PL" if self.next() == Some(b'+') => self.take_sign(),
            "SG" if matches!(self.next(), Some(b'-' | b'+')) => self.take_sign(),
            "MI" | "PL" | "SG" => self.skip(1),
            _ => {}
        }
    }

    /// How many bytes the next character has.
    fn character(&self) -> usize {
        match self.next() {
            Some(0xf0..) => 4,
            Some(0xe0..) => 3,
            Some(0xc0..) => 2,
            _ => 1,
        }
    }

    /// Passes over so many characters that say nothing of a number.
    fn skip(&mut self, characters: usize) {
        for _ in 0..characters {
            match self.next() {
                None | Some(b'0'..=b'9' | b'.' | b',' | b'+' | b'-') => break,
                Some(_) => self.at += self.character(),
            }
        }
    }

    fn take_sign(&mut self) {
        if let Some(sign) = self.next() {
            self.sign = sign;
            self.at += 1;
        }
    }

    /// `NUM_numpart_from_char`: a digit or the point, whichever there is, and the sign before the first of them or behind the last.
    fn number_part(&mut self, digit: bool) {
        for _ in 0..2 {
            self.at += usize::from(self.next() == Some(b' '));
        }
        if !self.is_at_end() {
            self.signed_part(digit);
        }
        self.at += 1;
    }

    fn signed_part(&mut self, digit: bool) {
        let description = self.description;
        if self.sign == b' ' && digit && self.pre + self.post == 0 {
            match self.next() {
                Some(b'-' | b'+') => self.take_sign(),
                Some(b'<') if description.bracket && description.sign != LocaleSign::Before => {
                    self.sign = b'-';
                    self.at += 1;
                }
                _ => {}
            }
        }
        let Some(next) = self.next() else { return };
        let mut read = false;
        if next.is_ascii_digit() {
            if self.point && self.post == description.post {
                return;
            }
            self.digits.push(char::from(next));
            *(if self.point { &mut self.post } else { &mut self.pre }) += 1;
            read = true;
        } else if description.decimal && !self.point && next == b'.' {
            self.digits.push('.');
            self.point = true;
            read = true;
        }
        if self.sign != b' ' || self.pre + self.post == 0 {
            return;
        }
        let behind = self.text.get(self.at + 1).copied();
        if description.sign != LocaleSign::None {
            if read && let Some(sign @ (b'-' | b'+')) = behind {
                self.sign = sign;
                self.at += 1;
            }
        } else if !read && (description.plus || description.minus) && matches!(next, b'-' | b'+') {
            self.sign = next;
        }
    }

    /// What has been read, as numeric's input takes it.
    fn number(&self) -> String {
        let digits = self.digits.strip_suffix('.').unwrap_or(&self.digits);
        format!("{}{digits}", char::from(self.sign))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// PostgreSQL 15's answers.
    #[test]
    fn reads_as_postgresql() {
        for (text, template, number) in [
            ("-34,338,492", "99G999G999", "-34338492"),
            ("0.00001-", "9.999999S", "-0.00001"),
            ("5.01-", "FM9.999999MI", "-5.01"),
            (" 4 4 4 4 . 9 8 7 6 5 4 3 2 1 -", "9 9 9 9 . 9 9 9 9 9 9 9 9 9 S", "4444.987654321"),
            ("<564646.654564>", "999999.999999PR", "-564646.654564"),
            ("$1,234.56", "L99,999.99", "1234.56"),
            ("42nd", "99th", "42"),
            ("123456", "999V99", "123.4500000000000000"),
            ("1é2", "9\"x\"9", "12"),
        ] {
            let read = to_number(text, template).map(|number| number.map(|number| number.to_string()));
            assert_eq!(read.unwrap().as_deref(), Some(number), "{text} {template}");
        }
        assert_eq!(to_number("1", "").unwrap(), None);
        assert_eq!(to_number("", "9").unwrap_err().code, SqlState::INVALID_TEXT_REPRESENTATION);
        assert_eq!(to_number("1", "9EEEE").unwrap_err().code, SqlState::FEATURE_NOT_SUPPORTED);
    }
}
