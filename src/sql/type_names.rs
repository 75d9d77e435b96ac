//! What a type may be called in SQL text, and pseudo-types that only signatures use.

use crate::types::Type;

/// Any type at all (`"any"`).
pub const ANY: Type = Type(2276);
/// Any type but an array.
pub const ANYNONARRAY: Type = Type(2776);
pub const INTERVAL: Type = Type::INTERVAL;
/// Types that only signatures know: leaving them out would make literals of unknown type resolve otherwise.
pub const TSVECTOR: Type = Type(3614);
/// A type by its OID; written as its name.
pub const REGTYPE: Type = Type::REGTYPE;
/// A relation by its OID; written as its name.
pub const REGCLASS: Type = Type::REGCLASS;
/// Any array, as the only one of its type.
pub const ANYARRAY: Type = Type::ANYARRAY;
/// What an [`ANYARRAY`] argument is an array of.
pub const ANYELEMENT: Type = Type(2283);
/// Values of types that have one in common, which is what they become.
pub const ANYCOMPATIBLE: Type = Type(5077);
/// An array of what [`ANYCOMPATIBLE`] arguments become.
pub const ANYCOMPATIBLEARRAY: Type = Type(5078);

/// SQL spellings beside the `pg_type` names.
static ALIASES: &[(&str, Type)] = &[
    ("boolean", Type::BOOL),
    ("smallint", Type::INT2),
    ("integer", Type::INT4),
    ("int", Type::INT4),
    ("bigint", Type::INT8),
    ("real", Type::FLOAT4),
    ("float", Type::FLOAT8),
    ("decimal", Type::NUMERIC),
    ("dec", Type::NUMERIC),
];

/// Types PostgreSQL has and we don't: naming one is 0A000, not 42704.
static MISSING: &[&str] = &[
    "box",
    "char",
    "character",
    "circle",
    "cstring",
    "daterange",
    "datemultirange",
    "int4multirange",
    "int4range",
    "int8multirange",
    "int8range",
    "line",
    "lseg",
    "money",
    "nummultirange",
    "numrange",
    "path",
    "pg_snapshot",
    "point",
    "polygon",
    "refcursor",
    "regconfig",
    "regdictionary",
    "tid",
    "tsmultirange",
    "tsquery",
    "tsrange",
    "tstzmultirange",
    "tstzrange",
    "tsvector",
    "txid_snapshot",
    "xid8",
    "xml",
];

/// What a type name means.
pub enum Named {
    Type(Type),
    /// PostgreSQL has it, we don't.
    Missing,
    Unknown,
}

/// Looks an unquoted name up, in lower case.
pub fn lookup(name: &str) -> Named {
    // Without quotes it is character(1).
    if name == "char" {
        return Named::Missing;
    }
    match ALIASES.iter().find(|(alias, _)| *alias == name) {
        Some((_, ty)) => Named::Type(*ty),
        None => lookup_internal(name),
    }
}

/// Looks a name up among `pg_type.typname`s only.
pub fn lookup_internal(name: &str) -> Named {
    match Type::all().iter().find(|info| info.name == name) {
        Some(info) if matches!(info.ty, Type::VOID | Type::ANYARRAY | Type::ANYENUM) => Named::Missing,
        Some(info) => Named::Type(info.ty),
        None if MISSING.contains(&name) => Named::Missing,
        None => Named::Unknown,
    }
}

/// What a type is called, in errors about what is not there.
pub fn internal_name(ty: Type) -> &'static str {
    ty.name()
}
