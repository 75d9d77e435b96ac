//! Window functions (section 9.22). Their results of type `ANY` are of their first argument's type.

use super::Function;
use crate::sql::emission::Emission::*;
use crate::sql::type_names::ANY;
use crate::types::Type;

pub(super) static FUNCTIONS: &[Function] = functions! {
    "row_number" () INT8 Builtin("row_number"), Immutable Window;
    "rank" () INT8 Builtin("rank"), Immutable Window;
    "dense_rank" () INT8 Builtin("dense_rank"), Immutable Window;
    "percent_rank" () FLOAT8 Builtin("percent_rank"), Immutable Window;
    "cume_dist" () FLOAT8 Builtin("cume_dist"), Immutable Window;
    "ntile" (INT4) INT4 Builtin("ntile"), Immutable Window;
    "lag" (ANY) ANY Builtin("lag"), Immutable Window;
    "lag" (ANY INT4) ANY Builtin("lag"), Immutable Window;
    "lag" (ANY INT4 ANY) ANY Builtin("lag"), Immutable Window;
    "lead" (ANY) ANY Builtin("lead"), Immutable Window;
    "lead" (ANY INT4) ANY Builtin("lead"), Immutable Window;
    "lead" (ANY INT4 ANY) ANY Builtin("lead"), Immutable Window;
    "first_value" (ANY) ANY Builtin("first_value"), Immutable Window;
    "last_value" (ANY) ANY Builtin("last_value"), Immutable Window;
    "nth_value" (ANY INT4) ANY Builtin("nth_value"), Immutable Window;
};
