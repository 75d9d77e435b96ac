//! Aggregate functions (section 9.21).

use super::{Function, NUMERIC};
use crate::sql::emission::Emission::*;
use crate::sql::type_names::{ANY, INTERVAL};
use crate::types::Type;

pub(super) static FUNCTIONS: &[Function] = functions! {
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
