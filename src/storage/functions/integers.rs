//! Integers: arithmetic, shifts and casts. SQLite would turn an overflow into a float.

use super::{Call, Out, Scalar};
use crate::types::arithmetic::Integer;
use crate::types::timestamp::Zone;
use crate::types::{PgError, SqlState, Type, Value, cast, text};

#[rustfmt::skip]
pub(super) const FUNCTIONS: &[(&str, Scalar)] = &[
    ("pg_int2pl", |call| binary(call, i16::add)),
    ("pg_int4pl", |call| binary(call, i32::add)),
    ("pg_int8pl", |call| binary(call, i64::add)),
    ("pg_int2mi", |call| binary(call, i16::sub)),
    ("pg_int4mi", |call| binary(call, i32::sub)),
    ("pg_int8mi", |call| binary(call, i64::sub)),
    ("pg_int2mul", |call| binary(call, i16::mul)),
    ("pg_int4mul", |call| binary(call, i32::mul)),
    ("pg_int8mul", |call| binary(call, i64::mul)),
    ("pg_int2div", |call| binary(call, i16::div)),
    ("pg_int4div", |call| binary(call, i32::div)),
    ("pg_int8div", |call| binary(call, i64::div)),
    ("pg_int2mod", |call| binary(call, i16::modulo)),
    ("pg_int4mod", |call| binary(call, i32::modulo)),
    ("pg_int8mod", |call| binary(call, i64::modulo)),
    ("pg_int2um", |call| unary(call, i16::neg)),
    ("pg_int4um", |call| unary(call, i32::neg)),
    ("pg_int8um", |call| unary(call, i64::neg)),
    ("pg_int2abs", |call| unary(call, Integer::abs as fn(i16) -> _)),
    ("pg_int4abs", |call| unary(call, Integer::abs as fn(i32) -> _)),
    ("pg_int8abs", |call| unary(call, Integer::abs as fn(i64) -> _)),
    ("pg_int4gcd", |call| binary(call, gcd::<i32>)),
    ("pg_int8gcd", |call| binary(call, gcd::<i64>)),
    ("pg_int4lcm", |call| binary(call, lcm::<i32>)),
    ("pg_int8lcm", |call| binary(call, lcm::<i64>)),
    ("pg_char_int4", |call| Ok(i32::from(signed_char(call, 0)?).into())),
    ("pg_int4_char", |call| match i8::try_from(call.int(0)?) {
        Ok(byte) => Out::stored(&Value::Char(byte as u8)),
        Err(_) => Err(PgError::new(SqlState::NUMERIC_VALUE_OUT_OF_RANGE, "\"char\" out of range")),
    }),
    ("pg_int8xor", |call| Ok((call.int(0)? ^ call.int(1)?).into())),
    // Counts wrap as the processor's shift does, for a smallint within 32 bits.
    ("pg_int2shl", |call| Ok(((call.int(0)? as i32).wrapping_shl(call.int(1)? as u32) as i16).into())),
    ("pg_int4shl", |call| Ok((call.int(0)? as i32).wrapping_shl(call.int(1)? as u32).into())),
    ("pg_int8shl", |call| Ok(call.int(0)?.wrapping_shl(call.int(1)? as u32).into())),
    ("pg_int2shr", |call| Ok(((call.int(0)? as i32).wrapping_shr(call.int(1)? as u32) as i16).into())),
    ("pg_int4shr", |call| Ok((call.int(0)? as i32).wrapping_shr(call.int(1)? as u32).into())),
    ("pg_int8shr", |call| Ok(call.int(0)?.wrapping_shr(call.int(1)? as u32).into())),
    ("pg_int8_int2", |call| narrow::<i16>(call)),
    ("pg_int8_int4", |call| narrow::<i32>(call)),
    ("pg_int4_int2", |call| narrow::<i16>(call)),
    ("pg_int8_oid", |call| Ok(cast::oid(call.int(0)?)?.into())),
    // These two keep the bits.
    ("pg_int4_oid", |call| Ok((call.int(0)? as i32 as u32).into())),
    ("pg_oid_int4", |call| Ok((call.int(0)? as u32 as i32).into())),
    ("pg_int4_bool", |call| Ok((call.int(0)? != 0).into())),
    ("pg_int8_float4", |call| Ok((call.int(0)? as f32).into())),
    ("pg_int4_float4", |call| Ok((call.int(0)? as f32).into())),
    ("pg_to_hex32", |call| Ok(format!("{:x}", call.int(0)? as i32).into())),
    ("pg_to_hex64", |call| Ok(format!("{:x}", call.int(0)?).into())),
];

/// What the byte of a `"char"` is to C.
pub(super) fn signed_char(call: &Call, index: usize) -> Result<i8, PgError> {
    match text::input(Type::CHAR, call.text(index)?, &Zone::utc(), 0)? {
        Value::Char(byte) => Ok(byte as i8),
        _ => Ok(0),
    }
}

fn argument<T: Integer + TryFrom<i64>>(call: &Call, index: usize) -> Result<T, PgError> {
    cast::integer(call.int(index)?)
}

fn binary<T>(call: &Call, operate: fn(T, T) -> Result<T, PgError>) -> Result<Out, PgError>
where
    T: Integer + TryFrom<i64> + Into<Out>,
{
    Ok(operate(argument(call, 0)?, argument(call, 1)?)?.into())
}

fn unary<T>(call: &Call, operate: fn(T) -> Result<T, PgError>) -> Result<Out, PgError>
where
    T: Integer + TryFrom<i64> + Into<Out>,
{
    Ok(operate(argument(call, 0)?)?.into())
}

fn narrow<T: Integer + TryFrom<i64> + Into<Out>>(call: &Call) -> Result<Out, PgError> {
    Ok(argument::<T>(call, 0)?.into())
}

/// Never negative; the one that would not fit is out of range.
fn gcd<T: Integer + TryFrom<i64> + Into<i64>>(a: T, b: T) -> Result<T, PgError> {
    let divisor = gcd_unsigned(a.into().unsigned_abs(), b.into().unsigned_abs());
    i64::try_from(divisor).ok().and_then(|gcd| T::try_from(gcd).ok()).ok_or_else(T::out_of_range)
}

fn lcm<T: Integer + TryFrom<i64> + Into<i64>>(a: T, b: T) -> Result<T, PgError> {
    let (x, y) = (a.into().unsigned_abs(), b.into().unsigned_abs());
    if x == 0 || y == 0 {
        return T::try_from(0).map_err(|_| T::out_of_range());
    }
    let divisor = gcd_unsigned(x, y);
    let multiple = (x / divisor).checked_mul(y).and_then(|multiple| i64::try_from(multiple).ok());
    multiple.and_then(|multiple| T::try_from(multiple).ok()).ok_or_else(T::out_of_range)
}

fn gcd_unsigned(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}
