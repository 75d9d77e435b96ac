//! From PostgreSQL text to a [`Plan`] whose SQLite SQL and result shape are settled.
//!
//! Pure passes, no I/O: [`parse()`] (text, if it is SQL to PostgreSQL's grammar → [`Statement`]), [`bind()`] (names resolved against the
//! catalog, every expression given a PostgreSQL type) and, within bind, emit (bound tree →
//! SQLite SQL). A [`Plan`] answers Describe without running anything.
//!
//! This module is the only door to sqlparser, and never prints with its `Display`.

mod amend;
mod assigned_parts;
mod bind;
mod bound;
mod brief;
mod cache;
mod casts;
mod compression;
mod conflict_target;
mod constraints;
mod copy;
mod current_of;
mod cursor;
mod ddl;
mod dialect;
mod emission;
mod emit;
mod encodings;
mod explain;
mod fetch_first;
mod forms;
mod frame_spec;
mod functions;
mod generations;
mod grammar;
mod language;
mod like;
mod lock_lists;
mod nulls_distinct;
mod operator_tokens;
mod operators;
mod parse;
mod plan;
mod plpgsql;
mod populate;
mod precedence;
mod prepare;
mod refusals;
mod rewrite;
mod room;
pub mod rows;
pub mod session_call;
mod set;
mod set_columns;
mod setting_values;
mod shapes;
mod steps;
mod strings;
mod temporary;
#[cfg(test)]
pub(crate) mod tests;
mod text;
mod tokens;
mod type_names;
mod unicode;
mod utility;
mod view;

pub use bind::{
    GivenArguments, at_commit, bind, bind_arguments, compared_name, contains_nulls, duplicates, index_key,
    invalid_label, mixed_nulls, proposal, rowid_name, table_checks, type_named,
};
pub use bound::WITH_PREFIX;
pub use cache::PlanCache;
pub use casts::{ENUM_INPUT, ElementCast, element_cast};
pub use constraints::{ConstraintModes, SetConstraints};
pub use copy::{Copy, CopyColumn, CopyFormat, CopyFrom, CopyTo, ForceQuote, Header};
pub use emission::{
    CHAR_COLLATION, FRAMED_WINDOW, INET_COLLATION, INTERVAL_COLLATION, JSONB_COLLATION, MOVING_WINDOW,
    RECORD_COLLATION, SqliteFunction, SqliteSet, TABLE_ARGS, array_collations, collation, enum_collation, has_one_form,
    sqlite_functions, sqlite_sets,
};
pub use encodings::{Encoding, encoding_named};
pub use explain::{Ran, Remark, render};
pub use forms::{Form, Formed};
pub use frame_spec::FrameSpec;
pub use language::language;
pub use parse::{Statement, parse};
pub use plan::{
    Action, Command, DatabaseStatement, Declare, Direction, Executed, Explain, Fetch, Isolation, Lock, Plan, Positions,
    Prepare, Proposal, ProposedCheck, ProposedConflict, Query, Requirement, ResultColumn, Schema, SchemaStep,
    SessionContext, SessionStatement, SetTo, SettingStatement, TableLock, TransactionModes, TransactionStatement,
    Verify, Write, changed_shape, milliseconds, same_shape,
};
pub use plpgsql::{
    Block, Handler, InlineCode, Level, Raise, RaiseOption, Raised, Step as BlockStep, StepKind, Use, compile,
    condition_named, formatted, with_caught,
};
pub use prepare::executed_within;
pub use session_call::{SessionCall, SessionFunction};
pub use setting_values::SettingValues;
pub use steps::{Count, Once, Proposes, Step, Task};
