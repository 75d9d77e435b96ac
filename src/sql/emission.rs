//! How a function, operator or cast is written in SQLite SQL: the last column of the tables in
//! [`functions`](super::functions), [`operators`](super::operators) and [`casts`](super::casts).
//!
//! SQLite's own spelling is used only where it means exactly what PostgreSQL means, in values, errors
//! and NULLs; everything else is a function of ours that storage registers ([`sqlite_functions`]).

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::SessionFunction;
use super::text::At;
use crate::types::{Type, TypeInfo, numeric};

/// How a call with bound arguments is written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Emission {
    /// A function of ours, by the name storage registers.
    Own(&'static str),
    /// A function SQLite has, and that means the same.
    Builtin(&'static str),
    /// A binary operator of SQLite's.
    Infix(&'static str),
    /// A prefix operator of SQLite's.
    Prefix(&'static str),
    /// `CAST(x AS …)` of SQLite's.
    Cast(&'static str),
    /// SQL text without arguments.
    Text(&'static str),
    /// Done by the session, which gets the arguments.
    Session(SessionFunction),
    /// The stored form is the same already.
    Same,
    /// The value is that of the first argument, as is known without the others: they count as written (whose columns are
    /// named, what aggregates are called), and are not computed.
    Decided,
    /// The value is that of the argument, which stands in a sub-query of our making where it was written beside one: it is
    /// of the query around.
    Around,
    /// COLLATE, with `pg_collation.oid` and the keyword's place: nothing to be done, for all collations sort alike.
    Collated(u32, At),
    /// A set-returning function of ours: a table with arguments, by the name storage registers.
    Rows(&'static str),
    /// An aggregate: a function of ours, of all rows packed into one value and the types of what is in them.
    Packed(&'static str),
    /// PostgreSQL has it, we don't: 0A000 naming this.
    Missing(&'static str),
}

impl Emission {
    /// Whether the value is that of the one argument.
    pub fn is_same(self) -> bool {
        matches!(self, Emission::Same | Emission::Around | Emission::Collated(..))
    }
}

/// A function that emitted statements may call, and that storage must register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SqliteFunction {
    pub name: &'static str,
    /// Number of arguments, −1 for any.
    pub args: i32,
    pub aggregate: bool,
    /// Its result depends on nothing but the arguments within one statement (immutable and stable
    /// functions): SQLite may then evaluate it once.
    pub deterministic: bool,
    /// Any NULL argument makes the result NULL (aggregates: such rows are skipped).
    pub strict: bool,
}

/// A set-returning function that emitted statements may read as a table, and that storage must register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SqliteSet {
    pub name: &'static str,
    /// How many arguments its calls have at most.
    pub args: usize,
    /// Its columns `c1`, `c2`, …; `ordinality` comes behind them.
    pub columns: usize,
    /// Any NULL argument makes it an empty set.
    pub strict: bool,
}

/// Sets that the emitter itself writes, for what is no function in PostgreSQL.
const INTERNAL_SETS: &[SqliteSet] = &[
    // (values …) → one row of them: an ordinary function in FROM.
    SqliteSet { name: "pg_row", args: 1, columns: 1, strict: false },
    // (what pg_pack_rows() made) → its rows: a LATERAL sub-query.
    SqliteSet { name: "pg_rows", args: 1, columns: MAX_PACKED, strict: true },
    // (what pg_pack_rows() made, and again …) → the first values of their rows side by side: sets in one SELECT list.
    SqliteSet { name: "pg_side_by_side", args: MAX_SIDE_BY_SIDE, columns: MAX_SIDE_BY_SIDE, strict: false },
    // (relation, which parts) → names of what holds them in the file.
    SqliteSet { name: "pg_stored_parts", args: 2, columns: 1, strict: true },
    // (function, json, shape, typmods) → rows of that shape, each as one value: json_to_record() and its kin.
    SqliteSet { name: "pg_json_records", args: 4, columns: 1, strict: false },
    // (array, its elements' type, another array …) → their elements side by side.
    SqliteSet { name: "pg_unnest_all", args: MAX_SET_ARGS, columns: MAX_SET_ARGS / 2, strict: false },
    // (array, its elements' type) → its elements; of NULL one NULL.
    SqliteSet { name: "pg_elements", args: 2, columns: 1, strict: false },
    // (array, its elements' type) → its elements.
    SqliteSet { name: "pg_unnest", args: 2, columns: 1, strict: true },
];

/// Every set-returning function that emitted SQL can read, each name once.
pub fn sqlite_sets() -> impl Iterator<Item = SqliteSet> {
    let mut all: BTreeMap<&'static str, SqliteSet> = BTreeMap::new();
    for function in super::functions::all() {
        let Emission::Rows(name) = function.emission else { continue };
        let columns = super::functions::set_columns(function.name).map_or(1, <[_]>::len);
        let args = function.emitted_args().unwrap_or(MAX_SET_ARGS);
        let set = all.entry(name).or_insert(SqliteSet { name, args, columns, strict: function.strict });
        set.args = set.args.max(args);
    }
    for set in INTERNAL_SETS {
        all.insert(set.name, *set);
    }
    all.into_values()
}

/// Columns of a LATERAL sub-query.
pub const MAX_PACKED: usize = 100;

/// Set-returning functions that a SELECT list can have beside each other.
pub const MAX_SIDE_BY_SIDE: usize = 30;

/// Arguments of a virtual table at most: SQLite compares further ones once more, and NULL equals nothing then. From
/// the last of them on they are one value, made by `pg_pack_row`.
pub const TABLE_ARGS: usize = 16;

/// Arguments of a set-returning function that takes any number.
const MAX_SET_ARGS: usize = 100;

/// What ends the name of an aggregate of ours over a window whose frame does not begin where its partition does.
pub const MOVING_WINDOW: &str = "_moving";

/// What ends the name of a function over a window whose frame is found by ours: see [`super::FrameSpec`] for its arguments.
pub const FRAMED_WINDOW: &str = "_framed";

/// The collation by which intervals are equal and sort as in PostgreSQL.
pub const INTERVAL_COLLATION: &str = "pg_interval";

/// The collation by which stored forms compare as their values do, where their bytes don't.
pub fn collation(ty: Type) -> Option<Cow<'static, str>> {
    match ty {
        Type::INTERVAL => Some(INTERVAL_COLLATION.into()),
        Type::NUMERIC => Some(numeric::key::COLLATION.into()),
        // Blanks at the end of char(n) don't count.
        Type::BPCHAR => Some("RTRIM".into()),
        Type::JSONB => Some(JSONB_COLLATION.into()),
        Type::INET | Type::CIDR => Some(INET_COLLATION.into()),
        // Bytes that are no ASCII are kept as `\303`.
        Type::CHAR => Some(CHAR_COLLATION.into()),
        ty if ty.is_row() => Some(RECORD_COLLATION.into()),
        ty if ty.is_enum() => Some(enum_collation(ty).into()),
        // Called as the type is.
        ty if ty.is_array() && ty.is_comparable() => Some(ty.name().into()),
        _ => None,
    }
}

/// Whether values that sort by a collation of ours are equal where their stored bytes are: there may be an index by those.
pub fn equal_by_bytes(ty: Type) -> bool {
    ty.is_enum() || matches!(ty, Type::INET | Type::CIDR | Type::CHAR)
}

/// The collation by which an enum's labels sort; storage registers it.
pub fn enum_collation(ty: Type) -> String {
    format!("pg_enum_{}", ty.0)
}

/// The column that a table has in the file while it has none: `CREATE TABLE t ()`.
pub const NO_COLUMNS: &str = "_quorlite_no_columns";

/// The collation of a type's columns in the file, which knows SQLite's own alone: equal values must compare equal by it.
pub fn file_collation(ty: Type) -> Option<Cow<'static, str>> {
    collation(ty).filter(|_| matches!(ty, Type::NUMERIC | Type::BPCHAR))
}

/// Whether values that are equal are stored equal, and sort as they are stored, by a collation that SQLite has. Of
/// intervals they don't: '1 day' is '24:00:00'; nor do arrays, rows and jsonb.
pub fn has_one_form(ty: Type) -> bool {
    ty.is_comparable() && (equal_by_bytes(ty) || collation(ty).is_none() || file_collation(ty).is_some())
}

/// The function that makes of a value what compares by itself, where its stored form does not.
pub fn key_function(ty: Type) -> Option<&'static str> {
    match ty {
        ty if has_one_form(ty) => None,
        Type::INTERVAL => Some(INTERVAL_KEY),
        _ => Some(SORT_KEY),
    }
}

/// The collations of arrays, and what those are of.
pub fn array_collations() -> impl Iterator<Item = (&'static str, Type)> {
    let of = |info: &&'static TypeInfo| Some((info.name, info.element.filter(|_| info.ty.is_comparable())?));
    Type::all().iter().filter_map(of)
}

/// The collation by which jsonb values are equal and sort as in PostgreSQL.
pub const JSONB_COLLATION: &str = "pg_jsonb";

/// The collation by which the bytes of `"char"` sort.
pub const CHAR_COLLATION: &str = "pg_char";

/// The collation by which addresses sort as in PostgreSQL.
pub const INET_COLLATION: &str = "pg_inet";

/// The column by which rows of a sub-query are told from those that an outer join makes up.
pub const PRESENT: &str = "_quorlite_present";

/// The collation by which rows are equal and sort as in PostgreSQL.
pub const RECORD_COLLATION: &str = "pg_record";

/// Makes of intervals what is equal if they are, and sorts as they do.
pub const INTERVAL_KEY: &str = "pg_interval_key";

/// Makes keys of values whose stored forms don't compare: see [`crate::catalog::KeyColumn`].
pub const SORT_KEY: &str = "pg_sort_key";

/// Functions that the emitter itself writes, for what is no function in PostgreSQL.
const INTERNAL: &[SqliteFunction] = &[
    // (value, schema, table, column) → value; 23502 where it is NULL.
    SqliteFunction { name: "pg_not_null", args: 4, aggregate: false, deterministic: false, strict: false },
    // (what needs a collation, arguments …) → 42P22.
    SqliteFunction { name: "pg_no_collation", args: -1, aggregate: false, deterministic: false, strict: true },
    // (value, the name of its collation) → that name.
    SqliteFunction { name: "pg_collation_for", args: 2, aggregate: false, deterministic: true, strict: false },
    // (value, its type) → 42804.
    SqliteFunction { name: "pg_not_collatable", args: 2, aggregate: false, deterministic: false, strict: false },
    // (value, schema, table, constraint) → 23514.
    SqliteFunction { name: "pg_check_failed", args: 4, aggregate: false, deterministic: false, strict: false },
    // (value, domain, constraint, or an empty string for NOT NULL) → 23514 or 23502.
    SqliteFunction { name: "pg_domain_failed", args: 3, aggregate: false, deterministic: false, strict: false },
    // (number, value) → false; and (number) → the value that was held last by that number: so a value is computed once
    // and looked at several times.
    SqliteFunction { name: "pg_hold", args: 2, aggregate: false, deterministic: false, strict: false },
    SqliteFunction { name: "pg_held", args: 1, aggregate: false, deterministic: false, strict: false },
    // (a constant, value, key, more of the key …) → value; 21000 for a key met before in the statement.
    SqliteFunction { name: "pg_conflict_key", args: -1, aggregate: false, deterministic: false, strict: false },
    // (int8) → int8 for LIMIT: NULL → -1, negative → 2201W.
    SqliteFunction { name: "pg_limit", args: 1, aggregate: false, deterministic: true, strict: false },
    // (int8) → int8 for OFFSET: NULL → 0, negative → 2201X.
    SqliteFunction { name: "pg_offset", args: 1, aggregate: false, deterministic: true, strict: false },
    // (offset, its side of the frame) → offset; 22013 for a negative one, 22004 for NULL.
    SqliteFunction { name: "pg_frame_offset", args: 2, aggregate: false, deterministic: false, strict: false },
    // count(), sum() of integers, min(value, type) and max() over a frame that is found by ours.
    SqliteFunction { name: "pg_frame_count", args: -1, aggregate: true, deterministic: true, strict: true },
    SqliteFunction { name: "pg_frame_sum", args: -1, aggregate: true, deterministic: true, strict: true },
    SqliteFunction { name: "pg_frame_min", args: -1, aggregate: true, deterministic: true, strict: true },
    SqliteFunction { name: "pg_frame_max", args: -1, aggregate: true, deterministic: true, strict: true },
    SqliteFunction { name: "pg_first_value_framed", args: -1, aggregate: true, deterministic: true, strict: false },
    SqliteFunction { name: "pg_last_value_framed", args: -1, aggregate: true, deterministic: true, strict: false },
    SqliteFunction { name: "pg_nth_value_framed", args: -1, aggregate: true, deterministic: true, strict: false },
    // The arguments of ntile() and nth_value(), 1 for NULL.
    SqliteFunction { name: "pg_ntile_buckets", args: 1, aggregate: false, deterministic: false, strict: false },
    SqliteFunction { name: "pg_nth_value_row", args: 1, aggregate: false, deterministic: false, strict: false },
    // (values …) → a set of rows as one value, that the set pg_rows() reads; NULL of no row.
    SqliteFunction { name: "pg_pack_rows", args: -1, aggregate: true, deterministic: false, strict: false },
    // (values …) → one row of them as one value.
    SqliteFunction { name: "pg_pack_row", args: -1, aggregate: false, deterministic: true, strict: false },
    // (packed rows, the types of their values …) → packed rows, of those that are equal and stand together the first; NULL
    // of none. (aggregate, packed rows) → the aggregate of them.
    SqliteFunction { name: "pg_distinct_rows", args: -1, aggregate: false, deterministic: true, strict: true },
    SqliteFunction { name: "pg_aggregate_rows", args: 2, aggregate: false, deterministic: true, strict: false },
    // SEARCH and CYCLE. (value, its type, …) → a row as bytes that sort as it does; (rows, row) → rows; (the row before, row)
    // → row with its depth; (rows, row, its values' types …) → whether it is one of them.
    SqliteFunction { name: "pg_search_key", args: -1, aggregate: false, deterministic: true, strict: false },
    SqliteFunction { name: "pg_search_append", args: 2, aggregate: false, deterministic: true, strict: true },
    SqliteFunction { name: "pg_search_breadth", args: 2, aggregate: false, deterministic: true, strict: false },
    SqliteFunction { name: "pg_search_met", args: -1, aggregate: false, deterministic: true, strict: true },
    // (shape, values …) → the row; (shape, NULL if there is no such row, values …); (shape, values …), and NULL if all are.
    SqliteFunction { name: "pg_row_build", args: -1, aggregate: false, deterministic: true, strict: false },
    SqliteFunction { name: "pg_whole_row", args: -1, aggregate: false, deterministic: true, strict: false },
    SqliteFunction { name: "pg_row_of_set", args: -1, aggregate: false, deterministic: true, strict: false },
    // (row, place from 0, type) → the field there.
    SqliteFunction { name: "pg_record_field", args: 3, aggregate: false, deterministic: true, strict: true },
    // IS NULL and IS NOT NULL of a row; IS DISTINCT FROM.
    SqliteFunction { name: "pg_row_is_null", args: 1, aggregate: false, deterministic: true, strict: false },
    SqliteFunction { name: "pg_row_is_not_null", args: 1, aggregate: false, deterministic: true, strict: false },
    SqliteFunction { name: "pg_record_distinct", args: 2, aggregate: false, deterministic: true, strict: false },
    SqliteFunction { name: "pg_record_greatest", args: -1, aggregate: false, deterministic: true, strict: false },
    SqliteFunction { name: "pg_record_least", args: -1, aggregate: false, deterministic: true, strict: false },
    // (value, its type) → bytes that compare as it does.
    SqliteFunction { name: SORT_KEY, args: 2, aggregate: false, deterministic: true, strict: true },
    // (packed floats or values, fraction) → that percentile; (packed values, with keys) → the most frequent.
    SqliteFunction { name: "pg_percentile_cont", args: 2, aggregate: false, deterministic: true, strict: false },
    SqliteFunction { name: "pg_percentile_interval", args: 2, aggregate: false, deterministic: true, strict: false },
    SqliteFunction { name: "pg_percentile_disc", args: 2, aggregate: false, deterministic: true, strict: false },
    // (packed values, array of fractions, the values' type) → array of percentiles.
    SqliteFunction { name: "pg_percentiles_cont", args: 3, aggregate: false, deterministic: true, strict: false },
    SqliteFunction { name: "pg_percentiles_disc", args: 3, aggregate: false, deterministic: true, strict: false },
    SqliteFunction { name: "pg_mode", args: 1, aggregate: false, deterministic: true, strict: false },
    // The value of the only row, NULL of no row; a second row is 21000 (sub-query as expression).
    SqliteFunction { name: "pg_single", args: 1, aggregate: true, deterministic: false, strict: false },
    // GREATEST and LEAST: as SQLite compares, NULLs skipped; NULL if all are.
    SqliteFunction { name: "pg_greatest", args: -1, aggregate: false, deterministic: true, strict: false },
    SqliteFunction { name: "pg_least", args: -1, aggregate: false, deterministic: true, strict: false },
    // The same of arrays; the last argument is the type of their elements.
    SqliteFunction { name: "pg_array_greatest", args: -1, aggregate: false, deterministic: true, strict: false },
    SqliteFunction { name: "pg_array_least", args: -1, aggregate: false, deterministic: true, strict: false },
    // (name, index from 0) → the byte there.
    SqliteFunction { name: "pg_name_element", args: 2, aggregate: false, deterministic: true, strict: true },
    // (a sequence, what the file has) → what it is now.
    SqliteFunction { name: "pg_sequence_last", args: 2, aggregate: false, deterministic: false, strict: true },
    SqliteFunction { name: "pg_sequence_is_called", args: 2, aggregate: false, deterministic: false, strict: true },
    // (values …) → their texts as one, for the session's own functions; the second for those called for NULLs too.
    SqliteFunction { name: "pg_session_arguments", args: -1, aggregate: false, deterministic: false, strict: true },
    SqliteFunction {
        name: "pg_session_arguments_of_nulls",
        args: -1,
        aggregate: false,
        deterministic: false,
        strict: false,
    },
    SqliteFunction { name: "pg_inet_greatest", args: -1, aggregate: false, deterministic: true, strict: false },
    SqliteFunction { name: "pg_inet_least", args: -1, aggregate: false, deterministic: true, strict: false },
    SqliteFunction { name: "pg_char_greatest", args: -1, aggregate: false, deterministic: true, strict: false },
    SqliteFunction { name: "pg_char_least", args: -1, aggregate: false, deterministic: true, strict: false },
    SqliteFunction { name: "pg_interval_greatest", args: -1, aggregate: false, deterministic: true, strict: false },
    SqliteFunction { name: "pg_interval_least", args: -1, aggregate: false, deterministic: true, strict: false },
    SqliteFunction { name: "pg_rtrim_greatest", args: -1, aggregate: false, deterministic: true, strict: false },
    SqliteFunction { name: "pg_rtrim_least", args: -1, aggregate: false, deterministic: true, strict: false },
    // A value as what it is compared by: see `operators::comparison_key`.
    SqliteFunction { name: INTERVAL_KEY, args: 1, aggregate: false, deterministic: true, strict: true },
    SqliteFunction { name: "pg_date_cmp_timestamp", args: 1, aggregate: false, deterministic: true, strict: true },
    SqliteFunction { name: "pg_date_cmp_timestamptz", args: 1, aggregate: false, deterministic: true, strict: true },
    SqliteFunction {
        name: "pg_timestamp_cmp_timestamptz",
        args: 1,
        aggregate: false,
        deterministic: true,
        strict: true,
    },
    // (OID, its type) → what the client is shown of it.
    SqliteFunction { name: "pg_named", args: 2, aggregate: false, deterministic: true, strict: true },
    // (enum type, value, value) → the array of the labels between; NULL is the first or the last.
    SqliteFunction { name: "pg_enum_range", args: 3, aggregate: false, deterministic: true, strict: false },
    // (values …, their type) → the array of them.
    SqliteFunction { name: "pg_array_build", args: -1, aggregate: false, deterministic: true, strict: false },
    // (arrays …, their elements' type) → the array that has them as rows; or one behind the other.
    SqliteFunction { name: "pg_array_nest", args: -1, aggregate: false, deterministic: true, strict: false },
    SqliteFunction { name: "pg_array_chain", args: -1, aggregate: false, deterministic: true, strict: false },
    // (array, subscripts …, its elements' type) → the element.
    SqliteFunction { name: "pg_array_get", args: -1, aggregate: false, deterministic: true, strict: true },
    // (array, lower and upper bounds …, its elements' type) → the part of it; an open bound is an empty text.
    SqliteFunction { name: "pg_array_slice", args: -1, aggregate: false, deterministic: true, strict: true },
    // (jsonb, subscripts …) → what is there; (jsonb, new value, subscripts …) → the jsonb changed.
    SqliteFunction { name: "pg_jsonb_get", args: -1, aggregate: false, deterministic: true, strict: true },
    SqliteFunction { name: "pg_jsonb_assign", args: -1, aggregate: false, deterministic: true, strict: false },
    // (array, new value, subscripts or bounds …, its elements' type) → the array changed.
    SqliteFunction { name: "pg_array_set", args: -1, aggregate: false, deterministic: true, strict: false },
    SqliteFunction { name: "pg_array_set_slice", args: -1, aggregate: false, deterministic: true, strict: false },
    // VARIADIC. (function, how it is called, array, its elements' type, the arguments before …) → what the function yields.
    SqliteFunction { name: "pg_variadic", args: -1, aggregate: false, deterministic: true, strict: false },
    // LIKE … ESCAPE: (pattern, escape) → pattern with backslash as its escape.
    SqliteFunction { name: "pg_like_escape", args: 2, aggregate: false, deterministic: true, strict: true },
];

/// Every function of ours that emitted SQL can call, each name and argument count once.
pub fn sqlite_functions() -> impl Iterator<Item = SqliteFunction> {
    let mut all: BTreeMap<(&'static str, i32), SqliteFunction> = BTreeMap::new();
    let scalar = |name, args: usize| SqliteFunction {
        name,
        args: args as i32,
        aggregate: false,
        deterministic: true,
        strict: true,
    };
    for operator in super::operators::all() {
        if let Emission::Own(name) = operator.emission {
            let told = usize::from(operator.is_polymorphic());
            let function = scalar(name, 1 + usize::from(operator.left.is_some()) + told);
            // Beside an array NULL is an empty one.
            let function = SqliteFunction { strict: operator.result == Type::BOOL || told == 0, ..function };
            all.insert((name, function.args), function);
        }
    }
    for (name, args) in super::casts::own_functions() {
        all.insert((name, args as i32), scalar(name, args));
    }
    for function in super::functions::all().chain(super::functions::extensions::all()) {
        if let Emission::Packed(name) = function.emission {
            let types = if function.typed { function.args.len() } else { 1 };
            let function = scalar(name, 1 + types);
            all.insert((name, function.args), function);
        }
        if let Emission::Own(name) = function.emission {
            let args = function.emitted_args().map_or(-1, |args| args as i32);
            let registered = SqliteFunction {
                name,
                args,
                aggregate: function.aggregate,
                deterministic: function.volatility <= super::functions::Volatility::Stable,
                strict: function.strict,
            };
            all.insert((name, args), registered);
        }
    }
    for function in INTERNAL {
        all.insert((function.name, function.args), *function);
    }
    all.into_values()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_ours() {
        let functions: Vec<_> = sqlite_functions().collect();
        assert!(functions.len() > 100);
        for function in functions {
            assert!(function.name.starts_with("pg_"), "{function:?}");
        }
    }
}
