//! Arrays: their literals, both ways (`array_in`, `array_out`), and what can be done with them whatever their elements are.

mod operations;
mod parts;

use std::fmt::{self, Write};

use serde::{Deserialize, Serialize};

use super::timestamp::Zone;
use super::{PgError, SqlState, Type, Value, text};

pub use parts::Bounds;

/// `MAXDIM`.
pub const MAX_DIMENSIONS: usize = 6;
/// `MaxArraySize`.
pub const MAX_ITEMS: usize = 134_217_727;

/// One dimension.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dimension {
    pub len: i32,
    pub lower: i32,
}

impl Dimension {
    pub fn upper(self) -> i32 {
        // Checked by `check_bounds`.
        self.lower.wrapping_add(self.len).wrapping_sub(1)
    }
}

/// An array of items in row-major order; no dimensions: empty.
#[derive(Clone, Debug, PartialEq)]
pub struct Items<T> {
    pub dims: Vec<Dimension>,
    pub items: Vec<T>,
}

/// As a literal has it: each element's text, `None` for NULL.
pub type Literal = Items<Option<String>>;

/// A value of an array type.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Array {
    pub element: Type,
    pub dims: Vec<Dimension>,
    pub elements: Vec<Value>,
}

impl<T> Items<T> {
    pub fn empty() -> Items<T> {
        Items { dims: Vec::new(), items: Vec::new() }
    }

    /// Of one dimension, from 1.
    pub fn list(items: Vec<T>) -> Items<T> {
        if items.is_empty() {
            return Items::empty();
        }
        let len = i32::try_from(items.len()).unwrap_or(i32::MAX);
        Items { dims: vec![Dimension { len, lower: 1 }], items }
    }

    pub fn map<U>(self, each: impl FnMut(T) -> Result<U, PgError>) -> Result<Items<U>, PgError> {
        let items = self.items.into_iter().map(each).collect::<Result<_, _>>()?;
        Ok(Items { dims: self.dims, items })
    }
}

impl Array {
    /// Of one dimension from 0, be it empty: `int2vector` and `oidvector`.
    pub fn vector(element: Type, elements: Vec<Value>) -> Array {
        let len = i32::try_from(elements.len()).unwrap_or(i32::MAX);
        Array { element, dims: vec![Dimension { len, lower: 0 }], elements }
    }

    /// Of one dimension, from 1.
    pub fn list(element: Type, elements: Vec<Value>) -> Array {
        let items = Items::list(elements);
        Array { element, dims: items.dims, elements: items.items }
    }

    /// `array_in`: text → array, each element by its own input function.
    pub fn input(element: Type, text: &str, zone: &Zone, now: i64) -> Result<Array, PgError> {
        let literal = parse(text)?;
        let elements = literal.items.into_iter().map(|item| match item {
            None => Ok(Value::Null),
            Some(text) => text::input(element, &text, zone, now),
        });
        Ok(Array { element, elements: elements.collect::<Result<_, _>>()?, dims: literal.dims })
    }

    /// The one text of all equal arrays, if their elements have one each: times in UTC, no −0.
    pub fn normal_text(&self) -> String {
        let mut out = String::new();
        let mut item = String::new();
        // A String takes everything.
        let _ = write(&self.dims, &self.elements, &mut out, |value, out| {
            item.clear();
            match value {
                Value::Null => return out.write_str("NULL"),
                Value::Float4(0.0) | Value::Float8(0.0) => item.push('0'),
                Value::Record(record) => item.push_str(&record.text()),
                value => text::output(value, &Zone::utc(), &mut item),
            }
            write_item(&item, out)
        });
        out
    }

    /// `array_out`.
    pub fn output(&self, zone: &Zone, out: &mut impl Write) -> fmt::Result {
        let mut item = String::new();
        write(&self.dims, &self.elements, out, |value, out| {
            if value.is_null() {
                return out.write_str("NULL");
            }
            item.clear();
            text::output(value, zone, &mut item);
            write_item(&item, out)
        })
    }
}

fn malformed(text: &str, detail: impl Into<String>) -> PgError {
    let message = format!("malformed array literal: \"{text}\"");
    PgError::new(SqlState::INVALID_TEXT_REPRESENTATION, message).detail(detail)
}

pub fn too_many_dimensions(dimensions: usize) -> PgError {
    let message = format!("number of array dimensions ({dimensions}) exceeds the maximum allowed ({MAX_DIMENSIONS})");
    PgError::new(SqlState::PROGRAM_LIMIT_EXCEEDED, message)
}

/// How many items arrays of these dimensions have (`ArrayGetNItems`, `ArrayCheckBounds`). Errors: 54000.
pub fn check_bounds(dims: &[Dimension]) -> Result<usize, PgError> {
    if dims.is_empty() {
        return Ok(0);
    }
    let too_large = || {
        let message = format!("array size exceeds the maximum allowed ({MAX_ITEMS})");
        PgError::new(SqlState::PROGRAM_LIMIT_EXCEEDED, message)
    };
    let mut items: usize = 1;
    for dim in dims {
        let len = usize::try_from(dim.len).map_err(|_| too_large())?;
        items = items.checked_mul(len).filter(|items| *items <= MAX_ITEMS).ok_or_else(too_large)?;
    }
    for dim in dims {
        if dim.lower.checked_add(dim.len).is_none() {
            let message = format!("array lower bound is too large: {}", dim.lower);
            return Err(PgError::new(SqlState::PROGRAM_LIMIT_EXCEEDED, message));
        }
    }
    Ok(items)
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\x0b' | '\x0c')
}

/// A literal's dimensions and the texts of its elements.
pub fn parse(text: &str) -> Result<Literal, PgError> {
    let (given, rest) = explicit_dimensions(text)?;
    let mut dims: Vec<Dimension>;
    let body = if given.is_empty() {
        if !rest.starts_with('{') {
            return Err(malformed(text, "Array value must start with \"{\" or dimension information."));
        }
        dims = count(text, rest)?;
        rest
    } else {
        let Some(rest) = rest.strip_prefix('=') else {
            return Err(malformed(text, "Missing \"=\" after array dimensions."));
        };
        let rest = rest.trim_start_matches(is_space);
        if !rest.starts_with('{') {
            return Err(malformed(text, "Array contents must start with \"{\"."));
        }
        dims = count(text, rest)?;
        if dims.len() != given.len() || dims.iter().zip(&given).any(|(found, given)| found.len != given.len) {
            return Err(malformed(text, "Specified array dimensions do not match array contents."));
        }
        dims = given;
        rest
    };
    let expected = check_bounds(&dims)?;
    if dims.is_empty() {
        return Ok(Literal::empty());
    }
    let items = items(body);
    if items.len() != expected {
        let message = format!("malformed array literal: \"{text}\"");
        return Err(PgError::new(SqlState::INVALID_TEXT_REPRESENTATION, message));
    }
    Ok(Literal { dims, items })
}

/// `[1:2][0:4]` and what follows it.
fn explicit_dimensions(text: &str) -> Result<(Vec<Dimension>, &str), PgError> {
    let mut dims = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches(is_space);
        let Some(after) = rest.strip_prefix('[') else { return Ok((dims, rest)) };
        if dims.len() >= MAX_DIMENSIONS {
            return Err(too_many_dimensions(dims.len() + 1));
        }
        let (first, after) = bound(after);
        if first.is_empty() {
            return Err(malformed(text, "\"[\" must introduce explicitly-specified array dimensions."));
        }
        let (lower, upper, after) = match after.strip_prefix(':') {
            None => (1, first, after),
            Some(after) => {
                let (second, after) = bound(after);
                if second.is_empty() {
                    return Err(malformed(text, "Missing array dimension value."));
                }
                (atoi(first), second, after)
            }
        };
        let Some(after) = after.strip_prefix(']') else {
            return Err(malformed(text, "Missing \"]\" after array dimensions."));
        };
        let upper = atoi(upper);
        if upper < lower {
            let message = "upper bound cannot be less than lower bound";
            return Err(PgError::new(SqlState::ARRAY_SUBSCRIPT_ERROR, message));
        }
        dims.push(Dimension { len: upper.wrapping_sub(lower).wrapping_add(1), lower });
        rest = after;
    }
}

fn bound(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !matches!(c, '0'..='9' | '-' | '+')).unwrap_or(text.len());
    text.split_at(end)
}

/// As C's: the leading number, 0 without one.
fn atoi(text: &str) -> i32 {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    let value = digits[..end].parse::<i64>().unwrap_or(if end == 0 { 0 } else { i64::from(i32::MAX) });
    let value = if text.starts_with('-') { -value } else { value };
    value.clamp(i32::MIN.into(), i32::MAX.into()) as i32
}

/// What came last in a literal's body (`ArrayParseState`).
#[derive(Clone, Copy, PartialEq)]
enum At {
    NoLevel,
    LevelStarted,
    ElementStarted,
    QuotedStarted,
    QuotedCompleted,
    ElementDelimited,
    LevelCompleted,
    LevelDelimited,
}

/// The dimensions of a body in braces (`ArrayCount`).
fn count(text: &str, body: &str) -> Result<Vec<Dimension>, PgError> {
    use At::*;
    let mut at = NoLevel;
    let mut level = 0;
    let mut ndim = 0;
    let (mut found, mut last) = ([0i32; MAX_DIMENSIONS], [0i32; MAX_DIMENSIONS]);
    let mut elements = [1i32; MAX_DIMENSIONS];
    let mut empty = true;
    // A bit for each level that elements stand at.
    let mut levels = 0u8;
    let mismatch = || malformed(text, "Multidimensional arrays must have sub-arrays with matching dimensions.");
    let mut characters = body.chars();
    let unexpected = |c: char| malformed(text, format!("Unexpected \"{c}\" character."));
    loop {
        if matches!(at, ElementStarted | QuotedStarted) {
            empty = false;
            levels |= 1 << level;
        }
        let Some(c) = characters.next() else { return Err(malformed(text, "Unexpected end of input.")) };
        let quoted = at == QuotedStarted;
        match c {
            '\\' => {
                if !matches!(at, LevelStarted | ElementStarted | QuotedStarted | ElementDelimited) {
                    return Err(unexpected(c));
                }
                if !quoted {
                    at = ElementStarted;
                }
                if characters.next().is_none() {
                    return Err(malformed(text, "Unexpected end of input."));
                }
            }
            '"' if !matches!(at, LevelStarted | QuotedStarted | ElementDelimited) => {
                return Err(malformed(text, "Unexpected array element."));
            }
            '"' => at = if quoted { QuotedCompleted } else { QuotedStarted },
            _ if quoted => {}
            '{' => {
                if !matches!(at, NoLevel | LevelStarted | LevelDelimited) {
                    return Err(unexpected(c));
                }
                at = LevelStarted;
                if level >= MAX_DIMENSIONS {
                    return Err(too_many_dimensions(level + 1));
                }
                found[level] = 0;
                level += 1;
                ndim = ndim.max(level);
            }
            '}' => {
                let may_end = matches!(at, ElementStarted | QuotedCompleted | LevelCompleted);
                if !(may_end || level == 1 && at == LevelStarted) {
                    return Err(unexpected(c));
                }
                at = LevelCompleted;
                level -= 1;
                if last[level] != 0 && elements[level] != last[level] {
                    return Err(mismatch());
                }
                last[level] = elements[level];
                elements[level] = 1;
                if level == 0 {
                    break;
                }
                found[level - 1] += 1;
            }
            ',' => {
                at = match at {
                    ElementStarted | QuotedCompleted => ElementDelimited,
                    LevelCompleted => LevelDelimited,
                    _ => return Err(unexpected(c)),
                };
                elements[level - 1] = elements[level - 1].saturating_add(1);
            }
            c if is_space(c) => {}
            _ => {
                if !matches!(at, LevelStarted | ElementStarted | ElementDelimited) {
                    return Err(malformed(text, "Unexpected array element."));
                }
                at = ElementStarted;
            }
        }
    }
    if !characters.all(is_space) {
        return Err(malformed(text, "Junk after closing right brace."));
    }
    if empty {
        return Ok(Vec::new());
    }
    if levels != 1 << ndim {
        // PostgreSQL 15 reads nonsense out of these; later ones refuse them.
        return Err(mismatch());
    }
    // Of the last list at each level; the others are as long.
    let lens = (0..ndim).map(|dim| if dim + 1 == ndim { last[dim] } else { found[dim] });
    Ok(lens.map(|len| Dimension { len, lower: 1 }).collect())
}

/// The elements of a body that [`count`] has found well-formed (`ReadArrayStr`).
fn items(body: &str) -> Vec<Option<String>> {
    let mut items = Vec::new();
    let mut item = String::new();
    // Where the item ends without the space behind it.
    let mut end = 0;
    let (mut begun, mut quoted, mut plain) = (false, false, true);
    let mut characters = body.chars();
    while let Some(c) = characters.next() {
        match c {
            '\\' => {
                item.extend(characters.next());
                end = item.len();
                (begun, plain) = (true, false);
            }
            '"' => {
                quoted = !quoted;
                end = item.len();
                (begun, plain) = (true, false);
            }
            _ if quoted => item.push(c),
            '{' => {}
            ',' | '}' => {
                if begun {
                    item.truncate(end);
                    let is_null = plain && item.eq_ignore_ascii_case("null");
                    let text = std::mem::take(&mut item);
                    items.push((!is_null).then_some(text));
                }
                (end, begun, plain) = (0, false, true);
            }
            c if is_space(c) && !begun => {}
            c => {
                item.push(c);
                if !is_space(c) {
                    end = item.len();
                }
                begun = true;
            }
        }
    }
    items
}

/// Writes an array; `each` writes an element, quoted as it needs.
pub fn write<T, W: Write>(
    dims: &[Dimension],
    items: &[T],
    out: &mut W,
    mut each: impl FnMut(&T, &mut W) -> fmt::Result,
) -> fmt::Result {
    if dims.is_empty() {
        return out.write_str("{}");
    }
    if dims.iter().any(|dim| dim.lower != 1) {
        for dim in dims {
            write!(out, "[{}:{}]", dim.lower, dim.upper())?;
        }
        out.write_char('=')?;
    }
    // How many items a brace at each level closes over.
    let mut spans: Vec<usize> = Vec::with_capacity(dims.len());
    let mut span = 1;
    for dim in dims.iter().rev() {
        span *= usize::try_from(dim.len).unwrap_or(0);
        spans.push(span);
    }
    let begins = |index: usize| spans.iter().filter(|span| index.is_multiple_of(**span)).count();
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.write_char(',')?;
        }
        for _ in 0..begins(index) {
            out.write_char('{')?;
        }
        each(item, out)?;
        for _ in 0..begins(index + 1) {
            out.write_char('}')?;
        }
    }
    Ok(())
}

/// An element's text, quoted where a reader would take it for something else.
pub fn write_item(item: &str, out: &mut impl Write) -> fmt::Result {
    let special = |c: char| matches!(c, '"' | '\\' | '{' | '}' | ',') || is_space(c);
    if !item.is_empty() && !item.contains(special) && !item.eq_ignore_ascii_case("null") {
        return out.write_str(item);
    }
    out.write_char('"')?;
    for c in item.chars() {
        if matches!(c, '"' | '\\') {
            out.write_char('\\')?;
        }
        out.write_char(c)?;
    }
    out.write_char('"')
}

impl Literal {
    /// As text again.
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        // A String takes everything.
        let _ = write(&self.dims, &self.items, &mut out, |item, out| match item {
            None => out.write_str("NULL"),
            Some(text) => write_item(text, out),
        });
        out
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn literals_come_back_in_normal_form() {
        for (text, normal) in [
            ("{}", "{}"),
            (" { 1 , 2 } ", "{1,2}"),
            ("{{1,2},{3,4}}", "{{1,2},{3,4}}"),
            ("[0:1]={a,b}", "[0:1]={a,b}"),
            ("[1:2]={a,b}", "{a,b}"),
            ("{\"\", null, \"null\", \"a b\", c d}", "{\"\",NULL,\"null\",\"a b\",\"c d\"}"),
            ("{a\\,b,\"\\\"\\\\\"}", "{\"a,b\",\"\\\"\\\\\"}"),
            ("{{{1},{2}},{{3},{4}}}", "{{{1},{2}},{{3},{4}}}"),
            ("{{}}", "{}"),
        ] {
            match parse(text) {
                Ok(literal) => assert_eq!(literal.to_text(), normal, "{text}"),
                Err(error) => assert_eq!(text, "{{}}", "{error:?}"),
            }
        }
    }

    proptest! {
        #[test]
        fn any_text_is_an_array_or_an_error(text in "[{}\\[\\]:=,\"\\\\0-9a b]{0,24}") {
            if let Ok(literal) = parse(&text) {
                let items: i64 = literal.dims.iter().map(|dim| i64::from(dim.len)).product();
                prop_assert_eq!(if literal.dims.is_empty() { 0 } else { items }, literal.items.len() as i64);
                prop_assert_eq!(parse(&literal.to_text()).unwrap(), literal);
            }
        }
    }
}
