//! PostgreSQL's casts (`pg_cast`) between the types we have, and how each is written.
//!
//! What is not in the table but goes from or to a string type is an I/O conversion: the value's
//! output function, then the other type's input function (PostgreSQL's rule, too).

use super::emission::Emission::{self, *};
use crate::types::text::is_immutable;
use crate::types::{Type, TypeCategory};

/// Where a cast may be used without being asked for (`pg_cast.castcontext`).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Context {
    /// Anywhere in an expression.
    Implicit,
    /// Storing into a column.
    Assignment,
    /// Only by `CAST` or `::`.
    Explicit,
}

#[derive(Clone, Copy, Debug)]
pub struct Cast {
    pub from: Type,
    pub to: Type,
    pub context: Context,
    pub emission: Emission,
}

macro_rules! casts {
    ($($from:ident $to:ident $context:ident $emission:expr;)*) => {
        &[$(Cast {
            from: casts!(@type $from), to: casts!(@type $to), context: Context::$context, emission: $emission,
        }),*]
    };
    (@type $ty:ident) => { Type::$ty };
}

macro_rules! named_casts {
    ($($ty:ident)*) => {
        &[$(
            Cast { from: Type::OID, to: Type::$ty, context: Context::Implicit, emission: Same },
            Cast { from: Type::$ty, to: Type::OID, context: Context::Implicit, emission: Same },
            Cast { from: Type::INT8, to: Type::$ty, context: Context::Implicit, emission: Own("pg_int8_oid") },
            Cast { from: Type::INT4, to: Type::$ty, context: Context::Implicit, emission: Own("pg_int4_oid") },
            Cast { from: Type::INT2, to: Type::$ty, context: Context::Implicit, emission: Own("pg_int4_oid") },
            Cast { from: Type::$ty, to: Type::INT8, context: Context::Assignment, emission: Same },
            Cast { from: Type::$ty, to: Type::INT4, context: Context::Assignment, emission: Own("pg_oid_int4") },
        )*]
    };
}

static CASTS: &[Cast] = casts! {
    BOOL INT4 Explicit Same;
    BOOL TEXT Assignment Own("pg_booltext");
    BOOL VARCHAR Assignment Own("pg_booltext");
    BOOL BPCHAR Assignment Own("pg_booltext");
    CHAR INT4 Explicit Own("pg_char_int4");
    CHAR TEXT Implicit Same;
    CHAR VARCHAR Assignment Same;
    CHAR BPCHAR Assignment Same;
    NAME TEXT Implicit Same;
    NAME VARCHAR Assignment Same;
    NAME BPCHAR Assignment Same;
    INT8 INT2 Assignment Own("pg_int8_int2");
    INT8 INT4 Assignment Own("pg_int8_int4");
    INT8 OID Implicit Own("pg_int8_oid");
    INT8 FLOAT4 Implicit Own("pg_int8_float4");
    INT8 FLOAT8 Implicit Cast("REAL");
    INT8 NUMERIC Implicit Own("pg_int_numeric");
    INT2 INT8 Implicit Same;
    INT2 INT4 Implicit Same;
    INT2 OID Implicit Own("pg_int4_oid");
    INT2 FLOAT4 Implicit Cast("REAL");
    INT2 FLOAT8 Implicit Cast("REAL");
    INT2 NUMERIC Implicit Own("pg_int_numeric");
    INT4 BOOL Explicit Own("pg_int4_bool");
    INT4 CHAR Explicit Own("pg_int4_char");
    INT4 INT8 Implicit Same;
    INT4 INT2 Assignment Own("pg_int4_int2");
    INT4 OID Implicit Own("pg_int4_oid");
    INT4 FLOAT4 Implicit Own("pg_int4_float4");
    INT4 FLOAT8 Implicit Cast("REAL");
    INT4 NUMERIC Implicit Own("pg_int_numeric");
    TEXT CHAR Assignment Own("pg_text_char");
    TEXT NAME Implicit Own("pg_text_name");
    TEXT VARCHAR Implicit Same;
    TEXT BPCHAR Implicit Same;
    TEXT REGCLASS Implicit Own("pg_regclassin");
    OID INT8 Assignment Same;
    OID INT4 Assignment Own("pg_oid_int4");
    FLOAT4 INT8 Assignment Own("pg_float4_int8");
    FLOAT4 INT2 Assignment Own("pg_float4_int2");
    FLOAT4 INT4 Assignment Own("pg_float4_int4");
    FLOAT4 FLOAT8 Implicit Same;
    FLOAT4 NUMERIC Assignment Own("pg_float4_numeric");
    FLOAT8 INT8 Assignment Own("pg_float8_int8");
    FLOAT8 INT2 Assignment Own("pg_float8_int2");
    FLOAT8 INT4 Assignment Own("pg_float8_int4");
    FLOAT8 FLOAT4 Assignment Own("pg_float8_float4");
    FLOAT8 NUMERIC Assignment Own("pg_float8_numeric");
    VARCHAR CHAR Assignment Own("pg_text_char");
    VARCHAR NAME Implicit Own("pg_text_name");
    VARCHAR TEXT Implicit Same;
    VARCHAR BPCHAR Implicit Same;
    VARCHAR REGCLASS Implicit Own("pg_regclassin");
    BPCHAR CHAR Assignment Own("pg_text_char");
    BPCHAR NAME Implicit Own("pg_bpchar_name");
    BPCHAR TEXT Implicit Builtin("rtrim");
    BPCHAR VARCHAR Implicit Builtin("rtrim");
    DATE TIMESTAMP Implicit Own("pg_date_timestamp");
    DATE TIMESTAMPTZ Implicit Own("pg_date_timestamptz");
    TIME INTERVAL Implicit Own("pg_time_interval");
    TIME TIMETZ Implicit Own("pg_time_timetz");
    TIMESTAMP DATE Assignment Own("pg_timestamp_date");
    TIMESTAMP TIME Assignment Own("pg_timestamp_time");
    TIMESTAMP TIMESTAMPTZ Implicit Own("pg_timestamp_timestamptz");
    TIMESTAMPTZ DATE Assignment Own("pg_timestamptz_date");
    TIMESTAMPTZ TIME Assignment Own("pg_timestamptz_time");
    TIMESTAMPTZ TIMESTAMP Assignment Own("pg_timestamptz_timestamp");
    TIMESTAMPTZ TIMETZ Assignment Own("pg_timestamptz_timetz");
    INTERVAL TIME Assignment Own("pg_interval_time");
    TIMETZ TIME Assignment Own("pg_timetz_time");
    NUMERIC INT8 Assignment Own("pg_numeric_int8");
    NUMERIC INT2 Assignment Own("pg_numeric_int2");
    NUMERIC INT4 Assignment Own("pg_numeric_int4");
    NUMERIC FLOAT4 Implicit Own("pg_numeric_float4");
    NUMERIC FLOAT8 Implicit Own("pg_numeric_float8");
    CIDR INET Implicit Same;
    CIDR TEXT Assignment Own("pg_inet_text");
    CIDR VARCHAR Assignment Own("pg_inet_text");
    CIDR BPCHAR Assignment Own("pg_inet_text");
    INET CIDR Assignment Own("pg_inet_network");
    INET TEXT Assignment Own("pg_inet_text");
    INET VARCHAR Assignment Own("pg_inet_text");
    INET BPCHAR Assignment Own("pg_inet_text");
    BIT VARBIT Implicit Same;
    VARBIT BIT Implicit Same;
    INT4 BIT Explicit Own("pg_int4_bit1");
    INT8 BIT Explicit Own("pg_int8_bit1");
    BIT INT4 Explicit Own("pg_bit_int4");
    BIT INT8 Explicit Own("pg_bit_int8");
    MACADDR MACADDR8 Implicit Own("pg_macaddr_macaddr8");
    MACADDR8 MACADDR Implicit Own("pg_macaddr8_macaddr");
    JSON JSONB Assignment Own("pg_jsonb_in");
    JSONB JSON Assignment Same;
    JSONB BOOL Explicit Own("pg_jsonb_bool");
    JSONB NUMERIC Explicit Own("pg_jsonb_numeric");
    JSONB INT2 Explicit Own("pg_jsonb_int2");
    JSONB INT4 Explicit Own("pg_jsonb_int4");
    JSONB INT8 Explicit Own("pg_jsonb_int8");
    JSONB FLOAT4 Explicit Own("pg_jsonb_float4");
    JSONB FLOAT8 Explicit Own("pg_jsonb_float8");
    REGPROC REGPROCEDURE Implicit Same;
    REGPROCEDURE REGPROC Implicit Same;
    REGOPER REGOPERATOR Implicit Same;
    REGOPERATOR REGOPER Implicit Same;
};

/// Between an OID that is written as a name and numbers: alike for all such types.
static NAMED_CASTS: &[Cast] = named_casts! {
    REGPROC REGPROCEDURE REGOPER REGOPERATOR REGCLASS REGTYPE REGROLE REGNAMESPACE REGCOLLATION
};

/// Output functions: type → text, as the client would see the value.
static OUTPUT: &[(Type, Emission)] = &[
    (Type::BOOL, Own("pg_boolout")),
    (Type::BYTEA, Own("pg_byteaout")),
    (Type::CHAR, Same),
    (Type::NAME, Same),
    (Type::INT8, Cast("TEXT")),
    (Type::INT2, Cast("TEXT")),
    (Type::INT4, Cast("TEXT")),
    (Type::TEXT, Same),
    (Type::OID, Cast("TEXT")),
    (Type::FLOAT4, Own("pg_float4out")),
    (Type::FLOAT8, Own("pg_float8out")),
    (Type::VARCHAR, Same),
    (Type::BPCHAR, Same),
    (Type::DATE, Own("pg_date_out")),
    (Type::TIME, Own("pg_time_out")),
    (Type::TIMESTAMP, Own("pg_timestamp_out")),
    (Type::TIMESTAMPTZ, Own("pg_timestamptz_out")),
    (Type::INTERVAL, Own("pg_interval_out")),
    (Type::TIMETZ, Own("pg_timetz_out")),
    (Type::UUID, Same),
    (Type::JSON, Same),
    (Type::JSONB, Same),
    (Type::JSONPATH, Same),
    (Type::NUMERIC, Own("pg_numeric_out")),
    (Type::RECORD, Own("pg_record_out")),
    (Type::XID, Cast("TEXT")),
    (Type::INT2VECTOR, Same),
    (Type::OIDVECTOR, Same),
    (Type::ACLITEM, Same),
    (Type::INET, Same),
    (Type::CIDR, Own("pg_inet_text")),
    (Type::BIT, Same),
    (Type::VARBIT, Same),
    (Type::MACADDR, Same),
    (Type::MACADDR8, Same),
    (Type::PG_NODE_TREE, Same),
    (Type::REGPROC, Own("pg_regprocout")),
    (Type::REGPROCEDURE, Own("pg_regprocedureout")),
    (Type::REGOPER, Own("pg_regoperout")),
    (Type::REGOPERATOR, Own("pg_regoperatorout")),
    (Type::REGCLASS, Own("pg_regclassout")),
    (Type::REGTYPE, Own("pg_regtypeout")),
    (Type::REGNAMESPACE, Own("pg_regnamespaceout")),
    (Type::REGROLE, Own("pg_regroleout")),
    (Type::REGCOLLATION, Own("pg_regcollationout")),
];

/// Input functions: text → type.
static INPUT: &[(Type, Emission)] = &[
    (Type::BOOL, Own("pg_boolin")),
    (Type::BYTEA, Own("pg_byteain")),
    (Type::CHAR, Own("pg_text_char")),
    (Type::NAME, Own("pg_text_name")),
    (Type::INT8, Own("pg_int8in")),
    (Type::INT2, Own("pg_int2in")),
    (Type::INT4, Own("pg_int4in")),
    (Type::TEXT, Same),
    (Type::OID, Own("pg_oidin")),
    (Type::FLOAT4, Own("pg_float4in")),
    (Type::FLOAT8, Own("pg_float8in")),
    (Type::VARCHAR, Same),
    (Type::BPCHAR, Same),
    (Type::DATE, Own("pg_date_in")),
    (Type::TIME, Own("pg_time_in")),
    (Type::TIMESTAMP, Own("pg_timestamp_in")),
    (Type::TIMESTAMPTZ, Own("pg_timestamptz_in")),
    (Type::INTERVAL, Own("pg_interval_in")),
    (Type::TIMETZ, Own("pg_timetz_in")),
    (Type::UUID, Own("pg_uuid_in")),
    (Type::INET, Own("pg_inet_in")),
    (Type::CIDR, Own("pg_cidr_in")),
    (Type::BIT, Own("pg_bit_in")),
    (Type::VARBIT, Own("pg_bit_in")),
    (Type::MACADDR, Own("pg_macaddr_in")),
    (Type::MACADDR8, Own("pg_macaddr8_in")),
    (Type::JSON, Own("pg_json_in")),
    (Type::JSONB, Own("pg_jsonb_in")),
    (Type::JSONPATH, Own("pg_jsonpath_in")),
    (Type::NUMERIC, Own("pg_numeric_in")),
    (Type::XID, Own("pg_oidin")),
    (Type::REGPROC, Own("pg_regprocin")),
    (Type::REGPROCEDURE, Own("pg_regprocedurein")),
    (Type::REGOPER, Own("pg_regoperin")),
    (Type::REGOPERATOR, Own("pg_regoperatorin")),
    (Type::REGCLASS, Own("pg_regclassin")),
    (Type::REGTYPE, Own("pg_regtypein")),
    (Type::REGNAMESPACE, Own("pg_regnamespacein")),
    (Type::REGROLE, Own("pg_regrolein")),
    (Type::REGCOLLATION, Own("pg_regcollationin")),
];

/// `varchar(n)`: (text, typmod, is explicit); an explicit cast cuts, an assignment raises 22001.
pub const VARCHAR_LENGTH: &str = "pg_varchar";
/// `char(n)`: as [`VARCHAR_LENGTH`], and fills up with blanks.
pub const CHAR_LENGTH: &str = "pg_bpchar";
/// `numeric(p, s)[]`: (array, element type, typmod, is explicit) does to each element what that does to a value.
pub const ARRAY_TYPMOD: &str = "pg_array_typmod";
/// (enum type, text) → one of its labels.
pub const ENUM_INPUT: &str = "pg_enum_in";
/// (enum type, array) → an array of its labels.
pub const ENUM_ARRAY_INPUT: &str = "pg_enum_array_in";
/// (row type, text) → a row of it; (row type, text) → an array of them.
pub const ROW_INPUT: &str = "pg_row_in";
pub const ROW_ARRAY_INPUT: &str = "pg_row_array_in";
/// (array, type of its elements, type they become) → array.
pub const ARRAY_CAST: &str = "pg_array_cast";
/// (array, type of its elements) → its text in this session.
pub const ARRAY_OUT: &str = "pg_array_out";
/// (text, type of the elements) → array.
pub const ARRAY_IN: &str = "pg_array_in";
/// `interval year`: (text, typmod), for the fields say what a bare number means.
pub const INTERVAL_INPUT: &str = "pg_interval_in_fields";

/// `timestamp(p)`, `numeric(p, s)` and their kin: (value, typmod) rounds to so many decimals, of an interval drops fields
/// too.
pub fn scale(ty: Type) -> Option<&'static str> {
    Some(match ty {
        Type::TIMESTAMPTZ => "pg_timestamptz_scale",
        Type::TIMESTAMP => "pg_timestamp_scale",
        Type::TIME => "pg_time_scale",
        Type::TIMETZ => "pg_timetz_scale",
        Type::INTERVAL => "pg_interval_scale",
        Type::NUMERIC => "pg_numeric",
        _ => return None,
    })
}

const SCALED: [Type; 6] = [Type::TIMESTAMPTZ, Type::TIMESTAMP, Type::TIME, Type::TIMETZ, Type::INTERVAL, Type::NUMERIC];

/// How a value of one type becomes another's.
#[derive(Clone, Copy, Debug)]
pub enum Path {
    Direct(Emission),
    /// Output function, then input function.
    Io(Emission, Emission),
    /// Output function, then the input function of the enum, which needs its OID.
    Label(Emission),
    /// Output function, then the input function of the row type, which needs its OID.
    Row(Emission),
    /// An array's elements, each from this type to that.
    Elements(Type, Type),
    /// An array of this type as a string.
    ArrayOut(Type),
    /// A string as an array of this type.
    ArrayIn(Type),
    /// An array's elements, each by its text, as the session shows it, from this type to that.
    ThroughText(Type, Type),
}

pub fn is_string(ty: Type) -> bool {
    ty.info().is_some_and(|info| info.category == TypeCategory::String)
}

/// Finds the cast that `context` allows (`find_coercion_pathway` of PostgreSQL's `parse_coerce.c`).
pub fn find(from: Type, to: Type, context: Context) -> Option<Path> {
    if from == to {
        return Some(Path::Direct(Same));
    }
    // A row of a known type is a row.
    if to == Type::RECORD && from.is_row() {
        return Some(Path::Direct(Same));
    }
    if let (Some(element), Some(of)) = (from.vector_of(), to.element())
        && element == of
    {
        return Some(Path::Direct(Own("pg_vector_array")));
    }
    if let (Some(element), Some(of)) = (from.element(), to.element()) {
        return Some(match find(element, of, context)? {
            Path::Direct(Missing(_)) => return None,
            // Elements that stay as they are leave an array's text as it is; but truth is a number by itself and a letter there.
            Path::Direct(Same) if (element == Type::BOOL) == (of == Type::BOOL) => Path::Direct(Same),
            _ => Path::Elements(element, of),
        });
    }
    if let Some(element) = from.element()
        && is_string(to)
        && context >= Context::Assignment
    {
        // What is stored of an array is its text, unless its elements print by the session's settings.
        return Some(if is_immutable(element) { Path::Direct(Same) } else { Path::ArrayOut(element) });
    }
    if let Some(element) = to.element()
        && is_string(from)
        && context == Context::Explicit
    {
        return Some(Path::ArrayIn(element));
    }
    if let Some(cast) = CASTS.iter().chain(NAMED_CASTS).find(|cast| cast.from == from && cast.to == to) {
        return (cast.context <= context).then_some(Path::Direct(cast.emission));
    }
    let allowed = context >= Context::Assignment && is_string(to) || context == Context::Explicit && is_string(from);
    if !allowed {
        return None;
    }
    if to.is_enum() {
        return Some(Path::Label(output(from)?));
    }
    if to.relation().is_some() {
        return Some(Path::Row(output(from)?));
    }
    Some(Path::Io(output(from)?, input(to)?))
}

/// Whether what a cast yields depends on the session (`provolatile` of the functions that do it).
pub fn is_stable(from: Type, to: Type) -> bool {
    const STABLE: &[(Type, Type)] = &[
        (Type::DATE, Type::TIMESTAMPTZ),
        (Type::TIME, Type::TIMETZ),
        (Type::TIMESTAMP, Type::TIMESTAMPTZ),
        (Type::TIMESTAMPTZ, Type::DATE),
        (Type::TIMESTAMPTZ, Type::TIME),
        (Type::TIMESTAMPTZ, Type::TIMESTAMP),
        (Type::TIMESTAMPTZ, Type::TIMETZ),
        (Type::TEXT, Type::REGCLASS),
        (Type::VARCHAR, Type::REGCLASS),
    ];
    if from == to {
        return false;
    }
    if let (Some(element), Some(of)) = (from.element(), to.element()) {
        return is_stable(element, of);
    }
    let function = CASTS.iter().chain(NAMED_CASTS).any(|cast| cast.from == from && cast.to == to);
    if function {
        return STABLE.contains(&(from, to));
    }
    let by_catalog = |ty: Type| ty.element().is_some() || ty.is_enum() || ty.is_row() || ty.is_name_of_object();
    let input = by_catalog(to) || !is_immutable(to);
    let output = by_catalog(from) || (!is_immutable(from) && !matches!(from, Type::TIME | Type::TIMETZ));
    input || output
}

/// One step of the cast of an array's element.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ElementCast {
    /// A function of ours.
    Function(&'static str),
    /// An integer to a float, or to its text.
    Real,
    Text,
    /// Blanks at the end go.
    Trim,
    /// A text to one of an enum's labels.
    Label(Type),
}

/// How an array's elements become another type's, step by step: what [`find`] says, without SQLite.
pub fn element_cast(from: Type, to: Type) -> Option<Vec<ElementCast>> {
    let emissions = match find(from, to, Context::Explicit)? {
        Path::Direct(emission) => vec![emission],
        Path::Io(output, input) => vec![output, input],
        Path::Label(output) => vec![output],
        Path::Elements(..) | Path::ArrayOut(_) | Path::ArrayIn(_) | Path::Row(_) | Path::ThroughText(..) => {
            return None;
        }
    };
    let step = |emission| {
        Some(match emission {
            Own(name) => ElementCast::Function(name),
            Cast("REAL") => ElementCast::Real,
            Cast("TEXT") => ElementCast::Text,
            Builtin("rtrim") => ElementCast::Trim,
            _ => return None,
        })
    };
    let steps = emissions.into_iter().filter(|emission| *emission != Same).map(step);
    steps.chain(to.is_enum().then_some(Some(ElementCast::Label(to)))).collect()
}

/// Whether there is a cast between two types in the tables.
pub fn is_listed(from: Type, to: Type) -> bool {
    let mut all = CASTS.iter().chain(NAMED_CASTS);
    all.any(|cast| cast.from == from && cast.to == to && !matches!(cast.emission, Missing(_)))
}

/// The same output function, as the session's settings have it: `extra_float_digits` and `bytea_output`. It is told apart for what
/// the file keeps (an index over an expression) must not depend on who wrote it.
pub fn as_set(output: Emission) -> Emission {
    match output {
        Own("pg_float4out") => Own("pg_float4_shown"),
        Own("pg_float8out") => Own("pg_float8_shown"),
        Own("pg_byteaout") => Own("pg_bytea_shown"),
        other => other,
    }
}

/// Whether [`as_set`] makes a difference for a type.
pub fn depends_on_settings(ty: Type) -> bool {
    OUTPUT.iter().any(|(of, output)| *of == ty && as_set(*output) != *output)
}

/// The output function of a type.
pub fn output(ty: Type) -> Option<Emission> {
    if ty.is_enum() {
        return Some(Same);
    }
    let ty = if ty.is_row() { Type::RECORD } else { ty };
    OUTPUT.iter().find(|(of, _)| *of == ty).map(|(_, emission)| *emission)
}

/// The input function of a type.
pub fn input(ty: Type) -> Option<Emission> {
    INPUT.iter().find(|(of, _)| *of == ty).map(|(_, emission)| *emission)
}

/// Functions of ours that casts call, with their argument counts.
pub fn own_functions() -> impl Iterator<Item = (&'static str, usize)> {
    let casts = CASTS.iter().chain(NAMED_CASTS).map(|cast| cast.emission);
    let as_set = OUTPUT.iter().map(|(_, emission)| as_set(*emission));
    let io = OUTPUT.iter().chain(INPUT).map(|(_, emission)| *emission).chain(as_set);
    let names = casts.chain(io).filter_map(|emission| match emission {
        Own(name) => Some((name, 1)),
        _ => None,
    });
    let scales = SCALED.into_iter().filter_map(scale).map(|name| (name, 2));
    names
        .chain([(ENUM_INPUT, 2), (ENUM_ARRAY_INPUT, 2), (ROW_INPUT, 2), (ROW_ARRAY_INPUT, 2)])
        .chain([
            ("pg_vector_array", 1),
            (VARCHAR_LENGTH, 3),
            (CHAR_LENGTH, 3),
            ("pg_bit", 3),
            ("pg_varbit", 3),
            ("pg_int_bit", 3),
            (INTERVAL_INPUT, 2),
            (ARRAY_TYPMOD, 4),
        ])
        .chain([(ARRAY_CAST, 3), (ARRAY_OUT, 2), (ARRAY_IN, 2)])
        .chain(scales)
}
