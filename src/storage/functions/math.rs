//! Floats: arithmetic, casts and mathematics.

use super::{Call, Out, Scalar};
use crate::types::arithmetic::{Float, overflow, underflow};
use crate::types::random::Xoroshiro;
use crate::types::{PgError, SqlState, cast, degrees};

#[rustfmt::skip]
pub(super) const FUNCTIONS: &[(&str, Scalar)] = &[
    ("pg_float4pl", |call| binary4(call, f32::add)),
    ("pg_float8pl", |call| binary8(call, f64::add)),
    ("pg_float4mi", |call| binary4(call, f32::sub)),
    ("pg_float8mi", |call| binary8(call, f64::sub)),
    ("pg_float4mul", |call| binary4(call, f32::mul)),
    ("pg_float8mul", |call| binary8(call, f64::mul)),
    ("pg_float4div", |call| binary4(call, f32::div)),
    ("pg_float8div", |call| binary8(call, f64::div)),
    ("pg_float8um", |call| unary(call, |x| Ok(-x))),
    ("pg_float8abs", |call| unary(call, |x| Ok(x.abs()))),
    ("pg_float4_int2", |call| Ok(cast::round::<i16>(call.float(0)?)?.into())),
    ("pg_float4_int4", |call| Ok(cast::round::<i32>(call.float(0)?)?.into())),
    ("pg_float4_int8", |call| Ok(cast::round::<i64>(call.float(0)?)?.into())),
    ("pg_float8_int2", |call| Ok(cast::round::<i16>(call.float(0)?)?.into())),
    ("pg_float8_int4", |call| Ok(cast::round::<i32>(call.float(0)?)?.into())),
    ("pg_float8_int8", |call| Ok(cast::round::<i64>(call.float(0)?)?.into())),
    ("pg_float8_float4", |call| Ok(cast::float4(call.float(0)?)?.into())),
    ("pg_dround", |call| unary(call, |x| Ok(x.round_ties_even()))),
    ("pg_dceil", |call| unary(call, |x| Ok(x.ceil()))),
    ("pg_dfloor", |call| unary(call, |x| Ok(x.floor()))),
    ("pg_dtrunc", |call| unary(call, |x| Ok(x.trunc()))),
    ("pg_dsign", |call| unary(call, |x| Ok(if x > 0.0 { 1.0 } else if x < 0.0 { -1.0 } else { 0.0 }))),
    ("pg_dsqrt", |call| unary(call, sqrt)),
    ("pg_dcbrt", |call| unary(call, |x| Ok(x.cbrt()))),
    ("pg_dpow", |call| binary8(call, power)),
    ("pg_dexp", |call| unary(call, exp)),
    ("pg_dlog1", |call| unary(call, |x| logarithm(x, f64::ln))),
    ("pg_dlog10", |call| unary(call, |x| logarithm(x, f64::log10))),
    ("pg_dsin", |call| unary(call, |x| finite(x, f64::sin))),
    ("pg_dcos", |call| unary(call, |x| finite(x, f64::cos))),
    ("pg_dtan", |call| unary(call, |x| finite(x, f64::tan))),
    ("pg_dcot", |call| unary(call, |x| finite(x, |x| 1.0 / x.tan()))),
    ("pg_dasin", |call| unary(call, |x| unit(x, f64::asin))),
    ("pg_dacos", |call| unary(call, |x| unit(x, f64::acos))),
    ("pg_datan", |call| unary(call, |x| Ok(x.atan()))),
    ("pg_datan2", |call| binary8(call, |y, x| Ok(y.atan2(x)))),
    // Too great a result is infinity, without an error.
    ("pg_dsinh", |call| unary(call, |x| Ok(x.sinh()))),
    ("pg_dcosh", |call| unary(call, |x| Ok(x.cosh()))),
    ("pg_dtanh", |call| unary(call, |x| Ok(x.tanh()))),
    ("pg_dsind", |call| unary(call, degrees::sind)),
    ("pg_dcosd", |call| unary(call, degrees::cosd)),
    ("pg_dtand", |call| unary(call, degrees::tand)),
    ("pg_dcotd", |call| unary(call, degrees::cotd)),
    ("pg_dasind", |call| unary(call, degrees::asind)),
    ("pg_dacosd", |call| unary(call, degrees::acosd)),
    ("pg_datand", |call| unary(call, degrees::atand)),
    ("pg_datan2d", |call| binary8(call, degrees::atan2d)),
    ("pg_dasinh", |call| unary(call, |x| Ok(x.asinh()))),
    ("pg_dacosh", |call| unary(call, degrees::acosh)),
    ("pg_datanh", |call| unary(call, degrees::atanh)),
    ("pg_degrees", |call| unary(call, |x| Float::div(x, RADIANS_PER_DEGREE))),
    ("pg_radians", |call| unary(call, |x| Float::mul(x, RADIANS_PER_DEGREE))),
    ("pg_dpi", |_| Ok(std::f64::consts::PI.into())),
    ("pg_drandom", |call| Ok(call.state.random().float().unwrap_or_else(rand::random).into())),
    ("pg_setseed", |call| {
        call.state.random().set(Some(Xoroshiro::seeded(call.float(0)?)?));
        Ok("".into())
    }),
];

const RADIANS_PER_DEGREE: f64 = 0.017_453_292_519_943_295;

fn binary8(call: &Call, operate: fn(f64, f64) -> Result<f64, PgError>) -> Result<Out, PgError> {
    Ok(operate(call.float(0)?, call.float(1)?)?.into())
}

fn binary4(call: &Call, operate: fn(f32, f32) -> Result<f32, PgError>) -> Result<Out, PgError> {
    // Both are float4s already: nothing is lost.
    Ok(operate(call.float(0)? as f32, call.float(1)? as f32)?.into())
}

fn unary(call: &Call, operate: fn(f64) -> Result<f64, PgError>) -> Result<Out, PgError> {
    Ok(operate(call.float(0)?)?.into())
}

fn sqrt(x: f64) -> Result<f64, PgError> {
    if x < 0.0 {
        let message = "cannot take square root of a negative number";
        return Err(PgError::new(SqlState::INVALID_ARGUMENT_FOR_POWER_FUNCTION, message));
    }
    Ok(x.sqrt())
}

fn power(x: f64, y: f64) -> Result<f64, PgError> {
    let invalid = |message| PgError::new(SqlState::INVALID_ARGUMENT_FOR_POWER_FUNCTION, message);
    if x == 0.0 && y < 0.0 {
        return Err(invalid("zero raised to a negative power is undefined"));
    }
    if x < 0.0 && x.is_finite() && y.is_finite() && y.floor() != y {
        return Err(invalid("a negative number raised to a non-integer power yields a complex result"));
    }
    if x == f64::NEG_INFINITY && y.is_finite() && y.floor() != y {
        return Err(invalid("a negative number raised to a non-integer power yields a complex result"));
    }
    let result = x.powf(y);
    if x.is_finite() && y.is_finite() {
        if result.is_infinite() {
            return Err(overflow());
        }
        if result == 0.0 && x != 0.0 {
            return Err(underflow());
        }
    }
    Ok(result)
}

fn exp(x: f64) -> Result<f64, PgError> {
    let result = x.exp();
    if x.is_finite() {
        if result.is_infinite() {
            return Err(overflow());
        }
        if result == 0.0 {
            return Err(underflow());
        }
    }
    Ok(result)
}

fn logarithm(x: f64, log: fn(f64) -> f64) -> Result<f64, PgError> {
    let invalid = |message| Err(PgError::new(SqlState::INVALID_ARGUMENT_FOR_LOGARITHM, message));
    if x == 0.0 {
        return invalid("cannot take logarithm of zero");
    }
    if x < 0.0 {
        return invalid("cannot take logarithm of a negative number");
    }
    Ok(log(x))
}

fn out_of_range() -> PgError {
    PgError::new(SqlState::NUMERIC_VALUE_OUT_OF_RANGE, "input is out of range")
}

fn finite(x: f64, function: fn(f64) -> f64) -> Result<f64, PgError> {
    if x.is_infinite() { Err(out_of_range()) } else { Ok(function(x)) }
}

fn unit(x: f64, function: fn(f64) -> f64) -> Result<f64, PgError> {
    if x.abs() > 1.0 { Err(out_of_range()) } else { Ok(function(x)) }
}
