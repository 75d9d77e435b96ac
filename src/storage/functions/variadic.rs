//! An array's elements as a function's last arguments: `f(a, VARIADIC array)`.

use rusqlite::types::Value as Owned;

use super::arrays::{literal, oid_type, stored_element};
use super::{Arguments, Call, Out, Scalar, scalar, unexpected};
use crate::types::{PgError, Type};

pub(super) const FUNCTIONS: &[(&str, Scalar)] = &[("pg_variadic", variadic)];

/// (function, `strict`, `typed` or nothing, array, its elements' type, the arguments before …) → what the function yields.
fn variadic(call: &Call) -> Result<Out, PgError> {
    let (name, mode) = (call.text(0)?, call.text(1)?);
    let Some(function) = scalar(name) else { return Err(unexpected("a function", call.raw(0))) };
    let mut arguments: Vec<Owned> =
        (4..call.len()).map(|index| Out::from_ref(call.raw(index)).map(Out::into_owned)).collect::<Result<_, _>>()?;
    if call.is_null(2) {
        // To format() no array is an empty one.
        if name != "pg_format" || mode == "strict" {
            return Ok(Out::Null);
        }
    } else {
        let of = oid_type(call, 3)?;
        for item in literal(call.text(2)?)?.items {
            match mode {
                "typed" => {
                    arguments.push(stored_element(of, item.as_deref())?.into_owned());
                    arguments.push(Owned::Integer(i64::from(of.0)));
                }
                "strict" => arguments.push(stored_element(Type::TEXT, item.as_deref())?.into_owned()),
                _ => arguments.push(item.map_or(Owned::Null, Owned::Text)),
            }
        }
    }
    if mode == "strict" && arguments.contains(&Owned::Null) {
        return Ok(Out::Null);
    }
    match function(&Call { arguments: Arguments::Kept(&arguments), state: call.state })? {
        Out::Argument(index) => Out::from_ref(arguments.get(index).unwrap_or(&Owned::Null).into()),
        out => Ok(out),
    }
}
