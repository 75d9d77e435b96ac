//! Trigonometry in degrees, exact where people expect it (`float.c`: `sind(30)` is 0.5, `cosd(60)` too).

use std::sync::LazyLock;

use super::{PgError, SqlState};

const RADIANS_PER_DEGREE: f64 = 0.017_453_292_519_943_295;

/// The functions' values at the degrees that must come out exactly, by the same library.
struct Known {
    sin_30: f64,
    one_minus_cos_60: f64,
    asin_0_5: f64,
    acos_0_5: f64,
    atan_1_0: f64,
    tan_45: f64,
    cot_45: f64,
}

static KNOWN: LazyLock<Known> = LazyLock::new(|| {
    let mut known = Known {
        sin_30: (30.0 * RADIANS_PER_DEGREE).sin(),
        one_minus_cos_60: 1.0 - (60.0 * RADIANS_PER_DEGREE).cos(),
        asin_0_5: 0.5_f64.asin(),
        acos_0_5: 0.5_f64.acos(),
        atan_1_0: 1.0_f64.atan(),
        tan_45: 1.0,
        cot_45: 1.0,
    };
    known.tan_45 = sin_quadrant(45.0, &known) / cos_quadrant(45.0, &known);
    known.cot_45 = cos_quadrant(45.0, &known) / sin_quadrant(45.0, &known);
    known
});

/// From 0 to 30.
fn sin_0_to_30(x: f64, known: &Known) -> f64 {
    (x * RADIANS_PER_DEGREE).sin() / known.sin_30 / 2.0
}

/// From 0 to 60.
fn cos_0_to_60(x: f64, known: &Known) -> f64 {
    1.0 - (1.0 - (x * RADIANS_PER_DEGREE).cos()) / known.one_minus_cos_60 / 2.0
}

/// From 0 to 90.
fn sin_quadrant(x: f64, known: &Known) -> f64 {
    if x <= 30.0 { sin_0_to_30(x, known) } else { cos_0_to_60(90.0 - x, known) }
}

fn cos_quadrant(x: f64, known: &Known) -> f64 {
    if x <= 60.0 { cos_0_to_60(x, known) } else { sin_0_to_30(90.0 - x, known) }
}

fn out_of_range() -> PgError {
    PgError::new(SqlState::NUMERIC_VALUE_OUT_OF_RANGE, "input is out of range")
}

/// An angle between 0 and 90, and the signs of its sine's and cosine's values; `None` for NaN.
fn reduced(x: f64) -> Result<Option<(f64, f64, f64)>, PgError> {
    if x.is_nan() {
        return Ok(None);
    }
    if x.is_infinite() {
        return Err(out_of_range());
    }
    let (mut x, mut sine, mut cosine) = (x % 360.0, 1.0, 1.0);
    if x < 0.0 {
        (x, sine) = (-x, -sine);
    }
    if x > 180.0 {
        (x, sine) = (360.0 - x, -sine);
    }
    if x > 90.0 {
        (x, cosine) = (180.0 - x, -cosine);
    }
    Ok(Some((x, sine, cosine)))
}

pub fn sind(x: f64) -> Result<f64, PgError> {
    Ok(reduced(x)?.map_or(f64::NAN, |(x, sine, _)| sine * sin_quadrant(x, &KNOWN)))
}

pub fn cosd(x: f64) -> Result<f64, PgError> {
    Ok(reduced(x)?.map_or(f64::NAN, |(x, _, cosine)| cosine * cos_quadrant(x, &KNOWN)))
}

/// No zero has a sign; where there is no value it is infinite.
pub fn tand(x: f64) -> Result<f64, PgError> {
    let value = reduced(x)?.map_or(f64::NAN, |(x, sine, cosine)| {
        sine * cosine * (sin_quadrant(x, &KNOWN) / cos_quadrant(x, &KNOWN) / KNOWN.tan_45)
    });
    Ok(if value == 0.0 { 0.0 } else { value })
}

pub fn cotd(x: f64) -> Result<f64, PgError> {
    let value = reduced(x)?.map_or(f64::NAN, |(x, sine, cosine)| {
        sine * cosine * (cos_quadrant(x, &KNOWN) / sin_quadrant(x, &KNOWN) / KNOWN.cot_45)
    });
    Ok(if value == 0.0 { 0.0 } else { value })
}

fn asin_quadrant(x: f64) -> f64 {
    if x <= 0.5 { x.asin() / KNOWN.asin_0_5 * 30.0 } else { 90.0 - x.acos() / KNOWN.acos_0_5 * 60.0 }
}

fn acos_quadrant(x: f64) -> f64 {
    if x <= 0.5 { 90.0 - x.asin() / KNOWN.asin_0_5 * 30.0 } else { x.acos() / KNOWN.acos_0_5 * 60.0 }
}

pub fn asind(x: f64) -> Result<f64, PgError> {
    match x {
        _ if x.is_nan() => Ok(f64::NAN),
        _ if x.abs() > 1.0 => Err(out_of_range()),
        _ if x >= 0.0 => Ok(asin_quadrant(x)),
        _ => Ok(-asin_quadrant(-x)),
    }
}

pub fn acosd(x: f64) -> Result<f64, PgError> {
    match x {
        _ if x.is_nan() => Ok(f64::NAN),
        _ if x.abs() > 1.0 => Err(out_of_range()),
        _ if x >= 0.0 => Ok(acos_quadrant(x)),
        _ => Ok(90.0 + asin_quadrant(-x)),
    }
}

pub fn atand(x: f64) -> Result<f64, PgError> {
    Ok(x.atan() / KNOWN.atan_1_0 * 45.0)
}

pub fn atan2d(y: f64, x: f64) -> Result<f64, PgError> {
    Ok(y.atan2(x) / KNOWN.atan_1_0 * 45.0)
}

pub fn acosh(x: f64) -> Result<f64, PgError> {
    if x < 1.0 { Err(out_of_range()) } else { Ok(x.acosh()) }
}

pub fn atanh(x: f64) -> Result<f64, PgError> {
    match x {
        _ if x.abs() > 1.0 => Err(out_of_range()),
        // Not for every library.
        _ if x.abs() == 1.0 => Ok(x * f64::INFINITY),
        _ => Ok(x.atanh()),
    }
}
