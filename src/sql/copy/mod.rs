//! COPY: a statement of its own, made of others.
//!
//! `COPY t FROM STDIN` is an INSERT that the session runs for each row of the client's data, and `COPY … TO STDOUT` a
//! query whose rows it writes as the client wants them; what binding yields are the texts of these statements and the
//! format of the data. So constraints, defaults, RETURNING and all the rest are what they are elsewhere.

mod options;
mod parse;

pub(super) use options::{Options, options};
pub(super) use parse::{CopyStatement, End, Source, parse};

use crate::types::Type;

#[derive(Clone, Debug, PartialEq)]
pub enum Copy {
    From(CopyFrom),
    To(CopyTo),
}

/// Rows from the client into a table.
#[derive(Clone, Debug, PartialEq)]
pub struct CopyFrom {
    /// The table's name, as CONTEXT tells it.
    pub table: String,
    pub columns: Vec<CopyColumn>,
    /// An INSERT with a parameter for each column.
    pub insert: String,
    pub format: CopyFormat,
    pub header: Header,
    /// A row may break a constraint of its own (NOT NULL, CHECK) or fail to be computed, which PostgreSQL finds row by row.
    pub checked: bool,
    /// The table is the session's own.
    pub temporary: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct CopyColumn {
    pub name: String,
    pub ty: Type,
    pub typmod: i32,
    /// CSV: an unquoted NULL string is that string.
    pub force_not_null: bool,
    /// CSV: a quoted NULL string is NULL.
    pub force_null: bool,
}

/// Rows of a query to the client.
#[derive(Clone, Debug, PartialEq)]
pub struct CopyTo {
    pub query: String,
    /// Where the query stands in COPY's text, in characters; `None` if it doesn't.
    pub offset: Option<u32>,
    pub format: CopyFormat,
    pub header: Header,
    pub force_quote: ForceQuote,
}

#[derive(Clone, Debug, PartialEq)]
pub enum CopyFormat {
    Text { delimiter: u8, null: String },
    Csv { delimiter: u8, null: String, quote: u8, escape: u8 },
    Binary,
}

/// What the first line is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Header {
    #[default]
    No,
    Yes,
    /// It must name the columns.
    Match,
}

/// CSV: what is quoted though it need not be.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum ForceQuote {
    #[default]
    Nothing,
    All,
    Columns(Vec<String>),
}
