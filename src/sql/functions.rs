//! PostgreSQL's functions (`pg_proc`) that we have, one line an entry.
//!
//! Overloads of types that are not there yet stand in the table too where leaving them out would
//! make PostgreSQL's resolution rules choose another one: choosing them is 0A000. Functions that PostgreSQL has
//! and this table lacks altogether are told from unknown ones by [`is_postgres_function`].

use super::emission::Emission::{self, *};
use super::type_names::{ANY, ANYNONARRAY, INTERVAL, MACADDR, REGCLASS, REGTYPE};
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
    /// NULL for any NULL argument.
    pub strict: bool,
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
}

macro_rules! functions {
    ($($name:literal ($($arg:ident)*) $result:ident $emission:expr, $volatility:ident $kind:ident;)*) => {
        &[$(Function {
            name: $name,
            args: &[$(functions!(@type $arg)),*],
            variadic: matches!(Kind::$kind, Kind::Variadic),
            result: functions!(@type $result),
            emission: $emission,
            volatility: Volatility::$volatility,
            aggregate: matches!(Kind::$kind, Kind::Aggregate | Kind::AggregateOfNulls),
            strict: matches!(Kind::$kind, Kind::Plain | Kind::Aggregate),
        }),*]
    };
    (@type ANY) => { ANY };
    (@type ANYNONARRAY) => { ANYNONARRAY };
    (@type INTERVAL) => { INTERVAL };
    (@type MACADDR) => { MACADDR };
    (@type REGCLASS) => { REGCLASS };
    (@type REGTYPE) => { REGTYPE };
    (@type $ty:ident) => { Type::$ty };
}

const NUMERIC: Emission = Missing("type numeric");

static FUNCTIONS: &[Function] = functions! {
    "length" (TEXT) INT4 Builtin("length"), Immutable Plain;
    "char_length" (TEXT) INT4 Builtin("length"), Immutable Plain;
    "character_length" (TEXT) INT4 Builtin("length"), Immutable Plain;
    "length" (BYTEA) INT4 Builtin("length"), Immutable Plain;
    "octet_length" (TEXT) INT4 Builtin("octet_length"), Immutable Plain;
    "octet_length" (BYTEA) INT4 Builtin("octet_length"), Immutable Plain;
    "bit_length" (TEXT) INT4 Own("pg_bit_length"), Immutable Plain;
    "bit_length" (BYTEA) INT4 Own("pg_bit_length"), Immutable Plain;
    "lower" (TEXT) TEXT Own("pg_lower"), Immutable Plain;
    "upper" (TEXT) TEXT Own("pg_upper"), Immutable Plain;
    "initcap" (TEXT) TEXT Own("pg_initcap"), Immutable Plain;
    "substring" (TEXT INT4) TEXT Own("pg_text_substr_no_len"), Immutable Plain;
    "substring" (TEXT INT4 INT4) TEXT Own("pg_text_substr"), Immutable Plain;
    "substring" (BYTEA INT4) BYTEA Own("pg_bytea_substr_no_len"), Immutable Plain;
    "substring" (BYTEA INT4 INT4) BYTEA Own("pg_bytea_substr"), Immutable Plain;
    "substr" (TEXT INT4) TEXT Own("pg_text_substr_no_len"), Immutable Plain;
    "substr" (TEXT INT4 INT4) TEXT Own("pg_text_substr"), Immutable Plain;
    "substr" (BYTEA INT4) BYTEA Own("pg_bytea_substr_no_len"), Immutable Plain;
    "substr" (BYTEA INT4 INT4) BYTEA Own("pg_bytea_substr"), Immutable Plain;
    "substring" (TEXT TEXT) TEXT Missing("the regular expression form of substring"), Immutable Plain;
    "substring" (TEXT TEXT TEXT) TEXT Missing("the regular expression form of substring"), Immutable Plain;
    "btrim" (TEXT) TEXT Builtin("trim"), Immutable Plain;
    "btrim" (TEXT TEXT) TEXT Builtin("trim"), Immutable Plain;
    "btrim" (BYTEA BYTEA) BYTEA Own("pg_byteatrim"), Immutable Plain;
    "ltrim" (TEXT) TEXT Builtin("ltrim"), Immutable Plain;
    "ltrim" (TEXT TEXT) TEXT Builtin("ltrim"), Immutable Plain;
    "ltrim" (BYTEA BYTEA) BYTEA Own("pg_bytealtrim"), Immutable Plain;
    "rtrim" (TEXT) TEXT Builtin("rtrim"), Immutable Plain;
    "rtrim" (TEXT TEXT) TEXT Builtin("rtrim"), Immutable Plain;
    "rtrim" (BYTEA BYTEA) BYTEA Own("pg_byteartrim"), Immutable Plain;
    "replace" (TEXT TEXT TEXT) TEXT Builtin("replace"), Immutable Plain;
    "position" (TEXT TEXT) INT4 Builtin("instr"), Immutable Plain;
    "strpos" (TEXT TEXT) INT4 Builtin("instr"), Immutable Plain;
    "position" (BYTEA BYTEA) INT4 Builtin("instr"), Immutable Plain;
    "left" (TEXT INT4) TEXT Own("pg_text_left"), Immutable Plain;
    "right" (TEXT INT4) TEXT Own("pg_text_right"), Immutable Plain;
    "repeat" (TEXT INT4) TEXT Own("pg_repeat"), Immutable Plain;
    "reverse" (TEXT) TEXT Own("pg_text_reverse"), Immutable Plain;
    "lpad" (TEXT INT4) TEXT Own("pg_lpad"), Immutable Plain;
    "lpad" (TEXT INT4 TEXT) TEXT Own("pg_lpad"), Immutable Plain;
    "rpad" (TEXT INT4) TEXT Own("pg_rpad"), Immutable Plain;
    "rpad" (TEXT INT4 TEXT) TEXT Own("pg_rpad"), Immutable Plain;
    "concat" (ANY) TEXT Own("pg_concat"), Stable Variadic;
    "concat_ws" (TEXT ANY) TEXT Own("pg_concat_ws"), Stable Variadic;
    "md5" (TEXT) TEXT Own("pg_md5_text"), Immutable Plain;
    "md5" (BYTEA) TEXT Own("pg_md5_bytea"), Immutable Plain;
    "ascii" (TEXT) INT4 Own("pg_ascii"), Immutable Plain;
    "chr" (INT4) TEXT Own("pg_chr"), Immutable Plain;
    "starts_with" (TEXT TEXT) BOOL Own("pg_text_starts_with"), Immutable Plain;
    "split_part" (TEXT TEXT INT4) TEXT Own("pg_split_part"), Immutable Plain;
    "translate" (TEXT TEXT TEXT) TEXT Own("pg_translate"), Immutable Plain;
    "overlay" (TEXT TEXT INT4) TEXT Own("pg_textoverlay_no_len"), Immutable Plain;
    "overlay" (TEXT TEXT INT4 INT4) TEXT Own("pg_textoverlay"), Immutable Plain;
    "to_hex" (INT4) TEXT Own("pg_to_hex32"), Immutable Plain;
    "to_hex" (INT8) TEXT Own("pg_to_hex64"), Immutable Plain;
    "encode" (BYTEA TEXT) TEXT Own("pg_binary_encode"), Immutable Plain;
    "decode" (TEXT TEXT) BYTEA Own("pg_binary_decode"), Immutable Plain;
    "quote_ident" (TEXT) TEXT Own("pg_quote_ident"), Immutable Plain;
    "quote_literal" (TEXT) TEXT Own("pg_quote_literal"), Immutable Plain;
    "quote_literal" (ANYNONARRAY) TEXT Own("pg_quote_literal"), Stable Plain;
    "quote_nullable" (TEXT) TEXT Missing("function quote_nullable(text)"), Immutable Plain;
    "quote_nullable" (ANYNONARRAY) TEXT Missing("function quote_nullable(anyelement)"), Stable Plain;
    "sha224" (BYTEA) BYTEA Missing("function sha224(bytea)"), Immutable Plain;
    "sha256" (BYTEA) BYTEA Missing("function sha256(bytea)"), Immutable Plain;
    "sha384" (BYTEA) BYTEA Missing("function sha384(bytea)"), Immutable Plain;
    "sha512" (BYTEA) BYTEA Missing("function sha512(bytea)"), Immutable Plain;
    "abs" (INT2) INT2 Own("pg_int2abs"), Immutable Plain;
    "abs" (INT4) INT4 Own("pg_int4abs"), Immutable Plain;
    "abs" (INT8) INT8 Own("pg_int8abs"), Immutable Plain;
    "abs" (FLOAT4) FLOAT4 Own("pg_float8abs"), Immutable Plain;
    "abs" (FLOAT8) FLOAT8 Own("pg_float8abs"), Immutable Plain;
    "abs" (NUMERIC) NUMERIC NUMERIC, Immutable Plain;
    "round" (FLOAT8) FLOAT8 Own("pg_dround"), Immutable Plain;
    "round" (NUMERIC) NUMERIC NUMERIC, Immutable Plain;
    "ceil" (FLOAT8) FLOAT8 Own("pg_dceil"), Immutable Plain;
    "ceil" (NUMERIC) NUMERIC NUMERIC, Immutable Plain;
    "ceiling" (FLOAT8) FLOAT8 Own("pg_dceil"), Immutable Plain;
    "ceiling" (NUMERIC) NUMERIC NUMERIC, Immutable Plain;
    "floor" (FLOAT8) FLOAT8 Own("pg_dfloor"), Immutable Plain;
    "floor" (NUMERIC) NUMERIC NUMERIC, Immutable Plain;
    "trunc" (FLOAT8) FLOAT8 Own("pg_dtrunc"), Immutable Plain;
    "trunc" (NUMERIC) NUMERIC NUMERIC, Immutable Plain;
    "trunc" (MACADDR) VOID Missing("type macaddr"), Immutable Plain;
    "sign" (FLOAT8) FLOAT8 Own("pg_dsign"), Immutable Plain;
    "sign" (NUMERIC) NUMERIC NUMERIC, Immutable Plain;
    "sqrt" (FLOAT8) FLOAT8 Own("pg_dsqrt"), Immutable Plain;
    "sqrt" (NUMERIC) NUMERIC NUMERIC, Immutable Plain;
    "exp" (FLOAT8) FLOAT8 Own("pg_dexp"), Immutable Plain;
    "exp" (NUMERIC) NUMERIC NUMERIC, Immutable Plain;
    "ln" (FLOAT8) FLOAT8 Own("pg_dlog1"), Immutable Plain;
    "ln" (NUMERIC) NUMERIC NUMERIC, Immutable Plain;
    "log" (FLOAT8) FLOAT8 Own("pg_dlog10"), Immutable Plain;
    "log" (NUMERIC) NUMERIC NUMERIC, Immutable Plain;
    "log10" (FLOAT8) FLOAT8 Own("pg_dlog10"), Immutable Plain;
    "log10" (NUMERIC) NUMERIC NUMERIC, Immutable Plain;
    "round" (NUMERIC INT4) NUMERIC NUMERIC, Immutable Plain;
    "trunc" (NUMERIC INT4) NUMERIC NUMERIC, Immutable Plain;
    "log" (NUMERIC NUMERIC) NUMERIC NUMERIC, Immutable Plain;
    "div" (NUMERIC NUMERIC) NUMERIC NUMERIC, Immutable Plain;
    "cbrt" (FLOAT8) FLOAT8 Own("pg_dcbrt"), Immutable Plain;
    "power" (FLOAT8 FLOAT8) FLOAT8 Own("pg_dpow"), Immutable Plain;
    "power" (NUMERIC NUMERIC) NUMERIC NUMERIC, Immutable Plain;
    "pow" (FLOAT8 FLOAT8) FLOAT8 Own("pg_dpow"), Immutable Plain;
    "pow" (NUMERIC NUMERIC) NUMERIC NUMERIC, Immutable Plain;
    "sin" (FLOAT8) FLOAT8 Own("pg_dsin"), Immutable Plain;
    "cos" (FLOAT8) FLOAT8 Own("pg_dcos"), Immutable Plain;
    "tan" (FLOAT8) FLOAT8 Own("pg_dtan"), Immutable Plain;
    "asin" (FLOAT8) FLOAT8 Own("pg_dasin"), Immutable Plain;
    "acos" (FLOAT8) FLOAT8 Own("pg_dacos"), Immutable Plain;
    "atan" (FLOAT8) FLOAT8 Own("pg_datan"), Immutable Plain;
    "cot" (FLOAT8) FLOAT8 Own("pg_dcot"), Immutable Plain;
    "sinh" (FLOAT8) FLOAT8 Own("pg_dsinh"), Immutable Plain;
    "cosh" (FLOAT8) FLOAT8 Own("pg_dcosh"), Immutable Plain;
    "tanh" (FLOAT8) FLOAT8 Own("pg_dtanh"), Immutable Plain;
    "degrees" (FLOAT8) FLOAT8 Own("pg_degrees"), Immutable Plain;
    "radians" (FLOAT8) FLOAT8 Own("pg_radians"), Immutable Plain;
    "atan2" (FLOAT8 FLOAT8) FLOAT8 Own("pg_datan2"), Immutable Plain;
    "pi" () FLOAT8 Own("pg_dpi"), Immutable Plain;
    "random" () FLOAT8 Own("pg_drandom"), Volatile Plain;
    "mod" (INT2 INT2) INT2 Own("pg_int2mod"), Immutable Plain;
    "mod" (INT4 INT4) INT4 Own("pg_int4mod"), Immutable Plain;
    "mod" (INT8 INT8) INT8 Own("pg_int8mod"), Immutable Plain;
    "mod" (NUMERIC NUMERIC) NUMERIC NUMERIC, Immutable Plain;
    "gcd" (INT4 INT4) INT4 Own("pg_int4gcd"), Immutable Plain;
    "gcd" (INT8 INT8) INT8 Own("pg_int8gcd"), Immutable Plain;
    "gcd" (NUMERIC NUMERIC) NUMERIC NUMERIC, Immutable Plain;
    "lcm" (INT4 INT4) INT4 Own("pg_int4lcm"), Immutable Plain;
    "lcm" (INT8 INT8) INT8 Own("pg_int8lcm"), Immutable Plain;
    "lcm" (NUMERIC NUMERIC) NUMERIC NUMERIC, Immutable Plain;
    "now" () TIMESTAMPTZ Own("pg_now"), Stable Plain;
    "transaction_timestamp" () TIMESTAMPTZ Own("pg_now"), Stable Plain;
    "statement_timestamp" () TIMESTAMPTZ Own("pg_statement_timestamp"), Stable Plain;
    "clock_timestamp" () TIMESTAMPTZ Own("pg_clock_timestamp"), Volatile Plain;
    "gen_random_uuid" () UUID Own("pg_gen_random_uuid"), Volatile Plain;
    "nextval" (REGCLASS) INT8 Own("pg_nextval"), Writes Plain;
    "currval" (REGCLASS) INT8 Own("pg_currval"), Writes Plain;
    "setval" (REGCLASS INT8) INT8 Own("pg_setval"), Writes Plain;
    "setval" (REGCLASS INT8 BOOL) INT8 Own("pg_setval"), Writes Plain;
    "lastval" () INT8 Own("pg_lastval"), Writes Plain;
    "version" () TEXT Own("pg_version"), Stable Plain;
    "current_database" () NAME Own("pg_current_database"), Stable Plain;
    "current_schema" () NAME Text("current_schema"), Stable Plain;
    "current_user" () NAME Own("pg_current_user"), Stable Plain;
    "session_user" () NAME Own("pg_session_user"), Stable Plain;
    "current_setting" (TEXT) TEXT Own("pg_current_setting"), Stable Plain;
    "current_setting" (TEXT BOOL) TEXT Own("pg_current_setting"), Stable Plain;
    "pg_backend_pid" () INT4 Own("pg_backend_pid"), Stable Plain;
    "pg_is_in_recovery" () BOOL Text("0"), Stable Plain;
    "pg_typeof" (ANY) REGTYPE Same, Stable Plain;
    "txid_current" () INT8 Missing("function txid_current()"), Writes Plain;
    "count" () INT8 Text("count(*)"), Immutable Aggregate;
    "count" (ANY) INT8 Builtin("count"), Immutable Aggregate;
    "sum" (INT2) INT8 Builtin("sum"), Immutable Aggregate;
    "sum" (INT4) INT8 Builtin("sum"), Immutable Aggregate;
    "sum" (INT8) NUMERIC NUMERIC, Immutable Aggregate;
    "sum" (FLOAT4) FLOAT4 Own("pg_sum_float4"), Immutable Aggregate;
    "sum" (FLOAT8) FLOAT8 Own("pg_sum_float8"), Immutable Aggregate;
    "sum" (NUMERIC) NUMERIC NUMERIC, Immutable Aggregate;
    "sum" (INTERVAL) VOID Missing("type interval"), Immutable Aggregate;
    "avg" (INT2) NUMERIC NUMERIC, Immutable Aggregate;
    "avg" (INT4) NUMERIC NUMERIC, Immutable Aggregate;
    "avg" (INT8) NUMERIC NUMERIC, Immutable Aggregate;
    "avg" (NUMERIC) NUMERIC NUMERIC, Immutable Aggregate;
    "avg" (INTERVAL) VOID Missing("type interval"), Immutable Aggregate;
    "avg" (FLOAT4) FLOAT8 Own("pg_avg_float8"), Immutable Aggregate;
    "avg" (FLOAT8) FLOAT8 Own("pg_avg_float8"), Immutable Aggregate;
    "min" (INT2) INT2 Builtin("min"), Immutable Aggregate;
    "min" (INT4) INT4 Builtin("min"), Immutable Aggregate;
    "min" (INT8) INT8 Builtin("min"), Immutable Aggregate;
    "min" (FLOAT4) FLOAT4 Builtin("min"), Immutable Aggregate;
    "min" (FLOAT8) FLOAT8 Builtin("min"), Immutable Aggregate;
    "min" (TEXT) TEXT Builtin("min"), Immutable Aggregate;
    "min" (OID) OID Builtin("min"), Immutable Aggregate;
    "min" (TIMESTAMPTZ) TIMESTAMPTZ Builtin("min"), Immutable Aggregate;
    "min" (NUMERIC) NUMERIC NUMERIC, Immutable Aggregate;
    "max" (INT2) INT2 Builtin("max"), Immutable Aggregate;
    "max" (INT4) INT4 Builtin("max"), Immutable Aggregate;
    "max" (INT8) INT8 Builtin("max"), Immutable Aggregate;
    "max" (FLOAT4) FLOAT4 Builtin("max"), Immutable Aggregate;
    "max" (FLOAT8) FLOAT8 Builtin("max"), Immutable Aggregate;
    "max" (TEXT) TEXT Builtin("max"), Immutable Aggregate;
    "max" (OID) OID Builtin("max"), Immutable Aggregate;
    "max" (TIMESTAMPTZ) TIMESTAMPTZ Builtin("max"), Immutable Aggregate;
    "max" (NUMERIC) NUMERIC NUMERIC, Immutable Aggregate;
    "bool_and" (BOOL) BOOL Builtin("min"), Immutable Aggregate;
    "every" (BOOL) BOOL Builtin("min"), Immutable Aggregate;
    "bool_or" (BOOL) BOOL Builtin("max"), Immutable Aggregate;
    "string_agg" (TEXT TEXT) TEXT Own("pg_string_agg"), Immutable AggregateOfNulls;
    "string_agg" (BYTEA BYTEA) BYTEA Missing("function string_agg(bytea, bytea)"), Immutable Aggregate;
};

/// All functions.
pub fn all() -> &'static [Function] {
    FUNCTIONS
}

/// The overloads of a name.
pub fn named(name: &str) -> impl Iterator<Item = &'static Function> {
    FUNCTIONS.iter().filter(move |function| function.name == name)
}

/// Names in PostgreSQL 15's `pg_proc`, sorted, one a line.
static PG_PROC: &str = include_str!("pg_proc_names.txt");

/// Whether PostgreSQL has a function of this name, so that lacking it is our fault and no typo.
pub fn is_postgres_function(name: &str) -> bool {
    // Not worth a search tree: asked only on the way to an error.
    PG_PROC.lines().any(|line| line == name)
}
