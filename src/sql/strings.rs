//! `E'…'` with escapes that sqlparser can't read: halves of surrogate pairs, and bytes beyond ASCII.

use crate::types::unicode::{NoPair, Surrogates};
use crate::types::{PgError, SqlState};

/// What a string with escapes means with which a text begins, and how many bytes of the text it takes. `None` if there is none,
/// or it has no end.
/// Errors: 22021, 22025 and 42601, the latter two at their place in the text.
pub fn read(text: &str) -> Option<Result<(String, usize), PgError>> {
    let body = text.strip_prefix(['E', 'e'])?.strip_prefix('\'')?;
    let mut reader = Reader { text: body, at: 0, bytes: Vec::new(), surrogates: Surrogates::default() };
    match reader.read()? {
        Ok(()) => Some(valid(reader.bytes).map(|value| (value, reader.at + 2))),
        Err(error) => Some(Err(error)),
    }
}

struct Reader<'t> {
    /// Behind the quote.
    text: &'t str,
    /// In bytes.
    at: usize,
    bytes: Vec<u8>,
    surrogates: Surrogates,
}

impl Reader<'_> {
    /// To the end of the string.
    fn read(&mut self) -> Option<Result<(), PgError>> {
        loop {
            let rest = &self.text[self.at..];
            let c = rest.chars().next()?;
            let escape = if c == '\\' { rest[1..].chars().next()? } else { '\0' };
            if matches!(escape, 'u' | 'U') {
                if let Err(error) = self.unicode(escape) {
                    return Some(Err(error));
                }
                continue;
            }
            if let Err(NoPair) = self.surrogates.end() {
                return Some(Err(self.error("invalid Unicode surrogate pair", self.at, c.len_utf8())));
            }
            self.at += c.len_utf8();
            match c {
                '\'' if rest[1..].starts_with('\'') => {
                    self.at += 1;
                    self.bytes.push(b'\'');
                }
                '\'' => return Some(Ok(())),
                '\\' => self.escape(escape),
                c => self.bytes.extend(c.to_string().as_bytes()),
            }
        }
    }

    /// Behind a backslash.
    fn escape(&mut self, escape: char) {
        let (radix, most, skipped) = match escape {
            'x' => (16, 2, 1),
            '0'..='7' => (8, 3, 0),
            _ => (10, 0, 0),
        };
        let rest = &self.text[self.at + skipped..];
        let length = rest.chars().take(most).take_while(|digit| digit.is_digit(radix)).count();
        if length > 0 {
            let code = u32::from_str_radix(&rest[..length], radix).unwrap_or(0);
            self.at += skipped + length;
            // `\400` and beyond lose what is more than a byte.
            self.bytes.push(code as u8);
            return;
        }
        self.at += escape.len_utf8();
        let c = match escape {
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            c => c,
        };
        self.bytes.extend(c.to_string().as_bytes());
    }

    /// `\uXXXX`, `\UXXXXXXXX`.
    fn unicode(&mut self, escape: char) -> Result<(), PgError> {
        let length = if escape == 'u' { 4 } else { 8 };
        let digits =
            self.text[self.at + 2..].get(..length).filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()));
        let Some(digits) = digits else {
            let error = self.error("invalid Unicode escape", self.at, 0);
            let hint = "Unicode escapes must be \\uXXXX or \\UXXXXXXXX.";
            return Err(PgError { code: SqlState::INVALID_ESCAPE_SEQUENCE, ..error }.hint(hint));
        };
        let code = u32::from_str_radix(digits, 16).unwrap_or(0);
        let written = 2 + length;
        let invalid = || self.error("invalid Unicode escape value", self.at, written);
        if code == 0 || code > u32::from(char::MAX) {
            return Err(invalid());
        }
        match self.surrogates.push(code) {
            Ok(Some(c)) => self.bytes.extend(c.to_string().as_bytes()),
            Ok(None) => {}
            Err(NoPair) => return Err(self.error("invalid Unicode surrogate pair", self.at, written)),
        }
        self.at += written;
        Ok(())
    }

    fn error(&self, what: &str, at: usize, length: usize) -> PgError {
        let message = match &self.text[at..at + length] {
            "" => what.to_owned(),
            near => format!("{what} at or near \"{near}\""),
        };
        // E and the quote stand before.
        let position = self.text[..at].chars().count() as u32 + 3;
        PgError::new(SqlState::SYNTAX_ERROR, message).position(position)
    }
}

fn valid(bytes: Vec<u8>) -> Result<String, PgError> {
    let valid = match std::str::from_utf8(&bytes) {
        Ok(text) => text.find('\0').unwrap_or(bytes.len()),
        Err(error) => bytes[..error.valid_up_to()].iter().position(|byte| *byte == 0).unwrap_or(error.valid_up_to()),
    };
    if valid < bytes.len() {
        // As many bytes as the first claims to be a character of.
        let length = match bytes[valid] {
            0xc0..=0xdf => 2,
            0xe0..=0xef => 3,
            0xf0..=0xf7 => 4,
            _ => 1,
        };
        let wrong: Vec<String> = bytes[valid..].iter().take(length).map(|byte| format!("0x{byte:02x}")).collect();
        let message = format!("invalid byte sequence for encoding \"UTF8\": {}", wrong.join(" "));
        return Err(PgError::new(SqlState::CHARACTER_NOT_IN_REPERTOIRE, message));
    }
    Ok(String::from_utf8(bytes).unwrap_or_default())
}
