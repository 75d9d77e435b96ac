//! The binary form on the wire (`numeric_send`, `numeric_recv`): digits of base 10000.

use num_bigint::BigInt;

use super::digits::power_of_ten;
use super::{Decimal, MAX_DISPLAY_SCALE, Numeric, PgError, SqlState};

const NEGATIVE: u16 = 0x4000;
const NAN: u16 = 0xC000;
const INFINITY: u16 = 0xD000;
const NEGATIVE_INFINITY: u16 = 0xF000;
const BASE: u16 = 10_000;

/// Appends the value's bytes.
pub fn send(value: &Numeric, mut put: impl FnMut(u16)) {
    let special = |sign: u16, scale: u16| [0, 0, sign, scale];
    match value {
        Numeric::NaN => special(NAN, 0).into_iter().for_each(put),
        // PostgreSQL shows the scale of an infinity as zero, too.
        Numeric::Infinity => special(INFINITY, 0x20).into_iter().for_each(put),
        Numeric::NegativeInfinity => special(NEGATIVE_INFINITY, 0x20).into_iter().for_each(put),
        Numeric::Finite(decimal) => {
            let groups = groups(decimal);
            let (weight, _) = decimal.weight();
            put(groups.len() as u16);
            put(weight as i16 as u16);
            put(if decimal.signum() < 0 { NEGATIVE } else { 0 });
            put(decimal.scale as u16);
            groups.into_iter().for_each(put);
        }
    }
}

/// The digits of base 10000, without zeros at either end.
fn groups(decimal: &Decimal) -> Vec<u16> {
    if decimal.is_zero() {
        return Vec::new();
    }
    // So many zeros behind that the point is between two groups.
    let padding = (-decimal.scale).rem_euclid(4) as usize;
    let mut text = decimal.digits.magnitude().to_string();
    text.extend(std::iter::repeat_n('0', padding));
    let lead = text.len().div_ceil(4) * 4;
    let text = format!("{text:0>lead$}");
    let group = |digits: &[u8]| digits.iter().fold(0u16, |group, digit| group * 10 + u16::from(digit - b'0'));
    let mut groups: Vec<u16> = text.as_bytes().chunks(4).map(group).collect();
    while groups.last() == Some(&0) {
        groups.pop();
    }
    groups
}

/// The value of the bytes; `take` yields the next two of them.
pub fn recv(mut take: impl FnMut() -> Result<u16, PgError>) -> Result<Numeric, PgError> {
    let invalid = |what: &str| {
        let message = format!("invalid {what} in external \"numeric\" value");
        PgError::new(SqlState::INVALID_BINARY_REPRESENTATION, message)
    };
    let count = take()?;
    let weight = i64::from(take()? as i16);
    let sign = take()?;
    let scale = take()?;
    if !matches!(sign, 0 | NEGATIVE | NAN | INFINITY | NEGATIVE_INFINITY) {
        return Err(invalid("sign"));
    }
    if i64::from(scale) > MAX_DISPLAY_SCALE {
        return Err(invalid("scale"));
    }
    let mut text = String::with_capacity(usize::from(count) * 4);
    for _ in 0..count {
        let group = take()?;
        if group >= BASE {
            return Err(invalid("digit"));
        }
        text.push_str(&format!("{group:04}"));
    }
    match sign {
        NAN => return Ok(Numeric::NaN),
        INFINITY => return Ok(Numeric::Infinity),
        NEGATIVE_INFINITY => return Ok(Numeric::NegativeInfinity),
        _ => {}
    }
    let digits =
        if text.is_empty() { BigInt::ZERO } else { BigInt::parse_bytes(text.as_bytes(), 10).unwrap_or_default() };
    let digits = if sign == NEGATIVE { -digits } else { digits };
    // The last digit stands so far behind the point; what the scale does not show is cut.
    let behind = (i64::from(count) - weight - 1) * 4;
    let scale = i64::from(scale);
    let decimal = if behind < 0 {
        Decimal::new(digits * power_of_ten(-behind + scale), scale)
    } else {
        Decimal::new(Decimal::new(digits, behind).scaled(scale), scale)
    };
    Numeric::finite(decimal)
}
