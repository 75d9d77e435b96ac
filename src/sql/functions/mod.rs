//! PostgreSQL's functions (`pg_proc`) that we have, one line an entry.
//!
//! Overloads of types that are not there yet stand in the table too where leaving them out would
//! make PostgreSQL's resolution rules choose another one: choosing them is 0A000. Functions that PostgreSQL has
//! and this table lacks altogether are told from unknown ones by [`is_postgres_function`].

use std::collections::HashMap;
use std::sync::LazyLock;

use super::emission::Emission;
use super::type_names::{ANYARRAY, ANYCOMPATIBLE, ANYCOMPATIBLEARRAY, ANYELEMENT};
use crate::types::Type;

/// `provolatile`, and beyond it whether calling the function changes the database.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Volatility {
    Immutable,
    Stable,
    Volatile,
    /// Sequence functions: the statement must run on the leader's writer.
    Writes,
}

#[derive(Clone, Copy, Debug)]
pub struct Function {
    pub name: &'static str,
    pub args: &'static [Type],
    /// The last of `args` may be repeated.
    pub variadic: bool,
    pub result: Type,
    pub emission: Emission,
    pub volatility: Volatility,
    pub aggregate: bool,
    /// Needs an OVER clause.
    pub window: bool,
    /// Returns a set of rows.
    pub set: bool,
    /// NULL for any NULL argument.
    pub strict: bool,
    /// Behind each argument it is told its type.
    pub typed: bool,
}

impl Function {
    /// Whether its arguments decide of each other's types, or of the result's.
    pub fn is_polymorphic(&self) -> bool {
        let polymorphic = |ty: &Type| matches!(*ty, ANYARRAY | ANYELEMENT | ANYCOMPATIBLE | ANYCOMPATIBLEARRAY);
        polymorphic(&self.result) || self.args.iter().any(polymorphic)
    }

    /// How many arguments the emitted call has; `None`: any number.
    pub fn emitted_args(&self) -> Option<usize> {
        (!self.variadic).then(|| match self.typed {
            true => 2 * self.args.len(),
            false => self.args.len() + usize::from(self.is_polymorphic()),
        })
    }
}

/// How a function treats its arguments: the last column of the table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Plain,
    /// Called for NULLs too, and its last argument may be repeated.
    Variadic,
    /// Rows with a NULL argument are skipped.
    Aggregate,
    /// The function itself looks at NULLs.
    AggregateOfNulls,
    /// Needs an OVER clause.
    Window,
    /// Called for NULLs too.
    OfNulls,
    /// Its last argument may be repeated.
    VariadicStrict,
    /// As `Variadic`, and each argument is followed by its type.
    VariadicTyped,
    /// As `AggregateOfNulls`, and each argument is followed by its type.
    AggregateTyped,
    /// Returns a set of rows (see [`sets`]): none for a NULL argument.
    Set,
    /// The same, and called for NULLs too.
    SetOfNulls,
}

macro_rules! functions {
    ($($name:literal ($($arg:ident)*) $result:ident $emission:expr, $volatility:ident $kind:ident;)*) => {
        &[$(Function {
            name: $name,
            args: &[$(functions!(@type $arg)),*],
            variadic: matches!(super::Kind::$kind, super::Kind::Variadic | super::Kind::VariadicStrict | super::Kind::VariadicTyped),
            result: functions!(@type $result),
            emission: $emission,
            volatility: super::Volatility::$volatility,
            aggregate: matches!(
                super::Kind::$kind,
                super::Kind::Aggregate | super::Kind::AggregateOfNulls | super::Kind::AggregateTyped
            ),
            window: matches!(super::Kind::$kind, super::Kind::Window),
            set: matches!(super::Kind::$kind, super::Kind::Set | super::Kind::SetOfNulls),
            strict: matches!(
                super::Kind::$kind,
                super::Kind::Plain | super::Kind::VariadicStrict | super::Kind::Aggregate | super::Kind::Set
            ),
            typed: matches!(
                super::Kind::$kind,
                super::Kind::VariadicTyped | super::Kind::AggregateTyped
            ),
        }),*]
    };
    (@type ANY) => { ANY };
    (@type ANYNONARRAY) => { ANYNONARRAY };
    (@type ANYARRAY) => { ANYARRAY };
    (@type ANYELEMENT) => { ANYELEMENT };
    (@type ANYCOMPATIBLE) => { ANYCOMPATIBLE };
    (@type ANYCOMPATIBLEARRAY) => { ANYCOMPATIBLEARRAY };
    (@type INTERVAL) => { INTERVAL };
    (@type TSVECTOR) => { TSVECTOR };
    (@type NAMES) => { Type(1003) };
    (@type TEXTS) => { Type(1009) };
    (@type ACLITEMS) => { Type(1034) };
    (@type INTS) => { Type(1007) };
    (@type INT2S) => { Type(1005) };
    (@type $ty:ident) => { Type::$ty };
}

mod aggregates;
mod arrays;
mod catalog;
pub mod extensions;
mod hashing;
mod json;
mod network;
mod numbers;
mod parameters;
mod privileges;
mod sets;
mod stand_ins;
mod system;
mod text;
mod times;
mod windows;

pub use parameters::{Absent, parameters};
pub use sets::set_columns;
pub use stand_ins::{StandIn, stand_ins};

/// The table, one file a chapter. PostgreSQL's resolution does not depend on the order.
static TABLES: &[&[Function]] = &[
    text::FUNCTIONS,
    numbers::FUNCTIONS,
    times::FUNCTIONS,
    system::FUNCTIONS,
    catalog::FUNCTIONS,
    privileges::FUNCTIONS,
    aggregates::FUNCTIONS,
    arrays::FUNCTIONS,
    json::FUNCTIONS,
    sets::FUNCTIONS,
    windows::FUNCTIONS,
    hashing::FUNCTIONS,
    network::FUNCTIONS,
];

static BY_NAME: LazyLock<HashMap<&'static str, Vec<&'static Function>>> = LazyLock::new(|| {
    let mut by_name: HashMap<_, Vec<_>> = HashMap::new();
    for function in all() {
        by_name.entry(function.name).or_default().push(function);
    }
    by_name
});

/// All functions of PostgreSQL's own.
pub fn all() -> impl Iterator<Item = &'static Function> {
    TABLES.iter().copied().flatten()
}

/// The overloads of a name.
pub fn named(name: &str) -> impl Iterator<Item = &'static Function> {
    BY_NAME.get(name).into_iter().flatten().copied()
}

/// Names in PostgreSQL 15's `pg_proc`, sorted, one a line.
static PG_PROC: &str = include_str!("../pg_proc_names.txt");

/// Whether PostgreSQL has a function of this name, so that lacking it is our fault and no typo.
pub fn is_postgres_function(name: &str) -> bool {
    // Not worth a search tree: asked only on the way to an error.
    PG_PROC.lines().any(|line| line == name)
}
