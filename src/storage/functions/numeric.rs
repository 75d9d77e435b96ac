//! numeric: arithmetic, casts and mathematics over its stored form, see [`crate::types::numeric::key`].

use std::cmp::Ordering;

use rusqlite::types::ValueRef;

use super::values::{compare, extreme_by};
use super::{Call, Out, Scalar, unexpected};
use crate::types::arithmetic::Integer;
use crate::types::numeric::{self, Numeric};
use crate::types::to_char::{Number, to_char};
use crate::types::to_number::to_number;
use crate::types::{PgError, SqlState};

#[rustfmt::skip]
pub(super) const FUNCTIONS: &[(&str, Scalar)] = &[
    ("pg_numeric_in", |call| Ok(Numeric::input(call.text(0)?)?.into())),
    ("pg_numeric_out", |call| Ok(call.numeric(0)?.to_string().into())),
    ("pg_numeric", |call| Ok(call.numeric(0)?.apply_typmod(call.int4(1)?)?.into())),
    ("pg_int_numeric", |call| Ok(Numeric::from(call.int(0)?).into())),
    ("pg_float4_numeric", |call| Ok(numeric::from_float4(call.float(0)? as f32)?.into())),
    ("pg_float8_numeric", |call| Ok(numeric::from_float8(call.float(0)?)?.into())),
    ("pg_numeric_int2", integer::<i16>),
    ("pg_numeric_int4", integer::<i32>),
    ("pg_numeric_int8", integer::<i64>),
    ("pg_numeric_float4", |call| Ok(call.numeric(0)?.to_float4()?.into())),
    ("pg_numeric_float8", |call| Ok(call.numeric(0)?.to_float8()?.into())),
    ("pg_numeric_add", |call| binary(call, Numeric::add)),
    ("pg_numeric_sub", |call| binary(call, Numeric::subtract)),
    ("pg_numeric_mul", |call| binary(call, Numeric::multiply)),
    ("pg_numeric_div", |call| binary(call, Numeric::divide)),
    ("pg_numeric_div_trunc", |call| binary(call, Numeric::divide_whole)),
    ("pg_numeric_mod", |call| binary(call, Numeric::modulo)),
    ("pg_numeric_power", |call| binary(call, Numeric::power)),
    ("pg_numeric_gcd", |call| binary(call, |a, b| Ok(a.gcd(b)))),
    ("pg_numeric_lcm", |call| binary(call, Numeric::lcm)),
    ("pg_numeric_uminus", |call| unary(call, |x| Ok(x.negate()))),
    ("pg_numeric_abs", |call| unary(call, |x| Ok(x.abs()))),
    ("pg_numeric_sign", |call| unary(call, |x| Ok(x.sign()))),
    ("pg_numeric_ceil", |call| unary(call, Numeric::ceil)),
    ("pg_numeric_floor", |call| unary(call, Numeric::floor)),
    ("pg_numeric_sqrt", |call| unary(call, Numeric::sqrt)),
    ("pg_numeric_exp", |call| unary(call, Numeric::exp)),
    ("pg_numeric_ln", |call| unary(call, Numeric::ln)),
    ("pg_numeric_log", logarithm),
    ("pg_numeric_trim_scale", |call| unary(call, |x| Ok(x.trim_scale()))),
    ("pg_numeric_round", |call| Ok(call.numeric(0)?.round(places(call)?)?.into())),
    ("pg_numeric_trunc", |call| Ok(call.numeric(0)?.truncate(places(call)?)?.into())),
    ("pg_numeric_scale", |call| Ok(call.numeric(0)?.scale().map_or(Out::Null, Out::Int))),
    ("pg_numeric_min_scale", |call| Ok(call.numeric(0)?.min_scale().map_or(Out::Null, Out::Int))),
    ("pg_numeric_fac", |call| Ok(Numeric::factorial(call.int(0)?)?.into())),
    ("pg_width_bucket_numeric", |call| {
        let bounds = (call.numeric(1)?, call.numeric(2)?);
        Ok(numeric::width_bucket(&call.numeric(0)?, &bounds.0, &bounds.1, call.int4(3)?)?.into())
    }),
    ("pg_width_bucket_float8", |call| {
        Ok(width_bucket(call.float(0)?, (call.float(1)?, call.float(2)?), call.int4(3)?)?.into())
    }),
    ("pg_int4_to_char", |call| formatted(call, &Number::Int4(call.int4(0)?))),
    ("pg_int8_to_char", |call| formatted(call, &Number::Integer(call.int(0)?))),
    ("pg_float4_to_char", |call| formatted(call, &Number::Float(call.float(0)?, 6))),
    ("pg_float8_to_char", |call| formatted(call, &Number::Float(call.float(0)?, 15))),
    ("pg_numeric_to_char", |call| formatted(call, &Number::Numeric(call.numeric(0)?))),
    ("pg_to_number", |call| Ok(to_number(call.text(0)?, call.text(1)?)?.map_or(Out::Null, Out::from))),
    ("pg_rtrim_greatest", |call| extreme_by(call, Ordering::Greater, compare_keys)),
    ("pg_rtrim_least", |call| extreme_by(call, Ordering::Less, compare_keys)),
];

impl Call<'_, '_> {
    /// A numeric, or an integer that stands for one.
    pub(super) fn numeric(&self, index: usize) -> Result<Numeric, PgError> {
        match self.raw(index) {
            ValueRef::Integer(int) => Ok(Numeric::from(int)),
            ValueRef::Text(key) => {
                let damaged = || {
                    let message = "the database file holds text that is no numeric where one belongs";
                    PgError::new(SqlState::DATA_CORRUPTED, message)
                };
                Numeric::parse_key(key).ok_or_else(damaged)
            }
            other => Err(unexpected("a numeric", other)),
        }
    }
}

impl From<Numeric> for Out {
    fn from(numeric: Numeric) -> Out {
        Out::Text(numeric.key())
    }
}

fn unary(call: &Call, operate: fn(&Numeric) -> Result<Numeric, PgError>) -> Result<Out, PgError> {
    Ok(operate(&call.numeric(0)?)?.into())
}

fn binary(call: &Call, operate: fn(&Numeric, &Numeric) -> Result<Numeric, PgError>) -> Result<Out, PgError> {
    Ok(operate(&call.numeric(0)?, &call.numeric(1)?)?.into())
}

fn integer<T: Integer + TryFrom<i64> + Into<Out>>(call: &Call) -> Result<Out, PgError> {
    Ok(call.numeric(0)?.to_integer::<T>()?.into())
}

fn formatted(call: &Call, number: &Number) -> Result<Out, PgError> {
    Ok(to_char(number, call.text(1)?)?.into())
}

/// The second argument of round() and trunc(), if there is one.
fn places(call: &Call) -> Result<i32, PgError> {
    if call.len() > 1 { call.int4(1) } else { Ok(0) }
}

/// log(x), or log(base, x).
fn logarithm(call: &Call) -> Result<Out, PgError> {
    let first = call.numeric(0)?;
    Ok(match call.len() {
        1 => first.log(&Numeric::from(10))?,
        _ => call.numeric(1)?.log(&first)?,
    }
    .into())
}

/// `width_bucket_float8`.
fn width_bucket(operand: f64, (low, high): (f64, f64), count: i32) -> Result<i32, PgError> {
    let invalid = |message| PgError::new(SqlState::INVALID_ARGUMENT_FOR_WIDTH_BUCKET_FUNCTION, message);
    if count <= 0 {
        return Err(invalid("count must be greater than zero"));
    }
    if operand.is_nan() || low.is_nan() || high.is_nan() {
        return Err(invalid("operand, lower bound, and upper bound cannot be NaN"));
    }
    if low.is_infinite() || high.is_infinite() {
        return Err(invalid("lower and upper bounds must be finite"));
    }
    if low == high {
        return Err(invalid("lower bound cannot equal upper bound"));
    }
    let (below, beyond) = if low < high { (operand < low, operand >= high) } else { (operand > low, operand <= high) };
    if below {
        return Ok(0);
    }
    if beyond {
        let out_of_range = || PgError::new(SqlState::NUMERIC_VALUE_OUT_OF_RANGE, "integer out of range");
        return count.checked_add(1).ok_or_else(out_of_range);
    }
    let (span, above) = (high - low, f64::from(count) * (operand - low));
    if span.is_finite() && above.is_finite() {
        return Ok((above / span + 1.0) as i32);
    }
    // What PostgreSQL 15 answers to differences that are too great is no bucket: halves of them tell which it is.
    let part = (operand / 2.0 - low / 2.0) / (high / 2.0 - low / 2.0);
    Ok(((f64::from(count) * part) as i32).min(count - 1) + 1)
}

/// As the collation RTRIM does.
fn compare_keys(a: ValueRef<'_>, b: ValueRef<'_>) -> Ordering {
    match (a, b) {
        (ValueRef::Text(a), ValueRef::Text(b)) => trimmed(a).cmp(trimmed(b)),
        (a, b) => compare(a, b),
    }
}

fn trimmed(mut key: &[u8]) -> &[u8] {
    while let [shorter @ .., b' '] = key {
        key = shorter;
    }
    key
}
