//! The SQL/JSON path language: paths read, printed, and followed through jsonb values.
//!
//! A path is kept as its text in normal form, which reads back as the same path; [`Jsonpath`] is that taken apart. Finding
//! what it leads to depends on nothing but the path, the document and what is passed [`With`] it.
//!
//! Paths that nest deeper than the thread at hand has room for are dealt with on one that has.

mod execute;
mod item;
mod layout;
mod method;
mod parse;
mod predicate;
mod print;
mod scan;
#[cfg(test)]
mod tests;
mod tree;

use std::fmt;

use self::execute::{Status, execute};
use self::item::Item;
use self::tree::Chain;
use super::json::Json;
use super::room::with_stack;
use super::timestamp::Zone;
use super::{PgError, SqlState};

/// How deep a path may be: `height` of its steps behind or within each other, and `nesting` of its text, where parentheses
/// count, those that are printed too.
#[derive(Clone, Copy)]
struct Limits {
    height: usize,
    nesting: usize,
}

/// What every thread has room for.
const SHALLOW: Limits = Limits { height: 32, nesting: 16 };
const DEEP: Limits = Limits { height: 500, nesting: 1500 };

/// Bytes of all that one query finds, printed: as many as PostgreSQL puts into an array (`JENTRY_OFFLENMASK`).
const MAX_BYTES: usize = 268_435_455;

fn too_deep() -> PgError {
    let hint = format!("Quorlite follows a jsonpath {} steps deep at most.", DEEP.height);
    PgError::new(SqlState::STATEMENT_TOO_COMPLEX, "stack depth limit exceeded").hint(hint)
}

/// A path, taken apart.
#[derive(Debug)]
pub struct Jsonpath {
    lax: bool,
    root: Chain,
}

/// What a path is followed with.
#[derive(Clone, Copy)]
pub struct With<'e> {
    /// Values of its variables; without it all of them are null.
    pub vars: Option<&'e Json>,
    /// Errors that the document is to blame for are not told.
    pub silent: bool,
    /// The session's time zone and its transaction's time; without it, what depends on them is an error.
    pub zone: Option<(&'e Zone, i64)>,
    /// Asked now and then: an error ends the work.
    pub look_up: &'e LookUp<'e>,
}

pub type LookUp<'e> = dyn Fn() -> Result<(), PgError> + Sync + 'e;

impl Jsonpath {
    /// `jsonpath_in`. Errors: 42601 and others, as PostgreSQL's; 54001 for what is too deep.
    pub fn input(text: &str) -> Result<Jsonpath, PgError> {
        match parse::parse(text, SHALLOW) {
            Err(error) if error.code == SqlState::STATEMENT_TOO_COMPLEX => {
                with_stack(|| parse::parse(text, DEEP)).map_err(|_| too_deep())?
            }
            read => read,
        }
    }

    /// Runs something that recurses as deep as the path is.
    fn with_room<T: Send>(&self, run: impl FnOnce() -> T + Send) -> Result<T, PgError> {
        if self.root.height <= SHALLOW.height { Ok(run()) } else { with_stack(run).map_err(|_| too_deep()) }
    }

    /// Whether it leads anywhere (`jsonb_path_exists`); `None` is NULL, after an error.
    ///
    /// Errors of all that follow paths: 2203x and others, as PostgreSQL's; 54001 and 54000 for what takes too much.
    pub fn exists(&self, json: &Json, with: &With) -> Result<Option<bool>, PgError> {
        let status = self.with_room(|| execute(self, json, with, None))??;
        Ok(match status {
            Status::Found => Some(true),
            Status::Nothing => Some(false),
            Status::Failed => None,
        })
    }

    /// The one truth value that it leads to (`jsonb_path_match`).
    pub fn matches(&self, json: &Json, with: &With) -> Result<Option<bool>, PgError> {
        let found = self.found(json, with, |items| match items {
            [Item::Bool(truth)] => Some(Some(*truth)),
            [Item::Null] => Some(None),
            _ => None,
        })?;
        match found {
            Some(truth) => Ok(truth),
            None if with.silent => Ok(None),
            None => {
                let message = "single boolean result is expected";
                Err(PgError::new(SqlState::SINGLETON_SQL_JSON_ITEM_REQUIRED, message))
            }
        }
    }

    /// All that it leads to, each as jsonb's text (`jsonb_path_query`).
    pub fn query(&self, json: &Json, with: &With) -> Result<Vec<String>, PgError> {
        self.found(json, with, |items| {
            let mut left = MAX_BYTES;
            let text = |item: &Item| {
                let text = item.to_string();
                left = left.checked_sub(text.len()).ok_or_else(too_large)?;
                Ok(text)
            };
            items.iter().map(text).collect()
        })?
    }

    /// The same as an array (`jsonb_path_query_array`).
    pub fn query_array(&self, json: &Json, with: &With) -> Result<String, PgError> {
        self.found(json, with, |items| {
            let mut text = String::from("[");
            for (index, item) in items.iter().enumerate() {
                text.push_str(if index > 0 { ", " } else { "" });
                text.push_str(&item.to_string());
                if text.len() > MAX_BYTES {
                    return Err(too_large());
                }
            }
            text.push(']');
            Ok(text)
        })?
    }

    /// The first of it (`jsonb_path_query_first`).
    pub fn query_first(&self, json: &Json, with: &With) -> Result<Option<String>, PgError> {
        self.found(json, with, |items| items.first().map(Item::to_string))
    }

    fn found<T: Send>(&self, json: &Json, with: &With, of: impl FnOnce(&[Item]) -> T + Send) -> Result<T, PgError> {
        self.with_room(|| {
            let mut found = Vec::new();
            // Errors that are not told leave what was found before.
            execute(self, json, with, Some(&mut found))?;
            Ok(of(&found))
        })?
    }
}

fn too_large() -> PgError {
    let message = format!("total size of jsonb array elements exceeds the maximum of {MAX_BYTES} bytes");
    PgError::new(SqlState::PROGRAM_LIMIT_EXCEEDED, message)
}

/// `jsonpath_out`: its normal form.
impl fmt::Display for Jsonpath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let printed = self.with_room(|| {
            let mut out = String::new();
            print::write(self, &mut out).map(|()| out)
        });
        f.write_str(&printed.map_err(|_| fmt::Error)??)
    }
}

/// A path's text in normal form. Errors: those of [`Jsonpath::input`].
pub fn normalize(text: &str) -> Result<String, PgError> {
    let path = Jsonpath::input(text)?;
    let mut out = String::new();
    fmt::write(&mut out, format_args!("{path}")).map_err(|_| too_deep())?;
    Ok(out)
}
