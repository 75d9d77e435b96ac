//! What a path finds: parts of the document, and what has been computed of them.

use std::borrow::Cow;
use std::fmt::{self, Write};
use std::rc::Rc;
use std::slice;

use crate::types::Numeric;
use crate::types::json::{Json, write_string};
use crate::types::timestamp::Datetime;

#[derive(Clone)]
pub enum Item<'e> {
    Null,
    Bool(bool),
    /// As the document has it.
    Digits(&'e str),
    Number(Box<Numeric>),
    String(Cow<'e, str>),
    Datetime(Box<Datetime>),
    Array(&'e Json),
    Object(&'e Json),
    /// One of `.keyvalue()`'s objects.
    Pair(Rc<Pair<'e>>),
}

/// `{"id": …, "key": …, "value": …}`.
pub struct Pair<'e> {
    pub id: i64,
    pub key: Cow<'e, str>,
    pub value: Item<'e>,
}

/// What items can be compared with each other.
#[derive(Clone, Copy, PartialEq)]
pub enum Kind {
    Null,
    Bool,
    Number,
    String,
    Datetime,
    Container,
}

impl<'e> Item<'e> {
    pub fn of(json: &'e Json) -> Item<'e> {
        match json {
            Json::Null => Item::Null,
            Json::Bool(value) => Item::Bool(*value),
            Json::Number(digits) => Item::Digits(digits),
            Json::String(text) => Item::String(Cow::Borrowed(text)),
            Json::Array(_) => Item::Array(json),
            Json::Object(_) => Item::Object(json),
        }
    }

    pub fn integer(value: i64) -> Item<'e> {
        Item::Number(Box::new(Numeric::from(value)))
    }

    pub fn kind(&self) -> Kind {
        match self {
            Item::Null => Kind::Null,
            Item::Bool(_) => Kind::Bool,
            Item::Digits(_) | Item::Number(_) => Kind::Number,
            Item::String(_) => Kind::String,
            Item::Datetime(_) => Kind::Datetime,
            Item::Array(_) | Item::Object(_) | Item::Pair(_) => Kind::Container,
        }
    }

    /// What `.type()` says.
    pub fn type_name(&self) -> &'static str {
        match self {
            Item::Null => "null",
            Item::Bool(_) => "boolean",
            Item::Digits(_) | Item::Number(_) => "number",
            Item::String(_) => "string",
            Item::Datetime(datetime) => datetime.type_name(),
            Item::Array(_) => "array",
            Item::Object(_) | Item::Pair(_) => "object",
        }
    }

    pub fn number(&self) -> Option<Numeric> {
        match self {
            // A number of jsonb's is one of numeric's.
            Item::Digits(digits) => Numeric::input(digits).ok(),
            Item::Number(number) => Some((**number).clone()),
            _ => None,
        }
    }

    /// Bytes that it has beyond the document's and the path's own, roughly.
    pub fn own_size(&self) -> usize {
        match self {
            Item::Number(_) | Item::String(Cow::Owned(_)) => self.size(),
            _ => 0,
        }
    }

    /// Bytes of its value, roughly.
    pub fn size(&self) -> usize {
        match self {
            Item::Digits(text) => text.len(),
            Item::Number(number) => number.size(),
            Item::String(text) => text.len(),
            _ => 0,
        }
    }

    pub fn is_array(&self) -> bool {
        matches!(self, Item::Array(_))
    }

    pub fn is_object(&self) -> bool {
        matches!(self, Item::Object(_) | Item::Pair(_))
    }

    pub fn is_container(&self) -> bool {
        self.kind() == Kind::Container
    }

    /// An array's elements.
    pub fn elements(&self) -> Option<&'e [Json]> {
        match self {
            Item::Array(Json::Array(elements)) => Some(elements),
            _ => None,
        }
    }

    /// An object's value of a key.
    pub fn field(&self, key: &str) -> Option<Item<'e>> {
        match self {
            Item::Object(json) => json.field(key).map(Item::of),
            Item::Pair(pair) => Some(match key {
                "id" => Item::integer(pair.id),
                "key" => Item::String(pair.key.clone()),
                "value" => pair.value.clone(),
                _ => return None,
            }),
            _ => None,
        }
    }

    /// An array's elements or an object's values.
    pub fn children(&self) -> Children<'e> {
        match self {
            Item::Array(Json::Array(elements)) => Children::Elements(elements.iter()),
            Item::Object(Json::Object(pairs)) => Children::Values(pairs.iter()),
            Item::Pair(pair) => Children::Pair(pair.clone(), ["id", "key", "value"].iter()),
            _ => Children::Elements([].iter()),
        }
    }

    /// An object's keys and values.
    pub fn pairs(&self) -> Vec<(Cow<'e, str>, Item<'e>)> {
        match self {
            Item::Object(Json::Object(pairs)) => {
                pairs.iter().map(|(key, value)| (Cow::Borrowed(key.as_str()), Item::of(value))).collect()
            }
            Item::Pair(pair) => vec![
                (Cow::Borrowed("id"), Item::integer(pair.id)),
                (Cow::Borrowed("key"), Item::String(pair.key.clone())),
                (Cow::Borrowed("value"), pair.value.clone()),
            ],
            _ => Vec::new(),
        }
    }
}

/// As jsonb prints it.
impl fmt::Display for Item<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Item::Null => f.write_str("null"),
            Item::Bool(value) => write!(f, "{value}"),
            Item::Digits(digits) => f.write_str(digits),
            Item::Number(number) => number.fmt(f),
            Item::String(text) => write_string(text, f),
            Item::Datetime(datetime) => write_string(&datetime.to_string(), f),
            Item::Array(json) | Item::Object(json) => json.fmt(f),
            Item::Pair(pair) => {
                write!(f, "{{\"id\": {}, \"key\": ", pair.id)?;
                write_string(&pair.key, f)?;
                write!(f, ", \"value\": {}", pair.value)?;
                f.write_char('}')
            }
        }
    }
}

pub enum Children<'e> {
    Elements(slice::Iter<'e, Json>),
    Values(slice::Iter<'e, (String, Json)>),
    Pair(Rc<Pair<'e>>, slice::Iter<'static, &'static str>),
}

impl<'e> Iterator for Children<'e> {
    type Item = Item<'e>;

    fn next(&mut self) -> Option<Item<'e>> {
        match self {
            Children::Elements(elements) => elements.next().map(Item::of),
            Children::Values(pairs) => pairs.next().map(|(_, value)| Item::of(value)),
            Children::Pair(pair, keys) => {
                let key = keys.next()?;
                Item::Pair(pair.clone()).field(key)
            }
        }
    }
}
