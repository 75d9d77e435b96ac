//! What jsonb's operators and functions do with values (`jsonb_op.c`, `jsonfuncs.c`).

use std::fmt::Write;

use super::{Json, Outline, from_end, key_order, outline, write_string};
use crate::types::{PgError, SqlState, compare};

fn invalid_parameter(message: impl Into<String>) -> PgError {
    PgError::new(SqlState::INVALID_PARAMETER_VALUE, message)
}

/// One step of a path: `None` is NULL.
type Step = Option<String>;

/// What is done where a path ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Change {
    /// `jsonb_set`, which may also add.
    Replace { create: bool },
    /// `jsonb_insert`, which replaces nothing.
    Insert { after: bool },
    /// An assignment to a subscript: what is not there is made.
    Assign,
}

impl Json {
    fn is_scalar(&self) -> bool {
        !matches!(self, Json::Array(_) | Json::Object(_))
    }

    fn equals(&self, other: &Json) -> bool {
        compare::jsonb(self, other).is_eq()
    }

    /// `@>`. Outermost, an array contains a scalar that is one of its elements.
    pub fn contains(&self, other: &Json) -> bool {
        match (self, other) {
            (Json::Array(items), other) if other.is_scalar() => items.iter().any(|item| item.equals_scalar(other)),
            (this, other) if this.is_scalar() && other.is_scalar() => this.equals(other),
            _ => self.contains_deep(other),
        }
    }

    fn equals_scalar(&self, other: &Json) -> bool {
        self.is_scalar() && self.equals(other)
    }

    fn contains_deep(&self, other: &Json) -> bool {
        match (self, other) {
            (Json::Object(_), Json::Object(wanted)) => wanted.iter().all(|(key, wanted)| {
                self.field(key).is_some_and(|value| match wanted.is_scalar() {
                    true => value.equals_scalar(wanted),
                    false => value.contains_deep(wanted),
                })
            }),
            (Json::Array(items), Json::Array(wanted)) => wanted.iter().all(|wanted| match wanted.is_scalar() {
                true => items.iter().any(|item| item.equals_scalar(wanted)),
                false => items.iter().any(|item| item.contains_deep(wanted)),
            }),
            _ => false,
        }
    }

    /// `?`: a key of an object, or a string in an array or by itself.
    pub fn has_key(&self, key: &str) -> bool {
        let is = |json: &Json| matches!(json, Json::String(text) if text == key);
        match self {
            Json::Array(items) => items.iter().any(is),
            Json::Object(_) => self.field(key).is_some(),
            scalar => is(scalar),
        }
    }

    /// What a path leads to.
    pub fn at_path(&self, path: &[Step]) -> Option<&Json> {
        let mut json = self;
        for step in path {
            let step = step.as_deref()?;
            json = match json {
                Json::Object(_) => json.field(step)?,
                Json::Array(_) => json.element(index(step)?)?,
                _ => return None,
            };
        }
        Some(json)
    }

    /// `||`.
    pub fn concatenate(self, other: Json) -> Json {
        let items = |json: Json| match json {
            Json::Array(items) => items,
            other => vec![other],
        };
        match (self, other) {
            (Json::Object(left), Json::Object(right)) => Json::object(left.into_iter().chain(right).collect()),
            (left, right) => Json::Array(items(left).into_iter().chain(items(right)).collect()),
        }
    }

    /// `- text[]`, and with one key `- text`.
    pub fn without_keys(self, keys: &[String]) -> Result<Json, PgError> {
        let unwanted = |text: &String| keys.contains(text);
        match self {
            Json::Object(pairs) => Ok(Json::Object(pairs.into_iter().filter(|(key, _)| !unwanted(key)).collect())),
            Json::Array(items) => {
                let is = |json: &Json| matches!(json, Json::String(text) if unwanted(text));
                Ok(Json::Array(items.into_iter().filter(|item| !is(item)).collect()))
            }
            _ => Err(invalid_parameter("cannot delete from scalar")),
        }
    }

    /// `- int`.
    pub fn without_element(self, index: i64) -> Result<Json, PgError> {
        match self {
            Json::Array(mut items) => {
                if let Some(at) = from_end(index, items.len()).filter(|at| *at < items.len()) {
                    items.remove(at);
                }
                Ok(Json::Array(items))
            }
            Json::Object(_) => Err(invalid_parameter("cannot delete from object using integer index")),
            _ => Err(invalid_parameter("cannot delete from scalar")),
        }
    }

    /// `#-`.
    pub fn without_path(self, path: &[Step]) -> Result<Json, PgError> {
        if self.is_scalar() {
            return Err(invalid_parameter("cannot delete path in scalar"));
        }
        if path.is_empty() || self.is_empty() { Ok(self) } else { delete(self, path, 0) }
    }

    /// `jsonb_set`, `jsonb_insert` and assignment to a subscript.
    pub fn with_path(self, path: &[Step], new: Json, change: Change) -> Result<Json, PgError> {
        if self.is_scalar() {
            if change == Change::Assign {
                let message = "cannot replace existing key";
                let detail = "The path assumes key is a composite object, but it is a scalar value.";
                return Err(invalid_parameter(message).detail(detail));
            }
            return Err(invalid_parameter("cannot set path in scalar"));
        }
        // PostgreSQL does not look at the path then.
        let nothing = self.is_empty() && change == Change::Replace { create: false };
        if path.is_empty() || nothing { Ok(self) } else { set(self, path, 0, new, change) }
    }

    /// Whether it is an array or object of nothing.
    fn is_empty(&self) -> bool {
        match self {
            Json::Array(items) => items.is_empty(),
            Json::Object(pairs) => pairs.is_empty(),
            _ => false,
        }
    }

    /// Without the fields that are null, at every level.
    pub fn strip_nulls(self) -> Json {
        match self {
            Json::Array(items) => Json::Array(items.into_iter().map(Json::strip_nulls).collect()),
            Json::Object(pairs) => {
                let kept = pairs.into_iter().filter(|(_, value)| *value != Json::Null);
                Json::Object(kept.map(|(key, value)| (key, value.strip_nulls())).collect())
            }
            scalar => scalar,
        }
    }

    /// `jsonb_pretty`.
    pub fn pretty(&self) -> String {
        let mut out = String::new();
        // A String takes everything.
        let _ = pretty(self, 0, &mut out);
        out
    }
}

/// A path's step as an array's index.
fn index(step: &str) -> Option<i64> {
    // As C's strtol reads it: with space before it.
    step.trim_start_matches([' ', '\t', '\n', '\x0b', '\x0c', '\r']).parse::<i32>().ok().map(i64::from)
}

fn step(path: &[Step], level: usize) -> Result<&str, PgError> {
    path[level].as_deref().ok_or_else(|| {
        let message = format!("path element at position {} is null", level + 1);
        PgError::new(SqlState::NULL_VALUE_NOT_ALLOWED, message)
    })
}

fn index_at(path: &[Step], level: usize) -> Result<i64, PgError> {
    let step = step(path, level)?;
    index(step).ok_or_else(|| {
        let message = format!("path element at position {} is not an integer: \"{step}\"", level + 1);
        PgError::new(SqlState::INVALID_TEXT_REPRESENTATION, message)
    })
}

fn delete(json: Json, path: &[Step], level: usize) -> Result<Json, PgError> {
    let last = level + 1 == path.len();
    match json {
        Json::Object(mut pairs) => {
            let key = step(path, level)?;
            let at = pairs.iter().position(|(other, _)| other == key);
            if let Some(at) = at {
                let (key, value) = pairs.remove(at);
                if !last {
                    pairs.insert(at, (key, delete(value, path, level + 1)?));
                }
            }
            Ok(Json::Object(pairs))
        }
        Json::Array(mut items) => {
            let at = from_end(index_at(path, level)?, items.len()).filter(|at| *at < items.len());
            if let Some(at) = at {
                let item = items.remove(at);
                if !last {
                    items.insert(at, delete(item, path, level + 1)?);
                }
            }
            Ok(Json::Array(items))
        }
        scalar => Ok(scalar),
    }
}

/// `setPath`.
fn set(json: Json, path: &[Step], level: usize, new: Json, change: Change) -> Result<Json, PgError> {
    match json {
        Json::Object(pairs) => set_in_object(pairs, path, level, new, change),
        Json::Array(items) => set_in_array(items, path, level, new, change),
        _ if change == Change::Assign => {
            let message = "cannot replace existing key";
            let detail = "The path assumes key is a composite object, but it is a scalar value.";
            Err(invalid_parameter(message).detail(detail))
        }
        scalar => Ok(scalar),
    }
}

fn set_in_object(
    mut pairs: Vec<(String, Json)>,
    path: &[Step],
    level: usize,
    new: Json,
    change: Change,
) -> Result<Json, PgError> {
    let last = level + 1 == path.len();
    let key = step(path, level)?;
    match pairs.binary_search_by(|(other, _)| key_order(other, key)) {
        Ok(at) if last => {
            if let Change::Insert { .. } = change {
                let hint = "Try using the function jsonb_set to replace key value.";
                return Err(invalid_parameter("cannot replace existing key").hint(hint));
            }
            pairs[at].1 = new;
        }
        Ok(at) => {
            let value = std::mem::replace(&mut pairs[at].1, Json::Null);
            pairs[at].1 = set(value, path, level + 1, new, change)?;
        }
        Err(at) if last && change != (Change::Replace { create: false }) => pairs.insert(at, (key.to_owned(), new)),
        Err(at) if change == Change::Assign => pairs.insert(at, (key.to_owned(), made(path, level + 1, new)?)),
        Err(_) => {}
    }
    Ok(Json::Object(pairs))
}

fn set_in_array(mut items: Vec<Json>, path: &[Step], level: usize, new: Json, change: Change) -> Result<Json, PgError> {
    let last = level + 1 == path.len();
    let given = index_at(path, level)?;
    let adds = change != (Change::Replace { create: false });
    let Some(at) = from_end(given, items.len()) else {
        if change == Change::Assign {
            let message = format!("path element at position {} is out of range: {given}", level + 1);
            return Err(invalid_parameter(message));
        }
        // Before the first.
        if last && adds {
            items.insert(0, new);
        }
        return Ok(Json::Array(items));
    };
    match items.get_mut(at) {
        Some(_) if last => match change {
            Change::Insert { after } => items.insert(at + usize::from(after), new),
            Change::Replace { .. } | Change::Assign => items[at] = new,
        },
        Some(item) => {
            let value = std::mem::replace(item, Json::Null);
            *item = set(value, path, level + 1, new, change)?;
        }
        None if change == Change::Assign => {
            if at > MAX_GAP {
                return Err(PgError::unsupported("a jsonb array of this size"));
            }
            items.resize(at, Json::Null);
            items.push(if last { new } else { made(path, level + 1, new)? });
        }
        None if last && adds => items.push(new),
        None => {}
    }
    Ok(Json::Array(items))
}

/// Elements that an assignment puts before its own at most.
const MAX_GAP: usize = 1_000_000;

/// What an assignment makes where there was nothing: arrays for numbers, objects for everything else.
fn made(path: &[Step], level: usize, new: Json) -> Result<Json, PgError> {
    let mut made = new;
    for level in (level..path.len()).rev() {
        let key = step(path, level)?;
        made = match index(key) {
            Some(at) => {
                let at = usize::try_from(at).ok().filter(|at| *at <= MAX_GAP);
                let at = at.ok_or_else(|| PgError::unsupported("a jsonb array of this size"))?;
                let mut items = vec![Json::Null; at];
                items.push(made);
                Json::Array(items)
            }
            None => Json::Object(vec![(key.to_owned(), made)]),
        };
    }
    Ok(made)
}

fn pretty(json: &Json, depth: usize, out: &mut String) -> std::fmt::Result {
    let (open, close, count) = match json {
        Json::Array(items) => ('[', ']', items.len()),
        Json::Object(pairs) => ('{', '}', pairs.len()),
        scalar => return write!(out, "{scalar}"),
    };
    let line = |depth: usize, out: &mut String| {
        out.push('\n');
        out.extend(std::iter::repeat_n("    ", depth));
    };
    out.push(open);
    for index in 0..count {
        if index > 0 {
            out.push(',');
        }
        line(depth + 1, out);
        match json {
            Json::Object(pairs) => {
                write_string(&pairs[index].0, out)?;
                out.push_str(": ");
                pretty(&pairs[index].1, depth + 1, out)?;
            }
            Json::Array(items) => pretty(&items[index], depth + 1, out)?,
            _ => {}
        }
    }
    line(depth, out);
    out.push(close);
    Ok(())
}

/// `json_strip_nulls`: a json text without the fields that are null, and without space.
pub fn strip_nulls(text: &str) -> Result<String, PgError> {
    let mut out = String::with_capacity(text.len());
    strip_into(text, &mut out)?;
    Ok(out)
}

fn strip_into(text: &str, out: &mut String) -> Result<(), PgError> {
    match outline(text)? {
        Outline::Null => out.push_str("null"),
        Outline::Plain(plain) => out.push_str(plain),
        // A String takes everything.
        Outline::String(text) => drop(write_string(&text, out)),
        Outline::Array(items) => {
            out.push('[');
            for (index, item) in items.into_iter().enumerate() {
                out.push_str(if index > 0 { "," } else { "" });
                strip_into(item, out)?;
            }
            out.push(']');
        }
        Outline::Object(pairs) => {
            out.push('{');
            let mut begun = false;
            for (key, value) in pairs {
                if outline(value)? == Outline::Null {
                    continue;
                }
                out.push_str(if begun { "," } else { "" });
                begun = true;
                let _ = write_string(&key, out);
                out.push(':');
                strip_into(value, out)?;
            }
            out.push('}');
        }
    }
    Ok(())
}

/// What a path leads to in a json text, as it stands there.
pub fn text_at_path<'t>(text: &'t str, path: &[Step]) -> Result<Option<&'t str>, PgError> {
    let mut text = text;
    for step in path {
        let Some(step) = step.as_deref() else { return Ok(None) };
        let found = match outline(text)? {
            // Of equal keys the last.
            Outline::Object(pairs) => pairs.into_iter().rev().find(|(key, _)| key == step).map(|(_, value)| value),
            Outline::Array(items) => {
                index(step).and_then(|at| from_end(at, items.len())).and_then(|at| items.get(at).copied())
            }
            _ => None,
        };
        match found {
            Some(found) => text = found,
            None => return Ok(None),
        }
    }
    Ok(Some(text))
}
