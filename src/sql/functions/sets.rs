//! Set-returning functions (section 9.25), and those of other chapters that return rows.
//!
//! To add one: a line in [`FUNCTIONS`] with `Rows("pg_…")`, kind `Set` (no rows for a NULL argument; one that looks at
//! NULLs itself needs a [`Kind`](super::Kind) of its own);
//! a line in [`COLUMNS`] if it has OUT parameters (its result type is then not looked at); and a line with the
//! implementation in `storage::functions::sets`, which gives stored forms, row by row and lazily. Resolution,
//! WITH ORDINALITY, column aliases, lateral references and calls in the SELECT list come by themselves.

use super::Function;
use crate::sql::emission::Emission::*;
use crate::sql::type_names::{ANYARRAY, ANYELEMENT, INTERVAL, TSVECTOR};
use crate::types::Type;

pub(super) static FUNCTIONS: &[Function] = functions! {
    "generate_series" (INT4 INT4) INT4 Rows("pg_generate_series_int4"), Immutable Set;
    "generate_series" (INT4 INT4 INT4) INT4 Rows("pg_generate_series_int4"), Immutable Set;
    "generate_series" (INT8 INT8) INT8 Rows("pg_generate_series_int8"), Immutable Set;
    "generate_series" (INT8 INT8 INT8) INT8 Rows("pg_generate_series_int8"), Immutable Set;
    "unnest" (ANYARRAY) ANYELEMENT Rows("pg_unnest"), Immutable Set;
    "unnest" (TSVECTOR) VOID Missing("type tsvector"), Immutable Set;
    "generate_subscripts" (ANYARRAY INT4) INT4 Rows("pg_generate_subscripts"), Immutable Set;
    "generate_subscripts" (ANYARRAY INT4 BOOL) INT4 Rows("pg_generate_subscripts"), Immutable Set;
    "pg_partition_ancestors" (REGCLASS) REGCLASS Rows("pg_partition_ancestors"), Stable Set;
    "pg_partition_tree" (REGCLASS) REGCLASS Rows("pg_partition_tree"), Volatile Set;
    "pg_listening_channels" () TEXT Rows("pg_listening_channels"), Stable Set;
    "pg_sequence_parameters" (OID) INT8 Rows("pg_sequence_parameters"), Stable Set;
    "pg_timezone_names" () TEXT Rows("pg_timezone_names"), Stable Set;
    "pg_timezone_abbrevs" () TEXT Rows("pg_timezone_abbrevs"), Stable Set;
    "aclexplode" (ACLITEMS) OID Rows("pg_aclexplode"), Stable Set;
    "_pg_expandarray" (INT2VECTOR) INT2 Rows("pg_expandarray"), Immutable Set;
    "_pg_expandarray" (INT2S) INT2 Rows("pg_expandarray"), Immutable Set;
    "_pg_expandarray" (ANYARRAY) INT4 Missing("_pg_expandarray of this type"), Immutable Set;
    "pg_get_keywords" () TEXT Rows("pg_get_keywords"), Stable Set;
    "pg_available_extensions" () NAME Rows("pg_available_extensions"), Stable Set;
    "pg_available_extension_versions" () NAME Rows("pg_available_extension_versions"), Stable Set;
    "pg_extension_update_paths" (NAME) TEXT Rows("pg_extension_update_paths"), Stable Set;
    "pg_options_to_table" (TEXTS) TEXT Rows("pg_options_to_table"), Stable Set;
    "generate_series" (NUMERIC NUMERIC) NUMERIC Rows("pg_generate_series_numeric"), Immutable Set;
    "generate_series" (NUMERIC NUMERIC NUMERIC) NUMERIC Rows("pg_generate_series_numeric"), Immutable Set;
    "generate_series" (TIMESTAMP TIMESTAMP INTERVAL) TIMESTAMP Rows("pg_generate_series_timestamp"), Immutable Set;
    "generate_series" (TIMESTAMPTZ TIMESTAMPTZ INTERVAL) TIMESTAMPTZ Rows("pg_generate_series_timestamptz"), Stable Set;
    "string_to_table" (TEXT TEXT) TEXT Rows("pg_string_to_table"), Immutable SetOfNulls;
    "string_to_table" (TEXT TEXT TEXT) TEXT Rows("pg_string_to_table"), Immutable SetOfNulls;
    "regexp_matches" (TEXT TEXT) TEXTS Rows("pg_regexp_matches"), Immutable Set;
    "regexp_matches" (TEXT TEXT TEXT) TEXTS Rows("pg_regexp_matches"), Immutable Set;
    "regexp_split_to_table" (TEXT TEXT) TEXT Rows("pg_regexp_split_to_table"), Immutable Set;
    "regexp_split_to_table" (TEXT TEXT TEXT) TEXT Rows("pg_regexp_split_to_table"), Immutable Set;
};

/// The OUT parameters of functions that have them: the columns of their rows, in order.
static COLUMNS: &[(&str, &[(&str, Type)])] = &[
    (
        "aclexplode",
        &[("grantor", Type::OID), ("grantee", Type::OID), ("privilege_type", Type::TEXT), ("is_grantable", Type::BOOL)],
    ),
    (
        "pg_partition_tree",
        &[("relid", Type::REGCLASS), ("parentrelid", Type::REGCLASS), ("isleaf", Type::BOOL), ("level", Type::INT4)],
    ),
    (
        "pg_sequence_parameters",
        &[
            ("start_value", Type::INT8),
            ("minimum_value", Type::INT8),
            ("maximum_value", Type::INT8),
            ("increment", Type::INT8),
            ("cycle_option", Type::BOOL),
            ("cache_size", Type::INT8),
            ("data_type", Type::OID),
        ],
    ),
    (
        "pg_timezone_names",
        &[("name", Type::TEXT), ("abbrev", Type::TEXT), ("utc_offset", Type::INTERVAL), ("is_dst", Type::BOOL)],
    ),
    ("pg_timezone_abbrevs", &[("abbrev", Type::TEXT), ("utc_offset", Type::INTERVAL), ("is_dst", Type::BOOL)]),
    ("_pg_expandarray", &[("x", Type::INT2), ("n", Type::INT4)]),
    (
        "pg_get_keywords",
        &[
            ("word", Type::TEXT),
            ("catcode", Type::CHAR),
            ("barelabel", Type::BOOL),
            ("catdesc", Type::TEXT),
            ("baredesc", Type::TEXT),
        ],
    ),
    ("pg_available_extensions", &[("name", Type::NAME), ("default_version", Type::TEXT), ("comment", Type::TEXT)]),
    (
        "pg_available_extension_versions",
        &[
            ("name", Type::NAME),
            ("version", Type::TEXT),
            ("superuser", Type::BOOL),
            ("trusted", Type::BOOL),
            ("relocatable", Type::BOOL),
            ("schema", Type::NAME),
            ("requires", Type(1003)),
            ("comment", Type::TEXT),
        ],
    ),
    ("pg_extension_update_paths", &[("source", Type::TEXT), ("target", Type::TEXT), ("path", Type::TEXT)]),
    ("pg_options_to_table", &[("option_name", Type::TEXT), ("option_value", Type::TEXT)]),
    ("json_each", &[("key", Type::TEXT), ("value", Type::JSON)]),
    ("json_each_text", &[("key", Type::TEXT), ("value", Type::TEXT)]),
    ("jsonb_each", &[("key", Type::TEXT), ("value", Type::JSONB)]),
    ("jsonb_each_text", &[("key", Type::TEXT), ("value", Type::TEXT)]),
    ("json_array_elements", &[("value", Type::JSON)]),
    ("json_array_elements_text", &[("value", Type::TEXT)]),
    ("jsonb_array_elements", &[("value", Type::JSONB)]),
    ("jsonb_array_elements_text", &[("value", Type::TEXT)]),
];

/// The columns of a function that returns rows of several; `None`: one column, named as the function or its alias.
pub fn set_columns(function: &str) -> Option<&'static [(&'static str, Type)]> {
    COLUMNS.iter().find(|(name, _)| *name == function).map(|(_, columns)| *columns)
}
