//! Rows as values: of type `record`, or of the row type of a table or composite type (`rowtypes.c`).
//!
//! A row in flight says itself what it is made of, for only the statement that has made it knows: its text is its
//! [`Shape`], then a value for each field:
//!
//! ```text
//! 2249(23:2:f1,25:2:f2)1:7~     ROW(7, NULL::text)
//! ```
//!
//! The row's type, and of each field the type (and behind a slash the domain), and the name behind its length. Then each
//! field's stored form behind its length, or `~` for NULL; a bytea in hex. Values are thus typed wherever the row goes, and
//! are printed by the settings of the session that reads it.

use std::fmt::{self, Write};

use serde::{Deserialize, Serialize};

use super::timestamp::Zone;
use super::{PgError, SqlState, Type, Value, text};

/// Fields of a row, at most (`MaxTupleAttributeNumber`).
pub const MAX_FIELDS: usize = 1664;

/// Rows within rows, at most.
pub const MAX_DEPTH: usize = 200;

/// What a row's fields are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Shape {
    /// [`Type::RECORD`], or a table's or composite type's.
    pub ty: Type,
    pub fields: Vec<Field>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Field {
    pub name: String,
    /// Of a domain what that is over.
    pub ty: Type,
    /// Not said in a row's text.
    pub typmod: i32,
    /// The domain's OID, or 0.
    pub domain: u32,
}

/// A row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    pub shape: Shape,
    /// One for each field.
    pub values: Vec<Value>,
}

/// One of a row's values as its text has it.
pub type Raw<'t> = Option<&'t str>;

impl Field {
    /// The type by which clients are told of it.
    pub fn named_type(&self) -> Type {
        if self.domain == 0 { self.ty } else { Type(self.domain) }
    }
}

impl Shape {
    /// How its rows' texts begin.
    pub fn text(&self) -> String {
        let mut out = format!("{}(", self.ty.0);
        for field in &self.fields {
            // A String takes everything.
            let _ = write!(out, "{}", field.ty.0);
            if field.domain != 0 {
                let _ = write!(out, "/{}", field.domain);
            }
            let _ = write!(out, ":{}:{},", field.name.len(), field.name);
        }
        if !self.fields.is_empty() {
            out.pop();
        }
        out.push(')');
        out
    }

    /// The shape that a row's text begins with, and what follows it; `None` if it is no row's.
    pub fn read(text: &str) -> Option<(Shape, &str)> {
        let (ty, mut rest) = number(text)?;
        rest = rest.strip_prefix('(')?;
        let mut fields = Vec::new();
        if let Some(rest) = rest.strip_prefix(')') {
            return Some((Shape { ty: Type(ty), fields }, rest));
        }
        loop {
            let (of, after) = number(rest)?;
            let (domain, after) = match after.strip_prefix('/') {
                Some(after) => number(after)?,
                None => (0, after),
            };
            let (name, after) = sized(after.strip_prefix(':')?)?;
            fields.push(Field { name: name.to_owned(), ty: Type(of), typmod: -1, domain });
            rest = match after.strip_prefix(',') {
                Some(after) => after,
                None => return Some((Shape { ty: Type(ty), fields }, after.strip_prefix(')')?)),
            };
        }
    }

    /// What is behind the shape in a row's text.
    pub fn skip(text: &str) -> Option<&str> {
        let (_, mut rest) = number(text)?;
        rest = rest.strip_prefix('(')?;
        if let Some(rest) = rest.strip_prefix(')') {
            return Some(rest);
        }
        loop {
            let colon = rest.find(':')?;
            let (_, after) = sized(&rest[colon + 1..])?;
            rest = match after.strip_prefix(',') {
                Some(after) => after,
                None => return after.strip_prefix(')'),
            };
        }
    }
}

/// The values behind a row's shape, one after another; `None` for what is none.
pub fn raw_values(mut rest: &str) -> impl Iterator<Item = Option<Raw<'_>>> {
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        if let Some(after) = rest.strip_prefix('~') {
            rest = after;
            return Some(Some(None));
        }
        let found = sized(rest);
        rest = found.map_or("", |(_, after)| after);
        Some(found.map(|(value, _)| Some(value)))
    })
}

/// Adds a value to a row's text.
pub fn write_raw(value: Raw, out: &mut String) {
    match value {
        None => out.push('~'),
        Some(value) => {
            let _ = write!(out, "{}:{value}", value.len());
        }
    }
}

fn number(text: &str) -> Option<(u32, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = text.split_at(digits);
    Some((number.parse().ok()?, rest))
}

/// `3:abc`, and what is behind it.
fn sized(text: &str) -> Option<(&str, &str)> {
    let (len, rest) = number(text)?;
    rest.strip_prefix(':')?.split_at_checked(usize::try_from(len).ok()?)
}

impl Record {
    /// The row in flight.
    pub fn text(&self) -> String {
        let mut out = self.shape.text();
        let mut item = String::new();
        for value in &self.values {
            item.clear();
            match value {
                Value::Null => {
                    out.push('~');
                    continue;
                }
                Value::Bool(value) => item.push(if *value { '1' } else { '0' }),
                Value::Float4(value) => item.push_str(&format!("{:?}", f64::from(*value))),
                Value::Float8(value) => item.push_str(&format!("{value:?}")),
                Value::Numeric(numeric) => item.push_str(&numeric.key()),
                Value::Bytea(bytes) => bytes.iter().for_each(|byte| item.push_str(&format!("{byte:02x}"))),
                Value::Array(array) => item.push_str(&array.normal_text()),
                Value::Record(record) => item.push_str(&record.text()),
                Value::Named { oid, name } => item.push_str(&format!("{oid:010} {name}")),
                value => match value.sortable() {
                    Some(sortable) => item.push_str(&sortable),
                    None => text::output(value, &Zone::utc(), &mut item),
                },
            }
            write_raw(Some(&item), &mut out);
        }
        out
    }

    /// `record_out`.
    pub fn output(&self, zone: &Zone, out: &mut impl Write) -> fmt::Result {
        out.write_char('(')?;
        let mut item = String::new();
        for (index, value) in self.values.iter().enumerate() {
            if index > 0 {
                out.write_char(',')?;
            }
            if value.is_null() {
                continue;
            }
            item.clear();
            text::output(value, zone, &mut item);
            write_item(&item, out)?;
        }
        out.write_char(')')
    }

    /// Bytes that it holds in memory, roughly.
    pub fn size(&self) -> usize {
        let names: usize = self.shape.fields.iter().map(|field| field.name.len() + size_of::<Field>()).sum();
        names + self.values.iter().map(Value::size).sum::<usize>()
    }
}

/// A field's text, in quotes if it needs them.
pub fn write_item(item: &str, out: &mut impl Write) -> fmt::Result {
    let special = |c: char| matches!(c, '"' | '\\' | '(' | ')' | ',' | ' ' | '\t' | '\n' | '\r' | '\x0b' | '\x0c');
    if !item.is_empty() && !item.contains(special) {
        return out.write_str(item);
    }
    out.write_char('"')?;
    for c in item.chars() {
        if matches!(c, '"' | '\\') {
            out.write_char(c)?;
        }
        out.write_char(c)?;
    }
    out.write_char('"')
}

/// The texts of the fields of a row's literal (`record_in`), as many as there are; `None` for NULL.
pub fn parse(literal: &str, fields: usize) -> Result<Vec<Option<String>>, PgError> {
    let malformed = |detail: &str| {
        let message = format!("malformed record literal: \"{literal}\"");
        PgError::new(SqlState::INVALID_TEXT_REPRESENTATION, message).detail(detail)
    };
    let is_space = |c: char| matches!(c, ' ' | '\t' | '\n' | '\r' | '\x0b' | '\x0c');
    let mut rest = literal.trim_start_matches(is_space);
    rest = rest.strip_prefix('(').ok_or_else(|| malformed("Missing left parenthesis."))?;
    let mut items = Vec::with_capacity(fields);
    for index in 0..fields {
        if index > 0 {
            rest = rest.strip_prefix(',').ok_or_else(|| malformed("Too few columns."))?;
        }
        if rest.starts_with([',', ')']) {
            items.push(None);
            continue;
        }
        let mut item = String::new();
        let mut quoted = false;
        let mut characters = rest.chars();
        loop {
            let here = characters.as_str();
            let Some(c) = characters.next() else { return Err(malformed("Unexpected end of input.")) };
            match c {
                ',' | ')' if !quoted => {
                    rest = here;
                    break;
                }
                '\\' => item.push(characters.next().ok_or_else(|| malformed("Unexpected end of input."))?),
                '"' if quoted && characters.as_str().starts_with('"') => {
                    characters.next();
                    item.push('"');
                }
                '"' => quoted = !quoted,
                c => item.push(c),
            }
        }
        items.push(Some(item));
    }
    rest = rest.strip_prefix(')').ok_or_else(|| malformed("Too many columns."))?;
    if !rest.trim_start_matches(is_space).is_empty() {
        return Err(malformed("Junk after right parenthesis."));
    }
    Ok(items)
}

/// 0A000 for a text that is to be a row of no known type.
pub fn no_input() -> PgError {
    PgError::new(SqlState::FEATURE_NOT_SUPPORTED, "input of anonymous composite types is not implemented")
}

/// 42804 for a row of more fields or fewer than its type has.
pub fn wrong_number(found: usize) -> PgError {
    PgError::new(SqlState::DATATYPE_MISMATCH, format!("wrong number of columns: {found}"))
}

/// 54001 for rows within rows without end.
pub fn too_deep() -> PgError {
    PgError::new(SqlState::STATEMENT_TOO_COMPLEX, "stack depth limit exceeded")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(name: &str, ty: Type) -> Field {
        Field { name: name.to_owned(), ty, typmod: -1, domain: 0 }
    }

    #[test]
    fn shapes_come_back() {
        let domain = Field { domain: 16_400, ..field("it's, (odd)", Type::TEXT) };
        for fields in [vec![], vec![field("a", Type::INT4)], vec![field("", Type::RECORD), domain]] {
            let shape = Shape { ty: Type::RECORD, fields };
            let text = shape.text() + "~1:x";
            assert_eq!(Shape::read(&text), Some((shape, "~1:x")));
            assert_eq!(Shape::skip(&text), Some("~1:x"));
        }
        for wrong in ["", "(", "2249", "2249(", "2249(1", "2249(1:5:ab)", "2249(1:2:ab", "2249(1:2:ab,)"] {
            assert_eq!(Shape::read(wrong), None, "{wrong}");
            assert_eq!(Shape::skip(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn values_stand_behind_their_lengths() {
        let values: Vec<_> = raw_values("~3:a,b0:").collect();
        assert_eq!(values, [Some(None), Some(Some("a,b")), Some(Some(""))]);
        assert_eq!(raw_values("9:x").collect::<Vec<_>>(), [None]);
    }

    #[test]
    fn literals_are_read_as_in_postgresql() {
        let read = |text: &str, fields| parse(text, fields).map_err(|error| error.detail.unwrap_or_default());
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(read(" (1,\"a \"\"b\\\\\",) ", 3), Ok(vec![some("1"), some("a \"b\\"), None]));
        assert_eq!(read("( x ,\"\")", 2), Ok(vec![some(" x "), some("")]));
        assert_eq!(read("()", 1), Ok(vec![None]));
        assert_eq!(read("()", 0), Ok(vec![]));
        assert_eq!(read("(1)", 2), Err("Too few columns.".to_owned()));
        assert_eq!(read("(1,2)", 1), Err("Too many columns.".to_owned()));
        assert_eq!(read("1", 1), Err("Missing left parenthesis.".to_owned()));
        assert_eq!(read("(1", 1), Err("Unexpected end of input.".to_owned()));
        assert_eq!(read("(1)x", 1), Err("Junk after right parenthesis.".to_owned()));
    }
}
