//! PostgreSQL's types and values as plain data, and the errors that speak of them.
//!
//! The bottom of the module list: everything above agrees on values through this module, so it
//! performs no I/O and knows neither SQL text nor SQLite. [`Type`] is a PostgreSQL type OID,
//! [`Value`] one datum, [`PgError`] what a client is told, with its [`SqlState`].

mod error;
mod float;
mod sqlstate;
mod ty;
mod value;

pub mod arithmetic;
pub mod array;
pub mod bits;
pub mod cast;
pub mod compare;
pub mod degrees;
pub mod hash;
pub mod identifier;
pub mod in_range;
pub mod json;
pub mod jsonpath;
pub mod network;
pub mod normal_form;
pub mod numeric;
pub mod random;
pub mod record;
pub mod regexp;
pub mod room;
pub mod size;
pub mod sort_key;
pub mod text;
pub mod timestamp;
pub mod to_char;
pub mod to_number;
pub mod unicode;

pub use error::{PgError, Severity};
pub use numeric::Numeric;
pub use sqlstate::SqlState;
pub use ty::{Type, TypeCategory, TypeInfo};
pub use value::{Row, Value};
