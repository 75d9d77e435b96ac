//! Reading text (`numeric_in`).

use num_bigint::BigInt;

use super::digits::power_of_ten;
use super::{Decimal, MAX_DISPLAY_SCALE, MAX_WHOLE_DIGITS, Numeric, PgError, SqlState, overflow};

fn invalid(text: &str) -> PgError {
    PgError::new(SqlState::INVALID_TEXT_REPRESENTATION, format!("invalid input syntax for type numeric: \"{text}\""))
}

impl Numeric {
    /// Text → value. Errors: 22P02, 22003.
    pub fn input(text: &str) -> Result<Numeric, PgError> {
        let trimmed = text.trim_matches([' ', '\t', '\n', '\x0b', '\x0c', '\r']);
        let (negative, number) = match trimmed.as_bytes().first() {
            Some(b'-') => (true, &trimmed[1..]),
            Some(b'+') => (false, &trimmed[1..]),
            _ => (false, trimmed),
        };
        if !number.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
            return special(trimmed, number, negative).ok_or_else(|| invalid(text));
        }
        read(number, negative).unwrap_or_else(|| Err(invalid(text)))
    }
}

fn special(whole: &str, word: &str, negative: bool) -> Option<Numeric> {
    let is = |expected: &str| word.eq_ignore_ascii_case(expected);
    if is("infinity") || is("inf") {
        return Some(if negative { Numeric::NegativeInfinity } else { Numeric::Infinity });
    }
    // NaN has no sign.
    whole.eq_ignore_ascii_case("nan").then_some(Numeric::NaN)
}

/// `None`: not a number.
fn read(number: &str, negative: bool) -> Option<Result<Numeric, PgError>> {
    let (mantissa, exponent) = match number.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (number, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !are_digits(whole) || !are_digits(fraction) || whole.len() + fraction.len() == 0 {
        return None;
    }
    let exponent = match exponent {
        None => 0,
        Some(text) => {
            let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
            if digits.is_empty() || !are_digits(digits) {
                return None;
            }
            match text.strip_prefix('+').unwrap_or(text).parse::<i64>() {
                Ok(exponent) if exponent.unsigned_abs() < u64::from(u32::MAX / 4) => exponent,
                _ => return Some(Err(overflow())),
            }
        }
    };
    Some(value(whole, fraction, exponent, negative))
}

fn value(whole: &str, fraction: &str, exponent: i64, negative: bool) -> Result<Numeric, PgError> {
    let scale = fraction.len() as i64 - exponent;
    let text = format!("{whole}{fraction}");
    let text = text.trim_start_matches('0');
    // Before anything is computed of a number that can't be.
    if scale > MAX_DISPLAY_SCALE || (!text.is_empty() && text.len() as i64 - scale > MAX_WHOLE_DIGITS) {
        return Err(overflow());
    }
    let digits = match text.parse::<u64>() {
        Ok(small) => BigInt::from(small),
        Err(_) if text.is_empty() => BigInt::ZERO,
        Err(_) => BigInt::parse_bytes(text.as_bytes(), 10).ok_or_else(overflow)?,
    };
    let digits = if negative { -digits } else { digits };
    Numeric::finite(match scale {
        0.. => Decimal::new(digits, scale),
        _ if text.is_empty() => Decimal::new(digits, 0),
        _ => Decimal::new(digits * power_of_ten(-scale), 0),
    })
}
