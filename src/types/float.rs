//! Text input and output of float4 and float8.
//!
//! Output is the shortest that reads back as the same value, or rounded where `extra_float_digits` is below 1, in the
//! shape of C's `%g`.

use std::fmt::{self, Write};

use super::{PgError, SqlState};

/// `float8in`.
pub fn input8(text: &str) -> Result<f64, PgError> {
    let (number, rest) = split(text);
    let value = match special(number, rest) {
        Some(value) => Some(value),
        None => number.parse::<f64>().ok().filter(|_| rest.is_empty()),
    };
    let Some(value) = value else { return Err(invalid("double precision", text)) };
    if is_lost(value == 0.0 || value.is_infinite(), value == 0.0, number) {
        return Err(out_of_range("double precision", number));
    }
    Ok(value)
}

/// `float4in`.
pub fn input4(text: &str) -> Result<f32, PgError> {
    let (number, rest) = split(text);
    let value = match special(number, rest) {
        Some(value) => Some(value as f32),
        None => number.parse::<f32>().ok().filter(|_| rest.is_empty()),
    };
    let Some(value) = value else { return Err(invalid("real", text)) };
    if is_lost(value == 0.0 || value.is_infinite(), value == 0.0, number) {
        return Err(out_of_range("real", number));
    }
    Ok(value)
}

fn invalid(ty: &str, text: &str) -> PgError {
    PgError::new(SqlState::INVALID_TEXT_REPRESENTATION, format!("invalid input syntax for type {ty}: \"{text}\""))
}

fn out_of_range(ty: &str, number: &str) -> PgError {
    PgError::new(SqlState::NUMERIC_VALUE_OUT_OF_RANGE, format!("\"{number}\" is out of range for type {ty}"))
}

/// The number (or the word) without the space around it, and what follows it.
fn split(text: &str) -> (&str, &str) {
    let is_space = |c: char| matches!(c, ' ' | '\t' | '\n' | '\x0b' | '\x0c' | '\r');
    let text = text.trim_matches(is_space);
    let bytes = text.as_bytes();
    let digits = |from: usize| from + bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let start = usize::from(matches!(bytes.first(), Some(b'+' | b'-')));
    let mut end = digits(start);
    let mut any = end > start;
    if bytes.get(end) == Some(&b'.') {
        let after = digits(end + 1);
        any |= after > end + 1;
        if any {
            end = after;
        }
    }
    if !any {
        return (text, "");
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        let from = end + 1 + sign;
        if from <= bytes.len() && digits(from) > from {
            end = digits(from);
        }
    }
    text.split_at(end)
}

fn special(number: &str, rest: &str) -> Option<f64> {
    if !rest.is_empty() || number.ends_with(|c: char| c.is_ascii_digit() || c == '.') {
        return None;
    }
    let (negative, word) = match number.as_bytes().first()? {
        b'-' => (true, &number[1..]),
        b'+' => (false, &number[1..]),
        _ => (false, number),
    };
    let value = if word.eq_ignore_ascii_case("nan") {
        f64::NAN
    } else if word.eq_ignore_ascii_case("infinity") || word.eq_ignore_ascii_case("inf") {
        f64::INFINITY
    } else {
        return None;
    };
    Some(if negative { -value } else { value })
}

/// Whether digits that mean something came out as zero or infinity.
fn is_lost(suspect: bool, zero: bool, number: &str) -> bool {
    if !suspect {
        return false;
    }
    let mantissa = number.split(['e', 'E']).next().unwrap_or_default();
    let digits = mantissa.bytes().filter(u8::is_ascii_digit);
    if zero { digits.into_iter().any(|digit| digit != b'0') } else { digits.count() > 0 }
}

/// How many decimal digits a float4 and a float8 surely keep (`FLT_DIG`, `DBL_DIG`).
pub const DIGITS4: u8 = 6;
pub const DIGITS8: u8 = 15;

/// `float8out` where `extra_float_digits` is below 1: `%.*g` with so many digits, at least one.
pub fn output_rounded(value: f64, digits: u8, fewer: u8, out: &mut impl Write) -> fmt::Result {
    if value.is_nan() || value.is_infinite() {
        return write_special(value.is_nan(), value < 0.0, out);
    }
    let count = digits.saturating_sub(fewer).max(1);
    let mut rounded = Digits::default();
    write!(rounded, "{value:.precision$e}", precision = usize::from(count - 1))?;
    rounded.without_zeros().print(i32::from(count), out)
}

/// `float8out`.
pub fn output8(value: f64, out: &mut impl Write) -> fmt::Result {
    if value.is_nan() || value.is_infinite() {
        return write_special(value.is_nan(), value < 0.0, out);
    }
    let mut digits = Digits::default();
    write!(digits, "{value:e}")?;
    // Rust takes the shortest decimal that reads back as the value, even one half-way to its neighbour (1e23);
    // PostgreSQL takes none of those.
    for precision in digits.precision()..17 {
        if !digits.is_half_way(53) {
            break;
        }
        digits = Digits::default();
        write!(digits, "{value:.precision$e}")?;
    }
    digits.settle_tie(value, |text| text.parse() == Ok(value));
    digits.print(DIGITS8.into(), out)
}

/// `float4out`.
pub fn output4(value: f32, out: &mut impl Write) -> fmt::Result {
    if value.is_nan() || value.is_infinite() {
        return write_special(value.is_nan(), value < 0.0, out);
    }
    let mut digits = Digits::default();
    write!(digits, "{value:e}")?;
    for precision in digits.precision()..9 {
        if !digits.is_half_way(24) {
            break;
        }
        digits = Digits::default();
        write!(digits, "{value:.precision$e}")?;
    }
    digits.settle_tie(f64::from(value), |text| text.parse() == Ok(value));
    digits.print(DIGITS4.into(), out)
}

fn write_special(nan: bool, negative: bool, out: &mut impl Write) -> fmt::Result {
    out.write_str(match (nan, negative) {
        (true, _) => "NaN",
        (_, true) => "-Infinity",
        (_, false) => "Infinity",
    })
}

/// Takes what `{:e}` prints (`-1.25e-7`) without allocating.
#[derive(Default)]
struct Digits {
    buffer: [u8; 32],
    len: usize,
}

impl Write for Digits {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.len + text.len();
        self.buffer.get_mut(self.len..end).ok_or(fmt::Error)?.copy_from_slice(text.as_bytes());
        self.len = end;
        Ok(())
    }
}

impl Digits {
    fn as_str(&self) -> &str {
        std::str::from_utf8(&self.buffer[..self.len]).unwrap_or_default()
    }

    /// Digits of the mantissa, which is the precision that prints one more.
    fn precision(&self) -> usize {
        self.as_str().bytes().take_while(|byte| *byte != b'e').filter(u8::is_ascii_digit).count()
    }

    /// The same value with no zeros at the end of its mantissa.
    fn without_zeros(&self) -> Digits {
        let (mantissa, exponent) = self.as_str().split_once('e').unwrap_or((self.as_str(), "0"));
        let mantissa =
            if mantissa.contains('.') { mantissa.trim_end_matches('0').trim_end_matches('.') } else { mantissa };
        let mut digits = Digits::default();
        // It is no longer than it was.
        let _ = write!(digits, "{mantissa}e{exponent}");
        digits
    }

    /// All digits as one number, and the exponent of its last.
    fn number(&self) -> (u128, i32) {
        let (mantissa, exponent) = self.as_str().split_once('e').unwrap_or_default();
        let fraction = mantissa.split_once('.').map_or(0, |(_, fraction)| fraction.len());
        let digits = mantissa.bytes().filter(u8::is_ascii_digit);
        let number = digits.fold(0u128, |number, digit| number * 10 + u128::from(digit - b'0'));
        (number, exponent.parse::<i32>().unwrap_or_default() - fraction as i32)
    }

    /// Whether this is exactly between two floats of `bits` bits: without its factors of two it has one bit more.
    fn is_half_way(&self, bits: u32) -> bool {
        let (number, exponent) = self.number();
        odd_part(number, exponent).is_some_and(|odd| u128::BITS - odd.leading_zeros() == bits + 1)
    }

    /// Where the value is exactly between two decimals of so many digits Rust has taken the greater,
    /// PostgreSQL takes the even one, if that `reads_back`.
    fn settle_tie(&mut self, value: f64, reads_back: impl Fn(&str) -> bool) {
        let (number, exponent) = self.number();
        // So few digits can't be short of any; and below, the two numbers must not differ by a factor of two.
        if number.is_multiple_of(2) || number < 100_000 {
            return;
        }
        let bits = value.to_bits();
        let mantissa = (bits & ((1 << 52) - 1)) | if bits << 1 >> 53 == 0 { 0 } else { 1 << 52 };
        if odd_part(number * 10 - 5, exponent - 1) != Some(u128::from(mantissa >> mantissa.trailing_zeros())) {
            return;
        }
        let end = self.as_str().find('e').unwrap_or(self.len);
        let last = end.saturating_sub(1);
        self.buffer[last] -= 1;
        if !reads_back(self.as_str()) {
            self.buffer[last] += 1;
        }
    }

    /// As `%g` would: plain while the exponent is at least −4 and below `limit`.
    fn print(&self, limit: i32, out: &mut impl Write) -> fmt::Result {
        let (mantissa, exponent) = self.as_str().split_once('e').ok_or(fmt::Error)?;
        let exponent: i32 = exponent.parse().map_err(|_| fmt::Error)?;
        if !(-4..limit).contains(&exponent) {
            let sign = if exponent < 0 { '-' } else { '+' };
            return write!(out, "{mantissa}e{sign}{:02}", exponent.unsigned_abs());
        }
        let (sign, mantissa) = match mantissa.strip_prefix('-') {
            Some(mantissa) => ("-", mantissa),
            None => ("", mantissa),
        };
        let (first, rest) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        out.write_str(sign)?;
        if exponent < 0 {
            out.write_str("0.")?;
            for _ in 1..-exponent {
                out.write_char('0')?;
            }
            out.write_str(first)?;
            return out.write_str(rest);
        }
        out.write_str(first)?;
        let exponent = exponent as usize;
        if rest.len() <= exponent {
            out.write_str(rest)?;
            for _ in rest.len()..exponent {
                out.write_char('0')?;
            }
            return Ok(());
        }
        out.write_str(&rest[..exponent])?;
        out.write_char('.')?;
        out.write_str(&rest[exponent..])
    }
}

/// `number` · 10^`exponent` without its factors of two, if it is a whole number of some power of two (and not
/// much longer than a float): 10ⁿ = 5ⁿ · 2ⁿ.
fn odd_part(number: u128, exponent: i32) -> Option<u128> {
    // 5²⁴ · 10¹⁸ still fits, and 10¹⁸ has no more than 25 factors of five.
    if number == 0 || !(-25..=24).contains(&exponent) {
        return None;
    }
    let fives = 5u128.pow(exponent.unsigned_abs());
    let product = match exponent {
        0.. => number * fives,
        _ if number.is_multiple_of(fives) => number / fives,
        _ => return None,
    };
    Some(product >> product.trailing_zeros())
}
