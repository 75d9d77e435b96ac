//! Array functions (section 9.19).

use super::Function;
use crate::sql::emission::Emission::*;
use crate::sql::type_names::{ANYARRAY, ANYCOMPATIBLE, ANYCOMPATIBLEARRAY, ANYELEMENT, ANYNONARRAY};
use crate::types::Type;

pub(super) static FUNCTIONS: &[Function] = functions! {
    "array_append" (ANYCOMPATIBLEARRAY ANYCOMPATIBLE) ANYCOMPATIBLEARRAY Own("pg_array_append"), Immutable OfNulls;
    "array_prepend" (ANYCOMPATIBLE ANYCOMPATIBLEARRAY) ANYCOMPATIBLEARRAY Own("pg_array_prepend"), Immutable OfNulls;
    "array_cat" (ANYCOMPATIBLEARRAY ANYCOMPATIBLEARRAY) ANYCOMPATIBLEARRAY Own("pg_array_cat"), Immutable OfNulls;
    "array_dims" (ANYARRAY) TEXT Own("pg_array_dims"), Immutable Plain;
    "array_ndims" (ANYARRAY) INT4 Own("pg_array_ndims"), Immutable Plain;
    "array_length" (ANYARRAY INT4) INT4 Own("pg_array_length"), Immutable Plain;
    "array_lower" (ANYARRAY INT4) INT4 Own("pg_array_lower"), Immutable Plain;
    "array_upper" (ANYARRAY INT4) INT4 Own("pg_array_upper"), Immutable Plain;
    "cardinality" (ANYARRAY) INT4 Own("pg_cardinality"), Immutable Plain;
    "array_fill" (ANYELEMENT INTS) ANYARRAY Own("pg_array_fill"), Immutable OfNulls;
    "array_fill" (ANYELEMENT INTS INTS) ANYARRAY Own("pg_array_fill"), Immutable OfNulls;
    "array_position" (ANYCOMPATIBLEARRAY ANYCOMPATIBLE) INT4 Own("pg_array_position"), Immutable OfNulls;
    "array_position" (ANYCOMPATIBLEARRAY ANYCOMPATIBLE INT4) INT4 Own("pg_array_position"), Immutable OfNulls;
    "array_positions" (ANYCOMPATIBLEARRAY ANYCOMPATIBLE) INTS Own("pg_array_positions"), Immutable OfNulls;
    "array_remove" (ANYCOMPATIBLEARRAY ANYCOMPATIBLE) ANYCOMPATIBLEARRAY Own("pg_array_remove"), Immutable OfNulls;
    "array_replace" (ANYCOMPATIBLEARRAY ANYCOMPATIBLE ANYCOMPATIBLE) ANYCOMPATIBLEARRAY Own("pg_array_replace"), Immutable OfNulls;
    "array_to_string" (ANYARRAY TEXT) TEXT Own("pg_array_to_string"), Stable Plain;
    "array_to_string" (ANYARRAY TEXT TEXT) TEXT Own("pg_array_to_string"), Stable OfNulls;
    "string_to_array" (TEXT TEXT) TEXTS Own("pg_string_to_array"), Immutable OfNulls;
    "string_to_array" (TEXT TEXT TEXT) TEXTS Own("pg_string_to_array"), Immutable OfNulls;
    "trim_array" (ANYARRAY INT4) ANYARRAY Own("pg_trim_array"), Immutable Plain;
    "array_agg" (ANYNONARRAY) ANYARRAY Packed("pg_array_of_packed"), Immutable AggregateOfNulls;
    "array_agg" (ANYARRAY) ANYARRAY Packed("pg_array_of_packed_arrays"), Immutable AggregateOfNulls;
    "min" (ANYARRAY) ANYARRAY Builtin("min"), Immutable Aggregate;
    "max" (ANYARRAY) ANYARRAY Builtin("max"), Immutable Aggregate;
};
