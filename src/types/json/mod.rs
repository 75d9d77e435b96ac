//! json and jsonb: reading as PostgreSQL's `json_parse` does, and jsonb's normal form.
//!
//! A json value is its text as given. A jsonb value is kept in text, too: objects' keys sorted by length, then bytes,
//! each once (the last wins); numbers as numeric prints them, exactly; one space behind `:` and `,`.

mod build;
mod operations;

use std::fmt::Write;

use super::{PgError, SqlState};

pub use build::{key_text, write_array_lines, write_key, write_record, write_value};
pub use operations::{Change, strip_nulls, text_at_path};

/// Arrays and objects in each other, at most.
const MAX_DEPTH: usize = 500;
/// A numeric's digits before and behind the point.
const MAX_WHOLE: i64 = 131_072;
const MAX_FRACTION: i64 = 16_383;

/// A jsonb value taken apart. Objects are in normal order.
#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    Null,
    Bool(bool),
    /// As numeric prints it.
    Number(String),
    String(String),
    Array(Vec<Json>),
    Object(Vec<(String, Json)>),
}

/// A json text's outermost structure; the values in it are texts as given.
#[derive(Debug, PartialEq)]
pub enum Outline<'t> {
    /// A string, without quotes and escapes.
    String(String),
    Null,
    /// A number or a boolean.
    Plain(&'t str),
    Array(Vec<&'t str>),
    Object(Vec<(String, &'t str)>),
}

/// Checks a json value.
pub fn check(text: &str) -> Result<(), PgError> {
    Parser::new(text, false).whole(|parser| parser.skip(0))
}

/// Reads a jsonb value.
pub fn parse(text: &str) -> Result<Json, PgError> {
    Parser::new(text, true).whole(|parser| parser.value(0))
}

/// A text in jsonb's normal form.
pub fn normalize(text: &str) -> Result<String, PgError> {
    Ok(parse(text)?.to_string())
}

/// Takes a json text's outermost value apart.
pub fn outline(text: &str) -> Result<Outline<'_>, PgError> {
    Parser::new(text, true).whole(Parser::outline)
}

impl Json {
    /// An object of these pairs: sorted, of equal keys the last.
    pub fn object(pairs: Vec<(String, Json)>) -> Json {
        let mut sorted: Vec<(String, Json)> = Vec::with_capacity(pairs.len());
        let mut indexed: Vec<(usize, (String, Json))> = pairs.into_iter().enumerate().collect();
        indexed.sort_by(|(i, (a, _)), (j, (b, _))| key_order(a, b).then(j.cmp(i)));
        for (_, pair) in indexed {
            if sorted.last().is_none_or(|(key, _)| *key != pair.0) {
                sorted.push(pair);
            }
        }
        Json::Object(sorted)
    }

    pub fn type_name(&self) -> &'static str {
        match self {
            Json::Null => "null",
            Json::Bool(_) => "boolean",
            Json::Number(_) => "number",
            Json::String(_) => "string",
            Json::Array(_) => "array",
            Json::Object(_) => "object",
        }
    }

    /// As text that is no json: a string without quotes; `None` for null.
    pub fn into_text(self) -> Option<String> {
        match self {
            Json::Null => None,
            Json::String(text) => Some(text),
            other => Some(other.to_string()),
        }
    }

    /// An object's value of that key.
    pub fn field(&self, key: &str) -> Option<&Json> {
        match self {
            Json::Object(pairs) => {
                pairs.binary_search_by(|(other, _)| key_order(other, key)).ok().map(|at| &pairs[at].1)
            }
            _ => None,
        }
    }

    /// An array's element; negative indexes count from the end.
    pub fn element(&self, index: i64) -> Option<&Json> {
        match self {
            Json::Array(items) => from_end(index, items.len()).and_then(|index| items.get(index)),
            _ => None,
        }
    }

    /// What `jsonb -> index` gives: a scalar is stored as an array of itself, and shows it here.
    pub fn subscripted(&self, index: i64) -> Option<&Json> {
        match self {
            Json::Array(_) | Json::Object(_) => self.element(index),
            scalar => matches!(index, 0 | -1).then_some(scalar),
        }
    }
}

/// An index that may count from the end, as one from the start.
pub fn from_end(index: i64, len: usize) -> Option<usize> {
    match usize::try_from(index) {
        Ok(index) => Some(index),
        Err(_) => usize::try_from(index.checked_add(i64::try_from(len).ok()?)?).ok(),
    }
}

/// How jsonb sorts keys.
pub fn key_order(a: &str, b: &str) -> std::cmp::Ordering {
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

impl std::fmt::Display for Json {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Json::Null => f.write_str("null"),
            Json::Bool(value) => f.write_str(if *value { "true" } else { "false" }),
            Json::Number(number) => f.write_str(number),
            Json::String(text) => write_string(text, f),
            Json::Array(items) => {
                f.write_char('[')?;
                for (index, item) in items.iter().enumerate() {
                    f.write_str(if index > 0 { ", " } else { "" })?;
                    item.fmt(f)?;
                }
                f.write_char(']')
            }
            Json::Object(pairs) => {
                f.write_char('{')?;
                for (index, (key, value)) in pairs.iter().enumerate() {
                    f.write_str(if index > 0 { ", " } else { "" })?;
                    write_string(key, f)?;
                    f.write_str(": ")?;
                    value.fmt(f)?;
                }
                f.write_char('}')
            }
        }
    }
}

/// `escape_json`.
pub fn write_string(text: &str, out: &mut impl Write) -> std::fmt::Result {
    out.write_char('"')?;
    for c in text.chars() {
        match c {
            '"' => out.write_str("\\\"")?,
            '\\' => out.write_str("\\\\")?,
            '\n' => out.write_str("\\n")?,
            '\r' => out.write_str("\\r")?,
            '\t' => out.write_str("\\t")?,
            '\x08' => out.write_str("\\b")?,
            '\x0c' => out.write_str("\\f")?,
            c if u32::from(c) < 0x20 => write!(out, "\\u{:04x}", u32::from(c))?,
            c => out.write_char(c)?,
        }
    }
    out.write_char('"')
}

/// A number's text as numeric prints the value. Errors: 22003.
pub fn normalize_number(text: &str) -> Result<String, PgError> {
    let overflow = || PgError::new(SqlState::NUMERIC_VALUE_OUT_OF_RANGE, "value overflows numeric format");
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().map_err(|_| overflow())?),
        None => (unsigned, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let len = |part: &str| i64::try_from(part.len()).unwrap_or(i64::MAX);
    if !(-MAX_WHOLE - MAX_FRACTION..=MAX_WHOLE).contains(&exponent) || len(whole) + exponent > MAX_WHOLE {
        return Err(overflow());
    }
    let scale = (len(fraction) - exponent).max(0);
    if scale > MAX_FRACTION {
        return Err(overflow());
    }
    let digits = format!("{whole}{fraction}");
    // The point stands behind so many digits.
    let point = len(whole) + exponent;
    let zeros = |count: i64| "0".repeat(usize::try_from(count).unwrap_or(0));
    let (whole, fraction) = if point <= 0 {
        (String::new(), zeros(-point) + &digits)
    } else if point >= len(&digits) {
        (digits.clone() + &zeros(point - len(&digits)), String::new())
    } else {
        let (whole, fraction) = digits.split_at(usize::try_from(point).unwrap_or(0));
        (whole.to_owned(), fraction.to_owned())
    };
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let is_zero = whole == "0" && fraction.bytes().all(|byte| byte == b'0');
    let sign = if negative && !is_zero { "-" } else { "" };
    Ok(if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") })
}

/// Bytes of a line that an error's context shows.
const MAX_CONTEXT: usize = 50;

#[derive(Clone, Copy, PartialEq, Debug)]
enum Token {
    String,
    Number,
    Word,
    /// One of `{}[]:,`.
    Mark(u8),
    End,
}

struct Parser<'t> {
    text: &'t str,
    /// Where the lexer is.
    at: usize,
    token: Token,
    start: usize,
    /// Behind the token before this one.
    previous_end: usize,
    /// A string token's meaning, if escapes are read.
    string: String,
    unescape: bool,
}

/// Errors are boxed: they stand in every frame of a deep recursion.
impl<'t> Parser<'t> {
    fn new(text: &'t str, unescape: bool) -> Parser<'t> {
        Parser { text, at: 0, token: Token::End, start: 0, previous_end: 0, string: String::new(), unescape }
    }

    fn whole<T>(mut self, read: impl FnOnce(&mut Self) -> Result<T, Box<PgError>>) -> Result<T, PgError> {
        self.advance()?;
        let value = read(&mut self)?;
        match self.token {
            Token::End => Ok(value),
            _ => Err(self.expected("Expected end of input, but found").into()),
        }
    }

    /// `end`: behind what is wrong.
    fn invalid(&self, detail: String, end: usize) -> Box<PgError> {
        let message = "invalid input syntax for type json";
        let error = PgError::new(SqlState::INVALID_TEXT_REPRESENTATION, message).detail(detail);
        Box::new(error.context(self.context(end)))
    }

    /// The line as far as something in it is wrong, or the last of it (`report_json_context`).
    fn context(&self, end: usize) -> String {
        let before = &self.text[..self.start];
        let line = before.matches('\n').count() + 1;
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let shown = self.text[line_start..end].char_indices().map(|(at, _)| line_start + at);
        let start = shown.chain([end]).find(|at| end - at < MAX_CONTEXT).unwrap_or(end);
        let start = if start - line_start <= 3 { line_start } else { start };
        let before = if start > line_start { "..." } else { "" };
        let behind = if matches!(self.byte(end), None | Some(b'\n' | b'\r')) { "" } else { "..." };
        format!("JSON data, line {line}: {before}{}{behind}", &self.text[start..end])
    }

    /// `what` stands before the token met instead.
    fn expected(&self, what: &str) -> Box<PgError> {
        match self.token {
            Token::End => self.invalid("The input string ended unexpectedly.".into(), self.at),
            _ => self.invalid(format!("{what} \"{}\".", &self.text[self.start..self.at]), self.at),
        }
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    fn advance(&mut self) -> Result<(), Box<PgError>> {
        self.previous_end = self.at;
        while matches!(self.byte(self.at), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
        self.start = self.at;
        self.token = match self.byte(self.at) {
            None => Token::End,
            Some(mark @ (b'{' | b'}' | b'[' | b']' | b':' | b',')) => {
                self.at += 1;
                Token::Mark(mark)
            }
            Some(b'"') => {
                self.string()?;
                Token::String
            }
            Some(b'-' | b'0'..=b'9') => {
                self.number()?;
                Token::Number
            }
            Some(_) => {
                self.word()?;
                Token::Word
            }
        };
        Ok(())
    }

    fn invalid_token(&self, end: usize) -> Box<PgError> {
        self.invalid(format!("Token \"{}\" is invalid.", &self.text[self.start..end]), end)
    }

    fn alphanumeric_end(&self, from: usize) -> usize {
        let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || !byte.is_ascii();
        from + self.text.as_bytes()[from..].iter().take_while(|byte| is_word(byte)).count()
    }

    fn word(&mut self) -> Result<(), Box<PgError>> {
        let end = self.alphanumeric_end(self.at);
        if end == self.at {
            return Err(self.invalid_token(self.at + 1));
        }
        self.at = end;
        match &self.text[self.start..end] {
            "true" | "false" | "null" => Ok(()),
            _ => Err(self.invalid_token(end)),
        }
    }

    fn digits(&mut self) -> bool {
        let from = self.at;
        while matches!(self.byte(self.at), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        self.at > from
    }

    fn number(&mut self) -> Result<(), Box<PgError>> {
        if self.byte(self.at) == Some(b'-') {
            self.at += 1;
        }
        let mut valid = true;
        if self.byte(self.at) == Some(b'0') {
            self.at += 1;
        } else {
            valid &= self.digits();
        }
        if self.byte(self.at) == Some(b'.') {
            self.at += 1;
            valid &= self.digits();
        }
        if matches!(self.byte(self.at), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.byte(self.at), Some(b'+' | b'-')) {
                self.at += 1;
            }
            valid &= self.digits();
        }
        let end = self.alphanumeric_end(self.at);
        if !valid || end > self.at {
            return Err(self.invalid_token(end));
        }
        Ok(())
    }

    fn string(&mut self) -> Result<(), Box<PgError>> {
        self.string.clear();
        self.at += 1;
        let mut high: Option<u32> = None;
        let low_missing = "Unicode low surrogate must follow a high surrogate.";
        loop {
            let rest = &self.text[self.at..];
            let Some(c) = rest.chars().next() else { return Err(self.invalid_token(self.at)) };
            if high.is_some() && !rest.starts_with("\\u") {
                let escaped = if c == '\\' { rest[1..].chars().next().map_or(0, char::len_utf8) } else { 0 };
                return Err(self.invalid(low_missing.into(), self.at + c.len_utf8() + escaped));
            }
            match c {
                '"' => {
                    self.at += 1;
                    return Ok(());
                }
                '\\' => self.escape(&mut high)?,
                c if u32::from(c) < 0x20 => {
                    let detail = format!("Character with value 0x{:02x} must be escaped.", u32::from(c));
                    return Err(self.invalid(detail, self.at));
                }
                _ => {
                    let end = rest.find(|c: char| c == '"' || c == '\\' || u32::from(c) < 0x20).unwrap_or(rest.len());
                    if self.unescape {
                        self.string.push_str(&rest[..end]);
                    }
                    self.at += end;
                }
            }
        }
    }

    /// From a backslash.
    fn escape(&mut self, high: &mut Option<u32>) -> Result<(), Box<PgError>> {
        let Some(c) = self.text[self.at + 1..].chars().next() else {
            return Err(self.invalid_token(self.text.len()));
        };
        let plain = match c {
            '"' | '\\' | '/' => c,
            'b' => '\x08',
            'f' => '\x0c',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => return self.unicode(high),
            c => {
                let detail = format!("Escape sequence \"\\{c}\" is invalid.");
                return Err(self.invalid(detail, self.at + 1 + c.len_utf8()));
            }
        };
        self.at += 2;
        if self.unescape {
            self.string.push(plain);
        }
        Ok(())
    }

    fn unicode(&mut self, high: &mut Option<u32>) -> Result<(), Box<PgError>> {
        let digits = self.text.as_bytes().get(self.at + 2..self.at + 6);
        let digits = digits.filter(|digits| digits.iter().all(u8::is_ascii_hexdigit));
        let code = digits.and_then(|digits| u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok());
        let Some(code) = code else {
            let mut digits = self.text[self.at + 2..].chars();
            let wrong = digits.find(|c| !c.is_ascii_hexdigit());
            let Some(_) = wrong else { return Err(self.invalid_token(self.text.len())) };
            let detail = "\"\\u\" must be followed by four hexadecimal digits.";
            return Err(self.invalid(detail.into(), self.text.len() - digits.as_str().len()));
        };
        self.at += 6;
        if !self.unescape {
            return Ok(());
        }
        match (code, high.take()) {
            (0xd800..0xdc00, Some(_)) => {
                let detail = "Unicode high surrogate must not follow a high surrogate.";
                return Err(self.invalid(detail.into(), self.at));
            }
            (0xd800..0xdc00, None) => *high = Some(code),
            (0xdc00..0xe000, Some(first)) => {
                let code = 0x10000 + ((first & 0x3ff) << 10) + (code & 0x3ff);
                self.string.extend(char::from_u32(code));
            }
            (0xdc00..0xe000, None) | (_, Some(_)) => {
                return Err(self.invalid("Unicode low surrogate must follow a high surrogate.".into(), self.at));
            }
            (0, None) => {
                let message = "unsupported Unicode escape sequence";
                let detail = "\\u0000 cannot be converted to text.";
                let error = PgError::new(SqlState::UNTRANSLATABLE_CHARACTER, message).detail(detail);
                return Err(error.context(self.context(self.at)).into());
            }
            (code, None) => self.string.extend(char::from_u32(code)),
        }
        Ok(())
    }

    fn deeper(&self, depth: usize) -> Result<usize, Box<PgError>> {
        if depth >= MAX_DEPTH {
            let hint = format!("Quorlite reads json nested {MAX_DEPTH} levels deep at most.");
            return Err(PgError::new(SqlState::STATEMENT_TOO_COMPLEX, "stack depth limit exceeded").hint(hint).into());
        }
        Ok(depth + 1)
    }

    /// `[ … ]` from its bracket.
    fn array(&mut self, mut each: impl FnMut(&mut Self) -> Result<(), Box<PgError>>) -> Result<(), Box<PgError>> {
        self.advance()?;
        if self.token != Token::Mark(b']') {
            each(self)?;
            while self.token == Token::Mark(b',') {
                self.advance()?;
                each(self)?;
            }
        }
        if self.token != Token::Mark(b']') {
            return Err(self.expected("Expected \",\" or \"]\", but found"));
        }
        self.advance()
    }

    /// `{ … }` from its brace; `each` reads the value of a key.
    fn object(
        &mut self,
        mut each: impl FnMut(&mut Self, String) -> Result<(), Box<PgError>>,
    ) -> Result<(), Box<PgError>> {
        self.advance()?;
        match self.token {
            Token::String => {
                self.pair(&mut each)?;
                while self.token == Token::Mark(b',') {
                    self.advance()?;
                    self.pair(&mut each)?;
                }
                if self.token != Token::Mark(b'}') {
                    return Err(self.expected("Expected \",\" or \"}\", but found"));
                }
            }
            Token::Mark(b'}') => {}
            _ => return Err(self.expected("Expected string or \"}\", but found")),
        }
        self.advance()
    }

    fn pair(
        &mut self,
        each: &mut impl FnMut(&mut Self, String) -> Result<(), Box<PgError>>,
    ) -> Result<(), Box<PgError>> {
        if self.token != Token::String {
            return Err(self.expected("Expected string, but found"));
        }
        let key = std::mem::take(&mut self.string);
        self.advance()?;
        if self.token != Token::Mark(b':') {
            return Err(self.expected("Expected \":\", but found"));
        }
        self.advance()?;
        each(self, key)
    }

    fn no_value(&self) -> Box<PgError> {
        self.expected("Expected JSON value, but found")
    }

    fn value(&mut self, depth: usize) -> Result<Json, Box<PgError>> {
        let value = match self.token {
            Token::Mark(b'[') => {
                let depth = self.deeper(depth)?;
                let mut items = Vec::new();
                self.array(|parser| {
                    items.push(parser.value(depth)?);
                    Ok(())
                })?;
                return Ok(Json::Array(items));
            }
            Token::Mark(b'{') => {
                let depth = self.deeper(depth)?;
                let mut pairs = Vec::new();
                self.object(|parser, key| {
                    pairs.push((key, parser.value(depth)?));
                    Ok(())
                })?;
                return Ok(Json::object(pairs));
            }
            Token::Mark(_) | Token::End => return Err(self.no_value()),
            Token::String => Json::String(std::mem::take(&mut self.string)),
            Token::Number => Json::Number(normalize_number(&self.text[self.start..self.at])?),
            Token::Word => match &self.text[self.start..self.at] {
                "null" => Json::Null,
                word => Json::Bool(word == "true"),
            },
        };
        self.advance()?;
        Ok(value)
    }

    fn skip(&mut self, depth: usize) -> Result<(), Box<PgError>> {
        match self.token {
            Token::Mark(b'[') => {
                let depth = self.deeper(depth)?;
                self.array(|parser| parser.skip(depth))
            }
            Token::Mark(b'{') => {
                let depth = self.deeper(depth)?;
                self.object(|parser, _| parser.skip(depth))
            }
            Token::Mark(_) | Token::End => Err(self.no_value()),
            _ => self.advance(),
        }
    }

    /// Skips a value, and gives its text.
    fn raw(&mut self) -> Result<&'t str, Box<PgError>> {
        let start = self.start;
        self.skip(1)?;
        Ok(&self.text[start..self.previous_end])
    }

    fn outline(&mut self) -> Result<Outline<'t>, Box<PgError>> {
        let outline = match self.token {
            Token::Mark(b'[') => {
                let mut items = Vec::new();
                self.array(|parser| {
                    items.push(parser.raw()?);
                    Ok(())
                })?;
                return Ok(Outline::Array(items));
            }
            Token::Mark(b'{') => {
                let mut pairs = Vec::new();
                self.object(|parser, key| {
                    pairs.push((key, parser.raw()?));
                    Ok(())
                })?;
                return Ok(Outline::Object(pairs));
            }
            Token::Mark(_) | Token::End => return Err(self.no_value()),
            Token::String => Outline::String(std::mem::take(&mut self.string)),
            Token::Number => Outline::Plain(&self.text[self.start..self.at]),
            Token::Word => match &self.text[self.start..self.at] {
                "null" => Outline::Null,
                word => Outline::Plain(word),
            },
        };
        self.advance()?;
        Ok(outline)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_are_exact_and_in_one_form() {
        for (given, normal) in [
            ("1", "1"),
            ("-0", "0"),
            ("-0.0", "0.0"),
            ("1.50", "1.50"),
            ("1e5", "100000"),
            ("1.5e1", "15"),
            ("1.25e1", "12.5"),
            ("1E-3", "0.001"),
            ("123456789012345678901234567890.123", "123456789012345678901234567890.123"),
        ] {
            assert_eq!(normalize_number(given).unwrap(), normal, "{given}");
        }
        assert!(normalize_number("1e131072").is_err());
        assert!(normalize_number("1e99999999999999999999").is_err());
    }

    #[test]
    fn objects_are_sorted_and_the_last_of_equal_keys_wins() {
        assert_eq!(normalize("{\"bb\":1,\"a\":2,\"c\":[ ],\"a\":3}").unwrap(), "{\"a\": 3, \"c\": [], \"bb\": 1}");
    }

    #[test]
    fn an_outline_keeps_the_text_as_given() {
        let outline = outline(" {\"a\" : [1,  2] , \"b\":\"x\"} ").unwrap();
        assert_eq!(outline, Outline::Object(vec![("a".into(), "[1,  2]"), ("b".into(), "\"x\"")]));
    }

    #[test]
    fn depth_is_bounded() {
        let deep = "[".repeat(100_000);
        assert_eq!(parse(&deep).unwrap_err().code, SqlState::STATEMENT_TOO_COMPLEX);
        assert_eq!(check(&deep).unwrap_err().code, SqlState::STATEMENT_TOO_COMPLEX);
    }

    proptest! {
        #[test]
        fn any_text_is_json_or_an_error(text in "[{}\\[\\]:,\"\\\\u0-9a-z. -]{0,24}") {
            if let Ok(value) = parse(&text) {
                prop_assert!(check(&text).is_ok());
                let normal = value.to_string();
                prop_assert_eq!(parse(&normal).unwrap(), value);
            }
        }
    }
}
